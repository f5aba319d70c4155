//! Many trials of a strategy: from a file with a `[sweep]` table to a resumable folder of shards.
//!
//! 1. [`Draft::new`] checks the strategies and their axes, and loads the prices.
//! 2. [`Draft::into_folder`] writes the plan and the prices into a folder, or finds them there.
//! 3. [`Sweep::compute`] computes the shards that are missing on the threads of this process.
//!    [`complete`] does the same through a [`Backend`]: threads, or machines that call [`work`].
//! 4. [`Sweep::rows`] reads a shard; [`Sweep::trial`] is any row by itself, to be run again.
//!
//! The folder is the protocol: an interrupted run is resumed where it stopped, and a file under its
//! name is whole. The crate `results` makes a table of the shards, and the crate `verdict`
//! tests whether the best trial is luck.

mod backend;
mod batching;
mod bytes;
mod draft;
mod error;
mod estimate;
mod fence;
mod folder;
mod group_data;
mod layout;
mod members;
mod metric_values;
mod models;
mod no_sweep;
mod plan;
mod plan_file;
mod price_groups;
mod prices;
mod progress;
mod ranges;
mod run;
mod shard;
mod shards;
mod snapshot;
mod status_file;
mod threads;
mod trial;
mod trials;
pub mod validation;
mod worker;
mod worlds;

pub use backend::{Active, Backend, Completion, Patience, Standing, Threads, complete};
pub use draft::{Draft, Request, StrategyText};
pub use error::{IoError, SweepError, io_error, write_hint};
pub use estimate::Estimate;
pub use folder::{Existing, Sweep};
pub use layout::{RESULTS, VERDICT, WALK_FORWARD, WORLDS};
pub use members::{read_members, symbols_with_prices};
pub use metric_values::MetricValues;
pub use models::Models;
pub use no_sweep::InPlaceOfSweep;
pub use plan::{Plan, PlannedAxis, PlannedPrices, PlannedStrategy, PlannedSweep};
pub use plan_file::expect_sweep_in;
pub use price_groups::opens_of;
pub use progress::{Progress, RunOptions, SweepSummary};
pub use ranges::{MOST_SHARDS, ranges_from_text, ranges_size, ranges_to_text};
pub use shard::Row;
pub use shards::Shards;
pub use status_file::{ShardStatus, WorkerOptions, WorkerState, WorkerStatus, worker_statuses};
pub use threads::{par_map_chunks, thread_count};
pub use trial::Trial;
pub use trials::{AxisColumn, Point};
pub use worker::{work, work_with};
pub use worlds::{Shuffle, World};
