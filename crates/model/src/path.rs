//! Where a value stands in a resource, in the API's camelCase: `spec.httpRoute.action.weightedTargets[1].weight`.

use std::borrow::Cow;
use std::fmt;

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A member of an object.
    Field(Cow<'static, str>),
    /// An element of a list, from 0; open elements do not count.
    Index(usize),
    /// An open element of a list: its place among all elements that can be read, known and open, from 0.
    Open(usize),
}

/// The place of a value in a resource, from the resource's root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(Vec<Step>);

impl Path {
    /// The path of fields.
    pub fn of(fields: &[&'static str]) -> Self {
        Self(fields.iter().map(|field| Step::Field(Cow::Borrowed(*field))).collect())
    }

    /// This path and one field more.
    #[must_use]
    pub fn field(&self, name: impl Into<Cow<'static, str>>) -> Self {
        self.with(Step::Field(name.into()))
    }

    /// This path and an element's index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// This path and one step more.
    #[must_use]
    pub fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether `other` stands at this path or inside it.
    pub fn contains(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// Adds a step at the end.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Takes the last step away.
    pub fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Field(name) if position == 0 => formatter.write_str(name)?,
                Step::Field(name) => write!(formatter, ".{name}")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Open(place) => write!(formatter, "[{place}?]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_the_api() {
        let path = Path::of(&["spec", "listeners"]).index(1).field("tls");
        assert_eq!(path.to_string(), "spec.listeners[1].tls");
        assert!(Path::of(&["spec"]).contains(&path));
        assert!(!path.contains(&Path::of(&["spec"])));
    }
}
