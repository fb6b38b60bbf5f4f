//! What is wrong with a template's sections, resources and parameters, beside what stands in properties.

use meshwright_model::spelling::nearest;
use meshwright_model::{Expression, Kind};

use super::patterns::Patterns;
use super::template::{Declared, DeclaredParameter, Template, app_mesh_kind, call, is_stack, scalar_text};
use super::world::World;
use crate::check::{found, shorten};
use crate::fault::Fault;
use crate::print::is_literal;
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use crate::yaml;

/// The sections that a template may have. Source: CloudFormation User Guide, template anatomy; SAM adds `Globals`.
const SECTIONS: &[&str] = &[
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks",
    "Globals",
];

/// The members of a resource. Source: CloudFormation User Guide, resource attributes.
const ATTRIBUTES: &[&str] = &[
    "Type",
    "Properties",
    "Condition",
    "DependsOn",
    "Metadata",
    "DeletionPolicy",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "CreationPolicy",
    "Connectors",
];

/// What is wrong with the sections themselves.
pub(crate) fn faults(template: &Template, tree: &Tree, world: &World) -> Vec<Fault> {
    let mut faults = Vec::new();
    duplicates(tree, template.root, &mut faults);
    for section in tree.entries(template.root) {
        let Some(name) = tree.scalar(section.key) else { continue };
        if !SECTIONS.contains(&name) && !name.starts_with("Fn::") {
            let fault = Fault::error(
                "unknown-field",
                tree.span(section.key),
                format!("`{}` is not a section of a template", shorten(name)),
            );
            faults.push(match nearest(name, SECTIONS.iter().copied()) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault,
            });
        }
        let is_listed = matches!(name, "Parameters" | "Conditions" | "Mappings" | "Resources" | "Outputs");
        if is_listed && !tree.is_map(section.value) && !tree.node(section.value).cut {
            let message = format!("`{name}` holds something else than an object");
            faults.push(Fault::error("wrong-type", tree.span(section.value), message));
        } else if is_listed {
            duplicates(tree, section.value, &mut faults);
        }
        if matches!(name, "Parameters" | "Mappings") && !template.is_expanded {
            faults.extend(tree.entries(section.value).iter().filter_map(|entry| mistyped_entry(tree, name, entry)));
        }
    }
    resource_faults(template, tree, &mut faults);
    condition_faults(template, tree, &mut faults);
    parameter_faults(template, tree, world, &mut faults);
    faults
}

/// A parameter or mapping that is no object.
fn mistyped_entry(tree: &Tree, section: &str, entry: &Entry) -> Option<Fault> {
    let name = tree.scalar(entry.key).filter(|name| !name.starts_with("Fn::"))?;
    let node = tree.node(entry.value);
    let is_wrong = matches!(node.value, Value::Null | Value::Scalar(..) | Value::List(_)) && !node.cut;
    let message = format!("`{section}.{}` holds something else than an object", shorten(name));
    is_wrong.then(|| Fault::error("wrong-type", tree.span(entry.value), message))
}

/// Members beside the properties that are of another type than they should be.
fn mistyped(tree: &Tree, declared: &Declared) -> Vec<Fault> {
    let members = [("Type", "text"), ("Condition", "text"), ("DependsOn", "text or a list")];
    let wrong = members.into_iter().filter_map(|(member, due)| {
        let node = tree.get(declared.body, member)?;
        let is_text = tree.scalar(node).is_some_and(|text| member != "Type" || !is_number(tree, node, text));
        let is_due = is_text || (member == "DependsOn" && tree.is_list(node)) || tree.node(node).cut;
        let message = format!("{} stands where {due} is due", found(tree, node));
        (!is_due).then(|| Fault::error("wrong-type", tree.span(node), message))
    });
    wrong.collect()
}

/// Source: github.com/aws-cloudformation/cfn-lint/issues/1630: "Every Type member must be a string".
fn is_number(tree: &Tree, node: NodeId, text: &str) -> bool {
    matches!(tree.node(node).value, Value::Scalar(Style::Plain, _)) && is_literal(&yaml::lexeme(text))
}

/// Members of a parameter that are of another type than they should be.
///
/// Source: github.com/aws-cloudformation/cfn-lint/pull/624: "Every Default member must be a string"; numbers and truth values
/// pass for text, functions do not.
fn mistyped_parameter(tree: &Tree, parameter: &DeclaredParameter) -> Vec<Fault> {
    let is_plain = |node: NodeId| tree.scalar(node).is_some() || tree.node(node).cut;
    let fault = |node: NodeId, due: &str| {
        let message = format!("{} stands where {due} is due", described(tree, node));
        Fault::error("wrong-type", tree.span(node), message)
    };
    let mut faults = Vec::new();
    for member in ["Type", "Default", "AllowedPattern", "MinLength", "MaxLength", "MinValue", "MaxValue"] {
        let node = tree.get(parameter.node, member);
        faults.extend(node.filter(|node| !is_plain(*node)).map(|node| fault(node, "a plain value")));
    }
    if let Some(list) = tree.get(parameter.node, "AllowedValues") {
        if !tree.is_list(list) && !tree.node(list).cut {
            faults.push(fault(list, "a list"));
        }
        let others = tree.items(list).iter().filter(|item| !is_plain(**item));
        faults.extend(others.map(|item| fault(*item, "a plain value")));
    }
    faults
}

