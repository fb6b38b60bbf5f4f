//! What AWS JSON leaves to a shell, to jq or to a template language: variables, and the values that are given for them.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::Expression;

use crate::fault::Fault;
use crate::reading::Reading;
use crate::source::Span;
use crate::tree::{Entry, NodeId, Style, Tree, Value};

/// Says which values a file leaves to a shell or a template language.
pub(super) fn name(reading: &mut Reading, document: usize, parameters: &BTreeMap<String, String>) {
    let tree = &reading.documents[document].tree;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut first: Option<(&str, Span)> = None;
    for (expression, span) in tree.open_values() {
        expression.walk(&mut |part| match part {
            Expression::Reference(name) if !parameters.contains_key(name.as_str()) => {
                names.insert(name);
                first.get_or_insert((name, span));
            }
            _ => {}
        });
    }
    let text = tree.source.text().as_bytes();
    let mark = |from: usize| memchr::memmem::find(&text[from..], b"@@").map(|at| from + at);
    let marks = mark(0).filter(|at| mark(at + 2).is_some());
    let fault = match (first, marks) {
        (Some((first, span)), _) => {
            let names: Vec<&str> = names.into_iter().collect();
            let message = format!("this is a template: {} stay open", names.join(", "));
            Fault::info("template", span, message).help(format!("give them values, as in --parameter {first}=…"))
        }
        (None, Some(at)) => {
            let message = "this is a template: what stands between @@ and @@ is read as text";
            Fault::info("template", Span::new(at, at + 2), message).help("fill the template in first")
        }
        (None, None) => return,
    };
    reading.report(document, None, vec![fault]);
}

/// Puts the values that are given in the places of their variables.
pub(super) fn fill_in(
    tree: &mut Tree,
    id: NodeId,
    parameters: &BTreeMap<String, String>,
    used: &mut Vec<String>,
) -> NodeId {
    let node = tree.node(id);
    match node.value {
        Value::Open(number) => {
            let before = used.len();
            let filled = filled(tree.expression(number), parameters, used);
            match filled {
                _ if used.len() == before => id,
                Expression::Text(text) => tree.push_text(node.span, Style::Untyped, &text),
                open => tree.push_open(node.span, open),
            }
        }
        Value::List(_) => {
            let items = tree.items(id).to_vec();
            let filled: Vec<NodeId> = items.iter().map(|item| fill_in(tree, *item, parameters, used)).collect();
            if filled == items { id } else { tree.push_list(node.span, &filled) }
        }
        Value::Map(_) => {
            let entries = tree.entries(id).to_vec();
            let fill = |entry: &Entry| Entry::new(entry.key, fill_in(tree, entry.value, parameters, used));
            let filled: Vec<Entry> = entries.iter().map(fill).collect();
            let is_same = entries.iter().zip(&filled).all(|(old, new)| old.value == new.value);
            if is_same { id } else { tree.push_map(node.span, &filled) }
        }
        Value::Null | Value::Scalar(..) | Value::Broken => id,
    }
}

/// A variable, or a text with variables, with the values that are given.
fn filled(expression: &Expression, parameters: &BTreeMap<String, String>, used: &mut Vec<String>) -> Expression {
    match expression {
        Expression::Reference(name) => match parameters.get(name.as_str()) {
            Some(value) => {
                used.push(name.name.clone());
                Expression::Text(value.clone())
            }
            None => expression.clone(),
        },
        Expression::Join(parts) => Expression::join(parts.iter().map(|part| filled(part, parameters, used))),
        other => other.clone(),
    }
}
