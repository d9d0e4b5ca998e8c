"""A pump that is stopped while it waits for a transaction, which is committed all the same."""

from collections.abc import Callable
from typing import Any

import pytest

from shim.ports import Profile
from shim.runtime import drive
from tests.engine.scripted import Harness, Lost, answer, inputs, place
from tests.translate.upstream_events import message, says

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
