//! Whatever one value of a file is changed, all others stay: for every part of a listener, route and gateway route, where every
//! member is present.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options, Reading, edit, read};
use meshwright_language::{Intent, compose_into};
use meshwright_model::edit::NewValue;
use serde_json::{Value, json};

const EVERYTHING: &str = include_str!("../../../../../corpus/everything/everything.yaml");

/// An intent that changes one value, and where that stands: the resource, with its parent, and the path.
type Case = (Value, &'static str, String);

fn reading(text: &str) -> Reading {
    let input = Input { name: "everything.yaml".to_owned(), bytes: text.into() };
    read(vec![input], &Options { keep_parameters: true, ..Options::default() })
}

/// The values of all specifications, by resource and path.
fn values(reading: &Reading) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for resource in &reading.inventory.resources {
        let parent = resource.parent.as_ref().map(|parent| format!("{parent}/")).unwrap_or_default();
        let spec = serde_json::to_value(NewValue::of(&resource.spec)).unwrap();
        let at = format!("{} {parent}{} spec", resource.kind(), resource.name);
        flatten(&spec, &at, &mut values);
    }
    values
}

fn flatten(value: &Value, at: &str, values: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                flatten(value, &format!("{at}.{name}"), values);
            }
        }
        Value::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                flatten(value, &format!("{at}[{index}]"), values);
            }
        }
        value => {
            values.insert(at.to_owned(), value.to_string());
        }
    }
}

/// What differs after an intent, or why nothing does.
fn differences(before: &Reading, intent: &Value) -> Result<Vec<String>, String> {
    let intent: Intent = serde_json::from_value(intent.clone()).unwrap();
    let insertion = compose_into(&intent, &before.inventory);
    if let Some(question) = insertion.questions.first() {
        return Err(question.text.clone());
    }
    let edited = edit(before, &insertion.edits).map_err(|error| error.to_string())?;
    let [only] = edited.as_slice() else { return Err("no text changes".to_owned()) };
    let (old, new) = (values(before), values(&reading(&only.text)));
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    Ok(keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).cloned().collect())
}

fn check(cases: Vec<Case>) {
    let before = reading(EVERYTHING);
    for (intent, resource, path) in cases {
        let place = format!("{resource} spec.{path}");
        match differences(&before, &intent) {
            Ok(differences) => {
                let strays: Vec<&String> = differences.iter().filter(|at| !at.starts_with(&place)).collect();
                assert!(strays.is_empty(), "{intent} is for {place} and changes {strays:#?}");
                assert!(!differences.is_empty(), "{intent} changes nothing");
            }
            Err(why) => panic!("{intent}: {why}"),
        }
    }
}

/// What is said of a listener, and where it stands in one of that protocol.
fn of_listener(protocol: &'static str) -> Vec<(Value, String)> {
    let is_http = protocol.starts_with("http");
    let mut cases = vec![
        (json!({"healthCheck": {"interval": "60s"}}), "healthCheck.intervalMillis".to_owned()),
        (json!({"healthCheck": {"healthyThreshold": 5}}), "healthCheck.healthyThreshold".to_owned()),
        (json!({"healthCheck": {"unhealthyThreshold": 6}}), "healthCheck.unhealthyThreshold".to_owned()),
        (json!({"tls": {"trust": {"file": {"chain": "/certs/new.pem"}}}}), "tls.validation".to_owned()),
        (json!({"tls": {"clientNames": ["new.everything.local"]}}), "tls.validation".to_owned()),
        (
            json!({"tls": {"certificate": {"file": {"chain": "/certs/a.pem", "key": "/certs/a.key"}}}}),
            "tls.certificate".to_owned(),
        ),
    ];
    if is_http {
        cases.push((json!({"healthCheck": {"path": "/new"}}), "healthCheck.path".to_owned()));
    }
    let pools: &[(&str, &str)] = match protocol {
        "http" => &[("maxConnections", "maxConnections"), ("maxPendingRequests", "maxPendingRequests")],
        "tcp" => &[("maxConnections", "maxConnections")],
        _ => &[("maxRequests", "maxRequests")],
    };
    for (said, field) in pools {
        cases.push((json!({"connectionPool": {*said: 7}}), format!("connectionPool.{protocol}.{field}")));
    }
    cases
}

