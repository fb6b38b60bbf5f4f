//! The table of words: every symbol with all the ways to say it, and the words that say nothing.
//!
//! Another word for a thing that the grammar knows goes here, after the symbol of that thing, and nothing else is to be
//! done. Case does not matter, and a space in a way to say something stands for a hyphen too.

/// A line for each symbol: its name, and every way to say it; an indented line goes on with the one above.
pub(super) const SYMBOLS: &str = "
# what is done
create: create, created, creates, make, makes, creating, build, generate, write, produce, define, defining,
    set up, set me up, set us up, setup, setting up, provision, spin up, i need, we need, i want, we want, i'd like, i would like, need,
    want, wants, draft, scaffold, declare, deploy, stand up, bring up, show me, give me, write me, make me,
    introduce, launch, design, craft, compose, prepare, generating, making, writing, building, drafting, preparing
add: add, adds, adding, insert, include, including, attach, append, put, apply, configure, configuring, enable, turn on,
    switch on, activate, give it
change: change, changes, changing, update, updating, modify, edit, adjust, raise, increase, lower, decrease,
    reduce, bump, bump up, relax, loosen, tighten, extend, shorten, alter, tune, tweak, double-check, patch, reconfigure, rework, move,
    switch, switches, place, places, bring, brings, dial, dials, dial up, dial down, ramp, ramps, ramp up, ramp down, turn down
rename: rename, renames, renaming, renamed
remove: remove, removes, removing, delete, deleting, drop the, take out, take away, get rid of, retire,
    decommission, detach, tear down, kill off, eliminate, erase, purge, scrap, wipe, discard, erases,
    get rid of the
take: take, pull
out: out
named: named, called, name, with the name, known as, by the name of, names, titled, call it, let's call it,
    name it, calling it, naming it, which we call
no: no, never, without, don't, do not, doesn't, does not, isn't, is not, not, aren't, are not, hasn't, disable,
    disabling, disables, turn off, switch off, deactivate, lacking, lacks
off: off, disabled
on: enabled, switched on, turned on, activated

# what it is done to
mesh: mesh, meshes, service mesh, app mesh mesh
app-mesh: app mesh, appmesh, aws app mesh
virtual-node: virtual node, virtual nodes, virtualnode, vnode, vnodes, vn, vns, node, nodes
virtual-router: virtual router, virtual routers, virtualrouter, vrouter, vr, router, routers
virtual-service: virtual service, virtual services, virtualservice, vservice, vs, vsvc
virtual-gateway: gw, gws, virtual gateway, virtual gateways, virtualgateway, vgateway, vg, vgw, gateway, gateways,
    ingress gateway
gateway-route: gateway route, gateway routes, gatewayroute, ingress route, ingress routes, gateway routing rule
route: route, routes, routing rule, routing rules, route rule, route rules, traffic rule
application: service, services, microservice, microservices, micro service, application, applications, app, apps,
    workload, workloads, svc
sidecar: sidecar, sidecars, envoy sidecar, envoy proxy config, envoy proxy configuration, envoy proxy,
    envoy container, envoy config, envoy configuration, proxy container, sidecar container, sidecar proxy,
    envoy proxy container, envoy containers, envoy sidecars, envoy proxies, proxies, envoys, envoy sidecar container, proxy sidecar, task definition, ecs task definition, ecs task,
    taskdef, envoy, proxy
listener: listener, listeners
everything: everything, everyone, every service, all services, every node, all nodes, each service, each node,
    all of them, all the services, all the nodes, every app, all apps, all applications, every application,
    all virtual nodes, every virtual node, all traffic in the mesh, every microservice, all microservices,
    they all, the whole mesh, all listeners, every listener, across the board, mesh wide, everywhere

# relations
listen: listen, listens, listening, listen on, expose, exposes, exposing, serve, serves, serving, accept, accepts,
    accepting, bind, binds, run on, runs on, running on, available on, reachable on,
    reachable at, reachable, available at, exposed on, exposed at, exposed
