//! The verdict in words.

use std::fmt::Write;

use statistics::text::{decimal, grouped_count, percent};

use crate::overfitting::selection;
use crate::test::{LEAST_DEFLATED, LEVEL, Light, TestResult};
use crate::verdict::{Excess, Verdict, WorldsShown};

/// The width of the labels' column.
const MARGIN: usize = 18;

/// Longer lines are broken.
const WIDTH: usize = 98;

impl Verdict {
    /// The verdict in one line: the colour and the answer.
    pub fn headline(&self) -> String {
        match self.light {
            Some(light) => format!("{}: {}", light.name(), self.answer),
            None => self.answer.clone(),
        }
    }

    /// All of it, as `verdict.json` has it.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{json}\n")
    }

    /// The whole verdict, as the terminal shows it at the end of a sweep.
    pub fn to_text(&self) -> String {
        let colour = self.light.map_or("nothing to judge", Light::name);
        let mut text = format!("is it luck? {colour}\n\n{}", paragraph(&self.answer));
        let tests: Vec<[String; 4]> = self.tests.iter().map(TestResult::cells).collect();
        if !tests.is_empty() {
            text += "\n";
            for [name, value, asked, result] in
                std::iter::once(TEST_COLUMNS.map(str::to_owned)).chain(tests)
            {
                let _ = writeln!(text, "  {name:<34}  {value:>12}  {asked:<14}  {result}");
            }
            text += "\n";
        }
        for (label, words) in self.labelled() {
            text += &wrapped(&label, &words);
        }
        text
    }

    /// All but the answer and the tests: labels, each with its sentence.
    pub fn labelled(&self) -> Vec<(String, String)> {
        let mut lines = Lines(Vec::new());
        self.add_leader(&mut lines);
        self.add_yardsticks(&mut lines);
        self.add_worlds(&mut lines);
        self.add_power(&mut lines);
        self.add_best(&mut lines);
        self.add_corrections(&mut lines);
        self.add_timing_luck(&mut lines);
        self.add_out_of_sample(&mut lines);
        if let Some(from) = &self.holdout {
            let words = format!("from {from}; not used by any trial or statistic");
            lines.add("held out", &words);
        }
        for note in &self.notes {
            lines.add("note", note);
        }
        lines.0
    }

    /// What is left of the trial that is furthest ahead, and what it earns as it is.
    fn add_leader(&self, lines: &mut Lines) {
        let Some(leader) = &self.leader else { return };
        if let Some(residual) = leader.residual.as_ref().filter(|own| !own.follows) {
            let betas: Vec<String> = (self.yardsticks.iter().zip(&residual.betas))
                .map(|(yardstick, beta)| format!("{beta:.2} to {}", yardstick.name))
                .collect();
            let words = format!(
                "trial {}: {} a year beyond its yardsticks{}, a residual Sharpe ratio of {}{}; beta {}",
                leader.trial,
                percent(residual.arithmetic_return, 1),
                percent_interval(residual.return_interval),
                decimal(residual.ratio, 2),
                interval(residual.interval),
                betas.join(" and ")
            );
            lines.add("furthest ahead", &words);
        }
        let excess = |excess: &Excess| {
            format!(
                "{} a year over {}{}",
                percent(excess.arithmetic_return, 1),
                excess.over,
                percent_interval(excess.interval)
            )
        };
        let plain = leader.active.iter().chain(&leader.over_cash);
        let plain: Vec<String> = plain.map(excess).collect();
        if !plain.is_empty() {
            lines.add("nothing hedged", &plain.join("; "));
        }
    }

    fn add_yardsticks(&self, lines: &mut Lines) {
        let shown = self.yardsticks.iter().map(|own| {
            let sharpe = match own.sharpe {
                Some(sharpe) => format!("Sharpe ratio {}", decimal(sharpe, 2)),
                None => "no Sharpe ratio".to_owned(),
            };
            let earned = percent(own.arithmetic_return, 1);
            format!("{}: {sharpe}, {earned} a year", own.name)
        });
        let mut shown: Vec<String> = shown.collect();
        if self.following > 0 && self.following < self.compared {
            shown.push(format!(
                "{} of {} trials are only these, at most mixed with cash: they have no residual",
                grouped_count(self.following),
                grouped_count(self.compared)
            ));
        }
        if !shown.is_empty() {
            lines.add("yardsticks", &shown.join("; "));
        }
    }

    /// The second opinion.
    fn add_worlds(&self, lines: &mut Lines) {
        let said = |worlds: &WorldsShown, what: &str| {
            format!(
                "{} of {} with {what} shuffled reach a residual Sharpe ratio of {} (median {}, less than {} \
                 in 95 of 100): p = {:.3}",
                grouped_count(worlds.reached),
                grouped_count(worlds.worlds),
                decimal(worlds.observed, 2),
                decimal(worlds.median, 2),
                decimal(worlds.high, 2),
                worlds.p
            )
        };
        let days = self.worlds.iter().map(|worlds| said(worlds, "days"));
        let blocks = self.worlds_of_blocks.iter();
        let blocks = blocks.map(|worlds| said(worlds, "blocks of 21 days"));
        let all: Vec<String> = days.chain(blocks).collect();
        if !all.is_empty() {
            lines.add("null worlds", &all.join("; "));
        }
    }

    /// What skill these trials could show at all.
    fn add_power(&self, lines: &mut Lines) {
        if self.best.is_none() {
            return;
        }
        let mut words = format!("{:.1} years of data", self.years);
        if let Some(seen) = &self.detectable {
            let _ = write!(
                words,
                "; the reality check sees a residual Sharpe ratio of {:.2} four times in five, and one of \
                 0.2 after {:.0} years",
                seen.ratio, seen.years_for_a_fifth
            );
        }
        if let Some(years) = self.min_backtest_years {
            let _ = write!(
                words,
                "; minimum backtest length for a Sharpe ratio of 1 with {}: {years:.1} years",
                trials(self.tried)
            );
        }
        lines.add("power", &words);
    }

    fn add_best(&self, lines: &mut Lines) {
        if let Some(best) = &self.best {
            let mut words = format!("trial {}, Sharpe ratio {:.2}", best.trial, best.sharpe);
            if let Some((low, high)) = best.interval {
                let _ = write!(
                    words,
                    " (95 % interval {low:.2} to {high:.2}, as a single trial)"
                );
            }
            if let Some(years) = best.min_track_record_years {
                let years = match years {
                    years if years < 0.1 => "less than 0.1 years".to_owned(),
                    years => format!("{years:.1} years"),
                };
                let _ = write!(words, "; minimum track record: {years}");
            }
            lines.add(&format!("best of {}", grouped_count(self.trials)), &words);
        }
        if self.tried > self.trials || self.tried_is_lower_bound {
            let words = format!(
                "{} on these prices, other sweeps included",
                self.tried_in_words()
            );
            lines.add("trials", &words);
        }
        if let Some(bar) = &self.luck_bar {
            let mut words = format!(
                "without skill, the best of these trials has a residual Sharpe ratio of {:.2} on average and \
                 of less than {:.2} in 95 of 100 cases",
                bar.typical, bar.high
            );
            if self.tried > 1 {
                let n = grouped_count(self.tried);
                let _ = write!(
                    words,
                    "; the best of {n} independent ones {:.2} on average",
                    bar.if_independent
                );
            }
            lines.add("luck bar", &words);
        }
    }

    fn add_corrections(&self, lines: &mut Lines) {
        if let Some(check) = &self.reality_check {
            let mut words = format!(
                "p = {:.3}: the probability of a residual this good by luck alone",
                check.p
            );
            if check.p_alone != check.p {
                let _ = write!(
                    words,
                    " over all trials ({:.3} for this sweep alone)",
                    check.p_alone
                );
            }
            if let (Some(best), Some(leader)) = (&self.best, &self.leader)
                && best.trial != leader.trial
            {
                let _ = write!(
                    words,
                    "; for trial {}, which has the highest Sharpe ratio, {:.3}",
                    best.trial, check.p_of_best
                );
            }
            let _ = write!(
                words,
                "; Hansen's test: {:.3}; {} of {} trials survive the step-down test (Romano-Wolf); {} \
                 stretches of time",
                check.spa_consistent,
                grouped_count(check.survivors),
                grouped_count(self.compared),
                check.stretches
            );
            lines.add("reality check", &words);
        }
        if let Some(deflated) = &self.deflated {
            let break_even = match deflated.break_even_trials {
                None => format!("below {LEAST_DEFLATED} even with a single trial"),
                Some(n) if n >= MOST_TRIALS => {
                    format!("at least {LEAST_DEFLATED} with any number of trials")
                }
                Some(n) => format!("at least {LEAST_DEFLATED} with up to {}", trials(n)),
            };
            let mut words = format!(
                "{:.3} with {}; {break_even}",
                deflated.probability,
                trials(deflated.trials)
            );
            // For information: counted here, correlation would be discounted twice.
            if let Some(effective) = deflated.effective_trials.filter(|_| self.compared > 1) {
                let _ = write!(
                    words,
                    "; by their correlation, {} trials are equivalent to {effective:.0} independent \
                     ones, which is not counted here",
                    grouped_count(self.compared)
                );
            }
            lines.add("deflated Sharpe", &words);
        }
        if let Some(haircut) = &self.haircut {
            let (once, bhy) = (haircut.bonferroni, haircut.bhy);
            let left = match once <= bhy {
                _ if once.max(bhy) < 0.005 => "0.00 (Bonferroni, Holm, BHY)".to_owned(),
                true => format!("{once:.2} (Bonferroni, Holm) to {bhy:.2} (BHY)"),
                false => format!("{bhy:.2} (BHY) to {once:.2} (Bonferroni, Holm)"),
            };
            let words = format!("{left} after correction for multiple testing");
            lines.add("haircut residual", &words);
        }
        if let Some(plateau) = &self.plateau {
            let words = format!(
                "{} neighbouring trials, itself included: median {:.2}, minimum {:.2}",
                plateau.neighbours, plateau.median, plateau.worst
            );
            lines.add("plateau", &words);
        }
    }

    /// How much of the leader's result is the choice of its days.
    fn add_timing_luck(&self, lines: &mut Lines) {
        if let (Some(luck), Some(leader)) = (&self.timing_luck, &self.leader) {
            let words = format!("trial {} {}", leader.trial, luck.sentences().join("; "));
            lines.add("timing luck", &words);
        }
    }

    fn add_out_of_sample(&self, lines: &mut Lines) {
        if let Some(walk) = &self.walk_forward {
            let mut words = match walk.tested.sharpe {
                Some(sharpe) => format!("Sharpe ratio {sharpe:.2}"),
                None => "no Sharpe ratio".to_owned(),
            };
            if let Some((low, high)) = walk.tested.interval {
                let _ = write!(words, " (95 % interval {low:.2} to {high:.2})");
            }
            let _ = write!(words, " over {} windows", walk.windows.len());
            if let Some(residual) = &walk.residual {
                let _ = match residual.follows {
                    true => write!(words, "; it is its yardsticks, at most mixed with cash"),
                    false => write!(
                        words,
                        "; residual Sharpe ratio {}{}",
                        decimal(residual.ratio, 2),
                        interval(residual.interval)
                    ),
                };
            }
            if let Some(efficiency) = walk.efficiency {
                let _ = write!(
                    words,
                    "; efficiency {:.0} % of the in-sample return",
                    100.0 * efficiency
                );
            }
            if let Some(correlation) = walk.rank_correlation {
                let _ = write!(
                    words,
                    "; rank correlation of trials where they are selected with the test: {}",
                    decimal(correlation, 2)
                );
            }
            lines.add("walk-forward", &words);
        }
        if let Some(cross) = &self.cross_validation {
            let range = match (cross.paths.first(), cross.median, cross.paths.last()) {
                (Some(low), Some(median), Some(high)) => {
                    format!("Sharpe ratios {low:.2} to {high:.2}, median {median:.2}, ")
                }
                _ => String::new(),
            };
            let words = format!(
                "{range}over {} paths; {:.0} % of {} selections lost money",
                cross.paths.len(),
                100.0 * cross.loss,
                cross.splits
            );
            lines.add("cross-validation", &words);
        }
        if let Some(bias) = &self.pick_bias {
            let words = format!(
                "the best trial of one half of the time has a mean Sharpe ratio of {:.2} there and of \
                 {:.2} in the other half, where {:.0} % of selections lose money; probability \
                 of backtest overfitting {:.2} (near one half also on a flat plateau, where selection \
                 adds nothing)",
                bias.in_sample,
                bias.out_of_sample,
                100.0 * bias.loss,
                bias.probability
            );
            lines.add("selection", &words);
        }
    }
}

