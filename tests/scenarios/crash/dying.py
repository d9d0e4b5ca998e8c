"""Kill a process at a given point, and read the state that it left."""

import json
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import Self

from shim import OpenAI
from shim.store.database import database
from tests.scenarios.crash import victim
from tests.scenarios.crash.programs import LOST, PROGRAMS, TOOLS, Application
from tests.scenarios.crash.victim import Job
from tests.scenarios.doors.loopback import Loopback, Reply, Request
from tests.stores import Stores

Json = dict[str, Any]
ROOT = Path(__file__).parents[3]
#: Seconds after which a process that neither died nor ended counts as stuck.
PATIENCE = 30.0


def forks() -> ForkServerContext:
    """A fork server of one clean process that has loaded everything: it makes a new process in milliseconds."""
    os.environ["PYTHONPATH"] = str(ROOT)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.scenarios.crash.warm"])
    return context


class Diligent(Loopback):
    """An upstream that completes every answer, even when its reader has disconnected."""

    def __init__(self) -> None:
        super().__init__(self._finished)

    def __enter__(self) -> Self:
        super().__enter__()
        # Connections break here on purpose; their tracebacks would look like errors.
        self._http.handle_error = lambda request, address: None  # type: ignore[method-assign]
        return self

    def _finished(self, request: Request) -> Reply:
        if b"previous_response_id" in request.body and LOST.encode() in request.body:
            self.sandbox.forget()
        usual = self.usual(request)
        return replace(usual, body=list(usual.body))


@dataclass
class Place:
    """The environment in which jobs run: a prepared database to copy, an upstream, a fork server."""

    folder: Path
    stores: Stores
    upstream: Diligent
    context: ForkServerContext

    def __post_init__(self) -> None:
        self.template = self.stores.new(self.folder)
        base = database(self.template)
        with self.client(self.template) as client:
            self.assistant_id = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id
            self.thread_id = client.beta.threads.create().id
        base.close()

    @contextmanager
    def client(self, url: str, **environment: str) -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"SHIM_DATABASE_URL": url, **environment}.items():
                patch.setenv(name, value)
            with OpenAI(base_url=self.upstream.url, api_key="test", max_retries=0) as client:
                yield client

    def job(self, program: str, fatal: int | None = None, after: Job | None = None) -> Job:
        """A job on its own copy of a database: of the prepared one, or of the database that a dead process left."""
        url = self.stores.copy(after.database if after else self.template, self.folder)
        return Job(program, url, self.upstream.url, self.assistant_id, self.thread_id, fatal)

    def dead(self, program: str, name: str) -> Job:
        """A job that was killed at its first point of that name."""
        points = self.die(self.job(program))
        assert points is not None
        job = self.job(program, points.index(name) + 1)
        assert self.die(job) is None
        return job

    def die(self, job: Job) -> list[str] | None:
        """Run the job.  Returns the points that it passed, or None if it was killed at its point."""
        receiver, sender = self.context.Pipe(duplex=False)
        process = self.context.Process(target=victim.run, args=(job, sender), daemon=True)
        process.start()
        sender.close()
        process.join(PATIENCE)
        code = process.exitcode
        process.close()
        if code == -9:
            receiver.close()
            return None
        report = json.loads(receiver.recv())
        receiver.close()
        assert "problem" not in report, report
        passed: list[str] = report["passed"]
        return passed

    @contextmanager
    def application(self, job: Job) -> Iterator[Application]:
        """The same application, started again."""
        with self.client(job.database, **PROGRAMS[job.program].environment) as client:
            yield Application(client, job.assistant_id, job.thread_id)
        database(job.database).close()

    def history(self) -> list[Json]:
        """The input items of the last request, oldest first: those of its chain, and those in the request."""
        body = self.upstream.bodies[-1]
        previous = body.get("previous_response_id")
        return [*(self._chain(previous) if previous else ()), *body["input"]]

    def _chain(self, response_id: str) -> list[Json]:
        path = f"/v1/responses/{response_id}"
        inputs = self._get(f"{path}/input_items", limit="100", order="asc")["data"]
        return [*inputs, *self._get(path)["output"]]

    def _get(self, path: str, **query: str) -> Json:
        me = {"authorization": "Bearer me"}
        reply = self.upstream.sandbox.handle("GET", path, list(query.items()), me, b"")
        assert isinstance(reply.body, bytes)
        found: Json = json.loads(reply.body)
        return found
