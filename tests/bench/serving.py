"""The same streams with and without `assistants-shim serve`: time to the first text, and time per event."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest import mock

import openai

import shim
from tests.bench.report import Json, Options, Report, spread, table
from tests.bench.watch import Watch
from tests.listening import free_port
from tests.recordings import ROOT

WHAT: Final = {
    "a": "client.responses.create(stream=True) on the sandbox",
    "p": "the same, passed on by the server",
    "c": "shim runs.create(stream=True) on the sandbox",
    "s": "SDK runs.create(stream=True) on the server",
}
#: Each measure through the server is compared with the same measure without it.
RATIOS: Final = (("p", "a"), ("s", "c"))
PROGRAM: Final = "from shim.sandbox import http; import sys; http.serve(int(sys.argv[1]))"


@dataclass(frozen=True)
class Stand:
    near: openai.OpenAI
    far: openai.OpenAI
    within: Any
    text: str


def run(options: Options) -> Report:
    """The added cost of a server in between: another process and another network hop."""
    found: dict[str, list[Watch]] = {name: [] for name in WHAT}
    with _stand(options.deltas) as stand:
        # The first round is a warm-up.
        for number in range(options.rounds + 1):
            for name, stream in VARIANTS.items():
                watch = Watch()
                texts = stream(stand)
                watch.start()
                for text in texts:
                    watch.record(text)
                watch.stop()
                if number:
                    found[name].append(watch)
    return _report(found)


def _responses(client: openai.OpenAI, text: str) -> Iterator[str]:
    for event in client.responses.create(model="gpt-4o", input=text, stream=True):
        if event.type == "response.output_text.delta":
            yield event.delta


def _run(client: Any, text: str) -> Iterator[str]:
    helper = client.beta.assistants.create(model="gpt-4o")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": text}])

    def texts() -> Iterator[str]:
        for event in client.beta.threads.runs.create(thread_id=thread.id, assistant_id=helper.id, stream=True):
            if event.event == "thread.message.delta":
                yield event.data.delta.content[0].text.value

    return texts()


VARIANTS: Final[dict[str, Callable[[Stand], Iterator[str]]]] = {
    "a": lambda stand: _responses(stand.near, stand.text),
    "p": lambda stand: _responses(stand.far, stand.text),
    "c": lambda stand: _run(stand.within, stand.text),
    "s": lambda stand: _run(stand.far, stand.text),
}


@contextmanager
def _stand(deltas: int) -> Iterator[Stand]:
    given: Any = {"api_key": "bench", "max_retries": 8}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(mock.patch.dict(os.environ, {"SHIM_DATABASE_URL": f"sqlite:///{folder}/shim.db"}))
        port = str(free_port())
        sandbox = f"http://127.0.0.1:{port}/v1"
        stack.enter_context(_process("-c", PROGRAM, port))
        near = openai.OpenAI(base_url=sandbox, **given)
        # The server prints nothing when it is ready, so requests are repeated until it answers.
        near.models.list()
        served = stack.enter_context(_process("-m", "shim", "serve", "--port", "0", "--upstream", sandbox))
        far = openai.OpenAI(base_url=served.stdout.readline().partition(",")[0], **given)
        within = stack.enter_context(shim.OpenAI(base_url=sandbox, **given))
        yield Stand(stack.enter_context(near), stack.enter_context(far), within, f"essay-{deltas}")


@contextmanager
def _process(*arguments: str) -> Iterator[Any]:
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True) as it:
        try:
            yield it
        finally:
            it.kill()


def _report(found: dict[str, list[Watch]]) -> Report:
    first = {name: [watch.to_first() for watch in watches] for name, watches in found.items()}
    each = {name: [watch.wall(watch.events) for watch in watches] for name, watches in found.items()}
    rows = [
        (f"{name}: {what}", f"{spread(first[name])['median']:.1f}", f"{spread(each[name])['median']:.1f}")
        for name, what in WHAT.items()
    ]
    ratios: Json = {}
    for through, without in RATIOS:
        pairs = zip(each[through], each[without], strict=True)
        more = zip(first[through], first[without], strict=True)
        ratios[f"{through}/{without}"] = spread(one / other for one, other in pairs)
        ratios[f"{through}-{without} ms to the first"] = spread(one - other for one, other in more)
    shown = table(("", "ms to the first", "µs an event"), rows)
    summary = table(("", "median", "min", "max"), [(name, *map(str, value.values())) for name, value in ratios.items()])
    return Report(f"{shown}\n\n{summary}", {"first": first, "event": each, "ratios": ratios})