/// Intents for the listeners of a node or gateway, given as its list in an intent, its name, and its ports.
fn listeners(list: &str, name: &str, resource: &'static str, ports: &[(u32, &'static str, &str)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (index, (port, protocol, mode)) in ports.iter().enumerate() {
        let mut own = of_listener(protocol);
        own.push((json!({"tls": {"mode": mode}}), "tls.mode".to_owned()));
        if *mode == "strict" {
            // TLS that is off is switched on by whoever asks for a part of it.
            own.retain(|(said, _)| said.get("tls").is_none_or(|tls| tls.get("mode").is_some()));
        }
        for (mut said, path) in own {
            said["port"] = json!(port);
            let wanted = json!({list: [{"name": name, "action": "change", "listeners": [said]}]});
            cases.push((wanted, resource, format!("listeners[{index}].{path}")));
        }
    }
    cases
}

#[test]
fn a_value_of_a_listener_changes_alone() {
    let ports = [
        (8080, "http", "permissive"),
        (8082, "http2", "disabled"),
        (8083, "grpc", "permissive"),
        (8084, "tcp", "strict"),
    ];
    let mut cases = listeners("virtualNodes", "api", "virtual node api", &ports);
    for (index, (port, protocol, _)) in ports.iter().enumerate() {
        let timeouts: &[&str] = if *protocol == "tcp" { &["idle"] } else { &["perRequest", "idle"] };
        for field in timeouts {
            let listener = json!({"port": port, "timeout": {*field: "7s"}});
            let wanted = json!({"virtualNodes": [{"name": "api", "action": "change", "listeners": [listener]}]});
            cases.push((wanted, "virtual node api", format!("listeners[{index}].timeout.{protocol}.{field}")));
        }
    }
    let outliers = [
        ("maxServerErrors", json!(9)),
        ("interval", json!("12s")),
        ("baseEjectionDuration", json!("31s")),
        ("maxEjectionPercent", json!(20)),
    ];
    for (field, value) in outliers {
        let listener = json!({"port": 8080, "outlierDetection": {field: value}});
        let wanted = json!({"virtualNodes": [{"name": "api", "action": "change", "listeners": [listener]}]});
        cases.push((wanted, "virtual node api", format!("listeners[0].outlierDetection.{field}")));
    }
    check(cases);
}

#[test]
fn a_value_of_a_gateway_listener_changes_alone() {
    check(listeners("virtualGateways", "web", "virtual gateway web", &[(8080, "http", "permissive")]));
    check(listeners("virtualGateways", "stream", "virtual gateway stream", &[(8443, "http2", "disabled")]));
    check(listeners("virtualGateways", "rpc", "virtual gateway rpc", &[(9443, "grpc", "permissive")]));
}

