//! The ledger: trials of other sweeps on the same prices.

use std::fs;

use backtest::date::Date;
use sweep::Existing;
use verdict::{EntryKind, Light, TrialLedger, Verdict};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};
use crate::sweeps::evaluated;

#[test]
fn trials_are_counted_across_sweeps_on_the_same_prices_and_once_each() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let ledger = TrialLedger::new(fixture.path("ledger"));
    let now = Date::new(2024, 5, 6).unwrap().at_second(3600);
    let (first, _) = evaluated(&fixture, "first", 2, None);
    let sweep = fixture.sweep("first").unwrap();
    assert_eq!(ledger.tried_elsewhere(&sweep).unwrap(), 0);
    ledger.add(&sweep, &first, now).unwrap();
    // Again: its trials are the same.
    ledger.add(&sweep, &first, now).unwrap();
    assert_eq!(ledger.tried_elsewhere(&sweep).unwrap(), 0);

    let other = MOMENTUM.replace("end-of-month", "end-of-quarter");
    fixture.write("momentum.toml", &format!("{other}{GRID}"));
    let draft = fixture.draft().unwrap();
    let second = draft
        .into_folder(&fixture.path("second"), Existing::Resume)
        .unwrap();
    assert_eq!(ledger.tried_elsewhere(&second).unwrap(), 72);
    run(&second, 2);
    let luck = Verdict::evaluate(&second, 2, 72).unwrap();
    assert_eq!((luck.trials, luck.tried), (72, 144));
    assert_eq!(luck.deflated.as_ref().unwrap().trials, 144);
    ledger.add(&second, &luck, now).unwrap();
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
    assert_eq!(ledger.tried_elsewhere(&adjusted).unwrap(), 144);

    // Other prices are another matter.
    market_data::sample::write(&fixture.path("data"), 8).unwrap();
    let draft = fixture.draft().unwrap();
    let third = draft
        .into_folder(&fixture.path("third"), Existing::Resume)
        .unwrap();
    assert_eq!(ledger.tried_elsewhere(&third).unwrap(), 0);
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
    assert_eq!(ledger.tried_elsewhere(&sweep).unwrap(), 500);
    let [entry] = &ledger.entries().unwrap()[..] else {
        panic!("one entry");
    };
    assert_eq!(
        (entry.kind, entry.verdict),
        (EntryKind::Sweep, Some(Light::Amber))
    );
}
