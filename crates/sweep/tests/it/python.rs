//! The programs that people read results with.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use results::{Query, Results};

use crate::{GRID, MOMENTUM, Place, run};

const COMPARE: &str = r#"
import sys, math
import duckdb, pandas, polars
parquet, csv = sys.argv[1:]
expected = pandas.read_csv(csv, float_precision="round_trip", dtype={"digest": str})
frames = {
    "pandas": pandas.read_parquet(parquet),
    "polars": polars.read_parquet(parquet).to_pandas(),
    "duckdb": duckdb.sql(f"select * from '{parquet}'").df(),
}
for name, frame in frames.items():
    assert list(frame.columns) == list(expected.columns), name
    assert len(frame) == len(expected) == 72, name
    for column in expected.columns:
        for a, b in zip(frame[column], expected[column]):
            missing = pandas.isna(a) and pandas.isna(b)
            assert missing or a == b, (name, column, a, b)
print("agreed")
"#;

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn pandas_polars_and_duckdb_read_what_the_csv_says() {
    let Some(python) = python() else {
        eprintln!("skipped: there is no python3 with pandas, pyarrow, polars and duckdb");
        return;
    };
    let place = Place::new(&format!("{MOMENTUM}{GRID}"));
    run(&place.sweep("out").unwrap(), 2);
    let csv = place.path("results.csv");
    let results = Results::open(&place.path("out")).unwrap();
    let mut file = File::create(&csv).unwrap();
    results.write_csv(&Query::default(), &mut file).unwrap();
    place.write("compare.py", COMPARE);
    let output = Command::new(python)
        .arg(place.path("compare.py"))
        .args([place.path("out/results.parquet"), csv])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "agreed");
}

/// A Python that has the three; made once under the build's folder when it can be.
fn python() -> Option<std::path::PathBuf> {
    let has_all = |python: &Path| {
        let imports = "import pandas, pyarrow, polars, duckdb";
        let output = Command::new(python).args(["-c", imports]).output();
        output.is_ok_and(|output| output.status.success())
    };
    let system = Path::new("python3");
    if has_all(system) {
        return Some(system.to_owned());
    }
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let own = venv.join("bin/python3");
    if !has_all(&own) {
        let made = Command::new(system)
            .args(["-m", "venv"])
            .arg(&venv)
            .output()
            .ok()?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        let packages = ["pandas", "pyarrow", "polars", "duckdb"];
        if made.status.success() {
            Command::new(&own)
                .args(install)
                .args(packages)
                .output()
                .ok()?;
        }
    }
    has_all(&own).then_some(own)
}
