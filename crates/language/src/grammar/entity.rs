//! Words that name a resource: "the orders virtual node", "a mesh called shop", "two routes".

use super::block::Block;
use super::name::{name_at, names_of_a_kind};
use super::reader::{Reader, Verb};
use super::slot;
use super::spot::Place;
use super::thing::{Entity, Thing};
use super::versions::is_environment;
use crate::intent::Protocol;
use crate::lexer::TokenKind;

/// Words that go on with what stands before them.
const JOINING: &[&str] = &["and", "or", "as", "with", "is", "are", "for", "in", "on", "of", "from", "by"];

/// The largest number that counts resources: "two routes"; what is larger is a port.
const MAX_COUNTED: u32 = 20;

/// Words before what was spoken of already.
const DEFINITE: &[&str] = &["the", "this", "that", "its", "our", "my", "existing"];

/// Words between a name and its kind: "telemetry should be a virtual node".
const BETWEEN: &[&str] = &["to", "be", "is", "should", "a", "an", "as", "the", "becomes", "will", "new", "must"];

/// Those of them that say that it is one.
const BEING: &[&str] = &["be", "is", "as", "becomes"];

/// Words between a kind and `named`.
const BEFORE_NAMED: &[&str] = &["is", "resource", "resources", "it", "should", "be", "with", "the", ":"];

/// Words between `named` and the name.
const AFTER_NAMED: &[&str] = &[":", "equals", "is", "it", "the", "as"];

/// Symbols of what all others do: "all others use http on 8080".
const SPOKEN: &[&str] = &["listen", "speak", "http", "http2", "grpc", "tcp", "tls", "mtls", "health-check"];

/// Symbols that are names right before a kind: "the user service".
const NAMES_BEFORE_KIND: &[&str] = &[
    "user", "query", "image", "secret", "event", "events", "owner", "internal", "metadata", "memory", "tag", "format",
];

/// Symbols that are no names even where only a name can stand.
const NEVER_NAMES: &[&str] = &[
    "and",
    "or",
    "but",
    "to",
    "no",
    "named",
    "equals",
    "call",
    "listen",
    "port",
    "called-by",
    "every",
    "max",
    "on",
    "off",
    "weight",
    "timeout",
    "retry",
    "priority",
    "target",
];

/// What follows a name that means something elsewhere: "node matching, port 9000".
const AFTER_ODD_NAME: &[&str] = &[
    ",", ".", ";", ":", "(", "on", "should", "must", "is", "has", "in", "over", "send", "with", "listen", "port", "at",
    "that", "which", "using", "http", "http2", "grpc", "tcp",
];

/// What stands before a route that is made, and not before what is done with requests.
const BEFORE_NOUN: &[&str] = &[
    "a", "an", "the", "each", "one", "another", "existing", "new", "with", "its", "this", "that's", "single",
    "separate",
];

/// Symbols that stand there.
const SYMBOLS_BEFORE_NOUN: &[&str] =
    &["create", "add", "http", "http2", "grpc", "tcp", "change", "otherwise", "high", "low"];

/// Words between "route" and the requests that are routed.
const BEFORE_REQUESTS: &[&str] = &["the", "any", "of", "incoming", "a", "my", "our"];

/// Symbols of requests that are routed.
const REQUEST_SYMBOLS: &[&str] = &[
    "all-traffic",
    "otherwise",
    "everything",
    "header",
    "query",
    "grpc",
    "rest",
    "exact",
    "prefix",
    "path",
    "method",
    "scheme",
    "rpc",
];

/// Words for who sends requests.
const SENDERS: &[&str] =
    &["users", "customers", "visitors", "callers", "people", "tenants", "devices", "browsers", "members"];

/// What follows them where requests are described.
const OF_SENDERS: &[&str] = &["with", "whose", "who", "that", "where", "having", "from", "header", "without", "no"];

/// Words before a kind that only say of what sort it is, where the name comes after it.
const ADJECTIVES: &[&str] = &[
    "public",
    "external",
    "internal",
    "private",
    "central",
    "dedicated",
    "common",
    "main",
    "shared",
    "front",
    "legacy",
];

