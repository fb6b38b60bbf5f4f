"""Asks a control plane for a proxy's configuration as AWS's Envoy image does for `APPMESH_XDS_ENDPOINT`, with Google's client of gRPC.

usage: image_judge.py

Reads from standard input a JSON list of cases: {"endpoint" ("HOST:PORT" or "unix:///PATH"), "node", "authorities"? (a file), "key"?,
"secret"?, "token"?, "service"?, "minutes"? (how far the clock is off)}. Prints a JSON list with what becomes of each: {"told": how many
resources of each kind it was sent and accepted} or {"refused": the status of gRPC, "reason"}.
"""

import json
import sys

import grpc
from envoy.config.listener.v3 import listener_pb2
from envoy.config.cluster.v3 import cluster_pb2
from envoy.extensions.filters.network.http_connection_manager.v3 import http_connection_manager_pb2

from image_calls import Signed, channel
from proxy_streams import TYPES, Proxy


def routes(listeners):
    """The names of the routes that listeners ask for."""
    names = []
    for any in listeners:
        listener = listener_pb2.Listener()
        any.Unpack(listener)
        for chain in listener.filter_chains:
            for filter in chain.filters:
                manager = http_connection_manager_pb2.HttpConnectionManager()
                if filter.typed_config.Unpack(manager) and manager.HasField("rds"):
                    names.append(manager.rds.route_config_name)
    return names


def hosts(clusters):
    """The names of the clusters that ask for their hosts."""
    names = []
    for any in clusters:
        cluster = cluster_pb2.Cluster()
        any.Unpack(cluster)
        if cluster.type == cluster_pb2.Cluster.EDS:
            names.append(cluster.eds_cluster_config.service_name or cluster.name)
    return names


def told(proxy):
    """Takes what a proxy is sent when it starts: clusters, their hosts, listeners, their routes."""
    counts = {}

    def take(kind, names=()):
        proxy.ask(kind, names)
        response = proxy.next()
        assert response.type_url == TYPES[kind], response.type_url
        proxy.answer(response)
        counts[kind] = len(response.resources)
        return response.resources

    named = hosts(take("CDS"))
    if named:
        take("EDS", named)
    named = routes(take("LDS"))
    if named:
        take("RDS", named)
    return counts


def outcome(case):
    signed = None
    if "key" in case:
        given = {name: case[name] for name in ("token", "service", "minutes") if name in case}
        signed = Signed(case["key"], case["secret"], **given)
    with channel(case["endpoint"], case.get("authorities"), signed) as own:
        proxy = Proxy(own, case["node"])
        try:
            return {"told": told(proxy)}
        except grpc.RpcError as error:
            return {"refused": error.code().name, "reason": error.details()}
        finally:
            proxy.end()


json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
