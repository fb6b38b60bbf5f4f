//! The configuration of a gateway that App Mesh itself gave out, made again.
//!
//! Source: capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`: Envoy 1.20.0 of App Mesh, May 2022. The mesh below is
//! the one that must have stood behind it, as far as it can be told; priorities are guessed from the order. What differs, each where it
//! is expected:
//!
//! - `total_weight` is said to Envoys before 1.24 alone; later ones sum up themselves and call it deprecated.
//! - `exact_match` of a header became `string_match`, as Envoy has called it since.
//! - The router, the TLS inspector and the predicate of retries have a `typed_config`: by name alone no extension is found any more.
//! - Routes have names, those of App Mesh's routes, so that access logs can say which was taken.
//! - A header that is added says that it replaces what a client sent under its name.

use meshwright_envoy::translate::{Options, Version};
use meshwright_model::Kind;
use serde_json::{Value, json};

use crate::translated::{Translated, router, service, translated};

const MESH: &str = "app-mesh";
const SELF_REDIRECT: &str = "cds_ingress_app-mesh_appmesh-gateway_prod_self_redirect_http_15001";

/// The mesh behind the dump.
fn mesh() -> Vec<Value> {
    let mut mesh = vec![
        json!({"meshName": MESH, "spec": {}}),
        json!({"meshName": MESH, "virtualGatewayName": "appmesh-gateway_prod", "spec": {
            "listeners": [{"portMapping": {"port": 8088, "protocol": "http"}}],
            "logging": {"accessLog": {"file": {"path": "/dev/stdout"}}},
        }}),
        json!({"meshName": MESH, "virtualServiceName": "app-100035407.prod", "spec": {}}),
    ];
    for app in ["app-1", "app-3", "app-4"] {
        let part = |part: &str| format!("{app}-{part}_prod");
        for half in ["canary", "primary"] {
            mesh.push(json!({"meshName": MESH, "virtualNodeName": part(half), "spec": {
                "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}}],
                "serviceDiscovery": {"dns": {"hostname": format!("{app}-{half}.prod.svc.cluster.local.")}},
            }}));
        }
        mesh.push(router(MESH, app, 8080, "http"));
        mesh.push(service(MESH, &format!("{app}.prod"), json!({"virtualRouter": {"virtualRouterName": app}})));
        mesh.push(json!({"meshName": MESH, "virtualRouterName": app, "routeName": app, "spec": {"httpRoute": {
            "match": {"prefix": "/"},
            "action": {"weightedTargets": [
                {"virtualNode": part("canary"), "weight": 0}, {"virtualNode": part("primary"), "weight": 100}]},
            "retryPolicy": {
                "maxRetries": 1,
                "perRetryTimeout": {"unit": "s", "value": 5},
                "httpRetryEvents": ["gateway-error", "client-error", "stream-error"],
            },
        }}}));
    }
    let keep = json!({"hostname": {"defaultTargetHostname": "DISABLED"}, "prefix": {"defaultPrefix": "DISABLED"}});
    for (prefix, app, priority, rewrite) in [
        ("/flutter-server", "app-100035407", 0, None),
        ("/foxpage-server", "app-1", 0, None),
        ("/foxpage-admin", "app-1", 0, None),
        ("/14524", "app-3", 0, None),
        ("/19816", "app-3", 0, None),
        ("/hot/", "app-4", 0, Some(keep)),
        ("/healthcheck", "app-3", 1, None),
        ("/", "app-3", 1, None),
    ] {
        let target = json!({"virtualService": {"virtualServiceName": format!("{app}.prod")}});
        let mut action = json!({"target": target});
        if let Some(rewrite) = rewrite {
            action["rewrite"] = rewrite;
        }
        let name = format!("route{}", prefix.replace('/', "-"));
        let route = json!({"match": {"prefix": prefix}, "action": action});
        mesh.push(json!({
            "meshName": MESH,
            "virtualGatewayName": "appmesh-gateway_prod",
            "gatewayRouteName": name,
            "spec": {"priority": priority, "httpRoute": route},
        }));
    }
    mesh
}

fn gateway(options: &Options) -> Translated {
    translated(&mesh(), Kind::VirtualGateway, "appmesh-gateway_prod", options)
}

/// A message inside an `Any`.
fn config(kind: &str) -> Value {
    json!({"@type": format!("type.googleapis.com/envoy.extensions.{kind}")})
}

fn unbounded() -> Value {
    const MOST: u32 = 2_147_483_647;
    json!({"thresholds": [
        {"max_connections": MOST, "max_pending_requests": MOST, "max_requests": MOST, "max_retries": MOST}]})
}

