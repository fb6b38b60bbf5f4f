//! Faults of encryption and certificates.

use meshwright_model::limits::{FilePath, ListenerTlsMode};
use meshwright_model::list::List;
use meshwright_model::reference::Key;
use meshwright_model::tls::{
    ClientPolicy, ClientPolicyTls, ClientTlsCertificate, ListenerTls, ListenerTlsCertificate,
    ListenerTlsValidationContext, ListenerTlsValidationContextTrust, SubjectAlternativeNameMatchers,
    SubjectAlternativeNames, TlsAcmCertificate, TlsAcmTrust, TlsFileCertificate, TlsFileTrust, TlsSdsCertificate,
    TlsSdsTrust, TlsValidationContext, TlsValidationContextTrust,
};
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Inventory, Kind, Path, Resource, Scalar};

use super::grounds::{Ground, at};
use super::ports::{FREE, listener_of};
use super::sites::{
    backend, backends, gateway, gateway_routes, gateways, node, nodes, number, routes, services, text, value, words,
};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a client enforces TLS against plaintext",
        rules: &["tls-enforced-against-plaintext"],
        seed: enforce,
    },
    Fault {
        name: "a listener's TLS is dropped",
        rules: &["tls-enforced-against-plaintext", "tls-policy-without-effect"],
        seed: drop_tls,
    },
    Fault {
        name: "a listener's TLS is DISABLED",
        rules: &["disabled-tls"],
        seed: |ground, seeds| set_mode(ground, seeds, ListenerTlsMode::Disabled),
    },
    Fault {
        name: "a listener's TLS is PERMISSIVE",
        rules: &["permissive-tls"],
        seed: |ground, seeds| set_mode(ground, seeds, ListenerTlsMode::Permissive),
    },
    Fault {
        name: "a client's certificate is dropped",
        rules: &["missing-client-certificate"],
        seed: drop_client_certificate,
    },
    Fault {
        name: "a listener demands certificates that no client has",
        rules: &["missing-client-certificate"],
        seed: demand_certificates,
    },
    Fault {
        name: "a client has a certificate that nobody asks for",
        rules: &["unchecked-client-certificate"],
        seed: show_for_nothing,
    },
    Fault {
        name: "a client checks no certificate",
        rules: &["unvalidated-server-certificate", "missing-client-certificate"],
        seed: check_nothing,
    },
    Fault { name: "a policy's ports are nobody's", rules: &["client-policy-ports-miss"], seed: miss_ports },
    Fault {
        name: "a listener's certificate is an ARN of another service",
        rules: &["not-an-acm-certificate"],
        seed: |ground, seeds| certify(ground, seeds, &acm("arn:aws:iam::111122223333:server-certificate/shop")),
    },
    Fault {
        name: "a listener's certificate is an authority",
        rules: &["not-an-acm-certificate"],
        seed: |ground, seeds| {
            certify(ground, seeds, &acm("arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/1"));
        },
    },
    Fault {
        name: "a listener's certificate is from ACM",
        rules: &["certificate-from-acm"],
        seed: |ground, seeds| certify(ground, seeds, &acm(ACM)),
    },
    Fault {
        name: "a certificate's path is relative",
        rules: &["relative-certificate-path"],
        seed: |ground, seeds| certify(ground, seeds, &files("certs/cert.pem", "/certs/key.pem")),
    },
    Fault {
        name: "a certificate and its key change places",
        rules: &["swapped-certificate-and-key"],
        seed: |ground, seeds| certify(ground, seeds, &files("/certs/key.pem", "/certs/cert.pem")),
    },
    Fault {
        name: "a certificate and its key are one file",
        rules: &["certificate-in-key-file"],
        seed: |ground, seeds| certify(ground, seeds, &files("/certs/cert.pem", "/certs/cert.pem")),
    },
    Fault {
        name: "a listener lets in any client with a certificate",
        rules: &["any-client-certificate"],
        seed: let_in_any,
    },
    Fault {
        name: "a client trusts SPIFFE IDs of any name",
        rules: &["spiffe-trust-without-names"],
        seed: trust_spiffe,
    },
    Fault { name: "secrets are asked for without a socket", rules: &["secrets-without-socket"], seed: ask_for_secrets },
    Fault {
        name: "a node that is checked encrypts what a name leads to",
        rules: &["slow-cluster-warming"],
        seed: encrypt_checked,
    },
    Fault {
        name: "a certificate's secret has no name",
        rules: &["empty-secret-name"],
        seed: |ground, seeds| {
            certify(ground, seeds, &ListenerTlsCertificate::Sds(TlsSdsCertificate { secret_name: text("") }));
        },
    },
    Fault {
        name: "an authority is a certificate",
        rules: &["not-a-private-authority"],
        seed: |ground, seeds| trust(ground, seeds, &["arn:aws:acm:eu-west-1:111122223333:certificate/1"], None),
    },
    Fault {
        name: "authorities are in two regions",
        rules: &["certificate-in-other-region"],
        seed: |ground, seeds| trust(ground, seeds, &[AUTHORITY, OTHER_AUTHORITY], None),
    },
    Fault {
        name: "a certificate name has a wildcard",
        rules: &["wildcard-certificate-name"],
        seed: |ground, seeds| trust(ground, seeds, &[AUTHORITY], Some(&["*.shop.local"])),
    },
    Fault {
        name: "a certificate name has a port",
        rules: &["malformed-certificate-name"],
        seed: |ground, seeds| trust(ground, seeds, &[AUTHORITY], Some(&["orders.shop.local:8080"])),
    },
    Fault {
        name: "a list of certificate names is empty",
        rules: &["empty-certificate-names"],
        seed: |ground, seeds| trust(ground, seeds, &[AUTHORITY], Some(&[])),
    },
];

