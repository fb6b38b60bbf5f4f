//! `apply --wait` with a real Envoy behind a real server: what it answers is so.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::proxies::{Proxy, envoy, free_port, is_settled, mesh, until};
use crate::serve::Server;

/// How often weights are changed.
const CHANGES: u32 = 20;

/// The first weight; the other target's differ from all of them.
const FIRST: u32 = 51;

/// Applies one resource of the shop's.
fn apply(server: &Server, folder: &Path, wait: &str, resource: &Value) -> Output {
    let file = folder.join("change.json");
    std::fs::write(&file, resource.to_string()).unwrap();
    let url = format!("http://{}", server.address);
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    command.args(["apply", wait, "--region", "us-east-1", "--endpoint-url", &url]).arg(&file);
    command.env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap()
}

fn split(first: u32) -> Value {
    let target = |node: &str, weight: u32| json!({"virtualNode": node, "weight": weight});
    let action = json!({"weightedTargets": [target("v1", first), target("v2", 100 - first)]});
    let spec = json!({"httpRoute": {"match": {"prefix": "/"}, "action": action}});
    json!({"meshName": "shop", "virtualRouterName": "r", "routeName": "split", "spec": spec})
}

fn gateway(port: u16) -> Value {
    let listener = json!([{"portMapping": {"port": port, "protocol": "http"}}]);
    json!({"meshName": "shop", "virtualGatewayName": "web", "spec": {"listeners": listener}})
}

#[test]
fn what_apply_has_waited_for_is_so() {
    let Some(envoy) = envoy() else { return };
    let folder = tempfile::tempdir().unwrap();
    let xds = format!("unix://{}", folder.path().join("xds.sock").display());
    let server = Server::start(&["--ads", &xds]);
    let port = free_port();
    mesh(&server, port);
    let proxy = Proxy::start(&envoy, folder.path(), "web", &xds);
    until("it has accepted everything", || is_settled(&server));
    for change in FIRST..FIRST + CHANGES {
        let applied = apply(&server, folder.path(), "--wait", &split(change));
        let said = String::from_utf8_lossy(&applied.stdout);
        assert_eq!(applied.status.code(), Some(0), "{applied:?}");
        assert!(said.ends_with("done: 1 updated\nthe proxy that is connected has accepted everything\n"), "{said}");
        let dump = proxy.ask("/config_dump");
        assert!(dump.contains(&format!("\"weight\": {change}")), "{change} is not there yet");
    }

    // A listener on a port that somebody else has.
    let other = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let taken = other.local_addr().unwrap().port();
    let start = Instant::now();
    let refused = apply(&server, folder.path(), "--wait", &gateway(taken));
    let why = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(why.contains("error: virtual gateway web of mesh shop from unix: refused lds_ingress_0.0.0.0_"), "{why}");
    assert!(why.contains("ddress already in use"), "{why}");
    assert!(start.elapsed() < Duration::from_secs(20), "a refusal is not waited for");
    let mended = apply(&server, folder.path(), "--wait", &gateway(port));
    assert_eq!(mended.status.code(), Some(0), "{mended:?}");

    // A proxy that hangs; another that has nothing to stand for.
    let stop = |signal: &str| {
        let told = Command::new("kill").arg(signal).arg(proxy.id().to_string()).status().unwrap();
        assert!(told.success());
    };
    stop("-STOP");
    let start = Instant::now();
    let late = apply(&server, folder.path(), "--wait=1", &split(97));
    let why = String::from_utf8_lossy(&late.stderr);
    assert_eq!(late.status.code(), Some(1), "{late:?}");
    assert!(why.contains("virtual gateway web of mesh shop from unix: has not answered yet: RDS"), "{why}");
    assert!(start.elapsed() > Duration::from_secs(1));
    stop("-CONT");
    let again = apply(&server, folder.path(), "--wait", &split(97));
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.starts_with("nothing to do") && said.ends_with("has accepted everything\n"), "{again:?}");
    let second = tempfile::tempdir().unwrap();
    let _second = Proxy::start(&envoy, second.path(), "other", &xds);
    until("it connects", || {
        let (_, page) = Server::ask(&server.address, "GET", "/meshwright/proxies", "").unwrap();
        page["proxies"].as_array().unwrap().len() == 2
    });
    let unknown = apply(&server, folder.path(), "--wait", &split(98));
    let why = String::from_utf8_lossy(&unknown.stderr);
    assert_eq!(unknown.status.code(), Some(1), "{unknown:?}");
    assert!(why.contains("virtual gateway other of mesh shop from unix: waits: there is no such resource"), "{why}");
}
