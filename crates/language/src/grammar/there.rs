//! What the files of a request have: where nothing else takes a word, the name of what is there says what is spoken of, and what
//! is said of nothing is said of what is there.

use meshwright_model::Kind;

use super::block::Block;
use super::name::name_at;
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Trouble, put};
use super::thing::{Entity, Thing};
use crate::intent::{Action, Route, Span};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// Words before a name that is only compared with: "a node like orders".
const COMPARING: &[&str] = &["like", "as", "than", "unlike", "except", "excluding", "but", "same", "copy", "clone"];

/// Who or what a reason is about.
const NARRATED: &[&str] = &[
    "we", "i", "they", "we're", "they're", "i'm", "it", "it's", "that", "this", "nobody", "noone", "nothing", "users",
    "clients",
];

/// Words for the use of something.
const USE: &[&str] = &[
    "need",
    "needs",
    "needed",
    "use",
    "uses",
    "used",
    "using",
    "unused",
    "obsolete",
    "deprecated",
    "retired",
    "dead",
    "legacy",
];

/// Words of a reason that tells that something is out of use.
const OUT_OF_USE: &[&str] = &[
    "don't",
    "do not",
    "doesn't",
    "does not",
    "isn't",
    "is not",
    "aren't",
    "are not",
    "not",
    "no",
    "no longer",
    "longer",
    "is",
    "are",
    "was",
    "has",
    "been",
    "be",
    "it",
    "them",
    "that",
    "any",
    "more",
    "anymore",
    "any more",
    "any longer",
    "now",
    "anyway",
    "really",
    "at",
    "all",
    "never",
    "hasn't",
    "haven't",
];

/// The most words of a clause before the name that it is about: "please let the …".
const MAX_BEFORE: usize = 4;

