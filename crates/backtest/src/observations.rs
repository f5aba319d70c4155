//! Series beside the prices: rates of interest, price indices.

use crate::date::Date;

/// A series of observations: a rate of interest in per cent a year, or a price index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations {
    /// The name by which a strategy asks for it: `DTB3`.
    pub name: String,
    /// The days with an observation, strictly increasing.
    pub dates: Vec<Date>,
    /// What was observed on each; finite.
    pub values: Vec<f64>,
}

impl Observations {
    /// The last observation on a day or before it, with its day.
    pub fn known_on(&self, day: Date) -> Option<(Date, f64)> {
        let until = self.dates.partition_point(|date| *date <= day);
        let last = until.checked_sub(1)?;
        Some((self.dates[last], self.values[last]))
    }

    /// What a backtest through these days needs: the last observation before them, and those of them.
    #[must_use]
    pub fn around(&self, first: Date, last: Date) -> Observations {
        let from = self.dates.partition_point(|date| *date <= first);
        let kept = from.saturating_sub(1)..self.dates.partition_point(|date| *date <= last);
        let kept = kept.start.min(kept.end)..kept.end;
        Observations {
            name: self.name.clone(),
            dates: self.dates[kept.clone()].to_vec(),
            values: self.values[kept].to_vec(),
        }
    }
}
