"""The runs that a process drives: entered, interrupted, left, abandoned."""

import pytest

from shim.engine.registry import FIRST_WAIT, LAST_WAIT, MAX_AGE, MAX_POLL_LIMITS, Registry


class Wait:
    """A run's wait that counts its interruptions."""

    def __init__(self) -> None:
        self.interrupted = 0

    def interrupt(self) -> None:
        self.interrupted += 1


class Bell:
    """Counts how often it was rung."""

    def __init__(self) -> None:
        self.rung = 0

    def __call__(self) -> None:
        self.rung += 1


@pytest.fixture
def running() -> Registry:
    return Registry()


def test_a_run_is_driven_from_enter_to_leave(running: Registry) -> None:
    entries: list[list[tuple[str, str]]] = []
    running.entered = lambda: entries.append(running.runs())
    assert (running.drives("run_1"), running.runs()) == (False, [])
    running.enter("run_1", None, "acme")
    running.enter("run_2", Wait())
    assert entries == [[("acme", "run_1")], [("acme", "run_1"), ("", "run_2")]]
    running.leave("run_1")
    assert (running.drives("run_1"), running.drives("run_2")) == (False, True)
    assert running.runs() == [("", "run_2")]
    running.leave("run_1")


def test_a_notification_interrupts_only_the_runs_own_wait(running: Registry) -> None:
    mine, others = Wait(), Wait()
    running.enter("run_1", mine)
    running.enter("run_2", others)
    running.enter("run_3", None)
    for run_id in ("run_1", "run_3", "run_elsewhere"):
        running.notify(run_id)
    assert (mine.interrupted, others.interrupted) == (1, 0)
    notified = [running.is_notified(run_id) for run_id in ("run_1", "run_2", "run_3", "run_elsewhere")]
    assert notified == [True, False, True, False]
    running.leave("run_1")
    running.enter("run_1", mine)
    assert not running.is_notified("run_1"), "the next round begins anew"


def test_watchers_of_a_run_are_called_once_when_it_is_left(running: Registry) -> None:
    running.enter("run_1", None)
    bells = [Bell(), Bell(), Bell()]
    assert all(running.watch("run_1", bell) for bell in bells)
    running.unwatch("run_1", bells[1])
    running.unwatch("run_1", bells[1])
    for _ in range(2):
        running.leave("run_1")
    assert [bell.rung for bell in bells] == [1, 0, 1]


def test_a_run_of_another_process_or_tenant_cannot_be_watched(running: Registry) -> None:
    bell, observer = Bell(), Bell()
    assert not running.watch("run_1", bell)
    running.enter("run_1", None, "acme")
    assert not running.watch("run_1", bell)
    assert not running.watch("run_1", bell, "other")
    assert running.watch("run_1", observer, "acme")
    running.leave("run_1")
    assert (bell.rung, observer.rung) == (0, 1)


def test_a_forsaken_run_is_no_longer_driven(running: Registry) -> None:
    running.enter("run_1", None)
    running.abandon("run_1", "resp_1")
    assert (running.abandoned("run_1"), running.drives("run_1"), running.runs()) == (True, False, [])
    assert not running.watch("run_1", Bell())
    running.leave("run_1")
    assert (running.abandoned("run_1"), running.last_response("run_1")) == (True, "resp_1")
    # This ends when the run is driven again, or was ended in the store.
    running.enter("run_1", None)
    assert (running.abandoned("run_1"), running.last_response("run_1"), running.drives("run_1")) == (False, None, True)
    running.leave("run_1")
    running.abandon("run_1", None)
    running.notify("run_1")
    assert not running.abandoned("run_1")


def test_a_run_whose_event_loop_is_gone_is_left_at_the_next_notification() -> None:
    living, waits, bell = {"here"}, Wait(), Bell()
    running = Registry(lambda: lambda: "here" in living)
    running.enter("run_1", waits)
    assert running.watch("run_1", bell)
    living.clear()
    assert (running.abandoned("run_1"), running.drives("run_1"), running.runs()) == (True, False, [])
    assert running.last_response("run_1") is None
    running.notify("run_1")
    assert (waits.interrupted, bell.rung, running.abandoned("run_1")) == (0, 1, False)


def test_a_forked_process_drives_nothing_of_its_parents(running: Registry) -> None:
    waits, bell = Wait(), Bell()
    running.enter("run_1", waits)
    running.watch("run_1", bell)
    running.notify("run_1")
    running.abandon("run_2", "resp_2")
    assert running.may_poll("run_3", 0.0)
    running.forget()
    assert (running.runs(), running.is_notified("run_1"), running.last_response("run_2")) == ([], False, None)
    assert running.may_poll("run_3", 0.0)
    running.notify("run_1")
    running.leave("run_1")
    assert (waits.interrupted, bell.rung) == (1, 0)


def test_upstream_is_asked_often_at_first_then_once_a_second(running: Registry) -> None:
    polled = [moment / 4 for moment in range(17) if running.may_poll("run_1", moment / 4)]
    assert polled == [0.0, 0.25, 0.75, 1.75, 2.75, 3.75]
    assert (polled[1] - polled[0], polled[-1] - polled[-2]) == (FIRST_WAIT, LAST_WAIT)
    assert running.may_poll("run_2", 4.0), "each run has its own times"
    running.leave("run_1")
    assert running.may_poll("run_1", 4.0), "the next round begins anew"


def test_old_times_of_polls_are_forgotten(running: Registry) -> None:
    for number in range(MAX_POLL_LIMITS):
        assert running.may_poll(f"run_{number}", 0.0)
    assert len(running._poll_limits) == MAX_POLL_LIMITS
    assert running.may_poll("run_new", MAX_AGE + LAST_WAIT)
    assert list(running._poll_limits) == ["run_new"]
