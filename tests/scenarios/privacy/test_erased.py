"""No data of a deleted thread remains, and no other thread has changed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.doors.colours import SYNC, opened
from tests.scenarios.doors.loopback import Loopback
from tests.scenarios.privacy import storage
from tests.scenarios.privacy.life import Life, random_text
from tests.stores import POSTGRES, empty

#: Ids of every kind of object, in the store and upstream.
ID = re.compile(rb"\b(?:thread|msg|run|step|resp|call|fc|ci|rs|cfile|cntr)_\w{16,}")
#: Tables in which a thread has no rows of its own.
OTHERS = {"alembic_version", "assistants", "doomed", "facts", "imports", "tombstones"}
OTHERS |= {"keys", "learned", "rate_windows", "upstream_objects"}
PLACES = [("sqlite", SYNC, "never")] + ([("postgresql", SYNC, "always")] if POSTGRES else [])


@pytest.fixture(params=PLACES, ids=" ".join)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """The URL of a store, and the colour of the client: blocking or async."""
    kind, colour, background = request.param
    monkeypatch.setenv("SHIM_DELETE_RESPONSES", "true")
    monkeypatch.setenv("SHIM_EXIT_GRACE", "60")
    monkeypatch.setenv("SHIM_BACKGROUND", background)
    with empty(kind, tmp_path / "own") as url:
        monkeypatch.setenv("SHIM_DATABASE_URL", url)
        yield url, colour


def belonging(found: storage.Tables, thread: str) -> storage.Tables:
    """The rows that belong to a thread."""
    return {
        name: [row for row in rows if thread in (row.get("thread_id"), row.get("id"))] for name, rows in found.items()
    }


def traces(rows: storage.Tables, life: Life) -> list[bytes]:
    """The ids in some rows, and the thread's random words."""
    return [*set(ID.findall(storage.everything(rows))), *(text.encode() for text in life.texts.values())]


def test_a_deleted_thread_with_every_kind_of_object_leaves_no_data(place: tuple[str, str], tmp_path: Path) -> None:
    url, colour = place
    with Loopback() as server, opened(colour, base_url=server.url) as client:
        assistant = client.beta.assistants.create(model="gpt-4o").id
        others = [Life(client, assistant).live_briefly()]
        mine = Life(client, assistant).live()
        others.append(Life(client, assistant).live_briefly())
        before = storage.tables(url)
        own = belonging(before, mine.thread)
        assert {name for name, rows in own.items() if not rows} == OTHERS, "every other table has something of it"
        gone = traces(own, mine)
        assert [each for each in gone if each not in storage.everything(before)] == []
        stored = {row["id"] for row in own["responses"]}
        assert client.beta.threads.delete(mine.thread).deleted
    after = storage.tables(url)
    left = {name: [row for row in rows if row not in own[name]] for name, rows in before.items()}
    assert len(after.pop("tombstones")) == len(left.pop("tombstones")) + 1, "a digest, so that it never begins anew"
    assert after == left
    assert [each for each in gone if each in storage.everything(after) + storage.disk(tmp_path)] == []
    for other in others:
        remaining = traces(belonging(before, other.thread), other)
        assert [each for each in remaining if each not in storage.everything(after)] == []
    deleted = [each.path.rpartition("/")[2] for each in server.requests if each.method == "DELETE"]
    assert sorted(deleted) == sorted(stored)
    # Upstream stores no other response: the shim knew every one.
    assert server.sandbox.stored_responses() == {row["id"] for row in after["responses"]}


def test_a_deleted_assistant_and_a_deleted_message_leave_no_data(tmp_path: Path) -> None:
    """Deleted by itself, each leaves no data behind, nor does the request that created it."""
    words, key = [random_text() for _ in range(3)], {"Idempotency-Key": random_text()}
    with Loopback() as server, opened(SYNC, base_url=server.url) as client:
        helper = client.beta.assistants.create(model="gpt-4o", instructions=words[0], extra_headers=key).id
        thread = client.beta.threads.create(messages=[{"role": "user", "content": words[1]}]).id
        run = client.beta.threads.runs.create_and_poll(thread_id=thread, assistant_id=helper, instructions="Go.")
        assert run.status == "completed"
        second = client.beta.threads.messages.create(thread, role="user", content=words[2], extra_headers=key).id
        first = client.beta.threads.messages.list(thread, order="asc").data[0].id
        gone = [first, second, *words]
        assert [each for each in gone if each.encode() not in storage.disk(tmp_path)] == []
        for message in (first, second):
            client.beta.threads.messages.delete(message, thread_id=thread)
        client.beta.assistants.delete(helper)
        # The answer repeats the question in the sandbox, so it is deleted, too.
        for answer in client.beta.threads.messages.list(thread):
            client.beta.threads.messages.delete(answer.id, thread_id=thread)
    assert [each for each in gone if each.encode() in storage.disk(tmp_path)] == []
