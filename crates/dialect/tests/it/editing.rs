//! Edits of files: what the new text is, byte for byte, and what stands in an edit's way.

use meshwright_dialect::{Reading, edit, reads_as};
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
pub(crate) fn edited(name: &str, text: &str, script: &str) -> Result<String, String> {
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

#[test]
fn what_goes_takes_its_lines_and_comments_along() {
    check(
        LISTENERS,
        "n spec.listeners[0].timeout -",
        &listeners(
            "            # how long\n            Timeout:\n              HTTP:\n                PerRequest: {Unit: s, Value: 15}\n",
            "",
        ),
    );
    check(
        LISTENERS,
        "n spec.serviceDiscovery -",
        &listeners(
            "        # found by name\n        ServiceDiscovery:\n          DNS:\n            Hostname: \"a.local\"\n",
            "",
        ),
    );
    // The first of an element shares its line with the dash.
    check(
        "      Spec:\n        Backends:\n          - VirtualService: # c\n              VirtualServiceName: a\n          - VirtualService: {VirtualServiceName: b}\n",
        "n spec.backends[0] -",
        "      Spec:\n        Backends:\n          - VirtualService: {VirtualServiceName: b}\n",
    );
    check(
        "      Spec:\n        Listeners: [{PortMapping: {Port: 1, Protocol: tcp}, ConnectionPool: {TCP: {MaxConnections: 5}}}]\n",
        "n spec.listeners[0].connectionPool -",
        "      Spec:\n        Listeners: [{PortMapping: {Port: 1, Protocol: tcp}}]\n",
    );
}

#[test]
fn a_union_switches_in_its_place() {
    check(
        LISTENERS,
        "n spec.serviceDiscovery = {\"awsCloudMap\": {\"namespaceName\": \"a\", \"serviceName\": \"b\"}}",
        &listeners(
            "          DNS:\n            Hostname: \"a.local\"\n",
            "          AWSCloudMap:\n            NamespaceName: a\n            ServiceName: b\n",
        ),
    );
    check(
        LISTENERS,
        "n spec.listeners[0].timeout.grpc.idle = {\"unit\": \"s\", \"value\": 1}",
        &listeners(
            "              HTTP:\n                PerRequest: {Unit: s, Value: 15}\n",
            "              GRPC:\n                Idle:\n                  Unit: s\n                  Value: 1\n",
        ),
    );
}

#[test]
fn other_habits_of_files_are_kept() {
    let text = template(LISTENERS);
    let script = "n spec.listeners += {\"portMapping\": {\"port\": 1, \"protocol\": \"tcp\"}}\nn spec.listeners[0].timeout -\n\
                  n spec.backends += {\"virtualService\": {\"virtualServiceName\": \"x\"}}";
    let plain = edited("t.yaml", &text, script).unwrap();
    let windows = edited("t.yaml", &text.replace('\n', "\r\n"), script).unwrap();
    assert_eq!(windows, plain.replace('\n', "\r\n"));
    assert_eq!(edited("t.yaml", &format!("\u{feff}{text}"), script).unwrap(), format!("\u{feff}{plain}"));
    assert_eq!(edited("t.yaml", text.trim_end(), script).unwrap(), plain.trim_end());
    // Dashes in the column of their key, four columns a level.
    let other = "Resources:\n    N:\n        Type: AWS::AppMesh::VirtualNode\n        Properties:\n            MeshName: m\n            \
                 VirtualNodeName: n\n            Spec:\n                Backends:\n                - VirtualService:\n                      \
                 VirtualServiceName: a\n";
    let script = "n spec.backends += {\"virtualService\": {\"virtualServiceName\": \"x\"}}\n\
                  n spec.serviceDiscovery.dns.hostname = \"z\"";
    let expected = format!(
        "{other}                - VirtualService:\n                      VirtualServiceName: x\n                \
         ServiceDiscovery:\n                    DNS:\n                        Hostname: z\n"
    );
    assert_eq!(edited("t.yaml", other, script).unwrap(), expected);
}

#[test]
fn json_is_edited_in_its_layout() {
    let text = "{\n\t\"meshName\": \"m\",\n\t\"virtualNodeName\": \"n\",\n\t\"spec\": {\n\t\t\"listeners\": [\n\t\t\t{ \"portMapping\": { \"port\": 80, \"protocol\": \"http\" } }\n\t\t]\n\t}\n}";
    let check = |script: &str, from: &str, to: &str| {
        let found = edited("n.json", text, script).unwrap();
        assert_eq!(found, text.replacen(from, to, 1), "{script}\n{found}");
    };
    check("n spec.listeners[0].portMapping.port = 8080", "80", "8080");
    check("n spec.listeners[0].portMapping.protocol -", ", \"protocol\": \"http\"", "");
    check(
        "n spec.serviceDiscovery.dns.hostname = \"a\"",
        "\n\t\t]",
        "\n\t\t],\n\t\t\"serviceDiscovery\": {\n\t\t\t\"dns\": {\n\t\t\t\t\"hostname\": \"a\"\n\t\t\t}\n\t\t}",
    );
    check(
        "n spec.listeners += {\"portMapping\": {\"port\": 1, \"protocol\": \"tcp\"}}",
        "} }\n",
        "} },\n\t\t\t{ \"portMapping\": { \"port\": 1, \"protocol\": \"tcp\" } }\n",
    );
    let tight = "{\"virtualNode\":{\"meshName\":\"m\",\"virtualNodeName\":\"n\",\"spec\":{}}}\n";
    let found = edited("n.json", tight, "n spec.serviceDiscovery.dns.hostname = \"a\"").unwrap();
    assert_eq!(found, tight.replace("{}", "{\"serviceDiscovery\":{\"dns\":{\"hostname\":\"a\"}}}"));
}

#[test]
fn what_is_made_elsewhere_is_refused() {
    let ports = "      Spec: {Listeners: [{PortMapping: {Port: !Ref Port, Protocol: http}}]}\nParameters:\n  Port: {Type: Number, Default: 80}\n";
    let port = "n spec.listeners[0].portMapping.port = ";
    let why = "t.yaml:8:47: spec.listeners[0].portMapping.port: the value comes from parameter `Port`; change it there";
    refuses(ports, &format!("{port}1"), why);
    check(ports, &format!("{port}80"), ports);
    let chosen = "      Spec: !If [C, {Backends: []}, {}]\nConditions: {C: !Equals [a, a]}\n";
    let why =
        "t.yaml:8:13: spec.serviceDiscovery.dns.hostname: condition `C` chooses the value; change the branch meant";
    refuses(chosen, "n spec.serviceDiscovery.dns.hostname = \"x\"", why);
    let shared = "      Spec:\n        Listeners:\n          - PortMapping: &p {Port: 1, Protocol: tcp}\n          - PortMapping: *p\n";
    let why =
        "t.yaml:10:26: spec.listeners[0].portMapping.port: aliases of `&p` repeat this elsewhere and would change too";
    refuses(shared, &format!("{port}2"), why);
    let why = "t.yaml:11:26: spec.listeners[1].portMapping.port: the value is the alias `*p`; change it at its anchor";
    refuses(shared, "n spec.listeners[1].portMapping.port = 2", why);
    let why = "t.yaml:9:9: spec.listeners[1].nothing: there is no field `nothing` here";
    let found = edited("t.yaml", &template(shared), "n spec.listeners[1].nothing = 2").unwrap_err();
    assert_eq!(found, why[12..], "{found}");
}

/// A resource of another file that is to be made in this one.
fn other(text: &str) -> Resource {
    let reading = read_text("new.json", text, &[]);
    Resource { origin: None, label: None, ..reading.inventory.resources[0].clone() }
}

fn created(name: &str, text: &str, new: &[Resource]) -> String {
    let reading = read_text(name, text, &[]);
    let edits: Vec<Edit> = new.iter().map(|new| Edit::create(new.clone(), None)).collect();
    let files = edit(&reading, &edits).unwrap();
    let after = read_text(name, &files[0].text, &[]);
    reads_as(&reading, &edits, &after).unwrap_or_else(|why| panic!("{why}\n{}", files[0].text));
    assert_eq!(edit(&after, &edits), Ok(Vec::new()), "{}", files[0].text);
    // What is made and taken away again leaves no trace.
    let gone: Vec<Edit> = (after.inventory.resources.iter())
        .filter(|resource| new.iter().any(|new| new.id() == resource.id()))
        .map(Edit::delete)
        .collect();
    assert_eq!(edit(&after, &gone).unwrap()[0].text, text);
    files[0].text.clone()
}

const ROUTE: &str = r#"{"meshName": "shop", "virtualRouterName": "orders", "routeName": "beta", "spec": {"priority": 1, "tcpRoute":
    {"action": {"weightedTargets": [{"virtualNode": "a", "weight": 1}]}}}}"#;

