//! Finds the routes that may take a request without trying each.
//!
//! Routes are kept by the text of their path; a prefix is found by looking up the beginnings of a request's path that have the
//! length of some prefix. Routes of one path that demand an exact value are kept by that value.

use std::collections::{BTreeSet, HashMap};

use super::Entry;
use crate::matcher::PathMatch;
use crate::search::Sketch;

/// Finds the routes that may take a request.
#[derive(Debug, Default)]
pub(super) struct Index {
    exact: HashMap<Box<str>, Bucket>,
    prefixes: HashMap<Box<str>, Bucket>,
    /// The lengths of all prefixes.
    lengths: BTreeSet<usize>,
    patterns: Vec<usize>,
}

/// Routes of one path, by the first exact value they demand, if any.
#[derive(Debug, Default)]
struct Bucket {
    by_header: HashMap<(Box<str>, Box<str>), Vec<usize>>,
    by_query: HashMap<(Box<str>, Box<str>), Vec<usize>>,
    others: Vec<usize>,
}

impl Index {
    pub(super) fn new(entries: &[Entry<'_>]) -> Self {
        let mut index = Self::default();
        for (position, entry) in entries.iter().enumerate() {
            let bucket = match &entry.matcher.path {
                PathMatch::Exact(text) => index.exact.entry(text.as_ref().into()).or_default(),
                PathMatch::Prefix(text) => {
                    index.lengths.insert(text.len());
                    index.prefixes.entry(text.as_ref().into()).or_default()
                }
                PathMatch::Regex(..) => {
                    index.patterns.push(position);
                    continue;
                }
            };
            let matcher = &entry.matcher;
            let header =
                matcher.headers.iter().find_map(|(name, condition)| Some((name.as_ref(), condition.exact_text()?)));
            let query = matcher.query.iter().find_map(|(name, condition)| Some((*name, condition.exact_text()?)));
            let list = match (header, query) {
                (Some((name, value)), _) => bucket.by_header.entry((name.into(), value.into())).or_default(),
                (None, Some((name, value))) => bucket.by_query.entry((name.into(), value.into())).or_default(),
                (None, None) => &mut bucket.others,
            };
            list.push(position);
        }
        index
    }

    /// The positions of all routes that take a request, and of some that do not; in no order.
    pub(super) fn candidates(&self, sketch: &Sketch) -> Vec<usize> {
        let mut candidates = self.patterns.clone();
        if let Some(bucket) = self.exact.get(sketch.path.as_str()) {
            bucket.add(sketch, &mut candidates);
        }
        for length in self.lengths.range(..=sketch.path.len()) {
            let Some(beginning) = sketch.path.get(..*length) else { continue };
            if let Some(bucket) = self.prefixes.get(beginning) {
                bucket.add(sketch, &mut candidates);
            }
        }
        candidates
    }
}

impl Bucket {
    fn add(&self, sketch: &Sketch, candidates: &mut Vec<usize>) {
        candidates.extend_from_slice(&self.others);
        for (map, values) in [(&self.by_header, &sketch.headers), (&self.by_query, &sketch.query)] {
            if map.is_empty() {
                continue;
            }
            for (name, value) in values {
                let key = (name.as_str().into(), value.as_str().into());
                candidates.extend(map.get(&key).into_iter().flatten());
            }
        }
    }
}
