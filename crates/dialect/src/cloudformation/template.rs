//! The sections of one template.

use std::collections::BTreeMap;

use meshwright_model::{Expression, Kind};

use super::stacks::World;
use crate::check::{found, shorten};
use crate::fault::Fault;
use crate::tree::{NodeId, Style, Tree, Value};
use crate::yaml;
use meshwright_model::spelling::nearest;

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

/// A parameter of a template.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredParameter {
    pub(crate) node: NodeId,
    pub(crate) key: NodeId,
    pub(crate) kind: String,
    pub(crate) default: Option<String>,
    pub(crate) allowed_values: Vec<String>,
}

impl DeclaredParameter {
    /// Whether its value is a list.
    pub(crate) fn is_list(&self) -> bool {
        self.kind == "CommaDelimitedList" || self.kind.contains("List<")
    }

    /// Whether its default is the name of a value in the parameter store, rather than the value.
    pub(crate) fn is_stored(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value")
    }
}

/// A resource of a template.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) label: String,
    pub(crate) key: NodeId,
    pub(crate) body: NodeId,
    pub(crate) kind: String,
    pub(crate) properties: Option<NodeId>,
    pub(crate) condition: Option<String>,
}

/// One template.
#[derive(Debug)]
pub(crate) struct Template {
    /// Its number among the templates of the reading.
    pub(crate) number: usize,
    pub(crate) document: usize,
    pub(crate) root: NodeId,
    pub(crate) parameters: BTreeMap<String, DeclaredParameter>,
    pub(crate) conditions: BTreeMap<String, NodeId>,
    pub(crate) resources: Vec<Declared>,
    pub(crate) by_label: BTreeMap<String, usize>,
    pub(crate) outputs: BTreeMap<String, NodeId>,
    pub(crate) mappings: Option<NodeId>,
}

/// Whether a document's value is a template.
pub(crate) fn recognises(tree: &Tree, root: NodeId) -> bool {
    let typed = |resources: NodeId| {
        tree.is_map(resources)
            && (tree.entries(resources).is_empty()
                || tree.entries(resources).iter().any(|entry| tree.get(entry.value, "Type").is_some()))
    };
    tree.get(root, "AWSTemplateFormatVersion").is_some() || tree.get(root, "Resources").is_some_and(typed)
}

/// The kind of an App Mesh resource type.
pub(crate) fn app_mesh_kind(kind: &str) -> Option<Kind> {
    let name = kind.strip_prefix("AWS::AppMesh::")?;
    Kind::ALL.into_iter().find(|kind| kind.type_name() == name)
}

impl Template {
    pub(crate) fn new(tree: &Tree, number: usize, document: usize, root: NodeId) -> Self {
        let members = |section: &str| -> Vec<(String, NodeId, NodeId)> {
            let entries = tree.get(root, section).map_or(&[][..], |section| tree.entries(section));
            entries
                .iter()
                .filter_map(|entry| Some((tree.scalar(entry.key)?.to_owned(), entry.key, entry.value)))
                .collect()
        };
        let named = |section: &str| members(section).into_iter().map(|(name, _, node)| (name, node)).collect();
        let mut resources: Vec<Declared> = Vec::new();
        let mut by_label = BTreeMap::new();
        for (label, key, body) in members("Resources") {
            let declared = Declared {
                key,
                body,
                kind: text(tree, body, "Type").unwrap_or_default(),
                properties: tree.get(body, "Properties"),
                condition: text(tree, body, "Condition"),
                label: label.clone(),
            };
            match by_label.get(&label) {
                Some(position) => resources[*position] = declared,
                None => {
                    by_label.insert(label, resources.len());
                    resources.push(declared);
                }
            }
        }
        let parameters = members("Parameters").into_iter().map(|(name, key, node)| {
            let default = tree.get(node, "Default").and_then(|node| scalar_text(tree, node));
            let allowed = tree.get(node, "AllowedValues").map_or(&[][..], |list| tree.items(list));
            let parameter = DeclaredParameter {
                node,
                key,
                kind: text(tree, node, "Type").unwrap_or_default(),
                default,
                allowed_values: allowed.iter().filter_map(|node| scalar_text(tree, *node)).collect(),
            };
            (name, parameter)
        });
        Self {
            number,
            document,
            root,
            parameters: parameters.collect(),
            conditions: named("Conditions"),
            resources,
            by_label,
            outputs: named("Outputs"),
            mappings: tree.get(root, "Mappings"),
        }
    }

    pub(crate) fn declared(&self, label: &str) -> Option<&Declared> {
        self.by_label.get(label).map(|position| &self.resources[*position])
    }

    pub(crate) fn has_stacks(&self) -> bool {
        self.resources.iter().any(|declared| is_stack(&declared.kind))
    }

    /// What is wrong with the sections themselves.
    pub(crate) fn faults(&self, tree: &Tree, world: &World) -> Vec<Fault> {
        let mut faults = Vec::new();
        duplicates(tree, self.root, &mut faults);
        for section in tree.entries(self.root) {
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
        }
        self.resource_faults(tree, &mut faults);
        self.parameter_faults(tree, world, &mut faults);
        faults
    }

