//! Retry policies: events that fit the protocol, and attempts that fit into the time that a request may take.

use super::draft::Draft;
use super::plan::Plan;
use crate::intent::{Protocol, Retry, Route, Span, Timeout};

/// How long a request may take where nothing says it. Source: `meshwright_model::defaults`.
pub(super) const DEFAULT: Span = Span::millis(meshwright_model::defaults::PER_REQUEST_TIMEOUT_MILLIS);

/// Attempts after the first where the request says none. Source: App Mesh User Guide, best practices: two at least.
const RETRIES: u32 = 2;

/// Events of HTTP, as the API's documentation has them.
pub(super) const HTTP_EVENTS: &[&str] = &["server-error", "gateway-error", "client-error", "stream-error"];
/// Events of gRPC.
pub(super) const GRPC_EVENTS: &[&str] =
    &["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"];
/// Events of TCP.
pub(super) const TCP_EVENTS: &[&str] = &["connection-error"];

/// Completes every retry policy.
pub(super) fn settle(plan: &mut Plan, draft: &mut Draft) {
    for route in plan.routers.iter_mut().flat_map(|router| &mut router.routes) {
        complete(route, draft);
    }
}

/// Completes the retry policy of a route.
pub(super) fn complete(route: &mut Route, draft: &mut Draft) {
    let Some(mut retry) = route.retry.take() else { return };
    let name = route.name.clone().unwrap_or_default();
    let is_none = retry.max_retries == Some(0);
    if route.protocol == Some(Protocol::Tcp) {
        if is_none {
            return;
        }
        draft.ask(format!("Route `{name}` is for tcp, which has no retries. Should it be for http?"));
        return;
    }
    settle_events(&mut retry, route, &name, draft);
    if is_none {
        settle_none(&mut retry, route, &name, draft);
        route.retry = Some(retry);
        return;
    }
    settle_times(&mut retry, route, &name, draft);
    route.retry = Some(retry);
}

fn settle_events(retry: &mut Retry, route: &Route, name: &str, draft: &mut Draft) {
    let protocol = route.protocol.unwrap_or(Protocol::Http);
    retry.events.dedup();
    let mut seen: Vec<String> = Vec::new();
    for event in std::mem::take(&mut retry.events) {
        let is_http = HTTP_EVENTS.contains(&event.as_str()) || TCP_EVENTS.contains(&event.as_str());
        let is_grpc = GRPC_EVENTS.contains(&event.as_str());
        if seen.contains(&event) {
            continue;
        }
        if !is_http && !is_grpc {
            draft.ask(format!(
                "Route `{name}` is to retry on `{event}`, which is no event of App Mesh. Which of {} is meant?",
                [HTTP_EVENTS, TCP_EVENTS, GRPC_EVENTS].concat().join(", ")
            ));
            continue;
        }
        if is_grpc && protocol != Protocol::Grpc {
            draft.ask(format!(
                "Route `{name}` is for {}, and `{event}` is an event of grpc. Is the route for grpc, or is another event meant?",
                protocol.word()
            ));
            continue;
        }
        seen.push(event);
    }
    retry.events = seen;
    if !retry.events.is_empty() {
        return;
    }
    // Source: App Mesh User Guide, best practices, "Instrument all routes with retries"; of unsafe methods it says that events need
    // to be considered case by case, and that only these two come before a request is processed is inferred.
    let is_unsafe = matches!(route.matcher.method.as_deref(), Some("POST" | "PATCH"));
    let mut events: Vec<&str> = if is_unsafe {
        vec!["stream-error", "connection-error"]
    } else {
        vec!["gateway-error", "stream-error", "connection-error"]
    };
    if protocol == Protocol::Grpc {
        events.extend(["cancelled", "unavailable"]);
    }
    retry.events = events.iter().map(|event| (*event).to_owned()).collect();
    let why = if is_unsafe {
        "a retry policy without events does nothing, and what a POST or PATCH has done once should not be done twice"
    } else {
        "a retry policy without events does nothing; these are what AWS advises, and they spare requests that the application itself has failed"
    };
    if retry.max_retries != Some(0) {
        draft.assume(format!("route `{name}` retries on {}", events.join(", ")), why);
    }
}

/// A policy that retries nothing. Source: App Mesh User Guide, "Default route retry policy".
fn settle_none(retry: &mut Retry, route: &Route, name: &str, draft: &mut Draft) {
    let limit = route.timeout.as_ref().and_then(|timeout| timeout.per_request).filter(|limit| limit.millis > 0);
    retry.per_retry_timeout = retry.per_retry_timeout.or(limit).or(Some(DEFAULT));
    draft.assume(
        format!("route `{name}` has a retry policy of 0 retries"),
        "a route without a policy gets App Mesh's own, which retries",
    );
}

fn settle_times(retry: &mut Retry, route: &mut Route, name: &str, draft: &mut Draft) {
    let retries = retry.max_retries.unwrap_or_else(|| {
        draft.assume(format!("route `{name}` retries {RETRIES} times"), "AWS advises two retries at least");
        RETRIES
    });
    retry.max_retries = Some(retries);
    let attempts = u64::from(retries) + 1;
    let given = route.timeout.as_ref().and_then(|timeout| timeout.per_request);
    let per_try = retry.per_retry_timeout.unwrap_or_else(|| {
        let budget = given.filter(|span| span.millis > 0).unwrap_or(DEFAULT);
        let share = budget.millis / attempts;
        let whole = if share >= 1000 { share / 1000 * 1000 } else { share.max(1) };
        let per_try = Span::millis(whole);
        draft.assume(
            format!("each attempt of route `{name}` may take {per_try}"),
            format!("so that {attempts} attempts fit into the {budget} that a request may take"),
        );
        per_try
    });
    retry.per_retry_timeout = Some(per_try);
    if per_try.millis == 0 {
        draft.ask(format!(
            "Each attempt of route `{name}` may take 0s, so that none can succeed. How long may an attempt take?"
        ));
        return;
    }
    let all = Span::millis(per_try.millis.saturating_mul(attempts));
    match given {
        Some(limit) if limit.millis > 0 && all > limit => draft.assume(
            format!(
                "route `{name}` ends a request after {limit}, before its {attempts} attempts of {per_try} are over"
            ),
            format!("both hold; {all} would let every attempt have its time"),
        ),
        Some(_) => {}
        None if all > DEFAULT && retries > 0 => {
            let timeout = route.timeout.get_or_insert_with(Timeout::default);
            timeout.per_request = Some(all);
            draft.assume(
                format!("a request of route `{name}` may take {all}"),
                format!("{attempts} attempts of {per_try} do not fit into the default of {DEFAULT}"),
            );
        }
        None if retries > 0 => draft.assume(
            format!("a request of route `{name}` may take {DEFAULT}, App Mesh's default"),
            format!("{attempts} attempts of {per_try} fit into it"),
        ),
        None => {}
    }
}
