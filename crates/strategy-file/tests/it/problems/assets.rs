//! Symbols, weights and dates of assets.

use expect_test::expect;

use super::{check, check_text};

#[test]
fn dates_are_for_assets_of_the_universe() {
    check(
        "{ XLC = 2018-06-18 }",
        "{ xlc = 2018-06-18 }",
        expect![[r#"
            error: `xlc` is not in `universe.assets`
              --> strategy.toml:17:12
               |
            17 | enters = { xlc = 2018-06-18 }
               |            ^^^ did you mean `XLC`?
               |
               = help: add `xlc` to `universe.assets`, or remove it here"#]],
    );
    check(
        "{ XLC = 2018-06-18 }",
        "{ XLK = 2018-06-18 }",
        expect![[r#"
            error: `XLK` is not in `universe.assets`
              --> strategy.toml:17:12
               |
            17 | enters = { XLK = 2018-06-18 }
               |            ^^^ not in the universe
               |
               = help: add `XLK` to `universe.assets`, or remove it here"#]],
    );
    check(
        "{ XLB = 2019-01-01 }",
        "{ SPY = 2019-01-01 }",
        expect![[r#"
            error: `SPY` is not in `universe.assets`
              --> strategy.toml:18:12
               |
            18 | leaves = { SPY = 2019-01-01 }
               |            ^^^ not in the universe
               |
               = help: add `SPY` to `universe.assets`, or remove it here"#]],
    );
}

#[test]
fn weights_are_for_assets_of_the_universe() {
    let alpha = "\"fixed-weights\"\nweights = { SPY = 0.5, AGGG = 0.5 }";
    check_text(
        &crate::MINIMAL.replace("\"equal-weight\"", alpha),
        expect![[r#"
            error: `AGGG` is not in `universe.assets`
              --> strategy.toml:11:24
               |
            11 | weights = { SPY = 0.5, AGGG = 0.5 }
               |                        ^^^^ not in the universe
               |
               = help: add `AGGG` to `universe.assets`, or remove it here"#]],
    );
}

#[test]
fn an_asset_is_listed_once() {
    check(
        "\"XLC\", \"XLE\"",
        "\"XLC\", \"XLB\"",
        expect![[r#"
            error: `XLB` is listed twice
              --> strategy.toml:16:25
               |
            16 | assets = ["XLB", "XLC", "XLB"]
               |           -----         ^^^^^ again
               |           |
               |           first here"#]],
    );
}

#[test]
fn a_universe_has_assets() {
    check_text(
        &crate::MINIMAL.replace("[\"SPY\", \"AGG\"]", "[]"),
        expect![[r#"
            error: the universe is empty
             --> strategy.toml:7:10
              |
            7 | assets = []
              |          ^^ no assets
              |
              = help: name at least one asset, as in `["SPY", "AGG"]`"#]],
    );
}

#[test]
fn weights_are_not_empty() {
    check(
        "{ SPY = 1.0 }",
        "{}",
        expect![[r#"
            error: there are no weights
              --> strategy.toml:57:10
               |
            57 | assets = {}
               |          ^^ empty
               |
               = help: name at least one asset, as in `{ SPY = 1.0 }`"#]],
    );
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        "\"fixed-weights\"\nweights = {}",
        expect![[r#"
            error: there are no weights
              --> strategy.toml:22:11
               |
            22 | weights = {}
               |           ^^ empty
               |
               = help: name at least one asset, as in `{ SPY = 1.0 }`"#]],
    );
}

#[test]
fn an_asset_leaves_after_it_enters() {
    check(
        "{ XLB = 2019-01-01 }",
        "{ XLC = 2018-06-18 }",
        expect![[r#"
            error: `XLC` leaves before it enters
              --> strategy.toml:18:12
               |
            17 | enters = { XLC = 2018-06-18 }
               |            --- enters 2018-06-18 00:00:00+00:00
            18 | leaves = { XLC = 2018-06-18 }
               |            ^^^ leaves 2018-06-18 00:00:00+00:00"#]],
    );
}

#[test]
fn scheduled_weights_are_in_the_order_of_time() {
    let rows = "
table = [
    { from = 2011-01-04, weights = { XLB = 1 } },
    { from = 2010-01-04, weights = {} },
]";
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        &format!("\"scheduled-weights\"{rows}"),
        expect![[r#"
            error: the rows of `alpha.table` are not in the order of time
              --> strategy.toml:24:14
               |
            23 |     { from = 2011-01-04, weights = { XLB = 1 } },
               |              ---------- 2011-01-04 00:00:00+00:00
            24 |     { from = 2010-01-04, weights = {} },
               |              ^^^^^^^^^^ 2010-01-04 00:00:00+00:00, not after"#]],
    );
    check(
        alpha,
        "\"scheduled-weights\"\ntable = []",
        expect![[r#"
            error: `alpha.table` has no rows
              --> strategy.toml:22:9
               |
            22 | table = []
               |         ^^ empty
               |
               = help: a row is `{ from = 2010-01-04, weights = { SPY = 1.0 } }`"#]],
    );
    check(
        alpha,
        "\"scheduled-weights\"\ntable = [{ until = 2010-01-04 }, 5]",
        expect![[r#"
            error: `alpha.table.from` is missing
              --> strategy.toml:22:10
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |          ^^^^^^^^^^^^^^^^^^^^^^ `from` belongs here
               |
               = help: `from`: the moment from which these weights hold

            error: `alpha.table.weights` is missing
              --> strategy.toml:22:10
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |          ^^^^^^^^^^^^^^^^^^^^^^ `weights` belongs here
               |
               = help: `weights`: a weight for each symbol; an empty table holds nothing

            error: unknown key `until` in `[alpha.table]`
              --> strategy.toml:22:12
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |            ^^^^^ no such key
               |
               = help: `until` belongs in `[cash_flows]`
               = help: the keys here are `from` and `weights`

            error: `alpha.table` must be an array of tables
              --> strategy.toml:22:34
               |
            22 | table = [{ until = 2010-01-04 }, 5]
               |                                  ^ this is an integer"#]],
    );
}

#[test]
fn a_symbol_is_the_name_of_a_file() {
    check(
        "\"XLE\"]",
        "\"\"]",
        expect![[r#"
            error: a symbol is empty
              --> strategy.toml:16:25
               |
            16 | assets = ["XLB", "XLC", ""]
               |                         ^^ nothing here"#]],
    );
    check(
        "\"XLE\"]",
        "\"EQ/XLE\"]",
        expect![[r#"
            error: `EQ/XLE` is not a symbol
              --> strategy.toml:16:25
               |
            16 | assets = ["XLB", "XLC", "EQ/XLE"]
               |                         ^^^^^^^^ contains a path separator"#]],
    );
    check(
        "{ SPY = 1.0 }",
        "{ \"..\\\\SPY\" = 1.0 }",
        expect![[r#"
            error: `..\\SPY` is not a symbol
              --> strategy.toml:57:12
               |
            57 | assets = { "..\\SPY" = 1.0 }
               |            ^^^^^^^^^ contains a path separator"#]],
    );
}

#[test]
fn what_is_read_beside_the_universe_is_not_of_it() {
    check(
        "adjusted = true",
        "adjusted = true\nalso = [\"VIX\", \"XLE\"]",
        expect![[r#"
            error: `XLE` is in the universe, whose prices signals read
              --> strategy.toml:7:16
               |
             7 | also = ["VIX", "XLE"]
               |                ^^^^^ not needed here
            ...
            17 | assets = ["XLB", "XLC", "XLE"]
               |                         ----- a member here
               |
               = help: remove `XLE` here, or there if it is not to be traded"#]],
    );
    check(
        "adjusted = true",
        "adjusted = true\nalso = \"VIX\"",
        expect![[r#"
            error: `data.also` must be an array of symbols
             --> strategy.toml:7:8
              |
            7 | also = "VIX"
              |        ^^^^^ this is a string"#]],
    );
}
