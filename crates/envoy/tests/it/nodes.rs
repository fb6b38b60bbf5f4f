//! What the proxies of nodes get: chains by port, hosts, matches, targets, and what is let pass.
//!
//! Source of forms and names, where a test names no other: App Mesh User Guide, Envoy logs and metrics, and configurations of nodes in
//! aws/aws-app-mesh-roadmap#79 and #356.

use std::collections::BTreeMap;

use meshwright_envoy::translate::{Delivery, Endpoints, Instance, Options};
use meshwright_model::Kind;
use meshwright_traffic::capture::{Backend, Capture, Loopback};
use serde_json::{Value, json};

use crate::translated::{Translated, node, node_with, router, service, translated, translated_with};

/// No bound. Source: App Mesh User Guide, Envoy defaults.
const MOST: u32 = 2_147_483_647;

const INGRESS: &str = "lds_ingress_0.0.0.0_15000";
const EGRESS: &str = "lds_egress_0.0.0.0_15001";

fn client(backends: &[&str]) -> Value {
    let backends: Vec<Value> =
        backends.iter().map(|name| json!({"virtualService": {"virtualServiceName": name}})).collect();
    json!({"meshName": "m", "virtualNodeName": "client", "spec": {"backends": backends}})
}

fn route(name: &str, kind: &str, own: Value) -> Value {
    json!({"meshName": "m", "virtualRouterName": "r", "routeName": name, "spec": {kind: own}})
}

fn to(node: &str) -> Value {
    json!({"weightedTargets": [{"virtualNode": node, "weight": 1}]})
}

/// A client of `s.local` behind a router for HTTP on port 80, with a route whose target is the node `a`.
fn routed(own: Value) -> Vec<Value> {
    vec![
        client(&["s.local"]),
        node("m", "a", 8080, "http"),
        router("m", "r", 80, "http"),
        service("m", "s.local", json!({"virtualRouter": {"virtualRouterName": "r"}})),
        route("first", "httpRoute", own),
    ]
}

fn of_client(mesh: &[Value]) -> Translated {
    translated(mesh, Kind::VirtualNode, "client", &Options::default())
}

fn only_route(mesh: &[Value]) -> Value {
    of_client(mesh).host("rds_egress_http_80", "s.local")["routes"][0].clone()
}

#[test]
fn every_part_of_a_match_is_said() {
    let matcher = json!({
        "path": {"regex": "/u/[0-9]+"},
        "method": "GET",
        "scheme": "https",
        "headers": [
            {"name": "A", "match": {"exact": "x"}},
            {"name": "b", "match": {"prefix": "x"}, "invert": true},
            {"name": "c", "match": {"suffix": "x"}},
            {"name": "d", "match": {"range": {"start": 1, "end": 9}}},
            {"name": "e", "match": {"regex": ".*x"}},
            {"name": "f", "invert": true},
        ],
        "queryParameters": [{"name": "q", "match": {"exact": "1"}}, {"name": "p"}],
    });
    let expected = json!({
        "safe_regex": {"regex": "/u/[0-9]+"},
        "headers": [
            {"name": ":method", "string_match": {"exact": "GET"}},
            {"name": ":scheme", "string_match": {"exact": "https"}},
            {"name": "a", "string_match": {"exact": "x"}},
            {"name": "b", "string_match": {"prefix": "x"}, "invert_match": true},
            {"name": "c", "string_match": {"suffix": "x"}},
            {"name": "d", "range_match": {"start": "1", "end": "9"}},
            {"name": "e", "string_match": {"safe_regex": {"regex": ".*x"}}},
            {"name": "f", "present_match": true, "invert_match": true},
        ],
        "query_parameters": [{"name": "q", "string_match": {"exact": "1"}}, {"name": "p", "present_match": true}],
    });
    let mut said = only_route(&routed(json!({"match": matcher, "action": to("a")})))["match"].clone();
    // In the order of the fields' numbers.
    for header in said["headers"].as_array_mut().unwrap() {
        header.sort_all_objects();
    }
    let mut expected = expected;
    expected.sort_all_objects();
    said.sort_all_objects();
    assert_eq!(said, expected);
    for (matcher, expected) in [
        (json!({"path": {"exact": "/p"}}), json!({"path": "/p"})),
        (json!({"prefix": "/p"}), json!({"prefix": "/p"})),
        (json!({"port": 80}), json!({"prefix": "/"})),
    ] {
        let said = only_route(&routed(json!({"match": matcher, "action": to("a")})))["match"].clone();
        assert_eq!(said, expected);
    }
}

