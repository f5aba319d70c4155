//! Conditions over named values, as in `alpha.fast < alpha.slow and not short`.
//!
//! One language for the constraint of a sweep and for filtering its results: comparisons, `and`,
//! `or`, `not`, the four operations, parentheses, numbers, strings in quotes, dates as `2020-03-01`,
//! `true` and `false`.

mod parser;

use diagnostics::{all_of, nearest};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A condition whose names have been resolved to positions in a list of names.
#[derive(Clone, Debug)]
pub struct Expression {
    root: Node,
    names: Vec<usize>,
}

/// What a name stands for, or what a part of an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// An integer or a float.
    Number(f64),
    /// A string; a date as `YYYY-MM-DD`.
    Text(Arc<str>),
    /// True or false.
    Flag(bool),
    /// No value. Nothing compares with it, not even itself.
    Missing,
}

/// Why a text is not a condition, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// The expression.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// The bytes of the text that are.
    pub span: Range<usize>,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.text.get(..self.span.start).unwrap_or(&self.text);
        let column = before.chars().count() + 1;
        write!(f, "`{}`, column {column}: {}", self.text, self.message)
    }
}

impl std::error::Error for ExpressionError {}

impl Expression {
    /// The positions of the names that the expression mentions, increasing.
    pub fn names(&self) -> &[usize] {
        &self.names
    }

    /// Whether the condition holds for these values of its names.
    ///
    /// A comparison with a missing value or between values of different kinds does not hold,
    /// except that they are unequal when both are there.
    pub fn holds(&self, value: &dyn Fn(usize) -> Operand) -> bool {
        self.root.evaluate(value) == Operand::Flag(true)
    }
}

#[derive(Clone, Debug)]
enum Node {
    Constant(Operand),
    Name(usize),
    Negative(Box<Node>),
    Not(Box<Node>),
    Both(Box<Node>, Box<Node>),
    Either(Box<Node>, Box<Node>),
    Arithmetic(Operation, Box<Node>, Box<Node>),
    Compare(Comparison, Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    Unequal,
}

impl Node {
    fn evaluate(&self, value: &dyn Fn(usize) -> Operand) -> Operand {
        let holds = |node: &Node| node.evaluate(value) == Operand::Flag(true);
        match self {
            Node::Constant(constant) => constant.clone(),
            Node::Name(name) => value(*name),
            Node::Negative(inner) => match inner.evaluate(value) {
                Operand::Number(number) => Operand::Number(-number),
                _ => Operand::Missing,
            },
            Node::Not(inner) => Operand::Flag(!holds(inner)),
            Node::Both(a, b) => Operand::Flag(holds(a) && holds(b)),
            Node::Either(a, b) => Operand::Flag(holds(a) || holds(b)),
            Node::Arithmetic(operation, a, b) => match (a.evaluate(value), b.evaluate(value)) {
                (Operand::Number(a), Operand::Number(b)) => Operand::Number(match operation {
                    Operation::Add => a + b,
                    Operation::Subtract => a - b,
                    Operation::Multiply => a * b,
                    Operation::Divide => a / b,
                }),
                _ => Operand::Missing,
            },
            Node::Compare(comparison, a, b) => {
                Operand::Flag(comparison.holds(&a.evaluate(value), &b.evaluate(value)))
            }
        }
    }
}

impl Comparison {
    fn holds(self, a: &Operand, b: &Operand) -> bool {
        let order = match (a, b) {
            (Operand::Number(a), Operand::Number(b)) => a.partial_cmp(b),
            (Operand::Text(a), Operand::Text(b)) => Some(a.cmp(b)),
            (Operand::Flag(a), Operand::Flag(b)) => Some(a.cmp(b)),
            (Operand::Missing, _) | (_, Operand::Missing) => None,
            _ => return self == Comparison::Unequal,
        };
        order.is_some_and(|order| match self {
            Comparison::Less => order.is_lt(),
            Comparison::LessOrEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterOrEqual => order.is_ge(),
            Comparison::Equal => order.is_eq(),
            Comparison::Unequal => order.is_ne(),
        })
    }
}

/// What to write instead of a name that is not known.
fn help_with_name(word: &str, names: &[&str]) -> String {
    match nearest(word, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "no names are known here".to_owned(),
        None if names.len() > 30 => format!(
            "known names are {} and {} more",
            names[..30]
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", "),
            names.len() - 30
        ),
        None => format!("known names are {}", all_of(names)),
    }
}
