//! A host name with a port.

use crate::facts::Matcher;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "hostname-with-port",
    severity: Severity::Error,
    summary: "a gateway route matches a host name with a port",
    why: "the API refuses it: host names are compared without a port",
    source: "aws/aws-app-mesh-roadmap#365: a host name with a port was refused",
    bad: BAD,
    cure: &[("\"shop.example.com:8080\"", "shop.example.com")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for hostname in facts.matchers().flat_map(Matcher::hostnames) {
        let Some((name, port)) = hostname.text.split_once(':') else { continue };
        if name.is_empty() || port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let message = format!("host name `{}` has a port, and is compared without one", hostname.text);
        let fix = edit(hostname.matcher.resource, hostname.at(), Change::Set(name.into()));
        report
            .add(hostname.matcher.resource, hostname.at(), message)
            .help(format!("write `{name}`; the gateway's listener is matched with `port`"))
            .fix(format!("set `{name}`"), vec![fix]);
    }
}

const BAD: &str = "\
Resources:
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: edge
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /, Hostname: {Exact: \"shop.example.com:8080\"}}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
