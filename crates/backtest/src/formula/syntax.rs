//! From the text of a formula to its tree, by recursive descent. Knows no name.

use std::ops::Range;

/// Parentheses, calls, signs and `not`s within one another: more would exhaust the stack.
const DEEPEST: usize = 64;

/// Words, numbers and signs in one formula.
const MOST_TOKENS: usize = 2000;

/// Why a text is not a formula, and where in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// What is wrong.
    pub message: String,
    /// The bytes of the text that are.
    pub span: Range<usize>,
    /// What to do about it.
    pub help: Option<String>,
    /// The names that may stand there, where the one that does is not known.
    pub known: Vec<String>,
}

impl FormulaError {
    pub(crate) fn new(span: &Range<usize>, message: impl Into<String>) -> FormulaError {
        FormulaError {
            message: message.into(),
            span: span.clone(),
            help: None,
            known: Vec::new(),
        }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> FormulaError {
        FormulaError {
            help: Some(help.into()),
            ..self
        }
    }
}

/// A part of a formula and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Syntax {
    pub(crate) tree: Tree,
    pub(crate) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Number(f64),
    /// In quotes.
    Text(String),
    Name(String),
    Call(String, Vec<Argument>),
    /// `x['SPY']`
    Of(Box<Syntax>, String),
    /// `-x`, `not x`, `x + y`, `x < y`, `x and y`: the operator's name and its operands.
    Operator(&'static str, Vec<Syntax>),
}

/// `n`, or `skip = 21`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: Option<(String, Range<usize>)>,
    pub(crate) value: Syntax,
}

/// The operator of a sign.
pub(crate) const NEGATIVE: &str = "negative";

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Word(String),
    Sign(&'static str),
    End,
}

/// The longer before the shorter that they begin with.
const SIGNS: [&str; 22] = [
    "<=", ">=", "==", "!=", "&&", "||", "**", "<", ">", "=", "&", "|", "^", "+", "-", "*", "/",
    "(", ")", "[", "]", ",",
];

const COMPARISONS: [&str; 6] = ["<", "<=", ">", ">=", "==", "!="];

/// Parses a formula.
pub(crate) fn parse(text: &str) -> Result<Syntax, FormulaError> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    if parser.tokens.len() == 1 {
        let error = FormulaError::new(&(0..text.len()), "the formula is empty");
        return Err(error.help("write one, as in `return(126)`"));
    }
    let whole = parser.either()?;
    match parser.peek() {
        Token::End => Ok(whole),
        token => {
            let error = FormulaError::new(&parser.span(), "this does not belong here");
            Err(match token {
                Token::Sign("=") => error.help("equality is written `==`"),
                Token::Sign("&" | "&&") => error.help("write `and`"),
                Token::Sign("|" | "||") => error.help("write `or`"),
                Token::Sign("^" | "**") => error.help("write a power as a product: `x * x`"),
                _ => error,
            })
        }
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, Range<usize>)>, FormulaError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let (token, length) = if first.is_ascii_digit() || first == '.' {
            let length = number_length(rest);
            match rest[..length].parse() {
                Ok(number) => (Token::Number(number), length),
                Err(_) => {
                    let message = format!("`{}` cannot be read as a number", &rest[..length]);
                    return Err(FormulaError::new(&(at..at + length), message));
                }
            }
        } else if first == '"' || first == '\'' {
            let Some(end) = rest[1..].find(first) else {
                let error = FormulaError::new(&(at..text.len()), "this string has no end");
                return Err(error.help(format!("close it with {first}")));
            };
            (Token::Text(rest[1..=end].to_owned()), end + 2)
        } else if first.is_alphabetic() || first == '_' {
            let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            (Token::Word(rest[..length].to_owned()), length)
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            (Token::Sign(sign), sign.len())
        } else {
            let span = at..at + first.len_utf8();
            let message = format!("`{}` means nothing here", first.escape_debug());
            return Err(FormulaError::new(&span, message));
        };
        tokens.push((token, at..at + length));
        at += length;
        if tokens.len() > MOST_TOKENS {
            return Err(FormulaError::new(&(at..at), "the formula is too long"));
        }
    }
    tokens.push((Token::End, text.len()..text.len()));
    Ok(tokens)
}

/// The bytes at the start of a text that are of one number.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        let own = bytes[from..].iter();
        from + own.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    end
}

struct Parser {
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn span(&self) -> Range<usize> {
        self.tokens[self.at].1.clone()
    }

