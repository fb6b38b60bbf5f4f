//! Intrinsic functions and conditions: what parameters, mappings and other resources settle, and what stays open.
//!
//! Source of what functions do and of what `Ref` and `GetAtt` return: CloudFormation User Guide, intrinsic function
//! reference; for the App Mesh types the return values of each `AWS::AppMesh::*`.

mod bounds;
mod condition;
mod functions;
mod needs;
mod passed;
mod undefined;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use meshwright_model::{Expression, Symbol};

use super::template::{Declared, Template, app_mesh_kind, as_written, attribute, call};
use super::world::World;
use crate::fault::Fault;
use crate::source::Span;
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use functions::base64;

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
    attributes: RefCell<HashMap<String, HashMap<String, Expression>>>,
    /// Conditions and attributes that are being looked up, to notice those that ask for themselves.
    in_progress: RefCell<BTreeSet<String>>,
    truths: RefCell<HashMap<String, Option<bool>>>,
    chain: Cell<usize>,
    /// Labels that the resource at hand refers to.
    needed: RefCell<BTreeSet<String>>,
    faults: RefCell<Vec<Fault>>,
    steps: Cell<usize>,
    said_too_much: Cell<bool>,
    /// How many undefined names were found.
    undefined: Cell<usize>,
    /// The resources that others name, by position, and the steps that were taken among them.
    referred: RefCell<BTreeMap<usize, BTreeSet<usize>>>,
    walked: Cell<usize>,
}

impl<'w> Resolver<'w> {
    pub(crate) fn new(world: &'w World, index: usize, keep_parameters: bool) -> Self {
        Self {
            world,
            template: &world.templates[index],
            index,
            keep_parameters,
            attributes: RefCell::default(),
            in_progress: RefCell::default(),
            truths: RefCell::default(),
            chain: Cell::new(0),
            needed: RefCell::default(),
            faults: RefCell::default(),
            steps: Cell::new(0),
            said_too_much: Cell::new(false),
            undefined: Cell::new(0),
            referred: RefCell::default(),
            walked: Cell::new(0),
        }
    }

