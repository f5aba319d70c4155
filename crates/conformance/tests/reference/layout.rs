//! The JSON layout of QSTrader 0.3.0, key by key and in order.

use backtest::conventions::Conventions;
use backtest::date::Date;
use backtest::statistics::qstrader::Statistics;
use documents::qstrader::Block;
use serde_json::Value;

/// A file that QSTrader wrote, and ours from the same equity curve.
fn check(golden: &str) {
    let theirs = crate::golden(golden);
    let theirs = &theirs["strategy"];
    let points = theirs["equity_curve"].as_array().unwrap();
    let day = |point: &Value| {
        let milliseconds = point[0].as_i64().unwrap();
        Date::from_epoch_days((milliseconds / 86_400_000) as i32).unwrap()
    };
    let dates: Vec<Date> = points.iter().map(day).collect();
    let equity: Vec<f64> = points.iter().map(|p| p[1].as_f64().unwrap()).collect();
    let statistics = Statistics::of(&equity, &dates, &Conventions::QSTRADER, 252.0).unwrap();
    let block = Block::new(&dates, &equity, &statistics, Some(Vec::new()));
    let ours: Value = serde_json::from_slice(&serde_json::to_vec(&block).unwrap()).unwrap();
    assert_same(theirs, &ours, golden);
}

fn assert_same(theirs: &Value, ours: &Value, at: &str) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let keys =
                |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<Vec<String>>();
            assert_eq!(keys(a), keys(b), "{at}");
            for (key, value) in a {
                assert_same(value, &b[key], &format!("{at}.{key}"));
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                assert_same(a, b, &format!("{at}[{index}]"));
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            assert_eq!(a.is_f64(), b.is_f64(), "{at}: {a} and {b}");
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!(
                (a - b).abs() <= 1e-12 * a.abs().max(1.0),
                "{at}: {a} and {b}"
            );
        }
        _ => assert_eq!(theirs, ours, "{at}"),
    }
}

pub(crate) fn a_hand_made_curve_is_told_as_qstrader_tells_it() {
    check("qstrader_json_tiny_hand.json");
}

pub(crate) fn five_years_are_told_as_qstrader_tells_them() {
    check("qstrader_json_base_5y.json");
}
