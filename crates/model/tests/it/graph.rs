//! The graph as data: shares, problems, and what is not said where names are open.

use meshwright_model::graph::{EdgeKind, Graph};
use meshwright_model::{Expression, Scalar};

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
            "zero: all weights are 0: it sends nothing anywhere",
            "nothing: has no provider: it answers nothing",
        ]
    );
}

#[test]
fn open_names_cause_no_false_problems() {
    let mut inventory = inventory("node a\nroute r/x -> b=1\nrouter r\nservice s -> router:r");
    inventory.resources[0].name = Scalar::from_expression(Expression::Reference("Name".to_owned()));
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
