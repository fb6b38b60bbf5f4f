//! What deciding about requests costs, what proxies get costs, and whole runs of the verbs that ask about one thing.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use meshwright_dialect::{Input, Options, read};
use meshwright_envoy::translate::{Configuration, Endpoints, Options as Translating, translate};
use meshwright_model::Kind;
use meshwright_traffic::Call;
use meshwright_traffic::proxy::{Outbound, Proxy, Role, World};
use serde_json::{Value, json};

use super::generate::{self, Size};
use super::input;
use super::measure::{Timed, best, nothing, timed, whole_run};
use super::table::Row;
use crate::console::say;

/// How many requests are decided on.
const REQUESTS: usize = 1_000_000;

/// How many routes a router may have. Source: Service Quotas, L-BB90B7FF.
const ROUTES: usize = 50;

/// A request for a whole architecture.
const REQUEST: &str = "Set up a mesh called shop where the web gateway on port 8080 sends /api to orders and everything else to \
                       frontend; orders calls payments over mutual TLS; payments runs v1 and v2";

/// Every row about requests and proxies.
pub(super) fn rows(root: &Path) -> Result<Vec<Row>> {
    say("requests …");
    let mut rows = Vec::new();
    for (what, matcher) in
        [("prefixes", prefix as fn(usize) -> Value), ("a header value each", header), ("a pattern each", pattern)]
    {
        let (files, time) = decided(matcher)?;
        rows.push(Row::new(&format!("1,000,000 requests through 50 routes, {what}"), &files, time));
    }
    let first = rows.remove(0).within_millis(1000.0);
    rows.insert(0, first);
    say("proxies …");
    let files = [input("mesh.json", format!("{}\n{}", generate::describe(Size::quota(1)), busy()))];
    let inventory = read(files.to_vec(), &Options::default()).inventory;
    let world = World::new(&inventory, "quota");
    for (what, kind, name, most) in [
        ("what a node with 50 backends gets, of a mesh of 10,000 routes", Kind::VirtualNode, "busy", 10.0),
        ("what a gateway to all 200 services gets", Kind::VirtualGateway, "edge", 40.0),
    ] {
        ensure!(Proxy::of(&world, kind, name).is_some_and(|proxy| proxy.targets.len() >= 50), "the mesh has {name}");
        let time = best(|| translated(&world, kind, name), nothing).0;
        rows.push(Row::new(what, &files, time).within_millis(most));
    }
    say("whole runs …");
    let template = root.join("corpus/shop/shop.yaml");
    let bytes = std::fs::read(&template).context("corpus/shop/shop.yaml")?;
    let shop = [Input { name: "shop.yaml".to_owned(), bytes }];
    let path = template.to_str().context("the path of the workspace is no text")?;
    let time = whole_run(&["trace", path, "--from", "web", "--request", "GET http://shop:8080/api/orders/1"])?;
    rows.push(Row::new("`meshwright trace shop.yaml`, the whole process", &shop, time).within_millis(20.0));
    let request = [input("request", REQUEST.to_owned())];
    let time = whole_run(&["generate", REQUEST])?;
    rows.push(
        Row::new("`meshwright generate`, a whole architecture, the whole process", &request, time).within_millis(30.0),
    );
    Ok(rows)
}

/// The match of one of 50 routes.
fn prefix(number: usize) -> Value {
    json!({"prefix": format!("/service-{number}/")})
}

fn header(number: usize) -> Value {
    json!({"prefix": "/", "headers": [{"name": "x-tenant", "match": {"exact": format!("tenant-{number}")}}]})
}

fn pattern(number: usize) -> Value {
    json!({"path": {"regex": format!("/service-{number}/[a-z]+/[0-9]+")}})
}

