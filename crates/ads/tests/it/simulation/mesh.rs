//! Meshes by chance, in which everything that is referred to is there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meshwright_ads::{Kind, Resource, Snapshot, Version};

use crate::random::Random;

const CLUSTERS: [&str; 5] = ["a", "b", "c", "d", "e"];
const ROUTES: [&str; 4] = ["r", "s", "t", "u"];
const LISTENERS: [&str; 2] = ["in", "out"];

/// What a proxy refuses.
pub(super) const BAD: &str = "bad";

/// A listener or a route configuration: what it refers to, and which of its versions it is.
#[derive(Clone, Debug, Default)]
struct Referring {
    to: BTreeSet<&'static str>,
    version: u64,
}

/// A mesh as one proxy sees it.
#[derive(Clone, Debug, Default)]
pub(super) struct Mesh {
    /// Whether a cluster's hosts are told, and its version.
    clusters: BTreeMap<&'static str, (bool, u64)>,
    hosts: u64,
    routes: BTreeMap<&'static str, Referring>,
    listeners: BTreeMap<&'static str, Referring>,
}

impl Mesh {
    /// Another mesh: one thing is changed, or everything.
    pub(super) fn change(&mut self, random: &mut Random) {
        if random.percent(25) {
            *self = Self::default();
            for name in LISTENERS {
                if random.percent(70) {
                    self.listeners.insert(name, referring(&ROUTES, random));
                }
            }
            for name in ROUTES {
                self.routes.insert(name, referring(&CLUSTERS, random));
            }
        }
        let route = ROUTES[random.index(ROUTES.len())];
        let listener = LISTENERS[random.index(LISTENERS.len())];
        let cluster = CLUSTERS[random.index(CLUSTERS.len())];
        match random.below(8) {
            0 | 1 => _ = self.routes.insert(route, referring(&CLUSTERS, random)),
            2 => _ = self.listeners.insert(listener, referring(&ROUTES, random)),
            3 => _ = self.listeners.remove(listener),
            4 | 5 => _ = self.clusters.insert(cluster, (random.percent(60), random.below(3))),
            6 => _ = self.clusters.remove(cluster),
            _ => self.hosts = random.below(4),
        }
        self.complete(random);
    }

    /// Whatever is referred to is there.
    fn complete(&mut self, random: &mut Random) {
        let routes: BTreeSet<&str> = self.listeners.values().flat_map(|own| own.to.iter().copied()).collect();
        for name in routes {
            self.routes.entry(name).or_default();
        }
        let clusters: BTreeSet<&str> = self.routes.values().flat_map(|own| own.to.iter().copied()).collect();
        for name in clusters {
            self.clusters.entry(name).or_insert_with(|| (random.percent(60), random.below(3)));
        }
    }

    /// What the proxy is to have; with something that it refuses, where that is asked for.
    pub(super) fn snapshot(&self, bad: Option<&mut Random>) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut all: Vec<(Kind, String)> = Vec::new();
        for (name, (has_hosts, version)) in &self.clusters {
            let kind = if *has_hosts { "eds" } else { "dns" };
            all.push((Kind::Cluster, format!("{name}@{kind}:{version}")));
            if *has_hosts {
                all.push((Kind::Endpoint, format!("{name}@:{}", self.hosts)));
            }
        }
        let referring = |name: &str, own: &Referring| {
            let to: Vec<&str> = own.to.iter().copied().collect();
            format!("{name}@{}:{}", to.join(","), own.version)
        };
        all.extend(self.listeners.iter().map(|(name, own)| (Kind::Listener, referring(name, own))));
        all.extend(self.routes.iter().map(|(name, own)| (Kind::Route, referring(name, own))));
        if let Some(random) = bad.filter(|_| !all.is_empty()) {
            let place = random.index(all.len());
            all[place].1.push_str(BAD);
        }
        for (kind, text) in all {
            let any = text.clone().into_bytes();
            let version = Version::of(&any);
            snapshot.put(kind, Arc::new(Resource { name: name(&text).into(), version, any: any.into() }));
        }
        snapshot
    }
}

fn referring(names: &[&'static str], random: &mut Random) -> Referring {
    let count = random.index(3);
    let to = (0..count).map(|_| names[random.index(names.len())]).collect();
    Referring { to, version: random.below(3) }
}

/// The name of a resource as it is sent: `in@r,s:1`.
pub(super) fn name(text: &str) -> &str {
    text.split('@').next().unwrap()
}

/// What it refers to; of a cluster, its kind.
pub(super) fn refers_to(text: &str) -> impl Iterator<Item = &str> {
    let (_, rest) = text.split_once('@').unwrap();
    rest.split(':').next().unwrap().split(',').filter(|name| !name.is_empty())
}
