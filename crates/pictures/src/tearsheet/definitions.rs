//! Every number of `statistics.json` with its name, its definition and how it is written.

use super::Tearsheet;
use crate::numbers::{UNDEFINED, amount, change, count, number, share};

/// A number of a side of `statistics.json`.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Under which heading it stands.
    pub group: &'static str,
    /// Where it stands: under `strategy` and `benchmark`, or with `relative.` under `statistics`.
    pub path: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// A fraction in per cent with so many decimals.
    Share(usize),
    /// The same with its sign.
    Change(usize),
    /// As `Change`, of a year: nothing is said of less than a year.
    YearlyChange(usize),
    Ratio(usize),
    /// As `Ratio`, of something of a year.
    YearlyRatio(usize),
    Years,
    Count,
    Money,
    Date,
    /// Two ratios.
    Interval,
    /// A period and its return.
    Period,
}

use Kind::{
    Change, Count, Date, Interval, Money, Period, Ratio, Share, YearlyChange, YearlyRatio, Years,
};

/// All of them, in the order of display.
pub fn definitions() -> &'static [Definition] {
    &DEFINITIONS
}

const fn d(
    group: &'static str,
    path: &'static str,
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
) -> Definition {
    Definition {
        group,
        path,
        name,
        meaning,
        kind,
    }
}

