//! Holds a tree against the view of a type, reports every fault with its place, and marks what must not be read.
//!
//! After it, [`crate::build`] cannot fail: each member of a map knows its field or is passed over, so that one bad value
//! costs neither its resource nor the sight of the next fault.

use std::collections::BTreeMap;

use meshwright_model::Path;
use meshwright_model::expression::Expression;
use meshwright_model::limits::{ResourceName, ScalarInfo, ServiceName};
use meshwright_model::path::Step;
use meshwright_model::resource::Gap;
use meshwright_model::value::Given;
use meshwright_model::value::ScalarType;
use meshwright_model::visible::cut;

use crate::fault::Fault;
use crate::source::Span;
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use crate::view::{Field, View};
use crate::yaml;
use meshwright_model::spelling::nearest;

/// A check of one resource.
pub(crate) struct Check<'c> {
    pub(crate) tree: &'c mut Tree,
    pub(crate) is_lenient: bool,
    /// Whether unknown members are nothing to report: for types of which only a part is modelled.
    pub(crate) is_partial: bool,
    pub(crate) path: Path,
    pub(crate) faults: Vec<Fault>,
    pub(crate) gaps: BTreeMap<Path, Gap>,
}

impl<'c> Check<'c> {
    pub(crate) fn new(tree: &'c mut Tree, is_lenient: bool, path: Path) -> Self {
        Self { tree, is_lenient, is_partial: false, path, faults: Vec::new(), gaps: BTreeMap::new() }
    }

    /// Checks the value against the view; `true` where it can be built.
    pub(crate) fn value(&mut self, id: NodeId, view: &View) -> bool {
        match self.tree.node(id).value {
            Value::Broken => {
                self.gap(Gap::Faulty);
                return false;
            }
            Value::Open(number) if !matches!(view, View::Scalar(_)) => {
                let expression = self.tree.expression(number).clone();
                self.gap(Gap::Open(expression));
                return false;
            }
            _ => {}
        }
        match view {
            View::Struct(fields) => self.object(id, fields),
            View::Union(members) => self.union(id, members),
            View::List(element, max) => self.list(id, element, *max),
            View::Scalar(info) => self.scalar(id, info),
        }
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.insert(self.path.clone(), gap);
    }

    fn report(&mut self, fault: Fault) {
        let fault = fault.at(&self.path);
        self.faults.push(fault);
    }

    fn wrong_type(&mut self, id: NodeId, view_due: &str) -> bool {
        let node = self.tree.node(id);
        if !(node.cut && matches!(node.value, Value::Map(_) | Value::List(_))) {
            let message = format!("{} stands where {view_due} is due", found(self.tree, id));
            self.report(Fault::error("wrong-type", node.span, message));
        }
        self.gap(Gap::Faulty);
        false
    }

    fn inside(&mut self, step: Step, id: NodeId, view: &View) -> bool {
        self.path.push(step);
        let usable = self.value(id, view);
        self.path.pop();
        usable
    }

    /// Gives each member its field and checks it; returns which fields are there and which of them can be built.
    fn members(&mut self, id: NodeId, fields: &[Field]) -> (u64, u64) {
        let (mut seen, mut near, mut usable) = (0_u64, 0_u64, 0_u64);
        for position in 0..self.tree.entries(id).len() {
            let Entry { key, value, .. } = self.tree.entries(id)[position];
            let found = self.tree.scalar(key).and_then(|key| fields.iter().position(|field| field.key == key));
            let Some(index) = found else {
                near |= self.unknown(key, fields);
                continue;
            };
            let field = &fields[index];
            if seen & (1 << index) != 0 {
                let message = format!("`{}` stands here more than once; the last is read", field.key);
                self.report(Fault::error("duplicate-key", self.tree.span(key), message));
                self.forget(id, position, index);
                usable &= !(1 << index);
            }
            seen |= 1 << index;
            if self.inside(Step::Field(field.api.into()), value, &field.view) {
                usable |= 1 << index;
                let number = u8::try_from(index).unwrap_or(Entry::NO_FIELD);
                self.tree.set_field(id, position, number);
            }
        }
        (seen | near, usable)
    }

