//! The verb `up`: a whole mesh on this machine, with real proxies and traffic, until it is stopped.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use meshwright_ads::{Control, Local, MeshId};
use meshwright_model::{Inventory, Resource};
use meshwright_server::http::{self, Settings};
use meshwright_server::{Scope, Service, Told};
use meshwright_store::Memory;
use meshwright_up::envoys::Launch;
use meshwright_up::{Authority, Caller, Cast, Envoys, Namespaces, Owner, redirect};
use meshwright_verbs::Verb;
use meshwright_verbs::files::FileOptions;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::env::Programs;
use crate::follow::MeshFiles;
use crate::serve::traces::{TraceOptions, Traces};
use crate::serve::{control, raise_open_files, stopped};
use crate::{End, complain, env, load};
use guide::{Guide, Where};
use place::{Block, Place};

mod find;
mod guide;
mod place;

/// How help shows it.
pub(crate) const VERB: Verb = Verb {
    name: "up",
    about: "A whole mesh on this machine: API, control plane, real Envoys, stand-in services, traffic",
    example: "meshwright up                    # a sample shop, and a tour through it
  meshwright up shop.yaml          # a mesh of your own
  meshwright up --check            # the tour by itself; exit code 0 if all of it holds
  sudo meshwright up --intercept   # in network namespaces, as on Amazon ECS and Kubernetes",
};

/// The mesh that comes with the program.
const SHOP: &str = include_str!("../../../corpus/shop/shop.yaml");

/// How long changes are gathered before stand-ins and Envoys follow them.
const GATHER: Duration = Duration::from_millis(20);

/// Options of `up`.
#[derive(Args, Clone, Debug)]
pub(crate) struct UpOptions {
    /// Files that hold the mesh, which are followed when they change; without any a sample shop is run
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    /// Take the tour without a person, and end: exit code 0 where every step holds, 1 where one does not
    #[arg(long)]
    check: bool,
    /// Without Envoys: the API and the control plane alone
    #[arg(long, conflicts_with = "check")]
    no_proxies: bool,
    /// The real thing: each proxy with its application in a network namespace of its own, where the kernel redirects their connections by
    /// the rules that Amazon ECS and the Kubernetes init container install; this needs root on Linux, and the programs ip and iptables
    #[arg(long, conflicts_with = "no_proxies")]
    intercept: bool,
    /// Where the API listens, on the loopback
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// The mesh to run, where the files hold several
    #[arg(long, value_name = "NAME")]
    mesh: Option<String>,
    /// A parameter's value, for the files; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "files")]
    parameter: Vec<String>,
    /// A file of parameters, for the files: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE", requires = "files")]
    parameters: Vec<String>,
    #[command(flatten)]
    traces: TraceOptions,
}

/// What `up` starts Envoys with.
#[cfg(target_os = "linux")]
#[derive(Args, Clone, Debug)]
pub(crate) struct ReplaceOptions {
    /// The process that starts it
    parent: u32,
    /// The user as whom it is to run
    #[arg(long)]
    user: Option<u32>,
    /// Envoy
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<std::ffi::OsString>,
}

/// Becomes an Envoy; comes back where that cannot be.
#[cfg(target_os = "linux")]
pub(crate) fn replace(options: &ReplaceOptions) -> anyhow::Error {
    let ReplaceOptions { parent, user, program, arguments } = options;
    anyhow!("{}: {}", program.display(), meshwright_up::envoys::replace(*parent, *user, program, arguments))
}

/// All that runs. Fields are dropped in their order: proxies first, the folder with their files last.
struct Up {
    cast: Cast,
    caller: Caller,
    control: Control,
    service: Arc<Service>,
    url: String,
    region: String,
    mesh: MeshId,
    ground: Ground,
}

/// What all of it stands on.
struct Ground {
    runtime: Runtime,
    place: Place,
    ways: Ways,
    /// The files of the mesh.
    files: Vec<String>,
    started: Instant,
    traces: Traces,
}

/// How all of them reach each other.
enum Ways {
    /// By addresses of the loopback.
    Loopback(Block),
    /// From one namespace to another.
    Namespaces(Namespaces),
}

impl Ways {
    fn new(options: &UpOptions, programs: &Programs) -> Result<Self> {
        if !options.intercept {
            return Block::new().map(Self::Loopback);
        }
        if !cfg!(target_os = "linux") {
            bail!("--intercept: network namespaces are Linux's; without it, proxies have addresses of the loopback");
        }
        Namespaces::new(&programs.path).map(Self::Namespaces).context("--intercept")
    }

