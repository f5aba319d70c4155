//! A look-ahead audit: as a few lines for a person and as JSON for programs.

use std::fmt::Write;

use backtest::audit::{Audit, Change, Difference, Foresight, Future, LookAhead, What};
use backtest::batch::Record;
use backtest::date::Date;
use backtest::statistics::Summary;
use serde_json::{Value, json};
use statistics::catalogue::{self, UNDEFINED};
use statistics::text::decimal;

use crate::text_table::TextTable;

/// An audit and what else is known of the model.
#[derive(Clone, Copy, Debug)]
pub struct AuditReport<'a> {
    /// The strategy's name.
    pub strategy: &'a str,
    /// What was found.
    pub audit: &'a Audit,
    /// Whether the alpha model is the user's own, so that what it reads is unknown.
    pub own_model: bool,
    /// The files that the model was seen to open.
    pub files_read: &'a [String],
    /// Those of them that are files of the strategy's own prices.
    pub prices_read: &'a [String],
    /// What the model holds that reaches past the decisions: "`FUT`, which holds values to 2025-01-07".
    pub data_reached: &'a [String],
}

/// What an audit comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// No look-ahead, and nothing that the audit cannot look into.
    Passed,
    /// Look-ahead, or runs that differ.
    Failed,
    /// No look-ahead was found, and the model may have one all the same.
    NotProven,
}

impl Answer {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Answer::Passed => "passed",
            Answer::Failed => "failed",
            Answer::NotProven => "not proven",
        }
    }
}

