//! What a user can say about one backtest, in names and dates: the whole of it is data.
//!
//! Every key of it is declared where its field is: here, or in the file of the part it belongs to.
//! [`Strategy::check`] finds what is wrong with it, and [`Strategy::bind`] calls that first.

mod cash_flow;
mod delisted;
mod members;
mod rate;
mod sessions_per_year;
mod tables;

use crate::conventions::Conventions;
use crate::date::{Moment, Spell};
use crate::declaration::Declaration;
use crate::sizing::LongOnly;
use tables::tables;

pub use cash_flow::{CashFlow, Every, Indexation};
pub use delisted::Delisted;
pub use members::{Coverage, Members, MissingMembers};
pub use rate::{Rate, RateSource, RiskFreeRate, SeriesSource};
pub use sessions_per_year::SessionsPerYear;

pub use crate::alpha::Alpha;
pub use crate::costs::{Costs, Fees};
pub use crate::declaration::Parameter;
pub use crate::optimiser::Optimiser;
pub use crate::risk::RiskModel;
pub use crate::schedule::Schedule;
pub use crate::sizing::Sizing;

tables! {
    /// One strategy and the backtest it is put through.
    ///
    /// Made from [`Strategy::new`], with the fields that differ:
    ///
    /// ```
    /// use backtest::Date;
    /// use backtest::alpha::TopNMomentum;
    /// use backtest::strategy::{Alpha, Strategy, Universe};
    ///
    /// let day = |year| Date::new(year, 1, 2).unwrap();
    /// let strategy = Strategy {
    ///     universe: Universe {
    ///         assets: vec!["SPY".to_owned(), "AGG".to_owned()],
    ///         ..Universe::default()
    ///     },
    ///     alpha: Alpha::TopNMomentum(TopNMomentum { lookback: 126, top_n: 1 }),
    ///     initial_cash: 50_000.0,
    ///     ..Strategy::new("momentum", day(2014).open(), day(2024).close())
    /// };
    /// assert!(strategy.check().is_empty());
    /// ```
    pub struct Strategy {
        "backtest", Required, "The simulated time and the starting capital." {
            /// The first moment of the simulation; signals see no history before it. A bare date means 14:30 UTC.
            start: Moment => Moment(BareDate::Open), Required;
            /// The last moment of the simulation. A bare date means 23:59:59 UTC.
            end: Moment => Moment(BareDate::End), Required;
            /// Until then signals fill and nothing is traded or recorded. A bare date means 14:30 UTC.
            burn_in: Option<Moment> => Moment(BareDate::Open), Optional;
            /// Starting capital in currency units.
            initial_cash: f64 => Number(Bounds::NotNegative), Number(1e6);
            /// Sessions a year, for annualising.
            sessions_per_year: SessionsPerYear => ChoiceOrNumber(SessionsPerYear::NAMES, Bounds::Positive), Text("auto");
        }
        "universe", Required, "Which assets may be held, and when." {
            /// Which assets may be held, and when.
            universe: Universe => Flat(&Universe::TABLE), Required;
        }
        "alpha", Required, "Where target weights come from." {
            /// Where target weights come from.
            alpha as "model": Alpha => Part(Alpha::PARTS), Required;
        }
        "portfolio", Optional, "How target weights become share counts." {
            /// How alpha weights become portfolio weights.
            optimiser: Optimiser => Part(Optimiser::PARTS), Text("fixed-weight");
            /// How portfolio weights become share counts.
            sizing: Sizing => Part(Sizing::PARTS), Text("long-only");
        }
        "rebalance", Required, "When to decide." {
            /// When the strategy decides.
            schedule: Schedule => Part(Schedule::PARTS), Required;
            /// Whether every decision trades.
            trade: Trade => Choice(Trade::NAMES), Text("always");
        }
        "risk", Optional, "What adjusts the alpha model's weights before the optimiser." {
            /// What adjusts the alpha model's weights before the optimiser.
            risk as "model": Option<RiskModel> => Part(RiskModel::PARTS), Required;
        }
        "costs", Optional, "What a trade costs; nothing when left out." {
            /// What a trade costs.
            costs: Costs => Flat(&Costs::TABLE), Optional;
        }
        "cash", Optional, "What cash earns and what borrowing costs; nothing when left out." {
            /// What cash earns and what borrowing costs.
            cash: Option<Cash> => Flat(&Cash::TABLE), Optional;
        }
        "statistics", Optional, "What returns are measured against." {
            /// The rate that is taken off returns before a ratio of return and risk is formed: `cash`, a fraction a year, or `{ series = "DTB3" }`.
            risk_free: Option<RiskFreeRate> => NumberOrTable(RiskFreeRate::NAMES, Bounds::Interest, &SeriesSource::TABLE), Depends("`cash` with a table `[cash]`, else 0");
        }
        "benchmark", Optional, "What the result is held against: fixed weights, long-only, without costs." {
            /// What the result is held against.
            benchmark: Option<Benchmark> => Flat(&Benchmark::TABLE), Optional;
        }
        rows {
            /// Money paid into the account, or withdrawn from it. Statistics are time-weighted: as if nothing had moved.
            cash_flows: CashFlow;
        }
        texts {
            /// Formulas by name, for `alpha.model = "rules"`: expressions over what is known at a decision, asset by asset. `gridfolio functions` lists what they may call.
            signals;
        }
    }
}

