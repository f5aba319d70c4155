//! Sets of numbers as people and batch scripts write them: `0-3,7,9-12`.

use std::collections::BTreeSet;

/// The ranges of a set, joined by commas.
pub fn ranges_to_text(numbers: &BTreeSet<u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let text = |(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

/// More numbers than this are a typo.
const MOST: u64 = 1 << 32;

/// The numbers of a text of ranges.
///
/// # Errors
///
/// The piece that is neither a number nor a range.
pub fn ranges_from_text(text: &str) -> Result<BTreeSet<u64>, String> {
    let mut numbers = BTreeSet::new();
    for piece in text.split(',').map(str::trim) {
        let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
        match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last && last - first < MOST => {
                numbers.extend(first..=last);
            }
            _ => return Err(piece.to_owned()),
        }
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, numbers: &[u64]) {
        let set: BTreeSet<u64> = numbers.iter().copied().collect();
        assert_eq!(ranges_from_text(text), Ok(set.clone()));
        assert_eq!(ranges_to_text(&set), text);
    }

    #[test]
    fn neighbours_are_a_range() {
        check("0-3,7,9-12", &[0, 1, 2, 3, 7, 9, 10, 11, 12]);
        check("5", &[5]);
    }

    #[test]
    fn what_is_no_range_is_named() {
        for bad in [
            "",
            "a",
            "3-1",
            "1-",
            "1,,2",
            "-1",
            "1.5",
            "0-99999999999999",
        ] {
            assert!(ranges_from_text(bad).is_err(), "{bad}");
        }
    }
}
