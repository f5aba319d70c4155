//! The answer in plain words.

use std::fmt::Write;

use statistics::text::grouped_count;

use crate::verdict::Verdict;

/// Where the words begin.
const MARGIN: usize = 18;

/// Longer lines are broken.
const WIDTH: usize = 98;

impl Verdict {
    /// The verdict in one line: the colour and what failed.
    pub fn headline(&self) -> String {
        let Some(light) = &self.light else {
            return "nothing to judge".to_owned();
        };
        match self.failed_tests.as_slice() {
            [] => format!("{light}: every test passed"),
            [one] => format!("{light}: the test \"{one}\" failed"),
            several => format!("{light}: the tests \"{}\" failed", several.join("\", \"")),
        }
    }

    /// All of it, as `verdict.json` has it.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{json}\n")
    }

    /// The whole answer, as the terminal shows it at the end of a sweep.
    pub fn to_text(&self) -> String {
        let lines = self.lines();
        let lines = lines.0.iter().map(|(label, words)| wrapped(label, words));
        format!(
            "is it luck? {}\n\n{}",
            self.headline(),
            lines.collect::<String>()
        )
    }

    /// All but the headline: what is told of, and what of it.
    pub fn labelled(&self) -> Vec<(String, String)> {
        self.lines().0
    }

    fn lines(&self) -> Lines {
        let mut lines = Lines(Vec::new());
        self.add_best(&mut lines);
        self.add_tests(&mut lines);
        self.add_out_of_sample(&mut lines);
        self.add_benchmark(&mut lines);
        if self.best.is_some() {
            let words = format!(
                "{:.1} years of data; with {}, a Sharpe ratio of 1 means nothing below {:.1} years",
                self.years,
                tries(self.tried),
                self.min_backtest_years
            );
            lines.add("length", &words);
        }
        if let Some(from) = &self.holdout {
            let words = format!("the time from {from} on: no trial and no number here has seen it");
            lines.add("held out", &words);
        }
        for note in &self.notes {
            lines.add("note", note);
        }
        lines
    }

    fn add_best(&self, lines: &mut Lines) {
        if let Some(best) = &self.best {
            let mut words = format!(
                "trial {} with a Sharpe ratio of {:.2}",
                best.trial, best.sharpe
            );
            if let Some((low, high)) = best.interval {
                let _ = write!(
                    words,
                    " ({low:.2} to {high:.2} if it had been the only trial)"
                );
            }
            if let Some(years) = best.min_track_record_years {
                let _ = write!(
                    words,
                    "; alone, it needs {years:.1} years to be told from nothing"
                );
            }
            lines.add(&format!("best of {}", grouped_count(self.trials)), &words);
        }
        if self.tried > self.trials {
            let words = format!(
                "{} on these prices in all, other sweeps included",
                grouped_count(self.tried)
            );
            lines.add("tries", &words);
        }
        if let Some(bar) = &self.luck_bar {
            let mut words = format!(
                "without skill, the best of these trials would typically show {:.2}, and in 95 of \
                 100 cases less than {:.2}",
                bar.typical, bar.high
            );
            if self.tried > 1 {
                let n = grouped_count(self.tried);
                let _ = write!(words, "; {n} independent ones {:.2}", bar.if_independent);
            }
            lines.add("luck bar", &words);
        }
    }

    fn add_tests(&self, lines: &mut Lines) {
        if let Some(check) = &self.reality_check {
            let words = format!(
                "p = {:.3}: how often luck alone gives a winner this good (Hansen's test: {:.3}); \
                 {} of {} trials survive the test of all together",
                check.p,
                check.spa_consistent,
                grouped_count(check.survivors),
                grouped_count(self.compared)
            );
            lines.add("reality check", &words);
        }
        if let Some(deflated) = &self.deflated {
            let break_even = match deflated.break_even_trials {
                None => "it would not reach 0.95 with a single one".to_owned(),
                Some(n) => format!("it reaches 0.95 with at most {}", grouped_count(n)),
            };
            let mut words = format!(
                "{:.3} after counting {}; {break_even}",
                deflated.probability,
                tries(deflated.trials)
            );
            // For information: counted here, correlation would be discounted twice.
            if let Some(effective) = deflated.effective_trials.filter(|_| self.compared > 1) {
                let _ = write!(
                    words,
                    "; by their correlation, {} trials are worth {effective:.0} independent ones, which \
                     is not counted here",
                    grouped_count(self.compared)
                );
            }
            lines.add("deflated Sharpe", &words);
        }
        if let Some(haircut) = &self.haircut {
            let (once, bhy) = (haircut.bonferroni, haircut.bhy);
            let words = match once <= bhy {
                _ if once.max(bhy) < 0.005 => {
                    "nothing is left after correcting for all tries (Bonferroni, Holm, BHY)"
                        .to_owned()
                }
                true => format!("plan for {once:.2} (Bonferroni, Holm) to {bhy:.2} (BHY)"),
                false => format!("plan for {bhy:.2} (BHY) to {once:.2} (Bonferroni, Holm)"),
            };
            lines.add("haircut Sharpe", &words);
        }
        if let Some(plateau) = &self.plateau {
            let words = format!(
                "it and its neighbours, {} in all: {:.2} in the middle, {:.2} at worst",
                plateau.neighbours, plateau.median, plateau.worst
            );
            lines.add("plateau", &words);
        }
    }

    /// Passing every test says that a strategy earns something, and not that it earns more than its
    /// market.
    fn add_benchmark(&self, lines: &mut Lines) {
        let Some(benchmark) = &self.benchmark else {
            return;
        };
        let shown = match benchmark.sharpe {
            Some(sharpe) => format!("a Sharpe ratio of {sharpe:.2}"),
            None => "no Sharpe ratio".to_owned(),
        };
        let words = format!(
            "{} shows {shown} over the same sessions; the tests are against earning nothing, not \
             against it",
            benchmark.name
        );
        lines.add("benchmark", &words);
    }

    fn add_out_of_sample(&self, lines: &mut Lines) {
        if let Some(walk) = &self.walk_forward {
            let mut words = match walk.tested.sharpe {
                Some(sharpe) => {
                    format!("selecting as time went on earned a Sharpe ratio of {sharpe:.2}")
                }
                None => "selecting as time went on earned nothing".to_owned(),
            };
            if let Some((low, high)) = walk.tested.interval {
                let _ = write!(words, " ({low:.2} to {high:.2})");
            }
            let _ = write!(words, " in {} windows", walk.windows.len());
            if let Some(efficiency) = walk.efficiency {
                let _ = write!(words, ", {:.0} % of what it promised", 100.0 * efficiency);
            }
            lines.add("walk-forward", &words);
        }
        if let Some(cross) = &self.cross_validation {
            let range = match (cross.paths.first(), cross.median, cross.paths.last()) {
                (Some(low), Some(median), Some(high)) => {
                    format!("Sharpe ratios of {low:.2} to {high:.2}, {median:.2} in the middle, ")
                }
                _ => String::new(),
            };
            let words = format!(
                "{range}over {} paths; {:.0} % of {} picks lost",
                cross.paths.len(),
                100.0 * cross.loss,
                cross.splits
            );
            lines.add("cross-validation", &words);
        }
        if let Some(bias) = &self.pick_bias {
            let slope = (bias.slope).map_or(String::new(), |slope| format!(" (slope {slope:.2})"));
            let words = format!(
                "the best of one half of time shows {:.2} there and {:.2} in the other half{slope}, \
                 where {:.0} % of picks lose; probability of overfitting {:.2} (near one half also on \
                 a flat plateau, where picking adds nothing)",
                bias.in_sample,
                bias.out_of_sample,
                100.0 * bias.loss,
                bias.probability
            );
            lines.add("picking", &words);
        }
    }
}

/// Labels and what is said to them.
struct Lines(Vec<(String, String)>);

impl Lines {
    fn add(&mut self, label: &str, words: &str) {
        self.0.push((label.to_owned(), words.to_owned()));
    }
}

/// A label in the margin, and words on as many lines as they need.
fn wrapped(label: &str, words: &str) -> String {
    let mut text = String::new();
    let mut line = format!("  {label:<MARGIN$}");
    for word in words.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = format!("  {:<MARGIN$}", "");
        }
        line.push(' ');
        line.push_str(word);
    }
    text.push_str(line.trim_end());
    text.push('\n');
    text
}

/// `1 try`, `10,000 tries`.
fn tries(n: u64) -> String {
    match n {
        1 => "1 try".to_owned(),
        n => format!("{} tries", grouped_count(n)),
    }
}
