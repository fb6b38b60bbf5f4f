//! Health checks that fit their listener.

use meshwright_model::Scalar;
use meshwright_model::limits::{
    HealthCheckIntervalMillis, HealthCheckThreshold, HealthCheckTimeoutMillis, Text, VirtualGatewayPortProtocol,
};
use meshwright_model::listener::HealthCheckPolicy;
use meshwright_model::value::{Given, ScalarType};
use meshwright_model::virtual_gateway::VirtualGatewayHealthCheckPolicy;

use super::draft::Draft;
use super::plan::Named;
use super::values;
use crate::intent::{HealthCheck, Protocol, Span};

/// What was decided, for a node as for a gateway.
struct Decided {
    protocol: Protocol,
    path: Option<Scalar<Text>>,
    interval: Scalar<HealthCheckIntervalMillis>,
    timeout: Scalar<HealthCheckTimeoutMillis>,
    healthy: Scalar<HealthCheckThreshold>,
    unhealthy: Scalar<HealthCheckThreshold>,
}

/// The path that is asked for where the request names none.
const PATH: &str = "/health";
/// Time between two checks where the request says none: with 3 failures a dead host is left out after half a minute, and each
/// proxy of each caller asks no more than six times a minute.
const INTERVAL: Span = Span::seconds(10);
/// Time after which a check has failed.
const TIMEOUT: Span = Span::seconds(5);
const HEALTHY: u32 = 2;
const UNHEALTHY: u32 = 3;
/// The shortest time after which a check can fail. Source: API reference, `HealthCheckPolicy`.
const SHORTEST_TIMEOUT: Span = Span::seconds(2);

/// Writes the health check of a node's listener.
pub(super) fn health_check(
    check: &HealthCheck,
    port: Option<u32>,
    protocol: Protocol,
    name: &Named,
    draft: &mut Draft,
) -> HealthCheckPolicy {
    let decided = decide(check, port, protocol, name, draft);
    HealthCheckPolicy {
        healthy_threshold: decided.healthy,
        interval_millis: decided.interval,
        path: decided.path,
        port: Some(values::port(port, name, draft)),
        protocol: Scalar::Known(values::port_protocol(decided.protocol)),
        timeout_millis: decided.timeout,
        unhealthy_threshold: decided.unhealthy,
    }
}

/// Writes the health check of a gateway's listener.
pub(super) fn gateway_health_check(
    check: &HealthCheck,
    port: Option<u32>,
    protocol: Protocol,
    name: &Named,
    draft: &mut Draft,
) -> VirtualGatewayHealthCheckPolicy {
    let decided = decide(check, port, protocol, name, draft);
    VirtualGatewayHealthCheckPolicy {
        healthy_threshold: decided.healthy,
        interval_millis: decided.interval,
        path: decided.path,
        port: Some(values::port(port, name, draft)),
        protocol: gateway_protocol(decided.protocol, &name.shown(), draft),
        timeout_millis: decided.timeout,
        unhealthy_threshold: decided.unhealthy,
    }
}

/// A protocol that a gateway can speak; TCP becomes a question.
pub(super) fn gateway_protocol(
    protocol: Protocol,
    shown: &str,
    draft: &mut Draft,
) -> Scalar<VirtualGatewayPortProtocol> {
    match VirtualGatewayPortProtocol::accept(Given::Text(protocol.word())) {
        Ok(protocol) => Scalar::Known(protocol),
        Err(_) => {
            draft.ask(format!(
                "Gateway `{shown}` cannot speak tcp: App Mesh's gateways know http, http2 and grpc. Which of them should it speak?"
            ));
            Scalar::Known(VirtualGatewayPortProtocol::Http)
        }
    }
}

fn decide(check: &HealthCheck, port: Option<u32>, protocol: Protocol, name: &Named, draft: &mut Draft) -> Decided {
    let shown = name.shown();
    if let (Some(own), Some(port)) = (check.port, port)
        && own != port
    {
        draft.ask(format!(
            "The health check of `{shown}` is for port {own}, but a check must use the listener's port, {port}. Which port is meant?"
        ));
    }
    let own = check.protocol.unwrap_or(protocol);
    if own == Protocol::Grpc && !matches!(protocol, Protocol::Grpc | Protocol::Http2) {
        draft.ask(format!(
            "`{shown}` speaks {}, which cannot be checked over grpc. Which protocol should the health check use?",
            protocol.word()
        ));
    }
    let mut chosen = Vec::new();
    let path = path(check, own, &shown, &mut chosen, draft);
    let interval = check.interval.unwrap_or_else(|| {
        chosen.push(format!("every {INTERVAL}"));
        INTERVAL
    });
    let timeout = check.timeout.unwrap_or_else(|| {
        let half = Span::millis(interval.millis / 2);
        let timeout = TIMEOUT.min(half).max(SHORTEST_TIMEOUT);
        chosen.push(format!("failed after {timeout}"));
        timeout
    });
    if check.timeout.is_some() && timeout.millis > interval.millis {
        draft.ask(format!(
            "A health check of `{shown}` may take {timeout}, longer than the {interval} until the next one. Which of the two should change?"
        ));
    }
    let healthy = check.healthy_threshold.unwrap_or_else(|| {
        chosen.push(format!("healthy after {HEALTHY} successes"));
        HEALTHY
    });
    let unhealthy = check.unhealthy_threshold.unwrap_or_else(|| {
        chosen.push(format!("unhealthy after {UNHEALTHY} failures"));
        UNHEALTHY
    });
    if !chosen.is_empty() {
        draft.assume(
            format!("the health check of `{shown}`: {}", chosen.join(", ")),
            "it fits the listener, finds a dead host within a minute, and only status 200 counts as healthy",
        );
    }
    Decided {
        protocol: own,
        path,
        interval: draft
            .number(&format!("the interval of the health check of `{shown}`, in milliseconds"), interval.millis),
        timeout: draft
            .number(&format!("the timeout of the health check of `{shown}`, in milliseconds"), timeout.millis),
        healthy: draft.number(&format!("the healthy threshold of `{shown}`"), healthy.into()),
        unhealthy: draft.number(&format!("the unhealthy threshold of `{shown}`"), unhealthy.into()),
    }
}

fn path(
    check: &HealthCheck,
    protocol: Protocol,
    shown: &str,
    chosen: &mut Vec<String>,
    draft: &mut Draft,
) -> Option<Scalar<Text>> {
    let is_http = matches!(protocol, Protocol::Http | Protocol::Http2);
    match &check.path {
        Some(path) if !is_http => {
            draft.ask(format!(
                "The health check of `{shown}` has the path `{path}`, but over {} there are no paths. Should it check over http?",
                protocol.word()
            ));
            None
        }
        Some(path) if path.starts_with('/') => {
            Some(draft.text(&format!("the path of the health check of `{shown}`"), path))
        }
        Some(path) => {
            draft.assume(format!("the health check of `{shown}` asks for `/{path}`"), "a path starts with a slash");
            Some(draft.text(&format!("the path of the health check of `{shown}`"), &format!("/{path}")))
        }
        None if is_http => {
            chosen.push(format!("asks for `{PATH}`"));
            Some(draft.text("the path of a health check", PATH))
        }
        None => {
            chosen.push(format!("over {}", protocol.word()));
            None
        }
    }
}