    fn resource_faults(&self, tree: &Tree, faults: &mut Vec<Fault>) {
        for declared in &self.resources {
            let span = tree.span(declared.key);
            if declared.label.starts_with("Fn::") {
                let message = format!(
                    "`{}` is expanded by CloudFormation alone; what it makes is not read",
                    shorten(&declared.label)
                );
                faults.push(Fault::info("not-expanded", span, message));
                continue;
            }
            if declared.kind.is_empty() && !tree.node(declared.body).cut {
                faults.push(Fault::error(
                    "missing-field",
                    span,
                    format!("`{}` has no `Type`", shorten(&declared.label)),
                ));
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
                && !self.conditions.contains_key(name)
            {
                faults.push(Fault::error(
                    "undefined-name",
                    span,
                    format!("condition `{}` is not declared", shorten(name)),
                ));
            }
        }
    }

    fn parameter_faults(&self, tree: &Tree, world: &World, faults: &mut Vec<Fault>) {
        for (name, parameter) in &self.parameters {
            let Some(value) = world.given(self, name).and_then(Expression::text).or(parameter.default.as_deref())
            else {
                continue;
            };
            if !parameter.allowed_values.is_empty()
                && !parameter.is_list()
                && !parameter.allowed_values.iter().any(|allowed| allowed == value)
            {
                let message = format!("`{}` is not allowed for parameter `{name}`", shorten(value));
                let help = format!("it takes {}", parameter.allowed_values.join(", "));
                faults.push(Fault::error("invalid-value", tree.span(parameter.key), message).help(help));
            }
        }
    }
}

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

pub(crate) fn is_stack(kind: &str) -> bool {
    kind == "AWS::CloudFormation::Stack" || kind == "AWS::Serverless::Application"
}

fn duplicates(tree: &Tree, map: NodeId, faults: &mut Vec<Fault>) {
    let mut seen = std::collections::HashSet::new();
    for entry in tree.entries(map) {
        let Some(key) = tree.scalar(entry.key) else { continue };
        if !seen.insert(key) {
            let message = format!("`{}` stands here more than once; the last is read", shorten(key));
            faults.push(Fault::error("duplicate-key", tree.span(entry.key), message));
        }
    }
}

fn text(tree: &Tree, map: NodeId, key: &str) -> Option<String> {
    tree.get(map, key).and_then(|node| tree.scalar(node)).map(str::to_owned)
}

/// A scalar's text as CloudFormation takes it.
pub(crate) fn scalar_text(tree: &Tree, node: NodeId) -> Option<String> {
    match tree.node(node).value {
        Value::Scalar(Style::Plain, text) => Some(yaml::lexeme(tree.text(text)).into_owned()),
        Value::Scalar(Style::Quoted | Style::Untyped, text) => Some(tree.text(text).to_owned()),
        _ => None,
    }
}

/// The function that a map of one member calls, and its argument.
pub(crate) fn call(tree: &Tree, node: NodeId) -> Option<(&str, NodeId)> {
    let [entry] = tree.entries(node) else { return None };
    let key = tree.scalar(entry.key)?;
    let is_function = key == "Ref" || (key.starts_with("Fn::") && !key.starts_with("Fn::ForEach"));
    is_function.then_some((key, entry.value))
}

/// The label and attribute of `Fn::GetAtt`, in its short form and its long.
pub(crate) fn attribute(tree: &Tree, argument: NodeId) -> Option<(String, String)> {
    if let Some((label, attribute)) = tree.scalar(argument).and_then(|path| path.split_once('.')) {
        return Some((label.to_owned(), attribute.to_owned()));
    }
    let [label, attribute @ ..] = tree.items(argument) else { return None };
    let parts: Option<Vec<&str>> = attribute.iter().map(|part| tree.scalar(*part)).collect();
    Some((tree.scalar(*label)?.to_owned(), parts.filter(|parts| !parts.is_empty())?.join(".")))
}

/// A part of the template just as it was written.
pub(crate) fn as_written(tree: &Tree, node: NodeId) -> Expression {
    match tree.node(node).value {
        Value::Scalar(Style::Quoted | Style::Untyped, text) => Expression::Text(tree.text(text).to_owned()),
        Value::Scalar(Style::Plain, text) => {
            let lexeme = yaml::lexeme(tree.text(text));
            let is_bare = lexeme.parse::<f64>().is_ok_and(f64::is_finite) || lexeme == "true" || lexeme == "false";
            if is_bare { Expression::Literal(lexeme.into_owned()) } else { Expression::Text(lexeme.into_owned()) }
        }
        Value::Null | Value::Broken => Expression::Literal("null".to_owned()),
        Value::Open(number) => tree.expression(number).clone(),
        Value::List(_) => Expression::List(tree.items(node).iter().map(|item| as_written(tree, *item)).collect()),
        Value::Map(_) => match call(tree, node) {
            Some(("Ref", argument)) if tree.scalar(argument).is_some() => {
                Expression::Reference(tree.scalar(argument).unwrap_or_default().to_owned())
            }
            Some(("Fn::GetAtt", argument)) if attribute(tree, argument).is_some() => {
                let (label, attribute) = attribute(tree, argument).unwrap_or_default();
                Expression::Attribute(label, attribute)
            }
            Some((function, argument)) => Expression::Call(function.to_owned(), Box::new(as_written(tree, argument))),
            None => {
                let entries = tree.entries(node).iter();
                let entry = |entry: &crate::tree::Entry| {
                    Some((tree.scalar(entry.key)?.to_owned(), as_written(tree, entry.value)))
                };
                Expression::Map(entries.filter_map(entry).collect())
            }
        },
    }
}
