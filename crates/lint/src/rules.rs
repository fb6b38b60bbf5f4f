//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod ambiguous_route_order;
mod any_client_certificate;
mod arn_in_name;
mod aws_cannot_deploy;
mod blocked_egress;
mod calls_itself;
mod certificate_from_acm;
mod certificate_in_other_region;
mod circular_dependency;
mod client_policy_ports_miss;
mod dangling_backend;
mod dangling_gateway_target;
mod dangling_provider;
mod dangling_virtual_gateway;
mod dangling_virtual_node;
mod dangling_virtual_router;
mod deleted_resource;
mod dependency_cycle;
mod disabled_tls;
mod duplicate_backend;
mod duplicate_match;
mod duplicate_resource;
mod duplicate_retry_event;
mod duplicate_tag;
mod ejection_over_panic_threshold;
mod ejection_shorter_than_sweep;
mod empty_certificate_names;
mod empty_secret_name;
mod gateway_in_shared_mesh;
mod gateway_without_routes;
mod idle_timeout_below_request;
mod impossible_match;
mod inverted_priority;
mod listener_idle_below_route;
mod listener_timeout_below_route;
mod listener_without_discovery;
mod malformed_certificate_name;
mod mesh_owner_mismatch;
mod missing_client_certificate;
mod misspelt_mesh;
mod name_with_odd_characters;
mod no_default_route;
mod not_a_private_authority;
mod not_an_acm_certificate;
mod open_egress;
mod orphan_virtual_node;
mod orphan_virtual_router;
mod orphan_virtual_service;
mod outlier_detection_on_load_balancer;
mod over_quota;
mod per_retry_timeout_without_effect;
mod permissive_tls;
mod redundant_retry_event;
mod reference_to_conditional;
mod relative_certificate_path;
mod reserved_tag_key;
mod retries_exceed_timeout;
mod retries_switched_off;
mod retry_amplification;
mod retry_without_events;
mod router_without_routes;
mod secrets_without_socket;
mod service_name_not_a_host_name;
mod service_without_provider;
mod service_without_retries;
mod shadowed_route;
mod spiffe_trust_without_names;
mod swapped_certificate_and_key;
mod targets_on_different_ports;
mod targets_with_same_hosts;
mod timeout_longer_than_callers;
mod timeout_raised_on_listener_only;
mod timeout_switched_off;
mod tls_enforced_against_plaintext;
mod tls_policy_without_effect;
mod too_many_tags;
mod unchecked_client_certificate;
mod undeclared_order;
mod unknown_retry_event;
mod unqualified_service_name;
mod unreachable_route;
mod unsafe_retry;
mod unvalidated_server_certificate;
mod wildcard_certificate_name;
mod zero_ejection_percent;
mod zero_outlier_duration;
mod zero_per_retry_timeout;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    &dangling_provider::RULE,
    &dangling_backend::RULE,
    &dangling_gateway_target::RULE,
    &dangling_virtual_router::RULE,
    &dangling_virtual_gateway::RULE,
    &misspelt_mesh::RULE,
    &duplicate_resource::RULE,
    &duplicate_backend::RULE,
    &duplicate_tag::RULE,
    &too_many_tags::RULE,
    &reserved_tag_key::RULE,
    &name_with_odd_characters::RULE,
    &arn_in_name::RULE,
    &service_name_not_a_host_name::RULE,
    &unqualified_service_name::RULE,
    &targets_with_same_hosts::RULE,
    &orphan_virtual_node::RULE,
    &orphan_virtual_router::RULE,
    &orphan_virtual_service::RULE,
    &router_without_routes::RULE,
    &gateway_without_routes::RULE,
    &service_without_provider::RULE,
    &undeclared_order::RULE,
    &circular_dependency::RULE,
    &reference_to_conditional::RULE,
    &mesh_owner_mismatch::RULE,
    &gateway_in_shared_mesh::RULE,
    &deleted_resource::RULE,
    &over_quota::RULE,
    &aws_cannot_deploy::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &targets_on_different_ports::RULE,
    // Which route takes a request.
    &inverted_priority::RULE,
    &shadowed_route::RULE,
    &duplicate_match::RULE,
    &unreachable_route::RULE,
    &ambiguous_route_order::RULE,
    &impossible_match::RULE,
    &no_default_route::RULE,
    // Encryption and certificates.
    &tls_enforced_against_plaintext::RULE,
    &tls_policy_without_effect::RULE,
    &unvalidated_server_certificate::RULE,
    &missing_client_certificate::RULE,
    &unchecked_client_certificate::RULE,
    &client_policy_ports_miss::RULE,
    &permissive_tls::RULE,
    &disabled_tls::RULE,
    &any_client_certificate::RULE,
    &wildcard_certificate_name::RULE,
    &empty_certificate_names::RULE,
    &malformed_certificate_name::RULE,
    &spiffe_trust_without_names::RULE,
    &not_an_acm_certificate::RULE,
    &not_a_private_authority::RULE,
    &certificate_in_other_region::RULE,
    &certificate_from_acm::RULE,
    &relative_certificate_path::RULE,
    &swapped_certificate_and_key::RULE,
    &empty_secret_name::RULE,
    &secrets_without_socket::RULE,
    // Retries, timeouts, outlier detection, egress and calls.
    &retry_without_events::RULE,
    &unknown_retry_event::RULE,
    &duplicate_retry_event::RULE,
    &retries_exceed_timeout::RULE,
    &per_retry_timeout_without_effect::RULE,
    &zero_per_retry_timeout::RULE,
    &retries_switched_off::RULE,
    &unsafe_retry::RULE,
    &service_without_retries::RULE,
    &listener_timeout_below_route::RULE,
    &timeout_raised_on_listener_only::RULE,
    &timeout_switched_off::RULE,
    &idle_timeout_below_request::RULE,
    &timeout_longer_than_callers::RULE,
    &outlier_detection_on_load_balancer::RULE,
    &zero_ejection_percent::RULE,
    &ejection_over_panic_threshold::RULE,
    &zero_outlier_duration::RULE,
    &blocked_egress::RULE,
    &open_egress::RULE,
    &dependency_cycle::RULE,
    &calls_itself::RULE,
    &retry_amplification::RULE,
    &redundant_retry_event::RULE,
    &ejection_shorter_than_sweep::RULE,
    &listener_idle_below_route::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
