//! Drawdowns: how far wealth is below its highest value so far. The starting capital is a peak.

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
