//! What decides a bootstrap, read from variables and checked, before any of it is built.
//!
//! Source, unless another is named: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/envoy_bootstrap.go`.

mod endpoint;
mod tracing;

use meshwright_model::Kind;
use meshwright_model::arn::Arn;
use prost_types::Duration;

use crate::error::Error;
use crate::variables::Variables;

pub use endpoint::ControlPlane;
pub use tracing::{Sampling, Tracer};

/// Who a proxy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// As Envoy says it to the control plane: an ARN, or `mesh/m/virtualNode/n`.
    pub id: String,
    /// Its parts; a virtual node's or a virtual gateway's.
    pub arn: Arn,
}

impl Proxy {
    /// Reads an ARN or its short form.
    ///
    /// # Errors
    /// Where it is none, or of a resource that has no proxy.
    pub fn read(text: &str) -> Result<Self, Error> {
        let arn: Arn = text.parse().map_err(Error::NotAName)?;
        match arn.kind {
            Kind::VirtualNode | Kind::VirtualGateway => Ok(Self { id: text.to_owned(), arn }),
            kind => Err(Error::NoProxy { given: text.to_owned(), kind }),
        }
    }

    /// The proxy that variables name, if they do. The newer variable comes first.
    ///
    /// # Errors
    /// As [`Proxy::read`].
    pub fn named(variables: &Variables) -> Result<Option<Self>, Error> {
        let names = ["APPMESH_RESOURCE_ARN", "APPMESH_RESOURCE_NAME", "APPMESH_VIRTUAL_NODE_NAME"];
        variables.first_text(&names).map(Self::read).transpose()
    }

    /// The mesh as statistics and traces name it: with its owner, where the id has one.
    pub(crate) fn mesh(&self) -> &str {
        self.id.split('/').nth(1).unwrap_or_default()
    }
}

/// What decides a bootstrap.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Who the proxy is.
    pub proxy: Proxy,
    /// The name of the proxies that do the same.
    pub cluster: String,
    /// Where its configuration comes from; `None` where all of it stands in the bootstrap.
    pub control_plane: Option<ControlPlane>,
    /// A file on the proxy's machine with the certificates by which it trusts the control plane; `None` for what is usual.
    pub trusted_certificates: Option<String>,
    /// The certificate that it shows the control plane over TLS.
    pub client_certificate: Option<ClientCertificate>,
    /// How many seconds Envoy waits for its first listeners and clusters before it goes on without; 0 is without end.
    pub initial_fetch_timeout: u32,
    /// Where Envoy can be asked and told things.
    pub admin: Admin,
    /// What is on or off in Envoy.
    pub runtime: Runtime,
    /// The file that says which hosts are ejected.
    pub outlier_log: String,
    /// The socket of a process that gives certificates.
    pub sds_socket: Option<String>,
    /// Where traces go.
    pub tracer: Option<Tracer>,
    /// What is said of statistics, and where they go.
    pub stats: Stats,
    /// Where the proxy runs.
    pub platform: Platform,
}

/// A certificate and its key, in files on the proxy's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The file with the certificate and those that lead to its authority.
    pub chain: String,
    /// The file with its key.
    pub key: String,
}

/// Envoy's administration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// Where it listens.
    pub listener: AdminListener,
    /// The file with its requests.
    pub access_log: String,
}

/// Where Envoy's administration listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminListener {
    /// A port on all addresses.
    Tcp {
        /// The port.
        port: u16,
        /// Whether those of IPv6 too.
        ipv6: bool,
    },
    /// The socket `/tmp/envoy_admin.sock`.
    Socket,
}

/// Envoy's runtime flags; `None` where Envoy's own default stands.
///
/// Envoy 1.40 has the first three no longer, as if they were always on: it calls their names a bug, and is to refuse them. So they
/// are said only to the Envoy of App Mesh, as its agent does, or where somebody asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runtime {
    /// Whether Envoy changes the trace decision in `x-request-id`.
    pub set_tracing_decision: Option<bool>,
    /// Whether every extension must say its type.
    pub no_extension_lookup_by_name: Option<bool>,
    /// Whether credentials are fetched by Envoy's own client.
    pub use_http_client_to_fetch_aws_credentials: Option<bool>,
    /// Requests of one connection that are served at a time; 0 is without bound.
    pub max_requests_per_io_cycle: u32,
}

/// Statistics.
#[derive(Clone, Debug, PartialEq)]
pub struct Stats {
    /// Whether a file of the user's says what is said of them instead.
    pub is_from_file: bool,
    /// Whether each says mesh and resource.
    pub has_resource_tags: bool,
    /// Whether App Mesh's metrics extension is on.
    pub has_metrics_extension: bool,
    /// How often they are flushed.
    pub flush_interval: Option<Duration>,
    /// The `DogStatsD` they go to.
    pub dog_statsd: Option<DogStatsd>,
}

/// Where a `DogStatsD` listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DogStatsd {
    /// A UDP port.
    Udp {
        /// The address.
        address: String,
        /// The port.
        port: u16,
    },
    /// A Unix socket.
    Socket(String),
}

/// What is known of where the proxy runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// The pod.
    pub kubernetes: Option<Kubernetes>,
    /// Whether only FIPS-validated cryptography is used.
    pub is_fips: bool,
}

/// The pod that a proxy runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kubernetes {
    /// The version of Kubernetes.
    pub version: String,
    /// The pod's UID.
    pub pod_uid: String,
    /// The version of the App Mesh controller that put the proxy there.
    pub controller_version: String,
}

