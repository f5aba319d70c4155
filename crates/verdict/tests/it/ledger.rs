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
    ledger.add(&sweep, first, kept, Some(now)).unwrap();
    // Again: its trials are the same.
    ledger.add(&sweep, first, kept, Some(now)).unwrap();
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
    ledger
        .add(&second, &verdict, kept.as_ref(), Some(now))
        .unwrap();
    assert_eq!(ledger.read().unwrap().entries.len(), 2);

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
    let [entry] = &ledger.read().unwrap().entries[..] else {
        panic!("one entry");
    };
    assert_eq!(
        (entry.kind, entry.verdict),
        (EntryKind::Sweep, Some(Light::Amber))
    );
}

/// An entry of another sweep on the prices of a sweep.
fn entry(sweep: &sweep::Sweep, name: &str, trials: u64) -> serde_json::Value {
    serde_json::json!({
        "deed": "sweep", "when": "2024-05-06T01:00:00Z", "sweep": name, "strategies": ["momentum"],
        "folder": "/data/momentum.sweep", "trials": trials, "best_sharpe": 1.5, "verdict": "amber",
        "prices": {}, "histories": &sweep.plan().prices[0].histories,
    })
}

#[test]
fn entries_that_cannot_be_used_make_the_count_a_lower_bound() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    run(&sweep, 2);
    let folder = fixture.path("ledger");
    fs::create_dir(&folder).unwrap();
    let put = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    let good = entry(&sweep, "another", 500);
    put("another.json", &good.to_string());
    put("notes.txt", "no entry");
    let ledger = TrialLedger::new(&folder);
    assert!(!ledger.elsewhere(&sweep).unwrap().is_lower_bound());

    put("cut.json", &good.to_string()[..50]);
    put("most.json", &entry(&sweep, "most", u64::MAX).to_string());
    put("negative.json", &good.to_string().replace("500", "-500"));
    let mut kept = good.clone();
    kept["kept"] = serde_json::json!({
        "first_day": 0, "sessions": 1, "stretches": 1, "maxima": "xyz", "ratios": "", "summarised": "",
    });
    put("kept.json", &kept.to_string());
    fs::create_dir(folder.join("folder.json")).unwrap();

    let read = ledger.read().unwrap();
    assert_eq!(read.trials(), 500);
    let named: Vec<&str> = read.unusable.iter().map(|one| one.file.as_str()).collect();
    assert_eq!(
        named,
        [
            "cut.json",
            "folder.json",
            "kept.json",
            "most.json",
            "negative.json"
        ]
    );
    let elsewhere = ledger.elsewhere(&sweep).unwrap();
    assert_eq!(elsewhere.trials_beside(&[]), 500);
    let Evaluated { verdict, .. } = Verdict::evaluate(&sweep, 2, &elsewhere).unwrap();
    assert_eq!((verdict.tried, verdict.tried_is_lower_bound), (572, true));
    let text = verdict.to_text();
    assert!(text.contains("at least 572 on these prices"), "{text}");
    let note = "5 entries of the ledger cannot be used, so that the count of trials is a lower bound: `cut.json`";
    let json = verdict.to_json();
    assert!(json.contains(note), "{json}");
    assert!(
        json.contains("`most.json`: no sweep has 18446744073709551615 trials"),
        "{json}"
    );
}

#[test]
fn sums_of_impossible_size_are_the_largest_number() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    let mut union = verdict::union::Union::default();
    for name in ["a", "b"] {
        union.add(name, u64::MAX, None);
    }
    assert_eq!(union.trials_beside(&[]), u64::MAX);
    assert_eq!(union.without_maxima(), (2, u64::MAX));
    // 2048 of the largest sweeps there can be.
    let folder = fixture.path("ledger");
    fs::create_dir(&folder).unwrap();
    for number in 0..2048 {
        let entry = entry(&sweep, &number.to_string(), strategy_file::MOST_TRIALS);
        fs::write(folder.join(format!("{number}.json")), entry.to_string()).unwrap();
    }
    let ledger = TrialLedger::new(&folder);
    assert_eq!(ledger.read().unwrap().trials(), u64::MAX);
    assert_eq!(
        ledger.elsewhere(&sweep).unwrap().trials_beside(&[]),
        u64::MAX
    );
}

#[test]
fn a_clock_that_no_calendar_has_is_entered_all_the_same() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let ledger = TrialLedger::new(fixture.path("ledger"));
    let (evaluated, _) = evaluated(&fixture, "out", 2, None);
    let sweep = fixture.sweep("out").unwrap();
    ledger
        .add(&sweep, &evaluated.verdict, evaluated.kept.as_ref(), None)
        .unwrap();
    let read = ledger.read().unwrap();
    assert_eq!(read.unusable, []);
    assert_eq!(
        (read.entries[0].when.as_str(), read.entries[0].trials),
        ("unknown", 72)
    );
    assert!(std::path::Path::new(&read.entries[0].folder).is_absolute());
}