#[rustfmt::skip]
static DEFINITIONS: [Definition; 74] = [
    d("Return", "returns.total", "Total return", Change(1), "Wealth at the end over the starting capital, less one."),
    d("Return", "returns.cagr", "CAGR", YearlyChange(2), "Compound annual growth rate, with the number of returns over the sessions of a year as years. Not told for less than a year."),
    d("Return", "returns.cagr_calendar", "CAGR by the calendar", YearlyChange(2), "Compound annual growth rate, with calendar days over 365.25 as years."),
    d("Return", "returns.arithmetic", "Mean return a year", Change(2), "Mean return of a session times the sessions of a year."),
    d("Return", "returns.n", "Returns", Count, "One for each session after the starting capital."),
    d("Return", "returns.calendar_days", "Calendar days", Count, "From the first day to the last."),
    d("Risk", "risk.volatility", "Volatility", Share(2), "Sample standard deviation of the returns times the root of the sessions of a year."),
    d("Risk", "risk.downside_deviation", "Downside deviation", Share(2), "Root mean square of the returns below zero over all returns, annualised."),
    d("Risk", "risk.value_at_risk_5", "Value at risk, 5 %", Change(2), "The 5 % quantile of the returns of a session."),
    d("Risk", "risk.expected_shortfall_5", "Expected shortfall, 5 %", Change(2), "Mean of the lowest 5 % of the returns of a session (Acerbi and Tasche 2002)."),
    d("Risk", "risk.value_at_risk_1", "Value at risk, 1 %", Change(2), "The 1 % quantile of the returns of a session."),
    d("Risk", "risk.expected_shortfall_1", "Expected shortfall, 1 %", Change(2), "Mean of the lowest 1 % of the returns of a session."),
    d("Risk", "risk.skewness", "Skewness", Ratio(2), "Adjusted skewness of the returns: negative when the large ones are losses."),
    d("Risk", "risk.excess_kurtosis", "Excess kurtosis", Ratio(2), "Adjusted; zero for a normal distribution, more when large returns are frequent."),
    d("Risk", "risk.skewness_biased", "Skewness, biased", Ratio(2), "Moment ratio g1, as the error of the Sharpe ratio uses it."),
    d("Risk", "risk.kurtosis_biased", "Kurtosis, biased", Ratio(2), "Moment ratio b2, 3 for a normal distribution."),
    d("Risk", "risk.autocorrelation", "Autocorrelation", Ratio(3), "Of the returns with those of the session before."),
    d("Ratio", "ratios.sharpe", "Sharpe ratio", Ratio(2), "Mean over sample standard deviation of the returns, annualised; risk-free rate zero (Sharpe 1994)."),
    d("Ratio", "ratios.sharpe_interval_95", "Sharpe ratio, 95 % interval", Interval, "Ratio and 1.96 standard errors to both sides, for returns that need not be normal (Mertens 2002, Opdyke 2007)."),
    d("Ratio", "ratios.sharpe_bootstrap_interval_95", "The same by the bootstrap", Interval, "Ends of the middle 95 % of the ratios of 500 resampled series, in blocks that keep the dependence between neighbours (stationary bootstrap, Politis and Romano 1994)."),
    d("Ratio", "ratios.sharpe_bootstrap_block", "Its mean block, sessions", Ratio(1), "Chosen from the returns' autocorrelation (Politis and White 2004), at least five."),
    d("Ratio", "ratios.sharpe_probability_positive", "Probability of a Sharpe ratio above 0", Share(1), "The probabilistic Sharpe ratio (Bailey and López de Prado 2012), for a strategy that was not picked among others."),
    d("Ratio", "ratios.sharpe_min_track_record_years", "Minimum track record, years", Years, "Years of such returns until the ratio is above zero with 95 % confidence."),
    d("Ratio", "ratios.sharpe_autocorrelation_adjusted", "Sharpe ratio, autocorrelation counted", Ratio(2), "Annualised for first-order autocorrelation (Lo 2002)."),
    d("Ratio", "ratios.sortino", "Sortino ratio", Ratio(2), "Mean over downside deviation, annualised (Sortino and Price 1994)."),
    d("Ratio", "ratios.mar", "MAR ratio", YearlyRatio(2), "CAGR over the deepest drawdown."),
    d("Ratio", "ratios.martin", "Martin ratio", YearlyRatio(2), "CAGR over the ulcer index (Martin 1987)."),
    d("Ratio", "ratios.profit_factor", "Profit factor", Ratio(2), "Sum of gains over sum of losses, of sessions; the omega ratio at zero."),
    d("Ratio", "ratios.payoff", "Payoff of sessions", Ratio(2), "Mean gain over mean loss of a session."),
    d("Ratio", "ratios.tail_ratio", "Tail ratio", Ratio(2), "95 % quantile over 5 % quantile of the returns, absolute values."),
    d("Drawdown", "drawdown.max", "Max drawdown", Share(1), "Deepest fall from the highest value so far; the starting capital is a peak."),
    d("Drawdown", "drawdown.peak", "Its peak", Date, "The last day at the peak of the deepest drawdown."),
    d("Drawdown", "drawdown.valley", "Its valley", Date, "The lowest day of the deepest drawdown."),
    d("Drawdown", "drawdown.recovery", "Its recovery", Date, "The day on which the peak was reached again; none when it was not."),
    d("Drawdown", "drawdown.sessions", "Its length, sessions", Count, "From the peak to the recovery, or to the end."),
    d("Drawdown", "drawdown.days", "Its length, days", Count, "Calendar days from the peak to the recovery, or to the end."),
    d("Drawdown", "drawdown.longest_sessions", "Longest drawdown, sessions", Count, "The longest time from a peak to its recovery, or to the end."),
    d("Drawdown", "drawdown.longest_days", "Longest drawdown, days", Count, "The same in calendar days."),
    d("Drawdown", "drawdown.mean", "Mean drawdown", Share(1), "Mean depth over all sessions, peaks included as zero."),
    d("Drawdown", "drawdown.ulcer_index", "Ulcer index", Share(1), "Root mean square depth over all sessions (Martin 1987)."),
    d("Drawdown", "drawdown.underwater", "Time below the peak", Share(1), "Sessions below the peak over all sessions."),
    d("Periods", "periods.best_session", "Best session", Change(2), "The highest return of a session."),
    d("Periods", "periods.worst_session", "Worst session", Change(2), "The lowest return of a session."),
    d("Periods", "periods.positive_sessions", "Positive sessions", Share(1), "Positive returns over returns that are not zero."),
    d("Periods", "periods.mean_gain", "Mean gain of a session", Change(2), "Mean of the positive returns."),
    d("Periods", "periods.mean_loss", "Mean loss of a session", Change(2), "Mean of the negative returns."),
    d("Periods", "periods.best_month", "Best month", Period, "The month with the highest return."),
    d("Periods", "periods.worst_month", "Worst month", Period, "The month with the lowest return."),
    d("Periods", "periods.positive_months", "Positive months", Share(1), "The share of months with a return above zero."),
    d("Periods", "periods.best_year", "Best year", Period, "The year with the highest return."),
    d("Periods", "periods.worst_year", "Worst year", Period, "The year with the lowest return."),
    d("Trading", "trading.trades", "Trades", Count, "Orders filled."),
    d("Trading", "trading.traded_value", "Traded value", Money, "Value of all trades at the prices paid, in currency units."),
    d("Trading", "trading.turnover", "Turnover a year", Share(1), "Half of the traded value over mean equity, a year."),
    d("Trading", "trading.time_in_market", "Time in market", Share(1), "Sessions with a position at the close over all sessions."),
    d("Trading", "trading.mean_invested", "Mean exposure", Share(1), "Mean share of the equity that was not in cash at the close."),
    d("Trading", "trading.round_trips", "Round trips", Count, "Positions opened and closed again."),
    d("Trading", "trading.win_rate", "Win rate", Share(1), "Round trips with a profit over all."),
    d("Trading", "trading.payoff", "Payoff of round trips", Ratio(2), "Mean profit of those with one over mean loss of the others."),
    d("Trading", "trading.expectancy", "Profit of a round trip", Money, "The mean, commission included, in currency units."),
    d("Costs", "run.costs.commission", "Commission", Money, "Commission and tax paid, in currency units."),
    d("Costs", "run.costs.slippage", "Slippage", Money, "Lost to slippage and spread, in currency units."),
    d("Costs", "run.costs.total", "Costs", Money, "Commission and slippage, in currency units."),
    d("Costs", "run.initial_cash", "Starting capital", Money, "In currency units."),
    d("Costs", "run.final_equity", "Final equity", Money, "In currency units."),
    d("Costs", "run.final_cash", "Final cash", Money, "In currency units."),
    d("Against the benchmark", "relative.beta", "Beta", Ratio(2), "Covariance of the returns over the benchmark's variance."),
    d("Against the benchmark", "relative.alpha", "Alpha a year", Change(2), "Mean return less beta times the benchmark's, annualised (Jensen 1968)."),
    d("Against the benchmark", "relative.correlation", "Correlation", Ratio(2), "Of the returns."),
    d("Against the benchmark", "relative.tracking_error", "Tracking error", Share(2), "Standard deviation of the differences of the returns, annualised."),
    d("Against the benchmark", "relative.information_ratio", "Information ratio", Ratio(2), "Mean over standard deviation of the differences, annualised (Goodwin 1998)."),
    d("Against the benchmark", "relative.treynor", "Treynor ratio", Ratio(3), "Mean return a year over beta."),
    d("Against the benchmark", "relative.up_capture", "Up capture", Share(0), "Sum of the returns over the benchmark's, in sessions in which that rose."),
    d("Against the benchmark", "relative.down_capture", "Down capture", Share(0), "The same in sessions in which it fell."),
];

