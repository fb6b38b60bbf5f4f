//! Where the instances of AWS Cloud Map's services come from.

use std::collections::BTreeMap;
use std::fmt;

use meshwright_envoy::translate::{Endpoints, Instance};
use meshwright_traffic::proxy::{Discovery, Proxy};

use crate::proxy::MeshId;

/// A service that instances belong to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Service {
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// The namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// Where instances come from: registrations here ([`Registry`](crate::Registry)), or AWS Cloud Map, once something asks that.
///
/// Whoever changes instances calls [`Hub::look`](crate::Hub::look) then; one that has to ask others for them learns which services are
/// needed from what it is asked for.
pub trait Source: fmt::Debug + Send {
    /// The instances of a service that are known now, in an order that stays the same.
    fn instances(&self, service: &Service) -> Vec<Instance>;

    /// The services whose instances have changed since this was asked last.
    fn changed(&self) -> Vec<Service>;
}

/// The services that a proxy sends to, by `service.namespace`; they are those of the account that owns the mesh.
pub(crate) fn services(proxy: &Proxy<'_>, mesh: &MeshId) -> BTreeMap<String, Service> {
    let of = |discovery: &Discovery<'_>| match discovery {
        Discovery::CloudMap { namespace, service, name, attributes: _ } => {
            let (region, account) = (mesh.region.clone(), mesh.owner.clone());
            let own = Service { region, account, namespace: (*namespace).to_owned(), name: (*service).to_owned() };
            Some((name.clone(), own))
        }
        Discovery::Dns { .. } => None,
    };
    proxy.targets.iter().filter_map(|target| of(&target.discovery)).collect()
}

/// The instances of services.
pub(crate) fn endpoints(services: &BTreeMap<String, Service>, sources: &[Box<dyn Source>]) -> Endpoints {
    let of =
        |service: &Service| -> Vec<Instance> { sources.iter().flat_map(|source| source.instances(service)).collect() };
    services.iter().map(|(name, service)| (name.clone(), of(service))).collect()
}
