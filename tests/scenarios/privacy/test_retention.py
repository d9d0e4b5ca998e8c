"""Unused threads and files are erased after their retention time."""

import time
from pathlib import Path
from types import SimpleNamespace

import openai
import pytest

from shim.assembly import wiring
from shim.runtime import heartbeat
from tests.scenarios.doors.colours import COLOURS, opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.hosted_tools.stage import CODE, Clock
from tests.scenarios.privacy import storage
from tests.scenarios.privacy.life import random_text


@pytest.mark.parametrize("colour", COLOURS)
def test_unused_threads_and_files_are_erased_after_a_month(
    colour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No call asks for the deletion: any call causes it, an hour after the last one."""
    monkeypatch.setenv("SHIM_RETENTION_DAYS", "30")
    monkeypatch.setenv("SHIM_DELETE_RESPONSES", "true")
    monkeypatch.setenv("SHIM_EXIT_GRACE", "60")
    clock, url = Clock(), f"sqlite:///{tmp_path / 'shim.db'}"
    monkeypatch.setattr(wiring, "time", SimpleNamespace(time=clock, sleep=time.sleep))
    monkeypatch.setattr(heartbeat, "time", SimpleNamespace(monotonic=clock, sleep=time.sleep))
    text, file = random_text(), f"{random_text()}.txt"
    with Loopback() as server, opened(colour, base_url=server.url) as client:
        threads = client.beta.threads
        helper = client.beta.assistants.create(model="gpt-4o", tools=[CODE]).id
        messages = [{"role": "user", "content": f'code_interpreter {{"file": "{file}"}} make-file {text}'}]
        left, used = (threads.create(messages=messages).id for _ in range(2))
        for thread in (left, used):
            assert threads.runs.create_and_poll(thread_id=thread, assistant_id=helper).status == "completed"
        files = {row["thread_id"]: row["id"] for row in storage.tables(url)["files"]}
        made = {row["thread_id"]: row["id"] for row in storage.tables(url)["responses"]}
        clock.pass_days(29)
        threads.messages.create(used, role="user", content="Still there?")
        assert len(storage.tables(url)["threads"]) == 2
        clock.pass_days(2)
        client.beta.assistants.list()
    with Loopback() as again, opened(colour, base_url=again.url) as client:
        threads = client.beta.threads
        for call in (lambda: threads.retrieve(left), lambda: client.files.content(files[left])):
            with pytest.raises(openai.NotFoundError):
                call()
        assert len(list(threads.messages.list(used))) == 3
        assert client.files.content(files[used]).read()
        assert client.beta.assistants.retrieve(helper).id == helper
    assert [each.path for each in server.requests if each.method == "DELETE"] == [f"/v1/responses/{made[left]}"]
    assert [each for each in (left, files[left], made[left]) if each.encode() in storage.disk(tmp_path)] == []
