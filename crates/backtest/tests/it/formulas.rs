//! Formulas against a plain interpreter, which computes every number from the bars up to a day, each time from the first.

use std::collections::BTreeMap;

use backtest::alpha::{AlphaError, AlphaModel, AsOf, External, Weights};
use backtest::date::Date;
use backtest::market::{Market, PriceSeries};
use backtest::strategy::{Alpha, Schedule, Strategy};
use expect_test::expect;
use proptest::prelude::*;
use proptest::strategy::Strategy as Generator;

use crate::markets::{over, random_walks, random_walks_with_gaps};

const SYMBOLS: [&str; 3] = ["A00", "A01", "A02"];

/// The numbers of a formula by day and asset, as the engine has them.
fn by_engine(series: &[PriceSeries], text: &str) -> Result<BTreeMap<(Date, String), f64>, String> {
    by_engine_until(series, text, None)
}

fn by_engine_until(
    series: &[PriceSeries],
    text: &str,
    end: Option<Date>,
) -> Result<BTreeMap<(Date, String), f64>, String> {
    let mut strategy = Strategy {
        schedule: Schedule::Daily,
        alpha: Alpha::External(External {
            class: "test:Reader".to_owned(),
            parameters: Vec::new(),
        }),
        signals: vec![("x".to_owned(), text.to_owned())],
        ..over(series)
    };
    if let Some(end) = end {
        strategy.end = end.at_second(86_399);
    }
    let market = strategy.market(series).map_err(|error| error.to_string())?;
    let backtest = strategy.bind(&market).map_err(|error| error.to_string())?;
    let mut reader = Reader::default();
    backtest
        .run_with(&mut reader)
        .map_err(|error| error.to_string())?;
    Ok(reader.0)
}

#[derive(Default)]
struct Reader(BTreeMap<(Date, String), f64>);

impl AlphaModel for Reader {
    fn weights(&mut self, as_of: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
        let numbers = as_of.signal("x").expect("the strategy has it");
        for (asset, number) in as_of.assets().iter().zip(numbers) {
            let symbol = as_of.symbol(*asset).to_owned();
            self.0.insert((as_of.date(), symbol), *number);
        }
        Ok(())
    }
}

/// A formula as a tree of its own, which can be written and computed.
#[derive(Clone, Debug)]
enum Tree {
    Number(f64),
    Close,
    Open,
    Sum(Box<Tree>, Box<Tree>),
    Quotient(Box<Tree>, Box<Tree>),
    IfAbove(Box<Tree>, Box<Tree>, Box<Tree>),
    Of(Box<Tree>, usize),
    Rank(Box<Tree>),
    MeanAcross(Box<Tree>),
    Window(&'static str, Box<Tree>, usize, Period),
    Return(Box<Tree>, usize, usize),
    Beta(usize, usize),
}

#[derive(Clone, Copy, Debug)]
enum Period {
    Session,
    Week,
    Month,
}

impl Tree {
    fn text(&self) -> String {
        match self {
            Tree::Number(number) => number.to_string(),
            Tree::Close => "close".to_owned(),
            Tree::Open => "open".to_owned(),
            Tree::Sum(a, b) => format!("({} + {})", a.text(), b.text()),
            Tree::Quotient(a, b) => format!("({} / {})", a.text(), b.text()),
            Tree::IfAbove(a, b, c) => {
                format!(
                    "if({} > {}, {}, {})",
                    a.text(),
                    b.text(),
                    b.text(),
                    c.text()
                )
            }
            Tree::Of(a, symbol) => format!("({})['{}']", a.text(), SYMBOLS[*symbol]),
            Tree::Rank(a) => format!("rank({})", a.text()),
            Tree::MeanAcross(a) => format!("mean_across({})", a.text()),
            Tree::Window(name, a, n, period) => {
                let every = match period {
                    Period::Session => "",
                    Period::Week => ", every = 'week'",
                    Period::Month => ", every = 'month'",
                };
                format!("{name}({}, {n}{every})", a.text())
            }
            Tree::Return(a, n, skip) => format!("return({}, {n}, skip = {skip})", a.text()),
            Tree::Beta(n, symbol) => format!("beta({n}, '{}')", SYMBOLS[*symbol]),
        }
    }

