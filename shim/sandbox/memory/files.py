"""The Files API: /v1/files."""

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from shim.sandbox.memory.table import Table
from shim.sandbox.shapes import refuse, refuse_files
from shim.sandbox.shapes.fields import integer, one_of
from shim.sandbox.shapes.minting import Mint
from shim.sandbox.shapes.multipart import Form
from shim.sandbox.shapes.reply import SandboxReply, json_reply
from shim.sandbox.shapes.request import RESOURCE_ID, Request, Route
from shim.wire.types import Json

_PURPOSE: Final = one_of("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
#: Purposes whose files cannot be downloaded, as users report.
LOCKED: Final = ("assistants", "user_data")
#: Seconds after which an upload may be made to expire.
_LIFETIME: Final = integer(3600, 2_592_000)


@dataclass(frozen=True, slots=True)
class File:
    """``shown`` is the file object."""

    shown: Json
    content: bytes

    @property
    def id(self) -> str:
        return str(self.shown["id"])

    @property
    def filename(self) -> str:
        return str(self.shown["filename"])

    @property
    def text(self) -> str:
        """Its text, as far as it can be decoded."""
        return "".join(sign for sign in self.content.decode(errors="ignore") if sign.isprintable() or sign in "\n\r\t")


class Files:
    """Uploaded files, until they are deleted or expire."""

    def __init__(self, clock: Callable[[], float], seed: str) -> None:
        self._clock = clock
        self._mint = Mint(f"{seed}/files")
        self._table: Table[File] = Table()
        #: Called with the id of every file that is deleted.
        self.on_delete: Callable[[str], None] = lambda file_id: None

    def routes(self) -> tuple[Route, ...]:
        return (
            ("POST", "/files", self._create),
            ("GET", "/files", self._list),
            ("GET", f"/files/{RESOURCE_ID}", lambda request: json_reply(self.get(request.resource_id).shown)),
            ("DELETE", f"/files/{RESOURCE_ID}", self._delete),
            ("GET", f"/files/{RESOURCE_ID}/content", self._content),
        )

    def find(self, file_id: str) -> File | None:
        """The file, if it exists and has not expired."""
        file = self._table.get(file_id)
        expires = file.shown["expires_at"] if file else None
        return None if expires is not None and expires <= self._clock() else file

    def get(self, file_id: str) -> File:
        """The file.  Refuses an unknown id."""
        file = self.find(file_id)
        if file is None:
            raise refuse_files.no_file(file_id)
        return file

    def _create(self, request: Request) -> SandboxReply:
        form = request.form or Form((), {})
        if "file" not in form.files:
            raise refuse.missing("file")
        if form.get("purpose") is None:
            raise refuse.missing("purpose")
        _PURPOSE(form.get("purpose"), "purpose")
        upload, now = form.files["file"], int(self._clock())
        shown = {
            "object": "file",
            "id": f"file-{self._mint.letters(22)}",
            "purpose": form.get("purpose"),
            "filename": upload.filename,
            "bytes": len(upload.content),
            "created_at": now,
            "expires_at": _expiry(form, now),
            "status": "processed",
            "status_details": None,
        }
        self._table.put(str(shown["id"]), File(shown, upload.content))
        return json_reply(shown)

    def _list(self, request: Request) -> SandboxReply:
        request.query.only("after", "limit", "order", "purpose")
        wanted = request.query.all("purpose")
        files = [each.shown for each in self._table.all() if self.find(each.id)]
        selected = [each for each in files if not wanted or each["purpose"] in wanted]
        return json_reply(request.query.page(selected, default=10_000, max_limit=10_000))

    def _delete(self, request: Request) -> SandboxReply:
        self.get(request.resource_id)
        self._table.take(request.resource_id)
        self.on_delete(request.resource_id)
        return json_reply({"object": "file", "deleted": True, "id": request.resource_id})

    def _content(self, request: Request) -> SandboxReply:
        file = self.get(request.resource_id)
        if file.shown["purpose"] in LOCKED:
            raise refuse_files.no_download(file.shown["purpose"])
        return raw_reply(file.filename, file.content)


def raw_reply(filename: str, content: bytes) -> SandboxReply:
    """The content of a file as a reply."""
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return SandboxReply(200, {"content-type": f"{kind}; charset=utf-8" if kind.startswith("text/") else kind}, content)


def _expiry(form: Form, now: int) -> int | None:
    seconds = form.get("expires_after[seconds]")
    if seconds is None:
        return None
    one_of("created_at")(form.get("expires_after[anchor]"), "expires_after.anchor")
    if not seconds.isdigit():
        raise refuse.wrong_type("expires_after.seconds", "an integer", seconds)
    _LIFETIME(int(seconds), "expires_after.seconds")
    return now + int(seconds)
