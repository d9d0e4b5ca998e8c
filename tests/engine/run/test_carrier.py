"""A pump that is stopped while it waits for a transaction, which is committed all the same; text that is sent without
waking the pump, in the same bytes.
"""

from collections.abc import Callable
from typing import Any

import pytest

from shim.engine.protocol import encode
from shim.ports import Profile
from shim.runtime import drive
from shim.store import runs
from shim.store.database import database
from tests.engine.scripted import Harness, Lost, Read, answer, inputs, place
from tests.stores import Stores
from tests.translate.upstream_events import (
    added,
    citation,
    cites,
    created,
    done,
    ended,
    message,
    refuses,
    refusing,
    says,
    text,
)

HELLO, BYE = message(says("Hello."), id="msg_a"), message(says("Bye."), id="msg_b")


class Interrupted:
    """A store whose callers are cancelled after a number of commits of a run, and do not get the result of the last
    one.
    """

    def __init__(self, inner: Any, commits: int) -> None:
        self.inner, self.left = inner, commits
        self.tenant = inner.tenant

    async def read(self, work: Callable[..., Any], *args: Any) -> Any:
        return await self.inner.read(work, *args)

    async def write(self, work: Callable[..., Any], *args: Any) -> Any:
        done = await self.inner.write(work, *args)
        self.left -= work.__name__ == "commit"
        if work.__name__ == "commit" and self.left == 0:
            raise Lost
        return done


#: An answer of one message takes so many commits: begun, opened, written, ended.
@pytest.mark.parametrize("commits", [1, 2, 3, 4])
def test_the_run_ends_and_nothing_is_written_twice(harness: Harness, commits: int) -> None:
    thread, helper, inner = harness.thread("One"), harness.assistant(), harness.context.store
    harness.script(answer(HELLO))
    reply = harness.reply("POST", f"threads/{thread}/runs", {"assistant_id": helper, "stream": True})
    assert reply.events is not None
    object.__setattr__(harness.context, "store", Interrupted(inner, commits))
    with pytest.raises(Lost):
        list(drive.drain(reply.events))
    object.__setattr__(harness.context, "store", inner)
    if commits < 4:
        # The request is sent again by the next process that reads the thread.
        harness.script(answer(HELLO, id="resp_again"))
    (run,) = harness.get(f"threads/{thread}/runs")["data"]
    assert run["status"] == "completed"
    steps = harness.get(f"{place(run)}/steps")["data"]
    assert [step["status"] for step in steps] == ["completed"]
    harness.upstream.can = Profile("scripted", stores=False)
    harness.run(thread, answer(BYE, id="resp_2"), assistant_id=helper, additional_instructions="Go on.")
    assert inputs(harness.sent) == ["One", "Hello."]


class Outlet:
    """A reader of a run that keeps all bytes.  ``full``: the pump has to wait for it."""

    def __init__(self, full: bool = False) -> None:
        self.full, self.chunks = full, list[bytes]()

    def is_full(self) -> bool:
        return self.full

    def put_now(self, chunk: bytes) -> None:
        self.chunks.append(chunk)


def streamed(harness: Harness, reads: list[Read], outlet: Outlet | None) -> tuple[bytes, Any]:
    """The bytes of a run, and the content of its last message as it is stored."""
    thread = harness.thread("One")
    harness.script(reads)
    body = {"assistant_id": harness.assistant(), "stream": True}
    reply = harness.reply("POST", f"threads/{thread}/runs", body)
    assert reply.events is not None
    assert reply.attach is not None
    sink = outlet or Outlet()
    if outlet is not None:
        reply.attach(outlet)
    for batch in drive.drain(reply.events):
        sink.put_now(encode(batch))
    return b"".join(sink.chunks), harness.get(f"threads/{thread}/messages")["data"][0]["content"]


def around(*reads: list[dict[str, Any]], whole: str = "abc") -> list[Read]:
    """An answer of one message, whose text begins with "a", and that has these reads in between."""
    said = message(says(whole))
    return [[created()], [added(message())], [text("a")], *reads, [done(said)], [ended(said)]]


