//! In which order resources are created, why, and what goes round in circles.
//!
//! Three sorts of edge say what comes first. *Needed* edges are the API's: a reference whose target must exist
//! (see [`Need`]); they cannot form a cycle, as every kind needs only kinds before it. *Declared* edges are the file's
//! own: CloudFormation derives them from `Ref`, `GetAtt` and `DependsOn`, and refuses a cycle of them. *Preferred*
//! edges keep traffic flowing while a mesh comes up: a router's routes before the services it provides, and services
//! before the nodes that call them; where those go round, the order drops them and says so.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use crate::inventory::Index;
use crate::kind::Kind;
use crate::path::Path;
use crate::reference::{Key, Need};
use crate::resource::{Resource, Spec};
use crate::symbol::Symbol;

/// How strictly one resource comes before another, the strictest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// The API refuses the other order.
    Needed,
    /// The file itself demands this order.
    Declared,
    /// The other order works, but drops requests for a while.
    Preferred,
}

/// Why one resource comes after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The position of the earlier resource in the inventory.
    pub after: usize,
    /// How strictly.
    pub tie: Tie,
    /// Where that stands in the later resource; empty where it is no single place.
    pub path: Path,
}

/// The place of one resource in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The resource's position in the inventory.
    pub position: usize,
    /// What it comes after; those that fell to a cycle are left out.
    pub reasons: Vec<Reason>,
    /// How many routes it comes after besides: of a crowded router's routes, the reasons name only the first few.
    pub unnamed_routes: usize,
    /// How many rounds of creation come before it: resources of one stage can be created at the same time.
    pub stage: usize,
}

/// Resources each of which waits for the next, and the last for the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// Positions in the inventory, starting with the smallest.
    pub positions: Vec<usize>,
    /// The weakest tie on it: `Declared` where the file cannot be created as it stands, else `Preferred`.
    pub tie: Tie,
}

/// A creation order. Deletion order is its reverse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Every resource, each after all that it comes after.
    pub placed: Vec<Placed>,
    /// What goes round in circles; one cycle for each group of resources that do.
    pub cycles: Vec<Cycle>,
}

impl Order {
    /// The order of all resources of an inventory.
    pub fn of(index: &Index<'_>) -> Self {
        let (mut edges, gates) = edges(index);
        let mut cycles = Vec::new();
        for weakest in [Tie::Declared, Tie::Preferred] {
            cut_cycles(&mut edges, weakest, &mut cycles);
        }
        // A gate is no resource; what it stands for is on the circle too.
        for cycle in &mut cycles {
            cycle.positions.retain(|position| *position < edges.len() - gates);
        }
        cycles.sort_by(|a, b| a.positions.cmp(&b.positions));
        Self { placed: place(index, edges), cycles }
    }
}

/// The most pairs of a route and a service of one router that are followed one by one.
///
/// Beyond, a gate stands between them: a position past all resources, which comes after all routes of its router, and
/// after which its services come. A circle through a gate then frees all services of the router, not only its own.
const MAX_PAIRS: usize = 4096;

/// How many routes of a router behind a gate are named as reasons.
const NAMED_ROUTES: usize = 8;

/// The routes of each router, and the routers that need a gate.
struct Routes {
    of: HashMap<usize, Vec<usize>>,
    /// The position of each router's gate.
    gates: BTreeMap<usize, usize>,
}

impl Routes {
    fn new(index: &Index<'_>) -> Self {
        let resources = &index.inventory().resources;
        let mut of: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut services: BTreeMap<usize, usize> = BTreeMap::new();
        for (position, resource) in resources.iter().enumerate() {
            if let (Kind::Route, Some(router)) = (resource.kind(), &resource.parent) {
                let router = index.named(Key::of(&resource.mesh), Kind::VirtualRouter, Key::of(router));
                of.entry(router.unwrap_or(usize::MAX)).or_default().push(position);
            }
            if matches!(resource.spec, Spec::VirtualService(_)) {
                for reference in resource.references().iter().filter(|reference| reference.kind == Kind::VirtualRouter)
                {
                    index.target(resource, reference).into_iter().for_each(|router| {
                        *services.entry(router).or_default() += 1;
                    });
                }
            }
        }
        let routes = |router: &usize| of.get(router).map_or(0, Vec::len);
        let crowded =
            services.iter().filter(|(router, services)| routes(router).saturating_mul(**services) > MAX_PAIRS);
        let gates = crowded.map(|(router, _)| *router).zip(resources.len()..).collect();
        Self { of, gates }
    }

