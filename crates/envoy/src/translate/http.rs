//! The filter that takes requests.

use meshwright_model::limits::PortProtocol;

use super::Translation;
use super::chain::{Direction, network_filter};
use super::hosts::Host;
use super::names;
use crate::envoy::config::core::v3::config_source::ConfigSourceSpecifier;
use crate::envoy::config::core::v3::{AggregatedConfigSource, ApiVersion, ConfigSource};
use crate::envoy::config::listener::v3::Filter;
use crate::envoy::extensions::filters::http::router::v3::Router;
use crate::envoy::extensions::filters::network::http_connection_manager::v3::http_connection_manager::{
    PathWithEscapedSlashesAction, RouteSpecifier, Tracing, UpgradeConfig,
};
use crate::envoy::extensions::filters::network::http_connection_manager::v3::{
    HttpConnectionManager, HttpFilter, Rds, http_filter,
};
use crate::json::pack;

/// What comes over the stream of the aggregated discovery service.
pub(super) fn ads() -> ConfigSource {
    ConfigSource {
        config_source_specifier: Some(ConfigSourceSpecifier::Ads(AggregatedConfigSource {})),
        resource_api_version: ApiVersion::V3.into(),
        ..ConfigSource::default()
    }
}

impl Translation<'_, '_> {
    /// The filter that takes requests on a port and routes them; its routes go where they are delivered.
    ///
    /// Source of the options: the gateway's dump.
    pub(super) fn http_filter(
        &mut self,
        direction: Direction,
        protocol: PortProtocol,
        port: u16,
        hosts: Vec<impl Into<Host>>,
    ) -> Filter {
        let name = names::routes(direction.word(), protocol, port);
        let hosts: Vec<Host> = hosts.into_iter().map(Into::into).collect();
        let specifier = if self.is_static() {
            RouteSpecifier::RouteConfig(self.whole_routes(name, hosts))
        } else {
            let routes = self.shared_routes(name.clone(), hosts);
            self.configuration.routes.push(routes);
            RouteSpecifier::Rds(Rds { config_source: Some(ads()), route_config_name: name })
        };
        let websocket =
            UpgradeConfig { upgrade_type: "websocket".to_owned(), enabled: Some(true), ..UpgradeConfig::default() };
        let last = HttpFilter {
            name: "envoy.filters.http.router".to_owned(),
            config_type: Some(http_filter::ConfigType::TypedConfig(pack(&Router::default()))),
            ..HttpFilter::default()
        };
        let manager = HttpConnectionManager {
            stat_prefix: self.stat_prefix(direction, protocol, port),
            route_specifier: Some(specifier),
            http_filters: vec![last],
            tracing: Some(Tracing::default()),
            access_log: self.access_log(),
            upgrade_configs: vec![websocket],
            normalize_path: Some(true),
            merge_slashes: true,
            path_with_escaped_slashes_action: PathWithEscapedSlashesAction::KeepUnchanged.into(),
            ..HttpConnectionManager::default()
        };
        network_filter("envoy.filters.network.http_connection_manager", pack(&manager))
    }
}
