//! Retries, timeouts and calls: the limits of what their rules say.

use crate::{found_in, lines, read_text};

fn check(text: &str, rule: &str, expected: &[&str]) {
    let found: Vec<_> =
        found_in(&read_text("mesh.yaml", text)).into_iter().filter(|found| found.rule == rule).collect();
    let shown: Vec<String> = lines(&found).iter().map(|line| line.replace(&format!("{rule} "), "")).collect();
    assert_eq!(shown, expected, "{text}");
}

/// A route to one node, with what stands in the route beside its match and action, and in the node's listener.
fn route_and_listener(route: &str, listener: &str) -> String {
    format!(
        "\
Parameters: {{Seconds: {{Type: Number}}, Where: {{Type: String}}}}
Conditions: {{Here: !Equals [!Ref Where, here], There: !Equals [!Ref Where, there]}}
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {{Prefix: /}}
          Action: {{WeightedTargets: [{{VirtualNode: orders, Weight: 1}}]}}
          {route}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}{listener}}}]
        ServiceDiscovery: {{DNS: {{Hostname: orders.shop.local}}}}
"
    )
}

#[test]
fn attempts_are_held_against_the_request() {
    let policy = |retries: u64, timeout: &str| {
        let policy = "HttpRetryEvents: [stream-error], PerRetryTimeout: {Value: 5, Unit: s}";
        route_and_listener(&format!("RetryPolicy: {{MaxRetries: {retries}, {policy}}}\n          {timeout}"), "")
    };
    let path = "spec.httpRoute.retryPolicy.maxRetries";
    check(&policy(2, ""), "retries-exceed-timeout", &[]);
    let over = "attempts of up to 5 s take up to";
    let exact = format!("info {path}: 4 {over} 20 s, but route `all` ends a request after 15 s by default");
    check(&policy(3, ""), "retries-exceed-timeout", &[&exact]);
    let past = format!("warning {path}: 5 {over} 25 s, but route `all` ends a request after 15 s by default");
    check(&policy(4, ""), "retries-exceed-timeout", &[&past]);
    check(&policy(4, "Timeout: {PerRequest: {Value: 25, Unit: s}}"), "retries-exceed-timeout", &[]);
    check(&policy(4, "Timeout: {PerRequest: {Value: 0, Unit: s}}"), "retries-exceed-timeout", &[]);
    check(&policy(4, "Timeout: {PerRequest: {Value: !Ref Seconds, Unit: s}}"), "retries-exceed-timeout", &[]);
    check(
        &policy(i64::MAX.unsigned_abs(), "Timeout: {PerRequest: {Value: 0, Unit: s}}"),
        "retries-exceed-timeout",
        &[],
    );
}

#[test]
fn a_raised_route_needs_a_raised_listener() {
    let rule = "listener-timeout-below-route";
    let minute = "Timeout: {PerRequest: {Value: 60, Unit: s}}";
    let path = "spec.httpRoute.timeout.perRequest";
    let text =
        format!("warning {path}: route `all` lets a request take 60 s, but the listener of `orders` ends it after");
    check(&route_and_listener(minute, ""), rule, &[&format!("{text} 15 s, by default")]);
    let listener = |value: &str| format!(", Timeout: {{HTTP: {{PerRequest: {{Value: {value}, Unit: ms}}}}}}");
    check(&route_and_listener(minute, &listener("59999")), rule, &[&format!("{text} 59999 ms")]);
    check(&route_and_listener(minute, &listener("60000")), rule, &[]);
    check(&route_and_listener(minute, &listener("0")), rule, &[]);
    check(&route_and_listener(minute, &listener("!Ref Seconds")), rule, &[]);
    check(&route_and_listener("Timeout: {PerRequest: {Value: 15, Unit: s}}", ""), rule, &[]);
    // What may never exist together contradicts nothing, and what gets no traffic neither.
    let apart = route_and_listener(minute, "")
        .replace("::Route\n", "::Route\n    Condition: Here\n")
        .replace("::VirtualNode\n", "::VirtualNode\n    Condition: There\n");
    check(&apart, rule, &[]);
    check(&route_and_listener(minute, "").replace("Weight: 1", "Weight: 0"), rule, &[]);
}

