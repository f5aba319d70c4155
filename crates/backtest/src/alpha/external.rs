//! A model that this crate does not have.

use std::sync::Arc;

use super::as_of::AsOf;
use super::model::{AlphaError, AlphaModel};
use super::part::{AlphaPart, Binding, BoundModel, History, UnknownSymbol};
use super::weights::Weights;
use crate::check_context::Context;
use crate::declaration::{Mistake, Parameter, Place};
use crate::formula::node::Node;
use crate::formula::resolve::{Reader, Vocabulary};
use crate::signal_tables::Signal;

crate::part! {
    /// A Python class, which only the Python package can run.
    pub struct External as "python" {
        /// The Python class, as in `my_models:DualMomentum`.
        class: String => Text, Required;
        /// What the class is made with: numbers, booleans or strings by keyword.
        parameters: Vec<(String, Parameter)> => Parameters, Optional;
    }
}

/// The program that runs the strategy makes the model and hands it to
/// [`Backtest::run_with`](crate::backtest::Backtest::run_with).
impl AlphaPart for External {
    fn check(&self, _: &Context<'_>, at: &Place<'_>, mistakes: &mut Vec<Mistake>) {
        let (module, name) = self.class.split_once(':').unwrap_or((&self.class, ""));
        if module.is_empty() || name.is_empty() {
            let message = format!("`{}` names no Python class", self.class);
            let mistake = Mistake::stating(at.key("class"), &self.class, message, "");
            let help = "write `module:Class`, as in `my_models:Momentum`";
            mistakes.push(mistake.help(help));
        }
    }

    fn parameters(&self) -> &[(String, Parameter)] {
        &self.parameters
    }

    fn bind(&self, binding: &Binding<'_>) -> Result<Arc<dyn BoundModel>, UnknownSymbol> {
        let vocabulary = Vocabulary {
            signals: binding.signals,
            parameters: &self.parameters,
        };
        let mut reader = Reader::new(vocabulary);
        let read = |(name, text): &(String, String)| Some((name.clone(), reader.read(text).ok()?));
        let named: Vec<(String, Arc<Node>)> = binding.signals.iter().filter_map(read).collect();
        for symbol in named.iter().flat_map(|(_, node)| node.symbols()) {
            if binding.market.asset(symbol).is_none() {
                return Err(UnknownSymbol(symbol.to_owned()));
            }
        }
        Ok(Arc::new(Bound {
            class: self.class.clone(),
            named: named.into(),
        }))
    }
}

#[derive(Debug)]
struct Bound {
    class: String,
    named: Arc<[(String, Arc<Node>)]>,
}

impl BoundModel for Bound {
    fn history(&self) -> Option<History> {
        None
    }

    fn names_members_only(&self) -> bool {
        false
    }

    fn signals(&self, _: usize) -> Vec<Signal> {
        let nodes = self.named.iter().map(|(_, node)| Arc::clone(node));
        nodes.map(Signal::Formula).collect()
    }

    fn named_signals(&self) -> Arc<[(String, Arc<Node>)]> {
        Arc::clone(&self.named)
    }

    fn model(&self) -> Box<dyn AlphaModel + '_> {
        Box::new(Missing { class: &self.class })
    }
}

/// The strategy names an external model, and the caller did not provide it.
#[derive(Debug, thiserror::Error)]
#[error("`{class}` is a model that this program does not have")]
pub struct MissingModel {
    /// The class that it names.
    pub class: String,
}

/// Takes the place of an external model, and fails when it is asked for weights.
struct Missing<'a> {
    class: &'a str,
}

impl AlphaModel for Missing<'_> {
    fn weights(&mut self, _: AsOf<'_>, _: &mut Weights) -> Result<(), AlphaError> {
        Err(Box::new(MissingModel {
            class: self.class.to_owned(),
        }))
    }
}
