//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod access_log_in_file;
mod all_weights_zero;
mod dangling_virtual_node;
mod duplicate_target;
mod empty_hostname_match;
mod empty_range;
mod grpc_gateway_route_without_match;
mod hostname_exact_and_suffix;
mod hostname_with_port;
mod implicit_rewrite;
mod invalid_header_name;
mod invalid_hostname;
mod invalid_regex;
mod inverted_match_needs_header;
mod listener_without_discovery;
mod lonely_weighted_target;
mod method_without_service;
mod no_protocol_in_route;
mod path_never_normal;
mod path_rewrite_without_slash;
mod path_with_query;
mod path_without_slash;
mod prefix_and_path;
mod prefix_without_slash;
mod regex_is_literal;
mod regex_matches_no_path;
mod repeated_header_match;
mod reserved_gateway_prefix;
mod reserved_grpc_service;
mod rewrite_of_the_other_kind;
mod rewrite_past_every_route;
mod rewrite_prefix_and_path;
mod rewrite_value_and_default;
mod rewrite_value_without_slashes;
mod scheme_without_http2;
mod several_protocols_in_route;
mod slash_in_grpc_name;
mod slashless_gateway_prefix;
mod targets_on_different_ports;
mod unencoded_match;
mod weights_not_100;
mod wildcard_in_path;
mod zero_weight_in_tcp_route;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &targets_on_different_ports::RULE,
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
    &inverted_match_needs_header::RULE,
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
