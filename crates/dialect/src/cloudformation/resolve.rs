//! Intrinsic functions and conditions: what parameters, mappings and other resources settle, and what stays open.
//!
//! Source of what functions do and of what `Ref` and `GetAtt` return: CloudFormation User Guide, intrinsic function
//! reference; for the App Mesh types reference 3.1.

mod condition;
mod passed;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};

use meshwright_model::Expression;

use super::template::{Declared, Template, app_mesh_kind, as_written, attribute, call};
use super::world::World;
use crate::check::shorten;
use crate::fault::Fault;
use crate::source::Span;
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use meshwright_model::spelling::nearest;

/// How deep values may refer to values before they are taken as open.
const MAX_CHAIN: usize = 32;

/// What a function call comes to.
enum Outcome {
    /// A part of the template.
    Node(NodeId),
    /// A value.
    Value(Expression),
}

/// Resolves the values of one template.
pub(crate) struct Resolver<'w> {
    world: &'w World,
    template: &'w Template,
    index: usize,
    keep_parameters: bool,
    attributes: RefCell<HashMap<(String, String), Expression>>,
    truths: RefCell<HashMap<String, Option<bool>>>,
    chain: Cell<usize>,
    /// Labels that the resource at hand refers to.
    needed: RefCell<BTreeSet<String>>,
    faults: RefCell<Vec<Fault>>,
}

impl<'w> Resolver<'w> {
    pub(crate) fn new(world: &'w World, index: usize, keep_parameters: bool) -> Self {
        Self {
            world,
            template: &world.templates[index],
            index,
            keep_parameters,
            attributes: RefCell::default(),
            truths: RefCell::default(),
            chain: Cell::new(0),
            needed: RefCell::default(),
            faults: RefCell::default(),
        }
    }

    pub(crate) fn take_faults(&self) -> Vec<Fault> {
        self.faults.take()
    }

    /// Starts to note what a resource refers to.
    pub(crate) fn begin(&self) {
        self.needed.borrow_mut().clear();
    }

    /// The labels that a resource comes after: those it refers to, and those of `DependsOn`.
    pub(crate) fn end(&self, tree: &Tree, declared: &Declared) -> Vec<String> {
        self.note_depends_on(tree, declared);
        let mut needed = self.needed.take();
        needed.remove(&declared.label);
        needed.into_iter().collect()
    }

    /// Whether a resource exists; `None` where only parameters that nobody gave can tell.
    pub(crate) fn exists(&self, tree: &Tree, declared: &Declared) -> Option<bool> {
        declared.condition.as_ref().map_or(Some(true), |name| self.truth_of(tree, name))
    }

    /// The node with every function in it replaced by what it comes to; `None` where it is left out (`AWS::NoValue`).
    pub(crate) fn resolve(&self, tree: &mut Tree, node: NodeId) -> Option<NodeId> {
        let span = tree.span(node);
        match tree.node(node).value {
            Value::List(_) => {
                let items = tree.items(node).to_vec();
                let resolved: Vec<NodeId> = items.iter().filter_map(|item| self.resolve(tree, *item)).collect();
                Some(if resolved == items { node } else { tree.push_list(span, &resolved) })
            }
            Value::Map(_) => match self.outcome(tree, node) {
                Some(Outcome::Node(branch)) => self.resolve(tree, branch),
                Some(Outcome::Value(value)) => place(tree, span, value),
                None => Some(self.resolve_members(tree, node, span)),
            },
            _ => Some(node),
        }
    }

    fn resolve_members(&self, tree: &mut Tree, node: NodeId, span: Span) -> NodeId {
        let cut = tree.node(node).cut;
        let entries = tree.entries(node).to_vec();
        let resolve = |entry: &Entry| Some(Entry::new(entry.key, self.resolve(tree, entry.value)?));
        let resolved: Vec<Entry> = entries.iter().filter_map(resolve).collect();
        let is_same = resolved.len() == entries.len() && entries.iter().zip(&resolved).all(|(a, b)| a.value == b.value);
        if is_same {
            return node;
        }
        let map = tree.push_map(span, &resolved);
        tree.set_cut(map, cut);
        map
    }

    /// What a node comes to, as an expression.
    pub(crate) fn expression(&self, tree: &Tree, node: NodeId) -> Expression {
        match tree.node(node).value {
            Value::List(_) => {
                let items = tree.items(node).iter().map(|item| self.expression(tree, *item));
                Expression::List(items.filter(|item| *item != Expression::Absent).collect())
            }
            Value::Map(_) => match self.outcome(tree, node) {
                Some(Outcome::Node(branch)) => self.expression(tree, branch),
                Some(Outcome::Value(value)) => value,
                None => {
                    let entries = tree.entries(node).iter();
                    let member =
                        |entry: &Entry| Some((tree.scalar(entry.key)?.to_owned(), self.expression(tree, entry.value)));
                    Expression::Map(
                        entries.filter_map(member).filter(|(_, value)| *value != Expression::Absent).collect(),
                    )
                }
            },
            _ => as_written(tree, node),
        }
    }

