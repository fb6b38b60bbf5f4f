//! Meanings of what a gateway route changes of a request.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::Pathway;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "rewrite: prefix",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "<path:from> rewrite to|by|with|as <path>",
            "rewrite <path:from> by <path>",
            "<path:from> rewrite <path>",
            "rewrite prefix to|with|as <path>",
            "rewrite prefix <path>",
            "rewrite <path:from> to|with|as <path>",
            "rewrite ?prefix <path:from> to <path>",
            "prefix rewrite to|with <path>",
            "rewrite it to|as <path>",
            "rewrite to <path>",
            "rewrite as <path>",
        ],
        set: Set::Act(|reader, slots| {
            let spot = reader.here()?;
            let (route, path) = spot::gateway_route(&mut reader.intent, spot)?;
            if let (Some(from), None) = (slots.given("from"), &route.matcher.path) {
                // "/v1/users rewritten to /users": what is rewritten is what is matched.
                put(&mut route.matcher.path, Pathway::Prefix(from), &path, "match.path")?;
            }
            let is_whole = matches!(route.matcher.path, Some(Pathway::Exact(_) | Pathway::Regex(_)));
            let says_prefix = reader.words.clone().any(|at| reader.is_symbol(at, &["prefix"]));
            let (rewrite, path) = spot::rewrite(&mut reader.intent, spot)?;
            if is_whole && !says_prefix {
                return put(&mut rewrite.path, slots.text("path"), &path, "path");
            }
            put(&mut rewrite.prefix, slots.text("path"), &path, "prefix")
        }),
    },
    Meaning {
        name: "rewrite: whole path",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "rewrite path to|with|as <path>",
            "rewrite path <path>",
            "path rewrite to <path>",
            "rewrite exact path to <path>",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            put(&mut rewrite.path, slots.text("path"), &path, "path")
        }),
    },
    Meaning {
        name: "rewrite: strip the prefix",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "strip prefix",
            "strip <path:from>",
            "strip <path:from> prefix",
            "strip path prefix",
            "strip prefix <path:from>",
            "strip it",
            "no prefix",
            "remove ?path prefix",
            "remove <path:from> prefix",
            "prefix strip",
            "prefix be strip",
            "prefix <path:from> strip",
            "<path:from> prefix strip",
            "<path:from> strip",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (route, path) = spot::gateway_route(intent, spot)?;
            if let (Some(from), None) = (slots.given("from"), &route.matcher.path) {
                put(&mut route.matcher.path, Pathway::Prefix(from), &path, "match.path")?;
            }
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            put(&mut rewrite.prefix, "/".to_owned(), &path, "prefix")
        }),
    },
    Meaning {
        name: "a path that a gateway of the files keeps",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::Next,
        ways: &[
            "keep ?path|prefix <path> ?path|prefix when|if|as virtual-gateway send ?requests|traffic|it|them to ?application|virtual-service <name>",
        ],
        set: Set::Act(|reader, slots| reader.kept_path(&slots.text("path"))),
    },
    Meaning {
        name: "rewrite: keep the prefix",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "keep ?original ?path prefix",
            "prefix keep",
            "keep ?original path",
            "no change prefix|path",
            "no rewrite prefix",
            "no prefix rewrite",
            "no rewrite path",
            "path keep",
            "no strip prefix",
        ],
        set: Set::Value(|intent, spot, _| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            rewrite.keep_prefix = true;
            Ok(path + ".keepPrefix")
        }),
    },
    Meaning {
        name: "rewrite: keep the host name",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "keep hostname",
            "no change hostname|hosts ?header",
            "keep ?original hosts",
            "hostname keep",
            "hosts keep",
            "no rewrite hostname",
            "keep original hostname",
            "hosts header keep",
            "keep hosts header",
        ],
        set: Set::Value(|intent, spot, _| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            rewrite.keep_hostname = true;
            Ok(path + ".keepHostname")
        }),
    },
    Meaning {
        name: "rewrite: the host name, as usual",
        block: Block::Rewrite,
        is_plain: true,
        home: Home::GatewayRoute,
        ways: &[
            "rewrite hostname|hosts ?header to ?virtual-service ?named|hostname",
            "rewrite hostname",
            "hostname rewrite to ?virtual-service ?named|hostname",
        ],
        set: Set::Value(|intent, spot, _| {
            let (route, path) = spot::gateway_route(intent, spot)?;
            match &route.rewrite {
                Some(rewrite) if rewrite.keep_hostname => {
                    Err(Trouble::Clash("the host name is kept and rewritten".to_owned()))
                }
                // The virtual service's is what the host name becomes where nothing is said.
                _ => Ok(path),
            }
        }),
    },
];
