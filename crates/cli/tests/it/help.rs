//! Help texts, the manual page, completions and the schema.

use expect_test::{Expect, expect};

use crate::{folder, gridfolio};

#[track_caller]
fn check(arguments: &[&str], expect: Expect) {
    let done = gridfolio(folder().path(), arguments).succeeded();
    let version = env!("CARGO_PKG_VERSION");
    expect.assert_eq(&done.stdout.replace(version, "VERSION"));
}

#[test]
fn the_version_is_that_of_the_package() {
    let version = concat!("gridfolio ", env!("CARGO_PKG_VERSION"), "\n");
    let done = gridfolio(folder().path(), &["--version"]).succeeded();
    assert_eq!(done.stdout, version);
}

#[test]
fn help_lists_the_commands_and_the_exit_codes() {
    check(
        &["--help"],
        expect![[r#"
            Backtests systematic trading strategies.

            A strategy is a TOML file; prices are files of daily bars, one per symbol.

            Usage: gridfolio <COMMAND>

            Commands:
              run          Runs one backtest and shows the result
              audit        Looks for look-ahead: does anything a backtest did depend on prices that were not
                           known yet?
              sweep        Runs every combination of a strategy file's `[sweep]` and ranks them
              results      Sorts, filters and prints the results of a sweep
              show         Runs one trial of a sweep again and shows all that `run` shows
              verdict      Says whether the best trial of a sweep is real, or luck
              holdout      Looks at the held-out time of a sweep with one trial
              ledger       Shows every sweep that was ever made, and on which prices
              status       Says how far a sweep on a cluster is
              resume       Goes on with a sweep on a cluster: submits what is missing, watches, and makes the
                           table
              cancel       Ends the jobs of a sweep on a cluster; what is done stays
              cluster      Puts gridfolio on a cluster, and checks its nodes
              worker       Computes given shards of a sweep's folder, as the nodes of a cluster do
              report       Makes pictures of a backtest or a sweep from its folder
              compare      Puts several backtests, or the best of several sweeps, side by side
              data         Checks files of prices, or makes some up
              schema       Prints the JSON Schema of strategy files, for editors that complete and check
              completions  Prints a script that teaches a shell to complete commands and options
              man          Prints the manual page of the program, or of a command
              help         Print this message or the help of the given subcommand(s)

            Options:
              -h, --help
                      Print help (see a summary with '-h')

              -V, --version
                      Print version

            Examples:
              gridfolio run sixty_forty.toml
              gridfolio run sixty_forty.toml --out results --set backtest.end=2020-12-31
              gridfolio sweep momentum.toml
              gridfolio report results
              gridfolio sweep momentum.toml --on slurm
              gridfolio data check prices

            Exit codes:
              0   done
              1   done, and the answer is no: `data check` found unusable data, `audit` a look-ahead,
                  `cluster check` a bad node, `status` lost shards
              2   the command line cannot be understood
              3   the strategy file cannot be used
              4   the data cannot be used
              5   the output could not be written
              6   a sweep was interrupted, and the same command goes on
              7   the cluster cannot be used, or has lost shards for good
              70  a bug in gridfolio
        "#]],
    );
}

#[test]
fn help_on_run() {
    check(
        &["run", "--help"],
        expect![[r#"
            Runs one backtest and shows the result

            Usage: gridfolio run [OPTIONS] <STRATEGY.toml>

            Arguments:
              <STRATEGY.toml>  The strategy file

            Options:
                  --data <DIR>       The folder of price files, in place of the strategy file's `[data]`
                  --set <KEY=VALUE>  Change one key of the strategy file, as in `--set alpha.top_n=5`
                  --out <DIR>        Write tearsheet.html, statistics.json, equity_curve.csv, transactions.csv
                                     and target_allocations.csv to this folder
                  --json             Print the statistics as JSON, without the long series
              -q, --quiet            Print nothing but errors
              -h, --help             Print help

            Examples:
              gridfolio run sixty_forty.toml
              gridfolio run sixty_forty.toml --data ~/prices --out results
              gridfolio run momentum.toml --set alpha.top_n=5 --set execution.fill=same-close
              gridfolio run momentum.toml --json | jq .statistics.strategy.ratios.sharpe
        "#]],
    );
}

#[test]
fn help_on_data() {
    check(
        &["data", "--help"],
        expect![[r#"
        Checks files of prices, or makes some up

        Usage: gridfolio data <COMMAND>

        Commands:
          check   Checks the files of a folder for what would spoil a backtest
          sample  Writes made-up prices of twelve assets over ten years, to try things out
          help    Print this message or the help of the given subcommand(s)

        Options:
          -h, --help  Print help
    "#]],
    );
    check(
        &["data", "check", "--help"],
        expect![[r#"
        Checks the files of a folder for what would spoil a backtest

        The exit code is 0 when any backtest on these prices can run, and 1 when not.

        Usage: gridfolio data check [OPTIONS] <DIR> [SYMBOLS]...

        Arguments:
          <DIR>
                  The folder of price files

          [SYMBOLS]...
                  Only these symbols; all of the folder when none is named

        Options:
              --json
                  Print everything that was found as JSON

          -h, --help
                  Print help (see a summary with '-h')

        Examples:
          gridfolio data check prices
          gridfolio data check prices SPY AGG --json
    "#]],
    );
    check(
        &["data", "sample", "--help"],
        expect![[r#"
        Writes made-up prices of twelve assets over ten years, to try things out

        Usage: gridfolio data sample [OPTIONS] <DIR>

        Arguments:
          <DIR>  The folder to write to; it is created

        Options:
              --seed <N>  Which of the possible worlds: the same number gives the same files [default: 1]
          -h, --help      Print help

        Example:
          gridfolio data sample data --seed 1
    "#]],
    );
}

#[test]
fn the_manual_page() {
    check(
        &["man"],
        expect![[r#"
            .ie \n(.g .ds Aq \(aq
            .el .ds Aq '
            .TH gridfolio 1  "gridfolio VERSION" 
            .SH NAME
            gridfolio \- Backtests systematic trading strategies
            .SH SYNOPSIS
            \fBgridfolio\fR [\fB\-h\fR|\fB\-\-help\fR] [\fB\-V\fR|\fB\-\-version\fR] <\fIsubcommands\fR>
            .SH DESCRIPTION
            Backtests systematic trading strategies.
            .PP
            A strategy is a TOML file; prices are files of daily bars, one per symbol.
            .SH OPTIONS
            .TP
            \fB\-h\fR, \fB\-\-help\fR
            Print help (see a summary with \*(Aq\-h\*(Aq)
            .TP
            \fB\-V\fR, \fB\-\-version\fR
            Print version
            .SH SUBCOMMANDS
            .TP
            gridfolio\-run(1)
            Runs one backtest and shows the result
            .TP
            gridfolio\-audit(1)
            Looks for look\-ahead: does anything a backtest did depend on prices that were not known yet?
            .TP
            gridfolio\-sweep(1)
            Runs every combination of a strategy file\*(Aqs `[sweep]` and ranks them
            .TP
            gridfolio\-results(1)
            Sorts, filters and prints the results of a sweep
            .TP
            gridfolio\-show(1)
            Runs one trial of a sweep again and shows all that `run` shows
            .TP
            gridfolio\-verdict(1)
            Says whether the best trial of a sweep is real, or luck
            .TP
            gridfolio\-holdout(1)
            Looks at the held\-out time of a sweep with one trial
            .TP
            gridfolio\-ledger(1)
            Shows every sweep that was ever made, and on which prices
            .TP
            gridfolio\-status(1)
            Says how far a sweep on a cluster is
            .TP
            gridfolio\-resume(1)
            Goes on with a sweep on a cluster: submits what is missing, watches, and makes the table
            .TP
            gridfolio\-cancel(1)
            Ends the jobs of a sweep on a cluster; what is done stays
            .TP
            gridfolio\-cluster(1)
            Puts gridfolio on a cluster, and checks its nodes
            .TP
            gridfolio\-worker(1)
            Computes given shards of a sweep\*(Aqs folder, as the nodes of a cluster do
            .TP
            gridfolio\-report(1)
            Makes pictures of a backtest or a sweep from its folder
            .TP
            gridfolio\-compare(1)
            Puts several backtests, or the best of several sweeps, side by side
            .TP
            gridfolio\-data(1)
            Checks files of prices, or makes some up
            .TP
            gridfolio\-schema(1)
            Prints the JSON Schema of strategy files, for editors that complete and check
            .TP
            gridfolio\-completions(1)
            Prints a script that teaches a shell to complete commands and options
            .TP
            gridfolio\-man(1)
            Prints the manual page of the program, or of a command
            .TP
            gridfolio\-help(1)
            Print this message or the help of the given subcommand(s)
            .SH EXTRA
            Examples:
              gridfolio run sixty_forty.toml
              gridfolio run sixty_forty.toml \-\-out results \-\-set backtest.end=2020\-12\-31
              gridfolio sweep momentum.toml
              gridfolio report results
              gridfolio sweep momentum.toml \-\-on slurm
              gridfolio data check prices

            Exit codes:
              0   done
              1   done, and the answer is no: `data check` found unusable data, `audit` a look\-ahead,
                  `cluster check` a bad node, `status` lost shards
              2   the command line cannot be understood
              3   the strategy file cannot be used
              4   the data cannot be used
              5   the output could not be written
              6   a sweep was interrupted, and the same command goes on
              7   the cluster cannot be used, or has lost shards for good
              70  a bug in gridfolio
            .SH VERSION
            vVERSION
        "#]],
    );
}

#[test]
fn the_manual_page_of_a_command() {
    check(
        &["man", "data", "sample"],
        expect![[r#"
        .ie \n(.g .ds Aq \(aq
        .el .ds Aq '
        .TH gridfolio-data-sample 1  "sample " 
        .SH NAME
        gridfolio\-data\-sample \- Writes made\-up prices of twelve assets over ten years, to try things out
        .SH SYNOPSIS
        \fBgridfolio data sample\fR [\fB\-\-seed\fR] [\fB\-h\fR|\fB\-\-help\fR] <\fIDIR\fR> 
        .SH DESCRIPTION
        Writes made\-up prices of twelve assets over ten years, to try things out
        .SH OPTIONS
        .TP
        \fB\-\-seed\fR \fI<N>\fR [default: 1]
        Which of the possible worlds: the same number gives the same files
        .TP
        \fB\-h\fR, \fB\-\-help\fR
        Print help
        .TP
        <\fIDIR\fR>
        The folder to write to; it is created
        .SH EXTRA
        Example:
          gridfolio data sample data \-\-seed 1
    "#]],
    );
    let done = gridfolio(folder().path(), &["man", "rum"]);
    expect![[r#"
        exit code 2
        error: `gridfolio` has no command `rum`
         hint: `gridfolio help` lists the commands
    "#]]
    .assert_eq(&done.said());
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let done = gridfolio(folder().path(), &["completions", shell]).succeeded();
        for command in ["run", "data", "schema", "completions", "man"] {
            assert!(done.stdout.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn the_schema_is_json() {
    let done = gridfolio(folder().path(), &["schema"]).succeeded();
    let schema: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert!(schema["properties"]["alpha"].is_object());
}

#[test]
fn a_command_that_does_not_exist_is_a_usage_error() {
    let done = gridfolio(folder().path(), &["rum"]);
    expect![[r#"
        exit code 2
        error: unrecognized subcommand 'rum'

          tip: some similar subcommands exist: 'run', 'resume'

        Usage: gridfolio <COMMAND>

        For more information, try '--help'.
    "#]]
    .assert_eq(&done.said());
}
