//! A strategy as a file, every default written out.

use std::fmt::Write;

use backtest::conventions::Conventions;
use backtest::date::{Moment, Weekday};
use backtest::strategy::{
    Alpha, BelowAverage, Benchmark, Costs, Fees, Optimiser, Parameter, RiskModel, Schedule, Sizing,
    Strategy,
};

use crate::document::{Entry, Value};
use crate::keys::{BASES, Base, SCHEDULES, TRADES, WEEKDAYS, conventions};
use crate::{StrategyFile, moment};

/// The complete strategy file: every key that applies, with its value.
///
/// Parsing the text gives back an equal [`StrategyFile`], if it is one that a file can say.
pub fn to_toml(file: &StrategyFile) -> String {
    let StrategyFile { data, strategy } = file;
    let mut text = Text::default();
    text.line("name", string(&strategy.name));

    text.header("conventions");
    write_conventions(&mut text, &strategy.conventions);

    text.header("data");
    if let Some(dir) = &data.dir {
        text.line("dir", string(dir));
    }
    text.line("adjusted", data.adjusted);

    text.header("backtest");
    text.line("start", moment::to_toml(strategy.start));
    text.line("end", moment::to_toml(strategy.end));
    if let Some(burn_in) = strategy.burn_in {
        text.line("burn_in", moment::to_toml(burn_in));
    }
    text.line("initial_cash", float(strategy.initial_cash));
    text.line("sessions_per_year", float(strategy.sessions_per_year));

    text.header("universe");
    let assets: Vec<String> = strategy.universe.assets.iter().map(|s| string(s)).collect();
    text.line("assets", format!("[{}]", assets.join(", ")));
    for (key, dates) in [
        ("enters", &strategy.universe.enters),
        ("leaves", &strategy.universe.leaves),
    ] {
        if !dates.is_empty() {
            text.line(
                key,
                by_symbol(dates, |date: &Moment| moment::to_toml(*date)),
            );
        }
    }

    text.header("alpha");
    write_alpha(&mut text, &strategy.alpha);

    write_portfolio(&mut text, strategy);

    text.header("rebalance");
    write_schedule(&mut text, strategy.schedule);
    text.line("trade", string(name_of(TRADES, strategy.trade)));

    if let Some(risk) = strategy.risk {
        text.header("risk");
        let (model, key, number) = match risk {
            RiskModel::Cap { max_weight } => ("cap", "max_weight", max_weight),
            RiskModel::Scale { factor } => ("scale", "factor", factor),
            RiskModel::Floor { min_weight } => ("floor", "min_weight", min_weight),
        };
        text.line("model", string(model));
        text.line(key, float(number));
    }

    text.header("costs");
    write_costs(&mut text, &strategy.costs);

    text.header("execution");
    let execution = &strategy.conventions;
    text.line("fill", string(execution.fill.name()));
    text.line("shares", string(execution.shares.name()));
    text.line("cash", string(execution.cash.name()));
    text.line("entry", string(execution.entry.name()));

    if let Some(benchmark) = &strategy.benchmark {
        write_benchmark(&mut text, benchmark);
    }
    text.0
}

fn write_conventions(text: &mut Text, set: &Conventions) {
    // The base that is closer, for the reader's sake: every switch is written out anyway.
    let like = |base: Conventions| {
        let pairs = base.named().into_iter().zip(set.named());
        pairs.filter(|(base, own)| base == own).count()
    };
    let qstrader = like(Conventions::QSTRADER) > like(Conventions::STANDARD);
    let base = if qstrader {
        Base::QsTrader
    } else {
        Base::Standard
    };
    text.line("base", string(name_of(BASES, base)));
    for (switch, value) in set.named() {
        if conventions::TABLE.key(switch).is_some() {
            text.line(switch, string(value));
        }
    }
}

fn write_alpha(text: &mut Text, alpha: &Alpha) {
    let mut model = |name| text.line("model", string(name));
    match alpha {
        Alpha::FixedWeights { weights } => {
            model("fixed-weights");
            text.line("weights", by_symbol(weights, |weight| float(*weight)));
        }
        Alpha::EqualWeight => model("equal-weight"),
        Alpha::SingleSignal { signal } => {
            model("single-signal");
            text.line("signal", float(*signal));
        }
        Alpha::TopNMomentum { lookback, top_n } => {
            model("top-n-momentum");
            text.line("lookback", lookback);
            text.line("top_n", top_n);
        }
        Alpha::MomentumWeighted { lookback } => {
            model("momentum-weighted");
            text.line("lookback", lookback);
        }
        Alpha::LongShortMomentum {
            lookback,
            top_n,
            bottom_n,
        } => {
            model("long-short-momentum");
            text.line("lookback", lookback);
            text.line("top_n", top_n);
            text.line("bottom_n", bottom_n);
        }
        Alpha::SmaCrossover { fast, slow, below } => {
            model("sma-crossover");
            text.line("fast", fast);
            text.line("slow", slow);
            text.line("short", *below == BelowAverage::Short);
        }
        Alpha::InverseVolatility { lookback } => {
            model("inverse-volatility");
            text.line("lookback", lookback);
        }
        Alpha::ScheduledWeights { table } => {
            model("scheduled-weights");
            let row = |(from, weights): &(Moment, Vec<(String, f64)>)| {
                let weights = by_symbol(weights, |weight| float(*weight));
                let from = moment::to_toml(*from);
                format!("    {{ from = {from}, weights = {weights} }},\n")
            };
            let rows: String = table.iter().map(row).collect();
            text.line("table", format!("[\n{rows}]"));
        }
        Alpha::External { class, parameters } => {
            model("python");
            text.line("class", string(class));
            let parameter = |parameter: &Parameter| match parameter {
                Parameter::Integer(integer) => integer.to_string(),
                Parameter::Number(number) => float(*number),
                Parameter::Flag(flag) => flag.to_string(),
                Parameter::Text(text) => string(text),
            };
            text.line("parameters", by_symbol(parameters, parameter));
        }
    }
}

