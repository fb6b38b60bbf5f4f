//! Which nodes a request to a virtual service may reach.

use std::collections::HashSet;

use super::{Endpoint, Facts, Node, Provider, Route, Service, Target};

/// A node that a request may reach, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// The node.
    pub node: Node<'a>,
    /// Its listener that is reached, where that is known.
    pub endpoint: Option<Endpoint>,
    /// The route that sends there, and the target's place in it; `None` where the node itself provides the service.
    pub route: Option<(Route<'a>, usize)>,
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
                vec![Reach { node, endpoint: self.endpoints(node.position).single(), route: None }]
            }
            Some(Provider::Router(router)) => {
                let targets =
                    self.routes_of(router).flat_map(|route| self.targets(route).map(move |target| (route, target)));
                let way = |(route, Target { index, port, node, .. }): (Route<'a>, Target<'a>)| {
                    let node = node?;
                    let endpoint = self.endpoints(node.position).reached(port);
                    Some(Reach { node, endpoint, route: Some((route, index)) })
                };
                targets.filter_map(way).collect()
            }
        }
    }
}
