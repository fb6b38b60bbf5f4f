//! The way through a request: sentences, verbs, names, meanings, and what says nothing.

use super::block::Block;
use super::entity::is_adjective;
use super::name::name_at;
use super::reader::{Reader, Verb};
use super::spot::{Place, Side, Spot};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_method};
use crate::understanding::Understanding;

/// Words before a colon that only say what follows.
const LABELS: &[&str] = &[
    "architecture",
    "background",
    "canary",
    "constraints",
    "context",
    "details",
    "goal",
    "goals",
    "notes",
    "overview",
    "requirement",
    "requirements",
    "rules",
    "scenario",
    "specs",
    "steps",
    "summary",
    "task",
    "tasks",
    "todo",
    "topology",
    "following",
    "below",
    "specifics",
    "facts",
    "networking",
    "description",
    "title",
    "usecase",
];

/// Words for the requests that a clause sends somewhere.
const REQUESTS: &[&str] = &["traffic", "requests", "request", "calls"];

/// Symbols of requests that a clause sends somewhere.
const REQUEST_SYMBOLS: &[&str] = &[
    "call",
    "send",
    "weight",
    "header",
    "query",
    "otherwise",
    "all-traffic",
    "split",
    "rest",
    "metadata",
    "exact",
    "prefix",
    "method",
    "hostname",
    "rpc",
    "grpc-service",
    "scheme",
];

/// Words that may stand before the requests.
const BEFORE_REQUESTS: &[&str] = &["https", "http", "grpc", "tcp", "change"];

/// Words after which a clause begins.
pub(super) const BEFORE_CLAUSE: &[&str] =
    &[".", ";", ",", "so", "and", "but", "please", "then", "to", "also", "just", "simply", "kindly"];

/// Symbols that may stand anywhere and say nothing by themselves.
const PASSED: &[&str] = &[
    "and",
    "but",
    "on",
    "to",
    "app-mesh",
    "between",
    "equals",
    "listener",
    "protocol",
    "first",
    "for",
    "application",
    "listen",
    "speak",
    "consecutive",
    "after",
    "hosts",
    "max",
    "min",
    "only-that",
    "every",
    "weight",
    "run",
    "take",
    "low",
    "discovery",
    "environment-variable",
    "all-traffic",
    "threshold",
];

/// Symbols that say nothing even after words that were not understood.
const JOINING: &[&str] = &["and", "but", "to", "or"];

/// Small verbs that need an object.
const TRANSITIVE: &[&str] =
    &["carry", "carries", "carrying", "bear", "bears", "bearing", "giving", "taking", "hitting"];

const PREPOSITIONS: &[&str] =
    &["to", "on", "for", "of", "in", "into", "at", "from", "by", "with", "over", "via", "between", "using", "under"];

/// What all that is asked for has one of: "the same mesh".
const WHOLES: &[&str] = &["mesh", "template", "stack", "file", "account", "owner", "cluster", "region"];

/// Words of a relative clause: what follows belongs to what was named, not to the preposition before it.
const RELATIVE: &[&str] = &["which", "where", "that", "whose"];

