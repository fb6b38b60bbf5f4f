//! A small model of Envoy: what it has, what it asks for, and what it says to a response.
//!
//! Source: Envoy documentation, xDS REST and gRPC protocol; "Cluster warming"; "Listener discovery service".

use std::collections::{BTreeMap, BTreeSet};

use meshwright_ads::{Kind, Protocol, Request, Response, Snapshot, Wish};

use super::mesh::{BAD, name, refers_to};

/// Something that is replaced only once the new one is ready.
#[derive(Clone, Debug, Default)]
struct Warmed {
    active: Option<String>,
    warming: Option<String>,
}

impl Warmed {
    fn latest(&self) -> Option<&str> {
        self.warming.as_deref().or(self.active.as_deref())
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.active.iter().chain(&self.warming).map(String::as_str)
    }

    fn warm_up(&mut self) {
        self.active = self.warming.take();
    }
}

/// What it says of one kind.
#[derive(Clone, Debug, Default)]
struct Talk {
    is_asked: bool,
    /// The names that it has told the control plane.
    told: BTreeSet<String>,
    nonce: String,
    /// The version of the last response that it accepted.
    version: String,
    /// The versions of what it has, where changes are told.
    versions: BTreeMap<String, String>,
    is_refusing: bool,
}

/// The model.
#[derive(Debug)]
pub(super) struct Envoy {
    protocol: Protocol,
    /// Whether it takes what is good of a response that it refuses, as Envoy does with clusters and listeners.
    takes_parts: bool,
    clusters: BTreeMap<String, Warmed>,
    hosts: BTreeMap<String, String>,
    listeners: BTreeMap<String, Warmed>,
    routes: BTreeMap<String, String>,
    talks: BTreeMap<Kind, Talk>,
    /// Whether it has refused anything since it was last as it should be.
    pub(super) has_refused: bool,
}

impl Envoy {
    pub(super) fn new(protocol: Protocol, takes_parts: bool) -> Self {
        Self {
            protocol,
            takes_parts,
            clusters: BTreeMap::new(),
            hosts: BTreeMap::new(),
            listeners: BTreeMap::new(),
            routes: BTreeMap::new(),
            talks: BTreeMap::new(),
            has_refused: false,
        }
    }

    /// What it says on a new stream: what it asks for, and what it has of that.
    pub(super) fn connect(&mut self) -> Vec<Request> {
        self.talk(Kind::Cluster).is_asked = true;
        let mut requests = Vec::new();
        for kind in [Kind::Cluster, Kind::Endpoint, Kind::Listener, Kind::Route] {
            let names = self.names(kind);
            let protocol = self.protocol;
            // Excluded: route configurations that went and came again just before the stream ended. Their version says that they are there.
            let is_lost = kind == Kind::Route && names.iter().any(|name| !self.routes.contains_key(name));
            let talk = self.talk(kind);
            if is_lost {
                talk.version.clear();
            }
            if !talk.is_asked {
                continue;
            }
            talk.nonce.clear();
            talk.told.clone_from(&names);
            let wish = match protocol {
                Protocol::StateOfTheWorld => {
                    Wish::Names { names: names.into_iter().collect(), version: talk.version.clone() }
                }
                Protocol::Delta => Wish::Change {
                    subscribe: names.into_iter().collect(),
                    unsubscribe: Vec::new(),
                    has: talk.versions.clone(),
                },
            };
            requests.push(Request { kind, nonce: String::new(), error: None, wish });
        }
        requests
    }

