//! The requests that a route or gateway route takes, as conditions that must all hold.
//!
//! A [`Match`] is the meaning: it knows no file and no paths, and what says the same in other words is the same here. How a
//! match is written is the matter of `lint`'s `facts/matchers.rs`.

use std::borrow::Cow;
use std::rc::Rc;

use meshwright_model::gateway_route::{GrpcGatewayRouteMatch, HttpGatewayRouteMatch};
use meshwright_model::limits::{HttpMethod, HttpScheme};
use meshwright_model::matcher::{HeaderMatcher, HttpPathMatch, HttpQueryParameter};
use meshwright_model::route::{GrpcRouteMatch, HttpRouteMatch};
use meshwright_model::scalar::Scalar;
use meshwright_model::value::ScalarType;

use crate::condition::Condition;
use crate::language::{Language, Universe, classes};
use crate::pattern::{Pattern, Patterns};

/// How many steps patterns may take while two matches are held against each other.
pub(crate) const MAX_WORK: usize = 50_000;

/// How a path is compared; the query is no part of it.
#[derive(Clone, Debug)]
pub enum PathMatch<'a> {
    /// It starts with this text.
    Prefix(Cow<'a, str>),
    /// It is this text.
    Exact(Cow<'a, str>),
    /// It matches as a whole; the text tells patterns apart.
    Regex(&'a str, Rc<Pattern>),
}

/// The requests that a route or gateway route takes.
#[derive(Clone, Debug)]
pub struct Match<'a> {
    /// The listener's port; `None` is any.
    pub port: Option<i64>,
    /// The path.
    pub path: PathMatch<'a>,
    /// The method; `None` is any.
    pub method: Option<HttpMethod>,
    /// The scheme; `None` is any.
    pub scheme: Option<HttpScheme>,
    /// Headers or metadata, names in lower case.
    pub headers: Vec<(Cow<'a, str>, Condition<'a>)>,
    /// Query parameters.
    pub query: Vec<(&'a str, Condition<'a>)>,
    /// Whether something of it is open or faulty, so that it may take fewer requests than it says here.
    pub is_open: bool,
}

impl PathMatch<'_> {
    /// Every path. Source: aws-app-mesh-examples, howto-multiple-listeners, whose matches have a port alone.
    pub const ALL: Self = Self::Prefix(Cow::Borrowed(meshwright_model::defaults::PREFIX));

    /// Whether it takes a path.
    pub fn holds(&self, path: &str) -> bool {
        match self {
            Self::Prefix(prefix) => path.starts_with(prefix.as_ref()),
            Self::Exact(exact) => path == exact,
            Self::Regex(_, pattern) => pattern.matches(path),
        }
    }

    /// Whether it takes every path that another takes: certain where `true`. Patterns take steps off `work`.
    fn contains(&self, other: &Self, work: &mut usize) -> bool {
        match (self, other) {
            (Self::Prefix(prefix), _) if prefix == "/" => true,
            (own, Self::Exact(path)) => own.holds(path),
            (Self::Prefix(prefix), Self::Prefix(other)) => other.starts_with(prefix.as_ref()),
            (Self::Prefix(prefix), Self::Regex(_, pattern))
                if pattern.literal_prefix().starts_with(prefix.as_ref()) =>
            {
                true
            }
            (Self::Regex(own, _), _) if is_any_path(own) => true,
            (Self::Regex(own, _), Self::Regex(other, _)) if own == other => true,
            (Self::Regex(..), _) | (Self::Prefix(_), Self::Regex(..)) => {
                let classes = classes(&[self.language(), other.language()], Universe::Paths, work);
                classes.is_some_and(|classes| classes.iter().all(|class| class.meets[0] || !class.meets[1]))
            }
            (Self::Exact(_), _) => false,
        }
    }

    /// The paths that it takes.
    pub(crate) fn language(&self) -> Language<'_> {
        match self {
            Self::Prefix(text) => Language::Prefix(text),
            Self::Exact(text) => Language::Exact(text),
            Self::Regex(_, pattern) => Language::Pattern(pattern),
        }
    }

    /// How long the text is that it starts or is compared with, by which routes of one priority are ordered; patterns are
    /// tried last.
    ///
    /// Source: App Mesh User Guide, gateway routes, and github.com/aws/aws-app-mesh-roadmap/issues/77: longer prefixes
    /// first; for exact paths and patterns that is inferred.
    pub fn length(&self) -> usize {
        match self {
            Self::Prefix(text) | Self::Exact(text) => text.len(),
            Self::Regex(..) => 0,
        }
    }
}

