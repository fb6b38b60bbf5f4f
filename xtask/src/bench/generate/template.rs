//! The mesh as CloudFormation templates, written as people write them: short intrinsics, parameters with defaults.

use std::fmt::Write as _;
use std::ops::Range;

use super::{RoutePlan, Size, TEAM, backends, route, stem};

const HEAD: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Description: A mesh at the old full quota

Parameters:
  MeshName:
    Type: String
    Default: quota
    Description: Name of the mesh
  Domain:
    Type: String
    Default: quota.internal
    Description: The domain under which services call each other
  ServicePort:
    Type: Number
    Default: 8080

Resources:
"#;

const MESH: &str = r"  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: !Ref MeshName
      Spec:
        EgressFilter:
          Type: DROP_ALL

";

const EXPORT: &str = r#"
Outputs:
  MeshName:
    Description: For every template of the mesh
    Value: !GetAtt Mesh.MeshName
    Export:
      Name: !Sub "${MeshName}-mesh-name"
"#;

/// How a resource names its mesh.
#[derive(Clone, Copy)]
enum MeshBy {
    Attribute,
    Import,
}

impl MeshBy {
    fn text(self) -> &'static str {
        match self {
            Self::Attribute => "      MeshName: !GetAtt Mesh.MeshName\n",
            Self::Import => "      MeshName: !ImportValue\n        Fn::Sub: ${MeshName}-mesh-name\n",
        }
    }
}

/// All of the mesh in one template.
pub(crate) fn template(size: Size) -> String {
    let mut out = format!("{HEAD}{MESH}");
    push_nodes(&mut out, 0..size.nodes, size, MeshBy::Attribute);
    out
}

/// The mesh in so many templates, by file name; the first has the mesh itself and exports its name.
pub(crate) fn templates(size: Size, count: usize) -> Vec<(String, String)> {
    let teams = size.nodes / TEAM;
    let part = |number: usize| {
        let nodes = teams * number / count * TEAM..teams * (number + 1) / count * TEAM;
        let mut out = HEAD.to_owned();
        if number == 0 {
            out.push_str(MESH);
            push_nodes(&mut out, nodes, size, MeshBy::Attribute);
            out.push_str(EXPORT);
        } else {
            push_nodes(&mut out, nodes, size, MeshBy::Import);
        }
        (format!("part-{number:02}.yaml"), out)
    };
    (0..count).map(part).collect()
}

fn push_nodes(out: &mut String, nodes: Range<usize>, size: Size, mesh: MeshBy) {
    for node in nodes {
        let written = write_node(out, node, size, mesh).and_then(|()| {
            (0..size.routes).try_for_each(|number| write_route(out, node, number, &route(node, number, size), mesh))
        });
        assert!(written.is_ok(), "writing to memory does not fail");
    }
}

/// What a node, its virtual service and its router are labelled: `Orders010`.
fn label(node: usize) -> String {
    let stem = stem(node);
    let words = stem.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]);
    words.collect()
}

fn write_node(out: &mut String, node: usize, size: Size, mesh: MeshBy) -> std::fmt::Result {
    let (label, name, mesh) = (label(node), stem(node), mesh.text());
    let [first, second] = backends(node, size).map(stem);
    writeln!(out, "  # {}", "-".repeat(40))?;
    write!(
        out,
        r#"  {label}Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
{mesh}      VirtualNodeName: {name}
      Spec:
        ServiceDiscovery:
          DNS:
            Hostname: !Sub "{name}.${{Domain}}"
            ResponseType: LOADBALANCER
        Listeners:
          - PortMapping: {{ Port: !Ref ServicePort, Protocol: http }}
            HealthCheck:
              Protocol: http
              Path: /healthz
              IntervalMillis: 5000
              TimeoutMillis: 2000
              HealthyThreshold: 2
              UnhealthyThreshold: 3
        Backends:
          - VirtualService:
              VirtualServiceName: !Sub "{first}.${{Domain}}"
          - VirtualService:
              VirtualServiceName: !Sub "{second}.${{Domain}}"
        Logging:
          AccessLog:
            File:
              Path: /dev/stdout

  {label}Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
{mesh}      VirtualServiceName: !Sub "{name}.${{Domain}}"
      Spec:
        Provider:
          VirtualRouter:
            VirtualRouterName: !GetAtt {label}Router.VirtualRouterName

  {label}Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
{mesh}      VirtualRouterName: {name}
      Spec:
        Listeners:
          - PortMapping:
              Port: !Ref ServicePort
              Protocol: http

"#
    )
}

fn write_route(out: &mut String, node: usize, number: usize, plan: &RoutePlan, mesh: MeshBy) -> std::fmt::Result {
    let (label_of_node, mesh) = (label(node), mesh.text());
    let RoutePlan { name, priority, prefix, method, tenant, version, targets, retries, timeout_seconds } = plan;
    write!(
        out,
        r"  {label_of_node}Route{number}:
    Type: AWS::AppMesh::Route
    Properties:
{mesh}      VirtualRouterName: !GetAtt {label_of_node}Router.VirtualRouterName
      RouteName: {name}
      Spec:
        Priority: {priority}
        HttpRoute:
          Match:
            Prefix: {prefix}
"
    )?;
    if let Some(method) = method {
        writeln!(out, "            Method: {method}")?;
    }
    if tenant.is_some() || version.is_some() {
        writeln!(out, "            Headers:")?;
    }
    if let Some(tenant) = tenant {
        writeln!(out, "              - Name: x-tenant\n                Invert: false\n                Match:")?;
        writeln!(out, "                  Exact: {tenant}")?;
    }
    if let Some((start, end)) = version {
        writeln!(out, "              - Name: x-version\n                Invert: false\n                Match:")?;
        writeln!(out, "                  Range: {{ Start: {start}, End: {end} }}")?;
    }
    writeln!(out, "          Action:\n            WeightedTargets:")?;
    for (target, weight) in targets {
        writeln!(out, "              - VirtualNode: !GetAtt {}Node.VirtualNodeName", label(*target))?;
        writeln!(out, "                Weight: {weight}")?;
    }
    if let Some(retries) = retries {
        writeln!(out, "          RetryPolicy:\n            HttpRetryEvents: [server-error, gateway-error]")?;
        writeln!(out, "            MaxRetries: {retries}\n            PerRetryTimeout:")?;
        writeln!(out, "              Unit: ms\n              Value: 1500")?;
    }
    writeln!(
        out,
        "          Timeout:\n            PerRequest:\n              Unit: s\n              Value: {timeout_seconds}\n"
    )
}
