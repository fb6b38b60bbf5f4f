//! A trace for programs.

use meshwright_dialect::Reading;
use meshwright_model::Kind;
use meshwright_model::subject::Subject;
use meshwright_traffic::proxy::{ClientTls, Discovery, HealthCheck, OutlierDetection, Retry};
use meshwright_traffic::trace::{Arrival, Hop, Loss, Outcome, Sent, Step, Trace, grpc_status};
use serde_json::{Map, Value, json};

use super::LeftOut;

/// A trace as JSON.
pub(super) fn show(
    reading: &Reading,
    trace: &Trace<'_>,
    left_out: &[LeftOut<'_>],
    sent: &Sent,
    explain: bool,
) -> String {
    let mut whole = Map::new();
    put_outcome(&mut whole, trace.outcome, sent);
    whole.insert("hops".to_owned(), trace.hops.iter().map(|hop| of_hop(hop, sent, explain)).collect());
    whole.insert("reasons".to_owned(), json!(trace.reasons));
    if !left_out.is_empty() {
        whole.insert("leftOut".to_owned(), left_out.iter().map(|left_out| of_omission(reading, left_out)).collect());
    }
    format!("{:#}\n", Value::Object(whole))
}

fn put_outcome(map: &mut Map<String, Value>, outcome: Outcome, sent: &Sent) {
    let (word, status, flag) = match outcome {
        Outcome::Forwarded => ("forwarded", None, None),
        Outcome::Answered { status, flag } => ("answered", Some(status), Some(flag)),
        Outcome::Closed { flag } => ("closed", None, flag),
        Outcome::Unknown => ("unknown", None, None),
    };
    map.insert("outcome".to_owned(), json!(word));
    put(map, "status", status);
    put(map, "grpcStatus", status.filter(|_| sent.is_grpc()).map(grpc_status));
    put(map, "flag", flag);
}

fn put(map: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        map.insert(name.to_owned(), value.into());
    }
}

fn of_omission(reading: &Reading, LeftOut { omission, finding }: &LeftOut<'_>) -> Value {
    let mut map = Map::new();
    map.insert("resource".to_owned(), json!(Subject::of(omission.resource)));
    map.insert("path".to_owned(), json!(omission.path.to_string()));
    let place = omission.resource.origin.and_then(|origin| reading.locate(origin, &omission.path));
    if let Some(place) = place {
        map.insert("file".to_owned(), json!(place.file));
        map.insert("line".to_owned(), json!(place.line));
        map.insert("column".to_owned(), json!(place.column));
    }
    map.insert("why".to_owned(), json!(omission.why));
    map.insert("open".to_owned(), json!(omission.is_open));
    put(&mut map, "rule", finding.map(|finding| finding.rule));
    Value::Object(map)
}

fn of_hop(hop: &Hop<'_>, sent: &Sent, explain: bool) -> Value {
    let mut map = Map::new();
    map.insert("proxy".to_owned(), json!({"kind": hop.kind, "name": hop.name}));
    match hop.step {
        Step::Route { service, route, router, name } => {
            map.insert("virtualService".to_owned(), json!(service));
            if route.is_some() {
                map.insert("route".to_owned(), json!({"name": name, "virtualRouter": router}));
            }
        }
        Step::GatewayRoute(route) => {
            map.insert("gatewayRoute".to_owned(), json!({"name": route.name.to_string(), "virtualGateway": hop.name}));
        }
        Step::Listener { port, protocol } => {
            map.insert("listener".to_owned(), json!({"port": port, "protocol": protocol.as_str()}));
        }
        Step::PassThrough => {
            map.insert("passesThrough".to_owned(), json!(true));
        }
        Step::Nothing => {}
    }
    map.insert("targets".to_owned(), hop.targets.iter().map(|target| of_target(target, sent)).collect());
    if let Some(rewritten) = &hop.rewritten {
        map.insert("host".to_owned(), json!(rewritten.host));
        map.insert("path".to_owned(), json!(rewritten.path));
    }
    if hop.timeout_millis.is_some() || hop.rewritten.is_some() {
        map.insert("timeoutMillis".to_owned(), json!(hop.timeout_millis));
    }
    put(&mut map, "idleMillis", hop.idle_millis);
    map.insert("maxAttempts".to_owned(), json!(hop.attempts.most));
    if hop.rewritten.is_some() {
        map.insert("worstCaseMillis".to_owned(), json!(hop.attempts.worst_case_millis));
    }
    put(&mut map, "retry", hop.retry.as_ref().map(of_retry));
    map.insert("tls".to_owned(), json!(hop_tls(hop)));
    if explain && matches!(hop.step, Step::Route { .. } | Step::GatewayRoute(_) | Step::Nothing) {
        let considered = hop.considered.iter().map(|route| {
            json!({"name": route.name, "priority": route.priority, "tried": route.is_tried, "takes": route.why.is_none(), "why": route.why})
        });
        map.insert("considered".to_owned(), considered.collect());
    }
    Value::Object(map)
}

