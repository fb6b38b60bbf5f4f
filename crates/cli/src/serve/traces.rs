//! Traces, where they are asked for.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use meshwright_model::span::Spans;
use meshwright_otlp::Exporter;

use crate::{complain, env};

/// How long the process stays for spans that are not sent yet when it is told to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// Where traces go.
#[derive(Args, Clone, Debug)]
pub(crate) struct TraceOptions {
    /// Send traces to a receiver of OpenTelemetry (OTLP over HTTP), such as `http://localhost:4318`; without a URL to that of
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    otlp: Option<String>,
}

/// Where spans go, as long as they do.
#[derive(Clone, Debug)]
pub(crate) struct Traces(Option<Arc<Exporter>>);

impl TraceOptions {
    pub(crate) fn start(&self) -> Result<Traces> {
        let Some(url) = &self.otlp else { return Ok(Traces(None)) };
        let said = env::traces();
        if said.are_disabled {
            complain("OTEL_SDK_DISABLED is true: no traces are sent\n");
            return Ok(Traces(None));
        }
        let tell =
            |why: &str| complain(&format!("traces are lost, and counted in meshwright_spans_dropped_total: {why}\n"));
        let url = Some(url.as_str()).filter(|url| !url.is_empty());
        let exporter = Exporter::start(url, said.timeout, tell).context("--otlp")?;
        Ok(Traces(Some(Arc::new(exporter))))
    }
}

impl Traces {
    /// Whoever sends them.
    pub(crate) fn exporter(&self) -> Option<&Arc<Exporter>> {
        self.0.as_ref()
    }

    /// Whom spans are handed to.
    pub(crate) fn spans(&self) -> Option<Arc<dyn Spans>> {
        self.0.clone().map(|exporter| exporter as Arc<dyn Spans>)
    }

    /// Sends the last.
    pub(crate) fn end(&self) {
        if let Some(exporter) = &self.0 {
            exporter.end(FAREWELL);
        }
    }
}
