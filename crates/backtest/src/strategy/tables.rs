//! The macro that declares a strategy by the tables of its file.

/// Declares [`Strategy`](super::Strategy): its fields, grouped by the table of the strategy file
/// that they stand in. Fields are declared as those of a [`record!`](crate::record).
macro_rules! tables {
    (
        $(#[doc = $doc:literal])+
        pub struct $name:ident {
            $($table:literal, $table_presence:ident, $table_doc:literal {
                $(
                    $(#[doc = $field_doc:literal])+
                    $field:ident $(as $key:literal)?: $type:ty => $kind:expr, $presence:expr;
                )+
            })+
            rows {
                $(#[doc = $rows_doc:literal])+
                $rows:ident: $row:ty;
            }
            texts {
                $(#[doc = $texts_doc:literal])+
                $texts:ident;
            }
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            /// A title for reports.
            pub name: String,
            /// How open questions are answered.
            pub conventions: crate::conventions::Conventions,
            /// Symbols whose prices signals and models may read beside those of the universe (`also`
            /// under `[data]`). They are never traded, and the calendar is without them.
            pub also: Vec<String>,
            $($($(#[doc = $field_doc])+ pub $field: $type,)+)+
            $(#[doc = $rows_doc])+
            pub $rows: Vec<$row>,
            $(#[doc = $texts_doc])+
            pub $texts: Vec<(String, String)>,
        }

        impl $name {
            /// The tables of a strategy file that the engine knows, in the order in which they
            /// are written; the title and the conventions apart.
            pub const TABLES: &'static [&'static crate::declaration::Key] = {
                #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                use crate::declaration::{BareDate, Bounds, Key, Table};
                &[$(&Key {
                    name: $table,
                    kind: crate::declaration::Kind::Table(&Table {
                        doc: $table_doc,
                        keys: &[$(&Key {
                            name: crate::key_name!($field $($key)?),
                            kind: {
                                #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                                use crate::declaration::Kind::*;
                                $kind
                            },
                            presence: {
                                #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                                use crate::declaration::Presence::*;
                                $presence
                            },
                            axis: true,
                            doc: crate::doc_text!($($field_doc)+),
                        }),+],
                    }),
                    presence: crate::declaration::Presence::$table_presence,
                    axis: true,
                    doc: $table_doc,
                }),+]
            };

            /// The array of tables of a strategy file that the engine knows.
            pub const ROWS: &'static crate::declaration::Key = &crate::declaration::Key {
                name: stringify!($rows),
                kind: crate::declaration::Kind::Rows(
                    &<$row as crate::declaration::Declaration>::TABLE,
                ),
                presence: crate::declaration::Presence::Optional,
                axis: true,
                doc: crate::doc_text!($($rows_doc)+),
            };

            /// The table of texts of a strategy file that the engine knows.
            pub const TEXTS: &'static crate::declaration::Key = &crate::declaration::Key {
                name: stringify!($texts),
                kind: crate::declaration::Kind::Texts,
                presence: crate::declaration::Presence::Optional,
                axis: true,
                doc: crate::doc_text!($($texts_doc)+),
            };

            /// Reads every table from a source. What cannot be read has been reported by the
            /// source, keeps the value that it has here, and is listed in `unknown`.
            pub fn read<S: crate::declaration::Source>(
                &mut self,
                source: &S,
                unknown: &mut Vec<crate::declaration::Path>,
            ) {
                let mut tables = Self::TABLES.iter().copied();
                $(if let Some(key) = tables.next()
                    && let crate::declaration::Kind::Table(table) = key.kind
                {
                    match source.table(key) {
                        Some(source) => {
                            let mut keys = table.keys.iter().copied();
                            $(if let Some(key) = keys.next() {
                                match <$type as crate::declaration::Field>::read(&source, key) {
                                    Some(value) => self.$field = value,
                                    None => unknown.push(key.path_in($table)),
                                }
                            })+
                        }
                        None => unknown.push(crate::declaration::Path::to("", $table)),
                    }
                })+
                if source.is_given(Self::ROWS) {
                    match <Vec<$row> as crate::declaration::Field>::read(source, Self::ROWS) {
                        Some(rows) => self.$rows = rows,
                        None => unknown.push(crate::declaration::Path::to("", stringify!($rows))),
                    }
                }
                match source.texts(Self::TEXTS) {
                    Some(texts) => self.$texts = texts,
                    None => unknown.push(crate::declaration::Path::to("", stringify!($texts))),
                }
            }

            /// Writes every table.
            pub fn write<S: crate::declaration::Sink>(&self, sink: &mut S) {
                let mut tables = Self::TABLES.iter().copied();
                $(if let Some(key) = tables.next()
                    && let crate::declaration::Kind::Table(table) = key.kind
                {
                    sink.table(key, |sink| {
                        let mut keys = table.keys.iter().copied();
                        $(if let Some(key) = keys.next() {
                            crate::declaration::Field::write(&self.$field, key, sink);
                        })+
                    });
                })+
                if !self.$rows.is_empty() {
                    crate::declaration::Field::write(&self.$rows, Self::ROWS, sink);
                }
                if !self.$texts.is_empty() {
                    sink.value(Self::TEXTS, crate::declaration::Value::Texts(&self.$texts));
                }
            }

            /// Finds values that break the rule of their own key.
            pub(crate) fn judge(&self, mistakes: &mut Vec<crate::declaration::Mistake>) {
                let mut tables = Self::TABLES.iter().copied();
                $(if let Some(key) = tables.next()
                    && let crate::declaration::Kind::Table(table) = key.kind
                {
                    let at = crate::declaration::Place::ROOT;
                    let at = at.table(key.name);
                    let mut keys = table.keys.iter().copied();
                    $(if let Some(key) = keys.next() {
                        crate::declaration::Field::judge(&self.$field, key, &at, mistakes);
                    })+
                })+
                let root = crate::declaration::Place::ROOT;
                crate::declaration::Field::judge(&self.$rows, Self::ROWS, &root, mistakes);
            }
        }
    };
}
pub(super) use tables;
