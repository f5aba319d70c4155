//! Caps after the fact.

/// Lowers weights to their caps and spreads what is cut off over the others in proportion:
/// `w_i = min(cap_i, t · a_i)` with `t` such that the weights sum to `total`. What has no weight gets
/// none.
///
/// It is where the repeated redistribution of capped indices ends. Returns what is left over because
/// all caps are reached: 0, or a part for cash. It is not the optimum under caps: for that an
/// optimiser has to know them.
///
/// # Panics
///
/// If there are not as many caps as weights.
pub fn cap(weights: &mut [f64], caps: &[f64], total: f64) -> f64 {
    assert_eq!(weights.len(), caps.len(), "one cap per weight");
    let mut sum = 0.0;
    let mut room = 0.0;
    for (weight, cap) in weights.iter().zip(caps) {
        if *weight > 0.0 {
            sum += weight;
            room += cap;
        }
    }
    if room < total {
        for (weight, cap) in weights.iter_mut().zip(caps) {
            *weight = if *weight > 0.0 { *cap } else { 0.0 };
        }
        return total - room;
    }
    // The first round scales to the total. In each later one what is above its cap stays there, and
    // the rest shares what that leaves.
    let mut factor = total / sum;
    let mut capped = 0;
    loop {
        for (weight, cap) in weights.iter_mut().zip(caps) {
            if *weight < *cap || capped == 0 {
                *weight = (*weight * factor).max(0.0);
            }
        }
        let mut rest = total;
        let mut open = 0.0;
        let mut now = 0;
        for (weight, cap) in weights.iter_mut().zip(caps) {
            if *weight >= *cap {
                *weight = *cap;
                rest -= cap;
                now += 1;
            } else {
                open += *weight;
            }
        }
        if now == capped || open <= 0.0 {
            return 0.0;
        }
        capped = now;
        factor = rest / open;
    }
}
