//! Signals of a list of closes, oldest first.

/// A sum as NumPy adds: in eight lanes up to 128 values, in halves above.
fn sum(values: &[f64]) -> f64 {
    let n = values.len();
    if n < 8 {
        let mut total = 0.0;
        for value in values {
            total += value;
        }
        return total;
    }
    if n > 128 {
        let half = n / 2 - (n / 2) % 8;
        return sum(&values[..half]) + sum(&values[half..]);
    }
    let mut lane = [0.0; 8];
    lane.copy_from_slice(&values[..8]);
    let whole = n - n % 8;
    for index in 8..whole {
        lane[index % 8] += values[index];
    }
    let mut total =
        ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for value in &values[whole..] {
        total += value;
    }
    total
}

fn mean(values: &[f64]) -> f64 {
    sum(values) / values.len() as f64
}

fn last(values: &[f64], n: usize) -> &[f64] {
    &values[values.len() - n.min(values.len())..]
}

fn returns(closes: &[f64]) -> Vec<f64> {
    let mut returns = Vec::new();
    for index in 1..closes.len() {
        returns.push(closes[index] / closes[index - 1] - 1.0);
    }
    returns
}

/// The average of the last `n` closes, or of what there is; NaN of none.
pub(crate) fn average(closes: &[f64], n: usize) -> f64 {
    mean(last(closes, n))
}

/// The last close over the one `n` before it, less one. Of one close or none it is zero.
pub(crate) fn momentum(closes: &[f64], n: usize, compounded: bool) -> f64 {
    let closes = last(closes, n + 1);
    if closes.is_empty() {
        return 0.0;
    }
    if compounded {
        let mut product = 1.0;
        for step in returns(closes) {
            product *= 1.0 + step;
        }
        return product - 1.0;
    }
    closes[closes.len() - 1] / closes[0] - 1.0
}

/// Of the last `n` returns, a year; NaN of none.
pub(crate) fn volatility(closes: &[f64], n: usize, sessions_per_year: f64) -> f64 {
    let returns = returns(last(closes, n + 1));
    let mean_return = mean(&returns);
    let mut squares = Vec::new();
    for step in returns {
        squares.push((step - mean_return) * (step - mean_return));
    }
    mean(&squares).sqrt() * sessions_per_year.sqrt()
}
