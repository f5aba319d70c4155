//! What a user can say about one backtest, in names and dates: the whole of it is data.
//!
//! A [`Strategy`] is checked in part when it is written down (the strategy file knows the place of
//! each mistake) and in full when it is bound to a market.

use crate::conventions::Conventions;
use crate::date::{Moment, Weekday};

/// One strategy and the backtest it is put through.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// A title for reports.
    pub name: String,
    /// How open questions are answered.
    pub conventions: Conventions,
    /// The first moment of the simulation. Signals see no history before it.
    pub start: Moment,
    /// The last moment of the simulation.
    pub end: Moment,
    /// Until then signals fill and nothing is traded or recorded.
    pub burn_in: Option<Moment>,
    /// Starting capital in currency units; not negative.
    pub initial_cash: f64,
    /// Sessions a year, for annualising: 252 for exchange-traded assets, 365 for crypto-currencies.
    pub sessions_per_year: f64,
    /// Which assets may be held, and when.
    pub universe: Universe,
    /// Where target weights come from.
    pub alpha: Alpha,
    /// What adjusts them before the optimiser.
    pub risk: Option<RiskModel>,
    /// How alpha weights become portfolio weights.
    pub optimiser: Optimiser,
    /// How portfolio weights become share counts.
    pub sizing: Sizing,
    /// When to decide.
    pub schedule: Schedule,
    /// Whether every decision trades.
    pub trade: Trade,
    /// What a trade costs.
    pub costs: Costs,
    /// What the result is held against.
    pub benchmark: Option<Benchmark>,
}

/// The assets that may be held, in declaration order, which also breaks ties between equal signals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Universe {
    /// Symbols.
    pub assets: Vec<String>,
    /// Assets that join later. One that is named here waits for its first price; the others must
    /// have one from the start.
    pub enters: Vec<(String, Moment)>,
    /// Assets that leave: from that moment on their weight is zero, so the next decision sells them.
    pub leaves: Vec<(String, Moment)>,
}

/// Where target weights come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Alpha {
    /// The same weights at every decision.
    FixedWeights {
        /// Symbol and weight, in declaration order.
        weights: Vec<(String, f64)>,
    },
    /// `1 / n` for each of the universe's `n` assets.
    EqualWeight,
    /// The same number for each asset of the universe.
    SingleSignal {
        /// That number.
        signal: f64,
    },
    /// `1 / top_n` for each of the `top_n` assets with the highest momentum; the rest zero.
    TopNMomentum {
        /// Sessions.
        lookback: u32,
        /// How many assets are held.
        top_n: u32,
    },
    /// The raw momentum of each asset as its weight.
    MomentumWeighted {
        /// Sessions.
        lookback: u32,
    },
    /// `1 / top_n` for each of the `top_n` assets with the highest momentum, `-1 / bottom_n` for
    /// each of the `bottom_n` with the lowest among the others.
    LongShortMomentum {
        /// Sessions.
        lookback: u32,
        /// How many assets are held long.
        top_n: u32,
        /// How many assets are held short.
        bottom_n: u32,
    },
    /// `1 / n` for each of the universe's `n` assets whose fast moving average is above its slow one.
    SmaCrossover {
        /// Sessions in the fast average.
        fast: u32,
        /// Sessions in the slow average.
        slow: u32,
        /// What an asset gets whose fast average is not above the slow one.
        below: BelowAverage,
    },
    /// `1 / volatility` for each asset, zero where there is none.
    InverseVolatility {
        /// Sessions.
        lookback: u32,
    },
    /// Weights that change on given dates; none before the first.
    ScheduledWeights {
        /// From when on, and the weights from then on.
        table: Vec<(Moment, Vec<(String, f64)>)>,
    },
    /// A model that this crate does not have: whoever runs the strategy makes it and hands it to
    /// [`Backtest::run_with`](crate::backtest::Backtest::run_with).
    External {
        /// What it is called, as in `module:Class`.
        class: String,
        /// What it is made with, in declaration order.
        parameters: Vec<(String, Parameter)>,
    },
}

