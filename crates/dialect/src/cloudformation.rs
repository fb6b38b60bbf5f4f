//! CloudFormation templates, in YAML and JSON.
//!
//! Templates are read together: exports meet imports, and a nested stack gets its parent's parameters. What parameters,
//! mappings and conditions settle is resolved; the rest stays an expression. What a name that stays open stands for in
//! which templates is decided in `scope.rs`. Resources of other services are passed
//! over, except task definitions and the policies of roles.

mod edit;
mod faults;
mod literal;
mod patterns;
mod resolve;
mod scope;
mod stacks;
mod template;
mod world;
mod write;

use meshwright_model::parameter::{Declaration, Parameter};
use meshwright_model::resource::Origin;
use meshwright_model::subject::Subject;
use meshwright_model::workload::{
    PolicyAttachments, PolicyHolder, PolicyStatement, RoleStatement, TaskDefinition, Workload,
};
use meshwright_model::{Expression, Kind, Symbol};

use crate::envelope::{Envelope, listed, read_part};
use crate::fault::Fault;
use crate::reading::{Options, Reading};
use crate::tree::{Entry, NodeId, Tree, Value};
use crate::view::{Naming, Views};
use resolve::Resolver;
use template::{Declared, Template, call};
use world::World;

pub(crate) use edit::EDITING;
pub(crate) use template::recognises;
pub(crate) use write::{write_json, write_yaml};

/// CloudFormation's names: Pascal case, with the exceptions of [`key`].
pub(crate) static NAMING: Naming = Naming { key, demands, is_lenient: true };

pub(crate) static VIEWS: std::sync::LazyLock<Views> = std::sync::LazyLock::new(|| NAMING.views());

