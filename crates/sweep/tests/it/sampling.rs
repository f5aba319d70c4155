//! Which points the samplers choose.

use std::collections::HashSet;

use proptest::prelude::*;
use strategy_file::{AxisValue, Document, Space, TrialCount};

fn space(sweep: &str) -> Space {
    Document::parse(sweep).unwrap().space().unwrap().unwrap()
}

/// The values of each trial, by its number.
fn trials(space: &Space) -> Vec<(u64, Vec<String>)> {
    let mut positions = Vec::new();
    let mut trials = Vec::new();
    for number in 0..space.n_numbers() {
        if space.point(number, &mut positions) {
            let values = space.axes().iter().zip(&positions);
            let values = values
                .map(|(axis, at)| axis.value(*at).to_string())
                .collect();
            trials.push((number, values));
        }
    }
    trials
}

const TWO_AXES: &str = r#"
[sweep.axes]
"alpha.fast" = { from = 1, to = 100 }
"alpha.slow" = { from = 1, to = 100 }
"#;

#[test]
fn the_last_axis_is_the_fastest_and_a_constraint_leaves_numbers_alone() {
    let axes = "[sweep.axes]\n\"alpha.fast\" = [1, 2]\n\"alpha.slow\" = [1, 2, 3]\n";
    let all = trials(&space(axes));
    let expected = ["1 1", "1 2", "1 3", "2 1", "2 2", "2 3"];
    let shown: Vec<String> = all.iter().map(|(_, values)| values.join(" ")).collect();
    assert_eq!(shown, expected);
    let some = space(&format!(
        "[sweep]\nwhere = \"alpha.fast < alpha.slow\"\n{axes}"
    ));
    assert_eq!(some.count(), Ok(TrialCount::Exact(3)));
    let kept = [1, 2, 5].map(|number: usize| all[number].clone());
    assert_eq!(trials(&some), kept);
}

#[test]
fn ranges_of_decimals_are_the_decimals() {
    let space =
        space("[sweep.axes]\n\"portfolio.cash_buffer\" = { from = 0.01, to = 0.1, step = 0.01 }\n");
    let axis = &space.axes()[0];
    let values: Vec<AxisValue> = (0..axis.n_values()).map(|at| axis.value(at)).collect();
    let written = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09, 0.1];
    assert_eq!(values, written.map(AxisValue::Float));
}

#[test]
fn ranges_of_dates_step_by_days_and_may_run_backwards() {
    let space = space(
        "[sweep.axes]\n\"backtest.start\" = { from = 2020-03-01, to = 2020-02-27, step = -1 }\n",
    );
    let shown: Vec<String> = trials(&space)
        .into_iter()
        .map(|(_, values)| values.concat())
        .collect();
    assert_eq!(
        shown,
        ["2020-03-01", "2020-02-29", "2020-02-28", "2020-02-27"]
    );
}

proptest! {
    // What a person would write for the value is what the parser of the language makes of it.
    #[test]
    fn every_value_of_a_range_is_the_nearest_double_of_its_decimal(
        from in -10_000i64..10_000, step in 1i64..500, n in 1i64..60, scale in 1usize..6,
    ) {
        let literal = |mantissa: i64| {
            let sign = if mantissa < 0 { "-" } else { "" };
            let digits = format!("{:0>1$}", mantissa.abs(), scale + 1);
            let (whole, fraction) = digits.split_at(digits.len() - scale);
            format!("{sign}{whole}.{fraction}")
        };
        let (to, text) = (from + (n - 1) * step, literal);
        let space = space(&format!(
            "[sweep.axes]\n\"alpha.signal\" = {{ from = {}, to = {}, step = {} }}\n",
            text(from), text(to), text(step),
        ));
        let axis = &space.axes()[0];
        prop_assert_eq!(axis.n_values(), n as u64);
        for i in 0..n {
            let written: f64 = literal(from + i * step).parse().unwrap();
            prop_assert_eq!(axis.value(i as u64), AxisValue::Float(written));
        }
    }

    #[test]
    fn draws_are_in_range_meet_the_constraint_and_follow_from_the_seed(
        seed in 0u64..1_000_000, sampler in prop::sample::select(vec!["random", "sobol"]),
    ) {
        let text = format!(
            "[sweep]\nsampler = \"{sampler}\"\ntrials = 200\nseed = {seed}\nwhere = \"alpha.fast < alpha.slow\"\n{TWO_AXES}"
        );
        let drawn = trials(&space(&text));
        prop_assert_eq!(&drawn, &trials(&space(&text)));
        if sampler == "random" {
            prop_assert_eq!(drawn.len(), 200);
        }
        for (_, values) in &drawn {
            let [fast, slow] = [0, 1].map(|axis: usize| values[axis].parse::<u64>().unwrap());
            prop_assert!(1 <= fast && fast < slow && slow <= 100);
        }
        let other = text.replace(&format!("seed = {seed}"), &format!("seed = {}", seed + 1));
        prop_assert!(drawn != trials(&space(&other)));
    }

    // 256 points of a (0, 2)-sequence have one in each of 16 × 16 boxes; draws leave a third empty.
    #[test]
    fn sobol_covers_the_space_more_evenly_than_draws(seed in 0u64..10_000) {
        let boxes = |sampler: &str| {
            let text = format!(
                "[sweep]\nsampler = \"{sampler}\"\ntrials = 256\nseed = {seed}\n[sweep.axes]\n\"alpha.fast\" = {{ from = 1, to = 16 }}\n\"alpha.slow\" = {{ from = 1, to = 16 }}\n"
            );
            trials(&space(&text)).into_iter().map(|(_, values)| values).collect::<HashSet<_>>().len()
        };
        prop_assert_eq!(boxes("sobol"), 256);
        prop_assert!(boxes("random") < 200);
    }
}