const ACM: &str = "arn:aws:acm:eu-west-1:111122223333:certificate/1";
const AUTHORITY: &str = "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/1";
const OTHER_AUTHORITY: &str = "arn:aws:acm-pca:us-east-2:111122223333:certificate-authority/2";

fn acm(arn: &str) -> ListenerTlsCertificate {
    ListenerTlsCertificate::Acm(TlsAcmCertificate { certificate_arn: text(arn) })
}

fn file(chain: &str, key: &str) -> TlsFileCertificate {
    let path = |path: &str| -> Scalar<FilePath> { text(path) };
    TlsFileCertificate { certificate_chain: path(chain), private_key: path(key) }
}

fn files(chain: &str, key: &str) -> ListenerTlsCertificate {
    ListenerTlsCertificate::File(file(chain, key))
}

/// A policy that trusts a file.
fn policy() -> ClientPolicyTls {
    let trust = TlsValidationContextTrust::File(TlsFileTrust { certificate_chain: text("/certs/ca.pem") });
    let validation = TlsValidationContext { subject_alternative_names: None, trust };
    ClientPolicyTls { certificate: None, enforce: Some(Scalar::Known(true)), ports: None, validation }
}

/// Where a client policy stands or could stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Client {
    Backend(usize, usize),
    NodeDefaults(usize),
    GatewayDefaults(usize),
}

impl Client {
    fn position(self) -> usize {
        let (Self::Backend(position, _) | Self::NodeDefaults(position) | Self::GatewayDefaults(position)) = self;
        position
    }

    fn place(self) -> String {
        match self {
            Self::Backend(_, index) => format!("backend {index}"),
            Self::NodeDefaults(_) | Self::GatewayDefaults(_) => "backend defaults".to_owned(),
        }
    }

    /// The policy, made where there is none.
    fn policy(self, inventory: &mut Inventory) -> &mut Option<ClientPolicy> {
        match self {
            Self::Backend(position, index) => &mut backend(inventory, position, index).client_policy,
            Self::NodeDefaults(position) => {
                &mut node(inventory, position).backend_defaults.get_or_insert_default().client_policy
            }
            Self::GatewayDefaults(position) => {
                &mut gateway(inventory, position).backend_defaults.get_or_insert_default().client_policy
            }
        }
    }

    fn set(self, inventory: &mut Inventory, tls: Option<ClientPolicyTls>) {
        *self.policy(inventory) = tls.map(|tls| ClientPolicy { tls: Some(tls) });
    }
}

