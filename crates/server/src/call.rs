//! What a client asks for, and where.

use meshwright_model::Kind;
use meshwright_model::limits::ResourceName;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::value::{Given, ScalarType};

use crate::exception::ApiError;

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

/// That the names in a call's path are as long as names are; the name of a virtual service has no limit.
pub(crate) fn check_names(call: &Call) -> Result<(), ApiError> {
    let Target { mesh, parent, name } = &call.target;
    let kind = call.operation.kind();
    let of = |kind: Option<Kind>| kind.map_or("", Kind::name_field);
    let own = name.as_deref().filter(|_| kind != Some(Kind::VirtualService));
    let mesh = Some(mesh.as_str()).filter(|mesh| !mesh.is_empty());
    let names = [("meshName", mesh), (of(kind.and_then(Kind::parent)), parent.as_deref()), (of(kind), own)];
    for (field, name) in names {
        let Some(name) = name else { continue };
        ResourceName::accept(Given::Text(name)).map_err(|why| ApiError::bad(format!("{field}: {why}")))?;
    }
    Ok(())
}
