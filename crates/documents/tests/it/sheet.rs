//! The tear sheet: the same from a report and from its file; every number has a name.

use std::collections::BTreeSet;

use backtest::Backtest;
use backtest::date::Date;
use backtest::market::PriceSeries;
use backtest::sizing;
use backtest::strategy::{Alpha, Benchmark, Costs, Schedule, Sizing, Strategy, Universe};
use documents::Content;
use documents::tearsheet::{Tearsheet, shown_metrics};
use documents::{Report, Run};
use expect_test::expect;
use serde_json::{Value, json};
use statistics::catalogue::metric_at;

fn day(month: u32, day: u32) -> Date {
    Date::new(2024, month, day).unwrap()
}

fn prices(symbol: &str, closes: &[f64]) -> PriceSeries {
    let days = (0..)
        .map(|n| day(1, 1).plus_days(n))
        .filter(|day| day.is_weekday());
    PriceSeries {
        symbol: symbol.to_owned(),
        dates: days.take(closes.len()).collect(),
        open: closes.to_vec(),
        close: closes.to_vec(),
        ..PriceSeries::default()
    }
}

/// Forty sessions of one asset, held with a tenth in cash, against another.
fn with_report<T>(look: impl FnOnce(&Report<'_>) -> T) -> T {
    let strategy = Strategy {
        initial_cash: 10_000.0,
        universe: Universe {
            assets: vec!["AAA".to_owned()],
            ..Universe::default()
        },
        alpha: Alpha::EqualWeight,
        sizing: Sizing::LongOnly(sizing::LongOnly { cash_buffer: 0.1 }),
        schedule: Schedule::EndOfMonth,
        costs: Costs {
            slippage_bps: 10.0,
            ..Costs::NONE
        },
        benchmark: Some(Benchmark {
            weights: vec![("BBB".to_owned(), 1.0)],
            schedule: Schedule::BuyAndHold,
            cash_buffer: 0.0,
        }),
        ..Strategy::new("<A & B>", day(1, 1).open(), day(2, 23).close())
    };
    // Up by a tenth, down by a fifth, and up again.
    let closes: Vec<f64> = (0..40)
        .map(|n| match n {
            0..25 => 100.0 + 0.4 * f64::from(n),
            25..30 => 110.0 - 4.4 * f64::from(n - 25),
            _ => 90.0 + f64::from(n - 30),
        })
        .collect();
    let all = [prices("AAA", &closes), prices("BBB", &[50.0; 40])];
    let market = strategy.market(&all).unwrap();
    let backtest: Backtest<'_> = strategy.bind(&market).unwrap();
    let outcome = backtest.run().unwrap();
    let against = strategy.benchmark_strategy().unwrap();
    let benchmark = against.bind(&market).unwrap().run().unwrap();
    look(&Report::new(Run {
        program: "gridfolio test",
        strategy: &strategy,
        backtest: &backtest,
        outcome: &outcome,
        benchmark: Some(&benchmark),
        notices: &[],
    }))
}

fn sheet() -> Tearsheet {
    with_report(|report| Tearsheet::of(report, &report.detail()))
}

#[test]
fn a_report_and_its_file_give_the_same_page() {
    let (of_report, of_file) = with_report(|report| {
        let detail = report.detail();
        let json = report.statistics_json(&detail);
        let of_file = Tearsheet::from_json(&json).unwrap();
        (Tearsheet::of(report, &detail).to_html(), of_file.to_html())
    });
    assert!(of_report == of_file);
}

#[test]
fn every_number_of_the_statistics_has_a_name_and_a_definition() {
    let sheet = sheet();
    let mut paths = Vec::new();
    for (group, all) in sheet.statistics["strategy"].as_object().unwrap() {
        paths.extend(
            all.as_object()
                .unwrap()
                .keys()
                .map(|key| format!("{group}.{key}")),
        );
    }
    let relative = sheet.statistics["relative"].as_object().unwrap();
    paths.extend(relative.keys().map(|key| format!("relative.{key}")));
    for path in &paths {
        let known = metric_at(path);
        assert!(
            known.is_some_and(|known| known.doc.ends_with('.')),
            "{path}"
        );
    }
    // And none is shown that is not there.
    let shown = shown_metrics().filter_map(|metric| metric.path());
    for path in shown.filter(|path| !path.starts_with("run.")) {
        assert!(paths.contains(&path), "{path}");
    }
}

#[test]
fn the_header_says_what_was_run() {
    let html = String::from_utf8(sheet().to_html()).unwrap();
    let header = html
        .split("<header>")
        .nth(1)
        .unwrap()
        .split("</header>")
        .next()
        .unwrap();
    let header = header.replace("><", ">\n<");
    expect![[r#"
        <div class="title">
        <h1>&lt;A &amp; B&gt;</h1>
        <button class="js" type="button" id="theme" aria-label="switch between light and dark">◐</button>
        </div>
        <p class="lead">2024-01-01 to 2024-02-23, 40 sessions, 1 asset in the universe, held against BBB: 10.0k became 9,155.</p>
        <dl class="tiles">
        <div>
        <dt>Total return</dt>
        <dd class="value">−8.5 %</dd>
        <dd class="remark">
        <span class="nb">BBB 0.0 %</span> </dd>
        </div>
        <div>
        <dt>CAGR</dt>
        <dd class="value">–</dd>
        <dd class="remark">
        <span class="nb">BBB –</span> </dd>
        </div>
        <div>
        <dt>Volatility</dt>
        <dd class="value">21.18 %</dd>
        <dd class="remark">
        <span class="nb">BBB 0.00 %</span> </dd>
        </div>
        <div>
        <dt>Sharpe ratio</dt>
        <dd class="value">−2.52</dd>
        <dd class="remark">
        <span class="nb">95 % interval</span> <span class="nb">−6.74 to 1.70</span> </dd>
        </div>
        <div>
        <dt>Max drawdown</dt>
        <dd class="value">16.3 %</dd>
        <dd class="remark">
        <span class="nb">since 2024-02-05,</span> <span class="nb">not recovered</span> </dd>
        </div>
        <div>
        <dt>Costs</dt>
        <dd class="value">9</dd>
        <dd class="remark">
        <span class="nb">turnover 293.7 %</span> <span class="nb">a year</span> </dd>
        </div>
        </dl>
        <dl class="provenance">
        <dt>costs</dt>
        <dd>slippage 10 bp</dd>
        <dt>choices</dt>
        <dd>standard conventions: fill next-open, shares whole, cash scale-down, entry state</dd>
        <dt>run digest</dt>
        <dd>9b2c677fcb84cc6f</dd>
        <dt>data digest</dt>
        <dd>bc8080f47c6e951f</dd>
        <dt>program</dt>
        <dd>gridfolio test</dd>
        </dl>"#]].assert_eq(&header);
}

#[test]
fn the_drawdowns_are_drawn_to_scale() {
    let sheet = sheet();
    let panels = sheet.panels();
    let panel = panels
        .iter()
        .find(|panel| panel.id == "underwater")
        .unwrap();
    let Content::Figure(figure) = &panel.content else {
        panic!("it is a picture");
    };
    let svg = figure.scene().to_svg_element("").replace("><", ">\n<");
    expect![[r#"
        <svg viewBox="0 0 920 190" role="img" aria-label="Depth below the highest value so far">
        <path class="kg" stroke-width="1" stroke-linejoin="round" d="M50 145.7l858 0"/>
        <text class="fm" x="44" y="149.7" font-size="12" text-anchor="end">15 %</text>
        <path class="kg" stroke-width="1" stroke-linejoin="round" d="M50 105.8l858 0"/>
        <text class="fm" x="44" y="109.8" font-size="12" text-anchor="end">10 %</text>
        <path class="kg" stroke-width="1" stroke-linejoin="round" d="M50 65.9l858 0"/>
        <text class="fm" x="44" y="69.9" font-size="12" text-anchor="end">5 %</text>
        <path class="kg" stroke-width="1" stroke-linejoin="round" d="M50 26l858 0"/>
        <text class="fm" x="44" y="30" font-size="12" text-anchor="end">0 %</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M50 164l0 4"/>
        <text class="fm" x="50" y="182" font-size="12" text-anchor="middle">1 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M147.1 164l0 4"/>
        <text class="fm" x="147.1" y="182" font-size="12" text-anchor="middle">7 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M244.3 164l0 4"/>
        <text class="fm" x="244.3" y="182" font-size="12" text-anchor="middle">13 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M341.4 164l0 4"/>
        <text class="fm" x="341.4" y="182" font-size="12" text-anchor="middle">19 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M438.5 164l0 4"/>
        <text class="fm" x="438.5" y="182" font-size="12" text-anchor="middle">25 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M535.7 164l0 4"/>
        <text class="fm" x="535.7" y="182" font-size="12" text-anchor="middle">31 Jan</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M632.8 164l0 4"/>
        <text class="fm" x="632.8" y="182" font-size="12" text-anchor="middle">6 Feb</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M729.9 164l0 4"/>
        <text class="fm" x="729.9" y="182" font-size="12" text-anchor="middle">12 Feb</text>
        <path class="km" stroke-width="1" stroke-linejoin="round" d="M827.1 164l0 4"/>
        <text class="fm" x="827.1" y="182" font-size="12" text-anchor="middle">18 Feb</text>
        <path class="kb" stroke-width="1.4" stroke-linejoin="round" stroke-dasharray="4 3" d="M50 26l16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0 48.6 0 16.2 0 16.1 0 16.2 0 16.2 0 48.6 0 16.2 0 16.2 0 16.1 0 16.2 0 48.6 0 16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0"/>
        <path class="fd od" fill-opacity="0.25" d="M50 26l16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0 48.5 0 16.2 0 16.2 0 16.2 0 16.2 0 48.6 0 16.2 0 16.1 0 16.2 0 16.2 0 48.6 0 16.2 0 16.2 0 16.1 .7 16.2-.7 48.6 0 16.2 28.6 16.2 28.7 16.2 28.6 16.2 28.7 48.5 15.6 16.2-6.5 16.2-6.5 16.2-6.5 16.2-6.5 48.5-6.6 16.2-6.5 16.2-6.5 16.2-6.5 16.2-6.5 0-71.6-858 0Z"/>
        <path class="kd" stroke-width="2" stroke-linejoin="round" d="M50 11l20 0"/>
        <text class="ft" x="76" y="15" font-size="12">&lt;A &amp; B&gt;</text>
        <path class="kb" stroke-width="1.6" stroke-linejoin="round" stroke-dasharray="4 3" d="M149.5 11l20 0"/>
        <text class="ft" x="175.5" y="15" font-size="12">BBB</text>
        </svg>"#]].assert_eq(&svg);
}

#[test]
fn a_file_of_something_else_is_refused() {
    for text in ["", "{}", "[1]", "{\"strategy_name\": \"a\"}"] {
        assert!(Tearsheet::from_json(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn all_that_is_drawn_is_inside_its_drawing() {
    let sheet = sheet();
    for panel in sheet.panels().iter().chain(&sheet.alternatives()) {
        let Content::Figure(figure) = &panel.content else {
            continue;
        };
        for width in [350.0, 540.0, 880.0] {
            let scene = figure.picture.draw(width);
            let height = scene.height;
            for shape in &scene.shapes {
                if let drawing::Shape::Rect { area, .. } = shape {
                    let (x, y, wide, high) = *area;
                    let inside = x >= -0.5
                        && y >= -0.5
                        && x + wide <= width + 0.5
                        && y + high <= height + 0.5;
                    assert!(inside, "{}: {area:?} of {width} x {height}", panel.id);
                }
            }
        }
    }
}

#[test]
fn the_terminal_shows_curves_and_months() {
    let text = sheet().to_terminal();
    let plain: String = text
        .split('\x1b')
        .enumerate()
        .map(|(at, part)| match at {
            0 => part.to_owned(),
            _ => part.split_once('m').unwrap().1.to_owned(),
        })
        .collect();
    expect![[r#"
        <A & B>
        2024-01-01 to 2024-02-23, 40 sessions, 1 asset in the universe, held against
        BBB: 10.0k became 9,155.

        Total return        −8.5 %  BBB 0.0 %
        CAGR                     –  BBB –
        Volatility         21.18 %  BBB 0.00 %
        Sharpe ratio         −2.52  95 % interval −6.74 to 1.70
        Max drawdown        16.3 %  since 2024-02-05, not recovered
        Costs                    9  turnover 293.7 % a year

        growth of 1, logarithmic
             1.01 ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣠⠤⠖⠒⡆
                                                               ⡇
                                                               ⠓⢲
                                                                ⢸
                                                                ⠘⠒⡆
                                                                  ⡇               ⡤⠴
                                                                  ⠓⢲           ⡤⠼⠉⠁
                                                                   ⢸       ⢠⠤⠼⠉⠁
                                                                   ⠘⠒⢲  ⢠⠤⠏⠉
             0.84                                                    ⠸⠤⠏⠉
                  2024-01-01                                              2024-02-23

        drawdown
            0.0 % ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡇
                                                               ⠉⢹
                                                                ⠈⠉⡇               ⣀⣠
                                                                  ⠓⢲       ⢀⣀⣠⠤⠖⠚⠉⠁
           16.3 %                                                  ⠘⠒⢲⣀⡤⠴⠒⠋⠉
                  2024-01-01                                              2024-02-23

        monthly returns, %
               Jan   Feb   Mar   Apr   May   Jun   Jul   Aug   Sep   Oct   Nov   Dec  Year
        2024   0.0  −8.5                                                              −8.5

    "#]]
    .assert_eq(&plain);
}

/// Every part of a `statistics.json` replaced by something else: a page or an error, and no panic.
#[test]
fn a_damaged_file_is_an_error_or_a_page() {
    let json = with_report(|report| report.statistics_json(&report.detail()));
    let whole: Value = serde_json::from_slice(&json).unwrap();
    let mut pointers = Vec::new();
    gather(&whole, String::new(), &mut pointers);
    assert!(pointers.len() > 300, "{}", pointers.len());
    let replacements = [
        Value::Null,
        json!(-1),
        json!(1e300),
        json!(9_007_199_254_740_993_i64),
        json!(""),
        json!([]),
        json!([[0, 1]]),
        json!({}),
    ];
    let (mut pages, mut refused) = (0, BTreeSet::new());
    for (at, pointer) in pointers.iter().enumerate() {
        // Each place gets two of them, in turn: a page takes its time.
        for replacement in [at, at + 3].map(|at| &replacements[at % replacements.len()]) {
            let mut damaged = whole.clone();
            *damaged.pointer_mut(pointer).unwrap() = replacement.clone();
            match Tearsheet::from_json(&serde_json::to_vec(&damaged).unwrap()) {
                Err(error) => _ = refused.insert(error.to_string()),
                Ok(sheet) => {
                    pages += 1;
                    sheet.to_terminal();
                    sheet.to_html();
                }
            }
        }
    }
    assert!(pages > 100 && refused.len() > 20, "{pages} {refused:#?}");
}

/// The places of a document: of long arrays the first and the last entry.
fn gather(value: &Value, at: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                gather(value, format!("{at}/{}", key.replace('/', "~1")), pointers);
            }
        }
        Value::Array(values) => {
            for index in BTreeSet::from([0, values.len().saturating_sub(1)]) {
                if let Some(value) = values.get(index) {
                    gather(value, format!("{at}/{index}"), pointers);
                }
            }
        }
        _ => {}
    }
    pointers.push(at);
}

#[test]
fn series_that_do_not_fit_together_are_named() {
    let json = with_report(|report| report.statistics_json(&report.detail()));
    let refused = |change: fn(&mut Value)| {
        let mut document: Value = serde_json::from_slice(&json).unwrap();
        change(&mut document);
        let json = serde_json::to_vec(&document).unwrap();
        Tearsheet::from_json(&json).unwrap_err().to_string()
    };
    expect!["it is not the statistics.json of a backtest: `detail.exposure.gross` has 39 values, and 40 were expected"].assert_eq(&refused(|document| {
        document["detail"]["exposure"]["gross"]
            .as_array_mut()
            .unwrap()
            .pop();
    }));
    expect!["it is not the statistics.json of a backtest: `strategy.equity_curve[1]` is of 1970-01-01, and the one before of 2024-01-01"].assert_eq(&refused(|document| {
        document["strategy"]["equity_curve"][1][0] = json!(0);
    }));
}
