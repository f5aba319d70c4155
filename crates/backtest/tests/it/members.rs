//! Universes whose members come and go.

use backtest::alpha;
use backtest::conventions::{Conventions, SignalHistory};
use backtest::date::{Date, Spell};
use backtest::strategy::{Alpha, Delisted, Members, MissingMembers, Schedule, Strategy, Universe};
use expect_test::{Expect, expect};
use proptest::prelude::*;

use crate::invariants::case;
use crate::markets::{check, over, run, story, table};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// `A 2024-01-01..2024-02-01 2024-03-01..`, one symbol a line.
fn members(text: &str) -> Members {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let member = |line: &str| {
        let mut words = line.split_whitespace();
        let symbol = words.next().unwrap().to_owned();
        let spell = |word: &str| {
            let (from, to) = word.split_once("..").unwrap();
            let to = (!to.is_empty()).then(|| day(to).at_second(0));
            let from = day(from).at_second(0);
            Spell { from, to }
        };
        (symbol, words.map(spell).collect())
    };
    Members::new(lines.map(member).collect())
}

const FOUR: &str = "
                A   B
    2024-01-01  10  20
    2024-01-02  10  20
    2024-01-03  10  20
    2024-01-04  10  20
    2024-01-05  10  20
";

#[test]
fn a_member_that_left_may_come_back() {
    check(
        FOUR,
        |s| {
            s.universe.members = Some(members(
                "A 2023-06-01..
                 B 2023-06-01..2024-01-02 2024-01-04..",
            ));
        },
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 14:30:00+00:00 A +50 at 10
            2024-01-02 14:30:00+00:00 B +25 at 20
            2024-01-02 equity 1000
            2024-01-03 14:30:00+00:00 B -25 at 20
            2024-01-03 14:30:00+00:00 A +50 at 10
            2024-01-03 equity 1000
            2024-01-04 equity 1000
            2024-01-05 14:30:00+00:00 A -50 at 10
            2024-01-05 14:30:00+00:00 B +25 at 20
            2024-01-05 equity 1000
        "#]],
    );
}

#[test]
fn a_universe_that_names_no_assets_has_the_members_of_its_time() {
    let mut strategy = over(&table(FOUR));
    strategy.universe = Universe {
        members: Some(members(
            "OLD 1996-01-02..2024-01-01
             B 2024-01-01..
             A 1996-01-02..1997-01-02 2024-01-03..
             NEW 2024-01-06..",
        )),
        ..Universe::default()
    };
    assert_eq!(strategy.assets(), ["B", "A"]);
    assert_eq!(strategy.symbols(), ["B", "A"]);
    assert_eq!(strategy.check(), []);
}

#[test]
fn a_member_waits_for_its_first_price() {
    check(
        "
                    A   B
        2024-01-01  10  -
        2024-01-02  10  -
        2024-01-03  10  20
        2024-01-04  10  20
        ",
        |s| s.universe.members = Some(members("A 2023-06-01..\nB 2023-06-01..")),
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 14:30:00+00:00 A +100 at 10
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 14:30:00+00:00 A -50 at 10
            2024-01-04 14:30:00+00:00 B +25 at 20
            2024-01-04 equity 1000
        "#]],
    );
}

/// B has risen by half before it joins, and by nothing since.
const RISEN: &str = "
                A   B
    2024-01-01  10  10
    2024-01-02  11  15
    2024-01-03  12  15
    2024-01-04  12  15
    2024-01-05  12  15
";

fn momentum(s: &mut Strategy) {
    s.universe.members = Some(members("A 2023-06-01..\nB 2024-01-03.."));
    s.alpha = Alpha::TopNMomentum(alpha::TopNMomentum {
        lookback: 2,
        top_n: 1,
    });
    s.conventions.warm_up = backtest::conventions::WarmUp::Returns;
}

#[test]
fn signals_know_the_closes_from_before_a_member_joined() {
    // Over two returns up to the third close: A 12 / 10, B 15 / 10.
    check(
        RISEN,
        momentum,
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 14:30:00+00:00 B +66 at 15
            2024-01-04 equity 1000
            2024-01-05 14:30:00+00:00 B -66 at 15
            2024-01-05 14:30:00+00:00 A +83 at 12
            2024-01-05 equity 1000
        "#]],
    );
}

