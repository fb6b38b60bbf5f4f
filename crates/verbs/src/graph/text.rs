//! A graph as a tree for a terminal, in the direction a request goes: gateways, their routes, virtual services, routers,
//! routes with their shares, nodes, and what those call.
//!
//! What stands in the tree already is not shown again but referred to, and what would stand too far to the right is
//! shown further down; so the output grows with the graph and not faster, circles end, and nothing is lost.

use std::collections::VecDeque;

use meshwright_model::Kind;
use meshwright_model::graph::{EdgeKind, Graph, Node};

use super::view::{View, plural, target_words, word};

/// How deep a tree may be; five calls from service to service.
const DEPTH_LIMIT: usize = 20;

/// The kinds whose nodes start a tree when nothing leads to them, and the title over those trees.
const UNREACHED: [(&str, Kind); 5] = [
    ("nodes that nothing leads to", Kind::VirtualNode),
    ("virtual services that nothing leads to", Kind::VirtualService),
    ("routers that provide nothing", Kind::VirtualRouter),
    ("routes without a router", Kind::Route),
    ("gateway routes without a gateway", Kind::GatewayRoute),
];

/// Graphs as trees, each with its problems in a list at the end. `colour` adds ANSI escape sequences; the texts of the
/// graph never do.
pub fn render(graphs: &[Graph], colour: bool) -> String {
    if graphs.is_empty() {
        return "no mesh\n".to_owned();
    }
    let meshes: Vec<String> = graphs.iter().map(|graph| Tree::of(View::of(graph), Ink { colour }).draw()).collect();
    meshes.join("\n")
}

struct Tree {
    view: View,
    ink: Ink,
    /// What stands in the tree already.
    shown: Vec<bool>,
    /// What is too deep in the tree and comes later.
    later: VecDeque<usize>,
    /// The title over the last tree.
    title: &'static str,
    out: String,
}

/// What stands before a line: the stem its siblings share, and where it branches off.
struct Branch<'a> {
    stem: &'a str,
    is_last: bool,
    depth: usize,
}

impl Tree {
    fn of(view: View, ink: Ink) -> Self {
        let shown = vec![false; view.nodes().len()];
        Self { view, ink, shown, later: VecDeque::new(), title: "", out: String::new() }
    }

    fn draw(mut self) -> String {
        self.heading();
        self.section("gateways", |_, node| node.kind == Kind::VirtualGateway);
        for (title, kind) in UNREACHED {
            self.section(title, |is_reached, node| node.kind == kind && !is_reached);
        }
        self.circles();
        self.problems();
        self.out
    }

    fn heading(&mut self) {
        let title = self.ink.bold(&format!("mesh {}", self.view.mesh()));
        self.line("", &format!("{title}: {}", self.view.counts()));
        let meshes: Vec<String> =
            self.view.meshes().map(|node| self.about(node)).filter(|about| !about.is_empty()).collect();
        for about in meshes {
            self.line("", &about);
        }
    }

    /// The trees under all nodes that a section is for.
    fn section(&mut self, title: &'static str, belongs: impl Fn(bool, &Node) -> bool) {
        let nodes = self.view.nodes().iter().enumerate();
        let roots = nodes.filter(|(position, node)| belongs(self.view.is_reached(*position), node));
        let roots: Vec<usize> = roots.map(|(position, _)| position).collect();
        for root in roots {
            self.tree(title, root);
        }
        while let Some(root) = self.later.pop_front() {
            self.tree("continued from above", root);
        }
    }

    /// What is led to, but only by what it leads to itself.
    fn circles(&mut self) {
        for kind in [Kind::VirtualService, Kind::VirtualRouter, Kind::VirtualNode, Kind::Route, Kind::GatewayRoute] {
            for root in 0..self.view.nodes().len() {
                if self.view.nodes()[root].kind == kind {
                    self.tree("in a circle that nothing else leads to", root);
                }
            }
            while let Some(root) = self.later.pop_front() {
                self.tree("continued from above", root);
            }
        }
    }

    /// The tree under a node that does not stand in one yet.
    fn tree(&mut self, title: &'static str, root: usize) {
        if self.shown[root] {
            return;
        }
        if self.title != title {
            self.title = title;
            let title = self.ink.bold(title);
            self.line("", "");
            self.line("", &title);
        }
        self.shown[root] = true;
        let label = self.label(root);
        self.line("  ", &label);
        self.children(root, "  ", 1);
    }

