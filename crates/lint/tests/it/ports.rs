//! Listeners, ports and protocols: the limits of what their rules say.

use std::fmt::Write;

use meshwright_model::edit::Change;

use crate::{found_in, lines, read_text};

const HEAD: &str = "\
Parameters: {Number: {Type: Number}, Word: {Type: String}}
Conditions: {Here: !Equals [!Ref Word, here], There: !Equals [!Ref Word, there]}
Resources:
";

/// A template of resources in flow style: `N VirtualNode orders {…}`, with a condition after a `?`.
fn template(resources: &[&str]) -> String {
    let mut text = HEAD.to_owned();
    for (position, resource) in resources.iter().enumerate() {
        let mut words = resource.splitn(3, ' ');
        let (kind, name, spec) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let (name, condition) = name.split_once('?').unwrap_or((name, ""));
        let (parent, name) = name.split_once('/').unwrap_or(("", name));
        let parent = match (kind, parent) {
            (_, "") => String::new(),
            ("Route", parent) => format!("VirtualRouterName: {parent}, "),
            (_, parent) => format!("VirtualGatewayName: {parent}, "),
        };
        let condition = if condition.is_empty() { String::new() } else { format!("Condition: {condition}, ") };
        writeln!(
            text,
            "  R{position}: {{{condition}Type: AWS::AppMesh::{kind}, \
             Properties: {{MeshName: shop, {parent}{kind}Name: {name}, Spec: {spec}}}}}"
        )
        .unwrap();
    }
    text
}

/// What rules whose names hold one of the words find, as lines without paths.
fn check(words: &[&str], resources: &[&str], expected: &[&str]) {
    let text = template(resources);
    let reading = read_text("mesh.yaml", &text);
    assert!(reading.findings.is_empty(), "{:?}\n{text}", reading.findings);
    let found: Vec<_> =
        found_in(&reading).into_iter().filter(|found| words.iter().any(|word| found.rule.contains(word))).collect();
    let shown: Vec<String> = lines(&found)
        .iter()
        .map(|line| {
            line.split_once(": ")
                .map_or("", |(start, _)| start)
                .rsplit_once(' ')
                .map_or("", |(start, _)| start)
                .to_owned()
        })
        .collect();
    assert_eq!(shown, expected, "{:?}\n{text}", lines(&found));
}

fn listening(list: &str) -> String {
    let listeners: Vec<String> = list
        .split_whitespace()
        .map(|listener| {
            let (port, protocol) = listener.split_once('/').unwrap();
            format!("{{PortMapping: {{Port: {port}, Protocol: {protocol}}}}}")
        })
        .collect();
    format!("Listeners: [{}]", listeners.join(", "))
}

fn node(name: &str, listeners: &str) -> String {
    format!(
        "VirtualNode {name} {{{}, ServiceDiscovery: {{DNS: {{Hostname: {name}.shop.local}}}}}}",
        listening(listeners)
    )
}

fn router(name: &str, listeners: &str) -> String {
    format!("VirtualRouter {name} {{{}}}", listening(listeners))
}

fn route(kind: &str, matcher: &str, target: &str) -> String {
    format!(
        "Route orders/all {{{kind}Route: {{Match: {{{matcher}}}, Action: {{WeightedTargets: [{{VirtualNode: node, Weight: 1{target}}}]}}}}}}"
    )
}