speak: speak, speaks, speaking, talks over
send: stays, stay, remain, remains, send, sends, sending, sent, direct, directs, directing, directed, forward,
    forwards, forwarding, forwarded, go, goes, going, flow, flows, flowing, pass, passes, land, lands, steer,
    steers, dispatch, dispatches, landed, landing, passed on, passes on, pass on, handed on, handed over, hand over, hands over, deliver, routing, routed, ship, ships, point, points, mapped, map, maps, end up,
    ends up, handled, reach, redirect, redirects, redirected, redirecting
to: to, straight to, straight at, directly to, directly at, right at, next to, beside, into, towards, toward, onto, against, up to but not including, up to but excluding, until
split: split, splits, splitting, divide, divides, distribute, distributes, shift, shifts, share, shares, shared,
    balance, balances, canary release, canary releases, canary deployment, canary deployments, canary rollout,
    canary split, canary test, canary of, canary for, do a canary, canarying, weighted, weighting, blue green, blue/green, spread
between: between, across, among, amongst, over
evenly: evenly, equally, half and half, fifty fifty, 50-50, half half, in equal parts, even, equal parts, equal shares, in equal shares,
    the same share, an equal share, the same share each, an equal share each, a fair share each
call: depends upon, depend upon, depending upon, call, calls, calling, talk to, talks to, talking to, dependent on, dependent upon, depend on, depends on, depending on, consume, consumes,
    invoke, invokes, reaches, connect to, connects to, may call, can call, queries, accesses, access to,
    communicates with, communicate with, relies on, uses service
called-by: called by, used by, consumed by, invoked by, reached by
backend: backend, backends, upstream, upstreams, dependency, dependencies, back end, back ends,
    downstream dependency, downstream dependencies, all backends, every backend, all its backends,
    all of its backends, its backends, calls to its backends, calls to backends, calls to all backends,
    outgoing calls, outbound calls, client policy, default client policy, all upstreams, backend defaults, talks to the mesh,
    talk to the mesh, into the mesh, towards the mesh, calls into the mesh, backend services, backend service
version: version, versions, variant, variants
run: run, runs, running, consists of, consist of, exists in, exist in, is deployed as, are deployed as,
    deployed in, made up of
weight: weight, weights, weight of, weighing, share of
rest: rest, remainder, remaining, the rest, rest of it, rest of them, what is left, what's left, whatever is left,
    what remains, whatever remains, the remainder, what is left over, leftover
otherwise: otherwise, by default, default traffic, catch all, catchall, default route, fall back, fallback, falls back,
    any others, others, else, or else, any other, all other, elsewhere, if not, if it is not, if it isn't,
    if it doesn't, if it does not, if they don't, those without, the ones without, those that don't,
    those that do not, failing that, the other
all-traffic: all traffic, all requests, every request, all the traffic, any request, all of the traffic,
    100 percent of traffic
provider: provider, provided, backed, backed by, provided by, served by, implemented by, fronting, in front of, fronts, behind it,
    resolves to, answered by, handled by

# ports and protocols
port: port, ports, port number
protocol: protocol, protocols, proto
http: http, http1, http/1, http/1.1, http1.1, http 1.1, plain http
http2: http2, http/2, http 2, h2, h2c, http/2.0
grpc: grpc, grpcs
tcp: tcp, plain tcp, raw tcp
https: https

# TLS
tls: tls, ssl, encryption, encryption in transit, encrypted in transit, encrypted, tls encryption, encrypted traffic, encrypt, encrypts, encrypted with tls,
    encrypted using tls, tls encrypted, encrypted over tls, encrypted via tls, secured with tls
mtls: mtls, mutual tls, mutual ssl, mutual tls authentication, two way tls, mutually authenticated tls,
    tls in both directions, mutual authentication, mutually authenticated
strict: strict, strictly, mandatory, tls only, force, forces, forced, forcing, insist on, insists on
permissive: permissive, optional, opportunistic
terminate: terminate, terminates, terminating, terminated
certificate: certificate, certificates, cert, certs, certificate from, tls certificate, server certificate,
    certificate source, server cert, server certs
