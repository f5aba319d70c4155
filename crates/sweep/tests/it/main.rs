//! Sweeps, as a specification.

mod backend;
mod external;
mod fixture;
mod folder;
mod interruption;
mod members;
mod mistakes;
mod sampling;
mod worker;
