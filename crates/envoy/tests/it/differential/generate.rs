//! Meshes of every kind of match, weight and rewrite, and requests near the boundaries of their matches.

use meshwright_traffic::Pattern;
use meshwright_traffic::trace::Sent;
use serde_json::{Value, json};

use super::random::Random;
use crate::lab::Lab;
use crate::process::free_ports;

pub(super) const MESH: &str = "m";
pub(super) const CLIENT: &str = "client";
pub(super) const GATEWAY: &str = "gateway";

/// Paths and their parts, few enough that matches meet.
const PREFIXES: &[&str] = &["/", "/a", "/a/", "/a/b", "/ab", "/api/", "/A", "/a%20b", "/x.y", "a"];
const EXACTS: &[&str] = &["/", "/a", "/a/", "/a/b", "/api/v1", "/x.y"];
const PATTERNS: &[&str] = &["/a.*", "/[a-c]+", "/u/[0-9]+", "/(a|api)/.*", "/x\\.y", ".*", "/\\w+", "(?i)/A.*"];
const NAMES: &[&str] = &["x-v", "X-Canary", "user"];
/// Headers that a proxy takes out or puts in before it asks routes, and what stands in a request's first line.
const PROXY_NAMES: &[&str] = &[
    ":authority",
    ":method",
    ":path",
    ":scheme",
    "host",
    "connection",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-envoy-decorator-operation",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-internal",
    "x-envoy-original-host",
    "x-envoy-original-path",
    "x-envoy-retry-on",
    "x-forwarded-client-cert",
    "x-forwarded-for",
    "X-Forwarded-Proto",
    "x-request-id",
];
/// Of those, what no client writes among its headers, and what it would then have to keep.
const UNSENT: &[&str] = &[":authority", ":method", ":path", ":scheme", "host", "transfer-encoding"];
/// Methods that no route can ask for.
const ODD_METHODS: &[&str] = &["CONNECT", "FOO", "QUERY", "M-SEARCH", "PURGE", "PROPFIND", "LINK"];
/// Headers for which Envoy refuses a request, or nearly.
const ODD_HEADERS: &[&str] = &[
    "content-length: abc",
    "content-length: +0",
    "content-length: 0, 0",
    "content-length: 00",
    "transfer-encoding: gzip",
    "connection: x-v",
    "connection: close, X-Canary",
    "connection: x-forwarded-proto",
    "connection: keep-alive",
    "te: gzip",
    "te: gzip, trailers",
    "x-forwarded-proto: ftp",
    "x-forwarded-proto: HTTPS",
];
const VALUES: &[&str] = &["1", "2", "v1", "v2", "green", "a,b", "10"];
const VALUE_PATTERNS: &[&str] = &["v[0-9]", ".*green.*", "[0-9]+", "a|b"];
const PARAMETERS: &[&str] = &["q", "fish", "a b"];
const METHODS: &[&str] = &["GET", "POST", "DELETE", "HEAD"];
const SERVICES: &[&str] = &["s0.local", "s1.local", "S2.Local", "alone.local", UNANSWERED, "tcp.local"];
/// A backend without a provider.
pub(super) const UNANSWERED: &str = "bare.local";
const PORTS: &[u16] = &[80, 8080, 9000];
const HOSTS: &[&str] = &["shop.example.com", "api.example.com"];
const SUFFIXES: &[&str] = &[".example.com", "*.shop.test", ".shop.test", ".test", "*"];

/// A mesh and what is sent into it.
pub(super) struct Case {
    pub(super) mesh: Vec<Value>,
    pub(super) requests: Vec<Sending>,
    /// Whether the client dials ports of the loopback that stand for its backends.
    pub(super) is_by_loopback: bool,
}

/// What is sent, and by whom.
#[derive(Clone)]
pub(super) struct Sending {
    pub(super) from: &'static str,
    pub(super) line: String,
    pub(super) headers: Vec<String>,
}

impl Sending {
    pub(super) fn sent(&self) -> Sent {
        let mut sent: Sent = self.line.parse().unwrap();
        self.headers.iter().for_each(|header| sent.add_header(header).unwrap());
        sent
    }
}

