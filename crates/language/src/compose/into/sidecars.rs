//! Edits of the proxies' containers in tasks that are there: of their images and of the variables that they are told by.
//!
//! Source: App Mesh User Guide, envoy-config: `ENVOY_LOG_LEVEL`, `ENABLE_ENVOY_XRAY_TRACING`.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::limits::Text;
use meshwright_model::proxied::Proxied;
use meshwright_model::reference::Key;
use meshwright_model::workload::{KeyValuePair, ProxyContainer, Workload};
use meshwright_model::{Kind, Path};

use super::Desk;
use crate::compose::names::listed;
use crate::compose::sidecar::LEVELS;
use crate::intent::Sidecar;

impl<'i> Desk<'i> {
    /// Changes the proxies that are there. Answers whether a proxy is asked for that a task has yet to get.
    pub(super) fn change_sidecars(&mut self, sidecars: &[Sidecar]) -> bool {
        let mut is_left = false;
        for wanted in sidecars {
            let Sidecar { virtual_node, virtual_gateway, image, log_level, xray, .. } = wanted.clone();
            let part = Sidecar { virtual_node, virtual_gateway, image, log_level, xray, ..Sidecar::default() };
            let is_change = part.image.is_some() || part.log_level.is_some() || part.xray;
            let proxies = if part == *wanted && is_change { self.proxies_of(wanted) } else { Vec::new() };
            if proxies.is_empty() {
                is_left = true;
                continue;
            }
            self.say_which(wanted, &proxies);
            for (workload, proxy) in proxies {
                self.change_proxy(workload, &proxy, wanted);
            }
        }
        is_left
    }

    /// The proxies that are meant: those of a node or gateway, or all.
    fn proxies_of(&self, wanted: &Sidecar) -> Vec<(&'i Workload, ProxyContainer<'i>)> {
        let inventory = self.finder.inventory;
        let index = inventory.index();
        let proxied = Proxied::new(&index);
        let own = |proxy: &ProxyContainer<'i>| {
            let resource = proxied.position(proxy.value).map(|position| &inventory.resources[position]);
            let is_named = |kind: Kind, name: &str| {
                let named = match kind {
                    Kind::VirtualNode => self.finder.nodes_named(name),
                    _ => self.finder.named(kind, name),
                };
                resource.is_some_and(|resource| named.iter().any(|other| std::ptr::eq(*other, resource)))
            };
            match (&wanted.virtual_node, &wanted.virtual_gateway) {
                (Some(name), _) => is_named(Kind::VirtualNode, name) || is_named(Kind::VirtualGateway, name),
                (None, Some(name)) => is_named(Kind::VirtualGateway, name),
                (None, None) => true,
            }
        };
        let of_task = |workload: &'i Workload| {
            workload.task.proxies().filter(own).map(move |proxy| (workload, proxy)).collect::<Vec<_>>()
        };
        inventory.workloads.iter().flat_map(of_task).collect()
    }

    fn say_which(&mut self, wanted: &Sidecar, proxies: &[(&'i Workload, ProxyContainer<'i>)]) {
        if wanted.virtual_node.is_none() && wanted.virtual_gateway.is_none() && proxies.len() > 1 {
            let tasks: Vec<&str> = proxies.iter().map(|(workload, _)| workload.label.as_str()).collect();
            self.draft.assume(format!("the proxies of {} are meant", listed(&tasks)), "the request names none of them");
        }
    }

    fn change_proxy(&mut self, workload: &'i Workload, proxy: &ProxyContainer<'i>, wanted: &Sidecar) {
        let at = Path::of(&["containerDefinitions"]).index(proxy.index);
        if let Some(level) = &wanted.log_level {
            if !LEVELS.contains(&level.as_str()) {
                self.draft.ask(format!("Envoy has no log level `{level}`. Which of {} is meant?", listed(LEVELS)));
                return;
            }
            self.set_variable(workload, proxy, &at, "ENVOY_LOG_LEVEL", level);
        }
        if wanted.xray {
            self.set_variable(workload, proxy, &at, "ENABLE_ENVOY_XRAY_TRACING", "1");
        }
        if let Some(image) = &wanted.image {
            let image = self.draft.text::<Text>("the image of the proxy", image);
            self.edit_task(workload, at.field("image"), Change::Set(NewValue::of(&image)));
        }
    }

    fn set_variable(&mut self, workload: &'i Workload, proxy: &ProxyContainer<'i>, at: &Path, name: &str, value: &str) {
        let value = self.draft.text::<Text>(&format!("`{name}`"), value);
        let environment = at.field("environment");
        let named = |pair: &KeyValuePair| pair.name.as_ref().is_some_and(|own| Key::of(own) == Key::Known(name));
        match proxy.container.environment.iter().flatten().position(named) {
            Some(index) => {
                self.edit_task(workload, environment.index(index).field("value"), Change::Set(NewValue::of(&value)));
            }
            None => {
                let pair = KeyValuePair { name: Some(self.draft.text::<Text>("a variable", name)), value: Some(value) };
                self.edit_task(workload, environment, Change::Append(NewValue::of(&pair)));
            }
        }
    }

    fn edit_task(&mut self, workload: &'i Workload, path: Path, change: Change) {
        self.is_settled = true;
        self.edits.push(Edit { resource: None, origin: workload.origin, path, change });
    }
}
