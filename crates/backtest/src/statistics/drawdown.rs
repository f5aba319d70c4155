//! Drawdowns: how far wealth is below its highest value so far. The starting capital is a peak.

use super::lanes::{LANES, Lanes, add_lanes};
use crate::date::Date;

/// The drawdowns of a wealth curve in total. Depths are positive fractions: 0.25 is a loss of a
/// quarter from the peak.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drawdowns {
    /// The deepest.
    pub max: f64,
    /// Mean depth over all sessions, peaks included as zero (the pain index).
    pub mean: f64,
    /// Root mean square depth over all sessions: the ulcer index of Martin (1987).
    pub ulcer_index: f64,
    /// Sessions below the peak over all sessions.
    pub underwater: f64,
    /// Sessions from peak to recovery (or the end) in the longest.
    pub longest_sessions: usize,
    /// Calendar days from peak to recovery (or the end) in the one that took most.
    pub longest_days: i32,
}

/// One drawdown, by position in the wealth curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// The last time at the peak.
    pub peak: usize,
    /// The lowest point.
    pub valley: usize,
    /// When the peak was reached again; `None` when it was not.
    pub recovery: Option<usize>,
    /// From peak to valley, as a positive fraction.
    pub depth: f64,
}

impl Drawdowns {
    /// From a wealth curve of at least two points that starts with the starting capital, and the
    /// date of each point.
    pub fn of(wealth: &[f64], dates: &[Date]) -> Drawdowns {
        let n = (wealth.len() - 1) as f64;
        let mut total = Drawdowns::default();
        let mut depths = Depths::default();
        let mut under = 0;
        let (mut peak, mut peak_at) = (wealth[0], 0);
        let mut at = 0;
        for block in wealth.chunks(LANES) {
            // Most blocks lie below the peak as a whole and need no look at each value.
            match <&Lanes>::try_from(block) {
                Ok(block)
                    if block
                        .iter()
                        .fold(true, |below, value| below & (*value < peak)) =>
                {
                    depths.add(block.map(|value| 1.0 - value / peak));
                    under += LANES;
                }
                _ => {
                    for (offset, &value) in block.iter().enumerate() {
                        let at = at + offset;
                        if value >= peak {
                            if peak_at + 1 < at {
                                total.lasted(dates, peak_at, at);
                            }
                            (peak, peak_at) = (value, at);
                        } else {
                            let mut lanes = [0.0; LANES];
                            lanes[offset] = 1.0 - value / peak;
                            depths.add(lanes);
                            under += 1;
                        }
                    }
                }
            }
            at += block.len();
        }
        if peak_at + 1 < wealth.len() {
            total.lasted(dates, peak_at, wealth.len() - 1);
        }
        total.max = depths.max.into_iter().fold(0.0, f64::max);
        total.mean = add_lanes(depths.sum) / n;
        total.ulcer_index = (add_lanes(depths.squares) / n).sqrt();
        total.underwater = under as f64 / n;
        total
    }

    fn lasted(&mut self, dates: &[Date], from: usize, to: usize) {
        let days = dates[to].epoch_days() - dates[from].epoch_days();
        self.longest_sessions = self.longest_sessions.max(to - from);
        self.longest_days = self.longest_days.max(days);
    }
}

/// Depths by lane: value `i` of the curve belongs to lane `i mod 8`.
#[derive(Default)]
struct Depths {
    max: Lanes,
    sum: Lanes,
    squares: Lanes,
}

impl Depths {
    #[inline(always)]
    fn add(&mut self, depths: Lanes) {
        for (lane, depth) in depths.into_iter().enumerate() {
            self.max[lane] = if depth > self.max[lane] {
                depth
            } else {
                self.max[lane]
            };
            self.sum[lane] += depth;
            self.squares[lane] += depth * depth;
        }
    }
}

/// Every drawdown of a wealth curve that starts with the starting capital, in order of time.
pub fn drawdown_episodes(wealth: &[f64]) -> Vec<Drawdown> {
    let mut episodes = Vec::new();
    let mut current: Option<Drawdown> = None;
    let Some(&first) = wealth.first() else {
        return episodes;
    };
    let (mut peak, mut peak_at) = (first, 0);
    for (at, &value) in wealth.iter().enumerate() {
        if value >= peak {
            if let Some(episode) = current.take() {
                episodes.push(Drawdown {
                    recovery: Some(at),
                    ..episode
                });
            }
            (peak, peak_at) = (value, at);
            continue;
        }
        let depth = 1.0 - value / peak;
        let episode = current.get_or_insert(Drawdown {
            peak: peak_at,
            valley: at,
            recovery: None,
            depth,
        });
        if depth > episode.depth {
            (episode.depth, episode.valley) = (depth, at);
        }
    }
    episodes.extend(current);
    episodes
}
