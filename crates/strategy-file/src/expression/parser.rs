//! From the text of a condition to its tree, by recursive descent.

use std::ops::Range;

use super::{Comparison, Expression, ExpressionError, Node, Operand, Operation, help_with_name};

/// Parentheses, signs and `not`s within one another: more would exhaust the stack.
const DEEPEST: usize = 64;

/// Operators in one expression: each deepens the tree by one.
const MOST_TOKENS: usize = 2000;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Word(String),
    Symbol(&'static str),
    End,
}

/// What a part of an expression comes to, as far as its text tells.
#[derive(Clone, Copy, PartialEq)]
enum Comes {
    Flag,
    Number,
    Text,
    /// A name may stand for anything.
    Anything,
}

struct Part {
    node: Node,
    comes: Comes,
    span: Range<usize>,
}

struct Parser<'a> {
    text: &'a str,
    names: &'a [&'a str],
    tokens: Vec<(Token, Range<usize>)>,
    at: usize,
    depth: usize,
    mentioned: Vec<usize>,
}

impl Expression {
    /// Parses a condition over `names`. A name with other characters than letters, digits, `_` and
    /// `.` is written with quotes around the part that has them: `alpha.weights."BRK.B"`.
    ///
    /// # Errors
    ///
    /// The first mistake: not an expression, a name that is not in `names`, or something that is
    /// neither true nor false.
    pub fn parse(text: &str, names: &[&str]) -> Result<Expression, ExpressionError> {
        parse(text, names)
    }
}

fn parse(text: &str, names: &[&str]) -> Result<Expression, ExpressionError> {
    let mut parser = Parser {
        text,
        names,
        tokens: Vec::new(),
        at: 0,
        depth: 0,
        mentioned: Vec::new(),
    };
    parser.tokens = parser.tokenize()?;
    let whole = parser.either()?;
    if *parser.peek() != Token::End {
        let span = parser.span();
        let help = match text.get(span.clone()) {
            Some("=") => Some("equality is written `==`"),
            Some("&" | "&&") => Some("write `and`"),
            Some("|" | "||") => Some("write `or`"),
            _ => None,
        };
        return Err(parser.error(span, "this does not belong here", help));
    }
    parser.condition(&whole)?;
    let mut mentioned = parser.mentioned;
    mentioned.sort_unstable();
    mentioned.dedup();
    Ok(Expression {
        root: whole.node,
        names: mentioned,
    })
}

