//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod application_called_over_ipv6;
mod backends_mix_protocols_on_port;
mod connection_pool_for_other_protocol;
mod contradictory_attributes;
mod dangling_virtual_node;
mod discovery_without_listener;
mod duplicate_listener_port;
mod endpoints_of_load_balancer;
mod gateway_route_protocol_differs;
mod gateway_target_protocol_differs;
mod grpc_health_check_on_http;
mod health_check_path_ignored;
mod health_check_path_without_slash;
mod health_check_port_differs;
mod health_check_without_path;
mod invalid_discovery_hostname;
mod listener_without_discovery;
mod listener_without_route;
mod loopback_discovery_hostname;
mod many_health_checks;
mod missing_gateway_match_port;
mod missing_gateway_target_port;
mod missing_match_port;
mod missing_target_port;
mod namespace_in_service_name;
mod no_health_check;
mod privileged_gateway_port;
mod reserved_port;
mod route_protocol_differs_from_router;
mod router_without_listener;
mod server_first_protocol;
mod several_tcp_routes;
mod single_host_discovery;
mod slow_cluster_warming;
mod slow_failure_detection;
mod target_protocol_differs;
mod target_without_listener;
mod targets_on_different_ports;
mod tcp_backends_share_port;
mod tcp_health_check_on_http;
mod timeout_for_other_protocol;
mod unbounded_pending_requests;
mod unknown_gateway_match_port;
mod unknown_gateway_target_port;
mod unknown_match_port;
mod unknown_target_port;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &discovery_without_listener::RULE,
    &router_without_listener::RULE,
    &target_without_listener::RULE,
    &listener_without_route::RULE,
    &duplicate_listener_port::RULE,
    &reserved_port::RULE,
    &privileged_gateway_port::RULE,
    &targets_on_different_ports::RULE,
    &missing_match_port::RULE,
    &unknown_match_port::RULE,
    &missing_target_port::RULE,
    &unknown_target_port::RULE,
    &missing_gateway_match_port::RULE,
    &unknown_gateway_match_port::RULE,
    &missing_gateway_target_port::RULE,
    &unknown_gateway_target_port::RULE,
    &route_protocol_differs_from_router::RULE,
    &target_protocol_differs::RULE,
    &gateway_route_protocol_differs::RULE,
    &gateway_target_protocol_differs::RULE,
    &several_tcp_routes::RULE,
    &tcp_backends_share_port::RULE,
    &backends_mix_protocols_on_port::RULE,
    &server_first_protocol::RULE,
    &timeout_for_other_protocol::RULE,
    &connection_pool_for_other_protocol::RULE,
    &unbounded_pending_requests::RULE,
    &no_health_check::RULE,
    &health_check_port_differs::RULE,
    &health_check_without_path::RULE,
    &health_check_path_ignored::RULE,
    &health_check_path_without_slash::RULE,
    &grpc_health_check_on_http::RULE,
    &tcp_health_check_on_http::RULE,
    &slow_failure_detection::RULE,
    &invalid_discovery_hostname::RULE,
    &loopback_discovery_hostname::RULE,
    &single_host_discovery::RULE,
    &endpoints_of_load_balancer::RULE,
    &contradictory_attributes::RULE,
    &namespace_in_service_name::RULE,
    &many_health_checks::RULE,
    &slow_cluster_warming::RULE,
    &application_called_over_ipv6::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
