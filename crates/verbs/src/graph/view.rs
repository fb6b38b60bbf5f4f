//! A graph made ready for drawing: who leads to whom, what is shown inside what, and the words for it.
//!
//! A view holds a copy of the graph in which no text carries a character that a terminal or a picture would act upon,
//! so that no renderer can forget to take them out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use meshwright_model::Kind;
use meshwright_model::graph::{Edge, EdgeKind, Graph, Node};

use meshwright_model::visible::visible;

/// A graph with its texts made visible and its edges sorted by their ends.
pub(super) struct View {
    graph: Graph,
    leaving: Vec<Vec<usize>>,
    reached: Vec<bool>,
    holders: Vec<Option<usize>>,
}

impl View {
    /// A view of a graph.
    pub(super) fn of(graph: &Graph) -> Self {
        let mut graph = graph.clone();
        make_visible(&mut graph);
        let count = graph.nodes.len();
        let (mut leaving, mut reached, mut holders) = (vec![Vec::new(); count], vec![false; count], vec![None; count]);
        for (position, edge) in graph.edges.iter().enumerate() {
            leaving[edge.from].push(position);
            reached[edge.to] = true;
            let holds = graph.nodes[edge.to].kind.parent() == Some(graph.nodes[edge.from].kind);
            if edge.kind == EdgeKind::Holds && holds && holders[edge.to].is_none() {
                holders[edge.to] = Some(edge.from);
            }
        }
        Self { graph, leaving, reached, holders }
    }

    /// The mesh's name.
    pub(super) fn mesh(&self) -> &str {
        &self.graph.mesh
    }

    /// All nodes; other functions take positions in this list.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.graph.nodes
    }

    /// All edges but those between a parent and what is shown inside it.
    pub(super) fn drawn_edges(&self) -> impl Iterator<Item = &Edge> {
        self.graph.edges.iter().filter(|edge| self.is_drawn(edge))
    }

    /// Whether an edge is drawn as a line: not between a parent and what is shown inside it, nor to the mesh itself.
    pub(super) fn is_drawn(&self, edge: &Edge) -> bool {
        let touches_mesh = [edge.from, edge.to].iter().any(|end| self.graph.nodes[*end].kind == Kind::Mesh);
        !touches_mesh && !self.is_inside(edge)
    }

    /// Whether an edge is between a parent and what is shown inside it.
    fn is_inside(&self, edge: &Edge) -> bool {
        edge.kind == EdgeKind::Holds && self.holders[edge.to] == Some(edge.from)
    }

    /// The edges that leave a node.
    pub(super) fn edges_from(&self, node: usize) -> impl Iterator<Item = &Edge> {
        self.leaving[node].iter().map(|position| &self.graph.edges[*position])
    }

    /// Whether any edge leads to a node.
    pub(super) fn is_reached(&self, node: usize) -> bool {
        self.reached[node]
    }

    /// The routes that are shown inside a router or gateway, in the order they are tried.
    pub(super) fn inside(&self, holder: usize) -> impl Iterator<Item = usize> {
        let mut seen = BTreeSet::new();
        let inside = self.edges_from(holder).filter(|edge| self.is_inside(edge)).map(|edge| edge.to);
        inside.filter(move |route| seen.insert(*route))
    }

    /// What is drawn on its own: neither the mesh itself nor a route inside its router or gateway.
    pub(super) fn outside(&self) -> impl Iterator<Item = usize> {
        (0..self.graph.nodes.len())
            .filter(|node| self.graph.nodes[*node].kind != Kind::Mesh && self.holders[*node].is_none())
    }

    /// The resources of the mesh itself.
    pub(super) fn meshes(&self) -> impl Iterator<Item = &Node> {
        self.graph.nodes.iter().filter(|node| node.kind == Kind::Mesh)
    }

    /// Every problem: the position of the node that has it, and its words.
    pub(super) fn problems(&self) -> impl Iterator<Item = (usize, &str)> {
        let nodes = self.graph.nodes.iter().enumerate();
        nodes.flat_map(|(position, node)| node.problems.iter().map(move |problem| (position, problem.as_str())))
    }

    /// How many resources of each kind the files define: `1 gateway, 2 routers`; the mesh itself is not counted.
    pub(super) fn counts(&self) -> String {
        let kinds = [
            Kind::VirtualGateway,
            Kind::GatewayRoute,
            Kind::VirtualService,
            Kind::VirtualRouter,
            Kind::Route,
            Kind::VirtualNode,
        ];
        let defined = |kind| self.graph.nodes.iter().filter(|node| node.kind == kind && !node.missing).count();
        let counts = kinds.map(|kind| (kind, defined(kind))).into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(kind, count)| plural(count, word(kind))).collect();
        if counts.is_empty() { "no resources".to_owned() } else { counts.join(", ") }
    }

    /// What a node is, for a sentence: `route canary of router payments`.
    pub(super) fn full_name(&self, node: usize) -> String {
        let node = &self.graph.nodes[node];
        let mut name = format!("{} {}", word(node.kind), node.name);
        if let (Some(kind), Some(parent)) = (node.kind.parent(), &node.parent) {
            let _ = write!(name, " of {} {parent}", word(kind));
        }
        name
    }
}