    /// Who has which addresses.
    fn local(&self, files: &str) -> Local {
        match self {
            Self::Loopback(block) => Local::in_loopback(block.number(), files),
            Self::Namespaces(all) => Local::in_namespaces(all.range(), files),
        }
    }

    fn namespaces(&self) -> Option<&Namespaces> {
        match self {
            Self::Loopback(_) => None,
            Self::Namespaces(all) => Some(all),
        }
    }
}

/// Runs until it is stopped, or until the tour is over.
pub(crate) fn run(options: &UpOptions) -> Result<End> {
    let started = Instant::now();
    if !options.listen.ip().is_loopback() {
        bail!("--listen {}: this mesh is for one machine: give an address of the loopback", options.listen);
    }
    let programs = env::programs();
    let ways = Ways::new(options, &programs)?;
    let envoy = if options.no_proxies { None } else { Some(find::envoy(&programs)?) };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    // From here on whatever ends it gives back what it has taken.
    let stopped = {
        let _guard = runtime.enter();
        stopped().context("signals")?
    };
    let owner = if options.intercept { Owner::new(redirect::USER) } else { Owner::default() };
    let place = Place::new(owner)?;
    let names = match &options.files[..] {
        [] => vec![place.desk().write("shop.yaml", SHOP)?],
        names => names.to_vec(),
    };
    let (parameter, parameters) = (options.parameter.clone(), options.parameters.clone());
    let parameters = crate::parameters(&FileOptions { parameter, parameters, ..FileOptions::default() })?;
    let traces = options.traces.start()?;
    let settings = Settings { spans: traces.spans(), ..Settings::of("us-east-1", "123456789012") };
    let scope = Scope::of(&settings.region, &settings.account);
    let service = Service::start(Box::new(Memory::default()), false).map_err(|why| anyhow!("{why}"))?;
    let service = Arc::new(service);
    let files = MeshFiles { names: names.clone(), parameters, scope, follows: true, makes_up: true };
    let stamps = load::stamps(&files.names);
    files.apply(&service).map_err(|why| anyhow!("{why}"))?;
    let mesh = mesh_of(&service, options.mesh.as_deref())?;
    raise_open_files();
    let ground = Ground { runtime, place, ways, files: names, started, traces };
    let up = Up::start(options, ground, envoy, settings, service, mesh)?;
    let following = Arc::clone(&up.service);
    let follow = move || files.follow(&following, stamps, true);
    std::thread::Builder::new().name("watch".to_owned()).spawn(follow)?;
    up.run(options, stopped)
}

/// The mesh that is run.
fn mesh_of(service: &Service, wanted: Option<&str>) -> Result<MeshId> {
    let all: BTreeSet<MeshId> = everything(service).into_iter().map(|(mesh, _)| mesh).collect();
    let meant = all.into_iter().filter(|mesh| wanted.is_none_or(|wanted| mesh.name == wanted));
    let meshes: Vec<MeshId> = meant.collect();
    match &meshes[..] {
        [mesh] => Ok(mesh.clone()),
        [] => bail!("--mesh {}: the files hold no such mesh", wanted.unwrap_or_default()),
        several => {
            let names: Vec<&str> = several.iter().map(|mesh| mesh.name.as_str()).collect();
            bail!("the files hold several meshes: choose one with --mesh: {}", names.join(", "))
        }
    }
}

/// All that the API holds now.
fn everything(service: &Service) -> Vec<(MeshId, Resource)> {
    let Some(Told::Everything(all)) = service.follow().next() else { return Vec::new() };
    let named = all.into_iter().filter_map(|news| {
        let mesh = MeshId { region: news.region, owner: news.owner, name: news.mesh };
        Some((mesh, *news.resource?))
    });
    named.collect()
}

fn inventory(service: &Service, mesh: &MeshId) -> Inventory {
    let own = everything(service).into_iter().filter(|(own, _)| own == mesh).map(|(_, resource)| resource);
    Inventory { resources: own.collect(), ..Inventory::default() }
}

