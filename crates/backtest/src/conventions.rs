//! The choices on which backtesters silently differ, each one a named switch.
//!
//! Two sets are shipped: [`Conventions::STANDARD`], the careful one, and [`Conventions::QSTRADER`],
//! which does what QSTrader 0.3.0 does, quirk for quirk. No other place in the engine asks which
//! set is in force: it asks the one switch it needs.

/// How every open question of a backtest is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conventions {
    /// Which days the simulation steps through.
    pub calendar: Calendar,
    /// When orders decided at a close are filled.
    pub fill: Fill,
    /// Whether a position is a whole number of shares.
    pub shares: Shares,
    /// What happens to a buy that the cash does not cover.
    pub cash: CashRule,
    /// What a moving average crossover calls a signal.
    pub entry: Entry,
    /// Which target weights are scaled before sizing.
    pub weight_scaling: WeightScaling,
    /// How a long/short target in money becomes whole shares.
    pub long_short_rounding: LongShortRounding,
    /// Whether fees are set aside when orders are sized.
    pub fee_reserve: FeeReserve,
    /// The trade value that a percentage fee is taken of.
    pub fee_basis: FeeBasis,
    /// Whether the strategy's risk model acts.
    pub risk_model: RiskModelUse,
    /// What becomes of a target weight for an asset outside the universe.
    pub outside_universe: OutsideUniverse,
    /// When a buy-and-hold strategy buys, and in which order.
    pub buy_and_hold: BuyAndHold,
    /// The arithmetic of holding-period momentum. The same number but for rounding.
    pub momentum: MomentumArithmetic,
    /// What a purchase of less than one share does to an open position.
    pub fractional_buys: FractionalBuys,
    /// Which positions the realised profit counts.
    pub realised_profit: RealisedProfit,
    /// Where a drawdown is measured from (the QSTrader-layout statistics).
    pub drawdown: DrawdownFrom,
    /// The divisor of the standard deviation (the QSTrader-layout statistics).
    pub deviation: Deviation,
    /// The denominator of the Sortino ratio (the QSTrader-layout statistics).
    pub sortino: SortinoDenominator,
}

impl Conventions {
    /// The careful conventions, and the default.
    pub const STANDARD: Conventions = Conventions {
        calendar: Calendar::Sessions,
        fill: Fill::NextOpen,
        shares: Shares::Whole,
        cash: CashRule::ScaleDown,
        entry: Entry::State,
        weight_scaling: WeightScaling::AboveOne,
        long_short_rounding: LongShortRounding::Shares,
        fee_reserve: FeeReserve::None,
        fee_basis: FeeBasis::Exact,
        risk_model: RiskModelUse::Applied,
        outside_universe: OutsideUniverse::Cash,
        buy_and_hold: BuyAndHold::FirstSession,
        momentum: MomentumArithmetic::Ratio,
        fractional_buys: FractionalBuys::Kept,
        realised_profit: RealisedProfit::AllPositions,
        drawdown: DrawdownFrom::StartingCapital,
        deviation: Deviation::Sample,
        sortino: SortinoDenominator::DownsideDeviation,
    };

    /// What QSTrader 0.3.0 does (on pandas 2), except for its look-ahead before an asset's first
    /// price and its dependence on hash order, which are nobody's intention.
    pub const QSTRADER: Conventions = Conventions {
        calendar: Calendar::Weekdays,
        fill: Fill::NextOpen,
        shares: Shares::Whole,
        cash: CashRule::AllowNegative,
        entry: Entry::State,
        weight_scaling: WeightScaling::Always,
        long_short_rounding: LongShortRounding::MoneyThenShares,
        fee_reserve: FeeReserve::TargetValue,
        fee_basis: FeeBasis::WholeUnits,
        risk_model: RiskModelUse::Ignored,
        outside_universe: OutsideUniverse::Traded,
        buy_and_hold: BuyAndHold::ExactTime,
        momentum: MomentumArithmetic::Compounded,
        fractional_buys: FractionalBuys::CashOnly,
        realised_profit: RealisedProfit::OpenPositions,
        drawdown: DrawdownFrom::FirstReturn,
        deviation: Deviation::Population,
        sortino: SortinoDenominator::NegativeReturns,
    };

