"""The server's side to its upstream: the SDK's client, and the HTTP client behind it."""

from typing import Any

import openai
from openai._types import Omit

from shim.assembly import wiring
from shim.assembly.upstream_profile import SANDBOX
from shim.http import breaker, direct, pools, transport
from shim.http.breaker import Circuits
from shim.http.circuit import Rules
from shim.http.pace import Pace
from shim.server.metrics import Metrics
from shim.settings import Settings


class _Client(openai.AsyncOpenAI):
    """Calls upstream with the credentials of each caller, or with none."""

    def _validate_headers(self, *arguments: Any) -> None:
        """A user's own upstream may need no credentials."""


def client(retries: int) -> openai.AsyncOpenAI:
    """The SDK's client, with this number of retries."""
    nobody: Any = {"Authorization": Omit()}
    new_client = _Client(api_key="none", default_headers=nobody, max_retries=retries)
    # Organization and project are sent with the key, per request.
    new_client.organization = new_client.project = None
    return new_client


def circuits(settings: Settings, metrics: Metrics) -> Circuits:
    """The circuits of the upstreams."""
    return Circuits(Rules(settings.circuit_failures, settings.circuit_seconds), metrics.circuits)


def pace(settings: Settings, metrics: Metrics) -> Pace:
    """How long text waits in this process."""
    return Pace(settings.text_delay, metrics.text_waits)


def network(client: openai.AsyncOpenAI, settings: Settings, known: Circuits, pace: Pace) -> Any:
    """The HTTP client for the SDK's client."""
    network = wiring.reaching(transport.innermost(client._client), settings, "async_client")
    if settings.upstream != SANDBOX:
        if settings.upstream_http == "direct":
            direct.put_in_place(network, pace)
        pools.by_origin(network)
        if settings.circuit_failures:
            breaker.put_around(network, known)
    transport.keep_no_cookies(network)
    return network
