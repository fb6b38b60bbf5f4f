//! A resource of a mesh: its names, its specification, and what its file left open.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::expression::Expression;
use crate::gateway_route::GatewayRouteSpec;
use crate::kind::Kind;
use crate::limits::{AccountId, TagKey, TagValue};
use crate::mesh::MeshSpec;
use crate::path::Path;
use crate::reference::{Key, Need, Reference};
use crate::route::RouteSpec;
use crate::scalar::Name;
use crate::scalar::Scalar;
use crate::shape::Shape;
use crate::symbol::Symbol;
use crate::virtual_gateway::VirtualGatewaySpec;
use crate::virtual_node::VirtualNodeSpec;
use crate::virtual_router::VirtualRouterSpec;
use crate::virtual_service::VirtualServiceSpec;

/// The specification of a resource, which also says its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(clippy::large_enum_variant, reason = "most resources of a large mesh are routes, the largest variant")]
pub enum Spec {
    /// Of a mesh.
    Mesh(MeshSpec),
    /// Of a virtual node.
    VirtualNode(VirtualNodeSpec),
    /// Of a virtual router.
    VirtualRouter(VirtualRouterSpec),
    /// Of a virtual gateway.
    VirtualGateway(VirtualGatewaySpec),
    /// Of a route.
    Route(RouteSpec),
    /// Of a virtual service.
    VirtualService(VirtualServiceSpec),
    /// Of a gateway route.
    GatewayRoute(GatewayRouteSpec),
}

impl Spec {
    /// The kind of resource that it specifies.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Mesh(_) => Kind::Mesh,
            Self::VirtualNode(_) => Kind::VirtualNode,
            Self::VirtualRouter(_) => Kind::VirtualRouter,
            Self::VirtualGateway(_) => Kind::VirtualGateway,
            Self::Route(_) => Kind::Route,
            Self::VirtualService(_) => Kind::VirtualService,
            Self::GatewayRoute(_) => Kind::GatewayRoute,
        }
    }

    /// What it names.
    pub fn references(&self) -> Vec<Reference<'_>> {
        match self {
            Self::VirtualNode(spec) => spec.references().collect(),
            Self::Route(spec) => spec.references().collect(),
            Self::VirtualService(spec) => spec.references().collect(),
            Self::GatewayRoute(spec) => spec.references().collect(),
            Self::Mesh(_) | Self::VirtualRouter(_) | Self::VirtualGateway(_) => Vec::new(),
        }
    }

    /// A specification of that kind that says nothing.
    pub fn empty(kind: Kind) -> Self {
        match kind {
            Kind::Mesh => Self::Mesh(MeshSpec::default()),
            Kind::VirtualNode => Self::VirtualNode(VirtualNodeSpec::default()),
            Kind::VirtualRouter => Self::VirtualRouter(VirtualRouterSpec::default()),
            Kind::VirtualGateway => Self::VirtualGateway(VirtualGatewaySpec::default()),
            Kind::Route => Self::Route(RouteSpec::default()),
            Kind::VirtualService => Self::VirtualService(VirtualServiceSpec::default()),
            Kind::GatewayRoute => Self::GatewayRoute(GatewayRouteSpec::default()),
        }
    }

    /// The shape of the specifications of that kind.
    pub fn shape(kind: Kind) -> &'static Shape {
        &SHAPES[kind as usize]
    }
}

/// The shapes of specifications, by kind.
static SHAPES: LazyLock<[Shape; 7]> = LazyLock::new(|| {
    Kind::ALL.map(|kind| match kind {
        Kind::Mesh => Shape::of::<MeshSpec>(),
        Kind::VirtualNode => Shape::of::<VirtualNodeSpec>(),
        Kind::VirtualRouter => Shape::of::<VirtualRouterSpec>(),
        Kind::VirtualGateway => Shape::of::<VirtualGatewaySpec>(),
        Kind::Route => Shape::of::<RouteSpec>(),
        Kind::VirtualService => Shape::of::<VirtualServiceSpec>(),
        Kind::GatewayRoute => Shape::of::<GatewayRouteSpec>(),
    })
});

/// A tag. API shape `TagRef`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tag {
    /// The key.
    pub key: Scalar<TagKey>,
    /// The value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Scalar<TagValue>>,
}

/// What the API says about a resource beside its specification. API shapes `ResourceMetadata` and `…Status`.
///
/// Values stand as their file wrote them; a file may give some and not others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Each member of `metadata` with its text, and whether that was a string; in the file's order.
    pub members: Vec<(String, String, bool)>,
    /// `ACTIVE`, `INACTIVE` or `DELETED`.
    pub status: Option<String>,
}

/// Where a resource was read: a document, and the place in it that holds its names and specification.
///
/// Only the reader that made it can say more; see its `locate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The document's number in its reading.
    pub document: u32,
    /// The place's number in its document.
    pub node: u32,
}

/// Why a path reads as absent although its file says something there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The file leaves it open.
    Open(Expression),
    /// The file has a fault there, which its reader reported.
    Faulty,
}

