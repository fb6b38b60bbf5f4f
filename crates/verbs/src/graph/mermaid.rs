//! A graph as a Mermaid flowchart, for Markdown files and pull requests: <https://mermaid.js.org/syntax/flowchart.html>.
//!
//! Routes stand inside their router and gateway routes inside their gateway. Labels carry every character as itself or
//! as an entity, so that no name can end its label.

use std::fmt::Write as _;

use meshwright_model::Kind;
use meshwright_model::graph::{Edge, EdgeKind, Graph, Node};

use super::view::{View, broken, ids, target_words, word};

/// How many links Mermaid draws unless its configuration says more. Source: `maxEdges` in Mermaid's configuration schema.
const LINK_LIMIT: usize = 500;

/// The longest line of a label, in characters; longer names are broken.
const LINE_LIMIT: usize = 48;

/// The longest text of a label, in characters; a name of App Mesh has 255 at most.
const TEXT_LIMIT: usize = 480;

/// Graphs as one flowchart, each mesh in a box of its own.
pub fn render(graphs: &[Graph]) -> String {
    let views: Vec<View> = graphs.iter().map(View::of).collect();
    let ids = ids(&views);
    let mut chart = Chart { out: "flowchart LR\n".to_owned() };
    let links: usize = views.iter().map(|view| view.drawn_edges().count()).sum();
    if links > LINK_LIMIT {
        chart.line(1, &format!("%% {links} links; Mermaid draws {LINK_LIMIT} unless its setting maxEdges says more"));
    }
    for (number, (view, ids)) in views.iter().zip(&ids).enumerate() {
        chart.mesh(number, view, ids);
    }
    for (view, ids) in views.iter().zip(&ids) {
        for edge in view.drawn_edges() {
            chart.line(1, &link(edge, ids));
        }
    }
    chart.classes(&views, &ids);
    chart.out
}

struct Chart {
    out: String,
}

impl Chart {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:1$}{text}", "", depth * 4);
    }

    fn mesh(&mut self, number: usize, view: &View, ids: &[String]) {
        let (mut title, mut notes) = (format!("mesh {}", view.mesh()), Vec::new());
        for mesh in view.meshes() {
            title = fit(&title, mesh, &mut notes);
        }
        let mesh = format!("mesh{}", number + 1);
        self.open(1, &mesh, &title);
        for outer in view.outside() {
            let inside: Vec<usize> = view.inside(outer).collect();
            let node = &view.nodes()[outer];
            if inside.is_empty() {
                self.line(2, &shaped(node.kind, &ids[outer], &label(&lines_of(node, true))));
                continue;
            }
            let mut notes = Vec::new();
            let title = fit(&format!("{} {}", word(node.kind), node.name), node, &mut notes);
            self.open(2, &ids[outer], &title);
            for inner in inside {
                let node = &view.nodes()[inner];
                self.line(3, &shaped(node.kind, &ids[inner], &label(&lines_of(node, false))));
            }
            self.close(2, &ids[outer], &notes);
        }
        self.close(1, &mesh, &notes);
    }

    fn open(&mut self, depth: usize, id: &str, title: &str) {
        self.line(depth, &format!("subgraph {id}[{}]", quoted(&[title.to_owned()])));
        self.line(depth + 1, "direction LR");
    }

    /// Ends a subgraph. Mermaid keeps room for one line of title, so all else stands in a note: the last thing inside,
    /// as Mermaid hangs the lines to a subgraph on the first and fails where that has no lines of its own. Its id has
    /// a hyphen, which no other id has.
    fn close(&mut self, depth: usize, id: &str, notes: &[String]) {
        if !notes.is_empty() {
            self.line(depth + 1, &format!("note-{id}[{}]", label(notes)));
        }
        self.line(depth, "end");
    }

    /// The look of what has problems.
    fn classes(&mut self, views: &[View], ids: &[Vec<String>]) {
        let nodes = || views.iter().zip(ids).flat_map(|(view, ids)| view.nodes().iter().zip(ids));
        let drawn = |missing, has_problems| {
            let nodes = nodes().filter(move |(node, _)| {
                node.kind != Kind::Mesh && node.missing == missing && node.problems.is_empty() != has_problems
            });
            nodes.map(|(_, id)| id.as_str()).collect::<Vec<_>>().join(",")
        };
        for (class, look, members) in [
            ("problem", "fill:#fef2f2,stroke:#dc2626,color:#991b1b", drawn(false, true)),
            ("missing", "fill:#fef2f2,stroke:#dc2626,color:#991b1b,stroke-dasharray:5 4", drawn(true, true)),
            ("open", "stroke-dasharray:5 4", drawn(true, false)),
        ] {
            if !members.is_empty() {
                self.line(1, &format!("classDef {class} {look}"));
                self.line(1, &format!("class {members} {class}"));
            }
        }
    }
}

