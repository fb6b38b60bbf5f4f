//! What a match, a rewrite or an action says in itself: more than one example a rule.

use crate::{found_in, lines, read_text};

/// A route in AWS JSON.
fn of_route(protocol: &str, matcher: &str, targets: &str) -> String {
    format!(
        r#"{{"meshName": "shop", "virtualRouterName": "orders", "routeName": "all", "spec": {{"{protocol}":
        {{"match": {matcher}, "action": {{"weightedTargets": {targets}}}}}}}}}"#
    )
}

fn of_gateway_route(protocol: &str, matcher: &str, rewrite: &str) -> String {
    let target = r#""target": {"virtualService": {"virtualServiceName": "orders.shop.local"}}"#;
    format!(
        r#"{{"meshName": "shop", "virtualGatewayName": "edge", "gatewayRouteName": "all", "spec": {{"{protocol}":
        {{"match": {matcher}, "action": {{{rewrite}{target}}}}}}}}}"#
    )
}

const ONE: &str = r#"[{"virtualNode": "v1", "weight": 1}]"#;

/// The rules that find something, in the order of their names.
fn check(text: &str, expected: &[&str]) {
    let reading = read_text("route.json", text);
    assert!(reading.findings.is_empty(), "{text}: {:?}", reading.findings);
    let found = found_in(&reading);
    let mut names: Vec<&str> = found.iter().map(|found| found.rule).collect();
    names.retain(|name| OF_FAMILY.contains(name));
    names.sort_unstable();
    assert_eq!(names, expected, "{text}: {:#?}", lines(&found));
}

/// The rules that these tests speak of.
const OF_FAMILY: &[&str] = &[
    "all-weights-zero",
    "duplicate-target",
    "empty-range",
    "grpc-gateway-route-without-match",
    "hostname-with-port",
    "implicit-rewrite",
    "invalid-header-name",
    "invalid-hostname",
    "invalid-regex",
    "lonely-weighted-target",
    "method-without-service",
    "path-never-normal",
    "path-with-query",
    "path-without-slash",
    "prefix-and-path",
    "prefix-without-slash",
    "regex-is-literal",
    "regex-matches-no-path",
    "repeated-header-match",
    "reserved-grpc-service",
    "rewrite-of-the-other-kind",
    "rewrite-value-and-default",
    "rewrite-value-without-slashes",
    "slash-in-grpc-name",
    "slashless-gateway-prefix",
    "unencoded-match",
    "weights-not-100",
    "wildcard-in-path",
    "zero-weight-in-tcp-route",
];

