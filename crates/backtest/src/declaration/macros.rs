//! The macros that declare records, parts, lists of parts and enums with names.

/// Joins the lines of a doc comment.
#[doc(hidden)]
#[macro_export]
macro_rules! doc_text {
    ($($line:literal)+) => { concat!($($line),+).trim_ascii_start() };
}

/// The name of a key: the field's, unless it says another.
#[doc(hidden)]
#[macro_export]
macro_rules! key_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Whether a sweep may vary a key: yes, unless it says otherwise.
#[doc(hidden)]
#[macro_export]
macro_rules! key_axis {
    () => {
        true
    };
    ($axis:literal) => {
        $axis
    };
}

/// Declares a struct whose fields are keys of a table.
///
/// A field is `name: Type => Kind, Presence;` after its doc comment, which is also what users
/// read. `as "name"` behind the field's name gives the key another name; `axis: false` behind the
/// presence keeps it out of sweeps. Derives beyond `Clone`, `Debug` and `PartialEq` follow a colon
/// behind the struct's name.
///
/// ```
/// backtest::record! {
///     /// Cash that earns interest.
///     pub struct Deposit: Copy {
///         /// Interest a year, as a fraction.
///         rate: f64 => Number(Bounds::Any), Number(0.0);
///         /// Sessions until it is paid out.
///         term: u32 => Count, Required;
///     }
/// }
/// use backtest::declaration::{Declaration, Place};
///
/// assert_eq!(Deposit::KEYS[1].doc, "Sessions until it is paid out.");
/// let mut mistakes = Vec::new();
/// Deposit { rate: 0.02, term: 0 }.judge(&Place::ROOT.table("deposit"), &mut mistakes);
/// assert_eq!(mistakes[0].to_string(), "`deposit.term` is 0; it must be 1 or more");
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident $(: $($derive:ident),+)?;
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq $(, $($derive),+)?)]
        $vis struct $name;

        impl $crate::declaration::Declaration for $name {
            const DOC: &'static str = $crate::doc_text!($($doc)+);
            const KEYS: &'static [&'static $crate::declaration::Key] = &[];

            fn read<S: $crate::declaration::Source>(_: &S) -> Option<Self> {
                Some($name)
            }

            fn write<S: $crate::declaration::Sink>(&self, _: &mut S) {}

            fn judge(
                &self,
                _: &$crate::declaration::Place<'_>,
                _: &mut Vec<$crate::declaration::Mistake>,
            ) {}
        }
    };
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident $(: $($derive:ident),+)? {
            $(
                $(#[doc = $field_doc:literal])+
                $field:ident $(as $key:literal)?: $type:ty
                    => $kind:expr, $presence:expr $(, axis: $axis:literal)?;
            )+
        }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq $(, $($derive),+)?)]
        $vis struct $name {
            $($(#[doc = $field_doc])+ pub $field: $type,)+
        }

        impl $crate::declaration::Declaration for $name {
            const DOC: &'static str = $crate::doc_text!($($doc)+);
            const KEYS: &'static [&'static $crate::declaration::Key] = {
                #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                use $crate::declaration::{BareDate, Bounds};
                &[$(&$crate::declaration::Key {
                    name: $crate::key_name!($field $($key)?),
                    kind: {
                        #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                        use $crate::declaration::Kind::*;
                        $kind
                    },
                    presence: {
                        #[allow(unused_imports, reason = "a part may use less than the macro brings")]
                        use $crate::declaration::Presence::*;
                        $presence
                    },
                    axis: $crate::key_axis!($($axis)?),
                    doc: $crate::doc_text!($($field_doc)+),
                }),+]
            };

            fn read<S: $crate::declaration::Source>(source: &S) -> Option<Self> {
                let mut keys = Self::KEYS.iter().copied();
                // Every field is read before one that fails is missed.
                $(let $field = keys
                    .next()
                    .and_then(|key| <$type as $crate::declaration::Field>::read(source, key));)+
                Some($name { $($field: $field?),+ })
            }

            fn write<S: $crate::declaration::Sink>(&self, sink: &mut S) {
                let keys = Self::KEYS.iter().copied();
                $(let keys = {
                    let mut keys = keys;
                    if let Some(key) = keys.next() {
                        $crate::declaration::Field::write(&self.$field, key, sink);
                    }
                    keys
                };)+
                drop(keys);
            }

            fn judge(
                &self,
                at: &$crate::declaration::Place<'_>,
                mistakes: &mut Vec<$crate::declaration::Mistake>,
            ) {
                let keys = Self::KEYS.iter().copied();
                $(let keys = {
                    let mut keys = keys;
                    if let Some(key) = keys.next() {
                        $crate::declaration::Field::judge(&self.$field, key, at, mistakes);
                    }
                    keys
                };)+
                drop(keys);
            }
        }
    };
}

