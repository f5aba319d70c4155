//! The functions that formulas may call, each an entry of one catalogue, and the operators.
//!
//! To add a function is to add an entry: the reader of formulas, its messages, the evaluation and
//! the list for users follow.

use ::statistics::summation::{mean, pairwise_sum_by};

use crate::signal;

/// A function of formulas. Two are the same when their names are.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How it is called, with the defaults of what may be left out.
    pub signature: &'static str,
    /// What it gives, in whole sentences.
    pub doc: &'static str,
    pub(crate) form: Form,
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl std::hash::Hash for Function {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl PartialOrd for Function {
    fn partial_cmp(&self, other: &Function) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Function {
    fn cmp(&self, other: &Function) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

/// What a function takes, and how it is computed.
#[derive(Debug)]
pub(crate) enum Form {
    /// A price of the bar.
    Price(Price),
    /// Of numbers of one moment.
    Elementwise(Elementwise),
    /// Of the last `n` samples of a series.
    Window(Windowed),
    /// Of all samples of a series, one after another.
    Recursive(Recursive),
    /// Of the numbers of all assets that may be held at one moment.
    Across(Across),
}

/// A price of an asset's last bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Price {
    /// Its close.
    Close,
    /// Its open.
    Open,
}

/// Whether a part of a formula comes to a number or to something true or false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comes {
    /// A number.
    Number,
    /// True (1), false (0), or not known (NaN).
    Condition,
}

#[derive(Debug)]
pub(crate) struct Elementwise {
    /// What the arguments are; the last repeats.
    pub(crate) arguments: &'static [Comes],
    /// How many there may be.
    pub(crate) most: usize,
    pub(crate) result: Comes,
    pub(crate) compute: fn(&[f64]) -> f64,
}

#[derive(Debug)]
pub(crate) struct Windowed {
    /// Samples beyond `n`: returns need one more.
    pub(crate) beyond: u32,
    pub(crate) least: u32,
    pub(crate) options: Options,
    pub(crate) compute: Compute,
}

/// What a function of a window may be called with, besides the series and `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Options {
    None,
    /// `skip`: samples at the end that are left out.
    Skip,
    /// The symbol of another asset.
    Symbol,
}

#[derive(Debug)]
pub(crate) enum Compute {
    One(fn(&Window<'_>) -> f64),
    /// The mean, which is computed for several neighbouring days at a time.
    Mean,
    /// Of the window, and of the other asset's at the same sessions.
    Pair(fn(&[f64], &[f64]) -> f64),
}

/// The samples that a function sees, oldest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'a> {
    pub(crate) values: &'a [f64],
    pub(crate) skip: usize,
    /// How many samples make a year.
    pub(crate) per_year: f64,
}

/// A function whose value follows from the one before it.
#[derive(Debug)]
pub(crate) struct Recursive {
    /// Samples beyond `n` before it has a value.
    pub(crate) beyond: u32,
    pub(crate) step: fn(&mut State, f64, f64),
    pub(crate) value: fn(&State, f64) -> f64,
}

/// What a recursive function remembers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    /// Samples seen.
    pub(crate) seen: f64,
    pub(crate) last: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
}

#[derive(Debug)]
pub(crate) struct Across {
    pub(crate) argument: Comes,
    /// From the numbers of the assets, in their order, none of them NaN, to a number for each.
    pub(crate) compute: fn(&[f64], &mut [f64]),
}

use Comes::{Condition, Number};

const ANY: usize = usize::MAX;

const fn elementwise(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    arguments: &'static [Comes],
    most: usize,
    compute: fn(&[f64]) -> f64,
) -> Function {
    Function {
        name,
        signature,
        doc,
        form: Form::Elementwise(Elementwise {
            arguments,
            most,
            result: Number,
            compute,
        }),
    }
}

