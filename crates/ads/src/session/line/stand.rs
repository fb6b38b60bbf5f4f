//! How each resource of a kind stands with a proxy.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Had, Line};
use crate::snapshot::{Name, Resource, Resources, Version};

/// How a resource stands with a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The proxy was not sent it as it is now.
    NotSent,
    /// It was sent, and the proxy has not said anything to it.
    Waiting,
    /// The proxy has accepted it.
    Accepted,
    /// The proxy has refused it.
    Refused,
}

/// A resource that a proxy has or is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// Its name.
    pub name: Name,
    /// How it stands.
    pub standing: Standing,
    /// The version of its content.
    pub version: Version,
    /// The resource itself; not known where the proxy has it from an earlier stream, and it is another now.
    pub resource: Option<Arc<Resource>>,
}

impl Line {
    /// All that the proxy has or is to have, by name.
    pub(in crate::session) fn stands(&self, there: Option<&Resources>) -> Vec<Stand> {
        let newest = |name: &Name| there.and_then(|there| there.get(name));
        let had = self.has.iter().map(|(name, had)| (name, self.stand(name, had, newest(name))));
        let mut stands: BTreeMap<&Name, Stand> = had.collect();
        for resource in there.into_iter().flat_map(Resources::values).filter(|own| self.wants(&own.name)) {
            stands.entry(&resource.name).or_insert_with(|| not_sent(resource));
        }
        stands.into_values().collect()
    }

    fn stand(&self, name: &Name, had: &Had, newest: Option<&Arc<Resource>>) -> Stand {
        let is_blamed = || self.rejection.as_ref().is_some_and(|own| own.resources.contains(name));
        let standing = if self.in_flight().any(|changed| changed == name) {
            Standing::Waiting
        } else if self.doubtful.contains_key(name) {
            // What was refused together with something else may have been taken all the same: nobody has said.
            if is_blamed() { Standing::Refused } else { Standing::Waiting }
        } else {
            Standing::Accepted
        };
        match newest {
            Some(newest) if standing == Standing::Accepted && newest.version != had.version && self.wants(name) => {
                not_sent(newest)
            }
            _ => {
                let same = || newest.filter(|own| own.version == had.version).cloned();
                let resource = had.resource.clone().or_else(same);
                Stand { name: Arc::clone(name), standing, version: had.version, resource }
            }
        }
    }
}

fn not_sent(resource: &Arc<Resource>) -> Stand {
    let (name, version) = (Arc::clone(&resource.name), resource.version);
    Stand { name, standing: Standing::NotSent, version, resource: Some(Arc::clone(resource)) }
}
