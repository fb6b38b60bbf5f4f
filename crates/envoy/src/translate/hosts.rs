//! Route configurations as the bytes that are sent, made of hosts that proxies share.
//!
//! A virtual service comes to the same host in every proxy of a world that reaches the same clusters by the same routes. Such a host is
//! made once, and so is a configuration of the same hosts: what a change of a route costs does not grow with the routes of all that call it.

use std::collections::HashMap;
use std::rc::Rc;

use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::{Routing, VirtualHost};
use prost::bytes::Bytes;
use prost::{DecodeError, Message};

use super::Translation;
use super::route::Reached;
use crate::envoy::config::route::v3 as rds;
use crate::envoy::config::route::v3::RouteConfiguration;

/// A route configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Routes {
    /// Its name.
    pub name: String,
    /// The message, a [`RouteConfiguration`].
    pub bytes: Bytes,
}

impl Routes {
    /// The message.
    ///
    /// # Errors
    /// The bytes are none.
    pub fn message(&self) -> Result<RouteConfiguration, DecodeError> {
        RouteConfiguration::decode(self.bytes.clone())
    }
}

/// What was made for proxies of one world.
#[derive(Debug, Default)]
pub struct Hosts<'a> {
    made: HashMap<&'a str, Vec<Made<'a>>>,
    /// Configurations by their names and the places of their hosts in memory, which stay as long as this does.
    routes: HashMap<(String, Vec<usize>), Bytes>,
}

/// A host that was made, and everything that decided how.
#[derive(Debug)]
struct Made<'a> {
    domains: Vec<String>,
    protocol: PortProtocol,
    is_before_1_24: bool,
    routing: Rc<Routing<'a>>,
    reached: Vec<Reached<'a>>,
    field: Bytes,
}

/// A host of a route configuration.
pub(super) enum Host {
    /// As a message.
    Message(Box<rds::VirtualHost>),
    /// As the bytes of its field.
    Shared(Bytes),
}

impl From<rds::VirtualHost> for Host {
    fn from(own: rds::VirtualHost) -> Self {
        Self::Message(Box::new(own))
    }
}

/// A host as a field of a route configuration.
fn field(host: rds::VirtualHost) -> Bytes {
    RouteConfiguration { virtual_hosts: vec![host], ..RouteConfiguration::default() }.encode_to_vec().into()
}

impl<'a> Translation<'_, 'a> {
    /// A virtual service as a host, shared with others where that may be.
    pub(super) fn shared_host(&mut self, host: &VirtualHost<'a>, protocol: PortProtocol) -> Host {
        if self.is_static() {
            return self.virtual_host(host, protocol).into();
        }
        let is_before_1_24 = self.is_before_1_24();
        let reached = host.ways.iter().map(|way| Reached::of(way, &self.proxy.targets, protocol));
        let is_same = |made: &Made<'a>| {
            Rc::ptr_eq(&made.routing, &host.routing)
                && made.domains == host.domains
                && made.protocol == protocol
                && made.is_before_1_24 == is_before_1_24
                && made.reached.iter().copied().eq(reached.clone())
        };
        let known = self.hosts.made.get(host.service).and_then(|made| made.iter().find(|made| is_same(made)));
        if let Some(known) = known {
            return Host::Shared(known.field.clone());
        }
        let message = self.virtual_host(host, protocol);
        // What a node does alone is little, and what gateways do is said by more than routes.
        if host.routing.rules.iter().any(|rule| rule.route.is_none() || rule.marker.is_some()) {
            return message.into();
        }
        let field = field(message);
        let domains = host.domains.clone();
        let (routing, reached) = (Rc::clone(&host.routing), reached.collect());
        let made = Made { domains, protocol, is_before_1_24, routing, reached, field: field.clone() };
        self.hosts.made.entry(host.service).or_default().push(made);
        Host::Shared(field)
    }

    /// A set of routes as a part of a file, whose hosts are not shared.
    pub(super) fn whole_routes(&self, name: String, hosts: Vec<Host>) -> RouteConfiguration {
        let message = |host| if let Host::Message(own) = host { Some(*own) } else { None };
        self.route_configuration(name, hosts.into_iter().filter_map(message).collect())
    }

    /// A set of routes as it is sent.
    pub(super) fn shared_routes(&mut self, name: String, hosts: Vec<Host>) -> Routes {
        let place = |host: &Host| match host {
            Host::Shared(field) => Some(field.as_ptr() as usize),
            Host::Message(_) => None,
        };
        let places: Option<Vec<usize>> = hosts.iter().map(place).collect();
        let key = places.map(|places| (name.clone(), places));
        if let Some(bytes) = key.as_ref().and_then(|key| self.hosts.routes.get(key)) {
            return Routes { name, bytes: bytes.clone() };
        }
        let fields: Vec<Bytes> = hosts
            .into_iter()
            .map(|host| match host {
                Host::Shared(field) => field,
                Host::Message(own) => field(*own),
            })
            .collect();
        let mut bytes = self.route_configuration(name.clone(), Vec::new()).encode_to_vec();
        bytes.reserve_exact(fields.iter().map(Bytes::len).sum());
        for field in &fields {
            bytes.extend_from_slice(field);
        }
        let bytes = Bytes::from(bytes);
        if let Some(key) = key {
            self.hosts.routes.insert(key, bytes.clone());
        }
        Routes { name, bytes }
    }
}
