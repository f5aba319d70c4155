//! The trial that is furthest ahead of its yardsticks, run again.

use statistics::SharpeEstimate;
use sweep::{SweepError, Trial};

use crate::compared::Compared;
use crate::overfitting::hedge::{hedged, variance_ratio};
use crate::residuals::{Yardstick, yardsticks_of};
use crate::timing_luck::TimingLuck;
use crate::verdict::{self, Excess, Leader, Residual};

/// Half of a 95 % interval, in standard errors.
const REACH: f64 = 1.959_963_984_540_054;

/// The trial with the highest studentised sum of its residual.
pub(crate) struct Lead<'a> {
    /// Its position among the residuals.
    pub(crate) at: usize,
    pub(crate) number: u64,
    pub(crate) statistic: f64,
    pub(crate) variance_ratio: f64,
    trial: Trial,
    pub(crate) yardsticks: Vec<Yardstick>,
    /// Its returns; `None` when this process cannot run it.
    pub(crate) returns: Option<Vec<f64>>,
    /// Of the residual; `None` as before, or without a spread.
    pub(crate) estimate: Option<SharpeEstimate>,
    pub(crate) compared: &'a Compared<'a>,
}

/// A residual, and its Sharpe ratio's estimate per observation.
pub(crate) struct Measured {
    pub(crate) shown: Residual,
    pub(crate) estimate: Option<SharpeEstimate>,
}

/// Takes the yardsticks out of returns.
///
/// * `stretches`: of the residual, whose sums tell how autocorrelated it is.
pub(crate) fn measure(
    returns: &[f64],
    yardsticks: &[&[f64]],
    stretches: usize,
    per_year: f64,
) -> Measured {
    let n = returns.len();
    let (hedge, residual) = hedged(returns, yardsticks);
    let estimate = SharpeEstimate::of(&residual).filter(|_| !hedge.follows);
    let inflation = match estimate {
        Some(_) => hedge.variance_ratio(&sums_over(&residual, stretches), n),
        None => 1.0,
    };
    let reach = REACH * inflation.max(1.0).sqrt();
    let error = estimate.and_then(|estimate| estimate.error());
    let (root, mean) = (per_year.sqrt(), statistics::summation::mean(&residual));
    let around = |centre: f64, error: f64| (centre - reach * error, centre + reach * error);
    let deviation = (hedge.variation / (n as f64 - 1.0)).sqrt() / (n as f64).sqrt();
    let shown = Residual {
        betas: hedge.betas[..yardsticks.len()].to_vec(),
        follows: hedge.follows,
        ratio: estimate.map_or(0.0, |estimate| estimate.ratio * root),
        interval: estimate.zip(error).map(|(estimate, error)| {
            let (low, high) = around(estimate.ratio, error);
            (low * root, high * root)
        }),
        arithmetic_return: mean * per_year,
        return_interval: estimate.map(|_| {
            let (low, high) = around(mean, deviation);
            (low * per_year, high * per_year)
        }),
    };
    Measured { shown, estimate }
}

fn sums_over(returns: &[f64], stretches: usize) -> Vec<f64> {
    let n = returns.len();
    let edge = |stretch: usize| stretch * n / stretches;
    let sum = |stretch: usize| returns[edge(stretch)..edge(stretch + 1)].iter().sum();
    (0..stretches).map(sum).collect()
}

impl Compared<'_> {
    /// The trial that is furthest ahead; `None` when no trial has yardsticks.
    pub(crate) fn lead(&self) -> Result<Option<Lead<'_>>, SweepError> {
        let residuals = &self.residuals;
        let Some(at) = residuals.best() else {
            return Ok(None);
        };
        // Of trials that all follow, the best is shown.
        let own = (residuals.samples.iter()).position(|one| one.trial == self.best.trial);
        let at = match own.filter(|_| residuals.statistics[at] == 0.0) {
            Some(own) => own,
            None => at,
        };
        let number = residuals.samples[at].trial;
        let trial = self.sweep.trial(number)?;
        let yardsticks = yardsticks_of(&trial);
        let returns = match self.returns_of(&trial) {
            Err(SweepError::NoModels) => None,
            returns => Some(returns?),
        };
        let variance_ratio = residuals.hedges[at].variance_ratio(residuals.sums(at), self.n);
        let mut lead = Lead {
            at,
            number,
            statistic: residuals.statistics[at],
            variance_ratio,
            trial,
            yardsticks,
            returns,
            estimate: None,
            compared: self,
        };
        lead.estimate = lead.measured().and_then(|measured| measured.estimate);
        Ok(Some(lead))
    }

    /// The returns of a trial over the risk-free ones, session by session, from another run of it.
    pub(crate) fn returns_of(&self, trial: &Trial) -> Result<Vec<f64>, SweepError> {
        Ok(trial.run()?.excess_returns())
    }
}

