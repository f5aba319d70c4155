//! A formula with every name resolved: a graph of functions, parameters put in.

use std::sync::Arc;

use super::functions::{Comes, Form, Function, Price};

/// A part of a formula. Equal ones give equal numbers, so one computation serves all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Node {
    /// A number, by its bits.
    Number(u64),
    Price(Price),
    Elementwise(&'static Function, Vec<Arc<Node>>),
    Windowed(WindowNode),
    Across(&'static Function, Arc<Node>),
    /// The value of another asset.
    Of(Arc<Node>, String),
}

/// A function of a series of samples.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct WindowNode {
    pub(crate) function: &'static Function,
    pub(crate) source: Arc<Node>,
    /// The asset that the function compares with.
    pub(crate) other: Option<String>,
    pub(crate) n: u32,
    pub(crate) skip: u32,
    pub(crate) every: Every,
}

crate::choice! {
    /// Which values of a series are samples.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum Every {
        /// That of each bar.
        Session = "session",
        /// That of the last bar of each week, Monday to Sunday, and the last of all.
        Week = "week",
        /// That of the last bar of each month, and the last of all.
        Month = "month",
        /// That of the last bar of each quarter, and the last of all.
        Quarter = "quarter",
        /// That of the last bar of each year, and the last of all.
        Year = "year",
    }
}

impl WindowNode {
    /// Samples that have to be there.
    pub(crate) fn samples(&self) -> u32 {
        let beyond = match &self.function.form {
            Form::Window(window) => window.beyond,
            Form::Recursive(recursive) => recursive.beyond,
            _ => 0,
        };
        self.n.saturating_add(beyond)
    }
}

impl Node {
    pub(crate) fn number(number: f64) -> Node {
        // Both zeros are one number.
        Node::Number((number + 0.0).to_bits())
    }

    /// The number, if the part is nothing but one.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Node::Number(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    pub(crate) fn comes(&self) -> Comes {
        match self {
            Node::Elementwise(function, _) => match &function.form {
                Form::Elementwise(elementwise) => elementwise.result,
                _ => Comes::Number,
            },
            Node::Of(inner, _) => inner.comes(),
            _ => Comes::Number,
        }
    }

    fn parts(&self) -> Vec<&Node> {
        match self {
            Node::Number(_) | Node::Price(_) => Vec::new(),
            Node::Elementwise(_, parts) => parts.iter().map(|part| &**part).collect(),
            Node::Windowed(window) => vec![&window.source],
            Node::Across(_, part) | Node::Of(part, _) => vec![part],
        }
    }

    /// Whether the number is the same for all assets.
    pub(crate) fn is_common(&self) -> bool {
        match self {
            Node::Number(_) | Node::Of(..) => true,
            Node::Price(_) | Node::Windowed(_) | Node::Across(..) => false,
            Node::Elementwise(_, parts) => parts.iter().all(|part| part.is_common()),
        }
    }

    /// The asset that a number which is the same for all assets is about; of several the first.
    pub(crate) fn about(&self) -> Option<&str> {
        match self {
            Node::Of(_, symbol) => Some(symbol),
            Node::Elementwise(_, parts) => parts.iter().find_map(|part| part.about()),
            _ => None,
        }
    }

    /// The symbols that the formula names, in its order and perhaps repeatedly.
    pub(crate) fn symbols(&self) -> Vec<&str> {
        let mut symbols: Vec<&str> = self.parts().into_iter().flat_map(Node::symbols).collect();
        match self {
            Node::Of(_, symbol) => symbols.push(symbol),
            Node::Windowed(window) => symbols.extend(window.other.as_deref()),
            _ => {}
        }
        symbols
    }

    /// The closes that a number needs at least.
    pub(crate) fn warm_up(&self) -> u32 {
        let inner = self.parts().into_iter().map(Node::warm_up).max();
        let inner = inner.unwrap_or(0);
        match self {
            Node::Number(_) => 0,
            Node::Price(_) => 1,
            Node::Windowed(window) => inner.saturating_add(window.samples().saturating_sub(1)),
            _ => inner,
        }
    }

    /// The closes that are read, the last included; `u32::MAX` for all that there are.
    pub(crate) fn closes_read(&self) -> u32 {
        let inner = self.parts().into_iter().map(Node::closes_read).max();
        let inner = inner.unwrap_or(0);
        match self {
            Node::Number(_) => 0,
            Node::Price(_) => 1,
            Node::Windowed(window) => {
                let is_bounded = matches!(window.function.form, Form::Window(_))
                    && window.every == Every::Session;
                match is_bounded {
                    true => inner.saturating_add(window.samples().saturating_sub(1)),
                    false => u32::MAX,
                }
            }
            _ => inner,
        }
    }
}
