//! Which findings are allowed, by the files themselves and by the project's settings; and what is wrong with allowances.

use std::collections::{BTreeSet, HashMap};

use meshwright_dialect::{Allowance, Reading};
use meshwright_model::finding::{Finding, Location, Severity};
use meshwright_model::subject::Subject;

use super::verdict::{Judged, Standing};
use crate::config::{Config, ConfigAllow};
use crate::rules::{self, ALLOW_WITHOUT_REASON, UNKNOWN_RULE, UNUSED_ALLOW};

/// What allows findings.
#[derive(Clone, Copy)]
enum Allow<'a> {
    File(&'a Allowance),
    Config(&'a ConfigAllow),
}

impl<'a> Allow<'a> {
    fn rules(self) -> &'a [(String, Location)] {
        match self {
            Self::File(allow) => &allow.rules,
            Self::Config(allow) => std::slice::from_ref(&allow.rule),
        }
    }

    fn reason(self) -> Option<&'a str> {
        match self {
            Self::File(allow) => allow.reason.as_deref(),
            Self::Config(allow) => allow.reason.as_deref(),
        }
    }

    fn location(self) -> &'a Location {
        match self {
            Self::File(allow) => &allow.location,
            Self::Config(allow) => &allow.location,
        }
    }

    fn covers(self, finding: &Finding) -> bool {
        match self {
            Self::File(allow) => finding.location.as_ref().is_some_and(|location| allow.covers(location)),
            Self::Config(allow) => {
                allow.covers_file(finding.location.as_ref().map(|location| location.file.as_str()))
                    && allow.covers_resource(finding.subject.as_ref())
            }
        }
    }

    /// Whether what it covers was read at all: settings may speak of files that are not part of this run.
    fn is_concerned(self, reading: &Reading) -> bool {
        match self {
            Self::File(_) => true,
            Self::Config(allow) => {
                let resources = &reading.inventory.resources;
                reading.file_names().into_iter().any(|name| allow.covers_file(Some(name)))
                    && (allow.covers_resource(None)
                        || resources.iter().any(|resource| allow.covers_resource(Some(&Subject::of(resource)))))
            }
        }
    }
}

/// Gives each finding its standing, and adds what is wrong with the allowances; unused ones only where all was looked at.
pub(super) fn judge(reading: &Reading, config: &Config, findings: Vec<Finding>, is_all: bool) -> Vec<Judged> {
    let in_files = reading.allowances.iter().map(Allow::File);
    let allows: Vec<Allow<'_>> = in_files.chain(config.allows.iter().map(Allow::Config)).collect();
    let mut by_rule: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (at, allow) in allows.iter().enumerate().filter(|(_, allow)| allow.reason().is_some()) {
        for (position, (rule, _)) in allow.rules().iter().enumerate() {
            by_rule.entry(rule).or_default().push((at, position));
        }
    }
    let mut used = BTreeSet::new();
    let mut judged: Vec<Judged> = Vec::with_capacity(findings.len());
    for finding in findings.into_iter().filter_map(|finding| levelled(config, finding)) {
        let candidates = by_rule.get(finding.rule).map_or(&[][..], Vec::as_slice);
        let covering = candidates.iter().filter(|(at, _)| allows[*at].covers(&finding));
        let mut standing = Standing::Open;
        for (at, position) in covering {
            used.insert((*at, *position));
            if standing == Standing::Open {
                let reason = allows[*at].reason().unwrap_or_default().to_owned();
                standing = Standing::Allowed { reason, is_in_file: matches!(allows[*at], Allow::File(_)) };
            }
        }
        judged.push(Judged { finding, standing });
    }
    let mut about = about_levels(config);
    for (at, allow) in allows.into_iter().enumerate() {
        let is_used = |position| used.contains(&(at, position));
        about.extend(about_allow(reading, config, allow, is_all, &is_used));
    }
    let about = about.into_iter().filter_map(|finding| levelled(config, finding));
    judged.extend(about.map(|finding| Judged { finding, standing: Standing::Open }));
    judged
}

/// A finding with the severity that the settings give its rule; `None` where they turn it off.
fn levelled(config: &Config, mut finding: Finding) -> Option<Finding> {
    if let Some((level, _)) = config.levels.get(finding.rule) {
        finding.severity = level.severity()?;
    }
    Some(finding)
}

/// Settings that speak of no rule.
fn about_levels(config: &Config) -> Vec<Finding> {
    let unknown = config.levels.iter().filter(|(rule, _)| rules::named(rule).is_none());
    unknown.map(|(rule, (_, location))| unknown_rule(rule, location)).collect()
}

fn unknown_rule(rule: &str, location: &Location) -> Finding {
    let message = format!("there is no rule `{rule}`");
    Finding {
        help: Some(rules::did_you_mean(rule)),
        ..Finding::new(UNKNOWN_RULE, Severity::Warning, Some(location.clone()), message)
    }
}

/// What is wrong with one allowance.
fn about_allow(
    reading: &Reading,
    config: &Config,
    allow: Allow<'_>,
    is_all: bool,
    is_used: &dyn Fn(usize) -> bool,
) -> Vec<Finding> {
    let mut about = Vec::new();
    if allow.reason().is_none() {
        let help = match allow {
            Allow::File(_) => "say why after `--` in a comment, or in `reason` in metadata",
            Allow::Config(_) => "say why in `reason`",
        };
        let message = "no reason is given, so this allows nothing".to_owned();
        about.push(Finding {
            help: Some(help.to_owned()),
            ..Finding::new(ALLOW_WITHOUT_REASON, Severity::Warning, Some(allow.location().clone()), message)
        });
    }
    let may_be_unused = is_all && allow.reason().is_some() && allow.is_concerned(reading);
    for (position, (rule, location)) in allow.rules().iter().enumerate() {
        let is_off = config.levels.get(rule).is_some_and(|(level, _)| level.severity().is_none());
        if rules::named(rule).is_none() {
            about.push(unknown_rule(rule, location));
        } else if may_be_unused && !is_off && !is_used(position) {
            // Another run may read other files, so that settings are not to blame for certain.
            let severity = if matches!(allow, Allow::File(_)) { Severity::Warning } else { Severity::Info };
            let message = format!("`{rule}` finds nothing here that this could allow");
            about.push(Finding {
                help: Some("take it away".to_owned()),
                ..Finding::new(UNUSED_ALLOW, severity, Some(location.clone()), message)
            });
        }
    }
    about
}
