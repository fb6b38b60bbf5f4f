//! Decides what the routes of a router are: which are one, what their shares, names and protocols are.

use super::draft::Draft;
use super::names::{common_stem, listed, stem};
use super::plan::{Plan, Router, is_change};
use super::retries::GRPC_EVENTS;
use crate::intent::{Match, Pathway, Protocol, Route, Target};

/// Settles the routes of every router.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    let mut routers = std::mem::take(&mut plan.routers);
    for router in &mut routers {
        settle_protocols(router, plan);
        merge(router, draft);
        for_each_listener(router, draft);
        for route in &mut router.routes {
            settle_targets(route, plan, draft);
        }
        name(router, draft);
    }
    say_existing(&routers, plan, draft);
    plan.routers = routers;
}

/// Says which nodes must be there already.
fn say_existing(routers: &[Router], plan: &Plan, draft: &mut Draft) {
    let targets = routers.iter().flat_map(|router| &router.routes).flat_map(|route| &route.targets);
    let mut names: Vec<&str> =
        targets.map(|target| target.node.as_str()).filter(|name| plan.node(name).is_none()).collect();
    names.sort_unstable();
    names.dedup();
    if !names.is_empty() {
        let verb = if names.len() == 1 { "virtual node {} exists" } else { "virtual nodes {} exist" };
        let what = verb.replace("{}", &listed(&names));
        draft.assume(format!("{what} already"), "the request sends requests there, and describes no node of that name");
    }
}

/// Whether a route takes every request that nothing before it takes.
pub(super) fn takes_all(matcher: &Match) -> bool {
    let is_wide = match &matcher.path {
        None => true,
        Some(Pathway::Prefix(prefix)) => prefix == "/",
        Some(Pathway::Exact(_) | Pathway::Regex(_)) => false,
    };
    is_wide && conditions(matcher) == 0 && matcher.grpc_service.is_none() && matcher.hostname.is_none()
}

/// How many things beside the path a match asks for.
pub(super) fn conditions(matcher: &Match) -> usize {
    let single = [matcher.method.is_some(), matcher.scheme.is_some(), matcher.grpc_method.is_some()];
    matcher.headers.len() + matcher.query.len() + single.into_iter().filter(|is_there| *is_there).count()
}

fn settle_protocols(router: &mut Router, plan: &Plan) {
    let first = router.listeners.iter().find_map(|listener| listener.protocol);
    let listeners = router.listeners.clone();
    for route in &mut router.routes {
        let events = route.retry.iter().flat_map(|retry| &retry.events);
        let is_grpc = route.matcher.grpc_service.is_some()
            || route.matcher.grpc_method.is_some()
            || events.into_iter().any(|event| GRPC_EVENTS.contains(&event.as_str()));
        let node = |target: &Target| plan.node(&target.node)?.listener_on(target.port.or(route.matcher.port))?.protocol;
        let of_nodes = route.targets.iter().find_map(node);
        let hinted = if is_grpc { Some(Protocol::Grpc) } else { None };
        // A route for a port is for the listener there.
        let of_port = listeners.iter().find(|there| there.port.is_some() && there.port == route.matcher.port);
        let listener = of_port.and_then(|there| there.protocol).or(first);
        route.protocol = route.protocol.or(hinted).or(listener).or(of_nodes).or(Some(Protocol::Http));
    }
    let of_routes = router.routes.iter().find_map(|route| route.protocol);
    for listener in &mut router.listeners {
        listener.protocol = listener.protocol.or(of_routes).or(Some(Protocol::Http));
    }
}

/// Routes that take the same requests cannot share them: they become one with several targets.
fn merge(router: &mut Router, draft: &mut Draft) {
    let mut merged: Vec<Route> = Vec::new();
    for route in std::mem::take(&mut router.routes) {
        let plain = |route: &Route| Match { otherwise: false, ..route.matcher.clone() };
        let same = merged.iter_mut().find(|other| plain(other) == plain(&route) && other.protocol == route.protocol);
        let Some(other) = same else {
            merged.push(route);
            continue;
        };
        if other.matcher.otherwise != route.matcher.otherwise {
            let (first, rest) = if route.matcher.otherwise { (&*other, &route) } else { (&route, &*other) };
            let names = |route: &Route| listed(&route.targets.iter().map(|target| &target.node).collect::<Vec<_>>());
            draft.ask(format!("Which requests should go to {}, if all others go to {}?", names(first), names(rest)));
            continue;
        }
        take_in(other, route, draft);
    }
    router.routes = merged;
}

