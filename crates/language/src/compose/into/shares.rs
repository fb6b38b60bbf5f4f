//! Edits of the shares that targets of routes get.

use meshwright_model::limits::Weight;
use meshwright_model::reference::Key;
use meshwright_model::route::WeightedTarget;
use meshwright_model::{Expression, Kind, Path, Resource};

use super::find::{Finder, is_narrow};
use super::{Desk, expression};
use crate::compose::names::stem;
use crate::intent::{Action, Route, Target};

impl<'i> Desk<'i> {
    /// Sets shares: those that are said, and for one target of two the rest for the other; where `is_all` holds, a target
    /// without a share gets all of it.
    pub(super) fn change_targets(&mut self, route: &'i Resource, wanted: &[Target], is_all: bool) {
        let shown = Key::of(&route.name).shown();
        let there = Finder::targets(route);
        let Some((field, ..)) = there.first().copied() else { return };
        let list = Path::of(&["spec"]).field(field).field("action").field("weightedTargets");
        let position =
            |node: &str| there.iter().position(|(_, _, target)| Key::of(&target.virtual_node).shown() == node);
        let full = |target: &Target| Target { node: self.finder.full(&target.node), ..target.clone() };
        let wanted: Vec<Target> = wanted.iter().map(full).collect();
        let is_moved = is_all && there.len() == 2 && wanted.iter().all(|target| position(&target.node).is_some());
        let wanted: Vec<Target> = match wanted.as_slice() {
            [only @ Target { weight: None, .. }] if is_moved => vec![Target { weight: Some(100), ..only.clone() }],
            _ => wanted,
        };
        let said: u32 = wanted.iter().filter_map(|target| target.weight).sum();
        if said > 100 {
            self.draft.ask(format!("The shares of route `{shown}` add up to {said} %. Which should they be?"));
            return;
        }
        let others: Vec<usize> = (0..there.len())
            .filter(|index| !wanted.iter().any(|target| position(&target.node) == Some(*index)))
            .collect();
        if self.drains(route, &list, &wanted) {
            return;
        }
        let rest = if is_even(&wanted) { 0 } else { 100 - said };
        let without: Vec<&Target> = wanted.iter().filter(|target| target.weight.is_none()).collect();
        for target in &wanted {
            let weight = target.weight.unwrap_or_else(|| rest / u32::try_from(without.len()).unwrap_or(1).max(1));
            let weight = self.draft.number::<Weight>(&format!("the weight of `{}`", target.node), weight.into());
            match position(&target.node) {
                Some(index) => self.set(route, list.index(index).field("weight"), &weight),
                None => {
                    self.new_targets.push(target.node.clone());
                    let there =
                        self.finder.of_kind(Kind::VirtualNode).find(|node| Key::of(&node.name).shown() == target.node);
                    let name = there
                        .map_or_else(|| Expression::Text(target.node.clone()), |node| expression(Key::of(&node.name)));
                    let virtual_node = self.draft.said("a target of the route", &name);
                    self.append(route, list.clone(), &WeightedTarget { port: None, virtual_node, weight });
                }
            }
        }
        match others.as_slice() {
            [] => {}
            _ if rest == 0 && without.is_empty() => {
                for index in others.iter().filter(|index| !is_weight(there[**index].2, 0)) {
                    let node = Key::of(&there[*index].2.virtual_node).shown();
                    self.weigh_nothing(route, &list, *index);
                    self.draft.assume(
                        format!("`{node}` gets nothing of route `{shown}`"),
                        "the request gives all of it to others; the target stays, so that it can get a share again",
                    );
                }
            }
            [only] if without.is_empty() => {
                let node = Key::of(&there[*only].2.virtual_node).shown();
                let weight = self.draft.number::<Weight>(&format!("the weight of `{node}`"), rest.into());
                self.set(route, list.index(*only).field("weight"), &weight);
                self.draft.assume(
                    format!("`{node}` gets the other {rest} % of route `{shown}`"),
                    "the request names the share of the others",
                );
            }
            _ => self.draft.ask(format!("Route `{shown}` has other targets too. Which share should each of them get?")),
        }
    }
}

