"""No credential appears in a log, a file or an exception, however a program sends it and upstream answers."""

import logging
import secrets
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import openai
import pytest

from cassettes import application
from cassettes.scenarios import BAD_KEY, ECHO, SCENARIOS
from shim import DefaultHttpxClient, OpenAI
from tests.recordings import ROOT
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.scenarios.privacy import storage

#: How a run is started: whether it is streamed, and the setting SHIM_BACKGROUND.
WAYS = ((True, "never"), (False, "never"), (False, "always"))
PROGRAMS = [
    ROOT / "tests/scenarios" / path for path in ("doors/programs/blocking.py", "doors/programs/asynchronous.py")
]
PROGRAMS += sorted((ROOT / "tests/scenarios/hosted_tools/programs").glob("*.py"))


def secret(before: str = "") -> str:
    return before + secrets.token_urlsafe(24)


@dataclass
class Holder:
    """Every credential that a program may send, each with its own random value."""

    key: str = field(default_factory=lambda: secret("sk-"))
    header: str = field(default_factory=secret)
    cookie: str = field(default_factory=secret)
    query: str = field(default_factory=secret)
    user: str = field(default_factory=secret)
    password: str = field(default_factory=secret)
    caller: str = field(default_factory=lambda: secret("sk-"))
    mcp: str = field(default_factory=secret)

    def client(self, server: Loopback, **more: Any) -> OpenAI:
        """A client whose server is behind a proxy with a password."""
        return OpenAI(
            api_key=self.key,
            base_url="http://upstream.test/v1",
            default_headers={"X-Gateway-Token": self.header, "Cookie": f"session={self.cookie}"},
            default_query={"subscription-key": self.query},
            http_client=DefaultHttpxClient(proxy=f"http://{self.user}:{self.password}@{server.host}"),
            **{"max_retries": 0, **more},
        )

    @property
    def all(self) -> list[str]:
        return list(vars(self).values())


def gateway() -> Loopback:
    """A server behind a gateway that requires a key in the query, and forwards the rest."""
    server = Loopback()
    server.answer = lambda request: server.usual(replace(request, path=request.path.partition("?subscription-key")[0]))
    return server


def known(problem: BaseException) -> str:
    """All text of an exception and of its causes."""
    chain, at = [problem], problem
    while (before := at.__cause__ or at.__context__) is not None:
        chain.append(at := before)
    return "".join([*traceback.format_exception(problem), *map(repr, chain), *map(str, chain)])


@contextmanager
def watched(
    caplog: pytest.LogCaptureFixture, folder: Path, holder: Holder, others: bool = True
) -> Iterator[list[BaseException]]:
    """None of the credentials appears in a log, a file or an exception that is appended to the list.

    ``others``: check the log lines of other libraries for the API keys, too.
    """
    problems: list[BaseException] = []
    with caplog.at_level(logging.DEBUG):
        yield problems
    ours = [each for each in caplog.records if each.name.startswith("shim")]
    # Other libraries log the addresses and headers that they receive.
    logged = "".join(each.getMessage() for each in caplog.records)
    shown = "".join([*map(known, problems), *(_formatted(each) for each in ours)]).encode()
    assert not others or [each for each in (holder.key, holder.caller) if each in logged] == []
    # The credentials of an MCP server are stored, as they are part of the assistant.
    for each in holder.all:
        assert each.encode() not in shown
        assert each == holder.mcp or each.encode() not in storage.disk(folder)


def _formatted(record: logging.LogRecord) -> str:
    return logging.Formatter().format(record)


