//! One test for each kind of problem, with what the user sees.

use expect_test::{Expect, expect};
use strategy_file::parse;

/// Reads the example with one part of it replaced.
#[track_caller]
fn check(part: &str, replacement: &str, expect: Expect) {
    assert!(crate::EXAMPLE.contains(part), "the example has no `{part}`");
    check_text(&crate::EXAMPLE.replacen(part, replacement, 1), expect);
}

#[track_caller]
fn check_text(text: &str, expect: Expect) {
    let problems = parse(text, &[], "strategy").unwrap_err();
    expect.assert_eq(&problems.render("strategy.toml", text, false));
}

#[test]
fn an_unknown_key_suggests_the_nearest_one() {
    check("lookback = 126", "lookbak = 126", expect![]);
}

#[test]
fn an_unknown_table_suggests_the_nearest_one() {
    check("[costs]", "[cost]", expect![]);
}

#[test]
fn a_key_of_another_table_says_where_it_belongs() {
    check("top_n = 3", "top_n = 3\ninitial_cash = 1000", expect![]);
    let conventions = "conventions = { base = 'qstrader', fill = 'next-open' }";
    check("conventions = \"qstrader\"", conventions, expect![]);
}

#[test]
fn an_unknown_name_suggests_the_nearest_one() {
    check("\"top-n-momentum\"", "\"topn_momentum\"", expect![]);
}

#[test]
fn an_unknown_switch_value_lists_the_values() {
    let conventions = "conventions = { base = 'qstrader', deviation = 'sampled' }";
    check("conventions = \"qstrader\"", conventions, expect![]);
}

#[test]
fn a_key_of_another_model_says_whose_it_is() {
    check(
        "\"top-n-momentum\"\nlookback = 126",
        "\"equal-weight\"",
        expect![],
    );
}

#[test]
fn a_missing_key_points_at_its_table() {
    check("top_n = 3\n", "", expect![]);
}

#[test]
fn a_missing_table_is_named() {
    check("[rebalance]\nschedule = \"end-of-month\"\n", "", expect![]);
}

#[test]
fn an_empty_file_lists_what_it_needs() {
    check_text("", expect![]);
}

#[test]
fn a_wrong_type_says_what_was_found() {
    check("lookback = 126", "lookback = \"126\"", expect![]);
    check("lookback = 126", "lookback = 126.0", expect![]);
    check("cash_buffer = 0.01", "cash_buffer = \"1 %\"", expect![]);
    check("adjusted = true", "adjusted = \"yes\"", expect![]);
    check("dir = \"data\"", "dir = 5", expect![]);
    check("\"end-of-month\"", "1", expect![]);
    check("[\"XLB\", \"XLC\", \"XLE\"]", "\"XLB\"", expect![]);
    check(
        "[\"XLB\", \"XLC\", \"XLE\"]",
        "[\"XLB\", \"XLC\", 5]",
        expect![],
    );
    check("{ SPY = 1.0 }", "\"SPY\"", expect![]);
    check("{ SPY = 1.0 }", "{ SPY = \"all\" }", expect![]);
    check("{ XLC = 2018-06-18 }", "[2018-06-18]", expect![]);
    check("start = 1998-12-22", "start = 14:30:00", expect![]);
    check(
        "[risk]\nmodel = \"cap\"\nmax_weight = 0.4",
        "[[risk]]",
        expect![],
    );
    check("conventions = \"qstrader\"", "conventions = 1", expect![]);
}

#[test]
fn a_date_in_quotes_is_told_to_drop_them() {
    check("start = 1998-12-22", "start = \"1998-12-22\"", expect![]);
}

#[test]
fn a_date_outside_the_calendar_is_refused() {
    check("start = 1998-12-22", "start = 0000-12-22", expect![]);
}

#[test]
fn numbers_outside_their_range_say_what_is_allowed() {
    check("cash_buffer = 0.01", "cash_buffer = 1.01", expect![]);
    check("initial_cash = 1_000_000", "initial_cash = -1", expect![]);
    check(
        "sessions_per_year = 252",
        "sessions_per_year = 0",
        expect![],
    );
    check("lookback = 126", "lookback = 0", expect![]);
    check("top_n = 3", "top_n = 5_000_000_000", expect![]);
    check("commission = 0.001", "commission = -0.001", expect![]);
    let long_short = "sizing = \"long-short\"\ngross_leverage = 0";
    check(
        "sizing = \"long-only\"\ncash_buffer = 0.01",
        long_short,
        expect![],
    );
}

#[test]
fn numbers_that_are_not_finite_are_refused() {
    check("cash_buffer = 0.01", "cash_buffer = nan", expect![]);
    check("initial_cash = 1_000_000", "initial_cash = inf", expect![]);
    check("max_weight = 0.4", "max_weight = 1e999", expect![]);
    check("{ SPY = 1.0 }", "{ SPY = -inf }", expect![]);
}

#[test]
fn a_fast_average_must_be_faster_than_the_slow_one() {
    let alpha = "\"sma-crossover\"\nfast = 50\nslow = 50";
    check(
        "\"top-n-momentum\"\nlookback = 126\ntop_n = 3",
        alpha,
        expect![],
    );
}

#[test]
fn the_end_must_come_after_the_start() {
    check("end = 2020-12-31", "end = 1998-12-21", expect![]);
}

#[test]
fn the_burn_in_must_come_before_the_end() {
    check("burn_in = 1999-12-22", "burn_in = 2021-01-01", expect![]);
}

const LONG_ONLY_MODELS: [(&str, &str); 0] = [];

