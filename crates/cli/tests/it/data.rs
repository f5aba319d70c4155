//! `gridfolio data`

use expect_test::expect;
use serde_json::Value;

use crate::{gridfolio, put, ready};

#[test]
fn good_data_are_usable() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["data", "check", "prices"]).succeeded();
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        AAA     2024-01-02  2024-01-08     5     0     0        0     0      0       0
        BBB     2024-01-02  2024-01-08     5     0     0        0     0      0       0

        written by Yahoo (AAA, BBB)

        usable
    "#]]
    .assert_eq(&done.stdout);
}

#[test]
fn unusable_data_are_an_answer_and_not_an_error() {
    let folder = ready();
    put(
        &folder,
        "prices/BBB.csv",
        "Date,Open,Close\n2024-01-02,1,1\n2024-01-03,1,x\n",
    );
    let done = gridfolio(folder.path(), &["data", "check", "prices"]);
    assert_eq!(done.said(), "exit code 1\n");
    expect![[r#"
        symbol  first       last        rows  gaps  lone  missing  <= 0  jumps  breaks
        AAA     2024-01-02  2024-01-08     5     0     0        0     0      0       0
        BBB     -           -              -     -     -        -     -      -       -

        written by Yahoo (AAA)

        BBB: `prices/BBB.csv`, line 3: `Close` is `x`, not a number
          no backtest can use it
          hint: write the price as 1234.5 or 1.2345e3, or leave the cell empty if it is missing

        not usable as it is
    "#]]
    .assert_eq(&done.stdout);
}

#[test]
fn some_symbols_can_be_checked_alone_and_told_as_json() {
    let folder = ready();
    put(&folder, "prices/BBB.csv", "");
    let arguments = ["data", "check", "prices", "AAA", "--json"];
    let done = gridfolio(folder.path(), &arguments).succeeded();
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(json["usable"], true);
    assert_eq!(json["symbols"].as_array().unwrap().len(), 1);
    assert_eq!(json["symbols"][0]["symbol"], "AAA");
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["data", "check", "nowhere"]);
    expect![[r#"
        exit code 4
        error: cannot list the folder `nowhere`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn the_samples_of_the_examples_can_be_made_again() {
    let folder = ready();
    let done = gridfolio(folder.path(), &["data", "sample", "sample", "--seed", "1"]).succeeded();
    assert_eq!(done.stdout, "");
    assert_eq!(done.stderr, "wrote generated prices to `sample`\n");
    let theirs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/data");
    let mut n_files = 0;
    for entry in std::fs::read_dir(theirs).unwrap() {
        let path = entry.unwrap().path();
        let ours = folder.path().join("sample").join(path.file_name().unwrap());
        assert_eq!(
            std::fs::read(&path).unwrap(),
            std::fs::read(ours).unwrap(),
            "{path:?}"
        );
        n_files += 1;
    }
    assert_eq!(n_files, 13);
}

#[test]
fn prices_are_imported_and_compared() {
    let folder = ready();
    let import = ["data", "import", "prices/AAA.csv", "--out", "imported"];
    let done = gridfolio(folder.path(), &import).succeeded();
    expect![[r#"
        AAA: 2024-01-02 to 2024-01-08, 5 rows, from `prices/AAA.csv`, written by Yahoo
    "#]]
    .assert_eq(&done.stdout);
    let diff = ["data", "diff", "prices", "imported"];
    let done = gridfolio(folder.path(), &diff).succeeded();
    expect![[r#"
        only in the older folder: BBB
        1 symbol has the same past
    "#]]
    .assert_eq(&done.stdout);

    let changed = crate::PRICES.replace(
        "2024-01-03,10,11,10,11,11,",
        "2024-01-03,10,11,10,10.5,10.5,",
    );
    put(&folder, "prices/AAA.csv", &changed);
    let done = gridfolio(folder.path(), &diff);
    assert_eq!(done.said(), "exit code 1\n");
    let done = gridfolio(folder.path(), &import).succeeded();
    expect![[r#"
        AAA: 2024-01-02 to 2024-01-08, 5 rows, from `prices/AAA.csv`, written by Yahoo
          the past is not that of the import before: prices of 1 of 4 days have changed, first 2024-01-03; the largest ratio of new and old is 0.9545, on 2024-01-03
          the past is not that of the import before: adjusted closes of 1 of 4 days have changed, first 2024-01-03; the largest ratio of new and old is 0.9545, on 2024-01-03
    "#]]
    .assert_eq(&done.stdout);
    let refused = gridfolio(
        folder.path(),
        &["data", "import", "nowhere", "--out", "other"],
    );
    expect![[r#"
        exit code 4
        error: cannot list the folder `nowhere`
        cause: No such file or directory (os error 2)
         hint: check the spelling of the folder
    "#]]
    .assert_eq(&refused.said());
}
