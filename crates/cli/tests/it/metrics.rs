//! What `serve` counts, read by Prometheus' own reader, with a real Envoy behind it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::proxies::{Proxy, envoy, free_port, is_settled, mesh, until};
use crate::serve::Server;

/// What is counted, as Prometheus reads it.
fn families(server: &Server, python: &std::ffi::OsStr) -> Value {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"GET /meshwright/metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/exposition_judge.py");
    let mut child = Command::new(python).arg(judge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The sample of a family that has a label.
fn sample(families: &Value, family: &str, label: Option<(&str, &str)>) -> f64 {
    let samples = families[family]["samples"].as_array().unwrap_or_else(|| panic!("{family}: {families}"));
    let is_meant = |own: &&Value| label.is_none_or(|(name, text)| own[1][name] == text);
    samples.iter().find(is_meant).unwrap()[2].as_f64().unwrap()
}

#[test]
fn prometheus_reads_what_is_counted() {
    let (Some(envoy), Some(python)) = (envoy(), std::env::var_os("MESHWRIGHT_JUDGES_PYTHON")) else {
        assert!(std::env::var_os("CI").is_none() || !cfg!(target_os = "linux"), "CI needs the judges");
        eprintln!("skipped: the judges are not installed; cargo xtask test installs them");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let xds = format!("unix://{}", folder.path().join("xds.sock").display());
    let server = Server::start(&["--ads", &xds]);
    assert!(sample(&families(&server, &python), "meshwright_proxies_connected", None) < 1.0);
    mesh(&server, free_port());
    let _proxy = Proxy::start(&envoy, folder.path(), "web", &xds);
    until("it has accepted everything", || is_settled(&server));
    let all = families(&server, &python);
    for (family, label, count) in [
        ("meshwright_proxies_connected", None, 1.0),
        ("meshwright_proxies_settled", None, 1.0),
        ("meshwright_proxies_refusing", None, 0.0),
        ("meshwright_api_calls", Some(("operation", "CreateVirtualNode")), 2.0),
        ("meshwright_ads_responses_rejected", Some(("kind", "CDS")), 0.0),
    ] {
        assert!((sample(&all, family, label) - count).abs() < f64::EPSILON, "{family}: {}", all[family]);
    }
    for kind in ["CDS", "LDS", "RDS"] {
        let count = |what: &str| sample(&all, &format!("meshwright_ads_responses_{what}"), Some(("kind", kind)));
        assert!(
            count("sent") >= 1.0 && count("sent") >= count("acknowledged") && count("acknowledged") >= 1.0,
            "{kind}"
        );
    }
    let revision = sample(&all, "meshwright_store_revision", None);
    assert!(revision >= 1.0 && revision >= sample(&all, "meshwright_ads_revision", None));
    assert!(sample(&all, "process_start_time_seconds", None) > 1_700_000_000.0);
    for (name, family) in all.as_object().unwrap() {
        assert!(!family["help"].as_str().unwrap().is_empty(), "{name} says what it is");
        assert_ne!(family["type"], json!("unknown"), "{name} has a type");
    }

    // A listener on a port that somebody else has.
    let other = std::net::TcpListener::bind("0.0.0.0:0").unwrap();
    let listener = json!([{"portMapping": {"port": other.local_addr().unwrap().port(), "protocol": "http"}}]);
    let body = json!({"spec": {"listeners": listener}}).to_string();
    let (status, _) = Server::ask(&server.address, "PUT", "/v20190125/meshes/shop/virtualGateways/web", &body).unwrap();
    assert_eq!(status, 200);
    until("it refuses the listener", || {
        let all = families(&server, &python);
        let is_one = |family, label| (sample(&all, family, label) - 1.0).abs() < f64::EPSILON;
        is_one("meshwright_proxies_refusing", None)
            && is_one("meshwright_ads_responses_rejected", Some(("kind", "LDS")))
    });
}
