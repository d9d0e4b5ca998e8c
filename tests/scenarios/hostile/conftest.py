"""A server on either store, with one object of each kind."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.server.sending import send
from tests.server.served import served
from tests.stores import POSTGRES, Databases, Files, Stores


@dataclass(frozen=True)
class Target:
    """``known``: the id of an existing object, by the name of its path parameter."""

    url: str
    known: dict[str, str]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def target(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stores: Stores
) -> Iterator[Target]:
    if request.param == "postgres" and not POSTGRES:
        pytest.skip("no SHIM_TEST_POSTGRES")
    mine: Stores = stores
    if request.param == "postgres" and not isinstance(stores, Databases):
        mine = Databases(str(POSTGRES))
    if request.param == "sqlite" and not isinstance(stores, Files):
        pytest.skip("every test is on PostgreSQL")
    url = mine.new(tmp_path_factory.mktemp("hostile"))
    with served(upstream="sandbox", database_url=url, request_timeout=1, exit_grace=0.1) as found:
        yield Target(found, _objects(found))
    mine.drop(url)
    if mine is not stores and isinstance(mine, Databases):
        mine.close()


def _objects(url: str) -> dict[str, str]:
    found = thread(url) | assistant(url)
    here = f"{url}/v1/threads/{found['thread_id']}"
    send(f"{here}/runs", "POST", {"assistant_id": found["assistant_id"], "stream": True})
    (run,) = send(f"{here}/runs").json["data"]
    (step,) = send(f"{here}/runs/{run['id']}/steps").json["data"]
    return found | {"run_id": run["id"], "step_id": step["id"]}


def assistant(url: str) -> dict[str, str]:
    made = send(f"{url}/v1/assistants", "POST", {"model": "gpt-4o", "instructions": "Be brief."})
    return {"assistant_id": made.json["id"]}


def thread(url: str) -> dict[str, str]:
    made = send(f"{url}/v1/threads", "POST", {"messages": [{"role": "user", "content": "Hi"}]}).json["id"]
    (message,) = send(f"{url}/v1/threads/{made}/messages").json["data"]
    return {"thread_id": made, "message_id": message["id"]}


def waiting(url: str) -> dict[str, str]:
    """A run that requires the output of its only call."""
    found = thread(url)
    here = f"{url}/v1/threads/{found['thread_id']}/runs"
    tools = [{"type": "function", "function": {"name": "look"}}]
    send(here, "POST", assistant(url) | {"tools": tools, "tool_choice": "required", "stream": True})
    (run,) = send(here).json["data"]
    assert run["status"] == "requires_action"
    return found | {"run_id": run["id"]}


def alive(target: Target) -> None:
    """The server still answers."""
    assert send(f"{target.url}/v1/assistants").status == 200
