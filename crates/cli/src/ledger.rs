//! `gridfolio ledger`

use std::fmt::Write;

use sweep::Sweep;
use verdict::{EntryKind, LEDGER_VARIABLE, LedgerEntry, Light, TrialLedger, Verdict};

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

/// Says what a sweep's results are worth, and warns where the ledger cannot be used.
pub(crate) fn judge(sweep: &Sweep, threads: usize) -> Result<Verdict, Failure> {
    let (luck, warnings) = verdict::evaluate(sweep, threads)?;
    for warning in warnings {
        terminal::complain(&format!("warning: {warning}"));
    }
    Ok(luck)
}

pub(crate) fn execute(arguments: &Arguments) -> Result<Code, Failure> {
    let ledger = TrialLedger::of_user().ok_or_else(|| {
        Failure::new(Code::Usage, "there is no place for a ledger")
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
    let _ = writeln!(text, "\n{tries} tries in all");
    text
}
