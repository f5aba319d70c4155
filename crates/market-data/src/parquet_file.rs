//! Reads a Parquet file of daily bars, through the crate's flat column reader.

use std::fs::File;
use std::sync::Arc;

use base64::Engine;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{DataType, Int96};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};

use crate::bounded_file::{BoundedFile, most_rows};
use crate::dates::{self, Written, Zone};
use crate::decimal;
use crate::error::{Place, Problem};
use crate::layout::{Header, Layout, Shape};
use crate::pages::{Codec, Pages};
use crate::read_error::ReadError;
use crate::rows;
use crate::sheet::{Builder, Sheet};
use crate::wanted::Wanted;

pub(crate) const FORMAT: &str = "Parquet";

/// Rows that are decoded at a time, so that what a file declares costs no memory.
const BATCH: usize = 1 << 16;

/// The layout of a file.
pub(crate) fn layout(file: File) -> Result<Layout, ReadError> {
    let file = SerializedFileReader::new(BoundedFile(file)).map_err(damaged)?;
    Ok(layout_of(file.metadata())?)
}

fn layout_of(metadata: &ParquetMetaData) -> Result<Layout, Problem> {
    let descriptors = metadata.file_metadata().schema_descr().columns();
    let names = descriptors.iter().map(|column| column.name().to_owned());
    Layout::of(&Header {
        levels: vec![names.collect()],
        is_number: &|at| Number::of(&descriptors[at]).is_ok(),
        counts_time: descriptors
            .iter()
            .any(|column| column.physical_type() == Type::INT64 && Number::of(column).is_ok()),
    })
}

/// Reads the columns that are needed, and nothing else.
pub(crate) fn read(file: File, wanted: Wanted<'_>) -> Result<Sheet, ReadError> {
    let size = file.metadata().map_err(Problem::Unreadable)?.len();
    let file = BoundedFile(file);
    let source = Arc::new(file.try_clone().map_err(Problem::Unreadable)?);
    let file = SerializedFileReader::new(file).map_err(damaged)?;
    let metadata = file.metadata();
    let layout = layout_of(metadata)?;
    let descriptors = metadata.file_metadata().schema_descr().columns();
    let days = Days::of(&descriptors[layout.date], metadata)?;
    let cells = rows::cells(&layout, wanted.fields);
    let numbers = cells
        .iter()
        .map(|cell| {
            let number = Number::of(&descriptors[cell.at]);
            number.map_err(|found| Problem::ColumnType {
                column: cell.field.name(),
                found,
            })
        })
        .collect::<Result<Vec<Number>, Problem>>()?;

    let mut builder = Builder::new(&layout, Place::Row);
    let mut n_read = 0;
    for group in metadata.row_groups() {
        let n_rows = u64::try_from(group.num_rows()).unwrap_or(u64::MAX);
        if n_rows.saturating_add(n_read) > most_rows(size) {
            return Err(damaged(ParquetError::General(format!(
                "it declares {n_rows} rows in {size} bytes"
            ))));
        }
        let open = |name, at| Column::open(&source, size, group, name, at);
        let mut date = open("Date", layout.date)?;
        let mut symbol = match &layout.shape {
            Shape::Long { symbol, .. } => Some(open("Symbol", *symbol)?),
            _ => None,
        };
        let mut columns = Vec::with_capacity(cells.len());
        for cell in &cells {
            columns.push(open(cell.field.name(), cell.at)?);
        }
        let mut left = n_rows as usize;
        let mut batch = rows::Batch::new(cells.len());
        while left > 0 {
            let n = left.min(BATCH);
            batch.clear();
            days.read(&mut date, n, n_read, &mut batch.days)?;
            if let Some(symbol) = &mut symbol {
                read_symbols(symbol, n, n_read, wanted, &mut builder, &mut batch.series)?;
            }
            for ((column, number), values) in
                columns.iter_mut().zip(&numbers).zip(&mut batch.values)
            {
                number.read(column, n, n_read, values)?;
            }
            batch.push(&cells, n_read, wanted, &mut builder);
            n_read += n as u64;
            left -= n;
        }
    }
    builder.finish()
}

/// One column of one row group, ready to be read.
struct Column {
    name: &'static str,
    is_nullable: bool,
    reader: ColumnReader,
}

