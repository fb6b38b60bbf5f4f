//! The names by which clients call what a request makes.

use meshwright_model::Expression;

use super::draft::Draft;
use super::names::host_label;
use super::plan::{Named, Service, in_domain};
use crate::intent::{Discovery, Dns, Intent, Provider, VirtualNode};

/// The name by which clients call an application.
pub(super) fn service_name(
    application: &VirtualNode,
    everywhere: &VirtualNode,
    name: &str,
    is_one: bool,
    draft: &Draft,
) -> Expression {
    let own = own_host(application, everywhere, name).filter(|_| is_one);
    match own {
        _ if name.contains('.') => Named::known(name).expression,
        Some(own) => Named::known(&own).expression,
        None => in_domain(name, draft),
    }
}

/// Whether a virtual service that is described is an application by its name.
pub(super) fn is_application(name: &str, intent: &Intent) -> bool {
    intent.applications.iter().any(|application| application.name.as_deref() == Some(name))
}

/// Whether a router answers for an application of which nothing else is said.
pub(super) fn is_answered(service: &Service, application: &VirtualNode) -> bool {
    let is_it = application.name.as_ref() == Some(&service.key) && application.says_nothing();
    is_it && matches!(service.provider, Some(Provider::Router(_)))
}

/// The host name by which an application is called that has no node of its own.
pub(super) fn host_of_application(name: &str, everywhere: &VirtualNode, is_one: bool, draft: &mut Draft) -> Named {
    let host = service_name(&VirtualNode::default(), everywhere, name, is_one, draft);
    if !name.contains('.') {
        say_host(name, &host, draft);
    }
    Named::open(host)
}

/// Says by which name clients call an application.
pub(super) fn say_host(name: &str, host: &Expression, draft: &mut Draft) {
    draft.assume_of(
        format!("`{name}` as `{host}`"),
        "clients call {}",
        "a virtual service is called by a host name; any DNS record for it will do that is no loopback address",
    );
}

/// The name by which the hosts of an application are found, where that is its own in a domain: clients can call it by that.
fn own_host(application: &VirtualNode, everywhere: &VirtualNode, name: &str) -> Option<String> {
    let label = host_label(name);
    match (&application.discovery, &everywhere.discovery) {
        (Some(Discovery::Dns(Dns { hostname: Some(host), .. })), _) => {
            host.strip_prefix(label.as_str()).is_some_and(|rest| rest.starts_with('.')).then(|| host.clone())
        }
        (None, Some(Discovery::Dns(Dns { hostname: Some(domain), .. }))) => Some(format!("{label}.{domain}")),
        (Some(Discovery::CloudMap(map)), _) | (None, Some(Discovery::CloudMap(map))) => {
            let is_own = map.service.as_ref().is_none_or(|service| service == name);
            let namespace = map.namespace.as_ref().filter(|namespace| is_own && namespace.contains('.'))?;
            Some(format!("{label}.{namespace}"))
        }
        _ => None,
    }
}
