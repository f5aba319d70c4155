//! What an optimiser that looks at prices does at a decision.

use std::fmt::Debug;

use optimisers::estimators::Sample;
use optimisers::optimisers::{InverseVolatility, RiskParity};
use optimisers::{
    Constraints, Covariance, Estimator, Failure, Optimiser, Problem, Returns, Workspace,
};

use super::limits::BoundLimits;
use super::window::{Fallback, Window};
use crate::alpha::{AsOf, Weights};
use crate::market::AssetId;

/// How weights are chosen from a problem.
pub(crate) trait Method: Debug + Send + Sync {
    /// Writes the weights of `assets`.
    fn choose(
        &self,
        assets: &[AssetId],
        problem: &Problem<'_>,
        memory: &mut Memory,
        weights: &mut [f64],
    ) -> Result<(), Failure>;
}

/// What methods compute in.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) workspace: Workspace,
    /// The budgets of the assets of a decision.
    pub(crate) parity: RiskParity,
}

/// A method that knows nothing of single assets.
#[derive(Debug)]
pub(crate) struct Uniform<O>(pub(crate) O);

impl<O: Optimiser + Debug + Send + Sync> Method for Uniform<O> {
    fn choose(
        &self,
        _: &[AssetId],
        problem: &Problem<'_>,
        memory: &mut Memory,
        weights: &mut [f64],
    ) -> Result<(), Failure> {
        self.0.weights(problem, &mut memory.workspace, weights)
    }
}

/// What an optimiser that looks at prices does at a decision, with its names resolved.
pub(crate) struct Plan {
    window: Window,
    estimator: Box<dyn Estimator + Send + Sync>,
    method: Box<dyn Method>,
    limits: BoundLimits,
}

impl Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("window", &self.window)
            .field("method", &self.method)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// The memory of one decision, which the next one uses again.
#[derive(Debug)]
pub(crate) struct Desk {
    assets: Vec<AssetId>,
    returns: Returns,
    covariance: Covariance,
    expected: Vec<f64>,
    current: Vec<f64>,
    constraints: Constraints,
    chosen: Vec<f64>,
    memory: Memory,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            assets: Vec::new(),
            returns: Returns::default(),
            covariance: Covariance::default(),
            expected: Vec::new(),
            current: Vec::new(),
            constraints: Constraints::long_only(0),
            chosen: Vec::new(),
            memory: Memory::default(),
        }
    }
}

/// What became of a decision.
#[derive(Debug)]
pub(crate) enum Planned {
    /// The weights are set.
    Weights,
    /// What is held stays.
    Hold,
}

impl Plan {
    pub(crate) fn new(window: Window, method: Box<dyn Method>, limits: BoundLimits) -> Self {
        Self {
            window,
            estimator: window.covariance.estimator(window.decay),
            method,
            limits,
        }
    }

    /// Weighs the assets to which the alpha model gives a weight, in the order of the universe. They
    /// get the sum of its weights, at most 1. Assets whose history is shorter than the lookback get
    /// nothing, and until one has it all is cash.
    ///
    /// * `held`: the weight of an asset now.
    ///
    /// # Errors
    ///
    /// What the optimiser fails with, if the strategy names no way out. Assets are numbered as in
    /// [`Desk::assets`].
    pub(crate) fn weigh(
        &self,
        as_of: AsOf<'_>,
        held: impl Fn(AssetId) -> f64,
        weights: &mut Weights,
        desk: &mut Desk,
    ) -> Result<Planned, Failure> {
        let mut net = 0.0;
        for (_, weight) in weights.entries() {
            net += weight;
        }
        let net = f64::min(net, 1.0);
        desk.find(as_of, self.window.lookback, weights);
        weights.change_each(|_| 0.0);
        if desk.assets.is_empty() {
            return Ok(Planned::Weights);
        }
        match self.solve(as_of, net, held, desk) {
            Ok(()) => {}
            Err(failure) => match self.window.fallback {
                Fallback::Error => return Err(failure),
                Fallback::Hold => return Ok(Planned::Hold),
                Fallback::InverseVolatility => desk.fall_back(net)?,
            },
        }
        for (&asset, &weight) in desk.assets.iter().zip(&desk.chosen) {
            weights.set(asset, weight);
        }
        Ok(Planned::Weights)
    }

    fn solve(
        &self,
        as_of: AsOf<'_>,
        net: f64,
        held: impl Fn(AssetId) -> f64,
        desk: &mut Desk,
    ) -> Result<(), Failure> {
        desk.look(as_of, self.window.lookback)?;
        self.estimator
            .estimate(&desk.returns, &mut desk.covariance)?;
        desk.current.clear();
        desk.current
            .extend(desk.assets.iter().map(|asset| held(*asset)));
        let leaves = |asset: &&AssetId| !desk.assets.contains(asset);
        let closed = as_of.assets().iter().filter(leaves);
        let closed: f64 = closed.map(|asset| held(*asset).abs()).sum();
        let is_invested = closed > 0.0 || desk.current.iter().any(|weight| *weight != 0.0);
        let closed = is_invested.then_some(closed);
        (self.limits).write(&desk.assets, net, closed, &mut desk.constraints);
        let problem = Problem {
            covariance: &desk.covariance,
            expected_returns: &desk.expected,
            current: &desk.current,
            constraints: &desk.constraints,
        };
        (self.method).choose(&desk.assets, &problem, &mut desk.memory, &mut desk.chosen)
    }
}

impl Desk {
    /// The assets of the decision, in the order in which failures count them.
    pub(crate) fn assets(&self) -> &[AssetId] {
        &self.assets
    }

    /// Finds the assets that are weighed.
    fn find(&mut self, as_of: AsOf<'_>, lookback: u32, weights: &Weights) {
        self.assets.clear();
        let closes = lookback.saturating_add(1);
        let is_weighed = |asset: &AssetId| {
            let weight = weights.entries().iter().find(|(other, _)| other == asset);
            weight.is_some_and(|(_, weight)| *weight != 0.0)
                && as_of.closes(*asset, closes).len() == closes as usize
        };
        let members = as_of.assets().iter().copied();
        self.assets.extend(members.filter(is_weighed));
        self.chosen.clear();
        self.chosen.resize(self.assets.len(), 0.0);
    }

    /// Looks at the prices.
    fn look(&mut self, as_of: AsOf<'_>, lookback: u32) -> Result<(), Failure> {
        let closes = lookback.saturating_add(1);
        let assets = self.assets.iter();
        self.returns
            .set_closes(assets.map(|asset| as_of.closes(*asset, closes)))?;
        self.expected.clear();
        self.expected.resize(self.assets.len(), 0.0);
        self.returns.means(&mut self.expected);
        Ok(())
    }

    /// Weights in inverse proportion to volatility, of the returns that were looked at.
    fn fall_back(&mut self, net: f64) -> Result<(), Failure> {
        Sample.estimate(&self.returns, &mut self.covariance)?;
        let constraints = Constraints {
            net,
            ..Constraints::long_only(self.assets.len())
        };
        let problem = Problem {
            covariance: &self.covariance,
            expected_returns: &[],
            current: &[],
            constraints: &constraints,
        };
        InverseVolatility.weights(&problem, &mut self.memory.workspace, &mut self.chosen)
    }
}
