//! Sums of returns over stretches of time, gathered while a backtest runs: what is kept of a curve
//! that nobody keeps, so that what it is worth can be asked later.

use std::sync::Arc;

use multiversion::multiversion;

use crate::date::Date;

/// Where stretches end, as numbers of returns since the beginning, in increasing order. The last
/// end of each is the number of all returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cuts {
    /// The ends of the stretches that have a sum.
    pub sums: Vec<u32>,
    /// The ends of the stretches that have a sum of squares; each is an end in `sums`, too.
    pub squares: Vec<u32>,
}

/// Says where to cut a curve of so many returns.
pub type CutsOf = Arc<dyn Fn(usize) -> Arc<Cuts> + Send + Sync>;

/// Sums over stretches of one curve's simple returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretches {
    /// The session before the first return.
    pub start: Date,
    /// How many returns there are.
    pub n: usize,
    /// By the stretches of [`Cuts::sums`].
    pub sums: Vec<f64>,
    /// By the stretches of [`Cuts::squares`].
    pub squares: Vec<f64>,
}

/// Gathers the sums while equity is marked. However the curve comes in pieces, a stretch is added
/// up as a whole, so that the sums do not depend on the pieces.
#[derive(Clone, Debug)]
struct Gathering {
    cuts: Arc<Cuts>,
    gathered: Stretches,
    /// The last value before the stretch in the making, and what came since.
    stage: Vec<f64>,
    /// Memory for their returns.
    returns: Vec<f64>,
    /// Returns before this stretch.
    before: usize,
    squares: f64,
}

/// Values that are worked through together: enough for wide registers, few enough for the first cache.
const STAGE: usize = 256;

impl Gathering {
    /// For a curve whose first values are `initial_cash`, which stands before the curve, and
    /// `first`. When they are equal they are one value, as in the statistics.
    fn start(initial_cash: f64, first: f64, dates: &[Date], cuts_of: &CutsOf) -> Gathering {
        let n = dates.len() - usize::from(first == initial_cash);
        let cuts = cuts_of(n);
        let gathered = Stretches {
            start: dates[0],
            n,
            sums: Vec::with_capacity(cuts.sums.len()),
            squares: Vec::with_capacity(cuts.squares.len()),
        };
        Gathering {
            cuts,
            gathered,
            stage: vec![initial_cash],
            returns: Vec::new(),
            before: 0,
            squares: 0.0,
        }
    }

    fn push(&mut self, equity: &[f64]) {
        self.stage.extend_from_slice(equity);
        if self.stage.len() > STAGE {
            self.work_through();
        }
    }

    /// Adds up the stretches that have come to their end.
    fn work_through(&mut self) {
        self.returns.resize(self.stage.len() - 1, 0.0);
        returns_of(&self.stage, &mut self.returns);
        let mut start = 0;
        while let Some(end) = self.cuts.sums.get(self.gathered.sums.len()) {
            let length = *end as usize - self.before;
            let Some(stretch) = self.returns.get(start..start + length) else {
                break;
            };
            let (sum, squares) = sums_of(stretch);
            self.gathered.sums.push(sum);
            self.squares += squares;
            let next = self.cuts.squares.get(self.gathered.squares.len());
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

/// Gathers from the first value on, if there are cuts.
#[derive(Clone, Default)]
pub(crate) struct Gatherer {
    cuts_of: Option<CutsOf>,
    gathering: Option<Gathering>,
}

impl std::fmt::Debug for Gatherer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.gathering.fmt(f)
    }
}

impl Gatherer {
    pub(crate) fn new(cuts_of: Option<CutsOf>) -> Gatherer {
        Gatherer {
            cuts_of,
            gathering: None,
        }
    }

    /// * `dates`: of all sessions of the curve.
    pub(crate) fn push(&mut self, initial_cash: f64, mut equity: &[f64], dates: &[Date]) {
        let Some(cuts_of) = &self.cuts_of else { return };
        if self.gathering.is_none() {
            let Some(first) = equity.first() else { return };
            self.gathering = Some(Gathering::start(initial_cash, *first, dates, cuts_of));
            if *first == initial_cash {
                equity = &equity[1..];
            }
        }
        if let Some(gathering) = &mut self.gathering {
            gathering.push(equity);
        }
    }

    /// The sums; `None` when none were asked for, or the curve has an end that is no number.
    pub(crate) fn finish(&mut self) -> Option<Stretches> {
        let mut gathering = self.gathering.take()?;
        gathering.work_through();
        let gathered = gathering.gathered;
        let all = gathered.sums.iter().chain(&gathered.squares);
        all.clone().all(|sum| sum.is_finite()).then_some(gathered)
    }
}

const LANES: usize = 4;

/// The returns between neighbours.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn returns_of(wealth: &[f64], returns: &mut [f64]) {
    let pairs = wealth.iter().zip(&wealth[1..]);
    for (value, (before, now)) in returns.iter_mut().zip(pairs) {
        *value = now / before - 1.0;
    }
}

/// The sum of returns and that of their squares, in four interleaved lanes.
#[inline(always)]
fn sums_of(returns: &[f64]) -> (f64, f64) {
    let (blocks, rest) = returns.as_chunks::<LANES>();
    let (mut sums, mut squares) = ([0.0; LANES], [0.0; LANES]);
    for block in blocks {
        for lane in 0..LANES {
            sums[lane] += block[lane];
            squares[lane] += block[lane] * block[lane];
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        sums[lane] += value;
        squares[lane] += value * value;
    }
    let together = |[a, b, c, d]: [f64; LANES]| (a + b) + (c + d);
    (together(sums), together(squares))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(equity: &[f64], pieces: usize) -> Stretches {
        let dates: Vec<Date> = (1..=equity.len() as u32)
            .map(|day| Date::new(2024, 1, day).expect("a day of January"))
            .collect();
        let cuts_of: CutsOf = Arc::new(|n| {
            assert_eq!(n, 6);
            Arc::new(Cuts {
                sums: vec![2, 3, 6],
                squares: vec![3, 6],
            })
        });
        let mut gatherer = Gatherer::new(Some(cuts_of));
        for piece in equity.chunks(pieces) {
            gatherer.push(100.0, piece, &dates);
        }
        gatherer.finish().expect("it was asked for")
    }

    #[test]
    fn stretches_add_up_the_returns_within_them() {
        // Returns: 100 %, -50 %; 100 %; 0, -50 %, 100 %.
        let found = gathered(&[100.0, 200.0, 100.0, 200.0, 200.0, 100.0, 200.0], 7);
        assert_eq!(found.sums, [0.5, 1.0, 0.5]);
        assert_eq!(found.squares, [2.25, 1.25]);
    }

    #[test]
    fn sums_do_not_depend_on_the_pieces_in_which_a_curve_comes() {
        let equity = [100.0, 103.7, 99.1, 98.3, 104.4, 101.9, 107.3];
        for pieces in 1..7 {
            assert_eq!(gathered(&equity, pieces), gathered(&equity, 7));
        }
    }
}
