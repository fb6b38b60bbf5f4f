//! All templates of a reading, and what passes between them: parameters, outputs, exports.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::Expression;

use super::template::Template;

/// Whether a stack exists, where that is not for sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Existence {
    /// It does not.
    Absent,
    /// Where the condition of this name holds.
    If(String),
}

/// All templates of a reading, and what passes between them.
pub(crate) struct World {
    pub(crate) templates: Vec<Template>,
    /// The values of exports, by their names; a name may itself be an expression.
    pub(crate) exports: BTreeMap<Expression, Expression>,
    /// The outputs of nested stacks: by the parent's number and the stack's label.
    pub(crate) outputs: BTreeMap<(usize, String), BTreeMap<String, Expression>>,
    /// The child of a stack: by the parent's number and the stack's label.
    pub(crate) children: BTreeMap<(usize, String), usize>,
    /// The parameters of nested templates, by the child's number.
    pub(crate) passed: BTreeMap<usize, BTreeMap<String, Expression>>,
    pub(crate) parameters: BTreeMap<String, Expression>,
    /// The nested templates whose stacks do not exist for sure.
    pub(crate) conditional: BTreeMap<usize, Existence>,
    /// Parameters that each template has for itself, although others have one of the same name.
    pub(crate) apart: BTreeSet<String>,
    /// The steps that resolving has taken in all templates.
    pub(crate) steps: Cell<usize>,
}

impl World {
    /// The value given to a template's parameter, by its parent or on the command line.
    pub(crate) fn given(&self, template: &Template, name: &str) -> Option<&Expression> {
        match self.passed.get(&template.number) {
            Some(passed) => passed.get(name),
            None => self.parameters.get(name),
        }
    }

    /// Whether a template belongs to a stack that does not exist.
    pub(crate) fn is_absent(&self, number: usize) -> bool {
        self.conditional.get(&number) == Some(&Existence::Absent)
    }

    /// The condition of the stack that a template belongs to.
    pub(crate) fn condition(&self, number: usize) -> Option<&String> {
        match self.conditional.get(&number)? {
            Existence::If(condition) => Some(condition),
            Existence::Absent => None,
        }
    }

    /// A pseudo parameter's value, where the command line gives it.
    pub(crate) fn pseudo(&self, name: &str) -> Option<&Expression> {
        self.parameters.get(name)
    }

    /// The given parameters that some template declares or that are pseudo parameters.
    pub(crate) fn used_parameters(&self) -> BTreeSet<String> {
        let declared = self.templates.iter().flat_map(|template| template.parameters.keys());
        let pseudo = self.parameters.keys().filter(|name| name.starts_with("AWS::"));
        declared.chain(pseudo).filter(|name| self.parameters.contains_key(*name)).cloned().collect()
    }
}
