//! Who calls whom: from a node to the services it calls, from a service to its routes, from a route to its nodes.

use std::collections::{HashMap, VecDeque};

use meshwright_model::Kind;

use super::{Facts, Node, Provider, Route};

/// The call graph over positions in the inventory. Routers are left out: a service leads to their routes.
#[derive(Debug)]
pub struct CallGraph {
    /// Where the callees of each position begin in `callees`; one more than there are positions.
    starts: Vec<usize>,
    callees: Vec<usize>,
    /// When a search was done with each position: a callee before its callers, but for the calls that close a circle.
    pub done: Vec<usize>,
    /// Positions in that order.
    pub order: Vec<usize>,
    /// Groups of positions that all lead to one another, each in ascending order; single positions are left out.
    pub circles: Vec<Vec<usize>>,
}

impl CallGraph {
    /// The call graph of a mesh's facts.
    pub fn new(facts: &Facts<'_>) -> Self {
        let count = facts.inventory.resources.len();
        let mut graph = Self {
            starts: Vec::with_capacity(count + 1),
            callees: Vec::new(),
            done: vec![0; count],
            order: Vec::with_capacity(count),
            circles: Vec::new(),
        };
        for position in 0..count {
            graph.starts.push(graph.callees.len());
            facts.add_callees(position, &mut graph.callees);
        }
        graph.starts.push(graph.callees.len());
        Search::new(&mut graph, count).run();
        graph
    }

    /// What a position calls or leads to.
    pub fn callees(&self, position: usize) -> &[usize] {
        &self.callees[self.starts[position]..self.starts[position + 1]]
    }

    /// A shortest way from one position to another that `is_end` accepts, both included; only positions that `is_way` accepts.
    pub fn way(
        &self,
        from: usize,
        is_end: impl Fn(usize) -> bool,
        is_way: impl Fn(usize) -> bool,
    ) -> Option<Vec<usize>> {
        let mut before = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(position) = queue.pop_front() {
            for callee in self.callees(position).iter().copied().filter(|callee| is_way(*callee)) {
                if before.contains_key(&callee) {
                    continue;
                }
                before.insert(callee, position);
                if is_end(callee) {
                    return Some(trace(&before, from, callee));
                }
                queue.push_back(callee);
            }
        }
        None
    }
}

fn trace(before: &HashMap<usize, usize>, from: usize, end: usize) -> Vec<usize> {
    let mut way = vec![end];
    let mut at = before.get(&end).copied();
    while let Some(position) = at {
        way.push(position);
        at = if position == from { None } else { before.get(&position).copied() };
    }
    way.reverse();
    way
}

impl<'a> Facts<'a> {
    fn add_callees(&self, position: usize, callees: &mut Vec<usize>) {
        match self.kind_at(position) {
            Kind::VirtualNode => callees.extend(self.links.names.of(position).iter().copied().flatten()),
            Kind::VirtualService => {
                let Some(service) = self.item(position) else { return };
                match self.provider_of(service) {
                    Some(Provider::Node(node)) => callees.push(node.position),
                    Some(Provider::Router(router)) => {
                        callees.extend_from_slice(self.links.children.of(router.position));
                    }
                    None => {}
                }
            }
            Kind::Route => {
                // A target of weight 0 gets nothing.
                let targets = self
                    .routes
                    .targets_of(position)
                    .iter()
                    .filter(|target| target.weight.is_none_or(|weight| weight > 0));
                callees.extend(targets.filter_map(|target| target.node).map(|node| node.position));
            }
            Kind::Mesh | Kind::VirtualRouter | Kind::VirtualGateway | Kind::GatewayRoute => {}
        }
    }

    /// The call graph.
    pub fn call_graph(&self) -> &CallGraph {
        self.lazy.call_graph.get_or_init(|| CallGraph::new(self))
    }

    /// Whether all that the resource at a position names is held by the files, so that the call graph has all of it.
    pub fn names_are_held(&self, position: usize) -> bool {
        !self.inventory.resources[position].may_hide_references()
            && self.links.names.of(position).iter().all(Option::is_some)
    }

    /// The kind of the resource at a position.
    pub fn kind_at(&self, position: usize) -> Kind {
        self.kinds[position]
    }

    /// The position of the mesh that the resource at a position belongs to.
    pub fn mesh_at(&self, position: usize) -> Option<usize> {
        self.links.each[position].mesh
    }

    /// The node at a position.
    pub fn node_at(&self, position: usize) -> Option<Node<'a>> {
        self.item(position)
    }

    /// The route at a position.
    pub fn route_at(&self, position: usize) -> Option<Route<'a>> {
        self.item(position)
    }
}

/// Tarjan's search for positions that lead to one another, with its own stack, as a mesh may be deeper than ours.
struct Search<'g> {
    graph: &'g mut CallGraph,
    /// When each position was found, from 1; 0 where it was not.
    found: Vec<usize>,
    /// The earliest position still in question that each one leads to.
    earliest: Vec<usize>,
    in_question: Vec<usize>,
    is_in_question: Vec<bool>,
    /// Positions on the way, and how many of its callees each has been through.
    way: Vec<(usize, usize)>,
    clock: usize,
}

impl<'g> Search<'g> {
    fn new(graph: &'g mut CallGraph, count: usize) -> Self {
        Self {
            graph,
            found: vec![0; count],
            earliest: vec![0; count],
            in_question: Vec::new(),
            is_in_question: vec![false; count],
            way: Vec::new(),
            clock: 0,
        }
    }

    fn run(mut self) {
        for start in 0..self.found.len() {
            if self.found[start] == 0 {
                self.enter(start);
            }
            while let Some((position, through)) = self.way.last().copied() {
                match self.graph.callees(position).get(through).copied() {
                    None => self.leave(position),
                    Some(callee) => {
                        if let Some((_, through)) = self.way.last_mut() {
                            *through += 1;
                        }
                        self.follow(position, callee);
                    }
                }
            }
        }
    }

    fn follow(&mut self, position: usize, callee: usize) {
        if self.found[callee] == 0 {
            self.enter(callee);
        } else if self.is_in_question[callee] {
            self.earliest[position] = self.earliest[position].min(self.found[callee]);
        }
    }

    fn enter(&mut self, position: usize) {
        self.clock += 1;
        self.found[position] = self.clock;
        self.earliest[position] = self.clock;
        self.in_question.push(position);
        self.is_in_question[position] = true;
        self.way.push((position, 0));
    }

    fn leave(&mut self, position: usize) {
        self.way.pop();
        if let Some((caller, _)) = self.way.last() {
            self.earliest[*caller] = self.earliest[*caller].min(self.earliest[position]);
        }
        self.graph.done[position] = self.graph.order.len();
        self.graph.order.push(position);
        if self.earliest[position] == self.found[position] {
            self.close(position);
        }
    }

    fn close(&mut self, position: usize) {
        let from = self.in_question.iter().rposition(|other| *other == position).unwrap_or(0);
        let mut group = self.in_question.split_off(from);
        for member in &group {
            self.is_in_question[*member] = false;
        }
        if group.len() > 1 {
            group.sort_unstable();
            self.graph.circles.push(group);
        }
    }
}
