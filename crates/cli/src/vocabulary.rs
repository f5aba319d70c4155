//! `gridfolio functions` and `gridfolio models`: what strategy files may name, from the declarations.

use std::fmt::Write;

use backtest::declaration::PartInfo;
use backtest::formula::FUNCTIONS;
use backtest::strategy::{Alpha, Fees, Optimiser, RiskModel, Schedule, Sizing};

use crate::terminal;
use gridfolio::{Code, Error};

/// List the functions that formulas may call
#[derive(Debug, clap::Args)]
pub(crate) struct FunctionsArguments {}

/// List the models, schedules and other parts that a strategy file may name
#[derive(Debug, clap::Args)]
pub(crate) struct ModelsArguments {}

pub(crate) fn functions(FunctionsArguments {}: &FunctionsArguments) -> Result<Code, Error> {
    let mut text = String::new();
    for function in FUNCTIONS {
        add(&mut text, function.signature, function.doc);
    }
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

pub(crate) fn models(ModelsArguments {}: &ModelsArguments) -> Result<Code, Error> {
    let lists: [(&str, &[PartInfo]); 6] = [
        ("[alpha] model", Alpha::PARTS),
        ("[rebalance] schedule", Schedule::PARTS),
        ("[portfolio] optimiser", Optimiser::PARTS),
        ("[portfolio] sizing", Sizing::PARTS),
        ("[risk] model", RiskModel::PARTS),
        ("[costs] fees", Fees::PARTS),
    ];
    let mut text = String::new();
    for (key, parts) in lists {
        text += &format!("{key}\n\n");
        for part in parts {
            let keys: Vec<&str> = part.keys.iter().map(|key| key.name).collect();
            let title = match keys.is_empty() {
                true => part.name.to_owned(),
                false => format!("{}: {}", part.name, keys.join(", ")),
            };
            add(&mut text, &title, part.doc);
        }
    }
    terminal::print(text.as_bytes())?;
    Ok(Code::Done)
}

/// Columns of a page.
const WIDTH: usize = 96;

/// Adds a title, and what it means below it.
fn add(text: &mut String, title: &str, doc: &str) {
    let mut line = String::new();
    writeln!(text, "{title}").expect("a `String` takes all text");
    for word in doc.split(' ') {
        if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
            writeln!(text, "    {line}").expect("a `String` takes all text");
            line.clear();
        }
        line += if line.is_empty() { "" } else { " " };
        line += word;
    }
    writeln!(text, "    {line}\n").expect("a `String` takes all text");
}
