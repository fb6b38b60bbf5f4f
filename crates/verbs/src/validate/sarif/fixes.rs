//! Fixes of findings as replaced ranges of text (3.55), made as `--fix` makes them.

use std::collections::BTreeMap;

use meshwright_dialect::{Edited, Patch, Reading, edit};
use serde_json::{Value, json};

use super::{Judged, uri};

/// The most fixes of a log: each is made on the whole text.
const MAX_FIXES: usize = 500;

/// Makes fixes.
pub(super) struct Fixes<'r> {
    reading: &'r Reading,
    /// Where the lines of files begin.
    lines: BTreeMap<String, Vec<usize>>,
    count: usize,
}

impl<'r> Fixes<'r> {
    pub(super) fn new(reading: &'r Reading) -> Self {
        Self { reading, lines: BTreeMap::new(), count: 0 }
    }

    /// The fix of a finding; `None` where it has none, or one that cannot be made in the text.
    pub(super) fn of(&mut self, judged: &Judged) -> Option<Value> {
        let fix = judged.finding.fix.as_ref().filter(|_| judged.is_open() && self.count < MAX_FIXES)?;
        self.count += 1;
        let edited = edit(self.reading, &fix.edits).ok().filter(|edited| !edited.is_empty())?;
        let changes = edited.iter().map(|edited| self.change(edited)).collect::<Option<Vec<Value>>>()?;
        Some(json!({"description": {"text": fix.title}, "artifactChanges": changes}))
    }

    /// What changes in a file (3.56).
    fn change(&mut self, edited: &Edited) -> Option<Value> {
        let text = self.reading.source(&edited.file)?.text();
        let lines = self.lines.entry(edited.file.clone()).or_insert_with(|| line_starts(text));
        let replacements: Vec<Value> = edited.patches.iter().map(|patch| replacement(text, lines, patch)).collect();
        Some(json!({"artifactLocation": {"uri": uri(&edited.file)}, "replacements": replacements}))
    }
}

/// A replaced range (3.57); where nothing goes away, its region is empty.
fn replacement(text: &str, lines: &[usize], patch: &Patch) -> Value {
    let ((start_line, start_column), (end_line, end_column)) =
        (place(text, lines, patch.range.start), place(text, lines, patch.range.end));
    let region = json!({
        "startLine": start_line,
        "startColumn": start_column,
        "endLine": end_line,
        "endColumn": end_column,
    });
    let mut replacement = json!({"deletedRegion": region});
    if !patch.text.is_empty() {
        replacement["insertedContent"] = json!({"text": patch.text});
    }
    replacement
}

fn line_starts(text: &str) -> Vec<usize> {
    // A byte order mark counts for no column.
    let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The line and column of a byte, both from 1.
fn place(text: &str, lines: &[usize], byte: usize) -> (usize, usize) {
    let line = lines.partition_point(|start| *start <= byte).max(1);
    let start = lines.get(line - 1).copied().unwrap_or_default();
    (line, text.get(start..byte).unwrap_or_default().chars().count() + 1)
}
