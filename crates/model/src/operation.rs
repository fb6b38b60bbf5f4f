//! The operations of the App Mesh API, and some of ours: what each is called, and how HTTP says it.
//!
//! Source: botocore, `data/appmesh/2019-01-25/service-2.json`; a test holds the table to it.

use std::borrow::Cow;
use std::fmt;

use crate::kind::Kind;

/// What every path begins with.
const PREFIX: &str = "/v20190125/";

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Makes a resource.
    Create(Kind),
    /// Says all of a resource.
    Describe(Kind),
    /// Gives a resource another specification.
    Update(Kind),
    /// Takes a resource away.
    Delete(Kind),
    /// Names resources, page by page.
    List(Kind),
    /// Adds tags to a resource.
    TagResource,
    /// Takes tags from a resource.
    UntagResource,
    /// Names a resource's tags, page by page.
    ListTagsForResource,
    /// Names the proxies that are connected, and what each has accepted. It is none of App Mesh's.
    ListProxies,
    /// What the server counts, as Prometheus reads it. It is none of App Mesh's.
    GetMetrics,
    /// Registers an instance of a service of AWS Cloud Map's, or renews its lease. It is none of App Mesh's.
    RegisterEndpoint,
    /// Takes such an instance away. It is none of App Mesh's.
    DeregisterEndpoint,
    /// Names such instances. It is none of App Mesh's.
    ListEndpoints,
}

/// Where the proxies that are connected, and what the server counts, can be read.
const PROXIES: &str = "/meshwright/proxies";
const METRICS: &str = "/meshwright/metrics";

/// What the paths of registered instances begin with; a namespace, a service and an instance follow where one is meant.
const ENDPOINTS: &str = "/meshwright/endpoints";

/// What an operation is about, as its path says it; the names are decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The mesh, or the namespace of an endpoint; empty where all are meant.
    pub mesh: String,
    /// The router of routes, the gateway of gateway routes, the service of an endpoint.
    pub parent: Option<String>,
    /// The resource, where it stands in the path.
    pub name: Option<String>,
}

/// Why a method and a path are no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// There is no such path.
    Path,
    /// There is, with other methods.
    Method,
}

impl Operation {
    /// Every operation that is none of App Mesh's.
    pub const OURS: [Self; 5] =
        [Self::ListProxies, Self::GetMetrics, Self::RegisterEndpoint, Self::DeregisterEndpoint, Self::ListEndpoints];

