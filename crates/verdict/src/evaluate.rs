//! Is the best trial real, or luck? Every sweep ends with the answer.
//!
//! All of it follows from the shards: from each trial's sums over stretches of time, its moments,
//! and one seed. Neither threads nor shards change a bit.

use diagnostics::{WriteError, chain, write_atomically};
use results::Results;
use sweep::{Shuffle, Sweep, Trial, VERDICT, thread_count};

use crate::answer::answer;
use crate::compared::Compared;
use crate::error::VerdictError;
use crate::overfitting::selection;
use crate::residuals::Residuals;
use crate::samples::Samples;
use crate::test::{Light, Test, TestResult};
use crate::union::{SweepTrials, Union};
use crate::verdict::{Plateau, Verdict};
use crate::walk_forward_file;
use crate::worlds;

/// A verdict, and what the sweep leaves for the verdicts on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluated {
    /// What the sweep is worth.
    pub verdict: Verdict,
    /// Its trials; `None` when no trial can be held against a yardstick.
    pub kept: Option<SweepTrials>,
    /// Why files are not kept in the sweep's folder, where it is read-only.
    pub unwritten: Vec<String>,
}

impl Verdict {
    /// Evaluates the results of a sweep, and keeps the verdict as `verdict.json` in its folder, and what
    /// walk-forward analysis picked as `walk_forward.csv`. A read-only folder keeps neither.
    ///
    /// * `threads`: 0 for as many as the machine has.
    /// * `elsewhere`: the trials of other sweeps on the same prices, as the ledger has them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read, or has no room; or whose sweep has not been run to its end.
    pub fn evaluate(
        sweep: &Sweep,
        threads: usize,
        elsewhere: &Union,
    ) -> Result<Evaluated, VerdictError> {
        let mut evaluated = evaluated(sweep, thread_count(threads), elsewhere)?;
        let text = evaluated.verdict.to_json();
        let written = write_atomically(&sweep.dir().join(VERDICT), |out| {
            out.write_all(text.as_bytes())
        });
        unless_read_only(written, &mut evaluated.unwritten)?;
        Ok(evaluated)
    }
}

/// A folder that one may only read is judged all the same.
fn unless_read_only(
    written: Result<(), WriteError>,
    unwritten: &mut Vec<String>,
) -> Result<(), WriteError> {
    match written {
        Err(error) if error.is_read_only() => {
            unwritten.push(chain(&error));
            Ok(())
        }
        written => written,
    }
}

fn evaluated(sweep: &Sweep, threads: usize, elsewhere: &Union) -> Result<Evaluated, VerdictError> {
    let all = Samples::read(sweep, threads)?;
    let mut verdict = Verdict {
        program: sweep.plan().program.clone(),
        answer: String::new(),
        light: None,
        tests: Vec::new(),
        trials: all.n_trials,
        ruined: all.n_ruined,
        tried: (all.n_trials).saturating_add(elsewhere.trials_beside(&[])),
        tried_is_lower_bound: elsewhere.is_lower_bound(),
        compared: 0,
        sessions: 0,
        years: 0.0,
        yardsticks: Vec::new(),
        following: 0,
        leader: None,
        best: None,
        worlds: None,
        worlds_of_blocks: None,
        detectable: None,
        luck_bar: None,
        reality_check: None,
        deflated: None,
        haircut: None,
        min_backtest_years: None,
        pick_bias: None,
        plateau: None,
        timing_luck: None,
        walk_forward: None,
        cross_validation: None,
        holdout: sweep.validation().holdout,
        notes: Vec::new(),
    };
    if all.n_ruined > 0 {
        verdict.notes.push(format!(
            "{} of {} trials lost the whole account; they count as trials",
            all.n_ruined, all.n_trials
        ));
    }
    if let (sweeps @ 1.., trials) = elsewhere.without_maxima() {
        verdict.notes.push(format!(
            "{sweeps} sweeps in the ledger, with {trials} trials, left no draws (an earlier version of \
             this program, or no yardstick): they are counted, and the reality check does not see them"
        ));
    }
    verdict.notes.extend(elsewhere.uncounted_in_words());
    let Some(best) = all.best() else {
        verdict.answer = answer(&verdict);
        return Ok(Evaluated {
            verdict,
            kept: None,
            unwritten: Vec::new(),
        });
    };
    let best = &all.samples[best];
    let trial = sweep.trial(best.trial)?;
    let trials = all.like(best);
    let n = best.period_sums.n;
    let compared = Compared {
        sweep,
        threads,
        n,
        per_year: trial.sessions_per_year(),
        residuals: Residuals::of(sweep, threads, n, &trials)?,
        trials,
        best,
        elsewhere,
    };
    let mut unwritten = Vec::new();
    let kept = fill(&mut verdict, &compared, &trial, &mut unwritten)?;
    verdict.answer = answer(&verdict);
    Ok(Evaluated {
        verdict,
        kept,
        unwritten,
    })
}

