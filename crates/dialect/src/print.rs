//! Prints a value as JSON or YAML: two spaces of indent, members in the order they were made, no trailing blanks.

use std::fmt::Write as _;

use meshwright_model::Expression;

use crate::json::{is_code, is_variable};
use crate::out::Out;

/// Prints JSON. An open value becomes a variable as jq writes it, `$NAME`, a text with variables in it, `"a-\($NAME)"`, or
/// plain text where jq has no words for it.
pub(crate) fn json(out: &Out) -> String {
    let mut text = String::new();
    write_json(out, 0, &mut text);
    text.push('\n');
    text
}

fn write_json(out: &Out, depth: usize, text: &mut String) {
    match out {
        Out::Text(value) => quote(value, text),
        Out::Bare(value) => bare_json(value, text),
        Out::Named(_, name) => quote(&name.to_string(), text),
        Out::Open(Expression::Reference(name)) if is_variable(name) => {
            text.push('$');
            text.push_str(name);
        }
        Out::Open(expression) => match jq_parts(expression) {
            Some(parts) => {
                text.push('"');
                for part in parts {
                    match part {
                        JqPart::Text(part) => escape(part, text),
                        JqPart::Code(code) => text.extend(["\\", &code]),
                    }
                }
                text.push('"');
            }
            None => quote(&expression.to_string(), text),
        },
        Out::List(items) if items.is_empty() => text.push_str("[]"),
        Out::Map(entries) if entries.is_empty() => text.push_str("{}"),
        Out::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(depth + 1, text);
                write_json(item, depth + 1, text);
            }
            text.push('\n');
            indent(depth, text);
            text.push(']');
        }
        Out::Map(entries) => {
            text.push('{');
            for (index, (key, value)) in entries.iter().enumerate() {
                text.push_str(if index == 0 { "\n" } else { ",\n" });
                indent(depth + 1, text);
                quote(key, text);
                text.push_str(": ");
                write_json(value, depth + 1, text);
            }
            text.push('\n');
            indent(depth, text);
            text.push('}');
        }
    }
}

/// A number or truth value; anything else that was refused where one was due is written as text.
fn bare_json(value: &str, text: &mut String) {
    if is_literal(value) { text.push_str(value) } else { quote(value, text) }
}

