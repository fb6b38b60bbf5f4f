//! Meanings of which requests a route takes.

use super::meaning::{Block, Home, Meaning, Set};
use super::node::act;
use super::pattern::Slots;
use super::reader::Reader;
use super::spot::{Said, put};
use crate::intent::{Comparison, Header, Hostname, Match, Pathway, Query};

pub(super) const MEANINGS: &[Meaning] = &[
    act!(
        "match: path prefix",
        Match,
        true,
        Route,
        [
            "prefix <path>",
            "<path> prefix",
            "path prefix <path>",
            "prefix path <path>",
            "match prefix <path>",
            "path prefixed <path>"
        ],
        |reader, slots| path(reader, slots, Pathway::Prefix)
    ),
    act!(
        "match: path",
        Match,
        false,
        Route,
        ["path <path>", "match <path>", "<path> path", "<path>"],
        |reader, slots| { path(reader, slots, by_form) }
    ),
    act!(
        "match: a path of a route",
        Match,
        true,
        Route,
        ["match path <path>", "match <path>", "path <path>"],
        |reader, slots| { path(reader, slots, by_form) }
    ),
    act!(
        "match: exact path",
        Match,
        true,
        Route,
        [
            "match path <path> exact",
            "match <path> exact",
            "only ?match ?path <path>",
            "only path <path>",
            "path equals <path>",
            "exact ?path <path>",
            "path exact <path>",
            "<path> exact",
            "path equals <path>",
            "path <path> exact",
            "match exact ?path <path>",
            "only <path>"
        ],
        |reader, slots| path(reader, slots, Pathway::Exact)
    ),
    act!(
        "match: path by pattern",
        Match,
        true,
        Route,
        [
            "regex <text:path>",
            "path ?match regex <text:path>",
            "regex ?path <path>",
            "path regex <path>",
            "regex path <text:path>",
            "path match regex <text:path>",
            "match regex <path>",
            "match path regex <text:path>"
        ],
        |reader, slots| path(reader, slots, Pathway::Regex)
    ),
    act!("match: everything else", Match, true, Route, ["?and otherwise"], |reader, _| {
        reader.matcher(|matcher, path| {
            matcher.otherwise = true;
            Ok(format!("{path}.otherwise"))
        })
    }),
    act!(
        "match: all traffic",
        Match,
        true,
        Route,
        ["all-traffic", "everything traffic", "all traffic|requests"],
        |reader, _| {
            let of_node = reader.spot.is_some_and(|spot| {
                matches!(spot.place, super::spot::Place::Application(_) | super::spot::Place::Node(_))
            });
            if reader.block == Block::AccessLog || of_node && !reader.sending {
                return Err(super::spot::Trouble::NotHere);
            }
            reader.matcher(|matcher, path| put(&mut matcher.path, Pathway::Prefix("/".to_owned()), path, "path"))
        }
    ),
    act!(
        "match: header",
        Match,
        true,
        Route,
        [
            "<hname:name> exact <text:value>",
            "<hname:name> equals <text:value>",
            "header ?named <name> exact <text:value>",
            "header ?named <name> equals <text:value>",
            "header <pair>",
            "<pair> header",
            "<name> header exact <text:value>",
            "<name> header equals <text:value>",
            "header ?named <name> exact equals <text:value>",
            "metadata <pair>",
            "metadata ?named <name> exact <text:value>",
            "metadata ?named <name> equals <text:value>",
            "<name> metadata equals <text:value>",
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Exact(value)), false)
    ),
    act!("match: header by its form", Match, false, Route, ["<pair>"], |reader, slots| {
        header(reader, slots, |value| Some(Comparison::Exact(value)), false)
    }),
    act!(
        "match: header value without a verb",
        Match,
        true,
        Route,
        ["header ?named <name> <text:value>", "<name> header <text:value>", "metadata ?named <name> <text:value>"],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Exact(value)), false)
    ),
    act!(
        "match: header prefix",
        Match,
        true,
        Route,
        [
            "<hname:name> prefix <text:value>",
            "header ?named <name> prefix <text:value>",
            "<name> header prefix <text:value>",
            "header prefix <name> <text:value>",
            "header ?named <name> value prefix <text:value>",
            "metadata ?named <name> prefix <text:value>",
            "<name> metadata prefix <text:value>"
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Prefix(value)), false)
    ),
    act!(
        "match: header suffix",
        Match,
        true,
        Route,
        [
            "<hname:name> suffix <text:value>",
            "header ?named <name> suffix <text:value>",
            "<name> header suffix <text:value>",
            "metadata ?named <name> suffix <text:value>",
            "<name> metadata suffix <text:value>"
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Suffix(value)), false)
    ),
    act!(
        "match: header by pattern",
        Match,
        true,
        Route,
        [
            "<hname:name> match <text:value>",
            "<hname:name> ?match regex <text:value>",
            "header ?named <name> ?match regex <text:value>",
            "<name> header ?match regex <text:value>",
            "header ?named <name> match <text:value>",
            "<name> header match <text:value>",
            "regex <text:value> header <name>",
            "header regex <name> <text:value>",
            "metadata ?named <name> ?match regex <text:value>",
            "<name> metadata ?match regex <text:value>",
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Regex(value)), false)
    ),
    act!(
        "match: header in a range",
        Match,
        true,
        Route,
        [
            "<hname:name> between <number:start> to|and <number:end>",
            "header ?named <name> <number:start> to|and <number:end>",
            "header ?named <name> range <number:start> to|and <number:end>",
            "header ?named <name> between <number:start> to|and <number:end>",
            "<name> header between <number:start> to|and <number:end>",
            "<name> header range <number:start> to|and <number:end>",
            "header ?named <name> range from <number:start> to|and <number:end>",
            "metadata ?named <name> between <number:start> to|and <number:end>",
            "<name> metadata between <number:start> to|and <number:end>",
        ],
        |reader, slots| {
            let range = Comparison::Range { start: slots.number("start").into(), end: slots.number("end").into() };
            header(reader, slots, move |_| Some(range.clone()), false)
        }
    ),
    act!(
        "match: header is there",
        Match,
        true,
        Route,
        [
            "<hname:name> present",
            "header ?named <name> present",
            "<name> header present",
            "header ?named <name>",
            "<name> header",
            "have|has|having|carry|carries|contain|contains header ?named <name>",
            "metadata ?named <name> present",
            "metadata ?named <name>",
            "<name> metadata"
        ],
        |reader, slots| header(reader, slots, |_| None, false)
    ),
    act!(
        "match: header is not there",
        Match,
        true,
        Route,
        [
            "<hname:name> absent",
            "no header ?named <name>",
            "no <name> header",
            "header ?named <name> absent",
            "<name> header absent",
            "no have|has|carry|contain|include header ?named <name>",
            "no have|has|carry|contain ?the <name> header"
        ],
        |reader, slots| header(reader, slots, |_| None, true)
    ),
    act!(
        "match: header has another value",
        Match,
        true,
        Route,
        [
            "<hname:name> no ?equals|to|match <text:value>",
            "header ?named <name> no ?equals|to|match <text:value>",
            "<name> header no ?equals|to <text:value>",
            "header ?named <name> != <text:value>",
            "<name> header != <text:value>",
            "no header <pair>",
            "no have|has|carry header <pair>",
            "header ?named <name> other|different|anything ?than|but|from <text:value>",
            "<name> header other|different|anything ?than|but|from <text:value>",
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Exact(value)), true)
    ),
    act!(
        "match: header does not start so",
        Match,
        true,
        Route,
        [
            "<hname:name> no prefix <text:value>",
            "header ?named <name> no prefix <text:value>",
            "<name> header no prefix <text:value>"
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Prefix(value)), true)
    ),
    act!(
        "match: header does not end so",
        Match,
        true,
        Route,
        [
            "<hname:name> no suffix <text:value>",
            "header ?named <name> no suffix <text:value>",
            "<name> header no suffix <text:value>"
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Suffix(value)), true)
    ),
    act!(
        "match: header does not match a pattern",
        Match,
        true,
        Route,
        [
            "<hname:name> no ?match regex <text:value>",
            "header ?named <name> no ?match regex <text:value>",
            "<name> header no ?match regex <text:value>",
            "header ?named <name> no match <text:value>",
            "<name> header no match <text:value>"
        ],
        |reader, slots| header(reader, slots, |value| Some(Comparison::Regex(value)), true)
    ),
    act!(
        "match: query parameter",
        Match,
        true,
        Route,
        [
            "query <pair>",
            "query ?named <name> equals <text:value>",
            "query ?named <name> exact <text:value>",
            "query ?named <name> to <text:value>",
            "<pair> query",
            "query ?named <name> <text:value>",
            "<name> query equals <text:value>",
        ],
        query
    ),
    act!(
        "match: query parameter is there",
        Match,
        true,
        Route,
        ["query ?named <name> ?present", "<name> query ?present"],
        query
    ),
    act!(
        "match: method",
        Match,
        true,
        Route,
        ["method <method>", "<method> method", "<method> requests|request|traffic|calls", "?only <method>"],
        |reader, slots| {
            reader.matcher(|matcher, path| put(&mut matcher.method, slots.text("method"), path, "method"))
        }
    ),
    act!(
        "match: scheme of the requests",
        Match,
        false,
        Route,
        ["https|http requests|request|traffic|calls"],
        |reader, _| {
            let scheme = reader.tokens[reader.words.0].low.clone();
            reader.matcher(|matcher, path| put(&mut matcher.scheme, scheme, path, "scheme"))
        }
    ),
    act!("match: a number of headers", Match, true, Route, ["<number> header ?must ?match"], |reader, _| Ok(
        reader.said_here("headers")
    )),
    act!(
        "match: header in a range, its end included",
        Match,
        true,
        Route,
        [
            "header ?named <name> between <number:start> to|and <number:end> inclusive",
            "<name> header between <number:start> to|and <number:end> inclusive",
            "header ?named <name> range <number:start> to|and <number:end> inclusive",
            "header ?named <name> <number:start> to|and <number:end> inclusive",
            "<hname:name> between <number:start> to|and <number:end> inclusive"
        ],
        |reader, slots| {
            let range =
                Comparison::Range { start: slots.number("start").into(), end: i64::from(slots.number("end")) + 1 };
            header(reader, slots, move |_| Some(range.clone()), false)
        }
    ),
    act!(
        "match: gRPC service by its name",
        Match,
        true,
        Route,
        ["application ?named <dotted:host>", "<dotted:host> application"],
        |reader, slots| {
            let name = slots.text("host");
            let is_grpc = name
                .rsplit('.')
                .next()
                .is_some_and(|last| last.starts_with(|letter: char| letter.is_ascii_uppercase()));
            if !is_grpc {
                return Err(super::spot::Trouble::NotHere);
            }
            reader.grpc(|matcher, path| put(&mut matcher.grpc_service, name, path, "grpcService"))
        }
    ),
    act!(
        "match: scheme",
        Match,
        true,
        Route,
        ["scheme <text:scheme>", "http scheme", "https scheme", "<text:scheme> scheme"],
        |reader, slots| {
            let scheme = slots.text("scheme").to_lowercase();
            reader.matcher(|matcher, path| put(&mut matcher.scheme, scheme, path, "scheme"))
        }
    ),
    act!("match: port", Match, false, Route, ["match port <number>", "port <number>"], |reader, slots| {
        reader.matcher(|matcher, path| put(&mut matcher.port, slots.number("number"), path, "port"))
    }),
    act!(
        "match: gRPC service",
        Match,
        true,
        Route,
        [
            "grpc-service ?named <host>",
            "grpc application ?named <host>",
            "application <host> rpc",
            "grpc-service <name>"
        ],
        |reader, slots| {
            let name = Some(slots.text("host")).filter(|host| !host.is_empty()).unwrap_or_else(|| slots.text("name"));
            reader.grpc(|matcher, path| put(&mut matcher.grpc_service, name, path, "grpcService"))
        }
    ),
    act!(
        "match: gRPC method",
        Match,
        true,
        Route,
        ["rpc ?named <name>", "rpc method <name>", "grpc method <name>", "<name> rpc"],
        |reader, slots| {
            reader.grpc(|matcher, path| put(&mut matcher.grpc_method, slots.text("name"), path, "grpcMethod"))
        }
    ),
    act!(
        "match: gRPC method of a service",
        Match,
        false,
        Route,
        ["method <name>", "<name> method"],
        |reader, slots| {
            reader.matcher(|matcher, path| put(&mut matcher.grpc_method, slots.text("name"), path, "grpcMethod"))
        }
    ),
    act!(
        "match: host name",
        Match,
        true,
        GatewayRoute,
        ["?match hostname ?exact <host>", "hostname equals <host>", "hosts <dotted:host>", "<dotted:host> hostname"],
        |reader, slots| {
            let host = slots.text("host");
            let hostname = match host.strip_prefix('*') {
                Some(suffix) => Hostname::Suffix(suffix.to_owned()),
                None => Hostname::Exact(host),
            };
            reader.gateway_matcher(|matcher, path| put(&mut matcher.hostname, hostname, path, "hostname"))
        }
    ),
    act!(
        "match: host name of a gateway route",
        Match,
        false,
        GatewayRoute,
        ["for|from|on|at <dotted:host>", "<dotted:host>"],
        |reader, slots| {
            let host = slots.text("host");
            let hostname = match host.strip_prefix('*') {
                Some(suffix) => Hostname::Suffix(suffix.to_owned()),
                None => Hostname::Exact(host),
            };
            reader.gateway_route_hostname(hostname)
        }
    ),
    act!(
        "match: host name's end",
        Match,
        true,
        GatewayRoute,
        ["hostname suffix <host>", "hosts suffix <host>", "suffix <dotted:host>"],
        |reader, slots| {
            let suffix = slots.text("host").trim_start_matches('*').to_owned();
            reader
                .gateway_matcher(|matcher, path| put(&mut matcher.hostname, Hostname::Suffix(suffix), path, "hostname"))
        }
    ),
    act!("match", Match, true, Route, ["match"], |reader, _| Ok(reader.said_here("match"))),
];