#[test]
fn paths_and_prefixes_say_what_requests_have() {
    for (matcher, expected) in [
        (r#"{"prefix": "/"}"#, &[][..]),
        (r#"{"prefix": "/.well-known/"}"#, &[]),
        (r#"{"prefix": "/a/.", "method": "GET"}"#, &[]),
        (r#"{"path": {"exact": "/a/."}}"#, &["path-never-normal"]),
        (r#"{"path": {"exact": "/a/.."}}"#, &["path-never-normal"]),
        (r#"{"path": {"exact": "/a/...b"}}"#, &[]),
        (r#"{"prefix": "/a%20b"}"#, &[]),
        (r#"{"prefix": "/a b"}"#, &["unencoded-match"]),
        (r#"{"prefix": "/caf\u00e9"}"#, &["unencoded-match"]),
        (r#"{"path": {"exact": "/a?b=1"}}"#, &["path-with-query"]),
        (r#"{"prefix": "/a#b"}"#, &["path-with-query"]),
        (r#"{"prefix": "*"}"#, &["prefix-without-slash"]),
        (r#"{"path": {"exact": "/a/*/b"}}"#, &["wildcard-in-path"]),
        (r#"{"queryParameters": [{"name": "q", "match": {"exact": "a%20b+c"}}]}"#, &[]),
        (r#"{"queryParameters": [{"name": "q", "match": {"exact": "a b"}}]}"#, &["unencoded-match"]),
        (r#"{"queryParameters": [{"name": "q"}]}"#, &[]),
    ] {
        check(&of_route("httpRoute", matcher, ONE), expected);
        check(&of_route("http2Route", matcher, ONE), expected);
    }
}

#[test]
fn patterns_match_the_whole() {
    for (regex, expected) in [
        (r"/users/[0-9]+", &[][..]),
        (r".*", &[]),
        (r"(/a|b).*", &[]),
        (r"users/[0-9]+", &["regex-matches-no-path"]),
        (r"[a-z]+", &["regex-matches-no-path"]),
        (r"users", &["regex-matches-no-path"]),
        (r"/users", &["regex-is-literal"]),
        (r"^/users$", &["regex-is-literal"]),
        (r"^/users", &["regex-is-literal"]),
        (r"/v1.0", &[]),
        (r"/(?=a).*", &["invalid-regex"]),
        (r"*.html", &["invalid-regex"]),
    ] {
        check(&of_route("httpRoute", &format!(r#"{{"path": {{"regex": "{regex}"}}}}"#), ONE), expected);
    }
    let header = |regex: &str| format!(r#"{{"headers": [{{"name": "x", "match": {{"regex": "{regex}"}}}}]}}"#);
    check(&of_route("httpRoute", &header("green"), ONE), &["regex-is-literal"]);
    check(&of_route("httpRoute", &header(".*green.*"), ONE), &[]);
    check(&of_route("httpRoute", &header("(a"), ONE), &["invalid-regex"]);
}

#[test]
fn headers_and_metadata_are_looked_at_alike() {
    let twice = r#"[{"name": "x", "match": {"exact": "1"}}, {"name": "X", "match": {"exact": "1"}}]"#;
    let apart = r#"[{"name": "x", "match": {"prefix": "1"}}, {"name": "x", "match": {"suffix": "1"}}]"#;
    let range = r#"[{"name": "x", "match": {"range": {"start": 5, "end": 1}}}]"#;
    let colon = r#"[{"name": ":path"}]"#;
    for (protocol, field) in [("httpRoute", "headers"), ("http2Route", "headers"), ("grpcRoute", "metadata")] {
        for (headers, expected) in [
            (twice, &["repeated-header-match"][..]),
            (apart, &[]),
            (range, &["empty-range"]),
            (colon, &["invalid-header-name"]),
        ] {
            let matcher = format!(r#"{{"{field}": {headers}}}"#);
            check(&of_route(protocol, &matcher, ONE), expected);
            check(&of_gateway_route(protocol, &matcher, ""), expected);
        }
    }
}

#[test]
fn weights_are_shares_of_their_route() {
    let targets = |list: &[(&str, i64)]| {
        let targets: Vec<String> =
            list.iter().map(|(node, weight)| format!(r#"{{"virtualNode": "{node}", "weight": {weight}}}"#)).collect();
        format!("[{}]", targets.join(", "))
    };
    for (list, expected, expected_of_tcp) in [
        (&[("a", 1)][..], &[][..], &[][..]),
        (&[("a", 100)], &[], &[]),
        (&[("a", 0)], &["all-weights-zero"], &["all-weights-zero"]),
        (&[("a", 50)], &["lonely-weighted-target"], &["lonely-weighted-target"]),
        (&[("a", 50), ("b", 50)], &[], &[]),
        (&[("a", 1), ("b", 1)], &["weights-not-100"], &["weights-not-100"]),
        (&[("a", 100), ("b", 0)], &[], &["zero-weight-in-tcp-route"]),
        (&[("a", 50), ("a", 50)], &["duplicate-target"], &["duplicate-target"]),
    ] {
        check(&of_route("httpRoute", "{}", &targets(list)), expected);
        check(&of_route("tcpRoute", "{}", &targets(list)), expected_of_tcp);
    }
    let ports = r#"[{"virtualNode": "a", "port": 1, "weight": 50}, {"virtualNode": "a", "port": 2, "weight": 50}]"#;
    check(&of_route("httpRoute", "{}", ports), &[]);
}

#[test]
fn grpc_names_are_whole() {
    check(&of_route("grpcRoute", "{}", ONE), &[]);
    check(&of_route("grpcRoute", r#"{"serviceName": "shop.Orders", "methodName": "Place"}"#, ONE), &[]);
    check(&of_route("grpcRoute", r#"{"methodName": "Place"}"#, ONE), &["method-without-service"]);
    check(&of_route("grpcRoute", r#"{"serviceName": "shop.Orders/"}"#, ONE), &["slash-in-grpc-name"]);
    check(&of_gateway_route("grpcRoute", r#"{"serviceName": "/aws.app-mesh.x"}"#, ""), &["reserved-grpc-service"]);
    check(&of_gateway_route("grpcRoute", r#"{"serviceName": "aws.appmesh.Orders"}"#, ""), &[]);
    check(&of_gateway_route("grpcRoute", "{}", ""), &["grpc-gateway-route-without-match"]);
    check(&of_gateway_route("grpcRoute", r#"{"hostname": {"exact": "a.b"}}"#, ""), &[]);
}

#[test]
fn gateways_rewrite_what_they_match() {
    let off = r#""rewrite": {"prefix": {"defaultPrefix": "DISABLED"}}, "#;
    let on = r#""rewrite": {"prefix": {"defaultPrefix": "ENABLED"}}, "#;
    let value = r#""rewrite": {"prefix": {"value": "/v2/"}}, "#;
    let path = r#""rewrite": {"path": {"exact": "/v2"}}, "#;
    let both = r#""rewrite": {"prefix": {"value": "/v2/", "defaultPrefix": "DISABLED"}}, "#;
    for (matcher, rewrite, expected) in [
        (r#"{"prefix": "/"}"#, "", &[][..]),
        (r#"{"prefix": "/a/"}"#, "", &["implicit-rewrite"]),
        (r#"{"prefix": "/a"}"#, "", &["implicit-rewrite", "slashless-gateway-prefix"]),
        (r#"{"prefix": "/a"}"#, on, &["slashless-gateway-prefix"]),
        (r#"{"prefix": "/a"}"#, off, &[]),
        (r#"{"prefix": "/a/"}"#, value, &[]),
        (r#"{"prefix": "/a"}"#, value, &["rewrite-value-without-slashes"]),
        (r#"{"prefix": "/a/"}"#, both, &["rewrite-value-and-default"]),
        (r#"{"prefix": "/a/"}"#, path, &["rewrite-of-the-other-kind"]),
        (r#"{"path": {"exact": "/a"}}"#, path, &[]),
        (r#"{"path": {"exact": "/a"}}"#, value, &["rewrite-of-the-other-kind"]),
        (r#"{"path": {"exact": "/a"}}"#, off, &[]),
        (r#"{"hostname": {"exact": "a.b"}}"#, path, &[]),
        (r#"{"hostname": {"exact": "a.b:80"}}"#, off, &["hostname-with-port"]),
        (r#"{"hostname": {"suffix": "*.b"}}"#, off, &["invalid-hostname"]),
        (r#"{"hostname": {"suffix": ".b"}}"#, off, &[]),
    ] {
        check(&of_gateway_route("httpRoute", matcher, rewrite), expected);
    }
}

/// What a gateway and a router behind it say of paths, in one mesh.
fn gateway_and_router(gateway_routes: &[(&str, &str)], routes: &[&str]) -> String {
    let mut text = r#"{"meshName": "shop", "spec": {}}
        {"meshName": "shop", "virtualGatewayName": "edge", "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
        {"meshName": "shop", "virtualRouterName": "orders", "spec": {"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]}}
        {"meshName": "shop", "virtualServiceName": "orders.shop.local", "spec": {"provider": {"virtualRouter": {"virtualRouterName": "orders"}}}}
        "#
    .to_owned();
    for (index, (matcher, rewrite)) in gateway_routes.iter().enumerate() {
        let name = format!(r#""gatewayRouteName": "{index}""#);
        text += &of_gateway_route("httpRoute", matcher, rewrite).replace(r#""gatewayRouteName": "all""#, &name);
    }
    for (index, matcher) in routes.iter().enumerate() {
        let name = format!(r#""routeName": "{index}""#);
        text += &of_route("httpRoute", matcher, ONE).replace(r#""routeName": "all""#, &name);
    }
    text
}

#[test]
fn routes_take_what_a_gateway_leaves_of_a_path() {
    let orders = (r#"{"prefix": "/orders/"}"#, "");
    let slashless = (r#"{"prefix": "/orders"}"#, "");
    let off = (r#"{"prefix": "/orders/"}"#, r#""rewrite": {"prefix": {"defaultPrefix": "DISABLED"}}, "#);
    let value = (r#"{"prefix": "/shop/"}"#, r#""rewrite": {"prefix": {"value": "/orders/"}}, "#);
    let longer = (r#"{"prefix": "/orders/v1"}"#, "");
    let (prefix, v1, root) = (r#"{"prefix": "/orders"}"#, r#"{"path": {"exact": "/orders/v1"}}"#, r#"{"prefix": "/"}"#);
    let regex = r#"{"path": {"regex": "/o.*"}}"#;
    for (gateway_routes, routes, expected) in [
        (&[orders][..], &[prefix][..], Some("/orders/")),
        (&[slashless], &[prefix], Some("/orders")),
        (&[orders], &[v1], Some("/orders/v1")),
        (&[orders], &[prefix, root], None),
        (&[orders], &[prefix, regex], None),
        (&[off], &[prefix], None),
        (&[value], &[prefix], None),
        (&[longer, orders], &[v1], Some("/orders/v1")),
        (&[orders], &[], None),
    ] {
        let text = gateway_and_router(gateway_routes, routes);
        let found = found_in(&read_text("mesh.json", &text));
        let found = found.iter().find(|found| found.rule == "rewrite-past-every-route");
        let path = found.and_then(|found| found.witness.as_ref()).map(|witness| witness.request.path.as_str());
        assert_eq!(path, expected, "{text}");
    }
}

#[test]
fn what_a_template_leaves_open_is_not_judged() {
    let template = "\
Parameters: {Prefix: {Type: String}, Weight: {Type: Number}}
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: !Ref Prefix, Path: !If [X, {Exact: /a}, !Ref AWS::NoValue]}
          Action: {WeightedTargets: [{VirtualNode: a, Weight: !Ref Weight}, {VirtualNode: b, Weight: 3}]}
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      GatewayRouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /a, Hostname: !Ref Prefix}
          Action:
            Rewrite: !Ref Prefix
            Target: {VirtualService: {VirtualServiceName: !Ref Prefix}}
";
    let found = found_in(&read_text("template.yaml", template));
    let found: Vec<_> = found.into_iter().filter(|found| OF_FAMILY.contains(&found.rule)).collect();
    assert!(found.is_empty(), "{:#?}", lines(&found));
}
