//! Valid inputs, made by the project itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::ArrowError;
use backtest::date::Date;
use parquet::basic::Compression;
use parquet::data_type::{DoubleType, Int32Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::Type;
use sweep::{Draft, Existing, Request, RunOptions, StrategyText};
use tempfile::TempDir;
use verdict::{TrialLedger, Verdict};

pub(crate) const STRATEGY: &str = r#"
name = "momentum"
[data]
dir = "data"
[backtest]
start = 2020-01-02
end = 2020-12-31
burn_in = 2020-04-01
[universe]
assets = ["TECH", "BONDS"]
leaves = { TECH = 2020-11-02 }
[alpha]
model = "top-n-momentum"
lookback = 21
top_n = 1
[portfolio]
cash_buffer = 0.01
[rebalance]
schedule = "weekly"
weekday = "fri"
[costs]
fees = { model = "percent", commission = 0.0005 }
slippage_bps = 3
[risk]
model = "cap"
max_weight = 0.9
[benchmark]
assets = { BONDS = 1.0 }
[sweep]
where = "alpha.lookback > 10 and alpha.top_n < 3"
[sweep.axes]
"alpha.lookback" = { from = 5, to = 25, step = 10 }
"alpha.top_n" = [1, 2]
[validate]
walk_forward = { train = 100, test = 20 }
holdout = 2020-12-01
"#;

/// A folder with a sweep that has run, its ledger, and a backtest.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    pub(crate) fn sweep(&self) -> PathBuf {
        self.dir.path().join("sweep")
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.dir.path().join(name)).expect("it has been written")
    }
}

pub(crate) fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| made().expect("a sweep of made-up prices"))
}

fn made() -> Result<Place, Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let path = |name: &str| dir.path().join(name);
    market_data::sample::write(&path("data"), 7)?;
    fs::write(path("momentum.toml"), STRATEGY)?;
    let request = Request {
        strategies: vec![StrategyText::read(path("momentum.toml"))?],
        ..Request::default()
    };
    let sweep = Draft::new(&request)?.into_folder(&path("sweep"), Existing::Resume)?;
    let options = RunOptions {
        threads: 1,
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    results::run(&sweep, &options)?;
    let ledger = TrialLedger::new(path("ledger"));
    let evaluated = Verdict::evaluate(&sweep, 1, &ledger.elsewhere(&sweep)?)?;
    let when = Date::new(2024, 1, 2).ok_or("no such day")?.open();
    ledger.add(
        &sweep,
        &evaluated.verdict,
        evaluated.kept.as_ref(),
        Some(when),
    )?;
    let trial = sweep.trial(2)?;
    gridfolio::Backtest::of_trial(sweep.dir(), &trial, None)?.write(&path("run"))?;
    Ok(Place { dir })
}

/// A file of the sweep's folder, or of what stands beside it.
pub(crate) fn of_place(name: &str) -> Vec<Vec<u8>> {
    vec![place().file(name)]
}

pub(crate) fn ledger_entries() -> Vec<Vec<u8>> {
    let folder = place().dir.path().join("ledger");
    let entries = fs::read_dir(folder).expect("it has an entry").flatten();
    entries
        .map(|entry| fs::read(entry.path()).expect("a file"))
        .collect()
}

pub(crate) fn texts(all: &[&str]) -> Vec<Vec<u8>> {
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}

const DAYS: [i32; 4] = [18_263, 18_264, 18_267, 18_268];
const OPENS: [f64; 4] = [100.0, 101.5, 99.25, 103.0];
const CLOSES: [f64; 4] = [101.0, 100.5, 102.25, 104.0];

pub(crate) fn parquet() -> Vec<Vec<u8>> {
    let schema =
        "message bars { required int32 Date (DATE); required double Open; required double Close; }";
    let schema = parse_message_type(schema).expect("a schema");
    let schema = Arc::new(schema);
    let plain = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .build();
    let packed = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .build();
    [plain, packed]
        .map(|properties| parquet_with(&schema, properties).expect("a Parquet file"))
        .into()
}

fn parquet_with(
    schema: &Arc<Type>,
    properties: WriterProperties,
) -> parquet::errors::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    {
        let mut file =
            SerializedFileWriter::new(&mut bytes, Arc::clone(schema), Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        let mut first = group.next_column()?.expect("a column");
        first.typed::<Int32Type>().write_batch(&DAYS, None, None)?;
        first.close()?;
        for prices in [OPENS, CLOSES] {
            let mut column = group.next_column()?.expect("a column");
            column
                .typed::<DoubleType>()
                .write_batch(&prices, None, None)?;
            column.close()?;
        }
        group.close()?;
        file.close()?;
    }
    Ok(bytes)
}

pub(crate) fn arrow() -> Vec<Vec<u8>> {
    let columns: [(&str, ArrayRef); 3] = [
        ("Date", Arc::new(Date32Array::from(DAYS.to_vec()))),
        ("Open", Arc::new(Float64Array::from(OPENS.to_vec()))),
        ("Close", Arc::new(Float64Array::from(CLOSES.to_vec()))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    let written = |compression| {
        let mut bytes = Vec::new();
        let options = IpcWriteOptions::default().try_with_compression(compression)?;
        let mut writer = FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options)?;
        writer.write(&batch)?;
        writer.finish()?;
        drop(writer);
        Ok::<_, ArrowError>(bytes)
    };
    // The second as pandas' `to_feather` writes it.
    [None, Some(CompressionType::LZ4_FRAME)]
        .map(|compression| written(compression).expect("an Arrow file"))
        .into()
}

/// A copy of the sweep's folder, in which one file is replaced again and again.
pub(crate) fn copied_sweep(to: &Path) -> std::io::Result<()> {
    let from = place().sweep();
    for name in [
        "plan.json",
        "market.snap",
        "results.parquet",
        "verdict.json",
    ] {
        fs::copy(from.join(name), to.join(name))?;
    }
    fs::create_dir_all(to.join("shards"))?;
    for entry in fs::read_dir(from.join("shards"))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join("shards").join(entry.file_name()))?;
    }
    Ok(())
}
