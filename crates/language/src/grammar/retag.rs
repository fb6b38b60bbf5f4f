//! Tags of what the files have: "tag the mesh with team=a and orders with team=b", "change the env tag of orders from dev to prod".
//!
//! Each clause says which tags and whose; so it is read as a whole, whatever else the request speaks of.

use std::collections::BTreeMap;

use super::name::name_at;
use super::pair::piece;
use super::reader::{Reader, Verb};
use super::slot::{Slot, Value};
use super::thing::{Entity, Thing};
use crate::intent::{ResourceKind, Tagging};
use crate::lexer::TokenKind;

/// The most owners or tags of one clause.
const MAX_ROWS: usize = 64;

/// Words before an owner or a tag.
const ARTICLES: &[&str] = &["the", "a", "an", "my", "our", "its", "new", "following", "this", "both", "each", "all"];

/// Words between a tag and its owner.
const OF: &[&str] = &["on", "of", "for", "from", "in", "to"];

/// Words that give a tag, beside the symbols of changes.
const GIVING: &[&str] = &["set", "give", "put", "assign"];

/// Words behind a tag that lead to what it should be.
const MODALS: &[&str] = &["should", "must", "shall", "is", "be", "become", "becomes", "now", "needs", "has", "have"];

/// Words before tags behind who gets them: "orders should carry the tag …".
const CARRYING: &[&str] = &["gets", "get", "needs", "has", "have", "carries", "carry", "be", "should", "must"];

/// A tag and its value.
type Pair = (String, String);

/// Who gets tags: kind and name; everything where there is neither.
#[derive(Clone, Debug, PartialEq)]
struct Owner {
    kind: Option<ResourceKind>,
    name: Option<String>,
}

/// Tags of some owners; of those that have them where no owner is said.
struct Row {
    owners: Vec<Owner>,
    pairs: Vec<Pair>,
}

