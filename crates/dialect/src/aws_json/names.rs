//! Names of jq's variables: one text has one variable of a name, and files that were read together may mean several
//! things by it.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::{Expression, Path, Symbol};

use crate::json::is_variable;
use crate::out::Out;

/// The variables that cannot have the names of their symbols.
pub(super) struct Names {
    /// A symbol and the one that stands for it.
    given: BTreeMap<Symbol, Symbol>,
    /// The same, the other way round.
    original: BTreeMap<Symbol, Symbol>,
}

impl Names {
    /// Gives each symbol a variable of its own.
    pub(super) fn of(objects: &[Out]) -> Self {
        let mut symbols = BTreeSet::new();
        for object in objects {
            object.walk_open(&mut Path::default(), &mut |_, expression| {
                symbols.extend(variables(expression).cloned());
            });
        }
        let mut taken: BTreeSet<String> = symbols.iter().map(|symbol| symbol.name.clone()).collect();
        let (mut given, mut original) = (BTreeMap::new(), BTreeMap::new());
        let (mut last, mut number) = (String::new(), 1_u32);
        for symbol in symbols {
            if last != symbol.name {
                (last, number) = (symbol.name.clone(), 1);
                continue;
            }
            let name = loop {
                number += 1;
                let name = format!("{last}_{number}");
                if taken.insert(name.clone()) {
                    break name;
                }
            };
            let other = Symbol::new(name, symbol.scope);
            original.insert(other.clone(), symbol.clone());
            given.insert(symbol, other);
        }
        Self { given, original }
    }

    /// Puts the variables in the places of their symbols.
    pub(super) fn give(&self, out: &mut Out) {
        match out {
            Out::Open(expression) => *expression = exchanged(expression, &self.given),
            Out::List(items) => items.iter_mut().for_each(|item| self.give(item)),
            Out::Map(entries) => entries.iter_mut().for_each(|(_, value)| self.give(value)),
            Out::Text(_) | Out::Bare(_) | Out::Named(..) => {}
        }
    }

    /// The expression as its file has it.
    pub(super) fn original(&self, expression: &Expression) -> Expression {
        exchanged(expression, &self.original)
    }

    /// The variable as its file has it.
    pub(super) fn original_of<'s>(&'s self, symbol: &'s Symbol) -> &'s Symbol {
        self.original.get(symbol).unwrap_or(symbol)
    }

    /// What there is to say about a variable that has another name now.
    pub(super) fn told(&self, symbol: &Symbol) -> Option<String> {
        let original = self.original.get(symbol)?;
        Some(format!("; `${symbol}`, as `${original}` is another file's"))
    }
}

/// What is written as a variable: a reference, or one that stands in a text.
pub(super) fn variables(expression: &Expression) -> impl Iterator<Item = &Symbol> {
    let parts = match expression {
        Expression::Join(parts) => parts.as_slice(),
        single => std::slice::from_ref(single),
    };
    parts.iter().filter_map(|part| match part {
        Expression::Reference(name) if is_variable(name) => Some(name),
        _ => None,
    })
}

fn exchanged(expression: &Expression, names: &BTreeMap<Symbol, Symbol>) -> Expression {
    match expression {
        Expression::Reference(name) => Expression::Reference(names.get(name).unwrap_or(name).clone()),
        Expression::Join(parts) => Expression::Join(parts.iter().map(|part| exchanged(part, names)).collect()),
        other => other.clone(),
    }
}
