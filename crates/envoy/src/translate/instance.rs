//! What AWS Cloud Map knows of a service.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::collections::BTreeMap;

use meshwright_model::limits::IpPreference;

/// The instances of AWS Cloud Map's services, by `service.namespace`.
pub type Endpoints = BTreeMap<String, Vec<Instance>>;

/// An instance of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// Its address of IPv4: `AWS_INSTANCE_IPV4`.
    pub ipv4: Option<Ipv4Addr>,
    /// Its address of IPv6: `AWS_INSTANCE_IPV6`.
    pub ipv6: Option<Ipv6Addr>,
    /// What else is said of it.
    pub attributes: BTreeMap<String, String>,
}

impl Instance {
    /// Whether it bears all attributes that are asked for.
    ///
    /// Source: App Mesh API reference, `AwsCloudMapServiceDiscovery`: only instances that match all are given.
    pub fn bears(&self, attributes: &[(&str, &str)]) -> bool {
        attributes.iter().all(|(name, value)| self.attributes.get(*name).is_some_and(|own| own == value))
    }

    /// The address by which it is reached.
    ///
    /// Source: aws-app-mesh-examples, howto-ipv6.
    pub fn address(&self, preference: Option<IpPreference>) -> Option<IpAddr> {
        let (ipv4, ipv6) = (self.ipv4.map(IpAddr::V4), self.ipv6.map(IpAddr::V6));
        match preference {
            None | Some(IpPreference::Ipv4Preferred) => ipv4.or(ipv6),
            Some(IpPreference::Ipv6Preferred) => ipv6.or(ipv4),
            Some(IpPreference::Ipv4Only) => ipv4,
            Some(IpPreference::Ipv6Only) => ipv6,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preference_chooses_the_address() {
        let four = Instance { ipv4: Some(Ipv4Addr::new(10, 0, 0, 1)), ..Instance::default() };
        let six = Instance { ipv6: Some(Ipv6Addr::LOCALHOST), ..Instance::default() };
        let both = Instance { ipv4: four.ipv4, ..six.clone() };
        let addresses = |preference| {
            [&four, &six, &both]
                .map(|instance| instance.address(preference).map_or("-", |own| if own.is_ipv4() { "4" } else { "6" }))
        };
        let preferences = [
            (None, ["4", "6", "4"]),
            (Some(IpPreference::Ipv4Preferred), ["4", "6", "4"]),
            (Some(IpPreference::Ipv6Preferred), ["4", "6", "6"]),
            (Some(IpPreference::Ipv4Only), ["4", "-", "4"]),
            (Some(IpPreference::Ipv6Only), ["-", "6", "6"]),
        ];
        for (preference, expected) in preferences {
            assert_eq!(addresses(preference), expected, "{preference:?}");
        }
    }

    #[test]
    fn all_attributes_must_match() {
        let attributes = [("stage".to_owned(), "blue".to_owned()), ("zone".to_owned(), "a".to_owned())].into();
        let instance = Instance { attributes, ..Instance::default() };
        assert!(instance.bears(&[]) && instance.bears(&[("stage", "blue"), ("zone", "a")]));
        assert!(!instance.bears(&[("stage", "blue"), ("zone", "b")]) && !instance.bears(&[("shape", "round")]));
    }
}
