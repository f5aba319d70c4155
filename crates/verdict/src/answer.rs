//! The answer in a sentence: does anything here beat what one could have held instead?

use statistics::text::{decimal, grouped_count, percent};

use crate::test::{Light, Test, WEAK_LEVEL};
use crate::verdict::{Leader, Residual, Verdict, WorldsShown};

/// The answer that a verdict gives.
pub(crate) fn answer(verdict: &Verdict) -> String {
    if verdict.best.is_none() {
        return "There is nothing to judge: no trial has returns that vary.".to_owned();
    }
    let (Some(leader), Some(check)) = (&verdict.leader, &verdict.reality_check) else {
        return "There is nothing to judge: no trial has a yardstick that runs to its end and moves."
            .to_owned();
    };
    if verdict.following == verdict.compared {
        return of_followers(verdict, leader);
    }
    let names = names(verdict);
    let ratio = verdict_ratio(verdict, leader);
    let best = match verdict.compared {
        1 => "the trial".to_owned(),
        n => format!("the best of {}", grouped_count(n)),
    };
    let luck = luck(check.p, verdict);
    let tried = verdict.tried_in_words();
    match verdict.light {
        Some(Light::Green) => format!(
            "More than luck, on this history: {best} is {} a year ahead of {names} per unit of risk, and \
             luck does as well in {luck}.{}",
            decimal(ratio, 2),
            plain(leader)
        ),
        Some(Light::Amber) => format!(
            "Perhaps: {best} is {} a year ahead of {names} per unit of risk, and luck does as well in \
             {luck}, but {}.{}",
            decimal(ratio, 2),
            reservations(verdict),
            plain(leader)
        ),
        _ => {
            let far = match ratio > 0.0 {
                false => format!("{best} is not ahead of them per unit of risk"),
                true => {
                    let ahead = format!(
                        "{best} is {} a year ahead per unit of risk",
                        decimal(ratio, 2)
                    );
                    match check.p_alone > WEAK_LEVEL {
                        // Luck shows in what was tried before.
                        false => format!(
                            "{ahead}; luck does as well in {} by the trials of this sweep, but in {} by \
                             all {tried} trials on these prices",
                            often(check.p_alone),
                            often(check.p)
                        ),
                        true => {
                            let luck = self::luck(check.p_alone, verdict);
                            format!("{ahead}, and luck alone does as well in {luck}")
                        }
                    }
                }
            };
            format!(
                "Nothing here beats {names} by more than luck: {far}.{}",
                better_yardstick(verdict)
            )
        }
    }
}

/// The names of the yardsticks that trials are hedged by, as in "SPY and equal weights".
fn names(verdict: &Verdict) -> String {
    let mut names: Vec<&str> = Vec::new();
    for yardstick in &verdict.yardsticks {
        if !names.contains(&yardstick.name.as_str()) {
            names.push(&yardstick.name);
        }
    }
    names.join(" and ")
}

fn verdict_ratio(verdict: &Verdict, leader: &Leader) -> f64 {
    match &leader.residual {
        Some(residual) => residual.ratio,
        // In standard errors over the root of the years, where the trial cannot be run again.
        None => leader.statistic / verdict.years.sqrt(),
    }
}

/// How often luck does as well, in a hundred cases.
fn often(p: f64) -> String {
    match 100.0 * p {
        cases if cases < 0.995 => "fewer than 1 of 100 cases".to_owned(),
        cases => format!("{cases:.0} of 100 cases"),
    }
}

/// How often luck does as well: in null worlds, if these agree with the reality check, else in both.
fn luck(p: f64, verdict: &Verdict) -> String {
    match &verdict.worlds {
        None => often(p),
        Some(worlds) if (worlds.p > WEAK_LEVEL) == (p > WEAK_LEVEL) => in_worlds(worlds),
        Some(worlds) => format!("{}, though in {}", often(p), in_null_worlds(worlds)),
    }
}

fn in_null_worlds(worlds: &WorldsShown) -> String {
    in_worlds(worlds).replace("worlds", "null worlds")
}

