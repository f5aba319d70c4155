//! `gridfolio ledger`

use std::fmt::Write;

use diagnostics::sanitised;
use verdict::{EntryKind, LEDGER_VARIABLE, LedgerEntries, Light, TrialLedger};

use crate::terminal;
use gridfolio::{Code, Error};

/// List every completed sweep, with its prices and verdict
///
/// Every trial makes a lucky result more likely, also those of last week. So each completed sweep
/// adds an entry, and the verdict on the next one counts all trials on the same prices. The folder
/// is `gridfolio/ledger` among your user data, or the one that `GRIDFOLIO_LEDGER` names, which many
/// users and machines may share.
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

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Error> {
    let ledger = TrialLedger::of_user().ok_or_else(|| {
        Error::new(Code::Usage, "cannot locate the ledger directory")
            .hint(format!("set `{LEDGER_VARIABLE}` to a folder"))
    })?;
    let read = ledger.read()?;
    for unusable in read.unusable.iter().take(MOST_NAMED) {
        terminal::warn(&format!("not an entry that can be used: {unusable}"));
    }
    let unnamed = read.unusable.len().saturating_sub(MOST_NAMED);
    if unnamed > 0 {
        terminal::warn(&format!("and {unnamed} more files that cannot be used"));
    }
    if arguments.json {
        let mut text = serde_json::to_vec_pretty(&read.entries).unwrap_or_default();
        text.push(b'\n');
        terminal::print_json(&text)?;
        return Ok(Code::Done);
    }
    let mut text = table(&read);
    let _ = writeln!(text, "in `{}`", ledger.dir().display());
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

/// Files that cannot be used and are named; the others are counted.
const MOST_NAMED: usize = 20;

/// Characters of the names that an entry lists.
const LONGEST: usize = 200;

fn table(read: &LedgerEntries) -> String {
    let mut text = String::new();
    if read.entries.is_empty() && read.unusable.is_empty() {
        return "the ledger has no entries yet\n".to_owned();
    }
    let _ = writeln!(
        text,
        "{:<20}  {:>10}  {:>6}  {:<8}  {:>7}  strategies",
        "when", "trials", "best", "verdict", "symbols"
    );
    for entry in &read.entries {
        let best = entry
            .best_sharpe
            .map_or("-".to_owned(), |best| format!("{best:.2}"));
        let (trials, verdict) = match entry.kind {
            EntryKind::Sweep => (
                entry.trials.to_string(),
                entry.verdict.map_or("-", Light::name),
            ),
            EntryKind::Holdout => ("held out".to_owned(), "-"),
        };
        let _ = writeln!(
            text,
            "{:<20}  {trials:>10}  {best:>6}  {verdict:<8}  {:>7}  {}",
            sanitised(&entry.when, 20),
            entry.prices.len(),
            sanitised(&entry.strategies.join(", "), LONGEST)
        );
    }
    let at_least = if read.unusable.is_empty() {
        ""
    } else {
        "at least "
    };
    let _ = writeln!(text, "\n{at_least}{} trials in all", read.trials());
    text
}
