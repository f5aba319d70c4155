//! The verdict on a sweep depends on the trials alone, and on nothing in the hold-out period.

use std::fs;

use backtest::date::Date;
use sweep::{Draft, Existing, Sweep};
use verdict::union::Union;
use verdict::{Evaluated, Holdout, Verdict};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

pub(crate) fn evaluated(
    fixture: &Fixture,
    out: &str,
    threads: usize,
    shard_size: Option<u64>,
) -> (Evaluated, Vec<u8>) {
    let mut request = fixture.request();
    request.shard_size = shard_size;
    let draft = Draft::new(&request).unwrap();
    let sweep = draft
        .into_folder(&fixture.path(out), Existing::Resume)
        .unwrap();
    run(&sweep, threads);
    let luck = Verdict::evaluate(&sweep, threads, &Union::default()).unwrap();
    (
        luck,
        fs::read(fixture.path(out).join("verdict.json")).unwrap(),
    )
}

const VALIDATE: &str = r#"
[validate]
walk_forward = { train = 400, test = 97, gap = 3 }
cross_validation = { folds = 7, test_folds = 2, purge = 5, embargo = 10 }
"#;

#[test]
fn the_verdict_depends_neither_on_threads_nor_on_shards() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}{VALIDATE}"));
    let (luck, bytes) = evaluated(&fixture, "one", 1, None);
    for (out, threads, shard_size) in [("two", 3, Some(1)), ("three", 2, Some(17))] {
        assert_eq!(evaluated(&fixture, out, threads, shard_size).1, bytes);
    }
    // The file says what the function says.
    assert_eq!(
        Verdict::open(&fixture.path("one")).unwrap(),
        Some(luck.verdict)
    );
}

/// Walk-forward by hand: the trial with the highest Sharpe ratio in each window, run by itself.
#[test]
fn walk_forward_chains_what_the_best_of_each_window_earned_afterwards() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}{VALIDATE}"));
    let (luck, _) = evaluated(&fixture, "out", 2, None);
    let sweep = fixture.sweep("out").unwrap();
    let returns: Vec<Vec<f64>> = (0..72)
        .map(|number| {
            let trial = sweep.trial(number).unwrap();
            let outcome = trial
                .file
                .strategy
                .bind(&trial.market)
                .unwrap()
                .run()
                .unwrap();
            let wealth = [vec![outcome.initial_cash], outcome.equity].concat();
            wealth
                .windows(2)
                .map(|pair| pair[1] / pair[0] - 1.0)
                .collect()
        })
        .collect();
    let sharpe = |returns: &[f64]| {
        let n = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / n;
        let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0);
        mean / variance.sqrt() * 252f64.sqrt()
    };
    let walk = luck.verdict.walk_forward.unwrap();
    let n = returns[0].len();
    assert_eq!(walk.windows.len(), (n - 400 - 3 - 97) / 97 + 1);
    let mut chain = Vec::new();
    for (number, window) in walk.windows.iter().enumerate() {
        let start = 97 * number;
        assert_eq!(window.train, (start as u64, start as u64 + 400));
        let train = start..start + 400;
        let best = (0..72).max_by(|a, b| {
            let of = |trial: &usize| sharpe(&returns[*trial][train.clone()]);
            of(a).total_cmp(&of(b)).then(b.cmp(a))
        });
        assert_eq!(window.trial, best.unwrap() as u64);
        let (lookback, top_n) = (21 * (best.unwrap() / 6 + 1), best.unwrap() % 6 + 1);
        let parameters: Vec<String> = window.parameters.values().cloned().collect();
        assert_eq!(parameters, [lookback.to_string(), top_n.to_string()]);
        chain.extend_from_slice(&returns[best.unwrap()][start + 403..start + 500]);
    }
    assert_eq!(walk.tested.sessions, chain.len() as u64);
    // The file has the same chain, session by session.
    let file = fs::read_to_string(fixture.path("out").join(sweep::WALK_FORWARD)).unwrap();
    let mut lines = file.lines();
    assert_eq!(
        lines.next(),
        Some("date,trial,return,growth,growth of equal weights")
    );
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), chain.len());
    let mut growth = 1.0;
    for (row, value) in rows.iter().zip(&chain) {
        growth *= 1.0 + value;
        assert_eq!(row[2].parse::<f64>().unwrap(), *value);
        assert!((row[3].parse::<f64>().unwrap() / growth - 1.0).abs() < 1e-12);
    }
    assert!((walk.tested.sharpe.unwrap() - sharpe(&chain)).abs() < 1e-9);
    let cross = luck.verdict.cross_validation.unwrap();
    assert_eq!((cross.splits, cross.paths.len()), (21, 6));
    // Each path earns, fold by fold, what one of the trials did.
    assert_eq!((cross.curves.len(), cross.days.len()), (6, 8));
    // Seven folds of one size; the last one takes what is left over.
    let n = returns[0].len();
    let edge = |fold: usize| if fold == 7 { n } else { fold * (n / 7) };
    for curve in &cross.curves {
        assert_eq!((curve.len(), curve[0]), (8, 0.0));
        for fold in 0..7 {
            let earned = curve[fold + 1] - curve[fold];
            let of = |own: &Vec<f64>| own[edge(fold)..edge(fold + 1)].iter().sum::<f64>();
            let is_one = returns.iter().any(|own| (of(own) - earned).abs() < 1e-9);
            assert!(is_one, "fold {fold} earned {earned}");
        }
    }
}