/// In how many of a hundred null worlds luck does as well.
fn in_worlds(worlds: &WorldsShown) -> String {
    let share = 100.0 * worlds.reached as f64 / worlds.worlds as f64;
    match worlds.reached {
        0 => format!("none of {} worlds", grouped_count(worlds.worlds)),
        _ if share < 0.95 => format!(
            "{} of {} worlds",
            worlds.reached,
            grouped_count(worlds.worlds)
        ),
        _ => format!("{share:.0} of 100 worlds"),
    }
}

/// What an amber light lacks.
fn reservations(verdict: &Verdict) -> String {
    let failed = verdict.tests.iter().filter(|test| !test.passed);
    let said = failed.map(|test| match test.name {
        Test::RealityCheck => "that is more often than in 2.5 of 100".to_owned(),
        Test::DeflatedSharpe => match test.value {
            Some(_) => format!(
                "the best of {} trials is expected to show as much",
                verdict.tried_in_words()
            ),
            None => "its deflated Sharpe ratio is not known".to_owned(),
        },
        Test::WalkForward => match test.value {
            Some(_) => "what selection in time earned is not above them".to_owned(),
            None => "there is no walk-forward analysis".to_owned(),
        },
        Test::HigherSharpe => "its own Sharpe ratio is not above theirs".to_owned(),
    });
    said.collect::<Vec<_>>().join(", and ")
}

/// A trial that is ahead by taking less risk may still earn less.
fn plain(leader: &Leader) -> String {
    let active = leader.active.as_ref();
    match active.filter(|active| active.arithmetic_return < 0.0) {
        Some(active) => format!(
            " It earns {} a year less than {}, at less risk.",
            percent(-active.arithmetic_return, 1),
            active.over
        ),
        None => String::new(),
    }
}

/// Whether a yardstick has a higher Sharpe ratio than every trial.
fn better_yardstick(verdict: &Verdict) -> String {
    let highest = verdict.best.as_ref().map_or(0.0, |best| best.sharpe);
    let sharpe = |name: &str| {
        let named = verdict.yardsticks.iter().find(|own| own.name == name);
        named.and_then(|own| own.sharpe)
    };
    let best = (verdict.yardsticks.iter())
        .filter_map(|own| Some((own.name.as_str(), sharpe(&own.name)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    match best {
        Some((name, sharpe)) if sharpe > highest => {
            let digits = match decimal(sharpe, 2) == decimal(highest, 2) {
                true => 4,
                false => 2,
            };
            format!(
                " The Sharpe ratio of {name}, {}, is above that of every trial, {} at best.",
                decimal(sharpe, digits),
                decimal(highest, digits)
            )
        }
        _ => String::new(),
    }
}

/// Every trial is a mix of its yardsticks and cash.
fn of_followers(verdict: &Verdict, leader: &Leader) -> String {
    let mix = match &leader.residual {
        Some(residual) => mixture(verdict, residual),
        None => format!("a mix of {} and cash", names(verdict)),
    };
    match verdict.compared {
        1 => format!("This is its yardstick: {mix}. There is nothing to test."),
        n => format!(
            "All {} trials are their yardsticks, {}, at most mixed with cash; the best is {mix}. There is \
             nothing to test.",
            grouped_count(n),
            names(verdict)
        ),
    }
}

/// As in "0.90 of SPY and 0.10 of cash".
fn mixture(verdict: &Verdict, residual: &Residual) -> String {
    const SEEN: f64 = 0.005;
    let mut parts: Vec<String> = (verdict.yardsticks.iter().zip(&residual.betas))
        .filter(|(_, beta)| beta.abs() >= SEEN)
        .map(|(yardstick, beta)| format!("{beta:.2} of {}", yardstick.name))
        .collect();
    let rest = 1.0 - residual.betas.iter().sum::<f64>();
    match parts.is_empty() {
        true => return "cash".to_owned(),
        false if rest >= SEEN => parts.push(format!("{rest:.2} of cash")),
        false if rest <= -SEEN => parts.push(format!("{:.2} of borrowed cash", -rest)),
        false => {}
    }
    parts.join(" and ")
}
