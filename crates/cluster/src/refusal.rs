//! What Slurm says when it refuses a job, and what to do about it.

/// What `sbatch` says when the queue is full, and then again and again.
pub(crate) const RETRYING: &str = "sleeping and retrying";

/// Part of a message, and the way out.
const REFUSALS: [(&str, &str); 14] = [
    (
        "invalid partition",
        "`sinfo` lists the partitions; set `partition` in `cluster.toml` or `--partition`",
    ),
    (
        "Invalid account",
        "list your accounts with `sacctmgr show associations user=$USER`, and set `account` \
         or `--account`",
    ),
    (
        "Invalid qos",
        "`sacctmgr show qos` lists those that exist; set `qos` or `--qos`, or leave it out",
    ),
    (
        "Memory specification",
        "leave `mem` out: these nodes declare less memory, or none at all (`sinfo -o \"%n %m\"`)",
    ),
    (
        "node configuration is not available",
        "no node has that number of cores, that much memory or these features: `sinfo -o \"%n %c %m %f\"` \
         shows what they have",
    ),
    (
        "Invalid feature",
        "`sinfo -o \"%n %f\"` shows the nodes' features; change `constraint`, or leave it out",
    ),
    ("Invalid node name", "`sinfo -N` lists the nodes"),
    (
        "generic resource",
        "`sinfo -o \"%n %G\"` shows what the nodes have",
    ),
    (
        "time limit",
        "`sinfo -o \"%P %l\"` shows the longest times; set `time` as in `30`, `2:00:00` or `1-12`",
    ),
    (
        "--time",
        "set `time` in minutes, as in `30`, or as in `2:00:00` or `1-12`",
    ),
    (
        "SubmitJobLimit",
        "the queue limits your number of tasks: lower `tasks`, or wait for others to end",
    ),
    (
        RETRYING,
        "the queue is full (`scontrol show config | grep MaxJobCount`): lower `tasks`, or wait",
    ),
    (
        "dependency",
        "`dependency` is as in `afterany:1234`, with the number of a job that exists",
    ),
    (
        "nrecognized option",
        "`sbatch --help` lists what it takes; correct `sbatch_args` or `--sbatch-arg`",
    ),
];

/// The way out of a refusal, where its message is known.
pub(crate) fn hint(message: &str) -> Option<&'static str> {
    let known = REFUSALS.iter().find(|(part, _)| message.contains(part));
    known.map(|(_, hint)| *hint)
}
