//! Owners that come after their parts: "add outlier detection to the orders node".

use super::block::Home;
use super::name::{name_at, names_from};
use super::reader::{Reader, Verb};
use super::spot::Spot;
use super::thing::{Entity, Thing};
use crate::intent::Protocol;
use crate::lexer::TokenKind;

/// How many tokens ahead an owner is looked for.
const MAX_AHEAD: usize = 64;

const PREPOSITIONS: &[&str] = &["to", "on", "for", "of", "in", "from"];

/// Words between a preposition and the owner.
const BEFORE_OWNER: &[&str] =
    &["the", "my", "our", "a", "an", "this", "existing", "of", "your", "new", "both", "each", "all", "every", "single"];

/// Words that lead to an owner, and go with it once it was read.
const LEADING: &[&str] =
    &["the", "of", "on", "for", "in", "to", "from", "a", "an", "our", "my", "all", "both", "each", "every"];

/// Words that follow prepositions and name nothing.
const NO_NAMES: &[&str] = &[
    "true", "false", "case", "seconds", "order", "front", "least", "most", "failure", "addition", "total", "info",
    "debug", "answer", "respond", "reply", "connect", "finish", "complete", "succeed", "anything",
];

/// Symbols of what only a mesh has.
const MESH_PARTS: &[&str] =
    &["egress", "ip-preference", "allow-all", "drop-all", "ipv4-only", "ipv6-only", "ipv4-preferred", "ipv6-preferred"];

/// Symbols of a clause about where requests go, which has no owner that comes later.
const ROUTING: &[&str] = &["send", "split", "weight", "header"];

/// What a part belongs to, and its tokens.
pub(super) struct Owner {
    thing: Thing,
    /// Its name; everything has none.
    name: Option<String>,
    /// Those beside it: "to both orders and payments".
    others: Vec<String>,
    /// "of the grpc service ads"
    protocol: Option<Protocol>,
    start: usize,
    end: usize,
}

impl Owner {
    /// Whether a value of this home may belong to it.
    pub(super) fn fits(&self, home: Home) -> bool {
        self.thing.fits(home)
    }

    fn entity(&self) -> Entity {
        let others = self.others.clone();
        Entity {
            is_definite: true,
            others,
            protocol: self.protocol,
            ..Entity::new(self.thing, self.name.clone(), self.end)
        }
    }
}

