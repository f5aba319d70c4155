//! Whether a winner stands on a plateau or on a spike: what its neighbours on the grid make of it.
//!
//! Our definition; there is no standard one. A neighbour differs by at most `radius` positions on
//! every axis (Chebyshev's distance), and the point itself is one.

/// A value on every point of a grid, the last axis running fastest; `None` where a trial failed.
#[derive(Clone, Debug)]
pub struct Grid {
    sizes: Vec<usize>,
    values: Vec<Option<f64>>,
}

/// A point's neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbourhood {
    /// The median of the values: what to rank by.
    pub median: f64,
    /// The lowest value.
    pub worst: f64,
    /// How many values, that of the point itself included.
    pub n: usize,
    /// The value less the median, in standard deviations of the whole grid. `None` without a
    /// spread.
    pub peakiness: Option<f64>,
}

impl Grid {
    /// `None` when the values do not fill the grid.
    pub fn new(sizes: Vec<usize>, values: Vec<Option<f64>>) -> Option<Grid> {
        let n = sizes
            .iter()
            .try_fold(1usize, |n, size| n.checked_mul(*size))?;
        let values = values
            .into_iter()
            .map(|value| value.filter(|value| !value.is_nan()));
        let values: Vec<_> = values.collect();
        (n == values.len()).then_some(Grid { sizes, values })
    }

    /// The neighbourhood of every point; `None` for a point without a value.
    pub fn neighbourhoods(&self, radius: usize) -> Vec<Option<Neighbourhood>> {
        let spread = spread(&self.values);
        let mut around = Vec::new();
        (0..self.values.len())
            .map(|at| {
                let value = self.values[at]?;
                around.clear();
                self.gather(at, radius, &mut around);
                Some(neighbourhood(value, &mut around, spread))
            })
            .collect()
    }

    fn gather(&self, at: usize, radius: usize, around: &mut Vec<f64>) {
        // Positions are walked through axis by axis, as an odometer.
        let mut low = Vec::with_capacity(self.sizes.len());
        let mut high = Vec::with_capacity(self.sizes.len());
        let mut rest = at;
        for size in self.sizes.iter().rev() {
            let position = rest % size;
            rest /= size;
            low.push(position.saturating_sub(radius));
            high.push((position + radius).min(size - 1));
        }
        let mut now = low.clone();
        loop {
            let index = (now.iter().zip(self.sizes.iter().rev()).rev())
                .fold(0, |index, (position, size)| index * size + position);
            around.extend(self.values[index]);
            let Some(axis) = (0..now.len()).find(|axis| now[*axis] < high[*axis]) else {
                return;
            };
            now[axis] += 1;
            now[..axis].copy_from_slice(&low[..axis]);
        }
    }
}

/// A point among its neighbours' values, its own among them.
///
/// * `spread`: the sample standard deviation of all values.
pub fn neighbourhood(value: f64, around: &mut [f64], spread: Option<f64>) -> Neighbourhood {
    around.sort_by(f64::total_cmp);
    let median = match around.len() {
        n if n % 2 == 1 => around[n / 2],
        n => (around[n / 2 - 1] + around[n / 2]) / 2.0,
    };
    Neighbourhood {
        median,
        worst: around[0],
        n: around.len(),
        peakiness: spread
            .filter(|spread| *spread > 0.0)
            .map(|spread| (value - median) / spread),
    }
}

/// The sample standard deviation of the values that are there.
pub fn spread(values: &[Option<f64>]) -> Option<f64> {
    let values: Vec<f64> = values.iter().flatten().copied().collect();
    if values.len() < 2 {
        return None;
    }
    let mean = statistics::summation::mean(&values);
    let squares = statistics::summation::pairwise_sum_by(values.len(), |at| {
        (values[at] - mean) * (values[at] - mean)
    });
    Some((squares / (values.len() - 1) as f64).sqrt())
}
