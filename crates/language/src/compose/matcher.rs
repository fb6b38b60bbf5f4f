//! Writes what requests are compared with.

use meshwright_model::Scalar;
use meshwright_model::limits::{HttpMethod, Port, Text};
use meshwright_model::list::List;
use meshwright_model::matcher::{
    GatewayRouteHostnameMatch, HeaderMatchMethod, HeaderMatcher, HttpPathMatch, HttpQueryParameter, MatchRange,
    QueryParameterMatch,
};
use meshwright_model::value::Given;

use super::draft::Draft;
use crate::intent::{Comparison, Header, Hostname, Match, Pathway, Query};

/// How a path is compared: by its start, or as a whole.
#[derive(Debug, Default)]
pub(super) struct Paths {
    pub(super) prefix: Option<Scalar<Text>>,
    pub(super) path: Option<HttpPathMatch>,
}

/// Writes the path of a match; every path where it says none.
pub(super) fn paths(matcher: &Match, shown: &str, draft: &mut Draft) -> Paths {
    let what = format!("the path of {shown}");
    match &matcher.path {
        None => Paths { prefix: Some(draft.text(&what, meshwright_model::defaults::PREFIX)), path: None },
        Some(Pathway::Prefix(prefix)) => {
            let prefix = with_slash(prefix, shown, draft);
            Paths { prefix: Some(draft.text(&what, &prefix)), path: None }
        }
        Some(Pathway::Exact(path)) => {
            let path = with_slash(path, shown, draft);
            let path = HttpPathMatch { exact: Some(draft.text(&what, &path)), regex: None };
            Paths { prefix: None, path: Some(path) }
        }
        Some(Pathway::Regex(pattern)) => {
            let path = HttpPathMatch { exact: None, regex: Some(draft.text(&what, pattern)) };
            Paths { prefix: None, path: Some(path) }
        }
    }
}

fn with_slash(path: &str, shown: &str, draft: &mut Draft) -> String {
    if path.starts_with('/') {
        return path.to_owned();
    }
    draft.assume(format!("{shown} matches `/{path}`"), "a path starts with a slash");
    format!("/{path}")
}

/// Writes headers, or metadata of gRPC.
pub(super) fn headers(headers: &[Header], shown: &str, draft: &mut Draft) -> Option<List<HeaderMatcher, 10>> {
    let mut written = Vec::new();
    for header in headers {
        // The names that HTTP has, without the blanks and colons. Source: RFC 9110, 5.1; that the API takes no others is inferred.
        let is_valid =
            !header.name.is_empty() && header.name.bytes().all(|byte| byte > b' ' && byte < 127 && byte != b':');
        if !is_valid {
            draft.ask(format!(
                "{shown} matches header `{}`, which App Mesh cannot match: names have no blanks and no colons. Which header is meant?",
                header.name
            ));
            continue;
        }
        written.push(HeaderMatcher {
            invert: header.invert.then_some(Scalar::Known(true)),
            matcher: header.value.as_ref().map(|value| comparison(value, &header.name, shown, draft)),
            name: draft.text(&format!("the name of header `{}`", header.name), &header.name),
        });
    }
    bounded(written, "headers", shown, draft)
}

fn comparison(value: &Comparison, name: &str, shown: &str, draft: &mut Draft) -> HeaderMatchMethod {
    let what = format!("the value of header `{name}` of {shown}");
    match value {
        Comparison::Exact(text) => HeaderMatchMethod::Exact(draft.text(&what, text)),
        Comparison::Prefix(text) => HeaderMatchMethod::Prefix(draft.text(&what, text)),
        Comparison::Suffix(text) => HeaderMatchMethod::Suffix(draft.text(&what, text)),
        Comparison::Regex(text) => HeaderMatchMethod::Regex(draft.text(&what, text)),
        Comparison::Range { start, end } => {
            if start >= end {
                draft.ask(format!(
                    "The range of header `{name}` of {shown} goes from {start} to before {end}, so that no number is in it. Which numbers are meant?"
                ));
            } else {
                let is_open = *end == Comparison::FARTHEST || *start == -Comparison::FARTHEST;
                let why = if is_open {
                    "a range has two ends, and farther numbers do not survive every reader of JSON"
                } else {
                    "the end of a range is the first number past it"
                };
                draft.assume(
                    format!("header `{name}` of {shown} matches the whole numbers from {start} to {}", end - 1),
                    why,
                );
            }
            HeaderMatchMethod::Range(MatchRange {
                end: draft.value(&what, Given::Integer(*end)),
                start: draft.value(&what, Given::Integer(*start)),
            })
        }
    }
}

