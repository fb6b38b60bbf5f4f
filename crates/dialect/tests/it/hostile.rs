//! Input made to hurt: deep, long, many, circular, random. Each is read in bounded time and memory, and said to be bad.
//!
//! Sizes are kept small enough for an unoptimised build; costs grow linearly, so the sizes of the issue (100 MB lines) take
//! five times as long. Where a fault would take all memory, a smaller case stands first and fails first.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options, Reading, read};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::broken::{all_said, assert_presentable, has_error, names};
use crate::{files_below, line, own_corpus, read_text};

/// More findings than this of one file help nobody.
const MAX_FINDINGS: usize = 1100;

/// Reads hostile text: it must be bad, and said so in no more findings than people read.
#[track_caller]
fn hurt(name: &str, text: &str) -> Reading {
    let reading = told(name, text);
    assert!(has_error(&reading), "nothing is wrong with {name}? {:?}", all_said(&reading));
    reading
}

/// Reads text of which a part cannot be taken as it stands: that must be said, however severe it is.
#[track_caller]
fn told(name: &str, text: &str) -> Reading {
    let reading = read_text(name, text, &[]);
    assert_presentable(&reading);
    assert!(!reading.findings.is_empty(), "nothing is said of {name}");
    assert!(reading.findings.len() <= MAX_FINDINGS, "{} findings", reading.findings.len());
    reading
}

#[track_caller]
fn assert_says(reading: &Reading, part: &str) {
    let said = all_said(reading);
    assert!(said.iter().any(|said| said.contains(part)), "{part}: {:#?}", &said[..said.len().min(20)]);
}

/// One text after the other.
fn many(numbers: std::ops::Range<usize>, text: impl Fn(usize) -> String) -> String {
    numbers.map(text).collect::<Vec<_>>().concat()
}

fn mesh(name: &str) -> String {
    format!("  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: {name}\n")
}

// ---------------------------------------------------------------------------------------------- deep

#[test]
fn nesting_has_a_floor_in_every_notation() {
    let nest = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(10_000), close.repeat(10_000));
    let block = many(0..2_000, |depth| format!("{}a:\n", " ".repeat(depth)));
    for (name, text) in [
        ("x.json", nest("[", "", "]")),
        ("x.json", nest("{\"a\":", "1", "}")),
        ("x.json", nest("[{\"a\":", "1", "}]")),
        ("x.json", nest("[", "", "")),
        ("x.json", format!("{{\"Resources\": {}}}", nest("{\"Fn::Join\": [\"\", [", "1", "]]}"))),
        ("x.yaml", format!("Resources: {}\n", nest("[", "", "]"))),
        ("x.yaml", format!("Resources: {}\n", nest("{a: ", "1", "}"))),
        ("x.yaml", format!("Resources: {}\n", nest("!Sub [", "1", "]"))),
        ("x.yaml", format!("Resources: {}\n", nest("[", "", ""))),
        ("x.yaml", format!("Resources:\n  {}a\n", "- ".repeat(10_000))),
        ("x.yaml", format!("Resources:\n  {}a\n", "? ".repeat(10_000))),
        ("x.yaml", block),
    ] {
        assert_says(&hurt(name, &text), "deeper than 128 levels");
    }
}

#[test]
fn what_stands_beside_a_bottomless_value_is_read() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let text = format!("{{\"meshName\": \"a\", \"spec\": {deep}, \"tags\": []}}\n{{\"meshName\": \"b\"}}\n");
    assert_eq!(names(&hurt("x.json", &text)), ["mesh a", "mesh b"]);
    let text = format!("Resources:\n{}  Other:\n    Type: A::B::C\n    Properties: {deep}\n", mesh("a"));
    assert_eq!(names(&hurt("x.yaml", &text)), ["mesh a"]);
}

/// Each alias is as deep as what it repeats: anchors that nest each other would go down for ever.
#[test]
fn aliases_do_not_dig_deeper_than_brackets() {
    let (open, close) = ("[".repeat(100), "]".repeat(100));
    let nest = many(1..400, |n| format!("  x{n}: &x{n} {open}*x{}{close}\n", n - 1));
    for place in ["Spec: *x399", "MeshName: !Join [\"\", *x399]"] {
        let text = format!(
            "Metadata:\n  x0: &x0 [1]\n{nest}Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      {place}\n"
        );
        assert_says(&hurt("x.yaml", &text), "deeper than 128 levels");
    }
}

