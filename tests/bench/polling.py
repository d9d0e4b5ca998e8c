"""How long after the model is done a polled run returns."""

import tempfile
import time
from unittest import mock

from shim import OpenAI
from tests.bench.report import Options, Report, spread, table
from tests.scenarios.doors.loopback import Asked, Loopback, Said


def run(options: Options) -> Report:
    """Milliseconds from the model's last byte to the return of create_and_poll."""
    with tempfile.TemporaryDirectory() as folder:
        url = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db"}
        with mock.patch.dict("os.environ", url):
            found = spread(_measured(max(options.rounds, 5)))
    shown = table(("", *found), [("ms", *map(str, found.values()))])
    return Report(shown, {"ms": found})


def _measured(rounds: int) -> list[float]:
    done: list[float] = []
    with Loopback() as server, OpenAI(api_key="test", base_url=server.url) as client:
        server.answer = lambda asked: _timed(server.usual(asked), done, asked)
        helper, late = client.beta.assistants.create(model="gpt-4o"), []
        for _ in range(rounds):
            thread = client.beta.threads.create(messages=[{"role": "user", "content": "essay-30"}])
            run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
            assert run.status == "completed"
            late.append((time.perf_counter() - done[-1]) * 1000)
    return late


def _timed(said: Said, done: list[float], asked: Asked) -> Said:
    def body() -> object:
        yield from said.body
        done.append(time.perf_counter())

    return Said(said.status, said.headers, body())  # type: ignore[arg-type]