#[test]
fn a_raised_listener_is_only_blamed_where_no_route_is_raised() {
    let rule = "timeout-raised-on-listener-only";
    let listener = ", Timeout: {HTTP: {PerRequest: {Value: 60, Unit: s}}}";
    let lone = "info spec.listeners[0].timeout.http.perRequest: the listener of `orders` lets a request take 60 s, \
                but route `all` only 15 s, by default";
    check(&route_and_listener("", listener), rule, &[lone]);
    let mesh = "Resources:\n  Mesh: {Type: 'AWS::AppMesh::Mesh', Properties: {MeshName: shop}}\n";
    let with_mesh = |route: &str| route_and_listener(route, listener).replace("Resources:\n", mesh);
    check(&with_mesh(""), rule, &[&lone.replace("info", "warning")]);
    check(&with_mesh("Timeout: {PerRequest: {Value: 20, Unit: s}}"), rule, &[]);
}

#[test]
fn silence_is_held_against_the_request() {
    let rule = "idle-timeout-below-request";
    let timeout = |timeout: &str| route_and_listener(&format!("Timeout: {{{timeout}}}"), "");
    let text = "spec.httpRoute.timeout.idle: route `all` lets a request take";
    let by_default = "be silent for 300 s by default only";
    check(&timeout("PerRequest: {Value: 300, Unit: s}"), rule, &[]);
    let longer = format!("warning {text} 301 s, but {by_default}");
    check(&timeout("PerRequest: {Value: 301, Unit: s}"), rule, &[&longer]);
    let endless = format!("warning {text} any time, but {by_default}");
    check(&timeout("PerRequest: {Value: 0, Unit: s}"), rule, &[&endless]);
    check(&timeout("PerRequest: {Value: 0, Unit: s}, Idle: {Value: 60, Unit: s}"), rule, &[]);
    check(&timeout("PerRequest: {Value: 400, Unit: s}, Idle: {Value: 0, Unit: s}"), rule, &[]);
    let said = format!("info {text} 15 s, but be silent for 10 s only");
    check(&timeout("Idle: {Value: 10, Unit: s}"), rule, &[&said]);
}

#[test]
fn silence_of_a_listener_is_told_once() {
    let route = "Timeout: {Idle: {Value: 900, Unit: s}}";
    let rule = "listener-idle-below-route";
    let text = "warning spec.httpRoute.timeout.idle: route `all` lets a stream be silent for 900 s, \
                but the listener of `orders` resets it after";
    check(&route_and_listener(route, ""), rule, &[&format!("{text} 300 s, by default")]);
    let listener = |timeout: &str| route_and_listener(route, &format!(", Timeout: {{HTTP: {{{timeout}}}}}"));
    check(&listener("Idle: {Value: 60, Unit: s}"), rule, &[&format!("{text} 60 s")]);
    check(&listener("Idle: {Value: 0, Unit: s}"), rule, &[]);
    check(&listener("Idle: {Value: 900, Unit: s}"), rule, &[]);
    let long = listener("PerRequest: {Value: 900, Unit: s}");
    check(&long, rule, &[]);
    let told = "warning spec.listeners[0].timeout.http.idle: the listener of `orders` lets a request take 900 s, \
                but be silent for 300 s by default only";
    check(&long, "idle-timeout-below-request", &[told]);
}

#[test]
fn an_event_is_said_as_it_was_meant() {
    let rule = "unknown-retry-event";
    let events = |events: &str| {
        let policy = format!("HttpRetryEvents: {events}, MaxRetries: 1, PerRetryTimeout: {{Value: 1, Unit: s}}");
        found_in(&read_text("mesh.yaml", &route_and_listener(&format!("RetryPolicy: {{{policy}}}"), "")))
    };
    let meant = |given: &str| {
        let found = events(&format!("[{given}]")).into_iter().find(|found| found.rule == rule)?;
        found.help.or(found.fix.map(|fix| fix.title))
    };
    assert_eq!(meant("Gateway_Error").as_deref(), Some("write gateway-error"));
    assert_eq!(meant("gateway-eror").as_deref(), Some("did you mean `gateway-error`?"));
    assert_eq!(meant("connection-error").as_deref(), Some("`connection-error` belongs into `tcpRetryEvents`"));
    assert_eq!(
        meant("unavailable").as_deref(),
        Some("`unavailable` belongs into the `grpcRetryEvents` of a gRPC route")
    );
    assert_eq!(meant("5xx"), None);
    assert!(events("[stream-error, !Ref Where]").iter().all(|found| found.rule != rule));
}

