//! The terminal and the pages write the same texts.

use documents::sweep_report::SweepReport;
use results::{Column, Overview, Table, headlines};

/// Every headline of a trial, but for the minus sign, which is a typographic one on a page.
#[test]
fn a_trial_reads_the_same_in_the_terminal_and_on_the_page() {
    for value in [-12_345.678, -0.1234, 0.0, 0.5678, 98.7654, 1_234_567.0] {
        let metrics: Vec<(String, Vec<f64>)> = headlines()
            .map(|key| (key.to_owned(), vec![value]))
            .collect();
        let columns = (metrics.iter())
            .map(|(key, values)| {
                Column::Floats(key.clone(), values.iter().copied().map(Some).collect())
            })
            .collect();
        let terminal = Table { columns }.to_text();
        let overview = Overview {
            trials: vec![0],
            digests: vec![String::new()],
            metrics,
            ..Overview::default()
        };
        let report = SweepReport {
            overview: &overview,
            dir: "out",
            luck: None,
        };
        let page = String::from_utf8(report.to_html()).unwrap();
        let (_, best) = page.split_once("id=\"top\"").unwrap();
        let (best, _) = best.split_once("</section>").unwrap();
        let best = best.replace('−', "-");
        let written = terminal.lines().nth(1).unwrap().split("  ");
        for text in written.map(str::trim).filter(|text| !text.is_empty()) {
            assert!(best.contains(&format!(">{text}<")), "{text}\n{best}");
        }
    }
}