#[test]
fn a_port_is_asked_for_where_it_could_mean_several_listeners() {
    let routed = |router_listens: &str, matcher: &str, expected: &[&str]| {
        check(&["match-port"], &[&router("orders", router_listens), &route("Http", matcher, "")], expected);
    };
    // One listener needs no port, and any other has to be one of the router's.
    routed("80/http", "Prefix: /", &[]);
    routed("80/http", "Prefix: /, Port: 80", &[]);
    routed("80/http", "Prefix: /, Port: 81", &["error unknown-match-port"]);
    routed("80/http 81/http", "Prefix: /", &["error missing-match-port"]);
    routed("80/http 81/http", "Prefix: /, Port: 81", &[]);
    // What is open may be right.
    routed("80/http 81/http", "Prefix: /, Port: !Ref Number", &[]);
    let open = "VirtualRouter orders {Listeners: [{PortMapping: {Port: !Ref Number, Protocol: http}}]}";
    check(&["match-port"], &[open, &route("Http", "Prefix: /, Port: 81", "")], &[]);
    check(&["match-port"], &[&route("Http", "Prefix: /, Port: 81", "")], &[]);
}

#[test]
fn a_targets_port_is_one_of_its_node() {
    let sent = |node_listens: &str, target: &str, expected: &[&str]| {
        check(&["target-port"], &[&node("node", node_listens), &route("Http", "Prefix: /", target)], expected);
    };
    sent("80/http", "", &[]);
    sent("80/http", ", Port: 80", &[]);
    sent("80/http", ", Port: 81", &["error unknown-target-port"]);
    sent("80/http 90/grpc", "", &["error missing-target-port"]);
    sent("80/http 90/grpc", ", Port: 90", &[]);
    sent("80/http 90/grpc", ", Port: !Ref Number", &[]);
    sent("80/http 90/grpc", ", Port: !If [Here, 80, !Ref AWS::NoValue]", &[]);
}

#[test]
fn targets_may_name_different_ports() {
    let sent = |first: &str, second: &str, expected: &[&str]| {
        let route = format!(
            "Route orders/all {{HttpRoute: {{Match: {{Prefix: /}}, Action: {{WeightedTargets: \
             [{{VirtualNode: one, Weight: 1{first}}}, {{VirtualNode: two, Weight: 1{second}}}]}}}}}}"
        );
        check(&["targets-on-different"], &[&node("one", "80/http"), &node("two", "81/http"), &route], expected);
    };
    sent("", "", &["warning targets-on-different-ports"]);
    sent(", Port: 80", ", Port: 81", &[]);
}

#[test]
fn a_missing_port_is_filled_in_only_where_one_listener_can_be_meant() {
    let fixes = |listeners: &str| {
        let text = template(&[&router("orders", listeners), &route("Http", "Prefix: /", "")]);
        let found = found_in(&read_text("mesh.yaml", &text));
        let missing = found.into_iter().find(|found| found.rule == "missing-match-port").unwrap();
        missing.fix.map(|fix| (fix.edits[0].path.to_string(), fix.edits[0].change.clone()))
    };
    let port = |port: i64| Some(("spec.httpRoute.match.port".to_owned(), Change::Set(port.into())));
    assert_eq!(fixes("80/http 90/grpc"), port(80));
    assert_eq!(fixes("90/grpc 80/http"), port(80));
    assert_eq!(fixes("80/http 81/http"), None);
    assert_eq!(fixes("90/grpc 91/tcp"), None);
}

#[test]
fn protocols_are_held_against_each_other_once_along_the_way() {
    let way = |router_listens: &str, kind: &str, node_listens: &str, expected: &[&str]| {
        let matcher = if kind == "Tcp" || kind == "Grpc" { "" } else { "Prefix: /" };
        let resources = [&router("orders", router_listens), &route(kind, matcher, ""), &node("node", node_listens)];
        check(&["protocol-differs"], &resources.map(String::as_str), expected);
    };
    way("80/http", "Http", "80/http", &[]);
    way("80/tcp", "Tcp", "80/tcp", &[]);
    way("80/http", "Tcp", "80/http", &["error route-protocol-differs-from-router"]);
    way("80/http", "Http", "80/tcp", &["error target-protocol-differs"]);
    way("80/tcp", "Http", "80/tcp", &["error route-protocol-differs-from-router"]);
    way("80/http2", "Http2", "80/grpc", &["warning target-protocol-differs"]);
    way("80/http", "Grpc", "80/http", &["warning route-protocol-differs-from-router"]);
    // A router with several listeners, none of them named, says nothing; the route's own protocol counts.
    way("80/http 81/tcp", "Http", "80/tcp", &["error target-protocol-differs"]);
}

