"""Law 5, Doors: the same program has the same results with the blocking client, the async one, and the server."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest

from shim.http.offline import sandbox
from tests.scenarios.doors.colours import ASYNC, SYNC, opened
from tests.scenarios.doors.talking import secret
from tests.server.scripts import SCRIPTS, Secrets
from tests.server.served import served
from tests.stores import Stores

HTTP = "http"
DOORS = (SYNC, ASYNC, HTTP)
ID = re.compile(r"\b((?:asst|thread|msg|run|step|call|vs|file|cfile|cntr|ci|fs|resp|fc|rs|req)[_-])\w{8,}\b")
#: Timestamps and durations.
TIME = re.compile(r'("(?:\w+_at|expires_after)": )\d+')


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")


@contextmanager
def through(door: str) -> Iterator[Any]:
    """A client of the official SDK, with the shim in it or connected to the server."""
    if door != HTTP:
        with opened(door) as client:
            yield client
        return
    with served() as url, openai.OpenAI(base_url=f"{url}/v1", api_key="test", max_retries=0) as client:
        yield client


def normal(transcript: Any) -> Any:
    """A transcript with its ids numbered in order of appearance, and without times."""
    numbers: dict[str, str] = {}

    def numbered(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0], f"{found[1]}{len(numbers)}")

    return json.loads(TIME.sub(r"\1 0", ID.sub(numbered, json.dumps(transcript))))


def upstream_requests(since: int) -> Any:
    """The requests that the sandbox has received since then, without the bytes of uploads."""
    requests = [(each.method, each.path, each.body) for each in sandbox().requests[since:]]
    return [each for each in requests if each[0] == "POST" and each[1].endswith(("/responses", "/vector_stores"))]


@pytest.mark.parametrize("name", SCRIPTS)
def test_transcripts_are_equal(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stores: Stores) -> None:
    functions = Secrets(secret(), secret())
    seen: dict[str, Any] = {}
    for door in DOORS:
        monkeypatch.setenv("SHIM_DATABASE_URL", stores.new(tmp_path, f"{door}.db"))
        since = len(sandbox().requests)
        with through(door) as client:
            transcript = SCRIPTS[name](client, functions)
        seen[door] = normal([transcript, upstream_requests(since)])
    assert seen[SYNC][0], "the script returns what it received"
    assert seen[HTTP] == seen[SYNC]
    assert seen[HTTP] == seen[ASYNC]


def test_a_difference_is_found() -> None:
    first = [{"id": "msg_" + "a" * 24, "created_at": 5}, {"id": "msg_" + "b" * 24}]
    assert normal(first) == normal([{"id": "msg_" + "c" * 24, "created_at": 6}, {"id": "msg_" + "d" * 24}])
    assert normal(first) != normal([{"id": "msg_" + "a" * 24, "created_at": 5}, {"id": "msg_" + "a" * 24}])
