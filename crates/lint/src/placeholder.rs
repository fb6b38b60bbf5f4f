//! Texts that a script replaces before anybody deploys them.

/// Whether a name holds a placeholder, as in `orders.@@DOMAIN@@`, `{{ service }}` or `<name>`: it is open in all but form.
pub(crate) fn has_placeholder(name: &str) -> bool {
    ["@@", "{{"].iter().any(|mark| name.contains(mark)) || name.contains('<') && name.contains('>')
}
