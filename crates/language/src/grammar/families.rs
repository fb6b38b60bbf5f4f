//! Several nodes by the name that they share: "both transcoder nodes", "all payments nodes", "the transcoders".

use meshwright_model::Kind;

use super::known::{Known, is_of};
use super::reader::Reader;
use super::thing::{Entity, Thing};
use crate::lexer::{Token, TokenKind};

impl Known {
    /// The nodes whose names begin with a name, or are it: `transcoder-v1` and `transcoder-v2` of `transcoder`.
    fn family(&self, name: &str) -> Vec<String> {
        let nodes = self.names.iter().filter(|(_, kinds)| kinds.contains(&Kind::VirtualNode)).map(|(full, _)| full);
        let is_one = |full: &&String| full.starts_with(name) && is_of(full, name);
        nodes.filter(is_one).cloned().collect()
    }

    /// Says of names in the plural that nodes are meant: "transcoders" where the files have `transcoder-v1` and `transcoder-v2`.
    pub(super) fn part_plurals(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            let may_be = matches!(token.kind, TokenKind::Word | TokenKind::Name)
                && !self.names.keys().any(|full| is_of(full, &token.text));
            let singular = token.text.strip_suffix('s').filter(|name| may_be && self.family(name).len() > 1);
            if let Some(singular) = singular {
                let name = Token { low: singular.to_lowercase(), text: singular.to_owned(), ..token.clone() };
                let is_followed = tokens.get(at + 1).is_some_and(|next| next.low == "virtual-node");
                let kind = Token {
                    kind: TokenKind::Symbol,
                    low: "virtual-node".to_owned(),
                    text: "nodes".to_owned(),
                    ..token.clone()
                };
                tokens.splice(at..=at, std::iter::once(name).chain((!is_followed).then_some(kind)));
            }
            at += 1;
        }
    }
}

impl Reader<'_> {
    /// All nodes of a name, where words speak of several: "both transcoder nodes". Where they are not as many as it says, the
    /// name is left as it is, and asked about.
    pub(super) fn whole_family(&self, entity: Entity, at: usize) -> Entity {
        let is_several = entity.thing == Thing::Node
            && entity.others.is_empty()
            && self.is_symbol(entity.end - 1, &["virtual-node"])
            && self.tokens[entity.end - 1].text.ends_with('s');
        let Some((known, name)) = self.known.as_ref().zip(entity.name.as_ref()).filter(|_| is_several) else {
            return entity;
        };
        let mut family = known.family(name);
        let is_pair = (at.saturating_sub(2)..at).any(|at| self.low(at) == "both");
        if family.len() < 2 || is_pair && family.len() != 2 {
            return entity;
        }
        let first = family.remove(0);
        Entity { name: Some(first), others: family, is_definite: true, ..entity }
    }
}
