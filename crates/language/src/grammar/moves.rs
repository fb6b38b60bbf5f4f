//! Shares of a route's requests that one target gives up for another: "shift 10% from v1 to v2", "5% of the traffic, taken from
//! v1"; and what is left of them, for several: "split the rest evenly between a and b".

use meshwright_model::Kind;

use super::known::is_of;
use super::name::name_at;
use super::reader::Reader;
use super::spot::{self, Place, Said, Trouble};
use super::survey::RouteThere;
use crate::compose::names::listed;
use crate::intent::Action;
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// What may stand between a name and its share, or between shares.
const BEFORE_SHARE: &[&str] = &[":", "=", "equals", "(", "at", "with", "gets", "get", "-"];

/// What may stand between a share and its name.
const BEFORE_NAME: &[&str] =
    &["to", "for", "on", "at", "version", "virtual-node", "traffic", "of", "the", "send", "goes"];

impl RouteThere {
    /// The place of the only target that a name can mean.
    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        let only = |is_it: &dyn Fn(&String) -> bool| {
            let mut found = (0..self.targets.len()).filter(|at| is_it(&self.targets[*at]));
            found.next().filter(|_| found.next().is_none())
        };
        only(&|target| target == name).or_else(|| only(&|target| is_of(target, name)))
    }
}

