//! The report of a sweep for a terminal.

use super::report::{NO_SHARPE, SweepReport};
use crate::numbers::{count, lines, of, shown};
use crate::text_table::TextTable;

/// Rows of the table of the best.
const TOP: usize = 10;

/// Characters of a line.
const WIDTH: usize = 80;

/// Bins of the histogram.
const BINS: usize = 12;

/// Characters of the longest bar.
const BAR: usize = 50;

impl SweepReport<'_> {
    /// The distribution of the Sharpe ratios and the best trials in characters. Maps are those of
    /// `gridfolio results --map`.
    pub fn to_terminal(&self) -> String {
        let overview = self.overview;
        let trials = of(overview.trials.len(), "trial");
        let mut text = format!("{}: {trials}\n\n", diagnostics::shown(&self.title()));
        let rows = self.ranked();
        if rows.is_empty() {
            text += &format!("{NO_SHARPE}\n");
        } else {
            text += &self.histogram(&rows);
            text += &format!("\n{}", self.best_trials(&rows));
        }
        if let Some(luck) = self.luck {
            let answer = format!("is it luck? {}", luck.headline());
            text += &format!("\n{}", lines(&answer, WIDTH));
        }
        if let Some(ruined) = overview.ruined.sentence() {
            text += &format!("\n{}", lines(&ruined, WIDTH));
        }
        for (reason, n, first) in overview.failures.iter().take(3) {
            let failed = format!(
                "{} failed, first trial {first}: {}",
                count(*n as f64),
                diagnostics::shown(reason)
            );
            text += &format!("\n{}", lines(&failed, WIDTH));
        }
        text
    }

    /// The Sharpe ratios of rows, the highest first, as bars.
    fn histogram(&self, rows: &[usize]) -> String {
        let sharpe = self.values("sharpe");
        let (high, low) = (sharpe[rows[0]], sharpe[rows[rows.len() - 1]]);
        let (bins, width) = match high > low {
            true => (BINS, (high - low) / BINS as f64),
            false => (1, 1.0),
        };
        let mut counts = vec![0usize; bins];
        for row in rows {
            counts[(((sharpe[*row] - low) / width) as usize).min(bins - 1)] += 1;
        }
        let most = counts.iter().copied().max().unwrap_or(0).max(1);
        let mut text = "Sharpe ratio\n".to_owned();
        for (bin, n) in counts.iter().enumerate() {
            let from = shown("sharpe", low + bin as f64 * width);
            let bar = "█".repeat((n * BAR).div_ceil(most));
            text += &format!("{from:>8}  {bar} {}\n", count(*n as f64));
        }
        text
    }

    /// The first of some rows and their parameters.
    fn best_trials(&self, rows: &[usize]) -> String {
        let mut table = TextTable::new(">>>><", &[8, 7, 7, 12]);
        table.row(["trial", "Sharpe", "CAGR", "max drawdown", "parameters"]);
        for &row in rows.iter().take(TOP) {
            let trial = self.overview.trials[row].to_string();
            let metrics = ["sharpe", "cagr", "max_drawdown"];
            let mut cells = vec![trial];
            cells.extend(metrics.map(|metric| shown(metric, self.values(metric)[row])));
            // Long parameters continue in the rows below.
            for part in lines(&diagnostics::shown(&self.short_parameters(row)), WIDTH - 42).lines()
            {
                cells.push(part.to_owned());
                table.row(std::mem::replace(&mut cells, vec![String::new(); 4]));
            }
        }
        table.text()
    }
}
