//! What optimisers compute with.

use crate::clusters::Clusters;
use crate::linear::Cholesky;
use crate::non_negative::NonNegative;
use crate::quadratic::Quadratic;

/// The memory that optimisers compute in, one per thread. After the first problem of a size nothing
/// is allocated. It keeps no results: what was solved before changes nothing.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(crate) non_negative: NonNegative,
    pub(crate) quadratic: Quadratic,
    pub(crate) clusters: Clusters,
    pub(crate) cholesky: Cholesky,
    pub(crate) scratch: Vec<f64>,
}
