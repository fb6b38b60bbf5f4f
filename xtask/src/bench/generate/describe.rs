//! The mesh as a shell loop of `aws appmesh describe-…` leaves it: objects one after the other, indented by four.

use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Value, json};

use super::{RoutePlan, Size, backends, route, stem};

const ACCOUNT: &str = "111122223333";

/// The answers to all `describe-*` calls.
pub(crate) fn describe(size: Size) -> String {
    let mut text = Vec::new();
    push(&mut text, "mesh", "", json!({ "meshName": "quota" }), json!({ "egressFilter": { "type": "DROP_ALL" } }));
    for node in 0..size.nodes {
        let name = stem(node);
        let names = json!({ "meshName": "quota", "virtualNodeName": name });
        push(&mut text, "virtualNode", &format!("/virtualNode/{name}"), names, virtual_node(node, size));
        let service = format!("{name}.quota.internal");
        let spec = json!({ "provider": { "virtualRouter": { "virtualRouterName": name } } });
        let names = json!({ "meshName": "quota", "virtualServiceName": service });
        push(&mut text, "virtualService", &format!("/virtualService/{service}"), names, spec);
        let spec = json!({ "listeners": [{ "portMapping": { "port": 8080, "protocol": "http" } }] });
        let names = json!({ "meshName": "quota", "virtualRouterName": name });
        push(&mut text, "virtualRouter", &format!("/virtualRouter/{name}"), names, spec);
        for number in 0..size.routes {
            let plan = route(node, number, size);
            let arn = format!("/virtualRouter/{name}/route/{}", plan.name);
            let names = json!({ "meshName": "quota", "routeName": plan.name, "virtualRouterName": name });
            push(&mut text, "route", &arn, names, route_spec(&plan));
        }
    }
    String::from_utf8(text).unwrap_or_default()
}

/// One answer: the AWS CLI prints members by name.
fn push(text: &mut Vec<u8>, wrapper: &str, arn: &str, mut resource: Value, spec: Value) {
    let serial = text.len();
    resource["metadata"] = json!({
        "arn": format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/quota{arn}"),
        "createdAt": "2024-03-05T09:12:22.592000+00:00",
        "lastUpdatedAt": "2024-05-17T15:40:01.118000+00:00",
        "meshOwner": ACCOUNT,
        "resourceOwner": ACCOUNT,
        "uid": format!("{:08x}-2a81-41e5-be1b-{:012x}", serial.wrapping_mul(2_654_435_761) % 0xffff_ffff, serial * 97),
        "version": serial % 9 + 1
    });
    resource["spec"] = spec;
    resource["status"] = json!({ "status": "ACTIVE" });
    let mut answer = json!({ wrapper: resource });
    answer.sort_all_objects();
    let mut serializer = Serializer::with_formatter(&mut *text, PrettyFormatter::with_indent(b"    "));
    let written = serde::Serialize::serialize(&answer, &mut serializer);
    assert!(written.is_ok(), "a JSON value is written to memory");
    text.push(b'\n');
}

fn virtual_node(node: usize, size: Size) -> Value {
    let name = stem(node);
    let backend =
        |node: usize| json!({ "virtualService": { "virtualServiceName": format!("{}.quota.internal", stem(node)) } });
    json!({
        "backends": backends(node, size).map(backend),
        "listeners": [{
            "healthCheck": {
                "healthyThreshold": 2,
                "intervalMillis": 5000,
                "path": "/healthz",
                "protocol": "http",
                "timeoutMillis": 2000,
                "unhealthyThreshold": 3
            },
            "portMapping": { "port": 8080, "protocol": "http" }
        }],
        "logging": { "accessLog": { "file": { "path": "/dev/stdout" } } },
        "serviceDiscovery": { "dns": { "hostname": format!("{name}.quota.internal"), "responseType": "LOADBALANCER" } }
    })
}

fn route_spec(plan: &RoutePlan) -> Value {
    let mut headers = Vec::new();
    if let Some(tenant) = plan.tenant {
        headers.push(json!({ "invert": false, "match": { "exact": tenant }, "name": "x-tenant" }));
    }
    if let Some((start, end)) = plan.version {
        headers.push(
            json!({ "invert": false, "match": { "range": { "end": end, "start": start } }, "name": "x-version" }),
        );
    }
    let mut matcher = json!({ "prefix": plan.prefix });
    if !headers.is_empty() {
        matcher["headers"] = Value::Array(headers);
    }
    if let Some(method) = plan.method {
        matcher["method"] = json!(method);
    }
    let target = |(node, weight): (usize, usize)| json!({ "virtualNode": stem(node), "weight": weight });
    let mut http_route = json!({
        "action": { "weightedTargets": plan.targets.map(target) },
        "match": matcher,
        "timeout": { "perRequest": { "unit": "s", "value": plan.timeout_seconds } }
    });
    if let Some(retries) = plan.retries {
        http_route["retryPolicy"] = json!({
            "httpRetryEvents": ["server-error", "gateway-error"],
            "maxRetries": retries,
            "perRetryTimeout": { "unit": "ms", "value": 1500 }
        });
    }
    json!({ "httpRoute": http_route, "priority": plan.priority })
}
