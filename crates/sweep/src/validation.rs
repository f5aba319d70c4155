//! Where the curves of a sweep are cut, so that what is kept of them answers every question about
//! luck and about other stretches of time.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use statistics::period_sums::{Boundaries, BoundariesFn};
use statistics::splits::{Split, Window};
use strategy_file::Validation;

/// Folds of the cross-validation that every sweep goes through.
pub const FOLDS: usize = 16;

/// The most stretches whose signs are flipped, and the fewest returns that make one.
const MOST_STRETCHES: usize = 128;
const SHORTEST: usize = 10;

/// Folds that the default walk-forward analysis selects on before its first test.
const FIRST_TRAIN: usize = FOLDS / 4;

/// How many stretches a curve of `n` returns is cut into for flipping signs: a multiple of the
/// folds.
pub fn n_stretches(n: usize) -> usize {
    let mut stretches = MOST_STRETCHES;
    while stretches > FOLDS && n / stretches < SHORTEST {
        stretches /= 2;
    }
    stretches
}

/// The ends of equal stretches of `n` returns.
pub fn ends(stretches: usize, n: usize) -> impl Iterator<Item = usize> {
    (1..=stretches).map(move |stretch| stretch * n / stretches)
}

/// The windows of the walk-forward analysis of `n` returns.
pub fn windows(validation: &Validation, n: usize) -> Vec<Window> {
    match &validation.walk_forward {
        Some(asked) => asked.windows(n),
        None => {
            let edge = |fold: usize| fold * n / FOLDS;
            let window = |fold: usize| Window {
                train: 0..edge(fold),
                test: edge(fold)..edge(fold + 1),
            };
            (FIRST_TRAIN..FOLDS).map(window).collect()
        }
    }
}

/// The splits of the cross-validation asked for.
pub fn splits(validation: &Validation, n: usize) -> Vec<Split> {
    let scheme = validation.cross_validation.as_ref();
    let scheme = scheme.filter(|scheme| scheme.folds <= n);
    scheme.map_or_else(Vec::new, |scheme| scheme.splits(n))
}

/// Where a curve of `n` returns is cut.
pub fn boundaries(validation: &Validation, n: usize) -> Boundaries {
    let mut squares: Vec<usize> = ends(FOLDS, n).collect();
    let mut add = |range: &Range<usize>| squares.extend([range.start, range.end]);
    for window in windows(validation, n) {
        add(&window.train);
        add(&window.test);
    }
    for split in splits(validation, n) {
        split.train.iter().chain(&split.test).for_each(&mut add);
    }
    let mut sums: Vec<usize> = ends(n_stretches(n), n)
        .chain(squares.iter().copied())
        .collect();
    let tidy = |ends: &mut Vec<usize>| {
        ends.sort_unstable();
        ends.dedup();
        let inside = ends.iter().filter(|end| **end > 0).map(|end| *end as u32);
        inside.collect()
    };
    Boundaries {
        sums: tidy(&mut sums),
        squares: tidy(&mut squares),
    }
}

/// The boundaries of each number of returns, remembered: they are the same for most trials.
pub fn boundaries_fn(validation: &Validation) -> BoundariesFn {
    const REMEMBERED: usize = 64;
    let validation = validation.clone();
    let known: Mutex<Vec<(usize, Arc<Boundaries>)>> = Mutex::default();
    Arc::new(move |n| {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, boundaries)) = known.iter().find(|(own, _)| *own == n) {
            return Arc::clone(boundaries);
        }
        let boundaries = Arc::new(boundaries(&validation, n));
        if known.len() == REMEMBERED {
            known.remove(0);
        }
        known.push((n, Arc::clone(&boundaries)));
        boundaries
    })
}