/// The short word for a kind, where it is plain that all is about a mesh: `node`, `virtual service`.
pub(super) fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::VirtualNode => "node",
        Kind::VirtualRouter => "router",
        Kind::VirtualGateway => "gateway",
        Kind::Mesh | Kind::Route | Kind::VirtualService | Kind::GatewayRoute => kind.words(),
    }
}

/// A count with its noun: `1 route`, `2 routes`, `2 meshes`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    let ending = match (count, noun.ends_with("sh")) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {noun}{ending}")
}

/// What an edge says about its target: `90 %`, `90 % port 8080`, `weight ${Canary}`; nothing where it is no target.
pub(super) fn target_words(edge: &Edge) -> Option<String> {
    let share = match (edge.share, &edge.weight) {
        (Some(share), _) => Some(percent(share)),
        (None, Some(weight)) => Some(format!("weight {weight}")),
        (None, None) => None,
    };
    let port = edge.port.as_ref().map(|port| format!("port {port}"));
    match (share, port) {
        (Some(share), Some(port)) => Some(format!("{share} {port}")),
        (share, port) => share.or(port),
    }
}

/// A text in lines of at most `line_limit` characters, broken after a space, comma, dot, slash or hyphen where there is
/// one; what goes beyond `text_limit` characters in all is cut off with `…`.
pub(super) fn broken(text: &str, line_limit: usize, text_limit: usize) -> Vec<String> {
    let mut rest: Vec<char> = text.chars().take(text_limit + 1).collect();
    if rest.len() > text_limit {
        rest.truncate(text_limit);
        rest.push('…');
    }
    let mut lines = Vec::new();
    while rest.len() > line_limit {
        let breaks = rest[..line_limit].iter().rposition(|letter| " ,./-".contains(*letter));
        let at = breaks.filter(|at| at * 2 >= line_limit).map_or(line_limit, |at| at + 1);
        let tail = rest.split_off(at);
        lines.push(rest.into_iter().collect());
        rest = tail;
    }
    lines.push(rest.into_iter().collect());
    lines
}

/// A fraction of 1 as percent, to a tenth; what is more than nothing and less than all never reads as either.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if share > 0.0 && percent < 0.1 {
        return "<0.1 %".to_owned();
    }
    if share < 1.0 && percent > 99.9 {
        return ">99.9 %".to_owned();
    }
    let tenths = format!("{percent:.1}");
    format!("{} %", tenths.strip_suffix(".0").unwrap_or(&tenths))
}

/// A name for each node of each graph that is a plain word in any graph language, and that other nodes' coming and
/// going changes only where two names differ in punctuation alone.
pub(super) fn ids(views: &[View]) -> Vec<Vec<String>> {
    let mut taken = Ids::default();
    let mut all = Vec::with_capacity(views.len());
    for view in views {
        let mesh = if views.len() > 1 { Some(view.mesh()) } else { None };
        let parts = |node: &Node| [mesh, Some(word(node.kind)), node.parent.as_deref(), Some(&node.name)].map(as_word);
        all.push(view.nodes().iter().map(|node| taken.claim(&parts(node))).collect());
    }
    all
}

fn as_word(text: Option<&str>) -> Option<String> {
    let letters = text?.chars().take(ID_LENGTH);
    Some(letters.map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect())
}

/// How much of each name goes into an id.
const ID_LENGTH: usize = 48;

#[derive(Default)]
struct Ids {
    taken: BTreeSet<String>,
    /// How often a name was asked for.
    asked: BTreeMap<String, usize>,
}

impl Ids {
    fn claim(&mut self, parts: &[Option<String>]) -> String {
        let base = parts.iter().flatten().map(String::as_str).collect::<Vec<_>>().join("_");
        let asked = self.asked.entry(base.clone()).or_default();
        loop {
            *asked += 1;
            let id = if *asked == 1 { base.clone() } else { format!("{base}_{asked}") };
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

fn make_visible(graph: &mut Graph) {
    graph.mesh = visible(&graph.mesh);
    for node in &mut graph.nodes {
        node.name = visible(&node.name);
        let others = node.parent.iter_mut().chain(&mut node.details).chain(&mut node.problems);
        others.for_each(|text| *text = visible(text));
    }
    for edge in &mut graph.edges {
        edge.weight.iter_mut().chain(&mut edge.port).for_each(|text| *text = visible(text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_but_never_to_nothing_or_all() {
        let shown = [0.0, 0.00001, 0.005, 1.0 / 3.0, 0.5, 0.9996, 1.0].map(percent);
        assert_eq!(shown, ["0 %", "<0.1 %", "0.5 %", "33.3 %", "50 %", ">99.9 %", "100 %"]);
    }

    #[test]
    fn names_that_differ_in_punctuation_alone_get_ids_of_their_own() {
        let mut taken = Ids::default();
        let mut claim = |name| taken.claim(&[Some("node".to_owned()), as_word(Some(name))]);
        assert_eq!(
            ["a-b", "a.b", "a_b_2", "a_b"].map(&mut claim),
            ["node_a_b", "node_a_b_2", "node_a_b_2_2", "node_a_b_3"]
        );
    }
}
