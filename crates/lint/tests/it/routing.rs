//! Which route takes a request: ports, hosts, twins of prefixes, patterns.

use std::fmt::Write;

use crate::{found_in, lines, read_text};

/// A mesh with a router `r`, whose listeners and routes are given: priority, match.
fn routed(listeners: &str, routes: &[(i64, &str)]) -> String {
    let mut text = format!(
        "Resources:
  Mesh: {{Type: 'AWS::AppMesh::Mesh', Properties: {{MeshName: m}}}}
  Router: {{Type: 'AWS::AppMesh::VirtualRouter', Properties: {{MeshName: m, VirtualRouterName: r, Spec: {{Listeners: [{listeners}]}}}}}}
"
    );
    for (place, (priority, matcher)) in routes.iter().enumerate() {
        let _ = writeln!(
            text,
            "  R{place}: {{Type: 'AWS::AppMesh::Route', Properties: {{MeshName: m, VirtualRouterName: r, RouteName: r{place}, Spec: \
             {{Priority: {priority}, HttpRoute: {{Match: {{{matcher}}}, Action: {{WeightedTargets: [{{VirtualNode: n{place}, Weight: 1}}]}}}}}}}}}}"
        );
    }
    text
}

/// A mesh with a gateway `g`, whose gateway routes are given: match, action beside the target.
fn gated(routes: &[(&str, &str)]) -> String {
    let mut text = "Resources:
  Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: m}}
  Gateway: {Type: 'AWS::AppMesh::VirtualGateway', Properties: {MeshName: m, VirtualGatewayName: g, Spec: {Listeners: [{PortMapping: {Port: 80, Protocol: http}}]}}}
"
    .to_owned();
    for (place, (matcher, rewrite)) in routes.iter().enumerate() {
        let _ = writeln!(
            text,
            "  G{place}: {{Type: 'AWS::AppMesh::GatewayRoute', Properties: {{MeshName: m, VirtualGatewayName: g, GatewayRouteName: g{place}, Spec: \
             {{HttpRoute: {{Match: {{{matcher}}}, Action: {{{rewrite}Target: {{VirtualService: {{VirtualServiceName: s{place}.local}}}}}}}}}}}}}}"
        );
    }
    text
}

#[track_caller]
fn check(rule: &str, text: &str, expected: &[&str]) {
    let found: Vec<_> =
        found_in(&read_text("mesh.yaml", text)).into_iter().filter(|found| found.rule == rule).collect();
    let shown: Vec<String> = lines(&found).iter().map(|line| line.replace(&format!("{rule} "), "")).collect();
    assert_eq!(shown, expected, "{text}");
}

const TWO: &str = "{PortMapping: {Port: 80, Protocol: http}}, {PortMapping: {Port: 81, Protocol: http}}";

#[test]
fn each_listener_wants_a_default_route_of_its_own() {
    let rule = "no-default-route";
    let missing = |place: usize, port: u16| {
        format!(
            "info spec.listeners[{place}].portMapping.port: no route of virtual router `r` takes every request on port {port}"
        )
    };
    check(rule, &routed(TWO, &[(1, "Prefix: /, Port: 80"), (2, "Prefix: /, Port: 81")]), &[]);
    check(rule, &routed(TWO, &[(1, "Prefix: /, Port: 80"), (2, "Prefix: /a, Port: 81")]), &[&missing(1, 81)]);
    let both = routed(TWO, &[(1, "Prefix: /b, Port: 80"), (2, "Prefix: /a, Port: 81")]);
    check(rule, &both, &[&missing(0, 80), &missing(1, 81)]);
    // A listener of another protocol is not this route's, and one without any route is another rule's.
    let tcp = TWO.replace("81, Protocol: http", "81, Protocol: tcp");
    check(rule, &routed(&tcp, &[(1, "Prefix: /, Port: 80")]), &[]);
    check(rule, &routed(TWO, &[(1, "Prefix: /, Port: 80")]), &[]);
    let witness = |text: &str| {
        let found = found_in(&read_text("mesh.yaml", text));
        let of_rule = found.into_iter().filter(|found| found.rule == rule);
        of_rule.map(|found| found.witness.unwrap().request.port).collect::<Vec<_>>()
    };
    assert_eq!(witness(&both), [Some(80), Some(81)]);
}

