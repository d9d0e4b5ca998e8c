"""The time limit of the run for which upstream is called."""

import contextvars
import threading

from shim.ports import Call
from shim.upstream import lifetime


def test_outside_of_runs_there_is_no_limit() -> None:
    assert (lifetime.current(), lifetime.remaining(), lifetime.is_over()) == (None, None, False)


def test_within_a_run_its_end_is_the_limit() -> None:
    call = Call(until=1010.0)
    with lifetime.within(call):
        assert lifetime.remaining(lambda: 1003.0) == 7.0
        assert not lifetime.is_over()
        call.interruption.interrupt()
        assert lifetime.is_over()
        with lifetime.within(None):
            assert not lifetime.is_over()
            assert lifetime.remaining() is None
        assert lifetime.is_over()
    assert lifetime.current() is None


def test_a_call_without_its_own_limit_uses_that_of_the_run_around_it() -> None:
    run, other, unknowing = Call(until=1.0), Call(until=2.0), Call()
    assert lifetime.of(unknowing) is unknowing
    with lifetime.within(run):
        assert lifetime.of(unknowing) is run
        assert lifetime.of(other) is other
    with lifetime.within(unknowing):
        assert lifetime.remaining() is None


def test_a_thread_with_a_copied_context_has_the_limit() -> None:
    call, seen = Call(until=1.0), list[object]()
    with lifetime.within(call):
        context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(lambda: seen.append(lifetime.current()),))
    thread.start()
    thread.join(20)
    assert seen == [call]
