//! A mesh at the old full quota, made up the same on each machine, as each kind of file that people keep one in.
//!
//! The three files say one mesh: `describe-*` answers one after the other, one CloudFormation template, and the same
//! template cut into many that meet by the export of the mesh's name.

mod describe;
mod template;

pub(crate) use describe::describe;
pub(crate) use template::{template, templates};

/// The routes of one router at the full quota.
pub(crate) const ROUTES_PER_ROUTER: usize = 50;

/// How many nodes share routes, and stand in one template when the mesh is cut up.
const TEAM: usize = 5;

const WORDS: &[&str] =
    &["orders", "cart", "payments", "stock", "search", "profile", "mail", "prices", "reviews", "parcels"];
const AREAS: &[&str] =
    &["items", "history", "reports", "search", "exports", "batches", "labels", "events", "limits", "admin"];
const TENANTS: &[&str] = &["acme", "globex", "initech", "umbrella"];

/// How large a mesh is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Virtual nodes; there are as many virtual services and virtual routers.
    pub(crate) nodes: usize,
    /// Routes of each router.
    pub(crate) routes: usize,
}

impl Size {
    /// The old full quota, so many times.
    pub(crate) fn quota(times: usize) -> Self {
        Self { nodes: 200 * times, routes: ROUTES_PER_ROUTER }
    }
}

/// What a node, its virtual service and its router are named after: `orders-010`.
pub(super) fn stem(node: usize) -> String {
    format!("{}-{node:03}", WORDS[node % WORDS.len()])
}

/// The virtual services that a node calls.
fn backends(node: usize, size: Size) -> [usize; 2] {
    [(node + 7) % size.nodes, (node + 31) % size.nodes]
}

/// A route, before any dialect says it.
struct RoutePlan {
    name: String,
    priority: usize,
    prefix: String,
    method: Option<&'static str>,
    /// The tenant that a header must name.
    tenant: Option<&'static str>,
    /// The range of a header's number.
    version: Option<(usize, usize)>,
    /// The node and weight of each target.
    targets: [(usize, usize); 2],
    /// Retries of requests that may be repeated.
    retries: Option<usize>,
    timeout_seconds: usize,
}

fn route(node: usize, number: usize, size: Size) -> RoutePlan {
    let team = node / TEAM * TEAM;
    let neighbour = team + (node - team + 1) % TEAM.min(size.nodes - team);
    let area = AREAS[number % AREAS.len()];
    let is_last = number + 1 == size.routes;
    let canary = number * 7 % 100;
    RoutePlan {
        name: if is_last { "everything".to_owned() } else { format!("{area}-v{}", number / AREAS.len() + 1) },
        priority: (number + 1) * 10,
        prefix: if is_last { "/".to_owned() } else { format!("/{}/v{}/{area}", stem(node), number / AREAS.len() + 1) },
        method: (!is_last).then(|| if number.is_multiple_of(3) { "POST" } else { "GET" }),
        tenant: (number % 4 == 1).then(|| TENANTS[number / 4 % TENANTS.len()]),
        version: (number % 5 == 2).then_some((number, number + 10)),
        targets: [(node, 100 - canary), (neighbour, canary)],
        retries: (number % 3 == 1).then_some(1 + number % 4),
        timeout_seconds: 5 + number % 20,
    }
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, Reading, read};
    use meshwright_model::Resource;

    use super::*;

    const SMALL: Size = Size { nodes: 10, routes: 12 };

    fn read_all(files: Vec<(String, String)>) -> Reading {
        let input = |(name, text): (String, String)| Input { name, bytes: text.into_bytes() };
        read(files.into_iter().map(input).collect(), &Options::default())
    }

    fn sorted(reading: &Reading) -> Vec<Resource> {
        assert!(reading.findings.is_empty(), "{:#?}", reading.findings);
        let mut resources = reading.inventory.resources.clone();
        resources.sort_by(|a, b| a.id().cmp(&b.id()));
        resources
    }

    #[test]
    fn every_file_says_the_same_mesh() {
        let json = sorted(&read_all(vec![("mesh.json".to_owned(), describe(SMALL))]));
        let yaml = sorted(&read_all(vec![("mesh.yaml".to_owned(), template(SMALL))]));
        let parts = sorted(&read_all(templates(SMALL, 2)));
        assert_eq!(json.len(), 1 + SMALL.nodes * 3 + SMALL.nodes * SMALL.routes);
        for ((json, yaml), part) in json.iter().zip(&yaml).zip(&parts) {
            assert!(json.says_the_same(yaml), "{json:#?}\n{yaml:#?}");
            assert!(json.says_the_same(part), "{json:#?}\n{part:#?}");
        }
        assert_eq!((json.len(), json.len()), (yaml.len(), parts.len()));
    }

    #[test]
    fn sizes_are_those_that_goals_are_stated_for() {
        let json = describe(Size::quota(1)).len();
        let yaml = template(Size::quota(1)).len();
        assert!((17_000_000..19_000_000).contains(&json), "{json}");
        assert!((7_500_000..8_500_000).contains(&yaml), "{yaml}");
    }
}