/// The same Sharpe ratios as in the table, from the sums over stretches.
#[test]
fn the_best_trial_is_that_of_the_table() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let (luck, _) = evaluated(&fixture, "out", 2, None);
    let results = results::Results::open(&fixture.path("out")).unwrap();
    let best = results.best("sharpe", 1).unwrap();
    let best_of = |column: &str| {
        let at = best
            .columns
            .iter()
            .find(|found| found.name() == column)
            .unwrap();
        match at.cell(0) {
            results::Cell::Integer(integer) => integer as f64,
            results::Cell::Float(float) => float,
            other => panic!("{other:?}"),
        }
    };
    let luck = luck.verdict;
    let found = luck.best.unwrap();
    assert_eq!(found.trial as f64, best_of("trial"));
    assert!((found.sharpe - best_of("sharpe")).abs() < 1e-12);
    let check = luck.reality_check.unwrap();
    assert_eq!((check.draws, check.stretches), (1024, 128));
    assert_eq!(luck.pick_bias.unwrap().splits, 12_870);
}

#[test]
fn no_number_of_a_sweep_sees_the_held_out_time() {
    let holdout = "\n[validate]\nholdout = 2021-01-01\n";
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}{holdout}"));
    let (_, bytes) = evaluated(&fixture, "out", 2, None);
    let results = fs::read(fixture.path("out").join("results.parquet")).unwrap();
    // Other prices from there on: a tenth of every close.
    for file in fs::read_dir(fixture.path("data")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if line.starts_with("20") && *cells[0] >= *"2021" {
                for price in &mut cells[1..6] {
                    *price = format!("{}", price.parse::<f64>().unwrap() / 10.0);
                }
            }
            cells.join(",") + "\n"
        });
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let (_, changed) = evaluated(&fixture, "changed", 2, None);
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        String::from_utf8(changed).unwrap()
    );
    let rows = |name: &str| {
        let results = results::Results::open(&fixture.path(name)).unwrap();
        results.select(&results::Query::default()).unwrap()
    };
    assert_eq!(rows("out").to_text(), rows("changed").to_text());
    assert!(!results.is_empty());
    // Asked for, it is there, and different.
    let look = |out: &str| Holdout::of(&Sweep::open(&fixture.path(out)).unwrap(), 5).unwrap();
    let (honest, crashed) = (look("out"), look("changed"));
    assert_eq!(honest.before, crashed.before);
    assert_ne!(honest.held_out, crashed.held_out);
    let trial = Sweep::open(&fixture.path("out")).unwrap().trial(5).unwrap();
    assert!(trial.file.strategy.end.date() < Date::new(2021, 1, 1).unwrap());
}

#[test]
fn a_sweep_of_trials_that_fail_has_nothing_to_judge() {
    let fixture = Fixture::new(&format!(
        "{MOMENTUM}\n[sweep.axes]\n\"alpha.lookback\" = [1000000]\n"
    ));
    let (luck, _) = evaluated(&fixture, "out", 1, None);
    let luck = luck.verdict;
    assert!(luck.best.is_none() && luck.light.is_none(), "{luck:?}");
    assert_eq!(
        luck.headline(),
        "There is nothing to judge: no trial has returns that vary."
    );
}
