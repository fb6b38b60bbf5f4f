//! Holds a tree against the view of a type, reports every fault with its place, and marks what must not be read.
//!
//! After it, [`crate::build`] cannot fail: each member of a map knows its field or is passed over, so that one bad value
//! costs neither its resource nor the sight of the next fault.

use std::borrow::Cow;
use std::collections::BTreeMap;

use meshwright_model::expression::Expression;
use meshwright_model::limits::{ResourceName, ScalarInfo, ServiceName};
use meshwright_model::path::Step;
use meshwright_model::resource::Gap;
use meshwright_model::value::Given;
use meshwright_model::value::ScalarType;
use meshwright_model::visible::cut;
use meshwright_model::{Path, Symbol};

use crate::fault::Fault;
use crate::print::is_literal;
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
    /// The scope of the names that are the file's own.
    pub(crate) scope: u32,
    pub(crate) path: Path,
    pub(crate) faults: Vec<Fault>,
    pub(crate) gaps: BTreeMap<Path, Gap>,
}

impl<'c> Check<'c> {
    pub(crate) fn new(tree: &'c mut Tree, is_lenient: bool, path: Path) -> Self {
        let (faults, gaps) = (Vec::new(), BTreeMap::new());
        Self { tree, is_lenient, is_partial: false, scope: Symbol::EVERYWHERE, path, faults, gaps }
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
            let fault = Fault::error("wrong-type", node.span, message);
            self.report(match node.value {
                Value::Null => fault.help("null is no value: leave it out, or write one"),
                _ => fault,
            });
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
        let (mut near, mut usable) = (0_u64, 0_u64);
        // Where each field stands; the last of equal keys counts.
        let mut places: Vec<Option<usize>> = vec![None; fields.len()];
        for position in 0..self.tree.entries(id).len() {
            let Entry { key, value, .. } = self.tree.entries(id)[position];
            let found = self.tree.scalar(key).and_then(|key| fields.iter().position(|field| field.key == key));
            let Some(index) = found else {
                near |= self.unknown(key, fields);
                continue;
            };
            let field = &fields[index];
            if let Some(earlier) = places[index].replace(position) {
                let message = format!("`{}` stands here more than once; the last is read", field.key);
                self.report(Fault::error("duplicate-key", self.tree.span(key), message));
                self.tree.set_field(id, earlier, Entry::NO_FIELD);
                usable &= !(1 << index);
            }
            if self.inside(Step::Field(field.api.into()), value, &field.view) {
                usable |= 1 << index;
                let number = u8::try_from(index).unwrap_or(Entry::NO_FIELD);
                self.tree.set_field(id, position, number);
            }
        }
        let seen = places.iter().enumerate().filter(|(_, place)| place.is_some());
        (seen.fold(near, |seen, (index, _)| seen | 1 << index), usable)
    }

    /// Reports a member that is no field; returns the field it was probably meant to be, so that it is not missed too.
    fn unknown(&mut self, key: NodeId, fields: &[Field]) -> u64 {
        if self.is_partial {
            return 0;
        }
        let span = self.tree.span(key);
        let Some(name) = self.tree.scalar(key).map(str::to_owned) else {
            self.report(not_a_key(self.tree, key));
            self.member_gap(found(self.tree, key));
            return 0;
        };
        if name.starts_with("Fn::") {
            self.report(not_expanded(span, &name));
            self.member_gap(shorten(&name));
            return 0;
        }
        let near = nearest(&name, fields.iter().map(|field| field.key.as_str()));
        let fault = Fault::error("unknown-field", span, format!("`{}` is not a field here", shorten(&name)));
        let meant = near.and_then(|near| fields.iter().position(|field| field.key == near));
        let fault = match meant {
            Some(index) => fault.help(format!("did you mean `{}`?", fields[index].key)),
            None => fault.help(format!("the fields are {}", keys(fields))),
        };
        self.report(fault);
        let Some(index) = meant else {
            self.member_gap(shorten(&name));
            return 0;
        };
        self.member_gap(fields[index].api);
        1 << index
    }

