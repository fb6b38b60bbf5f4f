//! Edits that take targets out of routes: all those of a request at once, so that what is left of a route is seen as a whole.

use meshwright_model::edit::Edit;
use meshwright_model::limits::Weight;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use super::Desk;
use super::find::Finder;
use crate::compose::names::{is_version, listed, stem};
use crate::intent::{Heir, Removal};

/// A target that leaves routes.
#[derive(Debug)]
pub(super) struct Leaving<'i> {
    /// As the request calls it.
    name: String,
    nodes: Vec<Key<'i>>,
    /// The routes that it leaves.
    routes: Vec<&'i Resource>,
    heir: Option<Heir>,
}

impl Leaving<'_> {
    fn is_it(&self, target: Key<'_>) -> bool {
        self.nodes.contains(&target) || target == Key::Known(&self.name)
    }
}

/// A target as it is to be.
pub(super) struct Staying {
    /// Its place in the list, as that was read.
    index: usize,
    node: String,
    weight: Option<u64>,
    /// What it was before.
    before: (String, Option<u64>),
}

impl<'i> Desk<'i> {
    /// Notes that a target is to leave the routes that send to it.
    pub(super) fn leave(&mut self, removal: &Removal) {
        let name = removal.part.clone().unwrap_or_else(|| removal.name.clone());
        let nodes = self.finder.nodes_named(&name);
        let keys: Vec<Key<'i>> = nodes.iter().map(|node| Key::of(&node.name)).collect();
        let mut routes = match removal.part {
            Some(_) => self.finder.path_to(&removal.name).1,
            None => self.finder.of_kind(Kind::Route).collect(),
        };
        let is_it = |target: Key<'i>| keys.contains(&target) || target == Key::Known(&name);
        routes.retain(|route| Finder::targets(route).iter().any(|(.., target)| is_it(Key::of(&target.virtual_node))));
        if !routes.is_empty() {
            self.leaving.push(Leaving { name, nodes: keys, routes, heir: removal.heir.clone() });
            return;
        }
        match nodes.as_slice() {
            [node] => self.settled(format!("no route sends to `{}`", Key::of(&node.name).shown())),
            _ => self.settle_absent(&format!("no route sends to `{name}`"), &[Kind::VirtualNode], &name),
        }
    }

    /// Takes out of the routes what leaves them.
    pub(super) fn take_targets(&mut self) {
        let leaving = std::mem::take(&mut self.leaving);
        for route in self.finder.of_kind(Kind::Route) {
            let leaves = |leaving: &&Leaving<'i>| leaving.routes.iter().any(|own| std::ptr::eq(*own, route));
            let own: Vec<&Leaving<'i>> = leaving.iter().filter(leaves).collect();
            // What is said of a route that goes as a whole needs no more edits.
            if !own.is_empty() && !self.edits.contains(&Edit::delete(route)) {
                self.take_targets_of(route, &own);
            }
        }
    }

