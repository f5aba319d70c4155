//! Text that comes from files and other programs.

/// A text as a message quotes it: control characters become U+FFFD, and after `longest` characters
/// it ends in `...`.
pub fn sanitised(text: &str, longest: usize) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(longest).map(visible).collect();
    if text.chars().nth(longest).is_some() {
        shown.push_str("...");
    }
    shown
}
