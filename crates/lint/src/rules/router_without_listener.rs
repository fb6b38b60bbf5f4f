//! A router that nobody can dial.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "router-without-listener",
    severity: Severity::Warning,
    summary: "a virtual router has no listener",
    why: "its listener says which port clients dial; the API of today takes a router without one, tools that knew it earlier do not",
    source: "aws/aws-app-mesh-roadmap#173, aws/aws-app-mesh-controller-for-k8s#73: minimum field size of 1, \
             CreateVirtualRouterInput.Spec.Listeners",
    bad: BAD,
    cure: &[("Listeners: []", "Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for router in facts.routers().filter(|router| facts.endpoints(router.position).is_none()) {
        let message = format!("virtual router `{}` has no listener, so no port leads to its routes", router.name());
        report
            .add(router.resource, Path::of(&["spec", "listeners"]), message)
            .help("add a listener with the port that clients dial");
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: []}
";
