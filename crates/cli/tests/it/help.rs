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
            Backtest systematic trading strategies.

            A strategy is a TOML file; prices are files of daily bars, one per symbol.

            Usage: gridfolio <COMMAND>

            Commands:
              run          Run one backtest and show the result
              audit        Look for look-ahead: does a backtest depend on prices that were not known yet?
              sweep        Run every combination of a strategy file's `[sweep]` and rank them
              results      Sort, filter and print the results of a sweep
              show         Run one trial of a sweep again and show what `run` shows
              verdict      Test whether a trial of a sweep beats what one could have held instead
              worlds       Run a sweep again in null worlds, where days are shuffled
              holdout      Run one trial of a sweep on the hold-out period
              ledger       List every completed sweep, with its prices and verdict
              status       Show the progress of a sweep on a cluster
              resume       Continue a sweep on a cluster: submit what is missing, watch, and collect the results
              cancel       Cancel the jobs of a sweep on a cluster; completed shards are kept
              cluster      Install gridfolio on a cluster, and check its nodes
              worker       Compute given shards of a sweep's folder, as the nodes of a cluster do
              report       Make a report of a backtest or a sweep from its folder
              compare      Compare several backtests, or the best trials of several sweeps
              data         Check, import and compare files of prices, or generate some
              functions    List the functions that formulas may call
              models       List the models, schedules and other parts that a strategy file may name
              schema       Print the JSON Schema of strategy files, for editors
              completions  Print a script that completes commands and options in a shell
              man          Print the manual page of the program, or of a command
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
              2   the command line is invalid
              3   the strategy file cannot be used
              4   the data cannot be used
              5   the output could not be written
              6   a sweep was interrupted; the same command continues
              7   the cluster cannot be used, or has lost shards for good
              8   `audit` found no look-ahead, and there may be one that it cannot see
              70  a bug in gridfolio
        "#]],
    );
}

#[test]
fn help_on_run() {
    check(
        &["run", "--help"],
        expect![[r#"
            Run one backtest and show the result

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
            Check, import and compare files of prices, or generate some

            Usage: gridfolio data <COMMAND>

            Commands:
              check   Check the files of a folder for faults, or those of a strategy
              import  Import files into a folder with one Parquet file for each symbol
              diff    Compare two downloads of the same prices: where the past has changed
              sample  Generate prices of twelve assets over ten years, to experiment with
              help    Print this message or the help of the given subcommand(s)

            Options:
              -h, --help  Print help
        "#]],
    );
    check(
        &["data", "check", "--help"],
        expect![[r#"
            Check the files of a folder for faults, or those of a strategy

            For a folder, the exit code is 0 when all files can be used, and 1 otherwise. For a strategy file,
            it is 0 when the strategy can be run on its prices; and where its universe is a list of members, the
            check says how many of them have no prices.

            Usage: gridfolio data check [OPTIONS] <DIR> [SYMBOLS]...

            Arguments:
              <DIR>
                      The folder of price files, or a strategy file

              [SYMBOLS]...
                      Only these symbols; all of the folder if not given

            Options:
                  --data <DIR>
                      With a strategy file: the folder of prices, in place of the one that it names

                  --json
                      Print everything that was found as JSON

              -h, --help
                      Print help (see a summary with '-h')

            Examples:
              gridfolio data check prices
              gridfolio data check prices SPY AGG --json
              gridfolio data check momentum.toml
        "#]],
    );
    check(
        &["data", "sample", "--help"],
        expect![[r#"
            Generate prices of twelve assets over ten years, to experiment with

            Usage: gridfolio data sample [OPTIONS] <DIR>

            Arguments:
              <DIR>  The folder to write to; created if it does not exist

            Options:
                  --seed <N>  The seed: the same number gives the same files [default: 1]
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
            gridfolio \- Backtest systematic trading strategies
            .SH SYNOPSIS
            \fBgridfolio\fR [\fB\-h\fR|\fB\-\-help\fR] [\fB\-V\fR|\fB\-\-version\fR] <\fIsubcommands\fR>
            .SH DESCRIPTION
            Backtest systematic trading strategies.
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
            Run one backtest and show the result
            .TP
            gridfolio\-audit(1)
            Look for look\-ahead: does a backtest depend on prices that were not known yet?
            .TP
            gridfolio\-sweep(1)
            Run every combination of a strategy file\*(Aqs `[sweep]` and rank them
            .TP
            gridfolio\-results(1)
            Sort, filter and print the results of a sweep
            .TP
            gridfolio\-show(1)
            Run one trial of a sweep again and show what `run` shows
            .TP
            gridfolio\-verdict(1)
            Test whether a trial of a sweep beats what one could have held instead
            .TP
            gridfolio\-worlds(1)
            Run a sweep again in null worlds, where days are shuffled
            .TP
            gridfolio\-holdout(1)
            Run one trial of a sweep on the hold\-out period
            .TP
            gridfolio\-ledger(1)
            List every completed sweep, with its prices and verdict
            .TP
            gridfolio\-status(1)
            Show the progress of a sweep on a cluster
            .TP
            gridfolio\-resume(1)
            Continue a sweep on a cluster: submit what is missing, watch, and collect the results
            .TP
            gridfolio\-cancel(1)
            Cancel the jobs of a sweep on a cluster; completed shards are kept
            .TP
            gridfolio\-cluster(1)
            Install gridfolio on a cluster, and check its nodes
            .TP
            gridfolio\-worker(1)
            Compute given shards of a sweep\*(Aqs folder, as the nodes of a cluster do
            .TP
            gridfolio\-report(1)
            Make a report of a backtest or a sweep from its folder
            .TP
            gridfolio\-compare(1)
            Compare several backtests, or the best trials of several sweeps
            .TP
            gridfolio\-data(1)
            Check, import and compare files of prices, or generate some
            .TP
            gridfolio\-functions(1)
            List the functions that formulas may call
            .TP
            gridfolio\-models(1)
            List the models, schedules and other parts that a strategy file may name
            .TP
            gridfolio\-schema(1)
            Print the JSON Schema of strategy files, for editors
            .TP
            gridfolio\-completions(1)
            Print a script that completes commands and options in a shell
            .TP
            gridfolio\-man(1)
            Print the manual page of the program, or of a command
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
              2   the command line is invalid
              3   the strategy file cannot be used
              4   the data cannot be used
              5   the output could not be written
              6   a sweep was interrupted; the same command continues
              7   the cluster cannot be used, or has lost shards for good
              8   `audit` found no look\-ahead, and there may be one that it cannot see
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
            gridfolio\-data\-sample \- Generate prices of twelve assets over ten years, to experiment with
            .SH SYNOPSIS
            \fBgridfolio data sample\fR [\fB\-\-seed\fR] [\fB\-h\fR|\fB\-\-help\fR] <\fIDIR\fR> 
            .SH DESCRIPTION
            Generate prices of twelve assets over ten years, to experiment with
            .SH OPTIONS
            .TP
            \fB\-\-seed\fR \fI<N>\fR [default: 1]
            The seed: the same number gives the same files
            .TP
            \fB\-h\fR, \fB\-\-help\fR
            Print help
            .TP
            <\fIDIR\fR>
            The folder to write to; created if it does not exist
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
