//! From the tree of a formula to its graph: names become functions, signals and parameters.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use super::functions::{Comes, FUNCTIONS, Form, Function, OPERATORS, Options, function};
use super::node::{Every, Node, WindowNode};
use super::syntax::{Argument, FormulaError, Syntax, Tree, parse};
use crate::declaration::{Mistake, Options as _, Parameter, Path};

/// Signals within one another: more would exhaust the stack.
const DEEPEST: usize = 64;

/// Parts of one formula, those of the signals that it names included.
const MOST_PARTS: usize = 10_000;

/// What names in formulas stand for, besides functions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary<'a> {
    /// Formulas by name.
    pub(crate) signals: &'a [(String, String)],
    pub(crate) parameters: &'a [(String, Parameter)],
}

/// A formula that cannot be resolved.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: FormulaError,
    /// The signal in whose text it is; `None` for the formula itself.
    pub(crate) signal: Option<String>,
}

/// Reads formulas over one vocabulary.
pub(crate) struct Reader<'a> {
    vocabulary: Vocabulary<'a>,
    /// Signals that are being read, each in the one before it.
    open: Vec<&'a str>,
    known: HashMap<&'a str, Sized>,
    used: BTreeSet<&'a str>,
}

/// A part of a formula and how many parts it has.
#[derive(Clone)]
struct Sized {
    node: Arc<Node>,
    parts: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(vocabulary: Vocabulary<'a>) -> Reader<'a> {
        Reader {
            vocabulary,
            open: Vec::new(),
            known: HashMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// The parameters that the formulas read so far name.
    pub(crate) fn used(&self) -> &BTreeSet<&'a str> {
        &self.used
    }

    /// A formula that comes to a number.
    pub(crate) fn number(&mut self, text: &str) -> Result<Arc<Node>, Fault> {
        let node = self.read(text)?;
        match node.comes() {
            Comes::Number => Ok(node),
            Comes::Condition => {
                let message = "this is a condition, and a number is needed";
                let error = FormulaError::new(&(0..text.len()), message);
                Err(own(error.help("`if(condition, 1, 0)` makes a number of it")))
            }
        }
    }

    /// A formula that comes to something true or false.
    pub(crate) fn condition(&mut self, text: &str) -> Result<Arc<Node>, Fault> {
        let node = self.read(text)?;
        match node.comes() {
            Comes::Condition => Ok(node),
            Comes::Number => {
                let message = "this is a number, and a condition is needed";
                let error = FormulaError::new(&(0..text.len()), message);
                Err(own(error.help("compare it, as in `return(252) > 0`")))
            }
        }
    }

    /// A formula of either kind.
    pub(crate) fn read(&mut self, text: &str) -> Result<Arc<Node>, Fault> {
        let syntax = parse(text).map_err(own)?;
        Ok(self.part(&syntax)?.node)
    }

    fn part(&mut self, syntax: &Syntax) -> Result<Sized, Fault> {
        let span = &syntax.span;
        let part = match &syntax.tree {
            Tree::Number(number) => leaf(Node::number(*number)),
            Tree::Text(_) => {
                let error = FormulaError::new(span, "a string has no place here");
                return Err(own(
                    error.help("a symbol stands in brackets: `close['SPY']`")
                ));
            }
            Tree::Name(name) => self.name(name, span)?,
            Tree::Call(name, arguments) => match function(name) {
                Some(function) => self.call(function, arguments, span)?,
                None => {
                    let span = span.start..span.start + name.len();
                    return Err(own(self.unknown(name, &span, true)));
                }
            },
            Tree::Of(inner, symbol) => {
                let inner = self.part(inner)?;
                match inner.node.is_common() {
                    true => inner,
                    false => Sized {
                        parts: inner.parts + 1,
                        node: Arc::new(Node::Of(inner.node, symbol.clone())),
                    },
                }
            }
            Tree::Operator(name, operands) => {
                let operator = OPERATORS.iter().find(|operator| operator.name == *name);
                let operator = operator.expect("the parser knows the same operators");
                self.elementwise(operator, operands.iter(), span)?
            }
        };
        match part.parts > MOST_PARTS {
            true => Err(own(FormulaError::new(
                span,
                "the formula has too many parts",
            ))),
            false => Ok(part),
        }
    }

    fn name(&mut self, name: &str, span: &Range<usize>) -> Result<Sized, Fault> {
        let parameters = self.vocabulary.parameters;
        if let Some(function) = function(name) {
            return match function.form {
                Form::Price(price) => Ok(leaf(Node::Price(price))),
                _ => {
                    let message = format!("`{name}` is a function and needs its arguments");
                    let error = FormulaError::new(span, message);
                    Err(own(error.help(format!("write `{}`", function.signature))))
                }
            };
        }
        if let Some((known, value)) = parameters.iter().find(|(known, _)| known == name) {
            self.used.insert(known);
            let number = match value {
                Parameter::Integer(integer) => *integer as f64,
                Parameter::Number(number) => *number,
                Parameter::Flag(_) | Parameter::Text(_) => {
                    let message = format!("the parameter `{name}` is not a number");
                    let error = FormulaError::new(span, message);
                    return Err(own(error.help("parameters of formulas are numbers")));
                }
            };
            return Ok(leaf(Node::number(number)));
        }
        self.signal(name, span)
    }

    /// A signal by its name.
    fn signal(&mut self, name: &str, span: &Range<usize>) -> Result<Sized, Fault> {
        let signals = self.vocabulary.signals.iter();
        let Some((signal, text)) = signals.into_iter().find(|(known, _)| known == name) else {
            return Err(own(self.unknown(name, span, false)));
        };
        if let Some(known) = self.known.get(signal.as_str()) {
            return Ok(known.clone());
        }
        if self.open.contains(&signal.as_str()) {
            let others = self.open.iter().filter(|open| *open != signal);
            let names: Vec<String> = others.map(|name| format!("`{name}`")).collect();
            let message = match names.is_empty() {
                true => format!("the signal `{name}` needs itself"),
                false => format!(
                    "the signal `{name}` needs itself, through {}",
                    names.join(", ")
                ),
            };
            return Err(own(FormulaError::new(span, message)));
        }
        if self.open.len() == DEEPEST {
            return Err(own(FormulaError::new(
                span,
                "signals are nested too deeply",
            )));
        }
        self.open.push(signal);
        let read = parse(text).map_err(own);
        let read = read.and_then(|syntax| self.part(&syntax));
        self.open.pop();
        let part = read.map_err(|fault| Fault {
            signal: fault.signal.or_else(|| Some(signal.clone())),
            ..fault
        })?;
        self.known.insert(signal, part.clone());
        Ok(part)
    }

    fn unknown(&self, name: &str, span: &Range<usize>, is_call: bool) -> FormulaError {
        let functions = FUNCTIONS.iter().map(|function| function.name);
        let parameters = self.vocabulary.parameters.iter();
        let signals = self.vocabulary.signals.iter();
        let mut known: Vec<&str> = functions.collect();
        if !is_call {
            known.extend(parameters.map(|(name, _)| name.as_str()));
            known.extend(signals.map(|(name, _)| name.as_str()));
        }
        let what = match is_call {
            true => "function",
            false => "signal, parameter or function",
        };
        let error = FormulaError::new(span, format!("there is no {what} `{name}`"));
        let error = error.help(match is_call {
            true => "`gridfolio functions` lists them".to_owned(),
            false => {
                format!("`[signals]` gives formulas a name, and `alpha.parameters.{name}` numbers")
            }
        });
        FormulaError {
            known: known.into_iter().map(str::to_owned).collect(),
            ..error
        }
    }

    fn call(
        &mut self,
        function: &'static Function,
        arguments: &[Argument],
        span: &Range<usize>,
    ) -> Result<Sized, Fault> {
        let takes = |message: String| {
            let error = FormulaError::new(span, message);
            own(error.help(format!("write `{}`", function.signature)))
        };
        match &function.form {
            Form::Price(_) => Err(takes(format!("`{}` takes no arguments", function.name))),
            Form::Elementwise(elementwise) => {
                if let Some((name, span)) = arguments.iter().find_map(|own| own.name.as_ref()) {
                    return Err(unknown_argument(function, name, span));
                }
                let least = elementwise.arguments.len();
                if arguments.len() < least || arguments.len() > elementwise.most {
                    return Err(takes(wrong_count(function, arguments.len())));
                }
                let operands = arguments.iter().map(|argument| &argument.value);
                self.elementwise(function, operands, span)
            }
            Form::Across(across) => {
                let [Argument { name: None, value }] = arguments else {
                    return Err(takes(wrong_count(function, arguments.len())));
                };
                let part = self.part(value)?;
                expect(&part.node, across.argument, &value.span)?;
                Ok(Sized {
                    parts: part.parts + 1,
                    node: Arc::new(Node::Across(function, part.node)),
                })
            }
            Form::Window(_) | Form::Recursive(_) => self.window(function, arguments, span),
        }
    }

    fn elementwise<'s>(
        &mut self,
        function: &'static Function,
        operands: impl Iterator<Item = &'s Syntax>,
        span: &Range<usize>,
    ) -> Result<Sized, Fault> {
        let Form::Elementwise(elementwise) = &function.form else {
            return Err(own(FormulaError::new(span, "this is no operation")));
        };
        let mut parts = 1usize;
        let mut nodes = Vec::new();
        for (at, operand) in operands.enumerate() {
            let part = self.part(operand)?;
            let wanted = elementwise.arguments[at.min(elementwise.arguments.len() - 1)];
            expect(&part.node, wanted, &operand.span)?;
            parts = parts.saturating_add(part.parts);
            nodes.push(part.node);
        }
        let numbers: Option<Vec<f64>> = nodes.iter().map(|node| node.as_number()).collect();
        let node = match numbers {
            Some(numbers) if elementwise.result == Comes::Number => {
                Node::number((elementwise.compute)(&numbers))
            }
            _ => Node::Elementwise(function, nodes),
        };
        Ok(Sized {
            node: Arc::new(node),
            parts,
        })
    }

    fn window(
        &mut self,
        function: &'static Function,
        arguments: &[Argument],
        span: &Range<usize>,
    ) -> Result<Sized, Fault> {
        let takes = |message: String| {
            let error = FormulaError::new(span, message);
            own(error.help(format!("write `{}`", function.signature)))
        };
        let (options, least) = match &function.form {
            Form::Window(window) => (window.options, window.least),
            _ => (Options::None, 1),
        };
        let (mut positional, mut skip, mut every) = (Vec::new(), None, Every::Session);
        let mut n = None;
        for Argument { name, value } in arguments {
            match name.as_ref().map(|(name, span)| (name.as_str(), span)) {
                None => positional.push(value),
                Some(("n", _)) => n = Some(value),
                Some(("skip", _)) if options == Options::Skip => skip = Some(value),
                Some(("every", _)) => every = period(value)?,
                Some((name, span)) => return Err(unknown_argument(function, name, span)),
            }
        }
        let mut other = None;
        if options == Options::Symbol {
            match positional.pop().map(|last| &last.tree) {
                Some(Tree::Text(symbol)) => other = Some(symbol.clone()),
                _ => {
                    let message = format!("`{}` needs the symbol of an asset", function.name);
                    return Err(takes(message));
                }
            }
        }
        let n = match n.or_else(|| positional.pop()) {
            Some(n) => n,
            None => return Err(takes(wrong_count(function, arguments.len()))),
        };
        let source = match *positional {
            [] => leaf(Node::Price(super::functions::Price::Close)),
            [source] => {
                let part = self.part(source)?;
                expect(&part.node, Comes::Number, &source.span)?;
                part
            }
            _ => return Err(takes(wrong_count(function, arguments.len()))),
        };
        let what = format!("the number of samples of `{}`", function.name);
        let count = self.count(n, &what, least)?;
        let skipped = match skip {
            Some(skip) => self.count(skip, "`skip`", 0)?,
            None => 0,
        };
        if skipped >= count && options == Options::Skip {
            let span = skip.map_or(span, |skip| &skip.span);
            let message = format!("`skip` ({skipped}) must be less than `n` ({count})");
            return Err(own(FormulaError::new(span, message)));
        }
        // A series that is one asset's counts that asset's bars.
        let is_common = source.node.is_common();
        let of = source.node.about().filter(|_| is_common).map(str::to_owned);
        let node = Node::Windowed(WindowNode {
            function,
            source: source.node,
            other,
            n: count,
            skip: skipped,
            every,
        });
        let node = match of {
            Some(symbol) => Node::Of(Arc::new(node), symbol),
            None => node,
        };
        Ok(Sized {
            node: Arc::new(node),
            parts: source.parts.saturating_add(2),
        })
    }

    /// A whole number that is known before the backtest.
    fn count(&mut self, syntax: &Syntax, what: &str, least: u32) -> Result<u32, Fault> {
        let part = self.part(syntax)?;
        let refuse = |message: String| Err(own(FormulaError::new(&syntax.span, message)));
        let Some(number) = part.node.as_number() else {
            return refuse(format!("{what} must be a number or a parameter"));
        };
        let is_whole = number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0;
        match is_whole && number >= f64::from(least) {
            true => Ok(number as u32),
            false => refuse(format!(
                "{what} is {number}; it must be a whole number, {least} or more"
            )),
        }
    }
}

fn own(error: FormulaError) -> Fault {
    Fault {
        error,
        signal: None,
    }
}

fn leaf(node: Node) -> Sized {
    Sized {
        node: Arc::new(node),
        parts: 1,
    }
}

fn expect(node: &Node, wanted: Comes, span: &Range<usize>) -> Result<(), Fault> {
    let (message, help) = match (node.comes(), wanted) {
        (Comes::Number, Comes::Condition) => (
            "this is a number, and a condition is needed",
            "compare it, as in `return(252) > 0`",
        ),
        (Comes::Condition, Comes::Number) => (
            "this is a condition, and a number is needed",
            "`if(condition, 1, 0)` makes a number of it",
        ),
        _ => return Ok(()),
    };
    Err(own(FormulaError::new(span, message).help(help)))
}

fn wrong_count(function: &Function, given: usize) -> String {
    let arguments = if given == 1 { "argument" } else { "arguments" };
    format!(
        "`{}` cannot be called with {given} {arguments}",
        function.name
    )
}

fn unknown_argument(function: &Function, name: &str, span: &Range<usize>) -> Fault {
    let message = format!("`{}` has no argument `{name}`", function.name);
    own(FormulaError::new(span, message).help(format!("write `{}`", function.signature)))
}

fn period(value: &Syntax) -> Result<Every, Fault> {
    let text = match &value.tree {
        Tree::Text(text) | Tree::Name(text) => text.as_str(),
        _ => "",
    };
    Every::named(text).ok_or_else(|| {
        let error = FormulaError::new(&value.span, "this is no period");
        own(error.help("write 'session', 'week', 'month', 'quarter' or 'year'"))
    })
}

/// A mistake in the text of a formula.
pub(crate) fn mistake_of(path: Path, text: &str, error: FormulaError) -> Mistake {
    let message = format!("the formula `{path}` cannot be read: {}", error.message);
    let mut mistake = Mistake::stating(path, format!("{text:?}"), message, error.message);
    mistake.help.extend(error.help);
    let word = text.get(error.span.clone()).unwrap_or_default().to_owned();
    mistake.unknown = (!error.known.is_empty()).then_some((word, error.known));
    mistake.span = Some(error.span);
    mistake
}

/// Finds what is wrong with signals, whether or not anything reads them.
pub(crate) fn check_signals(vocabulary: Vocabulary<'_>, mistakes: &mut Vec<Mistake>) {
    let mut reader = Reader::new(vocabulary);
    for (name, text) in vocabulary.signals {
        let path = || Path::to("", "signals").name(name);
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let is_name = name.chars().all(is_word) && !name.starts_with(|c: char| c.is_ascii_digit());
        let taken = match name.as_str() {
            "" => Some("it is empty".to_owned()),
            "and" | "or" | "not" => Some(format!("`{name}` is a word of formulas")),
            _ if !is_name => {
                Some("it has other characters than letters, digits and `_`".to_owned())
            }
            _ if function(name).is_some() => Some(format!("`{name}` is a function")),
            _ if (vocabulary.parameters.iter()).any(|(known, _)| known == name) => {
                Some(format!("`alpha.parameters.{name}` has the same name"))
            }
            _ => None,
        };
        if let Some(why) = taken {
            let message = format!("`{name}` cannot name a signal: {why}");
            let mistake = Mistake::stating(path(), name, message, "another name is needed");
            mistakes.push(mistake.help("choose a word, as in `momentum`"));
            continue;
        }
        match reader.signal(name, &(0..text.len())) {
            // A signal that another one names is reported once, where it stands.
            Err(Fault {
                signal: Some(of), ..
            }) if of != *name => {}
            Err(fault) => mistakes.push(mistake_of(path(), text, fault.error)),
            Ok(_) => {}
        }
    }
}
