//! What comes of a name: the resource is spoken of from now on.

use super::block::Block;
use super::entity::is_adjective;
use super::name::{is_clause_verb, name_at, names_from};
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use super::thing::{Entity, Thing};
use crate::lexer::{Token, TokenKind};

/// Kinds that may follow a name that was read already: "orders", and then "service".
const KINDS: &[&str] = &[
    "application",
    "virtual-node",
    "virtual-service",
    "virtual-router",
    "virtual-gateway",
    "version",
    "route",
    "gateway-route",
    "mesh",
];

/// The most tokens between a kind and the names that come after what is said of all.
const MAX_DETAILS: usize = 24;

/// Verbs of what gets requests.
pub(super) const RECEIVING: &[&str] = &["gets", "get", "takes", "receives", "receive", "handles"];

impl Reader<'_> {
    /// Reads words that name a resource, and speaks of it from now on.
    pub(super) fn entity(&mut self) -> bool {
        let at = self.at;
        if self.is_kind_of_last_name() {
            self.at += 1;
            self.name_end = None;
            return true;
        }
        if self.is_routing_verb(at) {
            self.sends();
            self.at += 1;
            return true;
        }
        self.pull_shares_out();
        self.part_grpc_service();
        let Some(entity) = self.entity_at(at) else { return false };
        if entity.thing == Thing::Everything && self.is_traffic(self.past_glue(at + 1)) {
            // "everything under /images goes to images"
            self.sends();
            self.at += 1;
            return true;
        }
        if self.receives(&entity) || self.says_everywhere(&entity) {
            return true;
        }
        if self.meaning_of_block(entity.end) || self.longer_meaning(entity.end) {
            return true;
        }
        self.count_things(entity.thing, at..entity.end);
        if self.lists(&entity) {
            return true;
        }
        let entity = self.names_later(&entity).unwrap_or(entity);
        self.speak_of(&entity);
        // "nodes users on 9090 and carts on 9091"
        let is_list = entity.others.is_empty()
            && entity.name.is_some()
            && matches!(self.thing_at(at), Some(Thing::Node | Thing::Application))
            && self.tokens[at].text.ends_with('s');
        if is_list {
            self.listed = Some((entity.thing, entity.protocol));
        }
        self.at = entity.end;
        self.name_end = entity.name.is_some().then_some(entity.end);
        self.preposition = None;
        true
    }

    /// "change the port of cart to 9191 everywhere": what else has the value is not known.
    fn says_everywhere(&mut self, entity: &Entity) -> bool {
        let is_node = |spot: &Spot| matches!(spot.place, Place::Node(_) | Place::Application(_));
        let is_named = self.spot.filter(is_node).is_some_and(|spot| self.name_of_proxied(spot.place).is_some());
        let is_said = self.tokens[self.at].text.eq_ignore_ascii_case("everywhere");
        if entity.thing != Thing::Everything
            || !is_said
            || !is_named
            || self.known.is_none()
            || !self.ends_clause(entity.end)
        {
            return false;
        }
        self.miss(self.tokens[self.at].start, self.tokens[self.at].end);
        self.at = entity.end;
        true
    }

    /// "a grpc service quotes on 50051" is an application, and no service of gRPC's own as in "the grpc service shop.Cart".
    fn part_grpc_service(&mut self) {
        let is_made = self.is_symbol(self.at, &["grpc-service"]) && !self.sending && self.block != Block::Match;
        let name = name_at(&self.tokens, self.at + 1).filter(|_| is_made);
        let is_application = name.is_some_and(|name| !name.contains('.') && name == name.to_lowercase())
            && (self.begins_detail(self.at + 2) || self.is_word(self.at + 2, &["which", "that"]));
        if !is_application {
            return;
        }
        let whole = self.tokens[self.at].clone();
        let kind = |low: &str| Token { low: low.to_owned(), ..whole.clone() };
        self.tokens.splice(self.at..=self.at, [kind("grpc"), kind("application")]);
    }

    /// "the node downloads gets every request for /files": a target that is named before its requests.
    fn receives(&mut self, entity: &Entity) -> bool {
        let is_node = matches!(entity.thing, Thing::Node | Thing::Application);
        let receives = self.is_word(entity.end, RECEIVING) && self.are_requests(self.past_glue(entity.end + 1));
        let Some(name) = entity.name.clone().filter(|_| is_node && receives) else { return false };
        if !self.spot.is_some_and(|spot| spot.place.has_routes()) {
            self.remember();
        }
        self.receiver = Some(name);
        self.closed = true;
        self.sends();
        self.at = entity.end + 1;
        true
    }

    /// "two grpc services: users on 9090 and carts on 9091": each is named with what is said of it.
    fn lists(&mut self, entity: &Entity) -> bool {
        if entity.name.is_some() || !entity.is_plural || entity.thing == Thing::Everything {
            return false;
        }
        let first = self.past(entity.end, &[",", ":", "(", ".", "named", "-", "–", "—"]);
        let is_listed = first > entity.end && name_at(&self.tokens, first).is_some() && self.begins_detail(first + 1);
        if is_listed {
            self.listed = Some((entity.thing, entity.protocol));
            self.remember();
            self.at = first;
            self.verb = if self.verb == Verb::None { Verb::Create } else { self.verb };
            self.preposition = None;
        }
        is_listed
    }

    /// "two grpc services on port 9090: users and carts": names that come after what is said of all.
    fn names_later(&mut self, entity: &Entity) -> Option<Entity> {
        let may_be = entity.name.is_none()
            && entity.is_plural
            && !matches!(entity.thing, Thing::Everything | Thing::Route | Thing::GatewayRoute);
        let colon = (entity.end..entity.end + MAX_DETAILS)
            .find(|at| self.is_sentence_end(*at) || self.low(*at) == ":" || self.is_symbol(*at, &["named"]))?;
        let start = self.past(colon, &[":", "named", ","]);
        let (mut names, end) = names_from(&self.tokens, start).filter(|_| may_be && start > colon)?;
        if names.len() < 2 || !self.is_sentence_end(end) && self.low(end) != "," {
            return None;
        }
        self.tokens.drain(colon..end);
        let name = Some(names.remove(0));
        Some(Entity { name, others: names, is_definite: true, ..entity.clone() })
    }

    /// Whether a kind only says where others are: "node audit (mesh corp, http 8080)", "… Mesh corp, http 8080", "The mesh is corp".
    pub(super) fn is_told_aside(&self) -> bool {
        let before = self.low_before(self.at);
        before == "("
            || before == "." && (self.low(self.at + 2) == "," || self.is_sentence_end(self.at + 2))
            || self.low(self.at + 1) == "is"
    }

    /// Whether a kind only says what the name before it is.
    fn is_kind_of_last_name(&self) -> bool {
        let at = self.at;
        self.name_end == Some(at)
            && self.is_symbol(at, KINDS)
            && !self.is_symbol(at + 1, &["named"])
            && (name_at(&self.tokens, at + 1).is_none() || self.token(at + 2).is_some_and(is_clause_verb))
    }

    /// Whether "everything" before a place is all requests of a kind.
    fn is_traffic(&self, at: usize) -> bool {
        self.is_symbol(at, &["prefix", "path", "send", "to"])
            || self.token(at).is_some_and(|token| token.kind == TokenKind::Path)
    }

    /// What "those services" and "both nodes" are: what was named so before.
    fn those(&self, entity: &Entity) -> Option<Entity> {
        if let Some(names) = self.targets_meant(entity) {
            let (name, others) = names.split_first().map(|(name, others)| (Some(name.clone()), others.to_vec()))?;
            return Some(Entity { thing: Thing::Node, name, others, ..entity.clone() });
        }
        let points = |at: usize| self.is_word(at, &["those", "these", "both", "they"]);
        let is_pointed_at = (self.at.saturating_sub(3)..self.at).any(points) && entity.is_plural;
        let known = match entity.thing {
            Thing::Application => &self.intent.applications,
            Thing::Node => &self.intent.virtual_nodes,
            _ => return None,
        };
        let is_pair = (self.at.saturating_sub(3)..self.at).any(|at| self.is_word(at, &["both"]));
        let count = if is_pair { 2 } else { known.len() };
        let known = known.get(known.len().checked_sub(count)?..)?;
        let mut names: Vec<String> = known.iter().filter_map(|node| node.name.clone()).collect();
        (is_pointed_at && entity.name.is_none() && !names.is_empty()).then(|| {
            let name = Some(names.remove(0));
            Entity { name, others: names, ..entity.clone() }
        })
    }

    /// Speaks of the node or application of a name.
    pub(super) fn speak_of_node(&mut self, name: &str) {
        self.speak_of(&Entity::new(Thing::Node, Some(name.to_owned()), self.at));
    }

    /// Speaks of what words name.
    pub(super) fn speak_of(&mut self, entity: &Entity) {
        let those = self.those(entity);
        let entity = those.as_ref().unwrap_or(entity);
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
                self.place_of(&other).map(Spot::at)
            })
            .collect();
        if place.is_some() || !others.is_empty() {
            self.group = place.into_iter().chain(others.iter().map(|spot| spot.place)).collect();
            self.beside = others;
        }
        if self.verb == Verb::None && matches!(self.preposition.as_deref(), Some("to" | "on" | "for" | "in")) {
            self.unverbed = place;
        }
        let takes_protocol = !matches!(entity.thing, Thing::Mesh | Thing::Service | Thing::Sidecar);
        let protocol = entity.protocol.or_else(|| self.pending_protocol.take().filter(|_| takes_protocol));
        if let (Some(protocol), Some(here)) = (protocol, self.spot) {
            for spot in self.beside.clone().into_iter().chain([here]) {
                self.spot = Some(spot);
                drop(self.put_protocol(protocol));
            }
        }
        self.block = match entity.thing {
            Thing::Sidecar => Block::Sidecar,
            Thing::Route | Thing::GatewayRoute => Block::Match,
            _ => self.block,
        };
    }

    /// A name that comes after its resource: "a virtual node, `web`", "name it shop".
    pub(super) fn name(&mut self, name: &str) -> Said {
        let place = self.here()?.place;
        let start = self.words.start;
        let is_said = self.is_symbol(start, &["named"]);
        let is_apart = matches!(self.low_before(start), "," | ":")
            && (matches!(self.tokens[start].kind, TokenKind::Quoted | TokenKind::Name)
                || start.checked_sub(2).is_some_and(|kind| self.thing_at(kind).is_some())
                    && self.low(start + 1) == ",");
        if !is_said && (!is_apart || is_adjective(&self.tokens[start].low)) || self.joins(self.words.end - 1) {
            return Err(Trouble::NotHere);
        }
        let is_soft = self.soft_name == Some(place);
        let field = match place {
            Place::Node(at) => &mut self.intent.virtual_nodes[at].name,
            Place::Application(at) => &mut self.intent.applications[at].name,
            Place::Router(at) => &mut self.intent.virtual_routers[at].name,
            Place::Gateway(at) => &mut self.intent.virtual_gateways[at].name,
            Place::Service(at) => &mut self.intent.virtual_services[at].name,
            Place::Mesh => &mut self.intent.mesh.get_or_insert_default().name,
            Place::Route(..) => &mut spot::route(&mut self.intent, Spot::at(place))?.0.name,
            Place::GatewayRoute(..) => &mut spot::gateway_route(&mut self.intent, Spot::at(place))?.0.name,
            Place::Everywhere | Place::Sidecar(_) | Place::All => return Err(Trouble::NotHere),
        };
        if is_soft {
            *field = None;
            self.soft_name = None;
        }
        if field.is_some() {
            return Err(Trouble::NotHere);
        }
        put(field, name.to_owned(), &spot::path_of(place), "name")
    }

    /// "a virtual node for orders", "a virtual node for my redis cache"
    pub(super) fn whom_it_is_for(&self, thing: Thing, at: usize) -> Option<(String, usize)> {
        let may_be_for = matches!(thing, Thing::Node | Thing::Router | Thing::Sidecar | Thing::Service);
        let may_be_of = thing == Thing::Sidecar || thing == Thing::Router && self.known.is_some();
        let is_for = self.low(at + 1) == "for" || may_be_of && self.low(at + 1) == "of";
        (may_be_for && is_for).then_some(())?;
        let mut after = self.past(at + 2, &["the", "my", "our", "an", "a"]);
        if self.is_symbol(after, &["application", "virtual-node", "virtual-service"])
            && name_at(&self.tokens, after + 1).is_some()
        {
            after += 1;
        }
        let mut name = name_at(&self.tokens, after)?;
        let is_plain = |place: usize| {
            self.token(place).is_some_and(|token| token.kind == TokenKind::Word && !is_clause_verb(token))
        };
        while is_plain(after)
            && is_plain(after + 1)
            && let Some(more) = name_at(&self.tokens, after + 1)
        {
            name = format!("{name}-{more}");
            after += 1;
        }
        let is_said_again = self.is_symbol(after + 1, &["application", "virtual-node"]);
        Some((name, if is_said_again { after + 2 } else { after + 1 }))
    }
}
