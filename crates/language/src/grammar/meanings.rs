//! Every meaning that the grammar knows, a file for each block.
//!
//! A row says what it is, its ways to be said, and where its value goes. Of rows that read equally far, the first wins.

mod access_log;
mod backends;
mod certificate;
mod connection_pool;
mod discovery;
mod exposure;
mod headers;
mod health_check;
mod listener;
mod matching;
mod mesh;
mod outlier_detection;
mod priority;
mod provider;
mod retry;
mod rewrite;
mod shares;
mod sidecar;
mod tags;
mod targets;
mod timeout;
mod tls;
mod versions;

use super::meaning::Meaning;

/// The tables, each with its heading in the docs.
pub(super) const TABLES: &[(&str, &[Meaning])] = &[
    ("Listeners", listener::MEANINGS),
    ("Health checks", health_check::MEANINGS),
    ("Timeouts", timeout::MEANINGS),
    ("Outlier detection", outlier_detection::MEANINGS),
    ("Connection pools", connection_pool::MEANINGS),
    ("TLS", tls::MEANINGS),
    ("Certificates and trust", certificate::MEANINGS),
    ("Service discovery", discovery::MEANINGS),
    ("Backends", backends::MEANINGS),
    ("Access logs", access_log::MEANINGS),
    ("What a route matches", matching::MEANINGS),
    ("Headers that a route matches", headers::MEANINGS),
    ("Targets and their shares", targets::MEANINGS),
    ("Paths that gateways expose", exposure::MEANINGS),
    ("Shares of all, none and each", shares::MEANINGS),
    ("Priorities", priority::MEANINGS),
    ("Versions", versions::MEANINGS),
    ("Retries", retry::MEANINGS),
    ("Providers of virtual services", provider::MEANINGS),
    ("Rewrites", rewrite::MEANINGS),
    ("The mesh", mesh::MEANINGS),
    ("Tags and environments", tags::MEANINGS),
    ("The ECS sidecar", sidecar::MEANINGS),
];
