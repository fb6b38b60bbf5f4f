//! Which resources a proxy means when it refuses a response.

use crate::snapshot::Name;

/// The resources that a message names, out of those that a response changed; all of them where it names none.
///
/// Envoy 1.40 names a listener that it refuses, as `crates/cli/tests/it/proxies.rs` sees.
pub(super) fn blamed(message: &str, changed: &[Name]) -> Vec<Name> {
    let named: Vec<Name> = changed.iter().filter(|name| names(message, name)).cloned().collect();
    if named.is_empty() { changed.to_vec() } else { named }
}

/// Whether a name stands in a message as a whole, and not as a part of a longer one.
fn names(message: &str, name: &str) -> bool {
    let is_part =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    let bytes = message.as_bytes();
    message.match_indices(name).any(|(start, _)| {
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        !is_part(before) && !is_part(bytes.get(start + name.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_meant_only_as_a_whole() {
        let changed: Vec<Name> = ["cds_a", "cds_a_b", "lds"].into_iter().map(Name::from).collect();
        let blame = |message| blamed(message, &changed).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(blame("Error adding/updating cluster(s) cds_a_b: no"), ["cds_a_b"]);
        assert_eq!(blame("Error: cds_a: no, lds: neither"), ["cds_a", "lds"]);
        assert_eq!(blame("Only unique names"), ["cds_a", "cds_a_b", "lds"]);
    }
}
