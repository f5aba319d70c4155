//! The engine against a second backtester, which is written from `docs/conventions.md` and
//! `docs/strategy-file.md` alone: plain loops over days and assets, nothing kept between two
//! decisions but the account. It shares only the types of the inputs with the engine.

mod cases;
mod comparison;
mod market;
mod money;
mod orders;
mod signals;
mod simulator;

#[test]
fn the_engine_agrees_with_the_reference_on_a_thousand_random_cases() {
    let mut tally = comparison::Tally::default();
    for seed in 0..1000 {
        let (mut series, mut strategy) = cases::case(seed);
        cases::members(seed, &mut strategy);
        let rates = cases::money(seed, &mut series, &mut strategy);
        if let Err(difference) = comparison::compare(&series, &rates, &strategy, &mut tally) {
            panic!("seed {seed}: {difference}\n{strategy:#?}");
        }
    }
    tally.assert_covers_everything();
}
