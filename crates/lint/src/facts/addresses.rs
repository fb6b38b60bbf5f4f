//! Addresses that applications are told through their environment, most of all those of virtual services.

use meshwright_model::reference::Key;
use meshwright_model::workload::{ContainerDefinition, Workload};
use meshwright_model::{Kind, Path};

use super::{Endpoint, Endpoints, Facts, Node, Provider, Service, container_path};

/// An address that an application of a virtual node is told through its environment.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// The task.
    pub workload: &'a Workload,
    /// The container's place in it.
    pub index: usize,
    /// The container.
    pub container: &'a ContainerDefinition,
    /// The variable's place among the container's.
    pub variable: usize,
    /// The virtual node that the task runs.
    pub node: Node<'a>,
    /// The address.
    pub url: Url<'a>,
}

impl Told<'_> {
    /// Where the address stands in the task.
    pub fn path(&self) -> Path {
        container_path(self.index, &["environment"]).index(self.variable).field("value")
    }
}

/// The address of a virtual service that an application of a virtual node is told.
#[derive(Clone, Debug)]
pub struct Address<'a> {
    /// Where it is told, and what.
    pub told: Told<'a>,
    /// The virtual service.
    pub service: Service<'a>,
}

impl<'a> Facts<'a> {
    /// Every address that an application is told: the parts of a variable's value between commas.
    pub fn told(&self) -> impl Iterator<Item = Told<'a>> {
        let nodes = self.tasks().filter_map(|task| {
            let (_, position) = task.sidecar().and_then(super::Proxy::companion)?;
            Some((task, self.item(position)?))
        });
        nodes.flat_map(|(task, node)| task.others().flat_map(move |other| addresses_of(task.workload, node, other)))
    }

    /// Every address of a virtual service that an application is told.
    pub fn addresses(&self) -> impl Iterator<Item = Address<'a>> {
        self.told().filter_map(|told| {
            let mesh = Key::of(&told.node.resource.mesh);
            let position = self.index.named(mesh, Kind::VirtualService, Key::Known(told.url.host))?;
            let service: Service<'a> = self.item(position)?;
            let is_sure = service.resource.condition.is_none() || service.resource.condition == told.workload.condition;
            is_sure.then_some(Address { told, service })
        })
    }

    /// The listener of what answers for a virtual service that a port leads to, with what answers; `Err` where there is none
    /// on that port; `None` where nothing can be said.
    pub fn dialled_on(&self, service: Service<'a>, port: i64) -> Option<(Provider<'a>, Result<Endpoint, &Endpoints>)> {
        let provider = self.provider_of(service)?;
        let endpoints = self.endpoints(provider.position());
        let is_sure = provider.resource().condition.is_none() && endpoints.is_whole && !endpoints.list.is_empty();
        is_sure.then(|| (provider, endpoints.on(port).ok_or(endpoints)))
    }
}

fn addresses_of<'a>(
    workload: &'a Workload,
    node: Node<'a>,
    (index, container): (usize, &'a ContainerDefinition),
) -> impl Iterator<Item = Told<'a>> {
    let variables = container.environment.iter().flatten().enumerate();
    variables.flat_map(move |(variable, pair)| {
        let text = pair.value.as_ref().and_then(|value| value.known()).map_or("", |text| text.as_str());
        let urls = text.split(',').map(|part| Url::of(part.trim())).filter(|url| !url.host.is_empty());
        urls.map(move |url| Told { workload, index, container, variable, node, url })
    })
}

/// A URL, a host and port, or a host alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// The scheme, where one stands there.
    pub scheme: Option<&'a str>,
    /// The host.
    pub host: &'a str,
    /// The port that is dialled: the one that stands there, or the one that the scheme stands for.
    pub port: Option<i64>,
}

impl<'a> Url<'a> {
    /// The parts of an address; who asks, as in `redis://user:word@host`, is left out.
    fn of(address: &'a str) -> Self {
        let (scheme, rest) = address.split_once("://").map_or((None, address), |(scheme, rest)| (Some(scheme), rest));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.rsplit_once(':') {
            Some((host, port)) => Self { scheme, host, port: port.parse().ok() },
            None => Self { scheme, host, port: scheme.and_then(usual_port) },
        }
    }

    /// Whether the port is only implied by the scheme.
    pub fn has_usual_port(&self) -> bool {
        self.port.is_some() && self.port == self.scheme.and_then(usual_port)
    }
}

/// The port that a scheme stands for. Source: RFC 9110, 4.2; RFC 6455, 3.
fn usual_port(scheme: &str) -> Option<i64> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_what_stands_beside_them() {
        for (address, host, port) in [
            ("orders.local", "orders.local", None),
            ("orders.local:8080", "orders.local", Some(8080)),
            ("http://orders.local/v1?to=a:1", "orders.local", Some(80)),
            ("https://orders.local", "orders.local", Some(443)),
            ("https://orders.local:8443/", "orders.local", Some(8443)),
            ("redis://user:word@cache.local:6379/0", "cache.local", Some(6379)),
            ("amqp://user@queue.local", "queue.local", None),
            ("http://orders.local:$PORT/", "orders.local", None),
        ] {
            let url = Url::of(address);
            assert_eq!((url.host, url.port), (host, port), "{address}");
        }
    }
}
