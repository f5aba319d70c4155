//! Whether a strategy can run on the prices that it names, and what they lack.

use std::path::Path;

use backtest::strategy::Coverage;
use serde_json::{Value, json};

use crate::error::Error;
use crate::explain::{Context, Role};
use crate::market::Market;
use crate::strategy::Strategy;

/// What the check of a strategy's prices found.
#[derive(Debug)]
pub struct PricesCheck {
    prices: market_data::Check,
    /// How much of the membership has prices; `None` for a universe that names its assets.
    coverage: Option<Coverage>,
    strategy: String,
    refusal: Option<Error>,
}

impl PricesCheck {
    /// Checks the files of all that a strategy names, and whether it can be run on them.
    ///
    /// * `dir`: in place of the folder that the strategy names.
    ///
    /// # Errors
    ///
    /// No folder is named, or it cannot be listed.
    pub fn of(strategy: &Strategy, dir: Option<&Path>) -> Result<PricesCheck, Error> {
        let dir = strategy.prices_in(dir)?;
        let definition = strategy.definition();
        let mut names = definition.symbols();
        let universe = &definition.universe;
        let members = universe
            .members
            .as_ref()
            .filter(|_| universe.names_members());
        if members.is_some() {
            // A member without prices is counted, not a fault of a file.
            let known = market_data::symbols_in(&dir)?;
            let members = definition.assets();
            names.retain(|name| known.contains(name) || !members.contains(&name.as_str()));
        }
        names.extend(definition.series());
        let prices = market_data::check(&dir, Some(&names))?;
        let coverage = members.map(|members| {
            let first = definition.burn_in.unwrap_or(definition.start).date();
            members.coverage(first, definition.end.date(), |symbol| {
                let found = prices.symbols.iter().find(|found| found.symbol == symbol)?;
                found.span
            })
        });
        Ok(PricesCheck {
            prices,
            coverage,
            strategy: strategy.file().display().to_string(),
            refusal: refusal(strategy, &dir).err(),
        })
    }

    /// Whether the strategy can be run on its prices.
    pub fn is_usable(&self) -> bool {
        self.prices.usable && self.refusal.is_none()
    }

    /// What was found, for a terminal.
    pub fn to_text(&self) -> String {
        let mut text = self.prices.to_text();
        if let Some(coverage) = &self.coverage {
            let missing = &coverage.without_prices;
            let share = 100.0 * missing.len() as f64 / coverage.n_members.max(1) as f64;
            text += &format!(
                "\nsurvivorship: {} of {} members have no prices, {share:.1} %; {:.1} % of the days of \
                 membership have none\n",
                missing.len(),
                coverage.n_members,
                100.0 * coverage.share_without()
            );
            for symbols in missing.chunks(12) {
                text += &format!("  {}\n", symbols.join(" "));
            }
        }
        text += &match &self.refusal {
            None => format!("\n`{}` can be run on these prices\n", self.strategy),
            Some(error) => format!("\n{error}\n"),
        };
        text
    }

    /// The same for programs: that of the prices, with what is said of the strategy.
    pub fn to_json(&self) -> Value {
        let mut found = self.prices.to_json();
        found["usable"] = json!(self.is_usable());
        found["strategy"] = json!(self.strategy);
        found["refusal"] = json!(self.refusal.as_ref().map(ToString::to_string));
        found["members"] = json!(self.coverage.as_ref().map(|coverage| json!({
            "members": coverage.n_members,
            "without_prices": coverage.without_prices,
            "days": coverage.days,
            "days_without_prices": coverage.days_without,
            "share_of_days_without_prices": coverage.share_without(),
        })));
        found
    }
}

/// Binds the strategy and its benchmark, as a run would.
fn refusal(strategy: &Strategy, dir: &Path) -> Result<(), Error> {
    let prices = Market::of_strategy(strategy, Some(dir))?;
    let context = prices.context(strategy);
    let market = context.aligned()?;
    let bound = context.strategy.bind(&market);
    bound.map_err(|error| context.not_bound(error))?;
    if let Some(benchmark) = context.strategy.benchmark_strategy() {
        let context = Context {
            strategy: &benchmark,
            role: Role::Benchmark,
            ..context
        };
        let bound = benchmark.bind(&market);
        bound.map_err(|error| context.not_bound(error))?;
    }
    Ok(())
}
