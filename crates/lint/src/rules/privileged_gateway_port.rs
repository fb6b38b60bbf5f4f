//! A gateway that listens on a port which its proxy may not bind.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "privileged-gateway-port",
    severity: Severity::Warning,
    summary: "a virtual gateway listens on a port up to 1024",
    why: "without the capability NET_BIND_SERVICE, which Fargate does not give, Envoy refuses the listener: \"cannot bind '0.0.0.0:80': Permission denied\"",
    source: "App Mesh User Guide, troubleshooting-setup: ports up to 1024 need CAP_NET_BIND_SERVICE",
    bad: BAD,
    cure: &[("Port: 80,", "Port: 8080,")],
    check,
};

/// The last port that needs a capability, as App Mesh says it.
const LAST_PRIVILEGED: i64 = 1024;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for gateway in facts.gateways() {
        for endpoint in &facts.endpoints(gateway.position).list {
            let Some(port) = endpoint.port.filter(|port| *port <= LAST_PRIVILEGED) else { continue };
            let message = format!("a gateway's proxy may bind port {port} only with the capability NET_BIND_SERVICE");
            report
                .add(gateway.resource, listener_path(endpoint.index, &["portMapping", "port"]), message)
                .help("listen on a port over 1024 and let the load balancer before it have the low one");
        }
    }
}

const BAD: &str = "\
Resources:
  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: shop
      VirtualGatewayName: entrance
      Spec:
        Listeners:
          - PortMapping: {Port: 80, Protocol: http}
";
