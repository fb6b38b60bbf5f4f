//! Which meaning the words at a place have: the longest that fits what is being spoken of.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use super::block::{Block, Home};
use super::meaning::{Meaning, Set};
use super::meanings::AREAS;
use super::name::name_at;
use super::pattern::{Pattern, Start, can_be_said};
use super::reader::{Reader, Verb};
use super::slot::Slots;
use super::spot::{self, Place, Said, Side, Spot, Trouble};
use crate::intent::{Action, GatewayRoute, Route, Sidecar, VirtualNode, VirtualService};
use crate::lexer::TokenKind;

/// The patterns of all meanings, by what they can begin with.
struct Index {
    /// Each pattern and its meaning, in the order of the tables.
    ways: Vec<(&'static Meaning, Pattern)>,
    by_word: HashMap<&'static str, Vec<usize>>,
    by_value: Vec<usize>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { ways: Vec::new(), by_word: HashMap::new(), by_value: Vec::new() };
    for meaning in AREAS.iter().flat_map(|area| area.meanings) {
        for way in meaning.ways {
            let pattern = Pattern::parse(way);
            for start in pattern.starts() {
                let ways = match start {
                    Start::Word(word) => index.by_word.entry(word).or_default(),
                    Start::Value => &mut index.by_value,
                };
                if ways.last() != Some(&index.ways.len()) {
                    ways.push(index.ways.len());
                }
            }
            index.ways.push((meaning, pattern));
        }
    }
    index
});

/// How many tokens ahead a block may open for a value that stands before it.
const MAX_UPCOMING: usize = 6;

/// A meaning that fits.
struct Candidate {
    end: usize,
    is_of_block: bool,
    /// How many words of its pattern were said.
    words: usize,
    meaning: &'static Meaning,
    /// The pattern by which it was said.
    pattern: &'static Pattern,
    slots: Slots,
}

/// How the making of a resource is taken back.
enum Undo {
    Nothing,
    /// It was put at the end of its list.
    Pop,
    /// An owner that comes later was read.
    Restore(Box<Kept>),
}

/// What reading an owner ahead changes.
struct Kept {
    intent: crate::intent::Intent,
    ahead: Option<std::ops::Range<usize>>,
    history: Vec<Spot>,
    beside: Vec<Spot>,
    group: Vec<Place>,
    preposition: Option<String>,
}

