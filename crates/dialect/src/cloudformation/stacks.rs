//! Templates that are read together: exports and imports, nested stacks and their parameters and outputs.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::Expression;

use super::resolve::Resolver;
use super::template::{Template, is_stack};
use super::world::{Existence, World};
use crate::check::shorten;
use crate::fault::Fault;
use crate::reading::{Options, Reading};
use crate::source::Span;
use crate::tree::{NodeId, Tree, Value};

/// The deepest that stacks nest, and the most rounds that values take to travel between templates.
const MAX_ROUNDS: usize = 16;

/// The most templates that stacks add to those that are given.
const MAX_NESTED: usize = 256;

/// A stack that names its template by a local path.
struct Wanted {
    label: String,
    file: String,
    span: Span,
    /// Whether it is known already that it does not exist.
    is_absent: bool,
}

impl World {
    /// The templates of the documents, and those that they nest.
    pub(crate) fn new(reading: &mut Reading, documents: &[usize], options: &Options<'_>) -> Self {
        let mut world = Self {
            templates: Vec::new(),
            exports: BTreeMap::new(),
            outputs: BTreeMap::new(),
            children: BTreeMap::new(),
            passed: BTreeMap::new(),
            parameters: options
                .parameters
                .iter()
                .map(|(name, value)| (name.clone(), Expression::Text(value.clone())))
                .collect(),
            conditional: BTreeMap::new(),
            apart: BTreeSet::new(),
            steps: Cell::new(0),
        };
        for document in documents {
            let before = world.templates.len();
            for root in reading.documents[*document].tree.roots.clone() {
                let added = world.add_root(reading, *document, root);
                if added.is_some_and(|added| added > before) {
                    let span = crate::check::opening(reading.documents[*document].tree.span(root));
                    let fault =
                        Fault::error("several-templates", span, "another template stands before this in the file");
                    let help = "a file holds one template; this is read as a template of its own";
                    reading.report(*document, None, vec![fault.help(help)]);
                }
            }
        }
        // A template that is to be written back keeps its stacks as they are.
        let given = world.templates.len();
        let mut failed = BTreeSet::new();
        let mut next = if options.keep_parameters { given } else { 0 };
        while next < world.templates.len() {
            world.add_children(reading, next, given + MAX_NESTED, &mut failed, options);
            next += 1;
        }
        world
    }

    /// Adds a document's value, if it is a template; says so where it is not.
    fn add_root(&mut self, reading: &mut Reading, document: usize, root: NodeId) -> Option<usize> {
        let tree = &reading.documents[document].tree;
        if !super::recognises(tree, root) {
            if !matches!(tree.node(root).value, Value::Null | Value::Broken) {
                let span = crate::check::opening(tree.span(root));
                let fault = Fault::warning(
                    "not-a-mesh",
                    span,
                    "this is no template, unlike what stands beside it; it is not read",
                );
                reading.report(document, None, vec![fault]);
            }
            return None;
        }
        let (number, scope) = (self.templates.len(), reading.new_scope());
        let tree = &reading.documents[document].tree;
        self.templates.push(Template::new(tree, number, document, root, scope));
        Some(number)
    }

    /// Finds or loads the templates that a template's stacks name by a local path, each anew for each stack.
    fn add_children(
        &mut self,
        reading: &mut Reading,
        parent: usize,
        most: usize,
        failed: &mut BTreeSet<String>,
        options: &Options<'_>,
    ) {
        let document = self.templates[parent].document;
        for Wanted { label, file, span, is_absent } in self.wanted(reading, parent) {
            let mut known = self.of_file(reading, &file);
            if known.is_none() && is_absent {
                continue;
            }
            if known.is_none() && !failed.contains(&file) && self.templates.len() < most {
                known = options.load_template(reading, &file).and_then(|document| {
                    let root = *reading.documents[document].tree.roots.first()?;
                    self.add_root(reading, document, root)
                });
                if known.is_none() {
                    failed.insert(file.clone());
                }
            }
            let (fault, why): (fn(_, _, _) -> Fault, _) = match known {
                None => (Fault::info, "cannot be read here; what it holds stays unknown"),
                Some(known) if self.is_above(known, parent) => {
                    (Fault::error, "nests itself; it is not read again here")
                }
                Some(known) => match self.instance(reading, known, most) {
                    Some(child) => {
                        self.templates[child].parent = Some((parent, label.clone()));
                        self.children.insert((parent, label), child);
                        continue;
                    }
                    None => (Fault::warning, "is not read for this stack: there are too many nested templates"),
                },
            };
            reading.inventory.has_unread_stacks |= known.is_none();
            let message: String = format!("the nested template `{}` {why}", shorten(&file));
            reading.report(document, None, vec![fault("unread-stack", span, message)]);
        }
    }

    /// The stacks of a template that name a local path.
    fn wanted(&self, reading: &Reading, parent: usize) -> Vec<Wanted> {
        let template = &self.templates[parent];
        let tree = &reading.documents[template.document].tree;
        let resolver = Resolver::new(self, parent, false).quiet();
        let mut wanted = Vec::new();
        for declared in template.resources.iter().filter(|declared| is_stack(&declared.kind)) {
            let Some(properties) = declared.properties else { continue };
            let url = tree.get(properties, "TemplateURL").or_else(|| tree.get(properties, "Location"));
            let Some((node, url)) = url.and_then(|node| Some((node, tree.scalar(node)?))) else { continue };
            if !url.contains("://") {
                // What a nested template's conditions come to is known only later.
                let is_absent = template.parent.is_none() && resolver.exists(tree, declared) == Some(false);
                let file = beside(&tree.source.name, url);
                wanted.push(Wanted { label: declared.label.clone(), file, span: tree.span(node), is_absent });
            }
        }
        wanted
    }

