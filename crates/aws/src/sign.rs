//! Signs requests with `SigV4`.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use ureq::http::Request;

use crate::error::Error;

/// The name of the service in signatures. Source: botocore, `data/appmesh/2019-01-25/service-2.json`.
const SERVICE: &str = "appmesh";

/// Signs a request.
pub(crate) fn signed(
    mut request: Request<Vec<u8>>,
    credentials: Credentials,
    region: &str,
    time: SystemTime,
) -> Result<Request<Vec<u8>>, Error> {
    let refuse = |why: String| Error::Unsigned { why };
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .map_err(|why| refuse(why.to_string()))?
        .into();
    let uri = request.uri().to_string();
    let headers = request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let body = SignableBody::Bytes(request.body());
    let signable = SignableRequest::new(request.method().as_str(), uri, headers, body);
    let signable = signable.map_err(|why| refuse(why.to_string()))?;
    let (instructions, _) = sign(signable, &parameters).map_err(|why| refuse(why.to_string()))?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    /// What botocore's `SigV4Auth` says of the same requests, at the same time, with the same keys.
    #[test]
    fn signatures_are_those_of_botocore() {
        let signature = |method: &str, path: &str, body: &str, token: Option<&str>| {
            let mut request = Request::builder().method(method).uri(format!("http://127.0.0.1:8480{path}"));
            if !body.is_empty() {
                request = request.header("content-type", "application/json");
            }
            let request = request.body(body.as_bytes().to_vec()).unwrap();
            let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
            let credentials = Credentials::new("AKIDEXAMPLE", secret, token.map(str::to_owned), None, "test");
            let time = UNIX_EPOCH + Duration::from_hours(498_876);
            let request = signed(request, credentials, "eu-west-1", time).unwrap();
            request.headers()["authorization"].to_str().unwrap().to_owned()
        };
        assert_eq!(
            signature("GET", "/v20190125/meshes/a%2Fb/virtualNodes/x%20y?limit=5&nextToken=a%3D", "", None),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/appmesh/aws4_request, SignedHeaders=host;x-amz-date, \
             Signature=bad52ecb0688f901b64eb29f0bd6c4301c9884190b58e6b9ee004a16252dd96e"
        );
        assert_eq!(
            signature("PUT", "/v20190125/meshes", r#"{"meshName":"m"}"#, Some("TOKEN")),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/appmesh/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
             Signature=c887e6fc1ce43e5a3405d6f5bc883dfb7d5855f7a97bb8cb95e93f86848ead4e"
        );
    }
}
