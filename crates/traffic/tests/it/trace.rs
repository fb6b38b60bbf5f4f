//! What happens to requests in small meshes: what public sources say of App Mesh, case by case.

use meshwright_dialect::{Input, Options, read};
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::proxy::{Proxy, Role, World};
use meshwright_traffic::trace::{Outcome, Sent, Step, Trace};
use meshwright_traffic::{Capture, Loopback};
use serde_json::{Value, json};

/// A mesh of inputs to the API.
fn mesh(inputs: &[Value]) -> Inventory {
    let text = inputs.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let none = Options::default();
    let reading = read(vec![Input { name: "mesh.json".to_owned(), bytes: text.into_bytes() }], &none);
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.inventory.resources.len(), inputs.len());
    reading.inventory
}

fn node(name: &str, port: u16, protocol: &str) -> Value {
    json!({"meshName": "m", "virtualNodeName": name, "spec": {
        "listeners": [{"portMapping": {"port": port, "protocol": protocol}}],
        "serviceDiscovery": {"dns": {"hostname": format!("{name}.local")}},
    }})
}

fn client(backends: &[&str]) -> Value {
    let backends: Vec<Value> =
        backends.iter().map(|name| json!({"virtualService": {"virtualServiceName": name}})).collect();
    json!({"meshName": "m", "virtualNodeName": "client", "spec": {"backends": backends}})
}

fn service(name: &str, router: &str) -> Value {
    let provider = json!({"virtualRouter": {"virtualRouterName": router}});
    json!({"meshName": "m", "virtualServiceName": name, "spec": {"provider": provider}})
}

fn router(name: &str, port: u16, protocol: &str) -> Value {
    let listeners = json!([{"portMapping": {"port": port, "protocol": protocol}}]);
    json!({"meshName": "m", "virtualRouterName": name, "spec": {"listeners": listeners}})
}

/// A route for HTTP whose only target is the node of its name.
fn route(name: &str, priority: Option<u32>, matcher: Value) -> Value {
    route_to(name, priority, matcher, &json!([{"virtualNode": name, "weight": 1}]), json!({}))
}

fn route_to(name: &str, priority: Option<u32>, matcher: Value, targets: &Value, more: Value) -> Value {
    let mut http = json!({"match": matcher, "action": {"weightedTargets": targets}});
    http.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut spec = json!({"httpRoute": http});
    if let Some(priority) = priority {
        spec["priority"] = json!(priority);
    }
    json!({"meshName": "m", "virtualRouterName": "r", "routeName": name, "spec": spec})
}

/// A client, a service `s.local` behind a router on port 80, two nodes `a` and `b`, and routes.
fn routed(routes: Vec<Value>) -> Inventory {
    let mut inputs = vec![
        node("a", 8080, "http"),
        node("b", 8080, "http"),
        router("r", 80, "http"),
        service("s.local", "r"),
        client(&["s.local"]),
    ];
    inputs.extend(routes);
    mesh(&inputs)
}

fn gateway(routes: Vec<Value>) -> Inventory {
    let mut inputs = vec![
        node("a", 8080, "http"),
        router("r", 80, "http"),
        service("s.local", "r"),
        route("a", None, json!({"prefix": "/"})),
        json!({"meshName": "m", "virtualGatewayName": "gw", "spec": {
            "listeners": [{"portMapping": {"port": 9000, "protocol": "http"}}]}}),
    ];
    inputs.extend(routes);
    mesh(&inputs)
}

fn gateway_route(matcher: Value, rewrite: Value) -> Value {
    let target = json!({"virtualService": {"virtualServiceName": "s.local"}});
    let mut action = json!({"target": target});
    if !rewrite.is_null() {
        action["rewrite"] = rewrite;
    }
    json!({"meshName": "m", "virtualGatewayName": "gw", "gatewayRouteName": "g",
        "spec": {"httpRoute": {"match": matcher, "action": action}}})
}