impl Reader<'_> {
    /// "change the egress of mesh shop to drop all": a part that only a mesh has, and the mesh.
    fn mesh_ahead(&mut self) {
        let start = self.past(self.at, BEFORE_OWNER);
        let owner = (start + 1..start + 4)
            .find(|at| PREPOSITIONS.contains(&self.low(*at)))
            .filter(|_| self.is_symbol(start, MESH_PARTS) || self.is_symbol(start + 1, MESH_PARTS));
        let Some(owner) = owner else { return };
        let entity = self.entity_at(self.past(owner + 1, BEFORE_OWNER)).filter(|entity| entity.thing == Thing::Mesh);
        let Some(entity) = entity.filter(|entity| entity.name.is_some()) else { return };
        let at = std::mem::replace(&mut self.at, owner + 1);
        self.verb = Verb::Change;
        self.preposition = None;
        self.speak_of(&Entity { is_definite: true, ..entity.clone() });
        self.at = at;
        self.tokens.drain(owner..entity.end);
    }

    /// "set the tag team to shop": what stands behind "to" is the tag's value, and no owner of it; but "add the tag team to
    /// orders" says who gets it.
    pub(super) fn part_tag(&mut self) {
        let tag = self.past_glue(self.at);
        let is_pair = self.is_symbol(tag, &["tag"]) && self.is_symbol(tag + 2, &["to"]);
        let says_value = is_pair && self.verb != Verb::Add && !self.is_kind_at(tag + 3);
        let Some(key) = name_at(&self.tokens, tag + 1).filter(|_| says_value) else { return };
        let value = self.past(tag + 3, &["the"]);
        if self.token(value).is_some_and(|value| self.is_there(&value.text)) && self.ends_clause(value + 1) {
            let name = self.tokens[value].text.clone();
            self.ask(&format!("Is `{name}` what the tag `{key}` is set to, or does it get that tag?"), tag, value + 1);
        }
        let to = &mut self.tokens[tag + 2];
        to.kind = TokenKind::Mark;
        "=".clone_into(&mut to.low);
        "=".clone_into(&mut to.text);
    }

    /// Whether a kind of resource stands at a place, after an article or not.
    fn is_kind_at(&self, at: usize) -> bool {
        self.thing_at(self.past(at, &["the", "a", "all"])).is_some()
    }

    /// "rewrite the prefix of gateway route api to /v2": a verb that is the part too, whose owner comes later.
    pub(super) fn begin_rewrite(&mut self) {
        let begins = self.known.is_some() && self.verb == Verb::None && self.is_clause_start();
        if !begins || !self.is_symbol(self.at, &["rewrite", "strip", "keep"]) {
            return;
        }
        let owner = self.owner_ahead().filter(|owner| owner.fits(Home::GatewayRoute));
        let Some(owner) = owner else { return };
        self.verb = Verb::Change;
        self.take_owner(&owner);
    }

    /// Looks on for the resource that an added part belongs to.
    pub(super) fn read_ahead(&mut self) {
        self.mesh_ahead();
        let mut sentence =
            self.tokens[self.at..].iter().take(MAX_AHEAD).take_while(|token| !matches!(token.low.as_str(), "." | ";"));
        let is_routing = sentence.any(|token| {
            matches!(token.kind, TokenKind::Ratio(_))
                || token.kind == TokenKind::Symbol && ROUTING.contains(&token.low.as_str())
        });
        let Some(owner) = self.owner_ahead().filter(|_| !is_routing) else { return };
        self.take_owner(&owner);
    }

    /// Speaks of an owner that comes later, and takes its words out.
    pub(super) fn take_owner(&mut self, owner: &Owner) {
        self.preposition = Some("to".to_owned());
        let at = std::mem::replace(&mut self.at, owner.start);
        self.speak_of(&owner.entity());
        self.at = at;
        // What is left reads as if the owner had been named first: "change the port … to 9090".
        let mut start = owner.start;
        while start > self.at && LEADING.contains(&self.low_before(start)) {
            start -= 1;
        }
        self.tokens.drain(start..owner.end);
    }

    /// Speaks of the owner of a value that stands before it.
    pub(super) fn speak_of_owner(&mut self, owner: &Owner) -> Option<Spot> {
        let (block, sending, verb) = (self.block, self.sending, self.verb);
        self.preposition = Some("to".to_owned());
        // "terminate TLS at the gateway front" describes what is made.
        let is_at = (0..owner.start)
            .rev()
            .find(|at| !BEFORE_OWNER.contains(&self.low(*at)))
            .is_some_and(|at| self.low(at) == "at");
        if verb == Verb::None && !is_at {
            self.verb = Verb::Change;
        }
        self.speak_of(&owner.entity());
        (self.block, self.sending, self.verb) = (block, sending, verb);
        self.ahead = Some(owner.start..owner.end);
        self.spot
    }

    /// "to the orders node", "of checkout"
    pub(super) fn owner_ahead(&self) -> Option<Owner> {
        let mut at = self.at;
        while at < self.at + MAX_AHEAD {
            let token = self.token(at)?;
            if token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";") {
                return None;
            }
            at += 1;
            // "terminate TLS at the gateway front", and not "at orders.local"
            let is_at = token.low == "at";
            if !is_at && !PREPOSITIONS.contains(&token.low.as_str()) {
                continue;
            }
            let start = self.past(at, BEFORE_OWNER);
            let bare = || Some(start).filter(|_| !is_at).and_then(|start| self.bare_owner(start));
            if let Some(owner) = self.kind_of_owner(start).or_else(bare) {
                return Some(owner);
            }
            at = start.max(at);
        }
        None
    }

    /// Whether the sentence is about what answers a virtual service.
    fn is_said_of_provider(&self) -> bool {
        let sentence = self.tokens[self.at..].iter().take(MAX_AHEAD);
        let mut sentence = sentence.take_while(|token| !matches!(token.low.as_str(), "." | ";"));
        sentence.any(|token| token.kind == TokenKind::Symbol && token.low == "provider")
    }

    fn kind_of_owner(&self, start: usize) -> Option<Owner> {
        let entity = self.entity_at(start).filter(|entity| entity.thing != Thing::Mesh)?;
        let is_whole = entity.name.is_some() || entity.thing == Thing::Everything;
        is_whole.then_some(Owner {
            thing: entity.thing,
            name: entity.name,
            others: entity.others,
            protocol: entity.protocol,
            start,
            end: entity.end,
        })
    }

    fn bare_owner(&self, start: usize) -> Option<Owner> {
        let token = self.token(start)?;
        let is_pair = token.kind == TokenKind::Quoted && token.text.contains(':');
        let name = name_at(&self.tokens, start).filter(|_| !is_pair && !self.is_word(start, NO_NAMES))?;
        let thing = match self.thing_named(&name) {
            // What has a provider is a virtual service.
            Thing::Application if self.is_said_of_provider() => Thing::Service,
            thing => thing,
        };
        let (names, end) = names_from(&self.tokens, start)
            .filter(|(names, _)| names.len() > 1)
            .unwrap_or_else(|| (vec![name], start + 1));
        // "for the blue backend"
        let is_said_again = self.known.is_some()
            && self.is_symbol(end, &["backend", "hosts"])
            && name_at(&self.tokens, end + 1).is_none();
        let end = if is_said_again { end + 1 } else { end };
        let (name, others) = names.split_first().map(|(name, others)| (name.clone(), others.to_vec()))?;
        Some(Owner { thing, name: Some(name), others, protocol: None, start, end })
    }
}
