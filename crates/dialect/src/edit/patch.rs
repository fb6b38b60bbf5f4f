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
    let gone: Vec<Range<usize>> =
        patches.iter().filter(|patch| patch.text.is_empty()).map(|patch| patch.range.clone()).collect();
    for patch in patches.iter_mut() {
        keep_out(text, patch, &gone);
    }
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

/// Moves what is inserted behind lines that go away to the end of the line before them.
fn keep_out(text: &str, patch: &mut Patch, gone: &[Range<usize>]) {
    let at = patch.range.start;
    if !patch.range.is_empty() || !patch.text.starts_with(['\n', '\r']) {
        return;
    }
    let around = gone.iter().find(|gone| gone.start < at && at < gone.end && text[..gone.start].ends_with('\n'));
    if let Some(gone) = around {
        let before = text[..gone.start - 1].strip_suffix('\r').map_or(gone.start - 1, str::len);
        patch.range = before..before;
    }
}
