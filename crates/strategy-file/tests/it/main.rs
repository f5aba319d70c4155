//! The strategy file as a specification.

mod defaults;
mod example;
mod expression;
mod json_schema;
mod keywords;
mod overrides;
mod parts;
mod problems;
mod python_model;
mod reference;
mod round_trip;
mod schema_validator;
mod sweep;
mod syntax;
mod validation;

/// The example of the manual: every table but `[risk]`'s and `[execution]`'s rarer keys.
const EXAMPLE: &str = include_str!("example.toml");

/// The least that a strategy file can say.
const MINIMAL: &str = r#"
[backtest]
start = 2003-09-30
end = 2022-10-03

[universe]
assets = ["SPY", "AGG"]

[alpha]
model = "equal-weight"

[rebalance]
schedule = "daily"
"#;
