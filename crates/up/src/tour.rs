//! A tour through a mesh that runs: each step changes something by the API, looks at what the proxies and the traffic make of it, and
//! puts it back.

use std::collections::BTreeSet;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use meshwright_ads::{Connected, Proxies};
use meshwright_model::Kind;
use meshwright_model::api::{Call, MeshApi};
use meshwright_model::operation::{Operation, Target};
use serde_json::{Value, json};

use crate::caller::{Caller, Sample};

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a refusal lasts before it is not waited for what comes.
const LASTING: Duration = Duration::from_secs(3);

/// How often it is looked.
const GLANCE: Duration = Duration::from_millis(20);

/// How many requests must go well for a step to count.
const ENOUGH: u64 = 20;

/// A file that no proxy can open: Envoy refuses a listener that is to log there.
const NO_FILE: &str = "/dev/null/access.log";

/// Why no request can be sent.
const NO_WAY_IN: &str =
    "the mesh has no way in: no gateway route leads anywhere, and no node calls others without being called itself";

/// What a step needs.
pub struct Tour<'t> {
    /// The API.
    pub api: &'t dyn MeshApi,
    /// The mesh.
    pub mesh: &'t str,
    /// Who is connected to the control plane.
    pub proxies: &'t Proxies,
    /// Who sends requests.
    pub caller: &'t Caller,
    /// The nodes and gateways that are to have a proxy.
    pub expected: BTreeSet<(Kind, String)>,
}

impl fmt::Debug for Tour<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tour")
            .field("mesh", &self.mesh)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

/// What a step found.
pub type Found = Result<String, String>;

/// A resource as the API has it, and the call that changes it.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its kind.
    pub kind: Kind,
    /// The router of a route.
    pub parent: Option<String>,
    /// Its name.
    pub name: String,
    /// Its specification.
    pub spec: Value,
}

/// A route that splits its requests.
#[derive(Clone, Debug)]
pub struct Split {
    /// The route.
    pub route: Held,
    /// Its targets, in their order.
    pub nodes: Vec<String>,
    /// The virtual services behind which its router stands.
    pub services: BTreeSet<String>,
    /// Where other routes of the router lead.
    pub others: BTreeSet<String>,
}

impl Held {
    /// The call that gives it a specification.
    pub fn update(&self, mesh: &str, spec: Value) -> Call {
        let target = Target { mesh: mesh.to_owned(), parent: self.parent.clone(), name: Some(self.name.clone()) };
        Call::new(Operation::Update(self.kind), target).with_member("spec", spec)
    }
}

impl Split {
    /// The specification that sends everything to the last target.
    pub fn all_to_last(&self) -> Value {
        let mut spec = self.route.spec.clone();
        if let Some(targets) = targets(&mut spec) {
            let last = targets.len().saturating_sub(1);
            for (position, target) in targets.iter_mut().enumerate() {
                target["weight"] = json!(if position == last { 100 } else { 0 });
            }
        }
        spec
    }
}

/// The weighted targets of a route.
fn targets(spec: &mut Value) -> Option<&mut Vec<Value>> {
    let protocols = ["httpRoute", "http2Route", "grpcRoute", "tcpRoute"];
    let own = protocols.into_iter().find(|own| spec[*own].is_object())?;
    spec[own]["action"]["weightedTargets"].as_array_mut()
}

fn nodes(spec: &Value) -> Vec<String> {
    let mut spec = spec.clone();
    let targets = targets(&mut spec).map(std::mem::take).unwrap_or_default();
    targets.iter().filter_map(|target| target["virtualNode"].as_str()).map(str::to_owned).collect()
}

/// What is to be seen before a step is over.
enum Seen {
    /// It is.
    Done(String),
    /// Not yet; what was seen instead.
    Not(String),
    /// It will not come; what was seen instead.
    Never(String),
}