    /// Every operation of App Mesh's.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_kind =
            |kind| [Self::Create(kind), Self::Describe(kind), Self::Update(kind), Self::Delete(kind), Self::List(kind)];
        let of_tags = [Self::TagResource, Self::UntagResource, Self::ListTagsForResource];
        Kind::ALL.into_iter().flat_map(of_kind).chain(of_tags)
    }

    /// The kind of resource that it is about, where it is one.
    pub const fn kind(self) -> Option<Kind> {
        match self {
            Self::Create(kind) | Self::Describe(kind) | Self::Update(kind) | Self::Delete(kind) | Self::List(kind) => {
                Some(kind)
            }
            Self::TagResource
            | Self::UntagResource
            | Self::ListTagsForResource
            | Self::ListProxies
            | Self::GetMetrics
            | Self::RegisterEndpoint
            | Self::DeregisterEndpoint
            | Self::ListEndpoints => None,
        }
    }

    /// Whether it changes something.
    pub const fn is_write(self) -> bool {
        !matches!(self.method().as_bytes(), b"GET")
    }

    /// Its method in HTTP.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Create(_) | Self::Update(_) | Self::TagResource | Self::UntagResource | Self::RegisterEndpoint => {
                "PUT"
            }
            Self::Describe(_)
            | Self::List(_)
            | Self::ListTagsForResource
            | Self::ListProxies
            | Self::GetMetrics
            | Self::ListEndpoints => "GET",
            Self::Delete(_) | Self::DeregisterEndpoint => "DELETE",
        }
    }

    /// Its path, with the names of names in braces: `/v20190125/meshes/{meshName}`.
    pub fn path(self) -> String {
        let (kind, has_name) = match self {
            Self::Create(kind) | Self::List(kind) => (kind, false),
            Self::Describe(kind) | Self::Update(kind) | Self::Delete(kind) => (kind, true),
            Self::TagResource => return format!("{PREFIX}tag"),
            Self::UntagResource => return format!("{PREFIX}untag"),
            Self::ListTagsForResource => return format!("{PREFIX}tags"),
            Self::ListProxies => return PROXIES.to_owned(),
            Self::GetMetrics => return METRICS.to_owned(),
            Self::ListEndpoints => return ENDPOINTS.to_owned(),
            Self::RegisterEndpoint | Self::DeregisterEndpoint => {
                return format!("{ENDPOINTS}/{{namespace}}/{{service}}/{{instance}}");
            }
        };
        let parent = kind.parent().map(|parent| format!("{}/{{{}}}/", parent.api_name(), parent.name_field()));
        let below = if kind == Kind::Mesh { String::new() } else { "meshes/{meshName}/".to_owned() };
        let name = if has_name { format!("/{{{}}}", kind.name_field()) } else { String::new() };
        format!("{PREFIX}{below}{}{}{name}", parent.unwrap_or_default(), kind.collection())
    }

    /// The operation of a method and a path, and what it is about. Names are decoded: `%2F` in one is a part of it.
    ///
    /// # Errors
    /// There is none.
    pub fn find(method: &str, path: &str) -> Result<(Self, Target), Miss> {
        match path {
            PROXIES => return only(method, Self::ListProxies),
            METRICS => return only(method, Self::GetMetrics),
            ENDPOINTS => return only(method, Self::ListEndpoints),
            _ => {}
        }
        if let Some(rest) = path.strip_prefix(ENDPOINTS) {
            return endpoint(method, rest);
        }
        let rest = path.strip_prefix(PREFIX).ok_or(Miss::Path)?;
        let parts: Vec<&str> = rest.split('/').collect();
        let (kind, target) = match parts[..] {
            ["tag"] => return only(method, Self::TagResource),
            ["untag"] => return only(method, Self::UntagResource),
            ["tags"] => return only(method, Self::ListTagsForResource),
            ["meshes"] => (Kind::Mesh, Target::default()),
            ["meshes", mesh] => {
                (Kind::Mesh, Target { mesh: decoded(mesh)?, name: Some(decoded(mesh)?), ..Target::default() })
            }
            ["meshes", mesh, collection] => {
                (child(collection, None)?, Target { mesh: decoded(mesh)?, ..Target::default() })
            }
            ["meshes", mesh, collection, name] => {
                let kind = child(collection, None)?;
                (kind, Target { mesh: decoded(mesh)?, name: Some(decoded(name)?), ..Target::default() })
            }
            ["meshes", mesh, parent, of, collection] => {
                let kind = child(collection, Some(parent))?;
                (kind, Target { mesh: decoded(mesh)?, parent: Some(decoded(of)?), name: None })
            }
            ["meshes", mesh, parent, of, collection, name] => {
                let kind = child(collection, Some(parent))?;
                (kind, Target { mesh: decoded(mesh)?, parent: Some(decoded(of)?), name: Some(decoded(name)?) })
            }
            _ => return Err(Miss::Path),
        };
        let operation = match (method, &target.name) {
            ("PUT", None) => Self::Create(kind),
            ("GET", None) => Self::List(kind),
            ("PUT", Some(_)) => Self::Update(kind),
            ("GET", Some(_)) => Self::Describe(kind),
            ("DELETE", Some(_)) => Self::Delete(kind),
            _ => return Err(Miss::Method),
        };
        Ok((operation, target))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(kind) => write!(formatter, "Create{}", kind.type_name()),
            Self::Describe(kind) => write!(formatter, "Describe{}", kind.type_name()),
            Self::Update(kind) => write!(formatter, "Update{}", kind.type_name()),
            Self::Delete(kind) => write!(formatter, "Delete{}", kind.type_name()),
            Self::List(Kind::Mesh) => formatter.write_str("ListMeshes"),
            Self::List(kind) => write!(formatter, "List{}s", kind.type_name()),
            Self::TagResource => formatter.write_str("TagResource"),
            Self::UntagResource => formatter.write_str("UntagResource"),
            Self::ListTagsForResource => formatter.write_str("ListTagsForResource"),
            Self::ListProxies => formatter.write_str("ListProxies"),
            Self::GetMetrics => formatter.write_str("GetMetrics"),
            Self::RegisterEndpoint => formatter.write_str("RegisterEndpoint"),
            Self::DeregisterEndpoint => formatter.write_str("DeregisterEndpoint"),
            Self::ListEndpoints => formatter.write_str("ListEndpoints"),
        }
    }
}

