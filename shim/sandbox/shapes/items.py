"""Input items: their checks, the form in which they are stored, and the conditions between them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from shim.sandbox.shapes import hosted_items, refuse
from shim.sandbox.shapes.fields import Check, anything, array, either, nullable, one_of, record, string, tagged
from shim.wire.types import Json

STATUS: Final = one_of("in_progress", "completed", "incomplete")
_PHASE: Final = nullable(one_of("commentary", "final_answer"))
_CALL_ID: Final = string(64, empty=False)
#: A tool output may have 10,485,760 characters.
LONGEST_OUTPUT: Final = 10_485_760

_TEXT: Final = record({"type": string(), "text": string()}, "text")
_IMAGE: Final = record(
    {
        "type": string(),
        "detail": nullable(one_of("low", "high", "auto", "original")),
        "image_url": nullable(string()),
        "file_id": nullable(string()),
    }
)
_FILE: Final = record(
    {
        "type": string(),
        "file_id": nullable(string()),
        "file_data": string(),
        "file_url": string(),
        "filename": string(),
        "detail": string(),
    }
)
_GIVEN: Final = {"input_text": _TEXT, "input_image": _IMAGE, "input_file": _FILE}
_SPOKEN: Final = {
    "output_text": record(
        {"type": string(), "text": string(), "annotations": array(anything), "logprobs": array(anything)}, "text"
    ),
    "refusal": record({"type": string(), "refusal": string()}, "refusal"),
}


def _content(parts: dict[str, Check]) -> Check:
    wanted = "one of a string or an array of content parts"
    return either(wanted, {str: anything, list: array(tagged(parts), empty=False)})


def _message(id_check: Check, parts: dict[str, Check], *roles: str) -> Check:
    fields: dict[str, Check] = {
        "type": string(),
        "id": id_check,
        "role": one_of(*roles),
        "content": _content(parts),
        "status": STATUS,
    }
    return record(fields | ({"phase": _PHASE} if "assistant" in roles else {}), "role", "content")


_BY_ROLE: Final[dict[str, Check]] = {
    "assistant": _message(string(prefix="msg_"), _SPOKEN, "assistant"),
    "user": _message(string(prefix="msg_"), _GIVEN, "user"),
    "system": _message(string(prefix="msg_"), _GIVEN, "system"),
    "developer": _message(string(prefix="msg_"), _GIVEN, "developer"),
}

#: Every kind of item a request may bring.
ITEMS: Final[dict[str, Check]] = {
    "message": tagged(_BY_ROLE, "role"),
    "function_call": record(
        {
            "type": string(),
            "id": string(prefix="fc_"),
            "call_id": _CALL_ID,
            "name": string(128, pattern="[a-zA-Z0-9_-]+", empty=False),
            "arguments": string(),
            "status": STATUS,
        },
        "call_id",
        "name",
        "arguments",
    ),
    "function_call_output": record(
        {
            "type": string(),
            "id": nullable(string(prefix="fc")),
            "call_id": _CALL_ID,
            "output": either(
                "one of a string or an array of content parts",
                {str: string(LONGEST_OUTPUT), list: array(tagged(_GIVEN))},
            ),
            "status": nullable(STATUS),
        },
        "call_id",
        "output",
    ),
    # No status: the real API calls it an unknown parameter here.
    "reasoning": record(
        {
            "type": string(),
            "id": string(prefix="rs_"),
            "summary": array(tagged({"summary_text": _TEXT})),
            "content": array(tagged({"reasoning_text": _TEXT})),
            "encrypted_content": nullable(string()),
        },
        "summary",
    ),
    "item_reference": record({"type": string(), "id": string(empty=False)}, "id"),
    **hosted_items.CHECKS,
}


def check(value: Any, path: str) -> None:
    """One input item; a role without a type makes it a message."""
    if isinstance(value, dict) and "type" not in value and "role" in value:
        ITEMS["message"](value, path)
    else:
        tagged(ITEMS)(value, path)


INPUT: Final = either("one of a string or an array of input items", {str: anything, list: array(check)})


def listing(input: str | list[Json]) -> list[Json]:
    """``input`` as a list; a string is a user message."""
    if isinstance(input, list):
        return input
    return [{"role": "user", "content": input}] if input else []


def normal(input: str | list[Json], mint: Callable[[str], str]) -> list[Json]:
    """Input items in the form in which they are stored and listed: with an id, and content as parts."""
    return [_NORMAL.get(item.get("type", "message"), dict)(item) | _id(item, mint) for item in listing(input)]


def _id(item: Json, mint: Callable[[str], str]) -> Json:
    return {"id": item.get("id") or mint(PREFIX[item.get("type", "message")])}


PREFIX: Final[dict[str, str]] = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fc",
    "reasoning": "rs",
    "item_reference": "ref",
    **hosted_items.PREFIX,
}


def _normal_message(item: Json) -> Json:
    content, by_assistant = item["content"], item["role"] == "assistant"
    if isinstance(content, str):
        content = [{"type": "output_text" if by_assistant else "input_text", "text": content}]
    return {
        "id": None,
        "type": "message",
        "status": "completed",
        **{name: each for name, each in item.items() if name in ("status", "phase") and each},
        "content": [_PARTS.get(part["type"], dict)(part) for part in content],
        "role": item["role"],
    }


_PARTS: Final[dict[str, Callable[[Json], Json]]] = {
    "output_text": lambda part: {"annotations": [], "logprobs": [], **part},
    "input_image": lambda part: {"detail": "auto", "file_id": None, "image_url": None, **part},
}
_NORMAL: Final[dict[str, Callable[[Json], Json]]] = {
    "message": _normal_message,
    "function_call": lambda item: {"id": None, "status": "completed", **item},
    "function_call_output": lambda item: {"id": None, "status": "completed", **item},
}


def listed(item: Json, images: bool) -> Json:
    """An item as GET …/input_items shows it: data is not returned, and images' addresses only if requested."""
    if item["type"] != "message":
        return item
    hidden = {name: hide for name, hide in _HIDDEN.items() if not (images and name == "input_image")}
    return item | {"content": [hidden.get(part["type"], dict)(part) for part in item["content"]]}


