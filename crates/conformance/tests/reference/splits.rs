//! Splits, windows and neighbourhoods against skfolio and the reference.

use results::{Column, Neighbourhoods};
use serde_json::Value;
use statistics::splits::{Combinatorial, WalkForward};

use crate::{check_absolute, golden, number};

fn whole(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

pub(crate) fn combinatorial_splits_and_paths_are_those_of_skfolio() {
    let all = golden("splits_plateau.json");
    for (name, expected) in all.as_object().unwrap() {
        if !name.starts_with("cpcv") {
            continue;
        }
        let scheme = Combinatorial {
            folds: whole(&expected["n_folds"]),
            test_folds: whole(&expected["n_test_folds"]),
            purge: whole(&expected["purged_size"]),
            embargo: whole(&expected["embargo_size"]),
        };
        assert_eq!(scheme.n_splits() as usize, whole(&expected["n_splits"]));
        assert_eq!(scheme.n_paths() as usize, whole(&expected["n_test_paths"]));
        let splits = scheme.splits(whole(&expected["n_obs"]));
        for (at, theirs) in expected["splits"]
            .as_array()
            .into_iter()
            .flatten()
            .enumerate()
        {
            let list = |value: &Value| -> Vec<usize> {
                value.as_array().unwrap().iter().map(whole).collect()
            };
            let train: Vec<usize> = splits[at].train.iter().cloned().flatten().collect();
            assert_eq!(list(&theirs["train"]), train, "{name} {at}");
            let test: Vec<Vec<usize>> = splits[at]
                .test
                .iter()
                .map(|t| t.clone().collect())
                .collect();
            let expected: Vec<_> = theirs["test"]
                .as_array()
                .unwrap()
                .iter()
                .map(list)
                .collect();
            assert_eq!(expected, test, "{name} {at}");
        }
        // Fold by fold, the splits whose tests follow one another along a path.
        let recombined = expected["recombined_paths"].as_array().unwrap();
        let theirs: Vec<Vec<usize>> = recombined
            .iter()
            .map(|fold| fold.as_array().unwrap().iter().map(whole).collect())
            .collect();
        assert_eq!(theirs, scheme.paths(), "{name}");
    }
}

pub(crate) fn walk_forward_windows_are_those_of_skfolio() {
    let all = golden("splits_plateau.json");
    let rolling = WalkForward {
        train: 250,
        test: 50,
        step: 50,
        gap: 0,
        anchored: false,
    };
    let anchored = WalkForward {
        gap: 5,
        anchored: true,
        ..rolling
    };
    let cases = [
        ("T1000_train250_test50", rolling),
        ("skfolio_T1000_train250_test50", rolling),
        ("T1000_train250_test50_anchored_gap5", anchored),
    ];
    for (name, scheme) in cases {
        let theirs: Vec<Vec<usize>> = (all["walk_forward"][name].as_array().unwrap().iter())
            .map(|window| window.as_array().unwrap().iter().map(whole).collect())
            .collect();
        let ours: Vec<Vec<usize>> = (scheme.windows(1000).iter())
            .map(|w| vec![w.train.start, w.train.end, w.test.start, w.test.end])
            .collect();
        assert_eq!(theirs, ours, "{name}");
    }
}

pub(crate) fn neighbourhoods_of_a_grid_with_a_spike_and_a_hole() {
    let all = golden("splits_plateau.json");
    let plateau = &all["plateau"];
    let flat = |key: &str| -> Vec<Option<f64>> {
        let rows = plateau[key].as_array().unwrap().iter();
        rows.flat_map(|row| row.as_array().unwrap())
            .map(Value::as_f64)
            .collect()
    };
    let axis = |name: &str, of: fn(i64) -> i64| {
        Column::Integers(name.to_owned(), (0..20).map(|at| Some(of(at))).collect())
    };
    let axes = [axis("row", |at| at / 4), axis("column", |at| at % 4)];
    let neighbourhoods = Neighbourhoods::new(&axes, flat("grid"));
    let ours: Vec<_> = (0..20).map(|row| neighbourhoods.of(row)).collect();
    let (medians, worst, peaks) = (flat("median"), flat("min"), flat("peakiness"));
    for (at, ours) in ours.iter().enumerate() {
        assert_eq!(medians[at], ours.map(|ours| ours.median), "{at}");
        assert_eq!(worst[at], ours.map(|ours| ours.worst), "{at}");
        if let (Some(theirs), Some(ours)) = (peaks[at], ours) {
            check_absolute("peakiness", theirs, ours.peakiness.unwrap(), 1e-14);
        }
    }
    let spike = ours[4 * 4 + 2].unwrap();
    assert_eq!((spike.median, number(&plateau["grid"][4][2])), (0.4, 2.5));
}
