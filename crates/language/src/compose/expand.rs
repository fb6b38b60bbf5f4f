//! Takes a request apart: applications become nodes, routers and services; what is called and not defined is made too.

use std::collections::BTreeSet;

use super::bare_service;
use super::draft::{Draft, Wanted};
use super::listeners;
use super::mesh;
use super::names::{common_stem, is_version, listed, own_router};
use super::plan::{Gateway, Named, Node, Plan, Router, Service, is_change};
use super::service_names::service_name;
use super::{version_nodes, version_routes};
use crate::intent::{
    Discovery, Dns, Intent, Provider, Route, RouterListener, Target, Timeout, Version, VirtualGateway, VirtualNode,
};

/// Takes a request apart.
pub(super) fn expand(intent: &Intent, draft: &mut Draft) -> Plan {
    let mut plan = Plan::default();
    let everywhere = intent.everywhere.clone().unwrap_or_default();
    plan.is_one = intent.environments.is_empty();
    plan.is_encrypted = everywhere.listeners.iter().any(|listener| listener.tls.is_some());
    let alone = intent.virtual_nodes.iter().filter(|wanted| !version_nodes::is_of_application(wanted, intent));
    for wanted in alone {
        let name = node_name(wanted, draft);
        if plan.nodes.iter().any(|node| node.name == name) {
            draft.ask(format!("The request describes virtual node `{}` twice. Which description holds?", name.shown()));
            continue;
        }
        let node = node(wanted, name, &everywhere);
        plan.nodes.push(node);
    }
    for service in &intent.virtual_services {
        let name = match &service.name {
            Some(name) => Named::known(name),
            None => Named::open(draft.parameter(&Wanted {
                name: "VirtualServiceName",
                description: "Name of the virtual service: the host name that clients call",
                ..Wanted::default()
            })),
        };
        let key = service.name.clone().unwrap_or_default();
        plan.services.push(Service { key, name: name.expression, provider: service.provider.clone() });
    }
    for application in &all_applications(intent, draft) {
        if let Some(service) = bare_service::of(application, intent, draft) {
            plan.services.push(service);
            continue;
        }
        add_application(application, intent, &everywhere, &mut plan, draft);
    }
    add_missing_nodes(intent, &everywhere, &mut plan, draft);
    listeners::settle(intent, &mut plan, draft);
    add_routers(intent, &mut plan, draft);
    provide(&mut plan, draft);
    add_gateways(intent, &mut plan, draft);
    plan
}

