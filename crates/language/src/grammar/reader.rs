//! Goes through the tokens of a request once and builds the intent.

use super::meaning::{Block, Home, Meaning, READY, Set};
use super::pattern::Slots;
use super::spot::{Place, Side, Spot, Trouble};
use crate::intent::{Action, Intent};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;
use crate::understanding::{Evidence, NotUnderstood, Question, Understanding};

/// What the clause does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    /// It describes.
    None,
    Create,
    Add,
    Change,
}

/// The state of reading.
pub(super) struct Reader<'r> {
    request: &'r str,
    pub(super) tokens: Vec<Token>,
    /// The token that is read next.
    pub(super) at: usize,
    pub(super) intent: Intent,
    evidence: Vec<Evidence>,
    questions: Vec<Question>,
    not_understood: Vec<NotUnderstood>,
    /// What is spoken of.
    pub(super) spot: Option<Spot>,
    /// What is spoken of beside it: "orders and payments listen on 8080".
    pub(super) beside: Vec<Spot>,
    /// What was spoken of before, the latest last.
    pub(super) history: Vec<Spot>,
    pub(super) block: Block,
    pub(super) verb: Verb,
    /// Whether the clause says where requests go.
    pub(super) sending: bool,
    /// Whether a sentence has ended since the route got its target.
    pub(super) closed: bool,
    /// A target that was named before its requests.
    pub(super) receiver: Option<String>,
    /// The preposition before the token that is read next.
    pub(super) preposition: Option<String>,
    /// Where the last name ended, so that "the orders service" is one thing.
    pub(super) name_end: Option<usize>,
    /// The calls that the last meaning made, by their places in the list.
    pub(super) last_calls: Option<(Spot, std::ops::Range<usize>)>,
    /// What was named only by whom it is for, so that a name said later holds.
    pub(super) soft_name: Option<Place>,
    /// A protocol that was said of what is named next.
    pub(super) pending_protocol: Option<crate::intent::Protocol>,
    /// What was named in front of its verb: "on node quotes enable outlier detection".
    pub(super) unverbed: Option<Place>,
    /// Listeners that the last meaning made: "ports 80 and 81 using http".
    pub(super) last_ports: Option<(Spot, std::ops::Range<usize>)>,
    /// Tokens that were read ahead: from, to.
    pub(super) ahead: Option<(usize, usize)>,
    /// The first and the last token of the meaning at hand.
    pub(super) words: (usize, usize),
}

/// A meaning that fits.
struct Candidate {
    end: usize,
    is_of_block: bool,
    /// How many words of its pattern were said.
    words: usize,
    meaning: &'static Meaning,
    slots: Slots,
}

impl<'r> Reader<'r> {
    pub(super) fn new(request: &'r str, tokens: Vec<Token>) -> Self {
        Self {
            request,
            tokens,
            at: 0,
            intent: Intent::default(),
            evidence: Vec::new(),
            questions: Vec::new(),
            not_understood: Vec::new(),
            spot: None,
            beside: Vec::new(),
            history: Vec::new(),
            block: Block::Resource,
            verb: Verb::None,
            sending: false,
            closed: false,
            receiver: None,
            preposition: None,
            name_end: None,
            last_calls: None,
            soft_name: None,
            pending_protocol: None,
            unverbed: None,
            last_ports: None,
            ahead: None,
            words: (0, 0),
        }
    }

    /// Reads to the end.
    pub(super) fn read(mut self) -> Understanding {
        self.begin_sentence();
        while self.at < self.tokens.len() {
            if self.skip_what_was_read_ahead() || self.separator() || self.removal() || self.verb() {
                continue;
            }
            if self.entity() || self.subject() || self.meaning() || self.pass() {
                continue;
            }
            let (start, end) = (self.tokens[self.at].start, self.tokens[self.at].end);
            self.miss(start, end);
            self.at += 1;
        }
        let is_empty = self.intent == Intent::default();
        if is_empty && self.not_understood.is_empty() && self.questions.is_empty() {
            self.not_understood.push(words(self.request, 0, self.request.len()));
        }
        Understanding {
            intent: self.intent,
            evidence: self.evidence,
            assumptions: Vec::new(),
            questions: self.questions,
            not_understood: self.not_understood,
        }
    }

    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    pub(super) fn is_symbol(&self, at: usize, symbols: &[&str]) -> bool {
        self.token(at).is_some_and(|token| token.kind == TokenKind::Symbol && symbols.contains(&token.low.as_str()))
    }

