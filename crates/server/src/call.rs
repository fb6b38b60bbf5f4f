//! What a client asks for, and where.

use meshwright_model::operation::{Operation, Target};

/// Where resources live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// `aws`, `aws-cn` or another of AWS's partitions.
    pub partition: String,
    /// The region.
    pub region: String,
    /// The account whose resources they are.
    pub account: String,
}

impl Scope {
    /// A region and an account, in the partition of the region.
    pub fn of(region: &str, account: &str) -> Self {
        let partition = match region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        Self { partition: partition.to_owned(), region: region.to_owned(), account: account.to_owned() }
    }
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// What it is about.
    pub target: Target,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Who asks, and where.
    pub scope: Scope,
}

/// What the query says under a name.
pub(crate) fn parameter<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    call.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
}
