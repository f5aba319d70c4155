//! Alpha models that are Python classes: named in the file, made by whoever runs it.

use backtest::alpha;
use backtest::strategy::{Alpha, Parameter};
use strategy_file::{Document, Override, parse, to_toml};

use crate::MINIMAL;

fn read(alpha: &str) -> Result<strategy_file::StrategyFile, String> {
    let settings = alpha.lines().map(|line| Override::parse(line).unwrap());
    let settings: Vec<Override> = settings.collect();
    parse(MINIMAL, &settings, "a").map_err(|problems| problems.to_string())
}

const MODEL: &str = r#"alpha={ model = "python", class = "my.models:Momentum" }"#;

#[test]
fn a_class_and_its_parameters_keep_their_types_and_order() {
    let file = read(&format!(
        "{MODEL}\nalpha.parameters={{ lookback = 126, floor = 0.5, short = true, on = \"close\" }}"
    ));
    let file = file.unwrap();
    let parameters = [
        ("lookback", Parameter::Integer(126)),
        ("floor", Parameter::Number(0.5)),
        ("short", Parameter::Flag(true)),
        ("on", Parameter::Text("close".to_owned())),
    ];
    let expected = Alpha::External(alpha::External {
        class: "my.models:Momentum".to_owned(),
        parameters: parameters.map(|(name, p)| (name.to_owned(), p)).to_vec(),
    });
    assert_eq!(file.strategy.alpha, expected);
    assert_eq!(parse(&to_toml(&file), &[], "").unwrap(), file);
}

#[test]
fn a_parameter_is_an_axis() {
    let axes = "\n[sweep.axes]\n\"alpha.parameters.lookback\" = [21, 63]\n";
    let document = Document::parse(&format!("{MINIMAL}{axes}")).unwrap();
    let document = document.with(&[Override::parse(MODEL).unwrap()]);
    let space = document.space().unwrap().unwrap();
    let second = document.with(&space.settings(&[1])).read("a").unwrap();
    let Alpha::External(alpha::External { parameters, .. }) = second.strategy.alpha else {
        panic!("{:?}", second.strategy.alpha);
    };
    assert_eq!(
        parameters,
        [("lookback".to_owned(), Parameter::Integer(63))]
    );
}

#[test]
fn what_names_no_class_or_is_no_parameter_is_refused() {
    let refused = |alpha: &str| read(alpha).unwrap_err();
    assert_eq!(
        refused(r#"alpha={ model = "python", class = "Momentum" }"#),
        "`Momentum` names no Python class"
    );
    assert_eq!(
        refused(&format!("{MODEL}\nalpha.parameters={{ days = [1] }}")),
        "`alpha.parameters.days` must be a number, a boolean or a string"
    );
    assert_eq!(
        refused(r#"alpha={ model = "python" }"#),
        "`alpha.class` is missing"
    );
}
