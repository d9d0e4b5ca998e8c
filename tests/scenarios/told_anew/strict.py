"""Servers that check every item of a conversation, and refuse malformed ones."""

import json
import re
from collections.abc import Callable
from typing import Any

from shim.ports import Profile, Refusal
from tests.engine.scripted import Read, answer

Json = dict[str, Any]
#: A server that stores nothing, so that every conversation is replayed.
STATELESS = Profile("stateless", stores=False)
ALLOWED = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def by_name(place: int, wrong: str, value: object) -> Refusal:
    """A refusal in OpenAI's form."""
    message = f"Invalid 'input[{place}].{wrong}': string does not match pattern '^[a-zA-Z0-9_-]+$'. Got {value!r}."
    return Refusal(400, message, param=f"input[{place}].{wrong}", code="invalid_value")


def by_status(place: int, wrong: str, value: object) -> Refusal:
    """A refusal in llama.cpp's form."""
    return Refusal(500, "Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error")


def fault(body: Json) -> tuple[int, str, object] | None:
    """The first error in the input: position, field and value."""
    call_ids: list[str] = []
    for place, item in enumerate(body["input"]):
        if item.get("type") == "function_call":
            call_ids.append(item["call_id"])
            for name in ("call_id", "name"):
                if not ALLOWED.fullmatch(item[name]):
                    return place, name, item[name]
            try:
                assert isinstance(json.loads(item["arguments"]), dict)
            except (ValueError, AssertionError):
                return place, "arguments", item["arguments"]
        if item.get("type") == "function_call_output":
            if item["call_id"] not in call_ids:
                return place, "call_id", item["call_id"]
            call_ids.remove(item["call_id"])
    return (len(body["input"]), "output", call_ids[0]) if call_ids else None


def strict(refuse: Callable[[int, str, object], Refusal], *items: Json, **more: Any) -> Callable[[Json], Any]:
    """A script's entry that answers a valid conversation, and refuses any other."""

    def answers(body: Json) -> list[Read] | Refusal:
        found = fault(body)
        return answer(*items, **more) if found is None else refuse(*found)

    return answers
