//! The numbers of new routes among those that are there: behind the narrower, before the wider. Where no number is free, the
//! routes that are there move.

mod shape;

use meshwright_model::limits::Priority;
use meshwright_model::reference::Key;
use meshwright_model::{Path, Resource, Scalar, Spec};

use super::Desk;
use crate::intent::Intent;
use shape::Shape;

/// The number that is tried last. Source: API reference, `RoutePriority`.
const LAST: i64 = 1000;
/// Where a route without a number stands: behind all that have one. Source: aws-app-mesh-examples, `blogs/http-headers-and-priority`.
const UNNUMBERED: i64 = LAST + 1;

/// A route among its siblings.
struct Rank<'i> {
    name: String,
    number: i64,
    shape: Shape,
    /// The route, where it is there already.
    there: Option<&'i Resource>,
}

impl<'i> Desk<'i> {
    /// Gives new routes of what is there numbers among their siblings; `is_given` tells those that the request numbers.
    /// Answers whether one got another number.
    pub(super) fn settle_priorities(&mut self, made: &mut [Resource], is_given: &dyn Fn(i64) -> bool) -> bool {
        let mut order: Vec<usize> = (0..made.len()).filter(|at| Shape::of(&made[*at]).is_some()).collect();
        order.sort_by_key(|at| number_of(&made[*at]));
        let mut is_settled = false;
        while let Some(first) = order.first().copied() {
            let (kind, parent) = (made[first].kind(), made[first].parent.clone());
            let is_sibling = |other: &Resource| other.kind() == kind && other.parent == parent;
            let (group, rest) = order.into_iter().partition(|at| is_sibling(&made[*at]));
            order = rest;
            let mut ranks: Vec<Rank<'i>> =
                self.finder.of_kind(kind).filter(|other| is_sibling(other)).filter_map(rank).collect();
            if !ranks.is_empty() {
                is_settled |= self.settle_group(made, group, &mut ranks, is_given);
            }
        }
        is_settled
    }

    fn settle_group(
        &mut self,
        made: &mut [Resource],
        group: Vec<usize>,
        ranks: &mut Vec<Rank<'i>>,
        is_given: &dyn Fn(i64) -> bool,
    ) -> bool {
        let mut is_settled = false;
        for at in group {
            let (Some(shape), number) = (Shape::of(&made[at]), number_of(&made[at]).unwrap_or(UNNUMBERED)) else {
                continue;
            };
            let name = Key::of(&made[at].name).shown();
            let mut new = Rank { name, number, shape, there: None };
            let is_changed =
                if is_given(number) { self.ask_about_given(&new, ranks) } else { self.place(&mut new, ranks) };
            if is_changed {
                is_settled = true;
                let written = u64::try_from(new.number).ok().filter(|_| new.number <= LAST);
                let written = written
                    .map(|number| self.draft.number::<Priority>(&format!("the priority of `{}`", new.name), number));
                match &mut made[at].spec {
                    Spec::Route(spec) => spec.priority = written,
                    Spec::GatewayRoute(spec) => spec.priority = written,
                    _ => {}
                }
            }
            ranks.push(new);
        }
        is_settled
    }

    /// Asks where a sibling of a route that is there has the number that it is to get.
    pub(super) fn ask_about_taken(&mut self, route: &'i Resource, number: Option<u32>) {
        let is_sibling = |other: &&Resource| !std::ptr::eq(*other, route) && other.parent == route.parent;
        let taken = self.finder.of_kind(route.kind()).filter(is_sibling).find(|other| {
            let own = number_of(other);
            own.is_some() && own == number.map(i64::from)
        });
        if let Some(other) = taken {
            let (other, shown) = (Key::of(&other.name).shown(), Key::of(&route.name).shown());
            let number = number.unwrap_or_default();
            self.draft
                .ask(format!("Route `{other}` has priority {number} already. Which number should `{shown}` get?"));
        }
    }

