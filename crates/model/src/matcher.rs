//! What a request is compared with: paths, headers, metadata, query parameters, host names.

use serde::{Deserialize, Serialize};

use crate::limits::{
    ExactHostName, HeaderMatch, HeaderName, HttpPathExact, HttpPathRegex, Long, QueryParameterName, SuffixHostname,
    Text,
};
use crate::scalar::Scalar;

/// A path, exact or by pattern; one of the two. API shape `HttpPathMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpPathMatch {
    /// The whole path, without the query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<Scalar<HttpPathExact>>,
    /// A pattern for the whole path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<Scalar<HttpPathRegex>>,
}

/// Whole numbers from `start` to before `end`. API shape `MatchRange`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchRange {
    /// The first number past the range.
    pub end: Scalar<Long>,
    /// The first number of the range.
    pub start: Scalar<Long>,
}

/// How a header's or metadata item's value is compared.
///
/// API unions `HeaderMatchMethod`, `GrpcRouteMetadataMatchMethod` and `GrpcMetadataMatchMethod`, which have the same members.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HeaderMatchMethod {
    /// Equal.
    Exact(Scalar<HeaderMatch>),
    /// Starts so.
    Prefix(Scalar<HeaderMatch>),
    /// A number in the range.
    Range(MatchRange),
    /// Matches the pattern as a whole.
    Regex(Scalar<HeaderMatch>),
    /// Ends so.
    Suffix(Scalar<HeaderMatch>),
}

/// A header or metadata item that must match; without a method, it must be there.
///
/// API shapes `HttpRouteHeader`, `HttpGatewayRouteHeader`, `GrpcRouteMetadata` and `GrpcGatewayRouteMetadata`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HeaderMatcher {
    /// Whether the comparison is turned round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invert: Option<Scalar<bool>>,
    /// How the value is compared.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matcher: Option<HeaderMatchMethod>,
    /// The header's or item's name.
    pub name: Scalar<HeaderName>,
}

/// How a query parameter's value is compared. API shape `QueryParameterMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueryParameterMatch {
    /// Equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<Scalar<Text>>,
}

/// A query parameter that must match. API shape `HttpQueryParameter`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpQueryParameter {
    /// How the value is compared; without it, the parameter must be there.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matcher: Option<QueryParameterMatch>,
    /// The parameter's name.
    pub name: Scalar<QueryParameterName>,
}

/// The host name a gateway route answers to. API shape `GatewayRouteHostnameMatch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GatewayRouteHostnameMatch {
    /// The whole name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<Scalar<ExactHostName>>,
    /// The name's end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<Scalar<SuffixHostname>>,
}
