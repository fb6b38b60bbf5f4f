//! Edits of the tags of what is there.

use std::collections::BTreeMap;

use meshwright_model::limits::{TagKey, TagValue};
use meshwright_model::reference::Key;
use meshwright_model::resource::Tag;
use meshwright_model::{Kind, Path, Resource};

use super::Desk;
use super::find::Finder;
use crate::compose::mesh::settle_tags;
use crate::intent::{Action, Former, Intent, Removal, Tagging, VirtualNode};

impl<'i> Desk<'i> {
    /// Gives tags to the resources that a request names, or to all where it names none.
    pub(super) fn tag_what_is_there(&mut self, intent: &Intent) {
        if intent.tags.is_empty() {
            return;
        }
        let tags = self.settled_tags(&intent.tags);
        let named = named(intent, &self.finder);
        let mut tagged: Vec<&'i Resource> = Vec::new();
        for (kinds, name) in &named {
            // Which it may be was asked already.
            tagged.extend(self.tag_owner(kinds, name));
        }
        let is_mesh =
            intent.mesh.as_ref().is_some_and(|mesh| mesh.action == Some(Action::Change) && mesh.name.is_none());
        if is_mesh {
            tagged.extend(self.finder.of_kind(Kind::Mesh));
            if tagged.is_empty() {
                self.ask_which(Kind::Mesh, None, &[]);
            }
        }
        if named.is_empty() && !is_mesh {
            tagged = self.finder.inventory.resources.iter().collect();
        }
        for resource in tagged {
            self.is_settled = true;
            for (key, value) in &tags {
                self.set_tag(resource, key, value);
            }
        }
    }

    /// Gives tags to a resource, to all, or to those that have them already.
    pub(super) fn tag(&mut self, tagging: &Tagging, formers: &[Former]) {
        let tags = self.settled_tags(&tagging.tags);
        let tagged: Vec<&'i Resource> = match (&tagging.name, tagging.kind.map(Kind::from)) {
            (Some(name), kind) => {
                let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
                if kinds.iter().all(|kind| self.finder.named(*kind, name).is_empty()) {
                    self.draft.ask(format!("There is no `{name}` in the file. Which is meant?"));
                }
                self.tag_owner(&kinds, name).into_iter().collect()
            }
            (None, Some(kind)) => {
                let found: Vec<&'i Resource> = self.finder.of_kind(kind).collect();
                if found.len() != 1 {
                    self.ask_which(kind, None, &found);
                    return;
                }
                found
            }
            (None, None) if tagging.everything => self.finder.inventory.resources.iter().collect(),
            (None, None) => {
                for (key, value) in &tags {
                    self.change_tag(key, value, formers);
                }
                return;
            }
        };
        for resource in tagged {
            self.is_settled = true;
            for (key, value) in &tags {
                let has_it = resource.tags.iter().any(|tag| Key::of(&tag.key) == Key::Known(key));
                if let Some(former) = formers.iter().find(|former| former.becomes == *value && !has_it) {
                    self.draft.ask(format!(
                        "The request says that the tag `{key}` of `{}` was `{}`, and there is no such tag. What should get it?",
                        Key::of(&resource.name).shown(),
                        former.was
                    ));
                }
                self.set_tag(resource, key, value);
            }
        }
    }

    /// Gives a tag another value wherever it is; where the request says what it was, wherever it is so.
    fn change_tag(&mut self, key: &str, value: &str, formers: &[Former]) {
        let own = |resource: &'i Resource| {
            let tag = resource.tags.iter().find(|tag| Key::of(&tag.key) == Key::Known(key))?;
            Some(tag.value.as_ref().map(|value| Key::of(value).shown()).unwrap_or_default())
        };
        let holders = self.finder.inventory.resources.iter().filter_map(|resource| Some((resource, own(resource)?)));
        let mut holders: Vec<(&'i Resource, String)> = holders.collect();
        if holders.is_empty() {
            self.draft.ask(format!("Nothing in the file has the tag `{key}`. What should get it?"));
        }
        let said = formers.iter().find(|former| former.becomes == value);
        let was = |(_, own): &(&Resource, String)| said.is_none_or(|former| *own == former.was);
        if holders.iter().any(was) {
            holders.retain(was);
        }
        for (holder, _) in holders {
            self.is_settled = true;
            self.set_tag(holder, key, value);
        }
    }

    /// Tags as they can stand.
    fn settled_tags(&mut self, tags: &BTreeMap<String, String>) -> Vec<(String, String)> {
        self.draft.tags = tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        settle_tags(&mut self.draft);
        std::mem::take(&mut self.draft.tags).into_iter().collect()
    }

    /// The only resource of a name, which gets a tag; asks where there are several.
    fn tag_owner(&mut self, kinds: &[Kind], name: &str) -> Option<&'i Resource> {
        let mut found: Vec<&'i Resource> = kinds.iter().flat_map(|kind| self.finder.named(*kind, name)).collect();
        let is_exact = |resource: &&'i Resource| Key::of(&resource.name) == Key::Known(name);
        if found.iter().any(is_exact) {
            found.retain(is_exact);
        }
        if found.len() > 1 {
            let kinds: Vec<String> = found.iter().map(|resource| resource.kind().to_string()).collect();
            self.draft.ask(format!("`{name}` may be a {}. Which should get the tags?", kinds.join(" or a ")));
            return None;
        }
        found.pop()
    }

    /// Takes a tag away: of the resource that is named, else of all that have it.
    pub(super) fn remove_tag(&mut self, removal: &Removal) {
        let (key, owner) = match &removal.part {
            Some(key) => (key, Some(removal.name.as_str())),
            None => (&removal.name, None),
        };
        let kinds = removal.resource.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind.into()]);
        let mut holders: Vec<&'i Resource> = match owner {
            Some(name) => kinds.iter().flat_map(|kind| self.finder.named(*kind, name)).collect(),
            None => self.finder.inventory.resources.iter().collect(),
        };
        let is_exact = |resource: &&'i Resource| owner.is_some_and(|name| Key::of(&resource.name) == Key::Known(name));
        if holders.iter().any(is_exact) {
            holders.retain(is_exact);
        }
        if let (Some(name), true) = (owner, holders.is_empty()) {
            self.draft.ask(format!("There is no `{name}` in the file. Which resource is meant?"));
            return;
        }
        let before = self.edits.len();
        for holder in holders {
            for index in (0..holder.tags.len()).filter(|index| Key::of(&holder.tags[*index].key) == Key::Known(key)) {
                self.take(holder, Path::of(&["tags"]).index(index));
            }
        }
        if self.edits.len() == before {
            self.settled(format!("there is no tag `{key}`"));
        }
    }

    fn set_tag(&mut self, resource: &Resource, key: &str, value: &str) {
        let there = resource.tags.iter().position(|tag| Key::of(&tag.key) == Key::Known(key));
        let written = self.draft.text::<TagValue>(&format!("the tag `{key}`"), value);
        let tags = Path::of(&["tags"]);
        match there {
            Some(index) => self.set(resource, tags.index(index).field("value"), &written),
            None => {
                let key = self.draft.text::<TagKey>("the key of the tag", key);
                self.append(resource, tags, &Tag { key, value: Some(written) });
            }
        }
    }
}

