//! Findings as JSON, in the form that `ARCHITECTURE.md` promises; a later run takes it as its baseline.

use meshwright_model::finding::Severity;
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::verdict::{Judged, Standing, Verdict};
use crate::findings;

pub(super) fn show(verdict: &Verdict<'_>) -> String {
    let has_baseline = verdict.fixed.is_some();
    let finding = |judged: &Judged| {
        let mut value = findings::json(&judged.finding);
        if has_baseline {
            value["state"] = json!(if judged.standing == Standing::Unchanged { "unchanged" } else { "introduced" });
        }
        value
    };
    let findings: Vec<Value> = verdict.said().map(finding).collect();
    let mut summary = json!({
        "files": verdict.files(),
        "resources": verdict.resources(),
        "errors": verdict.count(Severity::Error),
        "warnings": verdict.count(Severity::Warning),
        "infos": verdict.count(Severity::Info),
        "allowed": verdict.allowed(),
    });
    let mut answer = json!({"findings": findings});
    if let Some(fixed) = &verdict.fixed {
        summary["introduced"] = json!(verdict.open().count());
        summary["unchanged"] = json!(verdict.unchanged());
        summary["fixed"] = json!(fixed.len());
        answer["fixed"] = fixed.iter().map(|known| known.value.clone()).collect();
    }
    if let Some(attempts) = verdict.attempts {
        answer["fixes"] = attempts.iter().map(Attempt::json).collect();
    }
    answer["summary"] = summary;
    format!("{answer:#}\n")
}
