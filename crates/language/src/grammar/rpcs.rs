//! Several methods of one gRPC service: "methods Get and List of service shop.Cart go to cart-read".

use super::block::Block;
use super::reader::Reader;
use super::slot::Slot;
use super::spot;
use super::thing::{Alternative, Other};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_method;

/// "shop.Cart/Get" is the method `Get` of `shop.Cart`.
pub(super) fn part_full_names(tokens: &mut Vec<Token>) {
    let is_name = |part: &str| {
        part.starts_with(|letter: char| letter.is_ascii_uppercase())
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    let parts = |token: &Token| {
        let (service, method) = token.text.split_once('/')?;
        let (package, last) = service.rsplit_once('.')?;
        let is_package = package.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_'));
        let is_full = is_name(last) && is_name(method) && is_package && !package.is_empty();
        is_full.then(|| (service.to_owned(), method.to_owned()))
    };
    // "GetBalance calls of payments.v1.Ledger"
    for at in 0..tokens.len().saturating_sub(3) {
        let is_service = |token: &Token| token.text.rsplit_once('.').is_some_and(|(_, last)| is_name(last));
        let is_requests = matches!(tokens[at + 1].text.to_lowercase().as_str(), "calls" | "requests");
        let is_of = matches!(tokens[at + 2].low.as_str(), "of" | "on" | "to" | "in");
        if is_name(&tokens[at].text)
            && !is_method(&tokens[at].text)
            && is_requests
            && is_of
            && is_service(&tokens[at + 3])
        {
            let of = Token { kind: TokenKind::Word, low: "of".to_owned(), ..tokens[at + 2].clone() };
            tokens[at + 2] = of;
            let method = TokenKind::Symbol;
            (tokens[at + 1].kind, tokens[at + 1].low) = (method, "method".to_owned());
        }
    }
    for at in (0..tokens.len()).rev() {
        let Some((service, method)) = parts(&tokens[at]) else { continue };
        let made = |kind: TokenKind, text: &str| Token {
            kind,
            low: text.to_lowercase(),
            text: text.to_owned(),
            ..tokens[at].clone()
        };
        let words = [
            made(TokenKind::Symbol, "method"),
            made(TokenKind::Name, &method),
            made(TokenKind::Word, "of"),
            made(TokenKind::Host, &service),
        ];
        tokens.splice(at..=at, words);
    }
}

/// The most methods of one list.
const MAX_METHODS: usize = 32;

impl Reader<'_> {
    /// Reads a list of methods and the service that they are of; each but the first gets a route of its own later.
    pub(super) fn rpc_methods(&mut self) -> bool {
        let is_noun = |at: usize| self.is_symbol(at, &["method", "rpc"]);
        let first = self.past(self.at, &["the", "both"]);
        let behind = is_noun(first);
        let start = if behind { self.past(first + 1, &[":", "named", "rpc", "method"]) } else { first };
        let Some((methods, end)) = self.rpc_names(start) else { return false };
        let end = match (behind, is_noun(end)) {
            (true, _) => end,
            (false, true) => end + 1,
            (false, false) => return false,
        };
        let of = self.is_word(end, &["of", "on", "in"]);
        let host = self.past(end + 1, &["the", "grpc", "grpc-service", "application"]);
        let service =
            Slot::Dotted.fill(&self.tokens, host).and_then(|_| self.token(host)).map(|token| token.text.clone());
        let service = service.filter(|_| of);
        let has_service = self.spot.is_some_and(|spot| {
            spot::matcher(&mut self.intent, spot).is_ok_and(|(matcher, _)| matcher.grpc_service.is_some())
        });
        if service.is_none() && (of || !has_service) {
            return false;
        }
        let end = if service.is_some() { host + 1 } else { end };
        let whole = start;
        self.words = self.at..end;
        if !self.spot.is_some_and(|spot| spot.place.has_routes()) {
            let place = self.new_route(None);
            self.turn_to(place);
        }
        self.sends();
        let (name, names) = (methods[0].clone(), &methods[1..]);
        let said = self.grpc(|matcher, path| {
            if let Some(service) = service {
                spot::put(&mut matcher.grpc_service, service, path, "grpcService")?;
            }
            spot::put(&mut matcher.grpc_method, name, path, "grpcMethod")
        });
        let (Ok(path), Some(spot)) = (said, self.spot) else { return false };
        for other in names {
            let value = Other::Rpc(other.clone());
            self.alternatives.push(Alternative { place: spot.place, value, words: whole..end });
        }
        self.note(&path, self.at, end);
        self.block = Block::Match;
        self.at = end;
        true
    }

    /// The names of several methods at a place, which begin with a capital, and the place after them.
    fn rpc_names(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut names = Vec::new();
        let (mut at, mut end) = (at, at);
        while names.len() < MAX_METHODS
            && let Some(token) = self.token(at)
            && matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Symbol | TokenKind::Quoted)
            && token.text.starts_with(|letter: char| letter.is_ascii_uppercase())
            && token.text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
            && !is_method(&token.text)
        {
            names.push(token.text.clone());
            end = at + 1;
            at = self.past(end, &[",", "and", "or"]);
            if at == end {
                break;
            }
        }
        (names.len() > 1).then_some((names, end))
    }
}
