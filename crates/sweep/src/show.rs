//! One trial of a sweep by itself: its strategy, and its run with the bits of its row.

use std::sync::Arc;

use backtest::batch::Record;
use backtest::market::Market;
use backtest::outcome::Outcome;
use backtest::strategy::Alpha;
use strategy_file::{Problems, StrategyFile};

use crate::error::SweepError;
use crate::external::run_alone;
use crate::folder::Sweep;
use crate::results::{Cell, Query, Results};
use crate::trials::Point;
use crate::validation::cuts_of;

/// A trial, complete: everything that `run` needs.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Its number.
    pub number: u64,
    /// Its strategy and where its prices are.
    pub file: StrategyFile,
    /// The market of this strategy alone, from the sweep's own copy of the prices:
    /// `file.strategy.bind(&market)` is the trial's run.
    pub market: Arc<Market>,
}

impl Sweep {
    /// A trial of the plan, whether or not it has been run.
    ///
    /// # Errors
    ///
    /// A number that has no trial, and a trial that is no strategy.
    pub fn trial(&self, number: u64) -> Result<Trial, SweepError> {
        self.trial_read(number, |point| self.trials.read(point))
    }

    /// A trial over all of its time, the held-out time included.
    pub(crate) fn whole_trial(&self, number: u64) -> Result<Trial, SweepError> {
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
        })
    }

    /// Runs a trial again and compares it with its row, if the results are there.
    ///
    /// # Errors
    ///
    /// As [`Sweep::trial`]; a trial that fails; one that gives other numbers than its row.
    pub fn rerun(&self, trial: &Trial) -> Result<Record, SweepError> {
        let failed = |message| SweepError::FailedTrial {
            trial: trial.number,
            message,
        };
        let strategy = &trial.file.strategy;
        let record = match (&strategy.alpha, &self.trials.models) {
            (Alpha::External { .. }, Some(models)) => {
                let cuts_of = cuts_of(&self.trials.validation);
                run_alone(&trial.market, strategy, &**models, &cuts_of).map_err(failed)?
            }
            (Alpha::External { .. }, None) => return Err(SweepError::NoModels),
            _ => {
                let backtest = strategy.bind(&trial.market);
                let backtest = backtest.map_err(|error| failed(error.to_string()))?;
                (backtest.record()).map_err(|error| failed(error.to_string()))?
            }
        };
        let now = format!("{:016x}", record.digest());
        match self.digest_in_results(trial.number)? {
            Some(then) if then != now => Err(SweepError::NotReproduced {
                trial: trial.number,
                then,
                now,
            }),
            _ => Ok(record),
        }
    }

    /// Runs a trial and keeps everything.
    pub(crate) fn outcome(&self, trial: &Trial) -> Result<Outcome, SweepError> {
        let failed = |message| SweepError::FailedTrial {
            trial: trial.number,
            message,
        };
        let strategy = &trial.file.strategy;
        let backtest = strategy.bind(&trial.market);
        let backtest = backtest.map_err(|error| failed(error.to_string()))?;
        let outcome = match (&strategy.alpha, &self.trials.models) {
            (Alpha::External { .. }, Some(models)) => {
                let model = models.model(strategy, &trial.market);
                let mut model = model.map_err(|error| failed(error.to_string()))?;
                backtest.run_with(&mut *model)
            }
            (Alpha::External { .. }, None) => return Err(SweepError::NoModels),
            _ => backtest.run(),
        };
        outcome.map_err(|error| failed(error.to_string()))
    }

    fn digest_in_results(&self, number: u64) -> Result<Option<String>, SweepError> {
        let results = match Results::open(self.dir()) {
            Ok(results) => results,
            Err(SweepError::NoResults { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let row = results.select(&Query {
            columns: Some(vec!["digest".to_owned()]),
            condition: Some(format!("trial == {number}")),
            ..Query::default()
        })?;
        Ok(row.columns.first().and_then(|column| match column.cell(0) {
            Cell::Text(digest) => Some(digest.to_owned()),
            _ => None,
        }))
    }
}

impl Trial {
    /// The complete strategy file of this trial.
    pub fn to_toml(&self) -> String {
        strategy_file::to_toml(&self.file)
    }
}
