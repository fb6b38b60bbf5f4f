//! Copies of virtual nodes that are there.

use meshwright_model::edit::{Edit, NewValue};
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::{ServiceDiscovery, VirtualNodeSpec};
use meshwright_model::{Kind, Resource, Spec};

use super::Desk;
use super::find::node_spec;
use crate::compose::names::host_label;
use crate::intent::{Discovery, Dns, Intent, Removal, VirtualNode};

impl Desk<'_> {
    /// Makes the nodes that are like others.
    pub(super) fn copy_nodes(&mut self, rest: &mut Intent, intent: &Intent) {
        let (copies, others) =
            std::mem::take(&mut rest.virtual_nodes).into_iter().partition(|node| node.like.is_some());
        rest.virtual_nodes = others;
        let copies: Vec<VirtualNode> = copies;
        if !copies.is_empty() && !std::mem::take(&mut rest.tags).is_empty() {
            self.draft.ask("A copy has the tags of its original. Shall others be asked for once it is there?");
        }
        for wanted in &copies {
            let is_own = |removal: &&Removal| Some(&removal.name) == wanted.name.as_ref();
            let without: Vec<Removal> = intent.removals.iter().filter(is_own).cloned().collect();
            self.copy_node(wanted, &without);
        }
    }

    fn copy_node(&mut self, wanted: &VirtualNode, without: &[Removal]) {
        let (Some(name), Some(like)) = (&wanted.name, &wanted.like) else {
            self.draft.ask("What should the copy be called?");
            return;
        };
        let found = self.finder.nodes_named(like);
        let [original] = found.as_slice() else {
            self.ask_which(Kind::VirtualNode, Some(like), &found);
            return;
        };
        let shown = Key::of(&original.name).shown();
        if !original.gaps.is_empty() {
            self.draft.ask(format!("Functions of the file make parts of `{shown}`, so that it cannot be copied. What should `{name}` be like?"));
            return;
        }
        let Some(copy) = self.copied(original, &shown, name, wanted, without) else { return };
        let is_it = |other: &&Resource| Key::of(&other.name).shown() == *name;
        match self.finder.of_kind(Kind::VirtualNode).find(is_it) {
            Some(there) if there.spec == copy.spec => {
                self.settle(format!("`{name}` is like `{shown}` already"), "nothing of it differs");
            }
            Some(_) => self
                .draft
                .ask(format!("There is a virtual node `{name}` already. What of it should be as it is of `{shown}`?")),
            None => {
                self.draft.assume(
                    format!("`{name}` has all that `{shown}` has, but what is said of it"),
                    "the request says that it is a copy",
                );
                self.edits.push(Edit::create(copy, original.origin));
            }
        }
    }

    /// The copy of a node with all that is said of it; what is found by a name of its own gets another.
    fn copied(
        &mut self,
        original: &Resource,
        shown: &str,
        name: &str,
        wanted: &VirtualNode,
        without: &[Removal],
    ) -> Option<Resource> {
        let mut spec = node_spec(original)?.clone();
        let is_found = matches!(&wanted.discovery, Some(Discovery::CloudMap(_)))
            || matches!(&wanted.discovery, Some(Discovery::Dns(Dns { hostname: Some(_), .. })));
        if !is_found {
            self.find_copy(&mut spec, shown, name)?;
        }
        let own = self.draft.text("the name of the virtual node", name);
        let mut copy = Resource::new(original.mesh.clone(), None, own, Spec::VirtualNode(spec));
        copy.mesh_owner.clone_from(&original.mesh_owner);
        copy.tags.clone_from(&original.tags);
        copy.condition.clone_from(&original.condition);
        let others = std::mem::take(&mut self.edits);
        self.change_listeners(&copy, &wanted.listeners);
        self.change_rest(&copy, wanted);
        for removal in without {
            self.remove_part(&copy, removal.kind);
        }
        let own = std::mem::replace(&mut self.edits, others);
        let is_more = wanted.retry.is_some() || wanted.route_timeout.is_some() || !wanted.versions.is_empty();
        let mut value = NewValue::of(&copy.spec);
        let shape = Spec::shape(Kind::VirtualNode);
        let is_made = own.iter().all(|edit| value.make(&edit.path.steps()[1..], &edit.change, shape).is_some());
        let spec = value.spec(Kind::VirtualNode).filter(|_| is_made && !is_more);
        match spec {
            Some(spec) => copy.spec = spec,
            None => {
                self.draft.ask(format!(
                    "Not all that is said of `{name}` is a part of a node. Shall that be changed once it is there?"
                ));
                return None;
            }
        }
        Some(copy)
    }

    /// Lets a copy be found by a name of its own.
    fn find_copy(&mut self, spec: &mut VirtualNodeSpec, shown: &str, name: &str) -> Option<()> {
        match &mut spec.service_discovery {
            Some(ServiceDiscovery::Dns(dns)) => {
                let old = dns.hostname.known().map(|host| host.as_str().to_owned()).unwrap_or_default();
                let own = old.strip_prefix(&host_label(shown)).filter(|rest| rest.is_empty() || rest.starts_with('.'));
                let own = own.map(|rest| format!("{}{rest}", host_label(name)));
                let Some(host) = own else {
                    self.draft.ask(format!(
                        "`{shown}` is found by `{}`. By which host name is `{name}` found?",
                        dns.hostname
                    ));
                    return None;
                };
                self.draft.assume(
                    format!("`{name}` is found by `{host}`"),
                    format!("`{shown}` is found by its own name there"),
                );
                dns.hostname = self.draft.text(&format!("the host name of `{name}`"), &host);
            }
            Some(ServiceDiscovery::AwsCloudMap(map)) => {
                if map.service_name.known().is_none_or(|service| service.as_str() != shown) {
                    self.draft.ask(format!(
                        "`{shown}` is found by Cloud Map as `{}`. How is `{name}` found?",
                        map.service_name
                    ));
                    return None;
                }
                self.draft.assume(
                    format!("`{name}` is the Cloud Map service `{name}`"),
                    format!("`{shown}` is the one of its own name"),
                );
                map.service_name = self.draft.text(&format!("the Cloud Map service of `{name}`"), name);
            }
            None => {}
        }
        Some(())
    }
}
