//! Writes `results.parquet` from the shards, one row group at a time.
//!
//! Its bytes follow from the rows alone: row groups have a fixed size, and nothing of shards,
//! threads or times goes into the file.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use diagnostics::{PROGRAM, open_file, write_atomically};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use statistics::catalogue::{self, Form};
use strategy_file::{AxisKind, AxisValue};
use sweep::{AxisColumn, Row, RunOptions, Sweep, SweepSummary};

use crate::error::ResultsError;
use crate::table::TrialStatus;

const ROWS_PER_GROUP: usize = 65_536;

/// The key under which the file says whose results it has.
const IDENTITY: &str = "gridfolio.sweep";

/// Computes the shards that are missing on the threads of this process, and writes the table when
/// all are there.
///
/// Several processes may run one sweep: each file is written whole, with the same bytes by any of
/// them.
///
/// # Errors
///
/// A folder that cannot be read or written. A trial that fails is no error but a row.
pub fn run(sweep: &Sweep, options: &RunOptions<'_>) -> Result<SweepSummary, ResultsError> {
    let summary = sweep.compute(options)?;
    if summary.finished {
        let changed = !summary.redone.is_empty() || summary.progress.computed > 0;
        write(sweep, changed)?;
    }
    Ok(summary)
}

/// Writes the table from the shards, all of which must be there.
///
/// * `changed`: whether shards may have changed since it was written; otherwise it is written only
///   if it is not there.
///
/// # Errors
///
/// A shard that is missing or damaged; a folder that cannot be written to.
pub fn write(sweep: &Sweep, changed: bool) -> Result<(), ResultsError> {
    if !changed && is_written(sweep) {
        return Ok(());
    }
    let path = sweep.results_path();
    // A damaged shard is no error of the file that is written.
    let mut failed = None;
    let written = write_atomically(&path, |out| {
        write_rows(sweep, out).map_err(|error| match error {
            WriteFailure::Io(error) => error,
            WriteFailure::Other(error) => {
                failed = Some(error);
                io::Error::other("incomplete")
            }
        })
    });
    match failed {
        Some(error) => Err(error),
        None => Ok(written?),
    }
}

enum WriteFailure {
    Io(io::Error),
    Other(ResultsError),
}

fn is_written(sweep: &Sweep) -> bool {
    let Ok(file) = open_file(&sweep.results_path()) else {
        return false;
    };
    let Ok(file) = SerializedFileReader::new(file) else {
        return false;
    };
    let pairs = file.metadata().file_metadata().key_value_metadata();
    pairs
        .into_iter()
        .flatten()
        .any(|pair| pair.key == IDENTITY && pair.value.as_deref() == Some(&sweep.plan().identity()))
}

fn write_rows(sweep: &Sweep, out: &mut dyn Write) -> Result<(), WriteFailure> {
    let layout = Layout::of(sweep);
    let parquet = |source| {
        WriteFailure::Other(ResultsError::Parquet {
            path: sweep.results_path(),
            source,
        })
    };
    let pipe = Pipe::default();
    let schema = layout.schema().map_err(parquet)?;
    let properties = Arc::new(layout.properties(sweep));
    let mut writer =
        SerializedFileWriter::new(pipe.clone(), schema, properties).map_err(parquet)?;
    let mut columns = layout.buffers();
    let mut n_rows = 0;
    for shard in 0..sweep.plan().n_shards() {
        let rows = sweep
            .rows(shard)
            .map_err(|error| WriteFailure::Other(error.into()))?;
        for row in &rows {
            layout.put(sweep, row, &mut columns);
            n_rows += 1;
            if n_rows == ROWS_PER_GROUP {
                write_group(&mut writer, &mut columns).map_err(parquet)?;
                pipe.drain(out).map_err(WriteFailure::Io)?;
                n_rows = 0;
            }
        }
    }
    if n_rows > 0 {
        write_group(&mut writer, &mut columns).map_err(parquet)?;
    }
    writer.close().map_err(parquet)?;
    pipe.drain(out).map_err(WriteFailure::Io)
}

