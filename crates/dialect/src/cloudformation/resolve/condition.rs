//! Whether conditions hold.

use super::super::template::scalar_text;
use super::{MAX_CHAIN, Resolver};
use crate::tree::{NodeId, Tree};

impl Resolver<'_> {
    /// Whether a condition holds; `None` where it cannot be known.
    pub(super) fn truth_of(&self, tree: &Tree, name: &str) -> Option<bool> {
        if let Some(known) = self.truths.borrow().get(name) {
            return *known;
        }
        // A condition that asks for itself cannot be known.
        self.truths.borrow_mut().insert(name.to_owned(), None);
        let truth = self.template.conditions.get(name).and_then(|node| self.truth(tree, *node, 0));
        self.truths.borrow_mut().insert(name.to_owned(), truth);
        truth
    }

    fn truth(&self, tree: &Tree, node: NodeId, depth: usize) -> Option<bool> {
        if depth > MAX_CHAIN {
            return None;
        }
        let [entry] = tree.entries(node) else {
            return scalar_text(tree, node).and_then(|text| text.parse().ok());
        };
        let arguments = tree.items(entry.value);
        let truths = || arguments.iter().map(|argument| self.truth(tree, *argument, depth + 1));
        match (tree.scalar(entry.key)?, arguments) {
            ("Condition", _) => self.truth_of(tree, tree.scalar(entry.value)?),
            ("Fn::Equals", [left, right]) => {
                let (left, right) = (self.expression(tree, *left), self.expression(tree, *right));
                match (left.text(), right.text()) {
                    (Some(left), Some(right)) => Some(left == right),
                    _ => (left == right).then_some(true),
                }
            }
            ("Fn::Not", [argument]) => self.truth(tree, *argument, depth + 1).map(|truth| !truth),
            ("Fn::And", _) if truths().any(|truth| truth == Some(false)) => Some(false),
            ("Fn::And", _) => truths().all(|truth| truth == Some(true)).then_some(true),
            ("Fn::Or", _) if truths().any(|truth| truth == Some(true)) => Some(true),
            ("Fn::Or", _) => truths().all(|truth| truth == Some(false)).then_some(false),
            _ => None,
        }
    }
}