impl AuditReport<'_> {
    /// What it comes to.
    pub fn answer(&self) -> Answer {
        self.answered().0
    }

    /// Whether it passed.
    pub fn passed(&self) -> bool {
        self.answer() == Answer::Passed
    }

    /// A title, the verdict, the evidence, and the results at worse trading conditions.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{}: look-ahead audit\n{}\n\n",
            diagnostics::shown(self.strategy),
            self.answered().1
        );
        self.write_looks(&mut text);
        self.write_variations(&mut text);
        let notes = self.notes();
        if !notes.is_empty() {
            text.push('\n');
        }
        for note in notes {
            line(&mut text, format_args!("{}", diagnostics::shown(&note)));
        }
        diagnostics::shown_lines(&text).into_owned()
    }

    /// The answer, and the sentence that says why.
    fn answered(&self) -> (Answer, String) {
        let audit = self.audit;
        let n = audit.dates.len();
        let failed = |why: String| (Answer::Failed, format!("failed: {why}"));
        let not_proven = |why: String| (Answer::NotProven, format!("not proven: {why}"));
        if audit.not_repeated.is_some() {
            return failed("two runs on the same prices differ".to_owned());
        }
        if !audit.found.is_empty() {
            let mut dates: Vec<_> = audit.found.iter().map(|found| found.until).collect();
            dates.dedup();
            let n_found = dates.len();
            return failed(format!(
                "at {n_found} of {n} dates, decisions before depend on prices after"
            ));
        }
        if let Some(first) = self.prices_read.first() {
            return failed(format!(
                "the model reads prices past the audit, from `{first}`"
            ));
        }
        if n == 0 {
            return not_proven("the backtest is too short to audit".to_owned());
        }
        if let Some(first) = self.data_reached.first() {
            return not_proven(format!("the model reads {first} and cannot be cut off"));
        }
        if self.own_model
            && let Some(first) = self.files_read.first()
        {
            return not_proven(format!(
                "the model reads `{first}`, which cannot be cut off"
            ));
        }
        if self.own_model && !audit.follows_prices && audit.weights_vary {
            return not_proven(
                "the weights change, and are the same on any prices: what they follow cannot be cut off"
                    .to_owned(),
            );
        }
        if self.own_model
            && let Some(foresight) = audit.foresight.filter(Foresight::is_too_good)
        {
            return not_proven(format!(
                "the weights foresee the returns that follow them: {}",
                seen(foresight)
            ));
        }
        let nothing_changed = format!(
            "at {n} dates, nothing before changed when the prices after were cut off or altered"
        );
        let sentence = match audit.follows_prices {
            true => format!("passed: {nothing_changed}"),
            false => {
                format!("no look-ahead: the weights do not depend on prices, and {nothing_changed}")
            }
        };
        (Answer::Passed, sentence)
    }

    fn write_looks(&self, text: &mut String) {
        let audit = self.audit;
        match &audit.not_repeated {
            None => line(
                text,
                format_args!("same prices again  the same results, to the bit"),
            ),
            Some(difference) => {
                line(
                    text,
                    format_args!("same prices again  other results: {}", in_words(difference)),
                );
            }
        }
        let (Some(first), Some(last)) = (audit.dates.first(), audit.dates.last()) else {
            return;
        };
        let (first, last) = (first.date(), last.date());
        for (future, name) in [(Future::CutOff, "cut off"), (Future::Altered, "altered")] {
            let mut found = audit.found.iter().filter(|found| found.future == future);
            match found.next() {
                None => {
                    line(
                        text,
                        format_args!(
                            "future {name:<10}  nothing before it changed, {first} to {last}"
                        ),
                    );
                }
                Some(earliest) => {
                    let n = 1 + found.count();
                    line(
                        text,
                        format_args!("future {name:<10}  {n} differences, the first:"),
                    );
                    line(text, format_args!("  {}", in_words(&earliest.difference)));
                    let until = earliest.until;
                    line(text, format_args!("  with the prices after {until} {name}"));
                }
            }
        }
        let weights = match audit.follows_prices {
            true => "follow the prices",
            false => "are the same on any prices",
        };
        line(text, format_args!("weights            {weights}"));
        if let Some(foresight) = audit.foresight {
            line(text, format_args!("foresight          {}", seen(foresight)));
        }
    }

    fn write_variations(&self, text: &mut String) {
        let metrics = ["cagr", "sharpe", "max_drawdown", "cost"];
        let titles = ["", "CAGR", "Sharpe", "max drawdown", "costs"];
        let mut table = TextTable::new("<>", &[23, 9, 6, 12, 8]);
        table.row(titles);
        let mut stopped = String::new();
        for variation in &self.audit.variations {
            let name = name(variation.change);
            match &variation.record {
                Err(error) => line(&mut stopped, format_args!("{name}: stopped, {error}")),
                Ok(record) => {
                    let summary = record.summary.as_ref();
                    let is_long = |summary: &&Summary| summary.calendar_days >= 365;
                    let values = [
                        summary.filter(is_long).and_then(|summary| summary.cagr),
                        summary.and_then(|summary| summary.sharpe),
                        summary.map(|summary| summary.drawdowns.max),
                        Some(record.commission + record.slippage),
                    ];
                    let cells = metrics.into_iter().zip(values);
                    let cells = cells.map(|(metric, value)| catalogue::text(metric, value?));
                    let cells = cells.map(|text| text.unwrap_or_else(|| UNDEFINED.to_owned()));
                    table.row(std::iter::once(name).chain(cells));
                }
            }
        }
        *text += &format!("\n{}{stopped}", table.text());
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.audit.not_repeated.is_some() {
            notes.push(
                "warning: look-ahead and chance cannot be distinguished. A model must keep its state \
                 in its object, and draw random numbers from a fixed seed"
                    .to_owned(),
            );
        }
        if self.audit.fills_at_the_deciding_close {
            notes.push(
                "warning: `fill = \"same-close\"` trades at the very close that decides, which is a \
                 look-ahead of one close by convention"
                    .to_owned(),
            );
        }
        if self.own_model && !self.audit.follows_prices && self.audit.not_repeated.is_none() {
            notes.push(
                "warning: the model's weights are the same on any prices. Unless they are meant to \
                 be fixed, it reads prices from elsewhere, which the audit cannot cut off"
                    .to_owned(),
            );
        }
        if let Some(foresight) = self.audit.foresight.filter(Foresight::is_too_good) {
            notes.push(format!(
                "warning: the weights are correlated with the returns that follow them by {:.2}; no signal \
                 from the past is: they know the future",
                foresight.correlation
            ));
        }
        if let Some((own, old)) = self.audit.decay() {
            notes.push(format!(
                "warning: with signals a session old, the Sharpe ratio falls from {own:.2} to {old:.2}: the \
                 result hangs on the last close before each decision"
            ));
        }
        for reached in self.data_reached {
            notes.push(format!(
                "warning: the model reads {reached}: it was neither cut off nor altered; hand the model to the \
                 audit as a function of the prices, `audit(market, model=lambda prices: ...)`"
            ));
        }
        if let Some(on) = self.ruined() {
            notes.push(format!(
                "warning: the account lost everything on {on}: decisions after it were not audited"
            ));
        }
        for file in self.files_read {
            notes.push(format!(
                "warning: the model read `{file}`: what it knows from there was neither cut off nor \
                 altered"
            ));
        }
        notes
    }

    /// When the account lost everything under the strategy's own conditions.
    fn ruined(&self) -> Option<Date> {
        let mut variations = self.audit.variations.iter();
        let own = variations.find(|variation| variation.change == Change::Nothing)?;
        own.record.as_ref().ok()?.ruined
    }

    /// Everything as JSON.
    pub fn json(&self) -> Vec<u8> {
        let audit = self.audit;
        let found = |future| {
            let found = audit
                .found
                .iter()
                .filter(move |found| found.future == future);
            found.map(look_ahead).collect::<Vec<_>>()
        };
        let dates: Vec<String> = audit.dates.iter().map(ToString::to_string).collect();
        let variations: Vec<Value> = (audit.variations.iter())
            .map(|variation| match &variation.record {
                Ok(record) => of_record(variation.change, record),
                Err(error) => {
                    json!({ "change": name(variation.change), "stopped": error.to_string() })
                }
            })
            .collect();
        let document = json!({
            "strategy": self.strategy,
            "answer": self.answer().name(),
            "passed": self.passed(),
            "repeatable": audit.not_repeated.is_none(),
            "not_repeated": audit.not_repeated.as_ref().map(of_difference),
            "dates": dates,
            "future_cut_off": found(Future::CutOff),
            "future_altered": found(Future::Altered),
            "follows_prices": audit.follows_prices,
            "weights_vary": audit.weights_vary,
            "foresight": audit.foresight.map(|found| json!({
                "correlation": found.correlation,
                "t": found.t,
                "decisions": found.decisions,
            })),
            "data_reached": self.data_reached,
            "fills_at_the_deciding_close": audit.fills_at_the_deciding_close,
            "ruined_on": self.ruined().map(|on| on.to_string()),
            "files_read": self.files_read,
            "prices_read": self.prices_read,
            "variations": variations,
        });
        let mut text = serde_json::to_vec_pretty(&document).unwrap_or_default();
        text.push(b'\n');
        text
    }
}

