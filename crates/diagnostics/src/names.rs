//! Names in messages: the one that was probably meant, and lists.

/// A third of the letters: enough for a typo, too few for another word.
const LETTERS_PER_TYPO: usize = 3;

/// Neither case nor the kind of dash should hide a likeness.
fn folded(text: &str) -> String {
    text.to_lowercase().replace(['_', ' '], "-")
}

/// Those of `names` that `word` may have been meant to be, the likeliest first; among equals in
/// the order given.
///
/// Case does not count, and neither does whether words are joined by `-`, `_` or a space. Of the
/// letters of the longer name a third may be wrong, missing, added, or swapped with a neighbour.
pub fn near<S: AsRef<str>>(word: &str, names: impl IntoIterator<Item = S>) -> Vec<S> {
    let word = folded(word);
    let measured = names.into_iter().filter_map(|name| {
        let other = folded(name.as_ref());
        let longer = word.chars().count().max(other.chars().count());
        let distance = strsim::damerau_levenshtein(&word, &other);
        (distance <= longer / LETTERS_PER_TYPO).then_some((distance, name))
    });
    let mut near: Vec<(usize, S)> = measured.collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().map(|(_, name)| name).collect()
}

/// The one of `names` that `word` was probably meant to be, by the rules of [`near`].
pub fn nearest<S: AsRef<str>>(word: &str, names: impl IntoIterator<Item = S>) -> Option<S> {
    near(word, names).into_iter().next()
}

/// "`a`, `b` or `c`"
pub fn one_of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    listed(names, "or")
}

/// "`a`, `b` and `c`"
pub fn all_of<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    listed(names, "and")
}

fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>, conjunction: &str) -> String {
    let names = names.into_iter();
    let quoted: Vec<String> = names.map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("{} {conjunction} {last}", rest.join(", "))
        }
        _ => quoted.concat(),
    }
}
