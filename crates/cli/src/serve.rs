//! The verb `serve`: the App Mesh API for unmodified AWS clients, until it is stopped.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_server::http::{self, Settings};
use meshwright_server::{Scope, Service};
use meshwright_store::{File, Memory, Store};
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::{Answer, Verb};
use tokio::net::TcpListener;

use crate::follow::{self, MeshFiles};
use crate::{complain, deliver, load};

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
    /// The region of clients that sign for none
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    region: String,
    /// The account whose resources they are: 12 digits
    #[arg(long, value_name = "ID", default_value = "123456789012")]
    account: String,
    /// The file that keeps everything, made where it is not there; without it, or with `memory`, all is lost when the server ends
    #[arg(long, value_name = "FILE", default_value = "memory")]
    store: String,
    /// Files whose mesh is there from the start; what the store holds already stays as it is; a directory means every mesh file below it
    #[arg(long, value_name = "FILE", num_args = 1..)]
    load: Vec<String>,
    /// Follow the files of --load: what they change is changed, what they no longer hold is taken away, and what came from elsewhere is left
    /// alone; files with faults are reported and change nothing
    #[arg(long, requires = "load")]
    watch: bool,
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
    if options.watch && options.load.iter().any(|name| name == "-") {
        bail!("--watch: standard input cannot be followed: name files");
    }
    let settings = Settings { region: options.region.clone(), account: options.account.clone() };
    let store: Box<dyn Store> = match options.store.as_str() {
        "memory" => Box::new(Memory::default()),
        path => Box::new(File::open(Path::new(path)).context("--store")?),
    };
    let service = Service::start(store).map_err(|why| anyhow!("--store {}: {why}", options.store))?;
    let service = Arc::new(service);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    let before = service.count();
    if before > 0 {
        complain(&format!("{before} resources in {}\n", options.store));
    }
    if !options.load.is_empty() {
        apply_files(options, &service)?;
    }
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(options.listen).await.with_context(|| format!("--listen {}", options.listen))?;
        let address = listener.local_addr()?;
        let output = format!(
            "App Mesh API on http://{address} (region {}, account {})\n  aws appmesh list-meshes --endpoint-url http://{address}\n",
            options.region, options.account
        );
        deliver(None, &Answer { output, ..Answer::default() })?;
        let stopped = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        http::serve(listener, Arc::clone(&service), settings, stopped).await.context("the listener fails")
    });
    service.end();
    served
}

/// Puts the mesh of files into the API, and follows them where that is asked for.
fn apply_files(options: &ServeOptions, service: &Arc<Service>) -> Result<()> {
    let given = FileOptions { files: Vec::new(), parameter: options.parameter.clone(), ..FileOptions::default() };
    let scope = Scope::of(&options.region, &options.account);
    let parameters = given.parameter_values(&[])?;
    let files = MeshFiles { names: options.load.clone(), parameters, scope, follows: options.watch };
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
