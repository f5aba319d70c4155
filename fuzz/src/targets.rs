//! What is tried: each reader of what others have written, with valid inputs for it.

use std::fs;
use std::path::Path;

use diagnostics::Manifest;
use documents::tearsheet::Tearsheet;
use market_data::Opens;
use results::{Query, Results};
use strategy_file::{Document, Expression, Override};
use sweep::Sweep;
use verdict::{TrialLedger, Verdict};

use crate::seeds;

pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Whether its inputs are texts.
    pub(crate) is_text: bool,
    pub(crate) seeds: fn() -> Vec<Vec<u8>>,
    /// Reads an input. What is an error for the user is none here. The folder is the target's own.
    pub(crate) run: fn(&[u8], &Path),
}

const YAHOO: &str = "Date,Open,High,Low,Close,Adj Close,Volume\n\
    2020-01-02,100.0,102.0,99.0,101.0,98.5,1000\n\
    2020-01-03,101.5,103.0,100.0,100.5,98.0,1200\n";
const GERMAN: &str = "Datum;Erster;Hoch;Tief;Schlusskurs;Volumen\n\
    02.01.2020;100,5;102;99;1.101,25;1000\n13.01.2020;101,5;103;100;1.100,5;1200\n";
const LONG: &str = "date\tsymbol\topen\tclose\n2020-01-02\tAAA\t10\t11\n2020-01-02\tBBB\t20\t21\n";
const EVENTS: &str = "Date,Open,Close,Dividends,Stock Splits\n\
    2020-01-02 00:00:00-05:00,100,101,0.5,0\n2020-01-03 00:00:00-05:00,50,51,0,2\n";

const CLUSTER: &str = r#"[slurm]
partition = "batch"
account = "quant"
time = "01:00:00"
cpus_per_task = 4
max_tasks = 64
mem = "2G"
setup = ["module load gridfolio"]
sbatch_args = ["--nice=100"]
"#;

const SQUEUE: &str = "13_0|gridfolio-0a1b2c|RUNNING|node02|None\n\
    13_1|gridfolio-0a1b2c|PENDING||(Resources)\n13_2|gridfolio-0a1b2c|COMPLETED|node03|None\n";

const SINFO: &str =
    "debug|0/4/0/4|10:00|1:00:00\nmain*|8/8/4/20|n/a|2-12:30:00\nlong|0/40/0/40|n/a|infinite\n";

const LAUNCH: &str = r#"{"token": "0a1b2c", "unique": "host 1 2 3", "plan": "00", "tasks": ["0-3,7", "4-6"],
"job": "12", "from": "host", "when": 1.5}"#;

