//! What a person is told: where everything is, a tour, and what answers while it runs; or the tour, taken by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;
use meshwright_ads::{Control, Home, Range};
use meshwright_aws::{Client, Limits, Options};
use meshwright_envoy::translate::INGRESS_PORT;
use meshwright_model::Kind;
use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::EGRESS_PORT;
use meshwright_up::caller::Sample;
use meshwright_up::envoys::ADMIN_PORT;
use meshwright_up::parts::Backend;
use meshwright_up::redirect::Redirected;
use meshwright_up::tour::{Found, Held, broken};
use meshwright_up::witness::Asked;
use meshwright_up::{Caller, Entry, Namespaces, Network, Part, Seen, Tour};
use serde_json::{Value, json};

use super::place::Desk;
use crate::{End, deliver};

/// How often it is looked what answers.
const PERIOD: Duration = Duration::from_secs(1);

/// By how many of a hundred a share must have moved to be told.
const MOVED: u64 = 10;

/// A part and where it is.
pub(super) struct Where {
    kind: Kind,
    name: String,
    address: String,
    doors: Vec<String>,
    network: Seen,
    /// What leads into its namespace, where it has one.
    inside: Option<String>,
    /// What its application does in there, and the command that does it.
    call: Option<(String, String)>,
}

/// Tells and shows; it runs on a thread of its own.
pub(super) struct Guide {
    pub(super) control: Control,
    pub(super) caller: Caller,
    pub(super) url: String,
    pub(super) region: String,
    pub(super) mesh: String,
    pub(super) expected: BTreeSet<(Kind, String)>,
    pub(super) parts: Vec<Where>,
    pub(super) namespaces: Option<Namespaces>,
    pub(super) files: Vec<String>,
    pub(super) desk: Desk,
    pub(super) started: Instant,
    pub(super) has_proxies: bool,
}

impl Where {
    pub(super) fn of((part, home, network): (&Part, &Home, &Network)) -> Self {
        let (addresses, is_gateway) = (home.addresses, part.kind == Kind::VirtualGateway);
        let inside = network.namespace().map(|own| format!("nsenter --net={}", own.path()));
        let (at, from) = match &inside {
            _ if is_gateway => (addresses.ingress, String::new()),
            None => (addresses.application, String::new()),
            Some(inside) => (addresses.application, format!("{inside} ")),
        };
        // Whoever has not our authority's certificate cannot come in by TLS.
        let open = part.entries.iter().filter(|entry| entry.tls.is_none() && entry.protocol != PortProtocol::Grpc);
        let mut open: Vec<&Entry> = open.collect();
        open.sort_by_key(|entry| (entry.asked.headers.len(), entry.asked.path.len()));
        let door = |entry: &&Entry| {
            let host = entry.host.iter().map(|host| format!("-H 'host: {host}' "));
            let options: String = host.chain(options(&entry.asked)).collect();
            format!("{from}curl {options}http://{at}:{}{}", entry.port, entry.asked.path)
        };
        let call = part.backends.iter().find(|own| is_plain(own)).map(|backend| {
            let Backend { service, port, asked, .. } = backend;
            let options: String = options(asked).collect();
            let resolved = format!("--resolve {service}:{port}:{}", addresses.egress);
            let command = format!("curl {resolved} {options}http://{service}:{port}{}", asked.path);
            (format!("{} calls {service}", part.name), command)
        });
        Self {
            kind: part.kind,
            name: part.name.clone(),
            address: addresses.ingress.to_string(),
            doors: open.iter().map(door).collect(),
            network: network.seen(),
            inside,
            call,
        }
    }
}

/// Options of curl.
fn options(asked: &Asked) -> impl Iterator<Item = String> {
    let headers = asked.headers.iter().map(|(name, value)| format!("-H '{name}: {value}' "));
    headers.chain((asked.method != "GET").then(|| format!("-X {} ", asked.method)))
}

/// Whether curl speaks to it without ado: stand-ins speak HTTP in TCP.
fn is_plain(backend: &Backend) -> bool {
    matches!(backend.protocol, PortProtocol::Http | PortProtocol::Tcp)
}

impl Guide {
    /// Shows all there is to see; ends with the tour where that is taken by itself.
    pub(super) fn run(self, check: bool) -> Result<End> {
        let options =
            Options { endpoint_url: Some(self.url.clone()), region: Some(self.region.clone()), profile: None };
        let client = Client::new(&options, Limits::default())?;
        let tour = Tour {
            api: &client,
            mesh: &self.mesh,
            proxies: &self.control.proxies,
            caller: &self.caller,
            expected: self.expected.clone(),
        };
        if check { self.check(&tour) } else { self.show(&tour) }
    }

