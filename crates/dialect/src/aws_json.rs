//! AWS JSON: what `describe-*` prints, with and without the AWS CLI's wrapper, and what `create-*` and `update-*` take.
//!
//! A file may hold one object, an array, or a stream of objects. Which kind an object is follows from its wrapper, its
//! ARN, its names or its specification, in that order; where none of them tells, the file's name may.

mod edit;
mod kind;
mod metadata;
mod names;
mod variables;
mod write;

use std::cell::RefCell;

use meshwright_model::arn::Arn;
use meshwright_model::resource::{Gap, Origin};
use meshwright_model::spelling::nearest;
use meshwright_model::subject::Subject;
use meshwright_model::workload::{PolicyStatement, RoleStatement, TaskDefinition, Workload};
use meshwright_model::{Expression, Kind, Symbol};

use crate::check::found;
use crate::envelope::{Envelope, listed, read_part};
use crate::fault::Fault;
use crate::reading::{Options, Reading};
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use crate::view::{Naming, Views};

pub(crate) use edit::EDITING;
use kind::{kind_of_file, kind_of_spec, stem_of};
pub(crate) use write::write;

/// The API's own names.
pub(crate) static NAMING: Naming =
    Naming { key: |_, field| field.to_owned(), demands: |_, _, required| required, is_lenient: false };

pub(crate) static VIEWS: std::sync::LazyLock<Views> = std::sync::LazyLock::new(|| NAMING.views());

/// Members of create and update inputs and of describe outputs beside names, specification and tags.
const OTHERS: &[&str] = &["metadata", "status", "clientToken"];

/// How many objects that are no resource are named.
const MAX_UNRECOGNISED: usize = 20;

/// Reads the documents that hold AWS JSON.
pub(crate) fn read(reading: &mut Reading, documents: &[usize], options: &Options<'_>) {
    for document in documents {
        let roots = reading.documents[*document].tree.roots.clone();
        let scope = reading.new_scope();
        let mut reader = Reader { reading, document: *document, scope, options, found: 0, unrecognised: 0 };
        variables::name(reader.reading, *document, &options.parameters);
        for root in &roots {
            reader.value(*root, None);
        }
        if reader.found == 0 {
            let span = roots.first().map(|root| crate::check::opening(reader.tree().span(*root))).unwrap_or_default();
            let fault = Fault::info("no-resources", span, "there is no App Mesh resource in this file");
            reader.report(None, vec![fault]);
        }
    }
}

struct Reader<'r, 'o> {
    reading: &'r mut Reading,
    document: usize,
    /// The scope of the names that are the document's own.
    scope: u32,
    options: &'o Options<'o>,
    /// How many things of interest the document had so far.
    found: usize,
    /// How many objects were no resource.
    unrecognised: usize,
}

impl Reader<'_, '_> {
    fn tree(&mut self) -> &mut Tree {
        &mut self.reading.documents[self.document].tree
    }

    fn report(&mut self, subject: Option<&Subject>, faults: Vec<Fault>) {
        self.reading.report(self.document, subject, faults);
    }

    /// Reads a value at the top, in an array, or in a wrapper that says its kind.
    fn value(&mut self, id: NodeId, kind: Option<Kind>) {
        match self.tree().node(id).value {
            Value::List(_) => {
                let items = self.tree().items(id).to_vec();
                if !items.is_empty() && items.iter().all(|item| self.is_container(*item)) {
                    return self.containers(id);
                }
                for item in items {
                    self.value(item, kind);
                }
            }
            Value::Map(_) => self.object(id, kind),
            Value::Broken => {}
            _ => {
                let span = self.tree().span(id);
                self.report(None, vec![Fault::error("wrong-type", span, "an object or an array is due here")]);
            }
        }
    }

