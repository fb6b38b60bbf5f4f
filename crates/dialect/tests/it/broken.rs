//! Bad input: what is said about it and where, and what is read all the same.

use std::collections::BTreeMap;

use meshwright_dialect::{Dialect, Input, Options, Reading, read};
use meshwright_model::finding::{Finding, Severity};

use crate::{files_below, line, own_corpus, read_own, read_text};

/// A finding with the field it names and the help it gives: `3:7 error rule: message [path] -> help`.
pub(crate) fn said(finding: &Finding) -> String {
    let path = finding.path.as_ref().map(|path| format!(" [{path}]")).unwrap_or_default();
    let help = finding.help.as_ref().map(|help| format!(" -> {help}")).unwrap_or_default();
    format!("{}{path}{help}", line(finding))
}

pub(crate) fn all_said(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(said).collect()
}

/// The resources as people name them.
pub(crate) fn names(reading: &Reading) -> Vec<String> {
    reading.inventory.resources.iter().map(|resource| resource.id().to_string()).collect()
}

pub(crate) fn has_error(reading: &Reading) -> bool {
    reading.findings.iter().any(|finding| finding.severity == Severity::Error)
}

/// Every finding stands inside its file, says something, and keeps to one line a terminal can show.
pub(crate) fn assert_presentable(reading: &Reading) {
    let mut columns: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for finding in &reading.findings {
        let location = finding.location.as_ref().unwrap_or_else(|| panic!("no place: {finding:?}"));
        if let Some(source) = reading.source(&location.file) {
            // A line that is not there has no columns; one that is there has a place after its last and its end.
            let count = || match source.text().split('\n').nth(location.line.wrapping_sub(1)) {
                Some(line) => line.chars().count() + 1,
                None => 0,
            };
            let columns = columns.entry((&location.file, location.line)).or_insert_with(count);
            assert!((1..=*columns).contains(&location.column), "{columns} columns: {finding:?}");
            assert!(location.width > 0, "{finding:?}");
        }
        for text in [Some(&finding.message), finding.help.as_ref()].into_iter().flatten() {
            assert!(!text.trim().is_empty(), "nothing is said: {finding:?}");
            assert!(text.chars().count() < 2000, "{} characters are said", text.chars().count());
            let unsafe_char = text.chars().find(|char| is_unsafe(*char));
            assert_eq!(unsafe_char, None, "a terminal would obey this: {text:?}");
        }
        assert!(!finding.message.ends_with('.'), "{finding:?}");
        assert_ne!(finding.rule, "internal", "{finding:?}");
    }
}

/// Control characters, and marks that turn the direction of text.
fn is_unsafe(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[track_caller]
fn check(name: &str, text: &str, findings: &[&str], resources: &[&str]) -> Reading {
    let reading = read_text(name, text, &[]);
    assert_eq!(all_said(&reading), findings, "{text}");
    assert_eq!(names(&reading), resources, "{text}");
    assert_presentable(&reading);
    reading
}

// ---------------------------------------------------------------------------------------------- corpus/broken

struct Broken {
    file: &'static str,
    findings: &'static [&'static str],
    resources: &'static [&'static str],
    is_unreadable: bool,
}

const fn read_in_part(
    file: &'static str,
    findings: &'static [&'static str],
    resources: &'static [&'static str],
) -> Broken {
    Broken { file, findings, resources, is_unreadable: false }
}

