//! The catalogue holds together: what one entry says does not contradict another.

use std::collections::BTreeSet;
use std::fs;

use expect_test::expect;
use statistics::catalogue::{Better, Form, Metric, better, columns, metric_at, metrics, text};

#[test]
fn keys_titles_and_places_are_unique() {
    let (mut keys, mut titles, mut paths) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for metric in metrics() {
        assert!(keys.insert(metric.key), "{metric:?}");
        assert!(titles.insert(metric.title), "{}", metric.title);
        if let Some(path) = metric.path() {
            assert_eq!(metric_at(&path).map(|found| found.key), Some(metric.key));
            assert!(paths.insert(path), "{metric:?}");
        }
        assert!(
            metric.path().is_some() || metric.column.is_some(),
            "{metric:?} is nowhere"
        );
    }
}

#[test]
fn every_definition_is_a_sentence() {
    for metric in metrics() {
        assert!(metric.doc.ends_with('.'), "{metric:?}");
        assert!(
            metric.source.is_none_or(|source| !source.ends_with('.')),
            "{metric:?}"
        );
    }
}

/// `results.parquet` is the same, to the byte, only while columns keep their order.
#[test]
fn columns_are_numbered_without_gaps() {
    for (position, metric) in columns().iter().enumerate() {
        assert_eq!(metric.column, Some(position as u8), "{metric:?}");
        assert!(
            !matches!(metric.form, Form::Date | Form::Interval | Form::Period),
            "{metric:?} is not one number"
        );
    }
    let shown = metrics().filter(|metric| metric.map.is_some());
    assert!(shown.into_iter().all(|metric| metric.column.is_some()));
}

#[test]
fn what_is_shown_of_a_sweep_is_a_column() {
    let prominent = |metric: &&Metric| {
        metric.prominence <= statistics::catalogue::Prominence::Report || metric.map.is_some()
    };
    for metric in metrics().filter(prominent) {
        assert!(metric.column.is_some(), "{metric:?}");
    }
}

/// Two columns of the same quantity once ranked in opposite directions.
#[test]
fn the_better_values_have_the_higher_merit() {
    let first = |key: &str, values: [f64; 3]| {
        let better = better(key);
        values
            .into_iter()
            .reduce(|a, b| {
                if better.merit(b) > better.merit(a) {
                    b
                } else {
                    a
                }
            })
            .unwrap()
    };
    assert_eq!(first("sharpe", [-1.0, 0.5, 2.0]), 2.0);
    assert_eq!(first("volatility", [0.3, 0.1, 0.2]), 0.1);
    assert_eq!(first("return_standard_deviation", [0.3, 0.1, 0.2]), 0.1);
    assert_eq!(first("excess_kurtosis", [9.0, -0.5, 3.0]), -0.5);
    assert_eq!(first("cuts", [7.0, 0.0, 3.0]), 0.0);
    assert_eq!(first("max_drawdown", [0.5, 0.2, 0.3]), 0.2);
    assert_eq!(first("worst_session", [-0.1, -0.02, -0.05]), -0.02);
    assert_eq!(first("autocorrelation", [-0.3, 0.05, 0.2]), 0.05);
    // Axes and the numbers of trials have no direction and come in their natural order.
    assert_eq!(first("alpha.lookback", [126.0, 21.0, 63.0]), 21.0);
}

#[test]
fn values_that_describe_come_highest_first() {
    let neither: Vec<&str> = (columns().iter())
        .filter(|metric| metric.better == Better::Neither && !metric.key.starts_with("fold"))
        .map(|metric| metric.key)
        .collect();
    expect!["sessions calendar_days trades time_in_market digest"].assert_eq(&neither.join(" "));
}

/// In one table an ulcer index of `0.230` stood beside a mean drawdown of `21.3 %`.
#[test]
fn a_metric_is_written_in_its_own_unit() {
    let written = [
        ("ulcer_index", 0.23),
        ("mean_drawdown", 0.213),
        ("max_drawdown", 0.5071),
        ("turnover", 12.345),
        ("sharpe", -0.004),
        ("sharpe_min_track_record_years", 1234.5),
        ("final_equity", 1_268_340.0),
        ("longest_drawdown_days", 1234.0),
        ("cagr", f64::NAN),
    ]
    .map(|(key, value)| text(key, value).unwrap());
    expect!["23.0 % | 21.3 % | 50.7 % | 1,234 % | 0.00 | 1,234 | 1.27M | 1,234 | -"]
        .assert_eq(&written.join(" | "));
    assert_eq!(text("alpha.lookback", 1.0), None);
}

/// Rewritten by `UPDATE_EXPECT=1 cargo test -p statistics`.
#[test]
fn the_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/statistics.md");
    let text = fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- metrics -->\n\n", "<!-- end of metrics -->");
    let (before, rest) = text.split_once(begin).expect("the mark is there");
    let (_, after) = rest.split_once(end).expect("the mark is there");
    let expected = format!(
        "{before}{begin}{}{end}{after}",
        statistics::catalogue::reference()
    );
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(path, &expected).unwrap();
    } else {
        assert!(
            text == expected,
            "run `UPDATE_EXPECT=1 cargo test -p statistics` to rewrite docs/statistics.md"
        );
    }
}
