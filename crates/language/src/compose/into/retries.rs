//! Edits of retry policies.

use meshwright_model::Resource;
use meshwright_model::Spec;
use meshwright_model::duration::Duration;
use meshwright_model::edit::NewValue;
use meshwright_model::reference::Key;
use meshwright_model::route::{ProtocolRoute, RouteSpec};

use super::Desk;
use super::matches::route_part;
use super::part::{Part, member};
use super::routes::protocol;
use crate::compose::plan::Router;
use crate::compose::retries::{DEFAULT, complete};
use crate::compose::route::route_spec;
use crate::intent::{Retry, Route, Span, Target, Timeout};

/// The lists in which the events of a policy stand.
const EVENTS: [&str; 3] = ["httpRetryEvents", "tcpRetryEvents", "grpcRetryEvents"];

/// What App Mesh does where a route has no policy. Source: reference 4.5.
const OWN: &str =
    "without a policy, App Mesh retries twice by itself, and only a policy of no retries keeps it from that";

impl<'i> Desk<'i> {
    /// Sets what is said of a retry policy; where there is none, what the request leaves out is completed.
    /// `timeout` is what the request says of the route beside it.
    pub(super) fn change_retry(&mut self, route: &'i Resource, wanted: &Retry, timeout: Option<&Timeout>) {
        let (Spec::Route(spec), Some(policy)) = (&route.spec, route_part(route).map(|part| part.field("retryPolicy")))
        else {
            return;
        };
        let Some(there) = spec.protocols().next() else { return };
        let name = Key::of(&route.name).shown();
        let per_request = timeout.and_then(|timeout| timeout.per_request).or_else(|| per_request(there));
        let is_off = policy.field("maxRetries").number() == Some(0);
        // Who asks for retries and not for their number wants some.
        let is_revived = is_off && wanted.max_retries.is_none() && wanted.per_retry_timeout.is_none();
        let mut full = Route {
            name: Some(name.clone()),
            protocol: Some(protocol(there)),
            targets: vec![Target { node: "x".to_owned(), weight: Some(100), port: None }],
            retry: Some(if policy.is_there() {
                with_policy(wanted, &policy, there, is_revived)
            } else {
                wanted.clone()
            }),
            timeout: per_request.map(|span| Timeout { per_request: Some(span), idle: None }),
            ..Route::default()
        };
        complete(&mut full, &mut self.draft);
        let spec = route_spec(&full, &Router::default(), &format!("route `{name}`"), &mut self.draft);
        let Some(written) = spec.as_ref().and_then(retry_policy) else { return };
        let said = [
            ("maxRetries", wanted.max_retries.is_some() || is_revived),
            ("perRetryTimeout", wanted.per_retry_timeout.is_some()),
        ];
        self.merge(&policy, &written, &said);
        if policy.is_there() && !wanted.events.is_empty() {
            for list in EVENTS {
                if let Some(NewValue::List(events)) = member(&written, list) {
                    self.add_missing(&policy.field(list), events);
                }
            }
        }
        let raised = full.timeout.and_then(|timeout| timeout.per_request).filter(|span| Some(*span) != per_request);
        if let Some(span) = raised {
            self.change_timeouts(&name, &[route], &Timeout { per_request: Some(span), idle: None });
        }
    }

    /// Lets a route retry nothing.
    pub(super) fn stop_retries(&mut self, route: &'i Resource) {
        let (Spec::Route(spec), Some(policy)) = (&route.spec, route_part(route).map(|part| part.field("retryPolicy")))
        else {
            return;
        };
        let Some(there) = spec.protocols().next() else { return };
        let name = Key::of(&route.name).shown();
        if matches!(there, ProtocolRoute::Tcp(_)) {
            self.settled(format!("route `{name}` is for tcp, which has no retries"));
            return;
        }
        if policy.field("maxRetries").number() == Some(0) {
            self.settled(format!("route `{name}` retries nothing"));
            return;
        }
        let per_try = per_request(there).unwrap_or(DEFAULT);
        let full = Route {
            name: Some(name.clone()),
            protocol: Some(protocol(there)),
            targets: vec![Target { node: "x".to_owned(), weight: Some(100), port: None }],
            retry: Some(Retry { max_retries: Some(0), per_retry_timeout: Some(per_try), events: Vec::new() }),
            ..Route::default()
        };
        let spec = route_spec(&full, &Router::default(), &format!("route `{name}`"), &mut self.draft);
        let Some(written) = spec.as_ref().and_then(retry_policy) else { return };
        // Without retries it bounds the only try, which may take as long as the request.
        self.merge(&policy, &written, &[("maxRetries", true), ("perRetryTimeout", true)]);
        self.draft.assume(format!("route `{name}` has a retry policy of 0 retries"), OWN);
    }
}

/// How long a request may take.
fn per_request(route: ProtocolRoute<'_>) -> Option<Span> {
    route.per_request().and_then(Duration::millis).map(Span::millis)
}

/// The policy of a route that was written.
fn retry_policy(spec: &RouteSpec) -> Option<NewValue> {
    match spec.protocols().next()? {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => own.retry_policy.as_ref().map(NewValue::of),
        ProtocolRoute::Grpc(own) => own.retry_policy.as_ref().map(NewValue::of),
        ProtocolRoute::Tcp(_) => None,
    }
}

/// What a request leaves out stays as it is; what the file leaves open is not set, whatever stands here for it.
fn with_policy(wanted: &Retry, policy: &Part<'_>, there: ProtocolRoute<'_>, is_revived: bool) -> Retry {
    let count = policy.field("maxRetries").number().and_then(|count| u32::try_from(count).ok());
    let per_try = there.retry().and_then(|(_, per_try)| per_try.millis()).map_or(Span::millis(1), Span::millis);
    Retry {
        max_retries: wanted.max_retries.or_else(|| Some(count.unwrap_or(1)).filter(|_| !is_revived)),
        per_retry_timeout: wanted.per_retry_timeout.or(Some(per_try)),
        events: if wanted.events.is_empty() { vec!["connection-error".to_owned()] } else { wanted.events.clone() },
    }
}
