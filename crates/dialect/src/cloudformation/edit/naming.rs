//! How a new resource names others: as its template does.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::path::Path;
use meshwright_model::reference::{Key, Need, Reference};

use super::{labels, raw, say, written};
use crate::cloudformation::key;
use crate::edit::{NameWriter, Named, Renamed, Site};
use crate::out::Out;
use crate::tree::NodeId;
use meshwright_model::{Expression, Kind, Resource};

/// The names in a template, and those that new resources get.
pub(super) struct Names<'n> {
    site: &'n Site<'n>,
    /// New resources with their labels.
    new: Vec<(&'n Resource, String)>,
    renamed: Renamed,
    /// The properties of each resource as they were written.
    properties: Vec<(&'n Resource, NodeId)>,
    /// Whether the template names resources of each kind by their attributes; of all kinds, where it names none of that one.
    attributes: BTreeMap<Kind, bool>,
}

/// The resources of the template.
fn here<'n>(site: &'n Site<'n>) -> impl Iterator<Item = &'n Resource> + use<'n> {
    let document = site.document;
    let is_here =
        move |resource: &&Resource| resource.origin.is_some_and(|origin| origin.document as usize == document);
    site.reading.inventory.resources.iter().filter(is_here)
}

/// How the names of resources are written in a template, with the new ones that come into it.
pub(super) fn name<'s>(site: &'s Site<'s>, new: &[&'s Resource], renamed: Renamed) -> NameWriter<'s> {
    let mut names = Names::new(site, new);
    names.renamed = renamed;
    Box::new(move |kind, name| {
        let key = name.text().map_or(Key::Open(name), Key::Known);
        names.of(&Reference { path: Path::default(), kind, name: key, need: Need::BeforeCreation })
    })
}

