//! What is to be taken away: "remove the retry policy from checkout", "take v1 out", "turn off TLS on orders".

use std::sync::LazyLock;

use meshwright_model::Kind;

use super::name::{name_at, names_from};
use super::pattern::Pattern;
use super::reader::Reader;
use super::spot::{Place, Said};
use crate::intent::{Action, Heir, Removal, RemovalKind, ResourceKind, VirtualNode};
use crate::lexer::TokenKind;

/// Ways to say `no` that take away what is there.
const SWITCH_OFF: &[&str] = &["turn off", "switch off", "disable", "deactivate", "disables"];

/// Symbols of kinds before and after a name.
const KINDS: &[&str] = &[
    "virtual-node",
    "virtual-router",
    "virtual-service",
    "virtual-gateway",
    "gateway-route",
    "route",
    "application",
    "version",
    "target",
    "mesh",
    "listener",
];

/// All that shares requests, which a target is taken out of without naming a route.
const SHARING: &[&str] = &["split", "rotation", "mix", "balancing", "traffic", "distribution", "pool", "routing"];

/// Words for all of what has a name.
const WHOLLY: &[&str] =
    &["completely", "entirely", "altogether", "fully", "everywhere", "wholly", "totally", "for", "good"];

/// What may stand between what goes and who gets its requests.
const BEFORE_HEIR: &[&str] = &[",", "and", "but", "so", "then", "that", "to", "let", "make", "create"];

/// Ways to say who gets the requests of what goes.
static HEIRS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let ways = [
        "<name> gets|get|takes|take|receives|receive|handles everything|all-traffic|rest|otherwise|traffic|requests|split|all",
        "<name> takes|take between",
        "give|gives <name> everything|all-traffic|rest|otherwise|traffic|requests|split|all",
        "send|change|split|route ?everything|all-traffic|rest|otherwise|traffic|requests|split|all to <name>",
        "everything|all-traffic|rest|traffic|requests|split ?send to <name>",
    ];
    ways.into_iter().map(Pattern::parse).collect()
});

/// Words for the requests of all targets, and not of the one that goes alone.
const ALL: &[&str] = &["everything", "all-traffic"];