@pytest.mark.parametrize("number, name", list(enumerate(SCENARIOS)))
def test_no_credential_of_a_scenario_is_written(
    number: int, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    streamed, background = WAYS[number % len(WAYS)]
    monkeypatch.setenv("SHIM_BACKGROUND", background)
    scenario, holder = SCENARIOS[name], Holder()
    if scenario.key == BAD_KEY:
        holder.key = secret(BAD_KEY)
    if ECHO in scenario.hosted:
        scenario = replace(scenario, hosted=(ECHO | {"authorization": holder.mcp, "headers": {"X-Key": holder.mcp}},))
    scenario = replace(scenario, run=scenario.run | {"extra_headers": {"Authorization": f"Bearer {holder.caller}"}})
    with watched(caplog, tmp_path, holder) as problems, gateway() as server:
        monkeypatch.setattr(application.Transcript, "refuse", lambda seen, error: problems.append(error))
        with holder.client(server, max_retries=scenario.max_retries, organization=secret("org-")) as client:
            seen = application.run(client, scenario, streamed)
        assert seen.runs or problems
    sent = str([each.headers for each in server.requests])
    assert all(each in sent for each in (holder.caller, holder.header, holder.cookie)), "they were all used"
    assert holder.query in str([each.path for each in server.requests])
    assert holder.mcp in storage.disk(tmp_path).decode("latin-1") or ECHO not in SCENARIOS[name].hosted


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.name)
def test_no_credential_of_a_program_is_written(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    holder = Holder()
    monkeypatch.chdir(tmp_path)
    for name in ("goog-10k.txt", "brka-10k.txt", "aapl-10k.txt", "revenue.csv"):
        (tmp_path / name).write_text("AAPL,1\n")
    with watched(caplog, tmp_path, holder), Loopback() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", holder.key)
        monkeypatch.setenv("SECRETS", '["one", "two", "three", "four"]')
        scope: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(path.read_text().replace("from openai import", "from shim import"), path.name, "exec"), scope)
        if isinstance(scope["client"], OpenAI):
            scope["client"].close()
    assert holder.key in str([each.headers for each in server.requests])


def _event(kind: str, **more: Any) -> bytes:
    return b"data: " + Reply.json({"type": kind, **more}).body[0] + b"\n\n"


def _stream(*parts: bytes) -> Reply:
    return Reply(200, (("content-type", "text/event-stream"),), parts)


#: Places in an answer in which upstream may echo the credentials.
REPEATS = {
    "an error": lambda text: Reply.error(500, text),
    "an error under another key": lambda text: Reply.json({"error": {"reason": text}}, 500),
    "an error that is no JSON": lambda text: Reply(502, (("content-type", "text/html"),), (text.encode(),)),
    "an event": lambda text: _stream(_event("error", message=text)),
    "an event without an end": lambda text: _stream(_event("error", message=text)[:-1]),
    "a failed response": lambda text: _stream(
        _event("response.failed", response={"id": "resp_1", "status": "failed", "error": {"message": text}})
    ),
    "a broken event": lambda text: _stream(f"data: {text[:60]}\n\n".encode()),
    "text": lambda text: Reply(200, (("content-type", "text/plain"),), (text[:60].encode(),)),
    "a failed answer": lambda text: Reply.json({"id": "resp_1", "status": "failed", "error": {"message": text}}),
}


@pytest.mark.parametrize("background", ["never", "always"])
@pytest.mark.parametrize("repeat", REPEATS.values(), ids=REPEATS)
def test_no_credential_that_upstream_echoes_is_written(
    repeat: Any, background: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SHIM_BACKGROUND", background)
    holder = Holder()
    caller = {"Authorization": f"Bearer {holder.caller}", "X-Caller-Token": holder.mcp}
    echoed = " ".join([holder.caller, holder.mcp, holder.header, holder.cookie, holder.query])
    with watched(caplog, tmp_path, holder), gateway() as server, holder.client(server) as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        server.answer = lambda request: repeat(echoed)
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}]).id
        run = client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=helper, extra_headers=caller)
    assert run.status == "failed"
    assert run.last_error is not None
    assert holder.mcp not in storage.disk(tmp_path).decode("latin-1")
    assert server.requests


def test_no_credential_that_cannot_be_sent_is_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A key with a line break, as if read from a file: the HTTP library quotes the header in its error."""
    holder = Holder()
    with (
        watched(caplog, tmp_path, holder, others=False) as problems,
        gateway() as server,
        holder.client(server) as client,
    ):
        client.api_key = f"{holder.key}\n"
        helper = client.beta.assistants.create(model="gpt-4o").id
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}]).id
        run = client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=helper)
        assert run.last_error is not None
        assert "***" in run.last_error.message
        try:
            list(client.beta.threads.runs.create(thread_id=thread, assistant_id=helper, stream=True))
        except openai.OpenAIError as problem:
            problems.append(problem)
