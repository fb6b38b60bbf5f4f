//! What rules about names and references say, and where they say nothing.

use std::fmt::Write;

use meshwright_dialect::{Input, Options, read};
use meshwright_model::finding::Severity;

use crate::{found_in, lines, read_text};

/// Checks that rules whose names begin so find just these lines in files.
#[track_caller]
fn check(rule: &str, files: &[(&str, &str)], expected: &[&str]) {
    let input = |(name, text): &(&str, &str)| Input { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
    let reading = read(files.iter().map(input).collect(), &Options::default());
    let found: Vec<_> = found_in(&reading).into_iter().filter(|found| found.rule.starts_with(rule)).collect();
    assert_eq!(lines(&found), expected);
}

/// A template of these resources, each a logical id, a type, other attributes, and properties.
fn template(resources: &[(&str, &str, &str, &str)]) -> String {
    let mut text = "Parameters: {Next: {Type: String}, Stage: {Type: String}}\n".to_owned();
    text.push_str("Conditions: {IsNext: !Equals [!Ref Next, a], IsOther: !Equals [!Ref Next, b]}\nResources:\n");
    for (label, kind, attributes, properties) in resources {
        let _ = writeln!(text, "  {label}:\n    Type: AWS::AppMesh::{kind}");
        if !attributes.is_empty() {
            let _ = writeln!(text, "    {attributes}");
        }
        let _ = writeln!(text, "    Properties: {{{properties}}}");
    }
    text
}

const MESH: (&str, &str, &str, &str) = ("Mesh", "Mesh", "", "MeshName: shop");
const NODE: &str = "MeshName: shop, VirtualNodeName: orders, Spec: {}";
const ROUTE: &str = "MeshName: shop, VirtualRouterName: orders, RouteName: all, \
    Spec: {HttpRoute: {Match: {Prefix: /}, Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}}}";

#[test]
fn names_are_missing_where_the_mesh_is_defined_and_elsewhere_where_it_is_not() {
    let other = ("Other", "VirtualRouter", "", "MeshName: shop, VirtualRouterName: payments, Spec: {Listeners: []}");
    let route = ("Route", "Route", "", ROUTE);
    let missing = "error dangling-virtual-router virtualRouterName: virtual router `orders` is not in the mesh";
    check("dangling-virtual-router", &[("a.yaml", &template(&[MESH, route]))], &[missing]);
    let elsewhere = "warning dangling-virtual-router virtualRouterName: virtual router `orders` is not in these files";
    check("dangling-virtual-router", &[("a.yaml", &template(&[other, route]))], &[elsewhere]);
    check("dangling-virtual-router", &[("a.yaml", &template(&[route]))], &[]);
}

#[test]
fn a_mesh_that_is_created_on_demand_may_hold_more() {
    let mesh = ("Mesh", "Mesh", "Condition: IsNext", "MeshName: shop");
    let route = |condition: &'static str| template(&[mesh, ("Route", "Route", condition, ROUTE)]);
    let (missing, rule) = ("virtual router `orders` is not in", "dangling-virtual-router virtualRouterName");
    // Where the condition does not hold, mesh and router are there already.
    check("dangling-virtual-router", &[("a.yaml", &route(""))], &[]);
    check(
        "dangling-virtual-router",
        &[("a.yaml", &route("Condition: IsNext"))],
        &[&format!("error {rule}: {missing} the mesh")],
    );
    check("reference-to-conditional", &[("a.yaml", &route(""))], &[]);
    let by_attribute =
        route("").replace("MeshName: shop, VirtualRouterName", "MeshName: !GetAtt Mesh.MeshName, VirtualRouterName");
    let expected = "warning reference-to-conditional meshName: mesh `shop` exists only where condition `IsNext` holds, this route always";
    check("reference-to-conditional", &[("a.yaml", &by_attribute)], &[expected]);
}

#[test]
fn each_host_of_a_gateway_has_routes_of_its_own() {
    let gateway =
        "MeshName: shop, VirtualGatewayName: edge, Spec: {Listeners: [{PortMapping: {Port: 9000, Protocol: http}}]}";
    let route = |name: &str, hostname: &str| {
        format!(
            "MeshName: shop, VirtualGatewayName: edge, GatewayRouteName: {name}, Spec: {{HttpRoute: {{Match: \
             {{Prefix: /a/{hostname}}}, Action: {{Target: {{VirtualService: {{VirtualServiceName: orders.local}}}}}}}}}}"
        )
    };
    let (any, exact, end) =
        (route("any", ""), route("exact", ", Hostname: {Exact: a.b}"), route("end", ", Hostname: {Suffix: .b}"));
    let text = template(&[
        MESH,
        ("Edge", "VirtualGateway", "", gateway),
        ("Any", "GatewayRoute", "", &any),
        ("Exact", "GatewayRoute", "", &exact),
        ("End", "GatewayRoute", "", &end),
    ]);
    let start = "info no-default-route virtualGatewayName: no route of virtual gateway `edge` takes every request";
    let expected = ["", " to host `a.b`", " to hosts that end in `.b`"].map(|hosts| format!("{start}{hosts}"));
    check("no-default-route", &[("a.yaml", &text)], &expected.each_ref().map(String::as_str));
}

#[test]
fn backends_may_name_what_does_not_exist_yet() {
    let caller = |service: &str| {
        let spec = format!("Spec: {{Backends: [{{VirtualService: {{VirtualServiceName: {service}}}}}]}}");
        template(&[MESH, ("Node", "VirtualNode", "", &format!("MeshName: shop, VirtualNodeName: front, {spec}"))])
    };
    let path = "spec.backends[0].virtualService.virtualServiceName";
    let expected = format!("warning dangling-backend {path}: virtual service `orders.local` is not in the mesh");
    check("dangling-backend", &[("a.yaml", &caller("orders.local"))], &[&expected]);
    check("dangling-backend", &[("a.yaml", &caller("!Sub 'orders.${Stage}'"))], &[]);
    // It is an ARN, which another rule says.
    let arn = "'arn:aws:appmesh:eu-west-1:111122223333:mesh/shop/virtualService/orders.local'";
    check("dangling-", &[("a.yaml", &caller(arn))], &[]);
}

#[test]
fn duplicates_need_both_to_exist() {
    let two = |first: &str, second: &str| {
        template(&[("First", "VirtualNode", first, NODE), ("Second", "VirtualNode", second, NODE)])
    };
    let message = "duplicate-resource virtualNodeName: virtual node `orders` is defined more than once";
    check("duplicate-resource", &[("a.yaml", &two("", ""))], &[&format!("error {message}")]);
    let both = two("Condition: IsNext", "Condition: IsNext");
    check("duplicate-resource", &[("a.yaml", &both)], &[&format!("error {message}")]);
    check("duplicate-resource", &[("a.yaml", &two("", "Condition: IsNext"))], &[&format!("warning {message}")]);
    check("duplicate-resource", &[("a.yaml", &two("Condition: IsNext", "Condition: IsOther"))], &[]);
}

#[test]
fn one_resource_in_two_files_is_a_fault_where_they_differ() {
    let node = |spec: &str| {
        let properties = format!("MeshName: shop, VirtualNodeName: orders, Spec: {spec}");
        template(&[("Node", "VirtualNode", "", &properties)])
    };
    let backend = "{Backends: [{VirtualService: {VirtualServiceName: payments.local}}]}";
    check("duplicate-resource", &[("a.yaml", &node("{}")), ("b.yaml", &node("{}"))], &[]);
    let message = "duplicate-resource virtualNodeName: virtual node `orders` is defined more than once";
    let differing = [("a.yaml", &*node("{}")), ("b.yaml", &*node(backend))];
    check("duplicate-resource", &differing, &[&format!("warning {message}")]);
    // A call may be an update.
    let call = r#"{"meshName": "shop", "virtualNodeName": "orders", "spec": {"backends": []}}"#;
    check("duplicate-resource", &[("a.yaml", &node("{}")), ("b.json", call)], &[&format!("info {message}")]);
    // One parameter may have two values.
    let open = |spec: &str| node(spec).replace("VirtualNodeName: orders", "VirtualNodeName: !Ref Stage");
    check("duplicate-resource", &[("a.yaml", &open("{}")), ("b.yaml", &open(backend))], &[]);
}

#[test]
fn calls_without_a_router_are_not_taken_for_calls_to_one() {
    let route = |node: &str, parent: &str| {
        format!(
            r#"{{"meshName": "shop", {parent}"spec": {{"httpRoute": {{"match": {{"prefix": "/"}},
            "action": {{"weightedTargets": [{{"virtualNode": "{node}", "weight": 1}}]}}}}}}}}"#
        )
    };
    let of_router = r#""virtualRouterName": "orders", "#;
    let (one, other) = (route("orders", of_router), route("payments", of_router));
    let rivals = "warning ambiguous-route-order spec.priority: whether `${b.routeName}` or `${a.routeName}` takes a \
                  request is not defined: neither has a priority";
    check("ambiguous-route", &[("a.json", &one), ("b.json", &other)], &[rivals]);
    check("ambiguous-route", &[("a.json", &route("orders", "")), ("b.json", &route("payments", ""))], &[]);
}