_HIDDEN: Final[dict[str, Callable[[Json], Json]]] = {
    "input_image": lambda part: part | {"image_url": None},
    "input_file": lambda part: {
        "type": "input_file",
        "file_id": part.get("file_id"),
        "filename": part.get("filename"),
    },
}


def check_pairs(history: Iterable[Json], new: list[Json]) -> None:
    """Every call has its output, every output its call, once.  Refuses otherwise."""
    open_calls: dict[str, bool] = {}
    for item in (*history, *new):
        call_id = item.get("call_id", "")
        if item["type"] == "function_call":
            open_calls[call_id] = True
        elif item["type"] == "function_call_output":
            if call_id not in open_calls:
                raise refuse.output_without_call(call_id)
            if not open_calls[call_id]:
                raise refuse.two_outputs(call_id)
            open_calls[call_id] = False
    for call_id, is_open in open_calls.items():
        if is_open:
            raise refuse.unanswered_call(call_id)


def check_distinct(history: Iterable[Json], new_items: list[Json]) -> None:
    """Refuses an item id that occurs twice, in the request or in the chain that it continues."""
    seen = {item["id"] for item in history}
    for item in new_items:
        item_id = item.get("id")
        if item_id and item_id in seen:
            raise refuse.duplicate_item(item_id)
        seen.add(item_id)


#: Items that may follow reasoning, besides an answer.
_FOLLOWS: Final = ("function_call", "reasoning", *hosted_items.CHECKS)


def check_reasoning(new_items: list[Json], lead_of: Callable[[str], str | None]) -> None:
    """Reasoning must come before the item that followed it; ``lead_of`` returns the reasoning before a stored item.

    A reasoning item that is sent by its id needs the same item after it as before, which must also have its id.
    """
    for before, item, after in _neighbours(new_items):
        if item.get("type") == "reasoning":
            reasoning_id = item.get("id")
            follows = after is not None and (after.get("type") in _FOLLOWS or _is_answer(after))
            if not follows or (reasoning_id and not (after or {}).get("id")):
                raise refuse.lonely_reasoning(reasoning_id or "rs_")
        lead = lead_of(item.get("id") or "")
        if lead and (before or {}).get("id") != lead:
            raise refuse.lacks_reasoning(item["id"], item.get("type", "message"), lead)


def _is_answer(item: Json) -> bool:
    return item.get("type", "message") == "message" and bool(item["role"] == "assistant")


def _neighbours(new_items: list[Json]) -> Iterator[tuple[Json | None, Json, Json | None]]:
    return zip([None, *new_items[:-1]], new_items, [*new_items[1:], None], strict=True)


def text(item: Json) -> str:
    """The text of a message, with the kinds of other parts in brackets."""
    return "".join(_text_of_part(part) for part in item["content"])


def _text_of_part(part: Json) -> str:
    if part["type"] in ("input_text", "output_text"):
        return str(part["text"])
    if part["type"] == "refusal":
        return str(part["refusal"])
    source = part.get("file_id") or part.get("filename") or part.get("file_url") or part.get("image_url") or "data"
    return f"[{part['type']} {source[:64]}]"


def output_text(item: Json) -> str:
    """The text of a tool output."""
    output = item["output"]
    return output if isinstance(output, str) else "".join(_text_of_part(part) for part in output)


def tokens(item: Json) -> int:
    """Words, as tokens."""
    text_of = {"message": text, "function_call_output": output_text}.get(item["type"])
    return len((text_of(item) if text_of else str(item.get("arguments", ""))).split())
