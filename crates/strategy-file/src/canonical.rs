//! A strategy as a file, every default written out.

use std::fmt::Write;

use backtest::conventions::Conventions;
use backtest::date::{Moment, Spell};
use backtest::declaration::{Declaration, Key, Kind, Parameter, Sink, Value as Declared};

use crate::keys::{BASE, Base, CONVENTIONS, DATA, EXECUTION, NAME, data};
use crate::moment;
use crate::reading::StrategyFile;
use crate::toml_text::{float, string, toml_key};
use crate::tree::file;

/// The complete strategy file: every key that applies, with its value.
///
/// Parsing the text gives back an equal [`StrategyFile`], if it is one that a file can say.
pub fn to_toml(file: &StrategyFile) -> String {
    let StrategyFile { data, strategy } = file;
    let mut writer = Writer::default();
    writer.value(&NAME, Declared::Text(&strategy.name));
    writer.table(&CONVENTIONS, |table| {
        let base = closest_base(&strategy.conventions);
        table.value(&BASE, Declared::Text(base.name()));
        write_switches(table, &CONVENTIONS, &strategy.conventions);
    });
    writer.table(&DATA, |table| {
        if let Some(dir) = &data.dir {
            table.value(&data::DIR, Declared::Text(dir));
        }
        table.value(&data::ADJUSTED, Declared::Flag(data.adjusted));
        if let Some(opens) = data.opens {
            table.value(&data::OPENS, Declared::Text(opens.name()));
        }
        if !strategy.also.is_empty() {
            table.value(&data::ALSO, Declared::Symbols(&strategy.also));
        }
    });
    strategy.write(&mut writer);
    writer.table(&EXECUTION, |table| {
        write_switches(table, &EXECUTION, &strategy.conventions);
    });
    writer.finish()
}

/// The base that is closer, which keeps the text short to think about: every switch is written out
/// anyway.
fn closest_base(set: &Conventions) -> Base {
    let like = |base: Base| {
        let base = base.conventions().named();
        let pairs = base.into_iter().zip(set.named());
        pairs.filter(|(base, own)| base == own).count()
    };
    match like(Base::QsTrader) > like(Base::Standard) {
        true => Base::QsTrader,
        false => Base::Standard,
    }
}

fn write_switches(writer: &mut Writer, table: &Key, set: &Conventions) {
    for (switch, (_, value)) in Conventions::SWITCHES.iter().zip(set.named()) {
        if switch.table == table.name {
            writer.value(&switch.key, Declared::Text(value));
        }
    }
}

/// Writes tables under headers, and tables within them on one line.
#[derive(Default)]
struct Writer {
    /// The keys of the table that is being written, each with its value.
    lines: Vec<(&'static str, String)>,
    /// The tables of the file that are done.
    tables: Vec<(&'static str, String)>,
    is_inner: bool,
}

impl Writer {
    /// The tables in the order of the file, each under its header.
    fn finish(self) -> String {
        let mut text = lines(&self.lines);
        for key in &file().keys {
            let own = self.tables.iter().find(|(name, _)| *name == key.key.name);
            if let Some((name, lines)) = own {
                write!(text, "\n[{name}]\n{lines}").expect("a `String` takes all text");
            }
        }
        text
    }
}

fn lines(entries: &[(&str, String)]) -> String {
    let line = |(key, value): &(&str, String)| format!("{key} = {value}\n");
    entries.iter().map(line).collect()
}

fn inline(entries: &[(&str, String)]) -> String {
    let entry = |(key, value): &(&str, String)| format!("{key} = {value}");
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!("{{ {} }}", entries.join(", "))
}

impl Sink for Writer {
    fn value(&mut self, key: &'static Key, value: Declared<'_>) {
        let text = match value {
            Declared::Flag(flag) => flag.to_string(),
            Declared::Integer(integer) => integer.to_string(),
            Declared::Ordinal(ordinal) => ordinal.to_string(),
            Declared::Number(number) => float(number),
            Declared::Text(text) => string(text),
            Declared::Moment(moment) => moment::to_toml(moment),
            Declared::Dates(dates) => {
                let dates: Vec<String> = dates.iter().map(ToString::to_string).collect();
                format!("[{}]", dates.join(", "))
            }
            Declared::Symbols(symbols) => {
                let symbols: Vec<String> = symbols.iter().map(|symbol| string(symbol)).collect();
                format!("[{}]", symbols.join(", "))
            }
            Declared::Weights(weights) => by_symbol(weights, |weight| float(*weight)),
            Declared::Moments(moments) => {
                by_symbol(moments, |moment: &Moment| moment::to_toml(*moment))
            }
            Declared::Spells(members) => spells_to_toml(members),
            Declared::Parameters(parameters) => by_symbol(parameters, parameter),
            Declared::Texts(texts) => by_symbol(texts, |text: &String| string(text)),
        };
        self.lines.push((key.name, text));
    }

    fn table(&mut self, key: &'static Key, write: impl FnOnce(&mut Self)) {
        let mut table = Writer {
            is_inner: true,
            ..Writer::default()
        };
        write(&mut table);
        if table.lines.is_empty() {
            return;
        }
        match self.is_inner {
            true => self.lines.push((key.name, inline(&table.lines))),
            false => self.tables.push((key.name, lines(&table.lines))),
        }
    }

    fn rows<R: Declaration>(&mut self, key: &'static Key, records: &[R]) {
        debug_assert!(matches!(key.kind, Kind::Rows(_)));
        let row = |record: &R| {
            let mut row = Writer {
                is_inner: true,
                ..Writer::default()
            };
            Declaration::write(record, &mut row);
            format!("    {},\n", inline(&row.lines))
        };
        let rows: String = records.iter().map(row).collect();
        self.lines.push((key.name, format!("[\n{rows}]")));
    }
}

/// Membership as an inline table, in the order given.
///
/// ```
/// use backtest::date::{Date, Spell};
///
/// let day = |year| Date::new(year, 1, 2).unwrap().at_second(0);
/// let spell = Spell { from: day(1996), to: Some(day(1997)) };
/// let text = strategy_file::spells_to_toml(&[("AAL".to_owned(), vec![spell])]);
/// assert_eq!(text, "{ AAL = [[1996-01-02, 1997-01-02]] }");
/// ```
pub fn spells_to_toml(members: &[(String, Vec<Spell>)]) -> String {
    let moment = |moment: Moment| match moment.second_of_day() {
        0 => moment.date().to_string(),
        _ => moment::to_toml(moment),
    };
    let spell = |spell: &Spell| match spell.to {
        Some(to) => format!("[{}, {}]", moment(spell.from), moment(to)),
        None => format!("[{}]", moment(spell.from)),
    };
    by_symbol(members, |spells| {
        let spells: Vec<String> = spells.iter().map(spell).collect();
        format!("[{}]", spells.join(", "))
    })
}

fn parameter(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Integer(integer) => integer.to_string(),
        Parameter::Number(number) => float(*number),
        Parameter::Flag(flag) => flag.to_string(),
        Parameter::Text(text) => string(text),
    }
}

/// An inline table, in the order given.
fn by_symbol<T>(named: &[(String, T)], value: impl Fn(&T) -> String) -> String {
    let entry = |(symbol, of): &(String, T)| format!("{} = {}", toml_key(symbol), value(of));
    let entries: Vec<String> = named.iter().map(entry).collect();
    match entries.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", entries.join(", ")),
    }
}
