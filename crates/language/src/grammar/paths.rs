//! What is said of a path belongs to its route: "/stream has a timeout of 60 s", "retry /export twice".

use super::block::Block;
use super::pathway::{by_form, pattern_of};
use super::read::BEFORE_CLAUSE;
use super::reader::{Reader, Verb};
use super::slot::Slots;
use super::spot::{self, Place, Said, Spot, put};
use crate::intent::{Match, Pathway, Query};
use crate::lexer::TokenKind;
use crate::lexicon::is_method;
use crate::understanding::Assumption;

/// How many tokens ahead a path is looked for.
const MAX_AHEAD: usize = 24;

/// Symbols of what a route has beside its match and its targets.
const POLICIES: &[&str] = &["timeout", "request-timeout", "retry", "idle", "per-try", "unlimited", "take", "priority"];

/// Words that say that a route is tried before others.
const WINNING: &[&str] = &["win", "wins", "winning", "beat", "beats", "beating"];

/// Symbols of blocks that have paths of their own, and of clauses that send.
const OTHERS: &[&str] =
    &["health-check", "to", "send", "split", "access-log", "certificate", "trust", "rewrite", "strip", "path"];

/// Words before a path that something is said of.
const PREPOSITIONS: &[&str] = &["for", "on", "of", "under", "at", "to"];

impl Reader<'_> {
    /// A path that is the subject of a clause, or whose policy the clause says; its words are read with that.
    pub(super) fn path_spoken_of(&mut self) -> bool {
        let before = (0..self.at).rev().find(|at| self.low(*at) != "the").map(|at| self.low(at));
        let begins = before.is_none_or(|word| BEFORE_CLAUSE.contains(&word) || matches!(word, "give" | "set" | "with"));
        // "the route /a has priority 5"
        let is_route = self.is_symbol(self.at, &["route"]) && self.is_path(self.at + 1);
        let is_subject =
            self.is_path(self.at + usize::from(is_route)) && begins && (!self.sending || self.says_order());
        let is_policy = self.is_symbol(self.at, POLICIES)
            || self.token(self.at).is_some_and(|token| matches!(token.kind, TokenKind::Span(_) | TokenKind::Number(_)));
        // "POST requests to /score, with priority 5"
        let is_told = self.at > 1
            && self.verb != Verb::Change
            && self.low_before(self.at) == "to"
            && (self.is_word(self.at - 2, &["requests", "request", "traffic", "calls"])
                || is_method(&self.tokens[self.at - 2].text));
        if is_told
            || !is_subject && !is_policy
            || matches!(self.block, Block::HealthCheck | Block::AccessLog | Block::Tls)
        {
            return false;
        }
        let Some(at) = self.path_ahead() else { return false };
        let path = self.tokens[at].text.clone();
        let Some(place) = self.route_of_path(&path) else { return false };
        let block = self.block;
        self.turn_to(place);
        self.block = block;
        self.preposition = None;
        if at == self.at + usize::from(is_route) {
            self.note(&format!("{}.match.path", spot::path_of(place)), at, at + 1);
        }
        let start = at - usize::from(at > self.at && (is_route || PREPOSITIONS.contains(&self.low_before(at))));
        // "the /b route"
        let end = at + usize::from(self.is_symbol(at + 1, &["route"]));
        self.tokens.drain(start..=end);
        true
    }

    /// Whether the clause says which route comes first.
    fn says_order(&self) -> bool {
        let mut clause = (self.at..self.at + MAX_AHEAD).take_while(|at| !self.ends_clause(*at));
        clause.any(|at| {
            self.is_word(at, WINNING)
                || self.is_symbol(at, &["priority"])
                || self.low(at) == "before"
                    && self.is_symbol(self.past_glue(at + 1), &["everything", "otherwise", "rest"])
        })
    }

    pub(super) fn is_path(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.kind == TokenKind::Path)
    }

    /// The path of a clause that says a policy and sends nothing.
    fn path_ahead(&self) -> Option<usize> {
        let is_end = |at: usize| self.is_sentence_end(at) || matches!(self.low(at), "," | "and" | "but");
        let end = (self.at..self.at + MAX_AHEAD).find(|at| is_end(*at))?;
        let mut paths = (self.at..end).filter(|at| self.is_path(*at));
        let path = paths.next().filter(|_| paths.next().is_none())?;
        let is_policy = (self.at..end).any(|at| self.is_symbol(at, POLICIES)) || self.says_order();
        // "requests to /slow time out": the word before a path sends nothing.
        let to_value = |at: usize| {
            self.token(at + 1).is_some_and(|token| matches!(token.kind, TokenKind::Span(_) | TokenKind::Number(_)))
        };
        // "goes before everything else"
        let is_first = |at: usize| self.is_symbol(at, &["send"]) && self.low(at + 1) == "before";
        let is_other = |at: usize| self.is_symbol(at, OTHERS) && at + 1 != path && !to_value(at) && !is_first(at);
        (is_policy && !(self.at..end).any(is_other)).then_some(path)
    }

    /// The route of a path; a new one where none was described.
    fn route_of_path(&mut self, path: &str) -> Option<Place> {
        let path = path.strip_suffix('*').unwrap_or(path);
        if let Some(place) = self.find_path(path) {
            return Some(place);
        }
        let router = match self.spot.map(|spot| spot.place) {
            Some(Place::Route(router, _)) => router,
            Some(Place::Router(router)) => Some(router),
            None => None,
            Some(_) => return None,
        };
        let action = self.action_of_part();
        let place = self.new_route(router);
        spot::route(&mut self.intent, Spot::at(place)).ok()?.0.action = action;
        let (matcher, at) = spot::matcher(&mut self.intent, Spot::at(place)).ok()?;
        put(&mut matcher.path, Pathway::Prefix(path.to_owned()), &at, "path").ok()?;
        Some(place)
    }

    fn find_path(&self, path: &str) -> Option<Place> {
        let is_it = |matcher: &Match| match &matcher.path {
            Some(Pathway::Prefix(there) | Pathway::Exact(there)) => there == path,
            _ => false,
        };
        let of_routers = self.intent.virtual_routers.iter().enumerate().find_map(|(router, there)| {
            let at = there.routes.iter().position(|route| is_it(&route.matcher))?;
            Some(Place::Route(Some(router), at))
        });
        of_routers.or_else(|| {
            self.intent.routes.iter().position(|route| is_it(&route.matcher)).map(|at| Place::Route(None, at))
        })
    }
}

