//! The cases: which backtest, on which market, and how much of it is measured.

use std::sync::Arc;
use std::time::Duration;

use backtest::Backtest;
use backtest::batch::Batch;
use backtest::market::{Market, PriceSeries};
use backtest::outcome::Outcome;
use backtest::statistics::{Summary, Trading};
use backtest::strategy::{Alpha, Costs, Fees, Schedule, Sizing, Strategy, Trade, Universe};
use backtest::{alpha, costs, sizing};

use crate::prices::{random_walks, weekdays};

/// One row of the table. The market is loaded and aligned before the clock starts.
pub struct Case {
    /// What it is called on the command line.
    pub name: &'static str,
    /// CPU time that it may take.
    pub budget: Option<Duration>,
    /// How much of the backtest is measured.
    pub part: Part,
    /// Makes the strategy and its prices.
    pub make: fn() -> Made,
}

/// How much of a backtest is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The run, the textbook statistics and the trading statistics.
    Everything,
    /// Names and dates resolved against the market.
    Bind,
    /// The run, with everything recorded.
    Run,
    /// The textbook statistics of the recorded equity.
    Summary,
    /// All variants in one batch, as a sweep runs them: statistics gathered, nothing recorded.
    Sweep,
}

/// A strategy and the prices it runs on.
pub struct Made {
    /// The strategy.
    pub strategy: Strategy,
    /// One series per asset of its universe, in order, each with a bar on every day.
    pub prices: Vec<PriceSeries>,
    /// The same with other parameters, for a sweep; else none.
    pub variants: Vec<Strategy>,
}

const SIXTY_FORTY_BUDGET: Duration = Duration::from_micros(50);
const TOP_50_BUDGET: Duration = Duration::from_micros(1_500);

const MOMENTUM_BUDGET: Duration = Duration::from_micros(40);
const CROSSOVER_BUDGET: Duration = Duration::from_micros(12);
const TOP_OF_500_BUDGET: Duration = Duration::from_micros(350);

/// Every case that runs in memory.
#[rustfmt::skip]
pub const CASES: [Case; 15] = [
    case("sixty-forty", Some(SIXTY_FORTY_BUDGET), Part::Everything, sixty_forty),
    case("sixty-forty/bind", None, Part::Bind, sixty_forty),
    case("sixty-forty/run", None, Part::Run, sixty_forty),
    case("sixty-forty/summary", None, Part::Summary, sixty_forty),
    case("top-50-of-500", Some(TOP_50_BUDGET), Part::Everything, top_50_of_500),
    case("top-50-of-500/run", None, Part::Run, top_50_of_500),
    case("sector-momentum", None, Part::Everything, sector_momentum),
    case("sector-momentum/run", None, Part::Run, sector_momentum),
    case("crossover", None, Part::Everything, crossover),
    case("crossover/run", None, Part::Run, crossover),
    case("sweep/momentum", Some(MOMENTUM_BUDGET), Part::Sweep, momentum_sweep),
    case("sweep/crossover", Some(CROSSOVER_BUDGET), Part::Sweep, crossover_sweep),
    case("sweep/top-of-500", Some(TOP_OF_500_BUDGET), Part::Sweep, top_of_500_sweep),
    case("daily-20", None, Part::Everything, daily_20),
    case("daily-20/run", None, Part::Run, daily_20),
];

const fn case(
    name: &'static str,
    budget: Option<Duration>,
    part: Part,
    make: fn() -> Made,
) -> Case {
    Case {
        name,
        budget,
        part,
        make,
    }
}

/// The case of this name.
pub fn named(name: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.name == name)
}

/// A strategy bound to its market, ready to be measured.
pub struct Ready<'m> {
    part: Part,
    strategy: &'m Strategy,
    variants: &'m [Strategy],
    market: &'m Arc<Market>,
    backtest: Backtest<'m>,
    outcome: Outcome,
}

impl<'m> Ready<'m> {
    /// Binds the strategy and runs it once.
    pub fn new(
        part: Part,
        made: &'m Made,
        market: &'m Arc<Market>,
    ) -> Result<Ready<'m>, Box<dyn std::error::Error>> {
        let strategy = &made.strategy;
        let backtest = strategy.bind(market)?;
        let outcome = backtest.run()?;
        Ok(Ready {
            part,
            strategy,
            variants: &made.variants,
            market,
            backtest,
            outcome,
        })
    }

    /// Equity at each close, in currency units.
    pub fn equity(&self) -> &[f64] {
        &self.outcome.equity
    }

    /// How many backtests [`Ready::once`] does.
    pub fn backtests(&self) -> usize {
        match self.part {
            Part::Sweep => self.variants.len(),
            Part::Everything | Part::Bind | Part::Run | Part::Summary => 1,
        }
    }

    /// Does once what the case measures; some number that depends on all of it.
    pub fn once(&self) -> f64 {
        match self.part {
            Part::Everything => {
                let outcome = self.run();
                let summary = self.summary(&outcome);
                let per_year = self.backtest.sessions_per_year();
                let trading = Trading::of(&outcome, summary.as_ref(), per_year);
                total_return(summary.as_ref()) + trading.traded_value
            }
            Part::Bind => {
                let bound = self.strategy.bind(self.market);
                bound.expect("it was bound before").decisions().len() as f64
            }
            Part::Run => self.run().cash,
            Part::Summary => total_return(self.summary(&self.outcome).as_ref()),
            Part::Sweep => {
                let mut batch = Batch::new(Arc::clone(self.market));
                let chunks = self.variants.chunks(512);
                let records = chunks.flat_map(|strategies| batch.run(strategies));
                records
                    .map(|record| record.expect("each can run").final_equity)
                    .sum()
            }
        }
    }

    fn run(&self) -> Outcome {
        self.backtest.run().expect("it ran before")
    }

    fn summary(&self, outcome: &Outcome) -> Option<Summary> {
        let dates = outcome.dates(self.market);
        let per_year = self.backtest.sessions_per_year();
        Summary::of_equity(outcome.initial_cash, &outcome.equity, dates, per_year)
    }
}

