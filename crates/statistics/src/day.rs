//! Calendar days as numbers, which is all that statistics need of a date.

/// A calendar day that has a number.
pub trait Day: Copy {
    /// Days since 1970-01-01.
    fn number(self) -> i32;
}

impl Day for i32 {
    fn number(self) -> i32 {
        self
    }
}
