"""Every method of the installed SDK has a route, and every route has a method."""

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from shim.engine.api import routes
from shim.engine.api.routes import ROUTES
from shim.engine.run import container_files
from shim.http.transport import http

#: Arguments for any method, by the parameter's name.
ARGUMENTS = {
    "assistant_id": "asst_1",
    "thread_id": "thread_1",
    "message_id": "msg_1",
    "run_id": "run_1",
    "step_id": "step_1",
    "model": "gpt-4o",
    "content": "Hi",
    "role": "user",
    "tool_outputs": [],
    "file_id": f"{container_files.PREFIX}1",
    "vector_store_id": "vs_1",
}
#: A body that any method can parse: an object, a list, a completed run.
ANSWER = {
    "id": "run_1",
    "object": "thing",
    "status": "completed",
    "thread_id": "thread_1",
    "data": [],
    "has_more": False,
}
RESOURCES = ("beta.assistants", "beta.threads", "beta.threads.messages", "beta.threads.runs", "beta.threads.runs.steps")
#: Calls of other APIs that are answered here, too.
GUESTS = [("files", "content"), ("files", "delete"), ("files", "retrieve"), ("vector_stores", "delete")]


def _resource(client: Any, path: str) -> Any:
    found = client
    for name in path.split("."):
        found = getattr(found, name)
    return found


def _methods() -> Iterator[tuple[str, str]]:
    with openai.OpenAI(api_key="test") as client:
        for path in RESOURCES:
            resource = type(_resource(client, path))
            for name, _ in inspect.getmembers(resource, inspect.isfunction):
                if not name.startswith("_"):
                    yield path, name


METHODS = sorted(_methods())


def _given(method: Any) -> dict[str, Any]:
    """The required arguments of a method."""
    parameters = inspect.signature(method).parameters.values()
    return {each.name: ARGUMENTS[each.name] for each in parameters if each.default is inspect.Parameter.empty}


def _network(calls: list[tuple[str, str]]) -> Any:
    def answer(request: Any) -> Any:
        calls.append((request.method, request.url.path.removeprefix("/v1/")))
        return http.Response(200, json=ANSWER)

    return http.MockTransport(answer)


def called(path: str, name: str) -> list[tuple[str, str]]:
    """The requests that a method sends."""
    calls: list[tuple[str, str]] = []
    network = http.Client(transport=_network(calls))
    with openai.OpenAI(api_key="test", http_client=network) as client:
        method = getattr(_resource(client, path), name)
        made = method(**_given(method))
        if hasattr(made, "__enter__"):
            with made:
                pass
    return calls


async def called_async(path: str, name: str) -> list[tuple[str, str]]:
    calls: list[tuple[str, str]] = []
    network = http.AsyncClient(transport=_network(calls))
    async with openai.AsyncOpenAI(api_key="test", http_client=network) as client:
        method = getattr(_resource(client, path), name)
        made = method(**_given(method))
        if hasattr(made, "__aenter__"):
            async with made:
                pass
        else:
            await made
    return calls


def row_of(method: str, path: str) -> tuple[str, str]:
    """The row that serves a call."""
    found = routes.find(method, path)
    assert found is not None, (method, path)
    return next(row for row, operation in ROUTES.items() if operation is found[0])


@pytest.mark.parametrize("path, name", METHODS + GUESTS)
def test_a_method_has_routes(path: str, name: str) -> None:
    calls = called(path, name)
    assert calls
    for method, where in calls:
        assert routes.is_ours(method, where)
        row_of(method, where)
    assert asyncio.run(called_async(path, name)) == calls


def test_every_route_has_a_method() -> None:
    led_to = {row_of(*call) for path, name in METHODS + GUESTS for call in called(path, name)}
    assert led_to == ROUTES.keys()


def test_the_methods_include_all_helpers() -> None:
    helpers = {"poll", "stream", "create_and_poll", "create_and_stream", "submit_tool_outputs_and_poll"}
    helpers |= {"submit_tool_outputs_stream", "create_and_run_poll", "create_and_run_stream"}
    assert helpers <= {name for _, name in METHODS}
    assert len(METHODS + GUESTS) == len(ROUTES) + len(helpers)


