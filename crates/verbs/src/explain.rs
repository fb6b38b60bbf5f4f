//! The verb `explain`: what a rule means, why it matters, its source, a bad and a good example; or the list of all rules.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::refused::Refused;
use crate::rules::{self, Described, Family};
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "explain",
    about: "What a rule means: why it matters, its source, a bad and a good example",
    example: "meshwright explain dangling-virtual-node   # without a name: the list of all rules",
};

/// Options of `explain`.
#[derive(Args, Clone, Debug)]
pub struct ExplainOptions {
    /// The rule; without it, all rules are listed
    #[arg(value_name = "RULE")]
    pub rule: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
}

/// How an explanation is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Answers with one rule, or with the list of all.
///
/// # Errors
/// Says which rule was probably meant, where there is none of that name.
pub fn run(options: &ExplainOptions) -> Result<Answer, Refused> {
    let output = match (&options.rule, options.format) {
        (None, ExplainFormat::Text) => list(),
        (None, ExplainFormat::Json) => {
            let rules: Vec<Value> = rules::all().map(|described| as_json(&described, false)).collect();
            format!("{:#}\n", json!({"rules": rules}))
        }
        (Some(name), format) => {
            let described = rules::named(name)
                .ok_or_else(|| Refused::NoSuchRule { name: name.clone(), advice: rules::did_you_mean(name) })?;
            match format {
                ExplainFormat::Text => text(&described),
                ExplainFormat::Json => format!("{:#}\n", as_json(&described, true)),
            }
        }
    };
    Ok(Answer { output, ..Answer::default() })
}

/// Every rule in a line, family by family.
fn list() -> String {
    let width = rules::all().map(|described| described.kind.name.len()).max().unwrap_or_default();
    let mut out = String::new();
    for family in FAMILIES {
        let _ = writeln!(out, "{}{}", if out.is_empty() { "" } else { "\n" }, title(family));
        for Described { kind, .. } in rules::all().filter(|described| described.family == family) {
            let _ = writeln!(out, "  {:7}  {:width$}  {}", kind.severity.word(), kind.name, kind.summary);
        }
    }
    out
}

const FAMILIES: [Family; 3] = [Family::Mesh, Family::Reading, Family::Allowing];

fn title(family: Family) -> &'static str {
    match family {
        Family::Mesh => "Rules over a mesh",
        Family::Reading => "Faults of files",
        Family::Allowing => "Faults of what allows findings",
    }
}

/// A rule as text.
pub(crate) fn text(described: &Described) -> String {
    let kind = described.kind;
    let mut out = format!(
        "{}[{}]: {}\n\nwhy: {}\nsource: {}\n",
        kind.severity.word(),
        kind.name,
        kind.summary,
        kind.why,
        kind.source
    );
    if let Some(rule) = described.rule {
        for (title, template) in [("bad", rule.bad.to_owned()), ("good", rule.good())] {
            let _ = write!(out, "\n{title}:\n\n{}", indented(&template));
        }
    }
    let _ = write!(out, "\nto allow it on a line or a resource:\n\n    # meshwright: allow {} -- reason\n", kind.name);
    out
}

fn indented(text: &str) -> String {
    text.lines().fold(String::new(), |out, line| out + "    " + line + "\n")
}

fn as_json(described: &Described, is_whole: bool) -> Value {
    let kind = described.kind;
    let mut value = json!({"rule": kind.name, "severity": kind.severity, "summary": kind.summary});
    if is_whole {
        value["why"] = json!(kind.why);
        value["source"] = json!(kind.source);
        if let Some(rule) = described.rule {
            value["bad"] = json!(rule.bad);
            value["good"] = json!(rule.good());
        }
    }
    value
}

