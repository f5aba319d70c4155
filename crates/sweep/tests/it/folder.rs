//! What may and may not be done with a folder that holds a sweep.

use std::fs;

use expect_test::{Expect, expect};
use strategy_file::Override;
use sweep::{Draft, Existing, Request, Sweep};

use crate::fixture::{Fixture, GRID, MOMENTUM, bytes_of_results, run};

/// The error of planning into a folder that has the plain sweep, after a change.
#[track_caller]
fn check_refused(change: impl FnOnce(&Fixture, &mut Request), expect: Expect) {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 1);
    let before = bytes_of_results(&fixture.path("out"));
    let mut request = fixture.request();
    change(&fixture, &mut request);
    let draft = Draft::new(&request).unwrap();
    let error = draft
        .into_folder(&fixture.path("out"), Existing::Resume)
        .unwrap_err();
    expect.assert_eq(&fixture.shown(&error));
    assert_eq!(bytes_of_results(&fixture.path("out")), before);

    let draft = Draft::new(&request).unwrap();
    let sweep = draft
        .into_folder(&fixture.path("out"), Existing::StartOver)
        .unwrap();
    assert!(run(&sweep, 1).progress.computed > 0);
    assert!(bytes_of_results(&fixture.path("out")) != before);
}

#[test]
fn a_changed_strategy_is_refused() {
    check_refused(
        |_, request| {
            let text = &mut request.strategies[0].text;
            *text = text.replace("cash_buffer = 0.01", "cash_buffer = 0.02");
        },
        expect![[r#"
            `DIR/out` holds another sweep: the strategy `DIR/momentum.toml` has changed
             hint: name another folder with `--out`, or start over with `--fresh`, which deletes the results there"#]],
    );
}

#[test]
fn other_overrides_are_refused() {
    check_refused(
        |_, request| {
            request.overrides = vec![Override::parse("portfolio.cash_buffer=0.05").unwrap()]
        },
        expect![[r#"
            `DIR/out` holds another sweep: it was planned with no overrides, and now with `portfolio.cash_buffer=0.05`
             hint: name another folder with `--out`, or start over with `--fresh`, which deletes the results there"#]],
    );
}

#[test]
fn changed_prices_are_refused() {
    check_refused(
        |fixture, _| {
            let path = fixture.path("data/TECH.csv");
            let text = fs::read_to_string(&path).unwrap();
            let without_last_day = text.trim_end().rsplit_once('\n').unwrap().0;
            fs::write(&path, without_last_day).unwrap();
        },
        expect![[r#"
            `DIR/out` holds another sweep: the prices of `TECH` have changed
             hint: name another folder with `--out`, or start over with `--fresh`, which deletes the results there"#]],
    );
}

#[test]
fn a_folder_of_another_version_is_refused() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    fixture.sweep("out").unwrap();
    let path = fixture.path("out/plan.json");
    let plan = fs::read_to_string(&path).unwrap();
    let own = format!("\"program\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::remove_file(&path).unwrap();
    fs::write(&path, plan.replace(&own, "\"program\": \"9.9.9\"")).unwrap();
    let error = fixture.sweep("out").unwrap_err();
    let shown = fixture
        .shown(&error)
        .replace(env!("CARGO_PKG_VERSION"), "OWN");
    expect![[r#"
        `DIR/out` was planned by version 9.9.9, and this is OWN
         hint: name another folder with `--out`, or start over with `--fresh`, which deletes the results there"#]]
    .assert_eq(&shown);
    assert!(Sweep::open(&fixture.path("out")).is_err());
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    for existing in [Existing::Resume, Existing::StartOver] {
        let error = fixture
            .draft()
            .unwrap()
            .into_folder(&fixture.path("data"), existing)
            .unwrap_err();
        expect![[r#"
            `DIR/data` is not empty and not a sweep
             hint: choose an empty or a new folder"#]]
        .assert_eq(&fixture.shown(&error));
    }
    assert!(fixture.path("data/TECH.csv").exists());
}

#[test]
fn starting_over_deletes_nothing_but_the_sweep() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 1);
    fixture.write("out/notes.txt", "mine");
    let draft = fixture.draft().unwrap();
    let sweep = draft
        .into_folder(&fixture.path("out"), Existing::StartOver)
        .unwrap();
    assert!(!fixture.path("out/results.parquet").exists());
    assert_eq!(
        fs::read_to_string(fixture.path("out/notes.txt")).unwrap(),
        "mine"
    );
    assert_eq!(run(&sweep, 1).progress.computed, 72);
}

#[test]
fn a_finished_sweep_run_again_computes_nothing() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 1);
    let before = bytes_of_results(&fixture.path("out"));
    let report = run(&fixture.sweep("out").unwrap(), 2);
    assert_eq!((report.finished, report.progress.computed), (true, 0));
    assert_eq!(bytes_of_results(&fixture.path("out")), before);
}

#[test]
fn truncated_changed_and_foreign_shards_are_computed_again_and_told() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let mut request = fixture.request();
    request.shard_size = Some(12);
    let plan = |out: &str, request: &Request| {
        let draft = Draft::new(request).unwrap();
        draft
            .into_folder(&fixture.path(out), Existing::Resume)
            .unwrap()
    };
    let sweep = plan("out", &request);
    run(&sweep, 1);
    let whole = bytes_of_results(&fixture.path("out"));
    request.overrides = vec![Override::parse("portfolio.cash_buffer=0.2").unwrap()];
    run(&plan("other", &request), 1);

    let shard = |out: &str, number: u32| fixture.path(out).join(format!("shards/{number:06}"));
    let truncated = fs::read(shard("out", 1)).unwrap();
    fs::write(shard("out", 1), &truncated[..truncated.len() / 2]).unwrap();
    let mut changed = fs::read(shard("out", 2)).unwrap();
    changed[200] ^= 1;
    fs::write(shard("out", 2), changed).unwrap();
    fs::copy(shard("other", 3), shard("out", 3)).unwrap();
    fs::copy(shard("out", 0), shard("out", 4)).unwrap();
    fs::write(shard("out", 5), "").unwrap();
    let report = run(&sweep, 2);
    let told = report
        .redone
        .join("\n")
        .replace(&fixture.dir.path().display().to_string(), "DIR");
    expect![[r#"
        `DIR/out/shards/000001` is computed again: it is truncated or changed
        `DIR/out/shards/000002` is computed again: it is truncated or changed
        `DIR/out/shards/000003` is computed again: it belongs to another sweep
        `DIR/out/shards/000004` is computed again: it is another shard
        `DIR/out/shards/000005` is computed again: it is truncated or changed"#]]
    .assert_eq(&told);
    assert_eq!(report.progress.computed, 60);
    assert!(bytes_of_results(&fixture.path("out")) == whole);
}

#[test]
fn a_damaged_snapshot_is_found_when_opened_and_written_anew_when_planned() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    fixture.sweep("out").unwrap();
    let path = fixture.path("out/market.snap");
    let mut bytes = fs::read(&path).unwrap();
    bytes[1000] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let error = Sweep::open(&fixture.path("out")).unwrap_err();
    expect![[r#"
        `DIR/out/market.snap` is damaged: it is truncated or changed
         hint: run the sweep again, or start the folder over, which deletes its results"#]]
    .assert_eq(&fixture.shown(&error));
    fixture.sweep("out").unwrap();
    Sweep::open(&fixture.path("out")).unwrap();
}

#[test]
fn the_snapshot_is_the_market_and_the_strategy_files_are_no_longer_needed() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    run(&fixture.sweep("out").unwrap(), 1);
    let whole = bytes_of_results(&fixture.path("out"));
    fs::remove_dir_all(fixture.path("data")).unwrap();
    fs::remove_file(fixture.path("momentum.toml")).unwrap();
    for entry in fs::read_dir(fixture.path("out/shards")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
    fs::remove_file(fixture.path("out/results.parquet")).unwrap();
    run(&Sweep::open(&fixture.path("out")).unwrap(), 2);
    assert!(bytes_of_results(&fixture.path("out")) == whole);
}

/// Models of all trials may read them, on whichever machine they run.
#[test]
fn prices_that_are_only_read_are_in_the_folder_of_a_sweep() {
    let also = MOMENTUM.replace("dir = \"data\"", "dir = \"data\"\nalso = [\"FEAR\"]");
    let fixture = Fixture::new(&format!("{also}{GRID}"));
    let fear = "Date,Close\n2014-01-02,13\n2014-01-03,14\n2014-01-06,15\n";
    fixture.write("data/FEAR.csv", fear);
    run(&fixture.sweep("out").unwrap(), 1);
    fs::remove_dir_all(fixture.path("data")).unwrap();

    let sweep = Sweep::open(&fixture.path("out")).unwrap();
    let market = sweep.trial(0).unwrap().market;
    let asset = market.asset("FEAR").unwrap();
    assert_eq!(market.close_history(asset)[..3], [13.0, 14.0, 15.0]);
}