impl Parser<'_> {
    fn error(
        &self,
        span: Range<usize>,
        message: impl Into<String>,
        help: Option<&str>,
    ) -> ExpressionError {
        ExpressionError {
            text: self.text.to_owned(),
            message: message.into(),
            span,
            help: help.map(str::to_owned),
        }
    }

    fn tokenize(&self) -> Result<Vec<(Token, Range<usize>)>, ExpressionError> {
        const SYMBOLS: [&str; 17] = [
            "<=", ">=", "==", "!=", "&&", "||", "<", ">", "=", "&", "|", "+", "-", "*", "/", "(",
            ")",
        ];
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(first) = self.text[at..].chars().next() {
            let rest = &self.text[at..];
            let length = if first.is_whitespace() {
                at += first.len_utf8();
                continue;
            } else if let Some(date) = leading_date(rest) {
                tokens.push((Token::Text(date.to_owned()), at..at + date.len()));
                date.len()
            } else if first.is_ascii_digit() || first == '.' {
                let length = number_length(rest);
                match rest[..length].parse() {
                    Ok(number) => tokens.push((Token::Number(number), at..at + length)),
                    Err(_) => return Err(self.error(at..at + length, "not a number", None)),
                }
                length
            } else if first == '"' || first == '\'' {
                let Some(end) = rest[1..].find(first) else {
                    return Err(self.error(at..self.text.len(), "this string has no end", None));
                };
                tokens.push((Token::Text(rest[1..=end].to_owned()), at..at + end + 2));
                end + 2
            } else if first.is_alphabetic() || first == '_' {
                let length = name_length(rest);
                tokens.push((Token::Word(rest[..length].to_owned()), at..at + length));
                length
            } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                tokens.push((Token::Symbol(symbol), at..at + symbol.len()));
                symbol.len()
            } else {
                let span = at..at + first.len_utf8();
                return Err(self.error(span, format!("`{first}` means nothing here"), None));
            };
            at += length;
            if tokens.len() > MOST_TOKENS {
                return Err(self.error(at..at, "the expression is too long", None));
            }
        }
        let end = self.text.len();
        tokens.push((Token::End, end..end));
        Ok(tokens)
    }

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

    fn takes_symbol<T: Copy>(&mut self, symbols: &[(&str, T)]) -> Option<T> {
        let Token::Symbol(own) = self.peek() else {
            return None;
        };
        let (_, meaning) = symbols.iter().find(|(symbol, _)| symbol == own)?;
        self.next();
        Some(*meaning)
    }

    fn condition(&self, part: &Part) -> Result<(), ExpressionError> {
        let what = match part.comes {
            Comes::Number => "a number",
            Comes::Text => "a string",
            Comes::Flag | Comes::Anything => return Ok(()),
        };
        let message = format!("this is {what}, not something true or false");
        let help = "compare it, as in `alpha.top_n < 5`";
        Err(self.error(part.span.clone(), message, Some(help)))
    }

    fn quantity(&self, part: &Part) -> Result<(), ExpressionError> {
        let what = match part.comes {
            Comes::Flag => "true or false",
            Comes::Text => "a string",
            Comes::Number | Comes::Anything => return Ok(()),
        };
        Err(self.error(
            part.span.clone(),
            format!("this is {what}, not a number"),
            None,
        ))
    }

    fn either(&mut self) -> Result<Part, ExpressionError> {
        let mut left = self.both()?;
        while self.takes_word("or") {
            let right = self.both()?;
            left = self.join(left, right, Node::Either)?;
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Part, ExpressionError> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            let right = self.negation()?;
            left = self.join(left, right, Node::Both)?;
        }
        Ok(left)
    }

    fn join(
        &self,
        left: Part,
        right: Part,
        make: fn(Box<Node>, Box<Node>) -> Node,
    ) -> Result<Part, ExpressionError> {
        self.condition(&left)?;
        self.condition(&right)?;
        Ok(Part {
            span: left.span.start..right.span.end,
            node: make(Box::new(left.node), Box::new(right.node)),
            comes: Comes::Flag,
        })
    }

    fn negation(&mut self) -> Result<Part, ExpressionError> {
        let start = self.span().start;
        if !self.takes_word("not") {
            return self.comparison();
        }
        let inner = self.deeper(Parser::negation)?;
        self.condition(&inner)?;
        Ok(Part {
            span: start..inner.span.end,
            node: Node::Not(Box::new(inner.node)),
            comes: Comes::Flag,
        })
    }

    fn comparison(&mut self) -> Result<Part, ExpressionError> {
        const COMPARISONS: [(&str, Comparison); 6] = [
            ("<", Comparison::Less),
            ("<=", Comparison::LessOrEqual),
            (">", Comparison::Greater),
            (">=", Comparison::GreaterOrEqual),
            ("==", Comparison::Equal),
            ("!=", Comparison::Unequal),
        ];
        let left = self.sum()?;
        let Some(comparison) = self.takes_symbol(&COMPARISONS) else {
            return Ok(left);
        };
        let right = self.sum()?;
        if self.takes_symbol(&COMPARISONS).is_some() {
            let span = left.span.start..right.span.end;
            let help = "join two comparisons with `and`: `1 < x and x < 2`";
            return Err(self.error(span, "a comparison of a comparison", Some(help)));
        }
        let known = |part: &Part| part.comes != Comes::Anything;
        let span = left.span.start..right.span.end;
        if known(&left) && known(&right) && left.comes != right.comes {
            return Err(self.error(span, "the two sides are of different kinds", None));
        }
        Ok(Part {
            node: Node::Compare(comparison, Box::new(left.node), Box::new(right.node)),
            comes: Comes::Flag,
            span,
        })
    }

    fn sum(&mut self) -> Result<Part, ExpressionError> {
        let operations = [("+", Operation::Add), ("-", Operation::Subtract)];
        self.chain(&operations, Parser::product)
    }

    fn product(&mut self) -> Result<Part, ExpressionError> {
        let operations = [("*", Operation::Multiply), ("/", Operation::Divide)];
        self.chain(&operations, Parser::sign)
    }

    fn chain(
        &mut self,
        operations: &[(&str, Operation)],
        operand: fn(&mut Self) -> Result<Part, ExpressionError>,
    ) -> Result<Part, ExpressionError> {
        let mut left = operand(self)?;
        while let Some(operation) = self.takes_symbol(operations) {
            let right = operand(self)?;
            self.quantity(&left)?;
            self.quantity(&right)?;
            left = Part {
                span: left.span.start..right.span.end,
                node: Node::Arithmetic(operation, Box::new(left.node), Box::new(right.node)),
                comes: Comes::Number,
            };
        }
        Ok(left)
    }

    fn sign(&mut self) -> Result<Part, ExpressionError> {
        let start = self.span().start;
        if self.takes_symbol(&[("-", ())]).is_none() {
            return self.atom();
        }
        let inner = self.deeper(Parser::sign)?;
        self.quantity(&inner)?;
        Ok(Part {
            span: start..inner.span.end,
            node: Node::Negative(Box::new(inner.node)),
            comes: Comes::Number,
        })
    }

    fn atom(&mut self) -> Result<Part, ExpressionError> {
        let (token, span) = self.next();
        let (node, comes) = match token {
            Token::Number(number) => (Node::Constant(Operand::Number(number)), Comes::Number),
            Token::Text(text) => (
                Node::Constant(Operand::Text(text.as_str().into())),
                Comes::Text,
            ),
            Token::Word(word) if word == "true" || word == "false" => {
                (Node::Constant(Operand::Flag(word == "true")), Comes::Flag)
            }
            Token::Word(word) => match self.names.iter().position(|name| *name == word) {
                Some(name) => {
                    self.mentioned.push(name);
                    (Node::Name(name), Comes::Anything)
                }
                None => {
                    let help = help_with_name(&word, self.names);
                    let message = format!("`{word}` is not known");
                    return Err(self.error(span, message, Some(&help)));
                }
            },
            Token::Symbol("(") => {
                let inner = self.deeper(Parser::either)?;
                if self.takes_symbol(&[(")", ())]).is_none() {
                    let help = Some("add `)`");
                    return Err(self.error(span, "this parenthesis is not closed", help));
                }
                (inner.node, inner.comes)
            }
            Token::Symbol(_) => {
                return Err(self.error(span, "a name or a number is missing before this", None));
            }
            Token::End => return Err(self.error(span, "the expression ends too early", None)),
        };
        Ok(Part { node, comes, span })
    }

    fn deeper(
        &mut self,
        parse: fn(&mut Self) -> Result<Part, ExpressionError>,
    ) -> Result<Part, ExpressionError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(self.span(), "the expression is nested too deeply", None));
        }
        let part = parse(self)?;
        self.depth -= 1;
        Ok(part)
    }
}

