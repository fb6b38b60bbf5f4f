//! Edits of what routes and gateway routes match: what is said is set or added, what else a match asks for stays.

use meshwright_model::edit::NewValue;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Path, Resource, Spec};

use super::Desk;
use super::part::{Part, member};
use crate::intent::{Match, Pathway};

/// The route of its protocol: what stands in `spec.httpRoute` or its like.
pub(super) fn route_part(route: &Resource) -> Option<Part<'_>> {
    let Spec::Route(spec) = &route.spec else { return None };
    let there = spec.protocols().next()?;
    let path = Path::of(&["spec"]).field(there.field());
    Some(match there {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => Part::of(route, path, Some(own)),
        ProtocolRoute::Grpc(own) => Part::of(route, path, Some(own)),
        ProtocolRoute::Tcp(own) => Part::of(route, path, Some(own)),
    })
}

/// What a request says of a match, with what it takes to write it down: a method of gRPC has a service.
pub(super) fn with_service(wanted: &Match, there: &Part<'_>) -> Match {
    let service = there.field("serviceName");
    // What is not said is not set, whatever stands here for it.
    let own = || service.is_there().then(|| service.text().unwrap_or("unchanged.Service").to_owned());
    Match { grpc_service: wanted.grpc_service.clone().or_else(own), ..wanted.clone() }
}

impl Desk<'_> {
    /// Sets what is said of a match. `written` is the match that was made of what is said.
    pub(super) fn change_match_of(&mut self, there: &Part<'_>, written: &NewValue, wanted: &Match) {
        let said = [
            ("prefix", matches!(wanted.path, Some(Pathway::Prefix(_)))),
            ("path", matches!(wanted.path, Some(Pathway::Exact(_) | Pathway::Regex(_)))),
            ("method", wanted.method.is_some()),
            ("scheme", wanted.scheme.is_some()),
            ("port", wanted.port.is_some()),
            ("serviceName", wanted.grpc_service.is_some()),
            ("methodName", wanted.grpc_method.is_some()),
            ("hostname", wanted.hostname.is_some()),
        ];
        self.merge(there, written, &said);
        if !there.is_there() {
            return;
        }
        // A path is compared in one way.
        let other = match wanted.path {
            Some(Pathway::Prefix(_)) => Some("path"),
            Some(Pathway::Exact(_) | Pathway::Regex(_)) => Some("prefix"),
            None => None,
        };
        if let Some(other) = other.filter(|other| there.field(other).is_there()) {
            self.take(there.resource, there.path.field(other));
        }
        for list in ["headers", "metadata", "queryParameters"] {
            if let Some(NewValue::List(elements)) = member(written, list) {
                self.add_named(&there.field(list), elements, "name");
            }
        }
    }
}
