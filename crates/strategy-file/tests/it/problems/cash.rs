//! Rates, spreads and fees.

use expect_test::{Expect, expect};

use super::check_text;

fn check(table: &str, expect: Expect) {
    check_text(&format!("{}\n{table}\n", crate::MINIMAL), expect);
}

#[test]
fn a_rate_is_a_number_or_says_where_it_comes_from() {
    check(
        "[cash]\nrate = \"DTB3\"",
        expect![[r#"
        error: `cash.rate` must be a number, or a table as in `{ series = "..." }`, or a table as in `{ symbol = "..." }`
          --> strategy.toml:16:8
           |
        16 | rate = "DTB3"
           |        ^^^^^^ this is a string"#]],
    );
    check(
        "[cash]\nrate = { serie = \"DTB3\" }",
        expect![[r#"
        error: `cash.rate` names neither a series nor an asset
          --> strategy.toml:16:8
           |
        16 | rate = { serie = "DTB3" }
           |        ^^^^^^^^^^^^^^^^^^ one of the two
           |
           = help: write a number, `{ series = "DTB3" }` or `{ symbol = "BIL" }`

        error: unknown key `serie` in `[cash.rate]`
          --> strategy.toml:16:10
           |
        16 | rate = { serie = "DTB3" }
           |          ^^^^^ did you mean `series`?
           |
           = help: the keys here are `series` and `symbol`"#]],
    );
    check(
        "[cash]\nrate = { series = \"DTB3\", symbol = \"BIL\" }",
        expect![[r#"
            error: `cash.rate` names a series and an asset
              --> strategy.toml:16:8
               |
            16 | rate = { series = "DTB3", symbol = "BIL" }
               |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ one of the two
               |
               = help: write a number, `{ series = "DTB3" }` or `{ symbol = "BIL" }`"#]],
    );
    check(
        "[cash]\nrate = { series = \"rates/DTB3\" }",
        expect![[r#"
            error: `rates/DTB3` is not the name of a file
              --> strategy.toml:16:19
               |
            16 | rate = { series = "rates/DTB3" }
               |                   ^^^^^^^^^^^^ contains a path separator"#]],
    );
}

#[test]
fn rates_are_fractions_a_year() {
    check(
        "[cash]\nrate = 3",
        expect![[r#"
        error: `cash.rate` is 3
          --> strategy.toml:16:8
           |
        16 | rate = 3
           |        ^ must be -0.5 or more and less than 1
           |
           = help: a fraction is meant: 0.03 is 3 % a year"#]],
    );
    check(
        "[cash]\nrate = 0.03\nmargin_spread = -0.01\nshort_fee = 25",
        expect![[r#"
            error: `cash.margin_spread` is -0.01
              --> strategy.toml:17:17
               |
            17 | margin_spread = -0.01
               |                 ^^^^^ must be 0 or more and less than 1
               |
               = help: a fraction is meant: 0.001 is ten basis points

            error: `cash.short_fee` is 25
              --> strategy.toml:18:13
               |
            18 | short_fee = 25
               |             ^^ must be 0 or more and less than 1
               |
               = help: a fraction is meant: 0.001 is ten basis points"#]],
    );
}

#[test]
fn the_risk_free_rate_is_known() {
    check(
        "[statistics]\nrisk_free = \"cash\"",
        expect![[r#"
            error: `statistics.risk_free` is "cash", and there is no table `[cash]`
              --> strategy.toml:16:13
               |
            16 | risk_free = "cash"
               |             ^^^^^^ needs a table `[cash]`
               |
               = help: add `[cash]` with a `rate`, or write the rate as a number"#]],
    );
    check(
        "[statistics]\nrisk_free = \"DTB3\"",
        expect![[r#"
            error: `statistics.risk_free` must be `cash`, a number, or a table as in `{ series = "..." }`
              --> strategy.toml:16:13
               |
            16 | risk_free = "DTB3"
               |             ^^^^^^ this is a string"#]],
    );
    check(
        "[statistics]\nrisk_free = { symbol = \"BIL\" }",
        expect![[r#"
            error: `statistics.risk_free.series` is missing
              --> strategy.toml:16:13
               |
            16 | risk_free = { symbol = "BIL" }
               |             ^^^^^^^^^^^^^^^^^^ `series` belongs here
               |
               = help: `series`: its name: `DTB3` is a file `DTB3.csv` with a column of dates and one of values

            error: unknown key `symbol` in `[statistics.risk_free]`
              --> strategy.toml:16:15
               |
            16 | risk_free = { symbol = "BIL" }
               |               ^^^^^^ no such key
               |
               = help: `symbol` belongs in `[cash.rate]`
               = help: the keys here are `series`"#]],
    );
}

#[test]
fn a_sweep_may_vary_a_rate() {
    let axes = "[sweep]\naxes.\"cash.rate\" = [0.0, { series = \"DTB3\" }, \"DTB3\"]";
    check(
        axes,
        expect![[r#"
        error: `cash.rate` must be a number, or a table as in `{ series = "..." }`, or a table as in `{ symbol = "..." }`
          --> strategy.toml:16:47
           |
        16 | axes."cash.rate" = [0.0, { series = "DTB3" }, "DTB3"]
           |                                               ^^^^^^ this is a string"#]],
    );
    let axes = "[sweep]\naxes.\"cash.rate.serie\" = [\"DTB3\"]";
    check(
        axes,
        expect![[r#"
        error: the axis `cash.rate.serie` names no key of a strategy file
          --> strategy.toml:16:6
           |
        16 | axes."cash.rate.serie" = ["DTB3"]
           |      ^^^^^^^^^^^^^^^^^ did you mean `cash.rate.series`?
           |
           = help: the keys of `[cash.rate]` are `series` and `symbol`"#]],
    );
}
