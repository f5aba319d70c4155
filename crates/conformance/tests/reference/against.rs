//! The verdict's definition against its reference implementation: hedges, flips, stretches, and one
//! sweep judged as a whole.

use serde_json::Value;
use statistics::SharpeEstimate;
use sweep::validation::{FOLDS, ends, n_stretches};
use verdict::overfitting::hedge::{
    HedgeSums, Yardsticks, are_long_enough, halve, hedged, variance_ratio,
};
use verdict::overfitting::selection::{deflated_residual, expected_best, luck_bar};
use verdict::overfitting::sign_flips::{Extremes, Flips, TrialSums};

use crate::{check_absolute, check_relative, golden, number, numbers};

fn rows(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().unwrap().iter().map(numbers).collect()
}

fn against() -> Value {
    golden("against/golden.json")
}

fn seed(golden: &Value) -> u64 {
    golden["seed of the flips"].as_u64().unwrap()
}

fn sums_over(series: &[f64], stretches: usize) -> Vec<f64> {
    let mut start = 0;
    ends(stretches, series.len())
        .map(|end| {
            let sum = series[start..end].iter().sum();
            start = end;
            sum
        })
        .collect()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

pub(crate) fn studentised_sums_of_forty_trials_and_their_p_values() {
    let golden = against();
    let case = &golden["forty trials"];
    let n = case["n"].as_u64().unwrap() as usize;
    let sums = rows(&case["sums"]);
    let squares = numbers(&case["squares"]);
    let trials: Vec<TrialSums<'_>> = (sums.iter().zip(&squares))
        .map(|(sums, squares)| TrialSums {
            sums,
            squares: *squares,
        })
        .collect();
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(seed(&golden), 128), n, &trials);
    for (draw, theirs) in numbers(&case["maxima student, draws 0 to 9"])
        .iter()
        .enumerate()
    {
        check_relative("maximum", *theirs, extremes.maxima()[draw], 1e-12);
    }
    let expected = numbers(&case["statistic student"]);
    let p_values = numbers(&case["p of each trial, student"]);
    for ((trial, statistic), p) in trials.iter().zip(&expected).zip(&p_values) {
        check_relative("statistic", *statistic, trial.statistic(), 1e-12);
        assert_eq!(extremes.p_of(trial.statistic()), *p);
    }
    assert_eq!(
        extremes.p_values().reality_check,
        number(&case["p student"])
    );

    let case = &golden["all flips of twelve"];
    let expected = numbers(&case["statistics"]);
    for (sums, expected) in rows(&case["sums"]).iter().zip(expected) {
        let squares = product(sums, sums);
        let found = TrialSums { sums, squares }.statistic();
        check_relative("statistic of twelve", expected, found, 1e-12);
    }
}

pub(crate) fn hedges_by_one_and_by_two_yardsticks_from_sums() {
    let golden = against();
    let case = &golden["hedging"];
    let cash = numbers(&case["rf"]);
    let excess = |series: &[f64]| -> Vec<f64> {
        series
            .iter()
            .zip(&cash)
            .map(|(own, cash)| own - cash)
            .collect()
    };
    let (first, second) = (excess(&numbers(&case["b"])), excess(&numbers(&case["c"])));
    let stretches = case["stretches"].as_u64().unwrap() as usize;
    let n = first.len();
    let one = Yardsticks::new(&[&first], ends(stretches, n));
    let both = Yardsticks::new(&[&first, &second], ends(stretches, n));
    let trials = rows(&case["r"]);
    for (trial, expected) in trials.iter().zip(case["trials"].as_array().unwrap()) {
        let own = excess(trial);
        let kept = sums_over(&own, stretches);
        let sums = HedgeSums {
            stretches: &kept,
            squares: product(&own, &own),
            products: [product(&own, &first), product(&own, &second)],
        };
        check_absolute("sum", number(&expected["sum r"]), kept.iter().sum(), 1e-14);
        let hedge = one.hedge(&sums);
        check_relative(
            "beta",
            number(&expected["beta to b"]),
            hedge.betas[0],
            1e-12,
        );
        let is_yardstick = expected.get("is its yardstick").is_some();
        assert_eq!(hedge.follows, is_yardstick);
        let jointly = both.hedge(&sums);
        assert_eq!(jointly.follows, is_yardstick);
        let mut residual = vec![1.0; stretches];
        both.residual_sums(&jointly, &kept, &mut residual);
        if is_yardstick {
            assert_eq!(residual, vec![0.0; stretches]);
            continue;
        }
        let betas = numbers(&expected["betas to b and c"]);
        check_relative("beta to b", betas[0], jointly.betas[0], 1e-11);
        check_relative("beta to c", betas[1], jointly.betas[1], 1e-11);
        let theirs = numbers(&expected["joint residual sums"]);
        for (theirs, ours) in theirs.iter().zip(&residual) {
            check_absolute("joint residual", *theirs, *ours, 1e-14);
        }
        let sum: f64 = residual.iter().sum();
        check_relative(
            "joint squares",
            number(&expected["joint residual squares"]),
            jointly.variation + sum * sum / n as f64,
            1e-12,
        );
        check_absolute(
            "joint ratio",
            number(&expected["joint residual sharpe"]),
            jointly.sharpe(sum, n),
            1e-12,
        );
        one.residual_sums(&hedge, &kept, &mut residual);
        for (theirs, ours) in numbers(&expected["residual sums"]).iter().zip(&residual) {
            check_absolute("residual", *theirs, *ours, 1e-14);
        }
        check_absolute(
            "ratio",
            number(&expected["residual sharpe"]),
            hedge.sharpe(residual.iter().sum(), n),
            1e-12,
        );
    }
}

