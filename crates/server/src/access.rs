//! Who may do what.

use std::fmt::Display;

use meshwright_model::Kind;
use meshwright_model::operation::Operation;

use crate::api::Api;
use crate::body::Body;
use crate::call::{Call, Scope};
use crate::credentials::AccessKey;
use crate::exception::{ApiError, Exception};

impl Api {
    /// Whether the caller may do it.
    ///
    /// Source: Service Authorization Reference, App Mesh: which resource each action is about; the message is that of
    /// aws-samples/eks-workshop#314, where all meshes are `*`.
    pub(crate) fn permit(&self, call: &Call, body: Option<&Body>) -> Result<(), ApiError> {
        let Some(key) = &call.caller else { return Ok(()) };
        let operation = call.operation;
        let mesh = call.key(Kind::Mesh, &call.target.mesh)?;
        if mesh.owner != call.scope.account {
            let arn = Scope::of(&mesh.region, &mesh.owner).arn(&mesh);
            if !key.shares(&arn) {
                // Source: IAM User Guide, access denied error messages. Whether there is such a mesh is not told.
                let reason = format!(" because no resource-based policy allows the appmesh:{operation} action");
                return Err(denied(operation, &call.scope, key, &arn, &reason));
            }
        }
        let resource = match operation {
            Operation::List(Kind::Mesh)
            | Operation::ListProxies
            | Operation::GetMetrics
            | Operation::RegisterEndpoint
            | Operation::DeregisterEndpoint
            | Operation::ListEndpoints => "*".to_owned(),
            Operation::TagResource | Operation::UntagResource | Operation::ListTagsForResource => {
                call.parameter("resourceArn").unwrap_or("*").to_owned()
            }
            Operation::Create(kind) => {
                let name = body.map(|body| body.name(kind)).transpose()?;
                self.arn_of(call, kind, name.as_deref())?
            }
            Operation::Describe(kind) | Operation::Update(kind) | Operation::Delete(kind) => {
                self.arn_of(call, kind, call.target.name.as_deref())?
            }
            Operation::List(kind) => match kind.parent() {
                Some(parent) => self.arn_of(call, parent, call.target.parent.as_deref())?,
                None => self.arn_of(call, Kind::Mesh, Some(&call.target.mesh))?,
            },
        };
        if key.may(operation, &resource) { Ok(()) } else { Err(denied(operation, &call.scope, key, &resource, "")) }
    }

    /// The ARN that a resource has, or would have.
    fn arn_of(&self, call: &Call, kind: Kind, name: Option<&str>) -> Result<String, ApiError> {
        let key = call.key(kind, name.unwrap_or_default())?;
        Ok(self.state.get(&key).map_or_else(|| call.arn(&key), |record| record.arn.clone()))
    }
}

/// That a key may not do something.
pub(crate) fn denied(action: impl Display, scope: &Scope, key: &AccessKey, resource: &str, reason: &str) -> ApiError {
    let Scope { partition, account, .. } = scope;
    let user = key.user();
    let message = format!(
        "User: arn:{partition}:iam::{account}:user/{user} is not authorized to perform: appmesh:{action} on resource: {resource}{reason}"
    );
    ApiError::of(Exception::AccessDenied, message)
}
