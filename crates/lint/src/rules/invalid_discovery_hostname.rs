//! A host name for discovery that DNS cannot resolve.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::virtual_node::ServiceDiscovery;

use crate::facts::Facts;
use crate::facts::placeholder::is_filled_in_later;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "invalid-discovery-hostname",
    severity: Severity::Error,
    summary: "the host name for a node's discovery is no host name",
    why: "Envoy resolves it as it stands; with a scheme, a port or a path in it DNS has no such name, and the node gets no requests",
    source: "RFC 1123 section 2.1, host names; App Mesh API reference, DnsServiceDiscovery: the hostname is that of \
             the virtual node",
    bad: BAD,
    cure: &[("http://orders.shop.local:8080", "orders.shop.local")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let path = Path::of(&["spec", "serviceDiscovery", "dns", "hostname"]);
    for node in facts.nodes() {
        let Some(ServiceDiscovery::Dns(dns)) = &node.spec.service_discovery else { continue };
        let Some(hostname) = dns.hostname.known() else { continue };
        let hostname = hostname.as_str();
        let Some(fault) = fault(hostname).filter(|_| !is_filled_in_later(hostname)) else { continue };
        let found = report.add(node.resource, path.clone(), format!("host name `{hostname}` {fault}"));
        found.help("name the host alone: the port is the listener's");
        let bare = bare(hostname);
        let is_listeners =
            |port: &str| port.parse().is_ok_and(|port| facts.endpoints(node.position).on(port).is_some());
        if let Some((host, port)) = bare.filter(|(_, port)| port.is_none_or(is_listeners)) {
            let title = match port {
                Some(port) => format!("set {host}: the port {port} is the listener's already"),
                None => format!("set {host}"),
            };
            found.fix(title, vec![edit(node.resource, path.clone(), Change::Set(host.into()))]);
        }
    }
}

/// What is wrong with a host name.
fn fault(hostname: &str) -> Option<&'static str> {
    let is_address = hostname.parse::<core::net::Ipv6Addr>().is_ok();
    let has = |letters: &[char]| hostname.contains(letters);
    if hostname.is_empty() {
        Some("is empty")
    } else if hostname.contains("://") {
        Some("has a scheme")
    } else if has(&['/', '?', '#']) {
        Some("has a path")
    } else if has(&[':']) && !is_address {
        Some("has a port")
    } else if hostname.contains(char::is_whitespace) {
        Some("has blanks")
    } else if has(&['*']) {
        Some("has a wildcard")
    } else if hostname.contains("..") || hostname.starts_with('.') {
        Some("has an empty label")
    } else {
        None
    }
}

/// The host of a URL or of a host with a port, and the port; `None` where there is more, or the host is none either.
fn bare(hostname: &str) -> Option<(&str, Option<&str>)> {
    let rest = hostname.split_once("://").map_or(hostname, |(_, rest)| rest);
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    (fault(host).is_none() && host.chars().all(is_plain)).then_some((host, port))
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
        ServiceDiscovery: {DNS: {Hostname: 'http://orders.shop.local:8080'}}
";
