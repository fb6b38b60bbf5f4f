//! A request that may be silent for longer than its connection.

use meshwright_model::defaults::IDLE_TIMEOUT_MILLIS;
use meshwright_model::duration::Duration;
use meshwright_model::finding::Severity;
use meshwright_model::{Path, Resource};

use crate::facts::{
    Facts, Millis, Patience, idle, listener_path, listener_patience, route_path, route_patience, timeout_field,
};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "idle-timeout-below-request",
    severity: Severity::Warning,
    summary: "a request may take longer than its stream may be silent",
    why: "a request that only waits for its answer counts as silent: it is reset by the idle timeout, 300 seconds by default, before its own",
    source: "App Mesh User Guide, routes and virtual nodes; roadmap #302: streams are reset after 300 s of silence (reference 4.6, symptom D43)",
    bad: BAD,
    cure: &[("{Value: 600, Unit: s}}", "{Value: 600, Unit: s}, Idle: {Value: 600, Unit: s}}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some(patience) = route_patience(route, protocol) else { continue };
        let path = || route_path(protocol, &["timeout"]);
        if let Some(silence) = shorter_silence(route.resource, patience, protocol.idle(), path) {
            add(route.resource, &format!("route `{}`", route.name()), (patience, silence), &path(), report);
        }
    }
    for node in facts.nodes() {
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let Some(timeout) = &listener.timeout else { continue };
            let Some(patience) = listener_patience(node, index) else { continue };
            let path = || listener_path(index, &["timeout", timeout_field(timeout)]);
            if let Some(silence) = shorter_silence(node.resource, patience, idle(timeout), path) {
                add(node.resource, &format!("the listener of `{}`", node.name()), (patience, silence), &path(), report);
            }
        }
    }
}

/// How long a stream may be silent.
#[derive(Clone, Copy)]
struct Silence {
    limit: Millis,
    is_default: bool,
}

/// How long a stream may be silent, where that is less than a request may take.
fn shorter_silence(
    resource: &Resource,
    patience: Patience,
    idle: Option<&Duration>,
    path: impl Fn() -> Path,
) -> Option<Silence> {
    let silence = match idle {
        Some(idle) => Silence { limit: Millis(idle.millis()?), is_default: false },
        None => Silence { limit: Millis(IDLE_TIMEOUT_MILLIS), is_default: true },
    };
    let is_shorter = match patience.limit {
        Some(limit) => silence.limit < limit,
        // Whoever lets requests take any time and sets an idle timeout relies on it.
        None => silence.is_default,
    };
    let is_fault = is_shorter && silence.limit > Millis(0);
    let is_hidden = || silence.is_default && resource.has_gap(&path().field("idle"));
    (is_fault && !is_hidden()).then_some(silence)
}

fn add(resource: &Resource, who: &str, (patience, silence): (Patience, Silence), timeout: &Path, report: &mut Report) {
    let by_default = if silence.is_default { " by default" } else { "" };
    let message = format!("{who} lets a request take {patience}, but be silent for {}{by_default} only", silence.limit);
    // That an idle timeout holds for a request that waits is seen with the default; the documentation speaks of connections.
    let severity = if silence.is_default { Severity::Warning } else { Severity::Info };
    report
        .add(resource, timeout.field("idle"), message)
        .severity(severity)
        .help("let the idle timeout be as long, on the route and on the listeners of its targets; 0 switches it off");
}

const BAD: &str = "\
Resources:
  OrdersRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
          Timeout: {PerRequest: {Value: 600, Unit: s}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            Timeout: {HTTP: {PerRequest: {Value: 900, Unit: s}, Idle: {Value: 900, Unit: s}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