    fn next(&mut self) -> (Token, Range<usize>) {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(own) if own == word);
        if found {
            self.next();
        }
        found
    }

    fn takes(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let Token::Sign(own) = *self.peek() else {
            return None;
        };
        signs.contains(&own).then(|| {
            self.next();
            own
        })
    }

    fn expect(&mut self, sign: &'static str, after: &str) -> Result<Range<usize>, FormulaError> {
        let span = self.span();
        match self.takes(&[sign]) {
            Some(_) => Ok(span),
            None => {
                let message = format!("`{sign}` is missing {after}");
                Err(FormulaError::new(&span, message))
            }
        }
    }

    fn deeper<T>(
        &mut self,
        parse: impl FnOnce(&mut Parser) -> Result<T, FormulaError>,
    ) -> Result<T, FormulaError> {
        if self.depth == DEEPEST {
            return Err(FormulaError::new(&self.span(), "this is nested too deeply"));
        }
        self.depth += 1;
        let part = parse(self);
        self.depth -= 1;
        part
    }

    fn either(&mut self) -> Result<Syntax, FormulaError> {
        let mut left = self.both()?;
        while self.takes_word("or") {
            left = operator("or", vec![left, self.both()?]);
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Syntax, FormulaError> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            left = operator("and", vec![left, self.negation()?]);
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Syntax, FormulaError> {
        let start = self.span().start;
        if !self.takes_word("not") {
            return self.comparison();
        }
        let inner = self.deeper(Parser::negation)?;
        let span = start..inner.span.end;
        Ok(Syntax {
            span,
            ..operator("not", vec![inner])
        })
    }

    fn comparison(&mut self) -> Result<Syntax, FormulaError> {
        let left = self.sum()?;
        let Some(comparison) = self.takes(&COMPARISONS) else {
            return Ok(left);
        };
        let whole = operator(comparison, vec![left, self.sum()?]);
        if self.takes(&COMPARISONS).is_some() {
            let error = FormulaError::new(&whole.span, "a comparison of a comparison");
            return Err(error.help("join two comparisons with `and`: `0 < x and x < 1`"));
        }
        Ok(whole)
    }

    fn sum(&mut self) -> Result<Syntax, FormulaError> {
        let mut left = self.product()?;
        while let Some(sign) = self.takes(&["+", "-"]) {
            left = operator(sign, vec![left, self.product()?]);
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Syntax, FormulaError> {
        let mut left = self.signed()?;
        while let Some(sign) = self.takes(&["*", "/"]) {
            left = operator(sign, vec![left, self.signed()?]);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Syntax, FormulaError> {
        let start = self.span().start;
        if self.takes(&["+"]).is_some() {
            return self.deeper(Parser::signed);
        }
        if self.takes(&["-"]).is_none() {
            return self.of();
        }
        let inner = self.deeper(Parser::signed)?;
        let span = start..inner.span.end;
        Ok(Syntax {
            span,
            ..operator(NEGATIVE, vec![inner])
        })
    }

    /// A part, and the symbols in brackets behind it.
    fn of(&mut self) -> Result<Syntax, FormulaError> {
        let mut part = self.atom()?;
        while self.takes(&["["]).is_some() {
            let (token, span) = self.next();
            let Token::Text(symbol) = token else {
                let error = FormulaError::new(&span, "a symbol stands here, in quotes");
                return Err(error.help("as in `close['SPY']`"));
            };
            let end = self.expect("]", "after the symbol")?;
            part = Syntax {
                span: part.span.start..end.end,
                tree: Tree::Of(Box::new(part), symbol),
            };
        }
        Ok(part)
    }

    fn atom(&mut self) -> Result<Syntax, FormulaError> {
        let (token, span) = self.next();
        let tree = match token {
            Token::Number(number) => Tree::Number(number),
            Token::Text(text) => Tree::Text(text),
            Token::Word(word) if matches!(&*word, "and" | "or" | "not") => {
                let message = format!("`{word}` stands between two conditions");
                return Err(FormulaError::new(&span, message));
            }
            Token::Word(word) if self.takes(&["("]).is_some() => {
                let (arguments, end) = self.deeper(Parser::arguments)?;
                return Ok(Syntax {
                    span: span.start..end,
                    tree: Tree::Call(word, arguments),
                });
            }
            Token::Word(word) => Tree::Name(word),
            Token::Sign("(") => {
                let inner = self.deeper(Parser::either)?;
                let end = self.expect(")", "to close this")?;
                return Ok(Syntax {
                    span: span.start..end.end,
                    ..inner
                });
            }
            Token::Sign(_) | Token::End => {
                return Err(FormulaError::new(
                    &span,
                    "a number, a name or a parenthesis is missing here",
                ));
            }
        };
        Ok(Syntax { tree, span })
    }

    /// The arguments behind an opening parenthesis, and where the closing one ends.
    fn arguments(&mut self) -> Result<(Vec<Argument>, usize), FormulaError> {
        let mut arguments = Vec::new();
        let first = self.span();
        if self.takes(&[")"]).is_some() {
            return Ok((arguments, first.end));
        }
        loop {
            let name = match (self.peek().clone(), &self.tokens[self.at + 1].0) {
                (Token::Word(word), Token::Sign("=")) => {
                    let (_, span) = self.next();
                    self.next();
                    Some((word, span))
                }
                _ => None,
            };
            let value = self.either()?;
            arguments.push(Argument { name, value });
            if self.takes(&[","]).is_none() {
                let end = self.expect(")", "after the arguments")?;
                return Ok((arguments, end.end));
            }
        }
    }
}

fn operator(name: &'static str, operands: Vec<Syntax>) -> Syntax {
    let start = operands.first().map_or(0, |first| first.span.start);
    let end = operands.last().map_or(0, |last| last.span.end);
    Syntax {
        span: start..end,
        tree: Tree::Operator(name, operands),
    }
}