impl Reader<'_> {
    /// Reads a clause that says which tags something of the files has.
    pub(super) fn retag(&mut self) -> bool {
        if self.known.is_none() || !self.is_clause_start() {
            return false;
        }
        let begin = self.past(self.at, &["also", "please", "then"]);
        let Some((mut rows, mut end)) = self.tag_rows(begin).filter(|(_, end)| self.ends_tags(*end)) else {
            return false;
        };
        while let Some((row, next)) = self.more_tags(end).filter(|_| rows.len() < MAX_ROWS) {
            let same = rows.last().map(|row| row.owners.clone()).unwrap_or_default();
            rows.push(if row.owners.is_empty() { Row { owners: same, ..row } } else { row });
            end = next;
        }
        for row in rows {
            self.keep_tags(row, end);
        }
        self.read_words.extend((self.at..end).filter_map(|at| self.tokens.get(at)).map(|token| token.start));
        self.verb = Verb::Change;
        self.preposition = None;
        self.at = end;
        self.name_end = Some(end);
        true
    }

    /// Keeps what a clause says, and speaks of the owners from now on.
    fn keep_tags(&mut self, row: Row, end: usize) {
        let tags: BTreeMap<String, String> = row.pairs.into_iter().collect();
        let at = self.intent.taggings.len();
        self.note(&format!("taggings[{at}].tags"), self.at, end);
        if row.owners.is_empty() {
            self.intent.taggings.push(Tagging { tags: tags.clone(), ..Tagging::default() });
        }
        for Owner { kind, name } in &row.owners {
            let everything = kind.is_none() && name.is_none();
            let tagging = Tagging { kind: *kind, name: name.clone(), everything, tags: tags.clone() };
            self.intent.taggings.push(tagging);
        }
        let thing = |owner: &Owner| match (owner.kind, &owner.name) {
            (Some(ResourceKind::VirtualNode), Some(_)) => Some(Thing::Node),
            (None, Some(name)) => Some(self.thing_there(name)),
            _ => None,
        };
        if let [owner] = row.owners.as_slice()
            && let Some(thing) = thing(owner)
        {
            self.verb = Verb::Change;
            self.speak_of(&Entity { is_definite: true, ..Entity::new(thing, owner.name.clone(), end) });
        }
    }

    /// The tags that a clause says first, and the place after it.
    fn tag_rows(&self, at: usize) -> Option<(Vec<Row>, usize)> {
        if self.is_symbol(at, &["tag"])
            && let Some(found) = self.tags_by_verb(at)
        {
            return Some(found);
        }
        let is_change = self.is_symbol(at, &["change", "add"]) || self.is_word(at, GIVING);
        let row = if is_change { self.tags_of_change(at) } else { self.tags_of_subject(at) };
        row.map(|(row, end)| (vec![row], end))
    }

    /// "tag the mesh with a=b and orders with c=d"
    fn tags_by_verb(&self, at: usize) -> Option<(Vec<Row>, usize)> {
        let mut rows = Vec::new();
        let mut end = at + 1;
        while rows.len() < MAX_ROWS {
            let Some((owners, after)) = self.tag_owners(end) else { break };
            let with = self.past(after, &["with", "as", ":", "using", "and", "by"]);
            let Some((pairs, after)) = self.tag_pairs(with) else { break };
            rows.push(Row { owners, pairs });
            let next = self.past(after, &[",", "and", "also", "tag"]);
            if next == after || self.tag_owners(next).is_none() {
                return Some((rows, after));
            }
            (end, _) = (next, after);
        }
        None
    }

    /// "set the tag env of orders to prod", "add env=prod as a tag to orders", "give orders the tag env=prod"
    fn tags_of_change(&self, verb: usize) -> Option<(Row, usize)> {
        let is_add = self.is_symbol(verb, &["add"]);
        let start = self.past(self.past(verb + 1, ARTICLES), &["value", "of", "the"]);
        // "give orders the tag env=prod", "change orders' env tag to prod"
        if let Some((owners, after)) = self.tag_owners(start) {
            let tag = self.past(after, ARTICLES);
            let pairs = self.tag_pairs(tag + 1).filter(|_| self.is_symbol(tag, &["tag"]));
            if let Some((pairs, end)) = pairs {
                return Some((Row { owners, pairs }, end));
            }
            if let Some((key, after)) = self.tag_key(tag)
                && let Some((value, end)) = self.tag_value(after)
            {
                return Some((Row { owners, pairs: vec![(key, value)] }, end));
            }
            return None;
        }
        let is_said = self.is_symbol(start, &["tag"]);
        let first = if is_said { self.past(start + 1, &[":"]) } else { start };
        if let Some((pairs, after)) = self.tag_pairs(first) {
            let noun = self.past(after, &["as", "a", "tag"]);
            let (owners, end) = self.owners_behind(noun).unwrap_or((Vec::new(), noun));
            let is_tag = is_said || (after..noun).any(|at| self.is_symbol(at, &["tag"]));
            return (is_tag && !owners.is_empty()).then_some((Row { owners, pairs }, end));
        }
        let (key, after) = self.tag_key(start)?;
        let (owners, after) = self.owners_behind(after).unwrap_or((Vec::new(), after));
        let (value, end) = self.tag_value(after)?;
        let (owners, end) = match self.owners_behind(end) {
            Some((behind, end)) if owners.is_empty() => (behind, end),
            _ => (owners, end),
        };
        // "add the tag team to orders", "set the tag team to orders": who gets it, or its value?
        let is_plain = !is_add && !self.is_there(&value);
        (!owners.is_empty() || is_plain).then_some((Row { owners, pairs: vec![(key, value)] }, end))
    }

    /// "the env tag of orders should be prod", "orders should be tagged with env=prod"
    fn tags_of_subject(&self, at: usize) -> Option<(Row, usize)> {
        let start = self.past(at, ARTICLES);
        let (mut owners, mut after) = self.tag_owners(start).unwrap_or((Vec::new(), start));
        if !owners.is_empty() {
            let carrying = self.past(after, CARRYING);
            let tag = self.past(carrying, ARTICLES);
            let pairs = self.past(tag + 1, &["with", "as", ":"]);
            let is_said = carrying > after && self.is_symbol(tag, &["tag"]);
            if let Some((pairs, end)) = self.tag_pairs(pairs).filter(|_| is_said) {
                return Some((Row { owners, pairs }, end));
            }
        }
        let (key, behind) = self.tag_key(self.past(after, ARTICLES))?;
        after = behind;
        if let Some((own, behind)) = self.owners_behind(after).filter(|_| owners.is_empty()) {
            (owners, after) = (own, behind);
        }
        let modal = self.past(after, MODALS);
        let value = self.past(modal, &["set", "changed", "to", ":"]);
        (modal > after || self.low(after) == ":").then_some(())?;
        let (value, end) = self.value_of_tag(value)?;
        (!owners.is_empty() || !self.is_there(&value)).then_some((Row { owners, pairs: vec![(key, value)] }, end))
    }

    /// "… and owner=team-a", "…, and add c=d to tax": more tags behind some.
    fn more_tags(&self, at: usize) -> Option<(Row, usize)> {
        let joint = self.past(at, &[",", "and"]);
        (joint > at).then_some(())?;
        let start = self.past(joint, &["also", "then"]);
        let verb = start + usize::from(self.is_symbol(start, &["add"]) || self.is_word(start, GIVING));
        let is_plain = |pairs: &[Pair]| !pairs.is_empty();
        let tag = self.past(verb, ARTICLES);
        let first = tag + usize::from(self.is_symbol(tag, &["tag"]));
        // "and set timeout=5s" may be a setting.
        let is_tag = first > tag
            || self.token(tag).is_some_and(|key| key.kind != TokenKind::Symbol)
            || self.is_symbol(tag, &["owner", "environments"]);
        let (pairs, after) = self.tag_pairs(first).filter(|(pairs, _)| is_plain(pairs) && is_tag)?;
        let (owners, end) = self.owners_behind(after).unwrap_or((Vec::new(), after));
        self.ends_tags(end).then_some((Row { owners, pairs }, end))
    }

    /// Whether a clause about tags may end at a place.
    fn ends_tags(&self, at: usize) -> bool {
        self.ends_clause(at) || self.is_word(at, &["so", "then", "because", "since", "while"])
    }

    /// "on the nodes a and b": who has the tags, and the place after the words.
    fn owners_behind(&self, at: usize) -> Option<(Vec<Owner>, usize)> {
        OF.contains(&self.low(at)).then(|| self.tag_owners(at + 1)).flatten()
    }

    /// Who gets tags: what the files have by its name, the mesh, everything; and the place after the words.
    fn tag_owners(&self, at: usize) -> Option<(Vec<Owner>, usize)> {
        let mut owners: Vec<Owner> = Vec::new();
        let mut end = at;
        let mut next = at;
        while owners.len() < MAX_ROWS {
            let start = self.past(next, ARTICLES);
            let Some((own, after)) = self.tag_owner(start) else { break };
            owners.extend(own);
            end = after;
            next = self.past(end, &[",", "and", "also", "as", "well"]);
            if next == end || Slot::TagPair.fill(&self.tokens, next).is_some() {
                break;
            }
        }
        (!owners.is_empty()).then_some((owners, end))
    }

    fn tag_owner(&self, at: usize) -> Option<(Vec<Owner>, usize)> {
        if Slot::TagPair.fill(&self.tokens, at).is_some() {
            return None;
        }
        if self.is_symbol(at, &["everything"]) {
            return Some((vec![Owner { kind: None, name: None }], at + 1));
        }
        if self.is_symbol(at, &["mesh"]) {
            let name = name_at(&self.tokens, at + 1).filter(|_| !self.is_symbol(at + 2, &["tag"]));
            let end = at + 1 + usize::from(name.is_some());
            return Some((vec![Owner { kind: Some(ResourceKind::Mesh), name }], end));
        }
        let known = self.known.as_ref()?;
        let bare = || {
            let name = name_at(&self.tokens, at).filter(|name| known.knows(name))?;
            // "orders tag": a key
            (!self.is_symbol(at + 1, &["tag"])).then_some((vec![Owner { kind: None, name: Some(name) }], at + 1))
        };
        let Some(entity) = self.entity_at(at) else { return bare() };
        let kind = match entity.thing {
            Thing::Mesh => ResourceKind::Mesh,
            Thing::Node => ResourceKind::VirtualNode,
            Thing::Router => ResourceKind::VirtualRouter,
            Thing::Route => ResourceKind::Route,
            Thing::Service => ResourceKind::VirtualService,
            Thing::Gateway => ResourceKind::VirtualGateway,
            Thing::GatewayRoute => ResourceKind::GatewayRoute,
            Thing::Application | Thing::Sidecar | Thing::Everything => return bare(),
        };
        let names = entity.name.into_iter().chain(entity.others);
        let owners: Vec<Owner> = names.map(|name| Owner { kind: Some(kind), name: Some(name) }).collect();
        let is_there = |owner: &Owner| owner.name.as_ref().is_some_and(|name| known.knows(name));
        let is_mesh = kind == ResourceKind::Mesh;
        (!owners.is_empty() && (is_mesh || owners.iter().all(is_there))).then_some((owners, entity.end))
    }

    /// "tag env", "the env tag": the key of a tag, and the place after the words.
    fn tag_key(&self, at: usize) -> Option<(String, usize)> {
        if self.is_symbol(at, &["tag"]) {
            let key = self.past(at + 1, &["named"]);
            let fits = self.is_key(key) && !OF.contains(&self.low(key));
            return fits.then(|| (self.tokens[key].text.clone(), key + 1));
        }
        let is_noun = self.is_symbol(at + 1, &["tag"]) && self.is_key(at);
        is_noun.then(|| (self.tokens[at].text.clone(), at + 2))
    }

    /// "to prod", "= prod", "with the value prod": the value of a tag, and the place after the words.
    fn tag_value(&self, at: usize) -> Option<(String, usize)> {
        let place = self.past(at, &["with", "the", "value", "to", "=", "equals", "as", ":"]);
        (place > at).then(|| self.value_of_tag(place)).flatten()
    }

    fn value_of_tag(&self, at: usize) -> Option<(String, usize)> {
        let token = self.token(at).filter(|token| !token.text.contains(' ') || token.kind == TokenKind::Quoted)?;
        (token.low != "no" && token.low != "the").then(|| piece(&self.tokens, at)).flatten()
    }

    /// "env=prod, owner: shop and team to a": tags with their values, and the place after the words.
    fn tag_pairs(&self, at: usize) -> Option<(Vec<Pair>, usize)> {
        let mut pairs = Vec::new();
        let mut end = at;
        let mut next = at;
        while pairs.len() < MAX_ROWS {
            // "a=1" is no article.
            let bare = || self.tag_pair(self.past(next, &["the", "a", "tag"]));
            let Some((pair, after)) = self.tag_pair(next).or_else(bare) else { break };
            pairs.push(pair);
            end = after;
            next = self.past(end, &[",", "and"]);
            if next == end {
                break;
            }
        }
        (!pairs.is_empty()).then_some((pairs, end))
    }

    fn tag_pair(&self, at: usize) -> Option<(Pair, usize)> {
        match Slot::TagPair.fill(&self.tokens, at)? {
            (Value::Pair(key, value), end) => Some(((key, value), end)),
            _ => None,
        }
    }
}
