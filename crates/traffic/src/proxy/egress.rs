//! What a node's proxy does with what its application sends.
//!
//! Connections are told apart by the port that is dialled, requests then by their host. Source: App Mesh User Guide,
//! troubleshooting-connectivity, and aws/aws-app-mesh-roadmap#65.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Place;
use std::rc::Rc;

use meshwright_model::defaults::EGRESS_FILTER;
use meshwright_model::limits::{EgressFilterType, PortProtocol};
use meshwright_model::virtual_node::{Backend, VirtualNodeSpec};
use meshwright_model::{Kind, Path, Resource};

use super::known::{Omissions, is_header_text};
use super::services::{Answering, Services, Way};
use super::world::{World, service_text};
use super::{Outbound, Proxy, Role, Routing, VirtualHost, ingress};

/// The proxy of a node.
pub(super) fn node<'a>(world: &World<'a>, name: &str) -> Option<Proxy<'a>> {
    let mut proxy = ingress::node(world, name)?;
    let (resource, spec) = world.node(name)?;
    let mut services = Services::new(world, resource);
    let outbound = outbound(&mut services, resource, spec);
    if let Role::Node { egress, filter, .. } = &mut proxy.role {
        *egress = outbound;
        *filter = egress_filter(world, &mut services.omissions);
    }
    proxy.targets = services.targets;
    for omission in services.omissions.0 {
        if !proxy.omissions.contains(&omission) {
            proxy.omissions.push(omission);
        }
    }
    Some(proxy)
}

fn egress_filter<'a>(world: &World<'a>, omissions: &mut Omissions<'a>) -> EgressFilterType {
    let at = Path::of(&["spec", "egressFilter"]);
    let Some((mesh, spec)) = world.mesh() else { return EGRESS_FILTER };
    let own = spec.egress_filter.as_ref().map(|filter| filter.kind.known().copied());
    match own {
        Some(Some(known)) => known,
        None if !mesh.has_gap(&at) => EGRESS_FILTER,
        Some(None) | None => {
            omissions.add(mesh, at, "the egress filter is not known: here other traffic is dropped");
            EGRESS_FILTER
        }
    }
}

fn outbound<'a>(
    services: &mut Services<'_, 'a>,
    node: &'a Resource,
    spec: &'a VirtualNodeSpec,
) -> BTreeMap<u16, Outbound<'a>> {
    let defaults = spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref());
    let mut outbound = BTreeMap::new();
    let (mut seen, mut unanswered) = (Vec::new(), Vec::new());
    services.omissions.add_gap(node, &Path::of(&["spec", "backends"]), "a backend");
    for (index, Backend::VirtualService(backend)) in spec.backends.iter().flatten().enumerate() {
        let at = Path::of(&["spec", "backends"]).index(index);
        let Some(name) = service_text(&backend.virtual_service_name) else {
            services.omissions.add(node, at, "the backend is left out: its name is not known");
            continue;
        };
        // Source: aws/aws-app-mesh-roadmap#170: a backend that is named twice counts once.
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if !is_header_text(name) {
            services.omissions.add(
                node,
                at,
                "the backend is left out: Envoy refuses a host with line ends or zeros in it",
            );
            continue;
        }
        let Some((service, service_spec)) = services.world.service(name) else {
            let is_open = services.world.may_hold(Kind::VirtualService);
            services.omissions.add_as(node, at, format!("virtual service `{name}` is not in the mesh"), is_open);
            unanswered.push(name);
            continue;
        };
        let policy = backend.client_policy.as_ref().or(defaults).and_then(|policy| policy.tls.as_ref());
        match services.answering(service, service_spec, policy) {
            None => unanswered.push(name),
            Some(all) => all.into_iter().for_each(|own| add(&mut outbound, name, own, services, (node, &at))),
        }
    }
    for name in unanswered {
        add_unanswered(&mut outbound, name);
    }
    outbound
}