impl Reader<'_> {
    /// What the files have by a name: its place, as something that changes.
    pub(super) fn place_there(&mut self, name: &str) -> Option<Place> {
        let thing = Some(self.thing_there(name)).filter(|thing| *thing != Thing::Application)?;
        let entity = Entity { is_existing: true, ..Entity::new(thing, Some(name.to_owned()), self.at + 1) };
        self.place_of(&entity)
    }

    /// A name of the files that nothing else takes, at the begin of its clause: "let orders take …", "move orders to …".
    pub(super) fn known_name(&mut self) -> bool {
        let Some(token) = self.token(self.at) else { return false };
        let may_be = matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Host | TokenKind::Quoted);
        let name = token.text.clone();
        // "move cart from http to http2": a part of a name, right behind the verb.
        let is_changed = self.at > 0
            && self.is_symbol(self.at - 1, &["change"])
            && (self.is_word(self.at + 1, &["from"]) || self.is_symbol(self.at + 1, &["to"]))
            && self.known.as_ref().is_some_and(|known| known.knows(&name));
        if !may_be || !self.is_there(&name) && !is_changed || !self.begins_clause() {
            return false;
        }
        if !self.name_part(&name) {
            self.speak_of_there(&name);
            self.sending = false;
        }
        self.at += 1;
        true
    }

    /// "retry failed calls to orders 3 times": of the routes that lead to what has the name.
    pub(super) fn retries_of(&mut self, name: &str) -> Said {
        if !self.known.as_ref().is_some_and(|known| known.speaks_of(name)) {
            return Err(Trouble::NotHere);
        }
        let place = match self.thing_there(name) {
            Thing::Router | Thing::Service => {
                let (router, action) = (Some(name.to_owned()), Action::Change);
                self.intent.routes.push(Route { router, action, ..Route::default() });
                Place::Route(None, self.intent.routes.len() - 1)
            }
            Thing::Route | Thing::Application => self.named(name, Action::Change),
            _ => return Err(Trouble::NotHere),
        };
        let spot = self.turn_to(place);
        spot::retry(&mut self.intent, spot).map(|(_, path)| path)
    }

    /// "the orders calls need 45 seconds": the timeout of what the files have by that name.
    pub(super) fn time_of(&mut self, name: &str, span: Span) -> Said {
        let needs =
            |at: usize| !self.is_symbol(at, &["create"]) || self.tokens[at].text.to_lowercase().starts_with("need");
        let is_known = self.known.as_ref().is_some_and(|known| known.speaks_of(name));
        if !is_known || !self.words.clone().all(needs) || !self.ends_clause(self.words.end) {
            return Err(Trouble::NotHere);
        }
        let place = self.named(name, Action::Change);
        let place = match place {
            Place::Router(_) | Place::Service(_) => {
                self.take_back(place);
                self.intent.routes.push(Route {
                    router: Some(name.to_owned()),
                    action: Action::Change,
                    ..Route::default()
                });
                Place::Route(None, self.intent.routes.len() - 1)
            }
            place => place,
        };
        let spot = self.turn_to(place);
        self.set_calls_aside();
        let (timeout, path) = spot::timeout(&mut self.intent, spot)?;
        put(&mut timeout.per_request, span, &path, "perRequest")
    }

    /// Whether calls at a place are said to take time: "calls need 45 seconds".
    pub(super) fn needs_time(&self, at: usize) -> bool {
        let verb = self.token(at + 1).map_or(String::new(), |token| token.text.to_lowercase());
        self.is_symbol(at, &["call"]) && matches!(verb.as_str(), "need" | "needs" | "take" | "takes" | "run")
    }

    /// "limit orders to 100 connections": the limit is of what is named.
    pub(super) fn limited(&mut self) -> bool {
        let limits = self.is_symbol(self.at, &["max"]) && self.is_clause_start();
        let number = self.token(self.at + 3).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let name =
            name_at(&self.tokens, self.at + 1).filter(|_| limits && number && self.is_symbol(self.at + 2, &["to"]));
        let Some(name) = name else { return false };
        let place = self.named(&name, Action::Change);
        self.turn_to(place);
        self.at += 3;
        true
    }

    /// The name of a node or gateway.
    pub(super) fn name_of_proxied(&self, place: Place) -> Option<String> {
        match place {
            Place::Application(at) => self.intent.applications[at].name.clone(),
            Place::Node(at) => self.intent.virtual_nodes[at].name.clone(),
            Place::Gateway(at) => self.intent.virtual_gateways[at].name.clone(),
            _ => None,
        }
    }

    /// "health check orders on port 8081": the name of what gets the part that stands right before it.
    pub(super) fn part_of_known(&mut self) -> bool {
        let Some(token) = self.token(self.at).filter(|token| token.kind != TokenKind::Symbol) else { return false };
        let name = token.text.clone();
        let joins = matches!(self.low_before(self.at), "and" | "but" | "or");
        let follows_part = self.at > 0 && !joins && self.tokens[self.at - 1].kind == TokenKind::Symbol;
        let knows =
            self.known.as_ref().is_some_and(|known| known.knows(&name)) && name_at(&self.tokens, self.at).is_some();
        if self.block == Block::Resource || !follows_part || !knows || !self.name_part(&name) {
            return false;
        }
        self.at += 1;
        self.name_end = Some(self.at);
        true
    }

    /// Gives a part that was said of nothing its resource: "health check orders on port 8081", "retry orders-route 3 times".
    fn name_part(&mut self, name: &str) -> bool {
        let thing = self.thing_there(name);
        let Some(place) = self.spot.map(|spot| spot.place) else { return false };
        let (own, action) = match place {
            Place::Node(at) if thing == Thing::Application => {
                let node = &mut self.intent.virtual_nodes[at];
                (&mut node.name, &mut node.action)
            }
            // A route that leads somewhere is none of a node's: "…; make orders time out after 5 s".
            Place::Route(None, at)
                if thing == Thing::Route
                    || thing == Thing::Application && self.intent.routes[at].targets.is_empty() =>
            {
                let route = &mut self.intent.routes[at];
                (&mut route.name, &mut route.action)
            }
            _ => return false,
        };
        if own.is_some() {
            return false;
        }
        *own = Some(name.to_owned());
        *action = Action::Change;
        true
    }

    /// Whether the files have something of that very name.
    pub(super) fn is_there(&self, name: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.names.contains_key(name))
    }

    /// Whether a name before "listener" is a node's: "the idle timeout of the orders listener".
    pub(super) fn has_own_listener(&self, name: &str, at: usize) -> bool {
        self.is_symbol(at, &["listener"]) && self.known.as_ref().is_some_and(|known| known.is_of_nodes(name))
    }

    /// Whether something that the files have is described and not made: "the orders route should match …".
    pub(super) fn is_said_of_there(&self, entity: &Entity) -> bool {
        let knows = |name: &String| self.known.as_ref().is_some_and(|known| known.knows(name));
        entity.is_definite && entity.name.as_ref().is_some_and(knows)
    }

    /// Names what words point at and do not name, where the files have one of its kind: "the gateway".
    pub(super) fn name_what_is_there(&self, entity: Entity, at: usize) -> Entity {
        // "gateway access logs to …"
        let has_part = entity.thing == Thing::Gateway
            && self.verb != Verb::Create
            && self.is_symbol(entity.end, &["access-log", "tls", "listener", "health-check", "connection-pool"]);
        let is_pointed_at = has_part || matches!(self.low_before(at), "the" | "our" | "this" | "existing");
        let is_on_it = at > 1 && matches!(self.low(at - 2), "on" | "to" | "for" | "of" | "in");
        let is_made = self.verb == Verb::Create || self.verb == Verb::Add && self.preposition.is_none() && !is_on_it;
        let (kind, is_spoken_of) = match entity.thing {
            Thing::Node => (Kind::VirtualNode, !self.intent.virtual_nodes.is_empty()),
            Thing::Router => (Kind::VirtualRouter, !self.intent.virtual_routers.is_empty()),
            Thing::Gateway => (Kind::VirtualGateway, !self.intent.virtual_gateways.is_empty()),
            Thing::Service => (Kind::VirtualService, !self.intent.virtual_services.is_empty()),
            Thing::GatewayRoute => (Kind::GatewayRoute, !self.intent.gateway_routes.is_empty()),
            Thing::Route => (Kind::Route, !self.intent.routes.is_empty()),
            _ => return entity,
        };
        let only = self.known.as_ref().and_then(|known| known.only(kind));
        let is_it = is_pointed_at && !is_made && !is_spoken_of && entity.name.is_none() && !entity.is_plural;
        match only.filter(|_| is_it) {
            Some(name) => Entity { name: Some(name), is_existing: true, ..entity },
            None => entity,
        }
    }

    /// What kind of thing the files have by a name; an application where it is a node, or of several kinds.
    pub(super) fn thing_there(&self, name: &str) -> Thing {
        match self.known.as_ref().and_then(|known| known.kind(name)) {
            Some(Kind::VirtualRouter) => Thing::Router,
            Some(Kind::VirtualService) => Thing::Service,
            Some(Kind::VirtualGateway) => Thing::Gateway,
            Some(Kind::Route) => Thing::Route,
            // "the split of catalog", where a gateway route leads to what bears its name too.
            Some(Kind::GatewayRoute) if self.is_of_others(name) => Thing::Application,
            Some(Kind::GatewayRoute) => Thing::GatewayRoute,
            Some(Kind::Mesh | Kind::VirtualNode) | None => Thing::Application,
        }
    }

    /// Whether a name may mean what stands behind gateway routes.
    fn is_of_others(&self, name: &str) -> bool {
        let kinds = [Kind::VirtualNode, Kind::VirtualRouter, Kind::VirtualService, Kind::Route];
        self.known.as_ref().is_some_and(|known| kinds.iter().any(|kind| known.is_of_kind(*kind, name)))
    }

    /// The kind of what the files have by a name, where it is one.
    pub(super) fn kind_there(&self, name: &str) -> Option<Kind> {
        self.known.as_ref()?.kind(name)
    }

    /// "…, we don't need it any more" says why something goes; `frames` knows all other reasons.
    pub(super) fn out_of_use(&mut self) -> bool {
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let end = (self.at..self.tokens.len()).find(|at| *at > self.at && self.ends_clause(*at));
        let end = end.unwrap_or(self.tokens.len());
        let is_out_of_use = self.known.is_some()
            && self.at > 0
            && self.ends_clause(self.at - 1)
            && !self.intent.removals.is_empty()
            && NARRATED.contains(&text(self.at).as_str())
            && (self.at..end).any(|at| self.says_use(at))
            && (self.at + 1..end).all(|at| OUT_OF_USE.contains(&text(at).as_str()) || self.says_use(at));
        if !is_out_of_use {
            return false;
        }
        let said = self.said(self.tokens[self.at].start, self.tokens[end - 1].end);
        let (what, why) =
            (format!("\"{}\" changes nothing by itself", said.text), "it says why, and no value".to_owned());
        self.set_aside(self.at, end);
        self.assumptions.push(Assumption { what, why });
        self.at = end;
        true
    }

    /// Whether a word says that something is used.
    fn says_use(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| USE.contains(&token.text.to_lowercase().as_str()))
    }

    /// Whether a name is only what something is compared with: "a node like orders".
    pub(super) fn is_compared(&self, at: usize) -> bool {
        let before = (0..at).rev().find(|before| !matches!(self.low(*before), "the" | "our" | "my"));
        before.is_some_and(|before| self.is_word(before, &["like"]))
    }

    /// Whether words say what is to be of what stands before them.
    pub(super) fn is_bound(&self, at: usize) -> bool {
        self.is_word(at, &["must", "should", "shall", "needs"])
    }

    /// Whether few words stand before a place in its clause, and none that compares.
    fn begins_clause(&self) -> bool {
        let ends =
            |at: &usize| matches!(self.low(*at), "." | ";" | "," | "and" | "but" | "then" | ":" | "-" | "–" | "—");
        let start = (0..self.at).rev().find(ends).map_or(0, |end| end + 1);
        let words = || start..self.at;
        words().len() <= MAX_BEFORE && !words().any(|at| COMPARING.contains(&self.low(at)))
    }
}
