"""Erased threads and files, and the deletions upstream."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from shim.engine import Engine, retention
from shim.ports import Profile, Refusal
from shim.runtime import drive
from shim.store import files, outbox, schema, threads
from shim.store.errors import StoreFailed
from shim.store.tx import Tx
from tests.engine.scripted import Dead, Harness, Refused, answer, pump
from tests.translate.upstream_events import call, created, message, says

DAY = 86400.0
HELLO = message(says("Hello."))


def more(harness: Harness, **changes: Any) -> Harness:
    """The same harness with other settings."""
    harness.context = replace(harness.context, **changes)
    harness.engine = Engine(harness.context)
    return harness


def requests(harness: Harness) -> list[str]:
    """The responses whose deletion was requested upstream."""
    return [path.removeprefix("/responses/") for method, path, _ in harness.upstream.calls if method == "DELETE"]


def waiting(harness: Harness) -> list[str]:
    return [one.response_id for one in harness.base.read(outbox.batch, 0, 99)]


def sweep(harness: Harness) -> None:
    drive.finish(harness.engine.sweep())


def rows(harness: Harness) -> dict[str, int]:
    """How many rows there are in each table that is not empty."""

    def count(tx: Tx) -> dict[str, int]:
        tables = schema.metadata.tables
        return {name: len(found) for name in tables if (found := tx.db.execute(tables[name].select()).all())}

    return harness.base.read(count)


def test_a_thread_is_deleted_with_its_responses(harness: Harness) -> None:
    more(harness, delete_responses=True)
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO, id="resp_1"))
    harness.message(thread, "Two")
    harness.run(thread, answer(HELLO, id="resp_2"))
    other = harness.thread("Stay")
    harness.run(other, answer(HELLO, id="resp_3"))
    reply = harness.reply("DELETE", f"threads/{thread}")
    # The call has been answered; upstream is called afterwards.
    assert requests(harness) == []
    assert waiting(harness) == ["resp_1", "resp_2"]
    assert pump(reply) == []
    assert requests(harness) == ["resp_1", "resp_2"]
    harness.delete(f"threads/{other}")
    # Only the assistants are left, and digests of the deleted threads' ids, from which these cannot be found.
    assert rows(harness) == {"assistants": 3, "tombstones": 2}


def test_by_default_no_response_is_deleted_upstream(harness: Harness) -> None:
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    assert harness.reply("DELETE", f"threads/{thread}").events is None
    assert waiting(harness) == []


def test_an_upstream_that_stores_nothing_gets_no_deletions(harness: Harness) -> None:
    more(harness, delete_responses=True)
    harness.upstream.can = Profile("scripted", stores=False)
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO))
    harness.delete(f"threads/{thread}")
    assert requests(harness) == []


GONE = Refusal(404, "No such response.")
LOCKED = Refusal(409, "It is being used.")
DOWN = Refusal(503, "Come back later.")


def two_responses(harness: Harness) -> str:
    """A thread with two responses that upstream stores."""
    thread = harness.thread("One")
    emitted = harness.run(thread, answer(call(), id="resp_1"))
    run = next(data for name, data in emitted if name == "thread.run.requires_action")
    harness.submit(run, answer(HELLO, id="resp_2"), call_a="1")
    return thread


@pytest.mark.parametrize("refusal, left, times", [(GONE, 0, 2), (LOCKED, 2, 2), (DOWN, 2, 1)])
def test_a_refusal_never_fails_the_delete(
    harness: Harness, caplog: pytest.LogCaptureFixture, refusal: Refusal, left: int, times: int
) -> None:
    """A response that upstream does not have counts as deleted; one that it does not delete is tried again; if upstream
    is down, the rest is not tried.
    """
    thread = two_responses(more(harness, delete_responses=True))
    harness.upstream.failing = refusal
    assert harness.delete(f"threads/{thread}")["deleted"] is True
    assert (len(requests(harness)), len(waiting(harness))) == (times, left)
    assert caplog.text.count("did not delete response") == (times if left else 0)
    harness.upstream.failing = None
    sweep(harness)
    assert waiting(harness) == []


def test_a_deletion_is_retried_a_limited_number_of_times(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    thread = two_responses(more(harness, delete_responses=True))
    harness.upstream.failing = LOCKED
    harness.delete(f"threads/{thread}")
    for _ in range(outbox.TRIES):
        sweep(harness)
    assert waiting(harness) == []
    assert len(requests(harness)) == 2 * outbox.TRIES
    assert "response resp_2 is not deleted: upstream will delete it after its own time" in caplog.text


def test_an_unused_thread_is_erased(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """A message, a run or a change counts as a use of a thread; reading does not."""
    more(harness, retention=30 * DAY)
    left, unanswered, ran, changed = (harness.thread("One") for _ in range(4))
    harness.clock.time += 20 * DAY
    harness.message(unanswered, "Two")
    harness.run(ran, answer(HELLO))
    harness.post(f"threads/{changed}", metadata={"a": "b"})
    harness.get(f"threads/{left}/messages")
    sweep(harness)
    assert harness.get(f"threads/{left}")["id"] == left
    harness.clock.time += 11 * DAY
    with caplog.at_level(logging.INFO, "shim"):
        sweep(harness)
    assert "erased 1 threads that had not been used for 30.0 days" in caplog.text
    assert [harness.base.read(threads.get, each) is None for each in (left, unanswered, ran, changed)] == [True] + [
        False
    ] * 3
    harness.clock.time += 20 * DAY
    sweep(harness)
    assert "threads" not in rows(harness)


def test_more_threads_than_one_batch_are_erased(harness: Harness) -> None:
    more(harness, retention=DAY)
    made = [harness.thread("One") for _ in range(retention.BATCH + 1)]
    harness.clock.time += 2 * DAY
    young = harness.thread("Two")
    assert drive.finish(retention.erase_old(harness.context)) == len(made)
    assert rows(harness)["threads"] == 1
    assert harness.get(f"threads/{young}")["id"] == young


def test_threads_and_files_of_all_tenants_are_erased(harness: Harness) -> None:
    """The retention time also applies to tenants that send no calls any more."""
    more(harness, retention=7 * DAY, file_retention=DAY)
    theirs = harness.elsewhere("me")
    more(theirs, store=theirs.context.store.of("acme"))
    for each in (harness, theirs):
        thread = each.thread("One")
        made = {"id": "cfile_1", "created_at": each.context.now()}
        each.base.of(each.context.tenant).write(files.save, thread, None, made, b"x")
    harness.clock.time += 2 * DAY
    sweep(harness)
    assert (rows(harness).get("files"), rows(harness)["threads"]) == (None, 2)
    harness.clock.time += 6 * DAY
    sweep(harness)
    assert "threads" not in rows(harness)


def test_a_thread_with_an_active_run_is_not_erased(harness: Harness) -> None:
    more(harness, retention=1.0, run_lifetime=600)
    thread = harness.thread("One")
    harness.run(thread, answer(call()))
    harness.clock.time += 60
    sweep(harness)
    assert harness.get(f"threads/{thread}")["id"] == thread
    harness.clock.time += 600
    sweep(harness)
    assert harness.base.read(threads.get, thread) is None


def test_stored_files_have_their_own_retention_time(harness: Harness) -> None:
    more(harness, file_retention=7 * DAY)
    thread = harness.thread("One")
    for name, time in (("old", 1000), ("new", int(1000 + 5 * DAY))):
        body = {"id": f"cfile_{name}", "created_at": time}
        harness.base.write(files.save, thread, "cntr_1", body, b"bytes")
    harness.clock.time += 8 * DAY
    sweep(harness)
    assert harness.base.read(files.get, "cfile_old") is None
    assert harness.base.read(files.content, "cfile_new") == b"bytes"
    assert harness.get(f"threads/{thread}")["id"] == thread


def test_a_failure_of_the_store_is_only_logged(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    more(harness, delete_responses=True, retention=DAY)
    reply = harness.reply("DELETE", f"threads/{two_responses(harness)}")
    object.__setattr__(harness.context, "store", Dead())
    assert pump(reply) == []
    assert "responses stay upstream for now: gone" in caplog.text
    sweep(harness)
    assert "nothing could be erased: gone" in caplog.text
    with pytest.raises(StoreFailed, match="gone"):
        drive.finish(harness.engine.sweep(raises=True))


def test_a_response_that_begins_after_its_thread_was_deleted(harness: Harness) -> None:
    """Another process deleted the thread; this process would have closed the connection before the first event."""
    thread = more(harness, delete_responses=True).thread("One")
    other = harness.elsewhere("other")
    assert harness.run(thread, [lambda: other.delete(f"threads/{thread}"), *answer(HELLO, id="resp_9")])
    assert (requests(harness), waiting(harness)) == (["resp_9"], [])


def test_a_background_response_that_begins_after_its_thread_was_deleted(harness: Harness) -> None:
    """No later call will poll the response, so it is cancelled and deleted at once."""
    harness.upstream.can = Profile("scripted", background=True, always=True)
    thread = more(harness, delete_responses=True).thread("One")

    def meanwhile(body: Any) -> Any:
        harness.delete(f"threads/{thread}")
        return {"id": "resp_9", "status": "queued"}

    harness.script(meanwhile)
    with pytest.raises(Refused, match="No thread found"):
        harness.post(f"threads/{thread}/runs", assistant_id=harness.assistant())
    assert (harness.upstream.cancelled, requests(harness), waiting(harness)) == (["resp_9"], ["resp_9"], [])


def thread_without_history(harness: Harness) -> str:
    """A thread with an answer, and a script whose next answer begins without the requested history."""
    thread = harness.thread("One")
    harness.run(thread, answer(HELLO, id="resp_1"))
    harness.message(thread, "Two")
    harness.script([[created(id="resp_8", previous_response_id=None)]])
    return thread


def test_a_dropped_response_is_deleted_with_the_others(harness: Harness) -> None:
    thread = thread_without_history(more(harness, delete_responses=True))
    harness.run(thread, answer(HELLO, id="resp_9"))
    harness.delete(f"threads/{thread}")
    assert requests(harness) == ["resp_1", "resp_8", "resp_9"]


def test_a_refused_run_leaves_no_response_upstream(harness: Harness) -> None:
    thread = more(harness, delete_responses=True).thread("One")
    harness.run(thread, answer(HELLO, id="resp_1"))
    harness.message(thread, "Two")
    harness.upstream.can = Profile("scripted", background=True, always=True)
    harness.script({"id": "resp_8", "status": "queued", "previous_response_id": None}, Refusal(401, "No."))  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"No\."):
        harness.post(f"threads/{thread}/runs", assistant_id=harness.assistant())
    assert waiting(harness) == ["resp_8"]
    sweep(harness)
    assert requests(harness) == ["resp_8"]
    harness.delete(f"threads/{thread}")
    assert requests(harness) == ["resp_8", "resp_1"]


def test_a_store_that_fails_when_a_response_is_discarded(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    more(harness, delete_responses=True)
    drive.finish(retention.discard(harness.context, None))
    object.__setattr__(harness.context, "store", Dead())
    drive.finish(retention.discard(harness.context, "resp_9"))
    assert "response resp_9 stays upstream: gone" in caplog.text


def test_an_object_is_deleted_with_the_row_of_its_request(harness: Harness) -> None:
    """With a message or an assistant, the row of the request that created it is deleted."""
    key = {"idempotency-key": "mine"}
    asked_for = {"model": "gpt-4o", "name": "Ann"}
    helper = json.loads(harness.reply("POST", "assistants", asked_for, **key).body)["id"]
    thread = harness.thread()
    message = harness.message(thread, "One")["id"]
    assert rows(harness)["requests"] == 2
    harness.delete(f"threads/{thread}/messages/{message}")
    assert rows(harness)["requests"] == 1
    harness.delete(f"assistants/{helper}")
    assert rows(harness) == {"threads": 1}
