//! Where values stand: each path of a resource leads to the place in its file that says it.

use meshwright_dialect::{Reading, read};
use meshwright_model::finding::Location;
use meshwright_model::path::Step;
use meshwright_model::shape::Shape;
use meshwright_model::{Kind, Path, Resource, Spec};
use serde_json::Value;

use crate::broken::all_said;
use crate::{files_below, input, own_corpus, read_own, read_text};

/// What a walk over a specification comes by.
enum Met<'v> {
    /// A single value that is known.
    Scalar(&'v Value),
    /// A field that an object could have and has not.
    Absent,
}

/// Walks a specification along its shape; open values are passed over.
fn walk(shape: &Shape, value: &Value, path: &mut Path, visit: &mut dyn FnMut(&Path, Met<'_>)) {
    match shape {
        Shape::Scalar(_) if value.is_object() => {}
        Shape::Scalar(_) => visit(path, Met::Scalar(value)),
        Shape::List(element, _) => {
            for (index, item) in value.as_array().unwrap().iter().enumerate() {
                path.push(Step::Index(index));
                walk(element, item, path, visit);
                path.pop();
            }
        }
        Shape::Struct(fields) | Shape::Union(fields) => {
            let is_union = matches!(shape, Shape::Union(_));
            // The members of a union that are not taken are not absent.
            for field in fields.iter().filter(|field| !is_union || value.get(field.name).is_some()) {
                path.push(Step::Field(field.name.into()));
                match value.get(field.name) {
                    Some(inner) => walk(&field.shape, inner, path, visit),
                    None => visit(path, Met::Absent),
                }
                path.pop();
            }
        }
    }
}

/// What stands at a place, from its column to the end of its width.
fn text_at<'r>(reading: &'r Reading, location: &Location) -> &'r str {
    let line = reading.source(&location.file).unwrap().line(location.line);
    let offset = |count: usize| line.char_indices().nth(count).map_or(line.len(), |(offset, _)| offset);
    &line[offset(location.column - 1)..offset(location.column - 1 + location.width)]
}

