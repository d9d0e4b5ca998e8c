"""A process of another machine: of its death nothing is known but that its lease runs out."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import openai
import pytest

from shim.runtime import pump
from tests.scenarios.crash.dying import Place
from tests.scenarios.crash.test_crash import look_and_go_on

#: Seconds; long enough for a look before it is over, on a slow machine too.
LEASE = 3.0


@pytest.mark.slow
def test_a_dead_process_of_another_machine_keeps_its_thread_as_long_as_its_lease(place: Place) -> None:
    points = place.die(place.job("polled"))
    assert points is not None
    fatal = points.index("read response.in_progress") + 1
    job = replace(place.job("polled", fatal), machine="elsewhere", lease=LEASE)
    assert place.die(job) is None
    died = time.monotonic()
    with place.application(job) as app:
        assert [run.status for run in app.runs()] == ["in_progress"]
        with pytest.raises(openai.BadRequestError, match=r"while a run run_\w+ is active"):
            app.threads.messages.create(app.thread_id, role="user", content="Hello?")
        while app.runs()[-1].status == "in_progress":
            assert time.monotonic() < died + LEASE + 2
        # Upstream had finished it meanwhile.
        assert [run.status for run in app.runs()] == ["requires_action"]
        place.upstream.asked.clear()
        look_and_go_on(place, app, "polled")


def test_of_two_who_find_a_lost_run_one_finishes_it(place: Place) -> None:
    job = place.dead("polled", "read response.output_item.done")
    with place.application(job) as app, place.application(job) as other, ThreadPoolExecutor() as pool:
        seen = list(pool.map(lambda each: [run.status for run in each.runs()], [app, other]))
        assert seen == [["requires_action"], ["requires_action"]]
        place.upstream.asked.clear()
        look_and_go_on(place, app, "polled")


def test_a_name_stands_for_one_process_of_one_machine() -> None:
    assert pump.alive(pump.owner())
    machine, pid, born = pump.owner().split(" ")
    assert pump.alive(f"elsewhere {pid} {born}")
    assert not pump.alive(f"{machine} {pid} 1")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = pump._name(child.pid)
    assert pump.alive(name)
    child.kill()
    # Dead, and not buried yet.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not pump.alive(name)
    child.communicate()
    assert not pump.alive(name)
