"""The routes that the SDK's methods call, found by calling them on a network that only records requests."""

import inspect
from collections.abc import Iterator
from typing import Any, Final

import openai

from docs.pages.marks import code
from shim.engine.api.routes import ROUTES
from shim.http.transport import http

RESOURCES: Final = ("assistants", "threads", "threads.messages", "threads.runs", "threads.runs.steps")
#: An answer that every method can read: an object, a list and a completed run at the same time.
ANSWER: Final = {"id": "run_1", "status": "completed", "thread_id": "thread_1", "data": [], "has_more": False}


def methods() -> Iterator[tuple[str, str]]:
    with openai.OpenAI(api_key="none") as client:
        for path in RESOURCES:
            for name, _ in inspect.getmembers(type(_resource(client, path)), inspect.isfunction):
                if not name.startswith("_"):
                    yield path, name


def _resource(client: Any, path: str) -> Any:
    found = client.beta
    for name in path.split("."):
        found = getattr(found, name)
    return found


def routes(path: str, name: str) -> str:
    """The rows that a method leads to, in the order of its calls."""
    calls: list[tuple[str, str]] = []
    with openai.OpenAI(api_key="none", http_client=http.Client(transport=_network(calls))) as client:
        method = getattr(_resource(client, path), name)
        made = method(**_least(method))
        if hasattr(made, "__enter__"):
            with made:
                pass
    return ", ".join(code(call) for call in dict.fromkeys(map(_row, calls)))


def _least(method: Any) -> dict[str, Any]:
    """The required arguments of a method; each id contains the name of its parameter."""
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is inspect.Parameter.empty]
    return {each.name: [] if each.name == "tool_outputs" else f"{each.name}!" for each in needed}


def _network(calls: list[tuple[str, str]]) -> Any:
    def answer(request: Any) -> Any:
        calls.append((request.method, request.url.path.removeprefix("/v1/")))
        return http.Response(200, json=ANSWER)

    return http.MockTransport(answer)


def _row(call: tuple[str, str]) -> str:
    """A call as its row writes it: every second part of a path is an id."""
    method, path = call
    shape = ["" if index % 2 and path != "threads/runs" else part for index, part in enumerate(path.split("/"))]
    for known, row in ROUTES:
        parts = ["" if part.startswith("{") else part for part in row.split("/")]
        if (known, parts) == (method, shape):
            return f"{method} /{row}"
    raise LookupError(f"{method} {path} has no row")
