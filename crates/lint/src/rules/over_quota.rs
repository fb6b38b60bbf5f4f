//! More resources than AWS allowed by default.

use std::collections::{HashMap, HashSet};

use meshwright_model::finding::Severity;
use meshwright_model::limits::Quota;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "over-quota",
    severity: Severity::Info,
    summary: "there are more of a kind than an AWS account could have by default",
    why: "AWS answered LimitExceededException unless the account's quota had been raised; other servers of the API need not",
    source: "Service Quotas of App Mesh; aws/aws-app-mesh-roadmap#263 and aws/aws-app-mesh-roadmap#449",
    bad: BAD,
    cure: &[(
        "DependsOn: Mesh # 4\n    Properties: {MeshName: shop,",
        "DependsOn: Mesh\n    Properties: {MeshName: bazaar,",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let resources = &facts.inventory().resources;
    let repeated: HashSet<usize> = facts.index().duplicates().iter().map(|(_, second)| *second).collect();
    let is_sure = |position: usize| resources[position].condition.is_none() && !repeated.contains(&position);
    in_meshes(facts, is_sure, report);
    for router in facts.routers() {
        let count = facts.routes_of(router).filter(|route| is_sure(route.position)).count();
        add(report, router.resource, Path::of(&["virtualRouterName"]), "routes per virtual router", count);
    }
    for gateway in facts.gateways() {
        let count = facts.gateway_routes_of(gateway).filter(|route| is_sure(route.position)).count();
        add(report, gateway.resource, Path::of(&["virtualGatewayName"]), "gateway routes per virtual gateway", count);
    }
    for node in facts.nodes() {
        let count = node.spec.backends.as_ref().map_or(0, Vec::len);
        add(report, node.resource, Path::of(&["spec", "backends"]), "backends per virtual node", count);
    }
}

/// What a mesh has of each kind, told at its first resource of the kind.
fn in_meshes(facts: &Facts<'_>, is_sure: impl Fn(usize) -> bool, report: &mut Report) {
    let kinds = [
        (Kind::VirtualService, "virtual services per mesh"),
        (Kind::VirtualNode, "virtual nodes per mesh"),
        (Kind::VirtualRouter, "virtual routers per mesh"),
        (Kind::VirtualGateway, "virtual gateways per mesh"),
    ];
    for (kind, what) in kinds {
        let mut counts: HashMap<Key<'_>, (usize, usize)> = HashMap::new();
        for (position, resource) in facts.resources().enumerate() {
            if resource.kind() == kind && is_sure(position) {
                counts.entry(Key::of(&resource.mesh)).or_insert((position, 0)).1 += 1;
            }
        }
        let mut counts: Vec<(usize, usize)> = counts.into_values().collect();
        counts.sort_unstable();
        for (first, count) in counts {
            let first = &facts.inventory().resources[first];
            add(report, first, Path::of(&["meshName"]), what, count);
        }
    }
}

fn add(report: &mut Report, resource: &Resource, path: Path, what: &str, count: usize) {
    let Some(quota) = Quota::named(what).filter(|quota| count > quota.default) else { return };
    let message = format!("{count} {what}, where AWS allowed {} by default", quota.default);
    let raised = if quota.adjustable { "AWS raised it on request" } else { "AWS did not raise it" };
    report.add(resource, path, message).help(format!("this is quota {}; {raised}", quota.code));
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  A:
    Type: AWS::AppMesh::VirtualGateway
    DependsOn: Mesh
    Properties: {MeshName: shop, VirtualGatewayName: a, Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}}
  B:
    Type: AWS::AppMesh::VirtualGateway
    DependsOn: Mesh
    Properties: {MeshName: shop, VirtualGatewayName: b, Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}}
  C:
    Type: AWS::AppMesh::VirtualGateway
    DependsOn: Mesh
    Properties: {MeshName: shop, VirtualGatewayName: c, Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}}
  D:
    Type: AWS::AppMesh::VirtualGateway
    DependsOn: Mesh # 4
    Properties: {MeshName: shop, VirtualGatewayName: d, Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_its_quota() {
        let counted = [
            "virtual services per mesh",
            "virtual nodes per mesh",
            "virtual routers per mesh",
            "virtual gateways per mesh",
            "routes per virtual router",
            "gateway routes per virtual gateway",
            "backends per virtual node",
        ];
        assert!(counted.iter().all(|what| Quota::named(what).is_some()));
    }
}
