//! Intrinsic functions, conditions and parameters: what they come to, what stays open, and how that is shown and written.
//!
//! Source of what each function returns: CloudFormation User Guide, intrinsic function reference; return
//! values of each `AWS::AppMesh::*`.

use std::collections::BTreeMap;

use meshwright_dialect::{Dialect, Input, Options, Reading, read};
use meshwright_model::scalar::Name;
use meshwright_model::{Path, Resource, Scalar};

use crate::broken::{all_said, assert_presentable, names};
use crate::{input, own_corpus, read_own, read_text};

/// Declarations that every case below may use.
const HEADER: &str = r#"{
  "Parameters": {
    "Given": {"Type": "String", "Default": "default"},
    "Defaulted": {"Type": "String", "Default": "dflt"},
    "Open": {"Type": "String"},
    "Number": {"Type": "Number", "Default": 8080},
    "List": {"Type": "CommaDelimitedList", "Default": "a, b ,c"},
    "Ports": {"Type": "List<Number>", "Default": "80,443"},
    "OpenList": {"Type": "CommaDelimitedList"},
    "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/path"},
    "StoredList": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/a/path"}
  },
  "Mappings": {"Map": {"eu": {"port": 80, "names": ["x", "y"]}, "us": {"port": 81}}},
  "Conditions": {
    "Yes": {"Fn::Equals": [{"Ref": "Defaulted"}, "dflt"]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
    "Unknown": {"Fn::Equals": [{"Ref": "Open"}, "x"]}
  },
  "Resources": {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Node": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "node-a", "Spec": {}}},
    "Unnamed": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "Spec": {}}},
"#;

/// The same declarations in YAML, which takes JSON's lines as flow style.
fn template(resource: &str, is_yaml: bool) -> String {
    if is_yaml {
        // A brace at the start would be read as JSON first.
        let header = HEADER.trim_start_matches('{').replace("\n  \"", "\n\"").replace("},\n\"", "}\n\"");
        format!("AWSTemplateFormatVersion: \"2010-09-09\"{header}    \"Case\": {resource}\n  }}\n")
    } else {
        format!("{HEADER}    \"Case\": {resource}\n  }}\n}}\n")
    }
}

const GIVEN: &[(&str, &str)] = &[("Given", "given"), ("AWS::AccountId", "123456789012")];

fn read_case(resource: &str, is_yaml: bool, parameters: &[(&str, &str)]) -> Reading {
    let reading = read_text(if is_yaml { "x.yaml" } else { "x.json" }, &template(resource, is_yaml), parameters);
    assert_presentable(&reading);
    reading
}

#[track_caller]
fn case(reading: &Reading) -> &Resource {
    let case = reading.inventory.resources.iter().find(|resource| resource.label.as_deref() == Some("Case"));
    case.unwrap_or_else(|| panic!("the case was not read: {:?}", all_said(reading)))
}

/// `= text` where a name is known, `? ${Name}` where it stays open.
fn shown(name: &Name) -> String {
    match name {
        Scalar::Known(_) => format!("= {name}"),
        Scalar::Open(_) => format!("? {name}"),
        Scalar::Refused(refusal) => format!("! {}", refusal.why),
    }
}

