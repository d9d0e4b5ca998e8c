"""Rules for the model's messages: text, refusals, annotations."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Final

from shim.translate import citations
from shim.translate.turn import STEP_OPENS, Emitted, OpenItem, Part, Turn, better, emits
from shim.wire import objects
from shim.wire.types import Json

#: Content part of a Responses message: the key of its text, and the Assistants part that shows it.
PARTS: Final = {"output_text": ("text", "text"), "refusal": ("refusal", "refusal")}
#: The same from the Assistants part: upstream's part, and the key of its text.
UPSTREAM: Final = {shown: (kind, key) for kind, (key, shown) in PARTS.items()}
#: The events that the first text of a message emits if the message was not announced.
MESSAGE_OPENS: Final = (*STEP_OPENS, "thread.message.created", "thread.message.in_progress", "thread.message.delta")


@emits(*MESSAGE_OPENS)
def open_message(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A message item begins: its step first, then the message, each with two events as in the API."""
    message_id = turn.new_id("msg")
    details = {"type": "message_creation", "message_creation": {"message_id": message_id}}
    step: Json = {}
    for name, step in turn.open_step(details):
        yield name, step
    message = objects.answer(message_id, step["created_at"], turn.run)
    item = turn.show(event, OpenItem("message", step, message=message))
    yield "thread.message.created", message
    yield "thread.message.in_progress", message
    yield from _show_images(turn, item)


def _show_images(turn: Turn, item: OpenItem) -> Iterator[Emitted]:
    """Plots that are known by now stand before the text, as they did."""
    while turn.images:
        part = Part(len(item.parts), "image_file", emitted=[turn.images.pop(0)])
        # Upstream's parts are numbered from 0; parts that it does not have get negative numbers.
        item.parts[-1 - part.index, part.kind] = part
        yield _delta(item, {"index": part.index} | SHOWN[part.kind](part))


@emits(*MESSAGE_OPENS)
def text_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A piece of text."""
    if event["delta"]:
        item = turn.find(event, "message") or (yield from _unannounced(turn, event))
        if item is not None and item.open:
            yield _piece(item, part_of(item, event, "text"), event["delta"])


def more_text(turn: Turn, event: Json) -> Emitted | None:
    """The event for a further piece of a message that is shown; None for another text."""
    item = turn.find(event, "message")
    if item is None or not item.open or not event["delta"]:
        return None
    return _piece(item, part_of(item, event, "text"), event["delta"])


@emits(*MESSAGE_OPENS)
def refusal_delta(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A piece of a refusal."""
    if event["delta"]:
        item = turn.find(event, "message") or (yield from _unannounced(turn, event))
        if item is not None and item.open:
            yield _piece(item, part_of(item, event, "refusal"), event["delta"])


