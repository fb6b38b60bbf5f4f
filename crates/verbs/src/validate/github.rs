//! Findings as workflow commands of GitHub Actions, which become annotations of a pull request.
//!
//! Source: GitHub Docs, workflow commands, "Setting an error message"; the escapes are those of the toolkit, `@actions/core`
//! `command.ts`.

use std::fmt::Write as _;

use meshwright_model::finding::{Finding, Severity};

use super::verdict::Verdict;
use crate::findings;

pub(super) fn show(verdict: &Verdict<'_>) -> String {
    let mut out = String::new();
    for finding in verdict.open() {
        let _ = writeln!(out, "{}", command(finding));
    }
    out
}

fn command(finding: &Finding) -> String {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(location) = &finding.location {
        properties.push(format!("file={}", escape_property(&findings::uniform_path(&location.file))));
        properties.push(format!("line={}", location.line));
        properties.push(format!("col={}", location.column));
        properties.push(format!("endColumn={}", location.column + location.width));
    }
    properties.push(format!("title={}", escape_property(finding.rule)));
    format!("::{name} {}::{}", properties.join(","), escape_data(&findings::lines(finding).join("\n")))
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use meshwright_model::finding::Location;
    use proptest::prelude::*;

    use super::*;

    /// Name, properties and message of a command.
    type Parsed = (String, Vec<(String, String)>, String);

    /// A command as the runner takes it apart.
    ///
    /// Source: actions/runner, `ActionCommand.TryParseV2`: the properties end at the second `::`, are split at commas, then at
    /// their first `=`; `%25` is undone last.
    fn parsed(line: &str) -> Option<Parsed> {
        let (head, message) = line.strip_prefix("::")?.split_once("::")?;
        let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
        let undo = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
        let property = |pair: &str| {
            let (key, value) = pair.split_once('=')?;
            Some((key.to_owned(), undo(value).replace("%3A", ":").replace("%2C", ",").replace("%25", "%")))
        };
        let properties = properties.split(',').map(property).collect::<Option<_>>()?;
        Some((name.to_owned(), properties, undo(message).replace("%25", "%")))
    }

    fn finding(file: &str, message: &str) -> Finding {
        let location = Location { file: file.to_owned(), line: 3, column: 5, width: 2 };
        Finding::new("some-rule", Severity::Info, Some(location), message.to_owned())
    }

    #[test]
    fn a_command_names_place_and_rule() {
        assert_eq!(
            command(&finding("a,b:c.yaml", "100% of `x`\nis wrong: really")),
            "::notice file=a%2Cb%3Ac.yaml,line=3,col=5,endColumn=7,title=some-rule::100%25 of `x`\\nis wrong: really"
        );
    }

    proptest! {
        #[test]
        fn the_runner_reads_what_was_meant(file in "[ -~\\r\\n%:,=]{1,20}", message in "[ -~%:,é]{1,40}") {
            let file = file.replace('\\', "/").trim_start_matches("./").to_owned();
            let line = command(&finding(&file, &message));
            prop_assert!(!line.contains('\n') && !line.contains('\r'));
            let (name, properties, said) = parsed(&line).unwrap();
            prop_assert_eq!(name, "notice");
            prop_assert_eq!(&properties[0], &("file".to_owned(), file));
            prop_assert_eq!(properties[4].1.as_str(), "some-rule");
            prop_assert_eq!(said, message);
        }
    }
}