/// A resource of a mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    /// The mesh; for a mesh, its own name.
    pub mesh: Name,
    /// The account that owns the mesh, where the file says so: a mesh shared by another account.
    pub mesh_owner: Option<Scalar<AccountId>>,
    /// The router of a route, the gateway of a gateway route.
    pub parent: Option<Name>,
    /// Its own name.
    pub name: Name,
    /// Its specification.
    pub spec: Spec,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// What the API said about it.
    pub metadata: Option<Metadata>,
    /// The condition under which it exists, where parameters do not settle it.
    pub condition: Option<String>,
    /// Objects and lists that read as absent, and why.
    pub gaps: BTreeMap<Path, Gap>,
    /// The name its file gives it beside its own: a logical id.
    pub label: Option<Symbol>,
    /// Labels of its file, in the scope of its own, that must be created before it, by its file's own rules.
    pub depends_on: Vec<String>,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// What tells a resource from all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id<'a> {
    /// The mesh.
    pub mesh: Key<'a>,
    /// The kind.
    pub kind: Kind,
    /// The router of a route, the gateway of a gateway route.
    pub parent: Option<Key<'a>>,
    /// The name.
    pub name: Key<'a>,
}

impl Resource {
    /// A resource of which nothing is known but its names and its specification.
    pub fn new(mesh: Name, parent: Option<Name>, name: Name, spec: Spec) -> Self {
        Self {
            mesh,
            mesh_owner: None,
            parent,
            name,
            spec,
            tags: Vec::new(),
            metadata: None,
            condition: None,
            gaps: BTreeMap::new(),
            label: None,
            depends_on: Vec::new(),
            origin: None,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.spec.kind()
    }

    /// What tells it from all others.
    pub fn id(&self) -> Id<'_> {
        Id {
            mesh: Key::of(&self.mesh),
            kind: self.kind(),
            parent: self.parent.as_ref().map(Key::of),
            name: Key::of(&self.name),
        }
    }

    /// Everything it points at in its mesh: the mesh, its parent, what its specification names, and what its open
    /// parts may name.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let mut references = Vec::new();
        let kind = self.kind();
        if kind != Kind::Mesh {
            references.push(Reference::needed(Path::of(&["meshName"]), Kind::Mesh, &self.mesh));
        }
        if let (Some(parent_kind), Some(parent)) = (kind.parent(), &self.parent) {
            references.push(Reference::needed(Path::of(&[parent_kind.name_field()]), parent_kind, parent));
        }
        references.extend(self.spec.references());
        references.extend(self.hidden_references());
        references
    }

    /// The names that stand in open parts of its specification: it may refer to them, by how its file is deployed.
    pub fn hidden_references(&self) -> Vec<Reference<'_>> {
        let mut hidden = Vec::new();
        let kinds = self.kind().refers_to();
        for (path, gap) in &self.gaps {
            let Gap::Open(expression) = gap else { continue };
            expression.walk(&mut |part| {
                let Expression::Map(entries) = part else { return };
                hidden.extend(entries.iter().filter_map(|(key, value)| {
                    let kind = kinds.iter().find(|kind| is_name_key(key, **kind))?;
                    let text = value.text().filter(|text| !text.is_empty())?;
                    let name = Key::Known(text);
                    Some(Reference { path: path.clone(), kind: *kind, name, need: Need::Eventually })
                }));
            });
        }
        hidden
    }

    /// Whether a gap stands where its specification would name other resources.
    pub fn may_hide_references(&self) -> bool {
        let places: &[&[&'static str]] = match self.kind() {
            Kind::VirtualNode => &[&["spec", "backends"]],
            Kind::VirtualService => &[&["spec", "provider"]],
            Kind::Route | Kind::GatewayRoute => &[
                &["spec", "httpRoute", "action"],
                &["spec", "http2Route", "action"],
                &["spec", "grpcRoute", "action"],
                &["spec", "tcpRoute", "action"],
            ],
            Kind::Mesh | Kind::VirtualRouter | Kind::VirtualGateway => &[],
        };
        places.iter().any(|place| self.has_gap(&Path::of(place)))
    }

    /// Whether what stands at the path, or around it, is open or faulty, so that its absence means nothing.
    pub fn has_gap(&self, path: &Path) -> bool {
        has_gap(&self.gaps, path)
    }

    /// Whether two resources say the same, wherever and however their files wrote it.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.id() == other.id()
            && self.mesh_owner == other.mesh_owner
            && self.spec == other.spec
            && self.tags == other.tags
            && self.condition == other.condition
            && self.gaps == other.gaps
    }
}

/// Whether a gap stands at the path, around it or inside it.
pub(crate) fn has_gap(gaps: &BTreeMap<Path, Gap>, path: &Path) -> bool {
    gaps.keys().any(|gap| gap.contains(path) || path.contains(gap))
}

/// Whether a key holds the name of a resource of that kind, in whatever case its dialect writes keys:
/// `VirtualNodeName`, `virtual_node_name`, and the `virtualNode` of a weighted target.
fn is_name_key(key: &str, kind: Kind) -> bool {
    let letters =
        || key.chars().filter(|letter| !matches!(letter, '_' | '-')).map(|letter| letter.to_ascii_lowercase());
    let is = |field: &str| letters().eq(field.chars().map(|letter| letter.to_ascii_lowercase()));
    is(kind.name_field()) || kind == Kind::VirtualNode && is(kind.api_name())
}

impl fmt::Display for Id<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parent {
            Some(parent) => write!(formatter, "{} {}/{}", self.kind, parent.shown(), self.name.shown()),
            None => write!(formatter, "{} {}", self.kind, self.name.shown()),
        }
    }
}
