//! Every error that the API's model has, as the SDK's typed variant of each operation that may raise it.

use std::fmt::Debug;
use std::pin::Pin;

use aws_sdk_appmesh::Client;
use aws_sdk_appmesh::error::SdkError;
use aws_sdk_appmesh::types as t;

use crate::server::{ACCOUNT, Fate, Server};
use crate::{route_specs, specs};

/// What came of a call: the status, and the variant of the operation's error; `Unhandled` where the SDK knows none.
pub(crate) fn outcome<T, E: Debug>(result: Result<T, SdkError<E>>) -> String {
    match result {
        Ok(_) => "200".to_owned(),
        Err(SdkError::ServiceError(why)) => {
            let shown = format!("{:?}", why.err());
            format!("{} {}", why.raw().status(), shown.split('(').next().unwrap_or_default())
        }
        Err(other) => format!("{other:?}"),
    }
}

/// Calls that are made once they are awaited, each with its operation's name.
macro_rules! calls {
    ($client:expr; $($operation:ident($($member:ident = $value:expr),*);)*) => {
        vec![$({
            let call = $client.$operation()$(.$member($value))*;
            let call: Pin<Box<dyn Future<Output = String>>> = Box::pin(async move { outcome(call.send().await) });
            (stringify!($operation), call)
        }),*]
    };
}

