//! Writes CloudFormation templates: resources in creation order, names as `GetAtt` where the template makes them, so
//! that CloudFormation creates things in the same order; parameters, conditions and mappings as they were declared.

mod demands;
mod invented;
pub(crate) mod labels;
pub(crate) mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use meshwright_model::order::Order;
use meshwright_model::parameter::Declaration;
use meshwright_model::path::{Path, Step};
use meshwright_model::reference::Need;
use meshwright_model::resource::Gap;
use meshwright_model::scalar::Name;
use meshwright_model::subject::Subject;
use meshwright_model::{Expression, Inventory, Kind, Resource};

use super::{NAMING, VIEWS, key};
use crate::envelope::below_spec;
use crate::ledger::{Loss, Written};
use crate::out::Out;
use crate::print;
use invented::Invented;
use labels::labels;
use words::{references, say};

/// The section of declarations that are members of App Mesh resources; no section of a template.
pub(crate) const ATTRIBUTES: &str = "(resource attributes)";

/// Sections that stand before the resources, in their usual order, and after them.
const BEFORE: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Description",
    "Transform",
    "Metadata",
    "Globals",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
];
const AFTER: &[&str] = &["Outputs", "Hooks"];

/// Writes YAML.
pub(crate) fn write_yaml(inventory: &Inventory) -> Written {
    let (out, ledger) = Writer::new(inventory).template();
    Written { text: print::yaml(&out), ledger }
}

/// Writes JSON.
pub(crate) fn write_json(inventory: &Inventory) -> Written {
    let (out, ledger) = Writer::new(inventory).template();
    Written { text: print::json(&out), ledger }
}

struct Writer<'w> {
    inventory: &'w Inventory,
    /// The logical id of each resource.
    labels: Vec<String>,
    /// Labels of resources that are written beside those of App Mesh.
    others: BTreeSet<&'w str>,
    /// Every name that `Ref` and `GetAtt` find in this template: labels and declared parameters.
    names: BTreeSet<String>,
    /// What the files say of App Mesh resources beside their properties, by label.
    attributes: HashMap<&'w str, &'w Expression>,
    /// Whether a transform may make resources that no file names.
    has_transform: bool,
    /// For a resource whose id stands before it too: which one of that id it is, from 2.
    repeats: HashMap<usize, usize>,
    /// New parameters for what files in other dialects leave open.
    invented: Invented,
    ledger: Vec<Loss>,
}

