//! The data of a page: columns of numbers as compressed bytes.

use std::io::Write;

use backtest::date::Date;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Map, Value, json};

/// Values that are kept with all the precision of a float.
const FEW: usize = 1000;

/// Columns of numbers, by name.
///
/// The bytes of each column are sorted by their rank, the least significant of all numbers first,
/// which deflates better; then everything is deflated and written in base 64.
#[derive(Default)]
pub(crate) struct Columns {
    bytes: Vec<u8>,
    /// Name, type as JavaScript calls it, where it begins, how many numbers, and more.
    index: Map<String, Value>,
}

impl Columns {
    /// 24 bits of precision; NaN where there is none.
    pub(crate) fn floats(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        let bytes = values.into_iter().map(|value| (value as f32).to_le_bytes());
        self.planes::<4>(name, "Float32Array", bytes.collect(), Value::Null);
    }

    /// Differences to the number before, which must fit sixteen bits.
    pub(crate) fn small(&mut self, name: &str, values: impl IntoIterator<Item = u16>) {
        let bytes = values.into_iter().map(u16::to_le_bytes).collect();
        self.planes::<2>(name, "Uint16Array", bytes, Value::Null);
    }

    /// Days in order: the differences between them. The page knows the first.
    pub(crate) fn days(&mut self, name: &str, dates: &[Date]) {
        let steps = dates.windows(2).map(|pair| {
            let days = pair[1].epoch_days() - pair[0].epoch_days();
            u16::try_from(days).unwrap_or(u16::MAX)
        });
        let first = dates.first().map(|_| 0);
        self.small(name, first.into_iter().chain(steps));
    }

    /// As `small` of 65,535 steps from the lowest to the highest value; the last number stands for
    /// no value. A few values are not worth the last digit that a step may turn: they are `floats`.
    pub(crate) fn quantised(&mut self, name: &str, values: &[f64]) {
        if values.len() <= FEW {
            return self.floats(name, values.iter().copied());
        }
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let low = finite().fold(f64::INFINITY, f64::min);
        let high = finite().fold(f64::NEG_INFINITY, f64::max);
        let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
        let step = (high - low) / 65_534.0;
        let bytes = values.iter().map(|value| {
            let quantum = match value.is_finite() {
                true if step > 0.0 => ((value - low) / step).round() as u16,
                true => 0,
                false => u16::MAX,
            };
            quantum.to_le_bytes()
        });
        let range = json!([low, step]);
        self.planes::<2>(name, "Uint16Array", bytes.collect(), range);
    }

    fn planes<const N: usize>(&mut self, name: &str, kind: &str, all: Vec<[u8; N]>, range: Value) {
        let start = self.bytes.len();
        for plane in 0..N {
            self.bytes.extend(all.iter().map(|bytes| bytes[plane]));
        }
        let place = json!([kind, start, all.len(), range]);
        self.index.insert(name.to_owned(), place);
    }

    /// The index as JSON, and the bytes.
    pub(crate) fn encoded(&self) -> (String, String) {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::new(7));
        // Memory takes what is written.
        let _ = deflated.write_all(&self.bytes);
        let deflated = deflated.finish().unwrap_or_default();
        let index = Value::Object(self.index.clone()).to_string();
        (index.replace('<', "\\u003c"), STANDARD.encode(deflated))
    }
}