/// A node in the shape of its kind.
fn shaped(kind: Kind, id: &str, label: &str) -> String {
    match kind {
        Kind::VirtualService => format!("{id}([{label}])"),
        Kind::VirtualRouter | Kind::VirtualGateway => format!("{id}{{{{{label}}}}}"),
        Kind::Route | Kind::GatewayRoute => format!("{id}({label})"),
        Kind::Mesh | Kind::VirtualNode => format!("{id}[{label}]"),
    }
}

fn link(edge: &Edge, ids: &[String]) -> String {
    let (from, to) = (&ids[edge.from], &ids[edge.to]);
    let arrow = if edge.kind == EdgeKind::Calls { "-.->" } else { "-->" };
    match target_words(edge) {
        Some(words) => format!("{from} {arrow}|{}| {to}", label(&[words])),
        None => format!("{from} {arrow} {to}"),
    }
}

/// What is said about a node, line by line.
fn lines_of(node: &Node, with_kind: bool) -> Vec<String> {
    let name = if with_kind { format!("{} {}", word(node.kind), node.name) } else { node.name.clone() };
    let mut lines = vec![name];
    if !node.details.is_empty() {
        lines.push(node.details.join(", "));
    }
    lines.extend(node.problems.iter().map(|problem| format!("✗ {problem}")));
    lines
}

/// The title of a subgraph with as much about its node as one line holds; the rest goes to the notes.
fn fit(name: &str, node: &Node, notes: &mut Vec<String>) -> String {
    let mut title = name.to_owned();
    if title.chars().count() > LINE_LIMIT {
        notes.push(title.clone());
        title = title.chars().take(LINE_LIMIT - 1).chain(['…']).collect();
    }
    let details = node.details.join(", ");
    if title.chars().count() + details.chars().count() > LINE_LIMIT {
        notes.push(details);
    } else if !details.is_empty() {
        title = format!("{title} · {details}");
    }
    notes.extend(node.problems.iter().map(|problem| format!("✗ {problem}")));
    title
}

/// A quoted label of several lines, long ones broken.
fn label(lines: &[String]) -> String {
    let broken: Vec<String> = lines.iter().flat_map(|line| broken(line, LINE_LIMIT, TEXT_LIMIT)).collect();
    quoted(&broken)
}

fn quoted(lines: &[String]) -> String {
    let escaped: Vec<String> = lines.iter().map(|line| escaped(line)).collect();
    format!("\"{}\"", escaped.join("<br/>"))
}

