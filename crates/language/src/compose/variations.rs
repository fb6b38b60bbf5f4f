//! Values that differ between environments become parameters: the intent is composed for each environment, and where the
//! resources hold other values, a parameter stands.

use std::collections::BTreeMap;

use meshwright_model::edit::NewValue;
use meshwright_model::parameter::Parameter;
use meshwright_model::{Expression, Inventory, Kind, Resource};

use super::draft::{Draft, Wanted};
use super::names::{listed, logical};
use super::timeouts::is_raised;
use super::{Composition, compose_alone};
use crate::intent::{Intent, Timeout};
use crate::understanding::{Assumption, Question};

/// Asked where environments differ in more than values.
const MORE_THAN_VALUES: &str = "The environments differ in more than values, and one template serves all of them. Shall each have a \
                                template of its own?";

/// The composition of an intent whose environments have values of their own.
pub(super) fn compose(intent: &Intent) -> Composition {
    let mut of_each: Vec<(String, Composition)> = Vec::new();
    let mut questions: Vec<Question> = Vec::new();
    let mut ask = |text: String| questions.push(Question { text, about: Vec::new() });
    for environment in intent.variations.keys().filter(|name| !intent.environments.contains(name)) {
        ask(format!("Values are said for `{environment}`, which is none of the environments. For which are they?"));
    }
    let mut own: Vec<Intent> = Vec::new();
    for environment in &intent.environments {
        match intent.for_environment(environment) {
            Ok(intent) => own.push(intent),
            Err(place) => {
                ask(format!("For `{environment}` a value is said at `{place}`, where none stands. What is it?"));
            }
        }
    }
    route_timeouts(&mut own);
    for (environment, own) in intent.environments.iter().zip(&own) {
        of_each.push((environment.clone(), compose_alone(own)));
    }
    let mut compositions = of_each.iter().map(|(_, composition)| composition.clone());
    let Some(mut whole) = compositions.next() else {
        return Composition { questions, ..Composition::default() };
    };
    for (environment, other) in of_each.iter().skip(1) {
        add(&mut whole.assumptions, &other.assumptions, environment);
        let new = other.questions.iter().filter(|question| !whole.questions.contains(question));
        whole.questions.extend(new.cloned().collect::<Vec<_>>());
    }
    whole.questions.extend(questions);
    if !is_alike(&of_each) {
        whole.questions.push(Question { text: MORE_THAN_VALUES.to_owned(), about: Vec::new() });
        return whole;
    }
    let mut variation = Variation { environments: intent.environments.clone(), parameters: Vec::new(), unit: None };
    for at in 0..whole.inventory.resources.len() {
        let resources: Vec<&Resource> =
            of_each.iter().map(|(_, composition)| &composition.inventory.resources[at]).collect();
        let mut specs: Vec<NewValue> = resources.iter().map(|resource| NewValue::of(&resource.spec)).collect();
        let owner = match resources[0].name.known() {
            Some(name) => name.as_str().to_owned(),
            None => words(resources[0].kind().type_name()).trim().to_owned(),
        };
        let joined = variation.join(&mut specs, &owner, "").and_then(|value| value.spec(resources[0].kind()));
        match joined {
            Some(spec) => whole.inventory.resources[at].spec = spec,
            None => {
                whole.questions.push(Question { text: MORE_THAN_VALUES.to_owned(), about: Vec::new() });
                return whole;
            }
        }
    }
    variation.declare(&mut whole);
    whole
}

/// Where the timeout of one environment needs a route, those of the others have one too.
fn route_timeouts(intents: &mut [Intent]) {
    let count = intents.iter().map(|intent| intent.applications.len()).min().unwrap_or_default();
    for at in 0..count {
        let timeout = |intent: &Intent| {
            let listeners = &intent.applications[at].listeners;
            listeners
                .iter()
                .find_map(|listener| listener.timeout.clone())
                .filter(|timeout| timeout.per_request.is_some())
        };
        let is_raised = intents.iter().filter_map(timeout).any(|timeout| is_raised(&timeout));
        for intent in intents.iter_mut().filter(|_| is_raised) {
            let own = timeout(intent).map(|own| Timeout { idle: None, ..own });
            let application = &mut intent.applications[at];
            application.route_timeout = application.route_timeout.take().or(own);
        }
    }
}

