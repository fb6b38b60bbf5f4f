//! What a rule is.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;

/// A rule: what it finds, why that matters, how we know, and how it looks.
#[derive(Debug)]
pub struct Rule {
    /// The fault, as a reader would call it; reads well after "allow". Never used again for another fault.
    pub name: &'static str,
    /// How bad it is, unless a finding says otherwise.
    pub severity: Severity,
    /// What it finds, in one line: lower case, no full stop.
    pub summary: &'static str,
    /// Why that matters: what happens to requests, deployments or people. Lower case, no full stop.
    pub why: &'static str,
    /// Where that is written, or how it was found out.
    pub source: &'static str,
    /// A CloudFormation template with the fault; AWS JSON where no template can have it.
    pub bad: &'static str,
    /// What makes a sound template of it: each first text, which stands in it once, becomes the second.
    pub cure: &'static [(&'static str, &'static str)],
    /// Looks for it.
    pub check: fn(&Facts<'_>, &mut Report),
}

impl Rule {
    /// The template of its bad example without the fault.
    pub fn good(&self) -> String {
        self.cure.iter().fold(self.bad.to_owned(), |text, (fault, cure)| text.replacen(fault, cure, 1))
    }
}
