//! What the Envoy control plane costs: how soon a change has reached the proxies that it concerns, what proxies cost that only wait, and how
//! soon a real Envoy does as the API was told.

mod accepts;
mod chunks;
mod envoy;
mod proxy;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::generate::{self, Size};
use super::input;
use super::server::Server;
use super::table::Row;
use crate::console::say;
use accepts::{Accepted, Accepts};
use proxy::{Protocol, Proxy};

/// The nodes that have proxies. Each calls two services: one that a tenth of them calls, and one that all call.
const NODES: usize = 200;
const GROUPS: usize = 10;

/// The proxies whose changes are measured, and those that only wait.
const PROXIES: usize = 1_000;
const IDLE: usize = 10_000;

/// How many changes are measured, after some that are not.
const CHANGES: usize = 200;
const WARM_UP: usize = 10;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait for what must not come, and for what was made for proxies that come to be given back.
const SILENCE: Duration = Duration::from_millis(20);
const RESPITE: Duration = Duration::from_secs(3);

/// How many proxies may be on their way at a time.
const MAX_COMING: usize = 100;

/// Every row about the control plane.
pub(super) fn rows(root: &Path) -> Result<Vec<Row>> {
    say("the Envoy control plane …");
    raise_open_files();
    let mesh = input("mesh.json", format!("{}\n{}", generate::describe(Size::quota(1)), callers()));
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let path = folder.path().join(&mesh.name);
    std::fs::write(&path, &mesh.bytes)?;
    let path = path.display().to_string();
    let mesh = [mesh];
    let mut rows = Vec::new();
    let plane = Plane::start(folder.path(), &["--load", &path])?;
    let fleet = Fleet::connect(&plane, PROXIES)?;
    for (what, shared, concerned, most) in
        [("100 of 1,000 proxies", false, PROXIES / GROUPS, 10.0), ("all 1,000 proxies", true, PROXIES, 60.0)]
    {
        let times = fleet.reached(&plane, shared, concerned)?;
        let row = |what: &str, percent| Row::new(what, &mesh, times[(times.len() - 1) * percent / 100]);
        rows.push(row(&format!("`UpdateRoute`, until {what} have accepted it, median"), 50));
        rows.push(row("the same, 99th percentile", 99).within_millis(most));
    }
    drop((fleet, plane));
    let plane = Plane::start(folder.path(), &["--load", &path])?;
    let before = plane.server.resident()?;
    let fleet = Fleet::connect(&plane, IDLE)?;
    std::thread::sleep(RESPITE);
    let more = plane.server.resident()?.saturating_sub(before);
    drop(fleet);
    rows.push(Row::memory("`serve`, what 10,000 proxies that wait add", &mesh, more, 500.0));
    drop(plane);
    rows.extend(envoy::rows(root, folder.path())?);
    Ok(rows)
}

/// The service that a tenth of the nodes calls; the last is the one that all call.
fn service(group: usize) -> String {
    generate::stem(group * 17)
}

/// The nodes that have proxies.
fn callers() -> String {
    let backend =
        |group: usize| json!({"virtualService": {"virtualServiceName": format!("{}.quota.internal", service(group))}});
    let node = |number: usize| {
        let backends = [backend(number % GROUPS), backend(GROUPS)];
        json!({"meshName": "quota", "virtualNodeName": caller(number), "spec": {"backends": backends}}).to_string()
    };
    (0..NODES).map(node).collect::<Vec<_>>().join("\n")
}

fn caller(number: usize) -> String {
    format!("caller-{number}")
}

/// The proxy of a number: every caller in turn, each with as many of either protocol.
fn numbered(number: usize) -> Proxy {
    let protocol = if (number / NODES).is_multiple_of(2) { Protocol::Delta } else { Protocol::StateOfTheWorld };
    Proxy { number, protocol, node: format!("mesh/quota/virtualNode/{}", caller(number % NODES)) }
}

/// A server whose control plane is measured.
struct Plane {
    server: Server,
    socket: Arc<Path>,
}

impl Plane {
    fn start(folder: &Path, arguments: &[&str]) -> Result<Self> {
        let socket: Arc<Path> = folder.join("xds.sock").into();
        let server = Server::ours(arguments, &format!("unix://{}", socket.display()))?;
        Ok(Self { server, socket })
    }

    fn call(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let (status, answer) = self.server.ask(method, &format!("/v20190125/meshes{path}"), &[], body)?;
        ensure!(status == 200, "{method} {path}: {status} {answer}");
        Ok(serde_json::from_str(&answer)?)
    }
}

/// Proxies that are connected.
struct Fleet {
    /// They run as long as it is there, on one core: the server has the other.
    _runtime: Runtime,
    accepts: Arc<Accepts>,
}

impl Fleet {
    /// Connects proxies, and waits until each has its route configurations.
    fn connect(plane: &Plane, count: usize) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let accepts = Arc::new(Accepts::default());
        for start in (0..count).step_by(MAX_COMING) {
            let numbers = start..count.min(start + MAX_COMING);
            for number in numbers.clone() {
                let spoken = numbered(number).speak(Arc::clone(&plane.socket), Arc::clone(&accepts));
                runtime.spawn(async {
                    if let Err(why) = spoken.await {
                        say(&format!("a proxy ends: {why}"));
                    }
                });
            }
            accepts.take(numbers.len())?;
        }
        Ok(Self { _runtime: runtime, accepts })
    }

    /// How long it took from each change until each proxy that it concerns has accepted it, sorted.
    fn reached(&self, plane: &Plane, is_shared: bool, concerned: usize) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        for number in 0..WARM_UP + CHANGES {
            let group = if is_shared { GROUPS } else { number % GROUPS };
            let path = format!("/quota/virtualRouter/{}/routes/everything", service(group));
            let mut spec = plane.call("GET", &path, "")?["spec"].take();
            let weight = &mut spec["httpRoute"]["action"]["weightedTargets"][0]["weight"];
            *weight = json!(weight.as_u64().context("a weight")? % 100 + 1);
            let body = json!({"spec": spec}).to_string();
            let start = Instant::now();
            plane.call("PUT", &path, &body)?;
            for Accepted { number: proxy, at } in self.accepts.take(concerned)? {
                ensure!(is_shared || proxy % GROUPS == group, "proxy {proxy} is told what does not concern it");
                if number >= WARM_UP {
                    times.push(at.saturating_duration_since(start));
                }
            }
            std::thread::sleep(SILENCE);
            ensure!(self.accepts.take(0)?.is_empty(), "a proxy is told the same twice");
        }
        times.sort_unstable();
        Ok(times)
    }
}

/// Lets this process have as many connections as the system allows it.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Where it is not allowed, the limit stays as it is.
    let _ = setrlimit(Resource::Nofile, limit);
}
