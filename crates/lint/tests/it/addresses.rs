//! Tasks beside the nodes that they run: what an application is told to call, what it opens, and whom a proxy stands for.

use crate::{found_in, lines, read_text};

/// A task of the node `orders`, which calls `stock.local`; `listens` are that one's router's listeners, `told` the application's
/// environment.
fn task(listens: &[(u16, &str)], told: &[(&str, &str)]) -> String {
    let listeners: Vec<String> = listens
        .iter()
        .map(|(port, protocol)| format!("{{PortMapping: {{Port: {port}, Protocol: {protocol}}}}}"))
        .collect();
    let told: Vec<String> = told.iter().map(|(name, value)| format!("{{Name: {name}, Value: {value}}}")).collect();
    format!(
        "\
Parameters: {{Port: {{Type: Number}}}}
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{{PortMapping: {{Port: 8080, Protocol: http}}}}]
        Backends: [{{VirtualService: {{VirtualServiceName: stock.local}}}}]
        ServiceDiscovery: {{DNS: {{Hostname: orders.local}}}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties: {{MeshName: shop, VirtualRouterName: stock, Spec: {{Listeners: [{}]}}}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.local
      Spec: {{Provider: {{VirtualRouter: {{VirtualRouterName: stock}}}}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: envoy
          Environment: [{{Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}}]
        - Name: app
          Environment: [{}]
          PortMappings: [{{ContainerPort: 8080, Protocol: tcp}}]
",
        listeners.join(", "),
        told.join(", ")
    )
}

/// What rules whose names hold a word find, without the paths.
#[track_caller]
fn check(word: &str, text: &str, expected: &[&str]) {
    let reading = read_text("mesh.yaml", text);
    let found: Vec<_> = found_in(&reading).into_iter().filter(|found| found.rule.contains(word)).collect();
    let shown: Vec<String> =
        lines(&found).iter().map(|line| line.split_once(": ").map_or("", |(_, message)| message).to_owned()).collect();
    assert_eq!(shown, expected, "{text}");
}

#[test]
fn an_address_without_a_port_means_that_of_its_scheme() {
    let rule = "calls-port-without-listener";
    let called = |port: &str| {
        format!("virtual service `stock.local` is called on port {port}, but virtual router `stock` listens on 9090")
    };
    let on = |listens: u16, address: &str, expected: &[&str]| {
        check(rule, &task(&[(listens, "http")], &[("STOCK", address)]), expected);
    };
    on(9090, "http://stock.local/v1", &[&called("80")]);
    on(80, "http://stock.local/v1", &[]);
    on(9090, "https://stock.local", &[&called("443")]);
    on(9090, "http://stock.local:8080", &[&called("8080")]);
    on(9090, "http://stock.local:9090", &[]);
    on(9090, "stock.local", &[]);
    on(9090, "'http://stock.local:$PORT'", &[]);
    // The port may be put behind the address.
    let apart = |port: &str| task(&[(9090, "http")], &[("STOCK", "http://stock.local"), ("STOCK_PORT", port)]);
    check(rule, &apart("'9090'"), &[]);
    check(rule, &apart("':9090'"), &[]);
    check(rule, &apart("!Ref Port"), &[]);
    check(rule, &apart("'9091'"), &[&called("80")]);
    let also = |more: &str| task(&[(9090, "http")], &[("STOCK", "http://stock.local")]).replace("PortMappings", more);
    check(rule, &also("Secrets: [{Name: STOCK_PORT, ValueFrom: x}]\n          PortMappings"), &[]);
    check(rule, &also("EnvironmentFiles: [{Type: s3, Value: x}]\n          PortMappings"), &[]);
    check(rule, &also("Secrets: [{Name: STOCK_KEY, ValueFrom: x}]\n          PortMappings"), &[&called("80")]);
}

#[test]
fn https_is_no_language_of_an_http_listener() {
    let rule = "https-address";
    let expects =
        "virtual service `stock.local` is called with https, but virtual router `stock` expects http on port 443";
    check(rule, &task(&[(443, "http")], &[("STOCK", "https://stock.local")]), &[expects]);
    check(rule, &task(&[(443, "tcp")], &[("STOCK", "https://stock.local")]), &[]);
    check(rule, &task(&[(443, "http")], &[("STOCK", "http://stock.local:443")]), &[]);
    // On another port no listener is asked, and what is no backend is not asked either.
    check(rule, &task(&[(80, "http")], &[("STOCK", "https://stock.local")]), &[]);
    let outside =
        task(&[(443, "http")], &[("STOCK", "https://stock.local")]).replace("Backends: [{V", "Backends: [] # ");
    check(rule, &outside, &[]);
}

#[test]
fn a_short_name_is_no_backend() {
    let rule = "unqualified-backend-address";
    let meant = "`stock` is called, but the backend of virtual node `orders` is `stock.local`";
    let on = |listens: u16, address: &str, expected: &[&str]| {
        check(rule, &task(&[(listens, "http")], &[("STOCK", address)]), expected);
    };
    on(80, "http://stock/v1", &[meant]);
    on(9090, "stock:9090", &[meant]);
    // Another port is another server, and a word may mean anything.
    on(9090, "http://stock/v1", &[]);
    on(80, "stock", &[]);
    on(80, "http://stoc/v1", &[]);
    let text = task(&[(80, "http")], &[("STOCK", "http://stock")]);
    check(rule, &text.replace("- Name: app", "- Name: stock"), &[]);
    let two = "Backends: [{VirtualService: {VirtualServiceName: stock.test}}, {V";
    check(rule, &text.replace("Backends: [{V", two), &[]);
}

#[test]
fn a_port_that_is_open_for_udp_alone_is_not_open() {
    let rule = "container-port-differs";
    let text = task(&[(80, "http")], &[]);
    check(rule, &text, &[]);
    let opened = |mappings: &str| text.replace("PortMappings: [{ContainerPort: 8080, Protocol: tcp}]", mappings);
    let alone = "virtual node `orders` listens on port 8080, but its task's containers open that port for UDP alone";
    check(rule, &opened("PortMappings: [{ContainerPort: 8080, Protocol: udp}]"), &[alone]);
    check(rule, &opened("PortMappings: [{ContainerPort: 8080, Protocol: udp}, {ContainerPort: 81}]"), &[alone]);
    check(rule, &opened("PortMappings: [{ContainerPort: 8080, Protocol: udp}, {ContainerPort: 8080}]"), &[]);
    // In awsvpc mode a port is open without a mapping.
    check(rule, &opened("PortMappings: [{ContainerPort: 2000, Protocol: udp}]"), &[]);
    check(rule, &opened("PortMappings: []"), &[]);
}

#[test]
fn a_proxy_stands_for_one_resource() {
    let rule = "proxy-names-differ";
    let text = task(&[(80, "http")], &[]);
    let with = |variable: &str, value: &str| {
        let first = "{Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}";
        text.replace(first, &format!("{{Name: {variable}, Value: {value}}}, {first}"))
    };
    let differ = "`APPMESH_VIRTUAL_NODE_NAME` names virtual node `stock` of mesh `shop`, \
                  but `APPMESH_RESOURCE_ARN` virtual node `orders` of mesh `shop`";
    let name = "APPMESH_VIRTUAL_NODE_NAME";
    check(rule, &with(name, "mesh/shop/virtualNode/stock"), &[differ]);
    check(rule, &with(name, "mesh/shop/virtualNode/orders"), &[]);
    check(rule, &with(name, "'arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualNode/orders'"), &[]);
    check(rule, &with(name, "!Sub 'mesh/shop/virtualNode/${Port}'"), &[]);
    check(rule, &with("APPMESH_VIRTUAL_NODE", "mesh/shop/virtualNode/stock"), &[]);
}