    /// Takes a response; answers with what it says then: first what it asks for now, then what it says to the response.
    pub(super) fn take(&mut self, response: &Response) -> Vec<Request> {
        let kind = response.kind;
        let texts: Vec<String> =
            response.resources.iter().map(|own| String::from_utf8(own.any.to_vec()).unwrap()).collect();
        let is_refused = texts.iter().any(|text| text.ends_with(BAD));
        self.has_refused |= is_refused;
        let good = texts.iter().filter(|text| !text.ends_with(BAD));
        let removed: Vec<&str> = match self.protocol {
            Protocol::Delta => response.removed.iter().map(|name| &**name).collect(),
            Protocol::StateOfTheWorld => Vec::new(),
        };
        if !is_refused || self.takes_parts {
            let gone = self.gone(kind, &texts, &removed);
            self.put(kind, good.cloned().collect(), &gone);
        }
        let talk = self.talk(kind);
        talk.nonce = response.nonce.to_string();
        talk.is_refusing = is_refused;
        if !is_refused {
            talk.version = response.version.to_string();
            let is_wild = matches!(kind, Kind::Cluster | Kind::Listener);
            for own in response.resources.iter().filter(|own| is_wild || talk.told.contains(&*own.name)) {
                talk.versions.insert(own.name.to_string(), own.version.to_string());
            }
            for name in &response.removed {
                talk.versions.remove(&**name);
            }
        }
        let mut requests = Vec::new();
        for other in [Kind::Endpoint, Kind::Listener, Kind::Route] {
            if other != kind {
                requests.extend(self.ask(other));
            }
        }
        let error = is_refused.then(|| "it is bad".to_owned());
        let wish = self.wish(kind);
        requests.push(Request { kind, nonce: response.nonce.to_string(), error, wish });
        // What is there after the first clusters may begin to listen.
        requests.extend(self.ask(Kind::Listener));
        requests
    }

    /// What a response takes away.
    fn gone(&self, kind: Kind, texts: &[String], removed: &[&str]) -> Vec<String> {
        let there: BTreeSet<&str> = texts.iter().map(|text| name(text)).collect();
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        match (self.protocol, kind) {
            (Protocol::Delta, _) => owned(removed.to_vec()),
            (_, Kind::Cluster) => {
                owned(self.clusters.keys().map(String::as_str).filter(|own| !there.contains(own)).collect())
            }
            (_, Kind::Listener) => {
                owned(self.listeners.keys().map(String::as_str).filter(|own| !there.contains(own)).collect())
            }
            _ => Vec::new(),
        }
    }

    fn put(&mut self, kind: Kind, texts: Vec<String>, gone: &[String]) {
        match kind {
            Kind::Cluster => {
                for text in texts {
                    self.put_cluster(text);
                }
                self.clusters.retain(|name, _| !gone.contains(name));
            }
            Kind::Endpoint => texts.into_iter().for_each(|text| self.put_hosts(text)),
            Kind::Listener => {
                for text in texts {
                    let own = self.listeners.entry(name(&text).to_owned()).or_default();
                    if own.latest() != Some(&text) {
                        own.warming = Some(text);
                    }
                }
                self.listeners.retain(|name, _| !gone.contains(name));
            }
            // That a route configuration is gone is nothing to Envoy while a listener names it.
            Kind::Route => {
                let names = self.names(Kind::Route);
                let own = texts.into_iter().filter(|text| names.contains(name(text)));
                self.routes.extend(own.map(|text| (name(&text).to_owned(), text)));
            }
            Kind::Secret => {}
        }
        let routes = &self.routes;
        for own in self.listeners.values_mut() {
            if own.warming.as_deref().is_some_and(|text| refers_to(text).all(|name| routes.contains_key(name))) {
                own.warm_up();
            }
        }
        let (hosts, routes) = (self.names(Kind::Endpoint), self.names(Kind::Route));
        self.hosts.retain(|name, _| hosts.contains(name));
        self.routes.retain(|name, _| routes.contains(name));
    }

    fn put_cluster(&mut self, text: String) {
        let own = self.clusters.entry(name(&text).to_owned()).or_default();
        if own.latest() == Some(&text) {
            return;
        }
        let has_hosts = has_hosts(&text);
        own.warming = Some(text);
        if !has_hosts {
            own.warm_up();
        }
    }

    fn put_hosts(&mut self, text: String) {
        let Some(own) = self.clusters.get_mut(name(&text)) else { return };
        if own.warming.is_some() {
            own.warm_up();
        }
        if own.active.as_deref().is_some_and(has_hosts) {
            self.hosts.insert(name(&text).to_owned(), text);
        }
    }

    /// The names that it asks for, of a kind that is asked for by name.
    fn names(&self, kind: Kind) -> BTreeSet<String> {
        match kind {
            Kind::Endpoint => {
                let with_hosts = self.clusters.iter().filter(|(_, own)| own.all().any(has_hosts));
                with_hosts.map(|(name, _)| name.clone()).collect()
            }
            Kind::Route => {
                let all = self.listeners.values().flat_map(Warmed::all);
                all.flat_map(refers_to).map(str::to_owned).collect()
            }
            _ => BTreeSet::new(),
        }
    }

