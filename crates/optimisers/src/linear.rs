//! Small dense linear algebra in one fixed order of operations.

/// The sum of products, in the order of the elements.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        sum += a * b;
    }
    sum
}

/// `a += factor * b`.
pub(crate) fn add(a: &mut [f64], factor: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += factor * b;
    }
}

/// The side of the squares in which products are summed, so that sums stay in registers.
const TILE: usize = 4;

/// How long rows are for [`sum_products`]: the size, filled up with zeros.
pub(crate) fn row_length(size: usize) -> usize {
    size.next_multiple_of(TILE)
}

/// The sums of the products of the elements of each row, on and below the diagonal of a square
/// matrix. Each is summed in the order of the rows.
pub(crate) fn sum_products(matrix: &mut [f64], size: usize, rows: &[f64]) {
    let length = row_length(size);
    for top in (0..size).step_by(TILE) {
        for left in (0..=top).step_by(TILE) {
            let mut sums = [[0.0; TILE]; TILE];
            for row in rows.chunks_exact(length) {
                let down: &[f64; TILE] = row[top..].first_chunk().unwrap_or(&[0.0; TILE]);
                let across: &[f64; TILE] = row[left..].first_chunk().unwrap_or(&[0.0; TILE]);
                for (sums, a) in sums.iter_mut().zip(down) {
                    for (sum, b) in sums.iter_mut().zip(across) {
                        *sum += a * b;
                    }
                }
            }
            for (i, sums) in (top..size).zip(&sums) {
                for (j, sum) in (left..=i).zip(sums) {
                    matrix[i * size + j] = *sum;
                }
            }
        }
    }
}

/// A Cholesky factorisation that grows by one row at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cholesky {
    /// The most rows that there may be: how long a stored row is.
    stride: usize,
    rows: usize,
    /// The lower factor, with the inverses of the pivots on the diagonal.
    factor: Vec<f64>,
}

impl Cholesky {
    /// Starts with no rows.
    pub(crate) fn begin(&mut self, most: usize) {
        self.stride = most;
        self.rows = 0;
        if self.factor.len() < most * most {
            self.factor.resize(most * most, 0.0);
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a row of the matrix up to the diagonal, to which `shift` is added, if the square of the
    /// pivot is then greater than `least`, which is 0 or more.
    pub(crate) fn push(&mut self, row: &[f64], shift: f64, least: f64) -> bool {
        let at = self.rows * self.stride;
        let (before, rest) = self.factor.split_at_mut(at);
        let (own, diagonal) = rest.split_at_mut(self.rows);
        let mut pivot = row[self.rows] + shift;
        for (j, entry) in row[..self.rows].iter().enumerate() {
            let other = &before[j * self.stride..];
            let value = (entry - dot(&own[..j], &other[..j])) * other[j];
            own[j] = value;
            pivot -= value * value;
        }
        if pivot > least {
            diagonal[0] = 1.0 / pivot.sqrt();
            self.rows += 1;
            return true;
        }
        false
    }

    /// Solves the system in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        for i in 0..self.rows {
            let row = &self.factor[i * self.stride..];
            b[i] = (b[i] - dot(&row[..i], &b[..i])) * row[i];
        }
        for i in (0..self.rows).rev() {
            let row = &self.factor[i * self.stride..];
            let value = b[i] * row[i];
            b[i] = value;
            add(&mut b[..i], -value, &row[..i]);
        }
    }
}

/// Gaussian elimination with partial pivoting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elimination {
    size: usize,
    factor: Vec<f64>,
    order: Vec<usize>,
}

impl Elimination {
    /// Factors a square matrix. `false` if a pivot is zero.
    pub(crate) fn factor(&mut self, size: usize, matrix: &[f64]) -> bool {
        self.size = size;
        self.factor.clear();
        self.factor.extend_from_slice(&matrix[..size * size]);
        self.order.clear();
        for k in 0..size {
            let mut best = k;
            for i in k + 1..size {
                if self.factor[i * size + k].abs() > self.factor[best * size + k].abs() {
                    best = i;
                }
            }
            self.order.push(best);
            if best != k {
                let (upper, lower) = self.factor.split_at_mut(best * size);
                upper[k * size..(k + 1) * size].swap_with_slice(&mut lower[..size]);
            }
            let pivot = self.factor[k * size + k];
            if pivot == 0.0 || !pivot.is_finite() {
                return false;
            }
            let (upper, lower) = self.factor.split_at_mut((k + 1) * size);
            let own = &upper[k * size + k + 1..];
            for row in lower.chunks_exact_mut(size) {
                if row[k] != 0.0 {
                    let factor = row[k] / pivot;
                    row[k] = factor;
                    add(&mut row[k + 1..], -factor, own);
                }
            }
        }
        true
    }

    /// Solves the system in place.
    pub(crate) fn solve(&self, b: &mut [f64]) {
        let n = self.size;
        for (k, &other) in self.order.iter().enumerate() {
            b.swap(k, other);
        }
        for i in 0..n {
            b[i] -= dot(&self.factor[i * n..i * n + i], &b[..i]);
        }
        for i in (0..n).rev() {
            let row = &self.factor[i * n..(i + 1) * n];
            b[i] = (b[i] - dot(&row[i + 1..], &b[i + 1..n])) / row[i];
        }
    }
}
