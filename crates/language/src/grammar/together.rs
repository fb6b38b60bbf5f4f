//! "Each", "both" and "all three": what was named together is spoken of together.

use super::name::{name_at, names_of_a_kind};
use super::reader::Reader;
use super::spot::{Place, Spot, Trouble};
use crate::lexer::TokenKind;

/// Words for all of what was named.
const ALL: &[&str] = &["each", "both", "all", "these", "those", "they"];

/// Words between those and what is said.
const OF_THEM: &[&str] =
    &["of", "them", "these", "those", "which", "ones", "are", "also", "the", "will", "should", "must"];

/// Kinds that say once more what they are.
const KINDS: &[&str] = &["application", "virtual-node", "route", "call"];

/// Ways to say everything that need no preposition.
const ADVERBS: &[&str] = &["everywhere", "across the board", "mesh wide"];

/// Parts of nodes that are said before whose they are.
const OWNED: &[&str] = &[
    "health-check",
    "tls",
    "mtls",
    "strict",
    "permissive",
    "timeout",
    "request-timeout",
    "idle",
    "outlier-detection",
    "connection-pool",
    "access-log",
    "retry",
    "discovery",
];

/// Those of them that are nouns, so that whose they are may stand before them.
const PARTS: &[&str] = &["health-check", "outlier-detection", "connection-pool", "access-log", "tls", "mtls"];

/// The most words of a clause that ends in whose part it is about.
const MAX_CLAUSE: usize = 16;

/// The most words of such a part.
const MAX_PART: usize = 3;

/// The most things that "all twelve" counts.
const MAX_COUNT: u32 = 20;