#[test]
fn negative_weights_need_a_long_short_portfolio() {
    let _ = LONG_ONLY_MODELS;
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(
        alpha,
        "\"fixed-weights\"\nweights = { XLB = 0.5, XLE = -0.5 }",
        expect![],
    );
    let rows = "table = [{ from = 2010-01-04, weights = { XLB = -1 } }]";
    check(alpha, &format!("\"scheduled-weights\"\n{rows}"), expect![]);
    check(alpha, "\"single-signal\"\nsignal = -1", expect![]);
    check(
        alpha,
        "\"long-short-momentum\"\nlookback = 126\ntop_n = 1\nbottom_n = 1",
        expect![],
    );
    check(
        alpha,
        "\"sma-crossover\"\nfast = 5\nslow = 9\nshort = true",
        expect![],
    );
    check(
        "\"fixed-weight\"",
        "\"equal-weight\"\nscale = -1",
        expect![],
    );
}

#[test]
fn a_risk_model_that_acts_may_not_make_weights_negative_either() {
    let text = crate::EXAMPLE
        .replace("conventions = \"qstrader\"", "")
        .replace("max_weight = 0.4", "max_weight = -0.4");
    check_text(&text, expect![]);
}

#[test]
fn a_benchmark_is_long_only() {
    check("{ SPY = 1.0 }", "{ SPY = 1.5, AGG = -0.5 }", expect![]);
}

#[test]
fn dates_are_for_assets_of_the_universe() {
    check("{ XLC = 2018-06-18 }", "{ XLK = 2018-06-18 }", expect![]);
    check("{ XLB = 2019-01-01 }", "{ SPY = 2019-01-01 }", expect![]);
}

#[test]
fn weights_are_for_assets_of_the_universe() {
    let alpha = "\"fixed-weights\"\nweights = { SPY = 0.5, AGGG = 0.5 }";
    check_text(
        &crate::MINIMAL.replace("\"equal-weight\"", alpha),
        expect![],
    );
}

#[test]
fn an_asset_is_listed_once() {
    check("\"XLC\", \"XLE\"", "\"XLC\", \"XLB\"", expect![]);
}

#[test]
fn a_universe_has_assets() {
    check_text(
        &crate::MINIMAL.replace("[\"SPY\", \"AGG\"]", "[]"),
        expect![],
    );
}

#[test]
fn weights_are_not_empty() {
    check("{ SPY = 1.0 }", "{}", expect![]);
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(alpha, "\"fixed-weights\"\nweights = {}", expect![]);
}

#[test]
fn an_asset_leaves_after_it_enters() {
    check("{ XLB = 2019-01-01 }", "{ XLC = 2018-06-18 }", expect![]);
}

#[test]
fn scheduled_weights_are_in_the_order_of_time() {
    let rows = "
table = [
    { from = 2011-01-04, weights = { XLB = 1 } },
    { from = 2010-01-04, weights = {} },
]";
    let alpha = "\"top-n-momentum\"\nlookback = 126\ntop_n = 3";
    check(alpha, &format!("\"scheduled-weights\"{rows}"), expect![]);
    check(alpha, "\"scheduled-weights\"\ntable = []", expect![]);
    check(
        alpha,
        "\"scheduled-weights\"\ntable = [{ until = 2010-01-04 }, 5]",
        expect![],
    );
}

#[test]
fn a_weekly_schedule_needs_a_weekday() {
    check("\"end-of-month\"", "\"weekly\"", expect![]);
}

#[test]
fn a_weekday_needs_a_weekly_schedule() {
    check(
        "\"end-of-month\"",
        "\"end-of-month\"\nweekday = \"wed\"",
        expect![],
    );
    check(
        "\"buy-and-hold\"",
        "\"buy-and-hold\"\nweekday = \"wed\"",
        expect![],
    );
}

#[test]
fn a_weekday_is_a_day_of_the_week() {
    check(
        "\"end-of-month\"",
        "\"weekly\"\nweekday = \"wednsday\"",
        expect![],
    );
}

#[test]
fn a_weekend_needs_a_calendar_that_has_them() {
    check(
        "\"end-of-month\"",
        "\"weekly\"\nweekday = \"sat\"",
        expect![],
    );
}

#[test]
fn a_cash_buffer_does_not_go_with_long_short() {
    check(
        "sizing = \"long-only\"",
        "sizing = \"long-short\"\ngross_leverage = 1",
        expect![],
    );
}

#[test]
fn a_gross_leverage_does_not_go_with_long_only() {
    check(
        "cash_buffer = 0.01",
        "cash_buffer = 0.01\ngross_leverage = 1.5",
        expect![],
    );
}

#[test]
fn qstrader_conventions_need_a_cash_buffer_or_a_leverage() {
    check("cash_buffer = 0.01\n", "", expect![]);
    let whole =
        "[portfolio]\noptimiser = \"fixed-weight\"\nsizing = \"long-only\"\ncash_buffer = 0.01\n";
    check(whole, "", expect![]);
    check(
        "\"long-only\"\ncash_buffer = 0.01",
        "\"long-short\"",
        expect![],
    );
}

#[test]
fn a_symbol_is_the_name_of_a_file() {
    check("\"XLE\"]", "\"\"]", expect![]);
    check("\"XLE\"]", "\"EQ/XLE\"]", expect![]);
    check("{ SPY = 1.0 }", "{ \"..\\\\SPY\" = 1.0 }", expect![]);
}

#[test]
fn several_problems_are_told_in_the_order_of_the_text() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ")
        .replace("\"cap\"", "\"cup\"");
    check_text(&text, expect![]);
}

#[test]
fn the_list_of_messages_can_be_had_without_the_places() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![].assert_eq(&problems.to_string());
}

#[test]
fn rendering_with_another_text_leaves_the_lines_out() {
    let text = crate::EXAMPLE.replace("top_n = 3", "top_n = 0");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![].assert_eq(&problems.render("strategy.toml", "", false));
}
