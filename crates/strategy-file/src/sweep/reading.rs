//! From the `[sweep]` table to a space.

use std::sync::Arc;

use backtest::date::Date;
use backtest::declaration::Options;

use super::axis::{Axis, Range, digits_of};
use super::points::{MOST_SOBOL_AXES, MOST_SOBOL_TRIALS};
use super::{MOST_TRIALS, Space};
use crate::choices::Sampler;
use crate::document::{Document, Entry, Item, Source, Value};
use crate::expression::Expression;
use crate::keys::{DATA, SWEEP, TRIALS, sweep};
use crate::overrides::{Path, parse_path};
use crate::problem::{Found, Place, Problem, Problems};
use crate::section::Section;
use crate::section::declared::{check_setting, may_be_axis};
use crate::toml_text;
use crate::tree::file;

impl Document {
    /// Whether there is a `[sweep]` table.
    pub fn has_space(&self) -> bool {
        table(self).is_some()
    }

    /// Reads the `[sweep]` table; `None` when there is none.
    ///
    /// Each axis value is checked by itself: that its key exists and takes such a value. What one
    /// value asks of another is found when a trial is read.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the table, in the order of the text.
    pub fn space(&self) -> Result<Option<Space>, Problems> {
        space(self)
    }
}

fn table(document: &Document) -> Option<&Entry> {
    let mut entries = document.root.iter();
    entries.find(|entry| *entry.key == *SWEEP.name)
}

fn space(document: &Document) -> Result<Option<Space>, Problems> {
    let Some(entry) = table(document) else {
        return Ok(None);
    };
    let found = Found::default();
    let space = read(entry, &found);
    match found.or(space)? {
        Some(space) => Ok(Some(space)),
        // What cannot be read has been reported; this says so if ever it was not.
        None => Err(Problem::new(&entry.item.place, "the sweep is incomplete", "").into()),
    }
}

fn read(entry: &Entry, found: &Found) -> Option<Space> {
    let Value::Table(entries) = &entry.item.value else {
        let label = format!("this is {}", entry.item.value.kind());
        found.report(Problem::new(
            &entry.item.place,
            "`sweep` must be a table",
            label,
        ));
        return None;
    };
    let section = Section::new(file().table(&SWEEP)?, entries, &entry.item.place, found);
    let sampler = section.name(&sweep::SAMPLER).and_then(Sampler::named);
    let trials = match sampler {
        Some(Sampler::Random | Sampler::Sobol) => section.count(&TRIALS),
        _ => None,
    };
    let seed = section.whole_number(&sweep::SEED);
    let axes = axes(&section);
    let constraint = match (section.item(&sweep::WHERE), &axes) {
        (None, _) => Some(None),
        (Some(_), None) => {
            // Without axes there are no names, but it can be a string.
            section.text(&sweep::WHERE);
            None
        }
        (Some(item), Some(axes)) => constraint(&section, item, axes).map(Some),
    };

    let (sampler, axes) = (sampler?, axes?);
    let n_numbers = match sampler {
        Sampler::Grid => grid_size(&axes, &section)?,
        Sampler::Random => u64::from(trials?),
        Sampler::Sobol => {
            let trials = u64::from(trials?);
            if trials > MOST_SOBOL_TRIALS || axes.len() > MOST_SOBOL_AXES {
                let place = section.place_of(&TRIALS);
                let message = format!("a sobol sweep of {trials} trials and {} axes", axes.len());
                let label =
                    format!("at most {MOST_SOBOL_TRIALS} trials and {MOST_SOBOL_AXES} axes");
                let help = "for more, set `sampler = \"random\"`";
                found.report(Problem::new(place, message, label).help(help));
            }
            trials
        }
    };
    let mut order: Vec<usize> = (0..axes.len()).collect();
    order.sort_by_key(|&axis| axes[axis].path().len());
    Some(Space {
        axes,
        order,
        sampler,
        n_numbers,
        seed: seed?,
        constraint: constraint?,
    })
}

fn grid_size(axes: &[Axis], section: &Section<'_>) -> Option<u64> {
    let size = axes.iter().try_fold(1u64, |size, axis| {
        size.checked_mul(axis.n_values())
            .filter(|size| *size <= MOST_TRIALS)
    });
    if size.is_none() {
        let place = section.place_of(&sweep::AXES);
        let message = "the grid has more than 2^53 trials";
        let problem = Problem::new(place, message, "too many combinations");
        let help = "set `sampler = \"random\"` and `trials` to draw some of them";
        section.found.report(problem.help(help));
    }
    size
}

