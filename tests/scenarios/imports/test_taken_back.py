"""When an import is undone, a thread that an application has changed since is not deleted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shim import OpenAI
from shim.migrate import Importer
from shim.migrate.imports import undo
from shim.settings import current_settings
from shim.store.database import database
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.imports import exported

THREAD = exported.THREAD
MESSAGE = exported.MESSAGES["text"]["id"]
USES: dict[str, Callable[[OpenAI], object]] = {
    "a message": lambda client: client.beta.threads.messages.create(THREAD, role="user", content="More"),
    "a run": lambda client: client.beta.threads.runs.create(THREAD, assistant_id=exported.ASSISTANT),
    "its metadata": lambda client: client.beta.threads.update(THREAD, metadata={"a": "b"}),
    "a message's metadata": lambda client: client.beta.threads.messages.update(
        MESSAGE, thread_id=THREAD, metadata={"a": "b"}
    ),
    "a message deleted": lambda client: client.beta.threads.messages.delete(MESSAGE, thread_id=THREAD),
    "a run's metadata": lambda client: client.beta.threads.runs.update(
        exported.RUN, thread_id=THREAD, metadata={"a": "b"}
    ),
}
LOOKS: dict[str, Callable[[OpenAI], object]] = {
    "nothing": lambda client: None,
    "a look at it": lambda client: client.beta.threads.retrieve(THREAD),
    "a look at its messages": lambda client: client.beta.threads.messages.list(THREAD),
    "a look at its runs": lambda client: client.beta.threads.runs.list(THREAD),
}


@pytest.mark.parametrize("what", [*USES, *LOOKS])
def test_undoing_deletes_only_unchanged_threads(what: str, tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(value) + "\n" for value in exported.everything()))
    with Importer() as importer:
        importer.read(path)
    assert importer.report.batch is not None
    with Loopback() as server, OpenAI(api_key="k", base_url=server.url) as client:
        (USES | LOOKS)[what](client)
    undone = undo.undo(database(current_settings().database_url), importer.report.batch)
    assert (undone.changed, undone.threads) == (([THREAD], 0) if what in USES else ([], 1))
