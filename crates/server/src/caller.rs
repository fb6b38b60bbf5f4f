//! Signed calls of proxies: whose they are, and which proxies those may be.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, header};
use meshwright_model::Kind;

use crate::access::denied;
use crate::call::Scope;
use crate::credentials::{AccessKey, Credentials, TO_BE_A_PROXY};
use crate::exception::ApiError;
use crate::record::Key;
use crate::service::now;
use crate::signature::{Claim, Signed};

/// What App Mesh's Envoy image signs for, by itself and with `APPMESH_PREVIEW`.
const SERVICES: [&str; 2] = ["appmesh", "appmesh-preview"];

/// Whoever signed a call of a proxy.
#[derive(Clone, Debug)]
pub struct Caller {
    key: Arc<AccessKey>,
    /// The region that the call is signed for.
    pub region: String,
    /// The account of the access key.
    pub account: String,
}

impl Caller {
    /// Who signed a call, by its head; `account` is that of keys that name none.
    ///
    /// App Mesh's Envoy signs a call of gRPC as a POST without a body, since it signs before it knows what it will say. It has every header
    /// of the call but those that gRPC adds, and the host without a port that is usual.
    ///
    /// Source: envoyproxy/envoy, `source/extensions/grpc_credentials/aws_iam` and `source/extensions/common/aws/utility.cc`; grpc/grpc,
    /// `src/core/lib/security/transport/client_auth_filter.cc`, which drops port 443.
    ///
    /// # Errors
    /// Nobody signed it whose key is known, or not now.
    pub fn of(head: &Parts, credentials: &Credentials, account: &str) -> Result<Self, ApiError> {
        let now = i64::try_from(now() / 1000).unwrap_or(i64::MAX);
        let claim = Claim::for_one_of(&SERVICES, &head.headers, now)?;
        let key = credentials.find(&claim.key)?;
        let host = head.uri.authority().map(Authority::as_str);
        let headers = with_host(&head.headers, host.map(without_usual_port));
        let (method, path) = (head.method.as_str(), head.uri.path());
        let query = head.uri.query().unwrap_or_default();
        claim.prove(key.secret(), &Signed { method, path, query, headers: &headers, body: b"" })?;
        let account = key.account(account).to_owned();
        Ok(Self { key, region: claim.region, account })
    }

    /// Whether it may be a proxy of a virtual node or gateway in a mesh that an account owns in a region.
    ///
    /// # Errors
    /// The key is not allowed it; or the mesh is another account's, which does not share it.
    pub fn may_be(&self, kind: Kind, name: &str, mesh: &str, owner: &str, region: &str) -> Result<(), ApiError> {
        let scope = Scope::of(region, &self.account);
        let mesh = Key::of_mesh(region, owner, mesh);
        let resource = scope.arn(&Key { kind, name: name.to_owned(), ..mesh.clone() });
        if owner != self.account && !self.key.shares(&Scope::of(region, owner).arn(&mesh)) {
            let reason = format!(" because account {owner} does not share its mesh with the key");
            return Err(denied(TO_BE_A_PROXY, &scope, &self.key, &resource, &reason));
        }
        // Whose a node in a shared mesh is does not show in its name, so what is denied of either holds. Ours: what App Mesh asked of
        // proxies in shared meshes is not known.
        let of_owner = Scope::of(region, owner).arn(&Key { kind, name: name.to_owned(), ..mesh });
        if self.key.may(TO_BE_A_PROXY, &resource) && !self.key.is_denied(TO_BE_A_PROXY, &of_owner) {
            Ok(())
        } else {
            Err(denied(TO_BE_A_PROXY, &scope, &self.key, &resource, ""))
        }
    }
}

/// Headers as they are signed: HTTP/2 has the host elsewhere.
fn with_host(headers: &HeaderMap, host: Option<&str>) -> HeaderMap {
    let mut headers = headers.clone();
    if let Some(host) = host.and_then(|host| HeaderValue::from_str(host).ok()) {
        headers.insert(header::HOST, host);
    }
    headers
}

fn without_usual_port(host: &str) -> &str {
    host.strip_suffix(":443").or_else(|| host.strip_suffix(":80")).unwrap_or(host)
}