    fn skip_what_was_read_ahead(&mut self) -> bool {
        let Some((from, to)) = self.ahead.filter(|(from, _)| *from == self.at) else { return false };
        debug_assert!(from < to, "something was read ahead");
        self.at = to;
        self.name_end = Some(to);
        self.ahead = None;
        true
    }

    /// The end of a sentence or of its part.
    fn separator(&mut self) -> bool {
        let token = &self.tokens[self.at];
        if token.kind != TokenKind::Mark || !matches!(token.low.as_str(), "." | ";" | "!" | "?") {
            return false;
        }
        self.at += 1;
        self.end_sentence();
        self.begin_sentence();
        true
    }

    /// A sentence that begins with requests says where they go: "/v1 -> old", "requests on port 9090 are sent to admin".
    fn begin_sentence(&mut self) {
        let sentence = self.tokens[self.at..].iter().take_while(|token| !matches!(token.low.as_str(), "." | ";"));
        let sentence: Vec<&Token> = sentence.collect();
        let sends = sentence.iter().any(|token| matches!(token.low.as_str(), "to" | "send" | "split" | "between"));
        let is_requests = |token: &Token| {
            matches!(token.kind, TokenKind::Path | TokenKind::Percent(_) | TokenKind::Ratio(_))
                || matches!(token.low.as_str(), "traffic" | "requests" | "request" | "calls")
                || token.kind == TokenKind::Symbol
                    && matches!(
                        token.low.as_str(),
                        "call"
                            | "send"
                            | "header"
                            | "query"
                            | "otherwise"
                            | "all-traffic"
                            | "split"
                            | "rest"
                            | "metadata"
                    )
                || matches!(token.text.as_str(), "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "PATCH" | "OPTIONS")
                || token.low.starts_with("x-")
        };
        let mut first = sentence.iter().filter(|token| {
            !(token.kind == TokenKind::Word && is_glue(&token.low) && !is_requests(token))
                && token.low != "https"
                && token.low != "http"
                && token.low != "grpc"
                && token.low != "tcp"
                && token.low != "change"
        });
        let Some(first) = first.next().filter(|first| sends && is_requests(first)) else { return };
        let is_share = matches!(first.kind, TokenKind::Percent(_) | TokenKind::Ratio(_))
            || first.low == "split"
            || first.low == "rest";
        let takes_routes = self.spot.is_some_and(|spot| {
            matches!(spot.place, Place::Route(..) | Place::Router(_) | Place::Gateway(_) | Place::GatewayRoute(..))
                || is_share && matches!(spot.place, Place::Application(_))
        });
        if !takes_routes && let Some(before) = self.spot.take() {
            self.history.push(before);
        }
        self.sending = true;
        self.block = Block::Match;
    }

    fn end_sentence(&mut self) {
        self.block = Block::Resource;
        self.verb = Verb::None;
        self.sending = false;
        self.closed = true;
        self.receiver = None;
        self.preposition = None;
        self.last_calls = None;
        self.beside.clear();
        self.unverbed = None;
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
            (TokenKind::Word, "let") if self.is_clause_start() && self.introduces_entity(self.at + 1) => Verb::Change,
            (TokenKind::Word, "set" | "give") if self.is_clause_start() => Verb::Change,
            _ => return false,
        };
        self.at += 1;
        self.verb = verb;
        self.preposition = None;
        if verb != Verb::Create
            && let Some(place) = self.unverbed.take()
        {
            self.set_change(place);
        }
        if verb != Verb::Create && !self.introduces_entity(self.at) {
            self.read_ahead();
        }
        true
    }

    fn is_clause_start(&self) -> bool {
        self.at == 0
            || self.token(self.at - 1).is_some_and(|before| {
                matches!(before.low.as_str(), "." | ";" | "," | "and" | "please" | "then" | "to" | "also")
            })
    }

