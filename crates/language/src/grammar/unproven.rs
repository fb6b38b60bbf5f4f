//! Words that stand where a name would, and that nothing proves to be one: "monitoring is enabled", "metrics on port 9102".
//!
//! A thing is introduced by its kind, a quotation, a call, a list or a request that is about nothing else. What is only a
//! noun beside a thing that was named is none, and becomes no resource.

use serde_json::Value;

use super::name::is_clause_verb;
use super::reader::Reader;
use super::spot::Place;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

/// The fields of an application of which nothing was said that proves it.
const BARE: &[&str] = &["name", "action"];

/// What an application has beside its work, and none beside others unless its kind is said: "metrics on 9102".
const ASPECTS: &[&str] = &[
    "debug",
    "debugging",
    "diagnostics",
    "jmx",
    "metrics",
    "monitoring",
    "profiling",
    "prometheus",
    "stats",
    "statsd",
    "telemetry",
    "tracing",
];

/// What one node has a further port for.
const OF_ONE: &[&str] = &[
    "actuator",
    "admin",
    "administration",
    "backup",
    "control",
    "health",
    "management",
    "readiness",
    "sidecar",
    "status",
    "ui",
    "websocket",
];

impl Reader<'_> {
    /// Whether the only name before a verb or a detail is a mere noun beside a node or proxy that the request is about.
    pub(super) fn names_nothing(&mut self, names: &[String], end: usize) -> bool {
        let ([name], Some(token)) = (names, self.token(self.at)) else { return false };
        let start = token.start;
        let is_known = self.find_named(name).is_some() || self.known.as_ref().is_some_and(|known| known.knows(name));
        if token.kind != TokenKind::Word || is_known || self.is_spoken_of_again(name) {
            return false;
        }
        let is_said_to_be = self.token(end).is_some_and(|verb| verb.kind == TokenKind::Word && is_clause_verb(verb));
        let of_one = self.spot.is_some_and(|spot| match spot.place {
            Place::Sidecar(_) => true,
            Place::Node(at) => self.intent.virtual_nodes[at].name.is_some() && self.intent.virtual_nodes.len() == 1,
            _ => false,
        });
        let is_detail = self.begins_detail(end);
        if of_one && is_detail && self.is_told_as_the_node_before(name, end) {
            self.listed = Some((Thing::Node, None));
            self.assumptions.push(Assumption {
                what: format!("`{name}` is a virtual node too"),
                why: "it is told in the same way as the one before it".to_owned(),
            });
            return false;
        }
        if of_one && self.listed.is_none() && self.group.len() < 2 && (is_detail || is_said_to_be) {
            return true;
        }
        // "telemetry is a service"
        let is_kind = (end + 1..=end + 3).any(|at| self.thing_at(at).is_some());
        // "metrics are exposed on 9102": one application does not stand in the plural.
        let is_plural = self.is_word(end, &["are", "were"]);
        let is_aspect = self.spot.is_some() && ASPECTS.contains(&name.to_lowercase().as_str());
        if !is_kind && (is_plural || is_aspect && (is_detail || is_said_to_be)) {
            return true;
        }
        if is_said_to_be && !is_kind {
            self.unproven.push(start);
        }
        false
    }

    /// "node billing on 8080 and payments on 9090": whether a name and its details are told as the node before them was, and are no
    /// further port of it, as "and admin on 9901".
    fn is_told_as_the_node_before(&self, name: &str, end: usize) -> bool {
        let Some(Place::Node(at)) = self.spot.map(|spot| spot.place) else { return false };
        let node = self.intent.virtual_nodes[at].name.as_deref().unwrap_or_default();
        let is_node = |at: &usize| self.tokens[*at].text == node;
        let Some(before) = (0..self.at).rev().take_while(|at| !self.is_sentence_end(*at)).find(is_node) else {
            return false;
        };
        let is_alike = self.begins_detail(before + 1) && self.low(before + 1) == self.low(end);
        let is_listed = matches!(self.low_before(self.at), "," | "and");
        let name = name.to_lowercase();
        is_alike && is_listed && !ASPECTS.contains(&name.as_str()) && !OF_ONE.contains(&name.as_str())
    }

    /// Whether a name stands elsewhere in the request too, by itself or within a longer one.
    fn is_spoken_of_again(&self, name: &str) -> bool {
        let is_it = |text: &str| {
            text.len() >= name.len() && text.split(['-', '_', '.']).any(|part| part.eq_ignore_ascii_case(name))
        };
        self.spoken.iter().filter(|token| is_it(&token.text)).count() > 1
    }

    /// The words of applications of which nothing else came, by their bytes.
    pub(super) fn unproven_names(&self, intent: &Value, spoken: &[Token]) -> Vec<(usize, usize)> {
        let applications = intent.get("applications").and_then(Value::as_array).into_iter().flatten();
        let is_encrypted =
            |listener: &Value| listener.as_object().is_some_and(|fields| fields.keys().all(|key| key == "tls"));
        let is_bare = |(key, value): (&String, &Value)| match key.as_str() {
            // "secrets are encrypted"
            "listeners" => value.as_array().into_iter().flatten().all(is_encrypted),
            key => BARE.contains(&key),
        };
        let bare: Vec<&str> = applications
            .filter(|item| item.as_object().is_some_and(|fields| fields.iter().all(is_bare)))
            .filter_map(|item| item["name"].as_str())
            .filter(|name| super::account::mentions(intent, name) == 1)
            .collect();
        let words = spoken.iter().filter(|token| self.unproven.contains(&token.start));
        words.filter(|token| bare.contains(&token.text.as_str())).map(|token| (token.start, token.end)).collect()
    }
}