TWO = message(id="msg_b")
#: Reads behind the first text of an answer, and how many of them are sent at once.
READS: dict[str, tuple[list[Read], int]] = {
    "text": (around([text("b")], [text("c")]), 2),
    "several pieces in one read": (around([text("b"), text("c")]), 1),
    "no text": (around([text("")], [text("bc")]), 1),
    "text of another part": (around([text("b")], [text("c", content_index=1)]), 2),
    "texts of two parts in one read": (around([text("b"), text("c", content_index=1)]), 0),
    "text without an item": (around([{"type": "response.output_text.delta", "delta": "bc"}]), 1),
    "text of an unknown message": (around([text("b"), text("c")], [text("d", item="msg_x")]), 1),
    "a malformed delta": (around([{"type": "response.output_text.delta", "delta": 3}], [text("bc")]), 1),
    "a delta that has to be converted": (around([text("bc") | {"delta": {"text": "bc"}}]), 1),
    "a citation in between": (around([text("b")], [cites(citation(1))], [text("c")]), 2),
    "text and more in one read": (around([text("b"), done(message(says("ab")))], whole="ab"), 0),
    "a refusal": (around([refusing("b")], [done(message(says("a"), refuses("b")))], whole="a"), 0),
    "text after its message": (around([text("bc")], [done(message(says("abc")))], [text("d")]), 1),
    "another message": (around([text("bc")], [added(TWO)], [text("x", "msg_b")], [done(TWO)]), 2),
    "an unknown event": (around([{"type": "response.new"}], [text("bc")]), 1),
}


@pytest.mark.parametrize("name", READS)
def test_text_that_is_sent_at_once_is_the_same(stores: Stores, tmp_path: Any, name: str) -> None:
    reads, at_once = READS[name]
    results = []
    for outlet in (None, Outlet(), Outlet(full=True)):
        url = stores.new(tmp_path, f"{len(results)}.db")
        base = database(url)
        harness = Harness(base)
        results.append(streamed(harness, list(reads), outlet))
        taken = [len(answer.taken) for answer in harness.upstream.answers]
        assert taken == [at_once if outlet is not None and not outlet.full else 0]
        base.close()
        stores.drop(url)
    assert results[0] == results[1] == results[2]


def test_the_first_text_wakes_the_pump(harness: Harness) -> None:
    """Its time is measured, and the message is stored before it."""
    outlet = Outlet()
    streamed(harness, around([text("b")], [text("c")]), outlet)
    assert harness.upstream.answers[0].taken == [[text("b")], [text("c")]]


def test_a_run_that_was_cancelled_sends_nothing_at_once(harness: Harness) -> None:
    thread = harness.thread("One")

    def cancel() -> None:
        (run,) = harness.get(f"threads/{thread}/runs")["data"]
        harness.post(f"{place(run)}/cancel")

    outlet = Outlet()
    harness.script([[created()], [added(message())], [text("a")], [text("b")], cancel, [text("c")], [text("d")]])
    body = {"assistant_id": harness.assistant(), "stream": True}
    reply = harness.reply("POST", f"threads/{thread}/runs", body)
    assert reply.events is not None
    assert reply.attach is not None
    reply.attach(outlet)
    names = [name for batch in drive.drain(reply.events) for name, _ in batch]
    assert harness.upstream.answers[0].taken == [[text("b")]]
    assert "thread.run.cancelled" in names
    assert harness.messages(thread)[-1] == "ab"


def test_an_expired_run_sends_nothing_at_once(harness: Harness) -> None:
    def pass_time() -> None:
        harness.clock.time += 601

    outlet = Outlet()
    sent, _ = streamed(harness, around([text("b")], pass_time, [text("c")]), outlet)  # type: ignore[arg-type]
    assert harness.upstream.answers[0].taken == [[text("b")]]
    assert b"event: thread.run.expired" in sent


def test_text_does_not_wait_for_the_transaction_of_what_comes_with_it(harness: Harness) -> None:
    """The last words of an answer come in one network read with its end."""
    said = message(says("ab"))
    harness.script([[created()], [added(message())], [text("a")], [text("b"), done(said), ended(said)]])
    body = {"assistant_id": harness.assistant(), "stream": True}
    reply = harness.reply("POST", f"threads/{harness.thread('One')}/runs", body)
    assert reply.events is not None
    status: list[str] = []
    for batch in drive.drain(reply.events):
        if [name for name, _ in batch] == ["thread.message.delta"]:
            (run,) = harness.base.read(runs.page, "thread_1", 1, "asc").data
            status.append(run["status"])
    assert status == ["in_progress", "in_progress"]