@emits(*MESSAGE_OPENS)
def annotation_added(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A citation or a generated file."""
    item = turn.find(event, "message") or (yield from _unannounced(turn, event))
    if item is not None and item.open:
        yield from _annotate(turn, item, part_of(item, event, "text"), event["annotation"])


#: Events with a complete part, and the part in them.
WHOLE_PART: Final[dict[str, Callable[[Json], Json]]] = {
    "response.output_text.done": lambda event: {"type": "output_text", "text": event["text"]},
    "response.refusal.done": lambda event: {"type": "refusal", "refusal": event["refusal"]},
    "response.content_part.done": lambda event: event["part"],
}


@emits(*MESSAGE_OPENS)
def part_done(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A complete part.  Its rest is emitted when its message ends, as only then all its annotations and their offsets
    are known.
    """
    content = WHOLE_PART[event["type"]](event)
    if content["type"] in PARTS:
        item = turn.find(event, "message") or (yield from _unannounced(turn, event))
        if item is not None and item.open:
            kind = PARTS[content["type"]][1]
            _remember(item, (position_of(item, event, kind), kind), content)


def _unannounced(turn: Turn, event: Json) -> Generator[Emitted, None, OpenItem | None]:
    return turn.unannounced(event, "message", open_message)


@emits("thread.message.delta", "thread.message.completed", "thread.run.step.completed")
def close_message(turn: Turn, event: Json) -> Iterator[Emitted]:
    """A message item has ended.  It stays open until the response ends if it is incomplete, or if this event has less
    of its text than earlier ones.
    """
    item = turn.shown(event)
    if item is None or not item.open:
        return
    content = event["item"].get("content") or []
    for key, finished in _finished(item, content):
        _remember(item, key, finished)
    yield from settle(turn, item)
    if event["item"].get("status") != "incomplete" and _is_all(item, content):
        yield from complete(turn, item)


def _finished(item: OpenItem, content: list[Json]) -> Iterator[tuple[tuple[int, str], Json]]:
    """The finished parts, each with the key of the emitted part: by kind and position, else by kind and order."""
    texts = [(index, PARTS[part["type"]][1], part) for index, part in enumerate(content) if part["type"] in PARTS]
    unused = [key for key in item.parts if key not in {(index, kind) for index, kind, _ in texts}]
    for index, kind, part in texts:
        key = (index, kind)
        if key not in item.parts and (same_kind := [other for other in unused if other[1] == kind]):
            key = same_kind[0]
            unused.remove(key)
        yield key, part


def _is_all(item: OpenItem, content: list[Json]) -> bool:
    """Whether a finished content is not empty and equals the text that was received before."""
    known = [part for part in content if part["type"] in PARTS]
    finished = sorted((PARTS[part["type"]][1], part.get(PARTS[part["type"]][0]) or "") for part in known)
    emitted = sorted((part.kind, "".join(part.received)) for part in item.parts.values() if part.kind in UPSTREAM)
    return finished == emitted and any(text for _, text in finished)


def complete(turn: Turn, item: OpenItem) -> Iterator[Emitted]:
    """The message is complete."""
    yield from settle(turn, item)
    now = turn.now()
    whole = {"content": contents(item), "attachments": attachments(item)}
    item.message = item.message | {"status": "completed", "completed_at": now} | whole
    item.open = False
    turn.settle(item, as_emitted(item, "completed"))
    yield from turn.postpone(item.step)
    yield "thread.message.completed", item.message


@emits()
def late_message(turn: Turn, event: Json) -> Iterator[Emitted]:
    """An event about a message after its end was emitted.  Further text is stored; a different text is only logged."""
    item = turn.shown(event)
    if item is not None and not item.open and item.parts:
        for key, finished in _finished(item, event["item"].get("content") or []):
            text = finished.get(UPSTREAM[key[1]][1]) or ""
            if text.startswith("".join(item.parts[key].received)) if key in item.parts else text:
                _remember(item, key, finished)
        if list(settle(turn, item)):
            item.message = item.message | {"content": contents(item), "attachments": attachments(item)}
            turn.settle(item, as_emitted(item, "completed"))
            turn.amend(item)
    yield from ()


def as_emitted(item: OpenItem, status: str) -> Json:
    """The message as an item for the journal, with the text that was received."""
    assert item.known is not None
    content = []
    for part_key, part in item.parts.items():
        if part.kind in UPSTREAM:
            kind, key = UPSTREAM[part.kind]
            content.append({"type": kind} | item.finished.get(part_key, {}) | {key: "".join(part.received)})
    return item.known.item | {"role": "assistant", "status": status, "content": content}


def _remember(item: OpenItem, key: tuple[int, str], finished: Json) -> None:
    """Store the longest of the complete versions of a part."""
    text, before = UPSTREAM[key[1]][1], item.finished.get(key, {})
    fields: Json = {text: better(before.get(text) or "", finished.get(text) or "")}
    if notes := max(before.get("annotations") or [], finished.get("annotations") or [], key=len):
        fields["annotations"] = notes
    item.finished[key] = finished | fields


def settle(turn: Turn, item: OpenItem) -> Iterator[Emitted]:
    """Compare the finished parts with the received text, and emit what is missing."""
    for key, content in sorted(item.finished.items(), key=lambda each: each[0][0]):
        part_at(item, *key)
        yield from _settle(turn, item, key, content)


def _settle(turn: Turn, item: OpenItem, key: tuple[int, str], content: Json) -> Iterator[Emitted]:
    """Emit the rest of a finished part.  If it differs in another way, only the finished text is stored, as emitted
    deltas cannot be taken back.
    """
    part = item.parts[key]
    received = "".join(part.received)
    whole = better(received, content[UPSTREAM[part.kind][1]])
    if not whole.startswith(received):
        turn.differences.append(
            f"the text that was sent differs from the finished text of {item.kind} part {part.index}"
        )
        item.parts[key] = _written_anew(turn, part, whole, content)
        return
    for annotation in sorted((content.get("annotations") or [])[part.announced :], key=citations.offset):
        yield from _catch_up(item, part, whole, citations.offset(annotation))
        yield from _annotate(turn, item, part, annotation)
    yield from _catch_up(item, part, whole, len(whole))
    if not part.emitted:
        # An empty part is emitted, too, as programs that accumulate deltas count parts.
        yield _piece(item, part, "")


def _written_anew(turn: Turn, part: Part, whole: str, content: Json) -> Part:
    """A part with the finished text and its annotations, without repeating the effects of those that were already
    emitted.
    """
    rewritten = Part(part.index, part.kind, fresh=False)
    scratch = replace(turn, citations=turn.citations - len(part.markers))
    notes = enumerate(content.get("annotations") or [])
    for number, annotation in sorted(notes, key=lambda note: citations.offset(note[1])):
        _write(rewritten, whole[rewritten.received_length : citations.offset(annotation)])
        scratch.generated_files, scratch.images = (
            ([], []) if number < part.announced else (turn.generated_files, turn.images)
        )
        _cite(scratch, rewritten, annotation)
    _write(rewritten, whole[rewritten.received_length :])
    turn.citations, rewritten.files = scratch.citations, list(dict.fromkeys([*part.files, *rewritten.files]))
    return rewritten


def _catch_up(item: OpenItem, part: Part, whole: str, upto: int) -> Iterator[Emitted]:
    """Emit the part of ``whole`` up to an offset that was not emitted yet."""
    if missing := whole[part.received_length : upto]:
        yield _piece(item, part, missing)


def _annotate(turn: Turn, item: OpenItem, part: Part, annotation: Json) -> Iterator[Emitted]:
    """Add an annotation to a part.  A citation comes with its whole marker in the same delta."""
    citation = _cite(turn, part, annotation)
    yield from _show_images(turn, item)
    if citation is None:
        return
    shown, marker = citation
    text: Json = {"annotations": [{"index": len(part.annotations) - 1} | citations.as_delta(shown)]}
    part.fresh = False
    if marker:
        text = {"value": marker} | text
    yield _delta(item, {"index": part.index, "type": "text", "text": text})


def _cite(turn: Turn, part: Part, annotation: Json) -> tuple[Json, str] | None:
    """Add an annotation and its marker to a part, if it is shown."""
    part.announced += 1
    if (citation := citations.make(turn, part, annotation)) is not None:
        shown, marker = citation
        part.annotations.append(shown)
        part.emitted.append(marker)
        part.emitted_length += len(marker)
    return citation


def part_of(item: OpenItem, event: Json, kind: str) -> Part:
    """The part to which an event refers."""
    return part_at(item, position_of(item, event, kind), kind)


def position_of(item: OpenItem, event: Json, kind: str) -> int:
    """The position of that part.  A position far behind all others is a server's mistake: the last part of that kind is
    used.
    """
    position: int = event.get("content_index") or 0
    if position <= len(item.parts) + 1:
        return position
    return next((at for at, each in reversed(item.parts) if each == kind and at >= 0), 0)


def part_at(item: OpenItem, position: int, kind: str) -> Part:
    """The part of that kind at a position, created when it first occurs.  The Assistants parts are numbered without
    gaps.
    """
    part = item.parts.get((position, kind))
    if part is None:
        part = item.parts[position, kind] = Part(len(item.parts), kind)
    return part


def contents(item: OpenItem) -> list[Json]:
    """The open message's content as a finished message shows it."""
    return [SHOWN[part.kind](part) for part in item.parts.values()]


#: A part as a finished message shows it.
SHOWN: Final[dict[str, Callable[[Part], Json]]] = {
    "text": lambda part: {
        "type": "text",
        "text": {"value": "".join(part.emitted), "annotations": part.annotations},
    },
    "refusal": lambda part: {"type": "refusal", "refusal": "".join(part.emitted)},
    "image_file": lambda part: {"type": "image_file", "image_file": {"file_id": part.emitted[0]}},
}


def attachments(item: OpenItem) -> list[Json]:
    """The files that code wrote for the message, as attachments, whether the text links them or not."""
    files = dict.fromkeys(file_id for part in item.parts.values() for file_id in part.files)
    return [{"file_id": file_id, "tools": [{"type": "code_interpreter"}]} for file_id in files]


def _piece(item: OpenItem, part: Part, value: str) -> Emitted:
    """A further piece of a part."""
    _write(part, value)
    if part.kind == "refusal":
        return _delta(item, {"index": part.index, "type": "refusal", "refusal": value})
    text: Json = {"value": value}
    if part.fresh:
        # In the recordings only the first delta of a part had this key.
        part.fresh = False
        text["annotations"] = []
    return _delta(item, {"index": part.index, "type": "text", "text": text})


def _write(part: Part, value: str) -> None:
    part.received.append(value)
    part.received_length += len(value)
    part.emitted.append(value)
    part.emitted_length += len(value)


def _delta(item: OpenItem, content: Json) -> Emitted:
    return (
        "thread.message.delta",
        {"id": item.message["id"], "object": "thread.message.delta", "delta": {"content": [content]}},
    )
