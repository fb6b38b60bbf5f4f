//! Findings that a file allows, as whoever judges findings sees them.

use meshwright_model::finding::Location;

/// Findings that a file allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The names of the rules, and where each stands.
    pub rules: Vec<(String, Location)>,
    /// Why; `None` where nothing is said.
    pub reason: Option<String>,
    /// Where it stands.
    pub location: Location,
    /// The first place that it covers in its file: line and column.
    pub from: (usize, usize),
    /// The place behind the last.
    pub to: (usize, usize),
}

impl Allowance {
    /// Whether it covers a place.
    pub fn covers(&self, place: &Location) -> bool {
        place.file == self.location.file && (self.from..self.to).contains(&(place.line, place.column))
    }
}
