//! Where the bars of each symbol are: in a file of their own, in one of many symbols, or in several.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::bars::Bars;
use crate::dates::Finding;
use crate::error::SymbolError;
use crate::fields::Fields;
use crate::file;
use crate::folder::Folder;
use crate::layout::Shape;
use crate::parallel::on_all_cores;
use crate::series_header::{is_members, is_series};
use crate::sheet::{Sheet, in_order};
use crate::wanted::Wanted;

/// The bars of one symbol, and where they were found.
pub(crate) struct Found {
    /// The file, or the first of several.
    pub(crate) path: PathBuf,
    /// In the order of their dates.
    pub(crate) bars: Bars,
    /// Who wrote the file, where its columns tell.
    pub(crate) vendor: Option<&'static str>,
    /// What had to be found out about its dates.
    pub(crate) finding: Option<Finding>,
}

/// A symbol, and what became of its bars.
pub(crate) type Outcome<T> = (String, Result<T, SymbolError>);

/// Reads the bars of symbols, and makes `each` of them, in parallel; in the order asked for.
///
/// A symbol's own file is the one that is named after it. Without one, the files that hold several
/// symbols are looked through.
pub(crate) fn gather<T: Send>(
    folder: &Folder,
    symbols: &[String],
    fields: Fields,
    each: impl Fn(&str, Found) -> Result<T, SymbolError> + Sync,
) -> Vec<Outcome<T>> {
    let own: Vec<Option<Result<T, SymbolError>>> = on_all_cores(|| {
        symbols
            .par_iter()
            .map_init(Vec::new, |buffer, symbol| {
                let paths = match folder.paths_of(symbol) {
                    Ok(paths) => paths?,
                    Err(error) => return Some(Err(error)),
                };
                let found = read_own(paths, symbol, fields, buffer);
                Some(found.and_then(|found| each(symbol, found)))
            })
            .collect()
    });

    let missing: HashSet<&str> = symbols
        .iter()
        .zip(&own)
        .filter_map(|(symbol, own)| own.is_none().then_some(symbol.as_str()))
        .collect();
    let mut among_others = match missing.is_empty() {
        true => HashMap::new(),
        false => search(folder, &missing, fields, &each),
    };
    let outcome = |(symbol, own): (&String, Option<Result<T, SymbolError>>)| {
        let found = own
            .or_else(|| among_others.remove(symbol.as_str()))
            .unwrap_or_else(|| Err(folder.no_file(symbol)));
        (symbol.clone(), found)
    };
    symbols.iter().zip(own).map(outcome).collect()
}

/// The files of one symbol; more than one where a folder is partitioned.
fn read_own(
    paths: &[PathBuf],
    symbol: &str,
    fields: Fields,
    buffer: &mut Vec<u8>,
) -> Result<Found, SymbolError> {
    let mut whole: Option<Found> = None;
    for path in paths {
        let table = file::read(path, Wanted::all(fields), buffer)?;
        let (vendor, finding) = (table.vendor, table.finding.clone());
        let bars = table
            .into_bars_of(symbol)
            .map_err(|error| error.in_file(path))?;
        match &mut whole {
            Some(whole) => whole.bars.append(bars),
            None => {
                whole = Some(Found {
                    path: path.clone(),
                    bars,
                    vendor,
                    finding,
                });
            }
        }
    }
    let mut found = whole.ok_or_else(|| SymbolError::NoBars {
        symbol: symbol.to_owned(),
    })?;
    if paths.len() > 1 {
        found.bars = in_order(found.bars).map_err(|error| error.in_file(&found.path))?;
    }
    Ok(found)
}

