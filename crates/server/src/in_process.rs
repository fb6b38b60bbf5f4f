//! The API for whoever lives in the same process: no socket between, and the same answers.

use std::sync::Arc;

use meshwright_model::api::{self, Failure, MeshApi};
use serde_json::Value;

use crate::call::{Call, Scope};
use crate::exception::ApiError;
use crate::service::Service;

/// A service as callers of one region and account have it; not for those who must not block.
#[derive(Clone, Debug)]
pub struct InProcess {
    service: Arc<Service>,
    scope: Scope,
}

impl InProcess {
    /// What callers of a region and an account get.
    pub fn new(service: Arc<Service>, scope: Scope) -> Self {
        Self { service, scope }
    }
}

impl MeshApi for InProcess {
    fn call(&self, call: &api::Call) -> Result<Value, Failure> {
        let api::Call { operation, target, query, body } = call.clone();
        let body = if body.is_empty() { Vec::new() } else { Value::Object(body).to_string().into_bytes() };
        let call = Call { operation, target, query, body, scope: self.scope.clone(), caller: None };
        self.service.answer_blocking(call).map_err(|ApiError { exception, message }| Failure::Refused {
            exception: exception.to_string(),
            status: exception.status(),
            message,
        })
    }

    fn place(&self) -> String {
        "this process".to_owned()
    }
}