    /// What a call comes to; `None` for a map that calls nothing.
    fn outcome(&self, tree: &Tree, node: NodeId) -> Option<Outcome> {
        let (function, argument) = call(tree, node)?;
        if self.chain.get() >= MAX_CHAIN {
            return Some(Outcome::Value(as_written(tree, node)));
        }
        self.chain.set(self.chain.get() + 1);
        let outcome = self.call(tree, function, argument, tree.span(node));
        self.chain.set(self.chain.get() - 1);
        Some(outcome)
    }

    fn call(&self, tree: &Tree, function: &str, argument: NodeId, span: Span) -> Outcome {
        let arguments = tree.items(argument);
        let known = match (function, arguments) {
            ("Ref", _) => tree.scalar(argument).map(|name| self.reference(name, span)),
            ("Fn::GetAtt", _) => {
                attribute(tree, argument).map(|(label, attribute)| self.attribute(tree, &label, &attribute, span))
            }
            ("Fn::Sub", []) => tree.scalar(argument).map(|text| self.sub(tree, text, None, span)),
            ("Fn::Sub", [text, values]) => tree.scalar(*text).map(|text| self.sub(tree, text, Some(*values), span)),
            ("Fn::Join", [delimiter, parts]) => self.join(tree, *delimiter, *parts),
            ("Fn::Split", [delimiter, source]) => self.split(tree, *delimiter, *source),
            ("Fn::Select", [position, list]) => self.select(tree, *position, *list),
            ("Fn::FindInMap", [map, first, second, ..]) => self.find_in_map(tree, [*map, *first, *second]),
            ("Fn::Base64", _) => {
                self.expression(tree, argument).text().map(|text| Expression::Text(base64(text.as_bytes())))
            }
            ("Fn::ImportValue", _) => self.world.exports.get(&self.expression(tree, argument)).cloned(),
            ("Fn::If", [condition, then, otherwise]) => return self.choice(tree, *condition, *then, *otherwise),
            _ => None,
        };
        Outcome::Value(
            known.unwrap_or_else(|| Expression::Call(function.to_owned(), Box::new(self.expression(tree, argument)))),
        )
    }

    fn choice(&self, tree: &Tree, condition: NodeId, then: NodeId, otherwise: NodeId) -> Outcome {
        let name = tree.scalar(condition).unwrap_or_default();
        if !self.template.conditions.contains_key(name) {
            self.undefined(tree.span(condition), "condition", name, self.template.conditions.keys());
        }
        match self.truth_of(tree, name) {
            Some(true) => Outcome::Node(then),
            Some(false) => Outcome::Node(otherwise),
            None => Outcome::Value(Expression::Choice(
                name.to_owned(),
                Box::new(self.expression(tree, then)),
                Box::new(self.expression(tree, otherwise)),
            )),
        }
    }

