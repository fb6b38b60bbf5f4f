//! Names that begin a clause of their own: "orders calls payments", "teller -> accounts -> ledger".

use super::block::Block;
use super::name::{ALL_OF_THEM, is_clause_verb, name_at, names_of_a_kind};
use super::naming::RECEIVING;
use super::ports::MIN_BARE_PORT;
use super::reader::{Reader, Verb};
use super::slot::Slot;
use super::spot::{Place, Spot};
use super::thing::{Entity, Thing};
use super::versions::{is_environment, is_version_of};
use crate::intent::Action;
use crate::lexer::{Token, TokenKind};

/// Parts that are said of a name: "web with backends orders and payments".
const PARTS: &[&str] = &[
    "backend",
    "health-check",
    "tls",
    "mtls",
    "outlier-detection",
    "connection-pool",
    "access-log",
    "discovery",
    "dns",
    "call",
    "cloud-map",
    "timeout",
    "request-timeout",
    "retry",
    "idle",
    "listener",
    "listen",
    "called-by",
    "version",
];

/// Words between names and what they are.
const WHAT_THEY_ARE: &[&str] = &["are", "is", "both", "all", "also", "a", "an", "the", "each", "new", "simple"];

/// The most tokens from a value to the environment that it is for.
const MAX_TO_ENVIRONMENT: usize = 5;

/// What is asked where environments differ in more than values.
pub(super) const ONE_TEMPLATE: &str = "One template serves all environments, and only its parameters differ. Which value holds \
                                       for all of them, or shall each have a template of its own?";

/// The most subjects of one clause.
const MAX_SUBJECTS: usize = 64;

