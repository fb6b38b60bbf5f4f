//! Which nodes a request to a virtual service may reach.

use std::collections::HashSet;

use meshwright_model::route::ProtocolRoute;

use super::{Endpoint, Facts, Node, Provider, Route, Service, Target, exist_together};

/// A node that a request may reach, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The node.
    pub node: Node<'a>,
    /// Its listener that is reached, where that is known.
    pub endpoint: Option<Endpoint>,
    /// The route that sends there, and the target's place in it; `None` where the node itself provides the service.
    pub route: Option<(Route<'a>, usize)>,
    /// Whether it may get any requests: its weight is not 0.
    pub has_share: bool,
}

impl<'a> Facts<'a> {
    /// Every node and listener that a request to a virtual service may reach, each once, by the first route that leads there.
    pub fn reached_by(&self, service: Service<'a>) -> Vec<Reach<'a>> {
        let mut seen = HashSet::new();
        let mut reached = self.ways(service);
        reached.retain(|reach| seen.insert((reach.node.position, reach.endpoint.map(|endpoint| endpoint.index))));
        reached
    }

    /// Every way to a node that a request to a virtual service may take.
    pub fn ways(&self, service: Service<'a>) -> Vec<Reach<'a>> {
        match self.provider_of(service) {
            None => Vec::new(),
            Some(Provider::Node(node)) => {
                vec![Reach { node, endpoint: self.endpoints(node.position).single(), route: None, has_share: true }]
            }
            Some(Provider::Router(router)) => self.routes_of(router).flat_map(|route| self.ways_of(route)).collect(),
        }
    }

    /// Every way to a node that a route names.
    pub fn ways_of(&self, route: Route<'a>) -> impl Iterator<Item = Reach<'a>> {
        self.targets(route).filter_map(move |Target { index, weight, port, node, .. }| {
            let node = node?;
            let endpoint = self.endpoints(node.position).reached(port);
            let has_share = weight.is_none_or(|weight| weight > 0);
            Some(Reach { node, endpoint, route: Some((route, index)), has_share })
        })
    }

    /// The listeners to which a route sends requests: of nodes that exist where it does, for its own protocol. One comes as
    /// often as a target leads to it.
    pub fn listeners_reached(
        &self,
        route: Route<'a>,
        protocol: ProtocolRoute<'a>,
    ) -> impl Iterator<Item = (Node<'a>, usize)> {
        self.ways_of(route).filter_map(move |Reach { node, endpoint, has_share, .. }| {
            let is_reached = has_share && exist_together(route.resource, node.resource);
            let endpoint = endpoint.filter(|endpoint| is_reached && endpoint.protocol == Some(protocol.protocol()))?;
            Some((node, endpoint.index))
        })
    }
}
