//! What the results of a sweep are worth, as `verdict.json` has it.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use backtest::date::Date;
use diagnostics::{MB, read_file};
use serde::{Deserialize, Serialize};
use statistics::text::grouped_count;
use sweep::{VERDICT, io_error};

use crate::error::VerdictError;
use crate::test::{Light, TestResult};
use crate::tested::Tested;
use crate::timing_luck::TimingLuck;

/// What one could have held instead, over the same sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Yardstick {
    /// Its symbol or weights.
    pub name: String,
    /// Its Sharpe ratio; `None` without a spread.
    pub sharpe: Option<f64>,
    /// Mean return times sessions a year, over the risk-free one if there is one.
    pub arithmetic_return: f64,
}

/// The difference of two mean returns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excess {
    /// What it is over.
    pub over: String,
    /// Mean difference times sessions a year.
    pub arithmetic_return: f64,
    /// Its 95 % interval; `None` without a spread.
    pub interval: Option<(f64, f64)>,
}

/// What is left of returns when their yardsticks are taken out: the residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Residual {
    /// How much of each yardstick the returns move with, in the order of the yardsticks; 0 for one that
    /// the other explains.
    pub betas: Vec<f64>,
    /// Whether less than a twentieth of the volatility is left: then there is nothing to test, and the
    /// rest is zero.
    pub follows: bool,
    /// The residual's Sharpe ratio.
    pub ratio: f64,
    /// Its 95 % interval; `None` without a spread.
    pub interval: Option<(f64, f64)>,
    /// The residual's mean times sessions a year.
    pub arithmetic_return: f64,
    /// Its 95 % interval.
    pub return_interval: Option<(f64, f64)>,
}

/// The trial that is furthest ahead of its yardsticks, by the studentised sum of its residual.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leader {
    /// Its number.
    pub trial: u64,
    /// Its own Sharpe ratio.
    pub sharpe: Option<f64>,
    /// The studentised sum.
    pub statistic: f64,
    /// The variance of the residual's sums over stretches of time over that of its returns, times their
    /// length: 1 without autocorrelation.
    pub variance_ratio: f64,
    /// The residual; `None` when this process cannot run the trial again.
    pub residual: Option<Residual>,
    /// Its return over the first yardstick's, nothing hedged.
    pub active: Option<Excess>,
    /// Its return over cash.
    pub over_cash: Option<Excess>,
}

/// The highest residual Sharpe ratio of a sweep against those of the same sweep in null worlds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorldsShown {
    /// How many worlds.
    pub worlds: u64,
    /// In how many of them it is reached.
    pub reached: u64,
    /// One more than that over one more than the worlds.
    pub p: f64,
    /// That of the true sweep.
    pub observed: f64,
    /// The median over the worlds.
    pub median: f64,
    /// What 95 of 100 worlds stay below.
    pub high: f64,
    /// From where to where `counts` goes.
    pub range: (f64, f64),
    /// Worlds in bins of equal width.
    pub counts: Vec<u64>,
}

/// The smallest skill that a sweep can see.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detectable {
    /// The residual Sharpe ratio that is green in the reality check four times in five.
    pub ratio: f64,
    /// The years after which one of 0.2 is.
    pub years_for_a_fifth: f64,
}

