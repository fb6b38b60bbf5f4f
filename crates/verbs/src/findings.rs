//! Findings as text with the source line and a caret, and as JSON.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use meshwright_dialect::Reading;
use meshwright_model::finding::{Finding, Severity};
use serde_json::{Value, json};

/// The most characters of a source line that are shown; more are cut off around the place.
const MAX_LINE: usize = 160;
/// How much of a cut line stands before the place.
const BEFORE: usize = 60;

/// All findings as text, the source line with each, and a summary.
pub fn text(reading: &Reading, is_coloured: bool) -> String {
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for finding in &reading.findings {
        let line = shown_line(reading, finding);
        out.push_str(&renderer.render(&[group(finding, line.as_ref())]));
        out.push_str("\n\n");
    }
    out
}

/// A source line as it is shown, and the range in it that is marked.
struct ShownLine {
    text: String,
    mark: std::ops::Range<usize>,
}

/// The line of a finding: control characters replaced, long lines cut around the place.
fn shown_line(reading: &Reading, finding: &Finding) -> Option<ShownLine> {
    let location = finding.location.as_ref()?;
    let source = reading.source(&location.file)?;
    let skip = if location.column > MAX_LINE - BEFORE { location.column - 1 - BEFORE } else { 0 };
    let line = source.line(location.line);
    let mut chars = line.chars().skip(skip).peekable();
    let clean = |char: char| if char.is_control() && char != '\t' { '\u{fffd}' } else { char };
    let mut text: String = chars.by_ref().take(MAX_LINE).map(clean).collect();
    if chars.peek().is_some() {
        text.push('…');
    }
    let column = location.column - 1 - skip;
    let offset = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(offset, _)| offset);
    let (start, end) = (offset(column), offset(column + location.width.min(MAX_LINE)));
    let mark = start.min(text.len())..end.max(start).min(text.len());
    if skip > 0 {
        let dots = '…'.len_utf8();
        return Some(ShownLine { text: format!("…{text}"), mark: mark.start + dots..mark.end + dots });
    }
    Some(ShownLine { text, mark })
}

fn group<'g>(finding: &'g Finding, line: Option<&'g ShownLine>) -> Group<'g> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group = level
        .primary_title(finding.message.as_str())
        .id(finding.rule)
        .elements(std::iter::empty::<Snippet<'g, annotate_snippets::Annotation<'g>>>());
    if let (Some(location), Some(line)) = (&finding.location, line) {
        let subject = finding.subject.as_ref().map(|subject| match &subject.parent {
            Some(parent) => format!("{} {parent}/{}", subject.kind, subject.name),
            None => format!("{} {}", subject.kind, subject.name),
        });
        let annotation = AnnotationKind::Primary.span(line.mark.clone());
        let annotation = match subject {
            Some(subject) => annotation.label(format!("in {subject}")),
            None => annotation,
        };
        group = group.element(
            Snippet::source(line.text.as_str())
                .line_start(location.line)
                .path(location.file.as_str())
                .annotation(annotation),
        );
    } else if let Some(location) = &finding.location {
        let place = format!("{}:{}:{}", location.file, location.line, location.column);
        group = group.element(Level::NOTE.message(place));
    }
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

/// A finding as JSON, in the form of `validate --format json`.
pub fn json(finding: &Finding) -> Value {
    let location = finding.location.as_ref();
    let mut value = json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "resource": finding.subject,
        "path": finding.path.as_ref().map(ToString::to_string),
        "file": location.map(|location| &location.file),
        "line": location.map(|location| location.line),
        "column": location.map(|location| location.column),
        "message": finding.message,
        "help": finding.help,
    });
    if let Value::Object(members) = &mut value {
        members.retain(|_, value| !value.is_null());
    }
    value
}

/// How many findings of each severity there are, in words; empty where there are none.
pub fn summary(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let words = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        count => Some(format!("{count} {word}s")),
    };
    let parts = [
        words(count(Severity::Error), "error"),
        words(count(Severity::Warning), "warning"),
        words(count(Severity::Info), "note"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
