//! Tests about the workspace as a whole, and about the benchmarks, in one binary.

mod plain_loop;
