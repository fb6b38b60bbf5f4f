//! Calls that were refused: the last of them, those that are alike as one.

use std::collections::VecDeque;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// How many are kept.
const MAX_KEPT: usize = 32;

/// The most characters of an id and of a reason.
const MAX_TEXT: usize = 400;

/// A call that was refused, or several that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which it was of those that are not alike.
    pub number: u64,
    /// Where it came from, without its port.
    pub peer: String,
    /// The id that it named, where it came so far.
    pub id: String,
    /// Why.
    pub why: String,
    /// How many there were.
    pub count: u64,
    /// When the last one was, on the clock of the wall.
    pub at: SystemTime,
}

/// The last that were refused, by when they were last.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    last: VecDeque<Refused>,
    /// How many there were that are not alike.
    count: u64,
}

impl Refusals {
    /// Notes one more; says whether there was none like it.
    pub(crate) fn add(&mut self, peer: &str, id: &str, why: &str) -> bool {
        let (peer, id, why) = (host(peer).to_owned(), short(id), short(why));
        let like = |own: &Refused| (&own.peer, &own.id, &own.why) == (&peer, &id, &why);
        let before = self.last.iter().position(like).and_then(|place| self.last.remove(place));
        let is_new = before.is_none();
        self.count += u64::from(is_new);
        let (number, count) = before.map_or((self.count, 1), |own| (own.number, own.count.saturating_add(1)));
        self.last.push_back(Refused { number, peer, id, why, count, at: SystemTime::now() });
        if self.last.len() > MAX_KEPT {
            self.last.pop_front();
        }
        is_new
    }

    /// All that are kept, the last one first.
    pub(crate) fn all(&self) -> Vec<Refused> {
        self.last.iter().rev().cloned().collect()
    }
}

impl Refused {
    /// All of it, in JSON; the time is seconds since 1970.
    pub fn to_json(&self) -> Value {
        let at = self.at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let ago = self.at.elapsed().unwrap_or_default().as_secs();
        json!({"peer": self.peer, "id": self.id, "reason": self.why, "count": self.count, "lastAt": at, "lastSecondsAgo": ago})
    }
}

/// An address without its port: whoever comes again comes from another.
fn host(peer: &str) -> &str {
    peer.rsplit_once(':').map_or(peer, |(host, _)| host)
}

fn short(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_alike_are_one_and_only_the_last_are_kept() {
        let mut refusals = Refusals::default();
        assert!(refusals.add("10.0.0.1:5000", "a", "why"));
        assert!(!refusals.add("10.0.0.1:5001", "a", "why"));
        assert!(refusals.add("[::1]:5001", "a", "why"));
        let said: Vec<_> = refusals.all().into_iter().map(|own| (own.peer, own.count)).collect();
        assert_eq!(said, [("[::1]".to_owned(), 1), ("10.0.0.1".to_owned(), 2)]);
        for number in 0..1000 {
            refusals.add("10.0.0.2:1", &format!("{number}"), &"x".repeat(100_000));
        }
        let all = refusals.all();
        assert_eq!((all.len(), all[0].id.as_str(), all[0].why.len()), (MAX_KEPT, "999", MAX_TEXT));
    }
}
