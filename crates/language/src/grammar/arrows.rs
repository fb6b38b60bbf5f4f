//! Arrows between names: "teller -> accounts -> ledger", "gateway on 80 -> web -> api".

use super::name::name_at;
use super::ports::MIN_BARE_PORT;
use super::reader::Reader;
use super::slot;
use super::spot::{self, Place};
use crate::intent::Protocol;
use crate::lexer::TokenKind;

impl Reader<'_> {
    /// "teller -> accounts -> ledger"
    pub(super) fn chain_of_calls(&mut self) -> bool {
        let is_routing = self.sending
            || self.spot.is_some_and(|spot| {
                matches!(spot.place, Place::Route(..) | Place::Router(_) | Place::GatewayRoute(..))
            });
        let (arrow, port) = self.past_own_port(self.at + 1);
        if is_routing || !self.is_arrow(arrow) {
            return false;
        }
        let names = self.name_in_chain(self.at).zip(self.name_in_chain(arrow + 1));
        let Some((from, to)) = names else { return false };
        let place = self.place_of_subject(&from);
        self.turn_to(place);
        self.words = self.at..arrow;
        let has_port = port.is_none_or(|(port, protocol)| self.port(port, protocol).is_ok());
        if let Some(path) = self.calls(&[to]).ok().filter(|_| has_port) {
            self.note(&path, self.at, arrow + 2);
        }
        let (end, last) = self.past_own_port(arrow + 2);
        if self.is_arrow(end) {
            self.at = arrow + 1;
            return true;
        }
        self.at = arrow + 2;
        // "api:9000 -> db:5432"
        if let Some((port, protocol)) = last
            && let Some(callee) = self.last_called()
            && let Place::Application(_) = callee
        {
            self.turn_to(callee);
            self.words = self.at..end;
            if let Ok(path) = self.port(port, protocol) {
                self.note(&path, self.at, end);
                self.at = end;
            }
        }
        true
    }

    /// Past the port and protocol behind a name: "web (8080)", "api (grpc 9090)", "db:5432".
    fn past_own_port(&self, at: usize) -> (usize, Option<(u32, Option<Protocol>)>) {
        let number = |at: usize| match self.token(at).map(|token| &token.kind) {
            Some(TokenKind::Number(port)) if *port >= MIN_BARE_PORT => Some(*port),
            _ => None,
        };
        let protocol = |at: usize| {
            self.token(at).filter(|token| token.kind == TokenKind::Symbol).and_then(|token| slot::protocol(&token.low))
        };
        if let Some(port) = number(at + 1).filter(|_| self.low(at) == ":") {
            return (at + 2, Some((port, None)));
        }
        if self.low(at) != "(" {
            return (at, None);
        }
        let first = protocol(at + 1);
        let place = self.past(at + 1 + usize::from(first.is_some()), &[",", "port", "on"]);
        let Some(port) = number(place) else { return (at, None) };
        let next = self.past(place + 1, &[",", "/"]);
        let last = protocol(next).filter(|_| first.is_none());
        let end = if last.is_some() { next + 1 } else { place + 1 };
        if self.low(end) == ")" { (end + 1, Some((port, first.or(last)))) } else { (at, None) }
    }

    /// A name beside an arrow, also where its word means something elsewhere: "frontend -> backend -> cache".
    fn name_in_chain(&self, at: usize) -> Option<String> {
        name_at(&self.tokens, at).or_else(|| {
            let token =
                self.token(at).filter(|token| token.kind == TokenKind::Symbol && self.thing_at(at).is_none())?;
            token.text.chars().all(char::is_alphanumeric).then(|| token.text.clone())
        })
    }

    /// "gateway on 80 -> web -> api": where a gateway sends, and what that calls.
    pub(super) fn arrow_of_gateway(&mut self) {
        let of_route = self.spot.is_some_and(|spot| matches!(spot.place, Place::GatewayRoute(Some(_), _)));
        if of_route
            && self.is_arrow(self.at)
            && self.name_in_chain(self.at + 1).is_some()
            && let Some(before) = self.at.checked_sub(1)
            && let Some(name) = name_at(&self.tokens, before)
            && let Some(place @ Place::Application(_)) = self.find_named(&name)
        {
            self.turn_to(place);
            self.sending = false;
            self.at = before;
        }
        let of_gateway = self.spot.is_some_and(|spot| matches!(spot.place, Place::Gateway(_)));
        if of_gateway && !self.sending && self.is_arrow(self.at) && name_at(&self.tokens, self.at + 1).is_some() {
            self.sends();
        }
    }

    fn is_arrow(&self, at: usize) -> bool {
        self.is_symbol(at, &["to"]) && !self.tokens[at].text.starts_with(char::is_alphabetic)
    }

    /// What was called last.
    pub(super) fn last_called(&mut self) -> Option<Place> {
        let (spot, said) = self.last_calls.clone()?;
        let (node, _) = spot::node(&mut self.intent, spot).ok()?;
        let call = node.calls.get(*said.last()?)?.to.clone();
        self.find_named(&call)
    }
}