#[test]
fn resources_under_other_conditions_are_not_held_against_each_other() {
    let conditional =
        |text: String, name: &str, condition: &str| text.replacen(name, &format!("{name}?{condition}"), 1);
    let matched = |on_router: &str, on_route: &str, expected: &[&str]| {
        let router = conditional(router("orders", "80/tcp"), "orders", on_router);
        let route = conditional(route("Http", "Prefix: /, Port: 81", ""), "orders/all", on_route);
        check(&["unknown-match-port"], &[&router, &route], expected);
    };
    matched("Here", "There", &[]);
    matched("Here", "Here", &["error unknown-match-port"]);
    matched("", "There", &["error unknown-match-port"]);
}

#[test]
fn backends_clash_by_the_port_of_their_provider() {
    let caller = "VirtualNode caller {Backends: [{VirtualService: {VirtualServiceName: one}}, {VirtualService: {VirtualServiceName: two}}]}";
    let by_router = |service: &str| {
        format!("VirtualService {service} {{Provider: {{VirtualRouter: {{VirtualRouterName: {service}}}}}}}")
    };
    let by_node = |service: &str| {
        format!("VirtualService {service} {{Provider: {{VirtualNode: {{VirtualNodeName: {service}}}}}}}")
    };
    let calls = |first: &str, second: &str, expected: &[&str]| {
        let resources =
            [caller.to_owned(), by_router("one"), by_node("two"), router("one", first), node("two", second)];
        check(&["backends"], &resources.each_ref().map(String::as_str), expected);
    };
    calls("5432/tcp", "5433/tcp", &[]);
    calls("5432/tcp", "5432/tcp", &["error tcp-backends-share-port"]);
    calls("80/http", "80/http", &[]);
    calls("80/http", "80/tcp", &["error backends-mix-protocols-on-port"]);
    calls("80/http", "80/http2", &["warning backends-mix-protocols-on-port"]);
    calls("1/tcp 2/tcp", "3/tcp 2/tcp", &["error tcp-backends-share-port"]);
    // Services that never exist together are never called together.
    let apart = |one: &str, two: &str, expected: &[&str]| {
        let with = |service: String, name: &str, condition: &str| {
            service.replacen(&format!(" {name} "), &format!(" {name}?{condition} "), 1)
        };
        let (one, two) = (with(by_router("one"), "one", one), with(by_node("two"), "two", two));
        let resources = [caller, &one, &two, &router("one", "5432/tcp"), &node("two", "5432/tcp")];
        check(&["backends"], &resources, expected);
    };
    apart("Here", "There", &[]);
    apart("Here", "Here", &["error tcp-backends-share-port"]);
    apart("Here", "", &["error tcp-backends-share-port"]);
    // Two names of one node are no clash.
    let two = by_node("two").replacen("service two", "service one", 1);
    let one = two.replacen("VirtualService two", "VirtualService one", 1);
    check(&["backends"], &[caller, &one, &two, &node("two", "5432/tcp")], &[]);
}

