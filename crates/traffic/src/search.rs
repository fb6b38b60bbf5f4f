//! Finds a request that some matches take and others do not.
//!
//! Every part of a request is given a few values, of which each stands for all that no condition tells apart; then they are
//! tried in combination. Where the values stand for everything, finding nothing proves that there is no such request.

mod values;

use std::collections::BTreeMap;

use meshwright_model::limits::{HttpMethod, HttpScheme};
use meshwright_model::request::Request;

use crate::condition::{Comparison, Condition};
use crate::matcher::{MAX_WORK, Match, PathMatch};
use values::{Part, Values, is_normal};

/// The most combinations that are tried.
const MAX_STEPS: usize = 20_000;

/// The most matches that are excluded.
const MAX_EXCLUDED: usize = 200;

/// How much all searches together may do for one table; after that, nothing more can be said of it.
#[derive(Debug)]
pub(crate) struct Effort {
    /// How many times a value may still be held against a match.
    comparisons: usize,
}

impl Effort {
    /// About a second of work.
    const MAX_COMPARISONS: usize = 20_000_000;

    pub(crate) fn new() -> Self {
        Self { comparisons: Self::MAX_COMPARISONS }
    }

    /// Does something with as much of it as patterns may take at a time, and takes off what they took.
    pub(crate) fn for_patterns<T>(&mut self, work: impl FnOnce(&mut usize) -> T) -> T {
        let given = self.comparisons.min(MAX_WORK);
        let mut left = given;
        let result = work(&mut left);
        self.comparisons -= given - left;
        result
    }

    /// Takes something off it; whether there was so much.
    fn spend(&mut self, comparisons: usize) -> bool {
        let left = self.comparisons.checked_sub(comparisons);
        self.comparisons = left.unwrap_or(0);
        left.is_some()
    }
}

/// What looking for a request came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// A request.
    Found(Sketch),
    /// There is none.
    Nothing,
    /// None was found, and that there is none could not be shown.
    Unknown,
}

/// A request without the host it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    /// The port that is dialled; `None` where no match speaks of one.
    pub port: Option<i64>,
    /// The method; `None` where no match speaks of one.
    pub method: Option<&'static str>,
    /// The scheme; `None` where no match speaks of one.
    pub scheme: Option<&'static str>,
    /// The path.
    pub path: String,
    /// Headers or metadata, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Query parameters.
    pub query: BTreeMap<String, String>,
}

impl Sketch {
    /// The request to a host; without one where that is empty. A call of gRPC is a POST of its content type.
    pub fn request(&self, host: &str, is_grpc: bool) -> Request {
        let pairs: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        let content_type = is_grpc.then(|| ("content-type".to_owned(), "application/grpc".to_owned()));
        let own = self.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        Request {
            method: self.method.unwrap_or(if is_grpc { "POST" } else { "GET" }).to_owned(),
            scheme: self.scheme.unwrap_or("http"),
            host: host.to_owned(),
            port: self.port,
            path: format!("{}{query}", self.path),
            headers: content_type.into_iter().chain(own).collect(),
        }
    }

    /// The plainest request that a match takes; `None` where [`find`] must look for one.
    pub fn plainest(matcher: &Match<'_>) -> Option<Self> {
        let path = match &matcher.path {
            PathMatch::Prefix(text) | PathMatch::Exact(text) if is_normal(text) => text.to_string(),
            _ => return None,
        };
        let mut sketch = Self {
            port: matcher.port,
            method: matcher.method.map(HttpMethod::as_str),
            scheme: matcher.scheme.map(HttpScheme::as_str),
            path,
            ..Self::default()
        };
        for (name, condition) in &matcher.headers {
            put_new(&mut sketch.headers, name, condition)?;
        }
        for (name, condition) in &matcher.query {
            put_new(&mut sketch.query, name, condition)?;
        }
        Some(sketch)
    }

    /// Whether a match takes it; where the match is open, whether it may. A sketch without a method is a GET.
    pub fn is_taken_by(&self, matcher: &Match<'_>) -> bool {
        matcher.path.holds(&self.path)
            && matcher.port.is_none_or(|port| self.port.is_none_or(|own| own == port))
            && matcher.method.is_none_or(|method| self.method.unwrap_or("GET") == method.as_str())
            && matcher.scheme.is_none_or(|scheme| self.scheme.unwrap_or("http") == scheme.as_str())
            && (matcher.headers.iter())
                .all(|(name, condition)| condition.holds(self.headers.get(name.as_ref()).map(String::as_str)))
            && (matcher.query.iter())
                .all(|(name, condition)| condition.holds(self.query.get(*name).map(String::as_str)))
    }

