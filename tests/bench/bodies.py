"""The answer that every variant reads: one message of many small deltas, in the format of the Responses API."""

import random
from typing import Any, Final

from shim.wire import sse

Json = dict[str, Any]

WORDS: Final = (" the", " a", " of", " model", " answers", " slowly", ",", " piece", " by", " é", " 東京", ".\n", "s")
ITEM_ID: Final = "msg_0123456789abcdef0123456789abcdef0123456789abcdef01"


def random_texts(deltas: int) -> list[str]:
    """The deltas' texts; they are the same for every run."""
    return random.Random(deltas).choices(WORDS, k=deltas)


def _response(status: str, output: list[Json], usage: Json | None) -> Json:
    nothing = ("error", "incomplete_details", "instructions", "max_output_tokens", "max_tool_calls", "user")
    return dict.fromkeys(nothing) | {
        "id": "resp_0123456789abcdef0123456789abcdef0123456789abcdef01",
        "object": "response",
        "created_at": 1758064436,
        "status": status,
        "background": False,
        "model": "gpt-4o-mini-2024-07-18",
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "auto",
        "usage": usage,
        "metadata": {},
    }


def events(deltas: int) -> tuple[list[Json], list[Json], list[Json]]:
    """The events before the deltas, the deltas, and the events after the deltas."""
    texts = random_texts(deltas)
    part = {"type": "output_text", "annotations": [], "logprobs": [], "text": "".join(texts)}
    item = {"id": ITEM_ID, "type": "message", "status": "completed", "content": [part], "role": "assistant"}
    usage = {"input_tokens": 11, "output_tokens": deltas, "total_tokens": 11 + deltas}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    place: Json = {"item_id": ITEM_ID, "output_index": 0, "content_index": 0}
    opening = _response("in_progress", [], None)
    before = [
        {"type": "response.created", "response": opening},
        {"type": "response.in_progress", "response": opening},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": item | {"status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **place, "part": part | {"text": ""}},
    ]
    middle = [
        {"type": "response.output_text.delta", **place, "delta": text, "logprobs": [], "obfuscation": "x" * 11}
        for text in texts
    ]
    after = [
        {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": _response("completed", [item], usage)},
    ]
    for number, event in enumerate([*before, *middle, *after]):
        event["sequence_number"] = number
    return before, middle, after


def pieces(deltas: int, burst: int) -> list[bytes]:
    """The answer's bytes, cut into network reads: ``burst`` deltas in one read, every other event in a read of its
    own.
    """
    before, middle, after = events(deltas)
    bursts = [middle[place : place + burst] for place in range(0, deltas, burst)]
    reads = [[event] for event in before] + bursts + [[event] for event in after]
    return [b"".join(sse.encode(event["type"], event) for event in read) for read in reads]
