//! The client status discovery service: how proxies stand, for whoever asks in Envoy's own protocol.
//!
//! Each proxy is a `ClientConfig` with a `GenericXdsConfig` for each resource that it has or is to have, and one without a name for a kind of
//! which there is none. The old `xds_config` stays empty, as do the fields that are of clients and not of servers.
//!
//! Source: envoyproxy/envoy, `api/envoy/service/status/v3/csds.proto`; istio/istio, `pilot/pkg/xds/statusgen.go`, which says one status for
//! each kind, and no resources.

mod answer;
mod nodes;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use meshwright_envoy::envoy::admin::v3::UpdateFailureState;
use meshwright_envoy::envoy::service::status::v3::client_config::GenericXdsConfig;
use meshwright_envoy::envoy::service::status::v3::{ClientStatusRequest, ConfigStatus};
use prost_types::Timestamp;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;

use crate::caller::Caller;
use crate::kind::Kind;
use crate::proxies::{Connected, MAX_ASKING, Proxies};
use crate::request::Protocol;
use crate::session::{Rejection, Stand, Standing, Status as OfKind};
use crate::wire::Written;
use answer::Answer;
use nodes::Nodes;

/// The methods of the service.
pub(crate) const STREAM: &str = "/envoy.service.status.v3.ClientStatusDiscoveryService/StreamClientStatus";
pub(crate) const FETCH: &str = "/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus";

/// The most bytes of an answer. Clients of gRPC take 4 MiB where they are not told to take more.
const MAX_ANSWER: usize = 16 << 20;

/// How long a call may ask for nothing.
const PATIENCE: Duration = Duration::from_mins(5);

/// How long an answer may wait for its client to read the one before it.
const READING: Duration = Duration::from_secs(30);

/// Answers each request of a call, or the first alone, with the proxies that the caller may be.
pub(crate) async fn tell(
    proxies: Proxies,
    caller: Caller,
    mut requests: impl Stream<Item = Result<ClientStatusRequest, Status>> + Unpin,
    answers: mpsc::Sender<Result<Written, Status>>,
    is_one: bool,
) {
    let Ok(_place) = proxies.asking().try_acquire_owned() else {
        let message = format!("{MAX_ASKING} calls ask how proxies stand already");
        let _ = answers.send(Err(Status::resource_exhausted(message))).await;
        return;
    };
    let caller = Arc::new(caller);
    loop {
        let request = match timeout(PATIENCE, requests.next()).await {
            Ok(Some(request)) => request,
            Ok(None) => return,
            Err(_) => Err(Status::deadline_exceeded(format!("nothing was asked for {} s", PATIENCE.as_secs()))),
        };
        let answer = match request {
            Ok(request) => {
                let (proxies, caller) = (proxies.clone(), Arc::clone(&caller));
                // Proxies are told things on the threads that this would keep busy.
                let made = tokio::task::spawn_blocking(move || answer(&proxies, &caller, &request)).await;
                made.unwrap_or_else(|_| Err(Status::internal("no answer could be made")))
            }
            Err(why) => Err(why),
        };
        let is_last = is_one || answer.is_err();
        // Whoever does not read keeps others from asking.
        if !matches!(timeout(READING, answers.send(answer)).await, Ok(Ok(()))) || is_last {
            return;
        }
    }
}

fn answer(proxies: &Proxies, caller: &Caller, request: &ClientStatusRequest) -> Result<Written, Status> {
    let nodes = Nodes::of(&request.node_matchers).map_err(Status::invalid_argument)?;
    let mut answer = Answer::default();
    for own in proxies.all() {
        if !nodes.take(&own.id) || (caller.may_be)(&own.profile).is_err() {
            continue;
        }
        answer.add(&own.id, configs(&own, !request.exclude_resource_contents));
        if answer.length() > MAX_ANSWER {
            return Err(Status::resource_exhausted(format!(
                "an answer may have {MAX_ANSWER} bytes: ask for fewer proxies with node_matchers, or set exclude_resource_contents"
            )));
        }
    }
    Ok(answer.written())
}

