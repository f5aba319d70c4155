//! The model `rules`: against the models that it contains, and stage by stage on small markets.

use std::sync::Arc;

use backtest::alpha::{Gate, Replace, Rules, Select, Weigh};
use backtest::batch::Batch;
use backtest::declaration::Parameter;
use backtest::market::PriceSeries;
use backtest::strategy::{Alpha, Schedule, Sizing, Strategy, Trade};
use backtest::{alpha, sizing};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::markets::{over, random_walks_with_gaps, run, table};

fn rules() -> Rules {
    Rules {
        parameters: Vec::new(),
        among: None,
        score: None,
        filter: None,
        enter: None,
        exit: None,
        select: None,
        require: None,
        weigh: Weigh::Equal,
        replace: None,
        gate: None,
    }
}

const NONE: Select = Select {
    top: None,
    keep_within: None,
    bottom: None,
    quantile: None,
    above: None,
};

fn top(n: u32) -> Option<Select> {
    Some(Select {
        top: Some(n),
        ..NONE
    })
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn symbols(list: &[&str]) -> Vec<String> {
    list.iter().map(|symbol| (*symbol).to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_models_are_rules_with_the_same_bits(
        seed: u64,
        lookback in 1u32..12,
        n in 1u32..5,
        slower in 1u32..8,
        daily: bool,
        long_short: bool,
    ) {
        let series = random_walks_with_gaps(seed, 6, 80, 0.0);
        let momentum = format!("return({lookback})");
        let (fast, slow) = (lookback, lookback + slower);
        let mut pairs: Vec<(Alpha, Rules)> = vec![
            (Alpha::EqualWeight, rules()),
            (
                alpha::SingleSignal { signal: 0.1 }.into(),
                Rules { score: text("0.1"), weigh: Weigh::Raw, ..rules() },
            ),
            (
                alpha::TopNMomentum { lookback, top_n: n }.into(),
                Rules { score: text(&momentum), select: top(n), ..rules() },
            ),
            (
                alpha::SmaCrossover { fast, slow, short: false }.into(),
                Rules { filter: text(&format!("sma({fast}) > sma({slow})")), ..rules() },
            ),
            (
                alpha::InverseVolatility { lookback }.into(),
                Rules {
                    score: text(&format!("if(volatility({lookback}) > 0, 1 / volatility({lookback}), 0)")),
                    weigh: Weigh::Raw,
                    ..rules()
                },
            ),
        ];
        let mut base = Strategy {
            schedule: if daily { Schedule::Daily } else { Schedule::EndOfMonth },
            ..over(&series)
        };
        if long_short {
            base.sizing = Sizing::LongShort(sizing::LongShort { gross_leverage: 1.0 });
            let select = Select { bottom: Some(2), ..top(n).unwrap() };
            pairs.push((
                alpha::LongShortMomentum { lookback, top_n: n, bottom_n: 2 }.into(),
                Rules { score: text(&momentum), select: Some(select), ..rules() },
            ));
            pairs.push((
                alpha::MomentumWeighted { lookback }.into(),
                Rules { score: text(&momentum), weigh: Weigh::Raw, ..rules() },
            ));
        }
        for (model, rules) in pairs {
            let with = |alpha: Alpha| run(&Strategy { alpha, ..base.clone() }, &series);
            let name = model.name();
            let (_, model) = with(model).map_err(TestCaseError::fail)?;
            let (_, rules) = with(rules.into()).map_err(TestCaseError::fail)?;
            let bits = |equity: &[f64]| equity.iter().map(|equity| equity.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&model.equity), bits(&rules.equity), "{}", name);
            prop_assert_eq!(model.fills, rules.fills, "{}", name);
        }
    }

    #[test]
    fn a_batch_of_rules_gives_what_each_gives_by_itself(
        seed: u64,
        gaps: bool,
        cells in prop::collection::vec((2u32..9, 1u32..4, 0u32..3), 1..40),
        on_change: bool,
    ) {
        let series = random_walks_with_gaps(seed, 5, 90, if gaps { 0.1 } else { 0.0 });
        let base = Strategy {
            schedule: Schedule::Daily,
            trade: if on_change { Trade::OnChange } else { Trade::Always },
            signals: vec![
                ("momentum".to_owned(), "mean(return(lookback), return(5))".to_owned()),
                ("trend".to_owned(), "close / sma(2 * lookback) - 1".to_owned()),
            ],
            ..over(&series)
        };
        let strategy = |&(lookback, n, within): &(u32, u32, u32)| Strategy {
            alpha: Rules {
                parameters: vec![("lookback".to_owned(), Parameter::Integer(lookback.into()))],
                score: text("momentum"),
                select: Some(Select { keep_within: Some(n + within), ..top(n).unwrap() }),
                require: text("trend > 0"),
                replace: Some(Replace { with: symbols(&["A04"]), score: None }),
                ..rules()
            }
            .into(),
            ..base.clone()
        };
        let strategies: Vec<Strategy> = cells.iter().map(strategy).collect();
        let market = base.market(&series).unwrap();
        let mut batch = Batch::new(Arc::new(market.clone()));
        for (strategy, together) in strategies.iter().zip(batch.run(&strategies)) {
            let alone = strategy.bind(&market).unwrap().record();
            prop_assert_eq!(
                together.map_err(|error| error.to_string()),
                alone.map_err(|error| error.to_string())
            );
        }
    }
}

const FOUR: &str = "
                AAA   BBB   CCC   SAFE
    2024-01-02  100   100   100   100
    2024-01-03  101   102   103   100
    2024-01-04  105   103   101   101
    2024-01-05  106   99    102   102
    2024-01-08  104   110   90    103
    2024-01-09  101   111   95    103
";

/// The weights of each decision, by day.
fn decided(series: &[PriceSeries], rules: Rules, change: impl FnOnce(&mut Strategy)) -> String {
    let mut strategy = Strategy {
        schedule: Schedule::Daily,
        alpha: rules.into(),
        initial_cash: 1e6,
        ..over(series)
    };
    change(&mut strategy);
    let (market, outcome) = match run(&strategy, series) {
        Ok(run) => run,
        Err(error) => return format!("error: {error}\n"),
    };
    let mut text = String::new();
    for allocation in outcome.allocations.iter() {
        let weights = allocation
            .weights
            .iter()
            .filter(|(_, weight)| *weight != 0.0);
        let weights =
            weights.map(|(asset, weight)| format!(" {} {weight:.4}", market.symbol(*asset)));
        let weights: String = weights.collect();
        text += &format!("{}{weights}\n", market.date(allocation.mark.session));
    }
    text
}

fn check(rules: Rules, expected: Expect) {
    expected.assert_eq(&decided(&table(FOUR), rules, |_| {}));
}

#[test]
fn what_is_selected_shares_the_equity_and_empty_places_stay_in_cash() {
    check(
        Rules {
            among: Some(symbols(&["AAA", "BBB", "CCC"])),
            score: text("return(1)"),
            select: top(2),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03 BBB 0.5000 CCC 0.5000
            2024-01-04 AAA 0.5000 BBB 0.5000
            2024-01-05 AAA 0.5000 CCC 0.5000
            2024-01-08 AAA 0.5000 BBB 0.5000
            2024-01-09 BBB 0.5000 CCC 0.5000
        "#]],
    );
    check(
        Rules {
            among: Some(symbols(&["AAA", "BBB", "CCC"])),
            score: text("return(1)"),
            filter: text("return(1) > 0"),
            select: top(2),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03 BBB 0.5000 CCC 0.5000
            2024-01-04 AAA 0.5000 BBB 0.5000
            2024-01-05 AAA 0.5000 CCC 0.5000
            2024-01-08 BBB 0.5000
            2024-01-09 BBB 0.5000 CCC 0.5000
        "#]],
    );
}

#[test]
fn what_fails_is_replaced_by_the_best_of_the_safe_assets() {
    check(
        Rules {
            score: text("return(1)"),
            select: top(2),
            require: text("return(1) > 0"),
            replace: Some(Replace {
                with: symbols(&["SAFE"]),
                score: None,
            }),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03 BBB 0.5000 CCC 0.5000
            2024-01-04 AAA 0.5000 BBB 0.5000
            2024-01-05 AAA 0.5000 CCC 0.5000
            2024-01-08 BBB 0.5000 SAFE 0.5000
            2024-01-09 BBB 0.5000 CCC 0.5000
        "#]],
    );
}

#[test]
fn a_gate_sends_its_part_to_the_safe_asset() {
    let gate = |breadth| Gate {
        open: None,
        canaries: Some(symbols(&["AAA", "BBB"])),
        good: text("return(1) > 0"),
        breadth,
    };
    let gated = |breadth| Rules {
        among: Some(symbols(&["CCC"])),
        gate: Some(gate(breadth)),
        replace: Some(Replace {
            with: symbols(&["SAFE"]),
            score: text("close"),
        }),
        ..rules()
    };
    check(
        gated(None),
        expect![[r#"
        2024-01-02
        2024-01-03 CCC 1.0000
        2024-01-04 CCC 1.0000
        2024-01-05 CCC 0.5000 SAFE 0.5000
        2024-01-08 CCC 0.5000 SAFE 0.5000
        2024-01-09 CCC 0.5000 SAFE 0.5000
    "#]],
    );
    check(
        gated(Some(1)),
        expect![[r#"
        2024-01-02
        2024-01-03 CCC 1.0000
        2024-01-04 CCC 1.0000
        2024-01-05 SAFE 1.0000
        2024-01-08 SAFE 1.0000
        2024-01-09 SAFE 1.0000
    "#]],
    );
    let open = Gate {
        open: text("return(2)['BBB'] > 0"),
        canaries: None,
        good: None,
        breadth: None,
    };
    check(
        Rules {
            among: Some(symbols(&["CCC"])),
            gate: Some(open),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03
            2024-01-04 CCC 1.0000
            2024-01-05
            2024-01-08 CCC 1.0000
            2024-01-09 CCC 1.0000
        "#]],
    );
}

#[test]
fn what_is_held_stays_while_it_ranks_well_enough() {
    let select = Select {
        keep_within: Some(2),
        ..top(1).unwrap()
    };
    check(
        Rules {
            among: Some(symbols(&["AAA", "BBB", "CCC"])),
            score: text("return(1)"),
            select: Some(select),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03 CCC 1.0000
            2024-01-04 AAA 1.0000
            2024-01-05 AAA 1.0000
            2024-01-08 AAA 1.0000
            2024-01-09 CCC 1.0000
        "#]],
    );
}

#[test]
fn conditions_to_enter_and_to_leave_differ() {
    check(
        Rules {
            among: Some(symbols(&["AAA", "BBB", "CCC"])),
            enter: text("return(1) > 0.03"),
            exit: text("return(1) < -0.02"),
            ..rules()
        },
        expect![[r#"
            2024-01-02
            2024-01-03 CCC 0.3333
            2024-01-04 AAA 0.3333 CCC 0.3333
            2024-01-05 AAA 0.3333 CCC 0.3333
            2024-01-08 AAA 0.3333 BBB 0.3333
            2024-01-09 BBB 0.3333 CCC 0.3333
        "#]],
    );
}

#[test]
fn the_equity_is_divided_by_score_by_rank_and_among_those_above() {
    let weighed = |weigh, select| Rules {
        score: text("close - 90"),
        weigh,
        select,
        ..rules()
    };
    check(
        weighed(Weigh::Score, top(3)),
        expect![[r#"
        2024-01-02 AAA 0.3333 BBB 0.3333 CCC 0.3333
        2024-01-03 AAA 0.3056 BBB 0.3333 CCC 0.3611
        2024-01-04 AAA 0.3846 BBB 0.3333 CCC 0.2821
        2024-01-05 AAA 0.4000 CCC 0.3000 SAFE 0.3000
        2024-01-08 AAA 0.2979 BBB 0.4255 SAFE 0.2766
        2024-01-09 AAA 0.2444 BBB 0.4667 SAFE 0.2889
    "#]],
    );
    check(
        weighed(Weigh::Rank, top(3)),
        expect![[r#"
        2024-01-02 AAA 0.5000 BBB 0.3333 CCC 0.1667
        2024-01-03 AAA 0.1667 BBB 0.3333 CCC 0.5000
        2024-01-04 AAA 0.5000 BBB 0.3333 CCC 0.1667
        2024-01-05 AAA 0.5000 CCC 0.3333 SAFE 0.1667
        2024-01-08 AAA 0.3333 BBB 0.5000 SAFE 0.1667
        2024-01-09 AAA 0.1667 BBB 0.5000 SAFE 0.3333
    "#]],
    );
    let above = Select {
        above: Some(12.0),
        ..NONE
    };
    check(
        weighed(Weigh::Equal, Some(above)),
        expect![[r#"
        2024-01-02
        2024-01-03 CCC 1.0000
        2024-01-04 AAA 0.5000 BBB 0.5000
        2024-01-05 AAA 1.0000
        2024-01-08 AAA 0.3333 BBB 0.3333 SAFE 0.3333
        2024-01-09 BBB 0.5000 SAFE 0.5000
    "#]],
    );
    let quantile = Select {
        quantile: Some(0.5),
        ..NONE
    };
    check(
        weighed(Weigh::Equal, Some(quantile)),
        expect![[r#"
        2024-01-02 AAA 0.5000 BBB 0.5000
        2024-01-03 BBB 0.5000 CCC 0.5000
        2024-01-04 AAA 0.5000 BBB 0.5000
        2024-01-05 AAA 0.5000 CCC 0.5000
        2024-01-08 AAA 0.5000 BBB 0.5000
        2024-01-09 BBB 0.5000 SAFE 0.5000
    "#]],
    );
}

#[test]
fn mistakes_in_rules() {
    let series = table(FOUR);
    let mistakes = |rules: Rules| {
        let strategy = Strategy {
            alpha: rules.into(),
            ..over(&series)
        };
        let mistakes = strategy.check();
        let shown = mistakes.iter().map(|mistake| {
            let help = mistake.help.join("; ");
            format!("{}: {mistake}; {}; {help}\n", mistake.path, mistake.label)
        });
        shown.collect::<String>()
    };
    let all = [
        Rules {
            score: text("return(lookback)"),
            ..rules()
        },
        Rules {
            parameters: vec![("lookback".to_owned(), Parameter::Integer(3))],
            score: text("return(126)"),
            ..rules()
        },
        Rules {
            filter: text("return(126)"),
            ..rules()
        },
        Rules {
            enter: text("rsi(14) < 30"),
            ..rules()
        },
        Rules {
            select: top(3),
            ..rules()
        },
        Rules {
            score: text("close"),
            select: Some(NONE),
            ..rules()
        },
        Rules {
            score: text("close"),
            select: Some(Select {
                quantile: Some(0.2),
                keep_within: Some(1),
                bottom: Some(1),
                ..top(2).unwrap()
            }),
            ..rules()
        },
        Rules {
            weigh: Weigh::Rank,
            ..rules()
        },
        Rules {
            score: text("close / close['TLT']"),
            ..rules()
        },
        Rules {
            among: Some(symbols(&["XYZ"])),
            replace: Some(Replace {
                with: symbols(&["safe"]),
                score: None,
            }),
            gate: Some(Gate {
                open: text("return(3) > 0"),
                canaries: Some(symbols(&["TIP"])),
                good: None,
                breadth: None,
            }),
            ..rules()
        },
        Rules {
            gate: Some(Gate {
                open: None,
                canaries: None,
                good: None,
                breadth: None,
            }),
            ..rules()
        },
    ];
    let all: String = all.into_iter().map(mistakes).collect();
    expect![[r#"
        alpha.score: the formula `alpha.score` cannot be read: there is no signal, parameter or function `lookback`; there is no signal, parameter or function `lookback`; `[signals]` gives formulas a name, and `alpha.parameters.lookback` numbers
        alpha.parameters.lookback: no formula names the parameter `lookback`; used nowhere; remove it, or name it in a formula
        alpha.filter: the formula `alpha.filter` cannot be read: this is a number, and a condition is needed; this is a number, and a condition is needed; compare it, as in `return(252) > 0`
        alpha.enter: `alpha.enter` and `alpha.exit` go together; ; as in `enter = "rsi(14) < 30"` and `exit = "rsi(14) > 55"`
        alpha.select: `alpha.select` needs a score; ; give `alpha.score` a formula, as in `return(126)`
        alpha.select: `alpha.select` selects nothing; ; as in `select = { top = 3 }`
        alpha.select: `alpha.select` selects in two ways; ; keep one of `top` (with `bottom`), `quantile` and `above`
        alpha.select.keep_within: `keep_within` (1) is less than `top` (2); ; it must be `top` or more
        alpha.select.bottom: `alpha.select.bottom` sells short, in a long-only portfolio; has negative weights; to sell short, set `portfolio.sizing` to `long-short`
        alpha.weigh: `weigh = "rank"` needs a score; ; give `alpha.score` a formula, as in `return(126)`
        alpha.score: `TLT` is neither in `universe.assets` nor in `data.also`; its prices are not there; add `TLT` to `data.also`, whose prices are read and not traded
        alpha.gate.open: `alpha.gate.open` differs from asset to asset; must name its assets; as in `return(252)['SPY'] > 0`
        alpha.gate.good: `canaries` and `good` go together; ; as in `gate = { canaries = ["TIP"], good = "momentum > 0" }`
        alpha.gate.canaries[0]: `TIP` is neither in `universe.assets` nor in `data.also`; its prices are not there; add `TIP` to `data.also`, whose prices are read and not traded
        alpha.replace.with[0]: `safe` is not in `universe.assets`; did you mean `SAFE`?; add `safe` to `universe.assets`, or remove it here
        alpha.among[0]: `XYZ` is not in `universe.assets`; not in the universe; add `XYZ` to `universe.assets`, or remove it here
        alpha.gate: a gate needs `open`, or `canaries` and `good`; ; as in `gate = { canaries = ["TIP"], good = "momentum > 0" }`
    "#]].assert_eq(&all);
}

#[test]
fn rules_are_audited_and_see_old_prices_when_they_are_to() {
    let series = random_walks_with_gaps(7, 4, 120, 0.0);
    let strategy = Strategy {
        alpha: Rules {
            score: text("mean(return(5), return(20))"),
            select: top(2),
            require: text("close > ema(10)"),
            ..rules()
        }
        .into(),
        schedule: Schedule::Daily,
        ..over(&series)
    };
    let audit = backtest::audit::audit(&strategy, &series, &[], 20).unwrap();
    assert!(audit.found.is_empty(), "{:?}", audit.found);
    assert!(audit.follows_prices && audit.weights_vary);
    // Signals of the day before decide otherwise, and every variation runs to its end.
    let records = audit
        .variations
        .iter()
        .map(|variation| variation.record.as_ref().unwrap());
    let mut equities: Vec<u64> = records
        .map(|record| record.final_equity.to_bits())
        .collect();
    let n = equities.len();
    equities.sort_unstable();
    equities.dedup();
    assert!(
        n >= 4 && equities.len() >= 4,
        "{n} variations, {} results",
        equities.len()
    );
}
