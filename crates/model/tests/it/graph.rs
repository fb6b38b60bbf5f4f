//! The graph as data: shares, problems, and what is not said where names are open.

use meshwright_model::graph::{EdgeKind, Graph};
use meshwright_model::resource::{Gap, Origin, Resource};
use meshwright_model::workload::{TaskDefinition, Workload};
use meshwright_model::{Expression, Inventory, Path, Scalar, Spec, Symbol};
use serde_json::json;

use crate::mesh::inventory;

fn graph(lines: &str) -> Graph {
    Graph::of(&inventory(lines).index()).remove(0)
}

fn problems(graph: &Graph) -> Vec<String> {
    let of = |node: &meshwright_model::graph::Node| -> Vec<String> {
        node.problems.iter().map(|problem| format!("{}: {problem}", node.name)).collect()
    };
    graph.nodes.iter().flat_map(of).collect()
}

#[test]
fn shares_are_weights_over_their_sum() {
    let graph = graph("router r\nroute r/x -> a=1 b=3\nnode a\nnode b");
    let shares: Vec<f64> = graph.edges.iter().filter_map(|edge| edge.share).collect();
    assert_eq!(shares, [0.25, 0.75]);
}

#[test]
fn what_is_wrong_stands_where_it_is_wrong() {
    let graph = graph(
        "mesh m
         router r
         router empty
         gateway g
         route r/x -> gone=1
         route r/zero -> a=0
         node a
         node alone
         service nothing
         service s -> router:r
         gateway-route g/gr -> s",
    );
    assert_eq!(
        problems(&graph),
        [
            "alone: nothing leads to it, and it calls nothing",
            "gone: is named, but no file defines it",
            "empty: has no routes",
            "zero: all weights are 0: the proxy refuses that",
            "nothing: has no provider: callers get 404",
        ]
    );
}

#[test]
fn open_names_cause_no_false_problems() {
    let mut inventory = inventory("node a\nroute r/x -> b=1\nrouter r\nservice s -> router:r");
    inventory.resources[0].name = Scalar::from_expression(Expression::Reference("Name".into()));
    let graph = Graph::of(&inventory.index()).remove(0);
    assert_eq!(problems(&graph), Vec::<String>::new(), "`${{Name}}` may be `b`");
}

#[test]
fn routes_stand_in_the_order_they_are_tried() {
    let mut inventory = inventory("router r\nroute r/a -> n=1\nroute r/b -> n=1\nroute r/c -> n=1\nnode n");
    for (position, priority) in [(1, None), (2, Some("5")), (3, Some("0"))] {
        let meshwright_model::Spec::Route(spec) = &mut inventory.resources[position].spec else { panic!("a route") };
        spec.priority = priority.map(|text| Scalar::from_given(meshwright_model::value::Given::Lexeme(text)));
    }
    let graph = Graph::of(&inventory.index()).remove(0);
    let held: Vec<&str> = graph
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::Holds)
        .map(|edge| graph.nodes[edge.to].name.as_str())
        .collect();
    assert_eq!(held, ["c", "b", "a"]);
}

#[test]
fn two_definitions_of_one_name_are_one_node_with_a_problem() {
    let graph = graph("node a\nnode a\nnode a");
    assert_eq!(graph.nodes.len(), 1);
    assert_eq!(graph.nodes[0].problems.iter().filter(|problem| problem.contains("more than once")).count(), 1);
}

fn open_block(fields: &[(&str, &str)]) -> Gap {
    let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), Expression::Text((*value).to_owned()));
    let block = Expression::Map(fields.iter().map(entry).collect());
    Gap::Open(Expression::Choice("Canary".into(), Box::new(block), Box::new(Expression::Absent)))
}

fn edges(graph: &Graph) -> Vec<(&str, &str, Option<f64>)> {
    let name = |position: usize| graph.nodes[position].name.as_str();
    graph.edges.iter().map(|edge| (name(edge.from), name(edge.to), edge.share)).collect()
}

fn route(resource: &mut Resource, spec: serde_json::Value) {
    resource.spec = Spec::Route(serde_json::from_value(spec).unwrap());
}

#[test]
fn an_open_target_leaves_shares_unknown_and_is_led_to() {
    let mut inventory = inventory("router r\nroute r/x -> a=1\nnode a\nnode b\nnode c");
    let path = Path::of(&["spec", "httpRoute", "action", "weightedTargets"]).index(1);
    inventory.resources[1].gaps.insert(path, open_block(&[("VirtualNode", "b"), ("Weight", "1")]));
    let graph = Graph::of(&inventory.index()).remove(0);
    assert_eq!(edges(&graph), [("r", "x", None), ("x", "a", None), ("x", "b", None)]);
    assert_eq!(problems(&graph), Vec::<String>::new(), "the open block may name `c`");
}

#[test]
fn a_gap_that_can_name_nothing_hides_no_problem() {
    let mut inventory = inventory("node a");
    inventory.resources[0].gaps.insert(Path::of(&["spec", "logging"]), open_block(&[]));
    let graph = Graph::of(&inventory.index()).remove(0);
    assert_eq!(problems(&graph), ["a: nothing leads to it, and it calls nothing"]);
}

