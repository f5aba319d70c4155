//! Interest on the account's cash, and what returns are held against.

use backtest::conventions::CorporateActions;
use backtest::date::Date;
use backtest::market::{Observations, PriceSeries};
use backtest::strategy::{Cash, Rate, RiskFreeRate, Strategy};

use crate::market::{Asset, asset};
use crate::orders::Account;

/// What a strategy says about money, on the sessions of a backtest.
pub(crate) struct Money<'a> {
    cash: Option<&'a Cash>,
    risk_free: RiskFreeRate,
    rates: &'a [Observations],
    days: &'a [Date],
    /// The asset whose return cash earns.
    fund: Option<Asset>,
}

impl<'a> Money<'a> {
    pub(crate) fn new(
        strategy: &'a Strategy,
        series: &[PriceSeries],
        rates: &'a [Observations],
        days: &'a [Date],
    ) -> Money<'a> {
        let cash = strategy.cash.as_ref();
        let symbol = cash.and_then(|cash| cash.rate.named_symbol());
        let fund = symbol.and_then(|symbol| series.iter().find(|one| one.symbol == symbol));
        let books = strategy.conventions.corporate_actions == CorporateActions::Booked;
        let by_default = match cash {
            Some(_) => RiskFreeRate::Cash,
            None => RiskFreeRate::Number(0.0),
        };
        Money {
            cash,
            risk_free: strategy.risk_free.clone().unwrap_or(by_default),
            rates,
            days,
            fund: fund.map(|fund| asset(fund, days, books)),
        }
    }

    /// The last observation on a day or before it, in per cent.
    fn observed(&self, name: &str, day: Date) -> f64 {
        let series = self
            .rates
            .iter()
            .find(|series| series.name == name)
            .unwrap();
        let mut last = f64::NAN;
        for (date, value) in series.dates.iter().zip(&series.values) {
            if *date <= day {
                last = *value;
            }
        }
        last
    }

    fn part_of_year(&self, session: usize) -> f64 {
        let days = self.days[session].epoch_days() - self.days[session - 1].epoch_days();
        f64::from(days) / 365.0
    }

    /// The interest of the night before a session on a unit of cash.
    fn of_night(&self, rate: &Rate, session: usize) -> f64 {
        match (rate, &self.fund) {
            (Rate::Number(rate), _) => rate * self.part_of_year(session),
            (Rate::Of(_), Some(fund)) => {
                let grown = fund.growth[session] / fund.growth[session - 1];
                fund.open[session] / fund.close[session - 1] * grown - 1.0
            }
            (Rate::Of(source), None) => {
                let name = source.series.as_deref().unwrap();
                let percent = self.observed(name, self.days[session - 1]);
                percent / 100.0 * self.part_of_year(session)
            }
        }
    }

    /// The night before a session.
    pub(crate) fn night(&self, account: &mut Account, session: usize, closes_before: &[f64]) {
        let Some(cash) = self.cash else { return };
        let mut shorts = 0.0;
        for (asset, quantity) in &account.positions {
            if *quantity < 0.0 {
                shorts -= quantity * closes_before[*asset];
            }
        }
        let mut interest = self.of_night(&cash.rate, session);
        if account.cash < 0.0 {
            interest += cash.margin_spread * self.part_of_year(session);
        }
        account.cash += account.cash * interest;
        account.cash -= shorts * cash.short_fee * self.part_of_year(session);
    }

    /// From the open of a session to its close. A fund is bought at the first close.
    pub(crate) fn day(&self, account: &mut Account, session: usize, recorded_from: usize) {
        if let (Some(fund), true) = (&self.fund, session > recorded_from) {
            account.cash *= fund.close[session] / fund.open[session];
        }
    }

    /// The risk-free return of a session.
    pub(crate) fn risk_free(&self, session: usize, recorded_from: usize) -> f64 {
        if session == recorded_from {
            return 0.0;
        }
        match (&self.risk_free, self.cash, &self.fund) {
            (RiskFreeRate::Cash, Some(_), Some(fund)) => {
                let grown = fund.growth[session] / fund.growth[session - 1];
                fund.close[session] / fund.close[session - 1] * grown - 1.0
            }
            (RiskFreeRate::Cash, Some(cash), None) => self.of_night(&cash.rate, session),
            (RiskFreeRate::Number(rate), ..) => rate * self.part_of_year(session),
            (RiskFreeRate::Series(source), ..) => {
                let percent = self.observed(&source.series, self.days[session - 1]);
                percent / 100.0 * self.part_of_year(session)
            }
            (RiskFreeRate::Cash, None, _) => panic!("there is no cash"),
        }
    }
}