const SHOWN: &str =
    "S\u{200b}PY \u{202e}a\u{1b}[31mred\u{1b}[0m\u{1b}]0;x\u{7} =1+1,\"b\"\n\t\u{e0041}";

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "prices-csv",
        is_text: true,
        seeds: || seeds::texts(&[YAHOO, GERMAN, LONG, EVENTS]),
        run: |input, folder| prices(input, folder, "AAA.csv"),
    },
    Target {
        name: "prices-parquet",
        is_text: false,
        seeds: seeds::parquet,
        run: |input, folder| prices(input, folder, "AAA.parquet"),
    },
    Target {
        name: "prices-arrow",
        is_text: false,
        seeds: seeds::arrow,
        run: |input, folder| prices(input, folder, "AAA.feather"),
    },
    Target {
        name: "strategy",
        is_text: true,
        seeds: || seeds::texts(&[seeds::STRATEGY]),
        run: |input, _| {
            if let Ok(document) = Document::parse(&String::from_utf8_lossy(input)) {
                if let Err(problems) = document.read("fuzz") {
                    problems.render("fuzz.toml", &String::from_utf8_lossy(input), false);
                }
                let space = document.space();
                let _ = space.map(|space| space.map(|space| space.count().is_ok()));
                let _ = document.validation();
            }
        },
    },
    Target {
        name: "override",
        is_text: true,
        seeds: || {
            seeds::texts(&[
                "alpha.top_n=3",
                "universe.assets=[\"TECH\", \"BONDS\"]",
                "sweep.axes={ \"alpha.lookback\" = { from = 1, to = 9, step = 2 } }",
            ])
        },
        run: |input, _| {
            let _ = String::from_utf8_lossy(input).parse::<Override>();
        },
    },
    Target {
        name: "condition",
        is_text: true,
        seeds: || {
            seeds::texts(&[
                "alpha.fast < alpha.slow and not short",
                "sharpe > 0.5 or ruined_on >= 2020-03-01",
                "(max_drawdown + 1) / 2 < 0.7 && model == 'equal-weight'",
            ])
        },
        run: |input, _| {
            let names = ["alpha.fast", "alpha.slow", "short", "sharpe", "ruined_on"];
            let text = String::from_utf8_lossy(input);
            if let Ok(condition) = Expression::parse(&text, &names) {
                condition.holds(&|_| strategy_file::Operand::Number(1.0));
            }
        },
    },
    Target {
        name: "plan",
        is_text: true,
        seeds: || seeds::of_place("sweep/plan.json"),
        run: |input, folder| opened(input, folder, "plan.json"),
    },
    Target {
        name: "snapshot",
        is_text: false,
        seeds: || seeds::of_place("sweep/market.snap"),
        run: |input, folder| opened(input, folder, "market.snap"),
    },
    Target {
        name: "shard",
        is_text: false,
        seeds: || seeds::of_place("sweep/shards/000000"),
        run: |input, folder| opened(input, folder, "shards/000000"),
    },
    Target {
        name: "results",
        is_text: false,
        seeds: || seeds::of_place("sweep/results.parquet"),
        run: |input, folder| {
            sweep_with(input, folder, "results.parquet");
            if let Ok(results) = Results::open(folder) {
                let _ = results.select(&Query::default());
            }
        },
    },
    Target {
        name: "verdict",
        is_text: true,
        seeds: || seeds::of_place("sweep/verdict.json"),
        run: |input, folder| {
            sweep_with(input, folder, "verdict.json");
            if let Ok(Some(verdict)) = Verdict::open(folder) {
                verdict.to_text();
            }
        },
    },
    Target {
        name: "statistics",
        is_text: true,
        seeds: || seeds::of_place("run/statistics.json"),
        run: |input, _| {
            if let Ok(sheet) = Tearsheet::from_json(input) {
                sheet.to_terminal();
                sheet.to_html();
            }
        },
    },
    Target {
        name: "ledger",
        is_text: true,
        seeds: seeds::ledger_entries,
        run: |input, folder| {
            write(&folder.join("entry.json"), input);
            let ledger = TrialLedger::new(folder);
            if let Ok(sweep) = Sweep::open(&seeds::place().sweep()) {
                let _ = ledger.elsewhere(&sweep);
                let _ = ledger.holdout_looks(&sweep);
            }
        },
    },
    Target {
        name: "cluster-settings",
        is_text: true,
        seeds: || seeds::texts(&[CLUSTER]),
        run: |input, _| {
            let text = String::from_utf8_lossy(input);
            let _ = cluster::Settings::parse(Path::new("cluster.toml"), &text);
        },
    },
    Target {
        name: "squeue",
        is_text: true,
        seeds: || seeds::texts(&[SQUEUE]),
        run: |input, _| drop(cluster::tasks_in(&String::from_utf8_lossy(input))),
    },
    Target {
        name: "sinfo",
        is_text: true,
        seeds: || seeds::texts(&[SINFO]),
        run: |input, _| {
            for is_chosen in [true, false] {
                cluster::Cores::of(&String::from_utf8_lossy(input), is_chosen);
            }
        },
    },
    Target {
        name: "launch",
        is_text: true,
        seeds: || seeds::texts(&[LAUNCH]),
        run: |input, folder| {
            sweep_with(input, folder, "slurm/0a1b2c.json");
            if let Ok(shards) = sweep::Shards::open(folder) {
                cluster::Slurm::has_begun(&shards);
            }
        },
    },
    Target {
        name: "manifest",
        is_text: true,
        seeds: || seeds::of_place("run/gridfolio-manifest.json"),
        run: |input, folder| {
            write(&folder.join(diagnostics::MANIFEST), input);
            if let Ok(Some(manifest)) = Manifest::read(folder) {
                manifest.differences(folder);
            }
        },
    },
    Target {
        name: "shown",
        is_text: true,
        seeds: || seeds::texts(&[SHOWN]),
        run: |input, _| {
            let text = String::from_utf8_lossy(input);
            let is_seen = |text: &str, kept: &[char]| {
                !text.contains(|c| diagnostics::is_hidden(c) && !kept.contains(&c))
            };
            assert!(is_seen(&diagnostics::shown(&text), &[]));
            assert!(is_seen(&diagnostics::csv_cell(&text), &[]));
            assert!(is_seen(&diagnostics::shown_lines(&text), &['\n', '\t']));
            assert!(is_seen(
                &diagnostics::shown_styled(&text),
                &['\n', '\t', '\u{1b}']
            ));
            let json = serde_json::Value::from(&*text);
            let again = serde_json::from_str::<serde_json::Value>(&diagnostics::shown_json(
                &json.to_string(),
            ));
            assert_eq!(json, again.unwrap_or_default());
        },
    },
];

fn write(path: &Path, input: &[u8]) {
    fs::write(path, input).expect("the input can be written");
}

/// Reads a file of prices as a backtest and as `data check` do.
fn prices(input: &[u8], folder: &Path, name: &str) {
    write(&folder.join(name), input);
    let symbols = ["AAA".to_owned()];
    for (adjusted, opens) in [(true, Opens::Required), (false, Opens::Unused)] {
        let _ =
            gridfolio::Market::from_folder(folder, Some(&symbols), Some(&[]), adjusted, opens, &[]);
    }
    let _ = market_data::check(folder, None);
}

/// Puts a file into a copy of a sweep's folder.
fn sweep_with(input: &[u8], folder: &Path, name: &str) {
    if !folder.join("plan.json").exists() {
        seeds::copied_sweep(folder).expect("a copy of the sweep");
    }
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("a folder for the input");
    }
    write(&path, input);
}

/// Opens a sweep with that file and reads all that a command could.
fn opened(input: &[u8], folder: &Path, name: &str) {
    sweep_with(input, folder, name);
    let Ok(sweep) = Sweep::open(folder) else {
        return;
    };
    let _ = sweep.trial(2);
    let _ = sweep.shards().missing();
    let _ = sweep.rows(0);
}
