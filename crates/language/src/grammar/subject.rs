//! Names that begin a clause of their own: "orders calls payments", "teller -> accounts -> ledger".

use super::name::{is_clause_verb, name_at};
use super::naming::RECEIVING;
use super::reader::{Reader, Verb};
use super::slot::Slot;
use super::spot::{Place, Spot};
use crate::intent::Action;
use crate::lexer::TokenKind;

/// The most subjects of one clause.
const MAX_SUBJECTS: usize = 64;

impl Reader<'_> {
    /// A name that begins a clause of its own: "orders calls payments".
    pub(super) fn subject(&mut self) -> bool {
        if self.chain_of_calls() {
            return true;
        }
        if self.preposition.is_some() {
            return false;
        }
        let Some((names, end)) = self.subjects() else { return false };
        if self.gets_requests(end) || self.is_header(self.at) {
            return false;
        }
        if self.spot.is_some_and(|spot| spot.place.has_routes()) && self.longer_meaning(end) {
            return true;
        }
        let places: Vec<Place> = names.iter().map(|name| self.place_of_subject(name)).collect();
        self.turn_to(places[0]);
        self.beside = places[1..].iter().map(|place| Spot::at(*place)).collect();
        self.sending = false;
        self.closed = true;
        self.at = end;
        true
    }

    /// Whether the verb is one of what gets a share: "v2 gets 5%".
    fn gets_requests(&self, at: usize) -> bool {
        let is_modal =
            |place: &usize| self.is_word(*place, &["should", "will", "must", "can", "is", "to", "only", "now"]);
        let at = at + (at..self.tokens.len()).take_while(is_modal).count();
        let gets = self.is_word(at, RECEIVING) || self.is_symbol(at, &["take", "keep"]);
        let at = self.past_glue(at + 1);
        let is_share = self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_)));
        gets && (is_share || self.is_symbol(at, &["rest", "otherwise"]))
    }

    /// Whether a token is the name of a header, which does nothing: "if x-env is dev".
    fn is_header(&self, at: usize) -> bool {
        Slot::HeaderName.fill(&self.tokens, at).is_some()
    }

    /// The names before a verb, and where it stands.
    fn subjects(&self) -> Option<(Vec<String>, usize)> {
        let mut names = Vec::new();
        let mut at = self.at;
        while names.len() < MAX_SUBJECTS {
            names.push(name_at(&self.tokens, at)?);
            at += 1;
            if self.token(at).is_some_and(is_clause_verb) {
                return Some((names, at));
            }
            let next = self.past(at, &[",", "and"]);
            (next > at).then_some(())?;
            at = next;
        }
        None
    }

    /// "teller -> accounts -> ledger"
    fn chain_of_calls(&mut self) -> bool {
        let is_routing = self.sending
            || self.spot.is_some_and(|spot| {
                matches!(spot.place, Place::Route(..) | Place::Router(_) | Place::GatewayRoute(..))
            });
        let names = name_at(&self.tokens, self.at).zip(name_at(&self.tokens, self.at + 2));
        let Some((from, to)) = names.filter(|_| self.is_arrow(self.at + 1) && !is_routing) else { return false };
        let place = self.place_of_subject(&from);
        self.turn_to(place);
        if let Ok(path) = self.calls(&[to]) {
            self.note(&path, self.at, self.at + 3);
        }
        self.at += if self.is_arrow(self.at + 3) { 2 } else { 3 };
        true
    }

    fn is_arrow(&self, at: usize) -> bool {
        self.is_symbol(at, &["to"]) && !self.tokens[at].text.starts_with(char::is_alphabetic)
    }

    fn place_of_subject(&mut self, name: &str) -> Place {
        self.find_named(name).unwrap_or_else(|| {
            let action = if self.verb == Verb::Change { Action::Change } else { Action::Create };
            self.application(name, action)
        })
    }
}
