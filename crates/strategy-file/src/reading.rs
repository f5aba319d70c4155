//! From the document to the strategy, table by table.

mod alpha;
mod assets;
mod portfolio;
mod trading;

use backtest::conventions::{
    CashRule, Conventions, Entry, Fill, FractionalBuys, OutsideUniverse, Shares,
};
use backtest::strategy::Strategy;

use crate::document::{Entries, Value};
use crate::keys::{BASES, Base, Key, Presence, Table, conventions, data, execution, file};
use crate::problem::{Found, Place, Problem, Problems};
use crate::section::Section;

/// What a strategy file says.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyFile {
    /// Where the prices are.
    pub data: Data,
    /// The strategy and its backtest.
    pub strategy: Strategy,
}

/// Where the prices are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The folder of price files, relative to the strategy file; `None` when the file does not say.
    pub dir: Option<String>,
    /// Whether prices are to be adjusted for splits and dividends.
    pub adjusted: bool,
}

/// What several tables need to know of the others.
struct Context<'a> {
    conventions: Conventions,
    /// The place that asks for QSTrader's conventions, which demand a choice of buffer or leverage.
    qstrader: Option<&'a Place>,
    /// Whether weights may be negative.
    shorts: bool,
    /// The symbols of the universe, sorted; `None` when the universe is not known.
    members: Option<Vec<&'a str>>,
}

impl Context<'_> {
    /// Whether a weight for the symbol can mean something.
    fn may_weigh(&self, symbol: &str) -> bool {
        self.conventions.outside_universe == OutsideUniverse::Traded || self.has_member(symbol)
    }

    fn has_member(&self, symbol: &str) -> bool {
        match &self.members {
            Some(members) => members.binary_search(&symbol).is_ok(),
            None => true,
        }
    }
}

static WHOLE_FILE: Place = Place::File;

pub(crate) fn read(root: &Entries, default_name: &str) -> Result<StrategyFile, Problems> {
    let found = Found::default();
    let root = Section::new(&file::TABLE, root, &WHOLE_FILE, &found);

    let (base, conventions) = read_conventions(&root);
    let portfolio = table_or_empty(&root, &file::PORTFOLIO);
    let universe = assets::universe(&root);
    let context = Context {
        conventions,
        qstrader: (base == Base::QsTrader).then(|| root.place_of(&file::CONVENTIONS)),
        shorts: portfolio::allows_shorts(&portfolio),
        members: universe.as_ref().map(|universe| universe.members()),
    };

    if let Some(universe) = &universe {
        universe.check_dates(&context);
    }

    let data = table_or_empty(&root, &file::DATA);
    let data = Data {
        dir: data.text(&data::DIR).map(str::to_owned),
        adjusted: data.flag(&data::ADJUSTED).unwrap_or(true),
    };
    let time = trading::period(&root);
    let alpha = root
        .table(&file::ALPHA)
        .and_then(|section| alpha::alpha(&section, &context));
    let sizing = portfolio::sizing(&portfolio, &context);
    let optimiser = portfolio::optimiser(&portfolio, &context);
    let rebalance = trading::rebalance(&root, &context);
    let risk = (root.table(&file::RISK)).and_then(|section| portfolio::risk(&section, &context));
    let costs = trading::costs(&table_or_empty(&root, &file::COSTS));
    let benchmark = (root.table(&file::BENCHMARK))
        .and_then(|section| portfolio::benchmark(&section, sizing, &context));
    let name = match root.item(&file::NAME) {
        Some(_) => root.text(&file::NAME).unwrap_or_default(),
        None => default_name,
    };

    let strategy = (|| {
        let period = time?;
        let (schedule, trade) = rebalance?;
        Some(Strategy {
            name: name.to_owned(),
            conventions,
            start: period.start,
            end: period.end,
            burn_in: period.burn_in,
            initial_cash: period.initial_cash,
            sessions_per_year: period.sessions_per_year,
            universe: universe?.into_universe(),
            alpha: alpha?,
            risk,
            optimiser: optimiser?,
            sizing: sizing?,
            schedule,
            trade,
            costs,
            benchmark,
        })
    })();
    match found.or(strategy)? {
        Some(strategy) => Ok(StrategyFile { data, strategy }),
        // What cannot be read has been reported; this says so if ever it was not.
        None => Err(Problem::new(&WHOLE_FILE, "the strategy is incomplete", "").into()),
    }
}

/// A table that may be left out; then all its keys are.
fn table_or_empty<'a>(root: &Section<'a>, key: &Key) -> Section<'a> {
    (root.table(key)).unwrap_or_else(|| root.empty(key))
}

fn read_conventions(root: &Section<'_>) -> (Base, Conventions) {
    let of_base = |base| match base {
        Base::Standard => Conventions::STANDARD,
        Base::QsTrader => Conventions::QSTRADER,
    };
    let is_table =
        (root.item(&file::CONVENTIONS)).is_some_and(|item| matches!(item.value, Value::Table(_)));
    let mut names_small_buys = false;
    let (base, mut set) = match is_table.then(|| root.table(&file::CONVENTIONS)).flatten() {
        None => {
            let base = (root.choice(&file::CONVENTIONS, BASES)).unwrap_or(Base::Standard);
            (base, of_base(base))
        }
        Some(section) => {
            let base = (section.choice(&conventions::BASE, BASES)).unwrap_or(Base::Standard);
            let mut set = of_base(base);
            switches(&section, &conventions::TABLE, &mut set);
            names_small_buys = section.item(&conventions::FRACTIONAL_BUYS).is_some();
            (base, set)
        }
    };
    let section = table_or_empty(root, &file::EXECUTION);
    set.fill = section
        .choice(&execution::FILL, Fill::OPTIONS)
        .unwrap_or(set.fill);
    set.shares = section
        .choice(&execution::SHARES, Shares::OPTIONS)
        .unwrap_or(set.shares);
    // QSTrader never trades fractions by itself, so its way of losing small purchases was not asked
    // for by whoever asks for fractions.
    if set.shares == Shares::Fractional && !names_small_buys {
        set.fractional_buys = FractionalBuys::Kept;
    }
    set.cash = section
        .choice(&execution::CASH, CashRule::OPTIONS)
        .unwrap_or(set.cash);
    set.entry = section
        .choice(&execution::ENTRY, Entry::OPTIONS)
        .unwrap_or(set.entry);
    (base, set)
}

fn switches(section: &Section<'_>, table: &'static Table, set: &mut Conventions) {
    let switches = (table.keys.iter()).filter(|key| matches!(key.presence, Presence::Depends(_)));
    for key in switches {
        if let Some(value) = section.name(key) {
            // Key and value were checked against the very names that this knows.
            let known = set.set(key.name, value);
            debug_assert!(known.is_ok(), "`{} = {value}`", key.name);
        }
    }
}
