//! Routers, routes and gateways in English.

use meshwright_language::intent::{
    Comparison, GatewayRoute, Header, Hostname, Match, Pathway, Protocol, Query, Retry, Rewrite, Route, Target,
    VirtualGateway, VirtualRouter,
};

use super::node::{access_log, listener, timeout};
use crate::round_trip::voice::Voice;

/// "Create a virtual router main on port 8080. Send /api to orders."
pub(super) fn router(router: &VirtualRouter, voice: &mut Voice<'_>) -> String {
    let start = ["Create a virtual router {}", "virtual router {}", "I want a router called {}"];
    let mut said = voice.say(&start, router.name.as_deref().unwrap_or_default());
    for listener in &router.listeners {
        let port = listener.port.unwrap_or_default();
        said.push_str(&voice.say(&[" listening on port {}", " on port {}", " listening on {}"], port));
        if let Some(protocol) = listener.protocol {
            said.push_str(voice.one_of(&[" for ", " using ", " over "]));
            said.push_str(Protocol::word(protocol));
        }
    }
    for one in &router.routes {
        said.push_str(voice.one_of(&[". ", ".\n", "; "]));
        said.push_str(&route(one, voice));
    }
    said
}

/// "Send /api to orders with 3 retries"
pub(super) fn route(route: &Route, voice: &mut Voice<'_>) -> String {
    let requests = requests(&route.matcher, voice);
    let targets = targets(&route.targets, voice);
    let mut said = send(&requests, &targets, voice);
    if let Some(router) = &route.router {
        said.push_str(&voice.say(&[" on router {}", " on the virtual router {}", " on the router {}"], router));
    }
    let mut parts = Vec::new();
    parts.extend(route.retry.iter().map(|one| retry(one, voice)));
    parts.extend(route.timeout.iter().map(|one| timeout(one, voice)));
    parts
        .extend(route.priority.iter().map(|one| voice.say(&["priority {}", "a priority of {}", "precedence {}"], one)));
    voice.shuffle(&mut parts);
    for part in parts {
        said.push_str(voice.one_of(&[" with ", ", with ", ", "]));
        said.push_str(&part);
    }
    said
}

fn send(requests: &str, targets: &str, voice: &mut Voice<'_>) -> String {
    match voice.one_of(&["send", "route", "direct", "go"]) {
        "go" => format!("{requests} {} {targets}", voice.one_of(&["go", "are sent", "should go"])),
        verb => format!("{verb} {requests} {targets}"),
    }
}

fn requests(matcher: &Match, voice: &mut Voice<'_>) -> String {
    let mut said = match &matcher.method {
        Some(method) => voice.say(&["{} requests", "{} traffic", "requests with method {}"], method),
        None => voice.one_of(&["requests", "traffic", "the requests"]).to_owned(),
    };
    let mut parts = Vec::new();
    parts.extend(matcher.path.iter().map(|path| pathway(path, voice)));
    parts.extend(matcher.headers.iter().map(|one| header(one, voice)));
    parts.extend(matcher.query.iter().map(|one| query(one, voice)));
    let schemes = ["scheme {}", "the {} scheme", "the scheme {}"];
    parts.extend(matcher.scheme.iter().map(|scheme| voice.say(&schemes, scheme)));
    let host = ["hostname {}", "the hostname {}", "host name {}"];
    parts.extend(matcher.hostname.iter().map(|name| match name {
        Hostname::Exact(name) => voice.say(&host, name),
        Hostname::Suffix(suffix) => voice.say(&host, format!("*{suffix}")),
    }));
    for (at, part) in parts.iter().enumerate() {
        said.push_str(if at == 0 { " with " } else { voice.one_of(&[" and ", " and with ", ", "]) });
        said.push_str(part);
    }
    said
}

fn pathway(path: &Pathway, voice: &mut Voice<'_>) -> String {
    match path {
        Pathway::Prefix(path) => voice.say(&["path prefix {}", "prefix {}", "paths starting with {}"], path),
        Pathway::Exact(path) => voice.say(&["the exact path {}", "path equal to {}", "path exactly {}"], path),
        Pathway::Regex(path) => {
            voice.say(&["paths matching regex '{}'", "path regex \"{}\"", "a path matching the regex `{}`"], path)
        }
    }
}

fn header(header: &Header, voice: &mut Voice<'_>) -> String {
    let name = voice.say(&["header {}", "the header {}", "the {} header"], &header.name);
    let ways = match (&header.value, header.invert) {
        (None, false) => ["present", "is present", "exists"],
        (None, true) => ["absent", "missing", "not present"],
        (Some(Comparison::Exact(_)), false) => ["equal to {}", "= {}", "set to {}"],
        (Some(Comparison::Exact(_)), true) => ["not equal to {}", "that is not {}", "!= {}"],
        (Some(Comparison::Prefix(_)), false) => ["starting with {}", "prefix {}", "beginning with {}"],
        (Some(Comparison::Prefix(_)), true) => {
            ["not starting with {}", "that does not start with {}", "not beginning with {}"]
        }
        (Some(Comparison::Suffix(_)), false) => ["ending with {}", "suffix {}", "that ends in {}"],
        (Some(Comparison::Suffix(_)), true) => ["not ending with {}", "that does not end with {}", "not ending in {}"],
        (Some(Comparison::Regex(_)), false) => ["matching regex '{}'", "matching the pattern \"{}\"", "regex `{}`"],
        (Some(Comparison::Regex(_)), true) => {
            ["not matching regex '{}'", "that does not match '{}'", "not matching \"{}\""]
        }
        (Some(Comparison::Range { .. }), _) => ["between {}", "in the range {}", "range {}"],
    };
    let value = match &header.value {
        Some(
            Comparison::Exact(text) | Comparison::Prefix(text) | Comparison::Suffix(text) | Comparison::Regex(text),
        ) => text.clone(),
        Some(Comparison::Range { start, end }) => format!("{start} {} {end}", voice.one_of(&["and", "to"])),
        None => String::new(),
    };
    format!("{name} {}", voice.say(&ways, value))
}

