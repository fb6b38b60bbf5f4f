//! The way from a route to a listener: ports and protocols that must agree.

use meshwright_model::finding::Severity;
use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::limits::{Port, PortProtocol};
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Path, Resource, Scalar};

use super::{
    Call, Endpoint, Endpoints, Existence, Facts, Gateway, GatewayRoute, Node, Provider, Route, Router, Service,
    exist_together,
};

/// A port that a node's backend is dialled on.
#[derive(Clone, Copy, Debug)]
pub struct Dialled<'a> {
    /// The backend.
    pub call: Call<'a>,
    /// What answers for it.
    pub provider: Provider<'a>,
    /// The listener that is dialled.
    pub endpoint: Endpoint,
    /// Its port.
    pub port: i64,
    /// Its protocol.
    pub protocol: PortProtocol,
}

impl<'a> Dialled<'a> {
    /// When all that it takes exists: who calls, the virtual service and what answers for it.
    pub fn existence(&self) -> Existence<'a> {
        let service = self.call.service.map_or(Existence::Always, |service| Existence::of(service.resource));
        Existence::of(self.call.node.resource).and(service).and(Existence::of(self.provider.resource()))
    }
}

/// How bad it is that two ends of a hop speak different protocols; `None` where they do not.
///
/// Where TCP meets HTTP requests fail (aws-app-mesh-roadmap #82); among HTTP/1.1, HTTP/2 and gRPC the guide demands that they
/// agree (App Mesh User Guide, routes) and nothing says what happens otherwise.
pub fn protocol_clash(one: PortProtocol, other: PortProtocol) -> Option<Severity> {
    let is_tcp = |protocol| protocol == PortProtocol::Tcp;
    match (one == other, is_tcp(one) == is_tcp(other)) {
        (true, _) => None,
        (false, true) => Some(Severity::Warning),
        (false, false) => Some(Severity::Error),
    }
}

impl Endpoints {
    /// The listener that speaks a protocol, where there is exactly one and every listener's protocol is known.
    pub fn only(&self, protocol: PortProtocol) -> Option<Endpoint> {
        let is_sure = self.is_whole && self.list.iter().all(|endpoint| endpoint.protocol.is_some());
        let mut speaking = self.list.iter().filter(|endpoint| endpoint.protocol == Some(protocol));
        let endpoint = *speaking.next()?;
        (is_sure && speaking.next().is_none()).then_some(endpoint)
    }

    /// Whether there is no listener, for certain.
    pub fn is_none(&self) -> bool {
        self.list.is_empty() && self.is_whole
    }

    /// The port that a reference names, where there are listeners and none is on it.
    pub fn unknown_port(&self, port: Option<&Scalar<Port>>) -> Option<i64> {
        let port = port?.known()?.value();
        (self.is_whole && !self.list.is_empty() && self.on(port).is_none()).then_some(port)
    }

    /// Whether a reference without a port could mean several listeners.
    pub fn needs_port(&self, from: &Resource, port: Option<&Scalar<Port>>, path: &Path) -> bool {
        self.list.len() > 1 && port.is_none() && !from.has_gap(path)
    }
}

impl<'a> Facts<'a> {
    /// The router of a route, where both exist together.
    pub fn router_with(&self, route: Route<'a>) -> Option<Router<'a>> {
        self.router_of(route).filter(|router| exist_together(route.resource, router.resource))
    }

    /// The gateway of a gateway route, where both exist together.
    pub fn gateway_with(&self, route: GatewayRoute<'a>) -> Option<Gateway<'a>> {
        self.gateway_of(route).filter(|gateway| exist_together(route.resource, gateway.resource))
    }

    /// The listener of its router that a route is for.
    pub fn router_endpoint(&self, route: Route<'a>, protocol: ProtocolRoute<'a>) -> Option<(Router<'a>, Endpoint)> {
        let router = self.router_with(route)?;
        Some((router, self.endpoints(router.position).reached(protocol.match_port())?))
    }

    /// The listener of its gateway that a gateway route is for.
    pub fn gateway_endpoint(
        &self,
        route: GatewayRoute<'a>,
        protocol: ProtocolGatewayRoute<'a>,
    ) -> Option<(Gateway<'a>, Endpoint)> {
        let gateway = self.gateway_with(route)?;
        Some((gateway, self.endpoints(gateway.position).reached(protocol.match_port())?))
    }

    /// What answers for the virtual service behind a gateway route, where all three exist together.
    pub fn provider_behind(&self, route: GatewayRoute<'a>) -> Option<Provider<'a>> {
        let service = self.service_of(route).filter(|service| exist_together(route.resource, service.resource))?;
        let provider = self.provider_of(service)?;
        let is_sure = exist_together(route.resource, provider.resource())
            && exist_together(service.resource, provider.resource());
        is_sure.then_some(provider)
    }

    /// Every port that a node dials its backends on, as far as that is known.
    pub fn dialled_by(&self, node: Node<'a>) -> impl Iterator<Item = Dialled<'a>> {
        let providers = self.calls(node).filter_map(|call| Some((call, self.provider_of(call.service?)?)));
        providers.flat_map(|(call, provider)| {
            let endpoints = self.endpoints(provider.position()).list.iter();
            endpoints.filter_map(move |endpoint| {
                let (port, protocol) = (endpoint.port?, endpoint.protocol?);
                Some(Dialled { call, provider, endpoint: *endpoint, port, protocol })
            })
        })
    }

    /// The virtual services that a node answers for, itself or behind a router; each once.
    pub fn services_reaching(&self, node: Node<'a>) -> impl Iterator<Item = Service<'a>> {
        let routers = self.routes_to(node).filter_map(|(route, _)| self.router_with(route));
        let mut providers: Vec<usize> = routers.map(|router| router.position).chain([node.position]).collect();
        providers.sort_unstable();
        providers.dedup();
        providers.into_iter().flat_map(|provider| self.services_of(provider))
    }
}
