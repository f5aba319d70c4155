//! The tests of the engine, in one binary.

mod alpha_rules;
mod also;
mod audit;
mod batch;
mod cash;
mod cash_flows;
mod corporate_actions;
mod formulas;
mod invariants;
mod markets;
mod members;
mod optimisers;
mod own_alpha_model;
mod own_bars;
mod ruin;
mod rules;
mod schedules;
mod sessions_per_year;
mod timing_luck;
