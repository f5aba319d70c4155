//! One trial of a sweep by itself: its strategy, its market, and its run with the bits of its row.

use std::sync::Arc;

use backtest::batch::Record;
use backtest::date::Date;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::{Alpha, Strategy};
use backtest::timing_luck::TimingLuck;
use backtest::yardsticks::Yardsticks;
use strategy_file::{Problems, StrategyFile, Validation};

use crate::error::SweepError;
use crate::folder::Sweep;
use crate::models::{Models, run_external};
use crate::trials::Point;
use crate::validation::boundaries_fn;

/// A trial, complete: everything that a run needs.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its number.
    pub number: u64,
    /// Its strategy and where its prices are.
    pub file: StrategyFile,
    /// The market of this strategy alone, from the sweep's own copy of the prices.
    pub market: Arc<Market>,
    /// Makes an external alpha model.
    models: Option<Arc<dyn Models>>,
    validation: Validation,
}

impl Sweep {
    /// A trial of the plan, whether or not it has been run. It ends before the hold-out period.
    ///
    /// # Errors
    ///
    /// A number that has no trial, and a trial that is no strategy.
    pub fn trial(&self, number: u64) -> Result<Trial, SweepError> {
        self.trial_read(number, |point| self.trials.read(point))
    }

    /// A trial over all of its time, the hold-out period included.
    ///
    /// # Errors
    ///
    /// As [`Sweep::trial`].
    pub fn whole_trial(&self, number: u64) -> Result<Trial, SweepError> {
        self.trial_read(number, |point| self.trials.read_whole(point))
    }

    fn trial_read(
        &self,
        number: u64,
        read: impl Fn(&Point) -> Result<StrategyFile, Problems>,
    ) -> Result<Trial, SweepError> {
        let point = self.trials.point(number).ok_or(SweepError::NoTrial {
            trial: number,
            numbers: self.plan.numbers,
        })?;
        let failed = |message| SweepError::FailedTrial {
            trial: number,
            message,
        };
        let mut file = read(&point).map_err(|problems| failed(problems.to_string()))?;
        let group = self.trials.sources[point.source].group;
        let market = self.prices.market(group, &file.strategy).map_err(failed)?;
        // The plan's own: the file's was relative to the file.
        file.data.dir = Some(self.plan.prices[group].dir.clone());
        Ok(Trial {
            number,
            file,
            market,
            models: self.trials.models.clone(),
            validation: self.trials.validation.clone(),
        })
    }
}

impl Trial {
    /// Runs the trial and keeps everything.
    ///
    /// # Errors
    ///
    /// A trial that fails, or whose alpha model this process cannot make.
    pub fn run(&self) -> Result<Outcome, SweepError> {
        self.run_strategy(&self.file.strategy)
    }

    /// Runs the benchmark of the trial on the same market; `None` when it has none.
    ///
    /// # Errors
    ///
    /// A benchmark that fails.
    pub fn run_benchmark(&self) -> Result<Option<Outcome>, SweepError> {
        let benchmark = self.file.strategy.benchmark_strategy();
        let outcome = benchmark.map(|benchmark| self.run_strategy(&benchmark));
        outcome.transpose()
    }

    /// Runs the yardsticks of the trial on the same market.
    pub fn yardsticks(&self) -> Yardsticks {
        self.file.strategy.yardsticks(&self.market)
    }

    /// Runs the trial on other days of its schedule, and begun later. Nothing for an external alpha model.
    pub fn timing_luck(&self) -> TimingLuck {
        self.file.strategy.timing_luck(&self.market)
    }

    /// Runs the trial and keeps what its row has.
    ///
    /// # Errors
    ///
    /// As [`Trial::run`].
    pub fn record(&self) -> Result<Record, SweepError> {
        let strategy = &self.file.strategy;
        match (&strategy.alpha, &self.models) {
            (Alpha::External(_), Some(models)) => {
                let boundaries_fn = boundaries_fn(&self.validation);
                let record = run_external(&self.market, strategy, &**models, &boundaries_fn, None);
                record.map_err(|message| self.failed(message))
            }
            (Alpha::External(_), None) => Err(SweepError::NoModels),
            _ => {
                let backtest = strategy.bind(&self.market);
                let backtest = backtest.map_err(|error| self.failed(error.to_string()))?;
                (backtest.record()).map_err(|error| self.failed(error.to_string()))
            }
        }
    }

    /// The dates of the sessions that it records.
    pub fn recorded_dates(&self) -> Vec<Date> {
        let bound = self.file.strategy.bind(&self.market);
        let Ok(backtest) = bound else {
            return Vec::new();
        };
        let window = backtest.window();
        self.market.sessions()[window.recorded_from.index()..=window.last.index()].to_vec()
    }

    /// How many of its sessions make a year, for annualising.
    pub fn sessions_per_year(&self) -> f64 {
        (self.file.strategy).sessions_per_year_on(&self.market)
    }

    /// The complete strategy file of this trial.
    pub fn to_toml(&self) -> String {
        strategy_file::to_toml(&self.file)
    }

    fn run_strategy(&self, strategy: &Strategy) -> Result<Outcome, SweepError> {
        let backtest = strategy.bind(&self.market);
        let backtest = backtest.map_err(|error| self.failed(error.to_string()))?;
        let outcome = match (&strategy.alpha, &self.models) {
            (Alpha::External(_), Some(models)) => {
                let model = models.model(strategy, &self.market);
                let mut model = model.map_err(|error| self.failed(error.to_string()))?;
                backtest.run_with(&mut *model)
            }
            (Alpha::External(_), None) => return Err(SweepError::NoModels),
            _ => backtest.run(),
        };
        outcome.map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, message: String) -> SweepError {
        SweepError::FailedTrial {
            trial: self.number,
            message,
        }
    }
}