impl Tour<'_> {
    /// Waits until every proxy has accepted all that it is to have.
    ///
    /// # Errors
    /// Which has not, and why.
    pub fn proxies_are_settled(&self) -> Found {
        let mut refused_since = None;
        until(|| {
            let connected = self.proxies.all();
            let missing: Vec<Missing> = self.expected.iter().filter_map(|own| missing(&connected, own)).collect();
            if missing.is_empty() {
                return Seen::Done(format!("all {} proxies have accepted their configuration", self.expected.len()));
            }
            let said: Vec<&str> = missing.iter().map(|own| own.why.as_str()).collect();
            // Nothing is waited for any longer but that somebody changes what is refused.
            let is_final = missing.iter().all(|own| own.is_refusal);
            let since: &mut Option<Instant> = &mut refused_since;
            *since = is_final.then(|| since.unwrap_or_else(Instant::now));
            match since {
                Some(since) if since.elapsed() >= LASTING => Seen::Never(said.join("; ")),
                _ => Seen::Not(said.join("; ")),
            }
        })
    }

    /// Waits until requests go through the mesh.
    ///
    /// # Errors
    /// What fails.
    pub fn requests_go_through(&self) -> Found {
        if self.caller.doors() == 0 {
            return Err(NO_WAY_IN.to_owned());
        }
        let mut since = Instant::now();
        until(|| {
            let sample = self.caller.sample(Some(since));
            if let Some(failure) = sample.failure {
                since = Instant::now();
                return Seen::Not(failure);
            }
            if sample.succeeded >= ENOUGH {
                return Seen::Done(format!(
                    "{} requests in a row, each through every proxy on its way",
                    sample.succeeded
                ));
            }
            Seen::Not(format!("{} requests were answered", sample.succeeded))
        })
    }

    /// The first route that splits its requests; `None` where the mesh has none.
    pub fn split(&self) -> Option<Split> {
        let services: Vec<Held> = self
            .names(Kind::VirtualService, None)
            .into_iter()
            .filter_map(|name| self.held(Kind::VirtualService, None, &name))
            .collect();
        for router in self.names(Kind::VirtualRouter, None) {
            let names = self.names(Kind::Route, Some(&router));
            let routes: Vec<Held> =
                names.iter().filter_map(|name| self.held(Kind::Route, Some(&router), name)).collect();
            let Some(route) = routes.iter().find(|route| nodes(&route.spec).len() > 1) else { continue };
            let is_other = |other: &&Held| other.name != route.name;
            let is_provided =
                |own: &&Held| own.spec["provider"]["virtualRouter"]["virtualRouterName"] == router.as_str();
            return Some(Split {
                nodes: nodes(&route.spec),
                services: services.iter().filter(is_provided).map(|own| own.name.clone()).collect(),
                others: routes.iter().filter(is_other).flat_map(|other| nodes(&other.spec)).collect(),
                route: route.clone(),
            });
        }
        None
    }

    /// Sends all requests of a route to its last target, and back.
    ///
    /// # Errors
    /// What did not follow.
    pub fn weights_are_followed(&self, split: &Split) -> Found {
        let start = Instant::now();
        let last = split.nodes.last().cloned().unwrap_or_default();
        self.call(&split.route.update(self.mesh, split.all_to_last()))?;
        let mut since = Instant::now();
        let shifted = until(|| {
            let sample = self.caller.sample(Some(since));
            let left = |service: &String| {
                let answered = sample.nodes.get(service).into_iter().flat_map(|nodes| nodes.keys());
                answered
                    .filter(|node| **node != last && !split.others.contains(*node))
                    .cloned()
                    .collect::<Vec<String>>()
            };
            let left: Vec<String> = split.services.iter().flat_map(left).collect();
            if !left.is_empty() {
                since = Instant::now();
                return Seen::Not(format!("{} still answers", left.join(", ")));
            }
            let count = |service: &String| sample.nodes.get(service).and_then(|nodes| nodes.get(&last)).copied();
            let count: u64 = split.services.iter().filter_map(count).sum();
            if count < ENOUGH {
                return Seen::Not(format!("{last} has answered {count} times"));
            }
            Seen::Done(format!("{count} answers, all of {last}"))
        });
        self.call(&split.route.update(self.mesh, split.route.spec.clone()))?;
        let shifted = shifted?;
        self.proxies_are_settled()?;
        no_failures(&self.caller.sample(Some(start)))?;
        Ok(format!("route {}: {shifted}; put back, and no request has failed", split.route.name))
    }

    /// A node whose listeners its proxy will refuse: it is to log where no file can be.
    pub fn breakable(&self) -> Option<Held> {
        let nodes = self.expected.iter().filter(|(kind, _)| *kind == Kind::VirtualNode);
        let mut held = nodes.filter_map(|(kind, name)| self.held(*kind, None, name));
        held.find(|own| own.spec["listeners"].as_array().is_some_and(|listeners| !listeners.is_empty()))
    }

    /// Has a proxy refuse its configuration, and takes that back.
    ///
    /// # Errors
    /// It did not refuse, or something else broke.
    pub fn a_refusal_is_blamed(&self, node: &Held) -> Found {
        let start = Instant::now();
        self.call(&node.update(self.mesh, broken(&node.spec)))?;
        let refused = until(|| {
            let connected = self.proxies.all();
            let own = connected.iter().filter(|own| own.profile.name == node.name && own.profile.kind == node.kind);
            let rejection = own.flat_map(|own| &own.kinds).find_map(|status| status.rejection.clone());
            match rejection {
                None => Seen::Not(format!("{} has refused nothing", node.name)),
                Some(rejection) => {
                    let names: Vec<&str> = rejection.resources.iter().map(|name| &**name).collect();
                    Seen::Done(format!(
                        "{} refuses {}: {}",
                        node.name,
                        names.join(", "),
                        first_line(&rejection.message)
                    ))
                }
            }
        });
        // Requests that come now meet the configuration that was accepted last.
        sleep(Duration::from_millis(500));
        self.call(&node.update(self.mesh, node.spec.clone()))?;
        let refused = refused?;
        self.proxies_are_settled()?;
        no_failures(&self.caller.sample(Some(start)))?;
        Ok(format!("{refused}; it went on with what it had, and no request has failed"))
    }

    fn call(&self, call: &Call) -> Result<Value, String> {
        self.api.call(call).map_err(|why| why.to_string())
    }

    fn names(&self, kind: Kind, parent: Option<&str>) -> Vec<String> {
        let mut names = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let target = Target { mesh: self.mesh.to_owned(), parent: parent.map(str::to_owned), name: None };
            let mut call = Call::new(Operation::List(kind), target);
            if let Some(token) = next.take() {
                call = call.with_query("nextToken", &token);
            }
            let Ok(page) = self.call(&call) else { return names };
            let lists = page.as_object().into_iter().flat_map(|page| page.values()).filter_map(Value::as_array);
            names.extend(lists.flatten().filter_map(|own| own[kind.name_field()].as_str()).map(str::to_owned));
            next = page["nextToken"].as_str().map(str::to_owned);
            if next.is_none() {
                return names;
            }
        }
    }

    fn held(&self, kind: Kind, parent: Option<&str>, name: &str) -> Option<Held> {
        let target =
            Target { mesh: self.mesh.to_owned(), parent: parent.map(str::to_owned), name: Some(name.to_owned()) };
        let described = self.call(&Call::new(Operation::Describe(kind), target)).ok()?;
        // Source: botocore's model: the answer is the resource itself, under no name on the wire.
        let spec = described.get("spec").or_else(|| described.as_object()?.values().next()?.get("spec"))?.clone();
        Some(Held { kind, parent: parent.map(str::to_owned), name: name.to_owned(), spec })
    }
}