// ---------------------------------------------------------------------------------------------- many

#[test]
fn laughs_end_before_memory_does() {
    let laugh = |n: usize| format!("  x{n}: &x{n} [{}]\n", vec![format!("*x{}", n - 1); 10].join(", "));
    let lol = ["lol"; 10].join(", ");
    let text = format!("Resources:\n{}Metadata:\n  x0: &x0 [{lol}]\n{}", mesh("a"), many(1..10, laugh));
    let reading = hurt("x.yaml", &text);
    assert!(text.len() < 1000, "a short file");
    assert_says(&reading, "more than 1000000 values, aliases expanded");
    assert_eq!(names(&reading), ["mesh a"]);
    let long = format!("{text}# {}\n", "x".repeat(600_000 - text.len() - 3));
    assert_says(&hurt("x.yaml", &long), "more than 1200000 values, aliases expanded");
}

#[test]
fn aliases_that_stand_in_what_they_repeat_are_faults() {
    for text in [
        format!("Metadata: &m\n  again: *m\nResources:\n{}", mesh("a")),
        format!("Metadata: &m [*m, *m]\nResources:\n{}", mesh("a")),
        format!("Metadata:\n  a: &a {{b: *a}}\n  c: *a\nResources:\n{}", mesh("a")),
    ] {
        let reading = hurt("x.yaml", &text);
        assert_says(&reading, "this alias stands inside what it repeats");
        assert_eq!(names(&reading), ["mesh a"]);
    }
    assert_says(&hurt("x.yaml", "Resources: *nowhere\n"), "unknown anchor");
}

/// 20 MB on one line; 100 MB take five times as long and as much.
#[test]
fn long_lines_are_lines() {
    let long = "x".repeat(20_000_000);
    for (name, text) in [
        ("x.json", format!("{{\"meshName\": \"{long}\", \"spec\": {{}}}}")),
        ("x.json", format!("{{\"meshName\": \"\\n{long}\", \"spec\": {{}}}}")),
        ("x.yaml", format!("Resources: {{Mesh: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: {long}}}}}}}\n")),
        (
            "x.yaml",
            format!("Resources: {{Mesh: {{Type: AWS::AppMesh::Mesh, Properties: {{MeshName: \"{long}\"}}}}}}\n"),
        ),
    ] {
        let reading = hurt(name, &text);
        assert_says(&reading, "characters, more than 255");
        assert_eq!(reading.inventory.resources.len(), 1);
    }
    // A value in a message is shortened, whatever it is.
    let port = r#"{"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": [{"portMapping": {"port": "@", "protocol": "@"}}]}}"#;
    hurt("x.json", &port.replace('@', &long[..1_000_000]));
    hurt(
        "x.json",
        &format!(
            "{{\"meshName\": \"m\", \"{0}\": 1, \"spec\": {{\"{0}\": 1, \"egressFilter\": \"{0}\"}}}}",
            &long[..1_000_000]
        ),
    );
}

