"""The stored events of a stream, for readers that connect later."""

import threading
from collections.abc import Callable

import pytest

from shim.relay.log import Log, Logs, Missed


def nothing() -> None: ...


def log(*pieces: bytes, limit: int = 100, deserted: Callable[[], None] = nothing) -> Log:
    made = Log(deserted, limit)
    for piece in pieces:
        made.add(piece)
    return made


def test_a_reader_continues_after_a_number() -> None:
    made = log(b"a", b"b", b"c")
    assert [made.after(number) for number in range(4)] == [[b"a", b"b", b"c"], [b"b", b"c"], [b"c"], []]


def test_the_oldest_pieces_are_dropped_first() -> None:
    made = log(b"aaaa", b"bbbb", b"cccc", limit=8)
    assert made.after(1) == [b"bbbb", b"cccc"]
    with pytest.raises(Missed):
        made.after(0)
    assert [made.has(number) for number in range(5)] == [False, True, True, True, False]


def test_a_piece_that_is_too_large_is_stored_until_the_next_one() -> None:
    assert log(b"a", b"b" * 20, limit=8).after(1) == [b"b" * 20]


def test_readers_are_notified_of_new_pieces_until_they_leave() -> None:
    rung = threading.Event()
    made = log()
    made.watch(rung.set)
    made.add(b"a")
    assert rung.is_set()
    rung.clear()
    made.end()
    assert rung.is_set()
    rung.clear()
    made.unwatch(rung.set)
    made.add(b"b")
    assert not rung.is_set()


def test_the_log_reports_when_the_last_reader_has_left() -> None:
    left: list[str] = []
    made = log(deserted=lambda: left.append("left"))
    one, other = threading.Event(), threading.Event()
    made.watch(one.set)
    made.watch(other.set)
    made.unwatch(one.set)
    assert (left, made.is_read.is_set()) == ([], True)
    made.unwatch(other.set)
    made.unwatch(other.set)
    assert (left, made.is_read.is_set()) == (["left"], False)
    made.watch(one.set)
    made.end()
    made.unwatch(one.set)
    assert left == ["left"], "after the end nobody has to read any more"


def test_logs_are_found_by_thread_and_run_and_removed_after_their_end() -> None:
    logs = Logs(seconds=-1.0)
    going, ended = log(), log()
    ended.end()
    logs.put("thread_1", "run_1", ended)
    assert logs.get("thread_1", "run_1") is ended
    assert logs.get("thread_2", "run_1") is None
    logs.put("thread_1", "run_2", going)
    logs.put("thread_1", "run_3", going)
    assert logs.get("thread_1", "run_1") is None
    assert logs.get("thread_1", "run_2") is going
