"""Stores contents of files with their thread and sends pictures as data, for servers that do not have the file."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from shim.migrate.imports import references
from shim.migrate.imports.report import Place
from shim.migrate.imports.sources import open_member
from shim.migrate.imports.stage import Stage, Staged
from shim.migrate.imports.timeline import Plan
from shim.wire.types import Json

Note = Callable[[str, Place, str], None]
#: The first bytes of pictures, and their types.
PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
_OURS: Final = ("path", "member", "data")


class Contents:
    """The contents of files that the input has.  ``largest``: larger files, in bytes, are left out and reported."""

    def __init__(self, stage: Stage, note: Note, largest: int) -> None:
        self._stage, self._note, self._largest = stage, note, largest
        self._known = {one.body["id"] for one in stage.of_kind("file") if _has_content(one)}
        for one in stage.of_kind("file"):
            if one.body["id"] not in self._known:
                note("no_bytes", one.place, one.body["id"])
        self.used: Final[set[str]] = set()

    @property
    def known(self) -> set[str]:
        """The ids of files whose contents the input has."""
        return self._known

    def inline(self, item: Json) -> Json:
        """An item with the pictures' data instead of their ids, for pictures that the input has."""
        parts = item.get("content")
        if not self._known or not isinstance(parts, list):
            return item
        return item | {"content": [self._picture(part) for part in parts]}

    def _picture(self, part: Json) -> Json:
        file_id = str(part.get("file_id"))
        content = self._content(file_id) if file_id in self._known else None
        kind = _kind(content) if content is not None else None
        if content is None or kind is None:
            return part
        url = f"data:{kind};base64,{base64.b64encode(content).decode()}"
        return {"type": "input_image", "image_url": url, "detail": part.get("detail") or "auto"}

    def of_thread(self, plan: Plan) -> Iterator[tuple[Json, bytes]]:
        """The files of the input that a thread shows or attaches: the object and the content."""
        for file_id in file_ids(plan) if self._known else ():
            content = self._content(file_id) if file_id in self._known else None
            if content is not None:
                self.used.add(file_id)
                yield self._object(file_id, plan) | {"bytes": len(content)}, content

    def _object(self, file_id: str, plan: Plan) -> Json:
        """The file's object: the API's own, if the input has it."""
        staged = sorted(self._stage.all_of("file", file_id), key=_has_content)
        body = {name: value for name, value in staged[0].body.items() if name not in _OURS}
        return body | {"created_at": body["created_at"] or plan.thread["created_at"]}

    def orphans(self) -> Iterator[Staged]:
        """Files with contents that no imported thread names."""
        for one in self._stage.of_kind("file"):
            if _has_content(one) and one.body["id"] not in self.used:
                yield one

    def _content(self, file_id: str) -> bytes | None:
        staged = next((one for one in self._stage.all_of("file", file_id) if _has_content(one)), None)
        if staged is None:
            return None
        try:
            content = _read(staged.body, self._largest)
        except OSError as problem:
            self._note("unreadable", staged.place, problem.strerror or str(problem))
            content = None
            self._known.discard(file_id)
        if content is not None and len(content) > self._largest:
            self._note("large_file", staged.place, file_id)
            self._known.discard(file_id)
            self.used.add(file_id)
            content = None
        return content


def file_ids(plan: Plan) -> list[str]:
    """The ids of all files that a thread names, each once."""
    ids: dict[str, None] = {}
    for thing in (plan.thread, *plan.messages, *plan.steps):
        references.collect(thing, ids)
    return list(ids)


def _has_content(one: Staged) -> bool:
    return "path" in one.body or "data" in one.body


def _read(body: Json, largest: int) -> bytes:
    if "data" in body:
        return base64.b64decode(body["data"])
    with open_member(Path(body["path"]), body.get("member")) as file:
        return file.read(largest + 1)


def _kind(content: bytes) -> str | None:
    """The type of a picture by its first bytes; None if models do not accept it."""
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in PICTURES if content.startswith(start)), None)
