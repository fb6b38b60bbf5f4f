//! Findings as text with the source line and a caret, as lines, and as JSON.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Renderer, Snippet};
use meshwright_dialect::Reading;
use meshwright_dialect::source::Source;
use meshwright_model::finding::{Finding, Location, Related, Severity};
use meshwright_model::subject::Subject;
use meshwright_model::visible::{one_letter, visible};
use serde_json::{Value, json};

/// The most characters of a source line that are shown; more are cut off around the place.
const MAX_LINE: usize = 160;
/// How much of a cut line stands before the place.
const BEFORE: usize = 60;
/// The most other places of a finding whose lines are shown.
const MAX_RELATED: usize = 8;
/// How the renderer colours an arrow, and how it ends that.
const ARROW_COLOUR: &str = "\u{1b}[1m\u{1b}[94m";
const PLAIN: &str = "\u{1b}[0m";

/// Findings as text, the source line with each.
pub fn text(reading: &Reading, findings: &[Finding], is_coloured: bool) -> String {
    let printer = Printer::new(reading, None, is_coloured);
    findings.iter().map(|finding| printer.full(finding)).collect()
}

/// Shows findings one by one.
pub struct Printer<'r> {
    reading: &'r Reading,
    settings: Option<&'r Source>,
    renderer: Renderer,
    is_coloured: bool,
}

impl<'r> Printer<'r> {
    /// Shows findings about what was read, and about a file of settings.
    pub fn new(reading: &'r Reading, settings: Option<&'r Source>, is_coloured: bool) -> Self {
        let renderer = if is_coloured { Renderer::styled() } else { Renderer::plain() };
        Self { reading, settings, renderer: renderer.decor_style(DecorStyle::Ascii), is_coloured }
    }

    /// A finding with its source line, what to do, a request that shows it, and the other places it speaks of.
    pub fn full(&self, finding: &Finding) -> String {
        let label = finding.subject.as_ref().map(|subject| format!("in {}", named(subject)));
        let here = finding.location.as_ref().map(|location| self.shown(location, label.as_deref()));
        let message = visible(&finding.message);
        let footers = footers(finding);
        let related: Vec<(String, Option<ShownPlace>)> =
            finding.related.iter().take(MAX_RELATED).map(|related| self.related(related)).collect();
        let title = level(finding.severity).primary_title(message.as_str()).id(finding.rule);
        let mut group = Group::with_title(title);
        if let Some(here) = &here {
            group = here.add_to(group, AnnotationKind::Primary);
        }
        let mut groups = vec![footers.iter().fold(group, |group, (word, text)| group.element(footer(word, text)))];
        for (message, place) in &related {
            let group = Group::with_title(Level::NOTE.secondary_title(message.as_str()));
            groups.push(match place {
                Some(place) => place.add_to(group, AnnotationKind::Primary),
                None => group,
            });
        }
        let more = finding.related.len().saturating_sub(MAX_RELATED);
        let more = format!("there are {more} more places; `--format json` has them all");
        if finding.related.len() > MAX_RELATED {
            groups.push(Group::with_title(Level::NOTE.secondary_title(more.as_str())));
        }
        self.renderer.render(&groups) + "\n\n"
    }

    /// A finding in two lines: what and where.
    pub fn short(&self, finding: &Finding) -> String {
        let message = visible(&finding.message);
        let title = level(finding.severity).primary_title(message.as_str()).id(finding.rule);
        let mut text = self.renderer.render(&[Group::with_title(title)]) + "\n";
        if let Some(Location { file, line, column, .. }) = &finding.location {
            let (start, end) = if self.is_coloured { (ARROW_COLOUR, PLAIN) } else { ("", "") };
            let _ = writeln!(text, "  {start}-->{end} {}:{line}:{column}", visible(file));
        }
        text
    }

    fn related(&self, related: &Related) -> (String, Option<ShownPlace>) {
        let label = related.subject.as_ref().map(|subject| format!("in {}", named(subject)));
        let place = related.location.as_ref().map(|location| self.shown(location, label.as_deref()));
        (visible(&related.message), place)
    }

    fn shown(&self, location: &Location, label: Option<&str>) -> ShownPlace {
        let settings = self.settings.filter(|settings| settings.name == location.file);
        let source = settings.or_else(|| self.reading.source(&location.file));
        ShownPlace {
            file: visible(&location.file),
            line: location.line,
            column: location.column,
            label: label.map(visible),
            text: source.map(|source| shown_line(source, location)),
        }
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::NOTE,
    }
}

