//! Backtests side by side.

use crate::chromium::Page;
use crate::{example, folder, gridfolio, sweep_report, tearsheet};

pub(crate) fn backtests_and_the_best_of_sweeps_stand_side_by_side() {
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
    let curves = "document.querySelectorAll('#growth svg.large path[stroke-width=\"1.6\"]').length";
    assert_eq!(page.evaluate(curves), 2);
    // All days of both, and what each was on the day under the pointer.
    let [left, top, width, height] = page.place("#growth svg.large");
    page.mouse("mouseMoved", (left + width * 0.6, top + height / 2.0));
    let tip = page.evaluate("document.querySelector('#growth .tip').innerHTML");
    let tip = tip.as_str().unwrap();
    let (day, shown) = (&tip[..10], tip.split("Sixty-forty: <b>").nth(1).unwrap());
    let csv = std::fs::read_to_string(folder.path().join("out/equity_curve.csv")).unwrap();
    let equity = csv.lines().find_map(|line| line.strip_prefix(day)).unwrap();
    let equity: f64 = equity.trim_start_matches(',').parse().unwrap();
    assert!(
        shown.starts_with(&format!("{:.3}<", equity / 1e6)),
        "{tip}: {equity}"
    );
    assert!(tip.contains("Sector momentum, trial"), "{tip}");
    let curve =
        "document.querySelector('#growth svg.large path[stroke-width=\"1.6\"]').getAttribute('d')";
    let logarithmic = page.evaluate(curve);
    page.evaluate("document.querySelector('[data-scale=linear]').click()");
    assert_ne!(page.evaluate(curve), logarithmic);
    let numbers = "[...document.querySelectorAll('#growth svg.large text[font-size=\"10\"]')]\
        .map(text => text.textContent).sort().join()";
    assert_eq!(
        page.evaluate(numbers),
        "1,2",
        "each curve has its number at its end"
    );
    let columns = "document.querySelector('#statistics thead tr').cells.length";
    assert_eq!(page.evaluate(columns), 3);
    assert_eq!(page.complaints(), [""; 0]);
}