fn constraint(section: &Section<'_>, item: &Item, axes: &[Axis]) -> Option<(Expression, Place)> {
    let text = section.text(&sweep::WHERE)?;
    let names: Vec<&str> = axes.iter().map(Axis::name).collect();
    let error = match Expression::parse(text, &names) {
        Ok(expression) if !expression.names().is_empty() => {
            return Some((expression, item.place.clone()));
        }
        Ok(_) => Problem::new(&item.place, "the constraint names no axis", "no axis here")
            .help(format!("the axes are {}", diagnostics::all_of(&names))),
        Err(error) => {
            let place = item.place.within(text, &error.span);
            let problem = Problem::new(&place, "the constraint cannot be read", error.message);
            match error.help {
                Some(help) => problem.help(help),
                None => problem,
            }
        }
    };
    section.found.report(error);
    None
}

fn axes(section: &Section<'_>) -> Option<Vec<Axis>> {
    let Some(item) = section.item(&sweep::AXES) else {
        section.report_missing(&sweep::AXES);
        return None;
    };
    let Value::Table(entries) = &item.value else {
        let label = format!("this is {}", item.value.kind());
        let problem = Problem::new(&item.place, "`sweep.axes` must be a table", label);
        section.found.report(problem.help(EXAMPLE));
        return None;
    };
    if entries.is_empty() {
        let problem = Problem::new(&item.place, "the sweep has no axes", "empty");
        section.found.report(problem.help(EXAMPLE));
        return None;
    }
    let mut reader = AxisReader {
        found: section.found,
        axes: Vec::new(),
        complete: true,
    };
    reader.entries(&[], entries);
    reader.complete.then_some(reader.axes)
}

const EXAMPLE: &str =
    "an axis is written `\"alpha.lookback\" = { from = 21, to = 252, step = 21 }`";

struct AxisReader<'a> {
    found: &'a Found,
    axes: Vec<Axis>,
    complete: bool,
}

