//! What stands around a specification, alike in every dialect: the names, the owner, the tags.

use std::collections::BTreeMap;

use meshwright_model::gateway_route::GatewayRouteSpec;
use meshwright_model::limits::{AccountId, ResourceName, ScalarInfo};
use meshwright_model::mesh::MeshSpec;
use meshwright_model::path::Step;
use meshwright_model::resource::{Gap, Origin, Tag};
use meshwright_model::route::RouteSpec;
use meshwright_model::scalar::Name;
use meshwright_model::value::ScalarType;
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::{Expression, Kind, Path, Resource, Scalar, Spec};
use serde::de::DeserializeOwned;

use crate::build::build;
use crate::check::{Check, found, not_a_key, not_expanded, shorten};
use crate::fault::Fault;
use crate::tree::{NodeId, Tree, Value};
use crate::view::{Around, View, Views};
use meshwright_model::spelling::nearest;

/// A resource's place in a tree, and what its dialect says about it.
pub(crate) struct Envelope<'e> {
    pub(crate) kind: Kind,
    /// The map that holds the names and the specification.
    pub(crate) node: NodeId,
    pub(crate) document: u32,
    /// The scope of the names that are the file's own.
    pub(crate) scope: u32,
    pub(crate) views: &'e Views,
    /// Members that the dialect deals with itself, or passes over.
    pub(crate) others: &'e [&'static str],
    /// What a name is where the file leaves it out; `None` where the dialect demands it.
    pub(crate) unnamed: &'e dyn Fn(&'static str) -> Option<Expression>,
}

