//! Writes access logs.

use meshwright_model::Scalar;
use meshwright_model::limits::TextFormat;
use meshwright_model::logging::{AccessLog as ModelAccessLog, FileAccessLog, JsonFormatRef, Logging, LoggingFormat};

use super::draft::Draft;
use crate::intent::{AccessLog, AccessLogFormat};

/// What a JSON access log says where the request leaves that open. Source: Envoy, access logging, command operators.
const JSON: &[(&str, &str)] = &[
    ("start_time", "%START_TIME%"),
    ("method", "%REQ(:METHOD)%"),
    ("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("protocol", "%PROTOCOL%"),
    ("response_code", "%RESPONSE_CODE%"),
    ("response_flags", "%RESPONSE_FLAGS%"),
    ("duration", "%DURATION%"),
    ("authority", "%REQ(:AUTHORITY)%"),
    ("request_id", "%REQ(X-REQUEST-ID)%"),
    ("upstream_host", "%UPSTREAM_HOST%"),
];

/// What a text access log says where the request leaves that open.
const TEXT: &str = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" %RESPONSE_CODE% \
                    %RESPONSE_FLAGS% %DURATION% \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

/// Writes an access log.
pub(super) fn logging(log: &AccessLog, shown: &str, draft: &mut Draft) -> Logging {
    let path = log.path.clone().unwrap_or_else(|| {
        draft.assume(
            format!("the access log of `{shown}` goes to `/dev/stdout`"),
            "the request names no file, and the container's log driver takes what goes there",
        );
        "/dev/stdout".to_owned()
    });
    let path = draft.text(&format!("the access log of `{shown}`"), &path);
    let format = log.format.as_ref().map(|format| self::format(format, shown, draft));
    Logging { access_log: Some(ModelAccessLog::File(FileAccessLog { format, path })) }
}

fn format(format: &AccessLogFormat, shown: &str, draft: &mut Draft) -> LoggingFormat {
    match format {
        AccessLogFormat::Json(members) if members.is_empty() => {
            draft.assume(format!("the access log of `{shown}` has ten usual members"), "the request names none");
            let member = |(key, value): &(&str, &str)| JsonFormatRef {
                key: draft.text("a key of the access log", key),
                value: draft.text("a value of the access log", value),
            };
            LoggingFormat::Json(JSON.iter().map(member).collect())
        }
        AccessLogFormat::Json(members) => {
            let member = |(key, value): (&String, &String)| JsonFormatRef {
                key: draft.text(&format!("a key of the access log of `{shown}`"), key),
                value: draft.text(&format!("`{key}` of the access log of `{shown}`"), value),
            };
            LoggingFormat::Json(members.iter().map(member).collect())
        }
        AccessLogFormat::Text(text) => {
            let text = if text.is_empty() { TEXT } else { text };
            let text: Scalar<TextFormat> = draft.text(&format!("the lines of the access log of `{shown}`"), text);
            LoggingFormat::Text(text)
        }
    }
}