fn query(query: &Query, voice: &mut Voice<'_>) -> String {
    let name = voice.say(&["query parameter {}", "the query parameter {}", "query param {}"], &query.name);
    match &query.value {
        Some(value) => name + &voice.say(&["={}", " equal to {}", " = {}"], value),
        None => name + voice.one_of(&["", " present", " that is present"]),
    }
}

fn targets(targets: &[Target], voice: &mut Voice<'_>) -> String {
    let name = |at: usize| targets[at].node.clone();
    let [Some(first), Some(second)] = [0, 1].map(|at| targets.get(at).and_then(|target| target.weight)) else {
        return voice.say(&["to {}", "to the node {}", "to virtual node {}"], name(0));
    };
    match voice.one_of(&["to", "split", "weights", "percent"]) {
        "split" => format!("split {first}/{second} between {} and {}", name(0), name(1)),
        "weights" => format!("to {} with weight {first} and {} with weight {second}", name(0), name(1)),
        "percent" => format!("{first} percent to {} and {second} percent to {}", name(0), name(1)),
        _ => format!("{first}% to {} and {second}% to {}", name(0), name(1)),
    }
}

fn retry(retry: &Retry, voice: &mut Voice<'_>) -> String {
    let mut said =
        voice.say(&["{} retries", "up to {} retries", "max retries {}"], retry.max_retries.unwrap_or_default());
    let events: Vec<String> =
        retry.events.iter().map(|event| voice.say(&["{}s", "{}"], event.replace('-', " "))).collect();
    if !events.is_empty() {
        said.push_str(" on ");
        said.push_str(&voice.list(&events));
    }
    if let Some(timeout) = retry.per_retry_timeout {
        let timeout = voice.span(timeout);
        said.push_str(voice.one_of(&[" with ", ", ", " and "]));
        said.push_str(&voice.say(&["a per try timeout of {}", "a {} per retry timeout", "{} per attempt"], timeout));
    }
    said
}

/// "Create a virtual gateway ingress on port 8080. Route /api to ads.shop.local."
pub(super) fn gateway(gateway: &VirtualGateway, voice: &mut Voice<'_>) -> String {
    let start = ["Create a virtual gateway {}", "virtual gateway {}", "Set up a gateway named {}"];
    let mut said = voice.say(&start, gateway.name.as_deref().unwrap_or_default());
    for one in &gateway.listeners {
        said.push(' ');
        said.push_str(&listener(one, voice));
    }
    if let Some(log) = &gateway.access_log {
        said.push_str(voice.one_of(&[", with ", " with ", " and "]));
        said.push_str(&access_log(log, voice));
    }
    for route in &gateway.routes {
        said.push_str(voice.one_of(&[". ", ".\n", "; "]));
        said.push_str(&gateway_route(route, voice));
    }
    said
}

fn gateway_route(route: &GatewayRoute, voice: &mut Voice<'_>) -> String {
    let requests = requests(&route.matcher, voice);
    let service = route.service.as_deref().unwrap_or_default();
    let target = voice.say(&["to {}", "to the virtual service {}", "to virtual service {}"], service);
    let mut parts = vec![send(&requests, &target, voice)];
    let mut more = Vec::new();
    more.extend(route.rewrite.iter().map(|one| rewrite(one, voice)));
    more.extend(
        route
            .priority
            .iter()
            .map(|one| voice.say(&["with priority {}", "with a priority of {}", "with precedence {}"], one)),
    );
    voice.shuffle(&mut more);
    parts.append(&mut more);
    parts.join(voice.one_of(&[", ", " and ", ", and "]))
}

fn rewrite(rewrite: &Rewrite, voice: &mut Voice<'_>) -> String {
    let mut parts = Vec::new();
    let prefix = ["rewriting the prefix to {}", "rewrite the prefix to {}", "with the prefix rewritten to {}"];
    parts.extend(rewrite.prefix.iter().map(|to| voice.say(&prefix, to)));
    let path = ["rewriting the path to {}", "rewrite the path to {}", "with the path rewritten to {}"];
    parts.extend(rewrite.path.iter().map(|to| voice.say(&path, to)));
    if rewrite.keep_prefix {
        parts.push(
            voice.one_of(&["keeping the prefix", "keep the path prefix", "without rewriting the prefix"]).to_owned(),
        );
    }
    if rewrite.keep_hostname {
        parts.push(
            voice.one_of(&["keeping the hostname", "keep the host name", "without rewriting the hostname"]).to_owned(),
        );
    }
    parts.join(voice.one_of(&[" and ", ", "]))
}
