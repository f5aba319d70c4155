//! The pages in a real browser, headless and with the network cut. Ignored where there is none.

mod chromium;
mod comparison;
mod layout;
mod odd;
mod sweep;
mod tearsheet;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use conformance::{run, tests};
use tempfile::TempDir;

fn main() -> ExitCode {
    run(&[(
        chromium::CHROMIUM,
        tests![
            comparison::backtests_and_the_best_of_sweeps_stand_side_by_side,
            layout::a_tearsheet_fits_telephones_and_large_screens,
            layout::the_report_of_a_sweep_fits_telephones_and_large_screens,
            layout::dark_pages_are_dark_and_legible_whether_asked_for_by_system_or_switch,
            layout::a_printed_page_has_all_pictures_and_no_switches,
            odd::one_day,
            odd::no_trades,
            odd::no_benchmark_and_a_name_that_is_a_script,
            odd::a_total_loss,
            odd::all_trials_failed,
            odd::one_axis_and_trials_without_a_sharpe_ratio,
            odd::five_axes_some_of_text_and_whole_tables,
            sweep::every_panel_has_marks_and_nothing_is_asked_of_the_network,
            sweep::the_map_follows_axes_statistic_and_kind_and_shows_the_results,
            sweep::a_click_on_a_cell_gives_the_command_that_runs_its_best_trial_again,
            tearsheet::every_panel_has_marks_and_nothing_is_asked_of_the_network,
            tearsheet::scale_span_zoom_and_pointer_change_what_they_should,
            tearsheet::a_name_that_is_tapped_or_reached_by_key_shows_its_definition,
            tearsheet::the_value_under_the_pointer_is_the_equity_of_that_day,
            tearsheet::the_numbers_are_those_of_statistics_json,
        ],
    )])
}

/// Runs `gridfolio` in a folder; it must succeed.
#[track_caller]
pub(crate) fn gridfolio(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gridfolio"))
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A strategy of the project's examples.
pub(crate) fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    path.join(name)
        .canonicalize()
        .unwrap()
        .display()
        .to_string()
}

/// The tearsheet of an example.
pub(crate) fn tearsheet(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let strategy = example(name);
    let mut arguments = vec!["run", &strategy, "--out", "out", "--quiet"];
    arguments.extend(more);
    gridfolio(folder.path(), &arguments);
    folder.path().join("out/tearsheet.html")
}

/// The report of a sweep of a strategy.
pub(crate) fn sweep_report(folder: &TempDir, strategy: &str) -> PathBuf {
    gridfolio(folder.path(), &["sweep", strategy, "--out", "s", "--quiet"]);
    gridfolio(folder.path(), &["report", "s", "--quiet"]);
    folder.path().join("s/report.html")
}
