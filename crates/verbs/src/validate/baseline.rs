//! A baseline: the findings of a former run, so that only those that came since fail this one.
//!
//! A finding is known by its rule, resource, path and message; lines move and do not count. Findings about no resource are
//! known by their file. Where several are alike, as many as the baseline has are unchanged, and the rest were introduced.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::known::{Key, Known, plain};
use super::verdict::{Judged, Standing};
use crate::refused::{BaselineError, Refused};

/// The findings of a baseline: what `validate --format json` has written.
///
/// # Errors
/// Says what is wrong with the file.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<Known>, Refused> {
    let refuse = |why: BaselineError| Refused::Baseline { file: name.to_owned(), why };
    let value: Value = serde_json::from_str(text).map_err(|error| refuse(BaselineError::NotJson(error.to_string())))?;
    let findings = value.get("findings").and_then(Value::as_array);
    let findings = findings.ok_or_else(|| refuse(BaselineError::NoFindings))?;
    let known = findings.iter().map(Known::of);
    known.collect::<Option<_>>().ok_or_else(|| refuse(BaselineError::NoFinding))
}

/// Marks what the baseline has as unchanged, and answers with what is gone. What stood in files that this run does not read
/// is neither.
pub(super) fn compare(findings: &mut [Judged], baseline: Vec<Known>, files: &BTreeSet<&str>) -> Vec<Known> {
    let mut left: BTreeMap<Key, Vec<Known>> = BTreeMap::new();
    for known in baseline.into_iter().rev() {
        left.entry(known.key.clone()).or_default().push(known);
    }
    // What is allowed by now is not fixed, and not new.
    findings.sort_by_key(|judged| !judged.is_allowed());
    for judged in findings.iter_mut() {
        let is_known = left.get_mut(&Key::of(&judged.finding)).is_some_and(|alike| alike.pop().is_some());
        if is_known && judged.is_open() {
            judged.standing = Standing::Unchanged;
        }
    }
    let was_read =
        |known: &Known| known.file.as_deref().is_none_or(|file| files.iter().any(|name| plain(name) == plain(file)));
    left.into_values().flat_map(|alike| alike.into_iter().rev()).filter(was_read).collect()
}
