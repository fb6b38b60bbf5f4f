//! Values for what files leave open, where any will do: a mesh that is tried out on one machine does not care what its hosts are called.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::edit::NewValue;
use crate::expression::Expression;
use crate::resource::Resource;
use crate::scalar::Name;

/// What stands in the place of open values: by how they are shown, what was made of them.
pub type MadeUp = BTreeMap<String, String>;

/// A name; what is open in it is made up.
pub fn name(own: &Name, made_up: &mut MadeUp) -> Option<String> {
    match own {
        Name::Known(name) => Some(name.as_str().to_owned()),
        Name::Open(expression) => text(expression, made_up),
        Name::Refused(_) => None,
    }
}

/// The specification of a resource as the API takes it; what is open in it is made up, or left out where it is a whole block.
pub fn spec(resource: &Resource, made_up: &mut MadeUp) -> Value {
    value(&NewValue::of(&resource.spec), "", made_up).unwrap_or_else(|| Value::Object(Map::new()))
}

fn value(own: &NewValue, member: &str, made_up: &mut MadeUp) -> Option<Value> {
    Some(match own {
        NewValue::Text(text) => Value::from(text.as_str()),
        NewValue::Integer(number) => Value::from(*number),
        NewValue::Bool(truth) => Value::from(*truth),
        NewValue::List(items) => items.iter().filter_map(|item| value(item, member, made_up)).collect(),
        NewValue::Object(members) => {
            let own = |(name, own): &(&'static str, NewValue)| Some(((*name).to_owned(), value(own, name, made_up)?));
            Value::Object(members.iter().filter_map(own).collect())
        }
        NewValue::Open(expression) => {
            let text = text(expression, made_up)?;
            match text.parse::<i64>() {
                Ok(number) => Value::from(number),
                // Whose certificate it is does not matter: another stands in its place.
                Err(_) if member.contains("Arn") && !text.starts_with("arn:") => {
                    Value::from(format!("arn:aws:acm:us-east-1:123456789012:certificate/{text}"))
                }
                Err(_) => Value::from(text),
            }
        }
    })
}

/// A text for what is open, of its own words; `None` where it stands for a block or for nothing.
fn text(expression: &Expression, made_up: &mut MadeUp) -> Option<String> {
    let text = words(expression)?;
    if !matches!(expression, Expression::Text(_) | Expression::Literal(_)) {
        made_up.insert(expression.to_string(), text.clone());
    }
    Some(text)
}

fn words(expression: &Expression) -> Option<String> {
    Some(match expression {
        Expression::Text(text) | Expression::Literal(text) => text.clone(),
        Expression::Reference(symbol) => plain(&symbol.to_string()),
        Expression::Attribute(symbol, attribute) => match attribute.as_str() {
            // What tells names apart is the resource's name alone.
            "Name" | "Arn" | "DNSName" => plain(&symbol.to_string()),
            other => plain(&format!("{symbol}-{other}")),
        },
        Expression::Join(parts) => parts.iter().map(words).collect::<Option<String>>()?,
        Expression::Choice(_, yes, no) => words(yes).or_else(|| words(no))?,
        Expression::Call(_, argument) => words(argument).map(|text| plain(&text))?,
        Expression::List(items) => items.iter().find_map(words)?,
        Expression::Map(_) | Expression::Absent => return None,
    })
}

/// A text that may stand in a host's name.
fn plain(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
    plain.trim_matches('-').to_ascii_lowercase()
}
