//! From weights to positions: risk model, optimiser, sizing; and the benchmark, a portfolio too.

use backtest::conventions::RiskModelUse;
use backtest::strategy::{Benchmark, Optimiser, RiskModel, Sizing};

use super::assets::{ALLOW_SHORTS, check_not_empty, owned};
use super::{Context, trading};
use crate::keys::{Key, benchmark, portfolio, risk};
use crate::problem::{Place, Problem};
use crate::section::Section;

/// Whether negative weights make sense; yes when the sizing is not known.
pub(super) fn allows_shorts(section: &Section<'_>) -> bool {
    section.name(&portfolio::SIZING) != Some("long-only")
}

pub(super) fn sizing(section: &Section<'_>, context: &Context<'_>) -> Option<Sizing> {
    if context.shorts {
        let gross_leverage = or_demanded(section, &portfolio::GROSS_LEVERAGE, 1.0, context)?;
        Some(Sizing::LongShort { gross_leverage })
    } else {
        let cash_buffer = or_demanded(section, &portfolio::CASH_BUFFER, 0.0, context)?;
        Some(Sizing::LongOnly { cash_buffer })
    }
}

/// A number that standard conventions have a default for and QSTrader's do not.
fn or_demanded(
    section: &Section<'_>,
    key: &'static Key,
    default: f64,
    context: &Context<'_>,
) -> Option<f64> {
    if section.item(key).is_some() {
        return section.number(key);
    }
    let Some(qstrader) = context.qstrader else {
        return Some(default);
    };
    let message = format!("`portfolio.{}` is missing", key.name);
    let asked = format!("`qstrader` conventions need `{}`", key.name);
    let problem = match section.own_place() {
        Place::File => Problem::new(qstrader, message, asked),
        place => Problem::new(place, message, format!("`{}` belongs here", key.name))
            .related(qstrader, asked),
    };
    let help = format!(
        "QSTrader has no default for it; the standard conventions' is `{} = {default:?}`",
        key.name
    );
    section.found.report(problem.help(help));
    None
}

pub(super) fn optimiser(section: &Section<'_>, context: &Context<'_>) -> Option<Optimiser> {
    match section.name(&portfolio::OPTIMISER)? {
        "equal-weight" => {
            let scale = section.number(&portfolio::SCALE)?;
            check_sign(section, &portfolio::SCALE, scale, context);
            Some(Optimiser::EqualWeight { scale })
        }
        _ => Some(Optimiser::FixedWeight),
    }
}

pub(super) fn risk(section: &Section<'_>, context: &Context<'_>) -> Option<RiskModel> {
    let number = |key| {
        let number = section.number(key)?;
        if context.conventions.risk_model == RiskModelUse::Applied {
            check_sign(section, key, number, context);
        }
        Some(number)
    };
    match section.name(&risk::MODEL)? {
        "cap" => Some(RiskModel::Cap {
            max_weight: number(&risk::MAX_WEIGHT)?,
        }),
        "scale" => Some(RiskModel::Scale {
            factor: number(&risk::FACTOR)?,
        }),
        // A negative floor keeps every weight, which is odd and not impossible.
        _ => Some(RiskModel::Floor {
            min_weight: section.number(&risk::MIN_WEIGHT)?,
        }),
    }
}

/// Reports a number that would make weights negative where none may be.
fn check_sign(section: &Section<'_>, key: &Key, number: f64, context: &Context<'_>) {
    if number < 0.0 && !context.shorts {
        let path = section.path_to(key);
        let message = format!("`{path}` is {number}, in a long-only portfolio");
        let problem = Problem::new(section.place_of(key), message, "must be 0 or more");
        section.found.report(problem.help(ALLOW_SHORTS));
    }
}

/// `sizing` is the portfolio's, whose cash buffer is the default.
pub(super) fn benchmark(
    section: &Section<'_>,
    sizing: Option<Sizing>,
    context: &Context<'_>,
) -> Option<Benchmark> {
    let named = section.weights(&benchmark::ASSETS);
    let schedule = trading::schedule(section, &benchmark::SCHEDULE, &benchmark::WEEKDAY, context);
    let cash_buffer = match (section.item(&benchmark::CASH_BUFFER), sizing) {
        (Some(_), _) => section.number(&benchmark::CASH_BUFFER),
        (None, Some(Sizing::LongOnly { cash_buffer })) => Some(cash_buffer),
        (None, _) => Some(0.0),
    };
    let named = named?;
    check_not_empty(section, &benchmark::ASSETS);
    for (symbol, place, weight) in &named {
        if *weight < 0.0 {
            let message = format!("the benchmark's weight of `{symbol}` is {weight}");
            let problem = Problem::new(place, message, "must be 0 or more");
            section
                .found
                .report(problem.help("a benchmark is long-only"));
        }
    }
    Some(Benchmark {
        weights: owned(&named),
        schedule: schedule?,
        cash_buffer: cash_buffer?,
    })
}