/// `correlation 0.05 with the returns after 118 decisions, t = 0.9`
fn seen(foresight: Foresight) -> String {
    let (correlation, t) = (foresight.correlation, foresight.t);
    format!(
        "correlation {} with the returns after {} decisions, t = {}",
        decimal(correlation, 2),
        foresight.decisions,
        decimal(t, 1)
    )
}

/// `on 2004-02-27 21:00:00+00:00 the weight of SPY is 0 instead of 1`.
fn in_words(difference: &Difference) -> String {
    let when = difference.when;
    let weight = |weight: &Option<f64>| match weight {
        Some(weight) => format!("{weight}"),
        None => "none".to_owned(),
    };
    match &difference.what {
        What::Weight {
            symbol,
            before,
            after,
        } => {
            let (before, after) = (weight(before), weight(after));
            format!("on {when} the weight of `{symbol}` is {after} instead of {before}")
        }
        What::Trade { symbol } => format!("on {when} `{symbol}` is traded otherwise"),
        What::Equity { before, after } => {
            format!("on {when} the equity is {after} instead of {before}")
        }
        What::Stopped(error) => {
            let cause = std::error::Error::source(error);
            let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
            format!("{error}{cause}")
        }
    }
}

fn look_ahead(found: &LookAhead) -> Value {
    json!({
        "until": found.until.to_string(),
        "difference": of_difference(&found.difference),
    })
}

fn of_difference(difference: &Difference) -> Value {
    let when = difference.when.to_string();
    match &difference.what {
        What::Weight {
            symbol,
            before,
            after,
        } => {
            json!({ "when": when, "what": "weight", "asset": symbol, "before": before, "after": after })
        }
        What::Trade { symbol } => json!({ "when": when, "what": "trade", "asset": symbol }),
        What::Equity { before, after } => {
            json!({ "when": when, "what": "equity", "before": before, "after": after })
        }
        What::Stopped(_) => {
            json!({ "when": when, "what": "stopped", "error": in_words(difference) })
        }
    }
}

fn of_record(change: Change, record: &Record) -> Value {
    let of = |value: fn(&Summary) -> Option<f64>| {
        let value = record.summary.as_ref().and_then(value);
        value.filter(|value| value.is_finite())
    };
    json!({
        "change": name(change),
        "total_return": of(|summary| Some(summary.total_return)),
        "cagr": of(|summary| summary.cagr),
        "sharpe": of(|summary| summary.sharpe),
        "max_drawdown": of(|summary| Some(summary.drawdowns.max)),
        "trades": record.trades,
        "costs": record.commission + record.slippage,
    })
}

fn name(change: Change) -> String {
    let sessions = |n| if n == 1 { "session" } else { "sessions" };
    match change {
        Change::Nothing => "as it is".to_owned(),
        Change::OldSignals(n) => format!("signals {n} {} old", sessions(n)),
        Change::LateTrades(n) => format!("trades {n} {} late", sessions(n)),
        Change::NoCosts => "no costs".to_owned(),
        Change::CostsTimes(factor) => format!("costs times {factor}"),
        Change::Slippage(basis_points) => format!("{basis_points} bp more slippage"),
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a `String` takes all text");
}
