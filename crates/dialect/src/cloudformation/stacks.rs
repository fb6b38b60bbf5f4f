//! Templates that are read together: exports and imports, nested stacks and their parameters and outputs.

use std::collections::BTreeMap;

use meshwright_model::Expression;

use super::resolve::Resolver;
use super::template::{Template, is_stack};
use super::world::World;
use crate::fault::Fault;
use crate::reading::{Options, Reading};
use crate::tree::{NodeId, Value};

/// The deepest that stacks nest, and the most rounds that values take to travel between templates.
const MAX_ROUNDS: usize = 16;

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
        };
        for document in documents {
            for root in reading.documents[*document].tree.roots.clone() {
                world.add_root(reading, *document, root);
            }
        }
        // A template that is to be written back keeps its stacks as they are.
        let mut next = if options.keep_parameters { world.templates.len() } else { 0 };
        while next < world.templates.len() && world.templates.len() < documents.len() + MAX_ROUNDS * 16 {
            world.add_children(reading, next, options);
            next += 1;
        }
        world
    }

    fn add(&mut self, reading: &mut Reading, document: usize) -> Option<usize> {
        let root = *reading.documents[document].tree.roots.first()?;
        self.add_root(reading, document, root)
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
        let number = self.templates.len();
        self.templates.push(Template::new(tree, number, document, root));
        Some(number)
    }

    /// Finds or loads the templates that a template's stacks name by a local path.
    fn add_children(&mut self, reading: &mut Reading, parent: usize, options: &Options<'_>) {
        let document = self.templates[parent].document;
        let mut wanted = Vec::new();
        {
            let tree = &reading.documents[document].tree;
            for declared in self.templates[parent].resources.iter().filter(|declared| is_stack(&declared.kind)) {
                let Some(properties) = declared.properties else { continue };
                let url = tree.get(properties, "TemplateURL").or_else(|| tree.get(properties, "Location"));
                let Some((node, url)) = url.and_then(|node| Some((node, tree.scalar(node)?))) else { continue };
                if !url.contains("://") {
                    wanted.push((declared.label.clone(), beside(&tree.source.name, url), tree.span(node)));
                }
            }
        }
        for (label, name, span) in wanted {
            let known = self
                .templates
                .iter()
                .position(|template| same_file(&reading.documents[template.document].tree.source.name, &name));
            let child = match known {
                Some(child) => Some(child),
                None => options.load_template(reading, &name).and_then(|document| self.add(reading, document)),
            };
            match child {
                Some(child) if child != parent => {
                    self.children.insert((parent, label), child);
                }
                _ => {
                    let message =
                        format!("the nested template `{name}` cannot be read here; what it holds stays unknown");
                    reading.report(document, None, vec![Fault::info("unread-stack", span, message)]);
                }
            }
        }
    }

    /// Lets values travel between templates until nothing changes.
    pub(crate) fn settle(&mut self, reading: &Reading, options: &Options<'_>) {
        for _ in 0..MAX_ROUNDS {
            let (mut exports, mut outputs, mut passed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
            for (index, template) in self.templates.iter().enumerate() {
                let tree = &reading.documents[template.document].tree;
                let resolver = Resolver::new(self, index, options.keep_parameters);
                for ((parent, label), child) in &self.children {
                    if *parent == index {
                        passed.insert(*child, resolver.stack_parameters(tree, label));
                    }
                    if *child == index {
                        outputs.insert((*parent, label.clone()), resolver.outputs(tree));
                    }
                }
                exports.extend(resolver.exports(tree));
            }
            let is_settled = exports == self.exports && outputs == self.outputs && passed == self.passed;
            (self.exports, self.outputs, self.passed) = (exports, outputs, passed);
            if is_settled {
                break;
            }
        }
    }
}

impl Options<'_> {
    fn load_template(&self, reading: &mut Reading, name: &str) -> Option<usize> {
        let bytes = (self.load)(name)?;
        let document = crate::read::add_document(reading, name, bytes)?;
        let tree = &reading.documents[document].tree;
        let is_template = tree.roots.first().is_some_and(|root| super::recognises(tree, *root));
        reading.documents[document].dialect = crate::Dialect::named("cloudformation").filter(|_| is_template);
        is_template.then_some(document)
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