    /// The asset that a tree is about in any case.
    fn common(&self) -> Option<Option<usize>> {
        let both = |a: &Tree, b: &Tree| Some(a.common()?.or(b.common()?));
        match self {
            Tree::Number(_) => Some(None),
            Tree::Of(a, symbol) => a.common().or(Some(Some(*symbol))),
            Tree::Sum(a, b) | Tree::Quotient(a, b) => both(a, b),
            Tree::IfAbove(a, b, c) => Some(both(a, b)?.or(c.common()?)),
            Tree::Window(_, a, ..) | Tree::Return(a, ..) => a.common()?.map(Some),
            _ => None,
        }
    }
}

/// Bars by asset: day, open, close.
struct Plain {
    bars: Vec<Vec<(Date, f64, f64)>>,
}

impl Plain {
    fn new(series: &[PriceSeries]) -> Plain {
        let bars = |series: &PriceSeries| {
            let prices = series.open.iter().zip(&series.close);
            let days = series.dates.iter().zip(prices);
            days.map(|(day, (open, close))| (*day, *open, *close))
                .collect()
        };
        Plain {
            bars: series.iter().map(bars).collect(),
        }
    }

    fn known(&self, asset: usize, day: Date) -> Vec<(Date, f64, f64)> {
        let bars = self.bars[asset].iter();
        bars.take_while(|(own, ..)| *own <= day).copied().collect()
    }

    /// The last `n` samples of a tree, oldest first; none where there are fewer.
    fn samples(&self, tree: &Tree, asset: usize, day: Date, n: usize, every: Period) -> Vec<f64> {
        let days: Vec<Date> = self
            .known(asset, day)
            .iter()
            .map(|(day, ..)| *day)
            .collect();
        let period = |day: Date| match every {
            Period::Session => i64::from(day.epoch_days()),
            Period::Week => i64::from((day.epoch_days() + 3).div_euclid(7)),
            Period::Month => i64::from(day.year() * 12 + day.month() as i32),
        };
        let is_last = |at: &usize| {
            days.get(at + 1)
                .is_none_or(|next| period(*next) != period(days[*at]))
        };
        let sampled: Vec<Date> = (0..days.len()).filter(is_last).map(|at| days[at]).collect();
        match sampled.len().checked_sub(n) {
            Some(start) => {
                let days = &sampled[start..];
                days.iter()
                    .map(|day| self.number(tree, asset, *day))
                    .collect()
            }
            None => Vec::new(),
        }
    }

