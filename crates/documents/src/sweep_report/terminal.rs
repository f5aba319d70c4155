//! The report of a sweep for a terminal.

use super::{SweepReport, shown};
use crate::numbers::{count, lines, of};

/// Rows of the table of the best.
const TOP: usize = 10;

/// Characters of a line.
const WIDTH: usize = 80;

impl SweepReport<'_> {
    /// The distribution of the Sharpe ratios and the best trials in characters. Maps are those of
    /// `gridfolio results --map`.
    pub fn to_terminal(&self) -> String {
        let overview = self.overview;
        let mut text = format!(
            "{}: {}\n\n",
            self.title(),
            of(overview.trials.len(), "trial")
        );
        let sharpe = self.values("sharpe");
        let mut rows: Vec<usize> = (0..sharpe.len())
            .filter(|at| sharpe[*at].is_finite())
            .collect();
        let low = rows
            .iter()
            .map(|at| sharpe[*at])
            .fold(f64::INFINITY, f64::min);
        let high = rows
            .iter()
            .map(|at| sharpe[*at])
            .fold(f64::NEG_INFINITY, f64::max);
        if rows.is_empty() {
            text += "no trial has a Sharpe ratio\n";
        } else {
            const BINS: usize = 12;
            let width = if high > low {
                (high - low) / BINS as f64
            } else {
                1.0
            };
            let mut counts = [0usize; BINS];
            for at in &rows {
                counts[(((sharpe[*at] - low) / width) as usize).min(BINS - 1)] += 1;
            }
            let most = counts.iter().copied().max().unwrap_or(1).max(1);
            text += "Sharpe ratio\n";
            for (bin, n) in counts
                .iter()
                .enumerate()
                .filter(|(bin, _)| high > low || *bin == 0)
            {
                let from = shown("sharpe", low + bin as f64 * width);
                let bar = "█".repeat((n * 50).div_ceil(most));
                text += &format!("{from:>8}  {bar} {}\n", count(*n as f64));
            }
        }
        rows.sort_by(|a, b| sharpe[*b].total_cmp(&sharpe[*a]).then(a.cmp(b)));
        rows.truncate(TOP);
        if !rows.is_empty() {
            text += &format!(
                "\n{:>8}{:>9}{:>9}{:>14}  parameters\n",
                "trial", "Sharpe", "CAGR", "max drawdown"
            );
        }
        for row in rows {
            let told = |name: &str| shown(name, self.values(name)[row]);
            let line = format!(
                "{:>8}{:>9}{:>9}{:>14}  ",
                overview.trials[row],
                told("sharpe"),
                told("cagr"),
                told("max_drawdown")
            );
            // Long parameters go on below their beginning.
            let indent = format!("\n{:42}", "");
            let parameters = lines(&self.short_parameters(row), WIDTH - 42);
            text += &line;
            text += &parameters.trim_end().replace('\n', &indent);
            text.push('\n');
        }
        if let Some(luck) = self.luck {
            let answer = format!("is it luck? {}", luck.headline());
            text += &format!("\n{}", lines(&answer, WIDTH));
        }
        for (reason, n, first) in overview.failures.iter().take(3) {
            let failed = format!("{} failed, first trial {first}: {reason}", count(*n as f64));
            text += &format!("\n{}", lines(&failed, WIDTH));
        }
        text
    }
}
