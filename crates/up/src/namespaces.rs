//! The network namespaces of a run: one for each proxy with its application, linked with each other and with the machine.
//!
//! In the middle stands a namespace with a bridge. Each proxy's has a link to it, and so has the machine, whose end is all that is to be
//! seen of a run there: no rule, no bridge and no name. All of it is gone when the process is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use meshwright_ads::Range;

use crate::namespace::Namespace;
use crate::network::Network;
use crate::redirect::{self, Redirected};

/// Where programs of an administrator are, where the `PATH` does not say it.
const FOLDERS: &[&str] = &["/usr/sbin", "/sbin"];

/// How many bits of its destination a route has at least that is not for everything else.
const MIN_BITS: u32 = 8;

/// Why there are no namespaces.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program is missing.
    #[error(
        "there is no `{program}` on the PATH: install the package {package} (Debian, Ubuntu: apt-get install {package})"
    )]
    Missing {
        /// What it is called.
        program: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// The system makes none.
    #[error(
        "a network namespace cannot be made: {0}; it takes root on Linux, and in a container CAP_SYS_ADMIN and CAP_NET_ADMIN"
    )]
    Refused(io::Error),
    /// The network of a namespace cannot be used.
    #[error("a network namespace cannot be entered: {0}")]
    Closed(io::Error),
    /// A program says no.
    #[error("{program}: {why}")]
    Failed {
        /// What it is called.
        program: String,
        /// What it says.
        why: String,
    },
    /// All ranges are in use.
    #[error("every part of 198.18.0.0/15 is in use on this machine: end other runs, or take those routes away")]
    Taken,
}

/// All namespaces of a run; clones are the same.
#[derive(Clone, Debug)]
pub struct Namespaces(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    programs: Programs,
    middle: Namespace,
    range: Range,
    /// How many links the bridge has had.
    links: AtomicU32,
}

/// What sets them up.
#[derive(Debug)]
struct Programs {
    ip: PathBuf,
    restore: PathBuf,
    save: PathBuf,
}

impl Namespaces {
    /// The one in the middle, and the machine's link to it; programs are looked for in folders.
    ///
    /// # Errors
    /// A program is missing, the system makes no namespaces, or all addresses are in use.
    pub fn new(folders: &[PathBuf]) -> Result<Self, Error> {
        let find = |program, package| find(folders, program).ok_or(Error::Missing { program, package });
        let programs = Programs {
            ip: find("ip", "iproute2")?,
            restore: find("iptables-restore", "iptables")?,
            save: find("iptables-save", "iptables")?,
        };
        let middle = Namespace::new().map_err(Error::Refused)?;
        // Whoever may make a namespace may not always set it up.
        let bridge = programs.ip(Some(&middle), "link add name bridge type bridge\nlink set bridge up\n");
        bridge.map_err(|why| Error::Refused(io::Error::other(why.to_string())))?;
        let range = programs.link_machine(&middle)?;
        programs.ip(Some(&middle), "link set machine master bridge\nlink set machine up\n")?;
        Ok(Self(Arc::new(Shared { programs, middle, range, links: AtomicU32::default() })))
    }

    /// Their addresses.
    pub fn range(&self) -> Range {
        self.0.range
    }

    /// The machine's link, as the machine sees it.
    pub fn link(&self) -> String {
        link(self.range())
    }

    /// A new one, with an address.
    ///
    /// # Errors
    /// It cannot be made or linked.
    pub fn add(&self, address: IpAddr) -> Result<Network, Error> {
        let Shared { programs, middle, links, .. } = &*self.0;
        let own = Namespace::new().map_err(Error::Refused)?;
        let name = format!("proxy{}", links.fetch_add(1, Ordering::Relaxed));
        let (path, hardware) = (own.path(), hardware_address(address));
        let mut outside = format!("link add {name} type veth peer name eth0 address {hardware} netns {path}\n");
        let _ = write!(outside, "link set {name} master bridge\nlink set {name} up\n");
        programs.ip(Some(middle), &outside)?;
        let bits = Range::BITS;
        programs
            .ip(Some(&own), &format!("link set lo up\naddress add {address}/{bits} dev eth0\nlink set eth0 up\n"))?;
        // Where that may not be said, as in some containers, a proxy that cannot listen on a low port says so.
        let _ = own.within(|| std::fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"));
        Ok(own.into())
    }

    /// Has the kernel redirect connections of an application that listens on ports, and those to it; what was so before is forgotten.
    ///
    /// # Errors
    /// The kernel takes no such rules.
    pub fn redirect(&self, network: &Network, ports: &BTreeSet<u16>) -> Result<(), Error> {
        let Shared { programs, .. } = &*self.0;
        run(network.namespace(), &programs.restore, &["--wait"], &redirect::rules(ports)).map(drop)
    }

    /// How many connections have been redirected since.
    ///
    /// # Errors
    /// The kernel does not say it.
    pub fn redirected(&self, network: &Network) -> Result<Redirected, Error> {
        let Shared { programs, .. } = &*self.0;
        let saved = run(network.namespace(), &programs.save, &["--counters", "--table", "nat"], "")?;
        Ok(redirect::redirected(&saved))
    }
}

impl Programs {
    /// Makes the machine's link, whose name says which range is taken: no two links have one name.
    fn link_machine(&self, middle: &Namespace) -> Result<Range, Error> {
        let routes = std::fs::read_to_string("/proc/net/route").unwrap_or_default();
        for range in (0..Range::COUNT).filter_map(Range::new).filter(|range| !is_in_use(*range, &routes)) {
            let name = link(range);
            let made = self.ip(None, &format!("link add {name} type veth peer name machine netns {}\n", middle.path()));
            match made {
                Ok(()) => {
                    let (host, bits) = (range.host(), Range::BITS);
                    self.ip(None, &format!("address add {host}/{bits} dev {name}\nlink set {name} up\n"))?;
                    return Ok(range);
                }
                Err(_) if has_link(&name) => {}
                Err(why) => return Err(why),
            }
        }
        Err(Error::Taken)
    }

