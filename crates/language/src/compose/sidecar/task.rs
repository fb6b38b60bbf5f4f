//! The containers of a task, and how large they are.

use meshwright_model::Expression;

use super::owner::Owner;
use crate::compose::draft::{Draft, Wanted};
use crate::compose::say::{bare, list, map, push, text};
use crate::intent::{Sidecar, Traffic};

/// The last image of the App Mesh proxy. Source: the default of aws/aws-app-mesh-controller-for-k8s at its end, 2026-07.
const IMAGE: &str = "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.34.13.3-prod";
/// The user that the proxy runs as. Source: App Mesh User Guide, getting-started-ecs.
pub(super) const USER: u32 = 1337;

/// How large the proxy and its task are.
pub(super) struct Size {
    pub(super) cpu: u32,
    pub(super) memory: u32,
    pub(super) task_cpu: u32,
    pub(super) task_memory: u32,
}

/// CPU units and MiB of a proxy by traffic: our choice, as the reference has none. A proxy takes what its connections and
/// routes take, so that measurements of one's own are better.
const SIZES: &[(Traffic, u32, u32)] =
    &[(Traffic::Low, 128, 128), (Traffic::Medium, 256, 256), (Traffic::High, 512, 512)];

/// What a Fargate task can be: CPU units with the least and most MiB. Source: ECS, task size.
const TASKS: &[(u32, u32, u32)] = &[
    (256, 512, 2048),
    (512, 1024, 4096),
    (1024, 2048, 8192),
    (2048, 4096, 16384),
    (4096, 8192, 30720),
    (8192, 16384, 61440),
    (16384, 32768, 122_880),
];

/// How large the proxy and its task are.
pub(super) fn size(sidecar: &Sidecar, shown: &str, draft: &mut Draft) -> Size {
    let traffic = sidecar.traffic.unwrap_or(Traffic::Medium);
    let row = SIZES.iter().find(|(level, ..)| *level == traffic).unwrap_or(&SIZES[1]);
    let cpu = sidecar.cpu.unwrap_or(row.1);
    let memory = sidecar.memory.unwrap_or(row.2);
    if sidecar.cpu.is_none() || sidecar.memory.is_none() {
        let why = match sidecar.traffic {
            Some(traffic) => format!("our choice for {} traffic; measure and change it", traffic_word(traffic)),
            None => {
                "the request does not say how much traffic there is; this is our choice for a medium amount".to_owned()
            }
        };
        draft.assume(format!("the proxy of `{shown}` gets {cpu} CPU units and {memory} MiB"), why);
    }
    // As much again for the application.
    let fits = |(task_cpu, least, most): &&(u32, u32, u32)| {
        *task_cpu >= cpu.saturating_mul(2) && *most >= memory.saturating_mul(2) && *least > 0
    };
    let Some((task_cpu, least, _)) = TASKS.iter().find(fits) else {
        draft.ask(format!(
            "A Fargate task has 16384 CPU units and 122880 MiB at most, and the proxy of `{shown}` is to get {cpu} and {memory} of them. How large should it be?"
        ));
        return Size { cpu: row.1, memory: row.2, task_cpu: 512, task_memory: 1024 };
    };
    let wanted = memory.saturating_mul(2).max(*least);
    let task_memory = wanted.div_ceil(1024).saturating_mul(1024);
    let task_memory = if wanted <= 512 { 512 } else { task_memory };
    draft.assume(
        format!("the task of `{shown}` is for Fargate and has {task_cpu} CPU units and {task_memory} MiB"),
        "half of it at least is left to the application; add an execution role where images come from a private registry",
    );
    Size { cpu, memory, task_cpu: *task_cpu, task_memory }
}

