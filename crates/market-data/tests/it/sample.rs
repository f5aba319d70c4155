use std::fs;

use backtest::date::Date;
use market_data::Adjustment::ByCloseRatio;
use market_data::{load, sample, symbols_in};
use tempfile::TempDir;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_assets_and_another_seed_others() {
    assert_eq!(sample::generate(7), sample::generate(7));
    assert_ne!(sample::generate(7), sample::generate(8));
}

#[test]
fn the_bytes_are_the_same_on_every_platform() {
    // Written down once, so that a change of platform, compiler or library shows.
    let assets = sample::generate(1);
    let equity = &assets[0];
    assert_eq!(equity.symbol, "EQUITY");
    let first = equity.bars[0];
    assert_eq!(
        (
            first.open,
            first.high,
            first.low,
            first.close,
            first.adj_close,
            first.volume
        ),
        (62.28, 63.66, 62.24, 62.87, 53.0222, 652170)
    );
    let last = equity.bars.last().unwrap();
    assert_eq!((last.open, last.close, last.volume), (61.34, 61.2, 522300));
}

#[test]
fn high_and_low_bracket_open_and_close_and_all_prices_are_positive() {
    for asset in (0..5).flat_map(sample::generate) {
        for bar in asset.bars {
            assert!(
                0.0 < bar.low && bar.low <= bar.open.min(bar.close),
                "{bar:?}"
            );
            assert!(bar.high >= bar.open.max(bar.close), "{bar:?}");
            assert!(0.0 < bar.adj_close && bar.adj_close <= bar.close, "{bar:?}");
        }
    }
}

#[test]
fn written_files_are_clean_and_load_as_generated() {
    let dir = TempDir::new().unwrap();
    sample::write(dir.path(), 3).unwrap();
    let assets = sample::generate(3);

    let mut symbols: Vec<String> = assets.iter().map(|asset| asset.symbol.to_owned()).collect();
    let loaded = load(dir.path(), &symbols, ByCloseRatio).unwrap();
    assert_eq!(loaded.notices, []);
    for (series, asset) in loaded.series.iter().zip(&assets) {
        assert!(
            series
                .dates
                .iter()
                .eq(asset.bars.iter().map(|bar| &bar.date))
        );
        assert!(
            series
                .close
                .iter()
                .eq(asset.bars.iter().map(|bar| &bar.adj_close))
        );
    }
    symbols.sort();
    assert_eq!(symbols_in(dir.path()).unwrap(), symbols);

    let check = market_data::check(dir.path(), None).unwrap();
    assert!(check.usable);
    for symbol in check.symbols {
        let n_days = symbol.missing_days.len() + symbol.lone_days.len();
        assert_eq!((n_days, symbol.jumps.len(), symbol.breaks.len()), (0, 0, 0));
    }
    let readme = fs::read_to_string(dir.path().join("README.md")).unwrap();
    assert!(readme.contains("These prices are made up."));
}

#[test]
fn the_set_is_small_enough_to_be_kept_with_the_program() {
    let dir = TempDir::new().unwrap();
    sample::write(dir.path(), 1).unwrap();
    let bytes: u64 = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().metadata().unwrap().len())
        .sum();
    assert!(bytes < 1_600_000, "{bytes} bytes");
}

#[test]
fn one_asset_is_listed_late() {
    let assets = sample::generate(1);
    let late: Vec<_> = assets
        .iter()
        .filter(|asset| asset.bars[0].date != day("2014-01-02"))
        .collect();
    assert_eq!(late.len(), 1);
    assert_eq!(
        (late[0].symbol, late[0].bars[0].date),
        ("COMMS", day("2018-06-19"))
    );
}

#[test]
fn bonds_lean_against_equity_and_sectors_go_with_it() {
    let assets = sample::generate(1);
    let returns = |symbol: &str| -> Vec<f64> {
        let asset = assets.iter().find(|asset| asset.symbol == symbol).unwrap();
        let bars = asset.bars.windows(2);
        bars.map(|pair| pair[1].adj_close / pair[0].adj_close - 1.0)
            .collect()
    };
    let correlation = |a: &[f64], b: &[f64]| {
        let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
        let (mean_a, mean_b) = (mean(a), mean(b));
        let sum = |x: &[f64], mx: f64, y: &[f64], my: f64| -> f64 {
            x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
        };
        sum(a, mean_a, b, mean_b) / (sum(a, mean_a, a, mean_a) * sum(b, mean_b, b, mean_b)).sqrt()
    };
    let equity = returns("EQUITY");
    assert!(correlation(&equity, &returns("BONDS")) < -0.2);
    assert!(correlation(&equity, &returns("TECH")) > 0.6);
}

#[test]
fn the_calendar_is_new_yorks_but_for_days_of_mourning() {
    // Sessions of the New York Stock Exchange by year, from its published holidays; in 2018 it also
    // closed on 5 December for President Bush, which follows no rule.
    let published = [
        (2014, 252),
        (2015, 252),
        (2016, 252),
        (2017, 251),
        (2018, 251 + 1),
        (2019, 252),
        (2020, 253),
        (2021, 252),
        (2022, 251),
        (2023, 250),
    ];
    let equity = sample::generate(1).remove(0);
    for (year, sessions) in published {
        let n = equity
            .bars
            .iter()
            .filter(|bar| bar.date.year() == year)
            .count();
        assert_eq!(n, sessions, "{year}");
    }
}
