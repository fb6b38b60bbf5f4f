//! Virtual nodes in English, with what hangs on their listeners.

use meshwright_language::intent::{
    AccessLog, AccessLogFormat, Action, Certificate, ClientTls, CloudMap, ConnectionPool, Discovery, Dns, HealthCheck,
    IpPreference, Listener, ListenerTls, OutlierDetection, Protocol, Timeout, TlsMode, Trust, VirtualNode,
};

use crate::round_trip::voice::Voice;

/// "Create a virtual node orders listening on 8080 for http, with …"
pub(super) fn node(node: &VirtualNode, voice: &mut Voice<'_>) -> String {
    let name = voice.name(node.name.as_deref().unwrap_or_default());
    if node.action == Action::Change {
        return change(&name, &node.listeners[0], voice);
    }
    let start = [
        "Create a virtual node {}",
        "create a virtual node named {}",
        "I need a virtual node called {}",
        "virtual node {}",
        "Please add a new node {}",
    ];
    let mut own = Vec::new();
    own.extend(node.discovery.iter().map(|discovery| self::discovery(discovery, voice)));
    own.extend(node.ip_preference.iter().map(|preference| ip_preference(*preference, voice).to_owned()));
    let calls: Vec<String> = node.calls.iter().map(|call| call.to.clone()).collect();
    if !calls.is_empty() {
        let calls = voice.list(&calls);
        own.push(voice.say(&["calling {}", "with backends {}", "depending on {}", "that calls {}"], calls));
    }
    own.extend(node.access_log.iter().map(|log| access_log(log, voice)));
    voice.shuffle(&mut own);
    let mut parts: Vec<String> = Vec::new();
    for (at, one) in node.listeners.iter().enumerate() {
        // A port after a health check is the health check's, unless it is listened on.
        parts.push(if at == 0 { listener(one, voice) } else { further_listener(one, voice) });
    }
    parts.append(&mut own);
    parts.extend(node.backend_tls.iter().map(|tls| backend_tls(tls, voice)));
    let mut said = voice.say(&start, name);
    for part in &parts {
        said.push_str(voice.one_of(&[", ", ", and ", " and ", ", "]));
        said.push_str(part);
    }
    said
}

/// "Add a health check on /healthz to the orders node"
fn change(name: &str, listener: &Listener, voice: &mut Voice<'_>) -> String {
    let part = blocks(listener, voice).concat();
    match voice.one_of(&["to", "on", "let"]) {
        "to" => voice.say(&["Add {} to the node ", "add {} to the virtual node "], part) + name,
        "on" => format!(
            "{} {name} {} {part}",
            voice.one_of(&["On the node", "on virtual node"]),
            voice.one_of(&["add", "enable", "set"])
        ),
        _ => format!("{} {name} {part}", voice.one_of(&["Give the node", "give the virtual node"])),
    }
}

/// "listening on 8080 for http, with a health check …"
pub(super) fn listener(listener: &Listener, voice: &mut Voice<'_>) -> String {
    let ways = ["listening on port {}", "on port {}", "listening on {}"];
    let ways_of_protocol = ["listening on port {} for ", "on port {} using ", "on {} over ", "port {} protocol "];
    listener_said(listener, &ways, &ways_of_protocol, voice)
}

fn further_listener(listener: &Listener, voice: &mut Voice<'_>) -> String {
    let ways = ["listening on port {}", "also listening on {}", "a second listener on port {}"];
    let ways_of_protocol =
        ["listening on port {} for ", "also listening on {} for ", "a second listener on port {} using "];
    listener_said(listener, &ways, &ways_of_protocol, voice)
}

fn listener_said(listener: &Listener, ways: &[&str], ways_of_protocol: &[&str], voice: &mut Voice<'_>) -> String {
    let port = listener.port.unwrap_or_default();
    let said = match listener.protocol.map(protocol) {
        Some(protocol) => voice.say(ways_of_protocol, port) + protocol,
        None => voice.say(ways, port),
    };
    let mut blocks = blocks(listener, voice);
    voice.shuffle(&mut blocks);
    let mut parts = vec![said];
    parts.extend(listener.tls.iter().map(|tls| listener_tls(tls, voice)));
    parts.append(&mut blocks);
    voice.join(&parts)
}

fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "http",
        Protocol::Http2 => "http2",
        Protocol::Grpc => "gRPC",
        Protocol::Tcp => "tcp",
    }
}

fn blocks(listener: &Listener, voice: &mut Voice<'_>) -> Vec<String> {
    let mut blocks = Vec::new();
    blocks.extend(listener.health_check.iter().map(|check| health_check(check, voice)));
    blocks.extend(listener.timeout.iter().map(|one| timeout(one, voice)));
    blocks.extend(listener.connection_pool.iter().map(|pool| connection_pool(pool, voice)));
    blocks.extend(listener.outlier_detection.iter().map(|outlier| outlier_detection(outlier, voice)));
    blocks
}

