//! Sums of returns over periods, gathered while a backtest runs: what is kept of a curve that is
//! not stored, so that its worth can be computed later.

use std::sync::Arc;

use crate::day::Day;
use crate::partial_sums::{PARTS, total};
use crate::returns::write_simple_returns;
use crate::risk_free::{RiskFree, excess_return};

/// Where periods end, as numbers of returns since the beginning, in increasing order. The last end
/// of each list is the number of all returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boundaries {
    /// The ends of the periods that have a sum.
    pub sums: Vec<u32>,
    /// The ends of the periods that have a sum of squares; each is an end in `sums`, too.
    pub squares: Vec<u32>,
}

/// The boundaries of a curve, from its number of returns.
pub type BoundariesFn = Arc<dyn Fn(usize) -> Arc<Boundaries> + Send + Sync>;

/// Sums over periods of one curve's simple returns, over the risk-free ones if there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct PeriodSums {
    /// The session of the first return, as days since 1970-01-01.
    pub first_day: i32,
    /// Number of returns.
    pub n: usize,
    /// Sums of returns, by the periods of [`Boundaries::sums`].
    pub sums: Vec<f64>,
    /// Sums of squared returns, by the periods of [`Boundaries::squares`].
    pub squares: Vec<f64>,
}

/// Gathers the sums from a curve's first value on. Does nothing without boundaries.
#[derive(Clone, Default)]
pub struct PeriodSumsBuilder {
    boundaries: Option<BoundariesFn>,
    risk_free: Option<RiskFree>,
    gathering: Option<Gathering>,
}

impl std::fmt::Debug for PeriodSumsBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.gathering.fmt(f)
    }
}

impl PeriodSumsBuilder {
    /// A builder for one curve.
    pub fn new(boundaries: Option<BoundariesFn>) -> PeriodSumsBuilder {
        PeriodSumsBuilder {
            boundaries,
            risk_free: None,
            gathering: None,
        }
    }

    /// The same, for the returns over the risk-free ones.
    ///
    /// * `risk_free`: as many returns as the curve has.
    #[must_use]
    pub fn over(self, risk_free: Option<RiskFree>) -> PeriodSumsBuilder {
        PeriodSumsBuilder { risk_free, ..self }
    }

    /// Takes the next values of the curve. `days`: of all its sessions.
    pub fn push<D: Day>(&mut self, initial_cash: f64, equity: &[f64], days: &[D]) {
        let Some(boundaries) = &self.boundaries else {
            return;
        };
        if self.gathering.is_none() {
            if equity.is_empty() {
                return;
            }
            let (n, first_day) = (days.len(), days[0].number());
            let gathering = Gathering::start(initial_cash, first_day, n, boundaries(n));
            self.gathering = Some(gathering);
        }
        if let Some(gathering) = &mut self.gathering {
            gathering.push(equity, self.risk_free.as_ref());
        }
    }

    /// The sums. `None` without boundaries, or when the curve is not finite everywhere.
    pub fn finish(&mut self) -> Option<PeriodSums> {
        let mut gathering = self.gathering.take()?;
        gathering.work_through(self.risk_free.as_ref());
        let gathered = gathering.gathered;
        let all = gathered.sums.iter().chain(&gathered.squares);
        all.clone().all(|sum| sum.is_finite()).then_some(gathered)
    }
}

/// The sums in the making. However the curve comes in pieces, a period is added up as a whole, so
/// that the sums do not depend on the pieces.
#[derive(Clone, Debug)]
struct Gathering {
    boundaries: Arc<Boundaries>,
    gathered: PeriodSums,
    /// The last value before the current period, and what came since.
    stage: Vec<f64>,
    /// Memory for their returns.
    returns: Vec<f64>,
    /// Returns before the current period.
    before: usize,
    squares: f64,
}

/// Values that are worked through together: enough for wide registers, few enough for the first
/// cache.
const STAGE: usize = 256;

impl Gathering {
    fn start(
        initial_cash: f64,
        first_day: i32,
        n: usize,
        boundaries: Arc<Boundaries>,
    ) -> Gathering {
        let gathered = PeriodSums {
            first_day,
            n,
            sums: Vec::with_capacity(boundaries.sums.len()),
            squares: Vec::with_capacity(boundaries.squares.len()),
        };
        Gathering {
            boundaries,
            gathered,
            stage: vec![initial_cash],
            returns: Vec::new(),
            before: 0,
            squares: 0.0,
        }
    }

