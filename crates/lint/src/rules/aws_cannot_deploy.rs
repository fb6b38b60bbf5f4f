//! Files that AWS itself can no longer deploy.

use std::collections::BTreeMap;

use meshwright_model::finding::Severity;
use meshwright_model::{Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "aws-cannot-deploy",
    severity: Severity::Info,
    summary: "a template or API call is for AWS, which switched App Mesh off on 2026-09-30",
    why: "stacks with these types can be neither created nor updated, and calls fail; clients follow another address of the API",
    source: "AWS App Mesh User Guide, end of support notice: no access to App Mesh resources after September 30, 2026",
    bad: BAD,
    cure: &[("AWS::AppMesh::Mesh", "AWS::ServiceDiscovery::HttpNamespace"), ("MeshName", "Name")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    // One for each template, one for all calls together; what the API said of a resource is to be deployed by nobody.
    let mut files: BTreeMap<Option<u32>, (&Resource, usize)> = BTreeMap::new();
    for resource in facts.resources().filter(|resource| resource.metadata.is_none()) {
        let document = resource.origin.map(|origin| origin.document);
        let file = document.filter(|_| resource.label.is_some());
        files.entry(file).or_insert((resource, 0)).1 += 1;
    }
    for (file, (first, count)) in files {
        let resources = if count == 1 { "resource" } else { "resources" };
        let message = format!("AWS switched App Mesh off on 2026-09-30: it cannot deploy {count} {resources} here");
        let found = report.add(first, Path::default(), message);
        found.help(match file {
            Some(_) => "`convert --as json` gives what the API takes; AWS's own clients find another server of it by AWS_ENDPOINT_URL_APP_MESH",
            None => "AWS's own clients find another server of the API by AWS_ENDPOINT_URL_APP_MESH",
        });
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {ContainerDefinitions: [{Name: orders, Image: orders}]}
";
