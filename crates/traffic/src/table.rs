//! Routes of one place in the order in which they are tried: which takes a request first, and which none ever reaches.

mod index;
mod rivals;

use std::borrow::Cow;
use std::cmp::Reverse;

use meshwright_model::defaults::PRIORITY;

use crate::call::Call;
use crate::condition::Condition;
use crate::matcher::{Match, PathMatch};
use crate::search::{Effort, Search, Sketch, find, find_within};
use index::Index;

pub use rivals::Rivals;

/// The most earlier routes that are held against one by search rather than by lookup.
const MAX_EARLIER: usize = 100;

/// The most routes that are tried one by one rather than looked up.
const MAX_TRIED: usize = 64;

/// The most routes among which those that hide another together are narrowed down.
const MAX_NARROWED: usize = 16;

/// A route of a table.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// What its owner knows it by.
    pub id: usize,
    /// The requests it takes.
    pub matcher: Match<'a>,
    /// Its priority; [`PRIORITY`] where it has none, `None` where that is open.
    pub priority: Option<i64>,
    /// Whether its prefix, which ends without a slash, is also tried with one at its end, as if that were a route of its own.
    ///
    /// Source: of gateway routes, the dump of a gateway in capa-cloud/capa.io,
    /// `content/zh/blog/cloudstack/envoy/envoy-gateway.md`.
    pub has_twin: bool,
    /// Its name, by which equals are put in an order so that answers stay the same.
    pub name: &'a str,
}

impl Entry<'_> {
    /// Whether another's prefix is what this one's is also tried as, so that neither is longer.
    fn has_twin_in(&self, other: &Self) -> bool {
        match (&self.matcher.path, &other.matcher.path) {
            (PathMatch::Prefix(own), PathMatch::Prefix(other)) if self.has_twin => {
                other.strip_suffix('/') == Some(own.as_ref())
            }
            _ => false,
        }
    }
}

/// What becomes of a route among others. Positions are those in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It takes this request.
    Reached(Sketch),
    /// One route before it takes every request that it would take, such as this.
    Hidden {
        /// That route.
        by: usize,
        /// The request.
        sketch: Sketch,
    },
    /// Several routes before it together take every request that it would take, such as this.
    Covered {
        /// Those routes.
        by: Vec<usize>,
        /// The request.
        sketch: Sketch,
    },
    /// There is no request that it could take.
    Impossible,
    /// Nothing can be said.
    Unknown,
}

/// Routes of one place, such as a router's routes of one protocol, in the order in which they are tried.
///
/// Source: App Mesh User Guide, routes, and aws-app-mesh-examples, blogs/http-headers-and-priority: by priority, those without
/// one last; then longer prefixes first (github.com/aws/aws-app-mesh-roadmap/issues/77). What follows among equals is not
/// defined.
#[derive(Debug)]
pub struct Table<'a> {
    entries: Vec<Entry<'a>>,
    /// Only of many routes: a few are tried one by one.
    index: Option<Index>,
    ports: Vec<i64>,
}

impl<'a> Table<'a> {
    /// A table of routes; `ports` are those there are to dial.
    pub fn new(mut entries: Vec<Entry<'a>>, ports: Vec<i64>) -> Self {
        let key =
            |entry: &Entry<'a>| (entry.priority.unwrap_or(PRIORITY), Reverse(entry.matcher.path.length()), entry.name);
        entries.sort_by(|a, b| key(a).cmp(&key(b)));
        let index = (entries.len() > MAX_TRIED).then(|| Index::new(&entries));
        Self { entries, index, ports }
    }

    /// The routes in their order.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The position of the route that takes a request.
    pub fn find(&self, call: &Call<'_>) -> Option<usize> {
        self.entries.iter().position(|entry| entry.matcher.takes(call))
    }

    /// The positions of the routes that take a request, or may, in their order.
    pub fn takers(&self, sketch: &Sketch) -> Vec<usize> {
        self.takers_before(sketch, self.entries.len())
    }

    /// Likewise, of those before a position.
    fn takers_before(&self, sketch: &Sketch, end: usize) -> Vec<usize> {
        let is_taken = |position: &usize| sketch.is_taken_by(&self.entries[*position].matcher);
        let Some(index) = &self.index else { return (0..end).filter(is_taken).collect() };
        let mut takers = index.candidates(sketch);
        takers.retain(|position| *position < end && is_taken(position));
        takers.sort_unstable();
        takers
    }

    /// Whether a route is tried before another for certain.
    pub fn comes_before(&self, first: usize, second: usize) -> bool {
        let (first, second) = (&self.entries[first], &self.entries[second]);
        let (Some(a), Some(b)) = (first.priority, second.priority) else { return false };
        let is_pattern = |entry: &Entry<'_>| matches!(entry.matcher.path, PathMatch::Regex(..));
        let is_longer = || first.matcher.path.length() > second.matcher.path.length();
        // Where patterns stand among prefixes of their priority is not known.
        a < b || a == b && !is_pattern(first) && !is_pattern(second) && is_longer() && !second.has_twin_in(first)
    }