    fn push(&mut self, equity: &[f64], risk_free: Option<&RiskFree>) {
        self.stage.extend_from_slice(equity);
        if self.stage.len() > STAGE {
            self.work_through(risk_free);
        }
    }

    /// Adds up the periods that are complete.
    fn work_through(&mut self, risk_free: Option<&RiskFree>) {
        self.returns.resize(self.stage.len() - 1, 0.0);
        write_simple_returns(&self.stage, &mut self.returns);
        if let Some(risk_free) = risk_free {
            let by_session = &risk_free.by_session()[self.before..];
            for (value, risk_free) in self.returns.iter_mut().zip(by_session) {
                *value = excess_return(*value, *risk_free);
            }
        }
        let mut start = 0;
        while let Some(end) = self.boundaries.sums.get(self.gathered.sums.len()) {
            let length = *end as usize - self.before;
            let Some(period) = self.returns.get(start..start + length) else {
                break;
            };
            let (sum, squares) = sums_of(period);
            self.gathered.sums.push(sum);
            self.squares += squares;
            let next = self.boundaries.squares.get(self.gathered.squares.len());
            if next == Some(end) {
                let squares = std::mem::take(&mut self.squares);
                self.gathered.squares.push(squares);
            }
            self.before = *end as usize;
            start += length;
        }
        self.stage.drain(..start);
    }
}

/// The sum of returns and that of their squares, as interleaved partial sums.
#[inline(always)]
fn sums_of(returns: &[f64]) -> (f64, f64) {
    let (blocks, rest) = returns.as_chunks::<PARTS>();
    let (mut sums, mut squares) = ([0.0; PARTS], [0.0; PARTS]);
    for block in blocks {
        for part in 0..PARTS {
            sums[part] += block[part];
            squares[part] += block[part] * block[part];
        }
    }
    for (part, value) in rest.iter().enumerate() {
        sums[part] += value;
        squares[part] += value * value;
    }
    (total(sums), total(squares))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(equity: &[f64], piece: usize) -> PeriodSums {
        gathered_over(None, equity, piece)
    }

    fn gathered_over(risk_free: Option<RiskFree>, equity: &[f64], piece: usize) -> PeriodSums {
        let days: Vec<i32> = (1..=equity.len() as i32).collect();
        let boundaries: BoundariesFn = Arc::new(|n| {
            assert_eq!(n, 6);
            Arc::new(Boundaries {
                sums: vec![2, 3, 6],
                squares: vec![3, 6],
            })
        });
        let mut builder = PeriodSumsBuilder::new(Some(boundaries)).over(risk_free);
        for piece in equity.chunks(piece) {
            builder.push(100.0, piece, &days);
        }
        builder.finish().expect("it has boundaries")
    }

    #[test]
    fn periods_add_up_the_returns_within_them() {
        // Returns: 100 %, -50 %; 100 %; 0, -50 %, 100 %.
        let found = gathered(&[200.0, 100.0, 200.0, 200.0, 100.0, 200.0], 6);
        assert_eq!(found.sums, [0.5, 1.0, 0.5]);
        assert_eq!(found.squares, [2.25, 1.25]);
    }

    #[test]
    fn the_risk_free_return_of_a_session_is_taken_off_its_return() {
        let free = || Some(RiskFree::new([0.5, 0.0, 0.25, 0.25, 0.0, 0.5]));
        // Returns: 50 %, -50 %; 75 %; -25 %, -50 %, 50 %.
        let after = [200.0, 100.0, 200.0, 200.0, 100.0, 200.0];
        for piece in 1..6 {
            let found = gathered_over(free(), &after, piece);
            assert_eq!(found.sums, [0.0, 0.75, -0.25]);
            assert_eq!(found.squares, [1.0625, 0.5625]);
        }
    }

    #[test]
    fn sums_do_not_depend_on_the_pieces_in_which_a_curve_comes() {
        let equity = [103.7, 99.1, 98.3, 104.4, 101.9, 107.3];
        for piece in 1..6 {
            assert_eq!(gathered(&equity, piece), gathered(&equity, 6));
        }
    }
}