/// What the result of a sweep is worth. Sharpe ratios are annualised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The version of this program.
    pub program: String,
    /// The answer in one sentence, or two.
    pub answer: String,
    /// The answer as a colour; `None` when there is nothing to judge.
    pub light: Option<Light>,
    /// The tests that the colour follows from.
    pub tests: Vec<TestResult>,
    /// Trials of this sweep that ran to their end.
    pub trials: u64,
    /// Of these, trials whose accounts lost everything. They count as trials.
    pub ruined: u64,
    /// All trials ever run on these prices, these included.
    pub tried: u64,
    /// Whether there may be more: entries of the ledger could not be used.
    #[serde(default, skip_serializing_if = "is_false")]
    pub tried_is_lower_bound: bool,
    /// Trials over the same sessions as the best, which are all that can be compared day by day.
    pub compared: u64,
    /// Returns of each.
    pub sessions: u64,
    /// The same in years.
    pub years: f64,
    /// What one could have held instead of the leader.
    pub yardsticks: Vec<Yardstick>,
    /// Compared trials that follow their yardsticks: there is nothing of them to test.
    pub following: u64,
    /// The trial that is furthest ahead of its yardsticks.
    pub leader: Option<Leader>,
    /// The trial with the highest Sharpe ratio.
    pub best: Option<Best>,
    /// The same sweep in null worlds whose days are shuffled; `None` where they were not computed.
    pub worlds: Option<WorldsShown>,
    /// The same with blocks of 21 days.
    pub worlds_of_blocks: Option<WorldsShown>,
    /// The smallest skill that these trials could show.
    pub detectable: Option<Detectable>,
    /// The best residual Sharpe ratio that luck alone would show.
    pub luck_bar: Option<LuckBand>,
    /// White's and Hansen's tests of the residuals, and Romano and Wolf's survivors.
    pub reality_check: Option<RealityCheck>,
    /// The deflated Sharpe ratio of the leader's residual.
    pub deflated: Option<Deflated>,
    /// What corrections for many tests leave of the highest residual Sharpe ratio.
    pub haircut: Option<HaircutSharpe>,
    /// Years below which the best of this number of trials would show a Sharpe ratio of 1 by luck; `None`
    /// for a single trial.
    pub min_backtest_years: Option<f64>,
    /// What picking the best in-sample is worth.
    pub pick_bias: Option<PickBias>,
    /// Whether the best stands on a plateau or on a spike.
    pub plateau: Option<Plateau>,
    /// The leader on other days of its schedule, and begun later; `None` where neither is there, or this
    /// process cannot run it again.
    pub timing_luck: Option<TimingLuck>,
    /// The walk-forward analysis.
    pub walk_forward: Option<WalkForwardResult>,
    /// The cross-validation that the strategy asks for.
    pub cross_validation: Option<CrossValidated>,
    /// The first day of the hold-out period.
    #[serde(with = "crate::date_text::optional")]
    pub holdout: Option<Date>,
    /// What could not be computed, and why.
    pub notes: Vec<String>,
}

/// The trial with the highest Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its number.
    pub trial: u64,
    /// Its Sharpe ratio.
    pub sharpe: f64,
    /// The 95 % interval, as if it had been the only trial.
    pub interval: Option<(f64, f64)>,
    /// The probabilistic Sharpe ratio against zero, as if it had been the only trial.
    pub probabilistic: Option<f64>,
    /// Years of such returns before the ratio is above zero with 95 % confidence.
    pub min_track_record_years: Option<f64>,
}

/// The best residual Sharpe ratio of the same trials without skill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LuckBand {
    /// Its mean.
    pub typical: f64,
    /// It is above this 95 % of the time.
    pub low: f64,
    /// It is below this 95 % of the time.
    pub high: f64,
    /// What as many independent trials would typically reach, by formula.
    pub if_independent: f64,
}

/// p-values of "no trial has skill".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RealityCheck {
    /// Of the highest studentised sum, over all trials: White's test, and Hansen's upper bound.
    pub p: f64,
    /// The same over the trials of this sweep alone.
    pub p_alone: f64,
    /// Of the trial with the highest Sharpe ratio, among all trials.
    pub p_of_best: f64,
    /// Hansen's test.
    pub spa_consistent: f64,
    /// Hansen's test, a lower bound.
    pub spa_lower: f64,
    /// How many trials survive Romano and Wolf's step-down test at 5 %.
    pub survivors: u64,
    /// The first hundred of them.
    pub survivor_trials: Vec<u64>,
    /// Stretches of time whose signs were flipped.
    pub stretches: u64,
    /// Flipped histories, the observed one included.
    pub draws: u64,
}

/// The deflated Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deflated {
    /// Confidence that the true Sharpe ratio is above what the best of all trials shows by luck.
    pub probability: f64,
    /// That ratio.
    pub luck_bar: f64,
    /// Trials it counts.
    pub trials: u64,
    /// Standard deviation of the trials' residual Sharpe ratios.
    pub spread: f64,
    /// With how many trials at most it would pass; `None` when not even with one.
    pub break_even_trials: Option<u64>,
    /// How many independent trials these are worth. For information only.
    pub effective_trials: Option<f64>,
}

/// What corrections for many tests leave of the Sharpe ratio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HaircutSharpe {
    /// By Bonferroni's.
    pub bonferroni: f64,
    /// By Holm's.
    pub holm: f64,
    /// By Benjamini, Hochberg and Yekutieli's.
    pub bhy: f64,
}

/// Cross-validation of the pick: the best in one half of time, looked at in the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PickBias {
    /// The probability of backtest overfitting.
    pub probability: f64,
    /// Share of picks that lost money out of sample.
    pub loss: f64,
    /// Mean Sharpe ratio of the picks where they were picked.
    pub in_sample: f64,
    /// Mean Sharpe ratio of the picks in the other half.
    pub out_of_sample: f64,
    /// Mean of the logits of the picks' ranks.
    pub logit_mean: f64,
    /// Their median.
    pub logit_median: f64,
    /// How many lie below −5, from −5 to −4, …, above 5.
    pub logit_counts: Vec<u64>,
    /// Splits looked at.
    pub splits: u64,
    /// Splits that there are.
    pub splits_of: u64,
}

