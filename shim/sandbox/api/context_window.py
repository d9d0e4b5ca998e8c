"""The tokens of a request, and the part of it that fits into the context window."""

from typing import Final

from shim.sandbox.shapes import items, refuse
from shim.wire import encoding
from shim.wire.types import Json

#: The item that answers a call is left out together with the call.
_ANSWERS: Final = {"function_call": "function_call_output"}


def tokens(context: list[Json], body: Json) -> int:
    """Words count as tokens: those of the conversation, the instructions and the tools."""
    return sum(items.tokens(item) for item in context) + _fixed(body)


def _fixed(body: Json) -> int:
    return len((body.get("instructions") or "").split()) + len(encoding.dumps(body.get("tools") or []).split())


def fitted(context: list[Json], body: Json, room: int) -> list[Json]:
    """The conversation as the model sees it: with ``truncation: auto`` the oldest items are left out.

    Refuses a conversation that does not fit, also if a single item is too long.
    """
    if tokens(context, body) <= room:
        return context
    fitting = list(context)
    while body.get("truncation") == "auto" and len(fitting) > 1:
        fitting = _without(fitting[0], fitting[1:])
        if tokens(fitting, body) <= room and fitting:
            return fitting
    raise refuse.context_exceeded()


def _without(dropped: Json, rest: list[Json]) -> list[Json]:
    answer = _ANSWERS.get(dropped["type"])
    return [item for item in rest if not answer or (item["type"], item.get("call_id")) != (answer, dropped["call_id"])]
