//! A graph in Graphviz's language: <https://graphviz.org/doc/info/lang.html>.
//!
//! Routers and gateways are clusters around their routes; a line to one ends at its border.

use std::fmt::Write as _;

use meshwright_model::Kind;
use meshwright_model::graph::{Edge, EdgeKind, Graph, Node};

use super::view::{View, broken, ids, target_words, word};

/// The longest line of a label, in characters; longer names are broken.
const LINE_LIMIT: usize = 48;

/// The longest text of a label, in characters; a name of App Mesh has 255 at most.
const TEXT_LIMIT: usize = 480;

/// What holds for the whole drawing.
const PREAMBLE: &str = r##"digraph meshwright {
    graph [rankdir=LR, compound=true, fontname="Helvetica", fontsize=11, nodesep=0.2, ranksep=0.7, style="rounded", color="#94a3b8"]
    node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#64748b", fontname="Helvetica", fontsize=10]
    edge [color="#64748b", fontname="Helvetica", fontsize=9, arrowsize=0.7]
"##;

/// Graphs as one drawing, each mesh in a cluster of its own.
pub fn render(graphs: &[Graph]) -> String {
    let views: Vec<View> = graphs.iter().map(View::of).collect();
    let ids = ids(&views);
    let mut drawing = Drawing { out: PREAMBLE.to_owned() };
    for (number, (view, ids)) in views.iter().zip(&ids).enumerate() {
        drawing.mesh(number, view, ids);
    }
    for (view, ids) in views.iter().zip(&ids) {
        for edge in view.drawn_edges() {
            drawing.line(1, &link(view, edge, ids));
        }
    }
    drawing.out.push_str("}\n");
    drawing.out
}

struct Drawing {
    out: String,
}

impl Drawing {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", depth * 4);
    }

    fn mesh(&mut self, number: usize, view: &View, ids: &[String]) {
        let mut lines = vec![format!("mesh {}", view.mesh())];
        for mesh in view.meshes() {
            lines.extend(mesh.details.iter().cloned());
            lines.extend(mesh.problems.iter().map(|problem| format!("✗ {problem}")));
        }
        self.line(1, &format!("subgraph cluster_mesh{} {{", number + 1));
        self.line(2, &format!("label={}", label(&lines)));
        for outer in view.outside() {
            let inside: Vec<usize> = view.inside(outer).collect();
            let node = &view.nodes()[outer];
            if inside.is_empty() {
                self.line(2, &format!("{} [{}]", ids[outer], look(node, true)));
                continue;
            }
            self.line(2, &format!("subgraph cluster_{} {{", ids[outer]));
            self.line(3, &format!("graph [{}]", look(node, true)));
            for inner in inside {
                self.line(3, &format!("{} [{}]", ids[inner], look(&view.nodes()[inner], false)));
            }
            self.line(2, "}");
        }
        self.line(1, "}");
    }
}

/// The attributes of a node, or of the cluster that stands for it.
fn look(node: &Node, with_kind: bool) -> String {
    let name = if with_kind { format!("{} {}", word(node.kind), node.name) } else { node.name.clone() };
    let mut lines = vec![name];
    if !node.details.is_empty() {
        lines.push(node.details.join(", "));
    }
    lines.extend(node.problems.iter().map(|problem| format!("✗ {problem}")));
    let has_problems = !node.problems.is_empty();
    let colour = if has_problems { ", color=\"#dc2626\", fontcolor=\"#991b1b\"" } else { colour(node.kind) };
    // What no file defines has a dashed border; it is a problem only where its name is known.
    let style = match (node.missing, has_problems) {
        (false, _) => "",
        (true, true) => ", style=\"rounded,dashed\"",
        (true, false) => ", style=\"rounded,filled,dashed\"",
    };
    format!("label={}{colour}{style}", label(&lines))
}

fn colour(kind: Kind) -> &'static str {
    match kind {
        Kind::VirtualGateway => ", color=\"#7c3aed\"",
        Kind::VirtualService => ", color=\"#0d9488\", fillcolor=\"#f0fdfa\"",
        Kind::VirtualRouter => ", color=\"#b45309\"",
        Kind::VirtualNode => ", color=\"#2563eb\", fillcolor=\"#eff6ff\"",
        Kind::Mesh | Kind::Route | Kind::GatewayRoute => "",
    }
}

/// An edge; one that ends at a cluster is drawn to a route in it and cut off at its border.
fn link(view: &View, edge: &Edge, ids: &[String]) -> String {
    let mut attributes = Vec::new();
    let mut end = |node: usize, attribute: &str| match view.inside(node).next() {
        Some(inner) => {
            attributes.push(format!("{attribute}=cluster_{}", ids[node]));
            &ids[inner]
        }
        None => &ids[node],
    };
    let (from, to) = (end(edge.from, "ltail"), end(edge.to, "lhead"));
    attributes.extend(target_words(edge).map(|words| format!("label={}", label(&[words]))));
    if edge.kind == EdgeKind::Calls {
        attributes.push("style=dashed".to_owned());
    }
    let attributes = if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    format!("{from} -> {to}{attributes}")
}