/// Puts a path among what a route matches; one that has a query takes that along.
pub(super) fn path(reader: &mut Reader<'_>, slots: &Slots, make: fn(String) -> Pathway) -> Said {
    let pathway = match make(slots.text("path")) {
        Pathway::Prefix(path) => by_form(path),
        other => other,
    };
    let (pathway, query) = match pathway {
        Pathway::Prefix(path) if path.contains('?') => {
            let (path, query) =
                path.split_once('?').map(|(path, query)| (path.to_owned(), query.to_owned())).unwrap_or_default();
            (Pathway::Prefix(path), query)
        }
        other => (other, String::new()),
    };
    let pathway = match pathway {
        Pathway::Prefix(path) if let Some(pattern) = pattern_of(&path) => {
            let is_same = pattern == path;
            let what = if is_same { "a pattern".to_owned() } else { format!("the pattern `{pattern}`") };
            reader.assumptions.push(Assumption {
                what: format!("`{path}` is {what}"),
                why: "no path has such characters in it, and a pattern must match the whole path".to_owned(),
            });
            Pathway::Regex(pattern)
        }
        other => other,
    };
    if query.is_empty() && reader.further_path(&pathway) {
        return Ok(String::new());
    }
    reader.matcher(|matcher, path| {
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value.to_owned())));
            matcher.query.push(Query { name: name.to_owned(), value });
        }
        // "all requests" is every path until one is named.
        if matcher.path == Some(Pathway::Prefix("/".to_owned())) && pathway != Pathway::Prefix("/".to_owned()) {
            matcher.path = None;
        }
        put(&mut matcher.path, pathway, path, "path")
    })
}