const fn window(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    beyond: u32,
    least: u32,
    compute: fn(&Window<'_>) -> f64,
) -> Function {
    Function {
        name,
        signature,
        doc,
        form: Form::Window(Windowed {
            beyond,
            least,
            options: Options::None,
            compute: Compute::One(compute),
        }),
    }
}

const fn across(
    name: &'static str,
    signature: &'static str,
    doc: &'static str,
    compute: fn(&[f64], &mut [f64]),
) -> Function {
    Function {
        name,
        signature,
        doc,
        form: Form::Across(Across {
            argument: Number,
            compute,
        }),
    }
}

/// Every function, in the order in which users read them.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "close",
        signature: "close",
        doc: "The last close.",
        form: Form::Price(Price::Close),
    },
    Function {
        name: "open",
        signature: "open",
        doc: "The open of the last bar whose close is known.",
        form: Form::Price(Price::Open),
    },
    Function {
        name: "return",
        signature: "return([x = close,] n, skip = 0, every = 'session')",
        doc: "The value `skip` samples ago over that `n` samples ago, less one: `return(252, skip = 21)` is the momentum of twelve months without the last.",
        form: Form::Window(Windowed {
            beyond: 1,
            least: 1,
            options: Options::Skip,
            compute: Compute::One(|window| {
                let last = window.values[window.values.len() - 1 - window.skip];
                last / window.values[0] - 1.0
            }),
        }),
    },
    Function {
        name: "sma",
        signature: "sma([x = close,] n, every = 'session')",
        doc: "The mean of the last `n` samples: a simple moving average.",
        form: Form::Window(Windowed {
            beyond: 0,
            least: 1,
            options: Options::None,
            compute: Compute::Mean,
        }),
    },
    Function {
        name: "ema",
        signature: "ema([x = close,] n, every = 'session')",
        doc: "The exponential moving average with the factor `2 / (n + 1)`, which begins as the mean of the first `n` samples.",
        form: Form::Recursive(Recursive {
            beyond: 0,
            step: |state, n, value| {
                state.seen += 1.0;
                if state.seen <= n {
                    state.a += value;
                    if state.seen == n {
                        state.a /= n;
                    }
                } else {
                    state.a += (value - state.a) * (2.0 / (n + 1.0));
                }
            },
            value: |state, n| if state.seen < n { f64::NAN } else { state.a },
        }),
    },
    window(
        "median",
        "median([x = close,] n, every = 'session')",
        "The median of the last `n` samples.",
        0,
        1,
        |window| {
            let mut sorted = window.values.to_vec();
            sorted.sort_by(f64::total_cmp);
            ::statistics::median(&sorted).unwrap_or(f64::NAN)
        },
    ),
    window(
        "sum",
        "sum([x = close,] n, every = 'session')",
        "The sum of the last `n` samples.",
        0,
        1,
        |window| pairwise_sum_by(window.values.len(), |at| window.values[at]),
    ),
    window(
        "deviation",
        "deviation([x = close,] n, every = 'session')",
        "The standard deviation of the last `n` samples, with the divisor `n - 1`.",
        0,
        2,
        |window| sample_variance(window.values).sqrt(),
    ),
    window(
        "volatility",
        "volatility([x = close,] n, every = 'session')",
        "The standard deviation of the last `n` returns, annualised, with the divisor `n`.",
        1,
        1,
        |window| signal::volatility(window.values, window.per_year),
    ),
    window(
        "downside_volatility",
        "downside_volatility([x = close,] n, every = 'session')",
        "The square root of the mean square of the last `n` returns, those above zero counted as zero; annualised.",
        1,
        1,
        |window| {
            let n = window.values.len() - 1;
            let squares = pairwise_sum_by(n, |at| {
                let below = (window.values[at + 1] / window.values[at] - 1.0).min(0.0);
                below * below
            });
            (squares / n as f64).sqrt() * window.per_year.sqrt()
        },
    ),
    window(
        "max",
        "max([x = close,] n, every = 'session')",
        "The highest of the last `n` samples.",
        0,
        1,
        |window| highest(window.values),
    ),
    window(
        "min",
        "min([x = close,] n, every = 'session')",
        "The lowest of the last `n` samples.",
        0,
        1,
        |window| window.values.iter().copied().fold(f64::INFINITY, f64::min),
    ),
    window(
        "drawdown",
        "drawdown([x = close,] n, every = 'session')",
        "The last sample over the highest of the last `n`, less one: zero at the top, negative below.",
        0,
        1,
        |window| window.values[window.values.len() - 1] / highest(window.values) - 1.0,
    ),
    Function {
        name: "rsi",
        signature: "rsi([x = close,] n, every = 'session')",
        doc: "Wilder's relative strength index, 0 to 100: the averages of gains and of losses begin as the means of the first `n` changes, and each then moves by one `n`-th.",
        form: Form::Recursive(Recursive {
            beyond: 1,
            step: |state, n, value| {
                if state.seen > 0.0 {
                    let change = value - state.last;
                    let (gain, loss) = (change.max(0.0), (-change).max(0.0));
                    if state.seen <= n {
                        state.a += gain;
                        state.b += loss;
                        if state.seen == n {
                            state.a /= n;
                            state.b /= n;
                        }
                    } else {
                        state.a = ((n - 1.0) * state.a + gain) / n;
                        state.b = ((n - 1.0) * state.b + loss) / n;
                    }
                }
                state.seen += 1.0;
                state.last = value;
            },
            value: |state, n| {
                if state.seen <= n {
                    f64::NAN
                } else if state.b == 0.0 {
                    100.0
                } else {
                    100.0 - 100.0 / (1.0 + state.a / state.b)
                }
            },
        }),
    },
    window(
        "zscore",
        "zscore([x = close,] n, every = 'session')",
        "The last sample less the mean of the last `n`, over their `deviation`.",
        0,
        2,
        |window| {
            let last = window.values[window.values.len() - 1];
            (last - mean(window.values)) / sample_variance(window.values).sqrt()
        },
    ),
    Function {
        name: "lag",
        signature: "lag([x = close,] n, every = 'session')",
        doc: "The value `n` samples ago.",
        form: Form::Window(Windowed {
            beyond: 1,
            least: 1,
            options: Options::None,
            compute: Compute::One(|window| window.values[0]),
        }),
    },
    Function {
        name: "correlation",
        signature: "correlation([x = close,] n, 'SYMBOL', every = 'session')",
        doc: "The correlation of the last `n` returns with those of another asset at the same sessions.",
        form: Form::Window(Windowed {
            beyond: 1,
            least: 2,
            options: Options::Symbol,
            compute: Compute::Pair(|own, other| {
                let [own_squares, products, other_squares] = moments_of_returns(own, other);
                products / (own_squares * other_squares).sqrt()
            }),
        }),
    },
    Function {
        name: "beta",
        signature: "beta([x = close,] n, 'SYMBOL', every = 'session')",
        doc: "The slope of the last `n` returns over those of another asset at the same sessions.",
        form: Form::Window(Windowed {
            beyond: 1,
            least: 2,
            options: Options::Symbol,
            compute: Compute::Pair(|own, other| {
                let [_, products, other_squares] = moments_of_returns(own, other);
                products / other_squares
            }),
        }),
    },
    across(
        "rank",
        "rank(x)",
        "The asset's place among those that may be held now: 1 for the highest number, equal numbers in the order of the universe.",
        |numbers, places| {
            for (at, place) in places.iter_mut().enumerate() {
                let before = (numbers.iter().enumerate()).filter(|(other, number)| {
                    **number > numbers[at] || (**number == numbers[at] && *other < at)
                });
                *place = 1.0 + before.count() as f64;
            }
        },
    ),
    across(
        "quantile",
        "quantile(x)",
        "The share of the other assets that may be held now with a lower number, ties counted by half: 1 for the highest, 0 for the lowest.",
        |numbers, shares| {
            let others = numbers.len() as f64 - 1.0;
            for (at, share) in shares.iter_mut().enumerate() {
                let count = |is: fn(f64, f64) -> bool| {
                    let own = numbers[at];
                    numbers.iter().filter(|other| is(**other, own)).count() as f64
                };
                let (lower, equal) = (count(|other, own| other < own), count(|a, b| a == b) - 1.0);
                *share = match others > 0.0 {
                    true => (lower + 0.5 * equal) / others,
                    false => 1.0,
                };
            }
        },
    ),
    across(
        "zscore_across",
        "zscore_across(x)",
        "The asset's number less the mean of those that may be held now, over their standard deviation with the divisor `n - 1`.",
        |numbers, scores| {
            let (mean, deviation) = (mean(numbers), sample_variance(numbers).sqrt());
            for (score, number) in scores.iter_mut().zip(numbers) {
                *score = (number - mean) / deviation;
            }
        },
    ),
    across(
        "mean_across",
        "mean_across(x)",
        "The mean over all assets that may be held now.",
        |numbers, means| means.fill(mean(numbers)),
    ),
    Function {
        name: "share_across",
        signature: "share_across(condition)",
        doc: "The share of the assets that may be held now for which the condition is true.",
        form: Form::Across(Across {
            argument: Condition,
            compute: |conditions, shares| shares.fill(mean(conditions)),
        }),
    },
    elementwise(
        "mean",
        "mean(x, ...)",
        "The mean of its arguments.",
        &[Number],
        ANY,
        |values| values.iter().fold(0.0, |sum, value| sum + value) / values.len() as f64,
    ),
    elementwise(
        "greatest",
        "greatest(x, ...)",
        "The highest of its arguments.",
        &[Number],
        ANY,
        |values| values.iter().copied().fold(f64::NEG_INFINITY, greater),
    ),
    elementwise(
        "least",
        "least(x, ...)",
        "The lowest of its arguments.",
        &[Number],
        ANY,
        |values| {
            -values
                .iter()
                .map(|value| -value)
                .fold(f64::NEG_INFINITY, greater)
        },
    ),
    elementwise(
        "log",
        "log(x)",
        "The natural logarithm.",
        &[Number],
        1,
        |values| match values[0] > 0.0 {
            true => libm::log(values[0]),
            false => f64::NAN,
        },
    ),
    elementwise(
        "sqrt",
        "sqrt(x)",
        "The square root.",
        &[Number],
        1,
        |values| values[0].sqrt(),
    ),
    elementwise(
        "abs",
        "abs(x)",
        "The number without its sign.",
        &[Number],
        1,
        |values| values[0].abs(),
    ),
    elementwise(
        "sign",
        "sign(x)",
        "1 above zero, -1 below, 0 at zero.",
        &[Number],
        1,
        |values| match values[0] {
            value if value > 0.0 => 1.0,
            value if value < 0.0 => -1.0,
            value => value * 0.0,
        },
    ),
    elementwise(
        "clip",
        "clip(x, lowest, highest)",
        "The number, but not below the lowest nor above the highest.",
        &[Number, Number, Number],
        3,
        |values| match *values {
            [value, lowest, highest] => -greater(-greater(value, lowest), -highest),
            _ => f64::NAN,
        },
    ),
    elementwise(
        "if",
        "if(condition, x, y)",
        "`x` where the condition is true, else `y`.",
        &[Condition, Number, Number],
        3,
        |values| match *values {
            [condition, yes, no] if !condition.is_nan() => match condition != 0.0 {
                true => yes,
                false => no,
            },
            _ => f64::NAN,
        },
    ),
];

