//! How problems are listed.

use expect_test::expect;
use strategy_file::parse;

use super::check_text;

#[test]
fn several_problems_are_told_in_the_order_of_the_text() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ")
        .replace("\"cap\"", "\"cup\"");
    check_text(
        &text,
        expect![[r#"
            error: unknown key `title` in the file
             --> strategy.toml:1:1
              |
            1 | title = "US sector momentum"
              | ^^^^^ no such key
              |
              = help: the keys here are `name`, `conventions`, `data`, `backtest`, `universe`, `alpha`, `portfolio`, `rebalance`, `risk`, `costs`, `cash`, `statistics`, `execution`, `benchmark`, `cash_flows`, `signals`, `sweep` and `validate`

            error: `alpha.top_n` is 0
              --> strategy.toml:23:9
               |
            23 | top_n = 0
               |         ^ must be 1 or more

            error: `risk.model` cannot be `cup`
              --> strategy.toml:34:9
               |
            34 | model = "cup"
               |         ^^^^^ did you mean `cap`?
               |
               = help: it is `cap`, `scale`, `floor` or `target-volatility`"#]],
    );
}

#[test]
fn the_list_of_messages_can_be_had_without_the_places() {
    let text = crate::EXAMPLE
        .replace("top_n = 3", "top_n = 0")
        .replace("name = ", "title = ");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![[r#"
        unknown key `title` in the file
        `alpha.top_n` is 0"#]]
    .assert_eq(&problems.to_string());
}

#[test]
fn rendering_with_another_text_leaves_the_lines_out() {
    let text = crate::EXAMPLE.replace("top_n = 3", "top_n = 0");
    let problems = parse(&text, &[], "strategy").unwrap_err();
    expect![[r#"
        error: `alpha.top_n` is 0
        --> strategy.toml"#]]
    .assert_eq(&problems.render("strategy.toml", "", false));
}