impl Column {
    fn open(
        file: &Arc<BoundedFile>,
        size: u64,
        group: &RowGroupMetaData,
        name: &'static str,
        at: usize,
    ) -> Result<Column, ReadError> {
        let chunk = group.column(at);
        let Some(codec) = Codec::of(chunk.compression()) else {
            let codec = chunk.compression().to_string().to_lowercase();
            let codec = codec.split('(').next().unwrap_or_default().to_owned();
            return Err(Problem::Compression {
                format: FORMAT,
                codec,
            }
            .into());
        };
        let descriptor: ColumnDescPtr = chunk.column_descr_ptr();
        if descriptor.max_rep_level() > 0 || descriptor.max_def_level() > 1 {
            let found = "nested values".to_owned();
            return Err(Problem::ColumnType {
                column: name,
                found,
            }
            .into());
        }
        // The library takes for granted that these make sense, and panics when they do not.
        let starts = [
            Some(chunk.data_page_offset()),
            chunk.dictionary_page_offset(),
        ];
        let is_outside = |start: i64| {
            u64::try_from(start).is_err()
                || start
                    .checked_add(chunk.compressed_size())
                    .is_none_or(|end| end as u64 > size)
        };
        if chunk.compressed_size() < 0
            || starts.into_iter().flatten().any(|start| start < 0)
            || starts.into_iter().flatten().min().is_none_or(is_outside)
        {
            let error = "a column stands outside of the file".to_owned();
            return Err(damaged(ParquetError::General(error)));
        }
        let n_rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let pages = Pages::new(file, chunk, codec, n_rows).map_err(damaged)?;
        Ok(Column {
            name,
            is_nullable: descriptor.max_def_level() == 1,
            reader: get_column_reader(descriptor, Box::new(pages)),
        })
    }

    fn type_error(&self, found: &str) -> ReadError {
        let found = found.to_owned();
        Problem::ColumnType {
            column: self.name,
            found,
        }
        .into()
    }
}

/// Calls `put` for each row's value, in order; `None` for a null.
fn for_each<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    is_nullable: bool,
    n_rows: usize,
    mut put: impl FnMut(Option<&T::T>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut left = n_rows;
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    while left > 0 {
        values.clear();
        levels.clear();
        let levels_wanted = is_nullable.then_some(&mut levels);
        let (n, ..) = reader
            .read_records(left, levels_wanted, None, &mut values)
            .map_err(damaged)?;
        if n == 0 || n > left {
            let error = format!("a column ends {left} rows before the others");
            return Err(damaged(ParquetError::EOF(error)));
        }
        let mut values = values.iter();
        for row in 0..n {
            let is_null = is_nullable && levels.get(row) == Some(&0);
            put(if is_null { None } else { values.next() })?;
        }
        left -= n;
    }
    Ok(())
}

fn read_symbols(
    column: &mut Column,
    n: usize,
    before: u64,
    wanted: Wanted<'_>,
    builder: &mut Builder,
    series: &mut Vec<u32>,
) -> Result<(), ReadError> {
    let nullable = column.is_nullable;
    let mut put = |text: Option<&str>| match text.map(str::trim) {
        None | Some("") => {
            let place = Place::Row(before + series.len() as u64 + 1);
            Err((Some(place), Problem::BlankSymbol).into())
        }
        Some(symbol) => {
            series.push(rows::series(builder.wanted_series(symbol, wanted)));
            Ok(())
        }
    };
    match &mut column.reader {
        ColumnReader::ByteArrayColumnReader(reader) => for_each(reader, nullable, n, |value| {
            put(value.and_then(|text| std::str::from_utf8(text.data()).ok()))
        }),
        ColumnReader::Int64ColumnReader(reader) => for_each(reader, nullable, n, |value| {
            put(value.map(i64::to_string).as_deref())
        }),
        ColumnReader::Int32ColumnReader(reader) => for_each(reader, nullable, n, |value| {
            put(value.map(i32::to_string).as_deref())
        }),
        _ => Err(column.type_error("neither text nor whole numbers")),
    }
}

/// How a column's values are numbers.
#[derive(Clone, Copy, Debug)]
enum Number {
    Float,
    Half,
    Signed,
    Unsigned,
    Decimal(i32),
}

