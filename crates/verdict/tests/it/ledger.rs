//! The ledger: trials of other sweeps on the same prices.

use std::fs;

use backtest::date::Date;
use sweep::Existing;
use verdict::{EntryKind, Evaluated, Light, TrialLedger, Verdict};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};
use crate::sweeps::evaluated;

#[test]
fn trials_are_counted_across_sweeps_on_the_same_prices_and_once_each() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let ledger = TrialLedger::new(fixture.path("ledger"));
    let now = Date::new(2024, 5, 6).unwrap().at_second(3600);
    let tried = |sweep| ledger.elsewhere(sweep).unwrap().trials_beside(&[]);
    let (first, _) = evaluated(&fixture, "first", 2, None);
    let sweep = fixture.sweep("first").unwrap();
    assert_eq!(tried(&sweep), 0);
    let (first, kept) = (&first.verdict, first.kept.as_ref());
    ledger.add(&sweep, first, kept, now).unwrap();
    // Again: its trials are the same.
    ledger.add(&sweep, first, kept, now).unwrap();
    assert_eq!(tried(&sweep), 0);

    let other = MOMENTUM.replace("end-of-month", "end-of-quarter");
    fixture.write("momentum.toml", &format!("{other}{GRID}"));
    let draft = fixture.draft().unwrap();
    let second = draft
        .into_folder(&fixture.path("second"), Existing::Resume)
        .unwrap();
    assert_eq!(tried(&second), 72);
    run(&second, 2);
    let elsewhere = ledger.elsewhere(&second).unwrap();
    let Evaluated { verdict, kept, .. } = Verdict::evaluate(&second, 2, &elsewhere).unwrap();
    assert_eq!((verdict.trials, verdict.tried), (72, 144));
    assert_eq!(verdict.deflated.as_ref().unwrap().trials, 144);
    // Both are over the same sessions: the best of all trials is harder to reach in every draw.
    let check = verdict.reality_check.as_ref().unwrap();
    assert!(check.p > check.p_alone, "{check:?}");
    ledger.add(&second, &verdict, kept.as_ref(), now).unwrap();
    assert_eq!(ledger.entries().unwrap().len(), 2);

    // Other dates of the same prices, adjusted by another factor, are the same history.
    for file in fs::read_dir(fixture.path("data")).unwrap() {
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
    fixture.write("momentum.toml", &format!("{shorter}{GRID}"));
    let draft = fixture.draft().unwrap();
    let adjusted = draft
        .into_folder(&fixture.path("adjusted"), Existing::Resume)
        .unwrap();
    assert_eq!(tried(&adjusted), 144);

    // Other prices are another matter.
    market_data::sample::write(&fixture.path("data"), 8).unwrap();
    let draft = fixture.draft().unwrap();
    let third = draft
        .into_folder(&fixture.path("third"), Existing::Resume)
        .unwrap();
    assert_eq!(tried(&third), 0);
}

#[test]
fn entries_of_version_0_1_count() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    let histories = &sweep.plan().prices[0].histories;
    let entry = serde_json::json!({
        "deed": "sweep",
        "when": "2024-05-06T01:00:00Z",
        "sweep": "another",
        "strategies": ["momentum"],
        "folder": "/data/momentum.sweep",
        "trials": 500,
        "best_sharpe": 1.5,
        "verdict": "amber",
        "prices": {},
        "histories": histories,
    });
    fs::create_dir(fixture.path("ledger")).unwrap();
    fs::write(fixture.path("ledger/another.json"), entry.to_string()).unwrap();
    let ledger = TrialLedger::new(fixture.path("ledger"));
    let elsewhere = ledger.elsewhere(&sweep).unwrap();
    assert_eq!(elsewhere.trials_beside(&[]), 500);
    // They are counted, and the reality check cannot see them.
    assert_eq!(elsewhere.without_maxima(), (1, 500));
    let [entry] = &ledger.entries().unwrap()[..] else {
        panic!("one entry");
    };
    assert_eq!(
        (entry.kind, entry.verdict),
        (EntryKind::Sweep, Some(Light::Amber))
    );
}
