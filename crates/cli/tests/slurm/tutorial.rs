//! `docs/tutorials/raspberry-pi-cluster.md` says what works.

use std::fs;
use std::path::Path;

use crate::lab::Lab;

/// The fenced blocks of a kind.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let fenced = text.split("\n```").skip(1).step_by(2);
    let own = fenced.filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n'));
    own.collect()
}

pub(crate) fn its_commands_run(lab: &Lab) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tutorials/raspberry-pi-cluster.md");
    let text = fs::read_to_string(path).unwrap();
    let [strategy] = blocks(&text, "toml")[..] else {
        panic!("one strategy is shown");
    };
    fs::write(lab.home("../../momentum.toml"), strategy).unwrap();
    let commands = blocks(&text, "sh");
    assert!(commands.len() >= 8, "{commands:?}");
    fs::write(lab.home("tutorial.sh"), commands.join("\n")).unwrap();
    let done = lab.on("01", &["sh", "-eux", "tutorial.sh"]).succeeded();
    for piece in [
        "3 nodes and this machine agree\n",
        "72 trials in ",
        "6 of 6 shards done",
    ] {
        assert!(
            done.stdout.contains(piece),
            "{piece}\nis not in\n{}",
            done.stdout
        );
    }
    assert!(lab.home("../../momentum.sweep/report.html").exists());
    assert!(lab.home("../../sixty_forty_node04.json").exists());
}