impl Envelope<'_> {
    /// Reads the resource and reports its faults; it is always built, from whatever can be read of it.
    pub(crate) fn read(&self, tree: &mut Tree) -> (Resource, Vec<Fault>) {
        let kind = self.kind;
        let mut faults = Vec::new();
        let (meant, unknown) = self.report_members(tree, &mut faults);
        let mut gaps = BTreeMap::new();
        let mut name_of = |field| self.name(tree, field, &mut faults, &mut gaps);
        let mesh = name_of("meshName");
        let parent = kind.parent().map(|parent| name_of(parent.name_field()));
        let name = if kind == Kind::Mesh { mesh.clone() } else { name_of(kind.name_field()) };
        let mesh_owner = self.child(tree, "meshOwner");
        let mesh_owner = mesh_owner.map(|id| self.scalar::<AccountId>(tree, id, "meshOwner", &mut faults, &mut gaps));
        let mesh_owner = mesh_owner.filter(|owner| !owner.is_missing());
        let (tags, tag_gaps) = self.tags(tree, &mut faults);
        let (spec, spec_gaps) = self.spec(tree, &mut faults);
        gaps.extend(tag_gaps);
        gaps.extend(spec_gaps);
        gaps.extend(unknown.into_iter().map(|path| (path, Gap::Faulty)));
        self.forgive(&meant, &mut faults, &mut gaps);
        let resource = Resource {
            mesh,
            mesh_owner,
            parent,
            name,
            spec,
            tags,
            metadata: None,
            condition: None,
            gaps,
            label: None,
            depends_on: Vec::new(),
            origin: Some(Origin { document: self.document, node: self.node }),
        };
        (resource, faults)
    }

    /// What a member with a slip in its key was meant to be is not missing too.
    fn forgive(&self, meant: &[String], faults: &mut Vec<Fault>, gaps: &mut BTreeMap<Path, Gap>) {
        for around in self.around().iter().filter(|around| meant.contains(&around.key)) {
            let path = Path::default().field(around.field);
            faults.retain(|fault| fault.rule != "missing-field" || fault.path.as_ref() != Some(&path));
            gaps.insert(path, Gap::Faulty);
        }
    }

    fn key(&self, field: &str) -> String {
        (self.views.naming.key)("", field)
    }

    fn around(&self) -> &[Around] {
        self.views.around(self.kind)
    }

    fn child(&self, tree: &Tree, field: &str) -> Option<NodeId> {
        let around = self.around().iter().find(|around| around.field == field)?;
        tree.get(self.node, &around.key)
    }

    /// Reports members that are no fields, and returns what they were probably meant to be, and where else they stand.
    fn report_members(&self, tree: &Tree, faults: &mut Vec<Fault>) -> (Vec<String>, Vec<Path>) {
        let known = || self.around().iter().map(|around| around.key.as_str()).chain(self.others.iter().copied());
        let mut seen = Vec::new();
        let (mut meant, mut unknown) = (Vec::new(), Vec::new());
        let at = |name: String| Path::default().field(name);
        for entry in tree.entries(self.node) {
            let Some(key) = tree.scalar(entry.key) else {
                faults.push(not_a_key(tree, entry.key));
                unknown.push(at(found(tree, entry.key)));
                continue;
            };
            let span = tree.span(entry.key);
            if key.starts_with("Fn::") {
                faults.push(not_expanded(span, key));
                unknown.push(at(shorten(key)));
                continue;
            }
            let is_known = known().any(|field| field == key);
            // Of unknown members there may be very many.
            if is_known && seen.contains(&key) {
                faults.push(Fault::error(
                    "duplicate-key",
                    span,
                    format!("`{key}` stands here more than once; the last is read"),
                ));
            } else if is_known {
                seen.push(key);
            } else {
                let fault = Fault::error(
                    "unknown-field",
                    span,
                    format!("`{}` is not a field of a {}", shorten(key), self.kind),
                );
                faults.push(match nearest(key, known()) {
                    Some(near) => {
                        meant.push(near.to_owned());
                        fault.help(format!("did you mean `{near}`?"))
                    }
                    None => {
                        unknown.push(at(shorten(key)));
                        fault
                    }
                });
            }
        }
        (meant, unknown)
    }

    fn name(
        &self,
        tree: &mut Tree,
        field: &'static str,
        faults: &mut Vec<Fault>,
        gaps: &mut BTreeMap<Path, Gap>,
    ) -> Name {
        match self.child(tree, field) {
            Some(id) => self.scalar::<ResourceName>(tree, id, field, faults, gaps),
            None => match (self.unnamed)(field) {
                Some(expression) => Scalar::from_expression(expression),
                None => {
                    let message = format!("`{}` is missing", self.key(field));
                    let span = crate::check::opening(tree.span(self.node));
                    faults.push(Fault::error("missing-field", span, message).at(&Path::default().field(field)));
                    Scalar::missing()
                }
            },
        }
    }

    fn scalar<T: ScalarType>(
        &self,
        tree: &mut Tree,
        id: NodeId,
        field: &'static str,
        faults: &mut Vec<Fault>,
        gaps: &mut BTreeMap<Path, Gap>,
    ) -> Scalar<T> {
        let Some(info) = ScalarInfo::named(T::NAME) else { return Scalar::missing() };
        let view = View::Scalar(info);
        let is_lenient = self.views.naming.is_lenient;
        let mut check = Check::new(tree, is_lenient, Path::default().field(field));
        check.scope = self.scope;
        check.value(id, &view);
        faults.append(&mut check.faults);
        gaps.append(&mut check.gaps);
        build(tree, id, &view, is_lenient).unwrap_or_else(|_| Scalar::missing())
    }

    fn tags(&self, tree: &mut Tree, faults: &mut Vec<Fault>) -> (Vec<Tag>, BTreeMap<Path, Gap>) {
        let Some(id) = self.child(tree, "tags") else { return Default::default() };
        let view = View::List(Box::new(self.views.tag.clone()), None);
        self.checked(tree, id, &view, Path::of(&["tags"]), faults)
    }

    fn checked<T: DeserializeOwned + Default>(
        &self,
        tree: &mut Tree,
        id: NodeId,
        view: &View,
        path: Path,
        faults: &mut Vec<Fault>,
    ) -> (T, BTreeMap<Path, Gap>) {
        let is_lenient = self.views.naming.is_lenient;
        let mut check = Check::new(tree, is_lenient, path.clone());
        check.scope = self.scope;
        let usable = check.value(id, view);
        faults.append(&mut check.faults);
        let mut gaps = check.gaps;
        if !usable {
            return (T::default(), gaps);
        }
        match build(tree, id, view, is_lenient) {
            Ok(value) => (value, gaps),
            Err(error) => {
                let message = format!("this could not be read: {error}");
                faults.push(
                    Fault::error("internal", tree.span(id), message)
                        .help("this is a bug in Meshwright; please report it"),
                );
                gaps.insert(path, Gap::Faulty);
                (T::default(), gaps)
            }
        }
    }

    fn spec(&self, tree: &mut Tree, faults: &mut Vec<Fault>) -> (Spec, BTreeMap<Path, Gap>) {
        let Some(id) = self.child(tree, "spec") else {
            // Source: App Mesh API reference, `CreateMesh` and its like, and CloudFormation's schemas of `AWS::AppMesh::*`:
            // every kind but the mesh must have one.
            if self.kind != Kind::Mesh && !tree.node(self.node).cut {
                let message = format!("`{}` is missing", self.key("spec"));
                let span = crate::check::opening(tree.span(self.node));
                faults.push(Fault::error("missing-field", span, message).at(&Path::of(&["spec"])));
            }
            return (Spec::empty(self.kind), BTreeMap::new());
        };
        let view = self.views.spec(self.kind);
        let path = Path::of(&["spec"]);
        match self.kind {
            Kind::Mesh => wrap(Spec::Mesh, self.checked::<MeshSpec>(tree, id, view, path, faults)),
            Kind::VirtualNode => wrap(Spec::VirtualNode, self.checked::<VirtualNodeSpec>(tree, id, view, path, faults)),
            Kind::VirtualRouter => {
                wrap(Spec::VirtualRouter, self.checked::<VirtualRouterSpec>(tree, id, view, path, faults))
            }
            Kind::VirtualGateway => {
                wrap(Spec::VirtualGateway, self.checked::<VirtualGatewaySpec>(tree, id, view, path, faults))
            }
            Kind::Route => wrap(Spec::Route, self.checked::<RouteSpec>(tree, id, view, path, faults)),
            Kind::VirtualService => {
                wrap(Spec::VirtualService, self.checked::<VirtualServiceSpec>(tree, id, view, path, faults))
            }
            Kind::GatewayRoute => {
                wrap(Spec::GatewayRoute, self.checked::<GatewayRouteSpec>(tree, id, view, path, faults))
            }
        }
    }
}

