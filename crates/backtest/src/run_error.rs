//! Why a run stopped.

use crate::alpha::AlphaError;
use crate::date::{Date, Moment};
use crate::market::{AssetId, Mark, Market};
use crate::sizing::SizingError;

/// Why a run stopped. User input can cause each of these.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A long-only strategy was given a weight below zero.
    #[error(
        "the weight of `{symbol}` on {when} is {weight}, and a long-only portfolio holds no negative weights"
    )]
    NegativeWeight {
        /// The asset.
        symbol: String,
        /// The decision.
        when: Moment,
        /// The weight.
        weight: f64,
    },
    /// An alpha model returned NaN or an infinity.
    #[error("the weight of `{symbol}` on {when} is {weight}")]
    WeightNotFinite {
        /// The asset.
        symbol: String,
        /// The decision.
        when: Moment,
        /// The weight.
        weight: f64,
    },
    /// A weight for an asset that has no price yet.
    #[error("`{symbol}` has no price on {when}")]
    NoPrice {
        /// The asset.
        symbol: String,
        /// When the price was needed.
        when: Moment,
        /// When the first price is known.
        first: Option<Date>,
    },
    /// A price that a position cannot be valued at.
    #[error("the price of `{symbol}` on {when} is {price}, and it is needed there")]
    BadPrice {
        /// The asset.
        symbol: String,
        /// When the price was needed.
        when: Moment,
        /// The price.
        price: f64,
    },
    /// Prices, shares or cash beyond what a number can hold.
    #[error("the equity on {when} is {equity}, which is no amount of money")]
    NotAnAmount {
        /// The close.
        when: Moment,
        /// The equity.
        equity: f64,
    },
    /// The user's alpha model failed.
    #[error("the alpha model failed on {when}")]
    Alpha {
        /// The decision.
        when: Moment,
        /// What it said.
        source: AlphaError,
    },
    /// The optimiser had no answer, and the strategy names no way out.
    #[error("the optimiser failed on {when}: {message}")]
    Optimiser {
        /// The decision.
        when: Moment,
        /// What is at fault, with the symbols of the assets.
        message: String,
    },
}

impl RunError {
    /// The moment at which it stopped.
    pub fn when(&self) -> Moment {
        match self {
            RunError::NegativeWeight { when, .. }
            | RunError::WeightNotFinite { when, .. }
            | RunError::NoPrice { when, .. }
            | RunError::BadPrice { when, .. }
            | RunError::NotAnAmount { when, .. }
            | RunError::Alpha { when, .. }
            | RunError::Optimiser { when, .. } => *when,
        }
    }
}

pub(crate) fn sizing_error(market: &Market, mark: Mark, error: SizingError) -> RunError {
    let symbol = |asset: AssetId| market.symbol(asset).to_owned();
    let when = market.moment(mark);
    match error {
        SizingError::NegativeWeight(asset, weight) => RunError::NegativeWeight {
            symbol: symbol(asset),
            when,
            weight,
        },
        SizingError::NotFinite(asset, weight) => RunError::WeightNotFinite {
            symbol: symbol(asset),
            when,
            weight,
        },
        SizingError::BadPrice(asset, price) => bad_price(market, asset, mark, price),
    }
}

/// * `assets`: those of the decision, as the failure counts them.
pub(crate) fn optimiser_error(
    market: &Market,
    mark: Mark,
    assets: &[AssetId],
    failure: &optimisers::Failure,
) -> RunError {
    let mut message = failure.to_string();
    for asset in failure.assets() {
        if let Some(&id) = assets.get(asset) {
            message += &format!("; asset {asset} is `{}`", market.symbol(id));
        }
    }
    RunError::Optimiser {
        when: market.moment(mark),
        message,
    }
}

pub(crate) fn bad_price(market: &Market, asset: AssetId, mark: Mark, price: f64) -> RunError {
    let (symbol, when) = (market.symbol(asset).to_owned(), market.moment(mark));
    if price.is_nan() {
        let first = market
            .first_price(asset)
            .map(|mark| market.date(mark.session));
        return RunError::NoPrice {
            symbol,
            when,
            first,
        };
    }
    RunError::BadPrice {
        symbol,
        when,
        price,
    }
}
