"""Failures of the shim itself: an unusable store, a bug.  The caller receives the API's error 500, without retries."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import openai
import pytest

from shim.engine.api import routes
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Gate, Loopback


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as made:
        yield made


@pytest.mark.parametrize("colour", COLOURS)
def test_a_store_that_cannot_be_opened(
    colour: str, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_DATABASE_URL", f"sqlite:///{tmp_path}")
    with opened(colour, base_url=server.url, max_retries=2) as client:
        with pytest.raises(openai.InternalServerError, match=str(tmp_path)) as caught:
            client.beta.threads.create()
        assert caught.value.body["type"] == "server_error"
        # SDKs before 1.50 do not send this header.
        retries = caught.value.response.request.headers.get("x-stainless-retry-count", "0")
        assert retries == "0", "a retry would not help"
        assert client.models.list() is not None, "what is not ours goes on"


@pytest.mark.parametrize("colour", COLOURS)
def test_a_bug_in_the_shim(
    colour: str, server: Loopback, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    async def fail(*arguments: Any) -> None:
        tries.append(1)
        raise ZeroDivisionError("secret thing")

    for key in (("POST", ("threads",)), ("GET", ("threads", "*"))):
        monkeypatch.setitem(routes._BY_SHAPE, key, fail)
    with opened(colour, base_url=server.url, max_retries=2) as client:
        with pytest.raises(openai.InternalServerError) as caught:
            client.beta.threads.create()
        assert len(tries) == 1
        assert caught.value.body["message"].startswith("The server had an error processing your request.")
        assert "secret" not in str(caught.value)
        assert "ZeroDivisionError: secret thing" in caplog.text, "but it is in the log"
        assert client.beta.assistants.create(model="gpt-4o").id


@pytest.mark.skipif("config.getoption('store') == 'postgres'", reason="breaks a file")
@pytest.mark.parametrize("colour", COLOURS)
def test_a_store_that_breaks_during_a_stream(colour: str, server: Loopback, tmp_path: Path) -> None:
    gate = Gate(chunks=6)
    server.answer = server.gated(gate)
    with opened(colour, base_url=server.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o")
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}])
        stream = iter(client.beta.threads.runs.create(thread.id, assistant_id=helper.id, stream=True))
        while next(stream).event != "thread.message.delta":
            pass
        with closing(sqlite3.connect(tmp_path / "shim.db")) as other:
            other.execute("DROP TABLE runs")
        gate.open()
        with pytest.raises(openai.APIError, match="does not have the tables that it should have") as caught:
            list(stream)
        assert caught.value.body["type"] == "server_error"
