"""The recordings with which the sandbox is compared: how they are read, sent again, and compared."""

import copy
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.sandbox.drive import Client, Json

#: Keys that newer recordings have and older ones do not have yet. The sandbox sends all keys of the newest recordings;
#: a recording may lack the keys listed here and no others.
NEWER = {
    "background": "since 2025-05",
    "completed_at": "since 2025-12",
    "frequency_penalty": "since 2026-01",
    "max_tool_calls": "since 2025-06",
    "moderation": "since 2026-04",
    "presence_penalty": "since 2026-01",
    "prompt_cache_key": "since 2025-07",
    "prompt_cache_retention": "since 2025-11",
    "safety_identifier": "since 2025-07",
    "service_tier": "since 2025-04",
    "tool_usage": "since 2026-06",
    "top_logprobs": "since 2025-06",
    "billing": "since 2025-09, in JSON bodies of finished responses only",
    "context": "in reasoning, since 2026-06",
    "content": "in reasoning items, since 2026-06",
    "verbosity": "in text, since 2025-08",
    "summary": "in reasoning, where 2025-03 had generate_summary",
    "logprobs": "in text parts and their events, since 2025-06",
    "obfuscation": "since 2025-08",
    "cache_write_tokens": "in usage, since 2026-07",
    "vector_store_id": "in the results of a file search, since 2025-10",
    "queries": "in the action of a web search, since 2025-11",
}
#: Keys that older recordings have and newer ones no longer have, with the keys that replaced them.
DROPPED = {"generate_summary": "summary"}


class Exchange:
    """One recorded exchange: ``request`` (if recorded), ``events`` of a stream or ``body`` of another answer."""

    def __init__(self, wire: Path, case: str, name: str) -> None:
        (meta,) = sorted((wire / "responses" / case).glob(f"{name}*.meta.json"))
        stem = str(meta).removesuffix(".meta.json")
        self.meta: Json = json.loads(meta.read_text())
        assert self.meta["genuine"], name
        self.request: Json = _json(Path(f"{stem}.request.json"))
        self.body: Json = _json(Path(f"{stem}.response.json"))
        stream = Path(f"{stem.removesuffix('.sse')}.response.sse")
        lines = stream.read_text().splitlines() if stream.exists() else []
        self.events: list[Json] = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]

    def swap(self, new: dict[str, str]) -> None:
        """Replace recorded ids with ids of the sandbox, everywhere."""
        for name in ("request", "body", "events"):
            text = json.dumps(getattr(self, name))
            for old, made in new.items():
                text = text.replace(old, made)
            setattr(self, name, json.loads(text))


def _json(path: Path) -> Json:
    found: Json = json.loads(path.read_text()) if path.exists() else {}
    return found


def send_again(client: Client, exchange: Exchange, control_words: str, first: str, **changes: Any) -> Any:
    """Send the recorded request with ``control_words`` added to its last user message.

    Returns the events of a stream, or the body.

    If the request continues a response, ``first`` is sent before, so that there is a response to continue.
    """
    body = copy.deepcopy(exchange.request) | changes
    if control_words:
        body["input"] = _with(body["input"], control_words)
    if body.get("previous_response_id"):
        _continue(client, body, first)
    reply = client.request("POST", "/responses", body)
    assert reply.status == 200, client.bytes(reply)
    return client.events(reply) if body.get("stream") else json.loads(client.bytes(reply))


def _with(given: Any, control_words: str) -> Any:
    """The control words are put first, before the recorded text with the question in plain language."""
    if isinstance(given, str):
        return f"{control_words} {given}"
    last = [item for item in given if item.get("role") == "user"][-1]
    if isinstance(last["content"], str):
        last["content"] = f"{control_words} {last['content']}"
    else:
        last["content"] = [{"type": "input_text", "text": f"{control_words} "}, *last["content"]]
    return given


def _continue(client: Client, body: Json, first: str) -> None:
    opening = {name: body[name] for name in ("model", "tools") if name in body} | {"input": first}
    made = json.loads(client.bytes(client.request("POST", "/responses", opening)))
    body["previous_response_id"] = made["id"]
    ids = [item["call_id"] for item in made["output"] if item["type"] == "function_call"]
    answers = [item for item in body["input"] if item.get("type") == "function_call_output"]
    for answer, call_id in zip(answers, ids, strict=True):
        answer["call_id"] = call_id


def same_keys(recorded: Any, made: Any, where: str = "") -> Iterable[str]:
    """The positions at which the two differ in their keys, or in being an object, a list or neither."""
    if isinstance(recorded, dict) and isinstance(made, dict):
        yield from (f"{where}.{key} is missing" for key in recorded if key not in made and DROPPED.get(key) not in made)
        yield from (f"{where}.{key} is too much" for key in made if key not in recorded and key not in NEWER)
        for key in recorded.keys() & made.keys():
            yield from same_keys(recorded[key], made[key], f"{where}.{key}")
    elif isinstance(recorded, list) and isinstance(made, list):
        if bool(recorded) != bool(made):
            yield f"{where} is empty in one of them"
        for each, other in zip(recorded, made, strict=False):
            yield from same_keys(each, other, f"{where}[]")
    elif type(recorded) is not type(made) and not (_plain(recorded) and _plain(made)):
        yield f"{where} was {recorded!r} and is {made!r}"


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


#: Fields that a response repeats from its request: they are compared by value if the request sets them.
ECHOED = (
    "background",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "object",
    "parallel_tool_calls",
    "status",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
)


def same_echo(recorded: Json, made: Json) -> Iterable[str]:
    for name in ECHOED:
        if name in recorded and _newest(recorded[name]) != _newest(made[name]):
            yield f"{name} was {recorded[name]!r} and is {made[name]!r}"


def _newest(value: Any) -> Any:
    return {"verbosity": "medium", **value} if isinstance(value, dict) and "format" in value else value


def differences(recorded: list[Json], made: list[Json]) -> list[str]:
    """Compares two streams with equal event types: the first event of each type and item with its counterpart."""
    found: list[str] = []
    for each, other in zip(_distinct(recorded), _distinct(made), strict=True):
        found += same_keys(each, other, each["type"])
        if "response" in each:
            found += same_echo(each["response"], other["response"])
    return found


def _distinct(events: list[Json]) -> list[Json]:
    return [each for place, each in enumerate(events) if place == 0 or events[place - 1]["type"] != each["type"]]
