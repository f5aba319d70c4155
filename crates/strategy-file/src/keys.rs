//! Every key of the strategy file, declared once: the reader and the schema both follow this.

use backtest::conventions::{
    BuyAndHold, Calendar, CashRule, Deviation, DrawdownFrom, Entry, FeeBasis, FeeReserve, Fill,
    FractionalBuys, LongShortRounding, MomentumArithmetic, OutsideUniverse, RealisedProfit,
    RiskModelUse, Shares, SortinoDenominator, WeightScaling,
};
use backtest::strategy::{Schedule, Trade};

use backtest::date::Weekday;

use crate::moment::BareDate;
use crate::sweep::Sampler;
use crate::validation::Metric;

/// A key of a table.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
    /// Set for a key that exists only for some values of another key of its table.
    pub(crate) when: Option<When>,
    pub(crate) doc: &'static str,
}

/// What a key's value may be.
pub(crate) enum Kind {
    Text,
    Flag,
    /// A whole number, at least 1.
    Count,
    Number(Bounds),
    /// A date or date-time.
    Moment(BareDate),
    /// One of these names.
    Choice(fn() -> Vec<&'static str>),
    /// A day of the week, in any case, short or whole.
    Weekday,
    /// An array of symbols.
    Symbols,
    /// A table from symbols to numbers.
    Weights,
    /// A table from symbols to dates.
    Moments,
    Nested(&'static Table),
    /// An array of tables.
    Rows(&'static Table),
    /// One of these names, or a table.
    ChoiceOrTable(fn() -> Vec<&'static str>, &'static Table),
    /// A whole number, 0 or more.
    Seed,
    /// A table from paths of keys to lists of values or ranges.
    Axes,
    /// A table from names to numbers, flags or texts.
    Parameters,
}

/// Which finite numbers are allowed.
#[derive(Clone, Copy)]
pub(crate) enum Bounds {
    Any,
    NotNegative,
    Positive,
    Fraction,
}

impl Bounds {
    pub(crate) fn contain(self, number: f64) -> bool {
        number.is_finite()
            && match self {
                Bounds::Any => true,
                Bounds::NotNegative => number >= 0.0,
                Bounds::Positive => number > 0.0,
                Bounds::Fraction => (0.0..=1.0).contains(&number),
            }
    }

    pub(crate) fn allowed(self) -> &'static str {
        match self {
            Bounds::Any => "a finite number",
            Bounds::NotNegative => "0 or more",
            Bounds::Positive => "more than 0",
            Bounds::Fraction => "0 to 1",
        }
    }
}

/// Whether a key must be there, and what holds when it is not.
pub(crate) enum Presence {
    Required,
    Optional,
    /// The default depends on other keys; these words say how.
    Depends(&'static str),
    Text(&'static str),
    Number(f64),
    Flag(bool),
}

/// The key goes only with these values of the key called `tag`.
pub(crate) struct When {
    pub(crate) tag: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// A table of the file.
pub(crate) struct Table {
    /// Its dotted path; empty for the file itself.
    pub(crate) path: &'static str,
    pub(crate) doc: &'static str,
    pub(crate) keys: &'static [&'static Key],
}

impl Table {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().copied().find(|key| key.name == name)
    }

    /// `[alpha]`, or "the file".
    pub(crate) fn title(&self) -> String {
        match self.path {
            "" => "the file".to_owned(),
            path => format!("`[{path}]`"),
        }
    }

    /// `alpha.top_n`
    pub(crate) fn path_to(&self, name: &str) -> String {
        match self.path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }
}

/// Declares a table and its keys, so that no key can be declared and not listed.
macro_rules! table {
    ($module:ident at $path:literal, $table_doc:literal {
        $($key:ident: $name:literal, $kind:expr, $presence:expr
            $(, with $tag:literal in $values:expr)?; $doc:literal)+
    }) => {
        pub(crate) mod $module {
            use super::{Kind::*, *};

            $(pub(crate) static $key: Key = Key {
                name: $name,
                kind: $kind,
                presence: $presence,
                when: table!(@when $($tag, $values)?),
                doc: $doc,
            };)+

            pub(crate) static TABLE: Table = Table {
                path: $path,
                doc: $table_doc,
                keys: &[$(&$key),+],
            };
        }
    };
    (@when) => { None };
    (@when $tag:literal, $values:expr) => { Some(When { tag: $tag, values: &$values }) };
}

table! { file at "", "A systematic trading strategy and the backtest it is put through." {
    NAME: "name", Text, Presence::Depends("the name of the file");
        "A title for reports."
    CONVENTIONS: "conventions", ChoiceOrTable(|| names(BASES), &conventions::TABLE), Presence::Text("standard");
        "How open questions of a backtest are answered: `standard` is the careful way, `qstrader` does what QSTrader 0.3.0 does. A table changes single switches of a base."
    DATA: "data", Nested(&data::TABLE), Presence::Optional;
        "Where the prices are."
    BACKTEST: "backtest", Nested(&period::TABLE), Presence::Required;
        "The simulated time and the starting capital."
    UNIVERSE: "universe", Nested(&universe::TABLE), Presence::Required;
        "Which assets may be held, and when."
    ALPHA: "alpha", Nested(&alpha::TABLE), Presence::Required;
        "Where target weights come from."
    PORTFOLIO: "portfolio", Nested(&portfolio::TABLE), Presence::Optional;
        "How target weights become share counts."
    REBALANCE: "rebalance", Nested(&rebalance::TABLE), Presence::Required;
        "When to decide."
    RISK: "risk", Nested(&risk::TABLE), Presence::Optional;
        "What adjusts the alpha model's weights before the optimiser."
    COSTS: "costs", Nested(&costs::TABLE), Presence::Optional;
        "What a trade costs; nothing when left out."
    EXECUTION: "execution", Nested(&execution::TABLE), Presence::Optional;
        "The four choices on which backtesters silently differ."
    BENCHMARK: "benchmark", Nested(&benchmark::TABLE), Presence::Optional;
        "What the result is held against: fixed weights, long-only, without costs."
    SWEEP: "sweep", Nested(&sweep::TABLE), Presence::Optional;
        "Which values other keys take in a sweep; a single run ignores it."
    VALIDATE: "validate", Nested(&validate::TABLE), Presence::Optional;
        "How a sweep is tested out of sample; a single run ignores it."
}}

table! { validate at "validate", "How a sweep is tested out of sample; a single run ignores it." {
    HOLDOUT: "holdout", Moment(BareDate::Midnight), Presence::Optional;
        "Where the held-out time begins: no trial of a sweep sees it. `gridfolio holdout` asks for it, and the ledger counts how often."
    METRIC: "metric", Choice(|| names(METRICS)), Presence::Text("sharpe");
        "What walk-forward analysis and cross-validation select by, in-sample."
    WALK_FORWARD: "walk_forward", Nested(&walk_forward::TABLE), Presence::Depends("anchored, with the first quarter of time to select on and twelve equal stretches to test on");
        "Selecting on one stretch of time and testing on the next, again and again."
    CROSS_VALIDATION: "cross_validation", Nested(&cross_validation::TABLE), Presence::Optional;
        "Combinatorial purged cross-validation: every choice of so many folds is a test once."
}}

table! { walk_forward at "validate.walk_forward", "Selecting on one stretch of time and testing on the next, again and again." {
    TRAIN: "train", Count, Presence::Required;
        "Sessions to select on; with `anchored`, in the first window."
    TEST: "test", Count, Presence::Required;
        "Sessions to test on."
    STEP: "step", Count, Presence::Depends("that of `test`");
        "Sessions from one window to the next; at least those of `test`, so that no session is tested on twice."
    GAP: "gap", Seed, Presence::Number(0.0);
        "Sessions left out between selecting and testing."
    ANCHORED: "anchored", Flag, Presence::Flag(false);
        "Whether every window selects from the beginning on, in place of a rolling window."
}}

table! { cross_validation at "validate.cross_validation", "Combinatorial purged cross-validation: every choice of so many folds is a test once." {
    FOLDS: "folds", Count, Presence::Required;
        "Equal stretches of time, 2 to 16."
    TEST_FOLDS: "test_folds", Count, Presence::Required;
        "How many of them are tested on at a time."
    PURGE: "purge", Seed, Presence::Number(0.0);
        "Sessions on either side of a test that are not selected on."
    EMBARGO: "embargo", Seed, Presence::Number(0.0);
        "Sessions after a test, beyond the purged ones, that are not selected on."
}}

table! { data at "data", "Where the prices are." {
    DIR: "dir", Text, Presence::Optional;
        "The folder of price files, relative to this file."
    ADJUSTED: "adjusted", Flag, Presence::Flag(true);
        "Whether prices are adjusted for splits and dividends."
}}

table! { period at "backtest", "The simulated time and the starting capital." {
    START: "start", Moment(BareDate::Open), Presence::Required;
        "The first moment of the simulation; signals see no history before it. A bare date means 14:30 UTC."
    END: "end", Moment(BareDate::End), Presence::Required;
        "The last moment of the simulation. A bare date means 23:59:59 UTC."
    BURN_IN: "burn_in", Moment(BareDate::Open), Presence::Optional;
        "Until then signals fill and nothing is traded or recorded. A bare date means 14:30 UTC."
    INITIAL_CASH: "initial_cash", Number(Bounds::NotNegative), Presence::Number(1e6);
        "Starting capital in currency units."
    SESSIONS_PER_YEAR: "sessions_per_year", Number(Bounds::Positive), Presence::Number(252.0);
        "Sessions a year, for annualising: 252 for exchange-traded assets, 365 for crypto-currencies."
}}

table! { universe at "universe", "Which assets may be held, and when." {
    ASSETS: "assets", Symbols, Presence::Required;
        "Symbols. Their order breaks ties between equal signals."
    ENTERS: "enters", Moments, Presence::Optional;
        "Assets that join later, and when. A bare date means 00:00 UTC."
    LEAVES: "leaves", Moments, Presence::Optional;
        "Assets that leave, and when: from then on their weight is zero. A bare date means 00:00 UTC."
}}

table! { alpha at "alpha", "Where target weights come from." {
    MODEL: "model", Choice(|| ALPHA_MODELS.to_vec()), Presence::Required;
        "`fixed-weights`: the same weights at every decision. `equal-weight`: 1/n each. `single-signal`: one number for every asset. `top-n-momentum`: 1/top_n for the assets with the highest momentum. `momentum-weighted`: the momentum itself. `long-short-momentum`: the highest long, the lowest short. `sma-crossover`: 1/n where the fast moving average is above the slow one. `inverse-volatility`: 1/volatility. `scheduled-weights`: weights that change on given dates. `python`: a class of yours, which only the Python package can run."
    WEIGHTS: "weights", Weights, Presence::Required, with "model" in ["fixed-weights"];
        "A weight for each symbol."
    SIGNAL: "signal", Number(Bounds::Any), Presence::Number(1.0), with "model" in ["single-signal"];
        "The number that every asset gets."
    LOOKBACK: "lookback", Count, Presence::Required,
        with "model" in ["top-n-momentum", "momentum-weighted", "long-short-momentum", "inverse-volatility"];
        "How many sessions the signal looks back over."
    TOP_N: "top_n", Count, Presence::Required, with "model" in ["top-n-momentum", "long-short-momentum"];
        "How many assets are held long."
    BOTTOM_N: "bottom_n", Count, Presence::Required, with "model" in ["long-short-momentum"];
        "How many assets are held short."
    FAST: "fast", Count, Presence::Required, with "model" in ["sma-crossover"];
        "Sessions in the fast moving average."
    SLOW: "slow", Count, Presence::Required, with "model" in ["sma-crossover"];
        "Sessions in the slow moving average; more than `fast`."
    SHORT: "short", Flag, Presence::Flag(false), with "model" in ["sma-crossover"];
        "Whether an asset below its slow moving average is sold short."
    SCHEDULE: "table", Rows(&scheduled::TABLE), Presence::Required, with "model" in ["scheduled-weights"];
        "The dates, increasing, and the weights from each on."
    CLASS: "class", Text, Presence::Required, with "model" in ["python"];
        "The Python class, as in `my_models:DualMomentum`."
    PARAMETERS: "parameters", Parameters, Presence::Optional, with "model" in ["python"];
        "What the class is made with: numbers, booleans or strings by keyword."
}}

table! { scheduled at "alpha.table", "Weights from a date on." {
    FROM: "from", Moment(BareDate::Midnight), Presence::Required;
        "The moment from which these weights hold. A bare date means 00:00 UTC."
    WEIGHTS: "weights", Weights, Presence::Required;
        "A weight for each symbol; an empty table holds nothing."
}}

table! { portfolio at "portfolio", "How target weights become share counts." {
    OPTIMISER: "optimiser", Choice(|| vec!["fixed-weight", "equal-weight"]), Presence::Text("fixed-weight");
        "`fixed-weight` keeps the alpha model's weights; `equal-weight` gives each asset the model names the same."
    SCALE: "scale", Number(Bounds::Any), Presence::Number(1.0), with "optimiser" in ["equal-weight"];
        "What the equal weights sum to."
    SIZING: "sizing", Choice(|| vec!["long-only", "long-short"]), Presence::Text("long-only");
        "`long-only`: no weight may be negative. `long-short`: absolute weights are scaled to the gross leverage."
    CASH_BUFFER: "cash_buffer", Number(Bounds::Fraction),
        Presence::Depends("0.0, but required under qstrader conventions"), with "sizing" in ["long-only"];
        "The fraction of the equity that stays in cash."
    GROSS_LEVERAGE: "gross_leverage", Number(Bounds::Positive),
        Presence::Depends("1.0, but required under qstrader conventions"), with "sizing" in ["long-short"];
        "Gross exposure over equity."
}}

table! { rebalance at "rebalance", "When to decide." {
    SCHEDULE: "schedule", Choice(|| names(SCHEDULES)), Presence::Required;
        "When the strategy decides: once, or at the close of each of these."
    WEEKDAY: "weekday", Weekday, Presence::Required, with "schedule" in ["weekly"];
        "The day of a weekly schedule: `mon` to `fri`, and `sat` and `sun` when the calendar is `sessions`."
    TRADE: "trade", Choice(|| names(TRADES)), Presence::Text("always");
        "`always`: holdings are brought to target at each decision. `on-change`: only when the target weights differ from the decision before."
}}

table! { risk at "risk", "What adjusts the alpha model's weights before the optimiser." {
    MODEL: "model", Choice(|| vec!["cap", "scale", "floor"]), Presence::Required;
        "`cap`: no weight above `max_weight`. `scale`: every weight times `factor`. `floor`: weights below `min_weight` become zero."
    MAX_WEIGHT: "max_weight", Number(Bounds::Any), Presence::Required, with "model" in ["cap"];
        "The highest weight."
    FACTOR: "factor", Number(Bounds::Any), Presence::Required, with "model" in ["scale"];
        "The factor."
    MIN_WEIGHT: "min_weight", Number(Bounds::Any), Presence::Required, with "model" in ["floor"];
        "The lowest weight that is kept."
}}

table! { costs at "costs", "What a trade costs." {
    FEES: "fees", Nested(&fees::TABLE), Presence::Optional;
        "Commission and tax; none when left out."
    SLIPPAGE_BPS: "slippage_bps", Number(Bounds::NotNegative), Presence::Number(0.0);
        "Basis points by which buys fill higher and sells lower than the price."
    HALF_SPREAD_BPS: "half_spread_bps", Number(Bounds::NotNegative), Presence::Number(0.0);
        "Half the bid-ask spread in basis points, on top of the slippage."
}}

table! { fees at "costs.fees", "Commission and tax." {
    MODEL: "model", Choice(|| vec!["zero", "percent", "per-share"]), Presence::Required;
        "`zero`: none. `percent`: fractions of the trade's value. `per-share`: an amount per share."
    COMMISSION: "commission", Number(Bounds::NotNegative), Presence::Number(0.0), with "model" in ["percent"];
        "Commission as a fraction of the trade's value: 0.001 is ten basis points."
    TAX: "tax", Number(Bounds::NotNegative), Presence::Number(0.0), with "model" in ["percent"];
        "Tax as a fraction of the trade's value, on buys and sells."
    PER_SHARE: "per_share", Number(Bounds::NotNegative), Presence::Required, with "model" in ["per-share"];
        "Currency units per share."
    MINIMUM: "minimum", Number(Bounds::NotNegative), Presence::Number(0.0), with "model" in ["per-share"];
        "Currency units per order, at least."
}}

table! { execution at "execution", "The four choices on which backtesters silently differ." {
    FILL: "fill", Choice(|| names(Fill::OPTIONS)), OF_CONVENTIONS;
        "When orders decided at a close are filled."
    SHARES: "shares", Choice(|| names(Shares::OPTIONS)), OF_CONVENTIONS;
        "Whether a position is a whole number of shares."
    CASH: "cash", Choice(|| names(CashRule::OPTIONS)), OF_CONVENTIONS;
        "What happens to a buy that the cash does not cover."
    ENTRY: "entry", Choice(|| names(Entry::OPTIONS)), OF_CONVENTIONS;
        "What a moving average crossover calls a signal: being above, or crossing."
}}

table! { benchmark at "benchmark", "What the result is held against: fixed weights, long-only, without costs." {
    ASSETS: "assets", Weights, Presence::Required;
        "A weight for each symbol. The symbols need not be in the universe."
    SCHEDULE: "schedule", Choice(|| names(SCHEDULES)), Presence::Text("buy-and-hold");
        "When the benchmark is brought back to its weights."
    WEEKDAY: "weekday", Weekday, Presence::Required, with "schedule" in ["weekly"];
        "The day of a weekly schedule: `mon` to `fri`, and `sat` and `sun` when the calendar is `sessions`."
    CASH_BUFFER: "cash_buffer", Number(Bounds::Fraction),
        Presence::Depends("the portfolio's, 0.0 when that is long-short");
        "The fraction of the benchmark's equity that stays in cash."
}}

table! { conventions at "conventions", "How open questions of a backtest are answered: a base and the switches that differ from it." {
    BASE: "base", Choice(|| names(BASES)), Presence::Text("standard");
        "The set of conventions that the other keys change."
    CALENDAR: "calendar", Choice(|| names(Calendar::OPTIONS)), OF_BASE;
        "Which days the simulation steps through."
    WEIGHT_SCALING: "weight_scaling", Choice(|| names(WeightScaling::OPTIONS)), OF_BASE;
        "Which target weights are scaled before sizing."
    LONG_SHORT_ROUNDING: "long_short_rounding", Choice(|| names(LongShortRounding::OPTIONS)), OF_BASE;
        "How a long/short target in money becomes whole shares."
    FEE_RESERVE: "fee_reserve", Choice(|| names(FeeReserve::OPTIONS)), OF_BASE;
        "Whether fees are set aside when orders are sized."
    FEE_BASIS: "fee_basis", Choice(|| names(FeeBasis::OPTIONS)), OF_BASE;
        "The trade value that a percentage fee is taken of."
    RISK_MODEL: "risk_model", Choice(|| names(RiskModelUse::OPTIONS)), OF_BASE;
        "Whether the strategy's risk model acts."
    OUTSIDE_UNIVERSE: "outside_universe", Choice(|| names(OutsideUniverse::OPTIONS)), OF_BASE;
        "What becomes of a target weight for an asset outside the universe."
    BUY_AND_HOLD: "buy_and_hold", Choice(|| names(BuyAndHold::OPTIONS)), OF_BASE;
        "When a buy-and-hold strategy buys, and in which order."
    MOMENTUM: "momentum", Choice(|| names(MomentumArithmetic::OPTIONS)), OF_BASE;
        "The arithmetic of holding-period momentum."
    FRACTIONAL_BUYS: "fractional_buys", Choice(|| names(FractionalBuys::OPTIONS)), OF_BASE;
        "What a purchase of less than one share does to an open position."
    REALISED_PROFIT: "realised_profit", Choice(|| names(RealisedProfit::OPTIONS)), OF_BASE;
        "Which positions the realised profit counts."
    DRAWDOWN: "drawdown", Choice(|| names(DrawdownFrom::OPTIONS)), OF_BASE;
        "Where a drawdown is measured from."
    DEVIATION: "deviation", Choice(|| names(Deviation::OPTIONS)), OF_BASE;
        "The divisor of the standard deviation."
    SORTINO: "sortino", Choice(|| names(SortinoDenominator::OPTIONS)), OF_BASE;
        "The denominator of the Sortino ratio."
}}

table! { sweep at "sweep", "Which values other keys take in a sweep; a single run ignores it." {
    SAMPLER: "sampler", Choice(|| names(SAMPLERS)), Presence::Text("grid");
        "`grid`: every combination. `random`: independent draws. `sobol`: draws that cover the space evenly."
    TRIALS: "trials", Count, Presence::Required, with "sampler" in ["random", "sobol"];
        "How many draws; at most 65536 for `sobol`."
    SEED: "seed", Seed, Presence::Number(0.0);
        "What the draws of `random` and `sobol` depend on, besides the trial's number."
    WHERE: "where", Text, Presence::Optional;
        "A condition over the axes that every trial meets, as in `alpha.fast < alpha.slow`."
    AXES: "axes", Axes, Presence::Required;
        "The path of each key to vary, with an array of values or a range `{ from = 1, to = 9, step = 2 }`. The last axis varies fastest."
}}

/// Every table, the file itself first.
pub(crate) static TABLES: &[&Table] = &[
    &file::TABLE,
    &data::TABLE,
    &period::TABLE,
    &universe::TABLE,
    &alpha::TABLE,
    &scheduled::TABLE,
    &portfolio::TABLE,
    &rebalance::TABLE,
    &risk::TABLE,
    &costs::TABLE,
    &fees::TABLE,
    &execution::TABLE,
    &benchmark::TABLE,
    &conventions::TABLE,
    &sweep::TABLE,
];

const OF_CONVENTIONS: Presence = Presence::Depends("that of the conventions");
const OF_BASE: Presence = Presence::Depends("that of the base");

const ALPHA_MODELS: [&str; 10] = [
    "fixed-weights",
    "equal-weight",
    "single-signal",
    "top-n-momentum",
    "momentum-weighted",
    "long-short-momentum",
    "sma-crossover",
    "inverse-volatility",
    "scheduled-weights",
    "python",
];

/// A set of conventions to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    Standard,
    QsTrader,
}

pub(crate) const BASES: &[(&str, Base)] =
    &[("standard", Base::Standard), ("qstrader", Base::QsTrader)];

/// The day of the weekly one is a placeholder: it has its own key.
pub(crate) const SCHEDULES: &[(&str, Schedule)] = &[
    ("buy-and-hold", Schedule::BuyAndHold),
    ("daily", Schedule::Daily),
    ("weekly", Schedule::Weekly(Weekday::Mon)),
    ("end-of-month", Schedule::EndOfMonth),
    ("end-of-quarter", Schedule::EndOfQuarter),
];

pub(crate) const TRADES: &[(&str, Trade)] =
    &[("always", Trade::Always), ("on-change", Trade::OnChange)];

pub(crate) const METRICS: &[(&str, Metric)] =
    &[("sharpe", Metric::Sharpe), ("return", Metric::Return)];

pub(crate) const SAMPLERS: &[(&str, Sampler)] = &[
    ("grid", Sampler::Grid),
    ("random", Sampler::Random),
    ("sobol", Sampler::Sobol),
];

pub(crate) const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("mon", "monday", Weekday::Mon),
    ("tue", "tuesday", Weekday::Tue),
    ("wed", "wednesday", Weekday::Wed),
    ("thu", "thursday", Weekday::Thu),
    ("fri", "friday", Weekday::Fri),
    ("sat", "saturday", Weekday::Sat),
    ("sun", "sunday", Weekday::Sun),
];

/// The names of options that come with their values.
pub(crate) fn names<T>(options: &[(&'static str, T)]) -> Vec<&'static str> {
    options.iter().map(|(name, _)| *name).collect()
}
