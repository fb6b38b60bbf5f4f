//! The body of a call: JSON, held to the shape of the API and then built.
//!
//! What the API does not know is left out, as services of AWS do (Smithy, restJson1: unknown members are ignored), but beside the member of
//! a union; a member that is `null` is absent, and an element is never (Smithy, restJson1's tests of malformed requests).

use std::fmt::Write as _;

use meshwright_model::checks::{MAX_TAGS, name_fault, tag_key_fault, tags_fault};
use meshwright_model::gateway_route::GatewayRouteSpec;
use meshwright_model::limits::{TagKey, TagValue};
use meshwright_model::mesh::MeshSpec;
use meshwright_model::route::RouteSpec;
use meshwright_model::shape::Shape;
use meshwright_model::value::{Given, ScalarType};
use meshwright_model::virtual_gateway::VirtualGatewaySpec;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_router::VirtualRouterSpec;
use meshwright_model::virtual_service::VirtualServiceSpec;
use meshwright_model::{Kind, Spec};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::exception::ApiError;
use crate::record::put_tag;

/// The longest token of a client. Source: App Mesh API reference, `clientToken`: up to 36 letters, numbers, hyphens and underscores.
const MAX_TOKEN: usize = 36;

/// A body, as its object.
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// Reads a body; an empty one is an empty object.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ApiError> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Map::new()));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(ApiError::bad("the body is not a JSON object")),
            Err(why) => Err(ApiError::bad(format!("the body is not JSON: {why}"))),
        }
    }

    /// The name of a resource that is to be created.
    pub(crate) fn name(&self, kind: Kind) -> Result<String, ApiError> {
        let field = kind.name_field();
        let name = match self.0.get(field) {
            None | Some(Value::Null) => return Err(ApiError::bad(format!("{field} is missing"))),
            Some(Value::String(name)) => name,
            Some(other) => return Err(ApiError::bad(format!("{field}: {other} is not text"))),
        };
        name_fault(kind, name).map_or_else(|| Ok(name.clone()), |why| Err(ApiError::bad(why)))
    }

    /// The token by which a client says that a call is one that it made before.
    pub(crate) fn token(&self) -> Result<Option<String>, ApiError> {
        match self.0.get("clientToken") {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(token)) if is_token(token) => Ok(Some(token.clone())),
            Some(other) => Err(ApiError::bad(format!(
                "clientToken: {other} is not text of 1 to {MAX_TOKEN} letters, digits, hyphens and underscores"
            ))),
        }
    }

    /// The specification; a mesh may have none.
    pub(crate) fn spec(&self, kind: Kind) -> Result<Spec, ApiError> {
        let spec = match self.0.get("spec") {
            Some(spec) if !spec.is_null() => spec,
            _ if kind == Kind::Mesh => return Ok(Spec::empty(kind)),
            _ => return Err(ApiError::bad("spec is missing")),
        };
        spec_of(kind, &without_nulls(spec))
    }

    /// The tags, each key once; the last of several holds.
    pub(crate) fn tags(&self) -> Result<Vec<(String, String)>, ApiError> {
        let tags = match self.0.get("tags") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(tags)) => tags,
            Some(_) => return Err(ApiError::bad("tags: it is not a list")),
        };
        if let Some(why) = tags_fault(tags.len()) {
            return Err(ApiError::bad(why));
        }
        let mut read = Vec::with_capacity(tags.len());
        for (index, own) in tags.iter().enumerate() {
            let (key, value) = tag(own, index)?;
            put_tag(&mut read, key, value);
        }
        Ok(read)
    }

    /// The keys of tags that are to go.
    pub(crate) fn tag_keys(&self) -> Result<Vec<String>, ApiError> {
        let Some(Value::Array(keys)) = self.0.get("tagKeys") else {
            return Err(ApiError::bad("tagKeys is missing"));
        };
        if keys.len() > MAX_TAGS {
            return Err(ApiError::bad(format!("tagKeys: there are {}, more than {MAX_TAGS}", keys.len())));
        }
        let key = |own: &Value| limited::<TagKey>(Some(own), "tagKeys").map(Option::unwrap_or_default);
        keys.iter().map(key).collect()
    }

    /// Whether tags are said at all.
    pub(crate) fn has_tags(&self) -> bool {
        self.0.get("tags").is_some_and(|tags| !tags.is_null())
    }
}

/// A specification of a kind.
pub(crate) fn spec_of(kind: Kind, spec: &Value) -> Result<Spec, ApiError> {
    check(spec, Spec::shape(kind), &mut "spec".to_owned()).map_err(ApiError::bad)?;
    Ok(match kind {
        Kind::Mesh => Spec::Mesh(built::<MeshSpec>(spec)?),
        Kind::VirtualNode => Spec::VirtualNode(built::<VirtualNodeSpec>(spec)?),
        Kind::VirtualRouter => Spec::VirtualRouter(built::<VirtualRouterSpec>(spec)?),
        Kind::VirtualGateway => Spec::VirtualGateway(built::<VirtualGatewaySpec>(spec)?),
        Kind::Route => Spec::Route(built::<RouteSpec>(spec)?),
        Kind::VirtualService => Spec::VirtualService(built::<VirtualServiceSpec>(spec)?),
        Kind::GatewayRoute => Spec::GatewayRoute(built::<GatewayRouteSpec>(spec)?),
    })
}