/// Source: App Mesh User Guide, Envoy defaults, and aws/aws-app-mesh-roadmap#229.
#[test]
fn what_no_file_says_is_said() {
    let route = only_route(&routed(json!({"match": {"prefix": "/"}, "action": to("a")})));
    let action = &route["route"];
    assert_eq!((&action["cluster"], &action["timeout"]), (&json!("cds_egress_m_a_http_8080"), &json!("15s")));
    let retry = &action["retry_policy"];
    let expected = json!("unavailable,connect-failure,reset,refused-stream,retriable-status-codes");
    let words =
        |text: &Value| text.as_str().unwrap().split(',').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(words(&retry["retry_on"]), words(&expected));
    assert_eq!(
        (&retry["num_retries"], &retry["per_try_timeout"], &retry["retriable_status_codes"]),
        (&json!(2), &Value::Null, &json!([503]))
    );
    assert_eq!(action["idle_timeout"], Value::Null);
}

#[test]
fn timeouts_of_nothing_are_without_end() {
    let timeout = json!({"perRequest": {"unit": "ms", "value": 0}, "idle": {"unit": "ms", "value": 1500}});
    let route = only_route(&routed(json!({"match": {"prefix": "/"}, "action": to("a"), "timeout": timeout})));
    assert_eq!((&route["route"]["timeout"], &route["route"]["idle_timeout"]), (&json!("0s"), &json!("1.500s")));
}

/// Source: App Mesh User Guide, virtual nodes: a target without service discovery cannot be reached.
#[test]
fn what_leads_nowhere_has_a_cluster_that_is_not_there() {
    let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": {"weightedTargets": [
        {"virtualNode": "a", "weight": 1}, {"virtualNode": "mute", "weight": 3}, {"virtualNode": "gone", "port": 9, "weight": 0}]}}));
    mesh.push(json!({"meshName": "m", "virtualNodeName": "mute", "spec": {
        "listeners": [{"portMapping": {"port": 70, "protocol": "http"}}]}}));
    let client = of_client(&mesh);
    let weighted = &client.host("rds_egress_http_80", "s.local")["routes"][0]["route"]["weighted_clusters"];
    let expected = json!({"clusters": [
        {"name": "cds_egress_m_a_http_8080", "weight": 1},
        {"name": "cds_egress_m_mute_http_70", "weight": 3},
        {"name": "cds_egress_m_gone_http_9", "weight": 0}]});
    assert_eq!(*weighted, expected);
    let names: Vec<&String> = client.clusters.keys().collect();
    assert_eq!(names, ["cds_egress_m_a_http_8080", "cds_egress_m_amazonaws"]);
}

#[test]
fn each_port_that_is_dialled_has_a_chain() {
    let tcp = [(0, "a"), (1, "b"), (3, "b")]
        .map(|(weight, node)| json!({"virtualNode": node, "weight": weight, "port": 8080}));
    let mesh = [
        client(&["s.local", "t.local", "tcp.local"]),
        node("m", "a", 8080, "tcp"),
        node("m", "b", 8080, "tcp"),
        node("m", "s", 80, "http"),
        node("m", "t", 80, "http"),
        router("m", "r", 9000, "tcp"),
        service("m", "s.local", json!({"virtualNode": {"virtualNodeName": "s"}})),
        service("m", "t.local", json!({"virtualNode": {"virtualNodeName": "t"}})),
        service("m", "tcp.local", json!({"virtualRouter": {"virtualRouterName": "r"}})),
        route(
            "tcp",
            "tcpRoute",
            json!({"action": {"weightedTargets": tcp}, "timeout": {"idle": {"unit": "s", "value": 7}}}),
        ),
    ];
    let client = of_client(&mesh);
    let expected = [
        json!({"destination_port": 80}),
        json!({"destination_port": 9000}),
        json!({"destination_port": 443, "server_names": ["*.amazonaws.com"]}),
    ];
    assert_eq!(client.matches(EGRESS), expected);
    let hosts = client.routes["rds_egress_http_80"]["virtual_hosts"].as_array().unwrap();
    let domains: Vec<&Value> = hosts.iter().map(|host| &host["domains"]).collect();
    assert_eq!(domains, [&json!(["s.local", "s.local:80"]), &json!(["t.local", "t.local:80"])]);
    let filter = &client.listeners[EGRESS]["filter_chains"][1]["filters"][0]["typed_config"];
    // Envoy wants weights of at least 1. Source: aws-app-mesh-examples#170.
    let clusters = json!([
        {"name": "cds_egress_m_b_tcp_8080", "weight": 1}, {"name": "cds_egress_m_b_tcp_8080", "weight": 3}]);
    assert_eq!((&filter["weighted_clusters"]["clusters"], &filter["idle_timeout"]), (&clusters, &json!("7s")));
    assert_eq!(filter["stat_prefix"], "egress");
}

