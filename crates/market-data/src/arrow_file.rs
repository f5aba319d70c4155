//! Reads an Arrow IPC file (Feather version 2) or stream of daily bars.

use std::fs::File;

use arrow_array::cast::{AsArray, as_dictionary_array};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type,
    Decimal256Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Schema, TimeUnit};

use crate::arrow_lengths;
use crate::dates::{self, Written, Zone};
use crate::decimal;
use crate::error::{Place, Problem};
use crate::layout::{Header, Layout, Shape};
use crate::read_error::ReadError;
use crate::rows;
use crate::sheet::{Builder, Sheet};
use crate::wanted::Wanted;

pub(crate) const FORMAT: &str = "Arrow";

/// The layout of an Arrow IPC file.
pub(crate) fn layout_of_file(mut file: File) -> Result<Layout, ReadError> {
    arrow_lengths::check_file(&mut file).map_err(damaged)?;
    let reader = FileReader::try_new_buffered(file, None).map_err(damaged)?;
    Ok(layout(&reader.schema())?)
}

/// The layout of an Arrow IPC stream.
pub(crate) fn layout_of_stream(mut file: File) -> Result<Layout, ReadError> {
    arrow_lengths::check_stream(&mut file).map_err(damaged)?;
    let reader = StreamReader::try_new_buffered(file, None).map_err(damaged)?;
    Ok(layout(&reader.schema())?)
}

/// Reads an Arrow IPC file.
pub(crate) fn read_file(mut file: File, wanted: Wanted<'_>) -> Result<Sheet, ReadError> {
    arrow_lengths::check_file(&mut file).map_err(damaged)?;
    let reader = FileReader::try_new_buffered(file, None).map_err(damaged)?;
    let schema = reader.schema();
    read_batches(&schema, reader, wanted)
}

/// Reads an Arrow IPC stream.
pub(crate) fn read_stream(mut file: File, wanted: Wanted<'_>) -> Result<Sheet, ReadError> {
    arrow_lengths::check_stream(&mut file).map_err(damaged)?;
    let reader = StreamReader::try_new_buffered(file, None).map_err(damaged)?;
    let schema = reader.schema();
    read_batches(&schema, reader, wanted)
}

fn layout(schema: &Schema) -> Result<Layout, Problem> {
    let fields = schema.fields();
    let is_number = |at: usize| {
        let kind = fields[at].data_type();
        kind.is_numeric() || matches!(kind, DataType::Null)
    };
    let names = fields.iter().map(|field| field.name().clone());
    Layout::of(&Header {
        levels: vec![names.collect()],
        is_number: &is_number,
        counts_time: fields
            .iter()
            .any(|field| *field.data_type() == DataType::Int64),
    })
}

fn read_batches(
    schema: &Schema,
    batches: impl Iterator<Item = Result<RecordBatch, ArrowError>>,
    wanted: Wanted<'_>,
) -> Result<Sheet, ReadError> {
    let layout = layout(schema)?;
    let cells = rows::cells(&layout, wanted.fields);
    let mut builder = Builder::new(&layout, Place::Row);
    let mut rows = rows::Batch::new(cells.len());
    let mut n_read = 0;
    for batch in batches {
        let batch = batch.map_err(damaged)?;
        rows.clear();
        read_dates(batch.column(layout.date), n_read, &mut rows.days)?;
        if let Shape::Long { symbol, .. } = layout.shape {
            read_symbols(
                batch.column(symbol),
                n_read,
                wanted,
                &mut builder,
                &mut rows.series,
            )?;
        }
        for (cell, values) in cells.iter().zip(&mut rows.values) {
            read_numbers(cell.field.name(), batch.column(cell.at), n_read, values)?;
        }
        rows.push(&cells, n_read, wanted, &mut builder);
        n_read += batch.num_rows() as u64;
    }
    builder.finish()
}

/// Which of the distinct values each row has, and the values.
type Distinct = (Vec<Option<usize>>, ArrayRef);

