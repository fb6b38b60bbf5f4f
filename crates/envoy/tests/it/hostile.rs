//! Texts that nobody should write, at every place where a mesh takes a text: a real Envoy accepts what becomes of them.

use meshwright_dialect::{Input, Options as Reading, read};
use meshwright_envoy::bootstrap::freeze;
use meshwright_envoy::envoy::config::bootstrap::v3::Bootstrap;
use meshwright_envoy::json::to_json;
use meshwright_envoy::translate::{Delivery, Endpoints, Options, translate};
use meshwright_model::Kind;
use meshwright_traffic::proxy::{Proxy, World};
use serde_json::{Value, json};

use crate::judge::{envoy, refusals};

/// The texts; a long one comes beside them.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a b",
    "\n",
    "x\r\ny: z",
    "\u{0}",
    "é",
    "%",
    "%NONE%",
    "%REQ(:PATH)%",
    "*",
    "a*b",
    "*.*",
    "/#?",
    "\\1",
    "\\",
    "[",
    "(?i)/a",
    ":",
    ":path",
    "a:80",
    "-1",
    "Host",
    "..",
    "/",
];

/// How many bootstraps are shown to one Envoy.
const TOGETHER: usize = 150;

/// How long the long one is.
const LONG: usize = 3000;

/// The places: which resource, and where in its specification.
const PLACES: &[(usize, &str)] = &[
    (0, "/spec/backends/0/virtualService/virtualServiceName"),
    (0, "/spec/logging/accessLog/file/format/text"),
    (1, "/spec/serviceDiscovery/dns/hostname"),
    (1, "/spec/listeners/0/healthCheck/path"),
    (1, "/spec/logging/accessLog/file/format/json/0/key"),
    (1, "/spec/logging/accessLog/file/format/json/0/value"),
    (1, "/spec/logging/accessLog/file/path"),
    (2, "/spec/serviceDiscovery/awsCloudMap/namespaceName"),
    (2, "/spec/serviceDiscovery/awsCloudMap/serviceName"),
    (2, "/spec/serviceDiscovery/awsCloudMap/attributes/0/key"),
    (4, "/spec/httpRoute/match/prefix"),
    (4, "/spec/httpRoute/match/headers/0/name"),
    (4, "/spec/httpRoute/match/headers/0/match/exact"),
    (4, "/spec/httpRoute/match/headers/1/match/prefix"),
    (4, "/spec/httpRoute/match/headers/2/match/suffix"),
    (4, "/spec/httpRoute/match/headers/3/match/regex"),
    (4, "/spec/httpRoute/match/queryParameters/0/name"),
    (4, "/spec/httpRoute/match/queryParameters/0/match/exact"),
    (4, "/spec/httpRoute/retryPolicy/httpRetryEvents/0"),
    (5, "/spec/httpRoute/match/path/exact"),
    (6, "/spec/httpRoute/match/path/regex"),
    (9, "/spec/httpRoute/match/hostname/exact"),
    (9, "/spec/httpRoute/match/path/exact"),
    (9, "/spec/httpRoute/action/rewrite/path/exact"),
    (10, "/spec/httpRoute/match/hostname/suffix"),
    (10, "/spec/httpRoute/match/prefix"),
    (10, "/spec/httpRoute/action/rewrite/prefix/value"),
    (1, "/virtualNodeName"),
    (4, "/routeName"),
    (9, "/gatewayRouteName"),
];

/// Resources that name others, whose names change with those.
const TWINS: &[(&str, &[(usize, &str)])] = &[
    (
        "/spec/backends/0/virtualService/virtualServiceName",
        &[
            (7, "/virtualServiceName"),
            (9, "/spec/httpRoute/action/target/virtualService/virtualServiceName"),
            (10, "/spec/httpRoute/action/target/virtualService/virtualServiceName"),
        ],
    ),
    ("/virtualNodeName", &[(4, "/spec/httpRoute/action/weightedTargets/0/virtualNode")]),
];