#[test]
fn health_checks_are_compared_with_their_own_listener() {
    let checked = |protocol: &str, health_check: &str, expected: &[&str]| {
        let limits = "HealthyThreshold: 2, IntervalMillis: 20000, TimeoutMillis: 2000, UnhealthyThreshold";
        let listener =
            format!("{{PortMapping: {{Port: 80, Protocol: {protocol}}}, HealthCheck: {{{limits}: {health_check}}}}}");
        let node =
            format!("VirtualNode node {{Listeners: [{listener}], ServiceDiscovery: {{DNS: {{Hostname: a.b}}}}}}");
        check(&["health-check", "slow-failure"], &[&node], expected);
    };
    checked("http", "3, Protocol: http, Path: /, Port: 80", &[]);
    checked("http", "4, Protocol: http, Path: /", &["info slow-failure-detection"]);
    checked("http", "2, Protocol: http, Path: /, Port: 81", &["error health-check-port-differs"]);
    checked("http", "2, Protocol: http, Path: /, Port: !Ref Number", &[]);
    checked("http", "2, Protocol: http", &["warning health-check-without-path"]);
    checked("http", "2, Protocol: http, Path: !Ref Word", &[]);
    checked("http", "2, Protocol: http, Path: !If [Here, /, !Ref AWS::NoValue]", &[]);
    checked("http", "2, Protocol: http, Path: ping", &["error health-check-path-without-slash"]);
    checked("tcp", "2, Protocol: tcp, Path: ping", &["warning health-check-path-ignored"]);
    checked("http2", "2, Protocol: grpc", &[]);
    checked("tcp", "2, Protocol: grpc", &["error grpc-health-check-on-http"]);
    checked("grpc", "2, Protocol: tcp", &["warning tcp-health-check-on-http"]);
    checked("tcp", "2, Protocol: !Ref Word, Path: ping", &[]);
}

#[test]
fn a_host_name_is_repaired_where_nothing_is_lost() {
    let fix = |hostname: &str| {
        let spec = format!(
            "VirtualNode node {{{}, ServiceDiscovery: {{DNS: {{Hostname: '{hostname}'}}}}}}",
            listening("8080/http")
        );
        let found = found_in(&read_text("mesh.yaml", &template(&[&spec])));
        let found = found.into_iter().find(|found| found.rule == "invalid-discovery-hostname")?;
        Some(found.fix.map(|fix| fix.edits[0].change.clone()))
    };
    let set = |hostname: &str| Some(Some(Change::Set(hostname.into())));
    for fine in ["a.b", "a", "a_b.c-d.", "10.0.0.1", "::1", "2001:db8::1"] {
        assert_eq!(fix(fine), None, "{fine}");
    }
    assert_eq!(fix("a.b:8080"), set("a.b"));
    assert_eq!(fix("https://a.b/"), set("a.b"));
    assert_eq!(fix("http://a.b:8080/"), set("a.b"));
    for unsure in ["a.b:9090", "http://a.b/x", "[::1]:8080", "a b", "*.a", "", "u@a.b:8080", ":8080", "a.b:"] {
        assert_eq!(fix(unsure), Some(None), "{unsure}");
    }
}

#[test]
fn envoys_own_ports_depend_on_what_listens() {
    // Where no proxy is known to run, the node may stand for a host outside the mesh.
    let listens = |ports: &str| node("node", ports);
    let with_proxy = |ports: &str| listens(ports).replacen("Listeners", "BackendDefaults: {}, Listeners", 1);
    check(&["reserved-port"], &[&with_proxy("15000/http 15001/http")], &["error reserved-port"; 2]);
    check(&["reserved-port"], &[&with_proxy("9901/http")], &["warning reserved-port"]);
    check(&["reserved-port"], &[&listens("15000/http 9901/http")], &["info reserved-port"; 2]);
    check(&["reserved-port"], &[&router("router", "15000/http 15001/http 9901/http")], &[]);
    let gateway = format!("VirtualGateway entrance {{{}}}", listening("15000/http 15001/http"));
    check(&["reserved-port"], &[&gateway], &["error reserved-port"]);
    let gateway = |port: i64| format!("VirtualGateway entrance {{{}}}", listening(&format!("{port}/http")));
    check(&["privileged"], &[&gateway(1024)], &["warning privileged-gateway-port"]);
    check(&["privileged"], &[&gateway(1025)], &[]);
}