/// A listener of a node that can be a target.
#[derive(Clone)]
struct Target {
    node: String,
    port: u16,
    protocol: &'static str,
}

/// A match, and where requests for it are sent.
#[derive(Clone)]
struct Matched {
    matcher: Value,
    /// The virtual service; empty where any host will do.
    host: &'static str,
    port: u16,
}

/// A mesh under way.
struct Draft<'d> {
    random: &'d mut Random,
    mesh: Vec<Value>,
    targets: Vec<Target>,
    /// The matches of routes.
    matches: Vec<Matched>,
    /// The matches of gateway routes.
    gateway_matches: Vec<Matched>,
    gateway_ports: Vec<u16>,
    /// Ports on which an echo answers and no node listens.
    others: Vec<u16>,
}

impl Case {
    pub(super) fn new(random: &mut Random, lab: &Lab, requests: usize) -> Self {
        let mut draft = Draft {
            random,
            mesh: Vec::new(),
            targets: Vec::new(),
            matches: Vec::new(),
            gateway_matches: Vec::new(),
            gateway_ports: free_ports(2),
            others: Vec::new(),
        };
        draft.nodes(lab);
        draft.routers();
        draft.services();
        draft.gateway(lab);
        let requests = (0..requests).map(|_| draft.request()).collect();
        let is_by_loopback = draft.random.percent(20);
        Self { mesh: draft.mesh, requests, is_by_loopback }
    }
}

