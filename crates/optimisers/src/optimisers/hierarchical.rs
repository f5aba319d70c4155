//! Hierarchical risk parity.

use kodama::Method;

use crate::covariance::Covariance;
use crate::failure::Failure;
use crate::optimiser::Optimiser;
use crate::problem::Problem;
use crate::workspace::Workspace;

/// Assets are ordered by a hierarchical clustering of their correlations; the ordered list is
/// halved again and again, and each half gets a share in inverse proportion to the variance of its
/// inverse-variance portfolio.
///
/// López de Prado (2016), "Building diversified portfolios that outperform out of sample", *Journal
/// of Portfolio Management* 42(4). The defaults are those of PyPortfolioOpt. They differ between
/// sources: the paper compares columns of the matrix of distances
/// ([`Distance::EuclideanOfColumns`]), and other libraries reorder the leaves.
///
/// The weights depend on the order in which the assets are given: it decides which of two clusters
/// comes first, and a list of odd length is halved unevenly. Long only; it knows no other
/// constraint than the net exposure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HierarchicalRiskParity {
    /// How far two clusters are from each other.
    pub linkage: Linkage,
    /// How far two assets are from each other.
    pub distance: Distance,
}

/// How far two clusters are from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Linkage {
    /// The distance of their nearest members.
    #[default]
    Single,
    /// The mean distance of their members.
    Average,
    /// By how much a merger raises the variance inside of clusters.
    Ward,
}

/// How far two assets are from each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// `D_ij = sqrt((1 - C_ij) / 2)`.
    #[default]
    Correlation,
    /// The Euclidean distance between columns `i` and `j` of that matrix, as in the paper.
    EuclideanOfColumns,
}

impl Optimiser for HierarchicalRiskParity {
    fn name(&self) -> &'static str {
        "hrp"
    }

    fn weights(
        &self,
        problem: &Problem<'_>,
        workspace: &mut Workspace,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        problem.check(weights)?;
        problem.check_long_only(self.name())?;
        problem.covariance.all_move()?;
        weights.fill(problem.constraints.net);
        let n = problem.assets();
        if n == 1 {
            return Ok(());
        }
        let clusters = &mut workspace.clusters;
        correlation_distances(problem.covariance, &mut clusters.distances);
        if self.distance == Distance::EuclideanOfColumns {
            square(n, &clusters.distances, &mut clusters.matrix);
            compare_columns(n, &clusters.matrix, &mut clusters.distances);
        }
        let method = match self.linkage {
            Linkage::Single => Method::Single,
            Linkage::Average => Method::Average,
            Linkage::Ward => Method::Ward,
        };
        let order = clusters.leaves(n, method);
        let variances = &mut workspace.scratch;
        variances.clear();
        variances.extend((0..n).map(|i| problem.covariance.row(i)[i]));
        bisect(problem.covariance, variances, order, weights)
    }
}

fn correlation_distances(covariance: &Covariance, distances: &mut Vec<f64>) {
    let n = covariance.assets();
    distances.clear();
    for (i, row) in covariance.correlations().chunks_exact(n).enumerate() {
        let distance = |correlation: &f64| (0.5 * (1.0 - correlation.clamp(-1.0, 1.0))).sqrt();
        distances.extend(row[i + 1..].iter().map(distance));
    }
}

/// The square matrix of the distances of pairs.
fn square(n: usize, distances: &[f64], matrix: &mut Vec<f64>) {
    matrix.clear();
    matrix.resize(n * n, 0.0);
    let mut rest = distances.iter();
    for i in 0..n {
        for j in i + 1..n {
            let distance = rest.next().copied().unwrap_or(0.0);
            matrix[i * n + j] = distance;
            matrix[j * n + i] = distance;
        }
    }
}

fn compare_columns(n: usize, matrix: &[f64], distances: &mut Vec<f64>) {
    distances.clear();
    for i in 0..n {
        for j in i + 1..n {
            let mut sum = 0.0;
            let rows = matrix[i * n..][..n].iter().zip(&matrix[j * n..][..n]);
            for (a, b) in rows {
                let difference = a - b;
                sum += difference * difference;
            }
            distances.push(sum.sqrt());
        }
    }
}

/// Halves the ordered list and shares the weight out between the halves.
fn bisect(
    covariance: &Covariance,
    variances: &[f64],
    order: &[usize],
    weights: &mut [f64],
) -> Result<(), Failure> {
    if order.len() < 2 {
        return Ok(());
    }
    let (left, right) = order.split_at(order.len() / 2);
    let risks = [left, right].map(|half| cluster_variance(covariance, variances, half));
    if risks[0] + risks[1] <= 0.0 {
        return Err(Failure::ZeroRisk);
    }
    let share = 1.0 - risks[0] / (risks[0] + risks[1]);
    for asset in left {
        weights[*asset] *= share;
    }
    for asset in right {
        weights[*asset] *= 1.0 - share;
    }
    bisect(covariance, variances, left, weights)?;
    bisect(covariance, variances, right, weights)
}

/// The variance of the inverse-variance portfolio of some assets.
fn cluster_variance(covariance: &Covariance, variances: &[f64], assets: &[usize]) -> f64 {
    let least = |least: f64, asset: &usize| least.min(variances[*asset]);
    let least = assets.iter().fold(f64::INFINITY, least);
    let mut total = 0.0;
    let mut variance = 0.0;
    for &i in assets {
        let row = covariance.row(i);
        let mut risk = 0.0;
        for &j in assets {
            risk += least / variances[j] * row[j];
        }
        let weight = least / variances[i];
        total += weight;
        variance += weight * risk;
    }
    // Rounding can leave less than nothing of a perfect hedge.
    (variance / (total * total)).max(0.0)
}
