//! What all of this adds to a whole sweep of ten thousand momentum trials: the sums that trials keep,
//! and the verdict made from them.

use std::fs;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use backtest::batch::Batch;
use backtest::strategy::{Alpha, Sizing, Strategy};
use backtest::{alpha, sizing};
use statistics::period_sums::Boundaries;
use sweep::{Draft, Existing, Request, RunOptions, StrategyText};
use verdict::Verdict;
use verdict::union::Union;

use crate::cost::cpu_time;

/// 250 lookbacks, 8 sizes and 5 cash buffers.
const MOMENTUM: &str = r#"
name = "momentum"
[data]
dir = "data"
[backtest]
start = 2014-01-02
end = 2023-12-29
burn_in = 2015-01-02
[universe]
assets = ["EQUITY", "TECH", "HEALTH", "ENERGY", "POWER", "INDUST", "STAPLE", "RETAIL"]
[alpha]
model = "top-n-momentum"
lookback = 126
top_n = 3
[rebalance]
schedule = "end-of-month"
[sweep.axes]
"alpha.lookback" = { from = 2, to = 251, step = 1 }
"alpha.top_n" = [1, 2, 3, 4, 5, 6, 7, 8]
"portfolio.cash_buffer" = [0.0, 0.01, 0.02, 0.03, 0.04]
"#;

const THREADS: usize = 2;

pub(crate) fn measure(out: &mut dyn Write) -> io::Result<()> {
    let place = tempfile::tempdir()?;
    market_data::sample::write(&place.path().join("data"), 1).map_err(io::Error::other)?;
    let file = place.path().join("momentum.toml");
    fs::write(&file, MOMENTUM)?;
    let request = Request {
        strategies: vec![StrategyText {
            file,
            text: MOMENTUM.to_owned(),
        }],
        overrides: Vec::new(),
        data_dir: None,
        shard_size: None,
    };
    let draft = Draft::new(&request).map_err(io::Error::other)?;
    let folder = place.path().join("momentum.sweep");
    let sweep = draft.into_folder(&folder, Existing::StartOver);
    let sweep = sweep.map_err(io::Error::other)?;

    let start = cpu_time();
    let options = RunOptions {
        threads: THREADS,
        progress: &|_| {},
        stop: &AtomicBool::new(false),
    };
    let run = results::run(&sweep, &options);
    run.map_err(io::Error::other)?;
    let run = cpu_time() - start;

    let start = cpu_time();
    Verdict::evaluate(&sweep, THREADS, &Union::default()).map_err(io::Error::other)?;
    let luck = cpu_time() - start;

    // What keeping the sums costs: the same batch without and with them, the shorter of three times.
    let trial = sweep.trial(0).map_err(io::Error::other)?;
    let strategies = strategies(&trial.file.strategy);
    let batch = |sums: bool| {
        let mut batch = Batch::new(Arc::clone(&trial.market));
        if sums {
            batch = batch.with_period_sums(Arc::new(|n| Arc::new(boundaries(n))));
        }
        let start = cpu_time();
        let records = batch.run(&strategies);
        assert!(records.iter().all(Result::is_ok));
        cpu_time() - start
    };
    let shortest = |sums: bool| (0..3).map(|_| batch(sums)).min().unwrap_or_default();
    let sums = shortest(true).saturating_sub(shortest(false));

    let seconds = |time: Duration| time.as_secs_f64();
    writeln!(
        out,
        "CPU seconds of a sweep of 10,000 momentum trials over nine years\n\
         {:>8} {:>12} {:>10} {:>8}\n{:>8.3} {:>12.3} {:>10.3} {:>6.1} %",
        "sweep",
        "of it sums",
        "verdict",
        "added",
        seconds(run),
        seconds(sums),
        seconds(luck),
        100.0 * seconds(sums + luck) / seconds(run.saturating_sub(sums)),
    )
}

/// The trials of the sweep, made without its files.
fn strategies(base: &Strategy) -> Vec<Strategy> {
    let mut strategies = Vec::new();
    for lookback in 2..=251 {
        for top_n in 1..=8 {
            for buffer in 0..5 {
                strategies.push(Strategy {
                    alpha: Alpha::TopNMomentum(alpha::TopNMomentum { lookback, top_n }),
                    sizing: Sizing::LongOnly(sizing::LongOnly {
                        cash_buffer: f64::from(buffer) / 100.0,
                    }),
                    ..base.clone()
                });
            }
        }
    }
    strategies
}

/// 128 stretches, and 16 folds.
fn boundaries(n: usize) -> Boundaries {
    let ends = |parts: usize| (1..=parts).map(|part| (part * n / parts) as u32).collect();
    Boundaries {
        sums: ends(128),
        squares: ends(16),
    }
}