/// Every client, with its policy, and the names of the services for which the policy holds.
fn clients(ground: &Ground) -> Vec<(Client, Option<&ClientPolicyTls>, Vec<Key<'_>>)> {
    let mut clients = Vec::new();
    for (position, _, spec) in nodes(&ground.inventory) {
        let mut by_default = Vec::new();
        for (index, backend) in backends(spec) {
            let name = Key::of(&backend.virtual_service_name);
            match &backend.client_policy {
                Some(policy) => clients.push((Client::Backend(position, index), policy.tls.as_ref(), vec![name])),
                None => by_default.push(name),
            }
        }
        let defaults =
            spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref()?.tls.as_ref());
        clients.push((Client::NodeDefaults(position), defaults, by_default));
    }
    for (position, gateway, spec) in gateways(&ground.inventory) {
        let of_gateway = gateway_routes(&ground.inventory).filter(|(_, route, _)| {
            route.parent.as_ref().map(Key::of) == Some(Key::of(&gateway.name))
                && Key::of(&route.mesh) == Key::of(&gateway.mesh)
        });
        let names = of_gateway.flat_map(|(_, _, spec)| {
            spec.targets().map(|(_, target)| Key::of(&target.virtual_service.virtual_service_name))
        });
        let defaults =
            spec.backend_defaults.as_ref().and_then(|defaults| defaults.client_policy.as_ref()?.tls.as_ref());
        clients.push((Client::GatewayDefaults(position), defaults, names.collect()));
    }
    clients
}

/// A listener that a service's requests reach.
struct Reached<'g> {
    position: usize,
    index: usize,
    tls: Option<&'g ListenerTls>,
    port: Option<i64>,
    /// Whether its node has no other.
    is_only: bool,
}

/// The listeners that get a share of a service's requests.
fn reached<'g>(ground: &'g Ground, from: &Resource, names: &[Key<'_>]) -> Vec<Reached<'g>> {
    let mut found = Vec::new();
    for (_, service, spec) in services(&ground.inventory) {
        if Key::of(&service.mesh) != Key::of(&from.mesh) || !names.contains(&Key::of(&service.name)) {
            continue;
        }
        match &spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                // Which of several listeners is called, nobody says; where all are in plaintext, it matters not.
                let position = ground.find(service, Kind::VirtualNode, &node.virtual_node_name);
                let listeners = position.map(|position| listeners_of(ground, position, None)).unwrap_or_default();
                let is_alike = listeners.iter().all(|reached| is_plaintext(reached.tls));
                found.extend(listeners.into_iter().filter(|reached| reached.is_only || is_alike));
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                let of_router = routes(&ground.inventory).filter(|(_, route, _)| {
                    route.parent.as_ref().map(Key::of) == Some(Key::of(&router.virtual_router_name))
                        && Key::of(&route.mesh) == Key::of(&service.mesh)
                });
                for (_, route, spec) in of_router {
                    for target in spec.protocols().flat_map(|route| &route.action().weighted_targets) {
                        let position = ground.find(route, Kind::VirtualNode, &target.virtual_node);
                        if let Some(position) = position.filter(|_| value(&target.weight) != Some(0)) {
                            found.extend(listeners_of(ground, position, target.port.as_ref().and_then(value)));
                        }
                    }
                }
            }
            None => {}
        }
    }
    found
}

fn listeners_of(ground: &Ground, position: usize, port: Option<i64>) -> Vec<Reached<'_>> {
    let Some((_, resource, spec)) = nodes(&ground.inventory).find(|(other, ..)| *other == position) else {
        return Vec::new();
    };
    let listeners = spec.listeners.iter().flatten().enumerate();
    let known =
        listeners.filter(|(index, _)| !resource.has_gap(&Path::of(&["spec", "listeners"]).index(*index).field("tls")));
    let reached = known.map(|(index, listener)| Reached {
        position,
        index,
        tls: listener.tls.as_ref(),
        port: value(&listener.port_mapping.port),
        is_only: spec.listeners.as_ref().is_some_and(|listeners| listeners.len() == 1),
    });
    reached.filter(|reached| port.is_none_or(|port| reached.port == Some(port))).collect()
}

fn is_plaintext(tls: Option<&ListenerTls>) -> bool {
    tls.is_none_or(|tls| tls.mode.known() == Some(&ListenerTlsMode::Disabled))
}