#[test]
fn slips_in_a_mesh_name_are_told_from_other_meshes() {
    let node = |mesh: &str| {
        let properties = format!("MeshName: {mesh}, VirtualNodeName: orders, Spec: {{}}");
        let mesh = ("Mesh", "Mesh", "", "MeshName: bookshop-1");
        let router =
            ("Router", "VirtualRouter", "", "MeshName: bookshop-1, VirtualRouterName: a, Spec: {Listeners: []}");
        template(&[mesh, router, ("Node", "VirtualNode", "", &properties)])
    };
    let slip = "warning misspelt-mesh meshName: mesh `bokshop-1` is not in these files, but `bookshop-1` is";
    check("misspelt-mesh", &[("a.yaml", &node("bokshop-1"))], &[slip]);
    check("misspelt-mesh", &[("a.yaml", &node("bookshop-2"))], &[]);
    check("misspelt-mesh", &[("a.yaml", &node("inventory"))], &[]);
    check("misspelt-mesh", &[("a.yaml", &node("!Ref Stage"))], &[]);
}

#[test]
fn absences_say_nothing_where_something_is_open() {
    let router = ("Router", "VirtualRouter", "", "MeshName: shop, VirtualRouterName: orders, Spec: {Listeners: []}");
    let service = |provider: &'static str| ("Service", "VirtualService", "", provider);
    let by_router = "MeshName: shop, VirtualServiceName: a.local, \
        Spec: {Provider: {VirtualRouter: {VirtualRouterName: orders}}}";
    let by_open = "MeshName: shop, VirtualServiceName: a.local, \
        Spec: {Provider: {VirtualRouter: {VirtualRouterName: !Ref Stage}}}";
    let no_routes = "info router-without-routes virtualRouterName: virtual router `orders` has no routes";
    check("router-without-routes", &[("a.yaml", &template(&[MESH, router, service(by_router)]))], &[no_routes]);
    check("router-without-routes", &[("a.yaml", &template(&[router, service(by_router)]))], &[]);
    let elsewhere =
        ("Route", "Route", "", &*ROUTE.replace("VirtualRouterName: orders", "VirtualRouterName: !Ref Stage"));
    check("router-without-routes", &[("a.yaml", &template(&[MESH, router, service(by_router), elsewhere]))], &[]);
    let orphan = "info orphan-virtual-router virtualRouterName: virtual router `orders` provides no virtual service";
    check("orphan-virtual-router", &[("a.yaml", &template(&[MESH, router]))], &[orphan]);
    check("orphan-virtual-router", &[("a.yaml", &template(&[MESH, router, service(by_open)]))], &[]);
    let no_provider = "MeshName: shop, VirtualServiceName: a.local, Spec: {Provider: !Ref Stage}";
    check("service-without-provider", &[("a.yaml", &template(&[service(no_provider)]))], &[]);
}