    /// Notes that a member of what stands at the path is not read.
    fn member_gap(&mut self, name: impl Into<Cow<'static, str>>) {
        self.gaps.entry(self.path.field(name)).or_insert(Gap::Faulty);
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
            self.give_up(id);
        }
        complete
    }

    /// Notes that an object cannot be built. Where a part of it is open, the whole is open, as it stands.
    fn give_up(&mut self, id: NodeId) {
        let below = self.gaps_below(&self.path);
        let is_open = below.iter().any(|path| matches!(self.gaps.get(path), Some(Gap::Open(_))));
        for path in below {
            self.gaps.remove(&path);
        }
        self.gap(if is_open { Gap::Open(block(self.tree, id)) } else { Gap::Faulty });
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
        self.note_extra(members, present, usable);
        if usable == 0 {
            self.give_up(id);
        }
        usable != 0
    }

    /// Notes the members of a union that are not read, beside the first that can be.
    fn note_extra(&mut self, members: &[Field], present: u64, usable: u64) {
        let has_gaps = self.gaps.range(&self.path..).next().is_some_and(|(path, _)| self.path.contains(path));
        if usable == 0 && !has_gaps {
            self.gap(Gap::Faulty);
        }
        let read = usable.trailing_zeros();
        for (index, member) in (0..).zip(members) {
            if usable != 0 && index != read && present & (1 << index) != 0 {
                let path = self.path.field(member.api);
                self.gaps.entry(path).or_insert(Gap::Faulty);
            }
        }
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
        let (mut usable, mut placed) = (0, 0);
        for (index, item) in items.iter().enumerate() {
            if index < most && self.inside(Step::Index(usable), *item, element) {
                usable += 1;
                placed += 1;
                continue;
            }
            self.tree.set_unusable(*item);
            placed += usize::from(index < most && self.settle_element(usable, placed));
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

    /// Settles an element that cannot be built: an open one gets a place of its own, a faulty one is a fault of its list.
    /// Returns whether it is open.
    fn settle_element(&mut self, index: usize, place: usize) -> bool {
        let element = self.path.index(index);
        if let Some(Gap::Open(expression)) = self.gaps.remove(&element) {
            self.gaps.insert(self.path.with(Step::Open(place)), Gap::Open(expression));
            return true;
        }
        for path in self.gaps_below(&element) {
            self.gaps.remove(&path);
        }
        self.gaps.entry(self.path.clone()).or_insert(Gap::Faulty);
        false
    }

    /// The gaps at a path and below it.
    fn gaps_below(&self, path: &Path) -> Vec<Path> {
        let after = self.gaps.range(path..).map(|(gap, _)| gap);
        after.take_while(|gap| path.contains(gap)).cloned().collect()
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
        if self.is_lenient && has_dynamic_reference(given.1) {
            let expression = Expression::Text(given.1.to_owned());
            self.tree.make_open(id, expression);
            return true;
        }
        let result = match given {
            (Style::Untyped, text) => info.limit.check(Given::Lexeme(text)),
            (Style::Quoted, text) if !self.is_lenient => info.limit.check(Given::Text(text)),
            (Style::Plain, text) if !self.is_lenient => info.limit.check(json_given(text)),
            (Style::Plain, text) => info.limit.check(Given::Lexeme(&yaml::lexeme(text))),
            (Style::Quoted, text) => info.limit.check(Given::Lexeme(text)),
        };
        if let Err(why) = result {
            self.report(Fault::error("invalid-value", node.span, why.to_string()));
        }
        true
    }
}

impl Check<'_> {
    /// Reports an ARN in the place of a name: `Ref` of an App Mesh resource gives its ARN.
    ///
    /// Source: CloudFormation User Guide, return values of each `AWS::AppMesh::*`.
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
                    Step::Index(_) | Step::Open(_) => String::new(),
                });
                let name = format!("`!GetAtt {label}.{}`", name.unwrap_or_default());
                let help = if label.scope == self.scope {
                    format!("`Ref` gives the ARN; write {name}")
                } else {
                    format!("another template hands it over; let that hand over {name}")
                };
                Fault::error("arn-as-name", span, message).help(help)
            }
            Expression::Join(parts) if parts.first().is_some_and(starts_as_arn) => {
                let message = format!("`{}` starts with an ARN, where a name is due", shorten(&expression.to_string()));
                let fault = Fault::error("arn-as-name", span, message);
                fault.help("`Ref` of an App Mesh resource gives its ARN; `GetAtt` gives its name")
            }
            _ => return,
        };
        self.report(fault);
    }
}

/// What CloudFormation replaces when it creates a resource: a value from the parameter store or a secret.
///
/// Source: CloudFormation User Guide, dynamic references.
fn has_dynamic_reference(text: &str) -> bool {
    // Looking for a byte first is what makes this free for texts that have none.
    text.contains('{') && text.split_once("{{resolve:").is_some_and(|(_, rest)| rest.contains("}}"))
}

/// Whether the first part of a join makes it an ARN.
fn starts_as_arn(part: &Expression) -> bool {
    match part {
        Expression::Text(text) => text.starts_with("arn:"),
        Expression::Attribute(_, attribute) => attribute == "Arn",
        _ => false,
    }
}

/// A part of the tree as it stands, to be written back.
fn block(tree: &Tree, id: NodeId) -> Expression {
    match tree.node(id).value {
        Value::Null => Expression::Literal("null".to_owned()),
        Value::Scalar(Style::Plain, text) => {
            let lexeme = yaml::lexeme(tree.text(text)).into_owned();
            if is_literal(&lexeme) { Expression::Literal(lexeme) } else { Expression::Text(lexeme) }
        }
        Value::Scalar(Style::Quoted | Style::Untyped, text) => Expression::Text(tree.text(text).to_owned()),
        Value::Open(number) => tree.expression(number).clone(),
        Value::List(_) => Expression::List(tree.items(id).iter().map(|item| block(tree, *item)).collect()),
        Value::Map(_) => {
            let entry = |entry: &Entry| Some((tree.scalar(entry.key)?.to_owned(), block(tree, entry.value)));
            Expression::Map(tree.entries(id).iter().filter_map(entry).collect())
        }
        Value::Broken => Expression::Absent,
    }
}

/// A key that is no text.
pub(crate) fn not_a_key(tree: &Tree, key: NodeId) -> Fault {
    Fault::error("wrong-type", tree.span(key), format!("{} stands where a key is due", found(tree, key)))
}

/// A function in the place of a key, which decides what stands there.
pub(crate) fn not_expanded(span: Span, function: &str) -> Fault {
    let message = format!("`{}` is expanded by CloudFormation alone; what it makes is not read", shorten(function));
    Fault::info("not-expanded", span, message)
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
