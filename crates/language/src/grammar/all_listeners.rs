//! "Both", "each" and "all" of the listeners of one node or gateway: "http 8080 and grpc 9090, both with a health check".

use super::name::ALL_OF_THEM;
use super::reader::Reader;
use super::slot::protocol;
use super::spot::{Place, Side, Spot};
use crate::lexer::TokenKind;

/// Words for all of several.
const ALL: &[&str] = &["both", "each", "all", "every", "either", "apiece"];

/// Words between those and the noun.
const OF_THEM: &[&str] = &["of", "the", "its", "them", "these", "those", "one", "two", "three", "which"];

/// Ways to say everything that may speak of listeners, and whether they name them.
const EVERYTHING: &[(&str, bool)] =
    &[("all listeners", true), ("every listener", true), ("all of them", false), ("they all", false)];

/// Nouns of a listener.
const NOUNS: &[&str] = &["listener", "port"];

impl Reader<'_> {
    /// Speaks of all listeners of what is spoken of: "both with a health check", "each listener uses TLS".
    pub(super) fn all_listeners(&mut self) -> bool {
        let Some((is_named, end)) = self.words_for_listeners(self.at) else { return false };
        // "both call inventory" is said of applications.
        let goes_on = !self.is_sentence_end(end) && self.low(end) != "," && !self.is_symbol(end, &["call"]);
        let Some(mut spots) = self.listeners_meant(is_named).filter(|_| goes_on) else { return false };
        if self.is_word(self.at, &["both"]) && spots.iter().filter(|spot| spot.place == spots[0].place).count() > 2 {
            self.miss(self.tokens[self.at].start, self.tokens[self.at].end);
        }
        self.spot = Some(spots.remove(0));
        self.beside = spots;
        self.last_calls = None;
        self.preposition = None;
        self.at = end;
        true
    }

    /// The other listeners for which it holds too what was just said: "a health check on both", "TLS on each listener".
    pub(super) fn other_listeners(&self, at: usize) -> Option<Vec<Spot>> {
        let start = self.past(at, &["for", "on", "at", "of", "to", "with"]);
        let (is_named, end) = self.words_for_listeners(start)?;
        let here = self.spot.filter(|_| self.ends_clause(end))?;
        let others = self.listeners_meant(is_named)?.into_iter();
        Some(others.filter(|spot| (spot.place, spot.listener) != (here.place, here.listener)).collect())
    }

    /// Whether words at a place speak of all of several, whether they name listeners, and the place after them.
    fn words_for_listeners(&self, at: usize) -> Option<(bool, usize)> {
        let token = self.token(at)?;
        let said = EVERYTHING.iter().find(|(way, _)| token.text.eq_ignore_ascii_case(way));
        if let Some((_, is_named)) = said.filter(|_| self.is_symbol(at, &["everything"])) {
            return Some((*is_named, at + 1));
        }
        self.says(at, ALL).then_some(())?;
        let counts = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(2..=9)));
        let mut end = self.past(self.past(at + 1, ALL_OF_THEM), OF_THEM);
        if counts(end) {
            end += 1;
        }
        let is_port = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let is_named = self.is_symbol(end, NOUNS) && !is_port(end + 1);
        // "every 10 s" and "all traffic" speak of something else.
        let is_pronoun = self.says(at, &["both", "each", "all", "apiece"]);
        let end = if is_named { end + 1 } else { end };
        (is_named || is_pronoun).then(|| (is_named, self.past(end, &["are", "also", "will", "should", "must"])))
    }

    /// All listeners of what is spoken of, where it has several and the words mean them, and not what was named together.
    fn listeners_meant(&self, is_named: bool) -> Option<Vec<Spot>> {
        let here = self.spot.filter(|_| !self.sending)?;
        let is_group = self.group.len() > 1 && self.group.contains(&here.place) || !self.beside_others().is_empty();
        let means_names = is_group || self.is_carried && self.all_named().len() > 1;
        if !is_named && means_names {
            return None;
        }
        let places = std::iter::once(here.place).chain(self.beside_others());
        let spots: Vec<Spot> = places.flat_map(|place| self.listeners_of(place)).collect();
        (self.listeners_of(here.place).len() > 1).then_some(spots)
    }

    /// Other places than the one that is spoken of, which are spoken of beside it.
    fn beside_others(&self) -> Vec<Place> {
        let here = self.spot.map(|spot| spot.place);
        let mut others: Vec<Place> = self.beside.iter().map(|spot| spot.place).collect();
        others.dedup();
        others.retain(|place| Some(*place) != here);
        others
    }

    /// "the http listener": the one of its protocol, where what is spoken of has several.
    pub(super) fn listener_told_at(&self, at: usize) -> Option<Spot> {
        let here = self.spot?;
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        let protocol = protocol(&token.low).filter(|_| self.is_symbol(at + 1, &["listener"]))?;
        let intent = &self.intent;
        // Routes of a gateway may have been described since.
        let (place, listeners) = match here.place {
            Place::Application(at) => (here.place, &intent.applications[at].listeners),
            Place::Node(at) => (here.place, &intent.virtual_nodes[at].listeners),
            Place::Gateway(at) | Place::GatewayRoute(Some(at), _) => {
                (Place::Gateway(at), &intent.virtual_gateways[at].listeners)
            }
            _ => return None,
        };
        let mut of_protocol = listeners.iter().enumerate().filter(|(_, there)| there.protocol == Some(protocol));
        let (listener, _) = of_protocol.next().filter(|_| of_protocol.next().is_none())?;
        (listeners.len() > 1).then_some(Spot { place, listener, side: Side::Server })
    }

    /// Every listener of a place; one where it has none so far.
    pub(super) fn listeners_of(&self, place: Place) -> Vec<Spot> {
        let intent = &self.intent;
        let count = match place {
            Place::Application(at) => intent.applications[at].listeners.len(),
            Place::Node(at) => intent.virtual_nodes[at].listeners.len(),
            Place::Gateway(at) => intent.virtual_gateways[at].listeners.len(),
            _ => 1,
        };
        (0..count.max(1)).map(|listener| Spot { place, listener, side: Side::Server }).collect()
    }
}
