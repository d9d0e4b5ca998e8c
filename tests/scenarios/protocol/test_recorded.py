"""Every recorded request of the second version, repeated: status, keys, their order, types, defaults.

A row below gives the reason for each difference between our answer and the recorded one; unused rows are failures, too.
"""

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import pytest

from shim import OpenAI
from shim.sandbox import Sandbox
from shim.sandbox.http import running
from tests.scenarios.protocol.again import Again
from tests.scenarios.protocol.compare import Difference, differences
from tests.scenarios.protocol.exchanges import Exchange, conversations

pytestmark = [pytest.mark.wire, pytest.mark.slow]

SCHEMA: Final = "the published schema requires it, and so do its validators"
STRICT: Final = "strict readers need a string"
OLDER: Final = "the recording is older than the field"
ELSEWHERE: Final = "made by another recording than the one that reads it"
#: Object and path, kind of difference, family of recordings: why.
ALLOWED: Final = {
    ("thread.message.status", "more", "*"): SCHEMA,
    ("thread.message.completed_at", "more", "*"): SCHEMA,
    ("thread.message.incomplete_at", "more", "*"): SCHEMA,
    ("thread.message.incomplete_details", "more", "*"): SCHEMA,
    ("thread.message.attachments", "more", "openai-dotnet"): "a modification's answer had `file_ids` in its place",
    ("thread.run.step.expired_at", "more", "*"): SCHEMA,
    ("thread.run.step.metadata", "more", "*"): SCHEMA,
    ("thread.run.instructions", "kind", "*"): STRICT,
    ("assistant.reasoning_effort", "more", "*"): OLDER,
    ("assistant.tools.file_search.ranking_options.hybrid_search", "more", "ruby-openai"): OLDER,
    ("thread.run.reasoning_effort", "more", "*"): OLDER,
    ("thread.run.parallel_tool_calls", "more", "*"): OLDER,
    ("thread.run.tools.file_search.ranking_options.hybrid_search", "more", "ruby-openai"): OLDER,
    ("thread.run*.usage.prompt_token_details", "more", "*"): OLDER,
    ("thread.run*.usage.completion_tokens_details", "more", "*"): OLDER,
    ("thread.message.attachments", "more", "ruby-openai"): OLDER,
    ("GET threads-runs-steps", "404 is 400", "ruby-openai"): "ids have been looked at for their form since",
    ("events", "thread.run.completed", "ruby-openai"): "the event's name was later `thread.run.incomplete`",
    ("list.*_id", "kind", "*"): "how much there is to list is the model's doing, or another recording's",
    ("thread.run.step.*type", "value", "ruby-openai"): ELSEWHERE,
    ("thread.run.step.step_details.message_creation", "more", "ruby-openai"): ELSEWHERE,
    ("thread.run.step.step_details.tool_calls", "missing", "ruby-openai"): ELSEWHERE,
    ("assistant.*", "kind", "openllmetry"): ELSEWHERE,
    ("assistant.instructions", "value", "openllmetry"): ELSEWHERE,
    ("thread.run.max_*_tokens", "kind", "ruby-openai"): ELSEWHERE,
    ("thread.run.instructions", "value", "ruby-openai"): ELSEWHERE,
    ("error.error.message", "value", "ruby-openai"): ELSEWHERE,
}


def found(wire: Path) -> Iterator[tuple[Exchange, Difference]]:
    """All differences in all recordings."""
    # One server for all recordings; its streams are slow, so that they can be cancelled.
    with running(Sandbox(pace=0.02)) as url, OpenAI(api_key="test", base_url=url, max_retries=0) as client:
        for exchanges in conversations(wire).values():
            again = Again(client)
            for exchange in exchanges:
                # Upstream checks API keys and answers calls about files.
                if exchange.status != 401 and exchange.path != "/files":
                    yield from ((exchange, each) for each in _differences(again, exchange))
                elif exchange.path == "/files":
                    again.pair(exchange.answer, again.send(exchange)[1])


def _differences(again: Again, exchange: Exchange) -> Iterator[Difference]:
    status, made = again.send(exchange)
    if status != exchange.status:
        yield Difference(
            f"{exchange.method} {shape(exchange.path)}", f"{exchange.status} is {status}", exchange.path, made
        )
    elif not exchange.streamed:
        again.pair(exchange.answer, made)
        yield from differences(exchange.answer, made)
    else:
        yield from _streamed(again, exchange.answer, made)


def _streamed(again: Again, recorded: list[tuple[str, Any]], made: list[tuple[str, Any]]) -> Iterator[Difference]:
    """The first recorded event of each name compared with ours; additional names depend on the model."""
    one, two = ({name: data for name, data in reversed(stream) if data} for stream in (recorded, made))
    yield from (Difference("events", name, name, list(two)) for name in one if name not in two)
    for name in one.keys() & two.keys():
        again.pair(one[name], two[name])
        yield from differences(one[name], two[name])


def shape(path: str) -> str:
    """A path without its ids."""
    parts = path.strip("/").split("/")
    return "-".join(parts if parts == ["threads", "runs"] else parts[::2])


def row(exchange: Exchange, difference: Difference) -> tuple[str, str, str] | None:
    family = Path(exchange.source).parents[1].name
    for place, what, whose in ALLOWED:
        if fnmatch(difference.place, place) and difference.what == what and fnmatch(family, whose):
            return place, what, whose
    return None


def test_every_recorded_request_gets_the_recorded_answer(wire: Path) -> None:
    undeclared, used = defaultdict(list), set()
    for exchange, difference in found(wire):
        if allowed := row(exchange, difference):
            used.add(allowed)
        else:
            example = Path(exchange.source).parent.name, difference.recorded, difference.made
            undeclared[difference.place, difference.what].append(example)
    assert dict(undeclared) == {}
    assert set(ALLOWED) - used == set()


def test_all_recordings_were_read(wire: Path) -> None:
    by_name = conversations(wire)
    routes = {(each.method, shape(each.path)) for exchanges in by_name.values() for each in exchanges}
    assert len(by_name) >= 60
    assert sum(map(len, by_name.values())) >= 300
    assert len(routes) >= 15
