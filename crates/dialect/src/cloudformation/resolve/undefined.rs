//! Names that nothing declares.

use meshwright_model::Kind;
use meshwright_model::spelling::nearest;

use super::{MAX_CHAIN, Resolver};
use crate::check::shorten;
use crate::fault::Fault;
use crate::source::Span;

/// The most undefined names that are reported of one template.
const MAX_UNDEFINED: usize = 100;
/// The most of them that come with a name that may be meant: finding it looks at every name there is.
const MAX_SUGGESTED: usize = 20;

/// What the functions that are resolved here take. Source: CloudFormation User Guide, intrinsic function reference.
const TAKES: &[(&str, &str)] = &[
    ("Ref", "a name"),
    ("Fn::GetAtt", "a resource and an attribute"),
    ("Fn::Sub", "a text, or a text and its values"),
    ("Fn::Join", "a delimiter and a list"),
    ("Fn::Split", "a delimiter and a text"),
    ("Fn::Select", "a position and a list"),
    ("Fn::FindInMap", "a mapping and two keys"),
    ("Fn::If", "a condition and two values"),
];

/// The functions that stay as they are written.
const OTHER_FUNCTIONS: &[&str] = &[
    "Fn::Cidr",
    "Fn::GetAZs",
    "Fn::Length",
    "Fn::ToJsonString",
    "Fn::Transform",
    "Fn::And",
    "Fn::Or",
    "Fn::Not",
    "Fn::Equals",
    "Fn::Contains",
    "Fn::EachMemberEquals",
    "Fn::EachMemberIn",
    "Fn::RefAll",
    "Fn::ValueOf",
    "Fn::ValueOfAll",
    "Fn::GetStackOutput",
];

impl Resolver<'_> {
    /// Makes this resolver find nothing wrong.
    pub(crate) fn quiet(self) -> Self {
        self.undefined.set(MAX_UNDEFINED);
        self
    }

    pub(super) fn undefined<'n>(&self, span: Span, what: &str, name: &str, known: impl Iterator<Item = &'n String>) {
        let message = format!("{what} `{}` is not declared in this template", shorten(name));
        self.undefined_as(span, message, name, known.map(String::as_str));
    }

    /// Reports a name that nothing declares, unless what declares it may yet be made by a macro.
    pub(super) fn undefined_as<'n>(
        &self,
        span: Span,
        message: String,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) {
        let count = self.undefined.get();
        if self.template.is_expanded || count >= MAX_UNDEFINED {
            return;
        }
        self.undefined.set(count + 1);
        let fault = Fault::error("undefined-name", span, message);
        let near = if count < MAX_SUGGESTED { nearest(name, known) } else { None };
        self.faults.borrow_mut().push(match near {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault,
        });
    }

    /// Reports something that can only be known once it is known.
    pub(super) fn circle(&self, what: &str, span: Span) {
        self.wrong("circle", span, format!("`{}` refers to itself", shorten(what)));
    }

    /// Reports a chain of values that is not followed to its end.
    pub(super) fn too_long(&self, span: Span) {
        let message = format!("values refer to values more than {MAX_CHAIN} deep here; this stays as it is written");
        self.wrong("circle", span, message);
    }

    /// Reports a function that CloudFormation does not have, or one with arguments that it does not take.
    pub(super) fn check_call(&self, function: &str, span: Span) {
        let takes_more = TAKES.iter().any(|(name, _)| *name == function);
        if takes_more {
            self.malformed(function, span);
        } else if !OTHER_FUNCTIONS.contains(&function) {
            let name = shorten(function.strip_prefix("Fn::").unwrap_or(function));
            self.wrong("unknown-function", span, format!("`{name}` is no function of CloudFormation"));
        }
    }

    /// Reports a function with arguments that it does not take.
    pub(super) fn malformed(&self, function: &str, span: Span) {
        let takes = TAKES.iter().find(|(name, _)| *name == function).map_or("other arguments", |(_, takes)| takes);
        let name = function.strip_prefix("Fn::").unwrap_or(function);
        self.wrong("malformed-function", span, format!("`{name}` takes {takes}"));
    }

    /// Reports a variable of `Sub` that has no end.
    ///
    /// Source: CloudFormation User Guide, `Fn::Sub`: variables are written as `${MyVarName}`, and a text as `${!Literal}`.
    pub(super) fn unclosed(&self, rest: &str, span: Span) {
        let message = format!("`{}` has no closing brace; it stays as it is written", shorten(rest));
        self.wrong("malformed-function", span, message);
    }

    fn wrong(&self, rule: &'static str, span: Span, message: String) {
        let count = self.undefined.get();
        if count < MAX_UNDEFINED {
            self.undefined.set(count + 1);
            self.faults.borrow_mut().push(Fault::error(rule, span, message));
        }
    }

    /// Reports an attribute that resources of a kind do not have.
    pub(super) fn check_attribute(&self, kind: Kind, attribute: &str, span: Span) {
        let attributes = attributes(kind);
        let count = self.undefined.get();
        if attributes.iter().any(|known| known == attribute) || count >= MAX_UNDEFINED {
            return;
        }
        self.undefined.set(count + 1);
        let message = format!("`{}` is not an attribute of a {kind}", shorten(attribute));
        let help = match nearest(attribute, attributes.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if attribute == "Name" => format!("did you mean `{}`?", super::super::key("", kind.name_field())),
            None => format!("it has {}", attributes.join(", ")),
        };
        self.faults.borrow_mut().push(Fault::error("undefined-name", span, message).help(help));
    }
}

/// What `Fn::GetAtt` gives of a resource. Source: CloudFormation User Guide, return values of each `AWS::AppMesh::*`.
fn attributes(kind: Kind) -> Vec<String> {
    let names = [Some("meshName"), kind.parent().map(Kind::name_field), Some(kind.name_field())];
    let mut attributes: Vec<String> = names.into_iter().flatten().map(|field| super::super::key("", field)).collect();
    attributes.dedup();
    attributes.extend(["Id", "Arn", "Uid", "MeshOwner", "ResourceOwner"].map(str::to_owned));
    attributes
}
