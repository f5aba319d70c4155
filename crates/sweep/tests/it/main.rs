//! Sweeps, as a specification.

mod backend;
mod external;
mod fixture;
mod folder;
mod interruption;
mod mistakes;
mod sampling;
mod worker;
