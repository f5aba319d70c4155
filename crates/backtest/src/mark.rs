//! Where a price stands: its asset, its session, its moment of the day.

/// A trading day, counted from the first day of the market it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session(pub u32);

impl Session {
    /// The position of its row.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An asset of a market. The numbers follow the order of the symbols, so that assets sorted by
/// number are sorted by symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetId(pub u32);

impl AssetId {
    /// The position of its column.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The two moments of a session at which a price is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// 14:30 UTC.
    Open,
    /// 21:00 UTC.
    Close,
}

/// A point in simulated time: the open or the close of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The session.
    pub session: Session,
    /// Its open or its close.
    pub at: At,
}

impl Mark {
    /// The open of a session.
    pub const fn open(session: Session) -> Mark {
        Mark {
            session,
            at: At::Open,
        }
    }

    /// The close of a session.
    pub const fn close(session: Session) -> Mark {
        Mark {
            session,
            at: At::Close,
        }
    }

    /// The mark that follows.
    pub const fn next(self) -> Mark {
        match self.at {
            At::Open => Mark::close(self.session),
            At::Close => Mark::open(Session(self.session.0 + 1)),
        }
    }
}
