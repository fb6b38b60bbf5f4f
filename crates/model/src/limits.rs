//! The scalar types of App Mesh and the values they allow; the quotas it enforced.
//!
//! Source of ranges, enumerations and patterns: the service model `appmesh/2019-01-25`, as listed per field in
//! `tests/appmesh-spec-tree.tsv`; the test `model_has_every_field_of_the_spec_tree` holds this file to it.

use crate::error::Error;
use crate::value::{Alphabet, Given, Limit, Plain, ScalarType, truth};

/// The largest `integer`, which has 32 bits; a `long` has 64. Source: Smithy, simple types.
const MAX_INTEGER: i64 = i32::MAX as i64;

/// A scalar type's name and limit, for those who know the type only by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScalarInfo {
    /// The shape's name in the API model.
    pub name: &'static str,
    /// The values it allows.
    pub limit: Limit,
}

impl ScalarInfo {
    /// The scalar type of that name; `None` for a name that no scalar type has.
    pub fn named(name: &str) -> Option<&'static Self> {
        SCALARS.iter().find(|info| info.name == name)
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $type:ident($name:literal, $min:expr, $max:expr, $alphabet:ident);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(String);

        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl ScalarType for $type {
            const NAME: &'static str = $name;
            const LIMIT: Limit = Limit::Text { min: $min, max: $max, alphabet: Alphabet::$alphabet };
            fn accept(given: Given<'_>) -> Result<Self, Error> {
                Self::LIMIT.check(given)?;
                Ok(Self(given.to_string()))
            }
            fn plain(&self) -> Plain<'_> { Plain::Text(&self.0) }
        }
    )*
        const TEXTS: &[ScalarInfo] = &[$(ScalarInfo { name: $type::NAME, limit: $type::LIMIT }),*];
    };
}

