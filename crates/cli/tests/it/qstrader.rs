//! Strategies on the prices that come with the project, run through QSTrader by
//! `tests/qstrader/make_goldens.py`: its transactions, its equity and its statistics.

use std::path::Path;

use serde_json::Value;

use crate::comparison::{number, rows, value_difference};
use crate::{folder, gridfolio};

#[test]
fn qstraders_goldens_on_the_sample_prices_are_the_same_to_the_bit() {
    let strategies = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/qstrader");
    let names = [
        "buy_and_hold",
        "crossover",
        "inverse_volatility",
        "long_short",
        "sector_momentum",
        "sixty_forty",
    ];
    for name in names {
        let golden = std::fs::read_to_string(strategies.join(format!("{name}.json"))).unwrap();
        let golden: Value = serde_json::from_str(&golden).unwrap();
        let folder = folder();
        let strategy = strategies.join(format!("{name}.toml"));
        let out = folder.path().join("out");
        let arguments = [strategy.to_str().unwrap(), "--out", out.to_str().unwrap()];
        let done = gridfolio(
            folder.path(),
            &[&["run", "--quiet"][..], &arguments].concat(),
        );
        assert_eq!(done.code, 0, "{name}: {}", done.said());
        let text = |file: &str| std::fs::read_to_string(out.join(file)).unwrap();
        let exact = |theirs: &Value, ours: &str| number(theirs) == ours.parse::<f64>().unwrap();

        let csv = text("transactions.csv");
        let (ours, theirs) = (rows(&csv), golden["transactions"].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len(), "{name}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            let same = theirs[0] == ours[0]
                && theirs[1] == ours[1]
                && (2..5).all(|column| exact(&theirs[column], ours[column]));
            assert!(same, "{name}: {theirs} but {ours:?}");
        }

        let csv = text("equity_curve.csv");
        let (ours, theirs) = (rows(&csv), golden["equity_curve"].as_array().unwrap());
        assert_eq!(ours.len(), theirs.len(), "{name}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!(
                theirs[0] == ours[0] && exact(&theirs[1], ours[1]),
                "{name}: {theirs} {ours:?}"
            );
        }

        let ours: Value = serde_json::from_str(&text("statistics.json")).unwrap();
        for (key, theirs) in golden["statistics"].as_object().unwrap() {
            let difference = value_difference(theirs, &ours["strategy"][key], 1e-12);
            assert_eq!(difference, None, "{name}: {key}");
        }
    }
}