fn enforce(ground: &Ground, seeds: &mut Seeds<'_>) {
    // Who calls nothing is no client.
    for (client, own, names) in clients(ground).into_iter().filter(|(.., names)| !names.is_empty()) {
        let resource = &ground.inventory.resources[client.position()];
        let reached = reached(ground, resource, &names);
        let mut plain = reached.iter().filter(|reached| is_plaintext(reached.tls));
        let neutral = match plain.next() {
            None if reached.is_empty() => Some("what it calls has no listener in the files"),
            None => Some("every listener in the files that answers it speaks TLS"),
            Some(first) if first.port == Some(443) && plain.next().is_none() => {
                Some("what listens on 443 may be a host outside")
            }
            Some(_) => None,
        };
        // It keeps its certificate: to lose that would be a second fault.
        let mut policy = own.cloned().unwrap_or_else(policy);
        (policy.enforce, policy.ports) = (Some(Scalar::Known(true)), None);
        seeds.sow(at(resource, client.place()), neutral, |inventory| client.set(inventory, Some(policy)));
    }
}

/// Every TLS of a listener, of nodes and of gateways.
fn tls_listeners(ground: &Ground) -> Vec<(usize, usize, &ListenerTls)> {
    let mut found = Vec::new();
    for (position, _, spec) in nodes(&ground.inventory) {
        let listeners = spec.listeners.iter().flatten().enumerate();
        found.extend(listeners.filter_map(|(index, listener)| Some((position, index, listener.tls.as_ref()?))));
    }
    for (position, _, spec) in gateways(&ground.inventory) {
        let listeners = spec.listeners.iter().enumerate();
        found.extend(listeners.filter_map(|(index, listener)| Some((position, index, listener.tls.as_ref()?))));
    }
    found
}

fn tls_of(inventory: &mut Inventory, position: usize, index: usize) -> &mut Option<ListenerTls> {
    match inventory.resources[position].kind() {
        Kind::VirtualGateway => &mut gateway(inventory, position).listeners[index].tls,
        _ => &mut listener_of(inventory, position, index).tls,
    }
}

/// Whether a client with a policy calls a listener.
fn is_called(
    ground: &Ground,
    position: usize,
    index: usize,
    is_asked: impl Fn(Option<&ClientPolicyTls>) -> bool,
) -> bool {
    let port = listeners_of(ground, position, None)
        .into_iter()
        .find(|reached| reached.index == index)
        .and_then(|reached| reached.port);
    clients(ground).into_iter().any(|(client, policy, names)| {
        let from = &ground.inventory.resources[client.position()];
        let ports = policy.and_then(|policy| policy.ports.as_ref());
        let covers = ports.is_none_or(|ports| ports.iter().any(|named| value(named) == port));
        is_asked(policy)
            && covers
            && reached(ground, from, &names)
                .iter()
                .any(|reached| reached.position == position && reached.index == index)
    })
}

fn drop_tls(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, index, tls) in tls_listeners(ground) {
        let resource = &ground.inventory.resources[position];
        let neutral = match () {
            () if is_plaintext(Some(tls)) => continue,
            () if !is_called(ground, position, index, |policy| policy.is_some()) => {
                Some("no client in the files has a policy for it")
            }
            () => None,
        };
        seeds.sow(at(resource, index), neutral, |inventory| *tls_of(inventory, position, index) = None);
    }
}

fn set_mode(ground: &Ground, seeds: &mut Seeds<'_>, mode: ListenerTlsMode) {
    for (position, index, _) in tls_listeners(ground) {
        seeds.sow(at(&ground.inventory.resources[position], index), None, |inventory| {
            tls_of(inventory, position, index).as_mut().unwrap().mode = Scalar::Known(mode);
        });
    }
}

/// Whether a listener lets nobody in without a certificate.
fn demands(tls: Option<&ListenerTls>) -> bool {
    tls.is_some_and(|tls| tls.validation.is_some() && tls.mode.known() == Some(&ListenerTlsMode::Strict))
}

fn drop_client_certificate(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (client, policy, names) in clients(ground) {
        if policy.is_some_and(|policy| policy.certificate.is_some()) {
            let resource = &ground.inventory.resources[client.position()];
            let is_asked = reached(ground, resource, &names).iter().any(|reached| demands(reached.tls));
            let neutral = (!is_asked).then_some("no listener in the files asks it for one");
            seeds.sow(at(resource, client.place()), neutral, |inventory| {
                client.policy(inventory).as_mut().unwrap().tls.as_mut().unwrap().certificate = None;
            });
        }
    }
}

