//! Every error of the API's model, by its name and status, where it is raised.

use meshwright_model::operation::{Operation, Target};
use meshwright_model::{Kind, limits::QUOTAS};
use meshwright_server::{Call, Exception, Scope, Service};
use meshwright_store::{Change, Contents, Error, Memory, Store, Watch};
use serde_json::{Value, json};

use crate::http::Server;

/// A store that fails as it is told.
struct Failing(fn());

impl Store for Failing {
    fn load(&mut self) -> Result<Contents, Error> {
        Ok(Contents::default())
    }

    fn revision(&mut self) -> Result<u64, Error> {
        Ok(0)
    }

    fn watch(&self) -> Watch {
        Memory::default().watch()
    }

    fn commit(&mut self, _: &[Change]) -> Result<u64, Error> {
        (self.0)();
        Err(Error::Disk { file: "state".to_owned(), why: "no space left on device".to_owned() })
    }
}

fn create(server: &Server, path: &str, body: &Value) -> (u16, String, String) {
    let (status, error, said) = server.ask("PUT", &format!("/v20190125/{path}"), body.to_string().as_bytes());
    (status, error, said["message"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn what_the_store_does_not_take_is_not_there() {
    let mesh = json!({"meshName": "m"});
    for (fail, status, error) in [
        ((|| ()) as fn(), 503, "ServiceUnavailableException"),
        (|| panic!("a fault of the store's"), 500, "InternalServerErrorException"),
    ] {
        let server = Server::over(Box::new(Failing(fail)), false);
        for _ in 0..2 {
            let (own, name, message) = create(&server, "meshes", &mesh);
            assert_eq!((own, name.as_str()), (status, error), "{message}");
        }
        assert_eq!(server.ask("GET", "/v20190125/meshes", b"").2, json!({"meshes": []}));
    }
}

#[test]
fn quotas_hold_where_they_are_asked_for() {
    let quota = |what: &str| QUOTAS.iter().find(|quota| quota.what == what).unwrap().default;
    let server = Server::over(Box::new(Memory::default()), true);
    let refused = |path: &str, body: &Value, what: &str| {
        let (status, error, message) = create(&server, path, body);
        assert_eq!((status, error.as_str()), (400, "LimitExceededException"), "{message}");
        let limit = quota(what);
        assert_eq!(message, format!("there would be {} {what}, and the quota is {limit}", limit + 1));
    };
    let listeners = json!({"listeners": [{"portMapping": {"port": 80, "protocol": "http"}}]});
    let action = json!({"target": {"virtualService": {"virtualServiceName": "n0"}}});
    let gateway_route = json!({"httpRoute": {"match": {"prefix": "/"}, "action": action}});
    let action = json!({"weightedTargets": [{"virtualNode": "n0", "weight": 1}]});
    let route = json!({"httpRoute": {"match": {"prefix": "/"}, "action": action}});
    for (path, field, spec, what) in [
        ("meshes", "meshName", json!({}), "meshes per account"),
        ("meshes/n0/virtualNodes", "virtualNodeName", json!({}), "virtual nodes per mesh"),
        ("meshes/n0/virtualRouters", "virtualRouterName", json!({}), "virtual routers per mesh"),
        ("meshes/n0/virtualServices", "virtualServiceName", json!({}), "virtual services per mesh"),
        ("meshes/n0/virtualGateways", "virtualGatewayName", listeners, "virtual gateways per mesh"),
        ("meshes/n0/virtualRouter/n0/routes", "routeName", route, "routes per virtual router"),
        (
            "meshes/n0/virtualGateway/n0/gatewayRoutes",
            "gatewayRouteName",
            gateway_route,
            "gateway routes per virtual gateway",
        ),
    ] {
        let body = |number: usize| json!({field: format!("n{number}"), "spec": spec});
        for number in 0..quota(what) {
            let made = create(&server, path, &body(number));
            assert_eq!(made.0, 200, "{what}: {made:?}");
        }
        refused(path, &body(quota(what)), what);
        assert_eq!(create(&server, path, &body(0)).1, "ConflictException", "{what}");
        // What is there may be changed all the same.
        let changed = create(&server, &format!("{path}/n0"), &json!({"spec": spec}));
        assert_eq!(changed.0, 200, "{what}: {changed:?}");
    }
    let backend = |number| json!({"virtualService": {"virtualServiceName": format!("s{number}")}});
    let backends = |count: usize| json!({"spec": {"backends": (0..count).map(backend).collect::<Vec<_>>()}});
    let limit = quota("backends per virtual node");
    assert_eq!(create(&server, "meshes/n0/virtualNodes/n0", &backends(limit)).0, 200);
    refused("meshes/n0/virtualNodes/n0", &backends(limit + 1), "backends per virtual node");
}

#[test]
fn without_quotas_there_may_be_more() {
    let server = Server::start();
    for number in 0..=15 {
        assert_eq!(create(&server, "meshes", &json!({"meshName": format!("m{number}")})).0, 200);
    }
}

#[test]
fn another_account_makes_no_gateway_in_a_shared_mesh() {
    let service = Service::start(Box::new(Memory::default()), false).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let answer = |call: Call| runtime.block_on(service.answer(call));
    let call = |kind: Kind, account: &str, body: Value| Call {
        operation: Operation::Create(kind),
        target: Target { mesh: if kind == Kind::Mesh { String::new() } else { "m".to_owned() }, ..Target::default() },
        query: if kind == Kind::Mesh { Vec::new() } else { vec![("meshOwner".to_owned(), "111111111111".to_owned())] },
        body: body.to_string().into_bytes(),
        scope: Scope::of("eu-west-1", account),
        caller: None,
    };
    let mesh = call(Kind::Mesh, "111111111111", json!({"meshName": "m"}));
    answer(mesh).unwrap();
    let node = call(Kind::VirtualNode, "222222222222", json!({"virtualNodeName": "n", "spec": {}}));
    let made = answer(node).unwrap().into_value();
    assert_eq!(made["metadata"]["meshOwner"], "111111111111");
    assert_eq!(made["metadata"]["resourceOwner"], "222222222222");
    assert_eq!(made["metadata"]["arn"], "arn:aws:appmesh:eu-west-1:222222222222:mesh/m/virtualNode/n");
    let body = json!({"virtualGatewayName": "g", "spec": {"listeners": []}});
    let refused = answer(call(Kind::VirtualGateway, "222222222222", body)).unwrap_err();
    assert_eq!((refused.exception, refused.exception.status()), (Exception::Forbidden, 403));
}

#[test]
fn no_two_resources_have_one_arn() {
    let server = Server::start();
    assert_eq!(create(&server, "meshes", &json!({"meshName": "m"})).0, 200);
    assert_eq!(create(&server, "meshes/m/virtualNodes", &json!({"virtualNodeName": "n", "spec": {}})).0, 200);
    let (status, error, answer) = create(&server, "meshes", &json!({"meshName": "m/virtualNode/n"}));
    assert_eq!((status, error.as_str()), (409, "ConflictException"), "{answer}");
    let arn = "arn:aws:appmesh:us-east-1:123456789012:mesh/m/virtualNode/n";
    assert_eq!(answer, format!("virtual node n of mesh m has the ARN {arn} already: choose another name"));
    assert_eq!(server.ask("GET", &format!("/v20190125/tags?resourceArn={arn}"), b"").0, 200);
}

#[test]
fn tags_do_not_tell_what_other_accounts_have() {
    let server = Server::start();
    for account in ["123456789012", "210987654321"] {
        let arn = format!("arn:aws:appmesh:us-east-1:{account}:mesh/none");
        let (status, ..) = server.ask("GET", &format!("/v20190125/tags?resourceArn={arn}"), b"");
        assert_eq!(status, if account == "123456789012" { 404 } else { 403 }, "{arn}");
    }
}
