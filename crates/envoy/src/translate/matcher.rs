//! Which requests a route takes.

use meshwright_traffic::{Comparison, Condition, Match, PathMatch};

use crate::envoy::config::route::v3::header_matcher::HeaderMatchSpecifier;
use crate::envoy::config::route::v3::query_parameter_matcher::QueryParameterMatchSpecifier;
use crate::envoy::config::route::v3::route_match::PathSpecifier;
use crate::envoy::config::route::v3::{HeaderMatcher, QueryParameterMatcher, RouteMatch};
use crate::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use crate::envoy::r#type::matcher::v3::{RegexMatcher, StringMatcher};
use crate::envoy::r#type::v3::Int64Range;

/// Which requests a route takes. That of a port is settled by where the route stands.
pub(super) fn route_match(matcher: &Match<'_>) -> RouteMatch {
    let Match { port: _, path, method, scheme, headers, query, is_open: _ } = matcher;
    let path = match path {
        PathMatch::Prefix(text) => PathSpecifier::Prefix(text.to_string()),
        PathMatch::Exact(text) => PathSpecifier::Path(text.to_string()),
        PathMatch::Regex(text, _) => PathSpecifier::SafeRegex(pattern(text)),
    };
    let exact = |name: &str, text: &str| HeaderMatcher {
        name: name.to_owned(),
        header_match_specifier: Some(HeaderMatchSpecifier::StringMatch(string(MatchPattern::Exact(text.to_owned())))),
        ..HeaderMatcher::default()
    };
    let method = method.map(|method| exact(":method", method.as_str()));
    let scheme = scheme.map(|scheme| exact(":scheme", scheme.as_str()));
    let headers = headers.iter().map(|(name, condition)| header(name, condition));
    RouteMatch {
        path_specifier: Some(path),
        headers: method.into_iter().chain(scheme).chain(headers).collect(),
        query_parameters: query.iter().map(|(name, condition)| parameter(name, condition)).collect(),
        ..RouteMatch::default()
    }
}

fn header(name: &str, condition: &Condition<'_>) -> HeaderMatcher {
    let specifier = match &condition.comparison {
        Comparison::Present => HeaderMatchSpecifier::PresentMatch(true),
        Comparison::Range(start, end) => HeaderMatchSpecifier::RangeMatch(Int64Range { start: *start, end: *end }),
        Comparison::Exact(text) => HeaderMatchSpecifier::StringMatch(string(MatchPattern::Exact((*text).to_owned()))),
        Comparison::Prefix(text) => HeaderMatchSpecifier::StringMatch(string(MatchPattern::Prefix((*text).to_owned()))),
        Comparison::Suffix(text) => HeaderMatchSpecifier::StringMatch(string(MatchPattern::Suffix((*text).to_owned()))),
        Comparison::Regex(text, _) => HeaderMatchSpecifier::StringMatch(string(MatchPattern::SafeRegex(pattern(text)))),
    };
    HeaderMatcher {
        name: name.to_owned(),
        invert_match: condition.is_inverted,
        header_match_specifier: Some(specifier),
        ..HeaderMatcher::default()
    }
}

/// A query parameter; the API compares it as a whole or asks whether it is there.
fn parameter(name: &str, condition: &Condition<'_>) -> QueryParameterMatcher {
    let specifier = match condition.exact_text() {
        Some(text) => QueryParameterMatchSpecifier::StringMatch(string(MatchPattern::Exact(text.to_owned()))),
        None => QueryParameterMatchSpecifier::PresentMatch(true),
    };
    QueryParameterMatcher { name: name.to_owned(), query_parameter_match_specifier: Some(specifier) }
}

/// A text that is compared, capitals and all.
pub(super) fn string(pattern: MatchPattern) -> StringMatcher {
    StringMatcher { match_pattern: Some(pattern), ..StringMatcher::default() }
}

/// A pattern of RE2, as its user wrote it; Envoy has it match the whole value.
pub(super) fn pattern(text: &str) -> RegexMatcher {
    RegexMatcher { regex: text.to_owned(), ..RegexMatcher::default() }
}
