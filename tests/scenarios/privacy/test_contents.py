"""The contents of the disk: no trace of a deleted thread, no plain text in an encrypted store, never an API key."""

import logging
import os
import secrets
from pathlib import Path

import pytest

from shim import OpenAI
from shim.store import assistants, facts
from shim.store.address import resolve
from shim.store.database import Database, database
from shim.store.errors import StoreFailed
from shim.store.sealing import Seal
from tests.scenarios.doors.loopback import Loopback, Reply
from tests.store.things import assistant


def _disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_the_files_contain_no_trace_of_a_deleted_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIM_DELETE_RESPONSES", "true")
    text = secrets.token_hex(12)
    with Loopback() as server, OpenAI(api_key="test", base_url=server.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o").id
        thread = client.beta.threads.create(messages=[{"role": "user", "content": text}]).id
        client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=helper)
        assert text.encode() in _disk(tmp_path)
        for path in tmp_path.glob("shim.db*"):
            assert path.stat().st_mode & 0o077 == 0
        client.beta.threads.delete(thread)
        assert text.encode() not in _disk(tmp_path)
    assert [request.method for request in server.requests if "/responses/resp_" in request.path][-1] == "DELETE"


@pytest.mark.parametrize("stream", [False, True])
def test_a_key_that_upstream_echoes_is_written_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, stream: bool
) -> None:
    key = f"sk-{secrets.token_hex(20)}"
    with Loopback() as server, OpenAI(api_key=key, base_url=server.url, max_retries=0) as client:
        server.answer = lambda request: Reply.error(500, f"Incorrect API key provided: {key}.")
        helper = client.beta.assistants.create(model="gpt-4o").id
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}]).id
        with caplog.at_level(logging.DEBUG, "shim"):
            if stream:
                list(client.beta.threads.runs.create(thread_id=thread, assistant_id=helper, stream=True))
            else:
                client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=helper)
        [run] = client.beta.threads.runs.list(thread).data
        assert run.last_error is not None
        assert run.last_error.message == "Incorrect API key provided: ***."
    assert key.encode() not in _disk(tmp_path)
    assert key not in caplog.text


def test_contents_are_encrypted_and_encryption_keys_replaced(tmp_path: Path) -> None:
    fernet = pytest.importorskip("cryptography.fernet")
    old, new, wrong = (fernet.Fernet.generate_key().decode() for _ in range(3))
    url, name = f"sqlite:///{tmp_path / 'sealed.db'}", secrets.token_hex(12)
    base = database(url, keys=(old,))
    base.write(assistants.insert, assistant(1) | {"name": name})
    base.close()
    assert name.encode() not in _disk(tmp_path)
    before = _disk(tmp_path)
    for keys, message in (((), "is encrypted: set SHIM_ENCRYPTION_KEY"), ((wrong,), "another key")):
        with pytest.raises(StoreFailed, match=message):
            database(url, keys=keys).prepare()
    assert _disk(tmp_path) == before
    with pytest.raises(StoreFailed, match="is not a key"):
        database(url, keys=("letmein",))
    both = Database(resolve(url), seal=Seal((new, old)))
    assert both.read(assistants.get, "asst_1") == assistant(1) | {"name": name}
    assert both.write(facts.seal_again, assistants.assistants, 0, 9) == (1, 1)
    both.write(facts.note_seal)
    both.close()
    only = database(url, keys=(new,))
    assert (only.read(assistants.get, "asst_1") or {})["name"] == name
    only.close()
    assert os.stat(tmp_path / "sealed.db").st_mode & 0o077 == 0