const fn operator(
    name: &'static str,
    operands: &'static [Comes],
    result: Comes,
    compute: fn(&[f64]) -> f64,
) -> Function {
    Function {
        name,
        signature: name,
        doc: "",
        form: Form::Elementwise(Elementwise {
            arguments: operands,
            most: operands.len(),
            result,
            compute,
        }),
    }
}

const fn arithmetic(name: &'static str, compute: fn(&[f64]) -> f64) -> Function {
    operator(name, &[Number, Number], Number, compute)
}

const fn comparison(name: &'static str, compute: fn(&[f64]) -> f64) -> Function {
    operator(name, &[Number, Number], Condition, compute)
}

/// The operators, by the names that the parser gives them.
pub(crate) static OPERATORS: &[Function] = &[
    arithmetic("+", |values| values[0] + values[1]),
    arithmetic("-", |values| values[0] - values[1]),
    arithmetic("*", |values| values[0] * values[1]),
    arithmetic("/", |values| values[0] / values[1]),
    operator("negative", &[Number], Number, |values| -values[0]),
    comparison("<", |values| known(values, values[0] < values[1])),
    comparison("<=", |values| known(values, values[0] <= values[1])),
    comparison(">", |values| known(values, values[0] > values[1])),
    comparison(">=", |values| known(values, values[0] >= values[1])),
    comparison("==", |values| known(values, values[0] == values[1])),
    comparison("!=", |values| known(values, values[0] != values[1])),
    operator("not", &[Condition], Condition, |values| 1.0 - values[0]),
    // False if one is false, whatever the other; else not known if one is not.
    operator("and", &[Condition, Condition], Condition, |values| {
        match values[0] == 0.0 || values[1] == 0.0 {
            true => 0.0,
            false => values[0] * values[1],
        }
    }),
    operator("or", &[Condition, Condition], Condition, |values| {
        match values[0] == 1.0 || values[1] == 1.0 {
            true => 1.0,
            false => values[0] + values[1],
        }
    }),
];