fn wrap<T>(variant: fn(T) -> Spec, (spec, gaps): (T, BTreeMap<Path, Gap>)) -> (Spec, BTreeMap<Path, Gap>) {
    (variant(spec), gaps)
}

/// Reads something of which only a part is modelled; what cannot be read is a gap, and no fault.
pub(crate) fn read_part<T: DeserializeOwned + Default>(
    tree: &mut Tree,
    id: NodeId,
    view: &View,
    is_lenient: bool,
) -> (T, BTreeMap<Path, Gap>) {
    let mut check = Check::new(tree, is_lenient, Path::default());
    check.is_partial = true;
    let is_usable = check.value(id, view);
    let gaps = check.gaps;
    if !is_usable {
        return (T::default(), gaps);
    }
    (build(tree, id, view, is_lenient).unwrap_or_default(), gaps)
}

/// Wraps the single values that a policy document may have in the place of lists.
pub(crate) fn listed(tree: &mut Tree, map: NodeId, keys: &[&str]) -> NodeId {
    let mut entries = tree.entries(map).to_vec();
    for entry in &mut entries {
        let is_key = tree.scalar(entry.key).is_some_and(|key| keys.contains(&key));
        if is_key && !matches!(tree.node(entry.value).value, Value::List(_)) {
            entry.value = tree.push_list(tree.span(entry.value), &[entry.value]);
        }
    }
    tree.push_map(tree.span(map), &entries)
}

/// The steps of a path below its first, which every specification's gap starts with.
pub(crate) fn below_spec(path: &Path) -> Option<&[Step]> {
    match path.steps().split_first() {
        Some((Step::Field(first), rest)) if first == "spec" => Some(rest),
        _ => None,
    }
}