#[test]
fn a_value_beside_the_listeners_changes_alone() {
    let policies = [
        (json!({"enforce": false}), "enforce"),
        (json!({"ports": [9090]}), "ports[2]"),
        (json!({"certificate": {"file": {"chain": "/certs/a.pem"}}}), "certificate.file.certificateChain"),
        (json!({"certificate": {"sds": {"secret": "new"}}}), "certificate"),
        (json!({"trust": {"file": {"chain": "/certs/new.pem"}}}), "validation.trust"),
        (json!({"names": ["new.everything.local"]}), "validation.subjectAlternativeNames.match.exact[1]"),
    ];
    let mut cases = Vec::new();
    for (policy, path) in policies {
        let place = format!("backendDefaults.clientPolicy.tls.{path}");
        let of = |list: &str, name: &str| json!({list: [{"name": name, "action": "change", "backendTls": policy}]});
        cases.push((of("virtualNodes", "browser"), "virtual node browser", place.clone()));
        cases.push((of("virtualGateways", "web"), "virtual gateway web", place));
        let call = json!([{"to": "http.everything.local", "tls": policy}]);
        let place = format!(
            "backends[0].virtualService.clientPolicy.tls.{}",
            path.replace("[1]", "[2]").replace("ports[2]", "ports[1]")
        );
        cases.push((
            json!({"virtualNodes": [{"name": "browser", "action": "change", "calls": call}]}),
            "virtual node browser",
            place,
        ));
    }
    let node = |name: &str, member: &str, value: Value| json!({"virtualNodes": [{"name": name, "action": "change", member: value}]});
    let gateway =
        |name: &str, log: Value| json!({"virtualGateways": [{"name": name, "action": "change", "accessLog": log}]});
    let cloud_map = |value: Value| node("api", "discovery", json!({"cloudMap": value}));
    let dns = |value: Value| node("browser", "discovery", json!({"dns": value}));
    let rest: [(Value, &'static str, &str); 12] = [
        (cloud_map(json!({"namespace": "new"})), "virtual node api", "serviceDiscovery.awsCloudMap.namespaceName"),
        (cloud_map(json!({"service": "new"})), "virtual node api", "serviceDiscovery.awsCloudMap.serviceName"),
        (
            cloud_map(json!({"attributes": {"stage": "new"}})),
            "virtual node api",
            "serviceDiscovery.awsCloudMap.attributes[0].value",
        ),
        (
            cloud_map(json!({"attributes": {"zone": "a"}})),
            "virtual node api",
            "serviceDiscovery.awsCloudMap.attributes[2]",
        ),
        (
            node("api", "ipPreference", json!("ipv6Only")),
            "virtual node api",
            "serviceDiscovery.awsCloudMap.ipPreference",
        ),
        (dns(json!({"hostname": "new.local"})), "virtual node browser", "serviceDiscovery.dns.hostname"),
        (dns(json!({"endpoints": false})), "virtual node browser", "serviceDiscovery.dns.responseType"),
        (node("api", "accessLog", json!({"path": "/new"})), "virtual node api", "logging.accessLog.file.path"),
        (
            node("browser", "accessLog", json!({"format": {"text": "new\n"}})),
            "virtual node browser",
            "logging.accessLog.file.format",
        ),
        (gateway("web", json!({"path": "/new"})), "virtual gateway web", "logging.accessLog.file.path"),
        (gateway("stream", json!({"path": "/new"})), "virtual gateway stream", "logging.accessLog.file.path"),
        (
            gateway("web", json!({"format": {"json": {"code": "%RESPONSE_CODE%"}}})),
            "virtual gateway web",
            "logging.accessLog.file.format",
        ),
    ];
    cases.extend(rest.into_iter().map(|(intent, resource, path)| (intent, resource, path.to_owned())));
    check(cases);
}

/// What is said of a match of HTTP, and where it stands.
fn of_match(headers: usize) -> Vec<(Value, String)> {
    vec![
        (json!({"path": {"prefix": "/v9/"}}), "prefix".to_owned()),
        (json!({"method": "DELETE"}), "method".to_owned()),
        (json!({"headers": [{"name": "x-new"}]}), format!("headers[{headers}]")),
        (json!({"headers": [{"name": "x-exact", "value": {"exact": "red"}}]}), "headers[0].match".to_owned()),
        (json!({"query": [{"name": "new", "value": "1"}]}), "queryParameters[2]".to_owned()),
        (json!({"query": [{"name": "page", "value": "9"}]}), "queryParameters[0].match".to_owned()),
    ]
}

#[test]
fn a_value_of_a_route_changes_alone() {
    let route = |router: &str, name: &str, member: &str, value: Value| json!({"routes": [{"router": router, "name": name, "action": "change", member: value}]});
    let routes: [(&str, &str, &'static str, &str); 4] = [
        ("http", "prefix", "route http/prefix", "httpRoute"),
        ("http2", "prefix", "route http2/prefix", "http2Route"),
        ("grpc", "method", "route grpc/method", "grpcRoute"),
        ("tcp", "all", "route tcp/all", "tcpRoute"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (router, name, resource, field) in routes {
        cases.push((route(router, name, "priority", json!(77)), resource, "priority".to_owned()));
        cases.push((route(router, name, "timeout", json!({"idle": "7s"})), resource, format!("{field}.timeout.idle")));
        if router == "tcp" {
            continue;
        }
        let per_request = json!({"perRequest": "1s"});
        cases.push((route(router, name, "timeout", per_request), resource, format!("{field}.timeout.perRequest")));
        let per_try = json!({"perRetryTimeout": "300ms"});
        cases.push((route(router, name, "retry", per_try), resource, format!("{field}.retryPolicy.perRetryTimeout")));
        let retries = json!({"maxRetries": 2});
        cases.push((route(router, name, "retry", retries), resource, format!("{field}.retryPolicy.maxRetries")));
        let matches = if router == "grpc" {
            vec![
                (json!({"grpcMethod": "Put"}), "methodName".to_owned()),
                (json!({"grpcService": "everything.v2.Things"}), "serviceName".to_owned()),
                (json!({"headers": [{"name": "m-new"}]}), "metadata[7]".to_owned()),
            ]
        } else {
            let mut matches = of_match(if router == "http" { 8 } else { 7 });
            let scheme = if router == "http" { "https" } else { "http" };
            matches.push((json!({"scheme": scheme}), "scheme".to_owned()));
            matches
        };
        for (matcher, path) in matches {
            cases.push((route(router, name, "match", matcher), resource, format!("{field}.match.{path}")));
        }
    }
    let events = json!({"events": ["gateway-error"]});
    cases.push((
        route("http2", "prefix", "retry", events),
        "route http2/prefix",
        "http2Route.retryPolicy.httpRetryEvents[1]".to_owned(),
    ));
    check(cases);
}

#[test]
fn a_value_of_a_gateway_route_changes_alone() {
    let route = |gateway: &str, name: &str, member: &str, value: Value| json!({"gatewayRoutes": [{"gateway": gateway, "name": name, "action": "change", member: value}]});
    let routes: [(&str, &str, &'static str, &str); 3] = [
        ("web", "prefix", "gateway route web/prefix", "httpRoute"),
        ("stream", "prefix", "gateway route stream/prefix", "http2Route"),
        ("rpc", "things", "gateway route rpc/things", "grpcRoute"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (gateway, name, resource, field) in routes {
        cases.push((route(gateway, name, "priority", json!(77)), resource, "priority".to_owned()));
        let target = "action.target";
        let service = json!("api.everything.local");
        cases.push((route(gateway, name, "service", service), resource, format!("{field}.{target}.virtualService")));
        cases.push((route(gateway, name, "servicePort", json!(7000)), resource, format!("{field}.{target}.port")));
        let mut matches = if gateway == "rpc" {
            vec![
                (json!({"grpcService": "everything.v2.Things"}), "serviceName".to_owned()),
                (json!({"headers": [{"name": "m-new"}]}), "metadata[7]".to_owned()),
            ]
        } else {
            of_match(7)
        };
        matches.push((json!({"hostname": {"exact": "new.example"}}), "hostname".to_owned()));
        for (matcher, path) in matches {
            cases.push((route(gateway, name, "match", matcher), resource, format!("{field}.match.{path}")));
        }
        if gateway != "rpc" {
            let rewrite = json!({"prefix": "/v9/"});
            cases.push((route(gateway, name, "rewrite", rewrite), resource, format!("{field}.action.rewrite.prefix")));
        }
    }
    let path = |gateway: &str| route(gateway, "path", "match", json!({"path": {"exact": "/new"}}));
    cases.push((path("web"), "gateway route web/path", "httpRoute.match.path.exact".to_owned()));
    cases.push((path("stream"), "gateway route stream/path", "http2Route.match.path.exact".to_owned()));
    check(cases);
}
