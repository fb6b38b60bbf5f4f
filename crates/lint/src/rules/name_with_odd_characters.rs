//! A name with characters that App Mesh does not take.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::facts::placeholder::has_placeholder;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "name-with-odd-characters",
    severity: Severity::Warning,
    summary: "a name has characters other than letters, digits, hyphens and underscores",
    why: "the API refuses such a mesh name and promises only those characters for other names; `/` cuts a name short in the ARN by \
          which a proxy says what it stands for",
    source: "aws/aws-app-mesh-controller-for-k8s#19: `MeshName must match ^[a-zA-Z0-9\\-_]+$`; App Mesh User Guide, \
             virtual_routers: letters, numbers, hyphens and underscores",
    bad: BAD,
    cure: &[("MeshName: web shop", "MeshName: web-shop")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for resource in facts.resources().filter(|resource| resource.kind() != Kind::VirtualService) {
        let Key::Known(name) = Key::of(&resource.name) else { continue };
        let kind = resource.kind();
        let Some(odd) = name.chars().find(|letter| !is_taken(kind, *letter)) else { continue };
        if name.starts_with("arn:") || has_placeholder(name) {
            continue;
        }
        let message = format!("`{odd}` in the name of {kind} `{name}`");
        let found = report.add(resource, Path::of(&[kind.name_field()]), message);
        if kind == Kind::Mesh || odd == '/' {
            found.severity(Severity::Error);
        }
        found.help("use letters, digits, hyphens and underscores");
    }
}

/// Kubernetes names have dots, and its controller made nodes, routers and routes of them.
fn is_taken(kind: Kind, letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_' || letter == '.' && kind != Kind::Mesh
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: web shop}
";
