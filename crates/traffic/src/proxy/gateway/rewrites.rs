//! What gateway routes change: the host, and the path.

use std::borrow::Cow;

use meshwright_model::defaults::{REWRITE_HOSTNAME, REWRITE_PREFIX};
use meshwright_model::gateway_route::{GatewayRouteHostnameRewrite, HttpGatewayRoute, HttpGatewayRouteRewrite};
use meshwright_model::limits::DefaultGatewayRouteRewrite;

use crate::matcher::PathMatch;
use crate::proxy::known::optional;

/// What becomes of a request's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostRewrite<'a> {
    /// It becomes this.
    To(String),
    /// It stays, and a header says which virtual service is meant.
    Kept {
        /// The virtual service.
        marker: &'a str,
    },
}

/// What becomes of a request's path; the query always stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathRewrite<'a> {
    /// It stays.
    Kept,
    /// What it starts with is replaced.
    Prefix {
        /// What it starts with.
        from: Cow<'a, str>,
        /// What comes in its place.
        to: &'a str,
    },
    /// It is replaced as a whole.
    Whole(&'a str),
}

impl PathRewrite<'_> {
    /// What comes into the path.
    pub(super) const fn text(&self) -> Option<&str> {
        match self {
            Self::Kept => None,
            Self::Prefix { to, .. } => Some(to),
            Self::Whole(path) => Some(path),
        }
    }
}

/// Whether the host stays as it was; `None` where that is not known.
pub(super) fn keeps_host(rewrite: Option<&GatewayRouteHostnameRewrite>) -> Option<bool> {
    let own = match rewrite {
        None => None,
        Some(rewrite) => optional(rewrite.default_target_hostname.as_ref())?,
    };
    Some(*own.unwrap_or(&REWRITE_HOSTNAME) == DefaultGatewayRouteRewrite::Disabled)
}

/// The paths that a gateway route is tried with, and what becomes of each; `None` where that is not known.
///
/// Source: App Mesh User Guide, gateway routes; a prefix without a slash at its end became two (capa-cloud/capa.io,
/// `envoy-gateway.md`; aws/aws-app-mesh-roadmap#247).
pub(super) fn rewrites<'a>(
    route: &'a HttpGatewayRoute,
    own: &PathMatch<'a>,
) -> Option<Vec<(PathMatch<'a>, PathRewrite<'a>)>> {
    let rewrite = route.action.rewrite.as_ref();
    let (path, prefix) = match rewrite {
        None => (None, None),
        Some(HttpGatewayRouteRewrite { hostname: _, path, prefix }) => (path.as_ref(), prefix.as_ref()),
    };
    let matched_path = route.matcher.path.as_ref();
    if let Some(path) = path.and_then(|path| path.exact.as_ref()) {
        let whole = PathRewrite::Whole(path.known()?.as_str());
        return Some(vec![(own.clone(), whole)]);
    }
    if matched_path.is_some() {
        return Some(vec![(own.clone(), PathRewrite::Kept)]);
    }
    let from = match &route.matcher.prefix {
        None => meshwright_model::defaults::PREFIX,
        Some(prefix) => prefix.known()?.as_str(),
    };
    let plain = |to| vec![(PathMatch::Prefix(from.into()), PathRewrite::Prefix { from: from.into(), to })];
    let value = prefix.and_then(|prefix| prefix.value.as_ref());
    if let Some(value) = value {
        return Some(plain(value.known()?.as_str()));
    }
    let default = match prefix {
        None => None,
        Some(prefix) => optional(prefix.default_prefix.as_ref())?,
    };
    if *default.unwrap_or(&REWRITE_PREFIX) == DefaultGatewayRouteRewrite::Disabled {
        return Some(vec![(PathMatch::Prefix(from.into()), PathRewrite::Kept)]);
    }
    let mut all = plain("/");
    if !from.ends_with('/') {
        let longer: Cow<'_, str> = format!("{from}/").into();
        all.push((PathMatch::Prefix(longer.clone()), PathRewrite::Prefix { from: longer, to: "/" }));
    }
    Some(all)
}
