//! Texts that a script replaces before anybody deploys them.

/// Whether a value is put in later by a script or a shell: it holds a placeholder, or a shell's variable begins it, as in
/// `$HEALTH_PATH`. Its own form says nothing of what it becomes.
pub(crate) fn is_filled_in_later(value: &str) -> bool {
    has_placeholder(value) || value.starts_with('$')
}

/// Whether a name holds a placeholder, as in `orders.@@DOMAIN@@`, `{{ service }}` or `<name>`: it is open in all but form.
pub(crate) fn has_placeholder(name: &str) -> bool {
    // Hardly any name has one of these.
    name.bytes().any(|byte| matches!(byte, b'@' | b'{' | b'<'))
        && (["@@", "{{"].iter().any(|mark| name.contains(mark)) || name.contains('<') && name.contains('>'))
}
