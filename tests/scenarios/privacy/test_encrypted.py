"""An encrypted store: all text can be read with the key, and none without it, from disk or database server."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openai
import pytest
from typer.testing import CliRunner

from cassettes import application
from cassettes.scenarios import INSTRUCTIONS, SCENARIOS
from shim import OpenAI
from shim.assembly import wiring
from shim.cli import table
from tests.cassettes import expected
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.privacy import storage
from tests.scenarios.privacy.life import Life, random_text
from tests.stores import POSTGRES, empty

fernet = pytest.importorskip("cryptography.fernet")
#: The store of the longest test: PostgreSQL if it is available.
KIND = "postgresql" if POSTGRES else "sqlite"
#: Columns that are not encrypted, as they contain no contents: ids, times, kinds, statuses, numbers.  Every new column
#: of the store must be listed here or be encrypted.
PLAIN: Final = {
    "alembic_version": {"version_num"},
    "assistants": {"id", "created_at", "batch"},
    "threads": {"id", "created_at", "batch", "head", "head_covers", "touched_at"},
    "messages": {"id", "created_at", "thread_id", "run_id"},
    "runs": {"id", "created_at", "thread_id", "assistant_id", "status", "expires_at", "owner", "lease_until"},
    "steps": {"id", "created_at", "thread_id", "run_id"},
    "journal": {"thread_id", "run_id", "response_id", "message_id", "direction", "type", "call_id"},
    "files": {"id", "created_at", "thread_id", "container_id"},
    "responses": {"id", "created_at", "thread_id", "run_id", "previous_id", "status", "usage"},
    "requests": {"attempt", "created_at", "kind", "made", "thread_id"},
    "doomed": {"response_id", "created_at", "tries"},
    "facts": {"name"},
    "tombstones": {"digest", "created_at"},
    "imports": {"batch", "created_at", "finished_at", "counts"},
}
#: Shorter texts are not searched for: they may occur by chance in ids and encrypted contents.
FEWEST: Final = 8
#: Columns with a keyed digest, which cannot be computed without the key.
DIGESTS: Final = {("requests", "mark")}


def key() -> str:
    made: str = fernet.Fernet.generate_key().decode()
    return made


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An encrypted store; its key is in the environment."""
    monkeypatch.setenv("SHIM_ENCRYPTION_KEY", key())
    with place(request.param, tmp_path / "own") as found:
        monkeypatch.setenv("SHIM_DATABASE_URL", found)
        yield found


@contextmanager
def place(kind: str, folder: Path) -> Iterator[str]:
    folder.mkdir()
    with empty(kind, folder) as found:
        yield found


def check(url: str, folder: Path, words: list[str]) -> None:
    """None of the words is in the database or the files, and every column not listed as plain is encrypted."""
    found = storage.tables(url)
    seen = storage.everything(found) + storage.disk(folder)
    assert [each for each in words if each.encode() in seen] == []
    for name, rows in found.items():
        for row in rows:
            for column in row.keys() - PLAIN[name] - {"seq", "tenant"}:
                _check_sealed(name, column, row[column])


