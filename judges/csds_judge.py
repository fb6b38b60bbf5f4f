"""Connects proxies to a control plane, and asks it how they stand, with Google's client of gRPC and Envoy's own messages.

usage: csds_judge.py ENDPOINT
       csds_judge.py ENDPOINT AUTHORITIES KEY=SECRET...

The first plays `orders` of the mesh `shop` in the state of the world and `web` by changes, and prints a JSON object of what it is told in
between: for each id and kind the resources, each {"name", "status", "version", "contents", "error", "errorIsDated"}, where `version` is
whether it is that of the last response (or of the resource), and `contents` whether they are what was sent.

The second connects `orders` and `payments-v1` with calls that the first access key signs, and prints a JSON object of the ids that each key
is told.
"""

import json
import sys
import time

import grpc
from envoy.config.core.v3 import base_pb2
from envoy.service.status.v3 import csds_pb2, csds_pb2_grpc
from envoy.type.matcher.v3 import node_pb2, regex_pb2, string_pb2, struct_pb2

from image_calls import Signed, channel
from proxy_streams import TYPES, DeltaProxy, Proxy

ORDERS = "mesh/shop/virtualNode/orders"
WEB = "mesh/shop/virtualGateway/web"


def node(**matcher):
    return node_pb2.NodeMatcher(node_id=string_pb2.StringMatcher(**matcher))


class Judge:
    def __init__(self, channel):
        self.stub = csds_pb2_grpc.ClientStatusDiscoveryServiceStub(channel)
        # By id and kind, what was sent last: the version, and by name the version and the resource.
        self.sent = {}

    def fetch(self, **request):
        return self.stub.FetchClientStatus(csds_pb2.ClientStatusRequest(**request), timeout=20)

    def ids(self, *matchers):
        return [client.node.id for client in self.fetch(node_matchers=matchers).config]

    def refusal(self, *matchers):
        try:
            return self.ids(*matchers)
        except grpc.RpcError as error:
            return f"{error.code().name}: {error.details()}"

    def note(self, proxy, response):
        """Remembers what a proxy was sent."""
        own = self.sent.setdefault((proxy.node.id, response.type_url), {"version": None, "resources": {}})
        if isinstance(proxy, DeltaProxy):
            own["resources"].update({one.name: (one.version, one.resource) for one in response.resources})
        else:
            named = {name_of(any): (response.version_info, any) for any in response.resources}
            own["resources"] = named
        return response

    def shown(self, response):
        return {client.node.id: self.kinds(client) for client in response.config}

    def kinds(self, client):
        shown = {}
        for config in client.generic_xds_configs:
            kind = next(kind for kind, url in TYPES.items() if url == config.type_url)
            sent = self.sent.get((client.node.id, config.type_url), {"resources": {}})["resources"].get(config.name)
            shown.setdefault(kind, []).append(
                {
                    "name": config.name,
                    "status": csds_pb2.ConfigStatus.Name(config.config_status),
                    "version": sent is not None and config.version_info == sent[0],
                    "contents": sent is not None and config.xds_config == sent[1],
                    "error": config.error_state.details,
                    "errorIsDated": abs(config.error_state.last_update_attempt.ToSeconds() - time.time()) < 60,
                }
            )
        return shown

    def until(self, node, kind, status):
        """What is told once the resources of a kind, or one of them, stand so."""
        end = time.monotonic() + 20
        while True:
            shown = self.shown(self.fetch())
            if any(own["status"] == status for own in shown.get(node, {}).get(kind, [])):
                return shown
            if time.monotonic() > end:
                sys.exit(f"{node}: no {kind} is {status}: {json.dumps(shown)}")
            time.sleep(0.01)


def name_of(any):
    """The name of a packed resource."""
    from envoy.config.cluster.v3 import cluster_pb2
    from envoy.config.endpoint.v3 import endpoint_pb2
    from envoy.config.listener.v3 import listener_pb2
    from envoy.config.route.v3 import route_pb2

    for kind in (cluster_pb2.Cluster, listener_pb2.Listener, route_pb2.RouteConfiguration):
        message = kind()
        if any.Unpack(message):
            return message.name
    hosts = endpoint_pb2.ClusterLoadAssignment()
    any.Unpack(hosts)
    return hosts.cluster_name


def play(channel):
    judge = Judge(channel)
    told = {"nobody": judge.shown(judge.fetch())}
    orders = Proxy(channel, ORDERS)
    orders.ask("CDS")
    clusters = judge.note(orders, orders.next())
    told["waiting"] = judge.until(ORDERS, "CDS", "STALE")
    orders.answer(clusters)
    told["accepted"] = judge.until(ORDERS, "CDS", "SYNCED")
    orders.ask("LDS")
    listeners = judge.note(orders, orders.next())
    orders.answer(listeners, "listener no: we know no such thing")
    told["refused"] = judge.until(ORDERS, "LDS", "ERROR")

    web = DeltaProxy(channel, WEB)
    web.ask("CDS")
    web.answer(judge.note(web, web.next()))
    told["delta"] = judge.until(WEB, "CDS", "SYNCED")

    both = {
        "none": [],
        "exact": [node(exact=ORDERS)],
        "prefix": [node(prefix="mesh/shop/virtualG")],
        "suffix": [node(suffix="/web")],
        "contains": [node(contains="NODE/", ignore_case=True)],
        "regex": [node(safe_regex=regex_pb2.RegexMatcher(regex="mesh/.*/(web|orders)"))],
        "part": [node(safe_regex=regex_pb2.RegexMatcher(regex="web"))],
        "either": [node(exact=WEB), node(exact=ORDERS)],
        "other": [node(exact="mesh/shop/virtualNode/other")],
    }
    told["matched"] = {name: judge.ids(*matchers) for name, matchers in both.items()}
    told["metadata"] = judge.refusal(node_pb2.NodeMatcher(node_metadatas=[struct_pb2.StructMatcher()]))
    told["pattern"] = judge.refusal(node(safe_regex=regex_pb2.RegexMatcher(regex="a(")))

    whole = judge.fetch()
    without = judge.fetch(exclude_resource_contents=True)
    told["excluded"] = not any(config.HasField("xds_config") for own in without.config for config in own.generic_xds_configs)
    for own in whole.config:
        for config in own.generic_xds_configs:
            config.ClearField("xds_config")
    told["elseAlike"] = whole == without
    asked = [csds_pb2.ClientStatusRequest(node_matchers=[node(exact=id)], node=base_pb2.Node(id="me")) for id in (ORDERS, WEB)]
    streamed = [[own.node.id for own in answer.config] for answer in judge.stub.StreamClientStatus(iter(asked), timeout=20)]
    told["streamed"] = streamed
    web.end()
    orders.end()
    end = time.monotonic() + 20
    while judge.ids() and time.monotonic() < end:
        time.sleep(0.01)
    told["gone"] = judge.ids()
    return told


def ask(endpoint, authorities, *keys):
    channels = {}
    for given in keys:
        key, secret = given.split("=", 1)
        channels[key] = channel(endpoint, authorities, Signed(key, secret))
    proxies = [Proxy(next(iter(channels.values())), node) for node in (ORDERS, "mesh/shop/virtualNode/payments-v1")]
    for proxy in proxies:
        proxy.ask("CDS")
        proxy.next()
    told = {key: Judge(own).refusal() for key, own in channels.items()}
    for proxy in proxies:
        proxy.end()
    return told


if len(sys.argv) > 2:
    print(json.dumps(ask(*sys.argv[1:])))
else:
    with grpc.insecure_channel(sys.argv[1]) as plain:
        print(json.dumps(play(plain)))
