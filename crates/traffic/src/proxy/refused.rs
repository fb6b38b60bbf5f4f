//! What Envoy would refuse of a match, and with it the whole listener.

use meshwright_model::limits::{HeaderMatch, HttpPathRegex};
use meshwright_model::matcher::{HeaderMatchMethod, HeaderMatcher, HttpPathMatch};

use super::known::is_header_text;
use crate::matcher::Match;
use crate::pattern::Pattern;

/// Why Envoy refuses the name of a header or a query parameter, where it does.
///
/// Source: a real Envoy 1.40; its `QueryParameterMatcher.name` has 1 to 1024 bytes.
pub(super) fn refused_names(matcher: &Match<'_>) -> Option<&'static str> {
    if !matcher.headers.iter().all(|(name, _)| is_header_text(name)) {
        return Some("left out: Envoy refuses the name of a header with line ends or zeros in it");
    }
    let is_name = |name: &str| (1..=1024).contains(&name.len());
    let fits = matcher.query.iter().all(|(name, _)| is_name(name));
    (!fits).then_some("left out: Envoy refuses a query parameter whose name is empty or longer than 1024 bytes")
}

/// Why Envoy refuses one of a match's patterns, where it does.
pub(super) fn refused_pattern(path: Option<&HttpPathMatch>, headers: &[HeaderMatcher]) -> Option<String> {
    let path = path.and_then(|path| path.regex.as_ref()?.known()).map(HttpPathRegex::as_str);
    let headers = headers.iter().filter_map(|header| match &header.matcher {
        Some(HeaderMatchMethod::Regex(regex)) => regex.known().map(HeaderMatch::as_str),
        _ => None,
    });
    path.into_iter().chain(headers).find_map(|text| Pattern::new(text).err().map(|why| why.to_string()))
}