    fn undefined<'n>(&self, span: Span, what: &str, name: &str, known: impl Iterator<Item = &'n String>) {
        let fault = Fault::error(
            "undefined-name",
            span,
            format!("{what} `{}` is not declared in this template", shorten(name)),
        );
        self.faults.borrow_mut().push(match nearest(name, known.map(String::as_str)) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault,
        });
    }

    /// `Ref`: a parameter's value, a pseudo parameter, or what stands for a resource (an App Mesh resource's ARN).
    fn reference(&self, name: &str, span: Span) -> Expression {
        let open = || Expression::Reference(name.to_owned());
        if name == "AWS::NoValue" {
            return Expression::Absent;
        }
        if name.starts_with("AWS::") {
            return self.world.pseudo(name).cloned().unwrap_or_else(open);
        }
        if let Some(parameter) = self.template.parameters.get(name) {
            if self.keep_parameters {
                return open();
            }
            let default = || parameter.default.clone().filter(|_| !parameter.is_stored()).map(Expression::Text);
            return match self.world.given(self.template, name).cloned().or_else(default) {
                Some(Expression::Text(text)) if parameter.is_list() => {
                    Expression::List(text.split(',').map(|part| Expression::Text(part.trim().to_owned())).collect())
                }
                Some(value) => value,
                None => open(),
            };
        }
        let Some(declared) = self.template.declared(name) else {
            let known = self.template.parameters.keys().chain(self.template.by_label.keys());
            self.undefined(span, "parameter or resource", name, known);
            return open();
        };
        self.needed.borrow_mut().insert(name.to_owned());
        match app_mesh_kind(&declared.kind) {
            Some(_) => Expression::Attribute(name.to_owned(), "Arn".to_owned()),
            None => open(),
        }
    }

    /// `GetAtt`: the name properties of App Mesh resources, the outputs of nested stacks; others stay open.
    fn attribute(&self, tree: &Tree, label: &str, attribute: &str, span: Span) -> Expression {
        let open = || Expression::Attribute(label.to_owned(), attribute.to_owned());
        let Some(declared) = self.template.declared(label) else {
            self.undefined(span, "resource", label, self.template.by_label.keys());
            return open();
        };
        self.needed.borrow_mut().insert(label.to_owned());
        if let Some(output) = attribute.strip_prefix("Outputs.") {
            let outputs = self.world.outputs.get(&(self.index, label.to_owned()));
            return outputs.and_then(|outputs| outputs.get(output)).cloned().unwrap_or_else(open);
        }
        if app_mesh_kind(&declared.kind).is_none() || !attribute.ends_with("Name") {
            return open();
        }
        let key = (label.to_owned(), attribute.to_owned());
        if let Some(known) = self.attributes.borrow().get(&key) {
            return known.clone();
        }
        let property = declared.properties.and_then(|properties| tree.get(properties, attribute));
        let needed = self.needed.take();
        let value = property.map_or_else(open, |property| self.expression(tree, property));
        self.needed.replace(needed);
        self.attributes.borrow_mut().insert(key, value.clone());
        value
    }

    /// `Sub`: `${Name}`, `${Label.Attribute}`, `${!Literal}`, with values of its own first.
    fn sub(&self, tree: &Tree, text: &str, values: Option<NodeId>, span: Span) -> Expression {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            parts.push(Expression::Text(rest[..start].to_owned()));
            let name = rest[start + 2..start + length].trim();
            let own = values.and_then(|values| tree.get(values, name));
            parts.push(match (name.strip_prefix('!'), own, name.split_once('.')) {
                (Some(literal), ..) => Expression::Text(format!("${{{literal}}}")),
                (None, Some(own), _) => self.expression(tree, own),
                (None, None, Some((label, attribute))) => self.attribute(tree, label, attribute, span),
                (None, None, None) => self.reference(name, span),
            });
            rest = &rest[start + length + 1..];
        }
        parts.push(Expression::Text(rest.to_owned()));
        Expression::join(parts)
    }

    fn join(&self, tree: &Tree, delimiter: NodeId, parts: NodeId) -> Option<Expression> {
        let delimiter = tree.scalar(delimiter)?;
        let Expression::List(parts) = self.expression(tree, parts) else { return None };
        let mut joined = Vec::with_capacity(parts.len() * 2);
        for (index, part) in parts.into_iter().enumerate() {
            if matches!(part, Expression::List(_) | Expression::Map(_)) {
                return None;
            }
            if index > 0 {
                joined.push(Expression::Text(delimiter.to_owned()));
            }
            joined.push(part);
        }
        Some(Expression::join(joined))
    }

    fn split(&self, tree: &Tree, delimiter: NodeId, source: NodeId) -> Option<Expression> {
        let delimiter = tree.scalar(delimiter).filter(|delimiter| !delimiter.is_empty())?;
        let source = self.expression(tree, source);
        let parts = source.text()?.split(delimiter).map(|part| Expression::Text(part.to_owned()));
        Some(Expression::List(parts.collect()))
    }

    fn select(&self, tree: &Tree, position: NodeId, list: NodeId) -> Option<Expression> {
        let position: usize = self.expression(tree, position).text()?.parse().ok()?;
        match self.expression(tree, list) {
            Expression::List(mut items) if position < items.len() => Some(items.swap_remove(position)),
            _ => None,
        }
    }

    fn find_in_map(&self, tree: &Tree, keys: [NodeId; 3]) -> Option<Expression> {
        let mut node = self.template.mappings?;
        for key in keys {
            let key = self.expression(tree, key);
            node = tree.get(node, key.text()?)?;
        }
        Some(self.expression(tree, node))
    }

    /// The labels that `DependsOn` names.
    fn note_depends_on(&self, tree: &Tree, declared: &Declared) {
        let Some(node) = tree.get(declared.body, "DependsOn") else { return };
        let labels = if tree.is_list(node) { tree.items(node).to_vec() } else { vec![node] };
        for label in labels {
            let Some(name) = tree.scalar(label) else { continue };
            if self.template.declared(name).is_none() {
                self.undefined(tree.span(label), "resource", name, self.template.by_label.keys());
            }
            self.needed.borrow_mut().insert(name.to_owned());
        }
    }
}

/// Puts a value in the place of the call that made it.
fn place(tree: &mut Tree, span: Span, value: Expression) -> Option<NodeId> {
    match value {
        Expression::Absent => None,
        Expression::Text(text) | Expression::Literal(text) => Some(tree.push_text(span, Style::Untyped, &text)),
        Expression::List(items) => {
            let items: Vec<NodeId> = items.into_iter().filter_map(|item| place(tree, span, item)).collect();
            Some(tree.push_list(span, &items))
        }
        Expression::Map(entries) => {
            let place = |(key, value): (String, Expression)| {
                let key = tree.push_text(span, Style::Quoted, &key);
                Some(Entry::new(key, place(tree, span, value)?))
            };
            let entries: Vec<Entry> = entries.into_iter().filter_map(place).collect();
            Some(tree.push_map(span, &entries))
        }
        open => Some(tree.push_open(span, open)),
    }
}

/// Base64 with the usual alphabet and padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().chain([0, 0].iter()).take(3).fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for position in 0..4 {
            let sextet = (group >> (18 - 6 * position)) & 0x3f;
            text.push(if position <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
