//! Finds the routes that may take a request without trying each.
//!
//! Routes are kept by the hash of their path's text and of the first exact value that they demand, if any; two that share a hash
//! by chance are only tried in vain. A prefix is found by looking up the beginnings of a request's path that have the length
//! of some prefix.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

use super::Entry;
use crate::matcher::{Match, PathMatch};
use crate::search::Sketch;

/// Finds the routes that may take a request.
#[derive(Debug, Default)]
pub(super) struct Index {
    state: RandomState,
    /// The hash of each route's key and its position, sorted.
    positions: Vec<(u64, usize)>,
    /// The lengths of all prefixes.
    lengths: BTreeSet<usize>,
    has_headers: bool,
    has_query: bool,
    patterns: Vec<usize>,
}

/// What routes are kept by.
#[derive(Clone, Copy, Hash)]
struct Key<'a> {
    path: &'a str,
    is_prefix: bool,
    demand: Demand<'a>,
}

/// The first exact value that a route demands.
#[derive(Clone, Copy, Hash)]
enum Demand<'a> {
    Nothing,
    Header(&'a str, &'a str),
    Query(&'a str, &'a str),
}

impl Index {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let mut index = Self::default();
        for (position, entry) in entries.iter().enumerate() {
            let (path, is_prefix) = match &entry.matcher.path {
                PathMatch::Exact(text) => (text.as_ref(), false),
                PathMatch::Prefix(text) => {
                    index.lengths.insert(text.len());
                    (text.as_ref(), true)
                }
                PathMatch::Regex(..) => {
                    index.patterns.push(position);
                    continue;
                }
            };
            let demand = demand(&entry.matcher);
            index.has_headers |= matches!(demand, Demand::Header(..));
            index.has_query |= matches!(demand, Demand::Query(..));
            index.positions.push((index.state.hash_one(Key { path, is_prefix, demand }), position));
        }
        index.positions.sort_unstable();
        index
    }

    /// The positions of all routes that take a request, and of some that do not; in no order.
    pub(super) fn candidates(&self, sketch: &Sketch) -> Vec<usize> {
        let mut candidates = self.patterns.clone();
        self.add(&sketch.path, false, sketch, &mut candidates);
        for length in self.lengths.range(..=sketch.path.len()) {
            if let Some(beginning) = sketch.path.get(..*length) {
                self.add(beginning, true, sketch, &mut candidates);
            }
        }
        candidates
    }

    /// Adds the routes of one path.
    fn add(&self, path: &str, is_prefix: bool, sketch: &Sketch, candidates: &mut Vec<usize>) {
        let headers = sketch.headers.iter().filter(|_| self.has_headers);
        let query = sketch.query.iter().filter(|_| self.has_query);
        let demands = std::iter::once(Demand::Nothing)
            .chain(headers.map(|(name, value)| Demand::Header(name, value)))
            .chain(query.map(|(name, value)| Demand::Query(name, value)));
        for demand in demands {
            let hash = self.state.hash_one(Key { path, is_prefix, demand });
            let start = self.positions.partition_point(|(other, _)| *other < hash);
            let same = self.positions[start..].iter().take_while(|(other, _)| *other == hash);
            candidates.extend(same.map(|(_, position)| *position));
        }
    }
}

/// The first exact header that a match demands, or else the first exact query parameter.
fn demand<'m>(matcher: &'m Match<'_>) -> Demand<'m> {
    let header = matcher.headers.iter().find_map(|(name, condition)| Some((name.as_ref(), condition.exact_text()?)));
    let query = || matcher.query.iter().find_map(|(name, condition)| Some((*name, condition.exact_text()?)));
    match header {
        Some((name, value)) => Demand::Header(name, value),
        None => query().map_or(Demand::Nothing, |(name, value)| Demand::Query(name, value)),
    }
}
