//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod dangling_virtual_node;
mod deprecated_proxy_variable;
mod listener_without_discovery;
mod malformed_proxy_name;
mod preview_channel;
mod proxy_of_unknown_resource;
mod proxy_variable_unknown_to_image;
mod proxy_without_name;
mod proxy_without_xds_endpoint;
mod several_tracers;
mod targets_on_different_ports;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &targets_on_different_ports::RULE,
    // Tasks and their proxies.
    &proxy_without_xds_endpoint::RULE,
    &deprecated_proxy_variable::RULE,
    &proxy_variable_unknown_to_image::RULE,
    &malformed_proxy_name::RULE,
    &proxy_of_unknown_resource::RULE,
    &proxy_without_name::RULE,
    &several_tracers::RULE,
    &preview_channel::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
