//! The instances that AWS Cloud Map would know, as options give them, and what a proxy makes of them.

use core::net::IpAddr;
use std::collections::{BTreeMap, BTreeSet};

use meshwright_envoy::translate::{Endpoints, Instance};
use meshwright_model::limits::IpPreference;
use meshwright_traffic::proxy::{Discovery, Proxy, Target};

use crate::refused::Refused;

/// An instance that is given.
pub(super) struct Given {
    /// How it is given.
    text: String,
    /// `service.namespace`.
    name: String,
    instance: Instance,
}

/// Reads what is given: `SERVICE.NAMESPACE[KEY=VALUE,…]=ADDRESS`, each an instance.
pub(super) fn read(given: &[String]) -> Result<Vec<Given>, Refused> {
    let one = |text: &String| one(text).ok_or_else(|| Refused::NotAnInstance { given: text.clone() });
    given.iter().map(one).collect()
}

fn one(text: &str) -> Option<Given> {
    let (whose, address) = text.rsplit_once('=')?;
    let (name, attributes) = match whose.strip_suffix(']') {
        None => (whose, ""),
        Some(whose) => whose.split_once('[')?,
    };
    let (service, namespace) = name.split_once('.')?;
    if service.is_empty() || namespace.is_empty() {
        return None;
    }
    let pairs = attributes.split(',').filter(|pair| !pair.trim().is_empty());
    let pairs =
        pairs.map(|pair| pair.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())));
    let attributes = pairs.collect::<Option<BTreeMap<String, String>>>()?;
    let (ipv4, ipv6) = match address.trim().trim_start_matches('[').trim_end_matches(']').parse().ok()? {
        IpAddr::V4(own) => (Some(own), None),
        IpAddr::V6(own) => (None, Some(own)),
    };
    Some(Given { text: text.to_owned(), name: name.to_owned(), instance: Instance { ipv4, ipv6, attributes } })
}

/// They, by the names of their services.
pub(super) fn by_name(given: &[Given]) -> Endpoints {
    let mut endpoints = Endpoints::new();
    for one in given {
        endpoints.entry(one.name.clone()).or_default().push(one.instance.clone());
    }
    endpoints
}

/// What a virtual node asks of the instances that are its hosts.
struct Wanted<'a> {
    node: &'a str,
    name: &'a str,
    attributes: &'a [(&'a str, &'a str)],
    preference: Option<IpPreference>,
}

impl<'a> Wanted<'a> {
    /// `None` where AWS Cloud Map is not asked.
    fn of(target: &'a Target<'_>) -> Option<Self> {
        let Discovery::CloudMap { name, attributes, .. } = &target.discovery else { return None };
        Some(Self { node: target.node, name, attributes, preference: target.ip_preference })
    }

    fn takes(&self, given: &Given) -> bool {
        given.name == self.name
            && given.instance.bears(self.attributes)
            && given.instance.address(self.preference).is_some()
    }

    /// How such an instance is given.
    fn example(&self) -> String {
        let pairs: Vec<String> = self.attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let pairs = if pairs.is_empty() { String::new() } else { format!("[{}]", pairs.join(",")) };
        let address = match self.preference {
            Some(IpPreference::Ipv4Only) => "IPV4_ADDRESS",
            Some(IpPreference::Ipv6Only) => "IPV6_ADDRESS",
            None | Some(IpPreference::Ipv4Preferred | IpPreference::Ipv6Preferred) => "ADDRESS",
        };
        format!("'{}{pairs}={address}'", self.name)
    }
}

/// The virtual nodes that are left without a host, and the instances that are hosts of none.
pub(super) fn notes(proxy: &Proxy<'_>, given: &[Given]) -> Vec<String> {
    let mut wanted: Vec<Wanted<'_>> = proxy.targets.iter().filter_map(Wanted::of).collect();
    // A node with several listeners is several targets.
    wanted.sort_by_key(|wanted| wanted.node);
    wanted.dedup_by_key(|wanted| wanted.node);
    let missing = wanted.iter().filter(|wanted| !given.iter().any(|one| wanted.takes(one)));
    let missing = missing.map(|wanted| {
        format!(
            "no instance of virtual node `{}` is known, as AWS Cloud Map would: give --instance {} for each; until then it has no host",
            wanted.node,
            wanted.example()
        )
    });
    let unused = given.iter().filter(|one| !wanted.iter().any(|wanted| wanted.takes(one)));
    let unused = unused.map(|one| {
        let named = wanted.iter().filter(|wanted| wanted.name == one.name);
        let examples: BTreeSet<String> = named.map(Wanted::example).collect();
        if examples.is_empty() {
            return format!("--instance {}: the proxy sends to nothing that is found under that name", one.text);
        }
        let examples: Vec<String> = examples.into_iter().collect();
        format!(
            "--instance {}: it is a host of no virtual node that the proxy sends to; they ask for {}",
            one.text,
            examples.join(", ")
        )
    });
    missing.chain(unused).collect()
}