#[test]
fn a_node_that_a_task_runs_is_no_orphan() {
    let alone = template(&[MESH, ("Node", "VirtualNode", "", NODE)]);
    let expected =
        "info orphan-virtual-node virtualNodeName: nothing leads to virtual node `orders`, and it has no backends";
    check("orphan-virtual-node", &[("a.yaml", &alone)], &[expected]);
    let task = "  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          Environment: [{Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}]
";
    check("orphan-virtual-node", &[("a.yaml", &format!("{alone}{task}"))], &[]);
}

#[test]
fn placeholders_are_not_taken_for_names() {
    let service = |name: &str| {
        let properties = format!("MeshName: shop, VirtualServiceName: '{name}', Spec: {{}}");
        template(&[("Service", "VirtualService", "", &properties)])
    };
    for name in ["orders.@@DOMAIN@@", "{{ orders }}", "<name>", "orders_v2.shop.local", "orders.shop.local."] {
        check("service-name-not-a-host-name", &[("a.yaml", &service(name))], &[]);
    }
    let odd = |name: &str, why: &str| {
        let rule = "service-name-not-a-host-name";
        let expected = format!("warning {rule} virtualServiceName: `{name}` is no host name: {why}");
        check(rule, &[("a.yaml", &service(name))], &[&expected]);
    };
    odd("orders:8080", "it has `:`");
    odd("*.shop.local", "it has `*`");
    odd("orders..local", "a part between its dots is empty");
}

