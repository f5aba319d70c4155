//! Reads a Parquet file of daily bars, through the crate's flat column reader.

use std::fs::File;

use backtest::date::Date;
use parquet::basic::{Compression, ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::bars::Bars;
use crate::columns::{Columns, DATE};
use crate::error::{Place, Problem};
use crate::read_error::ReadError;
use crate::timestamp::{self, Zone};

pub(crate) const FORMAT: &str = "Parquet";

/// Reads the columns that are needed, and nothing else.
pub(crate) fn read(file: File, adjusted: bool) -> Result<Bars, ReadError> {
    let file = SerializedFileReader::new(file).map_err(damaged)?;
    let metadata = file.metadata();
    let descriptors = metadata.file_metadata().schema_descr().columns();
    let names: Vec<String> = descriptors
        .iter()
        .map(|column| column.name().to_owned())
        .collect();
    let columns = Columns::named(&names)?;
    let days = Days::of(&descriptors[columns.date], metadata)?;

    let mut bars = Bars::new(Place::Row);
    bars.has_adj_close = columns.adj_close.is_some();
    bars.is_adjusted = adjusted;
    for group in 0..file.num_row_groups() {
        let rows = usize::try_from(metadata.row_group(group).num_rows()).unwrap_or(0);
        let column = |name, at| Column::open(&file, group, name, at);

        days.read(column(DATE, columns.date)?, rows, &mut bars.dates)?;
        for (name, at) in columns.numbers(adjusted) {
            read_prices(column(name, at)?, rows, bars.column_mut(name))?;
        }
    }
    Ok(bars)
}

/// One column of one row group, ready to be read.
struct Column {
    name: &'static str,
    is_nullable: bool,
    reader: ColumnReader,
}

impl Column {
    fn open(
        file: &SerializedFileReader<File>,
        group: usize,
        name: &'static str,
        at: usize,
    ) -> Result<Column, ReadError> {
        let chunk = file.metadata().row_group(group).column(at);
        match chunk.compression() {
            Compression::UNCOMPRESSED | Compression::SNAPPY => {}
            codec => {
                let codec = codec.to_string().to_lowercase();
                let codec = codec.split('(').next().unwrap_or_default().to_owned();
                return Err(Problem::Compression {
                    format: FORMAT,
                    codec,
                }
                .into());
            }
        }
        let descriptor = chunk.column_descr();
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
        if starts.into_iter().flatten().any(|start| start < 0) || chunk.compressed_size() < 0 {
            let error = "a column begins before the file".to_owned();
            return Err(damaged(ParquetError::General(error)));
        }
        let row_group = file.get_row_group(group).map_err(damaged)?;
        Ok(Column {
            name,
            is_nullable: descriptor.max_def_level() == 1,
            reader: row_group.get_column_reader(at).map_err(damaged)?,
        })
    }
}

/// Calls `put` for each row's value, in order; `None` for a null.
fn for_each<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    is_nullable: bool,
    n_rows: usize,
    mut put: impl FnMut(Option<&T::T>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut values = Vec::new();
    let mut levels = Vec::new();
    let (n_read, ..) = reader
        .read_records(
            n_rows,
            is_nullable.then_some(&mut levels),
            None,
            &mut values,
        )
        .map_err(damaged)?;
    if n_read != n_rows {
        return Err(damaged(ParquetError::EOF(format!(
            "a column has {n_read} of {n_rows} rows"
        ))));
    }
    let mut values = values.iter();
    for row in 0..n_rows {
        let is_null = is_nullable && levels.get(row) == Some(&0);
        put(if is_null { None } else { values.next() })?;
    }
    Ok(())
}

fn read_prices(column: Column, n_rows: usize, prices: &mut Vec<f64>) -> Result<(), ReadError> {
    let (name, nullable) = (column.name, column.is_nullable);
    // The count comes from the file, so it is believed only up to a point.
    prices.reserve(n_rows.min(1 << 20));
    let mut put = |price: Option<f64>| {
        let price = price.unwrap_or(f64::NAN);
        if price.is_infinite() {
            let row = prices.len() as u64 + 1;
            let text = price.to_string();
            return Err((
                Some(Place::Row(row)),
                Problem::Infinite { column: name, text },
            )
                .into());
        }
        prices.push(price);
        Ok(())
    };
    match column.reader {
        ColumnReader::DoubleColumnReader(reader) => {
            for_each(reader, nullable, n_rows, |value| put(value.copied()))
        }
        ColumnReader::FloatColumnReader(reader) => for_each(reader, nullable, n_rows, |value| {
            put(value.map(|&v| f64::from(v)))
        }),
        ColumnReader::Int32ColumnReader(reader) => for_each(reader, nullable, n_rows, |value| {
            put(value.map(|&v| f64::from(v)))
        }),
        ColumnReader::Int64ColumnReader(reader) => for_each(reader, nullable, n_rows, |value| {
            put(value.map(|&v| v as f64))
        }),
        _ => {
            let found = "neither float nor integer".to_owned();
            Err(Problem::ColumnType {
                column: name,
                found,
            }
            .into())
        }
    }
}

/// How the date column's values are days.
enum Days {
    Epoch,
    Stamp { per_second: i64, zone: Zone },
    Text,
}

impl Days {
    fn of(column: &ColumnDescriptor, metadata: &ParquetMetaData) -> Result<Days, Problem> {
        let stamp = |per_second, in_utc| Days::Stamp {
            per_second,
            zone: match (in_utc, zone_of_pandas(column.name(), metadata)) {
                (false, _) => Zone::None,
                (true, Some(zone)) => Zone::Named(zone),
                (true, None) => Zone::Unknown,
            },
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
            _ => Err(Problem::ColumnType {
                column: DATE,
                found: column.physical_type().to_string(),
            }),
        }
    }

    fn read(&self, column: Column, n_rows: usize, dates: &mut Vec<Date>) -> Result<(), ReadError> {
        let nullable = column.is_nullable;
        let mut put = |date: Option<Result<Date, Problem>>| {
            let place = Place::Row(dates.len() as u64 + 1);
            let date = date.unwrap_or(Err(Problem::BlankDate));
            dates.push(date.map_err(|problem| (Some(place), problem))?);
            Ok(())
        };
        match (self, column.reader) {
            (Days::Epoch, ColumnReader::Int32ColumnReader(reader)) => {
                for_each(reader, nullable, n_rows, |value| {
                    put(value.map(|&days| timestamp::date_of_days(days.into())))
                })
            }
            (Days::Stamp { per_second, zone }, ColumnReader::Int64ColumnReader(reader)) => {
                for_each(reader, nullable, n_rows, |value| {
                    put(value.map(|&stamp| {
                        timestamp::date_of_seconds(stamp.div_euclid(*per_second), zone)
                    }))
                })
            }
            (Days::Text, ColumnReader::ByteArrayColumnReader(reader)) => {
                for_each(reader, nullable, n_rows, |value| {
                    put(value.map(|text| match std::str::from_utf8(text.data()) {
                        Ok(text) => timestamp::date_in_text(text),
                        Err(_) => Err(Problem::NotUtf8),
                    }))
                })
            }
            _ => {
                let found = "neither date, time stamp nor text".to_owned();
                Err(Problem::ColumnType {
                    column: DATE,
                    found,
                }
                .into())
            }
        }
    }
}

/// The time zone of a column as pandas notes it beside the data. Parquet itself knows only that
/// a column is in UTC.
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