macro_rules! integers {
    ($($(#[$doc:meta])* $type:ident($name:literal, $min:expr, $max:expr);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(i64);

        impl $type {
            /// The number.
            pub fn value(self) -> i64 { self.0 }
        }

        impl ScalarType for $type {
            const NAME: &'static str = $name;
            const LIMIT: Limit = Limit::Integer { min: $min, max: $max };
            fn accept(given: Given<'_>) -> Result<Self, Error> {
                Self::LIMIT.check(given)?;
                match given {
                    Given::Integer(integer) => Ok(Self(integer)),
                    other => other.to_string().parse().map(Self).map_err(|_| Self::LIMIT.refuse(other)),
                }
            }
            fn plain(&self) -> Plain<'_> { Plain::Integer(self.0) }
        }
    )*
        const INTEGERS: &[ScalarInfo] = &[$(ScalarInfo { name: $type::NAME, limit: $type::LIMIT }),*];
    };
}

macro_rules! words {
    ($($(#[$doc:meta])* $type:ident($name:literal) { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $($(#[$variant_doc])* $variant,)* }

        impl $type {
            /// The word as the API spells it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl ScalarType for $type {
            const NAME: &'static str = $name;
            const LIMIT: Limit = Limit::OneOf(&[$($word),*]);
            fn accept(given: Given<'_>) -> Result<Self, Error> {
                Self::LIMIT.check(given)?;
                match given.to_string().as_str() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(Self::LIMIT.refuse(given)),
                }
            }
            fn plain(&self) -> Plain<'_> { Plain::Text(self.as_str()) }
        }
    )*
        const WORDS: &[ScalarInfo] = &[$(ScalarInfo { name: $type::NAME, limit: $type::LIMIT }),*];
    };
}

texts! {
    /// The name of a mesh, node, router, route, gateway or gateway route; also of a gateway route's target service.
    ResourceName("ResourceName", 1, 255, Any);
    /// The name of a virtual service (usually a DNS name), or of a gRPC service in a match.
    ServiceName("ServiceName", 0, usize::MAX, Any);
    /// An AWS account, 12 digits. Source: API reference, `AccountId`.
    AccountId("AccountId", 12, 12, Any);
    /// An ARN of another AWS service, unchecked as in the API.
    ResourceArn("Arn", 0, usize::MAX, Any);
    /// A tag's key.
    TagKey("TagKey", 1, 128, Any);
    /// A tag's value.
    TagValue("TagValue", 0, 256, Any);
    /// The key of a Cloud Map instance attribute.
    AwsCloudMapInstanceAttributeKey("AwsCloudMapInstanceAttributeKey", 1, 255, Visible);
    /// The value of a Cloud Map instance attribute.
    AwsCloudMapInstanceAttributeValue("AwsCloudMapInstanceAttributeValue", 1, 1024, VisibleAndBlanks);
    /// A Cloud Map namespace or service.
    AwsCloudMapName("AwsCloudMapName", 1, 1024, Any);
    /// A host name that is matched as a whole.
    ExactHostName("ExactHostName", 1, 253, Any);
    /// The end of a host name.
    SuffixHostname("SuffixHostname", 1, 253, Any);
    /// A path in the proxy's file system.
    FilePath("FilePath", 1, 255, Any);
    /// What a header or metadata value is compared with.
    HeaderMatch("HeaderMatch", 1, 255, Any);
    /// The name of an HTTP header or gRPC metadata item.
    HeaderName("HeaderName", 1, 50, Any);
    /// A DNS host name.
    Hostname("Hostname", 0, usize::MAX, Any);
    /// What a gateway puts in the place of a matched prefix.
    HttpGatewayRoutePrefix("HttpGatewayRoutePrefix", 1, 255, Any);
    /// A whole path.
    HttpPathExact("HttpPathExact", 1, 255, Any);
    /// A regular expression for a whole path.
    HttpPathRegex("HttpPathRegex", 1, 255, Any);
    /// What makes Envoy retry; documented: `server-error`, `gateway-error`, `client-error`, `stream-error`.
    HttpRetryPolicyEvent("HttpRetryPolicyEvent", 1, 25, Any);
    /// A key of a JSON access log.
    JsonKey("JsonKey", 1, 100, Any);
    /// A value of a JSON access log.
    JsonValue("JsonValue", 1, 100, Any);
    /// A gRPC method.
    MethodName("MethodName", 1, 50, Any);
    /// A query parameter.
    QueryParameterName("QueryParameterName", 0, usize::MAX, Any);
    /// A secret that the proxy fetches from a Secret Discovery Service.
    SdsSecretName("SdsSecretName", 0, usize::MAX, Any);
    /// A DNS name or URI in a certificate.
    SubjectAlternativeName("SubjectAlternativeName", 1, 254, Any);
    /// The format of a text access log.
    TextFormat("TextFormat", 1, 1000, Any);
    /// Text that the API does not constrain.
    Text("String", 0, usize::MAX, Any);
}

integers! {
    /// A TCP port.
    Port("PortNumber", 1, 65535);
    /// The position of a route or gateway route; 0 is tried first, none sorts after 1000.
    Priority("RoutePriority", 0, 1000);
    /// How many checks in a row turn a host healthy or unhealthy.
    HealthCheckThreshold("HealthCheckThreshold", 2, 10);
    /// Milliseconds between health checks.
    HealthCheckIntervalMillis("HealthCheckIntervalMillis", 5000, 300_000);
    /// Milliseconds after which a health check has failed.
    HealthCheckTimeoutMillis("HealthCheckTimeoutMillis", 2000, 60_000);
    /// Most connections at a time.
    MaxConnections("MaxConnections", 1, MAX_INTEGER);
    /// Most requests that wait for a connection.
    MaxPendingRequests("MaxPendingRequests", 1, MAX_INTEGER);
    /// Most requests at a time.
    MaxRequests("MaxRequests", 1, MAX_INTEGER);
    /// The largest share of hosts that outlier detection may eject, in percent.
    OutlierDetectionMaxEjectionPercent("OutlierDetectionMaxEjectionPercent", 0, 100);
    /// How many server errors in a row eject a host.
    OutlierDetectionMaxServerErrors("OutlierDetectionMaxServerErrors", 1, i64::MAX);
    /// A target's relative weight.
    Weight("PercentInt", 0, 100);
    /// The number of units in a duration.
    DurationValue("DurationValue", 0, i64::MAX);
    /// How often a request is tried again.
    MaxRetries("MaxRetries", 0, i64::MAX);
    /// A whole number that the API does not constrain.
    Long("Long", i64::MIN, i64::MAX);
}

words! {
    /// What a proxy does with traffic to a destination outside its backends.
    EgressFilterType("EgressFilterType") {
        /// Lets it pass.
        AllowAll = "ALLOW_ALL",
        /// Closes the connection.
        DropAll = "DROP_ALL",
    }
    /// Which IP versions a proxy uses and prefers.
    IpPreference("IpPreference") {
        /// IPv6 first, then IPv4.
        Ipv6Preferred = "IPv6_PREFERRED",
        /// IPv4 first, then IPv6.
        Ipv4Preferred = "IPv4_PREFERRED",
        /// IPv4 alone.
        Ipv4Only = "IPv4_ONLY",
        /// IPv6 alone.
        Ipv6Only = "IPv6_ONLY",
    }
    /// What a node's DNS name stands for.
    DnsResponseType("DnsResponseType") {
        /// A load balancer's addresses: one logical host.
        LoadBalancer = "LOADBALANCER",
        /// The endpoints themselves.
        Endpoints = "ENDPOINTS",
    }
    /// The protocol of a listener of a node or router.
    PortProtocol("PortProtocol") {
        /// HTTP/1.1.
        Http = "http",
        /// TCP.
        Tcp = "tcp",
        /// HTTP/2.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
    }
    /// The protocol of a gateway's listener.
    VirtualGatewayPortProtocol("VirtualGatewayPortProtocol") {
        /// HTTP/1.1.
        Http = "http",
        /// HTTP/2.
        Http2 = "http2",
        /// gRPC.
        Grpc = "grpc",
    }
    /// Whether a listener speaks TLS.
    ListenerTlsMode("ListenerTlsMode") {
        /// TLS alone.
        Strict = "STRICT",
        /// TLS and plaintext.
        Permissive = "PERMISSIVE",
        /// Plaintext alone.
        Disabled = "DISABLED",
    }
    /// The unit of a duration.
    DurationUnit("DurationUnit") {
        /// Seconds.
        Seconds = "s",
        /// Milliseconds.
        Millis = "ms",
    }
    /// An HTTP method.
    HttpMethod("HttpMethod") {
        /// GET.
        Get = "GET",
        /// HEAD.
        Head = "HEAD",
        /// POST.
        Post = "POST",
        /// PUT.
        Put = "PUT",
        /// DELETE.
        Delete = "DELETE",
        /// CONNECT.
        Connect = "CONNECT",
        /// OPTIONS.
        Options = "OPTIONS",
        /// TRACE.
        Trace = "TRACE",
        /// PATCH.
        Patch = "PATCH",
    }
    /// The scheme of a request.
    HttpScheme("HttpScheme") {
        /// Plaintext.
        Http = "http",
        /// TLS.
        Https = "https",
    }
    /// What makes Envoy retry a gRPC call.
    GrpcRetryPolicyEvent("GrpcRetryPolicyEvent") {
        /// Status CANCELLED.
        Cancelled = "cancelled",
        /// Status `DEADLINE_EXCEEDED`.
        DeadlineExceeded = "deadline-exceeded",
        /// Status INTERNAL.
        Internal = "internal",
        /// Status `RESOURCE_EXHAUSTED`.
        ResourceExhausted = "resource-exhausted",
        /// Status UNAVAILABLE.
        Unavailable = "unavailable",
    }
    /// What makes Envoy retry below HTTP.
    TcpRetryPolicyEvent("TcpRetryPolicyEvent") {
        /// The connection failed.
        ConnectionError = "connection-error",
    }
    /// Whether a gateway rewrites by default.
    DefaultGatewayRouteRewrite("DefaultGatewayRouteRewrite") {
        /// It does.
        Enabled = "ENABLED",
        /// It does not.
        Disabled = "DISABLED",
    }
}

impl ScalarType for bool {
    const NAME: &'static str = "Boolean";
    const LIMIT: Limit = Limit::Bool;
    fn accept(given: Given<'_>) -> Result<Self, Error> {
        Self::LIMIT.check(given)?;
        match given {
            Given::Bool(truth) => Ok(truth),
            other => truth(&other.to_string()).ok_or_else(|| Self::LIMIT.refuse(other)),
        }
    }
    fn plain(&self) -> Plain<'_> {
        Plain::Bool(*self)
    }
}

