//! A document of any kind, YAML or JSON, as plain values: for files that are no part of a mesh but stand beside one.
//!
//! There is no type for the values: a [`Document`] serialises into whatever its user has, and reads as any type that serde knows.

mod typed;

use meshwright_model::visible::visible;
use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::fault::Fault;
use crate::source::Source;
use crate::tree::{NodeId, Style, Tree, Value};
use crate::{json, yaml};

/// A document that was read without a fault.
pub struct Document {
    tree: Tree,
}

/// Why a text is no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct DocumentError {
    /// What is wrong.
    pub message: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// The rules of faults that leave a document unread. Others are about what CloudFormation takes.
const FATAL: &[&str] = &["syntax", "too-large"];

/// Reads a document. What begins like JSON and is none may still be YAML.
///
/// # Errors
/// Names the first place at which it cannot be read.
pub fn read_document(name: &str, text: &str) -> Result<Document, DocumentError> {
    let source = Source::new(name, text);
    let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if is_json {
        let (tree, faults) = json::read(source.clone());
        if faults.is_empty() && tree.roots.len() == 1 {
            return Ok(Document { tree });
        }
    }
    let (tree, faults) = yaml::read(source.clone());
    let is_fatal = |fault: &&Fault| FATAL.contains(&fault.rule);
    let place = |span, message: &str| {
        let place = source.locate(span);
        DocumentError { message: visible(message), line: place.line, column: place.column }
    };
    match (faults.iter().find(is_fatal), tree.roots.get(1)) {
        (Some(fault), _) => Err(place(fault.span, &fault.message)),
        (None, Some(second)) => Err(place(tree.span(*second), "a second document begins")),
        (None, None) => Ok(Document { tree }),
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.tree.roots.first() {
            Some(root) => Part { tree: &self.tree, id: *root }.serialize(serializer),
            None => serializer.serialize_unit(),
        }
    }
}

/// A value of a tree, and what it holds. Trees are of bounded depth.
struct Part<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let part = |id| Part { tree: self.tree, id };
        match self.tree.node(self.id).value {
            Value::Null => serializer.serialize_unit(),
            Value::Scalar(Style::Plain, text) => plain(self.tree.text(text), serializer),
            Value::Scalar(Style::Quoted | Style::Untyped, text) => serializer.serialize_str(self.tree.text(text)),
            Value::List(_) => {
                let items = self.tree.items(self.id);
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&part(*item))?;
                }
                list.end()
            }
            Value::Map(_) => {
                let entries = self.tree.entries(self.id);
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for entry in entries {
                    map.serialize_entry(self.tree.scalar(entry.key).unwrap_or_default(), &part(entry.value))?;
                }
                map.end()
            }
            Value::Open(number) => serializer.serialize_str(&self.tree.expression(number).to_string()),
            Value::Broken => Err(S::Error::custom("a part of it is no value")),
        }
    }
}

/// What a plain scalar reads as.
enum Plain {
    Truth(bool),
    Integer(i64),
    Fraction(f64),
    Text,
}

impl Plain {
    fn of(text: &str) -> Self {
        let lexeme = yaml::lexeme(text);
        match lexeme.as_ref() {
            "true" => Self::Truth(true),
            "false" => Self::Truth(false),
            lexeme => {
                let is_number = lexeme.starts_with(|char: char| char.is_ascii_digit() || "+-.".contains(char));
                let fraction = || lexeme.parse::<f64>().ok().filter(|it| is_number && it.is_finite());
                let integer = lexeme.parse::<i64>().ok().map(Self::Integer);
                integer.or_else(|| fraction().map(Self::Fraction)).unwrap_or(Self::Text)
            }
        }
    }
}

/// A plain scalar, as it reads: a truth value, a number, or text.
fn plain<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match Plain::of(text) {
        Plain::Truth(value) => serializer.serialize_bool(value),
        Plain::Integer(value) => serializer.serialize_i64(value),
        Plain::Fraction(value) => serializer.serialize_f64(value),
        Plain::Text => serializer.serialize_str(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        let document = read_document("x", text).map_err(|why| why.to_string())?;
        serde_json::to_value(&document).map_err(|why| why.to_string())
    }

    #[test]
    fn plain_scalars_are_what_they_read_as_and_quoted_ones_text() {
        let text = "a: 1\nb: '1'\nc: yes\nd: 1.5\ne: ~\nf: [1s, -2, 1e3, inf, .5]\ng: \"true\"\nh: &x {k: v}\ni: *x\n";
        let expected = json!({
            "a": 1, "b": "1", "c": true, "d": 1.5, "e": null, "f": ["1s", -2, 1000.0, "inf", 0.5], "g": "true",
            "h": {"k": "v"}, "i": {"k": "v"},
        });
        assert_eq!(read(text), Ok(expected));
    }

    #[test]
    fn json_is_read_as_json_and_what_only_yaml_can_read_as_yaml() {
        assert_eq!(read(r#"{"a": [true, "yes", null, 2]}"#), Ok(json!({"a": [true, "yes", null, 2]})));
        assert_eq!(read("{a: b}"), Ok(json!({"a": "b"})));
        assert_eq!(read(""), Ok(Value::Null));
        assert_eq!(read("# nothing\n"), Ok(Value::Null));
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_place() {
        assert_eq!(read("a: 1\n---\nb: 2\n"), Err("a second document begins at line 3, column 1".to_owned()));
        assert!(read("a: [1\n").is_err_and(|why| why.contains("line ")));
        assert!(read(&"[".repeat(1000)).is_err());
    }

    #[test]
    fn a_merge_key_is_merged() {
        assert_eq!(read("a: &a {x: 1}\nb: {<<: *a, y: 2}\n"), Ok(json!({"a": {"x": 1}, "b": {"x": 1, "y": 2}})));
    }
}
