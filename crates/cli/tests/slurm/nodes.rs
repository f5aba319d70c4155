//! `gridfolio cluster check`.

use std::fs;

use serde_json::Value;

use crate::lab::Lab;

const NODES: [&str; 3] = ["node02", "node03", "node04"];

pub(crate) fn all_nodes_agree(lab: &Lab) {
    fs::create_dir(lab.home("check")).ok();
    let done = lab
        .gridfolio(&["cluster", "check", "--share", "."])
        .succeeded();
    let lines: Vec<&str> = done.stdout.lines().collect();
    assert!(
        lines[0].starts_with("node    state  arch "),
        "{}",
        done.stdout
    );
    for (line, node) in lines[1..].iter().zip(NODES) {
        assert!(
            line.starts_with(node) && line.contains(" yes    right "),
            "{line}"
        );
    }
    assert_eq!(lines[4..], ["3 nodes and this machine agree"]);
    let statistics = |node: &str| fs::read(lab.home(&format!("sixty_forty_{node}.json"))).unwrap();
    assert!(
        NODES
            .iter()
            .all(|node| statistics(node) == statistics("node02"))
    );

    let arguments = ["cluster", "check", "--nodelist", "node[02,04]", "--json"];
    let done = lab.gridfolio(&arguments).succeeded();
    let check: Value = serde_json::from_str(&done.stdout).unwrap();
    let nodes = check["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 2);
    for node in nodes {
        assert_eq!(node["report"]["digest"], check["here"]["digest"]);
        assert_eq!(node["report"]["host"], node["name"]);
        assert_eq!(
            (&node["share"], &node["problems"]),
            (&true.into(), &Value::Array(vec![]))
        );
    }
    // The tokens are gone.
    let left = fs::read_dir(lab.home(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert!(
        left.into_iter()
            .all(|name| !name.to_str().unwrap().starts_with(".gridfolio-check"))
    );
}

/// One that gives another result, one that is drained, and one that does not see the program.
pub(crate) fn a_node_that_runs_something_else_is_named(lab: &Lab) {
    let other = "#!/bin/sh
case $(uname -n) in
    node02) /sharedfs/gridfolio/gridfolio \"$@\" | sed 's/\"digest\":\"[0-9a-f]*\"/\"digest\":\"0123\"/; s/\"version\":\"[^\"]*\"/\"version\":\"0.0.9\"/; s/\"clock\":[0-9]*/\"clock\":1000/';;
    *) exec /sharedfs/gridfolio/gridfolio-vax \"$@\";;
esac
";
    fs::write(lab.home("other"), other).unwrap();
    lab.on("01", &["-r", "chmod", "755", "/sharedfs/home/ubuntu/other"])
        .succeeded();
    let drain = |state: &str| {
        let arguments = [
            "-r",
            "scontrol",
            "update",
            "nodename=node04",
            state,
            "reason=new fan",
        ];
        lab.on("01", &arguments).succeeded();
    };
    drain("state=drain");
    let done = lab.gridfolio(&["cluster", "check", "--program", "other", "--patience", "20"]);
    drain("state=resume");
    lab.until_all_nodes_answer();
    assert_eq!(done.code, Some(1), "{}{}", done.stdout, done.stderr);
    for problem in [
        "node02: it runs version 0.0.9, and this is ",
        "node02: its result has digest 0123, and ours ",
        " s behind: set it by NTP\n",
        "node03: ",
        // Drained, or draining while a task of another test is still there.
        "node04: drain",
        ": new fan\n",
    ] {
        assert!(
            done.stdout.contains(problem),
            "{problem}\nis not in\n{}",
            done.stdout
        );
    }
    let done = lab.gridfolio(&["cluster", "check", "--nodelist", "node09"]);
    assert_eq!(done.code, Some(2), "{}", done.stderr);
    assert!(
        done.stderr
            .contains("there is no node `node09`\n hint: the nodes are node02, node03, node04"),
        "{}",
        done.stderr
    );
}
