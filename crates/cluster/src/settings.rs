//! What a site or a user wants of Slurm: `[slurm]` in `cluster.toml`, and the same on the command
//! line.

use std::path::{Path, PathBuf};

use diagnostics::{MB, nearest, read_text};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{ClusterError, io_error};

/// Settings of Slurm. What is not set is left to Slurm.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args, Serialize, Deserialize)]
#[command(next_help_heading = "On a cluster")]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The partition
    #[arg(long, value_name = "NAME")]
    #[serde(deserialize_with = "text")]
    pub partition: Option<String>,
    /// The account to charge
    #[arg(long, value_name = "NAME")]
    #[serde(deserialize_with = "text")]
    pub account: Option<String>,
    /// The quality of service
    #[arg(long, value_name = "NAME")]
    #[serde(deserialize_with = "text")]
    pub qos: Option<String>,
    /// The time limit of a task, as in `30` (minutes), `2:00:00` or `1-12`
    #[arg(long, value_name = "TIME")]
    #[serde(deserialize_with = "text")]
    pub time: Option<String>,
    /// The memory of a task, as in `2G`; many small clusters have none to ask for
    #[arg(long, value_name = "SIZE")]
    #[serde(deserialize_with = "text")]
    pub mem: Option<String>,
    /// Cores of a task, which computes as many shards at a time; 1 if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    #[serde(deserialize_with = "at_least_one")]
    pub cpus_per_task: Option<u32>,
    /// Only on these nodes, as in `node[02-04]`
    #[arg(long, value_name = "LIST")]
    #[serde(deserialize_with = "text")]
    pub nodelist: Option<String>,
    /// On all nodes but these
    #[arg(long, value_name = "LIST")]
    #[serde(deserialize_with = "text")]
    pub exclude: Option<String>,
    /// Only on nodes with these features, as in `aarch64`
    #[arg(long, value_name = "FEATURES")]
    #[serde(deserialize_with = "text")]
    pub constraint: Option<String>,
    /// The most tasks that run at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    #[serde(deserialize_with = "at_least_one")]
    pub throttle: Option<u32>,
    /// Start after other jobs, as in `afterany:1234`
    #[arg(long, value_name = "JOBS")]
    #[serde(deserialize_with = "text")]
    pub dependency: Option<String>,
    /// The address for mail from Slurm
    #[arg(long, value_name = "ADDRESS")]
    #[serde(deserialize_with = "text")]
    pub mail_user: Option<String>,
    /// The events to mail about, as in `END,FAIL`
    #[arg(long, value_name = "EVENTS")]
    #[serde(deserialize_with = "text")]
    pub mail_type: Option<String>,
    /// Any other argument for `sbatch`, as in `--sbatch-arg=--gres=disk:1`; may be repeated
    #[arg(
        long = "sbatch-arg",
        value_name = "ARGUMENT",
        allow_hyphen_values = true
    )]
    pub sbatch_args: Vec<String>,
    /// A line of shell to run on the node first, as in `--setup "module load x"`; may be repeated
    #[arg(long, value_name = "LINE")]
    pub setup: Vec<String>,
    /// gridfolio, as the nodes see it; a copy in the sweep's folder if not given
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// How many tasks; from a calibration run if not given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    #[serde(deserialize_with = "at_least_one")]
    pub tasks: Option<u32>,
    /// How often a lost shard is resubmitted; 3 if not given
    #[arg(long, value_name = "N")]
    pub resubmissions: Option<u32>,
    /// Seconds until a file on the share is visible on all nodes; 60 if not given
    #[arg(long, value_name = "SECONDS")]
    pub share_lag: Option<u32>,
}

/// A text that says something, or a number, as in `time = 30`.
fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a text, as in `\"30\"`")]
    enum Text {
        Number(u64),
        Text(String),
    }
    match Option::deserialize(from)? {
        Some(Text::Text(text)) if text.trim().is_empty() => Err(D::Error::custom("it is empty")),
        Some(Text::Text(text)) => Ok(Some(text)),
        Some(Text::Number(number)) => Ok(Some(number.to_string())),
        None => Ok(None),
    }
}

fn at_least_one<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    match Option::deserialize(from)? {
        Some(0) => Err(D::Error::custom("expected at least 1")),
        number => Ok(number),
    }
}

const FILE: &str = "cluster.toml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    slurm: Settings,
}

