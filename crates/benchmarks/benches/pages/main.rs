//! How large pages are, how long it takes to make them, and, where there is a Chromium, how long
//! until they are ready.
//!
//! ```text
//! cargo bench -p benchmarks --bench pages
//! ```

#![expect(clippy::print_stdout, reason = "this program's output is a table")]

#[path = "../../../cli/tests/browser/chromium.rs"]
#[allow(dead_code, reason = "the tests drive more of the browser")]
mod chromium;

use std::path::Path;
use std::time::{Duration, Instant};

use backtest::alpha;
use backtest::strategy::{Alpha, Benchmark, Costs, Schedule, Strategy, Universe};
use benchmarks::prices::{random_walks, weekdays};
use documents::sweep_report::SweepReport;
use documents::tearsheet::Tearsheet;
use documents::{Report, Run};
use results::{AxisOverview, Fan, Overview};

fn main() {
    println!(
        "{:<34}{:>12}{:>12}{:>12}{:>12}",
        "page", "kB", "budget", "made in", "ready in"
    );
    let (html, time) = tearsheet();
    row("5,000 days, with benchmark", &html, 600, time);
    for trials in [10_000, 100_000] {
        let (html, time) = sweep(trials);
        let name = format!("{trials} trials of three axes");
        row(&name, &html, if trials == 100_000 { 3000 } else { 0 }, time);
    }
}

fn row(name: &str, html: &[u8], budget: usize, time: Duration) {
    let ready = match chromium::CHROMIUM.reason_to_ignore().is_none() {
        true => format!("{} ms", ready(html)),
        false => "-".to_owned(),
    };
    let budget = if budget == 0 {
        "-".to_owned()
    } else {
        budget.to_string()
    };
    let (size, time) = (
        html.len() as f64 / 1e3,
        format!("{:.1} ms", 1e3 * time.as_secs_f64()),
    );
    println!("{name:<34}{size:>12.0}{budget:>12}{time:>12}{ready:>12}");
}

/// The shortest of five times in milliseconds from opening a page to the end of its script.
fn ready(html: &[u8]) -> u64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("page.html");
    std::fs::write(&file, html).expect("room for a page");
    let once = |file: &Path| {
        let mut page = chromium::Page::open(file, 1200);
        let ready = page.evaluate("document.documentElement.dataset.ready");
        ready
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or(u64::MAX)
    };
    (0..5).map(|_| once(&file)).min().unwrap_or(u64::MAX)
}

/// The shortest time of a few.
fn timed<T>(make: impl Fn() -> T) -> (T, Duration) {
    let once = || {
        let began = Instant::now();
        (make(), began.elapsed())
    };
    let mut best = once();
    for _ in 0..5 {
        let next = once();
        if next.1 < best.1 {
            best = next;
        }
    }
    best
}

/// Five assets, momentum, monthly, against one of them.
fn tearsheet() -> (Vec<u8>, Duration) {
    let days = weekdays(5_000);
    let series = random_walks(7, 5, &days);
    let symbols: Vec<String> = series.iter().map(|series| series.symbol.clone()).collect();
    let strategy = Strategy {
        universe: Universe {
            assets: symbols.clone(),
            ..Universe::default()
        },
        alpha: Alpha::TopNMomentum(alpha::TopNMomentum {
            lookback: 126,
            top_n: 2,
        }),
        schedule: Schedule::EndOfMonth,
        costs: Costs {
            slippage_bps: 3.0,
            ..Costs::NONE
        },
        benchmark: Some(Benchmark {
            weights: vec![(symbols[0].clone(), 1.0)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..Strategy::new("momentum", days[0].open(), days[days.len() - 1].close())
    };
    let market = strategy.market(&series).expect("prices of one length");
    let backtest = strategy.bind(&market).expect("prices from the start");
    let outcome = backtest.run().expect("a plain strategy");
    let against = strategy.benchmark_strategy().expect("there is one");
    let benchmark = against.bind(&market).expect("the same prices").run();
    let benchmark = benchmark.expect("a plain strategy");
    let report = Report::new(Run {
        program: "gridfolio",
        strategy: &strategy,
        backtest: &backtest,
        outcome: &outcome,
        benchmark: Some(&benchmark),
        notices: &[],
    });
    timed(|| Tearsheet::of(&report, &report.detail()).to_html())
}

/// A sweep as its results would have it: a hill over two axes, and noise from a seed.
fn sweep(trials: usize) -> (Vec<u8>, Duration) {
    let axis = |name: &str, n: usize, position: &dyn Fn(usize) -> usize| AxisOverview {
        name: name.to_owned(),
        values: (0..n).map(|at| (5 * at + 5).to_string()).collect(),
        numbers: Some((0..n).map(|at| (5 * at + 5) as f64).collect()),
        positions: (0..trials).map(|trial| position(trial) as u32).collect(),
    };
    let (fast, slow, stop) = (50, 50, trials / 2500);
    let place = move |axis: usize, trial: usize| match axis {
        0 => trial / (slow * stop) % fast,
        1 => trial / stop % slow,
        _ => trial % stop,
    };
    let noise = random_walks(11, 4, &weekdays(trials));
    let metric = |name: &str, scale: f64, which: usize| {
        let value = |trial: usize| {
            let hill = |at: usize, middle: f64| (at as f64 - middle) * (at as f64 - middle);
            let height = 1.0 - (hill(place(0, trial), 20.0) + hill(place(1, trial), 30.0)) / 1500.0;
            let step = noise[which].close[trial] / noise[which].open[trial] - 1.0;
            scale * (height + 10.0 * step)
        };
        (
            name.to_owned(),
            (0..trials).map(value).collect::<Vec<f64>>(),
        )
    };
    let dates = weekdays(600);
    let curve = |growth: f64| {
        (0..600)
            .map(|at| 1.0 + growth * f64::from(at) / 600.0)
            .collect()
    };
    let overview = Overview {
        numbers: trials as u64,
        program: "0".to_owned(),
        trials: (0..trials as u64).collect(),
        axes: vec![
            axis("alpha.fast", fast, &|trial| place(0, trial)),
            axis("alpha.slow", slow, &|trial| place(1, trial)),
            axis("alpha.stop", stop, &|trial| place(2, trial)),
        ],
        metrics: vec![
            metric("sharpe", 1.0, 0),
            metric("cagr", 0.1, 1),
            metric("max_drawdown", 0.2, 2),
            metric("volatility", 0.15, 3),
            metric("sortino", 1.5, 1),
            metric("total_return", 2.0, 2),
            metric("turnover", 3.0, 3),
            metric("trades", 300.0, 0),
            metric("mar", 0.5, 1),
            metric("longest_drawdown_days", 900.0, 2),
        ],
        fan: Some(Fan {
            dates,
            quantiles: [0.1, 0.3, 0.5, 0.7, 0.9].map(curve),
            best: curve(1.2),
            benchmark: Some(curve(0.4)),
            n_sampled: 200,
        }),
        ..Overview::default()
    };
    timed(|| {
        let report = SweepReport {
            overview: &overview,
            dir: "momentum.sweep",
            luck: None,
        };
        report.to_html()
    })
}