impl Reader<'_> {
    /// "shift 10% of the traffic from v1 to v2", of a route that one of its names tells where several lead to both.
    pub(super) fn move_share(&mut self, of: Option<&str>, percent: u32, from: &str, to: &str) -> Said {
        let found = self.route_giving(of, from).ok_or(Trouble::NotHere)?;
        let before = found.place_of(to).and_then(|at| found.shares.as_ref()?.get(at).copied()).unwrap_or_default();
        if before > 0 {
            let text = format!(
                "`{to}` has {before} % of route `{}` now, so that {percent} % may be all that it gets or {} %. Which share should each target have?",
                found.name,
                before.saturating_add(percent)
            );
            let (start, end) = (self.words.start, self.words.end);
            self.ask(&text, start, end);
            return Ok(String::new());
        }
        self.put_share_from(&found, percent, from, to)
    }

    /// "…, taken from v1": the last target gets its share in all, and the one that is named has so much less.
    pub(super) fn take_share(&mut self, from: &str) -> Said {
        let spot = self.here()?;
        let (route, _) = spot::route(&mut self.intent, spot)?;
        let of = route.router.clone().or_else(|| route.name.clone());
        let [target] = route.targets.as_slice() else { return Err(Trouble::NotHere) };
        let (Some(percent), to) = (target.weight, target.node.clone()) else { return Err(Trouble::NotHere) };
        let found = self.route_giving(of.as_deref(), from).ok_or(Trouble::NotHere)?;
        let (route, _) = spot::route(&mut self.intent, spot)?;
        route.targets.clear();
        self.put_share_from(&found, percent, from, &to)
    }

    /// Whether the files have a node of an application that a version of it means: `ledger-green` of `ledger` and `green`.
    pub(super) fn is_version_there(&self, application: &str, name: &str) -> bool {
        let Some(known) = &self.known else { return false };
        let full = known.full_name(name);
        let is_own = known.kind(&full) == Some(Kind::VirtualNode) && full != application && is_of(&full, application);
        is_own || self.route_giving(Some(application), name).is_some_and(|route| route.targets.len() > 1)
    }

    /// "ledger to green", behind a verb: an application that goes over to one of its versions.
    pub(super) fn moves_to_version(&self, at: usize) -> bool {
        let kinds = ["application", "route", "virtual-router", "traffic", "requests"];
        let start = self.past(at, &kinds[..3]);
        let to = self.past(start + 1, &kinds);
        let version = self.past(self.past_glue(to + 1), &["version"]);
        let names = name_at(&self.tokens, start).zip(name_at(&self.tokens, version));
        let is_to = self.is_symbol(to, &["to"]);
        names.filter(|_| is_to).is_some_and(|(application, name)| self.is_version_there(&application, &name))
    }

    /// The only route that sends to what a name means, and that something else speaks of where that is said.
    fn route_giving(&self, of: Option<&str>, from: &str) -> Option<RouteThere> {
        let speaks = |route: &&RouteThere| {
            of.is_none_or(|of| is_of(&route.name, of) || is_of(&route.router, of) || route.place_of(of).is_some())
        };
        let routes = self.known.iter().flat_map(|known| &known.routes);
        let mut found = routes.filter(speaks).filter(|route| route.place_of(from).is_some());
        found.next().filter(|_| found.next().is_none()).cloned()
    }

    /// Says all shares of a route, where one target gives up what another gets.
    fn put_share_from(&mut self, found: &RouteThere, percent: u32, from: &str, to: &str) -> Said {
        let spot = self.here()?;
        let Place::Route(None, at) = spot.place else { return Err(Trouble::NotHere) };
        let (giver, taker) = (found.place_of(from).ok_or(Trouble::NotHere)?, found.place_of(to));
        if Some(giver) == taker {
            return Err(Trouble::NotHere);
        }
        let (start, end) = (self.words.start, self.words.end);
        let Some(mut shares) = found.shares.clone() else {
            let text =
                format!("The weights of route `{}` are no percents. Which share should each target have?", found.name);
            self.ask(&text, start, end);
            return Ok(String::new());
        };
        let before = taker.map_or(0, |taker| shares[taker]);
        let Some(left) = (shares[giver] + before).checked_sub(percent) else {
            let text = format!(
                "`{}` has {} % of route `{}`, from which {percent} % cannot be taken. Which share should each target have?",
                found.targets[giver], shares[giver], found.name
            );
            self.ask(&text, start, end);
            return Ok(String::new());
        };
        shares[giver] = left;
        let mut targets = found.targets.clone();
        match taker {
            Some(taker) => shares[taker] = percent,
            None => {
                targets.push(to.to_owned());
                shares.push(percent);
            }
        }
        self.sends();
        let route = &mut self.intent.routes[at];
        (route.action, route.name, route.router) = (Action::Change, Some(found.name.clone()), None);
        let mut said = Err(Trouble::NotHere);
        for (target, share) in targets.iter().zip(shares) {
            said = self.put_target(spot, target, Some(share), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        self.set_aside(start, end);
        said
    }

    /// "split the rest evenly between a and b": shares are whole numbers, so that the first may get more.
    pub(super) fn split_the_rest(&mut self, names: &[String]) -> Said {
        let left = self.share_left().ok_or(Trouble::NotHere)?;
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        if count < 2 || count > left {
            return Err(Trouble::NotHere);
        }
        let (share, more) = (left / count, left % count);
        let shares: Vec<u32> = (0..count).map(|at| share + u32::from(at < more)).collect();
        if more > 0 {
            let said: Vec<String> = shares.iter().map(|share| format!("{share} %")).collect();
            self.assumptions.push(Assumption {
                what: format!("{} get {}", listed(names), said.join(", ")),
                why: format!("{left} % cannot be shared evenly in whole numbers"),
            });
        }
        self.sends();
        let mut said = Err(Trouble::NotHere);
        for (name, share) in names.iter().zip(shares) {
            said = self.target(name, Some(share), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// "shift catalog traffic to 50% v1 and 50% v2": each share that follows is of that application.
    pub(super) fn shares_of(&mut self, application: &str) -> Said {
        let start = self.words.end;
        let (shares, end) = self.shares_at(start);
        if shares.is_empty() || self.known.is_none() || !self.ends_clause(end) {
            return Err(Trouble::NotHere);
        }
        let mut said = Err(Trouble::NotHere);
        for (name, share) in &shares {
            said = self.share_of(application, *share, name);
            said.as_ref().map_err(Clone::clone)?;
        }
        self.ahead = Some(start..end);
        said
    }

    /// Names and their shares from a place on, "50% v1, v2: 50%", and the place after them.
    fn shares_at(&self, start: usize) -> (Vec<(String, u32)>, usize) {
        let percent = |at: usize| match self.token(at).map(|token| &token.kind) {
            Some(TokenKind::Percent(percent)) => Some(*percent),
            _ => None,
        };
        let (mut shares, mut end, mut at) = (Vec::new(), start, start);
        loop {
            let (share, name, next) = match (percent(at), name_at(&self.tokens, at)) {
                (Some(share), _) => {
                    let name = self.past(at + 1, BEFORE_NAME);
                    (Some(share), name_at(&self.tokens, name), name + 1)
                }
                (None, Some(name)) => {
                    let share = self.past(at + 1, BEFORE_SHARE);
                    (percent(share), Some(name), self.past(share + 1, &[")"]))
                }
                (None, None) => break,
            };
            let (Some(share), Some(name)) = (share, name) else { break };
            shares.push((name, share));
            end = next;
            at = self.past(next, &[",", "and", "&", "/", "the"]);
        }
        (shares, end)
    }
}
