//! The API for whoever lives in the same process: no socket between, and the same answers.

use std::io;
use std::sync::Arc;

use meshwright_model::api::{self, Failure, MeshApi};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use crate::call::{Call, Scope};
use crate::exception::ApiError;
use crate::service::Service;

/// A service as callers of one region and account have it, who wait for its answers: not for code that runs on a runtime's threads.
#[derive(Debug)]
pub struct InProcess {
    service: Arc<Service>,
    scope: Scope,
    runtime: Runtime,
}

impl InProcess {
    /// A service as callers of a region and an account have it.
    ///
    /// # Errors
    /// The system gives no runtime.
    pub fn new(service: Arc<Service>, scope: Scope) -> io::Result<Self> {
        Ok(Self { service, scope, runtime: Builder::new_current_thread().build()? })
    }
}

impl MeshApi for InProcess {
    fn call(&self, call: &api::Call) -> Result<Value, Failure> {
        let api::Call { operation, target, query, body } = call.clone();
        let body = if body.is_empty() { Vec::new() } else { Value::Object(body).to_string().into_bytes() };
        let call = Call { operation, target, query, body, scope: self.scope.clone(), caller: None };
        self.runtime.block_on(self.service.answer(call)).map_err(refused)
    }

    fn place(&self) -> String {
        "this process".to_owned()
    }
}

fn refused(ApiError { exception, message, .. }: ApiError) -> Failure {
    Failure::Refused { exception: exception.to_string(), status: exception.status(), message }
}
