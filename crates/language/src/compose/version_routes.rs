//! Routes to the versions of an application: they belong to its own router, before the route that shares the rest.

use super::draft::Draft;
use super::names::{listed, own_router};
use super::plan::{Named, Router};
use super::routes::takes_all;
use crate::intent::{Intent, Route, VirtualNode};

/// The router of the application that a route shares out to versions, where it names none and only one can be meant.
pub(super) fn router_of(route: &Route, intent: &Intent) -> Option<Named> {
    let is_it = |application: &&VirtualNode| {
        let nodes = nodes(application);
        let is_version =
            |node: &String| nodes.contains(node) || application.versions.iter().any(|version| version.name == *node);
        !route.targets.is_empty() && route.targets.iter().all(|target| is_version(&target.node))
    };
    let mut applications = intent.applications.iter().filter(is_it);
    let only = applications.next().filter(|_| applications.next().is_none())?;
    Some(Named::known(&own_router(label(only))))
}

/// What an application's routes leave goes to the versions that none of them is for, unless a route or shares say so.
pub(super) fn settle_default(router: &mut Router, intent: &Intent, draft: &mut Draft) {
    let own = |application: &&VirtualNode| {
        !application.versions.is_empty() && router.name.text() == Some(own_router(label(application)).as_str())
    };
    let Some(application) = intent.applications.iter().find(own) else { return };
    if router.routes.len() < 2 || application.versions.iter().any(|version| version.weight.is_some()) {
        return;
    }
    let mut default = router.routes.remove(0);
    for route in &mut router.routes {
        route.retry = route.retry.take().or_else(|| default.retry.clone());
        route.timeout = route.timeout.take().or_else(|| default.timeout.clone());
    }
    if router.routes.iter().any(|route| route.matcher.otherwise || takes_all(&route.matcher)) {
        return;
    }
    let is_told = |node: &str| router.routes.iter().flat_map(|route| &route.targets).any(|target| target.node == node);
    if default.targets.iter().any(|target| !is_told(&target.node)) {
        default.targets.retain(|target| !is_told(&target.node));
        let rest: Vec<&String> = default.targets.iter().map(|target| &target.node).collect();
        draft.assume(
            format!("all other requests go to {}", listed(&rest)),
            "the request says which requests the other versions get",
        );
    }
    router.routes.insert(0, default);
}

/// The nodes of an application's versions.
fn nodes(application: &VirtualNode) -> Vec<String> {
    application.versions.iter().map(|version| version.node_name(label(application))).collect()
}

/// The first part of an application's name.
fn label(application: &VirtualNode) -> &str {
    let name = application.name.as_deref().unwrap_or_default();
    name.split('.').next().unwrap_or(name)
}
