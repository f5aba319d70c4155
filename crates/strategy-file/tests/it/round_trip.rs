//! Writing and reading are inverse, and no text makes the reader panic.

use backtest::conventions::Conventions;
use backtest::date::{Date, Moment, Spell, Weekday};
use backtest::declaration::Parameter;
use backtest::optimiser::{CovarianceEstimator, Fallback};
use backtest::strategy::{
    Alpha, Benchmark, Cash, CashFlow, Costs, Every, Fees, Indexation, Optimiser, Rate,
    RiskFreeRate, RiskModel, Schedule, Sizing, Trade, Universe,
};
use backtest::strategy::{Delisted, Members, MissingMembers, SessionsPerYear};
use backtest::{alpha, costs, optimiser, risk, schedule, sizing};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use strategy_file::{Data, Opens, Override, StrategyFile, parse, to_toml};

const SYMBOLS: [&str; 6] = ["SPY", "AGG", "BRK.B", "ünï \"x\"", "a b", "9"];

fn moments() -> impl Strategy<Value = Moment> {
    let first = Date::new(1, 1, 1).unwrap().at_second(0).epoch_seconds();
    let last = Date::new(9999, 12, 31)
        .unwrap()
        .at_second(86_399)
        .epoch_seconds();
    (first..=last).prop_map(|seconds| Moment::from_epoch_seconds(seconds).unwrap())
}

/// Different moments, in order.
fn increasing_moments(n: usize) -> impl Strategy<Value = Vec<Moment>> {
    vec(moments(), n).prop_filter_map("equal moments", move |mut moments| {
        moments.sort();
        moments.dedup();
        (moments.len() == n).then_some(moments)
    })
}

fn counts() -> impl Strategy<Value = u32> {
    prop_oneof![1..300u32, 1..=u32::MAX]
}

fn not_negative() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..1.0, 0.0..f64::MAX]
}

fn positive() -> impl Strategy<Value = f64> {
    prop_oneof![Just(f64::MIN_POSITIVE), 0.1..400.0, 1.0..f64::MAX]
}

fn weights(at_least: usize, shorts: bool) -> impl Strategy<Value = Vec<(String, f64)>> {
    let symbols = subsequence(SYMBOLS.to_vec(), at_least..=SYMBOLS.len()).prop_shuffle();
    let sign = move |negative| if negative && shorts { -1.0 } else { 1.0 };
    (symbols, vec((not_negative(), any::<bool>()), SYMBOLS.len())).prop_map(
        move |(symbols, sizes)| {
            let weight = |(symbol, (size, negative)): (&str, (f64, bool))| {
                (symbol.to_owned(), sign(negative) * size)
            };
            symbols.into_iter().zip(sizes).map(weight).collect()
        },
    )
}

fn universes() -> impl Strategy<Value = Universe> {
    let assets = Just(SYMBOLS.to_vec()).prop_shuffle();
    let dates = || subsequence(SYMBOLS.to_vec(), 0..3).prop_shuffle();
    let moments = increasing_moments(4);
    let delisted = prop_oneof![
        Just(Delisted::Error),
        Just(Delisted::LastClose),
        Just(Delisted::Worthless),
        (-1.0..1.0f64).prop_map(Delisted::Return),
    ];
    let members = (any::<bool>(), any::<bool>(), any::<bool>());
    let all = (assets, dates(), dates(), moments, delisted, members);
    all.prop_map(|(assets, enters, leaves, moments, delisted, members)| {
        let (has_members, names_assets, leaves_out) = members;
        if has_members {
            let always = Spell {
                from: Date::new(1, 1, 1).unwrap().at_second(0),
                to: None,
            };
            let back = [
                Spell {
                    to: Some(moments[1]),
                    ..always
                },
                Spell {
                    from: Moment::from_epoch_seconds(moments[1].epoch_seconds() + 1).unwrap(),
                    to: None,
                },
            ];
            let member = |symbol: &&str| {
                let comes_back = enters.contains(symbol);
                let spells = if comes_back { &back[..] } else { &[always] };
                ((*symbol).to_owned(), spells.to_vec())
            };
            let named = assets.iter().filter(|_| names_assets);
            return Universe {
                assets: named.map(|symbol| (*symbol).to_owned()).collect(),
                members: Some(Members::new(assets.iter().map(member).collect())),
                missing_members: match leaves_out {
                    true => MissingMembers::LeaveOut,
                    false => MissingMembers::Error,
                },
                delisted,
                ..Universe::default()
            };
        }
        let dated = |symbols: Vec<&str>, moments: &[Moment]| {
            let symbols = symbols.into_iter().map(str::to_owned);
            symbols.zip(moments.iter().copied()).collect()
        };
        Universe {
            assets: assets.into_iter().map(str::to_owned).collect(),
            enters: dated(enters, &moments[..2]),
            leaves: dated(leaves, &moments[2..]),
            delisted,
            ..Universe::default()
        }
    })
}