/// Digits, a point, and an exponent with its sign.
/// A date as in `2020-03-01`, with which a text begins. Quotes are not needed: subtracting would give
/// no date.
fn leading_date(text: &str) -> Option<&str> {
    let date = text.get(..10)?;
    let goes_on =
        text[10..].starts_with(|next: char| next.is_alphanumeric() || "._-".contains(next));
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    (!goes_on && date.bytes().enumerate().all(shape)).then_some(date)
}

fn number_length(text: &str) -> usize {
    let mut before = ' ';
    text.find(|c: char| {
        let in_exponent = matches!(before, 'e' | 'E') && matches!(c, '+' | '-');
        before = c;
        !(c.is_alphanumeric() || matches!(c, '.' | '_') || in_exponent)
    })
    .unwrap_or(text.len())
}

/// Words joined by points; after a point, the word may stand in quotes.
fn name_length(text: &str) -> usize {
    let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_'));
    let mut length = 0;
    loop {
        let rest = &text[length..];
        length += rest.find(is_end).unwrap_or(rest.len());
        let quoted = text[..length].ends_with('.') && text[length..].starts_with('"');
        match text[length..].get(1..).and_then(|rest| rest.find('"')) {
            Some(end) if quoted => length += end + 2,
            _ => return length,
        }
    }
}
