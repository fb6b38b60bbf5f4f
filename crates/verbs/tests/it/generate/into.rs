//! Intents against a mesh that is there: which edits they become.

use meshwright_dialect::{Input, Options, read};
use meshwright_language::{Intent, compose_into};
use meshwright_model::edit::{Change, Edit};

const SHOP: &str = include_str!("into.yaml");

/// The edits of an intent, a line each, then its questions.
fn edits(intent: &str) -> String {
    edits_in(SHOP, intent)
}

/// The same for another file.
fn edits_in(text: &str, intent: &str) -> String {
    let input = Input { name: "shop.yaml".to_owned(), bytes: text.into() };
    let reading = read(vec![input], &Options { keep_parameters: true, ..Options::default() });
    let intent: Intent = serde_json::from_str(intent).unwrap();
    let insertion = compose_into(&intent, &reading.inventory);
    let line = |edit: &Edit| {
        if let Change::Declare(declaration) = &edit.change {
            return format!("parameter {} is declared", declaration.name);
        }
        let subject = edit.resource.as_ref().unwrap();
        let what = match &edit.change {
            Change::Set(value) => format!("= {}", serde_json::to_string(value).unwrap()),
            Change::Append(value) => format!("+ {}", serde_json::to_string(value).unwrap()),
            Change::Remove => "is taken away".to_owned(),
            Change::Declare(_) => String::new(),
            Change::Create(resource) => format!("is made: {}", serde_json::to_string(&resource.spec).unwrap()),
        };
        format!("{} {}: {} {what}", subject.kind, subject.name, edit.path)
    };
    let edits = insertion.edits.iter().map(line);
    let questions = insertion.questions.iter().map(|question| format!("question: {}", question.text));
    edits.chain(questions).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_part_is_set_on_the_node_that_is_meant() {
    let outliers =
        r#"{"outlierDetection": {"maxServerErrors": 5, "baseEjectionDuration": "30s", "maxEjectionPercent": 50}}"#;
    let change = |name: &str, listener: &str| {
        edits(&format!(r#"{{"virtualNodes": [{{"name": "{name}", "action": "change", "listeners": [{listener}]}}]}}"#))
    };
    insta::assert_snapshot!(change("payments-v1", outliers), @r#"virtual node payments-v1: spec.listeners[0].outlierDetection = {"baseEjectionDuration":{"unit":"s","value":30},"interval":{"unit":"s","value":10},"maxEjectionPercent":50,"maxServerErrors":5}"#);
    insta::assert_snapshot!(change("payments-v1", r#"{"healthCheck": {"path": "/ping"}}"#), @r#"virtual node payments-v1: spec.listeners[0].healthCheck.path = "/ping""#);
    insta::assert_snapshot!(change("paymets-v1", outliers), @"question: There is no virtual node `paymets-v1` in the file. Did you mean `payments-v1`?");
    insta::assert_snapshot!(change("payments-v1", r#"{"port": 9090}"#), @"
virtual node payments-v1: spec.listeners[0].portMapping.port = 9090
virtual node payments-v1: spec.listeners[0].healthCheck.port = 9090
");
}

#[test]
fn a_place_that_would_get_two_values_is_asked_about() {
    let twice = |second: &str| {
        let node = |path: &str| {
            format!(
                r#"{{"name": "payments-v1", "action": "change", "listeners": [{{"healthCheck": {{"path": "{path}"}}}}]}}"#
            )
        };
        edits(&format!(r#"{{"virtualNodes": [{}, {}]}}"#, node("/ping"), node(second)))
    };
    insta::assert_snapshot!(twice("/ping"), @r#"virtual node payments-v1: spec.listeners[0].healthCheck.path = "/ping""#);
    insta::assert_snapshot!(twice("/live"), @r#"
virtual node payments-v1: spec.listeners[0].healthCheck.path = "/ping"
virtual node payments-v1: spec.listeners[0].healthCheck.path = "/live"
question: The virtual node `payments-v1` would get "/ping" and "/live" at spec.listeners[0].healthCheck.path. Which is meant?
"#);
}

#[test]
fn a_timeout_is_raised_on_the_route_and_on_every_listener() {
    let raise = |name: &str| {
        edits(&format!(
            r#"{{"routes": [{{"name": "{name}", "action": "change", "timeout": {{"perRequest": "60s"}}}}]}}"#
        ))
    };
    insta::assert_snapshot!(raise("payments-route"), @r#"
route payments-route: spec.httpRoute.timeout.perRequest = {"unit":"s","value":60}
virtual node payments-v1: spec.listeners[0].timeout.http.perRequest = {"unit":"s","value":60}
virtual node payments-v2: spec.listeners[0].timeout.http.perRequest = {"unit":"s","value":60}
"#);
    assert_eq!(raise("payments-route"), raise("payments"));
    insta::assert_snapshot!(raise("shipping"), @"question: There is no route `shipping` in the file. Which is meant?");
}

#[test]
fn a_header_route_comes_before_those_that_are_there() {
    let route = r#"{"match": {"headers": [{"name": "x-test-version", "value": {"exact": "v2"}}]}, "targets": [{"node": "v2"}]}"#;
    insta::assert_snapshot!(edits(&format!(r#"{{"routes": [{route}]}}"#)), @r#"route payments-v2-route:  is made: {"httpRoute":{"action":{"weightedTargets":[{"virtualNode":"payments-v2","weight":100}]},"match":{"headers":[{"match":{"exact":"v2"},"name":"x-test-version"}],"prefix":"/"}},"priority":50}"#);
}

#[test]
fn what_leaves_a_split_has_an_heir() {
    let removals = |removals: &str| edits(&format!(r#"{{"removals": [{removals}]}}"#));
    let v1 = |heir: &str| removals(&format!(r#"{{"kind": "target", "name": "payments-v1", "heir": {heir}}}"#));
    insta::assert_snapshot!(v1(r#"{"node": "v2", "isOnly": true}"#), @"route payments-route: spec.httpRoute.action.weightedTargets[0] is taken away");
    insta::assert_snapshot!(v1(r#"{"node": "orders"}"#), @r#"route payments-route: spec.httpRoute.action.weightedTargets[0].virtualNode = "orders""#);
    insta::assert_snapshot!(v1(r#"{"node": "payments-v9"}"#), @"question: There is no virtual node `payments-v9` in the file. Did you mean `payments-v1`?");
    insta::assert_snapshot!(removals(r#"{"kind": "target", "name": "v1"}, {"kind": "target", "name": "v2"}"#), @"question: `payments-v1` and `payments-v2` are the only targets of route `payments-route`. Where should its requests go?");
    insta::assert_snapshot!(removals(r#"{"kind": "target", "name": "v1", "heir": {"node": "orders"}}, {"kind": "target", "name": "v2", "heir": {"node": "orders"}}"#), @r#"
route payments-route: spec.httpRoute.action.weightedTargets[0].virtualNode = "orders"
route payments-route: spec.httpRoute.action.weightedTargets[1] is taken away
"#);
}

#[test]
fn shares_of_an_application_are_those_of_its_route() {
    let versions = |versions: &str| {
        edits(&format!(r#"{{"applications": [{{"name": "payments", "action": "change", "versions": [{versions}]}}]}}"#))
    };
    insta::assert_snapshot!(versions(r#"{"name": "v1", "weight": 75}, {"name": "v2", "weight": 25}"#), @"
route payments-route: spec.httpRoute.action.weightedTargets[0].weight = 75
route payments-route: spec.httpRoute.action.weightedTargets[1].weight = 25
");
    insta::assert_snapshot!(versions(r#"{"name": "v2", "weight": 100}"#), @"
route payments-route: spec.httpRoute.action.weightedTargets[1].weight = 100
route payments-route: spec.httpRoute.action.weightedTargets[0].weight = 0
");
    insta::assert_snapshot!(versions(r#"{"name": "v3", "weight": 25}"#), @"question: There is no virtual node `payments-v3` in the file. Did you mean `payments-v1`?");
}

#[test]
fn a_new_target_is_a_node_of_the_file() {
    let route = r#"{"routes": [{"action": "change", "name": "payments-route", "targets": [{"node": "payment", "weight": 20}]}]}"#;
    insta::assert_snapshot!(edits(route), @r#"
route payments-route: spec.httpRoute.action.weightedTargets + {"virtualNode":"payment","weight":20}
question: Route `payments-route` has other targets too. Which share should each of them get?
question: There is no virtual node `payment` in the file. Which is meant?
"#);
}

#[test]
fn a_resource_is_renamed_with_all_that_names_it() {
    let rename = |rename: &str| edits(&format!(r#"{{"renames": [{{{rename}}}]}}"#));
    insta::assert_snapshot!(rename(r#""name": "payments-v1", "to": "payments-stable""#), @r#"
virtual node payments-v1: virtualNodeName = "payments-stable"
route payments-route: spec.httpRoute.action.weightedTargets[0].virtualNode = "payments-stable"
"#);
    insta::assert_snapshot!(rename(r#""kind": "virtualService", "name": "payments", "to": "pay""#), @r#"
virtual service payments.shop.local: virtualServiceName = "pay.shop.local"
virtual node orders: spec.backends[0].virtualService.virtualServiceName = "pay.shop.local"
"#);
    insta::assert_snapshot!(rename(r#""name": "payments", "to": "pay""#), @"question: `payments` may be the virtual router `payments-router` or the route of `payments-router` or the virtual service `payments.shop.local`. Which is to be renamed?");
    insta::assert_snapshot!(rename(r#""name": "payments-v1", "to": "payments-v2""#), @"question: There is a virtual node `payments-v2` already. What should `payments-v1` be called?");
    insta::assert_snapshot!(rename(r#""name": "paymets-v1", "to": "x""#), @"question: There is no `paymets-v1` in the file. Did you mean `payments-v1`?");
    insta::assert_snapshot!(rename(r#""name": "payments-v0", "to": "payments-v1""#), @"");
}

#[test]
fn tags_are_given_to_what_is_there() {
    let tags = |rest: &str| edits(&format!(r#"{{"tags": {{"team": "shop"}} {rest}}}"#));
    insta::assert_snapshot!(tags(r#", "applications": [{"name": "payments-v1", "action": "change"}]"#), @r#"virtual node payments-v1: tags + {"key":"team","value":"shop"}"#);
    insta::assert_snapshot!(tags(r#", "virtualServices": [{"name": "payments", "action": "change"}]"#), @r#"virtual service payments.shop.local: tags + {"key":"team","value":"shop"}"#);
    insta::assert_snapshot!(tags(""), @r#"
virtual node orders: tags + {"key":"team","value":"shop"}
virtual node payments-v1: tags + {"key":"team","value":"shop"}
virtual node payments-v2: tags + {"key":"team","value":"shop"}
virtual router payments-router: tags + {"key":"team","value":"shop"}
route payments-route: tags + {"key":"team","value":"shop"}
virtual service payments.shop.local: tags + {"key":"team","value":"shop"}
"#);
    insta::assert_snapshot!(edits(r#"{"tags": {"aws:team": "shop"}}"#), @"question: AWS keeps tags that begin with `aws:` for itself, as `aws:team` does. What should it be called?");
}

#[test]
fn what_new_resources_name_is_called_as_in_the_file() {
    insta::assert_snapshot!(edits(r#"{"virtualNodes": [{"name": "web", "listeners": [{"port": 80}], "calls": [{"to": "payments"}]}]}"#), @r#"virtual node web:  is made: {"backends":[{"virtualService":{"virtualServiceName":"payments.shop.local"}}],"listeners":[{"portMapping":{"port":80,"protocol":"http"}}],"serviceDiscovery":{"dns":{"hostname":"web.shop.local","responseType":"ENDPOINTS"}}}"#);
    insta::assert_snapshot!(edits(r#"{"virtualServices": [{"name": "pay.local", "provider": {"router": "payments"}}]}"#), @r#"virtual service pay.local:  is made: {"provider":{"virtualRouter":{"virtualRouterName":"payments-router"}}}"#);
    insta::assert_snapshot!(edits(r#"{"routes": [{"action": "change", "retry": {"maxRetries": 3}}]}"#), @"route payments-route: spec.httpRoute.retryPolicy.maxRetries = 3");
}

#[test]
fn shares_are_set_on_the_route_that_is_there() {
    let targets = |targets: &str| edits(&format!(r#"{{"routes": [{{"action": "change", "targets": [{targets}]}}]}}"#));
    insta::assert_snapshot!(targets(r#"{"node": "v1", "weight": 70}, {"node": "v2", "weight": 30}"#), @"
route payments-route: spec.httpRoute.action.weightedTargets[0].weight = 70
route payments-route: spec.httpRoute.action.weightedTargets[1].weight = 30
");
    insta::assert_snapshot!(targets(r#"{"node": "payments-v2", "weight": 25}"#), @"
route payments-route: spec.httpRoute.action.weightedTargets[1].weight = 25
route payments-route: spec.httpRoute.action.weightedTargets[0].weight = 75
");
}

#[test]
fn what_is_taken_away_goes_with_what_points_at_it() {
    let removal =
        |kind: &str, name: &str| edits(&format!(r#"{{"removals": [{{"kind": "{kind}", "name": "{name}"}}]}}"#));
    insta::assert_snapshot!(removal("target", "v1"), @"route payments-route: spec.httpRoute.action.weightedTargets[0] is taken away");
    insta::assert_snapshot!(removal("resource", "payments-v1"), @"
route payments-route: spec.httpRoute.action.weightedTargets[0] is taken away
virtual node payments-v1:  is taken away
");
    insta::assert_snapshot!(removal("healthCheck", "payments-v1"), @"virtual node payments-v1: spec.listeners[0].healthCheck is taken away");
    insta::assert_snapshot!(removal("retryPolicy", "payments"), @r#"
route payments-route: spec.httpRoute.retryPolicy.maxRetries = 0
route payments-route: spec.httpRoute.retryPolicy.perRetryTimeout = {"unit":"s","value":15}
"#);
    for (kind, gone) in [("target", "nobody"), ("resource", "nobody"), ("resource", "payments-v3")] {
        let told = removal(kind, gone);
        assert!(told.starts_with("question: ") && told.contains("gone already?"), "{told}");
    }
}

#[test]
fn what_is_said_of_all_and_of_routers_is_set_on_those_that_are_there() {
    insta::assert_snapshot!(edits(r#"{"everywhere": {"accessLog": {"path": "/dev/stdout"}}}"#), @r#"
virtual node orders: spec.logging = {"accessLog":{"file":{"path":"/dev/stdout"}}}
virtual node payments-v1: spec.logging = {"accessLog":{"file":{"path":"/dev/stdout"}}}
virtual node payments-v2: spec.logging = {"accessLog":{"file":{"path":"/dev/stdout"}}}
"#);
    insta::assert_snapshot!(edits(r#"{"virtualRouters": [{"name": "payments-router", "action": "change", "listeners": [{"port": 9090}]}]}"#), @"virtual router payments-router: spec.listeners[0].portMapping.port = 9090");
    insta::assert_snapshot!(edits(r#"{"virtualRouters": [{"name": "payments", "routes": [{"name": "payments-route", "priority": 7}]}]}"#), @"route payments-route: spec.priority = 7");
    insta::assert_snapshot!(edits(r#"{"tags": {"team": "pay"}, "environments": ["staging"]}"#), @r#"
virtual node orders: tags + {"key":"team","value":"pay"}
virtual node payments-v1: tags + {"key":"team","value":"pay"}
virtual node payments-v2: tags + {"key":"team","value":"pay"}
virtual router payments-router: tags + {"key":"team","value":"pay"}
route payments-route: tags + {"key":"team","value":"pay"}
virtual service payments.shop.local: tags + {"key":"team","value":"pay"}
question: Environments differ in the names of their meshes, and the file has a mesh of one name. Should the template be generated anew, without --into?
"#);
}

#[test]
fn a_new_route_comes_before_the_wider_and_behind_the_narrower() {
    let route = |matcher: &str| {
        edits(&format!(
            r#"{{"routes": [{{"router": "payments-router", "match": {matcher}, "targets": [{{"node": "payments-v2"}}]}}]}}"#
        ))
    };
    insta::assert_snapshot!(route(r#"{"path": {"prefix": "/beta"}}"#), @r#"route payments-v2-route:  is made: {"httpRoute":{"action":{"weightedTargets":[{"virtualNode":"payments-v2","weight":100}]},"match":{"prefix":"/beta"}},"priority":50}"#);
    insta::assert_snapshot!(route(r#"{"method": "POST"}"#), @r#"route payments-v2-route:  is made: {"httpRoute":{"action":{"weightedTargets":[{"virtualNode":"payments-v2","weight":100}]},"match":{"method":"POST","prefix":"/"}},"priority":50}"#);
}

#[test]
fn new_resources_stand_beside_those_that_are_there() {
    insta::assert_snapshot!(edits(r#"{"virtualNodes": [{"name": "shipping", "listeners": [{"port": 8080}]}]}"#), @r#"virtual node shipping:  is made: {"listeners":[{"portMapping":{"port":8080,"protocol":"http"}}],"serviceDiscovery":{"dns":{"hostname":"shipping.shop.local","responseType":"ENDPOINTS"}}}"#);
    insta::assert_snapshot!(edits(r#"{"virtualNodes": [{"name": "orders", "action": "change", "calls": [{"to": "payments"}, {"to": "shipping"}]}]}"#), @r#"virtual node orders: spec.backends + {"virtualService":{"virtualServiceName":"shipping"}}"#);
    insta::assert_snapshot!(edits(r#"{"virtualNodes": [{"name": "mail", "discovery": {"cloudMap": {}}}]}"#), @r#"
parameter CloudMapNamespace is declared
virtual node mail:  is made: {"listeners":[{"portMapping":{"port":8080,"protocol":"http"}}],"serviceDiscovery":{"awsCloudMap":{"namespaceName":{"Reference":{"name":"CloudMapNamespace","scope":0}},"serviceName":"mail"}}}
"#);
    insta::assert_snapshot!(edits("{}"), @"question: What should be changed in the file?");
}

/// A file of routes that match these prefixes with these priorities, `-` for none.
fn routes(kind: &str, routes: &[(&str, &str)]) -> String {
    let route = |(number, (prefix, priority)): (usize, &(&str, &str))| {
        let priority = priority.parse::<u32>().map_or_else(|_| String::new(), |number| format!("Priority: {number}, "));
        match kind {
            "Route" => format!(
                "  R{number}: {{Type: AWS::AppMesh::Route, Properties: {{MeshName: shop, VirtualRouterName: orders, RouteName: r{number}, \
                 Spec: {{{priority}HttpRoute: {{Match: {{Prefix: {prefix}}}, Action: {{WeightedTargets: [{{VirtualNode: orders, Weight: 1}}]}}}}}}}}}}\n"
            ),
            _ => format!(
                "  R{number}: {{Type: AWS::AppMesh::GatewayRoute, Properties: {{MeshName: shop, VirtualGatewayName: web, GatewayRouteName: r{number}, \
                 Spec: {{{priority}HttpRoute: {{Match: {{Prefix: {prefix}}}, Action: {{Target: {{VirtualService: {{VirtualServiceName: orders}}}}}}}}}}}}}}\n"
            ),
        }
    };
    let routes: String = routes.iter().enumerate().map(route).collect();
    format!(
        "Resources:\n  Web: {{Type: AWS::AppMesh::VirtualGateway, Properties: {{MeshName: shop, VirtualGatewayName: web, Spec: {{Listeners: [{{PortMapping: {{Port: 80, Protocol: http}}}}]}}}}}}\n{routes}"
    )
}

/// The priorities that come of one more route.
fn numbers(kind: &str, there: &[(&str, &str)], prefix: &str, priority: &str) -> String {
    let text = routes(kind, there);
    let new = match kind {
        "Route" => format!(
            r#"{{"routes": [{{"router": "orders", "name": "new", {priority} "match": {{"path": {{"prefix": "{prefix}"}}}}, "targets": [{{"node": "orders"}}]}}]}}"#
        ),
        _ => format!(
            r#"{{"gatewayRoutes": [{{"gateway": "web", "name": "new", {priority} "match": {{"path": {{"prefix": "{prefix}"}}}}, "service": "orders"}}]}}"#
        ),
    };
    let word = |line: &str| {
        let number =
            line.rsplit_once("\"priority\":").map_or("none", |(_, rest)| rest.split([',', '}']).next().unwrap());
        match line.split_once(": ") {
            Some((_, rest)) if rest.starts_with("spec.priority") => line.to_owned(),
            Some((name, _)) if name.ends_with(" new") => format!("new {number}"),
            _ => line.to_owned(),
        }
    };
    edits_in(&text, &new).lines().map(word).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_number_leaves_the_order_of_routes_right() {
    for kind in ["Route", "GatewayRoute"] {
        let number = |there: &[(&str, &str)], prefix: &str| numbers(kind, there, prefix, "");
        assert_eq!(number(&[("/", "100")], "/api"), "new 50");
        assert_eq!(number(&[("/", "100"), ("/api/v2", "40")], "/api"), "new 70");
        assert_eq!(number(&[("/api/v2", "500")], "/api"), "new 750");
        assert_eq!(number(&[("/", "-"), ("/api/v2", "1000")], "/api"), "new none");
    }
}

#[test]
fn routes_move_where_no_number_is_free() {
    insta::assert_snapshot!(numbers("Route", &[("/", "0")], "/api", ""), @"
route r0: spec.priority = 1
new 0
");
    insta::assert_snapshot!(numbers("Route", &[("/", "1"), ("/api/v2", "0"), ("/x", "2"), ("/y", "4")], "/api", ""), @"
route r0: spec.priority = 2
route r2: spec.priority = 3
new 1
");
    insta::assert_snapshot!(numbers("GatewayRoute", &[("/", "0")], "/api", ""), @"
gateway route r0: spec.priority = 1
new 0
");
    insta::assert_snapshot!(numbers("Route", &[("/", "10")], "/api", r#""priority": 20,"#), @"
new 20
question: With priority 20, route `new` is tried behind `r0`, which has 10 and takes its requests. Which number should it get?
");
    insta::assert_snapshot!(numbers("Route", &[("/", "10")], "/api", r#""priority": 5,"#), @"new 5");
}

#[test]
fn a_route_that_is_said_beside_its_name_is_the_one_that_is_changed() {
    let headers = r#""match": {"headers": [{"name": "x"}]}"#;
    let beside = |named: &str| edits(&format!(r#"{{"routes": [{{"action": "change", {headers}}}{named}}}"#));
    let expected = r#"route payments-route: spec.httpRoute.match.headers + {"name":"x"}"#;
    assert_eq!(beside(r#", {"name": "payments-route", "action": "change"}]"#), expected);
    assert_eq!(beside(r#"], "applications": [{"name": "payments-route", "action": "change"}]"#), expected);
    // It is the only one.
    assert_eq!(beside("]"), expected);
}

#[test]
fn all_traffic_of_a_route_for_some_requests_is_asked_about() {
    let narrow = SHOP.replace("Match: {Prefix: /}", "Match: {Prefix: /, Headers: [{Name: x}]}");
    let all = r#"{"router": "payments", "targets": [{"node": "payments-v2"}]}"#;
    let asked = edits_in(&narrow, &format!(r#"{{"routes": [{all}]}}"#));
    assert!(asked.starts_with("question: Route `payments-route` shares the requests that it matches"), "{asked}");
    let named = r#"{"routes": [{"action": "change", "name": "payments-route", "targets": [{"node": "payments-v2"}]}]}"#;
    insta::assert_snapshot!(edits_in(&narrow, named), @"
route payments-route: spec.httpRoute.action.weightedTargets[1].weight = 100
route payments-route: spec.httpRoute.action.weightedTargets[0].weight = 0
");
}

#[test]
fn a_tag_of_the_mesh_is_that_of_the_mesh_alone() {
    let everything = include_str!("../../../../../corpus/everything/everything.yaml");
    let tag = r#"{"mesh": {"action": "change"}, "tags": {"team": "shop"}}"#;
    insta::assert_snapshot!(edits_in(everything, tag), @r#"mesh everything: tags + {"key":"team","value":"shop"}"#);
}

#[test]
fn a_new_service_is_called_by_the_host_name_that_it_gets() {
    let edits = edits(
        r#"{"applications": [
            {"name": "refunds", "discovery": {"dns": {"hostname": "refunds.pay.internal"}}, "listeners": [{"port": 80}]},
            {"name": "orders", "action": "change", "calls": [{"to": "refunds"}]}
        ]}"#,
    );
    let named = |line: &&str| line.contains("virtualServiceName") || line.starts_with("virtual service");
    let named: Vec<&str> = edits.lines().filter(named).collect();
    insta::assert_snapshot!(named.join("\n"), @r#"
virtual node orders: spec.backends + {"virtualService":{"virtualServiceName":"refunds.pay.internal"}}
virtual service refunds.pay.internal:  is made: {"provider":{"virtualNode":{"virtualNodeName":"refunds"}}}
"#);
}