type Calls = Vec<(&'static str, Pin<Box<dyn Future<Output = String>>>)>;

/// Which resources the calls are about.
struct Names {
    mesh: &'static str,
    /// What is described, changed, and looked below.
    there: &'static str,
    /// What is made.
    new: &'static str,
    /// What is deleted; nothing depends on it.
    spare: &'static str,
}

const NAMES: Names = Names { mesh: "m", there: "there", new: "new", spare: "spare" };

/// All calls that change something but the one that makes a mesh.
fn writes(client: &Client, names: &Names) -> Calls {
    let Names { mesh: m, there, new, spare } = *names;
    let node = || specs::virtual_node(&t::PortProtocol::Http);
    let router = || specs::virtual_router(&t::PortProtocol::Http);
    let gateway = || specs::virtual_gateway(&t::VirtualGatewayPortProtocol::Http);
    let route = || route_specs::route(&t::PortProtocol::Http, "there");
    let gateway_route = || route_specs::gateway_route(&t::VirtualGatewayPortProtocol::Http, "there");
    let service = || specs::virtual_service(true, "there");
    let arn = format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/{m}");
    let tag = t::TagRef::builder().key("k").value("v").build().unwrap();
    calls![client;
        create_virtual_node(mesh_name = m, virtual_node_name = new, spec = node());
        create_virtual_router(mesh_name = m, virtual_router_name = new, spec = router());
        create_virtual_gateway(mesh_name = m, virtual_gateway_name = new, spec = gateway());
        create_virtual_service(mesh_name = m, virtual_service_name = new, spec = service());
        create_route(mesh_name = m, virtual_router_name = there, route_name = new, spec = route());
        create_gateway_route(mesh_name = m, virtual_gateway_name = there, gateway_route_name = new, spec = gateway_route());
        update_mesh(mesh_name = m, spec = specs::mesh());
        update_virtual_node(mesh_name = m, virtual_node_name = there, spec = node());
        update_virtual_router(mesh_name = m, virtual_router_name = there, spec = router());
        update_virtual_gateway(mesh_name = m, virtual_gateway_name = there, spec = gateway());
        update_virtual_service(mesh_name = m, virtual_service_name = there, spec = service());
        update_route(mesh_name = m, virtual_router_name = there, route_name = there, spec = route());
        update_gateway_route(mesh_name = m, virtual_gateway_name = there, gateway_route_name = there, spec = gateway_route());
        delete_gateway_route(mesh_name = m, virtual_gateway_name = there, gateway_route_name = spare);
        delete_route(mesh_name = m, virtual_router_name = there, route_name = spare);
        delete_virtual_service(mesh_name = m, virtual_service_name = spare);
        delete_virtual_gateway(mesh_name = m, virtual_gateway_name = spare);
        delete_virtual_router(mesh_name = m, virtual_router_name = spare);
        delete_virtual_node(mesh_name = m, virtual_node_name = spare);
        delete_mesh(mesh_name = spare);
        tag_resource(resource_arn = &arn, tags = tag);
        untag_resource(resource_arn = &arn, tag_keys = "k");
    ]
}

fn reads(client: &Client, m: &str, limit: i32) -> Calls {
    let arn = format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/{m}");
    let lists = calls![client;
        list_virtual_nodes(mesh_name = m, limit = limit);
        list_virtual_routers(mesh_name = m, limit = limit);
        list_virtual_services(mesh_name = m, limit = limit);
        list_virtual_gateways(mesh_name = m, limit = limit);
        list_routes(mesh_name = m, virtual_router_name = "there", limit = limit);
        list_gateway_routes(mesh_name = m, virtual_gateway_name = "there", limit = limit);
        list_tags_for_resource(resource_arn = arn, limit = limit);
    ];
    let described = calls![client;
        describe_mesh(mesh_name = m);
        describe_virtual_node(mesh_name = m, virtual_node_name = "none");
        describe_virtual_router(mesh_name = m, virtual_router_name = "none");
        describe_virtual_service(mesh_name = m, virtual_service_name = "none");
        describe_virtual_gateway(mesh_name = m, virtual_gateway_name = "none");
        describe_route(mesh_name = m, virtual_router_name = "there", route_name = "none");
        describe_gateway_route(mesh_name = m, virtual_gateway_name = "there", gateway_route_name = "none");
    ];
    lists.into_iter().chain(described).collect()
}

/// That all calls end in one way.
async fn expect(calls: Calls, due: &str) {
    for (operation, call) in calls {
        assert_eq!(call.await, due, "{operation}");
    }
}

/// A mesh that has all that [`writes`] changes.
async fn furnish(client: &Client) {
    for name in ["m", "spare"] {
        client.create_mesh().mesh_name(name).send().await.unwrap();
    }
    // What is deleted later has nothing below it; the rest stands one upon the other.
    for name in ["there", "spare"] {
        let spec = specs::virtual_node(&t::PortProtocol::Http);
        client.create_virtual_node().mesh_name("m").virtual_node_name(name).spec(spec).send().await.unwrap();
        let spec = specs::virtual_router(&t::PortProtocol::Http);
        client.create_virtual_router().mesh_name("m").virtual_router_name(name).spec(spec).send().await.unwrap();
        let spec = specs::virtual_gateway(&t::VirtualGatewayPortProtocol::Http);
        client.create_virtual_gateway().mesh_name("m").virtual_gateway_name(name).spec(spec).send().await.unwrap();
        let spec = specs::virtual_service(true, "there");
        client.create_virtual_service().mesh_name("m").virtual_service_name(name).spec(spec).send().await.unwrap();
    }
    for name in ["there", "spare"] {
        let call = client.create_route().mesh_name("m").virtual_router_name("there").route_name(name);
        call.spec(route_specs::route(&t::PortProtocol::Http, "there")).send().await.unwrap();
        let spec = route_specs::gateway_route(&t::VirtualGatewayPortProtocol::Http, "there");
        let call = client.create_gateway_route().mesh_name("m").virtual_gateway_name("there").gateway_route_name(name);
        call.spec(spec).send().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_breaks_a_rule() {
    let server = Server::start(false).await;
    let client = server.admin();
    expect(writes(&client, &NAMES), "404 NotFoundException").await;
    expect(reads(&client, "m", 1), "404 NotFoundException").await;
    furnish(&client).await;
    let described: Vec<_> = reads(&client, "m", 1).into_iter().filter(|(name, _)| *name != "describe_mesh").collect();
    let lists = described.len() - 6;
    for (number, (operation, call)) in described.into_iter().enumerate() {
        assert_eq!(call.await, if number < lists { "200" } else { "404 NotFoundException" }, "{operation}");
    }
    expect(reads(&client, "m", 101).drain(..lists).collect(), "400 BadRequestException").await;
    // A name that is too long is none; of a virtual service it may be of any length.
    let long: &'static str = Box::leak("x".repeat(256).into_boxed_str());
    let names = Names { new: long, there: long, spare: long, ..NAMES };
    let is_named = |name: &str| name != "update_mesh" && !name.contains("tag_") && !name.ends_with("virtual_service");
    let calls = writes(&client, &names).into_iter().filter(|(name, _)| is_named(name)).collect();
    expect(calls, "400 BadRequestException").await;
    expect(calls![client; create_mesh(mesh_name = long); list_meshes(limit = 0);], "400 BadRequestException").await;
}

#[tokio::test]
async fn what_is_taken_used_or_of_others() {
    let server = Server::start(true).await;
    let client = server.admin();
    furnish(&client).await;
    let taken = Names { new: "there", ..NAMES };
    let calls: Calls = writes(&client, &taken).into_iter().filter(|(name, _)| name.starts_with("create")).collect();
    assert_eq!(calls.len(), 6);
    expect(calls, "409 ConflictException").await;
    expect(calls![client; create_mesh(mesh_name = "m");], "409 ConflictException").await;
    let used = calls![client;
        delete_mesh(mesh_name = "m");
        delete_virtual_node(mesh_name = "m", virtual_node_name = "there");
        delete_virtual_router(mesh_name = "m", virtual_router_name = "there");
        delete_virtual_service(mesh_name = "m", virtual_service_name = "there");
        delete_virtual_gateway(mesh_name = "m", virtual_gateway_name = "there");
    ];
    expect(used, "409 ResourceInUseException").await;
    let (bare, guest) = (t::VirtualRouterSpec::builder().build(), server.guest());
    let arn = format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/m");
    let gateway = specs::virtual_gateway(&t::VirtualGatewayPortProtocol::Http);
    let foreign = calls![guest;
        create_virtual_gateway(mesh_name = "m", mesh_owner = ACCOUNT, virtual_gateway_name = "new", spec = gateway);
        update_virtual_router(mesh_name = "m", mesh_owner = ACCOUNT, virtual_router_name = "there", spec = bare);
        delete_route(mesh_name = "m", mesh_owner = ACCOUNT, virtual_router_name = "there", route_name = "there");
        list_tags_for_resource(resource_arn = arn);
    ];
    expect(foreign, "403 ForbiddenException").await;
    let tag = |number| t::TagRef::builder().key(format!("k{number}")).value("").build().unwrap();
    let arn = format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/m");
    let tags =
        |of: std::ops::Range<u32>| client.tag_resource().resource_arn(&arn).set_tags(Some(of.map(tag).collect()));
    assert_eq!(outcome(tags(0..50).send().await), "200");
    assert_eq!(outcome(tags(50..51).send().await), "400 TooManyTagsException");
    let mut last = String::new();
    for number in 0..100 {
        last = outcome(client.create_mesh().mesh_name(format!("m{number}")).send().await);
        if last != "200" {
            break;
        }
    }
    assert_eq!(last, "400 LimitExceededException");
}

#[tokio::test]
async fn who_signs_wrongly_is_told_so() {
    let server = Server::start(false).await;
    for (key, secret, code) in [
        ("ADMIN", "another secret", "InvalidSignatureException"),
        ("NOBODY", "a secret", "UnrecognizedClientException"),
    ] {
        let client = Client::from_conf(server.config(key, secret, 1).build());
        let why = client.list_meshes().send().await.unwrap_err();
        assert_eq!(why.raw_response().unwrap().status().as_u16(), 403);
        let why = why.into_service_error();
        assert_eq!(why.meta().code(), Some(code), "{why:?}");
    }
}

#[tokio::test]
async fn what_the_disk_does_to_every_change() {
    let server = Server::start(false).await;
    let client = server.admin();
    furnish(&client).await;
    for (fate, due) in [
        (Fate::Lost(usize::MAX), "503 ServiceUnavailableException"),
        (Fate::Panics, "500 InternalServerErrorException"),
    ] {
        server.disk.set(fate);
        expect(writes(&client, &NAMES), due).await;
        expect(calls![client; create_mesh(mesh_name = "new");], due).await;
    }
    server.disk.set(Fate::Kept);
    expect(calls![client; list_routes(mesh_name = "m", virtual_router_name = "there");], "200").await;
    expect(writes(&client, &NAMES), "200").await;
}

#[tokio::test]
async fn what_a_server_with_too_much_to_do_says_to_every_change() {
    let server = Server::start(false).await;
    let client = server.admin();
    furnish(&client).await;
    let _waiting = server.overwhelm();
    expect(writes(&client, &NAMES), "429 TooManyRequestsException").await;
    expect(calls![client; list_meshes(limit = 1);], "200").await;
    server.disk.set(Fate::Kept);
    expect(writes(&client, &NAMES), "200").await;
}
