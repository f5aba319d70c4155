//! Which decisions of a crossover can change anything: those at which its averages have crossed.

use multiversion::multiversion;

use crate::alpha::Crossover;
use crate::backtest::Backtest;
use crate::conventions::Entry;
use crate::market::{Mark, Session};
use crate::signal_tables::Signal;
use crate::strategy::Trade;

/// Finds crossings, and keeps the memory for it.
#[derive(Debug, Default)]
pub(crate) struct Crossings {
    above: Vec<u8>,
    decisions: Vec<u32>,
}

/// The averages of a crossover that trades on change, at every decision.
struct Averages<'a> {
    fast: &'a [f64],
    slow: &'a [f64],
    /// Closes before the slow one is full.
    warm_up: u32,
}

/// `None` when any decision may change something, as far as is known.
fn averages<'a>(backtest: &'a Backtest<'_>) -> Option<Averages<'a>> {
    // An optimiser that looks at prices moves weights between crossings.
    if backtest.plan.is_some() {
        return None;
    }
    let Crossover { fast, slow, entry } = backtest.alpha.crossover()?;
    let frame = &backtest.frame;
    let every_session = frame.decisions.len() == frame.window.recorded();
    // A true crossing may come and go between two decisions that are not neighbours.
    let is_known = entry == Entry::State || every_session;
    if backtest.trade != Trade::OnChange || !frame.universe.is_constant() || !is_known {
        return None;
    }
    let signals = backtest.signals.as_ref()?;
    let average = |lookback| signals.all_numbers(&Signal::MovingAverage { lookback });
    Some(Averages {
        fast: average(fast)?,
        slow: average(slow)?,
        warm_up: slow,
    })
}

/// Whether a backtest has decisions that can be left out.
pub(crate) fn can_skip_decisions(backtest: &Backtest<'_>) -> bool {
    averages(backtest).is_some()
}

/// The lookback of the slow average of a crossover; zero for others.
pub(crate) fn slow_average(backtest: &Backtest<'_>) -> u32 {
    backtest
        .alpha
        .crossover()
        .map_or(0, |averages| averages.slow)
}

impl Crossings {
    /// The decisions at which the target weights of a crossover that trades on change may differ
    /// from those of the decision before. `None` when that is unknown, as for other models.
    pub(crate) fn decisions(&mut self, backtest: &Backtest<'_>) -> Option<&[u32]> {
        let Averages {
            fast,
            slow,
            warm_up,
        } = averages(backtest)?;
        let (frame, decisions) = (&backtest.frame, &mut self.decisions);
        decisions.clear();
        let seen = |mark: &Mark| frame.closes_seen_before(Session(mark.session.0 + 1));
        let warm = |mark: &Mark| seen(mark) >= warm_up;
        let Some(first) = frame.decisions.iter().position(warm) else {
            return Some(decisions);
        };
        let stride = frame.universe.len();
        let (fast, slow) = (&fast[first * stride..], &slow[first * stride..]);
        if self.above.len() < fast.len() {
            self.above.resize(fast.len(), 0);
        }
        let above = &mut self.above[..fast.len()];
        which_are_above(fast, slow, above);
        decisions.push(first as u32);
        let mut last = 0;
        for_each_difference(&above[stride..], above, |cell| {
            let decision = cell / stride + 1;
            if decision != last {
                last = decision;
                decisions.push((first + decision) as u32);
            }
        });
        Some(decisions)
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn which_are_above(fast: &[f64], slow: &[f64], above: &mut [u8]) {
    for (above, (fast, slow)) in above.iter_mut().zip(fast.iter().zip(slow)) {
        *above = u8::from(fast > slow);
    }
}

/// Where two series differ, as far as both go. Mostly they do not: eight are compared at a time.
fn for_each_difference(a: &[u8], b: &[u8], mut found: impl FnMut(usize)) {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b[..a.len()].as_chunks::<8>());
    for (at, (a, b)) in a.iter().zip(b).enumerate() {
        let mut differ = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        while differ != 0 {
            let byte = differ.trailing_zeros() / 8;
            differ &= !(0xff << (8 * byte));
            found(8 * at + byte as usize);
        }
    }
    for (at, (x, y)) in (8 * a.len()..).zip(a_rest.iter().zip(b_rest)) {
        if x != y {
            found(at);
        }
    }
}
