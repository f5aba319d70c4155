//! Which files of a folder hold the prices of which symbols.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::error::{FolderError, SymbolError};
use crate::series_header::is_series;

/// The symbols that have a file in a folder, sorted.
///
/// A file `SYMBOL.csv`, `.parquet`, `.arrow` or `.feather` belongs to `SYMBOL`. Stooq's names
/// `spy_us_d.csv` and `spy.us.txt` belong to `SPY`; for exchanges outside the United States the
/// country stays, as in `VOD.UK`. Other files, hidden files, folders and
/// [series](crate::series_in) are passed over.
pub fn symbols_in(dir: &Path) -> Result<Vec<String>, FolderError> {
    Ok(Folder::list(dir)?.symbols())
}

/// The files of a folder, by symbol.
pub(crate) struct Folder {
    dir: PathBuf,
    pub(crate) files: BTreeMap<String, Vec<PathBuf>>,
}

impl Folder {
    pub(crate) fn list(dir: &Path) -> Result<Folder, FolderError> {
        let fail = |source| FolderError {
            dir: dir.to_owned(),
            source,
        };
        let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for entry in fs::read_dir(dir).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let Some(symbol) = path.file_name().and_then(|name| symbol_of(name.to_str()?)) else {
                continue;
            };
            if !path.is_dir() {
                files.entry(symbol).or_default().push(path);
            }
        }
        for paths in files.values_mut() {
            paths.sort();
        }
        Ok(Folder {
            dir: dir.to_owned(),
            files,
        })
    }

    /// The symbols with a file of prices, sorted.
    pub(crate) fn symbols(&self) -> Vec<String> {
        let files: Vec<(&String, &Vec<PathBuf>)> = self.files.iter().collect();
        let prices = files
            .into_par_iter()
            .filter(|(_, paths)| !paths.iter().all(|path| is_series(path)));
        prices.map(|(symbol, _)| symbol.clone()).collect()
    }

    /// The one file of a symbol.
    pub(crate) fn find(&self, symbol: &str) -> Result<&Path, SymbolError> {
        match self.files.get(symbol).map(Vec::as_slice) {
            Some([path]) => Ok(path),
            Some(paths) => Err(SymbolError::SeveralFiles {
                symbol: symbol.to_owned(),
                paths: paths.to_vec(),
            }),
            None => Err(SymbolError::NoFile {
                symbol: symbol.to_owned(),
                dir: self.dir.clone(),
                similar: self.similar(symbol),
                n_symbols: self.files.len(),
            }),
        }
    }

    fn similar(&self, symbol: &str) -> Vec<String> {
        const SHOWN: usize = 3;
        let near = diagnostics::near(symbol, self.files.keys());
        near.into_iter().take(SHOWN).cloned().collect()
    }
}

/// The symbol a file name stands for; `None` when the file holds no prices.
fn symbol_of(name: &str) -> Option<String> {
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() || stem.starts_with('.') {
        return None;
    }
    let is_lower_case = stem == stem.to_lowercase();
    let stooq = |separator| {
        let (ticker, country) = stem
            .strip_suffix("_d")
            .unwrap_or(stem)
            .rsplit_once(separator)?;
        let is_country =
            (1..=2).contains(&country.len()) && country.bytes().all(|c| c.is_ascii_lowercase());
        (is_country && !ticker.is_empty()).then(|| match country {
            "us" => ticker.to_uppercase(),
            _ => format!("{ticker}.{country}").to_uppercase(),
        })
    };
    match extension.to_ascii_lowercase().as_str() {
        "csv" if is_lower_case && stem.ends_with("_d") => {
            stooq('_').or_else(|| Some(stem.strip_suffix("_d")?.to_uppercase()))
        }
        "csv" | "parquet" | "arrow" | "feather" => Some(stem.to_owned()),
        // Folders hold other text files too, so the whole pattern is asked for.
        "txt" if is_lower_case => stooq('.'),
        _ => None,
    }
}