fn take_in(one: &mut Route, other: Route, draft: &mut Draft) {
    let all: Vec<String> = one.targets.iter().chain(&other.targets).map(|target| target.node.clone()).collect();
    draft.assume(
        format!("one route shares the requests among {}", listed(&all)),
        "of two routes that take the same requests only one is ever used; shares are weights of targets within one route",
    );
    let differ = (one.retry.is_some() && other.retry.is_some() && one.retry != other.retry)
        || (one.timeout.is_some() && other.timeout.is_some() && one.timeout != other.timeout);
    if differ {
        draft.ask(format!(
            "{} share one route, which has one retry policy and one timeout. Which of those in the request hold?",
            listed(&all)
        ));
    }
    one.targets.extend(other.targets);
    one.retry = one.retry.take().or(other.retry);
    one.timeout = one.timeout.take().or(other.timeout);
    one.priority = one.priority.or(other.priority);
    one.name = one.name.take().or(other.name);
}

/// A router with several listeners needs to know for which each route is.
fn for_each_listener(router: &mut Router, draft: &mut Draft) {
    if router.listeners.len() < 2 {
        return;
    }
    let mut copies = Vec::new();
    for route in std::mem::take(&mut router.routes) {
        if route.matcher.port.is_some() {
            copies.push(route);
            continue;
        }
        let listeners: Vec<_> = router.listeners.iter().filter(|listener| listener.port.is_some()).collect();
        for listener in &listeners {
            let mut own = route.clone();
            own.matcher.port = listener.port;
            own.protocol = listener.protocol.or(route.protocol);
            let suffix = listener.port.unwrap_or_default();
            own.name = route.name.as_ref().map(|name| format!("{name}-{suffix}"));
            copies.push(own);
        }
        if listeners.len() > 1 {
            draft.assume(
                format!("`{}` has a route for each of its ports", router.name.shown()),
                "a route of a router with several listeners is for one of them",
            );
        }
    }
    router.routes = copies;
}

fn settle_targets(route: &mut Route, plan: &Plan, draft: &mut Draft) {
    let names: Vec<String> = route.targets.iter().map(|target| target.node.clone()).collect();
    if names.is_empty() && is_change(route.action) {
        return;
    }
    if names.is_empty() {
        let what = route.name.as_ref().map_or_else(|| "the route".to_owned(), |name| format!("route `{name}`"));
        draft.ask(format!("Where should {what} send its requests?"));
        return;
    }
    for target in &mut route.targets {
        let Some(node) = plan.node(&target.node).filter(|node| node.listeners.len() > 1) else { continue };
        let same_port = node.listener_on(route.matcher.port).filter(|_| route.matcher.port.is_some());
        let same_protocol = || node.listeners.iter().find(|listener| listener.protocol == route.protocol);
        target.port = target.port.or(same_port.or_else(same_protocol).and_then(|listener| listener.port));
    }
    for (position, target) in route.targets.iter().enumerate() {
        let is_same = |other: &Target| other.node == target.node && other.port == target.port;
        if route.targets[..position].iter().any(is_same) {
            draft.ask(format!("`{}` is named twice as a target of one route. Which share should it get?", target.node));
        }
    }
    settle_weights(&mut route.targets, &names, draft);
}