/// Looks for symbols in the files that hold several.
fn search<T: Send>(
    folder: &Folder,
    missing: &HashSet<&str>,
    fields: Fields,
    each: &(impl Fn(&str, Found) -> Result<T, SymbolError> + Sync),
) -> HashMap<String, Result<T, SymbolError>> {
    let wanted = Wanted {
        fields,
        symbols: Some(missing),
    };
    let tables: Vec<(PathBuf, Sheet)> = on_all_cores(|| {
        let paths = folder.all_paths().into_par_iter();
        paths
            .map_init(Vec::new, |buffer, path| {
                if !may_hold(&path, missing, buffer) {
                    return None;
                }
                // A file that cannot be read has none of the symbols.
                let table = file::read(&path, wanted, buffer).ok()?;
                Some((path, table))
            })
            .flatten()
            .collect()
    });

    let mut parts: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for (path, table) in tables {
        for (symbol, bars) in table.series {
            let symbol = symbol.filter(|symbol| missing.contains(symbol.as_str()));
            if let Some(symbol) = symbol.filter(|_| bars.len() > 0) {
                let found = Found {
                    path: path.clone(),
                    bars,
                    vendor: table.vendor,
                    finding: table.finding.clone(),
                };
                parts.entry(symbol).or_default().push(found);
            }
        }
    }
    let found: Vec<(String, Result<T, SymbolError>)> = on_all_cores(|| {
        let parts = parts.into_par_iter();
        parts
            .map(|(symbol, parts)| {
                let found = joined(&symbol, parts).and_then(|found| each(&symbol, found));
                (symbol, found)
            })
            .collect()
    });
    found.into_iter().collect()
}

/// Whether a file holds several symbols, and these may be among them.
fn may_hold(path: &Path, missing: &HashSet<&str>, buffer: &mut Vec<u8>) -> bool {
    match file::layout(path, buffer).map(|layout| layout.shape) {
        Ok(Shape::Long { .. }) => true,
        Ok(Shape::Wide(symbols)) => symbols
            .iter()
            .any(|(symbol, _)| missing.contains(symbol.as_str())),
        _ => false,
    }
}

/// The bars of a symbol that stand in several files. Where two of them differ on a day, none is right.
fn joined(symbol: &str, parts: Vec<Found>) -> Result<Found, SymbolError> {
    let paths: Vec<PathBuf> = parts.iter().map(|part| part.path.clone()).collect();
    let mut parts = parts.into_iter();
    let mut whole = parts.next().ok_or_else(|| SymbolError::NoBars {
        symbol: symbol.to_owned(),
    })?;
    for part in parts {
        whole.bars.append(part.bars);
        whole.finding = whole.finding.or(part.finding);
    }
    whole.bars = in_order(whole.bars).map_err(|error| match paths.as_slice() {
        [_] => SymbolError::File(error.in_file(&whole.path)),
        _ => SymbolError::SeveralFiles {
            symbol: symbol.to_owned(),
            paths: paths.clone(),
        },
    })?;
    Ok(whole)
}

/// The symbols that a folder holds, sorted: those that files are named after, and those that files of
/// several symbols name.
pub(crate) fn all_symbols(folder: &Folder) -> Vec<String> {
    let in_files: Vec<(PathBuf, Option<Vec<String>>)> = on_all_cores(|| {
        let paths = folder.all_paths().into_par_iter();
        paths
            .map_init(Vec::new, |buffer, path| {
                let symbols = symbols_of_file(&path, buffer);
                (path, symbols)
            })
            .collect()
    });
    let several: HashMap<&Path, &Vec<String>> = in_files
        .iter()
        .filter_map(|(path, symbols)| Some((path.as_path(), symbols.as_ref()?)))
        .collect();
    let mut symbols: Vec<String> = several.values().copied().flatten().cloned().collect();
    symbols.extend(folder.partitioned_symbols().cloned());
    for (symbol, paths) in &folder.files {
        let is_of_several = |path: &PathBuf| {
            several.contains_key(path.as_path()) || is_series(path) || is_members(path)
        };
        if !paths.iter().all(is_of_several) {
            symbols.push(symbol.clone());
        }
    }
    symbols.sort_unstable();
    symbols.dedup();
    symbols
}

/// The symbols of a file that holds several; `None` for a file of one, and for one that cannot be read.
fn symbols_of_file(path: &Path, buffer: &mut Vec<u8>) -> Option<Vec<String>> {
    let symbols: Vec<String> = match file::layout(path, buffer).ok()?.shape {
        Shape::One(_) => return None,
        Shape::Wide(symbols) => symbols.into_iter().map(|(symbol, _)| symbol).collect(),
        Shape::Long { .. } => {
            let wanted = Wanted::all(Fields::default());
            let table = file::read(path, wanted, buffer).ok()?;
            let series = table.series.into_iter();
            series.filter_map(|(symbol, _)| symbol).collect()
        }
    };
    (symbols.len() > 1).then_some(symbols)
}
