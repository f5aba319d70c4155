//! `docs/strategy-file.md` and `docs/formulas.md` are what the declarations say.

use expect_test::expect_file;

#[test]
fn the_reference_page_is_up_to_date() {
    let page = expect_file!["../../../../docs/strategy-file.md"];
    page.assert_eq(&strategy_file::reference());
}

#[test]
fn the_page_on_formulas_is_up_to_date() {
    let page = expect_file!["../../../../docs/formulas.md"];
    page.assert_eq(&strategy_file::formulas());
}