impl Draft<'_> {
    fn add(&mut self, mut own: Value) {
        own["meshName"] = json!(MESH);
        self.mesh.push(own);
    }

    /// The mesh, its nodes, and who calls them.
    fn nodes(&mut self, lab: &Lab) {
        let filter = self.random.pick(&["DROP_ALL", "ALLOW_ALL"]);
        self.add(json!({"spec": {"egressFilter": {"type": filter}}}));
        let backends: Vec<Value> = SERVICES.iter().map(|name| self.backend(name, lab)).collect();
        let mut client = json!({"virtualNodeName": CLIENT, "spec": {"backends": backends}});
        self.add_defaults(&mut client, lab);
        self.add(client);
        let mut echoes = lab.echoes.iter().copied();
        let mut secured: Vec<&(u16, Value)> = lab.secured.iter().collect();
        for number in 0..6 {
            let node = format!("n{number}");
            let count = 1 + usize::from(self.random.percent(30));
            let listeners: Vec<Value> = (0..count)
                .map(|_| {
                    let protocol = self.random.pick(&["http", "http", "http2", "grpc", "tcp"]);
                    let (port, tls) = if self.random.percent(25) {
                        let (port, tls) = secured.swap_remove(self.random.below(secured.len()));
                        (*port, Some(tls))
                    } else {
                        (echoes.next().unwrap(), None)
                    };
                    self.targets.push(Target { node: node.clone(), port, protocol });
                    let mapping = json!({"port": port, "protocol": protocol});
                    match tls {
                        None => json!({"portMapping": mapping}),
                        Some(tls) => json!({"portMapping": mapping, "tls": tls}),
                    }
                })
                .collect();
            let response = self.random.pick(&["LOADBALANCER", "ENDPOINTS"]);
            let discovery = json!({"dns": {"hostname": "127.0.0.1", "responseType": response}});
            let discovery = if self.random.percent(5) { Value::Null } else { discovery };
            let mut spec = json!({"listeners": listeners});
            if !discovery.is_null() {
                spec["serviceDiscovery"] = discovery;
            }
            self.add(json!({"virtualNodeName": node, "spec": spec}));
        }
        self.others = echoes.collect();
    }

    fn backend(&mut self, name: &str, lab: &Lab) -> Value {
        let mut service = json!({"virtualServiceName": name});
        if self.random.percent(20) {
            service["clientPolicy"] = self.client_policy(lab);
        }
        json!({"virtualService": service})
    }

    /// What a client insists on for all backends.
    fn add_defaults(&mut self, client: &mut Value, lab: &Lab) {
        if self.random.percent(30) {
            client["spec"]["backendDefaults"] = json!({"clientPolicy": self.client_policy(lab)});
        }
    }

    /// How a client wants TLS. What it checks the server's certificate has, as no simulator sees into that.
    fn client_policy(&mut self, lab: &Lab) -> Value {
        let trust = json!({"file": {"certificateChain": lab.certificates.authority()}});
        let names = json!({"match": {"exact": ["server.local"]}});
        let mut tls = json!({"validation": {"trust": trust, "subjectAlternativeNames": names}});
        if self.random.percent(60) {
            tls["enforce"] = json!(self.random.percent(30));
        }
        if self.random.percent(50) {
            tls["certificate"] = json!({"file": lab.certificates.file("client")});
        }
        if self.random.percent(20) {
            tls["ports"] = json!([self.random.pick(&lab.echoes[..8]), lab.secured[0].0]);
        }
        json!({"tls": tls})
    }

    fn routers(&mut self) {
        for (number, service) in SERVICES[..3].iter().enumerate() {
            let router = format!("r{number}");
            let several = self.random.percent(30);
            let ports: Vec<u16> = if several { vec![80, 8080] } else { vec![*self.random.pick(PORTS)] };
            let protocols: Vec<&str> =
                ports.iter().map(|_| *self.random.pick(&["http", "http", "http2", "grpc"])).collect();
            let listeners = listeners(&ports, &protocols);
            self.add(json!({"virtualRouterName": router, "spec": {"listeners": listeners}}));
            for route in 0..=self.random.below(7) {
                let listener = self.random.below(ports.len());
                let port = (several || self.random.percent(10)).then(|| ports[listener]);
                let place = (*service, ports[listener]);
                self.route(&router, &format!("{router}-{route}"), protocols[listener], port, place);
            }
            for (port, protocol) in ports.iter().zip(&protocols) {
                if self.random.percent(70) {
                    self.last_route(&router, protocol, *port);
                }
            }
        }
        self.add(json!({"virtualRouterName": "rt", "spec": {
            "listeners": [{"portMapping": {"port": 7000, "protocol": "tcp"}}]}}));
        let targets = self.weighted_targets("tcp");
        self.add(json!({"virtualRouterName": "rt", "routeName": "t", "spec": {
            "tcpRoute": {"action": {"weightedTargets": targets}}}}));
    }

    /// A route that takes what no other takes.
    fn last_route(&mut self, router: &str, protocol: &str, port: u16) {
        let targets = self.weighted_targets(protocol);
        let field = format!("{protocol}Route");
        let matcher = if protocol == "grpc" { json!({"port": port}) } else { json!({"prefix": "/", "port": port}) };
        let spec = json!({field: {"match": matcher, "action": {"weightedTargets": targets}}, "priority": 1000});
        self.add(json!({"virtualRouterName": router, "routeName": format!("{router}-last-{port}"), "spec": spec}));
    }

    fn route(
        &mut self,
        router: &str,
        name: &str,
        protocol: &str,
        port: Option<u16>,
        (host, dialled): (&'static str, u16),
    ) {
        let mut matcher = if protocol == "grpc" { self.grpc_match(true) } else { self.http_match(true) };
        self.matches.push(Matched { matcher: matcher.clone(), host, port: dialled });
        if let Some(port) = port {
            matcher["port"] = json!(port);
        }
        let targets = self.weighted_targets(protocol);
        let field = format!("{protocol}Route");
        let mut own = json!({"match": matcher, "action": {"weightedTargets": targets}});
        if self.random.percent(40) {
            own["retryPolicy"] = self.retry_policy();
        }
        let mut spec = json!({field: own});
        if self.random.percent(40) {
            spec["priority"] = json!(self.random.below(4));
        }
        self.add(json!({"virtualRouterName": router, "routeName": name, "spec": spec}));
    }

    fn retry_policy(&mut self) -> Value {
        let mut policy = json!({
            "maxRetries": self.random.below(3), "perRetryTimeout": {"unit": "s", "value": 5},
            "httpRetryEvents": [self.random.pick(&["server-error", "gateway-error", "client-error", "stream-error"])],
        });
        if self.random.percent(40) {
            policy["tcpRetryEvents"] = json!(["connection-error"]);
        }
        policy
    }

    fn weighted_targets(&mut self, protocol: &str) -> Value {
        let fitting: Vec<Target> =
            self.targets.iter().filter(|target| (target.protocol == "tcp") == (protocol == "tcp")).cloned().collect();
        let count = 1 + self.random.below(3);
        let mut targets = Vec::new();
        for _ in 0..count {
            let weight = *self.random.pick(&[0, 1, 1, 50, 100]);
            if fitting.is_empty() || self.random.percent(4) {
                targets.push(json!({"virtualNode": "gone", "weight": weight}));
                continue;
            }
            let target = self.random.pick(&fitting);
            targets.push(json!({"virtualNode": target.node, "port": target.port, "weight": weight}));
        }
        Value::Array(targets)
    }

    /// A match of a route, or of a gateway route, which asks for no scheme.
    fn http_match(&mut self, is_route: bool) -> Value {
        let mut matcher = match self.random.below(10) {
            0..5 => json!({"prefix": self.random.pick(PREFIXES)}),
            5..7 => json!({"path": {"exact": self.random.pick(EXACTS)}}),
            7..9 => json!({"path": {"regex": self.random.pick(PATTERNS)}}),
            _ => json!({}),
        };
        if self.random.percent(15) {
            matcher["method"] = json!(self.random.pick(METHODS));
        }
        if is_route && self.random.percent(5) {
            matcher["scheme"] = json!(self.random.pick(&["http", "https"]));
        }
        let headers = self.headers();
        if !headers.is_empty() {
            matcher["headers"] = json!(headers);
        }
        if self.random.percent(15) {
            let mut parameter = json!({"name": self.random.pick(PARAMETERS)});
            if self.random.percent(70) {
                parameter["match"] = json!({"exact": self.random.pick(VALUES)});
            }
            matcher["queryParameters"] = json!([parameter]);
        }
        matcher
    }

    fn grpc_match(&mut self, is_route: bool) -> Value {
        let mut matcher = json!({});
        if self.random.percent(60) {
            matcher["serviceName"] = json!(self.random.pick(&["shop.Cart", "shop.Orders"]));
            if is_route && self.random.percent(50) {
                matcher["methodName"] = json!(self.random.pick(&["Add", "List"]));
            }
        }
        let headers = self.headers();
        if !headers.is_empty() {
            matcher["metadata"] = json!(headers);
        }
        matcher
    }

    fn headers(&mut self) -> Vec<Value> {
        let count = *self.random.pick(&[0, 0, 0, 1, 1, 2]);
        (0..count).map(|_| self.header()).collect()
    }

    fn header(&mut self) -> Value {
        let name = if self.random.percent(15) { self.random.pick(PROXY_NAMES) } else { self.random.pick(NAMES) };
        let mut header = json!({"name": name});
        // What a proxy makes up itself can be compared with nothing.
        let kinds = if *name == "x-request-id" { 2 } else { 6 };
        let comparison = match self.random.below(kinds) {
            0 => Value::Null,
            1 => json!({"exact": self.random.pick(VALUES)}),
            2 => json!({"prefix": self.random.pick(&["v", "1", "gr"])}),
            3 => json!({"suffix": self.random.pick(&["1", "n", "2"])}),
            4 => json!({"range": {"start": self.random.pick(&[1, 2]), "end": self.random.pick(&[2, 10])}}),
            _ => json!({"regex": self.random.pick(VALUE_PATTERNS)}),
        };
        if !comparison.is_null() {
            header["match"] = comparison;
        }
        if self.random.percent(30) {
            header["invert"] = json!(true);
        }
        header
    }

    fn services(&mut self) {
        for (number, name) in SERVICES[..3].iter().enumerate() {
            let router = json!({"virtualRouter": {"virtualRouterName": format!("r{number}")}});
            self.add(json!({"virtualServiceName": name, "spec": {"provider": router}}));
        }
        let node = self.random.pick(&["n0", "n1"]);
        let provider = json!({"virtualNode": {"virtualNodeName": node}});
        self.add(json!({"virtualServiceName": "alone.local", "spec": {"provider": provider}}));
        self.add(json!({"virtualServiceName": UNANSWERED, "spec": {}}));
        let router = json!({"virtualRouter": {"virtualRouterName": "rt"}});
        self.add(json!({"virtualServiceName": "tcp.local", "spec": {"provider": router}}));
    }

    fn gateway(&mut self, lab: &Lab) {
        let count = 1 + usize::from(self.random.percent(40));
        let ports = self.gateway_ports[..count].to_vec();
        let protocols: Vec<&str> =
            ports.iter().map(|_| *self.random.pick(&["http", "http", "http2", "grpc"])).collect();
        let listeners = listeners(&ports, &protocols);
        let mut gateway = json!({"virtualGatewayName": GATEWAY, "spec": {"listeners": listeners}});
        self.add_defaults(&mut gateway, lab);
        self.add(gateway);
        for number in 0..2 + self.random.below(8) {
            let listener = self.random.below(count);
            let port = (count > 1 || self.random.percent(20)).then(|| ports[listener]);
            self.gateway_route(&format!("g{number}"), protocols[listener], port, ports[listener]);
        }
        self.gateway_ports = ports;
    }

    fn gateway_route(&mut self, name: &str, protocol: &str, port: Option<u16>, dialled: u16) {
        let is_grpc = protocol == "grpc";
        let mut matcher = if is_grpc { self.grpc_match(false) } else { self.http_match(false) };
        if self.random.percent(30) {
            matcher["hostname"] = match self.random.below(5) {
                0 | 1 => json!({"exact": self.random.pick(HOSTS)}),
                2 => json!({"exact": format!("{}:{dialled}", self.random.pick(HOSTS))}),
                _ => json!({"suffix": self.random.pick(SUFFIXES)}),
            };
        }
        self.gateway_matches.push(Matched { matcher: matcher.clone(), host: "", port: dialled });
        if let Some(port) = port {
            matcher["port"] = json!(port);
        }
        let service =
            if self.random.percent(85) { self.random.pick(&SERVICES[..3]) } else { self.random.pick(&SERVICES[..5]) };
        let mut action = json!({"target": {"virtualService": {"virtualServiceName": service}}});
        if self.random.percent(20) {
            action["target"]["port"] = json!(self.random.pick(PORTS));
        }
        let mut rewrite = json!({});
        if self.random.percent(25) {
            rewrite["hostname"] = json!({"defaultTargetHostname": self.random.pick(&["DISABLED", "ENABLED"])});
        }
        if !is_grpc {
            self.add_path_rewrite(&matcher, &mut rewrite);
        }
        if rewrite != json!({}) {
            action["rewrite"] = rewrite;
        }
        let mut spec = json!({format!("{protocol}Route"): {"match": matcher, "action": action}});
        if self.random.percent(40) {
            spec["priority"] = json!(self.random.below(4));
        }
        self.add(json!({"virtualGatewayName": GATEWAY, "gatewayRouteName": name, "spec": spec}));
    }

    fn add_path_rewrite(&mut self, matcher: &Value, rewrite: &mut Value) {
        let prefix = matcher["prefix"].as_str().unwrap_or_default();
        if !matcher["path"].is_null() {
            if self.random.percent(40) {
                rewrite["path"] = json!({"exact": self.random.pick(&["/new", "/new/path", "/n\\1"])});
            }
        } else if prefix.starts_with('/') && prefix.ends_with('/') && self.random.percent(30) {
            rewrite["prefix"] = json!({"value": self.random.pick(&["/new/", "/a/"])});
        } else if self.random.percent(30) {
            rewrite["prefix"] = json!({"defaultPrefix": self.random.pick(&["DISABLED", "ENABLED"])});
        }
    }

    /// A request near a match.
    fn request(&mut self) -> Sending {
        let is_gateway = self.random.percent(40);
        let matches = if is_gateway { &self.gateway_matches } else { &self.matches };
        let Matched { matcher, host, port } = self.random.pick(matches).clone();
        let is_grpc = matcher["serviceName"].is_string() || self.random.percent(4);
        let mut headers = self.request_headers(&matcher);
        let is_near = self.random.percent(85);
        let host = match (is_gateway, is_near) {
            (true, _) => self.gateway_host(&matcher),
            (false, true) => host.to_owned(),
            (false, false) => self.host(),
        };
        let port = match (is_gateway, is_near) {
            (_, true) => port,
            (true, false) => *self.random.pick(&self.gateway_ports.clone()),
            (false, false) => self.port(),
        };
        if self.random.percent(5) {
            headers.push(format!("x-forwarded-proto: {}", self.random.pick(&["https", "http"])));
        }
        if is_gateway && self.random.percent(5) {
            headers.push("x-app-mesh-virtual-service: s0.local".to_owned());
        }
        let from = if is_gateway { GATEWAY } else { CLIENT };
        if is_grpc {
            let service = matcher["serviceName"].as_str().unwrap_or("shop.Cart").to_owned();
            let service = if self.random.percent(80) { service } else { "other.Thing".to_owned() };
            let method = self.random.pick(&["Add", "List", "Other"]);
            return Sending { from, line: format!("grpc://{host}:{port}/{service}/{method}"), headers };
        }
        let method = match matcher["method"].as_str() {
            Some(method) if self.random.percent(80) => method.to_owned(),
            _ => (*self.random.pick(METHODS)).to_owned(),
        };
        let method = if self.random.percent(3) { (*self.random.pick(ODD_METHODS)).to_owned() } else { method };
        if method == "QUERY" && self.random.percent(50) {
            headers.push("content-type: text/plain".to_owned());
        }
        if self.random.percent(5) {
            headers.extend(self.odd_headers());
        }
        let path = self.path(&matcher);
        let query = self.query(&matcher);
        Sending { from, line: format!("{method} http://{host}:{port}{path}{query}"), headers }
    }

    /// Headers that Envoy may refuse: of which it has its own notion, many, or long.
    fn odd_headers(&mut self) -> Vec<String> {
        let many = |count: usize| (0..count).map(|number| format!("x-{number}: 1")).collect();
        let long = |size: usize| vec![format!("x-long: {}", "x".repeat(size))];
        match self.random.below(8) {
            0 => many(120),
            1 => many(60),
            2 => long(70_000),
            3 => long(30_000),
            _ => vec![(*self.random.pick(ODD_HEADERS)).to_owned()],
        }
    }

    fn host(&mut self) -> String {
        let service = *self.random.pick(SERVICES);
        match self.random.below(12) {
            0 => service.to_ascii_uppercase(),
            1 => "other.local".to_owned(),
            2 => format!("{service}."),
            _ => service.to_owned(),
        }
    }

    fn gateway_host(&mut self, matcher: &Value) -> String {
        let hostname = &matcher["hostname"];
        let near = match (hostname["exact"].as_str(), hostname["suffix"].as_str()) {
            (Some(exact), _) => exact.split(':').next().unwrap_or(exact).to_owned(),
            (_, Some(suffix)) => format!("x{}", suffix.trim_start_matches('*')),
            _ => "any.where".to_owned(),
        };
        if self.random.percent(80) {
            near
        } else {
            (*self.random.pick(&["x.shop.test", "test", "Shop.Example.Com"])).to_owned()
        }
    }

    fn port(&mut self) -> u16 {
        match self.random.below(20) {
            0 => 7000,
            1 => self.others.first().copied().unwrap_or(80),
            2..5 => {
                let alone: Vec<u16> = self.targets.iter().take(3).map(|target| target.port).collect();
                *self.random.pick(&alone)
            }
            _ => *self.random.pick(PORTS),
        }
    }

    fn path(&mut self, matcher: &Value) -> String {
        let exact = matcher["path"]["exact"].as_str().or(matcher["prefix"].as_str()).map(str::to_owned);
        let sample = matcher["path"]["regex"].as_str().and_then(|text| {
            let samples = Pattern::new(text).unwrap().samples();
            samples.into_iter().find(|sample| sample.starts_with('/'))
        });
        let mut path = exact.or(sample).unwrap_or_else(|| "/a".to_owned());
        if !path.starts_with('/') {
            path.insert(0, '/');
        }
        match self.random.below(20) {
            0 => path.push('x'),
            1 => path.push_str("/b"),
            2 => path.push('/'),
            3 => path = path.to_ascii_uppercase(),
            4 => path = format!("/{path}"),
            5 => path = format!("/z/..{path}"),
            6 => path = path.replacen("/a", "/%61", 1),
            7..10 => path = self.odd_path(&path),
            10 => {
                path.pop();
                if path.is_empty() {
                    path.push('/');
                }
            }
            _ => {}
        }
        path
    }

    /// A path that Envoy looks at closely.
    fn odd_path(&mut self, path: &str) -> String {
        let odd = self.random.pick(&[
            "/./",
            "/..",
            "/%2e%2e/a",
            "/%2F",
            "\\b",
            "/%zz",
            "/%00",
            "/a;b=1",
            "/%20",
            "/\"",
            "/|",
            "/%e4",
            "/a%",
            "/[x]",
            "/^",
            "/{a}",
            "/<",
            "/a//b",
            "/.a",
            "/...",
            "/a.",
            "/%2E/x",
            "/`",
            "/%7Ea",
            "/+",
            "/*",
            "/'",
            "/%41",
            "/%5c",
            "/%25",
        ]);
        format!("{path}{odd}")
    }

    fn query(&mut self, matcher: &Value) -> String {
        let parameter = &matcher["queryParameters"][0];
        let Some(name) = parameter["name"].as_str() else {
            return if self.random.percent(10) { "?a=1&b".to_owned() } else { String::new() };
        };
        let name = name.replace(' ', "%20");
        let value = parameter["match"]["exact"].as_str().unwrap_or("x");
        match self.random.below(8) {
            0 => String::new(),
            1 => format!("?{name}"),
            2 => format!("?{name}="),
            3 => format!("?other=1&{name}={value}"),
            4 => format!("?{name}=2&{name}={value}"),
            5 => format!("?{}={value}", name.to_ascii_uppercase()),
            _ => format!("?{name}={value}"),
        }
    }

    /// Headers near those of a match.
    fn request_headers(&mut self, matcher: &Value) -> Vec<String> {
        let own = matcher["headers"].as_array().or(matcher["metadata"].as_array()).cloned().unwrap_or_default();
        let mut headers = Vec::new();
        for header in own {
            let name = header["name"].as_str().unwrap();
            if UNSENT.contains(&name) {
                continue;
            }
            let comparison = &header["match"];
            let near =
                ["exact", "prefix", "suffix"].iter().find_map(|kind| comparison[*kind].as_str()).map(str::to_owned);
            let start = comparison["range"]["start"].as_i64().map(|start| start.to_string());
            let mut value = near.or(start).unwrap_or_else(|| (*self.random.pick(VALUES)).to_owned());
            match self.random.below(24) {
                0 => continue,
                1 => value.push('1'),
                2 => value = value.to_ascii_uppercase(),
                3 => value = comparison["range"]["end"].as_i64().map_or(value, |end| end.to_string()),
                4 => headers.push(format!("{name}: {}", self.random.pick(VALUES))),
                5 => (*self.random.pick(&["+1", "-0", "1.0", " 5", "05", ""])).clone_into(&mut value),
                6 => (*self.random.pick(VALUES)).clone_into(&mut value),
                _ => {}
            }
            headers.push(format!("{name}: {value}"));
        }
        if self.random.percent(15) {
            headers.push(format!("{}: {}", self.random.pick(NAMES), self.random.pick(VALUES)));
        }
        headers
    }
}

/// The listeners of a router or gateway.
fn listeners(ports: &[u16], protocols: &[&str]) -> Vec<Value> {
    let mappings = ports.iter().zip(protocols);
    mappings.map(|(port, protocol)| json!({"portMapping": {"port": port, "protocol": protocol}})).collect()
}