#: Paths, whether the shim answers them, and the ids in them; None where there is no such route.
PATHS = [
    ("GET", "assistants", True, []),
    ("GET", "/assistants/", True, []),
    ("GET", "assistants/asst_1", True, ["asst_1"]),
    ("POST", "threads/runs", True, []),
    ("GET", "threads/runs", True, ["runs"]),
    ("GET", "threads/thread_1/runs/run_1/steps/step_1", True, ["thread_1", "run_1", "step_1"]),
    ("POST", "threads/thread_1/runs/run_1/cancel", True, ["thread_1", "run_1"]),
    ("PUT", "threads/thread_1", True, None),
    ("GET", "threads", True, None),
    ("GET", "threads/thread_1/nothing", True, None),
    ("POST", "chat/completions", False, None),
    ("POST", "chatkit/threads", False, None),
    ("GET", "threadsafe", False, None),
    ("GET", "files/cfile_1", True, ["cfile_1"]),
    ("GET", "files/cfile_1/content", True, ["cfile_1"]),
    ("GET", "files/file-1", False, ["file-1"]),
    ("POST", "files", False, None),
    ("DELETE", "vector_stores/vs_1", True, ["vs_1"]),
    ("GET", "vector_stores/vs_1", False, None),
    ("DELETE", "vector_stores/vs_1/files/file-1", False, None),
    ("GET", "", False, None),
]


@pytest.mark.parametrize(
    "method, path, polled",
    [
        ("GET", "vector_stores/vs_1", True),
        ("GET", "vector_stores/vs_1/file_batches/vsfb_1", True),
        ("GET", "files/file-1", True),
        ("GET", "vector_stores", False),
        ("POST", "vector_stores/vs_1", False),
        ("GET", "models/gpt-4o", False),
    ],
)
def test_calls_that_the_sdk_polls(method: str, path: str, polled: bool) -> None:
    assert routes.is_polled(method, path) == polled


@pytest.mark.parametrize("method, path, ours, ids", PATHS)
def test_the_route_and_the_ids_of_a_path(method: str, path: str, ours: bool, ids: list[str] | None) -> None:
    assert routes.is_ours(method, path.lstrip("/")) == ours
    found = routes.find(method, path)
    assert (None if found is None else found[1]) == ids


@pytest.mark.parametrize(
    "method, path, name",
    [
        ("GET", "assistants", "assistants"),
        ("POST", "threads/runs", "threads/runs"),
        ("GET", "threads/thread_1/runs/run_1/steps", "threads/{id}/runs/{id}/steps"),
        ("GET", "threads//messages", "threads/{id}"),
        ("GET", "threads/a/b/c", "unknown"),
        ("GET", "files/cfile_1/content", "files/{id}/content"),
        ("GET", "files/file-1/content", "files"),
        ("GET", "models", "models"),
        ("GET", "made/up", "other"),
    ],
)
def test_a_call_is_named_without_its_ids(method: str, path: str, name: str) -> None:
    assert routes.name_of(method, path) == name


@pytest.mark.parametrize(
    "method, path, starts",
    [
        ("POST", "threads/runs", True),
        ("POST", "threads/t/runs", True),
        ("POST", "threads/t/runs/r/submit_tool_outputs", True),
        ("POST", "threads/t/runs/r/cancel", False),
        ("GET", "threads/t/runs", False),
        ("POST", "nothing", False),
    ],
)
def test_calls_that_start_or_continue_a_run(method: str, path: str, starts: bool) -> None:
    assert routes.starts_run(method, path) is starts


@pytest.mark.parametrize(
    "method, path, status, found",
    [
        ("GET", "/v1/files/file-1", 404, "files/file-1"),
        ("GET", "files/file-1/content", 404, "files/file-1/content"),
        ("GET", "/v1/files/file-1", 200, None),
        ("DELETE", "/v1/files/file-1", 404, None),
        ("GET", "/v1/files", 404, None),
        ("GET", "/v1/vector_stores/vs_1/files/file-1", 404, None),
    ],
)
def test_files_that_an_import_may_have_stored(method: str, path: str, status: int, found: str | None) -> None:
    assert routes.imported_file(method, path, status) == found