const fn unreadable(file: &'static str, findings: &'static [&'static str]) -> Broken {
    Broken { file, findings, resources: &[], is_unreadable: true }
}

const BROKEN: &[Broken] = &[
    read_in_part(
        "bad-enum.json",
        &[
            "6:74 error invalid-value: \"https\" is not one of http, tcp, http2, grpc [spec.listeners[0].portMapping.protocol]",
        ],
        &["mesh broken", "virtual router tailor"],
    ),
    unreadable("binary.json", &["1:1 error not-text: the file is not text: it holds a NUL byte"]),
    read_in_part(
        "duplicate-key.json",
        &[
            "6:82 error duplicate-key: `port` stands here more than once; the last is read [spec.listeners[0].portMapping]",
        ],
        &["mesh broken", "virtual router tailor"],
    ),
    read_in_part(
        "duplicate-key.yaml",
        &[
            "17:15 error duplicate-key: `Port` stands here more than once; the last is read [spec.listeners[0].portMapping]",
        ],
        &["mesh broken", "virtual router tailor"],
    ),
    unreadable("empty.yaml", &["1:1 error syntax: the file is empty"]),
    read_in_part(
        "missing-required.json",
        &["11:26 error missing-field: `timeoutMillis` is missing [spec.listeners[0].healthCheck] \
           -> it is required: a whole number from 2000 to 60000"],
        &["mesh broken", "virtual node tailor"],
    ),
    read_in_part("not-a-mesh.yaml", &["1:1 info no-resources: there is no App Mesh resource in this template"], &[]),
    read_in_part(
        "out-of-range.yaml",
        &[
            "15:21 error invalid-value: 70000 is over 65535 [spec.listeners[0].portMapping.port]",
            "43:25 error invalid-value: 101 is over 100 [spec.httpRoute.action.weightedTargets[0].weight]",
        ],
        &["mesh broken", "virtual node tailor", "virtual router tailor", "route tailor/tailor"],
    ),
    read_in_part(
        "ref-is-an-arn.yaml",
        &["34:26 error arn-as-name: this is the ARN of `Router`, where its name is due [virtualRouterName] \
           -> `Ref` gives the ARN; write `!GetAtt Router.VirtualRouterName`"],
        &["mesh broken", "virtual node tailor", "virtual router tailor", "route ${Router.Arn}/tailor"],
    ),
    // Nothing of the mesh stands before the tab: saying that there is no resource in the file would be wrong.
    unreadable(
        "tabs.yaml",
        &["3:2 error syntax: tabs disallowed within this context (block indentation) \
           -> YAML is indented with spaces; there is a tab on this line"],
    ),
    read_in_part(
        "truncated.json",
        &[
            "8:40 error syntax: this text has no closing quote",
            "8:46 error syntax: the file ends before this value does -> is the file cut off?",
        ],
        &["virtual node tailor"],
    ),
    read_in_part(
        "truncated.yaml",
        &["16:50 error syntax: unclosed quote -> is the file cut off?"],
        &["mesh broken", "virtual node tailor"],
    ),
    read_in_part(
        "two-union-members.yaml",
        &[
            "18:11 error union: exactly one of `AWSCloudMap`, `DNS` may stand here, not `AWSCloudMap` and `DNS` [spec.serviceDiscovery]",
        ],
        &["mesh broken", "virtual node tailor"],
    ),
    read_in_part(
        "unknown-field.yaml",
        &[
            "17:13 error unknown-field: `HealthChek` is not a field here [spec.listeners[0]] -> the fields are `PortMapping`",
        ],
        &["mesh broken", "virtual router tailor"],
    ),
    read_in_part(
        "wrong-type.json",
        &[
            "6:56 error invalid-value: \"eighty\" is not a whole number from 1 to 65535 [spec.listeners[0].portMapping.port]",
        ],
        &["mesh broken", "virtual router tailor"],
    ),
    read_in_part(
        "wrong-type.yaml",
        &["14:11 error wrong-type: an object stands where a list is due [spec.listeners]"],
        &["mesh broken", "virtual router tailor"],
    ),
];

#[test]
fn each_broken_file_is_explained_and_read_as_far_as_it_goes() {
    let mut wrong = Vec::new();
    for Broken { file, findings, resources, is_unreadable } in BROKEN {
        let reading = read_own(&[&format!("broken/{file}")]);
        if all_said(&reading) != *findings
            || names(&reading) != *resources
            || reading.unreadable.len() != usize::from(*is_unreadable)
        {
            wrong.push((*file, all_said(&reading), names(&reading), reading.unreadable.clone()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_broken_file_stands_in_the_table() {
    let files: Vec<String> = files_below(&own_corpus().join("broken"))
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let listed: Vec<&str> = BROKEN.iter().map(|broken| broken.file).collect();
    assert_eq!(files, listed);
}

#[test]
fn broken_files_do_not_stop_sound_ones_beside_them() {
    let broken: Vec<String> = BROKEN.iter().map(|broken| format!("broken/{}", broken.file)).collect();
    let names: Vec<&str> = broken.iter().map(String::as_str).chain(["shop/shop.yaml"]).collect();
    let reading = read_own(&names);
    let alone = read_own(&["shop/shop.yaml"]);
    let shop: Vec<_> =
        reading.inventory.resources.iter().filter(|resource| resource.mesh.to_string() == "shop").collect();
    assert_eq!(shop.len(), alone.inventory.resources.len());
    assert_eq!(reading.unreadable.len(), BROKEN.iter().filter(|broken| broken.is_unreadable).count());
    assert_presentable(&reading);
}

// ---------------------------------------------------------------------------------------------- cut files

const BEFORE_JSON: &str = "{\"meshName\": \"before\"}\n";
const BEFORE_YAML: &str =
    "Resources:\n  Before:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: before\n";

/// The top-level objects of a stream of AWS JSON.
fn objects(text: &str) -> Vec<&str> {
    text.split_inclusive("\n}\n").collect()
}

/// The parts of a template that each hold one resource.
fn resources_of(text: &str) -> Vec<&str> {
    let start = text.find("\nResources:\n").unwrap() + "\nResources:\n".len();
    let end = text.find("\nOutputs:\n").unwrap();
    let is_label = |line: &str| line.starts_with("  ") && !line.starts_with("   ") && line.trim_end().ends_with(':');
    let mut offset = start;
    let mut starts = Vec::new();
    for line in text[start..end].split_inclusive('\n') {
        if is_label(line) {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

fn cuts(text: &str) -> impl Iterator<Item = &str> {
    (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)).map(|cut| &text[..cut])
}

#[test]
fn json_that_is_cut_anywhere_says_so_and_keeps_what_stands_before() {
    let text = std::fs::read_to_string(own_corpus().join("shop/shop.describe.json")).unwrap();
    let objects = objects(&text);
    assert_eq!(objects.concat(), text);
    for object in objects {
        for cut in cuts(object) {
            let reading = read_text("cut.json", &format!("{BEFORE_JSON}{cut}"), &[]);
            assert_presentable(&reading);
            assert_eq!(names(&reading)[0], "mesh before", "{cut}");
            let is_whole = cut.is_empty() || cut.trim_end().len() == object.trim_end().len();
            assert_eq!(has_error(&reading), !is_whole, "{:?}\n{cut}", all_said(&reading));
        }
    }
}

#[test]
fn yaml_that_is_cut_anywhere_keeps_what_stands_before() {
    let text = std::fs::read_to_string(own_corpus().join("shop/shop.yaml")).unwrap();
    let resources = resources_of(&text);
    assert_eq!(resources.len(), read_own(&["shop/shop.yaml"]).inventory.resources.len());
    let header = &text[..text.find("\nResources:\n").unwrap()];
    for cut in cuts(header) {
        assert_presentable(&read_text("cut.yaml", cut, &[]));
    }
    for resource in resources {
        for cut in cuts(resource) {
            let reading = read_text("cut.yaml", &format!("{BEFORE_YAML}{cut}"), &[]);
            assert_presentable(&reading);
            assert_eq!(names(&reading)[0], "mesh before", "{cut}");
        }
    }
}

/// The longer the prefix, the more resources; each that ended before the cut is there and says the same.
#[test]
fn each_longer_prefix_gives_all_that_the_shorter_gave() {
    for (file, ends_of) in
        [("shop/shop.describe.json", objects as fn(&str) -> Vec<&str>), ("shop/shop.yaml", resources_of)]
    {
        let text = std::fs::read_to_string(own_corpus().join(file)).unwrap();
        let whole = read_text(file, &text, &[]);
        let ends: Vec<usize> =
            ends_of(&text).iter().map(|part| part.as_ptr() as usize - text.as_ptr() as usize + part.len()).collect();
        for cut in (0..text.len()).step_by(149) {
            let reading = read_text(file, &text[..cut], &[]);
            assert_presentable(&reading);
            let done = ends.iter().filter(|end| **end <= cut).count();
            assert!(reading.inventory.resources.len() >= done, "{file} up to {cut}: {:?}", names(&reading));
            for (whole, cut) in whole.inventory.resources.iter().zip(&reading.inventory.resources).take(done) {
                // What a cut template no longer declares stays open; the specification's own text is the same.
                assert_eq!((whole.kind(), whole.label.as_ref()), (cut.kind(), cut.label.as_ref()), "{file}");
                assert!(file.ends_with("yaml") || whole.says_the_same(cut), "{file}: {whole:?}\n{cut:?}");
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------- types

/// A place in a resource, marked `@`, and the values that fit there.
struct Place {
    text: &'static str,
    due: &'static str,
    is_scalar: bool,
    fits: &'static [&'static str],
}

const PLACES: &[Place] = &[
    Place {
        text: r#"{"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": [{"portMapping": {"protocol": "http", "port": @}}]}}"#,
        due: "a whole number from 1 to 65535",
        is_scalar: true,
        fits: &["80"],
    },
    Place {
        text: r#"{"meshName": "m", "virtualNodeName": "n", "spec": {"serviceDiscovery": {"dns": {"hostname": @}}}}"#,
        due: "text",
        is_scalar: true,
        fits: &["\"80\"", "\"x\""],
    },
    Place {
        text: r#"{"meshName": "m", "spec": {"egressFilter": {"type": @}}}"#,
        due: "one of ALLOW_ALL, DROP_ALL",
        is_scalar: true,
        fits: &[],
    },
    Place {
        text: r#"{"meshName": "m", "routeName": "r", "virtualRouterName": "v", "spec": {"httpRoute": {"match": {"prefix": "/", "headers": [{"name": "h", "invert": @}]}, "action": {"weightedTargets": [{"virtualNode": "n", "weight": 1}]}}}}"#,
        due: "true or false",
        is_scalar: true,
        fits: &["true"],
    },
    Place {
        text: r#"{"meshName": "m", "virtualNodeName": @, "spec": {}}"#,
        due: "text of 1 to 255 characters",
        is_scalar: true,
        fits: &["\"80\"", "\"x\""],
    },
    Place {
        text: r#"{"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": @}}"#,
        due: "a list",
        is_scalar: false,
        fits: &["[]", "[[]]"],
    },
    Place {
        text: r#"{"meshName": "m", "routeName": "r", "virtualRouterName": "v", "spec": {"tcpRoute": {"action": {"weightedTargets": @}}}}"#,
        due: "a list",
        is_scalar: false,
        fits: &["[]", "[[]]"],
    },
    Place {
        text: r#"{"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": [{"portMapping": @}]}}"#,
        due: "an object",
        is_scalar: false,
        fits: &["{}", "{\"x\": 1}"],
    },
    Place {
        text: r#"{"meshName": "m", "virtualNodeName": "n", "spec": {"serviceDiscovery": @}}"#,
        due: "an object",
        is_scalar: false,
        fits: &["{}", "{\"x\": 1}"],
    },
    Place {
        text: r#"{"meshName": "m", "virtualNodeName": "n", "spec": @}"#,
        due: "an object",
        is_scalar: false,
        fits: &["{}", "{\"x\": 1}"],
    },
    Place { text: r#"{"meshName": "m", "tags": @}"#, due: "a list", is_scalar: false, fits: &["[]", "[[]]"] },
];

/// Values of every JSON type, and what a message calls them.
const VALUES: &[(&str, &str)] = &[
    ("null", "null"),
    ("true", "`true`"),
    ("80", "`80`"),
    ("1.5", "`1.5`"),
    ("\"80\"", "`80`"),
    ("\"x\"", "`x`"),
    ("[]", "a list"),
    ("[[]]", "a list"),
    ("{}", "an object"),
    ("{\"x\": 1}", "an object"),
];

#[test]
fn every_wrong_type_is_named_where_it_stands_and_costs_no_resource() {
    for Place { text, due, is_scalar, fits } in PLACES {
        for (value, shown) in VALUES {
            let reading = read_text("x.json", &text.replace('@', value), &[]);
            assert_eq!(reading.inventory.resources.len(), 1, "{text} with {value}");
            assert_presentable(&reading);
            let column = text.find('@').unwrap() + 1;
            let is_plain = !value.starts_with(['[', '{', 'n']);
            let expected = match (is_scalar, is_plain) {
                (true, true) => format!("1:{column} error invalid-value: {value} is not {due}"),
                _ => format!("1:{column} error wrong-type: {shown} stands where {due} is due"),
            };
            let at: Vec<String> =
                reading.findings.iter().map(line).filter(|line| line.starts_with(&format!("1:{column} "))).collect();
            if fits.contains(value) {
                assert!(!at.iter().any(|line| line.contains("wrong-type") || line.contains("invalid-value")), "{at:?}");
            } else {
                assert_eq!(at, [expected], "{text} with {value}");
            }
        }
    }
}

#[test]
fn a_wrapper_that_holds_no_object_is_an_error() {
    for (value, shown) in [("null", "null"), ("[]", "a list"), ("5", "`5`")] {
        let expected = format!("1:17 error wrong-type: {shown} stands where an object is due");
        check("x.json", &format!("{{\"virtualNode\": {value}}}"), &[&expected], &[]);
    }
}

const STRICT: &str = r#"{"meshName": "m", "meshOwner": 123456789012, "virtualNodeName": "n", "spec": {
  "listeners": [{"portMapping": {"port": "8080", "protocol": "http"}}],
  "backends": [{"virtualService": {"virtualServiceName": 5, "clientPolicy": {"tls": {
    "enforce": "true", "ports": ["443"], "validation": {"trust": {"file": {"certificateChain": true}}}}}}}]}}"#;

#[test]
fn aws_json_takes_no_value_for_another_type() {
    check(
        "x.json",
        STRICT,
        &[
            "1:32 error invalid-value: 123456789012 is not text of 12 to 12 characters [meshOwner]",
            "2:42 error invalid-value: \"8080\" is not a whole number from 1 to 65535 [spec.listeners[0].portMapping.port]",
            "3:58 error invalid-value: 5 is not text [spec.backends[0].virtualService.virtualServiceName]",
            "4:16 error invalid-value: \"true\" is not true or false [spec.backends[0].virtualService.clientPolicy.tls.enforce]",
            "4:34 error invalid-value: \"443\" is not a whole number from 1 to 65535 \
             [spec.backends[0].virtualService.clientPolicy.tls.ports[0]]",
            "4:96 error invalid-value: true is not text of 1 to 255 characters \
             [spec.backends[0].virtualService.clientPolicy.tls.validation.trust.file.certificateChain]",
        ],
        &["virtual node n"],
    );
}

/// CloudFormation turns text, numbers and truth values into each other. Source: CloudFormation User Guide, "String" types.
#[test]
fn cloudformation_takes_text_numbers_and_truth_values_for_each_other() {
    let template = r#"{"Resources": {"N": {"Type": "AWS::AppMesh::VirtualNode", "Properties": {
      "MeshName": 7, "MeshOwner": 123456789012, "VirtualNodeName": true, "Spec": {
      "Listeners": [{"PortMapping": {"Port": "8080", "Protocol": "http"}}],
      "Backends": [{"VirtualService": {"VirtualServiceName": 5, "ClientPolicy": {"TLS": {
        "Enforce": "true", "Ports": ["443"], "Validation": {"Trust": {"File": {"CertificateChain": true}}}}}}}]}}}}}"#;
    let reading = check("x.json", template, &[], &["virtual node true"]);
    let yaml = Dialect::named("json").unwrap().notations[0].write(&reading.inventory).text;
    for part in
        ["\"meshOwner\": \"123456789012\"", "\"port\": 8080", "\"enforce\": true", "\"certificateChain\": \"true\""]
    {
        assert!(yaml.contains(part), "{part} is not in\n{yaml}");
    }
}

#[test]
fn null_is_an_error_wherever_it_stands() {
    const HELP: &str = " -> null is no value: leave it out, or write one";
    check(
        "x.json",
        r#"{"meshName": null, "spec": {"egressFilter": null, "serviceDiscovery": {"ipPreference": null}}, "tags": [null]}"#,
        &[
            &format!("1:14 error wrong-type: null stands where text of 1 to 255 characters is due [meshName]{HELP}"),
            &format!("1:45 error wrong-type: null stands where an object is due [spec.egressFilter]{HELP}"),
            &format!(
                "1:88 error wrong-type: null stands where one of IPv6_PREFERRED, IPv4_PREFERRED, IPv4_ONLY, IPv6_ONLY is due \
             [spec.serviceDiscovery.ipPreference]{HELP}"
            ),
            &format!("1:105 error wrong-type: null stands where an object is due [tags[0]]{HELP}"),
        ],
        &["mesh "],
    );
    check(
        "x.yaml",
        "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName:\n      Spec: ~\n",
        &[
            &format!("5:15 error wrong-type: null stands where text of 1 to 255 characters is due [meshName]{HELP}"),
            &format!("6:13 error wrong-type: null stands where an object is due [spec]{HELP}"),
        ],
        &["mesh "],
    );
}

#[test]
fn sections_and_members_of_a_template_have_types_too() {
    for (text, expected) in [
        (
            "AWSTemplateFormatVersion: x\nResources: [1]\n",
            "2:12 error wrong-type: `Resources` holds something else than an object",
        ),
        (
            "AWSTemplateFormatVersion: x\nParameters: 5\nResources: {}\n",
            "2:13 error wrong-type: `Parameters` holds something else than an object",
        ),
        (
            "Parameters:\n  A: 5\nMappings: {Fn::Transform: {Name: AWS::Include}}\nResources: {}\n",
            "2:6 error wrong-type: `Parameters.A` holds something else than an object",
        ),
        (
            "Mappings:\n  A: [b]\nResources: {}\n",
            "2:6 error wrong-type: `Mappings.A` holds something else than an object",
        ),
        ("AWSTemplateFormatVersion: x\nResources:\n  Mesh: 5\n", "3:3 error missing-field: `Mesh` has no `Type`"),
        (
            "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: [1]\n",
            "4:17 error wrong-type: a list stands where an object is due",
        ),
        (
            "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Condition: [A]\n",
            "4:16 error wrong-type: a list stands where text is due",
        ),
        (
            "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    DependsOn: {A: b}\n",
            "4:16 error wrong-type: an object stands where text or a list is due",
        ),
        (
            "Resources:\n  Mesh:\n    Type: [AWS::AppMesh::Mesh]\n",
            "3:11 error wrong-type: a list stands where text is due",
        ),
    ] {
        let reading = read_text("x.yaml", text, &[]);
        let lines: Vec<String> = reading.findings.iter().map(line).collect();
        assert!(lines.iter().any(|line| line == expected), "{text}{lines:#?}");
    }
}

// ---------------------------------------------------------------------------------------------- keys

/// Every loader of JSON and YAML, the AWS CLI's and CloudFormation's too, reads the last of two equal keys.
#[test]
fn of_two_equal_keys_the_last_is_read_at_every_level() {
    let reading = check(
        "x.json",
        r#"{"meshName": "a", "meshName": "b", "spec": {"egressFilter": {"type": "DROP_ALL", "type": "ALLOW_ALL"}}}"#,
        &[
            "1:19 error duplicate-key: `meshName` stands here more than once; the last is read",
            "1:82 error duplicate-key: `type` stands here more than once; the last is read [spec.egressFilter]",
        ],
        &["mesh b"],
    );
    let written = Dialect::named("json").unwrap().notations[0].write(&reading.inventory).text;
    assert!(written.contains("ALLOW_ALL") && !written.contains("DROP_ALL"), "{written}");

    check(
        "x.yaml",
        "Parameters:\n  P: {Type: String, Default: a}\n  P: {Type: String, Default: b}\nResources:\n  Mesh:\n    \
         Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: x}\n    Properties: {MeshName: !Ref P}\n  Mesh:\n    \
         Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: !Sub \"${P}2\"}\n",
        &[
            "3:3 error duplicate-key: `P` stands here more than once; the last is read",
            "9:3 error duplicate-key: `Mesh` stands here more than once; the last is read",
        ],
        &["mesh b2"],
    );
}

#[test]
fn unknown_fields_are_named_and_near_ones_offered() {
    check(
        "x.json",
        r#"{"meshName": "m", "virtualNodeNme": "x", "virtualNodeName": "n", "zebra": 1, "spec": {
  "listners": [], "backendDefaults": {"clientPolicy": {"TLS": {}}}, "logging": {"accesslog": {}, "elephant": 1}}}"#,
        &[
            "1:19 error unknown-field: `virtualNodeNme` is not a field of a virtual node -> did you mean `virtualNodeName`?",
            "1:66 error unknown-field: `zebra` is not a field of a virtual node",
            "2:3 error unknown-field: `listners` is not a field here [spec] -> did you mean `listeners`?",
            "2:56 error unknown-field: `TLS` is not a field here [spec.backendDefaults.clientPolicy] -> did you mean `tls`?",
            "2:81 error unknown-field: `accesslog` is not a field here [spec.logging] -> did you mean `accessLog`?",
            "2:98 error unknown-field: `elephant` is not a field here [spec.logging] -> the fields are `accessLog`",
        ],
        &["virtual node n"],
    );
    // One slip, one finding: what was misspelled is not missing too.
    check(
        "x.yaml",
        "Resources:\n  Router:\n    Type: AWS::AppMesh::VirtualRouter\n    Properties:\n      MeshName: m\n      \
         VirtualRouterName: r\n      Sepc:\n        Listeners: []\n",
        &["7:7 error unknown-field: `Sepc` is not a field of a virtual router -> did you mean `Spec`?"],
        &["virtual router r"],
    );
    check(
        "x.yaml",
        "AWSTemplateFormatVersion: x\nResorces: {}\nResources:\n  Mesh:\n    Type: AWS::AppMesh::Mesch\n    Propertys: {}\n  \
         Router:\n    Type: AWS::AppMesh::Mesh\n    MeshName: m\n",
        &[
            "2:1 error unknown-field: `Resorces` is not a section of a template -> did you mean `Resources`?",
            "5:11 error unknown-type: `AWS::AppMesh::Mesch` is not a type of App Mesh -> did you mean `AWS::AppMesh::Mesh`?",
            "9:5 error unknown-field: `MeshName` does not belong beside `Type` -> does it belong under `Properties`?",
        ],
        &["mesh ${Router.MeshName}"],
    );
}

/// An object that is no resource is not passed over without a word where resources stand beside it.
#[test]
fn objects_that_are_no_resource_are_mentioned() {
    for (text, place) in [
        (r#"[{"meshName": "m"}, {"virtualNod": {"virtualNodeName": "n", "spec": {}}}]"#, "1:21"),
        ("{\"meshName\": \"m\"}\n{\"foo\": 1}\n", "2:1"),
        ("{\"meshName\": \"m\"}\n{\"Resources\": {\"A\": {\"Type\": \"AWS::AppMesh::Mesh\"}}}\n", "2:1"),
    ] {
        let reading = read_text("x.json", text, &[]);
        assert_eq!(names(&reading)[0], "mesh m", "{text}");
        assert!(
            reading.inventory.resources.len() > 1 || lines_at(&reading, place) == 1,
            "{text}{:#?}",
            all_said(&reading)
        );
    }
}

fn lines_at(reading: &Reading, place: &str) -> usize {
    reading.findings.iter().map(line).filter(|line| line.starts_with(&format!("{place} "))).count()
}

// ---------------------------------------------------------------------------------------------- unions and lists

#[test]
fn a_union_takes_exactly_one_member() {
    let node = |discovery: &str| {
        format!(r#"{{"meshName": "m", "virtualNodeName": "n", "spec": {{"serviceDiscovery": {discovery}}}}}"#)
    };
    let dns = r#""dns": {"hostname": "h"}"#;
    check(
        "x.json",
        &node("{}"),
        &["1:72 error union: one of `awsCloudMap`, `dns` is missing [spec.serviceDiscovery]"],
        &["virtual node n"],
    );
    check("x.json", &node(&format!("{{{dns}}}")), &[], &["virtual node n"]);
    check(
        "x.json",
        &node(&format!(r#"{{{dns}, "awsCloudMap": {{"namespaceName": "a", "serviceName": "b"}}}}"#)),
        &[
            "1:72 error union: exactly one of `awsCloudMap`, `dns` may stand here, not `awsCloudMap` and `dns` [spec.serviceDiscovery]",
        ],
        &["virtual node n"],
    );
    check(
        "x.json",
        &node(r#"{"DNS": {"hostname": "h"}}"#),
        &["1:73 error unknown-field: `DNS` is not a field here [spec.serviceDiscovery] -> did you mean `dns`?"],
        &["virtual node n"],
    );
}

#[test]
fn bounded_lists_hold_one_at_least_and_ten_at_most() {
    let route = |count: usize| {
        let targets = vec![r#"{"virtualNode": "n", "weight": 1}"#; count].join(", ");
        format!(
            r#"{{"meshName": "m", "virtualRouterName": "v", "routeName": "r", "spec": {{"tcpRoute": {{"action": {{"weightedTargets": [{targets}]}}}}}}}}"#
        )
    };
    let path = "[spec.tcpRoute.action.weightedTargets]";
    let empty = format!("1:115 error list-length: the list is empty; it must hold one element at least {path}");
    check("x.json", &route(0), &[&empty], &["route v/r"]);
    check("x.json", &route(1), &[], &["route v/r"]);
    check("x.json", &route(10), &[], &["route v/r"]);
    let long = format!("1:466 error list-length: the list has 11 elements, more than 10; the rest is not read {path}");
    let reading = check("x.json", &route(11), &[&long], &["route v/r"]);
    let written = Dialect::named("json").unwrap().notations[0].write(&reading.inventory).text;
    assert_eq!(written.matches("virtualNode").count(), 10);
}

// ---------------------------------------------------------------------------------------------- encodings

#[test]
fn a_byte_order_mark_counts_for_no_column() {
    check(
        "x.json",
        "\u{feff}{\"meshName\": 5}",
        &["1:14 error invalid-value: 5 is not text of 1 to 255 characters [meshName]"],
        &["mesh 5"],
    );
    check(
        "x.yaml",
        "\u{feff}Resources: {M: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: [1]}}}",
        &["1:66 error wrong-type: a list stands where text of 1 to 255 characters is due [meshName]"],
        &["mesh "],
    );
}

#[test]
fn lines_may_end_as_on_windows() {
    let places = |text: &str, name: &str| all_said(&read_text(name, text, &[]));
    for (name, text) in [
        ("x.json", "{\n  \"meshName\": 5,\n  \"spec\": {\n    \"x\": 1 }\n}\n"),
        (
            "x.yaml",
            "Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: m\n      Spec:\n        X: 1\n",
        ),
    ] {
        let unix = places(text, name);
        assert!(!unix.is_empty());
        assert_eq!(places(&text.replace('\n', "\r\n"), name), unix);
    }
    for file in ["shop/shop.yaml", "shop/shop.describe.json", "shop/shop.template.json"] {
        let text = std::fs::read_to_string(own_corpus().join(file)).unwrap();
        let (unix, windows) = (read_text(file, &text, &[]), read_text(file, &text.replace('\n', "\r\n"), &[]));
        assert_eq!(all_said(&windows), Vec::<String>::new(), "{file}");
        for (unix, windows) in unix.inventory.resources.iter().zip(&windows.inventory.resources) {
            assert!(unix.says_the_same(windows), "{file}");
        }
    }
}

fn read_bytes(name: &str, bytes: Vec<u8>) -> Reading {
    read(vec![Input { name: name.to_owned(), bytes }], &Options::default())
}

/// `aws … > file` in Windows PowerShell writes UTF-16.
#[test]
fn utf_16_is_called_by_its_name() {
    let text = "{\"meshName\": \"m\"}";
    let little: Vec<u8> =
        [0xfffe_u16.swap_bytes()].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xfeff_u16].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let reading = read_bytes("x.json", bytes);
        let said = all_said(&reading);
        assert!(
            said.len() == 1 && said[0].starts_with("1:1 error not-text: ") && said[0].contains("UTF-16"),
            "{said:?}"
        );
        assert!(said[0].contains("UTF-8"), "nothing says what to do: {said:?}");
        assert_eq!(reading.unreadable, ["x.json"]);
    }
}

#[test]
fn bytes_that_are_no_utf_8_are_shown_where_they_stand() {
    let text = "Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties: {MeshName: é caf?}\n".as_bytes();
    let bytes = text.iter().map(|byte| if *byte == b'?' { 0xe9 } else { *byte }).collect();
    let reading = read_bytes("x.yaml", bytes);
    assert_eq!(all_said(&reading), ["4:33 error not-text: the file is not UTF-8 text"]);
    assert_eq!(reading.unreadable, ["x.yaml"]);
}

#[test]
fn a_file_of_nothing_is_unreadable_and_says_why() {
    for (name, text) in [
        ("x.json", ""),
        ("x.json", " \n\t"),
        ("x.json", "\u{feff}"),
        ("x.json", "null"),
        ("x.yaml", "# a comment\n"),
        ("x.yaml", "---\n"),
        ("x.yaml", "~\n"),
    ] {
        let reading = read_text(name, text, &[]);
        assert_eq!(reading.unreadable, [name], "{text:?}");
        assert!(has_error(&reading), "{text:?}: exit 2 without a word");
        assert_presentable(&reading);
    }
}

// ---------------------------------------------------------------------------------------------- JSON that is nearly JSON

#[test]
fn commas_that_are_missing_or_too_many_cost_nothing_else() {
    check(
        "x.json",
        r#"[{"meshName": "a",}, {"meshName": "b"},]"#,
        &["1:19 error syntax: a comma stands before this end", "1:40 error syntax: a comma stands before this end"],
        &["mesh a", "mesh b"],
    );
    check(
        "x.json",
        r#"[{"meshName": "a" "spec": {}} {"meshName": "b"}]"#,
        &["1:19 error syntax: a comma is missing before this", "1:31 error syntax: a comma is missing before this"],
        &["mesh a", "mesh b"],
    );
    check(
        "x.json",
        "{\"meshName\": \"a\"},\n{\"meshName\" \"b\"}\n",
        &[
            "1:18 error syntax: a comma stands between two documents",
            "2:13 error syntax: a colon is missing before this",
        ],
        &["mesh a", "mesh b"],
    );
    check(
        "x.json",
        r#"{"meshName": "a", "spec": , "tags": }"#,
        &[
            "1:27 error syntax: a value is missing before this comma",
            "1:37 error syntax: a value is missing before this",
        ],
        &["mesh a"],
    );
}

/// Each comment is one finding, and everything around it is read.
#[test]
fn comments_are_no_json_and_hide_nothing() {
    let text = "{\n  // the mesh\n  \"meshName\": \"m\", // its name\n  /* more\n  lines */ \"spec\": {}, # hash\n  \"tags\": []\n}\n";
    let reading = read_text("x.json", text, &[]);
    let places: Vec<String> =
        reading.findings.iter().map(line).map(|line| line.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(places, ["2:3", "3:20", "4:3", "5:24"], "{:#?}", all_said(&reading));
    assert!(reading.findings.iter().all(|finding| finding.message.contains("comment")), "{:#?}", all_said(&reading));
    assert_eq!(names(&reading), ["mesh m"]);
}

#[test]
fn words_of_other_languages_are_named() {
    for (word, column) in
        [("True", 34), ("None", 34), ("NaN", 34), ("'x'", 34), ("undefined", 34), ("0080", 34), ("+1", 34)]
    {
        let reading = read_text("x.json", &format!("{{\"meshName\": \"m\", \"meshOwner\":   {word}}}"), &[]);
        let lines: Vec<String> = reading.findings.iter().map(line).collect();
        assert_eq!(lines.len(), 2, "{word}: {lines:?}");
        assert!(
            lines.iter().any(|line| line.starts_with(&format!("1:{column} error syntax: `{word}` is not "))),
            "{lines:?}"
        );
        assert_eq!(names(&reading), ["mesh m"]);
    }
    for number in ["1.", "-.5", "1.e5", "-", "1e"] {
        let reading = read_text("x.json", &format!("{{\"meshName\": \"m\", \"tags\": [{number}]}}"), &[]);
        let lines: Vec<String> = reading.findings.iter().map(line).collect();
        assert_eq!(lines, [format!("1:28 error syntax: `{number}` is not a JSON number")]);
    }
}

/// A shell loop of describe calls appends to one file; one of them failed, or was cut.
#[test]
fn one_broken_document_of_a_stream_costs_only_itself() {
    let good = |name: &str| {
        format!("{{\n    \"mesh\": {{\n        \"meshName\": \"{name}\",\n        \"spec\": {{}}\n    }}\n}}\n")
    };
    for middle in [
        "{\n    \"mesh\": {\n        \"meshName\": oops\n    }\n}\n",
        "{\n    \"mesh\": {\n        \"meshName\": \"b\"\n    }}\n}\n",
        "{\n    \"mesh\": {\n        \"meshName\": \"b\n    }\n}\n",
        "{\n    \"mesh\": {\n        \"meshName\": \"b\"\n",
        "{\n    \"mesh\": {\n        \"meshName\": \"b\",\n        \"spec\": {\n            \"egressFil\n",
        "{\n    \"mesh\": {\n",
        "An error occurred (NotFoundException) when calling the DescribeMesh operation: mesh b\n",
        "\nUnable to locate credentials. You can configure credentials by running \"aws configure\".\n",
        "]\n",
    ] {
        let reading = read_text("x.json", &format!("{}{middle}{}{}", good("a"), good("c"), good("d")), &[]);
        let names = names(&reading);
        for name in ["mesh a", "mesh c", "mesh d"] {
            assert!(names.iter().any(|found| found == name), "{name} is lost after\n{middle}{:#?}", all_said(&reading));
        }
        assert!(has_error(&reading), "{middle}");
        assert_presentable(&reading);
    }
}

#[test]
fn several_templates_in_one_file_are_read_or_mentioned() {
    let yaml =
        |name: &str| format!("Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: {name}}}\n");
    let json = |name: &str| {
        format!(
            "{{\"Resources\": {{\"M\": {{\"Type\": \"AWS::AppMesh::Mesh\", \"Properties\": {{\"MeshName\": \"{name}\"}}}}}}}}\n"
        )
    };
    for (name, text) in [("x.yaml", format!("{}---\n{}", yaml("a"), yaml("b"))), ("x.json", json("a") + &json("b"))] {
        let reading = read_text(name, &text, &[]);
        assert_eq!(names(&reading), ["mesh a", "mesh b"], "{text}");
        let place = if name == "x.json" { "2:1" } else { "6:1" };
        let said: Vec<String> = reading.findings.iter().map(line).collect();
        let expected = format!("{place} error several-templates: another template stands before this in the file");
        assert_eq!(said, [expected], "{text}");
    }
}

/// A template with a mesh, and a part of it.
fn with(part: &str) -> String {
    format!("{part}Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: m}}\n")
}

#[test]
fn a_type_that_is_none_is_named() {
    let types = |kind: &str| with("") + &format!("  X:\n    Type: {kind}\n");
    check("x.yaml", &types("5"), &["6:11 error wrong-type: `5` stands where text is due"], &["mesh m"]);
    for text in ["\"5\"", "Mesh"] {
        let shown = text.trim_matches('"');
        let said = format!(
            "6:11 error unknown-type: `{shown}` is not a type of resource -> a type reads `AWS::AppMesh::VirtualNode`"
        );
        check("x.yaml", &types(text), &[&said], &["mesh m"]);
    }
    check("x.yaml", &types("Custom::Thing"), &[], &["mesh m"]);
    check("x.yaml", &format!("Transform: Mine\n{}", types("Thing")), &[], &["mesh m"]);
}

#[test]
fn resources_that_are_no_object_are_named() {
    let due = "stands where an object of resources is due; it is not read";
    check("x.yaml", "Resources: [a]\n", &[&format!("1:12 error wrong-type: a list {due}")], &[]);
    check("x.yaml", "Resources: x\n", &[&format!("1:12 error wrong-type: `x` {due}")], &[]);
    let none = "1:13 error wrong-type: nothing under `Resources` has a `Type`: this is no template; it is not read";
    check("x.yaml", "Resources: {a: {b: c}}\n", &[&none.replace("1:13", "1:12")], &[]);
}

#[test]
fn a_default_is_no_function() {
    let parameter = |more: &str| with(&format!("Parameters:\n  P:\n    Type: String\n{more}  Q: {{Type: String}}\n"));
    for (more, place, what) in [
        ("    Default: !Ref Q\n", "4:14", "`Ref` stands where a plain value is due"),
        ("    Default: [a]\n", "4:14", "a list stands where a plain value is due"),
        ("    AllowedValues: [a, !Ref Q]\n", "4:24", "`Ref` stands where a plain value is due"),
        ("    AllowedValues: a\n", "4:20", "`a` stands where a list is due"),
        ("    MaxLength: {}\n", "4:16", "an object stands where a plain value is due"),
    ] {
        check("x.yaml", &parameter(more), &[&format!("{place} error wrong-type: {what}")], &["mesh m"]);
    }
    check(
        "x.yaml",
        &parameter("    Default: 5\n    AllowedValues: [5, true]\n").replace("[5, true]", "[5]"),
        &[],
        &["mesh m"],
    );
}

#[test]
fn a_default_matches_its_pattern() {
    let parameter = |pattern: &str, default: &str| {
        with(&format!(
            "Parameters:\n  P: {{Type: CommaDelimitedList, AllowedPattern: '{pattern}', Default: '{default}'}}\n"
        ))
    };
    check("x.yaml", &parameter("[a-z]+", "a,bc"), &[], &["mesh m"]);
    let said = "2:3 error invalid-value: `b1` does not match what is allowed for parameter `P` -> its AllowedPattern is `[a-z]+`";
    check("x.yaml", &parameter("[a-z]+", "a,b1"), &[said], &["mesh m"]);
    check("x.yaml", &parameter("(?!x).", "b1"), &[], &["mesh m"]);
}

#[test]
fn a_variable_of_sub_without_end_is_named() {
    let text = with("").replace("MeshName: m", "MeshName: !Sub 'a-${x'");
    let said = "4:28 error malformed-function: `${x` has no closing brace; it stays as it is written";
    check("x.yaml", &text, &[said], &["mesh a-${x"]);
}

#[test]
fn what_list_operations_print_is_named_and_not_read() {
    check(
        "x.json",
        r#"{"virtualNodes": [{"arn": "arn:aws:appmesh:eu-west-1:123456789012:mesh/m/virtualNode/a", "meshName": "m", "virtualNodeName": "a"}], "nextToken": "t"}"#,
        &[
            "1:18 info list-output: this lists each virtual node by its name alone, without a specification; 1 is not read \
           -> describe each virtual node to get its specification",
        ],
        &[],
    );
    check(
        "x.json",
        "{\"meshes\": []}\n{\"tags\": [{\"key\": \"a\", \"value\": \"b\"}]}\n{\"meshName\": \"m\"}\n",
        &["2:10 info list-output: these tags do not say whose they are; they are not read"],
        &["mesh m"],
    );
}

// ---------------------------------------------------------------------------------------------- templates of JSON

const JQ: &str = r#"{
  "meshName": $MESH, "meshOwner": $OWNER, "virtualRouterName": $NAME,
  "spec": {"listeners": [{"portMapping": {"port": $PORT, "protocol": "http"}}]}
}"#;

#[test]
fn jq_programs_are_named_as_templates_and_their_variables_stay_open() {
    check(
        "x.json",
        JQ,
        &["2:15 info template: this is a template: MESH, NAME, OWNER, PORT stay open \
           -> give them values, as in --parameter MESH=…"],
        &["virtual router ${NAME}"],
    );
    let some = read_text("x.json", JQ, &[("MESH", "m"), ("NAME", "r")]);
    assert_eq!(names(&some), ["virtual router r"]);
    assert_eq!(
        all_said(&some),
        [
            "2:35 info template: this is a template: OWNER, PORT stay open -> give them values, as in --parameter OWNER=…"
        ]
    );
    assert_eq!(some.used_parameters, ["MESH", "NAME"]);
}

/// What a variable stands for is decided by its place: an account is text, a port a number, a name of digits a name.
#[test]
fn jq_programs_take_values_from_the_command_line() {
    let given = [("MESH", "true"), ("NAME", "42"), ("OWNER", "123456789012"), ("PORT", "8080")];
    let reading = read_text("x.json", JQ, &given);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    assert_eq!(names(&reading), ["virtual router 42"]);
    assert_eq!(reading.used_parameters, ["MESH", "NAME", "OWNER", "PORT"]);
    let bad = read_text("x.json", JQ, &[("MESH", "m"), ("NAME", "r"), ("OWNER", "123456789012"), ("PORT", "http")]);
    assert_eq!(
        all_said(&bad),
        [
            "3:51 error invalid-value: \"http\" is not a whole number from 1 to 65535 [spec.listeners[0].portMapping.port]"
        ]
    );
}

#[test]
fn meshes_of_one_name_and_several_owners_are_told() {
    let node =
        |name: &str, owner: &str| format!(r#"{{"meshName": "m", "virtualNodeName": "{name}", "spec": {{}}{owner}}}"#);
    let given = |owner: &str| format!(r#", "meshOwner": "{owner}""#);
    let described =
        |owner: &str| format!(r#", "metadata": {{"meshOwner": "{owner}", "resourceOwner": "333333333333"}}"#);
    let said = |nodes: &[String]| all_said(&crate::read_text("x.json", &nodes.join("\n"), &[]));
    let (one, two) = ("111111111111", "222222222222");
    let alike = [node("a", ""), node("b", &given(one)), node("c", &described(one))];
    assert_eq!(said(&alike), [""; 0]);
    let message = "mesh `m` of 222222222222 is taken for the mesh of that name of 111111111111 [meshOwner] -> give the files of \
                   one owner at a time";
    let apart = [node("a", &given(one)), node("b", &described(two)), node("c", &given(two))];
    assert_eq!(said(&apart), [format!("2:1 warning several-owners: {message}")]);
    let other = node("b", &given(two)).replace("\"m\"", "\"n\"");
    assert_eq!(said(&[node("a", &given(one)), other]), [""; 0]);
}
