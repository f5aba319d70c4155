use std::sync::Arc;

use arrow_array::{
    ArrayRef, Date32Array, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray,
};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use backtest::date::Date;
use expect_test::{Expect, expect};
use market_data::Adjustment::{ByCloseRatio, Raw};
use parquet::basic::Compression;
use parquet::data_type::{ByteArrayType, DoubleType, FloatType, Int32Type, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::{as_lines, load_one};

/// A column of a Parquet file: its type in the schema, its values, and the rows that have one.
enum Column {
    I32(&'static str, Vec<i32>),
    I64(&'static str, Vec<i64>),
    F32(&'static str, Vec<f32>),
    F64(&'static str, Vec<Option<f64>>),
    Text(&'static str, Vec<&'static str>),
}

fn parquet(columns: &[Column], compression: Compression, note: Option<&str>) -> Vec<u8> {
    let fields: String = columns
        .iter()
        .map(|column| {
            let (Column::I32(field, _)
            | Column::I64(field, _)
            | Column::F32(field, _)
            | Column::F64(field, _)
            | Column::Text(field, _)) = column;
            format!("{field};")
        })
        .collect();
    let schema = parse_message_type(&format!("message bars {{ {fields} }}")).unwrap();
    let notes = note.map(|note| vec![KeyValue::new("pandas".to_owned(), note.to_owned())]);
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_key_value_metadata(notes)
        .build();
    let mut bytes = Vec::new();
    let mut file =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = file.next_row_group().unwrap();
    for column in columns {
        let mut writer = group.next_column().unwrap().unwrap();
        match column {
            Column::I32(_, values) => writer
                .typed::<Int32Type>()
                .write_batch(values, None, None)
                .unwrap(),
            Column::I64(_, values) => writer
                .typed::<Int64Type>()
                .write_batch(values, None, None)
                .unwrap(),
            Column::F32(_, values) => writer
                .typed::<FloatType>()
                .write_batch(values, None, None)
                .unwrap(),
            Column::F64(_, values) => {
                let levels: Vec<i16> = values.iter().map(|value| value.is_some().into()).collect();
                let values: Vec<f64> = values.iter().copied().flatten().collect();
                writer
                    .typed::<DoubleType>()
                    .write_batch(&values, Some(&levels), None)
                    .unwrap()
            }
            Column::Text(_, values) => {
                let values: Vec<_> = values.iter().map(|text| (*text).into()).collect();
                writer
                    .typed::<ByteArrayType>()
                    .write_batch(&values, None, None)
                    .unwrap()
            }
        };
        writer.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

#[track_caller]
fn check(name: &str, content: &[u8], expect: Expect) {
    expect.assert_eq(&match load_one(name, content, ByCloseRatio) {
        Ok(loaded) => as_lines(&loaded.series[0]),
        Err(error) => error,
    });
}

/// 2003-09-29 and 2003-09-30, in days since 1970; and the seconds in a day.
const DAYS: [i32; 2] = [12_324, 12_325];
const DAY: i64 = 86_400;

fn prices() -> [Column; 2] {
    [
        Column::F64("optional double Close", vec![Some(8.0), None]),
        Column::F64("optional double Open", vec![Some(10.0), Some(12.5)]),
    ]
}

fn dated(date: Column) -> Vec<Column> {
    let [close, open] = prices();
    vec![open, date, close]
}

#[test]
fn parquet_with_days_and_nulls() {
    let columns = dated(Column::I32("required int32 Date (DATE)", DAYS.to_vec()));
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY] {
        check(
            "A.parquet",
            &parquet(&columns, compression, None),
            expect![["2003-09-29 10 8\n2003-09-30 12.5 NaN\n"]],
        );
    }
}

#[test]
fn parquet_with_adjusted_closes_as_floats_and_integers() {
    let columns = [
        Column::Text(
            "required binary Date (UTF8)",
            vec!["2003-09-29", "2003-09-30 00:00:00"],
        ),
        Column::I64("required int64 Open", vec![10, 12]),
        Column::F32("required float Close", vec![8.0, 16.0]),
        // The schema's language has no names with spaces.
        Column::F64("optional double adj_close", vec![Some(4.0), Some(8.0)]),
    ];
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, None),
        expect![[r#"
            2003-09-29 5 4
            2003-09-30 6 8
        "#]],
    );
}

#[test]
fn parquet_with_time_stamps_in_no_zone() {
    let times = DAYS.map(|day| i64::from(day) * DAY * 1_000_000_000 + 1);
    let field = "required int64 __index_level_0__ (TIMESTAMP(NANOS,false))";
    let columns = dated(Column::I64(field, times.to_vec()));
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, None),
        expect![[r#"
            2003-09-29 10 8
            2003-09-30 12.5 NaN
        "#]],
    );
}

#[test]
fn parquet_with_time_stamps_of_new_york() {
    // Midnight in New York is four hours later in UTC.
    let times = DAYS.map(|day| (i64::from(day) * DAY + 4 * 3600) * 1_000_000);
    let field = "required int64 Date (TIMESTAMP(MICROS,true))";
    let columns = dated(Column::I64(field, times.to_vec()));
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, None),
        expect![[r#"
            2003-09-29 10 8
            2003-09-30 12.5 NaN
        "#]],
    );
}

#[test]
fn parquet_with_time_stamps_of_tokyo() {
    // Midnight in Tokyo is nine hours earlier in UTC: the day before.
    let times = DAYS.map(|day| (i64::from(day) * DAY - 9 * 3600) * 1_000);
    let field = "required int64 Date (TIMESTAMP(MILLIS,true))";
    let columns = dated(Column::I64(field, times.to_vec()));
    let note = r#"{"columns":[{"field_name":"Date","metadata":{"timezone":"Asia/Tokyo"}}]}"#;
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, Some(note)),
        expect![[r#"
            2003-09-29 10 8
            2003-09-30 12.5 NaN
        "#]],
    );
    // Without pandas' note the days tell: a Sunday, and the day after is no weekend.
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, None),
        expect![[r#"
            2003-09-29 10 8
            2003-09-30 12.5 NaN
        "#]],
    );
}

#[test]
fn parquet_with_another_codec_is_refused() {
    // There is no decoder of LZO, so a snappy file is made to say it: in the metadata the codec
    // follows the column's name, as field 0x15, with 2 for snappy and 6 for LZO (zigzag).
    let columns = dated(Column::I32("required int32 Date (DATE)", DAYS.to_vec()));
    let mut content = parquet(&columns, Compression::SNAPPY, None);
    let at = content
        .windows(6)
        .rposition(|bytes| bytes == b"Open\x15\x02")
        .unwrap();
    content[at + 5] = 6;
    check(
        "A.parquet",
        &content,
        expect![[r#"
            `DIR/A.parquet`: the Parquet data are compressed with lzo
             hint: rewrite it: `pd.read_parquet(f).to_parquet(f, compression="zstd")` in pandas, `pl.read_parquet(f).write_parquet(f)` in polars, or `COPY (FROM 'old.parquet') TO 'new.parquet' (COMPRESSION zstd)` in DuckDB"#]],
    );
}

/// Made with pyarrow: `write_feather(table, path, compression="lz4")`, pandas' default, of the 64
/// days from 2020-01-01 on, each with an open of 10 and a close of 11.
const LZ4: &[u8] = include_bytes!("../data/lz4.feather");

#[test]
fn arrow_compressed_with_lz4_is_read() {
    let loaded = load_one("A.feather", LZ4, Raw).unwrap();
    let first = Date::new(2020, 1, 1).unwrap();
    let days: Vec<Date> = (0..64).map(|day| first.plus_days(day)).collect();
    let series = &loaded.series[0];
    assert_eq!(series.dates, days);
    assert_eq!(
        (&series.open, &series.close),
        (&vec![10.0; 64], &vec![11.0; 64])
    );
}

/// Its 8-byte length and the frame's magic number come first in each compressed column.
#[test]
fn arrow_with_a_damaged_lz4_frame_is_damaged_and_not_of_another_codec() {
    let mut content = LZ4.to_vec();
    let magic = [0x04, 0x22, 0x4d, 0x18];
    let at = content.windows(4).position(|bytes| bytes == magic).unwrap();
    content[at] = 0;
    check(
        "A.feather",
        &content,
        expect![[r#"
        `DIR/A.feather`: not a valid Arrow file
        cause: Io error: WrongMagicNumber
        cause: WrongMagicNumber
         hint: write or download it again"#]],
    );
}

#[test]
fn arrow_with_another_codec_is_refused() {
    // Made with pyarrow: `write_feather(table, path, compression="zstd")`.
    let zstd = include_bytes!("../data/zstd.feather");
    check(
        "A.feather",
        zstd,
        expect![[r#"
            `DIR/A.feather`: the Arrow data are compressed with zstd
             hint: rewrite it: `pd.read_feather(f).to_feather(f, compression="lz4")` in pandas, `pl.read_ipc(f).write_ipc(f, compression="lz4")` in polars, or `COPY (FROM table) TO 'new.parquet'` in DuckDB"#]],
    );
}

#[test]
fn parquet_with_dates_of_a_wrong_type() {
    let columns = dated(Column::F32("required float Date", vec![1.0, 2.0]));
    check(
        "A.parquet",
        &parquet(&columns, Compression::SNAPPY, None),
        expect![[r#"
            `DIR/A.parquet`: column `Date` holds values of type FLOAT
             hint: write dates as a date, a timestamp or text, and prices as floats, integers or decimals"#]],
    );
}

fn batch(dates: ArrayRef) -> RecordBatch {
    let open: ArrayRef = Arc::new(Float64Array::from(vec![10.0, 12.0]));
    let close: ArrayRef = Arc::new(Float32Array::from(vec![Some(8.0), None]));
    let adjusted: ArrayRef = Arc::new(Int64Array::from(vec![4, 8]));
    let columns = [
        ("Open", open),
        ("Close", close),
        ("Date", dates),
        ("Adj Close", adjusted),
    ];
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

fn arrow_file(batch: &RecordBatch) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FileWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    bytes
}

#[test]
fn arrow_files_with_every_kind_of_date() {
    let seconds: Vec<i64> = DAYS.iter().map(|day| i64::from(*day) * DAY).collect();
    let millis = seconds.iter().map(|second| (second + 4 * 3600) * 1_000);
    let nanos = seconds
        .iter()
        .map(|second| (second - 9 * 3600) * 1_000_000_000);
    let dates: [ArrayRef; 5] = [
        Arc::new(Date32Array::from(DAYS.to_vec())),
        Arc::new(TimestampSecondArray::from(seconds.clone())),
        Arc::new(
            TimestampMillisecondArray::from_iter_values(millis).with_timezone("America/New_York"),
        ),
        Arc::new(TimestampNanosecondArray::from_iter_values(nanos).with_timezone("Asia/Tokyo")),
        Arc::new(StringArray::from(vec!["2003-09-29", "2003-09-30"])),
    ];
    for dates in dates {
        let content = arrow_file(&batch(dates));
        for name in ["A.arrow", "A.feather"] {
            check(
                name,
                &content,
                expect![["2003-09-29 5 4\n2003-09-30 NaN 8\n"]],
            );
        }
    }
}

#[test]
fn arrow_streams() {
    let batch = batch(Arc::new(Date32Array::from(DAYS.to_vec())));
    let mut bytes = Vec::new();
    let mut writer = StreamWriter::try_new(&mut bytes, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    check(
        "A.arrow",
        &bytes,
        expect![[r#"
        2003-09-29 5 4
        2003-09-30 NaN 8
    "#]],
    );
}

#[test]
fn a_null_date_is_a_blank_one() {
    let dates = Arc::new(Date32Array::from(vec![Some(DAYS[0]), None]));
    check(
        "A.arrow",
        &arrow_file(&batch(dates)),
        expect![[r#"
        `DIR/A.arrow`, row 2: the date is blank
         hint: fill in the date, or delete the row"#]],
    );
}

#[test]
fn damaged_files_are_refused_and_never_panic() {
    let columns = dated(Column::I32("required int32 Date (DATE)", DAYS.to_vec()));
    let dates = Arc::new(Date32Array::from(DAYS.to_vec()));
    let files = [
        ("A.parquet", parquet(&columns, Compression::SNAPPY, None)),
        ("A.arrow", arrow_file(&batch(dates))),
    ];
    for (name, content) in files {
        for length in 0..content.len() {
            assert!(
                load_one(name, &content[..length], Raw).is_err(),
                "{name} of {length} bytes"
            );
        }
        // Any byte may be wrong; the prices may then be, too.
        for at in 0..content.len() {
            let mut content = content.clone();
            content[at] ^= 0x80;
            let _ = load_one(name, &content, Raw);
        }
    }
}

/// A length is replaced everywhere by one that no machine has memory for: an error, or nothing that
/// matters has changed, but never an attempt to take that memory, which would end the program.
#[test]
fn declared_lengths_are_not_believed() {
    let dates: ArrayRef = Arc::new(Date32Array::from(DAYS.to_vec()));
    let opens: ArrayRef = Arc::new(Float64Array::from(vec![10.0, 12.5]));
    let closes: ArrayRef = Arc::new(Float64Array::from(vec![11.0, 12.0]));
    let columns = [("Date", dates), ("Open", opens), ("Close", closes)];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let compressed = IpcWriteOptions::default()
        .try_with_compression(Some(arrow_ipc::CompressionType::LZ4_FRAME))
        .unwrap();
    let mut lz4 = Vec::new();
    let mut writer =
        FileWriter::try_new_with_options(&mut lz4, &batch.schema(), compressed).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();
    drop(writer);
    let parquet = parquet(
        &[
            Column::F64("optional double Close", vec![Some(8.0), None]),
            Column::I32("required int32 Date (DATE)", DAYS.to_vec()),
            Column::F64("optional double Open", vec![Some(10.0), Some(12.5)]),
        ],
        Compression::SNAPPY,
        None,
    );
    let files = [
        ("A.feather", arrow_file(&batch)),
        ("A.feather", lz4),
        ("A.arrow", stream),
        ("A.parquet", parquet),
    ];
    for (name, file) in files {
        load_one(name, &file, Raw).unwrap();
        let mut refused = 0;
        for at in 0..file.len() - 8 {
            let mut damaged = file.clone();
            let huge = if at % 2 == 0 { 1_i64 << 50 } else { i64::MAX };
            damaged[at..at + 8].copy_from_slice(&huge.to_le_bytes());
            refused += usize::from(load_one(name, &damaged, Raw).is_err());
        }
        assert!(refused > file.len() / 10, "{name}: {refused}");
    }
}

/// Half a megabyte of equal values was unpacked to gigabytes of rows.
#[test]
fn a_file_has_no_more_rows_than_its_size_allows() {
    let rows = 3_000_000;
    let file = parquet(
        &[
            Column::I32("required int32 Date (DATE)", vec![DAYS[0]; rows]),
            Column::F64("optional double Open", vec![Some(10.0); rows]),
            Column::F64("optional double Close", vec![Some(10.0); rows]),
        ],
        Compression::SNAPPY,
        None,
    );
    assert!(file.len() < 1_000_000, "{}", file.len());
    let refused = load_one("A.parquet", &file, Raw).unwrap_err();
    assert!(refused.contains("it declares 3000000 rows in"), "{refused}");
}
