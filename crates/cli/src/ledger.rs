//! `gridfolio ledger`, and where the ledger is.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use backtest::date::Moment;
use sweep::{Deed, Ledger, LedgerEntry, Luck, Sweep, SweepError};

use crate::terminal;
use failure::{Code, Failure};

/// Shows every sweep that was ever made, and on which prices
///
/// Luck grows with every try, also with those of last week. So each sweep that runs to its end
/// leaves an entry here, and the verdict on the next one counts all tries on the same prices. The
/// folder is `gridfolio/ledger` among your user data, or the one that `GRIDFOLIO_LEDGER` names,
/// which may be shared by many users and machines.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gridfolio ledger
  GRIDFOLIO_LEDGER=/shared/ledger gridfolio sweep momentum.toml")]
pub(crate) struct Arguments {
    /// Print JSON, with the digest of each price series
    #[arg(long)]
    json: bool,
}

/// The variable that names the folder.
const VARIABLE: &str = "GRIDFOLIO_LEDGER";

/// The ledger of this user. `None` when there is no place for one.
pub(crate) fn ledger() -> Option<Ledger> {
    let named = |name: &str| {
        let value = std::env::var_os(name).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    let data = || {
        let home = named("HOME");
        match cfg!(target_os = "macos") {
            true => home.map(|home| home.join("Library/Application Support")),
            false => named("XDG_DATA_HOME").or(home.map(|home| home.join(".local/share"))),
        }
    };
    let dir = named(VARIABLE).or_else(|| Some(data()?.join("gridfolio").join("ledger")));
    dir.map(Ledger::new)
}

/// The time of this machine's clock.
pub(crate) fn now() -> Option<Moment> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Moment::from_epoch_seconds(i64::try_from(since.as_secs()).ok()?)
}

/// Says what a sweep's results are worth, counting what the ledger knows of, and enters it there. A
/// ledger that cannot be used is worth a warning and no more.
pub(crate) fn judge(sweep: &Sweep, threads: usize) -> Result<Luck, Failure> {
    let ledger = ledger();
    let complain = |what: &str, error: &SweepError| {
        let mut text = format!("warning: {what}: {error}");
        let cause = std::error::Error::source(error);
        let _ = write!(
            text,
            "{}",
            cause.map_or(String::new(), |cause| format!(": {cause}"))
        );
        terminal::complain(&text);
    };
    let elsewhere = match ledger.as_ref().map(|ledger| ledger.tried_elsewhere(sweep)) {
        Some(Ok(tried)) => tried,
        Some(Err(error)) => {
            complain("the tries of other sweeps are not counted", &error);
            0
        }
        None => {
            terminal::complain(&format!(
                "warning: the tries of other sweeps are not counted: set `{VARIABLE}` to a folder"
            ));
            0
        }
    };
    let luck = sweep
        .luck(threads, elsewhere)
        .map_err(|error| Failure::of_sweep(&error))?;
    if let (Some(ledger), Some(now)) = (&ledger, now())
        && let Err(error) = ledger.add(sweep, &luck, now)
    {
        complain("this sweep is not in the ledger", &error);
    }
    Ok(luck)
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let ledger = ledger().ok_or_else(|| {
        Failure::new(Code::Usage, "there is no place for a ledger")
            .hint(format!("set `{VARIABLE}` to a folder"))
    })?;
    let entries = ledger
        .entries()
        .map_err(|error| Failure::of_sweep(&error))?;
    if arguments.json {
        let mut text = serde_json::to_vec_pretty(&entries).unwrap_or_default();
        text.push(b'\n');
        terminal::print(&text)?;
        return Ok(Code::Done);
    }
    let mut text = table(&entries);
    let _ = writeln!(text, "in `{}`", ledger.dir().display());
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

fn table(entries: &[LedgerEntry]) -> String {
    let mut text = String::new();
    if entries.is_empty() {
        return "no sweep has been entered yet\n".to_owned();
    }
    let _ = writeln!(
        text,
        "{:<20}  {:>10}  {:>6}  {:<8}  {:>7}  strategies",
        "when", "trials", "best", "verdict", "symbols"
    );
    for entry in entries {
        let best = entry
            .best_sharpe
            .map_or("-".to_owned(), |best| format!("{best:.2}"));
        let (trials, verdict) = match entry.deed {
            Deed::Sweep => (
                entry.trials.to_string(),
                entry.verdict.as_deref().unwrap_or("-"),
            ),
            Deed::Holdout => ("held out".to_owned(), "-"),
        };
        let _ = writeln!(
            text,
            "{:<20}  {trials:>10}  {best:>6}  {verdict:<8}  {:>7}  {}",
            entry.when,
            entry.prices.len(),
            entry.strategies.join(", ")
        );
    }
    let tries: u64 = (entries.iter().filter(|entry| entry.deed == Deed::Sweep))
        .map(|entry| entry.trials)
        .sum();
    let _ = writeln!(text, "\n{tries} tries in all");
    text
}
