//! Parameters made for what files in other dialects leave open: shell variables, names left to the command line.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::{Expression, Inventory};

use super::labels::logical;

/// New parameters, each for one open name.
pub(super) struct Invented {
    /// Parameters that some template declares; they are meant where a variable has their name.
    declared: BTreeSet<String>,
    /// Every name that the template has.
    taken: BTreeSet<String>,
    /// The parameter for each open name.
    made: BTreeMap<Expression, String>,
    /// The parameters with their reasons.
    reasons: BTreeMap<String, String>,
}

impl Invented {
    /// None yet; `taken` are the names that they must keep from.
    pub(super) fn new(inventory: &Inventory, taken: BTreeSet<String>) -> Self {
        let declared = inventory.parameters.iter().map(|parameter| parameter.name.clone()).collect();
        Self { declared, taken, made: BTreeMap::new(), reasons: BTreeMap::new() }
    }

    /// The parameters with their reasons, by name.
    pub(super) fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + use<'_> {
        self.reasons.iter().map(|(name, reason)| (name.as_str(), reason.as_str()))
    }

    /// The expression with every open name turned into a parameter of the template.
    pub(super) fn rename(&mut self, expression: &Expression) -> Expression {
        match expression {
            Expression::Reference(name) if name.starts_with("AWS::") || self.declared.contains(name.as_str()) => {
                expression.clone()
            }
            Expression::Reference(name) => self.parameter(expression, name, format!("was {name}")),
            Expression::Attribute(label, attribute) => {
                let reason = format!("was the attribute {attribute} of {label}");
                self.parameter(expression, &format!("{label} {attribute}"), reason)
            }
            Expression::Join(items) => Expression::Join(self.rename_all(items)),
            Expression::List(items) => Expression::List(self.rename_all(items)),
            Expression::Choice(condition, then, otherwise) => {
                Expression::Choice(condition.clone(), Box::new(self.rename(then)), Box::new(self.rename(otherwise)))
            }
            Expression::Call(function, argument) => Expression::Call(function.clone(), Box::new(self.rename(argument))),
            Expression::Map(entries) => {
                Expression::Map(entries.iter().map(|(key, value)| (key.clone(), self.rename(value))).collect())
            }
            Expression::Text(_) | Expression::Literal(_) | Expression::Absent => expression.clone(),
        }
    }

    fn rename_all(&mut self, items: &[Expression]) -> Vec<Expression> {
        items.iter().map(|item| self.rename(item)).collect()
    }

    fn parameter(&mut self, open: &Expression, words: &str, reason: String) -> Expression {
        if let Some(name) = self.made.get(open) {
            return Expression::Reference(name.as_str().into());
        }
        let wanted = logical(words);
        let mut name = wanted.clone();
        let mut count = 1;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{wanted}{count}");
        }
        self.made.insert(open.clone(), name.clone());
        self.reasons.insert(name.clone(), reason);
        Expression::Reference(name.into())
    }
}