impl Settings {
    /// These settings, with those of others where these say nothing. Lists are joined, the others'
    /// first.
    pub fn or(self, other: Settings) -> Settings {
        let joined = |first: Vec<String>, second| [first, second].concat();
        Settings {
            partition: self.partition.or(other.partition),
            account: self.account.or(other.account),
            qos: self.qos.or(other.qos),
            time: self.time.or(other.time),
            mem: self.mem.or(other.mem),
            cpus_per_task: self.cpus_per_task.or(other.cpus_per_task),
            nodelist: self.nodelist.or(other.nodelist),
            exclude: self.exclude.or(other.exclude),
            constraint: self.constraint.or(other.constraint),
            throttle: self.throttle.or(other.throttle),
            dependency: self.dependency.or(other.dependency),
            mail_user: self.mail_user.or(other.mail_user),
            mail_type: self.mail_type.or(other.mail_type),
            sbatch_args: joined(other.sbatch_args, self.sbatch_args),
            setup: joined(other.setup, self.setup),
            program: self.program.or(other.program),
            tasks: self.tasks.or(other.tasks),
            resubmissions: self.resubmissions.or(other.resubmissions),
            share_lag: self.share_lag.or(other.share_lag),
        }
    }

    /// As [`Settings::or`], but a list that is not empty takes the place of the other's.
    pub fn replacing(self, mut other: Settings) -> Settings {
        if !self.sbatch_args.is_empty() {
            other.sbatch_args.clear();
        }
        if !self.setup.is_empty() {
            other.setup.clear();
        }
        self.or(other)
    }

    /// The settings of `cluster.toml` in these folders, the first before the others. A file that is
    /// not there says nothing.
    ///
    /// # Errors
    ///
    /// A file with a mistake, or one that cannot be read.
    pub fn of_folders(folders: &[PathBuf]) -> Result<Settings, ClusterError> {
        let mut settings = Settings::default();
        for folder in folders {
            let file = folder.join(FILE);
            match read_text(&file, MB) {
                Ok(text) => {
                    let mut own = Settings::parse(&file, &text)?;
                    // Relative to the file, not to the folder of a later command.
                    own.program = own.program.map(|program| folder.join(program));
                    settings = settings.or(own);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(io_error("read", &file)(error)),
            }
        }
        Ok(settings)
    }

    /// The folder of the user's own settings: `$XDG_CONFIG_HOME/gridfolio`, or below `~/.config`.
    pub fn user_folder() -> Option<PathBuf> {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let config = set("XDG_CONFIG_HOME").map(PathBuf::from);
        let config = config.or_else(|| Some(PathBuf::from(set("HOME")?).join(".config")));
        config.map(|config| config.join("gridfolio"))
    }

    /// The settings in the text of a file.
    ///
    /// # Errors
    ///
    /// The first mistake.
    pub fn parse(file: &Path, text: &str) -> Result<Settings, ClusterError> {
        let read: Result<File, _> = toml::from_str(text);
        read.map(|file| file.slurm).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text[..at].matches('\n').count();
            let message = error.message().lines().next().unwrap_or_default();
            let (message, hint) = match unknown(message) {
                Some(key) => unknown_key(key, message.ends_with("expected `slurm`")),
                None => {
                    let line = text.lines().nth(line).unwrap_or_default();
                    let key = line.split_once('=').map(|(key, _)| key.trim());
                    (mistake(key, message), LISTED.to_owned())
                }
            };
            ClusterError::Settings {
                file: file.to_owned(),
                line: 1 + line,
                message,
                hint,
            }
        })
    }

    fn names() -> Vec<String> {
        let all = serde_json::to_value(Settings::default()).unwrap_or_default();
        let names = all.as_object().into_iter().flat_map(|all| all.keys());
        names.cloned().collect()
    }
}

const LISTED: &str = "`gridfolio sweep --help` lists the settings, each with what it takes";

/// What is wrong with a key that is not known, and what to do.
fn unknown_key(key: &str, is_outside: bool) -> (String, String) {
    let is_setting = Settings::names().iter().any(|name| name == key);
    match (is_outside, is_setting, nearest(key, Settings::names())) {
        (true, true, _) => (
            format!("`{key}` is outside of `[slurm]`"),
            "write `[slurm]` on a line of its own before it".to_owned(),
        ),
        (true, false, _) => (
            format!("unknown key `{key}`"),
            "all settings are in the section `[slurm]`".to_owned(),
        ),
        (false, _, Some(near)) => (
            format!("unknown key `{key}`"),
            format!("did you mean `{near}`?"),
        ),
        (false, _, None) => (format!("unknown key `{key}`"), LISTED.to_owned()),
    }
}

/// The TOML reader's message, without terms of Rust.
fn mistake(key: Option<&str>, message: &str) -> String {
    let message = message
        .replace("expected u32", "expected a whole number")
        .replace(
            "expected a sequence",
            "expected a list, as in `[\"--nice=5\"]`",
        );
    match key {
        Some(key) => format!("`{key}`: {message}"),
        None => message,
    }
}

/// The key that a message of the TOML reader calls unknown.
fn unknown(message: &str) -> Option<&str> {
    let key = message.strip_prefix("unknown field `")?;
    key.split('`').next()
}