    /// Takes a field from the members before a position.
    fn forget(&mut self, id: NodeId, position: usize, index: usize) {
        for earlier in 0..position {
            if usize::from(self.tree.entries(id)[earlier].field) == index {
                self.tree.set_field(id, earlier, Entry::NO_FIELD);
            }
        }
    }

    /// Reports a member that is no field; returns the field it was probably meant to be, so that it is not missed too.
    fn unknown(&mut self, key: NodeId, fields: &[Field]) -> u64 {
        let Some(name) = self.tree.scalar(key) else {
            return 0;
        };
        if self.is_partial {
            return 0;
        }
        let name = name.to_owned();
        let near = nearest(&name, fields.iter().map(|field| field.key.as_str()));
        let fault =
            Fault::error("unknown-field", self.tree.span(key), format!("`{}` is not a field here", shorten(&name)));
        let meant = near.and_then(|near| fields.iter().position(|field| field.key == near));
        let fault = match meant {
            Some(index) => fault.help(format!("did you mean `{}`?", fields[index].key)),
            None => fault.help(format!("the fields are {}", keys(fields))),
        };
        self.report(fault);
        let Some(index) = meant else { return 0 };
        self.path.push(Step::Field(fields[index].api.into()));
        self.gap(Gap::Faulty);
        self.path.pop();
        1 << index
    }

    fn object(&mut self, id: NodeId, fields: &[Field]) -> bool {
        if !self.tree.is_map(id) {
            return self.wrong_type(id, "an object");
        }
        let (present, usable) = self.members(id, fields);
        let node = self.tree.node(id);
        let mut complete = true;
        for (index, field) in fields.iter().enumerate() {
            let is_present = present & (1 << index) != 0;
            if field.demanded && !is_present && !node.cut {
                let message = format!("`{}` is missing", field.key);
                let help = format!("it is required: {}", field.view.due());
                self.report(Fault::error("missing-field", opening(node.span), message).help(help));
            }
            let replaceable = matches!(field.view, View::Scalar(_) | View::List(_, None));
            if field.needed && usable & (1 << index) == 0 && !replaceable {
                complete = false;
            }
        }
        if !complete {
            self.gap(Gap::Faulty);
            self.promote();
        }
        complete
    }

    /// Where an object cannot be built because a part of it is open, the object is open, not faulty.
    fn promote(&mut self) {
        let inner_is_faulty =
            self.gaps.iter().any(|(path, gap)| path != &self.path && self.path.contains(path) && *gap == Gap::Faulty);
        let open = self.gaps.iter().any(|(path, gap)| self.path.contains(path) && matches!(gap, Gap::Open(_)));
        if open && !inner_is_faulty {
            self.gap(Gap::Open(Expression::Absent));
        }
    }

    fn union(&mut self, id: NodeId, members: &[Field]) -> bool {
        if !self.tree.is_map(id) {
            return self.wrong_type(id, "an object");
        }
        let (present, usable) = self.members(id, members);
        let node = self.tree.node(id);
        if present.count_ones() > 1 {
            let given: Vec<String> = (members.iter().enumerate())
                .filter(|(index, _)| present & (1 << index) != 0)
                .map(|(_, member)| format!("`{}`", member.key))
                .collect();
            let message = format!("exactly one of {} may stand here, not {}", keys(members), given.join(" and "));
            self.report(Fault::error("union", opening(node.span), message));
        } else if present == 0 && !node.cut && !self.has_unknown(id) {
            let message = format!("one of {} is missing", keys(members));
            self.report(Fault::error("union", opening(node.span), message));
        }
        if usable == 0 && !self.gaps.keys().any(|path| self.path.contains(path)) {
            self.gap(Gap::Faulty);
        }
        usable != 0
    }

    fn has_unknown(&self, id: NodeId) -> bool {
        !self.is_partial && !self.tree.entries(id).is_empty()
    }