/// The columns that depend on the sweep; those of the metrics follow.
struct Layout {
    has_strategies: bool,
    axes: Vec<AxisColumn>,
}

impl Layout {
    fn of(sweep: &Sweep) -> Layout {
        Layout {
            has_strategies: sweep.plan().strategies.len() > 1,
            axes: sweep.axis_columns(),
        }
    }

    /// The name and the values of each column, before its first row.
    fn columns(&self) -> Vec<(&str, Values)> {
        let mut columns = vec![("trial", Values::Integers(Vec::new()))];
        if self.has_strategies {
            columns.push(("strategy", Values::Texts(Vec::new())));
        }
        columns.extend(self.axes.iter().map(|axis| {
            let values = match axis.kind {
                AxisKind::Integer => Values::Integers(Vec::new()),
                AxisKind::Float => Values::Floats(Vec::new()),
                AxisKind::Flag => Values::Flags(Vec::new()),
                AxisKind::Text => Values::Texts(Vec::new()),
            };
            (axis.name.as_str(), values)
        }));
        columns.push(("status", Values::Texts(Vec::new())));
        columns.push(("error", Values::Texts(Vec::new())));
        columns.push(("ruined_on", Values::Texts(Vec::new())));
        columns.extend(catalogue::columns().iter().map(|metric| {
            let values = match metric.form {
                Form::Digest => Values::Texts(Vec::new()),
                form if form.is_whole() => Values::Integers(Vec::new()),
                _ => Values::Floats(Vec::new()),
            };
            (metric.key, values)
        }));
        columns
    }

    fn buffers(&self) -> Vec<Buffer> {
        let buffer = |(_, values)| Buffer {
            values,
            levels: Vec::new(),
        };
        self.columns().into_iter().map(buffer).collect()
    }

    fn schema(&self) -> Result<TypePtr, ParquetError> {
        let field = |(name, values): (&str, Values)| {
            let (physical, logical) = match values {
                Values::Integers(_) => (Physical::INT64, None),
                Values::Floats(_) => (Physical::DOUBLE, None),
                Values::Flags(_) => (Physical::BOOLEAN, None),
                Values::Texts(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            };
            let field = Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::OPTIONAL)
                .with_logical_type(logical)
                .build()?;
            Ok(Arc::new(field))
        };
        let fields = self.columns().into_iter().map(field);
        let fields = fields.collect::<Result<Vec<_>, ParquetError>>()?;
        let schema = Type::group_type_builder("results")
            .with_fields(fields)
            .build()?;
        Ok(Arc::new(schema))
    }

    fn properties(&self, sweep: &Sweep) -> WriterProperties {
        let identity = KeyValue::new(IDENTITY.to_owned(), sweep.plan().identity());
        // Doubles hardly ever repeat; axes and words do.
        let repeats = |(name, values): &(&str, Values)| {
            let is_axis = self.axes.iter().any(|axis| axis.name == *name);
            is_axis || matches!(values, Values::Texts(_)) && *name != "digest"
        };
        let properties = WriterProperties::builder()
            .set_created_by(PROGRAM.to_owned())
            .set_compression(Compression::SNAPPY)
            .set_dictionary_enabled(false)
            .set_key_value_metadata(Some(vec![identity]));
        let columns = self.columns().into_iter().filter(repeats);
        columns
            .fold(properties, |properties, (name, _)| {
                let path = ColumnPath::new(vec![name.to_owned()]);
                properties.set_column_dictionary_enabled(path, true)
            })
            .build()
    }

