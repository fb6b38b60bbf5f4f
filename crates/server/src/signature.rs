//! Signatures of requests, in version 4 of AWS's way.
//!
//! Source: AWS Identity and Access Management User Guide, "AWS Signature Version 4 for API requests"; the messages are those that AWS's
//! clients know. A signature may come again while its time lasts, as with AWS: a client that asks twice within a second signs both alike,
//! and a change that comes twice is told by its `clientToken`.

use axum::http::{HeaderMap, header};
use data_encoding::HEXLOWER;
use meshwright_model::operation::percent_decoded;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{digest, hmac};
use time::PrimitiveDateTime;
use time::macros::format_description;

use crate::call::is_region;
use crate::exception::{ApiError, Exception};

/// How far a signature's time may be from ours, in seconds. Source: the same guide, "the request must reach AWS within five minutes of
/// the time stamp".
const MAX_SKEW: i64 = 5 * 60;

/// The most headers that may be signed.
const MAX_SIGNED: usize = 64;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What requests of the API are signed for.
const SERVICE: &str = "appmesh";

/// What is signed: a request, as it came.
pub(crate) struct Signed<'r> {
    pub(crate) method: &'r str,
    /// The path, with its percent-encoding.
    pub(crate) path: &'r str,
    /// The query, with its percent-encoding.
    pub(crate) query: &'r str,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) body: &'r [u8],
}

/// Who a request says it is from, and the signature that must prove it.
#[derive(Debug)]
pub(crate) struct Claim {
    /// The id of the access key.
    pub(crate) key: String,
    /// The region that it is signed for.
    pub(crate) region: String,
    /// The service that it is signed for.
    service: String,
    /// The time of the signature: `YYYYMMDDTHHMMSSZ`.
    stamp: String,
    signed_headers: Vec<String>,
    signature: Vec<u8>,
}

impl Claim {
    /// What the headers of a request of the API claim, at a time in seconds since 1970.
    ///
    /// # Errors
    /// They claim nothing, or nothing that can be proved now.
    pub(crate) fn of(headers: &HeaderMap, now: i64) -> Result<Self, ApiError> {
        Self::for_one_of(&[SERVICE], headers, now)
    }

    /// What the headers of a request to one of some services claim.
    ///
    /// # Errors
    /// As above.
    pub(crate) fn for_one_of(services: &[&str], headers: &HeaderMap, now: i64) -> Result<Self, ApiError> {
        let Some(authorization) = headers.get(header::AUTHORIZATION) else {
            let message = "Missing Authentication Token: sign the request with an access key of this server";
            return Err(ApiError::of(Exception::MissingAuthenticationToken, message));
        };
        if headers.contains_key("x-amz-security-token") {
            // Keys for a while are AWS's own; this server has none.
            let message = "this server gives no security tokens: sign with one of its own access keys, as AWS_ACCESS_KEY_ID and \
                           AWS_SECRET_ACCESS_KEY say them, without AWS_SESSION_TOKEN";
            return Err(ApiError::of(Exception::UnrecognizedClient, message));
        }
        let authorization = authorization.to_str().unwrap_or_default();
        let Some(rest) = authorization.strip_prefix(ALGORITHM) else {
            return Err(incomplete(&format!("Authorization is not of {ALGORITHM}")));
        };
        let part = |name: &str| {
            let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            let found = parts.find(|(own, _)| *own == name).map(|(_, value)| value);
            found.ok_or_else(|| incomplete(&format!("Authorization header requires '{name}' parameter.")))
        };
        let (credential, signed, signature) = (part("Credential")?, part("SignedHeaders")?, part("Signature")?);
        let [key, date, region, service, end] = credential.split('/').collect::<Vec<&str>>()[..] else {
            return Err(incomplete("Credential must be KEY/DATE/REGION/appmesh/aws4_request"));
        };
        if !services.contains(&service) || end != "aws4_request" {
            return Err(invalid(format!("Credential should be scoped to correct service: '{SERVICE}'.")));
        }
        if !is_region(region) {
            return Err(invalid("Credential should be scoped to a valid region.".to_owned()));
        }
        let stamp = headers.get("x-amz-date").and_then(|value| value.to_str().ok()).unwrap_or_default();
        check_time(stamp, now)?;
        if !stamp.starts_with(date) || date.len() != 8 {
            return Err(invalid(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{date}' != '{stamp}'"
            )));
        }
        let signed_headers: Vec<String> = signed.split(';').map(str::to_ascii_lowercase).collect();
        if signed_headers.len() > MAX_SIGNED
            || ["host", "x-amz-date"].iter().any(|name| !signed_headers.iter().any(|own| own == name))
        {
            return Err(invalid(
                "'Host' and 'X-Amz-Date' must be 'SignedHeaders' in the AWS Authorization.".to_owned(),
            ));
        }
        let signature = HEXLOWER.decode(signature.as_bytes()).map_err(|_| mismatch())?;
        let [key, region, service, stamp] = [key, region, service, stamp].map(str::to_owned);
        Ok(Self { key, region, service, stamp, signed_headers, signature })
    }

    /// Whether the secret of the key made the signature.
    ///
    /// # Errors
    /// It did not.
    pub(crate) fn prove(&self, secret: &str, request: &Signed<'_>) -> Result<(), ApiError> {
        let date = &self.stamp[..8];
        let mut key = format!("AWS4{secret}").into_bytes();
        for part in [date, &self.region, &self.service, "aws4_request"] {
            let signed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes());
            key = signed.as_ref().to_vec();
        }
        let canonical = HEXLOWER.encode(canonical(request, &self.signed_headers).as_ref());
        let Self { region, service, stamp, .. } = self;
        let text = format!("{ALGORITHM}\n{stamp}\n{date}/{region}/{service}/aws4_request\n{canonical}");
        // In constant time.
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), text.as_bytes(), &self.signature).map_err(|_| mismatch())
    }
}

