//! What AWS's Envoy image does for `APPMESH_XDS_ENDPOINT`, done by a client that is none of ours: TLS with calls that botocore signs, and a
//! Unix socket with neither.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::serve::Server;
use crate::signed::Shop;
use crate::{corpus, csds, judges_python};

const ORDERS: &str = "mesh/shop/virtualNode/orders";
const SECRET: &str = "the secret of orders";

/// What becomes of each case.
fn judged(python: &OsStr, cases: &Value) -> Vec<Value> {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/image_judge.py");
    let mut child = Command::new(python).arg(judge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(cases.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// It has clusters, listeners and routes.
#[track_caller]
fn is_told(outcome: &Value) {
    for kind in ["CDS", "LDS", "RDS"] {
        assert!(outcome["told"][kind].as_u64().is_some_and(|count| count > 0), "{kind}: {outcome}");
    }
}

#[track_caller]
fn is_refused(outcome: &Value, status: &str, part: &str) {
    let reason = outcome["reason"].as_str().unwrap_or_default();
    assert!(outcome["refused"] == status && reason.contains(part), "{outcome}");
}

#[test]
fn who_signs_as_awss_image_does_is_served_or_told_why_not() {
    let Some(python) = judges_python() else { return };
    let shop = Shop::start(true, false);
    let endpoint = format!("localhost:{}", shop.port);
    let with = |changes: Value| {
        let mut case = json!({
            "endpoint": endpoint, "authorities": shop.path("own-ca.pem"), "node": ORDERS, "key": "ORDERS", "secret": SECRET,
        });
        for (member, value) in changes.as_object().unwrap() {
            case[member] = value.clone();
        }
        case
    };
    let mut unsigned = with(json!({}));
    unsigned.as_object_mut().unwrap().remove("key");
    let cases = json!([
        with(json!({})),
        with(json!({"service": "appmesh-preview"})),
        with(json!({"node": "arn:aws:appmesh:us-east-1:123456789012:mesh/shop/virtualNode/orders"})),
        with(json!({"minutes": -4})),
        with(json!({"secret": "another secret of orders"})),
        with(json!({"minutes": -6})),
        with(json!({"minutes": 6})),
        with(json!({"node": "mesh/shop/virtualNode/payments-v1"})),
        with(json!({"token": "IQoJ"})),
        with(json!({"key": "NOBODY"})),
        unsigned,
    ]);
    let outcomes = judged(&python, &cases);
    for served in &outcomes[..4] {
        is_told(served);
    }
    let refused = [
        ("UNAUTHENTICATED", "does not match the signature you provided"),
        ("UNAUTHENTICATED", "Signature expired"),
        ("UNAUTHENTICATED", "Signature not yet current"),
        (
            "PERMISSION_DENIED",
            "not authorized to perform: appmesh:StreamAggregatedResources on resource: arn:aws:appmesh:us-east-1:123456789012:mesh/shop/virtualNode/payments-v1",
        ),
        ("UNAUTHENTICATED", "AWS_SECRET_ACCESS_KEY"),
        ("UNAUTHENTICATED", "security token included in the request"),
        ("UNAUTHENTICATED", "Missing Authentication Token"),
    ];
    let (log, shown) = (shop.log(), shop.proxies());
    for (outcome, (status, part)) in outcomes[4..].iter().zip(refused) {
        is_refused(outcome, status, part);
        assert!(shown.contains(part), "`proxies` shows it: {part}: {shown}");
    }
    assert!(log.contains("refused a proxy from 127.0.0.1: "), "{log}");
}

#[test]
fn who_comes_by_a_socket_is_asked_for_nothing() {
    let Some(python) = judges_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let socket = format!("unix://{}", folder.path().join("xds.sock").display());
    let _server = Server::start(&["--load", &corpus("shop/shop.yaml"), "--ads", &socket]);
    let outcomes = judged(
        &python,
        &json!([
            {"endpoint": socket, "node": ORDERS},
            {"endpoint": socket, "node": "mesh/shop/virtualGateway/web"},
            {"endpoint": socket, "node": "sidecar~10.0.0.1"},
        ]),
    );
    is_told(&outcomes[0]);
    is_told(&outcomes[1]);
    is_refused(&outcomes[2], "INVALID_ARGUMENT", "no proxy's");
}

#[test]
fn a_key_is_told_how_its_own_proxies_stand() {
    let Some(python) = judges_python() else { return };
    let shop = Shop::start(true, false);
    let endpoint = format!("localhost:{}", shop.port);
    let authorities = shop.path("own-ca.pem").display().to_string();
    let keys = [
        "ADMIN=the secret of the admin",
        "ORDERS=the secret of orders",
        "PARTNER=the secret of a partner",
        "NOBODY=no secret",
    ];
    let arguments = [&[endpoint.as_str(), authorities.as_str()][..], &keys].concat();
    let told = csds::judged(&python, &arguments);
    assert_eq!(told["ADMIN"], json!([ORDERS, "mesh/shop/virtualNode/payments-v1"]));
    assert_eq!(told["ORDERS"], json!([ORDERS]));
    // It may be all of the mesh that is shared with it.
    assert_eq!(told["PARTNER"], told["ADMIN"]);
    assert!(told["NOBODY"].as_str().is_some_and(|why| why.starts_with("UNAUTHENTICATED: ")), "{told}");
}
