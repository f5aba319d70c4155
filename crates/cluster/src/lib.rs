//! Sweeps on a Slurm cluster. Nothing else in this project knows of Slurm.
//!
//! [`Slurm`] is a [`sweep::Backend`]: it submits one job array over shards, asks `squeue` which of
//! them are in somebody's hands, and cancels. Files in the sweep's folder are the truth, Slurm is a
//! hint: a shard is done if its file exists, running if Slurm lists it, and lost otherwise.
//!
//! What it leaves in the folder, for people and for the next command, is below `slurm`: the
//! [`Settings`] used, and for each array the script as it was submitted and a note of its tasks.

mod backend;
mod settings;
mod size;
mod status;

mod check;
mod install;

mod error;

mod client;
mod launches;
mod queue;
mod refusal;
mod script;

pub use backend::{Plan, Slurm, Submitted};
pub use check::{Check, CheckOptions, NodeReport, TOKENS, check};
pub use client::Client;
pub use error::ClusterError;
pub use install::{Installed, LAUNCHER, Program, install};
pub use launches::Launch;
pub use queue::{State, Task, tasks_in};
pub use settings::Settings;
pub use size::{Cores, QUICK, Size};
pub use status::{FailedTask, Status};
