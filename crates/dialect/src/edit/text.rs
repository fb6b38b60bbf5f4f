//! The text of new values: in block style, in flow style and as JSON, as the file around them is written.

use super::layout::Quoting;
use super::style::Style;
use crate::out::Out;
use crate::print::{attribute, is_bare, is_literal, quote, tagged};

impl Style {
    /// What stands after `key:` or a tag, from the blank or line end on; `column` is the key's.
    pub(crate) fn after_key(&self, value: &Out, column: usize) -> String {
        if let Some((tag, argument)) = tagged(value) {
            return match attribute(argument).filter(|_| tag == "!GetAtt") {
                Some(attribute) => format!(" {tag} {attribute}"),
                None => format!(" {tag}{}", self.after_key(argument, column)),
            };
        }
        match value {
            Out::Map(members) if !members.is_empty() => {
                let column = column + self.width;
                format!("{}{}", self.line(column), self.block_members(members, column))
            }
            Out::List(items) if !items.is_empty() => {
                let column = column + self.dash;
                format!("{}{}", self.line(column), self.block_items(items, column))
            }
            inline => format!(" {}", self.flow(inline)),
        }
    }

    /// What stands after a dash in that column.
    pub(crate) fn after_dash(&self, value: &Out, column: usize) -> String {
        match value {
            Out::Map(members) if !members.is_empty() && tagged(value).is_none() => {
                format!(" {}", self.block_members(members, column + 2))
            }
            Out::List(items) if !items.is_empty() => format!(" {}", self.block_items(items, column + 2)),
            other => self.after_key(other, column),
        }
    }

    /// Members in block style, the first without its indentation, the last without its line end.
    pub(crate) fn block_members(&self, members: &[(String, Out)], column: usize) -> String {
        let member = |(key, value): &(String, Out)| format!("{}:{}", self.key(key), self.after_key(value, column));
        members.iter().map(member).collect::<Vec<_>>().join(&self.line(column))
    }

    /// Elements in block style, likewise.
    pub(crate) fn block_items(&self, items: &[Out], column: usize) -> String {
        let item = |item: &Out| format!("-{}", self.after_dash(item, column));
        items.iter().map(item).collect::<Vec<_>>().join(&self.line(column))
    }

    /// A line end and the indentation of the next line.
    pub(crate) fn line(&self, column: usize) -> String {
        format!("{}{}", self.newline, " ".repeat(column))
    }

    /// A key.
    pub(crate) fn key(&self, key: &str) -> String {
        if self.is_json { quoted(key, '"') } else { self.scalar(key, None, true) }
    }

    /// A value on one line.
    pub(crate) fn flow(&self, value: &Out) -> String {
        if !self.is_json
            && let Some((tag, argument)) = tagged(value)
        {
            return match attribute(argument).filter(|_| tag == "!GetAtt") {
                Some(attribute) => format!("{tag} {attribute}"),
                None => format!("{tag} {}", self.flow(argument)),
            };
        }
        let air = if self.is_airy { " " } else { "" };
        match value {
            Out::Map(members) if members.is_empty() => "{}".to_owned(),
            Out::Map(members) => {
                let members = members.iter().map(|(key, value)| self.flow_member(key, value));
                format!("{{{air}{}{air}}}", members.collect::<Vec<_>>().join(self.comma))
            }
            Out::List(items) => {
                let items = items.iter().map(|item| self.flow(item));
                format!("[{}]", items.collect::<Vec<_>>().join(self.comma))
            }
            scalar => self.single(scalar, None, true),
        }
    }

    /// A member on one line.
    pub(crate) fn flow_member(&self, key: &str, value: &Out) -> String {
        format!("{}{}{}", self.key(key), self.colon, self.flow(value))
    }

    /// A value over several lines in flow style; `indent` is that of the line where it starts.
    pub(crate) fn spread(&self, value: &Out, indent: &str) -> String {
        let inner = format!("{indent}{}", self.unit);
        let spread = |parts: Vec<String>, [open, close]: [char; 2]| {
            let parts = parts.join(&format!(",{}{inner}", self.newline));
            format!("{open}{newline}{inner}{parts}{newline}{indent}{close}", newline = self.newline)
        };
        match value {
            Out::Map(members) if !members.is_empty() => {
                spread(members.iter().map(|(key, value)| self.spread_member(key, value, &inner)).collect(), ['{', '}'])
            }
            Out::List(items) if !items.is_empty() => {
                spread(items.iter().map(|item| self.spread(item, &inner)).collect(), ['[', ']'])
            }
            inline => self.flow(inline),
        }
    }

    /// A member over several lines in flow style.
    pub(crate) fn spread_member(&self, key: &str, value: &Out, indent: &str) -> String {
        format!("{}{}{}", self.key(key), self.colon, self.spread(value, indent))
    }

    /// A single value, quoted as the one before it where that is right; where nothing stood, as the file quotes.
    pub(crate) fn single(&self, value: &Out, before: Option<Quoting>, in_flow: bool) -> String {
        match (value, before) {
            (Out::Text(text), before) => {
                if self.is_json {
                    quoted(text, '"')
                } else {
                    self.scalar(text, before, in_flow)
                }
            }
            // A number that stood in quotes stays there where its dialect takes it so, which CloudFormation does.
            (Out::Bare(bare), Some(Quoting::Double)) => quoted(bare, '"'),
            (Out::Bare(bare), Some(Quoting::Single)) => quoted(bare, '\''),
            (Out::Bare(bare), _) if is_literal(bare) => bare.clone(),
            (Out::Bare(bare), _) if self.is_json => quoted(bare, '"'),
            (Out::Bare(bare), _) => self.scalar(bare, None, in_flow),
            (Out::Open(expression) | Out::Named(_, expression), _) => quoted(&expression.to_string(), '"'),
            (Out::List(_) | Out::Map(_), _) => self.flow(value),
        }
    }

    fn scalar(&self, text: &str, before: Option<Quoting>, in_flow: bool) -> String {
        let is_safe = is_bare(text) && !(in_flow && text.contains(['{', '}', ',', '[', ']']));
        match before {
            Some(Quoting::Double) => quoted(text, '"'),
            Some(Quoting::Single) => quoted(text, '\''),
            _ if is_safe => text.to_owned(),
            _ => quoted(text, self.quote),
        }
    }
}

/// A text in quotes; in double ones where single ones cannot hold it.
fn quoted(text: &str, mark: char) -> String {
    if mark == '\''
        && !text.chars().any(|char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}'))
    {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut out = String::new();
    quote(text, &mut out);
    out
}