/// Declares one of the parts that a key may name: a [`record!`](crate::record) with its name in
/// strategy files behind the struct's.
#[macro_export]
macro_rules! part {
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident as $text:literal $(: $($derive:ident),+)?;
    ) => {
        $crate::record! { $(#[doc = $doc])+ $vis struct $name $(: $($derive),+)?; }

        impl $crate::declaration::Part for $name {
            const NAME: &'static str = $text;
        }
    };
    (
        $(#[doc = $doc:literal])+
        $vis:vis struct $name:ident as $text:literal $(: $($derive:ident),+)? { $($fields:tt)+ }
    ) => {
        $crate::record! { $(#[doc = $doc])+ $vis struct $name $(: $($derive),+)? { $($fields)+ } }

        impl $crate::declaration::Part for $name {
            const NAME: &'static str = $text;
        }
    };
}

/// Lists the parts that a key may name: the enum of them, its names, its reading and writing, and
/// `part`, which hands out the one that is chosen.
///
/// A variant carries the part of its own name in parentheses, or stands alone for a part without
/// parameters.
#[doc(hidden)]
#[macro_export]
macro_rules! parts {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident: $trait:ident {
            $($(#[$variant_meta:meta])* $variant:ident $(($payload:ident))?,)+
        }
    ) => {
        $(#[$meta])*
        #[non_exhaustive]
        $vis enum $name {
            $(
                $(#[$variant_meta])*
                #[doc = concat!("See the part, [`", stringify!($variant), "`](struct@", stringify!($variant), ").")]
                $variant $(($payload))?,
            )+
        }

        impl $name {
            /// Every part that there is.
            pub const PARTS: &'static [$crate::declaration::PartInfo] =
                &[$($crate::declaration::PartInfo {
                    name: <$variant as $crate::declaration::Part>::NAME,
                    doc: <$variant as $crate::declaration::Declaration>::DOC,
                    keys: <$variant as $crate::declaration::Declaration>::KEYS,
                }),+];

            /// Its name in strategy files.
            pub const fn name(&self) -> &'static str {
                match self {
                    $($crate::parts!(@pattern $name $variant $(($payload _))?)
                        => <$variant as $crate::declaration::Part>::NAME,)+
                }
            }

            /// The part that is chosen.
            #[allow(dead_code, reason = "a part may use less than the macro brings")]
            pub(crate) fn part(&self) -> &dyn $trait {
                match self {
                    $($crate::parts!(@pattern $name $variant $(($payload part))?)
                        => $crate::parts!(@part $variant $(($payload part))?),)+
                }
            }
        }

        $(impl From<$variant> for $name {
            fn from(part: $variant) -> $name {
                $crate::parts!(@from part $name $variant $(($payload))?)
            }
        })+

        impl $name {
            /// The part of a name, with the parameters that stand beside it.
            fn read_named<S: $crate::declaration::Source>(name: &str, source: &S) -> Option<$name> {
                $(if name == <$variant as $crate::declaration::Part>::NAME {
                    return <$variant as $crate::declaration::Declaration>::read(source)
                        .map($name::from);
                })+
                unreachable!("`{name}` is not in the list that the source was given")
            }
        }

        /// Its name and parameters stand beside other keys, or in a table of their own.
        impl $crate::declaration::Field for $name {
            fn read<S: $crate::declaration::Source>(
                source: &S,
                key: &'static $crate::declaration::Key,
            ) -> Option<$name> {
                let $crate::declaration::Kind::Table(table) = key.kind else {
                    return $name::read_named(source.name(key)?, source);
                };
                let inner = source.table(key)?;
                let tag = table.keys.first()?;
                match key.presence {
                    $crate::declaration::Presence::Text(name) if !source.is_given(key) => {
                        $name::read_named(name, &inner)
                    }
                    _ => $name::read_named(inner.name(tag)?, &inner),
                }
            }

            fn write<S: $crate::declaration::Sink>(
                &self,
                key: &'static $crate::declaration::Key,
                sink: &mut S,
            ) {
                if let $crate::declaration::Kind::Table(table) = key.kind {
                    sink.table(key, |sink| {
                        if let Some(tag) = table.keys.first() {
                            self.write(tag, sink);
                        }
                    });
                    return;
                }
                sink.value(key, $crate::declaration::Value::Text(self.name()));
                match self {
                    $($crate::parts!(@pattern $name $variant $(($payload part))?)
                        => $crate::declaration::Declaration::write(
                            $crate::parts!(@part $variant $(($payload part))?),
                            sink,
                        ),)+
                }
            }

            fn judge(
                &self,
                key: &'static $crate::declaration::Key,
                at: &$crate::declaration::Place<'_>,
                mistakes: &mut Vec<$crate::declaration::Mistake>,
            ) {
                let own = at.table(key.name);
                let at = match key.kind {
                    $crate::declaration::Kind::Table(_) => &own,
                    _ => at,
                };
                match self {
                    $($crate::parts!(@pattern $name $variant $(($payload part))?)
                        => $crate::declaration::Declaration::judge(
                            $crate::parts!(@part $variant $(($payload part))?),
                            at,
                            mistakes,
                        ),)+
                }
            }
        }
    };
    (@pattern $name:ident $variant:ident) => { $name::$variant };
    (@pattern $name:ident $variant:ident ($payload:ident $part:pat)) => { $name::$variant($part) };
    (@part $variant:ident) => { &$variant };
    (@part $variant:ident ($payload:ident $part:ident)) => { $part };
    (@copy $variant:ident) => { $variant };
    (@copy $variant:ident ($payload:ident $part:ident)) => { $part };
    (@from $part:ident $name:ident $variant:ident) => {{ let $variant = $part; $name::$variant }};
    (@from $part:ident $name:ident $variant:ident ($payload:ident)) => { $name::$variant($part) };
}

/// Declares an enum whose values have names in strategy files and results.
#[macro_export]
macro_rules! choice {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[doc = $doc])+ $variant,)+ }

        impl $name {
            /// Each value with its name in strategy files and results.
            pub const OPTIONS: &'static [(&'static str, $name)] = &[$(($text, $name::$variant)),+];

            /// Each name with what it means.
            pub const NAMES: &'static [$crate::declaration::Named] = &[
                $($crate::declaration::Named { name: $text, doc: $crate::doc_text!($($doc)+) }),+
            ];

            /// The value's name in strategy files and results.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }

        impl $crate::declaration::Options for $name {
            const OPTIONS: &'static [(&'static str, $name)] = $name::OPTIONS;
            const NAMES: &'static [$crate::declaration::Named] = $name::NAMES;

            fn name(self) -> &'static str {
                $name::name(self)
            }
        }

        impl $crate::declaration::Field for $name {
            fn read<S: $crate::declaration::Source>(
                source: &S,
                key: &'static $crate::declaration::Key,
            ) -> Option<$name> {
                <$name as $crate::declaration::Options>::named(source.name(key)?)
            }

            fn write<S: $crate::declaration::Sink>(
                &self,
                key: &'static $crate::declaration::Key,
                sink: &mut S,
            ) {
                sink.value(key, $crate::declaration::Value::Text(self.name()));
            }
        }
    };
}
