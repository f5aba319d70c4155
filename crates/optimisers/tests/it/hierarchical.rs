//! Hierarchical risk parity against a plain computation of it.

use optimisers::Covariance;
use optimisers::optimisers::{Distance, HierarchicalRiskParity, Linkage};
use statistics::random::SplitMix64;

use crate::{alike, check_near, covariance, dot, long_only, random_covariance};

/// A tree: an asset, or two trees.
#[derive(Clone)]
enum Tree {
    Leaf(usize),
    Fork(Box<Tree>, Box<Tree>),
}

fn leaves(tree: &Tree, order: &mut Vec<usize>) {
    match tree {
        Tree::Leaf(asset) => order.push(*asset),
        Tree::Fork(left, right) => {
            leaves(left, order);
            leaves(right, order);
        }
    }
}

/// Single linkage as SciPy does it: Prim's tree from the first asset, its edges by length, clusters
/// labelled in the order in which they arise, the smaller label on the left.
fn single_linkage(distances: &[Vec<f64>]) -> Vec<usize> {
    let n = distances.len();
    let mut least = vec![f64::INFINITY; n];
    let mut inside = vec![false; n];
    let mut edges = Vec::new();
    let mut last = 0;
    for _ in 1..n {
        inside[last] = true;
        let mut next = None;
        for i in (0..n).filter(|i| !inside[*i]) {
            if distances[last][i] < least[i] {
                least[i] = distances[last][i];
            }
            if next.is_none_or(|next: usize| least[i] < least[next]) {
                next = Some(i);
            }
        }
        let next = next.unwrap();
        edges.push((last, next, least[next]));
        last = next;
    }
    edges.sort_by(|a, b| a.2.total_cmp(&b.2));
    let mut clusters: Vec<(usize, Tree)> = (0..n).map(|i| (i, Tree::Leaf(i))).collect();
    for (step, (a, b, _)) in edges.into_iter().enumerate() {
        let mut take = |asset: usize| {
            let holds = |(_, tree): &(usize, Tree)| {
                let mut order = Vec::new();
                leaves(tree, &mut order);
                order.contains(&asset)
            };
            let at = clusters.iter().position(holds).unwrap();
            clusters.remove(at)
        };
        let (a, b) = (take(a), take(b));
        let (left, right) = if a.0 < b.0 { (a, b) } else { (b, a) };
        clusters.push((n + step, Tree::Fork(Box::new(left.1), Box::new(right.1))));
    }
    let mut order = Vec::new();
    leaves(&clusters[0].1, &mut order);
    order
}

fn distances(covariance: &Covariance) -> Vec<Vec<f64>> {
    let s = covariance.volatilities();
    let n = s.len();
    let distance = |i: usize, j: usize| {
        let correlation = covariance.row(i)[j] / (s[i] * s[j]);
        if i == j {
            0.0
        } else {
            (0.5 * (1.0 - correlation)).sqrt()
        }
    };
    (0..n)
        .map(|i| (0..n).map(|j| distance(i, j)).collect())
        .collect()
}

fn shares(covariance: &Covariance, order: &[usize]) -> Vec<f64> {
    let n = covariance.assets();
    let risk = |half: &[usize]| {
        let mut weights = vec![0.0; n];
        for i in half {
            weights[*i] = 1.0 / covariance.row(*i)[*i];
        }
        let sum: f64 = weights.iter().sum();
        covariance.variance(&weights) / (sum * sum)
    };
    let mut weights = vec![1.0; n];
    let mut lists = vec![order.to_vec()];
    while let Some(list) = lists.pop() {
        if list.len() > 1 {
            let (left, right) = list.split_at(list.len() / 2);
            let share = 1.0 - risk(left) / (risk(left) + risk(right));
            left.iter().for_each(|i| weights[*i] *= share);
            right.iter().for_each(|i| weights[*i] *= 1.0 - share);
            lists.extend([left.to_vec(), right.to_vec()]);
        }
    }
    weights
}

