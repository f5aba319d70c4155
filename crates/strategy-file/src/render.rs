//! Problems as a terminal shows them: the lines, carets under the places, the way out.

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use crate::problem::{Place, Problem, Problems};

impl Problems {
    /// Shows each problem in its place, as rustc would.
    ///
    /// * `file_name`: how to call the file; overrides are called `--set`.
    /// * `text`: the very text that was parsed.
    /// * `styled`: with colours, as ANSI escape codes.
    pub fn render(&self, file_name: &str, text: &str, styled: bool) -> String {
        let renderer = if styled {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let shown: Vec<String> = (self.iter())
            .map(|problem| renderer.render(&[group(problem, file_name, text)]))
            .collect();
        shown.join("\n\n")
    }
}

fn group<'a>(problem: &'a Problem, file_name: &'a str, text: &'a str) -> Group<'a> {
    let related = problem.related.as_ref();
    let mut group = Group::with_title(Level::ERROR.primary_title(problem.message.as_str()));
    match source(&problem.place, file_name, text) {
        None => group = group.element(Origin::path(file_name)),
        Some((path, source, span)) => {
            let mut snippet = Snippet::source(source).path(path).annotation(annotation(
                AnnotationKind::Primary,
                span,
                &problem.label,
            ));
            let near = related.filter(|(place, _)| same_source(place, &problem.place));
            if let Some((place, label)) = near
                && let Some((.., span)) = self::source(place, file_name, text)
            {
                snippet = snippet.annotation(annotation(AnnotationKind::Context, span, label));
            }
            group = group.element(snippet);
        }
    }
    let far = related.filter(|(place, _)| !same_source(place, &problem.place));
    if let Some((place, label)) = far
        && let Some((path, source, span)) = source(place, file_name, text)
    {
        let note = annotation(AnnotationKind::Context, span, label);
        group = group.element(Snippet::source(source).path(path).annotation(note));
    }
    let help = problem.help.iter();
    group.elements(help.map(|help| Level::HELP.message(normalize_untrusted_str(help))))
}

fn annotation<'a>(
    kind: AnnotationKind,
    span: std::ops::Range<usize>,
    label: &'a str,
) -> annotate_snippets::Annotation<'a> {
    kind.span(span).label((!label.is_empty()).then_some(label))
}

/// The name, the text and the bytes of a place; `None` for the file as a whole and for bytes that
/// the text does not have.
fn source<'a>(
    place: &'a Place,
    file_name: &'a str,
    text: &'a str,
) -> Option<(&'a str, &'a str, std::ops::Range<usize>)> {
    let (path, text, span) = match place {
        Place::File => return None,
        Place::Text(span) => (file_name, text, span),
        Place::Override { text, span } => ("--set", text.as_ref(), span),
    };
    text.get(span.clone())?;
    Some((path, text, span.clone()))
}

fn same_source(a: &Place, b: &Place) -> bool {
    match (a, b) {
        (Place::Text(_), Place::Text(_)) => true,
        (Place::Override { text: a, .. }, Place::Override { text: b, .. }) => a == b,
        _ => false,
    }
}
