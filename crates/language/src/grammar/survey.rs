//! What the files of a request have, as far as its words may speak of it.

use std::collections::BTreeSet;

use meshwright_model::gateway_route::{HttpGatewayRouteMatch, ProtocolGatewayRoute};
use meshwright_model::reference::Key;
use meshwright_model::route::{HttpRouteMatch, ProtocolRoute, RouteSpec, WeightedTarget};
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Inventory, Kind, Resource, Spec};

/// A route of the files.
#[derive(Clone, Debug)]
pub(super) struct RouteThere {
    pub(super) name: String,
    pub(super) router: String,
    pub(super) targets: Vec<String>,
    /// Its protocol in the words of the grammar.
    pub(super) protocol: &'static str,
    /// What each of them has of a hundred, where their weights say that.
    pub(super) shares: Option<Vec<u32>>,
}

/// The number of a route of the files among those of its parent.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    pub(super) name: String,
    pub(super) parent: String,
    pub(super) number: Option<i64>,
}

/// The numbers of an inventory's routes.
pub(super) fn numbers(inventory: &Inventory) -> Vec<Ranked> {
    let number = |resource: &Resource| {
        let priority = match &resource.spec {
            Spec::Route(spec) => spec.priority.as_ref(),
            Spec::GatewayRoute(spec) => spec.priority.as_ref(),
            _ => return None,
        };
        let parent = resource.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default();
        let number = priority.and_then(|priority| priority.known()).map(|priority| priority.value());
        Some(Ranked { name: Key::of(&resource.name).shown(), parent, number })
    };
    inventory.resources.iter().filter_map(number).collect()
}

/// The gateway routes of an inventory, each behind its gateway.
pub(super) fn gateway_routes(inventory: &Inventory) -> Vec<(String, String)> {
    let all = inventory.resources.iter().filter(|resource| resource.kind() == Kind::GatewayRoute);
    let parent = |route: &Resource| route.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default();
    all.map(|route| (parent(route), Key::of(&route.name).shown())).collect()
}

/// The routes of an inventory.
pub(super) fn routes_there(inventory: &Inventory) -> Vec<RouteThere> {
    let shown = |resource: &Resource, spec: &RouteSpec| {
        let targets: Vec<&WeightedTarget> = spec.actions().flat_map(|(_, action)| &action.weighted_targets).collect();
        let share = |target: &&WeightedTarget| u32::try_from(target.weight.known()?.value()).ok();
        let shares: Option<Vec<u32>> = targets.iter().map(share).collect();
        RouteThere {
            name: Key::of(&resource.name).shown(),
            router: resource.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default(),
            targets: targets.iter().map(|target| Key::of(&target.virtual_node).shown()).collect(),
            protocol: spec.protocols().next().map_or("", protocol),
            shares: shares.filter(|shares| shares.iter().sum::<u32>() == 100),
        }
    };
    let all = inventory.resources.iter().filter_map(|resource| match &resource.spec {
        Spec::Route(spec) => Some(shown(resource, spec)),
        _ => None,
    });
    all.collect()
}

fn protocol(route: ProtocolRoute<'_>) -> &'static str {
    match route {
        ProtocolRoute::Http(_) => "http",
        ProtocolRoute::Http2(_) => "http2",
        ProtocolRoute::Grpc(_) => "grpc",
        ProtocolRoute::Tcp(_) => "tcp",
    }
}

/// The names of routes that ask for nothing of a request, or for the path that all requests have.
pub(super) fn catch_alls(inventory: &Inventory) -> Vec<(Kind, String)> {
    let takes_all = |route: ProtocolRoute<'_>| match route {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => {
            let HttpRouteMatch { headers, method, path, port, prefix, query_parameters, scheme } = &own.matcher;
            let is_root = prefix.as_ref().is_none_or(|prefix| prefix.to_string() == "/");
            is_root
                && path.is_none()
                && port.is_none()
                && method.is_none()
                && scheme.is_none()
                && headers.as_ref().is_none_or(|headers| headers.is_empty())
                && query_parameters.as_ref().is_none_or(|parameters| parameters.is_empty())
        }
        ProtocolRoute::Grpc(own) => {
            let matcher = &own.matcher;
            matcher.service_name.is_none()
                && matcher.method_name.is_none()
                && matcher.metadata.as_ref().is_none_or(|metadata| metadata.is_empty())
        }
        ProtocolRoute::Tcp(_) => true,
    };
    let of_gateway = |route: ProtocolGatewayRoute<'_>| {
        let Some(http) = route.http() else { return false };
        let HttpGatewayRouteMatch { headers, hostname, method, path, port, prefix, query_parameters } = &http.matcher;
        let is_root = prefix.as_ref().is_some_and(|prefix| prefix.to_string() == "/");
        is_root
            && path.is_none()
            && port.is_none()
            && method.is_none()
            && hostname.is_none()
            && headers.as_ref().is_none_or(|headers| headers.is_empty())
            && query_parameters.as_ref().is_none_or(|parameters| parameters.is_empty())
    };
    let routes = inventory.resources.iter().filter(|resource| match &resource.spec {
        Spec::Route(spec) => spec.protocols().any(takes_all),
        Spec::GatewayRoute(spec) => spec.protocols().any(of_gateway),
        _ => false,
    });
    routes.map(|route| (route.kind(), Key::of(&route.name).shown())).collect()
}

