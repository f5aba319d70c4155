//! The progress of a sweep: a bar on a terminal, a line every ten seconds elsewhere.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use sweep::Progress;

use crate::terminal;

/// Shows progress on the standard error.
pub(crate) struct Meter {
    kind: Kind,
}

enum Kind {
    Nothing,
    Bar(ProgressBar),
    Lines(Mutex<Lines>),
}

/// When a line was last printed, and when the run began.
struct Lines {
    began: Instant,
    last: Instant,
}

const BETWEEN_LINES: Duration = Duration::from_secs(10);

impl Meter {
    pub(crate) fn new(quiet: bool) -> Meter {
        let kind = if quiet {
            Kind::Nothing
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(0);
            let style = "{bar:40} {pos} of {len} trials, {per_sec}, {eta} left{msg}";
            bar.set_style(
                ProgressStyle::with_template(style).expect("the template is well-formed"),
            );
            Kind::Bar(bar)
        } else {
            let now = Instant::now();
            Kind::Lines(Mutex::new(Lines {
                began: now,
                last: now,
            }))
        };
        Meter { kind }
    }

    pub(crate) fn show(&self, progress: Progress) {
        match &self.kind {
            Kind::Nothing => {}
            Kind::Bar(bar) => {
                bar.set_length(progress.total);
                bar.set_position(progress.done);
                if progress.failed > 0 {
                    bar.set_message(format!(", {} failed", progress.failed));
                }
            }
            Kind::Lines(lines) => {
                let mut lines = lines
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner());
                if lines.last.elapsed() >= BETWEEN_LINES {
                    lines.last = Instant::now();
                    terminal::complain(&line(progress, lines.began.elapsed()));
                }
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Kind::Bar(bar) = &self.kind {
            bar.finish_and_clear();
        }
    }
}

/// Shows the progress of a sweep on other machines on the standard error: a bar and a line on a
/// terminal, a line every ten seconds elsewhere.
pub(crate) struct Watched {
    bar: Option<ProgressBar>,
    quiet: bool,
    last: Mutex<Option<Instant>>,
}

impl Watched {
    pub(crate) fn new(quiet: bool, total: u64) -> Watched {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template("{bar:30} {wide_msg}");
            bar.set_style(style.expect("the template is well-formed"));
            bar
        });
        Watched {
            bar,
            quiet,
            last: Mutex::new(None),
        }
    }

    pub(crate) fn show(&self, done: u64, line: &str) {
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.set_message(line.to_owned());
        } else if !self.quiet {
            let mut last = self
                .last
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            if last.is_none_or(|last| last.elapsed() >= BETWEEN_LINES) {
                *last = Some(Instant::now());
                terminal::complain(line);
            }
        }
    }

    /// Prints a message beside it, unless it is quiet.
    pub(crate) fn mention(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Prints a warning beside it.
    pub(crate) fn warn(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| terminal::complain(text)),
            None => terminal::complain(text),
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn line(progress: Progress, elapsed: Duration) -> String {
    let Progress {
        done,
        total,
        computed,
        failed,
    } = progress;
    let rate = computed as f64 / elapsed.as_secs_f64();
    let left = total.saturating_sub(done) as f64 / rate.max(1e-9);
    format!("{done} of {total} trials, {rate:.0} a second, {left:.0} s left, {failed} failed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long() {
        let progress = Progress {
            done: 500,
            total: 2000,
            computed: 300,
            failed: 2,
        };
        let line = line(progress, Duration::from_secs(10));
        assert_eq!(line, "500 of 2000 trials, 30 a second, 50 s left, 2 failed");
    }
}