impl Reader<'_> {
    /// Takes the longest meaning that fits.
    pub(super) fn meaning(&mut self) -> bool {
        let candidates = self.candidates(|candidate| {
            let is_of_block = candidate.is_of_block;
            Some((candidate.end, candidate.words + usize::from(is_of_block), is_of_block))
        });
        candidates.into_iter().any(|candidate| self.apply(&candidate))
    }

    /// Takes a meaning of the block that is open, where it reads at least as far as the name of a resource would.
    pub(super) fn meaning_of_block(&mut self, end: usize) -> bool {
        let candidates = self.candidates(|candidate| {
            let fits = candidate.is_of_block && candidate.end >= end;
            fits.then_some((candidate.end, candidate.words))
        });
        candidates.into_iter().any(|candidate| self.apply(&candidate))
    }

    /// Takes a meaning that reads further than the name of a resource would.
    pub(super) fn longer_meaning(&mut self, end: usize) -> bool {
        let candidates =
            self.candidates(|candidate| (candidate.end > end + 1).then_some((candidate.end, candidate.words)));
        candidates.into_iter().any(|candidate| self.apply(&candidate))
    }

    /// The meanings that the words may have, each by the way that reads furthest; the best first, by a rank that leaves
    /// out those which are not wanted.
    fn candidates<R: Ord>(&mut self, rank: impl Fn(&Candidate) -> Option<R>) -> Vec<Candidate> {
        let Some(token) = self.tokens.get(self.at) else { return Vec::new() };
        let by_word = INDEX.by_word.get(token.low.as_str()).filter(|_| can_be_said(token));
        // No mark is a value.
        let by_value: &[usize] = if token.kind == TokenKind::Mark { &[] } else { &INDEX.by_value };
        let mut ways: Vec<usize> = by_word.into_iter().flatten().chain(by_value).copied().collect();
        ways.sort_unstable();
        ways.dedup();
        let upcoming = self.upcoming_block();
        let retries = self.spot.is_some_and(|spot| {
            spot::route(&mut self.intent, spot)
                .is_ok_and(|(route, _)| route.retry.is_some() && route.targets.is_empty())
        });
        let mut candidates: Vec<Candidate> = Vec::new();
        for way in ways {
            let (meaning, pattern) = &INDEX.ways[way];
            let is_of_block = meaning.block == self.block && self.block != Block::Resource;
            let is_beside = meaning.block == Block::Retry && self.block == Block::Match && retries;
            if !meaning.is_plain && !is_of_block && !is_beside && upcoming != Some(meaning.block) {
                continue;
            }
            let Some((end, slots)) = pattern.find(&self.tokens, self.at, &mut self.work) else { continue };
            let candidate = Candidate { end, is_of_block, words: pattern.words(), meaning, pattern, slots };
            match candidates.last_mut().filter(|last| std::ptr::eq(last.meaning, candidate.meaning)) {
                Some(last) if (last.end, last.words) > (candidate.end, candidate.words) => {}
                Some(last) => *last = candidate,
                None => candidates.push(candidate),
            }
        }
        candidates.retain(|candidate| rank(candidate).is_some());
        candidates.sort_by_key(|candidate| Reverse(rank(candidate)));
        candidates
    }

    /// The block that opens right after: "a 10 second interval health check".
    fn upcoming_block(&self) -> Option<Block> {
        let ahead = self.tokens[self.at..].iter().take(MAX_UPCOMING);
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
        self.words = self.at..candidate.end;
        if candidate.meaning.block == Block::Timeout
            && let Some(callee) = self.callee_with_port()
        {
            self.turn_to(callee);
        }
        for spot in self.spots_for(candidate.meaning.home) {
            self.is_current = before.0.is_none() || before.0 == spot;
            self.spot = spot;
            let is_of_gateway = candidate.meaning.block == Block::Timeout
                && matches!(before.0, Some(Spot { place: Place::Gateway(_), .. }));
            if spot.is_none() && is_of_gateway {
                self.ask(
                    "A virtual gateway has no timeout: is it for a route or a virtual node?",
                    self.at,
                    candidate.end,
                );
                (self.spot, self.at) = (before.0, candidate.end);
                return true;
            }
            if spot.is_none()
                && self.changes_a_node(before.0)
                && matches!(candidate.meaning.home, Home::Route | Home::GatewayRoute)
            {
                continue;
            }
            let (spot, undo) = match spot {
                Some(spot) => (spot, Undo::Nothing),
                None => self.make_home(candidate.meaning.home, candidate.meaning.block, before.0),
            };
            if matches!((&undo, spot.place), (Undo::Pop, Place::Node(_))) && self.speaks_of_no_node(before.0) {
                self.undo(spot, undo);
                continue;
            }
            self.spot = Some(spot);
            let calls = self.last_calls.clone();
            match self.set(candidate) {
                Ok(path) => {
                    // What is said of the mesh in passing is no new subject.
                    let is_aside = before.0.is_some() && candidate.meaning.home == Home::Mesh;
                    if is_aside || self.spot.is_some_and(|spot| spot.place == Place::All) {
                        self.spot = before.0;
                    }
                    if self.last_calls == calls && candidate.meaning.block != Block::Tls && !self.is_in_brackets() {
                        self.last_calls = None;
                    }
                    if matches!(undo, Undo::Pop) {
                        self.pending_protocol = None;
                    }
                    self.accept(candidate, &path);
                }
                Err(Trouble::Clash(what)) => {
                    self.ask(&format!("It says {what}: which one is meant?"), self.words.start, candidate.end);
                }
                Err(Trouble::NotHere) => {
                    self.undo(spot, undo);
                    continue;
                }
            }
            self.at = candidate.end;
            return true;
        }
        (self.spot, self.at) = before;
        false
    }

    fn set(&mut self, candidate: &Candidate) -> Said {
        let spot = self.here()?;
        let said = match candidate.meaning.set {
            Set::Value(set) => set(&mut self.intent, spot, &candidate.slots),
            Set::Act(act) => act(self, &candidate.slots),
        };
        if candidate.meaning.block == Block::Tls {
            self.share_tls_of_calls();
        }
        said
    }

    /// Puts what was said of what is spoken of to what is spoken of beside it.
    fn set_beside(&mut self, candidate: &Candidate) {
        for at in 0..self.beside.len() {
            let (Some(there), Some(main)) = (self.beside.get(at).copied(), self.spot) else { break };
            // What a node shows and trusts in its calls is none of its listeners'.
            if there.place == main.place && main.side != Side::Server {
                continue;
            }
            let calls = self.last_calls.clone();
            self.last_calls = self.same_calls(there);
            self.spot = Some(there);
            let said = self.set(candidate);
            if let (Some(kept), Some(spot)) = (self.beside.get_mut(at), self.spot)
                && kept.place == spot.place
            {
                *kept = spot;
            }
            (self.spot, self.last_calls) = (Some(main), calls);
            if let Err(Trouble::Clash(what)) = said {
                self.ask(&format!("It says {what}: which one is meant?"), self.words.start, candidate.end);
            }
        }
    }

    fn accept(&mut self, candidate: &Candidate, path: &str) {
        self.note(path, self.words.start, candidate.end);
        self.read_by(candidate.pattern, self.words.clone());
        self.carry(candidate.meaning.block);
        if self.beside.is_empty() && candidate.meaning.home != Home::Next {
            self.beside = self.said_of_all(candidate.end);
        }
        self.set_beside(candidate);
        let ends_in_name = match self.tokens[candidate.end - 1].kind {
            TokenKind::Number(_) => false,
            TokenKind::Symbol => name_at(&self.tokens, candidate.end - 1).is_some(),
            _ => true,
        };
        self.name_end = ends_in_name.then_some(candidate.end);
        let of_node = self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
        self.block = match candidate.meaning.block {
            // What a value is not goes on with what was said of it.
            Block::Resource if path.is_empty() && candidate.meaning.home == Home::Next => self.block,
            Block::Match if of_node => Block::Resource,
            Block::Resource if self.sending && !of_node || self.spoke_of_owner(candidate.end) => Block::Match,
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

    /// Whether the clause changes a node that it names, so that no route comes of what it says: "change the path of node a".
    fn changes_a_node(&self, spot: Option<Spot>) -> bool {
        let is_node = spot.is_some_and(|spot| matches!(spot.place, Place::Node(_) | Place::Application(_)));
        is_node && self.verb == Verb::Change && !self.sending
    }

    /// Whether something else than nodes was spoken of, so that a part of a node has nowhere to go: "/a to orders with TLS".
    fn speaks_of_no_node(&self, spot: Option<Spot>) -> bool {
        let is_other = |place: Place| place.has_routes() || matches!(place, Place::Service(_) | Place::Sidecar(_));
        spot.is_some_and(|spot| is_other(spot.place)) || self.latest(is_other).is_some()
    }

    /// The place of a value about which nothing else was said.
    fn make_home(&mut self, home: Home, block: Block, before: Option<Spot>) -> (Spot, Undo) {
        let may_come_later = !matches!(home, Home::Mesh | Home::All | Home::Next) && block != Block::Match;
        let owner = if may_come_later { self.owner_ahead().filter(|owner| owner.fits(home)) } else { None };
        if let Some(owner) = owner {
            let kept = self.kept();
            if let Some(spot) = self.speak_of_owner(&owner) {
                return (spot, Undo::Restore(Box::new(kept)));
            }
        }
        if let (Some(Place::Router(at)), Home::Route | Home::Any) = (before.map(|spot| spot.place), home)
            && let Some(found) = self.routes_of_bare_router(at)
        {
            return found;
        }
        let action = self.action_of_part();
        let (intent, protocol) = (&mut self.intent, self.pending_protocol);
        let place = match home {
            Home::Mesh => return (Spot::at(Place::Mesh), Undo::Nothing),
            Home::All | Home::Next => return (Spot::at(Place::All), Undo::Nothing),
            Home::Node => {
                intent.virtual_nodes.push(VirtualNode { action, ..VirtualNode::default() });
                Place::Node(intent.virtual_nodes.len() - 1)
            }
            Home::Route | Home::Any => {
                intent.routes.push(Route { action, protocol, ..Route::default() });
                Place::Route(None, intent.routes.len() - 1)
            }
            Home::GatewayRoute => {
                intent.gateway_routes.push(GatewayRoute { action, protocol, ..GatewayRoute::default() });
                Place::GatewayRoute(None, intent.gateway_routes.len() - 1)
            }
            Home::Service => {
                intent.virtual_services.push(VirtualService { action, ..VirtualService::default() });
                Place::Service(intent.virtual_services.len() - 1)
            }
            Home::Sidecar => {
                // "the Envoy log level of orders": of its proxy.
                let is_own =
                    |spot: &Spot| self.known.is_some() || matches!(spot.place, Place::Node(_) | Place::Application(_));
                let own = before.filter(is_own).and_then(|spot| self.name_of_proxied(spot.place));
                self.intent.sidecars.push(Sidecar { virtual_node: own, ..Sidecar::default() });
                Place::Sidecar(self.intent.sidecars.len() - 1)
            }
        };
        (Spot::at(place), Undo::Pop)
    }

    /// "the timeout of orders", where a router of the files has that name: what only routes have is said of its routes.
    fn routes_of_bare_router(&mut self, at: usize) -> Option<(Spot, Undo)> {
        let router = self.intent.virtual_routers.get(at)?;
        let is_bare = router.says_nothing() && router.action == Action::Change && self.known.is_some();
        (is_bare && at + 1 == self.intent.virtual_routers.len()).then_some(())?;
        let (kept, router) = (self.kept(), router.name.clone());
        self.take_back(Place::Router(at));
        self.intent.routes.push(Route { router, action: Action::Change, ..Route::default() });
        let place = Place::Route(None, self.intent.routes.len() - 1);
        Some((Spot::at(place), Undo::Restore(Box::new(kept))))
    }

    /// What can be restored.
    fn kept(&self) -> Kept {
        Kept {
            intent: self.intent.clone(),
            ahead: self.ahead.clone(),
            history: self.history.clone(),
            beside: self.beside.clone(),
            group: self.group.clone(),
            preposition: self.preposition.clone(),
        }
    }

    /// Takes back what was made for a value that does not belong there.
    fn undo(&mut self, spot: Spot, undo: Undo) {
        let intent = &mut self.intent;
        match (undo, spot.place) {
            (Undo::Restore(kept), _) => {
                self.intent = kept.intent;
                self.ahead = kept.ahead;
                self.history = kept.history;
                self.beside = kept.beside;
                self.group = kept.group;
                self.preposition = kept.preposition;
            }
            (Undo::Pop, Place::Node(at)) => intent.virtual_nodes.truncate(at),
            (Undo::Pop, Place::Route(None, at)) => intent.routes.truncate(at),
            (Undo::Pop, Place::GatewayRoute(None, at)) => intent.gateway_routes.truncate(at),
            (Undo::Pop, Place::Service(at)) => intent.virtual_services.truncate(at),
            (Undo::Pop, Place::Sidecar(at)) => intent.sidecars.truncate(at),
            (Undo::Pop | Undo::Nothing, _) => {}
        }
    }
}
