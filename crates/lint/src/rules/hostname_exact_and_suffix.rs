//! A host name that is matched in two ways.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "hostname-exact-and-suffix",
    severity: Severity::Warning,
    summary: "a gateway route matches a host name both exactly and by its end",
    why: "one of the two is meant; which one counts is written nowhere",
    source: "aws/aws-cdk, aws-appmesh: a host name match is exact or by suffix; aws/aws-app-mesh-controller-for-k8s \
             refuses both together",
    bad: BAD,
    cure: &[(", Suffix: .example.com", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for matcher in facts.matchers() {
        if matcher.hostname.is_some_and(|hostname| hostname.exact.is_some() && hostname.suffix.is_some()) {
            report
                .add(
                    matcher.resource,
                    matcher.at(&["hostname", "suffix"]),
                    "the host name is matched both exactly and by its end",
                )
                .help("keep the one that is meant")
                .related(matcher.resource, matcher.at(&["hostname", "exact"]), "the whole name");
        }
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
          Match: {Prefix: /, Hostname: {Exact: shop.example.com, Suffix: .example.com}}
          Action:
            Target: {VirtualService: {VirtualServiceName: orders.shop.local}}
";
