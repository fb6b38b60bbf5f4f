//! Routes whose order is not defined although one request may meet them all.

use crate::matcher::PathMatch;
use crate::search::{Effort, Search, Sketch, find_within};

use super::{Entry, Table, may_meet};

/// How many of the routes after it, with the same priority and path, each route is held against.
const MAX_NEIGHBOURS: usize = 64;

/// Two routes whose order is not defined, and a request that both take and none before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rivals {
    /// The position of one.
    pub first: usize,
    /// The position of the other.
    pub second: usize,
    /// The request.
    pub sketch: Sketch,
    /// Whether one's path is a pattern, whose place among others is not documented.
    pub has_pattern: bool,
    /// Whether one's prefix is what the other's is also tried as.
    pub are_twins: bool,
}

impl Table<'_> {
    /// The routes whose order with one before them is not defined: each once, with the first such.
    ///
    /// Of many routes with one priority and path, each is held against the nearest few.
    pub fn rivals(&self) -> Vec<Rivals> {
        let mut effort = Effort::new();
        let mut rivals = Vec::new();
        let mut start = 0;
        while start < self.entries.len() {
            let priority = self.entries[start].priority;
            let count = self.entries[start..].iter().take_while(|entry| entry.priority == priority).count();
            if priority.is_some() && count > 1 {
                self.rivals_among(start, start + count, &mut effort, &mut rivals);
            }
            start += count;
        }
        rivals
    }

    /// Rivals among routes of one priority, which stand one after the other.
    fn rivals_among(&self, start: usize, end: usize, effort: &mut Effort, rivals: &mut Vec<Rivals>) {
        for second in start..end {
            let second_entry = &self.entries[second];
            if second_entry.matcher.is_open {
                continue;
            }
            let is_pattern = matches!(second_entry.matcher.path, PathMatch::Regex(..));
            let length = second_entry.matcher.path.length();
            let most = length + usize::from(second_entry.has_twin);
            let is_equal = |entry: &Entry<'_>| is_pattern || entry.matcher.path.length() <= most;
            let neighbours = (start..second).rev().take_while(|first| is_equal(&self.entries[*first]));
            let found = neighbours.take(MAX_NEIGHBOURS).find_map(|first| self.rivalry(first, second, effort));
            rivals.extend(found);
        }
    }

    fn rivalry(&self, first: usize, second: usize, effort: &mut Effort) -> Option<Rivals> {
        let (a, b) = (&self.entries[first].matcher, &self.entries[second].matcher);
        if a.is_open || !may_meet(a, b) || self.comes_before(first, second) {
            return None;
        }
        let Search::Found(sketch) = find_within(effort, &[a, b], &[], &self.ports) else { return None };
        let earlier: Vec<usize> =
            self.takers(&sketch).into_iter().filter(|taker| self.comes_before(*taker, second)).collect();
        let sketch = if earlier.is_empty() {
            sketch
        } else {
            let earlier: Vec<_> = earlier.iter().map(|taker| &self.entries[*taker].matcher).collect();
            let Search::Found(sketch) = find_within(effort, &[a, b], &earlier, &self.ports) else { return None };
            let is_taken_before = self.takers(&sketch).into_iter().any(|taker| self.comes_before(taker, second));
            (!is_taken_before).then_some(sketch)?
        };
        let is_pattern = |path: &PathMatch<'_>| matches!(path, PathMatch::Regex(..));
        Some(Rivals {
            first,
            second,
            sketch,
            has_pattern: is_pattern(&a.path) || is_pattern(&b.path),
            are_twins: self.entries[second].has_twin_in(&self.entries[first]),
        })
    }
}
