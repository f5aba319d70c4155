//! What a sweep's results are worth: that it depends on the trials alone, and on no time that is
//! held out.

use std::fs;

use backtest::date::Date;
use sweep::{Draft, Existing, SweepError};
use verdict::{Holdout, TrialLedger, Verdict};

use crate::{GRID, MOMENTUM, Place, run};

fn judged(place: &Place, out: &str, threads: usize, shard_size: Option<u64>) -> (Verdict, Vec<u8>) {
    let mut request = place.request();
    request.shard_size = shard_size;
    let draft = Draft::new(&request).unwrap();
    let sweep = draft
        .into_folder(&place.path(out), Existing::Resume)
        .unwrap();
    run(&sweep, threads);
    let luck = Verdict::evaluate(&sweep, threads, 0).unwrap();
    (
        luck,
        fs::read(place.path(out).join("verdict.json")).unwrap(),
    )
}

const VALIDATE: &str = r#"
[validate]
walk_forward = { train = 400, test = 97, gap = 3 }
cross_validation = { folds = 7, test_folds = 2, purge = 5, embargo = 10 }
"#;

#[test]
fn the_verdict_depends_neither_on_threads_nor_on_shards() {
    let place = Place::new(&format!("{MOMENTUM}{GRID}{VALIDATE}"));
    let (luck, bytes) = judged(&place, "one", 1, None);
    for (out, threads, shard_size) in [("two", 3, Some(1)), ("three", 2, Some(17))] {
        assert_eq!(judged(&place, out, threads, shard_size).1, bytes);
    }
    // The file says what the function says.
    assert_eq!(Verdict::open(&place.path("one")).unwrap(), Some(luck));
}

/// Walk-forward by hand: the trial with the highest Sharpe ratio in each window, run by itself.
#[test]
fn walk_forward_chains_what_the_best_of_each_window_earned_afterwards() {
    let place = Place::new(&format!("{MOMENTUM}{GRID}{VALIDATE}"));
    let (luck, _) = judged(&place, "out", 2, None);
    let sweep = place.sweep("out").unwrap();
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
            assert_eq!(outcome.equity[0], outcome.initial_cash);
            outcome
                .equity
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
    let walk = luck.walk_forward.unwrap();
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
        chain.extend_from_slice(&returns[best.unwrap()][start + 403..start + 500]);
    }
    assert_eq!(walk.tested.sessions, chain.len() as u64);
    assert!((walk.tested.sharpe.unwrap() - sharpe(&chain)).abs() < 1e-9);
    let cross = luck.cross_validation.unwrap();
    assert_eq!((cross.splits, cross.paths.len()), (21, 6));
}

