//! Weights that change on given dates.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::date::Moment;
use crate::declaration::{Mistake, Place, Row};
use crate::market::AssetId;

crate::part! {
    /// Weights that change on given dates; none before the first.
    pub struct ScheduledWeights as "scheduled-weights" {
        /// The dates, increasing, and the weights from each on.
        table: Vec<WeightsFrom> => Rows(&WeightsFrom::TABLE), Required;
    }
}

crate::record! {
    /// Weights from a date on.
    pub struct WeightsFrom {
        /// The moment from which these weights hold. A bare date means 00:00 UTC.
        from: Moment => Moment(BareDate::Midnight), Required, axis: false;
        /// A weight for each symbol; an empty table holds nothing.
        weights: Vec<(String, f64)> => Weights, Required, axis: false;
    }
}

impl Row for WeightsFrom {}

impl ScheduledWeights {
    /// Weights from each of these moments on.
    pub fn new(table: impl IntoIterator<Item = (Moment, Vec<(String, f64)>)>) -> ScheduledWeights {
        let rows = table.into_iter();
        let table = rows.map(|(from, weights)| WeightsFrom { from, weights });
        ScheduledWeights {
            table: table.collect(),
        }
    }
}

impl AlphaPart for ScheduledWeights {
    fn check(&self, context: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if self.table.is_empty() {
            let path = at.key("table");
            let message = format!("`{path}` has no rows");
            let mistake = Mistake::stating(path, "[]", message, "empty");
            let help = "a row is `{ from = 2010-01-04, weights = { SPY = 1.0 } }`";
            mistakes.push(mistake.help(help));
        }
        for (index, row) in self.table.iter().enumerate() {
            context.check_weights(&row.weights, &at.row("table", index), "weights", mistakes);
        }
        for (index, pair) in self.table.windows(2).enumerate() {
            if pair[1].from <= pair[0].from {
                let from = |row| at.row("table", row).key("from");
                let message = format!(
                    "the rows of `{}` are not in the order of time",
                    at.key("table")
                );
                let label = format!("{}, not after", pair[1].from);
                let mistake = Mistake::stating(from(index + 1), pair[1].from, message, label);
                mistakes.push(mistake.related(from(index), pair[0].from.to_string()));
            }
        }
    }

    fn named(&self) -> Vec<&str> {
        let entries = self.table.iter().flat_map(|row| &row.weights);
        entries.map(|(symbol, _)| &**symbol).collect()
    }

    fn names_at(&self, symbol: &str, moment: Moment) -> bool {
        let past = self.table.iter().take_while(|row| row.from <= moment);
        let names = |row: &WeightsFrom| row.weights.iter().any(|(named, _)| named == symbol);
        past.last().is_some_and(names)
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        let row = |row: &WeightsFrom| Ok((row.from, binding.resolve(&row.weights)?));
        let table = self.table.iter().map(row).collect::<Result<_, _>>()?;
        Ok(Arc::new(Bound(table)))
    }
}

#[derive(Debug)]
struct Bound(Vec<(Moment, Vec<(AssetId, f64)>)>);

impl BoundModel for Bound {
    fn history(&self) -> Option<History> {
        None
    }

    fn names_members_only(&self) -> bool {
        false
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Model { table: &self.0 })
    }
}

struct Model<'a> {
    table: &'a [(Moment, Vec<(AssetId, f64)>)],
}

impl AlphaModel for Model<'_> {
    fn weights(&mut self, as_of: AsOf<'_>, weights: &mut Weights) -> Result<(), AlphaError> {
        let now = as_of.moment();
        let row = self
            .table
            .iter()
            .take_while(|(from, _)| *from <= now)
            .last();
        for &(asset, weight) in row.map_or(&[][..], |(_, weights)| weights) {
            weights.set(asset, weight);
        }
        Ok(())
    }
}