fn alphas(shorts: bool) -> BoxedStrategy<Alpha> {
    let signed = move |size: f64| if shorts { -size } else { size };
    let rows = (1..4usize).prop_flat_map(move |n| {
        let rows = (increasing_moments(n), vec(weights(0, shorts), n));
        rows.prop_map(|(moments, weights)| {
            let rows = moments.into_iter().zip(weights);
            rows.map(|(from, weights)| alpha::WeightsFrom { from, weights })
                .collect()
        })
    });
    let long_only = prop_oneof![
        weights(1, shorts).prop_map(|weights| Alpha::FixedWeights(alpha::FixedWeights { weights })),
        Just(Alpha::EqualWeight),
        not_negative().prop_map(move |size| Alpha::SingleSignal(alpha::SingleSignal {
            signal: signed(size)
        })),
        (counts(), counts()).prop_map(|(lookback, top_n)| Alpha::TopNMomentum(
            alpha::TopNMomentum { lookback, top_n }
        )),
        counts().prop_map(|lookback| Alpha::MomentumWeighted(alpha::MomentumWeighted { lookback })),
        (counts(), counts(), any::<bool>())
            .prop_filter("equal averages", |(a, b, _)| a != b)
            .prop_map(
                move |(a, b, short)| Alpha::SmaCrossover(alpha::SmaCrossover {
                    fast: a.min(b),
                    slow: a.max(b),
                    short: short && shorts,
                })
            ),
        counts()
            .prop_map(|lookback| Alpha::InverseVolatility(alpha::InverseVolatility { lookback })),
        rows.prop_map(|table| Alpha::ScheduledWeights(alpha::ScheduledWeights { table })),
        rules(),
    ];
    if !shorts {
        return long_only.boxed();
    }
    let long_short = (counts(), counts(), counts()).prop_map(|(lookback, top_n, bottom_n)| {
        Alpha::LongShortMomentum(alpha::LongShortMomentum {
            lookback,
            top_n,
            bottom_n,
        })
    });
    prop_oneof![8 => long_only, 1 => long_short].boxed()
}

/// Rules whose formulas name a parameter and a signal that [`files`] has.
fn rules() -> impl Strategy<Value = Alpha> {
    let formula = || option::of(select(vec!["momentum", "return(n) / volatility(n)"]));
    let condition = || option::of(select(vec!["momentum > 0", "not close < sma(n)"]));
    let select_best = (counts(), 0..3u32).prop_map(|(top, more)| alpha::Select {
        top: Some(top),
        keep_within: (more > 0).then_some(top.saturating_add(more)),
        bottom: None,
        quantile: None,
        above: None,
    });
    let replace = formula().prop_map(|score| alpha::Replace {
        with: vec![SYMBOLS[0].to_owned()],
        score: score.map(str::to_owned),
    });
    let gate = option::of(counts()).prop_map(|breadth| alpha::Gate {
        open: Some("momentum['SPY'] > 0".to_owned()),
        canaries: Some(vec![SYMBOLS[1].to_owned()]),
        good: Some("momentum > 0".to_owned()),
        breadth,
    });
    let stages = (condition(), condition(), option::of(select_best));
    let others = (option::of(replace), option::of(gate), 1..500i64);
    (stages, others).prop_map(|((filter, require, select), (replace, gate, n))| {
        alpha::Rules {
            parameters: vec![("n".to_owned(), Parameter::Integer(n))],
            among: None,
            score: Some("return(n)".to_owned()),
            filter: filter.map(str::to_owned),
            enter: None,
            exit: None,
            select,
            require: require.map(str::to_owned),
            weigh: alpha::Weigh::Rank,
            replace,
            gate,
        }
        .into()
    })
}

