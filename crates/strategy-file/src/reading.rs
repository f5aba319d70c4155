//! From the document to the strategy: the engine reads the tables that it has declared, and judges
//! what it has read; here each of its mistakes gets its place.

use backtest::conventions::{Conventions, FractionalBuys, Shares};
use backtest::date::Date;
use backtest::declaration::{Mistake, Options, Path, Step};
use backtest::strategy::Strategy;

use crate::choices::Opens;
use crate::document::{Document, Entries, Entry, Item, Value};
use crate::keys::{BASE, Base, CONVENTIONS, DATA, EXECUTION, NAME, data};
use crate::problem::{Found, Place, Problem, Problems};
use crate::section::{Around, Section};
use crate::tree::file;
use diagnostics::nearest;

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
    /// What stands for the opens of files that have closes alone.
    pub opens: Option<Opens>,
}

static WHOLE_FILE: Place = Place::File;

impl Document {
    /// Turns the document into a strategy.
    ///
    /// `default_name` is the strategy's name when the document gives none.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the text.
    pub fn read(&self, default_name: &str) -> Result<StrategyFile, Problems> {
        read(&self.root, default_name)
    }

    /// As [`Document::read`]; the tables of a sweep are checked too, although a single run has no use
    /// for them.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, in the order of the text.
    pub fn read_all(&self, default_name: &str) -> Result<StrategyFile, Problems> {
        let read = self.read(default_name);
        let problems = [
            self.space().err(),
            self.validation().err(),
            read.as_ref().err().cloned(),
        ];
        match Problems::together(problems.into_iter().flatten()) {
            Some(problems) => Err(problems),
            None => read,
        }
    }
}

fn read(root: &Entries, default_name: &str) -> Result<StrategyFile, Problems> {
    let found = Found::default();
    let section = Section::new(file(), root, &WHOLE_FILE, &found);
    let (base, conventions) = read_conventions(&section);
    let section = section.around(Around {
        root,
        qstrader: (base == Base::QsTrader).then(|| section.place_of(&CONVENTIONS)),
    });

    let prices = section.table(&DATA);
    let data = Data {
        dir: prices
            .and_then(|prices| prices.text(&data::DIR))
            .map(str::to_owned),
        adjusted: (prices.and_then(|prices| prices.flag(&data::ADJUSTED))).unwrap_or(true),
        opens: prices
            .and_then(|prices| prices.name(&data::OPENS))
            .and_then(Opens::named),
    };
    let name = match section.item(&NAME) {
        Some(_) => section.text(&NAME).unwrap_or_default(),
        None => default_name,
    };
    let also = prices.and_then(|prices| match prices.item(&data::ALSO) {
        Some(_) => prices.symbols(&data::ALSO),
        None => None,
    });
    let mut strategy = Strategy {
        conventions,
        also: also.unwrap_or_default(),
        ..Strategy::new(name, STAND_IN.open(), STAND_IN.close())
    };
    let mut unknown = Vec::new();
    strategy.read(&section, &mut unknown);
    for mistake in strategy.check() {
        // What could not be read has been reported, and its stand-in proves nothing.
        if !unknown.iter().any(|path| mistake.is_about(path)) {
            report(mistake, root, &found);
        }
    }
    found.or(StrategyFile { data, strategy })
}

/// A day to stand where none could be read.
const STAND_IN: Date = Date::EPOCH;

/// Reports a mistake in its place, once.
fn report(mut mistake: Mistake, root: &Entries, found: &Found) {
    let (place, item) = found_at(&mistake.path, root);
    let place = match (item.map(|item| (&item.value, &item.place)), &mistake.span) {
        (Some((Value::Text(text), place)), Some(span)) => place.within(text, span),
        _ => place.clone(),
    };
    let mut problem = Problem::new(&place, mistake.message, mistake.label);
    let near = (mistake.unknown).and_then(|(word, known)| nearest(&word, known));
    if let Some(near) = near {
        problem = problem.help(format!("did you mean `{near}`?"));
        mistake.help.clear();
    }
    if let Some((path, label)) = mistake.related {
        problem = problem.related(place_of(&path, root), label);
    }
    for help in mistake.help {
        problem = problem.help(help);
    }
    if !found.has(&problem) {
        found.report(problem);
    }
}

/// The place of the value at a path, or of the last table on the way that is there. A name that the
/// user chose stands for its value.
fn place_of<'a>(path: &Path, root: &'a Entries) -> &'a Place {
    found_at(path, root).0
}

/// The same, with the item at the end of the path, where that is there.
fn found_at<'a>(path: &Path, root: &'a Entries) -> (&'a Place, Option<&'a Item>) {
    let mut place = &WHOLE_FILE;
    let mut found = None;
    let mut entries = Some(root);
    let mut items: &[Item] = &[];
    for step in &path.0 {
        let item = match step {
            Step::Key(_) | Step::Name(_) => {
                let name = match step {
                    Step::Name(name) => name.as_str(),
                    Step::Key(name) => name,
                    Step::Index(_) => "",
                };
                let named = |entry: &&Entry| *entry.key == *name;
                let Some(entry) = entries.and_then(|entries| entries.iter().find(named)) else {
                    return (place, None);
                };
                place = match step {
                    Step::Name(_) => &entry.key_place,
                    _ => &entry.item.place,
                };
                &entry.item
            }
            Step::Index(index) => {
                let Some(item) = items.get(*index) else {
                    return (place, None);
                };
                place = &item.place;
                item
            }
        };
        found = Some(item);
        (entries, items) = match &item.value {
            Value::Table(inner) => (Some(inner), &[][..]),
            Value::Array(inner) => (None, &inner[..]),
            _ => (None, &[][..]),
        };
    }
    (place, found)
}

fn read_conventions(root: &Section<'_>) -> (Base, Conventions) {
    let base_of = |name: Option<&str>| name.and_then(Base::named).unwrap_or(Base::Standard);
    let is_table =
        (root.item(&CONVENTIONS)).is_some_and(|item| matches!(item.value, Value::Table(_)));
    let own = is_table.then(|| root.table(&CONVENTIONS)).flatten();
    let base = base_of(match &own {
        Some(own) => own.name(&BASE),
        None => root.name(&CONVENTIONS),
    });
    let mut set = base.conventions();
    let mut names_small_buys = false;
    for section in own.into_iter().chain(root.table(&EXECUTION)) {
        let switches = section.keys().iter().map(|key| key.key);
        for key in switches.filter(|key| key.name != BASE.name) {
            if let Some(value) = section.item(key).and_then(|_| section.name(key)) {
                names_small_buys |= key.name == "fractional_buys";
                // Key and value were checked against the very names that this knows.
                let known = set.set(key.name, value);
                debug_assert!(known.is_ok(), "`{} = {value}`", key.name);
            }
        }
    }
    // QSTrader never trades fractions by itself, so a file that asks for fractions under its
    // conventions does not ask for its way of losing small purchases.
    if set.shares == Shares::Fractional && !names_small_buys {
        set.fractional_buys = FractionalBuys::Kept;
    }
    (base, set)
}
