//! The README's commands are the ones that `.ci/run` runs.

use crate::text;

/// The lines inside fenced blocks that are commands: neither comments nor output.
fn commands(readme: &str) -> Vec<&str> {
    let blocks = readme.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(|block| block.lines().skip(1));
    let commands = lines.map(|line| line.trim_start_matches("$ ").trim());
    commands.filter(|line| line.starts_with("cargo ")).collect()
}

#[test]
fn the_first_two_commands_of_the_readme_are_run() {
    let (readme, script) = (text("README.md"), text(".ci/run"));
    let commands = commands(&readme);
    assert!(
        commands.len() >= 2,
        "the README has no two commands: {commands:?}"
    );
    for command in &commands[..2] {
        // A comment may follow the command.
        let command = command.split(" #").next().unwrap_or(command).trim();
        assert!(
            script.contains(command),
            "`.ci/run` does not run `{command}`"
        );
    }
}

#[test]
fn commands_are_found_in_fenced_blocks() {
    let readme =
        "Text.\n\n```sh\n$ cargo run -- a\noutput\n```\n\ncargo no\n\n```\ncargo test\n```\n";
    assert_eq!(commands(readme), ["cargo run -- a", "cargo test"]);
}