    fn put(&self, sweep: &Sweep, row: &Row, columns: &mut [Buffer]) {
        let mut columns = columns.iter_mut();
        let mut put = |value: Option<Value>| {
            if let Some(column) = columns.next() {
                column.put(value);
            }
        };
        put(Some(Value::Integer(row.trial as i64)));
        let point = sweep.point(row.trial);
        if self.has_strategies {
            let name = point
                .as_ref()
                .map(|point| &sweep.plan().strategies[point.source].name);
            put(name.map(|name| Value::Text(name.as_str().into())));
        }
        for axis in &self.axes {
            let value = point
                .as_ref()
                .and_then(|point| sweep.axis_value(axis, point));
            put(value.map(|value| match (value, axis.kind) {
                (AxisValue::Integer(integer), AxisKind::Integer) => Value::Integer(integer),
                (AxisValue::Integer(integer), AxisKind::Float) => Value::Float(integer as f64),
                (AxisValue::Float(float), AxisKind::Float) => Value::Float(float),
                (AxisValue::Flag(flag), AxisKind::Flag) => Value::Flag(flag),
                (value, _) => Value::Text(value.to_string().as_str().into()),
            }));
        }
        let text = |text: &str| Some(Value::Text(text.into()));
        let (status, error, ruined) = match &row.outcome {
            Ok(values) => match values.ruined {
                None => (TrialStatus::Ok, None, None),
                Some(day) => (TrialStatus::Ruined, None, text(&day.to_string())),
            },
            Err(error) => (TrialStatus::Failed, text(error), None),
        };
        put(text(status.name()));
        put(error);
        put(ruined);
        for (at, metric) in catalogue::columns().iter().enumerate() {
            let bits = row.outcome.as_ref().ok().and_then(|cells| cells.get(at));
            put(bits.map(|bits| match metric.form {
                Form::Digest => Value::Text(format!("{bits:016x}").as_str().into()),
                form if form.is_whole() => Value::Integer(bits as i64),
                _ => Value::Float(f64::from_bits(bits)),
            }));
        }
    }
}

enum Value {
    Integer(i64),
    Float(f64),
    Flag(bool),
    Text(ByteArray),
}

enum Values {
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    Flags(Vec<bool>),
    Texts(Vec<ByteArray>),
}

/// The rows of one column that wait to be written. A null has level 0 and no value.
struct Buffer {
    values: Values,
    levels: Vec<i16>,
}

impl Buffer {
    fn put(&mut self, value: Option<Value>) {
        let is_put = match (&mut self.values, value) {
            (Values::Integers(values), Some(Value::Integer(value))) => {
                values.push(value);
                true
            }
            (Values::Floats(values), Some(Value::Float(value))) => {
                values.push(value);
                true
            }
            (Values::Flags(values), Some(Value::Flag(value))) => {
                values.push(value);
                true
            }
            (Values::Texts(values), Some(Value::Text(value))) => {
                values.push(value);
                true
            }
            _ => false,
        };
        self.levels.push(i16::from(is_put));
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let levels = Some(self.levels.as_slice());
        match &mut self.values {
            Values::Integers(values) => {
                column
                    .typed::<Int64Type>()
                    .write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Floats(values) => {
                column
                    .typed::<DoubleType>()
                    .write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Flags(values) => {
                column
                    .typed::<BoolType>()
                    .write_batch(values, levels, None)?;
                values.clear();
            }
            Values::Texts(values) => {
                column
                    .typed::<ByteArrayType>()
                    .write_batch(values, levels, None)?;
                values.clear();
            }
        }
        self.levels.clear();
        Ok(())
    }
}

fn write_group(
    writer: &mut SerializedFileWriter<Pipe>,
    columns: &mut [Buffer],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for buffer in columns {
        if let Some(mut column) = group.next_column()? {
            buffer.write(&mut column)?;
            column.close()?;
        }
    }
    group.close()?;
    writer.flush()?;
    Ok(())
}

/// Takes the bytes of the Parquet writer, which wants to own what it writes to.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Vec<u8>>>);

impl Pipe {
    fn drain(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&bytes)?;
        bytes.clear();
        Ok(())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut own = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        own.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
