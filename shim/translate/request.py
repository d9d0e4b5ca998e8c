"""A run as the body of ``POST /responses``.

Upstream takes only the conversation over from one response to the next, so instructions, tools and every other
parameter are sent with each request of a run, tool rounds included.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shim.translate import tools
from shim.translate.models import REFUSABLE
from shim.wire.texts import Items
from shim.wire.types import Json

#: The value of ``include`` for reasoning that can be sent again.
ENCRYPTED: Final = "reasoning.encrypted_content"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The values, besides the run itself, that its next request depends on.

    ``model``: the one that is called, which may differ from the one that the run shows.  ``resources``: vector stores
    and files of hosted tools.  ``previous``: the response to chain from.  ``spent``: completion tokens used so far.
    ``obeyed``: whether the model has followed a forced tool choice once; if it were forced each time, the run would
    never end.  ``store``: whether upstream stores the answer; if not, ``carry_reasoning`` requests reasoning in a form
    that can be sent again.  ``without``: parameters that the model is known to refuse.
    """

    model: str
    resources: Json
    previous: str | None = None
    spent: int = 0
    obeyed: bool = False
    store: bool = True
    carry_reasoning: bool = False
    without: frozenset[str] = frozenset()


def _model(run: Json, circumstances: Circumstances) -> Json:
    return {"model": circumstances.model}


def _instructions(run: Json, circumstances: Circumstances) -> Json:
    return {"instructions": run["instructions"]} if run["instructions"] else {}


def _tools(run: Json, circumstances: Circumstances) -> Json:
    sent = tools.sent(run["tools"], circumstances.resources)
    if not sent:
        return {}
    body: Json = {"tools": sent}
    if not run["parallel_tool_calls"] and "parallel_tool_calls" not in circumstances.without:
        body["parallel_tool_calls"] = False
    tool_choice = tools.choice(run["tool_choice"], sent)
    forced = tool_choice == "required" or isinstance(tool_choice, dict)
    if tool_choice != "auto" and not (forced and circumstances.obeyed):
        body["tool_choice"] = tool_choice
    return body


def _include(run: Json, circumstances: Circumstances) -> Json:
    """Results of hosted tools that steps show; and encrypted reasoning, if upstream does not store it."""
    carried = circumstances.carry_reasoning and ENCRYPTED not in circumstances.without
    wanted = tools.includes(run["tools"]) + ([ENCRYPTED] if carried else [])
    return {"include": wanted} if wanted and "include" not in circumstances.without else {}


def _sampling(run: Json, circumstances: Circumstances) -> Json:
    """1.0 is the default of both APIs and is not sent, as reasoning models refuse the parameter."""
    wanted = {name: run[name] for name in REFUSABLE if run[name] not in (None, 1.0)}
    return {name: value for name, value in wanted.items() if name not in circumstances.without}


def _limit(run: Json, circumstances: Circumstances) -> Json:
    cap = run["max_completion_tokens"]
    return {} if cap is None else {"max_output_tokens": cap - circumstances.spent}


def _reasoning(run: Json, circumstances: Circumstances) -> Json:
    wanted = run["reasoning_effort"] is not None and "reasoning" not in circumstances.without
    return {"reasoning": {"effort": run["reasoning_effort"]}} if wanted else {}


def _format(run: Json, circumstances: Circumstances) -> Json:
    wanted = run["response_format"]
    if wanted == "auto" or wanted["type"] == "text":
        return {}
    if wanted["type"] == "json_object":
        return {"text": {"format": {"type": "json_object"}}}
    schema = {key: value for key, value in wanted["json_schema"].items() if value is not None}
    return {"text": {"format": {"type": "json_schema"} | schema}}


def _truncation(run: Json, circumstances: Circumstances) -> Json:
    """The old API left out messages that did not fit; upstream does so, too, if it can.  `last_messages` is done by
    replay.
    """
    wanted = run["truncation_strategy"]["type"] == "auto" and "truncation" not in circumstances.without
    return {"truncation": "auto"} if wanted else {}


def _metadata(run: Json, circumstances: Circumstances) -> Json:
    return {"metadata": run["metadata"]} if run["metadata"] and "metadata" not in circumstances.without else {}


def _stream(run: Json, circumstances: Circumstances) -> Json:
    """The sender of the body adds ``stream``, unless the model has refused to stream."""
    return {"stream": False} if "stream" in circumstances.without else {}


def _chain(run: Json, circumstances: Circumstances) -> Json:
    """``store`` is always sent, as its default differs between organisations, unless the server refuses the field."""
    body: Json = {} if "store" in circumstances.without else {"store": circumstances.store}
    return body | ({"previous_response_id": circumstances.previous} if circumstances.previous else {})


#: All fields of a request besides ``input``, in the order in which they are sent.
WRITERS: Final[tuple[Callable[[Json, Circumstances], Json], ...]] = (
    _model,
    _instructions,
    _tools,
    _include,
    _sampling,
    _limit,
    _reasoning,
    _format,
    _truncation,
    _metadata,
    _stream,
    _chain,
)


def body(run: Json, items: Items, circumstances: Circumstances) -> Json:
    """The whole request body; without ``stream`` in it, a stream is requested."""
    fields: Json = {}
    for write in WRITERS:
        fields |= write(run, circumstances)
    if not items and circumstances.previous is None:
        # A first run with instructions and no messages: the API requires some input, so the instructions are sent once
        # as a developer's item.
        items = Items.of([{"role": "developer", "content": run["instructions"]}])
    return fields | {"input": items}
