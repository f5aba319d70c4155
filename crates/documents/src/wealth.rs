//! The wealth curve: equity with the starting capital in front.

use backtest::date::Date;
use backtest::market::Market;
use backtest::outcome::Outcome;

/// Wealth over time, beginning with the starting capital, in currency units. Where money is paid in or
/// withdrawn it is time-weighted: the value of the starting capital alone.
///
/// An equity curve holds closes. The starting capital goes in front of it, dated like the first
/// close: the first session has a return, whether or not anything was held.
#[derive(Clone, Debug, PartialEq)]
pub struct Wealth {
    /// One value per date; at least one.
    pub values: Vec<f64>,
    /// The date of each.
    pub dates: Vec<Date>,
}

impl Wealth {
    /// The wealth curve of a run.
    pub fn of(outcome: &Outcome, market: &Market) -> Wealth {
        let dates = outcome.dates(market).to_vec();
        Wealth::from_equity(
            outcome.unit_curve().into_owned(),
            dates,
            outcome.initial_cash,
        )
    }

    /// The wealth curve of an equity curve, one value per date.
    pub fn from_equity(values: Vec<f64>, dates: Vec<Date>, initial_cash: f64) -> Wealth {
        Wealth { values, dates }.after(initial_cash)
    }

    /// Two wealth curves over the sessions that both runs recorded, as long as each other. When one
    /// run began earlier than the other, both start at the first close they share.
    pub fn pair(a: &Outcome, b: &Outcome, market: &Market) -> Option<(Vec<f64>, Vec<f64>)> {
        let (first, last) = (
            *a.sessions().start().max(b.sessions().start()),
            *a.sessions().end().min(b.sessions().end()),
        );
        if first > last {
            return None;
        }
        let shared = |outcome: &Outcome| {
            let from = outcome.sessions().start().index();
            Wealth {
                values: outcome.unit_curve()[first.index() - from..=last.index() - from].to_vec(),
                dates: market.sessions()[first.index()..=last.index()].to_vec(),
            }
        };
        let together = a.sessions().start() == b.sessions().start();
        let (mut ours, mut theirs) = (shared(a), shared(b));
        if together {
            (ours, theirs) = (ours.after(a.initial_cash), theirs.after(b.initial_cash));
        }
        Some((ours.values, theirs.values))
    }

    fn after(mut self, initial_cash: f64) -> Wealth {
        if let Some(&first) = self.dates.first() {
            self.values.insert(0, initial_cash);
            self.dates.insert(0, first);
        }
        self
    }

    /// The return of each session after the starting capital, as a fraction.
    pub fn returns(&self) -> Vec<f64> {
        statistics::simple_returns(&self.values)
    }

    /// The return of each calendar month, in order, as a fraction.
    pub fn monthly(&self) -> Vec<((i32, u32), f64)> {
        self.by_period(|date| (date.year(), date.month()))
    }

    /// The return of each calendar year, in order, as a fraction.
    pub fn yearly(&self) -> Vec<(i32, f64)> {
        self.by_period(Date::year)
    }

    fn by_period<P: PartialEq + Copy>(&self, period: impl Fn(Date) -> P) -> Vec<(P, f64)> {
        let mut periods: Vec<(P, f64)> = Vec::new();
        let mut base = self.values.first().copied().unwrap_or(f64::NAN);
        let mut last = base;
        // The starting capital belongs to no period; the first return does.
        for (&value, &date) in self.values.iter().zip(&self.dates).skip(1) {
            let this = period(date);
            if periods.last().is_none_or(|(known, _)| *known != this) {
                base = last;
                periods.push((this, 0.0));
            }
            last = value;
            if let Some((_, change)) = periods.last_mut() {
                *change = value / base - 1.0;
            }
        }
        periods
    }
}
