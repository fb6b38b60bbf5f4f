//! What a template gives to others: the parameters of its stacks, its outputs, its exports.

use std::collections::BTreeMap;

use meshwright_model::Expression;

use super::Resolver;
use crate::tree::{Entry, NodeId, Tree};

impl Resolver<'_> {
    /// What a stack passes to its template.
    pub(crate) fn stack_parameters(&self, tree: &Tree, label: &str) -> BTreeMap<String, Expression> {
        let properties = self.template.declared(label).and_then(|declared| declared.properties);
        let parameters = properties.and_then(|properties| tree.get(properties, "Parameters"));
        let entries = parameters.map_or(&[][..], |parameters| tree.entries(parameters));
        let pass = |entry: &Entry| Some((tree.scalar(entry.key)?.to_owned(), self.expression(tree, entry.value)));
        entries.iter().filter_map(pass).map(|(name, value)| (name, as_text(value))).collect()
    }

    /// The values of the template's outputs, by name.
    pub(crate) fn outputs(&self, tree: &Tree) -> BTreeMap<String, Expression> {
        let value = |(name, node): (&String, &NodeId)| {
            self.is_given(tree, *node).then_some(())?;
            Some((name.clone(), as_text(self.expression(tree, tree.get(*node, "Value")?))))
        };
        self.template.outputs.iter().filter_map(value).collect()
    }

    /// The values that the template exports, by the exports' names.
    pub(crate) fn exports(&self, tree: &Tree) -> Vec<(Expression, Expression)> {
        let export = |node: &NodeId| {
            self.is_given(tree, *node).then_some(())?;
            let name = tree.get(tree.get(*node, "Export")?, "Name")?;
            let value = tree.get(*node, "Value")?;
            Some((self.expression(tree, name), as_text(self.expression(tree, value))))
        };
        self.template.outputs.values().filter_map(export).collect()
    }

    /// Whether an output's condition, if it has one, holds or may hold.
    fn is_given(&self, tree: &Tree, output: NodeId) -> bool {
        let condition = tree.get(output, "Condition").and_then(|node| tree.scalar(node));
        condition.is_none_or(|name| self.keep_parameters || self.truth_of(tree, name) != Some(false))
    }
}

/// A literal passed from template to template is text: CloudFormation knows nothing else there.
fn as_text(value: Expression) -> Expression {
    match value {
        Expression::Literal(text) => Expression::Text(text),
        value => value,
    }
}
