//! The sections of one template.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use meshwright_model::{Expression, Kind, Symbol};

use crate::tree::{NodeId, Style, Tree, Value};
use crate::yaml;

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

    /// Whether its default, or what is given for it, is the name of a value in the parameter store, rather than the value.
    ///
    /// Source: CloudFormation User Guide, Systems Manager parameter types.
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
    pub(crate) by_label: HashMap<String, usize>,
    pub(crate) outputs: BTreeMap<String, NodeId>,
    pub(crate) mappings: Option<NodeId>,
    /// Whether macros, transforms or loops make something of it that does not stand in it.
    pub(crate) is_expanded: bool,
    /// The scope of the names that are its own.
    pub(crate) scope: u32,
    /// The stack that it is read for: its template's number and its label.
    pub(crate) parent: Option<(usize, String)>,
    /// Whether another template was read from the same place before.
    pub(crate) is_copy: bool,
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
    pub(crate) fn new(tree: &Tree, number: usize, document: usize, root: NodeId, scope: u32) -> Self {
        let members = |section: &str| -> Vec<(String, NodeId, NodeId)> {
            let entries = tree.get(root, section).map_or(&[][..], |section| tree.entries(section));
            entries
                .iter()
                .filter_map(|entry| Some((tree.scalar(entry.key)?.to_owned(), entry.key, entry.value)))
                .collect()
        };
        let named = |section: &str| members(section).into_iter().map(|(name, _, node)| (name, node)).collect();
        let mut resources: Vec<Declared> = Vec::new();
        let mut by_label = HashMap::new();
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
            is_expanded: is_expanded(tree, root),
            scope,
            parent: None,
            is_copy: false,
        }
    }

    pub(crate) fn declared(&self, label: &str) -> Option<&Declared> {
        self.by_label.get(label).map(|position| &self.resources[*position])
    }

    /// The labels of all resources, in the order of the file.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &String> {
        self.resources.iter().map(|declared| &declared.label)
    }

    pub(crate) fn has_stacks(&self) -> bool {
        self.resources.iter().any(|declared| is_stack(&declared.kind))
    }
}

/// Whether a template names a macro, or calls a function where sections or their members stand.
fn is_expanded(tree: &Tree, root: NodeId) -> bool {
    let calls = |map: NodeId| {
        let mut keys = tree.entries(map).iter().filter_map(|entry| tree.scalar(entry.key));
        keys.any(|key| key.starts_with("Fn::"))
    };
    let sections = ["Parameters", "Conditions", "Resources"];
    tree.get(root, "Transform").is_some()
        || calls(root)
        || sections.iter().filter_map(|section| tree.get(root, section)).any(calls)
}

pub(crate) fn is_stack(kind: &str) -> bool {
    kind == "AWS::CloudFormation::Stack" || kind == "AWS::Serverless::Application"
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
pub(crate) fn attribute(tree: &Tree, argument: NodeId) -> Option<(&str, Cow<'_, str>)> {
    if let Some((label, attribute)) = tree.scalar(argument).and_then(|path| path.split_once('.')) {
        return Some((label, Cow::Borrowed(attribute)));
    }
    let [label, attribute @ ..] = tree.items(argument) else { return None };
    let parts: Option<Vec<&str>> = attribute.iter().map(|part| tree.scalar(*part)).collect();
    Some((tree.scalar(*label)?, Cow::Owned(parts.filter(|parts| !parts.is_empty())?.join("."))))
}

/// A part of the template just as it was written, with its names in a scope.
pub(crate) fn as_written(tree: &Tree, node: NodeId, scope: u32) -> Expression {
    match tree.node(node).value {
        Value::Scalar(Style::Quoted | Style::Untyped, text) => Expression::Text(tree.text(text).to_owned()),
        Value::Scalar(Style::Plain, text) => {
            let lexeme = yaml::lexeme(tree.text(text));
            let is_bare = lexeme.parse::<f64>().is_ok_and(f64::is_finite) || lexeme == "true" || lexeme == "false";
            if is_bare { Expression::Literal(lexeme.into_owned()) } else { Expression::Text(lexeme.into_owned()) }
        }
        Value::Null | Value::Broken => Expression::Literal("null".to_owned()),
        Value::Open(number) => tree.expression(number).clone(),
        Value::List(_) => {
            Expression::List(tree.items(node).iter().map(|item| as_written(tree, *item, scope)).collect())
        }
        Value::Map(_) => match call(tree, node) {
            Some(("Ref", argument)) if tree.scalar(argument).is_some() => {
                Expression::Reference(Symbol::new(tree.scalar(argument).unwrap_or_default(), scope))
            }
            Some(("Fn::GetAtt", argument)) if attribute(tree, argument).is_some() => {
                let (label, attribute) = attribute(tree, argument).unwrap_or_default();
                Expression::Attribute(Symbol::new(label, scope), attribute.into_owned())
            }
            Some((function, argument)) => {
                Expression::Call(Symbol::new(function, scope), Box::new(as_written(tree, argument, scope)))
            }
            None => {
                let entries = tree.entries(node).iter();
                let entry = |entry: &crate::tree::Entry| {
                    Some((tree.scalar(entry.key)?.to_owned(), as_written(tree, entry.value, scope)))
                };
                Expression::Map(entries.filter_map(entry).collect())
            }
        },
    }
}