/// The values of a column that names each of them once.
fn plain(values: &ArrayRef) -> Result<Option<Distinct>, ()> {
    fn keys<K: arrow_array::types::ArrowDictionaryKeyType>(values: &ArrayRef) -> Distinct {
        let dictionary = as_dictionary_array::<K>(values);
        (
            dictionary.keys_iter().collect(),
            dictionary.values().clone(),
        )
    }
    let DataType::Dictionary(kind, _) = values.data_type() else {
        return Ok(None);
    };
    Ok(Some(match kind.as_ref() {
        DataType::Int8 => keys::<Int8Type>(values),
        DataType::Int16 => keys::<Int16Type>(values),
        DataType::Int32 => keys::<Int32Type>(values),
        DataType::Int64 => keys::<Int64Type>(values),
        DataType::UInt8 => keys::<UInt8Type>(values),
        DataType::UInt16 => keys::<UInt16Type>(values),
        DataType::UInt32 => keys::<UInt32Type>(values),
        DataType::UInt64 => keys::<UInt64Type>(values),
        _ => return Err(()),
    }))
}

/// Texts, `None` for a null.
fn texts(column: &'static str, values: &ArrayRef) -> Result<Vec<Option<String>>, ReadError> {
    fn owned<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vec<Option<String>> {
        values.map(|text| text.map(str::to_owned)).collect()
    }
    let wrong = || -> ReadError {
        let found = values.data_type().to_string();
        Problem::ColumnType { column, found }.into()
    };
    if let Some((keys, distinct)) = plain(values).map_err(|()| wrong())? {
        let distinct = texts(column, &distinct)?;
        let text = |key: Option<usize>| distinct.get(key?).cloned().flatten();
        return Ok(keys.into_iter().map(text).collect());
    }
    Ok(match values.data_type() {
        DataType::Utf8 => owned(values.as_string::<i32>().iter()),
        DataType::LargeUtf8 => owned(values.as_string::<i64>().iter()),
        DataType::Utf8View => owned(values.as_string_view().iter()),
        DataType::Int64 => {
            let values = values.as_primitive::<Int64Type>().iter();
            values
                .map(|value| value.map(|value| value.to_string()))
                .collect()
        }
        DataType::Int32 => {
            let values = values.as_primitive::<Int32Type>().iter();
            values
                .map(|value| value.map(|value| value.to_string()))
                .collect()
        }
        _ => return Err(wrong()),
    })
}

fn read_symbols(
    values: &ArrayRef,
    before: u64,
    wanted: Wanted<'_>,
    builder: &mut Builder,
    series: &mut Vec<u32>,
) -> Result<(), ReadError> {
    for (row, symbol) in texts("Symbol", values)?.iter().enumerate() {
        match symbol.as_deref().map(str::trim) {
            None | Some("") => {
                let place = Place::Row(before + row as u64 + 1);
                return Err((Some(place), Problem::BlankSymbol).into());
            }
            Some(symbol) => series.push(rows::series(builder.wanted_series(symbol, wanted))),
        }
    }
    Ok(())
}