fn demand_certificates(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, index, _) in tls_listeners(ground) {
        let resource = &ground.inventory.resources[position];
        if resource.kind() != Kind::VirtualNode {
            continue;
        }
        let has_none = |policy: Option<&ClientPolicyTls>| policy.is_none_or(|policy| policy.certificate.is_none());
        let neutral =
            (!is_called(ground, position, index, has_none)).then_some("no client without a certificate calls it");
        seeds.sow(at(resource, index), neutral, |inventory| {
            let tls = tls_of(inventory, position, index).as_mut().unwrap();
            tls.mode = Scalar::Known(ListenerTlsMode::Strict);
            let trust =
                ListenerTlsValidationContextTrust::File(TlsFileTrust { certificate_chain: text("/certs/ca.pem") });
            tls.validation = Some(ListenerTlsValidationContext { subject_alternative_names: None, trust });
        });
    }
}

fn show_for_nothing(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (client, policy, names) in clients(ground) {
        let Some(policy) = policy.filter(|policy| policy.certificate.is_none() && policy.ports.is_none()) else {
            continue;
        };
        let resource = &ground.inventory.resources[client.position()];
        let reached = reached(ground, resource, &names);
        let is_sure = !reached.is_empty()
            && reached
                .iter()
                .all(|reached| !is_plaintext(reached.tls) && reached.tls.is_some_and(|tls| tls.validation.is_none()));
        let neutral =
            (!is_sure).then_some("what answers it is not all in the files with TLS, or asks for a certificate");
        let mut policy = policy.clone();
        policy.certificate = Some(ClientTlsCertificate::File(file("/certs/cert.pem", "/certs/key.pem")));
        seeds.sow(at(resource, client.place()), neutral, |inventory| client.set(inventory, Some(policy)));
    }
}

fn check_nothing(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (client, policy, names) in clients(ground) {
        if policy.is_none() {
            continue;
        }
        let resource = &ground.inventory.resources[client.position()];
        let is_unvouched = |reached: &Reached<'_>| {
            !is_plaintext(reached.tls)
                && reached.tls.is_some_and(|tls| {
                    !demands(Some(tls)) && !matches!(tls.certificate, ListenerTlsCertificate::Acm(_))
                })
        };
        let is_checked = match client {
            // Without its own policy the defaults hold for it.
            Client::Backend(position, _) => clients(ground)
                .iter()
                .any(|(other, defaults, _)| *other == Client::NodeDefaults(position) && defaults.is_some()),
            _ => false,
        };
        let neutral = match () {
            () if is_checked => Some("the backend defaults still hold for it"),
            () if policy.is_some_and(|policy| policy.certificate.is_some())
                && reached(ground, resource, &names).iter().any(|reached| demands(reached.tls)) =>
            {
                None
            }
            () if !reached(ground, resource, &names).iter().any(is_unvouched) => {
                Some("no listener in the files shows it a certificate from elsewhere than ACM")
            }
            () => None,
        };
        seeds.sow(at(resource, client.place()), neutral, |inventory| client.set(inventory, None));
    }
}

fn miss_ports(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (client, policy, names) in clients(ground) {
        let Some(policy) = policy else { continue };
        let resource = &ground.inventory.resources[client.position()];
        let is_known = |name: &Key<'_>| {
            let reached = reached(ground, resource, std::slice::from_ref(name));
            !reached.is_empty() && reached.iter().all(|reached| reached.port.is_some())
        };
        let neutral = (names.is_empty() || !names.iter().all(is_known))
            .then_some("what it calls is not all in the files with its ports");
        let mut policy = policy.clone();
        policy.ports = Some(vec![number(FREE)]);
        seeds.sow(at(resource, client.place()), neutral, |inventory| client.set(inventory, Some(policy)));
    }
}

/// Gives every listener with TLS another certificate.
fn certify(ground: &Ground, seeds: &mut Seeds<'_>, certificate: &ListenerTlsCertificate) {
    let is_acm = |resource: &Resource| format!("{:?}", resource.spec).contains("Acm(");
    let is_sound = matches!(certificate, ListenerTlsCertificate::Acm(acm) if words(&acm.certificate_arn) == Some(ACM));
    for (position, index, _) in tls_listeners(ground) {
        // What takes others from ACM has the fault already.
        if is_sound && is_acm(&ground.inventory.resources[position]) {
            continue;
        }
        seeds.sow(at(&ground.inventory.resources[position], index), None, |inventory| {
            tls_of(inventory, position, index).as_mut().unwrap().certificate = certificate.clone();
        });
    }
}