    fn number(&self, tree: &Tree, asset: usize, day: Date) -> f64 {
        let last = |part: fn(&(Date, f64, f64)) -> f64| {
            self.known(asset, day).last().map_or(f64::NAN, part)
        };
        match tree {
            Tree::Number(number) => *number,
            Tree::Close => last(|bar| bar.2),
            Tree::Open => last(|bar| bar.1),
            Tree::Sum(a, b) => self.number(a, asset, day) + self.number(b, asset, day),
            Tree::Quotient(a, b) => self.number(a, asset, day) / self.number(b, asset, day),
            Tree::IfAbove(a, b, c) => {
                let (a, b) = (self.number(a, asset, day), self.number(b, asset, day));
                if a.is_nan() || b.is_nan() {
                    f64::NAN
                } else if a > b {
                    b
                } else {
                    self.number(c, asset, day)
                }
            }
            Tree::Of(a, symbol) => self.number(a, *symbol, day),
            Tree::Rank(a) | Tree::MeanAcross(a) => {
                let all: Vec<f64> = (0..self.bars.len())
                    .map(|asset| self.number(a, asset, day))
                    .collect();
                let known: Vec<f64> = all.iter().copied().filter(|own| !own.is_nan()).collect();
                if matches!(tree, Tree::MeanAcross(_)) {
                    return match all[asset].is_nan() {
                        true => f64::NAN,
                        false => known.iter().sum::<f64>() / known.len() as f64,
                    };
                }
                let before = all.iter().enumerate().filter(|(other, number)| {
                    **number > all[asset] || (**number == all[asset] && *other < asset)
                });
                match all[asset].is_nan() {
                    true => f64::NAN,
                    false => 1.0 + before.count() as f64,
                }
            }
            Tree::Return(a, n, skip) => {
                let asset = a.common().flatten().unwrap_or(asset);
                let values = self.samples(a, asset, day, n + 1, Period::Session);
                match values.iter().any(|value| value.is_nan()) || values.is_empty() {
                    true => f64::NAN,
                    false => values[n - skip] / values[0] - 1.0,
                }
            }
            Tree::Beta(n, symbol) => {
                let own = self.samples(&Tree::Close, asset, day, n + 1, Period::Session);
                let of = Tree::Of(Box::new(Tree::Close), *symbol);
                let other = self.samples(&of, asset, day, n + 1, Period::Session);
                if own.is_empty() || other.iter().any(|value| value.is_nan()) {
                    return f64::NAN;
                }
                let (own, other) = (changes(&own), changes(&other));
                let (x, y) = (mean(&other), mean(&own));
                let products: f64 = (0..*n).map(|at| (own[at] - y) * (other[at] - x)).sum();
                products / (0..*n).map(|at| (other[at] - x).powi(2)).sum::<f64>()
            }
            Tree::Window(name, a, n, every) => {
                let asset = a.common().flatten().unwrap_or(asset);
                self.window(name, a, asset, day, *n, *every)
            }
        }
    }

