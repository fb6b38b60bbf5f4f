//! Lists, page by page, by the SDK's own paginators.

use aws_sdk_appmesh::types as t;

use crate::server::Server;

/// How many of each kind there are; more than the server gives at once.
const MANY: usize = 7;

/// All names of a list, in pages of three.
macro_rules! all {
    ($client:ident, $list:ident, [$($parent:ident = $of:expr),*], $name:ident) => {{
        let pages = $client.$list()$(.$parent($of))*.into_paginator().page_size(3).send();
        let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
        assert_eq!(pages.len(), 3, stringify!($list));
        let items = $client.$list()$(.$parent($of))*.into_paginator().page_size(3).items().send();
        let items = items.collect::<Result<Vec<_>, _>>().await.unwrap();
        let names: Vec<String> = items.iter().map(|item| item.$name().to_owned()).collect();
        names
    }};
}

#[tokio::test]
async fn paginators_find_everything_once() {
    let server = Server::start(false).await;
    let client = server.admin();
    let names: Vec<String> = (0..MANY).map(|number| format!("x {number}/ü%")).collect();
    let listener = t::VirtualGatewayListener::builder()
        .port_mapping(
            t::VirtualGatewayPortMapping::builder()
                .port(80)
                .protocol(t::VirtualGatewayPortProtocol::Http)
                .build()
                .unwrap(),
        )
        .build();
    let gateway = t::VirtualGatewaySpec::builder().listeners(listener).build().unwrap();
    let (m, parent) = (names[0].as_str(), names[0].as_str());
    for name in &names {
        client.create_mesh().mesh_name(name).send().await.unwrap();
    }
    for name in &names {
        let bare = t::VirtualNodeSpec::builder().build();
        client.create_virtual_node().mesh_name(m).virtual_node_name(name).spec(bare).send().await.unwrap();
        let bare = t::VirtualRouterSpec::builder().build();
        client.create_virtual_router().mesh_name(m).virtual_router_name(name).spec(bare).send().await.unwrap();
        let bare = t::VirtualServiceSpec::builder().build();
        client.create_virtual_service().mesh_name(m).virtual_service_name(name).spec(bare).send().await.unwrap();
        let spec = gateway.clone();
        client.create_virtual_gateway().mesh_name(m).virtual_gateway_name(name).spec(spec).send().await.unwrap();
    }
    for name in &names {
        let spec = crate::route_specs::route(&t::PortProtocol::Http, parent);
        let call = client.create_route().mesh_name(m).virtual_router_name(parent).route_name(name);
        call.spec(spec).send().await.unwrap();
        let spec = crate::route_specs::gateway_route(&t::VirtualGatewayPortProtocol::Http, parent);
        let call = client.create_gateway_route().mesh_name(m).virtual_gateway_name(parent).gateway_route_name(name);
        call.spec(spec).send().await.unwrap();
    }
    assert_eq!(all!(client, list_meshes, [], mesh_name), names);
    assert_eq!(all!(client, list_virtual_nodes, [mesh_name = m], virtual_node_name), names);
    assert_eq!(all!(client, list_virtual_routers, [mesh_name = m], virtual_router_name), names);
    assert_eq!(all!(client, list_virtual_services, [mesh_name = m], virtual_service_name), names);
    assert_eq!(all!(client, list_virtual_gateways, [mesh_name = m], virtual_gateway_name), names);
    assert_eq!(all!(client, list_routes, [mesh_name = m, virtual_router_name = parent], route_name), names);
    assert_eq!(
        all!(client, list_gateway_routes, [mesh_name = m, virtual_gateway_name = parent], gateway_route_name),
        names
    );
    let arn = client.describe_mesh().mesh_name(m).send().await.unwrap().mesh.unwrap().metadata.unwrap().arn;
    let tags = names.iter().map(|name| t::TagRef::builder().key(&name[..3]).value("").build().unwrap());
    client.tag_resource().resource_arn(&arn).set_tags(Some(tags.collect())).send().await.unwrap();
    let keys: Vec<String> = names.iter().map(|name| name[..3].to_owned()).collect();
    assert_eq!(all!(client, list_tags_for_resource, [resource_arn = &arn], key), keys);
}
