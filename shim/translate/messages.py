"""Rules for what the model writes: messages, their text, their refusals."""

from collections.abc import Callable, Iterator
from typing import Final

from shim.translate import citations
from shim.translate.turn import STEP_OPENS, Emitted, Json, Open, Part, Turn, emits
from shim.wire import objects

#: Content part of a Responses message: the key of its text, and the Assistants part that shows it.
PARTS = {"output_text": ("text", "text"), "refusal": ("refusal", "refusal")}


@emits(*STEP_OPENS, "thread.message.created", "thread.message.in_progress", "thread.message.delta")
def open_message(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A message item begins: its step first, then the message, each told twice as the API did."""
    message_id = turn.new_id("msg")
    details = {"type": "message_creation", "message_creation": {"message_id": message_id}}
    step: Json = {}
    for name, step in turn.open_step(details):
        yield name, step
    message = objects.answer(message_id, step["created_at"], turn.run)
    item = turn.open(event, Open("message", step, message=message))
    yield "thread.message.created", message
    yield "thread.message.in_progress", message
    yield from _show_images(turn, item)


def _show_images(turn: Turn, item: Open) -> Iterator[Emitted]:
    """Plots stand before the text, as they did, if they are known by then."""
    while turn.images:
        part = Part(len(item.parts), "image_file", told=[turn.images.pop(0)])
        # Upstream's parts count from 0; ours that it does not have, from below.
        item.parts[-1 - part.index] = part
        yield _delta(item, {"index": part.index} | SHOWN[part.kind](part))


@emits("thread.message.delta")
def text_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Some text."""
    item = turn.find(event, "message")
    if item is not None and event["delta"]:
        yield _tell(item, part_of(item, event, "text"), event["delta"])


@emits("thread.message.delta")
def refusal_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """Some of a refusal."""
    item = turn.find(event, "message")
    if item is not None and event["delta"]:
        yield _tell(item, part_of(item, event, "refusal"), event["delta"])


@emits("thread.message.delta")
def annotation_added(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A citation or a generated file."""
    item = turn.find(event, "message")
    if item is not None:
        yield from _annotate(turn, item, part_of(item, event, "text"), event["annotation"])


@emits("thread.message.delta", "thread.message.completed", "thread.run.step.completed")
def close_message(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A message item is over.  One that was cut short stays open until the response says why."""
    item = turn.find(event, "message")
    if item is None:
        return
    for index, content in enumerate(event["item"].get("content") or []):
        yield from _settle(turn, item, {"content_index": index}, content)
    if event["item"].get("status", "completed") != "incomplete":
        yield from complete(turn, item)


def complete(turn: Turn, item: Open) -> Iterator[Emitted]:
    """The message is whole."""
    now = turn.now()
    whole = {"content": contents(item), "attachments": attachments(item)}
    item.message = item.message | {"status": "completed", "completed_at": now} | whole
    item.open = False
    yield from turn.hold(item.step)
    yield "thread.message.completed", item.message


def _settle(turn: Turn, item: Open, place: Json, content: Json) -> Iterator[Emitted]:
    """Hold a finished part against what was told of it: what is missing is told now, any other difference is noted."""
    key, kind = PARTS.get(content["type"], ("", ""))
    if not kind:
        return
    part = part_of(item, place, kind)
    whole, heard = content.get(key) or "", "".join(part.heard)
    if not whole.startswith(heard):
        turn.differences.append(f"the text told differs from the finished text of {item.kind} part {part.index}")
        return
    for annotation in sorted((content.get("annotations") or [])[part.announced :], key=citations.place):
        yield from _catch_up(item, part, whole, citations.place(annotation))
        yield from _annotate(turn, item, part, annotation)
    yield from _catch_up(item, part, whole, len(whole))
    if not part.told:
        # A part without any text is told all the same: who folds the deltas counts parts.
        yield _tell(item, part, "")


def _catch_up(item: Open, part: Part, whole: str, upto: int) -> Iterator[Emitted]:
    """Tell what of ``whole`` has not been told up to a place."""
    if missing := whole[part.heard_length : upto]:
        yield _tell(item, part, missing)


def _annotate(turn: Turn, item: Open, part: Part, annotation: Json) -> Iterator[Emitted]:
    """Put an annotation into a part.  A citation brings its marker, whole, in the same delta."""
    part.announced += 1
    made = citations.make(turn, part, annotation)
    yield from _show_images(turn, item)
    if made is None:
        return
    shown, marker = made
    text: Json = {"annotations": [{"index": len(part.annotations)} | citations.as_delta(shown)]}
    part.annotations.append(shown)
    part.fresh = False
    if marker:
        part.told.append(marker)
        part.told_length += len(marker)
        text = {"value": marker} | text
    yield _delta(item, {"index": part.index, "type": "text", "text": text})


def part_of(item: Open, event: Json, kind: str) -> Part:
    """The part that an event speaks of, opened at its first mention.  Ours are numbered without gaps."""
    place = event.get("content_index", 0)
    part = item.parts.get(place)
    if part is None:
        part = item.parts[place] = Part(len(item.parts), kind)
    return part


def contents(item: Open) -> list[Json]:
    """The open message's content as a finished message shows it."""
    return [SHOWN[part.kind](part) for part in item.parts.values()]


#: A part as a finished message shows it.
SHOWN: Final[dict[str, Callable[[Part], Json]]] = {
    "text": lambda part: {
        "type": "text",
        "text": {"value": "".join(part.told), "annotations": part.annotations},
    },
    "refusal": lambda part: {"type": "refusal", "refusal": "".join(part.told)},
    "image_file": lambda part: {"type": "image_file", "image_file": {"file_id": part.told[0]}},
}


def attachments(item: Open) -> list[Json]:
    """The files that code wrote for the message: whoever reads it finds them here, linked or not."""
    files = dict.fromkeys(file_id for part in item.parts.values() for file_id in part.files)
    return [{"file_id": file_id, "tools": [{"type": "code_interpreter"}]} for file_id in files]


def _tell(item: Open, part: Part, value: str) -> Emitted:
    """More of a part, as upstream says it."""
    part.heard.append(value)
    part.heard_length += len(value)
    part.told.append(value)
    part.told_length += len(value)
    if part.kind == "refusal":
        return _delta(item, {"index": part.index, "type": "refusal", "refusal": value})
    text: Json = {"value": value}
    if part.fresh:
        # Only the first piece of a part carried the key in the recordings.
        part.fresh = False
        text["annotations"] = []
    return _delta(item, {"index": part.index, "type": "text", "text": text})


def _delta(item: Open, content: Json) -> Emitted:
    return (
        "thread.message.delta",
        {"id": item.message["id"], "object": "thread.message.delta", "delta": {"content": [content]}},
    )
