//! How the script of a page writes numbers: the forms of the catalogue as a table, so that the rules
//! stand in the crate `statistics` alone.

use serde_json::{Value, json};
use statistics::catalogue::Form;

/// How numbers of a size are written: times `scale`, with decimals, before a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    /// The least absolute value.
    from: f64,
    scale: f64,
    decimals: usize,
    unit: &'static str,
}

/// The steps of a form by size, the smallest first.
fn steps(form: Form) -> Vec<Step> {
    let step = |from, scale, decimals, unit| Step {
        from,
        scale,
        decimals,
        unit,
    };
    let number = |decimals| vec![step(0.0, 1.0, decimals, ""), step(1e3, 1.0, 0, "")];
    let share = |decimals| vec![step(0.0, 1e2, decimals, " %"), step(10.0, 1e2, 0, " %")];
    match form {
        Form::Share(decimals) => share(decimals),
        Form::Period => share(1),
        Form::Number(decimals) => number(decimals),
        Form::Interval => number(2),
        Form::Years => number(1),
        Form::Currency => vec![
            step(0.0, 1.0, 0, ""),
            step(9_999.5, 1e-3, 1, "k"),
            step(999_500.0, 1e-6, 2, "M"),
            step(999_500_000.0, 1e-9, 2, "G"),
        ],
        Form::Days | Form::Count | Form::Date | Form::Digest => vec![step(0.0, 1.0, 0, "")],
    }
}

/// The steps of a form for the script: least absolute value, factor, decimals, unit.
pub(crate) fn format_of(form: Form) -> Value {
    let steps = steps(form).into_iter();
    let steps = steps.map(|step| json!([step.from, step.scale, step.decimals, step.unit]));
    Value::Array(steps.collect())
}

#[cfg(test)]
mod tests {
    use super::{Form, steps};
    use statistics::text::{decimal, grouped};

    /// As `written` in `page/common.js`.
    fn written(form: Form, value: f64) -> String {
        let steps = steps(form);
        let step = steps.iter().rfind(|step| value.abs() >= step.from).unwrap();
        let scaled = value * step.scale;
        let text = match step.decimals {
            0 => grouped(scaled.round()),
            decimals => decimal(scaled, decimals),
        };
        text + step.unit
    }

    #[test]
    fn the_script_writes_numbers_as_the_catalogue_does() {
        let forms = [
            Form::Share(0),
            Form::Share(1),
            Form::Share(2),
            Form::Number(2),
            Form::Number(3),
            Form::Years,
            Form::Days,
            Form::Count,
            Form::Currency,
        ];
        let sizes = [
            0.0, 0.0004, 0.1234, 0.98, 1.239, 12.34, 123.45, 1234.56, 12_345.6, 2.3e6, 4.5e9,
        ];
        for form in forms {
            for value in sizes.into_iter().flat_map(|size| [size, -size]) {
                assert_eq!(written(form, value), form.text(value), "{form:?} {value}");
            }
        }
    }
}
