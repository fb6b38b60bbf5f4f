//! Whoever calls, and which proxies it may be.

use std::fmt;
use std::sync::Arc;

use http::request::Parts;

use crate::proxy::Profile;

/// Who makes a call with a head; or why nobody is taken to make it.
type OfHead = dyn Fn(&Parts) -> Result<Caller, String> + Send + Sync;

/// Whether somebody may be a proxy, or why not.
type MayBe = dyn Fn(&Profile) -> Result<(), String> + Send + Sync;

/// Tells who makes a call.
#[derive(Clone)]
pub struct Authorize(pub Arc<OfHead>);

impl fmt::Debug for Authorize {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authorize")
    }
}

/// Whoever makes a call.
pub struct Caller {
    /// The region of its proxies, where they do not say theirs.
    pub region: String,
    /// The account of its proxies, where they do not say theirs.
    pub account: String,
    /// Whether it may be a proxy, or why not.
    pub may_be: Box<MayBe>,
}

impl Caller {
    /// One that may be any proxy.
    pub(crate) fn anyone(region: &str, account: &str) -> Self {
        Self { region: region.to_owned(), account: account.to_owned(), may_be: Box::new(|_| Ok(())) }
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Caller")
            .field("region", &self.region)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
