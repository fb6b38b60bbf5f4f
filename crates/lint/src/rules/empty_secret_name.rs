//! A secret without a name.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "empty-secret-name",
    severity: Severity::Error,
    summary: "a secret of a Secret Discovery Service has an empty name",
    why: "no secret has that name, and Envoy refuses a configuration that asks for it: the listener or the calls stay down",
    source: "Envoy API, SdsSecretConfig: the name is required",
    bad: BAD,
    cure: &[("SecretName: \"\"", "SecretName: orders-cert")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for part in facts.tls_parts() {
        for (secret, path) in part.secrets() {
            if secret.known().is_some_and(|name| name.as_str().is_empty()) {
                report
                    .add(part.resource, path, "the secret's name is empty")
                    .help("write the name under which the service knows the secret");
            }
        }
    }
}

const BAD: &str = "\
Resources:
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            TLS:
              Mode: STRICT
              Certificate: {SDS: {SecretName: \"\"}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
