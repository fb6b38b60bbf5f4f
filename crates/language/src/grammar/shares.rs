//! Shares of traffic: splits, ratios, what is left.

use super::name::name_at;
use super::reader::Reader;
use super::spot::{self, Place, Said, Spot, Trouble, put};
use super::thing::{Counted, Thing};
use super::versions::{is_version, short_name};
use crate::compose::names::listed;
use crate::intent::{Action, Route, Version};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

impl Reader<'_> {
    /// Traffic that is shared between names, by a ratio or evenly.
    pub(super) fn split(&mut self, names: &[String], ratio: &[u32]) -> Said {
        if names.len() < 2 {
            return Err(Trouble::NotHere);
        }
        let weights = if ratio.is_empty() { vec![even_share(names.len()); names.len()] } else { ratio.to_vec() };
        if weights.len() != names.len() {
            return Err(Trouble::Clash(format!("{} shares for {} targets", weights.len(), names.len())));
        }
        let spot = self.here()?;
        if matches!(spot.place, Place::Application(_)) && !names.iter().all(|name| self.is_version_here(spot, name)) {
            return Err(Trouble::NotHere);
        }
        let mut said = Err(Trouble::NotHere);
        for (name, weight) in names.iter().zip(weights) {
            said = self.target(name, Some(weight), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// "nodes a (75) and b (25)": numbers behind names that make a hundred are shares, and stand behind the list.
    pub(super) fn pull_shares_out(&mut self) {
        let is_plural = self.token(self.at).is_some_and(|token| token.text.ends_with('s'));
        if !is_plural || !matches!(self.thing_at(self.at), Some(Thing::Node | Thing::Application)) {
            return;
        }
        let (mut shares, mut brackets) = (Vec::new(), Vec::new());
        let mut at = self.past(self.at + 1, &[":", ","]);
        while let Some(share) = self.share_behind_name(at) {
            shares.push(share);
            brackets.push(at + 1);
            at = self.past(at + 4, &[",", "and"]);
        }
        if shares.len() < 2 || shares.iter().sum::<u32>() != 100 {
            return;
        }
        let last = brackets[brackets.len() - 1];
        self.tokens[last + 1].kind = TokenKind::Ratio(shares);
        self.tokens.remove(last + 2);
        self.tokens.remove(last);
        for bracket in brackets.into_iter().rev().skip(1) {
            self.tokens.drain(bracket..bracket + 3);
        }
    }

    /// "blue 70, green 30": a sentence of names and numbers that make a hundred says shares.
    pub(super) fn bare_shares(&mut self) {
        let mut at = self.at;
        let mut shares = Vec::new();
        while name_at(&self.tokens, at).is_some() {
            let number = self.past(at + 1, &[":", "=", "equals", "to", "at"]);
            let Some(TokenKind::Number(share @ 0..=100)) = self.token(number).map(|token| &token.kind) else { return };
            shares.push((number, *share));
            at = self.past(number + 1, &[",", "and", "/"]);
        }
        let is_whole = shares.len() > 1 && shares.iter().map(|(_, share)| share).sum::<u32>() == 100;
        if !is_whole || !self.is_sentence_end(at) {
            return;
        }
        for (at, share) in shares {
            self.tokens[at].kind = TokenKind::Percent(share);
        }
        self.sends();
    }

    /// The number in the brackets behind a name at a place.
    fn share_behind_name(&self, at: usize) -> Option<u32> {
        name_at(&self.tokens, at)?;
        match self.token(at + 2)?.kind {
            TokenKind::Number(share @ 0..=100) | TokenKind::Percent(share @ 0..=100) => {
                (self.low(at + 1) == "(" && self.low(at + 3) == ")").then_some(share)
            }
            _ => None,
        }
    }

    /// A ratio for the nodes that were named together: of the route of the router that was spoken of, or of a new one.
    fn ratio_of_group(&mut self, numbers: &[u32]) -> Said {
        let name_of = |place: &Place| match *place {
            Place::Node(at) => self.intent.virtual_nodes[at].name.clone(),
            Place::Application(at) => self.intent.applications[at].name.clone(),
            _ => None,
        };
        let names: Vec<String> = self.group.iter().filter_map(name_of).collect();
        if names.len() != numbers.len() {
            return Err(Trouble::NotHere);
        }
        let router = match self.latest(|place| matches!(place, Place::Router(_))) {
            Some(Place::Router(at)) => Some(at),
            _ => None,
        };
        let is_it = |route: &Route| route.targets.iter().map(|target| &target.node).eq(&names);
        let siblings = match router {
            Some(at) => &self.intent.virtual_routers[at].routes,
            None => &self.intent.routes,
        };
        let place = match siblings.iter().position(is_it) {
            Some(at) => Place::Route(router, at),
            None => self.new_route(router),
        };
        let mut said = Err(Trouble::NotHere);
        for (name, weight) in names.iter().zip(numbers) {
            said = self.put_target(Spot::at(place), name, Some(*weight), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// "three versions, 60/30/10": those that are counted and not named are called as usual.
    fn counted_versions(&mut self, at: usize, numbers: &[u32]) -> Option<String> {
        let last = self.counts.last().filter(|last| matches!(last.what, Counted::Versions))?;
        (last.number as usize == numbers.len()).then_some(())?;
        let named = numbers
            .iter()
            .zip(1..)
            .map(|(weight, number)| Version { name: format!("v{number}"), weight: Some(*weight) });
        self.intent.applications[at].versions = named.collect();
        let what = format!("the versions are called `v1` to `v{}`, in the order of their shares", numbers.len());
        self.assumptions.push(Assumption { what, why: "the request counts them and does not name them".to_owned() });
        self.drop_empty_route();
        Some(format!("applications[{at}].versions"))
    }

    /// The targets of the only route that is there, where the request names none and says so many shares.
    fn targets_there(&self, count: usize) -> Option<Vec<String>> {
        let targets = &self.known.as_ref()?.targets;
        let is_nameless = self.spot.is_some_and(|spot| match spot.place {
            Place::Route(None, at) => {
                let route = &self.intent.routes[at];
                *route == Route { action: route.action, ..Route::default() }
            }
            _ => false,
        });
        let is_alone = self.intent.routes.len() == 1 && self.intent.applications.is_empty();
        // "80/20 blue/green" says whose they are, in whatever order the file has them.
        let says_colours = self.words.clone().any(|at| {
            let text = self.tokens[at].text.to_lowercase();
            self.is_symbol(at, &["split"]) && text.contains("blue") && text.contains("green")
        });
        let is_other_order =
            says_colours && !targets.first().is_some_and(|first| first.to_lowercase().contains("blue"));
        let is_meant = is_nameless && is_alone && !is_other_order;
        (is_meant && targets.len() == count && count > 1).then(|| targets.clone())
    }

    /// "metal: 70/30": the shares of an application whose versions nobody names.
    fn own_shares(&mut self, at: usize, numbers: &[u32]) -> Said {
        let is_named = self.low_before(self.words.start) == ":" && self.name_end == Some(self.words.start - 1);
        if !is_named || numbers.len() < 2 {
            return Err(Trouble::NotHere);
        }
        let named = numbers.iter().zip(1..);
        let version = |(weight, number): (&u32, u32)| Version { name: format!("v{number}"), weight: Some(*weight) };
        self.intent.applications[at].versions = named.map(version).collect();
        let what = format!("the shares are of `v1` to `v{}`, in that order", numbers.len());
        self.assumptions.push(Assumption { what, why: "the request does not say whose they are".to_owned() });
        Ok(format!("applications[{at}].versions"))
    }

    /// "shift catalog to 50/50": shares of the targets that a route of the files has, in their order.
    pub(super) fn ratio_of_known(&mut self, name: &str, numbers: &[u32]) -> Said {
        let found = self.known.as_ref().and_then(|known| known.route_of(name, numbers.len()));
        let (route, targets) = found.ok_or(Trouble::NotHere)?;
        let (route, targets) = (route.to_owned(), targets.to_vec());
        let spot = self.here()?;
        let Place::Route(None, at) = spot.place else { return Err(Trouble::NotHere) };
        if numbers.len() < 2 || !self.lacks_target(spot) {
            return Err(Trouble::NotHere);
        }
        if numbers.iter().any(|number| number != &numbers[0]) {
            let what = format!("the shares are of {}, in that order", listed(&targets));
            self.assumptions.push(Assumption { what, why: "the route has its targets in that order".to_owned() });
        }
        self.sends();
        self.intent.routes[at].action = Action::Change;
        self.intent.routes[at].name = Some(route);
        let mut said = Err(Trouble::NotHere);
        for (target, number) in targets.iter().zip(numbers) {
            said = self.put_target(spot, target, Some(*number), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// The name of a route that is to change and of whose targets nothing was said.
    fn route_without_targets(&self, spot: Spot) -> Option<String> {
        let Place::Route(None, at) = spot.place else { return None };
        let route = &self.intent.routes[at];
        route.name.clone().filter(|_| route.action == Action::Change && route.targets.is_empty())
    }

    /// Whether a name can be a target that the files have.
    pub(super) fn is_share_of_known(&self, name: &str) -> bool {
        self.known.as_ref().is_some_and(|known| known.is_of_nodes(name))
    }

    /// "a third of main to v2": shares are whole percents, unless the fractions that are said make up a whole.
    pub(super) fn weigh_thirds(&mut self) {
        let thirds = self.tokens.iter().map(|token| match &token.kind {
            TokenKind::Ratio(parts) if matches!(parts[..], [1 | 2, 3]) => parts[0],
            _ => 0,
        });
        let is_whole = thirds.sum::<u32>() % 3 == 0;
        for at in 0..self.tokens.len() {
            let percent = match self.tokens[at].kind {
                TokenKind::Ratio(ref parts) if parts[..] == [1, 3] => 33,
                TokenKind::Ratio(ref parts) if parts[..] == [2, 3] => 67,
                _ => continue,
            };
            let is_said = self.tokens[at].text.contains(char::is_alphabetic);
            let is_each = (at + 1..at + 5).any(|next| matches!(self.low(next), "each" | "both" | "all"));
            if self.known.is_none() && is_whole || !is_said || is_each {
                continue;
            }
            self.set_aside(at, at + 1);
            let said = self.said(self.tokens[at].start, self.tokens[at].end).text;
            let what = format!("{said} is {percent} %");
            self.assumptions.push(Assumption { what, why: "shares are whole numbers".to_owned() });
            self.tokens[at].kind = TokenKind::Percent(percent);
        }
    }

    /// "shift v1 down to 60%": which way a share goes says no more than the share.
    pub(super) fn drop_directions(&mut self) {
        let is_value = |reader: &Self, at: usize| {
            reader.token(at).is_some_and(|token| {
                matches!(
                    token.kind,
                    TokenKind::Percent(_) | TokenKind::Number(_) | TokenKind::Ratio(_) | TokenKind::Span(_)
                )
            })
        };
        let mut at = 0;
        while at < self.tokens.len() {
            let is_way = self.is_word(at, &["up", "down", "back"]) && self.is_symbol(at + 1, &["to"]);
            if self.known.is_some() && is_way && is_value(self, self.past_glue(at + 2)) {
                self.set_aside(at, at + 1);
                self.tokens.remove(at);
            }
            at += 1;
        }
    }

    fn is_version_here(&self, spot: Spot, name: &str) -> bool {
        let Place::Application(at) = spot.place else { return false };
        let application = &self.intent.applications[at];
        let own = application.name.as_deref().unwrap_or_default();
        let short = short_name(name, own);
        is_version(short) || application.versions.iter().any(|version| version.name == name || version.name == short)
    }

    /// A ratio for targets or versions that were named before; else for those of the only route of the files.
    pub(super) fn ratio(&mut self, numbers: &[u32]) -> Said {
        if let Some(targets) = self.targets_there(numbers.len()) {
            let is_even = numbers.iter().all(|number| number == &numbers[0]);
            if !is_even {
                let what = format!("the shares are of {}, in that order", listed(&targets));
                self.assumptions.push(Assumption { what, why: "the route has its targets in that order".to_owned() });
            }
            self.sends();
            return self.split(&targets, numbers);
        }
        let spot = self.here()?;
        if let Some(name) = self.route_without_targets(spot) {
            return self.ratio_of_known(&name, numbers);
        }
        let (mut weights, path): (Vec<&mut Option<u32>>, String) = match spot.place {
            Place::Node(_) => return self.ratio_of_group(numbers),
            Place::Application(at) if self.intent.applications[at].versions.is_empty() => {
                let counted = self.counted_versions(at, numbers);
                return counted
                    .map_or_else(|| self.ratio_of_group(numbers).or_else(|_| self.own_shares(at, numbers)), Ok);
            }
            Place::Application(at) => {
                let versions = &mut self.intent.applications[at].versions;
                let weights = versions.iter_mut().map(|version| &mut version.weight);
                (weights.collect(), format!("applications[{at}].versions"))
            }
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                (route.targets.iter_mut().map(|target| &mut target.weight).collect(), path + ".targets")
            }
            _ => return Err(Trouble::NotHere),
        };
        weights.retain(|weight| weight.is_none());
        if weights.len() != numbers.len() {
            return Err(Trouble::NotHere);
        }
        for (weight, number) in weights.into_iter().zip(numbers) {
            *weight = Some(*number);
        }
        Ok(path)
    }

    /// "v1 (90%)"
    pub(super) fn share_of_last(&mut self, percent: u32) -> Said {
        let start = self.words.start;
        let is_near = self.name_end == Some(start) || self.low_before(start) == "(";
        let spot = self.here()?;
        match spot.place {
            Place::Application(at) if is_near => {
                let versions = &mut self.intent.applications[at].versions;
                let last = versions.len().checked_sub(1).ok_or(Trouble::NotHere)?;
                put(&mut versions[last].weight, percent, &format!("applications[{at}].versions[{last}]"), "weight")
            }
            Place::Route(..) if is_near => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                let last = route.targets.len().checked_sub(1).ok_or(Trouble::NotHere)?;
                put(&mut route.targets[last].weight, percent, &format!("{path}.targets[{last}]"), "weight")
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// "10% of the ledger calls": the word for requests calls nothing.
    pub(super) fn set_calls_aside(&mut self) {
        for at in self.words.clone().filter(|at| self.is_symbol(*at, &["call"])).collect::<Vec<_>>() {
            self.set_aside(at, at + 1);
        }
    }

    /// "20% of checkout traffic to v2"
    pub(super) fn share_of(&mut self, application: &str, percent: u32, name: &str) -> Said {
        let short = short_name(name, application);
        let is_route = self.known.is_some() && self.thing_there(application) == Thing::Route;
        // "5% of cart traffic to cart-v2" names a node, and says nothing else of an application.
        let is_whole = short != name && self.known.is_none() && self.find_named(application).is_none();
        let is_node = short != name && self.is_there(name);
        if is_route || is_whole || is_node || !is_version(short) {
            let spot = self.here()?;
            self.sends();
            let said = self.put_target(spot, name, Some(percent), None);
            if let (Ok(_), Place::Route(None, at)) = (&said, spot.place) {
                let route = &mut self.intent.routes[at];
                if is_route {
                    route.action = Action::Change;
                    route.name.get_or_insert_with(|| application.to_owned());
                } else if !is_whole {
                    route.router.get_or_insert_with(|| application.to_owned());
                }
            }
            return said;
        }
        let place = match self.find_named(application) {
            Some(place @ Place::Application(_)) => place,
            _ => self.application(application, Action::Change),
        };
        self.drop_empty_route();
        self.turn_to(place);
        let Place::Application(at) = place else { return Err(Trouble::NotHere) };
        self.version_weight(at, short, percent)
    }
}

/// The weight of each of so many targets that share evenly.
pub(super) fn even_share(count: usize) -> u32 {
    match u32::try_from(count) {
        Ok(count) if count > 0 && 100 % count == 0 => 100 / count,
        _ => 1,
    }
}