/// A call in YAML's short form, in the long form of both notations, and what it comes to.
const CALLS: &[(&str, &str, &str)] = &[
    // Ref
    ("!Ref Given", r#"{"Ref": "Given"}"#, "= given"),
    ("!Ref Defaulted", r#"{"Ref": "Defaulted"}"#, "= dflt"),
    ("!Ref Number", r#"{"Ref": "Number"}"#, "= 8080"),
    ("!Ref Open", r#"{"Ref": "Open"}"#, "? ${Open}"),
    ("!Ref Stored", r#"{"Ref": "Stored"}"#, "? ${Stored}"),
    ("!Ref Queue", r#"{"Ref": "Queue"}"#, "? ${Queue}"),
    ("!Ref AWS::Region", r#"{"Ref": "AWS::Region"}"#, "? ${AWS::Region}"),
    ("!Ref AWS::AccountId", r#"{"Ref": "AWS::AccountId"}"#, "= 123456789012"),
    // GetAtt
    ("!GetAtt Node.VirtualNodeName", r#"{"Fn::GetAtt": ["Node", "VirtualNodeName"]}"#, "= node-a"),
    ("!GetAtt [Node, MeshName]", r#"{"Fn::GetAtt": "Node.MeshName"}"#, "= m"),
    (
        "!GetAtt Unnamed.VirtualNodeName",
        r#"{"Fn::GetAtt": ["Unnamed", "VirtualNodeName"]}"#,
        "? ${Unnamed.VirtualNodeName}",
    ),
    ("!GetAtt Queue.QueueName", r#"{"Fn::GetAtt": ["Queue", "QueueName"]}"#, "? ${Queue.QueueName}"),
    ("!GetAtt Queue.A.B", r#"{"Fn::GetAtt": ["Queue", "A.B"]}"#, "? ${Queue.A.B}"),
    // Sub
    ("!Sub '${Defaulted}-${Given}'", r#"{"Fn::Sub": "${Defaulted}-${Given}"}"#, "= dflt-given"),
    ("!Sub '${Open}-x'", r#"{"Fn::Sub": "${Open}-x"}"#, "? ${Open}-x"),
    ("!Sub '${!Open}-${Given}'", r#"{"Fn::Sub": "${!Open}-${Given}"}"#, "= ${Open}-given"),
    (
        "!Sub '${Node.VirtualNodeName}.${AWS::Region}'",
        r#"{"Fn::Sub": "${Node.VirtualNodeName}.${AWS::Region}"}"#,
        "? node-a.${AWS::Region}",
    ),
    (
        "!Sub ['${a}-${Defaulted}', {a: !Ref Open}]",
        r#"{"Fn::Sub": ["${a}-${Defaulted}", {"a": {"Ref": "Open"}}]}"#,
        "? ${Open}-dflt",
    ),
    ("!Sub ['${Defaulted}', {Defaulted: own}]", r#"{"Fn::Sub": ["${Defaulted}", {"Defaulted": "own"}]}"#, "= own"),
    ("!Sub plain", r#"{"Fn::Sub": "plain"}"#, "= plain"),
    // Join
    ("!Join ['-', [a, !Ref Defaulted]]", r#"{"Fn::Join": ["-", ["a", {"Ref": "Defaulted"}]]}"#, "= a-dflt"),
    ("!Join ['', [!Ref Open, -x]]", r#"{"Fn::Join": ["", [{"Ref": "Open"}, "-x"]]}"#, "? ${Open}-x"),
    ("!Join ['-', [a, !Ref AWS::NoValue, b]]", r#"{"Fn::Join": ["-", ["a", {"Ref": "AWS::NoValue"}, "b"]]}"#, "= a-b"),
    ("!Join ['.', !Ref List]", r#"{"Fn::Join": [".", {"Ref": "List"}]}"#, "= a.b.c"),
    ("!Join ['.', !Ref OpenList]", r#"{"Fn::Join": [".", {"Ref": "OpenList"}]}"#, "? ${Join [., ${OpenList}]}"),
    ("!Join ['.', !Split ['-', 'x-y-z']]", r#"{"Fn::Join": [".", {"Fn::Split": ["-", "x-y-z"]}]}"#, "= x.y.z"),
    ("!Join ['.', [8080, true]]", r#"{"Fn::Join": [".", [8080, true]]}"#, "= 8080.true"),
    // Select and Split
    ("!Select [1, [a, b]]", r#"{"Fn::Select": [1, ["a", "b"]]}"#, "= b"),
    ("!Select ['0', !Ref List]", r#"{"Fn::Select": ["0", {"Ref": "List"}]}"#, "= a"),
    (
        "!Select [1, !Split ['-', !Ref Open]]",
        r#"{"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Open"}]}]}"#,
        "? ${Select [1, ${Split [-, ${Open}]}]}",
    ),
    ("!Select [0, !Ref StoredList]", r#"{"Fn::Select": [0, {"Ref": "StoredList"}]}"#, "? ${Select [0, ${StoredList}]}"),
    ("!Select [0, !GetAZs '']", r#"{"Fn::Select": [0, {"Fn::GetAZs": ""}]}"#, "? ${Select [0, ${GetAZs }]}"),
    // If
    ("!If [Yes, a, b]", r#"{"Fn::If": ["Yes", "a", "b"]}"#, "= a"),
    ("!If [No, a, !Ref Given]", r#"{"Fn::If": ["No", "a", {"Ref": "Given"}]}"#, "= given"),
    ("!If [Unknown, a, b]", r#"{"Fn::If": ["Unknown", "a", "b"]}"#, "? ${Unknown ? a : b}"),
    (
        "!If [Unknown, !If [Yes, a, b], !Ref Open]",
        r#"{"Fn::If": ["Unknown", {"Fn::If": ["Yes", "a", "b"]}, {"Ref": "Open"}]}"#,
        "? ${Unknown ? a : ${Open}}",
    ),
    (
        "!If [No, !If [Unknown, a, b], !If [Yes, c, d]]",
        r#"{"Fn::If": ["No", {"Fn::If": ["Unknown", "a", "b"]}, {"Fn::If": ["Yes", "c", "d"]}]}"#,
        "= c",
    ),
    (
        "!Sub ['${a}-x', {a: !If [Unknown, p, q]}]",
        r#"{"Fn::Sub": ["${a}-x", {"a": {"Fn::If": ["Unknown", "p", "q"]}}]}"#,
        "? ${Unknown ? p : q}-x",
    ),
    // FindInMap
    ("!FindInMap [Map, eu, port]", r#"{"Fn::FindInMap": ["Map", "eu", "port"]}"#, "= 80"),
    (
        "!FindInMap [Map, !If [Yes, us, eu], port]",
        r#"{"Fn::FindInMap": ["Map", {"Fn::If": ["Yes", "us", "eu"]}, "port"]}"#,
        "= 81",
    ),
    (
        "!Select [1, !FindInMap [Map, eu, names]]",
        r#"{"Fn::Select": [1, {"Fn::FindInMap": ["Map", "eu", "names"]}]}"#,
        "= y",
    ),
    (
        "!FindInMap [Map, !Ref Open, port]",
        r#"{"Fn::FindInMap": ["Map", {"Ref": "Open"}, "port"]}"#,
        "? ${FindInMap [Map, ${Open}, port]}",
    ),
    // ImportValue, Base64 and what nobody here can know
    ("!ImportValue theirs", r#"{"Fn::ImportValue": "theirs"}"#, "? ${ImportValue theirs}"),
    (
        "{'Fn::ImportValue': !Sub '${Given}-x'}",
        r#"{"Fn::ImportValue": {"Fn::Sub": "${Given}-x"}}"#,
        "? ${ImportValue given-x}",
    ),
    ("!Base64 foo", r#"{"Fn::Base64": "foo"}"#, "= Zm9v"),
    ("{'Fn::Base64': !Sub '${Given}!'}", r#"{"Fn::Base64": {"Fn::Sub": "${Given}!"}}"#, "= Z2l2ZW4h"),
    ("{'Fn::Base64': !Ref Open}", r#"{"Fn::Base64": {"Ref": "Open"}}"#, "? ${Base64 ${Open}}"),
    ("!Transform {Name: Macro}", r#"{"Fn::Transform": {"Name": "Macro"}}"#, "? ${Transform {Name: Macro}}"),
];

fn mesh(name: &str) -> String {
    format!("{{\"Type\": \"AWS::AppMesh::Mesh\", \"Properties\": {{\"MeshName\": {name}}}}}")
}

#[test]
fn every_function_comes_to_the_same_in_every_form() {
    let mut wrong = Vec::new();
    for (short, long, expected) in CALLS {
        for (call, is_yaml) in [(short, true), (long, true), (long, false)] {
            let reading = read_case(&mesh(call), is_yaml, GIVEN);
            let found = shown(&case(&reading).mesh);
            if found != *expected || !reading.findings.is_empty() {
                wrong.push((*call, is_yaml, found, *expected, all_said(&reading)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Read to be written back, nothing is settled by a parameter; what is written says what was read.
#[test]
fn every_function_is_written_back_as_it_stood() {
    let options = || Options { keep_parameters: true, ..Options::default() };
    let read_one = |name: &str, text: &str| {
        read(vec![Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() }], &options())
    };
    for (short, ..) in CALLS {
        let first = read_one("x.yaml", &template(&mesh(short), true));
        for notation in Dialect::named("cloudformation").unwrap().notations {
            let written = notation.write(&first.inventory);
            assert_eq!(written.ledger, [], "{short}");
            let second = read_one(&format!("x.{}", notation.name), &written.text);
            assert_eq!(second.findings, first.findings, "{short}\n{}", written.text);
            assert!(case(&first).says_the_same(case(&second)), "{short}\n{}", written.text);
            assert_eq!(notation.write(&second.inventory).text, written.text, "{short}");
        }
    }
}

#[test]
fn what_is_the_same_is_equal_however_it_is_written() {
    let same = [
        "!Sub '${Open}-node'",
        "!Join ['', [!Ref Open, -node]]",
        "!Join ['-', [!Ref Open, node]]",
        "!Sub ['${a}-${b}', {a: !Ref Open, b: node}]",
    ];
    let other =
        ["!Sub '${Open}node'", "!Sub '${OpenList}-node'", "!Sub '${!Open}-node'", "!If [Unknown, a, b]", "a-node"];
    let name = |call: &str| case(&read_case(&mesh(call), true, &[])).mesh.clone();
    for call in same {
        assert_eq!(name(call), name(same[0]), "{call}");
    }
    for call in other {
        assert_ne!(name(call), name(same[0]), "{call}");
    }
}

// ---------------------------------------------------------------------------------------------- conditions

/// A condition, and whether it holds: without more, with `Open` given as `x`, and as `y`.
const CONDITIONS: &[(&str, [Option<bool>; 3])] = &[
    ("!Equals [a, a]", [Some(true); 3]),
    ("!Equals [a, b]", [Some(false); 3]),
    ("!Equals [!Ref Open, x]", [None, Some(true), Some(false)]),
    ("!Equals [!Ref Open, !Ref Open]", [Some(true); 3]),
    ("!Equals [!Ref Number, 8080]", [Some(true); 3]),
    ("!Equals [!Ref Number, '8080']", [Some(true); 3]),
    ("!Equals [true, 'true']", [Some(true); 3]),
    ("!Equals [!Sub '${Defaulted}', dflt]", [Some(true); 3]),
    ("!Equals [!Select [0, !Ref List], a]", [Some(true); 3]),
    ("!Equals [!FindInMap [Map, eu, port], 80]", [Some(true); 3]),
    ("!Equals [!Join ['', [!Ref Open, y]], xy]", [None, Some(true), Some(false)]),
    ("!Not [!Equals [!Ref Open, x]]", [None, Some(false), Some(true)]),
    ("!And [Condition: Yes, Condition: Unknown]", [None, Some(true), Some(false)]),
    ("!And [!Condition Yes, !Condition Yes]", [Some(true); 3]),
    ("!And [Condition: Unknown, Condition: No]", [Some(false); 3]),
    ("!Or [Condition: Unknown, Condition: Yes]", [Some(true); 3]),
    ("!Or [Condition: Unknown, Condition: No]", [None, Some(true), Some(false)]),
    ("!Or [!And [Condition: Yes, !Not [Condition: No]], Condition: Unknown]", [Some(true); 3]),
    ("!Not [!Or [!Not [Condition: Unknown], !And [Condition: No, Condition: Yes]]]", [None, Some(true), Some(false)]),
    ("!And [Condition: Yes, Condition: Yes, Condition: Yes, Condition: Unknown]", [None, Some(true), Some(false)]),
    ("!Equals [!Ref AWS::Region, eu-west-1]", [None; 3]),
    ("{Condition: Yes}", [Some(true); 3]),
];

#[test]
fn conditions_hold_fail_or_wait_for_parameters() {
    for (condition, expected) in CONDITIONS {
        for (parameters, expected) in [&[][..], &[("Open", "x")], &[("Open", "y")]].into_iter().zip(expected) {
            let text = template(&mesh("case").replacen('{', "{\"Condition\": \"C\", ", 1), true)
                .replace("\"Conditions\": {", &format!("\"Conditions\": {{\n    \"C\": {condition},"));
            let reading = read_text("x.yaml", &text, parameters);
            assert_eq!(all_said(&reading), Vec::<String>::new(), "{condition}");
            let case = reading.inventory.resources.iter().find(|resource| resource.label.as_deref() == Some("Case"));
            let found = case.map(|case| case.condition.as_deref());
            // Absent, there in any case, or there under its condition.
            let due = match expected {
                Some(false) => None,
                Some(true) => Some(None),
                None => Some(Some("C")),
            };
            assert_eq!(found, due, "{condition} with {parameters:?}");
        }
    }
}

/// CloudFormation refuses these; a resource that then hangs on nothing would be shown as if it might be there.
#[test]
fn conditions_that_say_nothing_are_errors() {
    for condition in
        ["!Equalz [a, a]", "5", "!Equals [a]", "!Not [Condition: Yes, Condition: No]", "!Condition Nope", "[a]", "~"]
    {
        let text = format!(
            "Conditions:\n  Yes: !Equals [a, a]\n  No: !Equals [a, b]\n  C: {condition}\nResources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    \
             Condition: C\n    Properties: {{MeshName: m}}\n"
        );
        let reading = read_text("x.yaml", &text, &[]);
        assert_eq!(names(&reading), ["mesh m"], "{condition}");
        let lines: Vec<String> = reading.findings.iter().map(crate::line).collect();
        assert!(
            lines.len() == 1 && lines[0].starts_with("4:") && lines[0].contains(" error "),
            "{condition}: {lines:?}"
        );
    }
}

#[test]
fn regions_and_accounts_settle_conditions_where_they_are_given() {
    let text = template(&mesh("!If [C, here, there]"), true)
        .replace("\"Conditions\": {", "\"Conditions\": {\n    \"C\": !Equals [!Ref AWS::Region, eu-west-1],");
    for (parameters, expected) in [
        (&[][..], "? ${C ? here : there}"),
        (&[("AWS::Region", "eu-west-1")], "= here"),
        (&[("AWS::Region", "us-east-1")], "= there"),
    ] {
        let reading = read_text("x.yaml", &text, parameters);
        assert_eq!(shown(&case(&reading).mesh), expected);
        assert_eq!(reading.used_parameters.len(), parameters.len());
    }
}

// ---------------------------------------------------------------------------------------------- blocks

fn gateway(listener: &str, rest: &str) -> String {
    format!(
        "{{\"Type\": \"AWS::AppMesh::VirtualGateway\", \"Properties\": {{\"MeshName\": \"m\", \"VirtualGatewayName\": \"g\", \
         \"Spec\": {{\"Listeners\": [{{\"PortMapping\": {{\"Port\": 80, \"Protocol\": \"http\"}}{listener}}}]{rest}}}}}}}"
    )
}

const TLS: &str = "{Mode: STRICT, Certificate: {ACM: {CertificateArn: arn}}}";

#[test]
fn blocks_are_there_absent_or_open() {
    let tls = Path::of(&["spec", "listeners"]).index(0).field("tls");
    for (value, is_there, is_open) in [
        (format!("!If [Yes, {TLS}, !Ref AWS::NoValue]"), true, false),
        (format!("!If [No, {TLS}, !Ref AWS::NoValue]"), false, false),
        (format!("!If [Unknown, {TLS}, !Ref AWS::NoValue]"), false, true),
        (format!("!If [Yes, !If [Unknown, {TLS}, !Ref AWS::NoValue], {TLS}]"), false, true),
        ("!Ref AWS::NoValue".to_owned(), false, false),
        (TLS.to_owned(), true, false),
        ("!FindInMap [Map, !Ref Open, tls]".to_owned(), false, true),
    ] {
        let reading = read_case(&gateway(&format!(", TLS: {value}"), ""), true, &[]);
        assert_eq!(all_said(&reading), Vec::<String>::new(), "{value}");
        let gateway = case(&reading);
        let spec = serde_json::to_value(&gateway.spec).unwrap();
        assert_eq!(!spec["listeners"][0]["tls"].is_null(), is_there, "{value}");
        assert_eq!(gateway.has_gap(&tls), is_open, "{value}: {:?}", gateway.gaps);
    }
}

#[test]
fn whole_lists_and_specifications_may_be_open() {
    let listeners = "[{PortMapping: {Port: 80, Protocol: http}}]";
    for (spec, path) in [
        (format!("!If [Unknown, {{Listeners: {listeners}}}, {{Listeners: []}}]"), Path::of(&["spec"])),
        (format!("{{Listeners: !If [Unknown, {listeners}, []]}}"), Path::of(&["spec", "listeners"])),
    ] {
        let resource = format!(
            "{{\"Type\": \"AWS::AppMesh::VirtualGateway\", \"Properties\": {{\"MeshName\": \"m\", \"VirtualGatewayName\": \"g\", \"Spec\": {spec}}}}}"
        );
        let reading = read_case(&resource, true, &[]);
        assert_eq!(all_said(&reading), Vec::<String>::new(), "{spec}");
        assert!(case(&reading).has_gap(&path), "{spec}: {:?}", case(&reading).gaps);
        let given = read_case(&resource, true, &[("Open", "x")]);
        assert!(case(&given).gaps.is_empty(), "{spec}");
        assert_eq!(serde_json::to_value(&case(&given).spec).unwrap()["listeners"][0]["portMapping"]["port"], 80);
    }
}

/// What is open in a part that is required leaves the rest of the block neither lost nor moved.
#[test]
fn partly_open_blocks_are_written_back_whole() {
    let text = template(
        r#"{"Type": "AWS::AppMesh::Route", "Properties": {"MeshName": "m", "VirtualRouterName": "v", "RouteName": "r", "Spec": {
      "Priority": 3,
      "HttpRoute": {
        "Match": {"Prefix": "/kept", "Headers": [{"Name": "first", "Match": !If [Unknown, {Exact: a}, {Exact: b}]}, {"Name": "second"}]},
        "Timeout": {"Idle": {"Unit": "s", "Value": 5}},
        "Action": !If [Unknown, {WeightedTargets: [{VirtualNode: a, Weight: 1}]}, {WeightedTargets: [{VirtualNode: b, Weight: 2}]}]
      }}}},
    "Router": {"Type": "AWS::AppMesh::VirtualRouter", "Properties": {"MeshName": "m", "VirtualRouterName": "v", "Spec": {"Listeners": [
      {"PortMapping": !If [Unknown, {Port: 1, Protocol: http}, {Port: 2, Protocol: http}]},
      {"PortMapping": {"Port": 3, "Protocol": "http"}}]}}},
    "Backend": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": "m", "VirtualNodeName": "b", "Spec": {"Backends": [
      {"VirtualService": !If [Unknown, {VirtualServiceName: one}, {VirtualServiceName: two}]},
      !If [Unknown, {VirtualService: {VirtualServiceName: three}}, !Ref AWS::NoValue],
      {"VirtualService": {"VirtualServiceName": "four"}}]}}}"#,
        true,
    );
    let options = || Options { keep_parameters: true, ..Options::default() };
    let read_one =
        |text: &str| read(vec![Input { name: "x.yaml".to_owned(), bytes: text.as_bytes().to_vec() }], &options());
    let first = read_one(&text);
    assert_eq!(all_said(&first), Vec::<String>::new());
    let written = Dialect::named("cloudformation").unwrap().notations[0].write(&first.inventory);
    let kept = [
        "Prefix: /kept",
        "Name: first",
        "Name: second",
        "Value: 5",
        "Exact: b",
        "Priority: 3",
        "Weight: 2",
        "Port: 2",
        "Port: 3",
    ];
    for part in kept.iter().chain(&["VirtualServiceName: two", "VirtualServiceName: three", "VirtualServiceName: four"])
    {
        assert!(
            written.text.contains(part),
            "{part} is lost, and the ledger says {:?}\n{}",
            written.ledger,
            written.text
        );
    }
    let second = read_one(&written.text);
    for (left, right) in [("Case", "Case"), ("Router", "Router"), ("Backend", "Backend")] {
        let find = |reading: &Reading, label: &str| {
            reading
                .inventory
                .resources
                .iter()
                .find(|resource| resource.label.as_deref() == Some(label))
                .cloned()
                .unwrap()
        };
        assert!(find(&first, left).says_the_same(&find(&second, right)), "{left}\n{}", written.text);
    }
}

#[test]
fn values_take_the_type_of_the_place_they_stand_in() {
    let resource = gateway(
        ", TLS: {Mode: !If [Yes, STRICT, DISABLED], Certificate: {ACM: {CertificateArn: !Sub 'arn:${AWS::Partition}:x'}}}",
        ", BackendDefaults: {ClientPolicy: {TLS: {Enforce: !Ref Flag, Ports: !Ref Ports, Validation: {Trust: {ACM: {CertificateAuthorityArns: !Split [',', 'a,b']}}}}}}",
    )
    .replace("\"Port\": 80", "\"Port\": !Ref Number");
    let text = template(&resource, true)
        .replace("\"Open\": {", "\"Flag\": {\"Type\": \"String\", \"Default\": \"true\"},\n    \"Open\": {");
    let reading = read_text("x.yaml", &text, &[]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    let spec = serde_json::to_value(&case(&reading).spec).unwrap();
    let policy = &spec["backendDefaults"]["clientPolicy"]["tls"];
    assert_eq!(spec["listeners"][0]["portMapping"]["port"], 8080);
    assert_eq!((&policy["enforce"], &policy["ports"]), (&serde_json::json!(true), &serde_json::json!([80, 443])));
    assert_eq!(policy["validation"]["trust"]["acm"]["certificateAuthorityArns"], serde_json::json!(["a", "b"]));
    let given = read_text("x.yaml", &text, &[("Number", "many"), ("Ports", "1,70000")]);
    let lines: Vec<String> = given.findings.iter().map(crate::line).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("`many` is no number for parameter `Number`"), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("\"many\" is not a whole number from 1 to 65535")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("70000 is over 65535")), "{lines:?}");
}

/// The value of a dynamic reference is known when the stack is made, not before.
#[test]
fn dynamic_references_stay_open_and_are_written_back() {
    for value in ["{{resolve:ssm:/x}}", "{{resolve:ssm:/x:2}}", "{{resolve:secretsmanager:x:SecretString:y}}"] {
        let port = read_case(&gateway("", "").replace("\"Port\": 80", &format!("\"Port\": '{value}'")), true, &[]);
        assert_eq!(all_said(&port), Vec::<String>::new(), "{value}");
        for text in [value.to_owned(), format!("a-{value}-b")] {
            let reading = read_case(&mesh(&format!("'{text}'")), true, &[]);
            assert_eq!(all_said(&reading), Vec::<String>::new(), "{text}");
            assert!(
                case(&reading).mesh.open().is_some(),
                "{text} is not the mesh's name: {}",
                shown(&case(&reading).mesh)
            );
            let written = Dialect::named("cloudformation").unwrap().notations[0].write(&reading.inventory).text;
            assert!(written.contains(&text), "{text}\n{written}");
        }
    }
}

// ---------------------------------------------------------------------------------------------- parameters

#[test]
fn values_of_parameters_keep_to_their_declaration() {
    for (declared, value, said) in [
        ("{Type: String, MinLength: 2, MaxLength: '3'}", "ab", None),
        (
            "{Type: String, MinLength: 2, MaxLength: '3'}",
            "ä",
            Some("`ä` is too short for parameter `P` -> its MinLength is 2"),
        ),
        ("{Type: String, MaxLength: '3'}", "abcd", Some("`abcd` is too long for parameter `P` -> its MaxLength is 3")),
        ("{Type: Number, MinValue: 1, MaxValue: 65535}", "65535", None),
        ("{Type: Number, MinValue: 1}", "0", Some("`0` is too small for parameter `P` -> its MinValue is 1")),
        ("{Type: Number, MaxValue: 1.5}", "1.6", Some("`1.6` is too large for parameter `P` -> its MaxValue is 1.5")),
        ("{Type: Number}", "many", Some("`many` is no number for parameter `P` -> its type is `Number`")),
        ("{Type: Number, MaxValue: many}", "5", None),
        (
            "{Type: List<Number>, MaxValue: 9}",
            "1, 10",
            Some("`10` is too large for parameter `P` -> its MaxValue is 9"),
        ),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "b, a", None),
        ("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "", None),
        (
            "{Type: CommaDelimitedList, AllowedValues: [a, b]}",
            "a,c",
            Some("`c` is not allowed for parameter `P` -> it takes a, b"),
        ),
        (
            "{Type: String, AllowedPattern: '[a-z]+'}",
            "1",
            Some("`1` does not match what is allowed for parameter `P` -> its AllowedPattern is `[a-z]+`"),
        ),
    ] {
        let text = format!("Parameters:\n  P: {declared}\nResources: {{M: {{Type: AWS::AppMesh::Mesh}}}}\n");
        let expected: Vec<String> = said.map(|said| format!("2:3 error invalid-value: {said}")).into_iter().collect();
        let defaulted = text.replacen("{Type", &format!("{{Default: \"{value}\", Type"), 1);
        for (text, given) in [(&text, vec![("P", value)]), (&defaulted, vec![])] {
            let mut said = all_said(&read_text("x.yaml", text, &given));
            said.retain(|said| said.contains("invalid-value"));
            assert_eq!(said, expected, "{text}");
        }
    }
}

#[test]
fn parameters_are_given_defaulted_refused_or_open() {
    let text = "Parameters:\n  Stage:\n    Type: String\n    Default: test\n    AllowedValues: [test, prod]\nResources:\n  Mesh:\n    \
                Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: !Ref Stage}\n";
    let error = |value: &str| {
        vec![format!("2:3 error invalid-value: `{value}` is not allowed for parameter `Stage` -> it takes test, prod")]
    };
    for (given, name, said) in [
        (None, "mesh test", vec![]),
        (Some("prod"), "mesh prod", vec![]),
        (Some("qa"), "mesh qa", error("qa")),
        (Some(""), "mesh ", error("")),
    ] {
        let parameters: Vec<(&str, &str)> = given.map(|value| ("Stage", value)).into_iter().collect();
        let reading = read_text("x.yaml", text, &parameters);
        assert_eq!(names(&reading), [name]);
        let errors: Vec<String> = all_said(&reading).into_iter().filter(|said| said.contains("allowed")).collect();
        assert_eq!(errors, said);
        assert_eq!(reading.used_parameters, parameters.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
    let defaulted = read_text("x.yaml", &text.replace("Default: test", "Default: qa"), &[]);
    assert_eq!(all_said(&defaulted), error("qa"));
    let open = read_text("x.yaml", &text.replace("    Default: test\n", ""), &[("Other", "x")]);
    assert_eq!(names(&open), ["mesh ${Stage}"]);
    assert_eq!((all_said(&open), &open.used_parameters), (vec![], &vec![]));
}

// ---------------------------------------------------------------------------------------------- names

#[test]
fn the_arn_of_a_resource_is_no_name() {
    let template = |name: &str| {
        format!(
            "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: m}}\n  Router:\n    Type: AWS::AppMesh::VirtualRouter\n    \
             Properties:\n      MeshName: {name}\n      VirtualRouterName: r\n      Spec: {{Listeners: []}}\n"
        )
    };
    let help = "`Ref` gives the ARN; write `!GetAtt Mesh.MeshName`";
    for call in [
        "!Ref Mesh",
        "{Ref: Mesh}",
        "!GetAtt Mesh.Arn",
        "!Sub '${Mesh}'",
        "!Sub '${Mesh.Arn}'",
        "!Join ['', [!Ref Mesh]]",
    ] {
        let reading = read_text("x.yaml", &template(call), &[]);
        assert_eq!(
            all_said(&reading),
            [format!("8:17 error arn-as-name: this is the ARN of `Mesh`, where its name is due [meshName] -> {help}")],
            "{call}"
        );
    }
    for call in ["!Sub '${Mesh}-x'", "!Sub 'arn:aws:appmesh:${AWS::Region}:1:mesh/m'"] {
        let reading = read_text("x.yaml", &template(call), &[]);
        assert!(
            all_said(&reading).len() == 1 && all_said(&reading)[0].starts_with("8:17 error arn-as-name: "),
            "{call}: {:?}",
            all_said(&reading)
        );
    }
    for call in ["!GetAtt Mesh.MeshName", "!Sub '${Mesh.MeshName}'", "m"] {
        assert_eq!(all_said(&read_text("x.yaml", &template(call), &[])), Vec::<String>::new(), "{call}");
    }
}

#[test]
fn the_help_names_the_attribute_that_is_due() {
    let route = |target: &str, router: &str| {
        format!(
            "{{\"Type\": \"AWS::AppMesh::Route\", \"Properties\": {{\"MeshName\": \"m\", \"VirtualRouterName\": {router}, \"RouteName\": \"r\", \
             \"Spec\": {{\"TcpRoute\": {{\"Action\": {{\"WeightedTargets\": [{{\"VirtualNode\": {target}, \"Weight\": 1}}]}}}}}}}}}}"
        )
    };
    for (resource, help) in [
        (route("!Ref Node", "v"), "write `!GetAtt Node.VirtualNodeName`"),
        (route("n", "!Ref Router"), "write `!GetAtt Router.VirtualRouterName`"),
    ] {
        let router = r#""Router": {"Type": "AWS::AppMesh::VirtualRouter", "Properties": {"MeshName": "m", "VirtualRouterName": "v", "Spec": {"Listeners": []}}},"#;
        let reading = read_text(
            "x.yaml",
            &template(&resource, true).replace("\"Queue\"", &format!("{router}\n    \"Queue\"")),
            &[],
        );
        assert!(all_said(&reading).len() == 1 && all_said(&reading)[0].ends_with(help), "{:?}", all_said(&reading));
    }
}

#[test]
fn names_that_cloudformation_makes_up_meet_their_references() {
    let text = "Resources:
  Mesh: {Type: AWS::AppMesh::Mesh}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties: {MeshName: !GetAtt Mesh.MeshName, Spec: {}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties: {MeshName: !GetAtt Mesh.MeshName, Spec: {Listeners: []}}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: !Sub '${Mesh.MeshName}'
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      Spec: {TcpRoute: {Action: {WeightedTargets: [{VirtualNode: !GetAtt Node.VirtualNodeName, Weight: 1}]}}}
";
    let reading = read_text("x.yaml", text, &[]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    assert_eq!(names(&reading)[3], "route ${Router.VirtualRouterName}/${Route.RouteName}");
    assert_no_dangling(&reading);
    // What CloudFormation does not make up is missing.
    let missing = "Resources:\n  Service:\n    Type: AWS::AppMesh::VirtualService\n    Properties: {Spec: {}}\n  Route:\n    Type: AWS::AppMesh::Route\n    \
                   Properties: {MeshName: m, Spec: {}}\n";
    assert_eq!(
        all_said(&read_text("x.yaml", missing, &[])),
        [
            "4:17 error missing-field: `MeshName` is missing [meshName]",
            "4:17 error missing-field: `VirtualServiceName` is missing [virtualServiceName]",
            "7:17 error missing-field: `VirtualRouterName` is missing [virtualRouterName]",
        ]
    );
}

/// CloudFormation reads plain scalars by YAML 1.1. Source: CloudFormation User Guide, template formats.
#[test]
fn plain_scalars_are_those_of_yaml_1_1() {
    for (written, name) in [
        ("yes", "true"),
        ("no", "false"),
        ("On", "true"),
        ("off", "false"),
        ("0123", "83"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("1:30", "90"),
        ("1.5", "1.5"),
        ("123456789012", "123456789012"),
        ("012345678901", "012345678901"),
        ("012345670123", "1402433619"),
        ("2012-10-17", "2012-10-17"),
        ("'0123'", "0123"),
        ("\"yes\"", "yes"),
        ("!!str 0123", "0123"),
        ("!!str yes", "yes"),
        ("nonsense", "nonsense"),
    ] {
        let reading = read_text(
            "x.yaml",
            &format!("Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: {written}}}\n"),
            &[],
        );
        assert_eq!(names(&reading), [format!("mesh {name}")], "{written}");
        assert_eq!(all_said(&reading), Vec::<String>::new(), "{written}");
    }
    // An account that starts with 0 is a smaller number: the quotes that would help are named.
    let owner = "Resources:\n  N:\n    Type: AWS::AppMesh::VirtualNode\n    Properties: {MeshName: m, MeshOwner: 012345670123, Spec: {}}\n";
    let reading = read_text("x.yaml", owner, &[]);
    assert_eq!(reading.findings.len(), 1);
    assert!(all_said(&reading)[0].starts_with("4:42 error invalid-value: "), "{:?}", all_said(&reading));
    assert_eq!(
        all_said(&read_text("x.yaml", &owner.replace("012345670123", "'012345670123'"), &[])),
        Vec::<String>::new()
    );
}

// ---------------------------------------------------------------------------------------------- templates together

fn assert_no_dangling(reading: &Reading) {
    let index = reading.inventory.index();
    for resource in &reading.inventory.resources {
        for reference in resource.references() {
            assert!(index.target(resource, &reference).is_some(), "{}: {} is not there", resource.id(), reference.name);
        }
    }
}

fn assert_all_known(reading: &Reading) {
    for resource in &reading.inventory.resources {
        assert!(resource.gaps.is_empty() && !format!("{resource:?}").contains("Open("), "{resource:?}");
    }
}

#[test]
fn exports_meet_imports() {
    let files = ["split/network.yaml", "split/nodes.yaml", "split/routes.yaml"];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let reading = read_own(&order.map(|at| files[at]));
        assert_eq!(all_said(&reading), Vec::<String>::new());
        assert_eq!(reading.inventory.resources.len(), 10);
        assert_all_known(&reading);
        assert_no_dangling(&reading);
        assert!(reading.inventory.resources.iter().all(|resource| resource.mesh.to_string() == "post-staging"));
        assert!(names(&reading).contains(&"virtual service tracking.staging.post.internal".to_owned()));
    }
}

#[test]
fn imports_that_meet_no_export_stay_open_without_a_word() {
    let reading = read_own(&["split/routes.yaml"]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    assert!(
        reading
            .inventory
            .resources
            .iter()
            .all(|resource| resource.mesh.to_string() == "${ImportValue staging-mesh-name}")
    );
    assert!(names(&reading).contains(&"virtual service sorting.${ImportValue staging-namespace-name}".to_owned()));
}

#[test]
fn parameters_reach_every_template() {
    let inputs = ["network", "nodes", "routes"].map(|name| input(&own_corpus().join(format!("split/{name}.yaml"))));
    let given = [("Environment", "prod"), ("GreenWeight", "30"), ("BlueWeight", "70")];
    let parameters: BTreeMap<String, String> = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let reading = read(inputs.into(), &Options { parameters, ..Options::default() });
    assert_all_known(&reading);
    assert_no_dangling(&reading);
    assert!(names(&reading).contains(&"mesh post-prod".to_owned()));
    assert_eq!(reading.used_parameters, ["BlueWeight", "Environment", "GreenWeight"]);
}

#[test]
fn nested_stacks_are_loaded_with_their_parameters() {
    let reading = read_own(&["split/network.yaml", "split/parent.yaml"]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    assert_all_known(&reading);
    assert_no_dangling(&reading);
    for name in ["virtual node parcels", "virtual service parcels.staging.post.internal"] {
        assert!(names(&reading).iter().any(|found| found == name), "{:?}", names(&reading));
    }
    let node = reading.inventory.resources.iter().find(|resource| resource.name.to_string() == "parcels").unwrap();
    let spec = serde_json::to_value(&node.spec).unwrap();
    assert_eq!(spec["listeners"][0]["portMapping"]["port"], 8081, "the parent's value");
    assert_eq!(spec["listeners"][0]["healthCheck"]["path"], "/up", "the child's default");
    // The nested template among the files itself is still the one of its stack.
    let both = read_own(&["split/network.yaml", "split/nested.yaml", "split/parent.yaml"]);
    assert_eq!(both.inventory.resources.len(), reading.inventory.resources.len(), "{:?}", names(&both));
    // Alone, it waits for its parameters.
    assert_eq!(
        names(&read_own(&["split/nested.yaml"])),
        ["virtual node ${Name}", "virtual service ${Name}.${Namespace}"]
    );
}

fn read_files(files: &[(&str, &str)]) -> Reading {
    let load = |name: &str| files.iter().find(|(file, _)| *file == name).map(|(_, text)| text.as_bytes().to_vec());
    let input = Input { name: files[0].0.to_owned(), bytes: files[0].1.as_bytes().to_vec() };
    read(vec![input], &Options { load: &load, ..Options::default() })
}

const CHILD: &str = "Parameters: {N: {Type: String}}\nResources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: !Ref N}\n\
                     Outputs:\n  Name: {Value: !GetAtt Mesh.MeshName}\n";

/// One template for many services is the usual reason to nest stacks.
#[test]
fn one_template_in_several_stacks_is_there_several_times() {
    let stack = |label: &str, name: &str| {
        format!(
            "  {label}:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: child.yaml, Parameters: {{N: {name}}}}}\n"
        )
    };
    let parent =
        format!("Resources:\n{}{}{}", stack("A", "a"), stack("B", "!Sub '${A.Outputs.Name}b'"), stack("C", "c"));
    let reading = read_files(&[("parent.yaml", &parent), ("child.yaml", CHILD)]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    let mut names = names(&reading);
    names.sort();
    assert_eq!(names, ["mesh a", "mesh ab", "mesh c"]);
}

#[test]
fn stacks_whose_template_is_not_at_hand_are_mentioned() {
    for (url, column) in [
        ("gone.yaml", 31),
        ("https://bucket.s3.amazonaws.com/x.yaml", 31),
        ("!Sub 'https://${AWS::Region}/x.yaml'", 31),
        ("broken.yaml", 31),
    ] {
        let parent =
            format!("Resources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: {url}}}\n");
        let reading = read_files(&[("parent.yaml", &parent), ("broken.yaml", "- just\n- a list\n")]);
        let lines: Vec<String> = reading.findings.iter().map(crate::line).collect();
        assert!(
            lines.iter().any(|line| line.starts_with(&format!("4:{column} info unread-stack: "))),
            "{url}: {lines:?}"
        );
        assert!(reading.unreadable.is_empty(), "{url}: {:?}", reading.unreadable);
    }
}

#[test]
fn sam_and_sections_of_no_interest_are_passed_over() {
    let text = "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: x
Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: []}}
Globals: {Function: {Timeout: 3}}
Rules: {R: {Assertions: [{Assert: !Equals [a, a]}]}}
Hooks: {H: {Type: AWS::CodeDeploy::BlueGreen}}
Resources:
  Fn::ForEach::Loop: [Name, [a, b], {'Queue${Name}': {Type: AWS::SQS::Queue}}]
  Function:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: s3://x/y, Events: {Api: {Type: Api, Properties: {Path: /, Method: get}}}}
  Mesh:
    Type: AWS::AppMesh::Mesh
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Metadata: {a: b}
    Properties: {MeshName: m}
  Custom: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Function.Arn}}
Outputs: {O: {Value: !Ref Function}}
";
    let reading = read_text("x.yaml", text, &[]);
    let said =
        "9:3 info not-expanded: `Fn::ForEach::Loop` is expanded by CloudFormation alone; what it makes is not read";
    assert_eq!(all_said(&reading), [said]);
    assert_eq!(names(&reading), ["mesh m"]);
    let reading = read_own(&["ecs/bakery.yaml"]);
    assert_eq!((all_said(&reading), reading.inventory.workloads.len() > 1), (vec![], true));
}

#[test]
fn a_name_in_plain_text_is_no_reference() {
    let text = "Parameters: {Project: {Type: String}, Port: {Type: String}}
Resources:
  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: '${Project}-mesh'}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: !Sub '${Project}-mesh'
      VirtualNodeName: {'Fn::Join': ['-', ['${Project}', node]]}
      Spec: {ServiceDiscovery: {DNS: {Hostname: 'node.${Project}.${AWS::Region}.local'}}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties: {MeshName: '${stage}-mesh', VirtualServiceName: 'a.${Mesh.MeshName}', Spec: {}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: '${AWS::StackName}'
      ContainerDefinitions:
        - Name: app
          Image: '${Registry}/app'
          Command: [sh, -c, 'serve --port ${Port}']
          Environment: [{Name: A, Value: '${Port}'}, {Name: B, Value: '${aws:username}'}, {Name: C, Value: '${PORT}'}]
  Function: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: 'f`${Port}`'}}}
";
    let said = |place: &str, name: &str| {
        format!(
            "{place} warning literal-reference: `${{{name}}}` stays as it stands: only Fn::Sub puts a value in \
             -> put the text under Fn::Sub, or `!Sub`"
        )
    };
    let literal = |text: &str| {
        let all = all_said(&read_text("x.yaml", text, &[]));
        all.into_iter().filter(|said| said.contains("literal-reference")).collect::<Vec<_>>()
    };
    let expected = [
        said("3:59", "Project"),
        said("9:49", "Project"),
        said("12:65", "Mesh.MeshName"),
        said("16:15", "AWS::StackName"),
        said("21:42", "Port"),
    ];
    assert_eq!(literal(text), expected);
    // A macro may put values in.
    assert!(literal(&format!("Transform: [Mine]\n{text}")).is_empty());
}

#[test]
fn a_name_that_cannot_be_read_is_nobody_s_name() {
    for value in ["null", "[a]"] {
        let template = format!(
            "Resources:\n  M: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: {value}}}}}\n  N: {{Type: AWS::AppMesh::VirtualNode, \
             Properties: {{MeshName: !GetAtt M.MeshName, VirtualNodeName: n, Spec: {{}}}}}}\n"
        );
        let reading = read_text("x.yaml", &template, &[]);
        let node = reading.inventory.resources.iter().find(|resource| resource.name.known().is_some()).unwrap();
        assert_eq!(node.mesh.to_string(), "${M.MeshName}", "{value}");
    }
}