    /// What a service comes after, beside the router that provides it.
    fn before_service(&self, router: usize) -> Vec<usize> {
        match self.gates.get(&router) {
            Some(gate) => vec![*gate],
            None => self.of.get(&router).cloned().unwrap_or_default(),
        }
    }
}

/// For each resource, and after them for each gate, what it comes after; and how many gates there are.
fn edges(index: &Index<'_>) -> (Vec<Vec<Reason>>, usize) {
    let resources = &index.inventory().resources;
    let routes = Routes::new(index);
    let mut by_label: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    for (position, resource) in resources.iter().enumerate() {
        if let Some(label) = &resource.label {
            by_label.insert((label.scope, label), position);
        }
    }
    let preferred = |after: usize| Reason { after, tie: Tie::Preferred, path: Path::default() };
    let mut all = Vec::with_capacity(resources.len() + routes.gates.len());
    for (position, resource) in resources.iter().enumerate() {
        let mut reasons: Vec<Reason> = Vec::new();
        for reference in resource.references() {
            let Some(after) = index.target(resource, &reference) else { continue };
            let tie = if reference.need == Need::BeforeCreation { Tie::Needed } else { Tie::Preferred };
            reasons.push(Reason { after, tie, path: reference.path });
            if matches!(resource.spec, Spec::VirtualService(_)) && reference.kind == Kind::VirtualRouter {
                reasons.extend(routes.before_service(after).into_iter().map(preferred));
            }
        }
        let scope = resource.label.as_ref().map_or(Symbol::EVERYWHERE, |label| label.scope);
        let declared = resource.depends_on.iter().filter_map(|label| by_label.get(&(scope, label.as_str())));
        reasons.extend(declared.map(|after| Reason { after: *after, tie: Tie::Declared, path: Path::default() }));
        reasons.retain(|reason| reason.after != position);
        reasons.sort_by_key(|reason| (reason.after, reason.tie));
        reasons.dedup_by_key(|reason| reason.after);
        all.push(reasons);
    }
    for router in routes.gates.keys() {
        all.push(routes.of.get(router).into_iter().flatten().copied().map(preferred).collect());
    }
    (all, routes.gates.len())
}

