//! An ARN in the place of a name.

use meshwright_model::arn::Arn;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "arn-in-name",
    severity: Severity::Error,
    summary: "an ARN stands where a name is due",
    why: "the API answers 400 BadRequestException, sometimes without a message",
    source: "aws/aws-app-mesh-controller-for-k8s#19, aws/aws-app-mesh-roadmap#101: names must match ^[a-zA-Z0-9\\-_]+$",
    bad: BAD,
    cure: &[("arn:aws:appmesh:eu-west-1:111122223333:mesh/shop/virtualNode/orders", "orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (position, resource) in facts.resources().enumerate() {
        let kind = resource.kind();
        let own = Key::of(&resource.name);
        if is_arn(own) {
            add(report, resource, kind, own, Path::of(&[kind.name_field()]));
        }
        if facts.names_an_arn(position) {
            for reference in resource.references().into_iter().filter(|reference| is_arn(reference.name)) {
                add(report, resource, reference.kind, reference.name, reference.path);
            }
        }
    }
}

fn is_arn(name: Key<'_>) -> bool {
    matches!(name, Key::Known(text) if text.starts_with("arn:"))
}

fn add(report: &mut Report, resource: &Resource, kind: Kind, name: Key<'_>, path: Path) {
    let arn = name.shown().parse::<Arn>().ok().filter(|arn| arn.kind == kind);
    let message = format!("`{}` is an ARN, where the name of a {kind} is due", name.shown());
    let found = report.add(resource, path.clone(), message);
    match arn {
        Some(arn) if kind == Kind::Mesh => {
            found.help(format!("write `{}`; the owner of a shared mesh goes into meshOwner", arn.name))
        }
        Some(arn) => {
            let change = Change::Set(arn.name.as_str().into());
            found.fix(format!("write `{}`", arn.name), vec![edit(resource, path, change)])
        }
        None => found.help(format!("write the name of the {kind}")),
    };
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider:
          VirtualNode: {VirtualNodeName: 'arn:aws:appmesh:eu-west-1:111122223333:mesh/shop/virtualNode/orders'}
";