crate::record! {
    /// The assets that may be held, in declaration order, which also breaks ties between equal signals.
    pub struct Universe: Default {
        /// Symbols. Their order breaks ties between equal signals.
        assets: Vec<String> => Symbols, Without { other: "members", then: "the members during the backtest" };
        /// Who belongs to the universe when: a file beside the strategy file, or what such a file says, as in `{ AAPL = [[1996-01-02]], AAL = [[1996-01-02, 1997-01-15], [2015-03-23, 2024-09-23]] }`. A file has the columns `symbol`, `from` and `to` (the first day on which the asset is no member; empty for one that still is), or `date` and the symbols that are members from that day on. A member can be held from its first price on. A bare date means 00:00 UTC.
        members: Option<Members> => Spells, Optional, axis: false;
        /// What becomes of a member without a file of prices. A warning says how many are left out.
        missing_members: MissingMembers => Choice(MissingMembers::NAMES), Text("error"), axis: false;
        /// Assets that join later, and when. One that is named here waits for its first price; the others must have one from the start. A bare date means 00:00 UTC.
        enters: Vec<(String, Moment)> => Moments, Optional;
        /// Assets that leave, and when: from then on their weight is zero, so the next decision sells them. A bare date means 00:00 UTC.
        leaves: Vec<(String, Moment)> => Moments, Optional;
        /// What becomes of an asset whose bars end more than five sessions before the backtest does. From the session after its last bar on it cannot be held, and what is held of it is paid out at that open: at its last close, at nothing, or at its last close times one plus this return.
        delisted: Delisted => ChoiceOrNumber(Delisted::NAMES, Bounds::Return), Text("error");
    }
}

impl Universe {
    /// Whether its assets are the members of a list, and none is named.
    pub fn names_members(&self) -> bool {
        self.assets.is_empty() && self.members.is_some()
    }
}

crate::record! {
    /// What cash earns and what borrowing costs. A night of `d` calendar days between two sessions multiplies cash by `1 + rate × d / 365`, with the rate known at the close before it.
    pub struct Cash {
        /// Interest a year on cash: a fraction, `{ series = "DTB3" }` or `{ symbol = "BIL" }`.
        rate: Rate => NumberOrTable(&[], Bounds::Interest, &RateSource::TABLE), Number(0.0);
        /// What borrowed cash costs a year, on top of the rate, as a fraction.
        margin_spread: f64 => Number(Bounds::Rate), Number(0.0);
        /// What borrowed shares cost a year, as a fraction of their value.
        short_fee: f64 => Number(Bounds::Rate), Number(0.0);
    }
}

