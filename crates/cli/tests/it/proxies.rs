//! A real Envoy and `serve`: what the API is told reaches the proxy, and what the proxy says to that can be read.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::serve::Server;

/// How long anything may take; gRPC waits 10 s before it calls a control plane again that was away.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long to wait before looking again.
const GLANCE: Duration = Duration::from_millis(10);

/// The Envoy that `cargo xtask test` installs; `None`, with a word about it, where there is none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn envoy() -> Option<PathBuf> {
    let envoy = std::env::var_os("MESHWRIGHT_JUDGES_ENVOY").map(PathBuf::from);
    if envoy.is_none() {
        let has_one = cfg!(all(target_os = "linux", target_env = "gnu"));
        assert!(!has_one || std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        eprintln!(
            "skipped: no Envoy is installed; cargo xtask test installs one on Linux and sets MESHWRIGHT_JUDGES_ENVOY"
        );
    }
    envoy
}

/// A gateway's proxy, which needs no kernel to redirect anything; ended with the test.
pub(crate) struct Proxy {
    child: Child,
    folder: PathBuf,
}

impl Proxy {
    pub(crate) fn start(envoy: &Path, folder: &Path, gateway: &str, xds: &str) -> Self {
        Self::start_with(envoy, folder, gateway, &["--xds", xds])
    }

    /// With options of `bootstrap`.
    pub(crate) fn start_with(envoy: &Path, folder: &Path, gateway: &str, options: &[&str]) -> Self {
        let node = format!("mesh/shop/virtualGateway/{gateway}");
        let mut bootstrap = Command::new(env!("CARGO_BIN_EXE_meshwright"));
        bootstrap.args(["bootstrap", &node, "--env", "ENVOY_ADMIN_MODE=tcp"]).args(options);
        let output = bootstrap.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let mut bootstrap: Value = serde_json::from_slice(&output.stdout).unwrap();
        bootstrap["admin"] = json!({"address": {"pipe": {"path": folder.join("admin.sock")}}});
        Self::run(envoy, folder, &bootstrap)
    }

    /// An Envoy with a bootstrap.
    pub(crate) fn run(envoy: &Path, folder: &Path, bootstrap: &Value) -> Self {
        let file = folder.join("envoy.json");
        std::fs::write(&file, bootstrap.to_string()).unwrap();
        let mut command = Command::new(envoy);
        command.arg("-c").arg(&file).args(["--disable-hot-restart", "--concurrency", "1", "-l", "warning"]);
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().unwrap(), folder: folder.to_owned() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What its administration answers; empty where it does not.
    pub(crate) fn ask(&self, path: &str) -> String {
        let Ok(mut stream) = std::os::unix::net::UnixStream::connect(self.folder.join("admin.sock")) else {
            return String::new();
        };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
        let _ = write!(stream, "GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A counter of its statistics.
    pub(crate) fn count(&self, name: &str) -> u64 {
        let text = self.ask(&format!("/stats?filter=^{name}$"));
        text.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))?.trim().parse().ok()).unwrap_or_default()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "{what}: it has not come about");
        std::thread::sleep(GLANCE);
    }
}

pub(crate) fn call(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let (status, answer) =
        Server::ask(&server.address, method, &format!("/v20190125/meshes{path}"), &body.to_string()).unwrap();
    assert_eq!(status, 200, "{method} {path}: {answer}");
    answer
}

/// The one proxy that is connected.
fn connected(server: &Server) -> Option<Value> {
    let (status, page) = Server::ask(&server.address, "GET", "/meshwright/proxies", "").unwrap();
    assert_eq!(status, 200);
    let proxies = page["proxies"].as_array().unwrap();
    assert!(proxies.len() <= 1, "{page}");
    proxies.first().cloned()
}

pub(crate) fn is_settled(server: &Server) -> bool {
    connected(server).is_some_and(|proxy| proxy["isSettled"] == true)
}

/// A mesh with two nodes on one address behind a gateway, which splits requests by weight.
pub(crate) fn mesh(server: &Server, port: u16) {
    call(server, "PUT", "", &json!({"meshName": "shop"}));
    let listener = json!([{"portMapping": {"port": port, "protocol": "http"}}]);
    for name in ["v1", "v2"] {
        let spec = json!({"listeners": listener, "serviceDiscovery": {"dns": {"hostname": "127.0.0.1"}}});
        call(server, "PUT", "/shop/virtualNodes", &json!({"virtualNodeName": name, "spec": spec}));
    }
    call(server, "PUT", "/shop/virtualRouters", &json!({"virtualRouterName": "r", "spec": {"listeners": listener}}));
    call(server, "PUT", "/shop/virtualRouter/r/routes", &json!({"routeName": "split", "spec": split(90, 10)}));
    let provider = json!({"provider": {"virtualRouter": {"virtualRouterName": "r"}}});
    call(server, "PUT", "/shop/virtualServices", &json!({"virtualServiceName": "orders.local", "spec": provider}));
    call(
        server,
        "PUT",
        "/shop/virtualGateways",
        &json!({"virtualGatewayName": "web", "spec": {"listeners": listener}}),
    );
    let target = json!({"virtualService": {"virtualServiceName": "orders.local"}});
    let spec = json!({"httpRoute": {"match": {"prefix": "/"}, "action": {"target": target}}});
    call(server, "PUT", "/shop/virtualGateway/web/gatewayRoutes", &json!({"gatewayRouteName": "all", "spec": spec}));
}

pub(crate) fn split(first: u32, second: u32) -> Value {
    let target = |node: &str, weight: u32| json!({"virtualNode": node, "weight": weight});
    let action = json!({"weightedTargets": [target("v1", first), target("v2", second)]});
    json!({"httpRoute": {"match": {"prefix": "/"}, "action": action}})
}

pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[test]
fn what_the_api_is_told_reaches_a_real_envoy() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let xds = format!("unix://{}", folder.path().join("xds.sock").display());
    let store = folder.path().join("store").display().to_string();
    let arguments = ["--store", &store, "--ads", &xds];
    let server = Server::start(&arguments);
    // It comes before what it stands for, and waits for that.
    let proxy = Proxy::start(&envoy, folder.path(), "web", &xds);
    until("it connects", || connected(&server).is_some());
    assert_eq!(connected(&server).unwrap()["isKnown"], false);
    mesh(&server, free_port());
    until("it is live", || proxy.ask("/ready").contains("LIVE"));
    until("it has accepted everything", || is_settled(&server));
    assert!(proxy.ask("/config_dump").contains(r#""weight": 90"#));

    let version = |kind: &str| {
        let proxy = connected(&server).unwrap();
        let kinds = proxy["kinds"].as_array().unwrap().clone();
        kinds.into_iter().find(|own| own["kind"] == kind).unwrap()["version"].clone()
    };
    let clusters = version("CDS");
    call(&server, "PUT", "/shop/virtualRouter/r/routes/split", &json!({"spec": split(25, 75)}));
    until("the weights have changed", || proxy.ask("/config_dump").contains(r#""weight": 25"#));
    until("it has accepted that", || is_settled(&server));
    assert_eq!(version("CDS"), clusters, "clusters have not changed");

    // The proxy goes on without a control plane, and is sent nothing again that it has.
    let updates = |proxy: &Proxy| {
        ["cluster_manager.cds", "listener_manager.lds"].map(|own| proxy.count(&format!("{own}.update_success")))
    };
    let before = updates(&proxy);
    server.kill();
    until("the stream is gone", || proxy.count("control_plane.connected_state") == 0);
    assert!(proxy.ask("/ready").contains("LIVE"));
    let server = Server::start(&arguments);
    until("it is back", || connected(&server).is_some() && is_settled(&server));
    assert_eq!(updates(&proxy), before, "nothing is sent again that did not change");
    call(&server, "PUT", "/shop/virtualRouter/r/routes/split", &json!({"spec": split(40, 60)}));
    until("it follows again", || proxy.ask("/config_dump").contains(r#""weight": 40"#));

    // A node that nothing needs goes, after its routes.
    call(&server, "DELETE", "/shop/virtualGateway/web/gatewayRoutes/all", &json!({}));
    until("clusters that nothing uses are gone", || !proxy.ask("/clusters").contains("cds_egress_shop_v2"));
    assert_eq!(proxy.count("listener_manager.lds.update_rejected"), 0);
    assert_eq!(proxy.count("cluster_manager.cds.update_rejected"), 0);
}

#[test]
fn a_refusal_is_blamed_on_its_resource_and_harms_nothing() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let xds = format!("unix://{}", folder.path().join("xds.sock").display());
    let server = Server::start(&["--ads", &xds]);
    mesh(&server, free_port());
    let proxy = Proxy::start(&envoy, folder.path(), "web", &xds);
    until("it is live", || proxy.ask("/ready").contains("LIVE"));
    until("it has accepted everything", || is_settled(&server));
    // Neither what is no HTTP/2 nor whoever says nothing harms it.
    let socket = folder.path().join("xds.sock");
    let _silent = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    let mut garbage = std::os::unix::net::UnixStream::connect(&socket).unwrap();
    let _ = garbage.write_all(&vec![b'%'; 100_000]);
    assert!(is_settled(&server));
    // A listener on a port that somebody else has.
    let other = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let taken = other.local_addr().unwrap().port();
    let listener = json!([{"portMapping": {"port": taken, "protocol": "http"}}]);
    call(&server, "PUT", "/shop/virtualGateways/web", &json!({"spec": {"listeners": listener}}));
    let refusal = || {
        let proxy = connected(&server)?;
        let kinds = proxy["kinds"].as_array()?.clone();
        kinds
            .into_iter()
            .find(|own| own["kind"] == "LDS")
            .map(|own| own["rejection"].clone())
            .filter(|own| !own.is_null())
    };
    until("it refuses the listener", || refusal().is_some());
    let refusal = refusal().unwrap();
    assert_eq!(refusal["resources"], json!([format!("lds_ingress_0.0.0.0_{taken}")]), "{refusal}");
    assert!(refusal["message"].as_str().unwrap().contains("ddress already in use"), "{refusal}");
    let shown = Command::new(env!("CARGO_BIN_EXE_meshwright"))
        .args(["proxies", "--endpoint-url", &format!("http://{}", server.address), "--region", "us-east-1"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&shown.stdout);
    assert_eq!(shown.status.code(), Some(1), "{shown:?}");
    assert!(said.contains("virtual gateway web of mesh shop  goes on with what it had; connected for"), "{said}");
    assert!(said.contains(&format!("\n  refused lds_ingress_0.0.0.0_{taken} (LDS): ")), "{said}");
    assert!(!is_settled(&server) && proxy.ask("/ready").contains("LIVE"));
}

#[test]
fn what_is_asked_wrongly_is_refused() {
    let server = Server::start(&[]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"POST /meshwright/proxies HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("POST is no operation at /meshwright/proxies"), "{answer}");
    let refused = |ads: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_meshwright")).args(["serve", "--ads", ads]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(refused("here").contains("unix:///PATH"));
    assert!(refused("unix://x.sock").contains("must be whole"));
    assert!(refused("0.0.0.0:18000").contains("--ads https://0.0.0.0:18000 with --tls-cert, --tls-key"));
    assert!(refused("https://127.0.0.1:18000").contains("TLS needs --tls-cert and --tls-key"));
}
