//! Meanings of limits towards an application.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::reader::Reader;
use crate::grammar::spot::{self, Trouble, put};
use crate::intent::RemovalKind;
use crate::lexer::TokenKind;

/// The most tokens after "circuit breaker" among which its numbers stand.
const MAX_OF_BREAKER: usize = 8;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        name: "connection pool: none",
        block: Block::Resource,
        is_plain: true,
        home: Home::Node,
        ways: &["no connection-pool"],
        set: Set::Act(|reader, _| reader.has_none(RemovalKind::ConnectionPool)),
    },
    Meaning {
        name: "connection pool",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &["connection-pool"],
        set: Set::Value(|intent, spot, _| spot::connection_pool(intent, spot).map(|(_, path)| path)),
    },
    Meaning {
        name: "connection pool, by what proxies call it",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &["circuit-breaker"],
        set: Set::Act(|reader, _| {
            // Its numbers say which of the two it is; "with a circuit breaker" alone does not.
            let end = reader.words.end;
            let mut clause =
                (end..reader.tokens.len()).take(MAX_OF_BREAKER).take_while(|at| !reader.is_sentence_end(*at));
            let is_pool = clause.any(|at| {
                let is_limit = reader.is_symbol(at, &["connections", "pending", "concurrent-requests"]);
                is_limit && [at.saturating_sub(1), at + 1].iter().any(|at| is_number(reader, *at))
            });
            if !is_pool {
                return Err(Trouble::NotHere);
            }
            let spot = reader.here()?;
            spot::connection_pool(&mut reader.intent, spot).map(|(_, path)| path)
        }),
    },
    Meaning {
        name: "connection pool: connections",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "connections <number>",
            "no-longer connections at <number>",
            "<number> connections",
            "max <number> connections",
            "<number> connections per|in connection-pool",
            "allow-all ?max <number> connections",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_connections, slots.number("number"), &path, "maxConnections")
        }),
    },
    Meaning {
        name: "connection pool: its size",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &["connection-pool ?to|max <number>", "connection-pool <number> connections"],
        set: Set::Act(|reader, slots| {
            // "connection limits with 1 pending request" is about what it counts.
            let end = reader.words.end;
            let is_counted = reader.is_symbol(end, &["connections", "pending", "concurrent-requests", "consecutive"])
                || reader.is_word(end, &["request", "requests"]);
            if is_counted {
                return Err(Trouble::NotHere);
            }
            let spot = reader.here()?;
            let (pool, path) = spot::connection_pool(&mut reader.intent, spot)?;
            put(&mut pool.max_connections, slots.number("number"), &path, "maxConnections")
        }),
    },
    Meaning {
        name: "connection pool: pending requests",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "pending <number>",
            "no-longer pending at <number>",
            "<number> pending",
            "max <number> pending",
            "allow-all ?max <number> pending",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_pending_requests, slots.number("number"), &path, "maxPendingRequests")
        }),
    },
    Meaning {
        name: "connection pool: requests",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "concurrent-requests <number>",
            "no-longer concurrent-requests at <number>",
            "<number> concurrent-requests",
            "max <number> concurrent-requests",
            "max <number> requests|request",
            "allow-all ?max <number> concurrent-requests",
            "max requests|request <number>",
            "<number> concurrent-requests per|in connection-pool",
            "<number> requests|request per|in connection-pool",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_requests, slots.number("number"), &path, "maxRequests")
        }),
    },
    Meaning {
        name: "connection pool: a number",
        block: Block::ConnectionPool,
        is_plain: false,
        home: Home::Node,
        ways: &["max <number> requests|request", "<number> requests|request"],
        set: Set::Value(|intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_requests, slots.number("number"), &path, "maxRequests")
        }),
    },
];

fn is_number(reader: &Reader<'_>, at: usize) -> bool {
    reader.tokens.get(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
}