    fn object(&mut self, id: NodeId, kind: Option<Kind>) {
        let tree = self.tree();
        if kind.is_none() && tree.get(id, "spec").is_none() {
            // A recorded answer: cloud-custodian and others keep the call's status beside its data.
            if let (Some(data), Some(_)) = (tree.get(id, "data"), tree.get(id, "status_code")) {
                return self.object(data, None);
            }
            // Answers may have been put together by hand: all of them are read.
            let wrapped: Vec<(Kind, NodeId)> =
                Kind::ALL.into_iter().filter_map(|kind| Some((kind, tree.get(id, kind.api_name())?))).collect();
            for (kind, inner) in &wrapped {
                self.wrapped(*inner, *kind);
            }
            let is_list = self.list_output(id);
            if is_list || self.beside_a_mesh(id) {
                self.found += 1;
                return;
            }
            if !wrapped.is_empty() {
                return;
            }
        }
        let Some(kind) = kind.or_else(|| self.kind_of(id)) else { return self.unrecognised(id) };
        self.found += 1;
        self.resource(id, kind);
    }

    /// Says that an object is no resource; of a thousand such, the first few tell enough.
    fn unrecognised(&mut self, id: NodeId) {
        self.unrecognised += 1;
        let is_enough = self.unrecognised > MAX_UNRECOGNISED;
        let tree = self.tree();
        if is_enough || tree.entries(id).is_empty() {
            return;
        }
        let span = crate::check::opening(tree.span(id));
        let mut keys = tree.entries(id).iter().filter_map(|entry| tree.scalar(entry.key));
        let known = || Kind::ALL.into_iter().flat_map(|kind| [kind.api_name(), kind.name_field()]).chain(["spec"]);
        let slip = keys.find_map(|key| nearest(key, known()).filter(|near| *near != key));
        let fault =
            Fault::warning("unclear-kind", span, "nothing here says which kind of resource this is; it is not read");
        let fault = match slip {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("add its name, such as \"virtualNodeName\""),
        };
        self.report(None, vec![fault]);
    }

    /// What stands under the AWS CLI's wrapper.
    fn wrapped(&mut self, inner: NodeId, kind: Kind) {
        let tree = self.tree();
        match tree.node(inner).value {
            Value::Map(_) => self.object(inner, Some(kind)),
            Value::Broken => {}
            _ => {
                let message = format!("{} stands where an object is due", found(tree, inner));
                let fault = Fault::error("wrong-type", tree.span(inner), message);
                self.found += 1;
                self.report(None, vec![fault]);
            }
        }
    }

    /// The output of a list operation: names, and as a rule nothing else.
    fn list_output(&mut self, id: NodeId) -> bool {
        let tree = self.tree();
        let list_of = |kind: Kind| {
            let key = if kind == Kind::Mesh { "meshes".to_owned() } else { format!("{}s", kind.api_name()) };
            Some((kind, tree.get(id, &key).filter(|list| tree.is_list(*list))?))
        };
        let lists: Vec<(Kind, NodeId)> = Kind::ALL.into_iter().filter_map(list_of).collect();
        for (kind, list) in &lists {
            self.list(*list, *kind);
        }
        if !lists.is_empty() {
            return true;
        }
        let tree = self.tree();
        let tags = tree.get(id, "tags").filter(|_| tree.entries(id).len() == 1);
        if let Some(tags) = tags {
            let span = crate::check::opening(tree.span(tags));
            let fault = Fault::info("list-output", span, "these tags do not say whose they are; they are not read");
            self.report(None, vec![fault]);
        }
        tags.is_some()
    }

    /// The resources of a list, and how many of its items are names alone.
    fn list(&mut self, list: NodeId, kind: Kind) {
        let tree = self.tree();
        let items = tree.items(list).to_vec();
        let (full, names): (Vec<_>, Vec<_>) = items.into_iter().partition(|item| tree.get(*item, "spec").is_some());
        if !names.is_empty() {
            let span = crate::check::opening(tree.span(list));
            let are = if names.len() == 1 { "1 is" } else { &format!("{} are", names.len()) };
            let message = format!("this lists each {kind} by its name alone, without a specification; {are} not read");
            let fault = Fault::info("list-output", span, message);
            self.report(None, vec![fault.help(format!("describe each {kind} to get its specification"))]);
        }
        for item in full {
            self.object(item, Some(kind));
        }
    }

