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
        "Parameters:\n  P:\n    Type: String\n  Q:\n    Type: String\nResources:\n{MESH}{}{}{}",
        node("", "!Sub \"${P}-x\""),
        node("", "!Ref Q").replace("  Node:", "  Other:"),
        "  Router:\n    Type: AWS::AppMesh::VirtualRouter\n    Properties:\n      MeshName: !Sub '${P}-${AWS::Region}'\n      \
         VirtualRouterName: !Ref AWS::Region\n      Spec:\n        Listeners: []\n"
    );
    let written = write("json", &read_text("t.yaml", &text, &[]));
    let messages = messages(&written).join("\n");
    let as_text = "written as text, which neither jq nor the AWS CLI fills in";
    for expected in [
        "`${P}` stays open: written as a variable of jq".to_owned(),
        format!("`${{P}}-${{AWS::Region}}` stays open: {as_text}"),
        format!("`${{AWS::Region}}` stays open: {as_text}"),
        "`${Q}` stays open: written as a variable of jq".to_owned(),
    ] {
        assert!(messages.contains(&expected), "{messages}");
    }
}

#[test]
fn the_ledger_of_json_has_one_line_for_a_variable() {
    let nodes = node("", "!Sub \"${P}-x\"") + &node("", "!Ref P").replace("  Node:", "  Other:");
    let template = format!("Parameters:\n  P:\n    Type: String\nResources:\n{MESH}{nodes}");
    let said: Vec<String> = lost_as_json(&template).into_iter().filter(|line| line.contains("stays open")).collect();
    assert_eq!(said, ["virtualNodeName: `${P}` stays open: written as a variable of jq; so at 2 places"]);
}

