//! A mesh as a graph: what leads to what, in the direction a request goes, and what is wrong with it.
//!
//! The graph is data for those who draw it. Nodes and edges are sorted, so that one inventory always gives one graph.

mod details;
mod tasks;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use crate::defaults::PRIORITY;
use crate::inventory::Index;
use crate::kind::Kind;
use crate::limits::Text;
use crate::matcher::HttpPathMatch;
use crate::path::Path;
use crate::reference::{Key, MAX_SHOWN};
use crate::resource::{Gap, Resource, Spec};
use crate::route::{RouteAction, RouteSpec};
use crate::scalar::Scalar;
use crate::visible::cut;
use details::details;

/// One mesh as a graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Graph {
    /// The mesh's name.
    pub mesh: String,
    /// Resources, and names that nothing in the files has; sorted by kind, parent and name.
    pub nodes: Vec<Node>,
    /// What leads to what, sorted by where it starts: routes in the order they are tried, targets in their route's order.
    pub edges: Vec<Edge>,
}

/// A resource in the graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// What kind of resource it is.
    pub kind: Kind,
    /// Its name; open names read `${Name}`.
    pub name: String,
    /// The router of a route, the gateway of a gateway route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What is worth knowing at a glance: `http 8080`, `prefix /api`, `priority 1`.
    pub details: Vec<String>,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// Whether it is only a name that something refers to and no file defines.
    pub missing: bool,
}

/// What an edge means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum EdgeKind {
    /// A gateway has a gateway route, a router a route.
    Holds,
    /// A gateway route hands requests to a virtual service.
    HandsTo,
    /// A virtual service is provided by a router or node.
    ProvidedBy,
    /// A route sends a share to a node.
    SendsTo,
    /// A node may call a virtual service.
    Calls,
}

/// What leads to what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// The index of the node it starts from.
    pub from: usize,
    /// The index of the node it leads to.
    pub to: usize,
    /// What it means.
    pub kind: EdgeKind,
    /// A target's share of its route's traffic, a fraction of 1; `None` where weights are open, and for other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// The target's weight as its file says it, for targets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// The port a target is called on, where the file says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
}

/// What tells nodes of one graph apart, and sorts them.
type NodeKey<'a> = (Kind, Option<Key<'a>>, Key<'a>);

#[derive(Default)]
struct Builder<'a> {
    nodes: BTreeMap<NodeKey<'a>, Node>,
    /// What is defined, by the condition of each definition.
    defined: BTreeMap<NodeKey<'a>, BTreeSet<Option<&'a str>>>,
    /// Kinds that open or faulty parts of resources may name.
    hidden: BTreeSet<Kind>,
    edges: Vec<(NodeKey<'a>, NodeKey<'a>, Rank, Edge)>,
}

/// The place of an edge among those of its kind from one node: for routes the order in which they are tried (priority,
/// then the longer prefix), for others the order in their file.
///
/// Source: App Mesh User Guide, routes; github.com/aws/aws-app-mesh-roadmap/issues/77.
type Rank = (i64, Reverse<usize>, usize);

impl Graph {
    /// A graph of each mesh in the inventory, sorted by name.
    pub fn of(index: &Index<'_>) -> Vec<Self> {
        let inventory = index.inventory();
        let mut builders: BTreeMap<Key<'_>, Builder<'_>> = BTreeMap::new();
        for resource in &inventory.resources {
            builders.entry(Key::of(&resource.mesh)).or_default().add(resource);
        }
        tasks::add(index, &mut builders);
        let is_partial = inventory.has_loops || inventory.has_unread_stacks;
        builders.into_iter().map(|(mesh, builder)| builder.finish(mesh, is_partial)).collect()
    }
}

fn key(resource: &Resource) -> NodeKey<'_> {
    let id = resource.id();
    (id.kind, id.parent, id.name)
}

impl<'a> Builder<'a> {
    /// Adds a resource and its edges; another of the same name only where conditions may keep them apart.
    fn add(&mut self, resource: &'a Resource) {
        let own = key(resource);
        let variants = self.defined.entry(own).or_default();
        let is_first = variants.is_empty();
        let is_new = variants.insert(resource.condition.as_deref());
        let node = node_of(resource);
        match self.nodes.get_mut(&own) {
            Some(known) if !is_new => {
                add_missing(&mut known.problems, vec!["is defined more than once".to_owned()]);
                return;
            }
            Some(known) if !is_first => {
                add_missing(&mut known.details, node.details);
                add_missing(&mut known.problems, node.problems);
            }
            _ => {
                self.nodes.insert(own, node);
            }
        }
        if let (Some(kind), Some(parent)) = (resource.kind().parent(), &resource.parent) {
            let (priority, length) = precedence(&resource.spec);
            let rank = (priority, Reverse(length), 0);
            self.connect_ranked((kind, None, Key::of(parent)), own, rank, edge(EdgeKind::Holds));
        }
        match &resource.spec {
            Spec::Route(spec) => self.add_targets(own, resource, spec),
            Spec::VirtualNode(spec) => self.add_all(own, spec.references(), EdgeKind::Calls),
            Spec::VirtualService(spec) => self.add_all(own, spec.references(), EdgeKind::ProvidedBy),
            Spec::GatewayRoute(spec) => self.add_all(own, spec.references(), EdgeKind::HandsTo),
            Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualGateway(_) => {}
        }
        if resource.may_hide_references() {
            self.hidden.extend(resource.kind().refers_to());
            self.add_hidden(own, resource);
        }
    }