/// Source: the User Guide, troubleshooting-connectivity, and roadmap#79; the host of all that is not modelled is ours.
#[test]
fn a_mesh_that_lets_all_pass_has_chains_and_a_host_for_it() {
    let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": to("a")}));
    mesh.insert(0, json!({"meshName": "m", "spec": {"egressFilter": {"type": "ALLOW_ALL"}}}));
    let client = of_client(&mesh);
    let expected = [
        json!({"destination_port": 80}),
        json!({"destination_port": 443, "server_names": ["*.amazonaws.com"]}),
        json!({"destination_port": 443}),
        Value::Null,
    ];
    assert_eq!(client.matches(EGRESS), expected);
    for name in ["cds_egress_m_mesh-allow-all", "cds_egress_m_amazonaws"] {
        let cluster = &client.clusters[name];
        assert_eq!((&cluster["type"], &cluster["lb_policy"]), (&json!("ORIGINAL_DST"), &json!("CLUSTER_PROVIDED")));
    }
    let host = client.host("rds_egress_http_80", "mesh-allow-all");
    assert_eq!(host["domains"], json!(["*"]));
    assert_eq!(host["routes"][0]["route"]["cluster"], "cds_egress_m_mesh-allow-all");
    // Envoy would end a request after 15 s otherwise, and a trace says that nothing does.
    assert_eq!(host["routes"][0]["route"]["timeout"], "0s");
    // A virtual service that answers to every host leaves none for others.
    let mut mesh = mesh;
    mesh.push(service("m", "*", json!({"virtualRouter": {"virtualRouterName": "r"}})));
    mesh[1] = self::client(&["s.local", "*"]);
    let client = of_client(&mesh);
    let hosts = client.routes["rds_egress_http_80"]["virtual_hosts"].as_array().unwrap();
    assert_eq!(hosts.iter().map(|host| &host["name"]).collect::<Vec<_>>(), ["s.local", "*"]);
}

/// Source: reference 5.6 and 5.10; the tags of a bootstrap take protocol and port out of such names.
#[test]
fn several_listeners_have_statistics_of_their_own() {
    let prefixes = |listeners: Value| {
        let mesh = [json!({"meshName": "m", "virtualNodeName": "client", "spec": {"listeners": listeners}})];
        let chains = of_client(&mesh).listeners[INGRESS]["filter_chains"].as_array().unwrap().clone();
        let prefix = |chain: &Value| chain["filters"][0]["typed_config"]["stat_prefix"].as_str().unwrap().to_owned();
        chains.iter().map(prefix).collect::<Vec<_>>()
    };
    let [http, tcp] = [("http", 8080), ("tcp", 9000)]
        .map(|(protocol, port)| json!({"portMapping": {"port": port, "protocol": protocol}}));
    assert_eq!(prefixes(json!([http])), ["ingress"]);
    assert_eq!(prefixes(json!([http, tcp])), ["ingress.http.8080", "ingress.tcp.9000"]);
}

