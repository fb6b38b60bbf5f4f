//! What writers make of what they cannot say: they keep it, or their ledger says what became of it.

use meshwright_dialect::{Dialect, Input, Options, Reading, Written, read};

use crate::read_text;

/// Reads a template as `convert --as cloudformation` does.
fn read_template(text: &str) -> Reading {
    let input = Input { name: "t.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
    read(vec![input], &Options { keep_parameters: true, ..Options::default() })
}

fn write(dialect: &str, reading: &Reading) -> Written {
    Dialect::named(dialect).unwrap().notations[0].write(&reading.inventory)
}

fn messages(written: &Written) -> Vec<&str> {
    written.ledger.iter().map(|loss| loss.message.as_str()).collect()
}

const MESH: &str = "  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: a\n";

fn node(more: &str, name: &str) -> String {
    format!(
        "  Node:\n    Type: AWS::AppMesh::VirtualNode\n{more}    Properties:\n      MeshName: !GetAtt Mesh.MeshName\n      \
         VirtualNodeName: {name}\n      Spec: {{}}\n"
    )
}

#[test]
fn undefined_names_of_a_template_stay_as_they_stood() {
    let text = format!("Resources:\n{MESH}{}", node("", "!Sub \"${Nope.VirtualNodeName}-x\""));
    let written = write("cloudformation", &read_template(&text));
    assert!(written.text.contains("${Nope.VirtualNodeName}-x"), "{}", written.text);
    assert!(!written.text.contains("Parameters"), "{}", written.text);
}

#[test]
fn what_a_resource_depends_on_stays_or_is_in_the_ledger() {
    let text = format!("Resources:\n{MESH}{}", node("    DependsOn: Nope\n", "n"));
    let written = write("cloudformation", &read_template(&text));
    assert_eq!(messages(&written), ["it depends on `Nope`, which is not written; left out"]);
    let written = write("cloudformation", &read_template(&format!("Transform: AWS::Serverless-2016-10-31\n{text}")));
    assert!(written.text.contains("DependsOn:\n      - Nope"), "a transform may make it: {}", written.text);
    assert_eq!(messages(&written), [""; 0]);
}

#[test]
fn outputs_of_what_is_not_written_are_left_out() {
    let outputs = "Outputs:\n  A:\n    Value: !Ref Mesh\n  B:\n    Value: !Sub \"${Node.Arn}-${AWS::Region}\"\n";
    let mut reading = read_template(&format!("Resources:\n{MESH}{}{outputs}", node("", "n")));
    assert_eq!(messages(&write("cloudformation", &reading)), [""; 0]);
    reading.inventory.resources.retain(|resource| resource.label.as_deref() == Some("Mesh"));
    let written = write("cloudformation", &reading);
    assert_eq!(messages(&written), ["output `B` refers to `Node`, which is not written; left out"]);
    assert!(written.text.contains("  A:") && !written.text.contains("  B:"), "{}", written.text);
}

#[test]
fn every_open_name_of_json_has_a_parameter_of_its_own() {
    let text = r#"{"meshName": $A_B, "virtualNodeName": $AB, "spec": {}}"#;
    let written = write("cloudformation", &read_text("x.json", text, &[]));
    assert!(written.text.contains("!Ref AB\n") && written.text.contains("!Ref AB2\n"), "{}", written.text);
    let text = r#"{"spec": {"backends": []}} {"spec": {"serviceDiscovery": {"dns": {"hostname": "h"}}}}"#;
    let reading = read_text("virtual-node.json", text, &[]);
    assert_eq!(reading.inventory.resources.len(), 2);
    let written = write("cloudformation", &reading);
    let mut names: Vec<&str> = written.text.lines().filter(|line| line.contains("VirtualNodeName: !Ref")).collect();
    names.dedup();
    assert_eq!(names.len(), 2, "{}", written.text);
}

#[test]
fn the_owner_of_a_shared_mesh_is_kept() {
    let describe = |owner: &str| {
        let metadata = format!(r#"{{"meshOwner": "{owner}", "resourceOwner": "222222222222", "uid": "u"}}"#);
        let text = format!(r#"{{"meshName": "m", "virtualNodeName": "n", "spec": {{}}, "metadata": {metadata}}}"#);
        write("cloudformation", &read_text("x.json", &text, &[]))
    };
    let written = describe("111111111111");
    assert!(written.text.contains("MeshOwner: \"111111111111\""), "{}", written.text);
    assert_eq!(messages(&written), ["`resourceOwner`, `uid`: the API's to give; left out"]);
    assert!(!describe("222222222222").text.contains("MeshOwner"));
}

#[test]
fn the_ledger_of_json_says_how_open_values_are_written() {
    let text = format!(
        "Parameters:\n  P:\n    Type: String\nResources:\n{MESH}{}{}",
        node("", "!Sub \"${P}-x\""),
        "  Router:\n    Type: AWS::AppMesh::VirtualRouter\n    Properties:\n      MeshName: !Ref P\n      \
         VirtualRouterName: !Ref AWS::Region\n      Spec:\n        Listeners: []\n"
    );
    let written = write("json", &read_text("t.yaml", &text, &[]));
    let messages = messages(&written).join("\n");
    let as_text = "written as text, which neither jq nor the AWS CLI fills in";
    for expected in [
        format!("`${{P}}-x` stays open: {as_text}"),
        format!("`${{AWS::Region}}` stays open: {as_text}"),
        "`${P}` stays open: written as a variable of jq".to_owned(),
    ] {
        assert!(messages.contains(&expected), "{messages}");
    }
}

#[test]
fn json_says_what_else_a_template_had() {
    let queue = "  Queue:\n    Type: AWS::SQS::Queue\nOutputs:\n  A:\n    Value: !Ref Mesh\n";
    let written = write("json", &read_template(&format!("Resources:\n{MESH}{queue}")));
    assert_eq!(messages(&written), ["1 × Outputs, 1 × Resources: only CloudFormation has them; left out"]);
}
