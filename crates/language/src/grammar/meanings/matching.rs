//! Meanings of which requests a route takes: paths, hosts, methods, query parameters, gRPC.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set, opens_block};
use crate::grammar::name::name_at;
use crate::grammar::paths::path;
use crate::grammar::pathway::by_form;
use crate::grammar::ports::MIN_BARE_PORT;
use crate::grammar::reader::Reader;
use crate::grammar::rpcs::is_grpc_service;
use crate::grammar::slot::{Slots, literal};
use crate::grammar::spot::{self, Said, Trouble, put};
use crate::intent::{Hostname, Pathway, Query};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "match: path prefix",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["prefix <path>", "<path> prefix", "path prefix <path>", "prefix path <path>", "match prefix <path>"],
        set: Set::Act(|reader, slots| path(reader, slots, Pathway::Prefix)),
    },
    Meaning {
        name: "match: path",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["path <path>", "match <path>", "<path> path", "<path>"],
        set: Set::Act(|reader, slots| path(reader, slots, by_form)),
    },
    Meaning {
        name: "match: a path of a route",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["match path <path>", "match <path>", "path <path>", "all-traffic <path>"],
        set: Set::Act(|reader, slots| path(reader, slots, by_form)),
    },
    Meaning {
        name: "match: exact path",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "match path <path> exact",
            "match <path> exact",
            "only ?match ?path <path>",
            "only path <path>",
            "path equals <path>",
            "exact ?path <path>",
            "path exact <path>",
            "<path> exact",
            "path <path> exact",
            "match exact ?path <path>",
            "only <path>",
            "<path> only",
        ],
        set: Set::Act(|reader, slots| {
            let words = reader.words.clone();
            // "/a only to node y": the target is the only one, and not the path.
            if reader.is_word(words.end - 1, &["only"]) && reader.is_symbol(words.end, &["to", "send"]) {
                return Err(Trouble::NotHere);
            }
            let said = path(reader, slots, Pathway::Exact)?;
            if reader.words.clone().all(|at| !reader.is_symbol(at, &["exact", "equals"])) {
                let path = slots.text("path");
                reader.assumptions.push(Assumption {
                    what: format!("`{path}` alone is matched, and nothing below it"),
                    why: format!("it says \"only\"; `under {path}` takes what is below it too"),
                });
            }
            Ok(said)
        }),
    },
    Meaning {
        name: "match: path by pattern",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "regex <text:path>",
            "path ?match regex <text:path>",
            "regex ?path <path>",
            "path regex <path>",
            "regex path <text:path>",
            "path match regex <text:path>",
            "match regex <path>",
            "match path regex <text:path>",
            "path ?match <text:path> regex",
            "match ?path <text:path> regex",
            "regex path match <text:path>",
            "path match <text:path>",
        ],
        set: Set::Act(|reader, slots| {
            // "the path matches ^/img/.*": a pattern by its form.
            let is_said = reader.words.clone().any(|at| reader.is_symbol(at, &["regex"]));
            let is_pattern = slots.text("path").contains(['^', '$', '[', '(', '*', '+', '\\', '|']);
            if !is_said && !is_pattern {
                return Err(Trouble::NotHere);
            }
            path(reader, slots, Pathway::Regex)
        }),
    },
    Meaning {
        name: "match: the end of a path",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["path suffix <text:path>", "path ?match suffix <path>"],
        set: Set::Act(|reader, slots| {
            let pattern = format!(".*{}", literal(&slots.text("path")));
            reader.matcher(|matcher, path| put(&mut matcher.path, Pathway::Regex(pattern), path, "path"))
        }),
    },
    Meaning {
        name: "match: everything else",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["otherwise"],
        set: Set::Act(|reader, _| reader.otherwise()),
    },
    Meaning {
        name: "everything else stays as it is",
        block: Block::Resource,
        is_plain: true,
        home: Home::All,
        ways: &[
            "otherwise|rest ?send ?is keep",
            "keep otherwise|rest",
            "keep otherwise|rest keep|alone",
            "otherwise|rest ?send the|as same|is|before|now|default",
        ],
        set: Set::Act(
            |reader, _| {
                if reader.ends_clause(reader.words.end) { opens_block() } else { Err(Trouble::NotHere) }
            },
        ),
    },
    Meaning {
        name: "match: all traffic",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["all-traffic", "everything traffic", "all traffic|requests"],
        set: Set::Act(|reader, _| {
            let of_node = reader
                .spot
                .is_some_and(|spot| matches!(spot.place, spot::Place::Application(_) | spot::Place::Node(_)));
            if reader.block == Block::AccessLog || of_node && !reader.sending {
                return Err(Trouble::NotHere);
            }
            reader.matcher(|matcher, path| put(&mut matcher.path, Pathway::Prefix("/".to_owned()), path, "path"))
        }),
    },
    Meaning {
        name: "match: query parameter",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "query <pair>",
            "query ?named <name> equals <text:value>",
            "query ?named <any:name> is|equals <text:value>",
            "query ?named <name> exact <text:value>",
            "<pair> query",
            "query ?named <name> <text:value>",
            "<name> query equals <text:value>",
        ],
        set: Set::Act(query),
    },
    Meaning {
        name: "match: query parameter is there",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["query ?named <name> ?present", "<name> query ?present"],
        set: Set::Act(query),
    },
    Meaning {
        name: "match: method",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["method ?to <method>", "<method> method", "<method> requests|request|traffic|call", "?only <method>"],
        set: Set::Act(|reader, slots| {
            let method = slots.text("method");
            if reader.further_method(&method) {
                return Ok(String::new());
            }
            reader.matcher(|matcher, path| put(&mut matcher.method, method, path, "method"))
        }),
    },
    Meaning {
        name: "match: method by its noun",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["gets|posts|puts|deletes|patches on|under|for|of|to|at <path>"],
        set: Set::Act(|reader, slots| {
            let noun = reader.low(reader.words.start).to_uppercase();
            let method = noun.strip_suffix(if noun == "PATCHES" { "ES" } else { "S" }).unwrap_or(&noun).to_owned();
            reader.sends();
            reader.matcher(|matcher, path| put(&mut matcher.method, method, path, "method"))?;
            path(reader, slots, by_form)
        }),
    },
    Meaning {
        name: "match: scheme of the requests",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["https|http|http2|grpc requests|request|traffic|call|ones"],
        set: Set::Act(|reader, _| {
            let scheme = reader.tokens[reader.words.start].low.clone();
            if let Some(said) = reader.listener_of_requests() {
                return said;
            }
            if !matches!(scheme.as_str(), "http" | "https") {
                return Err(Trouble::NotHere);
            }
            reader.matcher(|matcher, path| put(&mut matcher.scheme, scheme, path, "scheme"))
        }),
    },
    Meaning {
        name: "match: gRPC service by its name",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["application ?named <dotted:host>", "<dotted:host> application"],
        set: Set::Act(|reader, slots| {
            let name = slots.text("host");
            if !is_grpc_service(&name) {
                return Err(Trouble::NotHere);
            }
            reader.grpc(|matcher, path| put(&mut matcher.grpc_service, name, path, "grpcService"))
        }),
    },
    Meaning {
        name: "match: scheme",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["scheme <text:scheme>", "http|https scheme"],
        set: Set::Act(|reader, slots| {
            let scheme = slots.given("scheme").unwrap_or_else(|| reader.low(reader.words.start).to_owned());
            let scheme = scheme.to_lowercase();
            reader.matcher(|matcher, path| put(&mut matcher.scheme, scheme, path, "scheme"))
        }),
    },
    Meaning {
        name: "match: port",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["match port <number>", "port <number>", "those|these|ones on|at <number>"],
        set: Set::Act(|reader, slots| reader.match_port(slots.number("number"))),
    },
    Meaning {
        name: "match: requests on a port",
        block: Block::Match,
        is_plain: true,
        home: Home::Next,
        ways: &["traffic|requests|request|call on|at ?port <number>"],
        set: Set::Act(|reader, slots| {
            let number = slots.number("number");
            let goes = reader.is_symbol(reader.past_glue(reader.words.end), &["to", "send", "split"]);
            if !goes || number < MIN_BARE_PORT || !reader.here()?.place.has_routes() {
                return Err(Trouble::NotHere);
            }
            reader.sends();
            reader.match_port(number)
        }),
    },
    Meaning {
        name: "match: gRPC service",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "grpc-service ?named <host>",
            "grpc application ?named <host>",
            "application <host> rpc",
            "grpc-service <name>",
        ],
        set: Set::Act(|reader, slots| {
            let name = Some(slots.text("host")).filter(|host| !host.is_empty()).unwrap_or_else(|| slots.text("name"));
            // "a grpc service quotes on 50051" is what is made, unless a route is spoken of.
            let start = reader.words.start;
            let is_made = reader.is_symbol(start, &["grpc"]) && reader.is_symbol(start + 1, &["application"]);
            let of_route = reader.is_current && reader.sending || reader.block == Block::Match;
            if is_made && !of_route && !is_grpc_service(&name) {
                return Err(Trouble::NotHere);
            }
            reader.grpc(|matcher, path| put(&mut matcher.grpc_service, name, path, "grpcService"))
        }),
    },
    Meaning {
        name: "match: gRPC method",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "rpc ?named <name>",
            "rpc method <name>",
            "grpc method <name>",
            "<name> rpc",
            "rpc ?named|method <any:name>",
        ],
        set: Set::Act(|reader, slots| {
            // "rpc Send" names a method with a word that means something elsewhere, and "rpc goes to" does not.
            let end = reader.words.end - 1;
            let is_odd = matches!(reader.tokens[end].kind, TokenKind::Symbol | TokenKind::Word);
            let is_method = slots.text("name").starts_with(|letter: char| letter.is_ascii_uppercase());
            if is_odd && !is_method && name_at(&reader.tokens, end).is_none() && !reader.is_symbol(end, &["rpc"]) {
                return Err(Trouble::NotHere);
            }
            reader.grpc(|matcher, path| put(&mut matcher.grpc_method, slots.text("name"), path, "grpcMethod"))?;
            reader.service_of_sibling()
        }),
    },
    Meaning {
        name: "match: gRPC method and its service",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "method|rpc ?named <any:name> of|in|on ?grpc-service ?application <dotted:host>",
            "<name> method|rpc of|in|on ?grpc-service ?application <dotted:host>",
        ],
        set: Set::Act(|reader, slots| {
            let (service, method) = (slots.text("host"), slots.text("name"));
            reader.sends();
            reader.grpc(|matcher, path| {
                put(&mut matcher.grpc_service, service, path, "grpcService")?;
                put(&mut matcher.grpc_method, method, path, "grpcMethod")
            })
        }),
    },
    Meaning {
        name: "match: all other methods of a gRPC service",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &[
            "otherwise|rest of|in|on ?grpc-service ?application <dotted:host>",
            "otherwise|rest of|in|on this|that|same application|grpc-service",
        ],
        set: Set::Act(|reader, slots| {
            let last = || reader.last_grpc_service();
            let service = slots.given("host").or_else(last).ok_or(Trouble::NotHere)?;
            if !is_grpc_service(&service) {
                return Err(Trouble::NotHere);
            }
            reader.closed = true;
            reader.sends();
            reader.grpc(|matcher, path| put(&mut matcher.grpc_service, service, path, "grpcService"))
        }),
    },
    Meaning {
        name: "match: gRPC method of a service",
        block: Block::Match,
        is_plain: false,
        home: Home::Route,
        ways: &["method <name>", "<name> method"],
        set: Set::Act(|reader, slots| {
            reader.matcher(|matcher, path| put(&mut matcher.grpc_method, slots.text("name"), path, "grpcMethod"))
        }),
    },
    Meaning {
        name: "match: host name",
        block: Block::Match,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "?match hostname ?exact <host>",
            "hostname equals <host>",
            "hosts <dotted:host>",
            "<dotted:host> hostname",
            "<number> hosts|hostname : <dotted:host>",
        ],
        set: Set::Act(|reader, slots| {
            let host = slots.text("host");
            let hostname = match host.strip_prefix('*') {
                Some(suffix) => Hostname::Suffix(suffix.to_owned()),
                None => Hostname::Exact(host),
            };
            // "with two hosts: …": each has a route.
            reader.count_hosts();
            reader.gateway_matcher(|matcher, path| put(&mut matcher.hostname, hostname, path, "hostname"))
        }),
    },
    Meaning {
        name: "match: host name of a gateway route",
        block: Block::Match,
        is_plain: false,
        home: Home::GatewayRoute,
        ways: &["for|from|on|at <dotted:host>", "<dotted:host>"],
        set: Set::Act(|reader, slots| {
            let host = slots.text("host");
            let hostname = match host.strip_prefix('*') {
                Some(suffix) => Hostname::Suffix(suffix.to_owned()),
                None => Hostname::Exact(host),
            };
            reader.gateway_route_hostname(hostname)
        }),
    },
    Meaning {
        name: "match: host name's end",
        block: Block::Match,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "hostname suffix <host>",
            "hosts suffix <host>",
            "suffix <dotted:host>",
            "subdomain|subdomains of|under <dotted:host>",
            "everything|anything|hosts|hostname under|below <dotted:host>",
        ],
        set: Set::Act(|reader, slots| {
            let host = slots.text("host").trim_start_matches('*').to_owned();
            let below = ["subdomain", "subdomains", "under", "below"];
            let is_below = reader.words.clone().any(|at| reader.is_word(at, &below)) && !host.starts_with('.');
            let suffix = if is_below { format!(".{host}") } else { host };
            reader
                .gateway_matcher(|matcher, path| put(&mut matcher.hostname, Hostname::Suffix(suffix), path, "hostname"))
        }),
    },
    Meaning {
        name: "match",
        block: Block::Match,
        is_plain: true,
        home: Home::Route,
        ways: &["match"],
        set: Set::Act(|_, _| opens_block()),
    },
];

fn query(reader: &mut Reader<'_>, slots: &Slots) -> Said {
    let (name, value) = slots.pair("name", "value");
    let query = Query { name, value: Some(value).filter(|value| !value.is_empty()) };
    reader.matcher(|matcher, path| {
        let at = matcher.query.len();
        matcher.query.push(query);
        Ok(format!("{path}.query[{at}]"))
    })
}
