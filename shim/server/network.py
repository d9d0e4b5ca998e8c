"""The server's side to its upstream: the SDK's client, and the HTTP client behind it."""

from typing import Any

import openai
from openai._types import Omit

from shim.assembly import wiring
from shim.http import breaker, direct, pools, transport
from shim.http.breaker import Circuits
from shim.http.circuit import Rules
from shim.server.metrics import Metrics
from shim.settings import Settings


class _Client(openai.AsyncOpenAI):
    """Calls upstream with the credentials of each caller, or with none."""

    def _validate_headers(self, *given: Any) -> None:
        """A user's own upstream may need no credentials."""


def client(retries: int) -> openai.AsyncOpenAI:
    """The SDK's client, with this number of retries."""
    nobody: Any = {"Authorization": Omit()}
    made = _Client(api_key="none", default_headers=nobody, max_retries=retries)
    # Organization and project are sent with the key, per request.
    made.organization = made.project = None
    return made


def circuits(chosen: Settings, metrics: Metrics) -> Circuits:
    """The circuits of the upstreams."""
    return Circuits(Rules(chosen.circuit_failures, chosen.circuit_seconds), metrics.circuits)


def network(made: openai.AsyncOpenAI, chosen: Settings, known: Circuits) -> Any:
    """The HTTP client for the SDK's client."""
    found = wiring.reaching(transport.innermost(made._client), chosen, "async_client")
    if chosen.upstream != wiring.SANDBOX:
        if chosen.upstream_http == "direct":
            direct.put_in_place(found)
        pools.by_origin(found)
        if chosen.circuit_failures:
            breaker.put_around(found, known)
    transport.keep_no_cookies(found)
    return found
