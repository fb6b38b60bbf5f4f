//! Templates that nest templates, and what resolving them may cost.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use meshwright_dialect::{Input, Options, Reading, read};

use crate::{lines, read_text};

/// Reads `root.yaml` with the other files beside it.
fn read_stacks(files: &[(&str, &str)]) -> Reading {
    let beside: BTreeMap<&str, &str> = files.iter().copied().collect();
    let load = |name: &str| beside.get(name).map(|text| text.as_bytes().to_vec());
    let root = Input { name: "root.yaml".to_owned(), bytes: beside["root.yaml"].as_bytes().to_vec() };
    read(vec![root], &Options { load: &load, ..Options::default() })
}

fn names(reading: &Reading) -> Vec<String> {
    reading.inventory.resources.iter().map(|resource| resource.name.to_string()).collect()
}

const SERVICE: &str = "\
Parameters: {Name: {Type: String}}
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties: {MeshName: shop, VirtualNodeName: !Ref Name, Spec: {}}
";

fn stack(label: &str, file: &str, rest: &str) -> String {
    format!(
        "  {label}: {{Type: AWS::CloudFormation::Stack, {rest} Properties: {{TemplateURL: {file}, Parameters: {{Name: {label}}}}}}}\n"
    )
}

fn mesh(rest: &str) -> String {
    format!("Resources:\n  Mesh: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: shop}}}}\n{rest}")
}

#[test]
fn a_template_nested_twice_is_read_for_each_stack() {
    let root = format!("Resources:\n{}{}", stack("a", "service.yaml", ""), stack("b", "service.yaml", ""));
    let reading = read_stacks(&[("root.yaml", &root), ("service.yaml", SERVICE)]);
    assert_eq!(names(&reading), ["a", "b"]);
    assert_eq!(lines(&reading), [""; 0]);
}

/// A template whose names nothing settles.
const OPEN: &str = "\
Parameters: {MeshName: {Type: String}, ServiceName: {Type: String}}
Conditions: {Blue: !Equals [!Ref ServiceName, blue]}
Mappings: {Names: {eu: {name: x}}}
Resources:
  Named:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Unnamed
    Properties: {MeshName: !Ref MeshName, VirtualNodeName: !Sub '${ServiceName}-node', Spec: {}}
  Unnamed: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: !Ref MeshName, Spec: {}}}
  OfStack:
    Type: AWS::AppMesh::VirtualNode
    Properties: {MeshName: !Ref MeshName, VirtualNodeName: !Ref AWS::StackName, Spec: {}}
  Chosen:
    Type: AWS::AppMesh::VirtualNode
    Properties: {MeshName: !Ref MeshName, VirtualNodeName: !If [Blue, a, b], Spec: {}}
  Mapped:
    Type: AWS::AppMesh::VirtualNode
    Properties: {MeshName: !Ref MeshName, VirtualNodeName: !FindInMap [Names, !Ref AWS::Region, name], Spec: {}}
  Route:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: !Ref MeshName
      VirtualServiceName: !Sub '${ServiceName}.local'
      Spec: {Provider: {VirtualNode: {VirtualNodeName: !GetAtt Named.VirtualNodeName}}}
";

/// Each resource of a mesh stands in its graph by itself, leads to what stands in its own template, and waits for that.
fn assert_apart(reading: &Reading) {
    let inventory = &reading.inventory;
    let index = inventory.index();
    assert_eq!((inventory.resources.len(), index.duplicates()), (12, &[][..]));
    let order = meshwright_model::order::Order::of(&index);
    for placed in &order.placed {
        let resource = &inventory.resources[placed.position];
        let wanted: &[usize] = match resource.label.as_deref().unwrap() {
            "Named" => &[placed.position + 1],
            "Route" => &[placed.position - 5],
            _ => &[],
        };
        let after: Vec<usize> = placed.reasons.iter().map(|reason| reason.after).collect();
        assert_eq!(after, wanted, "{}", resource.name);
    }
}

