"""kill -9 at every store write and every upstream event: the stored state is consistent, and the application can
continue.
"""

import time

import pytest

from tests.scenarios.crash.dying import Place
from tests.scenarios.crash.lawful import check_history, check_thread
from tests.scenarios.crash.programs import LAST, PROGRAMS, SETTLED, Application, streamed

#: Programs, and whether upstream still has their responses when the application is started again.
CASES = [(name, "kept") for name in PROGRAMS if name not in ("looking", "healed")] + [
    ("polled", "forgotten"),
    ("background", "forgotten"),
]
#: Seconds within which a run that was taken over has to settle.
SOON = 20.0


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("program,fate", CASES)
def test_killed_at_every_point(place: Place, program: str, fate: str) -> None:
    points = place.die(place.job(program))
    assert points is not None
    print(f"{program}: {len(points)} points")
    for number, name in enumerate(points, 1):
        if points[number - 2 : number + 1] == [name] * 3:
            # Between equal reads nothing is stored, so the first and the last of them are sufficient.
            continue
        if fate == "forgotten" and number < first_answer(points):
            # Upstream has no response yet, so this case is equal to "kept".
            continue
        job = place.job(program, number)
        # A program that polls may end before the last commits of its run.
        assert place.die(job) is None or program in ("polled", "background"), f"{name} was not reached again"
        if fate == "forgotten":
            place.upstream.sandbox.forget()
        place.upstream.requests.clear()
        with place.application(job) as app:
            try:
                check_and_go_on(place, app, program, fate)
            except Exception as problem:
                problem.add_note(f"killed at point {number} of {len(points)}, {name!r}")
                raise


def first_answer(points: list[str]) -> int:
    """The number of the first point at which upstream has a response."""
    return min(points.index(name) for name in ("opened", "begun") if name in points) + 1


def check_and_go_on(place: Place, app: Application, program: str, fate: str = "kept") -> None:
    """The application is started again: every object is in a legal state, no run has failed because our process died,
    and the application completes its work.
    """
    deadline = time.monotonic() + SOON
    for run in app.runs():
        while app.threads.runs.retrieve(run.id, thread_id=app.thread_id).status not in SETTLED:
            assert time.monotonic() < deadline, "nobody drives it"
            time.sleep(0.002)
    check_thread(app.threads, app.thread_id)
    if (program, fate) != ("background", "forgotten"):
        # A background response that upstream has lost cannot be recovered by the shim.
        assert [run.last_error for run in app.runs() if run.status == "failed"] == []
    PROGRAMS[program].program(app)
    app.add_message(LAST)
    app.go_on(streamed)
    check_thread(app.threads, app.thread_id)
    messages = [message.to_dict(mode="json") for message in app.messages()]
    check_history(place.history(), messages[:-1])
    questions = [message["content"][0]["text"]["value"] for message in messages if message["role"] == "user"]
    assert questions == [PROGRAMS[program].question, *PROGRAMS[program].more, LAST]


@pytest.mark.slow
def test_killed_while_a_lost_chain_is_replayed(place: Place) -> None:
    """From the transaction that records the lost chain to the first events of the answer to the complete thread."""
    points = place.die(place.job("healed"))
    assert points is not None
    anew = points.index("in _anew")
    assert [name for name in points[anew:] if name == "opened"] == ["opened"]
    for number in range(anew - 1, anew + 6):
        job = place.job("healed", number)
        assert place.die(job) is None
        place.upstream.requests.clear()
        with place.application(job) as app:
            check_and_go_on(place, app, "healed")


def test_killed_while_it_takes_over_a_dead_run(place: Place) -> None:
    first = place.dead("polled", "read response.output_item.done")
    points = place.die(place.job("looking", after=first))
    assert points == ["found completed", "in _finish", "after _finish"]
    for number in range(1, len(points) + 1):
        job = place.job("looking", number, after=first)
        assert place.die(job) is None
        place.upstream.requests.clear()
        with place.application(job) as app:
            assert [run.status for run in app.runs()] == ["requires_action"]
            check_and_go_on(place, app, "polled")
