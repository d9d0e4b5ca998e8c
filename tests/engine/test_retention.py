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
from shim.store.tx import Tx
from tests.engine.scripted import Dead, Refused, World, answer, pump
from tests.translate.telling import call, created, message, says

DAY = 86400.0
HELLO = message(says("Hello."))


def more(world: World, **changes: Any) -> World:
    """The same world with other settings."""
    world.context = replace(world.context, **changes)
    world.engine = Engine(world.context)
    return world


def asked(world: World) -> list[str]:
    """The responses whose deletion was requested upstream."""
    return [path.removeprefix("/responses/") for method, path, _ in world.upstream.calls if method == "DELETE"]


def waiting(world: World) -> list[str]:
    return [one.response_id for one in world.base.read(outbox.some, 0, 99)]


def sweep(world: World) -> None:
    drive.finish(world.engine.sweep())


def rows(world: World) -> dict[str, int]:
    """How many rows there are in each table that is not empty."""

    def count(tx: Tx) -> dict[str, int]:
        tables = schema.metadata.tables
        return {name: len(found) for name in tables if (found := tx.db.execute(tables[name].select()).all())}

    return world.base.read(count)


def test_a_thread_is_deleted_with_its_responses(world: World) -> None:
    more(world, delete_responses=True)
    thread = world.thread("One")
    world.run(thread, answer(HELLO, id="resp_1"))
    world.say(thread, "Two")
    world.run(thread, answer(HELLO, id="resp_2"))
    other = world.thread("Stay")
    world.run(other, answer(HELLO, id="resp_3"))
    reply = world.reply("DELETE", f"threads/{thread}")
    # The call has been answered; upstream is called afterwards.
    assert asked(world) == []
    assert waiting(world) == ["resp_1", "resp_2"]
    assert pump(reply) == []
    assert asked(world) == ["resp_1", "resp_2"]
    world.delete(f"threads/{other}")
    # Only the assistants are left, and digests of the deleted threads' ids, from which these cannot be found.
    assert rows(world) == {"assistants": 3, "tombstones": 2}


def test_by_default_no_response_is_deleted_upstream(world: World) -> None:
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    assert world.reply("DELETE", f"threads/{thread}").events is None
    assert waiting(world) == []


def test_an_upstream_that_stores_nothing_gets_no_deletions(world: World) -> None:
    more(world, delete_responses=True)
    world.upstream.can = Profile("scripted", stores=False)
    thread = world.thread("One")
    world.run(thread, answer(HELLO))
    world.delete(f"threads/{thread}")
    assert asked(world) == []


GONE = Refusal(404, "No such response.")
LOCKED = Refusal(409, "It is being used.")
DOWN = Refusal(503, "Come back later.")


def two_responses(world: World) -> str:
    """A thread with two responses that upstream stores."""
    thread = world.thread("One")
    told = world.run(thread, answer(call(), id="resp_1"))
    run = next(data for name, data in told if name == "thread.run.requires_action")
    world.submit(run, answer(HELLO, id="resp_2"), call_a="1")
    return thread


@pytest.mark.parametrize("refusal, left, times", [(GONE, 0, 2), (LOCKED, 2, 2), (DOWN, 2, 1)])
def test_a_refusal_never_fails_the_delete(
    world: World, caplog: pytest.LogCaptureFixture, refusal: Refusal, left: int, times: int
) -> None:
    """A response that upstream does not have counts as deleted; one that it does not delete is tried again; if upstream
    is down, the rest is not tried.
    """
    thread = two_responses(more(world, delete_responses=True))
    world.upstream.failing = refusal
    assert world.delete(f"threads/{thread}")["deleted"] is True
    assert (len(asked(world)), len(waiting(world))) == (times, left)
    assert caplog.text.count("did not delete response") == (times if left else 0)
    world.upstream.failing = None
    sweep(world)
    assert waiting(world) == []


def test_a_deletion_is_retried_a_limited_number_of_times(world: World, caplog: pytest.LogCaptureFixture) -> None:
    thread = two_responses(more(world, delete_responses=True))
    world.upstream.failing = LOCKED
    world.delete(f"threads/{thread}")
    for _ in range(outbox.TRIES):
        sweep(world)
    assert waiting(world) == []
    assert len(asked(world)) == 2 * outbox.TRIES
    assert "response resp_2 is not deleted: upstream will delete it after its own time" in caplog.text