#[test]
fn signals_may_begin_when_a_member_joins() {
    check(
        RISEN,
        |s| {
            momentum(s);
            s.conventions.signal_history = SignalHistory::Membership;
        },
        expect![[r#"
            2024-01-01 equity 1000
            2024-01-02 equity 1000
            2024-01-03 equity 1000
            2024-01-04 14:30:00+00:00 A +83 at 12
            2024-01-04 equity 1000
            2024-01-05 equity 1000
        "#]],
    );
    assert_eq!(
        Conventions::QSTRADER.signal_history,
        SignalHistory::Membership
    );
}

/// The prices of `B` end on the third of twelve sessions.
fn ended() -> String {
    let mut text = "A B\n".to_owned();
    for n in 1..=16 {
        let date = Date::new(2024, 1, n).unwrap();
        if date.is_weekday() {
            let b = if n <= 3 { "20" } else { "-" };
            text += &format!("{date} 10 {b}\n");
        }
    }
    text
}

#[test]
fn prices_that_end_during_a_membership_are_an_error_unless_it_is_said_what_becomes_of_a_holding() {
    let shown = |list: &str, delisted: Delisted| {
        let series = table(&ended());
        let mut strategy = over(&series);
        strategy.schedule = Schedule::Daily;
        strategy.universe.members = Some(members(list));
        strategy.universe.delisted = delisted;
        story(&strategy, &series)
    };
    let still = "A 2023-06-01..\nB 2023-06-01..";
    expect![[r#"
        error: `B` has no bar after 2024-01-03, and the backtest goes on to 2024-01-16
    "#]]
    .assert_eq(&shown(still, Delisted::Error));
    let half = shown(still, Delisted::Return(-0.5));
    assert!(
        half.contains("2024-01-04 14:30:00+00:00 B -25 at 10\n"),
        "{half}"
    );
    // It has left by then, or within a week, as a company that was bought.
    let left = shown("A 2023-06-01..\nB 2023-06-01..2024-01-05", Delisted::Error);
    assert!(
        left.contains("2024-01-04 14:30:00+00:00 B -25 at 20\n"),
        "{left}"
    );
    // It comes back, and its prices do not.
    let back = "A 2023-06-01..\nB 2023-06-01..2024-01-05 2024-01-12..";
    assert!(shown(back, Delisted::Error).starts_with("error: `B` has no bar after 2024-01-03"));
}

#[test]
fn a_member_without_prices_is_an_error_or_left_out() {
    let series = table(FOUR);
    let mut strategy = over(&series);
    strategy.schedule = Schedule::Daily;
    strategy.universe = Universe {
        members: Some(members("A 2023-06-01..\nGONE 2023-06-01..\nB 2023-06-01..")),
        ..Universe::default()
    };
    let message = run(&strategy, &series).unwrap_err();
    assert_eq!(message, "`GONE` is not in the market data");
    strategy.universe.missing_members = MissingMembers::LeaveOut;
    let (market, outcome) = run(&strategy, &series).unwrap();
    assert_eq!(market.symbols(), ["A", "B"]);
    assert_eq!(outcome.fills.len(), 2);
}

#[track_caller]
fn mistakes(change: impl FnOnce(&mut Strategy), expect: Expect) {
    let mut strategy = over(&table(FOUR));
    strategy.universe.members = Some(members("A 2023-06-01..\nB 2023-06-01.."));
    change(&mut strategy);
    let lines = strategy.check().into_iter();
    let lines = lines.map(|mistake| {
        let help = mistake.help.join("; ");
        format!("{}: {mistake} ({help})\n", mistake.path)
    });
    expect.assert_eq(&lines.collect::<String>());
}

#[test]
fn lists_that_contradict_themselves_or_the_backtest_are_mistakes() {
    mistakes(
        |s| s.universe.members = Some(members("A 2024-01-05..2024-01-01\nB 1990-01-01..")),
        expect![[r#"
            universe.members.A: `A` leaves before it enters, on 2024-01-05 ()
        "#]],
    );
    mistakes(
        |s| {
            s.universe.members = Some(members(
                "A 1990-01-01..2024-01-03 2024-01-02..\nB 1990-01-01..",
            ));
        },
        expect![[r#"
            universe.members.A: the spells of `A` from 1990-01-01 and from 2024-01-02 overlap, or are not in order ()
        "#]],
    );
    mistakes(
        |s| s.universe.assets.push("C".to_owned()),
        expect![[r#"
            universe.assets[2]: `C` is not one of `universe.members` (remove it, or add its spell to the members)
        "#]],
    );
    mistakes(
        |s| s.universe.leaves = vec![("A".to_owned(), day("2024-01-03").open())],
        expect![[r#"
            universe.leaves: `universe.leaves` does not go with `universe.members` (say it in the list of members, and remove it here)
        "#]],
    );
    mistakes(
        |s| s.universe.members = Some(members("A 2024-01-03..\nB 2024-01-04..")),
        expect![[r#"
            universe.members: the first member joins on 2024-01-03, after the backtest starts (set `backtest.start` to 2024-01-03 or later, or get an earlier list)
        "#]],
    );
    mistakes(
        |s| s.universe.members = Some(members("A 2025-01-03..\nB 2025-01-04..")),
        expect![[r#"
            universe.members: there is no member from 2024-01-01 to 2024-01-05 (the first spell begins on 2025-01-03)
        "#]],
    );
    mistakes(
        |s| {
            s.universe.assets.clear();
            s.alpha = Alpha::FixedWeights(alpha::FixedWeights {
                weights: vec![("C".to_owned(), 1.0)],
            });
        },
        expect![[r#"
            alpha.weights.C: `C` is not one of `universe.members` during the backtest (add its spell to the members, or remove `C` here)
        "#]],
    );
}

#[test]
fn the_days_of_membership_without_prices_are_the_share_that_survivorship_hides() {
    let list = members(
        "A 2024-01-01..
         GONE 2024-01-01..2024-01-11
         LATE 2023-01-01..
         OLD 1990-01-01..1991-01-01",
    );
    let coverage = list.coverage(
        day("2024-01-01"),
        day("2024-01-20"),
        |symbol| match symbol {
            "A" => Some((day("2020-01-01"), day("2024-12-31"))),
            "LATE" => Some((day("2024-01-16"), day("2024-12-31"))),
            _ => None,
        },
    );
    // Of A and LATE 20 days, of GONE 10; LATE has prices for 5 of its.
    assert_eq!((coverage.n_members, coverage.days), (3, 50));
    assert_eq!(coverage.without_prices, ["GONE"]);
    assert_eq!(coverage.days_without, 10 + 15);
    assert!((coverage.share_without() - 0.5).abs() < 1e-15);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_list_of_one_spell_each_is_what_enters_and_leaves_say(
        (series, strategy) in case(),
        dates in prop::collection::vec((0..160i32, 1..200i32), 5),
    ) {
        let first = strategy.start.date();
        let (mut dated, mut listed) = (strategy.clone(), strategy);
        let mut list = Vec::new();
        for (index, (symbol, (enters, stays))) in dated.universe.assets.iter().zip(dates).enumerate() {
            // The first is there from the start.
            let from = if index == 0 { first.plus_days(-1) } else { first.plus_days(enters) };
            let leaves = from.plus_days(stays).at_second(0);
            let (from, to) = (from.at_second(0), (index > 1).then_some(leaves));
            dated.universe.enters.push((symbol.clone(), from));
            dated.universe.leaves.extend(to.map(|to| (symbol.clone(), to)));
            list.push((symbol.clone(), vec![Spell { from, to }]));
        }
        listed.universe.members = Some(Members::new(list));
        let shown = story(&dated, &series);
        prop_assert_eq!(&shown, &story(&listed, &series));
        // The same when the list is all that names the assets.
        listed.universe.assets.clear();
        prop_assert_eq!(&shown, &story(&listed, &series));
    }
}