fn sizings_and_alphas() -> impl Strategy<Value = (Sizing, Alpha)> {
    let long_only =
        (0.0..=1.0).prop_map(|cash_buffer| Sizing::LongOnly(sizing::LongOnly { cash_buffer }));
    let long_short = positive()
        .prop_map(|gross_leverage| Sizing::LongShort(sizing::LongShort { gross_leverage }));
    prop_oneof![(long_only, alphas(false)), (long_short, alphas(true))]
}

fn schedules(weekdays: &'static [Weekday]) -> impl Strategy<Value = Schedule> {
    prop_oneof![
        select(vec![
            Schedule::BuyAndHold,
            Schedule::Daily,
            Schedule::EndOfMonth,
            Schedule::EndOfQuarter
        ]),
        select(weekdays).prop_map(|weekday| schedule::Weekly { weekday }.into()),
    ]
}

const WEEKDAYS: &[Weekday] = &[
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];

fn risks() -> impl Strategy<Value = RiskModel> {
    prop_oneof![
        not_negative().prop_map(|max_weight| RiskModel::Cap(risk::Cap { max_weight })),
        not_negative().prop_map(|factor| RiskModel::Scale(risk::Scale { factor })),
        not_negative().prop_map(|min_weight| RiskModel::Floor(risk::Floor { min_weight })),
        (positive(), 2..500u32, 0.0..1.0f64).prop_map(|(target, lookback, lowest)| {
            RiskModel::TargetVolatility(risk::TargetVolatility {
                target,
                lookback,
                highest: 1.0 + lowest,
                lowest,
            })
        }),
    ]
}

fn optimisers() -> impl Strategy<Value = Optimiser> {
    let scaled =
        not_negative().prop_map(|scale| Optimiser::EqualWeight(optimiser::EqualWeight { scale }));
    let fallbacks = prop_oneof![
        Just(Fallback::Error),
        Just(Fallback::Hold),
        Just(Fallback::InverseVolatility)
    ];
    let parity = (counts(), 0.0..1.0, fallbacks).prop_map(|(lookback, decay, fallback)| {
        Optimiser::RiskParity(optimiser::RiskParity {
            lookback,
            covariance: CovarianceEstimator::Ewma,
            decay,
            fallback,
            budgets: Vec::new(),
        })
    });
    prop_oneof![Just(Optimiser::FixedWeight), scaled, parity]
}

fn costs() -> impl Strategy<Value = Costs> {
    let two = || (not_negative(), not_negative());
    let fees = prop_oneof![
        Just(Fees::Zero),
        (0.0..1.0, 0.0..1.0)
            .prop_map(|(commission, tax)| Fees::Percent(costs::Percent { commission, tax })),
        two().prop_map(|(per_share, minimum)| Fees::PerShare(costs::PerShare {
            per_share,
            minimum
        })),
    ];
    // Together they must come to less than the whole price.
    let basis_points = (0.0..5_000.0, 0.0..5_000.0);
    (fees, basis_points).prop_map(|(fees, (slippage_bps, half_spread_bps))| Costs {
        fees,
        slippage_bps,
        half_spread_bps,
    })
}

fn benchmarks() -> impl Strategy<Value = Benchmark> {
    (weights(1, false), schedules(WEEKDAYS), 0.0..=1.0).prop_map(
        |(weights, schedule, cash_buffer)| Benchmark {
            weights,
            schedule,
            cash_buffer,
        },
    )
}

/// Each switch from one of the two sets.
fn conventions() -> impl Strategy<Value = Conventions> {
    vec(any::<bool>(), 18).prop_map(|choices| {
        let mut set = Conventions::STANDARD;
        for ((switch, value), qstrader) in Conventions::QSTRADER.named().into_iter().zip(choices) {
            if qstrader {
                set.set(switch, value).unwrap();
            }
        }
        set
    })
}