/// How long it takes to decide on requests, each of which some route takes.
fn decided(matcher: fn(usize) -> Value) -> Result<([Input; 1], Duration)> {
    let files = [input("mesh.json", routes(matcher))];
    let inventory = read(files.to_vec(), &Options::default()).inventory;
    let world = World::new(&inventory, "m");
    let proxy = Proxy::of(&world, Kind::VirtualNode, "client").context("the mesh has a client")?;
    let Role::Node { egress, .. } = &proxy.role else { anyhow::bail!("a node is a node") };
    let Some(Outbound::Http { hosts, .. }) = egress.get(&80) else { anyhow::bail!("port 80 is for requests") };
    let table = &hosts[0].routing.table;
    let paths: Vec<String> = (0..ROUTES).map(|number| format!("/service-{number}/items/{number}")).collect();
    let values: Vec<String> = (0..ROUTES).map(|number| format!("tenant-{number}")).collect();
    let headers: Vec<[(&str, &str); 2]> =
        values.iter().map(|value| [("accept", "*/*"), ("x-tenant", value.as_str())]).collect();
    let calls: Vec<Call<'_>> = paths
        .iter()
        .zip(&headers)
        .map(|(path, headers)| Call { method: "GET", scheme: "http", authority: "s", path, query: None, headers })
        .collect();
    let all = || timed(|| (0..REQUESTS).filter(|number| table.find(&calls[number % ROUTES]).is_some()).count());
    ensure!(calls.iter().all(|call| table.find(call).is_some()), "a route takes each request");
    Ok((files, best(all, nothing).0))
}

/// A client, and a service behind a router with 50 routes.
fn routes(matcher: fn(usize) -> Value) -> String {
    let backends = json!([{"virtualService": {"virtualServiceName": "s"}}]);
    let listeners = json!([{"portMapping": {"port": 80, "protocol": "http"}}]);
    let provider = json!({"virtualRouter": {"virtualRouterName": "r"}});
    let discovery = json!({"dns": {"hostname": "a.local"}});
    let mut all = vec![
        json!({"meshName": "m", "virtualNodeName": "client", "spec": {"backends": backends}}),
        json!({"meshName": "m", "virtualNodeName": "a", "spec": {"listeners": listeners, "serviceDiscovery": discovery}}),
        json!({"meshName": "m", "virtualRouterName": "r", "spec": {"listeners": listeners}}),
        json!({"meshName": "m", "virtualServiceName": "s", "spec": {"provider": provider}}),
    ];
    let action = json!({"weightedTargets": [{"virtualNode": "a", "weight": 1}]});
    all.extend((0..ROUTES).map(|number| {
        let spec = json!({"httpRoute": {"match": matcher(number), "action": action}});
        json!({"meshName": "m", "virtualRouterName": "r", "routeName": format!("r{number}"), "spec": spec})
    }));
    lines(&all)
}

/// A node that calls 50 services, and a gateway to all 200.
fn busy() -> String {
    let service = |number: usize| format!("{}.quota.internal", generate::stem(number));
    let backends: Vec<Value> =
        (0..50).map(|number| json!({"virtualService": {"virtualServiceName": service(number)}})).collect();
    let listeners = json!([{"portMapping": {"port": 9000, "protocol": "http"}}]);
    let mut all = vec![
        json!({"meshName": "quota", "virtualNodeName": "busy", "spec": {"backends": backends}}),
        json!({"meshName": "quota", "virtualGatewayName": "edge", "spec": {"listeners": listeners}}),
    ];
    all.extend((0..200).map(|number| {
        let target = json!({"virtualService": {"virtualServiceName": service(number)}});
        let route = json!({"match": {"prefix": format!("/{number}/")}, "action": {"target": target}});
        let name = format!("g{number}");
        json!({"meshName": "quota", "virtualGatewayName": "edge", "gatewayRouteName": name, "spec": {"httpRoute": route}})
    }));
    lines(&all)
}

/// Inputs to the API, one a line.
fn lines(inputs: &[Value]) -> String {
    let lines: Vec<String> = inputs.iter().map(Value::to_string).collect();
    lines.join("\n")
}

fn translated<'w>(world: &World<'w>, kind: Kind, name: &str) -> Timed<(Option<Proxy<'w>>, Configuration)> {
    timed(|| {
        let proxy = Proxy::of(world, kind, name);
        let configuration =
            proxy.as_ref().map(|proxy| translate(proxy, &Endpoints::default(), &Translating::default()));
        (proxy, configuration.unwrap_or_default())
    })
}
