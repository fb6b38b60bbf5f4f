//! How a new resource names others: as its template does.

use std::collections::BTreeSet;

use meshwright_model::Resource;
use meshwright_model::reference::{Key, Need, Reference};

use super::{raw, say, written};
use crate::cloudformation::key;
use crate::cloudformation::write::labels::made_label;
use crate::edit::Site;
use crate::out::Out;
use crate::tree::NodeId;
use meshwright_model::Expression;

/// The names in a template, and those that new resources get.
pub(super) struct Names<'n> {
    site: &'n Site<'n>,
    /// New resources with their labels.
    new: Vec<(&'n Resource, String)>,
    /// The properties of each resource as they were written.
    properties: Vec<(&'n Resource, NodeId)>,
    /// Whether the template names resources by their attributes.
    has_attributes: bool,
}

/// How a reference is written.
pub(super) struct Named {
    /// What stands in its place; `None` for the name itself.
    pub(super) value: Option<Out>,
    /// What must then be created first, by its label.
    pub(super) depends_on: Option<String>,
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
            let wanted = resource.label.as_ref().map_or_else(|| made_label(resource), |label| label.name.clone());
            let numbered = (2..).map(|number| format!("{wanted}{number}"));
            let label = std::iter::once(wanted.clone()).chain(numbered).find(|label| !taken.contains(label));
            let label = label.unwrap_or_else(|| wanted.clone());
            taken.insert(label.clone());
            new.push((*resource, label));
        }
        let mut names = Self { site, new, properties: Vec::new(), has_attributes: false };
        names.properties = names.written_properties();
        names.has_attributes = names.uses_attributes();
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

    /// The resources of the template.
    fn here(&self) -> impl Iterator<Item = &'n Resource> + use<'n> {
        let document = self.site.document;
        let is_here =
            move |resource: &&Resource| resource.origin.is_some_and(|origin| origin.document as usize == document);
        self.site.reading.inventory.resources.iter().filter(is_here)
    }

    /// Whether the first name of another resource in the template is an attribute.
    fn uses_attributes(&self) -> bool {
        let tree = &self.site.reading.documents[self.site.document].tree;
        let mut written = self.properties.iter().flat_map(|(resource, properties)| {
            let nodes =
                resource.references().into_iter().filter_map(|reference| raw(tree, *properties, &reference.path));
            nodes.filter_map(|node| written(tree, node)).collect::<Vec<_>>()
        });
        written.any(|out| matches!(&out, Out::Map(members) if members.iter().any(|(key, _)| key == "Fn::GetAtt")))
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
            (Some(Some(written)), _) => Named { value: Some(written), depends_on: None },
            (None, Some(label)) if self.has_attributes || self.properties.is_empty() => {
                let attribute = Expression::Attribute(label.as_str().into(), key("", reference.kind.name_field()));
                Named { value: Some(say(&attribute)), depends_on: None }
            }
            (_, label) => {
                let depends_on = label.filter(|_| reference.need == Need::BeforeCreation);
                Named { value: None, depends_on }
            }
        }
    }

    /// The label of what a reference names, where this template has it.
    fn target(&self, reference: &Reference<'_>) -> Option<String> {
        let is_it =
            |resource: &&Resource| resource.kind() == reference.kind && Key::of(&resource.name) == reference.name;
        let new = self.new.iter().find(|(resource, _)| is_it(resource)).map(|(_, label)| label.clone());
        new.or_else(|| self.here().find(is_it).and_then(|resource| Some(resource.label.as_ref()?.name.clone())))
    }
}