/// A value whose members are all something.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().filter(|(_, own)| !own.is_null());
            Value::Object(members.map(|(name, own)| (name.clone(), without_nulls(own))).collect())
        }
        Value::Array(elements) => Value::Array(elements.iter().map(without_nulls).collect()),
        other => other.clone(),
    }
}

fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(fits)
}

fn tag(own: &Value, index: usize) -> Result<(String, String), ApiError> {
    let at = |field: &str| format!("tags[{index}].{field}");
    if !own.is_object() {
        return Err(ApiError::bad(format!("tags[{index}]: it is not an object")));
    }
    let missing = |field: &str| ApiError::bad(format!("{} is missing", at(field)));
    let key = limited::<TagKey>(own.get("key"), &at("key"))?.ok_or_else(|| missing("key"))?;
    if let Some(why) = tag_key_fault(&key) {
        return Err(ApiError::bad(format!("{}: {why}", at("key"))));
    }
    let value = limited::<TagValue>(own.get("value"), &at("value"))?.ok_or_else(|| missing("value"))?;
    Ok((key, value))
}

/// A text within a limit.
fn limited<T: ScalarType>(value: Option<&Value>, at: &str) -> Result<Option<String>, ApiError> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(other) => return Err(ApiError::bad(format!("{at}: {other} is not text"))),
    };
    T::accept(Given::Text(text)).map_err(|why| ApiError::bad(format!("{at}: {why}")))?;
    Ok(Some(text.clone()))
}

/// Builds a type of what has been checked.
fn built<T: DeserializeOwned>(spec: &Value) -> Result<T, ApiError> {
    T::deserialize(spec).map_err(|why| ApiError::bad(format!("spec: {why}")))
}

/// Holds a value to a shape; the error says where it does not fit, and why.
fn check(value: &Value, shape: &Shape, at: &mut String) -> Result<(), String> {
    match (shape, value) {
        (Shape::Struct(fields), Value::Object(members)) => {
            for field in fields {
                match members.get(field.name) {
                    Some(member) if !member.is_null() => within(at, field.name, |at| check(member, &field.shape, at))?,
                    _ if field.required => return Err(format!("{at}.{} is missing", field.name)),
                    _ => {}
                }
            }
            Ok(())
        }
        (Shape::Union(variants), Value::Object(members)) => {
            let names = || variants.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
            let mut said = members.iter();
            match (said.next(), said.next()) {
                (None, _) => Err(format!("{at}: it needs exactly one of {}", names())),
                (Some((name, own)), None) => match variants.iter().find(|field| field.name == name) {
                    Some(field) => within(at, field.name, |at| check(own, &field.shape, at)),
                    None => Err(format!("{at}: {name} is not known: it needs exactly one of {}", names())),
                },
                (Some((one, _)), Some((other, _))) => {
                    Err(format!("{at}: it has both {one} and {other}, and needs exactly one of {}", names()))
                }
            }
        }
        (Shape::List(element, most), Value::Array(elements)) => {
            match most {
                Some(_) if elements.is_empty() => return Err(format!("{at}: it is empty")),
                Some(most) if elements.len() > *most => {
                    return Err(format!("{at}: it has {} elements, more than {most}", elements.len()));
                }
                _ => {}
            }
            for (index, own) in elements.iter().enumerate() {
                let length = at.len();
                // Writing to a string cannot fail.
                let _ = write!(at, "[{index}]");
                check(own, element, at)?;
                at.truncate(length);
            }
            Ok(())
        }
        (Shape::Scalar(info), value) => {
            let number;
            let given = match value {
                Value::String(text) => Given::Text(text),
                Value::Bool(truth) => Given::Bool(*truth),
                Value::Number(own) => match own.as_i64() {
                    Some(whole) => Given::Integer(whole),
                    None => {
                        number = own.to_string();
                        Given::Number(&number)
                    }
                },
                Value::Null => Given::Null,
                Value::Array(_) => return Err(format!("{at}: a list is not {}", info.limit)),
                Value::Object(_) => return Err(format!("{at}: an object is not {}", info.limit)),
            };
            info.limit.check(given).map_err(|why| format!("{at}: {why}"))
        }
        (Shape::Struct(_) | Shape::Union(_), _) => Err(format!("{at}: it is not an object")),
        (Shape::List(..), _) => Err(format!("{at}: it is not a list")),
    }
}

fn within(at: &mut String, name: &str, inside: impl FnOnce(&mut String) -> Result<(), String>) -> Result<(), String> {
    let length = at.len();
    at.push('.');
    at.push_str(name);
    inside(at)?;
    at.truncate(length);
    Ok(())
}
