//! The CSV files: equity, transactions, dividends and splits, and target allocations.
//!
//! Floats are the shortest decimals that read back as the same double. Cells are quoted only when
//! they must be, and what a spreadsheet would take for a formula begins with an apostrophe.

use std::io::Write;

use diagnostics::csv_cell;

use crate::qstrader::Allocations;
use crate::report::Report;

impl Report<'_> {
    /// `date,equity`: a row for each recorded close, in currency units. With cash flows there is a
    /// column `cash_flow`: what was paid in at the open of the day, negative when withdrawn.
    pub fn equity_csv(&self) -> Vec<u8> {
        let outcome = self.run.outcome;
        let mut csv = Csv::new(32 * (outcome.equity.len() + 1));
        if !outcome.moved_cash.is_empty() {
            return self.equity_csv_with_flows(csv);
        }
        csv.row(format_args!("date,equity"));
        for (date, equity) in outcome.dates(self.run.market()).iter().zip(&outcome.equity) {
            csv.row(format_args!("{date},{equity:?}"));
        }
        csv.0
    }

    fn equity_csv_with_flows(&self, mut csv: Csv) -> Vec<u8> {
        let (outcome, market) = (self.run.outcome, self.run.market());
        let mut moved = outcome.moved_cash.iter().peekable();
        csv.row(format_args!("date,equity,cash_flow"));
        for (date, equity) in outcome.dates(market).iter().zip(&outcome.equity) {
            let today = moved.next_if(|moved| market.date(moved.mark.session) == *date);
            let amount = today.map_or(0.0, |moved| moved.amount);
            csv.row(format_args!("{date},{equity:?},{amount:?}"));
        }
        csv.0
    }

    /// `timestamp,asset,quantity,price,commission`: a row for each fill. Quantities are negative
    /// when sold; prices hold slippage and spread.
    pub fn transactions_csv(&self) -> Vec<u8> {
        let market = self.run.market();
        let symbols: Vec<_> = market.symbols().iter().map(|s| csv_cell(s)).collect();
        let mut csv = Csv::new(80 * (self.run.outcome.fills.len() + 1));
        csv.row(format_args!("timestamp,asset,quantity,price,commission"));
        for fill in &self.run.outcome.fills {
            csv.row(format_args!(
                "{},{},{:?},{:?},{:?}",
                market.moment(fill.mark),
                symbols[fill.asset.index()],
                fill.quantity,
                fill.price,
                fill.commission,
            ));
        }
        csv.0
    }

    /// `date,asset,split,dividend,shares_before,shares,cash_in_lieu,dividends_paid`: a row for each
    /// dividend and split of what was held. `split` is in new shares for each old one, `dividend` in
    /// currency units for each share after it; the last two are in currency units, negative when paid.
    pub fn corporate_actions_csv(&self) -> Vec<u8> {
        let market = self.run.market();
        let mut csv = Csv::new(80 * (self.run.outcome.entitlements.len() + 1));
        csv.row(format_args!(
            "date,asset,split,dividend,shares_before,shares,cash_in_lieu,dividends_paid"
        ));
        for one in &self.run.outcome.entitlements {
            csv.row(format_args!(
                "{},{},{:?},{:?},{:?},{:?},{:?},{:?}",
                market.date(one.session),
                csv_cell(market.symbol(one.asset)),
                one.split,
                one.dividend,
                one.before,
                one.holding,
                one.in_lieu,
                one.paid,
            ));
        }
        csv.0
    }

    /// `date` and a column per asset: a row for each decision, with the target weights as they are
    /// traded: weights above one scaled down, those of a long/short portfolio times its leverage;
    /// under QSTrader's scaling as they were named. A cell is empty where the asset was neither in the universe nor held nor named.
    pub fn target_allocations_csv(&self) -> Vec<u8> {
        let allocations = Allocations::of(&self.run);
        let market = self.run.market();
        let mut csv = Csv::new(16 * (allocations.columns.len() + 1) * (allocations.rows.len() + 1));
        csv.cell("date");
        for &asset in &allocations.columns {
            csv.cell(csv_cell(market.symbol(asset)));
        }
        csv.end_row();
        for (date, weights) in &allocations.rows {
            csv.cell(date);
            for weight in weights {
                match weight {
                    Some(weight) => csv.cell(format_args!("{weight:?}")),
                    None => csv.cell(""),
                }
            }
            csv.end_row();
        }
        csv.0
    }
}

struct Csv(Vec<u8>);

impl Csv {
    fn new(capacity: usize) -> Csv {
        Csv(Vec::with_capacity(capacity))
    }

    fn row(&mut self, cells: std::fmt::Arguments<'_>) {
        writeln!(self.0, "{cells}").expect("a `Vec` takes all bytes");
    }

    /// A cell and the comma after it.
    fn cell(&mut self, value: impl std::fmt::Display) {
        write!(self.0, "{value},").expect("a `Vec` takes all bytes");
    }

    fn end_row(&mut self) {
        self.0.pop();
        self.0.push(b'\n');
    }
}
