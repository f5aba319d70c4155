//! Which of a table's columns are the date and the prices.

use crate::error::Problem;

/// Positions of the columns that are read, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) date: usize,
    pub(crate) open: usize,
    pub(crate) close: usize,
    pub(crate) adj_close: Option<usize>,
    pub(crate) dividends: Option<usize>,
    pub(crate) splits: Option<usize>,
    pub(crate) gains: Option<usize>,
}

pub(crate) const DATE: &str = "Date";
pub(crate) const OPEN: &str = "Open";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const ADJ_CLOSE: &str = "Adj Close";
pub(crate) const DIVIDENDS: &str = "Dividends";
pub(crate) const SPLITS: &str = "Stock Splits";
pub(crate) const GAINS: &str = "Capital Gains";

impl Columns {
    /// Finds the columns by name.
    ///
    /// Case, spaces and punctuation do not count, so that `<DATE>`, `adj_close` and Yahoo's
    /// `Close*` are known. A pandas index without a name (`__index_level_0__`) is the date when
    /// nothing else is.
    pub(crate) fn named(names: &[String]) -> Result<Columns, Problem> {
        let keys: Vec<String> = names.iter().map(|name| key(name)).collect();
        let find = |column: &'static str, spellings: &[&str]| -> Result<Option<usize>, Problem> {
            for spelling in spellings {
                let mut found = (0..keys.len()).filter(|&at| keys[at] == *spelling);
                match (found.next(), found.next()) {
                    (Some(at), None) => return Ok(Some(at)),
                    (Some(first), Some(second)) => {
                        return Err(Problem::RepeatedColumn {
                            column,
                            first: first + 1,
                            second: second + 1,
                        });
                    }
                    _ => {}
                }
            }
            Ok(None)
        };
        let found = || {
            names
                .iter()
                .map(|name| name.trim().to_owned())
                .collect::<Vec<_>>()
        };
        let price = |column: &'static str, spellings: &[&str]| {
            find(column, spellings)?.ok_or_else(|| Problem::NoColumn {
                column,
                found: found(),
            })
        };
        Ok(Columns {
            date: find(DATE, &["date", "datetime", "timestamp", "indexlevel"])?
                .ok_or_else(|| Problem::NoDateColumn { found: found() })?,
            open: price(OPEN, &["open"])?,
            close: price(CLOSE, &["close"])?,
            adj_close: find(ADJ_CLOSE, &["adjclose", "adjustedclose"])?,
            dividends: find(
                DIVIDENDS,
                &["dividends", "divcash", "dividendamount", "dividend"],
            )?,
            splits: find(
                SPLITS,
                &["stocksplits", "splitfactor", "splitcoefficient", "splits"],
            )?,
            gains: find(GAINS, &["capitalgains"])?,
        })
    }

    /// The columns that a file is read for: all of prices, dividends and splits, but adjusted closes only
    /// where they are the prices, or tell what no column of dividends does.
    pub(crate) fn numbers(&self, adjusted: bool) -> Vec<(&'static str, usize)> {
        let adj_close = self
            .adj_close
            .filter(|_| adjusted || self.dividends.is_none());
        let all = [
            (OPEN, Some(self.open)),
            (CLOSE, Some(self.close)),
            (ADJ_CLOSE, adj_close),
            (DIVIDENDS, self.dividends),
            (SPLITS, self.splits),
            (GAINS, self.gains),
        ];
        all.into_iter()
            .filter_map(|(name, at)| Some((name, at?)))
            .collect()
    }
}

/// Whether a column of this name would be taken as the date.
pub(crate) fn is_date(name: &str) -> bool {
    matches!(key(name).as_str(), "date" | "datetime" | "timestamp")
}

/// Whether a column of this name would be taken as a price.
pub(crate) fn is_price(name: &str) -> bool {
    matches!(
        key(name).as_str(),
        "open" | "close" | "adjclose" | "adjustedclose"
    )
}

/// The name's letters in lower case. Of a tuple as pandas writes it for columns of several
/// levels, `('Close', 'SPY')`, only the first element counts.
fn key(name: &str) -> String {
    let name = name.trim();
    let first = match name.strip_prefix("('") {
        Some(tuple) => tuple.split('\'').next().unwrap_or(tuple),
        None => name,
    };
    first
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}
