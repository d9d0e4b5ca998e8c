"""Threads exported to conversations: in blocks, each item exactly one time, also after an interruption."""

from pathlib import Path
from typing import Any

import pytest

from shim.migrate.exports import conversations
from shim.migrate.exports.conversations import Exporter, Outcome
from shim.migrate.exports.memory import Exported, Memory
from shim.ports import Refusal
from shim.sandbox import Sandbox
from shim.wire import encoding

Json = dict[str, Any]
KEY = {"authorization": "Bearer sk-test"}


class Upstream:
    """A sandbox. ``before`` and ``after`` are called around each request; they may refuse the request, or lose its
    answer.
    """

    def __init__(self) -> None:
        self.sandbox = Sandbox()
        self.before: Any = lambda count: None
        self.after: Any = lambda count: None
        self.requests: list[tuple[str, int]] = []

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        self.requests.append((f"{method} {path.split('?')[0]}", len((body or {}).get("items", ()))))
        self.before(len(self.requests))
        found = self.send(method, path, body)
        self.after(len(self.requests))
        return found

    def send(self, method: str, path: str, body: Json | None = None) -> Json:
        path, _, query = path.partition("?")
        pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
        content = b"" if body is None else encoding.compact(body)
        reply = self.sandbox.handle(method, f"/v1{path}", pairs, KEY, content)  # type: ignore[arg-type]
        assert isinstance(reply.body, bytes)
        found: Json = encoding.parsed(reply.body)
        if reply.status != 200:
            raise Refusal(reply.status, found["error"]["message"])
        return found

    def texts(self, conversation_id: str) -> list[str]:
        found: list[Json] = []
        page: Json = {"has_more": True}
        while page["has_more"]:
            after = f"&after={found[-1]['id']}" if found else ""
            page = self.send("GET", f"/conversations/{conversation_id}/items?limit=100&order=asc{after}")
            found += page["data"]
        return [item["content"][0]["text"] for item in found]


def messages(*numbers: int) -> list[Json]:
    roles = ("input_text", "user"), ("output_text", "assistant")
    return [
        {"type": "message", "role": role, "content": [{"type": kind, "text": f"Number {number}."}]}
        for number in numbers
        for kind, role in (roles[number % 2],)
    ]


def texts(count: int) -> list[str]:
    return [f"Number {number}." for number in range(count)]


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


def exported(upstream: Upstream, path: Path, count: int, **more: Any) -> Outcome:
    """Export a thread with this many items, as a new process would."""
    exporter = Exporter(upstream, Memory(path), sleep=more.pop("sleep", lambda seconds: None))  # type: ignore[arg-type]
    return exporter.export("thread_1", more.pop("items", messages(*range(count))), more.pop("metadata", {}))


def test_items_are_sent_in_blocks_of_twenty_and_later_only_new_ones(upstream: Upstream, tmp_path: Path) -> None:
    path = tmp_path / "known.ndjson"
    first = exported(upstream, path, 45, metadata={"user": "ada"})
    assert first.conversation_id
    assert (first.verdict, first.items) == ("created", 45)
    assert [items for _, items in upstream.requests] == [0, 20, 20, 5]
    made = upstream.send("GET", f"/conversations/{first.conversation_id}")
    assert made["metadata"] == {"thread_id": "thread_1", "user": "ada"}
    again = exported(upstream, path, 45)
    assert again == first._replace(verdict="unchanged", items=0)
    assert len(upstream.requests) == 4
    more = exported(upstream, path, 140)
    assert (more.verdict, more.items) == ("added", 95)
    assert upstream.texts(first.conversation_id) == texts(140)
    # A conversation that already has the maximum of metadata has no room for the thread's id.
    full = {f"key{number}": "x" for number in range(16)}
    other = Exporter(upstream, Memory(path)).export("thread_2", [], full)  # type: ignore[arg-type]
    assert upstream.send("GET", f"/conversations/{other.conversation_id}")["metadata"] == full


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("at", range(1, 9))
def test_after_any_interruption_every_item_exists_once(
    upstream: Upstream, tmp_path: Path, at: int, arrived: bool
) -> None:
    def lost(count: int) -> None:
        if count == at:
            raise KeyboardInterrupt

    path = tmp_path / "known.ndjson"
    setattr(upstream, "after" if arrived else "before", lost)
    with pytest.raises(KeyboardInterrupt):
        exported(upstream, path, 150)
    # Export a second time, as a new process would.
    found = exported(upstream, path, 150)
    assert found.conversation_id
    assert upstream.texts(found.conversation_id) == texts(150)


def test_a_conversation_that_is_continued_meanwhile(upstream: Upstream, tmp_path: Path) -> None:
    def lost(count: int) -> None:
        if count == 3:
            raise KeyboardInterrupt

    path = tmp_path / "known.ndjson"
    upstream.after = lost
    with pytest.raises(KeyboardInterrupt):
        exported(upstream, path, 30)
    known = Memory(path).get("thread_1")
    assert known is not None
    assert (known.items, known.pending) == (20, 10)
    upstream.send("POST", f"/conversations/{known.conversation_id}/items", {"items": messages(99)})
    assert exported(upstream, path, 32).items == 2
    assert upstream.texts(known.conversation_id) == [*texts(30), "Number 99.", "Number 30.", "Number 31."]


def test_the_export_waits_after_too_many_requests(upstream: Upstream, tmp_path: Path) -> None:
    waited: list[float] = []

    def busy(count: int) -> None:
        if count in (1, 3, 4):
            raise Refusal(429, "Slow down.")

    upstream.before = busy
    assert exported(upstream, tmp_path / "a", 25, sleep=waited.append).items == 25
    assert waited == [1.0, 1.0, 4.0]

    def busy_for_ever(count: int) -> None:
        raise Refusal(429, "Slow down.")

    upstream.before = busy_for_ever
    outcome = exported(upstream, tmp_path / "b", 25, sleep=waited.append)
    assert (outcome.verdict, outcome.detail) == ("refused", "Slow down.")
    assert len(waited) == 3 + len(conversations.PAUSES)


def test_conversations_that_cannot_be_updated(upstream: Upstream, tmp_path: Path) -> None:
    path = tmp_path / "known.ndjson"
    first = exported(upstream, path, 3)
    assert exported(upstream, path, 2).verdict == "changed"
    assert exported(upstream, path, 0, items=messages(0, 7, 2, 3)).verdict == "changed"
    upstream.send("DELETE", f"/conversations/{first.conversation_id}")
    assert exported(upstream, path, 3).verdict == "unchanged"
    assert exported(upstream, path, 4).verdict == "gone"
    # The items of the interrupted block have to be looked up upstream, and the conversation does not exist.
    assert exported(upstream, path, 4) == Outcome(
        "thread_1", "gone", first.conversation_id, detail=f"Conversation with id '{first.conversation_id}' not found."
    )


def test_the_file_that_records_the_export(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "known.ndjson"
    one, two = Exported("thread_1", "conv_1", 3, "x"), Exported("thread_2", "conv_2", pending=7)
    memory = Memory(path)
    for each in (one, two, one):
        memory.note(each)
    path.write_bytes(path.read_bytes() + b'{"thread_id": "thread_3", "conv')
    again = Memory(path)
    assert [again.get(f"thread_{number}") for number in (1, 2, 3)] == [one, two, None]
    again.note(Exported("thread_3", "conv_3"))
    assert Memory(path).get("thread_3") == Exported("thread_3", "conv_3")
    for wrong in ("no JSON\n", '{"id": "msg_1"}\n', "[]\n"):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"line 1: not written by an export"):
            Memory(path)
