//! Prices whose future is missing or altered.

use ::statistics::random::SplitMix64;

use crate::date::Date;
use crate::market::{AlignError, At, CorporateAction, Mark, Market, PriceSeries, Session};

/// How the prices after a mark are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Future {
    /// There is none: each asset keeps its last price.
    CutOff,
    /// Each is multiplied by a number of its own between a half and two.
    Altered,
}

impl Future {
    /// The prices with that future. What was known at the mark is unchanged.
    pub(super) fn of(
        self,
        series: &[PriceSeries],
        until: Mark,
        market: &Market,
    ) -> Vec<PriceSeries> {
        match self {
            Future::CutOff => series
                .iter()
                .map(|one| cut_off(one, until, market))
                .collect(),
            Future::Altered => altered(series, until, market),
        }
    }

    /// The bars of a market with that future. Where there is none, every bar is there and repeats
    /// the last price: that an asset ends is known when it has ended, and not from here.
    pub(super) fn market(
        self,
        series: &[PriceSeries],
        until: Mark,
        market: &Market,
    ) -> Result<Market, AlignError> {
        let bars = match self {
            Future::CutOff => series
                .iter()
                .map(|one| standing_still(one, until, market))
                .collect(),
            Future::Altered => altered(series, until, market),
        };
        // The calendar is known in advance, so it stays.
        market.align_alike(&bars)
    }
}

fn cut_off(series: &PriceSeries, until: Mark, market: &Market) -> PriceSeries {
    let today = market.date(until.session);
    let n = series.dates.partition_point(|date| *date <= today);
    let mut known = PriceSeries {
        symbol: series.symbol.clone(),
        dates: series.dates[..n].to_vec(),
        open: series.open[..n].to_vec(),
        close: series.close[..n].to_vec(),
        real_shares: series.real_shares.of_bars(0..n),
        actions: known_actions(series, today),
    };
    // At an open the close of the day is not known yet.
    if !has_closed(until.session, until) && known.dates.last() == Some(&today) {
        known.close[n - 1] = f64::NAN;
    }
    known
}

/// Every bar after a mark repeats the last price that was known.
fn standing_still(series: &PriceSeries, until: Mark, market: &Market) -> PriceSeries {
    let today = market.date(until.session);
    let mut known = series.clone();
    known.actions = known_actions(series, today);
    let mut last = f64::NAN;
    for (bar, date) in series.dates.iter().enumerate() {
        // At an open the close of the day is not known yet.
        let has_opened = *date <= today;
        let has_closed = *date < today || *date == today && has_closed(until.session, until);
        for (price, is_known) in [
            (&mut known.open[bar], has_opened),
            (&mut known.close[bar], has_closed),
        ] {
            match is_known {
                true if price.is_nan() => {}
                true => last = *price,
                false => *price = last,
            }
        }
    }
    known
}

/// The prices with others after a mark. The same mark gives the same numbers.
pub(super) fn altered(series: &[PriceSeries], until: Mark, market: &Market) -> Vec<PriceSeries> {
    let today = market.date(until.session);
    let mut random = SplitMix64::new(u64::from(until.session.0));
    let mut factor = || libm::exp2(2.0 * random.uniform() - 1.0);
    let mut altered = series.to_vec();
    for series in &mut altered {
        series.actions = known_actions(series, today);
        for bar in 0..series.dates.len() {
            let date = series.dates[bar];
            if date > today {
                series.open[bar] *= factor();
            }
            if date > today || date == today && !has_closed(until.session, until) {
                series.close[bar] *= factor();
            }
        }
    }
    altered
}

/// The dividends and splits up to a day. They are known at its open.
fn known_actions(series: &PriceSeries, today: Date) -> Vec<CorporateAction> {
    let actions = series.actions.iter().copied();
    actions.filter(|action| action.date <= today).collect()
}

/// Whether a mark's session has closed at another mark.
fn has_closed(session: Session, at: Mark) -> bool {
    session < at.session || session == at.session && at.at == At::Close
}