const BOOLS: &[ScalarInfo] = &[ScalarInfo { name: <bool as ScalarType>::NAME, limit: <bool as ScalarType>::LIMIT }];

/// Every scalar type.
pub static SCALARS: std::sync::LazyLock<Vec<ScalarInfo>> =
    std::sync::LazyLock::new(|| [TEXTS, INTEGERS, WORDS, BOOLS].concat());

/// A quota of an AWS account, as it stood when App Mesh was switched off.
///
/// Source: Service Quotas exports and roadmap #263, #449; the console showed the same defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// What is counted.
    pub what: &'static str,
    /// The default.
    pub default: usize,
    /// The code in Service Quotas; empty where there is none.
    pub code: &'static str,
    /// Whether AWS raised it on request.
    pub adjustable: bool,
}

impl Quota {
    /// The quota of a name; `None` where there is none.
    pub fn named(what: &str) -> Option<&'static Self> {
        QUOTAS.iter().find(|quota| quota.what == what)
    }
}

/// Every quota on a number of resources or connections.
pub const QUOTAS: &[Quota] = &[
    Quota { what: "meshes per account", default: 15, code: "L-AC861A39", adjustable: true },
    Quota { what: "virtual services per mesh", default: 200, code: "L-DA7495A7", adjustable: true },
    Quota { what: "virtual nodes per mesh", default: 200, code: "L-E043DFB4", adjustable: true },
    Quota { what: "virtual routers per mesh", default: 200, code: "L-50F6C35A", adjustable: true },
    Quota { what: "virtual gateways per mesh", default: 3, code: "L-87E74146", adjustable: true },
    Quota { what: "routes per virtual router", default: 50, code: "L-BB90B7FF", adjustable: true },
    Quota { what: "gateway routes per virtual gateway", default: 10, code: "L-F6F26D09", adjustable: true },
    Quota { what: "backends per virtual node", default: 50, code: "L-8775AB18", adjustable: false },
    Quota { what: "weighted targets per route", default: 10, code: "L-AE1D9567", adjustable: false },
    Quota { what: "connected Envoy processes per virtual node", default: 50, code: "L-606A910B", adjustable: true },
    Quota { what: "connected Envoy processes per virtual gateway", default: 50, code: "L-33E8F9C9", adjustable: true },
    Quota { what: "tags per resource", default: 50, code: "", adjustable: false },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn port(given: Given<'_>) -> Result<i64, Error> {
        Port::accept(given).map(Port::value)
    }

    #[test]
    fn ends_of_a_range_are_allowed_and_one_past_is_not() {
        assert_eq!(port(Given::Integer(1)), Ok(1));
        assert_eq!(port(Given::Integer(65535)), Ok(65535));
        assert_eq!(port(Given::Integer(0)), Err(Error::TooSmall { number: 0, min: 1 }));
        assert_eq!(port(Given::Integer(65536)), Err(Error::TooLarge { number: 65536, max: 65535 }));
        assert_eq!(ResourceName::accept(Given::Text("")), Err(Error::EmptyText));
        assert!(ResourceName::accept(Given::Text(&"é".repeat(255))).is_ok());
        assert!(ResourceName::accept(Given::Text(&"x".repeat(256))).is_err());
        assert!(AccountId::accept(Given::Text(&"é".repeat(6))).is_err());
    }

    #[test]
    fn cloud_map_patterns_are_the_apis() {
        assert!(AwsCloudMapInstanceAttributeKey::accept(Given::Text("a b")).is_err());
        assert!(AwsCloudMapInstanceAttributeValue::accept(Given::Text("a b\t")).is_ok());
        assert!(AwsCloudMapInstanceAttributeValue::accept(Given::Text(" a")).is_err());
        assert!(AwsCloudMapInstanceAttributeValue::accept(Given::Text("ä")).is_err());
    }

    #[test]
    fn typed_and_untyped_values_differ() {
        let error = port(Given::Text("80")).map_err(|error| error.to_string());
        assert_eq!(error, Err("\"80\" is not a whole number from 1 to 65535".to_owned()));
        assert_eq!(port(Given::Lexeme("80")), Ok(80));
        assert_eq!(bool::accept(Given::Lexeme("true")), Ok(true));
        assert!(bool::accept(Given::Text("true")).is_err());
        assert!(Weight::accept(Given::Lexeme("1.5")).is_err());
        assert!(Text::accept(Given::Integer(5)).is_err());
    }

    #[test]
    fn scalar_names_are_unique() {
        let mut names: Vec<_> = SCALARS.iter().map(|info| info.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), SCALARS.len());
    }
}
