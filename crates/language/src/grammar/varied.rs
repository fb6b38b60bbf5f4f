//! Readings of one request, one for each environment, become one.

use super::subject::ONE_TEMPLATE;
use crate::understanding::{Question, Understanding};

/// One reading: that of the first environment, with what is otherwise in the others.
pub(super) fn join(mut readings: Vec<Understanding>, environments: &[String]) -> Understanding {
    if readings.is_empty() {
        return Understanding::default();
    }
    let mut first = readings.remove(0);
    if environments.is_empty() {
        return first;
    }
    for environment in environments {
        if !first.intent.environments.contains(environment) {
            first.intent.environments.push(environment.clone());
        }
    }
    for (reading, environment) in readings.into_iter().zip(&environments[1..]) {
        let mut other = reading.intent;
        other.environments.clone_from(&first.intent.environments);
        let plain = crate::intent::Intent { variations: std::collections::BTreeMap::new(), ..first.intent.clone() };
        match plain.variation(&other) {
            Some(variation) if variation.is_empty() => {}
            Some(variation) => drop(first.intent.variations.insert(environment.clone(), variation)),
            None => first.questions.push(Question { text: ONE_TEMPLATE.to_owned(), about: Vec::new() }),
        }
        for missed in reading.not_understood {
            if !first.not_understood.contains(&missed) {
                first.not_understood.push(missed);
            }
        }
        for question in reading.questions {
            if !first.questions.contains(&question) {
                first.questions.push(question);
            }
        }
    }
    first
}