/// How alike the residuals of a sweep's trials are taken to be before it is run.
const CORRELATION: f64 = 0.5;

/// What skill a sweep could show at all, before it is run: a line or two.
///
/// * `years`: that its trials record.
/// * `trials`: how many they are.
pub fn power_in_advance(years: f64, trials: u64) -> String {
    let independent = CORRELATION + (1.0 - CORRELATION) * trials as f64;
    let critical = selection::best_quantile(independent, 1.0 - LEVEL);
    paragraph(&format!(
        "in {years:.1} years, with residuals that are correlated by {CORRELATION}, the verdict sees a residual \
         Sharpe ratio of {:.2} four times in five, and one of 0.2 after {:.0} years",
        selection::detectable_ratio(critical, years),
        selection::years_to_detect(critical, 0.2)
    ))
}

/// With this number of trials or more the number says nothing any more.
const MOST_TRIALS: u64 = 1_000_000_000_000;

/// What stands above the columns of the tests.
pub const TEST_COLUMNS: [&str; 4] = ["test", "value", "asked for", "result"];

/// An interval after a ratio: ` (95 % interval -0.10 to 0.68)`.
fn interval(interval: Option<(f64, f64)>) -> String {
    interval.map_or(String::new(), |(low, high)| {
        let (low, high) = (decimal(low, 2), decimal(high, 2));
        format!(" (95 % interval {low} to {high})")
    })
}

