//! Creation order: what is needed comes first, calls come last where they can, and circles are named.

use meshwright_model::Inventory;
use meshwright_model::order::{Order, Tie};

use crate::mesh::inventory;

fn names(inventory: &Inventory, positions: impl IntoIterator<Item = usize>) -> Vec<String> {
    positions.into_iter().map(|position| inventory.resources[position].name.to_string()).collect()
}

fn check(lines: &str, expected: &[&str]) -> Order {
    let inventory = inventory(lines);
    let order = Order::of(&inventory.index());
    assert_eq!(names(&inventory, order.placed.iter().map(|placed| placed.position)), expected);
    order
}

#[test]
fn what_is_needed_comes_first_whatever_the_order_of_the_file() {
    let order = check(
        "gateway-route g/gr -> s
         service s -> router:r
         route r/x -> a=1 b=1
         node b
         node a
         gateway g
         router r
         mesh m",
        &["m", "a", "b", "r", "g", "x", "s", "gr"],
    );
    assert!(order.cycles.is_empty());
    let stages: Vec<usize> = order.placed.iter().map(|placed| placed.stage).collect();
    assert_eq!(stages, [0, 1, 1, 1, 1, 2, 3, 4]);
}

#[test]
fn callers_come_after_what_they_call() {
    check("mesh m\nnode a -> sb\nnode b\nservice sb -> node:b", &["m", "b", "sb", "a"]);
}

#[test]
fn names_that_nothing_defines_hold_nothing_up() {
    check("node a -> nowhere\nroute r/x -> gone=1", &["a", "x"]);
}

#[test]
fn calls_in_a_circle_are_named_and_do_not_stop_the_order() {
    let lines = "mesh m\nnode a -> sb\nnode b -> sa\nservice sa -> node:a\nservice sb -> node:b";
    let inventory = inventory(lines);
    let order = Order::of(&inventory.index());
    assert_eq!(order.placed.len(), 5);
    assert_eq!(order.cycles.len(), 1);
    assert_eq!(order.cycles[0].tie, Tie::Preferred);
    assert_eq!(names(&inventory, order.cycles[0].positions.clone()), ["a", "sb", "b", "sa"]);
}

#[test]
fn a_circle_that_the_file_declares_is_refused() {
    let mut inventory = inventory("node a -> s\nservice s -> node:a");
    inventory.resources[0].depends_on = vec!["s".to_owned()];
    let order = Order::of(&inventory.index());
    assert_eq!(order.cycles.len(), 1, "one circle, and the strictest name for it");
    assert_eq!(order.cycles[0].tie, Tie::Declared);
    assert_eq!(names(&inventory, order.placed.iter().map(|placed| placed.position)), ["a", "s"]);
}

#[test]
fn each_group_of_circles_is_named_once() {
    let lines =
        "node a -> sb sc\nnode b -> sa\nnode c -> sa\nservice sa -> node:a\nservice sb -> node:b\nservice sc -> node:c
                 node x -> sx\nservice sx -> node:x";
    let order = Order::of(&inventory(lines).index());
    assert_eq!(order.cycles.len(), 2);
}

#[test]
fn a_long_chain_needs_no_stack() {
    use std::fmt::Write as _;
    let mut lines = String::new();
    for number in 0..20_000 {
        let _ = writeln!(lines, "node n{number} -> s{}\nservice s{number} -> node:n{number}", number + 1);
    }
    let order = Order::of(&inventory(&lines).index());
    assert_eq!((order.placed.len(), order.cycles.len()), (40_000, 0));
}

#[test]
fn names_in_open_blocks_come_first_where_they_can() {
    use meshwright_model::resource::Gap;
    use meshwright_model::{Expression, Path};
    let mut inventory = inventory("node a\nnode b\nservice s -> node:b");
    let block = Expression::Map(vec![("virtual_service_name".to_owned(), Expression::Text("s".to_owned()))]);
    inventory.resources[0].gaps.insert(Path::of(&["spec", "backends"]).index(0), Gap::Open(block));
    let order = Order::of(&inventory.index());
    assert_eq!(names(&inventory, order.placed.iter().map(|placed| placed.position)), ["b", "s", "a"]);
    assert_eq!(order.placed[2].reasons[0].tie, Tie::Preferred);
}

#[test]
fn a_router_with_many_routes_and_services_is_no_product() {
    use std::fmt::Write as _;
    let mut lines = "router r\nnode n -> s0\n".to_owned();
    for number in 0..4000 {
        let _ = writeln!(lines, "route r/x{number} -> n=1\nservice s{number} -> router:r");
    }
    let inventory = inventory(&lines);
    let order = Order::of(&inventory.index());
    assert_eq!(order.placed.len(), 8002);
    assert_eq!(names(&inventory, order.cycles[0].positions.clone()), ["n", "s0", "x0"]);
    let lines = lines.replace("node n -> s0", "node n");
    let inventory = crate::mesh::inventory(&lines);
    let order = Order::of(&inventory.index());
    assert_eq!(order.cycles.len(), 0);
    let stages: Vec<usize> = order.placed.iter().map(|placed| placed.stage).collect();
    assert_eq!((stages[1], stages[2], stages[4001], stages[4002]), (0, 1, 1, 2));
    let service = &order.placed[8001];
    assert_eq!((service.reasons.len(), service.unnamed_routes), (9, 3992), "its router and eight routes");
}