/// Writes query parameters.
pub(super) fn query(query: &[Query], shown: &str, draft: &mut Draft) -> Option<List<HttpQueryParameter, 10>> {
    let mut written = Vec::new();
    for parameter in query {
        let what = format!("query parameter `{}` of {shown}", parameter.name);
        let exact = parameter.value.as_ref().map(|value| draft.text(&what, value));
        written.push(HttpQueryParameter {
            matcher: exact.map(|exact| QueryParameterMatch { exact: Some(exact) }),
            name: draft.text(&what, &parameter.name),
        });
    }
    bounded(written, "query parameters", shown, draft)
}

/// A list within the API's bound; what is over becomes a question.
pub(super) fn bounded<T, const MAX: usize>(
    mut items: Vec<T>,
    what: &str,
    shown: &str,
    draft: &mut Draft,
) -> Option<List<T, MAX>> {
    if items.len() > MAX {
        draft.ask(format!("{shown} has {} {what}, and App Mesh takes {MAX} at most. Which should stay?", items.len()));
        items.truncate(MAX);
    }
    List::new(items).ok()
}

/// Writes a method.
pub(super) fn method(matcher: &Match, shown: &str, draft: &mut Draft) -> Option<Scalar<HttpMethod>> {
    let method = matcher.method.as_ref()?;
    Some(draft.text(&format!("the method of {shown}"), &method.to_ascii_uppercase()))
}

/// Writes a port.
pub(super) fn port(port: Option<u32>, shown: &str, draft: &mut Draft) -> Option<Scalar<Port>> {
    Some(draft.number(&format!("the port of {shown}"), u64::from(port?)))
}

/// Writes a host name.
pub(super) fn hostname(matcher: &Match, shown: &str, draft: &mut Draft) -> Option<GatewayRouteHostnameMatch> {
    let hostname = matcher.hostname.as_ref()?;
    let (Hostname::Exact(name) | Hostname::Suffix(name)) = hostname;
    if name.contains(':') {
        draft.ask(format!(
            "{shown} matches the host `{name}`, and a host name in a match has no port. Is the port of the gateway meant?"
        ));
    }
    let what = format!("the host name of {shown}");
    Some(match hostname {
        Hostname::Exact(name) => GatewayRouteHostnameMatch { exact: Some(draft.text(&what, name)), suffix: None },
        Hostname::Suffix(name) => GatewayRouteHostnameMatch { exact: None, suffix: Some(draft.text(&what, name)) },
    })
}

/// Asks about parts of a match that its protocol does not have.
pub(super) fn ask_about_http_parts(matcher: &Match, protocol: &str, shown: &str, draft: &mut Draft) {
    let parts = [
        ("a path", matcher.path.as_ref().is_some_and(|path| *path != Pathway::Prefix("/".to_owned()))),
        ("query parameters", !matcher.query.is_empty()),
        ("a method", matcher.method.is_some()),
        ("a scheme", matcher.scheme.is_some()),
    ];
    for (part, _) in parts.into_iter().filter(|(_, is_there)| *is_there) {
        draft.ask(format!(
            "{shown} is for {protocol}, which cannot be matched by {part}. What should tell its requests from others?"
        ));
    }
}
