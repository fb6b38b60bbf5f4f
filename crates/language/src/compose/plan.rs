//! What is to be made, with applications taken apart into nodes, routers and services, before values become resources.

use meshwright_model::Expression;

use super::draft::Draft;
use super::names::host_label;
use crate::intent::{
    AccessLog, Action, Call, ClientTls, Discovery, IpPreference, Listener, Protocol, Provider, Route, RouterListener,
    VirtualGateway,
};

/// Everything that is to be made.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) nodes: Vec<Node>,
    pub(super) routers: Vec<Router>,
    pub(super) services: Vec<Service>,
    pub(super) gateways: Vec<Gateway>,
    /// Whether one environment is asked for, so that its host names are those of all.
    pub(super) is_one: bool,
    /// Whether every listener speaks TLS because the request says so of everything.
    pub(super) is_encrypted: bool,
}

/// A virtual node.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Its name, or the parameter that holds it.
    pub(super) name: Named,
    /// Whether it is there already and only changed.
    pub(super) is_change: bool,
    pub(super) listeners: Vec<Listener>,
    /// Whether it listens nowhere.
    pub(super) only_calls: bool,
    pub(super) discovery: Option<Discovery>,
    /// The name by which its hosts are found, once that is decided.
    pub(super) host: Option<Expression>,
    pub(super) ip_preference: Option<IpPreference>,
    pub(super) calls: Vec<Call>,
    pub(super) backend_tls: Option<ClientTls>,
    pub(super) access_log: Option<AccessLog>,
}

/// A virtual router, or routes of one that is there already.
#[derive(Clone, Debug, Default)]
pub(super) struct Router {
    pub(super) name: Named,
    /// Whether the router itself is made.
    pub(super) is_made: bool,
    pub(super) listeners: Vec<RouterListener>,
    pub(super) routes: Vec<Route>,
}

/// A virtual service.
#[derive(Clone, Debug)]
pub(super) struct Service {
    /// What the request calls it: an application, or the service's own name.
    pub(super) key: String,
    pub(super) name: Expression,
    pub(super) provider: Option<Provider>,
}

/// A virtual gateway, or gateway routes of one that is there already.
#[derive(Clone, Debug, Default)]
pub(super) struct Gateway {
    pub(super) name: Named,
    pub(super) is_made: bool,
    pub(super) wanted: VirtualGateway,
}

/// A resource's name: its text, or a parameter, and how sentences speak of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    pub(super) expression: Expression,
}

impl Default for Named {
    fn default() -> Self {
        Self { expression: Expression::Absent }
    }
}

impl Named {
    /// A name that is known.
    pub(super) fn known(text: &str) -> Self {
        Self { expression: Expression::Text(text.to_owned()) }
    }

    /// A name that a parameter holds.
    pub(super) fn open(expression: Expression) -> Self {
        Self { expression }
    }

    /// The text, where it is known.
    pub(super) fn text(&self) -> Option<&str> {
        self.expression.text()
    }

    /// How sentences speak of it.
    pub(super) fn shown(&self) -> String {
        self.expression.to_string()
    }

    /// Words for parameters and logical ids.
    pub(super) fn words(&self) -> &str {
        self.text().unwrap_or_default()
    }
}

impl Node {
    /// The listener on a port, or the only one.
    pub(super) fn listener_on(&self, port: Option<u32>) -> Option<&Listener> {
        match (port, self.listeners.as_slice()) {
            (None, [only]) => Some(only),
            (Some(port), listeners) => listeners.iter().find(|listener| listener.port == Some(port)),
            _ => None,
        }
    }
}

impl Router {
    /// The protocol of a route: its own, or that of its router.
    pub(super) fn protocol_of(&self, route: &Route) -> Protocol {
        let own = self.listeners.iter().find_map(|listener| listener.protocol);
        route.protocol.or(own).unwrap_or(Protocol::Http)
    }
}

impl Plan {
    /// A node by its name.
    pub(super) fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name.text() == Some(name))
    }

    /// The position of a node by its name.
    pub(super) fn node_position(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name.text() == Some(name))
    }

    /// The service that a request means by a name: an application, or a virtual service with or without its domain.
    pub(super) fn service(&self, wanted: &str) -> Option<&Service> {
        let is_named = |service: &&Service| service.key == wanted || service.name.text() == Some(wanted);
        let starts_so = |service: &&Service| {
            let rest = service.name.text().and_then(|name| name.strip_prefix(wanted));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        self.services.iter().find(is_named).or_else(|| self.services.iter().find(starts_so))
    }

    /// The name of a service, as it is made here or as the request has it.
    pub(super) fn service_name(&self, wanted: &str) -> Expression {
        self.service(wanted).map_or_else(|| Expression::Text(wanted.to_owned()), |service| service.name.clone())
    }

    /// The positions of the nodes that answer for a service.
    pub(super) fn providers(&self, wanted: &str) -> Vec<usize> {
        let Some(service) = self.service(wanted) else { return Vec::new() };
        match &service.provider {
            Some(Provider::Node(node)) => self.node_position(node).into_iter().collect(),
            Some(Provider::Router(router)) => {
                let router = self.routers.iter().find(|one| one.name.text() == Some(router.as_str()));
                let targets = router.iter().flat_map(|router| &router.routes).flat_map(|route| &route.targets);
                let mut positions: Vec<usize> = targets.filter_map(|target| self.node_position(&target.node)).collect();
                positions.sort_unstable();
                positions.dedup();
                positions
            }
            None => Vec::new(),
        }
    }
}

/// A name in the domain of the mesh's own names: that of the virtual services which are there, else `shop.local`.
pub(super) fn in_domain(label: &str, draft: &Draft) -> Expression {
    let text = |text: String| Expression::Text(text);
    if let Some(domain) = &draft.domain {
        return Expression::join([text(format!("{}.", host_label(label))), domain.clone()]);
    }
    match draft.mesh.text() {
        Some(mesh) => text(format!("{}.{}.local", host_label(label), host_label(mesh))),
        None => {
            let mesh = draft.mesh.clone();
            Expression::join([text(format!("{}.", host_label(label))), mesh, text(".local".to_owned())])
        }
    }
}

/// Whether something is changed and not made.
pub(super) fn is_change(action: Action) -> bool {
    action == Action::Change
}