certificate-chain: certificate chain, cert chain, chain, certificate file, cert file, public certificate
private-key: private key, key file, key, private key file
acm: acm, certificate manager, aws certificate manager, acm certificate, acm cert, acm managed certificate
sds: sds, spire, secret discovery service, spiffe
secret: secret, secret name
file-source: file system, local file, local files, from disk, on disk, file based, from file, from files,
    from a file, mounted files, mounted file, file certificate, file certs, file certificates, certificate files, cert files, tls files,
    from the file system, file-based certificate, with files, by files, in files, using files
trust: validating against, validate against, validates against, verifying against, verify against,
    verifies against, verified against, checked against, checks theirs against, checks them against, verifies theirs against, verifies them against,
    validates theirs against, validates them against, check theirs against, check them against, trust, trusts, trusting, trusted, ca, certificate authority, ca bundle, ca certificate, trust bundle,
    root ca, trusted ca, chains to, chain to, chaining to, chained to, chains up to, ca file, ca cert, root certificate, private ca, acm pca, pca, validate, validates,
    validating, validation, verify, verifies, verified, ca chain, trust chain, trust store, trusted bundle,
    spiffe trust bundle, validation context, signed by, issued by, validated, validated against, validated by, validated with, verified by,
    verified with, checked with
san: san, sans, expected san, expected sans, expected subject alternative name, expected subject alternative names,
    subject alternative name, subject alternative names, subject alt name, subject alt names
client-certificate: present a certificate, present certificates, present certs, present a cert, present client certs,
    present valid certificates, present valid certs, present a valid certificate, show a certificate, show certificates,
    present a client certificate, present client certificates, show a client certificate, client certificate, client certificates, client cert, client certs,
    authenticate with a certificate, authenticate themselves, client authentication, client auth,
    clients authenticate, authenticate
enforce: enforce, enforces, enforced, enforcing

# health
health-check: health check, hc, health checks, healthcheck, healthchecks, health checking, health probe,
    health probes, checks health, checks its health, check its health, check the health, check health, liveness,
    liveness check, liveness probe, readiness, readiness check, readiness probe, probe, probes, probing, probed, health checked,
    checked for health, pings, pinged, heartbeat, healthcheckpolicy, readiness checks, readiness probes, liveness probes, liveness checks
interval: interval, period, frequency, intervals, intervalmillis
every: every, once every, each time, once per
threshold: threshold, thresholds
healthy: become healthy, becomes healthy, healthy, healthy threshold, bring it back, brings it back, bring back, brings back, back to healthy,
    healthy again, healthythreshold, come back, comes back, up after
unhealthy: become unhealthy, becomes unhealthy, unhealthy, unhealthy threshold, dead, drop out, drops out, down after, failed threshold, unhealthythreshold
success: success, successes, successful, passes in a row, passing, successful checks, positive checks, good checks,
    good pings, successful pings, good probes, successful probes, good ones, passed checks
failure: failure, failures, failed, failing, misses, failed checks, failed attempts, bad checks,
    bad pings, failed pings, missed pings, bad probes, failed probes, bad ones, missed checks

# time
timeout: timeout, tmo, time budget, give up, gives up, give up after, gives up after, giving up after, timeouts, time out,
    times out, timing out, time limit, timed out, deadline, cut off, timeoutmillis
request-timeout: request timeout, req timeout, response time limit, request timeouts, per request timeout, per request time out,
    timeout per request, timeout for requests, request time limit, per request, request deadline,
    total timeout, overall timeout, total request timeout, overall request timeout, response timeout, perrequest, perrequest timeout, call timeout
idle: idle, idle timeout, idle time, connection idle timeout, inactivity, inactive, idle connection timeout,
    idle connections, silent, silence, inactivity timeout, of silence, idling
unlimited: unlimited, infinite, no limit, never time out, no timeout, no timeouts, without a timeout,
    without timeout, without timeouts

# retries
retry: retry, retries, retried, retrying, retry policy, retry policies, retry attempts, retry attempt, attempts,
    attempt, tries, try again, reattempts, re-tries, retry up to, retry requests, retry failed requests,
    retry logic, retry strategy, tried again, maxretries, retrypolicy, tries again, trying again
