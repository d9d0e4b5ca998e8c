"""Conditions for every thread at the end: each message once, in order, and no active run."""

from collections.abc import Iterator
from typing import Any

from shim.engine.run import notes, refresh
from tests.scenarios.crash.lawful import check_history, check_thread
from tests.scenarios.load.program import ACTIVE
from tests.scenarios.load.scale import facts, question
from tests.scenarios.load.stage import Stage

Json = dict[str, Any]
#: The errors of runs that failed because of the shim or its process; no run may have one.
OURS = (refresh.ORPHANED, refresh.UNSTORED, notes.OURS.format(""))


def check(stage: Stage) -> None:
    """Check every thread of the stage; the failure message shows each wrong thread in full."""
    stage.upstream.calm = True
    with stage.client() as client:
        wrong = [found for thread_id in stage.thread_ids if (found := _wrong(stage, client, thread_id))]
    assert not wrong, f"{len(wrong)} of {len(stage.thread_ids)} threads are not whole\n\n" + "\n\n".join(wrong)


def _wrong(stage: Stage, client: Any, thread_id: str) -> str | None:
    threads, history = client.beta.threads, list[Json]()
    try:
        check_thread(threads, thread_id)
        _check_runs(stage, threads, thread_id)
        messages = [each.to_dict(mode="json") for each in threads.messages.list(thread_id, limit=100, order="asc")]
        given = {"thread_id": thread_id, "assistant_id": stage.assistant_id, "instructions": "Go on."}
        assert threads.runs.create_and_poll(**given).status == "completed"
        history = stage.upstream.history(stage.upstream.last)
        check_history(history, messages)
        return None
    except AssertionError as problem:
        return "\n".join(
            [f"{thread_id}: {problem}", *_seen(threads, thread_id), *(f"  item {item}" for item in history)]
        )


def _seen(threads: Any, thread_id: str) -> Iterator[str]:
    for run in threads.runs.list(thread_id, limit=100, order="asc"):
        yield f"  run {run.id} {run.status} {run.last_error}"
    for message in threads.messages.list(thread_id, limit=100, order="asc"):
        text = "".join(part.text.value for part in message.content)
        yield f"  message {message.run_id} {message.role} {message.status} {text}"


def _check_runs(stage: Stage, threads: Any, thread_id: str) -> None:
    """Every question occurs once and in order, and exactly one completed run answers it before the next question."""
    runs = {run.id: run for run in threads.runs.list(thread_id, limit=100)}
    assert not [run.status for run in runs.values() if run.status in ACTIVE]
    assert [run.id for run in runs.values() if run.last_error and run.last_error.message.startswith(OURS)] == []
    answers: list[tuple[int, str]] = []
    turn = 0
    for message in threads.messages.list(thread_id, limit=100, order="asc"):
        text = "".join(part.text.value for part in message.content)
        if message.role == "user":
            turn += 1
            assert text == question(turn)
        elif runs[message.run_id].status == "completed":
            assert message.status == "completed"
            assert all(known in text for known in facts(stage.seed, thread_id, turn))
            answers.append((turn, message.run_id))
    assert [number for number, _ in answers] == list(range(1, stage.scale.turns + 1)), thread_id
    completed = [run.id for run in runs.values() if run.status == "completed"]
    assert sorted(completed) == sorted(run_id for _, run_id in answers)
