//! Why an edit cannot be made.

use std::fmt;

use meshwright_model::edit::Edit;
use meshwright_model::finding::Location;
use meshwright_model::subject::Subject;
use meshwright_model::{Kind, Path};

/// Why an edit cannot be made, and where that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// The edit's number among those asked for, from 0.
    pub edit: usize,
    /// The resource, where it is one.
    pub subject: Option<Subject>,
    /// The place in it that was to change.
    pub path: Path,
    /// Where the obstacle stands.
    pub location: Option<Location>,
    /// The obstacle.
    pub obstacle: Obstacle,
}

/// What stands in the way of an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The resource was not read from any file, or not in this reading.
    NotInAFile,
    /// No file of the reading can take a new resource.
    NoFile,
    /// The file has faults of notation, so that its text cannot be trusted.
    Syntax,
    /// The file is a program of jq or a template of another language.
    Program,
    /// The dialect cannot be edited.
    Dialect(&'static str),
    /// Several stacks are made of this template, so that others would change too.
    SeveralStacks,
    /// The value comes from a parameter.
    Parameter(String),
    /// The value is an attribute of another resource: `Mesh.MeshName`.
    Attribute(String),
    /// The value comes from another template, by its export or output.
    OtherTemplate(String),
    /// The value is a choice of `Fn::If` by this condition.
    Condition(String),
    /// A function makes the value.
    Function(String),
    /// The value is an alias of an anchor elsewhere.
    Alias(String),
    /// The value is repeated elsewhere by aliases of this anchor.
    Anchor(String),
    /// The value comes with a merge key.
    MergeKey(String),
    /// An open element of a list.
    OpenElement,
    /// The object or list is left open by this expression.
    Open(String),
    /// Something else stands where this is due.
    WrongType {
        /// What is due: `an object`.
        due: &'static str,
        /// What stands there, in words.
        found: String,
    },
    /// The path names a field that is not there in the model.
    NoField(String),
    /// The list has no such element.
    NoElement(usize),
    /// A new resource has the name of one that is there, with other content.
    Exists(Kind),
    /// The file cannot declare parameters.
    NoDeclarations,
    /// A function names what is to go: its logical id, and the other lines where that stands.
    InUse(String, Vec<usize>),
    /// The resource is all that the file holds.
    LastOfFile,
    /// The notation is one that is not edited, such as complex keys of YAML.
    Notation(&'static str),
    /// The text that came of it does not read as it should: a fault of ours.
    Unsound(String),
}

impl EditError {
    pub(crate) fn new(number: usize, edit: &Edit, location: Option<Location>, obstacle: Obstacle) -> Box<Self> {
        Box::new(Self { edit: number, subject: edit.resource.clone(), path: edit.path.clone(), location, obstacle })
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Location { file, line, column, .. }) = &self.location {
            write!(formatter, "{file}:{line}:{column}: ")?;
        }
        if !self.path.steps().is_empty() {
            write!(formatter, "{}: ", self.path)?;
        }
        self.obstacle.fmt(formatter)
    }
}

impl std::error::Error for EditError {}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInAFile => formatter.write_str("it was not read from any of the files"),
            Self::NoFile => formatter.write_str("none of the files can take a new resource"),
            Self::Syntax => formatter.write_str("the file has faults of notation; mend them first"),
            Self::Program => formatter.write_str("the file is a program or template that makes JSON; change it there"),
            Self::Dialect(title) => write!(formatter, "{title} is not edited yet"),
            Self::SeveralStacks => formatter.write_str("several stacks are made of this template and would all change"),
            Self::Parameter(name) => write!(formatter, "the value comes from parameter `{name}`; change it there"),
            Self::Attribute(name) => write!(formatter, "the value is `{name}` of another resource; change it there"),
            Self::OtherTemplate(name) => {
                write!(formatter, "the value comes from another template (`{name}`); change it there")
            }
            Self::Condition(name) => write!(formatter, "condition `{name}` chooses the value; change the branch meant"),
            Self::Function(name) => write!(formatter, "`{name}` makes the value"),
            Self::Alias(name) => write!(formatter, "the value is the alias `*{name}`; change it at its anchor"),
            Self::Anchor(name) => write!(formatter, "aliases of `&{name}` repeat this elsewhere and would change too"),
            Self::MergeKey(name) => write!(formatter, "`{name}` comes with a merge key; change it where it stands"),
            Self::OpenElement => formatter.write_str("the element is left open by its file"),
            Self::Open(expression) => write!(formatter, "what stands there is left open: `{expression}`"),
            Self::WrongType { due, found } => write!(formatter, "{found} stands where {due} is due"),
            Self::NoField(name) => write!(formatter, "there is no field `{name}` here"),
            Self::NoElement(index) => write!(formatter, "the list has no element [{index}]"),
            Self::Exists(kind) => write!(formatter, "there is a {kind} of that name already, and it differs"),
            Self::NoDeclarations => formatter.write_str("the file has no parameters; say the value instead"),
            Self::InUse(label, lines) => {
                write!(formatter, "`{label}` is named here")?;
                for (number, line) in lines.iter().enumerate() {
                    let before = match number {
                        0 => ", and in line ",
                        _ => ", ",
                    };
                    write!(formatter, "{before}{line}")?;
                }
                formatter.write_str("; take that away first, or name another")
            }
            Self::LastOfFile => formatter.write_str("the file holds nothing else; delete the file"),
            Self::Notation(what) => write!(formatter, "{what} is not edited"),
            Self::Unsound(what) => write!(formatter, "the new text does not read as it should: {what}"),
        }
    }
}
