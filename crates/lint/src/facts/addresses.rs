//! Addresses of virtual services that applications are told through their environment.

use meshwright_model::reference::Key;
use meshwright_model::workload::Workload;
use meshwright_model::{Kind, Path};

use super::{Facts, Node, Service, Task, container_path};

/// The address of a virtual service that an application of a virtual node is told.
#[derive(Clone, Debug)]
pub struct Address<'a> {
    /// The task.
    pub workload: &'a Workload,
    /// Where the address stands in it.
    pub path: Path,
    /// The virtual node that the task runs.
    pub node: Node<'a>,
    /// The virtual service.
    pub service: Service<'a>,
    /// The port, where the address names one.
    pub port: Option<i64>,
}

impl<'a> Facts<'a> {
    /// Every address of a virtual service that an application is told.
    pub fn addresses(&self) -> Vec<Address<'a>> {
        let mut found = Vec::new();
        for task in self.tasks() {
            let Some((_, position)) = task.sidecar().and_then(super::Proxy::companion) else { continue };
            let Some(node) = self.item(position) else { continue };
            self.addresses_of(task, node, &mut found);
        }
        found
    }

    fn addresses_of(&self, task: Task<'_, 'a>, node: Node<'a>, found: &mut Vec<Address<'a>>) {
        let workload = task.workload;
        for (index, container) in task.others() {
            for (place, pair) in container.environment.iter().flatten().enumerate() {
                let Some(text) = pair.value.as_ref().and_then(|value| value.known()) else { continue };
                for part in text.as_str().split(',') {
                    let (host, port) = host_and_port(part.trim());
                    let mesh = Key::of(&node.resource.mesh);
                    let position = self.index.named(mesh, Kind::VirtualService, Key::Known(host));
                    let Some(service) = position.and_then(|position| self.item::<_>(position)) else { continue };
                    let service: Service<'a> = service;
                    if service.resource.condition.is_none() || service.resource.condition == workload.condition {
                        let path = container_path(index, &["environment"]).index(place).field("value");
                        found.push(Address { workload, path, node, service, port });
                    }
                }
            }
        }
    }
}

/// The host of a URL, or of `host:port`, and the port where it stands there; who asks, as in `redis://user:word@host`, is left
/// out.
fn host_and_port(address: &str) -> (&str, Option<i64>) {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None => (host, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_what_stands_beside_them() {
        for (address, expected) in [
            ("orders.local", ("orders.local", None)),
            ("orders.local:8080", ("orders.local", Some(8080))),
            ("http://orders.local/v1?to=a:1", ("orders.local", None)),
            ("redis://user:word@cache.local:6379/0", ("cache.local", Some(6379))),
            ("amqp://user@queue.local", ("queue.local", None)),
        ] {
            assert_eq!(host_and_port(address), expected, "{address}");
        }
    }
}