fn footer<'t>(word: &'static str, text: &'t str) -> Message<'t> {
    match word {
        "help" => Level::HELP.message(text),
        word => Level::HELP.with_name(word).message(text),
    }
}

/// A resource in words: `route orders/all`.
pub(crate) fn named(subject: &Subject) -> String {
    match &subject.parent {
        Some(parent) => format!("{} {parent}/{}", subject.kind, subject.name),
        None if subject.name.is_empty() => format!("{} without a name", subject.kind),
        None => format!("{} {}", subject.kind, subject.name),
    }
}

/// What there is to say beside a finding's message and places, each with its word.
fn footers(finding: &Finding) -> Vec<(&'static str, String)> {
    let witness = finding.witness.as_ref().map(|witness| format!("{}: {}", witness.request, witness.meaning));
    let fix = finding.fix.as_ref().map(|fix| fix.title.clone());
    let footers = [("help", finding.help.clone()), ("witness", witness), ("fix", fix)];
    footers.into_iter().filter_map(|(word, text)| Some((word, visible(&text?)))).collect()
}

/// A finding as lines of text without source: the message, the other places, and what there is to say beside.
pub(crate) fn lines(finding: &Finding) -> Vec<String> {
    let related = finding.related.iter().map(|related| {
        let place = related.location.as_ref();
        let place = place.map(|at| format!(" ({}:{}:{})", uniform_path(&at.file), at.line, at.column));
        visible(&format!("note: {}{}", related.message, place.unwrap_or_default()))
    });
    let footers = footers(finding).into_iter().map(|(word, text)| format!("{word}: {text}"));
    std::iter::once(visible(&finding.message)).chain(related).chain(footers).collect()
}

/// A file's name with slashes, and without the `./` that a shell puts before it.
pub(crate) fn uniform_path(file: &str) -> String {
    let path = file.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

/// A place in a file as it is shown.
struct ShownPlace {
    file: String,
    line: usize,
    column: usize,
    label: Option<String>,
    text: Option<ShownLine>,
}

/// A source line as it is shown, the range in it that is marked, and whether it was cut.
struct ShownLine {
    text: String,
    mark: std::ops::Range<usize>,
    is_cut: bool,
}

impl ShownPlace {
    fn add_to<'s>(&'s self, group: Group<'s>, kind: AnnotationKind) -> Group<'s> {
        let origin = Origin::path(self.file.as_str()).line(self.line).char_column(self.column);
        let Some(line) = &self.text else { return group.element(origin) };
        let annotation = kind.span(line.mark.clone()).label(self.label.as_deref());
        let snippet = Snippet::source(line.text.as_str()).line_start(self.line).annotation(annotation);
        if line.is_cut {
            // The column of a cut line is not its column in the file.
            group.element(origin).element(snippet)
        } else {
            group.element(snippet.path(self.file.as_str()))
        }
    }
}

/// The line of a place: control characters replaced, long lines cut around the place.
fn shown_line(source: &Source, location: &Location) -> ShownLine {
    let skip = if location.column > MAX_LINE - BEFORE { location.column - 1 - BEFORE } else { 0 };
    let mut letters = source.line_from(location.line, skip + 1).chars();
    // One letter for one letter, so that the mark stays in its place.
    let clean = |letter: char| if letter == '\t' { letter } else { one_letter(letter) };
    let mut text: String = if skip > 0 { "…".to_owned() } else { String::new() };
    text.extend(letters.by_ref().take(MAX_LINE).map(clean));
    let is_cut_behind = letters.next().is_some();
    if is_cut_behind {
        text.push('…');
    }
    let column = location.column - 1 - skip + usize::from(skip > 0);
    let offset = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(offset, _)| offset);
    let (start, end) = (offset(column), offset(column + location.width.min(MAX_LINE)));
    ShownLine { mark: start..end.max(start), is_cut: skip > 0 || is_cut_behind, text }
}

/// A finding as JSON, in the form of `validate --format json`.
pub fn json(finding: &Finding) -> Value {
    let location = finding.location.as_ref();
    let related: Vec<Value> = finding.related.iter().map(related_json).collect();
    let witness = finding.witness.as_ref().map(|witness| {
        let headers: Vec<Value> =
            witness.request.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        let headers = if headers.is_empty() { Value::Null } else { headers.into() };
        present(json!({"request": witness.request.line(), "headers": headers, "meaning": witness.meaning}))
    });
    present(json!({
        "rule": finding.rule,
        "severity": finding.severity,
        "resource": finding.subject,
        "path": finding.path.as_ref().map(ToString::to_string),
        "file": location.map(|location| &location.file),
        "line": location.map(|location| location.line),
        "column": location.map(|location| location.column),
        "message": finding.message,
        "help": finding.help,
        "related": if related.is_empty() { Value::Null } else { related.into() },
        "fix": finding.fix,
        "witness": witness,
    }))
}