per-try: per try, per retry, per attempt, each attempt, each try, each retry, per try timeout, per retry timeout,
    per attempt timeout, retry timeout, perretrytimeout, attempt timeout, every attempt, every try
events: event, events, retry events, retry on, conditions, cover, covers, covering
server-error: server error, server errors, 5xx, 5xxs, 5xx error, 5xx errors, 5xx response, 5xx responses, 500s,
    5xx answer, 5xx answers, 5xx reply, 5xx replies, 5xx status, 5xx statuses, 5xx codes, 5xx status codes,
    http 5xx, internal server errors, 5xx failures, 500 errors, 5xx server errors, http 500, http 500s
gateway-error: gateway error, gateway errors, 502s, 503s, 504s, bad gateway, bad gateways, 502 503 504
client-error: client error, client errors, 409s, conflicts
stream-error: stream error, stream errors, refused stream, refused streams
connection-error: connection error, connection errors, connect failure, connect failures, connection failure,
    connection failures, connection refused, connection reset, connection resets, resets, tcp errors, tcp error,
    connection fails, connections fail, the connection fails, connecting fails
cancelled: cancelled, canceled
deadline-exceeded: deadline exceeded
internal: internal, internal error, internal errors
resource-exhausted: resource exhausted
unavailable: unavailable

# ejection and pools
outlier-detection: outlier detection, outlier ejection, outlier, outliers, outlier detector, outlierdetection
circuit-breaker: circuit breaker, circuit breakers, circuit breaking
eject: eject, ejects, ejecting, ejected, kick out, kicks out, kick a host out, kicks a host out, kick hosts out, kick the host out, kick them out,
    throw a host out, throws a host out, throw hosts out, throw them out, take a host out, takes a host out, kicked out, thrown out, kick out unhealthy hosts, kicks out unhealthy hosts,
    eject unhealthy hosts, ejects unhealthy hosts, remove unhealthy hosts, throws out, evict, evicts, evicted, ejects a host, throw out,
    remove hosts, take hosts out, takes hosts out, taking hosts out, throws hosts out, takes them out
ejection: ejection, ejections, ejection duration, ejection time, base ejection, base ejection duration,
    base ejection time, base duration, baseejectionduration
max-ejection: max ejection, max ejection percent, max ejection percentage, maximum ejection,
    maximum ejection percent, maximum ejection percentage, ejection percent, ejection percentage,
    maximum percentage of hosts, ejection limit, maxejectionpercent
hosts: host, hosts, endpoint, endpoints, instance, instances, pods, pod, task, tasks, container, containers
consecutive: consecutive, in a row, straight, back to back, successive, consecutively
error: error, errors, error answers, error responses, bad answers, bad responses
connection-pool: connection pool, connection pools, connection pooling, connection limits, limit on connections, pool,
    pooling, connectionpool
connections: connections, connection limit, max connections, maximum connections, concurrent connections, simultaneous connections,
    connection, parallel connections, maxconnections
pending: pending, pending requests, max pending requests, maximum pending requests, queued requests, queued,
    waiting requests, requests waiting, requests in the queue, queue for a connection, queue, queue up,
    wait for a connection, wait, waiting for a connection, maxpendingrequests
concurrent-requests: max requests, maximum requests, concurrent requests, requests in flight, in flight requests,
    parallel requests, requests in parallel, requests at the same time, simultaneous requests, outstanding requests, requests at a time, requests at once,
    active requests, maxrequests

# discovery
discovery: service discovery, discovery, discovered, discover, discovers, found, find, finds, located, resolved,
    resolves, resolve, servicediscovery, resolvable, resolve it, looked up, look up, lookup, lookups,
    svc discovery, app discovery
dns: dns, dns lookup, dns lookups, dns query, dns queries, dns resolution, dns discovery, dns service discovery, dns based service discovery, dns-based
hostname: hostname, host name, dns name, dns names, dns domain, internal domain, private domain, base domain, dns hostname, domain, domain name, fqdn, host header, hostnames,
    host names, dns record, authority