#[test]
fn hosts_are_one_whatever_their_capitals() {
    let of = |first: &str, second: &str| {
        gated(&[(&format!("Prefix: /, {first}"), ""), (&format!("Prefix: /, {second}"), "")])
    };
    let rivals = ["warning spec.priority: whether `g1` or `g0` takes a request is not defined: neither has a priority"];
    let rule = "ambiguous-route-order";
    check(rule, &of("Hostname: {Exact: shop.local}", "Hostname: {Exact: Shop.LOCAL}"), &rivals);
    check(rule, &of("Hostname: {Suffix: .shop.local}", "Hostname: {Suffix: .Shop.local}"), &rivals);
    check(rule, &of("Hostname: {Exact: shop.local}", "Hostname: {Suffix: shop.local}"), &[]);
    check(rule, &of("Hostname: {Exact: shop.local}", "Hostname: {Exact: shops.local}"), &[]);
}

#[test]
fn a_gateways_prefix_without_slash_is_also_one_with_it() {
    let rule = "ambiguous-route-order";
    let rivals = ["info spec.priority: whether `g0` or `g1` takes a request is not defined: neither has a priority"];
    check(rule, &gated(&[("Prefix: /p", ""), ("Prefix: /p/", "")]), &rivals);
    let found = found_in(&read_text("mesh.yaml", &gated(&[("Prefix: /p", ""), ("Prefix: /p/", "")])));
    let found = found.iter().find(|found| found.rule == rule).unwrap();
    assert_eq!(found.witness.as_ref().unwrap().request.to_string(), "GET /p/");
    // Where nothing is rewritten, nobody knows; and what is longer by more comes first.
    let kept = "Rewrite: {Prefix: {DefaultPrefix: DISABLED}}, ";
    check(rule, &gated(&[("Prefix: /p", kept), ("Prefix: /p/", kept)]), &[]);
    check(rule, &gated(&[("Prefix: /p", ""), ("Prefix: /p/a", "")]), &[]);
    check(rule, &gated(&[("Prefix: /p, Method: GET", ""), ("Prefix: /p/, Method: POST", "")]), &[]);
    // The routes of a router are as they are written.
    let one = "{PortMapping: {Port: 80, Protocol: http}}";
    check(rule, &routed(one, &[(1, "Prefix: /p"), (1, "Prefix: /p/")]), &[]);
}

#[test]
fn patterns_of_headers_are_compared_with_other_forms() {
    let one = "{PortMapping: {Port: 80, Protocol: http}}";
    let header = |matcher: &str| format!("Prefix: /, Headers: [{{Name: color, Match: {{{matcher}}}}}]");
    let pair = |first: &str, second: &str| routed(one, &[(2, &header(first)), (5, &header(second))]);
    let hidden = "warning spec.priority: `r1` has priority 5 and is never reached: `r0` has priority 2 and takes all its requests first";
    let rule = "inverted-priority";
    check(rule, &pair("Regex: 'redor.*'", "Prefix: redorgreen"), &[hidden]);
    check(rule, &pair("Regex: '.*green'", "Suffix: dark-green"), &[hidden]);
    check(rule, &pair("Regex: '(red|green)'", "Exact: red"), &[hidden]);
    check(rule, &pair("Regex: '[-+]?[0-9]+'", "Range: {Start: 1, End: 9}"), &[hidden]);
    check(rule, &pair("Prefix: red", "Regex: '(redor|reddish).*'"), &[hidden]);
    check(rule, &pair("Regex: 'redor[a-f]+'", "Prefix: redorgreen"), &[]);
    check(rule, &pair("Regex: '[0-9]+'", "Range: {Start: 1, End: 9}"), &[]);
    check(rule, &pair("Regex: 'red'", "Prefix: red"), &[]);
}
