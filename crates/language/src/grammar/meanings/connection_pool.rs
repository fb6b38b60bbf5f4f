//! Meanings of limits towards an application.

use crate::grammar::block::{Block, Home};
use crate::grammar::meaning::{Meaning, Set};
use crate::grammar::spot::{self, put};
use crate::intent::RemovalKind;

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
        name: "connection pool: connections",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &[
            "connections <number>",
            "<number> connections",
            "max <number> connections",
            "<number> connections per|in connection-pool",
        ],
        set: Set::Value(|intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_connections, slots.number("number"), &path, "maxConnections")
        }),
    },
    Meaning {
        name: "connection pool: pending requests",
        block: Block::ConnectionPool,
        is_plain: true,
        home: Home::Node,
        ways: &["pending <number>", "<number> pending", "max <number> pending"],
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
            "<number> concurrent-requests",
            "max <number> concurrent-requests",
            "max <number> requests|request",
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