def test_an_unused_thread_is_erased(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """A message, a run or a change counts as a use of a thread; reading does not."""
    more(world, retention=30 * DAY)
    left, said, ran, changed = (world.thread("One") for _ in range(4))
    world.clock.time += 20 * DAY
    world.say(said, "Two")
    world.run(ran, answer(HELLO))
    world.post(f"threads/{changed}", metadata={"a": "b"})
    world.get(f"threads/{left}/messages")
    sweep(world)
    assert world.get(f"threads/{left}")["id"] == left
    world.clock.time += 11 * DAY
    with caplog.at_level(logging.INFO, "shim"):
        sweep(world)
    assert "erased 1 threads that had not been used for 30.0 days" in caplog.text
    assert [world.base.read(threads.get, each) is None for each in (left, said, ran, changed)] == [True] + [False] * 3
    world.clock.time += 20 * DAY
    sweep(world)
    assert "threads" not in rows(world)


def test_more_threads_than_one_batch_are_erased(world: World) -> None:
    more(world, retention=DAY)
    made = [world.thread("One") for _ in range(retention.BATCH + 1)]
    world.clock.time += 2 * DAY
    young = world.thread("Two")
    assert drive.finish(retention.erase_old(world.context)) == len(made)
    assert rows(world)["threads"] == 1
    assert world.get(f"threads/{young}")["id"] == young


def test_threads_and_files_of_all_tenants_are_erased(world: World) -> None:
    """The retention time also applies to tenants that send no calls any more."""
    more(world, retention=7 * DAY, file_retention=DAY)
    theirs = world.elsewhere("me")
    more(theirs, store=theirs.context.store.of("acme"))
    for each in (world, theirs):
        thread = each.thread("One")
        made = {"id": "cfile_1", "created_at": each.context.now()}
        each.base.of(each.context.tenant).write(files.save, thread, None, made, b"x")
    world.clock.time += 2 * DAY
    sweep(world)
    assert (rows(world).get("files"), rows(world)["threads"]) == (None, 2)
    world.clock.time += 6 * DAY
    sweep(world)
    assert "threads" not in rows(world)


def test_a_thread_with_an_active_run_is_not_erased(world: World) -> None:
    more(world, retention=1.0, run_lifetime=600)
    thread = world.thread("One")
    world.run(thread, answer(call()))
    world.clock.time += 60
    sweep(world)
    assert world.get(f"threads/{thread}")["id"] == thread
    world.clock.time += 600
    sweep(world)
    assert world.base.read(threads.get, thread) is None


def test_stored_files_have_their_own_retention_time(world: World) -> None:
    more(world, file_retention=7 * DAY)
    thread = world.thread("One")
    for name, time in (("old", 1000), ("new", int(1000 + 5 * DAY))):
        body = {"id": f"cfile_{name}", "created_at": time}
        world.base.write(files.save, thread, "cntr_1", body, b"bytes")
    world.clock.time += 8 * DAY
    sweep(world)
    assert world.base.read(files.get, "cfile_old") is None
    assert world.base.read(files.content, "cfile_new") == b"bytes"
    assert world.get(f"threads/{thread}")["id"] == thread


def test_a_failure_of_the_store_is_only_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    more(world, delete_responses=True, retention=DAY)
    reply = world.reply("DELETE", f"threads/{two_responses(world)}")
    object.__setattr__(world.context, "store", Dead())
    assert pump(reply) == []
    assert "responses stay upstream for now: gone" in caplog.text
    sweep(world)
    assert "nothing could be erased: gone" in caplog.text


def test_a_response_that_begins_after_its_thread_was_deleted(world: World) -> None:
    """Another process deleted the thread; this process would have closed the connection before the first event."""
    thread = more(world, delete_responses=True).thread("One")
    other = world.elsewhere("other")
    assert world.run(thread, [lambda: other.delete(f"threads/{thread}"), *answer(HELLO, id="resp_9")])
    assert (asked(world), waiting(world)) == (["resp_9"], [])


def test_a_background_response_that_begins_after_its_thread_was_deleted(world: World) -> None:
    """No later call will poll the response, so it is cancelled and deleted at once."""
    world.upstream.can = Profile("scripted", background=True, always=True)
    thread = more(world, delete_responses=True).thread("One")

    def meanwhile(body: Any) -> Any:
        world.delete(f"threads/{thread}")
        return {"id": "resp_9", "status": "queued"}

    world.script(meanwhile)
    with pytest.raises(Refused, match="No thread found"):
        world.post(f"threads/{thread}/runs", assistant_id=world.assistant())
    assert (world.upstream.cancelled, asked(world), waiting(world)) == (["resp_9"], ["resp_9"], [])


def unheard(world: World) -> str:
    """A thread with an answer, and a script whose next answer begins without the requested history."""
    thread = world.thread("One")
    world.run(thread, answer(HELLO, id="resp_1"))
    world.say(thread, "Two")
    world.script([[created(id="resp_8", previous_response_id=None)]])
    return thread


def test_a_dropped_response_is_deleted_with_the_others(world: World) -> None:
    thread = unheard(more(world, delete_responses=True))
    world.run(thread, answer(HELLO, id="resp_9"))
    world.delete(f"threads/{thread}")
    assert asked(world) == ["resp_1", "resp_8", "resp_9"]


def test_a_refused_run_leaves_no_response_upstream(world: World) -> None:
    thread = more(world, delete_responses=True).thread("One")
    world.run(thread, answer(HELLO, id="resp_1"))
    world.say(thread, "Two")
    world.upstream.can = Profile("scripted", background=True, always=True)
    world.script({"id": "resp_8", "status": "queued", "previous_response_id": None}, Refusal(401, "No."))  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"No\."):
        world.post(f"threads/{thread}/runs", assistant_id=world.assistant())
    assert waiting(world) == ["resp_8"]
    sweep(world)
    assert asked(world) == ["resp_8"]
    world.delete(f"threads/{thread}")
    assert asked(world) == ["resp_8", "resp_1"]


def test_a_store_that_fails_when_a_response_is_discarded(world: World, caplog: pytest.LogCaptureFixture) -> None:
    more(world, delete_responses=True)
    drive.finish(retention.discard(world.context, None))
    object.__setattr__(world.context, "store", Dead())
    drive.finish(retention.discard(world.context, "resp_9"))
    assert "response resp_9 stays upstream: gone" in caplog.text


def test_an_object_is_deleted_with_the_row_of_its_request(world: World) -> None:
    """With a message or an assistant, the row of the request that created it is deleted."""
    key = {"idempotency-key": "mine"}
    asked_for = {"model": "gpt-4o", "name": "Ann"}
    helper = json.loads(world.reply("POST", "assistants", asked_for, **key).body)["id"]
    thread = world.thread()
    said = world.say(thread, "One")["id"]
    assert rows(world)["requests"] == 2
    world.delete(f"threads/{thread}/messages/{said}")
    assert rows(world)["requests"] == 1
    world.delete(f"assistants/{helper}")
    assert rows(world) == {"threads": 1}
