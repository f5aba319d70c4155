//! Do trials that were better remain better?

use std::cmp::Ordering;

/// Spearman's rank correlation: that of the ranks, equal values having the mean of their ranks. `None`
/// for fewer than three pairs, or when all values of one side are equal.
///
/// # Panics
///
/// With a different number of values on each side.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    assert_eq!(a.len(), b.len());
    if a.len() < 3 {
        return None;
    }
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - middle) * (b - middle)).sum()
    };
    let (own, theirs) = (product(&a, &a), product(&b, &b));
    (own > 0.0 && theirs > 0.0).then(|| product(&a, &b) / (own * theirs).sqrt())
}

/// The rank of each value, from 0 for the lowest.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let compared = |a: &usize, b: &usize| values[*a].total_cmp(&values[*b]);
    order.sort_by(compared);
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let first = values[order[start]];
        let alike = order[start..].iter();
        let alike =
            alike.take_while(|at| values[**at].partial_cmp(&first) == Some(Ordering::Equal));
        let end = start + alike.count().max(1);
        for at in &order[start..end] {
            ranks[*at] = (start + end - 1) as f64 / 2.0;
        }
        start = end;
    }
    ranks
}
