"""curl as a tenant of the server: runs, files and limits in a shell script."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shim.server.keyring import Keyring
from shim.settings import current_settings
from shim.store.database import database
from tests.server.served import PATIENCE, served

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="no curl")


@pytest.fixture
def url() -> Iterator[str]:
    with served(upstream="sandbox", auth="keys", requests_per_minute=12) as found:
        yield f"{found}/v1"


@pytest.fixture
def key() -> str:
    return Keyring(database(current_settings().database_url)).issue("acme", 1).secret


def curl(*words: str) -> str:
    line = ["curl", "--silent", "--show-error", "--max-time", str(PATIENCE), *words]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_a_tenant_with_a_shell_script(url: str, key: str, tmp_path: Path) -> None:
    mine = ("--header", f"Authorization: Bearer {key}")

    def call(path: str, *words: str) -> Any:
        return json.loads(curl(f"{url}/{path}", *mine, *words))

    notes = tmp_path / "notes.txt"
    notes.write_text("The otter is called Ottilie.")
    file = call("files", "--form", "purpose=assistants", "--form", f"file=@{notes}")["id"]
    helper = call("assistants", "--json", '{"model": "gpt-4o", "tools": [{"type": "file_search"}]}')["id"]
    attached = {"file_id": file, "tools": [{"type": "file_search"}]}
    question = {"role": "user", "content": "What is the otter called?", "attachments": [attached]}
    body = json.dumps({"assistant_id": helper, "stream": True, "thread": {"messages": [question]}})
    events = curl("--no-buffer", f"{url}/threads/runs", *mine, "--json", body)
    assert "event: thread.run.completed" in events
    assert "Ottilie" in events
    assert events.endswith("event: done\ndata: [DONE]\n\n")
    assert [each["id"] for each in call("files")["data"]] == [file]
    assert call("files", "--header", "Authorization: Bearer wrong")["error"]["code"] == "invalid_api_key"
    limited = [curl(f"{url}/assistants", *mine, "--include") for _ in range(12)][-1].lower()
    assert limited.startswith("http/1.1 429 ")
    assert "\nretry-after: " in limited
