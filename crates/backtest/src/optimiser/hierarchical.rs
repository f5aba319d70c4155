//! Hierarchical risk parity.

use optimisers::optimisers::{Distance, HierarchicalRiskParity as Method, Linkage};

use super::limits::BoundLimits;
use super::part::OptimiserPart;
use super::plan::{Plan, Uniform};
use super::window::windowed;
use crate::alpha::{Binding, UnknownSymbol};
use crate::check_context::Context;
use crate::declaration::{Mistake, Place};

crate::choice! {
    /// How far two clusters are from each other.
    pub enum ClusterLinkage {
        /// The distance of their nearest members.
        Single = "single",
        /// The mean distance of their members.
        Average = "average",
        /// By how much a merger raises the variance inside of clusters.
        Ward = "ward",
    }
}

crate::choice! {
    /// How far two assets are from each other.
    pub enum ClusterDistance {
        /// `sqrt((1 - correlation) / 2)`.
        Correlation = "correlation",
        /// The Euclidean distance between columns of that matrix, as in the paper.
        EuclideanOfColumns = "euclidean-of-columns",
    }
}

windowed! {
    /// Hierarchical risk parity of the assets to which the alpha model gives a weight (López de Prado, 2016). It depends on their order in the universe.
    pub struct Hierarchical as "hrp" {
        /// How far two clusters are from each other.
        linkage: ClusterLinkage => Choice(ClusterLinkage::NAMES), Text("single");
        /// How far two assets are from each other.
        distance: ClusterDistance => Choice(ClusterDistance::NAMES), Text("correlation");
    }
}

impl OptimiserPart for Hierarchical {
    fn plan(&self, binding: &Binding<'_>) -> Result<Option<Plan>, UnknownSymbol> {
        let limits = BoundLimits::long_only(binding.market.n_assets());
        let method = Method {
            linkage: match self.linkage {
                ClusterLinkage::Single => Linkage::Single,
                ClusterLinkage::Average => Linkage::Average,
                ClusterLinkage::Ward => Linkage::Ward,
            },
            distance: match self.distance {
                ClusterDistance::Correlation => Distance::Correlation,
                ClusterDistance::EuclideanOfColumns => Distance::EuclideanOfColumns,
            },
        };
        Ok(Some(Plan::new(
            self.window(),
            Box::new(Uniform(method)),
            limits,
        )))
    }

    fn check(&self, _: &Context<'_>, _: &Place<'_>, _: &mut Vec<Mistake>) {}
}