endpoints-mode: list of endpoints, endpoints response type, response type endpoints, endpoint response type, multi value, multivalue,
    strict dns, headless, every a record is an endpoint, each record is an endpoint, every record is an endpoint,
    each a record is an endpoint, all records are endpoints
loadbalancer-mode: load balancer, loadbalancer, load balancer style, loadbalancer style, load balancer like, response type loadbalancer, load balanced, logical dns,
    load balancer response type, behind a load balancer
response-type: response type, dns response type, dns response, dns responses, dns answer, dns answers
cloud-map: cloud map, cloudmap, aws cloud map, cloud map service discovery, cloud map discovery, awscloudmap
namespace: namespace, namespacename, ns
service-name: service name, cloud map service, servicename, cloud map svc, svc name
attribute: attribute, attributes, attr, attrs, instance attribute, instance attributes, custom attribute
ipv4-only: ipv4 only, ipv4_only, only ipv4, v4 only, just ipv4, ipv4
ipv6-only: ipv6 only, ipv6_only, only ipv6, v6 only, just ipv6, ipv6
ipv4-preferred: ipv4 preferred, ipv4_preferred, prefer ipv4, prefers ipv4, preferring ipv4, preferably ipv4,
    ipv4 preference, ipv4 first, ipv4 over ipv6, preference for ipv4, a preference for ipv4
ipv6-preferred: ipv6 preferred, ipv6_preferred, prefer ipv6, prefers ipv6, preferring ipv6, preferably ipv6,
    ipv6 preference, ipv6 first, ipv6 over ipv4, preference for ipv6, a preference for ipv6
dual-stack: dual stack, dualstack, both ip versions, both ip families
ip-preference: ip preference, ip version, ip version preference, ip family, ip addresses, ippreference

# mesh
egress: public internet, calls to the internet, calls to the public internet, outgoing calls to the internet,
    outgoing calls to the public internet, outbound calls to the internet, egress, external egress, egress filter, egress traffic, outbound traffic, outbound, internet, external destinations,
    calls to external destinations, calls outside the mesh, outside the mesh,
    outbound traffic that isn't in the mesh, traffic that isn't in the mesh, external traffic,
    traffic outside the mesh, traffic to the outside, traffic leaving the mesh, outgoing traffic,
    external services, external endpoints, outside traffic, external apis, external api, third party apis, outside apis, outside world, external hosts, unknown destinations,
    destinations outside the mesh, outside of the mesh, hosts outside the mesh, hosts outside of the mesh,
    destinations outside of the mesh, services outside the mesh, services outside of the mesh, egressfilter, traffic to anything outside, traffic to anything outside of it,
    traffic to the outside world, traffic to anywhere outside, anything outside, anything outside of it
internet-access: internet access, access to the internet, access to the public internet, access to the outside world
known-destinations: services in the mesh, services of the mesh, services inside the mesh, what the mesh knows,
    services we've modelled, services we've modeled, services we have modelled, services we have modeled, services we model,
    services we modelled, services we modeled, modelled services, modeled services, services that are modelled,
    services that are modeled, services we've defined, services we have defined, services we define, defined services,
    services that are defined, services defined in the mesh, services that are defined in the mesh, services known to the mesh,
    services the mesh knows, services that the mesh knows, services that are part of the mesh
allow-all: lets out, let out, lets traffic out, let traffic out, lets, let everything out, allow all, allow_all,
    allows all, allowing all, allow, allows, allowing, permit, permits, unrestricted, permitted
drop-all: does not allow, doesn't allow, do not allow, don't allow, not allow, not allowed, not let, drop all,
    drop_all, drops all, deny all, block all, deny, denies, block, blocks, blocked, drop, drops, dropped,
    dropping, restricted, locked down, lock down, forbid, forbids, forbidden, denied, blocking, denying, locks down,
    locking down, sealed off, seal off
owner: owner, mesh owner, owned by, owned by account, shared by, shared from, account, owner account

