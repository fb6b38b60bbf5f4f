//! The operations that are none of App Mesh's.

use meshwright_model::operation::Operation;
use serde_json::{Value, json};

use crate::access::denied;
use crate::answer::Answer;
use crate::call::Call;
use crate::control_plane::ControlPlane;
use crate::endpoints::{EndpointId, Registration};
use crate::exception::{ApiError, Exception};
use crate::exposition::Exposition;
use crate::metrics::Metrics;
use crate::service::Service;

/// Answers a call of an operation that is none of App Mesh's.
pub(crate) fn answer(
    service: &Service,
    metrics: &Metrics,
    control_plane: Option<&dyn ControlPlane>,
    call: &Call,
) -> Result<Answer, ApiError> {
    let endpoint = match call.operation {
        Operation::RegisterEndpoint | Operation::DeregisterEndpoint => Some(EndpointId::of(call)?),
        _ => None,
    };
    let resource = endpoint.as_ref().map_or_else(|| "*".to_owned(), |own| own.arn(&call.scope.partition));
    if let Some(key) = call.caller.as_ref().filter(|key| !key.may(call.operation, &resource)) {
        return Err(denied(call.operation, &call.scope, key, &resource, ""));
    }
    match (call.operation, endpoint) {
        (Operation::GetMetrics, _) => {
            let mut text = Exposition::default();
            metrics.measure(&mut text);
            service.measure(&mut text);
            if let Some(control_plane) = control_plane {
                control_plane.measure(&mut text);
            }
            Ok(Answer::exposition(text))
        }
        (Operation::RegisterEndpoint, Some(id)) => {
            let registration = Registration::read(&call.body)?;
            let full = |why| ApiError::of(Exception::LimitExceeded, why);
            there(control_plane)?.register(&id, registration).map(Answer::of).map_err(full)
        }
        (Operation::DeregisterEndpoint, Some(id)) => {
            let gone = there(control_plane)?.deregister(&id);
            let absent = || ApiError::not_found(format!("there is no instance {}", id.arn(&call.scope.partition)));
            gone.then(|| Answer::of(json!({}))).ok_or_else(absent)
        }
        (Operation::ListEndpoints, _) => {
            let is_meant = |own: &Value| {
                ["namespace", "service"].iter().all(|name| call.parameter(name).is_none_or(|meant| own[*name] == meant))
            };
            let mut all = there(control_plane)?.endpoints(&call.scope.region, &call.scope.account);
            all.retain(is_meant);
            Ok(Answer::of(json!({"endpoints": all})))
        }
        // With what a client needs to know whether proxies have what it has written: its account and region, and the revision that it sees.
        _ => {
            let mut answer = control_plane.map_or_else(|| json!({"proxies": []}), ControlPlane::proxies);
            answer["region"] = json!(call.scope.region);
            answer["account"] = json!(call.scope.account);
            answer["revision"] = json!(service.revision());
            Ok(Answer::of(answer))
        }
    }
}

fn there(control_plane: Option<&dyn ControlPlane>) -> Result<&dyn ControlPlane, ApiError> {
    control_plane.ok_or_else(|| ApiError::of(Exception::ServiceUnavailable, "this server has no control plane"))
}