impl<'i> Desk<'i> {
    /// The route whose requests a wanted one shares out, where it names none and its targets are new there: that of their other
    /// versions, or the only one of the file.
    pub(super) fn shared_route(&mut self, wanted: &Route) -> Option<&'i Resource> {
        let is_whole = is_all_requests(wanted);
        if !is_part_of_requests(wanted) && !is_whole || wanted.router.is_some() {
            return None;
        }
        let all: Vec<&'i Resource> = self.finder.of_kind(Kind::Route).collect();
        let stems: Vec<String> =
            wanted.targets.iter().map(|target| stem(&self.finder.full(&target.node)).to_owned()).collect();
        let leads = |route: &&'i Resource| {
            let own = Finder::targets(route);
            own.iter().any(|(.., own)| stems.iter().any(|wanted| stem(&Key::of(&own.virtual_node).shown()) == wanted))
        };
        let related: Vec<&'i Resource> = all.iter().copied().filter(leads).collect();
        let what = if is_whole { "meant" } else { "shared" };
        if !related.is_empty() {
            let found = only_wide(&related)?;
            let shown = Key::of(&found.name).shown();
            self.draft.assume(
                format!("the requests of route `{shown}` are {what}"),
                "it leads to the other versions of the target",
            );
            return Some(found);
        }
        let [only] = all.as_slice() else { return None };
        (!is_narrow(only) && !self.serves_alone(wanted)).then_some(())?;
        let shown = Key::of(&only.name).shown();
        self.draft.assume(format!("the requests of route `{shown}` are {what}"), "it is the only route in the file");
        Some(only)
    }

    /// Lets targets get nothing and leaves the shares of the others, which are relative; `false` where more is said, or nobody
    /// else would get a request.
    fn drains(&mut self, route: &'i Resource, list: &Path, wanted: &[Target]) -> bool {
        let there = Finder::targets(route);
        let is_wanted = |target: &WeightedTarget| {
            let shown = Key::of(&target.virtual_node).shown();
            wanted.iter().any(|wanted| wanted.node == shown)
        };
        let drained: Vec<usize> =
            there.iter().filter(|(.., target)| is_wanted(target)).map(|(_, index, _)| *index).collect();
        let is_nothing = wanted.iter().all(|target| target.weight == Some(0)) && drained.len() == wanted.len();
        let is_left = there.iter().any(|(.., target)| !is_wanted(target) && !is_weight(target, 0));
        if is_nothing && is_left {
            for index in drained {
                self.weigh_nothing(route, list, index);
            }
        }
        is_nothing && is_left
    }

    /// Lets a target of a list get nothing, and stay.
    fn weigh_nothing(&mut self, route: &Resource, list: &Path, index: usize) {
        let weight = self.draft.number::<Weight>("a weight", 0);
        self.set(route, list.index(index).field("weight"), &weight);
    }
}

/// The only one of several routes that takes requests of any header.
pub(super) fn only_wide<'i>(routes: &[&'i Resource]) -> Option<&'i Resource> {
    let mut wide = routes.iter().filter(|route| !is_narrow(route));
    wide.next().filter(|_| wide.next().is_none()).copied()
}

/// Whether targets share all requests evenly, as far as whole numbers do that: 33 each, or 1 each.
fn is_even(wanted: &[Target]) -> bool {
    let Some(first) = wanted.first().and_then(|target| target.weight) else { return false };
    let count = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
    wanted.iter().all(|target| target.weight == Some(first))
        && count > 1
        && (first == 100 / count || first == 1 && 100 % count != 0)
}

/// Whether a route shares out a part of the requests and says nothing of the others.
pub(super) fn is_part_of_requests(wanted: &Route) -> bool {
    let shares: Option<Vec<u32>> = wanted.targets.iter().map(|target| target.weight).collect();
    let sum = shares.unwrap_or_default().into_iter().fold(0, u32::saturating_add);
    wanted.name.is_none() && (1..100).contains(&sum)
}

/// Whether all requests of a route that is there are to go to one target: "send all traffic to blue".
pub(super) fn is_all_requests(wanted: &Route) -> bool {
    let [target] = wanted.targets.as_slice() else { return false };
    wanted.action == Action::Change
        && wanted.name.is_none()
        && wanted.matcher.is_empty()
        && target.weight.is_none_or(|weight| weight == 100)
}

fn is_weight(target: &WeightedTarget, weight: i64) -> bool {
    target.weight.known().is_some_and(|own| own.value() == weight)
}
