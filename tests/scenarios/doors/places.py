"""The sandbox over HTTP, or in the client's process.  In both cases the test can read the requests that it received."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from shim.http import offline
from shim.sandbox import Sandbox
from shim.sandbox.http import running

Json = dict[str, Any]
PLACES = ("http", "process")


@dataclass
class Place:
    """A sandbox; ``options`` are the arguments for a client that uses it."""

    sandbox: Sandbox
    options: Json
    start: int = 0

    @property
    def bodies(self) -> list[Json]:
        """The bodies of all requests POST /responses, oldest first."""
        return [each.body for each in self.sandbox.requests[self.start :] if each.path.endswith("/responses")]

    def calls_of(self, response_id: str) -> set[str]:
        """The ids of the calls in a stored response, read from the sandbox directly and not through the client."""
        reply = self.sandbox.handle("GET", f"/v1/responses/{response_id}", [], {"authorization": "Bearer me"}, b"")
        assert reply.status == 200
        assert isinstance(reply.body, bytes)
        return {item["call_id"] for item in json.loads(reply.body)["output"] if item["type"] == "function_call"}


@contextmanager
def place(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A sandbox of the given kind."""
    if kind == "http":
        sandbox = Sandbox()
        with running(sandbox) as url:
            yield Place(sandbox, {"base_url": url})
        return
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    sandbox = offline.sandbox()
    yield Place(sandbox, {}, len(sandbox.requests))
