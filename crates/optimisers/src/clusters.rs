//! Hierarchical clusters of assets.

use kodama::{Dendrogram, LinkageState, Method};

/// The memory that clustering needs.
#[derive(Debug)]
pub(crate) struct Clusters {
    state: LinkageState<f64>,
    tree: Dendrogram<f64>,
    /// Distances of all pairs: of the first asset with the later ones, of the second, and so on.
    pub(crate) distances: Vec<f64>,
    /// The square matrix of distances, where columns of it are compared.
    pub(crate) matrix: Vec<f64>,
    open: Vec<usize>,
    order: Vec<usize>,
}

impl Default for Clusters {
    fn default() -> Self {
        Self {
            state: LinkageState::new(),
            tree: Dendrogram::new(0),
            distances: Vec::new(),
            matrix: Vec::new(),
            open: Vec::new(),
            order: Vec::new(),
        }
    }
}

impl Clusters {
    /// Clusters the assets by their distances, which are used up, and returns them in the order of
    /// the leaves: depth first, of two clusters the one with the smaller label first. Labels, ties
    /// and their order are those of SciPy.
    pub(crate) fn leaves(&mut self, assets: usize, method: Method) -> &[usize] {
        kodama::linkage_with(
            &mut self.state,
            &mut self.distances,
            assets,
            method,
            &mut self.tree,
        );
        let steps = self.tree.steps();
        self.order.clear();
        self.open.clear();
        self.open.push(assets + steps.len() - 1);
        while let Some(label) = self.open.pop() {
            if label < assets {
                self.order.push(label);
            } else {
                let step = &steps[label - assets];
                self.open.push(step.cluster2);
                self.open.push(step.cluster1);
            }
        }
        &self.order
    }
}