fn fill(
    verdict: &mut Verdict,
    compared: &Compared<'_>,
    best: &Trial,
    unwritten: &mut Vec<String>,
) -> Result<Option<SweepTrials>, VerdictError> {
    let residuals = &compared.residuals;
    let ratios = residuals.digested_ratios();
    verdict.tried = (verdict.trials).saturating_add(compared.elsewhere.trials_beside(&ratios));
    let tried = verdict.tried;
    verdict.compared = compared.trials.len() as u64;
    verdict.sessions = compared.n as u64;
    verdict.years = compared.n as f64 / compared.per_year;
    let following = residuals.hedges.iter().filter(|hedge| hedge.follows);
    verdict.following = following.count() as u64;
    verdict.min_backtest_years =
        (tried > 1).then(|| selection::min_backtest_years(tried as f64, 1.0));
    let not_ruined = verdict.trials - verdict.ruined;
    if verdict.compared < not_ruined {
        verdict.notes.push(format!(
            "{} of {} trials cover other sessions than the best one; they count as trials, \
             and are excluded from day-by-day comparisons",
            not_ruined - verdict.compared,
            verdict.trials
        ));
    }
    let without = compared.trials.len() - residuals.samples.len();
    if without > 0 {
        verdict.notes.push(format!(
            "{without} of {} trials have no yardstick that runs to its end and moves; they count as \
             trials, and are not tested",
            verdict.compared
        ));
    }
    verdict.best = Some(compared.describe_best(&compared.best.estimate()));
    verdict.pick_bias = compared.pick_bias();
    let dates = best.recorded_dates();
    verdict.cross_validation = compared.cross_validation(&dates, &mut verdict.notes);
    verdict.plateau = plateau(compared)?;
    let mut kept = None;
    let mut ahead = None;
    if let Some(lead) = compared.lead()? {
        let extremes = compared.extremes();
        verdict.yardsticks = lead.yardsticks_shown();
        verdict.leader = Some(lead.shown());
        verdict.timing_luck = lead.timing_luck();
        if verdict.following < verdict.compared {
            let observed = residuals.highest_ratio();
            let shown = |shuffle| {
                let (sweep, per_year) = (compared.sweep, compared.per_year);
                worlds::shown(sweep, shuffle, compared.best, observed, per_year)
            };
            verdict.worlds = shown(Shuffle::Days);
            verdict.worlds_of_blocks = shown(Shuffle::Blocks);
            verdict.detectable = Some(compared.detectable(&extremes));
            verdict.luck_bar = Some(compared.luck_band(&extremes, tried));
        }
        verdict.reality_check = Some(compared.reality_check(&extremes, &lead));
        verdict.deflated = compared.deflated(&lead, tried);
        verdict.haircut = compared.haircut(tried);
        ahead = lead.ahead();
        kept = Some(compared.kept(&extremes));
        if lead.returns.is_none() {
            verdict.notes.push(
                "no deflated Sharpe ratio: it runs a trial again, and only Python can run its alpha \
                 model"
                    .to_owned(),
            );
        }
        // No test on returns sees a loss that has not happened yet.
        if lead
            .estimate
            .is_some_and(|estimate| estimate.skewness < -1.0)
        {
            verdict.notes.push(format!(
                "what trial {} earns beyond its yardsticks has a skewness below -1: no test sees rare \
                 losses that have not happened yet",
                lead.number
            ));
        }
    }
    if let Some((result, chain)) = compared.walk_forward(&dates, &mut verdict.notes)? {
        let written = walk_forward_file::write(compared.sweep.dir(), &dates, &chain);
        unless_read_only(written, unwritten)?;
        verdict.walk_forward = Some(result);
    }
    let walk_forward = verdict.walk_forward.as_ref();
    let residual = walk_forward.and_then(|found| found.residual.as_ref());
    let of = |name, value| TestResult::of(name, value);
    verdict.tests = vec![
        of(
            Test::RealityCheck,
            verdict.reality_check.as_ref().map(|found| found.p),
        ),
        of(
            Test::DeflatedSharpe,
            verdict.deflated.as_ref().map(|found| found.probability),
        ),
        of(Test::WalkForward, residual.map(|found| found.ratio)),
        of(Test::HigherSharpe, ahead),
    ];
    verdict.light = Some(Light::of(&verdict.tests));
    Ok(kept)
}

fn plateau(compared: &Compared<'_>) -> Result<Option<Plateau>, VerdictError> {
    let results = Results::open(compared.sweep.dir())?;
    let found = results.neighbourhood_of("sharpe", compared.best.trial)?;
    Ok(found.filter(|found| found.n > 1).map(|found| Plateau {
        median: found.median,
        worst: found.worst,
        neighbours: found.n as u64,
        peakiness: found.peakiness,
    }))
}
