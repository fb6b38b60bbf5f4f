//! Graphs for tests, built as the model builds them: sorted, and with a missing node for each name nobody defines.

use std::collections::BTreeMap;

use meshwright_model::Kind;
use meshwright_model::graph::{Edge, EdgeKind, Graph, Node};
use proptest::prelude::*;

type Id = (Kind, Option<String>, String);

/// Names that try to break out of each format.
pub(super) const HOSTILE: [&str; 8] = [
    "<script>alert(\"&'\")</script>",
    "two\nlines\u{1b}[31m",
    "emoji 🚀 日本語 é",
    "]] --> x; %% end #35; `md` \\",
    "${Environment}-\u{202e}api",
    "",
    "\u{0}\u{9b}\u{fffe}\"",
    "-- A \\N \\\" {a|b} <b>",
];

/// A graph under construction.
pub(super) struct Sample {
    mesh: String,
    nodes: BTreeMap<Id, Node>,
    edges: Vec<(Id, Id, Edge)>,
}

fn id(kind: Kind, parent: Option<&str>, name: &str) -> Id {
    (kind, parent.map(str::to_owned), name.to_owned())
}

fn node(id: &Id, missing: bool) -> Node {
    let problems = if missing { vec!["is named, but no file defines it".to_owned()] } else { Vec::new() };
    let (kind, parent, name) = id.clone();
    Node { kind, name, parent, details: Vec::new(), problems, missing }
}

impl Sample {
    pub(super) fn new(mesh: &str) -> Self {
        Self { mesh: mesh.to_owned(), nodes: BTreeMap::new(), edges: Vec::new() }
    }

    pub(super) fn mesh(mut self, details: &[&str]) -> Self {
        let mesh = self.mesh.clone();
        self.define(id(Kind::Mesh, None, &mesh), details);
        self
    }

    pub(super) fn gateway(mut self, name: &str, details: &[&str]) -> Self {
        self.define(id(Kind::VirtualGateway, None, name), details);
        self
    }

    pub(super) fn gateway_route(mut self, gateway: &str, name: &str, details: &[&str], service: &str) -> Self {
        let own = id(Kind::GatewayRoute, Some(gateway), name);
        self.define(own.clone(), details);
        self.connect(&id(Kind::VirtualGateway, None, gateway), &own, EdgeKind::Holds, None);
        self.connect(&own, &id(Kind::VirtualService, None, service), EdgeKind::HandsTo, None);
        self
    }

    pub(super) fn service(mut self, name: &str, router: &str) -> Self {
        let own = id(Kind::VirtualService, None, name);
        self.define(own.clone(), &[]);
        self.connect(&own, &id(Kind::VirtualRouter, None, router), EdgeKind::ProvidedBy, None);
        self
    }

    pub(super) fn service_of_node(mut self, name: &str, node: &str) -> Self {
        let own = id(Kind::VirtualService, None, name);
        self.define(own.clone(), &[]);
        self.connect(&own, &id(Kind::VirtualNode, None, node), EdgeKind::ProvidedBy, None);
        self
    }

    pub(super) fn router(mut self, name: &str, details: &[&str]) -> Self {
        self.define(id(Kind::VirtualRouter, None, name), details);
        self
    }

    pub(super) fn route(mut self, router: &str, name: &str, details: &[&str], targets: &[(&str, u32)]) -> Self {
        let own = id(Kind::Route, Some(router), name);
        self.define(own.clone(), details);
        self.connect(&id(Kind::VirtualRouter, None, router), &own, EdgeKind::Holds, None);
        let sum: u32 = targets.iter().map(|(_, weight)| weight).sum();
        for (target, weight) in targets {
            let share = (sum > 0).then(|| f64::from(*weight) / f64::from(sum));
            let target = id(Kind::VirtualNode, None, target);
            self.connect(&own, &target, EdgeKind::SendsTo, Some((share, weight.to_string())));
        }
        self
    }

    pub(super) fn node(mut self, name: &str, details: &[&str], backends: &[&str]) -> Self {
        let own = id(Kind::VirtualNode, None, name);
        self.define(own.clone(), details);
        for backend in backends {
            self.connect(&own, &id(Kind::VirtualService, None, backend), EdgeKind::Calls, None);
        }
        self
    }

