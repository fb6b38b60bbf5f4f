//! Asks about parts of a service that nothing connects with it: a router that no service has, nodes that no route leads to,
//! a node without a name beside a service that is made another.

use super::draft::Draft;
use super::names::listed;
use crate::intent::{Action, GatewayRoute, Intent, Provider, VirtualGateway, VirtualNode};

/// Gateways that are made and lead nowhere.
fn aimless(intent: &Intent) -> impl Iterator<Item = &VirtualGateway> {
    let has_route = |gateway: &VirtualGateway| {
        intent.gateway_routes.iter().any(|route| route.gateway.is_none() || route.gateway == gateway.name)
    };
    let made = intent.virtual_gateways.iter().filter(|gateway| gateway.action == Action::Create);
    made.filter(move |gateway| gateway.routes.is_empty() && !has_route(gateway))
}

fn shown(gateway: Option<&String>) -> String {
    gateway.map_or("the gateway".to_owned(), |name| format!("gateway `{name}`"))
}

/// Lets a gateway of which no route is told lead to the one service that no other calls.
pub(super) fn lead(intent: &Intent, draft: &mut Draft) -> Option<Intent> {
    let is_made = |one: &&VirtualNode| one.action == Action::Create;
    let services: Vec<&VirtualNode> = intent.applications.iter().filter(is_made).collect();
    let is_called = |name: &String| services.iter().any(|one| one.calls.iter().any(|call| call.to == *name));
    let entries: Vec<&String> =
        services.iter().filter_map(|one| one.name.as_ref()).filter(|name| !is_called(name)).collect();
    let [entry] = entries[..] else { return None };
    let gateways: Vec<Option<String>> = aimless(intent).map(|gateway| gateway.name.clone()).collect();
    let mut led = (!gateways.is_empty()).then(|| intent.clone())?;
    for gateway in gateways {
        draft.assume(
            format!("{} sends all requests to `{entry}`", shown(gateway.as_ref())),
            "the request says nothing of that, and no other service calls it",
        );
        led.gateway_routes.push(GatewayRoute { gateway, service: Some(entry.clone()), ..GatewayRoute::default() });
    }
    Some(led)
}

/// Asks about every part that stands alone beside services of which only the name is known to belong to them.
pub(super) fn ask(intent: &Intent, draft: &mut Draft) {
    let is_whole = |one: &&VirtualNode| one.action == Action::Create && one.versions.is_empty() && one.name.is_some();
    let services: Vec<&VirtualNode> = intent.applications.iter().filter(is_whole).collect();
    let names: Vec<String> = services.iter().filter_map(|one| one.name.clone()).collect();
    if names.is_empty() {
        return;
    }
    let is_unnamed = |node: &VirtualNode| node.name.is_none() && node.action == Action::Create;
    if intent.virtual_nodes.iter().any(is_unnamed) && services.iter().any(|one| one.says_nothing()) {
        draft.ask(format!(
            "Is the virtual node that has no name that of {}, or another? Its name would tell.",
            listed(&names)
        ));
    }
    let is_led_to = |router: &Option<String>| {
        intent.virtual_services.iter().any(|service| match &service.provider {
            Some(Provider::Router(name)) => Some(name) == router.as_ref(),
            Some(Provider::Node(_)) | None => false,
        })
    };
    for router in intent.virtual_routers.iter().filter(|router| router.action == Action::Create) {
        if router.routes.is_empty() && intent.routes.is_empty() && !is_led_to(&router.name) {
            let shown =
                router.name.as_ref().map_or("the virtual router".to_owned(), |name| format!("virtual router `{name}`"));
            draft.ask(format!(
                "Does {shown} stand behind the virtual service of {}, and where does it send?",
                listed(&names)
            ));
        }
    }
    for gateway in aimless(intent) {
        draft.ask(format!("To which of {} does {} lead?", listed(&names), shown(gateway.name.as_ref())));
    }
    for service in services {
        ask_about_nodes(intent, service, draft);
    }
}

/// Asks about nodes that are called after a service and answer for nothing: "service cart with nodes cart-a and cart-b".
fn ask_about_nodes(intent: &Intent, service: &VirtualNode, draft: &mut Draft) {
    let Some(name) = &service.name else { return };
    let label = name.split('.').next().unwrap_or_default();
    let provides =
        |node: &str| intent.virtual_services.iter().any(|one| one.provider == Some(Provider::Node(node.to_owned())));
    let is_its =
        |node: &&String| node.strip_prefix(label).is_some_and(|rest| rest.starts_with(['-', '_'])) && !provides(node);
    let nodes = intent.virtual_nodes.iter().filter(|node| node.action == Action::Create);
    let nodes: Vec<String> = nodes.filter_map(|node| node.name.as_ref()).filter(is_its).cloned().collect();
    if !nodes.is_empty() {
        draft.ask(format!(
            "Do {} answer for `{name}`? Then say their shares, as in \"{name} runs as v1 and v2, 90/10\", or a router with its routes.",
            listed(&nodes)
        ));
    }
}

#[cfg(test)]
mod tests {
    use meshwright_model::Kind;

    use crate::compose::compose;
    use crate::intent::Intent;

    fn shop(calls: &str) -> Intent {
        serde_json::from_value(serde_json::json!({
            "mesh": {"name": "bakery", "action": "create"},
            "applications": [{"name": "web", "calls": [{"to": calls}]}, {"name": "orders"}, {"name": "stock"}],
            "virtualGateways": [{"name": "ingress", "listeners": [{"port": 8080}]}],
        }))
        .unwrap()
    }

    #[test]
    fn a_gateway_without_a_route_leads_to_the_one_service_that_no_other_calls() {
        let mut intent = shop("orders");
        intent.applications[1].calls = shop("stock").applications[0].calls.clone();
        let composition = compose(&intent);
        assert!(composition.questions.is_empty(), "{:?}", composition.questions);
        let resources = &composition.inventory.resources;
        assert_eq!(resources.iter().filter(|resource| resource.kind() == Kind::GatewayRoute).count(), 1);
        let says =
            composition.assumptions.iter().any(|own| own.what == "gateway `ingress` sends all requests to `web`");
        assert!(says, "{:?}", composition.assumptions);
        // Nobody calls stock either.
        let asked = compose(&shop("orders")).questions;
        assert!(asked.iter().any(|own| own.text.ends_with("does gateway `ingress` lead?")), "{asked:?}");
    }
}
