//! The control plane behind the API, as the API's server sees it.

use std::fmt::Debug;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use crate::endpoints::{EndpointId, Registration};
use crate::exposition::Exposition;
use crate::service::Service;

/// How long a control plane may be behind the store before the server is not ready, and how often that is looked at.
const MAX_BEHIND: Duration = Duration::from_secs(1);
const GLANCE: Duration = Duration::from_millis(10);

/// Tells proxies what the API has been told.
pub trait ControlPlane: Debug + Send + Sync {
    /// In JSON: which proxies are connected, and up to which revision of the store it has followed.
    fn proxies(&self) -> Value;

    /// The revision of the store up to which it has followed; `None` where it follows no longer.
    fn revision(&self) -> Option<u64>;

    /// Registers an instance of a service, or renews its lease; in JSON: all of it.
    ///
    /// # Errors
    /// There are too many.
    fn register(&self, id: &EndpointId, registration: Registration) -> Result<Value, String>;

    /// Takes an instance away; whether it was there.
    fn deregister(&self, id: &EndpointId) -> bool;

    /// Each instance that is registered in a region and account, in JSON.
    fn endpoints(&self, region: &str, account: &str) -> Vec<Value>;

    /// What it counts.
    fn measure(&self, text: &mut Exposition);
}

/// Whether the store and the control plane serve.
///
/// # Errors
/// Why they do not.
pub(crate) async fn ready(service: &Service, control_plane: Option<&dyn ControlPlane>) -> Result<(), String> {
    service.ready().await?;
    let Some(control_plane) = control_plane else { return Ok(()) };
    let revision = service.revision();
    let mut waited = Duration::ZERO;
    loop {
        match control_plane.revision() {
            None => return Err("the control plane has ended".to_owned()),
            Some(own) if own >= revision => return Ok(()),
            Some(_) if waited >= MAX_BEHIND => {
                return Err(format!("the control plane has been behind the store for {} s", MAX_BEHIND.as_secs()));
            }
            Some(_) => sleep(GLANCE).await,
        }
        waited += GLANCE;
    }
}
