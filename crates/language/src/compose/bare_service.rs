//! A service of which nothing is said but its name, beside routes that are said of none: "for the service users.local: requests
//! to /me go to a, all others to b".

use super::draft::Draft;
use super::names::own_router;
use super::plan::{Named, Service, in_domain};
use crate::intent::{Intent, Provider, VirtualNode};

/// The service that an application is of which nothing is said but its name, with the router of all routes behind it.
pub(super) fn of(application: &VirtualNode, intent: &Intent, draft: &mut Draft) -> Option<Service> {
    let router = router_of(application, intent)?;
    let name = application.name.clone()?;
    draft.assume(format!("virtual router `{router}` answers for `{name}`"), "the routes are said of it");
    let host = if name.contains('.') { Named::known(&name).expression } else { in_domain(&name, draft) };
    Some(Service { key: name, name: host, provider: Some(Provider::Router(router)) })
}

/// The name of the router that answers for the only application, where nothing is said of that but its name and all routes are
/// those of a router without a name, to nodes that are others.
pub(super) fn router_of(application: &VirtualNode, intent: &Intent) -> Option<String> {
    let name = application.name.as_deref()?;
    let label = name.split('.').next().unwrap_or(name);
    let ([_], [router]) = (intent.applications.as_slice(), intent.virtual_routers.as_slice()) else { return None };
    let is_alone = intent.virtual_services.is_empty()
        && intent.routes.is_empty()
        && intent.virtual_gateways.is_empty()
        && intent.gateway_routes.is_empty();
    let mut targets = router.routes.iter().flat_map(|route| &route.targets).map(|target| target.node.as_str());
    let is_bare = router.name.is_none() && !router.routes.is_empty() && application.says_nothing();
    (is_alone && is_bare && targets.all(|node| node != name && node != label)).then(|| own_router(label))
}
