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
        let what = format!("condition {name}");
        if !self.in_progress.borrow_mut().insert(what.clone()) {
            let span = self.template.conditions.get(name).map(|node| tree.span(*node)).unwrap_or_default();
            self.circle(&what, span);
            return None;
        }
        if self.chain.get() >= MAX_CHAIN {
            self.in_progress.borrow_mut().remove(&what);
            return None;
        }
        self.chain.set(self.chain.get() + 1);
        let truth = self.template.conditions.get(name).and_then(|node| self.truth(tree, *node, 0));
        self.chain.set(self.chain.get() - 1);
        self.in_progress.borrow_mut().remove(&what);
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
        let truths = || -> Vec<Option<bool>> {
            arguments.iter().map(|argument| self.truth(tree, *argument, depth + 1)).collect()
        };
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
            ("Fn::And", _) => settled(&truths(), false),
            ("Fn::Or", _) => settled(&truths(), true),
            _ => None,
        }
    }
}

/// What several truths come to where one `decisive` one decides; `None` where those unknown could.
fn settled(truths: &[Option<bool>], decisive: bool) -> Option<bool> {
    if truths.contains(&Some(decisive)) {
        return Some(decisive);
    }
    truths.iter().all(Option::is_some).then_some(!decisive)
}