/// A text with all that means something to Mermaid, HTML or Markdown as entities.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || " .,:/-()_%=+@".contains(letter) || !letter.is_ascii() {
            escaped.push(letter);
        } else {
            let _ = write!(escaped, "#{};", u32::from(letter));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::sample::{Sample, any_graph, circle, hostile, shop, tiered};
    use super::*;

    #[test]
    fn routes_stand_inside_their_router_and_shares_on_their_links() {
        insta::assert_snapshot!(render(&[shop()]), @r##"
        flowchart LR
            subgraph mesh1["mesh shop · egress DROP_ALL"]
                direction LR
                node_api_v1["node api-v1<br/>http 8080"]
                node_api_v2["node api-v2<br/>http 8080 tls"]
                node_ledger["node ledger<br/>grpc 9000"]
                subgraph router_api["router api · http 8080"]
                    direction LR
                    route_api_all("all<br/>priority 20, http, prefix /")
                    route_api_beta("beta<br/>priority 10, http, prefix /, header x-beta")
                end
                subgraph gateway_edge["gateway edge · http 8080"]
                    direction LR
                    gateway_route_edge_api("api<br/>priority 1, http, prefix /api")
                    gateway_route_edge_ledger("ledger<br/>http, prefix /ledger")
                end
                virtual_service_api_shop_local(["virtual service api.shop.local"])
                virtual_service_audit_shop_local(["virtual service audit.shop.local<br/>✗ is named, but no file defines it"])
                virtual_service_ledger_shop_local(["virtual service ledger.shop.local"])
            end
            node_api_v1 -.-> virtual_service_ledger_shop_local
            node_api_v2 -.-> virtual_service_ledger_shop_local
            node_api_v2 -.-> virtual_service_audit_shop_local
            route_api_all -->|"90 %"| node_api_v1
            route_api_all -->|"10 %"| node_api_v2
            route_api_beta -->|"100 %"| node_api_v2
            virtual_service_api_shop_local --> router_api
            virtual_service_ledger_shop_local --> node_ledger
            gateway_route_edge_api --> virtual_service_api_shop_local
            gateway_route_edge_ledger --> virtual_service_ledger_shop_local
            classDef missing fill:#fef2f2,stroke:#dc2626,color:#991b1b,stroke-dasharray:5 4
            class virtual_service_audit_shop_local missing
        "##);
    }

    #[test]
    fn what_does_not_fit_into_a_title_stands_in_a_note() {
        let name = "a-router-with-a-name-of-more-than-forty-eight-characters";
        let graph = Sample::new("m").router(name, &["http 8080"]).route(name, "all", &[], &[("a", 1)]);
        let chart = render(&[graph.problem(name, "is odd").build()]);
        assert!(chart.contains(r#"["router a-router-with-a-name-of-more-than-forty-…"]"#), "{chart}");
        assert!(chart.contains("<br/>eight-characters<br/>http 8080<br/>✗ is odd\"]"), "{chart}");
    }

    #[test]
    fn ids_of_two_meshes_do_not_meet() {
        let chart = render(&[circle(), Sample::new("other").node("a", &[], &[]).build()]);
        assert!(chart.contains("round_node_a[") && chart.contains("other_node_a["), "{chart}");
    }

    #[test]
    fn more_links_than_mermaid_draws_are_announced() {
        assert!(!render(&[shop()]).contains("%%"));
        assert!(render(&[tiered(200, 2)]).contains("unless its setting maxEdges says more"));
    }

    /// Fails unless each label stands in quotes and holds nothing that could end it.
    fn assert_labels_are_closed(chart: &str) -> Result<(), TestCaseError> {
        for line in chart.lines().filter(|line| !line.trim_start().starts_with("classDef")) {
            let parts: Vec<&str> = line.split('"').collect();
            prop_assert!(parts.len() % 2 == 1, "{}", line);
            for label in parts.iter().skip(1).step_by(2) {
                let rest = label.replace("<br/>", "");
                prop_assert!(!rest.contains(['<', '>', '[', ']', '{', '}', '`', '&', '\\']), "{}", line);
            }
        }
        Ok(())
    }

    #[test]
    fn hostile_names_stay_in_their_labels() {
        assert_labels_are_closed(&render(&[hostile()])).unwrap();
    }

    #[test]
    fn a_name_that_stays_open_does_not_look_like_a_problem() {
        let chart = render(&[Sample::new("m").node("a", &[], &["${B}", "c"]).open("${B}").build()]);
        assert!(chart.contains("    class virtual_service___B_ open\n"), "{chart}");
        assert!(chart.contains("    class virtual_service_c missing\n"), "{chart}");
        assert!(
            !chart.lines().any(|line| line.starts_with("    classDef open") && line.contains("#dc2626")),
            "{chart}"
        );
    }

    proptest! {
        #[test]
        fn any_graph_gives_closed_labels(graph in any_graph()) {
            assert_labels_are_closed(&render(&[graph]))?;
        }
    }
}