impl Number {
    /// The error is the name of a type that is none.
    fn of(column: &ColumnDescriptor) -> Result<Number, String> {
        let physical = column.physical_type();
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Decimal(kind)), _) => Ok(Number::Decimal(kind.scale)),
            (Some(LogicalType::Integer(kind)), _) if kind.is_signed => Ok(Number::Signed),
            (Some(LogicalType::Integer(_)), _) => Ok(Number::Unsigned),
            (Some(LogicalType::Float16), _) => Ok(Number::Half),
            // A column of nothing but nulls.
            (Some(LogicalType::Unknown), _) => Ok(Number::Signed),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Err("Date".to_owned()),
            (Some(LogicalType::Timestamp(_)), _)
            | (None, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) => {
                Err("Timestamp".to_owned())
            }
            (Some(LogicalType::Time(_)), _)
            | (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => {
                Err("Time".to_owned())
            }
            (Some(LogicalType::String), _) | (None, ConvertedType::UTF8) => {
                Err("String".to_owned())
            }
            (Some(other), _) => Err(format!("{other:?}")),
            (None, ConvertedType::DECIMAL) => Ok(Number::Decimal(column.type_scale())),
            (
                None,
                ConvertedType::UINT_8
                | ConvertedType::UINT_16
                | ConvertedType::UINT_32
                | ConvertedType::UINT_64,
            ) => Ok(Number::Unsigned),
            (
                None,
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64,
            ) => match physical {
                Type::DOUBLE | Type::FLOAT => Ok(Number::Float),
                Type::INT32 | Type::INT64 => Ok(Number::Signed),
                Type::BOOLEAN => Err("Boolean".to_owned()),
                Type::INT96 => Err("Timestamp".to_owned()),
                Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => Err("Binary".to_owned()),
            },
            (None, other) => Err(other.to_string()),
        }
    }

    fn read(
        self,
        column: &mut Column,
        n: usize,
        before: u64,
        values: &mut Vec<f64>,
    ) -> Result<(), ReadError> {
        let (name, nullable) = (column.name, column.is_nullable);
        let mut put = |value: Option<f64>| {
            let value = value.unwrap_or(f64::NAN);
            if value.is_infinite() {
                let place = Place::Row(before + values.len() as u64 + 1);
                let text = value.to_string();
                return Err((Some(place), Problem::Infinite { column: name, text }).into());
            }
            values.push(value);
            Ok(())
        };
        let of_bytes = |bytes: &[u8], scale: i32| {
            decimal::of_bytes(bytes).map_or(f64::NAN, |unscaled| decimal::to_f64(unscaled, scale))
        };
        match (self, &mut column.reader) {
            (Number::Float, ColumnReader::DoubleColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| put(value.copied()))
            }
            (Number::Float, ColumnReader::FloatColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| f64::from(v)))
                })
            }
            (Number::Signed, ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| f64::from(v)))
                })
            }
            (Number::Signed, ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| put(value.map(|&v| v as f64)))
            }
            (Number::Unsigned, ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| f64::from(v as u32)))
                })
            }
            (Number::Unsigned, ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| v as u64 as f64))
                })
            }
            (Number::Decimal(scale), ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| decimal::to_f64(v.into(), scale)))
                })
            }
            (Number::Decimal(scale), ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&v| decimal::to_f64(v.into(), scale)))
                })
            }
            (Number::Decimal(scale), ColumnReader::FixedLenByteArrayColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|v| of_bytes(v.data(), scale)))
                })
            }
            (Number::Decimal(scale), ColumnReader::ByteArrayColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|v| of_bytes(v.data(), scale)))
                })
            }
            (Number::Half, ColumnReader::FixedLenByteArrayColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|v| match *v.data() {
                        [low, high] => half(u16::from_le_bytes([low, high])),
                        _ => f64::NAN,
                    }))
                })
            }
            _ => Err(column.type_error("another type than the file declares")),
        }
    }
}