/// Source: aws-app-mesh-examples, howto-circuit-breakers: the limits are those of the cluster of the node's own application.
#[test]
fn a_node_takes_what_is_for_its_application() {
    let listeners = json!([
        {
            "portMapping": {"port": 8080, "protocol": "http"},
            "connectionPool": {"http": {"maxConnections": 5, "maxPendingRequests": 7}},
            "timeout": {"http": {"perRequest": {"unit": "s", "value": 60}}},
        },
        {"portMapping": {"port": 9000, "protocol": "grpc"}, "connectionPool": {"grpc": {"maxRequests": 3}}},
        {"portMapping": {"port": 9001, "protocol": "tcp"}},
    ]);
    let mesh = [node_with("m", "client", listeners)];
    let own = of_client(&mesh);
    let ports = [8080, 9000, 9001].map(|port| json!({"destination_port": port}));
    assert_eq!(own.matches(INGRESS), ports);
    let filters = own.listeners[INGRESS]["listener_filters"].as_array().unwrap();
    assert_eq!(
        filters.iter().map(|filter| &filter["name"]).collect::<Vec<_>>(),
        ["envoy.filters.listener.original_dst"]
    );
    let breakers = |name: &str| own.clusters[name]["circuit_breakers"]["thresholds"][0].clone();
    let expected = json!({"max_connections": 5, "max_pending_requests": 7, "max_requests": MOST, "max_retries": MOST});
    assert_eq!(breakers("cds_ingress_m_client_http_8080"), expected);
    let expected =
        json!({"max_connections": MOST, "max_pending_requests": MOST, "max_requests": 3, "max_retries": MOST});
    assert_eq!(breakers("cds_ingress_m_client_grpc_9000"), expected);
    let grpc = &own.clusters["cds_ingress_m_client_grpc_9000"];
    let options = &grpc["typed_extension_protocol_options"]["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"];
    assert_eq!(options["explicit_http_config"], json!({"http2_protocol_options": {}}));
    assert_eq!((&grpc["type"], &grpc["connect_timeout"]), (&json!("STATIC"), &json!("0.250s")));
    let host = own.host("rds_ingress_http_8080", "client");
    assert_eq!(host["domains"], json!(["*"]));
    assert_eq!(host["routes"][0]["route"], json!({"cluster": "cds_ingress_m_client_http_8080", "timeout": "60s"}));
    assert!(own.routes.contains_key("rds_ingress_grpc_9000"));
    assert_eq!(own.matches(EGRESS).len(), 1);
    assert!(!of_client(&[client(&[])]).listeners.contains_key(INGRESS), "a node without listeners");
}

/// Source: aws-app-mesh-examples, howto-ipv6.
#[test]
fn the_preferred_version_of_ip_decides_addresses() {
    let cases = [
        (None, "0.0.0.0", "127.0.0.1", Value::Null),
        (Some("IPv4_PREFERRED"), "::", "127.0.0.1", json!("V4_PREFERRED")),
        (Some("IPv6_PREFERRED"), "::", "::1", Value::Null),
        (Some("IPv4_ONLY"), "::", "127.0.0.1", json!("V4_ONLY")),
        (Some("IPv6_ONLY"), "::", "::1", json!("V6_ONLY")),
    ];
    for (preference, bound, local, family) in cases {
        let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": to("a")}));
        mesh[0]["spec"]["listeners"] = json!([{"portMapping": {"port": 8080, "protocol": "http"}}]);
        let discovery = preference.map_or(json!({}), |own| json!({"serviceDiscovery": {"ipPreference": own}}));
        mesh.insert(0, json!({"meshName": "m", "spec": discovery}));
        let client = of_client(&mesh);
        let listener = &client.listeners[&format!("lds_egress_{bound}_15001")]["address"]["socket_address"];
        assert_eq!(listener["address"], bound);
        assert_eq!(listener["ipv4_compat"] == true, preference.is_some());
        let assignment = &client.clusters["cds_ingress_m_client_http_8080"]["load_assignment"];
        let address = &assignment["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"];
        assert_eq!(address["address"], local);
        assert_eq!(client.clusters["cds_egress_m_a_http_8080"]["dns_lookup_family"], family);
    }
}

#[test]
fn hosts_are_checked_and_ejected() {
    let check = |protocol: &str| {
        json!({"protocol": protocol, "healthyThreshold": 2, "unhealthyThreshold": 3, "intervalMillis": 5000,
            "timeoutMillis": 2000, "path": "/ping"})
    };
    let listener = |protocol: &str, check: Value| {
        json!([{
            "portMapping": {"port": 8080, "protocol": protocol},
            "healthCheck": check,
            "outlierDetection": {
                "maxServerErrors": 5,
                "interval": {"unit": "s", "value": 10},
                "baseEjectionDuration": {"unit": "ms", "value": 500},
                "maxEjectionPercent": 50,
            },
        }])
    };
    let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": to("a")}));
    mesh[1] = node_with("m", "a", listener("http", check("http")));
    mesh[1]["spec"]["serviceDiscovery"]["dns"]["responseType"] = json!("ENDPOINTS");
    let cluster = of_client(&mesh).clusters["cds_egress_m_a_http_8080"].clone();
    assert_eq!(cluster["type"], "STRICT_DNS");
    let expected = json!({"timeout": "2s", "interval": "5s", "unhealthy_threshold": 3, "healthy_threshold": 2,
        "http_health_check": {"path": "/ping"}});
    assert_eq!(cluster["health_checks"], json!([expected]));
    let expected =
        json!({"consecutive_5xx": 5, "interval": "10s", "base_ejection_time": "0.500s", "max_ejection_percent": 50});
    assert_eq!(cluster["outlier_detection"], expected);
    for (protocol, checked, expected) in [
        ("http2", "http2", json!({"path": "/ping", "codec_client_type": "HTTP2"})),
        ("tcp", "tcp", json!({})),
        ("grpc", "grpc", json!({})),
    ] {
        mesh[1] = node_with("m", "a", listener(protocol, check(checked)));
        let cluster = of_client(&mesh).clusters[&format!("cds_egress_m_a_{protocol}_8080")].clone();
        let word = if checked == "http2" { "http" } else { checked };
        assert_eq!(cluster["health_checks"][0][format!("{word}_health_check")], expected, "{cluster:#}");
    }
    // Envoy refuses the cluster: it checks by gRPC only what speaks HTTP/2.
    mesh[1] = node_with("m", "a", listener("http", check("grpc")));
    assert_eq!(of_client(&mesh).clusters["cds_egress_m_a_http_8080"]["health_checks"], Value::Null);
}

