//! In which order routes are tried: the narrower before the wider, with numbers that leave room between them.

use super::draft::Draft;
use super::names::listed;
use super::plan::{Plan, Router};
use super::routes::{conditions, takes_all};
use crate::intent::{GatewayRoute, Match, Pathway, Route};

/// The number that is tried last. Source: API reference, `RoutePriority`.
const LAST: u32 = 1000;
/// The room between two routes.
const STEP: u32 = 100;

/// A route as far as its order matters.
struct Ranked<'a> {
    name: String,
    matcher: &'a Match,
    priority: &'a mut Option<u32>,
}

/// Gives the routes of every router and gateway their numbers.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    for router in &mut plan.routers {
        let is_elsewhere = !router.is_made;
        let Router { routes, .. } = router;
        let ranked = routes.iter_mut().map(|route: &mut Route| Ranked {
            name: route.name.clone().unwrap_or_default(),
            matcher: &route.matcher,
            priority: &mut route.priority,
        });
        settle_ports(ranked.collect(), is_elsewhere, draft);
    }
    for gateway in &mut plan.gateways {
        let is_elsewhere = !gateway.is_made;
        let ranked = gateway.wanted.routes.iter_mut().map(|route: &mut GatewayRoute| Ranked {
            name: route.name.clone().unwrap_or_default(),
            matcher: &route.matcher,
            priority: &mut route.priority,
        });
        settle_ports(ranked.collect(), is_elsewhere, draft);
    }
}

/// The order in which matches must be tried: those that ask for more first, then exact paths, patterns, longer prefixes.
fn width(matcher: &Match) -> (bool, usize, u8, usize, bool) {
    let asked = conditions(matcher) + usize::from(matcher.hostname.is_some());
    let (kind, length) = match &matcher.path {
        Some(Pathway::Exact(path)) => (0, path.len()),
        Some(Pathway::Regex(pattern)) => (1, pattern.len()),
        Some(Pathway::Prefix(prefix)) => (2, prefix.len()),
        None => (3, 0),
    };
    (takes_all(matcher), usize::MAX - asked, kind, usize::MAX - length, matcher.grpc_service.is_none())
}

/// Routes for different ports never meet.
fn settle_ports(mut ranked: Vec<Ranked<'_>>, is_elsewhere: bool, draft: &mut Draft) {
    ranked.sort_by_key(|route| route.matcher.port);
    while let Some(first) = ranked.first() {
        let port = first.matcher.port;
        let rest = ranked.iter().position(|route| route.matcher.port != port).unwrap_or(ranked.len());
        let rest = ranked.split_off(rest);
        settle_group(std::mem::replace(&mut ranked, rest), is_elsewhere, draft);
    }
}

fn settle_group(mut ranked: Vec<Ranked<'_>>, is_elsewhere: bool, draft: &mut Draft) {
    ranked.sort_by_key(|route| width(route.matcher));
    let is_first_come = !is_elsewhere || ranked.first().is_some_and(|only| takes_all(only.matcher));
    if ranked.len() < 2 && is_first_come {
        return;
    }
    find_hidden(&ranked, draft);
    let count = u32::try_from(ranked.len()).unwrap_or(LAST);
    let step = STEP.min((LAST / (count + 1)).max(1));
    let mut made = Vec::new();
    let mut last = 0;
    for position in 0..ranked.len() {
        if let Some(given) = *ranked[position].priority {
            last = given;
            continue;
        }
        let next = ranked[position + 1..].iter().find_map(|route| *route.priority);
        let room = |next: u32| last.saturating_add(step).min(last.saturating_add(next.saturating_sub(last) / 2));
        let number = match next {
            _ if takes_all(ranked[position].matcher) && next.is_none() => LAST,
            Some(next) if room(next) < next => room(next),
            // Nothing can come before the first: it is said to be so.
            Some(_) => {
                let used: Vec<u32> = ranked.iter().filter_map(|route| *route.priority).collect();
                (1..=LAST).map(|turn| turn * step).find(|number| !used.contains(number)).unwrap_or(LAST)
            }
            None => last.saturating_add(step),
        };
        let number = number.min(LAST);
        *ranked[position].priority = Some(number);
        made.push(format!("`{}` {number}", ranked[position].name));
        last = number;
    }
    if !made.is_empty() {
        draft.assume(
            format!("the priorities are {}", made.join(", ")),
            "the lowest number is tried first, and a narrower route must come before a wider one that would take its requests",
        );
    }
}

/// Asks about routes that a wider one with a smaller number would hide.
fn find_hidden(ranked: &[Ranked<'_>], draft: &mut Draft) {
    let wide = ranked.iter().filter(|route| takes_all(route.matcher));
    for (wide, number) in wide.filter_map(|route| Some((route, (*route.priority)?))) {
        let is_hidden = |route: &&Ranked<'_>| {
            !takes_all(route.matcher)
                && route.matcher.port == wide.matcher.port
                && route.priority.is_some_and(|own| own >= number)
        };
        let hidden: Vec<&str> = ranked.iter().filter(is_hidden).map(|route| route.name.as_str()).collect();
        if !hidden.is_empty() {
            draft.ask(format!(
                "With priority {number}, `{}` takes every request before {} could. Which of them should be tried first?",
                wide.name,
                listed(&hidden)
            ));
        }
    }
}
