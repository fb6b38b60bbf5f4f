"""Streams of proxies, in Google's client of gRPC and Envoy's own messages: they say what they are told to say."""

import queue

from envoy.config.core.v3 import base_pb2
from envoy.service.discovery.v3 import ads_pb2_grpc, discovery_pb2
from google.rpc import status_pb2

TYPES = {
    "CDS": "type.googleapis.com/envoy.config.cluster.v3.Cluster",
    "SDS": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret",
    "EDS": "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
    "LDS": "type.googleapis.com/envoy.config.listener.v3.Listener",
    "RDS": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
}

# How long a stream may take for all it does.
PATIENCE = 60


class Proxy:
    """A proxy in the state of the world."""

    def __init__(self, channel, node):
        self.requests = queue.Queue()
        self.node = base_pb2.Node(id=node)
        self.names = {}
        self.responses = self.open(ads_pb2_grpc.AggregatedDiscoveryServiceStub(channel))

    def open(self, stub):
        return stub.StreamAggregatedResources(iter(self.requests.get, None), timeout=PATIENCE)

    def ask(self, kind, names=()):
        self.names[kind] = list(names)
        request = discovery_pb2.DiscoveryRequest(node=self.node, type_url=TYPES[kind], resource_names=names)
        self.requests.put(request)

    def next(self):
        """The next response."""
        return next(self.responses)

    def answer(self, response, refusal=None):
        """Accepts a response, or refuses it."""
        kind = next(kind for kind, url in TYPES.items() if url == response.type_url)
        detail = refusal and status_pb2.Status(code=3, message=refusal)
        self.requests.put(
            discovery_pb2.DiscoveryRequest(
                version_info=response.version_info,
                type_url=response.type_url,
                resource_names=self.names[kind],
                response_nonce=response.nonce,
                error_detail=detail,
            )
        )

    def end(self):
        self.requests.put(None)
        self.responses.cancel()


class DeltaProxy(Proxy):
    """A proxy that is told what changes."""

    def open(self, stub):
        return stub.DeltaAggregatedResources(iter(self.requests.get, None), timeout=PATIENCE)

    def ask(self, kind, names=()):
        self.requests.put(
            discovery_pb2.DeltaDiscoveryRequest(
                node=self.node, type_url=TYPES[kind], resource_names_subscribe=names
            )
        )

    def answer(self, response, refusal=None):
        detail = refusal and status_pb2.Status(code=3, message=refusal)
        self.requests.put(
            discovery_pb2.DeltaDiscoveryRequest(
                type_url=response.type_url, response_nonce=response.nonce, error_detail=detail
            )
        )