/// An interval after a fraction: ` (95 % interval -1.0 % to 3.2 %)`.
fn percent_interval(interval: Option<(f64, f64)>) -> String {
    interval.map_or(String::new(), |(low, high)| {
        let (low, high) = (percent(low, 1), percent(high, 1));
        format!(" (95 % interval {low} to {high})")
    })
}

/// Labels, each with its sentence.
struct Lines(Vec<(String, String)>);

impl Lines {
    fn add(&mut self, label: &str, words: &str) {
        self.0.push((label.to_owned(), words.to_owned()));
    }
}

/// A label in the margin, and words on as many lines as they need.
fn wrapped(label: &str, words: &str) -> String {
    broken(format!("  {label:<MARGIN$}"), MARGIN, words)
}

/// Words on as many lines as they need.
fn paragraph(words: &str) -> String {
    broken(" ".to_owned(), 0, words)
}

/// * `line`: what the first line begins with.
/// * `margin`: spaces that the others begin with, beside two.
fn broken(mut line: String, margin: usize, words: &str) -> String {
    let mut text = String::new();
    // A number and its per cent stay together.
    let words = words.replace(" %", "\u{a0}%");
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = match margin {
                0 => " ".to_owned(),
                _ => format!("  {:<margin$}", ""),
            };
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(line.trim_end());
    text.push('\n');
    text.replace('\u{a0}', " ")
}

/// `1 trial`, `10,000 trials`.
fn trials(n: u64) -> String {
    match n {
        1 => "1 trial".to_owned(),
        n => format!("{} trials", grouped_count(n)),
    }
}
