"""Converts a native response and its input to objects of a thread."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from shim.translate import items, stream
from shim.translate.history import CALL_ITEMS, REPLAYED
from shim.translate.normalise import response as normal_response
from shim.translate.turn import GeneratedFile, Turn
from shim.wire import objects
from shim.wire.types import Json

#: Roles that messages may have.  Items with the role system or developer are only in the journal.
MESSAGE_ROLES: Final = ("user", "assistant")
#: Texts that replace parts whose content upstream does not return, or which a message cannot show.
UNSEEN: Final = "[{}]"


class Converted(NamedTuple):
    """The output of a response: each item for the journal, with the message that shows it, and the files that code
    wrote.
    """

    items: list[tuple[Json, Json | None]]
    generated_files: list[GeneratedFile]


def listing(input: str | Iterable[Any]) -> list[Json]:
    """The ``input`` of a request as items in the journal's form; a text is a user's message."""
    if isinstance(input, str):
        input = [{"role": "user", "content": input}]
    return [items.journalled(item) for item in input]


def listed(item: Json) -> Json:
    """An item of ``input_items`` in the form of an input: without upstream's id.

    Parts whose data upstream does not return become texts that name them, as they would be refused without the data.
    """
    own = (
        item if item.get("type") in CALL_ITEMS else {name: item[name] for name in item if name not in ("id", "status")}
    )
    if item.get("type") != "message" or not isinstance(item.get("content"), list):
        return own
    return own | {"content": [_with_text(part) for part in item["content"]]}


def _with_text(part: Json) -> Json:
    data = ("file_id", "image_url", "file_url", "file_data", "input_audio")
    if part.get("type") not in items.MEDIA or any(part.get(name) for name in data):
        return part
    return {"type": "input_text", "text": UNSEEN.format(part.get("filename") or part["type"])}


def converted(response: Json, thread_id: str, new_id: Callable[[str], str]) -> Converted:
    """The output of a finished response, translated by the same rules as in a run; its messages belong to no run.

    Times are the response's own, in seconds.
    """
    now = int(response["created_at"])
    turn = Turn(objects.run("", now, thread_id, ""), new_id, lambda: now)
    event = {"type": f"response.{response['status']}", "response": normal_response(response)}
    messages = {
        data["id"]: data | {"run_id": None, "assistant_id": None}
        for _, data in stream.translate(turn, event)
        if data.get("object") == "thread.message"
    }
    return Converted([_as_emitted(turn, key, item, messages) for key, item in turn.done], turn.generated_files)


def _as_emitted(turn: Turn, key: str, item: Json, messages: dict[str, Json]) -> tuple[Json, Json | None]:
    opened = turn.items.get(key)
    call_id = None if opened is None else opened.call.get("id")
    message_id = None if opened is None else opened.message.get("id")
    return items.journalled(item, call_id), None if message_id is None else messages[message_id]


def message(item: Json, id: str, now: int, thread_id: str) -> Json | None:
    """The message that shows an input item; None if a thread does not show it."""
    if item["type"] != "message" or item["role"] not in MESSAGE_ROLES:
        return None
    files = [part["file_id"] for part in item["content"] if part.get("type") == "input_file" and part.get("file_id")]
    return objects.message(id, now, thread_id, item["role"]) | {
        "content": [_shown(part) for part in item["content"]],
        "attachments": [{"file_id": file_id, "tools": []} for file_id in files],
    }


def _shown(part: Json) -> Json:
    """A part of an item in the form of a message."""
    kind = part.get("type")
    if kind == "refusal":
        return {"type": "refusal", "refusal": part["refusal"]}
    if kind == "input_image" and part.get("file_id"):
        image = {"file_id": part["file_id"], "detail": part.get("detail") or "auto"}
        return {"type": "image_file", "image_file": image}
    if kind == "input_image" and part.get("image_url"):
        return {"type": "image_url", "image_url": {"url": part["image_url"], "detail": part.get("detail") or "auto"}}
    text = part["text"] if "text" in part else UNSEEN.format(part.get("filename") or kind)
    return {"type": "text", "text": {"value": text, "annotations": []}}


def repeated_count(input_items: list[Json], known: Iterable[Json]) -> int | None:
    """How many items at the beginning of ``input_items`` repeat ``known``; None if they differ."""
    waiting = [bare for item in known if (bare := _bare(item)) is not None]
    done = 0
    for position, item in enumerate(input_items):
        if done == len(waiting):
            return position
        bare = _bare(item)
        if bare is not None and bare != waiting[done]:
            return None
        done += bare is not None
    return len(input_items) if done == len(waiting) else None


def _bare(item: Json) -> Json | None:
    """The fields that identify an item, in a form that does not depend on its source; None for items that are not
    always sent again.
    """
    item = items.normal(item)
    replayed = REPLAYED[item["type"]](item) if item["type"] in REPLAYED and item["type"] != "reasoning" else None
    if replayed is None or replayed["type"] != "message":
        return replayed
    return {"role": replayed["role"], "content": [_bare_part(part) for part in replayed["content"]]}


def _bare_part(part: Json) -> Json:
    plain = {"detail": "auto"}
    return {name: value for name, value in part.items() if value is not None and plain.get(name) != value}
