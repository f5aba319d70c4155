//! What reports ask of a cost model.

/// What reports and the audit ask of a cost model.
pub(crate) trait FeePart {
    /// `commission 5 bp`, an entry for each thing that is paid.
    fn in_words(&self) -> Vec<String>;

    /// Whether a trade may cost more than its value.
    fn may_exceed_value(&self) -> bool;

    /// Whether the fee depends on how many shares are traded.
    fn is_per_share(&self) -> bool;

    /// The parameters that are fractions of a trade's value, by key.
    fn rates(&self) -> Vec<(&'static str, f64)>;
}