/// Lets the one router that no service leads to answer for the one service that nothing answers for.
fn provide(plan: &mut Plan, draft: &mut Draft) {
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

/// The applications of a request, and those that they or a gateway call and nothing defines.
fn all_applications(intent: &Intent, draft: &mut Draft) -> Vec<VirtualNode> {
    let mut applications = intent.applications.clone();
    if applications.is_empty() && !mesh::is_made(intent) {
        return applications;
    }
    let everywhere = intent.everywhere.iter().flat_map(|everywhere| &everywhere.calls);
    let callers = applications.iter().chain(&intent.virtual_nodes).flat_map(|caller| &caller.calls);
    let calls = callers.chain(everywhere).map(|call| call.to.clone());
    let inside = intent.virtual_gateways.iter().flat_map(|gateway| &gateway.routes);
    let routes = inside.chain(&intent.gateway_routes).filter_map(|route| route.service.clone());
    let mut known: BTreeSet<String> =
        intent.virtual_services.iter().filter_map(|service| service.name.clone()).collect();
    known.extend(applications.iter().filter_map(|application| application.name.clone()));
    known.extend(draft.there.iter().cloned());
    let mut missing: Vec<String> = calls.chain(routes).filter(|name| !name.contains('.')).collect();
    missing.retain(|name| known.insert(name.clone()));
    for name in missing {
        draft.assume(
            format!("application `{name}` is made too"),
            "the request names it as something that is called, and describes it nowhere",
        );
        applications.push(VirtualNode { name: Some(name), ..VirtualNode::default() });
    }
    applications
}

/// In a mesh that is made here, nodes that something leads to are made too.
fn add_missing_nodes(intent: &Intent, everywhere: &VirtualNode, plan: &mut Plan, draft: &mut Draft) {
    if !mesh::is_made(intent) {
        return;
    }
    let nested = intent.virtual_routers.iter().flat_map(|router| &router.routes);
    let targets = nested.chain(&intent.routes).flat_map(|route| &route.targets).map(|target| target.node.as_str());
    let providers = intent.virtual_services.iter().filter_map(|service| match &service.provider {
        Some(Provider::Node(node)) => Some(node.as_str()),
        Some(Provider::Router(_)) | None => None,
    });
    let proxies = intent.sidecars.iter().filter_map(|sidecar| sidecar.virtual_node.as_deref());
    for name in targets.chain(providers).chain(proxies) {
        if plan.node(name).is_some() || is_version(name) {
            continue;
        }
        draft.assume_of(
            format!("`{name}`"),
            "these virtual nodes are made too: {}",
            "the mesh is made here, and something in the request leads to them",
        );
        let wanted = VirtualNode { name: Some(name.to_owned()), ..VirtualNode::default() };
        plan.nodes.push(node(&wanted, Named::known(name), everywhere));
    }
}

fn node_name(wanted: &VirtualNode, draft: &mut Draft) -> Named {
    match &wanted.name {
        Some(name) => Named::known(name),
        None => Named::open(draft.parameter(&Wanted {
            name: "VirtualNodeName",
            description: "Name of the virtual node",
            ..Wanted::default()
        })),
    }
}

/// A node as the request describes it, with what the request says of every node.
fn node(wanted: &VirtualNode, name: Named, everywhere: &VirtualNode) -> Node {
    let mut listeners = wanted.listeners.clone();
    if listeners.is_empty() && !wanted.only_calls {
        listeners.clone_from(&everywhere.listeners);
    }
    if let Some(common) = everywhere.listeners.first() {
        for listener in &mut listeners {
            let own = listener.clone();
            listener.port = own.port.or(common.port);
            listener.protocol = own.protocol.or(common.protocol);
            listener.tls = own.tls.or_else(|| common.tls.clone());
            listener.health_check = own.health_check.or_else(|| common.health_check.clone());
            listener.timeout = own.timeout.or_else(|| common.timeout.clone());
            listener.connection_pool = own.connection_pool.or_else(|| common.connection_pool.clone());
            listener.outlier_detection = own.outlier_detection.or_else(|| common.outlier_detection.clone());
        }
    }
    let or = |calls: &VirtualNode| calls.calls.clone();
    // What listens nowhere need not be found.
    let common = everywhere.discovery.clone().filter(|_| !wanted.only_calls);
    let discovery = wanted.discovery.clone().or_else(|| Some(of_node(common?, &name)));
    Node {
        name,
        is_change: is_change(wanted.action),
        listeners,
        only_calls: wanted.only_calls,
        discovery,
        host: None,
        ip_preference: wanted.ip_preference.or(everywhere.ip_preference),
        calls: if wanted.calls.is_empty() { or(everywhere) } else { or(wanted) },
        backend_tls: wanted.backend_tls.clone().or_else(|| everywhere.backend_tls.clone()),
        access_log: wanted.access_log.clone().or_else(|| everywhere.access_log.clone()),
    }
}

/// What all nodes share: the domain that each has a host name in.
fn of_node(common: Discovery, name: &Named) -> Discovery {
    match (common, name.text()) {
        (Discovery::Dns(Dns { hostname: Some(domain), endpoints }), Some(name)) => {
            Discovery::Dns(Dns { hostname: Some(format!("{name}.{domain}")), endpoints })
        }
        (common, _) => common,
    }
}

/// Adds an application's nodes, its router where it needs one, and its service.
fn add_application(
    application: &VirtualNode,
    intent: &Intent,
    everywhere: &VirtualNode,
    plan: &mut Plan,
    draft: &mut Draft,
) {
    let Some(name) = application.name.clone() else {
        draft.ask("What is the application called that the request describes without a name?");
        return;
    };
    if plan.services.iter().any(|service| service.key == name) {
        draft.ask(format!("The request describes application `{name}` twice. Which description holds?"));
        return;
    }
    let label = name.split('.').next().unwrap_or(&name).to_owned();
    if application.only_calls && application.versions.is_empty() {
        // Nobody can call it, so that it has no virtual service.
        plan.nodes.push(node(application, Named::known(&label), everywhere));
        return;
    }
    let host = service_name(application, everywhere, &name, plan.is_one, draft);
    if !name.contains('.') {
        draft.assume_of(
            format!("`{name}` as `{host}`"),
            "clients call {}",
            "a virtual service is called by a host name; any DNS record for it will do that is no loopback address",
        );
    }
    let retry = application.retry.clone().or_else(|| everywhere.retry.clone());
    let mut timeout = application.route_timeout.clone().or_else(|| everywhere.route_timeout.clone());
    let listener_timeouts = application.listeners.iter().chain(&everywhere.listeners);
    if timeout.is_none() {
        timeout = listener_timeouts.filter_map(|listener| listener.timeout.clone()).find(is_raised);
    }
    let has_router = !application.versions.is_empty() || retry.is_some() || timeout.is_some();
    let versions: Vec<Option<&Version>> = match application.versions.as_slice() {
        [] => vec![None],
        versions => versions.iter().map(Some).collect(),
    };
    // Whose shares alone are said has its nodes already.
    let bare = VirtualNode { versions: Vec::new(), ..application.clone() };
    let is_there = is_change(application.action) && bare.says_nothing() && everywhere.listeners.is_empty();
    let is_there = is_there && application.versions.iter().any(|version| version.weight.is_some());
    let mut targets = Vec::new();
    for version in versions {
        let node_name = version.map_or_else(|| label.clone(), |version| version.node_name(&label));
        if plan.node_position(&node_name).is_none() && !is_there {
            let described = version_nodes::described(&node_name, application, intent);
            let mut node = node(&described, Named::known(&node_name), everywhere);
            let is_shared = described.discovery == application.discovery;
            if let (Some(version), Some(discovery), true) = (version, &mut node.discovery, is_shared) {
                version_nodes::tell_apart(discovery, &name, version, draft);
            }
            plan.nodes.push(node);
        }
        targets.push(Target { node: node_name, weight: version.and_then(|version| version.weight), port: None });
    }
    let provider = if has_router {
        let router = own_router(&label);
        let route = Route { name: Some(format!("{label}-route")), targets, retry, timeout, ..Route::default() };
        let name = Named::known(&router);
        plan.routers.push(Router { name, is_made: true, routes: vec![route], ..Router::default() });
        Provider::Router(router)
    } else {
        Provider::Node(label)
    };
    plan.services.push(Service { key: name, name: host, provider: Some(provider) });
}

/// Whether a timeout needs the route's to be raised too: over the default of 15 seconds, or none at all.
fn is_raised(timeout: &Timeout) -> bool {
    timeout.per_request.is_some_and(|span| span.millis == 0 || span.millis > 15_000)
}

fn add_routers(intent: &Intent, plan: &mut Plan, draft: &mut Draft) {
    for wanted in &intent.virtual_routers {
        let mut router = Router {
            name: wanted.name.as_deref().map(Named::known).unwrap_or_default(),
            is_made: true,
            listeners: wanted.listeners.clone(),
            routes: wanted.routes.clone(),
        };
        name_targets(&mut router, plan);
        let own = intent.applications.first().and_then(|application| bare_service::router_of(application, intent));
        if let (true, Some(own)) = (router.name == Named::default(), own) {
            router.name = Named::known(&own);
        }
        if router.name == Named::default() {
            router.name = router_name(&router, plan, draft);
        }
        add_router_listeners(&mut router, plan);
        plan.routers.push(router);
    }
    for route in &intent.routes {
        let own = match &route.router {
            Some(name) => Some(Named::known(name)),
            None => version_routes::router_of(route, intent),
        };
        let name = match own {
            Some(name) => name,
            None => Named::open(draft.parameter(&Wanted {
                name: "VirtualRouterName",
                description: "Name of the virtual router that the routes belong to",
                ..Wanted::default()
            })),
        };
        match plan.routers.iter_mut().find(|router| router.name == name) {
            Some(router) => router.routes.push(route.clone()),
            None => {
                // In a mesh that is made here, no router is there already.
                let is_made = mesh::is_made(intent) && route.router.is_some();
                plan.routers.push(Router { name, is_made, routes: vec![route.clone()], ..Router::default() });
            }
        }
    }
    let mut routers = std::mem::take(&mut plan.routers);
    for router in &mut routers {
        name_targets(router, plan);
        version_routes::settle_default(router, intent, draft);
        if router.is_made && router.listeners.is_empty() {
            add_router_listeners(router, plan);
        }
    }
    plan.routers = routers;
}

/// Lets targets name nodes: a version alone or an application stands for its node where there is one of that name.
fn name_targets(router: &mut Router, plan: &Plan) {
    let router_stem = router.name.text().map(|name| name.trim_end_matches("-router").to_owned());
    for target in router.routes.iter_mut().flat_map(|route| &mut route.targets) {
        if plan.node(&target.node).is_some() || !is_version(&target.node) {
            continue;
        }
        let full = router_stem.as_ref().map(|stem| format!("{stem}-{}", target.node));
        let endings: Vec<&str> = plan.nodes.iter().filter_map(|node| node.name.text()).collect();
        let by_ending = endings.iter().filter(|name| name.ends_with(&format!("-{}", target.node)));
        let by_ending: Vec<&&str> = by_ending.collect();
        if let Some(full) = full.filter(|full| plan.node(full).is_some()) {
            target.node = full;
        } else if let [only] = by_ending.as_slice() {
            target.node = (**only).to_owned();
        }
    }
}

fn router_name(router: &Router, plan: &Plan, draft: &mut Draft) -> Named {
    let targets: Vec<&str> =
        router.routes.iter().flat_map(|route| &route.targets).map(|target| target.node.as_str()).collect();
    if targets.is_empty() {
        return Named::open(draft.parameter(&Wanted {
            name: "VirtualRouterName",
            description: "Name of the virtual router",
            ..Wanted::default()
        }));
    }
    let stem = common_stem(targets.iter().copied()).unwrap_or("default");
    let mut name = own_router(stem);
    let mut count = 1;
    while plan.routers.iter().any(|router| router.name.text() == Some(name.as_str())) {
        count += 1;
        name = format!("{stem}-router-{count}");
    }
    draft.assume(format!("the virtual router is called `{name}`"), format!("it is for {}", listed(&targets)));
    Named::known(&name)
}

/// The ports of a router that says none: those of the nodes behind it, or a parameter.
fn add_router_listeners(router: &mut Router, plan: &Plan) {
    if !router.listeners.is_empty() {
        return;
    }
    let mut targets = router.routes.iter().flat_map(|route| &route.targets);
    let node = targets.find_map(|target| plan.node(&target.node));
    if let Some(node) = node {
        let listener =
            |listener: &crate::intent::Listener| RouterListener { port: listener.port, protocol: listener.protocol };
        router.listeners = node.listeners.iter().map(listener).collect();
    }
    if router.listeners.is_empty() {
        let protocol = router.routes.iter().find_map(|route| route.protocol);
        router.listeners = vec![RouterListener { port: None, protocol }];
    }
}

fn add_gateways(intent: &Intent, plan: &mut Plan, draft: &mut Draft) {
    for wanted in &intent.virtual_gateways {
        let name = match (&wanted.name, draft.mesh.text()) {
            (Some(name), _) => Named::known(name),
            (None, mesh) => {
                let name = mesh.map_or_else(|| "gateway".to_owned(), |mesh| format!("{mesh}-gateway"));
                draft.assume(format!("the virtual gateway is called `{name}`"), "the request does not name it");
                Named::known(&name)
            }
        };
        plan.gateways.push(Gateway { name, is_made: true, wanted: wanted.clone() });
    }
    for route in &intent.gateway_routes {
        let only = match plan.gateways.as_slice() {
            [only] if only.is_made => Some(only.name.clone()),
            _ => None,
        };
        let name = match (&route.gateway, only) {
            (Some(name), _) => Named::known(name),
            (None, Some(only)) => only,
            (None, None) => Named::open(draft.parameter(&Wanted {
                name: "VirtualGatewayName",
                description: "Name of the virtual gateway that the gateway routes belong to",
                ..Wanted::default()
            })),
        };
        match plan.gateways.iter_mut().find(|gateway| gateway.name == name) {
            Some(gateway) => gateway.wanted.routes.push(route.clone()),
            None => {
                let wanted =
                    VirtualGateway { routes: vec![route.clone()], action: route.action, ..VirtualGateway::default() };
                let is_made = mesh::is_made(intent) && route.gateway.is_some();
                plan.gateways.push(Gateway { name, is_made, wanted });
            }
        }
    }
}
