//! An answer in the making: resources, parameters, what was assumed, and what must be asked.
//!
//! Every value goes through its limit here. One that the API refuses becomes a question, and a parameter in its place, so
//! that what is there of an answer stays sound.

use std::collections::BTreeSet;

use meshwright_model::parameter::{Declaration, Parameter};
use meshwright_model::resource::Tag;
use meshwright_model::scalar::Name;
use meshwright_model::value::{Given, ScalarType};
use meshwright_model::{Expression, Inventory, Kind, Resource, Scalar, Spec};

use super::names::{joined, logical};
use crate::understanding::{Assumption, Question};

/// An answer in the making.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) inventory: Inventory,
    assumptions: Vec<Group>,
    pub(super) questions: Vec<Question>,
    /// The mesh of everything that is made.
    pub(super) mesh: Expression,
    /// The account that owns it, where that is another.
    pub(super) owner: Option<String>,
    /// Tags of everything that is made.
    pub(super) tags: Vec<(String, String)>,
    /// The applications that are there already: what calls them does not make them.
    pub(super) there: BTreeSet<String>,
    /// The domain that the virtual services of the files share.
    pub(super) domain: Option<Expression>,
    /// The parameters of the files, which a request may name as `${Name}`.
    pub(super) parameters: BTreeSet<String>,
    /// Logical ids and parameters that are in use.
    taken: BTreeSet<String>,
}

/// Assumptions that say the same of several things.
#[derive(Debug, PartialEq)]
struct Group {
    /// What is assumed, with `{}` where the things are listed.
    pattern: String,
    why: String,
    things: Vec<String>,
}

/// A parameter that is wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    /// `String` where it is empty.
    pub(super) kind: &'a str,
    pub(super) description: &'a str,
    pub(super) default: Option<&'a str>,
    pub(super) allowed: &'a [String],
}

impl Draft {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self {
            inventory: Inventory::default(),
            assumptions: Vec::new(),
            questions: Vec::new(),
            mesh: Expression::Absent,
            owner: None,
            tags: Vec::new(),
            there: BTreeSet::new(),
            domain: None,
            parameters: BTreeSet::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Says what was taken for granted, once.
    pub(super) fn assume(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let assumption = Group { pattern: what.into(), why: why.into(), things: Vec::new() };
        if !self.assumptions.contains(&assumption) {
            self.assumptions.push(assumption);
        }
    }

    /// Says the same of one thing more; `{}` stands for all of them.
    pub(super) fn assume_of(&mut self, thing: impl Into<String>, pattern: &str, why: &str) {
        let thing = thing.into();
        let same = self.assumptions.iter_mut().find(|group| group.pattern == pattern && group.why == why);
        match same {
            Some(group) if group.things.contains(&thing) => {}
            Some(group) => group.things.push(thing),
            None => {
                let (pattern, why) = (pattern.to_owned(), why.to_owned());
                self.assumptions.push(Group { pattern, why, things: vec![thing] });
            }
        }
    }

    /// What was taken for granted.
    pub(super) fn assumptions(&self) -> Vec<Assumption> {
        let say = |group: &Group| {
            let what = match group.things.as_slice() {
                [] => group.pattern.clone(),
                things => group.pattern.replace("{}", &joined(things)),
            };
            Assumption { what, why: group.why.clone() }
        };
        self.assumptions.iter().map(say).collect()
    }

    /// Says which values are left to parameters, where nothing else says so.
    pub(super) fn say_parameters(&mut self) {
        let said: Vec<String> = self.assumptions().into_iter().map(|assumption| assumption.what).collect();
        let open = self.inventory.parameters.iter().filter(|parameter| parameter.default.is_none());
        let quoted: BTreeSet<&str> = said.iter().flat_map(|said| said.split('`').skip(1).step_by(2)).collect();
        let silent = open.filter(|parameter| !quoted.contains(parameter.name.as_str()));
        let silent: Vec<String> = silent.map(|parameter| format!("`{}`", parameter.name)).collect();
        for parameter in silent {
            self.assume_of(parameter, "left to parameters: {}", "the request does not say them");
        }
    }