    fn set(&mut self, part: &Part<'_>, value: Option<&str>) {
        match part {
            Part::Port => self.port = value.and_then(|port| port.parse().ok()),
            Part::Path => value.unwrap_or_default().clone_into(&mut self.path),
            Part::Method => self.method = value.and_then(values::method),
            Part::Scheme => self.scheme = value.map(|scheme| if scheme == "https" { "https" } else { "http" }),
            Part::Header(name) => put(&mut self.headers, name, value),
            Part::Query(name) => put(&mut self.query, name, value),
        }
    }
}

/// Puts the value of a condition, where that is the only one on its name.
fn put_new(map: &mut BTreeMap<String, String>, name: &str, condition: &Condition<'_>) -> Option<()> {
    let value = match condition.comparison {
        _ if condition.is_inverted => return None,
        Comparison::Exact(text) => text.to_owned(),
        Comparison::Present => "x".to_owned(),
        Comparison::Range(start, end) if start < end => start.to_string(),
        _ => return None,
    };
    map.insert(name.to_owned(), value).is_none().then_some(())
}

fn put(map: &mut BTreeMap<String, String>, name: &str, value: Option<&str>) {
    match value {
        Some(value) => map.insert(name.to_owned(), value.to_owned()),
        None => map.remove(name),
    };
}

/// Looks for a request that all of `include` take and none of `exclude`; `ports` are those there are to dial.
pub fn find(include: &[&Match<'_>], exclude: &[&Match<'_>], ports: &[i64]) -> Search {
    find_within(&mut Effort::new(), include, exclude, ports)
}

/// Looks for such a request with what is left of an effort.
pub(crate) fn find_within(
    effort: &mut Effort,
    include: &[&Match<'_>],
    exclude: &[&Match<'_>],
    ports: &[i64],
) -> Search {
    if exclude.len() > MAX_EXCLUDED || !effort.spend(include.len() + exclude.len()) {
        return Search::Unknown;
    }
    let all_values = values::of(include, exclude, ports, None);
    let found = search(effort, &all_values, exclude);
    if found != Search::Unknown || all_values.iter().all(|values| !values.is_sampled) {
        return found;
    }
    // Samples of patterns may do to find a request, and are no proof that there is none.
    let all_values = effort.for_patterns(|work| values::of(include, exclude, ports, Some(work)));
    if all_values.iter().any(|values| values.is_sampled) { found } else { search(effort, &all_values, exclude) }
}

fn search(effort: &mut Effort, all_values: &[Values<'_>], exclude: &[&Match<'_>]) -> Search {
    let is_whole = all_values.iter().all(|values| values.is_whole);
    if let Some(empty) = all_values.iter().find(|values| values.list.is_empty()) {
        return if empty.is_whole { Search::Nothing } else { Search::Unknown };
    }
    let mut walk = Walk { all_values, sketch: Sketch::default(), steps: 0, effort };
    if walk.from(0, exclude) {
        return Search::Found(walk.sketch);
    }
    // What is open may take fewer requests than it says, so that none of it proves anything.
    let is_certain = is_whole && exclude.iter().all(|excluded| !excluded.is_open);
    if walk.steps <= MAX_STEPS && is_certain { Search::Nothing } else { Search::Unknown }
}

struct Walk<'w, 'm> {
    all_values: &'w [Values<'m>],
    sketch: Sketch,
    steps: usize,
    effort: &'w mut Effort,
}

impl Walk<'_, '_> {
    /// Tries the values of the parts from one on; `alive` are the excluded matches that take all parts before.
    fn from(&mut self, part: usize, alive: &[&Match<'_>]) -> bool {
        let Some(values) = self.all_values.get(part) else { return alive.is_empty() };
        for value in &values.list {
            self.steps += 1;
            if !self.effort.spend(alive.len() + 1) {
                self.steps = MAX_STEPS + 1;
            }
            if self.steps > MAX_STEPS {
                return false;
            }
            let value = value.as_deref();
            let still: Vec<&Match<'_>> =
                alive.iter().copied().filter(|excluded| values.part.is_taken(excluded, value)).collect();
            self.sketch.set(&values.part, value);
            if self.from(part + 1, &still) {
                return true;
            }
            // With nothing left to avoid, the first value of each part is as good as another.
            if alive.is_empty() {
                return false;
            }
        }
        false
    }
}
