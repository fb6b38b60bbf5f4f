//! What the API would refuse half-way is told before anything is done.

use meshwright_model::Kind;
use meshwright_model::api::{Call, Failure, MeshApi};
use meshwright_model::operation::{Operation, Target};
use serde_json::{Value, json};

use super::{nothing, run, shop};

/// Two resources that the API takes; the third and fourth of the file it does not.
#[test]
fn a_file_whose_third_resource_would_be_refused_changes_nothing() {
    let api = nothing();
    let file = r#"[
{"meshName": "shop", "spec": {}},
{"meshName": "shop", "virtualNodeName": "good", "spec": {}},
{"meshName": "shop", "virtualNodeName": "poor", "spec": {"listeners": [
  {"portMapping": {"port": 80, "protocol": "http"}, "healthCheck": {"protocol": "grpc", "port": 81, "healthyThreshold": 2,
   "unhealthyThreshold": 2, "intervalMillis": 5000, "timeoutMillis": 2000}}]}},
{"meshName": "shop", "virtualNodeName": "tagged", "spec": {}, "tags": [{"key": "AWS:x", "value": "y"}]}
]"#;
    let run_of_all = run(&api, "apply mesh", file);
    insta::assert_snapshot!(run_of_all.output(), @r"
    4 to create

    + mesh shop
    + virtual node good
    + virtual node poor
    + virtual node tagged

    cannot be done: virtual node poor: Listeners can't be set without Service Discovery.
    cannot be done: virtual node poor: spec.listeners[0].healthCheck.port must be the port of the listener
    cannot be done: virtual node poor: GRPC HealthCheck requires listener type of HTTP2 or GRPC.
    cannot be done: virtual node tagged: tags: `AWS:x` begins with aws:, which AWS keeps for itself
    ");
    assert!(run_of_all.has_findings());
    assert_eq!(run(&api, "meshes", "").output(), "no mesh at this process\n");
}

#[test]
fn a_change_of_what_stands_is_held_to_the_same() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let poor = shop(9).replace(
        r#""virtualNodeName": "v1", "spec": {}"#,
        r#""virtualNodeName": "v1", "spec": {"serviceDiscovery": {"dns": {"hostname": "x"}}}"#,
    );
    let update = run(&api, "apply mesh", &poor);
    assert!(update.output().contains("cannot be done: virtual node v1: Service Discovery can't be set"), "{update:?}");
}

#[test]
fn a_router_with_several_listeners_wants_a_port_of_each_of_its_routes() {
    let api = nothing();
    let second = r#"{"protocol": "http", "port": 80}}, {"portMapping": {"port": 81, "protocol": "http"}}]"#;
    let two = shop(9).replace(r#"{"port": 80, "protocol": "http"}}]"#, second);
    let first = run(&api, "apply mesh", &two);
    let why = "cannot be done: route pay/split: its match needs a port, as virtual router pay has several listeners";
    assert!(first.output().contains(why), "{first:?}");
    assert_eq!(run(&api, "meshes", "").output(), "no mesh at this process\n");
    // A route that no file has holds its router back as well.
    run(&api, "apply mesh", &shop(9));
    let router = two.lines().find(|line| line.contains("listeners")).unwrap().trim_end_matches(',');
    assert!(run(&api, "apply mesh", router).output().contains(why));
}

/// The API and `apply` say the same of the same fault.
#[test]
fn apply_says_what_the_api_would_say() {
    let action = json!({"weightedTargets": [{"virtualNode": "n", "weight": 1}]});
    let target = json!({"target": {"virtualService": {"virtualServiceName": "s"}}});
    let route = |matcher: Value| (Kind::Route, json!({"httpRoute": {"match": matcher, "action": action}}));
    let gateway_route = |matcher: Value, rewrite: Value| {
        let mut action = target.clone();
        action["rewrite"] = rewrite;
        (Kind::GatewayRoute, json!({"http2Route": {"match": matcher, "action": action}}))
    };
    let listener = |own: Value| (Kind::VirtualGateway, json!({"listeners": [own]}));
    let port = json!({"port": 80, "protocol": "http"});
    let pool = json!({"grpc": {"maxRequests": 1}});
    let cases = [
        (Kind::VirtualNode, json!({"listeners": [{"portMapping": port}]})),
        (Kind::VirtualNode, json!({"serviceDiscovery": {"dns": {"hostname": "x"}}})),
        listener(json!({"portMapping": port, "connectionPool": pool})),
        (Kind::Route, json!({"priority": 3})),
        route(json!({"prefix": "shop"})),
        route(json!({"prefix": "/", "path": {"exact": "/"}})),
        route(json!({"path": {"exact": "shop"}})),
        route(json!({"prefix": "/", "headers": [{"name": ":path"}]})),
        (Kind::Route, json!({"grpcRoute": {"match": {"methodName": "m"}, "action": action}})),
        (Kind::GatewayRoute, json!({})),
        gateway_route(json!({"prefix": "/aws-app-mesh"}), Value::Null),
        gateway_route(json!({"prefix": "/", "hostname": {"exact": "a:80"}}), Value::Null),
        gateway_route(json!({"prefix": "/"}), json!({"prefix": {"value": "x"}})),
        gateway_route(json!({"prefix": "/a"}), json!({"prefix": {"value": "/x/"}})),
        (Kind::GatewayRoute, json!({"grpcRoute": {"match": {"serviceName": "aws.appmesh"}, "action": target}})),
    ];
    let base = json!([
        {"meshName": "m", "spec": {}},
        {"meshName": "m", "virtualNodeName": "n", "spec": {}},
        {"meshName": "m", "virtualServiceName": "s", "spec": {}},
        {"meshName": "m", "virtualRouterName": "parent", "spec": {}},
        {"meshName": "m", "virtualGatewayName": "parent", "spec": {"listeners": [{"portMapping": port}]}},
    ]);
    let api = nothing();
    assert!(!run(&api, "apply mesh", &base.to_string()).has_findings());
    for (kind, spec) in cases {
        let parent = kind.parent().map(|_| "parent".to_owned());
        let target = Target { mesh: "m".to_owned(), parent, name: None };
        let call = Call::new(Operation::Create(kind), target).with_member(kind.name_field(), "x");
        let Err(Failure::Refused { message, .. }) = api.call(&call.with_member("spec", without_nulls(&spec))) else {
            panic!("{spec} is taken");
        };
        let mut resource = json!({"meshName": "m", kind.name_field(): "x", "spec": without_nulls(&spec)});
        if let Some(parent) = kind.parent() {
            resource[parent.name_field()] = json!("parent");
        }
        let run = run(&api, "apply mesh", &json!([resource]).to_string());
        let is_told = match &run.answer {
            Ok(answer) => answer.output.contains(&message),
            // What the reader of files holds against it already is told by `validate`, with its place.
            Err(why) => why.to_string().contains("the files have faults"),
        };
        assert!(is_told, "{spec}: {message}\n{run:?}");
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, own)| !own.is_null())
            .map(|(name, own)| (name.clone(), without_nulls(own)))
            .collect(),
        Value::Array(elements) => elements.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}