    /// Asks something, once.
    pub(super) fn ask(&mut self, text: impl Into<String>) {
        let question = Question { text: capital(&text.into()), about: Vec::new() };
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    /// A value from text. `what` names it in a question: `the port of ...`.
    pub(super) fn text<T: ScalarType>(&mut self, what: &str, text: &str) -> Scalar<T> {
        self.value(what, Given::Text(text))
    }

    /// A value from a number.
    pub(super) fn number<T: ScalarType>(&mut self, what: &str, number: u64) -> Scalar<T> {
        match i64::try_from(number) {
            Ok(integer) => self.value(what, Given::Integer(integer)),
            Err(_) => self.value(what, Given::Number(&number.to_string())),
        }
    }

    /// A value from a word that the API knows, or a number that may be negative.
    pub(super) fn value<T: ScalarType>(&mut self, what: &str, given: Given<'_>) -> Scalar<T> {
        if let Given::Text(text) = given
            && let Some(expression) = self.with_parameters(text)
        {
            return Scalar::Open(Box::new(expression));
        }
        match T::accept(given) {
            Ok(value) => Scalar::Known(value),
            Err(error) => {
                let why = error.to_string();
                let shown = given.to_string();
                let why = if why.contains(&shown) { why } else { format!("`{shown}` {why}") };
                self.ask(format!("{}: {why}. What should it be instead?", capital(what)));
                self.open(what)
            }
        }
    }

    /// A text in which parameters of the files stand: `${Name}.local`.
    fn with_parameters(&self, text: &str) -> Option<Expression> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, behind)) = rest.split_once("${") {
            let (name, after) = behind.split_once('}').filter(|(name, _)| self.parameters.contains(*name))?;
            parts.push(Expression::Text(before.to_owned()));
            parts.push(Expression::Reference(name.into()));
            rest = after;
        }
        (!parts.is_empty()).then(|| Expression::join(parts.into_iter().chain([Expression::Text(rest.to_owned())])))
    }

    /// A value from an expression: text goes through its limit, the rest stays open.
    pub(super) fn said<T: ScalarType>(&mut self, what: &str, expression: &Expression) -> Scalar<T> {
        match expression.text() {
            Some(text) => self.text(what, text),
            None => Scalar::Open(Box::new(expression.clone())),
        }
    }

    /// A value that is left to a parameter named after what it is.
    pub(super) fn open<T: ScalarType>(&mut self, what: &str) -> Scalar<T> {
        let name = logical(what.trim_start_matches("the "));
        let kind = if matches!(T::LIMIT, meshwright_model::value::Limit::Integer { .. }) { "Number" } else { "String" };
        let description = capital(what);
        let wanted = Wanted { name: &name, kind, description: &description, ..Wanted::default() };
        Scalar::Open(Box::new(self.parameter(&wanted)))
    }

    /// A reference to a parameter, which is declared where it is not yet.
    pub(super) fn parameter(&mut self, wanted: &Wanted<'_>) -> Expression {
        let Wanted { name, kind, description, default, allowed } = wanted;
        let kind = if kind.is_empty() { "String" } else { kind };
        if !self.inventory.parameters.iter().any(|parameter| parameter.name == *name) {
            let text = |text: &str| Expression::Text(text.to_owned());
            // CloudFormation takes what looks like a reference for one, even here.
            let description = &description.replace("${", "").replace('}', "");
            let mut body = vec![("Type".to_owned(), text(kind)), ("Description".to_owned(), text(description))];
            if let Some(default) = default {
                let default = if kind == "Number" { Expression::Literal((*default).to_owned()) } else { text(default) };
                body.push(("Default".to_owned(), default));
            }
            if !allowed.is_empty() {
                let values = allowed.iter().map(|value| text(value)).collect();
                body.push(("AllowedValues".to_owned(), Expression::List(values)));
            }
            self.taken.insert((*name).to_owned());
            self.inventory.parameters.push(Parameter {
                name: (*name).to_owned(),
                kind: kind.to_owned(),
                default: default.map(str::to_owned),
                allowed_values: allowed.to_vec(),
                origin: None,
            });
            self.declare("Parameters", name, Expression::Map(body));
        }
        Expression::Reference((*name).into())
    }

    /// Adds something to a section of the template.
    pub(super) fn declare(&mut self, section: &str, name: &str, body: Expression) {
        let (section, name) = (section.to_owned(), name.to_owned());
        self.inventory.declarations.push(Declaration { section, name, body });
    }

    /// A logical id that nothing else has.
    pub(super) fn label(&mut self, words: &str) -> String {
        let wanted = logical(words);
        let mut label = wanted.clone();
        let mut count = 1;
        while !self.taken.insert(label.clone()) {
            count += 1;
            label = format!("{wanted}{count}");
        }
        label
    }

    /// Adds a resource of the mesh; answers with its logical id.
    pub(super) fn add(&mut self, parent: Option<Name>, name: Name, spec: Spec) -> String {
        let kind = spec.kind();
        let mesh = if kind == Kind::Mesh { name.clone() } else { self.mesh_name() };
        let twice = self
            .inventory
            .resources
            .iter()
            .find(|resource| resource.kind() == kind && resource.name == name && resource.parent == parent);
        if let Some(label) = twice.and_then(|resource| resource.label.clone()) {
            self.ask(format!("The request describes {kind} `{name}` twice. Which description holds?"));
            return label.name;
        }
        let label = self.label(&words_of(kind, &name));
        let mesh_owner = match self.owner.clone() {
            Some(owner) if kind != Kind::Mesh => Some(self.text("the account that owns the mesh", &owner)),
            _ => None,
        };
        let tags = self.tag_list();
        let label_of = Some(label.as_str().into());
        let named = Resource::new(mesh, parent, name, spec);
        self.inventory.resources.push(Resource { mesh_owner, tags, label: label_of, ..named });
        label
    }

    fn mesh_name(&mut self) -> Name {
        let mesh = self.mesh.clone();
        self.said("the name of the mesh", &mesh)
    }

    fn tag_list(&mut self) -> Vec<Tag> {
        let tags = self.tags.clone();
        let tag = |(key, value): &(String, String)| Tag {
            key: self.text(&format!("the key of tag `{key}`"), key),
            value: Some(self.text(&format!("the value of tag `{key}`"), value)),
        };
        tags.iter().map(tag).collect()
    }
}

/// The parameter that stands for a whole text: `${Name}`.
pub(super) fn parameter_in(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}')
}

/// Words for the logical id of a resource: `orders service` of `orders.shop.local`, `orders router` of `orders-router`.
fn words_of(kind: Kind, name: &Name) -> String {
    let kind_word = match kind {
        Kind::Mesh => return "Mesh".to_owned(),
        Kind::VirtualNode => "node",
        Kind::VirtualRouter => "router",
        Kind::VirtualService => "service",
        Kind::VirtualGateway => "gateway",
        Kind::Route | Kind::GatewayRoute => "route",
    };
    let text = match (name.known(), name.open()) {
        (Some(name), _) => name.as_str().to_owned(),
        (_, Some(Expression::Join(parts))) => parts.first().and_then(Expression::text).unwrap_or_default().to_owned(),
        _ => kind.type_name().to_owned(),
    };
    let text = if kind == Kind::VirtualService { text.split('.').next().unwrap_or_default() } else { &text };
    let is_said = text.to_ascii_lowercase().ends_with(kind_word) && kind != Kind::VirtualService;
    if is_said { text.to_owned() } else { format!("{text} {kind_word}") }
}

/// Words with a capital letter in front.
pub(super) fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}