fn health_check(check: &HealthCheck, voice: &mut Voice<'_>) -> String {
    let mut parts = Vec::new();
    parts.extend(check.path.iter().map(|path| voice.say(&["on path {}", "path {}", "hitting {}"], path)));
    parts.extend(check.port.iter().map(|port| voice.say(&["on port {}", "port {}", "using port {}"], port)));
    if let Some(interval) = check.interval {
        let interval = voice.span(interval);
        parts.push(voice.say(&["every {}", "interval {}", "an interval of {}", "a {} interval"], interval));
    }
    if let Some(timeout) = check.timeout {
        let timeout = voice.span(timeout);
        parts.push(voice.say(&["timeout {}", "a timeout of {}", "a {} timeout"], timeout));
    }
    let healthy = ["healthy threshold {}", "healthy after {}", "{} successes", "a healthy threshold of {}"];
    parts.extend(check.healthy_threshold.iter().map(|count| voice.say(&healthy, count)));
    let unhealthy =
        ["unhealthy threshold {}", "unhealthy after {} failures", "{} consecutive failures", "unhealthy after {}"];
    parts.extend(check.unhealthy_threshold.iter().map(|count| voice.say(&unhealthy, count)));
    block(&["a health check", "health checks", "a healthcheck"], parts, voice)
}

pub(super) fn timeout(timeout: &Timeout, voice: &mut Voice<'_>) -> String {
    let mut parts = Vec::new();
    if let Some(request) = timeout.per_request {
        let request = voice.span(request);
        parts.push(voice.say(&["a request timeout of {}", "a {} request timeout", "request timeout {}"], request));
    }
    if let Some(idle) = timeout.idle {
        let idle = voice.span(idle);
        parts.push(voice.say(&["an idle timeout of {}", "a {} idle timeout", "idle timeout {}"], idle));
    }
    voice.shuffle(&mut parts);
    parts.join(voice.one_of(&[" and ", ", ", " with "]))
}

fn connection_pool(pool: &ConnectionPool, voice: &mut Voice<'_>) -> String {
    let mut parts = Vec::new();
    let connections = ["{} connections", "max connections {}", "at most {} connections"];
    parts.extend(pool.max_connections.iter().map(|count| voice.say(&connections, count)));
    let pending = ["{} pending requests", "max pending requests {}", "up to {} pending requests"];
    parts.extend(pool.max_pending_requests.iter().map(|count| voice.say(&pending, count)));
    let requests = ["{} concurrent requests", "max requests {}", "at most {} requests"];
    parts.extend(pool.max_requests.iter().map(|count| voice.say(&requests, count)));
    block(&["a connection pool", "connection pool", "connection limits"], parts, voice)
}

fn outlier_detection(outlier: &OutlierDetection, voice: &mut Voice<'_>) -> String {
    let mut parts = Vec::new();
    let errors = ["after {} consecutive 5xx errors", "{} server errors", "max server errors {}", "after {} errors"];
    parts.extend(outlier.max_server_errors.iter().map(|count| voice.say(&errors, count)));
    if let Some(interval) = outlier.interval {
        let interval = voice.span(interval);
        parts.push(voice.say(&["an interval of {}", "interval {}", "a {} interval"], interval));
    }
    if let Some(base) = outlier.base_ejection_duration {
        let base = voice.span(base);
        parts.push(voice.say(&["a base ejection duration of {}", "a {} base ejection", "base ejection time {}"], base));
    }
    let percent = [
        "a maximum ejection percentage of {}%",
        "max ejection percent {}%",
        "at most {}% of hosts",
        "max ejection {} percent",
    ];
    parts.extend(outlier.max_ejection_percent.iter().map(|count| voice.say(&percent, count)));
    block(&["outlier detection", "an outlier detection", "outlier ejection"], parts, voice)
}

/// A block and its parts, in any order.
fn block(names: &[&str], mut parts: Vec<String>, voice: &mut Voice<'_>) -> String {
    voice.shuffle(&mut parts);
    let name = voice.one_of(names);
    if parts.is_empty() {
        return name.to_owned();
    }
    let first = voice.one_of(&[" with ", " ", ": "]);
    format!("{name}{first}{}", parts.join(voice.one_of(&[", ", " and ", ", and "])))
}

fn listener_tls(tls: &ListenerTls, voice: &mut Voice<'_>) -> String {
    let mut parts = vec![
        match tls.mode {
            Some(TlsMode::Disabled) => voice.one_of(&["TLS off", "without TLS", "TLS disabled"]),
            Some(TlsMode::Strict) => voice.one_of(&["strict TLS", "TLS mode strict", "TLS required"]),
            Some(TlsMode::Permissive) => voice.one_of(&["permissive TLS", "TLS mode permissive", "TLS permissive"]),
            None => voice.one_of(&["TLS", "TLS enabled", "TLS termination"]),
        }
        .to_owned(),
    ];
    if tls.mutual {
        parts.push(voice.one_of(&["mutual TLS", "mTLS", "two-way TLS"]).to_owned());
    }
    parts.extend(tls.certificate.iter().map(|one| certificate(one, "", voice)));
    parts.extend(tls.trust.iter().map(|one| trust(one, voice)));
    parts.join(voice.one_of(&[", ", " and ", " with "]))
}