/// The value that a literal in YAML or JSON stands for; `None` for a function's call.
fn literal(text: &str) -> Option<String> {
    match text.chars().next()? {
        '!' | '{' => None,
        'F' if text.starts_with("Fn::") => None,
        '"' => Some(serde_json::from_str(text).unwrap()),
        '\'' => Some(text.trim_matches('\'').replace("''", "'")),
        _ => Some(text.to_owned()),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn at(reading: &Reading, resource: &Resource, path: &Path) -> Location {
    reading.locate(resource.origin.unwrap(), path).unwrap_or_else(|| panic!("{path} of {} has no place", resource.id()))
}

/// Checks that a path's place says the value; `true` where it stands there literally.
fn is_literal(reading: &Reading, resource: &Resource, path: &Path, value: &str) -> bool {
    let location = at(reading, resource, path);
    let text = text_at(reading, &location);
    match literal(text) {
        Some(literal) => {
            assert_eq!(literal, value, "{path} of {} at {location:?}", resource.id());
            true
        }
        None => false,
    }
}

/// Checks every path of every resource; returns how many values stand literally, and how many fields are absent.
fn check(reading: &Reading) -> (usize, usize) {
    let (mut literals, mut absent) = (0, 0);
    for resource in &reading.inventory.resources {
        let spec = serde_json::to_value(&resource.spec).unwrap();
        walk(Spec::shape(resource.kind()), &spec, &mut Path::of(&["spec"]), &mut |path, met| match met {
            Met::Scalar(value) => literals += usize::from(is_literal(reading, resource, path, &shown(value))),
            // A field that reads as absent although its file says something stands where it says it.
            Met::Absent if resource.has_gap(path) => {}
            Met::Absent => {
                let mut parent = path.clone();
                parent.pop();
                assert_eq!(at(reading, resource, path), at(reading, resource, &parent), "{path} of {}", resource.id());
                absent += 1;
            }
        });
        literals += names(reading, resource);
    }
    (literals, absent)
}

fn names(reading: &Reading, resource: &Resource) -> usize {
    let kind = resource.kind();
    let parent = kind.parent().zip(resource.parent.as_ref()).map(|(kind, name)| (kind.name_field(), name));
    let own = (kind != Kind::Mesh).then_some((kind.name_field(), &resource.name));
    let names = [("meshName", &resource.mesh)].into_iter().chain(parent).chain(own);
    let known =
        names.filter_map(|(field, name)| Some((Path::default().field(field), name.known()?.as_str().to_owned())));
    let tags = resource.tags.iter().enumerate().flat_map(|(index, tag)| {
        let path = Path::of(&["tags"]).index(index);
        let value = tag.value.as_ref().map(|value| (path.field("value"), value.to_string()));
        [Some((path.field("key"), tag.key.to_string())), value].into_iter().flatten()
    });
    // A name that its file leaves out stands nowhere: it comes from the ARN or the file's name.
    let is_there = |path: &Path| at(reading, resource, path) != at(reading, resource, &Path::default());
    known.chain(tags).filter(|(path, value)| is_there(path) && is_literal(reading, resource, path, value)).count()
}

#[test]
fn every_value_of_the_own_corpus_is_found_where_it_stands() {
    for (file, literals, absent) in [
        ("everything/everything.yaml", 440, 250),
        ("everything/everything.json", 530, 250),
        ("shop/shop.yaml", 150, 90),
        ("shop/shop.template.json", 150, 90),
        ("shop/shop.describe.json", 220, 90),
        ("grpc/library.yaml", 150, 110),
        ("grpc/library.json", 200, 110),
        ("tcp/ledger.template.json", 100, 60),
        ("ecs/bakery.yaml", 20, 30),
    ] {
        let found = check(&read_own(&[file]));
        assert!(found.0 >= literals && found.1 >= absent, "{file}: {found:?} of {:?}", (literals, absent));
    }
}

#[test]
fn every_value_of_every_own_file_alone_is_found_where_it_stands() {
    let mut checked = 0;
    for path in files_below(&own_corpus()) {
        let reading = read(vec![input(&path)], &meshwright_dialect::Options::default());
        checked += check(&reading).0;
    }
    assert!(checked > 2000, "{checked} values");
}

#[test]
fn values_of_templates_that_are_read_together_are_found_in_their_own_files() {
    let reading = read_own(&["split/network.yaml", "split/nodes.yaml", "split/routes.yaml", "split/parent.yaml"]);
    assert!(check(&reading).0 > 35);
    for resource in &reading.inventory.resources {
        let file = at(&reading, resource, &Path::default()).file;
        let ending = match (resource.kind(), resource.label.as_deref()) {
            (Kind::Mesh | Kind::VirtualGateway, _) => "split/network.yaml",
            (_, Some("Node" | "Service")) => "split/nested.yaml",
            (Kind::VirtualNode, _) => "split/nodes.yaml",
            _ => "split/routes.yaml",
        };
        assert!(file.ends_with(ending), "{}: {file}", resource.id());
    }
}

/// The same route in three notations: `@` marks what is looked for.
const ROUTES: &[(&str, &str)] = &[
    (
        "x.yaml",
        "Resources:
  R:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: m
      VirtualRouterName: v
      RouteName: r
      Spec:
        HttpRoute:
          Match:
            Prefix: /
          Action:
            WeightedTargets:
              - 5
              - VirtualNode: a
                Weight: 1
              - ~
              - [x]
              - VirtualNode: b
                Weight: 2
",
    ),
    (
        "x.json",
        r#"{"Resources": {"R": {"Type": "AWS::AppMesh::Route", "Properties": {
  "MeshName": "m", "VirtualRouterName": "v", "RouteName": "r",
  "Spec": {"HttpRoute": {"Match": {"Prefix": "/"}, "Action": {"WeightedTargets": [
    5,
    {"VirtualNode": "a", "Weight": 1},
    null,
    ["x"],
    {"VirtualNode": "b", "Weight": 2}]}}}}}}}"#,
    ),
    (
        "x.json",
        r#"{"meshName": "m", "virtualRouterName": "v", "routeName": "r",
  "spec": {"httpRoute": {"match": {"prefix": "/"}, "action": {"weightedTargets": [
    5,
    {"virtualNode": "a", "weight": 1},
    null,
    ["x"],
    {"virtualNode": "b", "weight": 2}]}}}}"#,
    ),
];

#[test]
fn elements_after_faulty_ones_are_found_where_they_stand() {
    let targets = Path::of(&["spec", "httpRoute", "action", "weightedTargets"]);
    for (name, text) in ROUTES {
        let reading = read_text(name, text, &[]);
        assert_eq!(reading.findings.len(), 3, "{:?}", all_said(&reading));
        check(&reading);
        let route = &reading.inventory.resources[0];
        for (index, node) in ["a", "b"].into_iter().enumerate() {
            assert!(is_literal(&reading, route, &targets.index(index).field("virtualNode"), node));
        }
        assert_eq!(at(&reading, route, &targets.index(2)), at(&reading, route, &targets), "there is no third");
    }
}

