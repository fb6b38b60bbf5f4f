//! Files of parameter values, in the forms that CloudFormation's tools take: a list of keys and values, an object, lines.

use std::collections::BTreeMap;

use meshwright_model::finding::Finding;

use crate::check::shorten;
use crate::fault::{Fault, note};
use crate::json;
use crate::source::{Source, Span};
use crate::tree::{NodeId, Style, Tree, Value};

/// The values that parameters are given, and what is wrong with how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GivenParameters {
    /// Each parameter's value.
    pub values: BTreeMap<String, String>,
    /// What is wrong with the files they stand in.
    pub findings: Vec<Finding>,
}

/// Why a file gives no parameters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterFileError {
    /// It is text of some other kind.
    #[error("it is neither JSON nor lines of KEY=VALUE")]
    NeitherJsonNorLines,
    /// It begins as JSON, and goes on otherwise.
    #[error("it is not JSON: {message} at line {line}, column {column}")]
    NotJson {
        /// What is wrong.
        message: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is JSON that holds something else.
    #[error("it is no parameter file: every value must be text, a number or a truth value")]
    NotValues,
}

/// Reads a file of parameters of that name and content.
///
/// # Errors
/// Says why it is none.
pub fn read_parameters(name: &str, content: &str) -> Result<GivenParameters, ParameterFileError> {
    let source = Source::new(name, content);
    let mut given = Given { values: BTreeMap::new(), faults: Vec::new() };
    if content.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        let (tree, faults) = json::read(source.clone());
        if let Some(fault) = faults.first() {
            let place = source.locate(fault.span);
            let (message, line, column) = (fault.message.clone(), place.line, place.column);
            return Err(ParameterFileError::NotJson { message, line, column });
        }
        given.json(&tree).ok_or(ParameterFileError::NotValues)?;
    } else {
        given.lines(content).ok_or(ParameterFileError::NeitherJsonNorLines)?;
    }
    let findings = given.faults.into_iter().map(|fault| fault.into_finding(&source, None)).collect();
    Ok(GivenParameters { values: given.values, findings })
}