/// Finds cycles among edges at least as strict as `weakest`, drops the edges of that tie on them, and names them.
fn cut_cycles(edges: &mut [Vec<Reason>], weakest: Tie, cycles: &mut Vec<Cycle>) {
    let components = components(edges, weakest);
    let mut sizes = vec![0_usize; components.len()];
    for component in &components {
        sizes[*component] += 1;
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (position, component) in components.iter().enumerate().filter(|(_, component)| sizes[**component] > 1) {
        members.entry(*component).or_default().push(position);
    }
    for group in members.values() {
        cycles.push(Cycle { positions: shortest_cycle(edges, &components, group[0], weakest), tie: weakest });
        for position in group {
            let own = components[*position];
            edges[*position].retain(|reason| reason.tie < weakest || components[reason.after] != own);
        }
    }
}

/// The shortest way from a resource back to itself inside its component, by breadth.
fn shortest_cycle(edges: &[Vec<Reason>], components: &[usize], start: usize, weakest: Tie) -> Vec<usize> {
    let mut came_from: HashMap<usize, usize> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(position) = queue.pop_front() {
        for reason in edges[position].iter().filter(|reason| reason.tie <= weakest) {
            if reason.after == start {
                let mut cycle = vec![position];
                while let Some(previous) = came_from.get(cycle.last().unwrap_or(&start)) {
                    cycle.push(*previous);
                }
                cycle.reverse();
                return cycle;
            }
            if components[reason.after] == components[start] && !came_from.contains_key(&reason.after) {
                came_from.insert(reason.after, position);
                queue.push_back(reason.after);
            }
        }
    }
    vec![start]
}

/// The strongly connected component of each resource (Tarjan's algorithm, with its own stack).
fn components(edges: &[Vec<Reason>], weakest: Tie) -> Vec<usize> {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let (mut number, mut low, mut component) = (vec![UNSEEN; count], vec![0; count], vec![UNSEEN; count]);
    let (mut open, mut calls) = (Vec::new(), Vec::new());
    let mut next = 0;
    for root in 0..count {
        if number[root] != UNSEEN {
            continue;
        }
        calls.push((root, 0));
        while let Some((position, edge)) = calls.pop() {
            if edge == 0 {
                number[position] = next;
                low[position] = next;
                next += 1;
                open.push(position);
            }
            let following = edges[position][edge..].iter().position(|reason| reason.tie <= weakest);
            if let Some(offset) = following {
                let after = edges[position][edge + offset].after;
                calls.push((position, edge + offset + 1));
                if number[after] == UNSEEN {
                    calls.push((after, 0));
                } else if component[after] == UNSEEN {
                    low[position] = low[position].min(number[after]);
                }
                continue;
            }
            if low[position] == number[position] {
                while let Some(member) = open.pop() {
                    component[member] = position;
                    if member == position {
                        break;
                    }
                }
            }
            if let Some((caller, _)) = calls.last() {
                low[*caller] = low[*caller].min(low[position]);
            }
        }
    }
    component
}

/// Places every resource after all it comes after; the earliest stage first, then by kind and name.
fn place(index: &Index<'_>, mut edges: Vec<Vec<Reason>>) -> Vec<Placed> {
    let resources = &index.inventory().resources;
    let mut waiting: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (position, reasons) in edges.iter().enumerate() {
        for reason in reasons {
            followers[reason.after].push(position);
        }
    }
    let mut stages = vec![0; edges.len()];
    let ranks = ranks(resources);
    let mut ready = BinaryHeap::new();
    // A gate is passed as soon as it opens, and takes no stage of its own.
    let rank = |position: usize, stage: usize| Reverse((stage, ranks.get(position).copied(), position));
    for (position, count) in waiting.iter().enumerate() {
        if *count == 0 {
            ready.push(rank(position, 0));
        }
    }
    let mut placed = Vec::with_capacity(resources.len());
    while let Some(Reverse((stage, _, position))) = ready.pop() {
        if position < resources.len() {
            let own = std::mem::take(&mut edges[position]);
            let (reasons, unnamed_routes) = shown_reasons(own, &edges, resources.len());
            placed.push(Placed { position, reasons, unnamed_routes, stage });
        }
        for follower in &followers[position] {
            waiting[*follower] -= 1;
            let next = if *follower < resources.len() { stage + 1 } else { stage };
            stages[*follower] = stages[*follower].max(next);
            if waiting[*follower] == 0 {
                ready.push(rank(*follower, stages[*follower]));
            }
        }
    }
    debug_assert_eq!(placed.len(), resources.len(), "cycles were cut before");
    placed
}

/// The place of each resource among all by kind and name: numbers, since a heap compares often and names are far apart in memory.
fn ranks(resources: &[Resource]) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..resources.len()).collect();
    positions.sort_by_key(|position| resources[*position].id());
    let mut ranks = vec![0; resources.len()];
    for (rank, position) in positions.into_iter().enumerate() {
        ranks[position] = rank;
    }
    ranks
}

/// The reasons of a resource, with the first routes behind a gate in the gate's place, and the count of the others.
fn shown_reasons(own: Vec<Reason>, edges: &[Vec<Reason>], resources: usize) -> (Vec<Reason>, usize) {
    let (mut reasons, mut unnamed) = (Vec::with_capacity(own.len()), 0);
    for reason in own {
        if reason.after < resources {
            reasons.push(reason);
            continue;
        }
        let routes = &edges[reason.after];
        reasons.extend(routes.iter().take(NAMED_ROUTES).cloned());
        unnamed += routes.len().saturating_sub(NAMED_ROUTES);
    }
    (reasons, unnamed)
}