    /// What becomes of each route, in their order.
    pub fn fates(&self) -> impl Iterator<Item = Fate> {
        let mut effort = Effort::new();
        (0..self.entries.len()).map(move |position| self.fate(position, &mut effort))
    }

    fn fate(&self, position: usize, effort: &mut Effort) -> Fate {
        let own = &self.entries[position].matcher;
        let find_any = || find_within(effort, &[own], &[], &self.ports);
        let plainest = Sketch::plainest(own).map_or_else(find_any, Search::Found);
        let sketch = match plainest {
            Search::Found(sketch) => sketch,
            Search::Nothing => return Fate::Impossible,
            Search::Unknown => return Fate::Unknown,
        };
        let before = self.takers_before(&sketch, position);
        if before.is_empty() {
            return Fate::Reached(sketch);
        }
        let mut hides = |other: usize| {
            let other_match = &self.entries[other].matcher;
            self.comes_before(other, position)
                && !other_match.is_open
                && effort.for_patterns(|work| other_match.contains_within(own, work))
        };
        match before.into_iter().find(|other| hides(*other)) {
            Some(by) => Fate::Hidden { by, sketch },
            None => self.searched_fate(position, sketch, effort),
        }
    }

    /// What becomes of a route whose plainest request another takes.
    fn searched_fate(&self, position: usize, sketch: Sketch, effort: &mut Effort) -> Fate {
        let own = &self.entries[position].matcher;
        let earlier: Vec<usize> =
            (0..position).filter(|other| may_meet(&self.entries[*other].matcher, own)).take(MAX_EARLIER + 1).collect();
        if earlier.len() > MAX_EARLIER {
            return Fate::Unknown;
        }
        let mut without = |excluded: &[usize]| {
            let excluded: Vec<&Match<'_>> = excluded.iter().map(|other| &self.entries[*other].matcher).collect();
            find_within(effort, &[own], &excluded, &self.ports)
        };
        if let Search::Found(sketch) = without(&earlier) {
            return Fate::Reached(sketch);
        }
        let is_certain = |other: &usize| self.comes_before(*other, position) && !self.entries[*other].matcher.is_open;
        let mut by: Vec<usize> = earlier.into_iter().filter(is_certain).collect();
        if by.is_empty() || without(&by) != Search::Nothing {
            return Fate::Unknown;
        }
        // Only those are named without which it would be reached.
        let mut at = 0;
        while at < by.len() && by.len() <= MAX_NARROWED {
            let others: Vec<usize> = by.iter().copied().filter(|other| *other != by[at]).collect();
            if without(&others) == Search::Nothing { by = others } else { at += 1 }
        }
        match by[..] {
            [by] => Fate::Hidden { by, sketch },
            _ => Fate::Covered { by, sketch },
        }
    }

    /// The ports there are to dial.
    pub fn ports(&self) -> &[i64] {
        &self.ports
    }

    /// A request to a port that no route takes; where the ports are not known, one to any.
    pub fn untaken_on(&self, port: Option<i64>) -> Search {
        let all = Match { port, ..Match::all() };
        if self.entries.iter().any(|entry| entry.matcher.contains(&all)) {
            return Search::Nothing;
        }
        for path in ["/", "/x", "/other"] {
            let sketch = Sketch { path: path.to_owned(), port, ..Sketch::default() };
            if self.takers(&sketch).is_empty() {
                return Search::Found(sketch);
            }
        }
        let is_other = |own: &Match<'_>| own.port.is_some() && port.is_some() && own.port != port;
        let excluded: Vec<&Match<'_>> =
            self.entries.iter().map(|entry| &entry.matcher).filter(|own| !is_other(own)).collect();
        find(&[&all], &excluded, &self.ports)
    }
}

/// Whether two matches may take one request, by a quick look; `false` is certain.
fn may_meet(a: &Match<'_>, b: &Match<'_>) -> bool {
    let agree = a.method.is_none() || b.method.is_none() || a.method == b.method;
    let same_port = a.port.is_none() || b.port.is_none() || a.port == b.port;
    agree && same_port && paths_may_meet(&a.path, &b.path) && !want_different_values(&a.headers, &b.headers)
}

/// Whether one header would have to have two values.
fn want_different_values(a: &[(Cow<'_, str>, Condition<'_>)], b: &[(Cow<'_, str>, Condition<'_>)]) -> bool {
    let is_other = |name: &str, text: &str| {
        b.iter().any(|(other, condition)| other == name && condition.exact_text().is_some_and(|value| value != text))
    };
    a.iter().any(|(name, condition)| condition.exact_text().is_some_and(|text| is_other(name, text)))
}

fn paths_may_meet(a: &PathMatch<'_>, b: &PathMatch<'_>) -> bool {
    match (a, b) {
        (PathMatch::Prefix(a), PathMatch::Prefix(b)) => a.starts_with(b.as_ref()) || b.starts_with(a.as_ref()),
        (PathMatch::Exact(exact), other) | (other, PathMatch::Exact(exact)) => other.holds(exact),
        (PathMatch::Regex(..), _) | (_, PathMatch::Regex(..)) => true,
    }
}