/// Adds a backend for which nothing answers: on each port on which requests are told apart by host, a host without routes, so that its
/// callers get 404 even where the mesh lets all other traffic pass.
///
/// Source: reference 4.11 of such a host (observed at a gateway), and 10.1 that it needs a port. That it is all of the node's ports is
/// ours: a virtual service has no port of its own.
fn add_unanswered<'a>(outbound: &mut BTreeMap<u16, Outbound<'a>>, service: &'a str) {
    for (port, other) in outbound {
        let Outbound::Http { hosts, .. } = other else { continue };
        let domains = vec![service.to_owned(), format!("{service}:{port}")];
        let routing = Rc::new(Routing::none(vec![i64::from(*port)]));
        let mut own = VirtualHost { service, port: *port, domains, routing, ways: Vec::new() };
        if without_taken(hosts, &mut own).is_none() {
            hosts.push(own);
        }
    }
}

/// Adds what a backend does on one port.
fn add<'a>(
    outbound: &mut BTreeMap<u16, Outbound<'a>>,
    service: &'a str,
    answering: Answering<'a>,
    services: &mut Services<'_, 'a>,
    (node, at): (&'a Resource, &Path),
) {
    let Answering { port, protocol, way } = answering;
    let own = match way {
        Way::Http { routing, ways } => {
            let domains = vec![service.to_owned(), format!("{service}:{port}")];
            Outbound::Http { protocol, hosts: vec![VirtualHost { service, port, domains, routing, ways }] }
        }
        // A router that has no TCP route leads nowhere: as if the port were not dialled (inferred).
        Way::Tcp(None) => {
            let why = format!("the backend is left out on port {port}: what answers has no TCP route for it");
            return services.omissions.add(node, at.clone(), why);
        }
        Way::Tcp(Some(connection)) => Outbound::Tcp { service, connection },
    };
    match outbound.entry(port) {
        Place::Vacant(place) => {
            place.insert(own);
        }
        Place::Occupied(mut place) => match (place.get_mut(), own) {
            (Outbound::Http { hosts, .. }, Outbound::Http { hosts: mut own, .. }) => {
                if let Some(why) = own.first_mut().and_then(|own| without_taken(hosts, own)) {
                    services.omissions.add(node, at.clone(), why);
                }
                hosts.extend(own.into_iter().filter(|host| !host.domains.is_empty()));
            }
            // Source: aws/aws-app-mesh-roadmap#195 of two TCP backends, #175 of different protocols: the listener broke. That the
            // first then holds is ours.
            (other, own) => {
                let why = format!(
                    "the backend is left out on port {port}, {}: an earlier one has that port, {}",
                    own.protocol().as_str(),
                    other.protocol().as_str()
                );
                services.omissions.add(node, at.clone(), why);
            }
        },
    }
}

/// Takes from a host the domains that others have; why, where it is left with none.
///
/// Envoy refuses a configuration in which two virtual hosts have one domain; it does not tell capitals apart.
pub(super) fn without_taken(hosts: &[VirtualHost<'_>], own: &mut VirtualHost<'_>) -> Option<String> {
    let is_taken =
        |domain: &String| hosts.iter().flat_map(|host| &host.domains).any(|other| other.eq_ignore_ascii_case(domain));
    own.domains.retain(|domain| !domain.is_empty() && !is_taken(domain));
    own.domains
        .is_empty()
        .then(|| format!("virtual service `{}` is left out: another answers to its name", own.service))
}

impl Outbound<'_> {
    /// The protocol that is spoken.
    pub fn protocol(&self) -> PortProtocol {
        match self {
            Self::Http { protocol, .. } => *protocol,
            Self::Tcp { .. } => PortProtocol::Tcp,
        }
    }
}

impl Proxy<'_> {
    /// What becomes of what an application sends to a port that no backend has.
    pub fn lets_the_rest_pass(&self) -> bool {
        matches!(&self.role, Role::Node { filter: EgressFilterType::AllowAll, .. })
    }
}
