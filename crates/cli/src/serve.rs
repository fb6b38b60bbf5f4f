//! The verb `serve`: the App Mesh API for unmodified AWS clients, until it is stopped.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_dialect::Options;
use meshwright_model::opened::is_open;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::order::Order;
use meshwright_model::{Path as Place, Resource};
use meshwright_server::http::{self, Settings};
use meshwright_server::{Api, Call, Exception, Scope, Stamp};
use meshwright_store::{File, Memory, Store};
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::{Answer, Verb, findings};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{complain, deliver, env, load};

/// How help shows it.
pub(crate) const VERB: Verb = Verb {
    name: "serve",
    about: "The App Mesh API, for unmodified AWS clients, on the loopback",
    example: "meshwright serve --store shop.db --load shop.yaml   # then: aws appmesh list-meshes --endpoint-url http://127.0.0.1:8480",
};

/// Options of `serve`.
#[derive(Args, Clone, Debug)]
pub(crate) struct ServeOptions {
    /// Where it listens: an address of the loopback, since it asks nobody for credentials
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// The region of files and of clients that sign for none; without it that of AWS_REGION or AWS_DEFAULT_REGION, else us-east-1
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// The account whose resources they are: 12 digits
    #[arg(long, value_name = "ID", default_value = "123456789012")]
    account: String,
    /// The file that keeps everything, made where it is not there; without it, or with `memory`, all is lost when the server ends
    #[arg(long, value_name = "FILE", default_value = "memory")]
    store: String,
    /// Files whose mesh is there from the start; what the store holds already stays as it is; a directory means every mesh file below it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<String>,
    /// Stop where AWS stopped an account by default: 15 meshes, 200 virtual nodes in each, and so on
    #[arg(long)]
    quotas: bool,
    /// A parameter's value, for the files; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "load")]
    parameter: Vec<String>,
}

/// Serves until it is stopped.
pub(crate) fn run(options: &ServeOptions) -> Result<()> {
    if !options.listen.ip().is_loopback() {
        bail!(
            "--listen {}: this server asks nobody for credentials, so it listens on the loopback alone",
            options.listen
        );
    }
    if options.account.len() != 12 || !options.account.bytes().all(|byte| byte.is_ascii_digit()) {
        bail!("--account {}: an account has 12 digits", options.account);
    }
    let region = options.region.clone().or_else(env::region).unwrap_or_else(|| "us-east-1".to_owned());
    let settings = Settings { region, account: options.account.clone() };
    let mut store: Box<dyn Store> = match options.store.as_str() {
        "memory" => Box::new(Memory::default()),
        path => Box::new(File::open(Path::new(path)).context("--store")?),
    };
    let scope = Scope::of(&settings.region, &settings.account);
    let api = loaded(options, &scope, store.as_mut())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await.with_context(|| format!("--listen {}", options.listen))?;
        let address = listener.local_addr()?;
        let output = format!(
            "App Mesh API on http://{address} (region {}, account {})\n  aws appmesh list-meshes --region {} --endpoint-url http://{address}\n",
            settings.region, settings.account, settings.region
        );
        deliver(None, &Answer { output, ..Answer::default() })?;
        let stopped = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        http::serve(listener, api, store, settings, stopped).await.context("the listener fails")
    })
}

/// The API with the mesh of files.
fn loaded(options: &ServeOptions, scope: &Scope, store: &mut dyn Store) -> Result<Api> {
    let contents = store.load().context("--store")?;
    let api = Api::restored(&contents.entries).map_err(|why| anyhow!("--store {}: {why}", options.store))?;
    let mut api = api.with_quotas(options.quotas);
    if !contents.entries.is_empty() {
        complain(&format!("{} resources in {}\n", contents.entries.len(), options.store));
    }
    if options.load.is_empty() {
        return Ok(api);
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
        let stamp = Stamp { millis: http::now(), uid: http::new_id() };
        match api.answer(&call, &stamp, store) {
            Ok(_) => count += 1,
            Err(why) if why.exception == Exception::Conflict => there += 1,
            Err(why) => bail!("--load: {}: {}", resource.id(), why.message),
        }
    }
    let there = if there > 0 { format!(", {there} were there already") } else { String::new() };
    complain(&format!("{count} resources loaded{there}\n"));
    Ok(api)
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
    })
}