/// The function of a name.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// A comparison; not known where a side is not.
fn known(values: &[f64], holds: bool) -> f64 {
    match values[0].is_nan() || values[1].is_nan() {
        true => f64::NAN,
        false => f64::from(u8::from(holds)),
    }
}

/// The greater of two; NaN if one is.
fn greater(a: f64, b: f64) -> f64 {
    if a.is_nan() || a > b { a } else { b }
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn sample_variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares = pairwise_sum_by(values.len(), |at| {
        let deviation = values[at] - mean;
        deviation * deviation
    });
    squares / (values.len() as f64 - 1.0)
}

/// Sums of squares of one's returns, of products, and of squares of the other's, about their means.
fn moments_of_returns(own: &[f64], other: &[f64]) -> [f64; 3] {
    let n = own.len() - 1;
    let daily = |values: &[f64], at: usize| values[at + 1] / values[at] - 1.0;
    let own_mean = pairwise_sum_by(n, |at| daily(own, at)) / n as f64;
    let other_mean = pairwise_sum_by(n, |at| daily(other, at)) / n as f64;
    let sum = |term: &dyn Fn(f64, f64) -> f64| {
        pairwise_sum_by(n, |at| {
            term(daily(own, at) - own_mean, daily(other, at) - other_mean)
        })
    };
    [
        sum(&|own, _| own * own),
        sum(&|own, other| own * other),
        sum(&|_, other| other * other),
    ]
}