    /// Takes the tour.
    fn check(&self, tour: &Tour<'_>) -> Result<End> {
        let mut end = End::Clean;
        let mut step = |what: &str, found: Result<String, String>| -> Result<bool> {
            let (mark, said) = match &found {
                Ok(said) => ("ok    ", said),
                Err(why) => ("FAILED", why),
            };
            say(&format!("{mark} {what}: {said}\n"))?;
            if found.is_err() {
                end = End::Findings;
            }
            Ok(found.is_ok())
        };
        let is_up = step("proxies", tour.proxies_are_settled())?;
        if is_up && step("traffic", tour.requests_go_through())? {
            step("start", Ok(format!("the first of them {:.1} s after the start", self.served())))?;
            if let Some(namespaces) = &self.namespaces {
                step("redirects", self.redirects(namespaces))?;
            }
            match tour.split() {
                Some(split) => drop(step("weights", tour.weights_are_followed(&split))?),
                None => say("-      weights: the mesh has no route that splits its requests\n")?,
            }
            match tour.breakable() {
                Some(node) => drop(step("refusal", tour.a_refusal_is_blamed(&node))?),
                None => say("-      refusal: the mesh has no node that listens\n")?,
            }
        }
        Ok(end)
    }

    /// Whether the kernel takes connections where it is to.
    fn redirects(&self, namespaces: &Namespaces) -> Found {
        let mut sum = Redirected::default();
        for node in self.parts.iter().filter(|part| part.kind == Kind::VirtualNode) {
            let Some(network) = node.network.network() else { continue };
            sum += namespaces.redirected(&network).map_err(|why| format!("{}: {why}", node.name))?;
        }
        let Redirected { sent, received } = sum;
        let found = format!(
            "the kernel has taken {sent} connections of applications to port {EGRESS_PORT} of their Envoys, and {received} that were for applications to port {INGRESS_PORT}"
        );
        if received == 0 { Err(found) } else { Ok(found) }
    }

    /// After how many seconds the first request went through.
    fn served(&self) -> f64 {
        self.caller.served().unwrap_or_else(Instant::now).duration_since(self.started).as_secs_f64()
    }

    /// Tells where everything is, and then what changes.
    fn show(&self, tour: &Tour<'_>) -> Result<End> {
        if !self.has_proxies {
            say(&self.without_proxies())?;
            loop {
                std::thread::sleep(PERIOD);
            }
        }
        let settled = tour.proxies_are_settled();
        let served = settled.and_then(|_| tour.requests_go_through());
        let took = self.served();
        say(&match &served {
            Ok(_) => format!(
                "Mesh {} is up: {} Envoys, and traffic goes through them {took:.1} s after the start.\n",
                self.mesh,
                self.parts.len()
            ),
            Err(why) => format!("Mesh {} is up, but not all of it works: {why}\n", self.mesh),
        })?;
        say(&self.overview())?;
        say(&self.tour(tour)?)?;
        self.watch()
    }

    fn overview(&self) -> String {
        let mut text = format!("\n  API       {}  (region {}; any credentials)\n", self.url, self.region);
        let width = self.parts.iter().map(|part| part.name.chars().count()).max().unwrap_or_default();
        for (position, part) in self.parts.iter().enumerate() {
            let title = if position == 0 { "Envoys" } else { "" };
            let role = if part.kind == Kind::VirtualGateway { "gateway" } else { "node" };
            let _ = writeln!(
                text,
                "  {title:<9} {:<width$}  {role:<7}  {}  admin http://{}:{ADMIN_PORT}",
                part.name, part.address, part.address
            );
        }
        if let Some(namespaces) = &self.namespaces {
            for (position, part) in self.parts.iter().enumerate() {
                let title = if position == 0 { "inside" } else { "" };
                let inside = part.inside.as_deref().unwrap_or_default();
                let _ = writeln!(text, "  {title:<9} {:<width$}  {inside} …  (as root)", part.name);
            }
            let (range, bits) = (namespaces.range(), Range::BITS);
            let _ = writeln!(
                text,
                "  network   a namespace for each Envoy with its application, in {}/{bits}; from here by {}",
                range.first(),
                namespaces.link()
            );
        }
        let _ = writeln!(text, "  files     {}  (followed when they change)", self.files.join(" "));
        let _ = writeln!(text, "  folder    {}  (what Envoys log, certificates)", self.desk.root().display());
        text
    }

