//! The batch script and the arguments of `sbatch`.
//!
//! Options go as arguments, which no shell reads; what the script says of paths is quoted. The tasks
//! are in the script itself, which Slurm carries to the nodes: nothing has to be visible on the share
//! for a task to know what it is.

use std::fmt::Write;
use std::path::Path;

use crate::error::ClusterError;
use crate::launches::Launch;
use crate::settings::Settings;

/// The exit code of a task that does not see its folder.
const NOT_SHARED: u8 = 72;

/// A word, quoted for a shell where necessary.
pub(crate) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,%+@".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The text of a path that Slurm and a shell can use.
pub(crate) fn path_text(path: &Path) -> Result<&str, ClusterError> {
    let refused = |problem| ClusterError::Path {
        path: path.to_owned(),
        problem,
    };
    let text = path.to_str().ok_or(refused("it is not UTF-8 text"))?;
    if text.chars().any(char::is_control) {
        return Err(refused(
            "it contains a line break or another control character",
        ));
    }
    // Where it writes a log, Slurm drops backslashes, and then finds no folder.
    match text.contains('\\') {
        true => Err(refused(
            "Slurm cannot write to a path that contains a backslash",
        )),
        false => Ok(text),
    }
}

/// The script of an array: each task computes its shards.
pub(crate) fn script(launch: &Launch, dir: &str, program: &str, settings: &Settings) -> String {
    let mut text = String::from("#!/bin/sh\n");
    let line = |text: &mut String, line: std::fmt::Arguments<'_>| {
        // A `String` takes all text.
        let _ = writeln!(text, "{line}");
    };
    line(
        &mut text,
        format_args!(
            "# Shards of a sweep, submitted by {}.",
            diagnostics::PROGRAM
        ),
    );
    line(
        &mut text,
        format_args!("export PATH=/usr/local/bin:/usr/bin:/bin"),
    );
    line(
        &mut text,
        format_args!(
            "# On a share a new folder may be seen late.
tries=15
until cd -- {} 2> /dev/null && test -f plan.json; do
    tries=$((tries - 1))
    if [ \"$tries\" = 0 ]; then
        echo \"gridfolio: $(uname -n) does not see the sweep's folder\" >&2
        exit {NOT_SHARED}
    fi
    sleep 1
done",
            quoted(dir)
        ),
    );
    for own in &settings.setup {
        line(&mut text, format_args!("{own}"));
    }
    line(&mut text, format_args!("# The shards of each task."));
    line(&mut text, format_args!("set -- \\"));
    let last = launch.tasks.len().saturating_sub(1);
    for (index, task) in launch.tasks.iter().enumerate() {
        let end = if index < last { " \\" } else { "" };
        line(&mut text, format_args!("    {task}{end}"));
    }
    line(
        &mut text,
        format_args!("shift \"${{SLURM_ARRAY_TASK_ID:?this is a task of a job array}}\""),
    );
    line(
        &mut text,
        format_args!(
            "exec {} worker . --shards \"$1\" \\\n    --threads \"${{SLURM_CPUS_PER_TASK:-1}}\" \\\n    \
             --task \"{}-$SLURM_ARRAY_TASK_ID\" --restart \"${{SLURM_RESTART_COUNT:-0}}\"",
            quoted(program),
            launch.token,
        ),
    );
    text
}

/// Options that this program sets itself.
const OWN: [&str; 19] = [
    "--array",
    "-a",
    "--job-name",
    "-J",
    "--output",
    "-o",
    "--error",
    "-e",
    "--chdir",
    "-D",
    "--export",
    "--parsable",
    "--wait",
    "-W",
    "--wrap",
    "--ntasks",
    "-n",
    "--nodes",
    "-N",
];

/// Options that send a job to another cluster, where it would not be found.
const ELSEWHERE: [&str; 3] = ["--clusters", "--cluster", "-M"];

/// The arguments of `sbatch`, the script last.
pub(crate) fn arguments(
    launch: &Launch,
    dir: &str,
    excluded: Option<&str>,
    settings: &Settings,
) -> Result<Vec<String>, ClusterError> {
    let throttle = settings.throttle.map_or(String::new(), |n| format!("%{n}"));
    let mut arguments = vec![
        "--parsable".to_owned(),
        format!("--job-name={}", launch.job_name()),
        format!("--array=0-{}{throttle}", launch.tasks.len() - 1),
        // Nothing of the user's environment, and no login environment, which may fail to load.
        "--export=NIL".to_owned(),
        format!("--chdir={dir}"),
        // Slurm puts the task's number for `%a`, and takes any other `%` of the path for the like.
        format!(
            "--output={}/logs/{}-%a.log",
            dir.replace('%', "%%"),
            launch.token
        ),
        "--open-mode=append".to_owned(),
        "--requeue".to_owned(),
        "--nodes=1".to_owned(),
        "--ntasks=1".to_owned(),
        format!("--cpus-per-task={}", settings.cpus_per_task.unwrap_or(1)),
    ];
    let excluded = excluded.map(str::to_owned);
    let named = [
        ("partition", &settings.partition),
        ("account", &settings.account),
        ("qos", &settings.qos),
        ("time", &settings.time),
        ("mem", &settings.mem),
        ("exclude", &excluded),
        ("constraint", &settings.constraint),
        ("dependency", &settings.dependency),
        ("mail-user", &settings.mail_user),
        ("mail-type", &settings.mail_type),
    ];
    for (name, value) in named {
        if let Some(value) = value {
            arguments.push(format!("--{name}={value}"));
        }
    }
    for argument in &settings.sbatch_args {
        let refused = |problem| ClusterError::Argument {
            argument: argument.clone(),
            problem,
        };
        if !argument.starts_with('-') {
            return Err(refused(
                "does not begin with `-`; a value goes with its option, after `=`",
            ));
        }
        if is_among(&OWN, argument) {
            return Err(refused("is set by gridfolio itself"));
        }
        if is_among(&ELSEWHERE, argument) {
            return Err(refused(
                "would submit to another cluster than the one that gridfolio queries",
            ));
        }
        arguments.push(argument.clone());
    }
    arguments.push(launch.script_name());
    Ok(arguments)
}

/// Whether an argument is one of these options. Slurm takes the beginning of a long one for all of it.
fn is_among(options: &[&str], argument: &str) -> bool {
    let name = argument.split('=').next().unwrap_or_default();
    let is_it = |option: &&str| match option.starts_with("--") {
        true => name.len() > 2 && option.starts_with(name),
        false => !argument.starts_with("--") && argument.starts_with(*option),
    };
    options.iter().any(is_it)
}

/// The command as one would type it.
pub(crate) fn typed(program: &str, arguments: &[String]) -> String {
    let words = arguments.iter().map(|word| quoted(word));
    let words: Vec<String> = std::iter::once(program.to_owned()).chain(words).collect();
    words.join(" ")
}