/// What is spoken to the targets, as far as it is the same for all.
fn hop_tls(hop: &Hop<'_>) -> &'static str {
    let mut words: Vec<&'static str> =
        hop.targets.iter().map(|target| target.tls.as_ref().map_or("none", tls_word)).collect();
    words.dedup();
    match words[..] {
        [] => "none",
        [word] => word,
        _ => "mixed",
    }
}

/// `none`, `tls` or `mutual`.
pub(super) fn tls_word(tls: &ClientTls<'_>) -> &'static str {
    match tls {
        ClientTls::Plaintext => "none",
        ClientTls::Tls { certificate: None, .. } => "tls",
        ClientTls::Tls { certificate: Some(_), .. } => "mutual",
    }
}

fn of_target(target: &Arrival<'_>, sent: &Sent) -> Value {
    let Arrival { node, port, share, lost, tls, discovery, health_check, outlier_detection } = target;
    let mut map = Map::new();
    map.insert(Kind::VirtualNode.api_name().to_owned(), json!(node));
    map.insert("port".to_owned(), json!(port));
    map.insert("share".to_owned(), json!(share));
    if let Some(Loss { why, outcome }) = lost {
        let mut loss = Map::new();
        put_outcome(&mut loss, *outcome, sent);
        loss.insert("why".to_owned(), json!(why));
        map.insert("lost".to_owned(), Value::Object(loss));
    }
    put(&mut map, "tls", tls.as_ref().map(tls_word));
    put(&mut map, "discovery", discovery.as_ref().map(of_discovery));
    put(&mut map, "healthCheck", health_check.as_ref().map(of_health_check));
    put(&mut map, "outlierDetection", outlier_detection.as_ref().map(of_outlier_detection));
    Value::Object(map)
}

fn of_discovery(discovery: &Discovery<'_>) -> Value {
    match discovery {
        Discovery::Dns { hostname, are_endpoints } => json!({"hostname": hostname, "endpoints": are_endpoints}),
        Discovery::CloudMap { namespace, service, .. } => json!({"namespace": namespace, "service": service}),
    }
}

fn of_health_check(check: &HealthCheck<'_>) -> Value {
    let HealthCheck { protocol, path, port, interval_millis, timeout_millis, healthy_threshold, unhealthy_threshold } =
        check;
    json!({
        "protocol": protocol.as_str(), "path": path, "port": port, "intervalMillis": interval_millis,
        "timeoutMillis": timeout_millis, "healthyThreshold": healthy_threshold, "unhealthyThreshold": unhealthy_threshold,
    })
}

fn of_outlier_detection(detection: &OutlierDetection) -> Value {
    let OutlierDetection { max_server_errors, interval_millis, base_ejection_millis, max_ejection_percent } = detection;
    json!({
        "maxServerErrors": max_server_errors, "intervalMillis": interval_millis,
        "baseEjectionMillis": base_ejection_millis, "maxEjectionPercent": max_ejection_percent,
    })
}

fn of_retry(retry: &Retry) -> Value {
    let Retry { max_retries, per_try_millis, conditions, status_codes, is_default } = retry;
    json!({
        "maxRetries": max_retries, "perTryMillis": per_try_millis, "conditions": conditions,
        "statusCodes": status_codes, "default": is_default,
    })
}