/// Nodes `n0`, `n1` and so on: each is reached by a route that retries as often as the list says, and calls the next one; the
/// last one calls none, or the one given.
fn chain(retries: &[u64], events: &str, last_calls: Option<usize>) -> String {
    let mut text = String::from("Resources:\n");
    for (at, retries_of_route) in retries.iter().enumerate() {
        let next = if at + 1 < retries.len() { Some(at + 1) } else { last_calls };
        let backend =
            next.map_or(String::new(), |next| format!("{{VirtualService: {{VirtualServiceName: s{next}.local}}}}"));
        let policy = format!(
            "{{HttpRetryEvents: [{events}], MaxRetries: {retries_of_route}, PerRetryTimeout: {{Value: 1, Unit: s}}}}"
        );
        let layer = format!(
            "
  R{at}: {{Type: 'AWS::AppMesh::VirtualRouter', Properties: {{MeshName: m, VirtualRouterName: r{at}, Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}]}}}}}}
  S{at}: {{Type: 'AWS::AppMesh::VirtualService', Properties: {{MeshName: m, VirtualServiceName: s{at}.local, Spec: {{Provider: {{VirtualRouter: {{VirtualRouterName: r{at}}}}}}}}}}}
  W{at}: {{Type: 'AWS::AppMesh::Route', Properties: {{MeshName: m, VirtualRouterName: r{at}, RouteName: w{at}, Spec: {{HttpRoute: {{Match: {{Prefix: /}}, Action: {{WeightedTargets: [{{VirtualNode: n{at}, Weight: 1}}]}}, RetryPolicy: {policy}}}}}}}}}
  N{at}: {{Type: 'AWS::AppMesh::VirtualNode', Properties: {{MeshName: m, VirtualNodeName: n{at}, Spec: {{Backends: [{backend}], Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}], ServiceDiscovery: {{DNS: {{Hostname: n{at}.local}}}}}}}}}}
"
        );
        text.push_str(&layer);
    }
    text
}

#[test]
fn retries_multiply_along_a_chain() {
    let rule = "retry-amplification";
    let path = "warning spec.httpRoute.retryPolicy.maxRetries: one request may become";
    check(&chain(&[2, 2], "gateway-error", None), rule, &[]);
    let three = format!("{path} 27 attempts: 3 by route `w0`, times 3 by route `w1`, times 3 by route `w2`");
    check(&chain(&[2, 2, 2], "gateway-error", None), rule, &[&three]);
    check(&chain(&[26], "gateway-error", None), rule, &[&format!("{path} 27 attempts by route `w0`")]);
    check(&chain(&[25], "gateway-error", None), rule, &[]);
    // A stream that was refused is no answer of the callee: only the layer above it retries.
    check(&chain(&[2, 2, 2], "stream-error", None), rule, &[]);
    // A circle ends where it began.
    check(&chain(&[2, 2, 2], "gateway-error", Some(0)), rule, &[&three]);
    let max = i64::MAX.unsigned_abs();
    let many = format!("{path} {} attempts: {} by route `w0`, times {} by route `w1`", u64::MAX, max + 1, max + 1);
    check(&chain(&[max, max], "gateway-error", None), rule, &[&many]);
}