    /// Adds a problem to all defined nodes of that name.
    pub(super) fn problem(mut self, name: &str, problem: &str) -> Self {
        let named = self.nodes.values_mut().filter(|node| node.name == name);
        named.for_each(|node| node.problems.push(problem.to_owned()));
        self
    }

    /// Makes a name that nobody defines one that the files leave open.
    pub(super) fn open(mut self, name: &str) -> Self {
        for node in self.nodes.values_mut().filter(|node| node.name == name && node.missing) {
            node.problems.clear();
            node.details.push("an expression that no file here settles".to_owned());
        }
        self
    }

    pub(super) fn build(self) -> Graph {
        let positions: BTreeMap<&Id, usize> = self.nodes.keys().zip(0..).collect();
        let mut edges: Vec<Edge> = self
            .edges
            .iter()
            .map(|(from, to, edge)| Edge { from: positions[from], to: positions[to], ..edge.clone() })
            .collect();
        edges.sort_by_key(|edge| (edge.from, edge.kind));
        Graph { mesh: self.mesh, edges, nodes: self.nodes.into_values().collect() }
    }

    fn define(&mut self, id: Id, details: &[&str]) {
        let details = details.iter().map(|detail| (*detail).to_owned()).collect();
        let node = Node { details, ..node(&id, false) };
        self.nodes.insert(id, node);
    }

    fn connect(&mut self, from: &Id, to: &Id, kind: EdgeKind, target: Option<(Option<f64>, String)>) {
        for end in [from, to] {
            self.nodes.entry(end.clone()).or_insert_with(|| node(end, true));
        }
        let (share, weight) = target.map_or((None, None), |(share, weight)| (share, Some(weight)));
        self.edges.push((from.clone(), to.clone(), Edge { from: 0, to: 0, kind, share, weight, port: None }));
    }
}

/// One request's way through a gateway, a canary and a backend, with a name nobody defines.
pub(super) fn shop() -> Graph {
    Sample::new("shop")
        .mesh(&["egress DROP_ALL"])
        .gateway("edge", &["http 8080"])
        .gateway_route("edge", "api", &["priority 1", "http", "prefix /api"], "api.shop.local")
        .gateway_route("edge", "ledger", &["http", "prefix /ledger"], "ledger.shop.local")
        .service("api.shop.local", "api")
        .router("api", &["http 8080"])
        .route("api", "all", &["priority 20", "http", "prefix /"], &[("api-v1", 90), ("api-v2", 10)])
        .route("api", "beta", &["priority 10", "http", "prefix /", "header x-beta"], &[("api-v2", 1)])
        .node("api-v1", &["http 8080"], &["ledger.shop.local"])
        .node("api-v2", &["http 8080 tls"], &["ledger.shop.local", "audit.shop.local"])
        .service_of_node("ledger.shop.local", "ledger")
        .node("ledger", &["grpc 9000"], &[])
        .build()
}

/// Two nodes that call each other and that nothing else leads to.
pub(super) fn circle() -> Graph {
    Sample::new("round")
        .service("a.local", "a")
        .service_of_node("b.local", "b")
        .router("a", &["http 80"])
        .route("a", "all", &["http", "prefix /"], &[("a", 1)])
        .node("a", &["http 80"], &["b.local"])
        .node("b", &["http 80"], &["a.local"])
        .build()
}

/// A mesh in which every name is hostile, one is as long as a name may be, and one is longer.
pub(super) fn hostile() -> Graph {
    let long = "x".repeat(255);
    let mut sample = Sample::new(HOSTILE[0]).mesh(&HOSTILE).gateway(HOSTILE[1], &HOSTILE);
    for name in HOSTILE.into_iter().chain([long.as_str()]) {
        sample = sample
            .gateway_route(HOSTILE[1], name, &HOSTILE, name)
            .service(name, name)
            .router(name, &HOSTILE)
            .route(name, name, &HOSTILE, &[(name, 1), ("nowhere", 2)])
            .node(name, &HOSTILE, &HOSTILE)
            .problem(name, HOSTILE[0]);
    }
    sample.build()
}