impl Reader<'_> {
    /// Reads words that take something away.
    pub(super) fn removal(&mut self) -> bool {
        let is_take = self.is_symbol(self.at, &["take"]);
        let is_off =
            self.is_symbol(self.at, &["no"]) && SWITCH_OFF.contains(&self.tokens[self.at].text.to_lowercase().as_str());
        let is_drop = self.is_symbol(self.at, &["drop-all"])
            && name_at(&self.tokens, self.past_glue(self.at + 1)).is_some()
            && self.is_word(self.past_glue(self.at + 1) + 1, &["from"]);
        let is_drop = is_drop || self.drops_what_is_there();
        let ends = self.ends_part();
        if !is_take && !is_off && !is_drop && !ends && !self.is_symbol(self.at, &["remove"]) {
            return false;
        }
        if is_take && !self.out_follows() {
            return false;
        }
        let mut at = self.past_glue(if ends { self.past(self.at + 1, &["more"]) } else { self.at + 1 });
        if is_off && self.part_at(at).is_none() {
            return false;
        }
        let first = self.intent.removals.len();
        while let Some((removals, end)) = self.removal_at(at) {
            let place = self.intent.removals.len();
            self.intent.removals.extend(removals);
            self.note(&format!("removals[{place}]"), self.at, end);
            self.at = end;
            let next = self.past_glue(end);
            let is_more = self.is_symbol(next, &["and"]) || self.token(next).is_some_and(|token| token.low == ",");
            let after = self.past_glue(next + 1);
            if !is_more || self.part_at(after).is_none() && !self.is_kind(after) {
                break;
            }
            at = after;
        }
        let any = self.intent.removals.len() > first;
        if any {
            self.miss_what_more_goes();
            self.heir(first);
        }
        any
    }

    /// "… and everything that calls it": what more is to go, and was not understood.
    fn miss_what_more_goes(&mut self) {
        let all = self.past(self.at, &[",", "and", "with", "add"]);
        let is_more = self.is_symbol(all, &["everything"])
            && self.is_word(all + 1, &["that", "which", "else", "calling", "using"]);
        if self.known.is_none() || all == self.at || !is_more {
            return;
        }
        let end = (all + 1..self.tokens.len()).find(|at| self.ends_clause(*at)).unwrap_or(self.tokens.len());
        self.miss(self.tokens[all].start, self.tokens[end - 1].end);
        self.at = end;
    }

    /// "drop its node", "drop orders-v1": what is dropped is a resource of the files, and no calls.
    fn drops_what_is_there(&self) -> bool {
        let next = self.past_glue(self.at + 1);
        let says_drop = matches!(self.tokens[self.at].text.to_lowercase().as_str(), "drop" | "drops" | "dropping");
        let is_named = self.token(next).is_some_and(|name| self.is_there(&name.text))
            && (self.ends_clause(next + 1) || self.part_at(next + 1).is_some() || self.all_of_it(next + 1).is_some());
        let is_whole =
            self.known.as_ref().zip(name_at(&self.tokens, next)).is_some_and(|(known, name)| known.knows(&name))
                && self.all_of_it(next + 1).is_some();
        says_drop && self.known.is_some() && self.is_clause_start() && (is_named || is_whole || self.is_kind(next))
    }

    /// Reads who gets the requests of what goes: of the removals from one on.
    fn heir(&mut self, first: usize) {
        let shares = |removal: &Removal| matches!(removal.kind, RemovalKind::Resource | RemovalKind::Target);
        if !self.intent.removals[first..].iter().any(shares) {
            return;
        }
        let Some((heir, end)) = self.heir_after(self.at) else { return };
        let is_gone = |removal: &Removal| removal.part.as_ref().unwrap_or(&removal.name) == &heir.node;
        if self.intent.removals[first..].iter().any(is_gone) {
            return;
        }
        for place in first..self.intent.removals.len() {
            if shares(&self.intent.removals[place]) {
                self.intent.removals[place].heir = Some(heir.clone());
                self.note(&format!("removals[{place}].heir"), self.at, end);
            }
        }
        self.at = end;
    }

    /// "stop access logging on orders", "no more retries on orders": what is there ends.
    fn ends_part(&self) -> bool {
        let is_stop = self.is_symbol(self.at, &["no-longer"])
            && matches!(self.tokens[self.at].text.to_lowercase().as_str(), "stop" | "stops");
        let is_no_more = self.is_symbol(self.at, &["no"]) && self.low(self.at + 1) == "more";
        let part = self.past_glue(self.past(self.at + 1, &["more"]));
        (is_stop || is_no_more)
            && self.is_clause_start()
            && self.part_at(part).is_some_and(|kind| kind != RemovalKind::Backend)
    }

    /// Whether "out" follows in the clause, as in "take v1 out".
    fn out_follows(&self) -> bool {
        let clause =
            self.tokens[self.at..].iter().take(6).take_while(|token| !matches!(token.low.as_str(), "." | ";" | ","));
        clause.into_iter().any(|token| token.low == "out")
    }

    /// "the team tag from orders", "the tags team and env": tags, and where the words end.
    fn tags_at(&self, at: usize) -> Option<(Vec<Removal>, usize)> {
        let is_tag = |place: usize| self.is_symbol(place, &["tag"]);
        let is_plural = |place: usize| is_tag(place) && self.tokens[place].text.ends_with('s');
        let several = self.tag_keys(at).filter(|(keys, end)| keys.len() > 1 && is_plural(*end));
        let (keys, end) = if is_plural(at) {
            self.tag_keys(self.past(at + 1, &[":", "named"]))?
        } else if let Some((keys, end)) = several {
            (keys, end + 1)
        } else if is_tag(at) {
            names_from(&self.tokens, self.past(at + 1, &[":", "named"]))?
        } else if is_tag(at + 1) && self.token(at).is_some_and(|key| !key.text.contains(' ')) {
            (vec![self.tokens[at].text.clone()], at + 2)
        } else {
            names_from(&self.tokens, at).filter(|(_, end)| is_tag(*end)).map(|(keys, end)| (keys, end + 1))?
        };
        let place = self.past_glue(end + 1);
        let is_from = self.is_word(end, &["from", "of", "on"]);
        let resource = self.resource_kind(place).0.filter(|_| is_from);
        let Some((owners, end)) = self.owners_after(end) else {
            return Some((keys.into_iter().map(|key| Removal::of(RemovalKind::Tag, key)).collect(), end));
        };
        let all = each_of(RemovalKind::Tag, &owners, &keys).into_iter();
        Some((all.map(|removal| Removal { resource, ..removal }).collect(), end))
    }

    /// What is taken away at a place, and where its words end.
    fn removal_at(&self, at: usize) -> Option<(Vec<Removal>, usize)> {
        if let Some(tags) = self.tags_at(at) {
            return Some(tags);
        }
        if let Some(kind) = self.part_at(at) {
            let mut place = self.past_glue(at + 1);
            if kind == RemovalKind::Backend
                && self.tokens[at].text.to_lowercase().ends_with("backends")
                && let Some((owners, end)) = self.owners_after(at + 1).filter(|(_, end)| self.ends_clause(*end))
            {
                // "all backends of web"
                let known = self.known.as_ref()?;
                let backends = |owner: &String| {
                    known.backends_of(owner).into_iter().map(|name| Removal::of_part(kind, owner, name)).collect()
                };
                let all: Vec<Removal> = owners.iter().flat_map(|owner| -> Vec<Removal> { backends(owner) }).collect();
                return (!all.is_empty()).then_some((all, end));
            }
            if kind == RemovalKind::Backend {
                let (parts, end) = names_from(&self.tokens, place)?;
                let (owners, end) = self.owners_after(end)?;
                return Some((each_of(kind, &owners, &parts), end));
            }
            while self.part_at(place) == Some(kind) {
                place = self.past_glue(place + 1);
            }
            if self.is_sentence_end(place)
                && let Some(name) = self.only_owner(kind)
            {
                return Some((vec![Removal::of(kind, name)], place));
            }
            if self.is_symbol(place, &["everything"]) {
                let owners = self.known.as_ref()?.all_with(kind);
                return Some((owners.into_iter().map(|name| Removal::of(kind, name)).collect(), place + 1));
            }
            let (names, end) = names_from(&self.tokens, self.skip_kind(place))?;
            return Some((names.into_iter().map(|name| Removal::of(kind, name)).collect(), self.past_kind(end)));
        }
        let place = self.skip_kind(at);
        if let Some(again) = self.what_went_before(at).or_else(|| self.kinds_of_one(at)) {
            return Some(again);
        }
        let (names, mut end) = names_from(&self.tokens, place)?;
        let resource = self.resource_kind(at).0.or(self.resource_kind(end).0);
        end = self.past_kind(end);
        if self.is_symbol(end, &["out"]) {
            end += 1;
        }
        if let Some((owners, end)) = self.callers_after(end).or_else(|| self.callers_of_backend(&names, end)) {
            return Some((each_of(RemovalKind::Backend, &owners, &names), end));
        }
        if let Some(kind) = self.part_at(end) {
            // "remove the orders health check", but not what nobody is known to have
            let is_known = kind != RemovalKind::Backend && self.ends_clause(self.past_parts(end, kind));
            let of = |name: String| Removal::of(kind, name);
            return is_known.then(|| (names.into_iter().map(of).collect(), self.past_parts(end, kind)));
        }
        let sharing = self.sharing_after(end);
        if let Some((owners, end)) = self.owners_after(end).filter(|_| sharing.is_none()) {
            return Some((self.gone_from(names, &owners), end));
        }
        let (kind, end) = match sharing {
            Some(end) => (RemovalKind::Target, end),
            None => (RemovalKind::Resource, end),
        };
        let resource = resource.filter(|_| kind == RemovalKind::Resource);
        if let ([name], Some(first), Some((more, end))) = (names.as_slice(), resource, self.more_kinds(end)) {
            let of = |kind: ResourceKind| Removal { resource: Some(kind), ..Removal::of(RemovalKind::Resource, name) };
            return Some((std::iter::once(first).chain(more).map(of).collect(), end));
        }
        let whole = self.all_of_it(end).filter(|_| kind == RemovalKind::Resource && resource.is_none());
        let (is_whole, end) = (whole.is_some(), whole.unwrap_or(end));
        Some((names.into_iter().map(|name| Removal { resource, is_whole, ..Removal::of(kind, name) }).collect(), end))
    }

    /// "v1 from the route orders"; "the route beta of the router orders" stands there, and is no target.
    fn gone_from(&self, names: Vec<String>, owners: &[String]) -> Vec<Removal> {
        let Some(kind) = self.known.as_ref().and_then(|known| known.stands_in(&names, owners)) else {
            return each_of(RemovalKind::Target, owners, &names);
        };
        let of = |name| Removal { resource: Some(kind), ..Removal::of(RemovalKind::Resource, name) };
        names.into_iter().map(of).collect()
    }

    /// "take v1 out of the route and delete the node": what left the routes before goes as a whole.
    fn what_went_before(&self, at: usize) -> Option<(Vec<Removal>, usize)> {
        let (resource, end) = self.resource_kind(at);
        let is_it = self.low(at) == "it" || resource == Some(ResourceKind::VirtualNode);
        let end = end.max(at + 1);
        let last = self.intent.removals.last().filter(|last| last.kind == RemovalKind::Target)?;
        let name = last.part.clone().unwrap_or_else(|| last.name.clone());
        let removal = Removal { resource: Some(ResourceKind::VirtualNode), ..Removal::of(RemovalKind::Resource, name) };
        (is_it && self.ends_clause(end)).then(|| (vec![removal], end))
    }

    /// The name of the only thing that can have a part, where the files have one such thing.
    fn only_owner(&self, part: RemovalKind) -> Option<String> {
        let known = self.known.as_ref()?;
        match part {
            RemovalKind::RetryPolicy => known.only(Kind::Route),
            RemovalKind::Timeout => known.only(Kind::Route).filter(|_| !known.has(Kind::VirtualNode)),
            _ => known.only(Kind::VirtualNode).filter(|_| !known.has(Kind::VirtualGateway)),
        }
    }

    /// "from the checkout route", "from a and b": the names and where the words end.
    fn owners_after(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let is_from = self.is_word(at, &["from", "of", "on", "in"]);
        let place = self.skip_kind(self.past_glue(at + 1));
        let (names, end) = names_from(&self.tokens, place).filter(|_| is_from)?;
        Some((names, self.past_kind(end)))
    }

    /// "from the backends of web", "from web's backends": whose backends they are, and where the words end.
    fn callers_after(&self, at: usize) -> Option<(Vec<String>, usize)> {
        let is_backend = |place: usize| self.is_symbol(place, &["backend"]);
        let place = self.past_glue(at + 1);
        self.is_word(at, &["from", "of", "in"]).then_some(())?;
        if is_backend(place) {
            let place = self.past(place + 1, &["list"]);
            return self.owners_after(place);
        }
        let (owners, end) = self.owners_after(at).filter(|(_, end)| is_backend(*end))?;
        Some((owners, self.past(end + 1, &["list"])))
    }

    /// Past all words for a part: "outlier detection".
    fn past_parts(&self, at: usize, kind: RemovalKind) -> usize {
        at + (at..self.tokens.len()).take_while(|at| self.part_at(*at) == Some(kind)).count()
    }

    /// "the jazz backend from djapp", "jazz as a backend of djapp", "the jazz backend" of the only one that calls it: whose backends
    /// names are, and where the words end.
    fn callers_of_backend(&self, names: &[String], at: usize) -> Option<(Vec<String>, usize)> {
        let place = self.past(at, &["as", "a", "an", "one", "of", "the"]);
        self.is_symbol(place, &["backend"]).then_some(())?;
        if let Some(owners) = self.owners_after(place + 1) {
            return Some(owners);
        }
        self.ends_clause(place + 1).then_some(())?;
        let known = self.known.as_ref()?;
        let spoken_of = self.spot.and_then(|spot| self.name_of_proxied(spot.place));
        let owner = spoken_of.filter(|owner| names.iter().all(|name| known.calls(owner, name)));
        let owner = owner.or_else(|| known.only_caller(names))?;
        Some((vec![owner], place + 1))
    }

    /// "of the split": all that shares requests, and where the words end.
    fn sharing_after(&self, at: usize) -> Option<usize> {
        let place = self.past(at + 1, &["the", "our", "its", "all", "every"]);
        let is_from = self.is_word(at, &["from", "of"]);
        // "take v1 out of the route"
        let is_route = self.is_symbol(place, &["route"]) && name_at(&self.tokens, place + 1).is_none();
        (is_from && (self.says(place, SHARING) && !self.is_kind(place + 1) || is_route)).then_some(place + 1)
    }

    /// "so that v2 gets everything": who gets the requests of what goes, and where the words end.
    fn heir_after(&mut self, at: usize) -> Option<(Heir, usize)> {
        let place = self.past(at, BEFORE_HEIR);
        let (end, slots) = HEIRS.iter().find_map(|way| way.find(&self.tokens, place, &mut self.work))?;
        let is_only = self.tokens[place..end].iter().any(|token| ALL.contains(&token.low.as_str()));
        Some((Heir { node: slots.text("name"), is_only }, end))
    }

    /// "completely", "and everything that belongs to it": all that has the name goes, with what points at it; the place after
    /// the words.
    fn all_of_it(&self, at: usize) -> Option<usize> {
        let adverb = self.past(at, WHOLLY);
        let start = self.past(adverb, &[",", "and", "with", "add", "together", "along"]);
        let all = Some(start).filter(|at| self.is_symbol(*at, &["everything"]) && start > adverb);
        let all = all.map(|at| self.past(at + 1, &["that", "which"])).and_then(|at| {
            let belongs = self.is_word(
                at,
                &["belongs", "belonging", "related", "attached", "leads", "leading", "refers", "referring"],
            );
            let it = self.past(at + 1, &["to"]);
            (belongs && self.is_word(it, &["it", "them"])).then_some(it + 1)
        });
        let end = all.unwrap_or(adverb);
        // "…, including the backend in the gateway node": what points at it goes anyway.
        let including = self.past(end, &[",", "and"]);
        let backend = self.past(including + 1, &["the", "its", "all", "any"]);
        let is_said = self.token(including).is_some_and(|token| token.text.eq_ignore_ascii_case("including"));
        let end = if is_said && self.is_symbol(backend, &["backend"]) {
            let owner = self.past(backend + 1, &["entry", "entries", "in", "of", "on", "from", "the"]);
            match self.entity_at(owner) {
                // "the gateway node"
                Some(entity) if owner > backend + 1 => self.past(entity.end, &["virtual-node"]),
                _ if owner > backend + 1 && name_at(&self.tokens, owner).is_some() => owner + 1,
                _ if owner == backend + 1 => owner,
                _ => return None,
            }
        } else {
            end
        };
        (end > at && self.ends_clause(end)).then_some(end)
    }

    fn is_kind(&self, at: usize) -> bool {
        self.is_symbol(at, KINDS)
    }

    fn skip_kind(&self, at: usize) -> usize {
        if !self.is_kind(at) {
            return at;
        }
        // "the listener from orders" is a part of orders.
        let place = self.past_glue(at + 1);
        let is_of = (at + 1..place).any(|word| self.is_word(word, &["from", "of", "on", "in"]));
        if is_of { at + 1 } else { place }
    }

    fn past_kind(&self, at: usize) -> usize {
        if self.is_kind(at) { at + 1 } else { at }
    }

    fn part_at(&self, at: usize) -> Option<RemovalKind> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol)?;
        Some(match token.low.as_str() {
            "retry" => RemovalKind::RetryPolicy,
            "timeout" | "request-timeout" | "idle" => RemovalKind::Timeout,
            "health-check" => RemovalKind::HealthCheck,
            "outlier-detection" => RemovalKind::OutlierDetection,
            "connection-pool" => RemovalKind::ConnectionPool,
            "tls" => RemovalKind::Tls,
            "access-log" => RemovalKind::AccessLog,
            "backend" => RemovalKind::Backend,
            _ => return None,
        })
    }
}

impl Reader<'_> {
    /// "cart should have no health check", "a copy of cart without access logs": what has a part loses it.
    #[expect(clippy::unnecessary_wraps, reason = "it stands where a value is put")]
    pub(super) fn has_none(&mut self, kind: RemovalKind) -> Said {
        let node = self.spot.and_then(|spot| match spot.place {
            Place::Node(at) => self.intent.virtual_nodes.get(at),
            Place::Application(at) => self.intent.applications.get(at),
            _ => None,
        });
        let is_there = |node: &&VirtualNode| node.action == Action::Change || node.like.is_some();
        let name = node.filter(is_there).and_then(|node| node.name.clone()).filter(|_| self.known.is_some());
        let Some(name) = name else { return Ok(String::new()) };
        self.intent.removals.push(Removal::of(kind, name));
        Ok(format!("removals[{}]", self.intent.removals.len() - 1))
    }
}

/// Takes each of several parts from each of several owners.
fn each_of(kind: RemovalKind, owners: &[String], parts: &[String]) -> Vec<Removal> {
    let of_owner = |owner| parts.iter().map(move |part| Removal::of_part(kind, owner, part));
    owners.iter().flat_map(of_owner).collect()
}