/// What an external model is made with.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameter {
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// A text.
    Text(String),
}

/// What a crossover does with an asset whose fast average is not above its slow one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BelowAverage {
    /// Holds none of it.
    Flat,
    /// Sells it short, `-1 / n`.
    Short,
}

/// An adjustment of the alpha model's weights, each weight by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RiskModel {
    /// No weight above `max_weight`.
    Cap {
        /// The highest weight.
        max_weight: f64,
    },
    /// Every weight times `factor`.
    Scale {
        /// The factor.
        factor: f64,
    },
    /// Weights below `min_weight` become zero.
    Floor {
        /// The lowest weight that is kept.
        min_weight: f64,
    },
}

/// How alpha weights become portfolio weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimiser {
    /// As they are.
    FixedWeight,
    /// `scale / n` for each of the `n` assets that the alpha model mentions, zero weights too.
    EqualWeight {
        /// What the weights sum to; 1 unless said otherwise.
        scale: f64,
    },
}

/// How portfolio weights become share counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sizing {
    /// Weights of the equity less a buffer; no weight may be negative.
    LongOnly {
        /// The fraction of the equity that stays in cash, 0 to 1.
        cash_buffer: f64,
    },
    /// Weights may be negative; their absolute values are scaled to the gross leverage.
    LongShort {
        /// Gross exposure over equity; positive.
        gross_leverage: f64,
    },
}

/// When to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Once.
    BuyAndHold,
    /// At every close.
    Daily,
    /// Once a week, at the close of the given day; when that is not a session, at the last session
    /// of the week before it, or else the first after it.
    Weekly(Weekday),
    /// At the last close of each month.
    EndOfMonth,
    /// At the last close of March, June, September and December.
    EndOfQuarter,
}

/// Whether every decision trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trade {
    /// Holdings are brought to target at each decision.
    Always,
    /// Only when the target weights differ from those of the decision before.
    OnChange,
}

/// What a trade costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// Commission and tax.
    pub fees: Fees,
    /// Basis points by which buys fill higher and sells lower than the price.
    pub slippage_bps: f64,
    /// Half the bid-ask spread in basis points, on top of the slippage.
    pub half_spread_bps: f64,
}

impl Costs {
    /// Trading costs nothing.
    pub const NONE: Costs = Costs {
        fees: Fees::Zero,
        slippage_bps: 0.0,
        half_spread_bps: 0.0,
    };
}

/// Commission and tax.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fees {
    /// None.
    Zero,
    /// Fractions of the trade's value; both are paid on buys and sells.
    Percent {
        /// Commission as a fraction: 0.001 is ten basis points.
        commission: f64,
        /// Tax as a fraction.
        tax: f64,
    },
    /// An amount per share, with a minimum per order.
    PerShare {
        /// Currency units per share.
        per_share: f64,
        /// Currency units per order, at least.
        minimum: f64,
    },
}

/// What the result is held against: fixed weights, long-only, without costs, from the burn-in (or
/// the start) on, under the strategy's conventions.
#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    /// Symbol and weight.
    pub weights: Vec<(String, f64)>,
    /// When it is brought back to its weights.
    pub schedule: Schedule,
    /// The fraction of its equity that stays in cash.
    pub cash_buffer: f64,
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
    pub fn new(name: &str, start: Moment, end: Moment) -> Strategy {
        Strategy {
            name: name.to_owned(),
            conventions: Conventions::STANDARD,
            start,
            end,
            burn_in: None,
            initial_cash: 1_000_000.0,
            sessions_per_year: 252.0,
            universe: Universe::default(),
            alpha: Alpha::EqualWeight,
            risk: None,
            optimiser: Optimiser::FixedWeight,
            sizing: Sizing::LongOnly { cash_buffer: 0.0 },
            schedule: Schedule::EndOfMonth,
            trade: Trade::Always,
            costs: Costs::NONE,
            benchmark: None,
        }
    }
}
