"""The duration of a polled run, streamed by the program or run in upstream's background mode."""

import tempfile
import time
from typing import Final
from unittest import mock

from shim import OpenAI
from tests.bench.report import Options, Report, spread, table
from tests.scenarios.doors.loopback import Loopback, Reply, Request

#: The name of each row, and its value of SHIM_BACKGROUND.
MODES: Final = {"carried by the program": "never", "in upstream's background": "always"}


def run(options: Options) -> Report:
    """Milliseconds of create_and_poll, and, if the program streams the answer, milliseconds after the model's last
    byte.
    """
    found: dict[str, dict[str, float]] = {}
    for name, setting in MODES.items():
        with tempfile.TemporaryDirectory() as folder:
            chosen = {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db", "SHIM_BACKGROUND": setting}
            with mock.patch.dict("os.environ", chosen):
                whole, late = _measured(max(options.rounds, 5))
        found[name] = spread(whole)
        if setting == "never":
            found[f"{name}, after the last byte"] = spread(late)
    columns = next(iter(found.values()))
    shown = table(("ms", *columns), [(name, *map(str, row.values())) for name, row in found.items()])
    return Report(shown, found)


def _measured(rounds: int) -> tuple[list[float], list[float]]:
    done: list[float] = []
    with Loopback() as server, OpenAI(api_key="test", base_url=server.url) as client:
        server.answer = lambda request: _timed(server.usual(request), done, request)
        helper, whole, late = client.beta.assistants.create(model="gpt-4o"), list[float](), list[float]()
        for _ in range(rounds):
            thread = client.beta.threads.create(messages=[{"role": "user", "content": "essay-30"}])
            began = time.perf_counter()
            run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=helper.id)
            assert run.status == "completed"
            whole.append((time.perf_counter() - began) * 1000)
            late.append((time.perf_counter() - done[-1]) * 1000)
    return whole, late


def _timed(reply: Reply, done: list[float], request: Request) -> Reply:
    def body() -> object:
        yield from reply.body
        done.append(time.perf_counter())

    return Reply(reply.status, reply.headers, body())  # type: ignore[arg-type]
