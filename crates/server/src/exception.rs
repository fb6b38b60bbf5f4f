//! The errors of the API, by the names and statuses that clients know.

use std::fmt;

/// An exception of the API's model. Source: botocore, `data/appmesh/2019-01-25/service-2.json`, `error.httpStatusCode`.
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
}

impl Exception {
    /// Its status in HTTP.
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::LimitExceeded | Self::TooManyTags => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::ResourceInUse => 409,
            Self::TooManyRequests => 429,
            Self::InternalServerError => 500,
            Self::ServiceUnavailable => 503,
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}Exception")
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
    /// That a request is none, or breaks a rule.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self { exception: Exception::BadRequest, message: message.into() }
    }

    /// That a resource is not there.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self { exception: Exception::NotFound, message: message.into() }
    }

    /// That a name or a token is taken.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self { exception: Exception::Conflict, message: message.into() }
    }

    /// That others depend on a resource.
    pub(crate) fn in_use(message: impl Into<String>) -> Self {
        Self { exception: Exception::ResourceInUse, message: message.into() }
    }

    /// That a caller may not do it.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self { exception: Exception::Forbidden, message: message.into() }
    }
}
