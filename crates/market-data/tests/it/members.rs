//! Lists of the members of an index.

use diagnostics::Diagnostic;
use expect_test::{Expect, expect};
use market_data::{check as check_folder, read_members, series_in, symbols_in};

use crate::{folder, without_folder};

/// What a list says, a line for each symbol.
#[track_caller]
fn read(content: &str, expect: Expect) {
    let dir = folder(&[("sp500.csv", content.as_bytes())]);
    let text = match read_members(&dir.path().join("sp500.csv")) {
        Err(error) => {
            let hint = error.hint().unwrap();
            without_folder(&format!("{error}\n hint: {hint}\n"), dir.path())
        }
        Ok(members) => strategy_text(&members),
    };
    expect.assert_eq(&text);
}

fn strategy_text(members: &[(String, Vec<backtest::date::Spell>)]) -> String {
    let mut text = String::new();
    for (symbol, spells) in members {
        text += symbol;
        for spell in spells {
            let to = spell.to.map(|to| to.date().to_string());
            text += &format!(" {}..{}", spell.from.date(), to.unwrap_or_default());
        }
        text.push('\n');
    }
    text
}

#[test]
fn a_line_for_each_spell() {
    let expected = || {
        expect![[r#"
            AAPL 1982-11-30..
            AAL 1996-01-02..1997-01-15 2015-03-23..2024-09-23
        "#]]
    };
    read(
        "symbol,from,to\nAAPL,1982-11-30,\nAAL,2015-03-23,2024-09-23\nAAL,1996-01-02,1997-01-15\n",
        expected(),
    );
    // Other names, other columns, other marks of what is missing.
    read(
        "\u{feff}Ticker,Name,Start Date,End Date\r\nAAPL,\"Apple, Inc.\",1982-11-30,NaN\r\n\r\nAAL,American,1996-01-02,1997-01-15\r\nAAL,American,2015-03-23,2024-09-23\r\n",
        expected(),
    );
    // Without a gap it is one spell.
    read(
        "symbol,from,to\nA,2020-01-02,2020-02-03\nA,2020-02-03,\n",
        expect![[r#"
            A 2020-01-02..
        "#]],
    );
}

#[test]
fn a_snapshot_for_each_change() {
    let expected = || {
        expect![[r#"
            AAL 1996-01-02..1997-01-15 2015-03-23..
            AAPL 1996-01-02..2015-03-23
            ABT 1997-01-15..
        "#]]
    };
    read(
        "date,tickers\n1996-01-02,\"AAL,AAPL\"\n1996-01-03,\"AAPL,AAL\"\n1997-01-15,\"AAPL,ABT\"\n2015-03-23,\"AAL,ABT\"\n",
        expected(),
    );
    // Not in quotes, separated otherwise, and in another order.
    read(
        "date,symbols\n1997-01-15,AAPL,ABT\n1996-01-02,AAL,AAPL\n2015-03-23,AAL,ABT\n",
        expected(),
    );
    read(
        "Date,Members\n1996-01-02,AAL AAPL\n1997-01-15,AAPL ABT\n2015-03-23,AAL ABT\n",
        expected(),
    );
    // As pandas writes it with an index and lists.
    read(
        ",date,tickers\n0,1996-01-02,\"['AAL', 'AAPL']\"\n1,1997-01-15,\"['AAPL', 'ABT']\"\n2,2015-03-23,\"['AAL', 'ABT']\"\n",
        expected(),
    );
    // Named twice, and two lines that say the same.
    read(
        "date,tickers\n1996-01-02,\"AAL,AAPL,AAL\"\n1996-01-02,\"AAPL,AAL\"\n1997-01-15,\"AAPL,ABT\"\n2015-03-23,\"AAL,ABT\"\n",
        expected(),
    );
    // A line for each member.
    read(
        "date,symbol\n1996-01-02,AAL\n1996-01-02,AAPL\n1997-01-15,AAPL\n1997-01-15,ABT\n2015-03-23,AAL\n2015-03-23,ABT\n",
        expected(),
    );
    // A column for each symbol.
    read(
        "date,AAL,AAPL,ABT\n1996-01-02,1,1,0\n1997-01-15,0,1,1\n2015-03-23,1,,1\n",
        expected(),
    );
}

#[test]
fn faults_have_a_line_and_a_way_out() {
    let bad = |content: &str, expect: Expect| read(content, expect);
    bad(
        "",
        expect![[r#"
        `DIR/sp500.csv`: the list has no rows
         hint: write a line for each spell, as in `AAL,1996-01-02,1997-01-15` under `symbol,from,to`, or one for each change, as in `1996-01-02,"AAL,AAPL"` under `date,symbols`
    "#]],
    );
    bad(
        "symbol,from,to\n",
        expect![[r#"
        `DIR/sp500.csv`: the list has no rows
         hint: write a line for each spell, as in `AAL,1996-01-02,1997-01-15` under `symbol,from,to`, or one for each change, as in `1996-01-02,"AAL,AAPL"` under `date,symbols`
    "#]],
    );
    bad(
        "name,weight\nA,1\n",
        expect![[r#"
        `DIR/sp500.csv`, line 1: a list of members has the columns `symbol`, `from` and `to`, or `date` and `symbols`; there are `name`, `weight`
         hint: write a line for each spell, as in `AAL,1996-01-02,1997-01-15` under `symbol,from,to`, or one for each change, as in `1996-01-02,"AAL,AAPL"` under `date,symbols`
    "#]],
    );
    bad(
        "symbol,from,to\nA,soon,\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `soon` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020
    "#]],
    );
    bad(
        "symbol,from,to\nA,2020-01-02,later\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `later` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020
    "#]],
    );
    bad(
        "symbol,from,to\nA,,2020-01-02\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `from` is blank
         hint: fill in the first day, an early one such as 1900-01-01 for an asset that always was a member
    "#]],
    );
    bad(
        "symbol,from,to\n,2020-01-02,\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: the symbol is blank
         hint: fill in the symbol, or delete the line
    "#]],
    );
    bad(
        "symbol,from,to\nA/B,2020-01-02,\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `A/B` is not a symbol: contains a path separator
         hint: write the symbol as its file of prices is named
    "#]],
    );
    bad(
        "symbol,from,to\nA,2020-01-02,2019-01-02\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `A` leaves on 2019-01-02, not after it joined on 2020-01-02
         hint: `to` is the first day on which it is no member, and empty for one that still is
    "#]],
    );
    bad(
        "symbol,from,to\nA,2020-01-02,\nB,2020-01-02,\nA,2021-01-02,\n",
        expect![[r#"
            `DIR/sp500.csv`, line 4: the spell of `A` from 2021-01-02 overlaps with that of line 2
             hint: keep one of the two lines, or correct their dates
        "#]],
    );
    bad(
        "symbol,from,to\nA,2020-01-02,\nA,2020-01-02,\n",
        expect![[r#"
            `DIR/sp500.csv`, line 3: the spell of `A` from 2020-01-02 overlaps with that of line 2
             hint: keep one of the two lines, or correct their dates
        "#]],
    );
    bad(
        "date,tickers\n2020-01-02,\"A,B\"\n2020-01-02,\"A,C\"\n",
        expect![[r#"
            `DIR/sp500.csv`, line 3: line 2 has other members for 2020-01-02
             hint: keep one of the two lines, or write one symbol a line under `date,symbol`
        "#]],
    );
    bad(
        "date,tickers\n2020-01-02,\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: the symbol is blank
         hint: fill in the symbol, or delete the line
    "#]],
    );
    bad(
        "date,A,B\n2020-01-02,1,maybe\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `maybe` says neither that `B` is a member nor that it is not
         hint: write 1 for a member, and 0 for an asset that is none
    "#]],
    );
    bad(
        "date,tickers\nyesterday,\"A,B\"\n",
        expect![[r#"
        `DIR/sp500.csv`, line 2: `yesterday` is not a date
         hint: write dates as 2020-01-31, 20200131 or 01/31/2020
    "#]],
    );
}

#[test]
fn a_list_in_a_folder_of_prices_is_none_of_them() {
    let prices = "Date,Open,Close\n2020-01-02,10,11\n2020-01-03,11,12\n";
    for list in [
        "date,tickers\n2020-01-02,\"SPY,AGG\"\n",
        "symbol,from,to\nSPY,2020-01-02,\n",
    ] {
        let dir = folder(&[
            ("SPY.csv", prices.as_bytes()),
            ("sp500.csv", list.as_bytes()),
        ]);
        assert_eq!(symbols_in(dir.path()).unwrap(), ["SPY"]);
        assert_eq!(series_in(dir.path()).unwrap(), [""; 0]);
        assert!(check_folder(dir.path(), None).unwrap().usable);
    }
}

#[test]
fn a_list_that_is_not_there_says_where_it_was_looked_for() {
    let dir = folder(&[]);
    let error = read_members(&dir.path().join("sp500.csv")).unwrap_err();
    let text = without_folder(&error.to_string(), dir.path());
    assert_eq!(text, "`DIR/sp500.csv`: cannot be read");
}
