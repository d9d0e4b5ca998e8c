"""Citations and generated files.

The Responses API has the offset of a citation (in code points), but no text there; the Assistants API wrote a
marker into the text and had its range, and programs replace that text or slice by that range.  So markers are written:
unique in a run's answer, never split, at the offset that upstream names if it does so in time, else at the end of the
current text.
"""

from collections.abc import Callable
from sys import maxsize
from typing import Final

from shim.translate.turn import GeneratedFile, Part, Turn
from shim.wire.passed_on import WEB_SEARCH
from shim.wire.types import Json

#: The first number of a marker: 4 in every short recorded conversation.
ORDINAL: Final = 4
#: Endings of picture files.
PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg")


def offset(annotation: Json) -> int:
    """The offset in upstream's text up to which the text must have been emitted before this annotation: all of it for a
    citation that names no offset.
    """
    if annotation["type"] == "file_citation":
        index = annotation.get("index")
        return maxsize if index is None else int(index)
    return annotation.get("end_index") or 0


def make(turn: Turn, part: Part, annotation: Json) -> tuple[Json, str] | None:
    """The Assistants annotation for one of upstream's, and the marker to write; None for what has no counterpart."""
    maker = MAKERS.get(annotation["type"])
    return None if maker is None else maker(turn, part, annotation)


def _file_citation(turn: Turn, part: Part, annotation: Json) -> tuple[Json, str]:
    name, text = annotation.get("filename") or "source", "".join(part.emitted)
    while (marker := f"【{ORDINAL}:{turn.citations}†{name}】") in text:
        # A model may write such markers, too, if it has seen them in an imported thread.
        turn.citations += 1
    turn.citations += 1
    start = part.emitted_length
    # Its offset in upstream's text, and by how much it shifts the text after it.
    part.markers.append((part.received_length, len(marker)))
    shown = {
        "type": "file_citation",
        "text": marker,
        "start_index": start,
        "end_index": start + len(marker),
        "file_citation": {"file_id": turn.results.get(annotation["file_id"], annotation["file_id"])},
    }
    return shown, marker


def _file_path(turn: Turn, part: Part, annotation: Json) -> tuple[Json, str] | None:
    """A file that code wrote.  The range covers only ``sandbox:/mnt/data/NAME``, as it did.  A file without a range is
    not linked: it is a picture that is shown, or an attachment of the message.
    """
    start, end = annotation.get("start_index") or 0, annotation.get("end_index") or 0
    linked = start < end <= part.received_length
    name = annotation.get("filename") or annotation["file_id"]
    picture = not linked and name.lower().endswith(PICTURES)
    if picture and turn.pictured:
        # It was in the outputs of its code, and is shown because of that.
        turn.pictured -= 1
        return None
    turn.generated_files.append(GeneratedFile(annotation["file_id"], name, annotation.get("container_id")))
    (turn.images if picture else part.files).append(annotation["file_id"])
    if not linked:
        return None
    shift = sum(length for at, length in part.markers if at <= start)
    text = "".join(part.received)[start:end]
    shown = {
        "type": "file_path",
        "text": text,
        "start_index": start + shift,
        "end_index": end + shift,
        "file_path": {"file_id": annotation["file_id"]},
    }
    return shown, ""


def _url_citation(turn: Turn, part: Part, annotation: Json) -> tuple[Json, str] | None:
    """A web page, if the run has web search: its link in the text, cited like a file whose id is its URL.

    Upstream's range is sometimes wrong by some characters, so it is limited to the received text.
    """
    if not any(tool["type"] in WEB_SEARCH for tool in turn.run["tools"]):
        return None
    end = min(annotation.get("end_index") or 0, part.received_length)
    start = min(annotation.get("start_index") or 0, end)
    if start == end:
        return None
    shift = sum(length for at, length in part.markers if at <= start)
    shown = {
        "type": "file_citation",
        "text": "".join(part.received)[start:end],
        "start_index": start + shift,
        "end_index": end + shift,
        "file_citation": {"file_id": annotation["url"]},
    }
    return shown, ""


def as_delta(shown: Json) -> Json:
    """An annotation in a delta: only there a citation has an empty ``quote``."""
    if shown["type"] != "file_citation":
        return shown
    return shown | {"file_citation": shown["file_citation"] | {"quote": ""}}


#: Annotations that are not shown, and why.
UNSHOWN: Final[dict[str, str]] = {
    "file_path": "it says neither where it stands nor what it stands for; a generated file comes with its range",
}
#: Upstream's annotation type: how it is shown.
MAKERS: Final[dict[str, Callable[[Turn, Part, Json], tuple[Json, str] | None]]] = {
    "file_citation": _file_citation,
    "container_file_citation": _file_path,
    "url_citation": _url_citation,
}
