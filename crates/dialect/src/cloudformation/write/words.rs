//! Expressions in CloudFormation's words, and which names a value speaks of.

use std::collections::BTreeSet;

use meshwright_model::Expression;

use crate::out::Out;

/// The labels and parameters that a value refers to, by `Ref`, `GetAtt` and inside `Sub`: what comes before it anyhow.
pub(super) fn references(out: &Out, names: &mut BTreeSet<String>) {
    match out {
        Out::Map(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("Ref", Out::Text(name)) => {
                        names.insert(name.clone());
                    }
                    ("Fn::GetAtt", Out::List(parts)) => {
                        if let Some(Out::Text(label)) = parts.first() {
                            names.insert(label.clone());
                        }
                    }
                    ("Fn::GetAtt", Out::Text(path)) => {
                        names.extend(path.split('.').next().map(str::to_owned));
                    }
                    ("Fn::Sub", Out::Text(text)) => names.extend(inside_sub(text)),
                    ("Fn::Sub", Out::List(parts)) => {
                        if let [Out::Text(text), Out::Map(own)] = parts.as_slice() {
                            let is_own = |name: &String| own.iter().any(|(key, _)| key == name);
                            names.extend(inside_sub(text).filter(|name| !is_own(name)));
                        }
                        references(value, names);
                    }
                    (_, value) => references(value, names),
                }
            }
        }
        Out::List(items) => items.iter().for_each(|item| references(item, names)),
        Out::Text(_) | Out::Bare(_) | Out::Open(_) | Out::Named(..) => {}
    }
}

/// The names inside `Sub`, without those of attributes, and without `${!…}`, which is text.
fn inside_sub(text: &str) -> impl Iterator<Item = String> {
    let inside = text.split("${").skip(1).filter_map(|rest| rest.split(['}', '.']).next());
    inside.map(str::trim).filter(|name| !name.starts_with('!')).map(str::to_owned)
}

/// An expression in CloudFormation's words.
pub(crate) fn say(expression: &Expression) -> Out {
    match expression {
        Expression::Text(text) => Out::text(text),
        Expression::Literal(text) => Out::Bare(text.clone()),
        Expression::Reference(name) => Out::map([("Ref", Out::text(name.as_str()))]),
        Expression::Attribute(label, attribute) => {
            Out::map([("Fn::GetAtt", Out::List(vec![Out::text(label.as_str()), Out::text(attribute)]))])
        }
        Expression::Join(parts) => say_join(parts),
        Expression::Choice(condition, then, otherwise) => {
            Out::map([("Fn::If", Out::List(vec![Out::text(condition.as_str()), say(then), say(otherwise)]))])
        }
        Expression::Call(function, argument) => Out::Map(vec![(function.name.clone(), say(argument))]),
        Expression::List(items) => Out::List(items.iter().map(say).collect()),
        Expression::Map(entries) => Out::Map(entries.iter().map(|(key, value)| (key.clone(), say(value))).collect()),
        Expression::Absent => Out::map([("Ref", Out::text("AWS::NoValue"))]),
    }
}

/// `Sub` where the parts allow it, else `Join`.
fn say_join(parts: &[Expression]) -> Out {
    let part = |part: &Expression| match part {
        Expression::Text(text) => Some(text.replace("${", "${!")),
        Expression::Reference(name) => Some(format!("${{{name}}}")),
        Expression::Attribute(label, attribute) => Some(format!("${{{label}.{attribute}}}")),
        _ => None,
    };
    match parts.iter().map(part).collect::<Option<String>>() {
        Some(text) => Out::map([("Fn::Sub", Out::Text(text))]),
        None => {
            let parts = parts.iter().map(say).collect();
            Out::map([("Fn::Join", Out::List(vec![Out::text(""), Out::List(parts)]))])
        }
    }
}
