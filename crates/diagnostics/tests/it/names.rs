use diagnostics::{all_of, near, nearest, one_of};

const COLUMNS: [&str; 5] = ["sharpe", "sortino", "max_drawdown", "trial", "trades"];

#[test]
fn a_typo_finds_its_name() {
    assert_eq!(nearest("sharp", COLUMNS), Some("sharpe"));
    assert_eq!(nearest("shrape", COLUMNS), Some("sharpe"));
    assert_eq!(nearest("max_drowdawn", COLUMNS), Some("max_drawdown"));
}

#[test]
fn case_and_the_kind_of_dash_do_not_count() {
    assert_eq!(nearest("SHARPE", COLUMNS), Some("sharpe"));
    assert_eq!(nearest("Max Drawdown", COLUMNS), Some("max_drawdown"));
    assert_eq!(nearest("max-drawdown", COLUMNS), Some("max_drawdown"));
}

#[test]
fn another_word_is_no_typo() {
    assert_eq!(nearest("volatility", COLUMNS), None);
    assert_eq!(nearest("", COLUMNS), None);
    assert_eq!(nearest("a", ["b"]), None);
    assert_eq!(nearest("sharpe", [""; 0]), None);
}

#[test]
fn the_likeliest_is_first() {
    assert_eq!(near("trails", COLUMNS), ["trial", "trades"]);
    // As like as each other: in the order given.
    assert_eq!(near("SPX", ["SPY", "SPZ", "QQQ"]), ["SPY", "SPZ"]);
}

#[test]
fn letters_are_counted_and_not_bytes() {
    // Two of five letters are wrong; in bytes they would be four of ten.
    assert_eq!(nearest("ééééé", ["éééèè"]), None);
}

#[test]
fn names_are_listed_in_prose() {
    assert_eq!(one_of::<&str>([]), "");
    assert_eq!(one_of(["a"]), "`a`");
    assert_eq!(one_of(["a", "b"]), "`a` or `b`");
    assert_eq!(all_of(["a", "b", "c"]), "`a`, `b` and `c`");
}