    fn children(&mut self, parent: usize, stem: &str, depth: usize) {
        let edges = self.view.edges_from(parent).filter(|edge| self.view.nodes()[edge.to].kind != Kind::Mesh);
        let edges: Vec<(usize, Option<String>)> = edges
            .map(|edge| {
                let words = if edge.kind == EdgeKind::Calls { Some("calls".to_owned()) } else { target_words(edge) };
                (edge.to, words)
            })
            .collect();
        let width = edges.iter().filter_map(|(_, words)| words.as_ref()).map(|words| words.chars().count()).max();
        let count = edges.len();
        for (position, (child, words)) in edges.into_iter().enumerate() {
            let words = words.map(|words| format!("{}  ", self.ink.share(&format!("{words:>0$}", width.unwrap_or(0)))));
            self.branch(child, &words.unwrap_or_default(), &Branch { stem, is_last: position + 1 == count, depth });
        }
    }

    fn branch(&mut self, node: usize, words: &str, branch: &Branch<'_>) {
        let Branch { stem, is_last, depth } = *branch;
        let fork = self.ink.dim(if is_last { "└─ " } else { "├─ " });
        let stem_here = self.ink.dim(stem);
        if self.shown[node] || depth >= DEPTH_LIMIT {
            let place = if self.shown[node] { "(above)" } else { "(below)" };
            let label =
                format!("{}{} {}", self.name(node), self.ink.mark(&self.view.nodes()[node]), self.ink.dim(place));
            self.line(&format!("{stem_here}{fork}{words}"), &label);
            if !self.shown[node] {
                self.later.push_back(node);
            }
            return;
        }
        self.shown[node] = true;
        let label = self.label(node);
        self.line(&format!("{stem_here}{fork}{words}"), &label);
        let stem = format!("{stem}{}", if is_last { "   " } else { "│  " });
        self.children(node, &stem, depth + 1);
    }

    fn line(&mut self, before: &str, text: &str) {
        self.out.push_str(before);
        self.out.push_str(text);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    /// A node with all there is to say about it.
    fn label(&self, node: usize) -> String {
        let about = self.about(&self.view.nodes()[node]);
        format!("{}{about}", self.name(node))
    }

    fn name(&self, node: usize) -> String {
        let node = &self.view.nodes()[node];
        format!("{} {}", self.ink.dim(word(node.kind)), node.name)
    }

    /// The details and problems of a node, with the space before them.
    fn about(&self, node: &Node) -> String {
        let mut about = String::new();
        if !node.details.is_empty() {
            about = format!("  {}", self.ink.dim(&node.details.join(", ")));
        }
        if !node.problems.is_empty() {
            about = format!("{about}{} {}", self.ink.mark(node), self.ink.problem(node, &node.problems.join("; ")));
        }
        about
    }

    fn problems(&mut self) {
        let nodes = self.view.nodes();
        let lines: Vec<String> = self
            .view
            .problems()
            .map(|(node, problem)| {
                let mark = self.ink.mark(&nodes[node]);
                format!("{} {}: {problem}", mark.trim_start(), self.view.full_name(node))
            })
            .collect();
        if lines.is_empty() {
            return;
        }
        let title = self.ink.bold(&plural(lines.len(), "problem"));
        self.line("", "");
        self.line("", &title);
        for line in lines {
            self.line("  ", &line);
        }
    }
}

/// Colour, or none.
#[derive(Clone, Copy)]
struct Ink {
    colour: bool,
}

impl Ink {
    fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.paint("2", text)
    }

    fn share(self, text: &str) -> String {
        self.paint("36", text)
    }

    fn problem(self, node: &Node, text: &str) -> String {
        self.paint(if node.missing { "31" } else { "33" }, text)
    }

