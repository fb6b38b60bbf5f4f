//! `meshwright.toml`: what people set once. Which rules count and how much, and which findings are allowed, each with a reason.

use std::collections::BTreeMap;
use std::ops::Range;

use glob::{MatchOptions, Pattern};
use meshwright_dialect::source::Source;
use meshwright_model::finding::{Location, Severity};
use meshwright_model::subject::Subject;
use serde::Deserialize;
use toml::Spanned;

use crate::refused::Refused;

/// The name of the file that is looked for.
pub const FILE_NAME: &str = "meshwright.toml";

/// What a project has set.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, for showing its lines; `None` where there is none.
    pub source: Option<Source>,
    /// How much each rule counts, where that is set, and where it is.
    pub levels: BTreeMap<String, (Level, Location)>,
    /// The findings that are allowed.
    pub allows: Vec<ConfigAllow>,
}

/// How much a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not at all: its findings are left out.
    Off,
    /// All its findings are worth knowing, and no more.
    Info,
    /// All its findings are warnings.
    Warning,
    /// All its findings are errors.
    Error,
}

impl Level {
    /// The severity of findings; `None` where there are to be none.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// Findings that a project allows.
#[derive(Clone, Debug)]
pub struct ConfigAllow {
    /// The name of the rule, and where it stands.
    pub rule: (String, Location),
    /// Why; `None` where nothing is said.
    pub reason: Option<String>,
    /// Where it stands.
    pub location: Location,
    file: Option<Pattern>,
    resource: Option<Pattern>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Level>,
    #[serde(default)]
    allow: Vec<Spanned<WrittenAllow>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAllow {
    rule: Spanned<String>,
    file: Option<Spanned<String>>,
    resource: Option<Spanned<String>>,
    reason: Option<String>,
}

impl Config {
    /// Reads the file of that name and content.
    ///
    /// # Errors
    /// Says where it is no TOML, or says something that is not taken.
    pub fn parse(name: &str, text: &str) -> Result<Self, Refused> {
        let refuse = |error: toml::de::Error| {
            let (file, why) = (name.to_owned(), error.to_string().trim_end().to_owned());
            Refused::Settings { file, why }
        };
        let written: Written = toml::from_str(text).map_err(refuse)?;
        let source = Source::new(name, text);
        let levels = written.rules.into_iter().map(|(rule, level)| {
            let location = source.locate_bytes(rule.span());
            (rule.into_inner(), (level, location))
        });
        let levels = levels.collect();
        let allows =
            written.allow.into_iter().map(|allow| ConfigAllow::new(&source, allow)).collect::<Result<_, _>>()?;
        Ok(Self { source: Some(source), levels, allows })
    }
}

impl ConfigAllow {
    fn new(source: &Source, written: Spanned<WrittenAllow>) -> Result<Self, Refused> {
        let Range { start, .. } = written.span();
        let WrittenAllow { rule, file, resource, reason } = written.into_inner();
        let location = source.locate_bytes(rule.span());
        let pattern = |written: Option<Spanned<String>>| {
            let Some(written) = written else { return Ok(None) };
            let Location { file, line, .. } = source.locate_bytes(written.span());
            let pattern = Pattern::new(written.as_ref());
            pattern.map(Some).map_err(|error| Refused::Pattern { file, line, why: error.to_string() })
        };
        Ok(Self {
            rule: (rule.into_inner(), location),
            reason: reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
            location: source.locate_bytes(start..start + 1),
            file: pattern(file)?,
            resource: pattern(resource)?,
        })
    }

    /// Whether it covers a file: its pattern fits the name, or the end of it that begins behind a slash.
    pub fn covers_file(&self, name: Option<&str>) -> bool {
        let Some(pattern) = &self.file else { return true };
        let Some(name) = name else { return false };
        let name = name.replace('\\', "/");
        let starts = std::iter::once(0).chain(name.match_indices('/').map(|(slash, _)| slash + 1));
        starts.into_iter().any(|start| pattern.matches_with(&name[start..], MATCHING))
    }

    /// Whether it covers a resource: its pattern fits the name, `virtualNode/name`, or `route/router/name`.
    pub fn covers_resource(&self, subject: Option<&Subject>) -> bool {
        let Some(pattern) = &self.resource else { return true };
        let Some(Subject { kind, name, parent, .. }) = subject else { return false };
        let kind = kind.api_name();
        let is_named = |name: &str| {
            pattern.matches_with(name, MATCHING) || pattern.matches_with(&format!("{kind}/{name}"), MATCHING)
        };
        is_named(name) || parent.as_ref().is_some_and(|parent| is_named(&format!("{parent}/{name}")))
    }
}

/// `*` stays between slashes; `VirtualNode` and `virtualNode` are the same.
const MATCHING: MatchOptions =
    MatchOptions { case_sensitive: false, require_literal_separator: true, require_literal_leading_dot: false };

#[cfg(test)]
mod tests {
    use meshwright_model::Kind;

    use super::*;

    const TEXT: &str = "\
[rules]
one = \"off\"
two = \"error\"

[[allow]]
rule = \"a\"
file = \"legacy/*.yaml\"
reason = \" old \"

[[allow]]
rule = \"b\"
resource = \"VirtualNode/orders-*\"
";

    #[test]
    fn rules_and_allowances_are_read_with_their_places() {
        let config = Config::parse("meshwright.toml", TEXT).unwrap();
        let levels: Vec<_> = config.levels.iter().map(|(rule, (level, at))| (rule.as_str(), *level, at.line)).collect();
        assert_eq!(levels, [("one", Level::Off, 2), ("two", Level::Error, 3)]);
        let [first, second] = &config.allows[..] else { panic!("{:?}", config.allows) };
        assert_eq!((first.reason.as_deref(), first.location.line), (Some("old"), 5));
        assert_eq!((first.rule.1.line, first.rule.1.column), (6, 8));
        assert_eq!(second.rule.0, "b");
        assert_eq!(second.reason, None);
    }

    #[test]
    fn a_pattern_covers_the_end_of_a_path_and_a_name_or_kind() {
        let config = Config::parse("meshwright.toml", TEXT).unwrap();
        let file = |name| config.allows[0].covers_file(Some(name));
        assert!(file("legacy/a.yaml") && file("./legacy/a.yaml") && file("/srv/legacy/a.yaml"));
        assert!(!file("legacy/sub/a.yaml") && !file("nolegacy/a.yaml") && !config.allows[0].covers_file(None));
        let subject = |kind, name: &str| Subject { kind, mesh: "m".to_owned(), name: name.to_owned(), parent: None };
        let covers = |kind, name| config.allows[1].covers_resource(Some(&subject(kind, name)));
        assert!(covers(Kind::VirtualNode, "orders-v1"));
        assert!(!covers(Kind::VirtualRouter, "orders-v1") && !covers(Kind::VirtualNode, "orders"));
        assert!(config.allows[1].covers_file(None) && config.allows[0].covers_resource(None));
    }

    #[test]
    fn what_is_not_taken_is_refused_with_its_line() {
        for (text, says) in [
            ("[rules]\none = \"fatal\"", "2"),
            ("rulse = 1", "rulse"),
            ("[[allow]]\nreason = \"x\"", "rule"),
            ("[[allow]]\nrule = \"a\"\nfile = \"a***b\"", "meshwright.toml:3"),
            ("= 1", "1"),
        ] {
            let why = Config::parse("meshwright.toml", text).unwrap_err().to_string();
            assert!(why.starts_with("meshwright.toml") && why.contains(says), "{why}");
        }
    }
}
