//! What is wrong with a strategy file, and where.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where in the user's words a problem lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole: something is missing that has no table yet.
    File,
    /// Bytes of the file's text.
    Text(Range<usize>),
    /// Bytes of the text of an [`Override`](crate::Override).
    Override {
        /// The override as the user wrote it.
        text: Arc<str>,
        /// Bytes of that text.
        span: Range<usize>,
    },
}

impl Place {
    /// A part of a text that stands here in quotes; the whole where it is not written as it reads.
    ///
    /// * `part`: bytes of the text.
    pub(crate) fn within(&self, text: &str, part: &Range<usize>) -> Place {
        let moved = |span: &Range<usize>| {
            let quoted = span.len() == text.len() + 2;
            let end = part.end.max(part.start + 1);
            quoted.then(|| span.start + 1 + part.start..span.start + 1 + end)
        };
        let moved = match self {
            Place::Text(span) => moved(span).map(Place::Text),
            Place::Override { text, span } => moved(span).map(|span| Place::Override {
                text: text.clone(),
                span,
            }),
            Place::File => None,
        };
        moved.unwrap_or_else(|| self.clone())
    }

    /// Problems appear in the order of the file, those of overrides last.
    fn order(&self) -> (u8, usize) {
        match self {
            Place::File => (0, 0),
            Place::Text(span) => (1, span.start),
            Place::Override { span, .. } => (2, span.start),
        }
    }
}

/// One thing that is wrong: what, where, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, on one line.
    pub message: String,
    /// Where.
    pub place: Place,
    /// A few words to stand under the place; may be empty.
    pub label: String,
    /// Another place that the message is about, with the words to stand under it.
    pub related: Option<(Place, String)>,
    /// What to do about it, a line each.
    pub help: Vec<String>,
}

impl Problem {
    pub(crate) fn new(
        place: &Place,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Problem {
        Problem {
            message: message.into(),
            place: place.clone(),
            label: label.into(),
            related: None,
            help: Vec::new(),
        }
    }

    pub(crate) fn related(mut self, place: &Place, label: impl Into<String>) -> Problem {
        self.related = Some((place.clone(), label.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Problem {
        self.help.push(help.into());
        self
    }
}

/// Everything that is wrong with a strategy file; at least one thing.
///
/// `Display` lists the messages, one a line; [`Problems::render`] shows them in their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, in the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl Problems {
    /// All of these, in the order of the text, each once; `None` without any.
    pub(crate) fn together(all: impl Iterator<Item = Problems>) -> Option<Problems> {
        let found = Found::default();
        for problem in all.flat_map(|problems| problems.0) {
            if !found.has(&problem) {
                found.report(problem);
            }
        }
        found.or(()).err()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            let separator = if i > 0 { "\n" } else { "" };
            write!(f, "{separator}{}", problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Gathers problems while a document is read, so that one mistake does not hide the next.
#[derive(Default)]
pub(crate) struct Found(RefCell<Vec<Problem>>);

impl Found {
    pub(crate) fn report(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    /// Whether the same has been reported of the same place.
    pub(crate) fn has(&self, problem: &Problem) -> bool {
        let same =
            |known: &Problem| known.place == problem.place && known.message == problem.message;
        self.0.borrow().iter().any(same)
    }

    /// `value` if nothing was reported.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Problems> {
        let mut problems = self.0.into_inner();
        if problems.is_empty() {
            return Ok(value);
        }
        problems.sort_by(|a, b| match a.place.order().cmp(&b.place.order()) {
            Ordering::Equal => a.message.cmp(&b.message),
            order => order,
        });
        Err(Problems(at_most_of_a_kind(problems)))
    }
}

/// Problems of one kind that are shown.
const MOST_OF_A_KIND: usize = 20;

/// The first of each kind, with a word on how many more there are. Problems are of one kind when
/// their messages differ in quoted words and in numbers alone.
fn at_most_of_a_kind(problems: Vec<Problem>) -> Vec<Problem> {
    // By kind: how many there are, and where the last that is shown stands.
    let mut kinds: HashMap<String, (usize, usize)> = HashMap::new();
    let mut shown: Vec<Problem> = Vec::new();
    for problem in problems {
        let unquoted = problem.message.split('`').step_by(2);
        let kind: String = (unquoted.flat_map(str::chars))
            .filter(|letter| !letter.is_ascii_digit())
            .collect();
        let (count, last) = kinds.entry(kind).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            *last = shown.len();
            shown.push(problem);
        }
    }
    for (count, last) in kinds.into_values() {
        if count > MOST_OF_A_KIND {
            let more = count - MOST_OF_A_KIND;
            let help = format!("{more} more problems of this kind are not shown");
            shown[last].help.push(help);
        }
    }
    shown
}