    pub(super) fn template(&self) -> &'w Template {
        self.template
    }

    pub(super) fn world(&self) -> &'w World {
        self.world
    }

    pub(crate) fn take_faults(&self) -> Vec<Fault> {
        self.faults.take()
    }

    /// Starts to note what a resource refers to.
    pub(crate) fn begin(&self) {
        self.needed.borrow_mut().clear();
    }

    /// Notes that the resource at hand refers to a label; most refer to one many times.
    fn need(&self, label: &str) {
        let mut needed = self.needed.borrow_mut();
        if !needed.contains(label) {
            needed.insert(label.to_owned());
        }
    }

    /// Whether a resource exists; `None` where only parameters that nobody gave can tell.
    pub(crate) fn exists(&self, tree: &Tree, declared: &Declared) -> Option<bool> {
        let name = declared.condition.as_ref();
        // What is to be written back keeps its conditions.
        name.map_or(Some(true), |name| if self.keep_parameters { None } else { self.truth_of(tree, name) })
    }

    /// The node with every function in it replaced by what it comes to; `None` where it is left out (`AWS::NoValue`).
    pub(crate) fn resolve(&self, tree: &mut Tree, node: NodeId) -> Option<NodeId> {
        let span = tree.span(node);
        match tree.node(node).value {
            Value::List(_) => Some(self.resolve_items(tree, node, span)),
            Value::Map(_) => match self.outcome(tree, node) {
                Some(Outcome::Node(branch)) => self.resolve(tree, branch),
                Some(Outcome::Value(value)) => place(tree, span, value),
                None => Some(self.resolve_members(tree, node, span)),
            },
            _ => Some(node),
        }
    }

    fn resolve_items(&self, tree: &mut Tree, node: NodeId, span: Span) -> NodeId {
        // Most lists hold no function; those that do are copied from the first element that changes.
        let mut changed: Option<Vec<NodeId>> = None;
        for position in 0..tree.items(node).len() {
            let item = tree.items(node)[position];
            let resolved = self.resolve(tree, item);
            if changed.is_none() && resolved != Some(item) {
                changed = Some(tree.items(node)[..position].to_vec());
            }
            if let Some(changed) = &mut changed {
                changed.extend(resolved);
            }
        }
        changed.map_or(node, |items| tree.push_list(span, &items))
    }

    fn resolve_members(&self, tree: &mut Tree, node: NodeId, span: Span) -> NodeId {
        let cut = tree.node(node).cut;
        let mut changed: Option<Vec<Entry>> = None;
        for position in 0..tree.entries(node).len() {
            let entry = tree.entries(node)[position];
            let resolved = self.resolve(tree, entry.value);
            if changed.is_none() && resolved != Some(entry.value) {
                changed = Some(tree.entries(node)[..position].to_vec());
            }
            if let Some(changed) = &mut changed {
                changed.extend(resolved.map(|value| Entry::new(entry.key, value)));
            }
        }
        let Some(entries) = changed else { return node };
        let map = tree.push_map(span, &entries);
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
            _ => as_written(tree, node, self.scope()),
        }
    }

    /// What a call comes to; `None` for a map that calls nothing.
    fn outcome(&self, tree: &Tree, node: NodeId) -> Option<Outcome> {
        let (function, argument) = call(tree, node)?;
        let span = tree.span(node);
        if self.is_spent() {
            self.too_much(span);
        }
        if self.chain.get() >= MAX_CHAIN {
            self.too_long(tree.span(node));
        }
        if self.is_spent() || self.chain.get() >= MAX_CHAIN {
            return Some(Outcome::Value(as_written(tree, node, self.scope())));
        }
        self.chain.set(self.chain.get() + 1);
        let outcome = self.call(tree, function, argument, span);
        self.chain.set(self.chain.get() - 1);
        Some(match outcome {
            Outcome::Value(value) if !self.may_stand(&value, span) => {
                Outcome::Value(as_written(tree, node, self.scope()))
            }
            outcome => outcome,
        })
    }

    fn call(&self, tree: &Tree, function: &str, argument: NodeId, span: Span) -> Outcome {
        let arguments = tree.items(argument);
        let known = match (function, arguments) {
            ("Ref", _) => tree.scalar(argument).map(|name| self.reference(name, span)),
            ("Fn::GetAtt", _) => {
                attribute(tree, argument).map(|(label, attribute)| self.attribute(tree, label, &attribute, span))
            }
            ("Fn::Sub", []) => tree.scalar(argument).and_then(|text| self.sub(tree, text, None, span)),
            ("Fn::Sub", [text, values]) => {
                tree.scalar(*text).and_then(|text| self.sub(tree, text, Some(*values), span))
            }
            ("Fn::Join", [delimiter, parts]) => self.join(tree, *delimiter, *parts),
            ("Fn::Split", [delimiter, source]) => self.split(tree, *delimiter, *source),
            ("Fn::Select", [position, list]) => self.select(tree, *position, *list, span),
            ("Fn::FindInMap", [_, _, _, ..]) => self.find_in_map(tree, arguments, span),
            ("Fn::Base64", _) => {
                self.expression(tree, argument).text().map(|text| Expression::Text(base64(text.as_bytes())))
            }
            ("Fn::ImportValue", _) => self.world.exports.get(&self.expression(tree, argument)).cloned(),
            ("Fn::If", [condition, then, otherwise]) => return self.choice(tree, *condition, *then, *otherwise),
            _ => {
                self.check_call(function, span);
                None
            }
        };
        if known.is_none() && (function == "Fn::GetAtt" || function == "Ref") {
            self.malformed(function, span);
        }
        let open = || {
            let function = Symbol::new(function, self.scope_of_function(function));
            Expression::Call(function, Box::new(self.expression(tree, argument)))
        };
        Outcome::Value(known.unwrap_or_else(open))
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
                Symbol::new(name, self.scope()),
                Box::new(self.expression(tree, then)),
                Box::new(self.expression(tree, otherwise)),
            )),
        }
    }

    /// `Ref`: a parameter's value, a pseudo parameter, or what stands for a resource (an App Mesh resource's ARN).
    fn reference(&self, name: &str, span: Span) -> Expression {
        let open = || Expression::Reference(Symbol::new(name, self.scope_of_reference(name)));
        if name == "AWS::NoValue" {
            return Expression::Absent;
        }
        if name.starts_with("AWS::") {
            return self.world.pseudo(name).cloned().unwrap_or_else(open);
        }
        if let Some(parameter) = self.template.parameters.get(name) {
            // What is given of a stored value is its name, and so is the default.
            if self.keep_parameters || parameter.is_stored() {
                return open();
            }
            let default = || parameter.default.clone().map(Expression::Text);
            return match self.world.given(self.template, name).cloned().or_else(default) {
                Some(Expression::Text(text)) if parameter.is_list() => {
                    Expression::List(text.split(',').map(|part| Expression::Text(part.trim().to_owned())).collect())
                }
                Some(value) => value,
                None => open(),
            };
        }
        let Some(declared) = self.template.declared(name) else {
            let known = self.template.parameters.keys().chain(self.template.labels());
            self.undefined(span, "parameter or resource", name, known);
            return open();
        };
        self.need(name);
        match app_mesh_kind(&declared.kind) {
            Some(_) => Expression::Attribute(Symbol::new(name, self.scope()), "Arn".to_owned()),
            None => open(),
        }
    }

    /// `GetAtt`: the name properties of App Mesh resources, the outputs of nested stacks; others stay open.
    fn attribute(&self, tree: &Tree, label: &str, attribute: &str, span: Span) -> Expression {
        let open = || Expression::Attribute(Symbol::new(label, self.scope()), attribute.to_owned());
        let Some(declared) = self.template.declared(label) else {
            self.undefined(span, "resource", label, self.template.labels());
            return open();
        };
        self.need(label);
        if let Some(output) = attribute.strip_prefix("Outputs.") {
            let outputs = self.world.outputs.get(&(self.index, label.to_owned()));
            return outputs.and_then(|outputs| outputs.get(output)).cloned().unwrap_or_else(open);
        }
        let Some(kind) = app_mesh_kind(&declared.kind) else { return open() };
        if let Some(known) = self.attributes.borrow().get(label).and_then(|of_label| of_label.get(attribute)) {
            return known.clone();
        }
        self.check_attribute(kind, attribute, span);
        if !attribute.ends_with("Name") {
            return open();
        }
        // A name that cannot be one was reported where it stands; it is nobody's name.
        let is_name =
            |property: &NodeId| !matches!(tree.node(*property).value, Value::Null | Value::Broken | Value::List(_));
        let property = declared.properties.and_then(|properties| tree.get(properties, attribute)).filter(is_name);
        let what = format!("{label}.{attribute}");
        if !self.in_progress.borrow_mut().insert(what.clone()) {
            self.circle(&what, span);
            return open();
        }
        let needed = self.needed.take();
        let value = property.map_or_else(open, |property| self.expression(tree, property));
        self.needed.replace(needed);
        self.in_progress.borrow_mut().remove(&what);
        let mut attributes = self.attributes.borrow_mut();
        attributes.entry(label.to_owned()).or_default().insert(attribute.to_owned(), value.clone());
        value
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
