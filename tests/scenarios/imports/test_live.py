"""Import of threads from an endpoint that still serves the old API: here, the shim's own server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from typer.testing import CliRunner

from shim.cli import table
from shim.migrate import Endpoint, Importer, Refused
from shim.migrate.imports import importer as importing
from shim.migrate.imports.readers import live
from shim.settings import current_settings
from shim.store import imports, messages, runs
from shim.store.database import database
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.scenarios.imports import exported
from tests.server.served import served

Json = dict[str, Any]
TOOL: Any = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}


@contextmanager
def old(folder: Path) -> Iterator[tuple[str, openai.OpenAI]]:
    """A server with its own store: its URL and a plain client."""
    with (
        served(upstream="sandbox", database_url=f"sqlite:///{folder / 'old.db'}") as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="old-key", max_retries=0) as client,
    ):
        yield f"{url}/v1", client


def lived(client: openai.OpenAI, count: int = 1) -> list[str]:
    """Make threads with a message, an answer and steps each; returns their ids."""
    assistant = client.beta.assistants.create(model="gpt-4o", name="Old").id
    made = []
    for number in range(count):
        thread = client.beta.threads.create(metadata={"number": str(number)}).id
        client.beta.threads.messages.create(thread, role="user", content=f"Question {number}")
        client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=assistant)
        made.append(thread)
    return made


def base() -> Any:
    return database(current_settings().database_url)


def test_a_thread_is_imported_completely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PAGE", 2)
    with old(tmp_path) as (url, client):
        [thread] = lived(client)
        for number in range(4):
            client.beta.threads.messages.create(thread, role="user", content=f"More {number}")
        (tmp_path / "ids.csv").write_text(f"user,thread\n7,{thread}\n8,thread_NotThereAtAll12345678\n")
        monkeypatch.setenv("OLD_KEY", "old-key")
        arguments = ["import", "--from-url", url, "--thread-ids", str(tmp_path / "ids.csv"), "--key-env", "OLD_KEY"]
        result = CliRunner().invoke(table.app(), arguments)
        assert "thread_NotThereAtAll12345678: the endpoint does not have it" in result.stderr
        assert result.exit_code == 1
        listed = client.get(f"/threads/{thread}/messages?order=asc&limit=100", cast_to=object)
        ran = client.get(f"/threads/{thread}/runs?order=asc", cast_to=object)
    assert base().read(messages.page, thread, 100, "asc").data == listed["data"]  # type: ignore[index]
    assert base().read(runs.page, thread, 100, "asc").data == ran["data"]  # type: ignore[index]
    assert CliRunner().invoke(table.app(), ["import", "--list"]).stdout.count("whole") == 1


def test_an_interrupted_import_is_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "GROUP", 2)
    with old(tmp_path) as (url, client):
        threads = lived(client, 5)

        def stop(what: str, done: int, total: int) -> None:
            if done == 4:
                raise KeyboardInterrupt

        def fetch(**options: Any) -> Importer:
            with Importer(**options) as importer:
                importer.fetch(Endpoint(url, "old-key"), threads)
            return importer

        with pytest.raises(KeyboardInterrupt):
            fetch(progress=stop)
        [unfinished] = base().read(imports.listing)
        requested: list[str] = []
        usual = Endpoint.thread
        monkeypatch.setattr(Endpoint, "thread", lambda self, id: requested.append(id) or usual(self, id))
        report = fetch().report
    assert (report.batch, report.resumed, requested) == (unfinished.batch, True, threads[4:])
    assert (report.already_stored["threads"], report.added["threads"]) == (4, 1)
    assert len(base().read(imports.threads_of, unfinished.batch, 0, 10)) == 5


def answered(request: Request) -> Reply | None:
    """The old API with a thread and a picture; it refuses to return the content of a user's file."""
    path = request.path.partition("?")[0].removeprefix("/v1")
    page = lambda found: Reply.json({"object": "list", "data": found, "has_more": False})  # noqa: E731
    known = {
        f"/threads/{exported.THREAD}": lambda: Reply.json(exported.thread()),
        f"/threads/{exported.THREAD}/messages": lambda: page(exported.messages()),
        f"/threads/{exported.THREAD}/runs": lambda: page(exported.runs()),
        f"/threads/{exported.THREAD}/runs/{exported.RUN}/steps": lambda: page(exported.steps()[:2]),
        f"/threads/{exported.THREAD}/runs/{exported.OTHER_RUN}/steps": lambda: page(exported.steps()[2:]),
        f"/assistants/{exported.ASSISTANT}": lambda: Reply.json(exported.assistant()),
        f"/files/{exported.FILE}/content": lambda: Reply(200, (("content-type", "image/png"),), (exported.PNG,)),
        f"/files/{exported.FILE}": lambda: Reply.json({"object": "file", "id": exported.FILE, "filename": "a.png"}),
    }
    return known[path]() if path in known else Reply.error(400, "Not allowed to download files of purpose: assistants")


def test_pictures_are_imported_if_the_endpoint_returns_them() -> None:
    with Loopback(answered) as server, Importer() as importer:
        importer.fetch(Endpoint(server.url, "k"), [exported.THREAD])
    report = importer.report
    assert report.added == {"assistants": 1, "threads": 1, "messages": 6, "runs": 2, "steps": 3, "files": 1}
    assert report.problems == {"no_bytes": 2}
    assert {request.header("openai-beta") for request in server.requests if "/threads" in request.path} == {
        "assistants=v2"
    }


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_ends_the_import_at_once(status: int) -> None:
    importer = Importer()
    with Loopback(lambda request: Reply.error(status, "no")) as server:
        with pytest.raises(Refused, match="refused the request"):
            importer.fetch(Endpoint(server.url, "k"), [exported.THREAD, "thread_other"])
        assert len(server.requests) == 1
    importer.close()


def test_a_thread_is_not_imported_in_part() -> None:
    def broken(request: Request) -> Reply | None:
        return (
            Reply.error(400, "no runs today")
            if request.path.endswith("limit=100") and "/runs?" in request.path
            else None
        )

    with Loopback(lambda request: broken(request) or answered(request)) as server, Importer() as importer:
        importer.fetch(Endpoint(server.url, "k"), [exported.THREAD])
    assert importer.report.problems == {"endpoint": 1}
    assert importer.report.added == {}


def test_addresses_and_versions_of_azure() -> None:
    made = Endpoint("https://mine.openai.azure.com/openai", "k")
    assert str(made._client.base_url) == "https://mine.openai.azure.com/openai/"
    assert made._client._custom_query == {"api-version": live.AZURE_VERSION}
    other = Endpoint("https://mine.services.ai.azure.com/api/projects/p", "k", "v1")
    assert other._client._custom_query == {"api-version": "v1"}
    for one in (made, other):
        one.close()


@pytest.mark.parametrize(
    "arguments, why",
    [
        ([], "the file is not there"),
        (["--thread-ids", "EMPTY"], "no id of a thread"),
        (["--thread-ids", "IDS"], "the environment does not have OPENAI_API_KEY"),
    ],
)
def test_missing_input_is_reported(arguments: list[str], why: str, tmp_path: Path) -> None:
    (tmp_path / "EMPTY").write_text("nothing")
    (tmp_path / "IDS").write_text("thread_abc")
    assert "OPENAI_API_KEY" not in os.environ
    given = [str(tmp_path / argument) if argument.isupper() else argument for argument in arguments]
    result = CliRunner().invoke(table.app(), ["import", "--from-url", "http://127.0.0.1:9/v1", *given])
    assert result.exit_code == 2
    assert why in result.output
