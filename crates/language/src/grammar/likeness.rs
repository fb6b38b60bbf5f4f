//! Parts that become as those of another: "copy the health check from a to b", "b should have the same TLS as a".

use super::name::{name_at, names_from};
use super::reader::{Reader, Verb};
use crate::intent::{Likeness, NodePart};

/// Verbs that take a part over.
const COPYING: &[&str] = &["copy", "clone", "duplicate", "mirror", "replicate", "reuse"];

/// Words before a part or a name.
const ARTICLES: &[&str] = &["the", "a", "an", "its", "our", "exact", "exactly", "both", "virtual-node"];

/// Words behind a part that say no more than it.
const NOUNS: &[&str] = &[
    "settings",
    "setting",
    "configuration",
    "config",
    "configs",
    "setup",
    "options",
    "option",
    "values",
    "policy",
    "block",
    "section",
    "parameters",
    "rules",
];

/// Words between who gets a part and the part.
const HAVING: &[&str] = &[
    "should", "must", "shall", "needs", "need", "gets", "get", "has", "have", "use", "uses", "also", "to", "with",
    "enabled",
];

/// The most parts of one clause.
const MAX_PARTS: usize = 8;

/// What a clause says.
struct Said {
    parts: Vec<NodePart>,
    from: String,
    to: Vec<String>,
    end: usize,
}

impl Reader<'_> {
    /// Reads a clause that says which parts are as another's.
    pub(super) fn likeness(&mut self) -> bool {
        if self.known.is_none() || !self.is_clause_start() {
            return false;
        }
        let said = self.copied_parts().or_else(|| self.same_parts());
        let Some(said) = said.filter(|said| self.ends_clause(said.end) && !said.to.contains(&said.from)) else {
            return false;
        };
        let first = self.intent.likenesses.len();
        for name in &said.to {
            for part in &said.parts {
                let likeness = Likeness { part: *part, name: name.clone(), like: said.from.clone() };
                self.intent.likenesses.push(likeness);
            }
        }
        self.note(&format!("likenesses[{first}]"), self.at, said.end);
        self.read_words.extend(self.tokens[self.at..said.end].iter().map(|token| token.start));
        self.verb = Verb::Change;
        self.preposition = None;
        self.at = said.end;
        true
    }

    /// "copy the health check settings from a to b", "apply the TLS of a to b"
    fn copied_parts(&self) -> Option<Said> {
        let is_copy = self.is_word(self.at, COPYING);
        let is_applied = self.is_symbol(self.at, &["add"]) && self.token(self.at)?.text.eq_ignore_ascii_case("apply");
        (is_copy || is_applied).then_some(())?;
        let start = self.past(self.at + 1, &["over"]);
        let (parts, from, after) = match self.node_parts(start) {
            Some((parts, after)) => {
                let from = self.is_word(after, &["from", "of", "on", "in"]).then(|| self.past(after + 1, ARTICLES))?;
                let (name, after) = self.node_name(from)?;
                (parts, name, after)
            }
            None => {
                // "copy a's health check to b"
                let (name, after) = self.node_name(self.past(start, ARTICLES))?;
                let (parts, after) = self.node_parts(after)?;
                (parts, name, after)
            }
        };
        let over = self.past(after, &["over"]);
        let to = self.is_symbol(over, &["to"]) || self.is_word(over, &["onto", "on", "for"]);
        let (to, end) = to.then(|| self.node_names(over + 1)).flatten()?;
        Some(Said { parts, from, to, end })
    }

    /// "b should have the same TLS as a", "give b the same TLS as a", "use the same TLS as a for b"
    fn same_parts(&self) -> Option<Said> {
        let is_verb =
            self.is_symbol(self.at, &["add", "change", "use"]) || self.is_word(self.at, &["give", "set", "use", "let"]);
        let start = self.at + usize::from(is_verb);
        let (mut to, mut after) = self.node_names(start).unwrap_or((Vec::new(), start));
        after = self.past(self.past(after, HAVING), ARTICLES);
        self.is_word(after, &["same", "identical"]).then_some(())?;
        let (parts, behind) = self.node_parts(after + 1)?;
        let mut at = behind;
        if to.is_empty() && (self.is_symbol(at, &["to"]) || self.is_word(at, &["on", "for"])) {
            (to, at) = self.node_names(at + 1)?;
        }
        let like = self.is_word(at, &["as", "like"]).then(|| self.past(at + 1, &["on", "for", "of", "in"]))?;
        let (from, mut end) = self.node_name(self.past(like, ARTICLES))?;
        end = self.past(end, &["has", "have", "uses", "does", "it"]);
        if to.is_empty() && (self.is_symbol(end, &["to"]) || self.is_word(end, &["on", "for"])) {
            (to, end) = self.node_names(end + 1)?;
        }
        (!to.is_empty()).then_some(Said { parts, from, to, end })
    }

    /// The parts at a place, and the place after their words.
    fn node_parts(&self, at: usize) -> Option<(Vec<NodePart>, usize)> {
        let mut parts = Vec::new();
        let mut end = at;
        let mut next = at;
        while parts.len() < MAX_PARTS {
            let start = self.past(next, ARTICLES);
            let Some(part) = self.node_part(start) else { break };
            parts.push(part);
            end = self.past(start + 1, NOUNS);
            next = self.past(end, &[",", "and"]);
        }
        (!parts.is_empty()).then_some((parts, end))
    }

    fn node_part(&self, at: usize) -> Option<NodePart> {
        let token = self.token(at).filter(|_| self.is_symbol(at, PARTS))?;
        Some(match token.low.as_str() {
            "health-check" => NodePart::HealthCheck,
            "outlier-detection" => NodePart::OutlierDetection,
            "connection-pool" => NodePart::ConnectionPool,
            "timeout" => NodePart::Timeout,
            "tls" => NodePart::Tls,
            "access-log" => NodePart::AccessLog,
            _ => return None,
        })
    }

    /// Nodes of the files at a place, and the place after their words.
    fn node_names(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let start = self.past(at, ARTICLES);
        let (mut names, mut end) = names_from(&self.tokens, start)?;
        let known = self.known.as_ref()?;
        // "both orders nodes"
        if let [name] = names.as_slice()
            && self.is_symbol(end, &["virtual-node"])
            && known.family(name).len() > 1
        {
            names = known.family(name);
            return Some((names, end + 1));
        }
        end += usize::from(self.is_symbol(end, &["virtual-node"]));
        names.iter().all(|name| known.is_of_nodes(name)).then_some((names, end))
    }

    fn node_name(&self, at: usize) -> Option<(String, usize)> {
        let name = name_at(&self.tokens, at)
            .filter(|name| self.known.as_ref().is_some_and(|known| known.is_of_nodes(name)))?;
        Some((name, at + 1 + usize::from(self.is_symbol(at + 1, &["virtual-node"]))))
    }
}

/// Symbols of such parts.
const PARTS: &[&str] = &["health-check", "outlier-detection", "connection-pool", "timeout", "tls", "access-log"];
