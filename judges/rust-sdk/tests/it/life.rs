//! The life of a mesh: every operation, and every value of a specification there and back through the SDK's types.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_appmesh::Client;
use aws_sdk_appmesh::types as t;

use crate::server::{ACCOUNT, Server};
use crate::{route_specs, specs};

fn tag(key: &str, value: &str) -> t::TagRef {
    t::TagRef::builder().key(key).value(value).build().unwrap()
}

/// Holds what stands beside a specification: whose it is, its version, and when it was made.
fn check_metadata(metadata: Option<&t::ResourceMetadata>, arn: &str, version: i64) {
    let own = metadata.unwrap();
    assert_eq!(own.arn, format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/{arn}"));
    assert_eq!((own.version, own.mesh_owner.as_str(), own.resource_owner.as_str()), (version, ACCOUNT, ACCOUNT));
    assert_eq!(own.uid.len(), 36, "{}", own.uid);
    assert_eq!(version == 1, own.created_at == own.last_updated_at, "{own:?}");
    assert!(own.created_at <= own.last_updated_at, "{own:?}");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
    assert!((now - own.created_at.as_secs_f64()).abs() < 60.0, "{own:?}");
}

/// Makes a resource, and finds it as it was made.
macro_rules! made {
    ($client:ident, $create:ident, $describe:ident, $member:ident, [$($name:ident = $value:expr),*], $arn:expr, $spec:expr) => {{
        let spec = $spec;
        let made = $client.$create()$(.$name($value))*.spec(spec.clone()).tags(tag("kind", stringify!($member)));
        let made = made.send().await.unwrap().$member.unwrap();
        assert_eq!(made.spec(), Some(&spec));
        assert!(format!("{:?}", made.status()).contains("Active"), "{made:?}");
        check_metadata(made.metadata(), &$arn, 1);
        let there = $client.$describe()$(.$name($value))*.send().await.unwrap().$member.unwrap();
        assert_eq!(there, made);
        let tags = $client.list_tags_for_resource().resource_arn(made.metadata().unwrap().arn()).send().await.unwrap();
        assert_eq!(tags.tags(), [tag("kind", stringify!($member))]);
    }};
}

/// Changes a resource, and finds it in a list of its kind.
macro_rules! changed {
    ($client:ident, $update:ident, $list:ident, $member:ident, $members:ident, [$($parent:ident = $of:expr),*], $name:ident = $value:expr, $arn:expr, $spec:expr) => {{
        // So that the clock has gone on.
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        let spec = $spec;
        let changed = $client.$update()$(.$parent($of))*.$name($value).spec(spec.clone()).send().await.unwrap();
        let changed = changed.$member.unwrap();
        assert_eq!(changed.spec(), Some(&spec));
        let metadata = changed.metadata().unwrap();
        check_metadata(Some(metadata), &$arn, 2);
        let listed = $client.$list()$(.$parent($of))*.send().await.unwrap();
        let own = listed.$members().iter().find(|own| own.arn() == metadata.arn()).unwrap();
        assert_eq!((own.$name(), own.version()), ($value, 2));
        assert_eq!((own.created_at(), own.last_updated_at()), (&metadata.created_at, &metadata.last_updated_at));
        assert_eq!((own.mesh_owner(), own.resource_owner()), (ACCOUNT, ACCOUNT));
    }};
}

/// Deletes a resource, and finds it no more.
macro_rules! gone {
    ($client:ident, $delete:ident, $describe:ident, $member:ident, [$($name:ident = $value:expr),*]) => {{
        let gone = $client.$delete()$(.$name($value))*.send().await.unwrap().$member.unwrap();
        assert!(format!("{:?}", gone.status()).contains("Deleted"), "{gone:?}");
        assert_eq!(gone.metadata().unwrap().version(), 3);
        let why = $client.$describe()$(.$name($value))*.send().await.unwrap_err().into_service_error();
        assert!(why.is_not_found_exception(), "{why:?}");
    }};
}

#[tokio::test]
async fn every_kind_lives_through_typed_shapes() {
    let server = Server::start(false).await;
    let client = server.admin();
    made!(client, create_mesh, describe_mesh, mesh, [mesh_name = "m"], "m", specs::mesh());
    changed!(client, update_mesh, list_meshes, mesh, meshes, [], mesh_name = "m", "m", t::MeshSpec::builder().build());
    for protocol in &specs::PROTOCOLS {
        Box::pin(make_targets(&client, protocol)).await;
        Box::pin(make_routed(&client, protocol)).await;
    }
    for protocol in &specs::GATEWAYS {
        Box::pin(make_gateway(&client, protocol)).await;
    }
    tagging(&client).await;
    for protocol in &specs::GATEWAYS {
        delete_gateway(&client, protocol.as_str()).await;
    }
    for protocol in &specs::PROTOCOLS {
        delete_routed(&client, protocol.as_str()).await;
    }
    gone!(client, delete_mesh, describe_mesh, mesh, [mesh_name = "m"]);
}

/// A virtual node and a virtual router.
async fn make_targets(client: &Client, protocol: &t::PortProtocol) {
    let name = protocol.as_str();
    let (node, router) = (format!("m/virtualNode/{name}"), format!("m/virtualRouter/{name}"));
    let spec = specs::virtual_node(protocol);
    made!(
        client,
        create_virtual_node,
        describe_virtual_node,
        virtual_node,
        [mesh_name = "m", virtual_node_name = name],
        node,
        spec.clone()
    );
    let bare = t::VirtualNodeSpec::builder().set_backends(Some(Vec::new())).build();
    changed!(
        client,
        update_virtual_node,
        list_virtual_nodes,
        virtual_node,
        virtual_nodes,
        [mesh_name = "m"],
        virtual_node_name = name,
        node,
        bare
    );
    let spec = specs::virtual_router(protocol);
    made!(
        client,
        create_virtual_router,
        describe_virtual_router,
        virtual_router,
        [mesh_name = "m", virtual_router_name = name],
        router,
        spec.clone()
    );
    changed!(
        client,
        update_virtual_router,
        list_virtual_routers,
        virtual_router,
        virtual_routers,
        [mesh_name = "m"],
        virtual_router_name = name,
        router,
        spec
    );
}

/// What leads to them: a route and a virtual service.
async fn make_routed(client: &Client, protocol: &t::PortProtocol) {
    let name = protocol.as_str();
    let (route, spec) = (format!("m/virtualRouter/{name}/route/{name}"), route_specs::route(protocol, name));
    made!(
        client,
        create_route,
        describe_route,
        route,
        [mesh_name = "m", virtual_router_name = name, route_name = name],
        route,
        spec.clone()
    );
    changed!(
        client,
        update_route,
        list_routes,
        route,
        routes,
        [mesh_name = "m", virtual_router_name = name],
        route_name = name,
        route,
        spec
    );
    let named = &*format!("{name}.local");
    let service = format!("m/virtualService/{named}");
    let (first, second) = (specs::virtual_service(true, name), specs::virtual_service(false, name));
    made!(
        client,
        create_virtual_service,
        describe_virtual_service,
        virtual_service,
        [mesh_name = "m", virtual_service_name = named],
        service,
        first
    );
    changed!(
        client,
        update_virtual_service,
        list_virtual_services,
        virtual_service,
        virtual_services,
        [mesh_name = "m"],
        virtual_service_name = named,
        service,
        second
    );
}

/// A virtual gateway with a route of its own.
async fn make_gateway(client: &Client, protocol: &t::VirtualGatewayPortProtocol) {
    let name = protocol.as_str();
    let (gateway, spec) = (format!("m/virtualGateway/{name}"), specs::virtual_gateway(protocol));
    made!(
        client,
        create_virtual_gateway,
        describe_virtual_gateway,
        virtual_gateway,
        [mesh_name = "m", virtual_gateway_name = name],
        gateway,
        spec.clone()
    );
    changed!(
        client,
        update_virtual_gateway,
        list_virtual_gateways,
        virtual_gateway,
        virtual_gateways,
        [mesh_name = "m"],
        virtual_gateway_name = name,
        gateway,
        spec
    );
    let (route, spec) = (format!("{gateway}/gatewayRoute/{name}"), route_specs::gateway_route(protocol, "http.local"));
    made!(
        client,
        create_gateway_route,
        describe_gateway_route,
        gateway_route,
        [mesh_name = "m", virtual_gateway_name = name, gateway_route_name = name],
        route,
        spec.clone()
    );
    changed!(
        client,
        update_gateway_route,
        list_gateway_routes,
        gateway_route,
        gateway_routes,
        [mesh_name = "m", virtual_gateway_name = name],
        gateway_route_name = name,
        route,
        spec
    );
}

async fn tagging(client: &Client) {
    let arn = format!("arn:aws:appmesh:eu-west-1:{ACCOUNT}:mesh/m/virtualGateway/grpc/gatewayRoute/grpc");
    client.tag_resource().resource_arn(&arn).tags(tag("a b", "é")).tags(tag("kind", "other")).send().await.unwrap();
    client.untag_resource().resource_arn(&arn).tag_keys("a b").tag_keys("none").send().await.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap();
    assert_eq!(tags.tags(), [tag("kind", "other")]);
}

async fn delete_gateway(client: &Client, name: &str) {
    gone!(
        client,
        delete_gateway_route,
        describe_gateway_route,
        gateway_route,
        [mesh_name = "m", virtual_gateway_name = name, gateway_route_name = name]
    );
    gone!(
        client,
        delete_virtual_gateway,
        describe_virtual_gateway,
        virtual_gateway,
        [mesh_name = "m", virtual_gateway_name = name]
    );
}

async fn delete_routed(client: &Client, name: &str) {
    let service = format!("{name}.local");
    gone!(
        client,
        delete_virtual_service,
        describe_virtual_service,
        virtual_service,
        [mesh_name = "m", virtual_service_name = &service]
    );
    gone!(
        client,
        delete_route,
        describe_route,
        route,
        [mesh_name = "m", virtual_router_name = name, route_name = name]
    );
    gone!(
        client,
        delete_virtual_router,
        describe_virtual_router,
        virtual_router,
        [mesh_name = "m", virtual_router_name = name]
    );
    gone!(
        client,
        delete_virtual_node,
        describe_virtual_node,
        virtual_node,
        [mesh_name = "m", virtual_node_name = name]
    );
}

#[tokio::test]
async fn another_account_lives_in_a_shared_mesh() {
    let server = Server::start(false).await;
    let (admin, guest) = (server.admin(), server.guest());
    let made = admin.create_mesh().mesh_name("m").spec(specs::mesh()).send().await.unwrap().mesh.unwrap();
    let seen = guest.describe_mesh().mesh_name("m").mesh_owner(ACCOUNT).send().await.unwrap().mesh.unwrap();
    assert_eq!(seen, made);
    let why = guest.describe_mesh().mesh_name("m").send().await.unwrap_err().into_service_error();
    assert!(why.is_not_found_exception(), "{why:?}");
    let spec = t::VirtualNodeSpec::builder().set_backends(Some(Vec::new())).build();
    let call = guest.create_virtual_node().mesh_name("m").mesh_owner(ACCOUNT).virtual_node_name("n").spec(spec);
    let node = call.send().await.unwrap().virtual_node.unwrap();
    let own = node.metadata().unwrap();
    assert_eq!((own.mesh_owner(), own.resource_owner()), (ACCOUNT, "210987654321"));
    assert_eq!(own.arn(), "arn:aws:appmesh:eu-west-1:210987654321:mesh/m/virtualNode/n");
    let there = admin.describe_virtual_node().mesh_name("m").virtual_node_name("n").send().await.unwrap();
    assert_eq!(there.virtual_node(), Some(&node));
    let gone = guest.delete_virtual_node().mesh_name("m").mesh_owner(ACCOUNT).virtual_node_name("n").send().await;
    assert_eq!(gone.unwrap().virtual_node().unwrap().mesh_name(), "m");
}
