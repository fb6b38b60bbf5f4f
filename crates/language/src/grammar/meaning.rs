//! A meaning: what words say, and where their value goes.

use std::sync::LazyLock;

use super::pattern::{Pattern, Slots};
use super::reader::Reader;
use super::spot::{Said, Spot};
use crate::intent::Intent;

/// A part of a resource that groups values, so that `interval` is a health check's or an outlier detection's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// None in particular.
    Resource,
    HealthCheck,
    Timeout,
    Retry,
    OutlierDetection,
    ConnectionPool,
    Tls,
    Dns,
    CloudMap,
    AccessLog,
    Match,
    Rewrite,
    Sidecar,
    Egress,
    Tags,
    Environments,
}

/// Which resource is meant where none was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    Mesh,
    Node,
    Route,
    GatewayRoute,
    Service,
    Sidecar,
    /// A node or application where one was spoken of, else a route.
    Any,
    /// What is named next.
    Next,
    All,
}

/// What words say, and where their value goes.
pub(super) struct Meaning {
    /// What it is, for the table in the docs.
    pub(super) name: &'static str,
    /// The block it belongs to.
    pub(super) block: Block,
    /// Whether its words say by themselves what they are about, so that the block need not be open.
    pub(super) is_plain: bool,
    /// The resource it belongs to where none was named.
    pub(super) home: Home,
    /// Ways to say it; see [`Pattern`].
    pub(super) patterns: &'static [&'static str],
    /// Puts the value in its place.
    pub(super) set: Set,
}

/// How a value is put in its place.
#[derive(Clone, Copy)]
pub(super) enum Set {
    /// Into the resource that is spoken of.
    Value(fn(&mut Intent, Spot, &Slots) -> Said),
    /// By the reader itself: what is spoken of changes.
    Act(fn(&mut Reader<'_>, &Slots) -> Said),
}

/// A meaning with its patterns ready.
pub(super) struct Ready {
    pub(super) meaning: &'static Meaning,
    pub(super) patterns: Vec<Pattern>,
}

/// All meanings, in the order of the tables.
pub(super) static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let tables: [&'static [Meaning]; 6] = [
        super::node::MEANINGS,
        super::tls::MEANINGS,
        super::discovery::MEANINGS,
        super::matching::MEANINGS,
        super::routing::MEANINGS,
        super::around::MEANINGS,
    ];
    let ready = |meaning: &'static Meaning| Ready {
        meaning,
        patterns: meaning.patterns.iter().map(|text| Pattern::parse(text)).collect(),
    };
    tables.into_iter().flatten().map(ready).collect()
});
