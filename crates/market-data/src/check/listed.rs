//! Everything that was found about a symbol as one list: what, what it does to a backtest, the way out.

use backtest::date::Date;

use super::findings::{Break, BreakKind, Count, Jump, SymbolCheck};
use crate::error::Place;
use crate::faults::Fault;
use crate::load::Notice;
use crate::table::Finding;
use diagnostics::chain;

/// How many of a kind are named.
const SHOWN: usize = 3;

/// What was found, what it does and the way out, for one kind.
type Said = (&'static str, &'static str, &'static str);

const GAP: Said = (
    "gap",
    "the calendar of a backtest that holds one of the others has the day: the price before it is repeated, and orders wait",
    "download the days, or leave them if nothing was traded on them",
);
const LONE: Said = (
    "lone-day",
    "the day is a session on which all others repeat their prices",
    "compare it with the exchange's holidays, and correct the date or delete the row",
);
const MISSING: Said = (
    "missing-price",
    "the price before it is repeated, and an order waits for the next one",
    "download the file again, or leave them if they are rightly missing",
);
const ZERO: Said = (
    "zero-price",
    "a backtest that needs one of the prices stops there",
    "correct the price, or leave its cell empty: then the price before it counts",
);
const JUMP: Said = (
    "jump",
    "it is the return of one day: right after a crash, wrong after a split or a slip",
    "compare it with another source",
);
const FACTOR_FALLS: Said = (
    "adjustment-break",
    "parts of the file are adjusted up to different days, and the return between them is wrong by as much",
    "download the whole file at once",
);
const NOT_ONE: Said = (
    "adjustment-not-one",
    "the file was cut, or is adjusted for what came later: returns are right, and prices are not those that were traded at",
    "download the file up to its last day, if share counts or fees per share matter",
);
const SPLIT: Said = (
    "split-not-adjusted",
    "the split counts as a loss or a gain",
    "download adjusted prices, or add a column of splits and set `adjusted = false` under `[data]`",
);
const NO_OPENS: Said = (
    "no-opens",
    "orders cannot be filled at opens",
    "fill at closes, write `opens = \"previous-close\"` under `[data]`, or name the symbol in `also` there, for signals alone",
);
const NO_ADJ_CLOSE: Said = (
    "taken-as-adjusted",
    "prices are taken as already adjusted; if they are not, returns lack dividends, and splits are losses",
    "compare a few days with another source",
);
const UNREADABLE: &str = "no backtest can use it";

impl SymbolCheck {
    /// Adds what has been counted, corrected and refused to the findings, so that they are all of it.
    pub(super) fn list_everything(&mut self) {
        let mut all = Vec::new();
        if let Some(error) = &self.error {
            let fault = self.fault("unreadable", 1, None, chain(error), UNREADABLE);
            all.push(fault.with_way_out(error.hint()));
        }
        all.extend(self.notices.iter().map(|notice| self.corrected(notice)));
        if let Some(error) = &self.actions_error {
            let what = format!("not to be booked: {error}");
            let effect = "a backtest with `adjusted = false` stops there";
            let fault = self.fault("actions", 1, None, what, effect);
            all.push(fault.with_way_out(error.hint().to_owned()));
        }
        if self.span.is_some() && !self.has_open {
            all.push(self.said(NO_OPENS, self.n_rows, None, "no column `Open`".to_owned()));
        }
        // Closes alone are mostly those of an index, which has nothing to be adjusted for.
        if self.span.is_some() && !self.has_adj_close && self.has_open {
            let what = "no column `Adj Close`".to_owned();
            all.push(self.said(NO_ADJ_CLOSE, self.n_rows, None, what));
        }
        let days = |said: Said, days: &[Date], what: &str| {
            let first = days.first().map(|day| (*day, None));
            let what = format!("{what}: {}", some_of(days, Date::to_string));
            (!days.is_empty()).then(|| self.said(said, days.len(), first, what))
        };
        all.extend(days(
            GAP,
            &self.missing_days,
            "no bar where most others have one",
        ));
        all.extend(days(LONE, &self.lone_days, "a bar where no other has one"));
        let count = |said: Said, count: Count, what: &str| {
            let (date, place) = count.first?;
            let rows = if count.n == 1 { "row" } else { "rows" };
            let what = format!("{what}: {} {rows}, first {date} ({place})", count.n);
            Some(self.said(said, count.n, Some((date, Some(place))), what))
        };
        // Opens of zero have been named above.
        let zero_opens = self.notices.iter().find_map(|notice| match notice {
            Notice::ZeroOpens { n, .. } => Some(*n),
            _ => None,
        });
        if zero_opens != Some(self.missing_prices.n) {
            all.extend(count(MISSING, self.missing_prices, "missing prices"));
        }
        all.extend(count(
            ZERO,
            self.non_positive_prices,
            "zero or negative prices",
        ));
        if let Some(jump) = self.jumps.first() {
            let what = format!("large moves: {}", some_of(&self.jumps, Jump::to_string));
            let first = Some((jump.date, Some(jump.place)));
            all.push(self.said(JUMP, self.jumps.len(), first, what));
        }
        all.append(&mut std::mem::take(&mut self.findings));
        for said in [FACTOR_FALLS, NOT_ONE, SPLIT] {
            let own = |found: &&Break| said_of(&found.kind).0 == said.0;
            let breaks: Vec<Break> = self.breaks.iter().filter(own).copied().collect();
            if let Some(first) = breaks.first() {
                let what = format!("adjustment: {}", some_of(&breaks, Break::to_string));
                let at = Some((first.date, Some(first.place)));
                all.push(self.said(said, breaks.len(), at, what));
            }
        }
        self.findings = all;
    }

    fn said(
        &self,
        (kind, effect, way_out): Said,
        n: usize,
        first: Option<(Date, Option<Place>)>,
        what: String,
    ) -> Fault {
        (self.fault(kind, n, first, what, effect)).with_way_out(way_out.to_owned())
    }

    fn fault(
        &self,
        kind: &'static str,
        n: usize,
        first: Option<(Date, Option<Place>)>,
        what: String,
        effect: &'static str,
    ) -> Fault {
        let start = self.span.map_or(Date::EPOCH, |(first, _)| first);
        let (first, place) = first.unwrap_or((start, None));
        Fault {
            kind,
            symbol: self.symbol.clone(),
            n,
            first,
            place,
            what,
            effect,
            way_out: String::new(),
        }
    }

    /// A correction that reading made.
    fn corrected(&self, notice: &Notice) -> Fault {
        let (kind, effect, way_out) = match notice {
            Notice::ZeroOpens { .. } => (
                "zero-opens",
                "the rows are usable at their closes; an order for a missing open is filled at the next price",
                "begin the backtest after them, or fill at closes",
            ),
            Notice::LiveQuote { .. } => (
                "live-quote",
                "the last bar may be of a day that was not over",
                "download it again after the close",
            ),
            Notice::DayEarly { .. } => (
                "day-early",
                "each bar counts as the day after the date in the file",
                "export the days of the exchange, to be sure",
            ),
            Notice::Sorted { .. } => ("unsorted", "none: rows are put in order", ""),
            Notice::Repeated { .. } => ("repeated-rows", "none: each day counts once", ""),
            Notice::Actions {
                finding: Finding::SplitNotAdjusted { .. },
                ..
            } => (SPLIT.0, SPLIT.1, "set `adjusted = false` under `[data]`"),
            Notice::Actions { .. } => (
                "actions",
                "what a share was worth and what it paid is taken as said",
                "compare the days with another source where it matters",
            ),
            _ => ("notice", "none", ""),
        };
        let n = match notice {
            Notice::ZeroOpens { n, .. } => *n,
            Notice::Repeated { rows, .. } => rows.len(),
            _ => 1,
        };
        let first = match notice {
            Notice::ZeroOpens {
                first: (date, place),
                ..
            } => Some((*date, Some(*place))),
            Notice::LiveQuote { date, kept, .. } => Some((*date, Some(*kept))),
            Notice::Actions {
                at: Some((date, place)),
                ..
            } => Some((*date, Some(*place))),
            _ => None,
        };
        self.said((kind, effect, way_out), n, first, notice.to_string())
    }
}

fn said_of(kind: &BreakKind) -> Said {
    match kind {
        BreakKind::FactorFalls { .. } => FACTOR_FALLS,
        BreakKind::NotOneAtEnd { .. } => NOT_ONE,
        BreakKind::UnadjustedSplit { .. } => SPLIT,
    }
}

fn some_of<T>(items: &[T], show: impl Fn(&T) -> String) -> String {
    let shown: Vec<String> = items.iter().take(SHOWN).map(show).collect();
    let more = match items.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}
