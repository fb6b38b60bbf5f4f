//! Resources that wait for each other.

use meshwright_model::finding::Severity;
use meshwright_model::order::{Order, Tie};
use meshwright_model::reference::Key;
use meshwright_model::{Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "circular-dependency",
    severity: Severity::Error,
    summary: "resources of a template each wait for the next, and the last for the first",
    why: "there is no order in which they can be created, so CloudFormation refuses the template",
    source: "CloudFormation User Guide, DependsOn attribute and troubleshooting: circular dependency between resources",
    bad: BAD,
    cure: &[("    DependsOn: Route\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    if !is_circular(facts) {
        return;
    }
    let resources = &facts.inventory().resources;
    for cycle in Order::of(facts.index()).cycles.iter().filter(|cycle| cycle.tie == Tie::Declared) {
        let members: Vec<&Resource> = cycle.positions.iter().map(|position| &resources[*position]).collect();
        let Some(first) = members.first() else { continue };
        let shown: Vec<String> = members.iter().chain([first]).take(MOST).map(|member| label(member)).collect();
        let message = format!("these wait for each other: {}", shown.join(", "));
        let found = report.add(first, Path::of(&[first.kind().name_field()]), message);
        found.help("leave out a DependsOn, or give one of the names as text");
        for member in members.iter().skip(1).take(MOST) {
            found.related(
                member,
                Path::of(&[member.kind().name_field()]),
                format!("`{}` is one of them", label(member)),
            );
        }
    }
}

/// The most members of a circle that are named.
const MOST: usize = 10;

/// Whether what files and API demand goes round, told by taking away what waits for nothing, again and again.
fn is_circular(facts: &Facts<'_>) -> bool {
    let count = facts.inventory().resources.len();
    let declared = facts.declared();
    // What the API demands always leads to an earlier kind, so that a circle takes something declared that does not.
    let kind = |position: usize| facts.inventory().resources[position].kind();
    if (0..count).all(|position| declared.after(position).iter().all(|after| kind(*after) < kind(position))) {
        return false;
    }
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); count];
    let wait = |position: usize| {
        let before = declared.after(position).iter().copied().chain(facts.needs(position));
        before.filter(|after| *after != position).map(|after| followers[after].push(position)).count()
    };
    let mut waiting: Vec<usize> = (0..count).map(wait).collect();
    let mut ready: Vec<usize> = (0..count).filter(|position| waiting[*position] == 0).collect();
    let mut created = 0;
    while let Some(position) = ready.pop() {
        created += 1;
        for follower in &followers[position] {
            waiting[*follower] -= 1;
            if waiting[*follower] == 0 {
                ready.push(*follower);
            }
        }
    }
    created < count
}

/// What its template calls it, or else its name.
fn label(resource: &Resource) -> String {
    resource.label.as_deref().map_or_else(|| Key::of(&resource.name).shown(), str::to_owned)
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    DependsOn: Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
";
