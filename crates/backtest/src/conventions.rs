//! The choices on which backtesters silently differ, each one a named switch.
//!
//! Two sets are shipped: [`Conventions::STANDARD`], the careful one, and [`Conventions::QSTRADER`],
//! which does what QSTrader 0.3.0 does, quirk for quirk. No other place in the engine asks which
//! set is in force: it asks the one switch it needs.

mod declare;

use declare::conventions;

use crate::declaration::Key;

conventions! {
    /// Which days the simulation steps through.
    calendar: Calendar in conventions, standard Sessions, qstrader Weekdays {
        /// The days on which at least one asset of the universe has a bar and whose close lies
        /// between the start and the end. Decision days are taken from these.
        Sessions = "sessions",
        /// Every Monday to Friday; a holiday repeats the last price. The rules of start and end
        /// times are those of `pandas.date_range` in pandas 2, which rolls an end on a weekend
        /// back to Friday and keeps a day while day plus the start's time of day is not past it.
        Weekdays = "weekdays",
    }

    /// When orders decided at a close are filled.
    fill: FillTime in execution, standard NextOpen, qstrader NextOpen {
        /// At the next session's open.
        NextOpen = "next-open",
        /// At the very close that decided them. Convenient, and a look-ahead of one close.
        SameClose = "same-close",
    }

    /// Whether a position is a whole number of shares.
    shares: Shares in execution, standard Whole, qstrader Whole {
        /// Rounded toward zero to whole shares.
        Whole = "whole",
        /// Any fraction of a share.
        Fractional = "fractional",
    }

    /// What happens to a buy that the cash does not cover. Sells come first either way.
    cash: CashRule in execution, standard ScaleDown, qstrader AllowNegative {
        /// It is filled and the cash goes below zero, which costs what `[cash]` says.
        AllowNegative = "allow-negative",
        /// It is dropped, and counted.
        Reject = "reject",
        /// All buys of the moment shrink by one factor until the cash covers them. Applies to
        /// long-only strategies; a long/short one borrows by design, so its cash may go negative.
        ScaleDown = "scale-down",
    }

    /// What a moving average crossover calls a signal.
    entry: Entry in execution, standard State, qstrader State {
        /// Being above: a market that is already above at the first decision is bought.
        State = "state",
        /// A true crossing: nothing is held until the fast average has been at or below the slow
        /// one and rises above it.
        Cross = "cross",
    }

    /// Which target weights are scaled before sizing.
    weight_scaling: WeightScaling in conventions, standard AboveOne, qstrader Always {
        /// Only those that sum to more than one; weights below one leave the rest in cash.
        AboveOne = "above-one",
        /// All: they always sum to one (or their absolute values to the gross leverage).
        Always = "always",
    }

    /// How a long/short target in money becomes whole shares.
    long_short_rounding: LongShortRounding in conventions, standard Shares, qstrader MoneyThenShares {
        /// Divided by the price, then rounded toward zero.
        Shares = "shares",
        /// Rounded toward zero to whole currency units, divided, rounded toward zero again.
        MoneyThenShares = "money-then-shares",
    }

    /// Whether fees are set aside when orders are sized.
    fee_reserve: FeeReserve in conventions, standard None, qstrader TargetValue {
        /// No; the cash buffer, or the cash rule, covers them.
        None = "none",
        /// The fee of trading the whole target value is taken off it, for a short target too,
        /// which makes that larger.
        TargetValue = "target-value",
    }

    /// The trade value that a percentage fee is taken of.
    fee_basis: FeeBasis in conventions, standard Exact, qstrader WholeUnits {
        /// Price times quantity.
        Exact = "exact",
        /// Price times quantity rounded to whole currency units, half to even.
        WholeUnits = "whole-units",
    }

    /// What becomes of dividends and splits that are not in the prices.
    corporate_actions: CorporateActions in conventions, standard Booked, qstrader Ignored {
        /// Splits change share counts, dividends are paid in cash, both at the open of their day.
        Booked = "booked",
        /// They are left out: a split is a loss.
        Ignored = "ignored",
    }

    /// Which shares a fee per share is charged on.
    fee_shares: FeeShares in conventions, standard AsTraded, qstrader AsPriced {
        /// Those that change hands on the exchange: at adjusted prices the quantity times `Adj Close`
        /// over `Close`.
        AsTraded = "as-traded",
        /// Those of the account, which are fictional where prices are adjusted.
        AsPriced = "as-priced",
    }

    /// Whether the strategy's risk model acts.
    risk_model: RiskModelUse in conventions, standard Applied, qstrader Ignored {
        /// It adjusts the alpha model's weights before the optimiser sees them.
        Applied = "applied",
        /// It is accepted and not called, as in QSTrader 0.3.0.
        Ignored = "ignored",
    }

    /// What becomes of a target weight for an asset outside the universe.
    outside_universe: OutsideUniverse in conventions, standard Cash, qstrader Traded {
        /// It stays in cash.
        Cash = "cash",
        /// The asset is traded all the same.
        Traded = "traded",
    }

    /// When a buy-and-hold strategy buys, and in which order.
    buy_and_hold: BuyAndHold in conventions, standard FirstSession, qstrader ExactTime {
        /// In the first session after the start (or the burn-in): at its open when that is not
        /// yet past, else at its close. Sells go first.
        FirstSession = "first-session",
        /// Only if the start (moved on from a weekend) is exactly 14:30 or 21:00 UTC, otherwise
        /// never. At an open, orders are executed one by one in the order of symbols.
        ExactTime = "exact-time",
    }

    /// The arithmetic of holding-period momentum.
    momentum: MomentumArithmetic in conventions, standard Ratio, qstrader Compounded {
        /// Last price over first price, less one: one division.
        Ratio = "ratio",
        /// The product of one plus each daily return, less one, multiplied from the oldest on.
        Compounded = "compounded",
    }

    /// What a purchase of less than one share does to an open position.
    fractional_buys: FractionalBuys in conventions, standard Kept, qstrader CashOnly {
        /// It adds to the position.
        Kept = "kept",
        /// It costs cash and leaves the position as it is.
        CashOnly = "cash-only",
    }

    /// What happens to an order where its asset has no bar.
    fill_bars: FillBars in conventions, standard Own, qstrader FilledForward {
        /// It waits for the asset's next bar, and is filled at its open, or at its close where the
        /// bar has no open. A decision that trades replaces orders that wait.
        Own = "own",
        /// It is filled at the asset's last price, which was known when the order was decided.
        FilledForward = "filled-forward",
    }

    /// What signals count and look at.
    signal_bars: SignalBars in conventions, standard Own, qstrader Sessions {
        /// An asset's own bars: a day without one is no return of zero. Decisions begin when
        /// every asset that does not enter later has as many closes as the model needs.
        Own = "own",
        /// Sessions of the calendar, the last price repeated where an asset has no bar.
        Sessions = "sessions",
    }

    /// What signals see of an asset that joins the universe after the start.
    signal_history: SignalHistory in conventions, standard Prices, qstrader Membership {
        /// All of its closes since the start of the simulation: they are known, member or not.
        Prices = "prices",
        /// Its closes since it joined.
        Membership = "membership",
    }

    /// When a model that looks at returns begins to decide.
    warm_up: WarmUp in conventions, standard Returns, qstrader Closes {
        /// With as many returns as its lookback, which takes one close more.
        Returns = "returns",
        /// With as many closes as its lookback, which is one return less.
        Closes = "closes",
    }

    /// What becomes of an asset whose bars end more than five sessions before the backtest does.
    after_last_bar: AfterLastBar in conventions, standard Closed, qstrader Traded {
        /// From the session after its last bar on it is not of the universe, and what is held of it
        /// is paid out, as `delisted` says.
        Closed = "closed",
        /// It is held, bought and sold at its last price.
        Traded = "traded",
    }

    /// What becomes of an account that has lost everything.
    ruin: Ruin in conventions, standard Final, qstrader TradedOn {
        /// At the first close at which its equity is zero or less it is closed out: equity is zero
        /// from there, and it trades no more.
        Final = "final",
        /// It trades on with what it does not have.
        TradedOn = "traded-on",
    }

    /// Where a drawdown is measured from.
    drawdown: DrawdownFrom in conventions, standard StartingCapital, qstrader FirstReturn {
        /// The starting capital is the first peak.
        StartingCapital = "starting-capital",
        /// The first peak is the wealth after the first return.
        FirstReturn = "first-return",
    }

    /// The divisor of the standard deviation.
    deviation: Deviation in conventions, standard Sample, qstrader Population {
        /// `n - 1`.
        Sample = "sample",
        /// `n`.
        Population = "population",
    }

    /// The denominator of the Sortino ratio.
    sortino: SortinoDenominator in conventions, standard DownsideDeviation, qstrader NegativeReturns {
        /// Root mean square of the returns below zero, over all returns.
        DownsideDeviation = "downside-deviation",
        /// Standard deviation of the negative returns around their own mean.
        NegativeReturns = "negative-returns",
    }
}

impl Default for Conventions {
    fn default() -> Self {
        Conventions::STANDARD
    }
}

/// [`Conventions::set`] was given a name that does not exist; the names that do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownSwitch {
    /// No switch has this name; these have.
    Name(Vec<&'static str>),
    /// The switch has no such value; it has these.
    Value(Vec<&'static str>),
}

/// One switch, as a key of the strategy file.
#[derive(Debug)]
pub struct Switch {
    /// The table that its key stands in: `conventions`, or `execution` for the four that most
    /// backtests set.
    pub table: &'static str,
    /// The key; its kind lists the values.
    pub key: Key,
}
