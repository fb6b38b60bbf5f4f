//! What gateway routes make of the start of a path.

use meshwright_model::defaults::REWRITE_PREFIX;
use meshwright_model::gateway_route::{HttpGatewayRoute, ProtocolGatewayRoute};
use meshwright_model::limits::DefaultGatewayRouteRewrite;
use meshwright_model::request::Request;

use super::{Facts, GatewayRoute, gateway_route_path};

/// A gateway route that puts something in the place of the prefix it matches.
#[derive(Clone, Copy, Debug)]
pub struct PrefixRewrite<'a> {
    /// The gateway route.
    pub route: GatewayRoute<'a>,
    /// Its protocol.
    pub protocol: ProtocolGatewayRoute<'a>,
    /// The prefix that it matches.
    pub prefix: &'a str,
    /// What comes in its place.
    pub becomes: &'a str,
    /// Whether that is the default, `/`, rather than a value of the file's.
    pub is_default: bool,
    /// Whether the file says so, rather than leaving it to the default.
    pub is_said: bool,
}

impl<'a> PrefixRewrite<'a> {
    fn of(route: GatewayRoute<'a>, protocol: ProtocolGatewayRoute<'a>) -> Option<Self> {
        let http = protocol.http()?;
        let prefix = http.matcher.prefix.as_ref()?.known()?.as_str();
        let gaps = &route.resource.gaps;
        if !gaps.is_empty() && route.resource.has_gap(&gateway_route_path(protocol, &["action", "rewrite"])) {
            return None;
        }
        let Replacement { becomes, is_default, is_said } = replacement(http)?;
        Some(Self { route, protocol, prefix, becomes, is_default, is_said })
    }

    /// The path that a request's path becomes; the request's must start with the prefix.
    ///
    /// Source: a prefix without its slash became two Envoy routes, `/p/` and `/p`, both with a rewrite to `/`, as in the dump of
    /// a gateway in capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`.
    pub fn rewritten(&self, path: &str) -> String {
        let rest = path.strip_prefix(self.prefix).unwrap_or(path);
        let rest = if self.prefix.ends_with('/') { rest } else { rest.strip_prefix('/').unwrap_or(rest) };
        format!("{}{rest}", self.becomes)
    }

    /// A request for a path, as a client of the gateway may send it.
    pub fn request(&self, path: String) -> Request {
        let hostname = self.protocol.hostname().and_then(|hostname| hostname.exact.as_ref()?.known());
        let gateway = || self.route.resource.parent.as_ref().map(ToString::to_string).unwrap_or_default();
        Request {
            method: "GET".to_owned(),
            scheme: "http",
            host: hostname.map_or_else(gateway, |hostname| hostname.as_str().to_owned()),
            port: self.protocol.match_port().and_then(|port| Some(port.known()?.value())),
            path,
            headers: Vec::new(),
        }
    }
}

/// What comes in the place of a prefix.
struct Replacement<'a> {
    becomes: &'a str,
    is_default: bool,
    is_said: bool,
}

/// What comes in the place of a prefix, where that is certain and not the prefix itself.
fn replacement(http: &HttpGatewayRoute) -> Option<Replacement<'_>> {
    let default = |default, is_said| {
        (default == DefaultGatewayRouteRewrite::Enabled).then_some(Replacement {
            becomes: "/",
            is_default: true,
            is_said,
        })
    };
    let Some(rewrite) = &http.action.rewrite else { return default(REWRITE_PREFIX, false) };
    if rewrite.path.is_some() {
        return None;
    }
    let Some(prefix) = &rewrite.prefix else { return default(REWRITE_PREFIX, false) };
    match (&prefix.default_prefix, &prefix.value) {
        (None, None) => default(REWRITE_PREFIX, false),
        (Some(word), None) => default(*word.known()?, true),
        (None, Some(value)) => Some(Replacement { becomes: value.known()?.as_str(), is_default: false, is_said: true }),
        (Some(_), Some(_)) => None,
    }
}

/// Whether the prefix of a gateway route becomes two in Envoy, `/p/` and `/p`: it ends without a slash and is rewritten to `/`.
///
/// Source: the dump of a gateway in capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`; of a prefix that is
/// not rewritten that is not known.
pub(super) fn becomes_two_prefixes(http: &HttpGatewayRoute) -> bool {
    let prefix = http.matcher.prefix.as_ref().and_then(|prefix| prefix.known());
    prefix.is_some_and(|prefix| !prefix.as_str().ends_with('/'))
        && replacement(http).is_some_and(|replacement| replacement.is_default)
}

impl<'a> Facts<'a> {
    /// Every gateway route that puts something in the place of the prefix it matches.
    pub fn prefix_rewrites(&self) -> impl Iterator<Item = PrefixRewrite<'a>> {
        self.protocol_gateway_routes().filter_map(|(route, protocol)| PrefixRewrite::of(route, protocol))
    }
}