/// What a path means that comes without a word for how it is compared: `/api/*` and `/api` are prefixes.
fn by_form(path: String) -> Pathway {
    match path.strip_suffix('*') {
        Some(prefix) => Pathway::Prefix(prefix.to_owned()),
        None => Pathway::Prefix(path),
    }
}

fn path(reader: &mut Reader<'_>, slots: &Slots, make: fn(String) -> Pathway) -> Said {
    let pathway = match make(slots.text("path")) {
        Pathway::Prefix(path) => by_form(path),
        other => other,
    };
    let (pathway, query) = match pathway {
        Pathway::Prefix(path) if path.contains('?') => {
            let (path, query) =
                path.split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).unwrap_or_default();
            (Pathway::Prefix(path), query)
        }
        other => (other, String::new()),
    };
    reader.matcher(|matcher, path| {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value.to_owned())));
            matcher.query.push(Query { name: name.to_owned(), value });
        }
        // "all requests" is every path until one is named.
        if matcher.path == Some(Pathway::Prefix("/".to_owned())) && pathway != Pathway::Prefix("/".to_owned()) {
            matcher.path = None;
        }
        put(&mut matcher.path, pathway, path, "path")
    })
}

fn header(
    reader: &mut Reader<'_>,
    slots: &Slots,
    make: impl FnOnce(String) -> Option<Comparison>,
    invert: bool,
) -> Said {
    let (mut name, mut value) = slots.pair();
    if name.is_empty() {
        (name, value) = (slots.text("name"), slots.text("value"));
    }
    let header = Header { name, value: make(value), invert };
    reader.matcher(|matcher: &mut Match, path| {
        let at = matcher.headers.len();
        if !matcher.headers.contains(&header) {
            matcher.headers.push(header);
        }
        Ok(format!("{path}.headers[{at}]"))
    })
}

fn query(reader: &mut Reader<'_>, slots: &Slots) -> Said {
    let (mut name, mut value) = slots.pair();
    if name.is_empty() {
        (name, value) = (slots.text("name"), slots.text("value"));
    }
    let query = Query { name, value: Some(value).filter(|value| !value.is_empty()) };
    reader.matcher(|matcher, path| {
        let at = matcher.query.len();
        matcher.query.push(query);
        Ok(format!("{path}.query[{at}]"))
    })
}
