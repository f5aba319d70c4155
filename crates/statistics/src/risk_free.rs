//! The return of cash, over which a strategy's returns are measured.

use std::sync::Arc;

use multiversion::multiversion;

/// The risk-free return of each session of a curve. A clone shares it.
///
/// The return of a session is that of the time from the close before to its own close.
#[derive(Clone, Debug, PartialEq)]
pub struct RiskFree {
    by_session: Arc<[f64]>,
    /// What one unit of money has become at the end.
    growth: f64,
}

/// Returns that differ by less are equal but for rounding: a wealth over the one before is known to
/// some 2⁻⁵².
const ROUNDING: f64 = 1e-15;

/// A return less the risk-free one. What is rounding is nothing, so that cash has no Sharpe ratio.
#[inline(always)]
pub(crate) fn excess_return(value: f64, risk_free: f64) -> f64 {
    let excess = value - risk_free;
    if excess.abs() < ROUNDING { 0.0 } else { excess }
}

impl RiskFree {
    /// From the return of each session, as a fraction.
    pub fn new(by_session: impl Into<Arc<[f64]>>) -> RiskFree {
        let by_session = by_session.into();
        let growth = by_session
            .iter()
            .fold(1.0, |sum, value| sum * (1.0 + value));
        RiskFree { by_session, growth }
    }

    /// The return of each session, as a fraction.
    pub fn by_session(&self) -> &[f64] {
        &self.by_session
    }

    /// What one unit of money becomes from the beginning to the end.
    pub fn growth(&self) -> f64 {
        self.growth
    }

    /// Takes them off returns whose last is that of the last session.
    pub fn take_off(&self, returns: &mut [f64]) {
        let before = self.by_session.len().saturating_sub(returns.len());
        self.take_off_from(before, returns);
    }

    /// Takes them off returns whose first is that of a session.
    pub(crate) fn take_off_from(&self, session: usize, returns: &mut [f64]) {
        take_off(&self.by_session[session..], returns);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq", "x86_64+avx2"))]
fn take_off(risk_free: &[f64], returns: &mut [f64]) {
    for (value, risk_free) in returns.iter_mut().zip(risk_free) {
        *value = excess_return(*value, *risk_free);
    }
}
