//! What routes and gateway routes ask of a request, under one shape.
//!
//! A [`Matcher`] is the form: what stands in the file, part by part and with its paths, for rules about how a match is written.
//! What it means, and which requests it takes, is [`meshwright_traffic::Match`].

use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::limits::{HttpPathRegex, MethodName, ServiceName, Text};
use meshwright_model::matcher::{
    GatewayRouteHostnameMatch, HeaderMatchMethod, HeaderMatcher, HttpPathMatch, HttpQueryParameter,
};
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Path, Resource, Scalar};

use super::placeholder::is_filled_in_later;
use super::{Facts, GatewayRoute, Route};

/// What a route or gateway route asks of a request, under the first protocol it has.
#[derive(Clone, Copy, Debug)]
pub struct Matcher<'a> {
    /// The route or gateway route.
    pub resource: &'a Resource,
    /// The field of its specification: `httpRoute`.
    pub field: &'static str,
    /// Whether it is a gateway route.
    pub is_of_gateway: bool,
    /// How the path starts.
    pub prefix: Option<&'a Scalar<Text>>,
    /// The path.
    pub path: Option<&'a HttpPathMatch>,
    /// Headers or metadata.
    pub headers: &'a [HeaderMatcher],
    /// Query parameters.
    pub query_parameters: &'a [HttpQueryParameter],
    /// The gRPC service.
    pub service_name: Option<&'a Scalar<ServiceName>>,
    /// The gRPC method.
    pub method_name: Option<&'a Scalar<MethodName>>,
    /// The host.
    pub hostname: Option<&'a GatewayRouteHostnameMatch>,
}

/// A path or prefix that stands literally in a match.
#[derive(Clone, Copy, Debug)]
pub struct Literal<'a> {
    /// The matcher.
    pub matcher: Matcher<'a>,
    /// The text.
    pub text: &'a str,
    /// Whether it is the path's start rather than the whole.
    pub is_prefix: bool,
}

/// A host name, or the end of one, that stands in a match.
#[derive(Clone, Copy, Debug)]
pub struct Hostname<'a> {
    /// The matcher.
    pub matcher: Matcher<'a>,
    /// The text.
    pub text: &'a str,
    /// Whether it is the name's end rather than the whole.
    pub is_suffix: bool,
}

/// A pattern in a match.
#[derive(Clone, Copy, Debug)]
pub struct Regex<'a> {
    /// The matcher.
    pub matcher: Matcher<'a>,
    /// The text.
    pub text: &'a str,
    /// The header that it is for, and that one's place; `None` where it is for the path.
    pub header: Option<(usize, &'a HeaderMatcher)>,
}

impl<'a> Matcher<'a> {
    fn new(resource: &'a Resource, field: &'static str, is_of_gateway: bool) -> Self {
        Self {
            resource,
            field,
            is_of_gateway,
            prefix: None,
            path: None,
            headers: &[],
            query_parameters: &[],
            service_name: None,
            method_name: None,
            hostname: None,
        }
    }

    /// What a route asks.
    pub fn of_route(route: Route<'a>) -> Option<Self> {
        Some(Self::of_protocol(route, route.spec.protocols().next()?))
    }

    fn of_protocol(route: Route<'a>, protocol: ProtocolRoute<'a>) -> Self {
        let empty = Self::new(route.resource, protocol.field(), false);
        match protocol {
            ProtocolRoute::Http(route) | ProtocolRoute::Http2(route) => Self {
                prefix: route.matcher.prefix.as_ref(),
                path: route.matcher.path.as_ref(),
                headers: route.matcher.headers.as_deref().unwrap_or_default(),
                query_parameters: route.matcher.query_parameters.as_deref().unwrap_or_default(),
                ..empty
            },
            ProtocolRoute::Grpc(route) => Self {
                headers: route.matcher.metadata.as_deref().unwrap_or_default(),
                service_name: route.matcher.service_name.as_ref(),
                method_name: route.matcher.method_name.as_ref(),
                ..empty
            },
            ProtocolRoute::Tcp(_) => empty,
        }
    }

    /// What a gateway route asks.
    pub fn of_gateway_route(route: GatewayRoute<'a>) -> Option<Self> {
        let protocol = route.spec.protocols().next()?;
        let empty = Self { hostname: protocol.hostname(), ..Self::new(route.resource, protocol.field(), true) };
        Some(match protocol {
            ProtocolGatewayRoute::Http(route) | ProtocolGatewayRoute::Http2(route) => Self {
                prefix: route.matcher.prefix.as_ref(),
                path: route.matcher.path.as_ref(),
                headers: route.matcher.headers.as_deref().unwrap_or_default(),
                query_parameters: route.matcher.query_parameters.as_deref().unwrap_or_default(),
                ..empty
            },
            ProtocolGatewayRoute::Grpc(route) => Self {
                headers: route.matcher.metadata.as_deref().unwrap_or_default(),
                service_name: route.matcher.service_name.as_ref(),
                ..empty
            },
        })
    }

    /// Where a value of the match stands.
    pub fn at(&self, fields: &[&'static str]) -> Path {
        fields.iter().fold(Path::of(&["spec", self.field, "match"]), |path, field| path.field(*field))
    }

    /// Where a header or metadata item stands.
    pub fn header_at(&self, index: usize) -> Path {
        self.at(&[if self.field == "grpcRoute" { "metadata" } else { "headers" }]).index(index)
    }

    /// What it is called: `route` or `gateway route`.
    pub fn noun(&self) -> &'static str {
        if self.is_of_gateway { "gateway route" } else { "route" }
    }

