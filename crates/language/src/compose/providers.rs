//! What answers for a virtual service of which the request names no provider.

use super::draft::Draft;
use super::plan::{Node, Plan, Router};
use crate::intent::{CloudMap, Discovery, Dns, Intent, Provider, VirtualService};

/// Gives each virtual service the one provider that it can have.
pub(super) fn provide(plan: &mut Plan, draft: &mut Draft) {
    provide_by_router(plan, draft);
    provide_by_node(plan, draft);
}

/// Lets the one router that no service leads to answer for the one service that nothing answers for.
fn provide_by_router(plan: &mut Plan, draft: &mut Draft) {
    let leads_to = |name: &str| {
        plan.services.iter().any(|service| matches!(&service.provider, Some(Provider::Router(own)) if own == name))
    };
    let free = |router: &Router| router.name.text().filter(|name| router.is_made && !leads_to(name)).map(str::to_owned);
    let routers: Vec<String> = plan.routers.iter().filter_map(free).collect();
    let services = plan.services.iter_mut().filter(|service| service.provider.is_none());
    if let ([router], [service]) = (routers.as_slice(), services.collect::<Vec<_>>().as_mut_slice()) {
        draft.assume(
            format!("virtual router `{router}` answers for virtual service `{}`", service.name),
            "the request describes one of either, and nothing else leads there",
        );
        service.provider = Some(Provider::Router(router.clone()));
    }
}

/// Lets a node whose hosts are found by the name of a virtual service answer for that.
fn provide_by_node(plan: &mut Plan, draft: &mut Draft) {
    let Plan { nodes, services, .. } = plan;
    for service in services.iter_mut().filter(|service| service.provider.is_none()) {
        let Some(host) = service.name.text() else { continue };
        let mut own = nodes.iter().filter(|node| !node.is_change && is_found_by(node, host));
        let (Some(node), None) = (own.next(), own.next()) else { continue };
        let Some(name) = node.name.text() else { continue };
        draft.assume(
            format!("virtual node `{name}` answers for virtual service `{host}`"),
            "its hosts are found by that name, and the request names nothing else that answers",
        );
        service.provider = Some(Provider::Node(name.to_owned()));
    }
}

/// The name by which the hosts of a virtual service's node are found: clients can call it by that where it has no other.
pub(super) fn host_of(service: &VirtualService, intent: &Intent) -> Option<String> {
    let Some(Provider::Node(provider)) = &service.provider else { return None };
    let node = intent.virtual_nodes.iter().find(|node| node.name.as_ref() == Some(provider))?;
    match &node.discovery {
        Some(Discovery::Dns(dns)) => dns.hostname.clone(),
        _ => None,
    }
}

/// Whether the hosts of a node are found by a name.
fn is_found_by(node: &Node, host: &str) -> bool {
    match &node.discovery {
        Some(Discovery::Dns(Dns { hostname: Some(hostname), .. })) => hostname == host,
        Some(Discovery::CloudMap(CloudMap { namespace: Some(namespace), service: Some(service), .. })) => {
            host.strip_prefix(service.as_str()).and_then(|rest| rest.strip_prefix('.')) == Some(namespace.as_str())
        }
        _ => false,
    }
}