/// The key of a field, with all exceptions over the 488 fields.
///
/// Source: CloudFormation's schemas of `AWS::AppMesh::*`, as cfn-lint ships them.
fn key(parent: &str, field: &str) -> String {
    match (parent, field) {
        (_, "tls" | "sds" | "acm" | "dns") => field.to_uppercase(),
        (_, "awsCloudMap") => "AWSCloudMap".to_owned(),
        ("timeout" | "connectionPool", "http" | "http2" | "grpc" | "tcp") => field.to_uppercase(),
        // ECS: the properties of a proxy configuration have a longer name here than in the API.
        ("proxyConfiguration", "properties") => "ProxyConfigurationProperties".to_owned(),
        ("volumes", "efsVolumeConfiguration") => "EFSVolumeConfiguration".to_owned(),
        ("efsVolumeConfiguration", "fileSystemId") => "FilesystemId".to_owned(),
        _ => {
            let mut chars = field.chars();
            chars.next().map(|first| first.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
        }
    }
}

/// What CloudFormation demands beside or against the API.
///
/// Source: CloudFormation's schemas of `AWS::AppMesh::*`, as cfn-lint ships them.
fn demands(parent: &str, field: &str, api: bool) -> bool {
    match (parent, field) {
        (_, "unit" | "value") if is_duration(parent) => true,
        ("match", "exact") if api => false,
        ("virtualRouter", "listeners") | ("tags", "value") => true,
        _ => api,
    }
}

/// The fields whose value is a `Duration`.
fn is_duration(field: &str) -> bool {
    matches!(field, "idle" | "perRequest" | "perRetryTimeout" | "interval" | "baseEjectionDuration")
}

/// Reads the documents that hold templates.
pub(crate) fn read(reading: &mut Reading, documents: &[usize], options: &Options<'_>) {
    let mut world = World::new(reading, documents, options);
    world.settle(reading, options);
    for index in 0..world.templates.len() {
        read_template(reading, &world, index, options);
    }
    reading.used_parameters.extend(world.used_parameters());
}

fn read_template(reading: &mut Reading, world: &World, index: usize, options: &Options<'_>) {
    if world.is_absent(index) {
        return;
    }
    let template = &world.templates[index];
    let document = template.document;
    let resolver = Resolver::new(world, index, options.keep_parameters);
    let mut faults = faults::faults(template, &reading.documents[document].tree, world);
    faults.extend(literal::faults(template, &reading.documents[document].tree));
    let mut found = 0;
    reading.inventory.resources.reserve(template.resources.len());
    let tree = &reading.documents[document].tree;
    let mut declared = template.resources.iter();
    reading.inventory.has_unread_stacks |= declared.clone().any(|one| faults::distant_stack(tree, one).is_some());
    reading.inventory.has_loops |= declared.any(|one| one.label.starts_with("Fn::"));
    for declared in &template.resources {
        let exists = resolver.exists(&reading.documents[document].tree, declared);
        if !exists.unwrap_or(true) {
            found += 1;
            if template::app_mesh_kind(&declared.kind).is_some() && !template.is_copy {
                declare_resource(reading, document, declared);
            }
            continue;
        }
        let own = if exists.is_none() { declared.condition.clone() } else { None };
        let condition = own.or_else(|| world.condition(index).cloned());
        let mut read =
            Read { reading: &mut *reading, resolver: &resolver, declared, document, condition, faults: Vec::new() };
        match declared.kind.as_str() {
            "AWS::ECS::TaskDefinition" => read.task(),
            "AWS::IAM::Role" | "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => read.policies(),
            kind => match template::app_mesh_kind(kind) {
                Some(kind) => read.resource(kind, options.keep_parameters),
                None => continue,
            },
        }
        let read = std::mem::take(&mut read.faults);
        faults.extend(read);
        found += 1;
    }
    faults.extend(resolver.take_faults());
    reading.report(document, None, faults);
    if !template.is_copy {
        declare(reading, world, template, options);
    }
    if found == 0 && !template.has_stacks() {
        let span = crate::check::opening(reading.documents[document].tree.span(template.root));
        let fault = Fault::info("no-resources", span, "there is no App Mesh resource in this template");
        reading.report(document, None, vec![fault]);
    }
}

/// Adds what the template declares beside App Mesh resources, so that it can be written back, or its loss be told.
fn declare(reading: &mut Reading, world: &World, template: &Template, options: &Options<'_>) {
    let document = u32::try_from(template.document).unwrap_or(u32::MAX);
    let tree = &reading.documents[template.document].tree;
    let inventory = &mut reading.inventory;
    for (name, parameter) in &template.parameters {
        inventory.parameters.push(Parameter {
            name: name.clone(),
            kind: parameter.kind.clone(),
            default: parameter.default.clone(),
            allowed_values: parameter.allowed_values.clone(),
            origin: Some(Origin { document, node: parameter.node }),
        });
    }
    for entry in tree.entries(template.root) {
        let Some(section) = tree.scalar(entry.key) else { continue };
        let mut push = |name: &str, node| {
            let mut body = template::as_written(tree, node, Symbol::EVERYWHERE);
            if let ("Parameters", true, Some(value)) = (section, options.keep_parameters, world.given(template, name)) {
                set_default(&mut body, value);
            }
            inventory.declarations.push(Declaration { section: section.to_owned(), name: name.to_owned(), body });
        };
        if !tree.is_map(entry.value) || call(tree, entry.value).is_some() {
            push("", entry.value);
            continue;
        }
        for member in tree.entries(entry.value) {
            let Some(name) = tree.scalar(member.key) else { continue };
            let is_mesh_resource = section == "Resources"
                && template.declared(name).is_some_and(|declared| template::app_mesh_kind(&declared.kind).is_some());
            if !is_mesh_resource {
                push(name, member.value);
            }
        }
    }
    declare_attributes(tree, template, inventory);
}

/// Makes the value that a parameter was given its default, where the parameter stays one.
fn set_default(body: &mut Expression, value: &Expression) {
    let Expression::Map(members) = body else { return };
    match members.iter_mut().find(|(key, _)| key == "Default") {
        Some((_, default)) => *default = value.clone(),
        None => members.push(("Default".to_owned(), value.clone())),
    }
}

/// Adds an App Mesh resource that is not read.
fn declare_resource(reading: &mut Reading, document: usize, declared: &Declared) {
    let body = template::as_written(&reading.documents[document].tree, declared.body, Symbol::EVERYWHERE);
    let (section, name) = ("Resources".to_owned(), declared.label.clone());
    reading.inventory.declarations.push(Declaration { section, name, body });
}

/// Members of an App Mesh resource beside type, properties, condition and dependencies, such as `DeletionPolicy`.
fn declare_attributes(tree: &Tree, template: &Template, inventory: &mut meshwright_model::Inventory) {
    for declared in template.resources.iter().filter(|declared| template::app_mesh_kind(&declared.kind).is_some()) {
        let others =
            tree.entries(declared.body).iter().filter_map(|entry| Some((tree.scalar(entry.key)?, entry.value)));
        let others: Vec<(String, Expression)> = others
            .filter(|(key, _)| !matches!(*key, "Type" | "Properties" | "Condition" | "DependsOn"))
            .map(|(key, node)| (key.to_owned(), template::as_written(tree, node, Symbol::EVERYWHERE)))
            .collect();
        if !others.is_empty() {
            let section = write::ATTRIBUTES.to_owned();
            let (name, body) = (declared.label.clone(), Expression::Map(others));
            inventory.declarations.push(Declaration { section, name, body });
        }
    }
}

/// Reading one resource of a template.
struct Read<'r> {
    reading: &'r mut Reading,
    resolver: &'r Resolver<'r>,
    declared: &'r Declared,
    document: usize,
    condition: Option<String>,
    faults: Vec<Fault>,
}

