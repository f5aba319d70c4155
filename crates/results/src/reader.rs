//! `results.parquet`, opened: its columns are read when they are asked for.

use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use diagnostics::open_file;
use parquet::basic::Type as Physical;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use sweep::{RESULTS, io_error};

use crate::error::ResultsError;
use crate::table::Column;

/// The results of a sweep that has been run to its end. Columns are read when they are asked for.
pub struct Results {
    pub(crate) path: PathBuf,
    file: SerializedFileReader<File>,
    pub(crate) names: Vec<String>,
}

impl Results {
    /// Opens the results in a sweep folder.
    ///
    /// # Errors
    ///
    /// When there are none, or they are no Parquet file.
    pub fn open(dir: &Path) -> Result<Results, ResultsError> {
        let path = dir.join(RESULTS);
        let file = match open_file(&path) {
            Ok(file) => file,
            Err(error) => {
                sweep::expect_sweep_in(dir)?;
                return Err(match error.kind() {
                    io::ErrorKind::NotFound => ResultsError::NoResults {
                        dir: dir.to_owned(),
                    },
                    _ => io_error("read", &path)(error).into(),
                });
            }
        };
        let size = file.metadata().map_or(0, |data| data.len());
        let file = match guarded(|| SerializedFileReader::new(file)) {
            Ok(file) => file,
            Err(source) => return Err(ResultsError::Parquet { path, source }),
        };
        // Each row has a number and a digest of its own, which do not compress.
        let n_rows = file.metadata().file_metadata().num_rows();
        if u64::try_from(n_rows).is_ok_and(|n_rows| n_rows > size) {
            let message = format!("it declares {n_rows} rows in {size} bytes");
            let source = ParquetError::General(message);
            return Err(ResultsError::Parquet { path, source });
        }
        let schema = file.metadata().file_metadata().schema_descr();
        let names = schema.columns().iter();
        let names = names.map(|column| column.name().to_owned()).collect();
        Ok(Results { path, file, names })
    }

    /// The names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    /// The names of the columns that are axes, and of the one that tells strategies apart.
    pub fn axes(&self) -> &[String] {
        let end = self.names.iter().position(|name| name == "status");
        &self.names[1..end.unwrap_or(1)]
    }

    /// How many trials there are.
    pub fn n_rows(&self) -> u64 {
        u64::try_from(self.file.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    pub(crate) fn position(&self, name: &str) -> Result<usize, ResultsError> {
        let found = self.names.iter().position(|own| own == name);
        found.ok_or_else(|| ResultsError::NoColumn {
            name: name.to_owned(),
            near: diagnostics::nearest(name, &self.names).cloned(),
        })
    }

    pub(crate) fn n_groups(&self) -> usize {
        self.file.num_row_groups()
    }

    /// One column of one row group.
    pub(crate) fn column(&self, group: usize, at: usize) -> Result<Column, ResultsError> {
        guarded(|| self.read(group, at)).map_err(|source| ResultsError::Parquet {
            path: self.path.clone(),
            source,
        })
    }

    fn read(&self, group: usize, at: usize) -> Result<Column, ParquetError> {
        let group = self.file.get_row_group(group)?;
        let n_rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        if n_rows as u64 > self.n_rows() {
            let message = "a group has more rows than the file".to_owned();
            return Err(ParquetError::General(message));
        }
        let name = self.names[at].clone();
        let column = match group.get_column_reader(at)? {
            ColumnReader::Int64ColumnReader(reader) => {
                Column::Integers(name, values(reader, n_rows)?)
            }
            ColumnReader::DoubleColumnReader(reader) => {
                Column::Floats(name, values(reader, n_rows)?)
            }
            ColumnReader::BoolColumnReader(reader) => Column::Flags(name, values(reader, n_rows)?),
            ColumnReader::ByteArrayColumnReader(reader) => {
                let texts = values(reader, n_rows)?.into_iter();
                let text = |bytes: parquet::data_type::ByteArray| {
                    String::from_utf8_lossy(bytes.data()).into_owned()
                };
                Column::Texts(name, texts.map(|bytes| bytes.map(text)).collect())
            }
            _ => {
                let message = format!("`{name}` has a type that no result has");
                return Err(ParquetError::General(message));
            }
        };
        Ok(column)
    }

    /// The position of a column of numbers.
    pub(crate) fn position_of_numbers(&self, name: &str) -> Result<usize, ResultsError> {
        let at = self.position(name)?;
        match self.is_text(at) {
            false => Ok(at),
            true => Err(ResultsError::NotNumbers {
                name: name.to_owned(),
            }),
        }
    }

    pub(crate) fn is_text(&self, at: usize) -> bool {
        let schema = self.file.metadata().file_metadata().schema_descr();
        schema.column(at).physical_type() == Physical::BYTE_ARRAY
    }
}

/// The library panics at some damages, which are errors of the file.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let message = "the reader stopped at damaged contents".to_owned();
        Err(ParquetError::General(message))
    })
}

/// The values of a column; `None` for a null.
fn values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    n_rows: usize,
) -> Result<Vec<Option<T::T>>, ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let mut n_read = 0;
    while n_read < n_rows {
        let left = n_rows - n_read;
        let (n, ..) = reader.read_records(left, Some(&mut levels), None, &mut values)?;
        if n == 0 {
            return Err(ParquetError::EOF("a column ends too early".to_owned()));
        }
        n_read += n;
    }
    let mut values = values.into_iter();
    if levels.is_empty() {
        return Ok(values.map(Some).collect());
    }
    let value = |level: &i16| if *level > 0 { values.next() } else { None };
    Ok(levels.iter().map(value).collect())
}
