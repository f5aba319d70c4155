//! Backtests side by side.

use crate::chromium::{Page, is_there};
use crate::{example, folder, gridfolio, sweep_report, tearsheet};

#[test]
fn backtests_and_the_best_of_sweeps_stand_side_by_side() {
    if !is_there() {
        return;
    }
    let folder = folder();
    tearsheet(&folder, "sixty_forty.toml", &[]);
    sweep_report(&folder, &example("sector_momentum.toml"));
    let table = gridfolio(folder.path(), &["compare", "out", "s"]);
    assert!(
        table
            .lines()
            .next()
            .unwrap()
            .contains("Sector momentum, trial"),
        "{table}"
    );
    gridfolio(folder.path(), &["compare", "out", "s", "--format", "html"]);
    let mut page = Page::open(&folder.path().join("comparison.html"), 1200);
    let curves = "document.querySelectorAll('#growth svg.large path[stroke-width=\"1.5\"]').length";
    assert_eq!(page.evaluate(curves), 2);
    let columns = "document.querySelector('#statistics thead tr').cells.length";
    assert_eq!(page.evaluate(columns), 3);
    assert_eq!(page.complaints(), [""; 0]);
}