#[test]
fn values_that_a_shell_fills_in_are_not_judged() {
    let node = |path: &str, arn: &str, host: &str| {
        format!(
            r#"{{"meshName": "shop", "virtualNodeName": "orders", "spec": {{
            "serviceDiscovery": {{"dns": {{"hostname": "{host}"}}}},
            "listeners": [{{"portMapping": {{"port": 80, "protocol": "http"}},
            "tls": {{"mode": "STRICT", "certificate": {{"acm": {{"certificateArn": "{arn}"}}}}}},
            "healthCheck": {{"protocol": "http", "path": "{path}", "healthyThreshold": 2, "unhealthyThreshold": 2,
            "intervalMillis": 5000, "timeoutMillis": 2000}}}}]}}}}"#
        )
    };
    let route = |prefix: &str, host: &str, value: &str| {
        format!(
            r#"{{"meshName": "shop", "virtualGatewayName": "edge", "gatewayRouteName": "all", "spec": {{"httpRoute": {{
            "match": {{"prefix": "{prefix}", "hostname": {{"exact": "{host}"}}}},
            "action": {{"rewrite": {{"prefix": {{"value": "{value}"}}}},
            "target": {{"virtualService": {{"virtualServiceName": "orders.shop.local"}}}}}}}}}}}}"#
        )
    };
    let errors = |text: &str| {
        let input = Input { name: "a.json".to_owned(), bytes: text.as_bytes().to_vec() };
        let found = found_in(&read(vec![input], &Options::default()));
        found.into_iter().filter(|found| found.severity == Severity::Error).count()
    };
    assert_eq!(errors(&node("health", "a", "a:80")), 3);
    for text in [node("$HEALTH", "$ARN", "${HOST:-a}"), node("@@P@@", "<ARN>", "{{ a:b }}")] {
        assert_eq!(errors(&text), 0, "{text}");
    }
    assert_eq!(errors(&route("a", "a:80", "b")), 4);
    for text in [route("${PREFIX}", "$HOST:80", "$VALUE"), route("{{ a }}", "<host>:80", "@@P@@")] {
        assert_eq!(errors(&text), 0, "{text}");
    }
}