    /// Takes the longest meaning that fits.
    fn meaning(&mut self) -> bool {
        let mut candidates = self.candidates();
        candidates.sort_by_key(|candidate| {
            std::cmp::Reverse((
                candidate.end,
                candidate.words + usize::from(candidate.is_of_block),
                candidate.is_of_block,
            ))
        });
        for candidate in candidates {
            if self.apply(&candidate) {
                return true;
            }
        }
        false
    }

    /// Takes a meaning of the block that is open, where it reads at least as far as the name of a resource would.
    pub(super) fn meaning_of_block(&mut self, end: usize) -> bool {
        let mut candidates = self.candidates();
        candidates.retain(|candidate| {
            candidate.is_of_block && candidate.end >= end && candidate.meaning.block != Block::Resource
        });
        candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.end, candidate.words)));
        candidates.into_iter().any(|candidate| self.apply(&candidate))
    }

    /// Takes a meaning that reads further than the name of a resource would.
    pub(super) fn longer_meaning(&mut self, end: usize) -> bool {
        let mut candidates = self.candidates();
        candidates.retain(|candidate| candidate.end > end + 1);
        candidates.sort_by_key(|candidate| std::cmp::Reverse((candidate.end, candidate.words)));
        candidates.into_iter().any(|candidate| self.apply(&candidate))
    }

    fn candidates(&self) -> Vec<Candidate> {
        let upcoming = self.upcoming_block();
        let mut candidates = Vec::new();
        for ready in READY.iter() {
            let meaning = ready.meaning;
            let is_of_block = meaning.block == self.block && self.block != Block::Resource;
            if !meaning.is_plain && !is_of_block && upcoming != Some(meaning.block) {
                continue;
            }
            let found = ready.patterns.iter().filter_map(|pattern| {
                pattern.find(&self.tokens, self.at).map(|(end, slots)| (end, pattern.words(), slots))
            });
            if let Some((end, words, slots)) = found.max_by_key(|(end, words, _)| (*end, *words)) {
                candidates.push(Candidate { end, is_of_block, words, meaning, slots });
            }
        }
        candidates
    }

    /// The block that opens right after: "a 10 second interval health check".
    fn upcoming_block(&self) -> Option<Block> {
        let ahead = self.tokens[self.at..].iter().take(6);
        let mut ahead = ahead.take_while(|token| !matches!(token.low.as_str(), "," | "." | ";" | "and"));
        ahead.find_map(|token| match (&token.kind, token.low.as_str()) {
            (TokenKind::Symbol, "health-check") => Some(Block::HealthCheck),
            (TokenKind::Symbol, "retry") => Some(Block::Retry),
            (TokenKind::Symbol, "outlier-detection" | "eject") => Some(Block::OutlierDetection),
            (TokenKind::Symbol, "connection-pool") => Some(Block::ConnectionPool),
            (TokenKind::Symbol, "access-log") => Some(Block::AccessLog),
            _ => None,
        })
    }

    /// Puts a meaning's value where it belongs; false where nothing that was spoken of has a place for it.
    fn apply(&mut self, candidate: &Candidate) -> bool {
        let before = (self.spot, self.at);
        self.words = (self.at, candidate.end);
        for spot in self.spots_for(candidate.meaning.home) {
            self.spot = spot;
            let is_new = spot.is_none();
            let kept =
                is_new.then(|| (self.intent.clone(), self.ahead, self.history.clone(), self.preposition.clone()));
            let spot = match self.spot {
                Some(spot) => spot,
                None => match self.make_home(candidate.meaning.home, candidate.meaning.block) {
                    Some(spot) => spot,
                    None => continue,
                },
            };
            self.spot = Some(spot);
            let said = match candidate.meaning.set {
                Set::Value(set) => set(&mut self.intent, spot, &candidate.slots),
                Set::Act(act) => act(self, &candidate.slots),
            };
            match said {
                Ok(path) => {
                    if self.spot.is_some_and(|spot| spot.place == Place::All) {
                        self.spot = before.0;
                    }
                    self.accept(candidate, &path);
                }
                Err(Trouble::Clash(what)) => self.ask_about(&what, candidate.end),
                Err(Trouble::NotHere) => {
                    if let Some(kept) = kept {
                        (self.intent, self.ahead, self.history, self.preposition) = kept;
                    }
                    continue;
                }
            }
            self.at = candidate.end;
            return true;
        }
        (self.spot, self.at) = before;
        false
    }

    fn accept(&mut self, candidate: &Candidate, path: &str) {
        self.note(path, self.words.0, candidate.end);
        for spot in self.beside.clone() {
            let main = self.spot.replace(spot);
            match candidate.meaning.set {
                Set::Value(set) => drop(set(&mut self.intent, spot, &candidate.slots)),
                Set::Act(act) => drop(act(self, &candidate.slots)),
            }
            self.spot = main;
        }
        if candidate.meaning.name.starts_with("TLS to backends")
            && let Some(spot) = &mut self.spot
        {
            spot.side = Side::Client;
        }
        let ends_in_name = self.tokens[candidate.end - 1].kind != TokenKind::Symbol;
        self.name_end = ends_in_name.then_some(candidate.end);
        if candidate.meaning.name != "backends" && candidate.meaning.block != Block::Tls {
            self.last_calls = None;
        }
        let of_node = self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
        self.block = match candidate.meaning.block {
            Block::Match if of_node => Block::Resource,
            Block::Resource if self.sending && !of_node => Block::Match,
            block => block,
        };
        self.preposition = None;
    }

    /// Where a meaning's value may go: what is spoken of, what was before, a resource of its own.
    fn spots_for(&self, home: Home) -> Vec<Option<Spot>> {
        let mut spots: Vec<Option<Spot>> = self.spot.iter().copied().map(Some).collect();
        for spot in self.history.iter().rev() {
            if !spots.contains(&Some(*spot)) {
                spots.push(Some(*spot));
            }
        }
        if matches!(home, Home::Mesh | Home::All) {
            spots.insert(0, None);
        }
        spots.push(None);
        spots
    }

    /// The place of a value about which nothing else was said.
    fn make_home(&mut self, home: Home, block: Block) -> Option<Spot> {
        if !matches!(home, Home::Mesh | Home::All | Home::Next)
            && block != Block::Match
            && let Some(spot) = self.find_ahead(home)
        {
            return Some(spot);
        }
        let action = self.action_of_part();
        let place = match home {
            Home::Mesh => Place::Mesh,
            Home::All | Home::Next => Place::All,
            Home::Node => {
                self.intent.virtual_nodes.push(crate::intent::VirtualNode { action, ..Default::default() });
                Place::Node(self.intent.virtual_nodes.len() - 1)
            }
            Home::Route | Home::Any => {
                let protocol = self.pending_protocol.take();
                self.intent.routes.push(crate::intent::Route { action, protocol, ..Default::default() });
                Place::Route(None, self.intent.routes.len() - 1)
            }
            Home::GatewayRoute => {
                let protocol = self.pending_protocol.take();
                self.intent.gateway_routes.push(crate::intent::GatewayRoute { action, protocol, ..Default::default() });
                Place::GatewayRoute(None, self.intent.gateway_routes.len() - 1)
            }
            Home::Service => {
                self.intent.virtual_services.push(crate::intent::VirtualService { action, ..Default::default() });
                Place::Service(self.intent.virtual_services.len() - 1)
            }
            Home::Sidecar => {
                self.intent.sidecars.push(crate::intent::Sidecar::default());
                Place::Sidecar(self.intent.sidecars.len() - 1)
            }
        };
        Some(Spot::at(place))
    }

    /// What a part that is added without its resource means for the resource.
    pub(super) fn action_of_part(&self) -> Action {
        match self.verb {
            Verb::Add | Verb::Change => Action::Change,
            Verb::Create | Verb::None => Action::Create,
        }
    }

    /// Passes over a word without a meaning of its own.
    fn pass(&mut self) -> bool {
        let token = &self.tokens[self.at];
        let is_passed = match token.kind {
            TokenKind::Word | TokenKind::Name => is_glue(&token.low),
            TokenKind::Mark => token.text.len() < 2 || !token.text.starts_with('-') || token.text.starts_with("->"),
            TokenKind::Symbol => matches!(
                token.low.as_str(),
                "and"
                    | "but"
                    | "on"
                    | "to"
                    | "app-mesh"
                    | "between"
                    | "equals"
                    | "listener"
                    | "protocol"
                    | "first"
                    | "for"
                    | "application"
                    | "listen"
                    | "speak"
                    | "consecutive"
                    | "after"
                    | "hosts"
                    | "max"
                    | "min"
                    | "only-that"
                    | "every"
                    | "weight"
                    | "run"
                    | "take"
                    | "low"
                    | "discovery"
                    | "environment-variable"
                    | "all-traffic"
                    | "threshold"
            ),
            _ => false,
        } || self.is_symbol(self.at, &["or"]) && self.block == Block::Retry
            || self.is_symbol(self.at, &["present"]) && self.block == Block::Match
            || self.is_symbol(self.at, &["backend"]) && self.spot.is_some_and(|spot| spot.side != Side::Server)
            || self.is_symbol(self.at, &["connections"]) && self.block == Block::Match
            || self.is_symbol(self.at, &["call"]) && super::pattern::name_at(&self.tokens, self.at + 1).is_none();
        if !is_passed {
            return false;
        }
        if matches!(
            token.low.as_str(),
            "to" | "on"
                | "for"
                | "of"
                | "in"
                | "into"
                | "at"
                | "from"
                | "by"
                | "with"
                | "over"
                | "via"
                | "between"
                | "using"
        ) {
            self.preposition = Some(token.text.to_lowercase());
        }
        if matches!(token.low.as_str(), "which" | "where" | "that" | "whose") {
            self.preposition = None;
        }
        let token = &self.tokens[self.at];
        let (start, end) = (token.start, token.end);
        let follows_miss = token.kind == TokenKind::Symbol
            && !matches!(token.low.as_str(), "and" | "but" | "to" | "or")
            && self.not_understood.last().is_some_and(|last| self.request[last.end..start].trim().is_empty());
        if follows_miss {
            self.miss(start, end);
        }
        self.at += 1;
        true
    }

    /// Notes which words say a value.
    pub(super) fn note(&mut self, path: &str, from: usize, to: usize) {
        if path.is_empty() || to == 0 || from >= to {
            return;
        }
        let (start, end) = (self.tokens[from].start, self.tokens[to - 1].end);
        let text = self.request[start..end].to_owned();
        self.evidence.push(Evidence { path: path.to_owned(), text, start, end });
    }

    /// A part of the intent has another place now.
    pub(super) fn rename_evidence(&mut self, from: &str, to: &str) {
        for evidence in &mut self.evidence {
            if let Some(rest) = evidence.path.strip_prefix(from) {
                evidence.path = format!("{to}{rest}");
            }
        }
    }

    pub(super) fn miss(&mut self, start: usize, end: usize) {
        if let Some(last) = self.not_understood.last_mut()
            && self.request[last.end..start].trim().is_empty()
        {
            *last = words(self.request, last.start, end);
            return;
        }
        self.not_understood.push(words(self.request, start, end));
    }

    /// Asks about two values for one thing.
    fn ask_about(&mut self, what: &str, end: usize) {
        let (from, to) = (self.words.0, end);
        self.ask(&format!("It says {what}: which one is meant?"), from, to);
    }

    /// Asks about words.
    pub(super) fn ask(&mut self, text: &str, from: usize, to: usize) {
        let about = match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if first.start < last.end => vec![words(self.request, first.start, last.end)],
            _ => Vec::new(),
        };
        self.questions.push(Question { text: text.to_owned(), about });
    }

    /// For meanings that only open their block.
    pub(super) fn said_here(&self, _: &str) -> String {
        String::new()
    }

    /// Speaks of something else from now on.
    pub(super) fn turn_to(&mut self, place: Place) -> Spot {
        let spot = Spot::at(place);
        if let Some(before) = self.spot.replace(spot) {
            self.history.retain(|there| there.place != before.place);
            self.history.push(before);
        }
        self.beside.clear();
        self.block = Block::Resource;
        self.last_calls = None;
        self.history
            .iter()
            .rev()
            .find(|there| there.place == place)
            .copied()
            .inspect(|there| self.spot = Some(*there))
            .unwrap_or(spot)
    }

    /// What is spoken of, for a meaning that has found its place.
    pub(super) fn here(&self) -> Result<Spot, Trouble> {
        self.spot.ok_or(Trouble::NotHere)
    }
}

fn words(request: &str, start: usize, end: usize) -> NotUnderstood {
    NotUnderstood { text: request[start..end].to_owned(), start, end }
}