fn related_json(related: &Related) -> Value {
    let location = related.location.as_ref();
    present(json!({
        "resource": related.subject,
        "file": location.map(|location| &location.file),
        "line": location.map(|location| location.line),
        "column": location.map(|location| location.column),
        "message": related.message,
    }))
}

/// An object without its members that are null.
fn present(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, value| !value.is_null());
    }
    value
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, Reading, read};
    use meshwright_model::edit::Fix;
    use meshwright_model::finding::{Finding, Location, Related, Severity};
    use meshwright_model::request::{Request, Witness};
    use meshwright_model::subject::Subject;
    use serde_json::json;

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

    /// A finding with everything that one can have, about two places of a file.
    fn whole(reading: &Reading) -> Finding {
        let place = |line, column, width| Location { file: "mesh.json".to_owned(), line, column, width };
        let subject = reading.inventory.resources.first().map(Subject::of);
        let request = Request {
            method: "GET".to_owned(),
            scheme: "http",
            host: "r.local".to_owned(),
            port: Some(80),
            path: "/x".to_owned(),
            headers: vec![("a".to_owned(), "b".to_owned())],
        };
        let related =
            Related { subject: subject.clone(), location: Some(place(2, 3, 19)), message: "it is `r` here".to_owned() };
        Finding {
            subject,
            help: Some("do this".to_owned()),
            related: vec![related],
            fix: Some(Fix { title: "set `y`".to_owned(), edits: Vec::new() }),
            witness: Some(Witness { request, meaning: "it is lost".to_owned() }),
            ..Finding::new("some-rule", Severity::Warning, Some(place(3, 12, 3)), "`x` is no good".to_owned())
        }
    }

    const WHOLE: &str = "{\n  \"virtualRouterName\": \"r\",\n  \"spec\": {\"x\": 1}\n}";

    #[test]
    fn a_finding_shows_its_other_places_what_to_do_and_a_request() {
        let input = Input { name: "mesh.json".to_owned(), bytes: WHOLE.into() };
        let reading = read(vec![input], &Options::default());
        let finding = whole(&reading);
        let printer = super::Printer::new(&reading, None, false);
        let expected = r#"
warning[some-rule]: `x` is no good
 --> mesh.json:3:12
  |
3 |   "spec": {"x": 1}
  |            ^^^ in virtual router r
  |
  = help: do this
  = witness: GET http://r.local:80/x -H "a: b": it is lost
  = fix: set `y`
note: it is `r` here
 --> mesh.json:2:3
  |
2 |   "virtualRouterName": "r",
  |   ^^^^^^^^^^^^^^^^^^^ in virtual router r
"#;
        assert_eq!(printer.full(&finding).trim_end(), expected.trim());
        assert_eq!(printer.short(&finding), "warning[some-rule]: `x` is no good\n  --> mesh.json:3:12\n");
        assert_eq!(
            super::lines(&finding),
            [
                "`x` is no good",
                "note: it is `r` here (mesh.json:2:3)",
                "help: do this",
                "witness: GET http://r.local:80/x -H \"a: b\": it is lost",
                "fix: set `y`"
            ]
        );
    }

    #[test]
    fn json_has_every_part_and_no_nulls() {
        let input = Input { name: "mesh.json".to_owned(), bytes: WHOLE.into() };
        let reading = read(vec![input], &Options::default());
        let value = super::json(&whole(&reading));
        let witness = json!({"request": "GET http://r.local:80/x", "headers": [{"name": "a", "value": "b"}], "meaning": "it is lost"});
        assert_eq!(value["witness"], witness);
        assert_eq!(value["fix"], json!({"title": "set `y`", "edits": []}));
        assert_eq!((&value["related"][0]["line"], &value["related"][0]["column"]), (&json!(2), &json!(3)));
        assert_eq!(value["resource"]["kind"], "VirtualRouter");
        let bare = super::json(&Finding::new("r", Severity::Info, None, "m".to_owned()));
        assert_eq!(bare, json!({"rule": "r", "severity": "info", "message": "m"}));
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