/// The resources that a request names to change them, each with the kinds it may be of.
fn named(intent: &Intent, finder: &Finder<'_>) -> Vec<(Vec<Kind>, String)> {
    // "virtual service web: tag team=a" is said of the one that is there.
    let is_there = |kind: Kind, action: Action, name: Option<&String>| {
        action == Action::Change || name.is_some_and(|name| !finder.named(kind, name).is_empty())
    };
    let mut named: Vec<(Kind, Action, Option<&String>)> = Vec::new();
    let nodes = intent.virtual_nodes.iter();
    named.extend(nodes.map(|node| (Kind::VirtualNode, node.action, node.name.as_ref())));
    let routers = intent.virtual_routers.iter();
    named.extend(routers.map(|router| (Kind::VirtualRouter, router.action, router.name.as_ref())));
    let alone = intent.routes.iter();
    named.extend(alone.map(|route| (Kind::Route, route.action, route.name.as_ref())));
    let services = intent.virtual_services.iter();
    named.extend(services.map(|service| (Kind::VirtualService, service.action, service.name.as_ref())));
    let gateways = intent.virtual_gateways.iter();
    named.extend(gateways.map(|gateway| (Kind::VirtualGateway, gateway.action, gateway.name.as_ref())));
    let gateway_routes = intent.gateway_routes.iter();
    named.extend(gateway_routes.map(|route| (Kind::GatewayRoute, route.action, route.name.as_ref())));
    named.retain(|(kind, action, name)| is_there(*kind, *action, *name));
    let mesh = intent.mesh.iter().filter(|mesh| mesh.action.is_some());
    named.extend(mesh.map(|mesh| (Kind::Mesh, Action::Change, mesh.name.as_ref())));
    let is_changed = |node: &&VirtualNode| node.action == Action::Change;
    let any = intent.applications.iter().filter(is_changed).filter_map(|node| node.name.clone());
    let of_kind = named.into_iter().filter_map(|(kind, _, name)| Some((vec![kind], name?.clone())));
    of_kind.chain(any.map(|name| (Kind::ALL.to_vec(), name))).collect()
}
