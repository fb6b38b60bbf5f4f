//! A request as a proxy sees it, and whether a match takes it.

use std::borrow::Cow;
use std::fmt;

use crate::condition::{Comparison, Condition};
use crate::matcher::{Match, PathMatch};

/// A request as a proxy sees it; borrowed, so that asking what becomes of one allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call<'r> {
    /// The method.
    pub method: &'r str,
    /// `http` or `https`, as `:scheme` says it.
    pub scheme: &'r str,
    /// The host, with its port where the client says one.
    pub authority: &'r str,
    /// The path, normalised ([`crate::path::normalise`]), without the query.
    pub path: &'r str,
    /// The query, without the `?`.
    pub query: Option<&'r str>,
    /// Headers or metadata beside those above, names in lower case.
    pub headers: &'r [(&'r str, &'r str)],
}

/// The first part of a match that a request does not meet.
#[derive(Clone, Debug)]
pub enum Mismatch<'m> {
    /// The path.
    Path(&'m PathMatch<'m>),
    /// The method that it should have.
    Method(&'static str),
    /// The scheme that it should have.
    Scheme(&'static str),
    /// A header or metadata item.
    Header(&'m str, &'m Condition<'m>),
    /// A query parameter.
    Query(&'m str, &'m Condition<'m>),
}

impl<'r> Call<'r> {
    /// Whether a condition on a header holds.
    ///
    /// A header that is sent several times meets a comparison where one of its values does, and meets it turned round where none does
    /// (a real Envoy 1.40; older ones joined the values).
    fn meets(&self, name: &str, condition: &Condition<'_>) -> bool {
        let own = match name {
            ":method" => Some(self.method),
            ":scheme" => Some(self.scheme),
            ":authority" | "host" => Some(self.authority),
            ":path" => return self.meets_whole_path(condition),
            _ => None,
        };
        if own.is_some() {
            return condition.holds(own);
        }
        let mut values = self.headers.iter().filter(|(other, _)| *other == name).map(|(_, value)| *value).peekable();
        if values.peek().is_none() {
            return condition.holds(None);
        }
        if condition.is_inverted {
            values.all(|value| condition.holds(Some(value)))
        } else {
            values.any(|value| condition.holds(Some(value)))
        }
    }

    /// Whether a condition on `:path` holds, which is the path with the query (a real Envoy 1.40).
    fn meets_whole_path(&self, condition: &Condition<'_>) -> bool {
        match self.query {
            None => condition.holds(Some(self.path)),
            Some(query) => condition.holds(Some(&format!("{}?{query}", self.path))),
        }
    }

    /// The value of a query parameter, not decoded: the first where there are several, empty where it has none.
    fn parameter(&self, name: &str) -> Option<&'r str> {
        self.query?.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then_some(value)
        })
    }
}

impl Match<'_> {
    /// Whether it takes a request; the port is not asked.
    pub fn takes(&self, call: &Call<'_>) -> bool {
        self.mismatch(call).is_none()
    }

    /// The first part of it that a request does not meet; the port is not asked.
    pub fn mismatch(&self, call: &Call<'_>) -> Option<Mismatch<'_>> {
        if !self.path.holds(call.path) {
            return Some(Mismatch::Path(&self.path));
        }
        if let Some(method) = self.method.filter(|method| method.as_str() != call.method) {
            return Some(Mismatch::Method(method.as_str()));
        }
        if let Some(scheme) = self.scheme.filter(|scheme| scheme.as_str() != call.scheme) {
            return Some(Mismatch::Scheme(scheme.as_str()));
        }
        let header = self.headers.iter().find(|(name, condition)| !call.meets(name, condition));
        if let Some((name, condition)) = header {
            return Some(Mismatch::Header(name, condition));
        }
        let parameter = self.query.iter().find(|(name, condition)| !condition.holds(call.parameter(name)));
        parameter.map(|(name, condition)| Mismatch::Query(name, condition))
    }
}

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(PathMatch::Prefix(text)) => write!(formatter, "the path does not start with `{text}`"),
            Self::Path(PathMatch::Exact(text)) => write!(formatter, "the path is not `{text}`"),
            Self::Path(PathMatch::Regex(text, _)) => write!(formatter, "the path does not match `{text}` as a whole"),
            Self::Method(method) => write!(formatter, "the method is not {method}"),
            Self::Scheme(scheme) => write!(formatter, "the scheme is not {scheme}"),
            Self::Header(name, condition) => write!(formatter, "header `{name}` {}", not(condition)),
            Self::Query(name, condition) => write!(formatter, "query parameter `{name}` {}", not(condition)),
        }
    }
}

/// How a value fails a condition.
fn not(condition: &Condition<'_>) -> Cow<'static, str> {
    let (is, starts, ends, lies, matches) = if condition.is_inverted {
        (
            "is missing or is",
            "is missing or starts with",
            "is missing or ends with",
            "is missing or lies",
            "is missing or matches",
        )
    } else {
        ("is not", "does not start with", "does not end with", "is no number", "does not match")
    };
    match &condition.comparison {
        Comparison::Present if condition.is_inverted => "is there".into(),
        Comparison::Present => "is missing".into(),
        Comparison::Exact(text) => format!("{is} `{text}`").into(),
        Comparison::Prefix(text) => format!("{starts} `{text}`").into(),
        Comparison::Suffix(text) => format!("{ends} `{text}`").into(),
        Comparison::Range(start, end) => format!("{lies} from {start} to before {end}").into(),
        Comparison::Regex(text, _) => format!("{matches} `{text}` as a whole").into(),
    }
}
