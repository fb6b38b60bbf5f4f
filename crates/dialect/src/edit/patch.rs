//! A replaced range of bytes.

use std::ops::Range;

/// A replaced range of a file's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The bytes of the old text that go away; empty where text is inserted.
    pub range: Range<usize>,
    /// What stands there instead.
    pub text: String,
}

/// Puts patches in the order of their places and makes them; `None` where two of them overlap.
pub(crate) fn apply(text: &str, patches: &mut [Patch]) -> Option<String> {
    // At one place, what was asked for first comes first.
    patches.sort_by_key(|patch| (patch.range.start, patch.range.end));
    let mut out = String::with_capacity(text.len() + patches.iter().map(|patch| patch.text.len()).sum::<usize>());
    let mut at = 0;
    for Patch { range, text: new } in patches.iter() {
        out.push_str(text.get(at..range.start)?);
        out.push_str(new);
        at = range.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}
