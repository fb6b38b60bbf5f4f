//! Names that are made of other names.

use crate::intent::Version;

/// Words as one alphanumeric name in Pascal case, as logical ids and parameters must be.
pub(super) fn logical(words: &str) -> String {
    let parts = words.split(|char: char| !char.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let name: String = parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect();
    if name.is_empty() { "Unnamed".to_owned() } else { name.chars().take(200).collect() }
}

/// A name as a part of a host name: lower case, with hyphens for what host names cannot have.
pub(super) fn host_label(name: &str) -> String {
    let plain = |char: char| if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '-' };
    let label: String = name.chars().map(plain).take(63).collect();
    let label = label.trim_matches('-');
    if label.is_empty() { "unnamed".to_owned() } else { label.to_owned() }
}

/// Endings that tell versions of one application apart.
const VERSIONS: &[&str] = &["blue", "green", "canary", "stable", "primary", "secondary", "baseline", "old", "new"];

/// Whether a word is a version's: `v2`, `canary`.
pub(crate) fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or_default();
    let is_number = !digits.is_empty() && digits.chars().all(|char| char.is_ascii_digit() || char == '.');
    is_number || VERSIONS.contains(&word.to_ascii_lowercase().as_str())
}

/// A node's name without its version: `payment-service` of `payment-service-v1`.
pub(crate) fn stem(name: &str) -> &str {
    match name.rsplit_once(['-', '_']) {
        Some((stem, ending)) if is_version(ending) && !stem.is_empty() => stem,
        _ => name,
    }
}

/// Whether a name stands in a longer one as whole words behind its first: `blue` and `v2` in `teller-blue-v2`.
pub(crate) fn is_part(full: &str, name: &str) -> bool {
    let is_inside = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !name.is_empty()
        && full.match_indices(name).any(|(start, _)| {
            let (before, after) = (full[..start].chars().next_back(), full[start + name.len()..].chars().next());
            start > 0 && !is_inside(before) && !is_inside(after)
        })
}

/// The stem that all names share.
pub(super) fn common_stem<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let mut names = names.into_iter();
    let first = names.next()?;
    let stem = stem(first);
    names.all(|name| self::stem(name) == stem).then_some(stem)
}

/// `payments-router`: the router of an application.
pub(super) fn own_router(application: &str) -> String {
    format!("{application}-router")
}

/// A host name with a version in its first part: `orders-v1.shop.local`.
pub(super) fn versioned_host(host: &str, version: &Version) -> String {
    match host.split_once('.') {
        Some((label, rest)) => format!("{}.{rest}", version.node_name(label)),
        None => version.node_name(host),
    }
}

/// Names as a sentence lists them: `a`, `b` and `c`.
pub(crate) fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    joined(&quoted)
}

/// Things as a sentence lists them: a, b and c.
pub(crate) fn joined(things: &[String]) -> String {
    match things.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => things.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_one_application_share_a_stem() {
        assert_eq!(common_stem(["payment-service-v1", "payment-service-v2"]), Some("payment-service"));
        assert_eq!(common_stem(["web-blue", "web-green"]), Some("web"));
        assert_eq!(common_stem(["orders", "orders-canary"]), Some("orders"));
        assert_eq!(common_stem(["orders", "payments"]), None);
        assert_eq!(stem("v1"), "v1");
    }

    #[test]
    fn a_name_is_told_by_its_later_words() {
        assert!(is_part("teller_server-blue", "blue"));
        assert!(is_part("${Project}-orders-v2-node", "v2"));
        assert!(!is_part("orders-v2", "orders"));
        assert!(!is_part("teller-bluegreen", "blue"));
    }

    #[test]
    fn host_names_have_no_odd_characters() {
        assert_eq!(host_label("My_Shop"), "my-shop");
        assert_eq!(host_label("_"), "unnamed");
        for version in ["v1", "pay-v1"] {
            let version = Version { name: version.to_owned(), weight: None };
            assert_eq!(versioned_host("pay.shop.local", &version), "pay-v1.shop.local");
        }
    }
}