/// A rule as Markdown, without a heading: the example as the difference between bad and good.
pub(crate) fn markdown(described: &Described) -> String {
    let kind = described.kind;
    let severity = kind.severity.word();
    let mut out =
        format!("{} ({severity}).\n\n**Why:** {}.\n\n**Source:** {}.\n", capital(kind.summary), kind.why, kind.source);
    if let Some(rule) = described.rule {
        let difference = difference(rule.bad, &rule.good());
        let _ = write!(out, "\n```diff\n{difference}```\n");
    }
    out
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// All rules as a page: `docs/rules.md`.
pub fn page() -> String {
    let mut out = String::from(
        "# Rules\n\nWhat `meshwright validate` finds. `cargo xtask docs` writes this page from the rules themselves; \
         `meshwright explain RULE` says the same on the command line. In an example, the lines with `-` have the fault, and \
         those with `+` are sound.\n",
    );
    for family in FAMILIES {
        let _ = write!(out, "\n## {}\n\n| rule | severity | what it finds |\n|---|---|---|\n", title(family));
        for Described { kind, .. } in rules::all().filter(|described| described.family == family) {
            let summary = kind.summary.replace('|', "\\|");
            let _ = writeln!(out, "| [{0}](#{0}) | {1} | {summary} |", kind.name, kind.severity.word());
        }
        for described in rules::all().filter(|described| described.family == family) {
            let _ = write!(out, "\n### {}\n\n{}", described.kind.name, markdown(&described));
        }
    }
    out
}

/// How many lines around a change are shown.
const CONTEXT: usize = 4;

/// Two texts as one: the lines that one has and the other has not, marked, and the lines around them.
fn difference(bad: &str, good: &str) -> String {
    let lines = merged(&bad.lines().collect::<Vec<_>>(), &good.lines().collect::<Vec<_>>());
    let is_near = |at: usize| {
        lines[at.saturating_sub(CONTEXT)..(at + CONTEXT + 1).min(lines.len())].iter().any(|(mark, _)| *mark != ' ')
    };
    let mut out = String::new();
    for (at, (mark, line)) in lines.iter().enumerate() {
        if is_near(at) {
            let _ = writeln!(out, "{mark} {line}");
        } else if at == 0 || is_near(at - 1) {
            out.push_str("  …\n");
        }
    }
    out
}

/// The lines of two texts in order, each with the mark of whose it is.
fn merged<'t>(bad: &[&'t str], good: &[&'t str]) -> Vec<(char, &'t str)> {
    // How many lines the ends from here on have in common.
    let mut common = vec![vec![0_usize; good.len() + 1]; bad.len() + 1];
    for (i, left) in bad.iter().enumerate().rev() {
        for (j, right) in good.iter().enumerate().rev() {
            common[i][j] =
                if left == right { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < bad.len() || j < good.len() {
        let is_same = i < bad.len() && j < good.len() && bad[i] == good[j];
        let is_bad = i < bad.len() && (j == good.len() || common[i + 1][j] >= common[i][j + 1]);
        lines.push(if is_same {
            (' ', bad[i])
        } else if is_bad {
            ('-', bad[i])
        } else {
            ('+', good[j])
        });
        i += usize::from(is_same || is_bad);
        j += usize::from(is_same || !is_bad);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_keeps_what_is_near_a_change() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\nc\nd\n"), "  a\n- b\n+ x\n  c\n+ d\n");
        assert_eq!(difference("", "a"), "+ a\n");
        let (bad, good) = ("1\n2\n3\n4\n5\n6\na", "1\n2\n3\n4\n5\n6\nb");
        assert_eq!(difference(bad, good), "  …\n  3\n  4\n  5\n  6\n- a\n+ b\n");
    }

    #[test]
    fn every_rule_is_explained_in_both_formats() {
        for described in rules::all() {
            for format in [ExplainFormat::Text, ExplainFormat::Json] {
                let rule = Some(described.kind.name.to_owned());
                let output = run(&ExplainOptions { rule, format }).unwrap().output;
                assert!(output.contains(described.kind.name) && output.contains(described.kind.summary), "{output}");
            }
        }
        let listed = run(&ExplainOptions { rule: None, format: ExplainFormat::Text }).unwrap().output;
        assert!(rules::all().all(|described| listed.contains(described.kind.summary)));
    }

    #[test]
    fn a_slip_is_answered_with_the_rule_that_was_meant() {
        let rule = Some("dangling-virtual-nod".to_owned());
        let why = run(&ExplainOptions { rule, format: ExplainFormat::Text }).unwrap_err();
        assert_eq!(why.to_string(), "there is no rule `dangling-virtual-nod`; did you mean `dangling-virtual-node`?");
    }
}
