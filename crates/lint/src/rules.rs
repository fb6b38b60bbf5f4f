//! Every rule, in the order in which the documentation lists them.
//!
//! A new rule is a file in `rules/` and two lines here; the tests then run its examples.

mod blocked_egress;
mod calls_itself;
mod dangling_virtual_node;
mod dependency_cycle;
mod duplicate_retry_event;
mod ejection_over_panic_threshold;
mod ejection_shorter_than_sweep;
mod idle_timeout_below_request;
mod listener_idle_below_route;
mod listener_timeout_below_route;
mod listener_without_discovery;
mod open_egress;
mod outlier_detection_on_load_balancer;
mod per_retry_timeout_without_effect;
mod redundant_retry_event;
mod retries_exceed_timeout;
mod retries_switched_off;
mod retry_amplification;
mod retry_without_events;
mod service_without_retries;
mod targets_on_different_ports;
mod timeout_longer_than_callers;
mod timeout_raised_on_listener_only;
mod timeout_switched_off;
mod unknown_retry_event;
mod unsafe_retry;
mod zero_ejection_percent;
mod zero_outlier_duration;
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
