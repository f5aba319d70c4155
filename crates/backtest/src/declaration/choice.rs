//! Enums whose values have names in strategy files and results.

/// A name that a key may have as its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: &'static str,
    /// What it means, in whole sentences.
    pub doc: &'static str,
}

/// An enum that [`choice!`](crate::choice) declares.
pub trait Options: Copy + PartialEq + Sized + 'static {
    /// Each value with its name.
    const OPTIONS: &'static [(&'static str, Self)];
    /// Each name with what it means.
    const NAMES: &'static [Named];

    /// The value's name in strategy files and results.
    fn name(self) -> &'static str;

    /// The value that has the name.
    fn named(name: &str) -> Option<Self> {
        let option = Self::OPTIONS.iter().find(|(option, _)| *option == name)?;
        Some(option.1)
    }
}