impl Settings {
    /// What variables say of a proxy.
    ///
    /// # Errors
    /// Names the first variable whose value is none, or what is missing.
    pub fn read(proxy: Proxy, variables: &Variables) -> Result<Self, Error> {
        let control_plane = ControlPlane::read(&proxy, variables)?;
        Self::with(proxy, variables, Some(control_plane))
    }

    /// What variables say of a proxy that needs no control plane.
    ///
    /// # Errors
    /// As [`Settings::read`].
    pub fn alone(proxy: Proxy, variables: &Variables) -> Result<Self, Error> {
        Self::with(proxy, variables, None)
    }

    fn with(proxy: Proxy, variables: &Variables, control_plane: Option<ControlPlane>) -> Result<Self, Error> {
        let names_of_cluster = ["APPMESH_RESOURCE_CLUSTER", "APPMESH_VIRTUAL_NODE_CLUSTER"];
        let cluster = variables.first_text(&names_of_cluster).unwrap_or(&proxy.id).to_owned();
        Ok(Self {
            trusted_certificates: None,
            client_certificate: None,
            initial_fetch_timeout: variables.number("ENVOY_INITIAL_FETCH_TIMEOUT", 0)?,
            admin: Admin::read(variables)?,
            runtime: Runtime::read(control_plane.as_ref(), variables)?,
            outlier_log: variables.text_or("ENVOY_OUTLIER_DETECTION_EVENT_LOG_PATH", "/dev/stdout"),
            sds_socket: variables.text("APPMESH_SDS_SOCKET_PATH").map(str::to_owned),
            tracer: Tracer::read(&proxy, variables)?,
            stats: Stats::read(variables)?,
            platform: Platform::read(variables)?,
            proxy,
            cluster,
            control_plane,
        })
    }
}

impl Admin {
    fn read(variables: &Variables) -> Result<Self, Error> {
        let access_log = variables.text_or("ENVOY_ADMIN_ACCESS_LOG_FILE", "/tmp/envoy_admin_access.log");
        let mode = variables.text_or("ENVOY_ADMIN_MODE", "tcp");
        let listener = match mode.to_lowercase().as_str() {
            "uds" => AdminListener::Socket,
            "tcp" => AdminListener::Tcp {
                port: variables.port("ENVOY_ADMIN_ACCESS_PORT", 9901)?,
                ipv6: variables.boolean("ENVOY_ADMIN_ACCESS_ENABLE_IPV6", false)?,
            },
            // The agent takes any other word for `tcp`, which opens a port that somebody wanted closed.
            _ => {
                let name = variables.shown("ENVOY_ADMIN_MODE");
                return Err(Error::NotAWord { name, value: mode, words: &["tcp", "uds"] });
            }
        };
        Ok(Self { listener, access_log })
    }
}

impl Runtime {
    fn read(control_plane: Option<&ControlPlane>, variables: &Variables) -> Result<Self, Error> {
        let is_of_app_mesh = matches!(control_plane, Some(ControlPlane::Signed { .. }));
        let flag = |name, otherwise| {
            let is_said = is_of_app_mesh || variables.text(name).is_some();
            is_said.then(|| variables.boolean(name, otherwise)).transpose()
        };
        Ok(Self {
            set_tracing_decision: flag("APPMESH_SET_TRACING_DECISION", true)?,
            no_extension_lookup_by_name: flag("ENVOY_NO_EXTENSION_LOOKUP_BY_NAME", true)?,
            use_http_client_to_fetch_aws_credentials: flag("ENVOY_USE_HTTP_CLIENT_TO_FETCH_AWS_CREDENTIALS", false)?,
            max_requests_per_io_cycle: variables.number("MAX_REQUESTS_PER_IO_CYCLE", 0)?,
        })
    }
}

impl Stats {
    fn read(variables: &Variables) -> Result<Self, Error> {
        let has_sinks_of_file = variables.text("ENVOY_STATS_SINKS_CFG_FILE").is_some();
        let is_on = variables.boolean("ENABLE_ENVOY_DOG_STATSD", false)? && !has_sinks_of_file;
        Ok(Self {
            is_from_file: variables.text("ENVOY_STATS_CONFIG_FILE").is_some(),
            has_resource_tags: variables.boolean("ENABLE_ENVOY_STATS_TAGS", false)?,
            has_metrics_extension: variables.text("APPMESH_METRIC_EXTENSION_VERSION") == Some("1"),
            flush_interval: variables.interval("ENVOY_STATS_FLUSH_INTERVAL")?,
            dog_statsd: if is_on { Some(DogStatsd::read(variables)?) } else { None },
        })
    }
}

impl DogStatsd {
    fn read(variables: &Variables) -> Result<Self, Error> {
        Ok(match variables.text("STATSD_SOCKET_PATH") {
            Some(path) => Self::Socket(path.to_owned()),
            None => Self::Udp {
                address: variables.text_or("STATSD_ADDRESS", "127.0.0.1"),
                port: variables.port("STATSD_PORT", 8125)?,
            },
        })
    }
}

impl Platform {
    /// Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/platforminfo`: a pod is known by all three or not.
    fn read(variables: &Variables) -> Result<Self, Error> {
        let text = |name| variables.text(name).map(str::to_owned);
        let version = text("APPMESH_PLATFORM_K8S_VERSION");
        let pod_uid = text("APPMESH_PLATFORM_K8S_POD_UID");
        let controller_version = text("APPMESH_PLATFORM_APP_MESH_CONTROLLER_VERSION");
        let kubernetes = match (version, pod_uid, controller_version) {
            (Some(version), Some(pod_uid), Some(controller_version)) => {
                Some(Kubernetes { version, pod_uid, controller_version })
            }
            _ => None,
        };
        Ok(Self { kubernetes, is_fips: variables.boolean("APPNET_FIPS_MODE_ENABLED", false)? })
    }
}
