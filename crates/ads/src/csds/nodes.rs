//! Which proxies are asked for.

use meshwright_envoy::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use meshwright_envoy::envoy::r#type::matcher::v3::{NodeMatcher, StringMatcher};
use meshwright_traffic::Pattern;

/// The most matchers of a request.
const MAX_MATCHERS: usize = 100;

/// Those that any of some matchers takes; all where there are none.
///
/// Source: envoyproxy/envoy, `api/envoy/type/matcher/v3`: `node.proto`, `string.proto`.
#[derive(Debug)]
pub(super) struct Nodes(Vec<Id>);

/// How an id is compared.
#[derive(Debug)]
enum Id {
    Any,
    Exact(Text),
    Prefix(Text),
    Suffix(Text),
    Contains(Text),
    Pattern(Box<Pattern>),
}

/// A text, in small letters where these do not matter.
#[derive(Debug)]
struct Text {
    text: String,
    ignores_case: bool,
}

impl Nodes {
    /// # Errors
    /// Says what is not understood.
    pub(super) fn of(matchers: &[NodeMatcher]) -> Result<Self, String> {
        if matchers.len() > MAX_MATCHERS {
            return Err(format!("node_matchers: there may be {MAX_MATCHERS}, and not {}", matchers.len()));
        }
        matchers.iter().map(Id::of).collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn take(&self, id: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|own| own.takes(id))
    }
}

impl Id {
    fn of(matcher: &NodeMatcher) -> Result<Self, String> {
        let NodeMatcher { node_id, node_metadatas } = matcher;
        if !node_metadatas.is_empty() {
            return Err(
                "node_matchers: node_metadatas: this server does not keep the metadata of nodes: match node_id"
                    .to_owned(),
            );
        }
        let Some(StringMatcher { ignore_case, match_pattern }) = node_id else { return Ok(Self::Any) };
        let text = |text: &String| {
            let text = if *ignore_case { text.to_ascii_lowercase() } else { text.clone() };
            Text { text, ignores_case: *ignore_case }
        };
        match match_pattern {
            Some(MatchPattern::Exact(own)) => Ok(Self::Exact(text(own))),
            Some(MatchPattern::Prefix(own)) => Ok(Self::Prefix(text(own))),
            Some(MatchPattern::Suffix(own)) => Ok(Self::Suffix(text(own))),
            Some(MatchPattern::Contains(own)) => Ok(Self::Contains(text(own))),
            // Whether letters are small matters to patterns always.
            Some(MatchPattern::SafeRegex(own)) => match Pattern::new(&own.regex) {
                Ok(pattern) => Ok(Self::Pattern(Box::new(pattern))),
                Err(why) => Err(format!("node_matchers: node_id: safe_regex: {why}")),
            },
            Some(MatchPattern::Custom(_)) => {
                Err("node_matchers: node_id: this server has no custom matchers".to_owned())
            }
            None => Err("node_matchers: node_id: it is empty".to_owned()),
        }
    }

    fn takes(&self, id: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(own) => own.is(id, |id, text| id == text),
            Self::Prefix(own) => own.is(id, |id, text| id.starts_with(text)),
            Self::Suffix(own) => own.is(id, |id, text| id.ends_with(text)),
            Self::Contains(own) => own.is(id, |id, text| id.contains(text)),
            Self::Pattern(pattern) => pattern.matches(id),
        }
    }
}

impl Text {
    fn is(&self, id: &str, compare: fn(&str, &str) -> bool) -> bool {
        if self.ignores_case { compare(&id.to_ascii_lowercase(), &self.text) } else { compare(id, &self.text) }
    }
}

#[cfg(test)]
mod tests {
    use meshwright_envoy::envoy::r#type::matcher::v3::{RegexMatcher, StructMatcher};

    use super::*;

    fn by(pattern: MatchPattern, ignore_case: bool) -> NodeMatcher {
        let node_id = Some(StringMatcher { ignore_case, match_pattern: Some(pattern) });
        NodeMatcher { node_id, node_metadatas: Vec::new() }
    }

    fn regex(text: &str) -> MatchPattern {
        MatchPattern::SafeRegex(RegexMatcher { regex: text.to_owned(), ..RegexMatcher::default() })
    }

    #[test]
    fn ids_are_compared_as_envoy_compares_texts() {
        let takes = |pattern, ignore_case, id| Nodes::of(&[by(pattern, ignore_case)]).unwrap().take(id);
        let text = |text: &str| text.to_owned();
        assert!(takes(MatchPattern::Exact(text("mesh/a")), false, "mesh/a"));
        assert!(!takes(MatchPattern::Exact(text("mesh/a")), false, "mesh/A"));
        assert!(takes(MatchPattern::Exact(text("mesh/A")), true, "MESH/a"));
        assert!(takes(MatchPattern::Prefix(text("mesh/")), false, "mesh/a"));
        assert!(!takes(MatchPattern::Prefix(text("esh/")), false, "mesh/a"));
        assert!(takes(MatchPattern::Suffix(text("/a")), false, "mesh/a"));
        assert!(!takes(MatchPattern::Suffix(text("mesh")), false, "mesh/a"));
        assert!(takes(MatchPattern::Contains(text("H/")), true, "mesh/a"));
        assert!(takes(regex("mesh/[ab]"), false, "mesh/b"));
        assert!(!takes(regex("mesh"), false, "mesh/b"), "a pattern takes the whole id");
        assert!(!takes(regex("MESH/b"), true, "mesh/b"), "of patterns letters matter");
    }

    #[test]
    fn any_matcher_is_enough_and_none_takes_all() {
        assert!(Nodes::of(&[]).unwrap().take("mesh/a"));
        assert!(Nodes::of(&[NodeMatcher::default()]).unwrap().take("mesh/a"));
        let one = |id: &str| by(MatchPattern::Exact(id.to_owned()), false);
        let nodes = Nodes::of(&[one("mesh/a"), one("mesh/b")]).unwrap();
        assert!(nodes.take("mesh/b") && !nodes.take("mesh/c"));
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let why = |matcher: NodeMatcher| Nodes::of(&[matcher]).unwrap_err();
        let metadata = NodeMatcher { node_id: None, node_metadatas: vec![StructMatcher::default()] };
        assert!(why(metadata).contains("match node_id"));
        assert!(why(by(regex("a("), false)).contains("safe_regex: a `(` is not closed"));
        let empty = NodeMatcher { node_id: Some(StringMatcher::default()), node_metadatas: Vec::new() };
        assert!(why(empty).ends_with("it is empty"));
        let many = Nodes::of(&vec![NodeMatcher::default(); MAX_MATCHERS + 1]).unwrap_err();
        assert!(many.contains("there may be 100, and not 101"));
    }
}