/// Whether a word only says of what sort a thing is.
pub(super) fn is_adjective(word: &str) -> bool {
    ADJECTIVES.contains(&word)
}

/// Kinds in short, which may be names: "gateway gw".
const SHORT_KINDS: &[&str] = &["app", "gw", "vn", "vr", "vs", "svc", "vg"];

impl Reader<'_> {
    pub(super) fn thing_at(&self, at: usize) -> Option<Thing> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        Thing::of_symbol(&token.low)
    }

    fn protocol_at(&self, at: usize) -> Option<Protocol> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        slot::protocol(&token.low)
    }

    /// Whether a resource is named right after the verb: "add a route", and not "add retries to the route".
    pub(super) fn introduces_entity(&self, at: usize) -> bool {
        self.entity_at(self.past_glue(at)).is_some_and(|entity| entity.thing != Thing::Everything)
    }

    /// What the words at a place name.
    pub(super) fn entity_at(&self, at: usize) -> Option<Entity> {
        let mut place = at;
        if matches!(self.token(place)?.kind, TokenKind::Number(number) if number <= MAX_COUNTED)
            && (self.thing_at(place + 1).is_some()
                || self.protocol_at(place + 1).is_some() && self.thing_at(place + 2).is_some())
        {
            place += 1;
        }
        let protocol = self.protocol_at(place).filter(|_| {
            matches!(
                self.thing_at(place + 1),
                Some(
                    Thing::Route
                        | Thing::GatewayRoute
                        | Thing::Node
                        | Thing::Router
                        | Thing::Gateway
                        | Thing::Application
                        | Thing::Service
                )
            )
        });
        if protocol.is_some() {
            place += 1;
        }
        let entity = self
            .names_before_kind(place)
            .or_else(|| self.another(place))
            .or_else(|| self.all_others(place))
            .or_else(|| self.named_mesh(place))
            .or_else(|| self.kind_first(place))
            .or_else(|| self.name_first(place))?;
        let is_existing = (at.saturating_sub(2)..at).any(|before| matches!(self.low(before), "existing" | "current"));
        let entity = Entity {
            is_plural: self.token(place).is_some_and(|token| token.text.ends_with('s')),
            is_existing,
            is_definite: entity.is_definite && (DEFINITE.contains(&self.low_before(at)) || self.is_new_one(at)),
            protocol,
            ..entity
        };
        Some(self.whole_family(self.name_what_is_there(entity, at), at))
    }

    /// "The new route is tried first": what was just asked for, where nothing is made.
    fn is_new_one(&self, at: usize) -> bool {
        let is_route = matches!(self.thing_at(at), Some(Thing::Route | Thing::GatewayRoute));
        let is_said = at > 1 && self.is_word(at - 1, &["new"]) && matches!(self.low(at - 2), "the" | "this" | "that");
        is_route && is_said && self.verb == Verb::None
    }

    /// "frontend, articles and search services": several names before their kind.
    fn names_before_kind(&self, at: usize) -> Option<Entity> {
        let (mut names, end) = names_of_a_kind(&self.tokens, at).filter(|(names, _)| names.len() > 1)?;
        let thing = self.thing_at(end).filter(|thing| matches!(thing, Thing::Application | Thing::Node))?;
        let is_plural = self.token(end)?.text.ends_with('s') && self.known.is_none();
        let is_list = is_plural && !self.sending && !self.is_symbol(end + 1, &["named"]) && self.low(end + 1) != ":";
        is_list.then(|| {
            let name = Some(names.remove(0));
            Entity { others: names, is_definite: true, ..Entity::new(thing, name, end + 1) }
        })
    }

    /// "another called posts": of the kind that was spoken of.
    fn another(&self, at: usize) -> Option<Entity> {
        let is_another = matches!(self.low(at), "another" | "second" | "other") && self.is_symbol(at + 1, &["named"]);
        let name = self.any_name_at(at + 2).filter(|_| is_another)?;
        let thing = match self.spot?.place {
            Place::Node(_) => Thing::Node,
            Place::Router(_) => Thing::Router,
            Place::Gateway(_) => Thing::Gateway,
            Place::Service(_) => Thing::Service,
            Place::Route(..) => Thing::Route,
            Place::GatewayRoute(..) => Thing::GatewayRoute,
            Place::Application(_) => Thing::Application,
            Place::Mesh | Place::Everywhere | Place::Sidecar(_) | Place::All => return None,
        };
        Some(Entity::new(thing, Some(name), at + 3))
    }

    /// "all others use http on 8080", "all traffic is encrypted"
    fn all_others(&self, at: usize) -> Option<Entity> {
        // "a node that by default uses TLS" speaks of itself.
        let is_own = matches!(self.low_before(at), "that" | "which" | "it");
        let speaks = self.is_symbol(at, &["otherwise"]) && self.is_symbol(self.past_glue(at + 1), SPOKEN) && !is_own
            || self.is_symbol(at, &["all-traffic"])
                && self.is_symbol(self.past_glue(at + 1), &["tls", "mtls", "strict"]);
        (speaks && !self.sending).then(|| Entity::new(Thing::Everything, None, at + 1))
    }

    /// "App Mesh" is the product, unless it is given a name.
    fn named_mesh(&self, at: usize) -> Option<Entity> {
        let is_named = self.is_symbol(at, &["app-mesh"]) && self.is_symbol(at + 1, &["named"]);
        let name = self.any_name_at(at + 2).filter(|_| is_named)?;
        Some(Entity { is_definite: true, ..Entity::new(Thing::Mesh, Some(name), at + 3) })
    }

    /// A kind and what may come after it: names, one or several.
    fn kind_first(&self, at: usize) -> Option<Entity> {
        let thing = self.thing_at(at)?;
        if let Some((mut names, end)) = self.names_after(thing, at) {
            let name = Some(names.remove(0));
            return Some(Entity { others: names, is_definite: true, ..Entity::new(thing, name, end) });
        }
        if thing == Thing::Route && (self.is_routing_verb(at) || self.routes_of_a_name(at)) {
            return None;
        }
        let (name, end, is_soft) = match self.name_after(thing, at) {
            Some((name, end)) => (Some(name), end, false),
            None => match self.whom_it_is_for(thing, at) {
                Some((name, end)) => (Some(name), end, true),
                None => (None, at + 1, false),
            },
        };
        Some(Entity { is_soft, is_definite: true, ..Entity::new(thing, name, end) })
    }

    /// Several names after a kind in the plural: "virtual nodes: cart, catalog and users".
    fn names_after(&self, thing: Thing, at: usize) -> Option<(Vec<String>, usize)> {
        let is_plural =
            self.token(at)?.text.ends_with('s') && !matches!(thing, Thing::Everything | Thing::Sidecar | Thing::Mesh);
        is_plural.then_some(())?;
        let place = self.past(at + 1, &[",", ":", "named", "(", "for", "are", "with", "-", "–", "—"]);
        names_of_a_kind(&self.tokens, place)
            .filter(|(names, _)| names.len() > 1 && !names.iter().all(|name| is_environment(name)))
    }

    /// A name after its kind: "a mesh called shop", "the node orders".
    fn name_after(&self, thing: Thing, at: usize) -> Option<(String, usize)> {
        let place = self.past(at + 1, BEFORE_NAMED);
        if self.is_symbol(place, &["named"]) {
            let after = self.past(place + 1, AFTER_NAMED);
            if let Some(name) = self.any_name_at(after) {
                return Some((name, after + 1));
            }
        }
        if let Some(name) = self.odd_name_at(at + 1).filter(|_| thing != Thing::Everything) {
            return Some((name, at + 2));
        }
        // "The mesh is shop."
        let is_host = self.token(at + 2).is_some_and(|token| token.kind == TokenKind::Host);
        let may_be = self.low(at + 1) == "is" && (thing == Thing::Mesh || thing == Thing::Service && is_host);
        let is_all = |end: usize| self.is_sentence_end(end) || matches!(self.low(end), "," | "and");
        if let Some(name) = name_at(&self.tokens, at + 2).filter(|_| may_be && is_all(at + 3)) {
            return Some((name, at + 3));
        }
        // "Mesh: shop", and not "gateway: public, http".
        let is_singular = !self.token(at)?.text.ends_with('s');
        if matches!(self.token(at + 1).map_or("", |mark| mark.text.as_str()), ":" | "=")
            && !(self.is_word(at + 2, ADJECTIVES) && self.low(at + 3) == ",")
            && !(thing == Thing::Mesh && self.begins_names(at + 2))
            && let Some(name) = name_at(&self.tokens, at + 2)
                .filter(|_| is_singular && !matches!(thing, Thing::Everything | Thing::Route | Thing::GatewayRoute))
        {
            return Some((name, at + 3));
        }
        // "Mesh: small."
        let is_mesh = thing == Thing::Mesh && self.low(at + 1) == ":" && self.is_sentence_end(at + 3);
        if let Some(name) = self.any_name_at(at + 2).filter(|_| is_mesh && is_singular) {
            return Some((name, at + 3));
        }
        // "virtual node api mesh shop": either kind has a name behind it.
        let has_own = name_at(&self.tokens, at + 3).is_some() && self.thing_at(at + 4).is_none();
        let is_before_thing = self.thing_at(at + 2).is_some_and(|next| next != Thing::Application)
            && !(thing == Thing::Router && self.is_routing_verb(at + 2))
            && !(has_own && matches!(thing, Thing::Node | Thing::Service | Thing::Gateway));
        let name = name_at(&self.tokens, at + 1).filter(|_| !is_before_thing && thing != Thing::Everything)?;
        Some((name, at + 2))
    }

    /// "A simple mesh: web, api.": what is in it.
    fn begins_names(&self, at: usize) -> bool {
        let Some((names, end)) = names_of_a_kind(&self.tokens, at) else { return false };
        names.len() > 1 && self.is_sentence_end(end)
    }

    /// A name and its kind: "the orders node", "`telemetry` to be a virtual node".
    fn name_first(&self, at: usize) -> Option<Entity> {
        // "public gateway `edge`"
        if self.is_word(at, ADJECTIVES)
            && let Some(entity) = self.kind_first(at + 1).filter(|entity| entity.name.is_some() && !entity.is_soft)
            && self
                .token(entity.end - 1)
                .is_some_and(|name| name.kind == TokenKind::Quoted || self.is_symbol(entity.end - 2, &["named"]))
        {
            return Some(entity);
        }
        let name = self.name_before_kind(at)?;
        if let Some(thing) = self.thing_at(at + 1) {
            let is_one = thing != Thing::Everything && !self.is_routing_verb(at + 1);
            return is_one.then(|| Entity { is_definite: true, ..Entity::new(thing, Some(name), at + 2) });
        }
        if self.has_own_listener(&name, at + 1) {
            return Some(Entity { is_definite: true, ..Entity::new(Thing::Node, Some(name), at + 2) });
        }
        let after = self.past(at + 1, BETWEEN);
        let is_said = (at + 1..after).any(|at| BEING.contains(&self.low(at)));
        let thing = self.thing_at(after).filter(|thing| is_said && *thing != Thing::Everything)?;
        Some(Entity::new(thing, Some(name), after + 1))
    }

    fn name_before_kind(&self, at: usize) -> Option<String> {
        name_at(&self.tokens, at).or_else(|| {
            let token = self.token(at).filter(|_| self.is_symbol(at, NAMES_BEFORE_KIND))?;
            Some(token.text.clone()).filter(|text| !text.contains(' '))
        })
    }

    /// A word that means something elsewhere, and stands where only a name can: "node matching, port 9000".
    fn odd_name_at(&self, at: usize) -> Option<String> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol && !token.text.contains(' '))?;
        let is_kind = self.thing_at(at).is_some() && !SHORT_KINDS.contains(&token.text.as_str());
        let is_odd = !NEVER_NAMES.contains(&token.low.as_str()) && !is_kind;
        let ends = self.token(at + 1).is_none_or(|next| AFTER_ODD_NAME.contains(&next.low.as_str()));
        (is_odd && ends).then(|| token.text.clone())
    }

    /// Any token that can be a name once a word such as `named` has said that it is one.
    fn any_name_at(&self, at: usize) -> Option<String> {
        // "mesh name and namespace as parameters" names nothing.
        (!self.joins(at)).then_some(())?;
        name_at(&self.tokens, at).or_else(|| {
            let token = self.token(at)?;
            let is_joint = token.kind == TokenKind::Symbol && NEVER_NAMES.contains(&token.low.as_str());
            let is_text = matches!(token.kind, TokenKind::Symbol | TokenKind::Quoted | TokenKind::Word) && !is_joint;
            (is_text && !token.text.contains(char::is_whitespace)).then(|| token.text.clone())
        })
    }

    /// Whether a bare word goes on with what stands before it, so that no name stands there.
    pub(super) fn joins(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| token.kind != TokenKind::Quoted && JOINING.contains(&token.low.as_str()))
    }

    /// Whether "route" is what is done and not what is made: "route /api to orders".
    pub(super) fn is_routing_verb(&self, at: usize) -> bool {
        if !self.is_symbol(at, &["route"]) {
            return false;
        }
        let before = at.checked_sub(1).and_then(|before| self.token(before));
        let is_counted =
            before.is_some_and(|before| matches!(before.kind, TokenKind::Number(number) if number <= MAX_COUNTED));
        let is_noun = before.is_some_and(|before| match before.kind {
            TokenKind::Symbol => SYMBOLS_BEFORE_NOUN.contains(&before.low.as_str()),
            TokenKind::Word => BEFORE_NOUN.contains(&before.low.as_str()),
            TokenKind::Number(number) => number <= MAX_COUNTED,
            _ => false,
        });
        // "when x-tenant is a, route to b"
        let is_open = self.spot.is_some_and(|spot| self.block == Block::Match && self.lacks_target(spot));
        if is_open && !is_noun && self.is_symbol(at + 1, &["to"]) {
            return true;
        }
        let is_third_person = self.tokens[at].text.eq_ignore_ascii_case("routes");
        (self.are_requests(self.past(at + 1, BEFORE_REQUESTS)) || self.routes_of_a_name(at))
            && (!is_noun || is_third_person && !is_counted)
    }

    /// "route old traffic to legacy": the requests have a name, and not the route.
    fn routes_of_a_name(&self, at: usize) -> bool {
        name_at(&self.tokens, at + 1).is_some() && self.is_word(at + 2, &["traffic", "requests", "calls"])
    }

    /// Whether whose requests are meant is said at a place: "users with header x-a", and not the service `users`.
    pub(super) fn are_senders(&self, at: usize) -> bool {
        self.is_word(at, SENDERS) && (self.is_word(at + 1, OF_SENDERS) || self.is_symbol(at + 1, OF_SENDERS))
    }

    /// Whether a word is for people or machines that send requests.
    pub(super) fn are_people(&self, at: usize) -> bool {
        self.is_word(at, SENDERS) || self.is_word(at, &["clients", "client", "everyone", "consumers"])
    }

    /// "deletes on /orders": requests by their method.
    fn are_methods(&self, at: usize) -> bool {
        self.is_word(at, &["gets", "posts", "puts", "deletes", "patches"])
            && self.token(at + 2).is_some_and(|token| token.kind == TokenKind::Path)
    }

    /// Whether requests are said at a place.
    pub(super) fn are_requests(&self, at: usize) -> bool {
        self.are_senders(at)
            || self.are_methods(at)
            || self.token(at).is_some_and(|token| match token.kind {
                TokenKind::Path | TokenKind::Percent(_) | TokenKind::Ratio(_) => true,
                TokenKind::Symbol => REQUEST_SYMBOLS.contains(&token.low.as_str()),
                TokenKind::Word => {
                    let is_method =
                        token.text.len() > 2 && token.text.chars().all(|letter| letter.is_ascii_uppercase());
                    is_method || matches!(token.low.as_str(), "traffic" | "requests" | "request" | "calls")
                }
                _ => false,
            })
    }
}
