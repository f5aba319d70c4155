//! Bins of one round width, and the number of values in each.

use crate::axis::Axis;

/// Bins of one round width, one edge of them at zero, and the number of values in each.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// One more than there are bins.
    pub edges: Vec<f64>,
    /// The number of values in each bin.
    pub counts: Vec<usize>,
}

impl Histogram {
    /// The bins of sorted, finite values.
    ///
    /// * `beside`: other values that the bins span.
    /// * `most`: about how many bins there are at most; few values get fewer.
    ///
    /// `None` without values.
    pub fn of(
        sorted: &[f64],
        beside: impl IntoIterator<Item = f64>,
        most: usize,
    ) -> Option<Histogram> {
        let ends = [*sorted.first()?, *sorted.last()?];
        let axis = Axis::holding(ends.into_iter().chain(beside));
        let wanted = (4.0 * libm::cbrt(sorted.len() as f64)).clamp(10.0, most.max(10) as f64);
        let step = axis.step(wanted as usize);
        let first = libm::floor(axis.low() / step);
        let n = (libm::ceil(axis.high() / step) - first).clamp(1.0, 400.0) as usize;
        let mut counts = vec![0; n];
        for value in sorted {
            let bin = libm::floor(value / step) - first;
            counts[(bin.max(0.0) as usize).min(n - 1)] += 1;
        }
        let edges = (0..=n).map(|at| (first + at as f64) * step).collect();
        Some(Histogram { edges, counts })
    }

    /// The axis from the first edge to the last.
    pub fn axis(&self) -> Axis {
        Axis::between(self.edges[0], self.edges[self.edges.len() - 1])
    }

    /// The bins that hold values: their edges and counts.
    pub fn bins(&self) -> impl Iterator<Item = (f64, f64, usize)> + '_ {
        let edges = self.edges.windows(2).zip(&self.counts);
        let bins = edges.map(|(pair, count)| (pair[0], pair[1], *count));
        bins.filter(|bin| bin.2 > 0)
    }
}
