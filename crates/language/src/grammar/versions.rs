//! Versions of an application, and environments, which are named alike.

use super::name::name_at;
use super::reader::Reader;
use super::spot::{Place, Said, Trouble, put};
use crate::intent::{Version, VirtualNode};
use crate::lexer::TokenKind;

/// Words that name versions, beside `v1` and the like.
const VERSIONS: &[&str] = &[
    "blue",
    "green",
    "canary",
    "stable",
    "old",
    "new",
    "current",
    "next",
    "beta",
    "alpha",
    "baseline",
    "primary",
    "live",
    "experimental",
    "legacy",
    "candidate",
    "red",
    "yellow",
    "black",
    "white",
    "purple",
];

/// Words that name environments.
const ENVIRONMENTS: &[&str] = &[
    "staging",
    "production",
    "prod",
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "preprod",
    "pre-production",
    "sandbox",
    "integration",
];

impl Reader<'_> {
    /// Versions of the application that is spoken of.
    pub(super) fn versions(&mut self, names: &[String]) -> Said {
        if names.iter().all(|name| is_environment(name)) {
            return Err(Trouble::NotHere);
        }
        let spot = self.here()?;
        let is_said = self.words.clone().any(|at| self.is_symbol(at, &["version"]));
        let Place::Application(at) = spot.place else { return Err(Trouble::NotHere) };
        let application = &mut self.intent.applications[at];
        let own = application.name.as_deref().unwrap_or_default();
        if !is_said && !names.iter().all(|name| is_version(name) || is_version_of(name, own)) {
            return Err(Trouble::NotHere);
        }
        let first = application.versions.len();
        for name in names {
            if !application.versions.iter().any(|version| version.name == *name) {
                application.versions.push(Version { name: name.clone(), weight: None });
            }
        }
        Ok(format!("applications[{at}].versions[{first}]"))
    }

    /// "three versions of orders: v1 70, v2 20, v3 10"
    pub(super) fn weighted_versions(&mut self, application: &str) -> Said {
        let start = self.words.end;
        let (mut versions, mut end) = (Vec::new(), start);
        let mut at = start;
        while let Some(name) = name_at(&self.tokens, at) {
            let number = self.past(at + 1, &["(", "=", ":", "equals", "at", "with"]);
            let Some(TokenKind::Number(weight) | TokenKind::Percent(weight)) =
                self.token(number).map(|token| &token.kind)
            else {
                break;
            };
            versions.push((name, *weight));
            end = self.past(number + 1, &[")"]);
            at = self.past(end, &[",", "and"]);
        }
        if versions.len() < 2 || versions.iter().map(|(_, weight)| u64::from(*weight)).sum::<u64>() != 100 {
            return Err(Trouble::NotHere);
        }
        let place = match self.find_named(application) {
            Some(place @ Place::Application(_)) => place,
            _ => self.application(application, self.action_of_part()),
        };
        self.turn_to(place);
        let Place::Application(here) = place else { return Err(Trouble::NotHere) };
        self.count_versions();
        for (name, weight) in versions {
            let short = short_name(&name, application).to_owned();
            let known = &mut self.intent.applications[here].versions;
            if known.iter().all(|version| version.name != short) {
                known.push(Version { name: short, weight: Some(weight) });
            }
        }
        self.ahead = Some(start..end);
        Ok(format!("applications[{here}].versions[0]"))
    }

    pub(super) fn version_weight(&mut self, at: usize, name: &str, weight: u32) -> Said {
        let application = &mut self.intent.applications[at];
        let own = application.name.clone().unwrap_or_default();
        let short = short_name(name, &own);
        let is_it = |version: &Version| version.name == name || short_name(&version.name, &own) == short;
        let found = application.versions.iter().position(is_it);
        let place = match found {
            Some(place) => place,
            None if is_version_of(name, &own) => {
                application.versions.push(Version { name: name.to_owned(), weight: None });
                application.versions.len() - 1
            }
            None => return Err(Trouble::NotHere),
        };
        let path = format!("applications[{at}].versions[{place}]");
        put(&mut application.versions[place].weight, weight, &path, "weight")
    }

    /// The node of a version that is spoken of by its name alone: "cart runs v1 and v2; v2 listens on 9090".
    pub(super) fn version_node(&mut self, name: &str) -> Option<Place> {
        let mut found = self.intent.applications.iter().filter_map(|application| {
            let own = application.name.as_deref()?;
            let label = own.split('.').next().unwrap_or(own);
            let version = application.versions.iter().find(|version| short_name(&version.name, label) == name)?;
            Some(version.node_name(label))
        });
        let (Some(node), None, None) = (found.next(), found.next(), &self.known) else { return None };
        if let Some(there @ Place::Node(_)) = self.find_named(&node) {
            return Some(there);
        }
        self.intent.virtual_nodes.push(VirtualNode { name: Some(node), ..VirtualNode::default() });
        Some(Place::Node(self.intent.virtual_nodes.len() - 1))
    }

    pub(super) fn environments(&mut self, names: &[String]) -> String {
        for name in names {
            if !self.intent.environments.contains(name) {
                self.intent.environments.push(name.clone());
            }
        }
        "environments".to_owned()
    }
}

/// Whether a word names a version of an application, and not another application.
pub(super) fn is_version(name: &str) -> bool {
    let low = name.to_lowercase();
    let is_numbered =
        low.strip_prefix('v').is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
    is_numbered || VERSIONS.contains(&low.as_str())
}

/// Whether a name is that of a version of an application: `v2`, or `cart-spare` of `cart`.
pub(super) fn is_version_of(name: &str, application: &str) -> bool {
    let is_its = name.strip_prefix(application).is_some_and(|rest| rest.starts_with('-') && rest.len() > 1);
    is_version(short_name(name, application)) || is_its && !application.is_empty()
}

/// Whether a word names an environment.
pub(super) fn is_environment(name: &str) -> bool {
    ENVIRONMENTS.contains(&name.to_lowercase().as_str())
}

/// The name of a version without its application's: `v2` of `payments-v2`.
pub(super) fn short_name<'n>(name: &'n str, application: &str) -> &'n str {
    name.strip_prefix(application).map_or(name, |rest| rest.trim_start_matches('-'))
}
