//! Which strategy a trial is: one of several files, and a point of its space.

use std::sync::Arc;

use backtest::date::Date;
use backtest::strategy::Alpha;
use strategy_file::{AxisKind, AxisValue, Document, Space, StrategyFile, Validation};

use crate::models::Models;

/// The strategies of a sweep, one after another: an axis outside all others.
#[derive(Clone, Debug)]
pub(crate) struct Trials {
    pub(crate) sources: Vec<Source>,
    /// Who makes the alpha models that the engine does not have.
    pub(crate) models: Option<Arc<dyn Models>>,
    /// How they are tested out of sample.
    pub(crate) validation: Validation,
}

/// One strategy file and its range of trials.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The name that its rows carry.
    pub(crate) name: String,
    /// The name a strategy has that gives none.
    pub(crate) default_name: String,
    pub(crate) document: Document,
    /// `None` when nothing is varied: then there is one trial.
    pub(crate) space: Option<Space>,
    pub(crate) first: u64,
    pub(crate) n: u64,
    /// The group of its prices.
    pub(crate) group: usize,
}

/// Of a day.
const LAST_SECOND: i64 = 86_399;

/// A trial's strategy and where on the axes it lies.
#[derive(Clone, Debug)]
pub struct Point {
    /// The position of its strategy in the plan.
    pub source: usize,
    /// The position of its value on each axis of that strategy.
    pub positions: Vec<u64>,
}

impl Trials {
    pub(crate) fn new(sources: Vec<Source>, validation: Validation) -> Trials {
        Trials {
            sources,
            models: None,
            validation,
        }
    }

    pub(crate) fn n_numbers(&self) -> u64 {
        self.sources
            .last()
            .map_or(0, |source| source.first + source.n)
    }

    /// `None` for a number that has no trial.
    pub(crate) fn point(&self, trial: u64) -> Option<Point> {
        let after = self.sources.partition_point(|source| source.first <= trial);
        let source = after.checked_sub(1)?;
        let own = &self.sources[source];
        let number = trial - own.first;
        let mut positions = Vec::new();
        let is_trial = match &own.space {
            Some(space) => space.point(number, &mut positions),
            None => number < own.n,
        };
        is_trial.then_some(Point { source, positions })
    }

    pub(crate) fn document(&self, point: &Point) -> Document {
        let source = &self.sources[point.source];
        match &source.space {
            Some(space) => source.document.with(&space.settings(&point.positions)),
            None => source.document.clone(),
        }
    }

    /// The strategy of a trial. Its backtest ends before the held-out time.
    pub(crate) fn read(&self, point: &Point) -> Result<StrategyFile, strategy_file::Problems> {
        let mut file = self.read_whole(point)?;
        let before = (self.validation.holdout)
            .and_then(|holdout| Date::from_epoch_days(holdout.epoch_days() - 1));
        if let Some(last) = before.filter(|last| *last < file.strategy.end.date()) {
            file.strategy.end = last.at_second(LAST_SECOND);
        }
        Ok(file)
    }

    /// The strategy of a trial, held-out time and all.
    pub(crate) fn read_whole(
        &self,
        point: &Point,
    ) -> Result<StrategyFile, strategy_file::Problems> {
        let source = &self.sources[point.source];
        self.document(point).read(&source.default_name)
    }

    /// Whether trials name alpha models that the engine does not have, judging by the first few of
    /// each strategy.
    pub(crate) fn ask_models(&self) -> bool {
        const LOOKED_AT: u64 = 16;
        let is_external = |number| {
            let file = self.read(&self.point(number)?).ok()?;
            Some(matches!(file.strategy.alpha, Alpha::External(_)))
        };
        self.sources.iter().any(|source| {
            let mut numbers = source.first..source.first + source.n.min(LOOKED_AT);
            numbers.any(|number| is_external(number) == Some(true))
        })
    }

    /// The axes of all strategies, by name, in the order of their first appearance.
    pub(crate) fn columns(&self) -> Vec<AxisColumn> {
        let mut columns: Vec<AxisColumn> = Vec::new();
        for (number, source) in self.sources.iter().enumerate() {
            let axes = source.space.iter().flat_map(Space::axes).enumerate();
            for (position, axis) in axes {
                let at = columns.iter().position(|column| column.name == axis.name());
                let at = at.unwrap_or_else(|| {
                    columns.push(AxisColumn {
                        name: axis.name().to_owned(),
                        kind: axis.kind(),
                        positions: vec![None; self.sources.len()],
                    });
                    columns.len() - 1
                });
                let column = &mut columns[at];
                column.positions[number] = Some(position);
                column.kind = match (column.kind, axis.kind()) {
                    (a, b) if a == b => a,
                    (AxisKind::Integer | AxisKind::Float, AxisKind::Integer | AxisKind::Float) => {
                        AxisKind::Float
                    }
                    _ => AxisKind::Text,
                };
            }
        }
        columns
    }

    pub(crate) fn value(&self, column: &AxisColumn, point: &Point) -> Option<AxisValue> {
        let axis = column.positions[point.source]?;
        let space = self.sources[point.source].space.as_ref()?;
        Some(space.axes()[axis].value(point.positions[axis]))
    }
}

/// A column of results that is an axis of at least one strategy.
#[derive(Clone, Debug)]
pub struct AxisColumn {
    /// The key it varies, as in `alpha.lookback`.
    pub name: String,
    /// The type of its values in all strategies that have it.
    pub kind: AxisKind,
    /// The axis' position in each strategy that has it.
    positions: Vec<Option<usize>>,
}
