//! Words that name a resource: "the orders virtual node", "a mesh called shop", "two routes".

use super::meaning::{Block, Home};
use super::pattern::{is_clause_verb, name_at, names_from};
use super::reader::{Reader, Verb};
use super::spot::{Place, Spot};
use crate::intent::{Action, Protocol};
use crate::lexer::TokenKind;
use crate::lexicon::is_glue;

/// A kind of thing that words name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Thing {
    Mesh,
    Node,
    Router,
    Route,
    Service,
    Gateway,
    GatewayRoute,
    Application,
    Sidecar,
    Everything,
}

/// What words name.
#[derive(Clone, Debug)]
pub(super) struct Entity {
    pub(super) thing: Thing,
    pub(super) name: Option<String>,
    /// Names beside the first: "virtual nodes cart and users".
    pub(super) others: Vec<String>,
    /// Whether there are several.
    pub(super) is_plural: bool,
    /// Whether it is said to be there already.
    pub(super) is_existing: bool,
    /// Whether the name is only whom it is for.
    pub(super) is_soft: bool,
    pub(super) protocol: Option<Protocol>,
    pub(super) is_definite: bool,
    pub(super) end: usize,
}

impl Reader<'_> {
    fn thing_at(&self, at: usize) -> Option<Thing> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        Some(match token.low.as_str() {
            "mesh" => Thing::Mesh,
            "virtual-node" => Thing::Node,
            "virtual-router" => Thing::Router,
            "route" => Thing::Route,
            "virtual-service" => Thing::Service,
            "virtual-gateway" => Thing::Gateway,
            "gateway-route" => Thing::GatewayRoute,
            "application" => Thing::Application,
            "sidecar" => Thing::Sidecar,
            "everything" => Thing::Everything,
            _ => return None,
        })
    }

    /// Whether a resource is named right after the verb: "add a route", and not "add retries to the route".
    pub(super) fn introduces_entity(&self, at: usize) -> bool {
        let mut place = at;
        while self.token(place).is_some_and(|token| token.kind == TokenKind::Word && is_glue(&token.low)) {
            place += 1;
        }
        self.entity_at(place).is_some_and(|entity| !matches!(entity.thing, Thing::Everything))
    }

    /// What the words at a place name.
    pub(super) fn entity_at(&self, at: usize) -> Option<Entity> {
        let mut place = at;
        let mut protocol = None;
        if matches!(self.token(place)?.kind, TokenKind::Number(number) if number <= 20)
            && self.thing_at(place + 1).is_some()
        {
            place += 1;
        }
        if let Some(said) = self.protocol_at(place)
            && matches!(
                self.thing_at(place + 1),
                Some(Thing::Route | Thing::GatewayRoute | Thing::Node | Thing::Router | Thing::Gateway)
            )
        {
            protocol = Some(said);
            place += 1;
        }
        let is_definite = at > 0
            && self.token(at - 1).is_some_and(|token| {
                matches!(token.low.as_str(), "the" | "this" | "that" | "its" | "our" | "my" | "existing")
            });
        let is_existing = (at.saturating_sub(2)..at)
            .any(|before| self.token(before).is_some_and(|token| matches!(token.low.as_str(), "existing" | "current")));
        let is_plural = self.token(place).is_some_and(|token| token.text.ends_with('s'));
        let entity = |thing, name, end| Entity {
            thing,
            name,
            others: Vec::new(),
            is_plural,
            is_existing,
            is_soft: false,
            protocol,
            is_definite,
            end,
        };
        // "another called posts": of the kind that was spoken of.
        if self.token(place).is_some_and(|token| matches!(token.low.as_str(), "another" | "second" | "other"))
            && self.is_symbol(place + 1, &["named"])
        {
            let name = self.any_name_at(place + 2)?;
            let thing = match self.spot?.place {
                Place::Node(_) => Thing::Node,
                Place::Router(_) => Thing::Router,
                Place::Gateway(_) => Thing::Gateway,
                Place::Service(_) => Thing::Service,
                Place::Route(..) => Thing::Route,
                Place::GatewayRoute(..) => Thing::GatewayRoute,
                Place::Application(_) => Thing::Application,
                _ => return None,
            };
            return Some(entity(thing, Some(name), place + 3));
        }
        // "all others use http on 8080"
        if self.is_symbol(place, &["otherwise"]) {
            let mut after = place + 1;
            while self.token(after).is_some_and(|token| token.kind == TokenKind::Word && is_glue(&token.low)) {
                after += 1;
            }
            let speaks = self
                .is_symbol(after, &["listen", "speak", "http", "http2", "grpc", "tcp", "tls", "mtls", "health-check"]);
            return (speaks && !self.sending).then(|| entity(Thing::Everything, None, place + 1));
        }
        // "App Mesh" is the product, unless it is given a name.
        if self.is_symbol(place, &["app-mesh"]) && self.is_symbol(place + 1, &["named"]) {
            let name = self.any_name_at(place + 2)?;
            return Some(entity(Thing::Mesh, Some(name), place + 3));
        }
        if let Some(thing) = self.thing_at(place) {
            if let Some((mut names, end)) = self.names_after(thing, place) {
                let first = names.remove(0);
                return Some(Entity { others: names, ..entity(thing, Some(first), end) });
            }
            return self
                .thing_first(thing, place)
                .map(|(name, end, is_soft)| Entity { is_soft, ..entity(thing, name, end) });
        }
        let name = self.name_before_thing(place)?;
        let thing = match self.thing_at(place + 1) {
            Some(thing) => thing,
            None => {
                // "`telemetry` to be a virtual node", "telemetry is a virtual node"
                let mut after = place + 1;
                while self.token(after).is_some_and(|token| {
                    matches!(
                        token.low.as_str(),
                        "to" | "be" | "is" | "should" | "a" | "an" | "as" | "the" | "becomes" | "will" | "new" | "must"
                    )
                }) {
                    after += 1;
                }
                let is_said = (place + 1..after).any(|at| {
                    self.token(at).is_some_and(|token| matches!(token.low.as_str(), "be" | "is" | "as" | "becomes"))
                });
                let thing = self.thing_at(after).filter(|thing| is_said && *thing != Thing::Everything)?;
                return Some(Entity { is_definite: false, ..entity(thing, Some(name), after + 1) });
            }
        };
        if matches!(thing, Thing::Everything) || self.is_routing_verb(place + 1) {
            return None;
        }
        // "orders virtual node named x" would be odd: the name stands before.
        Some(entity(thing, Some(name), place + 2))
    }

    fn name_before_thing(&self, at: usize) -> Option<String> {
        name_at(&self.tokens, at).or_else(|| {
            // Words that mean something else elsewhere are names right before a kind: "the user service".
            let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
            matches!(
                token.low.as_str(),
                "user"
                    | "query"
                    | "image"
                    | "secret"
                    | "event"
                    | "events"
                    | "owner"
                    | "internal"
                    | "metadata"
                    | "memory"
                    | "tag"
                    | "format"
            )
            .then(|| token.text.clone())
            .filter(|text| !text.contains(' '))
        })
    }

    fn protocol_at(&self, at: usize) -> Option<Protocol> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        Some(match token.low.as_str() {
            "http" => Protocol::Http,
            "http2" => Protocol::Http2,
            "grpc" => Protocol::Grpc,
            "tcp" => Protocol::Tcp,
            _ => return None,
        })
    }

    /// A word that means something else elsewhere, and stands where only a name can: "node matching, port 9000".
    fn odd_name_at(&self, at: usize) -> Option<String> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        let is_odd = !matches!(
            token.low.as_str(),
            "and"
                | "or"
                | "but"
                | "to"
                | "no"
                | "named"
                | "equals"
                | "call"
                | "listen"
                | "port"
                | "called-by"
                | "every"
                | "max"
                | "on"
                | "off"
        ) && self.thing_at(at).is_none();
        let after = self.token(at + 1);
        let ends = after.is_none_or(|next| {
            matches!(
                next.low.as_str(),
                "," | "."
                    | ";"
                    | ":"
                    | "("
                    | "on"
                    | "should"
                    | "must"
                    | "is"
                    | "has"
                    | "in"
                    | "over"
                    | "send"
                    | "with"
                    | "listen"
                    | "port"
                    | "at"
                    | "that"
                    | "which"
                    | "using"
            )
        });
        (is_odd && ends && !token.text.contains(' ')).then(|| token.text.clone())
    }

    /// Any token that can be a name once a word such as `named` has said that it is one.
    fn any_name_at(&self, at: usize) -> Option<String> {
        name_at(&self.tokens, at).or_else(|| {
            let token = self.token(at)?;
            let is_text = matches!(token.kind, TokenKind::Symbol | TokenKind::Quoted | TokenKind::Word);
            (is_text && !token.text.contains(char::is_whitespace)).then(|| token.text.clone())
        })
    }

    /// A kind and the name after it.
    fn thing_first(&self, thing: Thing, at: usize) -> Option<(Option<String>, usize, bool)> {
        if thing == Thing::Route && self.is_routing_verb(at) {
            return None;
        }
        let mut place = at + 1;
        while self.token(place).is_some_and(|token| {
            token.kind == TokenKind::Word
                && matches!(
                    token.low.as_str(),
                    "is" | "resource" | "resources" | "it" | "should" | "be" | "with" | "the"
                )
                || token.low == ":"
        }) {
            place += 1;
        }
        if self.is_symbol(place, &["named"]) {
            let mut after = place + 1;
            while self.token(after).is_some_and(|token| {
                token.low == ":"
                    || token.low == "equals"
                    || token.kind == TokenKind::Word && matches!(token.low.as_str(), "is" | "it" | "the" | "as")
            }) {
                after += 1;
            }
            if let Some(name) = self.any_name_at(after) {
                return Some((Some(name), after + 1, false));
            }
        }
        let is_before_thing = self.thing_at(at + 2).is_some_and(|next| next != Thing::Application);
        if let Some(name) = self.odd_name_at(at + 1) {
            return Some((Some(name), at + 2, false));
        }
        if let Some(name) = name_at(&self.tokens, at + 1).filter(|_| !is_before_thing && thing != Thing::Everything) {
            return Some((Some(name), at + 2, false));
        }
        // "a virtual node for orders"
        if matches!(thing, Thing::Node | Thing::Router | Thing::Sidecar | Thing::Service)
            && self.token(at + 1).is_some_and(|token| token.low == "for")
        {
            let mut after = at + 2;
            while self.token(after).is_some_and(|token| {
                token.kind == TokenKind::Word && matches!(token.low.as_str(), "the" | "my" | "our" | "an" | "a")
            }) {
                after += 1;
            }
            if self.is_symbol(after, &["application", "virtual-node", "virtual-service"])
                && name_at(&self.tokens, after + 1).is_some()
            {
                after += 1;
            }
            if let Some(mut name) = name_at(&self.tokens, after) {
                // "for my redis cache"
                while self.token(after).is_some_and(|token| token.kind == TokenKind::Word)
                    && self
                        .token(after + 1)
                        .is_some_and(|token| token.kind == TokenKind::Word && !is_clause_verb(token))
                    && let Some(more) = name_at(&self.tokens, after + 1)
                {
                    name = format!("{name}-{more}");
                    after += 1;
                }
                let end =
                    if self.is_symbol(after + 1, &["application", "virtual-node"]) { after + 2 } else { after + 1 };
                return Some((Some(name), end, true));
            }
        }
        Some((None, at + 1, false))
    }

    /// Several names after a kind in the plural: "virtual nodes: cart, catalog and users".
    fn names_after(&self, thing: Thing, at: usize) -> Option<(Vec<String>, usize)> {
        let is_plural =
            self.token(at)?.text.ends_with('s') && !matches!(thing, Thing::Everything | Thing::Sidecar | Thing::Mesh);
        let mut place = at + 1;
        while self
            .token(place)
            .is_some_and(|token| matches!(token.low.as_str(), "," | ":" | "named" | "(" | "for" | "are"))
        {
            place += 1;
        }
        let (names, end) = names_from(&self.tokens, place).filter(|(names, _)| is_plural && names.len() > 1)?;
        Some((names, end))
    }

    /// Whether "route" is what is done and not what is made: "route /api to orders".
    fn is_routing_verb(&self, at: usize) -> bool {
        if !self.is_symbol(at, &["route"]) {
            return false;
        }
        let is_noun_before = at > 0
            && self.token(at - 1).is_some_and(|before| {
                before.kind == TokenKind::Symbol
                    && matches!(
                        before.low.as_str(),
                        "create" | "add" | "http" | "http2" | "grpc" | "tcp" | "change" | "otherwise" | "high" | "low"
                    )
                    || before.kind == TokenKind::Word
                        && matches!(
                            before.low.as_str(),
                            "a" | "an"
                                | "the"
                                | "each"
                                | "one"
                                | "another"
                                | "existing"
                                | "new"
                                | "with"
                                | "its"
                                | "this"
                                | "that's"
                                | "single"
                                | "separate"
                        )
                    || matches!(before.kind, TokenKind::Number(number) if number <= 20)
            });
        let mut after = at + 1;
        while self
            .token(after)
            .is_some_and(|token| matches!(token.low.as_str(), "the" | "any" | "of" | "incoming" | "a" | "my" | "our"))
        {
            after += 1;
        }
        let is_object_after = self.token(after).is_some_and(|next| {
            matches!(next.kind, TokenKind::Path | TokenKind::Percent(_) | TokenKind::Ratio(_))
                || next.kind == TokenKind::Symbol
                    && matches!(
                        next.low.as_str(),
                        "all-traffic"
                            | "otherwise"
                            | "everything"
                            | "header"
                            | "query"
                            | "grpc"
                            | "rest"
                            | "exact"
                            | "prefix"
                            | "path"
                            | "method"
                            | "scheme"
                            | "rpc"
                    )
                || next.kind == TokenKind::Word
                    && matches!(next.low.as_str(), "traffic" | "requests" | "request" | "calls")
                || next.kind == TokenKind::Word
                    && next.text.chars().all(|letter| letter.is_ascii_uppercase())
                    && next.text.len() > 2
        });
        !is_noun_before && is_object_after
            || self.token(at).is_some_and(|token| {
                token.low == "route"
                    && token.text.eq_ignore_ascii_case("routes")
                    && is_object_after
                    && !matches!(self.token(at.wrapping_sub(1)).map(|before| &before.kind), Some(TokenKind::Number(_)))
            })
    }

    /// Reads words that name a resource, and speaks of it from now on.
    pub(super) fn entity(&mut self) -> bool {
        let at = self.at;
        if self.name_end == Some(at)
            && self.is_symbol(
                at,
                &[
                    "application",
                    "virtual-node",
                    "virtual-service",
                    "virtual-router",
                    "virtual-gateway",
                    "version",
                    "route",
                    "gateway-route",
                    "mesh",
                ],
            )
            && !self.is_symbol(at + 1, &["named"])
            && (name_at(&self.tokens, at + 1).is_none() || self.token(at + 2).is_some_and(is_clause_verb))
        {
            self.at += 1;
            self.name_end = None;
            return true;
        }
        if self.is_routing_verb(at) {
            self.sends();
            self.at += 1;
            return true;
        }
        let Some(entity) = self.entity_at(at) else { return false };
        let mut after = at + 1;
        while self.token(after).is_some_and(|token| token.kind == TokenKind::Word && is_glue(&token.low)) {
            after += 1;
        }
        let is_traffic = self.is_symbol(after, &["prefix", "path", "send", "to"])
            || self.token(after).is_some_and(|token| token.kind == TokenKind::Path);
        if entity.thing == Thing::Everything && is_traffic {
            // "everything under /images goes to images"
            self.sends();
            self.at += 1;
            return true;
        }
        if self.meaning_of_block(entity.end) || self.longer_meaning(entity.end) {
            return true;
        }
        self.apply_entity(&entity);
        self.at = entity.end;
        self.name_end = entity.name.is_some().then_some(entity.end);
        self.preposition = None;
        true
    }

    /// A name that begins a clause of its own: "orders calls payments".
    pub(super) fn subject(&mut self) -> bool {
        if self.chain_of_calls() {
            return true;
        }
        let mut names = Vec::new();
        let mut is_apart = false;
        let mut at = self.at;
        while let Some(name) = name_at(&self.tokens, at) {
            names.push(name);
            at += 1;
            if self.token(at).is_some_and(is_clause_verb) {
                break;
            }
            let mut next = at;
            while self.token(next).is_some_and(|token| token.low == "," || token.low == "and") {
                next += 1;
            }
            if next == at {
                return false;
            }
            is_apart = name_at(&self.tokens, next).is_none();
            at = next;
        }
        if is_apart || names.is_empty() || !self.token(at).is_some_and(is_clause_verb) || self.preposition.is_some() {
            return false;
        }
        let places: Vec<Place> = names.iter().map(|name| self.place_of_subject(name)).collect();
        self.turn_to(places[0]);
        self.beside = places[1..].iter().map(|place| Spot::at(*place)).collect();
        self.sending = false;
        self.closed = true;
        self.at = at;
        true
    }

    /// "teller -> accounts -> ledger"
    fn chain_of_calls(&mut self) -> bool {
        let is_arrow = self.token(self.at + 1).is_some_and(|token| token.kind == TokenKind::Mark && token.low == "to");
        let is_routing = self.sending
            || self.spot.is_some_and(|spot| {
                matches!(spot.place, Place::Route(..) | Place::Router(_) | Place::GatewayRoute(..))
            });
        let (Some(caller), Some(callee), true, false) =
            (name_at(&self.tokens, self.at), name_at(&self.tokens, self.at + 2), is_arrow, is_routing)
        else {
            return false;
        };
        let place = self.place_of_subject(&caller);
        self.turn_to(place);
        let said = self.calls(&[callee]);
        if let Ok(path) = said {
            self.note(&path, self.at, self.at + 3);
        }
        let more = self.token(self.at + 3).is_some_and(|token| token.kind == TokenKind::Mark && token.low == "to");
        self.at += if more { 2 } else { 3 };
        true
    }

    fn place_of_subject(&mut self, name: &str) -> Place {
        self.find_named(name).unwrap_or_else(|| {
            let action = if self.verb == Verb::Change { Action::Change } else { Action::Create };
            self.application(name, action)
        })
    }

    /// Looks on for the resource that an added part belongs to: "add outlier detection to the orders node".
    pub(super) fn read_ahead(&mut self) {
        let has_shares =
            self.tokens[self.at..].iter().take_while(|token| !matches!(token.low.as_str(), "." | ";")).any(|token| {
                matches!(token.kind, TokenKind::Ratio(_))
                    || token.kind == TokenKind::Symbol
                        && matches!(token.low.as_str(), "send" | "split" | "weight" | "header")
            });
        if has_shares {
            return;
        }
        if let Some((thing, name, from, to)) = self.owner_ahead() {
            let entity = owner(thing, name, to);
            self.preposition = Some("to".to_owned());
            let at = std::mem::replace(&mut self.at, from);
            self.apply_entity(&entity);
            self.at = at;
            // What is left reads as if the owner had been named first: "change the port … to 9090".
            let mut start = from;
            while start > self.at
                && self.token(start - 1).is_some_and(|before| {
                    matches!(
                        before.low.as_str(),
                        "the" | "of" | "on" | "for" | "in" | "to" | "from" | "a" | "an" | "our" | "my"
                    )
                })
            {
                start -= 1;
            }
            self.tokens.drain(start..to);
        }
    }

    /// The place of a value that stands before the resource it belongs to.
    pub(super) fn find_ahead(&mut self, home: Home) -> Option<Spot> {
        let (thing, name, from, to) = self.owner_ahead()?;
        let fits = match home {
            Home::Node => matches!(thing, Thing::Node | Thing::Application | Thing::Gateway | Thing::Router),
            Home::Route => matches!(thing, Thing::Route | Thing::Application | Thing::Router),
            Home::Any => !matches!(thing, Thing::Mesh | Thing::Sidecar | Thing::GatewayRoute),
            Home::GatewayRoute => matches!(thing, Thing::GatewayRoute),
            Home::Service => matches!(thing, Thing::Service),
            _ => false,
        };
        if !fits {
            return None;
        }
        let (block, sending) = (self.block, self.sending);
        let entity = owner(thing, name, to);
        self.preposition = Some("to".to_owned());
        let verb = self.verb;
        if verb == Verb::None {
            self.verb = Verb::Change;
        }
        self.apply_entity(&entity);
        self.verb = verb;
        (self.block, self.sending) = (block, sending);
        self.ahead = Some((from, to));
        self.spot
    }

    /// "to the orders node", "of checkout": what it names, and the tokens from the name on.
    fn owner_ahead(&self) -> Option<(Thing, String, usize, usize)> {
        let mut at = self.at;
        while let Some(token) = self.token(at) {
            if matches!(token.low.as_str(), "." | ";") && token.kind == TokenKind::Mark {
                return None;
            }
            let is_preposition = matches!(token.low.as_str(), "to" | "on" | "for" | "of" | "in" | "from");
            if !is_preposition {
                at += 1;
                continue;
            }
            let mut place = at + 1;
            while self.token(place).is_some_and(|token| {
                matches!(
                    token.low.as_str(),
                    "the" | "my" | "our" | "a" | "an" | "this" | "existing" | "of" | "your" | "new"
                )
            }) {
                place += 1;
            }
            let found = self.entity_at(place).filter(|entity| !matches!(entity.thing, Thing::Everything | Thing::Mesh));
            if let Some(entity) = found
                && let Some(name) = entity.name
            {
                return Some((entity.thing, name, place, entity.end));
            }
            let is_name = self
                .token(place)
                .is_some_and(|token| !matches!(token.kind, TokenKind::Quoted) || !token.text.contains(':'));
            if is_name
                && !self.is_value_word(place)
                && let Some(name) = name_at(&self.tokens, place)
            {
                return Some((self.thing_named(&name), name, place, place + 1));
            }
            at = place.max(at + 1);
        }
        None
    }

    /// Words that follow prepositions and name nothing.
    fn is_value_word(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| {
            token.kind == TokenKind::Word
                && matches!(
                    token.low.as_str(),
                    "true"
                        | "false"
                        | "case"
                        | "seconds"
                        | "order"
                        | "front"
                        | "least"
                        | "most"
                        | "failure"
                        | "addition"
                        | "total"
                )
        })
    }

    /// Speaks of what words name.
    pub(super) fn apply_entity(&mut self, entity: &Entity) {
        let place = self.place_of(entity);
        if let Some(place) = place {
            self.turn_to(place);
            self.soft_name = entity.is_soft.then_some(place);
        }
        let others: Vec<Spot> = entity
            .others
            .iter()
            .filter_map(|name| {
                let other = Entity { name: Some(name.clone()), others: Vec::new(), ..entity.clone() };
                self.place_of(&other).map(|place| Spot::at(place))
            })
            .collect();
        if place.is_some() || !others.is_empty() {
            self.beside = others;
        }
        let belongs = matches!(self.preposition.as_deref(), Some("to" | "on" | "for" | "in"));
        if self.verb == Verb::None && belongs {
            self.unverbed = place;
        }
        let protocol = entity.protocol.or_else(|| {
            self.pending_protocol
                .take()
                .filter(|_| !matches!(entity.thing, Thing::Mesh | Thing::Service | Thing::Sidecar))
        });
        if let (Some(protocol), Some(_)) = (protocol, self.spot) {
            let _ = self.put_protocol(protocol);
        }
        if matches!(entity.thing, Thing::Sidecar) {
            self.block = Block::Sidecar;
        }
        if matches!(entity.thing, Thing::Route | Thing::GatewayRoute) {
            self.block = Block::Match;
        }
    }
}

/// What a part belongs to, as an entity.
fn owner(thing: Thing, name: String, end: usize) -> Entity {
    Entity {
        thing,
        name: Some(name),
        others: Vec::new(),
        is_plural: false,
        is_existing: false,
        is_soft: false,
        protocol: None,
        is_definite: true,
        end,
    }
}
