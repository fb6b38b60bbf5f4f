//! The API for whoever lives in the same process: no socket between, and the same answers.

use std::sync::{Mutex, PoisonError};

use meshwright_model::api::{self, Failure, MeshApi};
use meshwright_store::Store;
use serde_json::Value;

use crate::api::{Api, Stamp};
use crate::call::{Call, Scope};
use crate::exception::ApiError;
use crate::http::{new_id, now};

/// An API and its store, of which one caller at a time is answered.
pub struct InProcess {
    inside: Mutex<(Api, Box<dyn Store>)>,
    scope: Scope,
}

impl InProcess {
    /// What callers of a region and an account get.
    pub fn new(api: Api, store: Box<dyn Store>, scope: Scope) -> Self {
        Self { inside: Mutex::new((api, store)), scope }
    }
}

impl MeshApi for InProcess {
    fn call(&self, call: &api::Call) -> Result<Value, Failure> {
        let api::Call { operation, target, query, body } = call.clone();
        let body = if body.is_empty() { Vec::new() } else { Value::Object(body).to_string().into_bytes() };
        let call = Call { operation, target, query, body, scope: self.scope.clone() };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let (api, store) = &mut *inside;
        if !operation.is_write() {
            return api.read(&call).map_err(refused);
        }
        api.answer(&call, &Stamp { millis: now(), uid: new_id() }, store.as_mut()).map_err(refused)
    }

    fn place(&self) -> String {
        "this process".to_owned()
    }
}

fn refused(ApiError { exception, message }: ApiError) -> Failure {
    Failure::Refused { exception: exception.to_string(), status: exception.status(), message }
}
