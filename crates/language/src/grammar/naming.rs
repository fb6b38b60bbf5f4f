//! What comes of a name: the resource is spoken of from now on.

use super::block::Block;
use super::name::{is_clause_verb, name_at};
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use super::thing::{Entity, Thing};
use crate::lexer::TokenKind;

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
        let Some(entity) = self.entity_at(at) else { return false };
        if entity.thing == Thing::Everything && self.is_traffic(self.past_glue(at + 1)) {
            // "everything under /images goes to images"
            self.sends();
            self.at += 1;
            return true;
        }
        if self.meaning_of_block(entity.end) || self.longer_meaning(entity.end) {
            return true;
        }
        self.count_things(entity.thing, at..entity.end);
        self.speak_of(&entity);
        self.at = entity.end;
        self.name_end = entity.name.is_some().then_some(entity.end);
        self.preposition = None;
        true
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

    /// Speaks of what words name.
    pub(super) fn speak_of(&mut self, entity: &Entity) {
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
            self.beside = others;
        }
        if self.verb == Verb::None && matches!(self.preposition.as_deref(), Some("to" | "on" | "for" | "in")) {
            self.unverbed = place;
        }
        let takes_protocol = !matches!(entity.thing, Thing::Mesh | Thing::Service | Thing::Sidecar);
        let protocol = entity.protocol.or_else(|| self.pending_protocol.take().filter(|_| takes_protocol));
        if let (Some(protocol), Some(_)) = (protocol, self.spot) {
            drop(self.put_protocol(protocol));
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
            && matches!(self.tokens[start].kind, TokenKind::Quoted | TokenKind::Name);
        if !is_said && !is_apart {
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
}