    fn take_targets_of(&mut self, route: &'i Resource, leaving: &[&Leaving<'i>]) {
        let shown = Key::of(&route.name).shown();
        let targets = Finder::targets(route);
        let Some((field, ..)) = targets.first().copied() else { return };
        let (mut gone, mut left): (Vec<(Staying, &Leaving<'i>)>, Vec<Staying>) = Default::default();
        for (_, index, target) in &targets {
            let key = Key::of(&target.virtual_node);
            let weight = target.weight.known().and_then(|weight| u64::try_from(weight.value()).ok());
            let staying = Staying { index: *index, node: key.shown(), weight, before: (key.shown(), weight) };
            match leaving.iter().find(|leaving| leaving.is_it(key)) {
                Some(leaving) => gone.push((staying, leaving)),
                None => left.push(staying),
            }
        }
        let names: Vec<String> = gone.iter().map(|(gone, _)| gone.node.clone()).collect();
        let mut taken: Vec<usize> = gone.iter().map(|(gone, _)| gone.index).collect();
        for (gone, leaving) in gone {
            let Some(heir) = &leaving.heir else { continue };
            let Some(node) = self.heir_in(&left, &gone.node, &heir.node) else { return };
            inherit(&mut left, gone, &node, heir.is_only);
        }
        if left.is_empty() {
            let only = if names.len() == 1 { "is the only target" } else { "are the only targets" };
            self.draft.ask(format!("{} {only} of route `{shown}`. Where should its requests go?", listed(&names)));
            return;
        }
        taken.retain(|index| left.iter().all(|staying| staying.index != *index));
        let list = Path::of(&["spec"]).field(field).field("action").field("weightedTargets");
        self.explain_shares(&shown, &mut left);
        for staying in &left {
            let Staying { index, node, weight, before } = staying;
            if *node != before.0 {
                self.point_to(route, list.index(*index).field("virtualNode"), node);
            }
            if let Some(weight) = weight.filter(|weight| Some(*weight) != before.1) {
                let weight = self.draft.number::<Weight>(&format!("the weight of `{node}`"), weight);
                self.set(route, list.index(*index).field("weight"), &weight);
            }
        }
        for index in taken {
            self.take(route, list.index(index));
        }
    }

    /// Says who gets the requests of a route now. Alone, every weight but 0 is all.
    fn explain_shares(&mut self, route: &str, left: &mut [Staying]) {
        let was_shared = left.iter().all(|staying| staying.before.0 == staying.node);
        match left {
            [only] => {
                let why = match only.before.1 {
                    Some(0) => "it is the only target that is left",
                    _ if !was_shared => "it takes the place of what is taken out",
                    _ => {
                        "it is the only target that is left; shares are relative, so that its weight stays as it is written"
                    }
                };
                only.weight = if only.before.1 == Some(0) { Some(100) } else { only.before.1 };
                self.draft.assume(format!("`{}` gets all requests of route `{route}`", only.node), why);
            }
            left if left.iter().all(|staying| staying.weight == staying.before.1) && was_shared => self.draft.assume(
                format!("the other targets of route `{route}` keep their weights"),
                "shares are relative, so that they share what is taken away as they share the rest",
            ),
            _ => {}
        }
    }

    /// The node that the request calls the heir of a target: one of the targets that stay, else of the same application,
    /// else the only one of that name; asks where there is none.
    pub(super) fn heir_in(&mut self, left: &[Staying], gone: &str, name: &str) -> Option<String> {
        let found = self.finder.named(Kind::VirtualNode, name);
        let names: Vec<String> = found.iter().map(|node| Key::of(&node.name).shown()).collect();
        let is_alike = |node: &&String| is_version(name) && stem(node) == stem(gone);
        let stays = |node: &&String| left.iter().any(|staying| staying.node == **node);
        for test in [&stays as &dyn Fn(&&String) -> bool, &is_alike, &|_| true] {
            if let [only] = names.iter().filter(test).collect::<Vec<_>>().as_slice() {
                return Some((*only).clone());
            }
        }
        if names.is_empty() && (left.iter().any(|staying| staying.node == name) || self.makes(name)) {
            return Some(name.to_owned());
        }
        self.ask_which(Kind::VirtualNode, Some(name), &found);
        None
    }

    /// Lets a part of a resource name a virtual node.
    pub(super) fn point_to(&mut self, resource: &'i Resource, path: Path, node: &str) {
        let there = self.finder.of_kind(Kind::VirtualNode).find(|other| Key::of(&other.name).shown() == node);
        match there {
            Some(there) => self.set(resource, path, &there.name),
            None => self.set(resource, path, &node),
        }
    }
}

/// Gives the requests of a target to its heir, which stays or comes to its place.
fn inherit(left: &mut Vec<Staying>, gone: Staying, heir: &str, is_only: bool) {
    match left.iter_mut().find(|staying| staying.node == heir) {
        Some(staying) => staying.weight = staying.weight.zip(gone.weight).map(|(own, more)| own + more),
        None => left.push(Staying { node: heir.to_owned(), ..gone }),
    }
    if is_only {
        for staying in left {
            staying.weight = Some(if staying.node == heir { 100 } else { 0 });
        }
    }
}
