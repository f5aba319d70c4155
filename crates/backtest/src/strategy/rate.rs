//! Where a rate of interest comes from.

use crate::declaration::{
    Declaration, Field, Key, Mistake, Named, NumberOrTable, Place, Sink, Source, Value,
    judge_number, symbol_fault,
};

crate::record! {
    /// Where a rate of interest comes from: a series or an asset.
    pub struct RateSource: Default {
        /// A series beside the prices: `DTB3` is a file `DTB3.csv` with a column of dates and one of per cent a year.
        series: Option<String> => Text, Optional;
        /// An asset whose return cash earns, from close to close.
        symbol: Option<String> => Text, Optional;
    }
}

crate::record! {
    /// A series beside the prices.
    pub struct SeriesSource: Default {
        /// Its name: `DTB3` is a file `DTB3.csv` with a column of dates and one of values.
        series: String => Text, Required;
    }
}

/// What cash earns.
#[derive(Clone, Debug, PartialEq)]
pub enum Rate {
    /// A fraction a year.
    Number(f64),
    /// The rate of a series, or the return of an asset: one of the two.
    Of(RateSource),
}

/// What returns are measured against.
#[derive(Clone, Debug, PartialEq)]
pub enum RiskFreeRate {
    /// What the account's cash earns.
    Cash,
    /// A fraction a year.
    Number(f64),
    /// The rate of a series.
    Series(SeriesSource),
}

impl Rate {
    /// The rate of a series.
    pub fn series(name: &str) -> Rate {
        Rate::Of(RateSource {
            series: Some(name.to_owned()),
            symbol: None,
        })
    }

    /// The return of an asset.
    pub fn symbol(symbol: &str) -> Rate {
        Rate::Of(RateSource {
            series: None,
            symbol: Some(symbol.to_owned()),
        })
    }

    /// The series that it names.
    pub fn named_series(&self) -> Option<&str> {
        match self {
            Rate::Number(_) => None,
            Rate::Of(source) => source.series.as_deref(),
        }
    }

    /// The asset that it names.
    pub fn named_symbol(&self) -> Option<&str> {
        match self {
            Rate::Number(_) => None,
            Rate::Of(source) => source.symbol.as_deref(),
        }
    }
}

impl RiskFreeRate {
    /// The names that a strategy can give it.
    pub const NAMES: &'static [Named] = &[Named {
        name: "cash",
        doc: "What the account's cash earns.",
    }];

    /// The rate of a series.
    pub fn series(name: &str) -> RiskFreeRate {
        let series = name.to_owned();
        RiskFreeRate::Series(SeriesSource { series })
    }

    /// The series that it names.
    pub fn named_series(&self) -> Option<&str> {
        match self {
            RiskFreeRate::Cash | RiskFreeRate::Number(_) => None,
            RiskFreeRate::Series(source) => Some(&source.series),
        }
    }
}

impl Field for Rate {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Rate> {
        match source.number_or_table(key)? {
            NumberOrTable::Name(_) => None,
            NumberOrTable::Number(rate) => Some(Rate::Number(rate)),
            NumberOrTable::Table(table) => <RateSource as Declaration>::read(&table).map(Rate::Of),
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        match self {
            Rate::Number(rate) => sink.value(key, Value::Number(*rate)),
            Rate::Of(source) => sink.table(key, |sink| Declaration::write(source, sink)),
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        match self {
            Rate::Number(rate) => judge_number(*rate, key, at, mistakes),
            Rate::Of(RateSource { series, symbol }) => {
                let names = [("series", series), ("symbol", symbol)];
                for (name, value) in names {
                    if let Some(value) = value {
                        judge_name(value, &at.table(key.name), name, mistakes);
                    }
                }
                if series.is_some() == symbol.is_some() {
                    let path = at.key(key.name);
                    let message = match series {
                        Some(_) => format!("`{path}` names a series and an asset"),
                        None => format!("`{path}` names neither a series nor an asset"),
                    };
                    let mistake = Mistake::stating(path, "{}", message, "one of the two");
                    let help = "write a number, `{ series = \"DTB3\" }` or `{ symbol = \"BIL\" }`";
                    mistakes.push(mistake.help(help));
                }
            }
        }
    }
}

impl Field for RiskFreeRate {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<RiskFreeRate> {
        match source.number_or_table(key)? {
            NumberOrTable::Name(_) => Some(RiskFreeRate::Cash),
            NumberOrTable::Number(rate) => Some(RiskFreeRate::Number(rate)),
            NumberOrTable::Table(table) => {
                <SeriesSource as Declaration>::read(&table).map(RiskFreeRate::Series)
            }
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        match self {
            RiskFreeRate::Cash => sink.value(key, Value::Text("cash")),
            RiskFreeRate::Number(rate) => sink.value(key, Value::Number(*rate)),
            RiskFreeRate::Series(source) => {
                sink.table(key, |sink| Declaration::write(source, sink))
            }
        }
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        match self {
            RiskFreeRate::Cash => {}
            RiskFreeRate::Number(rate) => judge_number(*rate, key, at, mistakes),
            RiskFreeRate::Series(source) => {
                judge_name(&source.series, &at.table(key.name), "series", mistakes);
            }
        }
    }
}

/// Finds a name that is not that of a file.
pub(crate) fn judge_name(
    name: &str,
    at: &Place<'_>,
    key: &'static str,
    mistakes: &mut Vec<Mistake>,
) {
    if let Some(fault) = symbol_fault(name) {
        let message = match name {
            "" => "a name is empty".to_owned(),
            _ => format!("`{}` is not the name of a file", name.escape_debug()),
        };
        mistakes.push(Mistake::stating(
            at.key(key),
            format!("{name:?}"),
            message,
            fault,
        ));
    }
}
