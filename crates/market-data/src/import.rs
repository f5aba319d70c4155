//! Turns prices in whatever files into a folder with one Parquet file for each symbol.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backtest::date::Date;
use diagnostics::{Code, Diagnostic, FileSet, WriteError};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use serde_json::{Value, json};

use crate::bars::Bars;
use crate::error::{FolderError, LoadError, SymbolError};
use crate::fields::{Field, Fields};
use crate::folder::Folder;
use crate::load::{self, Notice};
use crate::series_header::is_series;
use crate::sources::{self, Found};
use crate::vintage::{SymbolDiff, difference};

/// What was imported.
#[derive(Debug)]
pub struct Import {
    /// A file for each symbol, sorted.
    pub symbols: Vec<ImportedSymbol>,
    /// Series beside the prices, which are not imported.
    pub series: Vec<PathBuf>,
}

/// A symbol that was imported.
#[derive(Debug)]
pub struct ImportedSymbol {
    /// The symbol.
    pub symbol: String,
    /// The file that it came from, or the first of several.
    pub source: PathBuf,
    /// Who wrote that, where its columns tell.
    pub vendor: Option<&'static str>,
    /// The first and the last day.
    pub span: (Date, Date),
    /// How many days.
    pub n_rows: usize,
    /// What reading had to correct.
    pub notices: Vec<Notice>,
    /// Where the past is not what an earlier import had; `None` where there was none.
    pub change: Option<SymbolDiff>,
}

/// Why prices could not be imported. The folder is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Files that cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// There is nothing in them.
    #[error("there are no files of prices in {}", diagnostics::all_of(.from.iter().map(|path| path.display().to_string())))]
    Nothing {
        /// What was to be imported.
        from: Vec<PathBuf>,
    },
    /// A symbol that is in two of the places.
    #[error("`{symbol}` is in `{}` and in `{}`", .first.display(), .second.display())]
    Twice {
        /// The symbol.
        symbol: String,
        /// One of them.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// The folder has a file of a symbol that would not be replaced.
    #[error("`{}` is a file of `{symbol}` already", .path.display())]
    Occupied {
        /// The symbol.
        symbol: String,
        /// Its file.
        path: PathBuf,
    },
    /// A symbol that cannot be the name of a file.
    #[error("`{symbol}` cannot be the name of a file")]
    Name {
        /// The symbol.
        symbol: String,
    },
    /// The folder cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl Diagnostic for ImportError {
    fn code(&self) -> Code {
        match self {
            ImportError::Write(error) => error.code(),
            _ => Code::Data,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            ImportError::Load(error) => error.hint(),
            ImportError::Write(error) => error.hint(),
            ImportError::Nothing { .. } => {
                Some("name files or folders of prices, as in `gridfolio data import downloads --out prices`".to_owned())
            }
            ImportError::Twice { .. } => Some("leave one of the two out".to_owned()),
            ImportError::Occupied { .. } => {
                Some("import into a folder of its own, or move the file away".to_owned())
            }
            ImportError::Name { .. } => Some("rename it in the file it comes from".to_owned()),
        }
    }
}

/// Reads the prices of some files and folders, and writes a Parquet file for each symbol: prices as they are in
/// the source, adjusted closes, dividends and splits where it has them, and where they come from.
///
/// All files are written as one set, or none is.
///
/// # Errors
///
/// See [`ImportError`].
pub fn import(from: &[PathBuf], out: &Path) -> Result<Import, ImportError> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut series = Vec::new();
    let mut failures: Vec<SymbolError> = Vec::new();
    for place in from {
        let folder = match place.is_file() {
            true => Folder::of_file(place),
            false => Folder::list(place).map_err(LoadError::Folder)?,
        };
        series.extend(
            folder
                .all_paths()
                .into_iter()
                .filter(|path| is_series(path)),
        );
        let symbols = sources::all_symbols(&folder);
        let read = sources::gather(&folder, &symbols, Fields::CHECKED, |_, found| Ok(found));
        for (symbol, read) in read {
            match read {
                Ok(own) => match found.get(&symbol) {
                    Some(other) => {
                        return Err(ImportError::Twice {
                            symbol,
                            first: other.path.clone(),
                            second: own.path,
                        });
                    }
                    None => drop(found.insert(symbol, own)),
                },
                Err(error) => failures.push(error),
            }
        }
    }
    if !failures.is_empty() {
        return Err(LoadError::Symbols(failures).into());
    }
    if found.is_empty() {
        let from = from.to_vec();
        return Err(ImportError::Nothing { from });
    }
    let is_name = |symbol: &String| !symbol.contains(['/', '\\']) && !symbol.starts_with('.');
    if let Some(symbol) = found.keys().find(|symbol| !is_name(symbol)) {
        let symbol = symbol.clone();
        return Err(ImportError::Name { symbol });
    }

    let before = earlier(out, found.keys().cloned().collect())?;
    let when = format!("{} s since 1970", diagnostics::since_1970().as_secs());
    let mut set = FileSet::new(out)?;
    let mut symbols = Vec::new();
    for (symbol, found) in found {
        let digest = diagnostics::digest_of(&found.path).map_err(WriteError::at(&found.path))?;
        let provenance = [
            ("gridfolio.source", found.path.display().to_string()),
            ("gridfolio.blake3", digest),
            (
                "gridfolio.vendor",
                found.vendor.unwrap_or("unknown").to_owned(),
            ),
            ("gridfolio.imported", when.clone()),
        ];
        set.add(&format!("{symbol}.parquet"), |file| {
            let bytes = parquet_of(&found.bars, &provenance).map_err(io::Error::other)?;
            file.write_all(&bytes)
        })?;
        let dates = &found.bars.dates;
        symbols.push(ImportedSymbol {
            change: (before.get(&symbol)).map(|old| difference(&symbol, old, &found.bars)),
            span: (dates[0], dates[dates.len() - 1]),
            n_rows: dates.len(),
            notices: load::notices(&found),
            vendor: found.vendor,
            source: found.path,
            symbol,
        });
    }
    set.commit()?;
    Ok(Import { symbols, series })
}