/// What stands at a place, in words; a function by its name.
fn described(tree: &Tree, node: NodeId) -> String {
    match call(tree, node) {
        Some((function, _)) => format!("`{}`", shorten(function)),
        None => found(tree, node),
    }
}

/// Conditions that say nothing: no function of conditions, wrong arguments, or a condition that nobody declares.
fn condition_faults(template: &Template, tree: &Tree, faults: &mut Vec<Fault>) {
    for (name, node) in template.conditions.iter().filter(|_| !template.is_expanded) {
        if !tree.node(*node).cut && !is_condition(template, tree, *node, 0) {
            let message = format!("condition `{}` says nothing that can be true or false", shorten(name));
            let help = "a condition is one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition";
            faults.push(Fault::error("wrong-condition", tree.span(*node), message).help(help));
        }
    }
}

/// Source: CloudFormation User Guide, condition functions: `Equals` takes two values, `Not` one condition, `And` and `Or` 2
/// to 10. Deeper than any template goes, the answer is yes.
fn is_condition(template: &Template, tree: &Tree, node: NodeId, depth: usize) -> bool {
    const DEEPEST: usize = 32;
    let [entry] = tree.entries(node) else { return false };
    let arguments = tree.items(entry.value);
    let all_are = |arguments: &[NodeId]| {
        depth >= DEEPEST || arguments.iter().all(|argument| is_condition(template, tree, *argument, depth + 1))
    };
    match tree.scalar(entry.key) {
        Some("Condition") => tree.scalar(entry.value).is_some_and(|name| template.conditions.contains_key(name)),
        Some("Fn::Equals") => arguments.len() == 2,
        Some("Fn::Not") => arguments.len() == 1 && all_are(arguments),
        Some("Fn::And" | "Fn::Or") => !arguments.is_empty() && all_are(arguments),
        _ => false,
    }
}

/// A nested template that is no local file: nobody can read it here.
pub(crate) fn distant_stack(tree: &Tree, declared: &Declared) -> Option<Fault> {
    let properties = declared.properties.filter(|_| is_stack(&declared.kind))?;
    let url = tree.get(properties, "TemplateURL").or_else(|| tree.get(properties, "Location"))?;
    if tree.scalar(url).is_some_and(|url| !url.contains("://")) {
        return None;
    }
    let message = "the nested template is no local file; what it holds stays unknown";
    Some(Fault::info("unread-stack", tree.span(url), message))
}

fn resource_faults(template: &Template, tree: &Tree, faults: &mut Vec<Fault>) {
    for declared in &template.resources {
        let span = tree.span(declared.key);
        faults.extend(distant_stack(tree, declared));
        faults.extend(mistyped(tree, declared));
        if declared.label.starts_with("Fn::") {
            let message = format!(
                "`{}` is expanded by CloudFormation alone; what it makes is not read",
                shorten(&declared.label)
            );
            faults.push(Fault::info("not-expanded", span, message));
            continue;
        }
        if declared.kind.is_empty() && !tree.node(declared.body).cut && tree.get(declared.body, "Type").is_none() {
            faults.push(Fault::error("missing-field", span, format!("`{}` has no `Type`", shorten(&declared.label))));
        }
        let kind = tree.get(declared.body, "Type");
        if let Some(kind) = kind.filter(|kind| is_no_type(template, tree, *kind)) {
            let message = format!("{} is not a type of resource", found(tree, kind));
            let fault = Fault::error("unknown-type", tree.span(kind), message);
            faults.push(fault.help("a type reads `AWS::AppMesh::VirtualNode`"));
        }
        if let Some(name) = declared.kind.strip_prefix("AWS::AppMesh::")
            && app_mesh_kind(&declared.kind).is_none()
        {
            let near = nearest(name, Kind::ALL.iter().map(|kind| kind.type_name()));
            let help = near.map_or("the types end in Mesh, VirtualNode, VirtualRouter, Route, VirtualService, VirtualGateway and GatewayRoute".to_owned(), |near| format!("did you mean `AWS::AppMesh::{near}`?"));
            let message = format!("`{}` is not a type of App Mesh", shorten(&declared.kind));
            let span = tree.get(declared.body, "Type").map_or(span, |node| tree.span(node));
            faults.push(Fault::error("unknown-type", span, message).help(help));
        }
        if app_mesh_kind(&declared.kind).is_none() {
            continue;
        }
        if let Some(properties) = declared.properties
            && !tree.is_map(properties)
            && !tree.node(properties).cut
        {
            let message = format!("{} stands where an object is due", found(tree, properties));
            faults.push(Fault::error("wrong-type", tree.span(properties), message));
        }
        for entry in tree.entries(declared.body) {
            let Some(key) = tree.scalar(entry.key) else { continue };
            if !ATTRIBUTES.contains(&key) {
                let near = nearest(key, ATTRIBUTES.iter().copied());
                let fault = Fault::error(
                    "unknown-field",
                    tree.span(entry.key),
                    format!("`{}` does not belong beside `Type`", shorten(key)),
                );
                faults.push(fault.help(near.map_or("does it belong under `Properties`?".to_owned(), |near| {
                    format!("did you mean `{near}`?")
                })));
            }
        }
        duplicates(tree, declared.body, faults);
        if let Some(name) = &declared.condition
            && !template.conditions.contains_key(name)
            && !template.is_expanded
        {
            faults.push(Fault::error("undefined-name", span, format!("condition `{}` is not declared", shorten(name))));
        }
    }
}

