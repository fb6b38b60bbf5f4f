//! Names of resources in edits of templates: they are written as the template writes its names.

use meshwright_dialect::edit;
use meshwright_model::Path;
use meshwright_model::edit::{Change, Edit};

use super::editing::edited;
use super::read_text;

const MESH: &str = "
  Mesh: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: shop}}";

/// A template of three nodes whose route names two of them in these ways.
fn template(first: &str, second: &str) -> String {
    let node = |name: &str| {
        format!(
            "
  Node{name}:
    Type: AWS::AppMesh::VirtualNode
    Properties: {{MeshName: !GetAtt Mesh.MeshName, VirtualNodeName: {name}, Spec: {{}}}}"
        )
    };
    format!(
        "Parameters:
  Second: {{Type: String, Default: b}}
Resources:{MESH}{}{}{}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: !GetAtt Mesh.MeshName
      VirtualRouterName: orders
      RouteName: main
      Spec:
        TcpRoute:
          Action:
            WeightedTargets:
              - VirtualNode: {first}
                Weight: 1
              - {{VirtualNode: {second}, Weight: 1}}
",
        node("a"),
        node("b"),
        node("c")
    )
}

const TARGETS: &str = "spec.tcpRoute.action.weightedTargets";

#[track_caller]
fn check(ways: [&str; 2], script: &str, expected: [&str; 2]) {
    let new = edited("t.yaml", &template(ways[0], ways[1]), &format!("main {TARGETS}{script}")).unwrap();
    assert_eq!(new, template(expected[0], expected[1]), "{new}");
}

#[test]
fn a_target_is_pointed_elsewhere_in_its_own_words() {
    let second = "{'Fn::GetAtt': [\"Nodeb\", VirtualNodeName]}";
    check(
        ["!GetAtt Nodea.VirtualNodeName # the old one", second],
        r#"[0].virtualNode = "c""#,
        ["!GetAtt Nodec.VirtualNodeName # the old one", second],
    );
    check(
        ["!GetAtt 'Nodea.VirtualNodeName'", second],
        r#"[1].virtualNode = "c""#,
        ["!GetAtt 'Nodea.VirtualNodeName'", "{'Fn::GetAtt': [\"Nodec\", VirtualNodeName]}"],
    );
    check(
        ["!GetAtt [Nodea, VirtualNodeName]", "a"],
        r#"[0].virtualNode = "c""#,
        ["!GetAtt [Nodec, VirtualNodeName]", "a"],
    );
    check(
        ["a", "!GetAtt Nodeb.VirtualNodeName"],
        r#"[0].virtualNode = "c""#,
        ["!GetAtt Nodec.VirtualNodeName", "!GetAtt Nodeb.VirtualNodeName"],
    );
    check(["a", "b"], r#"[0].virtualNode = "c""#, ["c", "b"]);
    check(["a", "!Ref Second"], r#"[0].virtualNode = "b""#, ["!Ref Second", "!Ref Second"]);
    check(["!GetAtt Nodea.VirtualNodeName", "b"], r#"[0].virtualNode = "a""#, ["!GetAtt Nodea.VirtualNodeName", "b"]);
}

#[test]
fn a_name_that_a_parameter_gives_is_not_written_over() {
    let text = template("a", "!Ref Second");
    let refused = edited("t.yaml", &text, &format!(r#"main {TARGETS}[1].virtualNode = "c""#)).unwrap_err();
    assert!(refused.contains("the value comes from parameter `Second`; change it there"), "{refused}");
}

#[test]
fn a_new_target_stands_as_its_neighbours_do() {
    let text = template("!GetAtt Nodea.VirtualNodeName", "!GetAtt Nodeb.VirtualNodeName");
    let script = format!(r#"main {TARGETS} += {{"virtualNode": "c", "weight": 2}}"#);
    let new = edited("t.yaml", &text, &script).unwrap();
    let added = "              - {VirtualNode: !GetAtt Nodec.VirtualNodeName, Weight: 2}\n";
    assert_eq!(new, text.clone() + added);
    let plain = text.replace("!GetAtt Nodea.VirtualNodeName", "a").replace("!GetAtt Nodeb.VirtualNodeName", "b");
    let added = "              - {VirtualNode: c, Weight: 2}\n";
    assert_eq!(edited("t.yaml", &plain, &script).unwrap(), plain + added);
}

#[test]
fn a_name_of_its_own_names_nothing_else() {
    let text = template("!GetAtt Nodea.VirtualNodeName", "b");
    let reading = read_text("t.yaml", &text, &[]);
    let node = reading.inventory.resources.iter().find(|resource| resource.name.to_string() == "c").unwrap();
    let rename = Edit::of(node, Path::of(&["virtualNodeName"]), Change::Set("a".into()));
    let new = &edit(&reading, &[rename]).unwrap()[0].text;
    assert_eq!(*new, text.replace("VirtualNodeName: c,", "VirtualNodeName: a,"));
}

#[test]
fn what_names_a_renamed_resource_follows_it_in_its_own_words() {
    let text = template("!GetAtt Nodea.VirtualNodeName", "a");
    let reading = read_text("t.yaml", &text, &[]);
    let find =
        |name: &str| reading.inventory.resources.iter().find(|resource| resource.name.to_string() == name).unwrap();
    let set = |name: &str, path: Path| Edit::of(find(name), path, Change::Set("new".into()));
    let targets = Path::of(&["spec", "tcpRoute", "action", "weightedTargets"]);
    let mut edits = vec![set("a", Path::of(&["virtualNodeName"]))];
    edits.extend((0..2).map(|index| set("main", targets.clone().index(index).field("virtualNode"))));
    let new = &edit(&reading, &edits).unwrap()[0].text;
    let expected = template("!GetAtt Nodea.VirtualNodeName", "new");
    assert_eq!(*new, expected.replace("VirtualNodeName: a,", "VirtualNodeName: new,"));
}

#[test]
fn the_text_behind_the_last_name_of_a_sub_is_changed_there() {
    let text = |name: &str| {
        format!(
            "Parameters:
  Env: {{Type: String, Default: dev}}
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: !Sub '${{Env}}-{name}' # by environment
      Spec: {{}}
"
        )
    };
    let reading = read_text("t.yaml", &text("orders"), &[]);
    let rename = |to: &str| {
        let change = Change::Set(to.into());
        let edits = [Edit::of(&reading.inventory.resources[0], Path::of(&["virtualNodeName"]), change)];
        edit(&reading, &edits).map(|files| files[0].text.clone()).map_err(|error| error.to_string())
    };
    assert_eq!(rename("dev-sales"), Ok(text("sales")));
    let refused = rename("prod-orders").unwrap_err();
    assert!(refused.contains("`Fn::Sub` makes the value"), "{refused}");
}