/// Whether a pattern takes every path.
fn is_any_path(pattern: &str) -> bool {
    matches!(pattern, ".*" | "/.*" | "^/.*$" | "^.*$" | ".+")
}

impl<'a> Match<'a> {
    /// Every request.
    pub fn all() -> Self {
        Self {
            port: None,
            path: PathMatch::ALL,
            method: None,
            scheme: None,
            headers: Vec::new(),
            query: Vec::new(),
            is_open: false,
        }
    }

    /// What an HTTP route takes.
    pub fn of_http(matcher: &'a HttpRouteMatch, patterns: &mut Patterns<'a>) -> Self {
        let HttpRouteMatch { headers, method, path, port, prefix, query_parameters, scheme } = matcher;
        let mut all = Self::all();
        all.port = all.known(port.as_ref()).map(|port| port.value());
        all.method = all.known(method.as_ref()).copied();
        all.scheme = all.known(scheme.as_ref()).copied();
        all.set_path(prefix.as_ref(), path.as_ref(), patterns);
        all.add_headers(headers.as_deref().unwrap_or_default(), patterns);
        all.add_query(query_parameters.as_deref().unwrap_or_default());
        all
    }

    /// What a gateway route for HTTP takes, of the requests for its host.
    pub fn of_http_gateway(matcher: &'a HttpGatewayRouteMatch, patterns: &mut Patterns<'a>) -> Self {
        let HttpGatewayRouteMatch { headers, hostname: _, method, path, port, prefix, query_parameters } = matcher;
        let mut all = Self::all();
        all.port = all.known(port.as_ref()).map(|port| port.value());
        all.method = all.known(method.as_ref()).copied();
        all.set_path(prefix.as_ref(), path.as_ref(), patterns);
        all.add_headers(headers.as_deref().unwrap_or_default(), patterns);
        all.add_query(query_parameters.as_deref().unwrap_or_default());
        all
    }

    /// What a gRPC route takes: a call is a POST to `/service/method` (inferred).
    pub fn of_grpc(matcher: &'a GrpcRouteMatch, patterns: &mut Patterns<'a>) -> Self {
        let GrpcRouteMatch { metadata, method_name, port, service_name } = matcher;
        let mut all = Self::all();
        all.port = all.known(port.as_ref()).map(|port| port.value());
        let service = all.known(service_name.as_ref()).map(meshwright_model::limits::ServiceName::as_str);
        let method = all.known(method_name.as_ref()).map(meshwright_model::limits::MethodName::as_str);
        match (service, method) {
            (Some(service), Some(method)) => all.path = PathMatch::Exact(format!("/{service}/{method}").into()),
            (Some(service), None) => all.path = PathMatch::Prefix(format!("/{service}/").into()),
            (None, _) => {}
        }
        all.add_headers(metadata.as_deref().unwrap_or_default(), patterns);
        all
    }

    /// What a gateway route for gRPC takes, of the calls for its host.
    pub fn of_grpc_gateway(matcher: &'a GrpcGatewayRouteMatch, patterns: &mut Patterns<'a>) -> Self {
        let GrpcGatewayRouteMatch { hostname: _, metadata, port, service_name } = matcher;
        let mut all = Self::all();
        all.port = all.known(port.as_ref()).map(|port| port.value());
        if let Some(service) = all.known(service_name.as_ref()) {
            all.path = PathMatch::Prefix(format!("/{}/", service.as_str()).into());
        }
        all.add_headers(metadata.as_deref().unwrap_or_default(), patterns);
        all
    }

