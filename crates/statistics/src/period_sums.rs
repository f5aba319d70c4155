//! Sums of returns over periods, gathered while a backtest runs: what is kept of a curve that is
//! not stored, so that its worth can be computed later.

use std::sync::Arc;

use crate::day::Day;
use crate::partial_sums::{PARTS, total};
use crate::random::mix;
use crate::returns::write_simple_returns;
use crate::risk_free::RiskFree;

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

/// The returns of one or two yardsticks, which a curve is held against: one for each session of the
/// curve, over the risk-free ones if there are any.
#[derive(Clone, Debug, PartialEq)]
pub struct YardstickReturns {
    series: Vec<Vec<f64>>,
    digest: u64,
}

impl YardstickReturns {
    /// `None` without a series, with more than two, with series of different lengths, or with a return
    /// that is not finite.
    pub fn new(series: Vec<Vec<f64>>) -> Option<YardstickReturns> {
        let n = series.first()?.len();
        let fits = |own: &Vec<f64>| own.len() == n && own.iter().all(|value| value.is_finite());
        if series.len() > 2 || !series.iter().all(fits) {
            return None;
        }
        let values = series.iter().flatten();
        let digest = values.fold(series.len() as u64, |digest, value| {
            mix(digest ^ value.to_bits())
        });
        Some(YardstickReturns { series, digest })
    }

    /// The returns of each yardstick.
    pub fn series(&self) -> &[Vec<f64>] {
        &self.series
    }

    /// A number that two of them share if and only if (but for one chance in 2⁶⁴) all returns are the
    /// same to the bit.
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

/// Sums of the products of a curve's returns with those of its yardsticks, over all of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Products {
    /// The [`YardstickReturns::digest`] of the yardsticks.
    pub yardsticks: u64,
    /// One for each yardstick; 0 for one that is not there.
    pub sums: [f64; 2],
}

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
    /// The products with the returns of yardsticks, if there are any.
    pub products: Option<Products>,
}

/// Gathers the sums from a curve's first value on. Does nothing without boundaries.
#[derive(Clone, Default)]
pub struct PeriodSumsBuilder {
    boundaries: Option<BoundariesFn>,
    risk_free: Option<RiskFree>,
    yardsticks: Option<Arc<YardstickReturns>>,
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
            yardsticks: None,
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

    /// The same, with the products of its returns and those of yardsticks.
    ///
    /// * `yardsticks`: with as many returns as the curve has; others are left out.
    #[must_use]
    pub fn against(self, yardsticks: Option<Arc<YardstickReturns>>) -> PeriodSumsBuilder {
        PeriodSumsBuilder { yardsticks, ..self }
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
            let yardsticks = self.yardsticks.take();
            let yardsticks = yardsticks.filter(|own| own.series[0].len() == n);
            let boundaries = boundaries(n);
            let gathering = Gathering::start(initial_cash, first_day, n, boundaries, yardsticks);
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
        let products = gathered.products.iter().flat_map(|own| &own.sums);
        let mut all = gathered
            .sums
            .iter()
            .chain(&gathered.squares)
            .chain(products);
        all.all(|sum| sum.is_finite()).then_some(gathered)
    }
}

/// The sums in the making. However the curve comes in pieces, a period is added up as a whole, so
/// that the sums do not depend on the pieces.
#[derive(Clone, Debug)]
struct Gathering {
    boundaries: Arc<Boundaries>,
    yardsticks: Option<Arc<YardstickReturns>>,
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
        yardsticks: Option<Arc<YardstickReturns>>,
    ) -> Gathering {
        let gathered = PeriodSums {
            first_day,
            n,
            sums: Vec::with_capacity(boundaries.sums.len()),
            squares: Vec::with_capacity(boundaries.squares.len()),
            products: yardsticks.as_ref().map(|own| Products {
                yardsticks: own.digest,
                sums: [0.0; 2],
            }),
        };
        Gathering {
            boundaries,
            yardsticks,
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
            risk_free.take_off_from(self.before, &mut self.returns);
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
            if let (Some(yardsticks), Some(products)) =
                (&self.yardsticks, &mut self.gathered.products)
            {
                for (sum, series) in products.sums.iter_mut().zip(&yardsticks.series) {
                    *sum += product_of(period, &series[self.before..][..length]);
                }
            }
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

/// The sum of products, as interleaved partial sums.
#[inline(always)]
fn product_of(returns: &[f64], others: &[f64]) -> f64 {
    let (blocks, rest) = returns.as_chunks::<PARTS>();
    let (other_blocks, other_rest) = others.as_chunks::<PARTS>();
    let mut sums = [0.0; PARTS];
    for (block, others) in blocks.iter().zip(other_blocks) {
        for part in 0..PARTS {
            sums[part] += block[part] * others[part];
        }
    }
    for (part, (value, other)) in rest.iter().zip(other_rest).enumerate() {
        sums[part] += value * other;
    }
    total(sums)
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
        let yardsticks =
            YardstickReturns::new(vec![vec![1.0; 6], vec![1.0, 0.0, 0.0, 0.0, 0.0, -2.0]]);
        let yardsticks = yardsticks.map(Arc::new);
        let mut builder = PeriodSumsBuilder::new(Some(boundaries));
        builder = builder.over(risk_free).against(yardsticks);
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
        // A yardstick that earns 100 % each session, and one that earns it at first and loses 200 % at last.
        let products = found.products.expect("it has yardsticks");
        assert_eq!(products.sums, [2.0, 1.0 - 2.0]);
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