/// A float of 16 bits: a sign, five bits of exponent, ten of fraction (IEEE 754 binary16).
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => libm::ldexp(fraction, -24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => libm::ldexp(1024.0 + fraction, exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// How the date column's values are days.
enum Days {
    Epoch,
    Stamp {
        per_second: i64,
        zone: Zone,
    },
    Text,
    Count,
    /// Nanoseconds of a day and its Julian number, as Impala and Spark once wrote them.
    Int96,
}

impl Days {
    fn of(column: &ColumnDescriptor, metadata: &ParquetMetaData) -> Result<Days, Problem> {
        let stamp = |per_second, in_utc| {
            let name = zone_of_arrow(column.name(), metadata)
                .or_else(|| zone_of_pandas(column.name(), metadata));
            Days::Stamp {
                per_second,
                zone: match (in_utc, name) {
                    (false, _) => Zone::None,
                    (true, Some(zone)) => Zone::named(&zone),
                    (true, None) => Zone::Utc,
                },
            }
        };
        match (column.logical_type_ref(), column.converted_type()) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Ok(Days::Epoch),
            (Some(LogicalType::String), _) | (None, ConvertedType::UTF8) => Ok(Days::Text),
            (Some(LogicalType::Timestamp(kind)), _) => {
                let per_second = match kind.unit {
                    TimeUnit::MILLIS => 1_000,
                    TimeUnit::MICROS => 1_000_000,
                    TimeUnit::NANOS => 1_000_000_000,
                };
                Ok(stamp(per_second, kind.is_adjusted_to_u_t_c))
            }
            // Old writers had no other time stamps, and used them for local times as well.
            (None, ConvertedType::TIMESTAMP_MILLIS) => Ok(stamp(1_000, false)),
            (None, ConvertedType::TIMESTAMP_MICROS) => Ok(stamp(1_000_000, false)),
            _ => match (Number::of(column), column.physical_type()) {
                (Ok(Number::Signed | Number::Unsigned), _) => Ok(Days::Count),
                (_, Type::INT96) => Ok(Days::Int96),
                (_, Type::BYTE_ARRAY) if column.logical_type_ref().is_none() => Ok(Days::Text),
                _ => Err(Problem::ColumnType {
                    column: "Date",
                    found: column.physical_type().to_string(),
                }),
            },
        }
    }

    fn read(
        &self,
        column: &mut Column,
        n: usize,
        before: u64,
        days: &mut Vec<Written>,
    ) -> Result<(), ReadError> {
        let nullable = column.is_nullable;
        let mut put = |date: Option<Result<Written, Problem>>| {
            let place = Place::Row(before + days.len() as u64 + 1);
            let date = date.unwrap_or(Err(Problem::BlankDate));
            days.push(date.map_err(|problem| (Some(place), problem))?);
            Ok(())
        };
        match (self, &mut column.reader) {
            (Days::Epoch, ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&days| dates::of_days(days.into())))
                })
            }
            (Days::Stamp { per_second, zone }, ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&stamp| dates::of_seconds(stamp.div_euclid(*per_second), zone)))
                })
            }
            (Days::Count, ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&count| Ok(dates::of_number(count))))
                })
            }
            (Days::Count, ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|&count| Ok(dates::of_number(count.into()))))
                })
            }
            (Days::Int96, ColumnReader::Int96ColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|stamp| dates::of_seconds(seconds_of(stamp), &Zone::None)))
                })
            }
            (Days::Text, ColumnReader::ByteArrayColumnReader(reader)) => {
                for_each(reader, nullable, n, |value| {
                    put(value.map(|text| match std::str::from_utf8(text.data()) {
                        Ok(text) => dates::in_text(text),
                        Err(_) => Err(Problem::NotUtf8),
                    }))
                })
            }
            _ => Err(column.type_error("neither date, time stamp nor text")),
        }
    }
}

fn seconds_of(stamp: &Int96) -> i64 {
    const JULIAN_DAY_OF_1970: i64 = 2_440_588;
    let words = stamp.data();
    let nanos = i64::from(words[1]) << 32 | i64::from(words[0]);
    (i64::from(words[2]) - JULIAN_DAY_OF_1970) * 86_400 + nanos.div_euclid(1_000_000_000)
}

/// The time zone of a column in Arrow's schema, which polars, pyarrow, DuckDB and Rust keep beside the
/// data. Parquet itself knows only that a column is in UTC.
fn zone_of_arrow(column: &str, metadata: &ParquetMetaData) -> Option<String> {
    let notes = metadata.file_metadata().key_value_metadata()?;
    let note = notes.iter().find(|note| note.key == "ARROW:schema")?;
    let engine = base64::engine::general_purpose::STANDARD;
    let bytes = engine.decode(note.value.as_ref()?).ok()?;
    // A mark and a length stand before the message.
    let message = match bytes.get(..4)? {
        [0xff, 0xff, 0xff, 0xff] => bytes.get(8..)?,
        _ => bytes.get(4..)?,
    };
    let message = arrow_ipc::root_as_message(message).ok()?;
    let schema = arrow_ipc::convert::try_fb_to_schema(message.header_as_schema()?).ok()?;
    match schema.field_with_name(column).ok()?.data_type() {
        arrow_schema::DataType::Timestamp(_, zone) => zone.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// The time zone of a column as pandas notes it beside the data.
fn zone_of_pandas(column: &str, metadata: &ParquetMetaData) -> Option<String> {
    let notes = metadata.file_metadata().key_value_metadata()?;
    let note = notes.iter().find(|note| note.key == "pandas")?;
    let note: serde_json::Value = serde_json::from_str(note.value.as_ref()?).ok()?;
    let columns = note.get("columns")?.as_array()?;
    let column = columns
        .iter()
        .find(|entry| entry.get("field_name").and_then(|name| name.as_str()) == Some(column))?;
    let zone = column.get("metadata")?.get("timezone")?.as_str()?;
    Some(zone.to_owned())
}

fn damaged(error: ParquetError) -> ReadError {
    Problem::Damaged {
        format: FORMAT,
        source: Box::new(error),
    }
    .into()
}