impl AxisReader<'_> {
    fn entries(&mut self, before: &[(Arc<str>, Place)], entries: &[Entry]) {
        for entry in entries {
            // `"alpha.top_n"` in quotes is a path; without, TOML has made tables of it.
            let own = match parse_path(&entry.key, &Source::File) {
                Ok(own) => own.into_iter().map(|(key, _)| key).collect(),
                Err(_) => vec![entry.key.clone()],
            };
            let own = own.into_iter().map(|key| (key, entry.key_place.clone()));
            let path: Vec<_> = before.iter().cloned().chain(own).collect();
            match &entry.item.value {
                Value::Table(inner) if !is_range(inner) => self.entries(&path, inner),
                _ => match self.axis(path.into(), entry) {
                    Some(axis) => self.axes.push(axis),
                    None => self.complete = false,
                },
            }
        }
    }

    fn axis(&mut self, path: Path, entry: &Entry) -> Option<Axis> {
        let keys: Vec<String> = path
            .iter()
            .map(|(key, _)| toml_text::toml_key(key))
            .collect();
        let name: Arc<str> = keys.join(".").into();
        if self.axes.iter().any(|axis| axis.name() == &*name) {
            let message = format!("two axes are called `{name}`");
            (self.found).report(Problem::new(&entry.key_place, message, "again"));
            return None;
        }
        if !may_be_axis(&path) {
            let message = format!("`{name}` cannot be an axis");
            let problem = Problem::new(&entry.key_place, message, "not a part of the strategy");
            let is_data = path.first().is_some_and(|(key, _)| **key == *DATA.name);
            let help = match is_data {
                true => "to compare data, sweep over several strategy files",
                false => "it is the same for all trials: set it in its own table",
            };
            self.found.report(problem.help(help));
            return None;
        }
        let axis = match &entry.item.value {
            Value::Array(items) if items.is_empty() => {
                let message = format!("the axis `{name}` has no values");
                (self.found).report(Problem::new(&entry.item.place, message, "empty"));
                return None;
            }
            Value::Array(items) => {
                // One complaint about the key is enough.
                let fits = |item| check_setting(&path, &name, item, self.found);
                if !items.iter().all(fits) {
                    return None;
                }
                Axis::list(name, path, items)
            }
            Value::Table(entries) => {
                let range = self.range(&name, entries, &entry.item.place)?;
                let axis = Axis::range(name.clone(), path.clone(), range, entry.item.place.clone());
                // Between its ends a range meets whatever bounds they meet.
                let ends = [0, axis.n_values() - 1];
                let fits = |end| check_setting(&path, &name, axis.setting(end).item(), self.found);
                if !ends.into_iter().all(fits) {
                    return None;
                }
                axis
            }
            other => {
                let message = format!("the axis `{name}` is {}, not values", other.kind());
                let problem =
                    Problem::new(&entry.item.place, message, "must be an array or a range");
                let help = "write `[1, 2, 3]` or `{ from = 1, to = 3, step = 1 }`";
                self.found.report(problem.help(help));
                return None;
            }
        };
        Some(axis)
    }

    fn range(&self, name: &str, entries: &[Entry], place: &Place) -> Option<Range> {
        let item = |key: &str| {
            let entry = entries.iter().find(|entry| &*entry.key == key);
            entry.map(|entry| &entry.item)
        };
        let complain = |place: &Place, message: String, label: &str, help: &str| {
            (self.found).report(Problem::new(place, message, label).help(help));
            None::<Range>
        };
        let (Some(from), Some(to)) = (item("from"), item("to")) else {
            let message = format!(
                "the range of `{name}` has no {}",
                match item("from") {
                    None => "`from`",
                    Some(_) => "`to`",
                }
            );
            return complain(
                place,
                message,
                "incomplete",
                "write `{ from = 1, to = 9, step = 2 }`",
            );
        };
        if let Some(step) = item("step")
            && matches!(step.value, Value::Integer(0) | Value::Float(0.0))
        {
            let message = format!("the range of `{name}` has a step of zero");
            return complain(
                &step.place,
                message,
                "never arrives",
                "a step is positive or negative",
            );
        }
        let range = match (&from.value, &to.value, item("step").map(|step| &step.value)) {
            (Value::Integer(from), Value::Integer(to), None | Some(Value::Integer(_))) => {
                let step = item("step").map_or(1, |step| match step.value {
                    Value::Integer(step) => step,
                    _ => 1,
                });
                let n = steps((*from).into(), (*to).into(), step.into());
                n.map(|n| Range::Integers {
                    from: *from,
                    step,
                    n,
                })
            }
            (Value::Datetime(_), Value::Datetime(_), None | Some(Value::Integer(_))) => {
                let (Some(from), Some(to)) = (day(&from.value), day(&to.value)) else {
                    let message = format!("the range of `{name}` has times");
                    return complain(
                        place,
                        message,
                        "must be dates",
                        "write dates without a time",
                    );
                };
                let step = item("step").map_or(1, |step| match step.value {
                    Value::Integer(step) => step,
                    _ => 1,
                });
                let n = steps(from.into(), to.into(), step.into());
                n.map(|n| Range::Dates { from, step, n })
            }
            (from, to, step) => {
                let (Some(from), Some(to)) = (digits(from), digits(to)) else {
                    let message = format!("the range of `{name}` is not of numbers or dates");
                    let help = "for other values, write an array";
                    return complain(place, message, "needs numbers of at most 30 digits", help);
                };
                let Some(step) = step else {
                    let message = format!("the range of `{name}` has no `step`");
                    let help = "between decimals, say how far apart: `step = 0.01`";
                    return complain(place, message, "incomplete", help);
                };
                let Some(step) = digits(step) else {
                    let message = format!("the step of `{name}` is {}", step.kind());
                    return complain(place, message, "must be a number", "as in `step = 0.01`");
                };
                let scale = from.1.max(to.1).max(step.1);
                let at_scale = |(mantissa, own): (i128, u32)| {
                    10i128.checked_pow(scale - own)?.checked_mul(mantissa)
                };
                match (at_scale(from), at_scale(to), at_scale(step)) {
                    (Some(from), Some(to), Some(step)) => {
                        let n = steps(from, to, step);
                        n.map(|n| Range::Decimals {
                            from,
                            step,
                            scale,
                            n,
                        })
                    }
                    _ => {
                        let message = format!("the range of `{name}` needs more than 38 digits");
                        return complain(place, message, "too fine", "round its numbers");
                    }
                }
            }
        };
        match range {
            Some(range) if range.n() == 0 => {
                let message = format!("the axis `{name}` has no values");
                let help = "`to` must lie beyond `from` in the direction of the step";
                complain(place, message, "leads away from `to`", help)
            }
            Some(range) => Some(range),
            None => {
                let message = format!("the axis `{name}` has more than 2^53 values");
                complain(place, message, "too many", "make the step larger")
            }
        }
    }
}

fn is_range(entries: &[Entry]) -> bool {
    let is_end = |entry: &Entry| matches!(&*entry.key, "from" | "to" | "step");
    entries.is_empty() || entries.iter().all(is_end)
}

fn day(value: &Value) -> Option<i32> {
    let Value::Datetime(datetime) = value else {
        return None;
    };
    let date = datetime.date.filter(|_| datetime.time.is_none())?;
    Date::new(date.year.into(), date.month.into(), date.day.into()).map(Date::epoch_days)
}

fn digits(value: &Value) -> Option<(i128, u32)> {
    match value {
        Value::Integer(integer) => Some(((*integer).into(), 0)),
        Value::Float(float) => digits_of(*float),
        _ => None,
    }
}

/// How many values there are from one end to the other, both included if the steps meet them.
/// `None` when there are more than [`MOST_TRIALS`].
fn steps(from: i128, to: i128, step: i128) -> Option<u64> {
    let distance = to.checked_sub(from)?;
    if step == 0 || (distance != 0 && distance.signum() != step.signum()) {
        return Some(0);
    }
    let n = distance.checked_div(step)?.checked_add(1)?;
    u64::try_from(n).ok().filter(|n| *n <= MOST_TRIALS)
}