fn mesh() -> Vec<Value> {
    let listener = |port: u16| json!({"portMapping": {"port": port, "protocol": "http"}});
    let to = |node: &str| json!({"weightedTargets": [{"virtualNode": node, "weight": 1}]});
    let second = json!({"unit": "s", "value": 1});
    let mut checked = listener(8080);
    checked["healthCheck"] = json!({"protocol": "http", "path": "/ping", "healthyThreshold": 2, "unhealthyThreshold": 2,
        "intervalMillis": 5000, "timeoutMillis": 2000});
    let target = json!({"virtualService": {"virtualServiceName": "s.local"}});
    let kept = json!({"defaultTargetHostname": "DISABLED"});
    let route =
        |name: &str, own: Value| json!({"virtualRouterName": "r", "routeName": name, "spec": {"httpRoute": own}});
    let gateway_route = |name: &str, own: Value| json!({"virtualGatewayName": "gw", "gatewayRouteName": name, "spec": {"httpRoute": own}});
    let log = |format: Value| json!({"accessLog": {"file": {"path": "/dev/null", "format": format}}});
    let mesh = vec![
        json!({"virtualNodeName": "client", "spec": {"logging": log(json!({"text": "%PROTOCOL%\n"})),
            "backends": [{"virtualService": {"virtualServiceName": "s.local"}}]}}),
        json!({"virtualNodeName": "a", "spec": {"listeners": [checked],
            "logging": log(json!({"json": [{"key": "k", "value": "%PROTOCOL%"}]})),
            "serviceDiscovery": {"dns": {"hostname": "a.local"}}}}),
        json!({"virtualNodeName": "b", "spec": {"listeners": [listener(8081)], "serviceDiscovery": {"awsCloudMap": {
            "namespaceName": "n", "serviceName": "b", "attributes": [{"key": "k", "value": "v"}]}}}}),
        json!({"virtualRouterName": "r", "spec": {"listeners": [listener(80)]}}),
        route(
            "first",
            json!({"action": to("a"), "match": {"prefix": "/a",
            "headers": [{"name": "x", "match": {"exact": "1"}}, {"name": "y", "match": {"prefix": "1"}},
                {"name": "z", "match": {"suffix": "1"}}, {"name": "w", "match": {"regex": "1"}}],
            "queryParameters": [{"name": "q", "match": {"exact": "1"}}]},
            "retryPolicy": {"maxRetries": 1, "perRetryTimeout": second, "httpRetryEvents": ["server-error"]}}),
        ),
        route("second", json!({"action": to("b"), "match": {"path": {"exact": "/b"}}})),
        route("third", json!({"action": to("b"), "match": {"path": {"regex": "/c.*"}}})),
        json!({"virtualServiceName": "s.local", "spec": {"provider": {"virtualRouter": {"virtualRouterName": "r"}}}}),
        json!({"virtualGatewayName": "gw", "spec": {"listeners": [listener(9000)]}}),
        gateway_route(
            "g",
            json!({"match": {"path": {"exact": "/g"}, "hostname": {"exact": "g.example"}},
            "action": {"target": target, "rewrite": {"path": {"exact": "/h"}}}}),
        ),
        gateway_route(
            "h",
            json!({"match": {"prefix": "/h/", "hostname": {"suffix": ".example"}},
            "action": {"target": target, "rewrite": {"hostname": kept, "prefix": {"value": "/i/"}}}}),
        ),
    ];
    let named = |mut own: Value| {
        own["meshName"] = json!("m");
        own
    };
    mesh.into_iter().map(named).collect()
}

/// The mesh with a text at a place, and wherever else that names the same.
fn with(text: &str, (resource, place): (usize, &str)) -> Vec<Value> {
    let mut mesh = mesh();
    *mesh[resource].pointer_mut(place).unwrap() = json!(text);
    for (resource, twin) in TWINS.iter().filter(|(own, _)| *own == place).flat_map(|(_, twins)| *twins) {
        *mesh[*resource].pointer_mut(twin).unwrap() = json!(text);
    }
    mesh
}