#[test]
fn instances_of_cloud_map_are_endpoints() {
    let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": to("a")}));
    mesh[1]["spec"]["serviceDiscovery"] = json!({"awsCloudMap": {
        "namespaceName": "shop.local", "serviceName": "a", "attributes": [{"key": "stage", "value": "blue"}]}});
    let instance = |last: u8, stage: &str| Instance {
        ipv4: Some([10, 0, 0, last].into()),
        attributes: BTreeMap::from([("stage".to_owned(), stage.to_owned())]),
        ..Instance::default()
    };
    let endpoints = Endpoints::from([("a.shop.local".to_owned(), vec![instance(1, "blue"), instance(2, "green")])]);
    let name = "cds_egress_m_a_http_8080";
    let address = json!({"socket_address": {"address": "10.0.0.1", "port_value": 8080}});
    let assigned = json!({"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]});
    let streamed = translated_with(&mesh, Kind::VirtualNode, "client", &Options::default(), &endpoints);
    let cluster = &streamed.clusters[name];
    assert_eq!(cluster["type"], "EDS");
    assert_eq!(cluster["eds_cluster_config"], json!({"eds_config": {"ads": {}, "resource_api_version": "V3"}}));
    assert_eq!(streamed.endpoints, std::slice::from_ref(&assigned));
    let options = Options { delivery: Delivery::Static, ..Options::default() };
    let alone = translated_with(&mesh, Kind::VirtualNode, "client", &options, &endpoints);
    assert_eq!(
        (&alone.clusters[name]["type"], &alone.clusters[name]["load_assignment"]),
        (&json!("STATIC"), &assigned)
    );
    assert!(alone.endpoints.is_empty() && alone.routes.is_empty());
}

#[test]
fn without_rights_each_backend_has_a_port_of_the_loopback() {
    let mut mesh = routed(json!({"match": {"prefix": "/"}, "action": to("a")}));
    mesh.insert(0, json!({"meshName": "m", "spec": {"egressFilter": {"type": "ALLOW_ALL"}}}));
    mesh[1]["spec"]["listeners"] = json!([{"portMapping": {"port": 8080, "protocol": "http"}}]);
    let backend = |port| Backend { service: "s.local".to_owned(), port };
    let backends = [(10_080, backend(80)), (10_081, backend(81))].into();
    let capture = Capture::Loopback(Loopback { backends, application: [(8080, 18_080)].into() });
    let client = translated(&mesh, Kind::VirtualNode, "client", &Options { capture, ..Options::default() });
    let names: Vec<&String> = client.listeners.keys().collect();
    assert_eq!(names, ["lds_egress_127.0.0.1_10080", "lds_ingress_0.0.0.0_8080"]);
    let hosts = client.routes["rds_egress_http_10080"]["virtual_hosts"].as_array().unwrap();
    assert_eq!(hosts.len(), 1, "nothing passes that has no original destination");
    assert_eq!(hosts[0]["domains"], json!(["*"]));
    let assignment = &client.clusters["cds_ingress_m_client_http_8080"]["load_assignment"];
    let address = &assignment["endpoints"][0]["lb_endpoints"][0]["endpoint"]["address"]["socket_address"];
    assert_eq!(address["port_value"], 18_080);
    assert_eq!(client.matches("lds_ingress_0.0.0.0_8080"), [Value::Null]);
}
