//! Timeouts that hold on both sides: more than the default of 15 seconds needs the route and every listener behind it.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::names::listed;
use super::plan::Plan;
use super::retries::DEFAULT;
use crate::intent::{Protocol, Route, Span, Timeout};

/// How long a stream may be silent where nothing says it.
const IDLE: Span = Span::millis(meshwright_model::defaults::IDLE_TIMEOUT_MILLIS);

/// Lets routes and the listeners behind them agree.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    let mut raised: BTreeMap<Span, Vec<String>> = BTreeMap::new();
    let mut elsewhere: BTreeMap<Span, Vec<String>> = BTreeMap::new();
    let mut routers = std::mem::take(&mut plan.routers);
    for route in routers.iter_mut().flat_map(|router| &mut router.routes) {
        if route.protocol == Some(Protocol::Tcp) {
            settle_tcp(route, draft);
            continue;
        }
        lift_idle(route.timeout.as_mut());
        let Some(timeout) = route.timeout.clone() else { continue };
        for target in &route.targets {
            let Some(position) = plan.node_position(&target.node) else {
                if let Some(span) = timeout.per_request.filter(|span| outlasts(*span, DEFAULT)) {
                    elsewhere.entry(span).or_default().push(target.node.clone());
                }
                continue;
            };
            let node = &mut plan.nodes[position];
            let shown = node.name.shown();
            let reached = node.listeners.iter_mut().filter(|listener| {
                target.port.is_none_or(|port| listener.port == Some(port)) && listener.protocol == route.protocol
            });
            for listener in reached {
                if raise(&mut listener.timeout, &timeout) {
                    raised.entry(timeout.per_request.unwrap_or(DEFAULT)).or_default().push(shown.clone());
                }
            }
        }
    }
    plan.routers = routers;
    for node in &mut plan.nodes {
        for listener in &mut node.listeners {
            lift_idle(listener.timeout.as_mut());
        }
    }
    for (span, mut names) in raised {
        names.dedup();
        let span = if span.millis == 0 { "as long as it takes".to_owned() } else { span.to_string() };
        draft.assume(
            format!("the listener of {} lets a request take {span} too", listed(&names)),
            format!("a listener ends requests after {DEFAULT} by default, whatever the route says"),
        );
    }
    for (span, mut names) in elsewhere {
        names.dedup();
        draft.assume(
            format!("the listeners of {} get the timeout {span} as well, where they are defined", listed(&names)),
            format!("they are not part of this answer, and end requests after {DEFAULT} by default"),
        );
    }
}

/// Whether a timeout needs the route's to be raised too: over the default of 15 seconds, or none at all.
pub(super) fn is_raised(timeout: &Timeout) -> bool {
    timeout.per_request.is_some_and(|span| span.millis == 0 || span.millis > 15_000)
}

/// Whether one span, where 0 is no limit, is longer than another.
fn outlasts(one: Span, other: Span) -> bool {
    other.millis != 0 && (one.millis == 0 || one > other)
}

/// A request that may take longer than a stream may be silent would be cut off while it waits.
fn lift_idle(timeout: Option<&mut Timeout>) {
    let Some(timeout) = timeout else { return };
    let Some(per_request) = timeout.per_request else { return };
    if timeout.idle.is_none() && outlasts(per_request, IDLE) {
        timeout.idle = Some(per_request);
    }
}

/// Raises a listener's timeout to the route's where it would end requests first; answers whether it did.
fn raise(own: &mut Option<Timeout>, route: &Timeout) -> bool {
    let current = own.clone().unwrap_or_default();
    let mut wanted = current.clone();
    if let Some(span) = route.per_request
        && outlasts(span, current.per_request.unwrap_or(DEFAULT))
    {
        wanted.per_request = Some(span);
    }
    if let Some(span) = route.idle
        && outlasts(span, current.idle.unwrap_or(IDLE))
    {
        wanted.idle = Some(span);
    }
    // Where the route says how long a stream may be silent, the listener need not guess.
    if wanted.per_request != current.per_request && wanted.idle.is_none() {
        wanted.idle = route.idle;
    }
    let is_raised = wanted != current;
    if is_raised {
        *own = Some(wanted);
    }
    is_raised
}

fn settle_tcp(route: &Route, draft: &mut Draft) {
    if route.timeout.as_ref().is_some_and(|timeout| timeout.per_request.is_some()) {
        let name = route.name.clone().unwrap_or_default();
        draft.ask(format!(
            "Route `{name}` is for tcp, which has no requests to time out. Is its idle timeout meant, or is it for http?"
        ));
    }
}
