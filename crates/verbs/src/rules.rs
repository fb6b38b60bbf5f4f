//! Everything that a finding can be of: rules over a mesh, faults of files, and faults of what allows findings.

use meshwright_dialect::FAULTS;
use meshwright_lint::{RULES, Rule};
use meshwright_model::finding::{FaultKind, Severity};
use meshwright_model::spelling::nearest;

/// The name of findings about allowances and settings that name no rule.
pub const UNKNOWN_RULE: &str = "unknown-rule";
/// The name of findings about allowances that give no reason.
pub const ALLOW_WITHOUT_REASON: &str = "allow-without-reason";
/// The name of findings about allowances that nothing needs.
pub const UNUSED_ALLOW: &str = "unused-allow";

/// What can be wrong with what allows findings.
const ALLOWING: &[FaultKind] = &[
    FaultKind {
        name: ALLOW_WITHOUT_REASON,
        severity: Severity::Warning,
        summary: "a finding is allowed and no reason is given",
        why: "it allows nothing: whoever comes later could not tell whether it still should",
        source: "README, \"Allowing a finding\"",
    },
    FaultKind {
        name: UNKNOWN_RULE,
        severity: Severity::Warning,
        summary: "an allowance or a setting names no rule that there is",
        why: "it does nothing, whatever its author meant",
        source: "`meshwright explain` lists all rules",
    },
    FaultKind {
        name: UNUSED_ALLOW,
        severity: Severity::Warning,
        summary: "an allowance has nothing to allow",
        why: "the fault is gone or stands elsewhere; left in place it would hide the next one",
        source: "README, \"Allowing a finding\"",
    },
];

/// Where a kind of finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A rule over a mesh.
    Mesh,
    /// Reading a file.
    Reading,
    /// What allows findings.
    Allowing,
}

/// What there is to say about a kind of finding.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name, severity, summary, reason and source.
    pub kind: FaultKind,
    /// Where it comes from.
    pub family: Family,
    /// The rule, where it is one; it has examples.
    pub rule: Option<&'static Rule>,
}

/// Every kind of finding: rules in the order of their families, then faults of files, then of allowances.
pub fn all() -> impl Iterator<Item = Described> {
    let rules = RULES.iter().map(|rule| {
        let Rule { name, severity, summary, why, source, .. } = **rule;
        let kind = FaultKind { name, severity, summary, why, source };
        Described { kind, family: Family::Mesh, rule: Some(rule) }
    });
    let without_examples = |family| move |kind: &FaultKind| Described { kind: *kind, family, rule: None };
    rules
        .chain(FAULTS.iter().map(without_examples(Family::Reading)))
        .chain(ALLOWING.iter().map(without_examples(Family::Allowing)))
}

/// The kind of finding of that name.
pub fn named(name: &str) -> Option<Described> {
    all().find(|described| described.kind.name == name)
}

/// What to say to somebody who names a rule that there is not.
pub fn did_you_mean(name: &str) -> String {
    match nearest(name, all().map(|described| described.kind.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`meshwright explain` lists all rules".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_of_finding_share_a_name() {
        let names: Vec<&str> = all().map(|described| described.kind.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    }
}
