//! Edits of virtual services.

use meshwright_model::reference::Key;
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::virtual_service::{
    VirtualNodeServiceProvider, VirtualRouterServiceProvider, VirtualServiceProvider,
};
use meshwright_model::{Expression, Kind, Path};

use super::find::node_spec;
use super::{Desk, expression};
use crate::compose::plan::in_domain;
use crate::intent::{Action, Intent, Provider, VirtualService};

impl Desk<'_> {
    /// Changes the virtual services that are there; what is not stays in the intent, to be made.
    pub(super) fn change_services(&mut self, rest: &mut Intent) {
        let mut services = std::mem::take(&mut rest.virtual_services);
        let routers: Vec<String> = rest.virtual_routers.iter().filter_map(|router| router.name.clone()).collect();
        let nodes = rest.virtual_nodes.iter().chain(&rest.applications);
        let mut made: Vec<String> = nodes.filter_map(|node| node.name.clone()).collect();
        made.extend(routers);
        services.retain_mut(|wanted| !self.change_service(wanted, &made));
        rest.virtual_services = services;
    }

    /// Changes a virtual service; `false` where it is to be made. `made` are the names of what the request makes itself.
    fn change_service(&mut self, wanted: &mut VirtualService, made: &[String]) -> bool {
        let there =
            wanted.name.as_deref().map(|name| self.finder.named(Kind::VirtualService, name)).unwrap_or_default();
        let provider = wanted.provider.as_ref().map(|provider| self.provider(provider, made));
        match (there.as_slice(), wanted.name.as_deref()) {
            ([service], _) => {
                self.is_settled = true;
                if let Some((_, provider)) = provider {
                    self.set(service, Path::of(&["spec", "provider"]), &provider);
                }
                true
            }
            ([], Some(_)) if wanted.action == Action::Create => {
                wanted.provider = provider.map(|(named, _)| named);
                false
            }
            (several, name) => {
                self.ask_which(Kind::VirtualService, name, several);
                true
            }
        }
    }

    /// A provider by the name that the file has for it.
    fn provider(&mut self, wanted: &Provider, made: &[String]) -> (Provider, VirtualServiceProvider) {
        let (kind, name) = match wanted {
            Provider::Router(name) => (Kind::VirtualRouter, name),
            Provider::Node(name) => (Kind::VirtualNode, name),
        };
        let there = match wanted {
            Provider::Router(_) => self.finder.named(kind, name),
            Provider::Node(_) => self.finder.nodes_named(name),
        };
        let own = match there.as_slice() {
            [only] => expression(Key::of(&only.name)),
            several => {
                if !several.is_empty() || !made.contains(name) {
                    self.ask_which(kind, Some(name), several);
                }
                Expression::Text(name.clone())
            }
        };
        let text = own.text().unwrap_or(name).to_owned();
        match wanted {
            Provider::Router(_) => {
                let virtual_router_name = self.draft.said("the router behind a virtual service", &own);
                let provider = VirtualRouterServiceProvider { virtual_router_name };
                (Provider::Router(text), VirtualServiceProvider::VirtualRouter(provider))
            }
            Provider::Node(_) => {
                let virtual_node_name = self.draft.said("the node behind a virtual service", &own);
                let provider = VirtualNodeServiceProvider { virtual_node_name };
                (Provider::Node(text), VirtualServiceProvider::VirtualNode(provider))
            }
        }
    }

    /// Makes virtual services for nodes to which new gateway routes lead and for which none stands: "a route from /a to the a
    /// service", where `a` is a node that nobody calls so far.
    pub(super) fn serve_nodes(&mut self, rest: &mut Intent) {
        let made = rest.applications.iter().filter_map(|made| made.name.clone());
        let made: Vec<String> =
            made.chain(rest.virtual_services.iter().filter_map(|service| service.name.clone())).collect();
        let inside = rest.virtual_gateways.iter_mut().flat_map(|gateway| &mut gateway.routes);
        for route in inside.chain(&mut rest.gateway_routes) {
            let Some(name) = route.service.clone() else { continue };
            let is_made = made.contains(&name);
            let is_there = !self.finder.named(Kind::VirtualService, &name).is_empty();
            let found = self.finder.nodes_named(&name);
            let [node] = found.as_slice() else { continue };
            if is_made || is_there || !self.finder.routes_to(node).is_empty() {
                continue;
            }
            let discovery = node_spec(node).and_then(|spec| spec.service_discovery.as_ref());
            let host = match discovery {
                Some(ServiceDiscovery::Dns(dns)) => dns.hostname.known().map(|host| host.as_str().to_owned()),
                _ => in_domain(&name, &self.draft).text().map(str::to_owned),
            };
            let Some(host) = host else { continue };
            let shown = Key::of(&node.name).shown();
            self.draft.assume(
                format!("virtual service `{host}` is made, which virtual node `{shown}` answers for"),
                "a gateway route leads to a virtual service, and none stands for that node",
            );
            if rest.virtual_services.iter().all(|service| service.name.as_deref() != Some(&host)) {
                let provider = Some(Provider::Node(shown));
                rest.virtual_services.push(VirtualService {
                    name: Some(host.clone()),
                    provider,
                    ..VirtualService::default()
                });
            }
            route.service = Some(host);
        }
    }
}
