"""The killed process: it runs a program up to a point, in a fork of a clean process that has loaded everything."""

import json
import os
import warnings
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from typing import Any

from shim import OpenAI
from shim.engine import registry
from shim.runtime import pump
from tests.scenarios.crash.faults import Points
from tests.scenarios.crash.programs import PROGRAMS, Application

Json = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """A program, the addresses of its database and upstream, and the number of the point at which it dies (None:
    never).

    ``machine``: the name of another machine, on which the process pretends to run.  ``lease``: in seconds.
    """

    program: str
    database: str
    upstream: str
    assistant_id: str
    thread_id: str
    fatal: int | None = None
    machine: str | None = None
    lease: float = 30.0


def environment(job: Job) -> dict[str, str]:
    return {"SHIM_DATABASE_URL": job.database, "SHIM_LEASE": str(job.lease), **PROGRAMS[job.program].environment}


def run(job: Job, sender: Connection) -> None:
    """The whole work of the process; if it survives, it sends the points that it passed through ``sender``."""
    warnings.simplefilter("error")
    os.environ.update(environment(job))
    if (machine := job.machine) is not None:
        pump._machine = lambda: machine  # type: ignore[assignment]
    registry.FIRST_WAIT = 0.0  # type: ignore[misc]
    points = Points(job.fatal)
    client = OpenAI(base_url=job.upstream, api_key="test", max_retries=0)
    points.install()
    try:
        PROGRAMS[job.program].program(Application(client, job.assistant_id, job.thread_id))
    except Exception as problem:
        sender.send(json.dumps({"job": asdict(job), "problem": repr(problem), "passed": points.passed}))
        raise
    sender.send(json.dumps({"passed": points.passed}))