impl Reader<'_> {
    /// A name that begins a clause of its own: "orders calls payments".
    pub(super) fn subject(&mut self) -> bool {
        if self.chain_of_calls() || self.possessor() || self.recipient() {
            return true;
        }
        // "mesh bank with accounts on 8081 and audit on 8083"
        let of_mesh = self.spot.is_none_or(|spot| spot.place == Place::Mesh) && self.begins_detail(self.at + 1);
        let is_listed = of_mesh && self.preposition.as_deref() == Some("with");
        if self.preposition.is_some() && !is_listed
            || self.is_compared(self.at)
            || self.is_name_of_kind_before()
            || self.is_host_of_requests()
        {
            return false;
        }
        if self.names_what_is_made() {
            return true;
        }
        let Some((names, end)) = self.subjects() else { return false };
        if self.names_nothing(&names, end) || names.len() == 1 && self.is_host_in_list(self.at, &names[0]) {
            return false;
        }
        if names.iter().any(|name| self.intent.environments.contains(name) || self.is_one_environment_of_several(name))
        {
            self.ask_about_environments(end);
            return true;
        }
        // "orders is frobnicated on port 8080"
        let is_predicate = matches!(self.low_before(self.at), "is" | "are" | "be" | "was" | "being");
        if self.gets_requests(end) || self.is_header(self.at) || is_predicate {
            return false;
        }
        // "tagged team=shop and cost-center: 4711"
        if matches!(self.block, Block::Tags | Block::Sidecar) && self.meaning_of_block(end + 1) {
            return true;
        }
        let may_be_longer = self.known.is_some() && (self.is_symbol(end, &["listen"]) || self.needs_time(end));
        if (may_be_longer || self.spot.is_some_and(|spot| spot.place.has_routes())) && self.longer_meaning(end) {
            return true;
        }
        let end = self.what_they_are(end);
        let protocol = self.listed.and_then(|(_, protocol)| protocol);
        // "orders must speak grpc" is said of what is there.
        let is_bound = self.known.is_some() && self.is_bound(end);
        let verb = self.verb;
        if is_bound && verb == Verb::None {
            self.verb = Verb::Change;
        }
        let places: Vec<Place> = names.iter().map(|name| self.place_of_subject(name)).collect();
        self.verb = verb;
        self.turn_to(places[0]);
        self.beside = places[1..].iter().map(|place| Spot::at(*place)).collect();
        if places.len() > 1 {
            self.group.clone_from(&places);
        }
        if let Some(protocol) = protocol {
            for place in &places {
                self.spot = Some(Spot::at(*place));
                drop(self.put_protocol(protocol));
            }
            self.spot = Some(Spot::at(places[0]));
        }
        self.sending = false;
        self.closed = true;
        self.name_end = Some(end);
        self.at = end;
        true
    }

    /// "Set up frontend, api and cache.": names without a kind, one by one.
    fn names_what_is_made(&mut self) -> bool {
        let before = (0..self.at).rev().find(|at| !matches!(self.low(*at), "the" | "our" | ":" | "a" | "an"));
        let is_made = before.is_some_and(|at| self.is_symbol(at, &["create"]));
        // "A web, an api and a db.", of which more is told.
        let begins =
            self.known.is_none() && before.is_none_or(|at| self.is_sentence_end(at) || self.low(at + 1) == ":");
        if !is_made && !begins {
            return false;
        }
        let Some((names, end)) = names_of_a_kind(&self.tokens, self.at) else { return false };
        let is_told = |name: &String| self.tokens[end..].iter().any(|token| token.text.eq_ignore_ascii_case(name));
        if names.len() < 2 || !self.is_sentence_end(end) || !is_made && !names.iter().all(is_told) {
            return false;
        }
        self.group = names.iter().map(|name| self.place_of_subject(name)).collect();
        let (first, others) = (self.group[0], self.group[1..].to_vec());
        self.turn_to(first);
        self.beside = others.into_iter().map(Spot::at).collect();
        self.at = end;
        true
    }

    /// Whether a name is that of an environment, and another stands in the request.
    fn is_one_environment_of_several(&self, name: &str) -> bool {
        let is_other = |token: &Token| is_environment(&token.low) && !token.text.eq_ignore_ascii_case(name);
        is_environment(name) && self.tokens.iter().any(is_other)
    }

    /// "10 connections in staging and 1000 in production": another value than that of the environment that was named.
    pub(super) fn value_of_environment(&mut self) -> bool {
        let is_value = self.token(self.at).is_some_and(|token| {
            matches!(
                token.kind,
                TokenKind::Number(_) | TokenKind::Span(_) | TokenKind::Percent(_) | TokenKind::Ratio(_)
            )
        });
        let ends = |at: &usize| !self.is_sentence_end(*at) && !matches!(self.low(*at), "," | "and" | "but");
        let mut after = (self.at + 1..self.at + MAX_TO_ENVIRONMENT).take_while(ends);
        let place = after.find(|at| self.is_word(*at, &["in", "for", "on"]) && is_environment(self.low(*at + 1)));
        let Some(place) = place.filter(|_| is_value && !self.intent.environments.is_empty()) else { return false };
        let name = self.low(place + 1).to_owned();
        if self.intent.environments.contains(&name) {
            return false;
        }
        self.ask_about_environments(place + 2);
        true
    }

    /// "red-vn's timeout": what it is a part of is there, unless the sentence makes it.
    fn possessor(&mut self) -> bool {
        let Some(token) = self.token(self.at) else { return false };
        let is_possessive = matches!(token.kind, TokenKind::Name | TokenKind::Host | TokenKind::Word)
            && self.request[token.start..token.end].ends_with(['s', 'S'])
            && self.request[token.start..token.end].contains(['\'', '’']);
        let Some(name) = name_at(&self.tokens, self.at).filter(|_| is_possessive && !self.sending) else {
            return false;
        };
        self.speak_of_there(&name);
        self.at += 1;
        true
    }

    /// "give front-node outlier detection": the name stands before what it gets.
    fn recipient(&mut self) -> bool {
        let before = (0..self.at).rev().find(|at| !matches!(self.low(*at), "the" | "our" | "my"));
        let is_given = before.is_some_and(|at| self.is_word(at, &["give"]))
            && (self.is_symbol(self.past_glue(self.at + 1), PARTS) || self.counts_a_part(self.past_glue(self.at + 1)));
        let Some(name) = name_at(&self.tokens, self.at).filter(|_| is_given) else { return false };
        self.speak_of_there(&name);
        self.at += 1;
        true
    }

    /// Speaks of a name that the words take for known.
    pub(super) fn speak_of_there(&mut self, name: &str) {
        let action = if self.verb == Verb::Create { Action::Create } else { Action::Change };
        let place = self.named(name, action);
        self.turn_to(place);
        self.name_end = Some(self.at + 1);
        self.preposition = None;
    }

    /// "staging on 8080, production on 80": one template has one value, unless it is a parameter.
    fn ask_about_environments(&mut self, end: usize) {
        let ends = |at: &usize| !self.is_sentence_end(*at) && self.low(*at) != ",";
        let end = end + (end..self.tokens.len()).take_while(ends).count();
        if self.questions.last().is_none_or(|last| last.text != ONE_TEMPLATE) {
            self.ask(ONE_TEMPLATE, self.at, end);
        }
        self.at = end;
    }

    /// "users and carts are grpc services": keeps in mind what they are, and goes past it.
    fn what_they_are(&mut self, verb: usize) -> usize {
        if !self.is_word(verb, &["are", "is"]) {
            return verb;
        }
        let Some(entity) = self.entity_at(self.past(verb, WHAT_THEY_ARE)).filter(|entity| entity.name.is_none()) else {
            return verb;
        };
        self.listed = Some((entity.thing, entity.protocol));
        entity.end
    }

    /// Whether the verb is one of what gets a share: "v2 gets 5%".
    fn gets_requests(&self, at: usize) -> bool {
        let is_modal =
            |place: &usize| self.is_word(*place, &["should", "will", "must", "can", "is", "to", "only", "now"]);
        let at = at + (at..self.tokens.len()).take_while(is_modal).count();
        let gets = self.is_word(at, RECEIVING) || self.is_symbol(at, &["take", "keep"]);
        let at = self.past_glue(at + 1);
        let is_share = self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)));
        let is_none = self.is_symbol(at, &["no"])
            && self.is_word(self.past(at + 1, &["more", "further"]), &["traffic", "requests"]);
        gets && (is_share || is_none || self.is_symbol(at, &["rest", "otherwise"]))
    }

    /// Whether a token is the name of a header, which does nothing: "if x-env is dev".
    fn is_header(&self, at: usize) -> bool {
        Slot::HeaderName.fill(&self.tokens, at).is_some()
    }

    /// Whether names at a place are the subjects of a clause.
    pub(super) fn names_subjects(&self, at: usize) -> bool {
        self.subjects_at(at).is_some()
    }

    /// The names before a verb, and where it stands.
    fn subjects(&self) -> Option<(Vec<String>, usize)> {
        self.subjects_at(self.at)
    }

    fn subjects_at(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut names = Vec::new();
        let mut at = at;
        while names.len() < MAX_SUBJECTS {
            names.push(name_at(&self.tokens, at)?);
            at += 1;
            let after = self.past_all_of_them(at);
            if self.token(after).is_some_and(is_clause_verb) || self.begins_detail(after) {
                return Some((names, after));
            }
            // "a web and an api, both http on 8080"
            let told = if self.low(at) == "," { self.past_all_of_them(at + 1) } else { at };
            if names.len() > 1 && told > at + 1 && self.begins_detail(told) {
                return Some((names, told));
            }
            let joint = self.past(at, &[",", "and", "/"]);
            let next = self.past(joint, &["the", "also", "a", "an"]);
            // "calls a and b": here it is a name.
            let next = if next > joint && name_at(&self.tokens, next).is_none() { next - 1 } else { next };
            (joint > at).then_some(())?;
            at = next;
        }
        None
    }

    /// Past the words for all that were named: "both", "all three".
    fn past_all_of_them(&self, at: usize) -> usize {
        let end = self.past(at, ALL_OF_THEM);
        let counts = end > at && self.token(end).is_some_and(|token| matches!(token.kind, TokenKind::Number(2..=20)));
        if counts { end + 1 } else { end }
    }

    /// Whether details of what was named follow: "web on 8080", "api (grpc, 9090)", "db: tcp 5432".
    pub(super) fn begins_detail(&self, at: usize) -> bool {
        if self.sending {
            return false;
        }
        let is_port = |place: usize| {
            let is_number = self
                .token(place)
                .is_some_and(|token| matches!(token.kind, TokenKind::Number(number) if number >= MIN_BARE_PORT));
            is_number || self.is_symbol(place, &["port"])
        };
        let is_protocol = |place: usize| self.is_symbol(place, &["http", "http2", "grpc", "tcp"]);
        match self.low(at) {
            "on" | "at" | "over" | "via" | "(" | ":" | "using" | "with" | "as" if !self.is_symbol(at, &["on"]) => {
                let place = self.past_glue(at + 1);
                // "metal: 70/30", "teller: 50% blue, 50% green"
                if self.low(at) == ":" && self.begins_own_shares(at) {
                    return true;
                }
                let has_part =
                    self.is_symbol(place, PARTS) || self.is_symbol(place + 1, PARTS) && self.counts_a_part(place);
                is_port(place)
                    || is_protocol(place) && !self.is_word(place + 1, &["header"])
                    || has_part && self.low(at) != "over"
            }
            "in" => self.is_symbol(self.past_glue(at + 1), &["mesh"]),
            "between" => is_protocol(at + 1) || is_port(at + 1),
            "," => is_protocol(at + 1) && is_port(at + 2),
            _ => {
                let place = self.past_glue(at + 1);
                is_protocol(at) && is_port(place) || self.is_symbol(at, &["port"]) && is_port(place)
            }
        }
    }

    /// Whether the shares of a name's versions follow it.
    fn begins_own_shares(&self, at: usize) -> bool {
        let share = self.past_glue(at + 1);
        let version = self.past(share + 1, &["to", "the", "version"]);
        match self.token(share).map(|token| &token.kind) {
            Some(TokenKind::Ratio(_)) => true,
            Some(TokenKind::Percent(_)) => {
                let own = at.checked_sub(1).and_then(|name| name_at(&self.tokens, name));
                own.zip(name_at(&self.tokens, version)).is_some_and(|(own, version)| is_version_of(&version, &own))
            }
            _ => false,
        }
    }

    /// Whether a token says how many or how long a part is: "with 3 retries", "with a 5 s timeout", "with no TLS".
    fn counts_a_part(&self, at: usize) -> bool {
        self.low(at) == "no"
            || self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_) | TokenKind::Span(_)))
    }

    /// "all on 8080 except db, which is tcp 5432": what is left out is described by itself.
    pub(super) fn excepted(&mut self) -> bool {
        let Some((name, end)) = self.exception_at(self.at) else { return false };
        let of_all = self.spot.is_some_and(|spot| spot.place == Place::Everywhere);
        let found = self.find_named(&name).or_else(|| of_all.then(|| self.application(&name, Action::Create)));
        let Some(place) = found else { return false };
        self.turn_to(place);
        self.sending = false;
        self.preposition = None;
        self.at = self.past(end, &[",", "which", "that", "is", "uses", "speaks", "being", "on"]).max(end);
        true
    }

    /// The name of what is left out at a place, where more is said of it; and the place after it.
    pub(super) fn exception_at(&self, at: usize) -> Option<(String, usize)> {
        let start = match (self.low(at), self.low(at + 1)) {
            ("except" | "excluding" | "besides" | "but", "for" | "not") => at + 2,
            ("except" | "excluding" | "besides" | "but", _) => at + 1,
            _ => return None,
        };
        let start = self.past(start, &["the"]);
        let name = name_at(&self.tokens, start)?;
        let which = self.past(start + 1, &[",", "which", "that", "is", "uses", "speaks", "being"]);
        let is_told = self.begins_detail(start + 1) || which > start + 1 && !self.is_sentence_end(which);
        is_told.then_some((name, start + 1))
    }

    pub(super) fn place_of_subject(&mut self, name: &str) -> Place {
        self.find_named(name).or_else(|| self.place_there(name)).unwrap_or_else(|| {
            if let Some((thing, _)) = self.listed
                && let Some(place) = self.place_of(&Entity::new(thing, Some(name.to_owned()), self.at))
            {
                return place;
            }
            let is_there = self.verb == Verb::Change || self.is_there(name);
            let action = if is_there { Action::Change } else { Action::Create };
            // "…; ingress on 80"
            if name.eq_ignore_ascii_case("ingress")
                && let Some(place) = self.place_of(&Entity::new(Thing::Gateway, Some(name.to_owned()), self.at))
            {
                return place;
            }
            // "cart's access log goes to stdout. Create the virtual node cart": the node, and no service beside it.
            if self.known.is_none() && self.is_named_node(name) {
                let entity = Entity::new(Thing::Node, Some(name.to_owned()), self.at);
                if let Some(place) = self.place_of(&entity) {
                    return place;
                }
            }
            self.application(name, action)
        })
    }

    /// Whether the request says of a name that a virtual node has it, and nowhere that it is a service.
    fn is_named_node(&self, name: &str) -> bool {
        let is_name = |at: usize| self.token(at).is_some_and(|token| token.text.eq_ignore_ascii_case(name));
        let is_of = |kinds: &[&str]| {
            (0..self.tokens.len()).any(|at| {
                let next = at + 1 + usize::from(self.is_symbol(at + 1, &["named"]));
                self.is_symbol(at, kinds) && is_name(next)
                    || is_name(at) && kinds.contains(&"application") && self.is_symbol(at + 1, kinds)
            })
        };
        is_of(&["virtual-node"]) && !is_of(&["application", "virtual-service"])
    }
}
