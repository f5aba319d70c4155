//! A real browser, told what to do over a pipe: the DevTools protocol, without any other program.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use conformance::{Kind, Requirement};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A page in a browser of its own.
pub(crate) struct Page {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    next: u64,
    /// What the page did that was not asked for: exceptions, messages, requests.
    pub(crate) events: Vec<Value>,
    _profile: TempDir,
}

/// The browser.
pub(crate) const CHROMIUM: Requirement = Requirement {
    kind: Kind::Program,
    needs: "a browser",
    missing: || {
        let found = Command::new("chromium").arg("--version").output();
        found
            .err()
            .map(|_| "`chromium` is not installed; it is Debian's package of that name".to_owned())
    },
};

impl Page {
    /// Opens a file and waits until its script is done.
    pub(crate) fn open(file: &Path, width: u32) -> Page {
        let mut page = Page::start();
        page.resize(width);
        page.go(file);
        page
    }

    fn start() -> Page {
        let profile = tempfile::tempdir().unwrap();
        // The browser reads commands from descriptor 3 and answers on 4.
        let script = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";
        let mut child = Command::new("sh")
            .args(["-c", script, "chromium"])
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
            ])
            .args(["--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut page = Page {
            child,
            input,
            output: BufReader::new(output),
            session: None,
            next: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = page.call("Target.createTarget", json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = page.call("Target.attachToTarget", target);
        page.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        let cut = json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
        page.call("Network.emulateNetworkConditions", cut);
        page
    }

    /// Loads a file.
    pub(crate) fn go(&mut self, file: &Path) {
        let url = format!("file://{}", file.display());
        self.call("Page.navigate", json!({ "url": url }));
        for _ in 0..600 {
            let is_ready = "document.documentElement?.dataset.ready !== undefined";
            if self.evaluate(is_ready) == true {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("`{}` is never ready: {:?}", file.display(), self.events);
    }

    pub(crate) fn resize(&mut self, width: u32) {
        let size =
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// `screen` or `print`; `light` or `dark`.
    pub(crate) fn media(&mut self, media: &str, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let media = json!({ "media": media, "features": features });
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked);
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// `mouseMoved`, `mousePressed` or `mouseReleased` at a place of the window.
    pub(crate) fn mouse(&mut self, kind: &str, (x, y): (f64, f64)) {
        let clicks = i32::from(kind != "mouseMoved");
        let button = if clicks == 1 { "left" } else { "none" };
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": clicks });
        self.call("Input.dispatchMouseEvent", event);
    }

    /// The printed page as PDF, in base 64.
    pub(crate) fn print(&mut self) -> String {
        let pdf = self.call("Page.printToPDF", json!({ "printBackground": true }));
        pdf["data"].as_str().unwrap_or_default().to_owned()
    }

    /// Left, top, width and height of an element in the window, once it has been scrolled there.
    #[track_caller]
    pub(crate) fn place(&mut self, selector: &str) -> [f64; 4] {
        let place = self.evaluate(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); \
             e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect(); \
             return [r.left, r.top, r.width, r.height]; }})()"
        ));
        [0, 1, 2, 3].map(|at| place[at].as_f64().unwrap())
    }

    /// Errors, messages, and requests for anything but the page itself.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let is_own = |url: &str| url.starts_with("file:") || url.starts_with("data:");
        let mut complaints = Vec::new();
        for event in &self.events {
            let parameters = &event["params"];
            match event["method"].as_str() {
                Some("Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded") => {
                    complaints.push(event.to_string());
                }
                Some("Network.requestWillBeSent")
                    if !is_own(parameters["request"]["url"].as_str().unwrap_or("")) =>
                {
                    complaints.push(event.to_string());
                }
                Some("Page.javascriptDialogOpening") => complaints.push(event.to_string()),
                _ => {}
            }
        }
        complaints
    }

    #[track_caller]
    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.next += 1;
        let mut message = json!({ "id": self.next, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.input
            .write_all(format!("{message}\0").as_bytes())
            .unwrap();
        self.input.flush().unwrap();
        loop {
            let mut bytes = Vec::new();
            self.output.read_until(0, &mut bytes).unwrap();
            assert!(!bytes.is_empty(), "the browser has gone away at {method}");
            bytes.pop();
            let answer: Value = serde_json::from_slice(&bytes).unwrap();
            if answer["id"] == self.next {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.events.push(answer);
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self
            .input
            .write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let _ = self.input.flush();
        let mut rest = Vec::new();
        let _ = std::io::Read::read_to_end(&mut self.output, &mut rest);
        let _ = self.child.wait();
    }
}
