//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod dangling_virtual_node;
mod duplicate_retry_event;
mod listener_without_discovery;
mod per_retry_timeout_without_effect;
mod retries_exceed_timeout;
mod retries_switched_off;
mod retry_without_events;
mod service_without_retries;
mod targets_on_different_ports;
mod unknown_retry_event;
mod unsafe_retry;
mod zero_per_retry_timeout;

use crate::rule::Rule;

/// Every rule, family by family.
pub static RULES: &[&Rule] = &[
    // Names and references.
    &dangling_virtual_node::RULE,
    // Listeners, ports and protocols.
    &listener_without_discovery::RULE,
    &targets_on_different_ports::RULE,
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
];

/// The rule of that name.
pub fn named(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}
