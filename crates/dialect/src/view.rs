//! A shape in the words of a dialect: which key stands for which field, and what is required there.

use std::sync::LazyLock;

use meshwright_model::limits::ScalarInfo;
use meshwright_model::resource::Tag;
use meshwright_model::shape::Shape;
use meshwright_model::workload::{PolicyAttachments, PolicyStatement, TaskDefinition};
use meshwright_model::{Kind, Spec};

/// A shape in the words of a dialect.
#[derive(Clone, Debug)]
pub(crate) enum View {
    Struct(Vec<Field>),
    Union(Vec<Field>),
    List(Box<View>, Option<usize>),
    Scalar(&'static ScalarInfo),
}

/// A field, or a member of a union, under its key.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// The name in the API.
    pub(crate) api: &'static str,
    /// The key in the dialect.
    pub(crate) key: String,
    /// Whether the type cannot be built without it.
    pub(crate) needed: bool,
    /// Whether the dialect demands it.
    pub(crate) demanded: bool,
    pub(crate) view: View,
}

/// What a dialect calls a field, and whether it demands it.
pub(crate) struct Naming {
    /// The key of a field, by the field it stands in and its own name.
    pub(crate) key: fn(parent: &str, field: &str) -> String,
    /// Whether the dialect demands a field: by the field it stands in, its own name, and the API's answer.
    pub(crate) demands: fn(parent: &str, field: &str, api: bool) -> bool,
    /// Whether text, numbers and truth values may stand for each other.
    pub(crate) is_lenient: bool,
}

/// The views of everything that a dialect reads.
pub(crate) struct Views {
    specs: [View; 7],
    pub(crate) tag: View,
    pub(crate) task: View,
    pub(crate) statement: View,
    pub(crate) attachments: View,
    /// The members around the specification of each kind.
    around: [Vec<Around>; 7],
    pub(crate) naming: &'static Naming,
}

/// A member around a specification: a name, the owner, the tags, the specification itself.
pub(crate) struct Around {
    /// The name in the API.
    pub(crate) field: &'static str,
    /// The key in the dialect.
    pub(crate) key: String,
}

impl Views {
    pub(crate) fn spec(&self, kind: Kind) -> &View {
        &self.specs[kind as usize]
    }

    /// The members around the specification of a kind.
    pub(crate) fn around(&self, kind: Kind) -> &[Around] {
        &self.around[kind as usize]
    }
}

/// The shapes of what stands beside specifications.
static SHAPES: LazyLock<[Shape; 4]> = LazyLock::new(|| {
    [
        Shape::of::<Tag>(),
        Shape::of::<TaskDefinition>(),
        Shape::of::<PolicyStatement>(),
        Shape::of::<PolicyAttachments>(),
    ]
});

impl Naming {
    pub(crate) fn views(&'static self) -> Views {
        let [tag, task, statement, attachments] = &*SHAPES;
        Views {
            specs: Kind::ALL.map(|kind| self.view(kind.api_name(), Spec::shape(kind))),
            tag: self.view("tags", tag),
            task: self.view("task", task),
            statement: self.policy("statement", statement),
            attachments: self.policy("policy", attachments),
            around: Kind::ALL.map(|kind| self.around(kind)),
            naming: self,
        }
    }

    fn around(&self, kind: Kind) -> Vec<Around> {
        let mut fields = vec!["meshName", "spec", "tags"];
        if kind != Kind::Mesh {
            fields.extend([kind.name_field(), "meshOwner"]);
        }
        fields.extend(kind.parent().map(Kind::name_field));
        fields.into_iter().map(|field| Around { field, key: (self.key)("", field) }).collect()
    }

    /// Policies are written alike in every dialect.
    fn policy(&self, parent: &str, shape: &Shape) -> View {
        match self.view(parent, shape) {
            View::Struct(fields) => {
                View::Struct(fields.into_iter().map(|field| Field { key: field.api.to_owned(), ..field }).collect())
            }
            other => other,
        }
    }

    fn view(&self, parent: &str, shape: &Shape) -> View {
        let fields = |fields: &[meshwright_model::shape::Field]| {
            let field = |field: &meshwright_model::shape::Field| Field {
                api: field.name,
                key: (self.key)(parent, field.name),
                needed: field.required,
                demanded: (self.demands)(parent, field.name, field.required),
                view: self.view(field.name, &field.shape),
            };
            fields.iter().map(field).collect()
        };
        match shape {
            Shape::Struct(list) => View::Struct(fields(list)),
            Shape::Union(list) => View::Union(fields(list)),
            Shape::List(element, max) => View::List(Box::new(self.view(parent, element)), *max),
            Shape::Scalar(info) => View::Scalar(info),
        }
    }
}

impl View {
    /// What stands there, in the words of JSON and YAML.
    pub(crate) fn due(&self) -> String {
        match self {
            Self::Struct(_) | Self::Union(_) => "an object".to_owned(),
            Self::List(..) => "a list".to_owned(),
            Self::Scalar(info) => info.limit.to_string(),
        }
    }
}
