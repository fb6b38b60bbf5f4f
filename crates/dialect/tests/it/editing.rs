//! Edits of files: what the new text is, byte for byte, and what stands in an edit's way.

use meshwright_dialect::{Input, Options, Reading, edit, read, reads_as};
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::path::Step;
use meshwright_model::{Path, Resource};
use serde_json::Value;

use crate::read_text;

/// A value that JSON says.
pub(crate) fn new_value(value: &Value) -> NewValue {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Number(number) => number.as_i64().unwrap().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Array(items) => NewValue::List(items.iter().map(new_value).collect()),
        Value::Object(members) => NewValue::Object(
            members.iter().map(|(key, value)| (&*Box::leak(key.clone().into_boxed_str()), new_value(value))).collect(),
        ),
        Value::Null => panic!("no edit sets null"),
    }
}

/// `spec.listeners[0].tls` as a path.
fn path(text: &str) -> Path {
    let mut path = Path::default();
    for part in text.split('.').filter(|part| !part.is_empty()) {
        let (name, indexes) = part.split_once('[').unwrap_or((part, ""));
        path.push(Step::Field(name.to_owned().into()));
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            path.push(Step::Index(index.trim_end_matches(']').parse().unwrap()));
        }
    }
    path
}

/// `NAME PATH = JSON`, `NAME PATH += JSON`, `NAME PATH -`: an edit of the resource or task of that name.
fn parse(reading: &Reading, line: &str) -> Edit {
    let (name, rest) = line.split_once(' ').unwrap();
    let (place, change) = match (rest.split_once(" += "), rest.split_once(" = ")) {
        (Some((place, new)), _) => (place, Change::Append(new_value(&serde_json::from_str(new).unwrap()))),
        (None, Some((place, new))) => (place, Change::Set(new_value(&serde_json::from_str(new).unwrap()))),
        (None, None) => (rest.trim_end_matches('-').trim(), Change::Remove),
    };
    let is_it = |resource: &&Resource| resource.name.to_string() == name;
    match reading.inventory.resources.iter().find(is_it) {
        Some(resource) => Edit::of(resource, path(place), change),
        None => {
            let workload = reading.inventory.workloads.first().unwrap();
            Edit { resource: None, origin: workload.origin, path: path(place), change }
        }
    }
}

fn edits(reading: &Reading, script: &str) -> Vec<Edit> {
    script.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| parse(reading, line)).collect()
}

/// Makes edits in a text, and checks that the new text reads as it should and that they change nothing more.
fn edited(name: &str, text: &str, script: &str) -> Result<String, String> {
    let reading = read_text(name, text, &[]);
    let edits = edits(&reading, script);
    let files = edit(&reading, &edits).map_err(|error| error.to_string())?;
    let new = files.first().map_or_else(|| text.to_owned(), |file| file.text.clone());
    let after = read_text(name, &new, &[]);
    reads_as(&reading, &edits, &after).map_err(|why| format!("unsound: {why}\n{new}"))?;
    let sets: Vec<Edit> = edits
        .iter()
        .filter(|edit| matches!(edit.change, Change::Set(_)))
        .zip(self::edits(&after, script).into_iter().filter(|edit| matches!(edit.change, Change::Set(_))))
        .map(|(_, again)| again)
        .collect();
    if sets.len() == edits.len() {
        assert_eq!(edit(&after, &sets), Ok(Vec::new()), "made again:\n{new}");
    }
    Ok(new)
}

/// A template of one node; its properties are given, indented by six.
fn template(properties: &str) -> String {
    format!(
        "Resources:\n  # the node\n  Node:\n    Type: AWS::AppMesh::VirtualNode\n    Properties:\n      MeshName: m\n      \
         VirtualNodeName: n\n{properties}"
    )
}

fn check(properties: &str, script: &str, expected: &str) {
    let found = edited("t.yaml", &template(properties), script).unwrap();
    assert_eq!(found, template(expected), "\n{script}\n{found}");
}

fn refuses(properties: &str, script: &str, expected: &str) {
    assert_eq!(edited("t.yaml", &template(properties), script).unwrap_err(), expected);
}

const LISTENERS: &str = "      Spec:
        Listeners:
          - PortMapping: # the port
              Port: 8080  # plain
              Protocol: 'http'
            # how long
            Timeout:
              HTTP:
                PerRequest: {Unit: s, Value: 15}
        # found by name
        ServiceDiscovery:
          DNS:
            Hostname: \"a.local\"
";

fn listeners(from: &str, to: &str) -> String {
    assert!(LISTENERS.contains(from), "{from}");
    LISTENERS.replacen(from, to, 1)
}

#[test]
fn a_scalar_is_replaced_in_its_quotes() {
    let port = "n spec.listeners[0].portMapping.port = ";
    check(LISTENERS, &format!("{port}9090"), &listeners("8080", "9090"));
    check(LISTENERS, &format!("{port}8080"), LISTENERS);
    let protocol = "n spec.listeners[0].portMapping.protocol = \"grpc\"";
    check(LISTENERS, protocol, &listeners("'http'", "'grpc'"));
    let value = "n spec.listeners[0].timeout.http.perRequest.value = 20";
    check(LISTENERS, value, &listeners("Value: 15", "Value: 20"));
    let hostname = "n spec.serviceDiscovery.dns.hostname = \"é \\\"b\\\".local\"";
    check(LISTENERS, hostname, &listeners("\"a.local\"", "\"é \\\"b\\\".local\""));
    let unit = "n spec.listeners[0].timeout.http.perRequest.unit = \"ms\"";
    check(LISTENERS, unit, &listeners("Unit: s", "Unit: ms"));
}

#[test]
fn what_yaml_takes_for_something_else_is_quoted() {
    for (text, written) in [
        ("yes", "\"yes\""),
        ("012", "\"012\""),
        ("1e3", "\"1e3\""),
        ("*a", "\"*a\""),
        ("&a", "\"&a\""),
        ("!a", "\"!a\""),
        ("a: b", "\"a: b\""),
        ("a #b", "\"a #b\""),
        ("", "\"\""),
        ("~", "\"~\""),
        ("a.local", "a.local"),
    ] {
        let from = "      Spec:\n        ServiceDiscovery: {DNS: {Hostname: x}}\n";
        let script = format!("n spec.serviceDiscovery.dns.hostname = {}", serde_json::json!(text));
        check(from, &script, &from.replace("Hostname: x", &format!("Hostname: {written}")));
        let from = "      Spec:\n        ServiceDiscovery:\n          DNS:\n            Hostname: x # c\n";
        check(from, &script, &from.replace("Hostname: x", &format!("Hostname: {written}")));
    }
}

#[test]
fn absent_objects_are_made_in_the_order_of_the_api() {
    check(
        LISTENERS,
        "n spec.listeners[0].timeout.http.idle = {\"unit\": \"s\", \"value\": 60}",
        &listeners(
            "                PerRequest: {Unit: s, Value: 15}\n",
            "                PerRequest: {Unit: s, Value: 15}\n                Idle:\n                  Unit: s\n                  Value: 60\n",
        ),
    );
}

#[test]
fn elements_are_appended_with_the_dashes_of_the_file() {
    let new = "n spec.listeners += {\"portMapping\": {\"port\": 1, \"protocol\": \"tcp\"}}";
    check(
        LISTENERS,
        new,
        &listeners(
            "Value: 15}\n",
            "Value: 15}\n          - PortMapping:\n              Port: 1\n              Protocol: tcp\n",
        ),
    );
}