#[test]
fn many_faults_on_one_long_line_are_found_in_linear_time() {
    let listeners = vec![r#"{"portMapping":{"port":0,"protocol":"x"}}"#; 50_000].join(",");
    let text = format!(r#"{{"meshName":"m","virtualRouterName":"r","spec":{{"listeners":[{listeners}]}}}}"#);
    hurt("x.json", &text);
    let meshes = vec![r#"{"meshName":"m","spec":{"egressFilter":{"x":1}}}"#; 50_000].join(",");
    let reading = hurt("x.json", &format!("[{meshes}]"));
    assert_eq!(reading.inventory.resources.len(), 50_000);
}

#[test]
fn a_million_keys_are_read_in_linear_time() {
    let empty = |count: usize| vec![r#""":0"#; count].join(",");
    let distinct = many(0..100_000, |n| format!(",\"k{n}\":0"));
    hurt("x.json", &format!(r#"{{"meshName":"m","spec":{{}},{}}}"#, empty(1_000_000)));
    hurt("x.json", &format!(r#"{{"meshName":"m","spec":{{"egressFilter":{{}},{}}}}}"#, empty(200_000)));
    hurt("x.json", &format!(r#"{{"meshName":"m","spec":{{"egressFilter":{{}}{distinct}}}{distinct}}}"#));
    hurt("x.yaml", &format!("Resources:\n{}{}", mesh("m"), "      \"\": 0\n".repeat(100_000)));
    hurt("x.yaml", &format!("Resources:\n{}{}", mesh("m"), "  \"\": {Type: AWS::AppMesh::Mesh}\n".repeat(20_000)));
}

#[test]
fn thousands_of_syntax_faults_are_told_as_a_thousand() {
    for (name, text) in [
        ("x.json", format!("[{}]", "oops, ".repeat(20_000))),
        ("x.json", format!("{{{}}}", "oops: 1, ".repeat(20_000))),
        ("x.json", "}\n".repeat(20_000)),
        ("x.json", format!("{{\"meshName\": \"m\" {}}}", ",".repeat(20_000))),
        ("x.json", format!("[{}]", "\"\\q\\q\\q\\q\", ".repeat(20_000))),
        ("x.json", format!("[\"{}\"]", "\\q".repeat(20_000))),
        ("x.json", format!("{{{}\"meshName\": \"m\"}}", "// x\n".repeat(20_000))),
        ("x.json", format!("[{}]", "5, ".repeat(20_000))),
        ("x.yaml", format!("Resources:\n{}", "  a: [\n".repeat(100))),
        ("x.yaml", format!("Metadata: &m [{}]\nResources: {{}}\n", "*m, ".repeat(20_000))),
    ] {
        hurt(name, &text);
    }
}

#[test]
fn a_join_of_a_million_parts_comes_to_an_end() {
    let template = |part: &str, count: usize| {
        let join = format!(r#"{{"Fn::Join": ["", [{}]]}}"#, vec![part; count].join(","));
        let mesh = format!(r#"{{"Type": "AWS::AppMesh::Mesh", "Properties": {{"MeshName": {join}}}}}"#);
        format!(r#"{{"Parameters": {{"P": {{"Type": "String"}}}}, "Resources": {{"M": {mesh}}}}}"#)
    };
    // Joined, it is too long a name; left as it stands, that is said.
    assert_eq!(told("x.json", &template("\"a\"", 1_000_000)).inventory.resources.len(), 1);
    let open = read_text("x.json", &template(r#"{"Ref": "P"}"#, 50_000), &[]);
    assert_presentable(&open);
    assert_eq!(open.inventory.resources.len(), 1);
}

#[test]
fn numbers_of_any_size_are_refused_where_they_stand() {
    let digits = "9".repeat(400);
    for number in ["99999999999999999999", "1e999", "-1e999", "1E+2", "-0", "0.0", "65536", "80.0", &digits] {
        let text = format!(
            r#"{{"meshName": "m", "virtualRouterName": "r", "spec": {{"listeners": [{{"portMapping": {{"protocol": "http", "port": {number}}}}}]}}}}"#
        );
        assert_says(&hurt("x.json", &text), "1:113 error invalid-value: ");
    }
    let sixties = "1".to_owned() + &":59".repeat(40);
    let hex = "0x".to_owned() + &"f".repeat(40);
    for number in [
        "99999999999999999999",
        "1e999",
        ".inf",
        "-.nan",
        "1_000_000",
        "0b1111111111111111111",
        &digits,
        &sixties,
        &hex,
    ] {
        let router =
            "Type: AWS::AppMesh::VirtualRouter\n    Properties:\n      MeshName: m\n      VirtualRouterName: r\n";
        let text = format!(
            "Resources:\n  R:\n    {router}      Spec:\n        Listeners:\n          - PortMapping:\n              Port: {number}\n              Protocol: http\n"
        );
        assert_says(&hurt("x.yaml", &text), "10:21 error invalid-value: ");
    }
}

// ---------------------------------------------------------------------------------------------- circles

/// Meshes whose names are made of the next one's; the last is `x`, or the first's again.
fn chain(length: usize, references: usize, is_circle: bool) -> String {
    let mesh = |n: usize| {
        let next = format!("${{M{}.MeshName}}", (n + 1) % length);
        let name = if n + 1 == length && !is_circle {
            "x".to_owned()
        } else {
            format!("!Sub \"{}\"", next.repeat(references))
        };
        format!("  M{n}:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: {name}\n")
    };
    "Resources:\n".to_owned() + &(0..length).map(mesh).collect::<String>()
}

fn total_length(reading: &Reading) -> usize {
    reading.inventory.resources.iter().map(|resource| resource.mesh.to_string().len()).sum()
}

/// A name of ten references to a name of ten references … is a bomb as good as aliases.
#[test]
fn names_that_double_with_each_step_stay_small() {
    let text = chain(24, 2, false);
    let reading = told("x.yaml", &text);
    assert!(total_length(&reading) < 8_000_000, "{} bytes of names from {}", total_length(&reading), text.len());
    for text in [chain(30, 10, false), chain(2, 2, true), chain(3, 100, true), chain(1, 1000, true)] {
        let reading = told("x.yaml", &text);
        assert!(total_length(&reading) < 64_000_000, "{}", total_length(&reading));
    }
}

#[test]
fn resources_that_name_each_other_in_a_circle_are_told() {
    for text in [chain(1, 1, true), chain(2, 1, true), chain(3, 1, true)] {
        let reading = hurt("x.yaml", &text);
        assert_says(&reading, "refers to itself");
    }
    hurt("x.yaml", &chain(100, 1, true));
    let get_att = "Resources:\n  A:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: !GetAtt B.MeshName}\n  \
                   B:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: !GetAtt A.MeshName}\n";
    assert_says(&hurt("x.yaml", get_att), "refers to itself");
}

#[test]
fn long_chains_that_end_are_followed_to_the_end() {
    let reading = read_text("x.yaml", &chain(30, 1, false), &[]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    assert!(names(&reading).iter().all(|name| name == "mesh x"), "{:?}", names(&reading));
    // Where a chain is too long to follow, it is said.
    let long = read_text("x.yaml", &chain(200, 1, false), &[]);
    assert!(names(&long).iter().all(|name| name == "mesh x") || !long.findings.is_empty(), "{}", names(&long)[0]);
}

#[test]
fn conditions_that_ask_for_themselves_are_told_and_decide_nothing() {
    for conditions in [
        "  A: !Not [Condition: A]\n",
        "  A: !Not [Condition: B]\n  B: !Not [Condition: A]\n",
        "  A: !And [Condition: B, Condition: C]\n  B: !Or [Condition: A, Condition: C]\n  C: !If [A, B, C]\n",
    ] {
        let text = format!(
            "Conditions:\n{conditions}Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Condition: A\n    \
             Properties: {{MeshName: !If [A, a, b]}}\n"
        );
        let reading = hurt("x.yaml", &text);
        assert_says(&reading, "refers to itself");
        assert_eq!(reading.inventory.resources[0].condition.as_deref(), Some("A"));
        assert_eq!(names(&reading), ["mesh ${A ? a : b}"]);
    }
}

/// Each level asks each part once: otherwise 24 levels ask 16 million times, and 30 levels for minutes.
#[test]
fn nested_conditions_are_asked_once() {
    for function in ["Fn::And", "Fn::Or"] {
        let nested = (0..30)
            .fold("{Condition: U}".to_owned(), |inner, _| format!("{{\"{function}\": [{inner}, {{Condition: U}}]}}"));
        let text = format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions:\n  U: !Equals [!Ref P, x]\n  C: {nested}\nResources:\n  M:\n    \
             Type: AWS::AppMesh::Mesh\n    Condition: C\n    Properties: {{MeshName: m}}\n"
        );
        let reading = read_text("x.yaml", &text, &[]);
        assert_eq!(reading.inventory.resources[0].condition.as_deref(), Some("C"));
        let given = read_text("x.yaml", &text, &[("P", "x")]);
        assert_eq!((given.inventory.resources.len(), &given.inventory.resources[0].condition), (1, &None));
    }
}

/// A mapping holds values, not functions; were they called, twenty levels would be a bomb.
#[test]
fn mappings_and_parameters_call_no_functions() {
    let level = |n: usize| {
        let next = format!("!FindInMap [A, K{}, V]", n + 1);
        format!("    K{n}: {{V: !Join [\"\", [{next}, {next}]]}}\n")
    };
    let levels: String = (0..24).map(level).collect();
    let text = format!("Mappings:\n  A:\n{levels}    K24: {{V: x}}\nResources:\n{}", mesh("!FindInMap [A, K0, V]"));
    let reading = read_text("x.yaml", &text, &[]);
    assert_presentable(&reading);
    assert!(total_length(&reading) < 1_000_000, "{}", total_length(&reading));

    let text = format!(
        "Parameters:\n  A: {{Type: String, Default: !Ref B}}\n  B: {{Type: String, Default: !Ref A}}\n  \
         C: {{Type: String, Default: \"${{C}}\"}}\nResources:\n{}  \
         Other:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: !Sub \"${{C}}\"}}\n",
        mesh("!Ref A")
    );
    let reading = read_text("x.yaml", &text, &[("B", "${A}${B}")]);
    assert_presentable(&reading);
    assert_eq!(names(&reading), ["mesh ${A}", "mesh ${C}"]);
}

/// Templates by name; each loads the others.
fn read_files(files: &[(&str, String)], first: &[&str]) -> Reading {
    let files: BTreeMap<&str, &String> = files.iter().map(|(name, text)| (*name, text)).collect();
    let load = |name: &str| files.get(name.trim_start_matches("./")).map(|text| text.as_bytes().to_vec());
    let inputs = first.iter().map(|name| Input { name: (*name).to_owned(), bytes: files[name].as_bytes().to_vec() });
    let reading = read(inputs.collect(), &Options { load: &load, ..Options::default() });
    assert_presentable(&reading);
    reading
}

fn stack(label: &str, url: &str, parameters: &str) -> String {
    format!(
        "  {label}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {url}\n      Parameters: {{{parameters}}}\n"
    )
}

#[test]
fn exports_that_import_each_other_stay_open() {
    let template = |own: &str, other: &str, times: usize| {
        let import = format!("Fn::ImportValue: {other}");
        format!(
            "Resources:\n{}Outputs:\n  O:\n    Value: !Join [\"\", [x, {}]]\n    Export: {{Name: {own}}}\n",
            mesh(&format!("{{{import}}}")),
            vec![format!("{{{import}}}"); times].join(", ")
        )
    };
    for times in [1, 2, 3, 50] {
        let files = [
            ("a.yaml", template("a", "b", times)),
            ("b.yaml", template("b", "a", times)),
            ("c.yaml", template("c", "c", times)),
        ];
        for (first, open) in [(&["a.yaml", "b.yaml"][..], &["b", "a"][..]), (&["c.yaml"], &["c"])] {
            let names = names(&read_files(&files, first));
            let due: Vec<String> = open.iter().map(|name| format!("mesh ${{ImportValue {name}}}")).collect();
            assert!(names == due, "{times} imports: {:.200}", names.join(" "));
        }
    }
}

#[test]
fn outputs_that_come_back_as_parameters_stay_open_and_small() {
    let child = format!(
        "Parameters: {{P: {{Type: String}}}}\nResources:\n{}Outputs:\n  O: {{Value: !Sub \"${{P}}${{P}}x\"}}\n",
        mesh("!Ref P")
    );
    let circle = |length: usize| {
        many(0..length, |n| {
            stack(&format!("S{n}"), "child.yaml", &format!("P: !GetAtt S{}.Outputs.O", (n + 1) % length))
        })
    };
    for length in [1, 3] {
        let files = [("child.yaml", child.clone()), ("parent.yaml", format!("Resources:\n{}", circle(length)))];
        let names = names(&read_files(&files, &["parent.yaml"]));
        assert_eq!(names.len(), length);
        assert!(names.iter().all(|name| name.len() < 60), "{:.200}", names.join(" "));
    }
}

#[test]
fn stacks_that_nest_themselves_are_told() {
    let files = [
        ("self.yaml", format!("Resources:\n{}{}", mesh("self"), stack("S", "self.yaml", "P: 1"))),
        ("a.yaml", format!("Resources:\n{}{}", mesh("a"), stack("S", "./b.yaml", ""))),
        ("b.yaml", format!("Resources:\n{}{}", mesh("b"), stack("S", "a.yaml", ""))),
        (
            "fan.yaml",
            format!(
                "Resources:\n{}{}",
                mesh("fan"),
                (0..10).map(|n| stack(&format!("S{n}"), "fan.yaml", "")).collect::<String>()
            ),
        ),
    ];
    for (first, meshes) in
        [(vec!["self.yaml"], 1), (vec!["a.yaml"], 2), (vec!["a.yaml", "b.yaml"], 2), (vec!["fan.yaml"], 1)]
    {
        let reading = read_files(&files, &first);
        assert_eq!(reading.inventory.resources.len(), meshes, "{first:?}: {:?}", names(&reading));
        assert_says(&reading, "nests itself");
        assert!(has_error(&reading), "{:?}", all_said(&reading));
    }
}

/// Ten stacks of ten stacks of …: each level is another file, so none nests itself.
#[test]
fn stacks_of_stacks_are_bounded() {
    let level = |n: usize| {
        let stacks: String = (0..10).map(|s| stack(&format!("S{s}"), &format!("{}.yaml", n + 1), "")).collect();
        format!("Resources:\n{}{stacks}", mesh("m"))
    };
    let names = ["0.yaml", "1.yaml", "2.yaml", "3.yaml", "4.yaml", "5.yaml", "6.yaml", "7.yaml"];
    let mut files: Vec<(&str, String)> = names.iter().enumerate().map(|(n, name)| (*name, level(n))).collect();
    files.push(("8.yaml", format!("Resources:\n{}", mesh("m"))));
    let reading = read_files(&files, &["0.yaml"]);
    assert!(reading.inventory.resources.len() < 10_000);
    assert!(reading.has_faults(), "what is not read is said");
}

// ---------------------------------------------------------------------------------------------- functions used wrongly

/// CloudFormation refuses each of these; a value that stays open without a word would hide it.
#[test]
fn functions_that_cannot_work_are_errors() {
    let mut silent = Vec::new();
    for (call, part) in [
        ("!Select [5, [a, b]]", "element 5"),
        ("!Select [-1, [a, b]]", "-1"),
        ("!FindInMap [Ports, eu, none]", "none"),
        ("!FindInMap [Nowhere, eu, port]", "Nowhere"),
        ("!Sub \"${Missing}\"", "`Missing` is not declared"),
        ("!Sub \"${}\"", "`` is not declared"),
        ("!Ref Missing", "`Missing` is not declared"),
        ("!GetAtt Missing.MeshName", "`Missing` is not declared"),
        ("!GetAtt Mesh", "GetAtt"),
        ("!GetAtt Mesh.Name", "Name"),
        ("!Join [a]", "Join"),
        ("!Sub [a, b, c]", "Sub"),
        ("!If [Missing, a, b]", "`Missing` is not declared"),
        ("!If [a, b]", "If"),
        ("!Reff Mesh", "Reff"),
    ] {
        let text = format!("Mappings: {{Ports: {{eu: {{port: 1}}}}}}\nResources:\n{}", mesh(call));
        let reading = read_text("x.yaml", &text, &[]);
        assert_presentable(&reading);
        assert_eq!(reading.inventory.resources.len(), 1, "{call}");
        let is_it = |line: String| line.starts_with("6:") && line.contains(" error ") && line.contains(part);
        if !reading.findings.iter().map(line).any(is_it) {
            silent.push((call, all_said(&reading)));
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn braces_that_do_not_pair_are_text() {
    for (text, name, unclosed) in [
        ("a${b", "a${b", Some("${b")),
        ("a$b}", "a$b}", None),
        ("$${!x}", "$${x}", None),
        ("a${!b", "a${!b", Some("${!b")),
        ("}${", "}${", Some("${")),
        ("$", "$", None),
    ] {
        let reading = read_text("x.yaml", &format!("Resources:\n{}", mesh(&format!("!Sub '{text}'"))), &[]);
        let said = unclosed.map(|rest| {
            format!("5:17 error malformed-function: `{rest}` has no closing brace; it stays as it is written")
        });
        assert_eq!(all_said(&reading), said.into_iter().collect::<Vec<String>>(), "{text}");
        assert_eq!(names(&reading), [format!("mesh {name}")]);
    }
}

// ---------------------------------------------------------------------------------------------- names that lie

/// Escape sequences, a bell, a mark that turns text round, a line break: none reaches a terminal through a message.
#[test]
fn messages_show_no_character_that_a_terminal_obeys() {
    const EVIL: &str = "\\u001b[31mred\\u0007\\u202eevil\\u2066\\n\\u0000\\u009bx";
    for text in [
        r#"{"meshName": "@", "@": 1, "spec": {"@": 1, "egressFilter": {"type": "@"}}}"#,
        r#"{"meshName": "m", "spec": "@", "tags": "@"}"#,
        r#"{"meshName": "m", "@": 1, "@": 2}"#,
        r#"{"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": [{"portMapping": {"port": "@", "protocol": "http"}}]}}"#,
        r#"{"@": 1, "Resources": {"@": {"Type": "AWS::AppMesh::@", "@": 1, "Condition": "@", "DependsOn": "@"}}}"#,
        r#"{"Resources": {"@": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": {"Ref": "@"}}, "DependsOn": "x@"},
            "B": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {"MeshName": {"Ref": "@"}, "VirtualNodeName": {"Fn::GetAtt": "@.@"},
            "Spec": {"Fn::If": ["@", {"Fn::@": 1}, {"Fn::Sub": "${@}"}]}}}}}"#,
        r#"{"Parameters": {"@": {"Type": "String", "Default": "@", "AllowedValues": ["x@"]}, "@": {}}, "Resources": {}}"#,
        r#"{"Resources": {"S": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "@"}}}}"#,
        r#"{"Resources": {"A": {"Type": "AWS::AppMesh::Mesh", "Properties": {"MeshName": {"Fn::FindInMap": ["@", "@", "@"]}}}}}"#,
    ] {
        let reading = hurt_or_tell("x.json", &text.replace('@', EVIL));
        assert!(!reading.findings.is_empty(), "{text}");
    }
    // Outside JSON's escapes.
    for text in [
        "[\u{202e}evil]",
        "{\"a\": \u{1b}[31m}",
        "{\"meshName\": ${\u{1b}[31m\u{202e}}}",
        "{\"meshName\": {{\u{202e}x\u{1b}}}}",
    ] {
        hurt_or_tell("x.json", text);
    }
    for text in
        ["Resources:\n  \u{202e}:\n    Type: AWS::AppMesh::\u{202e}\n", "a: !<tag:\u{202e}> [\n", "? \u{202e}\n- : [\n"]
    {
        hurt_or_tell("x.yaml", text);
    }
}

fn hurt_or_tell(name: &str, text: &str) -> Reading {
    let reading = read_text(name, text, &[]);
    assert_presentable(&reading);
    reading
}

// ---------------------------------------------------------------------------------------------- random

/// What must hold of any input whatever.
fn check_anything(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let is_empty = bytes.is_empty();
    for keep_parameters in [false, true] {
        let input = Input { name: name.to_owned(), bytes: bytes.to_vec() };
        let reading = read(vec![input], &Options { keep_parameters, ..Options::default() });
        assert_presentable(&reading);
        prop_assert!(reading.findings.len() <= MAX_FINDINGS);
        prop_assert!(reading.unreadable.is_empty() || has_error(&reading), "exit 2 without a word");
        prop_assert!(!is_empty || !reading.unreadable.is_empty());
        for resource in &reading.inventory.resources {
            for path in resource.gaps.keys() {
                prop_assert!(reading.locate(resource.origin.unwrap(), path).is_some());
            }
        }
        for dialect in meshwright_dialect::DIALECTS {
            for notation in dialect.notations {
                notation.write(&reading.inventory);
            }
        }
    }
    Ok(())
}

const TOKENS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "'",
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    " ",
    "- ",
    ": ",
    "? ",
    "# ",
    "//",
    "&a ",
    "*a",
    "|\n",
    ">\n",
    "!Ref ",
    "!Sub ",
    "!GetAtt ",
    "!If ",
    "!Join ",
    "\\",
    "\\u",
    "\\ud800",
    "${",
    "$X",
    "{{",
    "%{",
    "@@",
    "---\n",
    "...\n",
    "null",
    "true",
    "0",
    "1e9",
    "-",
    "é",
    "\u{feff}",
    "\u{202e}",
    "\t",
    "\r\n",
    "\"meshName\"",
    "\"spec\"",
    "\"virtualNode\"",
    "\"listeners\"",
    "\"m\"",
    "\"port\"",
    "Resources:",
    "Type: ",
    "AWS::AppMesh::Mesh",
    "AWS::AppMesh::Route",
    "Properties:",
    "MeshName: ",
    "Spec:",
    "Conditions:",
    "Parameters:",
    "Fn::If",
    "Fn::Sub",
    "Fn::ImportValue",
    "Ref",
    "AWS::NoValue",
    "<<",
    "AWSTemplateFormatVersion: x\n",
];

/// Small and middling files of the own corpus, for mutations.
fn seeds() -> Vec<(String, String)> {
    let files = files_below(&own_corpus()).into_iter().filter(|path| !path.to_string_lossy().contains("broken"));
    let text = |path: &std::path::PathBuf| std::fs::read_to_string(path).unwrap();
    let seeds: Vec<(String, String)> = files
        .filter(|path| path.extension().is_some_and(|extension| extension != "md"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), text(&path)))
        .filter(|(_, text)| text.len() < 20_000)
        .collect();
    assert!(seeds.len() > 15);
    seeds
}

#[derive(Clone, Debug)]
enum Mutation {
    Delete(Index, usize),
    Insert(Index, usize),
    Replace(Index, u8),
    Flip(Index, u8),
    SwapLines(Index, Index),
    Double(Index, usize),
    Cut(Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        (any::<Index>(), 1_usize..40).prop_map(|(at, length)| Mutation::Delete(at, length)),
        (any::<Index>(), 0..TOKENS.len()).prop_map(|(at, token)| Mutation::Insert(at, token)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Replace(at, byte)),
        (any::<Index>(), 0_u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        (any::<Index>(), 1_usize..400).prop_map(|(at, length)| Mutation::Double(at, length)),
        any::<Index>().prop_map(Mutation::Cut),
    ]
}

fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
    if bytes.is_empty() {
        return;
    }
    let range = |at: &Index, length: usize, bytes: &[u8]| {
        let start = at.index(bytes.len());
        start..(start + length).min(bytes.len())
    };
    match mutation {
        Mutation::Delete(at, length) => drop(bytes.drain(range(at, *length, bytes))),
        Mutation::Insert(at, token) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, TOKENS[*token].bytes());
        }
        Mutation::Replace(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Mutation::Flip(at, bit) => {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        Mutation::SwapLines(a, b) => {
            let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let (a, b) = (a.index(lines.len()), b.index(lines.len()));
            lines.swap(a, b);
            *bytes = lines.concat();
        }
        Mutation::Double(at, length) => {
            let chunk = bytes[range(at, *length, bytes)].to_vec();
            let at = at.index(bytes.len());
            bytes.splice(at..at, chunk);
        }
        Mutation::Cut(at) => bytes.truncate(at.index(bytes.len())),
    }
}

fn name() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["x.json", "x.yaml", "-", "mesh.json", "route.template"])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(name in name(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check_anything(name, &bytes)?;
    }

    #[test]
    fn arbitrary_text_never_panics(name in name(), text in "\\PC{0,200}") {
        check_anything(name, text.as_bytes())?;
    }

    #[test]
    fn arbitrary_tokens_never_panic(name in name(), tokens in prop::collection::vec(prop::sample::select(TOKENS), 0..80)) {
        check_anything(name, tokens.concat().as_bytes())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_never_panic(seed in any::<Index>(), mutations in prop::collection::vec(mutation(), 1..6)) {
        static SEEDS: std::sync::LazyLock<Vec<(String, String)>> = std::sync::LazyLock::new(seeds);
        let (name, text) = seed.get(&SEEDS);
        let mut bytes = text.clone().into_bytes();
        for mutation in &mutations {
            mutate(&mut bytes, mutation);
        }
        check_anything(name, &bytes)?;
    }
}