/// Adds what was assumed for one environment alone.
fn add(assumptions: &mut Vec<Assumption>, others: &[Assumption], environment: &str) {
    for other in others.iter().filter(|other| !other.what.starts_with("left to parameters")) {
        if !assumptions.contains(other) {
            let what = format!("{}, in {environment}", other.what);
            assumptions.push(Assumption { what, why: other.why.clone() });
        }
    }
}

/// Whether compositions have the same resources, and differ in nothing beside them.
fn is_alike(of_each: &[(String, Composition)]) -> bool {
    let is_named_alike = |one: &Inventory, other: &Inventory| {
        let names = |inventory: &Inventory| -> Vec<(Kind, String, String)> {
            let name = |resource: &Resource| {
                let parent = resource.parent.as_ref().map(ToString::to_string).unwrap_or_default();
                (resource.kind(), parent, resource.name.to_string())
            };
            inventory.resources.iter().map(name).collect()
        };
        names(one) == names(other) && one.declarations == other.declarations && one.parameters == other.parameters
    };
    of_each.windows(2).all(|pair| is_named_alike(&pair[0].1.inventory, &pair[1].1.inventory))
}

/// A parameter, and its value in each environment.
struct Varied {
    name: String,
    kind: &'static str,
    description: String,
    values: Vec<String>,
}

/// Parameters for what differs.
struct Variation {
    environments: Vec<String>,
    parameters: Vec<Varied>,
    /// The unit of the value at hand.
    unit: Option<String>,
}

impl Variation {
    /// One value for all environments; nothing where more differs than values.
    fn join(&mut self, values: &mut [NewValue], owner: &str, field: &str) -> Option<NewValue> {
        if values.windows(2).all(|pair| pair[0] == pair[1]) {
            return values.first().cloned();
        }
        in_one_unit(values);
        match values.first()? {
            NewValue::Object(first) => {
                let keys: Vec<&'static str> = first.iter().map(|(key, _)| *key).collect();
                let owner = target_of(first).unwrap_or_else(|| owner.to_owned());
                self.unit = unit_of(first);
                let mut members = Vec::with_capacity(keys.len());
                for (at, key) in keys.iter().enumerate() {
                    let mut own = Vec::with_capacity(values.len());
                    for value in values.iter() {
                        let NewValue::Object(other) = value else { return None };
                        (other.len() == keys.len() && other[at].0 == *key).then_some(())?;
                        own.push(other[at].1.clone());
                    }
                    // What a filter or a duration holds is called after it.
                    let field = if matches!(*key, "value" | "type" | "mode") { field } else { key };
                    members.push((*key, self.join(&mut own, &owner, field)?));
                }
                Some(NewValue::Object(members))
            }
            NewValue::List(first) => {
                let count = first.len();
                let mut items = Vec::with_capacity(count);
                for at in 0..count {
                    let mut own = Vec::with_capacity(values.len());
                    for value in values.iter() {
                        let NewValue::List(other) = value else { return None };
                        own.push(other.get(at).filter(|_| other.len() == count)?.clone());
                    }
                    items.push(self.join(&mut own, owner, field)?);
                }
                Some(NewValue::List(items))
            }
            NewValue::Open(_) => None,
            NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) => self.parameter(values, owner, field),
        }
    }

    /// A reference to a parameter that has these values.
    fn parameter(&mut self, values: &[NewValue], owner: &str, field: &str) -> Option<NewValue> {
        let said = |value: &NewValue| match value {
            NewValue::Text(text) => Some(text.clone()),
            NewValue::Integer(integer) => Some(integer.to_string()),
            NewValue::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        let values = values.iter().map(|value| said(value).map(|text| (text, value))).collect::<Option<Vec<_>>>()?;
        let kind =
            if values.iter().all(|(_, value)| matches!(value, NewValue::Integer(_))) { "Number" } else { "String" };
        let words = format!("{owner} {}", words_of(field));
        let texts: Vec<String> = values.into_iter().map(|(text, _)| text).collect();
        let wanted = logical(&words);
        let mut name = wanted.clone();
        let mut count = 1;
        // What is the same everywhere, such as an interval that a timeout follows, may share its parameter.
        while let Some(there) = self.parameters.iter().find(|there| there.name == name) {
            if there.values == texts {
                return Some(NewValue::Open(Expression::Reference(name.as_str().into())));
            }
            count += 1;
            name = format!("{wanted}{count}");
        }
        let unit = self.unit.as_ref().map(|unit| format!(" in {unit}")).unwrap_or_default();
        let description = format!("{} of {owner}{unit}", words_of(field));
        self.parameters.push(Varied { name: name.clone(), kind, description, values: texts });
        Some(NewValue::Open(Expression::Reference(name.as_str().into())))
    }

    /// Declares the parameters, and gives them their values.
    fn declare(self, whole: &mut Composition) {
        for Varied { name, kind, description, values } in self.parameters {
            let mut draft = Draft::new();
            let allowed = if kind == "String" { distinct(&values) } else { Vec::new() };
            let wanted =
                Wanted { name: &name, kind, description: &description, allowed: &allowed, ..Wanted::default() };
            drop(draft.parameter(&wanted));
            let Inventory { parameters, declarations, .. } = draft.inventory;
            whole.inventory.parameters.extend(parameters as Vec<Parameter>);
            // Parameters stand together, in front.
            let at = whole.inventory.declarations.iter().rposition(|there| there.section == "Parameters");
            let at = at.map_or(0, |at| at + 1);
            whole.inventory.declarations.splice(at..at, declarations);
            let each: Vec<(&String, &String)> = self.environments.iter().zip(&values).collect();
            for (environment, value) in &each {
                let own: &mut BTreeMap<String, String> = whole.environments.entry((*environment).clone()).or_default();
                own.insert(name.clone(), (*value).clone());
            }
            let shown: Vec<String> =
                each.iter().map(|(environment, value)| format!("{value} in {environment}")).collect();
            whole.assumptions.push(Assumption {
                what: format!("the {description} is the parameter `{name}`: {}", shown.join(", ")),
                why: format!("one template serves {}, and its parameters differ", listed(&self.environments)),
            });
        }
    }
}

