"""A process of another machine: that it has died is known only from the end of its lease."""

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
from tests.scenarios.crash.test_crash import check_and_go_on

#: Seconds; long enough to read the run before the lease ends, also on a slow machine.
LEASE = 3.0


@pytest.mark.slow
def test_a_dead_process_of_another_machine_blocks_its_thread_until_its_lease_ends(place: Place) -> None:
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
        # Upstream had finished the response in the meantime.
        assert [run.status for run in app.runs()] == ["requires_action"]
        place.upstream.requests.clear()
        check_and_go_on(place, app, "polled")


def test_one_of_two_applications_finishes_a_lost_run(place: Place) -> None:
    job = place.dead("polled", "read response.output_item.done")
    with place.application(job) as app, place.application(job) as other, ThreadPoolExecutor() as pool:
        seen = list(pool.map(lambda each: [run.status for run in each.runs()], [app, other]))
        assert seen == [["requires_action"], ["requires_action"]]
        place.upstream.requests.clear()
        check_and_go_on(place, app, "polled")


def test_an_owner_name_is_one_process_of_one_machine() -> None:
    assert pump.alive(pump.owner())
    machine, pid, born = pump.owner().split(" ")
    assert pump.alive(f"elsewhere {pid} {born}")
    assert not pump.alive(f"{machine} {pid} 1")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = pump._name(child.pid)
    assert pump.alive(name)
    child.kill()
    # Dead, but still a zombie: its parent has not waited for it.
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not pump.alive(name)
    child.communicate()
    assert not pump.alive(name)