impl Reader<'_> {
    /// "frontend calls both"
    pub(super) fn calls_those(&mut self) -> bool {
        if !self.is_symbol(self.at, &["call"]) {
            return false;
        }
        let Some((names, end)) = self.those_called(self.past(self.at + 1, &["to"])) else { return false };
        self.words = self.at..end;
        let Ok(path) = self.calls(&names) else { return false };
        self.note(&path, self.at, end);
        self.at = end;
        true
    }

    /// "Five services in mesh travel, all http on 8080: …": what is said of a number of services before they are named is said of all.
    pub(super) fn tells_all_of_a_count(&self, end: usize) -> bool {
        let is_counted = (self.at.saturating_sub(1)..end)
            .any(|at| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(2..=MAX_COUNT))));
        let mut clause = (end..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        is_counted && self.known.is_none() && clause.any(|at| self.low(at) == ":" || self.is_word(at, &["all", "each"]))
    }

    /// Speaks of what was named together: "each has a timeout of 5 s", "all three use http2".
    pub(super) fn together(&mut self) -> bool {
        if let Some(end) = self.all_of_a_list() {
            self.at = end;
            return true;
        }
        let begins = self.is_clause_start() || matches!(self.low_before(self.at), "(" | ":" | "with");
        if begins && self.all_listeners() {
            return true;
        }
        let Some((count, end)) = self.together_at(self.at).filter(|_| begins) else { return false };
        // "calls orders and payments, each over TLS": of the calls.
        let secured = self.past(end, &["with", "between", "using"]);
        if self.last_calls.is_some() && self.is_symbol(secured, &["tls", "mtls"]) {
            return false;
        }
        let is_all = self.is_word(self.at, &["all"]) && count.is_none() && self.routes_together().is_empty();
        let places = self
            .targets_that_listen(count, end)
            .or_else(|| if is_all { Some(self.all_named()) } else { self.named_together(count) });
        let mut places = places.unwrap_or_default();
        let mut clause = (end..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        let excepted = clause.find_map(|at| self.exception_at(at));
        if let Some(place) = excepted.and_then(|(name, _)| self.find_named(&name)) {
            places.retain(|there| *there != place);
        }
        if places.len() < 2 {
            return false;
        }
        let (first, others) = (places.remove(0), places);
        let (block, sending) = (self.block, self.sending);
        let here = self.turn_to(first);
        self.is_general = is_all;
        if let Place::Route(..) = first {
            (self.block, self.sending) = (block, sending);
        } else {
            self.sending = false;
        }
        let own = self.listeners_of(first).into_iter().filter(|spot| spot.listener != here.listener);
        self.beside = own.chain(others.into_iter().flat_map(|place| self.listeners_of(place))).collect();
        self.preposition = None;
        self.at = end;
        true
    }

    /// "health check the web and the api on /health", "the timeout of search is 2 s", "strict TLS on pong": of those alone.
    pub(super) fn part_of_those(&mut self) -> bool {
        // "api health check on /ready"
        if self.known.is_none()
            && self.is_clause_start()
            && let Some((names, end)) = names_of_a_kind(&self.tokens, self.at)
            && self.is_symbol(end, PARTS)
        {
            return self.turn_to_those(&names, self.at..end);
        }
        let count = (self.at..self.at + MAX_PART).take_while(|at| self.is_symbol(*at, OWNED)).count();
        if count == 0 || self.known.is_some() {
            return false;
        }
        let of = self.at + count;
        let is_checked = self.is_symbol(self.at, &["health-check"]);
        let start = self.past(of, &["for", "of", "on", "the", "both", "to"]);
        let before = (0..self.at).rev().find(|at| !matches!(self.low(*at), "the" | "a" | "an"));
        let begins = before.is_none_or(|at| self.ends_clause(at) || self.low(at) == ":");
        let is_of = matches!(self.low(of), "for" | "of" | "on");
        if begins && let Some((names, words)) = self.owner_behind(of) {
            return self.turn_to_those(&names, words);
        }
        if !(is_checked || begins && is_of) {
            return false;
        }
        if is_checked && let Some(listener) = self.listener_told_at(start) {
            self.spot = Some(listener);
            self.beside.clear();
            self.preposition = None;
            self.tokens.drain(self.at + 1..start + 2);
            return self.meaning();
        }
        let Some((names, end)) = names_of_a_kind(&self.tokens, start) else { return false };
        let end = end + usize::from(self.is_symbol(end, &["application", "virtual-node"]));
        self.turn_to_those(&names, of..end)
    }

    /// Speaks of nodes that were named, whose words stand among those of a part, and reads the part.
    fn turn_to_those(&mut self, names: &[String], words: std::ops::Range<usize>) -> bool {
        let places: Option<Vec<Place>> = names.iter().map(|name| self.find_named(name)).collect();
        let is_node = |place: &Place| matches!(place, Place::Application(_) | Place::Node(_));
        let Some(places) = places.filter(|places| places.iter().all(is_node)) else { return false };
        self.turn_to(places[0]);
        self.beside = places[1..].iter().map(|place| Spot::at(*place)).collect();
        self.group = places;
        self.sending = false;
        self.preposition = None;
        self.tokens.drain(words);
        self.meaning()
    }

    /// "retries of 2 on server errors for flights": whose part it is, where the clause ends with that and names nobody else.
    fn owner_behind(&self, at: usize) -> Option<(Vec<String>, std::ops::Range<usize>)> {
        let end = at
            + (at..self.tokens.len())
                .take(MAX_CLAUSE)
                .take_while(|at| !self.is_sentence_end(*at) && self.low(*at) != ",")
                .count();
        let is_known = |at: usize| name_at(&self.tokens, at).is_some_and(|name| self.find_named(&name).is_some());
        let first = (at..end).find(|at| is_known(*at))?;
        let of = (at..first).rev().find(|at| !matches!(self.low(*at), "the" | "both"))?;
        let (names, after) = names_of_a_kind(&self.tokens, first)?;
        let after = after + usize::from(self.is_symbol(after, &["application", "virtual-node"]));
        (of > at && matches!(self.low(of), "for" | "on" | "of") && after == end).then_some((names, of..after))
    }

    /// "all three of orders, payments and users retry": the list follows, and says it better.
    fn all_of_a_list(&self) -> Option<usize> {
        self.is_word(self.at, ALL).then_some(())?;
        let number =
            |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(2..=MAX_COUNT)));
        let place = self.past(self.at + 1, ALL);
        let place = if number(place) { place + 1 } else { place };
        let start = self.past(place, &["of", "the"]);
        let (names, _) = names_of_a_kind(&self.tokens, start).filter(|_| start > self.at + 1)?;
        (names.len() > 1).then_some(start)
    }

    /// Words that speak of several at once, how many they count, and the place after them.
    pub(super) fn together_at(&self, at: usize) -> Option<(Option<usize>, usize)> {
        self.is_word(at, ALL).then_some(())?;
        let is_pair = self.is_word(at, &["both"]) || self.is_word(at + 1, &["both"]);
        let is_pronoun = self.is_word(at, &["these", "those", "they"]);
        let mut end = self.past(at + 1, ALL);
        end = self.past(end, OF_THEM);
        let count = match self.token(end).map(|token| &token.kind) {
            Some(TokenKind::Number(number)) if (2..=MAX_COUNT).contains(number) => {
                end = self.past(end + 1, OF_THEM);
                usize::try_from(*number).ok()
            }
            _ => is_pair.then_some(2),
        };
        // "both calls use TLS", and not "both call inventory"
        let is_verb =
            self.is_symbol(end, &["call"]) && name_at(&self.tokens, self.past(end + 1, &["the", "to"])).is_some();
        if self.is_symbol(end, KINDS) && !is_verb {
            end = self.past(end + 1, OF_THEM);
        }
        let says_more = !self.is_sentence_end(end) && name_at(&self.tokens, end).is_none() && self.low(end) != ",";
        let is_said = !is_pronoun || end > at + 1 || count.is_some();
        (says_more && is_said).then_some((count, end))
    }

    /// What was named together: routes where one is spoken of, else the last list of nodes and applications, or all.
    pub(super) fn named_together(&self, count: Option<usize>) -> Option<Vec<Place>> {
        let routes = self.routes_together();
        let named = self.all_named();
        let fits = |places: &Vec<Place>| places.len() > 1 && count.is_none_or(|count| places.len() == count);
        [routes, self.group.clone(), named].into_iter().find(fits)
    }

    /// Where the sentence of the words at hand begins.
    pub(super) fn begin_of_sentence(&self) -> usize {
        (0..self.words.start).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1)
    }

    /// Whether the sentence names and points at none of what was named before.
    pub(super) fn is_said_of_none(&self) -> bool {
        self.is_carried && !self.is_pointed_at()
    }

    /// Whether the sentence points at what was spoken of: "its DNS name is …".
    fn is_pointed_at(&self) -> bool {
        let points = |at: usize| self.is_word(at, &["it", "its", "itself", "this", "that", "there"]);
        (self.begin_of_sentence()..self.words.start).any(points)
    }

    /// The one that a value belongs to which no two share, as a host name: where its sentence names none, the one that its
    /// first label names, or the only one that the sentence before speaks of. `None` where that is asked about.
    pub(super) fn owner_of(&mut self, value: &str) -> Result<Option<Spot>, Trouble> {
        let here = self.here()?;
        let named = self.all_named();
        if !named.contains(&here.place) || named.len() < 2 || !self.is_carried {
            return Ok(Some(here));
        }
        let label = value.split('.').next().unwrap_or_default().to_lowercase();
        let of_label = |is_it: fn(&str, &str) -> bool| {
            let is_it = |name: String| is_it(&name.to_lowercase(), &label);
            named.iter().copied().filter(|place| self.name_of_proxied(*place).is_some_and(is_it)).collect::<Vec<_>>()
        };
        let exact = of_label(|name, label| name == label);
        let is_pointed_at = self.is_pointed_at();
        if is_pointed_at && exact.iter().all(|place| *place == here.place) {
            return Ok(Some(here));
        }
        let parts = of_label(|name, label| label.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '_'])));
        let last = self.last_named(&named);
        self.is_carried = false;
        self.beside.clear();
        let owner = match (exact.as_slice(), parts.as_slice(), last.as_slice()) {
            // "Its DNS name is api.local", where `web` was spoken of last.
            _ if is_pointed_at => None,
            ([owner], ..) | ([], [owner], _) | ([], [], [owner]) => Some(*owner),
            _ => None,
        };
        let Some(owner) = owner else {
            let (from, to) = (self.words.start, self.words.end);
            self.ask(&format!("Which of those that were named has `{value}`? No two can share it."), from, to);
            return Ok(None);
        };
        Ok(Some(if owner == here.place { here } else { self.turn_to(owner) }))
    }

    /// Those whose names stand in the sentence before.
    fn last_named(&self, named: &[Place]) -> Vec<Place> {
        let end = self.begin_of_sentence().saturating_sub(1);
        let start = (0..end).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1);
        let is_there =
            |name: String| self.tokens[start..end].iter().any(|token| token.text.eq_ignore_ascii_case(&name));
        named.iter().copied().filter(|place| self.name_of_proxied(*place).is_some_and(is_there)).collect()
    }

    /// The routes beside the one that is spoken of.
    pub(super) fn routes_together(&self) -> Vec<Place> {
        match self.spot.map(|spot| spot.place) {
            Some(Place::Route(None, _)) => (0..self.intent.routes.len()).map(|at| Place::Route(None, at)).collect(),
            Some(Place::Route(Some(router), _)) => {
                (0..self.intent.virtual_routers[router].routes.len()).map(|at| Place::Route(Some(router), at)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Every application and node that has a name.
    pub(super) fn all_named(&self) -> Vec<Place> {
        let intent = &self.intent;
        let is_named = |name: &Option<String>| name.is_some();
        let applications = intent.applications.iter().enumerate().filter(|(_, there)| is_named(&there.name));
        let nodes = intent.virtual_nodes.iter().enumerate().filter(|(_, there)| is_named(&there.name));
        applications.map(|(at, _)| Place::Application(at)).chain(nodes.map(|(at, _)| Place::Node(at))).collect()
    }

    /// The others for which it holds too what was just said: "3 retries each", "TLS between all of them".
    pub(super) fn said_of_all(&self, at: usize) -> Vec<Spot> {
        if let Some(listeners) = self.other_listeners(at) {
            return listeners;
        }
        let ends = |at: usize| self.ends_clause(at);
        let is_each = self.is_word(at, &["each", "apiece"]) && ends(at + 1);
        let of_all = self.past(at, &["for", "on", "between", "across", "of", "the"]);
        let of_them = self.past(self.past(of_all, ALL), &["of", "them", "two", "three"]);
        // "TLS everywhere"
        let is_adverb = self.token(at).is_some_and(|token| ADVERBS.contains(&token.text.to_lowercase().as_str()));
        let is_all = (of_all > at || is_adverb) && self.is_symbol(of_all, &["everything"]) && ends(of_all + 1);
        // "strict TLS between them, from SDS"
        let between = self.low(at) == "between" && self.is_word(at + 1, &["them"]);
        let is_both = between || of_all > at && self.is_word(of_all, ALL) && ends(of_them);
        let places = match (is_each || is_both, is_all) {
            (true, _) => self.named_together(None).unwrap_or_default(),
            (_, true) => self.all_named(),
            _ => Vec::new(),
        };
        let here = self.spot.map(|spot| spot.place);
        places.into_iter().filter(|place| Some(*place) != here).map(Spot::at).collect()
    }

    /// What "both" and "all of them" are that something calls: all that were named, but itself.
    pub(super) fn those_called(&self, at: usize) -> Option<(Vec<String>, usize)> {
        if self.is_word(at, &["it"]) && self.ends_clause(at + 1) && self.known.is_none() {
            return self.called_it().map(|name| (vec![name], at + 1));
        }
        // "calls the other two"
        let are_others = self.token(at).is_some_and(|token| {
            token.kind == TokenKind::Symbol
                && matches!(token.text.to_lowercase().as_str(), "the other" | "others" | "other")
        });
        (are_others || self.is_word(at, &["both", "all", "each", "them", "everyone"])).then_some(())?;
        let at = if are_others { at + 1 } else { at };
        let end = self.past(at, &["both", "all", "each", "of", "them", "the", "others", "other", "two", "three"]);
        self.ends_clause(end).then_some(())?;
        let here = self.spot.map(|spot| spot.place);
        let others = self.all_named().into_iter().filter(|place| Some(*place) != here);
        let names: Vec<String> = others
            .filter_map(|place| match place {
                Place::Application(at) => self.intent.applications[at].name.clone(),
                Place::Node(at) => self.intent.virtual_nodes[at].name.clone(),
                _ => None,
            })
            .collect();
        (names.len() > 1).then_some((names, end))
    }

    /// "bidder is grpc on 9000, and the exchange service calls it": what was spoken of before who calls.
    fn called_it(&self) -> Option<String> {
        let here = self.spot.map(|spot| spot.place);
        let before = self.history.iter().rev().map(|spot| spot.place).find(|place| Some(*place) != here)?;
        match before {
            Place::Application(at) => self.intent.applications[at].name.clone(),
            _ => None,
        }
    }
}