/// Whether a type has none of the colons that each has, unless a macro may know it.
///
/// Source: CloudFormation User Guide, resource type naming: `Organisation::Service::Resource`, `Custom::Name`.
fn is_no_type(template: &Template, tree: &Tree, kind: NodeId) -> bool {
    let is_text = |text: &&str| !is_number(tree, kind, text);
    !template.is_expanded && tree.scalar(kind).filter(is_text).is_some_and(|text| !text.contains("::"))
}

fn parameter_faults(template: &Template, tree: &Tree, world: &World, faults: &mut Vec<Fault>) {
    let mut patterns = Patterns::default();
    for (name, parameter) in &template.parameters {
        faults.extend(mistyped_parameter(tree, parameter));
        if parameter.is_stored() && template.parent.is_none() && world.given(template, name).is_some() {
            let message =
                format!("what is given for parameter `{name}` is the name of a stored value; the value stays open");
            faults.push(Fault::info("stored-value", tree.span(parameter.key), message));
        }
        let Some(value) = world.given(template, name).and_then(Expression::text).or(parameter.default.as_deref())
        else {
            continue;
        };
        let values: Vec<&str> = match parameter.is_list() {
            true if value.is_empty() => Vec::new(),
            true => value.split(',').map(str::trim).collect(),
            false => vec![value],
        };
        let wrong = values.iter().find_map(|value| Some((value, refusal(tree, parameter, &mut patterns, value)?)));
        if let Some((value, (what, help))) = wrong {
            let message = format!("`{}` {what} for parameter `{name}`", shorten(value));
            faults.push(Fault::error("invalid-value", tree.span(parameter.key), message).help(help));
        }
    }
}

/// Why a parameter does not take a value, and what it takes.
///
/// Source: CloudFormation User Guide, parameter properties; of a list, each element is held against them.
fn refusal<'t>(
    tree: &'t Tree,
    parameter: &DeclaredParameter,
    patterns: &mut Patterns<'t>,
    value: &str,
) -> Option<(&'static str, String)> {
    if !parameter.allowed_values.is_empty() && !parameter.allowed_values.iter().any(|allowed| allowed == value) {
        return Some(("is not allowed", format!("it takes {}", parameter.allowed_values.join(", "))));
    }
    let pattern = tree.get(parameter.node, "AllowedPattern").and_then(|node| tree.scalar(node));
    if let Some(pattern) = pattern.filter(|pattern| patterns.refuses(pattern, value)) {
        return Some(("does not match what is allowed", format!("its AllowedPattern is `{}`", shorten(pattern))));
    }
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let (measure, low, high, words) = match parameter.kind.as_str() {
        "Number" | "List<Number>" => match number(value) {
            None => return Some(("is no number", "its type is `Number`".to_owned())),
            Some(number) => (number, "MinValue", "MaxValue", ("is too small", "is too large")),
        },
        "String" => {
            let length = u32::try_from(value.chars().count()).map_or(f64::INFINITY, f64::from);
            (length, "MinLength", "MaxLength", ("is too short", "is too long"))
        }
        _ => return None,
    };
    let bound = |name: &str| scalar_text(tree, tree.get(parameter.node, name)?);
    let is_beyond =
        |text: &String, beyond: fn(&f64, &f64) -> bool| number(text).is_some_and(|bound| beyond(&measure, &bound));
    let below =
        bound(low).filter(|text| is_beyond(text, f64::lt)).map(|text| (words.0, format!("its {low} is {text}")));
    let above = || bound(high).filter(|text| is_beyond(text, f64::gt));
    below.or_else(|| above().map(|text| (words.1, format!("its {high} is {text}"))))
}

fn duplicates(tree: &Tree, map: NodeId, faults: &mut Vec<Fault>) {
    const FEW: usize = 8;
    let entries = tree.entries(map);
    let mut seen = std::collections::HashSet::new();
    for (position, entry) in entries.iter().enumerate() {
        let Some(key) = tree.scalar(entry.key) else { continue };
        // There are very many maps of a few members, and a few of very many.
        let is_new = match entries.len() {
            ..=FEW => entries[..position].iter().all(|earlier| tree.scalar(earlier.key) != Some(key)),
            _ => seen.insert(key),
        };
        if !is_new {
            let message = format!("`{}` stands here more than once; the last is read", shorten(key));
            faults.push(Fault::error("duplicate-key", tree.span(entry.key), message));
        }
    }
}
