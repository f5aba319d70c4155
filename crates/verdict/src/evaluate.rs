//! Is the best trial real, or luck? Every sweep ends with the answer.
//!
//! All of it follows from the shards: from each trial's sums over stretches of time, its moments,
//! and one seed. Neither threads nor shards change a bit.

use diagnostics::write_atomically;
use results::Results;
use sweep::{Sweep, Trial, VERDICT, thread_count};

use crate::compared::Compared;
use crate::error::VerdictError;
use crate::overfitting::selection;
use crate::samples::Samples;
use crate::test::{Light, TestResult};
use crate::tested::Tested;
use crate::verdict::{BenchmarkShown, Plateau, Verdict};

impl Verdict {
    /// Evaluates the results of a sweep, and keeps the verdict as `verdict.json` in its folder.
    ///
    /// * `threads`: 0 for as many as the machine has.
    /// * `tried_elsewhere`: trials of other sweeps on the same prices, as the ledger counts them.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read or written, or whose sweep has not been run to its end.
    pub fn evaluate(
        sweep: &Sweep,
        threads: usize,
        tried_elsewhere: u64,
    ) -> Result<Verdict, VerdictError> {
        let verdict = evaluated(sweep, thread_count(threads), tried_elsewhere)?;
        let text = verdict.to_json();
        write_atomically(&sweep.dir().join(VERDICT), |out| {
            out.write_all(text.as_bytes())
        })?;
        Ok(verdict)
    }
}

fn evaluated(sweep: &Sweep, threads: usize, tried_elsewhere: u64) -> Result<Verdict, VerdictError> {
    let all = Samples::read(sweep, threads)?;
    let tried = all.n_trials + tried_elsewhere;
    let mut verdict = Verdict {
        program: sweep.plan().program.clone(),
        light: None,
        tests: Vec::new(),
        trials: all.n_trials,
        ruined: all.n_ruined,
        tried,
        compared: 0,
        sessions: 0,
        years: 0.0,
        best: None,
        luck_bar: None,
        reality_check: None,
        deflated: None,
        haircut: None,
        min_backtest_years: selection::min_backtest_years(tried as f64, 1.0),
        pick_bias: None,
        plateau: None,
        walk_forward: None,
        cross_validation: None,
        benchmark: None,
        holdout: sweep.validation().holdout,
        notes: Vec::new(),
    };
    if all.n_ruined > 0 {
        verdict.notes.push(format!(
            "{} of {} trials lost the whole account; they count as trials",
            all.n_ruined, all.n_trials
        ));
    }
    let Some(best) = all.best() else {
        let note = "no trial has a Sharpe ratio, so there is nothing to judge";
        verdict.notes.push(note.to_owned());
        return Ok(verdict);
    };
    let best = &all.samples[best];
    let trial = sweep.trial(best.trial)?;
    let compared = Compared {
        sweep,
        threads,
        n: best.period_sums.n,
        per_year: trial.sessions_per_year(),
        trials: all.like(best),
        best,
        all: &all,
    };
    fill(&mut verdict, &compared, &trial)?;
    Ok(verdict)
}

fn fill(verdict: &mut Verdict, compared: &Compared<'_>, best: &Trial) -> Result<(), VerdictError> {
    verdict.compared = compared.trials.len() as u64;
    verdict.sessions = compared.n as u64;
    verdict.years = compared.n as f64 / compared.per_year;
    let not_ruined = verdict.trials - verdict.ruined;
    if verdict.compared < not_ruined {
        verdict.notes.push(format!(
            "{} of {} trials cover other sessions than the best one; they count as trials, \
             and are excluded from day-by-day comparisons",
            not_ruined - verdict.compared,
            verdict.trials
        ));
    }
    let estimate = compared.best.estimate();
    let extremes = compared.extremes(&compared.trials);
    verdict.best = Some(compared.describe_best(&estimate));
    verdict.luck_bar = Some(compared.luck_band(&extremes, verdict.tried));
    verdict.reality_check = Some(compared.reality_check(extremes));
    verdict.deflated = compared.deflated(&estimate, verdict.tried);
    verdict.haircut = compared.haircut(verdict.tried);
    verdict.pick_bias = compared.pick_bias();
    verdict.walk_forward = compared.walk_forward(&mut verdict.notes)?;
    verdict.cross_validation = compared.cross_validation(&mut verdict.notes);
    verdict.plateau = plateau(compared)?;
    verdict.benchmark = benchmark(compared, best);
    let walk_forward = verdict.walk_forward.as_ref();
    verdict.tests = vec![
        TestResult::reality_check(verdict.reality_check.as_ref().map(|found| found.p)),
        TestResult::deflated_sharpe(verdict.deflated.as_ref().map(|found| found.probability)),
        TestResult::out_of_sample(walk_forward.and_then(|found| found.tested.interval)),
    ];
    verdict.light = Some(Light::of(&verdict.tests));
    Ok(())
}

/// The benchmark over the sessions of the best trial.
fn benchmark(compared: &Compared<'_>, best: &Trial) -> Option<BenchmarkShown> {
    let named = best.file.strategy.benchmark.as_ref()?;
    let outcome = best.run_benchmark().ok().flatten();
    let tested = outcome.map(|outcome| {
        let returns = outcome.excess_returns();
        let same = &returns[returns.len().saturating_sub(compared.n)..];
        Tested::of(same, compared.per_year)
    });
    Some(BenchmarkShown {
        name: named.name(),
        sharpe: tested.and_then(|tested| tested.sharpe),
    })
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
