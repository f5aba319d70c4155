//! The one declaration of all switches.

/// Declares [`Conventions`](super::Conventions): for each switch its field, its enum with the names
/// of the values, its table in the strategy file, and its value in both shipped sets.
macro_rules! conventions {
    ($(
        $(#[doc = $doc:literal])+
        $field:ident: $switch:ident in $table:ident,
            standard $standard:ident, qstrader $qstrader:ident { $($values:tt)+ }
    )+) => {
        $(crate::choice! {
            $(#[doc = $doc])+
            pub enum $switch { $($values)+ }
        })+

        /// How every open question of a backtest is answered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Conventions {
            $($(#[doc = $doc])+ pub $field: $switch,)+
        }

        impl Conventions {
            /// The careful conventions, and the default.
            pub const STANDARD: Conventions = Conventions {
                $($field: $switch::$standard,)+
            };

            /// What QSTrader 0.3.0 does (on pandas 2), except for two bugs: its look-ahead before
            /// an asset's first price, and its dependence on hash order.
            pub const QSTRADER: Conventions = Conventions {
                $($field: $switch::$qstrader,)+
            };

            /// Every switch as a key of the strategy file, in the order of the fields.
            pub const SWITCHES: &'static [Switch] = &[$(Switch {
                table: stringify!($table),
                key: Key {
                    name: stringify!($field),
                    kind: crate::declaration::Kind::Choice($switch::NAMES),
                    presence: crate::declaration::Presence::Depends("that of the base"),
                    axis: true,
                    doc: crate::doc_text!($($doc)+),
                },
            }),+];

            /// Every switch by name with its value's name, in the order of the fields.
            pub fn named(&self) -> [(&'static str, &'static str); Self::SWITCHES.len()] {
                [$((stringify!($field), self.$field.name())),+]
            }

            /// Sets the switch called `name` to the value called `value`.
            ///
            /// # Errors
            ///
            /// What exists instead: the names of the switches, or the values of the one named.
            pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownSwitch> {
                $(if name == stringify!($field) {
                    let names = || $switch::NAMES.iter().map(|value| value.name).collect();
                    let named = <$switch as crate::declaration::Options>::named(value);
                    self.$field = named.ok_or_else(|| UnknownSwitch::Value(names()))?;
                    return Ok(());
                })+
                let names = Self::SWITCHES.iter().map(|switch| switch.key.name);
                Err(UnknownSwitch::Name(names.collect()))
            }
        }
    };
}
pub(super) use conventions;