impl Read<'_> {
    fn tree(&mut self) -> &mut Tree {
        &mut self.reading.documents[self.document].tree
    }

    fn origin(&self, node: NodeId) -> Origin {
        Origin { document: u32::try_from(self.document).unwrap_or(u32::MAX), node }
    }

    /// The resource's properties with everything resolved; an empty map where it has none; `None`, with a word about it,
    /// where CloudFormation alone knows them.
    fn properties(&mut self, must_be_whole: bool) -> Option<NodeId> {
        let (resolver, declared) = (self.resolver, self.declared);
        let tree = &mut self.reading.documents[self.document].tree;
        let Some(node) = declared.properties.and_then(|properties| resolver.resolve(tree, properties)) else {
            return Some(tree.push_map(tree.span(declared.body), &[]));
        };
        let message = "what stands here is decided by CloudFormation alone; not read";
        if matches!(tree.node(node).value, Value::Null | Value::Broken) || tree.node(node).cut && !tree.is_map(node) {
            let map = tree.push_map(tree.span(declared.body), &[]);
            tree.set_cut(map, tree.node(node).cut);
            return Some(map);
        }
        if !tree.is_map(node) {
            if matches!(tree.node(node).value, Value::Open(_)) {
                self.faults.push(Fault::info("not-expanded", tree.span(node), message));
            }
            return None;
        }
        let is_call = |entry: &Entry| tree.scalar(entry.key).is_some_and(|key| key.starts_with("Fn::"));
        let (calls, others): (Vec<Entry>, Vec<Entry>) = tree.entries(node).iter().copied().partition(is_call);
        let Some(call) = calls.first() else { return Some(node) };
        self.faults.push(Fault::info("not-expanded", tree.span(call.key), message));
        if must_be_whole {
            return None;
        }
        let map = tree.push_map(tree.span(node), &others);
        tree.set_cut(map, true);
        Some(map)
    }

    fn resource(&mut self, kind: Kind, keep_parameters: bool) {
        let declared = self.declared;
        self.resolver.begin();
        let Some(node) = self.properties(keep_parameters) else {
            declare_resource(self.reading, self.document, declared);
            return;
        };
        let origin = self.origin(node);
        let label = Symbol::new(&declared.label, self.resolver.scope());
        // CloudFormation makes up the names that are left out: its schemas of `AWS::AppMesh::*` do not require them.
        let unnamed = |field: &'static str| {
            (field == kind.name_field() && kind != Kind::VirtualService)
                .then(|| Expression::Attribute(label.clone(), key("", field)))
        };
        let (document, scope) = (origin.document, label.scope);
        let envelope = Envelope { kind, node, document, scope, views: &VIEWS, others: &[], unnamed: &unnamed };
        let (mut resource, mut faults) = envelope.read(self.tree());
        if !self.faults.is_empty() {
            // What CloudFormation adds may be what seems to be missing.
            faults.retain(|fault| fault.rule != "missing-field");
        }
        let heading = self.tree().span(declared.key);
        self.reading.documents[self.document].headings.insert(node, heading);
        resource.condition = self.condition.take();
        resource.label = Some(label.clone());
        resource.depends_on = self.resolver.end(&self.reading.documents[self.document].tree, declared);
        if !faults.is_empty() {
            self.reading.report(self.document, Some(&Subject::of(&resource)), faults);
        }
        self.reading.inventory.resources.push(resource);
    }

    fn task(&mut self) {
        let Some(node) = self.properties(false) else { return };
        let (task, gaps) = read_part::<TaskDefinition>(self.tree(), node, &VIEWS.task, true);
        let (label, condition) = (self.declared.label.clone(), self.condition.take());
        let origin = Some(self.origin(node));
        let key = self.declared.key;
        let heading = self.tree().span(key);
        self.reading.documents[self.document].headings.insert(node, heading);
        self.reading.inventory.workloads.push(Workload { label, task, is_fragment: false, condition, gaps, origin });
    }

    /// The statements of a role's own policies, of a policy, or of a managed policy.
    fn policies(&mut self) {
        let Some(node) = self.properties(false) else { return };
        let (attachments, gaps) = read_part::<PolicyAttachments>(self.tree(), node, &VIEWS.attachments, true);
        let tree = self.tree();
        let inline = tree.get(node, "Policies").map(|list| tree.items(list).to_vec()).unwrap_or_default();
        let is_list = tree.get(node, "Policies").is_none_or(|list| tree.is_list(list));
        let are_documents = inline.iter().all(|policy| tree.get(*policy, "PolicyDocument").is_some());
        let mut is_whole = gaps.is_empty() && is_list && are_documents && !tree.node(node).cut;
        let documents: Vec<NodeId> =
            inline.into_iter().chain([node]).filter_map(|policy| tree.get(policy, "PolicyDocument")).collect();
        for document in documents {
            let Some(statements) = self.tree().get(document, "Statement") else {
                is_whole = false;
                continue;
            };
            let tree = self.tree();
            let items = if tree.is_list(statements) { tree.items(statements).to_vec() } else { vec![statements] };
            for item in items {
                let map = listed(self.tree(), item, &["Action", "Resource"]);
                let (statement, gaps) = read_part::<PolicyStatement>(self.tree(), map, &VIEWS.statement, true);
                let (role, origin) = (self.declared.label.clone(), Some(self.origin(item)));
                let statement = RoleStatement { role, statement, is_whole: gaps.is_empty(), origin };
                self.reading.inventory.statements.push(statement);
            }
        }
        let (label, origin) = (self.declared.label.clone(), Some(self.origin(node)));
        let is_role = self.declared.kind == "AWS::IAM::Role";
        let holder = PolicyHolder { label, is_role, attachments, is_whole, origin };
        self.reading.inventory.policy_holders.push(holder);
    }
}
