//! A table of the document while it is read: typed values out, problems reported on the way.
//!
//! Every getter takes the declaration of its key. `None` means that there is no value, because
//! none was given and there is no default or because the one given is wrong; what is wrong has
//! been reported.

mod complaints;
pub(crate) mod declared;
mod source;

use backtest::date::{Date, Moment, Spell, Weekday};
use backtest::declaration::{
    BareDate, Bounds, Key, Kind, NameOrNumber, NumberOrTable, Parameter, Presence, WEEKDAYS,
};

use crate::document::{Entry, Item, Value};
use crate::keys::names;
use crate::moment;
use crate::problem::{Found, Place, Problem};
use crate::tree::{FileKey, FileTable};
use diagnostics::one_of;

#[derive(Clone, Copy)]
pub(crate) struct Section<'a> {
    table: &'static FileTable,
    entries: &'a [Entry],
    place: &'a Place,
    /// Whether the table is given at all.
    exists: bool,
    around: Around<'a>,
    pub(crate) found: &'a Found,
}

/// What some defaults depend on.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around<'a> {
    /// The whole file.
    pub(crate) root: &'a [Entry],
    /// The place that asks for QSTrader's conventions, which have fewer defaults.
    pub(crate) qstrader: Option<&'a Place>,
}

impl<'a> Section<'a> {
    /// Opens a table, reporting keys that do not belong in it.
    pub(crate) fn new(
        table: &'static FileTable,
        entries: &'a [Entry],
        place: &'a Place,
        found: &'a Found,
    ) -> Section<'a> {
        let around = Around::default();
        Section::within(table, entries, place, found, around)
    }

    fn within(
        table: &'static FileTable,
        entries: &'a [Entry],
        place: &'a Place,
        found: &'a Found,
        around: Around<'a>,
    ) -> Section<'a> {
        let section = Section {
            table,
            entries,
            place,
            exists: true,
            around,
            found,
        };
        for entry in entries {
            match table.key(&entry.key) {
                None => section.report_unknown(entry),
                Some(key) if !section.goes_with_tag(key) => section.report_misplaced(entry, key),
                Some(_) => {}
            }
        }
        section
    }

    /// The same table, with what some defaults depend on.
    pub(crate) fn around(self, around: Around<'a>) -> Section<'a> {
        Section { around, ..self }
    }

    /// A table of this one that is not there.
    fn empty(&self, key: &Key) -> Option<Section<'a>> {
        Some(Section {
            table: self.table.table(key)?,
            entries: &[],
            place: self.place,
            exists: false,
            around: self.around,
            found: self.found,
        })
    }

    pub(crate) fn exists(&self) -> bool {
        self.exists
    }

    /// The keys of the table.
    pub(crate) fn keys(&self) -> &'static [FileKey] {
        &self.table.keys
    }

    /// The value's place, or the table's when there is no value.
    pub(crate) fn place_of(&self, key: &Key) -> &'a Place {
        self.item(key).map_or(self.place, |item| &item.place)
    }

    pub(crate) fn item(&self, key: &Key) -> Option<&'a Item> {
        self.entries
            .iter()
            .find(|entry| *entry.key == *key.name)
            .map(|entry| &entry.item)
    }

    fn required_item(&self, key: &Key) -> Option<&'a Item> {
        let item = self.item(key);
        let is_needed = match key.presence {
            Presence::Required => true,
            Presence::Without { .. } => !self.gives_instead(key),
            _ => false,
        };
        if item.is_none() && is_needed {
            self.report_missing(key);
        }
        item
    }

    /// Whether a key is left out, and the key is given without which it must be.
    fn gives_instead(&self, key: &Key) -> bool {
        let Presence::Without { other, .. } = key.presence else {
            return false;
        };
        self.item(key).is_none() && self.entries.iter().any(|entry| *entry.key == *other)
    }

    pub(crate) fn text(&self, key: &Key) -> Option<&'a str> {
        let item = self.required_item(key)?;
        match &item.value {
            Value::Text(text) => Some(text),
            _ => self.wrong_kind(key.name, item, "a string"),
        }
    }

    pub(crate) fn flag(&self, key: &Key) -> Option<bool> {
        match (self.required_item(key), &key.presence) {
            (None, Presence::Flag(default)) => Some(*default),
            (None, _) => None,
            (Some(item), _) => match item.value {
                Value::Flag(flag) => Some(flag),
                _ => self.wrong_kind(key.name, item, "`true` or `false`"),
            },
        }
    }

    pub(crate) fn count(&self, key: &Key) -> Option<u32> {
        let item = match (self.required_item(key), &key.presence) {
            (Some(item), _) => item,
            (None, Presence::Number(default)) => return Some(*default as u32),
            (None, _) => return None,
        };
        let Value::Integer(integer) = item.value else {
            return self.wrong_kind(key.name, item, "a whole number");
        };
        let count = u32::try_from(integer).ok().filter(|count| *count > 0);
        if count.is_none() {
            let allowed = if integer < 1 {
                "1 or more"
            } else {
                "1 to 4294967295"
            };
            self.report_range(key.name, integer, &item.place, allowed);
        }
        count
    }

    pub(crate) fn whole_number(&self, key: &Key) -> Option<u64> {
        let item = match (self.required_item(key), &key.presence) {
            (Some(item), _) => item,
            (None, Presence::Number(default)) => return Some(*default as u64),
            (None, _) => return None,
        };
        let Value::Integer(integer) = item.value else {
            return self.wrong_kind(key.name, item, "a whole number");
        };
        let number = u64::try_from(integer).ok();
        if number.is_none() {
            self.report_range(key.name, integer, &item.place, "0 or more");
        }
        number
    }

    pub(crate) fn ordinal(&self, key: &Key) -> Option<i32> {
        let item = match (self.required_item(key), &key.presence) {
            (Some(item), _) => item,
            (None, Presence::Number(default)) => return Some(*default as i32),
            (None, _) => return None,
        };
        let Value::Integer(integer) = item.value else {
            return self.wrong_kind(key.name, item, "a whole number");
        };
        let ordinal = i32::try_from(integer).ok().filter(|ordinal| *ordinal != 0);
        if ordinal.is_none() {
            self.report_range(key.name, integer, &item.place, "1 or more, or -1 or less");
        }
        ordinal
    }

    pub(crate) fn number(&self, key: &Key) -> Option<f64> {
        let bounds = match key.kind {
            Kind::Number(bounds) => bounds,
            _ => Bounds::Any,
        };
        match (self.required_item(key), &key.presence) {
            (Some(item), _) => self.number_in(key.name, item, bounds),
            (None, Presence::Number(default)) => Some(*default),
            (None, Presence::StandardNumber(default)) => match self.around.qstrader {
                None => Some(*default),
                Some(place) => {
                    self.report_no_default(key, *default, place);
                    None
                }
            },
            (None, Presence::Inherited { from, standard }) => {
                let inherited = match self.around.qstrader {
                    None => None,
                    Some(_) => self.inherited(from),
                };
                let inherited = inherited.filter(|number| bounds.contain(*number));
                Some(inherited.unwrap_or(*standard))
            }
            (None, _) => None,
        }
    }

    /// The number of a key of another table.
    fn inherited(&self, [table, key]: &[&str; 2]) -> Option<f64> {
        let find = |entries: &'a [Entry], name: &str| {
            let entry = entries.iter().find(|entry| *entry.key == *name)?;
            Some(&entry.item.value)
        };
        let Value::Table(entries) = find(self.around.root, table)? else {
            return None;
        };
        match find(entries, key)? {
            Value::Integer(integer) => Some(*integer as f64),
            Value::Float(float) => Some(*float),
            _ => None,
        }
    }

    fn number_in(&self, name: &str, item: &Item, bounds: Bounds) -> Option<f64> {
        let number = match item.value {
            Value::Integer(integer) => integer as f64,
            Value::Float(float) => float,
            _ => return self.wrong_kind(name, item, "a number"),
        };
        let Some(allowed) = bounds.broken_by(number) else {
            return Some(number);
        };
        self.report_outside(name, number, &item.place, allowed, bounds.help());
        None
    }

    pub(crate) fn moment(&self, key: &Key) -> Option<Moment> {
        let item = self.required_item(key)?;
        let bare = match key.kind {
            Kind::Moment(bare) => bare,
            _ => BareDate::Midnight,
        };
        self.moment_in(key.name, item, bare)
    }

    fn moment_in(&self, name: &str, item: &Item, bare: BareDate) -> Option<Moment> {
        match &item.value {
            Value::Datetime(datetime) if datetime.date.is_some() => {
                let moment = moment::from_toml(datetime, bare);
                if moment.is_none() {
                    self.report_range(name, datetime, &item.place, "in the years 1 to 9999");
                }
                moment
            }
            Value::Text(text) if text.trim().parse::<toml::value::Datetime>().is_ok() => {
                let path = self.table.path_to(name);
                let message = format!("`{path}` is a string, not a date");
                let problem = Problem::new(&item.place, message, "a date stands without quotes");
                self.found
                    .report(problem.help(format!("drop the quotes: `{name} = {}`", text.trim())));
                None
            }
            _ => self.wrong_kind(name, item, "a date, as in `2003-09-30`"),
        }
    }

    /// The name given for a [`Kind::Choice`] or a [`Kind::Part`], which is one that exists.
    pub(crate) fn name(&self, key: &Key) -> Option<&'a str> {
        match (self.required_item(key), &key.presence) {
            (None, Presence::Text(default)) => Some(default),
            (None, _) => None,
            (Some(item), _) => {
                let names = match key.kind {
                    Kind::Choice(choices) | Kind::ChoiceOrTable(choices, _) => names(choices),
                    Kind::Part(parts) => parts.iter().map(|part| part.name).collect(),
                    _ => return None,
                };
                match &item.value {
                    Value::Text(text) if names.contains(&text.as_ref()) => Some(text),
                    Value::Text(text) => {
                        self.report_unknown_name(key, text, &item.place, &names, &names);
                        None
                    }
                    _ if matches!(key.kind, Kind::ChoiceOrTable(..)) => {
                        self.wrong_kind(key.name, item, &format!("{}, or a table", one_of(&names)))
                    }
                    _ => self.wrong_kind(key.name, item, &one_of(&names)),
                }
            }
        }
    }

    pub(crate) fn name_or_number(&self, key: &Key) -> Option<NameOrNumber<'a>> {
        let Kind::ChoiceOrNumber(choices, bounds) = key.kind else {
            return None;
        };
        let item = match (self.required_item(key), &key.presence) {
            (Some(item), _) => item,
            (None, Presence::Text(default)) => return Some(NameOrNumber::Name(default)),
            (None, Presence::Number(default)) => return Some(NameOrNumber::Number(*default)),
            (None, _) => return None,
        };
        let names = names(choices);
        match &item.value {
            Value::Text(text) if names.contains(&text.as_ref()) => Some(NameOrNumber::Name(text)),
            Value::Text(text) => {
                self.report_unknown_name(key, text, &item.place, &names, &names);
                None
            }
            Value::Integer(_) | Value::Float(_) => {
                let number = self.number_in(key.name, item, bounds);
                number.map(NameOrNumber::Number)
            }
            _ => self.wrong_kind(key.name, item, &format!("{}, or a number", one_of(&names))),
        }
    }

    pub(crate) fn number_or_table(&self, key: &Key) -> Option<NumberOrTable<'a, Section<'a>>> {
        let Kind::NumberOrTable(choices, bounds, table) = key.kind else {
            return None;
        };
        let item = match (self.required_item(key), &key.presence) {
            (Some(item), _) => item,
            (None, Presence::Number(default)) => return Some(NumberOrTable::Number(*default)),
            (None, _) => return None,
        };
        let names = names(choices);
        match &item.value {
            Value::Text(text) if names.contains(&text.as_ref()) => Some(NumberOrTable::Name(text)),
            Value::Integer(_) | Value::Float(_) => {
                let number = self.number_in(key.name, item, bounds);
                number.map(NumberOrTable::Number)
            }
            Value::Table(_) => self.table(key).map(NumberOrTable::Table),
            _ => {
                let tables = table.keys.iter();
                let tables: Vec<String> = tables
                    .map(|key| format!("a table as in `{{ {} = \"...\" }}`", key.name))
                    .collect();
                let expected = match names.is_empty() {
                    true => format!("a number, or {}", tables.join(", or ")),
                    false => format!("{}, a number, or {}", one_of(&names), tables.join(", or ")),
                };
                self.wrong_kind(key.name, item, &expected)
            }
        }
    }

    pub(crate) fn weekday(&self, key: &Key) -> Option<Weekday> {
        let item = self.required_item(key)?;
        let Value::Text(text) = &item.value else {
            return self.wrong_kind(key.name, item, "a day of the week");
        };
        for (short, whole, weekday) in WEEKDAYS {
            if text.eq_ignore_ascii_case(short) || text.eq_ignore_ascii_case(whole) {
                return Some(weekday);
            }
        }
        let short = WEEKDAYS.map(|(short, ..)| short);
        let whole = WEEKDAYS.map(|(_, whole, _)| whole);
        self.report_unknown_name(key, text, &item.place, &short, &whole);
        None
    }

    pub(crate) fn dates(&self, key: &Key) -> Option<Vec<Date>> {
        let item = self.required_item(key)?;
        let Value::Array(items) = &item.value else {
            return self.wrong_kind(key.name, item, "an array of dates, as in `[2020-01-31]`");
        };
        let date = |item: &Item| self.moment_in(key.name, item, BareDate::Midnight);
        // Each is read, so that all mistakes are found.
        let dates: Vec<Option<Moment>> = items.iter().map(date).collect();
        (dates.into_iter())
            .map(|moment| moment.map(Moment::date))
            .collect()
    }

    pub(crate) fn symbols(&self, key: &Key) -> Option<Vec<String>> {
        let item = self.required_item(key)?;
        let Value::Array(items) = &item.value else {
            return self.wrong_kind(key.name, item, "an array of symbols");
        };
        let mut symbols = Vec::with_capacity(items.len());
        for item in items.iter() {
            match &item.value {
                Value::Text(text) => {
                    self.check_symbol(text, &item.place);
                    symbols.push(text.to_string());
                }
                _ => self
                    .wrong_kind(key.name, item, "an array of symbols in quotes")
                    .unwrap_or_default(),
            }
        }
        Some(symbols)
    }

    pub(crate) fn weights(&self, key: &Key) -> Option<Vec<(String, f64)>> {
        self.by_symbol(
            key,
            "a table of weights, as in `{ SPY = 0.6, AGG = 0.4 }`",
            |name, item| self.number_in(&format!("{}.{name}", key.name), item, Bounds::Any),
        )
    }

    pub(crate) fn moments(&self, key: &Key) -> Option<Vec<(String, Moment)>> {
        self.by_symbol(
            key,
            "a table of dates, as in `{ XLC = 2018-06-18 }`",
            |name, item| self.moment_in(&format!("{}.{name}", key.name), item, BareDate::Midnight),
        )
    }

    /// Membership by symbol: each spell is a list of one or two dates.
    pub(crate) fn spells(&self, key: &Key) -> Option<Vec<(String, Vec<Spell>)>> {
        if let Some(item) = self.item(key)
            && let Value::Text(file) = &item.value
        {
            let path = self.table.path_to(key.name);
            let message = format!("`{path}` names the file `{file}`, which has not been read");
            let problem = Problem::new(&item.place, message, "a file");
            self.found.report(problem);
            return None;
        }
        let expected = "a file, or a table of spells, as in `{ AAL = [[1996-01-02, 1997-01-15], [2015-03-23]] }`";
        self.by_symbol(key, expected, |symbol, item| {
            let name = format!("{}.{symbol}", key.name);
            let one = "a list of spells, each a list of a date and, where it ends, another, as in `[[1996-01-02, 1997-01-15]]`";
            let Value::Array(items) = &item.value else {
                return self.wrong_kind(&name, item, one);
            };
            let spell = |item: &Item| {
                let Value::Array(dates) = &item.value else {
                    return self.wrong_kind(&name, item, one);
                };
                let moment = |item| self.moment_in(&name, item, BareDate::Midnight);
                match &dates[..] {
                    [from] => Some(Spell {
                        from: moment(from)?,
                        to: None,
                    }),
                    [from, to] => Some(Spell {
                        from: moment(from)?,
                        to: Some(moment(to)?),
                    }),
                    _ => self.wrong_kind(&name, item, one),
                }
            };
            items.iter().map(spell).collect()
        })
    }

    /// The parameters of a model, none when the table is not there.
    pub(crate) fn parameters(&self, key: &Key) -> Option<Vec<(String, Parameter)>> {
        let Some(item) = self.item(key) else {
            return Some(Vec::new());
        };
        let expected = "a table of parameters, as in `{ lookback = 126 }`";
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, expected);
        };
        let parameter = |entry: &Entry| {
            let parameter = match &entry.item.value {
                Value::Integer(integer) => Parameter::Integer(*integer),
                Value::Float(number) => Parameter::Number(*number),
                Value::Flag(flag) => Parameter::Flag(*flag),
                Value::Text(text) => Parameter::Text(text.to_string()),
                _ => {
                    let name = format!("{}.{}", key.name, entry.key);
                    return self.wrong_kind(&name, &entry.item, "a number, a boolean or a string");
                }
            };
            Some((entry.key.to_string(), parameter))
        };
        entries.iter().map(parameter).collect()
    }

    /// Texts by name, none when the table is not there.
    pub(crate) fn texts(&self, key: &Key) -> Option<Vec<(String, String)>> {
        let Some(item) = self.item(key) else {
            return Some(Vec::new());
        };
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, "a table of formulas by name");
        };
        let text = |entry: &Entry| match &entry.item.value {
            Value::Text(text) => Some((entry.key.to_string(), text.to_string())),
            _ => {
                let name = format!("{}.{}", key.name, entry.key);
                self.wrong_kind(&name, &entry.item, "a formula in quotes")
            }
        };
        entries.iter().map(text).collect()
    }

    fn by_symbol<T>(
        &self,
        key: &Key,
        expected: &str,
        read: impl Fn(&str, &Item) -> Option<T>,
    ) -> Option<Vec<(String, T)>> {
        let item = self.required_item(key)?;
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, expected);
        };
        let mut named = Vec::with_capacity(entries.len());
        for entry in entries.iter() {
            self.check_symbol(&entry.key, &entry.key_place);
            if let Some(value) = read(&entry.key, &entry.item) {
                named.push((entry.key.to_string(), value));
            }
        }
        // Weights without the wrong ones would be others.
        (named.len() == entries.len()).then_some(named)
    }

    /// Opens a table of this one; an empty one when it may be left out and is.
    pub(crate) fn table(&self, key: &Key) -> Option<Section<'a>> {
        let Some(item) = self.required_item(key) else {
            let is_required = matches!(key.presence, Presence::Required);
            return self.empty(key).filter(|_| !is_required);
        };
        let table = self.table.table(key)?;
        let Value::Table(entries) = &item.value else {
            return self.wrong_kind(key.name, item, "a table");
        };
        let (found, around) = (self.found, self.around);
        Some(Section::within(table, entries, &item.place, found, around))
    }

    /// Opens an array of tables.
    pub(crate) fn tables(&self, key: &Key) -> Option<Vec<Section<'a>>> {
        let item = self.required_item(key)?;
        let table = self.table.table(key)?;
        let Value::Array(items) = &item.value else {
            return self.wrong_kind(key.name, item, "an array of tables");
        };
        let mut sections = Vec::with_capacity(items.len());
        for item in items.iter() {
            match &item.value {
                Value::Table(entries) => {
                    let (found, around) = (self.found, self.around);
                    sections.push(Section::within(table, entries, &item.place, found, around));
                }
                _ => self
                    .wrong_kind(key.name, item, "an array of tables")
                    .unwrap_or_default(),
            }
        }
        Some(sections)
    }

    /// Whether the key is a parameter of the part that is named, if it is a part's. When that name
    /// is itself wrong the key is taken to be right.
    fn goes_with_tag(&self, key: &FileKey) -> bool {
        match (&key.owners, self.tag_of(key)) {
            (Some(owners), Some(part)) => owners.of(part).is_some(),
            _ => true,
        }
    }

    /// The name of the part that `key` may be a parameter of, if there is one of that name.
    fn tag_of(&self, key: &FileKey) -> Option<&'a str> {
        let tag = key.owners.as_ref()?.tag;
        let Kind::Part(parts) = tag.kind else {
            return None;
        };
        let name = match (self.item(tag), &tag.presence) {
            (None, Presence::Text(default)) => default,
            (None, _) => return None,
            (Some(item), _) => match &item.value {
                Value::Text(text) => text.as_ref(),
                _ => return None,
            },
        };
        parts.iter().any(|part| part.name == name).then_some(name)
    }
}
