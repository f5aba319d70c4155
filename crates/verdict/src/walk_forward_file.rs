//! `walk_forward.csv`: what walk-forward analysis picked, session by session.

use std::path::Path;

use backtest::date::Date;
use diagnostics::{WriteError, csv_cell, write_atomically};
use sweep::WALK_FORWARD;

use crate::out_of_sample::Chain;

/// Writes the chain: for each session of a test its date, the trial that was held, its return, the growth
/// of 1 since the first test, and that of each yardstick.
///
/// * `dates`: of all sessions of the trials.
pub(crate) fn write(dir: &Path, dates: &[Date], chain: &Chain) -> Result<(), WriteError> {
    let mut text = "date,trial,return,growth".to_owned();
    for yardstick in &chain.yardsticks {
        text += &format!(",{}", csv_cell(&format!("growth of {}", yardstick.name)));
    }
    text.push('\n');
    let mut growth = vec![1.0; 1 + chain.yardsticks.len()];
    for (at, session) in chain.sessions.iter().enumerate() {
        let Some(date) = dates.get(*session) else {
            break;
        };
        let risk_free = chain.risk_free[at];
        let value = chain.returns[at] + risk_free;
        growth[0] *= 1.0 + value;
        text += &format!("{date},{},{value},{}", chain.trials[at], growth[0]);
        for (growth, yardstick) in growth[1..].iter_mut().zip(&chain.yardsticks) {
            match yardstick.returns.get(at) {
                Some(value) => {
                    *growth *= 1.0 + value + risk_free;
                    text += &format!(",{growth}");
                }
                None => text.push(','),
            }
        }
        text.push('\n');
    }
    let path = dir.join(WALK_FORWARD);
    write_atomically(&path, |out| out.write_all(text.as_bytes()))
}
