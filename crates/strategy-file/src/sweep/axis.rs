//! One axis of a sweep: a key and the values it takes.

use std::sync::Arc;

use backtest::date::Date;
use toml::value::{Date as TomlDate, Datetime};

use crate::document::{Item, Value};
use crate::expression::Operand;
use crate::overrides::{Override, Path};
use crate::problem::Place;
use crate::toml_text;

/// A key of the strategy file and the values it takes in a sweep.
#[derive(Clone, Debug)]
pub struct Axis {
    name: Arc<str>,
    path: Path,
    values: Values,
    kind: AxisKind,
}

/// The type of an axis' values, as a column of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisKind {
    /// Integers.
    Integer,
    /// Floats, or floats and integers.
    Float,
    /// Booleans.
    Flag,
    /// Strings, dates, arrays, tables, or a mixture.
    Text,
}

/// One value of an axis.
#[derive(Clone, Debug, PartialEq)]
pub enum AxisValue {
    /// An integer.
    Integer(i64),
    /// A float; an integer among floats too.
    Float(f64),
    /// A boolean.
    Flag(bool),
    /// A string; a date as in TOML; a table by its model where that tells it from the others, and
    /// otherwise as TOML on one line.
    Text(Arc<str>),
}

impl std::fmt::Display for AxisValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AxisValue::Integer(integer) => write!(f, "{integer}"),
            AxisValue::Float(float) => write!(f, "{float}"),
            AxisValue::Flag(flag) => write!(f, "{flag}"),
            AxisValue::Text(text) => f.write_str(text),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum Values {
    /// Each parsed once, with its value for the results.
    List(Vec<(Override, AxisValue)>),
    Range(Range, Place),
}

/// Values at equal distances, none of which is stored. Each is formed from whole numbers, so that
/// the tenth is as exact as the first.
#[derive(Clone, Debug)]
pub(super) enum Range {
    Integers {
        from: i64,
        step: i64,
        n: u64,
    },
    /// `(from + i × step) / 10^scale`
    Decimals {
        from: i128,
        step: i128,
        scale: u32,
        n: u64,
    },
    /// The step is in days.
    Dates {
        from: i32,
        step: i64,
        n: u64,
    },
}

impl Axis {
    pub(super) fn list(name: Arc<str>, path: Path, items: &[Item]) -> Axis {
        let kind = kind_of(items);
        let by_model = models_tell_apart(items);
        let value = |item: &Item| match (&item.value, kind) {
            (Value::Integer(integer), AxisKind::Integer) => AxisValue::Integer(*integer),
            (Value::Integer(integer), AxisKind::Float) => AxisValue::Float(*integer as f64),
            (Value::Float(float), AxisKind::Float) => AxisValue::Float(*float),
            (Value::Flag(flag), AxisKind::Flag) => AxisValue::Flag(*flag),
            (Value::Text(text), _) => AxisValue::Text(text.clone()),
            (value, _) => AxisValue::Text(match model_of(value) {
                Some(model) if by_model => model.clone(),
                _ => toml_text::compact(value).into(),
            }),
        };
        let setting = |item: &Item| Override::new(name.clone(), path.clone(), item.clone());
        let values = items.iter().map(|item| (setting(item), value(item)));
        Axis {
            values: Values::List(values.collect()),
            name,
            path,
            kind,
        }
    }

    pub(super) fn range(name: Arc<str>, path: Path, range: Range, place: Place) -> Axis {
        let kind = match range {
            Range::Integers { .. } => AxisKind::Integer,
            Range::Decimals { .. } => AxisKind::Float,
            Range::Dates { .. } => AxisKind::Text,
        };
        Axis {
            name,
            path,
            values: Values::Range(range, place),
            kind,
        }
    }

    /// The dotted path of the key, as a column of results is called: `alpha.top_n`.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The type of the values.
    pub fn kind(&self) -> AxisKind {
        self.kind
    }

    /// How many values there are; at least one.
    pub fn n_values(&self) -> u64 {
        match &self.values {
            Values::List(values) => values.len() as u64,
            Values::Range(range, _) => range.n(),
        }
    }

    /// The value at a position below [`Axis::n_values`].
    ///
    /// # Panics
    ///
    /// When the position is not below.
    pub fn value(&self, position: u64) -> AxisValue {
        match &self.values {
            Values::List(values) => values[position as usize].1.clone(),
            Values::Range(range, _) => match range.value(position) {
                Value::Integer(integer) => AxisValue::Integer(integer),
                Value::Float(float) => AxisValue::Float(float),
                other => AxisValue::Text(toml_text::compact(&other).into()),
            },
        }
    }