    fn add_all(
        &mut self,
        own: NodeKey<'a>,
        references: impl Iterator<Item = crate::reference::Reference<'a>>,
        kind: EdgeKind,
    ) {
        for reference in references {
            self.connect(own, (reference.kind, None, reference.name), edge(kind));
        }
    }

    /// What the open parts of a resource name; their weights and ports are not looked for.
    fn add_hidden(&mut self, own: NodeKey<'a>, resource: &'a Resource) {
        let kind = match resource.kind() {
            Kind::Route => EdgeKind::SendsTo,
            Kind::VirtualNode => EdgeKind::Calls,
            Kind::VirtualService => EdgeKind::ProvidedBy,
            _ => EdgeKind::HandsTo,
        };
        let mut seen = BTreeSet::new();
        let references = resource.hidden_references().into_iter();
        self.add_all(own, references.filter(|reference| seen.insert((reference.kind, reference.name))), kind);
    }

    fn add_targets(&mut self, own: NodeKey<'a>, resource: &Resource, spec: &'a RouteSpec) {
        for (field, action) in spec.actions() {
            let shares = if has_all_targets(resource, field) { action.shares() } else { None };
            for (index, target) in action.weighted_targets.iter().enumerate() {
                let edge = Edge {
                    share: shares.as_ref().map(|shares| shares[index]),
                    weight: Some(target.weight.to_string()),
                    port: target.port.as_ref().map(ToString::to_string),
                    ..edge(EdgeKind::SendsTo)
                };
                self.connect(own, (Kind::VirtualNode, None, Key::of(&target.virtual_node)), edge);
            }
        }
    }

    fn connect(&mut self, from: NodeKey<'a>, to: NodeKey<'a>, edge: Edge) {
        self.connect_ranked(from, to, (0, Reverse(0), self.edges.len()), edge);
    }

    fn connect_ranked(&mut self, from: NodeKey<'a>, to: NodeKey<'a>, rank: Rank, edge: Edge) {
        for end in [from, to] {
            self.nodes.entry(end).or_insert_with(|| Node {
                kind: end.0,
                name: shown(end.2),
                parent: end.1.map(shown),
                details: Vec::new(),
                problems: Vec::new(),
                missing: true,
            });
        }
        self.edges.push((from, to, rank, edge));
    }

    /// Drops what several variants of one resource say alike.
    fn drop_repeated(&mut self) {
        let defined = &self.defined;
        let is_variant = |key: &NodeKey<'_>| defined.get(key).is_some_and(|variants| variants.len() > 1);
        let mut seen = HashSet::new();
        self.edges.retain(|(from, to, _, edge)| {
            let is_repeatable = is_variant(from) || edge.kind == EdgeKind::Holds && is_variant(to);
            let said = (*from, *to, edge.kind, edge.share.map(f64::to_bits), edge.weight.clone(), edge.port.clone());
            !is_repeatable || seen.insert(said)
        });
    }

    fn finish(mut self, mesh: Key<'a>, is_partial: bool) -> Graph {
        self.edges.sort_by(|a, b| (a.0, a.3.kind, a.2, a.1).cmp(&(b.0, b.3.kind, b.2, b.1)));
        self.drop_repeated();
        let positions: BTreeMap<NodeKey<'a>, usize> = self.nodes.keys().copied().zip(0..).collect();
        let mut nodes: Vec<Node> = Vec::with_capacity(self.nodes.len());
        let mut is_sure = Vec::with_capacity(self.nodes.len());
        let unsure = Unsure::of(&self.nodes, self.hidden);
        for (key, mut node) in self.nodes {
            if node.missing {
                match key.2.is_known() {
                    true if is_partial || unsure.names.contains(&key.0) => {
                        node.details.push("not defined here by this name".to_owned());
                    }
                    true => node.problems.push("is named, but no file defines it".to_owned()),
                    false if matches!(key.2, Key::Refused(_)) => node.details.push("no valid name".to_owned()),
                    false => node.details.push("an expression that no file here settles".to_owned()),
                }
            }
            is_sure.push(!is_partial && key.2.is_known() && !unsure.references.contains(&key.0));
            nodes.push(node);
        }
        let edges: Vec<Edge> = self
            .edges
            .into_iter()
            .map(|(from, to, _, edge)| Edge { from: positions[&from], to: positions[&to], ..edge })
            .collect();
        mark_problems(&mut nodes, &edges, &is_sure);
        Graph { mesh: shown(mesh), nodes, edges }
    }
}

/// Kinds of which some resource, or some reference, has an open name.
struct Unsure {
    names: BTreeSet<Kind>,
    references: BTreeSet<Kind>,
}

