//! Values on both sides of an edit: those that were read, and new ones in the words of their dialect.

use meshwright_model::edit::NewValue;
use meshwright_model::{Expression, Kind};

use super::error::Obstacle;
use crate::out::Out;
use crate::tree::{NodeId, Style, Tree, Value};
use crate::view::{Naming, View};
use crate::yaml::lexeme;

/// The values of a document.
#[derive(Clone, Copy)]
pub(crate) struct Values<'v> {
    pub(crate) tree: &'v Tree,
    pub(crate) naming: &'static Naming,
    /// The field of a resource's own name, where that changes: it names no other.
    pub(crate) own_name: &'static str,
}

impl Values<'_> {
    /// Whether a node holds a value already, however it is written.
    pub(crate) fn are_same(&self, node: NodeId, out: &Out) -> bool {
        let tree = self.tree;
        match (tree.node(node).value, out) {
            (Value::Scalar(style, text), Out::Text(new) | Out::Bare(new)) => {
                let is_text = matches!(out, Out::Text(_));
                let text = tree.text(text);
                let is_alike = self.naming.is_lenient || style == Style::Untyped || (style == Style::Quoted) == is_text;
                let taken = if style == Style::Plain && self.naming.is_lenient { lexeme(text) } else { text.into() };
                is_alike && taken == *new
            }
            (Value::Open(number), Out::Open(new) | Out::Named(_, new)) => tree.expression(number) == new,
            (_, Out::Named(_, Expression::Text(name))) => self.are_same(node, &Out::Text(name.clone())),
            (Value::List(_), Out::List(new)) => {
                let items = tree.items(node);
                items.len() == new.len() && items.iter().zip(new).all(|(item, new)| self.are_same(*item, new))
            }
            (Value::Map(_), Out::Map(new)) => {
                let is_same = |(key, value): &(String, Out)| {
                    tree.get(node, key).is_some_and(|member| self.are_same(member, value))
                };
                tree.entries(node).len() == new.len() && new.iter().all(is_same)
            }
            _ => false,
        }
    }

    /// What was read, as a value that can be written.
    pub(crate) fn of(&self, node: NodeId) -> Out {
        let tree = self.tree;
        match tree.node(node).value {
            Value::Null | Value::Broken => Out::Bare("null".to_owned()),
            Value::Scalar(Style::Plain, text) => Out::Bare(tree.text(text).to_owned()),
            Value::Scalar(_, text) => Out::text(tree.text(text)),
            Value::Open(number) => Out::Open(tree.expression(number).clone()),
            Value::List(_) => Out::List(tree.items(node).iter().map(|item| self.of(*item)).collect()),
            Value::Map(_) => {
                let entries = tree.entries(node).iter();
                let member =
                    |entry: &crate::tree::Entry| Some((tree.scalar(entry.key)?.to_owned(), self.of(entry.value)));
                Out::Map(entries.filter_map(member).collect())
            }
        }
    }
}

impl Values<'_> {
    /// A new value in the words of a dialect; `field` is the one that it stands in.
    pub(crate) fn out(&self, value: &NewValue, view: &View, field: &str) -> Result<Out, Obstacle> {
        if let Some(kind) = named_kind(field).filter(|_| field != self.own_name && matches!(view, View::Scalar(_))) {
            match value {
                NewValue::Text(name) => return Ok(Out::Named(kind, Expression::Text(name.clone()))),
                NewValue::Open(name) => return Ok(Out::Named(kind, name.clone())),
                _ => {}
            }
        }
        self.plain(value, view)
    }

    fn plain(&self, value: &NewValue, view: &View) -> Result<Out, Obstacle> {
        Ok(match (value, view) {
            (NewValue::Text(text), View::Scalar(_)) => Out::text(text),
            (NewValue::Integer(integer), View::Scalar(_)) => Out::Bare(integer.to_string()),
            (NewValue::Bool(truth), View::Scalar(_)) => Out::Bare(truth.to_string()),
            (NewValue::Open(expression), _) => Out::Open(expression.clone()),
            (NewValue::List(items), View::List(element, _)) => {
                Out::List(items.iter().map(|item| self.out(item, element, "")).collect::<Result<_, _>>()?)
            }
            (NewValue::Object(members), View::Struct(fields) | View::Union(fields)) => {
                let member = |(name, value): &(&'static str, NewValue)| {
                    let field = fields.iter().find(|field| field.api == *name);
                    let field = field.ok_or_else(|| Obstacle::NoField((*name).to_owned()))?;
                    Ok((field.key.clone(), self.out(value, &field.view, field.api)?))
                };
                Out::Map(members.iter().map(member).collect::<Result<_, Obstacle>>()?)
            }
            (value, View::Scalar(_)) => return Err(wrong(value, "a single value")),
            (value, View::List(..)) => return Err(wrong(value, "a list")),
            (value, View::Struct(_) | View::Union(_)) => return Err(wrong(value, "an object")),
        })
    }
}

/// The kind of resource that a field names.
fn named_kind(field: &str) -> Option<Kind> {
    if field == "virtualNode" {
        return Some(Kind::VirtualNode);
    }
    Kind::ALL.into_iter().find(|kind| kind.name_field() == field)
}

fn wrong(value: &NewValue, due: &'static str) -> Obstacle {
    let found = match value {
        NewValue::Text(text) => format!("`{}`", crate::check::shorten(text)),
        NewValue::Integer(integer) => format!("`{integer}`"),
        NewValue::Bool(truth) => format!("`{truth}`"),
        NewValue::List(_) => "a list".to_owned(),
        NewValue::Object(_) => "an object".to_owned(),
        NewValue::Open(expression) => format!("`{}`", crate::check::shorten(&expression.to_string())),
    };
    Obstacle::WrongType { due, found }
}

/// What an expression stands in the way as.
pub(crate) fn open(expression: &Expression) -> Obstacle {
    match expression {
        Expression::Reference(name) => Obstacle::Parameter(name.name.clone()),
        Expression::Attribute(label, attribute) => Obstacle::Attribute(format!("{label}.{attribute}")),
        Expression::Choice(condition, ..) => Obstacle::Condition(condition.name.clone()),
        Expression::Call(function, _) if function.name == "Fn::ImportValue" => {
            Obstacle::OtherTemplate(crate::check::shorten(&expression.to_string()))
        }
        Expression::Call(function, _) => Obstacle::Function(function.name.clone()),
        _ => Obstacle::Open(crate::check::shorten(&expression.to_string())),
    }
}
