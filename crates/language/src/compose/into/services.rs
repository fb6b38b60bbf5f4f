//! Edits of virtual services.

use meshwright_model::reference::Key;
use meshwright_model::virtual_service::{
    VirtualNodeServiceProvider, VirtualRouterServiceProvider, VirtualServiceProvider,
};
use meshwright_model::{Expression, Kind, Path};

use super::{Desk, expression};
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
        let there = self.finder.named(kind, name);
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
}