impl Definition {
    /// The number as it is shown, for `strategy` or `benchmark`. `None` for what only the strategy
    /// has.
    pub fn shown(&self, sheet: &Tearsheet, side: &str) -> Option<String> {
        let value = match self.path.split_once('.') {
            Some(("relative", key)) if side == "strategy" => &sheet.statistics["relative"][key],
            Some(("run", path)) if side == "strategy" => super::at(&sheet.run, path),
            Some(("relative" | "run", _)) => return None,
            _ => super::at(&sheet.statistics[side], self.path),
        };
        let days = &sheet.statistics[side]["returns"]["calendar_days"];
        let is_long = days.as_f64() >= Some(365.0);
        Some(
            self.kind
                .shown(value, is_long)
                .unwrap_or_else(|| UNDEFINED.to_owned()),
        )
    }
}

impl Kind {
    fn shown(self, value: &serde_json::Value, is_long: bool) -> Option<String> {
        match self {
            Date => return value.as_str().map(str::to_owned),
            Interval => {
                let (low, high) = (value[0].as_f64()?, value[1].as_f64()?);
                return Some(format!("{} to {}", number(low, 2), number(high, 2)));
            }
            Period => {
                let (name, value) = (value["period"].as_str()?, value["return"].as_f64()?);
                return Some(format!("{} ({name})", change(value, 1)));
            }
            YearlyChange(_) | YearlyRatio(_) if !is_long => return None,
            _ => {}
        }
        let value = value.as_f64()?;
        Some(match self {
            Share(decimals) => share(value, decimals),
            Change(decimals) | YearlyChange(decimals) => change(value, decimals),
            Ratio(decimals) | YearlyRatio(decimals) => number(value, decimals),
            Years => number(value, 1),
            Count => count(value),
            Money => amount(value),
            Date | Interval | Period => return None,
        })
    }
}
