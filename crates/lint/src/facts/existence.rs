//! Whether resources that stand under conditions exist together.

use meshwright_model::Resource;

use super::Facts;

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

/// Whether two resources exist together for certain, once the one with a condition does.
pub fn exist_together(one: &Resource, other: &Resource) -> bool {
    Existence::of(one).and(Existence::of(other)).is_clear()
}

impl Facts<'_> {
    /// Whether all the resources at these positions exist together, once those with a condition do.
    pub fn exist_all_together(&self, positions: &[usize]) -> bool {
        let each = positions.iter().map(|position| Existence::of(&self.inventory.resources[*position]));
        each.fold(Existence::Always, Existence::and).is_clear()
    }
}