crate::choice! {
    /// Whether every decision trades.
    pub enum Trade {
        /// Holdings are brought to target at each decision.
        Always = "always",
        /// Only when the target weights differ from those of the decision before.
        OnChange = "on-change",
    }
}

crate::record! {
    /// What the result is held against: fixed weights, long-only, without costs, from the burn-in (or the start) on, under the strategy's conventions.
    pub struct Benchmark {
        /// A weight for each symbol. The symbols need not be in the universe.
        weights as "assets": Vec<(String, f64)> => Weights, Required;
        /// When the benchmark is brought back to its weights.
        schedule: Schedule => Part(Schedule::PARTS), Text("buy-and-hold");
        /// The fraction of the benchmark's equity that stays in cash.
        cash_buffer: f64 => Number(Bounds::Fraction), Inherited { from: ["portfolio", "cash_buffer"], standard: 0.0 };
    }
}

impl Benchmark {
    /// Its symbol, or its weights: `60 % SPY, 40 % AGG`.
    pub fn name(&self) -> String {
        if let [(symbol, _)] = self.weights.as_slice() {
            return symbol.clone();
        }
        let share = |(symbol, weight): &(String, f64)| {
            let percent = 100.0 * weight;
            format!("{} % {symbol}", (percent * 100.0).round() / 100.0)
        };
        self.weights
            .iter()
            .map(share)
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl Strategy {
    /// A strategy to start from: a million in cash, the standard conventions, equal weights of an
    /// empty universe, long-only without a buffer, rebalanced at the end of each month, no costs.
    #[must_use]
    pub fn new(name: &str, start: Moment, end: Moment) -> Strategy {
        Strategy {
            name: name.to_owned(),
            conventions: Conventions::STANDARD,
            also: Vec::new(),
            start,
            end,
            burn_in: None,
            initial_cash: 1_000_000.0,
            sessions_per_year: SessionsPerYear::Auto,
            universe: Universe::default(),
            alpha: Alpha::EqualWeight,
            risk: None,
            optimiser: Optimiser::FixedWeight,
            sizing: Sizing::LongOnly(LongOnly { cash_buffer: 0.0 }),
            schedule: Schedule::EndOfMonth,
            trade: Trade::Always,
            costs: Costs::NONE,
            cash: None,
            risk_free: None,
            benchmark: None,
            cash_flows: Vec::new(),
            signals: Vec::new(),
        }
    }

    /// The assets of the universe: those that it names, or the members during the backtest.
    pub fn assets(&self) -> Vec<&str> {
        let Universe {
            assets, members, ..
        } = &self.universe;
        match members {
            Some(members) if assets.is_empty() => {
                let during =
                    |spells: &[Spell]| spells.iter().any(|s| s.overlaps(self.start, self.end));
                let own = members.iter().filter(|(_, spells)| during(spells));
                own.map(|(symbol, _)| symbol.as_str()).collect()
            }
            _ => assets.iter().map(String::as_str).collect(),
        }
    }

    /// What returns are measured against: as the strategy says, else what its cash earns.
    pub fn risk_free_rate(&self) -> RiskFreeRate {
        let by_default = match self.cash {
            Some(_) => RiskFreeRate::Cash,
            None => RiskFreeRate::Number(0.0),
        };
        self.risk_free.clone().unwrap_or(by_default)
    }

    /// The series that a backtest of this strategy needs, in order and without repetition.
    pub fn series(&self) -> Vec<String> {
        let of_cash = self.cash.iter().filter_map(|cash| cash.rate.named_series());
        let risk_free = self.risk_free.iter().filter_map(RiskFreeRate::named_series);
        let mut series: Vec<String> = Vec::new();
        let indexed = self.cash_flows.iter().filter_map(CashFlow::named_series);
        for name in of_cash.chain(risk_free).chain(indexed) {
            if !series.iter().any(|known| known == name) {
                series.push(name.to_owned());
            }
        }
        series
    }
}
