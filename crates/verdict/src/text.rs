//! The verdict in words.

use std::fmt::Write;

use statistics::text::grouped_count;

use crate::test::TestResult;
use crate::verdict::Verdict;

/// The width of the labels' column.
const MARGIN: usize = 18;

/// Longer lines are broken.
const WIDTH: usize = 98;

impl Verdict {
    /// The verdict in one line: the colour and the tests that failed.
    pub fn headline(&self) -> String {
        let Some(light) = self.light else {
            return "nothing to judge".to_owned();
        };
        let failed = self.tests.iter().filter(|test| !test.passed);
        let failed: Vec<&str> = failed.map(|test| test.name.name()).collect();
        let light = light.name();
        match failed.as_slice() {
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

    /// The whole verdict, as the terminal shows it at the end of a sweep.
    pub fn to_text(&self) -> String {
        let lines = self.labelled();
        let lines = lines.iter().map(|(label, words)| wrapped(label, words));
        format!(
            "is it luck? {}\n\n{}",
            self.headline(),
            lines.collect::<String>()
        )
    }

    /// All but the headline: labels, each with its sentence.
    pub fn labelled(&self) -> Vec<(String, String)> {
        let mut lines = Lines(Vec::new());
        self.add_best(&mut lines);
        self.add_tests(&mut lines);
        self.add_corrections(&mut lines);
        self.add_out_of_sample(&mut lines);
        self.add_benchmark(&mut lines);
        if self.best.is_some() {
            let words = format!(
                "{:.1} years of data; minimum backtest length for a Sharpe ratio of 1 with {}: {:.1} \
                 years",
                self.years,
                trials(self.tried),
                self.min_backtest_years
            );
            lines.add("length", &words);
        }
        if let Some(from) = &self.holdout {
            let words = format!("from {from}; not used by any trial or statistic");
            lines.add("held out", &words);
        }
        for note in &self.notes {
            lines.add("note", note);
        }
        lines.0
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
                let _ = write!(words, "; minimum track record: {years:.1} years");
            }
            lines.add(&format!("best of {}", grouped_count(self.trials)), &words);
        }
        if self.tried > self.trials {
            let words = format!(
                "{} on these prices, other sweeps included",
                grouped_count(self.tried)
            );
            lines.add("trials", &words);
        }
        if let Some(bar) = &self.luck_bar {
            let mut words = format!(
                "without skill, the best of these trials has a Sharpe ratio of {:.2} on average and of \
                 less than {:.2} in 95 of 100 cases",
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

    fn add_tests(&self, lines: &mut Lines) {
        let test = |test: &TestResult| {
            let result = if test.passed { "passed" } else { "failed" };
            format!("{} {result} ({})", test.name.name(), test.sentence)
        };
        let tests: Vec<String> = self.tests.iter().map(test).collect();
        if !tests.is_empty() {
            lines.add("tests", &tests.join("; "));
        }
    }

    fn add_corrections(&self, lines: &mut Lines) {
        if let Some(check) = &self.reality_check {
            let words = format!(
                "p = {:.3}: the probability of a best trial this good by luck alone (Hansen's test: \
                 {:.3}); {} of {} trials survive the step-down test (Romano-Wolf)",
                check.p,
                check.spa_consistent,
                grouped_count(check.survivors),
                grouped_count(self.compared)
            );
            lines.add("reality check", &words);
        }
        if let Some(deflated) = &self.deflated {
            let break_even = match deflated.break_even_trials {
                None => "below 0.95 even with a single trial".to_owned(),
                Some(n) => format!("at least 0.95 with up to {}", trials(n)),
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
            lines.add("haircut Sharpe", &words);
        }
        if let Some(plateau) = &self.plateau {
            let words = format!(
                "{} neighbouring trials, itself included: median {:.2}, minimum {:.2}",
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
            Some(sharpe) => format!("Sharpe ratio {sharpe:.2}"),
            None => "no Sharpe ratio".to_owned(),
        };
        let words = format!(
            "{}: {shown} over the same sessions; the tests compare with zero, not with the benchmark",
            benchmark.name
        );
        lines.add("benchmark", &words);
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
            if let Some(efficiency) = walk.efficiency {
                let _ = write!(
                    words,
                    "; efficiency {:.0} % of the in-sample return",
                    100.0 * efficiency
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
            let slope = (bias.slope).map_or(String::new(), |slope| format!(" (slope {slope:.2})"));
            let words = format!(
                "the best trial of one half of the time has a mean Sharpe ratio of {:.2} there and of \
                 {:.2} in the other half{slope}, where {:.0} % of selections lose money; probability \
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

/// Labels, each with its sentence.
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

/// `1 trial`, `10,000 trials`.
fn trials(n: u64) -> String {
    match n {
        1 => "1 trial".to_owned(),
        n => format!("{} trials", grouped_count(n)),
    }
}
