//! What a holding is worth when its asset has stopped trading.

use crate::declaration::{
    Field, Key, Mistake, NameOrNumber, Named, Place, Sink, Source, Value, judge_number,
};

/// What becomes of a holding in an asset whose bars end before the backtest does.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Delisted {
    /// An asset of the universe that ends, and is not said to leave, is a mistake.
    #[default]
    Error,
    /// It is sold at its last close.
    LastClose,
    /// It is worth nothing.
    Worthless,
    /// It is sold at its last close times one plus this return.
    Return(f64),
}

impl Delisted {
    /// The names that a strategy can give it, in the order of the variants.
    pub const NAMES: &'static [Named] = &[
        Named {
            name: "error",
            doc: "An asset that ends is a mistake, unless it is said when it `leaves`.",
        },
        Named {
            name: "last-close",
            doc: "It is sold at its last close.",
        },
        Named {
            name: "worthless",
            doc: "Nothing is paid for it.",
        },
    ];

    /// The return on the last close at which a holding is paid out: 0 also for an asset that is
    /// said to leave.
    pub fn payout(self) -> f64 {
        match self {
            Delisted::Error | Delisted::LastClose => 0.0,
            Delisted::Worthless => -1.0,
            Delisted::Return(payout) => payout,
        }
    }
}

impl Field for Delisted {
    fn read<S: Source>(source: &S, key: &'static Key) -> Option<Delisted> {
        match source.name_or_number(key)? {
            NameOrNumber::Name("error") => Some(Delisted::Error),
            NameOrNumber::Name("last-close") => Some(Delisted::LastClose),
            NameOrNumber::Name("worthless") => Some(Delisted::Worthless),
            NameOrNumber::Name(_) => None,
            NameOrNumber::Number(payout) => Some(Delisted::Return(payout)),
        }
    }

    fn write<S: Sink>(&self, key: &'static Key, sink: &mut S) {
        let value = match self {
            Delisted::Error => Value::Text("error"),
            Delisted::LastClose => Value::Text("last-close"),
            Delisted::Worthless => Value::Text("worthless"),
            Delisted::Return(payout) => Value::Number(*payout),
        };
        sink.value(key, value);
    }

    fn judge(&self, key: &'static Key, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        if let Delisted::Return(payout) = self {
            judge_number(*payout, key, at, mistakes);
        }
    }
}