# logs
access-log: log its access, logs its access, log their access, logging its access, log access, logs access, logging access,
    access is logged, log all access, logs all access, access log, access logs, access logging, logging, logs, log, logged, log requests, request logs,
    request logging, accesslog,
    writes access logs, writes its access logs, writes an access log, writes its access log, emits access logs,
    emits its access logs, emits an access log, emits its access log, prints access logs, prints its access logs,
    prints an access log, prints its access log, keeps access logs, keeps its access logs, keeps an access log,
    keeps its access log
format: format, formatted, log format
as-json: json format, in json format, json formatted, as json, in json, json lines, json access log, json access logs,
    json access logging, structured
as-text: text format, in text format, in plain text format, plain text format, as text, in text
stdout: stdout, standard output, standard out, the console

# matches
match: match, matches, matching, matched
path: path, paths, uri, url, uris, urls
prefix: prefix, prefixes, path prefix, starting with, starts with, start with, beginning with, begins with,
    begin with, prefixed, prefixed with, under path, url prefix, paths starting with, paths under,
    paths beginning with
exact: exact, exactly equal, exact path, path exactly, exactly
suffix: suffix, ending with, ends with, end with, ending in, ends in, end in
regex: regex, regexp, regular expression, pattern match, regex pattern, re2, path pattern, url pattern, pattern
header: header, headers, http header, request header, http headers, header condition, header conditions, header match,
    header matcher, header matchers, header rule, header check, header criterion, header requirement, condition that the header,
    condition that header, condition on the header, condition on header
metadata: metadata, grpc metadata, metadata key
query: query, query parameter, query parameters, query param, query params, query string, query string parameter,
    url parameter, querystring
method: method, http method, verb, methods
scheme: scheme, url scheme
grpc-service: grpc service, rpc service
rpc: rpc, rpcs, grpc method, rpc method, grpc methods
equals: equals, equal to, equal, set to, =, ==, is set to, with value, with the value, whose value is,
    having value
present: is present, present, exists, is set, is there, any value, of any value, regardless of its value,
    whatever its value, with any value, whatever the value, regardless of value, regardless of the value,
    no matter its value
absent: absent, missing, is absent, is missing, not present, isn't present, is not present, isn't set, is not set,
    not set
range: range, in the range, in a range, ranging, ranges, between numbers, in range
priority: priority, priorities, precedence, route priority, prio, prios

# rewrites
rewrite: rewrite, rewrites, rewriting, rewritten, replace, replaces, replacing, replaced, becomes, become,
    turning, turned into
strip: strip, strips, stripping, stripped, trim, trims, cut
keep: keep, keeps, keeping, preserve, preserves, preserving, retain, retains, leave, leaves, untouched, unchanged,
    as is, intact, don't rewrite, do not rewrite, without rewriting, without touching, not touch, not touching, no rewrite, not rewrite, not rewriting,
    no rewriting, without rewrite

# all the rest
tag: tag, tags, tagged, retag, re-tag, labels, label, labelled, labeled, tagging
environments: environments, environment, stages, stage, env, envs
image: image, docker image, container image
proxy-image: envoy image, app mesh envoy image, proxy image, envoy container image, aws app mesh envoy image,
    sidecar image, image of the proxy, image of envoy, image of the sidecar, envoy docker image,
    proxy container image, sidecar container image
app-image: app image, application image, service image, app container image, application container image,
    image of the app, image of the application, image of the service, app docker image
cpu: cpu, cpu units, vcpu, cpus, vcpus
memory: memory, ram, mem, mib of memory, mb of memory, mb ram
mib: mib, mb, megabytes, megabyte, mebibytes
resource-limits: resource limits, resource limit, sizing, sized, resources for,
    resource requirements
low: low, light, small, little, low traffic, light traffic, low volume, small service
medium: medium, moderate, average, medium traffic, moderate traffic, mid-traffic, normal traffic, medium sized
high: high, heavy, large, high traffic, heavy traffic, busy, high volume, high throughput, large traffic
user: user, uid, user id, ignored uid, ignoreduid, ignore uid, ignored user
log-level: log level, envoy log level, loglevel, verbosity, envoy_log_level
xray: xray, x-ray, aws x-ray, x-ray tracing, tracing, xray tracing, enable_envoy_xray_tracing
old-name-variable: appmesh_virtual_node_name
environment-variable: environment variable, environment variables, env var, env vars, env variable
proxy-wiring: dependson, container dependency, container dependencies, startup order, start order, startup dependency,
    proxyconfiguration, proxy configuration, proxy config, task role, task role statement, task role policy,
    task role permission, task role permissions, iam task role, ulimits, ulimit, streamaggregatedresources
