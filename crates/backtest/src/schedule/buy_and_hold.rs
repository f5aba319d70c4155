//! Once.

use super::offset::Offset;
use super::part::{SchedulePart, Span};
use crate::conventions::{self, Calendar};
use crate::date::{Date, Moment};
use crate::declaration::{Mistake, Place};
use crate::market::{Mark, Session};

crate::part! {
    /// Once.
    pub struct BuyAndHold as "buy-and-hold": Copy;
}

impl SchedulePart for BuyAndHold {
    fn on_sessions(&self, span: &Span<'_>) -> Vec<Mark> {
        decision(span)
    }

    fn on_weekdays(&self, span: &Span<'_>) -> Vec<Mark> {
        decision(span)
    }

    fn weekdays(&self, _: Moment, _: Moment) -> Vec<Date> {
        Vec::new()
    }

    fn check(&self, _: Calendar, _: &Place<'_>, _: &mut Vec<Mistake>) {}

    fn offsets(&self) -> Vec<Offset> {
        Vec::new()
    }

    fn position(&self) -> String {
        "once".to_owned()
    }
}

/// The same on each calendar.
fn decision(span: &Span<'_>) -> Vec<Mark> {
    let Span {
        market,
        window,
        start,
        burn_in,
        ..
    } = *span;
    let marks = (window.first.0..=window.last.0)
        .flat_map(|session| [Mark::open(Session(session)), Mark::close(Session(session))]);
    let wanted: &dyn Fn(Moment) -> bool = match span.buy_and_hold {
        conventions::BuyAndHold::FirstSession => {
            let from = burn_in.map_or(start, |burn_in| burn_in.max(start));
            &move |moment| moment >= from
        }
        conventions::BuyAndHold::ExactTime => {
            let mut day = start.date();
            while !day.is_weekday() {
                day = day.plus_days(1);
            }
            let exact = day.at_second(start.second_of_day());
            &move |moment| moment == exact
        }
    };
    let mut marks = marks;
    marks
        .find(|mark| wanted(market.moment(*mark)))
        .into_iter()
        .collect()
}