impl Lead<'_> {
    fn series(&self) -> Vec<&[f64]> {
        let all = self.yardsticks.iter();
        all.map(|own| own.returns.as_slice()).collect()
    }

    fn measured(&self) -> Option<Measured> {
        let returns = self.returns.as_ref()?;
        let (stretches, per_year) = (self.compared.residuals.stretches, self.compared.per_year);
        Some(measure(returns, &self.series(), stretches, per_year))
    }

    /// Its Sharpe ratio less the highest of its yardsticks', annualised; `None` when it has none.
    pub(crate) fn ahead(&self) -> Option<f64> {
        let own = self.compared.residuals.samples[self.at].sharpe()?;
        let theirs = self.series().into_iter();
        let theirs = theirs.filter_map(|own| Some(SharpeEstimate::of(own)?.ratio));
        let highest = theirs.reduce(f64::max)?;
        Some((own - highest) * self.compared.per_year.sqrt())
    }

    /// The trial on other days of its schedule, and begun later.
    pub(crate) fn timing_luck(&self) -> Option<TimingLuck> {
        Some(TimingLuck::from(self.trial.timing_luck())).filter(|found| !found.is_empty())
    }

    /// What is shown of the yardsticks.
    pub(crate) fn yardsticks_shown(&self) -> Vec<verdict::Yardstick> {
        let per_year = self.compared.per_year;
        let shown = |own: &Yardstick| verdict::Yardstick {
            name: own.name.clone(),
            sharpe: SharpeEstimate::of(&own.returns).map(|own| own.ratio * per_year.sqrt()),
            arithmetic_return: statistics::summation::mean(&own.returns) * per_year,
        };
        self.yardsticks.iter().map(shown).collect()
    }

    /// What is shown of the trial.
    pub(crate) fn shown(&self) -> Leader {
        let per_year = self.compared.per_year;
        let sharpe = self.compared.residuals.samples[self.at].sharpe();
        let excess = |over: &str, other: Option<&[f64]>| -> Option<Excess> {
            let own = self.returns.as_ref()?;
            let differences: Vec<f64> = match other {
                Some(other) => own.iter().zip(other).map(|(a, b)| a - b).collect(),
                None => own.clone(),
            };
            Some(self.excess(over, &differences))
        };
        let first = self.yardsticks.first();
        Leader {
            trial: self.number,
            sharpe: sharpe.map(|sharpe| sharpe * per_year.sqrt()),
            statistic: self.statistic,
            variance_ratio: self.variance_ratio,
            residual: self.measured().map(|measured| measured.shown),
            active: first.and_then(|first| excess(&first.name, Some(&first.returns))),
            over_cash: excess("cash", None),
        }
    }

    fn excess(&self, over: &str, differences: &[f64]) -> Excess {
        let per_year = self.compared.per_year;
        let n = differences.len() as f64;
        let mean = statistics::summation::mean(differences);
        let square = |at: usize| (differences[at] - mean) * (differences[at] - mean);
        let variation = statistics::summation::pairwise_sum_by(differences.len(), square);
        let varies = SharpeEstimate::of(differences).is_some();
        let interval = varies.then(|| {
            let sums = sums_over(differences, self.compared.residuals.stretches);
            let inflation = variance_ratio(&sums, variation, differences.len());
            let error = (variation / (n - 1.0) / n * inflation.max(1.0)).sqrt();
            let (low, high) = (mean - REACH * error, mean + REACH * error);
            (low * per_year, high * per_year)
        });
        Excess {
            over: over.to_owned(),
            arithmetic_return: mean * per_year,
            interval,
        }
    }
}
