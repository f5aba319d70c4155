//! How long a task should be: long against Slurm's start-up, short against its time limit, and enough
//! tasks for all cores. Shards are shorter: one is all that a worker can lose, and all that it keeps in
//! memory.

use std::time::Duration;

use crate::client::Client;
use crate::error::{ClusterError, SlurmMessage};
use crate::settings::Settings;

/// A sweep that needs no longer on one core is done before a cluster has started.
pub const QUICK: Duration = Duration::from_secs(30);

/// Seconds of one task. Slurm takes about a tenth of a second to start one on an idle cluster, and
/// starts them in waves of up to half a minute on a busy one.
const SHORTEST: f64 = 10.0;
const LONGEST: f64 = 600.0;

/// Seconds of one shard, unless there were too many files then.
const SHARD: f64 = 60.0;
const MANY_SHARDS: u64 = 10_000;

/// Trials of a shard, whose rows a thread keeps until it is done: some 30 MB.
const MOST_TRIALS: u64 = 16_384;

/// Tasks for each core, so that none stands idle for long at the end.
const TASKS_PER_CORE: f64 = 4.0;

/// A task ends in this part of its time limit: nodes differ.
const PART_OF_LIMIT: f64 = 0.25;

/// What a cluster has for us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cores {
    /// Cores of the partition.
    pub total: u64,
    /// The time that a job gets there which asks for none; `None` for no limit.
    pub limit: Option<Duration>,
}

impl Cores {
    /// Asks `sinfo`.
    ///
    /// # Errors
    ///
    /// When there is no Slurm, it does not answer, or knows no such partition.
    pub fn ask(client: &Client, settings: &Settings) -> Result<Cores, ClusterError> {
        let mut arguments = vec!["--noheader".to_owned(), format!("--format={FORMAT}")];
        if let Some(partition) = &settings.partition {
            arguments.push(format!("--partition={partition}"));
        }
        let text = client.ask("sinfo", &arguments)?;
        match &settings.partition {
            Some(partition) if text.trim().is_empty() => Err(ClusterError::Refused {
                program: "sinfo".to_owned(),
                message: SlurmMessage(format!("invalid partition specified: {partition}")),
            }),
            partition => Ok(Cores::of(&text, partition.is_some())),
        }
    }

    /// What `sinfo` says in `FORMAT`.
    ///
    /// * `is_chosen`: whether these are the lines of a partition that was asked for; otherwise those of
    ///   the one with a `*` count, which gets the jobs.
    pub fn of(text: &str, is_chosen: bool) -> Cores {
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('|').collect()).collect();
        let is_default = |line: &&Vec<&str>| is_chosen || line[0].ends_with('*');
        let of_default: Vec<&Vec<&str>> = lines.iter().filter(is_default).collect();
        let used = match of_default.is_empty() {
            true => lines.iter().collect(),
            false => of_default,
        };
        let cores = |line: &&Vec<&str>| line.get(1)?.rsplit('/').next()?.trim().parse::<u64>().ok();
        // What a job gets that says nothing, and the most that it could get.
        let limit = |line: &&Vec<&str>| {
            let usual = line.get(2).and_then(|text| duration(text));
            usual.or_else(|| duration(line.get(3)?))
        };
        Cores {
            total: (used.iter().filter_map(cores)).fold(0, u64::saturating_add),
            limit: used.iter().filter_map(limit).min(),
        }
    }
}

/// Partition, cores, usual and longest time.
const FORMAT: &str = "%P|%C|%L|%l";

/// How trials become shards, and shards tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Trial numbers in a shard.
    pub shard: u64,
    /// Shards in a task, a multiple of its cores.
    pub per_task: u64,
}

impl Size {
    /// * `numbers`: of trials, all together.
    /// * `per_trial`: processor time of one.
    /// * `shard`: for a folder that has its shards already.
    pub fn of(
        numbers: u64,
        per_trial: Duration,
        shard: Option<u64>,
        cores: Cores,
        settings: &Settings,
    ) -> Size {
        let per_trial = per_trial.as_secs_f64().clamp(1e-9, 1e9);
        let at_once = u64::from(settings.cpus_per_task.unwrap_or(1));
        let own_limit = settings.time.as_deref().and_then(duration);
        // To Slurm, 0 is no limit.
        let limit = match own_limit.or(cores.limit) {
            Some(Duration::ZERO) | None => f64::INFINITY,
            Some(limit) => limit.as_secs_f64(),
        };
        let all = numbers as f64 * per_trial;
        let cores = cores.total.max(1);
        let even = all / (cores as f64 * TASKS_PER_CORE);
        let longest = LONGEST.min(limit * PART_OF_LIMIT);
        let seconds = even.max(SHORTEST).min(longest);
        let n = ((all / seconds).ceil() as u64).min(numbers);
        // All cores are done at the same time: after the last full round of tasks there is no other.
        let n = match n {
            n if n <= cores => n.max(1),
            n if even < SHORTEST && 2.0 * seconds <= longest => n / cores * cores,
            n => n.next_multiple_of(cores),
        };
        // Trials that one core computes in a task.
        let trials = match settings.tasks {
            Some(tasks) => numbers.div_ceil(u64::from(tasks) * at_once),
            None => numbers.div_ceil(n),
        };
        let trials = trials.clamp(1, numbers.max(1));
        match shard {
            Some(shard) => Size {
                shard,
                per_task: trials.div_ceil(shard.max(1)) * at_once,
            },
            None => {
                let longest = ((SHARD / per_trial) as u64).clamp(1, MOST_TRIALS);
                let shards = trials.div_ceil(longest.max(numbers.div_ceil(MANY_SHARDS)));
                Size {
                    shard: trials.div_ceil(shards),
                    per_task: shards * at_once,
                }
            }
        }
    }
}

