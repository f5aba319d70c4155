//! The examples run, and this is what they print.

use std::path::Path;

use expect_test::{Expect, expect};

use crate::gridfolio;

#[track_caller]
fn check(example: &str, expect: Expect) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = gridfolio(&root, &["run", &format!("examples/{example}.toml")]).succeeded();
    assert_eq!(done.stderr, "");
    expect.assert_eq(&done.stdout);
}

#[test]
fn sixty_forty() {
    check(
        "sixty_forty",
        expect![[r#"
            Sixty-forty: 2014-01-02 to 2023-12-29, 2,517 sessions, standard conventions

                                   strategy         EQUITY
            total return             27.9 %         16.5 %
            CAGR                     2.49 %         1.54 %
            volatility               7.87 %        14.21 %
            Sharpe                     0.35           0.18
              95 % interval   -0.27 to 0.97  -0.44 to 0.80
            Sortino                    0.50           0.25
            max drawdown             21.0 %         39.0 %
              peak               2014-03-18     2014-01-08
              valley             2014-11-20     2017-08-22
              recovery           2019-04-15     2021-09-28
              length             1,854 days     2,820 days
            MAR                        0.12           0.04
            turnover a year          14.8 %          5.7 %
            costs                     2,416              0
            trades                      236              1
            time in market           99.2 %        100.0 %

            against the benchmark: beta 0.54, alpha 1.39 % a year, correlation 0.98, tracking error 6.69 %,
              information ratio 0.03, up capture 55 %, down capture 53 %

            on other days of its schedule: CAGR 2.46 % to 2.55 %, Sharpe ratio 0.35 to 0.36, final equity
            1,274,403 to 1,285,677; by CAGR, this one is 11th of 21
            begun up to a year later: CAGR 2.42 % to 4.70 %, Sharpe ratio 0.34 to 0.65, final equity 1,264,036
            to 1,523,044; by CAGR, this one is 11th of 12

            1.00M ▄▄▃▃▁▁▁▂▂▃▃▃▂▂▂▁▁▁▁▁▁▁▂▁▂▂▃▃▃▃▃▅▆▆▆▆▆▆▅▅▆▅▆▆▆▇▇▇▆▇▇▆▇▇▇▇▇███ 1.28M
            fill next-open, shares whole, cash scale-down, entry state

            warning: the orders decided on 2023-12-29 were not filled, as no session follows: BONDS, EQUITY
        "#]],
    );
}

#[test]
fn index_members() {
    check(
        "index_members",
        expect![[r#"
            Index members: 2014-07-31 to 2023-12-29, 2,372 sessions, standard conventions

            total return             99.8 %
            CAGR                     7.63 %
            volatility              14.33 %
            Sharpe                     0.58
              95 % interval   -0.05 to 1.22
            Sortino                    0.85
            max drawdown             25.7 %
              peak               2016-05-27
              valley             2017-08-22
              recovery           2018-09-21
              length               847 days
            MAR                        0.30
            turnover a year         241.3 %
            costs                     48.0k
            trades                      402
            time in market          100.0 %

            on other days of its schedule: CAGR 7.06 % to 8.98 %, Sharpe ratio 0.55 to 0.66, final equity
            1,900,077 to 2,246,562; by CAGR, this one is 20th of 21
            begun up to a year later: CAGR 6.36 % to 9.12 %, Sharpe ratio 0.52 to 0.70, final equity 1,688,935
            to 2,209,441; by CAGR, this one is 6th of 12

            1.00M ▂▁▂▂▂▃▂▃▃▃▃▃▂▁▁▂▁▂▁▁▂▁▂▂▃▃▃▃▃▄▅▅▆▅▆▆▅▆▅▆▅▅▅▆▆▆▇▇▇▆▆▆▆▆▆▇▇███ 2.00M
            fill next-open, shares whole, cash scale-down, entry state

            warning: the orders decided on 2023-12-29 were not filled, as no session follows: HEALTH, POWER, RETAIL, TECH
        "#]],
    );
}

#[test]
fn sector_momentum() {
    check(
        "sector_momentum",
        expect![[r#"
            Sector momentum: 2014-07-31 to 2023-12-29, 2,372 sessions, standard conventions

                                  strategy         EQUITY
            total return           258.6 %         35.9 %
            CAGR                   14.53 %         3.31 %
            volatility             14.88 %        13.91 %
            Sharpe                    0.99           0.30
              95 % interval   0.35 to 1.62  -0.34 to 0.94
            Sortino                   1.49           0.43
            max drawdown            20.9 %         32.5 %
              peak              2015-08-11     2014-08-19
              valley            2016-10-24     2017-08-22
              recovery          2018-03-23     2019-06-20
              length              955 days     1,766 days
            MAR                       0.70           0.10
            turnover a year        272.0 %          5.2 %
            costs                    77.6k              0
            trades                     410              1
            time in market         100.0 %        100.0 %

            against the benchmark: beta 0.88, alpha 10.95 % a year, correlation 0.83, tracking error 8.56 %,
              information ratio 1.22, up capture 95 %, down capture 82 %

            on other days of its schedule: CAGR 9.41 % to 15.01 %, Sharpe ratio 0.70 to 1.00, final equity
            2,330,507 to 3,728,703; by CAGR, this one is 4th of 21
            begun up to a year later: CAGR 13.33 % to 16.56 %, Sharpe ratio 0.94 to 1.12, final equity
            2,896,299 to 4,023,226; by CAGR, this one is 11th of 12

            1.00M ▁▁▁▂▂▂▂▂▂▂▂▂▂▂▁▂▂▂▂▂▂▂▂▃▄▄▄▄▄▄▅▅▅▅▅▅▅▅▅▅▅▅▆▆▆▇████▇▇▇▇▇█████ 3.59M
            fill next-open, shares whole, cash scale-down, entry state

            warning: the orders decided on 2023-12-29 were not filled, as no session follows: HEALTH, POWER, RETAIL, STAPLE, TECH
        "#]],
    );
}

#[test]
fn crossover() {
    check(
        "crossover",
        expect![[r#"
            Moving average crossover: 2014-10-17 to 2023-12-29, 2,317 sessions, standard conventions

                                   strategy         EQUITY
            total return             10.3 %         44.1 %
            CAGR                     1.07 %         4.05 %
            volatility               6.92 %        13.62 %
            Sharpe                     0.19           0.36
              95 % interval   -0.46 to 0.83  -0.29 to 1.01
            Sortino                    0.27           0.51
            max drawdown             17.1 %         30.7 %
              peak               2016-12-01     2015-08-11
              valley             2017-12-29     2017-08-22
              recovery           2019-06-28     2019-05-30
              length               939 days     1,388 days
            MAR                        0.06           0.13
            turnover a year         204.7 %          5.1 %
            costs                     11.8k              0
            trades                       74              1
            time in market          100.0 %        100.0 %

            against the benchmark: beta 0.02, alpha 1.22 % a year, correlation 0.03, tracking error 15.08 %,
              information ratio -0.24, up capture 3 %, down capture 2 %

            begun up to a year later: CAGR -0.24 % to 1.07 %, Sharpe ratio 0.00 to 0.19, final equity 978,469
            to 1,102,689; by CAGR, this one is the best of 12

            1.00M ▅▅▃▄▅▄▄▃▃▄▄▅▇▇▅▅▃▂▂▁▁▁▂▃▃▃▄▄▅▆███▇▇▇████▇▆▆▇▇▇█▆▇▆▇▆▅▅▄▅▄▅▆▆ 1.10M
            fill next-open, shares whole, cash scale-down, entry state

            warning: cash is borrowed at 715 of 2,317 closes, 199 on average and 1,488 at most, on 2022-11-16; no interest is charged, so the result is better than that of a real account; a table `[cash]` charges it, and a lower `gross_leverage` under `[portfolio]` borrows less
            warning: shares are sold short at 1,535 of 2,317 closes, 584,294 on average and 1,170,545 at most, on 2020-01-30; no fee is charged for borrowing them, so the result is better than that of a real account; `short_fee` under `[cash]` charges one, and `sizing = "long-only"` under `[portfolio]` sells none short
        "#]],
    );
}

#[test]
fn inverse_volatility() {
    check(
        "inverse_volatility",
        expect![[r#"
            Inverse volatility with a cap: 2014-04-30 to 2023-12-29, 2,436 sessions, standard conventions

                                  strategy  60 % EQUITY, 40 % BONDS
            total return            80.7 %                   31.4 %
            CAGR                    6.32 %                   2.87 %
            volatility             10.60 %                   8.02 %
            Sharpe                    0.63                     0.39
              95 % interval   0.00 to 1.26            -0.24 to 1.03
            Sortino                   0.92                     0.56
            max drawdown            23.2 %                   18.8 %
              peak              2015-08-11               2014-08-19
              valley            2016-12-01               2014-11-20
              recovery          2018-06-22               2015-08-07
              length            1,046 days                 353 days
            MAR                       0.27                     0.15
            turnover a year         27.3 %                   15.1 %
            costs                    5,029                        0
            trades                     266                      230
            time in market          98.2 %                  100.0 %

            against the benchmark: beta 1.20, alpha 2.91 % a year, correlation 0.91, tracking error 4.72 %,
              information ratio 0.75, up capture 126 %, down capture 120 %

            on other days of its schedule: CAGR 6.32 % to 6.54 %, Sharpe ratio 0.63 to 0.65, final equity
            1,807,449 to 1,845,370; by CAGR, this one is the worst of 3
            begun up to a year later: CAGR 6.32 % to 7.98 %, Sharpe ratio 0.63 to 0.81, final equity 1,807,449
            to 1,995,397; by CAGR, this one is the worst of 12

            1.00M ▂▃▂▂▁▂▂▃▂▃▂▂▂▂▁▁▂▁▂▁▁▂▂▂▃▃▃▃▃▃▄▅▅▅▅▅▅▅▄▅▅▅▅▅▆▆▇▇▇▇▇▇▇▇▇▇▇███ 1.81M
            fill next-open, shares whole, cash scale-down, entry state

            warning: the orders decided on 2023-12-29 were not filled, as no session follows: BONDS, ENERGY, FINANCE, HEALTH, RETAIL, STAPLE, TECH
        "#]],
    );
}

#[test]
fn long_short() {
    check(
        "long_short",
        expect![[r#"
            Long-short sector momentum: 2014-07-31 to 2023-12-29, 2,372 sessions, standard conventions

                                   strategy         EQUITY
            total return             29.7 %         35.9 %
            CAGR                     2.80 %         3.31 %
            volatility               7.11 %        13.91 %
            Sharpe                     0.42           0.30
              95 % interval   -0.21 to 1.06  -0.34 to 0.94
            Sortino                    0.62           0.43
            max drawdown             16.6 %         32.5 %
              peak               2021-04-19     2014-08-19
              valley             2021-10-11     2017-08-22
              recovery           2022-02-17     2019-06-20
              length               304 days     1,766 days
            MAR                        0.17           0.10
            turnover a year         780.2 %          5.2 %
            costs                    141.6k              0
            trades                    2,235              1
            time in market           99.9 %        100.0 %

            against the benchmark: beta -0.01, alpha 3.05 % a year, correlation -0.02, tracking error 15.73 %,
              information ratio -0.08, up capture 0 %, down capture -3 %

            on other days of its schedule: CAGR 2.80 % to 4.27 %, Sharpe ratio 0.42 to 0.63, final equity
            1,297,032 to 1,481,872; by CAGR, this one is the worst of 5
            begun up to a year later: CAGR 2.31 % to 3.04 %, Sharpe ratio 0.36 to 0.46, final equity 1,226,165
            to 1,319,174; by CAGR, this one is 4th of 12

            1.00M ▁▂▂▂▂▂▂▂▂▃▃▃▃▄▆▅▆▅▄▄▄▄▅▆▆▆▇▆▆▆▆▇▆▆▇▇▆▆▇█▇███▇▅███▇▇▆▅▅▆▇▆▇▇▇ 1.30M
            fill next-open, shares whole, cash scale-down, entry state

            warning: the orders decided on 2023-12-29 were not filled, as no session follows: ENERGY, INDUST, POWER, TECH
            warning: shares are sold short at 2,370 of 2,372 closes, 602,914 on average and 720,390 at most, on 2022-03-09; no fee is charged for borrowing them, so the result is better than that of a real account; `short_fee` under `[cash]` charges one, and `sizing = "long-only"` under `[portfolio]` sells none short
        "#]],
    );
}

#[test]
fn dual_momentum() {
    check(
        "dual_momentum",
        expect![[r#"
            Dual momentum: 2015-01-30 to 2023-12-29, 2,246 sessions, standard conventions

                                  strategy  60 % EQUITY, 40 % BONDS
            total return           131.3 %                   55.2 %
            CAGR                    9.87 %                   5.06 %
            volatility             13.38 %                   7.34 %
            Sharpe                    0.77                     0.71
              95 % interval   0.12 to 1.42             0.05 to 1.37
            Sortino                   1.19                     1.05
            max drawdown            24.5 %                   17.4 %
              peak              2019-07-01               2015-08-11
              valley            2021-06-28               2016-11-30
              recovery          2021-10-22               2019-03-20
              length              844 days               1,317 days
            MAR                       0.40                     0.29
            turnover a year        340.4 %                   14.0 %
            costs                    70.9k                        0
            trades                     206                      212
            time in market         100.0 %                  100.0 %

            against the benchmark: beta 0.79, alpha 6.17 % a year, correlation 0.44, tracking error 12.13 %,
              information ratio 0.42, up capture 91 %, down capture 77 %

            on other days of its schedule: CAGR 7.49 % to 16.05 %, Sharpe ratio 0.61 to 1.17, final equity
            1,903,785 to 3,766,706; by CAGR, this one is 19th of 21
            begun up to a year later: CAGR 8.59 % to 10.02 %, Sharpe ratio 0.69 to 0.78, final equity
            2,014,396 to 2,322,239; by CAGR, this one is 4th of 12

            1.00M ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▂▂▃▄▄▄▄▄▄▄▆▅▅▄▅▄▄▄▄▄▃▄▄▃▃▄██▇▇▇▇▇▇▇▇▇▇███ 2.31M
            fill next-open, shares whole, cash scale-down, entry state

            warning: 2 buys were made smaller for lack of cash, first on 2022-02-01; a larger `cash_buffer` under `[portfolio]` leaves room
            warning: the orders decided on 2023-12-29 were not filled, as no session follows: HEALTH, POWER
        "#]],
    );
}

#[test]
fn every_example_is_here() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let files = std::fs::read_dir(examples).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    expect!["crossover.toml dual_momentum.toml index_members.toml inverse_volatility.toml long_short.toml sector_momentum.toml sixty_forty.toml"].assert_eq(&names.join(" "));
}
