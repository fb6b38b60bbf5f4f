//! Groups of what was named: "the http services", "the grpc ones", "the other three", "both others". They are said by their names.

use std::ops::Range;

use super::name::name_at;
use super::ports::MIN_BARE_PORT;
use super::reader::Reader;
use super::slot::protocol;
use super::spot::{Place, Spot};
use crate::intent::{Protocol, VirtualNode};
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

/// Nouns for several applications.
const NOUNS: &[&str] =
    &["ones", "services", "apps", "applications", "microservices", "nodes", "workloads", "backends", "virtual nodes"];

/// The same of each by itself: "every grpc service".
const EACH: &[&str] = &["one", "service", "app", "application", "microservice", "node", "workload"];

/// Words before a group.
const BEFORE: &[&str] = &["the", "all", "both", "these", "those", "only", "our", "each", "every", "of"];

/// Symbols of a port and its protocol.
const LISTENING: &[&str] = &["http", "http2", "grpc", "tcp", "port", "listen", "speak", "protocol"];

/// Verbs that make what follows new.
const MAKING: &[&str] = &["create", "add", "named"];

impl Reader<'_> {
    /// Says the groups of the sentence at hand by the names of what is in them.
    pub(super) fn name_groups(&mut self) {
        if self.known.is_some() {
            return;
        }
        let mut at = self.at;
        while at < self.tokens.len() && !self.is_sentence_end(at) {
            let Some((words, names)) = self.group_of_protocol(at).or_else(|| self.group_of_others(at)) else {
                at += 1;
                continue;
            };
            let said = self.names_said(&words, &names);
            self.set_aside(words.start, words.end);
            at = words.start + said.len();
            self.tokens.splice(words, said);
        }
    }

    fn names_said(&self, words: &Range<usize>, names: &[String]) -> Vec<Token> {
        let (start, end) = (self.tokens[words.start].start, self.tokens[words.end - 1].end);
        let token =
            |kind: TokenKind, text: &str| Token { kind, low: text.to_lowercase(), text: text.to_owned(), start, end };
        let mut said = Vec::with_capacity(names.len() * 2);
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                said.push(token(TokenKind::Symbol, "and"));
            }
            said.push(token(TokenKind::Name, name));
        }
        said
    }

    /// "the http services": those that were said to speak it.
    fn group_of_protocol(&self, at: usize) -> Option<(Range<usize>, Vec<String>)> {
        let kind = self.past(at, BEFORE);
        let said = self.token(kind).filter(|token| token.kind == TokenKind::Symbol)?;
        let (wanted, noun) = match said.low.as_str() {
            // One symbol says both: "every grpc service".
            "grpc-service" => (Protocol::Grpc, kind),
            low => (protocol(low)?, kind + 1),
        };
        let text = self.token(noun)?.text.to_lowercase();
        let is_each = (at..kind).any(|at| matches!(self.low(at), "each" | "every"));
        let is_group = NOUNS.contains(&text.as_str()) || is_each && (EACH.contains(&text.as_str()) || noun == kind);
        let is_new =
            at > 0 && (self.is_symbol(at - 1, MAKING) || matches!(self.token(at - 1)?.kind, TokenKind::Number(_)));
        let is_list =
            name_at(&self.tokens, noun + 1).is_some() || matches!(self.low(noun + 1), ":" | "named" | "(" | "-");
        if !is_group || is_new || is_list {
            return None;
        }
        let speaks = |node: &&VirtualNode| node.listeners.iter().any(|listener| listener.protocol == Some(wanted));
        let names = self.nodes_named().filter(speaks).filter_map(|node| node.name.clone()).collect::<Vec<_>>();
        (!names.is_empty()).then_some((at..noun + 1, names))
    }

    fn nodes_named(&self) -> impl Iterator<Item = &VirtualNode> {
        self.intent.applications.iter().chain(&self.intent.virtual_nodes)
    }

    /// "calls the other three", "the other two are grpc on 9000": all but those of whom is spoken before.
    fn group_of_others(&self, at: usize) -> Option<(Range<usize>, Vec<String>)> {
        let others = self.past(at, &["the", "all", "both"]);
        let is_rest = self.is_symbol(others, &["rest"]) && self.low(others + 1) != "of";
        if !self.is_symbol(others, &["otherwise"]) && !is_rest {
            return None;
        }
        let said = self.tokens[others].text.to_lowercase();
        matches!(said.as_str(), "others" | "the other" | "all other" | "other" | "the rest" | "rest" | "any other")
            .then_some(())?;
        let (count, end) = match self.token(others + 1).map(|token| &token.kind) {
            Some(TokenKind::Number(count @ 2..=20)) => (Some(*count as usize), others + 2),
            _ if (at..others).any(|at| self.low(at) == "both") => (Some(2), others + 1),
            _ => (None, others + 1),
        };
        let noun = self.token(end).map_or(String::new(), |token| token.text.to_lowercase());
        let end = end + usize::from(NOUNS.contains(&noun.as_str()));
        let is_object = at > 0 && (self.is_symbol(at - 1, &["call"]) || self.is_word(at - 1, &["uses", "needs"]));
        let is_subject =
            count.is_some() && self.is_start_of_clause(at) && !self.is_sentence_end(end) && !self.is_share_near(end);
        let end_of_object =
            self.is_sentence_end(end) || matches!(self.low(end), "," | "and" | ")" | "over" | "with" | "via");
        if !(is_subject || is_object && end_of_object) {
            return None;
        }
        let all: Vec<String> = self.nodes_named().filter_map(|node| node.name.clone()).collect();
        let spoken = self.spoken_of_before(at, &all);
        let names: Vec<String> = all.into_iter().filter(|name| !spoken.contains(name)).collect();
        let fits = count.is_none_or(|count| names.len() == count) && !spoken.is_empty() && !names.is_empty();
        fits.then_some((at..end, names))
    }

    fn is_start_of_clause(&self, at: usize) -> bool {
        at == self.at || matches!(self.low_before(at), "," | "and" | "but" | ";" | ".")
    }

    fn is_share_near(&self, at: usize) -> bool {
        (at..at + 3).any(|at| {
            self.token(at).is_some_and(|token| {
                matches!(token.kind, TokenKind::Percent(_) | TokenKind::Ratio(_) | TokenKind::Path)
            })
        })
    }

    /// Names that stand before a place in its sentence, or in the one before where it begins its own.
    fn spoken_of_before(&self, at: usize, all: &[String]) -> Vec<String> {
        let names = |range: Range<usize>| -> Vec<String> {
            let said = self.tokens[range].iter().filter(|token| all.contains(&token.text));
            said.map(|token| token.text.clone()).collect()
        };
        let own = names(self.at..at);
        if !own.is_empty() {
            return own;
        }
        let end = self.at.saturating_sub(1);
        let start = (0..end).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1);
        names(start..end)
    }

    /// "http 8080 everywhere" is said of everything, whatever was spoken of before.
    pub(super) fn front_everywhere(&mut self) {
        if self.known.is_some() {
            return;
        }
        let end = self.at + (self.at..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at)).count();
        let is_adverb = |at: &usize| {
            self.is_symbol(*at, &["everything"]) && self.tokens[*at].text.eq_ignore_ascii_case("everywhere")
        };
        let Some(adverb) = (self.at..end).find(is_adverb).filter(|at| self.ends_clause(at + 1)) else { return };
        let start = (self.at..adverb).rev().find(|at| self.low(*at) == ",").map_or(self.at, |comma| comma + 1);
        let is_plain = (start..adverb).all(|at| {
            self.is_symbol(at, LISTENING)
                || self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
                || self.is_word(at, &["on", "over", "with"])
        });
        if is_plain && start < adverb {
            let token = self.tokens.remove(adverb);
            self.tokens.insert(start, token);
        }
    }

    /// "… HTTP on port 8080." after several were named: of all that have no port, where its sentence names none.
    pub(super) fn listeners_of_all(&mut self) {
        let start = self.past(self.at, &["all", "plain", "the"]);
        let is_said =
            start == self.at && self.is_symbol(start, &["http", "http2", "grpc", "tcp", "port"]) && !self.sending;
        let end = start
            + (start..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at) && self.low(*at) != ",").count();
        let is_plain = |at: usize| {
            self.is_symbol(at, LISTENING)
                || self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
                || self.is_word(at, &["on", "over", "at", "using"])
        };
        let has_port = (start..end)
            .any(|at| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(MIN_BARE_PORT..))));
        if self.known.is_some() || !is_said || !has_port || !(start..end).all(is_plain) || self.at == 0 {
            return;
        }
        let is_open = |place: &Place| {
            let node = match place {
                Place::Application(at) => self.intent.applications.get(*at),
                Place::Node(at) => self.intent.virtual_nodes.get(*at),
                _ => None,
            };
            node.is_some_and(|node| {
                !node.only_calls
                    && node.listeners.iter().all(|listener| listener.port.is_none() && listener.protocol.is_none())
            })
        };
        let open: Vec<Place> = self.all_named().into_iter().filter(is_open).collect();
        let of_nodes =
            self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_) | Place::Mesh));
        if open.len() < 2 || !of_nodes {
            return;
        }
        let text = self.said(self.tokens[start].start, self.tokens[end - 1].end).text;
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" is said of all that have no port of their own"),
            why: "its sentence names none of them".to_owned(),
        });
        let is_carried = self.is_carried;
        self.turn_to(open[0]);
        self.beside = open[1..].iter().map(|place| Spot::at(*place)).collect();
        (self.is_carried, self.is_general, self.preposition) = (is_carried, true, None);
    }
}