fn check_time(stamp: &str, now: i64) -> Result<(), ApiError> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let at = PrimitiveDateTime::parse(stamp, format).map_err(|_| {
        incomplete(&format!("X-Amz-Date must be a time in the form YYYYMMDDTHHMMSSZ, and is '{stamp}'"))
    })?;
    let skew = at.assume_utc().unix_timestamp() - now;
    let edge = |at: i64| {
        let moment = time::OffsetDateTime::from_unix_timestamp(at).ok();
        moment.and_then(|moment| moment.format(format).ok()).unwrap_or_default()
    };
    if skew < -MAX_SKEW {
        let (earliest, now) = (edge(now - MAX_SKEW), edge(now));
        return Err(invalid(format!("Signature expired: {stamp} is now earlier than {earliest} ({now} - 5 min.)")));
    }
    if skew > MAX_SKEW {
        let (latest, now) = (edge(now + MAX_SKEW), edge(now));
        return Err(invalid(format!(
            "Signature not yet current: {stamp} is still later than {latest} ({now} + 5 min.)"
        )));
    }
    Ok(())
}

/// The digest of a request in its canonical form.
fn canonical(request: &Signed<'_>, signed_headers: &[String]) -> digest::Digest {
    let mut text =
        format!("{}\n{}\n{}\n", request.method, canonical_path(request.path), canonical_query(request.query));
    for name in signed_headers {
        let values = request.headers.get_all(name).iter().map(|value| {
            let value = String::from_utf8_lossy(value.as_bytes());
            value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<&str>>().join(" ")
        });
        for part in [name, ":", &values.collect::<Vec<String>>().join(","), "\n"] {
            text.push_str(part);
        }
    }
    let body = HEXLOWER.encode(digest::digest(&digest::SHA256, request.body).as_ref());
    for part in ["\n", &signed_headers.join(";"), "\n", &body] {
        text.push_str(part);
    }
    digest::digest(&digest::SHA256, text.as_bytes())
}

/// A path as it is signed: without `.` and `..`, and encoded once more. Source: the same guide; of all services S3 alone differs.
fn canonical_path(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part {
            "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let end = if path.len() > 1 && path.ends_with('/') { "/" } else { "" };
    if parts.is_empty() {
        return "/".to_owned();
    }
    parts.iter().fold(String::new(), |text, part| text + "/" + &encoded(part)) + end
}

fn canonical_query(query: &str) -> String {
    let again = |text: &str| encoded(percent_decoded(text).as_deref().unwrap_or(text));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (again(name), again(value))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<String>>().join("&")
}

/// A text with everything encoded that RFC 3986 does not leave as it is.
fn encoded(text: &str) -> String {
    const RESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, &RESERVED).to_string()
}

fn incomplete(message: &str) -> ApiError {
    ApiError::of(Exception::IncompleteSignature, message)
}

fn invalid(message: String) -> ApiError {
    ApiError::of(Exception::InvalidSignature, message)
}

fn mismatch() -> ApiError {
    invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."
            .to_owned(),
    )
}
