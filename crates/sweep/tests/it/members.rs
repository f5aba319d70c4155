//! Sweeps over the members of an index.

use std::fs;

use expect_test::expect;
use sweep::{Existing, Sweep};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

const LIST: &str = "\
symbol,from,to
EQUITY,2010-01-04,
TECH,2010-01-04,2017-03-20
HEALTH,2016-06-20,
TECH,2019-09-23,
GONE,2012-01-03,2018-03-19
";

/// The strategy over a list of members.
fn over_members(more: &str) -> String {
    let assets = "assets = [\"EQUITY\", \"BONDS\", \"TECH\", \"HEALTH\", \"ENERGY\", \"POWER\"]";
    let members = format!("members = \"index.csv\"\n{more}");
    let text = format!("{MOMENTUM}{GRID}");
    assert!(text.contains(assets));
    text.replace(assets, &members)
}

fn fixture(more: &str) -> Fixture {
    let fixture = Fixture::new(&over_members(more));
    fixture.write("index.csv", LIST);
    fixture
}

const LEFT_OUT: &str = "missing_members = \"leave-out\"";

#[test]
fn the_plan_keeps_the_list_and_no_process_needs_its_file() {
    let fixture = fixture(LEFT_OUT);
    fixture.sweep("out").unwrap();
    fs::remove_file(fixture.path("index.csv")).unwrap();
    let sweep = Sweep::open(&fixture.path("out")).unwrap();
    expect!["{ EQUITY = [[2010-01-04]], TECH = [[2010-01-04, 2017-03-20], [2019-09-23]], HEALTH = [[2016-06-20]], GONE = [[2012-01-03, 2018-03-19]] }"]
        .assert_eq(sweep.plan().strategies[0].members.as_ref().unwrap());
    run(&sweep, 2);
    // The same strategy with the list written out.
    let list = sweep.plan().strategies[0].members.clone().unwrap();
    let written = over_members(LEFT_OUT).replace("\"index.csv\"", &list);
    let other = Fixture::new(&written).sweep("out").unwrap();
    for number in [0, 17, 71] {
        let digest = |sweep: &Sweep| sweep.trial(number).unwrap().record().unwrap().digest();
        assert_eq!(digest(&sweep), digest(&other), "trial {number}");
    }
    // A trial is a whole strategy file.
    let trial = sweep.trial(71).unwrap();
    assert!(trial.to_toml().contains(&format!("members = {list}\n")));
    assert_eq!(
        trial.file.strategy.assets(),
        ["EQUITY", "TECH", "HEALTH", "GONE"]
    );
}

#[test]
fn another_list_is_another_sweep() {
    let fixture = fixture(LEFT_OUT);
    fixture.sweep("out").unwrap();
    fixture.write("index.csv", &LIST.replace("2019-09-23", "2019-09-24"));
    let error = fixture.draft().unwrap();
    let error = error
        .into_folder(&fixture.path("out"), Existing::Resume)
        .unwrap_err();
    let text = fixture.shown(&error);
    assert!(
        text.contains("the members of the universe of `DIR/momentum.toml` have changed"),
        "{text}"
    );
}

#[test]
fn members_without_prices_and_lists_with_faults_are_errors() {
    let missing = fixture("");
    expect![[r#"
        cannot load the prices in `DIR/data`
        cause: 1 of 4 members have no prices in `DIR/data`: `GONE`
         hint: add their files, or leave these members out with `missing_members = "leave-out"` under `[universe]`: then the result is that of the members whose prices survived, which is too good"#]].assert_eq(&missing.shown(&missing.draft().unwrap_err()));
    let faulty = fixture(LEFT_OUT);
    faulty.write("index.csv", "symbol,from,to\nTECH,2010-01-04,soon\n");
    expect![[r#"
        `DIR/index.csv`, line 2: `soon` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020"#]]
    .assert_eq(&faulty.shown(&faulty.draft().unwrap_err()));
}