fn files() -> impl Strategy<Value = StrategyFile> {
    let text = || prop_oneof!["[a-z ]{0,9}", any::<String>()];
    let data = (option::of(text()), any::<bool>(), any::<bool>()).prop_map(
        |(dir, adjusted, closes_alone)| Data {
            dir,
            adjusted,
            opens: closes_alone.then_some(Opens::PreviousClose),
        },
    );
    let period = (
        increasing_moments(3),
        any::<bool>(),
        not_negative(),
        prop_oneof![
            Just(SessionsPerYear::Auto),
            positive().prop_map(SessionsPerYear::Number)
        ],
    );
    let trade = select(vec![Trade::Always, Trade::OnChange]);
    let weights = (
        universes(),
        sizings_and_alphas(),
        optimisers(),
        option::of(risks()),
    );
    let trading = (
        schedules(WEEKDAYS),
        trade,
        costs(),
        option::of(benchmarks()),
        option::of(cash()),
        vec(cash_flows(), 0..3),
        vec(select(vec!["VIX", "^TNX", "DX Y"]), 0..2),
    );
    (data, text(), conventions(), period, weights, trading).prop_map(
        |(data, name, conventions, period, weights, trading)| {
            let (moments, has_burn_in, initial_cash, sessions_per_year) = period;
            let (universe, (sizing, alpha), optimiser, risk) = weights;
            let (schedule, trade, costs, benchmark, money, cash_flows, also) = trading;
            let (cash, risk_free) = money.unzip();
            StrategyFile {
                data,
                strategy: backtest::strategy::Strategy {
                    name,
                    conventions,
                    also: also.into_iter().map(str::to_owned).collect(),
                    start: moments[0],
                    end: moments[2],
                    burn_in: has_burn_in.then_some(moments[1]),
                    initial_cash,
                    sessions_per_year,
                    universe,
                    alpha,
                    risk,
                    optimiser,
                    sizing,
                    schedule,
                    trade,
                    costs,
                    cash,
                    risk_free: risk_free.flatten(),
                    benchmark,
                    cash_flows,
                    signals: vec![("momentum".to_owned(), "return(126, skip = 21)".to_owned())],
                },
            }
        },
    )
}

/// What cash earns, and what returns are held against.
fn cash() -> impl Strategy<Value = (Cash, Option<RiskFreeRate>)> {
    let name = || select(vec!["DTB3", "BIL", "EFFR 2"]);
    let rate = prop_oneof![
        (-0.5..1.0).prop_map(Rate::Number),
        name().prop_map(Rate::series),
        name().prop_map(Rate::symbol),
    ];
    let risk_free = prop_oneof![
        Just(RiskFreeRate::Cash),
        (-0.5..1.0).prop_map(RiskFreeRate::Number),
        name().prop_map(RiskFreeRate::series),
    ];
    (rate, 0.0..1.0, 0.0..1.0, option::of(risk_free)).prop_map(
        |(rate, margin_spread, short_fee, risk_free)| {
            let cash = Cash {
                rate,
                margin_spread,
                short_fee,
            };
            (cash, risk_free)
        },
    )
}

/// A flow that is possible: once or again, of an amount or a percentage.
fn cash_flows() -> impl Strategy<Value = CashFlow> {
    let every = select(vec![Every::Week, Every::Month, Every::Quarter, Every::Year]);
    let indexed = prop_oneof![
        (-0.5..1.0).prop_map(Indexation::Rate),
        Just(Indexation::series("CPI")),
    ];
    let amount = (any::<bool>(), -100.0..1e6, option::of(indexed));
    (option::of(every), increasing_moments(2), amount).prop_map(
        |(every, moments, (of_equity, amount, indexed))| CashFlow {
            date: every.is_none().then(|| moments[0]),
            from: every.is_some().then(|| moments[0]),
            until: every.is_some().then(|| moments[1]),
            every,
            amount: (!of_equity).then_some(amount),
            percent: of_equity.then_some(amount),
            indexed: indexed.filter(|_| !of_equity),
        },
    )
}

/// What a typing user might insert.
const SNIPPETS: &[&str] = &[
    "=",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    "\n",
    ",",
    ".",
    "#",
    "-",
    "0",
    "nan",
    "inf",
    "1e999",
    "[alpha]",
    "é",
    "\u{1b}[31m",
    "\0",
    "\r\n",
    "\t",
    "weekly",
    "1998-12-22",
    "model",
    "long-short",
    "\u{feff}",
    "日本",
    "[[risk]]",
    "99999999999999999999",
];