pub(crate) fn deflated_ratios_of_residuals() {
    for case in against()["deflated"].as_array().unwrap() {
        let of = |key: &str| number(&case[key]);
        let estimate = SharpeEstimate {
            ratio: of("ratio"),
            n: of("n") as usize,
            skewness: of("skewness"),
            kurtosis: of("kurtosis"),
        };
        let (tries, variance) = (of("tries"), of("spread") * of("spread"));
        check_absolute("best", of("expected best"), expected_best(tries), 1e-12);
        check_absolute("bar", of("bar"), luck_bar(tries, variance), 1e-14);
        check_relative("error", of("error"), estimate.error().unwrap(), 1e-12);
        let found = deflated_residual(&estimate, tries, variance, 1.0).unwrap();
        check_absolute("deflated", of("deflated"), found, 1e-12);
    }
}

pub(crate) fn stretches_grow_with_the_autocorrelation() {
    let golden = against();
    let case = &golden["variance ratio"];
    let returns = rows(&case["returns"]);
    let n = returns[0].len();
    let spread = |own: &[f64]| {
        let mean = own.iter().sum::<f64>() / own.len() as f64;
        own.iter()
            .map(|value| (value - mean) * (value - mean))
            .sum::<f64>()
    };
    let mut stretches = n_stretches(n);
    assert_eq!(Some(stretches as u64), case["stretches before"].as_u64());
    let mut sums: Vec<f64> = (returns.iter())
        .flat_map(|own| sums_over(own, stretches))
        .collect();
    loop {
        let ratios: Vec<f64> = (sums.chunks(stretches).zip(&returns))
            .map(|(sums, own)| variance_ratio(sums, spread(own), n))
            .collect();
        let theirs = numbers(&case["by stretches"][stretches.to_string()]);
        for (theirs, ours) in theirs.iter().zip(&ratios) {
            check_relative("variance ratio", *theirs, *ours, 1e-12);
        }
        let highest = ratios.iter().copied().fold(0.0, f64::max);
        // The reference stops at sixteen here, as nothing shorter is among its values.
        if stretches == 16 || are_long_enough(stretches, n, highest) {
            break;
        }
        halve(&mut sums, stretches);
        stretches /= 2;
    }
    assert_eq!(Some(stretches as u64), case["stretches after"].as_u64());
}