    fn window(
        &self,
        name: &str,
        tree: &Tree,
        asset: usize,
        day: Date,
        n: usize,
        every: Period,
    ) -> f64 {
        if matches!(name, "ema" | "rsi") {
            return self.recursion(name, tree, asset, day, n, every);
        }
        let beyond = usize::from(matches!(name, "volatility" | "downside_volatility" | "lag"));
        let values = self.samples(tree, asset, day, n + beyond, every);
        if values.is_empty() || values.iter().any(|value| value.is_nan()) {
            return f64::NAN;
        }
        let per_year: f64 = match every {
            Period::Session => 252.0,
            Period::Week => 52.0,
            Period::Month => 12.0,
        };
        let last = values[values.len() - 1];
        let highest = values.iter().copied().fold(f64::MIN, f64::max);
        let variance = |values: &[f64], divisor: f64| {
            let about = mean(values);
            values
                .iter()
                .map(|value| (value - about).powi(2))
                .sum::<f64>()
                / divisor
        };
        match name {
            "sma" => mean(&values),
            "sum" => values.iter().sum(),
            "max" => highest,
            "min" => values.iter().copied().fold(f64::MAX, f64::min),
            "drawdown" => last / highest - 1.0,
            "lag" => values[0],
            "median" => {
                let mut sorted = values.clone();
                sorted.sort_by(f64::total_cmp);
                (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
            }
            "deviation" => variance(&values, n as f64 - 1.0).sqrt(),
            "zscore" => (last - mean(&values)) / variance(&values, n as f64 - 1.0).sqrt(),
            "volatility" => (variance(&changes(&values), n as f64) * per_year).sqrt(),
            "downside_volatility" => {
                let below = changes(&values)
                    .into_iter()
                    .map(|change| change.min(0.0).powi(2));
                (below.sum::<f64>() / n as f64 * per_year).sqrt()
            }
            other => panic!("{other}"),
        }
    }

    fn recursion(
        &self,
        name: &str,
        tree: &Tree,
        asset: usize,
        day: Date,
        n: usize,
        every: Period,
    ) -> f64 {
        let mut known = 1;
        while !self.samples(tree, asset, day, known, every).is_empty() {
            known += 1;
        }
        let all = self.samples(tree, asset, day, known - 1, every);
        if all.last().is_none_or(|last| last.is_nan()) {
            return f64::NAN;
        }
        let all: Vec<f64> = all.into_iter().filter(|value| !value.is_nan()).collect();
        if all.len() < n + usize::from(name == "rsi") {
            return f64::NAN;
        }
        if name == "ema" {
            let factor = 2.0 / (n as f64 + 1.0);
            let begin = mean(&all[..n]);
            return all[n..]
                .iter()
                .fold(begin, |ema, value| factor * value + (1.0 - factor) * ema);
        }
        let moves: Vec<f64> = all.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let average = |side: fn(f64) -> f64| {
            let sides: Vec<f64> = moves.iter().map(|change| side(*change).max(0.0)).collect();
            let smooth = |mean: f64, side: &f64| (mean * (n as f64 - 1.0) + side) / n as f64;
            sides[n..].iter().fold(mean(&sides[..n]), smooth)
        };
        let (gains, losses) = (average(|change| change), average(|change| -change));
        match losses == 0.0 {
            true => 100.0,
            false => 100.0 * gains / (gains + losses),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn changes(values: &[f64]) -> Vec<f64> {
    values
        .windows(2)
        .map(|pair| pair[1] / pair[0] - 1.0)
        .collect()
}

const WINDOWS: [&str; 13] = [
    "sma",
    "ema",
    "median",
    "sum",
    "deviation",
    "volatility",
    "downside_volatility",
    "max",
    "min",
    "drawdown",
    "rsi",
    "zscore",
    "lag",
];

fn trees() -> impl Generator<Value = Tree> {
    let leaf = prop_oneof![
        (1u8..5).prop_map(|number| Tree::Number(f64::from(number))),
        Just(Tree::Close),
        Just(Tree::Open),
        (2usize..6, 0usize..3).prop_map(|(n, symbol)| Tree::Beta(n, symbol)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let period = prop_oneof![
            4 => Just(Period::Session),
            1 => Just(Period::Week),
            1 => Just(Period::Month),
        ];
        let window = (
            prop::sample::select(WINDOWS.to_vec()),
            inner.clone(),
            2usize..7,
            period,
        );
        let pair = || {
            (
                inner.clone().prop_map(Box::new),
                inner.clone().prop_map(Box::new),
            )
        };
        prop_oneof![
            pair().prop_map(|(a, b)| Tree::Sum(a, b)),
            pair().prop_map(|(a, b)| Tree::Quotient(a, b)),
            (pair(), inner.clone()).prop_map(|((a, b), c)| Tree::IfAbove(a, b, Box::new(c))),
            (inner.clone(), 0usize..3).prop_map(|(a, symbol)| Tree::Of(Box::new(a), symbol)),
            inner.clone().prop_map(|a| Tree::Rank(Box::new(a))),
            inner.clone().prop_map(|a| Tree::MeanAcross(Box::new(a))),
            window.prop_map(|(name, a, n, period)| Tree::Window(name, Box::new(a), n, period)),
            (inner, 2usize..7, 0usize..2).prop_map(|(a, n, skip)| Tree::Return(
                Box::new(a),
                n,
                skip
            )),
        ]
    })
}

/// Whether a tree computes a window of a number that never changes, which depends on no bar.
fn is_vague(tree: &Tree) -> bool {
    match tree {
        Tree::Window(_, a, ..) | Tree::Return(a, ..) => {
            matches!(a.common(), Some(None)) || is_vague(a)
        }
        Tree::Sum(a, b) | Tree::Quotient(a, b) => is_vague(a) || is_vague(b),
        Tree::IfAbove(a, b, c) => is_vague(a) || is_vague(b) || is_vague(c),
        Tree::Of(a, _) | Tree::Rank(a) | Tree::MeanAcross(a) => is_vague(a),
        _ => false,
    }
}

fn is_close(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan())
        || a == b
        || (a - b).abs() <= 1e-7 * (1.0 + a.abs().max(b.abs()))
        // Of two numbers that are nothing but rounding, quotients are anything.
        || a.abs().max(b.abs()) > 1e6
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_formula_gives_what_a_plain_interpreter_gives(tree in trees(), seed: u64, gaps: bool) {
        prop_assume!(!is_vague(&tree));
        let series = match gaps {
            true => random_walks_with_gaps(seed, 3, 40, 0.2),
            false => random_walks_with_gaps(seed, 3, 40, 0.0),
        };
        let text = tree.text();
        let engine = by_engine(&series, &text);
        // A random asset may end too early to be held to the end.
        prop_assume!(!matches!(&engine, Err(error) if error.contains("has no bar after")));
        let engine = engine.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let plain = Plain::new(&series);
        let mut differ = 0;
        for ((day, symbol), number) in &engine {
            let asset = series.iter().position(|series| series.symbol == *symbol).unwrap();
            let expected = plain.number(&tree, asset, *day);
            differ += usize::from(!is_close(*number, expected));
            // Where two numbers differ by their rounding alone, a comparison may go either way.
            prop_assert!(differ <= 2, "{text}: {symbol} on {day}: {number}, and plainly {expected}");
        }
    }

    #[test]
    fn cutting_off_the_future_changes_no_signal(tree in trees(), seed: u64, cut in 10usize..35) {
        let series = random_walks(seed, 3, 40);
        let text = tree.text();
        let whole = by_engine(&series, &text);
        prop_assume!(!matches!(&whole, Err(error) if error.contains("has no bar after")));
        let whole = whole.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let mut days: Vec<Date> = whole.keys().map(|(day, _)| *day).collect();
        days.dedup();
        let end = days[cut.min(days.len() - 1)];
        let past: Vec<PriceSeries> = series
            .iter()
            .map(|series| {
                let n = series.dates.partition_point(|day| *day <= end);
                PriceSeries {
                    symbol: series.symbol.clone(),
                    dates: series.dates[..n].to_vec(),
                    open: series.open[..n].to_vec(),
                    close: series.close[..n].to_vec(),
                    ..PriceSeries::default()
                }
            })
            .collect();
        let cut_off = by_engine_until(&past, &text, Some(end));
        prop_assume!(!matches!(&cut_off, Err(error) if error.contains("has no bar after")));
        let cut_off = cut_off.map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        prop_assert!(!cut_off.is_empty());
        for (key, number) in cut_off {
            let before = whole[&key];
            prop_assert!(before.to_bits() == number.to_bits() || (before.is_nan() && number.is_nan()), "{text} at {key:?}: {before} with the future, {number} without");
        }
    }
}

#[test]
fn mistakes_in_formulas_name_the_word_and_the_way_out() {
    let series = random_walks(1, 3, 30);
    let mistakes = |text: &str, parameters: &[(&str, f64)]| {
        let strategy = Strategy {
            alpha: Alpha::External(External {
                class: "test:Reader".to_owned(),
                parameters: (parameters.iter())
                    .map(|(name, number)| {
                        let number = backtest::declaration::Parameter::Number(*number);
                        ((*name).to_owned(), number)
                    })
                    .collect(),
            }),
            signals: vec![("x".to_owned(), text.to_owned())],
            ..over(&series)
        };
        let mistakes = strategy.check();
        let shown = |mistake: &backtest::declaration::Mistake| {
            let word = mistake
                .span
                .clone()
                .map_or("", |span| &text[span.start..span.end.min(text.len())]);
            format!(
                "{text}\n  at `{word}`: {}; {}\n",
                mistake.label,
                mistake.help.join("; ")
            )
        };
        mistakes.iter().map(shown).collect::<String>()
    };
    let all: String = [
        "",
        "retrun(126)",
        "momentum",
        "close >",
        "close > 1 > 0",
        "sma",
        "sma()",
        "sma(close, 1.5)",
        "sma(0)",
        "sma(close, close)",
        "return(10, skip = 10)",
        "return(10, step = 2)",
        "sma(10, every = 'day')",
        "beta(10)",
        "close['SPY'",
        "close[SPY]",
        "'SPY'",
        "close = 1",
        "close && open",
        "close ^ 2",
        "close + (close > 1)",
        "if(close, 1, 2)",
        "x",
        "rank()",
        "close #",
        "1e",
        "log(1, 2)",
    ]
    .iter()
    .map(|text| mistakes(text, &[]))
    .collect();
    expect![[r#"

          at ``: the formula is empty; write one, as in `return(126)`
        retrun(126)
          at `retrun`: there is no function `retrun`; `gridfolio functions` lists them
        momentum
          at `momentum`: there is no signal, parameter or function `momentum`; `[signals]` gives formulas a name, and `alpha.parameters.momentum` numbers
        close >
          at ``: a number, a name or a parenthesis is missing here; 
        close > 1 > 0
          at `close > 1`: a comparison of a comparison; join two comparisons with `and`: `0 < x and x < 1`
        sma
          at `sma`: `sma` is a function and needs its arguments; write `sma([x = close,] n, every = 'session')`
        sma()
          at `sma()`: `sma` cannot be called with 0 arguments; write `sma([x = close,] n, every = 'session')`
        sma(close, 1.5)
          at `1.5`: the number of samples of `sma` is 1.5; it must be a whole number, 1 or more; 
        sma(0)
          at `0`: the number of samples of `sma` is 0; it must be a whole number, 1 or more; 
        sma(close, close)
          at `close`: the number of samples of `sma` must be a number or a parameter; 
        return(10, skip = 10)
          at `10`: `skip` (10) must be less than `n` (10); 
        return(10, step = 2)
          at `step`: `return` has no argument `step`; write `return([x = close,] n, skip = 0, every = 'session')`
        sma(10, every = 'day')
          at `'day'`: this is no period; write 'session', 'week', 'month', 'quarter' or 'year'
        beta(10)
          at `beta(10)`: `beta` needs the symbol of an asset; write `beta([x = close,] n, 'SYMBOL', every = 'session')`
        close['SPY'
          at ``: `]` is missing after the symbol; 
        close[SPY]
          at `SPY`: a symbol stands here, in quotes; as in `close['SPY']`
        'SPY'
          at `'SPY'`: a string has no place here; a symbol stands in brackets: `close['SPY']`
        close = 1
          at `=`: this does not belong here; equality is written `==`
        close && open
          at `&&`: this does not belong here; write `and`
        close ^ 2
          at `^`: this does not belong here; write a power as a product: `x * x`
        close + (close > 1)
          at `(close > 1)`: this is a condition, and a number is needed; `if(condition, 1, 0)` makes a number of it
        if(close, 1, 2)
          at `close`: this is a number, and a condition is needed; compare it, as in `return(252) > 0`
        x
          at `x`: the signal `x` needs itself; 
        rank()
          at `rank()`: `rank` cannot be called with 0 arguments; write `rank(x)`
        close #
          at `#`: `#` means nothing here; 
        1e
          at `e`: this does not belong here; 
        log(1, 2)
          at `log(1, 2)`: `log` cannot be called with 2 arguments; write `log(x)`
    "#]].assert_eq(&all);
    assert_eq!(mistakes("sma(slow)", &[("slow", 20.0)]), "");
    assert_eq!(mistakes("sma(2 * half)", &[("half", 10.0)]), "");
}

#[test]
fn formulas_of_any_length_end_in_an_error_and_not_in_a_crash() {
    let series = random_walks(1, 3, 30);
    let deep = format!("{}1{}", "(".repeat(5000), ")".repeat(5000));
    let long = "1 + ".repeat(5000) + "1";
    let minus = "-".repeat(5000) + "1";
    let nots = "not ".repeat(5000) + "close > 1";
    for text in [deep, long, minus, nots, "((((".to_owned(), "f(,".to_owned()] {
        assert!(by_engine(&series, &text).is_err(), "{text:.40}");
    }
    // Each signal names the one before it twice: a tree of 2^60 parts.
    let mut strategy = over(&series);
    strategy.signals.push(("s0".to_owned(), "close".to_owned()));
    for n in 1..60 {
        let text = format!("s{} + s{}", n - 1, n - 1);
        strategy.signals.push((format!("s{n}"), text));
    }
    let mistakes = strategy.check();
    assert!(
        mistakes
            .iter()
            .any(|mistake| mistake.message.contains("too many parts")),
        "{mistakes:?}"
    );
    let market: Market = over(&series).market(&series).unwrap();
    assert!(strategy.bind(&market).is_err());
}