fn write_portfolio(text: &mut Text, strategy: &Strategy) {
    text.header("portfolio");
    match strategy.optimiser {
        Optimiser::FixedWeight => text.line("optimiser", string("fixed-weight")),
        Optimiser::EqualWeight { scale } => {
            text.line("optimiser", string("equal-weight"));
            text.line("scale", float(scale));
        }
    }
    match strategy.sizing {
        Sizing::LongOnly { cash_buffer } => {
            text.line("sizing", string("long-only"));
            text.line("cash_buffer", float(cash_buffer));
        }
        Sizing::LongShort { gross_leverage } => {
            text.line("sizing", string("long-short"));
            text.line("gross_leverage", float(gross_leverage));
        }
    }
}

fn write_schedule(text: &mut Text, schedule: Schedule) {
    let (kind, weekday) = match schedule {
        Schedule::Weekly(weekday) => (Schedule::Weekly(Weekday::Mon), Some(weekday)),
        other => (other, None),
    };
    text.line("schedule", string(name_of(SCHEDULES, kind)));
    for (name, _, day) in WEEKDAYS {
        if weekday == Some(day) {
            text.line("weekday", string(name));
        }
    }
}

fn write_costs(text: &mut Text, costs: &Costs) {
    let fees = match costs.fees {
        Fees::Zero => r#"{ model = "zero" }"#.to_owned(),
        Fees::Percent { commission, tax } => format!(
            r#"{{ model = "percent", commission = {}, tax = {} }}"#,
            float(commission),
            float(tax)
        ),
        Fees::PerShare { per_share, minimum } => format!(
            r#"{{ model = "per-share", per_share = {}, minimum = {} }}"#,
            float(per_share),
            float(minimum)
        ),
    };
    text.line("fees", fees);
    text.line("slippage_bps", float(costs.slippage_bps));
    text.line("half_spread_bps", float(costs.half_spread_bps));
}

fn write_benchmark(text: &mut Text, benchmark: &Benchmark) {
    text.header("benchmark");
    let weights = by_symbol(&benchmark.weights, |weight| float(*weight));
    text.line("assets", weights);
    write_schedule(text, benchmark.schedule);
    text.line("cash_buffer", float(benchmark.cash_buffer));
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn header(&mut self, table: &str) {
        self.write(format_args!("\n[{table}]\n"));
    }

    fn line(&mut self, key: &str, value: impl std::fmt::Display) {
        self.write(format_args!("{key} = {value}\n"));
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.0
            .write_fmt(arguments)
            .expect("a `String` takes all text");
    }
}

/// The name of an option; the options have all values, so there is one.
fn name_of<T: PartialEq>(options: &[(&'static str, T)], value: T) -> &'static str {
    let option = options.iter().find(|(_, option)| *option == value);
    option.map_or("", |(name, _)| name)
}

/// The shortest decimal that reads back as the same double; always with a point or an exponent.
fn float(number: f64) -> String {
    format!("{number:?}")
}

/// A value on one line, as TOML.
pub(crate) fn compact(value: &Value) -> String {
    match value {
        Value::Text(text) => string(text),
        Value::Integer(integer) => integer.to_string(),
        Value::Float(number) => float(*number),
        Value::Flag(flag) => flag.to_string(),
        Value::Datetime(datetime) => datetime.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| compact(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(entries) => {
            let entry = |entry: &Entry| {
                format!("{} = {}", toml_key(&entry.key), compact(&entry.item.value))
            };
            let entries: Vec<String> = entries.iter().map(entry).collect();
            match entries.is_empty() {
                true => "{}".to_owned(),
                false => format!("{{ {} }}", entries.join(", ")),
            }
        }
    }
}

/// A key, in quotes where TOML wants them.
pub fn toml_key(name: &str) -> String {
    let mut bytes = name.bytes();
    let is_bare =
        !name.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match is_bare {
        true => name.to_owned(),
        false => string(name),
    }
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            control if control.is_control() => {
                write!(quoted, "\\u{:04X}", u32::from(control)).expect("a `String` takes all text");
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// An inline table, in the order given.
fn by_symbol<T>(named: &[(String, T)], value: impl Fn(&T) -> String) -> String {
    let entry = |(symbol, of): &(String, T)| format!("{} = {}", toml_key(symbol), value(of));
    let entries: Vec<String> = named.iter().map(entry).collect();
    match entries.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", entries.join(", ")),
    }
}