fn total_return(summary: Option<&Summary>) -> f64 {
    summary.map_or(0.0, |summary| summary.total_return)
}

/// Two assets over 4,960 sessions, 60 to 40, brought back at the end of each month.
fn sixty_forty() -> Made {
    let prices = random_walks(1, 2, &weekdays(4_960));
    let weights = symbols(&prices).into_iter().zip([0.6, 0.4]).collect();
    Made {
        strategy: Strategy {
            alpha: Alpha::FixedWeights(alpha::FixedWeights { weights }),
            ..over("sixty-forty", &prices)
        },
        prices,
        variants: Vec::new(),
    }
}

/// The 50 of 500 assets that rose most in 126 sessions, over 5,217 sessions, monthly.
fn top_50_of_500() -> Made {
    let prices = random_walks(2, 500, &weekdays(5_217));
    Made {
        strategy: Strategy {
            alpha: Alpha::TopNMomentum(alpha::TopNMomentum {
                lookback: 126,
                top_n: 50,
            }),
            ..over("top 50 of 500", &prices)
        },
        prices,
        variants: Vec::new(),
    }
}

/// The three of eleven sectors that rose most in 126 sessions, over 22 years, monthly.
fn sector_momentum() -> Made {
    let prices = random_walks(3, 11, &weekdays(22 * 252));
    Made {
        strategy: Strategy {
            alpha: Alpha::TopNMomentum(alpha::TopNMomentum {
                lookback: 126,
                top_n: 3,
            }),
            ..over("sector momentum", &prices)
        },
        prices,
        variants: Vec::new(),
    }
}

/// One asset over 19 years, held while its 50-session average is above the 200-session one.
fn crossover() -> Made {
    let prices = random_walks(4, 1, &weekdays(19 * 252));
    Made {
        strategy: Strategy {
            alpha: Alpha::SmaCrossover(alpha::SmaCrossover {
                fast: 50,
                slow: 200,
                short: false,
            }),
            schedule: Schedule::Daily,
            trade: Trade::OnChange,
            ..over("crossover", &prices)
        },
        prices,
        variants: Vec::new(),
    }
}

/// Twenty assets over ten years, brought back to equal weights at every close.
fn daily_20() -> Made {
    let prices = random_walks(5, 20, &weekdays(10 * 252));
    Made {
        strategy: Strategy {
            alpha: Alpha::EqualWeight,
            schedule: Schedule::Daily,
            ..over("daily 20", &prices)
        },
        prices,
        variants: Vec::new(),
    }
}

/// Twelve lookbacks by six sizes of sector momentum.
fn momentum_sweep() -> Made {
    let made = sector_momentum();
    let alpha = |lookback, top_n| Alpha::TopNMomentum(alpha::TopNMomentum { lookback, top_n });
    let pairs = (1..=12).flat_map(|months| (1..=6).map(move |top_n| alpha(21 * months, top_n)));
    with_variants(made, pairs.collect())
}

/// Every pair of averages of 2 to 143 sessions, the fast below the slow: 10,011 of them.
fn crossover_sweep() -> Made {
    let short = false;
    let alpha = |fast, slow| Alpha::SmaCrossover(alpha::SmaCrossover { fast, slow, short });
    let pairs = (2..143).flat_map(|fast| (fast + 1..=143).map(move |slow| alpha(fast, slow)));
    with_variants(crossover(), pairs.collect())
}

/// Ten lookbacks by ten sizes of momentum over 500 assets.
fn top_of_500_sweep() -> Made {
    let alpha = |lookback, top_n| Alpha::TopNMomentum(alpha::TopNMomentum { lookback, top_n });
    let pairs = (1..=10).flat_map(|months| (1..=10).map(move |n| alpha(21 * months, 10 * n)));
    with_variants(top_50_of_500(), pairs.collect())
}

fn with_variants(made: Made, alphas: Vec<Alpha>) -> Made {
    let variant = |alpha| Strategy {
        alpha,
        ..made.strategy.clone()
    };
    let variants = alphas.into_iter().map(variant).collect();
    Made { variants, ..made }
}

/// A strategy over all of the prices, with costs and one per cent in cash.
fn over(name: &str, prices: &[PriceSeries]) -> Strategy {
    let days = &prices[0].dates;
    let (first, last) = (days[0], days[days.len() - 1]);
    Strategy {
        universe: Universe {
            assets: symbols(prices),
            ..Universe::default()
        },
        sizing: Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.01 }),
        costs: Costs {
            fees: Fees::Percent(costs::Percent {
                commission: 0.0005,
                tax: 0.0,
            }),
            slippage_bps: 3.0,
            half_spread_bps: 0.0,
        },
        ..Strategy::new(name, first.open(), last.close())
    }
}

fn symbols(prices: &[PriceSeries]) -> Vec<String> {
    prices.iter().map(|series| series.symbol.clone()).collect()
}