impl Reader<'_> {
    /// Reads to the end.
    pub(super) fn read(mut self) -> (Understanding, usize) {
        self.weigh_thirds();
        self.drop_whole();
        self.drop_directions();
        self.say_replacements();
        self.say_changes();
        self.drop_former_values();
        self.carry_verbs();
        self.begin_sentence();
        self.heading();
        while self.at < self.tokens.len() {
            let start = self.tokens[self.at].start;
            if self.step() {
                self.keep_heard(start);
                continue;
            }
            if self.pass() || self.known_name() {
                continue;
            }
            let (start, end) = (self.tokens[self.at].start, self.tokens[self.at].end);
            self.miss(start, end);
            self.at += 1;
        }
        self.finish()
    }

    /// Reads what something can be made of.
    fn step(&mut self) -> bool {
        self.forget_heard();
        if self.skip_what_was_read_ahead()
            || self.out_of_use()
            || self.separator()
            || self.retired()
            || self.retag()
            || self.likeness()
            || self.removal()
            || self.rename()
            || self.replacement()
            || self.copy_of_there()
            || self.called_back()
            || self.left_alone()
            || self.verb()
        {
            return true;
        }
        self.begin_requests();
        self.begin_rewrite();
        self.arrow_of_gateway();
        self.value_of_environment()
            || self.requests_of()
            || self.copy()
            || self.purpose()
            || self.said_order()
            || self.rpc_methods()
            || self.rpc_service()
            || self.path_spoken_of()
            || self.people()
            || self.people_see()
            || self.described_people()
            || self.router_in_front()
            || self.calls_those()
            || self.one_of_calls()
            || self.tagged()
            || self.part_of_those()
            || self.excepted()
            || self.limited()
            || self.told_first()
            || self.one_of_several()
            || self.together()
            || self.callers_behind()
            || self.relative()
            || self.further_callee()
            || self.part_of_known()
            || self.entity()
            || self.subject()
            || self.meaning()
            || self.contrast()
    }

    fn skip_what_was_read_ahead(&mut self) -> bool {
        let Some(words) = self.ahead.take_if(|words| words.start == self.at) else { return false };
        self.at = words.end;
        self.name_end = Some(words.end);
        true
    }

    /// The end of a sentence or of its part.
    fn separator(&mut self) -> bool {
        if !self.is_sentence_end(self.at) {
            return false;
        }
        // The items of a list go on with what its heading says.
        let is_item = self.token(self.at).is_some_and(|mark| mark.text != mark.low);
        self.at += 1;
        self.end_sentence();
        self.listed = self.listed.filter(|_| is_item);
        self.begin_sentence();
        true
    }

    fn end_sentence(&mut self) {
        self.block = Block::Resource;
        self.verb = Verb::None;
        self.sending = false;
        self.closed = true;
        self.is_carried = true;
        self.receiver = None;
        self.resting = false;
        self.preposition = None;
        self.last_calls = None;
        self.beside.clear();
        self.unverbed = None;
    }

    /// A sentence that begins with requests says where they go: "/v1 -> old", "requests on port 9090 are sent to admin".
    pub(super) fn begin_sentence(&mut self) {
        self.front_everywhere();
        self.name_groups();
        self.listeners_of_all();
        self.bare_shares();
        let sentence: Vec<&Token> =
            self.tokens[self.at..].iter().take_while(|token| !matches!(token.low.as_str(), "." | ";")).collect();
        let sends = sentence.iter().any(|token| matches!(token.low.as_str(), "to" | "send" | "split" | "between"));
        let may_precede = |token: &Token| {
            token.kind == TokenKind::Word && is_glue(&token.low) && !is_requests(token)
                || BEFORE_REQUESTS.contains(&token.low.as_str())
        };
        let first = sentence.into_iter().find(|token| !may_precede(token));
        let Some(first) = first.filter(|first| sends && is_requests(first)) else { return };
        let is_share = matches!(first.kind, TokenKind::Percent(_) | TokenKind::Ratio(_))
            || matches!(first.low.as_str(), "split" | "rest" | "weight");
        let takes_routes = self
            .spot
            .is_some_and(|spot| spot.place.has_routes() || is_share && matches!(spot.place, Place::Application(_)));
        if !takes_routes {
            self.remember();
        }
        self.sends();
    }

    /// Words that say what the clause does.
    fn verb(&mut self) -> bool {
        let token = &self.tokens[self.at];
        let verb = match (&token.kind, token.low.as_str()) {
            (TokenKind::Symbol, "create")
                if token.text.eq_ignore_ascii_case("make") && !self.introduces_entity(self.at + 1) =>
            {
                Verb::Change
            }
            (TokenKind::Symbol, "create") => Verb::Create,
            (TokenKind::Symbol, "add") => Verb::Add,
            (TokenKind::Symbol, "change") => Verb::Change,
            (TokenKind::Word, "let")
                if self.is_clause_start()
                    && !self.is_word(self.at + 1, &["only"])
                    && (self.introduces_entity(self.at + 1) || self.is_word(self.at + 2, &["also"])) =>
            {
                Verb::Change
            }
            (TokenKind::Word, "restrict" | "narrow" | "require")
                if self.is_clause_start()
                    && (name_at(&self.tokens, self.past_glue(self.at + 1)).is_some()
                        || self.introduces_entity(self.at + 1)) =>
            {
                Verb::Change
            }
            (TokenKind::Word, "set" | "give") if self.is_clause_start() || self.unverbed.is_some() => Verb::Change,
            _ => return false,
        };
        self.read_words.insert(token.start);
        self.at += 1;
        self.verb = verb;
        self.preposition = None;
        if verb != Verb::Create
            && let Some(place) = self.unverbed.take()
        {
            self.set_change(place);
        }
        self.part_tag();
        let receiver = self.past_glue(self.at);
        let is_percent = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)));
        let gives = self.is_word(self.at - 1, &["give"])
            && (self.tokens.get(self.at).is_some_and(|next| next.kind == TokenKind::Path)
                || name_at(&self.tokens, receiver).is_some() && is_percent(receiver + 1));
        // "make orders available on the gateway"
        let exposes = name_at(&self.tokens, receiver).is_some() && self.is_symbol(receiver + 1, &["listen"]);
        if gives || self.moves_to_version(receiver) || verb != Verb::Create && self.is_share(self.past_glue(self.at)) {
            // "put 5% on v2", "give v2 5%", "give /admin the highest priority"
            self.sends();
        } else if verb != Verb::Create && !exposes && !self.introduces_entity(self.at) {
            self.read_ahead();
        }
        true
    }

    /// Whether a share that goes somewhere is said at a place.
    fn is_share(&self, at: usize) -> bool {
        let is_percent = self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)));
        let says_which = |at: &usize| {
            matches!(self.low(*at), "of" | "the" | "traffic" | "requests" | "call" | "it")
                || self.token(*at).is_some_and(|token| token.kind == TokenKind::Path || is_method(&token.text))
        };
        let end = at + 1 + (at + 1..self.tokens.len()).take_while(says_which).count();
        // "10% of the orders traffic from v1 to v2"
        let is_named = name_at(&self.tokens, end).is_some() && self.is_word(end + 1, REQUESTS);
        is_percent && (is_named || matches!(self.low(end), "on" | "to" | "for" | "from"))
    }

    pub(super) fn is_clause_start(&self) -> bool {
        self.at == 0 || BEFORE_CLAUSE.contains(&self.low_before(self.at))
    }

    /// Passes over a word without a meaning of its own.
    fn pass(&mut self) -> bool {
        if !self.is_passed() {
            return false;
        }
        self.closed |= self.is_exception();
        if self.is_label() {
            self.set_aside(self.at, self.at + 1);
        }
        let token = &self.tokens[self.at];
        if PREPOSITIONS.contains(&token.low.as_str()) {
            let is_arrow = !token.text.starts_with(char::is_alphabetic);
            self.preposition = Some(if is_arrow { token.low.clone() } else { token.text.to_lowercase() });
        }
        if RELATIVE.contains(&token.low.as_str()) || token.low == ":" {
            self.preposition = None;
        }
        let (start, end) = (token.start, token.end);
        let follows_miss = token.kind == TokenKind::Symbol
            && !JOINING.contains(&token.low.as_str())
            && self
                .not_understood
                .last()
                .is_some_and(|last| self.request.get(last.end..start).is_some_and(|between| between.trim().is_empty()));
        if follows_miss {
            self.miss(start, end);
        }
        self.read_words.insert(start);
        self.at += 1;
        true
    }

    /// Whether "the same service" is that of each environment.
    fn is_same_everywhere(&self) -> bool {
        !self.intent.environments.is_empty() && self.thing_at(self.at + 1).is_some()
    }

    /// Whether a verb in -ing stands at a place, which says when: "before forwarding".
    fn is_doing(&self, at: usize) -> bool {
        let is_doing = self.token(at).is_some_and(|token| token.text.to_lowercase().ends_with("ing"));
        is_doing && self.is_symbol(at, &["send", "call", "split"])
    }

    /// Whether a verb that needs an object has none: "node carrying on 80".
    fn lacks_object(&self) -> bool {
        self.is_word(self.at, TRANSITIVE) && self.is_word(self.at + 1, &["on", "at"])
    }

    /// Whether an exception is described right after: "(except /api/admin, which goes to admin)".
    fn is_exception(&self) -> bool {
        let is_path = self.token(self.at + 1).is_some_and(|token| token.kind == TokenKind::Path);
        let which = self.past(self.at + 2, &[","]);
        self.is_word(self.at, &["except"]) && is_path && self.is_word(which, &["which", "that"])
    }

    /// Whether a word only says what the sentences are about: "Requirements: …", "canary: 1 % of the traffic goes to v3".
    fn is_label(&self) -> bool {
        self.is_word(self.at, LABELS) && self.low(self.at + 1) == ":"
    }

    fn is_passed(&self) -> bool {
        let token = &self.tokens[self.at];
        match token.kind {
            // "the old one"
            TokenKind::Number(1) => token.low == "one" && (self.name_end == Some(self.at) || self.is_one_route()),
            // "twice, once for test and once for production"
            TokenKind::Number(2) => {
                token.low == "twice" && (self.at + 1..self.at + 4).any(|at| self.is_word(at, &["once"]))
            }
            TokenKind::Word | TokenKind::Name => {
                is_glue(&token.low) && !self.lacks_object()
                    || is_adjective(&token.low) && self.is_word(self.at + 1, REQUESTS)
                    // "gateway: public, http"
                    || is_adjective(&token.low) && self.low_before(self.at) == ":" && self.low(self.at + 1) == ","
                    || token.low == "before" && self.is_doing(self.at + 1)
                    || self.are_senders(self.at)
                    || self.is_label()
                    || self.is_exception()
                    || token.low == "same" && (self.says(self.at + 1, WHOLES) || self.is_same_everywhere())
            }
            TokenKind::Mark => token.text.len() < 2 || !token.text.starts_with('-') || token.text.starts_with("->"),
            TokenKind::Symbol => {
                let is_of_client = self.spot.is_some_and(|spot: Spot| spot.side != Side::Server);
                PASSED.contains(&token.low.as_str())
                    || match token.low.as_str() {
                        "allow-all" => {
                            token.text.eq_ignore_ascii_case("lets")
                                && self.is_symbol(self.at + 1, &["create", "add", "change"])
                        }
                        "or" => self.block == Block::Retry || self.joins_alternatives(self.at),
                        "present" | "connections" => self.block == Block::Match,
                        "backend" => is_of_client || self.known.is_some() && self.name_end == Some(self.at),
                        "call" => name_at(&self.tokens, self.at + 1).is_none(),
                        _ => false,
                    }
            }
            _ => false,
        }
    }
}

/// Whether a token says requests, or which of them.
fn is_requests(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Path | TokenKind::Percent(_) | TokenKind::Ratio(_))
        || REQUESTS.contains(&token.low.as_str())
        || token.kind == TokenKind::Symbol && REQUEST_SYMBOLS.contains(&token.low.as_str())
        || is_method(&token.text)
        || token.low.starts_with("x-")
}
