//! What a client asks for, and where.

use std::sync::Arc;

use meshwright_model::Kind;
use meshwright_model::arn::{self, Arn};
use meshwright_model::limits::ResourceName;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::value::{Given, ScalarType};

use crate::credentials::AccessKey;
use crate::exception::ApiError;
use crate::record::Key;

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

/// Whether a text may be a region: 1 to 32 small letters, digits and hyphens.
pub fn is_region(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(fits)
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

    /// The ARN of a resource that the account owns.
    pub(crate) fn arn(&self, key: &Key) -> String {
        let Self { partition, region, account } = self.clone();
        let parent = key.kind.parent().map(|_| key.parent.clone());
        let scope = arn::Scope { partition, service: "appmesh".to_owned(), region, account };
        let (mesh, name) = (key.mesh.clone(), key.name.clone());
        Arn { scope: Some(scope), mesh, mesh_owner: None, kind: key.kind, parent, name }.to_string()
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
    /// Where it is asked.
    pub scope: Scope,
    /// Who asks; `None` where nobody is asked for credentials.
    pub caller: Option<Arc<AccessKey>>,
}

impl Call {
    /// What the query says under a name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// What tells the resource of a kind and a name, at the place that is asked about, from all others.
    pub(crate) fn key(&self, kind: Kind, name: &str) -> Result<Key, ApiError> {
        let owner = self.owner()?;
        if kind == Kind::Mesh {
            return Ok(Key::of_mesh(&self.scope.region, owner, name));
        }
        let parent = kind.parent().and(self.target.parent.clone()).unwrap_or_default();
        let mesh = Key::of_mesh(&self.scope.region, owner, &self.target.mesh);
        Ok(Key { kind, parent, name: name.to_owned(), ..mesh })
    }

    /// The account that owns the mesh: that of `meshOwner`, else the caller's, as always where the operation knows no `meshOwner`.
    fn owner(&self) -> Result<&str, ApiError> {
        let is_known = match self.operation.kind() {
            Some(Kind::Mesh) => self.operation == Operation::Describe(Kind::Mesh),
            own => own.is_some(),
        };
        match self.parameter("meshOwner").filter(|_| is_known) {
            None => Ok(&self.scope.account),
            Some(owner) if owner.chars().count() == 12 => Ok(owner),
            Some(owner) => Err(ApiError::bad(format!("meshOwner: `{owner}` is not an account of 12 characters"))),
        }
    }

    /// The ARN of a resource that is made here.
    pub(crate) fn arn(&self, key: &Key) -> String {
        self.scope.arn(key)
    }
}

/// That the names in a call's path are as long as names are; of virtual services the model leaves it open.
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
