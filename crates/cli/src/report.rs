//! `gridfolio report`

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use diagnostics::{WriteError, write_atomically};
use documents::sweep_report::SweepReport;
use documents::{Content, Panel};
use gridfolio::{Code, Error, Sweep, open_tearsheet};
use results::Overview;
use verdict::Verdict;

use crate::terminal;

/// Make a report of a backtest or a sweep from its folder
///
/// DIR is what `run --out DIR` or `show --out DIR` wrote, or the folder of a sweep. Nothing else is
/// needed: no prices, no network, no browser.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio report result
  gridfolio report momentum.sweep
  gridfolio report result --format png --panel growth --panel underwater --out plots
  gridfolio report result --format terminal")]
pub(crate) struct Arguments {
    /// The folder of a backtest or of a sweep
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// A page; pictures, one file for each panel; or characters on the terminal
    #[arg(long, value_name = "FORMAT", default_value = "html")]
    format: Format,
    /// Only this picture; may be repeated. An unknown name lists all
    #[arg(long = "panel", value_name = "NAME")]
    panels: Vec<String>,
    /// The folder to write to; if not given, pages go to DIR and pictures to DIR/pictures
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Html,
    Svg,
    Png,
    Terminal,
}

/// Pixels of a PNG for each pixel of a drawing: sharp on paper and on fine screens.
const SCALE: f64 = 2.0;

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    if !matches!(arguments.format, Format::Svg | Format::Png) {
        refuse_panels(arguments)?;
    }
    let is_sweep = arguments.dir.join("plan.json").is_file();
    let written = match is_sweep {
        true => of_sweep(arguments)?,
        false => of_backtest(arguments)?,
    };
    if !arguments.quiet {
        let lines: Vec<String> = (written.iter())
            .map(|path| format!("{}\n", path.display()))
            .collect();
        terminal::print(lines.concat().as_bytes())?;
    }
    Ok(Code::Done)
}

/// The files that were written; none on a terminal.
fn of_backtest(arguments: &Arguments) -> Result<Vec<PathBuf>, Error> {
    let sheet = open_tearsheet(&arguments.dir)?;
    match arguments.format {
        Format::Html => page(arguments, "tearsheet.html", &sheet.to_html()),
        Format::Svg | Format::Png => {
            let mut panels = sheet.panels();
            panels.extend(sheet.alternatives());
            pictures(arguments, panels)
        }
        Format::Terminal => {
            terminal::print_styled(&sheet.to_terminal())?;
            Ok(Vec::new())
        }
    }
}

fn of_sweep(arguments: &Arguments) -> Result<Vec<PathBuf>, Error> {
    let sweep = Sweep::open(&arguments.dir)?;
    let overview = Overview::of(&sweep)?;
    let dir = arguments.dir.display().to_string();
    let luck = Verdict::open(&arguments.dir)?;
    let report = SweepReport {
        overview: &overview,
        dir: &dir,
        luck: luck.as_ref(),
    };
    match arguments.format {
        Format::Html => page(arguments, "report.html", &report.to_html()),
        Format::Svg | Format::Png => pictures(arguments, report.panels()),
        Format::Terminal => {
            terminal::print_styled(&report.to_terminal())?;
            Ok(Vec::new())
        }
    }
}

fn refuse_panels(arguments: &Arguments) -> Result<(), Error> {
    match arguments.panels.is_empty() {
        true => Ok(()),
        false => Err(Error::new(
            Code::Usage,
            "`--panel` goes with `--format png` or `svg` only",
        )
        .hint("leave it out, or add `--format png`")),
    }
}

fn page(arguments: &Arguments, name: &str, html: &[u8]) -> Result<Vec<PathBuf>, Error> {
    let folder = arguments.out.as_ref().unwrap_or(&arguments.dir);
    make(folder)?;
    let path = folder.join(name);
    put(&path, html)?;
    Ok(vec![path])
}

/// Writes the pictures that were asked for; all when none was.
fn pictures(arguments: &Arguments, panels: Vec<Panel>) -> Result<Vec<PathBuf>, Error> {
    let pictured: Vec<&Panel> = (panels.iter())
        .filter(|panel| matches!(panel.content, Content::Figure(_)))
        .collect();
    let unknown = (arguments.panels.iter())
        .find(|asked| pictured.iter().all(|panel| panel.id != asked.as_str()));
    if let Some(unknown) = unknown {
        let names: Vec<&str> = pictured.iter().map(|panel| panel.id).collect();
        return Err(
            Error::new(Code::Usage, format!("there is no picture `{unknown}`"))
                .hint(format!("the pictures are {}", names.join(", "))),
        );
    }
    let folder = match &arguments.out {
        Some(out) => out.clone(),
        None => arguments.dir.join("pictures"),
    };
    make(&folder)?;
    let mut written = Vec::new();
    for panel in pictured {
        let is_asked =
            arguments.panels.is_empty() || arguments.panels.iter().any(|asked| asked == panel.id);
        let (true, Content::Figure(figure)) = (is_asked, &panel.content) else {
            continue;
        };
        let scene = figure.scene().captioned(&panel.title, &panel.note);
        let (ending, bytes) = match arguments.format {
            Format::Png => ("png", scene.to_png(SCALE)),
            _ => ("svg", visible(scene.to_svg_file())),
        };
        let path = folder.join(format!("{}.{ending}", panel.id));
        put(&path, &bytes)?;
        written.push(path);
    }
    Ok(written)
}

/// Texts of a picture hide nothing, either.
fn visible(svg: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&svg);
    diagnostics::shown_lines(&text).into_owned().into_bytes()
}

pub(crate) fn make(folder: &Path) -> Result<(), Error> {
    Ok(std::fs::create_dir_all(folder).map_err(WriteError::at(folder))?)
}

pub(crate) fn put(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    Ok(write_atomically(path, |file| file.write_all(bytes))?)
}
