//! Timeouts of a listener under another protocol than its own.

use meshwright_model::duration::Duration;
use meshwright_model::edit::{Change, NewValue};
use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;
use meshwright_model::timeout::ListenerTimeout;

use crate::facts::{Facts, listener_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "timeout-for-other-protocol",
    severity: Severity::Warning,
    summary: "a listener's timeout is given for another protocol than the listener's",
    why: "timeouts count under the listener's own protocol, so the default of 15 seconds may stay in force",
    source: "App Mesh API reference, ListenerTimeout: timeouts for different protocols; inferred: that of the \
             listener's own counts",
    bad: BAD,
    cure: &[("Timeout: {HTTP:", "Timeout: {GRPC:")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let listeners = node.spec.listeners.iter().flatten().zip(&facts.endpoints(node.position).list);
        for (listener, endpoint) in listeners {
            let Some((timeout, spoken)) = listener.timeout.as_ref().zip(endpoint.protocol) else { continue };
            let said = protocol_of(timeout);
            if said == spoken {
                continue;
            }
            let path = listener_path(endpoint.index, &["timeout"]);
            let message = format!("the timeout is for {}, but the listener speaks {}", said.as_str(), spoken.as_str());
            let found = report.add(node.resource, path.field(said.as_str()), message);
            found.related(
                node.resource,
                listener_path(endpoint.index, &["portMapping", "protocol"]),
                format!("the listener speaks {}", spoken.as_str()),
            );
            // What stands open in it would be lost.
            match under(timeout, spoken).filter(|_| !node.resource.has_gap(&path)) {
                Some(value) => found.fix(
                    format!("say it for {}", spoken.as_str()),
                    vec![edit(node.resource, path, Change::Set(value))],
                ),
                None => found.help(format!("say it for {}", spoken.as_str())),
            };
        }
    }
}

fn protocol_of(timeout: &ListenerTimeout) -> PortProtocol {
    match timeout {
        ListenerTimeout::Http(_) => PortProtocol::Http,
        ListenerTimeout::Http2(_) => PortProtocol::Http2,
        ListenerTimeout::Grpc(_) => PortProtocol::Grpc,
        ListenerTimeout::Tcp(_) => PortProtocol::Tcp,
    }
}

/// The same timeouts for another protocol, where all of them are known and that protocol has them.
fn under(timeout: &ListenerTimeout, protocol: PortProtocol) -> Option<NewValue> {
    let (idle, per_request) = match timeout {
        ListenerTimeout::Http(timeout) | ListenerTimeout::Http2(timeout) => (&timeout.idle, &timeout.per_request),
        ListenerTimeout::Grpc(timeout) => (&timeout.idle, &timeout.per_request),
        ListenerTimeout::Tcp(timeout) => (&timeout.idle, &None),
    };
    if protocol == PortProtocol::Tcp && per_request.is_some() {
        return None;
    }
    let mut members = Vec::new();
    for (field, duration) in [("idle", idle), ("perRequest", per_request)] {
        if let Some(duration) = duration {
            members.push((field, known(duration)?));
        }
    }
    let is_said = !members.is_empty();
    is_said.then(|| NewValue::Object(vec![(protocol.as_str(), NewValue::Object(members))]))
}

fn known(duration: &Duration) -> Option<NewValue> {
    let unit = duration.unit.as_ref()?.known()?.as_str().into();
    let value = duration.value.as_ref()?.known()?.value().into();
    Some(NewValue::Object(vec![("unit", unit), ("value", value)]))
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: grpc}
            Timeout: {HTTP: {PerRequest: {Unit: s, Value: 60}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
