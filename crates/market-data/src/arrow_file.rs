//! Reads an Arrow IPC file (Feather version 2) or stream of daily bars.

use std::fs::File;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};
use backtest::date::Date;

use crate::bars::Bars;
use crate::columns::{Columns, DATE};
use crate::error::{Place, Problem};
use crate::read_error::ReadError;
use crate::timestamp::{self, Zone};

pub(crate) const FORMAT: &str = "Arrow";

/// Reads an Arrow IPC file.
pub(crate) fn read_file(file: File, adjusted: bool) -> Result<Bars, ReadError> {
    let reader = FileReader::try_new_buffered(file, None).map_err(damaged)?;
    let schema = reader.schema();
    read_batches(&schema, reader, adjusted)
}

/// Reads an Arrow IPC stream.
pub(crate) fn read_stream(file: File, adjusted: bool) -> Result<Bars, ReadError> {
    let reader = StreamReader::try_new_buffered(file, None).map_err(damaged)?;
    let schema = reader.schema();
    read_batches(&schema, reader, adjusted)
}

fn read_batches(
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    adjusted: bool,
) -> Result<Bars, ReadError> {
    let names: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let columns = Columns::named(&names)?;
    let mut bars = Bars::new(Place::Row);
    bars.has_adj_close = columns.adj_close.is_some();
    bars.is_adjusted = adjusted;
    for batch in batches {
        let batch = batch.map_err(damaged)?;
        read_dates(batch.column(columns.date), &mut bars.dates)?;
        for (name, at) in columns.numbers(adjusted) {
            read_prices(name, batch.column(at), bars.column_mut(name))?;
        }
    }
    Ok(bars)
}

fn read_prices(
    column: &'static str,
    values: &ArrayRef,
    prices: &mut Vec<f64>,
) -> Result<(), ReadError> {
    fn extend<T: ArrowPrimitiveType>(
        prices: &mut Vec<f64>,
        values: &ArrayRef,
        to_price: impl Fn(T::Native) -> f64,
    ) {
        let values: &PrimitiveArray<T> = values.as_primitive();
        prices.extend(values.iter().map(|value| value.map_or(f64::NAN, &to_price)));
    }
    let first = prices.len();
    match values.data_type() {
        DataType::Float64 => extend::<Float64Type>(prices, values, |value| value),
        DataType::Float32 => extend::<Float32Type>(prices, values, f64::from),
        DataType::Int8 => extend::<Int8Type>(prices, values, f64::from),
        DataType::Int16 => extend::<Int16Type>(prices, values, f64::from),
        DataType::Int32 => extend::<Int32Type>(prices, values, f64::from),
        DataType::Int64 => extend::<Int64Type>(prices, values, |value| value as f64),
        DataType::UInt8 => extend::<UInt8Type>(prices, values, f64::from),
        DataType::UInt16 => extend::<UInt16Type>(prices, values, f64::from),
        DataType::UInt32 => extend::<UInt32Type>(prices, values, f64::from),
        DataType::UInt64 => extend::<UInt64Type>(prices, values, |value| value as f64),
        // A column of nothing but nulls.
        DataType::Null => prices.resize(first + values.len(), f64::NAN),
        other => {
            let found = other.to_string();
            return Err(Problem::ColumnType { column, found }.into());
        }
    }
    match prices[first..].iter().position(|price| price.is_infinite()) {
        None => Ok(()),
        Some(row) => {
            let text = prices[first + row].to_string();
            let place = Place::Row((first + row) as u64 + 1);
            Err((Some(place), Problem::Infinite { column, text }).into())
        }
    }
}

fn read_dates(values: &ArrayRef, dates: &mut Vec<Date>) -> Result<(), ReadError> {
    fn push<T>(
        dates: &mut Vec<Date>,
        values: impl Iterator<Item = Option<T>>,
        to_date: impl Fn(T) -> Result<Date, Problem>,
    ) -> Result<(), ReadError> {
        for value in values {
            let place = Place::Row(dates.len() as u64 + 1);
            let date = value.map_or(Err(Problem::BlankDate), &to_date);
            dates.push(date.map_err(|problem| (Some(place), problem))?);
        }
        Ok(())
    }
    fn stamps<T: ArrowPrimitiveType<Native = i64>>(
        dates: &mut Vec<Date>,
        values: &ArrayRef,
        per_second: i64,
        zone: &Zone,
    ) -> Result<(), ReadError> {
        push(dates, values.as_primitive::<T>().iter(), |stamp| {
            timestamp::date_of_seconds(stamp.div_euclid(per_second), zone)
        })
    }
    match values.data_type() {
        DataType::Date32 => push(dates, values.as_primitive::<Date32Type>().iter(), |days| {
            timestamp::date_of_days(days.into())
        }),
        DataType::Date64 => stamps::<Date64Type>(dates, values, 1_000, &Zone::None),
        DataType::Timestamp(unit, zone) => {
            let zone = zone
                .as_ref()
                .map_or(Zone::None, |name| Zone::Named(name.to_string()));
            match unit {
                TimeUnit::Second => stamps::<TimestampSecondType>(dates, values, 1, &zone),
                TimeUnit::Millisecond => {
                    stamps::<TimestampMillisecondType>(dates, values, 1_000, &zone)
                }
                TimeUnit::Microsecond => {
                    stamps::<TimestampMicrosecondType>(dates, values, 1_000_000, &zone)
                }
                TimeUnit::Nanosecond => {
                    stamps::<TimestampNanosecondType>(dates, values, 1_000_000_000, &zone)
                }
            }
        }
        DataType::Utf8 => push(
            dates,
            values.as_string::<i32>().iter(),
            timestamp::date_in_text,
        ),
        DataType::LargeUtf8 => push(
            dates,
            values.as_string::<i64>().iter(),
            timestamp::date_in_text,
        ),
        DataType::Utf8View => push(
            dates,
            values.as_string_view().iter(),
            timestamp::date_in_text,
        ),
        other => {
            let found = other.to_string();
            Err(Problem::ColumnType {
                column: DATE,
                found,
            }
            .into())
        }
    }
}

fn damaged(error: ArrowError) -> ReadError {
    // The reader tells a missing codec only in words. LZ4 is built in; Zstandard is C.
    let codec = "zstd";
    if error.to_string().to_lowercase().contains(codec) {
        return Problem::Compression {
            format: FORMAT,
            codec: codec.to_owned(),
        }
        .into();
    }
    Problem::Damaged {
        format: FORMAT,
        source: Box::new(error),
    }
    .into()
}
