//! Applications that their proxies call on the IPv6 loopback address.

use meshwright_model::Path;
use meshwright_model::Scalar;
use meshwright_model::finding::Severity;
use meshwright_model::limits::IpPreference;
use meshwright_model::virtual_node::{ServiceDiscovery, VirtualNodeSpec};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "application-called-over-ipv6",
    severity: Severity::Info,
    summary: "an IP preference makes proxies call their applications on ::1",
    why: "an application that listens on 127.0.0.1 or 0.0.0.0 alone refuses the connection, and its callers get 503",
    source: "aws/aws-app-mesh-examples, walkthroughs/howto-ipv6: the address of the application for each preference",
    bad: BAD,
    cure: &[("IPv6_PREFERRED", "IPv4_PREFERRED")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for mesh in facts.meshes() {
        let preference = mesh.spec.service_discovery.as_ref().and_then(|discovery| discovery.ip_preference.as_ref());
        if let Some(word) = over_ipv6(preference) {
            let message =
                format!("with {word} each proxy calls its application on `::1`, unless its node says otherwise");
            let path = Path::of(&["spec", "serviceDiscovery", "ipPreference"]);
            report.add(mesh.resource, path, message).help("let the applications listen on `::` or `::1`");
        }
    }
    for node in facts.nodes().filter(|node| !facts.endpoints(node.position).list.is_empty()) {
        let Some((field, preference)) = preference_of(node.spec) else { continue };
        if let Some(word) = over_ipv6(preference) {
            let message =
                format!("with {word} the proxy of virtual node `{}` calls its application on `::1`", node.name());
            let path = Path::of(&["spec", "serviceDiscovery", field, "ipPreference"]);
            report.add(node.resource, path, message).help("let the application listen on `::` or `::1`");
        }
    }
}

/// The preference as the API spells it, where it leads to IPv6.
fn over_ipv6(preference: Option<&Scalar<IpPreference>>) -> Option<&'static str> {
    let word = *preference?.known()?;
    matches!(word, IpPreference::Ipv6Preferred | IpPreference::Ipv6Only).then(|| word.as_str())
}

fn preference_of(spec: &VirtualNodeSpec) -> Option<(&'static str, Option<&Scalar<IpPreference>>)> {
    Some(match spec.service_discovery.as_ref()? {
        ServiceDiscovery::Dns(dns) => ("dns", dns.ip_preference.as_ref()),
        ServiceDiscovery::AwsCloudMap(cloud_map) => ("awsCloudMap", cloud_map.ip_preference.as_ref()),
    })
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
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local, IpPreference: IPv6_PREFERRED}}
";