/// What the proxies of a mesh are started with.
fn frozen(mesh: &[Value]) -> Vec<Value> {
    let text: Vec<String> = mesh.iter().map(Value::to_string).collect();
    let input = Input { name: "mesh.json".to_owned(), bytes: text.join("\n").into_bytes() };
    let inventory = read(vec![input], &Reading::default()).inventory;
    let world = World::new(&inventory, "m");
    let names = |kind| world.names(kind).into_iter().map(move |name| (kind, name));
    let proxies = names(Kind::VirtualNode).chain(names(Kind::VirtualGateway));
    let options = Options { delivery: Delivery::Static, ..Options::default() };
    proxies
        .map(|(kind, name)| {
            let proxy = Proxy::of(&world, kind, name).unwrap();
            let mut bootstrap = Bootstrap::default();
            freeze(&mut bootstrap, translate(&proxy, &Endpoints::default(), &options).into_static());
            to_json(&bootstrap)
        })
        .collect()
}

/// The same with an access log that can be opened.
fn on_null(mut bootstrap: Value) -> Value {
    if bootstrap["@type"] == "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"
        && bootstrap["path"].as_str().is_some_and(|path| !path.contains('\0'))
    {
        bootstrap["path"] = json!("/dev/null");
    }
    match bootstrap {
        Value::Object(members) => members.into_iter().map(|(name, own)| (name, on_null(own))).collect(),
        Value::Array(items) => items.into_iter().map(on_null).collect(),
        other => other,
    }
}

#[test]
fn envoy_accepts_what_becomes_of_any_text() {
    let Some(envoy) = envoy() else { return };
    let long = "a".repeat(LONG);
    let texts = TEXTS.iter().copied().chain([long.as_str()]);
    let plain: Vec<String> = frozen(&mesh()).iter().map(Value::to_string).collect();
    let mut names = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for text in texts {
        for place in PLACES {
            let shown = if text.len() < LONG { text } else { "a long text" };
            for (number, bootstrap) in frozen(&with(text, *place)).into_iter().enumerate() {
                // What does not change was accepted before; which files there are is no matter here.
                let bootstrap = on_null(bootstrap);
                if !plain.contains(&bootstrap.to_string()) && seen.insert(bootstrap.to_string()) {
                    names.push((format!("{} {} {shown:?} {number}", place.0, place.1), bootstrap));
                }
            }
        }
    }
    // One that is refused is seen among others.
    let mut spoilt = frozen(&mesh());
    spoil(&mut spoilt[1]);
    assert!(!refusals(&envoy, &[("spoilt", together(spoilt.iter()))]).is_empty());
    for some in names.chunks(TOGETHER) {
        // One Envoy for many is enough where it has nothing to say.
        if refusals(&envoy, &[("together", together(some.iter().map(|(_, own)| own)))]).is_empty() {
            continue;
        }
        let each: Vec<(&str, Value)> = some.iter().map(|(name, own)| (name.as_str(), own.clone())).collect();
        let refused: Vec<(String, String)> = each.chunks(4).flat_map(|some| refusals(&envoy, some)).collect();
        let shown: Vec<String> = refused.iter().map(|(name, why)| format!("{name}\n{why}")).collect();
        panic!("{} of {}:\n{}", refused.len(), each.len(), shown.join("\n"));
    }
}

/// Gives every virtual host a domain that Envoy refuses.
fn spoil(bootstrap: &mut Value) {
    match bootstrap {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "domains" {
                    *member = json!(["\n"]);
                }
                spoil(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(spoil),
        _ => {}
    }
}

/// Several bootstraps as one: their listeners and clusters under names and ports of their own.
fn together<'b>(bootstraps: impl Iterator<Item = &'b Value>) -> Value {
    let (mut listeners, mut clusters) = (Vec::new(), Vec::new());
    let own =
        |bootstrap: &Value, kind: &str| bootstrap["static_resources"][kind].as_array().cloned().unwrap_or_default();
    for (number, bootstrap) in bootstraps.enumerate() {
        for mut listener in own(bootstrap, "listeners") {
            listener["name"] = json!(format!("{} {}", listener["name"], listeners.len()));
            listener["address"]["socket_address"]["port_value"] = json!(20_000 + listeners.len());
            listeners.push(listener);
        }
        for mut cluster in own(bootstrap, "clusters") {
            let name = json!(format!("{number} {}", cluster["name"].as_str().unwrap()));
            if cluster["load_assignment"].is_object() {
                cluster["load_assignment"]["cluster_name"] = name.clone();
            }
            cluster["name"] = name;
            clusters.push(cluster);
        }
    }
    json!({"static_resources": {"listeners": listeners, "clusters": clusters}})
}
