//! Alpha models: from what is known now to target weights.

mod as_of;
mod equal_weight;
mod external;
mod fixed_weights;
mod inverse_volatility;
mod long_short_momentum;
mod model;
mod momentum_weighted;
mod part;
mod ranking;
mod rules;
mod scheduled_weights;
mod single_signal;
mod sma_crossover;
mod top_n_momentum;
mod weights;

pub use as_of::AsOf;
pub(crate) use as_of::measure;
pub use equal_weight::EqualWeight;
pub use external::{External, MissingModel};
pub use fixed_weights::FixedWeights;
pub(crate) use fixed_weights::no_weights;
pub use inverse_volatility::InverseVolatility;
pub use long_short_momentum::LongShortMomentum;
pub use model::{AlphaError, AlphaModel};
pub use momentum_weighted::MomentumWeighted;
pub(crate) use part::{AlphaPart, Binding, BoundModel, Crossover, UnknownSymbol};
pub(crate) use ranking::{RankingBuffers, rank, rank_keys};
pub use rules::{Gate, Replace, Rules, Select, Weigh};
pub use scheduled_weights::{ScheduledWeights, WeightsFrom};
pub use single_signal::SingleSignal;
pub use sma_crossover::SmaCrossover;
pub use top_n_momentum::TopNMomentum;
pub use weights::Weights;

crate::parts! {
    /// Where target weights come from: the alpha models that a strategy can name.
    #[derive(Clone, Debug, PartialEq)]
    #[expect(clippy::large_enum_variant, reason = "a strategy has one of them")]
    pub enum Alpha: AlphaPart {
        FixedWeights(FixedWeights),
        EqualWeight,
        SingleSignal(SingleSignal),
        TopNMomentum(TopNMomentum),
        MomentumWeighted(MomentumWeighted),
        LongShortMomentum(LongShortMomentum),
        SmaCrossover(SmaCrossover),
        InverseVolatility(InverseVolatility),
        ScheduledWeights(ScheduledWeights),
        Rules(Rules),
        External(External),
    }
}

impl Alpha {
    /// The symbols that the model names itself, in the order in which they are written.
    pub fn named(&self) -> Vec<&str> {
        self.part().named()
    }
}
