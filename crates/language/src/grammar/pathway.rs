//! What a path means by its form: a prefix, or a pattern.

use super::slot::literal;
use crate::intent::Pathway;

/// What a path means that comes without a word for how it is compared: `/api/*` and `/api` are prefixes.
pub(super) fn by_form(path: String) -> Pathway {
    match path.strip_suffix('*').filter(|prefix| !ends_pattern(prefix) && pattern_of(prefix).is_none()) {
        Some(prefix) => Pathway::Prefix(prefix.to_owned()),
        None => Pathway::Prefix(path),
    }
}

/// Whether a star after this belongs to a pattern: `/a/.*`, `/[0-9]*`.
fn ends_pattern(path: &str) -> bool {
    path.ends_with(['.', ']', ')'])
}

/// The pattern that a path is which has characters that no path has: `/users/[0-9]+`, and `/a/*/b`, whose star is one part.
pub(super) fn pattern_of(path: &str) -> Option<String> {
    let is_repeated = path.contains('+') && !path.contains("++");
    let is_regex = path.contains(['[', ']', '(', ')', '^', '$', '\\', '|']) || path.contains(".*") || is_repeated;
    // What is below: `/users/[0-9]+/*`
    let (above, below) = path.strip_suffix("/*").map_or((path, ""), |above| (above, "/.*"));
    if is_regex || !path.contains('*') {
        return is_regex.then(|| format!("{above}{below}"));
    }
    let parts: Vec<String> = above.split('*').map(literal).collect();
    Some(format!("{}{below}", parts.join("[^/]+")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_brackets_are_patterns() {
        let pattern = |path: &str| pattern_of(path);
        assert_eq!(pattern("/users/[0-9]+/a").as_deref(), Some("/users/[0-9]+/a"));
        assert_eq!(pattern("/a/*/b").as_deref(), Some("/a/[^/]+/b"));
        assert_eq!(pattern("/a/*/b/*").as_deref(), Some("/a/[^/]+/b/.*"));
        assert_eq!(pattern("/a[0-9]/*").as_deref(), Some("/a[0-9]/.*"));
        assert_eq!(pattern("/a/.*/b").as_deref(), Some("/a/.*/b"));
        assert_eq!(pattern("/a-b/c.d"), None);
        assert_eq!(pattern("/c++"), None);
    }

    #[test]
    fn a_star_at_the_end_is_a_prefix() {
        assert_eq!(by_form("/api/*".to_owned()), Pathway::Prefix("/api/".to_owned()));
        assert_eq!(by_form("/api/.*".to_owned()), Pathway::Prefix("/api/.*".to_owned()));
        assert_eq!(by_form("/a/*/b/*".to_owned()), Pathway::Prefix("/a/*/b/*".to_owned()));
    }
}
