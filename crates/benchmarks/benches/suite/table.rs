//! The rows that the suite prints and writes as JSON.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Timing;

/// One case's figures. What was not measured is `None`.
pub(crate) struct Row {
    pub(crate) name: String,
    /// CPU time of one repetition.
    pub(crate) timing: Timing,
    /// That of the plain loop, for the same backtest in the same run.
    pub(crate) plain_loop: Option<Timing>,
    pub(crate) budget: Option<Duration>,
    pub(crate) instructions: Option<u64>,
    /// Bytes, most at a time.
    pub(crate) peak_memory: Option<u64>,
}

pub(crate) fn write_header(out: &mut dyn Write) -> io::Result<()> {
    let columns = [
        "median",
        "minimum",
        "plain loop",
        "faster",
        "budget",
        "instructions",
        "memory",
    ];
    write!(out, "{:<20}", "case")?;
    for column in columns {
        write!(out, " {column:>12}")?;
    }
    writeln!(out)
}

impl Row {
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let dash = || "-".to_owned();
        let cells = [
            time(self.timing.median),
            time(self.timing.minimum),
            self.plain_loop
                .map_or_else(dash, |plain| time(plain.median)),
            self.faster()
                .map_or_else(dash, |ratio| format!("{ratio:.1} x")),
            self.budget.map_or_else(dash, time),
            self.instructions
                .map_or_else(dash, |count| count.to_string()),
            self.peak_memory
                .map_or_else(dash, |bytes| format!("{:.1} MB", bytes as f64 / 1e6)),
        ];
        write!(out, "{:<20}", self.name)?;
        for cell in cells {
            write!(out, " {cell:>12}")?;
        }
        writeln!(out)
    }

    pub(crate) fn json(&self) -> Value {
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        json!({
            "case": self.name,
            "median_ns": nanoseconds(self.timing.median),
            "minimum_ns": nanoseconds(self.timing.minimum),
            "plain_loop_median_ns": self.plain_loop.map(|plain| nanoseconds(plain.median)),
            "times_faster_than_plain_loop": self.faster(),
            "budget_ns": self.budget.map(nanoseconds),
            "instructions": self.instructions,
            "peak_memory_bytes": self.peak_memory,
        })
    }

    /// How many times as long the plain loop takes.
    fn faster(&self) -> Option<f64> {
        let plain = self.plain_loop?;
        Some(plain.median.as_secs_f64() / self.timing.median.as_secs_f64())
    }
}

fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1e-3 => format!("{:.1} us", seconds * 1e6),
        seconds if seconds < 1.0 => format!("{:.2} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}