    /// Task definitions, containers and policy documents, which stand beside a mesh.
    fn beside_a_mesh(&mut self, id: NodeId) -> bool {
        let tree = self.tree();
        if let Some(inner) = tree.get(id, "taskDefinition").filter(|inner| tree.is_map(*inner)) {
            self.task(inner, false);
        } else if tree.get(id, "containerDefinitions").is_some() {
            self.task(id, false);
        } else if self.is_container(id) {
            let span = self.tree().span(id);
            let list = self.tree().push_list(span, &[id]);
            self.containers(list);
        } else if let Some(statements) = self.tree().get(id, "Statement") {
            self.statements(statements);
        } else {
            return false;
        }
        true
    }

    fn is_container(&mut self, id: NodeId) -> bool {
        let tree = self.tree();
        tree.get(id, "name").is_some() && tree.get(id, "image").is_some()
    }

    fn containers(&mut self, list: NodeId) {
        let tree = self.tree();
        let span = tree.span(list);
        let key = tree.push_text(span, Style::Quoted, "containerDefinitions");
        let task = tree.push_map(span, &[Entry::new(key, list)]);
        self.task(task, true);
    }

    fn task(&mut self, id: NodeId, is_fragment: bool) {
        self.found += 1;
        let document = self.document_number();
        let (task, gaps) = read_part::<TaskDefinition>(self.tree(), id, &VIEWS.task, false);
        let label = task.family.as_ref().map_or_else(|| self.tree().source.name.clone(), ToString::to_string);
        let origin = Some(Origin { document, node: id });
        self.reading.inventory.workloads.push(Workload { label, task, is_fragment, condition: None, gaps, origin });
    }

    fn statements(&mut self, statements: NodeId) {
        let document = self.document_number();
        let role = self.tree().source.name.clone();
        let tree = self.tree();
        let items = if tree.is_list(statements) { tree.items(statements).to_vec() } else { vec![statements] };
        for item in items {
            let map = listed(self.tree(), item, &["Action", "Resource"]);
            let (statement, gaps) = read_part::<PolicyStatement>(self.tree(), map, &VIEWS.statement, false);
            let origin = Some(Origin { document, node: item });
            let is_whole = gaps.is_empty();
            self.reading.inventory.statements.push(RoleStatement { role: role.clone(), statement, is_whole, origin });
        }
    }

    fn document_number(&self) -> u32 {
        u32::try_from(self.document).unwrap_or(u32::MAX)
    }