impl Unsure {
    fn of(nodes: &BTreeMap<NodeKey<'_>, Node>, hidden: BTreeSet<Kind>) -> Self {
        let mut unsure = Self { names: BTreeSet::new(), references: hidden };
        for ((kind, ..), node) in nodes.iter().filter(|((.., name), _)| !name.is_known()) {
            if node.missing {
                unsure.references.insert(*kind)
            } else {
                unsure.names.insert(*kind)
            };
        }
        unsure
    }
}

/// The priority of a route or gateway route, and the length of its prefix or exact path.
fn precedence(spec: &Spec) -> (i64, usize) {
    let length = |prefix: Option<&Scalar<Text>>, path: Option<&HttpPathMatch>| {
        let prefix = prefix.and_then(Scalar::known).map(|prefix| prefix.as_str().len());
        let exact = path.and_then(|path| path.exact.as_ref()).and_then(Scalar::known).map(|path| path.as_str().len());
        prefix.or(exact).unwrap_or(0)
    };
    let (priority, length) = match spec {
        Spec::Route(spec) => {
            let http = spec.http_route.as_ref().or(spec.http2_route.as_ref()).map(|route| &route.matcher);
            (&spec.priority, http.map_or(0, |matcher| length(matcher.prefix.as_ref(), matcher.path.as_ref())))
        }
        Spec::GatewayRoute(spec) => {
            let http = spec.http_route.as_ref().or(spec.http2_route.as_ref()).map(|route| &route.matcher);
            (&spec.priority, http.map_or(0, |matcher| length(matcher.prefix.as_ref(), matcher.path.as_ref())))
        }
        _ => return (PRIORITY, 0),
    };
    (priority.as_ref().and_then(Scalar::known).map_or(PRIORITY, |priority| priority.value()), length)
}

fn edge(kind: EdgeKind) -> Edge {
    Edge { from: 0, to: 0, kind, share: None, weight: None, port: None }
}

/// A name for people, where there is one.
fn shown(name: Key<'_>) -> String {
    match name {
        Key::Refused("") => "(no name)".to_owned(),
        name => name.shown(),
    }
}

fn add_missing(texts: &mut Vec<String>, more: Vec<String>) {
    for text in more {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
}

/// Whether all targets of a route's action were read, so that their shares are the whole.
fn has_all_targets(resource: &Resource, field: &str) -> bool {
    !resource.has_gap(&Path::of(&["spec"]).field(field.to_owned()).field("action").field("weightedTargets"))
}

/// A node for a resource, with what is wrong with it alone.
///
/// Source: a real Envoy refuses a sum of weights of 0; a service without provider is valid, and Envoy answers 404
/// (capa-cloud/capa.io, envoy-gateway.md).
fn node_of(resource: &Resource) -> Node {
    let mut problems = Vec::new();
    if let Spec::Route(spec) = &resource.spec {
        let sends_nothing = |(field, action): (&str, &RouteAction)| {
            let all_known = action.weighted_targets.iter().all(|target| target.weight.known().is_some());
            all_known && action.shares().is_none() && has_all_targets(resource, field)
        };
        if spec.actions().any(sends_nothing) {
            problems.push("all weights are 0: the proxy refuses that".to_owned());
        } else if spec.actions().next().is_none() && resource.gaps.is_empty() {
            problems.push("has no protocol and no targets".to_owned());
        }
    }
    if let Spec::VirtualService(spec) = &resource.spec
        && spec.provider.is_none()
        && !resource.has_gap(&Path::of(&["spec", "provider"]))
    {
        problems.push("has no provider: callers get 404".to_owned());
    }
    if resource.gaps.values().any(|gap| matches!(gap, Gap::Faulty)) {
        problems.push("could not be read as a whole".to_owned());
    }
    Node {
        kind: resource.kind(),
        name: shown(Key::of(&resource.name)),
        parent: resource.parent.as_ref().map(|parent| shown(Key::of(parent))),
        details: details(resource).iter().map(|detail| cut(detail, MAX_SHOWN)).collect(),
        problems,
        missing: false,
    }
}

/// Marks what the shape of the graph says: a service without provider, a router without routes, a node nobody reaches.
///
/// Of a node whose name is open, or that an open name may stand for, nothing of the kind can be said.
fn mark_problems(nodes: &mut [Node], edges: &[Edge], is_sure: &[bool]) {
    let mut leads = vec![false; nodes.len()];
    let mut reached = vec![false; nodes.len()];
    for edge in edges {
        leads[edge.from] = true;
        reached[edge.to] = true;
    }
    for (position, node) in nodes.iter_mut().enumerate() {
        if node.missing || !is_sure[position] {
            continue;
        }
        let problem = match node.kind {
            Kind::VirtualRouter if !leads[position] => "has no routes",
            Kind::VirtualGateway if !leads[position] => "has no gateway routes",
            Kind::VirtualNode if !reached[position] && !leads[position] => "nothing leads to it, and it calls nothing",
            _ => continue,
        };
        node.problems.push(problem.to_owned());
    }
}
