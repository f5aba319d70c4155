//! The report of a sweep: the map over any two axes tells what the results say.

use serde_json::Value;

use crate::chromium::Page;
use crate::{example, folder, gridfolio, sweep_report};

const PANELS: [&str; 9] = [
    "sharpe-ratios",
    "map",
    "map-cagr",
    "map-max-drawdown",
    "axis-1",
    "axis-2",
    "parallel",
    "return-and-risk",
    "growth",
];

pub(crate) fn every_panel_has_marks_and_nothing_is_asked_of_the_network() {
    let folder = folder();
    let mut page = Page::open(
        &sweep_report(&folder, &example("sector_momentum.toml")),
        1200,
    );
    for panel in PANELS {
        let marks = page.evaluate(&format!(
            "(() => {{ const svg = [...document.querySelectorAll('#{panel} svg')]\
             .find(svg => svg.getBoundingClientRect().width > 0); \
             return svg.querySelectorAll('path,rect,image').length; }})()"
        ));
        assert!(marks.as_u64() > Some(5), "{panel}: {marks}");
    }
    let first = "document.querySelector('header').lastElementChild.id";
    assert_eq!(page.evaluate(first), "verdict", "luck comes first");
    assert_eq!(page.complaints(), [""; 0]);
}

/// Chooses from a list of the map's controls.
fn choose(page: &mut Page, list: &str, text: &str) {
    page.evaluate(&format!(
        "(() => {{ const list = document.getElementById({list:?}); \
         list.value = [...list.options].find(o => o.text === {text:?}).value; \
         list.dispatchEvent(new Event('change')); }})()"
    ));
}

/// The numbers in the cells, from the lower left, row by row.
fn cells(page: &mut Page) -> Vec<String> {
    let texts = page.evaluate(
        "[...document.querySelectorAll('#live text[text-anchor=middle][font-size=\"10.5\"]')].map(t => t.textContent)",
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    texts.as_array().unwrap().iter().map(text).collect()
}

pub(crate) fn the_map_follows_axes_statistic_and_kind_and_shows_the_results() {
    let folder = folder();
    let mut page = Page::open(
        &sweep_report(&folder, &example("sector_momentum.toml")),
        1200,
    );
    let columns = "alpha.lookback,alpha.top_n,sharpe,cagr,max_drawdown";
    let csv = gridfolio(
        folder.path(),
        &["results", "s", "--columns", columns, "--csv"],
    );
    let rows: Vec<Vec<f64>> = (csv.lines().skip(1))
        .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
        .collect();
    // Two axes and one trial a cell: rows of the map are sizes, columns are lookbacks.
    let expected = |column: usize, text: &dyn Fn(f64) -> String| -> Vec<String> {
        let mut sorted = rows.clone();
        sorted.sort_by(|a, b| (a[1], a[0]).partial_cmp(&(b[1], b[0])).unwrap());
        sorted.iter().map(|row| text(row[column])).collect()
    };
    let ratio = |value: f64| format!("{value:.2}");
    let percent = |value: f64| format!("{:.1}", 100.0 * value);
    let rate = |value: f64| format!("{:.2}", 100.0 * value);
    assert_eq!(cells(&mut page), expected(2, &ratio));
    choose(&mut page, "choose-metric", "CAGR");
    assert_eq!(cells(&mut page), expected(3, &rate));
    choose(&mut page, "choose-metric", "Max drawdown");
    assert_eq!(cells(&mut page), expected(4, &percent));

    let statistics = "document.getElementById('choose-metric').options.length";
    assert_eq!(page.evaluate(statistics), 27);
    let single = cells(&mut page);
    choose(&mut page, "choose-statistic", "median of the neighbourhood");
    assert_ne!(cells(&mut page), single);
    choose(&mut page, "choose-statistic", "best");
    choose(&mut page, "choose-x", "alpha.top_n");
    let drawn = page.evaluate("document.querySelector('#live svg').dataset.drawn");
    assert_eq!(drawn, "alpha.top_n alpha.lookback max_drawdown best");
    assert_eq!(page.complaints(), [""; 0]);
}

pub(crate) fn a_click_on_a_cell_gives_the_command_that_runs_its_best_trial_again() {
    let folder = folder();
    let mut page = Page::open(
        &sweep_report(&folder, &example("sector_momentum.toml")),
        1200,
    );
    let [left, top, width, height] = page.place("#live svg");
    // Somewhere in the first third of the map.
    let at = (left + width * 0.3, top + height * 0.4);
    page.mouse("mouseMoved", at);
    let tip = page.evaluate("document.querySelector('#live .tip').textContent");
    assert!(tip.as_str().unwrap().contains("Sharpe ratio: "), "{tip}");
    page.mouse("mousePressed", at);
    page.mouse("mouseReleased", at);
    let command = page.evaluate("document.querySelector('#pick code').textContent");
    let told = page.evaluate("document.querySelector('#pick').textContent");
    let command = command.as_str().unwrap().to_owned();
    let mut arguments: Vec<&str> = command.split(' ').collect();
    assert_eq!(arguments.remove(0), "gridfolio");
    arguments.push("--json");
    let shown: Value = serde_json::from_str(&gridfolio(folder.path(), &arguments)).unwrap();
    let sharpe = shown["statistics"]["strategy"]["ratios"]["sharpe"]
        .as_f64()
        .unwrap();
    assert!(
        told.as_str()
            .unwrap()
            .contains(&format!("Sharpe ratio {sharpe:.2}")),
        "{told}"
    );
}