fn send<T>(
    inventory: &Inventory,
    kind: Kind,
    from: &str,
    line: &str,
    headers: &[&str],
    look: impl FnOnce(&Trace<'_>) -> T,
) -> T {
    let world = World::new(inventory, "m");
    let mut sent: Sent = line.parse().unwrap();
    for header in headers {
        sent.add_header(header).unwrap();
    }
    look(&Trace::of(&world, kind, from, &sent).unwrap())
}

/// The route that takes a request of the client's, or the outcome.
fn taken(inventory: &Inventory, line: &str, headers: &[&str]) -> String {
    send(inventory, Kind::VirtualNode, "client", line, headers, |trace| match trace.hops[0].step {
        Step::Route { name, .. } => name.to_owned(),
        _ => format!("{:?}", trace.outcome),
    })
}

/// The host and path at the target of what a client sends to the gateway.
fn rewritten(inventory: &Inventory, line: &str) -> String {
    send(inventory, Kind::VirtualGateway, "gw", line, &[], |trace| match &trace.hops[1].rewritten {
        Some(rewritten) => format!("{} {}", rewritten.host, rewritten.path),
        None => format!("{:?}", trace.outcome),
    })
}

#[test]
fn the_lower_number_is_tried_first() {
    // aws/aws-app-mesh-roadmap#167
    let v2 = json!({"prefix": "/", "headers": [{"name": "v", "match": {"exact": "2"}}]});
    let mesh = routed(vec![route("a", Some(1), json!({"prefix": "/"})), route("b", Some(100), v2)]);
    assert_eq!(taken(&mesh, "GET http://s.local/x", &["v: 2"]), "a");
}

#[test]
fn the_longer_prefix_is_tried_first() {
    // aws/aws-app-mesh-roadmap#77
    let mesh = routed(vec![route("a", None, json!({"prefix": "/"})), route("b", None, json!({"prefix": "/chapter"}))]);
    assert_eq!(taken(&mesh, "GET http://s.local/chapter/1", &[]), "b");
    assert_eq!(taken(&mesh, "GET http://s.local/other", &[]), "a");
}

#[test]
fn a_route_with_a_priority_comes_before_those_without() {
    // aws-app-mesh-examples, blogs/http-headers-and-priority
    let header = |matcher: Value| json!({"prefix": "/", "headers": [matcher]});
    let yellow = route("a", None, header(json!({"name": "n"})));
    let blue = header(json!({"name": "n", "match": {"range": {"start": 100, "end": 150}}}));
    let mesh = routed(vec![yellow, route("b", Some(1000), blue)]);
    assert_eq!(taken(&mesh, "GET http://s.local/", &["n: 125"]), "b");
    // A range holds its start and not its end, and nothing that is no number.
    assert_eq!(taken(&mesh, "GET http://s.local/", &["n: 100"]), "b");
    assert_eq!(taken(&mesh, "GET http://s.local/", &["n: 150"]), "a");
    assert_eq!(taken(&mesh, "GET http://s.local/", &["n: abc"]), "a");
}

#[test]
fn an_inverted_value_is_not_met_by_absence() {
    // Envoy's documentation of HeaderMatcher
    let other = json!({"prefix": "/", "headers": [{"name": "v", "match": {"exact": "v2"}, "invert": true}]});
    let mesh = routed(vec![route("a", None, other)]);
    assert_eq!(taken(&mesh, "GET http://s.local/", &["v: v1"]), "a");
    assert_eq!(taken(&mesh, "GET http://s.local/", &["v: v2"]), r#"Answered { status: 404, flag: "NR" }"#);
    assert_eq!(taken(&mesh, "GET http://s.local/", &[]), r#"Answered { status: 404, flag: "NR" }"#);
}

#[test]
fn a_gateway_rewrites_what_it_matched() {
    // App Mesh User Guide, gateway routes; aws/aws-app-mesh-roadmap#247; aws-app-mesh-examples, howto-ingress-gateway
    let default = gateway(vec![gateway_route(json!({"prefix": "/chapter"}), Value::Null)]);
    for (path, expected) in [("/chapter/1", "/1"), ("/chapter1", "/1"), ("/chapter", "/")] {
        assert_eq!(rewritten(&default, &format!("GET http://x:9000{path}")), format!("s.local {expected}"));
    }
    let disabled = json!({"prefix": {"defaultPrefix": "DISABLED"}});
    let kept = gateway(vec![gateway_route(json!({"prefix": "/red/"}), disabled)]);
    assert_eq!(rewritten(&kept, "GET http://x:9000/red/tell"), "s.local /red/tell");
    let fish = json!({"prefix": "/maroon/", "queryParameters": [{"name": "fishes", "match": {"exact": "nemo"}}]});
    let value = gateway(vec![gateway_route(fish, json!({"prefix": {"value": "/red/"}}))]);
    assert_eq!(rewritten(&value, "GET http://x:9000/maroon/tell?fishes=nemo"), "s.local /red/tell?fishes=nemo");
    let host = json!({"hostname": {"defaultTargetHostname": "DISABLED"}});
    let kept = gateway(vec![gateway_route(json!({"prefix": "/"}), host)]);
    assert_eq!(rewritten(&kept, "GET http://x:9000/a"), "x:9000 /a");
}

#[test]
fn shares_are_weights_over_their_sum() {
    let targets = |weights: &[u32]| {
        let names = ["a", "b", "a"];
        let all = weights.iter().zip(names).map(|(weight, name)| json!({"virtualNode": name, "weight": weight}));
        Value::Array(all.collect())
    };
    for (weights, expected) in [(&[1, 1, 2][..], &[0.25, 0.25, 0.5][..]), (&[0, 100], &[0.0, 1.0])] {
        let mesh = routed(vec![route_to("x", None, json!({"prefix": "/"}), &targets(weights), json!({}))]);
        let shares = send(&mesh, Kind::VirtualNode, "client", "GET http://s.local/", &[], |trace| {
            trace.hops[0].targets.iter().map(|target| target.share).collect::<Vec<_>>()
        });
        assert_eq!(shares, expected);
    }
}

#[test]
fn what_is_not_modelled_is_dropped_but_aws_itself() {
    // App Mesh User Guide, virtual nodes, and aws/aws-app-mesh-roadmap#65
    let mesh = routed(vec![route("a", None, json!({"prefix": "/"}))]);
    let outcome = |line: &str| send(&mesh, Kind::VirtualNode, "client", line, &[], |trace| trace.outcome);
    assert_eq!(outcome("tcp://db.local:5432"), Outcome::Closed { flag: None });
    assert_eq!(outcome("tls://s3.us-west-2.amazonaws.com:443"), Outcome::Forwarded);
    assert_eq!(outcome("tls://s3.example.com:443"), Outcome::Closed { flag: None });
    assert_eq!(outcome("GET http://other.local/"), Outcome::Answered { status: 404, flag: "NR" });
    // The router's port is dialled, the node's is where it goes.
    assert_eq!(outcome("GET http://s.local/"), Outcome::Forwarded);
    assert_eq!(outcome("GET http://s.local:8080/"), Outcome::Closed { flag: None });
}

#[test]
fn a_service_that_nothing_answers_for_is_404() {
    // capa-cloud/capa.io, envoy-gateway.md
    let bare = json!({"meshName": "m", "virtualServiceName": "bare.local", "spec": {}});
    let target = json!({"virtualService": {"virtualServiceName": "bare.local"}});
    let spec = json!({"httpRoute": {"match": {"prefix": "/bare"}, "action": {"target": target}}});
    let to_bare = json!({"meshName": "m", "virtualGatewayName": "gw", "gatewayRouteName": "bare", "spec": spec});
    let mesh = gateway(vec![bare, to_bare]);
    let outcome = send(&mesh, Kind::VirtualGateway, "gw", "GET http://x:9000/bare/1", &[], |trace| trace.outcome);
    assert_eq!(outcome, Outcome::Answered { status: 404, flag: "NR" });
}

#[test]
fn a_backend_that_nothing_answers_for_is_404_even_where_the_rest_passes() {
    let mesh = mesh(&[
        json!({"meshName": "m", "spec": {"egressFilter": {"type": "ALLOW_ALL"}}}),
        node("a", 8080, "http"),
        router("r", 80, "http"),
        service("s.local", "r"),
        route("a", None, json!({"prefix": "/"})),
        json!({"meshName": "m", "virtualServiceName": "none.local", "spec": {}}),
        client(&["none.local", "s.local", "gone.local"]),
    ]);
    let ends = |line: &str| {
        send(&mesh, Kind::VirtualNode, "client", line, &[], |trace| (trace.outcome, trace.reasons.join("; ")))
    };
    for name in ["none.local", "gone.local"] {
        let why = format!("nothing answers for virtual service `{name}`");
        assert_eq!(ends(&format!("GET http://{name}/")), (Outcome::Answered { status: 404, flag: "NR" }, why));
    }
    // No backend tells requests apart on that port, and what is of no backend's name passes.
    assert_eq!(ends("GET http://none.local:8080/").0, Outcome::Forwarded);
    assert_eq!(ends("GET http://other.local/").0, Outcome::Forwarded);
}

#[test]
fn an_application_gets_the_name_of_its_service_as_host() {
    let listeners = [80, 81].map(|port| json!({"portMapping": {"port": port, "protocol": "http"}}));
    let to = |name: &str, prefix: &str, port: u16| {
        let mut route = gateway_route(json!({"prefix": prefix}), Value::Null);
        route["gatewayRouteName"] = json!(name);
        route["spec"]["httpRoute"]["action"]["target"]["port"] = json!(port);
        route
    };
    let mesh = |routes: &[Value]| {
        let own = [
            node("a", 8080, "http"),
            json!({"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": listeners}}),
            service("s.local", "r"),
            route("a", None, json!({"prefix": "/", "port": 80})),
            route("b", None, json!({"prefix": "/", "port": 81})),
            json!({"meshName": "m", "virtualGatewayName": "gw", "spec": {
                "listeners": [{"portMapping": {"port": 9000, "protocol": "http"}}]}}),
        ];
        mesh(&[&own[..], routes].concat())
    };
    // One of several ports is reached: nothing needs to be told apart.
    assert_eq!(rewritten(&mesh(&[to("g", "/b/", 81)]), "GET http://x:9000/b/1"), "s.local /1");
    let both = mesh(&[to("g1", "/b/", 81), to("g2", "/a/", 80), to("g3", "/c/", 81)]);
    assert_eq!(rewritten(&both, "GET http://x:9000/b/1"), "s.local /1");
    assert_eq!(rewritten(&both, "GET http://x:9000/a/1"), "s.local:80 /1");
    assert_eq!(rewritten(&both, "GET http://x:9000/c/1"), "s.local /1");
}

#[test]
fn a_host_that_is_named_with_its_port_keeps_it() {
    let named = |name: &str, hostname: Value| {
        let mut route = gateway_route(json!({"prefix": "/", "hostname": hostname}), Value::Null);
        route["gatewayRouteName"] = json!(name);
        route
    };
    let mesh = gateway(vec![
        named("plain", json!({"exact": "a.com"})),
        named("with-port", json!({"exact": "A.com:9000"})),
        named("end", json!({"suffix": ".com"})),
        named("same-end", json!({"suffix": "*.com"})),
    ]);
    let taken = |headers: &[&str]| {
        send(&mesh, Kind::VirtualGateway, "gw", "GET http://a.com:9000/", headers, |trace| match trace.hops[0].step {
            Step::GatewayRoute(route) => route.name.to_string(),
            _ => format!("{:?}", trace.outcome),
        })
    };
    assert_eq!(taken(&[]), "with-port");
    assert_eq!(taken(&["host: a.com"]), "plain");
    assert_eq!(taken(&["host: b.com:9000"]), "end");
    // Envoy refuses a configuration in which two hosts have one domain.
    let world = World::new(&mesh, "m");
    let proxy = Proxy::of(&world, Kind::VirtualGateway, "gw").unwrap();
    let Role::Gateway { listeners, .. } = &proxy.role else { panic!() };
    let mut domains: Vec<&String> = listeners[0].hosts.iter().flat_map(|host| &host.domains).collect();
    domains.sort();
    assert_eq!(domains, ["*.com", "*.com:9000", "a.com", "a.com:9000", "a.com:9000:9000"]);
}

#[test]
fn routes_see_headers_as_the_proxy_leaves_them() {
    let asks = |name: &str| routed(vec![route("a", None, json!({"prefix": "/", "headers": [{"name": name}]}))]);
    let no_route = "Answered { status: 404, flag: \"NR\" }";
    for added in ["x-request-id", "x-forwarded-proto", ":path", ":authority"] {
        assert_eq!(taken(&asks(added), "GET http://s.local/", &[]), "a", "{added}");
    }
    for removed in ["connection", "upgrade", "x-forwarded-client-cert", "x-envoy-retry-on"] {
        let header = format!("{removed}: x");
        assert_eq!(taken(&asks(removed), "GET http://s.local/", &[&header]), no_route, "{removed}");
    }
    assert_eq!(taken(&asks("x-v"), "GET http://s.local/", &["x-v: 1", "connection: close, X-V"]), no_route);
    let path = json!({"prefix": "/", "headers": [{"name": ":path", "match": {"exact": "/x?y=1"}}]});
    assert_eq!(taken(&routed(vec![route("a", None, path)]), "GET http://s.local/./x?y=1", &[]), "a");
}

#[test]
fn a_proxy_refuses_what_is_no_request_to_it() {
    let mesh = routed(vec![route("a", None, json!({"prefix": "/"}))]);
    let refused = |line: &str, headers: &[&str]| taken(&mesh, line, headers);
    let status = |status: u16| format!("Answered {{ status: {status}, flag: \"DPE\" }}");
    for method in ["FOO", "CONNECT", "M-SEARCH"] {
        assert_eq!(refused(&format!("{method} http://s.local/"), &[]), status(400), "{method}");
    }
    assert_eq!(refused("PURGE http://s.local/", &[]), "a");
    assert_eq!(refused("QUERY http://s.local/", &["content-type: text/plain"]), "a");
    for length in ["abc", "+1", "0, 0", ""] {
        assert_eq!(refused("POST http://s.local/", &[&format!("content-length: {length}")]), status(400), "{length}");
    }
    let long = |size: usize| format!("x: {}", "y".repeat(size));
    // `GET / HTTP/1.1`, `host: s.local`, `x: `, and the ends of the lines.
    let most = 61_440 - 16 - 15 - 5 - 2;
    assert_eq!(refused("GET http://s.local/", &[&long(most)]), "a");
    assert_eq!(refused("GET http://s.local/", &[&long(most + 1)]), status(431));
    let many = |count: usize| vec!["x: 1"; count];
    assert_eq!(refused("GET http://s.local/", &many(99)), "a");
    assert_eq!(refused("GET http://s.local/", &many(100)), status(431));
}

#[test]
fn a_gateway_that_asks_for_a_certificate_says_so() {
    let file = json!({"file": {"certificateChain": "/a.pem", "privateKey": "/a.key"}});
    let trust = json!({"file": {"certificateChain": "/ca.pem"}});
    let tls = json!({"mode": "STRICT", "certificate": file, "validation": {"trust": trust}});
    let mut inputs = vec![
        json!({"meshName": "m", "virtualGatewayName": "gw", "spec": {
            "listeners": [{"portMapping": {"port": 9000, "protocol": "http"}, "tls": tls}]}}),
        node("a", 80, "http"),
        json!({"meshName": "m", "virtualServiceName": "s.local", "spec": {
            "provider": {"virtualNode": {"virtualNodeName": "a"}}}}),
    ];
    inputs.push(gateway_route(json!({"prefix": "/"}), Value::Null));
    let mesh = mesh(&inputs);
    let ends = |line: &str| {
        send(&mesh, Kind::VirtualGateway, "gw", line, &[], |trace| (trace.outcome, trace.reasons.join("; ")))
    };
    let (outcome, reasons) = ends("GET https://x:9000/");
    assert!(outcome == Outcome::Forwarded && reasons.contains("asks for a client certificate"), "{reasons}");
    assert_eq!(
        ends("tcp://x:9000"),
        (Outcome::Closed { flag: None }, "the gateway's listener speaks TLS alone".into())
    );
    let (outcome, reasons) = ends("tls://x:9000");
    assert_eq!(outcome, Outcome::Answered { status: 400, flag: "DPE" });
    assert!(reasons.contains("requests alone inside TLS"), "{reasons}");
}

#[test]
fn the_listener_ends_a_request_that_its_route_would_let_go_on() {
    // App Mesh User Guide, troubleshooting-connectivity
    let timeout = json!({"timeout": {"perRequest": {"unit": "s", "value": 60}}});
    let targets = json!([{"virtualNode": "a", "weight": 1}]);
    let mesh = routed(vec![route_to("x", None, json!({"prefix": "/"}), &targets, timeout)]);
    send(&mesh, Kind::VirtualNode, "client", "GET http://s.local/", &[], |trace| {
        assert_eq!(trace.hops.iter().map(|hop| hop.timeout_millis).collect::<Vec<_>>(), [Some(60_000), Some(15_000)]);
        assert!(
            trace.reasons.iter().any(|reason| reason.contains("ends a request after 15000 ms")),
            "{:?}",
            trace.reasons
        );
    });
}

#[test]
fn retries_end_with_the_time_of_the_request() {
    let each = json!({"unit": "s", "value": 5});
    let policy = json!({"maxRetries": 2, "perRetryTimeout": each, "httpRetryEvents": ["server-error"]});
    let more = json!({"retryPolicy": policy, "timeout": {"perRequest": {"unit": "s", "value": 7}}});
    let targets = json!([{"virtualNode": "a", "weight": 1}]);
    let mesh = routed(vec![route_to("x", None, json!({"prefix": "/"}), &targets, more)]);
    send(&mesh, Kind::VirtualNode, "client", "GET http://s.local/", &[], |trace| {
        assert_eq!(trace.hops[0].attempts.most, 3);
        assert_eq!(trace.hops[0].attempts.worst_case_millis, Some(7_000));
    });
}

#[test]
fn a_share_that_leads_nowhere_is_lost() {
    let targets = json!([{"virtualNode": "a", "weight": 9}, {"virtualNode": "gone", "weight": 1}]);
    let mesh = routed(vec![route_to("x", None, json!({"prefix": "/"}), &targets, json!({}))]);
    send(&mesh, Kind::VirtualNode, "client", "GET http://s.local/", &[], |trace| {
        assert_eq!(trace.outcome, Outcome::Forwarded);
        assert!(
            trace.reasons.iter().any(|reason| reason.starts_with("10 % of the requests fail")),
            "{:?}",
            trace.reasons
        );
    });
    let only = json!([{"virtualNode": "gone", "weight": 1}]);
    let mesh = routed(vec![route_to("x", None, json!({"prefix": "/"}), &only, json!({}))]);
    let outcome = send(&mesh, Kind::VirtualNode, "client", "GET http://s.local/", &[], |trace| trace.outcome);
    assert_eq!(outcome, Outcome::Answered { status: 503, flag: "NC" });
}

#[test]
fn a_tcp_backend_takes_its_port_whatever_name_is_dialled() {
    let targets = json!([{"virtualNode": "db", "weight": 1}]);
    let route = json!({"priority": 1, "tcpRoute": {"action": {"weightedTargets": targets}}});
    let mesh = mesh(&[
        node("db", 5432, "tcp"),
        router("r", 5432, "tcp"),
        service("db.local", "r"),
        client(&["db.local"]),
        json!({"meshName": "m", "virtualRouterName": "r", "routeName": "all", "spec": route}),
    ]);
    let reasons = |line| {
        send(&mesh, Kind::VirtualNode, "client", line, &[], |trace| {
            assert_eq!(trace.outcome, Outcome::Forwarded, "{line}");
            trace.reasons.clone()
        })
    };
    assert!(reasons("tcp://DB.local:5432").is_empty());
    for (line, host) in [("tcp://other.local:5432", "other.local"), ("tls://a.b:5432", "a.b")] {
        let why = format!(
            "TCP has no host names: every connection to port 5432 goes to virtual service `db.local`, this one to `{host}` too"
        );
        assert_eq!(reasons(line), [why]);
    }
    let said = reasons("GET http://other.local:5432/");
    assert!(said[0].starts_with("TCP has no host names"), "{said:?}");
}

/// What becomes of a request by ports of the loopback: its outcome, the route that takes it, and the last reason.
fn by_loopback(line: &str) -> (Outcome, String, String) {
    let mesh = routed(vec![route("a", None, json!({"prefix": "/a"}))]);
    let world = World::new(&mesh, "m");
    let proxy = Proxy::of(&world, Kind::VirtualNode, "client").unwrap();
    let ports = Loopback::from(16_000, &proxy, [(8080, 16_000)].into()).unwrap();
    assert_eq!(ports.port_of("S.local", 80), Some(16_001), "16000 is the application's");
    let trace = Trace::through(&world, &proxy, &Capture::Loopback(ports), &line.parse().unwrap());
    let step = trace.hops.first().map(|hop| format!("{:?}", matches!(hop.step, Step::Route { name: "a", .. })));
    (trace.outcome, step.unwrap_or_default(), trace.reasons.last().cloned().unwrap_or_default())
}

#[test]
fn where_nothing_redirects_connections_ports_of_the_loopback_lead_to_backends() {
    for line in ["GET http://127.0.0.1:16001/a", "GET http://localhost:16001/a", "GET http://[::1]:16001/a"] {
        let (outcome, step, _) = by_loopback(line);
        assert_eq!((outcome, step.as_str()), (Outcome::Forwarded, "true"), "{line}");
    }
    assert_eq!(by_loopback("GET http://localhost:16001/b").0, Outcome::Answered { status: 404, flag: "NR" });
    assert_eq!(by_loopback("tcp://localhost:16001").0, Outcome::Answered { status: 400, flag: "DPE" });
    let (outcome, step, why) = by_loopback("GET http://localhost:16002/a");
    assert_eq!((outcome, step.as_str()), (Outcome::Closed { flag: None }, ""));
    assert!(why.ends_with("there is 16001 for `s.local:80`"), "{why}");
    let (outcome, step, why) = by_loopback("GET http://s.local/a");
    assert_eq!((outcome, step.as_str()), (Outcome::Forwarded, ""));
    assert!(why.ends_with("goes past the proxy; port 16001 of the loopback leads to it"), "{why}");
}

/// Targets that get no share count too where it is said which of them is lost.
#[test]
fn a_lost_share_of_connections_is_told_in_its_place() {
    let target = |node: &str, weight: u32| json!({"virtualNode": node, "weight": weight});
    let targets = json!([target("a", 0), target("a", 5), target("gone", 1)]);
    let inventory = mesh(&[
        client(&["s.local"]),
        service("s.local", "r"),
        router("r", 80, "tcp"),
        node("a", 80, "tcp"),
        json!({"meshName": "m", "virtualRouterName": "r", "routeName": "tcp", "spec": {"tcpRoute": {"action": {"weightedTargets": targets}}}}),
    ]);
    let world = World::new(&inventory, "m");
    let proxy = Proxy::of(&world, Kind::VirtualNode, "client").unwrap();
    let lost: Vec<String> = proxy.omissions.iter().map(|own| format!("{}: {}", own.path, own.why)).collect();
    assert_eq!(
        lost,
        ["spec.tcpRoute.action.weightedTargets[2]: nothing of this share arrives: the virtual node is not in the mesh"]
    );
}