def _check_sealed(table: str, name: str, value: Any) -> None:
    if (table, name) in DIGESTS:
        return
    sealed = value is None or value.startswith(b"\x00sealed\x00" if isinstance(value, bytes) else "gAAAAA")
    assert sealed, f"{table}.{name} is neither sealed nor listed as plain"


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_contents_of_every_scenario_are_encrypted(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHIM_UPSTREAM", "sandbox")
    monkeypatch.setenv("SHIM_MODEL_MAP", "off")
    contents = [INSTRUCTIONS]
    for number, name in enumerate(SCENARIOS):
        scenario = SCENARIOS[name]
        with OpenAI(api_key=scenario.key, max_retries=scenario.max_retries) as client:
            seen = application.run(client, scenario, number % 2 == 0 or name in expected.REFUSED)
        assert (seen.refused, seen.runs) == (expected.REFUSED.get(name), expected.ENDS.get(name, expected.WELL)), name
        outputs = [text for texts in scenario.outputs.values() for text in texts]
        calls = [arguments for calls_of_round in seen.rounds for _, arguments in calls_of_round]
        contents += [*scenario.questions, *outputs, *calls, *seen.texts, *scenario.files, *seen.cited, *seen.made]
        files = [each for each in (*seen.files, *scenario.files.values()) if len(each) >= FEWEST]
        stored = storage.everything(storage.tables(url)) + storage.disk(tmp_path)
        assert [each for each in files if each in stored] == []
    check(url, tmp_path, [each for each in contents if len(each) >= FEWEST and not each.startswith("cfile_")])


@pytest.mark.parametrize("url", [KIND], indirect=True)
def test_a_thread_with_every_kind_of_object_is_encrypted_and_readable(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread with every kind of object; a restarted program continues it, here and after the store was moved."""
    with Loopback() as server:
        own = random_text()
        with OpenAI(api_key="test", base_url=server.url) as client:
            helper = client.beta.assistants.create(model="gpt-4o", name=own, instructions=own, metadata={"a": own}).id
            life = Life(client, helper).live()
            contents = [*life.texts.values(), own]
            check(url, tmp_path, contents)
            before = seen(client, life)
        assert [each for each in contents if each not in before] == []
        again(server, life, before)
        with OpenAI(api_key="test", base_url=server.url) as client:
            before = seen(client, life)
        old = os.environ["SHIM_ENCRYPTION_KEY"]
        monkeypatch.delenv("SHIM_ENCRYPTION_KEY")
        moved(server, tmp_path, monkeypatch, Moved(url, old, life, before, contents))


def again(server: Loopback, life: Life, before: str) -> None:
    """A new process submits the outputs of the waiting run, after upstream has lost all responses."""
    for database in list(wiring._heartbeats):
        database.close()
    server.sandbox.forget()
    with OpenAI(api_key="test", base_url=server.url) as client:
        assert seen(client, life) == before
        [waiting] = [run for run in client.beta.threads.runs.list(life.thread) if run.status == "requires_action"]
        assert waiting.required_action is not None
        [call] = waiting.required_action.submit_tool_outputs.tool_calls
        outputs: list[Any] = [{"tool_call_id": call.id, "output": life.text("a late output")}]
        key: Any = {"extra_headers": {"Idempotency-Key": "mine"}}
        for _ in range(2):
            run = client.beta.threads.runs.submit_tool_outputs(
                waiting.id, thread_id=life.thread, tool_outputs=outputs, **key
            )
        assert client.beta.threads.runs.poll(run.id, thread_id=life.thread).status == "completed"
    # The request is a replay from the journal.
    sent = json.dumps(server.bodies[-1])
    assert [each for where, each in life.texts.items() if where in REPLAYED and each not in sent] == []
    assert sent.count(life.texts["a late output"]) == 1


REPLAYED: Final = ("first message", "second message", "arguments", "an output", "additional message", "a late output")


@dataclass
class Moved:
    """A store, its key, the objects as an application sees them, and the texts that must not be readable."""

    url: str
    key: str
    life: Life
    before: str
    texts: list[str]


def seen(client: Any, life: Life) -> str:
    """All objects of a thread that an application can retrieve."""
    threads = client.beta.threads
    runs = list(threads.runs.list(life.thread))
    found = [client.beta.assistants.retrieve(life.assistant), threads.retrieve(life.thread), *runs]
    found += threads.messages.list(life.thread)
    found += [step for run in runs for step in threads.runs.steps.list(run.id, thread_id=life.thread)]
    content = client.files.content(life.file).read().decode()
    return json.dumps([each.to_dict() for each in found] + [client.files.retrieve(life.file).filename, content])


def moved(server: Loopback, folder: Path, monkeypatch: pytest.MonkeyPatch, store: Moved) -> None:
    """Move the store to another database, replace its key, and finally decrypt it."""
    target, old, new = f"sqlite:///{folder / 'other.db'}", store.key, key()
    command("migrate-store", store.url, target)
    check(target, folder, store.texts)
    monkeypatch.setenv("SHIM_DATABASE_URL", target)
    refused(server, folder, "is encrypted: set SHIM_ENCRYPTION_KEY to its key. Nothing was changed.")
    monkeypatch.setenv("SHIM_ENCRYPTION_KEY", new)
    refused(server, folder, "is encrypted with another key than SHIM_ENCRYPTION_KEY holds. Nothing was changed.")
    monkeypatch.setenv("SHIM_ENCRYPTION_KEY", f"{new},{old}")
    assert read(server, store) == store.before
    command("seal")
    monkeypatch.setenv("SHIM_ENCRYPTION_KEY", new)
    assert read(server, store) == store.before
    check(target, folder, store.texts)
    command("seal", "--plain")
    monkeypatch.delenv("SHIM_ENCRYPTION_KEY")
    assert read(server, store) == store.before
    assert [each for each in store.texts if each.encode() not in storage.everything(storage.tables(target))] == []


def command(*words: str) -> None:
    done = CliRunner().invoke(table.app(), list(words))
    assert done.exit_code == 0, done.output


def read(server: Loopback, store: Moved) -> str:
    with OpenAI(api_key="test", base_url=server.url) as client:
        return seen(client, store.life)


def refused(server: Loopback, folder: Path, words: str) -> None:
    """Without the key, or with a wrong one, every call fails at once and the store does not change."""
    before, requests = (folder / "other.db").read_bytes(), len(server.requests)
    with OpenAI(api_key="test", base_url=server.url) as client:
        for call in (client.beta.threads.create, client.beta.assistants.list):
            with pytest.raises(openai.InternalServerError, match=words):
                call()
    assert (folder / "other.db").read_bytes() == before
    assert len(server.requests) == requests
