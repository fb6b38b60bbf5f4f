//! One for another in what is there: "replace v1 with v2 in the route", "change the backend of web from a to b".

use std::sync::LazyLock;

use super::pattern::Pattern;
use super::reader::Reader;
use super::slot::Slots;
use super::spot::Place;
use crate::intent::{Action, Heir, Removal, RemovalKind};

/// Ways to say that another target takes the place of one.
static TARGETS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let ways = [
        "change target ?route <name:route> ?route from <name:old> to ?virtual-node <name:new>",
        "change target ?from ?virtual-node <name:old> to ?virtual-node <name:new> in|on|of|for ?route <name:route> ?route",
        "change target from ?virtual-node <name:old> to ?virtual-node <name:new>",
        "change ?route <name:route> ?route from ?virtual-node <name:old> to ?virtual-node <name:new>",
        "rewrite|swap|exchange|substitute ?target ?virtual-node <name:old> by|with|for|to ?virtual-node <name:new> in|on|of ?route <name:route> ?route",
        "rewrite|swap|exchange|substitute ?target ?virtual-node <name:old> by|with|for ?virtual-node <name:new> ?in ?the ?route",
        "send ?route <name:route> ?route to|at ?virtual-node <name:new> instead ?virtual-node <name:old>",
    ];
    ways.into_iter().map(Pattern::parse).collect()
});

/// The same of what a node calls.
static BACKENDS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let ways = [
        "change backend ?virtual-node <name:node> ?virtual-node from <name:old> to <name:new>",
        "change backend ?from <name:old> to <name:new> in|on|of|for ?virtual-node <name:node>",
        "rewrite|swap|exchange|substitute backend <name:old> by|with|for|to <name:new> in|on|of ?virtual-node <name:node>",
    ];
    ways.into_iter().map(Pattern::parse).collect()
});

impl Reader<'_> {
    /// Reads words that put one in the place of another.
    pub(super) fn replacement(&mut self) -> bool {
        if self.known.is_none() || !self.is_clause_start() && self.verb != super::reader::Verb::None {
            return false;
        }
        if let Some((way, end, slots)) = Pattern::farthest(&BACKENDS, &self.tokens, self.at, &mut self.work) {
            self.read_by(way, self.at..end);
            return self.replace_backend(&slots, end);
        }
        let Some((way, end, slots)) = Pattern::farthest(&TARGETS, &self.tokens, self.at, &mut self.work) else {
            return false;
        };
        self.read_by(way, self.at..end);
        self.replace_target(&slots, end)
    }

    fn replace_backend(&mut self, slots: &Slots, end: usize) -> bool {
        let (name, old, new) = (slots.text("node"), slots.text("old"), slots.text("new"));
        self.words = self.at..end;
        let place = self.named(&name, Action::Change);
        self.turn_to(place);
        let Ok(path) = self.calls(&[new]) else { return false };
        self.note(&path, self.at, end);
        self.take_from(Removal::of_part(RemovalKind::Backend, name, old), end);
        true
    }

    fn replace_target(&mut self, slots: &Slots, end: usize) -> bool {
        let (old, new) = (slots.text("old"), slots.text("new"));
        let of_nodes = self.known.as_ref().is_some_and(|known| known.is_of_nodes(&old));
        let route_there = |name: String| self.known.as_ref()?.route_named(&name).map(str::to_owned);
        let removal = match (slots.given("route").map(route_there), slots.has("route")) {
            (Some(Some(route)), _) => Removal::of_part(RemovalKind::Target, route, old),
            (None, false) if of_nodes => match self.route_spoken_of() {
                Some(route) => Removal::of_part(RemovalKind::Target, route, old),
                None => Removal::of(RemovalKind::Target, old),
            },
            _ => return false,
        };
        self.take_from(Removal { heir: Some(Heir { node: new, is_only: false }), ..removal }, end);
        true
    }

    /// The name of the route that is spoken of.
    fn route_spoken_of(&self) -> Option<String> {
        match self.spot?.place {
            Place::Route(None, at) => self.intent.routes[at].name.clone(),
            _ => None,
        }
    }

    fn take_from(&mut self, removal: Removal, end: usize) {
        self.note(&format!("removals[{}]", self.intent.removals.len()), self.at, end);
        self.intent.removals.push(removal);
        self.at = end;
    }
}
