//! Ports and protocols of nodes, routers and gateways.

use meshwright_model::limits::{Port, PortProtocol, VirtualGatewayPortProtocol};
use meshwright_model::{Path, Resource, Scalar, Spec};

/// A listener's port and protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The listener's place in `spec.listeners`.
    pub index: usize,
    /// The port, where it is known.
    pub port: Option<i64>,
    /// The protocol, where it is known.
    pub protocol: Option<PortProtocol>,
}

/// The listeners of a node, router or gateway; of other kinds, none.
#[derive(Clone, Debug, Default)]
pub struct Endpoints {
    /// Each listener.
    pub list: Vec<Endpoint>,
    /// Whether there are no others and every port is known, so that an absence means something.
    pub is_whole: bool,
}

impl Endpoints {
    pub(super) fn of(resource: &Resource) -> Self {
        let list: Vec<Endpoint> = match &resource.spec {
            Spec::VirtualNode(spec) => {
                let mappings = spec.listeners.iter().flatten().map(|listener| &listener.port_mapping);
                endpoints(mappings.map(|mapping| (&mapping.port, mapping.protocol.known().copied())))
            }
            Spec::VirtualRouter(spec) => {
                let mappings = spec.listeners.iter().flatten().map(|listener| &listener.port_mapping);
                endpoints(mappings.map(|mapping| (&mapping.port, mapping.protocol.known().copied())))
            }
            Spec::VirtualGateway(spec) => {
                let mappings = spec.listeners.iter().map(|listener| &listener.port_mapping);
                endpoints(
                    mappings
                        .map(|mapping| (&mapping.port, mapping.protocol.known().map(|word| as_port_protocol(*word)))),
                )
            }
            Spec::Mesh(_) | Spec::Route(_) | Spec::VirtualService(_) | Spec::GatewayRoute(_) => return Self::default(),
        };
        let has_gap = !resource.gaps.is_empty() && {
            let listeners = Path::of(&["spec", "listeners"]);
            // A gap deep inside a listener leaves its port as it is; one of the list's own or of an element does not.
            resource.gaps.keys().any(|gap| {
                gap.contains(&listeners) || listeners.contains(gap) && gap.steps().len() <= listeners.steps().len() + 1
            })
        };
        let is_whole = !has_gap && list.iter().all(|endpoint| endpoint.port.is_some());
        Self { list, is_whole }
    }

    /// The only listener, where there is exactly one.
    pub fn single(&self) -> Option<Endpoint> {
        match self.list[..] {
            [endpoint] if self.is_whole => Some(endpoint),
            _ => None,
        }
    }

    /// The listener on a port.
    pub fn on(&self, port: i64) -> Option<Endpoint> {
        self.list.iter().copied().find(|endpoint| endpoint.port == Some(port))
    }

    /// The ports of the listeners that routes of a field, such as `httpRoute`, are for: those of its protocol, or all where
    /// none has that. A route takes nothing of a listener of another protocol (aws/aws-app-mesh-roadmap#82).
    pub(super) fn speaking(&self, field: &str) -> Vec<i64> {
        let is_own = |endpoint: &&Endpoint| {
            endpoint.protocol.is_none_or(|protocol| field.strip_suffix("Route") == Some(protocol.as_str()))
        };
        let own: Vec<i64> = self.list.iter().filter(is_own).filter_map(|endpoint| endpoint.port).collect();
        if own.is_empty() { self.list.iter().filter_map(|endpoint| endpoint.port).collect() } else { own }
    }

    /// The listener that a reference leads to: the one on the port it names, or else the only one.
    pub fn reached(&self, port: Option<&Scalar<Port>>) -> Option<Endpoint> {
        match port {
            Some(port) => self.on(port.known()?.value()),
            None => self.single(),
        }
    }

    /// The ports as a sentence names them: `8080`, `8080 and 9090`.
    pub fn shown(&self) -> String {
        let ports: Vec<String> =
            self.list.iter().filter_map(|endpoint| endpoint.port).map(|port| port.to_string()).collect();
        match &ports[..] {
            [] => "no port".to_owned(),
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            _ => ports.concat(),
        }
    }
}

fn endpoints<'a>(mappings: impl Iterator<Item = (&'a Scalar<Port>, Option<PortProtocol>)>) -> Vec<Endpoint> {
    let endpoint = |(index, (port, protocol)): (usize, (&Scalar<Port>, _))| Endpoint {
        index,
        port: port.known().map(|port| port.value()),
        protocol,
    };
    mappings.enumerate().map(endpoint).collect()
}

/// A gateway's protocol as a node or router calls it.
pub(super) fn as_port_protocol(protocol: VirtualGatewayPortProtocol) -> PortProtocol {
    match protocol {
        VirtualGatewayPortProtocol::Http => PortProtocol::Http,
        VirtualGatewayPortProtocol::Http2 => PortProtocol::Http2,
        VirtualGatewayPortProtocol::Grpc => PortProtocol::Grpc,
    }
}
