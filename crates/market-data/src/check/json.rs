//! A check as JSON for programs.

use backtest::date::Date;
use serde_json::{Value, json};

use super::findings::{Break, BreakKind, Check, Count, Jump, SeriesCheck, SymbolCheck};
use crate::error::Place;
use crate::faults::Fault;

impl Check {
    /// Everything that was found, nothing cut short. Dates are text, `YYYY-MM-DD`; a place is an
    /// object with the key `line` or `row`.
    pub fn to_json(&self) -> Value {
        json!({
            "dir": self.dir.display().to_string(),
            "usable": self.usable,
            "symbols": self.symbols.iter().map(symbol).collect::<Vec<_>>(),
            "series": self.series.iter().map(series).collect::<Vec<_>>(),
        })
    }
}

fn series(series: &SeriesCheck) -> Value {
    json!({
        "name": series.name,
        "error": series.error.as_ref().map(|error| json!({
            "message": error.to_string(),
            "hint": error.hint(),
        })),
        "first": series.span.map(|(first, _)| first.to_string()),
        "last": series.span.map(|(_, last)| last.to_string()),
        "observations": series.n_observations,
        "missing": series.n_missing,
        "longest_gap_days": series.longest_gap.map(|(days, _)| days),
        "notices": series.notices.iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn symbol(symbol: &SymbolCheck) -> Value {
    json!({
        "symbol": symbol.symbol,
        "path": symbol.path.as_ref().map(|path| path.display().to_string()),
        "error": symbol.error.as_ref().map(|error| json!({
            "message": error.to_string(),
            "hint": error.hint(),
        })),
        "first": symbol.span.map(|(first, _)| first.to_string()),
        "last": symbol.span.map(|(_, last)| last.to_string()),
        "rows": symbol.n_rows,
        "vendor": symbol.vendor,
        "has_open": symbol.has_open,
        "has_adj_close": symbol.has_adj_close,
        "dividends": symbol.n_dividends,
        "splits": symbol.n_splits,
        "actions_error": symbol.actions_error.as_ref().map(|error| json!({
            "message": error.to_string(),
            "hint": error.hint(),
        })),
        "notices": symbol.notices.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "missing_days": dates(&symbol.missing_days),
        "lone_days": dates(&symbol.lone_days),
        "missing_prices": count(symbol.missing_prices),
        "non_positive_prices": count(symbol.non_positive_prices),
        "jumps": symbol.jumps.iter().map(jump).collect::<Vec<_>>(),
        "breaks": symbol.breaks.iter().map(adjustment_break).collect::<Vec<_>>(),
        "findings": symbol.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn dates(dates: &[Date]) -> Vec<String> {
    dates.iter().map(Date::to_string).collect()
}

fn place(place: Place) -> Value {
    match place {
        Place::Line(line) => json!({ "line": line }),
        Place::Row(row) => json!({ "row": row }),
    }
}

fn count(count: Count) -> Value {
    json!({
        "count": count.n,
        "first": count.first.map(|(date, at)| json!({
            "date": date.to_string(),
            "place": place(at),
        })),
    })
}

fn finding(found: &Fault) -> Value {
    json!({
        "kind": found.kind,
        "rows": found.n,
        "first": {
            "date": found.first.to_string(),
            "place": found.place.map(place),
        },
        "what": found.what,
        "effect": found.effect,
        "way_out": found.way_out,
    })
}

fn jump(jump: &Jump) -> Value {
    json!({
        "date": jump.date.to_string(),
        "place": place(jump.place),
        "change": jump.change,
    })
}

fn adjustment_break(found: &Break) -> Value {
    let mut value = match found.kind {
        BreakKind::FactorFalls { from, to } => {
            json!({ "kind": "factor-falls", "from": from, "to": to })
        }
        BreakKind::NotOneAtEnd { factor } => json!({ "kind": "not-one-at-end", "factor": factor }),
        BreakKind::UnadjustedSplit { shares } => {
            json!({ "kind": "unadjusted-split", "shares": shares })
        }
    };
    value["date"] = json!(found.date.to_string());
    value["place"] = place(found.place);
    value
}