const TEMPLATE: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}

  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: !GetAtt Mesh.MeshName
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 1, Protocol: tcp}}]}

  A:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: !GetAtt Mesh.MeshName
      VirtualNodeName: a
      Spec: {}

Outputs: # at the end
  Name: {Value: x}
";

#[test]
fn a_new_resource_comes_behind_its_like_and_names_others_as_they_do() {
    let found = created("t.yaml", TEMPLATE, &[other(ROUTE)]);
    let new = "
  OrdersBetaRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: !GetAtt Mesh.MeshName
      VirtualRouterName: !GetAtt Router.VirtualRouterName
      RouteName: beta
      Spec:
        TcpRoute:
          Action:
            WeightedTargets:
              - VirtualNode: !GetAtt A.VirtualNodeName
                Weight: 1
        Priority: 1
";
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let expected = TEMPLATE.replace("\nOutputs", &format!("{new}\nOutputs"));
    assert_eq!(sorted(&found), sorted(&expected), "{found}");
    assert!(found.starts_with(TEMPLATE.split("\nOutputs").next().unwrap()), "{found}");
}

#[test]
fn a_new_resource_of_a_template_in_json_has_its_layout() {
    let text = r#"{
    "Resources": {
        "A": {
            "Type": "AWS::AppMesh::VirtualNode",
            "Properties": {"MeshName": {"Ref": "MeshName"}, "VirtualNodeName": "a", "Spec": {}}
        }
    },
    "Parameters": {"MeshName": {"Type": "String", "Default": "shop"}}
}
"#;
    let found = created("t.json", text, &[other(ROUTE)]);
    assert!(found.contains("\"MeshName\": {\n                    \"Ref\": \"MeshName\"\n"), "{found}");
    assert!(
        found.contains("        },\n        \"OrdersBetaRoute\": {\n            \"Type\": \"AWS::AppMesh::Route\""),
        "{found}"
    );
}

#[test]
fn a_new_object_of_aws_json_comes_in_the_envelope_of_the_others() {
    let node = r#"{"meshName": "shop", "virtualNodeName": "a", "spec": {}}"#;
    for (text, expected) in [
        (format!("{node}\n"), "\n{\"meshName\""),
        (format!("[{node}]\n"), ", {\"meshName\""),
        (format!("{{\"virtualNode\": {node}}}\n"), "\n{\"route\": {\"meshName\""),
        (format!("[{{\"virtualNode\": {node}}}]\n"), ", {\"route\": {\"meshName\""),
        (format!("{{\"virtualNodes\": [{node}], \"x\": 1}}\n"), "\"x\": 1, \"routes\": [{\"meshName\""),
    ] {
        let reading = read_text("all.json", &text, &[]);
        let edits = [Edit::create(other(ROUTE), None)];
        let new = &edit(&reading, &edits).unwrap()[0].text;
        reads_as(&reading, &edits, &read_text("all.json", new, &[])).unwrap_or_else(|why| panic!("{why}\n{new}"));
        let plain: String = new.replace("\n  ", " ").replace("{ ", "{");
        assert!(plain.contains(expected), "{text}{new}");
    }
}
