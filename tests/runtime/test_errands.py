"""Work that a client waits for before it is closed."""

import asyncio
import os
import threading
import time
from functools import partial

import pytest

from shim.runtime import drive
from shim.runtime.errands import TaskErrands, ThreadErrands

LONG = 60.0


def test_an_errand_in_a_thread_ends_in_its_time() -> None:
    errands, done = ThreadErrands(LONG), threading.Event()

    def work() -> None:
        time.sleep(0.1)
        done.set()

    errands.begin(work, "errand", pytest.fail)
    drive.finish(errands.finish())
    assert done.is_set()
    assert errands.everywhere == {}


def test_an_errand_in_a_thread_that_takes_too_long_is_given_up() -> None:
    errands, given_up = ThreadErrands(0.05), threading.Event()
    errands.begin(partial(given_up.wait, LONG), "errand", given_up.set)
    drive.finish(errands.finish())
    assert given_up.is_set()
    assert errands.everywhere == {}


def test_errands_of_another_client_are_not_waited_for() -> None:
    other, go_on = ThreadErrands(LONG), threading.Event()
    other.begin(partial(go_on.wait, LONG), "errand", pytest.fail)
    drive.finish(ThreadErrands(LONG).finish())
    assert len(other.everywhere) == 1
    go_on.set()
    drive.finish(other.finish())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_has_none_of_its_parents_errands() -> None:
    errands, go_on = ThreadErrands(LONG), threading.Event()
    errands.begin(partial(go_on.wait, LONG), "errand")
    child = os.fork()
    if child == 0:
        os._exit(len(errands.everywhere))
    assert os.waitpid(child, 0)[1] == 0
    go_on.set()
    drive.finish(errands.finish())


async def test_an_errand_in_a_task_ends_in_its_time() -> None:
    errands, steps = TaskErrands(LONG), []

    async def work() -> None:
        await asyncio.sleep(0.05)
        steps.append("done")

    errands.begin(work, "errand")
    await errands.finish()
    assert steps == ["done"]


async def test_an_errand_in_a_task_that_takes_too_long_is_given_up() -> None:
    errands, given_up = TaskErrands(0.05), asyncio.Event()

    async def give_up() -> None:
        given_up.set()

    errands.begin(given_up.wait, "errand", give_up)
    await errands.finish()
    assert given_up.is_set()
    assert errands._still() == []


async def test_an_errand_that_closes_its_client_does_not_wait_for_itself() -> None:
    errands = TaskErrands(LONG)
    ended = asyncio.Event()

    async def work() -> None:
        await errands.finish()
        ended.set()

    errands.begin(work, "errand")
    await asyncio.wait_for(ended.wait(), LONG / 2)
