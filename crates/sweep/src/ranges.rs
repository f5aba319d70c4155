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

/// The most shards of a sweep: each is a file of one folder, and which are missing is known by their
/// names.
pub const MOST_SHARDS: u64 = 1_000_000;

/// The most trial numbers of a sweep: the largest usual shard in as many files.
pub(crate) const MOST_NUMBERS: u64 = 4096 * MOST_SHARDS;

/// How many numbers a text of ranges names, one that it names twice counted twice; `None` where it is no
/// such text. Takes no memory.
pub fn ranges_size(text: &str) -> Option<u64> {
    let mut pieces = text.split(',').map(|piece| range(piece.trim()));
    pieces.try_fold(0_u64, |sum, range| {
        let (first, last) = range?;
        sum.checked_add(last - first + 1)
    })
}

fn range(piece: &str) -> Option<(u64, u64)> {
    let (first, last) = piece.split_once('-').unwrap_or((piece, piece));
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last && last < MOST_SHARDS => Some((first, last)),
        _ => None,
    }
}

/// The numbers of a text of ranges, all of them below [`MOST_SHARDS`].
///
/// # Errors
///
/// The piece that is neither a number nor a range of such.
pub fn ranges_from_text(text: &str) -> Result<BTreeSet<u64>, String> {
    let mut numbers = BTreeSet::new();
    for piece in text.split(',').map(str::trim) {
        let (first, last) = range(piece).ok_or_else(|| piece.to_owned())?;
        numbers.extend(first..=last);
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
        assert_eq!(ranges_size(text), Some(numbers.len() as u64));
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
            "0-999999,1000000",
            "18446744073709551615",
        ] {
            assert!(ranges_from_text(bad).is_err(), "{bad}");
            assert_eq!(ranges_size(bad), None, "{bad}");
        }
    }
}
