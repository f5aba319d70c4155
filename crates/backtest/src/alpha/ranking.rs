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
}

/// Which side of a threshold is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Those ranked first.
    First,
    /// Those ranked after them.
    Rest,
}

/// The positions on one side of the threshold, in increasing order.
// Inlined into its callers it costs two thirds more instructions.
#[inline(never)]
pub(crate) fn choose<'a>(
    keys: &[u64],
    threshold: Threshold,
    group: Group,
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
        count += usize::from(first == (group == Group::First));
    }
    &chosen[..count]
}

/// The first `n` positions by rank and the rank of each, from the key of every position.
///
/// Positions increase; those from rank `n` on are left out.
pub(crate) fn rank(keys: &[u64], n: usize, buffers: &mut RankingBuffers) {
    let RankingBuffers {
        reordered,
        positions,
        ranks,
        order,
    } = buffers;
    ranks.clear();
    if keys.len() <= FEW {
        positions.clear();
        for (position, key) in keys.iter().enumerate() {
            // As many come before it as are lower, or equal and earlier.
            let (earlier, later) = keys.split_at(position);
            let rank = earlier
                .iter()
                .fold(0, |sum, other| sum + usize::from(other <= key));
            let rank = later
                .iter()
                .fold(rank, |sum, other| sum + usize::from(other < key));
            if rank < n {
                positions.push(position as u32);
                ranks.push(rank as u32);
            }
        }
        return;
    }
    reordered.clear();
    reordered.extend_from_slice(keys);
    let threshold = Threshold::among(reordered, n);
    let first = choose(keys, threshold, Group::First, positions).len();
    positions.truncate(first);
    order.clear();
    // Equal keys keep their order: `at` increases with the position.
    let with_place = |(at, position): (u32, &u32)| {
        u128::from(keys[*position as usize]) << u32::BITS | u128::from(at)
    };
    order.extend((0..).zip(positions.iter()).map(with_place));
    order.sort_unstable();
    ranks.resize(order.len(), 0);
    for (rank, key) in (0..).zip(order.iter()) {
        ranks[*key as u32 as usize] = rank;
    }
}

/// So few keys are compared each with each.
const FEW: usize = 24;

/// What [`rank`] found, and memory for it.
#[derive(Default)]
pub(crate) struct RankingBuffers {
    pub(crate) positions: Vec<u32>,
    pub(crate) ranks: Vec<u32>,
    reordered: Vec<u64>,
    /// Keys, and below them places among the positions.
    order: Vec<u128>,
}

/// The positions whose rank is on one side of `n`, in increasing order.
pub(crate) fn choose_ranked<'a>(
    positions: &[u32],
    ranks: &[u32],
    n: u32,
    group: Group,
    chosen: &'a mut Vec<u32>,
) -> &'a [u32] {
    if chosen.len() < positions.len() {
        chosen.resize(positions.len(), 0);
    }
    let mut count = 0;
    for (&position, &rank) in positions.iter().zip(ranks) {
        chosen[count] = position;
        count += usize::from((rank < n) == (group == Group::First));
    }
    &chosen[..count]
}
