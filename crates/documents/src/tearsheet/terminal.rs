//! The tear sheet for a terminal: curves in Braille, a table of months.

use diagnostics::shown;
use drawing::{Axis, MONTHS};

use super::series::{depths, growth_of_one};
use super::sheet::Tearsheet;
use crate::numbers::{lines, number, per_cent, share};
use crate::text_table::TextTable;

/// Characters of a curve.
const COLUMNS: usize = 66;

/// Characters of a line of text.
const WIDTH: usize = 80;

/// Blue and yellow, which differ for any colour vision; the signs say the same.
const GAIN: &str = "\x1b[34m";
const LOSS: &str = "\x1b[33m";
const BOLD: &str = "\x1b[1m";
const PLAIN: &str = "\x1b[0m";

impl Tearsheet {
    /// The headlines, growth, drawdowns and monthly returns in characters, some 80 columns wide,
    /// with colours as ANSI escape codes.
    pub fn to_terminal(&self) -> String {
        let mut text = format!(
            "{BOLD}{}{PLAIN}\n{}\n",
            shown(&self.name),
            lines(&shown(&self.sentence()), WIDTH)
        );
        let mut headlines = TextTable::new("<><", &[14, 10]);
        for headline in self.headlines() {
            let name = headline.name.to_owned();
            headlines.row([name, headline.value, headline.remark.join(" ")]);
        }
        text += &headlines.text();
        line(&mut text, "");
        let growth = growth_of_one(&self.strategy);
        let is_positive = growth.iter().all(|value| *value > 0.0);
        let values = || growth.iter().copied();
        let axis = match is_positive {
            true => Axis::logarithmic(growth.clone()),
            false => Axis::holding(values()),
        };
        let scale = if is_positive { ", logarithmic" } else { "" };
        line(&mut text, &format!("{BOLD}growth of 1{scale}{PLAIN}"));
        plot(&mut text, &growth, &axis, 10, |value| number(value, 2));
        self.write_span(&mut text);
        let depth = depths(&self.strategy);
        let lowest = depth
            .iter()
            .copied()
            .filter(|v| v.is_finite())
            .fold(-0.01, f64::min);
        line(&mut text, &format!("{BOLD}drawdown{PLAIN}"));
        let axis = Axis::between(lowest, 0.0);
        plot(&mut text, &depth, &axis, 5, |value| share(-value, 1));
        self.write_span(&mut text);
        self.write_months(&mut text);
        for warning in self.warnings() {
            text += &lines(&format!("warning: {}", shown(&warning)), WIDTH);
        }
        text
    }

    fn write_span(&self, text: &mut String) {
        if let (Some(first), Some(last)) = (self.first_date(), self.last_date()) {
            let (first, last) = (first.to_string(), last.to_string());
            let room = COLUMNS - 10;
            line(text, &format!("{:>9} {first}{last:>room$}", ""));
        }
        line(text, "");
    }

    fn write_months(&self, text: &mut String) {
        let (months, years) = (self.strategy.monthly(), self.strategy.yearly());
        if years.is_empty() {
            return;
        }
        line(text, &format!("{BOLD}monthly returns, %{PLAIN}"));
        let mut table = TextTable::new("<>", &[4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5]).dense();
        table.row([""].into_iter().chain(MONTHS).chain(["Year"]));
        for (year, total) in years {
            let month = |month: u32| {
                let found = months.iter().find(|known| known.0 == (year, month));
                found.map_or(String::new(), |known| coloured(known.1))
            };
            let name = std::iter::once(year.to_string());
            table.row(name.chain((1..=12).map(month)).chain([coloured(total)]));
        }
        text.push_str(&table.text());
        line(text, "");
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line.trim_end());
    text.push('\n');
}

/// A return in per cent, in the colour of gains or losses.
fn coloured(value: f64) -> String {
    let decimals = usize::from(value.abs() < 0.9995);
    let colour = if value < 0.0 { LOSS } else { GAIN };
    format!("{colour}{}{PLAIN}", per_cent(value, decimals))
}

/// A curve in Braille: two by four dots a character, each column of dots filled from its lowest to
/// its highest value.
fn plot(
    text: &mut String,
    values: &[f64],
    axis: &Axis,
    rows: usize,
    label: impl Fn(f64) -> String,
) {
    const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let (wide, high) = (2 * COLUMNS, 4 * rows);
    let mut cells = vec![0u8; COLUMNS * rows];
    let dot = |value: f64| {
        let share = axis.share(value).clamp(0.0, 1.0);
        ((1.0 - share) * (high - 1) as f64).round() as usize
    };
    let n = values.len();
    for column in 0..wide {
        // From the value before, so that the curve is connected.
        let from = (column * n / wide).saturating_sub(1);
        let to = ((column + 1) * n / wide).clamp(from + 1, n.max(1)).min(n);
        let dots = (values[from.min(n)..to].iter())
            .filter(|value| value.is_finite())
            .map(|value| dot(*value));
        let Some((top, bottom)) = dots.fold(None, |range: Option<(usize, usize)>, dot| {
            Some(range.map_or((dot, dot), |(top, bottom)| (top.min(dot), bottom.max(dot))))
        }) else {
            continue;
        };
        for row in top..=bottom {
            cells[row / 4 * COLUMNS + column / 2] |= DOTS[column % 2][row % 4];
        }
    }
    for (row, cells) in cells.chunks(COLUMNS).enumerate() {
        let name = match row {
            0 => label(axis.high()),
            row if row == rows - 1 => label(axis.low()),
            _ => String::new(),
        };
        let dots: String = (cells.iter())
            .map(|bits| char::from_u32(0x2800 + u32::from(*bits)).unwrap_or(' '))
            .map(|c| if c == '\u{2800}' { ' ' } else { c })
            .collect();
        line(text, &format!("{name:>9} {dots}"));
    }
}