/// A time as Slurm writes it: `30` (minutes), `30:00`, `2:00:00`, `1-12`, `1-12:30:00`; `None` for one
/// without end.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (days, rest) = match text.split_once('-') {
        Some((days, rest)) => (Some(days.parse::<u64>().ok()?), rest),
        None => (None, text),
    };
    let parts: Option<Vec<u64>> = rest.split(':').map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = match (days, &parts?[..]) {
        (None, &[minutes]) => (0, minutes, 0),
        (None, &[minutes, seconds]) => (0, minutes, seconds),
        (None, &[hours, minutes, seconds]) => (hours, minutes, seconds),
        (Some(_), &[hours]) => (hours, 0, 0),
        (Some(_), &[hours, minutes]) => (hours, minutes, 0),
        (Some(_), &[hours, minutes, seconds]) => (hours, minutes, seconds),
        _ => return None,
    };
    // More than the longest is the longest.
    let of = |n: u64, unit: u64| n.saturating_mul(unit);
    let seconds = [
        of(days.unwrap_or(0), 86_400),
        of(hours, 3600),
        of(minutes, 60),
        seconds,
    ];
    let seconds = seconds.into_iter().fold(0, u64::saturating_add);
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIS: Cores = Cores {
        total: 12,
        limit: None,
    };

    fn size(numbers: u64, millis: u64, shard: Option<u64>, settings: &Settings) -> (u64, u64) {
        let per_trial = Duration::from_millis(millis);
        let size = Size::of(numbers, per_trial, shard, PIS, settings);
        (size.shard, size.per_task)
    }

    #[test]
    fn cores_and_time_are_those_of_the_partition_that_gets_the_jobs() {
        let text = "debug|0/4/0/4|10:00|1:00:00\nmain*|8/8/4/20|n/a|2:00:00\nlong|0/40/0/40|n/a|infinite\n";
        let cores = |text, is_chosen| {
            let Cores { total, limit } = Cores::of(text, is_chosen);
            (total, limit.map(|limit| limit.as_secs()))
        };
        assert_eq!(cores(text, false), (20, Some(7200)));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(cores(lines[0], true), (4, Some(600)));
        assert_eq!(cores(lines[2], true), (40, None));
    }

    #[test]
    fn times_are_read_as_slurm_writes_them() {
        let seconds = |text| duration(text).map(|time| time.as_secs());
        assert_eq!(seconds("30"), Some(1800));
        assert_eq!(seconds("1:30"), Some(90));
        assert_eq!(seconds("2:00:00"), Some(7200));
        assert_eq!(seconds("1-12"), Some(129_600));
        assert_eq!(seconds("1-00:00:30"), Some(86_430));
        assert_eq!(
            (seconds("infinite"), seconds("UNLIMITED"), seconds("")),
            (None, None, None)
        );
    }

    #[test]
    fn a_task_is_long_enough_and_there_are_enough_of_them() {
        let settings = Settings::default();
        // 12,000 s on 12 cores: 48 tasks of 250 s, each of 5 shards.
        assert_eq!(size(1_200_000, 10, None, &settings), (5_000, 5));
        // 120 s: no task shorter than 10 s.
        assert_eq!(size(12_000, 10, None, &settings), (1_000, 1));
        // 12 days: no task longer than 10 min; 10,000 shards, for there would be more of a minute.
        assert_eq!(size(100_000_000, 10, None, &settings), (9_993, 6));
    }

    #[test]
    fn no_core_gets_one_task_more_than_another() {
        let tasks = |millis, settings: &Settings| {
            let (shard, per_task) = size(12_000, millis, None, settings);
            12_000_u64.div_ceil(shard * per_task)
        };
        // 15 tasks of 10 s would be two rounds on 12 cores: it is one, and it is shorter.
        assert_eq!(tasks(13, &Settings::default()), 12);
        let unlimited = Settings {
            time: Some("0".to_owned()),
            ..Settings::default()
        };
        assert_eq!(tasks(13, &unlimited), 12);
        // Too little for all cores.
        assert_eq!(tasks(5, &Settings::default()), 6);
        // 13 s is all that is left of a minute's limit when nodes differ.
        let minute = Settings {
            time: Some("1".to_owned()),
            ..Settings::default()
        };
        assert_eq!(tasks(19, &minute), 24);
    }

    #[test]
    fn a_shard_of_fast_trials_has_no_more_than_fit_into_memory() {
        let per_trial = Duration::from_micros(50);
        let size = Size::of(24_000_000, per_trial, None, PIS, &Settings::default());
        // 48 tasks of 25 s, in which a core computes 500,000.
        assert_eq!((size.shard, size.per_task), (16_130, 31));
    }

    #[test]
    fn a_time_limit_is_four_times_as_long_as_a_task() {
        let settings = Settings {
            time: Some("10".to_owned()),
            ..Settings::default()
        };
        assert_eq!(size(1_200_000, 10, None, &settings), (4_762, 3));
    }

    #[test]
    fn a_task_of_four_cores_has_four_shards() {
        let settings = Settings {
            cpus_per_task: Some(4),
            ..Settings::default()
        };
        assert_eq!(size(1_200_000, 10, None, &settings), (5_000, 20));
        assert_eq!(size(1_200_000, 10, Some(4096), &settings), (4096, 28));
        let settings = Settings {
            tasks: Some(6),
            ..settings
        };
        assert_eq!(size(72, 10, None, &settings), (3, 4));
    }
}
