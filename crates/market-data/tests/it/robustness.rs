use market_data::Adjustment::{ByCloseRatio, Raw};
use proptest::prelude::*;

use crate::load_one;

/// Pieces that files of bars are made of, well and badly.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("2020-01-02"),
        Just("20200103"),
        Just("01/06/2020"),
        Just("2020-13-01"),
        Just(","),
        Just("\n"),
        Just("\r\n"),
        Just("\""),
        Just("1.5"),
        Just("-0"),
        Just("1e400"),
        Just("nan"),
        Just("null"),
        Just(" "),
        Just("é"),
        Just("\0"),
        Just("T"),
        Just("Date"),
        Just("Open"),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(rows in pieces(), has_header in any::<bool>()) {
        let header = if has_header { "Date,Open,Close,Adj Close\n" } else { "" };
        let text = format!("{header}{rows}");
        for adjustment in [ByCloseRatio, Raw] {
            if let Ok(loaded) = load_one("A.csv", text.as_bytes(), adjustment) {
                // A date and one other column are a series, and no prices.
                let Some(series) = loaded.series.first() else { continue };
                prop_assert!(series.dates.windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!(series.open.iter().chain(&series.close).all(|price| !price.is_infinite()));
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = load_one("A.csv", &bytes, Raw);
        let _ = load_one("A.csv", &[b"Date,Open,Close\n", bytes.as_slice()].concat(), Raw);
    }

    // The careful way through the reader is taken by quoted cells, the plain one by others.
    #[test]
    fn both_ways_through_the_reader_agree(
        rows in prop::collection::vec((0u32..1_000_000, -400i32..300, any::<bool>()), 1..20),
    ) {
        let file = |quote: &str| {
            let mut text = "Date,Open,High,Close,Volume\n".to_owned();
            for (row, (digits, exponent, missing)) in rows.iter().enumerate() {
                let date = backtest::date::Date::from_epoch_days(row as i32).unwrap();
                let close = if *missing { String::new() } else { format!("{digits}e{exponent}") };
                text.push_str(&format!("{quote}{date}{quote},{digits}.5,9,{quote}{close}{quote},7\n"));
            }
            load_one("A.csv", text.as_bytes(), Raw).map(|loaded| format!("{:?}", loaded.series))
        };
        prop_assert_eq!(file(""), file("\""));
    }
}
