//! Decimals of columnar files: whole numbers with a scale.

/// The nearest double to `unscaled` · 10^-`scale`.
pub(crate) fn to_f64(unscaled: i128, scale: i32) -> f64 {
    const EXACT: u128 = 1 << 53;
    // Powers of ten up to this one are doubles, so one division rounds once.
    const POWERS: i32 = 22;
    if unscaled.unsigned_abs() <= EXACT && (0..=POWERS).contains(&scale) {
        let mut power = 1.0;
        for _ in 0..scale {
            power *= 10.0;
        }
        return unscaled as f64 / power;
    }
    fast_float2::parse(format!("{unscaled}e{}", -i64::from(scale))).unwrap_or(f64::NAN)
}

/// A whole number in two's complement, its highest byte first; `None` when it is longer than 16 bytes.
pub(crate) fn of_bytes(bytes: &[u8]) -> Option<i128> {
    let is_negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let fill = if is_negative { 0xff } else { 0 };
    let (high, low) = bytes.split_at(bytes.len().saturating_sub(16));
    // What is above must be nothing but the sign.
    let sign_of_low = low.first().is_some_and(|first| first & 0x80 != 0);
    if high.iter().any(|byte| *byte != fill) || (!high.is_empty() && sign_of_low != is_negative) {
        return None;
    }
    let mut whole = [fill; 16];
    whole[16 - low.len()..].copy_from_slice(low);
    Some(i128::from_be_bytes(whole))
}
