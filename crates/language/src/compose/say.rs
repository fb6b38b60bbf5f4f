//! Short ways to say what stands in a template beside App Mesh.

use std::fmt::Display;

use meshwright_model::Expression;

/// Text.
pub(super) fn text(text: impl Into<String>) -> Expression {
    Expression::Text(text.into())
}

/// A number or a truth value.
pub(super) fn bare(value: impl Display) -> Expression {
    Expression::Literal(format!("{value}"))
}

/// A parameter, a pseudo parameter, or what `Ref` gives of a resource.
pub(super) fn reference(name: &str) -> Expression {
    Expression::Reference(name.into())
}

/// An attribute of a resource.
pub(super) fn attribute(label: &str, attribute: &str) -> Expression {
    Expression::Attribute(label.into(), attribute.to_owned())
}

/// A mapping.
pub(super) fn map<const COUNT: usize>(members: [(&str, Expression); COUNT]) -> Expression {
    Expression::Map(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A list.
pub(super) fn list(items: impl IntoIterator<Item = Expression>) -> Expression {
    Expression::List(items.into_iter().collect())
}

/// A name and its value, as ECS has environments and properties.
pub(super) fn pair(name: &str, value: Expression) -> Expression {
    map([("Name", text(name)), ("Value", value)])
}

/// Adds a member to a mapping.
pub(super) fn push(expression: &mut Expression, key: &str, value: Expression) {
    if let Expression::Map(members) = expression {
        members.push((key.to_owned(), value));
    }
}