    fn resource(&mut self, id: NodeId, kind: Kind) {
        let id = self.fill_in(id);
        let arn = self.arn(id);
        let document = self.document_number();
        let parameters = &self.options.parameters;
        let own = Symbol { scope: self.scope, name: stem_of(&self.tree().source.name).to_owned() };
        let used = RefCell::new(Vec::new());
        let unnamed = |field: &'static str| {
            let from_arn = arn.as_ref().and_then(|arn| match field {
                "meshName" => Some(arn.mesh.clone()),
                field if field == kind.name_field() => Some(arn.name.clone()),
                _ => arn.parent.clone(),
            });
            let from_parameter =
                || parameters.get(field).inspect(|_| used.borrow_mut().push(field.to_owned())).cloned();
            let text = from_arn.or_else(from_parameter);
            let left_out = || match field {
                // Every file of a folder has the same mesh and its own name.
                field if field == kind.name_field() && kind != Kind::Mesh => {
                    Expression::Attribute(own.clone(), field.to_owned())
                }
                // A router or gateway is its file's own: other files of the folder may be for another one.
                field if field != Kind::Mesh.name_field() => Expression::Reference(Symbol::new(field, own.scope)),
                field => Expression::Reference(field.into()),
            };
            Some(text.map_or_else(left_out, Expression::Text))
        };
        let scope = self.scope;
        let envelope = Envelope { kind, node: id, document, scope, views: &VIEWS, others: OTHERS, unnamed: &unnamed };
        let tree = &mut self.reading.documents[self.document].tree;
        let (mut resource, mut faults) = envelope.read(tree);
        resource.metadata = metadata::of(tree, id);
        resource.gaps.extend(metadata::unread(tree, id).map(|path| (path, Gap::Faulty)));
        if let Some(token) = tree.get(id, "clientToken") {
            let message = "`clientToken` belongs to the call, not to the resource; it is passed over";
            faults.push(Fault::info("passed-over", tree.span(token), message));
        }
        self.reading.used_parameters.append(&mut used.take());
        if !faults.is_empty() {
            self.report(Some(&Subject::of(&resource)), faults);
        }
        self.reading.inventory.resources.push(resource);
    }

    /// Puts the values of shell variables that were given in their places.
    fn fill_in(&mut self, id: NodeId) -> NodeId {
        let parameters = &self.options.parameters;
        if parameters.is_empty() {
            return id;
        }
        let used = &mut self.reading.used_parameters;
        variables::fill_in(&mut self.reading.documents[self.document].tree, id, parameters, used)
    }

    fn arn(&mut self, id: NodeId) -> Option<Arn> {
        let tree = self.tree();
        let arn = tree.get(tree.get(id, "metadata")?, "arn")?;
        tree.scalar(arn)?.parse().ok()
    }

    /// The kind of an object that no wrapper names; reports where nothing tells.
    fn kind_of(&mut self, id: NodeId) -> Option<Kind> {
        if let Some(arn) = self.arn(id) {
            return Some(arn.kind);
        }
        let spec = self.tree().get(id, "spec");
        let tree = self.tree();
        let named = |field: &str| tree.get(id, field).is_some();
        let by_spec = spec.and_then(|spec| kind_of_spec(tree, spec));
        if named("routeName") {
            return Some(Kind::Route);
        }
        if named("gatewayRouteName") {
            return Some(Kind::GatewayRoute);
        }
        if named("virtualNodeName") {
            return Some(Kind::VirtualNode);
        }
        if named("virtualServiceName") {
            return Some(Kind::VirtualService);
        }
        if named("virtualRouterName") {
            return Some(if by_spec == Some(Kind::Route) { Kind::Route } else { Kind::VirtualRouter });
        }
        if named("virtualGatewayName") {
            return Some(if by_spec == Some(Kind::GatewayRoute) { Kind::GatewayRoute } else { Kind::VirtualGateway });
        }
        if by_spec.is_some() {
            return by_spec;
        }
        let by_name = kind_of_file(&tree.source.name);
        if spec.is_none() {
            return (named("meshName") || (by_name == Some(Kind::Mesh) && tree.entries(id).is_empty()))
                .then_some(Kind::Mesh);
        }
        if named("meshName") && spec.is_some_and(|spec| tree.entries(spec).is_empty()) {
            return Some(Kind::Mesh);
        }
        by_name.or_else(|| self.unclear(id, spec))
    }

    fn unclear(&mut self, id: NodeId, spec: Option<NodeId>) -> Option<Kind> {
        let tree = self.tree();
        let span = crate::check::opening(tree.span(id));
        if spec.is_none_or(|spec| tree.get(spec, "listeners").is_none()) {
            return None;
        }
        let message = "this may be a virtual router or a virtual gateway; it is read as a virtual router";
        let help = "add its name: \"virtualRouterName\" or \"virtualGatewayName\"";
        self.report(None, vec![Fault::warning("unclear-kind", span, message).help(help)]);
        Some(Kind::VirtualRouter)
    }
}

/// Whether a document's value may be AWS JSON: what no other dialect claims, and JSON alone can be.
pub(crate) fn recognises(tree: &Tree, root: NodeId) -> bool {
    let is_other = |key: &str| tree.get(root, key).is_some();
    let is_kubernetes = is_other("apiVersion") && is_other("kind");
    let is_envoy = is_other("configs") || is_other("static_resources");
    let starts_as_json = tree.source.text().trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    starts_as_json && !is_kubernetes && !is_envoy
}
