//! Returns of many trials over the same observations.

/// Returns, observation by observation: the trials' returns of one day lie side by side.
#[derive(Clone, Copy, Debug)]
pub struct Returns<'a> {
    values: &'a [f64],
    n_trials: usize,
}

/// Trials that are worked on side by side.
pub(crate) const LANES: usize = 8;

/// One value for each of the trials side by side.
pub(crate) type Lanes = [f64; LANES];

impl<'a> Returns<'a> {
    /// `values[observation * n_trials + trial]`. `None` when they do not fill whole observations.
    pub fn new(values: &'a [f64], n_trials: usize) -> Option<Returns<'a>> {
        let fits = n_trials > 0 && values.len().is_multiple_of(n_trials);
        fits.then_some(Returns { values, n_trials })
    }

    /// How many trials.
    pub fn n_trials(&self) -> usize {
        self.n_trials
    }

    /// How many observations.
    pub fn n(&self) -> usize {
        self.values.len() / self.n_trials
    }

    /// The returns of all trials at one observation.
    pub fn row(&self, observation: usize) -> &'a [f64] {
        &self.values[observation * self.n_trials..][..self.n_trials]
    }

    /// The returns of one trial.
    pub fn trial(&self, trial: usize) -> Vec<f64> {
        self.values[trial..]
            .iter()
            .step_by(self.n_trials)
            .copied()
            .collect()
    }

    /// The returns of some trials, at most [`LANES`], observation by observation; lanes left over
    /// repeat the first.
    pub(crate) fn lanes(&self, trials: &[usize]) -> Vec<Lanes> {
        let first = trials.first().copied().unwrap_or(0);
        let at: [usize; LANES] =
            std::array::from_fn(|lane| trials.get(lane).copied().unwrap_or(first));
        let rows = self.values.chunks_exact(self.n_trials);
        rows.map(|row| at.map(|trial| row[trial])).collect()
    }
}
