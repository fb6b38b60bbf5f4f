//! The verb `serve`: the App Mesh API for unmodified AWS clients, until it is stopped.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_server::http;
use meshwright_server::{Scope, Service};
use meshwright_store::{File, Memory, Store};
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::{Answer, Verb};

use crate::follow::{self, MeshFiles};
use crate::{complain, deliver, load};
use control::AdsAddress;
use settings::ReachOptions;
use traces::TraceOptions;

mod certificates;
pub(crate) mod control;
mod plane;
mod settings;
pub(crate) mod traces;

/// How help shows it.
pub(crate) const VERB: Verb = Verb {
    name: "serve",
    about: "The App Mesh API, for unmodified AWS clients",
    example: "meshwright serve --store shop.db --load shop.yaml   # then: aws appmesh list-meshes --endpoint-url http://127.0.0.1:8480
  meshwright serve --load shop.yaml --watch --otlp=http://localhost:4318   # traces, to a receiver of OpenTelemetry",
};

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    reach: ReachOptions,
    /// Where Envoys connect: an address of the loopback, `https://ADDRESS:PORT` for TLS with --tls-cert, `unix:///PATH` for a Unix socket, or
    /// `none`; may be given several times
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:18000")]
    ads: Vec<AdsAddress>,
    /// A folder with what AWS Certificate Manager held, which proxies are handed as they ask for it: below it, for each certificate or authority, a
    /// folder by the last part of its ARN with `chain.pem` and `key.pem`, or `authorities.pem`; files that change are handed out again
    #[arg(long, value_name = "FOLDER")]
    certificates: Option<String>,
    /// The file that keeps everything, made where it is not there; without it, or with `memory`, all is lost when the server ends
    #[arg(long, value_name = "FILE", default_value = "memory")]
    store: String,
    /// Files whose mesh is there from the start; what the store holds already stays as it is; a directory means every mesh file below it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<String>,
    /// Hold the account to the quotas that AWS had by default, such as 15 meshes and 50 routes of a router
    #[arg(long)]
    quotas: bool,
    /// Follow the files of --load: what they change is changed, what they no longer hold is taken away, and what came from elsewhere is left
    /// alone; files with faults are reported and change nothing
    #[arg(long, requires = "load")]
    watch: bool,
    /// A parameter's value, for the files; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "load")]
    parameter: Vec<String>,
    /// A file of parameters, for the files: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE", requires = "load")]
    parameters: Vec<String>,
    #[command(flatten)]
    traces: TraceOptions,
}

/// Serves until it is stopped.
pub(crate) fn run(options: &ServeOptions) -> Result<()> {
    if options.watch && options.load.iter().any(|name| name == "-") {
        bail!("--watch: standard input cannot be followed: name files");
    }
    let (mut settings, guard) = options.reach.settings()?;
    let traces = options.traces.start()?;
    settings.spans = traces.spans();
    let store: Box<dyn Store> = match options.store.as_str() {
        "memory" => Box::new(Memory::default()),
        path => Box::new(File::open(Path::new(path)).context("--store")?),
    };
    let service = Service::start(store, options.quotas).map_err(|why| anyhow!("--store {}: {why}", options.store))?;
    let service = Arc::new(service);
    raise_open_files();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    let before = service.count();
    if before > 0 {
        complain(&format!("{before} resources in {}\n", options.store));
    }
    if !options.load.is_empty() {
        apply_files(options, Scope::of(&settings.region, &settings.account), &service)?;
    }
    let control = control::start(&service, &settings, None)?;
    if let Some(folder) = &options.certificates {
        let folder = certificates::Folder::open(folder)?;
        folder.follow(control.hub.look())?;
        control.hub.hand_out(Box::new(folder));
    }
    settings.proxies = Some(control::proxies(&control, &traces));
    let served = runtime.block_on(async {
        let listen = options.reach.listen;
        let listener = meshwright_server::listen(listen).with_context(|| format!("--listen {listen}"))?;
        let url = format!("{}://{}", options.reach.scheme(), listener.local_addr()?);
        let proxies = control::listen(&options.ads, guard.as_ref())?;
        let (region, account) = (&settings.region, &settings.account);
        let mut output = format!(
            "App Mesh API on {url} (region {region}, account {account})\n  aws appmesh list-meshes --region {region} --endpoint-url {url}\n"
        );
        for (listener, url) in proxies {
            let authority = if url.starts_with("https:") { " --ca AUTHORITIES.pem" } else { "" };
            let _ = writeln!(
                output,
                "Envoy control plane on {url}\n  meshwright bootstrap mesh/MESH/virtualNode/NODE --xds {url}{authority}"
            );
            // It ends with the process: proxies go on with what they have, and come again.
            tokio::spawn(meshwright_ads::serve(listener, control.clone(), std::future::pending()));
        }
        tokio::spawn(control::complain_of_refusals(control.proxies.clone()));
        deliver(None, &Answer { output, ..Answer::default() })?;
        let stopped = stopped().context("signals")?;
        http::serve(listener, Arc::clone(&service), settings, stopped).await;
        Ok(())
    });
    service.end();
    traces.end();
    served
}

/// Waits until the process is told to end.
pub(crate) fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    // They are listened for from here on, and not when somebody waits for them first.
    #[cfg(unix)]
    let (mut told, mut interrupted) = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?)
    };
    // That a terminal has gone ends it too, but not where its user has said that it is not to.
    #[cfg(unix)]
    let mut gone = {
        use tokio::signal::unix::{SignalKind, signal};
        if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) }
    };
    Ok(async move {
        #[cfg(not(unix))]
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = told.recv() => {}
            () = async {
                match &mut gone {
                    Some(gone) => drop(gone.recv().await),
                    None => std::future::pending().await,
                }
            } => {}
        }
        #[cfg(not(unix))]
        interrupted.await;
    })
}

/// Whether the process was started to outlive its terminal, as by nohup; where the system does not say it, that is so.
///
/// Source: proc(5), `/proc/pid/status`, `SigIgn`: a bit for each signal; SIGHUP is the first.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_none_or(|ignored| ignored & 1 == 1)
}

/// Lets the process have as many connections as the system allows it; the usual limit is a thousand.
pub(crate) fn raise_open_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is not allowed, the limit stays as it is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Puts the mesh of files into the API, and follows them where that is asked for.
fn apply_files(options: &ServeOptions, scope: Scope, service: &Arc<Service>) -> Result<()> {
    let (parameter, parameters) = (options.parameter.clone(), options.parameters.clone());
    let parameters = crate::parameters(&FileOptions { parameter, parameters, ..FileOptions::default() })?;
    let files = MeshFiles { names: options.load.clone(), parameters, scope, follows: options.watch, makes_up: false };
    let stamps = load::stamps(&files.names);
    let applied = files.apply(service);
    match &applied {
        Ok(synced) => complain(&follow::said(synced)),
        // A server that follows its files goes on with what it has, now as later.
        Err(why) if options.watch => complain(&format!("error: --watch: nothing is changed: {why}\n")),
        Err(why) => bail!("--load: {why}"),
    }
    if options.watch {
        let service = Arc::clone(service);
        let follow = move || files.follow(&service, stamps, applied.is_ok());
        std::thread::Builder::new().name("watch".to_owned()).spawn(follow).context("--watch")?;
    }
    Ok(())
}