/// Gives every target a weight: those without one share what the others leave of 100.
fn settle_weights(targets: &mut [Target], names: &[String], draft: &mut Draft) {
    let given: Vec<u32> = targets.iter().filter_map(|target| target.weight).collect();
    let sum: u64 = given.iter().map(|weight| u64::from(*weight)).sum();
    let missing = targets.len() - given.len();
    if let [only] = targets {
        match only.weight {
            None => only.weight = Some(100),
            Some(0 | 1 | 100..) => {}
            Some(weight) => draft.ask(format!(
                "`{}` is to get {weight} % of the requests. Where should the other {} % go?",
                only.node,
                100 - weight
            )),
        }
    }
    let weights = |targets: &[Target]| -> String {
        let share = |target: &Target| format!("`{}` {}", target.node, target.weight.unwrap_or_default());
        targets.iter().map(share).collect::<Vec<_>>().join(", ")
    };
    if missing > 0 && targets.len() > 1 {
        let rest = 100_u64.saturating_sub(sum);
        if rest < missing as u64 {
            let without: Vec<&String> =
                targets.iter().zip(names).filter(|(target, _)| target.weight.is_none()).map(|(_, name)| name).collect();
            draft.ask(format!("The shares add up to {sum} % already. What is left for {}?", listed(&without)));
        }
        let share = u32::try_from(rest / missing as u64).unwrap_or_default();
        let mut more = u32::try_from(rest % missing as u64).unwrap_or_default();
        for target in targets.iter_mut().filter(|target| target.weight.is_none()) {
            target.weight = Some(share + u32::from(more > 0));
            more = more.saturating_sub(1);
        }
        let why = if given.is_empty() {
            "the request names no shares"
        } else {
            "the rest of 100 is left for those without a share"
        };
        draft.assume(format!("the shares are {}", weights(targets)), why);
        return;
    }
    let sum: u64 = targets.iter().filter_map(|target| target.weight).map(u64::from).sum();
    if sum == 0 {
        draft.ask(format!(
            "All weights are 0, so that no request goes anywhere. Which share should {} get?",
            listed(names)
        ));
    } else if sum > 100 && targets.len() > 1 {
        draft.ask(format!("The shares ({}) add up to {sum} %. Which should they be?", weights(targets)));
    } else if sum != 100 && targets.len() > 1 {
        let share = |target: &Target| {
            let weight = u64::from(target.weight.unwrap_or_default());
            format!("`{}` {}.{} %", target.node, weight * 100 / sum, weight * 1000 / sum % 10)
        };
        let shares: Vec<String> = targets.iter().map(share).collect();
        draft.assume(
            format!("the weights stay as they are said and mean {}", shares.join(", ")),
            format!("a share is the weight over the sum of all, which is {sum} here and not 100"),
        );
    }
}

/// Names the routes that the request does not name.
fn name(router: &mut Router, draft: &mut Draft) {
    let all: Vec<String> =
        router.routes.iter().flat_map(|route| &route.targets).map(|target| target.node.clone()).collect();
    let router_stem = router.name.text().map(|name| name.trim_end_matches("-router").to_owned());
    let common = common_stem(all.iter().map(String::as_str)).map(str::to_owned);
    let base = common.or(router_stem).unwrap_or_else(|| "default".to_owned());
    let is_alone = router.routes.len() == 1;
    let mut taken: Vec<String> = router.routes.iter().filter_map(|route| route.name.clone()).collect();
    let mut made = Vec::new();
    for route in router.routes.iter_mut().filter(|route| route.name.is_none()) {
        let wanted = match route.targets.as_slice() {
            _ if is_alone && takes_all(&route.matcher) => format!("{base}-route"),
            _ if takes_all(&route.matcher) && base == "default" => "default-route".to_owned(),
            _ if takes_all(&route.matcher) => format!("{base}-default-route"),
            [only] => format!("{}-route", only.node),
            [first, ..] => format!("{}-route", stem(&first.node)),
            [] => format!("{base}-route"),
        };
        let mut name = wanted.clone();
        let mut count = 1;
        while taken.contains(&name) {
            count += 1;
            name = format!("{wanted}-{count}");
        }
        taken.push(name.clone());
        made.push(name.clone());
        route.name = Some(name);
    }
    if !made.is_empty() {
        let is_one = made.len() == 1;
        let what = if is_one { "the route is called" } else { "the routes are called" };
        let why = if is_one { "it is for these targets" } else { "they are for these targets" };
        draft.assume(format!("{what} {}", listed(&made)), format!("the request gives no name; {why}"));
    }
}
