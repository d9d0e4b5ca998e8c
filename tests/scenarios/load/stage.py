"""Processes are started, killed and restarted until all conversations have ended."""

import json
import os
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest

from shim import OpenAI
from tests.scenarios.crash.dying import forks
from tests.scenarios.load import worker
from tests.scenarios.load.faulty import Faulty
from tests.scenarios.load.program import TOOLS
from tests.scenarios.load.scale import Scale
from tests.server.processes import answers, children, running
from tests.server.served import until


@dataclass
class Figures:
    """The results of a load test."""

    seconds: float = 0.0
    kills: int = 0
    workers_killed: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    turns: list[float] = field(default_factory=list)

    def row(self, scale: Scale) -> dict[str, str]:
        runs = sum(count for what, count in self.noted.items() if what.startswith("run "))
        errors = sum(count for what, count in self.noted.items() if what.startswith("error "))
        spread = statistics.quantiles(self.turns, n=20)
        return {
            "processes x threads x turns": f"{scale.processes} x {scale.threads} x {scale.turns}",
            "seconds": f"{self.seconds:.0f}",
            "turns a second": f"{scale.all_turns / self.seconds:.1f}",
            "seconds a turn: median, 95 of 100": f"{spread[9]:.2f}, {spread[18]:.2f}",
            "processes killed: programs, workers of the server": f"{self.kills}, {self.workers_killed}",
            "requests upstream": str(self.requests),
            "of them 429, 500, cut, silent": ", ".join(str(self.faults[k]) for k in ("429", "500", "cut", "silence")),
            "runs that programs saw end": str(runs),
            "of them completed, failed": f"{self.noted['run completed']}, {self.noted['run failed']}",
            "errors that programs caught": str(errors),
        }


@dataclass
class Stage:
    """``url``: the store.  ``workers``: how many processes the server has that the programs call; 0 where the shim runs
    in the programs themselves.
    """

    scale: Scale
    url: str
    folder: Path
    upstream: Faulty
    workers: int = 0
    seed: str = field(default_factory=lambda: f"{random.getrandbits(64):x}")
    assistant_id: str = ""
    thread_ids: list[str] = field(default_factory=list)
    figures: Figures = field(default_factory=Figures)

    @contextmanager
    def client(self) -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SHIM_DATABASE_URL", self.url)
            with OpenAI(base_url=self.upstream.url, api_key="test") as client:
                yield client

    def perform(self) -> Figures:
        """Run all conversations from beginning to end."""
        with self.client() as client:
            self.assistant_id = client.beta.assistants.create(model="gpt-4o", tools=TOOLS).id
            self.thread_ids = [client.beta.threads.create().id for _ in range(self.scale.all_threads)]
        with self._serving() if self.workers else nullcontext() as server:
            began = time.monotonic()
            self._see_through(began + self.scale.deadline, server)
            self.figures.seconds = time.monotonic() - began
        self.figures.requests, self.figures.faults = self.upstream.served, self.upstream.faults
        self._read_notes()
        return self.figures

    @contextmanager
    def _serving(self) -> Iterator["Server"]:
        """The server; at the end its log must contain no internal error."""
        env = {"SHIM_DATABASE_URL": self.url, "OPENAI_API_KEY": "test"}
        how = ("--upstream", self.upstream.url, "--workers", str(self.workers), "--log-level", "warning")
        with (self.folder / "server.log").open("w+b") as log, running(*how, env=env, log=log) as (it, url):
            until(lambda: len(children(it.pid)) == self.workers and answers(url))
            yield Server(it.pid, f"{url}/v1")
            log.seek(0)
            logged = log.read().decode()
        assert "Traceback" not in logged, logged

    def _see_through(self, deadline: float, server: "Server | None") -> None:
        context = forks()
        working = {number: self._start(context, number, server) for number in range(self.scale.processes)}
        due = self.scale.kill_every
        while working:
            assert time.monotonic() < deadline, f"something hangs: {self.hanging()}"
            wait([process.sentinel for process in working.values()], timeout=0.05)
            for number, process in list(working.items()):
                if process.exitcode is not None:
                    assert process.exitcode == 0, f"process {number} ended with {process.exitcode}"
                    working.pop(number).close()
            if working and self.upstream.served >= due:
                due = self.upstream.served + self.scale.kill_every
                if server is not None and self.figures.workers_killed <= self.figures.kills:
                    self.figures.workers_killed += server.kill_one()
                    continue
                number = random.choice(list(working))
                self._kill(working[number])
                working[number] = self._start(context, number, server)

    def _start(self, context: Any, number: int, server: "Server | None") -> Any:
        each, timeouts = self.scale.threads, self.scale.timeouts
        job = worker.Job(
            self.url,
            self.upstream.url,
            server.url if server else None,
            self.assistant_id,
            tuple(self.thread_ids[number * each : (number + 1) * each]),
            self.scale.turns,
            self.seed,
            timeouts[number % len(timeouts)],
            str(self.folder / "notes"),
        )
        process = context.Process(target=worker.work, args=(job,), daemon=True)
        process.start()
        return process

    def _kill(self, process: Any) -> None:
        process.kill()
        process.join()
        process.close()
        self.figures.kills += 1

    def hanging(self) -> list[str]:
        """The threads with an active run, as text for the failure message."""
        self._read_notes()
        with self.client() as client:
            newest = [client.beta.threads.runs.list(id, limit=1).data for id in self.thread_ids]
        return [f"{run[0].thread_id} {run[0].id} {run[0].status}" for run in newest if run and not run[0].completed_at]

    def _read_notes(self) -> None:
        for line in (self.folder / "notes").read_text().splitlines():
            what, seconds = json.loads(line)
            self.figures.noted[what] += 1
            if what == "turn":
                self.figures.turns.append(seconds)


@dataclass(frozen=True)
class Server:
    """``assistants-shim serve``: the supervising process, and the address."""

    pid: int
    url: str

    def kill_one(self) -> int:
        """Kill a worker and thereby the runs that it drives; returns how many were killed."""
        alive = children(self.pid)
        if alive:
            os.kill(random.choice(alive), signal.SIGKILL)
        return len(alive[:1])