#[test]
fn every_protocol_of_a_route_leads_somewhere() {
    let mut inventory = inventory("router r\nroute r/x -> a=1\nnode a\nnode b");
    let part = |node| json!({"match": {}, "action": {"weightedTargets": [{"virtualNode": node, "weight": 1}]}});
    route(&mut inventory.resources[1], json!({"httpRoute": part("a"), "grpcRoute": part("b")}));
    assert_eq!(inventory.resources[1].references().len(), 4, "mesh, router and two nodes");
    let graph = Graph::of(&inventory.index()).remove(0);
    assert_eq!(edges(&graph), [("r", "x", None), ("x", "a", Some(1.0)), ("x", "b", Some(1.0))]);
}

#[test]
fn variants_under_conditions_are_one_node_with_the_edges_of_both() {
    let mut inventory = inventory("router r\nroute r/x -> a=1\nroute r/x -> a=1 b=1\nnode a\nnode b");
    inventory.resources[1].condition = Some("IsTest".to_owned());
    inventory.resources[2].condition = Some("IsProd".to_owned());
    let graph = Graph::of(&inventory.index()).remove(0);
    assert_eq!(problems(&graph), Vec::<String>::new());
    assert_eq!(edges(&graph), [("r", "x", None), ("x", "a", Some(1.0)), ("x", "a", Some(0.5)), ("x", "b", Some(0.5))]);
}

#[test]
fn details_of_routes_tell_them_apart() {
    let mut inventory = inventory("route r/x -> a=1");
    let headers = json!([
        {"name": "v", "match": {"exact": "2"}},
        {"name": "v", "match": {"regex": "2.*"}, "invert": true},
        {"name": "n", "match": {"range": {"start": 1, "end": 9}}},
        {"name": "there"},
    ]);
    let queries = json!([{"name": "q", "match": {"exact": "1"}}]);
    let action = json!({"weightedTargets": [{"virtualNode": "a", "weight": 1}]});
    let matcher = json!({"path": {"exact": "/a"}, "headers": headers, "queryParameters": queries});
    route(&mut inventory.resources[0], json!({"httpRoute": {"match": matcher, "action": action}}));
    let graph = Graph::of(&inventory.index()).remove(0);
    let node = graph.nodes.iter().find(|node| node.name == "x").unwrap();
    assert_eq!(
        node.details,
        [
            "http",
            "path /a",
            "header v = 2",
            "not header v ~ 2.*",
            "header n [1, 9)",
            "header there present",
            "query q = 1"
        ]
    );
}

#[test]
fn a_missing_name_is_said_to_be_none() {
    let mut inventory = inventory("node a");
    inventory.resources[0].name = Scalar::missing();
    assert_eq!(Graph::of(&inventory.index()).remove(0).nodes[0].name, "(no name)");
}

fn with_task(mut inventory: Inventory, value: Expression) -> Vec<String> {
    let environment = json!([{"name": "APPMESH_RESOURCE_ARN", "value": "x"}]);
    let mut task: TaskDefinition =
        serde_json::from_value(json!({"containerDefinitions": [{"environment": environment}]})).unwrap();
    let variable = task.container_definitions.as_mut().unwrap()[0].environment.as_mut().unwrap();
    variable[0].value = Some(Scalar::from_expression(value));
    let origin = Some(Origin { document: 0, node: 0 });
    inventory.workloads.push(Workload {
        label: "T".to_owned(),
        task,
        is_fragment: false,
        condition: None,
        gaps: std::collections::BTreeMap::new(),
        origin,
    });
    Graph::of(&inventory.index()).remove(0).nodes.remove(0).details
}

#[test]
fn tasks_stand_at_the_node_whose_proxy_they_run() {
    let text = |text: &str| Expression::Text(text.to_owned());
    let name = |name: &str| Expression::Reference(name.into());
    let label = |scope: u32| Expression::Attribute(Symbol::new("a", scope), "Arn".to_owned());
    let given = [
        text("mesh/m/virtualNode/a"),
        text("arn:aws:appmesh:eu-west-1:123456789012:mesh/m@210987654321/virtualNode/a"),
        Expression::join([
            text("arn:aws:appmesh:"),
            name("Region"),
            text(":1:mesh/m@"),
            name("O"),
            text("/virtualNode/a"),
        ]),
        label(Symbol::EVERYWHERE),
    ];
    for value in given {
        assert_eq!(with_task(inventory("node a"), value), ["task T"]);
    }
    for value in [label(1), text("mesh/other/virtualNode/a"), text("mesh/m/virtualGateway/a")] {
        assert_eq!(with_task(inventory("node a"), value), Vec::<String>::new());
    }
    let mut open = inventory("node a");
    open.resources[0].name = Scalar::from_expression(name("Name"));
    let value = Expression::join([text("mesh/m/virtualNode/"), name("Name")]);
    assert_eq!(with_task(open, value), ["task T"]);
}