/// What is asked of an endpoint: `/namespace/service/instance`.
fn endpoint(method: &str, path: &str) -> Result<(Operation, Target), Miss> {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", namespace, service, instance] = parts[..] else { return Err(Miss::Path) };
    let target = Target { mesh: decoded(namespace)?, parent: Some(decoded(service)?), name: Some(decoded(instance)?) };
    match method {
        "PUT" => Ok((Operation::RegisterEndpoint, target)),
        "DELETE" => Ok((Operation::DeregisterEndpoint, target)),
        _ => Err(Miss::Method),
    }
}

fn only(method: &str, operation: Operation) -> Result<(Operation, Target), Miss> {
    if method == operation.method() { Ok((operation, Target::default())) } else { Err(Miss::Method) }
}

/// The kind whose collection has a name, below a parent or not.
fn child(collection: &str, parent: Option<&str>) -> Result<Kind, Miss> {
    let is_meant = |kind: &Kind| {
        *kind != Kind::Mesh && kind.collection() == collection && kind.parent().map(Kind::api_name) == parent
    };
    Kind::ALL.into_iter().find(is_meant).ok_or(Miss::Path)
}

/// A part of a path without its percent-encoding; one that is empty or no UTF-8 is no name.
fn decoded(part: &str) -> Result<String, Miss> {
    if part.is_empty() {
        return Err(Miss::Path);
    }
    percent_decoded(part).map(Cow::into_owned).ok_or(Miss::Path)
}

/// A text without its percent-encoding; `None` where that is none, or stands for no UTF-8.
pub fn percent_decoded(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            bytes.push(*first);
            rest = after;
            continue;
        }
        let (digits, after) = after.split_at_checked(2)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(digits[0])? << 4 | digit(digits[1])?);
        rest = after;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_again_by_its_path() {
        assert_eq!(Operation::all().count(), 38);
        for operation in Operation::all().chain(Operation::OURS) {
            let path = operation.path().replace(['{', '}'], "");
            let (found, target) = Operation::find(operation.method(), &path).unwrap();
            assert_eq!(found, operation, "{path}");
            if let Some(kind) = operation.kind().filter(|_| path.contains("Name")) {
                assert_eq!(target.mesh, "meshName", "{path}");
                assert_eq!(target.parent.as_deref(), kind.parent().map(Kind::name_field), "{path}");
            }
        }
    }

    #[test]
    fn names_are_decoded_and_nothing_else_is_found() {
        let (_, target) = Operation::find("GET", "/v20190125/meshes/a%2Fb/virtualNodes/%C3%A9").unwrap();
        assert_eq!((target.mesh.as_str(), target.name.as_deref()), ("a/b", Some("é")));
        for path in
            ["/", "/v20190125", "/v20190125/", "/v20190125/meshes/", "/v20190125/meshes/a/", "/v20190125/mesh/a"]
        {
            assert_eq!(Operation::find("GET", path), Err(Miss::Path), "{path}");
        }
        for path in ["%", "%2", "%zz", "%ff", "a%C3"] {
            assert_eq!(Operation::find("GET", &format!("/v20190125/meshes/{path}")), Err(Miss::Path), "{path}");
        }
        let wrong = "/v20190125/meshes/a/virtualGateway/g/routes";
        assert_eq!(Operation::find("GET", wrong), Err(Miss::Path));
        assert_eq!(Operation::find("POST", "/v20190125/meshes"), Err(Miss::Method));
        assert_eq!(Operation::find("DELETE", "/v20190125/tag"), Err(Miss::Method));
    }
}