#[test]
fn open_names_of_two_templates_do_not_clash_but_for_their_mesh() {
    let input = |name: &str, text: &str| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let reading = read(vec![input("a.yaml", OPEN), input("b.yaml", OPEN)], &Options::default());
    assert_apart(&reading);
    assert_eq!(reading.inventory.meshes().len(), 1);
    let shown: Vec<String> = names(&reading).into_iter().step_by(6).collect();
    assert_eq!(shown, ["${ServiceName}-node", "${ServiceName}-node"]);
    // What one template defines and another names is the same thing, as one parameter has one value.
    let mesh = "Parameters: {MeshName: {Type: String}, ServiceName: {Type: String}}\nResources:\n  Service:\n    \
        Type: AWS::AppMesh::VirtualService\n    Properties: {MeshName: !Ref MeshName, VirtualServiceName: s, \
        Spec: {Provider: {VirtualNode: {VirtualNodeName: !Sub '${ServiceName}-node'}}}}\n";
    let reading = read(vec![input("a.yaml", OPEN), input("b.yaml", mesh)], &Options::default());
    let service = reading.inventory.resources.last().unwrap();
    let provider = service.references().pop().unwrap();
    assert_eq!(reading.inventory.index().target(service, &provider), Some(0));
}

#[test]
fn a_template_nested_twice_has_names_of_its_own_in_each_stack() {
    let stack = |label: &str, more: &str| {
        format!(
            "  {label}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: open.yaml, \
             Parameters: {{MeshName: !Ref M{more}}}}}}}\n"
        )
    };
    let root = |a: &str, b: &str| {
        format!("Parameters: {{M: {{Type: String}}}}\nResources:\n{}{}", stack("a", a), stack("b", b))
    };
    // Given differently by what nobody knows, and not given at all.
    let others = ("ServiceName: !GetAtt X.Name", "ServiceName: !GetAtt Y.Name");
    for (a, b) in [(format!(", {}", others.0), format!(", {}", others.1)), (String::new(), String::new())] {
        let reading = read_stacks(&[("root.yaml", &root(&a, &b)), ("open.yaml", OPEN)]);
        assert_apart(&reading);
        assert_eq!(reading.inventory.meshes().len(), 1);
    }
    // Given alike, one name is one name.
    let (a, b) = (", ServiceName: !Ref M", ", ServiceName: !Ref M");
    let reading = read_stacks(&[("root.yaml", &root(a, b)), ("open.yaml", OPEN)]);
    assert_eq!(reading.inventory.index().duplicates(), [(0, 6), (5, 11)]);
}

#[test]
fn a_template_that_nests_itself_is_read_once() {
    let root = mesh(&stack("a", "root.yaml", ""));
    let reading = read_stacks(&[("root.yaml", &root)]);
    assert_eq!(names(&reading), ["shop"]);
    assert_eq!(reading.findings[0].rule, "unread-stack");
}

#[test]
fn nested_templates_are_bounded() {
    let ten = |file: &str| -> String {
        (0..10)
            .map(|number| stack(&format!("s{number}"), file, ""))
            .fold("Resources:\n".to_owned(), |all, one| all + &one)
    };
    let (root, second, third) = (ten("second.yaml"), ten("third.yaml"), ten("service.yaml"));
    let files = [("root.yaml", &*root), ("second.yaml", &second), ("third.yaml", &third), ("service.yaml", SERVICE)];
    let reading = read_stacks(&files);
    assert!((1..=256).contains(&names(&reading).len()), "{}", names(&reading).len());
    assert!(reading.findings.iter().any(|finding| finding.rule == "unread-stack"));
}

#[test]
fn a_stack_exists_as_its_condition_says() {
    let conditions =
        "Parameters: {Env: {Type: String}}\nConditions:\n  Never: !Equals [a, b]\n  Prod: !Equals [!Ref Env, prod]\n";
    let stacks = stack("a", "service.yaml", "Condition: Never,") + &stack("b", "service.yaml", "Condition: Prod,");
    let root = format!("{conditions}Resources:\n{stacks}");
    let reading = read_stacks(&[("root.yaml", &root), ("service.yaml", SERVICE)]);
    assert_eq!(names(&reading), ["b"]);
    assert_eq!(reading.inventory.resources[0].condition.as_deref(), Some("Prod"));
}

