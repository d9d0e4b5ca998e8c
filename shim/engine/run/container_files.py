"""Files that code interpreter made: copied into the store before upstream deletes their container."""

import base64
import binascii
import logging
import math
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from shim.engine.context import Context
from shim.ports import Refusal
from shim.store import files as rows
from shim.store.tx import Tx
from shim.translate.turn import GeneratedFile
from shim.wire import ids, objects
from shim.wire.types import Json

log = logging.getLogger("shim")
#: The prefix of ids of files that code interpreter wrote; upstream has these files only within their container.
PREFIX: Final = "cfile_"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file with its content, ready for the store."""

    container_id: str | None
    body: Json
    content: bytes


async def fetch(context: Context, files: list[GeneratedFile]) -> list[StoredFile]:
    """The contents of files that code wrote, as far as they can be fetched and are small enough to be stored.

    The id of a file that is not stored stays in its message but cannot be retrieved; a warning is logged.
    """
    fetched = []
    for file in files:
        content = await _content(context, file)
        if content is not None and len(content) <= context.max_file_bytes:
            body = objects.file(file.file_id, context.now(), file.filename, len(content))
            fetched.append(StoredFile(file.container_id, body, content))
        elif context.max_file_bytes:
            log.warning(
                "file %s (%s) cannot be fetched, or is larger than SHIM_KEEP_FILE_BYTES", file.file_id, file.filename
            )
    return fetched


async def _content(context: Context, file: GeneratedFile) -> bytes | None:
    if file.data is not None:
        return _of_data_url(file.data)
    if not context.max_file_bytes:
        return None
    path = ids.path("containers", str(file.container_id), "files", file.file_id, "content")
    try:
        return await context.upstream.content(path, context.max_file_bytes)
    except Refusal:
        # The container was deleted, or the server has no containers.
        return None


def _of_data_url(url: str) -> bytes | None:
    head, _, payload = url.partition(",")
    try:
        return base64.b64decode(payload, validate=True) if head.endswith(";base64") else unquote_to_bytes(payload)
    except binascii.Error:
        return None


def store_fetched(tx: Tx, thread_id: str, fetched: list[StoredFile]) -> None:
    """Store files with their thread."""
    if fetched:
        # They may be large.
        tx.expect(math.inf)
    for file in fetched:
        rows.save(tx, thread_id, file.container_id, file.body, file.content)
