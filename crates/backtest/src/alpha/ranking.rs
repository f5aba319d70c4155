//! Ranks assets by momentum, the highest first, equal ones in their order.

/// One number per asset that orders as its momentum does, the other way round.
pub(crate) fn rank_keys(momenta: &[f64], keys: &mut Vec<u64>) {
    keys.clear();
    keys.extend(momenta.iter().map(|&momentum| descending_key(momentum)));
}

/// An integer that orders as the number does, the other way round. Both zeros are one number.
fn descending_key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    let ascending = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    !ascending
}

/// Where the first `n` end: every key below `key` is among them, and so are the first `ties` of
/// those equal to it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threshold {
    key: u64,
    ties: usize,
}

impl Threshold {
    const NONE: Threshold = Threshold { key: 0, ties: 0 };
    const ALL: Threshold = Threshold {
        key: u64::MAX,
        ties: usize::MAX,
    };

    /// From all keys, in any order, which are reordered.
    pub(crate) fn among(keys: &mut [u64], n: usize) -> Threshold {
        if n == 0 {
            return Threshold::NONE;
        }
        if n >= keys.len() {
            return Threshold::ALL;
        }
        let (below, &mut key, _) = keys.select_nth_unstable(n - 1);
        let ties = below.iter().filter(|below| **below == key).count() + 1;
        Threshold { key, ties }
    }

    /// From the lowest keys of `n_keys` in order. `None` when they do not reach that far.
    pub(crate) fn among_sorted(sorted: &[u64], n_keys: usize, n: usize) -> Option<Threshold> {
        if n == 0 {
            return Some(Threshold::NONE);
        }
        if n >= n_keys {
            return Some(Threshold::ALL);
        }
        let key = *sorted.get(n - 1)?;
        let ties = sorted[..n]
            .iter()
            .rev()
            .take_while(|below| **below == key)
            .count();
        Some(Threshold { key, ties })
    }
}

/// Which side of a threshold is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Those ranked first.
    First,
    /// Those ranked after them.
    Rest,
}

/// The positions on one side of the threshold, in increasing order.
pub(crate) fn choose<'a>(
    keys: &[u64],
    threshold: Threshold,
    side: Side,
    chosen: &'a mut Vec<u32>,
) -> &'a [u32] {
    chosen.clear();
    chosen.resize(keys.len(), 0);
    let (mut count, mut ties_seen) = (0, 0);
    for (position, &key) in (0..).zip(keys) {
        let tied = key == threshold.key;
        let first = (key < threshold.key) | (tied & (ties_seen < threshold.ties));
        ties_seen += usize::from(tied);
        // Written always and counted sometimes: no branch to mispredict.
        chosen[count] = position;
        count += usize::from(first == (side == Side::First));
    }
    &chosen[..count]
}
