//! Whether resources that stand under conditions exist together.

use meshwright_model::Resource;

/// When several resources exist together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Existence<'a> {
    /// Always.
    Always,
    /// Where a condition holds.
    If(&'a str),
    /// Perhaps never: they stand under different conditions.
    Unclear,
}

impl<'a> Existence<'a> {
    /// When a resource exists.
    pub fn of(resource: &'a Resource) -> Self {
        Self::under(resource.condition.as_deref())
    }

    /// When something exists that stands under that condition, or under none.
    pub fn under(condition: Option<&'a str>) -> Self {
        condition.map_or(Self::Always, Self::If)
    }

    /// When both exist.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, one) | (one, Self::Always) => one,
            (Self::If(one), Self::If(other)) if one == other => self,
            _ => Self::Unclear,
        }
    }

    /// Whether they exist together, always or where one condition holds.
    pub fn is_clear(self) -> bool {
        self != Self::Unclear
    }
}
