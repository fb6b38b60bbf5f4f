//! A host name that no request has.

use crate::facts::Matcher;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "invalid-hostname",
    severity: Severity::Warning,
    summary: "a gateway route matches a host name with characters that host names do not have",
    why: "no request names such a host: all of them go elsewhere, or are answered with 404",
    source: "App Mesh User Guide, gateway-routes: the host name of the incoming request is matched; RFC 9110 \
             section 7.2, Host",
    bad: BAD,
    cure: &[("\"https://shop.example.com\"", "shop.example.com")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for hostname in facts.matchers().flat_map(Matcher::hostnames) {
        let text = hostname.text;
        let Some(char) = text.chars().find(|char| !is_of_name(*char)) else { continue };
        let is_port = text.split_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        if is_port {
            continue;
        }
        let message = format!("host name `{text}` contains `{}`, which host names do not", char.escape_debug());
        let found = report.add(hostname.matcher.resource, hostname.at(), message);
        let cured = text.strip_prefix('*').filter(|end| end.starts_with('.') && end.chars().all(is_of_name));
        match cured {
            Some(end) if hostname.is_suffix => {
                let fix = edit(hostname.matcher.resource, hostname.at(), Change::Set(end.into()));
                found.help(format!("a suffix needs no star: write `{end}`")).fix(format!("set `{end}`"), vec![fix]);
            }
            Some(end) => {
                found.help(format!("match the end of the name: `suffix` with `{end}`"));
            }
            None => {
                found.help("write the host alone: no scheme, no path");
            }
        }
    }
}

fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_')
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
          Match: {Prefix: /, Hostname: {Exact: \"https://shop.example.com\"}}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