#[test]
fn a_finding_about_a_value_stands_where_its_path_leads() {
    let (name, text) = ROUTES[0];
    for (good, bad) in
        [("Weight: 1\n", "Weight: 101\n"), ("Prefix: /\n", "Prefix: [1]\n"), ("VirtualNode: a", "VirtualNode: ''")]
    {
        let sound = text
            .replace("              - 5\n", "")
            .replace("              - ~\n", "")
            .replace("              - [x]\n", "");
        let reading = read_text(name, &sound.replace(good, bad), &[]);
        assert_eq!(reading.findings.len(), 1, "{:?}", all_said(&reading));
        let finding = &reading.findings[0];
        let place = reading.locate(reading.inventory.resources[0].origin.unwrap(), finding.path.as_ref().unwrap());
        assert_eq!(place, finding.location);
    }
}

/// Of two equal keys the last is read, and it is the last that is shown.
#[test]
fn a_value_that_stands_twice_is_found_where_it_was_read() {
    for (name, text) in [
        (
            "x.yaml",
            "Resources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: m\n      Spec:\n        EgressFilter:\n          Type: DROP_ALL\n          Type: ALLOW_ALL\n",
        ),
        (
            "x.json",
            "{\"meshName\": \"m\", \"spec\": {\"egressFilter\": {\"type\": \"DROP_ALL\", \"type\": \"ALLOW_ALL\"}}}",
        ),
    ] {
        assert!(check(&read_text(name, text, &[])).0 >= 2);
    }
}

#[test]
fn a_resource_stands_at_its_logical_id_and_elsewhere_at_its_object() {
    for (name, text, place) in [
        (ROUTES[0].0, ROUTES[0].1, (2, 3)),
        (ROUTES[1].0, ROUTES[1].1, (1, 16)),
        (ROUTES[2].0, ROUTES[2].1, (1, 1)),
        (
            "x.json",
            "[\n  {\"virtualNode\": {\"meshName\": \"m\", \"virtualNodeName\": \"n\", \"spec\": {}}}\n]",
            (2, 19),
        ),
    ] {
        let reading = read_text(name, text, &[]);
        let resource = &reading.inventory.resources[0];
        let whole = at(&reading, resource, &Path::default());
        assert_eq!((whole.line, whole.column), place);
        assert_eq!(at(&reading, resource, &Path::of(&["tags"]).index(3).field("key")), whole);
    }
}

const BRANCHES: &str = "Parameters:
  Extra: {Type: String}
  Stage: {Type: String, Default: test}
Conditions:
  HasExtra: !Equals [!Ref Extra, yes]
  IsTest: !Equals [!Ref Stage, test]
Mappings:
  Ports: {test: {port: 8080}}
Resources:
  G:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: m
      VirtualGatewayName: g
      Spec:
        Listeners:
          - !If [HasExtra, {PortMapping: {Port: 1, Protocol: http}}, !Ref AWS::NoValue]
          - !If [IsTest, !Ref AWS::NoValue, {PortMapping: {Port: 2, Protocol: http}}]
          - PortMapping: {Port: !FindInMap [Ports, !Ref Stage, port], Protocol: http}
          - !If
            - IsTest
            - PortMapping: {Port: 3, Protocol: grpc}
            - !Ref AWS::NoValue
          - PortMapping: {Port: 4, Protocol: http2}
            TLS: !If [HasExtra, {Mode: STRICT}, !Ref AWS::NoValue]
";

#[test]
fn branches_that_are_taken_are_found_and_those_that_are_not_do_not_count() {
    let reading = read_text("x.yaml", BRANCHES, &[]);
    assert_eq!(all_said(&reading), Vec::<String>::new());
    check(&reading);
    let gateway = &reading.inventory.resources[0];
    let listener = |index: usize| Path::of(&["spec", "listeners"]).index(index);
    let line = |path: Path| at(&reading, gateway, &path).line;
    assert_eq!([0, 1, 2].map(|index| line(listener(index).field("portMapping").field("protocol"))), [19, 22, 24]);
    assert_eq!(line(listener(0).field("portMapping").field("port")), 19);
    assert_eq!(
        text_at(&reading, &at(&reading, gateway, &listener(2).field("tls"))),
        "!If [HasExtra, {Mode: STRICT}, !Ref AWS::NoValue]"
    );
}

/// A listener that may be there shifts no other: what is open about the third is not said of the second.
#[test]
fn open_parts_are_counted_as_the_elements_are() {
    let reading = read_text("x.yaml", BRANCHES, &[]);
    let gateway = &reading.inventory.resources[0];
    let tls = |index: usize| Path::of(&["spec", "listeners"]).index(index).field("tls");
    assert_eq!([0, 1, 2].map(|index| gateway.has_gap(&tls(index))), [false, false, true], "{:?}", gateway.gaps);
}