permissions: role permissions, role permission, iam policy, iam policies, iam role, iam statement, iam permission, iam permissions, role statement,
    role policy, policy statement
app-port: app port, application port, container port, app ports, appports
ignored-ports: egress ignored ports, egressignoredports, ignored ports, bypass the proxy, bypassing the proxy,
    bypasses the proxy, go around the proxy, goes around the proxy, skip the proxy, skips the proxy
max: max, maximum, at most, up to, no more than, limited to, limit of, limit to, capped at, cap, upper limit,
    a maximum of, max of, maximum of, not more than, limit it to, never more than, but never more than,
    never have more than, never exceed, should never have more than, not exceed, not exceeding, limits,
    limit
min: min, minimum, at least
after: after, following, once there are, upon
for: lasting, lasts, for at least, for a base of
and: and, &, plus, along with, together with, as well as, alongside, and also, followed by, +
or: or
but: but, while, whereas, although, however
first: first, then first
plaintext: plain text, plaintext, unencrypted, cleartext, clear text, non-tls, unencrypted traffic
inclusive: inclusive, inclusively, included, both included, both inclusive, both ends included, ends included,
    both ends inclusive, including both ends, end included, including the end
target: target, targets, destination, destinations, target node, target nodes, target service, target services,
    target virtual service, destination node, destination service, destination virtual service
only-that: nothing below it, nothing beneath it, nothing else, and nothing else, nothing more, nothing under it
lowest: lowest, last
highest: highest, top
instead: instead of, rather than, in place of, as opposed to
no-longer: no longer, stops, stop, stopped, must not, should not, should no longer, shouldn't, mustn't, must no longer,
    shouldn't be able to, should not be able to, must not be able to, may no longer, can no longer, not any more
response-header: response header, response headers, custom header
minus: minus, negative
gib: gib, gb, gigabytes, gigabyte, gibibytes, gig
percent: percent
";

/// Words that say nothing by themselves: patterns pass over them, and nobody is told that they were not understood.
pub(super) const GLUE: &str = "
# articles, pronouns, and what points
the a an this that that's whole entire these those which who whose it its it's itself i we us our me my you your they them
they've their themselves here there both each either everybody anything whatever whether different own total
some any

# small verbs
is are be been being do does did will would should shall must can could may might have has had having get gets got
give gives given let make sure ensure use uses using used means mean become turned

# prepositions and conjunctions
needs inside already yet again still turn of as at with by for in from on into onto via through under over where when if while than so then during within
back side whose

# what a sentence is polite with
directly please pls plz just also kindly hey hi hello thanks thank okay ok maybe perhaps quickly asap like somehow simply
ready now basically lets finally firstly lastly afterwards actually essentially really

# adjectives and adverbs that ask for nothing in particular
currently exactly proper properly correct correctly appropriate appropriately sensible reasonable suitable good
right sane basic simple standard usual typical decent single sole necessary needed required minimal complete full working
existing new another fresh additional extra more empty too longer open well bad third fourth handy nice second
respective respectively overall able one ones times once only least about around approximately

# nouns that stand around what is asked for
say stuff part way cloudformation template yaml json aws amazon resource resources definition definitions config configuration
settings setting setup cfg conf spec specification file policy value values amount level migration all sweep mind thing
things kind type types mode option options time ecs eks fargate kubernetes k8s ec2 cluster variable incoming
inbound client clients traffic requests request arn arns

# verbs that stand around what is asked for
set such equal equals lives live sits stored kept delivered mounted comes come residing marked mark considered
deemed treated treat treats gave carrying carries carry bearing bears reached takes checking check returned return returns arrive arrives arriving waiting write writing
instead presents present shows show hit hits hitting written termination looking look giving sees seen talk configured defined specified
enabled allowed supported available based
";