#[test]
fn a_circle_is_told_once() {
    let rule = "dependency-cycle";
    let path = "info spec.backends[0].virtualService.virtualServiceName:";
    check(&chain(&[0, 0, 0], "gateway-error", None), rule, &[]);
    let circle = format!("{path} `n0` calls `n1`, which calls `n2`, which calls `n0`: a circle");
    check(&chain(&[0, 0, 0], "gateway-error", Some(0)), rule, &[&circle]);
    // The way into it is no part of it.
    let circle = format!("{path} `n1` calls `n2`, which calls `n1`: a circle");
    check(&chain(&[0, 0, 0], "gateway-error", Some(1)), rule, &[&circle]);
    let apart = chain(&[0, 0], "gateway-error", Some(0));
    let apart = format!(
        "Parameters: {{Where: {{Type: String}}}}\nConditions: {{Here: !Equals [!Ref Where, here], There: !Equals [!Ref Where, there]}}\n{apart}"
    );
    let apart = apart.replace("N0: {", "N0: {Condition: Here, ").replace("N1: {", "N1: {Condition: There, ");
    check(&apart, rule, &[]);
}

#[test]
fn who_calls_only_himself_is_another_rules() {
    let rule = "calls-itself";
    let alone = chain(&[0, 0], "gateway-error", Some(1));
    let text = "info spec.backends[0].virtualService.virtualServiceName: `n1` has the backend `s1.local`, for which it alone answers";
    check(&alone, rule, &[text]);
    check(&alone, "dependency-cycle", &[]);
    let shared =
        alone.replace("{VirtualNode: n1, Weight: 1}", "{VirtualNode: n1, Weight: 1}, {VirtualNode: n0, Weight: 1}");
    check(&shared, rule, &[]);
}

#[test]
fn a_chain_deeper_than_any_stack_is_followed() {
    let retries = vec![0; 1500];
    let found = found_in(&read_text("mesh.yaml", &chain(&retries, "gateway-error", Some(0))));
    let circle = found.iter().find(|found| found.rule == "dependency-cycle").unwrap();
    assert!(
        circle.message.ends_with("which calls `n5`, which calls …, which calls `n0`: a circle"),
        "{}",
        circle.message
    );
}

#[test]
fn a_slip_of_the_unit_is_told_from_a_short_time() {
    let rule = "duration-of-few-millis";
    let route = |timeout: &str| route_and_listener(&format!("Timeout: {{{timeout}}}"), "");
    let few = "info spec.httpRoute.timeout.perRequest: `perRequest` is only 10 ms";
    check(&route("PerRequest: {Value: 10, Unit: ms}"), rule, &[few]);
    check(&route("PerRequest: {Value: 11, Unit: ms}"), rule, &[]);
    check(&route("PerRequest: {Value: 9, Unit: s}"), rule, &[]);
    check(&route("PerRequest: {Value: 0, Unit: ms}"), rule, &[]);
    check(&route("PerRequest: {Value: !Ref Seconds, Unit: ms}"), rule, &[]);
    let listener = route_and_listener("", ", Timeout: {HTTP: {Idle: {Value: 5, Unit: ms}}}");
    check(&listener, rule, &["info spec.listeners[0].timeout.http.idle: `idle` is only 5 ms"]);
    let retry = "RetryPolicy: {HttpRetryEvents: [stream-error], MaxRetries: 1, PerRetryTimeout: {Value: 2, Unit: ms}}";
    let few = "info spec.httpRoute.retryPolicy.perRetryTimeout: `perRetryTimeout` is only 2 ms";
    check(&route_and_listener(retry, ""), rule, &[few]);
    let detection = ", OutlierDetection: {BaseEjectionDuration: {Value: 1, Unit: ms}, Interval: {Value: 1, Unit: s}, \
                     MaxEjectionPercent: 10, MaxServerErrors: 5}";
    let few = "info spec.listeners[0].outlierDetection.baseEjectionDuration: `baseEjectionDuration` is only 1 ms";
    check(&route_and_listener("", detection), rule, &[few]);
    let sweep = |millis: &str| detection.replace("Value: 1, Unit: ms", &format!("Value: {millis}, Unit: ms"));
    let few = "info spec.listeners[0].outlierDetection.baseEjectionDuration: `baseEjectionDuration` is only 99 ms";
    check(&route_and_listener("", &sweep("99")), rule, &[few]);
    check(&route_and_listener("", &sweep("100")), rule, &[]);
}