fn load_assignment(name: &str, address: &str, port: u16) -> Value {
    let address = json!({"socket_address": {"address": address, "port_value": port}});
    json!({"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}]})
}

fn tags(text: &str) -> Value {
    json!({"filter_metadata": {"aws.appmesh.aggregate_stats": {"config": text}}})
}

#[test]
fn clusters() {
    let gateway = gateway(&Options::default());
    let name = "cds_egress_app-mesh_app-4-canary_prod_http_8080";
    let expected = json!({
        "name": name,
        "type": "LOGICAL_DNS",
        "connect_timeout": "1s",
        "circuit_breakers": unbounded(),
        "metadata": tags(r#"{"tags":[{"key":"TargetVirtualNode","value":"app-4-canary_prod"}]}"#),
        "load_assignment": load_assignment(name, "app-4-canary.prod.svc.cluster.local.", 8080),
    });
    assert_eq!(gateway.clusters[name], expected);
    let expected = json!({
        "name": SELF_REDIRECT,
        "type": "STATIC",
        "connect_timeout": "0.250s",
        "circuit_breakers": unbounded(),
        "load_assignment": load_assignment(SELF_REDIRECT, "127.0.0.1", 15001),
    });
    assert_eq!(gateway.clusters[SELF_REDIRECT], expected);
    assert_eq!(gateway.clusters.len(), 7);
}

#[test]
fn listeners() {
    let gateway = gateway(&Options::default());
    let manager = json!({
        "@type": config("filters.network.http_connection_manager.v3.HttpConnectionManager")["@type"],
        "stat_prefix": "ingress",
        "rds": {"config_source": {"ads": {}, "resource_api_version": "V3"}, "route_config_name": "rds_ingress_http_8088"},
        // With a `typed_config`.
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": config("filters.http.router.v3.Router")}],
        "tracing": {},
        "access_log": [{"name": "envoy.access_loggers.file", "typed_config": {
            "@type": config("access_loggers.file.v3.FileAccessLog")["@type"],
            "path": "/dev/stdout",
        }}],
        "upgrade_configs": [{"upgrade_type": "websocket", "enabled": true}],
        "normalize_path": true,
        "merge_slashes": true,
        "path_with_escaped_slashes_action": "KEEP_UNCHANGED",
    });
    // With a `typed_config`.
    let inspector = json!({
        "name": "envoy.filters.listener.tls_inspector",
        "typed_config": config("filters.listener.tls_inspector.v3.TlsInspector"),
    });
    let expected = json!({
        "name": "lds_ingress_0.0.0.0_8088",
        "address": {"socket_address": {"address": "0.0.0.0", "port_value": 8088}},
        "filter_chains": [{
            "filter_chain_match": {"destination_port": 8088},
            "filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}],
        }],
        "metadata": tags(r#"{"tags":[]}"#),
        "listener_filters": [inspector],
        "traffic_direction": "INBOUND",
    });
    assert_eq!(gateway.listeners["lds_ingress_0.0.0.0_8088"], expected);
    let egress = &gateway.listeners["lds_egress_0.0.0.0_15001"];
    assert_eq!(egress["traffic_direction"], "OUTBOUND");
    assert_eq!(gateway.matches("lds_egress_0.0.0.0_15001"), [json!({"destination_port": 15001})]);
    let rds = &egress["filter_chains"][0]["filters"][0]["typed_config"]["rds"]["route_config_name"];
    assert_eq!(rds, "rds_egress_http_15001");
    assert_eq!(gateway.listeners.len(), 2);
}

#[test]
fn gateway_routes() {
    let gateway = gateway(&Options::default());
    let host = gateway.host("rds_ingress_http_8088", "self_redirect");
    assert_eq!(host["domains"], json!(["*"]));
    let routes = host["routes"].as_array().unwrap();
    let prefixes: Vec<&str> = routes.iter().map(|route| route["match"]["prefix"].as_str().unwrap()).collect();
    let expected = [
        "/flutter-server/",
        "/foxpage-server/",
        "/flutter-server",
        "/foxpage-admin/",
        "/foxpage-server",
        "/foxpage-admin",
        "/14524/",
        "/19816/",
        "/14524",
        "/19816",
        "/hot/",
        "/healthcheck/",
        "/healthcheck",
        "/",
    ];
    assert_eq!(prefixes, expected);
    let renamed = |prefix: &str, service: &str, name: &str, timeout: Option<&str>| {
        let mut action = json!({"cluster": SELF_REDIRECT, "prefix_rewrite": "/", "host_rewrite_literal": service});
        if let Some(timeout) = timeout {
            action["timeout"] = json!(timeout);
        }
        // With a name.
        json!({"match": {"prefix": prefix}, "route": action, "name": name})
    };
    // The virtual service has no provider, and its gateway route no timeout.
    assert_eq!(routes[0], renamed("/flutter-server/", "app-100035407.prod", "route-flutter-server", None));
    assert_eq!(routes[2], renamed("/flutter-server", "app-100035407.prod", "route-flutter-server", None));
    assert_eq!(routes[3], renamed("/foxpage-admin/", "app-1.prod", "route-foxpage-admin", Some("15s")));
    assert_eq!(routes[13], renamed("/", "app-3.prod", "route-", Some("15s")));
    let kept = json!({
        "match": {"prefix": "/hot/"},
        "route": {"cluster": SELF_REDIRECT, "prefix_rewrite": "/hot/", "timeout": "15s"},
        "request_headers_to_add": [{
            "header": {"key": "x-app-mesh-virtual-service", "value": "app-4.prod"},
            // What a client sent under that name does not count.
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        }],
        "name": "route-hot-",
    });
    assert_eq!(routes[10], kept);
}

/// The route of a virtual service with a canary.
fn route(app: &str, matcher: Value, total: Option<u32>) -> Value {
    let cluster = |half: &str, weight: u32| json!({"name": format!("cds_egress_app-mesh_{app}-{half}_prod_http_8080"), "weight": weight});
    let mut weighted = json!({"clusters": [cluster("canary", 0), cluster("primary", 100)]});
    if let Some(total) = total {
        weighted["total_weight"] = json!(total);
    }
    let predicate = "envoy.retry_host_predicates.previous_hosts";
    let predicate_config = config("retry.host.previous_hosts.v3.PreviousHostsPredicate");
    json!({
        "match": matcher,
        "route": {
            "weighted_clusters": weighted,
            "timeout": "15s",
            "retry_policy": {
                "retry_on": "reset,refused-stream,retriable-status-codes",
                "num_retries": 1,
                "per_try_timeout": "5s",
                // With a `typed_config`.
                "retry_host_predicate": [{"name": predicate, "typed_config": predicate_config}],
                "host_selection_retry_max_attempts": "5",
                "retriable_status_codes": [502, 503, 504, 409],
            },
        },
        "metadata": tags(&json!({"tags": [{"key": "TargetVirtualService", "value": format!("{app}.prod")}]}).to_string()),
        // With a name.
        "name": app,
    })
}

#[test]
fn virtual_services() {
    let gateway = gateway(&Options::default());
    let expected = json!({
        "name": "app-3.prod",
        "domains": ["app-3.prod", "app-3.prod:15001"],
        "routes": [route("app-3", json!({"prefix": "/"}), None)],
    });
    assert_eq!(*gateway.host("rds_egress_http_15001", "app-3.prod"), expected);
    let expected = json!({"name": "app-100035407.prod", "domains": ["app-100035407.prod", "app-100035407.prod:15001"]});
    assert_eq!(*gateway.host("rds_egress_http_15001", "app-100035407.prod"), expected);
    // With `string_match`.
    let marked = json!({"name": "x-app-mesh-virtual-service", "string_match": {"exact": "app-4.prod"}});
    let mut own = route("app-4", json!({"prefix": "/", "headers": [marked]}), None);
    own["response_headers_to_remove"] = json!(["x-app-mesh-virtual-service"]);
    let expected = json!({"name": "default_backend", "domains": ["*"], "routes": [own]});
    assert_eq!(*gateway.host("rds_egress_http_15001", "default_backend"), expected);
}

#[test]
fn an_older_envoy_is_told_the_sum_of_weights_and_how_headers_are_added() {
    let older = |minor| Options { version: Some(Version { major: 1, minor }), ..Options::default() };
    let (old, new) = (gateway(&older(23)), gateway(&older(24)));
    let total = |gateway: &Translated| {
        gateway.host("rds_egress_http_15001", "app-3.prod")["routes"][0]["route"]["weighted_clusters"]["total_weight"]
            .clone()
    };
    assert_eq!((total(&old), total(&new)), (json!(100), Value::Null));
    let added = |gateway: &Translated| {
        let host = gateway.host("rds_ingress_http_8088", "self_redirect");
        host["routes"][10]["request_headers_to_add"][0].clone()
    };
    assert_eq!((&added(&old)["append"], &added(&old)["append_action"]), (&json!(false), &Value::Null));
    assert_eq!(added(&new)["append_action"], "OVERWRITE_IF_EXISTS_OR_ADD");
}
