//! Commands killed at any moment: what they leave is whole and of one run, and the same command completes it.
//!
//! The gate kills a hundred commands; `GRIDFOLIO_KILLS` asks for another number, as the nightly run does.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diagnostics::Manifest;

use crate::sweep::momentum;
use crate::{folder, gridfolio};

/// A command that writes into a folder.
struct Case {
    name: &'static str,
    /// The folder that it writes to, below that of the test.
    out: &'static str,
    /// The command; the second of two writes other bytes into the same folder.
    arguments: Vec<Vec<String>>,
    /// Files whose bytes depend on the moment: the status of workers, and times in the ledger.
    varies: fn(&str) -> bool,
    /// Whether files of the two commands may stand side by side.
    may_mix: bool,
}

fn command(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gridfolio"));
    command
        .current_dir(folder)
        .env("GRIDFOLIO_LEDGER", folder.join("ledger"))
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// All files below a folder and their bytes, by their path.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path: PathBuf = entry.unwrap().path();
            let name = format!("{below}{}", path.file_name().unwrap().to_string_lossy());
            match path.is_dir() {
                true => walk(&path, &format!("{name}/"), found),
                false => drop(found.insert(name, fs::read(&path).unwrap())),
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn cases() -> Vec<Case> {
    let example = |name: &str| {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        examples.join(name).to_str().unwrap().to_owned()
    };
    let never = |_: &str| false;
    let case = |name, out, commands: &[&str]| Case {
        name,
        out,
        arguments: commands.iter().map(|text| words(text)).collect(),
        varies: never,
        may_mix: false,
    };
    let run = |buffer: &str| {
        let file = example("sixty_forty.toml");
        format!("run {file} --set portfolio.cash_buffer={buffer} --out run -q")
    };
    let of_workers = |name: &str| name.starts_with("workers/") || name.starts_with("status");
    vec![
        case("run", "run", &[&run("0.0"), &run("0.5")]),
        case("report", "page", &["report result --out page -q"]),
        case(
            "pictures",
            "png",
            &["report result --format png --out png -q"],
        ),
        case(
            "report of a sweep",
            "report",
            &["report ready --out report -q"],
        ),
        case("data sample", "prices", &["data sample prices"]),
        // Each file says when it was imported; the manifest knows its bytes.
        Case {
            varies: |_| true,
            ..case(
                "data import",
                "imported",
                &["data import made --out imported"],
            )
        },
        Case {
            varies: of_workers,
            may_mix: true,
            ..case(
                "sweep",
                "sweep",
                &[&format!("sweep {} --out sweep -q", momentum())],
            )
        },
        Case {
            varies: of_workers,
            may_mix: true,
            ..case("worker", "planned", &["worker planned --shards 0-2"])
        },
        case("install", "bin", &["cluster install bin"]),
        Case {
            varies: |_| true,
            may_mix: true,
            ..case("ledger", "ledger", &["verdict ready"])
        },
    ]
}

/// Numbers between 0 and 1 that are spread over it, whatever their count.
fn share(number: usize) -> f64 {
    (number as f64 * 0.618_033_988_749_895).fract()
}

#[test]
fn a_killed_command_leaves_nothing_half_and_nothing_mixed() {
    let folder = folder();
    let at = folder.path();
    // What the commands read.
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sixty_forty.toml");
    gridfolio(
        at,
        &["run", file.to_str().unwrap(), "--out", "result", "-q"],
    )
    .succeeded();
    gridfolio(at, &["sweep", &momentum(), "--out", "ready", "-q"]).succeeded();
    gridfolio(at, &["data", "sample", "made"]).succeeded();
    let kills: usize = std::env::var("GRIDFOLIO_KILLS").map_or(100, |text| text.parse().unwrap());
    let cases = cases();
    let mut killed = 0;
    for (number, case) in cases.iter().enumerate() {
        // Each command by itself: its time, and the bytes of its files.
        let out = at.join(case.out);
        let mut whole: Vec<BTreeMap<String, Vec<u8>>> = Vec::new();
        let mut longest = Duration::ZERO;
        let prepare = || {
            let _ = fs::remove_dir_all(&out);
            if case.name == "worker" {
                // The plan and the prices of a sweep without its shards.
                fs::create_dir_all(out.join("shards")).unwrap();
                for file in ["plan.json", "market.snap"] {
                    fs::copy(at.join("ready").join(file), out.join(file)).unwrap();
                }
            }
        };
        for arguments in &case.arguments {
            prepare();
            let began = Instant::now();
            assert!(
                command(at, arguments).status().unwrap().success(),
                "{}",
                case.name
            );
            longest = longest.max(began.elapsed());
            whole.push(files(&out));
        }
        let own = kills / cases.len() + usize::from(number < kills % cases.len());
        for kill in 0..own {
            let arguments = &case.arguments[kill % case.arguments.len()];
            // Over what the one before left, and now and then from nothing.
            if kill % 7 == 0 || case.name == "worker" {
                prepare();
            }
            let mut child = command(at, arguments).spawn().unwrap();
            sleep(longest.mul_f64(share(kill + 1)));
            child.kill().unwrap();
            child.wait().unwrap();
            killed += 1;
            let mut fits: Vec<bool> = vec![true; whole.len()];
            for (name, bytes) in files(&out) {
                let is_temporary = diagnostics::is_temporary(name.rsplit('/').next().unwrap());
                if is_temporary || (case.varies)(&name) {
                    continue;
                }
                let of: Vec<bool> = whole
                    .iter()
                    .map(|whole| whole.get(&name) == Some(&bytes))
                    .collect();
                assert!(
                    of.contains(&true),
                    "{}: `{name}` is half written",
                    case.name
                );
                for (fits, of) in fits.iter_mut().zip(&of) {
                    *fits &= of;
                }
            }
            assert!(
                case.may_mix || fits.contains(&true),
                "{}: files of two runs",
                case.name
            );
            if let Some(manifest) = Manifest::read(&out).unwrap() {
                assert_eq!(manifest.differences(&out), [], "{}", case.name);
            }
        }
        // The same command completes it, and removes what the killed ones left.
        let last = case.arguments.len() - 1;
        assert!(
            command(at, &case.arguments[last])
                .status()
                .unwrap()
                .success(),
            "{}",
            case.name
        );
        let done = files(&out);
        for (name, bytes) in &whole[last] {
            let is_same = (case.varies)(name) || done.get(name) == Some(bytes);
            assert!(is_same, "{}: `{name}` has other bytes", case.name);
        }
        let left = done
            .keys()
            .find(|name| diagnostics::is_temporary(name.rsplit('/').next().unwrap()));
        assert_eq!(left, None, "{}", case.name);
    }
    assert_eq!(killed, kills);
    // Every entry of the ledger is whole.
    let listed = gridfolio(at, &["ledger", "--json"]).succeeded();
    assert_eq!(listed.stderr, "");
}
