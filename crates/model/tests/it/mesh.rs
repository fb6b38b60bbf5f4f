//! Meshes for tests, one line a resource: `route router/name -> node=90 node=10`.

use std::collections::BTreeMap;

use meshwright_model::resource::{Origin, Resource, Spec};
use meshwright_model::{Inventory, Kind, Scalar};
use serde_json::{Value, json};

/// The inventory that lines describe, in their order.
pub(crate) fn inventory(lines: &str) -> Inventory {
    let resources = lines.lines().map(str::trim).filter(|line| !line.is_empty()).map(resource).collect();
    Inventory { resources, ..Inventory::default() }
}

fn resource(line: &str) -> Resource {
    let (head, targets) = line.split_once("->").map_or((line, ""), |(head, targets)| (head, targets));
    let (word, name) = head.trim().split_once(' ').unwrap();
    let targets: Vec<&str> = targets.split_whitespace().collect();
    let (kind, spec) = spec(word, &targets);
    let (parent, name) = match kind.parent() {
        Some(_) => name.split_once('/').map(|(parent, name)| (Some(parent), name)).unwrap(),
        None => (None, name),
    };
    Resource {
        mesh: Scalar::from_text("m"),
        mesh_owner: None,
        parent: parent.map(Scalar::from_text),
        name: Scalar::from_text(name),
        spec,
        tags: Vec::new(),
        metadata: None,
        condition: None,
        gaps: BTreeMap::new(),
        label: Some(name.into()),
        depends_on: Vec::new(),
        origin: Some(Origin { document: 0, node: 0 }),
    }
}

fn spec(word: &str, targets: &[&str]) -> (Kind, Spec) {
    fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }
    let weighted = || -> Vec<Value> {
        let target = |target: &&str| {
            let (node, weight) = target.split_once('=').unwrap_or((target, "1"));
            json!({"virtualNode": node, "weight": weight.parse::<u8>().unwrap()})
        };
        targets.iter().map(target).collect()
    };
    match word {
        "mesh" => (Kind::Mesh, Spec::Mesh(of(json!({})))),
        "node" => {
            let backends: Vec<Value> =
                targets.iter().map(|name| json!({"virtualService": {"virtualServiceName": name}})).collect();
            (Kind::VirtualNode, Spec::VirtualNode(of(json!({"backends": backends}))))
        }
        "router" => (Kind::VirtualRouter, Spec::VirtualRouter(of(json!({})))),
        "gateway" => (Kind::VirtualGateway, Spec::VirtualGateway(of(json!({"listeners": []})))),
        "route" => {
            let route = json!({"match": {"prefix": "/"}, "action": {"weightedTargets": weighted()}});
            (Kind::Route, Spec::Route(of(json!({"httpRoute": route}))))
        }
        "service" => {
            let provider = match targets.first().and_then(|target| target.split_once(':')) {
                Some(("node", name)) => json!({"provider": {"virtualNode": {"virtualNodeName": name}}}),
                Some((_, name)) => json!({"provider": {"virtualRouter": {"virtualRouterName": name}}}),
                None => json!({}),
            };
            (Kind::VirtualService, Spec::VirtualService(of(provider)))
        }
        "gateway-route" => {
            let target = json!({"virtualService": {"virtualServiceName": targets[0]}});
            let route = json!({"match": {"prefix": "/"}, "action": {"target": target}});
            (Kind::GatewayRoute, Spec::GatewayRoute(of(json!({"httpRoute": route}))))
        }
        word => panic!("no kind is called {word}"),
    }
}