/// The containers: the application, and the proxy that it waits for.
pub(super) fn containers(
    sidecar: &Sidecar,
    owner: &Owner<'_>,
    environment: Vec<Expression>,
    ports: &[Expression],
    size: &Size,
    draft: &mut Draft,
) -> Expression {
    let mut containers = Vec::new();
    if !owner.is_gateway {
        containers.push(application(sidecar, ports, draft));
    }
    containers.push(proxy(sidecar, owner, environment, ports, size, draft));
    if sidecar.xray {
        containers.push(tracer(sidecar));
    }
    list(containers)
}

fn opened(ports: &[Expression]) -> Expression {
    let port = |port: &Expression| map([("ContainerPort", port.clone()), ("Protocol", text("tcp"))]);
    list(ports.iter().map(port))
}

fn application(sidecar: &Sidecar, ports: &[Expression], draft: &mut Draft) -> Expression {
    let image = sidecar.application_image.clone().map_or_else(
        || {
            draft.parameter(&Wanted {
                name: "ApplicationImage",
                description: "Image of the application",
                ..Wanted::default()
            })
        },
        text,
    );
    let waits = map([("ContainerName", text("envoy")), ("Condition", text("HEALTHY"))]);
    map([
        ("Name", text("app")),
        ("Image", image),
        ("Essential", bare(true)),
        ("DependsOn", list([waits])),
        ("PortMappings", opened(ports)),
    ])
}

fn proxy(
    sidecar: &Sidecar,
    owner: &Owner<'_>,
    environment: Vec<Expression>,
    ports: &[Expression],
    size: &Size,
    draft: &mut Draft,
) -> Expression {
    let image = sidecar.image.clone().map_or_else(
        || {
            draft.assume(
                format!("the proxy's image is the parameter `EnvoyImage`, by default `{IMAGE}`"),
                "it is the last that AWS has published; keep a copy in a registry of your own",
            );
            draft.parameter(&Wanted {
                name: "EnvoyImage",
                description: "Image of the App Mesh proxy",
                default: Some(IMAGE),
                ..Wanted::default()
            })
        },
        text,
    );
    let mut container = map([("Name", text("envoy")), ("Image", image), ("Essential", bare(true))]);
    if owner.is_gateway {
        // A gateway's proxy is dialled itself: nothing is redirected, so no user has to be left out.
        push(&mut container, "PortMappings", opened(ports));
    } else {
        let user = sidecar.user.unwrap_or(USER);
        push(&mut container, "User", text(user.to_string()));
    }
    push(&mut container, "Cpu", bare(size.cpu));
    push(&mut container, "Memory", bare(size.memory));
    push(&mut container, "Environment", list(environment));
    // Source: App Mesh User Guide, getting-started-ecs.
    let command = "curl -s http://localhost:9901/server_info | grep state | grep -q LIVE";
    let check = map([
        ("Command", list([text("CMD-SHELL"), text(command)])),
        ("Interval", bare(5)),
        ("Timeout", bare(2)),
        ("Retries", bare(3)),
        ("StartPeriod", bare(10)),
    ]);
    push(&mut container, "HealthCheck", check);
    // Source: symptom D17; AWS's samples use 15000.
    let limit = map([("Name", text("nofile")), ("SoftLimit", bare(15000)), ("HardLimit", bare(15000))]);
    push(&mut container, "Ulimits", list([limit]));
    container
}

/// The X-Ray daemon; it runs as the proxy's user, so that its own calls are not redirected (symptom D70).
fn tracer(sidecar: &Sidecar) -> Expression {
    let port = map([("ContainerPort", bare(2000)), ("Protocol", text("udp"))]);
    map([
        ("Name", text("xray-daemon")),
        ("Image", text("public.ecr.aws/xray/aws-xray-daemon:3.x")),
        ("Essential", bare(false)),
        ("User", text(sidecar.user.unwrap_or(USER).to_string())),
        ("PortMappings", list([port])),
    ])
}

/// How much traffic a word stands for, in sentences.
fn traffic_word(traffic: Traffic) -> &'static str {
    match traffic {
        Traffic::Low => "little",
        Traffic::Medium => "medium",
        Traffic::High => "high",
    }
}
