//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod app_port_without_listener;
mod app_ports_miss_listener;
mod calls_outside_backends;
mod calls_port_without_listener;
mod container_port_differs;
mod containers_wait_in_a_circle;
mod dangling_virtual_node;
mod depends_on_unknown_container;
mod deprecated_proxy_variable;
mod efs_port_not_ignored;
mod host_port_differs;
mod http_proxy_without_no_proxy;
mod ignored_user_differs;
mod invalid_proxy_configuration;
mod listener_without_discovery;
mod malformed_proxy_name;
mod missing_depends_on;
mod missing_proxy_configuration;
mod missing_stream_permission;
mod more_than_15_ports;
mod port_mapping_protocol;
mod preview_channel;
mod proxy_configuration_on_gateway;
mod proxy_configuration_outside_awsvpc;
mod proxy_of_unknown_resource;
mod proxy_variable_unknown_to_image;
mod proxy_without_health_check;
mod proxy_without_name;
mod proxy_without_xds_endpoint;
mod several_proxies;
mod several_tracers;
mod targets_on_different_ports;
mod unknown_proxy_container;
mod waits_for_essential_to_end;
mod waits_for_unchecked_container;
mod wrong_proxy_ports;

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
    &missing_proxy_configuration::RULE,
    &unknown_proxy_container::RULE,
    &proxy_configuration_on_gateway::RULE,
    &ignored_user_differs::RULE,
    &invalid_proxy_configuration::RULE,
    &wrong_proxy_ports::RULE,
    &app_ports_miss_listener::RULE,
    &app_port_without_listener::RULE,
    &more_than_15_ports::RULE,
    &proxy_configuration_outside_awsvpc::RULE,
    &efs_port_not_ignored::RULE,
    &several_proxies::RULE,
    &container_port_differs::RULE,
    &port_mapping_protocol::RULE,
    &host_port_differs::RULE,
    &missing_depends_on::RULE,
    &proxy_without_health_check::RULE,
    &waits_for_unchecked_container::RULE,
    &depends_on_unknown_container::RULE,
    &containers_wait_in_a_circle::RULE,
    &waits_for_essential_to_end::RULE,
    &calls_outside_backends::RULE,
    &calls_port_without_listener::RULE,
    &http_proxy_without_no_proxy::RULE,
    &missing_stream_permission::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
