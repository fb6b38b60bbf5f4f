//! The operations that are none of App Mesh's.

use meshwright_model::operation::Operation;
use serde_json::{Value, json};

use crate::access::denied;
use crate::answer::Answer;
use crate::call::{Call, Scope};
use crate::control_plane::ControlPlane;
use crate::credentials::AccessKey;
use crate::endpoints::{EndpointId, Registration};
use crate::exception::{ApiError, Exception};
use crate::exposition::Exposition;
use crate::metrics::Metrics;
use crate::record::Key;
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
            if let Some(key) = &call.caller {
                keep_own(&mut answer, key, &call.scope.account);
            }
            answer["region"] = json!(call.scope.region);
            answer["account"] = json!(call.scope.account);
            answer["revision"] = json!(service.revision());
            Ok(Answer::of(answer))
        }
    }
}

/// Takes away what is of meshes that a key does not see; who was refused is told to no other account, as nobody knows whose it was.
fn keep_own(answer: &mut Value, key: &AccessKey, account: &str) {
    let is_seen = |own: &Value| {
        let text = |member: &str| own[member].as_str().unwrap_or_default();
        let (region, owner) = (text("region"), text("meshOwner"));
        owner == account || key.shares(&Scope::of(region, owner).arn(&Key::of_mesh(region, owner, text("meshName"))))
    };
    if let Some(proxies) = answer["proxies"].as_array_mut() {
        proxies.retain(is_seen);
    }
    if key.is_of_another()
        && let Some(refused) = answer["refused"].as_array_mut()
    {
        refused.clear();
    }
}

fn there(control_plane: Option<&dyn ControlPlane>) -> Result<&dyn ControlPlane, ApiError> {
    control_plane.ok_or_else(|| ApiError::of(Exception::ServiceUnavailable, "this server has no control plane"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use meshwright_model::operation::Target;
    use meshwright_store::Memory;

    use super::*;
    use crate::credentials::Credentials;

    const KEYS: &str = r#"
[[key]]
id = "A"
secret = "at least sixteen characters"
user = "a"
account = "111111111111"
shared = ["arn:aws:appmesh:*:222222222222:mesh/shared"]
allow = [
    { actions = ["appmesh:RegisterEndpoint"], resources = ["arn:aws:appmesh:*:*:endpoint/local/orders/*"] },
    { actions = ["appmesh:ListProxies"], resources = ["*"] },
]
"#;

    #[derive(Debug)]
    struct Plane;

    impl ControlPlane for Plane {
        fn proxies(&self) -> Value {
            let proxy = |owner: &str, mesh: &str| json!({"region": "r", "meshOwner": owner, "meshName": mesh});
            json!({
                "proxies": [proxy("111111111111", "own"), proxy("222222222222", "shared"), proxy("222222222222", "other")],
                "refused": [{"peer": "10.0.0.1"}],
            })
        }

        fn revision(&self) -> Option<u64> {
            Some(0)
        }

        fn register(&self, _: &EndpointId, _: Registration) -> Result<Value, String> {
            Ok(json!({}))
        }

        fn deregister(&self, _: &EndpointId) -> bool {
            true
        }

        fn endpoints(&self, _: &str, _: &str) -> Vec<Value> {
            Vec::new()
        }

        fn measure(&self, _: &mut Exposition) {}
    }

    /// What is answered to a key, or to nobody in particular.
    fn asked(
        operation: Operation,
        [namespace, service, instance]: [&str; 3],
        key: Option<&str>,
    ) -> Result<Answer, ApiError> {
        let keys = Credentials::read(KEYS).unwrap();
        let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let call = Call {
            operation,
            target: Target { mesh: namespace.to_owned(), parent: text(service), name: text(instance) },
            query: Vec::new(),
            body: br#"{"ipv4": "10.0.0.1"}"#.to_vec(),
            scope: Scope::of("r", "111111111111"),
            caller: key.map(|key| keys.find(key).unwrap()),
        };
        let service = Arc::new(Service::start(Box::new(Memory::default()), false).unwrap());
        answer(&service, &Metrics::default(), Some(&Plane), &call)
    }

    #[test]
    fn a_key_registers_what_it_is_allowed_and_nothing_else() {
        let put = |name, key| asked(Operation::RegisterEndpoint, name, key).map_err(|why| why.exception);
        assert!(put(["local", "orders", "1"], Some("A")).is_ok());
        assert!(put(["local", "payments", "1"], None).is_ok(), "nobody is asked for keys");
        for name in [["local", "payments", "1"], ["other", "orders", "1"]] {
            assert_eq!(put(name, Some("A")).unwrap_err(), Exception::AccessDenied, "{name:?}");
        }
        for name in [["local", "payments", "orders/1"], ["local", "orders/1", "2"], ["local/orders", "x", "1"]] {
            assert_eq!(put(name, None).unwrap_err(), Exception::BadRequest, "{name:?}");
        }
        for operation in [Operation::DeregisterEndpoint, Operation::ListEndpoints, Operation::GetMetrics] {
            let refused = asked(operation, ["local", "orders", "1"], Some("A")).map_err(|why| why.exception);
            assert_eq!(refused.unwrap_err(), Exception::AccessDenied, "{operation}");
        }
    }

    #[test]
    fn a_key_sees_the_proxies_of_meshes_that_it_sees() {
        let seen = |key| {
            let answer = asked(Operation::ListProxies, ["", "", ""], key).unwrap().into_value();
            let names =
                answer["proxies"].as_array().unwrap().iter().map(|own| own["meshName"].as_str().unwrap().to_owned());
            (names.collect::<Vec<String>>(), answer["refused"].as_array().unwrap().len())
        };
        assert_eq!(seen(None), (vec!["own".to_owned(), "shared".to_owned(), "other".to_owned()], 1));
        assert_eq!(seen(Some("A")), (vec!["own".to_owned(), "shared".to_owned()], 0));
    }
}
