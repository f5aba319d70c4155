//! Rust source as words and signs, without comments, and its texts and comments by themselves.

/// What the compiler would see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// An identifier or a keyword.
    Name(String),
    /// `::`
    Separator,
    Symbol(char),
}

/// A piece of a source file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Code(&'a str),
    Comment(&'a str),
    /// The inside of a string, escapes as they are written.
    Text(&'a str),
}

/// Cuts a source file into code, comments and strings.
pub(crate) fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut code, mut at) = (0, 0);
    while at < source.len() {
        let rest = &source[at..];
        let Some((open, inside, close)) = opening(rest, source[..at].chars().next_back()) else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        pieces.push(Piece::Code(&source[code..at]));
        let start = at + open;
        let end = start + inside;
        match rest.as_bytes()[0] {
            b'/' => pieces.push(Piece::Comment(&source[start..end])),
            b'\'' => {}
            _ => pieces.push(Piece::Text(&source[start..end])),
        }
        at = end + close;
        code = at;
    }
    pieces.push(Piece::Code(&source[code..]));
    pieces
}

/// If a comment, string or character begins here: the lengths of its opening, inside and closing.
fn opening(rest: &str, before: Option<char>) -> Option<(usize, usize, usize)> {
    let to = |open: usize, close: &str| {
        let inside = rest[open..].find(close);
        let closing = inside.map_or(0, |_| close.len());
        (open, inside.unwrap_or(rest.len() - open), closing)
    };
    if rest.starts_with("//") {
        return Some((2, to(2, "\n").1, 0));
    }
    if rest.starts_with("/*") {
        return Some(to(2, "*/"));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let mut is_escaped = false;
        let end = inside.find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        return Some((1, end.unwrap_or(inside.len()), end.map_or(0, |_| 1)));
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    if rest.starts_with('r') && !before.is_some_and(|c| is_word(c) && c != 'b') {
        let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
        if rest[1 + hashes..].starts_with('"') {
            return Some(to(2 + hashes, &format!("\"{}", "#".repeat(hashes))));
        }
    }
    // A character, not a lifetime.
    let mut chars = rest.strip_prefix('\'')?.chars();
    let first = chars.next()?;
    let inside = match first {
        '\\' => rest[3..].find('\'')? + 2,
        _ if chars.next() == Some('\'') => first.len_utf8(),
        _ => return None,
    };
    Some((1, inside, 1))
}

/// The words and signs of the code.
pub(crate) fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for piece in pieces(source) {
        let Piece::Code(mut code) = piece else {
            continue;
        };
        while let Some(first) = code.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                _ if is_word(first) => {
                    let length = code.find(|c| !is_word(c)).unwrap_or(code.len());
                    tokens.push(Token::Name(code[..length].to_owned()));
                    length
                }
                ':' if code.starts_with("::") => {
                    tokens.push(Token::Separator);
                    2
                }
                _ => {
                    if !first.is_whitespace() {
                        tokens.push(Token::Symbol(first));
                    }
                    first.len_utf8()
                }
            };
            code = &code[length..];
        }
    }
    tokens
}

#[test]
fn source_is_cut_into_code_comments_and_texts() {
    let source = "let a = \"x\\\"y\"; // why\nlet b = r#\"z\"#; let c: &'static u8 = b'\\''; 'q'";
    let found = pieces(source);
    let texts: Vec<&Piece<'_>> = found
        .iter()
        .filter(|piece| !matches!(piece, Piece::Code(_)))
        .collect();
    assert_eq!(
        texts,
        [
            &Piece::Text("x\\\"y"),
            &Piece::Comment(" why"),
            &Piece::Text("z")
        ]
    );
    assert_eq!(tokens("a::b /* c */ 'd'"), tokens("a :: b"));
}