    /// What to type, in another terminal.
    fn tour(&self, tour: &Tour<'_>) -> Result<String> {
        let mut text = "\nA tour, in another terminal:\n".to_owned();
        let mut number = 0;
        let mut add = |what: &str, command: &str| {
            number += 1;
            let _ = writeln!(text, "  {number}. {what}\n       {command}");
        };
        if let Some(door) = self.parts.iter().find_map(|part| part.doors.first()) {
            add("send a request, and see who answers it", door);
        }
        let caller = self.parts.iter().find_map(|part| part.inside.as_ref().zip(part.call.as_ref()));
        if let Some((inside, (what, command))) = caller {
            let what = format!("{what}, as its application does; the kernel takes that to its Envoy (as root)");
            add(&what, &format!("{inside} \\\n         {command}"));
            add("see the rules that do it, and how often they did", &format!("{inside} iptables -t nat -vnL"));
        }
        if let Some(split) = tour.split() {
            let last = split.nodes.last().cloned().unwrap_or_default();
            add(&format!("send everything to {last}"), &self.command("shift", &split.route, split.all_to_last())?);
            add("and put it back", &self.command("shift-back", &split.route, split.route.spec.clone())?);
        }
        if let Some(node) = tour.breakable() {
            add(&format!("break the proxy of {}", node.name), &self.command("break", &node, broken(&node.spec))?);
            add(
                "see who refuses what, and why; nobody else is harmed",
                &format!("meshwright proxies --endpoint-url {}", self.url),
            );
            add("and repair it", &self.command("repair", &node, node.spec.clone())?);
        }
        if let Some(gateway) =
            self.parts.iter().find(|part| part.kind == Kind::VirtualGateway && !part.doors.is_empty())
        {
            let url = gateway.doors.first().and_then(|door| door.rsplit(' ').next()).unwrap_or_default();
            let files = self.files.join(" ");
            add(
                "why a request goes where it goes",
                &format!("meshwright trace {files} --from {} --request 'GET {url}'", gateway.name),
            );
        }
        text.push_str("\nCtrl-C ends all of it. What answers:\n");
        Ok(text)
    }

    /// The command of the AWS CLI that changes a resource.
    fn command(&self, file: &str, held: &Held, spec: Value) -> Result<String> {
        let call = held.update(&self.mesh, spec);
        let mut input = json!({"meshName": self.mesh});
        if let (Some(field), Some(parent)) = (held.kind.parent().map(Kind::name_field), &held.parent) {
            input[field] = json!(parent);
        }
        input[held.kind.name_field()] = json!(held.name);
        for (member, value) in call.body {
            input[member] = value;
        }
        let path = self.desk.write(&format!("{file}.json"), &format!("{input:#}\n"))?;
        let verb = format!("update-{}", held.kind.words().replace(' ', "-"));
        Ok(format!(
            "aws appmesh {verb} --no-sign-request --endpoint-url {} --region {} \\\n         --cli-input-json file://{}",
            self.url, self.region, path
        ))
    }

    /// Tells what answers whenever that is something else than before.
    fn watch(&self) -> Result<End> {
        let (start, mut told, mut failure) = (Instant::now(), BTreeMap::new(), None);
        std::thread::sleep(PERIOD);
        loop {
            let recently = Instant::now().checked_sub(PERIOD * 2).unwrap_or(start).max(start);
            let sample = self.caller.sample(Some(recently));
            let shares = shares(&sample);
            if sample.failure != failure || has_moved(&told, &shares) {
                say(&line(&sample, &shares, self.started.elapsed()))?;
                (told, failure) = (shares, sample.failure);
            }
            std::thread::sleep(PERIOD);
        }
    }

    fn without_proxies(&self) -> String {
        format!(
            "Mesh {} is in the API, without proxies.\n\n  API       {}  (region {}; any credentials)\n  files     {}  (followed when they change)\n\n  aws appmesh list-virtual-nodes --no-sign-request --endpoint-url {} --region {} --mesh-name {}\n\nCtrl-C ends it.\n",
            self.mesh,
            self.url,
            self.region,
            self.files.join(" "),
            self.url,
            self.region,
            self.mesh
        )
    }
}

/// Of a hundred answers for a virtual service, how many each node gives.
type Shares = BTreeMap<String, BTreeMap<String, u64>>;

fn shares(sample: &Sample) -> Shares {
    let of = |nodes: &BTreeMap<String, u64>| {
        let sum: u64 = nodes.values().sum();
        nodes.iter().map(|(node, count)| (node.clone(), (count * 100 + sum / 2) / sum.max(1))).collect()
    };
    sample.nodes.iter().map(|(service, nodes)| (service.clone(), of(nodes))).collect()
}

fn has_moved(before: &Shares, now: &Shares) -> bool {
    let share = |shares: &Shares, service: &str, node: &str| {
        shares.get(service).and_then(|nodes| nodes.get(node)).copied().unwrap_or_default()
    };
    let names = before.iter().chain(now).flat_map(|(service, nodes)| nodes.keys().map(move |node| (service, node)));
    let mut names = names.map(|(service, node)| share(before, service, node).abs_diff(share(now, service, node)));
    names.any(|moved| moved > MOVED)
}

fn line(sample: &Sample, shares: &Shares, at: Duration) -> String {
    let mut text = format!("  {:>5} s ", at.as_secs());
    for (service, nodes) in shares {
        let nodes: Vec<String> = match &nodes.iter().collect::<Vec<_>>()[..] {
            [(node, _)] => vec![(*node).clone()],
            several => several.iter().map(|(node, share)| format!("{node} {share} %")).collect(),
        };
        let _ = write!(text, " {service} → {}  ", nodes.join(", "));
    }
    if let Some(failure) = &sample.failure {
        let _ = write!(text, " {} of {} failed: {failure}", sample.failed, sample.failed + sample.succeeded);
    }
    format!("{}\n", text.trim_end())
}

fn say(text: &str) -> Result<()> {
    deliver(None, &meshwright_verbs::Answer { output: text.to_owned(), ..Default::default() })
}
