//! `gridfolio ledger`

use std::fmt::Write;

use verdict::{EntryKind, LEDGER_VARIABLE, LedgerEntry, Light, TrialLedger};

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
    let entries = ledger.entries()?;
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
        return "the ledger has no entries yet\n".to_owned();
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
            entry.when,
            entry.prices.len(),
            entry.strategies.join(", ")
        );
    }
    let tries: u64 = (entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Sweep))
    .map(|entry| entry.trials)
    .sum();
    let _ = writeln!(text, "\n{tries} trials in all");
    text
}