/// Six trials, two yardsticks: every step, as a sweep goes through them.
pub(crate) fn a_whole_sweep() {
    let golden = against();
    let case = &golden["whole"];
    let expected = &case["answer"];
    let returns = rows(&case["r"]);
    let yardsticks = [numbers(&case["b"]), numbers(&case["c"])];
    let n = returns[0].len();
    let mut stretches = n_stretches(n);
    let [b, c] = &yardsticks;
    let shared = Yardsticks::new(&[b, c], ends(stretches, n));
    let mut sums = vec![0.0; returns.len() * stretches];
    let mut hedges = Vec::new();
    for (own, out) in returns.iter().zip(sums.chunks_mut(stretches)) {
        let kept = sums_over(own, stretches);
        let hedge = shared.hedge(&HedgeSums {
            stretches: &kept,
            squares: product(own, own),
            products: [product(own, b), product(own, c)],
        });
        shared.residual_sums(&hedge, &kept, out);
        hedges.push(hedge);
    }
    loop {
        let ratio = |(sums, hedge): (&[f64], &verdict::overfitting::hedge::Hedge)| {
            hedge.variance_ratio(sums, n)
        };
        let ratios = sums.chunks(stretches).zip(&hedges).map(ratio);
        if are_long_enough(stretches, n, ratios.fold(0.0, f64::max)) {
            break;
        }
        halve(&mut sums, stretches);
        stretches /= 2;
    }
    assert_eq!(Some(stretches as u64), expected["stretches"].as_u64());
    let trials: Vec<TrialSums<'_>> = (sums.chunks(stretches).zip(&hedges))
        .map(|(sums, hedge)| {
            let sum: f64 = sums.iter().sum();
            TrialSums {
                sums,
                squares: hedge.variation + sum * sum / n as f64,
            }
        })
        .collect();
    let mut extremes = Extremes::none();
    extremes.add(&Flips::new(seed(&golden), stretches), n, &trials);
    let statistics: Vec<f64> = trials.iter().map(TrialSums::statistic).collect();
    let best = (0..trials.len())
        .max_by(|a, b| statistics[*a].total_cmp(&statistics[*b]))
        .unwrap();
    assert_eq!(Some(best as u64), expected["best"].as_u64());
    check_relative("t", number(&expected["t"]), statistics[best], 1e-12);
    assert_eq!(extremes.p_of(statistics[best]), number(&expected["p"]));
    let betas = numbers(&expected["beta"]);
    check_relative("beta to b", betas[0], hedges[best].betas[0], 1e-11);
    check_relative("beta to c", betas[1], hedges[best].betas[1], 1e-11);
    let ratios: Vec<f64> = (trials.iter().zip(&hedges))
        .map(|(trial, hedge)| hedge.sharpe(trial.sums.iter().sum(), n))
        .collect();
    let own = number(&expected["residual ratio"]);
    check_absolute("residual ratio", own, ratios[best], 1e-12);

    let (_, residual) = hedged(&returns[best], &[b, c]);
    let estimate = SharpeEstimate::of(&residual).unwrap();
    let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
    let variance = ratios
        .iter()
        .map(|own| (own - mean) * (own - mean))
        .sum::<f64>()
        / (ratios.len() - 1) as f64;
    let inflation = hedges[best].variance_ratio(trials[best].sums, n);
    let deflated = deflated_residual(&estimate, ratios.len() as f64, variance, inflation);
    let theirs = number(&expected["deflated"]);
    check_absolute("deflated", theirs, deflated.unwrap(), 1e-12);

    // Walk-forward, by the Sharpe ratio of all that is before each of twelve folds.
    let edges: Vec<usize> = std::iter::once(0).chain(ends(FOLDS, n)).collect();
    let mut chain = Vec::new();
    for fold in FOLDS / 4..FOLDS {
        let ratio = |own: &Vec<f64>| SharpeEstimate::of(&own[..edges[fold]]).unwrap().ratio;
        let pick = returns.iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        chain.extend_from_slice(&pick.unwrap()[edges[fold]..edges[fold + 1]]);
    }
    let first = edges[FOLDS / 4];
    let (hedge, residual) = hedged(&chain, &[&b[first..], &c[first..]]);
    let estimate = SharpeEstimate::of(&residual).unwrap();
    let of_chain = sums_over(&residual, FOLDS.max(stretches * 3 / 4));
    let inflation = hedge.variance_ratio(&of_chain, chain.len()).max(1.0);
    let standardised = estimate.ratio / (estimate.error().unwrap() * inflation.sqrt());
    let theirs = number(&expected["walk_forward"]);
    check_relative("walk-forward", theirs, standardised, 1e-11);
}
