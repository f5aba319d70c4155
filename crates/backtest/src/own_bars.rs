//! Which prices of a market are an asset's own, and which repeat an earlier one.

use crate::mark::{AssetId, At, Mark, Session};

/// Assets in one word of a row of bits.
const BITS: usize = u64::BITS as usize;

/// Which cells of a price table are bars of the asset's own; the others are filled forward.
///
/// An open is the asset's own when its bar has one. A close is when the bar has any price: one
/// without a close ends where it opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnBars {
    /// Words in the row of a session.
    words: usize,
    /// By session: the assets with an open of their own. Empty when nothing is missing.
    opens: Vec<u64>,
    /// By session: the assets with a close of their own. Empty when nothing is missing.
    closes: Vec<u64>,
    /// By asset, where closes are missing after the first.
    with_gaps: Vec<Option<OwnCloses>>,
}

/// The closes of an asset that has none at some sessions.
#[derive(Clone, Debug, Default)]
pub(crate) struct OwnCloses {
    /// The sessions with a close of its own, increasing.
    sessions: Vec<Session>,
    /// The close of each.
    closes: Vec<f64>,
}

impl OwnCloses {
    /// How many there are before a session.
    pub(crate) fn count_before(&self, session: Session) -> usize {
        self.sessions.partition_point(|own| *own < session)
    }

    /// The sessions with a close of its own, increasing.
    pub(crate) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The close of each.
    pub(crate) fn closes(&self) -> &[f64] {
        &self.closes
    }

    /// The last `n` from one session on and before another; fewer when there are fewer.
    pub(crate) fn last(&self, n: usize, from: Session, before: Session) -> &[f64] {
        let end = self.count_before(before);
        let start = self.count_before(from).max(end.saturating_sub(n));
        self.closes.get(start..end).unwrap_or_default()
    }
}

/// Gathers [`OwnBars`], one asset after another.
pub(crate) struct OwnBarsBuilder {
    bars: OwnBars,
    n_sessions: usize,
    /// Whether every asset has both prices at every session from its first price on.
    complete: bool,
}

impl OwnBarsBuilder {
    pub(crate) fn new(n_assets: usize, n_sessions: usize) -> OwnBarsBuilder {
        let words = n_assets.div_ceil(BITS);
        OwnBarsBuilder {
            bars: OwnBars {
                words,
                opens: vec![0; words * n_sessions],
                closes: vec![0; words * n_sessions],
                with_gaps: Vec::with_capacity(n_assets),
            },
            n_sessions,
            complete: true,
        }
    }

    /// Notes that the asset in the making has prices of its own at a session.
    pub(crate) fn set(&mut self, session: usize, has_open: bool, has_price: bool) {
        let asset = self.bars.with_gaps.len();
        let (word, bit) = (session * self.bars.words + asset / BITS, asset % BITS);
        self.bars.opens[word] |= u64::from(has_open) << bit;
        self.bars.closes[word] |= u64::from(has_price) << bit;
    }

    /// Ends an asset, with all of its closes by session, filled ones too.
    pub(crate) fn end_asset(&mut self, closes: &[f64]) {
        let asset = AssetId(self.bars.with_gaps.len() as u32);
        let sessions = || (0..self.n_sessions as u32).map(Session);
        let has = |bits: &[u64], session: Session| self.bars.bit(bits, session, asset);
        let first = sessions().find(|session| !closes[session.index()].is_nan());
        let since = || sessions().skip_while(move |session| Some(*session) != first);
        let opens_complete = since().all(|session| has(&self.bars.opens, session));
        let closes_complete = since().all(|session| has(&self.bars.closes, session));
        let with_gaps = (!closes_complete).then(|| {
            let own: Vec<Session> = since()
                .filter(|session| has(&self.bars.closes, *session))
                .collect();
            OwnCloses {
                closes: own.iter().map(|session| closes[session.index()]).collect(),
                sessions: own,
            }
        });
        self.bars.with_gaps.push(with_gaps);
        self.complete &= opens_complete && closes_complete;
    }

    /// Frees the rows where nothing is missing.
    pub(crate) fn finish(mut self) -> OwnBars {
        if self.complete {
            (self.bars.opens, self.bars.closes) = (Vec::new(), Vec::new());
        }
        self.bars
    }
}

impl OwnBars {
    /// Whether every asset has an open and a close of its own at every session from its first
    /// price to the end of the calendar.
    pub(crate) fn are_complete(&self) -> bool {
        self.opens.is_empty()
    }

    /// The closes of an asset's own; `None` when it has one at every session from its first on.
    pub(crate) fn closes(&self, asset: AssetId) -> Option<&OwnCloses> {
        self.with_gaps[asset.index()].as_ref()
    }

    /// Whether some asset lacks a close after its first.
    pub(crate) fn lack_closes(&self) -> bool {
        self.with_gaps.iter().any(Option::is_some)
    }

    /// Whether the price at a mark is the asset's own. An asset without any price has none.
    pub(crate) fn has(&self, mark: Mark, asset: AssetId) -> bool {
        self.are_complete() || self.bit(self.row_of(mark.at), mark.session, asset)
    }

    /// The first price of the asset's own at a mark or later, before a session.
    pub(crate) fn next(&self, asset: AssetId, from: Mark, before: Session) -> Option<Mark> {
        let marks = (from.session.0..before.0).map(Session);
        let mut marks = marks.flat_map(|session| [Mark::open(session), Mark::close(session)]);
        marks.find(|mark| *mark >= from && self.has(*mark, asset))
    }

    fn row_of(&self, at: At) -> &[u64] {
        match at {
            At::Open => &self.opens,
            At::Close => &self.closes,
        }
    }

    fn bit(&self, bits: &[u64], session: Session, asset: AssetId) -> bool {
        let word = bits[session.index() * self.words + asset.index() / BITS];
        word >> (asset.index() % BITS) & 1 == 1
    }
}
