//! Who gets a tag: "tag the node orders with team=shop", "add the tag team to orders".

use super::block::Block;
use super::name::{name_at, names_from};
use super::reader::{Reader, Verb};
use super::slot::Slot;
use super::spot::Said;
use super::thing::{Entity, Thing};
use crate::lexer::TokenKind;

/// The most tags of one list.
const MAX_TAGS: usize = 50;

impl Reader<'_> {
    /// "tag the virtual node jazz with team=music": who gets the tag stands before it.
    pub(super) fn tagged(&mut self) -> bool {
        if !self.is_symbol(self.at, &["tag"]) || !self.is_clause_start() {
            return false;
        }
        let start = self.past(self.at + 1, &["the", "my", "our"]);
        let entity = self.entity_at(start).or_else(|| {
            let (mut names, end) = names_from(&self.tokens, start)?;
            let name = names.remove(0);
            let entity = Entity::new(self.thing_named(&name), Some(name), end);
            Some(Entity { others: names, ..entity })
        });
        let Some(entity) = entity else { return false };
        let is_named = entity.name.is_some() && !matches!(entity.thing, Thing::Everything | Thing::Sidecar);
        let has_with = self.is_word(entity.end, &["with", "as"]);
        let tag = if has_with { self.past(entity.end + 1, &["tag", "tags", "the", "a"]) } else { entity.end };
        let is_pair = Slot::TagPair.fill(&self.tokens, tag).is_some();
        let is_bare = has_with && self.is_key(tag) && self.ends_clause(tag + 1);
        if !is_named || !is_pair && !is_bare {
            return false;
        }
        self.verb = Verb::Change;
        self.preposition = None;
        self.speak_of(&entity);
        self.block = Block::Tags;
        self.at = tag;
        if !is_pair {
            self.words = tag..tag + 1;
            drop(self.tag_without_value(&self.tokens[tag].text.clone()));
            self.at = tag + 1;
        }
        true
    }

    /// A tag has a value, which nobody can guess.
    #[expect(clippy::unnecessary_wraps, reason = "it stands where a value is put")]
    pub(super) fn tag_without_value(&mut self, key: &str) -> Said {
        self.ask(&format!("Which value should the tag `{key}` have?"), self.words.start, self.words.end);
        Ok(String::new())
    }

    /// The keys of tags in a list, whatever else their words mean: "team, stage and owner"; and the place after them.
    pub(super) fn tag_keys(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let mut keys = Vec::new();
        let mut end = at;
        while keys.len() < MAX_TAGS && self.is_key(end) {
            keys.push(self.tokens[end].text.clone());
            end += 1;
            let next = self.past(end, &[",", "and"]);
            if next == end || !self.is_key(next) {
                break;
            }
            end = next;
        }
        (!keys.is_empty()).then_some((keys, end))
    }

    /// Whether a token can be the key of a tag.
    pub(super) fn is_key(&self, at: usize) -> bool {
        self.token(at).is_some_and(|token| match token.kind {
            TokenKind::Symbol => {
                !token.text.contains(' ') && !matches!(token.low.as_str(), "tag" | "and" | "or" | "to")
            }
            TokenKind::Quoted => true,
            _ => name_at(&self.tokens, at).is_some(),
        })
    }
}