#[test]
fn what_is_no_template_is_asked_for_once() {
    let root = mesh(&(stack("a", "notes.yaml", "") + &stack("b", "notes.yaml", "")));
    let asked = std::cell::Cell::new(0);
    let load = |_: &str| {
        asked.set(asked.get() + 1);
        Some(b"just: notes\n".to_vec())
    };
    let input = Input { name: "root.yaml".to_owned(), bytes: root.into_bytes() };
    let reading = read(vec![input], &Options { load: &load, ..Options::default() });
    assert_eq!(asked.get(), 1);
    assert!(reading.source("notes.yaml").is_none());
}

#[test]
fn exports_follow_conditions_and_do_not_compete() {
    let outputs = "\
Conditions: {Never: !Equals [a, b]}
Outputs:
  A: {Condition: Never, Value: a, Export: {Name: one}}
  B: {Value: b, Export: {Name: one}}
  C: {Value: c, Export: {Name: two}}
  D: {Value: d, Export: {Name: two}}
Resources:
  One: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !ImportValue one}}
  Two: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !ImportValue two}}
";
    assert_eq!(names(&read_text("x.yaml", outputs, &[])), ["b", "${ImportValue two}"]);
}

#[test]
fn resolving_is_bounded() {
    let nested = |function: &str, depth: usize, innermost: &str| {
        (0..depth).fold(innermost.to_owned(), |inner, _| function.replace('#', &inner))
    };
    let or =
        nested(r#"{"Fn::Or": [#, {"Fn::Equals": ["a", {"Ref": "P"}]}]}"#, 30, r#"{"Fn::Equals": ["a", {"Ref": "P"}]}"#);
    let sub = nested(r#"{"Fn::Sub": ["${a}${a}", {"a": #}]}"#, 30, r#""x""#);
    let coded = nested(r#"{"Fn::Base64": #}"#, 30, r#"{"Ref": "P"}"#);
    let name = |number: usize| {
        format!(
            r#""R{number}": {{"Type": "AWS::AppMesh::Mesh", "Properties": {{"MeshName": {{"Fn::Sub": "${{R{}.MeshName}}${{R{}.MeshName}}"}}}}}}"#,
            number + 1,
            number + 1
        )
    };
    let chain: Vec<String> = (0..40).map(name).collect();
    for resources in [
        format!(r#""M": {{"Type": "AWS::AppMesh::Mesh", "Properties": {{"MeshName": {sub}}}}}"#),
        format!(r#""M": {{"Type": "AWS::AppMesh::Mesh", "Properties": {{"MeshName": {coded}}}}}"#),
        format!(
            r#"{}, "R40": {{"Type": "AWS::AppMesh::Mesh", "Condition": "C", "Properties": {{"MeshName": "xx"}}}}"#,
            chain.join(",")
        ),
    ] {
        let text = format!(
            r#"{{"Parameters": {{"P": {{"Type": "String"}}}}, "Conditions": {{"C": {or}}}, "Resources": {{{resources}}}}}"#
        );
        let start = Instant::now();
        let reading = read_text("x.json", &text, &[]);
        assert!(start.elapsed() < Duration::from_secs(20));
        assert!(!names(&reading).is_empty());
    }
}

#[test]
fn undefined_names_are_bounded_and_left_to_macros() {
    let mesh =
        |number: usize| format!("  R{number}: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: !Ref Q{number}}}}}");
    let refs = (0..20_000).map(mesh).collect::<Vec<String>>().join("\n");
    let start = Instant::now();
    let reading = read_text("x.yaml", &format!("Resources:\n{refs}"), &[]);
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(reading.findings.iter().filter(|finding| finding.rule == "undefined-name").count(), 100);
    let one = "Resources:\n  M: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !Ref Q}}\n";
    assert_eq!(read_text("x.yaml", one, &[]).findings.len(), 1);
    assert!(!read_text("x.yaml", &format!("Transform: AWS::Serverless-2016-10-31\n{one}"), &[]).has_faults());
}

#[test]
fn attributes_keys_and_positions_that_do_not_exist_are_reported() {
    let text = "\
Mappings: {Names: {a: {b: shop}}}
Resources:
  Node: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: !FindInMap [Names, a, c], Spec: {}}}
  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !Select [2, [a, b]]}}
  Other: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !GetAtt Node.Name}}
