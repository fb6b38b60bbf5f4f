//! Findings as text with the source line and a caret, and as JSON.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use meshwright_dialect::Reading;
use meshwright_model::finding::{Finding, Severity};
use serde_json::{Value, json};

use meshwright_model::visible::visible;

/// The most characters of a source line that are shown; more are cut off around the place.
const MAX_LINE: usize = 160;
/// How much of a cut line stands before the place.
const BEFORE: usize = 60;

/// Findings as text, the source line with each.
pub fn text(reading: &Reading, findings: &[Finding], is_coloured: bool) -> String {
    let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let mut out = String::new();
    for finding in findings {
        out.push_str(&renderer.render(&[Shown::of(reading, finding).group()]));
        out.push_str("\n\n");
    }
    out
}

/// A finding's texts as people may see them.
struct Shown<'f> {
    finding: &'f Finding,
    message: String,
    help: Option<String>,
    file: String,
    label: Option<String>,
    line: Option<ShownLine>,
}

/// A source line as it is shown, the range in it that is marked, and whether it was cut.
struct ShownLine {
    text: String,
    mark: std::ops::Range<usize>,
    is_cut: bool,
}

impl<'f> Shown<'f> {
    fn of(reading: &Reading, finding: &'f Finding) -> Self {
        let label = finding.subject.as_ref().map(|subject| match &subject.parent {
            Some(parent) => format!("in {} {parent}/{}", subject.kind, subject.name),
            None => format!("in {} {}", subject.kind, subject.name),
        });
        Self {
            finding,
            message: visible(&finding.message),
            help: finding.help.as_deref().map(visible),
            file: finding.location.as_ref().map(|location| visible(&location.file)).unwrap_or_default(),
            label: label.as_deref().map(visible),
            line: shown_line(reading, finding),
        }
    }

    fn group(&self) -> Group<'_> {
        let level = match self.finding.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let title = level.primary_title(self.message.as_str()).id(self.finding.rule);
        let mut group = Group::with_title(title);
        if let Some(location) = &self.finding.location {
            let origin = Origin::path(self.file.as_str()).line(location.line).char_column(location.column);
            group = match &self.line {
                Some(line) if !line.is_cut => group.element(self.snippet(line, location.line).path(self.file.as_str())),
                // The column of a cut line is not its column in the file.
                Some(line) => group.element(origin).element(self.snippet(line, location.line)),
                None => group.element(origin),
            };
        }
        match &self.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }

    fn snippet<'s>(&'s self, line: &'s ShownLine, number: usize) -> Snippet<'s, Annotation<'s>> {
        let annotation = AnnotationKind::Primary.span(line.mark.clone()).label(self.label.as_deref());
        Snippet::source(line.text.as_str()).line_start(number).annotation(annotation)
    }
}

/// The line of a finding: control characters replaced, long lines cut around the place.
fn shown_line(reading: &Reading, finding: &Finding) -> Option<ShownLine> {
    let location = finding.location.as_ref()?;
    let source = reading.source(&location.file)?;
    let skip = if location.column > MAX_LINE - BEFORE { location.column - 1 - BEFORE } else { 0 };
    let mut letters = source.line(location.line).chars().skip(skip);
    // One letter for one letter, so that the mark stays in its place.
    let clean = |letter: char| {
        if letter == '\t' || visible(letter.encode_utf8(&mut [0; 4])).chars().count() == 1 {
            letter
        } else {
            '\u{fffd}'
        }
    };
    let mut text: String = if skip > 0 { "…".to_owned() } else { String::new() };
    text.extend(letters.by_ref().take(MAX_LINE).map(clean));
    let is_cut_behind = letters.next().is_some();
    if is_cut_behind {
        text.push('…');
    }
    let column = location.column - 1 - skip + usize::from(skip > 0);
    let offset = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(offset, _)| offset);
    let (start, end) = (offset(column), offset(column + location.width.min(MAX_LINE)));
    Some(ShownLine { mark: start..end.max(start), is_cut: skip > 0 || is_cut_behind, text })
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

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};

    fn check(text: &str, expected: &str) {
        let input = Input { name: "mesh.json".to_owned(), bytes: text.as_bytes().to_vec() };
        let reading = read(vec![input], &Options::default());
        let shown = super::text(&reading, &reading.findings, false);
        assert_eq!(shown.trim_end(), expected.trim_start_matches('\n').trim_end(), "\n{shown}");
    }

    #[test]
    fn a_finding_shows_its_line_and_marks_the_place() {
        check(
            "{\n  \"virtualRouterName\": \"r\",\n  \"spec\": {\"listenrs\": []}\n}",
            r#"
error[unknown-field]: `listenrs` is not a field here
 --> mesh.json:3:12
  |
3 |   "spec": {"listenrs": []}
  |            ^^^^^^^^^^ in virtual router r
  |
  = help: did you mean `listeners`?"#,
        );
    }

    #[test]
    fn a_long_line_is_cut_but_its_column_is_not() {
        let text = format!(
            "{{\"virtualRouterName\": \"{}\", \"spec\": {{\"x\": 1}}, \"meshName\": \"{}\"}}",
            "r".repeat(200),
            "m".repeat(200)
        );
        let input = Input { name: "mesh.json".to_owned(), bytes: text.into_bytes() };
        let reading = read(vec![input], &Options::default());
        let shown = super::text(&reading, &reading.findings, false);
        assert!(shown.contains("--> mesh.json:1:236"), "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() < 400), "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        let line = lines.iter().position(|line| line.starts_with("1 |")).unwrap();
        let mark = lines[line + 1].chars().take_while(|letter| *letter != '^').count();
        assert_eq!(lines[line].chars().skip(mark).take(3).collect::<String>(), "\"x\"", "{shown}");
    }

    #[test]
    fn what_a_file_says_does_not_steer_the_terminal() {
        let input = Input {
            name: "m.json".to_owned(),
            bytes: b"{\"virtualNodeName\": \"n\\u001b[1m\", \"spec\": {\"a\\u001b[0m\x1b[31m\": 1}}".to_vec(),
        };
        let reading = read(vec![input], &Options::default());
        let shown = super::text(&reading, &reading.findings, false);
        assert!(!shown.contains('\u{1b}'), "{shown:?}");
    }
}
