//! Which files of a folder hold the prices of which symbols.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{FolderError, SymbolError};

/// The files of a folder, by symbol.
///
/// A file `SYMBOL.csv`, `.parquet`, `.arrow` or `.feather` belongs to `SYMBOL`, also when `.gz` is
/// behind it. Stooq's names `spy_us_d.csv` and `spy.us.txt` belong to `SPY`; for exchanges outside the
/// United States the country stays, as in `VOD.UK`. Other files, hidden files and folders are passed
/// over, except for the folders of a partitioned table, as `symbol=SPY` and `year=2024`.
pub(crate) struct Folder {
    dir: PathBuf,
    pub(crate) files: BTreeMap<String, Vec<PathBuf>>,
    /// The parts of partitioned tables: by symbol, when the folders' names tell.
    partitioned: BTreeMap<String, Vec<PathBuf>>,
    /// Parts that hold several symbols.
    parts: Vec<PathBuf>,
}

impl Folder {
    pub(crate) fn list(dir: &Path) -> Result<Folder, FolderError> {
        let fail = |source| FolderError {
            dir: dir.to_owned(),
            source,
        };
        let mut folder = Folder {
            dir: dir.to_owned(),
            files: BTreeMap::new(),
            partitioned: BTreeMap::new(),
            parts: Vec::new(),
        };
        for entry in fs::read_dir(dir).map_err(fail)? {
            let path = entry.map_err(fail)?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let symbol = name.and_then(symbol_of);
            if path.is_dir() {
                if let Some(key) = name.and_then(partition) {
                    folder.list_parts(&path, key.map(str::to_owned), DEEPEST);
                }
            } else if let Some(symbol) = symbol {
                folder.files.entry(symbol).or_default().push(path);
            }
        }
        let lists = folder.files.values_mut();
        for paths in lists.chain(folder.partitioned.values_mut()) {
            paths.sort();
        }
        folder.parts.sort();
        Ok(folder)
    }

    /// One file, as if it were alone in a folder.
    pub(crate) fn of_file(path: &Path) -> Folder {
        let name = path.file_name().and_then(|name| name.to_str());
        let stem = || {
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        };
        let symbol = name.and_then(symbol_of).or_else(stem).unwrap_or_default();
        Folder {
            dir: path.parent().unwrap_or(Path::new("")).to_owned(),
            files: BTreeMap::from([(symbol, vec![path.to_owned()])]),
            partitioned: BTreeMap::new(),
            parts: Vec::new(),
        }
    }

    /// Lists the files below a folder of a partitioned table, whose name may state the symbol.
    fn list_parts(&mut self, dir: &Path, symbol: Option<String>, deepest: usize) {
        let Ok(entries) = fs::read_dir(dir) else {
            return;
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            if path.is_dir() {
                if let Some(key) = partition(name).filter(|_| deepest > 0) {
                    let symbol = symbol.clone().or(key.map(str::to_owned));
                    self.list_parts(&path, symbol, deepest - 1);
                }
            } else if symbol_of(name).is_some() {
                match &symbol {
                    Some(symbol) => self
                        .partitioned
                        .entry(symbol.clone())
                        .or_default()
                        .push(path),
                    None => self.parts.push(path),
                }
            }
        }
    }

    /// The files of a symbol: one that is named after it, or the parts of a partitioned table.
    pub(crate) fn paths_of(&self, symbol: &str) -> Result<Option<&[PathBuf]>, SymbolError> {
        match self.files.get(symbol).map(Vec::as_slice) {
            Some(paths @ [_]) => Ok(Some(paths)),
            Some(paths) => Err(SymbolError::SeveralFiles {
                symbol: symbol.to_owned(),
                paths: paths.to_vec(),
            }),
            None => Ok(self.partitioned.get(symbol).map(Vec::as_slice)),
        }
    }

    /// The one file of a name.
    pub(crate) fn find(&self, name: &str) -> Result<&Path, SymbolError> {
        match self.paths_of(name)? {
            Some([path, ..]) => Ok(path),
            _ => Err(self.no_file(name)),
        }
    }

    /// The symbols that the folders of a partitioned table are named after.
    pub(crate) fn partitioned_symbols(&self) -> impl Iterator<Item = &String> {
        self.partitioned.keys()
    }

    /// The files that may hold several symbols.
    pub(crate) fn all_paths(&self) -> Vec<PathBuf> {
        let named = self.files.values().flatten();
        named.chain(&self.parts).cloned().collect()
    }

    pub(crate) fn no_file(&self, symbol: &str) -> SymbolError {
        SymbolError::NoFile {
            symbol: symbol.to_owned(),
            dir: self.dir.clone(),
            similar: self.similar(symbol),
            n_symbols: self.files.len() + self.partitioned.len(),
        }
    }

    fn similar(&self, symbol: &str) -> Vec<String> {
        const SHOWN: usize = 3;
        let near = diagnostics::near(symbol, self.files.keys().chain(self.partitioned.keys()));
        near.into_iter().take(SHOWN).cloned().collect()
    }
}

/// Folders below each other in a partitioned table; more would be a loop.
const DEEPEST: usize = 6;

/// Whether a folder's name is that of a partition, and the symbol if it names one: `symbol=SPY`.
fn partition(name: &str) -> Option<Option<&str>> {
    let (key, value) = name.split_once('=')?;
    let is_symbol = matches!(key.to_ascii_lowercase().as_str(), "symbol" | "ticker");
    Some((is_symbol && !value.is_empty()).then_some(value))
}

/// The symbol a file name stands for; `None` when the file holds no prices.
fn symbol_of(name: &str) -> Option<String> {
    let name = name.strip_suffix(".gz").unwrap_or(name);
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