struct Given {
    values: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Given {
    /// `None` where something is no parameter.
    fn lines(&mut self, content: &str) -> Option<()> {
        let mut start = 0;
        for line in content.split_inclusive('\n') {
            let place = Span::new(start, start + line.trim_end().len());
            start += line.len();
            let line = line.trim_start_matches('\u{feff}').trim();
            if !line.is_empty() && !line.starts_with('#') {
                let (key, value) = line.split_once('=').filter(|(key, _)| !key.trim().is_empty())?;
                self.give(place, key.trim(), value.trim());
            }
        }
        Some(())
    }

    fn json(&mut self, tree: &Tree) -> Option<()> {
        let [root] = tree.roots[..] else { return None };
        if !tree.is_map(root) {
            return if tree.is_list(root) { self.list(tree, root) } else { None };
        }
        let inner = tree.get(root, "Parameters").filter(|inner| tree.is_map(*inner));
        for entry in tree.entries(inner.unwrap_or(root)) {
            self.give(tree.span(entry.key), tree.scalar(entry.key)?, value(tree, entry.value)?);
        }
        Some(())
    }

    fn list(&mut self, tree: &Tree, list: NodeId) -> Option<()> {
        for item in tree.items(list) {
            let place = tree.span(*item);
            // `aws cloudformation deploy` takes a list of KEY=VALUE.
            if let Some(pair) = tree.scalar(*item) {
                let (key, value) = pair.split_once('=')?;
                self.give(place, key, value);
                continue;
            }
            let key_node = tree.get(*item, "ParameterKey")?;
            let key = tree.scalar(key_node)?;
            let previous = tree.get(*item, "UsePreviousValue").filter(|node| tree.scalar(*node) == Some("true"));
            if let Some(previous) = previous {
                let message = format!("parameter `{}` keeps the value of a stack, which no file says", shorten(key));
                let fault = Fault::info("previous-value", tree.span(previous), message);
                note(&mut self.faults, fault.help("it is taken as not given: its default holds, or it stays open"));
                continue;
            }
            self.give(tree.span(key_node), key, value(tree, tree.get(*item, "ParameterValue")?)?);
        }
        Some(())
    }

    fn give(&mut self, place: Span, key: &str, value: &str) {
        if self.values.insert(key.to_owned(), value.to_owned()).is_some() {
            let message = format!("parameter `{}` is given more than once here; the last value holds", shorten(key));
            note(&mut self.faults, Fault::error("duplicate-key", place, message));
        }
    }
}

/// The value of a parameter as text.
fn value(tree: &Tree, node: NodeId) -> Option<&str> {
    match tree.node(node).value {
        Value::Scalar(Style::Quoted | Style::Plain, text) => Some(tree.text(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(content: &str) -> Result<Vec<(String, String)>, ParameterFileError> {
        read_parameters("p", content).map(|given| given.values.into_iter().collect())
    }

    fn said(content: &str) -> Vec<String> {
        let line = |finding: &Finding| {
            let place = finding.location.as_ref().map(|place| format!("{}:{}", place.line, place.column));
            format!("{} {}: {}", place.unwrap_or_default(), finding.rule, finding.message)
        };
        read_parameters("p", content).unwrap_or_default().findings.iter().map(line).collect()
    }

    #[test]
    fn every_form_of_parameter_file_is_read() {
        let expected = Ok(vec![("A".to_owned(), "1".to_owned()), ("B".to_owned(), "x=y".to_owned())]);
        for text in [
            r#"[{"ParameterKey":"A","ParameterValue":"1"},{"ParameterKey":"B","ParameterValue":"x=y"}]"#,
            r#"["A=1","B=x=y"]"#,
            r#"{"Parameters":{"A":1,"B":"x=y"},"Tags":{}}"#,
            r#"{"A":1,"B":"x=y"}"#,
            "# comment\nA = 1\n\nB=x=y\n",
        ] {
            assert_eq!(values(text), expected, "{text}");
            assert_eq!(said(text), [""; 0], "{text}");
        }
        assert_eq!(values(""), Ok(vec![]));
        for text in ["=1", "[1]", "{", "A", "[null]", "{\"A\": null}", "{} {}"] {
            assert!(values(text).is_err(), "{text}");
        }
        let broken = values("{\n \"A\": oops}").map_err(|error| error.to_string());
        assert!(broken.as_ref().is_err_and(|why| why.contains("at line 2, column 7")), "{broken:?}");
    }

    #[test]
    fn a_value_that_is_given_twice_is_reported_at_its_second_place() {
        let twice = "duplicate-key: parameter `A` is given more than once here; the last value holds";
        for (text, place) in [
            ("A=1\nB=2\n  A=3\n", "3:1"),
            ("[\"A=1\",\n \"A=3\"]", "2:2"),
            ("{\"A\": 1,\n \"A\": 3}", "2:2"),
            (
                "[{\"ParameterKey\": \"A\", \"ParameterValue\": \"1\"},\n {\"ParameterKey\": \"A\", \"ParameterValue\": \"3\"}]",
                "2:19",
            ),
        ] {
            assert_eq!(said(text), [format!("{place} {twice}")], "{text}");
            let values = values(text).unwrap_or_default();
            assert!(values.contains(&("A".to_owned(), "3".to_owned())), "{text}");
        }
    }

    #[test]
    fn a_previous_value_is_not_given() {
        let text = "[{\"ParameterKey\": \"A\", \"UsePreviousValue\": true},\n {\"ParameterKey\": \"B\", \"ParameterValue\": \"2\"}]";
        assert_eq!(values(text), Ok(vec![("B".to_owned(), "2".to_owned())]));
        assert_eq!(said(text), ["1:44 previous-value: parameter `A` keeps the value of a stack, which no file says"]);
    }
}
