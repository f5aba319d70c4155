//! What a column of a price file holds.

/// A column of numbers that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Open,
    High,
    Low,
    Close,
    AdjClose,
    Dividend,
    Split,
    Gains,
}

impl Field {
    pub(crate) const COUNT: usize = 8;

    const ALL: [Field; Field::COUNT] = [
        Field::Open,
        Field::High,
        Field::Low,
        Field::Close,
        Field::AdjClose,
        Field::Dividend,
        Field::Split,
        Field::Gains,
    ];

    /// The name that messages use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Field::Open => "Open",
            Field::High => "High",
            Field::Low => "Low",
            Field::Close => "Close",
            Field::AdjClose => "Adj Close",
            Field::Dividend => "Dividends",
            Field::Split => "Stock Splits",
            Field::Gains => "Capital Gains",
        }
    }
}

/// A set of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(u16);

impl Fields {
    /// Marks that adjusted closes are read only where no column of dividends tells what they do.
    const AS_TRADED: u16 = 1 << 15;

    /// What a backtest on prices as traded reads.
    pub(crate) const TRADED: Fields = Fields(Fields::ADJUSTED.0 | Fields::AS_TRADED);
    /// What a backtest on adjusted prices reads.
    pub(crate) const ADJUSTED: Fields = Fields::of(&[
        Field::Open,
        Field::Close,
        Field::AdjClose,
        Field::Dividend,
        Field::Split,
        Field::Gains,
    ]);
    /// What a check reads.
    pub(crate) const CHECKED: Fields = Fields::of(&Field::ALL);

    pub(crate) const fn of(fields: &[Field]) -> Fields {
        let (mut bits, mut at) = (0, 0);
        while at < fields.len() {
            bits |= 1 << fields[at] as u16;
            at += 1;
        }
        Fields(bits)
    }

    pub(crate) fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u16) != 0
    }

    /// Those that are read of a table that has these.
    pub(crate) fn within(self, present: Fields) -> Fields {
        let mut read = Fields(self.0 & present.0);
        if self.0 & Fields::AS_TRADED != 0 && present.has(Field::Dividend) {
            read.0 &= !(1 << Field::AdjClose as u16);
        }
        read
    }

    pub(crate) fn insert(&mut self, field: Field) {
        self.0 |= 1 << field as u16;
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.has(*field))
    }
}