/// Gives every client with a policy, which it enforces, other authorities and names to trust.
fn trust(ground: &Ground, seeds: &mut Seeds<'_>, authorities: &[&str], names: Option<&[&str]>) {
    for (client, policy, _) in clients(ground) {
        let Some(policy) = policy else { continue };
        let mut policy = policy.clone();
        policy.enforce = Some(Scalar::Known(true));
        let authorities = List::new(authorities.iter().map(|arn| text(arn)).collect()).unwrap();
        policy.validation = TlsValidationContext {
            subject_alternative_names: names.map(|names| SubjectAlternativeNames {
                matcher: SubjectAlternativeNameMatchers { exact: names.iter().map(|name| text(name)).collect() },
            }),
            trust: TlsValidationContextTrust::Acm(TlsAcmTrust { certificate_authority_arns: authorities }),
        };
        let resource = &ground.inventory.resources[client.position()];
        seeds.sow(at(resource, client.place()), None, |inventory| client.set(inventory, Some(policy)));
    }
}

fn let_in_any(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, index, tls) in tls_listeners(ground) {
        let is_already = tls.validation.as_ref().is_some_and(|own| own.subject_alternative_names.is_none());
        if !is_already && tls.mode.known().is_some_and(|mode| *mode != ListenerTlsMode::Disabled) {
            seeds.sow(at(&ground.inventory.resources[position], index), None, |inventory| {
                let file = TlsFileTrust { certificate_chain: text("/certs/ca.pem") };
                tls_of(inventory, position, index).as_mut().unwrap().validation = Some(ListenerTlsValidationContext {
                    subject_alternative_names: None,
                    trust: ListenerTlsValidationContextTrust::File(file),
                });
            });
        }
    }
}

fn trust_spiffe(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (client, policy, _) in clients(ground) {
        let Some(policy) = policy else { continue };
        let mut policy = policy.clone();
        policy.validation = TlsValidationContext {
            subject_alternative_names: None,
            trust: TlsValidationContextTrust::Sds(TlsSdsTrust { secret_name: text("spiffe://shop.local") }),
        };
        let resource = &ground.inventory.resources[client.position()];
        seeds.sow(at(resource, client.place()), None, |inventory| client.set(inventory, Some(policy)));
    }
}

/// TLS with such a certificate.
fn strict(certificate: ListenerTlsCertificate) -> ListenerTls {
    ListenerTls { certificate, mode: Scalar::Known(ListenerTlsMode::Strict), validation: None }
}

/// Lets every node whose proxy has no socket ask for a certificate by one.
fn ask_for_secrets(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let has_socket = |workload: &meshwright_model::workload::Workload| {
            let mut containers = workload.task.container_definitions.iter().flatten();
            containers.any(|container| container.variable("APPMESH_SDS_SOCKET_PATH").is_some())
        };
        let is_run = ground.run_by(position).next().is_some() && !ground.run_by(position).any(has_socket);
        if is_run && spec.listeners.iter().flatten().next().is_some() {
            seeds.sow(at(resource, "secret"), None, |inventory| {
                let certificate = ListenerTlsCertificate::Sds(TlsSdsCertificate { secret_name: text("orders") });
                listener_of(inventory, position, 0).tls = Some(strict(certificate));
            });
        }
    }
}

fn encrypt_checked(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let is_dns = matches!(spec.service_discovery, Some(ServiceDiscovery::Dns(_)));
        let is_named = ground.inventory.resources.iter().any(|from| {
            let mut references = from.references().into_iter();
            references.any(|reference| ground.inventory.index().target(from, &reference) == Some(position))
        });
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            if is_dns && is_named && listener.health_check.is_some() && listener.tls.is_none() {
                seeds.sow(at(resource, index), None, |inventory| {
                    listener_of(inventory, position, index).tls =
                        Some(strict(files("/certs/cert.pem", "/certs/key.pem")));
                });
            }
        }
    }
}
