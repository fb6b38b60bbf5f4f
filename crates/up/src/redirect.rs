//! The rules by which the kernel redirects connections of an application, and those to it, to its proxy.
//!
//! Source: App Mesh User Guide, getting started with Amazon EC2 (awsdocs/aws-app-mesh-user-guide, `doc_source/getting-started-ec2.md`),
//! `envoy-networking.sh`: the same chains with the same rules in the same order as that script installs for proxies on EC2, from the
//! variables that the Kubernetes controller gives its init container and ECS takes as `proxyConfiguration` (reference 3.3 and 5.5). What
//! the script makes and never uses is left out: a chain of the table `mangle`, and a way for packets with a mark.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use meshwright_envoy::translate::INGRESS_PORT;
use meshwright_traffic::proxy::EGRESS_PORT;

/// The user as whom proxies run, so that what they send is told from what their applications do. Source: the same; `IgnoredUID`.
pub const USER: u32 = 1337;

/// Ports of others that applications reach without their proxy. Source: the same; `EgressIgnoredPorts`.
const IGNORED_PORTS: &str = "22";

/// Addresses that they reach so: where containers and machines learn of themselves. Source: the same; `EgressIgnoredIPs`.
const IGNORED_ADDRESSES: &str = "169.254.170.2,169.254.169.254";

/// The most ports of a rule. Source: iptables-extensions(8), multiport.
const MAX_PORTS: usize = 15;

/// The table of rules for an application that listens on ports, as `iptables-restore` takes it.
pub fn rules(ports: &BTreeSet<u16>) -> String {
    let mut text = "*nat\n".to_owned();
    let mut add = |line: &str| {
        let _ = writeln!(text, "{line}");
    };
    // Without a port there is nothing to come in.
    if !ports.is_empty() {
        add("-N APPMESH_INGRESS");
    }
    add("-N APPMESH_EGRESS");
    add(&format!("-A APPMESH_EGRESS -m owner --uid-owner {USER} -j RETURN"));
    add(&format!("-A APPMESH_EGRESS -p tcp -m multiport --dports {IGNORED_PORTS} -j RETURN"));
    add(&format!("-A APPMESH_EGRESS -p tcp -d {IGNORED_ADDRESSES} -j RETURN"));
    add(&format!("-A APPMESH_EGRESS -p tcp -j REDIRECT --to-ports {EGRESS_PORT}"));
    add("-A OUTPUT -p tcp -m addrtype ! --dst-type LOCAL -j APPMESH_EGRESS");
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    for some in ports.chunks(MAX_PORTS) {
        let some = some.join(",");
        add(&format!("-A APPMESH_INGRESS -p tcp -m multiport --dports {some} -j REDIRECT --to-ports {INGRESS_PORT}"));
    }
    if !ports.is_empty() {
        add("-A PREROUTING -p tcp -m addrtype ! --src-type LOCAL -j APPMESH_INGRESS");
    }
    add("COMMIT");
    text
}

/// How many connections rules have redirected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Redirected {
    /// Of those that applications made.
    pub sent: u64,
    /// Of those that others made to them.
    pub received: u64,
}

impl std::ops::AddAssign for Redirected {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.received += other.received;
    }
}

/// Reads it in what `iptables-save` says with its counters, `[CONNECTIONS:BYTES] -A CHAIN …`: this table sees a connection's first packet.
pub fn redirected(saved: &str) -> Redirected {
    let mut sum = Redirected::default();
    for line in saved.lines().filter(|line| line.contains(" -j REDIRECT ")) {
        let counted = line.strip_prefix('[').and_then(|line| line.split_once(':'));
        let count: u64 = counted.and_then(|(count, _)| count.parse().ok()).unwrap_or_default();
        if line.contains(" -A APPMESH_EGRESS ") {
            sum.sent += count;
        } else {
            sum.received += count;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_are_those_of_app_mesh() {
        let expected = "*nat
-N APPMESH_INGRESS
-N APPMESH_EGRESS
-A APPMESH_EGRESS -m owner --uid-owner 1337 -j RETURN
-A APPMESH_EGRESS -p tcp -m multiport --dports 22 -j RETURN
-A APPMESH_EGRESS -p tcp -d 169.254.170.2,169.254.169.254 -j RETURN
-A APPMESH_EGRESS -p tcp -j REDIRECT --to-ports 15001
-A OUTPUT -p tcp -m addrtype ! --dst-type LOCAL -j APPMESH_EGRESS
-A APPMESH_INGRESS -p tcp -m multiport --dports 8080,9090 -j REDIRECT --to-ports 15000
-A PREROUTING -p tcp -m addrtype ! --src-type LOCAL -j APPMESH_INGRESS
COMMIT
";
        assert_eq!(rules(&[9090, 8080].into()), expected);
    }

    #[test]
    fn an_application_that_listens_nowhere_only_sends() {
        let rules = rules(&BTreeSet::new());
        assert!(!rules.contains("INGRESS") && rules.contains("--to-ports 15001"), "{rules}");
    }

    #[test]
    fn no_rule_has_more_ports_than_one_takes() {
        let rules = rules(&(1..=31).collect());
        let counts: Vec<usize> =
            rules.lines().filter(|line| line.contains("15000")).map(|line| line.matches(',').count() + 1).collect();
        assert_eq!(counts, [15, 15, 1]);
    }

    #[test]
    fn connections_are_counted_by_their_way() {
        let saved = "# Generated by iptables-save v1.8.9
*nat
:APPMESH_EGRESS - [0:0]
[7:420] -A PREROUTING -p tcp -m addrtype ! --src-type LOCAL -j APPMESH_INGRESS
[12:720] -A APPMESH_EGRESS -m owner --uid-owner 1337 -j RETURN
[3:180] -A APPMESH_EGRESS -p tcp -j REDIRECT --to-ports 15001
[5:300] -A APPMESH_INGRESS -p tcp -m multiport --dports 8080 -j REDIRECT --to-ports 15000
[2:120] -A APPMESH_INGRESS -p tcp -m multiport --dports 9090 -j REDIRECT --to-ports 15000
COMMIT
";
        assert_eq!(redirected(saved), Redirected { sent: 3, received: 7 });
        assert_eq!(redirected("nothing"), Redirected::default());
    }
}
