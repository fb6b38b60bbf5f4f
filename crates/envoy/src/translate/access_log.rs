//! Where requests are logged.

use meshwright_model::limits::FilePath;
use meshwright_model::logging::{FileAccessLog, LoggingFormat};

use super::Translation;
use crate::envoy::config::accesslog::v3::{AccessLog, access_log};
use crate::envoy::config::core::v3::data_source::Specifier;
use crate::envoy::config::core::v3::substitution_format_string::Format;
use crate::envoy::config::core::v3::{DataSource, SubstitutionFormatString};
use crate::envoy::extensions::access_loggers::file::v3 as file;
use crate::json::pack;

impl Translation<'_, '_> {
    /// Where the proxy logs requests. Folders of other machines are not on this one: where all are here, a file goes to the proxy's own.
    pub(super) fn access_log(&self) -> Vec<AccessLog> {
        access_log(self.proxy.log, |path| match &self.options.machine {
            Some(machine) if !path.starts_with("/dev/") => machine.own(&path.trim_matches('/').replace('/', "-")),
            _ => path.to_owned(),
        })
    }
}

/// The access log of a node or gateway; without a format it has Envoy's own.
fn access_log(log: Option<&FileAccessLog>, place: impl FnOnce(&str) -> String) -> Vec<AccessLog> {
    let Some(FileAccessLog { format, path }) = log else { return Vec::new() };
    let format = match format {
        None => None,
        Some(LoggingFormat::Text(text)) => text.known().map(|text| {
            // A line of text ends where its user says so; Envoy adds nothing.
            let inline = DataSource {
                specifier: Some(Specifier::InlineString(text.as_str().to_owned())),
                ..DataSource::default()
            };
            Format::TextFormatSource(inline)
        }),
        Some(LoggingFormat::Json(members)) => {
            let members = members.iter().filter_map(|member| {
                let value = prost_types::value::Kind::StringValue(member.value.known()?.as_str().to_owned());
                Some((member.key.known()?.as_str().to_owned(), prost_types::Value { kind: Some(value) }))
            });
            Some(Format::JsonFormat(prost_types::Struct { fields: members.collect() }))
        }
    };
    let log_format = format.map(|format| {
        let whole = SubstitutionFormatString { format: Some(format), ..SubstitutionFormatString::default() };
        file::file_access_log::AccessLogFormat::LogFormat(whole)
    });
    let path = place(path.known().map(FilePath::as_str).unwrap_or_default());
    let config = file::FileAccessLog { path, access_log_format: log_format };
    vec![AccessLog {
        name: "envoy.access_loggers.file".to_owned(),
        config_type: Some(access_log::ConfigType::TypedConfig(pack(&config))),
        ..AccessLog::default()
    }]
}