fn certificate(certificate: &Certificate, whose: &str, voice: &mut Voice<'_>) -> String {
    match certificate {
        Certificate::Acm { arn } => voice.say(
            &["certificate {}", "the ACM certificate {}", "a certificate from ACM {}"],
            arn.as_deref().unwrap_or_default(),
        ),
        Certificate::File { chain, key } => {
            let (chain, key) = (chain.as_deref().unwrap_or_default(), key.as_deref().unwrap_or_default());
            let middle = voice.one_of(&[" and private key ", ", private key ", " and key "]);
            format!("{whose}certificate {chain}{middle}{key}")
        }
        Certificate::Sds { secret } => {
            let ways = [
                "certificate from SDS secret {}",
                "certificate via SDS with the secret {}",
                "certificate SDS secret {}",
            ];
            format!("{whose}{}", voice.say(&ways, secret.as_deref().unwrap_or_default()))
        }
    }
}

fn trust(trust: &Trust, voice: &mut Voice<'_>) -> String {
    match trust {
        Trust::File { chain } => {
            voice.say(&["trusting the CA {}", "CA bundle {}", "trust chain {}"], chain.as_deref().unwrap_or_default())
        }
        Trust::Sds { secret } => {
            let ways = ["trust from SDS secret {}", "trusting the SDS secret {}", "validation by SDS secret {}"];
            voice.say(&ways, secret.as_deref().unwrap_or_default())
        }
        Trust::Acm { arns } => voice.say(&["trusting the CA {}"], arns.concat()),
    }
}

fn backend_tls(tls: &ClientTls, voice: &mut Voice<'_>) -> String {
    let mut parts = vec![
        voice.one_of(&["TLS to all backends", "enforcing TLS to backends", "TLS towards its backends"]).to_owned(),
    ];
    parts.extend(tls.trust.iter().map(|one| trust(one, voice)));
    parts.extend(tls.certificate.iter().map(|one| certificate(one, "client ", voice)));
    parts.join(voice.one_of(&[", ", " and ", " with "]))
}

fn discovery(discovery: &Discovery, voice: &mut Voice<'_>) -> String {
    match discovery {
        Discovery::Dns(Dns { hostname, endpoints }) => {
            let ways =
                ["discovered by DNS at {}", "DNS hostname {}", "DNS service discovery with hostname {}", "hostname {}"];
            let mut said = voice.say(&ways, hostname.as_deref().unwrap_or_default());
            if let Some(endpoints) = endpoints {
                said.push_str(voice.one_of(&[" with ", ", ", " and "]));
                said.push_str(match endpoints {
                    true => voice.one_of(&["response type endpoints", "every A record is an endpoint", "strict DNS"]),
                    false => voice.one_of(&["response type loadbalancer", "behind a load balancer", "logical DNS"]),
                });
            }
            said
        }
        Discovery::CloudMap(CloudMap { namespace, service, version_attribute: _, attributes }) => {
            let mut parts = Vec::new();
            parts.extend(
                namespace.iter().map(|name| voice.say(&["namespace {}", "the namespace {}", "in namespace {}"], name)),
            );
            parts.extend(
                service.iter().map(|name| voice.say(&["service name {}", "service {}", "Cloud Map service {}"], name)),
            );
            let pairs = ["attribute {}", "the instance attribute {}", "custom attribute {}"];
            parts.extend(attributes.iter().map(|(key, value)| voice.say(&pairs, format!("{key}={value}"))));
            block(&["AWS Cloud Map", "Cloud Map discovery", "Cloud Map service discovery"], parts, voice)
        }
    }
}

pub(super) fn ip_preference<'w>(preference: IpPreference, voice: &mut Voice<'_>) -> &'w str {
    match preference {
        IpPreference::Ipv4Only => voice.one_of(&["IPv4 only", "IP preference IPv4_ONLY", "only IPv4"]),
        IpPreference::Ipv6Only => voice.one_of(&["IPv6 only", "IP preference IPv6_ONLY", "only IPv6"]),
        IpPreference::Ipv4Preferred => voice.one_of(&["IPv4 preferred", "preferring IPv4", "a preference for IPv4"]),
        IpPreference::Ipv6Preferred => voice.one_of(&["IPv6 preferred", "preferring IPv6", "a preference for IPv6"]),
    }
}

pub(super) fn access_log(log: &AccessLog, voice: &mut Voice<'_>) -> String {
    let format = match log.format {
        Some(AccessLogFormat::Json(_)) => {
            voice.one_of(&["JSON access logs", "access logs as JSON", "access logs in JSON format"])
        }
        _ => voice.one_of(&["access logs", "an access log", "access logging"]),
    };
    match &log.path {
        Some(path) => format!("{format} {} {path}", voice.one_of(&["to", "written to", "at"])),
        None => format.to_owned(),
    }
}
