"""A channel of gRPC as AWS's Envoy image has it for `APPMESH_XDS_ENDPOINT`: by a port with TLS and signed calls, or by a Unix socket with neither.

Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/envoy_bootstrap.go`; envoyproxy/envoy,
`source/extensions/grpc_credentials/aws_iam`: each call is signed as a POST of its method without a body, with the digest of nothing.
"""

import datetime
import hashlib
from unittest import mock

import botocore.auth
import grpc
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

OPTIONS = [
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.http2.max_pings_without_data", 0),
]


class Signed(grpc.AuthMetadataPlugin):
    """Signs each call; `minutes` is how far the clock is off."""

    def __init__(self, key, secret, token=None, service="appmesh", region="us-east-1", minutes=0):
        self.signer = botocore.auth.SigV4Auth(Credentials(key, secret, token), service, region)
        self.off = datetime.timedelta(minutes=minutes)

    def __call__(self, context, callback):
        request = AWSRequest("POST", f"{context.service_url}/{context.method_name}", data=b"")
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(b"").hexdigest()
        now = datetime.datetime.now(datetime.timezone.utc) + self.off
        with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
            self.signer.add_auth(request)
        callback([(name.lower(), value) for name, value in request.headers.items()], None)


def channel(endpoint, authorities=None, signed=None):
    """A channel to an endpoint; `authorities` is the file of those that are trusted, and `signed` signs its calls."""
    if endpoint.startswith("unix:"):
        return grpc.insecure_channel(endpoint, OPTIONS)
    with open(authorities, "rb") as file:
        credentials = grpc.ssl_channel_credentials(file.read())
    if signed is not None:
        credentials = grpc.composite_channel_credentials(credentials, grpc.metadata_call_credentials(signed))
    return grpc.secure_channel(endpoint, credentials, OPTIONS)
