//! The alpha model.

use backtest::strategy::{Alpha, BelowAverage};

use super::Context;
use super::assets::{ALLOW_SHORTS, check_not_empty, weights};
use crate::keys::{alpha, scheduled};
use crate::problem::Problem;
use crate::section::Section;

pub(super) fn alpha(section: &Section<'_>, context: &Context<'_>) -> Option<Alpha> {
    let model = section.name(&alpha::MODEL)?;
    let lookback = || section.count(&alpha::LOOKBACK);
    match model {
        "fixed-weights" => {
            check_not_empty(section, &alpha::WEIGHTS);
            let weights = weights(section, &alpha::WEIGHTS, context)?;
            Some(Alpha::FixedWeights { weights })
        }
        "equal-weight" => Some(Alpha::EqualWeight),
        "single-signal" => {
            let signal = section.number(&alpha::SIGNAL)?;
            if signal < 0.0 && !context.shorts {
                let message = format!("`alpha.signal` is {signal}, in a long-only portfolio");
                let place = section.place_of(&alpha::SIGNAL);
                let problem = Problem::new(place, message, "must be 0 or more");
                section.found.report(problem.help(ALLOW_SHORTS));
            }
            Some(Alpha::SingleSignal { signal })
        }
        "top-n-momentum" => {
            let (lookback, top_n) = (lookback(), section.count(&alpha::TOP_N));
            Some(Alpha::TopNMomentum {
                lookback: lookback?,
                top_n: top_n?,
            })
        }
        "momentum-weighted" => Some(Alpha::MomentumWeighted {
            lookback: lookback()?,
        }),
        "long-short-momentum" => {
            let (lookback, top_n) = (lookback(), section.count(&alpha::TOP_N));
            let bottom_n = section.count(&alpha::BOTTOM_N);
            if !context.shorts {
                let message =
                    "the model `long-short-momentum` sells short, in a long-only portfolio";
                let place = section.place_of(&alpha::MODEL);
                let problem = Problem::new(place, message, "has negative weights");
                section.found.report(problem.help(ALLOW_SHORTS));
            }
            Some(Alpha::LongShortMomentum {
                lookback: lookback?,
                top_n: top_n?,
                bottom_n: bottom_n?,
            })
        }
        "sma-crossover" => sma_crossover(section, context),
        "inverse-volatility" => Some(Alpha::InverseVolatility {
            lookback: lookback()?,
        }),
        "scheduled-weights" => scheduled_weights(section, context),
        "python" => python(section),
        _ => None,
    }
}

fn python(section: &Section<'_>) -> Option<Alpha> {
    let (class, parameters) = (
        section.text(&alpha::CLASS),
        section.parameters(&alpha::PARAMETERS),
    );
    let class = class?;
    let (module, name) = class.split_once(':').unwrap_or((class, ""));
    if module.is_empty() || name.is_empty() {
        let place = section.place_of(&alpha::CLASS);
        let problem = Problem::new(place, format!("`{class}` names no Python class"), "");
        (section.found).report(problem.help("write `module:Class`, as in `my_models:Momentum`"));
    }
    Some(Alpha::External {
        class: class.to_owned(),
        parameters: parameters?,
    })
}

fn sma_crossover(section: &Section<'_>, context: &Context<'_>) -> Option<Alpha> {
    let (fast, slow) = (section.count(&alpha::FAST), section.count(&alpha::SLOW));
    let short = section.flag(&alpha::SHORT)?;
    if short && !context.shorts {
        let message = "`alpha.short` is true, in a long-only portfolio";
        let place = section.place_of(&alpha::SHORT);
        let problem = Problem::new(place, message, "must be false");
        section.found.report(problem.help(ALLOW_SHORTS));
    }
    let (fast, slow) = (fast?, slow?);
    if fast >= slow {
        let message = format!("the fast average, {fast}, is not faster than the slow one, {slow}");
        let place = section.place_of(&alpha::FAST);
        let problem = Problem::new(place, message, format!("must be below {slow}"))
            .related(section.place_of(&alpha::SLOW), "the slow average");
        section.found.report(problem);
    }
    Some(Alpha::SmaCrossover {
        fast,
        slow,
        below: if short {
            BelowAverage::Short
        } else {
            BelowAverage::Flat
        },
    })
}

fn scheduled_weights(section: &Section<'_>, context: &Context<'_>) -> Option<Alpha> {
    let rows = section.tables(&alpha::SCHEDULE)?;
    if rows.is_empty() {
        let place = section.place_of(&alpha::SCHEDULE);
        let problem = Problem::new(place, "`alpha.table` has no rows", "empty");
        (section.found)
            .report(problem.help("a row is `{ from = 2010-01-04, weights = { SPY = 1.0 } }`"));
    }
    let mut table = Vec::with_capacity(rows.len());
    let mut last = None;
    for row in &rows {
        let from = row.moment(&scheduled::FROM);
        let weights = weights(row, &scheduled::WEIGHTS, context);
        let (Some(from), Some(weights)) = (from, weights) else {
            continue;
        };
        let place = row.place_of(&scheduled::FROM);
        if let Some((last, last_place)) = last
            && from <= last
        {
            let message = "the rows of `alpha.table` are not in the order of time";
            let problem = Problem::new(place, message, format!("{from}, not after"))
                .related(last_place, format!("{last}"));
            section.found.report(problem);
        }
        last = Some((from, place));
        table.push((from, weights));
    }
    Some(Alpha::ScheduledWeights { table })
}