fn read_numbers(
    column: &'static str,
    values: &ArrayRef,
    before: u64,
    numbers: &mut Vec<f64>,
) -> Result<(), ReadError> {
    fn extend<T: ArrowPrimitiveType>(
        numbers: &mut Vec<f64>,
        values: &ArrayRef,
        to_number: impl Fn(T::Native) -> f64,
    ) {
        let values: &PrimitiveArray<T> = values.as_primitive();
        numbers.extend(
            values
                .iter()
                .map(|value| value.map_or(f64::NAN, &to_number)),
        );
    }
    match values.data_type() {
        DataType::Float64 => extend::<Float64Type>(numbers, values, |value| value),
        DataType::Float32 => extend::<Float32Type>(numbers, values, f64::from),
        DataType::Float16 => extend::<Float16Type>(numbers, values, |value| value.to_f64()),
        DataType::Int8 => extend::<Int8Type>(numbers, values, f64::from),
        DataType::Int16 => extend::<Int16Type>(numbers, values, f64::from),
        DataType::Int32 => extend::<Int32Type>(numbers, values, f64::from),
        DataType::Int64 => extend::<Int64Type>(numbers, values, |value| value as f64),
        DataType::UInt8 => extend::<UInt8Type>(numbers, values, f64::from),
        DataType::UInt16 => extend::<UInt16Type>(numbers, values, f64::from),
        DataType::UInt32 => extend::<UInt32Type>(numbers, values, f64::from),
        DataType::UInt64 => extend::<UInt64Type>(numbers, values, |value| value as f64),
        DataType::Decimal32(_, scale) => extend::<Decimal32Type>(numbers, values, |value| {
            decimal::to_f64(value.into(), (*scale).into())
        }),
        DataType::Decimal64(_, scale) => extend::<Decimal64Type>(numbers, values, |value| {
            decimal::to_f64(value.into(), (*scale).into())
        }),
        DataType::Decimal128(_, scale) => extend::<Decimal128Type>(numbers, values, |value| {
            decimal::to_f64(value, (*scale).into())
        }),
        DataType::Decimal256(_, scale) => extend::<Decimal256Type>(numbers, values, |value| {
            let unscaled = decimal::of_bytes(&value.to_be_bytes());
            unscaled.map_or(f64::NAN, |unscaled| {
                decimal::to_f64(unscaled, (*scale).into())
            })
        }),
        // A column of nothing but nulls.
        DataType::Null => numbers.resize(values.len(), f64::NAN),
        other => {
            let found = other.to_string();
            return Err(Problem::ColumnType { column, found }.into());
        }
    }
    match numbers.iter().position(|number| number.is_infinite()) {
        None => Ok(()),
        Some(row) => {
            let text = numbers[row].to_string();
            let place = Place::Row(before + row as u64 + 1);
            Err((Some(place), Problem::Infinite { column, text }).into())
        }
    }
}

fn read_dates(values: &ArrayRef, before: u64, days: &mut Vec<Written>) -> Result<(), ReadError> {
    fn push<T>(
        days: &mut Vec<Written>,
        before: u64,
        values: impl Iterator<Item = Option<T>>,
        to_day: impl Fn(T) -> Result<Written, Problem>,
    ) -> Result<(), ReadError> {
        for value in values {
            let place = Place::Row(before + days.len() as u64 + 1);
            let day = value.map_or(Err(Problem::BlankDate), &to_day);
            days.push(day.map_err(|problem| (Some(place), problem))?);
        }
        Ok(())
    }
    let zone = match values.data_type() {
        DataType::Timestamp(_, Some(name)) => Zone::named(name),
        _ => Zone::None,
    };
    macro_rules! stamps {
        ($kind:ty, $per_second:expr) => {
            push(
                days,
                before,
                values.as_primitive::<$kind>().iter(),
                |stamp| dates::of_seconds(stamp.div_euclid($per_second), &zone),
            )
        };
    }
    macro_rules! counts {
        ($kind:ty) => {
            push(
                days,
                before,
                values.as_primitive::<$kind>().iter(),
                |count| Ok(dates::of_number(i64::from(count))),
            )
        };
    }
    match values.data_type() {
        DataType::Date32 => push(
            days,
            before,
            values.as_primitive::<Date32Type>().iter(),
            |day| dates::of_days(day.into()),
        ),
        DataType::Date64 => stamps!(Date64Type, 1_000),
        DataType::Timestamp(TimeUnit::Second, _) => stamps!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => stamps!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            stamps!(TimestampMicrosecondType, 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            stamps!(TimestampNanosecondType, 1_000_000_000)
        }
        DataType::Int64 => counts!(Int64Type),
        DataType::Int32 => counts!(Int32Type),
        DataType::UInt32 => counts!(UInt32Type),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..) => {
            let texts = texts("Date", values)?;
            push(
                days,
                before,
                texts.iter().map(Option::as_deref),
                dates::in_text,
            )
        }
        other => {
            let found = other.to_string();
            Err(Problem::ColumnType {
                column: "Date",
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