/// A quoted label of several lines. `&` would start an entity, `\` an escape.
fn label(lines: &[String]) -> String {
    let broken: Vec<String> = lines.iter().flat_map(|line| broken(line, LINE_LIMIT, TEXT_LIMIT)).collect();
    let escaped = broken.iter().map(|line| line.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;"));
    format!("\"{}\"", escaped.collect::<Vec<_>>().join("\\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{Sample, any_graph, circle, hostile, shop};
    use super::*;

    #[test]
    fn routers_are_clusters_and_lines_to_them_end_at_their_border() {
        let drawing = render(&[shop()]);
        let body = drawing.strip_prefix(PREAMBLE).unwrap();
        insta::assert_snapshot!(body, @r##"
            subgraph cluster_mesh1 {
                label="mesh shop\negress DROP_ALL"
                node_api_v1 [label="node api-v1\nhttp 8080", color="#2563eb", fillcolor="#eff6ff"]
                node_api_v2 [label="node api-v2\nhttp 8080 tls", color="#2563eb", fillcolor="#eff6ff"]
                node_ledger [label="node ledger\ngrpc 9000", color="#2563eb", fillcolor="#eff6ff"]
                subgraph cluster_router_api {
                    graph [label="router api\nhttp 8080", color="#b45309"]
                    route_api_all [label="all\npriority 20, http, prefix /"]
                    route_api_beta [label="beta\npriority 10, http, prefix /, header x-beta"]
                }
                subgraph cluster_gateway_edge {
                    graph [label="gateway edge\nhttp 8080", color="#7c3aed"]
                    gateway_route_edge_api [label="api\npriority 1, http, prefix /api"]
                    gateway_route_edge_ledger [label="ledger\nhttp, prefix /ledger"]
                }
                virtual_service_api_shop_local [label="virtual service api.shop.local", color="#0d9488", fillcolor="#f0fdfa"]
                virtual_service_audit_shop_local [label="virtual service audit.shop.local\n✗ is named, but no file defines it", color="#dc2626", fontcolor="#991b1b", style="rounded,dashed"]
                virtual_service_ledger_shop_local [label="virtual service ledger.shop.local", color="#0d9488", fillcolor="#f0fdfa"]
            }
            node_api_v1 -> virtual_service_ledger_shop_local [style=dashed]
            node_api_v2 -> virtual_service_ledger_shop_local [style=dashed]
            node_api_v2 -> virtual_service_audit_shop_local [style=dashed]
            route_api_all -> node_api_v1 [label="90 %"]
            route_api_all -> node_api_v2 [label="10 %"]
            route_api_beta -> node_api_v2 [label="100 %"]
            virtual_service_api_shop_local -> route_api_all [lhead=cluster_router_api]
            virtual_service_ledger_shop_local -> node_ledger
            gateway_route_edge_api -> virtual_service_api_shop_local
            gateway_route_edge_ledger -> virtual_service_ledger_shop_local
        }
        "##);
    }

    #[test]
    fn each_mesh_is_a_cluster() {
        let drawing = render(&[shop(), circle()]);
        assert!(drawing.contains("cluster_mesh1") && drawing.contains("cluster_mesh2"), "{drawing}");
    }

    /// Fails unless every quote that opens a string closes it on its line, and no label holds a bare `&`.
    fn assert_strings_are_closed(drawing: &str) -> Result<(), TestCaseError> {
        for line in drawing.lines() {
            let mut is_open = false;
            let mut letters = line.chars();
            while let Some(letter) = letters.next() {
                match letter {
                    '\\' if is_open => prop_assert!(matches!(letters.next(), Some('\\' | '"' | 'n')), "{}", line),
                    '"' => is_open = !is_open,
                    _ => {}
                }
            }
            prop_assert!(!is_open, "{}", line);
            prop_assert!(!line.replace("&amp;", "").contains('&'), "{}", line);
        }
        Ok(())
    }

    #[test]
    fn hostile_names_stay_in_their_strings() {
        assert_strings_are_closed(&render(&[hostile()])).unwrap();
    }

    #[test]
    fn a_name_that_stays_open_does_not_look_like_a_problem() {
        let graph = render(&[Sample::new("m").node("a", &[], &["${B}", "c"]).open("${B}").build()]);
        let red: Vec<&str> = graph.lines().filter(|line| line.contains("#dc2626")).map(str::trim_start).collect();
        assert!(matches!(red[..], [line] if line.starts_with("virtual_service_c ")), "{graph}");
        assert!(graph.contains("style=\"rounded,filled,dashed\""), "{graph}");
    }

    proptest! {
        #[test]
        fn any_graph_gives_closed_strings_and_brackets(graph in any_graph()) {
            let drawing = render(&[graph]);
            assert_strings_are_closed(&drawing)?;
            let opened = drawing.lines().filter(|line| line.ends_with('{')).count();
            prop_assert_eq!(opened, drawing.lines().filter(|line| line.trim() == "}").count());
        }
    }
}
