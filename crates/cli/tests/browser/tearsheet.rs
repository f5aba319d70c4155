//! The tearsheet: all panels, each interaction, the numbers of `statistics.json`.

use serde_json::Value;

use crate::chromium::Page;
use crate::{folder, tearsheet};

const PANELS: [&str; 12] = [
    "growth",
    "underwater",
    "monthly",
    "yearly",
    "daily-returns",
    "monthly-returns",
    "yearly-returns",
    "rolling-sharpe",
    "rolling-volatility",
    "exposure",
    "turnover",
    "costs",
];

pub(crate) fn every_panel_has_marks_and_nothing_is_asked_of_the_network() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    for panel in PANELS {
        let marks = page.evaluate(&format!(
            "(() => {{ const svg = [...document.querySelectorAll('#{panel} svg')]\
             .find(svg => svg.getBoundingClientRect().width > 0); \
             return svg.querySelectorAll('path,rect').length; }})()"
        ));
        assert!(marks.as_u64() > Some(5), "{panel}: {marks}");
        let table = format!("document.querySelectorAll('#{panel} details tr').length");
        assert!(
            page.evaluate(&table).as_u64() > Some(1),
            "{panel} has no table"
        );
    }
    assert_eq!(page.complaints(), [""; 0]);
}

/// The d of the curves of a chart.
fn curves(chart: &str) -> String {
    format!(
        "[...document.querySelectorAll('#{chart} svg.large path[stroke-width]')]\
         .map(path => path.getAttribute('d')).join()"
    )
}

pub(crate) fn scale_span_zoom_and_pointer_change_what_they_should() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    let before = page.evaluate(&curves("growth"));
    page.evaluate("document.querySelector('[data-scale=log]').click()");
    let logarithmic = page.evaluate(&curves("growth"));
    assert_ne!(before, logarithmic);

    page.evaluate("document.querySelector('[data-years=\"1\"]').click()");
    let range = page.evaluate("document.getElementById('range').textContent");
    assert_eq!(range, "2022-12-29 to 2023-12-29");
    let depths = page.evaluate(&curves("underwater"));
    page.evaluate("document.querySelector('[data-years=\"0\"]').click()");
    assert_ne!(depths, page.evaluate(&curves("underwater")));

    // From the middle to the right: later than 2018, the middle of ten years.
    let [left, top, width, height] = page.place("#growth svg.large");
    let middle = (left + width / 2.0, top + height / 2.0);
    let right = (left + width * 0.9, top + height / 2.0);
    page.mouse("mouseMoved", middle);
    page.mouse("mousePressed", middle);
    page.mouse("mouseMoved", right);
    page.mouse("mouseReleased", right);
    let range = page.evaluate("document.getElementById('range').textContent");
    let range = range.as_str().unwrap();
    assert!(
        ("2018-06-01".."2019-06-01").contains(&&range[..10]),
        "{range}"
    );
    assert!(
        ("2022-01-01".."2023-12-01").contains(&&range[14..]),
        "{range}"
    );

    let tip = page.evaluate("document.querySelector('#growth .tip').textContent");
    let tip = tip.as_str().unwrap();
    assert!(
        tip.contains("Sixty-forty: ") && tip.contains("EQUITY: "),
        "{tip}"
    );
    assert_eq!(page.complaints(), [""; 0]);
}

pub(crate) fn a_name_that_is_tapped_or_reached_by_key_shows_its_definition() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 360);
    let [left, top, width, height] = page.place("#statistics .defined");
    let at = (left + width / 2.0, top + height / 2.0);
    page.mouse("mousePressed", at);
    page.mouse("mouseReleased", at);
    let shown = "document.querySelector('.definition')?.textContent ?? ''";
    let meaning = page.evaluate("document.querySelector('#statistics .defined').title");
    assert_eq!(page.evaluate(shown), meaning);
    assert!(meaning.as_str().unwrap().len() > 10, "{meaning}");
    page.evaluate("document.activeElement.blur()");
    assert_eq!(page.evaluate(shown), "");
}

