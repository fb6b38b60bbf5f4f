//! What a trace foretells, seen to happen in a real Envoy: shares, retries, timeouts, ejection, limits, TLS.

mod server;

use std::time::{Duration, Instant};

use meshwright_model::{Inventory, Kind};
use meshwright_traffic::capture::{Capture, Loopback};
use meshwright_traffic::proxy::World;
use meshwright_traffic::trace::{Outcome, Sent, Trace};
use serde_json::{Value, json};

use crate::certificates::Certificates;
use crate::judge::envoy;
use crate::lab::{Answer, Lab, send};
use crate::process::free_ports;
use crate::proxied::Proxied;
use crate::translated::inventory;
use server::{Manner, Server};

/// How often a test of chance may fail: a share further off than that many standard deviations, once in 1.7 million.
const DEVIATIONS: f64 = 5.0;

/// A client, and a service `s.local` on port 80 behind a router with one route to `targets`.
fn routed(nodes: Vec<Value>, targets: &Value, more: Value) -> Inventory {
    routed_by(nodes, targets, more, Value::Null)
}

fn routed_by(nodes: Vec<Value>, targets: &Value, more: Value, policy: Value) -> Inventory {
    let mut backend = json!({"virtualServiceName": "s.local"});
    if !policy.is_null() {
        backend["clientPolicy"] = policy;
    }
    let mut http = json!({"match": {"prefix": "/"}, "action": {"weightedTargets": targets}});
    http.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut mesh = vec![
        json!({"meshName": "m", "virtualNodeName": "client", "spec": {"backends": [{"virtualService": backend}]}}),
        json!({"meshName": "m", "virtualRouterName": "r", "spec": {
            "listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}),
        json!({"meshName": "m", "virtualRouterName": "r", "routeName": "x", "spec": {"httpRoute": http}}),
        json!({"meshName": "m", "virtualServiceName": "s.local", "spec": {
            "provider": {"virtualRouter": {"virtualRouterName": "r"}}}}),
    ];
    mesh.extend(nodes);
    inventory(&mesh)
}

fn node(name: &str, port: u16, more: Value) -> Value {
    let mut listener = json!({"portMapping": {"port": port, "protocol": "http"}});
    listener.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"meshName": "m", "virtualNodeName": name, "spec": {"listeners": [listener],
        "serviceDiscovery": {"dns": {"hostname": "127.0.0.1", "responseType": "ENDPOINTS"}}}})
}

/// What a trace says of a request of the client's.
fn traced<T>(mesh: &Inventory, look: impl FnOnce(&Trace<'_>) -> T) -> T {
    let sent: Sent = "GET http://s.local/".parse().unwrap();
    let world = World::new(mesh, "m");
    look(&Trace::of(&world, Kind::VirtualNode, "client", &sent).unwrap())
}

/// A request of the client's: its number, and what comes of it.
fn ask(client: &Proxied, number: usize) -> Answer {
    let request = format!("GET / HTTP/1.1\r\nhost: s.local\r\nx-pair: {number}\r\nconnection: close\r\n\r\n");
    send(client.egress, Some(80), &request)
}

fn start(mesh: &Inventory) -> Proxied {
    Proxied::start(&World::new(mesh, "m"), Kind::VirtualNode, "client").unwrap()
}

/// The status of an answer.
fn status(answer: &Answer) -> Option<u16> {
    match answer {
        Answer::Response { status, .. } => Some(*status),
        Answer::Closed => None,
    }
}

/// The flags that were logged of a request.
fn flags(client: &Proxied, number: usize) -> String {
    let logged = client.logged(1);
    logged[&(number.to_string(), "egress".to_owned())]["flags"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn shares_are_what_the_weights_say() {
    const REQUESTS: u32 = 5000;
    if envoy().is_none() {
        return;
    }
    let lab = Lab::new();
    let weights = [("a", 50_u32), ("b", 7), ("c", 0), ("d", 1)];
    let nodes = weights.iter().zip(&lab.echoes).map(|((name, _), port)| node(name, *port, json!({}))).collect();
    let targets: Vec<Value> =
        weights.iter().map(|(name, weight)| json!({"virtualNode": name, "weight": weight})).collect();
    let mesh = routed(nodes, &json!(targets), json!({}));
    let client = start(&mesh);
    let mut counts = [0_u32; 4];
    for number in 0..REQUESTS {
        let Answer::Response { echo: Some(echo), .. } = ask(&client, number as usize) else { panic!("no answer") };
        counts[lab.echoes.iter().position(|port| *port == echo.port).unwrap()] += 1;
    }
    traced(&mesh, |trace| {
        for (target, count) in trace.hops[0].targets.iter().zip(counts) {
            let expected = target.share * f64::from(REQUESTS);
            let deviation = (expected * (1.0 - target.share)).sqrt();
            assert!((f64::from(count) - expected).abs() <= DEVIATIONS * deviation, "{counts:?}: {target:?}");
        }
    });
}

#[test]
fn a_request_is_tried_as_often_as_foretold() {
    if envoy().is_none() {
        return;
    }
    let second = json!({"unit": "s", "value": 1});
    let policy = |events: Value, most: u32| json!({"retryPolicy": {"maxRetries": most, "perRetryTimeout": second, "httpRetryEvents": events}});
    let cases = [
        // What is answered, what the route says, how often it is tried.
        (503, json!({}), 3),
        (500, json!({}), 1),
        (500, policy(json!(["server-error"]), 4), 5),
        (509, policy(json!(["server-error"]), 4), 1),
        (502, policy(json!(["gateway-error"]), 1), 2),
        (409, policy(json!(["client-error"]), 2), 3),
        (503, policy(json!(["stream-error"]), 2), 1),
        (503, policy(json!(["server-error"]), 0), 1),
    ];
    for (answered, more, expected) in cases {
        let server = Server::new(Manner::Answers(answered));
        let mesh =
            routed(vec![node("a", server.port, json!({}))], &json!([{"virtualNode": "a", "weight": 1}]), more.clone());
        let client = start(&mesh);
        assert_eq!(status(&ask(&client, 1)), Some(answered), "{more}");
        assert_eq!(server.requests(), expected, "{answered} {more}");
        let most = traced(&mesh, |trace| trace.hops[0].attempts.most);
        assert!(most >= expected, "foretold {most} for {answered} {more}");
        if expected > 1 {
            assert_eq!(most, expected);
            assert_eq!(flags(&client, 1), "URX");
        }
    }
}

#[test]
fn a_request_ends_when_foretold() {
    if envoy().is_none() {
        return;
    }
    let millis = |value: u32| json!({"unit": "ms", "value": value});
    let policy = json!({"maxRetries": 1, "perRetryTimeout": millis(300), "httpRetryEvents": ["server-error"]});
    let cases = [
        (json!({"timeout": {"perRequest": millis(400)}}), 1, "UT"),
        (json!({"retryPolicy": policy}), 2, "URX,UT"),
        (json!({"retryPolicy": policy, "timeout": {"perRequest": millis(450)}}), 2, "UT"),
    ];
    for (more, attempts, flag) in cases {
        let server = Server::new(Manner::IsSilent);
        let mesh =
            routed(vec![node("a", server.port, json!({}))], &json!([{"virtualNode": "a", "weight": 1}]), more.clone());
        let client = start(&mesh);
        let start = Instant::now();
        assert_eq!(status(&ask(&client, 1)), Some(504), "{more}");
        let took = start.elapsed();
        let most = traced(&mesh, |trace| trace.hops[0].attempts.worst_case_millis).unwrap();
        // The pauses are drawn at random, and the machine may be busy.
        assert!(
            took <= Duration::from_millis(most + 1500) && took >= Duration::from_millis(most.saturating_sub(60)),
            "{took:?} {most}"
        );
        assert_eq!(server.requests(), attempts, "{more}");
        assert_eq!(flags(&client, 1), flag, "{more}");
    }
}

#[test]
fn a_host_is_ejected_after_the_errors_foretold() {
    if envoy().is_none() {
        return;
    }
    let server = Server::new(Manner::Answers(500));
    let span = json!({"unit": "s", "value": 30});
    let detection =
        json!({"maxServerErrors": 3, "interval": span, "baseEjectionDuration": span, "maxEjectionPercent": 100});
    let nodes = vec![node("a", server.port, json!({"outlierDetection": detection}))];
    let mesh = routed(nodes, &json!([{"virtualNode": "a", "weight": 1}]), json!({}));
    let client = start(&mesh);
    let errors = traced(&mesh, |trace| trace.hops[0].targets[0].outlier_detection.unwrap().max_server_errors);
    for number in 0..errors {
        assert!(!client.running.ask("/clusters").contains("failed_outlier_check"), "after {number} errors");
        assert_eq!(status(&ask(&client, 1)), Some(500));
    }
    assert!(client.running.ask("/clusters").contains("failed_outlier_check"));
}

#[test]
fn a_full_pool_refuses_requests() {
    if envoy().is_none() {
        return;
    }
    let server = Server::new(Manner::IsSilent);
    let port = free_ports(1)[0];
    let pool = json!({"http": {"maxConnections": 1, "maxPendingRequests": 1}});
    let timeout = json!({"http": {"perRequest": {"unit": "s", "value": 2}}});
    let mesh = inventory(&[node("a", port, json!({"connectionPool": pool, "timeout": timeout}))]);
    let application = [(port, server.port)].into();
    let capture = Capture::Loopback(Loopback { application, ..Loopback::default() });
    let _proxied = Proxied::start_with(&World::new(&mesh, "m"), Kind::VirtualNode, "a", capture).unwrap();
    // One request has the connection, one waits for it, the others are too many.
    let asks: Vec<std::thread::JoinHandle<Answer>> = (0..4)
        .map(|_| {
            // Until a connection stands, the first request waits as well.
            std::thread::sleep(Duration::from_millis(200));
            std::thread::spawn(move || send(port, None, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
        })
        .collect();
    let mut statuses: Vec<u16> = asks.into_iter().map(|ask| status(&ask.join().unwrap()).unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [503, 503, 504, 504]);
}

/// A node that speaks TLS, an application behind it, and what a client under a policy gets.
fn over_tls(tls: Value, policy: Value) -> (Answer, Outcome, String) {
    let lab = Lab::new();
    let port = free_ports(1)[0];
    let more = if tls.is_null() { json!({}) } else { json!({"tls": tls}) };
    let mesh = routed_by(vec![node("a", port, more)], &json!([{"virtualNode": "a", "weight": 1}]), json!({}), policy);
    let application = [(port, lab.echoes[0])].into();
    let capture = Capture::Loopback(Loopback { application, ..Loopback::default() });
    let _server = Proxied::start_with(&World::new(&mesh, "m"), Kind::VirtualNode, "a", capture).unwrap();
    let client = start(&mesh);
    let answer = ask(&client, 1);
    let flags = flags(&client, 1);
    (answer, traced(&mesh, |trace| trace.outcome), flags)
}

#[test]
fn tls_comes_about_or_fails_as_foretold() {
    if envoy().is_none() {
        return;
    }
    let certificates = Certificates::new();
    let own = certificates.file("server");
    let trust = json!({"file": {"certificateChain": certificates.authority()}});
    let server = json!({"mode": "STRICT", "certificate": {"file": own}});
    let mutual = json!({"mode": "STRICT", "certificate": {"file": own}, "validation": {"trust": trust}});
    let checked = |name: &str| json!({"trust": trust, "subjectAlternativeNames": {"match": {"exact": [name]}}});
    let policy = |tls: Value| json!({"tls": tls});
    let with_certificate =
        json!({"validation": checked("server.local"), "certificate": {"file": certificates.file("client")}});
    let succeeding = [
        (server.clone(), policy(json!({"validation": checked("server.local")}))),
        (server.clone(), Value::Null),
        (json!({"mode": "PERMISSIVE", "certificate": {"file": own}}), Value::Null),
        (json!({"mode": "DISABLED", "certificate": {"file": own}}), Value::Null),
        (Value::Null, policy(json!({"enforce": false, "validation": checked("server.local")}))),
        (mutual.clone(), policy(with_certificate)),
    ];
    for (tls, policy) in succeeding {
        let (answer, outcome, _) = over_tls(tls.clone(), policy.clone());
        assert_eq!(outcome, Outcome::Forwarded, "{tls} {policy}");
        assert_eq!(status(&answer), Some(200), "{tls} {policy}");
    }
    let failing = [
        (mutual, policy(json!({"validation": checked("server.local")}))),
        (Value::Null, policy(json!({"validation": checked("server.local")}))),
    ];
    for (tls, policy) in failing {
        let (answer, outcome, flags) = over_tls(tls.clone(), policy.clone());
        let Outcome::Answered { status: foretold, flag } = outcome else { panic!("{outcome:?}: {tls} {policy}") };
        assert_eq!((status(&answer), flags.as_str()), (Some(foretold), flag), "{tls} {policy}");
    }
    // What a certificate says only its proxy sees.
    let (answer, _, flags) = over_tls(server, policy(json!({"validation": checked("other.local")})));
    assert_eq!((status(&answer), flags.as_str()), (Some(503), "URX,UF"));
}
