//! Files that are not known as a whole: what is said of them, and what settles them.

use super::{nothing, run};

fn why(text: &str) -> String {
    run(&nothing(), "apply mesh", text).answer.unwrap_err().to_string()
}

const TEMPLATE: &str = "Parameters: {Port: {Type: Number}, Env: {Type: String}}
Conditions: {IsProduction: !Equals [!Ref Env, production]}
Resources:
  Zone: {Type: AWS::Route53::HostedZone}
  M: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !ImportValue the-mesh, Tags: [{Key: env, Value: !Ref Env}]}}
  N:
    Type: AWS::AppMesh::VirtualNode
    Condition: IsProduction
    Properties: {MeshName: m, VirtualNodeName: !Sub 'n-${Env}', Spec: {ServiceDiscovery: {DNS: {Hostname: !Ref Zone}}}}
  R:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: m
      VirtualRouterName: r
      Spec: {Listeners: [{PortMapping: {Port: !Ref Port, Protocol: http}}, {PortMapping: {Port: !Ref Port, Protocol: http}}]}
";

#[test]
fn every_value_that_is_open_is_named_with_what_settles_it() {
    insta::assert_snapshot!(why(TEMPLATE), @r"
    the files leave values open, and nothing is changed:
      ${ImportValue the-mesh}, meshName of mesh ${ImportValue the-mesh}: no parameter gives it: write its value there, or name the file that says it as well
      ${Env}, tags[0].value of mesh ${ImportValue the-mesh}: give --parameter Env=…
      n-${Env}, virtualNodeName of virtual node n-${Env}: give --parameter Env=…
      ${Zone}, spec.serviceDiscovery.dns.hostname of virtual node n-${Env}: no parameter gives it: write its value there, or name the file that says it as well
      whether `IsProduction` holds, the condition of virtual node n-${Env}: give --parameter NAME=VALUE for what decides it
      ${Port}, spec.listeners[0].portMapping.port of virtual router r and 1 other place: give --parameter Port=…
    ");
}

#[test]
fn a_deletion_needs_names_alone() {
    let deletion = run(&nothing(), "delete mesh", TEMPLATE).answer.unwrap_err().to_string();
    insta::assert_snapshot!(deletion, @r"
    the files leave values open, and nothing is changed:
      ${ImportValue the-mesh}, meshName of mesh ${ImportValue the-mesh}: no parameter gives it: write its value there, or name the file that says it as well
      n-${Env}, virtualNodeName of virtual node n-${Env}: give --parameter Env=…
    ");
}

#[test]
fn a_name_that_a_file_leaves_to_the_command_line_is_a_parameter() {
    let route = r#"{"spec": {"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets": [{"virtualNode": "n", "weight": 1}]}}}}"#;
    insta::assert_snapshot!(why(route), @r"
    the files leave values open, and nothing is changed:
      ${meshName}, meshName of route ${virtualRouterName}/${mesh.routeName}: give --parameter meshName=…
      ${virtualRouterName}, virtualRouterName of route ${virtualRouterName}/${mesh.routeName}: give --parameter virtualRouterName=…
      ${mesh.routeName}, routeName of route ${virtualRouterName}/${mesh.routeName}: give --parameter routeName=…
    ");
}

#[test]
fn files_with_faults_are_not_applied() {
    let mesh = r#"{"meshName": "m", "spec": {}}"#;
    assert!(why(&mesh.replace("{}", "3")).contains("the files have faults"));
    assert!(why(&format!("[{mesh}, {mesh}]")).contains("the files define it twice"));
}

#[test]
fn what_was_said_beside_a_resource_stops_nothing() {
    let mesh = r#"{"mesh": {"meshName": "m", "spec": {}, "metadata": {"createdAt": {"year": 2024}, "version": 1}}}"#;
    assert!(run(&nothing(), "apply mesh", mesh).output().ends_with("done: 1 created\n"));
}