    /// The first template that was read from a file.
    fn of_file(&self, reading: &Reading, file: &str) -> Option<usize> {
        let name = |template: &Template| same_file(&reading.documents[template.document].tree.source.name, file);
        self.templates.iter().position(name)
    }

    /// Whether a template's document is that of another or of one that nests it.
    fn is_above(&self, known: usize, mut number: usize) -> bool {
        loop {
            if self.templates[number].document == self.templates[known].document {
                return true;
            }
            match &self.templates[number].parent {
                Some((parent, _)) => number = *parent,
                None => return false,
            }
        }
    }

    /// The template itself where no stack has it yet, else a copy; `None` where there are too many.
    fn instance(&mut self, reading: &mut Reading, known: usize, most: usize) -> Option<usize> {
        if self.templates[known].parent.is_none() {
            return Some(known);
        }
        let number = self.templates.len();
        if number >= most {
            return None;
        }
        let Template { document, root, .. } = self.templates[known];
        let scope = reading.new_scope();
        let mut copy = Template::new(&reading.documents[document].tree, number, document, root, scope);
        copy.is_copy = true;
        self.templates.push(copy);
        Some(number)
    }

    /// Lets values travel between templates, and takes apart what cannot be one.
    pub(crate) fn settle(&mut self, reading: &Reading, options: &Options<'_>) {
        self.pass_values(reading, options);
        // What is written back becomes one template, whose parameters have one value each.
        if !options.keep_parameters && self.take_apart(reading) {
            self.pass_values(reading, options);
        }
    }

    /// Lets values travel between templates until nothing changes.
    fn pass_values(&mut self, reading: &Reading, options: &Options<'_>) {
        for round in 1..=MAX_ROUNDS {
            let (mut outputs, mut passed, mut conditional) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
            let mut exports: BTreeMap<Expression, Option<Expression>> = BTreeMap::new();
            for (index, template) in self.templates.iter().enumerate() {
                let tree = &reading.documents[template.document].tree;
                let resolver = Resolver::new(self, index, options.keep_parameters).quiet();
                for ((_, label), child) in self.children.range((index, String::new())..(index + 1, String::new())) {
                    passed.insert(*child, resolver.stack_parameters(tree, label));
                    if let Some(condition) = self.condition_of(&resolver, tree, template, label) {
                        conditional.insert(*child, condition);
                    }
                }
                if self.is_absent(index) {
                    continue;
                }
                if let Some(stack) = &template.parent {
                    outputs.insert(stack.clone(), resolver.outputs(tree));
                }
                for (name, value) in resolver.exports(tree) {
                    // Two exports of one name cannot both be: which of them is meant stays open.
                    let value = Some(value);
                    exports
                        .entry(name)
                        .and_modify(|known| *known = known.take().filter(|known| Some(known) == value.as_ref()))
                        .or_insert(value);
                }
            }
            let mut exports: BTreeMap<Expression, Expression> =
                exports.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
            if round == MAX_ROUNDS {
                // What still changes goes in a circle, and is nothing that anybody could know.
                exports.retain(|name, value| self.exports.get(name) == Some(value));
                keep_settled(&mut outputs, &self.outputs);
                keep_settled(&mut passed, &self.passed);
            }
            let is_settled = exports == self.exports
                && outputs == self.outputs
                && passed == self.passed
                && conditional == self.conditional;
            (self.exports, self.outputs, self.passed) = (exports, outputs, passed);
            self.conditional = conditional;
            if is_settled {
                break;
            }
        }
    }

    /// Under which condition a stack exists, `None` where it exists for sure.
    fn condition_of(
        &self,
        resolver: &Resolver<'_>,
        tree: &Tree,
        template: &Template,
        label: &str,
    ) -> Option<Existence> {
        let declared = template.declared(label)?;
        if self.is_absent(template.number) {
            return Some(Existence::Absent);
        }
        match resolver.exists(tree, declared) {
            Some(true) => self.condition(template.number).cloned().map(Existence::If),
            Some(false) => Some(Existence::Absent),
            None => declared.condition.clone().map(Existence::If),
        }
    }
}

impl Options<'_> {
    /// Reads a file that a stack names; it leaves nothing behind where it is no template.
    fn load_template(&self, reading: &mut Reading, name: &str) -> Option<usize> {
        let bytes = (self.load)(name)?;
        let before = reading.documents.len();
        let document = crate::read::add_document(reading, name, bytes).filter(|document| {
            let tree = &reading.documents[*document].tree;
            tree.roots.first().is_some_and(|root| super::recognises(tree, *root))
        });
        match document {
            Some(document) => reading.documents[document].dialect = crate::Dialect::named("cloudformation"),
            None => reading.documents.truncate(before),
        }
        document
    }
}

/// Drops the values that are not what they were a round before.
fn keep_settled<K: Ord>(
    now: &mut BTreeMap<K, BTreeMap<String, Expression>>,
    before: &BTreeMap<K, BTreeMap<String, Expression>>,
) {
    for (key, values) in now {
        let known = before.get(key);
        values.retain(|name, value| known.and_then(|known| known.get(name)) == Some(value));
    }
}

/// The path of a file named in another.
fn beside(file: &str, path: &str) -> String {
    let folder = file.rfind('/').map_or("", |slash| &file[..=slash]);
    let mut parts: Vec<&str> = Vec::new();
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}{path}") };
    for part in whole.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !last.is_empty() && *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn same_file(a: &str, b: &str) -> bool {
    beside("", a) == beside("", b)
}
