//! The verb `serve`: the App Mesh API for unmodified AWS clients, until it is stopped.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_dialect::Options;
use meshwright_model::opened::is_open;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::order::Order;
use meshwright_model::{Path as Place, Resource};
use meshwright_server::http;
use meshwright_server::{Call, Exception, Scope, Service};
use meshwright_store::{File, Memory, Store};
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::{Answer, Verb, findings};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{complain, deliver, env, load};
use settings::ReachOptions;

mod settings;

/// How help shows it.
pub(crate) const VERB: Verb = Verb {
    name: "serve",
    about: "The App Mesh API, for unmodified AWS clients",
    example: "meshwright serve --store shop.db --load shop.yaml   # then: aws appmesh list-meshes --endpoint-url http://127.0.0.1:8480",
};

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeOptions {
    #[command(flatten)]
    reach: ReachOptions,
    /// The file that keeps everything, made where it is not there; without it, or with `memory`, all is lost when the server ends
    #[arg(long, value_name = "FILE", default_value = "memory")]
    store: String,
    /// Files whose mesh is there from the start; what the store holds already stays as it is; a directory means every mesh file below it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<String>,
    /// Hold the account to the quotas that AWS had by default, such as 15 meshes and 50 routes of a router
    #[arg(long)]
    quotas: bool,
    /// A parameter's value, for the files; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "load")]
    parameter: Vec<String>,
}

/// Serves until it is stopped.
pub(crate) fn run(options: &ServeOptions) -> Result<()> {
    let settings = options.reach.settings()?;
    let store: Box<dyn Store> = match options.store.as_str() {
        "memory" => Box::new(Memory::default()),
        path => Box::new(File::open(Path::new(path)).context("--store")?),
    };
    let service = Service::start(store, options.quotas).map_err(|why| anyhow!("--store {}: {why}", options.store))?;
    let service = Arc::new(service);
    raise_open_files();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    let served = runtime.block_on(async {
        load_files(options, &Scope::of(&settings.region, &settings.account), &service).await?;
        let listen = options.reach.listen;
        let listener = TcpListener::bind(listen).await.with_context(|| format!("--listen {listen}"))?;
        let url = format!("{}://{}", options.reach.scheme(), listener.local_addr()?);
        let (region, account) = (&settings.region, &settings.account);
        let output = format!(
            "App Mesh API on {url} (region {region}, account {account})\n  aws appmesh list-meshes --region {region} --endpoint-url {url}\n"
        );
        deliver(None, &Answer { output, ..Answer::default() })?;
        let stopped = stopped().context("signals")?;
        http::serve(listener, Arc::clone(&service), settings, stopped).await;
        Ok(())
    });
    service.end();
    served
}

/// Waits until the process is told to end.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut told = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        #[cfg(unix)]
        tokio::select! {
            () = interrupted => {}
            _ = told.recv() => {}
        }
        #[cfg(not(unix))]
        interrupted.await;
    })
}

/// Lets the process have as many connections as the system allows it; the usual limit is a thousand.
fn raise_open_files() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is not allowed, the limit stays as it is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Puts the mesh of files into the API.
async fn load_files(options: &ServeOptions, scope: &Scope, service: &Service) -> Result<()> {
    let before = service.count();
    if before > 0 {
        complain(&format!("{before} resources in {}\n", options.store));
    }
    if options.load.is_empty() {
        return Ok(());
    }
    let files = load::load(&options.load);
    if let Some(error) = files.errors.first() {
        bail!("--load: {error}");
    }
    let given = FileOptions { files: Vec::new(), parameter: options.parameter.clone(), ..FileOptions::default() };
    let parameters = given.parameter_values(&[])?.values;
    let reading = meshwright_dialect::read(files.inputs, &Options { parameters, ..Options::default() });
    if reading.has_faults() || !reading.unreadable.is_empty() {
        complain(&findings::text(&reading, &reading.findings, env::is_coloured(&std::io::stderr())));
        bail!("--load: the files have faults");
    }
    let order = Order::of(&reading.inventory.index());
    let (mut count, mut there) = (0, 0);
    for placed in &order.placed {
        let resource = &reading.inventory.resources[placed.position];
        let call = creation(resource, scope).map_err(|why| anyhow!("--load: {}: {why}", resource.id()))?;
        match service.answer(call).await {
            Ok(_) => count += 1,
            Err(why) if why.exception == Exception::Conflict => there += 1,
            Err(why) => bail!("--load: {}: {}", resource.id(), why.message),
        }
    }
    let there = if there > 0 { format!(", {there} were there already") } else { String::new() };
    complain(&format!("{count} resources loaded{there}\n"));
    Ok(())
}

/// The call that creates a resource.
fn creation(resource: &Resource, scope: &Scope) -> Result<Call> {
    if is_open(resource, &Place::of(&["spec"])) {
        bail!("its specification is open in part: give values with --parameter");
    }
    let known = |name: &meshwright_model::scalar::Name| {
        let name = name.known().map(|name| name.as_str().to_owned());
        name.ok_or_else(|| anyhow!("a name of it is open: give values with --parameter"))
    };
    let kind = resource.kind();
    let tags: Vec<serde_json::Value> = resource.tags.iter().map(|tag| json!(tag)).collect();
    let body = json!({kind.name_field(): known(&resource.name)?, "spec": resource.spec, "tags": tags});
    let parent = resource.parent.as_ref().map(known).transpose()?;
    let target = Target { mesh: known(&resource.mesh)?, parent, name: None };
    Ok(Call {
        operation: Operation::Create(kind),
        target,
        query: Vec::new(),
        body: body.to_string().into_bytes(),
        scope: scope.clone(),
        caller: None,
    })
}
