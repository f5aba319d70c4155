//! Why a strategy does not fit a market.

use crate::date::{Date, Moment};
use crate::declaration::Mistake;

/// Why a strategy does not fit a market.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum BindError {
    /// The strategy names an asset that the market does not have.
    #[error("`{symbol}` is not in the market data")]
    UnknownAsset {
        /// The symbol.
        symbol: String,
    },
    /// No session lies between start (or burn-in) and end.
    #[error("no session lies between {from} and {to}")]
    NoSessions {
        /// The start, or the burn-in.
        from: Moment,
        /// The end.
        to: Moment,
    },
    /// An asset's price is needed before it has one. QSTrader uses the last price of the file here.
    #[error("`{symbol}` is needed on {needed} and has no price before {}", display_or_never(*first))]
    NoPriceYet {
        /// The symbol.
        symbol: String,
        /// When the price is first needed.
        needed: Date,
        /// The day of its first price, if there is one on the calendar.
        first: Option<Date>,
    },
    /// An asset's bars end before the backtest does, and nothing says what becomes of it.
    #[error("`{symbol}` has no bar after {last_bar}, and the backtest goes on to {end}")]
    Ends {
        /// The symbol.
        symbol: String,
        /// The day of its last bar.
        last_bar: Date,
        /// The last session of the backtest.
        end: Date,
    },
    /// A price that signals read is zero, negative or infinite.
    #[error("the close of `{symbol}` on {date} is {price}, and a signal needs it")]
    BadPrice {
        /// The symbol.
        symbol: String,
        /// The day.
        date: Date,
        /// The price.
        price: f64,
    },
    /// The strategy names a series that the market does not have.
    #[error("the series `{series}` is not in the market data")]
    UnknownSeries {
        /// The series.
        series: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// A series begins after the first night of the backtest.
    #[error("the series `{series}` is needed on {needed} and has no observation before {}", display_or_never(*first))]
    SeriesBegins {
        /// The series.
        series: String,
        /// The day of its first observation, if there is one.
        first: Option<Date>,
        /// The first session.
        needed: Date,
    },
    /// An observation is not a rate in per cent a year.
    #[error("the series `{series}` is {value} on {date}, which is not a rate in per cent a year")]
    BadRate {
        /// The series.
        series: String,
        /// The day.
        date: Date,
        /// What was observed.
        value: f64,
    },
    /// An observation is not a value of an index.
    #[error("the series `{series}` is {value} on {date}, and an amount is indexed by it")]
    BadIndex {
        /// The series.
        series: String,
        /// The day.
        date: Date,
        /// What was observed.
        value: f64,
    },
    /// A price of the asset whose return cash earns is zero, negative or infinite.
    #[error("a price of `{symbol}` on {date} is {price}, and cash earns its return")]
    BadRatePrice {
        /// The symbol.
        symbol: String,
        /// The day.
        date: Date,
        /// The price.
        price: f64,
    },
    /// The strategy has a mistake of its own: the first that [`Strategy::check`](crate::strategy::Strategy::check) finds.
    #[error("{0}")]
    Mistake(Box<Mistake>),
}

fn display_or_never(date: Option<Date>) -> String {
    date.map_or_else(
        || "the end of the backtest".to_owned(),
        |date| date.to_string(),
    )
}