    fn list(&mut self, id: NodeId, element: &View, max: Option<usize>) -> bool {
        if !self.tree.is_list(id) {
            return self.wrong_type(id, "a list");
        }
        let items = self.tree.items(id).to_vec();
        let most = max.unwrap_or(usize::MAX);
        let mut usable = 0;
        for (index, item) in items.iter().enumerate() {
            if index < most && self.inside(Step::Index(index), *item, element) {
                usable += 1;
            } else {
                self.tree.set_unusable(*item);
            }
        }
        let node = self.tree.node(id);
        if items.len() > most {
            let message = format!("the list has {} elements, more than {most}; the rest is not read", items.len());
            self.report(Fault::error("list-length", self.tree.span(items[most]), message));
        }
        if max.is_some() && usable == 0 {
            if items.is_empty() && !node.cut {
                let message = "the list is empty; it must hold one element at least";
                self.report(Fault::error("list-length", node.span, message));
            }
            if items.is_empty() {
                self.gap(Gap::Faulty);
            }
            return false;
        }
        true
    }

    fn scalar(&mut self, id: NodeId, info: &'static ScalarInfo) -> bool {
        let node = self.tree.node(id);
        let given = match node.value {
            Value::Map(_) | Value::List(_) | Value::Null => return self.wrong_type(id, &info.limit.to_string()),
            Value::Open(number) => {
                self.arn_as_name(node.span, number, info);
                return true;
            }
            Value::Broken => return true,
            Value::Scalar(style, text) => (style, self.tree.text(text)),
        };
        let result = match given {
            (Style::Untyped, text) => info.limit.check(Given::Lexeme(text)),
            (Style::Quoted, text) if !self.is_lenient => info.limit.check(Given::Text(text)),
            (Style::Plain, text) if !self.is_lenient => info.limit.check(json_given(text)),
            (Style::Plain, text) => info.limit.check(Given::Lexeme(&yaml::lexeme(text))),
            (Style::Quoted, text) => info.limit.check(Given::Lexeme(text)),
        };
        if let Err(why) = result {
            self.report(Fault::error("invalid-value", node.span, why));
        }
        true
    }
}

impl Check<'_> {
    /// Reports an ARN in the place of a name: `Ref` of an App Mesh resource gives its ARN (reference 3.1).
    fn arn_as_name(&mut self, span: Span, number: u32, info: &'static ScalarInfo) {
        if info.name != ResourceName::NAME && info.name != ServiceName::NAME {
            return;
        }
        let expression = self.tree.expression(number);
        let fault = match expression {
            Expression::Attribute(label, attribute) if attribute == "Arn" => {
                let message = format!("this is the ARN of `{label}`, where its name is due");
                let name = self.path.steps().last().map(|step| match step {
                    Step::Field(name) if name == "virtualNode" => "VirtualNodeName".to_owned(),
                    Step::Field(name) => name[..1].to_uppercase() + &name[1..],
                    Step::Index(_) => String::new(),
                });
                let help = format!("`Ref` gives the ARN; write `!GetAtt {label}.{}`", name.unwrap_or_default());
                Fault::error("arn-as-name", span, message).help(help)
            }
            Expression::Join(parts) if matches!(parts.first(), Some(Expression::Text(text)) if text.starts_with("arn:")) => {
                Fault::error(
                    "arn-as-name",
                    span,
                    format!("`{}` is an ARN, where a name is due", shorten(&expression.to_string())),
                )
            }
            _ => return,
        };
        self.report(fault);
    }
}

/// What stands at a place, in words.
pub(crate) fn found(tree: &Tree, id: NodeId) -> String {
    match tree.node(id).value {
        Value::Null => "null".to_owned(),
        Value::Scalar(_, text) => format!("`{}`", shorten(tree.text(text))),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "an object".to_owned(),
        Value::Open(number) => format!("`{}`", shorten(&tree.expression(number).to_string())),
        Value::Broken => "nothing that can be read".to_owned(),
    }
}

/// A bare JSON lexeme with its type.
pub(crate) fn json_given(lexeme: &str) -> Given<'_> {
    match lexeme {
        "true" => Given::Bool(true),
        "false" => Given::Bool(false),
        number => number.parse().map_or(Given::Number(number), Given::Integer),
    }
}

/// The first line's worth of a container: a fault about what it lacks points at its start.
pub(crate) fn opening(span: Span) -> Span {
    Span { start: span.start, end: (span.start + 1).min(span.end.max(span.start)) }
}

fn keys(fields: &[Field]) -> String {
    let keys: Vec<String> = fields.iter().map(|field| format!("`{}`", field.key)).collect();
    keys.join(", ")
}

/// A text as a message can show it.
pub(crate) fn shorten(text: &str) -> String {
    cut(text, 60)
}