proptest! {
    #[test]
    fn a_strategy_that_is_written_and_read_is_the_same(file in files()) {
        let text = to_toml(&file);
        match parse(&text, &[], "unused") {
            Ok(read) => prop_assert_eq!(read, file),
            Err(problems) => panic!("{}\n{text}", problems.render("written", &text, false)),
        }
    }

    #[test]
    fn a_strategy_that_is_written_meets_the_schema(file in files()) {
        let document: toml::Table = to_toml(&file).parse().unwrap();
        let json = crate::schema_validator::as_json(&toml::Value::Table(document));
        let met = crate::schema_validator::validate(&strategy_file::json_schema(), &json, "");
        prop_assert_eq!(met, Ok(()));
    }

    #[test]
    fn no_text_makes_reading_or_rendering_panic(
        edits in vec((any::<Index>(), 0..12usize, option::of(select(SNIPPETS))), 1..5),
    ) {
        let mut text: Vec<char> = crate::EXAMPLE.chars().collect();
        for (at, removed, inserted) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + removed).min(text.len());
            text.splice(at..end, inserted.unwrap_or_default().chars());
        }
        let text: String = text.into_iter().collect();
        if let Err(problems) = parse(&text, &[], "strategy") {
            prop_assert!(!problems.render("strategy.toml", &text, true).is_empty());
        }
    }

    #[test]
    fn no_override_makes_parsing_or_reading_panic(
        parts in vec(prop_oneof![
            select(vec!["alpha", "top_n", "weights", "conventions", "universe", "assets", "=5"]),
            select(SNIPPETS),
        ], 1..8),
    ) {
        let text = parts.concat();
        let problems = match Override::parse(&text) {
            Ok(setting) => parse(crate::EXAMPLE, &[setting], "strategy").err(),
            Err(problems) => Some(problems),
        };
        if let Some(problems) = problems {
            prop_assert!(!problems.render("strategy.toml", crate::EXAMPLE, true).is_empty());
        }
    }
}

#[test]
fn what_is_written_is_complete_and_in_the_order_of_the_manual() {
    let file = parse(crate::EXAMPLE, &[], "unused").unwrap();
    expect_test::expect![[r#"
        name = "US sector momentum"
        cash_flows = [
            { every = "month", from = 2005-01-01T00:00:00Z, amount = 500.0, indexed = 0.02 },
            { date = 2015-06-30T00:00:00Z, percent = -10.0 },
        ]
        signals = { momentum = "return(126)" }

        [conventions]
        base = "qstrader"
        calendar = "weekdays"
        weight_scaling = "always"
        long_short_rounding = "money-then-shares"
        fee_reserve = "target-value"
        fee_basis = "whole-units"
        corporate_actions = "ignored"
        fee_shares = "as-priced"
        risk_model = "ignored"
        outside_universe = "traded"
        buy_and_hold = "exact-time"
        momentum = "compounded"
        fractional_buys = "cash-only"
        fill_bars = "filled-forward"
        signal_bars = "sessions"
        signal_history = "membership"
        warm_up = "closes"
        after_last_bar = "traded"
        ruin = "traded-on"
        drawdown = "first-return"
        deviation = "population"
        sortino = "negative-returns"

        [data]
        dir = "data"
        adjusted = true

        [backtest]
        start = 1998-12-22T14:30:00Z
        end = 2020-12-31T23:59:59Z
        burn_in = 1999-12-22T14:30:00Z
        initial_cash = 1000000.0
        sessions_per_year = 252.0

        [universe]
        assets = ["XLB", "XLC", "XLE"]
        missing_members = "error"
        enters = { XLC = 2018-06-18T00:00:00Z }
        leaves = { XLB = 2019-01-01T00:00:00Z }
        delisted = "error"

        [alpha]
        model = "top-n-momentum"
        lookback = 126
        top_n = 3

        [portfolio]
        optimiser = "fixed-weight"
        sizing = "long-only"
        cash_buffer = 0.01

        [rebalance]
        schedule = "end-of-month"
        trade = "always"

        [risk]
        model = "cap"
        max_weight = 0.4

        [costs]
        fees = { model = "percent", commission = 0.001, tax = 0.0 }
        slippage_bps = 0.0
        half_spread_bps = 0.0

        [cash]
        rate = { series = "DTB3" }
        margin_spread = 0.015
        short_fee = 0.005

        [statistics]
        risk_free = 0.02

        [execution]
        fill = "next-open"
        shares = "whole"
        cash = "scale-down"
        entry = "state"

        [benchmark]
        assets = { SPY = 1.0 }
        schedule = "buy-and-hold"
        cash_buffer = 0.01
    "#]]
    .assert_eq(&to_toml(&file));
}