";
    let reading = read_text("x.yaml", text, &[]);
    let said: Vec<&str> = reading.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "mapping `Names` has no key `c`",
            "there is no element 2 in a list of 2",
            "`Name` is not an attribute of a virtual node",
        ]
    );
    assert_eq!(reading.findings[2].help.as_deref(), Some("did you mean `VirtualNodeName`?"));
}

#[test]
fn open_properties_are_not_read_and_not_lost() {
    let text = "\
Conditions: {Never: !Equals [a, b]}
Resources:
  Node: {Type: AWS::AppMesh::VirtualNode, Properties: {'Fn::Transform': {Name: Make}}}
  Mesh: {Type: AWS::AppMesh::Mesh, Condition: Never, Properties: {MeshName: shop}}
  Beside: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, 'Fn::Transform': {Name: Make}}}
";
    let reading = read_text("x.yaml", text, &[]);
    assert!(!reading.has_faults(), "{:?}", lines(&reading));
    assert_eq!(reading.inventory.resources.len(), 1);
    let input = Input { name: "x.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
    let kept = read(vec![input], &Options { keep_parameters: true, ..Options::default() });
    assert_eq!(kept.inventory.resources[0].condition.as_deref(), Some("Never"));
    let declared: Vec<&str> = kept.inventory.declarations.iter().map(|declared| declared.name.as_str()).collect();
    assert!(declared.contains(&"Node") && declared.contains(&"Beside"), "{declared:?}");
}

#[test]
fn dependencies_reach_through_other_resources() {
    let text = "\
Resources:
  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: shop}}
  Wait: {Type: AWS::CloudFormation::WaitConditionHandle, DependsOn: Mesh}
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${Wait}'}}
  Node: {Type: AWS::AppMesh::VirtualNode, DependsOn: Topic, Properties: {MeshName: shop, Spec: {}}}
";
    let reading = read_text("x.yaml", text, &[]);
    assert_eq!(reading.inventory.resources[1].depends_on, ["Mesh", "Topic"]);
}

#[test]
fn mappings_call_no_functions() {
    let text = "\
Mappings: {Names: {a: {b: !Ref AWS::Region, c: shop}}}
Resources:
  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !FindInMap [Names, a, c]}}
  Open: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !FindInMap [Names, a, b]}}
";
    assert_eq!(names(&read_text("x.yaml", text, &[("AWS::Region", "eu")])), ["shop", "${AWS::Region}"]);
}

#[test]
fn an_arn_from_another_template_is_put_right_there() {
    let file = |name: &str, text: &str| Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
    let mesh = "Resources:\n  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: m}}\n  Own: {Type: \
        AWS::AppMesh::VirtualNode, Properties: {MeshName: !Ref Mesh, Spec: {}}}\nOutputs:\n  M: {Value: !Ref Mesh, \
        Export: {Name: mesh}}\n";
    let node =
        "Resources:\n  Node: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: !ImportValue mesh, Spec: {}}}\n";
    let reading = read(vec![file("mesh.yaml", mesh), file("node.yaml", node)], &Options::default());
    let help: Vec<&str> = reading.findings.iter().filter_map(|finding| finding.help.as_deref()).collect();
    assert_eq!(
        help,
        [
            "`Ref` gives the ARN; write `!GetAtt Mesh.MeshName`",
            "another template hands it over; let that hand over `!GetAtt Mesh.MeshName`",
        ]
    );
}

#[test]
fn the_name_of_a_stored_value_is_not_the_value() {
    let text = "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /mesh/name}}\nResources:\n  \
        Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: !Ref P}}\n";
    assert_eq!(names(&read_text("x.yaml", text, &[])), ["${P}"]);
    let given = read_text("x.yaml", text, &[("P", "/other")]);
    assert_eq!((names(&given), given.used_parameters.len()), (vec!["${P}".to_owned()], 1));
    let message = "what is given for parameter `P` is the name of a stored value; the value stays open";
    assert_eq!(lines(&given), [format!("1:14 info stored-value: {message}")]);
}