    /// A value where it is known; notes where it is not.
    fn known<T: ScalarType>(&mut self, scalar: Option<&'a Scalar<T>>) -> Option<&'a T> {
        let value = scalar.and_then(Scalar::known);
        self.is_open |= scalar.is_some() && value.is_none();
        value
    }

    fn set_path(
        &mut self,
        prefix: Option<&'a Scalar<meshwright_model::limits::Text>>,
        path: Option<&'a HttpPathMatch>,
        patterns: &mut Patterns<'a>,
    ) {
        if let Some(prefix) = self.known(prefix) {
            self.path = PathMatch::Prefix(Cow::Borrowed(prefix.as_str()));
        }
        let Some(path) = path else { return };
        if let Some(exact) = self.known(path.exact.as_ref()) {
            self.path = PathMatch::Exact(Cow::Borrowed(exact.as_str()));
        }
        if let Some(regex) = self.known(path.regex.as_ref()) {
            match patterns.make(regex.as_str()) {
                Some(pattern) => self.path = PathMatch::Regex(regex.as_str(), pattern),
                None => self.is_open = true,
            }
        }
        // Both at once are refused: what they would take together is not known.
        self.is_open |= prefix.is_some() || path.exact.is_some() == path.regex.is_some();
    }

    fn add_headers(&mut self, headers: &'a [HeaderMatcher], patterns: &mut Patterns<'a>) {
        for header in headers {
            let name = self.known(Some(&header.name)).map(|name| lower_case(name.as_str()));
            match (name, Condition::of(header, patterns)) {
                (Some(name), Some(condition)) => self.headers.push((name, condition)),
                _ => self.is_open = true,
            }
        }
    }

    fn add_query(&mut self, parameters: &'a [HttpQueryParameter]) {
        for parameter in parameters {
            let name = self.known(Some(&parameter.name)).map(meshwright_model::limits::QueryParameterName::as_str);
            let exact = parameter.matcher.as_ref().and_then(|matcher| matcher.exact.as_ref());
            let condition = match exact {
                None => Some(Condition::present()),
                Some(exact) => self.known(Some(exact)).map(|text| Condition::exact(text.as_str())),
            };
            match (name, condition) {
                (Some(name), Some(condition)) => self.query.push((name, condition)),
                _ => self.is_open = true,
            }
        }
    }

    /// Whether it takes every request that another takes: certain where `true` and it is not open itself.
    pub fn contains(&self, other: &Self) -> bool {
        let mut work = MAX_WORK;
        self.contains_within(other, &mut work)
    }

    /// Likewise, with the steps that patterns take off `work`.
    pub(crate) fn contains_within(&self, other: &Self, work: &mut usize) -> bool {
        let port = self.port.is_none() || self.port == other.port;
        let method = self.method.is_none() || self.method == other.method;
        let scheme = self.scheme.is_none() || self.scheme == other.scheme;
        port && method
            && scheme
            && self.path.contains(&other.path, work)
            && follow(&self.headers, &other.headers, work)
            && follow(&self.query, &other.query, work)
    }
}

/// Whether each of some conditions follows from one of others on the same name.
fn follow<N: PartialEq>(conditions: &[(N, Condition<'_>)], others: &[(N, Condition<'_>)], work: &mut usize) -> bool {
    conditions.iter().all(|(name, condition)| {
        others.iter().any(|(other_name, other)| other_name == name && condition.follows_from(other, work))
    })
}

fn lower_case(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> PathMatch<'_> {
        PathMatch::Prefix(text.into())
    }

    fn exact(text: &str) -> PathMatch<'_> {
        PathMatch::Exact(text.into())
    }

    #[test]
    fn paths_are_compared_as_envoy_does() {
        let cases = [
            (prefix("/x"), "/xyz", true),
            (prefix("/x"), "/X", false),
            (exact("/p"), "/p", true),
            (exact("/p"), "/p/", false),
            (PathMatch::Regex("/u/[0-9]+", Rc::new(Pattern::new("/u/[0-9]+").unwrap())), "/u/12", true),
            (PathMatch::Regex("/u/[0-9]+", Rc::new(Pattern::new("/u/[0-9]+").unwrap())), "/u/12/z", false),
        ];
        for (path, text, expected) in cases {
            assert_eq!(path.holds(text), expected, "{path:?} {text}");
        }
    }

    #[test]
    fn a_shorter_prefix_contains_longer_ones_and_exact_paths() {
        assert!(prefix("/").contains(&prefix("/a"), &mut 0) && prefix("/a").contains(&exact("/ab"), &mut 0));
        assert!(!prefix("/a").contains(&prefix("/"), &mut 0) && !exact("/a").contains(&prefix("/a"), &mut 0));
        assert!(exact("/a").contains(&exact("/a"), &mut 0) && !prefix("/a/").contains(&exact("/a"), &mut 0));
    }
}
