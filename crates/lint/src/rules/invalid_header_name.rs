//! A header name that the API refuses.

use meshwright_model::finding::Severity;
use meshwright_model::limits::HeaderName;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "invalid-header-name",
    severity: Severity::Error,
    summary: "the name of a header or metadata item has a colon, a blank or another character that names cannot have",
    why: "the API refuses the route; the host, method and path of a request have match fields of their own",
    source: "aws/aws-app-mesh-roadmap#261: names must match ^[!-9;-~]+$",
    bad: BAD,
    cure: &[("\":authority\"", "x-forwarded-host")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        for (index, header) in matcher.headers.iter().enumerate() {
            let Some(name) = header.name.known().map(HeaderName::as_str) else { continue };
            let Some(char) = name.chars().find(|char| !matches!(char, '!'..='9' | ';'..='~')) else { continue };
            let message = format!("`{name}` contains `{}`, which a name cannot have", char.escape_debug());
            let found = report.add(matcher.resource, matcher.header_at(index).field("name"), message);
            match name {
                ":authority" if matcher.is_of_gateway => found.help("match the host with `hostname`"),
                ":authority" => found.help("only gateway routes can match the host, with `hostname`"),
                ":method" => found.help("match the method with `method`"),
                ":path" => found.help("match the path with `prefix` or `path`"),
                ":scheme" => found.help("match the scheme with `scheme`"),
                _ => found,
            };
        }
    }
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /, Headers: [{Name: \":authority\", Match: {Exact: orders.shop.local}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
