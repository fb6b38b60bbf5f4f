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
use meshwright_dialect::Input;
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

/// The routes of a router as people have them, at most: of 66 routers in public templates and manifests 55 have one route, one has more
/// than five. At the quota of 50, two routers come to 54 kB of routes for each proxy.
const USUAL_ROUTES: usize = 5;

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
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let usual = Size { routes: USUAL_ROUTES, ..Size::quota(1) };
    let mut rows = changes(&Mesh::written(folder.path(), usual)?, [Some(10.0), Some(60.0)])?;
    let mesh = Mesh::written(folder.path(), Size::quota(1))?;
    rows.extend(changes(&mesh, [None; 2])?);
    let plane = mesh.served()?;
    let before = plane.server.resident()?;
    let fleet = Fleet::connect(&plane, IDLE)?;
    std::thread::sleep(RESPITE);
    let more = plane.server.resident()?.saturating_sub(before);
    drop(fleet);
    rows.push(Row::memory("`serve`, what 10,000 proxies that wait add", &mesh.files, more, 500.0));
    drop(plane);
    rows.extend(envoy::rows(root, folder.path())?);
    Ok(rows)
}

/// How soon changes have reached the proxies that they concern: a tenth of them, and all. With the most that each may take.
fn changes(mesh: &Mesh, goals: [Option<f64>; 2]) -> Result<Vec<Row>> {
    let plane = mesh.served()?;
    let fleet = Fleet::connect(&plane, PROXIES)?;
    let mut rows = Vec::new();
    for (what, is_shared, concerned, goal) in
        [("100 of 1,000 proxies", false, PROXIES / GROUPS, goals[0]), ("all 1,000 proxies", true, PROXIES, goals[1])]
    {
        let times = fleet.reached(&plane, is_shared, concerned)?;
        let row = |what: &str, percent| Row::new(what, &mesh.files, times[(times.len() - 1) * percent / 100]);
        let routes = mesh.routes;
        rows.push(row(&format!("`UpdateRoute`, until {what} have accepted it, {routes} routes a router, median"), 50));
        let last = row("the same, 99th percentile", 99);
        rows.push(match goal {
            Some(most) => last.within_millis(most),
            None => last,
        });
    }
    Ok(rows)
}

/// A mesh with proxies, in a folder.
struct Mesh<'f> {
    folder: &'f Path,
    files: [Input; 1],
    routes: usize,
}

impl<'f> Mesh<'f> {
    fn written(folder: &'f Path, size: Size) -> Result<Self> {
        let file = input("mesh.json", format!("{}\n{}", generate::describe(size), callers()));
        std::fs::write(folder.join(&file.name), &file.bytes)?;
        Ok(Self { folder, files: [file], routes: size.routes })
    }

    /// A server that has it.
    fn served(&self) -> Result<Plane> {
        let path = self.folder.join(&self.files[0].name);
        Plane::start(self.folder, &["--load", &path.display().to_string()])
    }
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
