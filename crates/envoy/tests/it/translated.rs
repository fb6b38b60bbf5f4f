//! What a proxy gets, as JSON.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options as Reading, read};
use meshwright_envoy::json::to_json;
use meshwright_envoy::translate::{Endpoints, Options, translate};
use meshwright_model::{Inventory, Kind};
use meshwright_traffic::proxy::{Proxy, World};
use serde_json::{Value, json};

/// What a proxy gets, as JSON; each kind by its name.
pub(crate) struct Translated {
    pub(crate) listeners: BTreeMap<String, Value>,
    pub(crate) routes: BTreeMap<String, Value>,
    pub(crate) clusters: BTreeMap<String, Value>,
    pub(crate) endpoints: Vec<Value>,
}

/// The mesh of some inputs to the API.
pub(crate) fn inventory(mesh: &[Value]) -> Inventory {
    let lines: Vec<String> = mesh.iter().map(Value::to_string).collect();
    let reading =
        read(vec![Input { name: "mesh.json".to_owned(), bytes: lines.join("\n").into_bytes() }], &Reading::default());
    assert!(reading.findings.is_empty(), "{:?}", reading.findings);
    assert_eq!(reading.inventory.resources.len(), mesh.len());
    reading.inventory
}

/// What the proxy of a node or gateway gets.
pub(crate) fn translated(mesh: &[Value], kind: Kind, name: &str, options: &Options) -> Translated {
    translated_with(mesh, kind, name, options, &Endpoints::default())
}

/// Likewise, where AWS Cloud Map knows something.
pub(crate) fn translated_with(
    mesh: &[Value],
    kind: Kind,
    name: &str,
    options: &Options,
    endpoints: &Endpoints,
) -> Translated {
    let inventory = inventory(mesh);
    let mesh_name = mesh[0]["meshName"].as_str().unwrap();
    let world = World::new(&inventory, mesh_name);
    let proxy = Proxy::of(&world, kind, name).unwrap();
    let made = translate(&proxy, endpoints, options);
    Translated {
        listeners: made.listeners.iter().map(|own| (own.name.clone(), to_json(own))).collect(),
        routes: made.routes.iter().map(|own| (own.name.clone(), to_json(&own.message().unwrap()))).collect(),
        clusters: made.clusters.iter().map(|own| (own.name.clone(), to_json(own))).collect(),
        endpoints: made.endpoints.iter().map(to_json).collect(),
    }
}

impl Translated {
    /// A virtual host of a set of routes.
    pub(crate) fn host(&self, routes: &str, name: &str) -> &Value {
        let hosts = self.routes[routes]["virtual_hosts"].as_array().unwrap();
        hosts.iter().find(|host| host["name"] == name).unwrap_or_else(|| panic!("{name} in {hosts:#?}"))
    }

    /// What a listener's chains match.
    pub(crate) fn matches(&self, listener: &str) -> Vec<Value> {
        let chains = self.listeners[listener]["filter_chains"].as_array().unwrap();
        chains.iter().map(|chain| chain["filter_chain_match"].clone()).collect()
    }
}

/// A node that is found by DNS.
pub(crate) fn node(mesh: &str, name: &str, port: u16, protocol: &str) -> Value {
    node_with(mesh, name, json!([{"portMapping": {"port": port, "protocol": protocol}}]))
}

/// Likewise, with listeners.
pub(crate) fn node_with(mesh: &str, name: &str, listeners: Value) -> Value {
    json!({"meshName": mesh, "virtualNodeName": name, "spec": {
        "listeners": listeners,
        "serviceDiscovery": {"dns": {"hostname": format!("{name}.local")}},
    }})
}

/// A virtual service behind a router, or a node.
pub(crate) fn service(mesh: &str, name: &str, provider: Value) -> Value {
    json!({"meshName": mesh, "virtualServiceName": name, "spec": {"provider": provider}})
}

/// A router with one listener.
pub(crate) fn router(mesh: &str, name: &str, port: u16, protocol: &str) -> Value {
    let listeners = json!([{"portMapping": {"port": port, "protocol": protocol}}]);
    json!({"meshName": mesh, "virtualRouterName": name, "spec": {"listeners": listeners}})
}
