//! A mesh that lets its nodes call anything.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::limits::EgressFilterType;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "open-egress",
    severity: Severity::Info,
    summary: "nodes may call whatever they like, backend or not",
    why: "a forgotten backend shows nowhere: its traffic passes by the routes, retries and TLS of the mesh, and past its metrics",
    source: "App Mesh API reference, EgressFilter; App Mesh User Guide, troubleshooting-connectivity: traffic in \
             the cluster mesh-allow-all",
    bad: BAD,
    cure: &[("EgressFilter: {Type: ALLOW_ALL}", "EgressFilter: {Type: DROP_ALL}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for mesh in facts.meshes() {
        let filter = mesh.spec.egress_filter.as_ref().and_then(|filter| filter.kind.known());
        if filter == Some(&EgressFilterType::AllowAll) {
            let message = format!(
                "mesh `{}` lets its nodes call anything, whether it is a backend of theirs or not",
                mesh.name()
            );
            report
                .add(mesh.resource, Path::of(&["spec", "egressFilter", "type"]), message)
                .help("with DROP_ALL a call of what is no backend fails at once; what lies outside the mesh then needs a virtual service");
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
      Spec: {EgressFilter: {Type: ALLOW_ALL}}
";