/// The neighbourhood of the best trial on the axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plateau {
    /// Median Sharpe ratio of the neighbours and itself.
    pub median: f64,
    /// The lowest of them.
    pub worst: f64,
    /// How many they are.
    pub neighbours: u64,
    /// Its Sharpe ratio less the median, in standard deviations of all trials.
    pub peakiness: Option<f64>,
}

/// A walk-forward analysis: the tests of all windows, chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardResult {
    /// What was selected by.
    pub metric: String,
    /// The chain of tests.
    pub tested: Tested,
    /// What is left of it when the yardsticks are taken out.
    pub residual: Option<Residual>,
    /// Mean over the windows of the rank correlation, over trials, of the metric where it selects with
    /// the metric in the test; of at most 500 trials, evenly spaced.
    pub rank_correlation: Option<f64>,
    /// Mean over the windows of what the selected trials had earned where they were selected, a
    /// year.
    pub in_sample_return: f64,
    /// Walk-forward efficiency: the tests' return over that; `None` when that is not positive.
    pub efficiency: Option<f64>,
    /// The windows.
    pub windows: Vec<WalkForwardWindow>,
    /// The chain's growth; session by session it is in `walk_forward.csv`.
    pub curve: WalkForwardCurve,
}

/// The growth of 1 of what a walk-forward analysis selected, on at most 300 days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardCurve {
    /// Days since 1970-01-01.
    pub days: Vec<i32>,
    /// The growth of 1 since the first test.
    pub growth: Vec<f64>,
    /// The same of the yardsticks.
    pub yardsticks: Vec<YardstickGrowth>,
}

/// The growth of 1 of a yardstick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct YardstickGrowth {
    /// Its symbol or weights.
    pub name: String,
    /// On the days of the curve.
    pub growth: Vec<f64>,
}

/// A window of a walk-forward analysis. Ends are numbers of returns since the beginning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalkForwardWindow {
    /// The date of the first session of its test.
    pub from: String,
    /// What was selected on.
    pub train: (u64, u64),
    /// What was tested on.
    pub test: (u64, u64),
    /// The trial selected.
    pub trial: u64,
    /// By axis, its value.
    pub parameters: BTreeMap<String, String>,
    /// Its Sharpe ratio where it was selected.
    pub in_sample: Option<f64>,
    /// Its Sharpe ratio in the test.
    pub out_of_sample: Option<f64>,
    /// Its return in the test over that where it was selected, both a year; `None` when that is not
    /// positive.
    pub efficiency: Option<f64>,
}

/// Combinatorial purged cross-validation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossValidated {
    /// What was selected by.
    pub metric: String,
    /// How many splits there were.
    pub splits: u64,
    /// Share of splits whose pick lost in its test.
    pub loss: f64,
    /// The Sharpe ratio of each path through all of time, from the lowest.
    pub paths: Vec<f64>,
    /// Their median.
    pub median: Option<f64>,
    /// The first day, and the last of each fold: days since 1970-01-01.
    pub days: Vec<i32>,
    /// The sum of returns up to each of these days, of at most 100 paths, evenly spaced by their Sharpe
    /// ratios, from the lowest.
    pub curves: Vec<Vec<f64>>,
}

impl Verdict {
    /// How many trials there were on these prices, or at least.
    pub(crate) fn tried_in_words(&self) -> String {
        let n = grouped_count(self.tried);
        match self.tried_is_lower_bound {
            true => format!("at least {n}"),
            false => n,
        }
    }

    /// Reads what a sweep's folder says of it. `None` when it says nothing yet.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or is no verdict.
    pub fn open(dir: &Path) -> Result<Option<Verdict>, VerdictError> {
        let path = dir.join(VERDICT);
        let text = match read_file(&path, MOST_VERDICT) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error("read", &path)(error).into()),
        };
        match serde_json::from_slice(&text) {
            Ok(verdict) => Ok(Some(verdict)),
            Err(error) => Err(VerdictError::Damaged {
                path,
                reason: error.to_string(),
            }),
        }
    }
}

/// The bytes of the largest verdict that is read.
const MOST_VERDICT: u64 = 100 * MB;

fn is_false(flag: &bool) -> bool {
    !flag
}