/// The specification of a node that logs where no file can be.
pub fn broken(spec: &Value) -> Value {
    let mut spec = spec.clone();
    spec["logging"] = json!({"accessLog": {"file": {"path": NO_FILE}}});
    spec
}

/// What a proxy still lacks.
struct Missing {
    why: String,
    is_refusal: bool,
}

fn missing(connected: &[Connected], (kind, name): &(Kind, String)) -> Option<Missing> {
    let waits = |why: String| Some(Missing { why, is_refusal: false });
    let own = connected.iter().find(|own| own.profile.kind == *kind && own.profile.name == *name);
    let Some(own) = own else { return waits(format!("{name} has not connected")) };
    if let Some(rejection) = own.kinds.iter().find_map(|status| status.rejection.as_ref()) {
        let names: Vec<&str> = rejection.resources.iter().map(|name| &**name).collect();
        let why = format!("{name} refuses {}: {}", names.join(", "), first_line(&rejection.message));
        return Some(Missing { why, is_refusal: true });
    }
    if own.is_settled { None } else { waits(format!("{name} has not accepted all yet")) }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn no_failures(sample: &Sample) -> Result<(), String> {
    match &sample.failure {
        None => Ok(()),
        Some(failure) => {
            Err(format!("{} of {} requests failed: {failure}", sample.failed, sample.failed + sample.succeeded))
        }
    }
}

/// Looks until it is seen.
fn until(mut look: impl FnMut() -> Seen) -> Found {
    let start = Instant::now();
    loop {
        match look() {
            Seen::Done(found) => return Ok(found),
            Seen::Never(instead) => return Err(instead),
            Seen::Not(instead) if start.elapsed() >= PATIENCE => {
                return Err(format!("after {} s: {instead}", PATIENCE.as_secs()));
            }
            Seen::Not(_) => sleep(GLANCE),
        }
    }
}