#[test]
fn a_program_of_jq_that_is_written_back_loses_nothing() {
    let json = |text: &str| write("json", &read_text("x.json", text, &[]));
    let node = r#"{"meshName": $MESH, "virtualNodeName": "\($MESH)-\($NODE)", "spec": {"listeners": $LISTENERS}}"#;
    for text in [node.to_owned(), format!("[{node},\n{}]", node.replace("$NODE", "$OTHER"))] {
        let written = json(&text);
        assert_eq!(messages(&written), [""; 0], "{text}");
        assert_eq!(messages(&json(&written.text)), [""; 0], "{}", written.text);
        assert!(
            written.text.contains("\\($MESH)-\\($NODE)") && written.text.contains("$LISTENERS"),
            "{}",
            written.text
        );
    }
    let unnamed = json(r#"[{"virtualNodeName": "n", "spec": {}}, {"spec": {"backends": []}}]"#);
    let name = "`${x_virtualNodeName}` stays open: written as a variable of jq";
    assert_eq!(messages(&unnamed), [name], "a name that no file has: {}", unnamed.text);
}

#[test]
fn json_says_what_else_a_template_had() {
    let queue = "  Queue:\n    Type: AWS::SQS::Queue\nOutputs:\n  A:\n    Value: !Ref Mesh\n";
    let written = write("json", &read_template(&format!("Resources:\n{MESH}{queue}")));
    assert_eq!(messages(&written), ["1 × AWS::SQS::Queue, 1 × Outputs: only CloudFormation has them; left out"]);
}

/// Reads a template as `convert --as json` does, and says what of it is lost.
fn lost_as_json(text: &str) -> Vec<String> {
    let written = write("json", &read_text("t.yaml", text, &[]));
    let place =
        |loss: &meshwright_dialect::Loss| loss.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
    written.ledger.iter().map(|loss| format!("{}{}", place(loss), loss.message)).collect()
}

#[test]
fn json_names_the_loop_whose_resources_it_leaves_out() {
    let resources = "  Fn::ForEach::Nodes: [N, [x, y], {'Node${N}': {Type: AWS::AppMesh::VirtualNode}}]\n";
    assert_eq!(
        lost_as_json(&format!("Resources:\n{MESH}{resources}")),
        ["1 × Fn::ForEach::Nodes: its condition does not hold, or only CloudFormation knows what it says; left out"]
    );
}

#[test]
fn json_says_what_of_a_template_it_leaves_out() {
    let mesh = "Description: d\nParameters:\n  P: {Type: String, Default: a}\nConditions:\n  C: !Equals [!Ref P, b]\n\
        Resources:\n  Queue: {Type: AWS::SQS::Queue}\n  Task: {Type: AWS::ECS::TaskDefinition}\n  Mesh:\n    \
        Type: AWS::AppMesh::Mesh\n    DeletionPolicy: Retain\n    Properties: {MeshName: !Ref P}\n  Other:\n    \
        Type: AWS::AppMesh::Mesh\n    Condition: C\n    Properties: {MeshName: b}\nOutputs:\n  A: {Value: !Ref Mesh}\n";
    let expected = [
        "1 × AWS::ECS::TaskDefinition, 1 × AWS::SQS::Queue, 1 × Description, 1 × Outputs, 1 × resource attributes: only \
         CloudFormation has them; left out",
        "1 × AWS::AppMesh::Mesh: its condition does not hold, or only CloudFormation knows what it says; left out",
        "1 × Conditions, 1 × Parameters: only CloudFormation has them; what they come to is written where it is used",
    ];
    assert_eq!(lost_as_json(mesh), expected);
}

#[test]
fn names_that_cannot_be_read_are_in_the_ledger() {
    let lines = |text: &str, dialect: &str| -> Vec<String> {
        let written = write(dialect, &read_text("t", text, &[]));
        assert!(!written.text.contains("NoValue") && !written.text.contains("left out"), "{}", written.text);
        written.ledger.iter().filter_map(|loss| Some(format!("{}: {}", loss.path.as_ref()?, loss.message))).collect()
    };
    let template = "Resources:\n  N:\n    Type: AWS::AppMesh::Route\n    Properties:\n      MeshName: null\n      \
        MeshOwner: {}\n      VirtualRouterName: [r]\n      RouteName:\n      Spec: {}\n";
    let json = r#"{"meshName": null, "meshOwner": {}, "virtualRouterName": ["r"], "routeName": null, "spec": {}}"#;
    let expected = ["meshName", "meshOwner", "routeName", "virtualRouterName"];
    let expected = expected.map(|path| format!("{path}: could not be read; left out"));
    for (text, dialect) in [template, json].into_iter().flat_map(|text| [(text, "json"), (text, "cloudformation")]) {
        assert_eq!(lines(text, dialect), expected, "{text} as {dialect}");
    }
    let mesh = "Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: null}\n";
    assert_eq!(lines(mesh, "cloudformation"), expected[..1]);
    assert_eq!(lines(mesh, "json"), expected[..1]);
}

#[test]
fn members_that_nothing_knows_are_in_the_ledger() {
    let node = "Resources:\n  N:\n    Type: AWS::AppMesh::VirtualNode\n    Properties:\n      MeshName: m\n      \
        VirtualNodeName: n\n      Colour: red\n      Spec:\n        Zzz: 1\n        Fn::Transform: {Name: Make}\n        \
        Listeners:\n          - {PortMapping: {Port: 1, Protocol: http}, Qqqqqq: 1}\n";
    let expected = ["Colour", "spec.Fn::Transform", "spec.Zzz", "spec.listeners[0].Qqqqqq"];
    assert_eq!(lost_as_json(node), expected.map(|path| format!("{path}: could not be read; left out")));
    let reading = read_template(node);
    assert_eq!(write("cloudformation", &reading).ledger.len(), 4);
    let json = r#"{"meshName": "m", "spec": {}, "metadata": {"uid": "u", "tags": {"a": "b"}, "arn": $ARN}}"#;
    let ledger = write("json", &read_text("x.json", json, &[])).ledger;
    let paths: Vec<String> = ledger.iter().filter_map(|loss| Some(loss.path.as_ref()?.to_string())).collect();
    assert_eq!(paths, ["metadata.arn", "metadata.tags"]);
}

#[test]
fn a_value_that_a_parameter_is_given_becomes_its_default() {
    let text = "Parameters:\n  A: {Type: String, Default: a}\n  B: {Type: String}\n  C: {Type: Number, Default: 1}\n\
        Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: !Sub \"${A}${B}\"\n";
    let parameters = [("A", "x"), ("B", "007")].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let input = Input { name: "t.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
    let options = Options { keep_parameters: true, parameters, ..Options::default() };
    let written = write("cloudformation", &read(vec![input], &options));
    assert_eq!(messages(&written), [""; 0]);
    let reading = read_text("t.yaml", &written.text, &[]);
    assert_eq!(reading.inventory.resources[0].name.to_string(), "x007");
    assert!(written.text.contains("!Sub ${A}${B}") && written.text.contains("Default: 1\n"), "{}", written.text);
}

#[test]
fn texts_that_jq_fills_in_come_back_as_they_were() {
    let text = r#"{"meshName": $MESH, "virtualNodeName": "a-\( $A )-\u0062\\(x)\(.b["c"] // (1))", "spec": {"serviceDiscovery":
        {"dns": {"hostname": "\($A)"}}, "listeners": "l-\($L)"}}"#;
    let first = read_text("x.json", text, &[]);
    let node = &first.inventory.resources[0];
    assert_eq!(node.name.to_string(), r#"a-${A}-b\(x)${(.b["c"] // (1))}"#);
    let said: Vec<String> = first.findings.iter().map(|finding| finding.message.clone()).collect();
    assert_eq!(said, [r#"this is a template: (.b["c"] // (1)), A, L, MESH stay open"#]);
    let written = write("json", &first);
    assert!(written.text.contains(r#""a-\($A)-b\\(x)\(.b["c"] // (1))""#), "{}", written.text);
    assert!(written.text.contains(r#""hostname": $A"#) && written.text.contains(r#""l-\($L)""#), "{}", written.text);
    let second = read_text("x.json", &written.text, &[]);
    assert!(node.says_the_same(&second.inventory.resources[0]), "{}", written.text);
    assert_eq!(write("json", &second).text, written.text);
    let filled = read_text("x.json", text, &[("A", "7"), ("MESH", "m"), ("L", "l")]);
    assert_eq!(filled.inventory.resources[0].name.to_string(), r#"a-7-b\(x)${(.b["c"] // (1))}"#);
    assert_eq!(filled.used_parameters, ["A", "L", "MESH"]);
}

/// Reads several files together.
fn read_files(files: &[(&str, &str)]) -> Reading {
    let input = |(name, text): &(&str, &str)| Input { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
    read(files.iter().map(input).collect(), &Options::default())
}

fn resources(reading: &Reading) -> Vec<String> {
    reading.inventory.resources.iter().map(|resource| format!("{} {}", resource.kind(), resource.name)).collect()
}

#[test]
fn open_names_of_two_templates_become_two_variables_of_jq() {
    let template = |label: &str, port: u16| {
        format!(
            "Parameters:\n  P: {{Type: String}}\n  P_2: {{Type: String}}\nResources:\n  {label}:\n    Type: \
             AWS::AppMesh::VirtualNode\n    Properties:\n      MeshName: !Sub \"${{P_2}}\"\n      VirtualNodeName: !Sub \
             \"${{P}}-node\"\n      Spec: {{Listeners: [{{PortMapping: {{Port: {port}, Protocol: http}}}}]}}\n"
        )
    };
    let first = read_files(&[("a.yaml", &template("A", 1)), ("b.yaml", &template("B", 2))]);
    let written = write("json", &first);
    let said: Vec<&str> = messages(&written).into_iter().filter(|message| message.contains("`${P}`")).collect();
    assert_eq!(
        said,
        [
            "`${P}` stays open: written as a variable of jq",
            "`${P}` stays open: written as a variable of jq; `$P_3`, as `$P` is another file's",
        ]
    );
    let second = read_text("x.json", &written.text, &[]);
    assert_eq!(resources(&second), ["virtual node ${P}-node", "virtual node ${P_3}-node"]);
    assert_eq!(write("json", &second).text, written.text);
}

#[test]
fn names_that_files_leave_to_the_command_line_stay_apart_in_one_text() {
    let gateway = r#"{"spec": {"listeners": [{"portMapping": {"port": 1, "protocol": "http"}}], "logging": {}}}"#;
    let node = r#"{"spec": {"serviceDiscovery": {"dns": {"hostname": "x"}}}}"#;
    let files = [("a/my-vg.json", gateway), ("b/my-vg.json", gateway), ("c/vn.json", node)];
    let first = read_files(&files);
    let written = write("json", &first);
    assert!(written.ledger.iter().all(|loss| {
        loss.message.ends_with("written as a variable of jq")
            || loss
                .message
                .ends_with("; `$my_vg_virtualGatewayName_2`, as `$my_vg_virtualGatewayName` is another file's")
    }));
    assert_eq!(written.ledger.len(), 3, "{:?}", written.ledger);
    let second = read_text("all.json", &written.text, &[]);
    let names = [
        "virtual node ${vn_virtualNodeName}",
        "virtual gateway ${my_vg_virtualGatewayName}",
        "virtual gateway ${my_vg_virtualGatewayName_2}",
    ];
    assert_eq!(resources(&second), names);
    assert_eq!(write("json", &second).text, written.text);
    // Alone, the file still says whose it is.
    let alone = write("json", &read_files(&files[..1]));
    assert!(!alone.text.contains("virtualGatewayName") && alone.ledger.is_empty(), "{}", alone.text);
}

#[test]
fn what_only_looks_like_jq_is_a_fault() {
    for text in [r"\(", r"\()", r"\( )", r"\(a", r"\(a\(b))", r"\x"] {
        let reading = read_text("x.json", &format!(r#"{{"meshName": "{text}"}}"#), &[]);
        assert!(reading.findings.iter().any(|finding| finding.message == "JSON has no such escape"), "{text}");
        assert_eq!(reading.inventory.resources.len(), 1, "{text}");
    }
}