    /// Has `ip` do some things in a namespace, or in the machine's own.
    fn ip(&self, namespace: Option<&Namespace>, commands: &str) -> Result<(), Error> {
        run(namespace, &self.ip, &["-batch", "-"], commands).map(drop)
    }
}

/// Runs a program, and says what it says.
fn run(namespace: Option<&Namespace>, program: &Path, arguments: &[&str], input: &str) -> Result<String, Error> {
    let failed = |why: String| {
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Error::Failed { program: name, why }
    };
    let run = || output(program, arguments, input);
    let output = match namespace {
        None => run(),
        Some(namespace) => namespace.within(run).map_err(Error::Closed)?,
    };
    let output = output.map_err(|why| failed(why.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it fails without a word").to_owned()))
}

fn output(program: &Path, arguments: &[&str], input: &str) -> io::Result<std::process::Output> {
    use std::io::Write as _;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Whoever interrupts this run by its terminal does not interrupt what it is about.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever does not read it says why.
        let _ = stdin.write_all(input.as_bytes());
    }
    child.wait_with_output()
}

/// The one address of hardware that goes with an address, so that nobody has to learn another when a node goes and comes again.
fn hardware_address(address: IpAddr) -> String {
    let bytes = match address {
        IpAddr::V4(own) => own.octets(),
        IpAddr::V6(own) => own.octets().last_chunk().copied().unwrap_or_default(),
    };
    bytes.iter().fold("02:00".to_owned(), |text, byte| format!("{text}:{byte:02x}"))
}

/// The machine's link of a run.
fn link(range: Range) -> String {
    format!("meshwright{}", range.number())
}

/// Whether the machine has a link. Source: proc(5), `/proc/net/dev`.
fn has_link(name: &str) -> bool {
    let all = std::fs::read_to_string("/proc/net/dev").unwrap_or_default();
    all.lines().filter_map(|line| line.split_once(':')).any(|(own, _)| own.trim() == name)
}

fn find(folders: &[PathBuf], program: &str) -> Option<PathBuf> {
    let all = folders.iter().map(PathBuf::as_path).chain(FOLDERS.iter().map(Path::new));
    all.map(|folder| folder.join(program)).find(|own| own.is_file())
}

/// Whether a route of the machine leads to some of a range; those to everything else, also in halves as VPNs have it, do not count.
///
/// Source: proc(5), `/proc/net/route`: the second column is the destination, the eighth its mask, as numbers in the order of the network.
fn is_in_use(range: Range, routes: &str) -> bool {
    let number = |text: &str| u32::from_str_radix(text, 16).ok().map(u32::from_be);
    let (own, own_mask) = (u32::from(range.first()), u32::MAX << (32 - Range::BITS));
    routes.lines().skip(1).any(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let of = |column: usize| columns.get(column).copied().and_then(number);
        let (Some(destination), Some(mask)) = (of(1), of(7)) else { return false };
        mask.leading_ones() >= MIN_BITS && (destination ^ own) & mask & own_mask == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_in_use_where_a_route_leads_into_it() {
        let routes = |destination: &str, mask: &str| {
            format!(
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\nx\t{destination}\t00000000\t0001\t0\t0\t0\t{mask}\t0\t0\t0\n"
            )
        };
        let range = |number| Range::new(number).unwrap();
        let in_use = |routes: &str| (0..Range::COUNT).filter(|number| is_in_use(range(*number), routes)).count();
        // 192.0.2.0/24, and 128.0.0.0/1, beside everything else.
        assert_eq!(in_use(&routes("000200C0", "00FFFFFF")) + in_use(&routes("00000080", "00000080")), 0);
        // 198.18.0.0/22.
        let taken = routes("000012C6", "00FCFFFF");
        assert!(is_in_use(range(0), &taken) && !is_in_use(range(1), &taken));
        // 198.18.5.7/32, and all of 198.0.0.0/8.
        let inside = routes("070512C6", "FFFFFFFF");
        assert!(is_in_use(range(1), &inside) && in_use(&inside) == 1);
        assert_eq!(in_use(&routes("000000C6", "000000FF")), usize::from(Range::COUNT));
        assert_eq!(in_use(""), 0);
    }
}
