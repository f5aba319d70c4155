//! Sums over sixteen equal stretches of time: enough to form the Sharpe ratio of any union of them.

use super::form::Form::{Count, Number};
use super::metric::Source::{Summary, SummaryCount};
use super::metric::{Better, Group, Metric};

/// The three entries of each fold. Columns are numbered from 46 on, fold by fold.
macro_rules! folds {
    ($($fold:literal)*) => {
        &[$(
            Group::Folds.metric(
                concat!("fold_", $fold, "_n"),
                concat!("Fold ", $fold, ", returns"),
                Count,
                Better::Neither,
                SummaryCount(|s| s.folds[$fold - 1].n as u64),
                "Number of returns in one of sixteen equal stretches of time.",
            )
            .column(43 + 3 * $fold),
            Group::Folds.metric(
                concat!("fold_", $fold, "_sum"),
                concat!("Fold ", $fold, ", sum"),
                Number(4),
                Better::Higher,
                Summary(|s| Some(s.folds[$fold - 1].sum)),
                "Sum of the excess returns in it.",
            )
            .column(44 + 3 * $fold),
            Group::Folds.metric(
                concat!("fold_", $fold, "_sum_squares"),
                concat!("Fold ", $fold, ", sum of squares"),
                Number(4),
                Better::Lower,
                Summary(|s| Some(s.folds[$fold - 1].squares)),
                "Sum of the squared excess returns in it.",
            )
            .column(45 + 3 * $fold),
        )*]
    };
}

pub(super) const METRICS: &[Metric] = folds!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);

const _: () = assert!(METRICS.len() == 3 * crate::FOLDS);
