//! Names that the files write in one word and a request in several: "the catalog main route", where there is a `catalog-main`.

use meshwright_model::Kind;

use super::known::{Known, is_of};
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// Words before what is new.
const NEW: &[&str] = &["a", "an", "new", "another"];

impl Known {
    /// Makes one name of the words before a kind that the files have as one; a protocol between a name and "route" says no more
    /// than the route itself.
    pub(super) fn join_spaced(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at + 2 < tokens.len() {
            let is_new = at > 0 && NEW.contains(&tokens[at - 1].low.as_str());
            if let Some((name, count)) =
                (2..=3).rev().filter(|_| !is_new).find_map(|count| self.spaced(tokens, at, count))
            {
                let end = tokens[at + count - 1].end;
                let token = &mut tokens[at];
                (token.kind, token.low, token.text, token.end) = (TokenKind::Name, name.to_lowercase(), name, end);
                tokens.drain(at + 1..at + count);
            } else if !is_new && self.is_route_of_protocol(tokens, at) {
                tokens.remove(at + 1);
            }
            at += 1;
        }
    }

    /// The name that so many words at a place are, where their kind follows.
    fn spaced(&self, tokens: &[Token], at: usize, count: usize) -> Option<(String, usize)> {
        let words = tokens.get(at..at + count)?;
        let kind = tokens.get(at + count).filter(|token| token.kind == TokenKind::Symbol)?;
        let kind = match Thing::of_symbol(&kind.low)? {
            Thing::Route => Kind::Route,
            Thing::GatewayRoute => Kind::GatewayRoute,
            Thing::Node | Thing::Application => Kind::VirtualNode,
            Thing::Router => Kind::VirtualRouter,
            Thing::Gateway => Kind::VirtualGateway,
            _ => return None,
        };
        let is_word = |token: &Token| {
            matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Symbol) && !token.text.contains(' ')
        };
        let begins = words[0].kind != TokenKind::Symbol && !is_glue(&words[0].low);
        let texts: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
        let named = ["-", "_"]
            .into_iter()
            .map(|joint| texts.join(joint))
            .find(|name| self.names.get(name).is_some_and(|kinds| kinds.contains(&kind)));
        named.filter(|_| begins && words.iter().all(is_word)).map(|name| (name, count))
    }

    /// Whether "orders grpc route" stands at a place, and the routes that the name means are for that protocol.
    fn is_route_of_protocol(&self, tokens: &[Token], at: usize) -> bool {
        let is_protocol = tokens[at + 1].kind == TokenKind::Symbol
            && matches!(tokens[at + 1].low.as_str(), "http" | "http2" | "grpc" | "tcp");
        let is_name = matches!(tokens[at].kind, TokenKind::Word | TokenKind::Name) && !is_glue(&tokens[at].low);
        if !is_protocol || !is_name || tokens[at + 2].low != "route" {
            return false;
        }
        let name = tokens[at].text.as_str();
        let mut own =
            self.routes.iter().filter(|route| is_of(&route.name, name) || is_of(&route.router, name)).peekable();
        own.peek().is_some() && own.all(|route| route.protocol == tokens[at + 1].low)
    }
}