impl<'n> Names<'n> {
    pub(super) fn new(site: &'n Site<'n>, resources: &[&'n Resource]) -> Self {
        let tree = &site.reading.documents[site.document].tree;
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for root in &tree.roots {
            for section in ["Resources", "Parameters"].iter().filter_map(|section| tree.get(*root, section)) {
                taken
                    .extend(tree.entries(section).iter().filter_map(|entry| tree.scalar(entry.key)).map(str::to_owned));
            }
        }
        let mut new = Vec::new();
        for resource in resources {
            let wanted = match &resource.label {
                Some(label) => vec![label.name.clone()],
                None => labels::of(resource, here(site)),
            };
            let last = wanted.last().cloned().unwrap_or_default();
            let numbered = (2..).map(|number| format!("{last}{number}"));
            let label = wanted.into_iter().chain(numbered).find(|label| !taken.contains(label)).unwrap_or(last);
            taken.insert(label.clone());
            new.push((*resource, label));
        }
        let mut names = Self { site, new, renamed: Vec::new(), properties: Vec::new(), attributes: BTreeMap::new() };
        names.properties = names.written_properties();
        names.attributes = names.used_attributes();
        names
    }

    /// The labels of the new resources, in their order.
    pub(super) fn labels(&self) -> impl Iterator<Item = &str> {
        self.new.iter().map(|(_, label)| label.as_str())
    }

    fn written_properties(&self) -> Vec<(&'n Resource, NodeId)> {
        let tree = &self.site.reading.documents[self.site.document].tree;
        let body = |label: &str| {
            let mut sections = tree.roots.iter().filter_map(|root| tree.get(*root, "Resources"));
            sections.find_map(|section| tree.get(section, label))
        };
        let properties =
            |resource: &'n Resource| Some((resource, tree.get(body(&resource.label.as_ref()?.name)?, "Properties")?));
        self.here().filter_map(properties).collect()
    }

    fn here(&self) -> impl Iterator<Item = &'n Resource> + use<'n> {
        here(self.site)
    }

    /// Whether names of each kind are attributes in the template.
    fn used_attributes(&self) -> BTreeMap<Kind, bool> {
        let tree = &self.site.reading.documents[self.site.document].tree;
        let mut used = BTreeMap::new();
        for (resource, properties) in &self.properties {
            for reference in resource.references() {
                let Some(node) = raw(tree, *properties, &reference.path) else { continue };
                let is_attribute = written(tree, node).is_some_and(
                    |out| matches!(&out, Out::Map(members) if members.iter().any(|(key, _)| key == "Fn::GetAtt")),
                );
                *used.entry(reference.kind).or_default() |= is_attribute;
            }
        }
        used
    }

    /// Whether a name of a kind is to be an attribute: as its like are, else as any are.
    fn has_attributes(&self, kind: Kind) -> bool {
        let any = || self.attributes.values().any(|used| *used) || self.properties.is_empty();
        self.attributes.get(&kind).copied().unwrap_or_else(any)
    }

    /// How a reference of a new resource is written.
    pub(super) fn of(&self, reference: &Reference<'_>) -> Named {
        let is_it = |other: &Reference<'_>| other.kind == reference.kind && other.name == reference.name;
        let tree = &self.site.reading.documents[self.site.document].tree;
        let like = self.properties.iter().find_map(|(resource, properties)| {
            let other = resource.references().into_iter().find(|other| is_it(other))?;
            raw(tree, *properties, &other.path)
        });
        let target = self.target(reference);
        match (like.map(|node| written(tree, node)), target) {
            (Some(Some(written)), target) => {
                let is_told = target.as_deref().is_none_or(|label| tells(&written, label));
                let depends_on = if is_told { None } else { self.depends_on(reference) };
                Named { value: Some(written), depends_on }
            }
            (None, Some(label)) if self.has_attributes(reference.kind) => {
                let attribute = Expression::Attribute(label.as_str().into(), key("", reference.kind.name_field()));
                Named { value: Some(say(&attribute)), depends_on: None }
            }
            (None, _) if let Some(written) = self.own_name(reference) => {
                Named { value: Some(written), depends_on: self.depends_on(reference) }
            }
            _ => Named { value: None, depends_on: self.depends_on(reference) },
        }
    }

    /// Whether this template has what a reference names.
    pub(super) fn has(&self, reference: &Reference<'_>) -> bool {
        self.target(reference).is_some()
    }

    /// What must be created first where a name stands for itself.
    fn depends_on(&self, reference: &Reference<'_>) -> Option<String> {
        self.target(reference).filter(|_| reference.need == Need::BeforeCreation)
    }

    /// The function that a resource takes its own name from.
    fn own_name(&self, reference: &Reference<'_>) -> Option<Out> {
        let tree = &self.site.reading.documents[self.site.document].tree;
        let is_it =
            |resource: &Resource| resource.kind() == reference.kind && Key::of(&resource.name) == reference.name;
        let (_, properties) = self.properties.iter().find(|(resource, _)| is_it(resource))?;
        written(tree, raw(tree, *properties, &Path::of(&[reference.kind.name_field()]))?)
    }

    /// The label of what a reference names, where this template has it.
    fn target(&self, reference: &Reference<'_>) -> Option<String> {
        let is_it =
            |resource: &&Resource| resource.kind() == reference.kind && Key::of(&resource.name) == reference.name;
        let is_new =
            |(_, name): &&(NodeId, Expression)| name.text().map_or(Key::Open(name), Key::Known) == reference.name;
        let mut renamed = self.renamed.iter().filter(is_new).map(|(node, _)| *node);
        let old = renamed.find_map(|node| {
            let is_it = |resource: &&Resource| resource.origin.is_some_and(|origin| origin.node == node);
            self.here().find(is_it).filter(|resource| resource.kind() == reference.kind)
        });
        if let Some(label) = old.and_then(|resource| resource.label.as_ref()) {
            return Some(label.name.clone());
        }
        let new = self.new.iter().find(|(resource, _)| is_it(resource)).map(|(_, label)| label.clone());
        new.or_else(|| self.here().find(is_it).and_then(|resource| Some(resource.label.as_ref()?.name.clone())))
    }
}

/// Whether a function names a resource, so that CloudFormation knows to create it first.
fn tells(written: &Out, label: &str) -> bool {
    let names = |text: &str| {
        let is_whole = |rest: &str| rest.is_empty() || rest.starts_with(['.', '}']);
        text.strip_prefix(label).is_some_and(is_whole)
            || text.match_indices("${").any(|(at, _)| text[at + 2..].strip_prefix(label).is_some_and(is_whole))
    };
    match written {
        Out::Text(text) | Out::Bare(text) => names(text),
        Out::List(items) => items.iter().any(|item| tells(item, label)),
        Out::Map(members) => members.iter().any(|(_, value)| tells(value, label)),
        Out::Open(_) | Out::Named(..) => false,
    }
}