pub(crate) fn the_value_under_the_pointer_is_the_equity_of_that_day() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    let [left, top, width, height] = page.place("#growth svg.large");
    page.mouse("mouseMoved", (left + width * 0.6, top + height / 2.0));
    let tip = page.evaluate("document.querySelector('#growth .tip').innerHTML");
    let tip = tip.as_str().unwrap();
    let (day, shown) = (&tip[..10], tip.split("Sixty-forty: <b>").nth(1).unwrap());
    let shown = shown.split('<').next().unwrap();
    let csv = std::fs::read_to_string(folder.path().join("out/equity_curve.csv")).unwrap();
    let equity = csv.lines().find_map(|line| line.strip_prefix(day)).unwrap();
    let equity: f64 = equity.trim_start_matches(',').parse().unwrap();
    assert_eq!(shown, format!("{:.3}", equity / 1e6));
}

pub(crate) fn the_numbers_are_those_of_statistics_json() {
    let folder = folder();
    let mut page = Page::open(&tearsheet(&folder, "sixty_forty.toml", &[]), 1200);
    let rows = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#statistics tbody tr')].map(tr => \
         [tr.cells[0].textContent.trim(), [tr.cells[1].textContent, tr.cells[2]?.textContent]]))",
    );
    let json = std::fs::read(folder.path().join("out/statistics.json")).unwrap();
    let json: Value = serde_json::from_slice(&json).unwrap();
    let percent = |value: f64, decimals: usize| format!("{:.decimals$} %", 100.0 * value);
    for (at, side) in ["strategy", "benchmark"].into_iter().enumerate() {
        let all = &json["statistics"][side];
        let of = |group: &str, key: &str| all[group][key].as_f64().unwrap();
        // The seven figures of QSTrader's tearsheet, and some more.
        let expected = [
            ("Total return", percent(of("returns", "total"), 1)),
            ("CAGR", percent(of("returns", "cagr"), 2)),
            ("Sharpe ratio", format!("{:.2}", of("ratios", "sharpe"))),
            ("Sortino ratio", format!("{:.2}", of("ratios", "sortino"))),
            ("Volatility", percent(of("risk", "volatility"), 2)),
            ("Max drawdown", percent(of("drawdown", "max"), 1)),
            (
                "Longest drawdown, days",
                thousands(of("drawdown", "longest_days")),
            ),
            ("Skewness", format!("{:.2}", of("risk", "skewness"))),
            ("Worst session", percent(of("periods", "worst_session"), 2)),
            (
                "Positive months",
                percent(of("periods", "positive_months"), 1),
            ),
        ];
        for (name, expected) in expected {
            let shown = rows[name][at].as_str().unwrap().replace('−', "-");
            assert_eq!(shown, expected, "{side}: {name}");
        }
    }
    let interval = &json["statistics"]["strategy"]["ratios"]["sharpe_interval_95"];
    let end = |at: usize| format!("{:.2}", interval[at].as_f64().unwrap());
    let shown = rows["Sharpe ratio, 95 % interval"][0]
        .as_str()
        .unwrap()
        .replace('−', "-");
    assert_eq!(shown, format!("{} to {}", end(0), end(1)));
    let header = page.evaluate("document.querySelector('header').textContent");
    let header = header.as_str().unwrap();
    for digest in ["run_digest", "data_digest"] {
        let digest = json["detail"][digest].as_str().unwrap();
        assert!(digest.len() == 16 && header.contains(digest), "{header}");
    }
    assert!(
        header.contains("commission 5 bp, slippage 3 bp"),
        "{header}"
    );
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    match digits.len() > 3 {
        true => format!(
            "{},{}",
            &digits[..digits.len() - 3],
            &digits[digits.len() - 3..]
        ),
        false => digits,
    }
}
