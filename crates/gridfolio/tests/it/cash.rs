//! Rates of interest in files beside the prices.

use std::fs;
use std::sync::atomic::AtomicBool;

use backtest::date::Date;
use backtest::strategy::Strategy as Definition;
use gridfolio::sweep::{Draft, Existing, Request, StrategyText, compute};
use gridfolio::{Backtest, Market, Strategy, Sweep, audit};

use crate::Desk;

/// A rate that rises by a hundredth of a per cent with each quote, without one on every fifth day.
fn rates(from: Date) -> String {
    let mut text = "observation_date,DTB3\n".to_owned();
    for day in 0..4000 {
        let date = from.plus_days(day);
        match day % 5 {
            4 => text += &format!("{date},\n"),
            _ => text += &format!("{date},{}\n", f64::from(day) / 1000.0),
        }
    }
    text
}

/// The desk's strategy, with a table `[cash]`.
fn desk(cash: &str) -> Desk {
    let desk = Desk::new();
    let first = Date::new(2013, 12, 20).unwrap();
    fs::write(desk.path("data/DTB3.csv"), rates(first)).unwrap();
    let text = fs::read_to_string(desk.strategy()).unwrap();
    fs::write(desk.strategy(), format!("{text}\n{cash}\n")).unwrap();
    desk
}

fn run(desk: &Desk) -> Result<Backtest, gridfolio::Error> {
    let strategy = Strategy::from_file(&desk.strategy(), &[])?;
    let market = Market::of_strategy(&strategy, None)?;
    Backtest::run(&strategy, &market)
}

const SERIES: &str = "[cash]\nrate = { series = \"DTB3\" }\nmargin_spread = 0.01";

#[test]
fn a_series_is_read_from_its_file() {
    let backtest = run(&desk(SERIES)).unwrap();
    let free = run(&desk("")).unwrap();
    let earned = backtest.outcome().interest();
    assert!(earned.interest > 1000.0, "{earned:?}");
    let equity = |backtest: &Backtest| *backtest.outcome().equity.last().unwrap();
    assert!(equity(&backtest) > equity(&free));
    let of_benchmark = backtest.benchmark().unwrap().interest();
    // All of the benchmark is invested but for what pays for no share.
    assert!(of_benchmark.interest > 0.0 && of_benchmark.interest < earned.interest / 10.0);
}

#[test]
fn what_is_wrong_with_a_series_names_the_way_out() {
    let shown = |cash: &str| desk_error(&desk(cash));
    expect_test::expect![[r#"
        `DIR/sixty_forty.toml` cannot be run
        cause: `DIR/data` has no file for `DTB4`
         hint: did you mean `DTB3`?"#]]
    .assert_eq(&shown("[cash]\nrate = { series = \"DTB4\" }"));
    let late = desk(SERIES);
    let first = Date::new(2014, 3, 1).unwrap();
    fs::write(late.path("data/DTB3.csv"), rates(first)).unwrap();
    expect_test::expect![[r#"
        `DIR/sixty_forty.toml` cannot be run
        cause: the series `DTB3` is needed on 2014-01-02 and has no observation before 2014-03-01
         hint: set `backtest.start = 2014-03-01` or later, or get more of `DTB3`"#]]
    .assert_eq(&desk_error(&late));
    let text = desk(SERIES);
    fs::write(text.path("data/DTB3.csv"), "DATE,DTB3\n2013-12-20,1.5 %\n").unwrap();
    expect_test::expect![[r#"
        `DIR/sixty_forty.toml` cannot be run
        cause: `DIR/data/DTB3.csv`, line 2: `1.5 %` is not a finite number
         hint: write the value as 4.25, and a day without one as an empty cell or `.`"#]]
    .assert_eq(&desk_error(&text));
}

fn desk_error(desk: &Desk) -> String {
    match run(desk) {
        Ok(_) => "it ran".to_owned(),
        Err(error) => desk.shown(&error.to_string()),
    }
}

#[test]
fn the_audit_knows_the_rates() {
    let desk = desk(SERIES);
    let strategy = Strategy::from_file(&desk.strategy(), &[]).unwrap();
    let market = Market::of_strategy(&strategy, None).unwrap();
    let audit = audit::audit(&market.context(&strategy), 20).unwrap();
    assert!(audit.passed());
}

#[test]
fn a_sweep_keeps_the_rates_that_its_trials_name() {
    let axes = r#"
[sweep.axes]
"cash.rate" = [0.0, 0.03, { series = "DTB3" }, { symbol = "BONDS" }]
"portfolio.cash_buffer" = [0.0, 0.4]
"#;
    let desk = desk(axes);
    let request = Request {
        strategies: vec![StrategyText::read(desk.strategy()).unwrap()],
        ..Request::default()
    };
    let draft = Draft::new(&request).unwrap();
    let folder = desk.path("sweep");
    draft.into_folder(&folder, Existing::Resume).unwrap();
    // The folder is all that is needed from here on.
    fs::remove_dir_all(desk.path("data")).unwrap();
    let sweep = Sweep::open(&folder).unwrap();
    compute(&sweep, 1, &|_| {}, &AtomicBool::new(false)).unwrap();
    let mut finals = Vec::new();
    for shard in 0..sweep.plan().n_shards() {
        for row in sweep.rows(shard).unwrap() {
            let cells = row.outcome.unwrap();
            let trial = sweep.trial(row.trial).unwrap();
            let outcome = trial.run().unwrap();
            let definition: &Definition = &trial.file.strategy;
            assert!(definition.cash.is_some());
            let equity = *outcome.equity.last().unwrap();
            assert_eq!(cells.float("final_equity"), Some(equity));
            finals.push(equity);
        }
    }
    assert_eq!(finals.len(), 8);
    finals.sort_by(f64::total_cmp);
    finals.dedup();
    assert_eq!(finals.len(), 8);
}