/// The same Sharpe ratios as in the table, from the sums over stretches.
#[test]
fn the_best_trial_is_that_of_the_table() {
    let place = Place::new(&format!("{MOMENTUM}{GRID}"));
    let (luck, _) = judged(&place, "out", 2, None);
    let results = results::Results::open(&place.path("out")).unwrap();
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
    let place = Place::new(&format!("{MOMENTUM}{GRID}{holdout}"));
    let (_, bytes) = judged(&place, "out", 2, None);
    let results = fs::read(place.path("out").join("results.parquet")).unwrap();
    // Other prices from there on: a tenth of every close.
    for file in fs::read_dir(place.path("data")).unwrap() {
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
    let (_, changed) = judged(&place, "changed", 2, None);
    assert_eq!(
        String::from_utf8(bytes).unwrap(),
        String::from_utf8(changed).unwrap()
    );
    let rows = |name: &str| {
        let results = results::Results::open(&place.path(name)).unwrap();
        results.select(&results::Query::default()).unwrap()
    };
    assert_eq!(rows("out").to_text(), rows("changed").to_text());
    assert!(!results.is_empty());
    // Asked for, it is there, and different.
    let look = |out: &str| Holdout::of(&place.sweep_there(out), 5).unwrap();
    let (honest, crashed) = (look("out"), look("changed"));
    assert_eq!(honest.before, crashed.before);
    assert_ne!(honest.held_out, crashed.held_out);
    let trial = place.sweep_there("out").trial(5).unwrap();
    assert!(trial.file.strategy.end.date() < Date::new(2021, 1, 1).unwrap());
}

impl Place {
    fn sweep_there(&self, out: &str) -> sweep::Sweep {
        sweep::Sweep::open(&self.path(out)).unwrap()
    }
}

#[test]
fn held_out_time_outside_of_the_backtest_is_refused() {
    for date in ["2013-01-01", "2024-01-01"] {
        let place = Place::new(&format!("{MOMENTUM}{GRID}\n[validate]\nholdout = {date}\n"));
        assert!(matches!(place.draft(), Err(SweepError::Holdout { .. })));
    }
}

#[test]
fn tries_are_counted_across_sweeps_on_the_same_prices_and_once_each() {
    let place = Place::new(&format!("{MOMENTUM}{GRID}"));
    let ledger = TrialLedger::new(place.path("ledger"));
    let now = Date::new(2024, 5, 6).unwrap().at_second(3600);
    let (first, _) = judged(&place, "first", 2, None);
    let sweep = place.sweep("first").unwrap();
    assert_eq!(ledger.tried_elsewhere(&sweep).unwrap(), 0);
    ledger.add(&sweep, &first, now).unwrap();
    // Again: its trials are the same tries.
    ledger.add(&sweep, &first, now).unwrap();
    assert_eq!(ledger.tried_elsewhere(&sweep).unwrap(), 0);

    let other = MOMENTUM.replace("end-of-month", "end-of-quarter");
    place.write("momentum.toml", &format!("{other}{GRID}"));
    let draft = place.draft().unwrap();
    let second = draft
        .into_folder(&place.path("second"), Existing::Resume)
        .unwrap();
    assert_eq!(ledger.tried_elsewhere(&second).unwrap(), 72);
    run(&second, 2);
    let luck = Verdict::evaluate(&second, 2, 72).unwrap();
    assert_eq!((luck.trials, luck.tried), (72, 144));
    assert_eq!(luck.deflated.as_ref().unwrap().trials, 144);
    ledger.add(&second, &luck, now).unwrap();
    assert_eq!(ledger.entries().unwrap().len(), 2);

    // Other dates of the same prices, adjusted by another factor, are the same history.
    for file in fs::read_dir(place.path("data")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().map(|line| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if line.starts_with("20") {
                cells[5] = format!("{:.6}", cells[5].parse::<f64>().unwrap() * 0.987);
            }
            cells.join(",") + "\n"
        });
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let shorter = other.replace("end = 2023-12-29", "end = 2022-11-15");
    assert_ne!(shorter, other);
    place.write("momentum.toml", &format!("{shorter}{GRID}"));
    let draft = place.draft().unwrap();
    let adjusted = draft
        .into_folder(&place.path("adjusted"), Existing::Resume)
        .unwrap();
    assert_eq!(ledger.tried_elsewhere(&adjusted).unwrap(), 144);

    // Other prices are another matter.
    market_data::sample::write(&place.path("data"), 8).unwrap();
    let draft = place.draft().unwrap();
    let third = draft
        .into_folder(&place.path("third"), Existing::Resume)
        .unwrap();
    assert_eq!(ledger.tried_elsewhere(&third).unwrap(), 0);
}

#[test]
fn a_spike_ranks_below_a_plateau() {
    let place = Place::new(&format!("{MOMENTUM}{GRID}"));
    judged(&place, "out", 2, None);
    let results = results::Results::open(&place.path("out")).unwrap();
    let ranked = results.best_by_plateau("sharpe", 100).unwrap();
    assert_eq!(ranked.n_rows(), 72);
    let column = |name: &str| ranked.columns.iter().find(|c| c.name() == name).unwrap();
    let float = |name: &str, row| match column(name).cell(row) {
        results::Cell::Float(float) => float,
        other => panic!("{other:?}"),
    };
    for row in 1..72 {
        let (before, now) = (
            float("sharpe_of_neighbours", row - 1),
            float("sharpe_of_neighbours", row),
        );
        assert!(before >= now);
        assert!(float("sharpe_of_worst_neighbour", row) <= now);
    }
    // Corners of the grid have three neighbours, edges five, the rest eight.
    let neighbours = |row| column("neighbours").cell(row);
    let n = |count| {
        (0..72)
            .filter(|row| neighbours(*row) == results::Cell::Integer(count))
            .count()
    };
    assert_eq!((n(3), n(5), n(8)), (4, 2 * 10 + 2 * 4, 10 * 4));
}

#[test]
fn a_sweep_of_trials_that_fail_has_nothing_to_judge() {
    let place = Place::new(&format!(
        "{MOMENTUM}\n[sweep.axes]\n\"alpha.lookback\" = [1000000]\n"
    ));
    let (luck, _) = judged(&place, "out", 1, None);
    assert!(
        luck.best.is_none() && luck.light.is_none() && !luck.notes.is_empty(),
        "{luck:?}"
    );
    assert_eq!(luck.headline(), "nothing to judge");
}
