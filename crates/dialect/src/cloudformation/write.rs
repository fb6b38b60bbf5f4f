//! Writes CloudFormation templates: resources in creation order, names as `GetAtt` where the template makes them, so
//! that CloudFormation creates things in the same order; parameters, conditions and mappings as they were declared.

mod labels;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::finding::Subject;
use meshwright_model::order::Order;
use meshwright_model::parameter::Declaration;
use meshwright_model::path::{Path, Step};
use meshwright_model::reference::Need;
use meshwright_model::resource::Gap;
use meshwright_model::scalar::Name;
use meshwright_model::{Expression, Inventory, Kind, Resource, Scalar};

use super::{NAMING, VIEWS, key};
use crate::envelope::below_spec;
use crate::ledger::{Loss, Written};
use crate::out::Out;
use crate::print;
use labels::{labels, logical};
use words::{references, say, words};

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
    /// New parameters for what the template cannot say otherwise, with their reason.
    parameters: BTreeMap<String, String>,
    ledger: Vec<Loss>,
}

impl<'w> Writer<'w> {
    fn new(inventory: &'w Inventory) -> Self {
        let others = inventory.declarations.iter().filter(|declaration| declaration.section == "Resources");
        let others: BTreeSet<&str> = others.map(|declaration| declaration.name.as_str()).collect();
        let labels = labels(inventory, &others);
        Self { inventory, labels, others, parameters: BTreeMap::new(), ledger: Vec::new() }
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
        for declaration in self.inventory.declarations.iter().filter(|declaration| declaration.section == "Resources") {
            resources.push((declaration.name.clone(), say(&declaration.body)));
        }
        let mut sections = self.declared_sections(&resources);
        self.add_parameters(&mut sections);
        sections.insert("Resources".to_owned(), Out::Map(resources));
        sections.entry("AWSTemplateFormatVersion".to_owned()).or_insert(Out::text("2010-09-09"));
        let names = BEFORE.iter().copied().chain(["Resources"]).chain(AFTER.iter().copied());
        let known: Vec<(String, Out)> = names.filter_map(|name| sections.remove_entry(name)).collect();
        let out = Out::Map(known.into_iter().chain(sections).collect());
        (out, self.ledger)
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
    fn declared_sections(&mut self, resources: &[(String, Out)]) -> BTreeMap<String, Out> {
        let mut used = BTreeSet::new();
        for (_, out) in resources {
            words(out, &mut used);
        }
        let inventory = self.inventory;
        let declared: Vec<&Declaration> = inventory
            .declarations
            .iter()
            .filter(|declaration| declaration.section != "Resources" && declaration.section != ATTRIBUTES)
            .collect();
        // What is written may need more; each round finds what the round before needs.
        for _ in 0..declared.len() {
            let before = used.len();
            for declaration in &declared {
                if !declaration.is_optional || used.contains(&declaration.name) {
                    words(&say(&declaration.body), &mut used);
                }
            }
            if used.len() == before {
                break;
            }
        }
        let mut sections: BTreeMap<String, Out> = BTreeMap::new();
        let mut seen: BTreeMap<(&str, &str), &Expression> = BTreeMap::new();
        for Declaration { section, name, body, is_optional } in declared {
            if *is_optional && !used.contains(name) {
                continue;
            }
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
        if self.parameters.is_empty() {
            return;
        }
        let section = sections.entry("Parameters".to_owned()).or_insert(Out::Map(Vec::new()));
        if let Out::Map(entries) = section {
            for (name, reason) in &self.parameters {
                entries.push((
                    name.clone(),
                    Out::map([("Type", Out::text("String")), ("Description", Out::text(reason))]),
                ));
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
        }
        let mut spec = Out::of(&resource.spec, &NAMING, "spec");
        self.fill_gaps(resource, &mut spec, &subject);
        self.note_demands(resource, &spec, &subject);
        if kind != Kind::Mesh || spec != Out::Map(Vec::new()) {
            properties.push(("Spec".to_owned(), spec));
        }
        if !resource.tags.is_empty() {
            properties.push(("Tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
        }
        let mut properties = Out::Map(properties);
        self.link(position, index, &mut properties);
        self.close_open(&mut properties);
        let mut implied = BTreeSet::new();
        references(&properties, &mut implied);
        self.note_metadata(resource, subject);
        self.assemble(resource, properties, &implied)
    }

    fn assemble(&mut self, resource: &Resource, properties: Out, implied: &BTreeSet<String>) -> Out {
        let mut entries =
            vec![("Type".to_owned(), Out::Text(format!("AWS::AppMesh::{}", resource.kind().type_name())))];
        if let Some(condition) = &resource.condition {
            entries.push(("Condition".to_owned(), Out::text(condition)));
        }
        let written = |label: &&String| self.labels.contains(label) || self.others.contains(label.as_str());
        let depends_on: Vec<Out> = (resource.depends_on.iter())
            .filter(|label| written(label) && !implied.contains(*label))
            .map(Out::text)
            .collect();
        if !depends_on.is_empty() {
            entries.push(("DependsOn".to_owned(), Out::List(depends_on)));
        }
        let label = resource.label.as_deref().unwrap_or_default();
        let attributes = self
            .inventory
            .declarations
            .iter()
            .find(|declaration| declaration.section == ATTRIBUTES && declaration.name == label);
        if let Some(Expression::Map(attributes)) = attributes.map(|declaration| &declaration.body) {
            entries.extend(attributes.iter().map(|(key, value)| (key.clone(), say(value))));
        }
        if properties != Out::Map(Vec::new()) {
            entries.push(("Properties".to_owned(), properties));
        }
        Out::Map(entries)
    }

    fn note_metadata(&mut self, resource: &Resource, subject: Subject) {
        if resource.metadata.is_some() {
            self.loss(Some(subject), None, "ARN, uid, version, times and status are the API's to give; left out");
        }
    }

    /// A name that CloudFormation makes up stays left out.
    fn push_name(properties: &mut Vec<(String, Out)>, field: &'static str, name: &Name, resource: &Resource) {
        let own = Expression::Attribute(resource.label.clone().unwrap_or_default(), key("", field));
        let is_made_up = name.open() == Some(&own);
        let is_missing = matches!(name, Scalar::Refused(refusal) if refusal.text.is_none());
        if !is_made_up && !is_missing {
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

    /// CloudFormation demands listeners of a router, where the API does not. Source: reference 3.1.
    fn note_demands(&mut self, resource: &Resource, spec: &Out, subject: &Subject) {
        let Out::Map(entries) = spec else { return };
        if resource.kind() == Kind::VirtualRouter && !entries.iter().any(|(key, _)| key == "Listeners") {
            let path = Path::of(&["spec", "listeners"]);
            self.loss(
                Some(subject.clone()),
                Some(&path),
                "CloudFormation demands a router's listeners, and this has none",
            );
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
            let attribute = Expression::Attribute(label.clone(), key("", reference.kind.name_field()));
            replace(properties, "", reference.path.steps(), &attribute);
        }
    }

    /// Says every open value in CloudFormation's words, with new parameters for what has no other.
    fn close_open(&mut self, out: &mut Out) {
        match out {
            Out::Open(expression) => {
                let expression = self.renamed(expression);
                *out = say(&expression);
            }
            Out::List(items) => items.iter_mut().for_each(|item| self.close_open(item)),
            Out::Map(entries) => entries.iter_mut().for_each(|(_, value)| self.close_open(value)),
            Out::Text(_) | Out::Bare(_) => {}
        }
    }

    /// The expression with every name that this template does not have turned into a parameter.
    fn renamed(&mut self, expression: &Expression) -> Expression {
        let many = |writer: &mut Self, items: &[Expression]| items.iter().map(|item| writer.renamed(item)).collect();
        match expression {
            Expression::Reference(name) => Expression::Reference(self.parameter(name)),
            Expression::Attribute(label, attribute) if !self.has_label(label) => {
                let name = logical(&format!("{label} {attribute}"));
                self.add_parameter(&name, &format!("was the attribute {attribute} of {label}"));
                Expression::Reference(name)
            }
            Expression::Join(items) => Expression::Join(many(self, items)),
            Expression::List(items) => Expression::List(many(self, items)),
            Expression::Choice(condition, then, otherwise) => {
                Expression::Choice(condition.clone(), Box::new(self.renamed(then)), Box::new(self.renamed(otherwise)))
            }
            Expression::Call(function, argument) => {
                Expression::Call(function.clone(), Box::new(self.renamed(argument)))
            }
            Expression::Map(entries) => {
                Expression::Map(entries.iter().map(|(key, value)| (key.clone(), self.renamed(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn has_label(&self, label: &str) -> bool {
        self.others.contains(label) || self.labels.iter().any(|own| own == label)
    }

    /// The name by which the template refers to something: itself where it has it, else a new parameter's.
    fn parameter(&mut self, name: &str) -> String {
        let is_declared = self.inventory.parameters.iter().any(|parameter| parameter.name == name);
        if name.starts_with("AWS::") || is_declared || self.has_label(name) {
            return name.to_owned();
        }
        let parameter = logical(name);
        self.add_parameter(&parameter, &format!("was {name}"));
        parameter
    }

    fn add_parameter(&mut self, name: &str, reason: &str) {
        if !self.parameters.contains_key(name) {
            self.parameters.insert(name.to_owned(), reason.to_owned());
            self.loss(None, None, format!("parameter `{name}` is new: it {reason}"));
        }
    }
}

/// Puts an attribute in the place of a name. `path` is in the API's words.
fn replace(out: &mut Out, parent: &str, path: &[Step], attribute: &Expression) {
    let Some((step, rest)) = path.split_first() else {
        *out = Out::Open(attribute.clone());
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
