//! What a report shows of a sweep.

use results::{Overview, Query, Results, Sort};

use crate::fixture::{Fixture, GRID, MOMENTUM, run};

#[test]
fn columns_and_best_are_those_of_the_results() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    run(&sweep, 2);
    let overview = Overview::of(&sweep).unwrap();
    assert_eq!(overview.trials, (0..72).collect::<Vec<u64>>());
    let [lookback, top_n] = overview.axes.as_slice() else {
        panic!("two axes");
    };
    assert_eq!(
        (lookback.name.as_str(), lookback.values.len()),
        ("alpha.lookback", 12)
    );
    assert_eq!(
        top_n.numbers.as_deref(),
        Some(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0][..])
    );
    // The second axis turns fastest.
    assert_eq!(top_n.positions[..7], [0, 1, 2, 3, 4, 5, 0]);

    let best = Results::open(&fixture.path("out")).unwrap().select(&Query {
        columns: Some(vec!["trial".to_owned(), "sharpe".to_owned()]),
        sort: Some(Sort::best_first("sharpe")),
        top: Some(1),
        ..Query::default()
    });
    let row = overview.best("sharpe").unwrap();
    let told = format!(
        "{} {:?}",
        overview.trials[row],
        overview.metric("sharpe").unwrap()[row]
    );
    let mut csv = Vec::new();
    best.unwrap().write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    assert_eq!(csv.lines().nth(1).unwrap().replace(',', " "), told);
    assert_eq!(
        Results::open(sweep.dir())
            .unwrap()
            .best_trial("sharpe")
            .unwrap(),
        Some(overview.trials[row])
    );
}

#[test]
fn the_fan_ends_between_the_trials_and_the_best_ends_at_its_equity() {
    let fixture = Fixture::new(&format!("{MOMENTUM}{GRID}"));
    let sweep = fixture.sweep("out").unwrap();
    run(&sweep, 2);
    let overview = Overview::of(&sweep).unwrap();
    let fan = overview.fan.as_ref().unwrap();
    assert_eq!(
        fan.n_sampled, 72,
        "all, as there are fewer than two hundred"
    );
    assert!(fan.dates.len() <= 600);
    assert_eq!(fan.dates.last().unwrap().to_string(), "2023-12-29");
    let mut ends: Vec<f64> = overview.metric("total_return").unwrap().to_vec();
    ends.sort_by(f64::total_cmp);
    // The median of 72 is between the 36th and the 37th.
    let median = 1.0 + (ends[35] + ends[36]) / 2.0;
    let told = *fan.quantiles[2].last().unwrap();
    assert!((told - median).abs() < 1e-12, "{told} and {median}");
    let best = overview.best("sharpe").unwrap();
    let end = 1.0 + overview.metric("total_return").unwrap()[best];
    assert!((fan.best.last().unwrap() - end).abs() < 1e-12);
    for at in 0..fan.dates.len() {
        let five = fan.quantiles.each_ref().map(|values| values[at]);
        assert!(five.is_sorted(), "{five:?}");
    }
    assert_eq!(
        Overview::of(&sweep).unwrap(),
        overview,
        "the same at each call"
    );
}

#[test]
fn failures_that_differ_in_numbers_alone_are_one() {
    let crossover = MOMENTUM.replace(
        "model = \"top-n-momentum\"\nlookback = 126\ntop_n = 3",
        "model = \"sma-crossover\"\nfast = 5\nslow = 50",
    );
    let axes = "\n[sweep.axes]\n\"alpha.fast\" = [5, 60, 70, 80]\n\"alpha.slow\" = [50, 75]\n";
    let fixture = Fixture::new(&format!("{crossover}{axes}"));
    let sweep = fixture.sweep("out").unwrap();
    run(&sweep, 1);
    // Failed: 60, 70 and 80 against 50, and 80 against 75: trials 2, 4, 6 and 7.
    let overview = Overview::of(&sweep).unwrap();
    let [(reason, n, first)] = overview.failures.as_slice() else {
        panic!("{:?}", overview.failures);
    };
    assert_eq!((*n, *first), (4, 2));
    assert!(
        reason.starts_with("such as: ") && reason.contains("60"),
        "{reason}"
    );
}
