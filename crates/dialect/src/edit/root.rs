//! What surrounds specifications: the shape and the view of whole resources, and the file that takes a new one.

use meshwright_model::limits::{AccountId, ResourceName, ScalarInfo, ServiceName};
use meshwright_model::reference::Key;
use meshwright_model::resource::Tag;
use meshwright_model::shape::{self, Shape};
use meshwright_model::value::ScalarType;
use meshwright_model::{Kind, Resource, Spec};

use super::error::Obstacle;
use crate::reading::Reading;
use crate::view::{Field, View, Views};

/// The shape of a whole resource: its names, its specification, its tags.
pub(crate) fn shape(kind: Kind) -> Shape {
    let scalar = |name: &'static str| ScalarInfo::named(name).map(Shape::Scalar);
    let own_name = if kind == Kind::VirtualService { ServiceName::NAME } else { ResourceName::NAME };
    let named = [
        Some(("meshName", scalar(ResourceName::NAME))),
        kind.parent().map(|parent| (parent.name_field(), scalar(ResourceName::NAME))),
        (kind != Kind::Mesh).then(|| (kind.name_field(), scalar(own_name))),
        Some(("meshOwner", scalar(AccountId::NAME))),
        Some(("spec", Some(Spec::shape(kind).clone()))),
        Some(("tags", Some(Shape::List(Box::new(Shape::of::<Tag>()), None)))),
    ];
    let field = |(name, shape): (&'static str, Option<Shape>)| {
        Some(shape::Field { name, required: name == "spec" && kind != Kind::Mesh, shape: shape? })
    };
    Shape::Struct(named.into_iter().flatten().filter_map(field).collect())
}

/// The view of a whole resource.
pub(crate) fn view(views: &Views, kind: Kind) -> View {
    let field = |field: &shape::Field| {
        let view = match &field.shape {
            Shape::List(..) => View::List(Box::new(views.tag.clone()), None),
            Shape::Scalar(info) => View::Scalar(info),
            Shape::Struct(_) | Shape::Union(_) => views.spec(kind).clone(),
        };
        let key = (views.naming.key)("", field.name);
        Field { api: field.name, key, needed: field.required, demanded: field.required, view }
    };
    View::Struct(shape(kind).fields().iter().map(field).collect())
}

/// The document that a new resource goes to: the one that is asked for, else that of its like in its mesh; `None` where the
/// resource is there already.
pub(crate) fn document_for(
    reading: &Reading,
    resource: &Resource,
    asked: Option<usize>,
) -> Result<Option<usize>, Obstacle> {
    let resources = &reading.inventory.resources;
    if let Some(same) = resources.iter().find(|other| other.id() == resource.id()) {
        let is_same = same.spec == resource.spec && same.tags == resource.tags;
        return if is_same { Ok(None) } else { Err(Obstacle::Exists(resource.kind())) };
    }
    let mesh = Key::of(&resource.mesh);
    let of_mesh = || resources.iter().filter(|other| Key::of(&other.mesh) == mesh);
    let is_parent = |other: &&Resource| {
        resource.kind().parent() == Some(other.kind()) && resource.parent.as_ref() == Some(&other.name)
    };
    let is_sibling = |other: &&Resource| other.kind() == resource.kind() && other.parent == resource.parent;
    let found = of_mesh().rfind(is_sibling).or_else(|| of_mesh().find(is_parent)).or_else(|| of_mesh().next_back());
    let found = found.and_then(|other| other.origin).map(|origin| origin.document as usize);
    let first = || reading.documents.iter().position(|document| document.dialect.is_some());
    asked.or(found).or_else(first).map(Some).ok_or(Obstacle::NoFile)
}
