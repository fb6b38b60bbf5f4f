//! The names by which clients call what a request makes.

use meshwright_model::Expression;

use super::draft::Draft;
use super::names::host_label;
use super::plan::{Named, in_domain};
use crate::intent::{Discovery, Dns, VirtualNode};

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
