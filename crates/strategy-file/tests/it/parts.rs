//! What holds for every part that a strategy can name, and for every parameter of it.

use std::cell::Cell;

use backtest::date::{Date, Moment, Spell, Weekday};
use backtest::declaration::{
    Bounds, Field, Key, Kind, NameOrNumber, NumberOrTable, Parameter, PartInfo, Source,
};
use backtest::strategy::{Alpha, Fees, Optimiser, RiskModel, Schedule, Sizing, Strategy};
use strategy_file::{Data, Override, StrategyFile, parse, to_toml};

/// Gives a part, with values that are right but for one.
struct Given {
    part: &'static str,
    wrong: Option<&'static str>,
    /// Each count is one more than the one before: a fast average is faster than a slow one.
    counts: Cell<u32>,
}

impl Given {
    fn is_wrong(&self, key: &Key) -> bool {
        self.wrong == Some(key.name)
    }
}

fn day() -> Date {
    Date::new(2020, 1, 2).unwrap()
}

impl Source for Given {
    fn exists(&self) -> bool {
        true
    }
    fn is_given(&self, key: &'static Key) -> bool {
        !matches!(key.kind, Kind::Table(_))
    }
    fn text(&self, key: &'static Key) -> Option<String> {
        let text = match key.kind {
            Kind::Formula => "return(lookback)",
            Kind::Condition => "return(lookback) > 0",
            _ => "models:Mine",
        };
        Some(text.to_owned())
    }
    fn flag(&self, _: &'static Key) -> Option<bool> {
        Some(true)
    }
    fn count(&self, key: &'static Key) -> Option<u32> {
        self.counts.set(self.counts.get() + 1);
        Some(if self.is_wrong(key) {
            0
        } else {
            1 + self.counts.get()
        })
    }
    fn whole_number(&self, _: &'static Key) -> Option<u64> {
        Some(0)
    }
    fn ordinal(&self, key: &'static Key) -> Option<i32> {
        Some(if self.is_wrong(key) { 0 } else { -2 })
    }
    fn dates(&self, _: &'static Key) -> Option<Vec<Date>> {
        Some(vec![day(), day().plus_days(1)])
    }
    fn number(&self, key: &'static Key) -> Option<f64> {
        let Kind::Number(bounds) = key.kind else {
            return None;
        };
        Some(match bounds {
            _ if !self.is_wrong(key) => 0.25,
            Bounds::Any => f64::NAN,
            Bounds::NotNegative | Bounds::Positive => -1.0,
            Bounds::Fraction | Bounds::Rate | Bounds::Interest => 1.5,
            Bounds::Return => -1.5,
        })
    }
    fn moment(&self, _: &'static Key) -> Option<Moment> {
        Some(day().open())
    }
    fn name(&self, key: &'static Key) -> Option<&str> {
        match key.kind {
            Kind::Choice(choices) => Some(choices[0].name),
            _ => Some(self.part),
        }
    }
    fn name_or_number(&self, _: &'static Key) -> Option<NameOrNumber<'_>> {
        Some(NameOrNumber::Number(0.25))
    }
    fn number_or_table(&self, _: &'static Key) -> Option<NumberOrTable<'_, Self>> {
        Some(NumberOrTable::Number(0.25))
    }
    fn weekday(&self, _: &'static Key) -> Option<Weekday> {
        Some(Weekday::Tue)
    }
    fn symbols(&self, _: &'static Key) -> Option<Vec<String>> {
        Some(vec!["SPY".to_owned()])
    }
    fn weights(&self, key: &'static Key) -> Option<Vec<(String, f64)>> {
        let weight = if self.is_wrong(key) {
            f64::INFINITY
        } else {
            0.5
        };
        Some(vec![("SPY".to_owned(), weight)])
    }
    fn moments(&self, _: &'static Key) -> Option<Vec<(String, Moment)>> {
        Some(Vec::new())
    }
    fn spells(&self, _: &'static Key) -> Option<Vec<(String, Vec<Spell>)>> {
        Some(Vec::new())
    }
    fn parameters(&self, _: &'static Key) -> Option<Vec<(String, Parameter)>> {
        Some(vec![("lookback".to_owned(), Parameter::Integer(21))])
    }
    fn texts(&self, _: &'static Key) -> Option<Vec<(String, String)>> {
        Some(Vec::new())
    }
    fn table(&self, _: &'static Key) -> Option<Self> {
        None
    }
    fn rows(&self, _: &'static Key) -> Option<Vec<Self>> {
        let (part, wrong, counts) = (self.part, None, Cell::new(0));
        Some(vec![Given {
            part,
            wrong,
            counts,
        }])
    }
}

/// Puts a part into a strategy.
type Put = fn(&mut Strategy, &Given, &'static Key);

/// Every list of parts: the table that it stands in, how a part gets into a strategy, the parts.
fn lists() -> Vec<(&'static str, Put, &'static [PartInfo])> {
    fn read<T: Field>(given: &Given, key: &'static Key) -> T {
        T::read(given, key).unwrap_or_else(|| panic!("`{}` is read", given.part))
    }
    vec![
        ("alpha", |s, g, k| s.alpha = read(g, k), Alpha::PARTS),
        (
            "risk",
            |s, g, k| s.risk = Some(read(g, k)),
            RiskModel::PARTS,
        ),
        (
            "portfolio",
            |s, g, k| s.optimiser = read(g, k),
            Optimiser::PARTS,
        ),
        ("portfolio", |s, g, k| s.sizing = read(g, k), Sizing::PARTS),
        (
            "rebalance",
            |s, g, k| s.schedule = read(g, k),
            Schedule::PARTS,
        ),
        (
            "costs.fees",
            |s, g, k| s.costs.fees = read(g, k),
            Fees::PARTS,
        ),
    ]
}

/// A key of the kind that names a part.
static TAG: Key = Key {
    name: "model",
    kind: Kind::Part(&[]),
    presence: backtest::declaration::Presence::Required,
    axis: true,
    doc: "",
};

/// A strategy that may sell short, with a part whose parameter `wrong` is wrong.
fn strategy(put: Put, part: &'static str, wrong: Option<&'static str>) -> Strategy {
    let mut strategy = Strategy::new("parts", day().open(), day().plus_days(99).close());
    strategy.universe.assets = vec!["SPY".to_owned()];
    strategy.sizing = backtest::sizing::LongShort {
        gross_leverage: 1.0,
    }
    .into();
    let counts = Cell::new(0);
    put(
        &mut strategy,
        &Given {
            part,
            wrong,
            counts,
        },
        &TAG,
    );
    if part == "long-only" {
        strategy.alpha = Alpha::EqualWeight;
    }
    strategy
}

#[test]
fn a_part_with_right_values_has_no_mistakes_and_survives_writing_and_reading() {
    for (_, put, parts) in lists() {
        for part in parts {
            let strategy = strategy(put, part.name, None);
            assert_eq!(strategy.check(), [], "{}", part.name);
            let data = Data {
                dir: None,
                adjusted: true,
                opens: None,
            };
            let file = StrategyFile { data, strategy };
            let text = to_toml(&file);
            assert_eq!(parse(&text, &[], "").as_ref(), Ok(&file), "{text}");
        }
    }
}

#[test]
fn every_bounded_parameter_is_judged_by_the_engine() {
    for (table, put, parts) in lists() {
        for part in parts {
            let bounded = |key: &&&Key| {
                matches!(
                    key.kind,
                    Kind::Count | Kind::Ordinal | Kind::Number(_) | Kind::Weights
                )
            };
            for key in part.keys.iter().filter(bounded) {
                let mistakes = strategy(put, part.name, Some(key.name)).check();
                let path = format!("{table}.{}", key.name);
                let found = mistakes
                    .iter()
                    .any(|mistake| mistake.path.to_string().starts_with(&path));
                assert!(found, "{path} of {}: {mistakes:?}", part.name);
            }
        }
    }
}

#[test]
fn parts_and_parameters_are_documented_and_named_alike() {
    for (table, _, parts) in lists() {
        for part in parts {
            let is_name =
                |name: &str, dash| name.bytes().all(|b| b.is_ascii_lowercase() || b == dash);
            assert!(is_name(part.name, b'-'), "{table}: {}", part.name);
            assert!(
                part.doc.ends_with('.'),
                "{table}: {}: {}",
                part.name,
                part.doc
            );
            for key in part.keys {
                assert!(is_name(key.name, b'_'), "{}: {}", part.name, key.name);
                assert!(key.doc.ends_with('.'), "{}: {}", part.name, key.name);
            }
        }
    }
}

/// A commission of 5 means 500 %: nearly always five per cent, or five basis points, was meant.
#[test]
fn fees_of_the_whole_value_are_refused() {
    let fees = |value| Override::parse(&format!("costs.fees={{model=\"percent\", tax={value}}}"));
    let refused = parse(crate::MINIMAL, &[fees("1.0").unwrap()], "").unwrap_err();
    let help = &refused.iter().next().unwrap().help;
    assert_eq!(help, &["a fraction is meant: 0.001 is ten basis points"]);
    assert!(parse(crate::MINIMAL, &[fees("0.99").unwrap()], "").is_ok());
}

#[test]
fn symbols_to_be_read_beside_the_universe_stand_in_the_table_of_the_data() {
    let text = format!("{}\n[data]\nalso = [\"VIX\", \"QQQ\"]\n", crate::MINIMAL);
    let file = strategy_file::parse(&text, &[], "strategy").unwrap();
    assert_eq!(file.strategy.also, ["VIX", "QQQ"]);
    assert_eq!(file.strategy.symbols_only_read(), ["VIX", "QQQ"]);
}