    /// A number that the request gives stays; where it comes too late, that is asked about.
    fn ask_about_given(&mut self, new: &Rank<'_>, ranks: &[Rank<'_>]) -> bool {
        if let Some(other) = ranks.iter().find(|other| other.number == new.number) {
            self.draft.ask(format!(
                "Route `{}` has priority {} already. Which number should `{}` get?",
                other.name, new.number, new.name
            ));
            return false;
        }
        let hides = |other: &&Rank<'_>| {
            other.number < new.number && other.shape.is_wider(&new.shape) && other.shape.asks_no_more(&new.shape)
        };
        if let Some(wider) = ranks.iter().find(hides) {
            self.draft.ask(format!(
                "With priority {}, route `{}` is tried behind `{}`, which has {} and takes its requests. Which number should it get?",
                new.number, new.name, wider.name, wider.number
            ));
        }
        false
    }

    /// Gives a new route a number; whether it is another than it had.
    fn place(&mut self, new: &mut Rank<'i>, ranks: &mut [Rank<'i>]) -> bool {
        let taken = |number: i64| number <= LAST && ranks.iter().any(|rank| rank.number == number);
        // Of two that take requests of each other, the new one is what the request is about.
        let crosses = |rank: &Rank<'_>| rank.there.is_some() && rank.shape.crosses(&new.shape);
        let is_wider = |rank: &&Rank<'_>| rank.shape.is_wider(&new.shape) || crosses(rank);
        let beaten = ranks.iter().filter(is_wider).min_by_key(|rank| rank.number);
        let until = beaten.map_or(UNNUMBERED, |rank| rank.number);
        let is_narrower = |rank: &&Rank<'_>| new.shape.is_wider(&rank.shape) && !crosses(rank);
        let narrower = ranks.iter().filter(is_narrower).map(|rank| rank.number);
        let from = narrower.filter(|number| *number < until || beaten.is_none()).max().unwrap_or(-1);
        let is_last = beaten.is_none() && new.number == UNNUMBERED;
        if is_last || from < new.number && new.number < until && !taken(new.number) {
            return false;
        }
        let below = ranks.iter().map(|rank| rank.number).filter(|number| *number < until).max().unwrap_or(-1).max(from);
        let middle = below.max(0) + (until - below.max(0)) / 2;
        let is_free = |number: &i64| from < *number && *number < until && !taken(*number);
        let free = Some(middle).filter(is_free).or_else(|| (0..=LAST).rev().find(is_free));
        // Without numbers the longer prefix is tried first.
        let is_sorted = until == UNNUMBERED && beaten.is_none_or(|beaten| beaten.shape.is_shorter(&new.shape));
        let why = match beaten {
            Some(beaten) if beaten.number <= LAST => {
                format!(
                    "it must be tried before `{}`, which has {} and would take its requests",
                    beaten.name, beaten.number
                )
            }
            Some(beaten) => {
                format!("it must be tried before `{}`, which has none and would take its requests", beaten.name)
            }
            None if from >= 0 => "it must be tried behind those whose requests it would take".to_owned(),
            None => "another route has the number that it would have".to_owned(),
        };
        match free {
            Some(number) => new.number = number,
            None if is_sorted => new.number = UNNUMBERED,
            None => {
                if !self.make_room(until, ranks, &new.name) {
                    return false;
                }
                new.number = until;
            }
        }
        let number = if new.number > LAST { "no priority".to_owned() } else { format!("priority {}", new.number) };
        self.draft.assume(format!("route `{}` has {number}", new.name), why);
        true
    }

    /// Moves routes up, from a number on, as far as that is needed to leave the number free.
    fn make_room(&mut self, from: i64, ranks: &mut [Rank<'i>], new: &str) -> bool {
        let mut order: Vec<usize> = (0..ranks.len()).filter(|at| (from..=LAST).contains(&ranks[*at].number)).collect();
        order.sort_by_key(|at| ranks[*at].number);
        let mut last = from;
        let mut moves: Vec<(usize, i64)> = Vec::new();
        for at in order {
            if ranks[at].number > last {
                break;
            }
            last += 1;
            moves.push((at, last));
        }
        if last > LAST || moves.iter().any(|(at, _)| ranks[*at].there.is_none()) {
            self.draft.ask(format!(
                "Route `{new}` must be tried before others whose numbers leave none free. Which numbers should they get?"
            ));
            return false;
        }
        for (at, number) in moves {
            let Rank { name, number: before, there, .. } = &mut ranks[at];
            let Some(resource) = there else { continue };
            let priority = self
                .draft
                .number::<Priority>(&format!("the priority of `{name}`"), u64::try_from(number).unwrap_or_default());
            self.set(resource, Path::of(&["spec", "priority"]), &priority);
            self.draft.assume(
                format!("{} `{name}` moves from priority {before} to {number}", resource.kind()),
                format!("no number is free before it, and `{new}` must be tried first"),
            );
            *before = number;
        }
        true
    }
}

/// A route that is there, unless its number is left open.
fn rank(resource: &Resource) -> Option<Rank<'_>> {
    let priority = match &resource.spec {
        Spec::Route(spec) => spec.priority.as_ref(),
        Spec::GatewayRoute(spec) => spec.priority.as_ref(),
        _ => return None,
    };
    let number = match priority {
        Some(priority) => priority.known()?.value(),
        None => UNNUMBERED,
    };
    let name = Key::of(&resource.name).shown();
    Some(Rank { name, number, shape: Shape::of(resource)?, there: Some(resource) })
}

fn number_of(resource: &Resource) -> Option<i64> {
    let priority = match &resource.spec {
        Spec::Route(spec) => spec.priority.as_ref(),
        Spec::GatewayRoute(spec) => spec.priority.as_ref(),
        _ => None,
    };
    priority.and_then(Scalar::known).map(|priority| priority.value())
}

/// The numbers that a request gives.
pub(super) fn given(intent: &Intent) -> Vec<i64> {
    let nested = intent.virtual_routers.iter().flat_map(|router| &router.routes);
    let routes = intent.routes.iter().chain(nested).filter_map(|route| route.priority);
    let nested = intent.virtual_gateways.iter().flat_map(|gateway| &gateway.routes);
    let gateway_routes = intent.gateway_routes.iter().chain(nested).filter_map(|route| route.priority);
    routes.chain(gateway_routes).map(i64::from).collect()
}