/// Spans of time in one unit: 500 ms and 2 s differ in their value alone.
fn in_one_unit(values: &mut [NewValue]) {
    let unit = |value: &NewValue| match value {
        NewValue::Object(members) => match members.as_slice() {
            [("unit", NewValue::Text(unit)), ("value", NewValue::Integer(_))] => Some(unit.clone()),
            _ => None,
        },
        _ => None,
    };
    let units: Option<Vec<String>> = values.iter().map(unit).collect();
    if units.is_none_or(|units| units.windows(2).all(|pair| pair[0] == pair[1])) {
        return;
    }
    for value in values {
        if unit(value).as_deref() == Some("s")
            && let NewValue::Object(members) = value
            && let NewValue::Integer(seconds) = members[1].1
        {
            *members = vec![("unit", "ms".into()), ("value", (seconds * 1000).into())];
        }
    }
}

/// The unit of a duration.
fn unit_of(members: &[(&'static str, NewValue)]) -> Option<String> {
    match members {
        [("unit", NewValue::Text(unit)), ("value", _)] => Some(unit.clone()),
        _ => None,
    }
}

/// Values in their order, each once.
fn distinct(values: &[String]) -> Vec<String> {
    let mut distinct = values.to_vec();
    distinct.sort();
    distinct.dedup();
    distinct
}

/// Whom a share is for.
fn target_of(members: &[(&'static str, NewValue)]) -> Option<String> {
    members.iter().find_map(|(key, value)| match value {
        NewValue::Text(name) if *key == "virtualNode" => Some(name.clone()),
        _ => None,
    })
}

/// A field's name in words: `perRequest` is `per request`.
fn words(field: &str) -> String {
    let mut words = String::new();
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// The same as a noun.
fn words_of(field: &str) -> String {
    match field {
        "perRequest" => "request timeout".to_owned(),
        "idle" => "idle timeout".to_owned(),
        "tls" => "TLS mode".to_owned(),
        field => words(field),
    }
}