impl Up {
    fn start(
        options: &UpOptions,
        ground: Ground,
        envoy: Option<PathBuf>,
        mut settings: Settings,
        service: Arc<Service>,
        mesh: MeshId,
    ) -> Result<Self> {
        let Ground { runtime, place, ways, traces, .. } = &ground;
        let files = place.folder("files")?;
        let local = ways.local(&files.to_string_lossy());
        let control = control::start(&service, &settings, Some(local.clone()))?;
        settings.proxies = Some(control::proxies(&control, traces));
        let region = settings.region.clone();
        let socket = place.path("control-plane.sock");
        let socket_url = format!("unix://{}", socket.display());
        let _guard = runtime.enter();
        let listener = meshwright_server::listen(options.listen).with_context(|| {
            format!("--listen {}: give the API another with --listen 127.0.0.1:PORT", options.listen)
        })?;
        let url = format!("http://{}", listener.local_addr()?);
        for (listener, _) in control::listen(&[socket_url.parse().map_err(|why: String| anyhow!(why))?], None)? {
            place.give_socket(&socket)?;
            runtime.spawn(meshwright_ads::serve(listener, control.clone(), std::future::pending()));
        }
        runtime.spawn(http::serve(listener, Arc::clone(&service), settings, std::future::pending()));
        let envoys = envoy.map(|program| {
            let folder = place.folder("proxies")?;
            let own = Some(std::env::current_exe().context("this program is not found")?);
            let owner = place.owner();
            let launch =
                Launch { program, own, owner, folder, control_plane: socket_url.clone(), region: region.clone() };
            Envoys::new(launch, Box::new(|said| complain(&format!("{said}\n")))).context("Envoys do not start")
        });
        let authority = Authority::new(&files, place.owner())?;
        let caller = Caller::default();
        let cast = Cast::new(mesh.clone(), local, authority, envoys.transpose()?, caller.clone());
        let cast = cast.apart(ways.namespaces().cloned());
        Ok(Self { cast, caller, control, service, url, region, mesh, ground })
    }

    fn run(mut self, options: &UpOptions, stopped: impl Future<Output = ()>) -> Result<End> {
        let (teller, mut changes) = mpsc::channel(1);
        let mut follower = self.service.follow();
        let tell = move || while follower.next().is_some() && teller.blocking_send(()).is_ok() {};
        std::thread::Builder::new().name("changes".to_owned()).spawn(tell)?;
        self.update()?;
        if !options.no_proxies {
            self.ground.runtime.spawn(self.caller.clone().run());
        }
        let (over, mut is_over) = mpsc::channel(1);
        let guide = self.guide(options);
        let check = options.check;
        std::thread::Builder::new().name("guide".to_owned()).spawn(move || {
            // Nobody waits any longer where the run has been stopped.
            let _ = over.blocking_send(guide.run(check));
        })?;
        let handle = self.ground.runtime.handle().clone();
        let end = handle.block_on(async {
            tokio::pin!(stopped);
            loop {
                tokio::select! {
                    () = &mut stopped => return Ok(End::Clean),
                    end = is_over.recv() => return end.unwrap_or(Ok(End::Clean)),
                    told = changes.recv() => match told {
                        None => return Ok(End::Clean),
                        Some(()) => {
                            tokio::time::sleep(GATHER).await;
                            while changes.try_recv().is_ok() {}
                            let inventory = inventory(&self.service, &self.mesh);
                            say_all(&self.cast.update(&inventory)?);
                        }
                    },
                }
            }
        });
        // As long as there is everything: what goes is told no more.
        self.ground.traces.end();
        end
    }

    fn update(&mut self) -> Result<()> {
        let inventory = inventory(&self.service, &self.mesh);
        let _guard = self.ground.runtime.enter();
        say_all(&self.cast.update(&inventory)?);
        Ok(())
    }

    /// What a person is told.
    fn guide(&self, options: &UpOptions) -> Guide {
        Guide {
            control: self.control.clone(),
            caller: self.caller.clone(),
            url: self.url.clone(),
            region: self.region.clone(),
            mesh: self.mesh.name.clone(),
            expected: self.cast.parts().map(|(part, _, _)| (part.kind, part.name.clone())).collect(),
            parts: self.cast.parts().map(Where::of).collect(),
            namespaces: self.ground.ways.namespaces().cloned(),
            files: self.ground.files.clone(),
            desk: self.ground.place.desk().clone(),
            started: self.ground.started,
            has_proxies: !options.no_proxies,
        }
    }
}

fn say_all(faults: &[String]) {
    for fault in faults {
        complain(&format!("{fault}\n"));
    }
}