/// The virtual services of an inventory that routers answer for, each with its router.
pub(super) fn routed(inventory: &Inventory) -> Vec<(String, String)> {
    provided(inventory, |provider| match provider {
        VirtualServiceProvider::VirtualRouter(own) => Some(Key::of(&own.virtual_router_name).shown()),
        VirtualServiceProvider::VirtualNode(_) => None,
    })
}

/// The virtual services of an inventory that nodes answer for, each with its node.
pub(super) fn served(inventory: &Inventory) -> Vec<(String, String)> {
    provided(inventory, |provider| match provider {
        VirtualServiceProvider::VirtualNode(own) => Some(Key::of(&own.virtual_node_name).shown()),
        VirtualServiceProvider::VirtualRouter(_) => None,
    })
}

/// The virtual services of an inventory, each with the name of what answers for it.
fn provided(inventory: &Inventory, name: impl Fn(&VirtualServiceProvider) -> Option<String>) -> Vec<(String, String)> {
    let own = |resource: &Resource| match &resource.spec {
        Spec::VirtualService(spec) => Some((Key::of(&resource.name).shown(), name(spec.provider.as_ref()?)?)),
        _ => None,
    };
    inventory.resources.iter().filter_map(own).collect()
}

/// The callers of an inventory, each with a virtual service that it may call and the provider of that.
pub(super) fn calls(inventory: &Inventory) -> Vec<(String, Vec<String>)> {
    let provider = |service: &Key<'_>| {
        let mut services = inventory.resources.iter().filter(|resource| Key::of(&resource.name) == *service);
        services.find_map(|resource| match &resource.spec {
            Spec::VirtualService(spec) => spec.references().next().map(|reference| reference.name.shown()),
            _ => None,
        })
    };
    let mut calls = Vec::new();
    for resource in &inventory.resources {
        let Spec::VirtualNode(spec) = &resource.spec else { continue };
        for service in spec.references().map(|reference| reference.name) {
            let called = std::iter::once(service.shown()).chain(provider(&service)).collect();
            calls.push((Key::of(&resource.name).shown(), called));
        }
    }
    calls
}

/// The Cloud Map namespace of an inventory's nodes, where it is one that can be written again: a text or a parameter.
pub(super) fn namespace(inventory: &Inventory) -> Option<String> {
    let own = |resource: &Resource| match &resource.spec {
        Spec::VirtualNode(spec) => match spec.service_discovery.as_ref()? {
            ServiceDiscovery::AwsCloudMap(map) => Some(Key::of(&map.namespace_name).shown()),
            ServiceDiscovery::Dns(_) => None,
        },
        _ => None,
    };
    let all: BTreeSet<String> = inventory.resources.iter().filter_map(own).collect();
    let is_parameter = |name: &str| inventory.parameters.iter().any(|parameter| parameter.name == name);
    let are_parameters = |text: &str| {
        text.split("${").skip(1).all(|part| part.split_once('}').is_some_and(|(name, _)| is_parameter(name)))
    };
    let mut all = all.into_iter();
    let only = all.next().filter(|_| all.next().is_none())?;
    are_parameters(&only).then_some(only)
}