    /// The prefix, where it is known and no placeholder.
    pub fn known_prefix(&self) -> Option<&'a str> {
        Some(self.prefix?.known()?.as_str()).filter(|text| !is_filled_in_later(text))
    }

    /// The whole path, where it is known and no placeholder.
    pub fn known_exact(&self) -> Option<&'a str> {
        Some(self.path?.exact.as_ref()?.known()?.as_str()).filter(|text| !is_filled_in_later(text))
    }

    /// The path and prefix that are known.
    pub fn literals(self) -> impl Iterator<Item = Literal<'a>> {
        let prefix = self.known_prefix().map(|text| Literal { matcher: self, text, is_prefix: true });
        let exact = self.known_exact().map(|text| Literal { matcher: self, text, is_prefix: false });
        prefix.into_iter().chain(exact)
    }

    /// The host names that are known and no placeholders.
    pub fn hostnames(self) -> impl Iterator<Item = Hostname<'a>> {
        let exact = self.hostname.and_then(|hostname| hostname.exact.as_ref()?.known());
        let exact = exact.map(|name| Hostname { matcher: self, text: name.as_str(), is_suffix: false });
        let suffix = self.hostname.and_then(|hostname| hostname.suffix.as_ref()?.known());
        let suffix = suffix.map(|name| Hostname { matcher: self, text: name.as_str(), is_suffix: true });
        exact.into_iter().chain(suffix).filter(|name| !is_filled_in_later(name.text))
    }

    /// The patterns that are known.
    pub fn regexes(self) -> impl Iterator<Item = Regex<'a>> {
        let path = self.path.and_then(|path| path.regex.as_ref()?.known()).map(HttpPathRegex::as_str);
        let path = path.map(|text| Regex { matcher: self, text, header: None });
        let headers = self.headers.iter().enumerate().filter_map(move |(index, header)| match &header.matcher {
            Some(HeaderMatchMethod::Regex(regex)) => {
                Some(Regex { matcher: self, text: regex.known()?.as_str(), header: Some((index, header)) })
            }
            _ => None,
        });
        path.into_iter().chain(headers)
    }
}

impl Literal<'_> {
    /// Where it stands.
    pub fn at(&self) -> Path {
        self.matcher.at(if self.is_prefix { &["prefix"] } else { &["path", "exact"] })
    }

    /// What it is called: `prefix` or `path`.
    pub fn noun(&self) -> &'static str {
        if self.is_prefix { "prefix" } else { "path" }
    }
}

impl Regex<'_> {
    /// Where it stands.
    pub fn at(&self) -> Path {
        match self.header {
            Some((index, _)) => self.matcher.header_at(index).field("match").field("regex"),
            None => self.matcher.at(&["path", "regex"]),
        }
    }
}

impl Hostname<'_> {
    /// Where it stands.
    pub fn at(&self) -> Path {
        self.matcher.at(&["hostname", if self.is_suffix { "suffix" } else { "exact" }])
    }
}

/// What routes and gateway routes ask, and the parts of it that few rules look for and few matches have.
#[derive(Debug, Default)]
pub(super) struct Matchers<'a> {
    all: Vec<Matcher<'a>>,
    odd_literals: Vec<Literal<'a>>,
    regexes: Vec<Regex<'a>>,
}

impl<'a> Matchers<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut matchers = Self::default();
        matchers.all.reserve_exact(facts.routes.by_protocol.len());
        let of_routes = facts.protocol_routes().map(|(route, protocol)| Matcher::of_protocol(route, protocol));
        let of_gateway_routes = facts.gateway_routes().filter_map(Matcher::of_gateway_route);
        for matcher in of_routes.chain(of_gateway_routes) {
            matchers.odd_literals.extend(matcher.literals().filter(|literal| !is_plain(literal.text)));
            matchers.regexes.extend(matcher.regexes());
            matchers.all.push(matcher);
        }
        matchers
    }
}

/// Whether a path or its start has nothing that a rule could speak of: it starts with a slash, and holds letters, digits, `-`
/// and `_` in segments that are not empty, and dots within them.
fn is_plain(path: &str) -> bool {
    let mut before = b' ';
    path.starts_with('/')
        && path.bytes().all(|byte| {
            let follows_slash = std::mem::replace(&mut before, byte) == b'/';
            matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_')
                || matches!(byte, b'/' | b'.') && !follows_slash
        })
}

impl<'a> Facts<'a> {
    /// What every route and gateway route asks of a request.
    pub fn matchers(&self) -> impl Iterator<Item = Matcher<'a>> {
        self.all_matchers().all.iter().copied()
    }

    /// The paths and prefixes that are known and no placeholders, but for the plain ones, with which nothing can be wrong: such
    /// as start with a slash, and are made of letters, digits, `-`, `_` and single slashes and dots.
    pub fn odd_literals(&self) -> impl Iterator<Item = Literal<'a>> {
        self.all_matchers().odd_literals.iter().copied()
    }

    /// The patterns that are known.
    pub fn regexes(&self) -> impl Iterator<Item = Regex<'a>> {
        self.all_matchers().regexes.iter().copied()
    }

    fn all_matchers(&self) -> &Matchers<'a> {
        self.lazy.matchers.get_or_init(|| Matchers::of(self))
    }
}
