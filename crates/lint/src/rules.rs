//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod any_client_certificate;
mod certificate_from_acm;
mod certificate_in_other_region;
mod client_policy_ports_miss;
mod dangling_virtual_node;
mod disabled_tls;
mod empty_certificate_names;
mod empty_secret_name;
mod listener_without_discovery;
mod malformed_certificate_name;
mod missing_client_certificate;
mod not_a_private_authority;
mod not_an_acm_certificate;
mod permissive_tls;
mod relative_certificate_path;
mod secrets_without_socket;
mod spiffe_trust_without_names;
mod swapped_certificate_and_key;
mod targets_on_different_ports;
mod tls_enforced_against_plaintext;
mod tls_policy_without_effect;
mod unchecked_client_certificate;
mod unvalidated_server_certificate;
mod wildcard_certificate_name;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &targets_on_different_ports::RULE,
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
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
