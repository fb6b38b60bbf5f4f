//! Runs rules over an inventory. A rule that panics is reported as our fault, with its name; the others go on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use meshwright_model::Inventory;
use meshwright_model::finding::{Finding, Severity};

use crate::facts::Facts;
use crate::report::{Found, MAX_FOUND, Report};
use crate::rule::Rule;

/// What rules have found in an inventory, rule by rule, and what went wrong with the rules themselves.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What was found.
    pub found: Vec<Found>,
    /// Rules that failed, or found more than is said.
    pub about_rules: Vec<Finding>,
}

/// Runs rules over an inventory.
pub fn check(inventory: &Inventory, rules: &[&Rule]) -> Checked {
    run(&Facts::new(inventory), rules)
}

/// Likewise, but finds nothing of how the routes of a router or gateway hide each other, which takes most of the time where they have
/// patterns.
pub fn check_apart(inventory: &Inventory, rules: &[&Rule]) -> Checked {
    run(&Facts::apart(inventory), rules)
}

fn run(facts: &Facts<'_>, rules: &[&Rule]) -> Checked {
    let mut checked = Checked::default();
    for rule in rules {
        let mut report = Report::new(rule.name, rule.severity);
        let outcome = catch_unwind(AssertUnwindSafe(|| (rule.check)(facts, &mut report)));
        if outcome.is_err() {
            let message = format!("rule `{}` failed; this is a fault of Meshwright, please report it", rule.name);
            checked.about_rules.push(Finding::new("internal", Severity::Error, None, message));
        }
        let (found, is_more) = report.finish();
        checked.found.extend(found);
        if is_more {
            let message = format!("rule `{}` found more than {MAX_FOUND} times; the rest is not said", rule.name);
            checked.about_rules.push(Finding::new("too-large", Severity::Info, None, message));
        }
    }
    checked
}
