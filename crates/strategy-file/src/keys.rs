//! The strategy file as a tree of tables, made from the declarations of their keys.
//!
//! The engine declares what a strategy consists of. Here stand the keys that belong to the file
//! and not to the strategy: the title, the conventions' base, `[data]`, `[sweep]`, `[validate]`.

use backtest::conventions::Conventions;
use backtest::declaration::{Key, Kind, Named, PartInfo, Presence, Table};
use backtest::strategy::Strategy;

use crate::choices::Sampler;

/// Declares a table and its keys, so that no key can be declared and not listed.
macro_rules! table {
    ($(#[doc = $table_doc:literal])+ $module:ident {
        $($(#[doc = $doc:literal])+ $key:ident: $name:literal, $kind:expr, $presence:expr;)+
    }) => {
        pub(crate) mod $module {
            #[allow(unused_imports, reason = "a table may use less than the macro brings")]
            use backtest::declaration::{BareDate, Key, Kind::*, Presence};

            #[allow(unused_imports, reason = "a table may use less than the macro brings")]
            use crate::choices::{Metric, Opens};

            $(pub(crate) static $key: Key = Key {
                name: $name,
                kind: $kind,
                presence: $presence,
                axis: false,
                doc: backtest::doc_text!($($doc)+),
            };)+

            pub(crate) static TABLE: backtest::declaration::Table = backtest::declaration::Table {
                doc: backtest::doc_text!($($table_doc)+),
                keys: &[$(&$key),+],
            };
        }
    };
}

table! {
    /// How a sweep is tested out of sample; a single run only checks it.
    validate {
        /// Where the held-out time begins: no trial of a sweep sees it. `gridfolio holdout` asks for it, and the ledger counts how often.
        HOLDOUT: "holdout", Moment(BareDate::Midnight), Presence::Optional;
        /// What walk-forward analysis and cross-validation select by, in-sample.
        METRIC: "metric", Choice(Metric::NAMES), Presence::Text("sharpe");
        /// Selecting on one stretch of time and testing on the next, again and again.
        WALK_FORWARD: "walk_forward", Table(&crate::keys::walk_forward::TABLE), Presence::Depends("anchored, with the first quarter of time to select on and twelve equal stretches to test on");
        /// Combinatorial purged cross-validation: every choice of this number of folds is the test set once.
        CROSS_VALIDATION: "cross_validation", Table(&crate::keys::cross_validation::TABLE), Presence::Optional;
    }
}

table! {
    /// Selecting on one stretch of time and testing on the next, again and again.
    walk_forward {
        /// Sessions to select on; with `anchored`, in the first window.
        TRAIN: "train", Count, Presence::Required;
        /// Sessions to test on.
        TEST: "test", Count, Presence::Required;
        /// Sessions from one window to the next; at least those of `test`, so that no session is tested on twice.
        STEP: "step", Count, Presence::Depends("that of `test`");
        /// Sessions left out between selecting and testing.
        GAP: "gap", WholeNumber, Presence::Number(0.0);
        /// Whether every window selects from the beginning on, in place of a rolling window.
        ANCHORED: "anchored", Flag, Presence::Flag(false);
    }
}

table! {
    /// Combinatorial purged cross-validation: every choice of this number of folds is the test set once.
    cross_validation {
        /// Equal stretches of time, 2 to 16.
        FOLDS: "folds", Count, Presence::Required;
        /// How many of them are tested on at a time.
        TEST_FOLDS: "test_folds", Count, Presence::Required;
        /// Sessions on either side of a test that are not selected on.
        PURGE: "purge", WholeNumber, Presence::Number(0.0);
        /// Sessions after a test, beyond the purged ones, that are not selected on.
        EMBARGO: "embargo", WholeNumber, Presence::Number(0.0);
    }
}

table! {
    /// Where the prices are.
    data {
        /// The folder of price files, relative to this file.
        DIR: "dir", Text, Presence::Optional;
        /// Whether prices are adjusted for splits and dividends.
        ADJUSTED: "adjusted", Flag, Presence::Flag(true);
        /// What stands for the opens of files that have closes alone. Without it, such files are usable only where orders are filled at closes.
        OPENS: "opens", Choice(Opens::NAMES), Presence::Optional;
        /// Symbols whose prices signals and models may read beside those of the universe, as in `["VIX"]`. They are never traded, need no opens, and do not count for the calendar.
        ALSO: "also", Symbols, Presence::Optional;
    }
}

table! {
    /// Which values other keys take in a sweep; a single run only checks it.
    sweep {
        /// How the trials are chosen from the axes.
        SAMPLER: "sampler", Part(crate::keys::SAMPLERS), Presence::Text("grid");
        /// What the draws of `random` and `sobol` depend on, besides the trial's number.
        SEED: "seed", WholeNumber, Presence::Number(0.0);
        /// A condition over the axes that every trial meets, as in `alpha.fast < alpha.slow`.
        WHERE: "where", Text, Presence::Optional;
        /// The path of each key to vary, with an array of values or a range `{ from = 1, to = 9, step = 2 }`. The last axis varies fastest.
        AXES: "axes", Axes, Presence::Required;
    }
}

/// The ways to choose trials, each with its own keys.
static SAMPLERS: &[PartInfo] = &[
    PartInfo {
        name: Sampler::Grid.name(),
        doc: Sampler::NAMES[0].doc,
        keys: &[],
    },
    PartInfo {
        name: Sampler::Random.name(),
        doc: Sampler::NAMES[1].doc,
        keys: &[&TRIALS],
    },
    PartInfo {
        name: Sampler::Sobol.name(),
        doc: Sampler::NAMES[2].doc,
        keys: &[&TRIALS],
    },
];

pub(crate) static TRIALS: Key = Key {
    name: "trials",
    kind: Kind::Count,
    presence: Presence::Required,
    axis: false,
    doc: "How many draws; at most 65536 for `sobol`.",
};

backtest::choice! {
    /// A set of conventions to start from.
    pub(crate) enum Base {
        /// The careful way.
        Standard = "standard",
        /// What QSTrader 0.3.0 does.
        QsTrader = "qstrader",
    }
}

impl Base {
    /// The conventions themselves.
    pub(crate) fn conventions(self) -> Conventions {
        match self {
            Base::Standard => Conventions::STANDARD,
            Base::QsTrader => Conventions::QSTRADER,
        }
    }
}

const NO_KEYS: Table = Table {
    doc: "How open questions of a backtest are answered: a base and the switches that differ from it.",
    keys: &[],
};

pub(crate) static NAME: Key = Key {
    name: "name",
    kind: Kind::Text,
    presence: Presence::Depends("the name of the file"),
    axis: false,
    doc: "A title for reports.",
};

pub(crate) static CONVENTIONS: Key = Key {
    name: "conventions",
    kind: Kind::ChoiceOrTable(Base::NAMES, &NO_KEYS),
    presence: Presence::Text("standard"),
    axis: true,
    doc: "How open questions of a backtest are answered: `standard` is the careful way, `qstrader` does what QSTrader 0.3.0 does. A table changes single switches of a base.",
};

pub(crate) static BASE: Key = Key {
    name: "base",
    kind: Kind::Choice(Base::NAMES),
    presence: Presence::Text("standard"),
    axis: true,
    doc: "The set of conventions that the other keys change.",
};

pub(crate) static EXECUTION: Key = Key {
    name: "execution",
    kind: Kind::Table(&Table {
        doc: "The four switches of the conventions that most backtests set.",
        keys: &[],
    }),
    presence: Presence::Optional,
    axis: true,
    doc: "The four switches of the conventions that most backtests set.",
};

pub(crate) static DATA: Key = Key {
    name: "data",
    kind: Kind::Table(&data::TABLE),
    presence: Presence::Optional,
    axis: false,
    doc: "Where the prices are.",
};

pub(crate) static SWEEP: Key = Key {
    name: "sweep",
    kind: Kind::Table(&sweep::TABLE),
    presence: Presence::Optional,
    axis: false,
    doc: "Which values other keys take in a sweep; a single run only checks it.",
};

pub(crate) static VALIDATE: Key = Key {
    name: "validate",
    kind: Kind::Table(&validate::TABLE),
    presence: Presence::Optional,
    axis: false,
    doc: "How a sweep is tested out of sample; a single run only checks it.",
};

/// The names of choices.
pub(crate) fn names(choices: &[Named]) -> Vec<&'static str> {
    choices.iter().map(|choice| choice.name).collect()
}

/// The keys of the file itself, in the order in which they are written.
pub(crate) fn root_keys() -> Vec<&'static Key> {
    let mut keys = vec![&NAME, &CONVENTIONS, &DATA];
    keys.extend(Strategy::TABLES);
    // The four switches stand before the last table, the benchmark, which is not executed.
    keys.insert(keys.len() - 1, &EXECUTION);
    keys.extend([Strategy::ROWS, Strategy::TEXTS, &SWEEP, &VALIDATE]);
    keys
}

/// The switches that stand in a table of the file.
pub(crate) fn switches(table: &str) -> Vec<&'static Key> {
    let own = Conventions::SWITCHES.iter();
    own.filter(|switch| switch.table == table)
        .map(|switch| &switch.key)
        .collect()
}
