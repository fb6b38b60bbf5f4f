//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod access_log_in_file;
mod all_weights_zero;
mod ambiguous_route_order;
mod any_client_certificate;
mod app_port_without_listener;
mod app_ports_miss_listener;
mod application_as_ignored_user;
mod application_called_over_ipv6;
mod arn_in_name;
mod aws_cannot_deploy;
mod backends_mix_protocols_on_port;
mod blocked_egress;
mod calls_itself;
mod calls_outside_backends;
mod calls_port_without_listener;
mod certificate_from_acm;
mod certificate_in_key_file;
mod certificate_in_other_region;
mod circular_dependency;
mod client_policy_ports_miss;
mod connection_pool_for_other_protocol;
mod container_port_differs;
mod containers_wait_in_a_circle;
mod contradictory_attributes;
mod dangling_backend;
mod dangling_gateway_target;
mod dangling_provider;
mod dangling_virtual_gateway;
mod dangling_virtual_node;
mod dangling_virtual_router;
mod deleted_resource;
mod dependency_cycle;
mod depends_on_unknown_container;
mod deprecated_proxy_variable;
mod disabled_tls;
mod discovery_without_listener;
mod duplicate_access_log_key;
mod duplicate_backend;
mod duplicate_listener_port;
mod duplicate_match;
mod duplicate_resource;
mod duplicate_retry_event;
mod duplicate_tag;
mod duplicate_target;
mod duration_of_few_millis;
mod efs_port_not_ignored;
mod ejection_over_panic_threshold;
mod ejection_shorter_than_sweep;
mod empty_certificate_names;
mod empty_hostname_match;
mod empty_range;
mod empty_secret_name;
mod endpoints_of_load_balancer;
mod gateway_in_shared_mesh;
mod gateway_route_protocol_differs;
mod gateway_target_protocol_differs;
mod gateway_without_routes;
mod grpc_gateway_route_without_match;
mod grpc_health_check_on_http;
mod health_check_path_ignored;
mod health_check_path_without_slash;
mod health_check_port_differs;
mod health_check_timeout_over_interval;
mod health_check_without_path;
mod host_port_differs;
mod hostname_exact_and_suffix;
mod hostname_with_port;
mod http_proxy_without_no_proxy;
mod https_address_of_http_service;
mod idle_timeout_below_request;
mod ignored_port_of_backend;
mod ignored_user_differs;
mod implicit_rewrite;
mod impossible_match;
mod invalid_discovery_hostname;
mod invalid_header_name;
mod invalid_hostname;
mod invalid_proxy_configuration;
mod invalid_regex;
mod inverted_match_needs_header;
mod inverted_priority;
mod listener_idle_below_route;
mod listener_timeout_below_route;
mod listener_without_discovery;
mod listener_without_route;
mod lonely_weighted_target;
mod loopback_discovery_hostname;
mod malformed_access_log_format;
mod malformed_certificate_name;
mod malformed_proxy_name;
mod malformed_xds_endpoint;
mod many_health_checks;
mod mesh_owner_mismatch;
mod method_without_service;
mod missing_client_certificate;
mod missing_depends_on;
mod missing_gateway_match_port;
mod missing_gateway_target_port;
mod missing_match_port;
mod missing_proxy_configuration;
mod missing_stream_permission;
mod missing_target_port;
mod misspelt_mesh;
mod more_than_15_ports;
mod name_with_odd_characters;
mod namespace_in_service_name;
mod no_default_route;
mod no_health_check;
mod no_protocol_in_route;
mod nodes_with_same_hosts;
mod not_a_private_authority;
mod not_an_acm_certificate;
mod open_egress;
mod orphan_virtual_node;
mod orphan_virtual_router;
mod orphan_virtual_service;
mod outlier_detection_on_load_balancer;
mod over_quota;
mod path_never_normal;
mod path_rewrite_without_slash;
mod path_with_query;
mod path_without_slash;
mod per_retry_timeout_without_effect;
mod permissive_tls;
mod port_mapping_protocol;
mod prefix_and_path;
mod prefix_without_slash;
mod preview_channel;
mod privileged_gateway_port;
mod proxy_configuration_on_gateway;
mod proxy_configuration_outside_awsvpc;
mod proxy_health_check_port_differs;
mod proxy_names_differ;
mod proxy_not_essential;
mod proxy_of_unknown_resource;
mod proxy_variable_unknown_to_image;
mod proxy_without_health_check;
mod proxy_without_name;
mod proxy_without_xds_endpoint;
mod redundant_retry_event;
mod reference_to_conditional;
mod regex_is_literal;
mod regex_matches_no_path;
mod relative_certificate_path;
mod repeated_header_match;
mod reserved_gateway_prefix;
mod reserved_grpc_service;
mod reserved_port;
mod reserved_tag_key;
mod retries_exceed_timeout;
mod retries_switched_off;
mod retry_amplification;
mod retry_without_events;
mod rewrite_of_the_other_kind;
mod rewrite_past_every_route;
mod rewrite_prefix_and_path;
mod rewrite_value_and_default;
mod rewrite_value_without_slashes;
mod route_protocol_differs_from_router;
mod router_without_listener;
mod router_without_routes;
mod scheme_without_http2;
mod secrets_without_socket;
mod server_first_protocol;
mod service_name_not_a_host_name;
mod service_without_provider;
mod service_without_retries;
mod several_protocols_in_route;
mod several_proxies;
mod several_tcp_routes;
mod several_tracers;
mod shadowed_route;
mod single_host_discovery;
mod slash_in_grpc_name;
mod slashless_gateway_prefix;
mod slow_cluster_warming;
mod slow_failure_detection;
mod spiffe_trust_without_names;
mod swapped_certificate_and_key;
mod target_protocol_differs;
mod target_without_listener;
mod targets_on_different_ports;
mod targets_with_same_hosts;
mod task_family_outside_attributes;
mod tcp_backends_share_port;
mod tcp_health_check_on_http;
mod timeout_for_other_protocol;
mod timeout_longer_than_callers;
mod timeout_raised_on_listener_only;
mod timeout_switched_off;
mod tls_enforced_against_plaintext;
mod tls_policy_without_effect;
mod too_many_tags;
mod unbounded_pending_requests;
mod unchecked_client_certificate;
mod undeclared_order;
mod unencoded_match;
mod unknown_gateway_match_port;
mod unknown_gateway_target_port;
mod unknown_match_port;
mod unknown_proxy_container;
mod unknown_proxy_setting;
mod unknown_retry_event;
mod unknown_target_port;
mod unqualified_backend_address;
mod unqualified_service_name;
mod unreachable_route;
mod unsafe_retry;
mod unvalidated_server_certificate;
mod waits_for_essential_to_end;
mod waits_for_unchecked_container;
mod weights_not_100;
mod wildcard_certificate_name;
mod wildcard_in_path;
mod wrong_proxy_ports;
mod zero_ejection_percent;
mod zero_outlier_duration;
mod zero_per_retry_timeout;
mod zero_weight_in_tcp_route;

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
    &nodes_with_same_hosts::RULE,
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
    &discovery_without_listener::RULE,
    &router_without_listener::RULE,
    &target_without_listener::RULE,
    &listener_without_route::RULE,
    &duplicate_listener_port::RULE,
    &reserved_port::RULE,
    &privileged_gateway_port::RULE,
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
    &certificate_in_key_file::RULE,
    &empty_secret_name::RULE,
    &secrets_without_socket::RULE,
    // Retries, timeouts, outlier detection, egress and calls.
    &retry_without_events::RULE,
    &unknown_retry_event::RULE,
    &duplicate_retry_event::RULE,
    &retries_exceed_timeout::RULE,
    &per_retry_timeout_without_effect::RULE,
    &zero_per_retry_timeout::RULE,
    &duration_of_few_millis::RULE,
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
    &health_check_timeout_over_interval::RULE,
    &invalid_discovery_hostname::RULE,
    &loopback_discovery_hostname::RULE,
    &single_host_discovery::RULE,
    &endpoints_of_load_balancer::RULE,
    &contradictory_attributes::RULE,
    &task_family_outside_attributes::RULE,
    &namespace_in_service_name::RULE,
    &many_health_checks::RULE,
    &slow_cluster_warming::RULE,
    &application_called_over_ipv6::RULE,
    // What a match, rewrite or action says in itself.
    &prefix_without_slash::RULE,
    &path_without_slash::RULE,
    &prefix_and_path::RULE,
    &path_with_query::RULE,
    &path_never_normal::RULE,
    &wildcard_in_path::RULE,
    &unencoded_match::RULE,
    &invalid_regex::RULE,
    &regex_matches_no_path::RULE,
    &regex_is_literal::RULE,
    &invalid_header_name::RULE,
    &empty_range::RULE,
    &repeated_header_match::RULE,
    &method_without_service::RULE,
    &slash_in_grpc_name::RULE,
    &scheme_without_http2::RULE,
    &all_weights_zero::RULE,
    &zero_weight_in_tcp_route::RULE,
    &weights_not_100::RULE,
    &lonely_weighted_target::RULE,
    &duplicate_target::RULE,
    &no_protocol_in_route::RULE,
    &several_protocols_in_route::RULE,
    &reserved_grpc_service::RULE,
    &reserved_gateway_prefix::RULE,
    &grpc_gateway_route_without_match::RULE,
    &hostname_with_port::RULE,
    &invalid_hostname::RULE,
    &hostname_exact_and_suffix::RULE,
    &empty_hostname_match::RULE,
    &rewrite_value_without_slashes::RULE,
    &rewrite_prefix_and_path::RULE,
    &rewrite_value_and_default::RULE,
    &path_rewrite_without_slash::RULE,
    &rewrite_of_the_other_kind::RULE,
    &slashless_gateway_prefix::RULE,
    &implicit_rewrite::RULE,
    &rewrite_past_every_route::RULE,
    &access_log_in_file::RULE,
    &malformed_access_log_format::RULE,
    &duplicate_access_log_key::RULE,
    &inverted_match_needs_header::RULE,
    // Tasks and their proxies.
    &proxy_without_xds_endpoint::RULE,
    &malformed_xds_endpoint::RULE,
    &deprecated_proxy_variable::RULE,
    &proxy_variable_unknown_to_image::RULE,
    &malformed_proxy_name::RULE,
    &proxy_of_unknown_resource::RULE,
    &proxy_without_name::RULE,
    &several_tracers::RULE,
    &preview_channel::RULE,
    &unknown_proxy_setting::RULE,
    &missing_proxy_configuration::RULE,
    &unknown_proxy_container::RULE,
    &proxy_configuration_on_gateway::RULE,
    &ignored_user_differs::RULE,
    &application_as_ignored_user::RULE,
    &invalid_proxy_configuration::RULE,
    &wrong_proxy_ports::RULE,
    &app_ports_miss_listener::RULE,
    &app_port_without_listener::RULE,
    &more_than_15_ports::RULE,
    &proxy_configuration_outside_awsvpc::RULE,
    &efs_port_not_ignored::RULE,
    &ignored_port_of_backend::RULE,
    &several_proxies::RULE,
    &proxy_names_differ::RULE,
    &container_port_differs::RULE,
    &port_mapping_protocol::RULE,
    &host_port_differs::RULE,
    &missing_depends_on::RULE,
    &proxy_without_health_check::RULE,
    &proxy_health_check_port_differs::RULE,
    &proxy_not_essential::RULE,
    &waits_for_unchecked_container::RULE,
    &depends_on_unknown_container::RULE,
    &containers_wait_in_a_circle::RULE,
    &waits_for_essential_to_end::RULE,
    &calls_outside_backends::RULE,
    &unqualified_backend_address::RULE,
    &https_address_of_http_service::RULE,
    &calls_port_without_listener::RULE,
    &http_proxy_without_no_proxy::RULE,
    &missing_stream_permission::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
