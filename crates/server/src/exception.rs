//! The errors of the API, by the names and statuses that clients know.

use std::fmt;

/// An exception: one of the API's model, or one that all of AWS's APIs have.
///
/// Source: botocore, `data/appmesh/2019-01-25/service-2.json`, `error.httpStatusCode`; of the common ones the names and statuses that
/// AWS's services answer with, in AWS's General Reference, and for `AccessDenied` aws-samples/eks-workshop#314.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// A specification that is none, or breaks a rule.
    BadRequest,
    /// A quota that is exceeded.
    LimitExceeded,
    /// More than 50 tags.
    TooManyTags,
    /// Something that the caller may not do.
    Forbidden,
    /// A resource that is not there.
    NotFound,
    /// A name that is taken, or a token that was used for something else.
    Conflict,
    /// A resource that others depend on.
    ResourceInUse,
    /// Too many calls at a time.
    TooManyRequests,
    /// A fault of the server's.
    InternalServerError,
    /// A server that cannot take the call now.
    ServiceUnavailable,
    /// A request that nobody signed.
    MissingAuthenticationToken,
    /// A signature that lacks a part.
    IncompleteSignature,
    /// A signature that does not hold, or not now.
    InvalidSignature,
    /// An access key that is not known.
    UnrecognizedClient,
    /// Something that the access key may not do.
    AccessDenied,
    /// A path that is no operation.
    UnknownOperation,
    /// A path that is an operation with another method.
    UnknownMethod,
    /// A request that did not arrive in time.
    RequestTimeout,
}

impl Exception {
    /// Its status in HTTP.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::LimitExceeded | Self::TooManyTags => 400,
            Self::Forbidden
            | Self::MissingAuthenticationToken
            | Self::IncompleteSignature
            | Self::InvalidSignature
            | Self::UnrecognizedClient
            | Self::AccessDenied => 403,
            Self::NotFound | Self::UnknownOperation => 404,
            Self::UnknownMethod => 405,
            Self::RequestTimeout => 408,
            Self::Conflict | Self::ResourceInUse => 409,
            Self::TooManyRequests => 429,
            Self::InternalServerError => 500,
            Self::ServiceUnavailable => 503,
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownMethod => formatter.write_str("UnknownOperationException"),
            own => write!(formatter, "{own:?}Exception"),
        }
    }
}

/// Why a call is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{exception}: {message}")]
pub struct ApiError {
    /// Its exception.
    pub exception: Exception,
    /// What clients show.
    pub message: String,
}

impl ApiError {
    pub(crate) fn of(exception: Exception, message: impl Into<String>) -> Self {
        Self { exception, message: message.into() }
    }

    /// That a request is none, or breaks a rule.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::of(Exception::BadRequest, message)
    }

    /// That a resource is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::of(Exception::NotFound, message)
    }

    /// That a name or a token is taken.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::of(Exception::Conflict, message)
    }

    /// That others depend on a resource.
    pub(crate) fn in_use(message: impl Into<String>) -> Self {
        Self::of(Exception::ResourceInUse, message)
    }

    /// That a caller may not do it.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::of(Exception::Forbidden, message)
    }
}