impl<'w> Writer<'w> {
    fn new(inventory: &'w Inventory) -> Self {
        let section = |section: &'static str| {
            inventory.declarations.iter().filter(move |declaration| declaration.section == section)
        };
        let others: BTreeSet<&str> = section("Resources").map(|declaration| declaration.name.as_str()).collect();
        let labels = labels(inventory, &others);
        let parameters = inventory.parameters.iter().map(|parameter| parameter.name.clone());
        let names = labels.iter().cloned().chain(others.iter().map(|label| (*label).to_owned())).chain(parameters);
        let names: BTreeSet<String> = names.collect();
        let mut attributes = HashMap::new();
        for declaration in section(ATTRIBUTES) {
            attributes.entry(declaration.name.as_str()).or_insert(&declaration.body);
        }
        let mut counts: HashMap<usize, usize> = HashMap::new();
        let mut repeats = HashMap::new();
        for (first, later) in inventory.index().duplicates() {
            let count = counts.entry(*first).or_insert(1);
            *count += 1;
            repeats.insert(*later, *count);
        }
        let has_transform = section("Transform").next().is_some();
        let invented = Invented::new(inventory, names.clone());
        let ledger = Vec::new();
        Self { inventory, labels, others, names, attributes, has_transform, repeats, invented, ledger }
    }

    fn template(mut self) -> (Out, Vec<Loss>) {
        let index = self.inventory.index();
        let order = Order::of(&index);
        let mut resources: Vec<(String, Out)> = Vec::new();
        for placed in &order.placed {
            let out = self.resource(placed.position, &index);
            resources.push((self.labels[placed.position].clone(), out));
        }
        self.note_left_out();
        let mut seen = BTreeSet::new();
        for declaration in self.inventory.declarations.iter().filter(|declaration| declaration.section == "Resources") {
            if seen.insert(declaration.name.as_str()) {
                resources.push((declaration.name.clone(), say(&declaration.body)));
            } else {
                self.loss(
                    None,
                    None,
                    format!("`{}` is declared by several templates; the first is written", declaration.name),
                );
            }
        }
        let mut sections = self.declared_sections();
        self.add_parameters(&mut sections);
        sections.insert("Resources".to_owned(), Out::Map(resources));
        sections.entry("AWSTemplateFormatVersion".to_owned()).or_insert(Out::text("2010-09-09"));
        let names = BEFORE.iter().copied().chain(["Resources"]).chain(AFTER.iter().copied());
        let known: Vec<(String, Out)> = names.filter_map(|name| sections.remove_entry(name)).collect();
        let out = Out::Map(known.into_iter().chain(sections).collect());
        (out, self.ledger)
    }

    /// A name that a value refers to and that this template does not have, where it must have it.
    fn missing(&self, value: &Out) -> Option<String> {
        if self.has_transform {
            return None;
        }
        let mut names = BTreeSet::new();
        references(value, &mut names);
        names.into_iter().find(|name| !name.starts_with("AWS::") && !self.names.contains(name))
    }

    fn loss(&mut self, subject: Option<Subject>, path: Option<&Path>, message: impl Into<String>) {
        self.ledger.push(Loss { subject, path: path.cloned(), message: message.into() });
    }

    fn note_left_out(&mut self) {
        let carried = |label: &str| self.others.contains(label);
        let workloads = self.inventory.workloads.iter().filter(|workload| !carried(&workload.label)).count();
        let statements = self.inventory.statements.iter().filter(|statement| !carried(&statement.role)).count();
        for (count, what) in [(workloads, "task definition"), (statements, "statement of a role's policy")] {
            if count > 0 {
                self.loss(None, None, format!("{count} × {what}: not a resource of App Mesh; left out"));
            }
        }
    }

    /// The sections that the files declared, without resources; where files differ on a name, the first holds.
    fn declared_sections(&mut self) -> BTreeMap<String, Out> {
        let inventory = self.inventory;
        let declared = inventory
            .declarations
            .iter()
            .filter(|declaration| declaration.section != "Resources" && declaration.section != ATTRIBUTES);
        let mut sections: BTreeMap<String, Out> = BTreeMap::new();
        let mut seen: BTreeMap<(&str, &str), &Expression> = BTreeMap::new();
        for Declaration { section, name, body } in declared {
            if let Some(first) = seen.get(&(section.as_str(), name.as_str())) {
                if *first != body && section != "AWSTemplateFormatVersion" {
                    let name = if name.is_empty() { section.clone() } else { format!("{section}.{name}") };
                    self.loss(
                        None,
                        None,
                        format!("`{name}` is declared differently by several templates; the first is written"),
                    );
                }
                continue;
            }
            seen.insert((section, name), body);
            let missing = if section == "Outputs" { self.missing(&say(body)) } else { None };
            if let Some(missing) = missing {
                self.loss(None, None, format!("output `{name}` refers to `{missing}`, which is not written; left out"));
                continue;
            }
            if name.is_empty() {
                sections.insert(section.clone(), say(body));
            } else if let Out::Map(entries) = sections.entry(section.clone()).or_insert(Out::Map(Vec::new())) {
                entries.push((name.clone(), say(body)));
            }
        }
        sections
    }

    /// Declares the parameters that this template has and its files had not.
    fn add_parameters(&mut self, sections: &mut BTreeMap<String, Out>) {
        let parameters = self.invented.parameters();
        if parameters.len() == 0 {
            return;
        }
        let section = sections.entry("Parameters".to_owned()).or_insert(Out::Map(Vec::new()));
        if let Out::Map(entries) = section {
            for (name, reason) in parameters {
                let body = Out::map([("Type", Out::text("String")), ("Description", Out::text(reason))]);
                entries.push((name.to_owned(), body));
                let message = format!("parameter `{name}` is new: it {reason}");
                self.ledger.push(Loss { subject: None, path: None, message });
            }
        }
    }

    fn resource(&mut self, position: usize, index: &meshwright_model::Index<'_>) -> Out {
        let resource = &self.inventory.resources[position];
        let subject = Subject::of(resource);
        let kind = resource.kind();
        let mut properties: Vec<(String, Out)> = Vec::new();
        Self::push_name(&mut properties, "meshName", &resource.mesh, resource);
        if let (Some(parent_kind), Some(parent)) = (kind.parent(), &resource.parent) {
            Self::push_name(&mut properties, parent_kind.name_field(), parent, resource);
        }
        if kind != Kind::Mesh {
            Self::push_name(&mut properties, kind.name_field(), &resource.name, resource);
        }
        if let Some(owner) = &resource.mesh_owner {
            properties.push((key("", "meshOwner"), Out::of(owner, &NAMING, "meshOwner")));
        } else if let Some(owner) = sharing_owner(resource) {
            properties.push((key("", "meshOwner"), Out::text(owner)));
        }
        let mut spec = Out::of(&resource.spec, &NAMING, "spec");
        self.fill_gaps(resource, &mut spec, &subject);
        for (path, message) in demands::missing(resource, &spec) {
            self.loss(Some(subject.clone()), Some(&path), message);
        }
        if kind != Kind::Mesh || spec != Out::Map(Vec::new()) {
            properties.push(("Spec".to_owned(), spec));
        }
        if !resource.tags.is_empty() {
            properties.push(("Tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
        }
        let mut properties = Out::Map(properties);
        self.tell_apart(position, &mut properties);
        self.link(position, index, &mut properties);
        self.close_open(&mut properties, resource.label.is_some());
        let mut implied = BTreeSet::new();
        references(&properties, &mut implied);
        self.note_metadata(resource, &subject);
        self.assemble(resource, properties, &implied, &subject)
    }

    fn assemble(&mut self, resource: &Resource, properties: Out, implied: &BTreeSet<String>, subject: &Subject) -> Out {
        let mut entries =
            vec![("Type".to_owned(), Out::Text(format!("AWS::AppMesh::{}", resource.kind().type_name())))];
        if let Some(condition) = &resource.condition {
            entries.push(("Condition".to_owned(), Out::text(condition)));
        }
        let mut depends_on = Vec::new();
        for label in resource.depends_on.iter().filter(|label| !implied.contains(*label)) {
            // A transform may make what no file names.
            if self.has_transform || self.names.contains(label) {
                depends_on.push(Out::text(label));
            } else {
                let message = format!("it depends on `{label}`, which is not written; left out");
                self.loss(Some(subject.clone()), None, message);
            }
        }
        if !depends_on.is_empty() {
            entries.push(("DependsOn".to_owned(), Out::List(depends_on)));
        }
        let label = resource.label.as_deref().unwrap_or_default();
        if let Some(Expression::Map(attributes)) = self.attributes.get(label) {
            entries.extend(attributes.iter().map(|(key, value)| (key.clone(), say(value))));
        }
        if properties != Out::Map(Vec::new()) {
            entries.push(("Properties".to_owned(), properties));
        }
        Out::Map(entries)
    }

    /// What the API gives and no template can say: named one by one, as a file may hold some of it only.
    fn note_metadata(&mut self, resource: &Resource, subject: &Subject) {
        let Some(metadata) = &resource.metadata else { return };
        let is_written = |key: &str| key == "meshOwner" && sharing_owner(resource).is_some();
        let members = metadata.members.iter().map(|(key, _, _)| key.as_str()).filter(|key| !is_written(key));
        let members: Vec<String> =
            members.chain(metadata.status.as_ref().map(|_| "status")).map(|key| format!("`{key}`")).collect();
        if !members.is_empty() {
            let message = format!("{}: the API's to give; left out", members.join(", "));
            self.loss(Some(subject.clone()), None, message);
        }
    }

    /// Several specifications of one file that leave their names to the command line have one name each.
    fn tell_apart(&self, position: usize, properties: &mut Out) {
        let resource = &self.inventory.resources[position];
        let (Some(count), None, Out::Map(entries)) = (self.repeats.get(&position), &resource.label, properties) else {
            return;
        };
        let own = key("", resource.kind().name_field());
        if let Some((_, Out::Open(Expression::Attribute(stem, _)))) = entries.iter_mut().find(|(key, _)| *key == own) {
            stem.name = format!("{stem} {count}");
        }
    }

    /// A name that CloudFormation makes up stays left out.
    fn push_name(properties: &mut Vec<(String, Out)>, field: &'static str, name: &Name, resource: &Resource) {
        let own = resource.label.clone().map(|label| Expression::Attribute(label, key("", field)));
        let is_made_up = own.is_some() && name.open() == own.as_ref();
        if !is_made_up && !name.is_missing() {
            properties.push((key("", field), Out::of(name, &NAMING, field)));
        }
    }

    fn fill_gaps(&mut self, resource: &Resource, spec: &mut Out, subject: &Subject) {
        for (path, gap) in &resource.gaps {
            match (gap, below_spec(path)) {
                (Gap::Open(Expression::Absent), _) => {}
                (Gap::Open(expression), Some(below)) => {
                    spec.insert(below, VIEWS.spec(resource.kind()), Out::Open(expression.clone()));
                }
                (Gap::Open(_) | Gap::Faulty, _) => {
                    self.loss(Some(subject.clone()), Some(path), "could not be read; left out");
                }
            }
        }
    }

    /// Names resources of this template by `GetAtt`, where they must exist first.
    fn link(&self, position: usize, index: &meshwright_model::Index<'_>, properties: &mut Out) {
        let resource = &self.inventory.resources[position];
        for reference in resource.references() {
            let target = index.target(resource, &reference);
            let Some(target) = target.filter(|target| *target != position && reference.need == Need::BeforeCreation)
            else {
                continue;
            };
            if self.inventory.resources[target].condition != resource.condition
                && self.inventory.resources[target].condition.is_some()
            {
                continue;
            }
            let label = &self.labels[target];
            let attribute = say(&Expression::Attribute(label.as_str().into(), key("", reference.kind.name_field())));
            replace(properties, "", reference.path.steps(), &attribute);
        }
    }

    /// Says every open value in CloudFormation's words: a template's own as they stood, others' with new parameters.
    fn close_open(&mut self, out: &mut Out, is_template: bool) {
        match out {
            Out::Open(expression) if is_template => *out = say(expression),
            Out::Open(expression) => *out = say(&self.invented.rename(expression)),
            Out::List(items) => items.iter_mut().for_each(|item| self.close_open(item, is_template)),
            Out::Map(entries) => entries.iter_mut().for_each(|(_, value)| self.close_open(value, is_template)),
            Out::Text(_) | Out::Bare(_) | Out::Named(..) => {}
        }
    }
}

/// The properties of a resource that no file has yet.
pub(crate) fn new_properties(resource: &Resource) -> Out {
    let kind = resource.kind();
    let mut properties: Vec<(String, Out)> = Vec::new();
    Writer::push_name(&mut properties, "meshName", &resource.mesh, resource);
    if let (Some(parent_kind), Some(parent)) = (kind.parent(), &resource.parent) {
        Writer::push_name(&mut properties, parent_kind.name_field(), parent, resource);
    }
    if kind != Kind::Mesh {
        Writer::push_name(&mut properties, kind.name_field(), &resource.name, resource);
    }
    if let Some(owner) = &resource.mesh_owner {
        properties.push((key("", "meshOwner"), Out::of(owner, &NAMING, "meshOwner")));
    }
    let spec = Out::of(&resource.spec, &NAMING, "spec");
    if kind != Kind::Mesh || spec != Out::Map(Vec::new()) {
        properties.push(("Spec".to_owned(), spec));
    }
    if !resource.tags.is_empty() {
        properties.push(("Tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
    }
    Out::Map(properties)
}

/// The owner of a shared mesh, which a resource's metadata names where another account owns the resource.
fn sharing_owner(resource: &Resource) -> Option<&str> {
    let members = &resource.metadata.as_ref().filter(|_| resource.kind() != Kind::Mesh)?.members;
    let member = |wanted: &str| members.iter().find(|(key, _, _)| key == wanted).map(|(_, value, _)| value.as_str());
    let (mesh, own) = (member("meshOwner")?, member("resourceOwner")?);
    (mesh != own && resource.mesh_owner.is_none()).then_some(mesh)
}

/// Puts an attribute in the place of a name. `path` is in the API's words.
pub(crate) fn replace(out: &mut Out, parent: &str, path: &[Step], attribute: &Out) {
    let Some((step, rest)) = path.split_first() else {
        *out = attribute.clone();
        return;
    };
    match (step, out) {
        (Step::Field(name), Out::Map(entries)) => {
            let wanted = key(parent, name);
            if let Some((_, value)) = entries.iter_mut().find(|(key, _)| *key == wanted) {
                replace(value, name, rest, attribute);
            }
        }
        (Step::Index(index), Out::List(items)) => {
            // Open elements stand among the known ones, which alone the index counts.
            if let Some(item) = items.iter_mut().filter(|item| !matches!(item, Out::Open(_))).nth(*index) {
                replace(item, parent, rest, attribute);
            }
        }
        _ => {}
    }
}
