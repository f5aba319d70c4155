//! What the benchmarks run: made-up prices, the cases, and a plain loop to hold the engine
//! against. The suite itself is `benches/suite`; `docs/performance.md` says how to run it.

pub mod cases;
pub mod plain_loop;
pub mod prices;
