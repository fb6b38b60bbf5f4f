//! A resource that always exists and names one that sometimes does.

use std::collections::HashSet;

use meshwright_model::finding::Severity;
use meshwright_model::reference::{Key, Need};
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "reference-to-conditional",
    severity: Severity::Warning,
    summary: "a resource without a condition names one that exists only under a condition",
    why: "where the condition is false the stack is refused or its creation fails, as what is named does not exist",
    source: "CloudFormation User Guide, conditions, and cfn-lint W1001",
    bad: BAD,
    cure: &[("  Route:\n    Type", "  Route:\n    Condition: HasNext\n    Type")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let resources = &facts.inventory().resources;
    if resources.iter().all(|resource| resource.condition.is_none()) {
        return;
    }
    // One of several definitions may exist whatever the condition.
    let repeated: HashSet<usize> = facts.index().duplicates().iter().map(|(first, _)| *first).collect();
    for (own, resource) in resources.iter().enumerate().filter(|(_, resource)| resource.condition.is_none()) {
        for reference in resource.references().into_iter().filter(|reference| reference.need == Need::BeforeCreation) {
            let Some(position) = facts.index().target(resource, &reference) else { continue };
            let target = &resources[position];
            let Some(condition) = target.condition.as_ref().filter(|_| !repeated.contains(&position)) else { continue };
            let kind = target.kind();
            // A mesh that the template creates on demand is there all the same where it is not: only `Ref` and `GetAtt` fail.
            if kind == Kind::Mesh && !facts.declared().after(own).contains(&position) {
                continue;
            }
            let name = Key::of(&target.name).shown();
            let message = format!(
                "{kind} `{name}` exists only where condition `{condition}` holds, this {} always",
                resource.kind()
            );
            let found = report.add(resource, reference.path, message);
            found.help("give both the same condition, or choose the name with Fn::If");
            found.related(target, Path::of(&[kind.name_field()]), format!("`{name}` has the condition `{condition}`"));
        }
    }
}

const BAD: &str = "\
Parameters:
  Next: {Type: String}
Conditions:
  HasNext: !Equals [!Ref Next, 'yes']
Resources:
  Node:
    Condition: HasNext
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-next
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders-next.shop.local}}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: next
      Spec:
        HttpRoute:
          Match: {Prefix: /next}
          Action: {WeightedTargets: [{VirtualNode: !GetAtt Node.VirtualNodeName, Weight: 1}]}
";