    /// The value at a position, as an override of the strategy file.
    ///
    /// # Panics
    ///
    /// As [`Axis::value`].
    pub fn setting(&self, position: u64) -> Override {
        match &self.values {
            Values::List(values) => values[position as usize].0.clone(),
            Values::Range(range, place) => {
                let item = Item {
                    value: range.value(position),
                    place: place.clone(),
                };
                Override::new(self.name.clone(), self.path.clone(), item)
            }
        }
    }

    pub(super) fn operand(&self, position: u64) -> Operand {
        match self.value(position) {
            AxisValue::Integer(integer) => Operand::Number(integer as f64),
            AxisValue::Float(float) => Operand::Number(float),
            AxisValue::Flag(flag) => Operand::Flag(flag),
            AxisValue::Text(text) => Operand::Text(text),
        }
    }
}

impl Range {
    pub(super) fn n(&self) -> u64 {
        match *self {
            Range::Integers { n, .. } | Range::Decimals { n, .. } | Range::Dates { n, .. } => n,
        }
    }

    fn value(&self, position: u64) -> Value {
        match *self {
            Range::Integers { from, step, .. } => {
                // Below `to`, which is an `i64`; only the way there may leave its range.
                let value = i128::from(from) + i128::from(position) * i128::from(step);
                Value::Integer(value as i64)
            }
            Range::Decimals {
                from, step, scale, ..
            } => Value::Float(decimal(from + i128::from(position) * step, scale)),
            Range::Dates { from, step, .. } => {
                let day = i64::from(from) + position as i64 * step;
                let date = i32::try_from(day).ok().and_then(Date::from_epoch_days);
                let date = date.map(|date| TomlDate {
                    year: date.year() as u16,
                    month: date.month() as u8,
                    day: date.day() as u8,
                });
                Value::Datetime(Datetime {
                    date,
                    time: None,
                    offset: None,
                })
            }
        }
    }
}

/// The double nearest to `mantissa / 10^scale`, as the decimal literal would give.
fn decimal(mantissa: i128, scale: u32) -> f64 {
    const EXACT: i128 = 1 << 53;
    // Both sides are exact, so the quotient is rounded once.
    if mantissa.abs() < EXACT && scale <= 22 {
        return mantissa as f64 / 10f64.powi(scale as i32);
    }
    format!("{mantissa}e-{scale}").parse().unwrap_or(f64::NAN)
}

/// The decimal digits that a double was most likely written with, as a whole number and the power
/// of ten it is divided by. `None` beyond 30 digits.
pub(super) fn digits_of(number: f64) -> Option<(i128, u32)> {
    if !number.is_finite() {
        return None;
    }
    let text = format!("{number:e}");
    let (digits, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    let decimals = digits.split_once('.').map_or(0, |(_, after)| after.len()) as i32;
    let mantissa: i128 = digits.replace('.', "").parse().ok()?;
    let scale = decimals - exponent;
    if scale > 30 {
        return None;
    }
    match u32::try_from(scale) {
        Ok(scale) => Some((mantissa, scale)),
        Err(_) if scale >= -14 => Some((mantissa * 10i128.pow(scale.unsigned_abs()), 0)),
        Err(_) => None,
    }
}

fn kind_of(items: &[Item]) -> AxisKind {
    let all = |is: fn(&Value) -> bool| items.iter().all(|item| is(&item.value));
    if all(|value| matches!(value, Value::Integer(_))) {
        AxisKind::Integer
    } else if all(|value| matches!(value, Value::Integer(_) | Value::Float(_))) {
        AxisKind::Float
    } else if all(|value| matches!(value, Value::Flag(_))) {
        AxisKind::Flag
    } else {
        AxisKind::Text
    }
}

fn model_of(value: &Value) -> Option<&Arc<str>> {
    let Value::Table(entries) = value else {
        return None;
    };
    let model = entries.iter().find(|entry| &*entry.key == "model")?;
    match &model.item.value {
        Value::Text(model) => Some(model),
        _ => None,
    }
}

fn models_tell_apart(items: &[Item]) -> bool {
    let mut models: Vec<_> = items.iter().map(|item| model_of(&item.value)).collect();
    models.sort();
    models.windows(2).all(|pair| pair[0] != pair[1]) && models.first().is_some_and(Option::is_some)
}