    fn talk(&mut self, kind: Kind) -> &mut Talk {
        self.talks.entry(kind).or_default()
    }

    /// What it says where it asks for something else than before.
    fn ask(&mut self, kind: Kind) -> Option<Request> {
        let (is_asked, told) = {
            let talk = self.talk(kind);
            (talk.is_asked, talk.told.clone())
        };
        let is_due = match kind {
            Kind::Listener => {
                let has_clusters = self.talks.get(&Kind::Cluster).is_some_and(|own| !own.version.is_empty());
                !is_asked && has_clusters && self.clusters.values().all(|own| own.warming.is_none())
            }
            _ => self.names(kind) != told,
        };
        if !is_due {
            return None;
        }
        self.talk(kind).is_asked = true;
        let wish = self.wish(kind);
        let nonce = match self.protocol {
            Protocol::StateOfTheWorld => self.talk(kind).nonce.clone(),
            Protocol::Delta => String::new(),
        };
        Some(Request { kind, nonce, error: None, wish })
    }

    /// What it asks for now; it counts as said.
    fn wish(&mut self, kind: Kind) -> Wish {
        let (names, protocol) = (self.names(kind), self.protocol);
        let talk = self.talk(kind);
        let told = std::mem::replace(&mut talk.told, names.clone());
        match protocol {
            Protocol::StateOfTheWorld => {
                Wish::Names { names: names.into_iter().collect(), version: talk.version.clone() }
            }
            Protocol::Delta => {
                let subscribe = names.difference(&told).cloned().collect();
                let unsubscribe: Vec<String> = told.difference(&names).cloned().collect();
                for name in &unsubscribe {
                    talk.versions.remove(name);
                }
                Wish::Change { subscribe, unsubscribe, has: BTreeMap::new() }
            }
        }
    }

    /// The clusters that it knows.
    pub(super) fn clusters(&self) -> BTreeSet<String> {
        self.clusters.keys().cloned().collect()
    }

    /// Whether it refuses what it was told last of any kind.
    pub(super) fn is_refusing(&self) -> bool {
        self.talks.values().any(|talk| talk.is_refusing)
    }

    /// What its route configurations name that it has not.
    pub(super) fn missing(&self) -> BTreeSet<String> {
        let named = self.routes.values().flat_map(|text| refers_to(text));
        named.filter(|name| !self.clusters.contains_key(*name)).map(str::to_owned).collect()
    }

    /// The route configurations that it has.
    pub(super) fn routes(&self) -> BTreeSet<String> {
        self.routes.keys().cloned().collect()
    }

    /// The clusters that a route configuration names and that take no requests yet.
    pub(super) fn cold(&self, route: &str) -> Vec<String> {
        let named = self.routes.get(route).into_iter().flat_map(|text| refers_to(text));
        let is_cold = |name: &&str| self.clusters.get(*name).is_none_or(|own| own.active.is_none());
        named.filter(is_cold).map(str::to_owned).collect()
    }

    /// How it differs from what it should be, if it does.
    pub(super) fn difference(&self, snapshot: &Snapshot) -> Option<String> {
        let there = |kind: Kind| -> Vec<String> {
            snapshot.of_kind(kind).values().map(|own| String::from_utf8(own.any.to_vec()).unwrap()).collect()
        };
        let active = |own: &BTreeMap<String, Warmed>| -> Vec<String> {
            own.values()
                .map(|own| if own.warming.is_some() { "warming".to_owned() } else { own.active.clone().unwrap() })
                .collect()
        };
        let names = self.names(Kind::Route);
        let routes: Vec<String> = there(Kind::Route).into_iter().filter(|text| names.contains(name(text))).collect();
        let pairs = [
            (active(&self.clusters), there(Kind::Cluster)),
            (self.hosts.values().cloned().collect(), there(Kind::Endpoint)),
            (active(&self.listeners), there(Kind::Listener)),
            (self.routes.values().cloned().collect(), routes),
        ];
        pairs
            .into_iter()
            .find(|(has, there)| has != there)
            .map(|(has, there)| format!("it has {has:?}, and not {there:?}"))
    }
}

/// Whether the hosts of a cluster are told.
fn has_hosts(text: &str) -> bool {
    refers_to(text).any(|kind| kind == "eds")
}