/// What is said of each resource of a proxy, with the resource itself, packed, where that is asked for.
fn configs(own: &Connected, with_contents: bool) -> Vec<(GenericXdsConfig, Option<Bytes>)> {
    let snapshot = own.plans.borrow().plan.snapshot.clone();
    let telling = own.telling();
    let session = &telling.session;
    let statuses = session.status();
    let mut configs = Vec::new();
    for kind in Kind::ALL {
        let Some(status) = statuses.iter().find(|status| status.kind == kind) else {
            // It has never asked for that.
            configs.push((of_kind(own, kind, None), None));
            continue;
        };
        let stands = session.stands(kind, snapshot.as_deref());
        let is_blamed =
            |stand: &Stand| status.rejection.as_ref().is_some_and(|why| why.resources.contains(&stand.name));
        if stands.is_empty() || status.rejection.is_some() && !stands.iter().any(is_blamed) {
            configs.push((of_kind(own, kind, Some(status)), None));
        }
        // Keys are for those that need them, and nobody else.
        let with_contents = with_contents && kind != Kind::Secret;
        for stand in stands {
            let contents = stand.resource.as_ref().filter(|_| with_contents).map(|resource| resource.any.clone());
            configs.push((of_resource(own, status, &stand), contents));
        }
    }
    configs
}

/// What is said of a kind as a whole: of one that a proxy has not asked for, that has no resources, or that was refused for no resource.
fn of_kind(own: &Connected, kind: Kind, status: Option<&OfKind>) -> GenericXdsConfig {
    let rejection = status.and_then(|status| status.rejection.as_ref());
    let config_status = match status {
        Some(OfKind { is_waiting: true, .. }) => ConfigStatus::Stale,
        Some(OfKind { rejection: Some(_), .. }) => ConfigStatus::Error,
        Some(OfKind { sent: Some(_), .. }) => ConfigStatus::Synced,
        _ => ConfigStatus::NotSent,
    };
    GenericXdsConfig {
        type_url: kind.type_url().to_owned(),
        version_info: status.and_then(|status| status.sent).map_or_else(String::new, |sent| sent.to_string()),
        config_status: config_status.into(),
        error_state: rejection.map(|rejection| failure(own, status, rejection)),
        ..GenericXdsConfig::default()
    }
}

fn of_resource(own: &Connected, status: &OfKind, stand: &Stand) -> GenericXdsConfig {
    let config_status = match stand.standing {
        Standing::NotSent => ConfigStatus::NotSent,
        Standing::Waiting => ConfigStatus::Stale,
        Standing::Accepted => ConfigStatus::Synced,
        Standing::Refused => ConfigStatus::Error,
    };
    let version = match own.protocol {
        _ if stand.standing == Standing::NotSent => None,
        // What proxies are told there has one version for all of a kind.
        Protocol::StateOfTheWorld => status.sent,
        Protocol::Delta => Some(stand.version),
    };
    let rejection = status.rejection.as_ref().filter(|why| why.resources.contains(&stand.name));
    GenericXdsConfig {
        type_url: status.kind.type_url().to_owned(),
        name: stand.name.to_string(),
        version_info: version.map_or_else(String::new, |version| version.to_string()),
        config_status: config_status.into(),
        error_state: rejection.map(|rejection| failure(own, Some(status), rejection)),
        ..GenericXdsConfig::default()
    }
}

/// Why a proxy has refused what it was sent last. What that was stands where the configuration stands, until something else is sent.
fn failure(own: &Connected, status: Option<&OfKind>, rejection: &Rejection) -> UpdateFailureState {
    let refused = status.filter(|status| !status.is_waiting).and_then(|status| status.sent);
    UpdateFailureState {
        last_update_attempt: Some(Timestamp::from(own.since + rejection.at)),
        details: rejection.message.clone(),
        version_info: refused.map_or_else(String::new, |version| version.to_string()),
        ..UpdateFailureState::default()
    }
}
