//! The metrics of `statistics.json` as a tear sheet shows them.

use serde_json::Value;
use statistics::catalogue::{Form, Metric, metrics};

use super::sheet::{Tearsheet, at};
use crate::numbers::{UNDEFINED, text};

/// The metrics that `statistics.json` holds, in the order of display.
pub fn shown_metrics() -> impl Iterator<Item = &'static Metric> {
    metrics().filter(|metric| metric.json.is_some())
}

impl Tearsheet {
    /// A metric as text, for `strategy` or `benchmark`. `None` for what only the strategy has.
    pub(crate) fn shown(&self, metric: &Metric, side: &str) -> Option<String> {
        let path = metric.path()?;
        let value = match path.split_once('.') {
            Some(("relative", key)) if side == "strategy" => &self.statistics["relative"][key],
            Some(("run", path)) if side == "strategy" => at(&self.run, path),
            Some(("relative" | "run", _)) => return None,
            _ => at(&self.statistics[side], &path),
        };
        let days = &self.statistics[side]["returns"]["calendar_days"];
        let is_long = days.as_f64() >= Some(365.0);
        let value = match metric.is_yearly && !is_long {
            true => None,
            false => written(metric.form, value),
        };
        Some(value.unwrap_or_else(|| UNDEFINED.to_owned()))
    }
}

/// A value of the file as text; `None` where it is undefined.
fn written(form: Form, value: &Value) -> Option<String> {
    match form {
        Form::Date => value.as_str().map(str::to_owned),
        Form::Interval => {
            let (low, high) = (value[0].as_f64()?, value[1].as_f64()?);
            Some(format!("{} to {}", text(form, low), text(form, high)))
        }
        Form::Period => {
            let (name, change) = (value["period"].as_str()?, value["return"].as_f64()?);
            Some(format!("{} ({name})", text(form, change)))
        }
        _ => value.as_f64().map(|value| text(form, value)),
    }
}