/// A tiered mesh: `count` services of which each leads to two of the next tier and to up to `extra` others further
/// down; every third has a second version behind a canary.
pub(super) fn tiered(count: usize, extra: usize) -> Graph {
    let stems = ["catalog", "cart", "checkout", "payments", "ledger", "search", "stock", "pricing", "mail", "profile"];
    let name = |number: usize| match number / stems.len() {
        0 => stems[number].to_owned(),
        round => format!("{}-{round}", stems[number % stems.len()]),
    };
    let service = |number: usize| format!("{}.shop.internal", name(number));
    let mut sample = Sample::new("shop").gateway("edge", &["http 8080"]).gateway("partner", &["http2 8443 tls"]);
    for number in 0..count {
        let own = name(number);
        let [first, second] = [format!("{own}-v1"), format!("{own}-v2")];
        let others = (1..=extra).map(|step| number + (number * 7 + step * 13) % count + 1);
        let calls = [number * 2 + 2, number * 2 + 3].into_iter().chain(others);
        let calls: Vec<String> = calls.filter(|call| *call < count).map(service).collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        sample = sample.node(&first, &["http 8080"], &calls);
        let mut targets = vec![(first.as_str(), 1)];
        if number % 3 == 0 {
            targets = vec![(first.as_str(), 95), (second.as_str(), 5)];
            sample = sample.node(&second, &["http 8080"], &calls);
            let details = ["priority 1", "http", "prefix /", "header x-canary"];
            sample = sample.route(&own, "canary", &details, &[(&second, 1)]);
        }
        sample = sample.service(&service(number), &own).router(&own, &["http 8080"]);
        sample = sample.route(&own, "default", &["priority 9", "http", "prefix /"], &targets);
        if number < 4 {
            let gateway = if number == 3 { "partner" } else { "edge" };
            sample = sample.gateway_route(gateway, &own, &["http", &format!("prefix /{own}")], &service(number));
        }
    }
    sample.build()
}

/// A mesh in which nearly all leads to all: `count` services, each with a router, two routes and a node with backends
/// in any direction.
pub(super) fn tangled(count: usize, backends: usize) -> Graph {
    let mut sample = Sample::new("tangled").gateway("edge", &["http 8080"]);
    let name = |number: usize| format!("team-{}-service-{number:03}", number % 7);
    for number in 0..count {
        let [own, next] = [name(number), name((number + 1) % count)];
        let calls: Vec<String> = (1..=backends).map(|step| name((number * 3 + step * step * 5) % count)).collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        sample = sample
            .service(&own, &own)
            .router(&own, &["http 8080"])
            .route(&own, "all", &["http", "prefix /"], &[(&own, 95), (&next, 5)])
            .route(&own, "health", &["http", "prefix /health"], &[(&own, 1)])
            .node(&own, &["http 8080"], &calls);
    }
    sample.gateway_route("edge", "all", &["http", "prefix /"], &name(0)).build()
}

/// Any graph, also such as no inventory gives: any kind may lead to any other and to itself.
pub(super) fn any_graph() -> impl Strategy<Value = Graph> {
    let name =
        || prop_oneof![proptest::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned), "[a-c]{1,2}", ".{0,40}"];
    let texts = || proptest::collection::vec(name(), 0..3);
    let node = (proptest::sample::select(Kind::ALL.to_vec()), name(), texts(), texts(), any::<bool>());
    let kinds = vec![EdgeKind::Holds, EdgeKind::HandsTo, EdgeKind::ProvidedBy, EdgeKind::SendsTo, EdgeKind::Calls];
    let edge = (any::<usize>(), any::<usize>(), proptest::sample::select(kinds), proptest::option::of(0.0..=1.0_f64));
    let nodes = proptest::collection::vec(node, 0..24);
    (name(), nodes, proptest::collection::vec(edge, 0..48)).prop_map(|(mesh, nodes, edges)| {
        let count = nodes.len();
        let nodes = nodes.into_iter().map(|(kind, name, details, problems, missing)| {
            let parent = kind.parent().map(|_| name.clone());
            Node { kind, name, parent, details, problems, missing }
        });
        let edges = edges.into_iter().filter(|_| count > 0).map(|(from, to, kind, share)| {
            let weight = share.map(|share| format!("{share}"));
            Edge { from: from % count, to: to % count, kind, share, weight, port: None }
        });
        let mut edges: Vec<Edge> = edges.collect();
        edges.sort_by_key(|edge| (edge.from, edge.kind));
        Graph { mesh, nodes: nodes.collect(), edges }
    })
}
