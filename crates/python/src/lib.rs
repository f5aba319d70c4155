//! The Python package's Rust half, `gridfolio._gridfolio`: prices, strategies, runs and sweeps as
//! Python objects, arrays in and out. Decides nothing: what is computed is computed by the crates
//! that the command line uses, and what is nice to look at is made in `python/gridfolio`.

mod arrays;
mod errors;

mod market;
mod strategy;

mod audit;
mod model;
mod run;
mod sweep;

mod cluster;

mod qstrader;

/// The module.
#[pyo3::pymodule]
mod _gridfolio {
    #[pymodule_export]
    use crate::audit::{Audit, audit, decisions};
    #[pymodule_export]
    use crate::cluster::{Submission, cancel_on_slurm, plan_on_slurm};
    #[pymodule_export]
    use crate::market::{
        FrameLayout, Market, check_folder, check_frames, date_column, diff_prices, import_prices,
    };
    #[pymodule_export]
    use crate::model::AsOf;
    #[pymodule_export]
    use crate::qstrader::{
        Session, momentum, moving_average, rebalance_days, run_session, statistics, volatility,
    };
    #[pymodule_export]
    use crate::run::{Run, run, write_file};
    #[pymodule_export]
    use crate::strategy::{Strategy, strategy_keywords};
    #[pymodule_export]
    use crate::sweep::{Sweep, plan_sweep};

    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