#[test]
fn what_leads_to_a_node_without_listener_is_blamed_unless_its_weight_is_0() {
    let sent = |weight: &str| route("Http", "Prefix: /", "").replacen("Weight: 1", weight, 1);
    check(&["target-without"], &["VirtualNode node {}", &sent("Weight: 1")], &["warning target-without-listener"]);
    check(&["target-without"], &["VirtualNode node {}", &sent("Weight: 0")], &[]);
    check(&["target-without"], &["VirtualNode node {Listeners: !Ref Word}", &sent("Weight: 1")], &[]);
}

#[test]
fn discovery_is_judged_by_what_it_says() {
    let found = |protocol: &str, discovery: &str, expected: &[&str]| {
        let node =
            format!("VirtualNode node {{{}, ServiceDiscovery: {{{discovery}}}}}", listening(&format!("80/{protocol}")));
        let service = "VirtualService service {Provider: {VirtualNode: {VirtualNodeName: node}}}";
        check(&["discovery", "load-balancer", "attributes", "namespace"], &[&node, service], expected);
    };
    found("grpc", "DNS: {Hostname: a.b}", &["info single-host-discovery"]);
    found("grpc", "DNS: {Hostname: a.b, ResponseType: LOADBALANCER}", &["info single-host-discovery"]);
    found("http", "DNS: {Hostname: a.b}", &[]);
    found("grpc", "DNS: {Hostname: a.b, ResponseType: !Ref Word}", &[]);
    found("grpc", "DNS: {Hostname: a.elb.eu-west-1.amazonaws.com}", &[]);
    found(
        "http",
        "DNS: {Hostname: internal-A.eu-west-1.ELB.amazonaws.com., ResponseType: ENDPOINTS}",
        &["warning endpoints-of-load-balancer"],
    );
    found("http", "DNS: {Hostname: a.elb.example.com, ResponseType: ENDPOINTS}", &[]);
    let cloud_map = |more: &str| format!("AWSCloudMap: {{NamespaceName: b.c, ServiceName: a{more}}}");
    found("http", &cloud_map(".b.c"), &["warning namespace-in-service-name"]);
    found("http", &cloud_map("b.c"), &[]);
    let attributes =
        |second: &str| cloud_map(&format!(", Attributes: [{{Key: k, Value: v}}, {{Key: k, Value: {second}}}]"));
    found("http", &attributes("w"), &["error contradictory-attributes"]);
    found("http", &attributes("v"), &[]);
    found("http", &attributes("!Ref Word"), &[]);
}

#[test]
fn a_listener_without_route_shows_the_request_that_gets_404() {
    let resources = |more: &str, second: &str| {
        template(&[
            "Mesh shop {}",
            "VirtualService orders.local {Provider: {VirtualRouter: {VirtualRouterName: orders}}}",
            &router("orders", &format!("80/http {more}")),
            &route("Http", &format!("Prefix: /, Port: {second}"), ""),
        ])
        .replace("MeshName: shop, MeshName: shop", "MeshName: shop")
    };
    let witnesses = |text: &str| -> Vec<Option<String>> {
        let found = found_in(&read_text("mesh.yaml", text));
        let found = found.into_iter().filter(|found| found.rule == "listener-without-route");
        found.map(|found| found.witness.map(|witness| witness.request.to_string())).collect()
    };
    let shown = |port: i64| Some(format!("GET http://orders.local:{port}/"));
    assert_eq!(witnesses(&resources("81/http", "80")), [shown(81)]);
    assert_eq!(witnesses(&resources("81/http", "81")), [shown(80)]);
    assert_eq!(witnesses(&resources("81/tcp", "80")), [None]);
    assert!(witnesses(&resources("", "80")).is_empty());
    assert!(witnesses(&resources("81/http", "!Ref Number")).is_empty());
    // Without the mesh the route may stand in another file.
    assert!(witnesses(&resources("81/http", "80").replace("AWS::AppMesh::Mesh", "AWS::SNS::Topic")).is_empty());
}
