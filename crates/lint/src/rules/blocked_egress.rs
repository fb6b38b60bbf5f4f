//! A node that is there to call others, and can call nothing.

use meshwright_model::Path;
use meshwright_model::defaults::EGRESS_FILTER;
use meshwright_model::finding::Severity;
use meshwright_model::limits::EgressFilterType;

use crate::facts::{Facts, Mesh, Node};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "blocked-egress",
    severity: Severity::Warning,
    summary: "a node only calls, has no backend, and its mesh drops all other traffic",
    why: "its proxy closes every connection but those to AWS; nothing can be sent to the node either, as it does not listen",
    source: "App Mesh API reference, EgressFilter: DROP_ALL allows only what is defined in the mesh, and \
             *.amazonaws.com",
    bad: BAD,
    cure: &[("Spec: {Backends: []}", "Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes().filter(|node| has_none(*node)) {
        let Some(mesh) = facts.mesh_of(node.resource).filter(|mesh| drops_all(*mesh)) else { continue };
        let message = format!(
            "virtual node `{}` has no backend, and mesh `{}` drops all other traffic: it can call nothing but AWS",
            node.name(),
            mesh.name()
        );
        report
            .add(node.resource, Path::of(&["spec", "backends"]), message)
            .help("give it a virtual service as backend for each thing it calls")
            .related(mesh.resource, Path::of(&["spec", "egressFilter"]), "DROP_ALL, the default");
    }
}

/// Whether a node has neither a backend nor a listener; one that listens may have nobody to call.
fn has_none(node: Node<'_>) -> bool {
    let is_empty =
        node.spec.backends.as_ref().is_none_or(Vec::is_empty) && node.spec.listeners.as_ref().is_none_or(Vec::is_empty);
    let is_open = |field| node.resource.has_gap(&Path::of(&["spec", field]));
    is_empty && !is_open("backends") && !is_open("listeners")
}

fn drops_all(mesh: Mesh<'_>) -> bool {
    let filter = match &mesh.spec.egress_filter {
        Some(filter) => filter.kind.known().copied(),
        None => Some(EGRESS_FILTER).filter(|_| !mesh.resource.has_gap(&Path::of(&["spec", "egressFilter"]))),
    };
    filter == Some(EgressFilterType::DropAll)
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
      Spec: {EgressFilter: {Type: DROP_ALL}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: nightly-report
      Spec: {Backends: []}
";