    /// Every switch by name with its value's name, in the order of the fields.
    pub fn named(&self) -> [(&'static str, &'static str); 18] {
        [
            ("calendar", self.calendar.name()),
            ("fill", self.fill.name()),
            ("shares", self.shares.name()),
            ("cash", self.cash.name()),
            ("entry", self.entry.name()),
            ("weight_scaling", self.weight_scaling.name()),
            ("long_short_rounding", self.long_short_rounding.name()),
            ("fee_reserve", self.fee_reserve.name()),
            ("fee_basis", self.fee_basis.name()),
            ("risk_model", self.risk_model.name()),
            ("outside_universe", self.outside_universe.name()),
            ("buy_and_hold", self.buy_and_hold.name()),
            ("momentum", self.momentum.name()),
            ("fractional_buys", self.fractional_buys.name()),
            ("realised_profit", self.realised_profit.name()),
            ("drawdown", self.drawdown.name()),
            ("deviation", self.deviation.name()),
            ("sortino", self.sortino.name()),
        ]
    }

    /// Sets the switch called `name` to the value called `value`.
    ///
    /// Errors tell what exists: the names of the switches, or the values of the one named.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownSwitch> {
        fn parse<T: Copy>(
            slot: &mut T,
            value: &str,
            options: &'static [(&'static str, T)],
        ) -> Result<(), UnknownSwitch> {
            match options.iter().find(|(name, _)| *name == value) {
                Some((_, option)) => {
                    *slot = *option;
                    Ok(())
                }
                None => Err(UnknownSwitch::Value(
                    options.iter().map(|(name, _)| *name).collect(),
                )),
            }
        }
        match name {
            "calendar" => parse(&mut self.calendar, value, Calendar::OPTIONS),
            "fill" => parse(&mut self.fill, value, Fill::OPTIONS),
            "shares" => parse(&mut self.shares, value, Shares::OPTIONS),
            "cash" => parse(&mut self.cash, value, CashRule::OPTIONS),
            "entry" => parse(&mut self.entry, value, Entry::OPTIONS),
            "weight_scaling" => parse(&mut self.weight_scaling, value, WeightScaling::OPTIONS),
            "long_short_rounding" => parse(
                &mut self.long_short_rounding,
                value,
                LongShortRounding::OPTIONS,
            ),
            "fee_reserve" => parse(&mut self.fee_reserve, value, FeeReserve::OPTIONS),
            "fee_basis" => parse(&mut self.fee_basis, value, FeeBasis::OPTIONS),
            "risk_model" => parse(&mut self.risk_model, value, RiskModelUse::OPTIONS),
            "outside_universe" => {
                parse(&mut self.outside_universe, value, OutsideUniverse::OPTIONS)
            }
            "buy_and_hold" => parse(&mut self.buy_and_hold, value, BuyAndHold::OPTIONS),
            "momentum" => parse(&mut self.momentum, value, MomentumArithmetic::OPTIONS),
            "fractional_buys" => parse(&mut self.fractional_buys, value, FractionalBuys::OPTIONS),
            "realised_profit" => parse(&mut self.realised_profit, value, RealisedProfit::OPTIONS),
            "drawdown" => parse(&mut self.drawdown, value, DrawdownFrom::OPTIONS),
            "deviation" => parse(&mut self.deviation, value, Deviation::OPTIONS),
            "sortino" => parse(&mut self.sortino, value, SortinoDenominator::OPTIONS),
            _ => Err(UnknownSwitch::Name(
                self.named().iter().map(|(name, _)| *name).collect(),
            )),
        }
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

/// A switch: an enum whose values have names in files and reports.
macro_rules! switch {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// Each value with its name in strategy files and results.
            pub const OPTIONS: &'static [(&'static str, $name)] = &[$(($text, $name::$variant)),+];

            /// The value's name in strategy files and results.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }
    };
}

switch! {
    /// Which days the simulation steps through.
    Calendar {
        /// The days on which at least one asset of the universe has a bar and whose close lies
        /// between the start and the end. Decision days are taken from these.
        Sessions = "sessions",
        /// Every Monday to Friday; a holiday repeats the last price. The rules of start and end
        /// times are those of `pandas.date_range` in pandas 2, which rolls an end on a weekend
        /// back to Friday and keeps a day while day plus the start's time of day is not past it.
        Weekdays = "weekdays",
    }
}

switch! {
    /// When orders decided at a close are filled.
    Fill {
        /// At the next session's open.
        NextOpen = "next-open",
        /// At the very close that decided them. Convenient, and a look-ahead of one close.
        SameClose = "same-close",
    }
}

switch! {
    /// Whether a position is a whole number of shares.
    Shares {
        /// Rounded toward zero to whole shares.
        Whole = "whole",
        /// Any fraction of a share.
        Fractional = "fractional",
    }
}