    /// The mark of a node that has problems, with the space before it.
    fn mark(self, node: &Node) -> String {
        match (node.problems.is_empty(), node.missing) {
            (true, _) => String::new(),
            (false, true) => format!("  {}", self.problem(node, "✗")),
            (false, false) => format!("  {}", self.problem(node, "!")),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{Sample, any_graph, circle, hostile, shop};
    use super::*;

    #[test]
    fn a_request_is_followed_from_the_gateway_to_the_last_backend() {
        insta::assert_snapshot!(render(&[shop()], false), @r"
        mesh shop: 1 gateway, 2 gateway routes, 2 virtual services, 1 router, 2 routes, 3 nodes
          egress DROP_ALL

        gateways
          gateway edge  http 8080
          ├─ gateway route api  priority 1, http, prefix /api
          │  └─ virtual service api.shop.local
          │     └─ router api  http 8080
          │        ├─ route all  priority 20, http, prefix /
          │        │  ├─ 90 %  node api-v1  http 8080
          │        │  │  └─ calls  virtual service ledger.shop.local
          │        │  │     └─ node ledger  grpc 9000
          │        │  └─ 10 %  node api-v2  http 8080 tls
          │        │     ├─ calls  virtual service ledger.shop.local (above)
          │        │     └─ calls  virtual service audit.shop.local  ✗ is named, but no file defines it
          │        └─ route beta  priority 10, http, prefix /, header x-beta
          │           └─ 100 %  node api-v2 (above)
          └─ gateway route ledger  http, prefix /ledger
             └─ virtual service ledger.shop.local (above)

        1 problem
          ✗ virtual service audit.shop.local: is named, but no file defines it
        ");
    }

    #[test]
    fn circles_end_and_are_found_though_nothing_leads_to_them() {
        insta::assert_snapshot!(render(&[circle()], false), @r"
        mesh round: 2 virtual services, 1 router, 1 route, 2 nodes

        in a circle that nothing else leads to
          virtual service a.local
          └─ router a  http 80
             └─ route all  http, prefix /
                └─ 100 %  node a  http 80
                   └─ calls  virtual service b.local
                      └─ node b  http 80
                         └─ calls  virtual service a.local (above)
        ");
    }

    #[test]
    fn what_no_gateway_leads_to_is_not_lost() {
        let graph = Sample::new("spare")
            .gateway("empty", &[])
            .problem("empty", "has no gateway routes")
            .node("alone", &["http 80"], &[])
            .node("front", &[], &["back.local"])
            .service_of_node("back.local", "back")
            .node("back", &[], &[])
            .service_of_node("unused.local", "back")
            .router("idle", &["http 80"])
            .route("idle", "all", &["http"], &[("back", 0), ("alone", 0)])
            .problem("all", "all weights are 0: the proxy refuses that")
            .build();
        insta::assert_snapshot!(render(&[graph], false), @r"
        mesh spare: 1 gateway, 2 virtual services, 1 router, 1 route, 3 nodes

        gateways
          gateway empty  ! has no gateway routes

        nodes that nothing leads to
          node front
          └─ calls  virtual service back.local
             └─ node back

        virtual services that nothing leads to
          virtual service unused.local
          └─ node back (above)

        routers that provide nothing
          router idle  http 80
          └─ route all  http  ! all weights are 0: the proxy refuses that
             ├─ weight 0  node back (above)
             └─ weight 0  node alone  http 80

        2 problems
          ! gateway empty: has no gateway routes
          ! route all of router idle: all weights are 0: the proxy refuses that
        ");
    }

    #[test]
    fn open_weights_and_ports_are_shown_as_written() {
        let mut graph = Sample::new("m").router("r", &[]).route("r", "all", &[], &[("a", 1), ("b", 1)]).build();
        for edge in graph.edges.iter_mut().filter(|edge| edge.kind == EdgeKind::SendsTo) {
            edge.share = None;
            edge.weight = Some("${Canary}".to_owned());
            edge.port = Some("8080".to_owned());
        }
        let text = render(&[graph], false);
        assert!(text.contains("├─ weight ${Canary} port 8080  node a"), "{text}");
    }

    #[test]
    fn no_graph_and_a_graph_without_nodes_are_said_to_be_empty() {
        assert_eq!(render(&[], false), "no mesh\n");
        assert_eq!(render(&[Sample::new("bare").build()], false), "mesh bare: no resources\n");
    }

    #[test]
    fn a_long_chain_is_shown_in_pieces_of_bounded_depth() {
        let mut sample = Sample::new("chain");
        for number in 0..500 {
            let (node, service) = (format!("n{number}"), format!("s{number}"));
            sample = sample.service_of_node(&service, &node).node(&node, &[], &[&format!("s{}", number + 1)]);
        }
        let text = render(&[sample.build()], false);
        assert!(text.lines().all(|line| line.chars().count() < 120));
        assert!(text.contains("(below)") && text.contains("continued from above"));
        assert_eq!(text.matches("node n499\n").count(), 1);
    }

    #[test]
    fn only_colour_writes_escape_sequences() {
        assert!(!render(&[shop(), hostile()], false).contains(|letter: char| letter.is_control() && letter != '\n'));
        let colourful = render(&[shop(), hostile()], true);
        let codes: std::collections::BTreeSet<&str> =
            colourful.split('\u{1b}').skip(1).filter_map(|rest| rest.split_once('m')).map(|(code, _)| code).collect();
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["[0", "[1", "[2", "[31", "[33", "[36"]);
    }

    proptest! {
        #[test]
        fn any_graph_ends_within_a_bound_that_grows_with_its_parts(graph in any_graph()) {
            let text = render(std::slice::from_ref(&graph), false);
            let problems: usize = graph.nodes.iter().map(|node| node.problems.len()).sum();
            let headings = 2 * graph.nodes.len() + 4;
            prop_assert!(text.lines().count() <= 2 * graph.nodes.len() + graph.edges.len() + problems + headings);
            prop_assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'));
            prop_assert_eq!(&text, &render(&[graph], false));
        }
    }
}