/// Whether a lexeme is a number, a truth value or null in JSON, and so stands bare.
pub(crate) fn is_literal(lexeme: &str) -> bool {
    let digits = lexeme.strip_prefix('-').unwrap_or(lexeme);
    let is_number = lexeme.parse::<f64>().is_ok_and(f64::is_finite)
        && digits.starts_with(|char: char| char.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
        && !digits.ends_with('.');
    is_number || matches!(lexeme, "true" | "false" | "null")
}

/// A part of a text that jq puts together.
pub(crate) enum JqPart<'e> {
    Text(&'e str),
    /// What stands behind a backslash, in parentheses.
    Code(String),
}

/// The parts of a text that jq can put together; `None` where it need not, or has no words for something in it.
pub(crate) fn jq_parts(expression: &Expression) -> Option<Vec<JqPart<'_>>> {
    let parts = match expression {
        Expression::Join(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    let parts: Vec<JqPart<'_>> = parts.iter().map(jq_part).collect::<Option<_>>()?;
    parts.iter().any(|part| matches!(part, JqPart::Code(_))).then_some(parts)
}

fn jq_part(part: &Expression) -> Option<JqPart<'_>> {
    match part {
        Expression::Text(text) => Some(JqPart::Text(text)),
        Expression::Reference(name) if is_variable(name) => Some(JqPart::Code(format!("(${name})"))),
        Expression::Reference(name) if is_code(name) => Some(JqPart::Code(name.as_str().to_owned())),
        _ => None,
    }
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A JSON string, which YAML takes too.
pub(crate) fn quote(value: &str, text: &mut String) {
    text.push('"');
    escape(value, text);
    text.push('"');
}

fn escape(value: &str, text: &mut String) {
    for char in value.chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            // YAML takes no other control characters bare, nor the line and paragraph separators, nor what is no character.
            control if control.is_control() || is_special(control) => {
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            plain => text.push(plain),
        }
    }
}

/// Whether a character must not stand bare: a separator of lines, a byte order mark, or none that YAML prints.
///
/// Source: YAML 1.2.2, `c-printable`.
fn is_special(char: char) -> bool {
    matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Prints YAML in block style. A map of one member that is a CloudFormation function becomes a tag where it can.
pub(crate) fn yaml(out: &Out) -> String {
    let mut text = String::new();
    match out {
        Out::Map(entries) if !entries.is_empty() => write_entries(entries, 0, &mut text, true),
        Out::List(items) if !items.is_empty() => write_items(items, 0, &mut text),
        other => {
            write_inline(other, &mut text);
            text.push('\n');
        }
    }
    text
}

fn write_entries(entries: &[(String, Out)], depth: usize, text: &mut String, first_is_placed: bool) {
    for (index, (key, value)) in entries.iter().enumerate() {
        if index > 0 || !first_is_placed {
            indent(depth, text);
        }
        scalar(key, text);
        text.push(':');
        write_after_key(value, depth, text);
        let is_section = depth == 0
            || (depth == 1 && matches!(value, Out::Map(inner) if inner.iter().any(|(key, _)| key == "Type")));
        if is_section && index + 1 < entries.len() && matches!(value, Out::Map(_)) && !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
}

/// A value after `key:`, up to and with its line end.
fn write_after_key(value: &Out, depth: usize, text: &mut String) {
    if let Some((tag, argument)) = tagged(value) {
        let _ = write!(text, " {tag}");
        if let (Some(attribute), "!GetAtt") = (attribute(argument), tag.as_str()) {
            text.push(' ');
            text.push_str(&attribute);
            text.push('\n');
            return;
        }
        return write_after_key(argument, depth, text);
    }
    match value {
        Out::Map(entries) if !entries.is_empty() => {
            text.push('\n');
            write_entries(entries, depth + 1, text, false);
        }
        Out::List(items) if !items.is_empty() => {
            text.push('\n');
            write_items(items, depth + 1, text);
        }
        inline => {
            text.push(' ');
            write_inline(inline, text);
            text.push('\n');
        }
    }
}

fn write_items(items: &[Out], depth: usize, text: &mut String) {
    for item in items {
        indent(depth, text);
        text.push('-');
        if tagged(item).is_none()
            && let Out::Map(entries) = item
            && !entries.is_empty()
        {
            text.push(' ');
            write_entries(entries, depth + 1, text, true);
            continue;
        }
        write_after_key(item, depth, text);
    }
}

fn write_inline(value: &Out, text: &mut String) {
    match value {
        Out::Text(value) => scalar(value, text),
        Out::Bare(value) => bare_json(value, text),
        Out::Open(expression) | Out::Named(_, expression) => quote(&expression.to_string(), text),
        Out::List(_) => text.push_str("[]"),
        Out::Map(_) => text.push_str("{}"),
    }
}

/// The tag and argument of a map that is a function call; a function straight inside another keeps its long name.
pub(crate) fn tagged(value: &Out) -> Option<(String, &Out)> {
    let Out::Map(entries) = value else { return None };
    let [(key, argument)] = entries.as_slice() else { return None };
    let tag = match key.as_str() {
        "Ref" | "Condition" => format!("!{key}"),
        key => format!("!{}", key.strip_prefix("Fn::")?),
    };
    let is_tag = tag[1..].bytes().all(|byte| byte.is_ascii_alphanumeric()) && tag.len() > 1;
    let argument_is_call = matches!(argument, Out::Map(inner) if inner.len() == 1 && is_function(&inner[0].0));
    (is_tag && !argument_is_call).then_some((tag, argument))
}

/// `Resource.Attribute`, as the short form of `Fn::GetAtt` takes it.
pub(crate) fn attribute(argument: &Out) -> Option<String> {
    match argument {
        Out::List(parts) => match parts.as_slice() {
            [Out::Text(resource), Out::Text(attribute)] => Some(format!("{resource}.{attribute}")),
            _ => None,
        },
        _ => None,
    }
}

fn is_function(key: &str) -> bool {
    key == "Ref" || key == "Condition" || key.starts_with("Fn::")
}

/// A text, bare where every YAML reader takes it as that text.
fn scalar(value: &str, text: &mut String) {
    if is_bare(value) { text.push_str(value) } else { quote(value, text) }
}

pub(crate) fn is_bare(value: &str) -> bool {
    let mut chars = value.chars();
    let first_is_letter =
        chars.next().is_some_and(|char| char.is_ascii_alphabetic() || char == '/' || char == '_' || char == '$');
    let is_plain = |char: char| char.is_ascii_alphanumeric() || " _./-:${}()+".contains(char);
    let reserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"];
    first_is_letter
        && chars.all(is_plain)
        && !value.ends_with([' ', ':'])
        && !value.contains(": ")
        && !value.contains(" #")
        && !reserved.contains(&value.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_does_not_print_is_escaped() {
        let mut text = String::new();
        quote("a\u{fffe}b\u{ffff}\u{1fffe}\u{e000}", &mut text);
        assert_eq!(text, "\"a\\ufffeb\\uffff\u{1fffe}\u{e000}\"");
        let (_, faults) = crate::yaml::read(crate::source::Source::new("x", text));
        assert!(faults.is_empty(), "{faults:?}");
    }
}