impl Import {
    /// All of it. Dates are text, `YYYY-MM-DD`.
    pub fn to_json(&self) -> Value {
        let symbols = self.symbols.iter().map(|symbol| {
            json!({
                "symbol": symbol.symbol,
                "source": symbol.source.display().to_string(),
                "vendor": symbol.vendor,
                "first": symbol.span.0.to_string(),
                "last": symbol.span.1.to_string(),
                "rows": symbol.n_rows,
                "notices": symbol.notices.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "change": symbol.change.as_ref().map(SymbolDiff::to_json),
            })
        });
        let series = self.series.iter().map(|path| path.display().to_string());
        json!({
            "symbols": symbols.collect::<Vec<_>>(),
            "series": series.collect::<Vec<_>>(),
        })
    }

    /// A line for each symbol; below it what was corrected, and where the past has changed.
    ///
    /// * `out`: the folder.
    pub fn to_text(&self, out: &Path) -> String {
        let mut text = String::new();
        for symbol in &self.symbols {
            let (first, last) = symbol.span;
            let s = if symbol.n_rows == 1 { "" } else { "s" };
            let _ = write!(
                text,
                "{}: {first} to {last}, {} row{s}, from `{}`",
                symbol.symbol,
                symbol.n_rows,
                symbol.source.display()
            );
            let _ = match symbol.vendor {
                Some(vendor) => writeln!(text, ", written by {vendor}"),
                None => writeln!(text),
            };
            for notice in &symbol.notices {
                let _ = writeln!(text, "  {notice}");
            }
            let change = symbol.change.iter().filter(|change| !change.is_same());
            for line in change.flat_map(|change| change.lines()) {
                let _ = writeln!(text, "  the past is not that of the import before: {line}");
            }
        }
        for path in &self.series {
            let _ = writeln!(
                text,
                "`{}` is a series beside the prices, and is not imported; copy it to `{}`",
                path.display(),
                out.display()
            );
        }
        text
    }
}

/// What the folder has of these symbols already.
fn earlier(out: &Path, symbols: Vec<String>) -> Result<BTreeMap<String, Bars>, ImportError> {
    let folder = match Folder::list(out) {
        Ok(folder) => folder,
        Err(FolderError { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(LoadError::Folder(error).into()),
    };
    // Two files of one symbol cannot be read.
    for symbol in &symbols {
        let own = out.join(format!("{symbol}.parquet"));
        let mut paths = folder.files.get(symbol).into_iter().flatten();
        if let Some(path) = paths.find(|path| **path != own) {
            return Err(ImportError::Occupied {
                symbol: symbol.clone(),
                path: path.clone(),
            });
        }
    }
    let here = |symbol: &String| folder.files.contains_key(symbol);
    let symbols: Vec<String> = symbols.into_iter().filter(here).collect();
    let read = sources::gather(
        &folder,
        &symbols,
        Fields::CHECKED,
        |_, found| Ok(found.bars),
    );
    let mut bars = BTreeMap::new();
    let mut failures = Vec::new();
    for (symbol, read) in read {
        match read {
            Ok(own) => drop(bars.insert(symbol, own)),
            Err(error) => failures.push(error),
        }
    }
    match failures.is_empty() {
        true => Ok(bars),
        false => Err(LoadError::Symbols(failures).into()),
    }
}

/// Every field, in the order of the columns of a file.
const COLUMNS: [Field; 8] = [
    Field::Open,
    Field::High,
    Field::Low,
    Field::Close,
    Field::AdjClose,
    Field::Dividend,
    Field::Split,
    Field::Gains,
];

/// A file with a column `Date` and one for each field that there is.
fn parquet_of(bars: &Bars, provenance: &[(&str, String)]) -> Result<Vec<u8>, ParquetError> {
    let fields: Vec<Field> = COLUMNS
        .into_iter()
        .filter(|field| !bars.column(*field).is_empty())
        .collect();
    let date = Type::primitive_type_builder("Date", Physical::INT32)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(LogicalType::Date))
        .build()?;
    let mut columns = vec![Arc::new(date)];
    for field in &fields {
        let column = Type::primitive_type_builder(field.name(), Physical::DOUBLE)
            .with_repetition(Repetition::REQUIRED)
            .build()?;
        columns.push(Arc::new(column));
    }
    let schema = Type::group_type_builder("prices").with_fields(columns);
    let schema = Arc::new(schema.build()?);
    let pairs = provenance
        .iter()
        .map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("gridfolio {}", env!("CARGO_PKG_VERSION")))
        .set_key_value_metadata(Some(pairs.collect()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    if let Some(mut column) = group.next_column()? {
        let days: Vec<i32> = bars.dates.iter().map(|day| day.epoch_days()).collect();
        column.typed::<Int32Type>().write_batch(&days, None, None)?;
        column.close()?;
    }
    for field in fields {
        if let Some(mut column) = group.next_column()? {
            (column.typed::<DoubleType>()).write_batch(bars.column(field), None, None)?;
            column.close()?;
        }
    }
    group.close()?;
    writer.close()?;
    Ok(bytes)
}