/// Each name is held against all others for the nearest one, which takes minutes for so many.
#[test]
fn names_are_compared_for_what_is_said_alone() {
    let service = |number: usize| {
        format!(r#"{{"meshName": "shop", "virtualServiceName": "s{number}.shop.local", "spec": {{}}}}"#)
    };
    let backends: Vec<String> = (0..50)
        .map(|number| format!(r#"{{"virtualService": {{"virtualServiceName": "t{number}.shop.locl"}}}}"#))
        .collect();
    let node = |number: usize| {
        format!(
            r#"{{"meshName": "shop", "virtualNodeName": "n{number}", "spec": {{"backends": [{}]}}}}"#,
            backends.join(", ")
        )
    };
    let all: Vec<String> = (0..200).map(service).chain((0..1000).map(node)).collect();
    let input = Input { name: "a.json".to_owned(), bytes: format!("[{}]", all.join(", ")).into_bytes() };
    let found = found_in(&read(vec![input], &Options::default()));
    let dangling: Vec<_> = found.iter().filter(|found| found.rule == "dangling-backend").collect();
    assert_eq!(dangling.len(), 1000);
    assert_eq!(dangling[0].help.as_deref(), Some("did you mean `s0.shop.local`?"));
}

#[test]
fn order_is_followed_through_what_comes_between() {
    let router = |properties: &'static str| ("Router", "VirtualRouter", "", properties);
    let route = |attributes: &'static str| {
        (
            "Route",
            "Route",
            attributes,
            "MeshName: shop, VirtualRouterName: !GetAtt Router.VirtualRouterName, RouteName: all, \
            Spec: {HttpRoute: {Match: {Prefix: /}, Action: {WeightedTargets: [{VirtualNode: x, Weight: 1}]}}}",
        )
    };
    let after_mesh = "MeshName: !GetAtt Mesh.MeshName, VirtualRouterName: orders, Spec: {Listeners: []}";
    let beside_mesh = "MeshName: shop, VirtualRouterName: orders, Spec: {Listeners: []}";
    check("undeclared-order", &[("a.yaml", &template(&[MESH, router(after_mesh), route("")]))], &[]);
    // The route comes after a router that cannot be created without the mesh.
    let expected = "warning undeclared-order meshName: \
        nothing tells CloudFormation to create mesh `shop` before virtual router `orders`";
    check("undeclared-order", &[("a.yaml", &template(&[MESH, router(beside_mesh), route("")]))], &[expected]);
    // A resource of another service may wait for the mesh.
    let wait = "  Wait: {Type: 'AWS::CloudFormation::WaitConditionHandle', DependsOn: Mesh}\n";
    let text = template(&[MESH, router(after_mesh), route("DependsOn: Wait")]) + wait;
    check("undeclared-order", &[("a.yaml", &text)], &[]);
}

#[test]
fn a_reference_to_a_condition_needs_the_same_condition() {
    let files =
        |node: &str, route: &str| template(&[("Node", "VirtualNode", node, NODE), ("Route", "Route", route, ROUTE)]);
    let expected = "warning reference-to-conditional spec.httpRoute.action.weightedTargets[0].virtualNode: \
        virtual node `orders` exists only where condition `IsNext` holds, this route always";
    check("reference-to-conditional", &[("a.yaml", &files("Condition: IsNext", ""))], &[expected]);
    check("reference-to-conditional", &[("a.yaml", &files("Condition: IsNext", "Condition: IsNext"))], &[]);
    check("reference-to-conditional", &[("a.yaml", &files("", "Condition: IsNext"))], &[]);
    let either = template(&[
        ("A", "VirtualNode", "Condition: IsNext", NODE),
        ("B", "VirtualNode", "Condition: IsOther", NODE),
        ("Route", "Route", "", ROUTE),
    ]);
    check("reference-to-conditional", &[("a.yaml", &either)], &[]);
}

#[test]
fn the_sunset_is_said_once_a_template_and_once_for_all_calls() {
    let call = |name: &str| format!(r#"{{"meshName": "shop", "virtualNodeName": "{name}", "spec": {{}}}}"#);
    let files = [
        ("a.yaml", &*template(&[MESH, ("Node", "VirtualNode", "", NODE)])),
        ("b.json", &*call("b")),
        ("c.json", &*call("c")),
    ];
    let said = "info aws-cannot-deploy : AWS switched App Mesh off on 2026-09-30: it cannot deploy 2 resources here";
    check("aws-cannot-deploy", &files, &[said, said]);
}

#[test]
fn what_a_loop_or_a_distant_stack_may_define_is_no_error() {
    let mesh = |more: &str| {
        let text = format!(
            "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties: {{MeshName: m}}\n  Service:\n    \
             Type: AWS::AppMesh::VirtualService\n    Properties:\n      MeshName: m\n      VirtualServiceName: a.local\n      \
             Spec: {{Provider: {{VirtualNode: {{VirtualNodeName: a}}}}}}\n{more}"
        );
        let found = found_in(&read_text("mesh.yaml", &text));
        let dangling = found.iter().find(|found| found.rule == "dangling-provider");
        dangling.map(|found| found.severity)
    };
    assert_eq!(mesh(""), Some(Severity::Error));
    let distant =
        "  More:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: 'https://x.example/t.yaml'}\n";
    assert_eq!(mesh(distant), Some(Severity::Warning));
    let looped =
        "  'Fn::ForEach::Nodes':\n    - N\n    - [a, b]\n    - 'Node${N}': {Type: 'AWS::AppMesh::VirtualNode'}\n";
    assert_eq!(mesh(looped), None);
}

#[test]
fn services_of_their_own_have_hosts_of_their_own() {
    let services = |one: &str, other: &str, provider: &str| {
        let node = |name: &str, discovery: &str| {
            format!(
                "MeshName: shop, VirtualNodeName: {name}, Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}], \
                 ServiceDiscovery: {discovery}}}"
            )
        };
        let service = |name: &str, node: &str| {
            format!(
                "MeshName: shop, VirtualServiceName: {name}.local, Spec: {{Provider: {{VirtualNode: {{VirtualNodeName: {node}}}}}}}"
            )
        };
        template(&[
            ("One", "VirtualNode", "", &node("one", one)),
            ("Other", "VirtualNode", "", &node("other", other)),
            ("Ones", "VirtualService", "", &service("one", "one")),
            ("Others", "VirtualService", "", &service("other", provider)),
        ])
    };
    let message = "nodes-with-same-hosts spec.serviceDiscovery: virtual nodes `one` and `other` serve different virtual services, \
         but find the same hosts on port 80";
    let cloud_map = "{AWSCloudMap: {NamespaceName: local, ServiceName: one}}";
    let selecting = "{AWSCloudMap: {NamespaceName: local, ServiceName: one, Attributes: [{Key: v, Value: a}]}}";
    let dns = "{DNS: {Hostname: one.local}}";
    let hosts = "{DNS: {Hostname: one.local, ResponseType: ENDPOINTS}}";
    let of_parameter = "{DNS: {Hostname: !Ref Next}}";
    let balancer = "{DNS: {Hostname: !GetAtt Balancer.DNSName}}";
    let public = "{DNS: {Hostname: one-1.eu-west-1.elb.amazonaws.com}}";
    for (one, other, severity) in [
        (cloud_map, cloud_map, Some("warning")),
        (hosts, hosts, Some("warning")),
        (dns, dns, Some("info")),
        (of_parameter, of_parameter, Some("info")),
        (cloud_map, selecting, None),
        (dns, "{DNS: {Hostname: other.local}}", None),
        (balancer, balancer, None),
        (public, public, None),
    ] {
        let expected: Vec<String> = severity.map(|severity| format!("{severity} {message}")).into_iter().collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check("nodes-with-same-hosts", &[("a.yaml", &services(one, other, "other"))], &expected);
        // One node answers for both.
        check("nodes-with-same-hosts", &[("a.yaml", &services(one, other, "one"))], &[]);
    }
}
