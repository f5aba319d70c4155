//! Trials ranked by what their neighbours show.

use statistics::catalogue;

use crate::error::ResultsError;
use crate::neighbourhood::{Neighbourhood, Neighbourhoods, number};
use crate::query::Query;
use crate::reader::Results;
use crate::table::{Cell, Column, OF_NEIGHBOURS, OF_WORST_NEIGHBOUR, Table, TrialStatus};

impl Results {
    /// The neighbourhood of a trial; `None` when it has no value, or no row.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn neighbourhood_of(
        &self,
        metric: &str,
        trial: u64,
    ) -> Result<Option<Neighbourhood>, ResultsError> {
        let on_axes = self.on_axes(metric)?;
        let row = on_axes.trials.iter().position(|own| *own == trial);
        let all = Neighbourhoods::new(&on_axes.axes, on_axes.values);
        Ok(row.and_then(|row| all.of(row)))
    }

    /// The best trials by the median of their neighbourhood, which stands beside their own value.
    ///
    /// A neighbour whose account lost everything is worse than any value; a median or a worst value
    /// that would be one of those is missing.
    ///
    /// # Errors
    ///
    /// A column that is not there, a damaged file.
    pub fn best_by_plateau(&self, metric: &str, top: usize) -> Result<Table, ResultsError> {
        let OnAxes {
            trials,
            axes,
            values,
            ruined,
        } = self.on_axes(metric)?;
        // The worst neighbour is the one of the lowest merit.
        let better = catalogue::better(metric);
        let merits = values.iter().zip(&ruined).map(|(value, ruined)| {
            let merit = value.map(|value| better.merit(value));
            if *ruined {
                Some(f64::NEG_INFINITY)
            } else {
                merit
            }
        });
        let sign = better.merit(1.0);
        let all = Neighbourhoods::new(&axes, merits.collect());
        let mut found: Vec<(usize, Neighbourhood)> = (0..trials.len())
            .filter(|row| !ruined[*row])
            .filter_map(|row| Some((row, all.of(row)?)))
            .collect();
        found.sort_by(|(_, a), (_, b)| b.median.total_cmp(&a.median));
        found.truncate(top);
        let mut names = vec!["trial".to_owned()];
        names.extend(self.axes().iter().cloned());
        names.push(metric.to_owned());
        let all = self.select(&Query {
            columns: Some(names),
            ..Query::default()
        })?;
        let rows: Vec<usize> = found.iter().map(|(row, _)| *row).collect();
        let mut columns: Vec<Column> = all
            .columns
            .iter()
            .map(|column| column.rows(&rows))
            .collect();
        let floats = |name: &str, of: fn(&Neighbourhood) -> f64| {
            let values = found.iter().map(|(_, around)| {
                let merit = of(around);
                merit.is_finite().then_some(sign * merit)
            });
            Column::Floats(format!("{metric}{name}"), values.collect())
        };
        columns.push(floats(OF_NEIGHBOURS, |around| around.median));
        columns.push(floats(OF_WORST_NEIGHBOUR, |around| around.worst));
        let counts = found.iter().map(|(_, around)| Some(around.n as i64 - 1));
        columns.push(Column::Integers("neighbours".to_owned(), counts.collect()));
        Ok(Table { columns })
    }

    fn on_axes(&self, metric: &str) -> Result<OnAxes, ResultsError> {
        self.position_of_numbers(metric)?;
        let mut names = vec!["trial".to_owned(), metric.to_owned(), "status".to_owned()];
        names.extend(self.axes().iter().cloned());
        let mut table = self.select(&Query {
            columns: Some(names),
            ..Query::default()
        })?;
        let n = table.n_rows();
        let trials = (0..n).map(|row| number(&table.columns[0], row).unwrap_or(0.0) as u64);
        let trials = trials.collect();
        let values = (0..n).map(|row| number(&table.columns[1], row)).collect();
        let status = |row| table.columns[2].cell(row);
        let is_ruined = |row| status(row) == Cell::Text(TrialStatus::Ruined.name());
        Ok(OnAxes {
            trials,
            values,
            ruined: (0..n).map(is_ruined).collect(),
            axes: table.columns.split_off(3),
        })
    }
}

/// Trials with their values on the axes and of a metric, a row each.
struct OnAxes {
    trials: Vec<u64>,
    axes: Vec<Column>,
    values: Vec<Option<f64>>,
    /// Whether the account lost everything.
    ruined: Vec<bool>,
}