switch! {
    /// What happens to a buy that the cash does not cover. Sells come first either way.
    CashRule {
        /// It is filled and the cash goes below zero, at no interest.
        AllowNegative = "allow-negative",
        /// It is dropped, and counted.
        Reject = "reject",
        /// All buys of the moment shrink by one factor until the cash covers them. Applies to
        /// long-only strategies; a long/short one borrows by design, so its cash may go negative.
        ScaleDown = "scale-down",
    }
}

switch! {
    /// What a moving average crossover calls a signal.
    Entry {
        /// Being above: a market that is already above at the first decision is bought.
        State = "state",
        /// A true crossing: nothing is held until the fast average has been at or below the slow
        /// one and rises above it.
        Cross = "cross",
    }
}

switch! {
    /// Which target weights are scaled before sizing.
    WeightScaling {
        /// Only those that sum to more than one; weights below one leave the rest in cash.
        AboveOne = "above-one",
        /// All: they always sum to one (or their absolute values to the gross leverage).
        Always = "always",
    }
}

switch! {
    /// How a long/short target in money becomes whole shares.
    LongShortRounding {
        /// Divided by the price, then rounded toward zero.
        Shares = "shares",
        /// Rounded toward zero to whole currency units, divided, rounded toward zero again.
        MoneyThenShares = "money-then-shares",
    }
}

switch! {
    /// Whether fees are set aside when orders are sized.
    FeeReserve {
        /// No; the cash buffer, or the cash rule, covers them.
        None = "none",
        /// The fee of trading the whole target value is taken off it, for a short target too,
        /// which makes that larger.
        TargetValue = "target-value",
    }
}

switch! {
    /// The trade value that a percentage fee is taken of.
    FeeBasis {
        /// Price times quantity.
        Exact = "exact",
        /// Price times quantity rounded to whole currency units, half to even.
        WholeUnits = "whole-units",
    }
}

switch! {
    /// Whether the strategy's risk model acts.
    RiskModelUse {
        /// It adjusts the alpha model's weights before the optimiser sees them.
        Applied = "applied",
        /// It is accepted and not called, as in QSTrader 0.3.0.
        Ignored = "ignored",
    }
}

switch! {
    /// What becomes of a target weight for an asset outside the universe.
    OutsideUniverse {
        /// It stays in cash.
        Cash = "cash",
        /// The asset is traded all the same.
        Traded = "traded",
    }
}

switch! {
    /// When a buy-and-hold strategy buys, and in which order.
    BuyAndHold {
        /// In the first session after the start (or the burn-in): at its open when that is not
        /// yet past, else at its close. Sells go first.
        FirstSession = "first-session",
        /// Only if the start (moved on from a weekend) is exactly 14:30 or 21:00 UTC, otherwise
        /// never. At an open, orders are executed one by one in the order of symbols.
        ExactTime = "exact-time",
    }
}

switch! {
    /// The arithmetic of holding-period momentum.
    MomentumArithmetic {
        /// Last price over first price, less one: one division.
        Ratio = "ratio",
        /// The product of one plus each daily return, less one, multiplied from the oldest on.
        Compounded = "compounded",
    }
}

switch! {
    /// What a purchase of less than one share does to an open position.
    FractionalBuys {
        /// It adds to the position.
        Kept = "kept",
        /// It costs cash and leaves the position as it is.
        CashOnly = "cash-only",
    }
}

switch! {
    /// Which positions the realised profit counts.
    RealisedProfit {
        /// Open and closed ones.
        AllPositions = "all-positions",
        /// Open ones: a position's profit is forgotten when it is closed.
        OpenPositions = "open-positions",
    }
}

switch! {
    /// Where a drawdown is measured from.
    DrawdownFrom {
        /// The starting capital is the first peak.
        StartingCapital = "starting-capital",
        /// The first peak is the wealth after the first return.
        FirstReturn = "first-return",
    }
}

switch! {
    /// The divisor of the standard deviation.
    Deviation {
        /// `n - 1`.
        Sample = "sample",
        /// `n`.
        Population = "population",
    }
}

switch! {
    /// The denominator of the Sortino ratio.
    SortinoDenominator {
        /// Root mean square of the returns below zero, over all returns.
        DownsideDeviation = "downside-deviation",
        /// Standard deviation of the negative returns around their own mean.
        NegativeReturns = "negative-returns",
    }
}
