//! Copies of virtual nodes that are there.

use meshwright_model::edit::Edit;
use meshwright_model::limits::Port;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::{ServiceDiscovery, VirtualNodeSpec};
use meshwright_model::{Kind, Resource, Scalar, Spec};

use super::Desk;
use super::find::node_spec;
use crate::compose::names::host_label;
use crate::intent::{Discovery, Dns, Intent, Listener, VirtualNode};

impl Desk<'_> {
    /// Makes the nodes that are like others.
    pub(super) fn copy_nodes(&mut self, rest: &mut Intent) {
        let (copies, others) =
            std::mem::take(&mut rest.virtual_nodes).into_iter().partition(|node| node.like.is_some());
        rest.virtual_nodes = others;
        let copies: Vec<VirtualNode> = copies;
        if !copies.is_empty() && !std::mem::take(&mut rest.tags).is_empty() {
            self.draft.ask("A copy has the tags of its original. Shall others be asked for once it is there?");
        }
        for wanted in &copies {
            self.copy_node(wanted);
        }
    }

    fn copy_node(&mut self, wanted: &VirtualNode) {
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
        let Some(copy) = self.copied(original, &shown, name, wanted) else { return };
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

    /// The copy of a node; what is found by a name of its own gets another.
    fn copied(&mut self, original: &Resource, shown: &str, name: &str, wanted: &VirtualNode) -> Option<Resource> {
        let port = match wanted.listeners.as_slice() {
            [] => None,
            [only @ Listener { port, .. }] if *only == (Listener { port: *port, ..Listener::default() }) => *port,
            _ => return self.ask_about_copy(name),
        };
        let hostname = match &wanted.discovery {
            None => None,
            Some(Discovery::Dns(Dns { hostname: Some(hostname), endpoints: None })) => Some(hostname.clone()),
            Some(_) => return self.ask_about_copy(name),
        };
        let bare = VirtualNode {
            name: wanted.name.clone(),
            like: wanted.like.clone(),
            listeners: wanted.listeners.clone(),
            discovery: wanted.discovery.clone(),
            ..VirtualNode::default()
        };
        if *wanted != bare {
            return self.ask_about_copy(name);
        }
        let mut spec = node_spec(original)?.clone();
        if let Some(port) = port {
            let [listener] = spec.listeners.as_deref_mut().unwrap_or_default() else {
                return self.ask_about_copy(name);
            };
            let port: Scalar<Port> = self.draft.number(&format!("the port of `{name}`"), port.into());
            if let Some(check) = &mut listener.health_check {
                check.port = check.port.is_some().then(|| port.clone());
            }
            listener.port_mapping.port = port;
        }
        self.find_copy(&mut spec, shown, name, hostname.as_ref())?;
        let own = self.draft.text("the name of the virtual node", name);
        let mut copy = Resource::new(original.mesh.clone(), None, own, Spec::VirtualNode(spec));
        copy.mesh_owner.clone_from(&original.mesh_owner);
        copy.tags.clone_from(&original.tags);
        copy.condition.clone_from(&original.condition);
        Some(copy)
    }

    /// Lets a copy be found by a name of its own.
    fn find_copy(
        &mut self,
        spec: &mut VirtualNodeSpec,
        shown: &str,
        name: &str,
        hostname: Option<&String>,
    ) -> Option<()> {
        match &mut spec.service_discovery {
            Some(ServiceDiscovery::Dns(dns)) => {
                let old = dns.hostname.known().map(|host| host.as_str().to_owned()).unwrap_or_default();
                let own = old.strip_prefix(&host_label(shown)).filter(|rest| rest.is_empty() || rest.starts_with('.'));
                let own = own.map(|rest| format!("{}{rest}", host_label(name)));
                let Some(host) = hostname.cloned().or(own) else {
                    self.draft.ask(format!(
                        "`{shown}` is found by `{}`. By which host name is `{name}` found?",
                        dns.hostname
                    ));
                    return None;
                };
                if hostname.is_none() {
                    self.draft.assume(
                        format!("`{name}` is found by `{host}`"),
                        format!("`{shown}` is found by its own name there"),
                    );
                }
                dns.hostname = self.draft.text(&format!("the host name of `{name}`"), &host);
            }
            Some(ServiceDiscovery::AwsCloudMap(map)) => {
                if map.service_name.known().is_none_or(|service| service.as_str() != shown) || hostname.is_some() {
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

    fn ask_about_copy(&mut self, name: &str) -> Option<Resource> {
        self.draft.ask(format!("A copy can have another port and host name than its original. Shall the rest of `{name}` be changed once it is there?"));
        None
    }
}