#[test]
fn single_linkage_orders_as_prims_tree() {
    let mut random = SplitMix64::new(61);
    for n in [2, 3, 4, 7, 12, 30] {
        for _ in 0..10 {
            let covariance = random_covariance(&mut random, n);
            let order = single_linkage(&distances(&covariance));
            let expected = shares(&covariance, &order);
            let weights = long_only(&HierarchicalRiskParity::default(), &covariance);
            check_near(&weights, &expected, 1e-13);
        }
    }
}

/// Correlations of few different values: most distances are tied.
#[test]
fn ties_go_to_the_lower_index() {
    let mut random = SplitMix64::new(62);
    for _ in 0..300 {
        let n = 3 + random.below(8) as usize;
        let mut entries = vec![0.0_f64; n * n];
        for i in 0..n {
            // Powers of two, so that correlations are exact.
            entries[i * n + i] = [1.0, 4.0, 16.0][random.below(3) as usize];
        }
        for i in 0..n {
            for j in 0..i {
                let risk = (entries[i * n + i] * entries[j * n + j]).sqrt();
                let correlation = [0.0, 0.0625, 0.125][random.below(3) as usize];
                entries[i * n + j] = correlation * risk;
                entries[j * n + i] = correlation * risk;
            }
        }
        let mut covariance = Covariance::default();
        if covariance.set(n, &entries).is_err() {
            continue;
        }
        let order = single_linkage(&distances(&covariance));
        let weights = long_only(&HierarchicalRiskParity::default(), &covariance);
        check_near(&weights, &shares(&covariance, &order), 1e-14);
    }
}

/// Columns of the distances instead of distances: the paper's variant.
#[test]
fn distances_of_columns_order_by_the_company_that_assets_keep() {
    let mut random = SplitMix64::new(63);
    for n in [2, 5, 11] {
        let covariance = random_covariance(&mut random, n);
        let plain = distances(&covariance);
        let between = |i: usize, j: usize| {
            let differences: Vec<f64> =
                plain[i].iter().zip(&plain[j]).map(|(a, b)| a - b).collect();
            dot(&differences, &differences).sqrt()
        };
        let columns: Vec<Vec<f64>> = (0..n)
            .map(|i| (0..n).map(|j| between(i, j)).collect())
            .collect();
        let expected = shares(&covariance, &single_linkage(&columns));
        let optimiser = HierarchicalRiskParity {
            distance: Distance::EuclideanOfColumns,
            ..HierarchicalRiskParity::default()
        };
        check_near(&long_only(&optimiser, &covariance), &expected, 1e-13);
    }
}

/// Three pairs whose members belong together, and two of the pairs, whatever the linkage.
#[test]
fn linkages_agree_on_clear_clusters() {
    let correlation = |i: usize, j: usize| match (i / 2, j / 2) {
        (0, 0) => 0.9,
        (1, 1) => 0.8,
        (2, 2) => 0.7,
        (0, 1) | (1, 0) => 0.3,
        _ => 0.1,
    };
    let entry = |at: usize| {
        let (i, j) = (at / 6, at % 6);
        let risk = 1e-4 * (i + 1) as f64 * (j + 1) as f64;
        if i == j {
            risk
        } else {
            correlation(i, j) * risk
        }
    };
    let covariance = covariance(6, &(0..36).map(entry).collect::<Vec<_>>());
    // The pairs have the labels 6, 7 and 8, the two pairs together 9.
    let expected = shares(&covariance, &[4, 5, 0, 1, 2, 3]);
    for linkage in [Linkage::Single, Linkage::Average, Linkage::Ward] {
        let optimiser = HierarchicalRiskParity {
            linkage,
            ..HierarchicalRiskParity::default()
        };
        check_near(&long_only(&optimiser, &covariance), &expected, 1e-13);
    }
}

#[test]
fn of_two_assets_it_is_inverse_variance() {
    let covariance = alike(&[0.01, 0.03], 0.6);
    let weights = long_only(&HierarchicalRiskParity::default(), &covariance);
    check_near(&weights, &[0.9, 0.1], 1e-15);
}
